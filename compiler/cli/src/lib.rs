//! What `agentpassc test` does with a checked program, for whoever has one at hand: [`Stages`] plays its tests on gates of their own,
//! and [`Coverage`] counts the clauses that they met.
//!
//! [`guard`] reads checks and writes decisions in the shape of the JSON guard.
//!
//! The command itself (files, terminal, verbs) is `main.rs`; nothing here opens a file or prints.

pub mod guard;
mod play;
mod stages;

pub use play::coverage::{Clause, Coverage, Share, Way};
pub use stages::{Refused, Stages, lower};
