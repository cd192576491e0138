//! One JSON document for programs: everything a diagnostic holds, with positions worked out.
//!
//! The form is fixed by `docs/schemas/diagnostics.schema.json`, which [`schema`] makes from a template and the registry, so
//! that its lists of codes and names are the registry's.

use agentpass_grammar::{Position, Sources, Span};
use serde::Serialize;

use super::place::{Place, Places};
use super::{Summary, escape};
use crate::diagnostics::{Diagnostic, codes};

/// The version of the form. A change that breaks a reader increments it.
pub const VERSION: u32 = 1;

/// The document, with a line end after it. Characters that a terminal obeys are `\u` escapes, so that it can be printed.
#[must_use]
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut places = Places::new(sources);
    let report = Report {
        version: VERSION,
        diagnostics: diagnostics.iter().map(|found| entry(&mut places, found)).collect(),
        summary: Summary::of(sources, diagnostics),
    };
    print(&report)
}

/// The JSON Schema of the document.
#[must_use]
pub fn schema() -> String {
    let list = |words: Vec<&str>| {
        let words: Vec<_> = words.iter().map(|word| format!("        \"{word}\"")).collect();
        format!("[\n{}\n      ]", words.join(",\n"))
    };
    include_str!("../../../schemas/diagnostics.template.json")
        .replace("[\"@codes@\"]", &list(codes::ALL.iter().map(|code| code.id).collect()))
        .replace("[\"@names@\"]", &list(codes::ALL.iter().map(|code| code.name).collect()))
}

/// Pretty JSON with a line end. Types of strings and numbers always serialise; were it otherwise, an empty document says so.
pub(super) fn print(value: &impl Serialize) -> String {
    let mut text = escape::json(serde_json::to_string_pretty(value).unwrap_or_default());
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    diagnostics: Vec<Entry<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    span: Range,
    label: Option<&'a str>,
    secondary: Vec<Secondary<'a>>,
    fix: Option<FixEntry<'a>>,
}

#[derive(Serialize)]
struct Range {
    file: String,
    start: u32,
    end: u32,
    start_position: LineColumn,
    end_position: LineColumn,
}

#[derive(Serialize)]
struct LineColumn {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Secondary<'a> {
    span: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Secondary<'a>>,
}

fn entry<'a>(places: &mut Places<'_>, found: &'a Diagnostic) -> Entry<'a> {
    Entry {
        code: found.code.id,
        name: found.code.name,
        severity: found.severity.word(),
        message: &found.message,
        help: found.help.as_deref(),
        span: range(places, found.span),
        label: found.label.as_deref(),
        secondary: found.secondary.iter().map(|label| words(places, label.span, &label.text)).collect(),
        fix: found.fix.as_ref().map(|fix| FixEntry {
            title: &fix.title,
            safety: fix.safety.word(),
            edits: fix.edits.iter().map(|edit| words(places, edit.span, &edit.text)).collect(),
        }),
    }
}

fn words<'a>(places: &mut Places<'_>, span: Span, text: &'a str) -> Secondary<'a> {
    Secondary { span: range(places, span), text }
}

fn range(places: &mut Places<'_>, span: Span) -> Range {
    let Place { file, start, end, start_position, end_position } = places.of(span);
    let position = |at: Position| LineColumn { line: at.line, column: at.column };
    Range {
        file: file.to_string(),
        start,
        end,
        start_position: position(start_position),
        end_position: position(end_position),
    }
}
