//! What a monitor keeps per key (semantics 19): which calls are open, and what is known of those that ended.
//!
//! A question is answered for every way in which the open calls could end. So each answer has a sure part and a possible
//! one: what is true of calls that ended for certain, and what open calls, and those of which nobody knows how they ended,
//! could make true.

use agentpass_ir::{Keep, Phase, Value, Window};
use agentpass_values::{Duration, Timestamp};

use super::permit::PermitId;
use super::recent::Recent;
use super::size::{parts, room, trim};
use super::sums::{Shape, Sums};
use crate::eval::Values;
use crate::planted::planted;

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
    /// The same, of those of which nobody knows.
    sums_maybe: Sums,
    /// The values that a part of them had: of calls that count for certain, and of those of which nobody knows.
    values: Option<Box<(Recent, Recent)>>,
}

/// A call without an outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct Open {
    /// The call.
    pub permit: PermitId,
    /// When it began.
    pub at: Timestamp,
    /// False where nobody knows whether its arguments are those that are looked for.
    pub sure: bool,
    /// Until when it counts as in flight.
    pub lease: Option<Timestamp>,
    /// Its summand.
    pub amount: i128,
    /// Its parts that rules read.
    pub parts: Vec<Value>,
}

/// A call that ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Span {
    /// The transaction in which it began.
    begin: u64,
    /// The transaction in which it ended.
    end: u64,
    /// When that was.
    at: Timestamp,
}

/// The call that rules read.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    /// The transaction in which it ended.
    pub end: u64,
    /// When that was.
    pub at: Timestamp,
    /// Its parts.
    pub parts: Vec<Value>,
}

/// Calls that may be the one that rules read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Maybe {
    /// The transaction in which the one ended that would be it first of all.
    pub end: u64,
    /// The earliest and the latest time at which one of them did.
    pub at: (Timestamp, Timestamp),
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
    pub at: Timestamp,
    /// The earlier reading of the clock now: what it no longer sees has left.
    pub early: Timestamp,
    /// False where nobody knows whether it counts.
    pub sure: bool,
    /// Its summand.
    pub amount: i128,
    /// Its parts that rules read.
    pub parts: Vec<Value>,
}

/// How many spans are kept beside each other. More than one is only needed where calls overlap; without the oldest a
/// question may be answered more strictly.
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
                push(if ended.sure { &mut self.spans } else { &mut self.maybe }, span);
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
                let (first, last) = self.kept_maybe.map_or((ended.at, ended.at), |maybe| maybe.at);
                let at = (first.min(ended.at), last.max(ended.at));
                self.kept_maybe = Some(Maybe { end: ended.end, at });
            }
            Keep::First(_) => {
                self.kept_maybe.get_or_insert(Maybe { end: ended.end, at: (ended.at, ended.at) });
            }
            Keep::Count { .. } | Keep::Sum { .. } => {
                let window = window_of(keep);
                let shape = shape_of(keep, &window);
                let amount = if matches!(keep, Keep::Sum { .. }) { ended.amount } else { 1 };
                let sums = if ended.sure { &mut self.sums } else { &mut self.sums_maybe };
                sums.add(shape, ended.at, ended.early, amount, None);
            }
            Keep::Distinct { most, .. } => {
                let both = self.values.get_or_insert_default();
                let values = if ended.sure { &mut both.0 } else { &mut both.1 };
                values.add(ended.parts.into_iter().next().unwrap_or(Value::Unknown), ended.at, *most);
            }
            Keep::Open => {}
        }
    }

    /// The values that there were: whether each is sure, and whether there may be others.
    pub fn values(&self, wanted: Wanted, early: Timestamp, found: &mut Values) {
        let Wanted { phase, within, late } = wanted;
        let window = within.map_or(Window::Lifetime, Window::Rolling);
        let surely = |at| is_inside(at, &window, late);
        let maybe = |at| is_inside(at, &window, early);
        if let Some(both) = &self.values {
            both.0.since(surely).for_each(|value| found.add(value, true));
            both.0.since(maybe).chain(both.1.since(maybe)).for_each(|value| found.add(value, false));
            found.more |= both.0.is_cut(maybe) || both.1.is_cut(maybe);
        }
        for open in &self.open {
            let (sure, possible) = match phase {
                Phase::Attempted => (false, false),
                Phase::Started => (open.sure && surely(open.at), maybe(open.at)),
                // It may end well this very moment.
                Phase::Completed | Phase::Failed => (false, !planted(226)),
            };
            match open.parts.first() {
                Some(value) if sure || possible => found.add(value, sure),
                None if possible => found.more = true,
                _ => {}
            }
        }
    }

    /// How many there were: for certain, and at the most.
    #[must_use]
    pub fn calls(&self, keep: &Keep, wanted: Wanted, early: Timestamp) -> (i64, i64) {
        let Wanted { phase, within, late } = wanted;
        // What is kept may reach further back, for somebody else.
        let window = within.map_or(Window::Lifetime, Window::Rolling);
        let shape = shape_of(keep, &window);
        let (sure, possible) = self.open_in(phase, &window, early, late);
        let least = self.sums.total(shape, late).saturating_add(sure);
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
                let sure =
                    self.open.iter().filter(|open| open.sure && is_inside(open.at, window, late)).count();
                let possible = self.open.iter().filter(|open| is_inside(open.at, window, early)).count();
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
        let counts = |open: &&Open| phase != Phase::Started || is_inside(open.at, &window, early);
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
            + self.sums_maybe.heap()
            + self
                .values
                .as_ref()
                .map_or(0, |both| room::<(Recent, Recent)>(1) + both.0.heap() + both.1.heap())
    }

    /// True where nothing that is kept can ever matter again.
    #[must_use]
    pub fn is_over(&self, keep: &Keep, now: Timestamp) -> bool {
        let window = window_of(keep);
        let Window::Rolling(length) = &window else { return *self == Watch::default() };
        let oldest = now.nanos().saturating_sub(length.nanos());
        let shape = shape_of(keep, &window);
        self.open.is_empty()
            && self.kept.is_none()
            && self.spans.iter().chain(&self.maybe).all(|span| span.at.nanos() < oldest)
            && self.sums.is_over(shape, now)
            && self.sums_maybe.is_over(shape, now)
            && self.values.as_ref().is_none_or(|both| {
                let inside = |at: Timestamp| at.nanos() >= oldest;
                both.0.is_over(inside) && both.1.is_over(inside)
            })
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

/// Adds a span, and drops those that it makes superfluous: what began and ended earlier proves less and spoils less.
fn push(spans: &mut Vec<Span>, span: Span) {
    spans.retain(|other| other.begin > span.begin || other.end > span.end || other.at > span.at);
    spans.push(span);
    if spans.len() > MOST_SPANS {
        spans.remove(0);
    }
}

fn window_of(keep: &Keep) -> Window {
    let within = match keep {
        Keep::Spans { within }
        | Keep::Count { within, .. }
        | Keep::Sum { within, .. }
        | Keep::Distinct { within, .. } => *within,
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

/// What is asked of evidence, and of counts.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// At which moment a call counts.
    pub phase: Phase,
    /// How far back.
    pub within: Option<Duration>,
    /// Evidence expires by the later of two readings.
    pub late: Timestamp,
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
pub fn evidence(rows: &[&Watch], wanted: Wanted) -> Vec<Evidence> {
    let inside = |at: Timestamp| {
        let edge = i64::from(planted(121));
        wanted
            .within
            .is_none_or(|within| at.nanos() >= wanted.late.nanos().saturating_sub(within.nanos()) + edge)
    };
    let mut all = Vec::new();
    for row in rows {
        let ended = |spans: &[Span], sure: bool| -> Vec<Evidence> {
            let inside = spans.iter().filter(|span| inside(span.at));
            inside.map(|span| Evidence { begin: span.begin, sure }).collect()
        };
        all.extend(ended(&row.spans, true));
        all.extend(ended(&row.maybe, false));
        for open in &row.open {
            match wanted.phase {
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
