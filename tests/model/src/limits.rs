//! Limits: what was counted, what is held, and whether there is room (semantics 16, 17, 21 to 23).

use std::collections::BTreeMap;

use crate::asks::Question;
use crate::calendar::{next, unit};
use crate::contract::{Bound, Cond, Limit, Meter, Millis, Part, Stop, Then, Window};
use crate::judge::Found;
use crate::log::{About, Judged, Mark, Spent, Stamp, Verdict, digest};
use crate::model::Model;
use crate::step::{Args, Call, Figures, START, Who};

/// What the limits of a call say.
#[derive(Clone, Debug, Default)]
pub struct Budgets {
    /// What is left of each bound, without the call and with it.
    left: BTreeMap<String, [i64; 2]>,
    /// When all that is exhausted has room again.
    pub room_at: Option<i64>,
    never: bool,
    /// Warnings that were not spoken before.
    pub marks: Vec<Mark>,
}

impl Figures {
    /// True where a bound counts one of them that is negative.
    #[must_use]
    pub fn is_unfit(&self, bound: &Bound) -> bool {
        match bound.meter {
            Meter::Tokens => self.tokens < 0,
            Meter::Cost => self.cost < 0,
            _ => false,
        }
    }
}

impl Budgets {
    /// What is left, with the call or without it.
    #[must_use]
    pub fn left(&self, allowed: bool) -> BTreeMap<String, i64> {
        self.left
            .iter()
            .map(|(name, [without, with])| (name.clone(), if allowed { *with } else { *without }))
            .collect()
    }
}

/// Something that was counted.
struct Counted {
    at: Stamp,
    amount: i64,
}

impl Model {
    /// Judges every limit that counts the call.
    pub(crate) fn limits(&self, judged: &Judged, found: &mut Found) -> Budgets {
        let mut budgets = Budgets::default();
        let all = || self.contract.limits.iter().enumerate();
        let own = all().filter(|(_, limit)| limit.tool.is_some());
        // In the order in which they are written.
        for (at, limit) in own.chain(all().filter(|(_, limit)| limit.tool.is_none())) {
            if !counts(limit, &judged.call) {
                continue;
            }
            let id = self.contract.id(limit.tool, &limit.name);
            let own = limit.bounds.iter().enumerate().filter(|(_, bound)| counts_for(bound, &judged.call));
            let keys: Result<Vec<_>, _> =
                own.map(|(number, bound)| Ok((number, bound, keys_of_call(limit, bound, judged)?))).collect();
            match keys {
                Err(code) => found.deny(code, Some(id)),
                Ok(keys) => {
                    for (number, bound, keys) in keys {
                        self.bound(judged, (at, limit), (number, bound), &keys, &id, &mut budgets, found);
                    }
                }
            }
        }
        if budgets.never {
            budgets.room_at = None;
        }
        budgets
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one judgement")]
    fn bound(
        &self,
        judged: &Judged,
        (at, limit): (usize, &Limit),
        (number, bound): (usize, &Bound),
        keys: &[Vec<String>],
        id: &str,
        budgets: &mut Budgets,
        found: &mut Found,
    ) {
        let rule = format!("{id}/{}", bound.name);
        let Some(amount) = amount(bound, judged) else {
            found.deny("host.missing", Some(rule));
            return;
        };
        let totals: Vec<i64> =
            keys.iter().enumerate().map(|(job, key)| self.total(judged, limit, bound, key, job)).collect();
        let worst = totals.iter().copied().max().unwrap_or(0);
        if matches!(bound.then, Then::Deny | Then::Suspend(_)) {
            let left = |total: i64| (bound.most - total).max(0);
            budgets.left.insert(format!("{id}.{}", bound.name), [left(worst), left(worst + amount)]);
        }
        for (job, (key, total)) in keys.iter().zip(totals).enumerate() {
            if total + amount <= bound.most {
                continue;
            }
            let number = step(limit, bound).unwrap_or(number);
            let marked = self.is_marked(at, number, key);
            match bound.then {
                // Being stopped is what denies; who was let go again is stopped by the next denial.
                Then::Suspend(_) if bound.meter == Meter::Denials => {}
                Then::Deny | Then::Suspend(_) => {
                    found.deny("limit", Some(rule.clone()));
                    if let Then::Suspend(stop) = bound.then {
                        found.stops.push((stop, job));
                    }
                    match self.room(limit, bound, key, amount) {
                        Some(moment) => budgets.room_at = budgets.room_at.max(Some(moment)),
                        None => budgets.never = true,
                    }
                }
                Then::Warn if marked => {}
                Then::Warn => {
                    budgets.marks.push(Mark { at: self.now, limit: at, bound: number, key: key.clone() });
                    found.warnings.insert(rule.clone());
                }
                Then::Challenge(_) if marked => {}
                Then::Challenge(challenge) => {
                    let unit = match limit.window {
                        Window::Calendar(of, zone) => Some(unit(self.now.late, of, zone)),
                        _ => None,
                    };
                    let about = About::Step { limit: at, bound: number, key: key.clone(), unit };
                    found.asks.push((Question { challenge, about }, rule.clone()));
                }
            }
        }
    }

    /// How much there is under a key.
    fn total(&self, judged: &Judged, limit: &Limit, bound: &Bound, key: &[String], job: usize) -> i64 {
        let now = self.now;
        match bound.meter {
            Meter::InFlight => {
                let under = |other: &&Judged| {
                    other.is_started()
                        && counts(limit, &other.call)
                        && keys_of_call(limit, bound, other).is_ok_and(|keys| keys.iter().any(|of| of == key))
                };
                let flies = |other: &&Judged| match other.how() {
                    // Nobody knows whether it still runs: its lease ends by itself.
                    None | Some(crate::step::How::Unknown) => self
                        .contract
                        .tools
                        .get(other.call.tool)
                        .and_then(|tool| tool.runs)
                        .is_none_or(|runs| now.early <= other.at.late + runs),
                    Some(_) => false,
                };
                let all = self.log.calls.iter().filter(under).filter(flies);
                i64::try_from(all.count()).unwrap_or(i64::MAX)
            }
            Meter::Runtime => {
                let tenant = judged.call.who.tenant.as_deref();
                let began = judged.jobs.get(job).and_then(|job| self.begin(tenant, job));
                began.map_or(0, |began| now.late - began.early)
            }
            _ => {
                let all = self.counted(limit, bound, key);
                all.iter().filter(|one| inside(limit.window, one.at, now.early)).map(|one| one.amount).sum()
            }
        }
    }

    /// True where the host has said of a call what some limit cannot count.
    pub(crate) fn has_unfit(&self, judged: &Judged) -> bool {
        let Some(figures) = judged.end.and_then(|end| end.host) else { return false };
        self.contract.limits.iter().filter(|limit| counts(limit, &judged.call)).any(|limit| {
            limit.bounds.iter().any(|bound| counts_for(bound, &judged.call) && figures.is_unfit(bound))
        })
    }

    /// All that ever counted under a key, and was not given back.
    fn counted(&self, limit: &Limit, bound: &Bound, key: &[String]) -> Vec<Counted> {
        let mut all = Vec::new();
        for judged in &self.log.calls {
            let under =
                || keys_of_call(limit, bound, judged).is_ok_and(|keys| keys.iter().any(|of| of == key));
            if !counts(limit, &judged.call) || !counts_for(bound, &judged.call) || !under() {
                continue;
            }
            let amount = match bound.meter {
                Meter::Denials => i64::from(judged.decided.verdict == Verdict::Deny),
                _ if !judged.is_started() || self.releases(judged) => 0,
                // Actual figures come from the host.
                Meter::Tokens | Meter::Cost => {
                    let told = [judged.corrected, judged.end].into_iter().flatten().find_map(|end| end.host);
                    let actual = told.or(judged.call.host);
                    actual.map_or(0, |of| if bound.meter == Meter::Tokens { of.tokens } else { of.cost })
                }
                _ => amount(bound, judged).unwrap_or(0),
            };
            all.push(Counted { at: judged.at, amount });
        }
        for spent in &self.log.spent {
            if self.keys_of_spent(limit, bound, spent).iter().any(|of| of == key) {
                let amount = match bound.meter {
                    Meter::Tokens => spent.figures.tokens,
                    _ => spent.figures.cost,
                };
                all.push(Counted { at: spent.at, amount });
            }
        }
        all.retain(|counted| counted.amount > 0);
        all
    }

    /// The budgets in which something counts that was spent between calls: those whose keys no call has to tell.
    pub(crate) fn keys_of_spent(&self, limit: &Limit, bound: &Bound, spent: &Spent) -> Vec<Vec<String>> {
        if !matches!(bound.meter, Meter::Tokens | Meter::Cost) {
            return Vec::new();
        }
        let keys = keys(&limit.keys, &spent.who, &spent.jobs, None);
        keys.unwrap_or_default()
    }

    /// When there is room for so much more, should nothing else be counted, in nanoseconds since 1970.
    fn room(&self, limit: &Limit, bound: &Bound, key: &[String], amount: i64) -> Option<i64> {
        if amount > bound.most || matches!(bound.meter, Meter::Runtime | Meter::InFlight | Meter::Denials) {
            return None;
        }
        let counted = self.counted(limit, bound, key);
        let has_room = |moment: Millis| {
            let still = counted.iter().filter(|one| inside(limit.window, one.at, moment));
            still.map(|one| one.amount).sum::<i64>() + amount <= bound.most
        };
        let nanos = |at: Millis| (START + at) * 1_000_000;
        match limit.window {
            Window::Lifetime => None,
            Window::Rolling(length) => {
                let mut leave: Vec<Millis> = counted.iter().map(|one| one.at.late + length).collect();
                leave.sort_unstable();
                // The window is closed: it has left a moment later, whatever a moment is.
                let last = leave.into_iter().find(|moment| *moment >= self.now.early && has_room(moment + 1));
                last.map(|moment| nanos(moment) + 1)
            }
            Window::Calendar(of, zone) => {
                let mut moment = self.now.early;
                for _ in 0..1000 {
                    moment = next(moment, of, zone);
                    if has_room(moment) {
                        return Some(nanos(moment));
                    }
                }
                None
            }
        }
    }

    /// Whom the denial of a call stops, as one too many.
    pub(crate) fn stopped_by_denial(&self, judged: &Judged) -> Vec<(Stop, usize)> {
        let mut all = Vec::new();
        for limit in self.contract.limits.iter().filter(|limit| counts(limit, &judged.call)) {
            for bound in limit.bounds.iter().filter(|bound| bound.meter == Meter::Denials) {
                let Then::Suspend(stop) = bound.then else { continue };
                let keys = keys_of_call(limit, bound, judged).unwrap_or_default();
                for (job, key) in keys.iter().enumerate() {
                    if self.total(judged, limit, bound, key, job) + 1 > bound.most {
                        all.push((stop, job));
                    }
                }
            }
        }
        all
    }
}

/// True where something that was counted then is inside of the window at that moment. Budgets refill by the earlier reading of
/// the clock (semantics 25), so that is the one to ask with.
fn inside(window: Window, then: Stamp, now: Millis) -> bool {
    match window {
        Window::Lifetime => true,
        Window::Rolling(length) => then.late >= now - length,
        Window::Calendar(of, zone) => unit(then.late, of, zone) >= unit(now, of, zone),
    }
}

/// True where a limit counts a call.
fn counts(limit: &Limit, call: &Call) -> bool {
    limit.tool.is_none_or(|tool| tool == call.tool)
        && limit.when.as_ref().is_none_or(|when| holds(when, &call.args))
}

/// Bounds that say the same are one step: the number of the first of them.
fn step(limit: &Limit, bound: &Bound) -> Option<usize> {
    let same =
        |other: &Bound| (&other.meter, other.most, other.then) == (&bound.meter, bound.most, bound.then);
    limit.bounds.iter().position(same)
}

/// True where a bound counts calls of that tool.
fn counts_for(bound: &Bound, call: &Call) -> bool {
    match bound.meter {
        Meter::SumOf(tool) => tool == call.tool,
        _ => true,
    }
}

/// A condition that reads nothing but arguments.
#[must_use]
pub fn holds(cond: &Cond, args: &Args) -> bool {
    match cond {
        Cond::Number(op, value) => op.holds(args.n, *value),
        Cond::Kind(kind) => args.k == *kind,
        Cond::Is(value) => args.a == *value,
        Cond::Amount(op, value) => op.holds(args.m, *value),
        Cond::Not(of) => !holds(of, args),
        Cond::And(left, right) => holds(left, args) && holds(right, args),
        Cond::Or(left, right) => holds(left, args) || holds(right, args),
        _ => false,
    }
}

/// The budgets of a bound in which a call counts: its own, and where they are kept per job, those of the jobs above.
fn keys_of_call(limit: &Limit, bound: &Bound, judged: &Judged) -> Result<Vec<Vec<String>>, &'static str> {
    let mut parts = limit.keys.clone();
    if let Meter::CallsPer(part) = bound.meter {
        parts.push(part);
    }
    keys(&parts, &judged.call.who, &judged.jobs, Some(&judged.call))
}

fn keys(
    parts: &[Part],
    who: &Who,
    jobs: &[String],
    call: Option<&Call>,
) -> Result<Vec<Vec<String>>, &'static str> {
    let own = [who.job.clone().unwrap_or_default()];
    let jobs = if parts.contains(&Part::Job) && !jobs.is_empty() { jobs } else { &own };
    jobs.iter()
        .map(|job| {
            let mut key = vec![format!("{:?}", who.tenant)];
            for part in parts {
                key.push(match (part, call) {
                    (Part::Job, _) => who.job.as_ref().map(|_| job.clone()).ok_or("scope.job")?,
                    (Part::User, _) => who.user.clone().ok_or("scope.user")?,
                    (Part::Agent, _) => who.agent.clone().ok_or("scope.agent")?,
                    (Part::Tenant, _) => who.tenant.clone().ok_or("scope.tenant")?,
                    (Part::ArgA, Some(call)) => call.args.a.clone(),
                    (Part::ArgK, Some(call)) => call.args.k.word().to_owned(),
                    (Part::Tool, Some(call)) => call.tool.to_string(),
                    (Part::Digest, Some(call)) => digest(call),
                    (_, None) => return Err("unknown"),
                });
            }
            Ok(key)
        })
        .collect()
}

/// What a call counts against a bound; nothing where the host does not say.
fn amount(bound: &Bound, judged: &Judged) -> Option<i64> {
    Some(match bound.meter {
        Meter::Calls | Meter::CallsPer(_) | Meter::InFlight => 1,
        Meter::Retries => i64::from(judged.is_retry),
        Meter::Runtime | Meter::Denials => 0,
        Meter::Tokens => judged.call.host?.tokens,
        Meter::Cost => judged.call.host?.cost,
        Meter::Sum | Meter::SumOf(_) => judged.call.args.m,
    })
}
