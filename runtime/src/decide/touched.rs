//! The rows that a transaction is about, each once.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::spare;
use crate::state::Key;

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
        if let Some(place) = self.place(&key) {
            return place;
        }
        let place = self.keys.len();
        if place == FEW {
            self.places = self.keys.iter().cloned().zip(0..).collect();
        }
        if place >= FEW {
            self.places.insert(key.clone(), place);
        }
        self.keys.push(key);
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
