//! Flows and skills.

use serde::{Deserialize, Serialize};

use crate::node::ToolPattern;
use crate::program::{Origin, ToolId};

/// Where all that is read goes.
pub const AGENT_CONTEXT: &str = "agent_context";

/// A flow: movements for which it stands are allowed, under its rules.
///
/// A call moves data: what its tool reads, from that source into [`AGENT_CONTEXT`]; what it sends, from every source that the
/// job carries labels of to that destination; and what the host declares. A flow stands for a movement whose ends and labels
/// are its own. A movement of a guarded label for which no flow stands is denied.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flow {
    /// Its stable name, for people: `crm -> agent_context`.
    pub id: String,
    /// Its ends; nothing for `otherwise`, which stands for the movements for which no other flow does.
    pub ends: Option<Ends>,
    /// The labels it is about; empty: all, and movements without any.
    pub labels: Vec<String>,
    /// All of the labels have to be there, not just one.
    pub all: bool,
    /// The clause.
    pub origin: Origin,
}

/// The ends of a flow; nothing stands for `any`. They are compared after trimming and case folding, as the host's facts are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ends {
    /// The source.
    pub from: Option<String>,
    /// The destination.
    pub to: Option<String>,
}

/// A skill: a call made for it has to be one that it invokes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Skill {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bundle.
    pub digest: Option<[u8; 32]>,
    /// The tools that it may call; of a family, only those names for which the pattern stands.
    pub invokes: Vec<(ToolId, Option<ToolPattern>)>,
    /// Where it is declared.
    pub origin: Origin,
}
