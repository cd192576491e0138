//! Running totals over a window, from which what was not sent can be taken back.
//!
//! | window | kept as | exact |
//! | --- | --- | --- |
//! | as long as the key lives, or a unit of the calendar | one number | yes |
//! | a count in the last D | the times of the last N, and of all open calls | yes, up to N |
//! | a sum in the last D | each amount with its time, up to 120; then slices of D/64, each leaving as a whole | yes, up to 120 calls; then it refuses up to D/64 longer, never allows more |
//!
//! Windows are closed: what happened exactly D ago is inside (semantics 21). Nothing here keeps time; moments are
//! nanoseconds of the store's readings. Budgets refill by the earlier of two (semantics 25): so nothing is forgotten that it
//! may see again, and of the calendar two units are kept, for a clock that is set back into the one before.

use std::collections::VecDeque;
use std::ops::Range;

use agentpass_ir::Window;
use agentpass_values::{CalendarUnit, Timestamp, Zone};

use super::permit::PermitId;
use super::size::{room, trim};
use crate::planted::planted;

/// Into how many slices the window of a sum is cut.
pub const SLICES: i64 = 64;

/// And so many can lie in a closed window, with one that is about to leave.
const MOST_SLICES: usize = SLICES as usize + 2;

/// Up to so many amounts are kept each by itself.
const MOST_EXACT: usize = 120;

/// A total.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// When the unit of the calendar began that is counted.
    unit: i64,
    /// And until when no other one is: most moments lie between the two.
    next: i64,
    /// For lifetimes and units.
    total: i128,
    /// The unit before in which something was counted: when it began, and its total.
    before: (i64, i128),
    /// For counts in a window: the times of calls that can no longer be taken back, in order.
    times: VecDeque<i64>,
    /// How many of them had left when something was counted last.
    edge: Edge,
    /// The latest time that was dropped for those: a contract with a higher cap has to reckon with it.
    cut: Option<i64>,
    /// And of those that can, because they are open; in order as well.
    open: Vec<(PermitId, i64)>,
    /// For sums in a window, in order of time.
    slices: VecDeque<Slice>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Slice {
    first: i64,
    last: i64,
    amount: i128,
}

/// How a total is kept.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shape<'w> {
    /// Over which time.
    pub window: &'w Window,
    /// For counts: the greatest number that matters. For sums, nothing.
    pub most: Option<u32>,
}

impl Sums {
    /// The total, without what has left the window.
    #[must_use]
    pub fn total(&self, shape: Shape<'_>, now: Timestamp) -> i128 {
        match (shape.window, shape.most) {
            (Window::Lifetime, _) => self.total,
            (Window::Calendar(unit, zone), _) => {
                let start = self.start_of(*unit, zone, now);
                // A clock that went back lies in an older unit: what was counted since still counts.
                let since = |began: i64| start.is_none_or(|start| start <= began);
                let before = if since(self.before.0) { self.before.1 } else { 0 };
                if since(self.unit) { self.total.saturating_add(before) } else { 0 }
            }
            (Window::Rolling(length), Some(_)) => {
                let oldest = now.nanos().saturating_sub(length.nanos()) + i64::from(planted(121));
                let settled = self.times.len() - before(&self.times, self.edge, oldest);
                let open = self.open.len() - self.open.partition_point(|(_, at)| *at < oldest);
                (settled + open) as i128
            }
            (Window::Rolling(length), None) => {
                let oldest = now.nanos().saturating_sub(length.nanos());
                let oldest = oldest.saturating_add(i64::from(planted(201)));
                let inside = self.slices.iter().filter(|slice| slice.last >= oldest);
                inside.fold(0_i128, |sum, slice| sum.saturating_add(slice.amount))
            }
        }
    }

    /// The greatest total that there can be: as many as matter, where the times of the oldest were dropped under a lower cap.
    #[must_use]
    pub fn at_most(&self, shape: Shape<'_>, now: Timestamp) -> i128 {
        let total = self.total(shape, now);
        match (shape.window, shape.most, self.cut) {
            (Window::Rolling(length), Some(most), Some(cut))
                if cut >= now.nanos().saturating_sub(length.nanos()) =>
            {
                total.max(i128::from(most))
            }
            _ => total,
        }
    }

    /// Of counts in a window, the moments that are known.
    pub fn moments(&self) -> impl Iterator<Item = i64> {
        self.times.iter().copied()
    }

    /// Counts an amount at a moment. `early` is the earlier reading of the clock: what it no longer sees has left.
    pub fn add(
        &mut self,
        shape: Shape<'_>,
        now: Timestamp,
        early: Timestamp,
        amount: i128,
        open: Option<PermitId>,
    ) {
        let at = now.nanos();
        match (shape.window, shape.most) {
            (Window::Lifetime, _) => self.total = self.total.saturating_add(amount),
            (Window::Calendar(unit, zone), _) => {
                let start = self.start_of(*unit, zone, now).unwrap_or(at);
                if start > self.unit {
                    self.before = if planted(203) { (0, 0) } else { (self.unit, self.total) };
                    self.unit = start;
                    let until = zone.shown_until(*unit, Timestamp::from_nanos(start));
                    self.next = until.map_or(start, Timestamp::nanos);
                    self.total = 0;
                }
                self.in_unit(start, amount);
            }
            (Window::Rolling(length), Some(most)) => {
                let oldest = early.nanos().saturating_sub(length.nanos());
                self.edge = Edge(before(&self.times, self.edge, oldest));
                for _ in 0..amount.clamp(0, i128::from(most).saturating_add(1)) {
                    match open {
                        Some(permit) => self.keep_open(permit, at),
                        None => self.keep(at),
                    }
                }
                self.shorten(most);
            }
            (Window::Rolling(length), None) => {
                self.in_slice(at, amount);
                self.shorten_slices(early.nanos().saturating_sub(length.nanos()), length.nanos() / SLICES);
            }
        }
    }

    /// When the unit began that has a moment.
    fn start_of(&self, unit: CalendarUnit, zone: &Zone, at: Timestamp) -> Option<i64> {
        if (self.unit..self.next).contains(&at.nanos()) {
            return Some(self.unit);
        }
        zone.start_of(unit, at).map(Timestamp::nanos)
    }

    /// Counts in the unit that began then; one before those that are kept is over.
    fn in_unit(&mut self, start: i64, amount: i128) {
        if start == self.unit {
            self.total = self.total.saturating_add(amount);
        } else if start == self.before.0 {
            self.before.1 = self.before.1.saturating_add(amount);
        }
    }

    /// Counts at that moment: by itself, or in the slice that has it. Most come last.
    fn in_slice(&mut self, at: i64, amount: i128) {
        let after = self.slices.iter().rev().take_while(|slice| slice.first > at).count();
        let place = self.slices.len() - after;
        match place.checked_sub(1).and_then(|place| self.slices.get_mut(place)) {
            Some(slice) if at <= slice.last => slice.amount = slice.amount.saturating_add(amount),
            _ => self.slices.insert(place, Slice { first: at, last: at, amount }),
        }
    }

    /// What is outside goes when its place is needed; then what lies close together is put into one slice. Where that is not
    /// enough, a clock was set back: then the oldest two leave together.
    fn shorten_slices(&mut self, oldest: i64, width: i64) {
        if self.slices.len() <= MOST_EXACT {
            return;
        }
        let outside = self.slices.iter().take_while(|slice| slice.last < oldest).count();
        self.slices.drain(..outside);
        if self.slices.len() <= MOST_EXACT {
            return;
        }
        let mut wide: Option<Slice> = None;
        for _ in 0..self.slices.len() {
            let Some(slice) = self.slices.pop_front() else { break };
            match &mut wide {
                Some(wide) if slice.last.saturating_sub(wide.first) < width => {
                    wide.last = slice.last;
                    wide.amount = wide.amount.saturating_add(slice.amount);
                }
                _ => self.slices.extend(wide.replace(slice)),
            }
        }
        self.slices.extend(wide);
        while self.slices.len() > MOST_SLICES {
            let Some(first) = self.slices.pop_front() else { return };
            if let Some(next) = self.slices.front_mut() {
                next.first = first.first;
                next.amount = next.amount.saturating_add(first.amount);
            }
        }
    }

    /// Keeps the time of a call that can no longer be taken back, in its place: most are the latest.
    fn keep(&mut self, at: i64) {
        let place = self.times.iter().rev().take_while(|known| **known > at).count();
        self.times.insert(self.times.len() - place, at);
    }

    /// The last `most` times are enough to know whether there are so many; open calls count beside them, since any of them
    /// may leave.
    fn shorten(&mut self, most: u32) {
        while self.times.len() + usize::from(planted(202)) > most as usize {
            self.cut = self.cut.max(self.times.pop_front());
            self.edge.0 = self.edge.0.saturating_sub(1);
        }
    }

    /// The call can no longer be taken back.
    pub fn settle(&mut self, shape: Shape<'_>, permit: PermitId) {
        let Some(most) = shape.most else { return };
        let of_call = self.opened_by(permit);
        for place in of_call.clone() {
            if let Some(&(_, at)) = self.open.get(place) {
                self.keep(at);
            }
        }
        self.open.drain(of_call);
        trim(&mut self.open);
        self.shorten(most);
    }

    /// Keeps the time of a call that can be taken back, in its place: most are the latest.
    fn keep_open(&mut self, permit: PermitId, at: i64) {
        let after = self.open.iter().rev().take_while(|(_, known)| *known > at).count();
        self.open.insert(self.open.len() - after, (permit, at));
    }

    /// The places of an open call. They lie side by side, and most often near the end.
    fn opened_by(&self, permit: PermitId) -> Range<usize> {
        let is_its = |(of, _): &&(PermitId, i64)| *of == permit;
        match self.open.iter().rposition(|open| is_its(&open)) {
            Some(last) => {
                let all = self.open.iter().take(last + 1).rev().take_while(is_its).count();
                last + 1 - all..last + 1
            }
            None => 0..0,
        }
    }

    /// Takes back what a call counted at that moment, as far as it is still inside.
    pub fn take_back(&mut self, shape: Shape<'_>, then: Timestamp, amount: i128, permit: PermitId) {
        let at = then.nanos();
        match (shape.window, shape.most) {
            (Window::Lifetime, _) => self.total = self.total.saturating_sub(amount),
            (Window::Calendar(unit, zone), _) => {
                let start = self.start_of(*unit, zone, then).unwrap_or(at);
                self.in_unit(start, amount.saturating_neg());
            }
            (Window::Rolling(_), Some(_)) => {
                let of_call = if planted(204) { 0..0 } else { self.opened_by(permit) };
                let was_open = !of_call.is_empty();
                self.open.drain(of_call);
                // Nobody knew how it ended, and now it is known.
                if !was_open && amount > 0 && !planted(204) && !planted(234) {
                    self.forget(at);
                }
                trim(&mut self.open);
            }
            (Window::Rolling(_), None) => {
                let slice = self.slices.iter_mut().rev().find(|slice| slice.first <= at && at <= slice.last);
                if let Some(slice) = slice {
                    slice.amount = slice.amount.saturating_sub(amount);
                }
            }
        }
    }

    /// Takes a moment away that can no longer be taken back by its call.
    fn forget(&mut self, at: i64) {
        let place = self.times.partition_point(|other| *other < at);
        if self.times.get(place) == Some(&at) {
            self.times.remove(place);
        }
    }

    /// Counts something else than what a call counted at that moment.
    pub fn replace(&mut self, shape: Shape<'_>, then: Timestamp, was: i128, is: i128, permit: PermitId) {
        self.take_back(shape, then, was, permit);
        match (shape.window, shape.most) {
            (_, _) if is == 0 => {}
            (Window::Lifetime, _) => self.total = self.total.saturating_add(is),
            (Window::Calendar(unit, zone), _) => {
                let start = self.start_of(*unit, zone, then).unwrap_or(then.nanos());
                // What was nothing before may begin a unit in which nothing else was counted.
                if start > self.unit {
                    self.add(shape, then, then, is, None)
                } else if start > self.before.0 && start < self.unit {
                    self.before = (start, is);
                } else {
                    self.in_unit(start, is)
                }
            }
            (Window::Rolling(_), Some(_)) => self.keep(then.nanos()),
            (Window::Rolling(_), None) => self.in_slice(then.nanos(), is),
        }
    }

    /// When an amount will have room below a bound, should nothing else be counted; nothing where time alone never makes
    /// room.
    #[must_use]
    pub fn room_at(&self, shape: Shape<'_>, now: Timestamp, most: i128, amount: i128) -> Option<Timestamp> {
        if amount > most {
            return None;
        }
        match (shape.window, shape.most) {
            (Window::Lifetime, _) => None,
            (Window::Calendar(unit, zone), _) => {
                let mut start = zone.next_start(*unit, now)?;
                while self.total(shape, start).saturating_add(amount) > most {
                    let began = if start.nanos() <= self.before.0 { self.before.0 } else { self.unit };
                    start = zone.next_start(*unit, Timestamp::from_nanos(began).max(start))?;
                }
                Some(start)
            }
            (Window::Rolling(length), _) => {
                let mut total = self.total(shape, now).saturating_add(amount);
                // What was dropped leaves before all that is kept.
                let cut = self.cut.filter(|_| self.at_most(shape, now) > self.total(shape, now));
                let oldest = now.nanos().saturating_sub(length.nanos());
                let times = self.times.iter().copied().chain(self.open.iter().map(|(_, at)| *at));
                let slices = self.slices.iter().map(|slice| (slice.last, slice.amount));
                let mut all: Vec<(i64, i128)> = times.map(|at| (at, 1)).chain(slices).collect();
                all.sort_unstable();
                for (last, amount) in all.into_iter().filter(|(last, _)| *last >= oldest) {
                    total = total.saturating_sub(amount);
                    if total <= most {
                        // The window is closed: it has left one nanosecond later.
                        let last = cut.map_or(last, |cut| cut.max(last));
                        let leaves = last.checked_add(length.nanos())?.checked_add(1)?;
                        return Some(Timestamp::from_nanos(leaves));
                    }
                }
                None
            }
        }
    }

    /// The bytes that a total takes besides itself.
    pub(super) fn heap(&self) -> usize {
        room::<i64>(self.times.capacity())
            + room::<(PermitId, i64)>(self.open.capacity())
            + room::<Slice>(self.slices.capacity())
    }

    /// True where nothing that is kept can ever matter again.
    #[must_use]
    pub fn is_over(&self, shape: Shape<'_>, now: Timestamp) -> bool {
        match shape.window {
            Window::Lifetime => self.total == 0,
            Window::Calendar(..) => self.total(shape, now) == 0,
            Window::Rolling(length) => {
                let oldest = now.nanos().saturating_sub(length.nanos());
                self.open.is_empty()
                    && self.times.back().is_none_or(|at| *at < oldest)
                    && self.slices.back().is_none_or(|slice| slice.last < oldest)
            }
        }
    }
}

/// Where the window began lately, among the times. It says where to look first, and nothing else: two totals that differ in it
/// alone are the same.
#[derive(Clone, Copy, Eq, Debug, Default)]
struct Edge(usize);

impl PartialEq for Edge {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// How many times lie before a moment. They are in order, and the moment is most often near that place: so the search begins there
/// and goes as far as it has to, however many there are.
fn before(times: &VecDeque<i64>, near: Edge, moment: i64) -> usize {
    let is_before = |place: usize| times.get(place).is_some_and(|at| *at < moment);
    // What lies below `low` is before the moment, what lies at `high` or above is not.
    let (mut low, mut high) = (0, times.len());
    let mut step = 1;
    let mut place = near.0.min(high);
    if is_before(place) {
        while place < high && is_before(place) {
            low = place + 1;
            place += step;
            step *= 2;
        }
        high = high.min(place);
    } else {
        high = place;
        while low < place && !is_before(place - 1) {
            high = place - 1;
            place = place.saturating_sub(step);
            step *= 2;
        }
        low = place;
    }
    while low < high {
        let middle = low.midpoint(high);
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests;
