//! A contract that does not say its version, who answers for it, or for which agents it is.

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(contract) = &cx.program.contract else { return };
    let clauses = [
        ("version", contract.version.is_some()),
        ("owner", contract.owner.is_some()),
        ("agents", !contract.agents.is_empty()),
    ];
    let missing: Vec<&str> = clauses.into_iter().filter(|(_, there)| !there).map(|(word, _)| word).collect();
    if !missing.is_empty() {
        found.push(problem::incomplete_contract(contract.name.span, &contract.name.node, &missing));
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::INCOMPLETE_CONTRACT;
    use crate::lint::testing::check;

    #[test]
    fn a_contract_says_what_it_is() {
        check(&INCOMPLETE_CONTRACT, "edition 2026\ncontract desk { version \"1\" }\n", &["desk"]);
        check(&INCOMPLETE_CONTRACT, "", &[]);
        check(&INCOMPLETE_CONTRACT, "edition 2026\nmodule desk\n", &[]);
    }
}
