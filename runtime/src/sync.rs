//! What threads share: locks and counters, all from here.
//!
//! With the feature `shuttle` they are those of a scheduler that tries interleavings out: `tests/tests/interleavings` is all that
//! turns it on. Without it they are the standard library's, and nothing of the scheduler is compiled.

#[cfg(feature = "shuttle")]
pub(crate) use shuttle::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
#[cfg(not(feature = "shuttle"))]
pub(crate) use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
