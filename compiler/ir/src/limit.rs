//! Limits: what is kept, and how calls count against it.

use agentpass_values::{CalendarUnit, Currency, Duration, Zone};
use serde::{Deserialize, Serialize};

use crate::program::{ChallengeId, LimitId, NodeId, Origin, ToolId};
use crate::rule::Template;
use crate::value::Ty;

/// A limit: what is kept per key. How calls count against it, its charges say.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Limit {
    /// Its stable name. With the shape of the key, the meter and the window it identifies the state (semantics 26).
    pub id: String,
    /// What it is kept per, after the tenant.
    pub keys: Vec<Ty>,
    /// True where the key is a job: calls of child jobs charge their parents too (semantics 17).
    pub per_job: bool,
    /// Over which time.
    pub window: Window,
    /// Its bounds. Those with one [`Bound::counts`] share what is kept.
    pub bounds: Vec<Bound>,
    /// The clause.
    pub origin: Origin,
}

/// Over which time a limit counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Window {
    /// As long as the key lives.
    Lifetime,
    /// The last D; what happened exactly D ago is inside.
    Rolling(Duration),
    /// A unit of the calendar in a time zone.
    Calendar(CalendarUnit, Zone),
}

/// A bound of a limit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Bound {
    /// What is counted.
    pub meter: Meter,
    /// What the total is called, with its keys, without the cap and whatever the bound is called itself: `calls per user`,
    /// `calls per call.tool per job`, `amount of stripe.refund per user`. Bounds of one limit that count the same share one total.
    pub counts: String,
    /// What people call what is left of it: the bound's own name, else `calls`, `calls_per_call.tool`, `amount`, …
    pub label: String,
    /// Keys after those of the limit: `calls per call.tool`.
    pub keys: Vec<Ty>,
    /// The greatest total that passes, in units of the meter. Never negative.
    pub most: i128,
    /// What happens above.
    pub step: Step,
    /// Its stable name, if it has one of its own.
    pub name: Option<String>,
    /// Its place.
    pub origin: Origin,
}

/// What a bound counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Meter {
    /// Calls, one by one.
    Calls,
    /// Calls whose digest an earlier allowed call of the job had.
    Retries,
    /// Tokens.
    Tokens,
    /// Cost, in nano-units.
    Cost(Currency),
    /// Amounts, in nano-units.
    Sum(Currency),
    /// Nanoseconds since the key's first allowed call (or since the job was opened).
    Runtime,
    /// Calls that are open.
    InFlight,
    /// Calls that were denied, but not by the infrastructure.
    Denials,
}

/// What happens above a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Step {
    /// The call is denied.
    Deny,
    /// The call is allowed, and the decision says so once per key and window.
    Warn,
    /// Somebody is asked; an approval lifts the step for that key and window.
    Challenge(ChallengeId),
    /// The call is denied, and that is suspended until an operator lifts it.
    Suspend(Suspended),
}

/// What is suspended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Suspended {
    Job,
    Agent,
    Tool,
    Gate,
}

/// How the calls of one tool count against one limit. Where bounds of a limit count different calls of the tool (`sum amount
/// of T(kind: "x")`), the tool has more than one charge, each with lines for the bounds that it is about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// The limit.
    pub limit: LimitId,
    /// The tool.
    pub tool: ToolId,
    /// Where this is false the call does not count; where it is undetermined it does.
    pub guard: Option<NodeId>,
    /// The key, value by value.
    pub keys: Vec<NodeId>,
    /// One line per bound of the limit; none where the calls of this tool do not count against that bound (`sum amount of T`).
    pub lines: Vec<Option<Line>>,
}

/// What one call counts against one bound, and what is said if that is too much.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The bound's own condition: where it is false the bound does not apply, though the call is counted; where it is
    /// undetermined it does.
    pub when: Option<NodeId>,
    /// The bound's further keys.
    pub keys: Vec<NodeId>,
    /// The summand, a whole number or an amount; for meters that count, nothing: a call is one.
    pub amount: Option<NodeId>,
    /// The message.
    pub because: Option<Template>,
    /// The message for the auditor alone.
    pub audit: Option<Template>,
}
