//! A place for everything that stays where it is: nothing moves when more comes.
//!
//! What comes lies beside what came just before, and what goes makes room for what comes next. So calls that come and go use the
//! same few places again and again, and those that last fill one page after the other.

/// How many places are made at a time.
const CHUNK: usize = 1024;

/// Places, by number.
pub(super) struct Slab<T> {
    chunks: Vec<Vec<Option<T>>>,
    /// Those that are free again.
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        let at = at as usize;
        self.chunks.get_mut(at / CHUNK)?.get_mut(at % CHUNK)?.as_mut()
    }

    /// Takes a place, and says its number. Nothing where there are no more numbers.
    pub(super) fn add(&mut self, new: T) -> Option<u32> {
        if let Some(at) = self.free.pop() {
            let place = self.chunks.get_mut(at as usize / CHUNK)?.get_mut(at as usize % CHUNK)?;
            *place = Some(new);
            return Some(at);
        }
        if self.chunks.last().is_none_or(|last| last.len() == CHUNK) {
            // Most stores are small: the first ones grow as they need to.
            let room = if self.chunks.is_empty() { 0 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let before = self.chunks.len().checked_sub(1)?;
        let last = self.chunks.last_mut()?;
        let at = u32::try_from(before * CHUNK + last.len()).ok()?;
        last.push(Some(new));
        Some(at)
    }

    pub(super) fn remove(&mut self, at: u32) -> Option<T> {
        let gone = self.chunks.get_mut(at as usize / CHUNK)?.get_mut(at as usize % CHUNK)?.take()?;
        self.free.push(at);
        Some(gone)
    }

    /// Everything, with its number.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_and_are_used_again() {
        let mut slab = Slab::default();
        let all: Vec<u32> = (0..3 * CHUNK).map(|number| slab.add(number).unwrap()).collect();
        for (number, at) in all.iter().enumerate() {
            assert_eq!(slab.get(*at), Some(&number));
        }
        assert_eq!(slab.remove(all[7]), Some(7));
        assert_eq!((slab.remove(all[7]), slab.get(all[7])), (None, None));
        assert_eq!(slab.iter().count(), 3 * CHUNK - 1);
        assert_eq!(slab.add(1), Some(all[7]));
        assert_eq!(slab.add(2), u32::try_from(all.len()).ok());
    }
}
