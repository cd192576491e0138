//! Where to look further: from a name that somebody uses to the rows that it may mean.

use super::key::Key;
use super::size::trim;

/// So many are listed. Whoever means one of more has to use a name of its own; and hosts that count calls from one in every job, and
/// never say how they ended, would otherwise make each call look at all of those before it.
const MOST: usize = 64;

/// Some rows, in the order in which they came.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Index {
    keys: Vec<Key>,
    /// How many more there are.
    more: u64,
}

impl Index {
    /// Adds one, unless it is listed.
    pub fn add(&mut self, key: Key) {
        if self.keys.contains(&key) {
            return;
        }
        if self.keys.len() < MOST {
            self.keys.push(key);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Takes one away. What is not listed is one of the others.
    pub fn remove(&mut self, key: &Key) {
        let before = self.keys.len();
        self.keys.retain(|known| known != key);
        if self.keys.len() == before {
            self.more = self.more.saturating_sub(1);
        }
        trim(&mut self.keys);
    }

    /// Those that are listed.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// True where all of them are listed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.more == 0
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.is_whole()
    }

    /// The bytes that it takes besides itself.
    pub(super) fn heap(&self) -> usize {
        super::size::room::<Key>(self.keys.capacity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::key::Kind;

    fn key(number: usize) -> Key {
        Key::build(Kind::Permit, |key| _ = key.text(Some(&number.to_string())))
    }

    #[test]
    fn beyond_so_many_they_are_counted() {
        let mut index = Index::default();
        (0..MOST + 3).for_each(|number| index.add(key(number)));
        index.add(key(0));
        assert!(!index.is_whole() && index.keys().len() == MOST);
        // Two that are listed, and two that are not.
        [0, 1, MOST, MOST + 1].iter().for_each(|number| index.remove(&key(*number)));
        assert!(!index.is_whole(), "one that is not listed is left");
        index.remove(&key(MOST + 2));
        assert!(index.is_whole() && index.keys().len() == MOST - 2);
        (0..MOST).for_each(|number| index.remove(&key(number)));
        assert!(index.is_empty());
    }
}
