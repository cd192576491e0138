//! One line for each finding, for editors' error parsers and for grep: `file:line:col: error[E0301]: message`.

use ariadne::{Color, Fmt as _};

use agentpass_grammar::Sources;

use super::escape;
use super::place::{Place, Places};
use crate::diagnostics::{Diagnostic, Severity};

/// Every finding on a line of its own; columns count UTF-16 units, as in all formats.
#[must_use]
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], colour: bool) -> String {
    let mut places = Places::new(sources);
    let mut out = String::new();
    for found in diagnostics {
        out.push_str(&line(&places.of(found.span), found, colour));
        out.push('\n');
    }
    out
}

/// The line without its end.
pub(super) fn line(place: &Place, found: &Diagnostic, colour: bool) -> String {
    let tag = format!("{}[{}]", found.severity.word(), found.code.id);
    format!("{}: {}: {}", position(place), paint(tag, found.severity, colour), escape::brief(&found.message))
}

/// `file:line:col`.
pub(super) fn position(place: &Place) -> String {
    let at = place.start_position;
    format!("{}:{}:{}", escape::brief(&place.file), at.line, at.column)
}

/// The text in the colour of its severity.
pub(super) fn paint(text: String, severity: Severity, colour: bool) -> String {
    if colour { text.fg(severity_colour(severity)).to_string() } else { text }
}

pub(super) fn severity_colour(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note => Color::Cyan,
    }
}
