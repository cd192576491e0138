//! Calls one by one, in the order in which they began: so that those can be told apart that came after something else.

use std::collections::VecDeque;

use agentpass_values::Timestamp;

use super::size::room;
use crate::clock::Reading;

/// So many amounts are kept each by itself.
const MOST_EXACT: usize = 120;

/// So many more than are counted are kept where a clock was set back.
const SET_BACK: usize = 16;

/// A call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// The transaction in which it began.
    pub begin: u64,
    /// When it counts.
    pub at: Reading,
    /// Its summand.
    pub amount: i128,
}

/// The last calls.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Runs {
    all: VecDeque<Run>,
    /// Of those that are not kept: the latest beginning, and the latest time.
    cut: Option<(u64, Timestamp)>,
}

impl Runs {
    fn push(&mut self, run: Run) {
        let after = self.all.iter().rev().take_while(|known| known.begin > run.begin).count();
        self.all.insert(self.all.len() - after, run);
    }

    /// Adds a call that is counted. The last so many are enough while the clock runs forwards. One that was set back gives later
    /// calls earlier times: then a call is kept as long as fewer than so many count wherever it does, and a few more at the most.
    pub fn count(&mut self, run: Run, most: u32) {
        self.push(run);
        let most = most as usize;
        while self.all.len() > most {
            let Some(first) = self.all.front() else { return };
            let early = first.at.early;
            let outlasts = self.all.iter().skip(1).filter(|run| run.at.early >= early).take(most).count();
            if outlasts < most && self.all.len() <= most.saturating_add(SET_BACK) {
                return;
            }
            let Some(run) = self.all.pop_front() else { return };
            let (begin, at) = (run.begin, run.at.late);
            self.cut = Some(self.cut.map_or((begin, at), |cut| (cut.0.max(begin), cut.1.max(at))));
        }
    }

    /// Adds a call that is added up: of many, the oldest two are one, which leaves with the later of them.
    pub fn spend(&mut self, run: Run, is_outside: impl Fn(Timestamp) -> bool) {
        self.push(run);
        if self.all.len() > MOST_EXACT {
            self.all.retain(|run| !is_outside(run.at.late));
        }
        while self.all.len() > MOST_EXACT {
            let Some(first) = self.all.pop_front() else { return };
            if let Some(next) = self.all.front_mut() {
                next.at.late = next.at.late.max(first.at.late);
                next.amount = next.amount.saturating_add(first.amount);
            }
        }
    }

    /// Of a call it is known by now whether it counts. One that is put together with others stays: nobody can tell them apart.
    pub fn forget(&mut self, at: Timestamp, amount: i128) {
        let is_it = |run: &Run| run.at.late == at && run.amount == amount && amount < i128::MAX;
        if let Some(place) = self.all.iter().position(is_it) {
            self.all.remove(place);
        }
    }

    /// Those that began no earlier.
    pub fn since(&self, begin: u64) -> impl Iterator<Item = &Run> {
        self.all.iter().rev().take_while(move |run| run.begin >= begin)
    }

    /// True where there may have been others.
    pub fn is_cut(&self, begin: u64, inside: impl Fn(Timestamp) -> bool) -> bool {
        self.cut.is_some_and(|cut| cut.0 >= begin && inside(cut.1))
    }

    /// True where nothing that is kept lies inside.
    pub fn is_over(&self, inside: impl Fn(Timestamp) -> bool) -> bool {
        !self.is_cut(0, &inside) && !self.all.iter().any(|run| inside(run.at.late))
    }

    /// The bytes that it takes besides itself.
    pub(super) fn heap(&self) -> usize {
        room::<Run>(self.all.capacity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(begin: u64, second: i64) -> Run {
        let at = Timestamp::from_nanos(second);
        Run { begin, at: Reading { early: at, late: at }, amount: 1 }
    }

    fn sum(runs: &Runs, begin: u64) -> i128 {
        runs.since(begin).map(|run| run.amount).sum()
    }

    #[test]
    fn those_that_began_later_are_told_apart() {
        let mut runs = Runs::default();
        for (begin, second) in [(1, 1), (3, 3), (2, 9)] {
            runs.count(run(begin, second), 3);
        }
        assert_eq!(runs.since(2).count(), 2);
        assert!(!runs.is_cut(0, |_| true));
        runs.count(run(4, 10), 3);
        assert_eq!(runs.since(0).count(), 3);
        assert!(runs.is_cut(1, |_| true) && !runs.is_cut(2, |_| true));
        assert!(!runs.is_cut(0, |at| at.nanos() > 1));
    }

    #[test]
    fn a_clock_that_was_set_back_pushes_nothing_out() {
        let mut runs = Runs::default();
        for (begin, second) in [(1, 20), (2, 21), (3, 9), (4, 8)] {
            runs.count(run(begin, second), 2);
        }
        assert_eq!(runs.since(0).filter(|run| run.at.early.nanos() > 10).count(), 2);
        runs.count(run(5, 22), 2);
        runs.count(run(6, 23), 2);
        assert_eq!(runs.all.len(), 2);
        for number in 0..100 {
            runs.count(run(7 + number, -(number as i64)), 2);
        }
        assert_eq!(runs.all.len(), 2 + SET_BACK);
    }

    #[test]
    fn many_amounts_are_put_together_and_none_is_lost() {
        let mut runs = Runs::default();
        for number in 0..500 {
            runs.spend(run(number, number as i64), |_| false);
        }
        assert_eq!(runs.all.len(), MOST_EXACT);
        assert_eq!(sum(&runs, 0), 500);
        assert_eq!(sum(&runs, 490), 10);
        runs.spend(run(500, 500), |at| at.nanos() < 450);
        assert_eq!(sum(&runs, 0), 51);
    }
}
