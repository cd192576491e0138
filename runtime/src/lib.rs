//! Decides tool calls by a verified contract.
//!
//! A call comes in as bytes and leaves as a decision. In the order of the data:
//!
//! 1. [`wire`] reads the bytes, strictly, and fills the frame of the tool ([`facts`]).
//! 2. [`eval`] gives the truth of conditions over that frame: the reference semantics of the IR.
//! 3. [`decide`] turns truths into reasons and a verdict; [`limits`] and [`challenges`] say what the past adds to that.
//! 4. [`store`] keeps that past, and commits what a decision changes together or not at all.
//! 5. [`gate`] ties them together, and [`decision`] is what comes out.
//!
//! Nothing here reads a clock, the environment or a file: time comes from the [`store`], whose [`clock`] is a trait, and
//! so is the source of unguessable names. Only an [`agentpass_ir::Verified`] contract can be run.

pub mod challenges;
pub mod clock;
pub mod decide;
pub mod decision;
pub mod digest;
pub mod eval;
pub mod facts;
pub mod gate;
mod json;
pub mod limits;
pub mod store;
pub mod truth;
pub mod wire;

pub use challenges::{Person, Vote, VoteError};
pub use decision::{Decision, Reason, Verdict};
pub use gate::Gate;
pub use store::{MemoryStore, Store, StoreError};
pub use truth::Truth;
pub use wire::{Caller, Source};
