//! Time and chance, which come from outside.

use std::time::Instant;
#[allow(clippy::disallowed_types, reason = "this is where time comes in")]
use std::time::{SystemTime, UNIX_EPOCH};

use agentpass_values::{Duration, Timestamp};

use crate::digest::{self, Sha256};
use crate::sync::{AtomicU64, Mutex, Ordering, PoisonError};

/// A clock. A store has one, and it rules (semantics 25).
pub trait Clock: Send + Sync {
    /// The time of the day, and the time since some moment by a clock that nobody sets.
    fn read(&self) -> (Timestamp, Duration);
}

/// Two readings of the time (semantics 25): budgets refill by the earlier one, evidence and approvals expire by the later
/// one. They differ where the clock ran backwards: then nobody knows which of them is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The earlier one: what the clock says.
    pub early: Timestamp,
    /// The later one: the latest that it ever said. It never runs backwards.
    pub late: Timestamp,
}

impl Reading {
    /// True where the clock says one thing.
    #[must_use]
    pub fn is_sure(self) -> bool {
        self.early == self.late
    }
}

/// The clocks of the machine.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// The clocks of the machine.
    #[must_use]
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "this is where time comes in")]
    fn read(&self) -> (Timestamp, Duration) {
        let nanos = |length: std::time::Duration| i64::try_from(length.as_nanos()).unwrap_or(i64::MAX);
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanos);
        (Timestamp::from_nanos(wall), Duration::from_nanos(nanos(self.0.elapsed())))
    }
}

/// Where unguessable names come from.
pub trait Entropy: Send + Sync {
    /// 80 bits or more that nobody can foresee.
    fn draw(&self) -> [u8; 10];
}

/// Names that nobody can foresee: the system's own randomness, fetched for many names at a time.
#[derive(Debug, Default)]
pub struct SystemEntropy {
    pool: Mutex<Vec<[u8; 10]>>,
    drawn: AtomicU64,
}

impl Entropy for SystemEntropy {
    fn draw(&self) -> [u8; 10] {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.is_empty() {
            let mut bytes = [[0; 10]; 64];
            if getrandom::fill(bytes.as_flattened_mut()).is_ok() {
                pool.extend(bytes);
            }
        }
        pool.pop().unwrap_or_else(|| {
            // Without randomness names are still unique; that they can be guessed opens nothing, since votes and outcomes
            // come over authenticated channels.
            let mut bytes = [0; 10];
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            bytes.iter_mut().rev().zip(drawn.iter().rev()).for_each(|(to, byte)| *to = *byte);
            bytes
        })
    }
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
///
/// A process that was copied draws what its original draws. So the nanoseconds that the milliseconds leave over are mixed in: the
/// same draw at the same millisecond is not the same name yet.
pub(crate) fn name(kind: &str, now: Timestamp, entropy: &dyn Entropy) -> String {
    let millis = now.nanos().div_euclid(1_000_000).max(0);
    let mut name = String::with_capacity(kind.len() + 33);
    name.push_str(kind);
    name.push('_');
    let rest = u32::try_from(now.nanos().rem_euclid(1_000_000)).unwrap_or(0);
    let mixed = rest.to_be_bytes().into_iter().chain([0; 6]);
    let drawn = entropy.draw().into_iter().zip(mixed).map(|(drawn, mixed)| drawn ^ mixed);
    let mut bytes = [0; 16];
    let all = millis.to_be_bytes().into_iter().skip(2).chain(drawn);
    bytes.iter_mut().zip(all).for_each(|(to, byte)| *to = byte);
    digest::push_hex(&mut name, &bytes);
    name
}
