//! Keys of rows: typed, lossless, bounded.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use agentpass_ir::Value;
use foldhash::quality::RandomState;
use sha2::{Digest, Sha256};

use crate::digest;

/// The longest key that is kept as it is; a longer one is kept as its digest. Keys can be chosen by agents, so their size
/// is bounded.
pub const MAX_KEY: usize = 111;

/// What identifies a row. Keys sort, so that a store can lock in one order. They hold their bytes in place: a decision makes a
/// dozen of them.
#[derive(Clone)]
pub struct Key {
    /// Of the bytes: a key is looked for several times, and most others are told from it by this alone.
    hash: u64,
    length: u8,
    bytes: [u8; MAX_KEY],
}

impl Key {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// A hash of it, which is another one in every process: nobody can foresee which keys meet.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash
    }

    fn of(bytes: &[u8]) -> Key {
        let mut key = Key { hash: 0, length: 0, bytes: [0; MAX_KEY] };
        for (to, byte) in key.bytes.iter_mut().zip(bytes) {
            *to = *byte;
        }
        key.length = u8::try_from(bytes.len().min(MAX_KEY)).unwrap_or(u8::MAX);
        key
    }

    fn hashed(mut self) -> Key {
        self.hash = hash(self.as_bytes());
        self
    }
}

/// The hash of a key of those bytes.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    static SEED: OnceLock<RandomState> = OnceLock::new();
    SEED.get_or_init(RandomState::default).hash_one(bytes)
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, to: &mut H) {
        to.write_u64(self.hash);
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", digest::hex(self.as_bytes()))
    }
}

/// Kinds of rows: the first byte of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "named as the rows")]
pub enum Kind {
    Tally = 1,
    Watch,
    Once,
    Asking,
    /// From a challenge's id to its asking.
    AskingId,
    /// From a call's id to the askings that it met.
    AskingsOfCall,
    Job,
    /// From a job's id to the tenants that have one of that name.
    JobTenants,
    Permit,
    /// From a call's id to its open permits.
    PermitsOfCall,
    Seen,
    /// That a job has made a call of that digest before.
    Made,
    Switches,
}

/// A key while it is put together.
///
/// Its bytes are kept in place as long as they fit, and are digested when they do not.
#[derive(Clone, Debug)]
pub struct Builder {
    key: Key,
    /// All bytes, from the moment at which they no longer fit.
    long: Option<Box<Sha256>>,
}

impl Builder {
    /// Of a row of that kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { key: Key::of(&[kind as u8]), long: None }
    }

    /// Adds bytes of a fixed length.
    pub fn fixed(&mut self, bytes: &[u8]) -> &mut Self {
        self.push(bytes);
        self
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        if let Some(long) = &mut self.long {
            long.update(bytes);
            return;
        }
        let from = usize::from(self.key.length);
        match self.key.bytes.get_mut(from..from + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.key.length += u8::try_from(bytes.len()).unwrap_or(0);
            }
            None => self.digest(bytes),
        }
    }

    #[cold]
    fn digest(&mut self, more: &[u8]) {
        let mut long = Sha256::new();
        long.update(self.key.as_bytes());
        long.update(more);
        self.long = Some(Box::new(long));
    }

    /// Adds a text; nothing is another text than the empty one.
    pub fn text(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            None => self.push(&[0]),
            Some(text) => {
                self.push(&[1]);
                self.push(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
                self.push(text.as_bytes());
            }
        }
        self
    }

    /// Adds a value with its type.
    pub fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            // The common ones, without a digest in between.
            Value::Text(text) => {
                self.push(&[2]);
                self.text(Some(text))
            }
            Value::Int(int) => {
                self.push(&[3]);
                self.fixed(&int.to_le_bytes())
            }
            Value::Bool(truth) => {
                self.push(&[4]);
                self.fixed(&[u8::from(*truth)])
            }
            other => {
                self.push(&[5]);
                self.fixed(&digest::of_value(other))
            }
        }
    }

    /// Adds several values.
    pub fn values(&mut self, values: &[Value]) -> &mut Self {
        values.iter().fold(self, Self::value)
    }

    /// The key.
    #[must_use]
    pub fn finish(&self) -> Key {
        let Some(long) = &self.long else { return self.key.clone().hashed() };
        let kind = self.key.as_bytes().first().copied().unwrap_or(0);
        let mut short = [0xff; 34];
        if let Some((head, digest)) = short.split_at_mut_checked(2) {
            head.copy_from_slice(&[kind, 0xff]);
            digest.copy_from_slice(&long.clone().finalize());
        }
        Key::of(&short).hashed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[Option<&str>]) -> Key {
        let mut key = Builder::new(Kind::Job);
        parts.iter().fold(&mut key, |key, part| key.text(*part)).finish()
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key(&[Some("a"), Some("bc")]), key(&[Some("ab"), Some("c")]));
        assert_ne!(key(&[None, Some("")]), key(&[Some(""), None]));
        assert_ne!(key(&[Some("1")]), Builder::new(Kind::Job).value(&Value::Int(1)).finish());
    }

    #[test]
    fn long_keys_are_bounded_and_still_differ() {
        let long = "x".repeat(1 << 16);
        let one = key(&[Some(&long)]);
        let other = key(&[Some(&format!("{long}y"))]);
        assert!(one.as_bytes().len() <= MAX_KEY && one != other);
    }
}
