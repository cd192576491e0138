//! Rows, and how they change.

use agentpass_ir::Keep;
use agentpass_values::Timestamp;

use super::asking::Asking;
use super::index::Index;
use super::job::{Bound, Job};
use super::key::Key;
use super::once;
use super::permit::{Permit, PermitId};
use super::seen::Seen;
use super::size::trim;
use super::sums::Shape;
use super::switches::{Switch, Switches};
use super::tally::Tally;
use super::watch::{Ended, Open, Watch};
use crate::clock::Reading;
use crate::digest::Digest;

/// A row.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "named as what they hold")]
pub enum Row {
    Tally(Box<Tally>),
    Watch(Box<Watch>),
    Once(Box<once::Entry>),
    Asking(Box<Asking>),
    /// Where to look further.
    Keys(Box<Index>),
    /// Names to look further with.
    Names(Vec<Option<String>>),
    Job(Box<Job>),
    Permit(Box<Permit>),
    Seen(Box<Seen>),
    Made,
    Switches(Box<Switches>),
}

/// A change of one row. Each is small, whatever the row has become.
#[derive(Clone, PartialEq, Debug)]
pub enum Delta {
    /// The row becomes this.
    Put(Row),
    /// The row goes.
    Remove,
    /// Counts against a total.
    Charge {
        /// When.
        at: Timestamp,
        /// The earlier reading of the clock: what it no longer sees has left.
        early: Timestamp,
        /// How much.
        amount: i128,
        /// The call, while it can be taken back.
        open: Option<PermitId>,
    },
    /// A call can no longer be taken back.
    Settle(PermitId),
    /// Takes back what a call counted, and counts something else instead.
    Recharge {
        /// When it was counted.
        at: Timestamp,
        /// How much was.
        was: i128,
        /// How much it is.
        is: i128,
        /// The call.
        permit: PermitId,
    },
    /// A call is in flight.
    Lease(PermitId, Option<Timestamp>),
    /// It no longer is.
    Landed(PermitId),
    /// A step was lifted, or has spoken.
    Mark(u32, Option<Timestamp>),
    /// A monitor sees a call begin.
    Begin(Box<Open>),
    /// A monitor sees a call end, in whatever way.
    Close(PermitId),
    /// A monitor counts what ended, or may.
    Count(Box<Ended>),
    /// What may have counted, with that amount, since that moment, is known by now.
    Resolve(Timestamp, i128),
    /// Labels join a job; where a time is given, it is open since then, unless it was before.
    Join(Option<Reading>, Vec<(String, String)>),
    /// Labels of what was never sent leave it.
    Leave(Vec<(String, String)>),
    /// A job is opened by the host.
    OpenJob(Reading, Box<Opening>),
    /// What the host says with calls of a job is bound to it.
    Bind(Vec<(String, Digest)>),
    /// A job is closed by the host.
    CloseJob,
    /// A job is suspended, or no longer.
    Suspend(bool),
    /// A switch is turned.
    Switch(Switch, bool),
    /// One more place to look.
    AddKey(Box<Key>),
    /// One less.
    DropKey(Box<Key>),
    /// One more name to look with.
    AddName(Option<String>),
}

/// What the host says of a job that it opens.
#[derive(Clone, PartialEq, Debug)]
pub struct Opening {
    /// For whom.
    pub bound: Bound,
    /// Labels that it inherits.
    pub labels: Vec<(String, String)>,
    /// The jobs above it, nearest first.
    pub parents: Vec<String>,
}

/// How a row of its kind is kept: what the contract says, and not the row.
#[derive(Clone, Copy, Debug)]
pub enum Form<'p> {
    /// Nothing needs to be said.
    Plain,
    /// A total.
    Tally(Shape<'p>),
    /// A monitor.
    Watch(&'p Keep),
}

/// True where nothing that a row holds can ever matter again: the only rows that make room for others. What still matters by the
/// earlier reading of the clock does.
#[must_use]
pub fn is_over(row: &Row, form: Form<'_>, early: Timestamp) -> bool {
    match (row, form) {
        (Row::Tally(tally), Form::Tally(shape)) => tally.is_over(shape, early),
        (Row::Watch(watch), Form::Watch(keep)) => watch.is_over(keep, early),
        // What nobody knows stays counted; it can no longer be set right then.
        (Row::Permit(permit), _) => permit.unknown.is_some(),
        // An approval may outlive its question; nothing outlives both.
        (Row::Asking(asking), _) => {
            asking.approved_at.is_none() && asking.expires.is_some_and(|expires| early > expires)
        }
        _ => false,
    }
}

/// Changes a row.
pub fn apply(row: &mut Option<Row>, form: Form<'_>, delta: Delta) {
    match delta {
        Delta::Put(new) => *row = Some(new),
        Delta::Remove => *row = None,
        Delta::Charge { at, early, amount, open } => {
            if let (Some(tally), Form::Tally(shape)) = (tally(row), form) {
                tally.sums.add(shape, at, early, amount, open);
            }
        }
        Delta::Settle(permit) => {
            if let (Some(Row::Tally(tally)), Form::Tally(shape)) = (row.as_mut(), form) {
                tally.sums.settle(shape, permit);
            }
        }
        Delta::Recharge { at, was, is, permit } => {
            if let (Some(tally), Form::Tally(shape)) = (tally(row), form) {
                tally.sums.replace(shape, at, was, is, permit);
            }
        }
        Delta::Lease(permit, until) => {
            if let Some(tally) = tally(row) {
                tally.leases.push((permit, until));
            }
        }
        Delta::Landed(permit) => {
            if let Some(Row::Tally(tally)) = row {
                tally.leases.retain(|(of, _)| *of != permit);
                trim(&mut tally.leases);
            }
        }
        Delta::Mark(bound, until) => {
            if let Some(tally) = tally(row) {
                tally.mark(bound, until);
            }
        }
        Delta::Begin(open) => {
            if let Some(watch) = watch(row) {
                watch.begin(*open);
            }
        }
        Delta::Close(permit) => {
            if let Some(Row::Watch(watch)) = row {
                watch.close(permit);
                if **watch == Watch::default() {
                    *row = None;
                }
            }
        }
        Delta::Count(ended) => {
            if let (Some(watch), Form::Watch(keep)) = (watch(row), form) {
                watch.count(keep, *ended);
            }
        }
        Delta::Resolve(at, amount) => {
            if let (Some(Row::Watch(watch)), Form::Watch(keep)) = (row.as_mut(), form) {
                watch.resolve(keep, at, amount);
            }
        }
        Delta::Join(at, labels) => {
            if let Some(job) = job(row) {
                job.opened = job.opened.or(at);
                job.join(&labels);
            }
        }
        Delta::Leave(labels) => {
            if let Some(Row::Job(job)) = row {
                job.leave(&labels);
            }
        }
        Delta::OpenJob(at, opening) => {
            if let Some(job) = job(row) {
                job.opened = job.opened.or(Some(at));
                job.bound = Some(opening.bound);
                job.parents = opening.parents;
                job.join(&opening.labels);
            }
        }
        Delta::Bind(facts) => {
            if let Some(job) = job(row) {
                job.facts.extend(facts);
            }
        }
        Delta::CloseJob => {
            if let Some(job) = job(row) {
                job.closed = true;
                job.labels.clear();
            }
        }
        Delta::Suspend(suspended) => {
            if let Some(job) = job(row) {
                job.suspended = suspended;
            }
        }
        Delta::Switch(switch, suspended) => {
            if let Row::Switches(switches) = row.get_or_insert_with(|| Row::Switches(Box::default())) {
                switches.turn(switch, suspended);
            }
        }
        Delta::AddKey(key) => {
            if let Row::Keys(index) = row.get_or_insert_with(|| Row::Keys(Box::default())) {
                index.add(*key);
            }
        }
        Delta::DropKey(key) => {
            if let Some(Row::Keys(index)) = row {
                index.remove(&key);
                if index.is_empty() {
                    *row = None;
                }
            }
        }
        Delta::AddName(name) => match row {
            Some(Row::Names(names)) if names.contains(&name) => {}
            Some(Row::Names(names)) => names.push(name),
            _ => *row = Some(Row::Names(vec![name])),
        },
    }
}

fn tally(row: &mut Option<Row>) -> Option<&mut Tally> {
    match row.get_or_insert_with(|| Row::Tally(Box::default())) {
        Row::Tally(tally) => Some(tally),
        _ => None,
    }
}

fn watch(row: &mut Option<Row>) -> Option<&mut Watch> {
    match row.get_or_insert_with(|| Row::Watch(Box::default())) {
        Row::Watch(watch) => Some(watch),
        _ => None,
    }
}

fn job(row: &mut Option<Row>) -> Option<&mut Job> {
    match row.get_or_insert_with(|| Row::Job(Box::default())) {
        Row::Job(job) => Some(job),
        _ => None,
    }
}
