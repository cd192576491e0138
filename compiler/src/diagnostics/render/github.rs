//! Workflow commands: GitHub reads them from a job's log and shows each finding beside the line it is about.

use std::fmt::Write as _;

use agentpass_grammar::Sources;

use super::escape;
use super::place::Places;
use crate::diagnostics::{Diagnostic, Severity};

/// `::error file=…,line=…,col=…,title=…::message`, one line for each finding. The help follows the message on a line of
/// its own (`%0A`), because an annotation has no other room for it.
#[must_use]
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut places = Places::new(sources);
    let mut out = String::new();
    for found in diagnostics {
        let place = places.of(found.span);
        let (start, end) = (place.start_position, place.end_position);
        // Paths are matched with those of the change, which never start with `./`.
        let file = property(place.file.strip_prefix("./").unwrap_or(&place.file));
        // Writing to a string cannot fail.
        let _ = write!(out, "::{} file={file},line={}", command(found.severity), start.line);
        // GitHub refuses columns on an annotation of several lines.
        if start.line == end.line {
            let _ = write!(out, ",endLine={},col={},endColumn={}", end.line, start.column, end.column);
        } else {
            let _ = write!(out, ",endLine={}", end.line);
        }
        let title = format!("{} {}", found.code.id, found.code.name);
        let _ = write!(out, ",title={}::{}", property(&title), data(&found.message));
        if let Some(help) = &found.help {
            let _ = write!(out, "%0Ahelp: {}", data(help));
        }
        out.push('\n');
    }
    out
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// What stands after the last `::`. Only line ends pass through, as `%0A`; other hidden characters are spelled out, since the
/// command is also printed in a log.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "%0A"));
        let body = body.strip_suffix('\r').unwrap_or(body);
        out.push_str(&escape::brief(body).replace('%', "%25"));
        out.push_str(end);
    }
    out
}

/// What stands after `name=`: no separator may be in it. A file name with hidden characters is spelled out like all
/// text, at the price that GitHub does not find that file: such a name is not worth a hole in the log.
fn property(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            c => escape::push_visible(&mut out, c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_text_can_end_the_command() {
        assert_eq!(property("a,b:c%\r\n"), "a%2Cb%3Ac%25%0D%0A");
        assert_eq!(data("50%\r\n::error::x\rb\u{1b}"), "50%25%0A::error::x\\rb\\u{1b}");
    }
}
