//! Monitors: what is remembered of past calls, each for one question (semantics 19 to 21).
//!
//! A monitor is fed by the calls of one tool, or by one event, and kept per key: the tenant, the scope, and the values by which
//! past calls are joined with the one that asks. Feeding and asking are constant work. A call is seen at four moments:
//!
//! | moment | phase |
//! | --- | --- |
//! | it is judged, whatever the verdict (its arguments fit the signature) | attempted |
//! | it is allowed: it has begun and is open | started |
//! | it ended well | completed |
//! | it ended with an error | failed |
//!
//! One whose end is unknown stays open for every question, and one that was not sent was never there.

use agentpass_values::{Currency, Duration};
use serde::{Deserialize, Serialize};

use crate::program::{EventId, NodeId, Origin, ToolId};
use crate::value::Ty;

/// What is remembered of past calls.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Monitor {
    /// Whose calls.
    pub of: Subject,
    /// At which moment a call counts.
    pub phase: Phase,
    /// How far it looks.
    pub scope: Scope,
    /// A truth over the past call's own frame. False: the call does not count; undetermined: it may.
    pub args: Option<NodeId>,
    /// A truth over its trusted result ([`crate::Op::Result`] and constants). Likewise.
    pub result: Option<NodeId>,
    /// What ties a past call to the one that asks, in the order of [`crate::Recall::keys`].
    pub join: Vec<Join>,
    /// What is kept.
    pub keep: Keep,
    /// Where it is asked first.
    pub origin: Origin,
}

/// Whose calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// Those of a tool.
    Tool(ToolId),
    /// Reports of an event. They have no end: an event completes when it is reported, and its phase is always
    /// [`Phase::Completed`].
    Event(EventId),
}

/// At which moment a call counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Phase {
    Attempted,
    Started,
    Completed,
    Failed,
}

/// How far a monitor looks, within the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Scope {
    Job,
    User,
    Agent,
    Tenant,
}

/// A value by which past calls are joined with the one that asks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Join {
    /// From the past call's own frame.
    Arg(NodeId),
    /// From its trusted result. A value that does not fit may be any.
    Result(NodeId),
}

/// What a monitor keeps per key.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Keep {
    /// When calls began and ended, as far as it can matter; and which are open. For [`crate::Op::After`].
    Spans {
        /// The longest time that somebody asks about; without one, all of it.
        within: Option<Duration>,
    },
    /// The call that ended last, with these parts of it. For [`crate::Op::Past`].
    Latest(Vec<Kept>),
    /// The call that ended first, with these parts of it. For [`crate::Op::Past`].
    First(Vec<Kept>),
    /// The times of the last so many calls; a counter where there is no window. For [`crate::Op::Calls`].
    Count {
        /// The greatest number that anybody compares with, plus one. Where so many are kept there may be any number more: the
        /// greatest count is unbounded then.
        most: u32,
        /// The window.
        within: Option<Duration>,
    },
    /// The sum of amounts, in slices of the window. For [`crate::Op::Sum`].
    Sum {
        /// The summand, over the past call's own frame.
        amount: NodeId,
        /// Of which currency.
        currency: Currency,
        /// The window.
        within: Option<Duration>,
    },
    /// Which calls are open. For [`crate::Op::InFlight`].
    Open,
    /// The different values that a part of the calls had, as many as matter, each with the last time; of a list, those of its
    /// elements. For [`crate::Op::Distinct`].
    Distinct {
        /// The part.
        value: Kept,
        /// How many different values are kept. Where so many are kept there may be any number more.
        most: u32,
        /// The window.
        within: Option<Duration>,
    },
    /// When the last so many calls began and ended. For [`crate::Op::CallsSince`].
    Runs {
        /// How many. Where so many are kept there may be any number more.
        most: u32,
        /// The longest time that somebody asks about; without one, all of it.
        within: Option<Duration>,
    },
    /// When calls began and ended, and their amounts; many are put together. For [`crate::Op::SumSince`].
    Spent {
        /// The summand, over the past call's own frame.
        amount: NodeId,
        /// Of which currency.
        currency: Currency,
        /// The longest time that somebody asks about; without one, all of it.
        within: Option<Duration>,
    },
}

/// A part of a past call that rules read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called: `args.amount`.
    pub name: String,
    /// Where it comes from.
    pub value: Join,
    /// Its type.
    pub ty: Ty,
}

impl Kept {
    /// The type of one of its values, where they are kept apart: of a list, its elements.
    #[must_use]
    pub fn single(&self) -> &Ty {
        self.ty.element().unwrap_or(&self.ty)
    }
}
