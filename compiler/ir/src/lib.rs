//! The narrow waist: a contract as data, between the compiler that writes it and the engines that run it.
//!
//! | you want to | read |
//! | --- | --- |
//! | know what a contract is made of | [`program`] |
//! | run one | [`verify`](mod@verify): [`Verified`] is the only thing that an engine accepts |
//! | see one | [`listing`](mod@listing) |
//!
//! Nothing here parses, reads files, keeps time or decides. A [`Program`] is plain data that anybody can build, also
//! wrongly; what an engine may rely on is written down, and checked, in one place: [`verify()`].

pub mod listing;
pub mod program;
pub mod verify;

pub use listing::listing;
pub use program::*;
pub use verify::{Fault, Verified, verify};
