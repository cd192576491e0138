//! Which way a condition may err: sums bound from above only, counts are compared with constants (semantics 21).
//!
//! A sum may count more than there is, never less. So where the condition is a demand (`require`), a sum may stand on
//! the small side of a comparison; where it is a reason to refuse (`deny when`), on the large side.

use super::Checker;
use super::declare::is_static;
use crate::ast::BinaryOp;
use crate::diagnostics::problems::memory as problem;
use crate::typed::{Expr, ExprKind, VarId};

/// The greatest constant that a count can be compared with: the gate keeps that many times per key.
pub(crate) const MOST_COUNTED: i64 = 10_000;

/// The same for different values of past calls: the gate keeps each of them, and looks through them.
pub(crate) const MOST_DISTINCT: i64 = 1_000;

/// What a condition does when it is true.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    /// It lets a call pass.
    Allows,
    /// It refuses or asks.
    Refuses,
}

impl Polarity {
    fn flipped(self) -> Self {
        match self {
            Self::Allows => Self::Refuses,
            Self::Refuses => Self::Allows,
        }
    }
}

impl Checker<'_> {
    /// Checks the sums and counts of a condition.
    pub(super) fn polarity(&mut self, condition: &Expr, polarity: Polarity) {
        match &condition.kind {
            ExprKind::Not(inner) if crate::planted::planted(7) => self.polarity(inner, polarity),
            ExprKind::Not(inner) => self.polarity(inner, polarity.flipped()),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.iter().for_each(|part| self.polarity(part, polarity));
            }
            ExprKind::Let(_, value) => self.polarity(value, polarity),
            ExprKind::Bind(values, body) => {
                self.with_bound(values, |checker| checker.polarity(body, polarity));
            }
            ExprKind::Var(var) => {
                if let Some(value) = self.bound_value(*var) {
                    self.polarity(&value, polarity);
                }
            }
            ExprKind::In(left, right) => {
                self.no_sums(condition);
                self.counts(left, right);
                self.counts(right, left);
            }
            ExprKind::Quantified(_, _, list, body) => {
                self.no_sums(list);
                self.polarity(body, polarity);
            }
            ExprKind::Compare(op, left, right) => self.comparison(*op, left, right, polarity),
            _ => self.no_sums(condition),
        }
    }

    fn comparison(&mut self, op: BinaryOp, left: &Expr, right: &Expr, polarity: Polarity) {
        let (small, large) = match op {
            BinaryOp::Less | BinaryOp::LessEqual => (left, right),
            BinaryOp::Greater | BinaryOp::GreaterEqual => (right, left),
            _ => {
                self.no_sums(left);
                self.no_sums(right);
                self.counts(left, right);
                self.counts(right, left);
                return;
            }
        };
        let (good, bad) = match polarity {
            Polarity::Allows => (small, large),
            Polarity::Refuses => (large, small),
        };
        self.no_sums(bad);
        self.added_only(good);
        self.counts(left, right);
        self.counts(right, left);
    }

    /// A count stands against something that is known before any call, and with nothing else on its own side.
    fn counts(&mut self, side: &Expr, other: &Expr) {
        if !self.holds_count(side) {
            return;
        }
        let most = if self.holds_count_of_values(side) { MOST_DISTINCT } else { MOST_COUNTED };
        let limit = super::expr::constant(other);
        let too_large = matches!(limit, Some(crate::typed::Value::Int(n)) if *n > most);
        let negative = matches!(limit, Some(crate::typed::Value::Int(n)) if *n < 0);
        if negative || super::limits::is_negative(other) {
            self.report(problem::count_below_zero(other.span, most));
        } else if too_large {
            self.report(problem::count_too_large(other.span, most));
        } else if !self.is_known(other) {
            self.report(problem::count_not_constant(other.span, most));
        }
        self.count_alone(side);
    }

    fn count_alone(&mut self, side: &Expr) {
        match &side.kind {
            ExprKind::Let(_, value) => self.count_alone(value),
            ExprKind::Arith(_, left, right) => {
                for (part, other) in [(left, right), (right, left)] {
                    if self.holds_count(part) {
                        self.count_alone(part);
                    } else if self.holds_count(other) && !self.is_known(part) {
                        self.report(problem::count_not_constant(part.span, MOST_COUNTED));
                    }
                }
            }
            _ => {}
        }
    }

    /// Runs something that knows what the parameters of a function stand for.
    fn with_bound(&mut self, values: &[(VarId, Expr)], run: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        self.bound.extend(values.iter().cloned());
        run(self);
        self.bound.truncate(before);
    }

    fn bound_value(&self, var: VarId) -> Option<Expr> {
        self.bound.iter().rev().find(|(known, _)| *known == var).map(|(_, value)| value.clone())
    }

    /// True where the expression, or what its parameters stand for, holds something of that kind.
    fn holds(&self, expr: &Expr, wanted: &dyn Fn(&ExprKind) -> bool) -> bool {
        let mut found = false;
        expr.walk(&mut |expr| {
            found |= wanted(&expr.kind);
            if let ExprKind::Var(var) = &expr.kind
                && let Some(value) = self.bound_value(*var)
            {
                found |= self.holds(&value, wanted);
            }
        });
        found
    }

    fn holds_count(&self, expr: &Expr) -> bool {
        self.holds(expr, &is_count) || self.holds_count_of_values(expr)
    }

    /// `count(distinct …)`
    fn holds_count_of_values(&self, expr: &Expr) -> bool {
        self.holds(expr, &|kind| {
            matches!(kind, ExprKind::Count(list) if self.holds(list, &|kind| matches!(kind, ExprKind::Distinct(..))))
        })
    }

    /// True where the value is known before any call; a variable is only where what it stands for is.
    fn is_known(&self, expr: &Expr) -> bool {
        let mut known = is_static(expr);
        expr.walk(&mut |expr| {
            if let ExprKind::Var(var) = &expr.kind {
                known &= self.bound_value(*var).is_some_and(|value| self.is_known(&value));
            }
        });
        known
    }

    /// No sum may stand here.
    fn no_sums(&mut self, expr: &Expr) {
        let mut found = Vec::new();
        expr.walk(&mut |expr| {
            let through = matches!(&expr.kind, ExprKind::Var(var) if self.bound_value(*var).is_some_and(|value| self.holds(&value, &is_sum)));
            if is_sum(&expr.kind) || through {
                found.push(expr.span);
            }
        });
        for span in found {
            self.report(problem::sum_from_below(span));
        }
    }

    /// Sums may only be added on this side: what is subtracted counts the other way.
    fn added_only(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Arith(BinaryOp::Add, left, right) => {
                self.added_only(left);
                self.added_only(right);
            }
            ExprKind::Arith(BinaryOp::Subtract, left, right) => {
                self.added_only(left);
                self.no_sums(right);
            }
            ExprKind::Arith(_, left, right) => {
                self.no_sums(left);
                self.no_sums(right);
            }
            ExprKind::Let(_, value) => self.added_only(value),
            ExprKind::Var(var) => {
                if let Some(value) = self.bound_value(*var) {
                    self.added_only(&value);
                }
            }
            ExprKind::Bind(values, body) => self.with_bound(values, |checker| checker.added_only(body)),
            ExprKind::SumOf(..) => {}
            _ => self.no_sums(expr),
        }
    }
}

fn is_count(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::CallsOf(..) | ExprKind::InFlightOf(_))
}

fn is_sum(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::SumOf(..))
}
