//! The reference semantics of nodes, written to be read: what a condition comes to over the frame of one call.
//!
//! | file | says |
//! | --- | --- |
//! | `truth.rs` | what atoms, connectives and quantifiers come to |
//! | `value.rs` | what values come to: members, arithmetic, lists, the past |
//! | `relate.rs` | when two values are equal, in order, or one in the other |
//! | `range.rs` | whole numbers of which only bounds are known |
//! | `shell.rs` | the parts of command lines |
//! | `show.rs` | values as text for people |
//!
//! The verifier has bounded depth and types, so what "cannot happen" gives an undetermined truth or a failed value instead
//! of a panic: should it ever happen, the call is denied.

mod range;
mod relate;
mod shell;
mod show;
mod truth;
mod value;

use std::borrow::Cow;
use std::cell::Cell;

use agentpass_ir::{After, Node, NodeId, Recall, Value, VarId, Verified};
use agentpass_values::{Money, Timestamp};

use crate::frame::Frame;
use crate::state::job::Labels;
use crate::truth::Truth;

pub use show::{shown, text};

/// How many steps one evaluation may take: nodes, and elements of lists that are compared or copied. Quantifiers in one
/// another multiply; this keeps a call of 1 MiB from keeping the gate busy.
pub const MAX_STEPS: u64 = 2_000_000;

/// What evaluation asks beyond the frame and the constants of the contract.
///
/// The default of every question is "nobody knows": so it is while keys are gathered and no past has been fetched yet.
pub trait World {
    /// The store's clock.
    fn now(&self) -> Option<Timestamp> {
        None
    }
    /// The digest of the call, as text.
    fn digest(&self) -> Option<&str> {
        None
    }
    /// The labels that the job carries.
    fn labels(&self) -> Option<&Labels> {
        None
    }
    /// Whether something ended well, lately, and nothing spoilt it since.
    fn after(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Truth {
        let _ = (after, of, without);
        Truth::Undetermined
    }
    /// The call that a monitor keeps.
    fn past(&self, recall: &Recall, keys: &[Value]) -> Recalled {
        let _ = (recall, keys);
        Recalled::MaybeAbsent
    }
    /// The least and the greatest number of calls there can have been.
    fn calls(&self, recall: &Recall, keys: &[Value]) -> Option<(i64, i64)> {
        let _ = (recall, keys);
        None
    }
    /// The greatest that the sum can be.
    fn sum(&self, recall: &Recall, keys: &[Value]) -> Option<Money> {
        let _ = (recall, keys);
        None
    }
    /// How many calls are open.
    fn in_flight(&self, recall: &Recall, keys: &[Value]) -> Option<i64> {
        let _ = (recall, keys);
        None
    }
    /// The least and the greatest number of calls that nothing spoilt since.
    fn calls_since(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Option<(i64, i64)> {
        let _ = (after, of, without);
        None
    }
    /// The greatest that the sum can be of what nothing spoilt since.
    fn sum_since(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Option<Money> {
        let _ = (after, of, without);
        None
    }
    /// The values that a monitor keeps.
    fn distinct(&self, recall: &Recall, keys: &[Value]) -> Option<Values> {
        let _ = (recall, keys);
        None
    }
    /// A field of the trusted result with which a monitor is being fed.
    fn result(&self, field: u32) -> Option<&Value> {
        let _ = field;
        None
    }
}

/// A world of which nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl World for Nowhere {}

/// What a monitor answers about the call that it keeps.
#[derive(Clone, PartialEq, Debug)]
pub enum Recalled {
    /// This one: a [`Value::Record`] of when it was and then the parts that are kept, in the monitor's order.
    Is(Value),
    /// There was none.
    Absent,
    /// Nobody can tell whether there was one.
    MaybeAbsent,
    /// There was one, and nobody can tell which.
    Unknown,
}

/// The different values that calls had, as far as anybody knows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Values {
    /// Each with whether it was there for certain.
    pub all: Vec<(Value, bool)>,
    /// There may have been others.
    pub more: bool,
}

impl Values {
    /// Adds one. What nobody knows may be any.
    pub fn add(&mut self, value: &Value, sure: bool) {
        if matches!(value, Value::Unknown) {
            self.more = true;
            return;
        }
        match self.all.iter_mut().find(|(known, _)| known == value) {
            Some((_, known)) => *known |= sure,
            None => self.all.push((value.clone(), sure)),
        }
    }

    /// How many there are: at least, and at most.
    #[must_use]
    pub fn number(&self) -> (i64, i64) {
        let size = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
        let sure = self.all.iter().filter(|(_, sure)| *sure).count();
        (size(sure), if self.more { i64::MAX } else { size(self.all.len()) })
    }

    /// As a list, in which an element that nobody knows may stand for none at all.
    fn list(self) -> Value {
        let more = self.more.then_some(Value::Unknown);
        let all = self.all.into_iter().map(|(value, sure)| if sure { value } else { Value::Unknown });
        Value::List(all.chain(more).collect())
    }
}

/// What a node that is no truth comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Datum<'v> {
    /// A value; never [`Value::Unknown`].
    Is(Cow<'v, Value>),
    /// Nothing: the call left it out.
    Absent,
    /// It is there, and nobody can tell which value it is.
    Unknown,
    /// Nobody can tell whether it is there.
    MaybeAbsent,
    /// A computation left its range.
    Failed,
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

/// Evaluates the nodes of a contract over one frame.
pub struct Eval<'c> {
    contract: &'c Verified,
    frame: &'c Frame,
    world: &'c dyn World,
    left: Cell<u64>,
}

impl<'c> Eval<'c> {
    /// An evaluation, with all its steps before it.
    #[must_use]
    pub fn new(contract: &'c Verified, frame: &'c Frame, world: &'c dyn World) -> Self {
        Self { contract, frame, world, left: Cell::new(MAX_STEPS) }
    }

    /// Takes so many steps; false where none are left.
    fn step(&self, steps: usize) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(steps as u64));
        left >= steps as u64
    }

    fn node(&self, id: NodeId) -> Option<&'c Node> {
        self.contract.program().nodes.get(id.index())
    }
}

impl<'v> Datum<'v> {
    /// A value that stands somewhere, or nothing.
    fn of(value: Option<&'v Value>) -> Self {
        match value {
            None => Datum::Absent,
            Some(Value::Unknown) => Datum::Unknown,
            Some(value) => Datum::Is(Cow::Borrowed(value)),
        }
    }

    fn owned(value: Value) -> Self {
        match value {
            Value::Unknown => Datum::Unknown,
            value => Datum::Is(Cow::Owned(value)),
        }
    }

    fn computed(value: Option<Value>) -> Self {
        value.map_or(Datum::Failed, Datum::owned)
    }

    fn into_owned<'o>(self) -> Datum<'o> {
        match self {
            Datum::Is(value) => Datum::Is(Cow::Owned(value.into_owned())),
            Datum::Absent => Datum::Absent,
            Datum::Unknown => Datum::Unknown,
            Datum::MaybeAbsent => Datum::MaybeAbsent,
            Datum::Failed => Datum::Failed,
        }
    }

    /// What follows about an atom from one of its operands: nothing from a value, and no truth from anything else. The
    /// checker has made sure that absence is handled; where it were not, nothing is concluded from it.
    fn as_truth(&self) -> Truth {
        match self {
            Datum::Is(_) => Truth::True,
            Datum::Absent | Datum::Unknown | Datum::MaybeAbsent => Truth::Undetermined,
            Datum::Failed => Truth::Failed,
        }
    }

    /// The value, or what is computed from something that is none: absent where it surely is, and no more certain than it was.
    fn value_or<'o>(self) -> Result<Cow<'v, Value>, Datum<'o>> {
        match self {
            Datum::Is(value) => Ok(value),
            other => Err(other.into_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
