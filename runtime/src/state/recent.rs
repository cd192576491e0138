//! Different values, each with the last time that it was there: as many of them as matter.

use std::collections::VecDeque;

use agentpass_ir::Value;
use agentpass_values::Timestamp;

use super::size::{of_value, room};
use crate::clock::Reading;

/// Values, the one that was there longest ago first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recent {
    all: VecDeque<(Value, Timestamp)>,
    /// The latest time of a value that is not kept: because there were too many, or because nobody knows which it was.
    cut: Option<Timestamp>,
}

impl Recent {
    /// A value was there.
    pub fn add(&mut self, value: Value, at: Timestamp, most: u32) {
        if matches!(value, Value::Unknown) {
            self.cut = self.cut.max(Some(at));
            return;
        }
        let known = self.all.iter().position(|(known, _)| *known == value);
        let before = known.and_then(|place| self.all.remove(place)).map_or(at, |(_, before)| before);
        // A clock may run backwards.
        let at = at.max(before);
        let after = self.all.iter().rev().take_while(|(_, known)| *known > at).count();
        self.all.insert(self.all.len() - after, (value, at));
        while self.all.len() > most as usize {
            self.cut = self.cut.max(self.all.pop_front().map(|(_, at)| at));
        }
    }

    /// The values that were there since a moment.
    pub fn since(&self, inside: impl Fn(Timestamp) -> bool) -> impl Iterator<Item = &Value> {
        self.all.iter().filter(move |(_, at)| inside(*at)).map(|(value, _)| value)
    }

    /// True where there may have been others.
    pub fn is_cut(&self, inside: impl Fn(Timestamp) -> bool) -> bool {
        self.cut.is_some_and(inside)
    }

    /// True where nothing was there since a moment.
    pub fn is_over(&self, inside: impl Fn(Timestamp) -> bool) -> bool {
        !self.is_cut(&inside) && self.all.back().is_none_or(|(_, at)| !inside(*at))
    }

    /// The bytes that it takes besides itself.
    pub(super) fn heap(&self) -> usize {
        room::<(Value, Timestamp)>(self.all.capacity())
            + self.all.iter().map(|(value, _)| of_value(value)).sum::<usize>()
    }
}

/// The values that a part of calls had.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Had {
    /// Of calls that count for certain.
    pub sure: Recent,
    /// The same by the earlier reading, once the clock ran backwards: as evidence they expire with that.
    pub early: Option<Recent>,
    /// Of those of which nobody knows.
    pub maybe: Recent,
}

impl Had {
    pub(super) fn add(&mut self, value: Value, at: Reading, sure: bool, expires: bool, most: u32) {
        if !sure {
            return self.maybe.add(value, at.late, most);
        }
        if expires && (!at.is_sure() || self.early.is_some()) {
            // Until now both readings were the same.
            self.early.get_or_insert_with(|| self.sure.clone()).add(value.clone(), at.early, most);
        }
        self.sure.add(value, at.late, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    fn since(recent: &Recent, second: i64) -> Vec<i64> {
        let number = |value: &Value| if let Value::Int(number) = value { *number } else { -1 };
        recent.since(|time| time >= at(second)).map(number).collect()
    }

    #[test]
    fn the_latest_are_kept_each_once() {
        let mut recent = Recent::default();
        for (second, value) in [(1, 7), (2, 8), (3, 7), (4, 9)] {
            recent.add(Value::Int(value), at(second), 3);
        }
        assert_eq!(since(&recent, 0), [8, 7, 9]);
        assert_eq!(since(&recent, 3), [7, 9]);
        assert!(!recent.is_cut(|_| true));
        recent.add(Value::Int(6), at(5), 3);
        assert_eq!(since(&recent, 0), [7, 9, 6]);
        assert!(recent.is_cut(|time| time >= at(2)) && !recent.is_cut(|time| time > at(2)));
    }

    #[test]
    fn what_nobody_knows_may_be_any() {
        let mut recent = Recent::default();
        recent.add(Value::Unknown, at(4), 3);
        assert_eq!(since(&recent, 0), [0; 0]);
        assert!(recent.is_cut(|time| time >= at(4)));
        assert!(!recent.is_over(|time| time >= at(4)) && recent.is_over(|time| time > at(4)));
    }

    #[test]
    fn a_clock_that_went_back_makes_nothing_older() {
        let mut recent = Recent::default();
        recent.add(Value::Int(7), at(9), 3);
        recent.add(Value::Int(8), at(5), 3);
        recent.add(Value::Int(7), at(4), 3);
        assert_eq!(since(&recent, 9), [7]);
        assert_eq!(since(&recent, 0), [8, 7]);
    }
}
