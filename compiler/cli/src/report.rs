//! Findings on standard output, and what they mean for the exit code.

use agentpass_compiler::diagnostics::render::{Format, Summary, render};
use agentpass_compiler::diagnostics::{Diagnostic, Severity};
use agentpass_grammar::Sources;

use crate::output::{Exit, Failure, counted, print};

/// Findings that are shown to people: nobody reads more before mending some, and a file that is no contract at all has
/// thousands.
const MOST_SHOWN: usize = 200;

/// Writes the findings; for people, with a line at the end that says how many there are.
pub(crate) fn findings(
    format: Format,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    colour: bool,
) -> Result<(), Failure> {
    let shown = match format {
        Format::Human => diagnostics.get(..MOST_SHOWN).unwrap_or(diagnostics),
        _ => diagnostics,
    };
    let mut text = render(format, sources, shown, colour);
    if format == Format::Human {
        if !text.is_empty() {
            text.push('\n');
        }
        if let more @ 1.. = diagnostics.len() - shown.len() {
            text.push_str(&format!(
                "… and {}; `--format short` shows them all\n",
                counted(more, "other finding")
            ));
        }
        text.push_str(&format!("{}\n", Summary::of(sources, diagnostics)));
    }
    print(&text)
}

/// What findings mean: errors always count, warnings where they are denied, notes never.
pub(crate) fn exit(diagnostics: &[Diagnostic], deny_warnings: bool) -> Exit {
    let counts = |found: &Diagnostic| match found.severity {
        Severity::Error => true,
        Severity::Warning => deny_warnings,
        Severity::Note => false,
    };
    if diagnostics.iter().any(counts) { Exit::Fault } else { Exit::Fine }
}
