//! Rows by key, in many small tables.
//!
//! A table that has no room left moves to a larger place, and everything waits until it has. With one table for all rows that
//! is a pause of tens of milliseconds in the middle of somebody's call; each of these holds a small part of them. A key is kept
//! as long as it is, not as long as it may be.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::Entry;
use crate::state::Key;

/// How many tables.
const TABLES: usize = 256;

/// Rows by key.
pub(super) struct Table {
    hasher: RandomState,
    tables: Vec<HashTable<(Box<[u8]>, Entry)>>,
    len: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { hasher: RandomState::default(), tables: vec![HashTable::new(); TABLES], len: 0 }
    }
}

impl Table {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Entry> {
        let hash = self.hash(key.as_bytes());
        let table = self.tables.get(place(hash))?;
        table.find(hash, |(known, _)| **known == *key.as_bytes()).map(|(_, entry)| entry)
    }

    pub(super) fn get_mut(&mut self, key: &Key) -> Option<&mut Entry> {
        let hash = self.hash(key.as_bytes());
        let table = self.tables.get_mut(place(hash))?;
        table.find_mut(hash, |(known, _)| **known == *key.as_bytes()).map(|(_, entry)| entry)
    }

    /// Adds a row under a key that has none.
    pub(super) fn add(&mut self, key: &Key, entry: Entry) {
        let hash = self.hash(key.as_bytes());
        let hasher = &self.hasher;
        if let Some(table) = self.tables.get_mut(place(hash)) {
            let row = (key.as_bytes().into(), entry);
            table.insert_unique(hash, row, |(known, _)| hasher.hash_one(&**known));
            self.len += 1;
        }
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<Entry> {
        let hash = self.hash(key.as_bytes());
        let table = self.tables.get_mut(place(hash))?;
        let found = table.find_entry(hash, |(known, _)| **known == *key.as_bytes()).ok()?;
        self.len -= 1;
        let ((_, entry), _) = found.remove();
        Some(entry)
    }

    /// All keys and rows, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &Entry)> {
        self.tables.iter().flatten().map(|(key, entry)| (&**key, entry))
    }

    /// Drops all rows of which this is true.
    pub(super) fn drop_where(&mut self, mut gone: impl FnMut(&Entry) -> bool) {
        for table in &mut self.tables {
            table.retain(|(_, entry)| !gone(entry));
        }
        self.len = self.tables.iter().map(HashTable::len).sum();
    }

    fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash_one(key)
    }
}

/// The table of a hash. Inside, its lowest and its highest bits tell keys apart.
fn place(hash: u64) -> usize {
    (hash >> 40) as usize % TABLES
}
