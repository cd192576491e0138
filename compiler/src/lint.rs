//! Lints: what the language allows and is still very likely a mistake (`W01xx`), or worth a human's look (`N01xx`).
//!
//! Each lint is a function of its own, in a file of its own: it looks at the whole checked program and says what it found.
//! They share the [`Context`](context::Context), the comparison of expressions by [`shape`], and a small prover
//! ([`prove`]). A false alarm teaches people to ignore alarms, so a lint that is not sure stays silent.

mod amount_without_cap;
mod confusable_name;
mod constant_condition;
mod context;
mod duplicate_rule;
mod expiry;
mod impossible_prerequisite;
mod incomplete_contract;
mod irreversible_action;
mod never_carried;
mod no_message;
mod no_tests;
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

/// Every lint.
const LINTS: &[Lint] = &[
    unused_declaration::check,
    confusable_name::check,
    irreversible_action::check,
    sink_without_flow::check,
    open_pattern::check,
    regex_instead_of_type::check,
    impossible_prerequisite::check,
    self_cancelling::check,
    public_suffix::check,
    duplicate_rule::check,
    constant_condition::check,
    redundant_element::check,
    expiry::check,
    never_carried::check,
    unreachable_flow::check,
    way_out::check,
    no_message::check,
    no_tests::check,
    incomplete_contract::check,
    amount_without_cap::check,
];

/// Runs every lint over a checked program.
///
/// A program with errors is not linted: what could not be read is missing from it, and nearly every lint concludes
/// something from what is missing.
#[must_use]
pub fn lint(loaded: &Loaded, checked: &Checked) -> Vec<Diagnostic> {
    let parsed = loaded.files.iter().flat_map(|file| &file.parsed.problems);
    let mut problems = loaded.problems.iter().chain(parsed).chain(&checked.problems);
    if problems.any(|problem| problem.severity == Severity::Error) {
        return Vec::new();
    }
    let context = Context::new(loaded, checked);
    let mut found = Vec::new();
    for lint in LINTS {
        lint(&context, &mut found);
    }
    // A `let` that several rules read is seen from each of them.
    let mut seen = HashSet::new();
    found.retain(|finding| seen.insert((finding.code.id, finding.span, finding.message.clone())));
    found
}
