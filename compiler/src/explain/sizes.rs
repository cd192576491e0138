//! How many bytes the rows of the state take at most, as the store in memory keeps them.
//!
//! This is the one place where the layout of the state is written down a second time: `tests/tests/bounds.rs` drives contracts of
//! every construct as far as they go, and holds the runtime's own count of its rows against these numbers.
//!
//! Everything is counted: the key, the row's place in a table that has just grown, room that is reserved and not yet used, and
//! what an allocator keeps beside each allocation.

use crate::typed::Window;

/// A row without anything that it points to: its key, its place in the table, and the share of a table that is half empty.
pub const ROW: u64 = 448;
/// What an allocation takes besides what it is for.
pub const ALLOCATION: u64 = 16;
/// A name that the host gives: of a tenant, an agent, a user, a job, a group. Longer ones take as much more.
pub const NAME: u64 = 64 + ALLOCATION;
/// The jobs above a job that are counted; each more takes a name, and a total for each limit per job.
pub const PARENTS: u64 = 4;
/// The longest id of a call.
pub const CALL_ID: u64 = 256 + ALLOCATION;
/// A value of a past call that rules read; a larger one is not kept, and undetermined.
pub const KEPT_VALUE: u64 = 1024 + 2 * 32 + ALLOCATION;
/// Buckets of a sum in a sliding window: room for 128, of which 66 are used at most.
pub const BUCKETS: u64 = 128 * 32 + ALLOCATION;
/// Beginnings and ends that may matter, and those that nobody is sure of.
pub const SPANS: u64 = 2 * (32 * 32 + ALLOCATION);
/// Room for a few open calls, as a total keeps them, and for each more.
pub const FEW_OPEN: u64 = 8 * 24 + ALLOCATION;
/// One more.
pub const OPEN: u64 = 4 * 24;
/// Room for a few open calls, as questions to the past keep them.
pub const FEW_WATCHED: u64 = 8 * 112 + ALLOCATION;
/// One more.
pub const WATCHED: u64 = 4 * 112;
/// Steps of a limit that were lifted, or have spoken: a few, and what they reserve.
pub const STEPS: u64 = 8 * 24 + ALLOCATION;
/// How far a call that runs once came.
pub const ONCE: u64 = 128 + ALLOCATION;
/// The largest result that is kept for a replay.
pub const RESULT: u64 = 64 * 1024 + ALLOCATION;
/// A question that is open, without the names in it.
pub const QUESTION: u64 = 384 + ALLOCATION;
/// Where a question is found by its id, and by the id of the call.
pub const FINDERS: u64 = 2 * (ROW + 8 * 112 + ALLOCATION);
/// What an open call will settle, without what it has counted, and where it is kept what was decided under its id.
pub const PERMIT: u64 = 448 + 8 + 112 + 2 * ALLOCATION;
/// What it has counted in one total: for itself and the jobs above, with room for as much again.
pub const HELD: u64 = 2 * (1 + PARENTS) * 160;
/// A question to the past that watches it.
pub const WATCHES: u64 = 2 * 304;
/// A decision that is given again to whoever comes again under the same id, without its reasons.
pub const DECISION: u64 = 640 + 2 * ALLOCATION;
/// How many reasons of it are kept.
pub const REASONS: u64 = 16;
/// A reason, without its texts; and where it stands.
pub const REASON: u64 = 192 + 256 + 4 * ALLOCATION;
/// A message that no contract words, and each value in one: 200 characters, written out.
pub const MESSAGE: u64 = 1024;
/// A value in a message.
pub const HOLE: u64 = 200 * 10;

/// The times of the last N.
pub fn times(most: u64) -> u64 {
    // They grow by doubling, and one comes before the oldest leaves.
    8 * most.saturating_add(3).max(4).checked_next_power_of_two().unwrap_or(u64::MAX / 8) + ALLOCATION
}

/// So many amounts are kept each by itself.
pub const MOST_EXACT: u64 = 120;

/// The last N calls, each with its beginning, its time and its amount: those that count, and those of which nobody knows.
pub fn runs(most: u64) -> u64 {
    // Where a clock was set back a few more are kept.
    let most = most.saturating_add(16);
    let places = most.saturating_add(3).max(4).checked_next_power_of_two().unwrap_or(u64::MAX / 128);
    (48_u64.saturating_mul(places) + ALLOCATION).saturating_mul(2) + 160 + ALLOCATION
}

/// So many different values are kept where each of them is looked at.
pub const MOST_VALUES: u64 = 64;

/// The last N different values: of calls that count, by both readings of the clock, and of those of which nobody knows.
pub fn values(most: u64) -> u64 {
    let places = most.saturating_add(1).max(4).checked_next_power_of_two().unwrap_or(u64::MAX / 128);
    let one = (64_u64.saturating_mul(places) + ALLOCATION)
        .saturating_add(most.saturating_add(1).saturating_mul(1024 + ALLOCATION));
    one.saturating_mul(3) + 224 + ALLOCATION
}

/// A count against N.
pub fn count(window: &Window, most: u64) -> u64 {
    match window {
        Window::Lifetime | Window::Calendar(..) => 0,
        Window::Rolling(_) => times(most) + FEW_OPEN,
    }
}

/// A sum.
pub fn sum(window: &Window) -> u64 {
    match window {
        Window::Lifetime | Window::Calendar(..) => 0,
        Window::Rolling(_) => BUCKETS,
    }
}

/// The pairs of source and label that a job carries: names, and a tree of nodes that may be half empty.
pub fn labels<'l>(pairs: impl Iterator<Item = (&'l str, &'l str)>) -> u64 {
    let (mut names, mut number) = (0, 0_u64);
    for (source, label) in pairs {
        names += (source.len() + label.len()) as u64 + 2 * ALLOCATION;
        number += 1;
    }
    names + number.div_ceil(5) * (11 * 56 + 2 * ALLOCATION)
}
