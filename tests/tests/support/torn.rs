//! The planted race: a store that reads in one transaction and writes in another, which is what a store must not do.

use agentpass_runtime::store::{Change, Forms, Keeper, Snapshot, Touches};
use agentpass_runtime::{MemoryStore, StoreError};

/// A torn store, and what happens between its two transactions: whatever lets others go first.
pub(crate) struct Torn(pub(crate) MemoryStore, pub(crate) fn());

impl Keeper for Torn {
    fn transact(
        &self,
        forms: Forms<'_>,
        touches: &Touches,
        work: &mut dyn FnMut(&Snapshot<'_>) -> Vec<Change>,
    ) -> Result<(), StoreError> {
        let mut changes = Vec::new();
        let mut read = None;
        self.0.transact(forms, touches, &mut |snapshot| {
            let rows: Vec<_> = snapshot.rows.iter().map(|row| row.cloned()).collect();
            read = Some((snapshot.reading, snapshot.sequence, rows));
            Vec::new()
        })?;
        if let Some((reading, sequence, rows)) = read {
            let rows: Vec<_> = rows.iter().map(Option::as_ref).collect();
            changes = work(&Snapshot { reading, sequence, rows: &rows });
        }
        (self.1)();
        self.0.transact(forms, touches, &mut |_| changes.clone())
    }

    fn reset(&self) {
        self.0.reset();
    }
}
