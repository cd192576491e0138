//! Where state lives.
//!
//! A decision is one transaction (semantics 15), in a shape that suits a table, a file and a cluster alike:
//!
//! 1. Everything a decision may read is known before it begins, because keys follow from the call: [`Touches`]. A
//!    durable store fetches, and locks, all of it in one round trip, in the order of the keys, so that two decisions
//!    never wait for each other in a circle.
//! 2. The decision is a function from what was read ([`Snapshot`]) to what changes ([`Changes`]). It has no effect of its own,
//!    so a store that finds a conflict at commit runs it again on a new snapshot.
//! 3. The changes commit together or not at all. Rows are opaque to the store but for their keys.
//!
//! Not taken: a handle with `get` and `put`. It reads more freely, but each read is a round trip, and locks are taken
//! in the order in which rules happen to stand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use agentpass_values::Timestamp;

use crate::challenges::Asking;
use crate::clock::Clock;
use crate::digest::Digest;
use crate::limits::{MeterKey, Tally};

/// Everything that one transaction may read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Touches {
    /// The time that an offline call names; a live store ignores it.
    pub at: Option<Timestamp>,
    /// Running totals.
    pub meters: Vec<MeterKey>,
    /// Open questions.
    pub askings: Vec<Lookup>,
}

/// How an open question is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// By what its approval would be bound to.
    Binding(Digest),
    /// By its id, or that of the call that met it, and by the challenge's name where one is given.
    Named(String, Option<String>),
}

/// What was read, in the order of the touches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// The store's time.
    pub now: Timestamp,
    /// Running totals; an empty one where there is none. Reading creates no entry.
    pub tallies: Vec<Tally>,
    /// Open questions.
    pub askings: Vec<Option<Asking>>,
}

/// What a transaction changes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Running totals, replaced.
    pub tallies: Vec<(MeterKey, Tally)>,
    /// Questions, inserted or replaced by their binding.
    pub askings: Vec<Asking>,
    /// Bindings of questions whose approval is used up.
    pub spent: Vec<Digest>,
}

/// The store cannot answer. The call is denied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreError(pub String);

/// Keeps state.
pub trait Store: Send + Sync {
    /// One serialisable transaction. `work` may run more than once; only its last changes are kept.
    ///
    /// # Errors
    /// Nothing was changed.
    fn transact(
        &self,
        touches: &Touches,
        work: &mut dyn FnMut(&Snapshot) -> Changes,
    ) -> Result<(), StoreError>;
}

/// State that ends with the process.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    /// The latest time that was given out: time never runs backwards here.
    latest: Option<Timestamp>,
    tallies: HashMap<MeterKey, Tally>,
    askings: HashMap<Digest, Asking>,
}

impl MemoryStore {
    /// An empty store by that clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, rows: Mutex::default() }
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore")
    }
}

impl Store for MemoryStore {
    fn transact(
        &self,
        touches: &Touches,
        work: &mut dyn FnMut(&Snapshot) -> Changes,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows.lock().map_err(|_| StoreError("a decision was interrupted".to_owned()))?;
        let now = touches.at.unwrap_or_else(|| self.clock.now());
        let now = rows.latest.map_or(now, |latest| latest.max(now));
        rows.latest = Some(now);
        let tallies =
            touches.meters.iter().map(|key| rows.tallies.get(key).cloned().unwrap_or_default()).collect();
        let askings = touches.askings.iter().map(|lookup| rows.find(lookup).cloned()).collect();
        let changes = work(&Snapshot { now, tallies, askings });
        rows.tallies.extend(changes.tallies);
        rows.askings.extend(changes.askings.into_iter().map(|asking| (asking.binding, asking)));
        for binding in changes.spent {
            rows.askings.remove(&binding);
        }
        Ok(())
    }
}

impl Rows {
    fn find(&self, lookup: &Lookup) -> Option<&Asking> {
        match lookup {
            Lookup::Binding(binding) => self.askings.get(binding),
            Lookup::Named(id, name) => {
                let mut found = self.askings.values().filter(|asking| {
                    (asking.id == *id || asking.call.as_ref() == Some(id))
                        && name.as_ref().is_none_or(|name| asking.name == *name)
                });
                // Two that fit are none: a vote has to say which it means.
                let first = found.next();
                if found.next().is_some() { None } else { first }
            }
        }
    }
}
