//! `deny when after A with no B since`: a plain B counts from the moment it starts. That is right where A is evidence, and lets
//! B lift a refusal without ever being done.

use super::context::{Context, Role};
use crate::ast::BinaryOp;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Past, VarId};
use crate::types::{Part, PastOf};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (condition, role) in cx.conditions() {
        let mut look = Look { bound: Vec::new(), lifts: Vec::new() };
        // What a `when` no longer says of a call, no rule below it refuses.
        look.truth(condition, role != Role::Demand);
        for past in look.lifts {
            if let PastOf::Tool(index) = past.of {
                let name = cx.program.tools.get(index).map_or("", |tool| tool.name.as_str());
                found.push(problem::lifted_by_attempt(past.span, name));
            }
        }
    }
}

struct Look<'e> {
    /// What the parameters of functions stand for.
    bound: Vec<(VarId, &'e Expr)>,
    /// What lifts a refusal as soon as it starts.
    lifts: Vec<&'e Past>,
}

impl<'e> Look<'e> {
    /// A condition, and whether calls are refused where it is true.
    fn truth(&mut self, condition: &'e Expr, refuses: bool) {
        match &condition.kind {
            ExprKind::Not(inner) => self.truth(inner, !refuses),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.iter().for_each(|part| self.truth(part, refuses));
            }
            ExprKind::Let(_, value) => self.truth(value, refuses),
            ExprKind::Bind(values, body) => {
                let before = self.bound.len();
                self.bound.extend(values.iter().map(|(var, value)| (*var, value)));
                self.truth(body, refuses);
                self.bound.truncate(before);
            }
            ExprKind::Var(var) => {
                if let Some(value) = self.value_of(*var) {
                    self.truth(value, refuses);
                }
            }
            ExprKind::Quantified(_, _, _, body) => self.truth(body, refuses),
            ExprKind::After(_, _, no) if refuses => self.since(no),
            ExprKind::Compare(op, left, right) => {
                // The side on which more refuses sooner.
                let above = match (op, refuses) {
                    (BinaryOp::Less | BinaryOp::LessEqual, false)
                    | (BinaryOp::Greater | BinaryOp::GreaterEqual, true) => left,
                    (BinaryOp::Less | BinaryOp::LessEqual, true)
                    | (BinaryOp::Greater | BinaryOp::GreaterEqual, false) => right,
                    _ => return,
                };
                self.number(above);
            }
            _ => {}
        }
    }

    /// A number that refuses where it is large.
    fn number(&mut self, number: &'e Expr) {
        match &number.kind {
            ExprKind::CallsOf(_, _, no) | ExprKind::SumOf(_, _, _, no) => self.since(no),
            ExprKind::Let(_, value) => self.number(value),
            ExprKind::Arith(BinaryOp::Add, left, right) => {
                self.number(left);
                self.number(right);
            }
            ExprKind::Var(var) => {
                if let Some(value) = self.value_of(*var) {
                    self.number(value);
                }
            }
            _ => {}
        }
    }

    fn since(&mut self, no: &'e [Past]) {
        // One that is asked for its result has ended well.
        let starts =
            |past: &&Past| past.phase.is_none() && past.filters.iter().all(|it| it.part == Part::Args);
        self.lifts.extend(no.iter().filter(starts));
    }

    fn value_of(&self, var: VarId) -> Option<&'e Expr> {
        self.bound.iter().rev().find(|(known, _)| *known == var).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::LIFTED_BY_ATTEMPT;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(rule: &str, fires: bool) {
        let text = format!(
            "event E(x: id)\nchallenge boss {{ ask user; expires 5m; single use }}
            tool a(x: id) {{ action read }}
            tool b(x: id) {{ action read; trusted result {{ ok: bool }} }}
            let spent(x: bool) = not x
            tool t(x: id) {{ action write; {rule} }}\n"
        );
        let expected: &[&str] = if fires { &["b(x: x)"] } else { &[] };
        check(&LIFTED_BY_ATTEMPT, &text, expected);
    }

    #[test]
    fn a_refusal_that_is_lifted_by_trying() {
        one("deny when after a(x: x) within 5m with no b(x: x) since", true);
        one("challenge boss when after a within 5m with no b(x: x) since", true);
        one("require not (after a within 5m with no b(x: x) since)", true);
        one("require x == \"y\" or not (after a within 5m with no b(x: x) since)", true);
        one("require spent(after a within 5m with no b(x: x) since)", true);
        one("when after a within 5m with no b(x: x) since { deny }", true);
        one("deny when calls of failed a within 5m with no b(x: x) since >= 3", true);
        one("require calls of failed a within 5m with no b(x: x) since < 3", true);
        one("let n = calls of failed a within 5m with no b(x: x) since\n require n + 1 < 3", true);
    }

    #[test]
    fn evidence_that_is_spent_and_what_is_said() {
        one("require after a(x: x) within 5m with no b(x: x) since", false);
        one("deny when not (after a within 5m with no b(x: x) since)", false);
        one("deny when after a within 5m with no completed b(x: x) since", false);
        one("deny when after a within 5m with no started b(x: x) since", false);
        one("deny when after a within 5m with no attempted b(x: x) since", false);
        one("deny when after a within 5m with no b(x: x, result.ok: true) since", false);
        one("deny when after a within 5m with no E(x: x) since", false);
        one("require calls of a within 5m with no b(x: x) since >= 3", false);
    }
}
