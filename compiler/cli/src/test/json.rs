//! What came of the tests, for programs: `docs/schemas/test-report.schema.json`.

use agentpass_compiler::diagnostics::Diagnostic;
use agentpass_grammar::{Sources, Span};
use serde_json::{Value, json};

use super::Report;
use agentpassc::{Clause, Way};

/// One document.
pub(super) fn text(report: &Report) -> String {
    let failed = report.failed();
    let tests: Vec<Value> = report
        .results
        .iter()
        .map(|played| {
            json!({
                "name": played.name,
                "contract": played.contract,
                "source": {
                    "file": played.file, "line": played.position.line, "column": played.position.column,
                },
                "outcome": if played.wrong.is_empty() { "passed" } else { "failed" },
                "failures": findings(&played.sources, &played.wrong),
            })
        })
        .collect();
    let document = json!({
        "version": 1,
        "tests": tests,
        "errors": findings(&report.broken.sources, &report.broken.diagnostics),
        "coverage": report.coverage.as_deref().map(|clauses| coverage(report, clauses)),
        "summary": {
            "tests": report.results.len(),
            "passed": report.results.len() - failed,
            "failed": failed,
            "errors": report.broken.diagnostics.len(),
        },
    });
    format!("{document:#}\n")
}

fn findings(sources: &Sources, found: &[Diagnostic]) -> Vec<Value> {
    let finding = |found: &Diagnostic| {
        json!({
            "code": found.code.id,
            "name": found.code.name,
            "message": found.message,
            "detail": found.label,
            "help": found.help,
            "source": place(sources, found.span),
            "clauses": found.secondary.iter().map(|label| json!({
                "message": label.text, "source": place(sources, label.span),
            })).collect::<Vec<_>>(),
        })
    };
    found.iter().map(finding).collect()
}

fn place(sources: &Sources, span: Span) -> Value {
    match sources.get(span.file) {
        Some(file) => {
            let position = file.position(span.start);
            json!({ "file": &*file.name, "line": position.line, "column": position.column })
        }
        None => json!({ "file": "<unknown>", "line": 1, "column": 1 }),
    }
}

fn coverage(report: &Report, clauses: &[Clause]) -> Value {
    let share = report.share();
    let gaps: Vec<Value> = clauses
        .iter()
        .filter(|clause| !clause.is_covered())
        .map(|clause| {
            let missing: Vec<&str> = clause.missing().map(word).collect();
            json!({
                "kind": clause.kind,
                "name": clause.name,
                "source": { "file": clause.file, "line": clause.line, "column": clause.column },
                "reached": clause.is_reached(),
                "missing": missing,
            })
        })
        .collect();
    json!({
        "clauses": clauses.len(),
        "reached": share.map(|share| share.reached),
        "covered": share.map(|share| share.covered),
        "percent": share.map(|share| share.percent()),
        "uncovered": gaps,
    })
}

fn word(way: Way) -> &'static str {
    match way {
        Way::Pass => "pass",
        Way::Stop => "stop",
    }
}
