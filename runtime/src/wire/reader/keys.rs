//! The keys of one object, and whether one of them stands there twice.

use std::borrow::Cow;

use smallvec::SmallVec;

/// Keys in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Keys<'t> {
    seen: SmallVec<[Cow<'t, str>; FEW]>,
    /// Of each key one bit, by its length and its ends.
    traits: [u64; 4],
    /// Two keys may be the same, by that.
    alike: bool,
}

/// So many are compared each with each; more are sorted. Neither depends on hashes that somebody could foresee.
const FEW: usize = 12;

impl<'t> Keys<'t> {
    pub(super) fn add(&mut self, key: Cow<'t, str>) {
        let bytes = key.as_bytes();
        let ends = [bytes.first(), bytes.last()].map(|byte| usize::from(byte.copied().unwrap_or(0)));
        let place = bytes.len() * 29 + ends[0] * 7 + ends[1];
        let bit = 1 << (place % 64);
        if let Some(traits) = self.traits.get_mut(place / 64 % 4) {
            self.alike |= *traits & bit != 0;
            *traits |= bit;
        }
        self.seen.push(key);
    }

    /// A key that stands twice.
    #[inline]
    pub(super) fn repeated(&mut self) -> Option<Cow<'t, str>> {
        if self.alike { self.found() } else { None }
    }

    #[cold]
    fn found(&mut self) -> Option<Cow<'t, str>> {
        if self.seen.len() > FEW {
            self.seen.sort_unstable();
            let twice = self.seen.windows(2).find(|pair| matches!(pair, [a, b] if a == b));
            return twice.and_then(|pair| pair.first().cloned());
        }
        let mut rest = self.seen.as_slice();
        while let [key, others @ ..] = rest {
            if others.contains(key) {
                return Some(key.clone());
            }
            rest = others;
        }
        None
    }
}

/// Numbers of fields that have been seen.
#[derive(Debug, Default)]
pub(crate) struct Numbers([u64; 4]);

impl Numbers {
    /// Adds one; false where it was there.
    pub(crate) fn add(&mut self, number: u8) -> bool {
        let is_new = !self.has(number);
        if let Some(word) = self.0.get_mut(usize::from(number / 64)) {
            *word |= 1 << (number % 64);
        }
        is_new
    }

    /// Whether it was added.
    pub(crate) fn has(&self, number: u8) -> bool {
        self.0.get(usize::from(number / 64)).is_some_and(|word| word & 1 << (number % 64) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_seen_among_few_and_many() {
        for count in [0, 1, 2, 11, 12, 13, 200] {
            let keys = |extra: Option<usize>| {
                let mut keys = Keys::default();
                (0..count).chain(extra).for_each(|n| keys.add(Cow::Owned(format!("k{n}"))));
                keys.repeated().map(Cow::into_owned)
            };
            assert_eq!(keys(None), None);
            for again in [0, count / 2, count.saturating_sub(1)] {
                let twice = (count > 0).then(|| format!("k{again}"));
                assert_eq!(keys((count > 0).then_some(again)), twice, "{again} of {count}");
            }
        }
    }
}
