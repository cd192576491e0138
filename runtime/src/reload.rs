//! Another contract for the state of this one (semantics 26).
//!
//! A gate decides by one contract for as long as it lives. [`Gate::reload`] gives its successor: another gate on the same store,
//! with the same clock, directory and settings. The host puts it in the place of the old one; calls that the old one has
//! allowed settle with either.
//!
//! State belongs to what it is about. A limit whose cap changed goes on where it was; one whose name, keys, window or unit changed
//! would begin with nothing spent, so somebody has to say what becomes of it:
//!
//! - [`Reload::migrate`]: it is the old one under another name.
//! - [`Reload::starts_full`]: nobody knows what was spent, so nothing is left. A window begins with the next room that it gives by
//!   itself, and budgets per job with the next job.
//!
//! A limit that is new, and nothing like one that went, starts empty.
//!
//! Questions to the past are watched from the moment at which a contract asks them. One that is new, or looks further back, begins
//! blank: what was before is not there. [`Reload::begins_blank`] says that this is known.

mod questions;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use agentpass_ir::{Meter, Verified, Window};
use agentpass_values::Timestamp;

pub use questions::Blank;

use crate::gate::{BuildError, Gate};
use crate::plan::{Full, MeterPlan, Plan, renamed};
use crate::store::StoreError;

/// What becomes of the state of limits and questions that are not what they were.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reload {
    from: BTreeMap<String, String>,
    full: BTreeSet<String>,
    blank: BTreeSet<String>,
}

/// Why the old contract stays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReloadError {
    /// These limits are not what they were, and nobody has said what becomes of them.
    Limits(Vec<Changed>),
    /// No limit of the old contract has that name and counts the same, per the same keys, over the same window.
    NoSuch {
        /// The new limit.
        limit: String,
        /// What it was to be.
        from: String,
    },
    /// The new contract has no limit of that name that would start anew.
    Unknown(String),
    /// Nobody can say when calls that are in flight have ended: a tool that this limit counts does not say how long it runs at most.
    NeverEmpty(String),
    /// These questions to the past begin blank, and nobody has said that they may.
    Questions(Vec<Blank>),
    /// Nothing of that name asks the past what begins blank.
    NotBlank(String),
    /// The new contract needs something that is not there.
    Build(BuildError),
    /// The store cannot say what time it is.
    Store(StoreError),
}

/// A limit that would start anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    /// The limit.
    pub limit: String,
    /// The limit that went, which it looks like: itself, or another name for the same.
    pub was: String,
}

impl Reload {
    /// Caps may have changed, and whatever neither counts nor asks the past.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The new contract's limit is the old one's under another name: what was spent stays spent.
    #[must_use]
    pub fn migrate(mut self, limit: &str, from: &str) -> Self {
        self.from.insert(limit.to_owned(), from.to_owned());
        self
    }

    /// The new contract's limit starts with nothing left.
    #[must_use]
    pub fn starts_full(mut self, limit: &str) -> Self {
        self.full.insert(limit.to_owned());
        self
    }

    /// What the new contract's rule, limit, key or flow of that name asks the past may begin blank: it takes what was before the reload
    /// for nothing. Where that matters, reload when the jobs in question have ended.
    #[must_use]
    pub fn begins_blank(mut self, rule: &str) -> Self {
        self.blank.insert(rule.to_owned());
        self
    }
}

impl Gate {
    /// The gate that decides by another contract from now on, on the state of this one. This gate stays as it is; whoever still
    /// asks it gets decisions by the old contract, on the same state.
    ///
    /// # Errors
    /// A limit would start anew and nobody has said how, a question to the past would begin blank and nobody has said that it may, or
    /// the contract needs what is not there. Nothing has changed then.
    pub fn reload(&self, contract: impl Into<Arc<Verified>>, how: &Reload) -> Result<Gate, ReloadError> {
        let contract = contract.into();
        let now = self.now().map_err(ReloadError::Store)?;
        let mut plan = Plan::of(&contract);
        carry(&contract, &mut plan, self.contract(), self.plan(), how, now)?;
        ask(questions::blank(&contract, &plan, self.contract(), self.plan()), how)?;
        self.successor(contract, plan).map_err(ReloadError::Build)
    }
}

/// Refuses questions that begin blank, unless it is said that they may; and what is said of others.
fn ask(blank: Vec<Blank>, how: &Reload) -> Result<(), ReloadError> {
    let of_none = |rule: &&String| !blank.iter().any(|question| question.asks == **rule);
    let not_blank = how.blank.iter().find(of_none).cloned();
    let (_, unsaid): (Vec<Blank>, Vec<Blank>) =
        blank.into_iter().partition(|question| how.blank.contains(&question.asks));
    match not_blank {
        _ if !unsaid.is_empty() => Err(ReloadError::Questions(unsaid)),
        Some(rule) => Err(ReloadError::NotBlank(rule)),
        None => Ok(()),
    }
}

/// Gives totals of the new contract the names under which their state is kept.
fn carry(
    contract: &Verified,
    plan: &mut Plan,
    old_contract: &Verified,
    old: &Plan,
    how: &Reload,
    now: Timestamp,
) -> Result<(), ReloadError> {
    let natural: BTreeSet<_> = plan.meters.iter().map(|meter| meter.natural).collect();
    let gone: Vec<&MeterPlan> = old.meters.iter().filter(|meter| !natural.contains(&meter.natural)).collect();
    let old_id = |meter: &MeterPlan| id(old_contract, meter);
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut changed: Vec<Changed> = Vec::new();
    let mut new: Vec<usize> = Vec::new();
    for number in 0..plan.meters.len() {
        let Some(meter) = plan.meters.get(number) else { continue };
        let limit = id(contract, meter);
        let same = old.meters.iter().find(|old| old.natural == meter.natural);
        let (name, full) = if let Some(from) = how.from.get(limit) {
            used.insert(limit);
            // Unless it is the old one already: then there is nothing to migrate, and nothing to lose.
            let known =
                old.meters.iter().find(|old| old_id(old) == from && old.shape == meter.shape).or(same);
            let no_such = || ReloadError::NoSuch { limit: limit.to_owned(), from: from.clone() };
            let known = known.ok_or_else(no_such)?;
            (known.name, known.full)
        } else if let Some(same) = same {
            (same.name, same.full)
        } else if meter.meter == Meter::Runtime {
            // How long a job runs, the job knows.
            used.insert(limit);
            (meter.natural, None)
        } else if how.full.contains(limit) {
            used.insert(limit);
            new.push(number);
            let full = full(contract, meter, now).ok_or_else(|| ReloadError::NeverEmpty(limit.to_owned()))?;
            (meter.natural, Some(full))
        } else {
            let alike = |old: &&&MeterPlan| {
                (old_id(old) == limit && old.meter == meter.meter) || old.shape == meter.shape
            };
            if let Some(was) = gone.iter().find(alike) {
                let one = Changed { limit: limit.to_owned(), was: old_id(was).to_owned() };
                if !changed.contains(&one) {
                    changed.push(one);
                }
            }
            new.push(number);
            (meter.natural, None)
        };
        if let Some(meter) = plan.meters.get_mut(number) {
            (meter.name, meter.full) = (name, full);
        }
    }
    // What was migrated may have been called as a new one is.
    for number in new {
        let mut name = plan.meters.get(number).map(|meter| meter.name).unwrap_or_default();
        let is_taken = |name| (0..).zip(&plan.meters).any(|(at, meter)| at != number && meter.name == name);
        while is_taken(name) {
            name = renamed(&name);
        }
        if let Some(meter) = plan.meters.get_mut(number) {
            meter.name = name;
        }
    }
    if !changed.is_empty() {
        return Err(ReloadError::Limits(changed));
    }
    let named = how.from.keys().chain(&how.full);
    match named.into_iter().find(|limit| !used.contains(limit.as_str())) {
        Some(limit) => Err(ReloadError::Unknown(limit.clone())),
        None => Ok(()),
    }
}

fn id<'c>(contract: &'c Verified, meter: &MeterPlan) -> &'c str {
    contract.program().limits.get(meter.limit.index()).map_or("", |limit| limit.id.as_str())
}

/// Until when a total that starts full is full; nothing where nobody can say.
fn full(contract: &Verified, meter: &MeterPlan, now: Timestamp) -> Option<Full> {
    if meter.meter == Meter::InFlight {
        let program = contract.program();
        let mut longest = now;
        for charge in program.charges.iter().filter(|charge| charge.limit == meter.limit) {
            let runs = program.tools.get(charge.tool.index())?.runs_at_most?;
            longest = longest.max(now.checked_add(runs)?);
        }
        return Some(Full::Until(longest));
    }
    match &meter.window {
        Window::Rolling(length) => now.checked_add(*length).map(Full::Until),
        Window::Calendar(unit, zone) => zone.next_start(*unit, now).map(Full::Before),
        Window::Lifetime => Some(Full::JobsUntil(now)),
    }
}

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReloadError::Limits(all) => {
                f.write_str("what was spent would be forgotten: ")?;
                for (number, one) in all.iter().enumerate() {
                    let comma = if number > 0 { "; " } else { "" };
                    if one.limit == one.was {
                        write!(
                            f,
                            "{comma}`{}` counts something else, or by other keys or windows",
                            one.limit
                        )?;
                    } else {
                        write!(f, "{comma}`{}` counts what `{}` counted", one.limit, one.was)?;
                    }
                }
                f.write_str(" (say for each whether it is migrated, or starts full)")
            }
            ReloadError::NoSuch { limit, from } => {
                write!(f, "`{limit}` cannot be migrated from `{from}`: no such limit counts the same")
            }
            ReloadError::Unknown(limit) => write!(f, "no limit `{limit}` starts anew"),
            ReloadError::NeverEmpty(limit) => {
                write!(
                    f,
                    "`{limit}` cannot start full: nobody knows when calls that are in flight have ended"
                )
            }
            ReloadError::Questions(all) => {
                f.write_str("what happened before would be forgotten: ")?;
                for (number, one) in all.iter().enumerate() {
                    let comma = if number > 0 { "; " } else { "" };
                    write!(f, "{comma}`{}` asks about {}", one.asks, one.about)?;
                }
                f.write_str(" (say for each that it begins blank, or reload when nothing depends on it)")
            }
            ReloadError::NotBlank(rule) => write!(f, "`{rule}` asks nothing that begins blank"),
            ReloadError::Build(error) => write!(f, "{error}"),
            ReloadError::Store(_) => f.write_str("the store does not answer"),
        }
    }
}

impl std::error::Error for ReloadError {}
