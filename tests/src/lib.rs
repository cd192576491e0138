//! What the tests of several crates share.

pub mod arguments;
pub mod generate;
pub mod policies;
pub mod schemas;
mod tape;
