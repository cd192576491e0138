//! A call as it comes: bytes, read once, refused rather than guessed at.
//!
//! The arguments go straight into the tool's frame where the tool is named before them, as every client we know writes
//! it; otherwise they are checked in passing and read when the tool is known. No tree of JSON values is built.
//!
//! Two kinds of wrong are told apart. Bytes that are no call are a [`Refusal`], the first one that is found. A call whose
//! arguments (or facts of the host) do not fit their declarations is a call with [`Call::faults`], all of them.

mod head;
pub mod reader;

use agentpass_ir::{Ambient, Lookup, Verified};
use agentpass_values::Timestamp;

use crate::frame::{ArgFault, Frame};

/// What a call may be at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Its bytes.
    pub bytes: usize,
    /// How deep its JSON nests.
    pub depth: u32,
    /// How many values its arguments hold, elements and fields counted one by one.
    pub values: u32,
}

/// 1 MiB, 64 levels.
impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64, values: 1 << 16 }
    }
}

/// Why bytes are no call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// One of [`CODES`].
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The byte at which it was seen.
    pub at: usize,
}

/// The codes of refusals.
pub const CODES: [&str; 12] = [
    "wire.duplicate_key",
    "wire.missing_tool",
    "wire.not_yours",
    "wire.number",
    "wire.string",
    "wire.syntax",
    "wire.too_deep",
    "wire.too_large",
    "wire.trailing",
    "wire.type",
    "wire.unknown_field",
    "wire.utf8",
];

/// Where identity comes from (semantics 17).
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// From the call as it is written: for `eval`, `replay` and tests.
    Offline,
    /// From the authenticated channel; the body may not speak of it.
    Live(&'a Caller),
}

/// Who calls, as the host has authenticated them.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The agent.
    pub agent: Option<String>,
    /// The user on whose behalf it acts.
    pub user: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// On whose behalf the agent was asked, nearest first.
    pub via: Vec<String>,
    /// The job.
    pub job: Option<Job>,
    /// The skill.
    pub skill: Option<Skill>,
    /// Who vouches for the client.
    pub issuer: Option<String>,
    /// The client.
    pub client: Option<String>,
    /// What the client may do.
    pub scopes: Vec<String>,
    /// The groups of the user.
    pub groups: Vec<String>,
    /// The facts of the host: a JSON object.
    pub host: Option<String>,
}

/// A job that the host has opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its kind: `refund_triage`.
    pub kind: Option<String>,
    /// What the host has bound to it: a JSON object.
    pub with: Option<String>,
}

/// A skill for which a call is made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Skill {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bundle.
    pub digest: Option<[u8; 32]>,
}

/// A call that has been read.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its id, echoed in the decision.
    pub id: Option<String>,
    /// The time it names; offline only.
    pub at: Option<Timestamp>,
    /// The wire name of its tool.
    pub name: String,
    /// What the contract knows under that name.
    pub tool: Lookup,
    /// The kind of its job, where the host said one.
    pub job_kind: Option<String>,
    /// SHA-256 of the bundle of the skill, where the host said one.
    pub skill_digest: Option<[u8; 32]>,
    /// Approvals that the caller believes to have: hints.
    pub approvals: Vec<String>,
    /// What its rules read.
    pub frame: Frame,
    /// What is wrong with the arguments, and with facts of the host and the job.
    pub faults: Vec<ArgFault>,
}

/// Reads a call.
///
/// # Errors
/// The first thing that makes the bytes no call. Arguments that do not fit the signature are not among them: see
/// [`Call::faults`].
pub fn read(contract: &Verified, source: Source<'_>, limits: &Limits, bytes: &[u8]) -> Result<Call, Refusal> {
    let text = text(bytes, limits)?;
    head::read(contract, source, limits, text)
}

/// Bytes as text that may be JSON.
///
/// # Errors
/// There are too many of them, or they are not UTF-8.
pub fn text<'b>(bytes: &'b [u8], limits: &Limits) -> Result<&'b str, Refusal> {
    if bytes.len() > limits.bytes {
        let message = format!("larger than {} bytes", limits.bytes);
        return Err(Refusal { code: "wire.too_large", message, at: limits.bytes });
    }
    std::str::from_utf8(bytes).map_err(|error| Refusal {
        code: "wire.utf8",
        message: "not UTF-8".to_owned(),
        at: error.valid_up_to(),
    })
}

impl Call {
    /// Who or what surrounds the call.
    #[must_use]
    pub fn ambient(&self, of: Ambient) -> Option<&str> {
        self.frame.ambient(of)
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
