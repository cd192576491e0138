//! Buffers that are used again. Every decision needs these, and they are the largest that it needs: made anew each time they would
//! be a good part of what a decision costs.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

use agentpass_ir::Value;

use crate::state::Key;
use crate::store::Change;

/// A larger buffer is not kept: one call of thousands of keys is no reason to hold that much ever after.
const MOST: usize = 64;

type Spare<T> = LocalKey<Cell<Vec<T>>>;

thread_local! {
    static KEYS: Cell<Vec<Key>> = const { Cell::new(Vec::new()) };
    static CHANGES: Cell<Vec<Change>> = const { Cell::new(Vec::new()) };
    static SLOTS: Cell<Vec<Option<Value>>> = const { Cell::new(Vec::new()) };
}

/// The slots of a frame. They are given back when it goes.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Slots(Vec<Option<Value>>);

impl Slots {
    /// So many in which nothing stands.
    pub(crate) fn new(count: usize) -> Self {
        let mut slots = take(&SLOTS);
        slots.resize(count, None);
        Self(slots)
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        give(&SLOTS, std::mem::take(&mut self.0));
    }
}

impl Deref for Slots {
    type Target = Vec<Option<Value>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Slots {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// An empty buffer for keys.
pub(crate) fn keys() -> Vec<Key> {
    take(&KEYS)
}

/// Gives one back.
pub(crate) fn give_keys(keys: Vec<Key>) {
    give(&KEYS, keys);
}

/// An empty buffer for changes.
pub(crate) fn changes() -> Vec<Change> {
    take(&CHANGES)
}

/// Gives one back.
pub(crate) fn give_changes(changes: Vec<Change>) {
    give(&CHANGES, changes);
}

/// A thread that ends has none left, and makes one anew.
fn take<T>(spare: &'static Spare<T>) -> Vec<T> {
    spare.try_with(Cell::take).unwrap_or_default()
}

fn give<T>(spare: &'static Spare<T>, mut buffer: Vec<T>) {
    if (1..=MOST).contains(&buffer.capacity()) {
        buffer.clear();
        // Where the thread is ending the buffer ends with it.
        let _ = spare.try_with(|spare| spare.set(buffer));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::state::Delta;
    use crate::state::key::Kind;

    fn key(text: &str) -> Key {
        Key::build(Kind::Once, |key| _ = key.text(Some(text)))
    }

    #[test]
    fn what_comes_again_is_empty() {
        let mut slots = Slots::new(3);
        slots[1] = Some(Value::Int(7));
        drop(slots);
        let again = Slots::new(8);
        assert!(again.iter().all(Option::is_none) && again.len() == 8);
        drop(again);
        assert_eq!(Slots::new(2).len(), 2);
        give_keys(vec![key("a")]);
        give_changes(vec![Change::plain(0, Delta::Remove)]);
        assert!(keys().is_empty() && changes().is_empty());
    }

    #[test]
    fn whoever_takes_meanwhile_has_another_one() {
        let mut one = Slots::new(2);
        one[0] = Some(Value::Bool(true));
        let mut inner = Slots::new(2);
        inner[0] = Some(Value::Bool(false));
        let mut copy = one.clone();
        copy[1] = Some(Value::Int(1));
        assert_eq!((&one[0], &one[1]), (&Some(Value::Bool(true)), &None));
        drop(one);
        let next = Slots::new(2);
        assert!(next.iter().all(Option::is_none));
        assert_eq!((&inner[0], &copy[0]), (&Some(Value::Bool(false)), &Some(Value::Bool(true))));
    }

    #[test]
    fn large_ones_are_not_kept() {
        give_keys(Vec::with_capacity(MOST + 1));
        assert_eq!(keys().capacity(), 0);
        give_keys(Vec::with_capacity(MOST));
        assert_eq!(keys().capacity(), MOST);
        assert_eq!(keys().capacity(), 0, "it is taken once");
    }

    #[test]
    fn a_thread_that_ends_or_panics_gives_back_what_it_can() {
        thread_local! {
            static LAST: RefCell<Vec<Slots>> = const { RefCell::new(Vec::new()) };
        }
        let ends = std::thread::spawn(|| {
            // It goes when the thread does, maybe after the spare ones.
            LAST.with(|last| last.borrow_mut().push(Slots::new(4)));
            drop(Slots::new(4));
        });
        assert!(ends.join().is_ok());
        let panics = std::panic::catch_unwind(|| {
            let mut slots = Slots::new(1);
            slots[0] = Some(Value::Int(1));
            let mut keys = keys();
            keys.push(key("a"));
            panic!("in the middle");
        });
        assert!(panics.is_err());
        assert!(Slots::new(1).iter().all(Option::is_none) && keys().is_empty());
    }
}
