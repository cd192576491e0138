//! Conditions that are the same for every call: a rule that can never fire protects nothing, and one that always fires
//! was hardly meant. Said only where it is proved.

use super::context::{Context, Role, condition};
use super::prove::satisfiable;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for block in &cx.program.blocks {
        for rule in &block.rules {
            let mut all: Vec<(&Expr, bool)> = Vec::new();
            if !guards(cx, rule.guards.iter().map(|guard| guard.as_ref()), &mut all, found) {
                continue;
            }
            if let Some((condition, role)) = condition(&rule.kind) {
                judge(cx, &all, condition, role, found);
            }
        }
        for limit in &block.limits {
            let mut all: Vec<(&Expr, bool)> = Vec::new();
            guards(cx, limit.guards.iter().map(|guard| guard.as_ref()), &mut all, found);
        }
    }
}

/// Looks at conditions around a rule, from the outside in; false where one of them can never hold.
fn guards<'e>(
    cx: &Context<'_>,
    guards: impl Iterator<Item = &'e Expr>,
    all: &mut Vec<(&'e Expr, bool)>,
    found: &mut Vec<Diagnostic>,
) -> bool {
    for guard in guards {
        if judge(cx, all, guard, Role::Scope, found) == Some(false) {
            return false;
        }
        all.push((guard, true));
    }
    true
}

/// Reports a condition that is always the same among those around it, or a part of one that is; gives its truth.
fn judge(
    cx: &Context<'_>,
    around: &[(&Expr, bool)],
    condition: &Expr,
    role: Role,
    found: &mut Vec<Diagnostic>,
) -> Option<bool> {
    if matches!(condition.kind, ExprKind::Const(_) | ExprKind::Let(..)) {
        return None;
    }
    let truth = truth(cx, around, condition);
    match truth {
        Some(truth) => {
            found.push(problem::constant_condition(condition.span, truth, role, around.is_empty()))
        }
        None => parts(cx, condition, found),
    }
    truth
}

fn truth(cx: &Context<'_>, around: &[(&Expr, bool)], condition: &Expr) -> Option<bool> {
    let can_be = |truth: bool| {
        let mut all = around.to_vec();
        all.push((condition, truth));
        satisfiable(cx, &all)
    };
    match (can_be(true), can_be(false)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        // Neither: what stands around it cannot hold, which has been said.
        _ => None,
    }
}

/// Parts of a condition that are always the same by themselves.
fn parts(cx: &Context<'_>, condition: &Expr, found: &mut Vec<Diagnostic>) {
    // A function is read with other arguments elsewhere, and a `let` by other rules.
    if matches!(condition.kind, ExprKind::Bind(..) | ExprKind::Let(..)) {
        return;
    }
    condition.children(&mut |part| {
        let is_condition = matches!(
            part.kind,
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::Compare(..) | ExprKind::In(..)
        );
        match truth(cx, &[], part).filter(|_| is_condition) {
            Some(truth) => found.push(problem::constant_part(part.span, truth)),
            None => parts(cx, part, found),
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::CONSTANT_CONDITION;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(rule: &str, expected: &[&str]) {
        let text = format!(
            "let strict = true\nlet cap = 10
            tool t(env: \"dev\" | \"prod\", n: int, d: decimal as number, s: string, xs: list<int>, o?: int) {{
                action write; {rule} }}\n"
        );
        check(&CONSTANT_CONDITION, &text, expected);
    }

    #[test]
    fn conditions_that_never_hold() {
        one("deny when n > 5 and n < 3", &["n > 5 and n < 3"]);
        one("deny when n > 5 and n < 6", &["n > 5 and n < 6"]);
        one("deny when s == \"a\" and s == \"b\"", &["s == \"a\" and s == \"b\""]);
        one("require n > cap and n < 5", &["n > cap and n < 5"]);
        one("when env == \"dev\" { when env == \"prod\" { deny } }", &["env == \"prod\""]);
        one("when env == \"dev\" { deny when env == \"prod\" }", &["env == \"prod\""]);
        one("deny when s == \"x\" or (n > 5 and n < 3)", &["(n > 5 and n < 3)"]);
        one("deny each x in xs: x == 1 and x == 2", &["x == 1 and x == 2"]);
    }

    #[test]
    fn conditions_that_always_hold() {
        one("require env in [\"dev\", \"prod\"]", &["env in [\"dev\", \"prod\"]"]);
        one("deny when env == \"dev\" or env == \"prod\"", &["env == \"dev\" or env == \"prod\""]);
        one("deny when n > 3 or n < 5", &["n > 3 or n < 5"]);
        one("when n > 10 { require n > 5 }", &["n > 5"]);
    }

    #[test]
    fn conditions_that_depend_on_the_call() {
        one("deny when n > 3 and n < 5", &[]);
        one("deny when d > 5 and d < 6", &[]);
        one("deny when env == \"dev\" or n > 5", &[]);
        one("when strict { require n > 5 }", &[]);
        one("require has o and o > 5", &[]);
        one("deny when (n > 5 or env == \"dev\") and (n < 3 or env == \"prod\")", &[]);
        one("require (some x in xs: x == 1) and (some x in xs: x == 2)", &[]);
        one("when env == \"dev\" { require n < 5 }; when env == \"prod\" { require n < 9 }", &[]);
    }
}
