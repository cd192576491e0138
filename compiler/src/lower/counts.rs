//! Counts of past calls: which way they are bounded, and how far they matter.
//!
//! A demand `calls of T within 1h < 5` bounds a count from above, and so does a refusal `… >= 5`: there calls count from
//! the moment they begin, so that two at once cannot both be the fourth (semantics 19). How far the gate has to count is
//! given by the constants that the count is compared with.

use agentpass_grammar::Span;
use agentpass_ir as ir;

use super::Lowering;
use super::expr::{Bound, Cx};
use crate::ast::BinaryOp;
use crate::check::polarity::MOST_COUNTED;
use crate::typed::{Expr, ExprKind};

/// What a condition does when it is true.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Polarity {
    /// It lets a call pass.
    Allows,
    /// It refuses or asks.
    Refuses,
    /// Nobody knows.
    Either,
}

impl Polarity {
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Allows => Self::Refuses,
            Self::Refuses => Self::Allows,
            Self::Either => Self::Either,
        }
    }
}

/// Which answer of a count is the careful one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Direction {
    /// More calls refuse sooner.
    Above,
    /// Fewer calls refuse sooner.
    Below,
    /// Both may be true.
    Both,
}

/// What counts are compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Counted {
    direction: Direction,
    /// How far it matters.
    most: i64,
}

impl Default for Counted {
    /// Of a count that stands alone, in a message, everything matters that can.
    fn default() -> Self {
        Self { direction: Direction::Both, most: MOST_COUNTED }
    }
}

impl Counted {
    /// The count is bounded from above.
    pub(super) fn bounds_above(self) -> bool {
        self.direction == Direction::Above
    }

    /// How many times are kept: one more than matter.
    pub(super) fn kept(self) -> u32 {
        u32::try_from(self.most.clamp(0, MOST_COUNTED)).unwrap_or(0).saturating_add(1)
    }

    /// What is subtracted counts the other way.
    pub(super) fn flip(&mut self) {
        self.direction = match self.direction {
            Direction::Above => Direction::Below,
            Direction::Below => Direction::Above,
            Direction::Both => Direction::Both,
        };
    }

    pub(super) fn lose_direction(&mut self) {
        self.direction = Direction::Both;
    }
}

impl Cx<'_> {
    /// How the count that stands there is asked for.
    pub(super) fn counted_at(&mut self, place: Span) -> Counted {
        if self.counted == Counted::default() {
            let seen = self.asked.get(&place);
            return seen.map_or(self.counted, |seen| Counted { most: MOST_COUNTED, ..*seen });
        }
        self.asked.insert(place, self.counted);
        self.counted
    }
}

impl<'p> Lowering<'p> {
    /// What counts on either side of a comparison are compared with.
    pub(super) fn counted(
        &mut self,
        cx: &mut Cx<'p>,
        op: BinaryOp,
        left: &'p Expr,
        right: &'p Expr,
    ) -> (Counted, Counted) {
        if !self.counts(cx, left) && !self.counts(cx, right) {
            return (Counted::default(), Counted::default());
        }
        let most = self.reach(cx, left).saturating_add(self.reach(cx, right));
        // What is demanded to be small is bounded from above, and so is what refuses when it is large.
        let (small_is_left, ordered) = match op {
            BinaryOp::Less | BinaryOp::LessEqual => (true, true),
            BinaryOp::Greater | BinaryOp::GreaterEqual => (false, true),
            _ => (true, false),
        };
        let (small, large) = match (cx.polarity, ordered) {
            (Polarity::Allows, true) => (Direction::Above, Direction::Below),
            (Polarity::Refuses, true) => (Direction::Below, Direction::Above),
            _ => (Direction::Both, Direction::Both),
        };
        let (left, right) = if small_is_left { (small, large) } else { (large, small) };
        (Counted { direction: left, most }, Counted { direction: right, most })
    }

    /// True where a count stands in the expression, or in what its variables stand for.
    fn counts(&self, cx: &mut Cx<'p>, expr: &'p Expr) -> bool {
        match &expr.kind {
            ExprKind::CallsOf(..) | ExprKind::InFlightOf(_) => true,
            ExprKind::Count(list) => self.is_of_past(cx, list),
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => self.counts(cx, value),
                _ => false,
            },
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.counts(cx, body)
            }
            _ => {
                let mut found = false;
                expr.children(&mut |child| found |= self.counts(cx, child));
                found
            }
        }
    }

    /// True of `distinct … of …`, and of what stands for it.
    pub(super) fn is_of_past(&self, cx: &mut Cx<'p>, list: &'p Expr) -> bool {
        match &list.kind {
            ExprKind::Distinct(..) => true,
            ExprKind::Let(_, inner) => self.is_of_past(cx, inner),
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => self.is_of_past(cx, value),
                _ => false,
            },
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.is_of_past(cx, body)
            }
            _ => false,
        }
    }

    /// How far from zero a count can be compared in the expression, as far as constants say.
    fn reach(&mut self, cx: &mut Cx<'p>, expr: &'p Expr) -> i64 {
        if self.is_known(cx, expr) {
            return self.known(cx, expr).map_or(MOST_COUNTED, |value| size(&value));
        }
        match &expr.kind {
            ExprKind::CallsOf(..) | ExprKind::InFlightOf(_) => 0,
            ExprKind::Count(list) if self.is_of_past(cx, list) => 0,
            ExprKind::Let(_, inner) => self.reach(cx, inner),
            ExprKind::Negate(inner) => self.reach(cx, inner),
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.reach(cx, body)
            }
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => self.reach(cx, value),
                _ => MOST_COUNTED,
            },
            ExprKind::Arith(BinaryOp::Add, left, right) => {
                self.reach(cx, left).saturating_add(self.reach(cx, right))
            }
            // The difference of two counts can be small however large they are.
            ExprKind::Arith(BinaryOp::Subtract, left, right)
                if !(self.counts(cx, left) && self.counts(cx, right)) =>
            {
                self.reach(cx, left).saturating_add(self.reach(cx, right))
            }
            _ => MOST_COUNTED,
        }
    }
}

/// How far from zero the value lies, rounded up; of a list, the farthest element.
fn size(value: &ir::Value) -> i64 {
    match value {
        ir::Value::Int(value) => value.checked_abs().unwrap_or(MOST_COUNTED),
        ir::Value::List(all) => all.iter().map(size).max().unwrap_or(0),
        _ => MOST_COUNTED,
    }
}
