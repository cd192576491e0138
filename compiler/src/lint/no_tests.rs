//! A contract without tests: nobody has written down what it is meant to decide.

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(contract) = &cx.program.contract else { return };
    let has_tests = cx.program.tests.iter().any(|test| !cx.is_std(test.file));
    // Without tools there is nothing to decide.
    if !has_tests && !cx.program.tools.is_empty() {
        found.push(problem::no_tests(contract.name.span, &contract.name.node));
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::NO_TESTS;
    use crate::lint::testing::check;

    #[test]
    fn a_contract_has_tests() {
        let tool = "tool t(n: int) { action read }\n";
        check(&NO_TESTS, tool, &["c"]);
        check(&NO_TESTS, &format!("{tool}test \"x\" {{ call t {{ n: 1 }} expect allow }}\n"), &[]);
        check(&NO_TESTS, "", &[]);
        check(&NO_TESTS, &format!("edition 2026\n{tool}"), &[]);
    }
}
