//! Rules, what they say, and what runs once.

use agentpass_values::Duration;
use serde::{Deserialize, Serialize};

use crate::program::{ChallengeId, FlowId, NodeId, Origin, ToolId, VarId};

/// A rule, for the tools whose frames it can read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Its stable name.
    pub id: String,
    /// The tools it holds for. A rule over facts that differ from tool to tool is one rule per tool, all with one name.
    pub tools: Vec<ToolId>,
    /// The flow it stands in: it applies to calls with a movement for which the flow stands.
    pub flow: Option<FlowId>,
    /// Where this is false the rule does not apply; where it is undetermined it does.
    pub guard: Option<NodeId>,
    /// One instance per element.
    pub each: Option<Each>,
    /// A truth; what follows from it, the effect says.
    pub condition: NodeId,
    /// What the rule demands.
    pub effect: Effect,
    /// The message for the model.
    pub because: Option<Template>,
    /// The message for the auditor alone.
    pub audit: Option<Template>,
    /// The clause.
    pub origin: Origin,
}

/// `each x in xs` of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Each {
    /// What condition and message call the element; always the outermost variable.
    pub var: VarId,
    /// The list.
    pub list: NodeId,
}

/// What a rule demands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// Denies unless the condition is true.
    Require,
    /// Denies unless the condition is false.
    Deny,
    /// Asks unless the condition is false.
    Challenge(ChallengeId),
    /// Judged when the result arrives: one with more records is withheld (semantics 33).
    Deliver {
        /// At most so many records.
        most: i64,
    },
}

/// A message: text and values.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Template {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// A part of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Part {
    /// Text as it stands.
    Text(String),
    /// A value, escaped when it is shown.
    Value(NodeId),
}

/// `once per KEYS [in LEDGER] [replay for D]` (semantics 24).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Once {
    /// Its stable name, which is part of the key.
    pub id: String,
    /// The tool.
    pub tool: ToolId,
    /// Where this is false the clause does not apply; where it is undetermined it does.
    pub guard: Option<NodeId>,
    /// The key, value by value.
    pub keys: Vec<NodeId>,
    /// The ledger in which the key is spent: shared by all tools that name it, by agents and by users.
    pub ledger: Option<String>,
    /// How long the recorded result is given again.
    pub replay: Option<Duration>,
    /// The message for the model.
    pub because: Option<Template>,
    /// The message for the auditor alone.
    pub audit: Option<Template>,
    /// The clause.
    pub origin: Origin,
}
