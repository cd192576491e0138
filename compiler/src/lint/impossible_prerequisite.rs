//! Evidence that can never be there: `after T …` where no call of T is ever allowed.

use super::context::{Context, condition};
use super::prove::satisfiable;
use crate::ast::{BinaryOp, Phase};
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Filter, Past, Read, Rule, RuleKind};
use crate::types::{Part, PastOf, Ty};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (written, _) in cx.conditions() {
        written.walk(&mut |expr| {
            let past = match &expr.kind {
                ExprKind::After(past, ..)
                | ExprKind::Latest(_, past, _)
                | ExprKind::CallsOf(past, ..)
                | ExprKind::Distinct(_, past, _) => past,
                _ => return,
            };
            // What was attempted is remembered even where it is denied.
            let PastOf::Tool(index) = past.of else { return };
            if past.phase == Some(Phase::Attempted) {
                return;
            }
            let Some(tool) = cx.program.tools.get(index) else { return };
            if let Some(rule) = refusal(cx, index, past) {
                found.push(problem::impossible_prerequisite(past.span, &tool.name, rule.span));
            }
        });
    }
}

/// The rule that denies every call of the tool which the past asks for.
fn refusal<'a>(cx: &Context<'a>, tool: usize, past: &Past) -> Option<&'a Rule> {
    let known: Vec<Expr> = past.filters.iter().filter_map(known).collect();
    let holds = |condition: &Expr, truth: bool| {
        let mut all: Vec<(&Expr, bool)> = known.iter().map(|known| (known, true)).collect();
        all.push((condition, !truth));
        !satisfiable(cx, &all)
    };
    cx.own_rules_for(tool).find(|rule| {
        rule.guards.iter().all(|guard| holds(guard, true))
            && match &rule.kind {
                RuleKind::Deny(None) => true,
                RuleKind::Deny(Some(_)) => condition(&rule.kind).is_some_and(|(deny, _)| holds(deny, true)),
                RuleKind::Require(demand) => holds(demand, false),
                _ => false,
            }
    })
}

/// What a filter says of the call that is asked for, as a condition in that call's own rules.
fn known(filter: &Filter) -> Option<Expr> {
    let [name] = filter.path.as_slice() else { return None };
    if filter.part != Part::Args
        || filter.op != BinaryOp::Equal
        || !matches!(filter.value.kind, ExprKind::Const(_))
    {
        return None;
    }
    let read = ExprKind::Read(Read::Arg(name.clone()));
    let read = Expr { span: filter.span, ty: filter.ty.clone(), optional: false, kind: read };
    let kind = ExprKind::Compare(BinaryOp::Equal, Box::new(read), Box::new(filter.value.clone()));
    Some(Expr { span: filter.span, ty: Ty::Bool, optional: false, kind })
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::IMPOSSIBLE_PREREQUISITE;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(rules: &str, past: &str, fires: bool) {
        let text = format!(
            "tool scan(kind: \"full\" | \"quick\", x: id) {{ action read; {rules} }}
            tool t(x: id) {{ action write; require after {past} within 5m }}\n"
        );
        let expected: &[&str] = if fires { &[past] } else { &[] };
        check(&IMPOSSIBLE_PREREQUISITE, &text, expected);
    }

    #[test]
    fn evidence_that_is_always_denied() {
        one("deny", "scan(x: x)", true);
        one("deny when kind == \"full\"", "scan(kind: \"full\")", true);
        one("require kind in [\"quick\"]", "scan(kind: \"full\", x: x)", true);
        one("when kind == \"full\" { deny }", "scan(kind: \"full\")", true);
    }

    #[test]
    fn evidence_that_can_be_there() {
        one("deny", "attempted scan(x: x)", false);
        one("deny when kind == \"full\"", "scan(kind: \"quick\")", false);
        one("deny when kind == \"full\"", "scan(x: x)", false);
        one("when x == \"a\" { deny }", "scan(kind: \"full\")", false);
    }
}
