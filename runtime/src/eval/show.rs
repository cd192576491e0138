//! Values as text for people: amounts, names and times in their canonical spelling, lists with commas.

use std::fmt::Write;

use agentpass_ir::{NodeId, Ty, Value};
use agentpass_values::{ShellCommand, escape};

use super::{Datum, Env, Eval};
use crate::truth::Truth;

/// So many bytes hold what is shown, even if all of its characters are long ones.
const ENOUGH: usize = 4 * escape::SHOWN_LIMIT + 4;

impl Eval<'_> {
    /// Text to show to somebody, escaped and cut (semantics 9).
    #[must_use]
    pub fn shown(&self, id: NodeId, env: Option<&Env<'_>>) -> String {
        self.written(id, env, shown)
    }

    /// The same in full, and as it came.
    #[must_use]
    pub fn text(&self, id: NodeId, env: Option<&Env<'_>>) -> String {
        self.written(id, env, text)
    }

    fn written(&self, id: NodeId, env: Option<&Env<'_>>, write: fn(&Value) -> String) -> String {
        if self.node(id).is_some_and(|node| node.ty == Ty::Truth) {
            let word = match self.truth(id, env) {
                Truth::True => "true",
                Truth::False => "false",
                Truth::Undetermined | Truth::Failed => "?",
            };
            return word.to_owned();
        }
        match self.value(id, env) {
            Datum::Is(value) => write(&value),
            _ => "?".to_owned(),
        }
    }
}

/// A value for a message, escaped and cut.
#[must_use]
pub fn shown(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, ENOUGH);
    escape::shown(&out)
}

/// A value in full, unescaped. What nobody knows is `?`.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, usize::MAX);
    out
}

/// Writes until there is enough.
fn beginning(text: &str, enough: usize) -> &str {
    text.get(..text.floor_char_boundary(enough)).unwrap_or(text)
}

fn write(out: &mut String, value: &Value, enough: usize) {
    if out.len() > enough {
        return;
    }
    // Writing to a string never fails.
    let _ = match value {
        Value::Null => out.write_str("null"),
        Value::Unknown => out.write_str("?"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => write!(out, "{value}"),
        Value::Decimal(value) => write!(out, "{value}"),
        Value::Money(value) => write!(out, "{value}"),
        Value::Duration(value) => write!(out, "{value}"),
        Value::Timestamp(value) => write!(out, "{value}"),
        Value::Text(text) => out.write_str(beginning(text, enough)),
        Value::Json(text) | Value::Shell(_, text) => out.write_str(beginning(text, enough)),
        Value::Folded(value) => write!(out, "{value}"),
        Value::Email(value) => write!(out, "{value}"),
        Value::Domain(value) => write!(out, "{value}"),
        Value::Url(value) => write!(out, "{value}"),
        Value::Path(value) => write!(out, "{value}"),
        Value::Glob(value) => write!(out, "{value}"),
        Value::Command(command) => {
            words(out, command);
            Ok(())
        }
        Value::CommandPattern(value) => out.write_str(value.source()),
        Value::Pattern(value) => out.write_str(value.source()),
        Value::Times(times) => {
            let ranges: Vec<String> = times.ranges.iter().map(ToString::to_string).collect();
            out.write_str(&ranges.join(", "))
        }
        Value::List(all) => {
            list(out, all.iter(), enough);
            Ok(())
        }
        Value::Record(fields) => {
            out.push('{');
            list(out, fields.iter().flatten(), enough);
            out.write_str("}")
        }
    };
}

fn list<'v>(out: &mut String, all: impl Iterator<Item = &'v Value>, enough: usize) {
    for (at, value) in all.enumerate() {
        if out.len() > enough {
            return;
        }
        if at > 0 {
            out.push_str(", ");
        }
        write(out, value, enough);
    }
}

/// The words of a command, without their quotes.
fn words(out: &mut String, command: &ShellCommand) {
    out.push_str(command.program.text().unwrap_or("?"));
    for arg in &command.args {
        out.push(' ');
        out.push_str(arg.text().unwrap_or("?"));
    }
}
