//! What an allowed call holds until its outcome is known (semantics 16).

use agentpass_ir::Value;
use agentpass_values::Timestamp;

use super::key::Key;
use crate::clock::Reading;
use crate::plan::Name;

/// A call that was allowed: the number of the transaction that did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PermitId(pub u64);

/// What the outcome of a call will settle.
#[derive(Clone, PartialEq, Debug)]
pub struct Permit {
    /// The call's number.
    pub id: PermitId,
    /// The id of the decision.
    pub decision: String,
    /// The id of the call, if it had one.
    pub call: Option<String>,
    /// Where it is kept what was decided under that id.
    pub seen: Option<Box<Key>>,
    /// When it was allowed.
    pub at: Timestamp,
    /// The wire name of its tool.
    pub tool: String,
    /// The digest of the contract that allowed it.
    pub contract: [u8; 32],
    /// An error releases what it held.
    pub error_releases: bool,
    /// What it counted against limits.
    pub held: Vec<Held>,
    /// The monitors that watch it.
    pub watched: Vec<Watched>,
    /// The `once` keys that it claimed.
    pub claimed: Vec<Key>,
    /// Its job's key.
    pub job: Option<Key>,
    /// Those of the jobs above it, where it has counted something.
    pub above: Vec<Key>,
    /// The labels that its result carries.
    pub labels: Vec<(String, String)>,
    /// When it was said that nobody knows how it ended: that may be set right once.
    pub unknown: Option<Reading>,
    /// The greatest number of records that its result may have, with the rule that says so.
    pub deliver: Vec<(String, i64)>,
}

/// What a call counted against one meter of a limit.
#[derive(Clone, PartialEq, Debug)]
pub struct Held {
    /// The total.
    pub key: Key,
    /// The meter's name in the state: the contract that settles the call may number others.
    pub meter: Name,
    /// How much.
    pub amount: i128,
}

/// A monitor that watches a call.
#[derive(Clone, PartialEq, Debug)]
pub struct Watched {
    /// The monitor's name in the state: the contract that settles the call may number others.
    pub monitor: Name,
    /// Where the call is open.
    pub open: Key,
    /// The tenant and the scope of the row.
    pub tenant: Option<String>,
    /// The scope's value; nothing for the whole tenant.
    pub scope: Option<String>,
    /// What it is joined by, as far as its arguments say: parts that come from the result are open.
    pub join: Vec<Option<Value>>,
    /// When it began.
    pub at: Reading,
    /// False where nobody knows whether its arguments are those that are looked for.
    pub sure: bool,
    /// Its summand.
    pub amount: i128,
    /// Its parts that rules read; those of the result are not there yet.
    pub parts: Vec<Value>,
    /// Where nobody knew how the call ended: whether it counts since then, for certain or possibly.
    pub counted: Option<bool>,
}
