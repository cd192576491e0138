//! Keys that run once (semantics 24).

use agentpass_values::Timestamp;

use super::permit::PermitId;
use crate::digest::Digest;

/// The largest result that is kept for a replay, in bytes.
pub const MAX_RESULT: usize = 64 * 1024;

/// A key that was claimed. One that was not sent has no entry.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Digest of tool, arguments and principals.
    pub digest: Digest,
    /// How far it came.
    pub state: State,
}

/// How far a call came.
#[derive(Clone, PartialEq, Debug)]
pub enum State {
    /// It is open.
    Running(PermitId),
    /// Nobody knows how it ended.
    Unknown,
    /// It ended then.
    Done {
        /// When.
        at: Timestamp,
        /// With an error.
        failed: bool,
        /// What it returned, as JSON, where that is kept.
        result: Option<Box<str>>,
        /// The labels of the result.
        labels: Vec<(String, String)>,
    },
}
