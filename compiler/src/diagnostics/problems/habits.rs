//! What people write who come from other languages, and what it is called here.
//!
//! A fix is [`Safety::Safe`] where only one thing can have been meant: the text has no meaning yet that it could change.

mod declarations;
mod limits;
mod rules;

use agentpass_grammar::Span;

pub use declarations::*;
pub use limits::*;
pub use rules::*;

use crate::diagnostics::{Diagnostic, Safety, codes};

/// An operator of another language: how it is written there, what to say, what it is here, and who may put that there.
pub type Operator = (&'static str, &'static str, &'static str, Safety);

/// Operators that are no tokens here. Longer ones come first.
pub const OPERATORS: &[Operator] = &[
    ("&&", "both conditions are joined with `and`", "and", Safety::Safe),
    ("&", "both conditions are joined with `and`", "and", Safety::Unsafe),
    ("~", "patterns are matched with `matches`: `x matches /[a-z]+/`", "", Safety::DisplayOnly),
    ("%", "there is no remainder and no percent: write `0.05` for 5 %", "", Safety::DisplayOnly),
    ("→", "an arrow is written `->`", "->", Safety::Safe),
    ("⇒", "an arrow is written `->`", "->", Safety::Safe),
    ("≤", "it is written `<=`", "<=", Safety::Safe),
    ("≥", "it is written `>=`", ">=", Safety::Safe),
    ("≠", "it is written `!=`", "!=", Safety::Safe),
    ("∧", "both conditions are joined with `and`", "and", Safety::Safe),
    ("∨", "conditions are joined with `or`", "or", Safety::Safe),
    ("¬", "it is written `not`", "not ", Safety::Unsafe),
    ("∈", "it is written `in`", "in", Safety::Safe),
    ("€", "amounts are written `$5` and `5 EUR`", "", Safety::DisplayOnly),
    ("£", "amounts are written `$5` and `5 GBP`", "", Safety::DisplayOnly),
    ("¥", "amounts are written `$5` and `5 JPY`", "", Safety::DisplayOnly),
];

/// One of [`OPERATORS`].
#[must_use]
pub fn operator(span: Span, &(text, help, here, safety): &Operator) -> Diagnostic {
    let finding =
        Diagnostic::new(&codes::UNKNOWN_CHARACTER, span, format!("`{text}` has no meaning here")).help(help);
    if here.is_empty() { finding } else { finding.replace(safety, span, here) }
}

/// `!` before a condition. `alone` where `not` says the same in its place.
#[must_use]
pub fn exclamation_mark(span: Span, alone: bool) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_CHARACTER, span, "`!` has no meaning here");
    let (help, safety) = if alone {
        ("write `not`", Safety::Safe)
    } else {
        ("write `not`; it reaches further than `!`: `not a == b` is `not (a == b)`", Safety::Unsafe)
    };
    finding.help(help).replace(safety, span, "not ")
}

/// `# …` or `/* … */`; `here` is the same comment as it is written here.
#[must_use]
pub fn comment(span: Span, text: &str, here: Option<String>) -> Diagnostic {
    let (sign, length) = if text.starts_with('#') { ("#", 1) } else { ("/*", 2) };
    let first = Span { end: span.start + length, ..span };
    let finding =
        Diagnostic::new(&codes::UNKNOWN_CHARACTER, first, format!("`{sign}` begins no comment here"));
    let finding = match (sign, text.ends_with("*/")) {
        ("/*", false) => finding.label("and it does not end"),
        _ => finding,
    };
    let finding = finding.help("a comment begins with `//` and ends with its line");
    match here {
        Some(here) => finding.replace(Safety::Safe, span, here),
        None => finding,
    }
}

/// `'…'`; `double` is the same text between double quotes.
#[must_use]
pub fn single_quotes(span: Span, double: Option<String>) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_CHARACTER, span, "text stands between double quotes");
    match double {
        Some(double) => finding.help(format!("write `{double}`")).replace(Safety::Safe, span, double),
        None => finding.help("write it between `\"`, and `\\\"` for each `\"` inside"),
    }
}

/// The text does not have the form of the language; a head and a help.
fn syntax(span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::SYNTAX, span, message).help(help)
}
