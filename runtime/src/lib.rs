//! Decides tool calls by a verified contract.
//!
//! A call comes in as bytes and leaves as a decision. In the order of the data:
//!
//! 1. [`wire`] reads the bytes, strictly, and fills the [`frame`] of the tool.
//! 2. [`eval`] gives the truth of conditions over that frame: the reference semantics of the IR.
//! 3. `decide` turns truths into reasons and a verdict, with what the past adds to that.
//! 4. [`store`] keeps that past as rows ([`state`]), and commits what a decision changes together or not at all.
//! 5. [`gate`] ties them together, and [`decision`] is what comes out. Outcomes come back through [`settle`], and what hosts
//!    and operators say through [`operate`]; [`line`](mod@line) reads all of that from JSON Lines.
//!
//! Hosts begin with [`Gate`] and [`Gate::check`].
//!
//! Nothing here reads the environment or a file. Time and chance come from the [`clock`], which is a trait, and state lives
//! behind another one. Only an [`agentpass_ir::Verified`] contract can be run.

pub mod api;
pub mod clock;
pub mod codes;
mod decide;
pub mod decision;
pub mod digest;
pub mod eval;
pub mod frame;
pub mod gate;
pub mod jobs;
mod json;
pub mod line;
pub mod operate;
pub mod plan;
mod planted;
pub mod records;
pub mod reload;
pub mod schema;
pub mod settle;
mod spare;
pub mod state;
pub mod store;
mod sync;
pub mod truth;
pub mod wire;

pub use agentpass_ir::Verified as Contract;
pub use api::{Asks, Call, Denial, GateError, Outcome, Permit, Verdict};
pub use decision::{Ask, ContractRef, Decision, Left, Met, Place, Reason, Remaining, Word};
pub use gate::{BuildError, Gate, GateBuilder};
pub use jobs::{CloseJob, OpenJob};
pub use line::{Line, LineError};
pub use operate::{Lift, Report, Usage};
pub use reload::{Reload, ReloadError};
pub use settle::{How, Settlement};
pub use state::asking::{Directory, Person, Vote, VoteError};
pub use store::{MemoryStore, Store, StoreError};
pub use truth::Truth;
pub use wire::{Caller, Limits, Source};

/// The largest call that is read, unless the host says otherwise.
pub const MAX_BYTES: usize = 1 << 20;
