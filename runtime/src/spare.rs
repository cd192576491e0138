//! Buffers that are used again. Every decision needs these two, and they are the largest that it needs: made anew each time they
//! would be a good part of what a decision costs.

use std::cell::Cell;
use std::thread::LocalKey;

use crate::state::Key;
use crate::store::Change;

/// A larger buffer is not kept: one call of thousands of keys is no reason to hold that much ever after.
const MOST: usize = 64;

type Spare<T> = LocalKey<Cell<Vec<T>>>;

thread_local! {
    static KEYS: Cell<Vec<Key>> = const { Cell::new(Vec::new()) };
    static CHANGES: Cell<Vec<Change>> = const { Cell::new(Vec::new()) };
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
