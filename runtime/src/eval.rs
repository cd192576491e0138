//! The reference semantics of nodes, written to be read: what a condition comes to over the frame of one call.
//!
//! The verifier has bounded depth and types, so what "cannot happen" below gives an undetermined truth instead of a
//! panic: should it ever happen, the call is denied.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;

use agentpass_ir::{Arith, Compare, NodeId, Op, Program, Quantifier, Ty, Value, VarId};
use agentpass_values::escape;

use crate::facts::Frame;
use crate::truth::Truth;

/// How many nodes one decision may evaluate. Quantifiers in one another multiply; this keeps a call of 1 MiB from
/// keeping the gate busy.
pub const MAX_STEPS: u64 = 2_000_000;

/// Evaluates the nodes of a program over one frame.
#[derive(Debug)]
pub struct Eval<'c> {
    program: &'c Program,
    frame: &'c Frame,
    left: Cell<u64>,
}

/// What a variable stands for, and those bound around it.
#[derive(Clone, Copy, Debug)]
pub struct Env<'e> {
    /// The variable.
    pub var: VarId,
    /// The element.
    pub value: &'e Value,
    /// The others.
    pub outer: Option<&'e Env<'e>>,
}

/// What a node that is no truth comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Datum<'v> {
    /// A value.
    Is(Cow<'v, Value>),
    /// Nothing: the call left it out.
    Absent,
    /// A computation left its range.
    Failed,
}

impl<'c> Eval<'c> {
    /// An evaluation, with all its steps before it.
    #[must_use]
    pub fn new(program: &'c Program, frame: &'c Frame) -> Self {
        Self { program, frame, left: Cell::new(MAX_STEPS) }
    }

    fn step(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    /// The truth of a node.
    #[must_use]
    pub fn truth(&self, id: NodeId, env: Option<&Env<'_>>) -> Truth {
        if !self.step() {
            return Truth::Failed;
        }
        let Some(node) = self.program.nodes.get(id.index()) else { return Truth::Undetermined };
        match &node.op {
            Op::Known(truth) => Truth::of(*truth),
            Op::Holds(value) => match self.value(*value, env) {
                Datum::Is(value) => match *value {
                    Value::Bool(truth) => Truth::of(truth),
                    _ => Truth::Undetermined,
                },
                unknown => unknown.as_truth(),
            },
            Op::Compare(op, left, right) => match (self.value(*left, env), self.value(*right, env)) {
                (Datum::Is(left), Datum::Is(right)) => compare(*op, &left, &right),
                (left, right) => left.as_truth().and(right.as_truth()),
            },
            Op::Among(value, list) => match (self.value(*value, env), self.value(*list, env)) {
                (Datum::Is(value), Datum::Is(list)) => match &*list {
                    Value::List(all) => Truth::of(all.contains(&value)),
                    _ => Truth::Undetermined,
                },
                (value, list) => value.as_truth().and(list.as_truth()),
            },
            // Absence and nothing else; of what could not be computed nobody can tell.
            Op::Has(value) => match self.value(*value, env) {
                Datum::Is(_) => Truth::True,
                Datum::Absent => Truth::False,
                Datum::Failed => Truth::Failed,
            },
            Op::Not(inner) => !self.truth(*inner, env),
            Op::All(parts) => parts.iter().fold(Truth::True, |all, part| all.and(self.truth(*part, env))),
            Op::Any(parts) => parts.iter().fold(Truth::False, |any, part| any.or(self.truth(*part, env))),
            Op::Over { quantifier, var, list, body } => match self.value(*list, env) {
                Datum::Is(list) => self.over(*quantifier, *var, &list, *body, env),
                unknown => unknown.as_truth(),
            },
            _ => Truth::Undetermined,
        }
    }

    fn over(
        &self,
        quantifier: Quantifier,
        var: VarId,
        list: &Value,
        body: NodeId,
        env: Option<&Env<'_>>,
    ) -> Truth {
        let Value::List(all) = list else { return Truth::Undetermined };
        let truths = all.iter().map(|value| self.truth(body, Some(&Env { var, value, outer: env })));
        match quantifier {
            Quantifier::Each => truths.fold(Truth::True, Truth::and),
            Quantifier::Some => truths.fold(Truth::False, Truth::or),
        }
    }

    /// The value of a node.
    #[must_use]
    pub fn value<'v>(&'v self, id: NodeId, env: Option<&Env<'v>>) -> Datum<'v> {
        if !self.step() {
            return Datum::Failed;
        }
        let Some(node) = self.program.nodes.get(id.index()) else { return Datum::Failed };
        match &node.op {
            Op::Const(id) => Datum::borrowed(self.program.consts.get(id.index())),
            Op::Slot(slot) => Datum::borrowed(self.frame.get(*slot)),
            Op::Var(var) => {
                let mut env = env;
                while let Some(bound) = env {
                    if bound.var == *var {
                        return Datum::Is(Cow::Borrowed(bound.value));
                    }
                    env = bound.outer;
                }
                Datum::Failed
            }
            Op::Arith(op, left, right) => {
                both(self.value(*left, env), self.value(*right, env), |left, right| arith(*op, left, right))
            }
            Op::Negate(inner) => match self.value(*inner, env) {
                Datum::Is(value) => Datum::computed(negate(&value)),
                unknown => unknown,
            },
            Op::OrElse(first, other) => match self.value(*first, env) {
                Datum::Absent => self.value(*other, env),
                first => first,
            },
            Op::Items(items) => {
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    match self.value(*item, env) {
                        Datum::Is(value) => all.push(value.into_owned()),
                        unknown => return unknown,
                    }
                }
                Datum::Is(Cow::Owned(Value::List(all)))
            }
            Op::Join(left, right) => {
                both(self.value(*left, env), self.value(*right, env), |left, right| match (left, right) {
                    (Value::List(left), Value::List(right)) => {
                        Some(Value::List(left.iter().chain(right).cloned().collect()))
                    }
                    _ => None,
                })
            }
            Op::Count(list) => match self.value(*list, env) {
                Datum::Is(list) => Datum::computed(match &*list {
                    Value::List(all) => i64::try_from(all.len()).ok().map(Value::Int),
                    _ => None,
                }),
                unknown => unknown,
            },
            _ => Datum::Failed,
        }
    }

    /// Text to show to somebody, escaped and cut (semantics 9).
    #[must_use]
    pub fn shown(&self, id: NodeId, env: Option<&Env<'_>>) -> String {
        let is_truth = self.program.nodes.get(id.index()).is_some_and(|node| node.ty == Ty::Truth);
        match self.value(id, env) {
            Datum::Is(value) if !is_truth => escape::shown(&text(&value)),
            _ => "?".to_owned(),
        }
    }
}

impl<'v> Datum<'v> {
    fn borrowed(value: Option<&'v Value>) -> Self {
        value.map_or(Datum::Absent, |value| Datum::Is(Cow::Borrowed(value)))
    }

    fn computed(value: Option<Value>) -> Self {
        value.map_or(Datum::Failed, |value| Datum::Is(Cow::Owned(value)))
    }

    /// What follows about an atom over something that is not there, or could not be computed. The checker has made sure
    /// that absence is handled; where it were not, nothing is concluded from it.
    fn as_truth(&self) -> Truth {
        match self {
            Datum::Is(_) => Truth::True,
            Datum::Absent => Truth::Undetermined,
            Datum::Failed => Truth::Failed,
        }
    }
}

fn both<'v>(
    left: Datum<'v>,
    right: Datum<'v>,
    compute: impl FnOnce(&Value, &Value) -> Option<Value>,
) -> Datum<'v> {
    match (left, right) {
        (Datum::Is(left), Datum::Is(right)) => Datum::computed(compute(&left, &right)),
        (Datum::Failed, _) | (_, Datum::Failed) => Datum::Failed,
        _ => Datum::Absent,
    }
}

fn compare(op: Compare, left: &Value, right: &Value) -> Truth {
    let order = match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Money(left), Value::Money(right)) => left.compare(*right).ok(),
        (left, right) if matches!(op, Compare::Equal | Compare::NotEqual) => {
            Some(if left == right { Ordering::Equal } else { Ordering::Less })
        }
        _ => None,
    };
    let Some(order) = order else { return Truth::Undetermined };
    Truth::of(match op {
        Compare::Equal => order.is_eq(),
        Compare::NotEqual => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::LessOrEqual => order.is_le(),
        Compare::Greater => order.is_gt(),
        Compare::GreaterOrEqual => order.is_ge(),
    })
}

fn arith(op: Arith, left: &Value, right: &Value) -> Option<Value> {
    match (op, left, right) {
        (Arith::Add, Value::Int(a), Value::Int(b)) => a.checked_add(*b).map(Value::Int),
        (Arith::Subtract, Value::Int(a), Value::Int(b)) => a.checked_sub(*b).map(Value::Int),
        (Arith::Multiply, Value::Int(a), Value::Int(b)) => a.checked_mul(*b).map(Value::Int),
        (Arith::Add, Value::Money(a), Value::Money(b)) => a.checked_add(*b).ok().map(Value::Money),
        (Arith::Subtract, Value::Money(a), Value::Money(b)) => a.checked_sub(*b).ok().map(Value::Money),
        (Arith::Multiply, Value::Money(a), Value::Int(b))
        | (Arith::Multiply, Value::Int(b), Value::Money(a)) => a.checked_mul_int(*b).ok().map(Value::Money),
        _ => None,
    }
}

fn negate(value: &Value) -> Option<Value> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int),
        Value::Money(value) => value.checked_neg().ok().map(Value::Money),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Money(value) => value.to_string(),
        Value::Text(value) => value.to_string(),
        Value::List(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
    }
}
