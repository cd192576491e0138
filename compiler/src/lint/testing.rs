//! One helper for the tests of all lints.

use crate::analysis::{Analysis, analyse};
use crate::diagnostics::codes::Code;
use crate::diagnostics::config::Config;
use crate::diagnostics::{Diagnostic, Severity};
use crate::load::MemoryFiles;

/// What stands before the text of every test that does not begin a file itself.
const HEAD: &str = "edition 2026\ncontract c { version \"1\"; owner \"o\"; agents \"a\" }\n";

/// Reads a contract that must have no errors.
#[track_caller]
pub(super) fn analysed(text: &str, config: &Config) -> Analysis {
    let text = if text.starts_with("edition") { text.to_owned() } else { format!("{HEAD}{text}") };
    let analysis =
        analyse(&["c.agentpass".to_owned()], &MemoryFiles::new([("c.agentpass", text.as_str())]), config);
    let errors: Vec<&Diagnostic> =
        analysis.diagnostics.iter().filter(|d| d.code.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    analysis
}

/// Every finding of a code: the first line of what it points at.
#[track_caller]
pub(super) fn check(code: &Code, text: &str, expected: &[&str]) {
    let analysis = analysed(text, &Config::default());
    let found = analysis.diagnostics.iter().filter(|finding| finding.code.id == code.id);
    let found: Vec<&str> = found
        .map(|finding| {
            let text = &analysis.loaded.sources.get(finding.span.file).unwrap().text;
            let text = &text[finding.span.start as usize..finding.span.end as usize];
            text.lines().next().unwrap_or("")
        })
        .collect();
    let all: Vec<&str> = analysis.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(found, expected, "{text}\n{all:#?}");
}
