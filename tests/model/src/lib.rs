//! The memory of a gate once more, as naive as possible.
//!
//! The runtime keeps totals, rings and monitors, because a decision has to cost the same after a million calls. Here nothing is
//! summed up: [`log`] keeps all that ever happened, and every question is answered by walking over it, in the words of the
//! semantics. Whatever both say is very likely what the semantics mean.
//!
//! | file | says |
//! | --- | --- |
//! | [`contract`] | contracts in the abstract, and [`print`](mod@print) writes them down for the compiler |
//! | [`step`](mod@step) | what can happen to a gate, with the line that `replay` reads |
//! | [`log`] | what has happened |
//! | [`model`] | one step after the other: who is told what |
//! | [`judge`] | calls: identity, then everything else together |
//! | [`limits`], [`past`], [`onces`], [`flows`], [`asks`] | the rules of the semantics, 15 to 33 |
//! | [`generate`] | contracts and steps out of a seed |
//! | [`shrink`](mod@shrink) | the smallest case that still fails |
//!
//! Nothing here knows the compiler or the runtime: `tests/agree.rs` brings them together.
//!
//! Two things are settled as the runtime has them, because the semantics leave them open or allow them:
//!
//! - Sums in a sliding window leave in slices (semantics 21). Where a contract has one, time moves in steps in which no two
//!   moments share a slice, so that sums are exact.
//! - Where a call may be the latest or first one, besides the one that is known to be, what it says is not looked at.

pub mod asks;
pub mod calendar;
pub mod contract;
pub mod flows;
pub mod generate;
pub mod judge;
pub mod limits;
pub mod log;
pub mod model;
pub mod onces;
pub mod past;
pub mod print;
pub mod shrink;
pub mod step;
pub mod truth;
