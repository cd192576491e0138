//! State that ends with the process.
//!
//! One lock: a transaction is a few dozen look-ups and changes in place, which is shorter than what finer locks would cost.

mod closed;
mod owners;
mod slab;
mod table;

use std::sync::Arc;

use agentpass_ir::Verified;
use agentpass_values::{Duration, Timestamp};
use smallvec::SmallVec;

use closed::Closed;
use owners::{Owner, Owners};
use table::{Spot, Table};

use super::{Account, Change, Forms, Keeper, Reading, Snapshot, StoreError, Target, Touches};
use crate::clock::Clock;
use crate::plan::{FormRef, Plan};
use crate::planted::planted;
use crate::spare;
use crate::state::key::OfJob;
use crate::state::row::{apply, is_over};
use crate::state::{Key, Row};
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// How many rows a principal may have, unless the host says otherwise.
pub const CAPACITY: usize = 1_000_000;

/// Up to so many rows all of them are looked through when a job is closed.
const SMALL: usize = 4096;

/// And otherwise so many tables at most.
const VISITS: usize = 8;

/// How far the clock may step from monotonic time, unless the host says otherwise.
pub const SKEW: Duration = Duration::from_nanos(60_000_000_000);

/// A store in memory.
pub struct MemoryStore {
    time: Time,
    capacity: usize,
    skew: Duration,
    rows: Mutex<Rows>,
}

enum Time {
    Live(Arc<dyn Clock>),
    Manual,
}

#[derive(Default)]
struct Rows {
    /// The latest time that was given out.
    latest: Option<Timestamp>,
    /// A manual clock's time.
    manual: Option<Timestamp>,
    /// What an operator has confirmed: the offset of the wall clock from monotonic time.
    offset: Option<i64>,
    sequence: u64,
    rows: Table,
    owners: Owners,
    closed: Closed,
    /// The contracts that rows were last changed by: each says how its rows are kept.
    contracts: Vec<(Arc<Verified>, Arc<Plan>)>,
}

#[derive(Clone)]
struct Entry {
    row: Row,
    /// How the row is kept, which also says when it is over.
    form: FormRef,
    /// The number of the contract that says so.
    contract: u16,
    owner: Option<Owner>,
    /// The row's number among those of its owner.
    number: u32,
}

impl MemoryStore {
    /// An empty store by that clock.
    #[must_use]
    pub fn live(clock: Arc<dyn Clock>) -> Self {
        Self { time: Time::Live(clock), capacity: CAPACITY, skew: SKEW, rows: Mutex::default() }
    }

    /// An empty store by a clock that stands still.
    #[must_use]
    pub fn manual(at: Timestamp) -> Self {
        let rows = Rows { manual: Some(at), ..Rows::default() };
        Self { time: Time::Manual, capacity: CAPACITY, skew: SKEW, rows: Mutex::new(rows) }
    }

    /// How many rows a principal may have.
    #[must_use]
    pub fn with_capacity(mut self, rows: usize) -> Self {
        self.capacity = rows;
        self
    }

    /// How far the clock may step from monotonic time.
    #[must_use]
    pub fn with_skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().rows.len()
    }

    /// For each row its kind, which is the first byte of its key, and the bytes that it takes, with its key and its place.
    #[must_use]
    pub fn sizes(&self) -> Vec<(u8, usize)> {
        let rows = self.lock();
        let size = |(key, entry): (&[u8], &Entry)| {
            (key.first().copied().unwrap_or(0), table::ROW + key.len() + entry.row.heap())
        };
        rows.rows.iter().map(size).collect()
    }

    /// True where nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A panic in `work` leaves the rows as they were: changes are applied after it returned.
    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self, rows: &mut Rows, at: Option<Timestamp>) -> Result<Reading, StoreError> {
        let now = match &self.time {
            Time::Manual => {
                if let Some(at) = at {
                    rows.manual = Some(at);
                }
                rows.manual.unwrap_or(Timestamp::EPOCH)
            }
            Time::Live(clock) => {
                let (wall, monotonic) = clock.read();
                let offset = wall.nanos().saturating_sub(monotonic.nanos());
                let known = *rows.offset.get_or_insert(offset);
                if offset.abs_diff(known) > self.skew.nanos().unsigned_abs() {
                    return Err(StoreError::Clock);
                }
                wall
            }
        };
        let late = rows.latest.filter(|_| !planted(125)).map_or(now, |latest| latest.max(now));
        rows.latest = Some(late);
        Ok(Reading { early: now, late })
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore")
    }
}

impl Keeper for MemoryStore {
    fn transact(
        &self,
        forms: Forms<'_>,
        touches: &Touches<'_>,
        work: &mut dyn FnMut(&Snapshot<'_>) -> Vec<Change>,
    ) -> Result<(), StoreError> {
        let mut guard = self.lock();
        let rows = &mut *guard;
        let reading = self.reading(rows, touches.at)?;
        let sequence = rows.sequence + 1;
        let keys = &*touches.keys;
        let spots: SmallVec<[Option<Spot>; 16]> = keys.iter().map(|key| rows.rows.spot(key)).collect();
        let mut changes = {
            let row = |spot: &Option<Spot>| spot.and_then(|spot| rows.rows.at(spot)).map(|entry| &entry.row);
            let read: SmallVec<[Option<&Row>; 16]> = spots.iter().map(row).collect();
            work(&Snapshot { reading, sequence, rows: &read })
        };
        if changes.iter().any(|change| change.key(keys).is_none()) {
            return Err(StoreError::Unavailable("a change of a row that is not touched".to_owned()));
        }
        // Reading creates no entry.
        let owner = match &touches.account {
            _ if changes.is_empty() => None,
            Account::Host => None,
            Account::Principal(key) => {
                let owner = rows.owners.number(key);
                if owner.is_some_and(|owner| !rows.makes_room(owner, &changes, keys, self.capacity, reading))
                {
                    return Err(StoreError::Full);
                }
                owner
            }
            Account::OwnerOf(place) => {
                let spot = spots.get(*place).copied().flatten();
                spot.and_then(|spot| rows.rows.at(spot)).and_then(|entry| entry.owner)
            }
        };
        if !rows.rows.has_room(changes.len()) {
            return Err(StoreError::Full);
        }
        rows.sequence = sequence;
        let contract = if changes.is_empty() { 0 } else { rows.contract(forms) };
        for change in changes.drain(..) {
            let spot = match &change.row {
                Target::Touched(place) => spots.get(*place).copied().flatten(),
                Target::Other(_) => None,
            };
            rows.change(forms, contract, owner, change, keys, spot);
        }
        spare::give_changes(changes);
        Ok(())
    }

    fn reset(&self) {
        let mut rows = self.lock();
        *rows = Rows { manual: rows.manual, offset: rows.offset, ..Rows::default() };
    }

    fn set_clock(&self, at: Timestamp) {
        if matches!(self.time, Time::Manual) {
            self.lock().manual = Some(at);
        }
    }

    fn drop_rows(&self, of: &OfJob) {
        self.lock().close(of);
    }

    fn confirm_clock(&self) {
        self.lock().offset = None;
    }
}

impl Rows {
    /// True where there is room for what changes begin, once what is over of its owner has gone.
    fn makes_room(
        &mut self,
        owner: Owner,
        changes: &[Change],
        touched: &[Key],
        capacity: usize,
        now: Reading,
    ) -> bool {
        // Counted only where it may matter: changes of one new row are counted several times here.
        let fits = |rows: &Self, new: usize| rows.owners.rows(owner).len() + new <= capacity;
        if fits(self, changes.len()) || fits(self, self.new_of(changes, touched)) {
            return true;
        }
        if self.owners.may_look(owner, now.late) {
            self.sweep(owner, now.early);
        }
        fits(self, self.new_of(changes, touched))
    }

    /// How many changes begin a row; some may begin the same one.
    fn new_of(&self, changes: &[Change], touched: &[Key]) -> usize {
        let is_new = |change: &&Change| change.key(touched).is_some_and(|key| self.rows.spot(key).is_none());
        changes.iter().filter(is_new).count()
    }

    /// Drops what is over of one principal: a live row is never evicted (semantics 22).
    fn sweep(&mut self, owner: Owner, early: Timestamp) {
        let contracts = &self.contracts;
        let over = |entry: &Entry| {
            contracts.get(usize::from(entry.contract)).is_some_and(|(contract, plan)| {
                is_over(&entry.row, plan.form(contract.program(), entry.form), early)
            })
        };
        let rows = self.owners.rows(owner).iter().copied();
        let gone: Vec<Spot> = rows.filter(|&spot| self.rows.at(spot).is_some_and(over)).collect();
        gone.into_iter().for_each(|spot| self.drop(spot));
    }

    /// Drops the row at a spot.
    fn drop(&mut self, spot: Spot) {
        let Some(entry) = self.rows.remove(spot) else { return };
        let moved = entry.owner.and_then(|owner| self.owners.remove(owner, entry.number));
        if let Some(moved) = moved.and_then(|moved| self.rows.at_mut(moved)) {
            moved.number = entry.number;
        }
    }

    /// Drops the rows of a job, at once where there are few rows at all; otherwise some tables are looked through each time.
    fn close(&mut self, of: &OfJob) {
        let tables = self.rows.tables();
        self.closed.close(of, tables);
        let few = self.rows.len() <= SMALL;
        for _ in 0..if few { tables } else { VISITS } {
            let table = self.closed.next % tables;
            if !few && !self.closed.can_visit(self.rows.len_of(table)) {
                break;
            }
            let gone = self.rows.spots_in(table, |key| self.closed.has(key));
            gone.into_iter().for_each(|spot| self.drop(spot));
            self.closed.next += 1;
        }
        self.closed.forget();
    }

    /// The number of a contract. Two gates by one contract name and keep their rows alike.
    fn contract(&mut self, forms: Forms<'_>) -> u16 {
        let is_it = |(contract, plan): &(Arc<Verified>, Arc<Plan>)| {
            Arc::ptr_eq(plan, forms.plan) || contract.digest() == forms.contract.digest()
        };
        let known = self.contracts.iter().rposition(is_it).unwrap_or_else(|| {
            self.contracts.push((forms.contract.clone(), forms.plan.clone()));
            self.contracts.len() - 1
        });
        u16::try_from(known).unwrap_or(u16::MAX)
    }

    fn change(
        &mut self,
        forms: Forms<'_>,
        contract: u16,
        owner: Option<Owner>,
        change: Change,
        touched: &[Key],
        spot: Option<Spot>,
    ) {
        let form = forms.plan.form(forms.contract.program(), change.form);
        let Change { row, delta, .. } = change;
        let key = match &row {
            Target::Touched(place) => touched.get(*place),
            Target::Other(key) => Some(&**key),
        };
        let Some(key) = key else { return };
        let spot = self.rows.spot_near(key, spot);
        match spot.and_then(|spot| self.rows.at_mut(spot)) {
            Some(entry) => {
                // Most changes keep the row: it is changed where it stands.
                let mut row = Some(std::mem::replace(&mut entry.row, Row::Made));
                apply(&mut row, form, delta);
                match row {
                    Some(row) => {
                        entry.row = row;
                        // A contract that does not know the row any more leaves it as it was kept.
                        if change.form != FormRef::Plain {
                            (entry.form, entry.contract) = (change.form, contract);
                        }
                    }
                    None => {
                        if let Some(spot) = spot {
                            self.drop(spot);
                        }
                    }
                }
            }
            None => {
                let mut row = None;
                apply(&mut row, form, delta);
                if let Some(row) = row {
                    self.closed.added(key);
                    let entry = Entry { row, form: change.form, contract, owner, number: 0 };
                    self.add(key, entry);
                }
            }
        }
    }

    /// Adds a row under a key that has none.
    fn add(&mut self, key: &Key, entry: Entry) {
        let owner = entry.owner;
        let Some(spot) = self.rows.add(key, entry) else { return };
        let number = owner.map(|owner| self.owners.add(owner, spot));
        if let (Some(number), Some(entry)) = (number, self.rows.at_mut(spot)) {
            entry.number = number;
        }
    }
}

#[cfg(test)]
mod tests;
