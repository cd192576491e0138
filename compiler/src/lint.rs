//! Lints: what the language allows and is still very likely a mistake (`W01xx`), or worth a human's look (`N01xx`).
//!
//! Each lint is a function of its own, in a file of its own: it looks at the whole checked program and says what it found.
//! They share a context, the comparison of expressions by their shape, and a small prover (`lint/prove.rs`).
//! A false alarm teaches people to ignore alarms, so a lint that is not sure stays silent.

mod amount_without_cap;
mod confusable_name;
mod confusable_value;
mod constant_condition;
mod context;
mod duplicate_rule;
mod expiry;
mod impossible_prerequisite;
mod incomplete_contract;
mod irreversible_action;
mod lifted_by_attempt;
mod never_carried;
mod no_message;
mod no_tests;
mod null_undecided;
mod open_pattern;
mod prove;
mod public_suffix;
mod redundant_element;
mod regex_instead_of_type;
mod self_cancelling;
mod shape;
mod sink_without_flow;
#[cfg(test)]
mod testing;
mod unreachable_flow;
mod unread_destination;
mod unused_declaration;
mod way_out;

use std::collections::HashSet;

pub use self::context::Role;

use self::context::Context;
use crate::check::Checked;
use crate::diagnostics::{Diagnostic, Severity};
use crate::load::Loaded;

/// A lint: looks at a program and adds what it finds.
type Lint = fn(&Context<'_>, &mut Vec<Diagnostic>);

/// Lints that look at what is there.
const LINTS: &[Lint] = &[
    confusable_name::check,
    confusable_value::check,
    regex_instead_of_type::check,
    impossible_prerequisite::check,
    self_cancelling::check,
    lifted_by_attempt::check,
    null_undecided::check,
    public_suffix::check,
    duplicate_rule::check,
    constant_condition::check,
    redundant_element::check,
    expiry::check,
    no_message::check,
];

/// Lints that conclude something from what is missing: only a contract is whole. What a module lacks may be in the contract
/// that imports it.
const LINTS_OF_WHOLE: &[Lint] = &[
    unused_declaration::check,
    irreversible_action::check,
    sink_without_flow::check,
    open_pattern::check,
    never_carried::check,
    unreachable_flow::check,
    way_out::check,
    unread_destination::check,
    no_tests::check,
    incomplete_contract::check,
    amount_without_cap::check,
];

/// Runs every lint over a checked program.
///
/// A program with errors is not linted: what could not be read is missing from it, so that what is left says little.
#[must_use]
pub fn lint(loaded: &Loaded, checked: &Checked) -> Vec<Diagnostic> {
    let parsed = loaded.files.iter().flat_map(|file| &file.parsed.problems);
    let mut problems = loaded.problems.iter().chain(parsed).chain(&checked.problems);
    if problems.any(|problem| problem.severity == Severity::Error) {
        return Vec::new();
    }
    let context = Context::new(loaded, checked);
    let mut found = Vec::new();
    let of_whole = if checked.program.contract.is_some() { LINTS_OF_WHOLE } else { &[] };
    for lint in LINTS.iter().chain(of_whole) {
        lint(&context, &mut found);
    }
    // A `let` that several rules read is seen from each of them.
    let mut seen = HashSet::new();
    found.retain(|finding| seen.insert((finding.code.id, finding.span, finding.message.clone())));
    found
}

#[cfg(test)]
mod tests {
    use agentpass_grammar::{FileId, SourceFile};

    use super::testing::analysed;
    use crate::diagnostics::Severity;
    use crate::diagnostics::config::{Config, FILE_NAME};

    /// The severities of everything found about `deny` without a message and a constant that nothing reads.
    fn severities(levels: &str, text: &str) -> Vec<(&'static str, Severity)> {
        let (config, problems) = Config::parse(FileId(0), &SourceFile::new(FILE_NAME, levels));
        assert_eq!(problems, []);
        let found = analysed(text, &config).diagnostics;
        found
            .iter()
            .map(|found| (found.code.name, found.severity))
            .filter(|(name, _)| *name != "no-tests")
            .collect()
    }

    const TEXT: &str = "let cap = 5\ntool t(n: int) { action read; deny when n > 5 }\n";

    #[test]
    fn a_project_sets_the_level_of_a_lint() {
        assert_eq!(
            severities("", TEXT),
            [("unused-declaration", Severity::Warning), ("no-message", Severity::Note)]
        );
        let levels = "[lints]\nunused-declaration = \"allow\"\nno-message = \"warn\"\n";
        assert_eq!(severities(levels, TEXT), [("no-message", Severity::Warning)]);
        let levels = "[lints]\nW0104 = \"deny\"\nN0103 = \"deny\"\n";
        assert_eq!(
            severities(levels, TEXT),
            [("unused-declaration", Severity::Error), ("no-message", Severity::Error)]
        );
    }

    #[test]
    fn a_comment_silences_a_lint() {
        let text = format!(
            "// agentpass: allow-file(no-message) because \"the model knows\"\n\
             // agentpass: allow(W0104) because \"for later\"\n{TEXT}"
        );
        assert_eq!(severities("", &text), []);
    }

    #[test]
    fn what_a_module_lacks_may_be_elsewhere() {
        assert_eq!(severities("", "edition 2026\ntool t(n: text) { action delete }\n"), []);
    }

    #[test]
    fn a_program_with_errors_is_not_linted() {
        let files = crate::load::MemoryFiles::new([(
            "c",
            "edition 2026\ncontract c { }\nlet cap = 5\nlet x = nothing\n",
        )]);
        let found = crate::analysis::analyse(&["c".to_owned()], &files, &Config::default()).diagnostics;
        assert_eq!(found.iter().map(|found| found.code.name).collect::<Vec<_>>(), ["unknown-name"]);
    }
}
