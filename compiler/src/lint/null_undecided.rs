//! `deny when owner == "bot"`: where `owner` is null, the comparison is undetermined, and the call is denied. That is safe, and hardly
//! what was meant. In a demand, `require owner == "bot"`, it comes to what everybody expects, so nothing is said of it.

use super::context::{Context, Role};
use crate::ast::BinaryOp;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, VarId};
use crate::types::Ty;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (condition, role) in cx.conditions() {
        // What nobody can tell of a `when`, the rules below it are asked about.
        look(condition, role != Role::Demand, &mut Vec::new(), found);
    }
}

/// A condition, and whether calls are refused where it is true; with what the parameters of functions stand for.
fn look<'e>(
    condition: &'e Expr,
    refuses: bool,
    bound: &mut Vec<(VarId, &'e Expr)>,
    found: &mut Vec<Diagnostic>,
) {
    match &condition.kind {
        ExprKind::Not(inner) => look(inner, !refuses, bound, found),
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| look(part, refuses, bound, found));
        }
        ExprKind::Let(_, value) => look(value, refuses, bound, found),
        ExprKind::Bind(values, body) => {
            let before = bound.len();
            bound.extend(values.iter().map(|(var, value)| (*var, value)));
            look(body, refuses, bound, found);
            bound.truncate(before);
        }
        ExprKind::Var(var) => {
            let value = bound.iter().rev().find(|(known, _)| known == var).map(|(_, value)| *value);
            if let Some(value) = value {
                look(value, refuses, bound, found);
            }
        }
        ExprKind::Quantified(_, _, _, body) => look(body, refuses, bound, found),
        ExprKind::Compare(op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right) => {
            let null = |side: &Expr| side.ty == Ty::Null;
            let nullable = |side: &Expr| matches!(side.ty, Ty::Nullable(_));
            let sides: [&Expr; 2] = [left, right];
            let both = sides.iter().all(|side| nullable(side));
            // Two that may both be null are equal then, and even a demand is not met.
            let differs = both || (*op == BinaryOp::Equal) == refuses;
            if differs
                && !sides.iter().any(|side| null(side))
                && let Some(side) = sides.iter().find(|side| nullable(side))
            {
                found.push(problem::null_undecided(side.span, side.ty.not_null()));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::NULL_UNDECIDED;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(rule: &str, expected: &[&str]) {
        let text = format!(
            "let is_bot(who: string or null) = who == \"bot\"
            challenge boss {{ ask user; expires 5m; single use }}
            tool t(a: string or null, b: string or null, c: string, xs: list<string or null>) {{
                action write; {rule} }}\n"
        );
        check(&NULL_UNDECIDED, &text, expected);
    }

    #[test]
    fn null_that_refuses() {
        one("deny when a == \"bot\"", &["a"]);
        one("deny when \"bot\" == a", &["a"]);
        one("deny when c == \"x\" and a == c", &["a"]);
        one("challenge boss when a == \"bot\"", &["a"]);
        one("when a == \"bot\" { deny }", &["a"]);
        one("require a != \"bot\"", &["a"]);
        one("require not (a == \"bot\")", &["a"]);
        one("deny when not (a != \"bot\")", &["a"]);
        one("deny each x in xs: x == \"bot\"", &["x"]);
        one("require a == b", &["a"]);
        one("deny when a != b", &["a"]);
    }

    #[test]
    fn null_that_comes_to_what_is_expected() {
        one("require a == \"bot\"", &[]);
        one("deny when a != \"bot\"", &[]);
        one("deny when a != null and a == \"bot\"", &[]);
        one("require a == null or a != \"bot\"", &[]);
        one("when a != null { deny when a == \"bot\" }", &[]);
        one("deny when a == null", &[]);
        one("require a != null", &[]);
        one("deny when c == \"bot\"", &[]);
    }
}
