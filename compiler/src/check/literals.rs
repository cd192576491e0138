//! Literals, read as the type that is expected where they stand.

use agentpass_grammar::Span;
use agentpass_values::{
    CommandPattern, Currency, Date, Decimal, Domain, Duration, Email, Glob, Id, Money, PathValue, Pattern,
    Timestamp, WebUrl, parse_int,
};

use crate::ast::Literal;
use crate::diagnostics::{Diagnostic, problems::types as problem, suggest};
use crate::typed::{Expr, ExprKind, Value};
use crate::types::Ty;

/// A literal as a typed constant. `expected` is the type that its surroundings ask for, where they do.
pub(crate) fn literal(
    span: Span,
    literal: &Literal,
    expected: Option<&Ty>,
    problems: &mut Vec<Diagnostic>,
) -> Expr {
    let expected = expected.map(Ty::not_null);
    match read(span, literal, expected) {
        Ok((value, ty)) => Expr { span, ty, optional: false, kind: ExprKind::Const(value) },
        Err(problem) => {
            problems.push(*problem);
            Expr { span, ty: Ty::Error, optional: false, kind: ExprKind::Error }
        }
    }
}

type Read = Result<(Value, Ty), Box<Diagnostic>>;

fn read(span: Span, literal: &Literal, expected: Option<&Ty>) -> Read {
    let bad = |what: &str, text: &str, why: String| Box::new(problem::bad_literal(span, what, text, &why));
    Ok(match literal {
        Literal::Bool(value) => (Value::Bool(*value), Ty::Bool),
        Literal::Null => (Value::Null, Ty::Null),
        Literal::Int(text) => return integer(span, text, expected),
        Literal::Decimal(text) => {
            let value = Decimal::parse_literal(text).map_err(|e| bad("decimal", text, e.to_string()))?;
            (Value::Decimal(value), Ty::Decimal)
        }
        Literal::Money(text) => {
            let (amount, currency) = match text.strip_prefix('$') {
                Some(amount) => (amount, Currency::USD),
                None => {
                    let (amount, code) = text.split_once(' ').unwrap_or((text, ""));
                    (amount, currency(code).map_err(|why| bad("currency", code, why))?)
                }
            };
            let value =
                Money::parse_literal(amount, currency).map_err(|e| bad("amount", text, e.to_string()))?;
            (Value::Money(value), Ty::Money(currency))
        }
        Literal::Duration(text) => (Value::Duration(duration(span, text)?), Ty::Duration),
        Literal::Date(text) => {
            let date = Date::parse(text).map_err(|e| bad("date", text, e.to_string()))?;
            let start = agentpass_values::Zone::utc()
                .start_of_date(date)
                .ok_or_else(|| bad("date", text, "out of range".to_owned()))?;
            (Value::Timestamp(start), Ty::Timestamp)
        }
        Literal::Timestamp(text) => {
            let value = Timestamp::parse(text).map_err(|e| bad("timestamp", text, e.to_string()))?;
            (Value::Timestamp(value), Ty::Timestamp)
        }
        Literal::Text(text) => return text_as(span, text, expected),
        Literal::Command(text) => {
            let value =
                CommandPattern::parse(text).map_err(|e| bad("command pattern", text, e.to_string()))?;
            (Value::Command(value), Ty::Command)
        }
        Literal::Regex(_) => return Err(Box::new(problem::stray_pattern(span))),
    })
}

fn integer(span: Span, text: &str, expected: Option<&Ty>) -> Read {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    let value = parse_int(&digits)
        .map_err(|e| Box::new(problem::bad_literal(span, "number", text, &e.to_string())))?;
    Ok(match expected {
        Some(Ty::Decimal) => (Value::Decimal(Decimal::from_int(value)), Ty::Decimal),
        Some(Ty::Money(currency)) => {
            let shown =
                if *currency == Currency::USD { format!("${text}") } else { format!("{text} {currency}") };
            return Err(Box::new(problem::needs_unit(span, "an amount of money", &shown)));
        }
        Some(Ty::Duration) => {
            return Err(Box::new(problem::needs_unit(span, "a duration", &format!("{text}s"))));
        }
        Some(Ty::IntEnum(values)) if !values.contains(&value) => {
            return Err(Box::new(problem::not_a_case(span, text, &Ty::IntEnum(values.clone()), None)));
        }
        Some(Ty::IntEnum(values)) => (Value::Int(value), Ty::IntEnum(values.clone())),
        _ => (Value::Int(value), Ty::Int),
    })
}

fn text_as(span: Span, text: &str, expected: Option<&Ty>) -> Read {
    let bad = |what: &str, why: String| Box::new(problem::bad_literal(span, what, text, &why));
    let value = || Value::Text(text.to_owned());
    Ok(match expected {
        Some(Ty::Enum(cases)) => {
            if !cases.iter().any(|case| case == text) {
                let close = suggest::closest(text, cases.iter().map(String::as_str));
                return Err(Box::new(problem::not_a_case(span, text, &Ty::Enum(cases.clone()), close)));
            }
            (value(), Ty::Enum(cases.clone()))
        }
        Some(Ty::Id(pattern)) => {
            Id::parse(text).map_err(|e| bad("id", e.to_string()))?;
            if let Some(source) = pattern
                && let Ok(compiled) = Pattern::new(source)
                && !compiled.is_match(text)
            {
                return Err(bad("id", format!("it does not match /{source}/")));
            }
            (value(), Ty::Id(pattern.clone()))
        }
        Some(ty @ (Ty::Text | Ty::Folded | Ty::String)) => (value(), ty.clone()),
        Some(Ty::Domain) => {
            (Value::Domain(Domain::parse(text).map_err(|e| bad("domain", e.to_string()))?), Ty::Domain)
        }
        Some(Ty::Email) => {
            (Value::Email(Email::parse(text).map_err(|e| bad("email", e.to_string()))?), Ty::Email)
        }
        Some(Ty::Url) => (Value::Url(WebUrl::parse(text).map_err(|e| bad("url", e.to_string()))?), Ty::Url),
        Some(Ty::Path) => {
            (Value::Path(PathValue::parse(text).map_err(|e| bad("path", e.to_string()))?), Ty::Path)
        }
        Some(Ty::Glob) => (Value::Glob(Glob::parse(text).map_err(|e| bad("glob", e.to_string()))?), Ty::Glob),
        Some(Ty::Command) => return Err(Box::new(problem::command_needs_backticks(span, text))),
        Some(Ty::Timestamp) => {
            let value = Timestamp::parse(text).map_err(|e| bad("timestamp", e.to_string()))?;
            (Value::Timestamp(value), Ty::Timestamp)
        }
        _ => (value(), Ty::String),
    })
}

/// A currency by its ISO 4217 code.
pub(super) fn currency(code: &str) -> Result<Currency, String> {
    Currency::parse(code).map_err(|error| error.to_string())
}

/// A duration literal.
pub(super) fn duration(span: Span, text: &str) -> Result<Duration, Box<Diagnostic>> {
    Duration::parse(text).map_err(|e| Box::new(problem::bad_literal(span, "duration", text, &e.to_string())))
}
