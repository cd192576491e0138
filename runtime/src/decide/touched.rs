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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: u8) -> Key {
        Key::build(Kind::Once, |key| _ = key.fixed(&[number]))
    }

    proptest! {
        #[test]
        fn each_key_has_one_place(numbers in proptest::collection::vec((0_u8..60, any::<bool>()), 0..150)) {
            let mut touched = Touched::new();
            let mut plain: Vec<u8> = Vec::new();
            for (number, in_place) in numbers {
                let place = if in_place {
                    touched.build(Kind::Once, |key| _ = key.fixed(&[number]))
                } else {
                    touched.add(key(number))
                };
                let expected = plain.iter().position(|known| *known == number).unwrap_or_else(|| {
                    plain.push(number);
                    plain.len() - 1
                });
                prop_assert_eq!(place, expected);
                prop_assert_eq!(touched.keys().len(), plain.len());
                for number in 0..60 {
                    let place = touched.place(&key(number));
                    prop_assert_eq!(place, plain.iter().position(|known| *known == number));
                    let found = place.and_then(|place| touched.key(place)).cloned();
                    prop_assert_eq!(found, place.map(|_| key(number)));
                }
            }
        }
    }
}
