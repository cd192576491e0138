//! Parameters of the deployment: text that is read by the parameter's type, once.

use agentpass_grammar::{FileId, Span};
use agentpass_ir as ir;
use agentpass_values::Currency;

use super::constants::constant;
use super::{Construct, Lowered, Lowering, Params};
use crate::ast::Literal;
use crate::check::literals::literal;
use crate::diagnostics::suggest;
use crate::typed::{ExprKind, Param};
use crate::types::Ty;

impl<'p> Lowering<'p> {
    pub(super) fn params(&mut self, given: &Params) {
        let program = self.program;
        for param in &program.params {
            let value = self.param(param, given);
            if let Ok(value) = &value {
                self.out.contract.params.push((param.name.node.clone(), shown(value)));
            }
            self.params.push(value.ok());
        }
        for name in given.keys() {
            let known = || program.params.iter().map(|param| param.name.node.as_str());
            if !known().any(|param| param == name) {
                let hint = match suggest::closest(name, known()) {
                    Some(close) => format!("`{name}`; did you mean `{close}`?"),
                    None => format!("`{name}`"),
                };
                let place = program.contract.as_ref().map_or(FileId(0), |contract| contract.file);
                let _ = self.refuse_because::<()>(Construct::NoSuchParam, Span::new(place, 0, 0), hint);
            }
        }
    }

    fn param(&mut self, param: &'p Param, given: &Params) -> Lowered<ir::Value> {
        let (name, span) = (&param.name.node, param.name.span);
        match (given.get(name), &param.default) {
            (Some(text), _) => match read(text, &param.ty, span) {
                Ok(value) => Ok(value),
                Err(why) => self.refuse_because(Construct::ParamDoesNotFit, span, format!("`{name}`: {why}")),
            },
            (None, Some(default)) => {
                let value = self.constant_of(default)?;
                match super::forms::ty(&param.ty) {
                    Some(ty) => self.converted(value, &ty, default.span),
                    None => Ok(value),
                }
            }
            (None, None) => self.refuse_because(Construct::ParamNotSet, span, format!("`{name}`")),
        }
    }
}

/// A value as it is given on a command line: texts without quotes, lists with commas.
fn read(text: &str, ty: &Ty, span: Span) -> Result<ir::Value, String> {
    let owned = || text.to_owned();
    let written = match ty {
        Ty::Nullable(_) if text == "null" => return Ok(ir::Value::Null),
        Ty::Nullable(inner) => return read(text, inner, span),
        Ty::List(of, size) => {
            let parts: Vec<&str> =
                if text.trim().is_empty() { Vec::new() } else { text.split(',').map(str::trim).collect() };
            let count = super::number(parts.len());
            if count < size.least || size.most.is_some_and(|most| count > most) {
                return Err(format!("{count} elements are too many or too few"));
            }
            let values = parts.into_iter().map(|part| read(part, of, span));
            return Ok(ir::Value::List(values.collect::<Result<_, _>>()?));
        }
        Ty::Bool => match text {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            _ => return Err(format!("{text:?} is neither `true` nor `false`")),
        },
        Ty::Int | Ty::IntEnum(_) => Literal::Int(owned()),
        Ty::Decimal => Literal::Decimal(owned()),
        Ty::Money(currency) if !says_currency(text) => {
            let number: String =
                text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '_')).take(20).collect();
            let number = if number.is_empty() { "5" } else { &number };
            let here = if *currency == Currency::USD {
                format!("${number}")
            } else {
                format!("{number} {currency}")
            };
            return Err(format!("{text:?} is no amount; one is written like `{here}`"));
        }
        Ty::Money(_) => Literal::Money(owned()),
        Ty::Duration => Literal::Duration(owned()),
        Ty::Timestamp if text.contains(['T', 't', ' ']) => Literal::Timestamp(owned()),
        Ty::Timestamp => Literal::Date(owned()),
        Ty::Command => Literal::Command(owned()),
        Ty::Id(_)
        | Ty::String
        | Ty::Text
        | Ty::Folded
        | Ty::Enum(_)
        | Ty::Email
        | Ty::Domain
        | Ty::Url
        | Ty::Path
        | Ty::Glob => Literal::Text(owned()),
        _ => return Err(format!("a value of type {ty} cannot be given")),
    };
    let mut problems = Vec::new();
    let expr = literal(span, &written, Some(ty), &mut problems);
    match (&expr.kind, problems.into_iter().next()) {
        (_, Some(problem)) => Err(problem.message),
        (ExprKind::Const(value), None) if expr.ty == *ty => Ok(constant(value, ty)),
        _ => Err(format!("{text:?} is not of type {ty}")),
    }
}

/// Whether an amount is written with its currency: `$5`, `5 EUR`.
fn says_currency(text: &str) -> bool {
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let number = match text.split_once(' ') {
        Some((number, code)) if is_code(code) => Some(number),
        _ => text.strip_prefix('$'),
    };
    number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

/// A value as people read it; equal values are shown alike.
fn shown(value: &ir::Value) -> String {
    match value {
        ir::Value::Null => "null".to_owned(),
        ir::Value::Bool(value) => value.to_string(),
        ir::Value::Int(value) => value.to_string(),
        ir::Value::Decimal(value) => value.to_string(),
        ir::Value::Money(value) => value.to_string(),
        ir::Value::Duration(value) => value.to_string(),
        ir::Value::Timestamp(value) => value.to_string(),
        ir::Value::Text(value) => value.to_string(),
        ir::Value::Folded(value) => value.key().to_owned(),
        ir::Value::Email(value) => value.to_string(),
        ir::Value::Domain(value) => value.to_string(),
        ir::Value::Url(value) => value.to_string(),
        ir::Value::Path(value) => value.to_string(),
        ir::Value::Glob(value) => value.to_string(),
        ir::Value::CommandPattern(value) => value.to_string(),
        ir::Value::List(all) => all.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::ListSize;

    #[track_caller]
    fn check(ty: &Ty, text: &str, expected: Result<&str, &str>) {
        let found = read(text, ty, Span::default()).map(|value| shown(&value));
        match (&found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            _ => panic!("{found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn texts_are_read_by_the_type() {
        let ints = Ty::IntEnum([1, 2].into());
        let tiers = Ty::Enum(["dev".to_owned(), "prod".to_owned()].into());
        let paths = Ty::List(Box::new(Ty::Path), ListSize { least: 1, most: Some(2) });
        check(&Ty::Path, "/src/../app", Ok("/app"));
        check(&Ty::Path, "", Err(""));
        check(&Ty::Int, "80_000", Ok("80000"));
        check(&Ty::Int, "x", Err("x"));
        check(&ints, "2", Ok("2"));
        check(&ints, "3", Err("3"));
        check(&tiers, "prod", Ok("prod"));
        check(&tiers, "\"prod\"", Err("prod"));
        check(&Ty::Money(Currency::USD), "$5", Ok("$5"));
        check(&Ty::Money(Currency::USD), "5 EUR", Err("not of type"));
        check(&Ty::Money(Currency::USD), "5", Err("is no amount; one is written like `$5`"));
        check(&Ty::Money(Currency::USD), "", Err("like `$5`"));
        check(&Ty::Money(Currency::USD), "7.5 usd", Err("like `$7.5`"));
        check(&Ty::Money(Currency::parse("EUR").unwrap()), "0.5", Err("like `0.5 EUR`"));
        check(&Ty::Money(Currency::USD), "$", Err("is no amount"));
        check(&Ty::Duration, "90m", Ok("1h30m"));
        check(&Ty::Bool, "yes", Err("neither"));
        check(&Ty::Domain, "Example.COM.", Ok("example.com"));
        check(&Ty::Folded, " PII ", Ok("pii"));
        check(&paths, "/a, /b", Ok("/a, /b"));
        check(&paths, "/a, /b, /c", Err("elements"));
        check(&paths, "", Err("elements"));
        check(&Ty::Nullable(Box::new(Ty::Int)), "null", Ok("null"));
        check(&Ty::Shell, "ls", Err("cannot be given"));
        check(&Ty::Timestamp, "2026-12-18", Ok("2026-12-18T00:00:00Z"));
    }
}
