//! Rows by key: the rows in one place each, and many small tables that say where.
//!
//! A table that has no room left moves to a larger place, and everything waits until it has. With one table for all rows that
//! is a pause of tens of milliseconds in the middle of somebody's call; each of these holds a small part of them, and of a row no
//! more than a part of its key's hash and where it is. A key is kept as long as it is, not as long as it may be.

use hashbrown::HashTable;

use super::Entry;
use super::slab::Slab;
use crate::state::Key;
use crate::state::key::Kind;

/// How many tables for rows that last.
const LASTING: usize = 256;

/// And for those of calls that are open. They come and go: in tables of their own they take the same few places again and again.
const PASSING: usize = 16;

/// Rows by key.
pub(super) struct Table {
    tables: Vec<HashTable<Place>>,
    rows: Slab<Keyed>,
    len: usize,
}

/// Where a row is, and half of the hash of its key: a table that moves has no need to look at the row.
#[derive(Clone, Copy)]
struct Place {
    half: u32,
    row: u32,
}

/// A row with its key.
struct Keyed {
    key: Box<[u8]>,
    entry: Entry,
}

impl Keyed {
    fn is_of(&self, key: &Key) -> bool {
        *self.key == *key.as_bytes()
    }
}

/// What a row takes beside what it holds, with its part of a table, its number among those of its owner, and what is noted of its
/// spot when it goes. What has just grown has room for twice as many or more; that is counted for each of them.
pub(super) const ROW: usize =
    size_of::<Option<Keyed>>() + 4 * size_of::<Spot>() + (size_of::<Place>() + 1) * 16 / 7;

/// Where a row is: it stays there as long as it is kept.
pub(super) type Spot = u32;

impl Default for Table {
    fn default() -> Self {
        Self { tables: vec![HashTable::new(); LASTING + PASSING], rows: Slab::default(), len: 0 }
    }
}

impl Table {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where the row of a key is.
    pub(super) fn spot(&self, key: &Key) -> Option<Spot> {
        let half = half(key.hash());
        let is_of =
            |place: &Place| place.half == half && self.rows.get(place.row).is_some_and(|row| row.is_of(key));
        self.tables.get(table(key.hash(), key.as_bytes()))?.find(spread(half), is_of).map(|place| place.row)
    }

    /// The row at a spot, to be changed.
    pub(super) fn at_mut(&mut self, spot: Spot) -> Option<&mut Entry> {
        self.rows.get_mut(spot).map(|row| &mut row.entry)
    }

    /// The row at a spot.
    pub(super) fn at(&self, spot: Spot) -> Option<&Entry> {
        self.rows.get(spot).map(|row| &row.entry)
    }

    /// Where the row of a key is, which may be at that spot.
    pub(super) fn spot_near(&self, key: &Key, spot: Option<Spot>) -> Option<Spot> {
        let is_there = |spot: &Spot| self.rows.get(*spot).is_some_and(|row| row.is_of(key));
        spot.filter(is_there).or_else(|| self.spot(key))
    }

    /// True where there is room for so many more.
    pub(super) fn has_room(&self, more: usize) -> bool {
        u32::try_from(self.len + more).is_ok()
    }

    /// Adds a row under a key that has none, where there is room, and says where it is.
    pub(super) fn add(&mut self, key: &Key, entry: Entry) -> Option<Spot> {
        let table = self.tables.get_mut(table(key.hash(), key.as_bytes()))?;
        let row = self.rows.add(Keyed { key: key.as_bytes().into(), entry })?;
        let half = half(key.hash());
        table.insert_unique(spread(half), Place { half, row }, |place| spread(place.half));
        self.len += 1;
        Some(row)
    }

    /// Drops the row at a spot.
    pub(super) fn remove(&mut self, spot: Spot) -> Option<Entry> {
        let Keyed { key, entry } = self.rows.remove(spot)?;
        let hash = crate::state::key::hash(&key);
        let table = self.tables.get_mut(table(hash, &key))?;
        if let Ok(place) = table.find_entry(spread(half(hash)), |place| place.row == spot) {
            place.remove();
            self.len -= 1;
        }
        Some(entry)
    }

    /// All keys and rows, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &Entry)> {
        self.rows.iter().map(|row| (&*row.key, &row.entry))
    }

    /// How many tables there are.
    pub(super) fn tables(&self) -> usize {
        self.tables.len()
    }

    /// How many rows there are in one of them.
    pub(super) fn len_of(&self, table: usize) -> usize {
        self.tables.get(table).map_or(0, HashTable::len)
    }

    /// The rows of one table whose keys are such.
    pub(super) fn spots_in(&self, table: usize, is_such: impl Fn(&[u8]) -> bool) -> Vec<Spot> {
        let spots = self.tables.get(table).into_iter().flatten().map(|place| place.row);
        spots.filter(|&spot| self.rows.get(spot).is_some_and(|row| is_such(&row.key))).collect()
    }
}

/// The half of a key's hash on which it does not depend which table is its own.
fn half(hash: u64) -> u32 {
    let [a, b, c, d, ..] = hash.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// What a table takes for a hash: it looks at the highest bits and at the lowest ones.
fn spread(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
}

/// The table of a key, by bits of its hash on which nothing inside of a table depends: those of the other half.
///
/// Rows that last go to the greater of two numbers, so that no two tables fill at the same pace: otherwise all of them would move
/// at about the same time.
fn table(hash: u64, key: &[u8]) -> usize {
    let [a, b, ..] = hash.to_le_bytes();
    let passes = key.first().is_some_and(|kind| PASSING_KINDS.contains(kind));
    if passes { LASTING + usize::from(a) % PASSING } else { usize::from(a.max(b)) }
}

const PASSING_KINDS: [u8; 2] = [Kind::Permit as u8, Kind::PermitsOfCall as u8];

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::plan::FormRef;
    use crate::state::Row;

    fn key(number: u8) -> Key {
        let kind = if number.is_multiple_of(3) { Kind::Permit } else { Kind::Tally };
        Key::build(kind, |key| _ = key.fixed(&[number]))
    }

    fn entry(mark: u32) -> Entry {
        Entry { row: Row::Made, form: FormRef::Meter(mark), contract: 0, owner: None, number: 0 }
    }

    #[test]
    fn keys_of_one_hash_are_told_apart() {
        for hash in [0, 1, u64::MAX, 1 << 40] {
            let mut table = Table::default();
            for number in 0..40 {
                let own = key(number).with_hash(hash);
                assert_eq!(table.spot(&own), None);
                let spot = table.add(&own, entry(number.into()));
                assert_eq!(table.spot(&own), spot);
                // Where another one is, is no more than a place to look first.
                for near in [None, spot, Some(0), Some(9), Some(1000)] {
                    assert_eq!(table.spot_near(&own, near), spot);
                }
            }
        }
    }

    #[test]
    fn many_rows_come_and_go() {
        // So many that tables are full of keys that look alike to them.
        let key = |number: u32| Key::build(Kind::Tally, |key| _ = key.fixed(&number.to_le_bytes()));
        let mut table = Table::default();
        let all: Vec<Option<Spot>> =
            (0..20_000).map(|number| table.add(&key(number), entry(number))).collect();
        for (number, spot) in (0..).zip(&all).filter(|(number, _)| number % 3 > 0) {
            let gone = spot.and_then(|spot| table.remove(spot)).map(|entry| entry.form);
            assert_eq!(gone, Some(FormRef::Meter(number)));
        }
        for (number, spot) in (0..).zip(&all) {
            assert_eq!(table.spot(&key(number)), spot.filter(|_| number % 3 == 0), "{number}");
        }
        assert_eq!((table.len(), table.iter().count()), (6_667, 6_667));
    }

    proptest! {
        #[test]
        fn rows_are_found_under_their_own_keys(
            steps in proptest::collection::vec((0_u8..24, 0_u8..24, 0_u8..7), 0..200),
        ) {
            let mut table = Table::default();
            let mut plain: HashMap<u8, u32> = HashMap::new();
            let mut lately: HashMap<u8, Spot> = HashMap::new();
            for (step, (number, other, what)) in steps.into_iter().enumerate() {
                let (own, mark) = (key(number), step as u32);
                let near = lately.get(&other).copied();
                match what {
                    0..3 if !plain.contains_key(&number) => {
                        lately.extend(table.add(&own, entry(mark)).map(|spot| (number, spot)));
                        plain.insert(number, mark);
                    }
                    0..3 => {
                        let spot = table.spot_near(&own, near).unwrap();
                        table.at_mut(spot).unwrap().form = FormRef::Meter(mark);
                        plain.insert(number, mark);
                    }
                    3..6 => {
                        let gone = table.spot_near(&own, near).and_then(|spot| table.remove(spot));
                        prop_assert_eq!(gone.map(|entry| entry.form), plain.remove(&number).map(FormRef::Meter));
                    }
                    _ => {
                        let such = |key: &[u8]| key.get(1).is_some_and(|of| of % 5 == number % 5);
                        let spots = (0..table.tables()).flat_map(|place| table.spots_in(place, such));
                        let gone = spots.collect::<Vec<_>>().into_iter().filter_map(|spot| table.remove(spot)).count();
                        prop_assert_eq!(gone, plain.keys().filter(|of| *of % 5 == number % 5).count());
                        plain.retain(|of, _| of % 5 != number % 5);
                    }
                }
                prop_assert_eq!(table.len(), plain.len());
                prop_assert_eq!(table.iter().count(), plain.len());
                prop_assert_eq!((0..table.tables()).map(|place| table.len_of(place)).sum::<usize>(), plain.len());
                for number in 0..24 {
                    let spot = table.spot(&key(number));
                    let found = spot.and_then(|spot| table.at(spot)).map(|entry| entry.form);
                    prop_assert_eq!(found, plain.get(&number).copied().map(FormRef::Meter));
                    prop_assert_eq!(table.spot_near(&key(number), near), spot);
                }
            }
        }
    }
}
