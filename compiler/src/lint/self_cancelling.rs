//! `after A with no A since`: the call that is asked for is also the one that must not be there.

use super::context::Context;
use super::shape;
use crate::ast::Phase;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{ExprKind, Past};
use crate::types::PastOf;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (condition, _) in cx.conditions() {
        condition.walk(&mut |expr| {
            let (ExprKind::After(past, _, no)
            | ExprKind::CallsOf(past, _, no)
            | ExprKind::SumOf(_, past, _, no)) = &expr.kind
            else {
                return;
            };
            for no in no.iter().filter(|no| covers(no, past)) {
                found.push(problem::self_cancelling(no.span, past.span));
            }
        });
    }
}

/// True where every call that is asked for is also one that must not be there.
fn covers(no: &Past, past: &Past) -> bool {
    if no.of != past.of || no.scope != past.scope {
        return false;
    }
    let is_covered = match (past.of, no.phase, past.phase) {
        (PastOf::Event(_), ..) => true,
        // After `no`, a plain name stands for every call that was started (semantics 19).
        (_, None | Some(Phase::Started), phase) => phase != Some(Phase::Attempted),
        (_, Some(Phase::Attempted), _) => true,
        (_, Some(Phase::Completed), phase) => matches!(phase, None | Some(Phase::Completed)),
        (_, Some(Phase::Failed), phase) => phase == Some(Phase::Failed),
    };
    let asked: Vec<String> = past.filters.iter().map(shape::of_filter).collect();
    is_covered && no.filters.iter().all(|filter| asked.contains(&shape::of_filter(filter)))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::SELF_CANCELLING;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(past: &str, no: &str, fires: bool) {
        let text = format!(
            "tool a(x: id, y: id) {{ action read }}\ntool b(x: id) {{ action read }}
            tool t(x: id) {{ action write; require after {past} within 5m with no {no} since }}\n"
        );
        let expected: &[&str] = if fires { &[no] } else { &[] };
        check(&SELF_CANCELLING, &text, expected);
    }

    #[test]
    fn the_evidence_cancels_itself() {
        one("a(x: x)", "a(x: x)", true);
        one("a(x: x, y: \"1\")", "a(x: x)", true);
        one("a", "started a", true);
        one("failed a", "failed a", true);
    }

    #[test]
    fn something_else_cancels_the_evidence() {
        one("a(x: x)", "b(x: x)", false);
        one("a(x: x)", "a(x: x, y: \"1\")", false);
        one("a(x: x)", "failed a(x: x)", false);
        one("failed a", "completed a", false);
    }
}
