//! How much memory rows take, for tests to hold against what `agentpassc explain` promises.
//!
//! What is counted is what is reserved, used or not, and for each allocation what an allocator keeps beside it.

use std::mem::size_of;

use agentpass_ir::Value;

use super::asking::Asking;
use super::index::Index;
use super::job::Job;
use super::once::{Entry, State};
use super::permit::{Held, Permit, Watched};
use super::seen::Seen;
use super::switches::Switches;
use super::tally::Tally;
use super::watch::Watch;
use super::{Key, Row};
use crate::decision::{Ask, Decision, Reason, Remaining};

/// What an allocator keeps beside each allocation, and rounds it up by.
const ALLOCATION: usize = 16;

/// The largest value of a past call that is kept, in bytes: beyond it nobody knows what it was, so that nothing is allowed
/// because of it. Values come from agents, so their size is bounded.
pub const MAX_KEPT: usize = 1024;

/// A value as it is kept.
#[must_use]
pub fn keepable(value: Value) -> Value {
    if of_value(&value) <= MAX_KEPT { value } else { Value::Unknown }
}

/// The bytes of an allocation for so many of `T`.
pub(super) fn room<T>(capacity: usize) -> usize {
    if capacity == 0 { 0 } else { capacity * size_of::<T>() + ALLOCATION }
}

/// Gives back what many calls at once have reserved, when most of them have ended.
pub(super) fn trim<T>(all: &mut Vec<T>) {
    if all.capacity() > 8 && 4 * all.len() <= all.capacity() {
        all.shrink_to(2 * all.len());
    }
}

fn text(text: &str) -> usize {
    room::<u8>(text.len())
}

fn string(text: &String) -> usize {
    room::<u8>(text.capacity())
}

fn option(text: Option<&String>) -> usize {
    text.map_or(0, string)
}

/// What a value takes besides itself.
#[must_use]
pub fn of_value(value: &Value) -> usize {
    match value {
        // A short text lies in its value, a longer one behind two counters.
        Value::Text(value) if value.is_heap_allocated() => room::<u8>(value.len() + 16),
        Value::Text(_) => 0,
        Value::Json(value) => text(value),
        // Each is kept as it was written and as it is compared.
        Value::Folded(value) => 2 * text(value.key()),
        Value::Email(value) => 3 * text(&value.to_string()),
        Value::Domain(value) => 2 * text(value.as_str()),
        Value::Url(value) => 4 * text(value.as_str()),
        Value::Path(value) => 4 * text(&value.to_string()),
        Value::Glob(value) => 4 * text(&value.to_string()),
        Value::List(all) => room::<Value>(all.capacity()) + all.iter().map(of_value).sum::<usize>(),
        Value::Record(fields) => {
            let inner: usize = fields.iter().flatten().map(of_value).sum();
            room::<Option<Value>>(fields.capacity()) + inner
        }
        // These come from the contract or with a call, and no past call keeps them.
        Value::CommandPattern(_) | Value::Pattern(_) | Value::Times(_) => 0,
        Value::Shell(_, source) => text(source),
        Value::Command(_)
        | Value::Null
        | Value::Unknown
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Decimal(_)
        | Value::Money(_)
        | Value::Duration(_)
        | Value::Timestamp(_) => 0,
    }
}

fn values(all: &Vec<Value>) -> usize {
    room::<Value>(all.capacity()) + all.iter().map(of_value).sum::<usize>()
}

pub(super) fn parts(all: &Vec<Value>) -> usize {
    values(all)
}

fn labels(all: &Vec<(String, String)>) -> usize {
    let inner: usize = all.iter().map(|(source, label)| string(source) + string(label)).sum();
    room::<(String, String)>(all.capacity()) + inner
}

impl Row {
    /// The bytes that a row takes besides itself.
    #[must_use]
    pub fn heap(&self) -> usize {
        match self {
            Row::Tally(tally) => {
                let marks = room::<(u32, Option<agentpass_values::Timestamp>)>(tally.marks.capacity());
                let lease = size_of::<(super::permit::PermitId, Option<agentpass_values::Timestamp>)>();
                let leases = tally.leases.capacity() * lease;
                room::<Tally>(1) + tally.sums.heap() + marks + leases
            }
            Row::Watch(watch) => room::<Watch>(1) + watch.heap(),
            Row::Once(entry) => size_of::<Entry>() + ALLOCATION + once(entry),
            Row::Asking(asking) => size_of::<Asking>() + ALLOCATION + self::asking(asking),
            Row::Keys(index) => size_of::<Index>() + ALLOCATION + index.heap(),
            Row::Names(names) => {
                let inner: usize = names.iter().map(|name| option(name.as_ref())).sum();
                room::<Option<String>>(names.capacity()) + inner
            }
            Row::Job(job) => room::<Job>(1) + self::job(job),
            Row::Permit(permit) => size_of::<Permit>() + ALLOCATION + self::permit(permit),
            Row::Seen(seen) => size_of::<Seen>() + ALLOCATION + self::seen(seen),
            Row::Made => 0,
            Row::Switches(switches) => {
                let agents =
                    switches.agents.iter().map(|(tenant, agent)| option(tenant.as_ref()) + string(agent));
                let tools = switches.tools.iter().map(string);
                // A node of a tree holds eleven, and is half full at least.
                let nodes = (switches.agents.len() + switches.tools.len()) * 128;
                room::<Switches>(1) + agents.chain(tools).sum::<usize>() + nodes
            }
        }
    }
}

fn once(entry: &Entry) -> usize {
    match &entry.state {
        State::Running(_) | State::Unknown => 0,
        State::Done { result, labels, .. } => result.as_deref().map_or(0, text) + self::labels(labels),
    }
}

fn asking(asking: &Asking) -> usize {
    let people: usize = asking
        .approved_by
        .iter()
        .map(|person| {
            let groups: usize = person.groups.iter().map(string).sum();
            string(&person.user) + room::<String>(person.groups.capacity()) + groups
        })
        .sum();
    string(&asking.id)
        + string(&asking.name)
        + [&asking.call, &asking.requester, &asking.agent]
            .into_iter()
            .map(|of| option(of.as_ref()))
            .sum::<usize>()
        + room::<String>(asking.via.capacity())
        + asking.via.iter().map(string).sum::<usize>()
        + room::<super::asking::Person>(asking.approved_by.capacity())
        + people
}

fn job(job: &Job) -> usize {
    let bound = job.bound.iter().flat_map(|bound| [&bound.agent, &bound.user]);
    let labels = job.labels.keys().map(|(source, label)| string(source) + string(label));
    // A node of the tree has room for eleven.
    let nodes = job.labels.len().div_ceil(5) * (11 * size_of::<((String, String), u32)>() + 2 * ALLOCATION);
    bound.map(|name| option(name.as_ref())).sum::<usize>()
        + room::<(String, crate::digest::Digest)>(job.facts.capacity())
        + job.facts.iter().map(|(name, _)| string(name)).sum::<usize>()
        + room::<String>(job.parents.capacity())
        + job.parents.iter().map(string).sum::<usize>()
        + labels.sum::<usize>()
        + nodes
}

fn permit(permit: &Permit) -> usize {
    let watched: usize = permit
        .watched
        .iter()
        .map(|watched| {
            let join: usize = watched.join.iter().flatten().map(of_value).sum();
            option(watched.tenant.as_ref())
                + option(watched.scope.as_ref())
                + room::<Option<Value>>(watched.join.capacity())
                + join
                + values(&watched.parts)
        })
        .sum();
    string(&permit.decision)
        + option(permit.call.as_ref())
        + permit.seen.as_ref().map_or(0, |_| room::<Key>(1))
        + string(&permit.tool)
        + room::<Held>(permit.held.capacity())
        + room::<Watched>(permit.watched.capacity())
        + watched
        + room::<Key>(permit.claimed.capacity())
        + room::<Key>(permit.above.capacity())
        + labels(&permit.labels)
        + room::<(String, i64)>(permit.deliver.capacity())
        + permit.deliver.iter().map(|(rule, _)| string(rule)).sum::<usize>()
}

fn seen(seen: &Seen) -> usize {
    seen.decision.as_ref().map_or(0, |decision| size_of::<Decision>() + ALLOCATION + self::decision(decision))
}

fn decision(decision: &Decision) -> usize {
    let reasons = [&decision.reasons, &decision.warnings].into_iter().map(|all| {
        let inner: usize = all.iter().map(reason).sum();
        room::<Reason>(all.capacity()) + inner
    });
    string(&decision.id)
        + option(decision.call.as_ref())
        + reasons.sum::<usize>()
        + room::<Ask>(decision.challenges.capacity())
        + room::<Remaining>(decision.remaining.capacity())
        + decision.result.as_deref().map_or(0, text)
}

fn reason(reason: &Reason) -> usize {
    option(reason.rule.as_ref()) + string(&reason.message) + option(reason.audit.as_ref())
}
