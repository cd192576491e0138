//! Constants and types as text.

use std::fmt;

use super::list;
use crate::program::{ConstId, Program};
use crate::value::{Ty, Value};

/// A constant by its number.
pub(super) fn constant(program: &Program, id: ConstId) -> String {
    program.consts.get(id.index()).map_or("?".to_owned(), value)
}

/// A value. Its kind can be told: `"a"` and `folded "a"` are not compared alike.
fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "unknown".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Decimal(it) => format!("decimal {it}"),
        Value::Money(it) => it.to_string(),
        Value::Duration(it) => it.to_string(),
        Value::Timestamp(it) => it.to_string(),
        Value::Text(it) => format!("{it:?}"),
        Value::Folded(it) => format!("folded {:?}", it.given()),
        Value::Email(it) => format!("email {:?}", it.to_string()),
        Value::Domain(it) => format!("domain {:?}", it.as_str()),
        Value::Url(it) => format!("url {:?}", it.as_str()),
        Value::Path(it) => format!("path {:?}", it.to_string()),
        Value::Glob(it) => format!("glob {:?}", it.to_string()),
        Value::CommandPattern(it) => format!("command {:?}", it.source()),
        Value::Pattern(it) => format!("pattern {:?}", it.source()),
        Value::Times(it) => {
            format!("times in {:?} {}", it.zone.name(), list(&it.ranges, ToString::to_string))
        }
        Value::Json(it) => format!("json {it}"),
        Value::List(all) => list(all, self::value),
        Value::Record(fields) => {
            format!(
                "record {}",
                list(fields, |field| field.as_ref().map_or("absent".to_owned(), self::value))
            )
        }
        Value::Shell(_, written) => format!("shell {written:?}"),
        Value::Command(it) => format!("{it:?}"),
    }
}

/// A type, as it is shown in listings and to builders of tools.
impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ty::Truth => "truth",
            Ty::Bool => "bool",
            Ty::Int => "int",
            Ty::Decimal => "decimal",
            Ty::Money(currency) => return write!(f, "money<{currency}>"),
            Ty::Duration => "duration",
            Ty::Timestamp => "timestamp",
            Ty::Text => "text",
            Ty::Folded => "folded",
            Ty::Email => "email",
            Ty::Domain => "domain",
            Ty::Url => "url",
            Ty::Path => "path",
            Ty::Glob => "glob",
            Ty::Shell => "shell",
            Ty::Command => "command",
            Ty::CommandPattern => "command pattern",
            Ty::Pattern => "pattern",
            Ty::Times => "times",
            Ty::Json => "json",
            Ty::List(of) => return write!(f, "list<{of}>"),
            Ty::Record(id) => return write!(f, "r{}", id.0),
            Ty::Past(id) => return write!(f, "call of m{}", id.0),
        })
    }
}
