//! One list for a whole program: in reading order, each finding once.

use std::cmp::Ordering;
use std::collections::HashSet;

use agentpass_grammar::Sources;

use super::Diagnostic;

/// Sorts by the file's path, then by where the finding starts and ends, then by code; of findings with the same code, place and
/// headline, which two phases may both have made, the first is kept.
///
/// Paths are compared by their parts, so that a folder's files stay together (`a/b` before `a-b`). Findings in files that the
/// sources do not hold come first. The sort is stable: what is equal keeps the order in which the phases found it.
#[must_use]
pub fn sorted(sources: &Sources, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| order(sources, a, b));
    let mut seen = HashSet::new();
    diagnostics.retain(|found| seen.insert((found.code.id, found.span, found.message.clone())));
    diagnostics
}

fn order(sources: &Sources, a: &Diagnostic, b: &Diagnostic) -> Ordering {
    let parts = |found: &Diagnostic| sources.get(found.span.file).map(|file| file.name.split(['/', '\\']));
    let by_path = match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let key = |found: &Diagnostic| (found.span.file, found.span.start, found.span.end, found.code.id);
    by_path.then_with(|| key(a).cmp(&key(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::codes;
    use agentpass_grammar::{FileId, SourceFile, Span};

    #[test]
    fn reading_order_and_each_once() {
        let mut sources = Sources::default();
        let [later, earlier] = ["a-b/x", "a/y"].map(|name| sources.add(SourceFile::new(name, "some text")));
        let at = |file, start, message: &str| {
            Diagnostic::new(&codes::UNKNOWN_NAME, Span::new(file, start, start + 1), message)
        };
        let syntax = Diagnostic::new(&codes::SYNTAX, Span::new(earlier, 5, 6), "s");
        let given = vec![
            at(later, 0, "1"),
            at(earlier, 5, "2"),
            syntax.clone(),
            at(earlier, 5, "2").help("a second time"),
            at(earlier, 1, "3"),
            at(FileId(9), 1, "4"),
        ];
        let expected =
            vec![at(FileId(9), 1, "4"), at(earlier, 1, "3"), syntax, at(earlier, 5, "2"), at(later, 0, "1")];
        assert_eq!(sorted(&sources, given), expected);
    }
}
