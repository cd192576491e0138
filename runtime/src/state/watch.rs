//! What a monitor keeps per key (semantics 19): which calls are open, and what is known of those that ended.
//!
//! A question is answered for every way in which the open calls could end. So each answer has a sure part and a possible
//! one: what is true of calls that ended for certain, and what open calls, and those of which nobody knows how they ended,
//! could make true.

mod since;

use agentpass_ir::{Keep, Phase, Value, Window};
use agentpass_values::{Duration, Timestamp};
use smallvec::SmallVec;

use super::permit::PermitId;
use super::recent::{Had, Recent};
use super::runs::{Run, Runs};
use super::size::{parts, room, trim};
use super::sums::{Shape, Sums};
use crate::clock::Reading;
use crate::eval::Values;
use crate::planted::planted;

pub use since::Spoilt;

/// What is kept of the calls of one tool, or of one event, under one key.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Watch {
    /// Calls without an outcome.
    pub open: Vec<Open>,
    /// Calls that ended and can still matter as evidence, or against it: of two of which one began and ended later, only
    /// that one.
    spans: Vec<Span>,
    /// The same, of calls of which nobody knows whether they count.
    maybe: Vec<Span>,
    /// The one that rules read: the latest, or the first.
    kept: Option<Kept>,
    /// Those of which nobody knows whether they count, as far as one of them may be the one.
    kept_maybe: Option<Maybe>,
    /// How many, or how much.
    sums: Sums,
    /// Of counts, where the clock ran backwards: when those that count for certain happened by the earlier reading, the last of
    /// all. Otherwise the totals know.
    early: Option<Vec<i64>>,
    /// The same, of those of which nobody knows.
    sums_maybe: Sums,
    /// The values that a part of them had.
    values: Option<Box<Had>>,
    /// The calls themselves: those that count for certain, and those of which nobody knows.
    runs: Option<Box<(Runs, Runs)>>,
}

/// A call without an outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct Open {
    /// The call.
    pub permit: PermitId,
    /// When it began.
    pub at: Reading,
    /// False where nobody knows whether its arguments are those that are looked for.
    pub sure: bool,
    /// Until when it counts as in flight.
    pub lease: Option<Timestamp>,
    /// Its summand.
    pub amount: i128,
    /// Its parts that rules read.
    pub parts: Vec<Value>,
}

impl Open {
    /// Whether it counts for certain, and whether it may; of one that has begun, where its beginning lies inside.
    fn counts(&self, phase: Phase, surely: bool, maybe: bool) -> (bool, bool) {
        match phase {
            Phase::Attempted => (false, false),
            // It has begun, and that is all that is asked.
            Phase::Started => (self.sure && surely, maybe),
            // It may end well this very moment.
            Phase::Completed | Phase::Failed => (false, true),
        }
    }
}

/// A call that ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Span {
    /// The transaction in which it began.
    begin: u64,
    /// The transaction in which it ended.
    end: u64,
    /// When that was.
    at: Reading,
}

/// The call that rules read.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    /// The transaction in which it ended.
    pub end: u64,
    /// When that was.
    pub at: Reading,
    /// Its parts.
    pub parts: Vec<Value>,
}

/// Calls that may be the one that rules read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Maybe {
    /// The transaction in which the one ended that would be it first of all.
    pub end: u64,
    /// The earliest and the latest time at which one of them did.
    pub at: (Reading, Reading),
}

/// What a row says about the call that rules read.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidates {
    /// The one that counts for certain.
    pub kept: Option<Kept>,
    /// Those that may count.
    pub maybe: Option<Maybe>,
    /// True where some are open and may come to count.
    pub open: bool,
}

/// Something that a call did, for a monitor.
#[derive(Clone, PartialEq, Debug)]
pub struct Ended {
    /// The transaction in which it began.
    pub begin: u64,
    /// The transaction in which it ended.
    pub end: u64,
    /// When that was.
    pub at: Reading,
    /// The earlier reading of the clock now: what it no longer sees has left.
    pub early: Timestamp,
    /// False where nobody knows whether it counts.
    pub sure: bool,
    /// Its summand.
    pub amount: i128,
    /// Its parts that rules read.
    pub parts: Vec<Value>,
}

/// How many spans are kept beside each other. More than one is only needed where calls overlap; what is too much is kept as a
/// possibility, so that a question may be answered more strictly.
const MOST_SPANS: usize = 16;

impl Watch {
    /// A call begins.
    pub fn begin(&mut self, open: Open) {
        self.open.push(open);
    }

    /// A call is no longer open.
    pub fn close(&mut self, permit: PermitId) -> Option<Open> {
        let place = self.open.iter().position(|open| open.permit == permit)?;
        let open = self.open.remove(place);
        trim(&mut self.open);
        Some(open)
    }

    /// Something counts, or may.
    pub fn count(&mut self, keep: &Keep, ended: Ended) {
        match keep {
            Keep::Spans { .. } => {
                let span = Span { begin: ended.begin, end: ended.end, at: ended.at };
                let too_much = if ended.sure { push(&mut self.spans, span) } else { Some(span) };
                if let Some(span) = too_much
                    && let Some(mut oldest) = push(&mut self.maybe, span)
                    && let Some(next) = self.maybe.first_mut()
                {
                    // Two become one that can be both.
                    oldest.join(next);
                    *next = oldest;
                }
            }
            Keep::Latest(_) if ended.sure => {
                // What has begun later may end sooner.
                if self.kept.as_ref().is_none_or(|kept| kept.end < ended.end) {
                    self.kept_maybe = self.kept_maybe.filter(|maybe| maybe.end > ended.end);
                    self.kept = Some(Kept { end: ended.end, at: ended.at, parts: ended.parts });
                }
            }
            Keep::First(_) if ended.sure => {
                if self.kept.as_ref().is_none_or(|kept| kept.end > ended.end) {
                    self.kept = Some(Kept { end: ended.end, at: ended.at, parts: ended.parts });
                }
            }
            Keep::Latest(_) => {
                let (mut first, mut last) = self.kept_maybe.map_or((ended.at, ended.at), |maybe| maybe.at);
                first.early = first.early.min(ended.at.early);
                first.late = first.late.min(ended.at.late);
                last.early = last.early.max(ended.at.early);
                last.late = last.late.max(ended.at.late);
                let at = (first, last);
                self.kept_maybe = Some(Maybe { end: ended.end, at });
            }
            Keep::First(_) => {
                self.kept_maybe.get_or_insert(Maybe { end: ended.end, at: (ended.at, ended.at) });
            }
            Keep::Count { .. } | Keep::Sum { .. } => {
                let window = window_of(keep);
                let shape = shape_of(keep, &window);
                let amount = if matches!(keep, Keep::Sum { .. }) { ended.amount } else { 1 };
                if let (true, Keep::Count { most, within: Some(_) }) = (ended.sure, keep) {
                    self.count_early(ended.at, *most);
                }
                let sums = if ended.sure { &mut self.sums } else { &mut self.sums_maybe };
                // What bounds from above counts until the later reading has passed.
                sums.add(shape, ended.at.late, ended.early, amount, None);
            }
            Keep::Distinct { most, within, .. } => {
                let all = self.values.get_or_insert_default();
                let mut add = |value| all.add(value, ended.at, ended.sure, within.is_some(), *most);
                match ended.parts.into_iter().next() {
                    Some(Value::List(elements)) => elements.into_iter().for_each(add),
                    value => add(value.unwrap_or(Value::Unknown)),
                }
            }
            Keep::Runs { .. } | Keep::Spent { .. } => {
                let both = self.runs.get_or_insert_default();
                let runs = if ended.sure { &mut both.0 } else { &mut both.1 };
                let run = Run { begin: ended.begin, at: ended.at, amount: ended.amount };
                match keep {
                    Keep::Runs { most, .. } => runs.count(run, *most),
                    _ => {
                        let window = window_of(keep);
                        runs.spend(run, |at| !is_inside(at, &window, ended.early));
                    }
                }
            }
            Keep::Open => {}
        }
    }

    /// The values that there were: whether each is sure, and whether there may be others.
    pub fn values(&self, phase: Phase, within: Option<Duration>, now: Reading, found: &mut Values) {
        let window = within.map_or(Window::Lifetime, Window::Rolling);
        let surely = |at| is_inside(at, &window, now.late);
        let maybe = |at| is_inside(at, &window, now.early);
        if let Some(all) = &self.values {
            let known = all.early.as_ref().unwrap_or(&all.sure);
            known.since(surely).for_each(|value| found.add(value, true));
            all.sure.since(maybe).chain(all.maybe.since(maybe)).for_each(|value| found.add(value, false));
            found.more |= all.sure.is_cut(maybe) || all.maybe.is_cut(maybe);
        }
        for open in &self.open {
            let (sure, possible) = open.counts(phase, surely(open.at.early), maybe(open.at.late));
            let possible = possible && !planted(226);
            match open.parts.first() {
                Some(Value::List(elements)) if sure || possible => {
                    elements.iter().for_each(|value| found.add(value, sure));
                }
                Some(value) if sure || possible => found.add(value, sure),
                None if possible => found.more = true,
                _ => {}
            }
        }
    }

    /// Of what may have counted since a moment it is known by now whether it does: it is not counted twice. What may be evidence, or
    /// spoil it, stays possible.
    pub fn resolve(&mut self, keep: &Keep, at: Timestamp, amount: i128) {
        let window = window_of(keep);
        let shape = shape_of(keep, &window);
        match keep {
            Keep::Count { .. } => self.sums_maybe.take_back(shape, at, 1, PermitId(u64::MAX)),
            // Of what is too much nobody knows how much it was.
            Keep::Sum { .. } if amount < i128::MAX => {
                self.sums_maybe.take_back(shape, at, amount, PermitId(u64::MAX));
            }
            Keep::Runs { .. } | Keep::Spent { .. } => {
                if let Some(both) = &mut self.runs {
                    both.1.forget(at, amount);
                }
            }
            _ => {}
        }
    }

    /// Notes when something happened by the earlier reading, once the clock ran backwards: as evidence it expires with that.
    fn count_early(&mut self, at: Reading, most: u32) {
        if at.is_sure() && self.early.is_none() {
            return;
        }
        // Until now both readings were the same.
        let all = self.early.get_or_insert_with(|| self.sums.moments().collect());
        let early = at.early.nanos();
        all.insert(all.partition_point(|other| *other <= early), early);
        if all.len() > most as usize {
            all.remove(0);
        }
    }

    /// How many there were: for certain, and at the most.
    #[must_use]
    pub fn calls(&self, keep: &Keep, phase: Phase, within: Option<Duration>, now: Reading) -> (i64, i64) {
        let Reading { early, late } = now;
        // What is kept may reach further back, for somebody else.
        let window = within.map_or(Window::Lifetime, Window::Rolling);
        let shape = shape_of(keep, &window);
        let (sure, possible) = self.open_in(phase, &window, early, late);
        let known = match (&self.early, &window) {
            (Some(all), Window::Rolling(length)) if !planted(228) => {
                let oldest = late.nanos().saturating_sub(length.nanos());
                (all.len() - all.partition_point(|at| *at < oldest)) as i128
            }
            _ => self.sums.total(shape, late),
        };
        let least = known.saturating_add(sure);
        let most = self.sums.at_most(shape, early).saturating_add(self.sums_maybe.at_most(shape, early));
        let most = most.saturating_add(possible);
        let small = |total: i128| i64::try_from(total).unwrap_or(i64::MAX);
        // A full row says "at least so many".
        let full = matches!(keep, Keep::Count { most: kept, within: Some(_) } if most >= i128::from(*kept));
        (small(least), if full { i64::MAX } else { small(most) })
    }

    /// Open calls that count already, and those that may come to count.
    fn open_in(&self, phase: Phase, window: &Window, early: Timestamp, late: Timestamp) -> (i128, i128) {
        match phase {
            Phase::Attempted => (0, 0),
            // An open call has begun, which is all that is asked.
            Phase::Started => {
                let inside = |open: &&Open| open.sure && is_inside(open.at.early, window, late);
                let sure = self.open.iter().filter(inside).count();
                let possible = self.open.iter().filter(|open| is_inside(open.at.late, window, early)).count();
                (sure as i128, possible as i128)
            }
            Phase::Completed | Phase::Failed => (0, self.open.len() as i128),
        }
    }

    /// The sum: never less than it is.
    #[must_use]
    pub fn sum(&self, keep: &Keep, phase: Phase, early: Timestamp) -> i128 {
        let window = window_of(keep);
        let shape = shape_of(keep, &window);
        let ended = self.sums.total(shape, early).saturating_add(self.sums_maybe.total(shape, early));
        let counts = |open: &&Open| phase != Phase::Started || is_inside(open.at.late, &window, early);
        self.open.iter().filter(counts).fold(ended, |sum, open| sum.saturating_add(open.amount))
    }

    /// How many are in flight.
    #[must_use]
    pub fn in_flight(&self, early: Timestamp) -> i64 {
        let is_live = |open: &&Open| open.lease.is_none_or(|lease| early <= lease || planted(207));
        let live = self.open.iter().filter(is_live).count();
        i64::try_from(live).unwrap_or(i64::MAX)
    }

    /// The call that rules read, and those that may be it.
    #[must_use]
    pub fn kept(&self, keep: &Keep, phase: Phase) -> Candidates {
        let maybe = self.kept_maybe;
        if phase != Phase::Started {
            return Candidates {
                kept: self.kept.clone(),
                maybe,
                open: !self.open.is_empty() && !planted(208),
            };
        }
        // One that is open has begun. They are in the order in which they did.
        let mut own = self.open.iter().filter(|open| open.sure);
        let chosen = if matches!(keep, Keep::Latest(_)) { own.next_back() } else { own.next() };
        let open = chosen.map(|open| Kept { end: open.permit.0, at: open.at, parts: open.parts.clone() });
        let both = [self.kept.clone(), open].into_iter().flatten();
        let kept = chosen_of(both, keep);
        Candidates { kept, maybe, open: self.open.iter().any(|open| !open.sure) }
    }

    /// The bytes that a row takes besides itself.
    pub(super) fn heap(&self) -> usize {
        let open: usize = self.open.iter().map(|open| parts(&open.parts)).sum();
        room::<Open>(self.open.capacity())
            + open
            + room::<Span>(self.spans.capacity())
            + room::<Span>(self.maybe.capacity())
            + self.kept.as_ref().map_or(0, |kept| parts(&kept.parts))
            + self.sums.heap()
            + self.early.as_ref().map_or(0, |all| room::<i64>(all.capacity()))
            + self.sums_maybe.heap()
            + self.values.as_ref().map_or(0, |all| {
                room::<Had>(1)
                    + all.sure.heap()
                    + all.early.as_ref().map_or(0, Recent::heap)
                    + all.maybe.heap()
            })
            + self.runs.as_ref().map_or(0, |both| room::<(Runs, Runs)>(1) + both.0.heap() + both.1.heap())
    }

    /// True where nothing that is kept can ever matter again: it has left the window by the earlier reading.
    #[must_use]
    pub fn is_over(&self, keep: &Keep, now: Timestamp) -> bool {
        let window = window_of(keep);
        let Window::Rolling(length) = &window else { return *self == Watch::default() };
        let oldest = now.nanos().saturating_sub(length.nanos());
        let shape = shape_of(keep, &window);
        let inside = |at: Timestamp| at.nanos() >= oldest;
        self.open.is_empty()
            && self.kept.is_none()
            && self.spans.iter().chain(&self.maybe).all(|span| span.at.late.nanos() < oldest)
            && self.sums.is_over(shape, now)
            && self.sums_maybe.is_over(shape, now)
            && self.values.as_ref().is_none_or(|all| all.sure.is_over(inside) && all.maybe.is_over(inside))
            && self.runs.as_ref().is_none_or(|both| both.0.is_over(inside) && both.1.is_over(inside))
    }
}

/// The latest, or the first.
pub fn chosen_of(all: impl Iterator<Item = Kept>, keep: &Keep) -> Option<Kept> {
    match keep {
        Keep::Latest(_) => all.max_by_key(|kept| kept.end),
        _ => all.min_by_key(|kept| kept.end),
    }
}

fn is_inside(at: Timestamp, window: &Window, now: Timestamp) -> bool {
    match window {
        Window::Rolling(length) => at.nanos() >= now.nanos().saturating_sub(length.nanos()),
        _ => true,
    }
}

impl Span {
    /// Becomes one that proves and spoils whatever one of both does.
    fn join(&mut self, other: &Span) {
        self.begin = self.begin.max(other.begin);
        self.end = self.end.max(other.end);
        self.at.early = self.at.early.max(other.at.early);
        self.at.late = self.at.late.max(other.at.late);
    }
}

/// Adds a span, and drops those that it makes superfluous: what began and ended earlier proves less and spoils less. Gives the
/// oldest, where there are too many.
fn push(spans: &mut Vec<Span>, span: Span) -> Option<Span> {
    spans.retain(|other| {
        other.begin > span.begin
            || other.end > span.end
            || other.at.early > span.at.early
            || other.at.late > span.at.late
    });
    spans.push(span);
    (spans.len() > MOST_SPANS).then(|| spans.remove(0))
}

fn window_of(keep: &Keep) -> Window {
    let within = match keep {
        Keep::Spans { within }
        | Keep::Count { within, .. }
        | Keep::Sum { within, .. }
        | Keep::Distinct { within, .. }
        | Keep::Runs { within, .. }
        | Keep::Spent { within, .. } => *within,
        Keep::Latest(_) | Keep::First(_) | Keep::Open => None,
    };
    within.map_or(Window::Lifetime, Window::Rolling)
}

fn shape_of<'w>(keep: &Keep, window: &'w Window) -> Shape<'w> {
    let most = match keep {
        Keep::Count { most, .. } => Some(*most),
        _ => None,
    };
    Shape { window, most }
}

/// Something that can be evidence: when it began, and whether it is sure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The transaction in which it began.
    pub begin: u64,
    /// It ended for certain as is asked.
    pub sure: bool,
}

/// All that can be evidence, in several rows: one for each scope in which it may have been reported.
pub fn evidence(rows: &[&Watch], phase: Phase, inside: impl Fn(Reading) -> bool) -> SmallVec<[Evidence; 4]> {
    let mut all = SmallVec::new();
    for row in rows {
        let inside_of = |spans: &'_ [Span], sure: bool, all: &mut SmallVec<[Evidence; 4]>| {
            let inside = spans.iter().filter(|span| inside(span.at));
            all.extend(inside.map(|span| Evidence { begin: span.begin, sure }));
        };
        inside_of(&row.spans, true, &mut all);
        inside_of(&row.maybe, false, &mut all);
        for open in &row.open {
            match phase {
                Phase::Attempted => {}
                // It began then, and that is all that is asked.
                Phase::Started if inside(open.at) => {
                    all.push(Evidence { begin: open.permit.0, sure: open.sure });
                }
                Phase::Started => {}
                // It may end well this very moment.
                Phase::Completed | Phase::Failed => all.push(Evidence { begin: open.permit.0, sure: false }),
            }
        }
    }
    all
}

/// What spoils evidence that began then: for certain, and possibly.
#[must_use]
pub fn spoils(rows: &[&Watch], phase: Phase, begin: u64) -> (bool, bool) {
    let mut spoilt = (false, false);
    for row in rows {
        spoilt.0 |= row.spans.iter().any(|span| (if planted(205) { span.begin } else { span.end }) > begin);
        spoilt.1 |= row.maybe.iter().any(|span| span.end > begin && !planted(206));
        match phase {
            Phase::Attempted => {}
            // One that has begun and is open goes on since.
            Phase::Started => {
                spoilt.0 |= row.open.iter().any(|open| open.sure && !planted(119));
                spoilt.1 |= row.open.iter().any(|open| !open.sure);
            }
            Phase::Completed | Phase::Failed => spoilt.1 |= !row.open.is_empty(),
        }
    }
    spoilt
}

#[cfg(test)]
mod tests;
