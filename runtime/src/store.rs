//! Where state lives.
//!
//! A decision is one transaction (semantics 15), in a shape that suits a table, a file and a cluster alike:
//!
//! 1. Everything a decision may read or write is known before it begins, because keys follow from the call. A durable store
//!    fetches, and locks, all of it in one round trip, in the order of the keys, so that two decisions never wait for each
//!    other in a circle. What it writes without reading is of a new name, or is a name more or less in an index: such changes
//!    come to the same in any order.
//! 2. The decision is a function from what was read ([`Snapshot`]) to what changes ([`Change`]s). It has no effect of its
//!    own, so a store that finds a conflict at commit runs it again on a new snapshot.
//! 3. The changes commit together or not at all. They are small, whatever the rows have become; a store applies them with
//!    [`apply`](crate::state::row::apply) and never looks inside.
//!
//! Not taken: a handle with `get` and `put`. It reads more freely, but each read is a round trip, and locks are taken
//! in the order in which rules happen to stand.

mod memory;

use std::sync::Arc;

use std::borrow::Cow;

use agentpass_ir::Verified;
use agentpass_values::Timestamp;

pub use crate::clock::Reading;
pub use memory::{CAPACITY, MemoryStore, SKEW};

use crate::plan::{FormRef, Plan};
use crate::state::key::OfJob;
use crate::state::{Delta, Key, Row};

/// What a transaction is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Touches<'k> {
    /// The time that an offline call names; a live store ignores it.
    pub at: Option<Timestamp>,
    /// On whose account new rows are kept.
    pub account: Account,
    /// Everything that may be read or written.
    pub keys: Cow<'k, [Key]>,
}

/// On whose account new rows are kept: each principal has room of its own (semantics 22).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Account {
    /// On nobody's: the host itself asks for them.
    #[default]
    Host,
    /// On that of a principal, who may have no room left.
    Principal(Key),
    /// On that of whoever has the row at that place of the touched keys. What has to be kept of a call that was allowed is kept: it
    /// may take more than there is room for, and then the next call finds none.
    OwnerOf(usize),
}

/// What was read.
#[derive(Debug)]
pub struct Snapshot<'s> {
    /// The store's time.
    pub reading: Reading,
    /// The number of this transaction. Of two that have anything in common, the later one has the greater number.
    pub sequence: u64,
    /// The rows, in the order of the touched keys. Reading creates no entry.
    pub rows: &'s [Option<&'s Row>],
}

/// A change of one row.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The row.
    pub row: Target,
    /// How it is kept.
    pub form: FormRef,
    /// What changes.
    pub delta: Delta,
}

/// The row of a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// The row at that place of the touched keys.
    Touched(usize),
    /// A row that is not read: one of a new name, or one of an index, where a name comes or goes.
    Other(Box<Key>),
}

impl Change {
    /// A change of a row of which nothing needs to be said.
    pub(crate) fn plain(row: impl Into<Target>, delta: Delta) -> Change {
        Change { row: row.into(), form: FormRef::Plain, delta }
    }

    /// The key of the row, where these are the touched ones. Nothing for a place that there is not.
    #[must_use]
    pub fn key<'k>(&'k self, touched: &'k [Key]) -> Option<&'k Key> {
        match &self.row {
            Target::Touched(place) => touched.get(*place),
            Target::Other(key) => Some(key),
        }
    }
}

impl Target {
    /// A row that was read is known by its place.
    pub(crate) fn look_in(&mut self, touched: &[Key]) {
        if let Target::Other(key) = self
            && let Some(place) = touched.iter().position(|known| known == &**key)
        {
            *self = Target::Touched(place);
        }
    }
}

impl From<usize> for Target {
    fn from(place: usize) -> Target {
        Target::Touched(place)
    }
}

impl From<Key> for Target {
    fn from(key: Key) -> Target {
        Target::Other(Box::new(key))
    }
}

/// Why nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreError {
    /// The store cannot answer.
    Unavailable(String),
    /// There is no room for new rows of that principal.
    Full,
    /// The clock stepped further than monotonic time allows: an operator has to confirm it.
    Clock,
}

/// What a store needs to know of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Forms<'c> {
    /// The contract.
    pub contract: &'c Arc<Verified>,
    /// Its plan.
    pub plan: &'c Arc<Plan>,
}

/// Keeps state.
pub trait Keeper: Send + Sync {
    /// One serialisable transaction. `work` may run more than once; only its last changes are kept.
    ///
    /// # Errors
    /// Nothing was changed.
    fn transact(
        &self,
        forms: Forms<'_>,
        touches: &Touches<'_>,
        work: &mut dyn FnMut(&Snapshot<'_>) -> Vec<Change>,
    ) -> Result<(), StoreError>;

    /// Forgets everything; offline only.
    fn reset(&self);

    /// Moves an offline clock; a live one stays where it is.
    fn set_clock(&self, _at: Timestamp) {}

    /// The rows of a job that is closed: no decision reads them any more. A store drops them when it has time to.
    fn drop_rows(&self, _of: &OfJob) {}

    /// An operator confirms that the clock is right.
    fn confirm_clock(&self) {}
}

/// A store, as hosts name it.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<dyn Keeper>);

impl Store {
    /// State that ends with the process, by the clock of the machine.
    #[must_use]
    pub fn memory() -> Store {
        Store(Arc::new(MemoryStore::live(Arc::new(crate::clock::SystemClock::new()))))
    }

    /// State that ends with the process, by a clock that stands still until a call or [`crate::Gate::at`] moves it.
    #[must_use]
    pub fn manual(at: Timestamp) -> Store {
        Store(Arc::new(MemoryStore::manual(at)))
    }

    /// Any other store.
    #[must_use]
    pub fn of(keeper: impl Keeper + 'static) -> Store {
        Store(Arc::new(keeper))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}
