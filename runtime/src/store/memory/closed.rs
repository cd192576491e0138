//! Jobs that were closed, while rows of them may still be there.
//!
//! Nothing leads from a job to its rows but their keys, so tables are looked through, one after the other, round and round: once all of
//! them were after a job was closed, its rows have gone. Each closing pays for a part of a round, and what it pays was earned before: by every
//! row that came, four visits, and some by each closing. So all closings together cost as much as all rows that ever came, however
//! many there are; and since a round is paid by a quarter as many rows as there are, what is dead never outgrows what lives by much.

use std::collections::{HashSet, VecDeque};

use foldhash::quality::RandomState;

use crate::state::Key;
use crate::state::key::{Kind, Named, OfJob, Tag};

/// So many rows are looked at for every one that came.
const EARNED: usize = 4;

/// And so many for every job that is closed.
const PAID: usize = 64;

/// Closed jobs, and how far the tables have been looked through for them.
#[derive(Default)]
pub(super) struct Closed {
    /// In the order in which they were closed, each with the visit at which all tables have been looked through.
    waiting: VecDeque<(OfJob, usize)>,
    named: HashSet<Box<[u8]>, RandomState>,
    tags: HashSet<Tag, RandomState>,
    /// The number of the next visit.
    pub(super) next: usize,
    /// Visits that rows have earned and no closing has taken.
    earned: usize,
    /// Those that came since the last closing.
    lately: usize,
    /// Visits that were taken, and not made yet: a table is looked through as a whole.
    due: usize,
    /// How many jobs came, and were not closed.
    open: usize,
}

impl Closed {
    /// A row came.
    pub(super) fn added(&mut self, key: &Key) {
        self.lately += EARNED;
        self.earned += EARNED;
        self.open += usize::from(key.as_bytes().first() == Some(&(Kind::Job as u8)));
    }

    /// A job is closed.
    pub(super) fn close(&mut self, of: &OfJob, tables: usize) {
        // Its share of what was earned; or what the rows that came lately did, which are those of jobs such as this one.
        let share = (self.earned / self.open.max(1)).max(self.lately).min(self.earned);
        self.earned -= share;
        self.due = self.due.saturating_add(share + PAID);
        self.lately = 0;
        let (named, tag) = of.names();
        if self.tags.insert(*tag) {
            self.open = self.open.saturating_sub(1);
            self.named.insert(named.into());
            self.waiting.push_back((of.clone(), self.next + tables));
        }
    }

    /// Takes the visit of so many rows, if it is paid.
    pub(super) fn can_visit(&mut self, rows: usize) -> bool {
        match self.due.checked_sub(rows) {
            Some(left) => {
                self.due = left;
                true
            }
            None => false,
        }
    }

    /// True where a row belongs to one of them.
    pub(super) fn has(&self, key: &[u8]) -> bool {
        match OfJob::named_in(key) {
            Some(Named::Whole(named)) => self.named.contains(named),
            Some(Named::Tag(tag)) => self.tags.contains(tag),
            None => false,
        }
    }

    /// Nothing is there any more of those for which all tables were looked through.
    pub(super) fn forget(&mut self) {
        while let Some((of, _)) = self.waiting.pop_front_if(|(_, until)| *until <= self.next) {
            let (named, tag) = of.names();
            self.named.remove(named);
            self.tags.remove(tag);
        }
        // Nobody waits for what is over.
        if self.waiting.is_empty() {
            self.due = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: usize = 272;

    /// Rows in tables, and how many were looked at.
    #[derive(Default)]
    struct Store {
        closed: Closed,
        tables: Vec<Vec<Key>>,
        looked_at: usize,
        came: usize,
    }

    impl Store {
        fn new() -> Store {
            Store { tables: vec![Vec::new(); TABLES], ..Store::default() }
        }

        fn add(&mut self, key: Key) {
            self.closed.added(&key);
            self.came += 1;
            let place = self.came * 7919 % TABLES;
            self.tables[place].push(key);
        }

        fn job(&mut self, name: &str, rows: usize) {
            self.add(Key::build(Kind::Job, |key| _ = key.text(None).text(Some(name))));
            for row in 0..rows {
                // Every other key is kept as a digest.
                let long = "x".repeat(row % 2 * 200);
                let text = format!("{row}{long}");
                self.add(Key::build(Kind::Tally, |key| _ = key.of_job(None, name).text(Some(&text))));
            }
        }

        fn close(&mut self, name: &str) {
            self.closed.close(&OfJob::new(None, name), TABLES);
            for _ in 0..8 {
                let place = self.closed.next % TABLES;
                let rows = self.tables[place].len();
                if !self.closed.can_visit(rows) {
                    break;
                }
                self.looked_at += rows;
                let closed = &self.closed;
                self.tables[place].retain(|key| !closed.has(key.as_bytes()));
                self.closed.next += 1;
            }
            self.closed.forget();
        }

        fn len(&self) -> usize {
            self.tables.iter().map(Vec::len).sum()
        }
    }

    #[test]
    fn the_work_grows_with_the_rows_that_came() {
        for (live, jobs, rows) in [(0, 4000, 3), (40, 1000, 60), (20_000, 500, 40)] {
            let mut store = Store::new();
            store.job("live", 0);
            for row in 0..live {
                store.job(&format!("live {row}"), 1);
            }
            let before = store.len();
            for job in 0..jobs {
                store.job(&format!("{job}"), rows);
                store.close(&format!("{job}"));
            }
            assert!(store.looked_at <= EARNED * store.came + PAID * jobs, "{}", store.looked_at);
            // What is dead is less than what is there besides: the live ones, and one row of each job that was closed.
            let there = before + jobs;
            assert!(store.len() <= 2 * there + 8 * rows, "{} rows of {there}", store.len());
        }
    }

    #[test]
    fn nothing_is_left_of_those_that_are_forgotten() {
        let mut store = Store::new();
        // So many that closings look through one table each, or none.
        store.job("live", 12_000);
        for job in 0..20 {
            store.job(&format!("{job}"), 100);
        }
        let mut closed: Vec<String> = Vec::new();
        let mut forgotten = 0;
        for job in 0..500 {
            if job >= 20 {
                store.job(&format!("{job}"), 3);
            }
            let name = job.to_string();
            store.close(&name);
            closed.push(name);
            let is_over = |name: &String| {
                let of = OfJob::new(None, name);
                !store.closed.tags.contains(of.names().1)
            };
            for name in closed.iter().filter(|name| is_over(name)) {
                let of = OfJob::new(None, name);
                assert!(!store.tables.iter().flatten().any(|key| of.has(key.as_bytes())), "{name}");
            }
            let before = closed.len();
            closed.retain(|name| !is_over(name));
            forgotten += before - closed.len();
        }
        assert!(forgotten > 20, "{forgotten}");
        assert_eq!(closed.len(), store.closed.waiting.len());
    }

    #[test]
    fn those_that_came_before_all_others_go_as_well() {
        let mut store = Store::new();
        for job in 0..300 {
            store.job(&format!("{job}"), 50);
        }
        for job in 0..300 {
            store.close(&format!("{job}"));
        }
        assert!(store.looked_at <= EARNED * store.came + PAID * 300, "{}", store.looked_at);
        assert!(store.len() <= 300 + 15_000 / 2, "{}", store.len());
        // Closing again what waits changes nothing; what does not wait any more is looked for once more.
        let waiting = store.closed.waiting.len();
        store.close("299");
        assert!(store.closed.waiting.len() <= waiting);
    }
}
