//! Contracts made from what other systems keep.
//!
//! An import is a beginning, never the last word: it allows no more than what it can justify, and says at each guess that it
//! is one (`// review: …`).

pub mod guard;
pub mod mcp;
pub mod seal;
mod words;
