//! A call as it comes: bytes, read once, refused rather than guessed at.
//!
//! The arguments go straight into the tool's frame where the tool is named before them, as every client we know writes
//! it; otherwise they are checked in passing and read when the tool is known. No tree of JSON values is built.

pub mod reader;

use agentpass_ir::{Ambient, ToolId, Verified};
use agentpass_values::Timestamp;

use crate::facts::{self, ArgFault, Frame};
use reader::Reader;

/// The largest call.
pub const MAX_BYTES: usize = 1 << 20;
/// How deep a call may be.
pub const MAX_DEPTH: u32 = 64;

/// Why bytes are no call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// `wire.…`
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The byte at which it was seen.
    pub at: usize,
}

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
    /// The job.
    pub job: Option<String>,
    /// The skill.
    pub skill: Option<String>,
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
    /// The tool, if the contract knows one of that name.
    pub tool: Option<ToolId>,
    /// What its rules read.
    pub frame: Frame,
    /// What is wrong with the arguments.
    pub faults: Vec<ArgFault>,
}

/// Reads a call.
///
/// # Errors
/// The first thing that makes the bytes no call. Arguments that do not fit the signature are not among them: see
/// [`Call::faults`].
pub fn read(contract: &Verified, source: Source<'_>, bytes: &[u8]) -> Result<Call, Refusal> {
    let refuse = |code, message: &str, at| Err(Refusal { code, message: message.to_owned(), at });
    if bytes.len() > MAX_BYTES {
        return refuse("wire.too_large", "the call is larger than 1 MiB", MAX_BYTES);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return refuse("wire.utf8", "the call is not UTF-8", error.valid_up_to()),
    };
    let mut head = Head::default();
    let mut reader = Reader::new(text);
    reader.object(|reader, key| head.field(contract, source, reader, key))?;
    reader.end()?;
    let Some(name) = head.tool else {
        return refuse("wire.missing_tool", "the call names no tool", bytes.len());
    };
    let tool = contract.tool(&name);
    let (mut frame, mut faults) =
        match (tool.and_then(|id| contract.program().tools.get(id.index())), head.args) {
            (None, _) => (Frame::default(), Vec::new()),
            (Some(_), Args::Read(frame, faults)) => (frame, faults),
            (Some(tool), Args::Skipped(at)) => {
                facts::read(contract.program(), tool, &mut Reader::resume(text, at))?
            }
            (Some(tool), Args::Missing) => facts::read(contract.program(), tool, &mut Reader::new("{}"))?,
        };
    for (ambient, value) in Ambient::ALL.into_iter().zip(head.ambient) {
        let value = match source {
            Source::Offline => value,
            Source::Live(caller) => match ambient {
                Ambient::Agent => caller.agent.clone(),
                Ambient::User => caller.user.clone(),
                Ambient::Tenant => caller.tenant.clone(),
                Ambient::Job => caller.job.clone(),
                Ambient::Skill => caller.skill.clone(),
            },
        };
        frame.surround(ambient, value);
    }
    faults.dedup();
    Ok(Call { id: head.id, at: head.at, name, tool, frame, faults })
}

/// The fields of a call while they are read.
#[derive(Default)]
struct Head {
    id: Option<String>,
    at: Option<Timestamp>,
    tool: Option<String>,
    ambient: [Option<String>; 5],
    args: Args,
}

#[derive(Default)]
enum Args {
    #[default]
    Missing,
    /// Where they begin; they are well-formed.
    Skipped(usize),
    Read(Frame, Vec<ArgFault>),
}

impl Head {
    fn field(
        &mut self,
        contract: &Verified,
        source: Source<'_>,
        reader: &mut Reader<'_>,
        key: &str,
    ) -> Result<(), Refusal> {
        let offline_only =
            matches!(key, "at" | "agent" | "tenant" | "user" | "job" | "skill" | "host" | "auth");
        if offline_only && matches!(source, Source::Live(_)) {
            return Err(
                reader.refuse("wire.not_yours", format!("`{key}` comes from the authenticated channel"))
            );
        }
        if let Some(ambient) = Ambient::ALL.into_iter().find(|ambient| ambient.word() == key) {
            let value = reader.field_text(key)?;
            if let Some(slot) = self.ambient.get_mut(ambient.slot().index()) {
                *slot = Some(value);
            }
            return Ok(());
        }
        match key {
            "tool" => self.tool = Some(reader.field_text(key)?),
            "id" => self.id = Some(reader.field_text(key)?),
            "at" => {
                let text = reader.field_text(key)?;
                let at = Timestamp::parse(&text);
                self.at = Some(at.map_err(|error| reader.refuse("wire.type", format!("`at` is {error}")))?);
            }
            "args" => {
                let tool = self.tool.as_ref().and_then(|name| contract.tool(name));
                match tool.and_then(|id| contract.program().tools.get(id.index())) {
                    Some(tool) => {
                        let (frame, faults) = facts::read(contract.program(), tool, reader)?;
                        self.args = Args::Read(frame, faults);
                    }
                    None => {
                        self.args = Args::Skipped(reader.position());
                        reader.object(|reader, _| reader.skip())?;
                    }
                }
            }
            // No rule that the IR can hold reads these yet; what they hold has to be sound all the same.
            "auth" | "host" => reader.object(|reader, _| reader.skip())?,
            "approvals" => reader.array(|reader| reader.field_text("approvals").map(|_| ()))?,
            other => {
                let shown = agentpass_values::escape::shown(other);
                return Err(reader.refuse("wire.unknown_field", format!("a call has no field `{shown}`")));
            }
        }
        Ok(())
    }
}
