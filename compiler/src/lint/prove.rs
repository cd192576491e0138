//! A small prover: can these conditions hold together?
//!
//! It looks at values that come with the call and are compared with constants: cases of unions, texts, numbers, amounts,
//! durations, times, yes and no. Everything else may be anything. So «no» is proved, and «yes» only means that nothing
//! stands against it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::context::Context;
use super::shape;
use crate::ast::BinaryOp;
use crate::typed::{Expr, ExprKind, Read, Value};
use crate::types::Ty;

/// How many parts are looked at before the prover gives up.
const BUDGET: usize = 20_000;
/// The largest list whose elements are looked at one by one.
const MAX_ELEMENTS: usize = 200;
/// How deep it follows alternatives within alternatives.
const MAX_DEPTH: usize = 3;

/// False where it is proved that the conditions, each with the truth that it should have, cannot hold together.
pub(super) fn satisfiable(cx: &Context<'_>, conditions: &[(&Expr, bool)]) -> bool {
    let mut prover = Prover { cx, budget: BUDGET };
    prover.satisfiable(Known::default(), conditions, 0)
}

/// What is known of the values that are read, by their shapes.
type Known = BTreeMap<String, Bounds>;

/// What a value may be.
#[derive(Clone, Default)]
struct Bounds {
    only: Option<Vec<Value>>,
    except: Vec<Value>,
    low: Option<(Value, bool)>,
    high: Option<(Value, bool)>,
}

struct Prover<'c, 'a> {
    cx: &'c Context<'a>,
    budget: usize,
}

impl Prover<'_, '_> {
    fn satisfiable(&mut self, mut known: Known, conditions: &[(&Expr, bool)], depth: usize) -> bool {
        let mut choices: Vec<(&[Expr], bool)> = Vec::new();
        for (condition, truth) in conditions {
            if !self.assume(&mut known, condition, *truth, &mut choices) {
                return false;
            }
        }
        if depth >= MAX_DEPTH {
            return true;
        }
        // Each choice by itself must leave an alternative; one that leaves just one is no choice and is added.
        while let Some((parts, truth)) = choices.pop() {
            let mut left =
                parts.iter().filter(|part| self.satisfiable(known.clone(), &[(part, truth)], depth + 1));
            let (first, second) = (left.next(), left.next());
            match (first, second) {
                (None, _) => return false,
                (Some(part), None) if !self.assume(&mut known, part, truth, &mut choices) => return false,
                _ => {}
            }
        }
        true
    }

    /// Adds what a condition says; false where that cannot be.
    fn assume<'e>(
        &mut self,
        known: &mut Known,
        condition: &'e Expr,
        truth: bool,
        choices: &mut Vec<(&'e [Expr], bool)>,
    ) -> bool {
        if self.budget == 0 {
            return true;
        }
        self.budget -= 1;
        match &condition.kind {
            ExprKind::Not(inner) => self.assume(known, inner, !truth, choices),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                if truth == matches!(condition.kind, ExprKind::And(_)) {
                    return parts.iter().all(|part| self.assume(known, part, truth, choices));
                }
                choices.push((parts, truth));
                true
            }
            ExprKind::Let(_, value) => self.assume(known, value, truth, choices),
            ExprKind::Compare(_, left, right) if !alike(&left.ty, &right.ty) => true,
            ExprKind::Compare(op, left, right) => match (constant(left), constant(right)) {
                (None, Some(value)) => compare(known, left, if truth { *op } else { negated(*op) }, value),
                (Some(value), None) => {
                    compare(known, right, mirrored(if truth { *op } else { negated(*op) }), value)
                }
                _ => true,
            },
            ExprKind::In(left, right) => match self.cx.elements(right) {
                Some(elements) if elements.len() > MAX_ELEMENTS => true,
                Some(elements) if element(&right.ty).is_some_and(|element| alike(&left.ty, element)) => {
                    let values: Vec<Value> = elements.into_iter().map(|(value, _)| value.clone()).collect();
                    let Some(bounds) = bounds(known, left) else { return true };
                    if truth { bounds.only(&values) } else { values.iter().all(|value| bounds.not(value)) }
                }
                _ => true,
            },
            ExprKind::Has(_) | ExprKind::Carries(..) | ExprKind::Matches(..) => {
                let bounds = known.entry(shape::of(condition)).or_default();
                bounds.only(&[Value::Bool(truth)])
            }
            ExprKind::Read(_) | ExprKind::Var(_) | ExprKind::Member(..) => match bounds(known, condition) {
                Some(bounds) => bounds.only(&[Value::Bool(truth)]),
                None => true,
            },
            _ => true,
        }
    }
}

/// What is known of a value; nothing where it is not one that the prover follows.
fn bounds<'k>(known: &'k mut Known, value: &Expr) -> Option<&'k mut Bounds> {
    if !is_path(value) {
        return None;
    }
    let only = match &value.ty {
        Ty::Enum(cases) => Some(cases.iter().cloned().map(Value::Text).collect()),
        Ty::IntEnum(cases) => Some(cases.iter().copied().map(Value::Int).collect()),
        Ty::Bool => Some(vec![Value::Bool(false), Value::Bool(true)]),
        Ty::String | Ty::Id(_) | Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration | Ty::Timestamp => None,
        _ => return None,
    };
    Some(known.entry(shape::of(value)).or_insert_with(|| Bounds { only, ..Bounds::default() }))
}

/// Values that come with the call and are the same wherever the condition reads them. What a parser may leave
/// undetermined (parts of commands, results) is neither true nor false, so nothing is proved of it.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Read(read) => !matches!(read, Read::JobLabels),
        ExprKind::Var(_) => true,
        ExprKind::Member(of, _) => matches!(of.ty, Ty::Record(_)) && is_path(of),
        ExprKind::Let(_, value) => is_path(value),
        _ => false,
    }
}

fn constant(expr: &Expr) -> Option<&Value> {
    match &expr.kind {
        ExprKind::Const(value) => Some(value),
        ExprKind::Let(_, value) => constant(value),
        _ => None,
    }
}

/// The type of what lies in a list or set.
fn element(ty: &Ty) -> Option<&Ty> {
    match ty {
        Ty::List(element, _) | Ty::Set(element) => Some(element),
        _ => None,
    }
}

/// True where values of the types are compared as they stand, not folded and not by meaning.
fn alike(a: &Ty, b: &Ty) -> bool {
    let is_number = |ty: &Ty| matches!(ty, Ty::Int | Ty::IntEnum(_) | Ty::Decimal);
    a == b || (a.is_textual() && b.is_textual()) || (is_number(a) && is_number(b))
}

fn compare(known: &mut Known, left: &Expr, op: BinaryOp, value: &Value) -> bool {
    let value = &match value {
        // Between two whole numbers there are decimals, so they are compared as such.
        Value::Int(number) if left.ty == Ty::Decimal => {
            Value::Decimal(agentpass_values::Decimal::from_int(*number))
        }
        other => other.clone(),
    };
    let Some(bounds) = bounds(known, left) else { return true };
    match op {
        BinaryOp::Equal => bounds.only(std::slice::from_ref(value)),
        BinaryOp::NotEqual => bounds.not(value),
        BinaryOp::Less => bounds.below(value, false),
        BinaryOp::LessEqual => bounds.below(value, true),
        BinaryOp::Greater => bounds.above(value, false),
        BinaryOp::GreaterEqual => bounds.above(value, true),
        _ => true,
    }
}

impl Bounds {
    fn only(&mut self, values: &[Value]) -> bool {
        match &mut self.only {
            Some(only) => only.retain(|known| values.iter().any(|value| same(known, value))),
            None => self.only = Some(values.to_vec()),
        }
        self.holds()
    }

    fn not(&mut self, value: &Value) -> bool {
        self.except.push(value.clone());
        self.holds()
    }

    fn below(&mut self, value: &Value, with: bool) -> bool {
        let (value, with) = whole(value, with, -1);
        let tighter = self.high.as_ref().is_none_or(|(high, has)| match order(&value, high) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => *has && !with,
            _ => false,
        });
        if tighter {
            self.high = Some((value, with));
        }
        self.holds()
    }

    fn above(&mut self, value: &Value, with: bool) -> bool {
        let (value, with) = whole(value, with, 1);
        let tighter = self.low.as_ref().is_none_or(|(low, has)| match order(&value, low) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => *has && !with,
            _ => false,
        });
        if tighter {
            self.low = Some((value, with));
        }
        self.holds()
    }

    /// True where some value is left.
    fn holds(&self) -> bool {
        if let Some(only) = &self.only {
            return only.iter().any(|value| self.contains(value));
        }
        let (Some((low, with_low)), Some((high, with_high))) = (&self.low, &self.high) else { return true };
        match order(low, high) {
            Some(Ordering::Less) | None => true,
            Some(Ordering::Equal) => *with_low && *with_high && !self.except.iter().any(|not| same(not, low)),
            Some(Ordering::Greater) => false,
        }
    }

    fn contains(&self, value: &Value) -> bool {
        let fits = |bound: &Option<(Value, bool)>, side: Ordering| {
            bound.as_ref().is_none_or(|(bound, with)| match order(value, bound) {
                Some(Ordering::Equal) => *with,
                Some(order) => order == side,
                None => true,
            })
        };
        fits(&self.low, Ordering::Greater)
            && fits(&self.high, Ordering::Less)
            && !self.except.iter().any(|not| same(not, value))
    }
}

/// There is no whole number between 5 and 6: `x > 5` is `x >= 6`.
fn whole(value: &Value, with: bool, step: i64) -> (Value, bool) {
    match value {
        Value::Int(number) if !with => match number.checked_add(step) {
            Some(next) => (Value::Int(next), true),
            None => (value.clone(), with),
        },
        _ => (value.clone(), with),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    order(a, b).map_or_else(|| a == b, |order| order == Ordering::Equal)
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    use agentpass_values::Decimal;
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Decimal(b)) => Some(Decimal::from_int(*a).cmp(b)),
        (Value::Decimal(a), Value::Int(b)) => Some(a.cmp(&Decimal::from_int(*b))),
        (Value::Money(a), Value::Money(b)) => a.compare(*b).ok(),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn negated(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Equal => BinaryOp::NotEqual,
        BinaryOp::NotEqual => BinaryOp::Equal,
        BinaryOp::Less => BinaryOp::GreaterEqual,
        BinaryOp::LessEqual => BinaryOp::Greater,
        BinaryOp::Greater => BinaryOp::LessEqual,
        BinaryOp::GreaterEqual => BinaryOp::Less,
        other => other,
    }
}

fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        other => other,
    }
}
