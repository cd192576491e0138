//! Whether there is room for what a call counts, and the steps on the way.

use std::sync::Arc;

use agentpass_ir::{Bound, Limit, Meter, Op, Step, Suspended};
use agentpass_values::{Duration, Money, Timestamp};

use super::Prepared;
use super::charged::{Charged, OneLine, made_key, meter_plan, shape};
use super::findings::{Findings, Question, Weight};
use super::past::Present;
use super::rules::{Lack, lack, render, saw};
use super::steps::{charged_place, until};
use crate::decision::{Left, Met, Reason, Remaining};
use crate::eval::Eval;
use crate::plan::FormRef;
use crate::planted::planted;
use crate::state::permit::{Held, PermitId};
use crate::state::sums::Shape;
use crate::state::tally::Tally;
use crate::state::{Delta, Row};
use crate::store::{Change, Reading, Snapshot};
use crate::truth::Truth;

/// What the limits say.
pub(crate) struct Budgets<'c> {
    counted: Vec<Counted<'c>>,
    /// Per bound that denies, what it is called and what is left: without the call, and with it.
    left: Vec<(&'c Arc<str>, &'c Bound, [i128; 2])>,
    room_at: Option<Timestamp>,
    never: bool,
    /// Steps that speak, or were lifted, once the call is allowed.
    marks: Vec<(usize, u32, u32, Option<Timestamp>)>,
    /// What is suspended if the call is denied, with the number of the job.
    suspend: Vec<(Suspended, usize)>,
    at: Timestamp,
    early: Timestamp,
}

/// One total that the call counts in.
struct Counted<'c> {
    place: usize,
    meter: u32,
    of: Meter,
    amount: i128,
    lease: Option<Duration>,
    shape: Option<Shape<'c>>,
}

/// Judges every bound against the totals that were read.
pub(super) fn judge<'c>(
    prepared: &Prepared<'c>,
    present: &Present<'_, '_>,
    snapshot: &Snapshot<'_>,
    is_replay: bool,
    findings: &mut Findings<'_>,
) -> Budgets<'c> {
    let eval = present.eval();
    let mut budgets = Budgets {
        counted: Vec::with_capacity(prepared.lines.len()),
        left: Vec::with_capacity(prepared.lines.len()),
        room_at: None,
        never: false,
        marks: Vec::new(),
        suspend: Vec::new(),
        at: snapshot.reading.late,
        early: snapshot.reading.early,
    };
    // A replay consumes nothing.
    if is_replay {
        return budgets;
    }
    let is_retry = prepared.house.plan.counts_retries
        && made_key(prepared).is_some_and(|key| present.row(&key).is_some());
    for charged in &prepared.charged {
        let _ = present.take_lacking();
        let guard = charged.charge.guard.map_or(Truth::True, |guard| present.truth(&eval, guard, None));
        if guard == Truth::False {
            continue;
        }
        match &charged.lines {
            Err(_) if planted(117) => {}
            Err((code, message)) => {
                let found =
                    reason(findings, charged.limit, None, charged.limit.origin, code, message.clone());
                findings.add(Weight::Denies, found);
            }
            Ok(_) => {
                for line in charged.lines(prepared) {
                    judge_line(prepared, present, &eval, charged, line, is_retry, &mut budgets, findings);
                }
            }
        }
    }
    budgets
}

#[allow(clippy::too_many_arguments, reason = "the parts of one judgement")]
fn judge_line<'c>(
    prepared: &Prepared<'c>,
    present: &Present<'_, '_>,
    eval: &Eval<'_>,
    charged: &Charged<'c>,
    one: &OneLine<'c>,
    is_retry: bool,
    budgets: &mut Budgets<'c>,
    findings: &mut Findings<'_>,
) {
    let (limit, bound) = (charged.limit, one.bound);
    let amount = if bound.meter == Meter::Retries { Some(i128::from(is_retry)) } else { one.amount };
    let Some(amount) = amount else {
        let message = summand_message(prepared, one);
        let found = reason(findings, limit, Some(bound), bound.origin, message.0, message.1);
        findings.add(Weight::Denies, found);
        return;
    };
    let shape = shape(prepared, one.meter);
    let lease = prepared
        .tool
        .and_then(|tool| prepared.contract().program().tools.get(tool.index()))
        .and_then(|tool| tool.runs_at_most);
    for &place in &one.places {
        // Bounds of one meter share its total, and count once.
        if !budgets.counted.iter().any(|counted| counted.place == place) {
            budgets.counted.push(Counted { place, meter: one.meter, of: bound.meter, amount, lease, shape });
        }
    }
    let when = one.line.when.map_or(Truth::True, |when| present.truth(eval, when, None));
    if when == Truth::False {
        return;
    }
    let Some(shape) = shape else { return };
    let mut outcome = "has room";
    let mut worst = i128::MIN;
    for place in 0..one.places.len() {
        let total = total(prepared, present, one, shape, place);
        // A job's budget lies in those of the jobs above it.
        worst = worst.max(total);
        if total.checked_add(amount).is_none_or(|with| with > bound.most) {
            outcome =
                exceed(prepared, present, eval, charged, one, place, shape, total, amount, budgets, findings);
            // Nobody knows what would have to leave.
            budgets.never |= is_full(prepared, present.snapshot(), one.meter, place);
        }
    }
    if one.places.is_empty() {
        return;
    }
    let left = |total: Option<i128>| total.map_or(0, |total| bound.most.saturating_sub(total).max(0));
    if bound.step == Step::Deny || matches!(bound.step, Step::Suspend(_)) {
        let labels = prepared.house.plan.labels.get(charged.charge.limit.index());
        if let Some(label) = labels.and_then(|labels| labels.get(one.number)) {
            budgets.left.push((label, bound, [left(Some(worst)), left(worst.checked_add(amount))]));
        }
    }
    if findings.explains() {
        let mut saw = saw(prepared, eval, charged.charge.keys.iter().chain(&one.line.keys).copied());
        saw.push(("so far".to_owned(), shown(bound, worst)));
        saw.push(("this call".to_owned(), shown(bound, amount)));
        saw.push(("at most".to_owned(), shown(bound, bound.most)));
        let place = Some(findings.place(bound.origin));
        let id = format!("{}.{}", limit.id, bound.label);
        findings.met(Met { id, kind: "limit", place, applies: when.word(), holds: "", saw, outcome });
    }
}

/// What there is under one of the keys.
fn total(
    prepared: &Prepared<'_>,
    present: &Present<'_, '_>,
    one: &OneLine<'_>,
    shape: Shape<'_>,
    place: usize,
) -> i128 {
    let Reading { early, late } = present.reading();
    if one.bound.meter == Meter::Runtime {
        // The keys of such a limit are the job, and those above it.
        let opened = match prepared.jobs.get(place).and_then(|&job| present.at(job)) {
            Some(Row::Job(job)) => job.opened,
            _ => None,
        };
        // As long as it can have been.
        let since =
            |opened: Reading| i128::from(late.nanos()).saturating_sub(i128::from(opened.early.nanos()));
        return opened.map_or(0, |opened| since(opened).max(0));
    }
    let tally = one.places.get(place).and_then(|&place| tally(present, place));
    let known = tally.map_or(0, |tally| tally.total(one.bound.meter, shape, early));
    // What started full has no room, whatever is known of it.
    if is_full(prepared, present.snapshot(), one.meter, place) { known.max(one.bound.most) } else { known }
}

/// True where a total started full, and is. Budgets that live as long as a key are those of jobs: the call's own, then those
/// above it.
pub(super) fn is_full(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, meter: u32, place: usize) -> bool {
    let Some(full) = meter_plan(prepared, meter).and_then(|meter| meter.full) else { return false };
    let opened = match prepared.jobs.get(place).and_then(|&job| snapshot.rows.get(job).copied().flatten()) {
        Some(Row::Job(job)) => job.opened,
        _ => None,
    };
    full.holds(snapshot.reading.early, opened.map(|opened| opened.late))
}

/// The bound is passed.
#[allow(clippy::too_many_arguments, reason = "the parts of one judgement")]
fn exceed(
    prepared: &Prepared<'_>,
    present: &Present<'_, '_>,
    eval: &Eval<'_>,
    charged: &Charged<'_>,
    one: &OneLine<'_>,
    place: usize,
    shape: Shape<'_>,
    total: i128,
    amount: i128,
    budgets: &mut Budgets<'_>,
    findings: &mut Findings<'_>,
) -> &'static str {
    let (limit, bound) = (charged.limit, one.bound);
    let Some(&total_at) = one.places.get(place) else { return "has room" };
    if bound.meter == Meter::Denials && matches!(bound.step, Step::Suspend(_)) {
        // One denial too many has suspended it, and that is what denies until an operator lifts it. The next denial suspends it
        // again.
        return "suspends at the next denial";
    }
    let message = match &one.line.because {
        Some(template) => render(present.house(), eval, template, None),
        None => exhausted(limit, bound),
    };
    let mut found = reason(findings, limit, Some(bound), bound.origin, "limit", message);
    found.audit = one.line.audit.as_ref().map(|text| render(present.house(), eval, text, None));
    let reading = present.reading();
    let marked = tally(present, total_at)
        .is_some_and(|tally| tally.is_marked(one.step, reading.late) && !planted(123));
    match bound.step {
        Step::Deny | Step::Suspend(_) => {
            findings.add(Weight::Denies, found);
            if let Step::Suspend(what) = bound.step {
                budgets.suspend.push((what, place));
            }
            let counts = !matches!(bound.meter, Meter::Runtime | Meter::InFlight | Meter::Denials);
            let room = tally(present, total_at)
                .filter(|_| counts && total > 0)
                .and_then(|tally| tally.sums.room_at(shape, reading.early, bound.most, amount));
            match room {
                Some(at) => budgets.room_at = budgets.room_at.max(Some(at)),
                None => budgets.never = true,
            }
            "denies"
        }
        Step::Warn if marked => "has spoken",
        Step::Warn => {
            let until = until(limit, reading.late);
            budgets.marks.push((total_at, one.meter, one.step, until));
            findings.warn(found);
            "warns"
        }
        Step::Challenge(_) if marked => "was lifted",
        Step::Challenge(id) => {
            found.code = "challenge";
            let place = charged_place(prepared, charged, one, place);
            findings.add(Weight::Asks(Question::Step(id, place)), found);
            "asks"
        }
    }
}

fn tally<'p>(present: &Present<'p, '_>, place: usize) -> Option<&'p Tally> {
    match present.at(place) {
        Some(Row::Tally(tally)) => Some(tally),
        _ => None,
    }
}

fn summand_message(prepared: &Prepared<'_>, one: &OneLine<'_>) -> (&'static str, String) {
    let program = prepared.contract().program();
    let slot = one.line.amount.and_then(|node| program.nodes.get(node.index())).map(|node| &node.op);
    if let Some(Op::Slot(slot)) = slot
        && let Some(Lack::Host(name)) = lack(prepared, *slot)
    {
        return ("host.missing", format!("the host does not say `{name}`"));
    }
    ("limit.summand", "the amount is negative, missing or out of range".to_owned())
}

fn reason(
    findings: &Findings<'_>,
    limit: &Limit,
    bound: Option<&Bound>,
    origin: agentpass_ir::Origin,
    code: &'static str,
    message: String,
) -> Reason {
    let rule = match bound.and_then(|bound| bound.name.as_ref()) {
        Some(name) => format!("{}/{name}", limit.id),
        None => limit.id.clone(),
    };
    Reason { code, rule: Some(rule), message, audit: None, place: Some(findings.place(origin)) }
}

fn exhausted(limit: &Limit, bound: &Bound) -> String {
    let most = shown(bound, bound.most);
    match bound.step {
        // A step on the way is no end: whoever is asked is asked because it was passed.
        Step::Warn | Step::Challenge(_) => format!("the limit `{}` is above {most}", limit.id),
        Step::Deny | Step::Suspend(_) => format!("the limit `{}` is at most {most}", limit.id),
    }
}

fn shown(bound: &Bound, amount: i128) -> String {
    let plural = |one: &str, many: &str| format!("{amount} {}", if amount == 1 { one } else { many });
    match bound.meter {
        Meter::Calls => plural("call", "calls"),
        Meter::Retries => plural("retry", "retries"),
        Meter::Denials => plural("denial", "denials"),
        Meter::InFlight => format!("{amount} in flight"),
        Meter::Tokens => plural("token", "tokens"),
        Meter::Sum(currency) | Meter::Cost(currency) => Money { nano: amount, currency }.to_string(),
        Meter::Runtime => Duration::from_nanos(i64::try_from(amount).unwrap_or(i64::MAX)).to_string(),
    }
}

fn remaining(label: &Arc<str>, bound: &Bound, left: i128) -> Remaining {
    let left = match bound.meter {
        Meter::Sum(currency) | Meter::Cost(currency) => Left::Money(Money { nano: left, currency }),
        Meter::Runtime => Left::Time(Duration::from_nanos(i64::try_from(left).unwrap_or(i64::MAX))),
        _ => Left::Count(left),
    };
    Remaining { limit: Arc::clone(label), left }
}

impl Budgets<'_> {
    /// What is left of the limits, with the call or without it.
    pub(super) fn remaining(&self, allowed: bool) -> Vec<Remaining> {
        let one = |(label, bound, [before, after]): &(&Arc<str>, &Bound, [i128; 2])| {
            remaining(label, bound, if allowed { *after } else { *before })
        };
        self.left.iter().map(one).collect()
    }

    /// When all that is exhausted has room again, if time is enough.
    pub(super) fn room_at(&self) -> Option<Timestamp> {
        self.room_at.filter(|_| !self.never)
    }

    /// What is counted when the call is allowed.
    pub(super) fn charges(&self, permit: PermitId, all: &mut Vec<Change>) {
        let mut push = |place: usize, meter: u32, delta: Delta| {
            all.push(Change { row: place.into(), form: FormRef::Meter(meter), delta });
        };
        for counted in &self.counted {
            let delta = match counted.of {
                Meter::Denials | Meter::Runtime => continue,
                Meter::InFlight => {
                    Delta::Lease(permit, counted.lease.and_then(|lease| self.at.checked_add(lease)))
                }
                _ if counted.amount == 0 => continue,
                _ => Delta::Charge {
                    at: self.at,
                    early: self.early,
                    amount: counted.amount,
                    open: Some(permit),
                },
            };
            push(counted.place, counted.meter, delta);
        }
        for &(place, meter, bound, until) in &self.marks {
            push(place, meter, Delta::Mark(bound, until));
        }
    }

    /// What the call holds until its outcome is known.
    pub(super) fn held(&self, prepared: &Prepared<'_>) -> Vec<Held> {
        let meters = &prepared.house.plan.meters;
        let holds = |counted: &&Counted<'_>| {
            counted.shape.is_some() && !matches!(counted.of, Meter::Denials | Meter::Runtime)
        };
        let mut held = Vec::with_capacity(self.counted.len());
        held.extend(self.counted.iter().filter(holds).filter_map(|counted| {
            Some(Held {
                key: prepared.touched.key(counted.place)?.clone(),
                meter: meters.get(counted.meter as usize).map(|meter| meter.name).unwrap_or_default(),
                amount: counted.amount,
            })
        }));
        held
    }

    /// What a denial suspends.
    pub(super) fn suspensions(&self, prepared: &Prepared<'_>) -> Vec<Change> {
        self.suspend.iter().flat_map(|(what, job)| super::denials::suspend(prepared, *what, *job)).collect()
    }
}
