//! What came of the tests, as JUnit's XML, which build servers read.
//!
//! One suite for each file of each contract; errors of contracts are a suite of their own. There are no times: a test plays
//! in a time of its own.

use std::fmt::Write as _;

use agentpass_compiler::diagnostics::Diagnostic;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_grammar::Sources;

use super::{Played, Report};

/// One document.
pub(super) fn text(report: &Report) -> String {
    let mut suites: Vec<(&str, &str, Vec<&Played>)> = Vec::new();
    for played in &report.results {
        match suites
            .iter_mut()
            .find(|(file, contract, _)| (*file, *contract) == (&played.file, &played.contract))
        {
            Some((_, _, tests)) => tests.push(played),
            None => suites.push((&played.file, &played.contract, vec![played])),
        }
    }
    let errors = usize::from(report.is_broken());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string never fails.
    let _ = writeln!(
        out,
        "<testsuites name=\"agentpassc test\" tests=\"{}\" failures=\"{}\" errors=\"{errors}\">",
        report.results.len() + errors,
        report.failed()
    );
    for (file, contract, tests) in suites {
        let failed = tests.iter().filter(|played| !played.wrong.is_empty()).count();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">",
            escaped(file),
            tests.len()
        );
        if let Some(share) = report.share() {
            properties(&mut out, share.clauses, share.covered, share.reached);
        }
        for played in tests {
            case(&mut out, contract, played);
        }
        out.push_str("  </testsuite>\n");
    }
    if report.is_broken() {
        out.push_str(
            "  <testsuite name=\"contracts\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n",
        );
        out.push_str("    <testcase name=\"contracts have no errors\" classname=\"contracts\">\n");
        finding(&mut out, "error", &report.broken.sources, &report.broken.diagnostics);
        out.push_str("    </testcase>\n  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// The coverage of the whole run.
fn properties(out: &mut String, clauses: usize, covered: usize, reached: usize) {
    out.push_str("    <properties>\n");
    for (name, value) in [("clauses", clauses), ("covered", covered), ("reached", reached)] {
        let _ = writeln!(out, "      <property name=\"coverage.{name}\" value=\"{value}\"/>");
    }
    out.push_str("    </properties>\n");
}

fn case(out: &mut String, contract: &str, played: &Played) {
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
        escaped(&played.name),
        escaped(contract),
        escaped(&played.file),
        played.position.line
    );
    if played.wrong.is_empty() {
        out.push_str("/>\n");
    } else {
        out.push_str(">\n");
        finding(out, "failure", &played.sources, &played.wrong);
        out.push_str("    </testcase>\n");
    }
}

fn finding(out: &mut String, element: &str, sources: &Sources, found: &[Diagnostic]) {
    let first = found.first();
    let (message, kind) = first.map_or(("", ""), |first| (first.message.as_str(), first.code.id));
    let _ = write!(out, "      <{element} message=\"{}\" type=\"{kind}\">", escaped(message));
    out.push_str(&escaped(&render(Format::Human, sources, found, false)));
    let _ = writeln!(out, "</{element}>");
}

/// Text as XML 1.0 can hold it, in elements and between double quotes. What XML has no way to write, however escaped, is
/// replaced by the character that stands for such things.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            // Allowed, and better not sent to a terminal that shows the file.
            c if ('\u{7f}'..='\u{9f}').contains(&c) => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_breaks_out_of_the_document() {
        assert_eq!(escaped("a<b & \"c\" ]]>"), "a&lt;b &amp; &quot;c&quot; ]]&gt;");
        assert_eq!(escaped("\u{0}\u{1b}[31m\u{fffe}é😀"), "\u{fffd}\u{fffd}[31m\u{fffd}é😀");
        assert_eq!(escaped("\n\t\r\u{85}"), "\n&#9;&#13;&#133;");
    }
}
