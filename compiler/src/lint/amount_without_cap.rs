//! Tools that pay an amount which nothing bounds.

use super::context::{Context, condition};
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Action, Expr, ExprKind, Fact, Meter, Read, RuleKind};
use crate::types::PastOf;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (index, tool) in cx.program.tools.iter().enumerate() {
        let pays = tool.facts.action.is_some_and(|(action, _)| action == Action::Pay);
        let Some((amount, span)) = tool.facts.amount.as_ref().filter(|_| pays) else { continue };
        let mut reads = vec![Read::Fact(Fact::Amount)];
        amount.walk(&mut |expr| {
            if let ExprKind::Read(read) = &expr.kind {
                reads.push(read.clone());
            }
        });
        if !cx.is_denied(index) && !is_bounded(cx, index, &reads) {
            found.push(problem::amount_without_cap(*span, &tool.name));
        }
    }
}

/// True where a rule that refuses, or a limit, looks at the amount.
fn is_bounded(cx: &Context<'_>, tool: usize, reads: &[Read]) -> bool {
    let mentions = |expr: &Expr| {
        let mut found = false;
        expr.walk(&mut |expr| found |= matches!(&expr.kind, ExprKind::Read(read) if reads.contains(read)));
        found
    };
    let refuses = |kind: &RuleKind| !matches!(kind, RuleKind::Challenge { .. } | RuleKind::Once { .. });
    let by_rule = cx.rules_for(tool).filter(|rule| refuses(&rule.kind)).any(|rule| {
        condition(&rule.kind).is_some_and(|(condition, _)| mentions(condition))
            || rule.guards.iter().any(|guard| mentions(guard))
    });
    // A limit may stand anywhere and name the tools whose amounts it adds.
    let named =
        cx.program.blocks.iter().flat_map(|block| &block.limits).flat_map(|limit| &limit.bounds).any(
            |bound| matches!(&bound.meter, Meter::Sum { of: Some(past) } if past.of == PastOf::Tool(tool)),
        );
    let own = cx
        .limits_for(tool)
        .flat_map(|limit| &limit.bounds)
        .any(|bound| matches!(&bound.meter, Meter::Sum { of: None }));
    by_rule || named || own
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::AMOUNT_WITHOUT_CAP;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(rules: &str, more: &str, fires: bool) {
        let text = format!(
            "tool pay(key: id, amount: money<USD> as cents) {{ action pay; amount amount; once per key; {rules} }}\n{more}"
        );
        let expected: &[&str] = if fires { &["amount amount"] } else { &[] };
        check(&AMOUNT_WITHOUT_CAP, &text, expected);
    }

    #[test]
    fn nothing_bounds_the_amount() {
        one("", "", true);
        one("require key != \"x\"", "limit per job { calls at most 5 }\n", true);
    }

    #[test]
    fn something_bounds_the_amount() {
        one("require amount <= $5", "", false);
        one("limit per key in any 24h { sum amount at most $5 }", "", false);
        one("", "on any with amount { deny when call.amount > $5 }\n", false);
        one("", "limit per job { sum amount of pay at most $5 }\n", false);
    }
}
