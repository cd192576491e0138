//! `agentpassc explain`: a contract in plain words, the page of a code, or how a decision came about.

use std::fs;

use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::diagnostics::{Severity, pages};
use agentpass_compiler::explain::{explain, text};

use crate::args::{self, Color};
use crate::disk::Disk;
use crate::output::{Exit, Failure, is_coloured_aside, print, print_aside};
use crate::{contract as contracts, decision, paths, programs, project, reasons};

/// Runs the verb.
pub(crate) fn run(args: &args::Explain, color: Color) -> Result<Exit, Failure> {
    if let Some(file) = &args.decision {
        return decision::run(args, file, color);
    }
    match args.subjects.as_slice() {
        [subject] if let Some(found) = reasons::find(subject).filter(|_| fs::metadata(subject).is_err()) => {
            reason(subject, found, args.format)
        }
        [subject] if !is_path(subject) => code(subject, args.format),
        subjects if subjects.iter().any(|subject| pages::find(subject).is_some()) => {
            Err(Failure::new("a code is explained by itself: name one, and nothing else"))
        }
        subjects => contract(subjects, args.format, color),
    }
}

/// True for what can only be a path: there is one, or it looks like one.
fn is_path(subject: &str) -> bool {
    subject == "-"
        || (pages::find(subject).is_none()
            && (subject.contains(['/', '.', '*']) || fs::metadata(subject).is_ok()))
}

fn code(subject: &str, format: Format) -> Result<Exit, Failure> {
    let (Some(code), Some(page)) = (pages::find(subject), pages::explain(subject)) else {
        let meant = pages::suggest(subject).map(|meant| format!("; did you mean `{meant}`?"));
        let hint = meant.unwrap_or_else(|| ", and there is no file of that name".to_owned());
        return Err(Failure::new(format!("there is no code `{subject}`{hint}")));
    };
    print(&match format {
        Format::Json => {
            let page = serde_json::json!({
                "code": code.id, "name": code.name, "severity": code.severity.word(), "summary": code.summary,
                "page": page,
            });
            format!("{page:#}\n")
        }
        _ => page,
    })?;
    Ok(Exit::Fine)
}

fn reason(code: &str, (what, helps): (&str, &str), format: Format) -> Result<Exit, Failure> {
    print(&match format {
        Format::Json => {
            let reason = serde_json::json!({ "code": code, "happened": what, "helps": helps });
            format!("{reason:#}\n")
        }
        _ => format!("{code}: {what}\nwhat helps: {helps}\n"),
    })?;
    Ok(Exit::Fine)
}

fn contract(subjects: &[String], format: Format, color: Color) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let named = paths::find(subjects, &disk)?;
    contracts::no_bundles(&named, &disk, "explain")?;
    let project = project::read(&disk)?;
    let analysis = programs::only(&named, &disk, &project)?;
    let sources = &analysis.loaded.sources;
    if !analysis.is_clean() {
        // What a broken contract means is anybody's guess.
        let mut errors = analysis.diagnostics;
        errors.retain(|found| found.severity == Severity::Error);
        print_aside(&render(Format::Human, sources, &errors, is_coloured_aside(color)));
        return Ok(Exit::Fault);
    }
    let explanation = explain(sources, &analysis.checked.program);
    print(&match format {
        Format::Json => match serde_json::to_string_pretty(&explanation) {
            Ok(json) => json + "\n",
            Err(error) => return Err(Failure::new(error)),
        },
        _ => text::text(&explanation),
    })?;
    Ok(Exit::Fine)
}
