//! Challenges: who is asked, and what their answer is good for (semantics 28 to 30).

use agentpass_values::Duration;
use serde::{Deserialize, Serialize};

use crate::program::{NodeId, Origin, ToolId};

/// A challenge.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Challenge {
    /// Its name.
    pub name: String,
    /// How many distinct people.
    pub count: u32,
    /// Who.
    pub who: Asked,
    /// Who is not among them.
    pub separate: Vec<Separate>,
    /// What an approval is bound to beyond what it is always bound to, per tool; values.
    pub binds: Vec<(ToolId, Vec<NodeId>)>,
    /// What those who are asked are shown, per tool: a name and a value.
    pub shows: Vec<(ToolId, Vec<(String, NodeId)>)>,
    /// How long it is open, and an approval of it good.
    pub expires: Option<Duration>,
    /// How long an approval may be used again; single use where nothing stands.
    pub reusable: Option<Duration>,
    /// Where it is declared.
    pub origin: Origin,
}

/// Who is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Asked {
    /// Members of one of these groups.
    Groups(Vec<String>),
    /// The user on whose behalf the agent acts.
    User,
    /// Anybody.
    Anyone,
}

/// Whose answer does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Separate {
    /// The user on whose behalf the agent acts, and everybody it acts through (`caller.via`).
    User,
    /// The agent, where an agent could vote.
    Agent,
}
