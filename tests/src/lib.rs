//! What the tests of several crates share.

pub mod arguments;
pub mod generate;
pub mod schemas;
mod tape;
