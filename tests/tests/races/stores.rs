//! Stores that make races likely, and one that loses them.

use std::thread;
use std::time::Duration;

use agentpass_runtime::store::{Change, Forms, Keeper, Snapshot, Touches};
use agentpass_runtime::{MemoryStore, Store, StoreError};
use agentpass_values::Timestamp;

use crate::torn::Torn;

/// The time stands still: nothing here is about time.
fn memory() -> MemoryStore {
    MemoryStore::manual(Timestamp::parse("2026-11-23T10:00:00Z").unwrap())
}

pub(crate) fn plain() -> Store {
    Store::of(memory())
}

pub(crate) fn jostled() -> Store {
    Store::of(Jostled(memory()))
}

pub(crate) fn with_capacity(rows: usize) -> Store {
    Store::of(Jostled(memory().with_capacity(rows)))
}

pub(crate) fn torn() -> Store {
    Store::of(Torn(memory(), || thread::sleep(Duration::from_micros(50))))
}

/// Lets others go first, before every transaction and inside of it.
struct Jostled(MemoryStore);

impl Keeper for Jostled {
    fn transact(
        &self,
        forms: Forms<'_>,
        touches: &Touches,
        work: &mut dyn FnMut(&Snapshot<'_>) -> Vec<Change>,
    ) -> Result<(), StoreError> {
        thread::yield_now();
        self.0.transact(forms, touches, &mut |snapshot| {
            // A conflict: what was worked out is thrown away, and worked out again.
            let _ = work(snapshot);
            thread::yield_now();
            work(snapshot)
        })
    }

    fn reset(&self) {
        self.0.reset();
    }
}
