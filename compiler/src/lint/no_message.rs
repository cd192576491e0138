//! Refusals without a word: the model tries again, and the user asks why.

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::RuleKind;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for rule in cx.program.blocks.iter().flat_map(|block| &block.rules) {
        let verb = match rule.kind {
            RuleKind::Require(_) | RuleKind::RequireEach(_) => "require",
            RuleKind::Deny(_) | RuleKind::DenyEach(_) => "deny",
            _ => continue,
        };
        if rule.because.is_none() {
            found.push(problem::no_message(rule.span, verb));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::NO_MESSAGE;
    use crate::lint::testing::check;

    #[test]
    fn refusals_say_why() {
        check(
            &NO_MESSAGE,
            "tool t(n: int) { action read; require n > 5; deny when n > 9 }\n",
            &["require n > 5", "deny when n > 9"],
        );
        check(
            &NO_MESSAGE,
            "tool t(n: int) { action read; require n > 5 because \"more\"; once per n }\n",
            &[],
        );
    }
}
