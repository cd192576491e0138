//! The values of a test as the JSON that a call carries: `amount: $12` is `1200` where the tool takes cents.
//!
//! Text, whole numbers, `true`, `false` and `null` stand for themselves. Whatever the language has a word of its own for
//! (amounts, durations, moments, decimals) is written in the form that the parameter has on the wire. Nothing is checked
//! here: a test may well show what a gate says to arguments that do not fit.

use agentpass_compiler::ast::{self, BinaryOp, Expr, ExprKind, Literal};
use agentpass_compiler::typed::{self, Field, WireForm};
use agentpass_compiler::types::Ty;
use agentpass_grammar::Span;
use agentpass_ir::{Form, MoneyForm};
use agentpass_values::{Currency, Date, Decimal, Duration, Money, Timestamp, Zone};

/// A value that cannot be written as JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unwritable {
    /// The value.
    pub(super) span: Span,
    /// Why, as the rest of a sentence about it.
    pub(super) why: String,
}

type Written = Result<String, Unwritable>;

/// What is known of the place where a value goes.
#[derive(Clone, Default)]
pub(super) struct Shape<'p> {
    ty: Option<&'p Ty>,
    form: WireForm,
    /// How `on` blocks read a parameter more finely: `money<USD> as number` over a manifest's `number`.
    finer: Vec<&'p Form>,
}

impl<'p> Shape<'p> {
    /// That of a declared field, with the finer forms in which it is read.
    pub(super) fn of(field: &'p Field, finer: Vec<&'p Form>) -> Self {
        Self { ty: Some(&field.ty), form: field.form, finer }
    }

    fn ty(&self) -> Option<&'p Ty> {
        self.ty.map(Ty::not_null)
    }

    fn element(&self) -> Self {
        let ty = match self.ty() {
            Some(Ty::List(element, _) | Ty::Set(element)) => Some(&**element),
            _ => None,
        };
        let element = |form: &&'p Form| match form {
            Form::List { of, .. } => Some(&**of),
            _ => None,
        };
        Self { ty, form: self.form, finer: self.finer.iter().filter_map(element).collect() }
    }

    /// The currency of an amount and its form on the wire.
    fn money(&self) -> Option<(Currency, MoneyForm)> {
        if let Some(Ty::Money(currency)) = self.ty() {
            let form = match self.form {
                WireForm::Cents => MoneyForm::Cents,
                WireForm::Text => MoneyForm::Text,
                _ => MoneyForm::Number,
            };
            return Some((*currency, form));
        }
        self.finer.iter().find_map(|form| match bare(form) {
            Form::Money(currency, form) => Some((*currency, *form)),
            _ => None,
        })
    }
}

/// A form without its null.
fn bare(form: &Form) -> &Form {
    match form {
        Form::OrNull(inner) => bare(inner),
        form => form,
    }
}

/// Writes values of one test.
pub(super) struct Writer<'p> {
    /// The program, for its record types.
    pub(super) program: &'p typed::Program,
    /// The values that the test gives to parameters of the deployment.
    pub(super) params: Vec<(&'p str, &'p ast::Value)>,
}

impl<'p> Writer<'p> {
    /// One value.
    pub(super) fn value(&self, value: &ast::Value, shape: &Shape<'p>) -> Written {
        match value {
            ast::Value::Record(entries, _) => {
                let fields = match shape.ty() {
                    Some(Ty::Record(id)) => self.program.record(*id).map(|record| record.fields.as_slice()),
                    _ => None,
                };
                let fields = fields.unwrap_or_default();
                Ok(object(self.entries(entries, |key| find(fields, key).map(|field| (field, Vec::new())))?))
            }
            ast::Value::List(values, _) => {
                let element = shape.element();
                list(values.iter().map(|value| self.value(value, &element)))
            }
            ast::Value::Expr(expr) => self.expr(expr, shape),
        }
    }

    /// The entries of a record, by their names on the wire.
    pub(super) fn entries(
        &self,
        entries: &[ast::Entry],
        field: impl Fn(&ast::Entry) -> Option<(&'p Field, Vec<&'p Form>)>,
    ) -> Result<Vec<(String, String)>, Unwritable> {
        let mut written = Vec::with_capacity(entries.len());
        for entry in entries {
            let (name, shape) = match field(entry) {
                Some((field, finer)) => (field.wire.clone(), Shape::of(field, finer)),
                None => (entry.key.node.clone(), Shape::default()),
            };
            written.push((name, self.value(&entry.value, &shape)?));
        }
        Ok(written)
    }

    fn expr(&self, expr: &Expr, shape: &Shape<'p>) -> Written {
        match &expr.kind {
            ExprKind::Literal(value) => literal(expr.span, value, false, shape),
            ExprKind::Negate(inner) => match &inner.kind {
                ExprKind::Literal(value) => literal(expr.span, value, true, shape),
                _ => Err(unwritable(expr.span)),
            },
            ExprKind::Paren(inner) => self.expr(inner, shape),
            ExprKind::List(elements) => {
                let element = shape.element();
                list(elements.iter().map(|value| self.expr(value, &element)))
            }
            ExprKind::Name(name) => self.name(expr.span, name, shape),
            ExprKind::Binary(folder, BinaryOp::Join, _, path) => {
                let (folder, path) = (self.expr(folder, shape)?, self.expr(path, shape)?);
                let text =
                    |json: &str| serde_json::from_str::<String>(json).map_err(|_| unwritable(expr.span));
                Ok(quoted(&format!("{}/{}", text(&folder)?, text(&path)?)))
            }
            _ => Err(unwritable(expr.span)),
        }
    }

    /// A parameter of the deployment to which the test gives a value, or a case of a union without its quotes.
    fn name(&self, span: Span, name: &str, shape: &Shape<'p>) -> Written {
        if let Some(Ty::Enum(cases)) = shape.ty()
            && cases.iter().any(|case| case == name)
        {
            return Ok(quoted(name));
        }
        match self.params.iter().find(|(param, _)| *param == name) {
            // A parameter's value is a literal; were it a name, it might lead back here.
            Some((_, ast::Value::Expr(value))) if !matches!(value.kind, ExprKind::Name(_)) => {
                self.expr(value, shape)
            }
            _ => Err(unwritable(span)),
        }
    }
}

/// The field that an entry means: by its name in the language, or between quotes by its name on the wire.
pub(super) fn find<'p>(fields: &'p [Field], entry: &ast::Entry) -> Option<&'p Field> {
    let key = &entry.key.node;
    let by_name = || fields.iter().find(|field| field.name == *key);
    let by_wire = || fields.iter().find(|field| field.wire == *key);
    if entry.quoted { by_wire().or_else(by_name) } else { by_name().or_else(by_wire) }
}

/// `{"a":1}`
pub(super) fn object(entries: Vec<(String, String)>) -> String {
    let entries: Vec<String> =
        entries.into_iter().map(|(name, value)| format!("{}:{value}", quoted(&name))).collect();
    format!("{{{}}}", entries.join(","))
}

/// Text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    // Text always serialises.
    serde_json::to_string(text).unwrap_or_default()
}

fn list(values: impl Iterator<Item = Written>) -> Written {
    Ok(format!("[{}]", values.collect::<Result<Vec<_>, _>>()?.join(",")))
}

fn unwritable(span: Span) -> Unwritable {
    Unwritable { span, why: "write the value itself; nothing is computed in a test".to_owned() }
}

fn literal(span: Span, literal: &Literal, negative: bool, shape: &Shape<'_>) -> Written {
    let sign = if negative { "-" } else { "" };
    let bad = |why: String| Unwritable { span, why };
    Ok(match literal {
        Literal::Int(text) => {
            let digits = digits(text);
            let number = format!(
                "{sign}{}",
                Some(digits.trim_start_matches('0')).filter(|d| !d.is_empty()).unwrap_or("0")
            );
            if matches!(shape.ty(), Some(Ty::Int | Ty::Decimal)) && shape.form == WireForm::Text {
                quoted(&number)
            } else {
                number
            }
        }
        Literal::Decimal(text) => {
            let number = format!("{sign}{}", digits(text));
            if shape.form == WireForm::Text { quoted(&number) } else { number }
        }
        Literal::Money(text) => {
            let money = money(text).map_err(|why| bad(why.to_owned()))?;
            amount(money, negative, shape).map_err(bad)?
        }
        Literal::Duration(text) => {
            let duration = Duration::parse(text).map_err(|error| bad(error.to_string()))?;
            time(duration.nanos(), negative, shape).unwrap_or_else(|| quoted(&format!("{sign}{text}")))
        }
        _ if negative => return Err(unwritable(span)),
        Literal::Date(text) => match shape.ty() {
            Some(Ty::Timestamp) => {
                let start = Date::parse(text).ok().and_then(|date| Zone::utc().start_of_date(date));
                moment(start.ok_or_else(|| bad("it is no date".to_owned()))?, shape)
            }
            _ => quoted(text),
        },
        Literal::Timestamp(text) => match shape.ty() {
            Some(Ty::Timestamp) => {
                moment(Timestamp::parse(text).map_err(|error| bad(error.to_string()))?, shape)
            }
            _ => quoted(text),
        },
        Literal::Text(text) | Literal::Command(text) => quoted(text),
        Literal::Bool(value) => value.to_string(),
        Literal::Null => "null".to_owned(),
        Literal::Regex(_) => return Err(bad("a pattern is no value".to_owned())),
    })
}

/// The amount of a literal, without a sign.
pub(super) fn money(text: &str) -> Result<Money, &'static str> {
    let (amount, currency) = match text.strip_prefix('$') {
        Some(amount) => (amount, Currency::USD),
        None => {
            let (amount, code) = text.split_once(' ').unwrap_or((text, ""));
            (amount, Currency::parse(code).map_err(|_| "there is no such currency")?)
        }
    };
    Money::parse_literal(amount, currency).map_err(|_| "it is no amount")
}

fn amount(money: Money, negative: bool, shape: &Shape<'_>) -> Result<String, String> {
    let Some((currency, form)) = shape.money() else {
        return Err("nothing says how an amount is written here; write the JSON value".to_owned());
    };
    if money.currency != currency {
        return Err(format!("amounts are in {currency} here"));
    }
    let money = if negative { money.checked_neg().map_err(|error| error.to_string())? } else { money };
    if form == MoneyForm::Cents {
        let minor = money.to_minor();
        return minor
            .map(|minor| minor.to_string())
            .ok_or_else(|| "it is no whole number of cents".to_owned());
    }
    // A billionth of a unit is 10^9 of a decimal's units; no amount of a literal is near the end of the range.
    let units = money.nano.checked_mul(1_000_000_000).ok_or_else(|| "it is too large".to_owned())?;
    let number = Decimal::from_units(units).to_string();
    Ok(if form == MoneyForm::Text { quoted(&number) } else { number })
}

/// A time as a number, where it is one on the wire.
fn time(nanos: i64, negative: bool, shape: &Shape<'_>) -> Option<String> {
    let per_unit: i128 = match shape.form {
        WireForm::Seconds => 1_000_000_000,
        WireForm::Millis => 1_000_000,
        _ => return None,
    };
    let nanos = if negative { -i128::from(nanos) } else { i128::from(nanos) };
    // 10^18 units are one; a day's nanoseconds times that are far inside 128 bits for any time that fits 64.
    let units = nanos.checked_mul(1_000_000_000_000_000_000 / per_unit)?;
    Some(Decimal::from_units(units).to_string())
}

fn moment(at: Timestamp, shape: &Shape<'_>) -> String {
    time(at.nanos(), false, shape).unwrap_or_else(|| quoted(&at.to_string()))
}

fn digits(text: &str) -> String {
    text.chars().filter(|&c| c != '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Literal, negative: bool, ty: &Ty, form: WireForm) -> Written {
        literal(Span::default(), value, negative, &Shape { ty: Some(ty), form, finer: Vec::new() })
    }

    #[test]
    fn amounts_have_the_form_of_the_wire() {
        let dollars = Ty::Money(Currency::USD);
        let is = |text: &str, negative, form, wire: &str| {
            let amount = Literal::Money(text.to_owned());
            assert_eq!(written(&amount, negative, &dollars, form).unwrap(), wire, "{text}");
        };
        is("$12", false, WireForm::Cents, "1200");
        is("$1_000.01", false, WireForm::Cents, "100001");
        is("$5", true, WireForm::Cents, "-500");
        is("$0.01", false, WireForm::Number, "0.01");
        is("$98.70", false, WireForm::Text, "\"98.7\"");
        let sub_cent = Literal::Money("$0.001".to_owned());
        assert!(written(&sub_cent, false, &dollars, WireForm::Cents).is_err());
        assert!(written(&Literal::Money("5 EUR".to_owned()), false, &dollars, WireForm::Cents).is_err());
        assert!(written(&sub_cent, false, &Ty::String, WireForm::Plain).is_err(), "nothing says how");
    }

    #[test]
    fn an_amount_may_be_read_more_finely_than_its_tool_says() {
        let finer = Form::OrNull(Box::new(Form::Money(Currency::USD, MoneyForm::Cents)));
        let shape = Shape { ty: Some(&Ty::Decimal), form: WireForm::Plain, finer: vec![&finer] };
        let four = Literal::Money("$4".to_owned());
        assert_eq!(literal(Span::default(), &four, false, &shape).unwrap(), "400");
    }

    #[test]
    fn times_are_numbers_or_text() {
        let half = Literal::Duration("90s".to_owned());
        assert_eq!(written(&half, false, &Ty::Duration, WireForm::Seconds).unwrap(), "90");
        assert_eq!(written(&half, false, &Ty::Duration, WireForm::Millis).unwrap(), "90000");
        assert_eq!(written(&half, false, &Ty::Duration, WireForm::Plain).unwrap(), "\"90s\"");
        let day = Literal::Date("1970-01-02".to_owned());
        assert_eq!(written(&day, false, &Ty::Timestamp, WireForm::Seconds).unwrap(), "86400");
        assert_eq!(
            written(&day, false, &Ty::Timestamp, WireForm::Plain).unwrap(),
            "\"1970-01-02T00:00:00Z\""
        );
        assert_eq!(written(&day, false, &Ty::String, WireForm::Plain).unwrap(), "\"1970-01-02\"");
    }

    #[test]
    fn numbers_are_json_numbers() {
        let int =
            |text: &str| written(&Literal::Int(text.to_owned()), true, &Ty::Int, WireForm::Plain).unwrap();
        assert_eq!(int("80_000"), "-80000");
        assert_eq!(int("007"), "-7");
        assert_eq!(int("000"), "-0");
        assert_eq!(int("99999999999999999999"), "-99999999999999999999");
        let decimal = Literal::Decimal("0.750".to_owned());
        assert_eq!(written(&decimal, false, &Ty::Decimal, WireForm::Plain).unwrap(), "0.750");
        assert_eq!(written(&decimal, false, &Ty::Decimal, WireForm::Text).unwrap(), "\"0.750\"");
    }
}
