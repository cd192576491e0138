//! Time and chance, which come from outside.

use std::sync::atomic::{AtomicU64, Ordering};

use agentpass_values::Timestamp;

use crate::digest::Sha256;

/// A clock. A store has one, and it rules (semantics 25).
pub trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until somebody moves it.
#[derive(Debug, Default)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

impl ManualClock {
    /// A clock that shows this.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(time.nanos()))
    }

    /// Moves it.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.nanos(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::SeqCst))
    }
}

/// Where unguessable names come from.
pub trait Entropy: Send + Sync {
    /// 80 bits or more that nobody can foresee.
    fn draw(&self) -> [u8; 10];
}

/// Reproducible names, for tests and `--seed`.
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    drawn: AtomicU64,
}

impl Seeded {
    /// Names that follow from this.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for Seeded {
    fn draw(&self) -> [u8; 10] {
        let mut hash = Sha256::new();
        hash.update(&self.seed.to_le_bytes());
        hash.update(&self.drawn.fetch_add(1, Ordering::SeqCst).to_le_bytes());
        let [a, b, c, d, e, f, g, h, i, j, ..] = hash.finish();
        [a, b, c, d, e, f, g, h, i, j]
    }
}

/// A name that sorts by time: `dec_`, the milliseconds, what was drawn.
pub(crate) fn name(kind: &str, now: Timestamp, entropy: &dyn Entropy) -> String {
    let millis = now.nanos().div_euclid(1_000_000).max(0);
    format!("{kind}_{millis:012x}{}", crate::digest::hex(&entropy.draw()))
}
