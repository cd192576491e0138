//! Keys of rows: typed, lossless, bounded.

use agentpass_ir::Value;
use sha2::{Digest, Sha256};

use crate::digest;

/// The longest key that is kept as it is; a longer one is kept as its digest. Keys can be chosen by agents, so their size
/// is bounded.
pub const MAX_KEY: usize = 120;

/// What identifies a row. Keys sort, so that a store can lock in one order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(Box<[u8]>);

impl Key {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
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
#[derive(Clone, Debug)]
pub struct Builder(Vec<u8>);

impl Builder {
    /// Of a row of that kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(kind as u8);
        Self(bytes)
    }

    /// Adds bytes of a fixed length.
    #[must_use]
    pub fn fixed(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a text; nothing is another text than the empty one.
    #[must_use]
    pub fn text(mut self, text: Option<&str>) -> Self {
        match text {
            None => self.0.push(0),
            Some(text) => {
                self.0.push(1);
                self.0.extend_from_slice(&(text.len() as u64).to_le_bytes()[..4]);
                self.0.extend_from_slice(text.as_bytes());
            }
        }
        self
    }

    /// Adds a value with its type.
    #[must_use]
    pub fn value(mut self, value: &Value) -> Self {
        match value {
            // The common ones, without a digest in between.
            Value::Text(text) => {
                self.0.push(2);
                self.text(Some(text))
            }
            Value::Int(int) => {
                self.0.push(3);
                self.fixed(&int.to_le_bytes())
            }
            Value::Bool(truth) => {
                self.0.push(4);
                self.fixed(&[u8::from(*truth)])
            }
            other => {
                self.0.push(5);
                self.fixed(&digest::of_value(other))
            }
        }
    }

    /// Adds several values.
    #[must_use]
    pub fn values(self, values: &[Value]) -> Self {
        values.iter().fold(self, Self::value)
    }

    /// The key.
    #[must_use]
    pub fn finish(self) -> Key {
        if self.0.len() <= MAX_KEY {
            return Key(self.0.into_boxed_slice());
        }
        let kind = self.0.first().copied().unwrap_or(0);
        let mut short = Vec::with_capacity(34);
        short.extend_from_slice(&[kind, 0xff]);
        short.extend_from_slice(&Sha256::digest(&self.0));
        Key(short.into_boxed_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[Option<&str>]) -> Key {
        parts.iter().fold(Builder::new(Kind::Job), |key, part| key.text(*part)).finish()
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
