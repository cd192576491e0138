//! What came of the tests, for people.

use agentpass_compiler::diagnostics::render::escape::visible;
use agentpass_compiler::diagnostics::render::{Format, render};

use super::Report;
use crate::output::counted;
use agentpassc::Clause;

/// One line for each test, the findings of those that failed, the gaps of the coverage, and a summary.
pub(super) fn text(report: &Report, threshold: Option<u8>, colour: bool) -> String {
    let mut text = String::new();
    for played in &report.results {
        let word = if played.wrong.is_empty() { "ok    " } else { "FAILED" };
        text.push_str(&format!("{word}  {}: {}\n", visible(&played.file), visible(&played.name)));
    }
    for played in report.results.iter().filter(|played| !played.wrong.is_empty()) {
        text.push_str(&format!("\n{}: {}\n", visible(&played.file), visible(&played.name)));
        text.push_str(&render(Format::Human, &played.sources, &played.wrong, colour));
    }
    if report.is_broken() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&render(Format::Human, &report.broken.sources, &report.broken.diagnostics, colour));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    if let (Some(clauses), Some(share)) = (&report.coverage, report.share()) {
        for clause in clauses.iter().filter(|clause| !clause.is_covered()) {
            text.push_str(&gap(clause));
        }
        text.push_str(&format!(
            "{} of {} covered ({} %), {} reached\n",
            share.covered,
            counted(share.clauses, "clause"),
            share.percent(),
            share.reached
        ));
        if let Some(least) = threshold
            && share.percent() < usize::from(least)
        {
            text.push_str(&format!("that is less than {least} %\n"));
        }
    }
    text.push_str(&summary(report));
    text
}

fn gap(clause: &Clause) -> String {
    let place = format!("{}:{}:{}", visible(&clause.file), clause.line, clause.column);
    format!("{place}: {} {}: {}\n", clause.kind, visible(&clause.name), clause.gap())
}

fn summary(report: &Report) -> String {
    let (tests, failed) = (report.results.len(), report.failed());
    let files = counted(report.files(), "file");
    let mut text = match failed {
        0 if tests == 0 => "no tests".to_owned(),
        0 => format!("{} passed in {files}", counted(tests, "test")),
        failed => format!("{failed} of {} failed in {files}", counted(tests, "test")),
    };
    if report.is_broken() {
        text.push_str(&format!(", {} in contracts", counted(report.broken.diagnostics.len(), "error")));
    }
    text.push('\n');
    text
}
