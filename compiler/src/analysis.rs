//! All of the compiler's front in one call: files in, one sorted list of findings out.

use std::collections::HashMap;

use agentpass_grammar::{FileId, Span};

use crate::check::{Checked, check};
use crate::diagnostics::config::{Config, allow, apply};
use crate::diagnostics::{Diagnostic, Severity, problems, sort};
use crate::lint::lint;
use crate::load::{Files, Loaded, load};
use crate::lower::{Construct, LowerError, Params, lower};

/// A program that has been read, checked and linted.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The files.
    pub loaded: Loaded,
    /// The typed program.
    pub checked: Checked,
    /// Everything found, configured, sorted, without repetitions.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks the named files and all that they import.
#[must_use]
pub fn analyse(roots: &[String], files: &dyn Files, config: &Config) -> Analysis {
    analyse_loaded(load(roots, files), config)
}

/// Checks a program that has been loaded.
#[must_use]
pub fn analyse_loaded(loaded: Loaded, config: &Config) -> Analysis {
    let checked = check(&loaded);
    let mut found = loaded.problems.clone();
    found.extend(loaded.files.iter().flat_map(|file| file.parsed.problems.iter().cloned()));
    found.extend(checked.problems.iter().cloned());
    found.extend(lint(&loaded, &checked));
    if found.iter().all(|finding| finding.severity != Severity::Error) {
        found.extend(unexecutable(&loaded, &checked));
    }
    let mut allows = Vec::new();
    for file in &loaded.files {
        let Some(source) = loaded.sources.get(file.id) else { continue };
        let comments = file.parsed.layout.tokens.iter().filter(|token| token.kind.is_comment());
        let spans: Vec<Span> = comments.map(|token| Span::new(file.id, token.start, token.end)).collect();
        let (more, problems) = allow::scan(source, spans);
        allows.extend(more);
        found.extend(problems);
    }
    // The standard library speaks for itself in its own tests: whoever imports it hears of its errors only.
    let is_std =
        |span: Span| loaded.sources.get(span.file).is_some_and(|file| file.name.starts_with("<std>"));
    found.retain(|finding| finding.severity == Severity::Error || !is_std(finding.span));
    let diagnostics = bounded(&loaded, sort::sorted(&loaded.sources, apply(config, allows, found)));
    Analysis { loaded, checked, diagnostics }
}

/// What reads well and cannot be executed: whoever is told that a contract is clean can load it. Values of parameters are left
/// to those who load it.
fn unexecutable(loaded: &Loaded, checked: &Checked) -> Vec<Diagnostic> {
    if checked.program.contract.is_none() {
        return Vec::new();
    }
    let errors = lower(&checked.program, &loaded.sources, &Params::new()).err().unwrap_or_default();
    let of_params = |error: &LowerError| {
        matches!(error.construct, Construct::ParamNotSet | Construct::ParamDoesNotFit | Construct::Broken)
    };
    let own = errors.iter().filter(|error| !of_params(error));
    own.map(|error| problems::memory::not_executable(error.span, &error.to_string())).collect()
}

/// How many findings of one severity are shown per file.
const MOST_PER_FILE: usize = 200;

/// The first findings of each severity in each file, and how many more there are. What stands for the rest weighs as
/// much as the rest does: notes never become an error by their number.
fn bounded(loaded: &Loaded, sorted: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut counts: HashMap<(FileId, Severity), usize> = HashMap::new();
    let mut last: HashMap<FileId, usize> = HashMap::new();
    for finding in sorted {
        let file = finding.span.file;
        let count = counts.entry((file, finding.severity)).or_default();
        *count += 1;
        if *count <= MOST_PER_FILE {
            last.insert(file, kept.len());
            kept.push(finding);
        }
    }
    let mut over: Vec<(usize, Severity, FileId, usize)> = counts
        .into_iter()
        .filter(|(_, count)| *count > MOST_PER_FILE)
        .filter_map(|((file, severity), count)| {
            Some((*last.get(&file)?, severity, file, count - MOST_PER_FILE))
        })
        .collect();
    // From the end, so that the places before stay right.
    over.sort_unstable_by(|a, b| b.cmp(a));
    for (at, severity, file, hidden) in over {
        let end =
            loaded.sources.get(file).map_or(0, |file| u32::try_from(file.text.len()).unwrap_or(u32::MAX));
        let mut rest = problems::files::too_many(Span::new(file, end, end), severity.word(), hidden);
        rest.severity = severity;
        kept.insert(at + 1, rest);
    }
    kept
}

impl Analysis {
    /// True where the program can be used: no errors, whatever else was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.diagnostics.iter().all(|finding| finding.severity != Severity::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::MemoryFiles;

    fn analysed(text: &str) -> Analysis {
        let files = MemoryFiles::new([("main.agentpass", text)]);
        analyse(&["main.agentpass".to_owned()], &files, &Config::default())
    }

    #[test]
    fn many_notes_are_no_error() {
        let tools: String =
            (0..300).map(|n| format!("tool t{n}(text: string) {{ action write }}\n")).collect();
        let analysis =
            analysed(&format!("edition 2026\ncontract c {{ version \"1\"; agents \"a\" }}\n{tools}"));
        assert!(analysis.is_clean());
        let rest = analysis.diagnostics.iter().find(|finding| finding.code.name == "too-many-findings");
        assert_eq!(rest.map(|rest| rest.severity), Some(Severity::Note));
    }

    #[test]
    fn the_rest_of_many_errors_is_an_error() {
        let rules: String = (0..300).map(|n| format!("deny when nothing{n} == 1\n")).collect();
        let analysis = analysed(&format!("edition 2026\n{rules}"));
        let rest = analysis.diagnostics.iter().find(|finding| finding.code.name == "too-many-findings");
        assert_eq!(rest.map(|rest| rest.severity), Some(Severity::Error));
        assert!(rest.is_some_and(|rest| rest.message.contains("100")));
    }
}
