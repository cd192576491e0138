//! The rows that a transaction is about, each once.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::spare;
use crate::state::Key;
use crate::state::key::{Builder, Kind};

/// Places of keys: most often one.
pub(crate) type Places = SmallVec<[usize; 2]>;

/// Beyond so many keys they are looked up by hash.
const FEW: usize = 24;

/// Keys with their places.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    keys: Vec<Key>,
    places: HashMap<Key, usize>,
}

impl Drop for Touched {
    fn drop(&mut self) {
        spare::give_keys(std::mem::take(&mut self.keys));
    }
}

impl Touched {
    /// None.
    pub(crate) fn new() -> Self {
        Self { keys: spare::keys(), places: HashMap::new() }
    }

    /// Adds a key, and says its place.
    pub(crate) fn add(&mut self, key: Key) -> usize {
        self.keys.push(key);
        self.settle()
    }

    /// Puts a key together where it will stand, and says its place.
    pub(crate) fn build(&mut self, kind: Kind, parts: impl FnOnce(&mut Builder<'_>)) -> usize {
        self.keys.push(Key::empty());
        if let Some(new) = self.keys.last_mut() {
            new.fill(kind, parts);
        }
        self.settle()
    }

    /// The last key has just come: its place, or that of its equal.
    fn settle(&mut self) -> usize {
        let Some((last, known)) = self.keys.split_last() else { return 0 };
        let place = known.len();
        let same = if place <= FEW {
            known.iter().position(|known| known == last)
        } else {
            self.places.get(last).copied()
        };
        if let Some(same) = same {
            self.keys.pop();
            return same;
        }
        if place == FEW {
            self.places = self.keys.iter().cloned().zip(0..).collect();
        } else if place > FEW {
            self.places.insert(last.clone(), place);
        }
        place
    }

    /// The place of a key.
    pub(crate) fn place(&self, key: &Key) -> Option<usize> {
        if self.keys.len() <= FEW {
            self.keys.iter().position(|known| known == key)
        } else {
            self.places.get(key).copied()
        }
    }

    /// The key at a place.
    pub(crate) fn key(&self, place: usize) -> Option<&Key> {
        self.keys.get(place)
    }

    /// The keys.
    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }
}
