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
