//! Rules that say the same twice: one of them was meant to say something else, or is left from an edit.

use std::collections::HashMap;

use agentpass_grammar::Span;

use super::context::Context;
use super::shape;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Origin, RuleKind};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut everywhere: HashMap<String, Span> = HashMap::new();
    for block in &cx.program.blocks {
        let mut here = HashMap::new();
        // Rules at the top level stand in one block, as a reader sees it.
        let seen = if block.origin == Origin::Global { &mut everywhere } else { &mut here };
        for rule in &block.rules {
            if matches!(rule.kind, RuleKind::RecordsAtMost(_)) {
                continue;
            }
            let first = *seen.entry(shape::of_rule(rule)).or_insert(rule.span);
            if first != rule.span {
                found.push(problem::duplicate_rule(rule.span, first));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::DUPLICATE_RULE;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(first: &str, second: &str, fires: bool) {
        let text = format!("tool t(n: int, xs: list<int>) {{\n action write\n {first}\n {second}\n}}\n");
        let expected: &[&str] = if fires { &[second] } else { &[] };
        check(&DUPLICATE_RULE, &text, expected);
    }

    #[test]
    fn the_same_rule_twice() {
        one("require n > 5", "require n > 5 because \"other words\"", true);
        one("require each x in xs: x > 5", "require each y in xs: y > 5", true);
        one("deny when n in [1, 2]", "deny when (n in [1, 2])", true);
        let global = "challenge boss when job carries a\n";
        let head = "label a\nchallenge boss { ask user; expires 5m }\ntool t(x: id) { action read; reads w carrying a }\n";
        check(&DUPLICATE_RULE, &format!("{head}{global}{global}"), &[global.trim()]);
    }

    #[test]
    fn rules_that_differ() {
        one("require n > 5", "require n > 6", false);
        one("require n > 5", "deny when n > 5", false);
        one("require n > 5", "when n < 9 { require n > 5 }", false);
        one("deny each x in xs: x > n", "deny each x in xs: n > x", false);
    }
}
