//! Rows by key, in many small tables.
//!
//! A table that has no room left moves to a larger place, and everything waits until it has. With one table for all rows that
//! is a pause of tens of milliseconds in the middle of somebody's call; each of these holds a small part of them. A key is kept
//! as long as it is, not as long as it may be.

use hashbrown::HashTable;

use super::Entry;
use crate::state::Key;
use crate::state::key::Kind;

/// How many tables for rows that last.
const LASTING: usize = 256;

/// And for those of calls that are open. They come and go: in tables of their own they take the same few places again and again.
const PASSING: usize = 16;

/// Rows by key.
pub(super) struct Table {
    tables: Vec<HashTable<Place>>,
    len: usize,
}

/// A row with its key, and the hash of that: a table that moves has no need to look at the key.
#[derive(Clone)]
pub(super) struct Place {
    hash: u64,
    key: Box<[u8]>,
    entry: Entry,
}

impl Place {
    fn is_of(&self, key: &Key) -> bool {
        self.hash == key.hash() && *self.key == *key.as_bytes()
    }
}

/// Where a row stands in its table, until rows come or go.
pub(super) type Spot = usize;

impl Default for Table {
    fn default() -> Self {
        Self { tables: vec![HashTable::new(); LASTING + PASSING], len: 0 }
    }
}

impl Table {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where the row of a key stands.
    pub(super) fn spot(&self, key: &Key) -> Option<Spot> {
        self.tables.get(place(key))?.find_bucket_index(key.hash(), |place| place.is_of(key))
    }

    /// The row at a spot.
    pub(super) fn at(&self, key: &Key, spot: Spot) -> Option<&Entry> {
        Some(&self.tables.get(place(key))?.get_bucket(spot)?.entry)
    }

    /// The row of a key, which stood at that spot and may have moved since.
    pub(super) fn get_mut(&mut self, key: &Key, spot: Option<Spot>) -> Option<&mut Entry> {
        let table = self.tables.get_mut(place(key))?;
        let stays = |spot: &Spot| table.get_bucket(*spot).is_some_and(|place| place.is_of(key));
        let place = match spot.filter(stays) {
            Some(spot) => table.get_bucket_mut(spot),
            None => table.find_mut(key.hash(), |place| place.is_of(key)),
        };
        place.map(|place| &mut place.entry)
    }

    /// Adds a row under a key that has none.
    pub(super) fn add(&mut self, key: &Key, entry: Entry) {
        let hash = key.hash();
        if let Some(table) = self.tables.get_mut(place(key)) {
            let row = Place { hash, key: key.as_bytes().into(), entry };
            table.insert_unique(hash, row, |place| place.hash);
            self.len += 1;
        }
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<Entry> {
        let hash = key.hash();
        let table = self.tables.get_mut(place(key))?;
        let found = table.find_entry(hash, |place| place.is_of(key)).ok()?;
        self.len -= 1;
        Some(found.remove().0.entry)
    }

    /// All keys and rows, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &Entry)> {
        self.tables.iter().flatten().map(|place| (&*place.key, &place.entry))
    }

    /// How many tables there are.
    pub(super) fn tables(&self) -> usize {
        self.tables.len()
    }

    /// How many rows there are in one of them.
    pub(super) fn len_of(&self, table: usize) -> usize {
        self.tables.get(table).map_or(0, HashTable::len)
    }

    /// Drops the rows of one table of which this is true.
    pub(super) fn drop_in(&mut self, table: usize, mut gone: impl FnMut(&[u8], &Entry) -> bool) {
        if let Some(table) = self.tables.get_mut(table) {
            let before = table.len();
            table.retain(|place| !gone(&place.key, &place.entry));
            self.len -= before - table.len();
        }
    }

    /// Drops all rows of which this is true.
    pub(super) fn drop_where(&mut self, mut gone: impl FnMut(&Entry) -> bool) {
        for table in &mut self.tables {
            table.retain(|place| !gone(&place.entry));
        }
        self.len = self.tables.iter().map(HashTable::len).sum();
    }
}

/// The table of a key, by bits of its hash on which nothing inside of a table depends.
///
/// Rows that last go to the greater of two numbers, so that no two tables fill at the same pace: otherwise all of them would move
/// at about the same time.
fn place(key: &Key) -> usize {
    let [.., a, b, _, _] = key.hash().to_le_bytes();
    let passes = key.as_bytes().first().is_some_and(|kind| PASSING_KINDS.contains(kind));
    if passes { LASTING + usize::from(a) % PASSING } else { usize::from(a.max(b)) }
}

const PASSING_KINDS: [u8; 2] = [Kind::Permit as u8, Kind::PermitsOfCall as u8];
