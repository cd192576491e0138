//! Actions that nobody can take back (pay, delete, deploy) where nothing keeps a second run away, and nobody is asked.

use std::collections::BTreeMap;

use agentpass_grammar::Span;

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Action, Expr, ExprKind, Meter, Read, RuleKind, Then};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // One finding for all tools of one declaration: an import may bring hundreds.
    let mut bare: BTreeMap<Span, (Action, Span, Vec<String>)> = BTreeMap::new();
    for (index, tool) in cx.program.tools.iter().enumerate() {
        let Some((action, at)) = tool.facts.action else { continue };
        if !action.is_irreversible() || is_held(cx, index) || cx.is_denied(index) {
            continue;
        }
        bare.entry(cx.head(tool)).or_insert_with(|| (action, at, Vec::new())).2.push(tool.name.clone());
    }
    for (span, (action, at, tools)) in bare {
        found.push(problem::irreversible(span, action, at, &tools));
    }
}

/// True where a rule runs the call once, bounds how often it is repeated, or asks somebody.
fn is_held(cx: &Context<'_>, tool: usize) -> bool {
    let holds = |kind: &RuleKind| matches!(kind, RuleKind::Once { .. } | RuleKind::Challenge { .. });
    let mut bounds = cx.limits_for(tool).flat_map(|limit| &limit.bounds);
    cx.rules_for(tool).any(|rule| holds(&rule.kind))
        || bounds.any(|bound| matches!(bound.then, Then::Challenge(_)) || bounds_repeats(&bound.meter))
}

fn bounds_repeats(meter: &Meter) -> bool {
    let is_digest = |key: &Expr| matches!(key.kind, ExprKind::Read(Read::Digest));
    match meter {
        Meter::Retries => true,
        Meter::CallsPer(keys) => keys.iter().any(is_digest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::IRREVERSIBLE_ACTION;
    use crate::lint::testing::check;

    #[test]
    fn nothing_holds_it() {
        check(&IRREVERSIBLE_ACTION, "tool files.delete(name: id) { action delete }\n", &["files.delete"]);
        check(&IRREVERSIBLE_ACTION, "tools {a, b}(...) { action deploy }\n", &["{a, b}"]);
    }

    #[test]
    fn something_holds_it() {
        let boss = "challenge boss { ask user; expires 5m }\n";
        check(&IRREVERSIBLE_ACTION, "tool t(name: id) { action delete; once per name }\n", &[]);
        check(&IRREVERSIBLE_ACTION, "tool t(name: id) { action delete; deny because \"no\" }\n", &[]);
        check(&IRREVERSIBLE_ACTION, "tool t(name: id) { action write }\n", &[]);
        let repeats = "limit per job { calls per call.digest at most 1 }\n";
        check(&IRREVERSIBLE_ACTION, &format!("tool t(name: id) {{ action delete }}\n{repeats}"), &[]);
        for rule in ["on t { challenge boss }\n", "challenge boss when call.action in [delete]\n"] {
            check(&IRREVERSIBLE_ACTION, &format!("{boss}tool t(name: id) {{ action delete }}\n{rule}"), &[]);
        }
    }
}
