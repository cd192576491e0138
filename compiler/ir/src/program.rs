//! What a contract is made of: the tables, and how they point at each other.
//!
//! A program is plain data. Expressions are nodes of one flat arena ([`crate::node`]), in which children stand before
//! their parents; rules, limits and monitors hold the numbers of their roots. Facts need no table of their own: a rule that
//! reads `call.amount` is written out once per tool, with what `amount` means there.

use agentpass_values::Timestamp;
use serde::{Deserialize, Serialize};

use crate::challenge::Challenge;
use crate::flow::{Flow, Skill};
use crate::frame::{Event, Param, Record, Tool};
use crate::limit::{Charge, Limit};
use crate::node::Node;
use crate::past::Monitor;
use crate::rule::{Once, Rule};
use crate::schema::Schema;
use crate::value::Value;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The number as an index.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// A node of the arena.
    NodeId,
    /// A slot of a tool's frame: see [`crate::frame`].
    SlotId,
    /// A variable of a quantifier: its place among those that are bound around it, outermost 0.
    VarId,
    /// A constant.
    ConstId,
    /// A record type.
    RecordId,
    /// A JSON Schema.
    SchemaId,
    /// A tool.
    ToolId,
    /// An event.
    EventId,
    /// A rule.
    RuleId,
    /// Something that runs once.
    OnceId,
    /// A limit.
    LimitId,
    /// A charge: how one tool's calls count against one limit.
    ChargeId,
    /// A monitor: what is remembered of past calls for one question.
    MonitorId,
    /// A flow.
    FlowId,
    /// A skill.
    SkillId,
    /// A challenge.
    ChallengeId,
    /// A source file.
    FileId,
}

/// A contract, ready to be verified.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Program {
    /// What it is called, and for whom and when it holds.
    pub contract: Contract,
    /// The files that origins point into, sorted: their order is the order of reasons.
    pub files: Vec<String>,
    /// Constants.
    pub consts: Vec<Value>,
    /// Record types.
    pub records: Vec<Record>,
    /// JSON Schemas that arguments are also checked for; they may lead back to themselves.
    pub schemas: Vec<Schema>,
    /// All nodes; a node's children stand before it.
    pub nodes: Vec<Node>,
    /// Facts of the host. They have the same slots in every frame.
    pub host: Vec<Param>,
    /// What hosts bind to jobs, over all kinds of jobs. They have the same slots in every frame.
    pub job: Vec<Param>,
    /// Tools: first those of one exact name, sorted by it; then families in source order; then `otherwise`.
    pub tools: Vec<Tool>,
    /// Events that hosts report.
    pub events: Vec<Event>,
    /// Rules in source order.
    pub rules: Vec<Rule>,
    /// What runs once, in source order.
    pub onces: Vec<Once>,
    /// Limits in source order: what is kept.
    pub limits: Vec<Limit>,
    /// How calls count against the limits.
    pub charges: Vec<Charge>,
    /// What is remembered of past calls.
    pub monitors: Vec<Monitor>,
    /// Labels whose every flow has to be allowed by name, sorted.
    pub guarded: Vec<String>,
    /// Flows in source order.
    pub flows: Vec<Flow>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Challenges.
    pub challenges: Vec<Challenge>,
}

/// The head of a contract.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The agents that it is for; `a/*` stands for everything below `a`. Empty: all.
    pub agents: Vec<String>,
    /// The first moment at which it holds.
    pub valid_from: Option<Timestamp>,
    /// The first moment at which it no longer holds.
    pub valid_before: Option<Timestamp>,
    /// Deployment parameters with the values they have here, as text, in source order. They are part of the digest.
    pub params: Vec<(String, String)>,
    /// The data that decisions lean on, with its version: `unicode 17.0`, `psl 2.1.247`, … (semantics 10).
    pub data: Vec<String>,
}

/// Where something is written, for people: lines and columns count from 1, columns in UTF-16 units.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// Byte offset of its start.
    pub start: u32,
    /// Byte offset after its end.
    pub end: u32,
    /// Line of its start.
    pub line: u32,
    /// Column of its start.
    pub column: u32,
}

impl Origin {
    /// An origin that says nothing: what digests see instead of places.
    pub const NOWHERE: Origin = Origin { file: FileId(0), start: 0, end: 0, line: 0, column: 0 };
}
