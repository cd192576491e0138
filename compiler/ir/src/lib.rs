//! The narrow waist: a contract as data, between the compiler that writes it and the engines that run it.
//!
//! | you want to | read |
//! | --- | --- |
//! | know what a contract is made of | [`program`], then [`frame`], [`schema`], [`rule`], [`limit`], [`past`], [`flow`], [`challenge`] |
//! | know what an expression can say | [`node`] and [`value`] |
//! | run one | [`verify`](mod@verify): [`Verified`] is the only thing that an engine accepts |
//! | keep one | [`bundle`]: versioned bytes with a digest |
//! | see one | [`listing`](mod@listing) |
//!
//! Nothing here parses contracts, reads files, keeps time or decides. A [`Program`] is plain data that anybody can build, also
//! wrongly; what an engine may rely on is written down, and checked, in one place: [`verify()`].

pub mod bundle;
pub mod challenge;
mod digest;
pub mod flow;
pub mod frame;
pub mod limit;
pub mod listing;
mod nested;
pub mod node;
pub mod past;
pub mod program;
pub mod rule;
#[cfg(test)]
mod sample;
pub mod schema;
pub mod value;
pub mod verify;

pub use challenge::*;
pub use flow::*;
pub use frame::*;
pub use limit::*;
pub use listing::listing;
pub use node::*;
pub use past::*;
pub use program::*;
pub use rule::*;
pub use schema::*;
pub use value::*;
pub use verify::{Fault, Lookup, Verified, verify};
