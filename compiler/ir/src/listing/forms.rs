//! Parameters and forms as text.

use agentpass_values::Decimal;

use super::{between, values};
use crate::frame::{Form, MoneyForm, Param, Presence, Range, TextBounds, TimeForm};
use crate::program::Program;

/// `"amount": money<USD> as cents = $5`
pub(super) fn param(program: &Program, param: &Param) -> String {
    let presence = match param.presence {
        Presence::Required => String::new(),
        Presence::Optional => " optional".to_owned(),
        Presence::Default(id) => format!(" = {}", values::constant(program, id)),
    };
    format!("{:?}: {}{presence}", param.wire, form(&param.form))
}

pub(super) fn form(form: &Form) -> String {
    match form {
        Form::Bool => "bool".to_owned(),
        Form::Int(range) => format!("int{}", self::range(range)),
        Form::IntText => "int as string".to_owned(),
        Form::IntEnum(cases) => format!("one of {cases:?}"),
        Form::Decimal(range) => format!("decimal{}", self::range(range)),
        Form::DecimalText => "decimal as string".to_owned(),
        Form::Money(currency, written) => {
            let written = match written {
                MoneyForm::Cents => "cents",
                MoneyForm::Number => "number",
                MoneyForm::Text => "string",
                MoneyForm::Host => "number or object",
            };
            format!("money<{currency}> as {written}")
        }
        Form::Duration(written) => format!("duration as {}", time(*written)),
        Form::Timestamp(written) => format!("timestamp as {}", time(*written)),
        Form::Text(bounds) => format!("text{}", self::bounds(bounds)),
        Form::Id(None) => "id".to_owned(),
        Form::Id(Some(pattern)) => format!("id {pattern:?}"),
        Form::Enum(cases) => format!("one of {cases:?}"),
        Form::Folded => "folded".to_owned(),
        Form::Email => "email".to_owned(),
        Form::Domain => "domain".to_owned(),
        Form::Url => "url".to_owned(),
        Form::Path => "path".to_owned(),
        Form::Shell => "shell".to_owned(),
        Form::Json => "json".to_owned(),
        Form::OrNull(of) => format!("({} or null)", self::form(of)),
        Form::Null => "null".to_owned(),
        Form::List { of, least, most } => {
            let most = most.map(|most| most.to_string()).unwrap_or_default();
            format!("list<{}, {least}..{most}>", self::form(of))
        }
        Form::Record(id) => format!("r{}", id.0),
        Form::AnyOf(all) => format!("any of ({})", between(all, " | ", self::form)),
        Form::Map(of) => format!("map<{}>", self::form(of)),
    }
}

fn time(form: TimeForm) -> &'static str {
    match form {
        TimeForm::Text => "string",
        TimeForm::Seconds => "seconds",
        TimeForm::Millis => "milliseconds",
    }
}

fn range(range: &Range) -> String {
    let end = |sign: &str, end: Option<Decimal>| end.map(|end| format!(" {sign} {end}")).unwrap_or_default();
    let Range { minimum, maximum, above, below } = range;
    [end(">=", *minimum), end(">", *above), end("<=", *maximum), end("<", *below)].concat()
}

fn bounds(bounds: &TextBounds) -> String {
    let length =
        |sign: &str, end: Option<u32>| end.map(|end| format!(" length {sign} {end}")).unwrap_or_default();
    let pattern = bounds.pattern.as_ref().map(|pattern| format!(" with {pattern:?}")).unwrap_or_default();
    [length(">=", bounds.min_length), length("<=", bounds.max_length), pattern].concat()
}
