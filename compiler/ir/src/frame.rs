//! Tools, and the frames that their calls fill.
//!
//! A frame is a row of numbered slots:
//!
//! ```text
//! | ambient (Ambient::SLOTS) | host facts | facts of the job | parameters | views |
//! ```
//!
//! The first three parts have the same numbers in every frame of a contract, so that a rule that reads nothing else is one
//! rule for all its tools. A *view* is a parameter read a second time, more finely: `on {Edit, Write}(file_path: path)` over a
//! tool that declares `file_path: string`. Text that a view cannot read denies like any other argument that does not fit.
//!
//! Events have frames too: their fields stand where parameters stand.

use agentpass_values::{Currency, Decimal, Duration};
use serde::{Deserialize, Serialize};

use crate::nested;
use crate::node::ToolPattern;
use crate::program::{ConstId, FlowId, NodeId, Origin, Program, RecordId, SchemaId, SlotId};
use crate::value::Ty;

/// What surrounds every call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the call's fields")]
pub enum Ambient {
    Agent,
    User,
    Tenant,
    Job,
    Skill,
    /// On whose behalf the agent was asked, nearest first: a list of text.
    Via,
    Issuer,
    Client,
    /// A list of text.
    Scopes,
    /// A list of text.
    Groups,
    /// The exact wire name of the tool.
    Tool,
}

impl Ambient {
    /// All of them, by the number of their slot.
    pub const ALL: [Ambient; 11] = [
        Self::Agent,
        Self::User,
        Self::Tenant,
        Self::Job,
        Self::Skill,
        Self::Via,
        Self::Issuer,
        Self::Client,
        Self::Scopes,
        Self::Groups,
        Self::Tool,
    ];
    /// How many slots come before everything else.
    pub const SLOTS: u32 = 11;

    /// Its slot, in every frame.
    #[must_use]
    pub fn slot(self) -> SlotId {
        SlotId(self as u32)
    }

    /// What stands in a slot, if it is one of the surroundings.
    #[must_use]
    pub fn at(slot: SlotId) -> Option<Ambient> {
        Self::ALL.get(slot.index()).copied()
    }

    /// Its name, as people read it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::User => "user",
            Self::Tenant => "tenant",
            Self::Job => "job",
            Self::Skill => "skill",
            Self::Via => "via",
            Self::Issuer => "issuer",
            Self::Client => "client",
            Self::Scopes => "scopes",
            Self::Groups => "groups",
            Self::Tool => "tool",
        }
    }

    /// The type of what stands there.
    #[must_use]
    pub fn ty(self) -> Ty {
        match self {
            Self::Via | Self::Scopes | Self::Groups => Ty::list(Ty::Text),
            _ => Ty::Text,
        }
    }
}

/// A tool: its names, its signature, and what its calls do.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Tool {
    /// For which names on the wire it stands.
    pub name: ToolName,
    /// Parameters in declared order.
    pub params: Vec<Param>,
    /// Parameters read a second time.
    pub views: Vec<View>,
    /// Undeclared arguments pass. They reach no rule, and are part of the digest.
    pub open: bool,
    /// The object of arguments must be valid under this as well: set where a manifest's schema says more than the forms of
    /// the parameters do.
    pub schema: Option<SchemaId>,
    /// What it does.
    pub action: Action,
    /// Its trusted results, by [`crate::Op::Result`]'s numbers.
    pub results: Vec<Param>,
    /// An `error` had no effect: it releases what the call held.
    pub error_means_no_effect: bool,
    /// When an open call no longer counts as in flight.
    pub runs_at_most: Option<Duration>,
    /// What flows into the agent's context.
    pub reads: Vec<Reading>,
    /// What of that a result adds to the job, where it is less than all.
    pub releases: Option<Vec<String>>,
    /// Ways out.
    pub sends: Vec<Sending>,
    /// Flows that the host declares.
    pub crossings: Vec<Crossing>,
    /// The flows that a call may take part in, with the condition of each: a truth over this tool's frame.
    pub flows: Vec<(FlowId, Option<NodeId>)>,
    /// Where it is declared.
    pub origin: Origin,
}

/// For which names a tool stands.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum ToolName {
    /// This one.
    Exact(String),
    /// All that the pattern stands for and that no exact name takes, as written.
    Family(String, ToolPattern),
    /// All that nothing else takes.
    Otherwise,
}

/// What a tool does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Action {
    Read,
    Write,
    Delete,
    Send,
    Export,
    Pay,
    Deploy,
    Admin,
}

/// A parameter, a field of a record, a fact of the host.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its name on the wire.
    pub wire: String,
    /// How it is read.
    pub form: Form,
    /// Whether it may be left out, and what stands in then.
    pub presence: Presence,
}

/// Whether a parameter has to be there.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Presence {
    /// A call without it is denied.
    Required,
    /// Absent where it is left out.
    Optional,
    /// The gate writes this into the call where it is left out.
    Default(ConstId),
}

/// A parameter read a second time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct View {
    /// The number of the parameter.
    pub param: u32,
    /// How it is read here.
    pub form: Form,
}

/// How a value is written on the wire, which is also what it is checked for before any rule sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Form {
    /// `true` or `false`
    Bool,
    /// A JSON number without a fraction; `1.0` is one.
    Int(Range),
    /// A JSON string that holds a whole number.
    IntText,
    /// One of these whole numbers.
    IntEnum(Vec<i64>),
    /// A JSON number.
    Decimal(Range),
    /// A JSON string that holds a number.
    DecimalText,
    /// An amount.
    Money(Currency, MoneyForm),
    /// A length of time.
    Duration(TimeForm),
    /// A moment: RFC 3339 text, or a number of seconds or milliseconds since 1970.
    Timestamp(TimeForm),
    /// Any text, within bounds.
    Text(TextBounds),
    /// A canonical identifier, with the pattern that it matches as a whole.
    Id(Option<String>),
    /// One of these texts.
    Enum(Vec<String>),
    /// Text that is compared after trimming and case folding.
    Folded,
    /// An address.
    Email,
    /// A name on the internet.
    Domain,
    /// An absolute address of the web.
    Url,
    /// A file or folder.
    Path,
    /// A command line.
    Shell,
    /// Any JSON.
    Json,
    /// Null, or that.
    OrNull(#[serde(deserialize_with = "nested::deserialize")] Box<Form>),
    /// Null and nothing else.
    Null,
    /// An array.
    List {
        /// Of these.
        #[serde(deserialize_with = "nested::deserialize")]
        of: Box<Form>,
        /// At least so many.
        least: u32,
        /// At most so many.
        most: Option<u32>,
    },
    /// An object of that record type.
    Record(RecordId),
    /// JSON that at least one of these accepts; no rule looks into it.
    AnyOf(#[serde(deserialize_with = "nested::deserialize")] Vec<Form>),
    /// An object whose undeclared keys all have values of that form (JSON Schema's `additionalProperties`); no rule looks into it.
    Map(#[serde(deserialize_with = "nested::deserialize")] Box<Form>),
}

/// What JSON Schema can say of a number.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Range {
    /// `minimum`
    pub minimum: Option<Decimal>,
    /// `maximum`
    pub maximum: Option<Decimal>,
    /// `exclusiveMinimum`
    pub above: Option<Decimal>,
    /// `exclusiveMaximum`
    pub below: Option<Decimal>,
}

/// What JSON Schema can say of a text.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TextBounds {
    /// `minLength`, in characters.
    pub min_length: Option<u32>,
    /// `maxLength`, in characters.
    pub max_length: Option<u32>,
    /// `pattern`: a regular expression that is found somewhere in the text.
    pub pattern: Option<String>,
}

/// How an amount is written on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum MoneyForm {
    Cents,
    Number,
    Text,
    /// As a number, or as `{"amount": "0.02", "currency": "USD"}`: facts of the host.
    Host,
}

/// How a time is written on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum TimeForm {
    /// As text.
    Text,
    /// As a number of seconds.
    Seconds,
    /// As a number of milliseconds.
    Millis,
}

impl Form {
    /// What a slot holds that was filled so.
    #[must_use]
    pub fn ty(&self) -> Ty {
        match self {
            Form::Bool => Ty::Bool,
            Form::Int(_) | Form::IntText | Form::IntEnum(_) => Ty::Int,
            Form::Decimal(_) | Form::DecimalText => Ty::Decimal,
            Form::Money(currency, _) => Ty::Money(*currency),
            Form::Duration(_) => Ty::Duration,
            Form::Timestamp(_) => Ty::Timestamp,
            Form::Text(_) | Form::Id(_) | Form::Enum(_) => Ty::Text,
            Form::Folded => Ty::Folded,
            Form::Email => Ty::Email,
            Form::Domain => Ty::Domain,
            Form::Url => Ty::Url,
            Form::Path => Ty::Path,
            Form::Shell => Ty::Shell,
            Form::Json | Form::AnyOf(_) | Form::Map(_) | Form::Null => Ty::Json,
            Form::OrNull(inner) => inner.ty(),
            Form::List { of, .. } => Ty::list(of.ty()),
            Form::Record(id) => Ty::Record(*id),
        }
    }
}

/// A record type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its name, for people.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Param>,
    /// Undeclared fields pass, and reach no rule.
    pub open: bool,
}

/// An event: what the host reports and no agent calls.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// What is reported.
    pub fields: Vec<Param>,
    /// Where it is declared.
    pub origin: Origin,
}

/// `reads SOURCE carrying LABELS`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// The source.
    pub source: String,
    /// The labels of what is read.
    pub labels: Vec<String>,
    /// The clause.
    pub origin: Origin,
}

/// `sends to DESTINATION at DOMAINS`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sending {
    /// The destination.
    pub to: String,
    /// Where it arrives: a domain or a list of them. An empty list denies.
    pub at: Option<NodeId>,
    /// The clause.
    pub origin: Origin,
}

/// `from A to B carrying LABELS`, where all of them are there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Crossing {
    /// The source: text, folded or not.
    pub from: NodeId,
    /// The destination: text, folded or not.
    pub to: NodeId,
    /// The labels: texts, and lists of texts, folded or not.
    pub labels: Vec<NodeId>,
    /// The clause.
    pub origin: Origin,
}

/// The first slot behind the surroundings, the host's facts and the job's.
impl Program {
    /// The slot of the n-th fact of the host.
    #[must_use]
    pub fn host_slot(&self, n: u32) -> SlotId {
        SlotId(Ambient::SLOTS + n)
    }

    /// The slot of the n-th fact of the job.
    #[must_use]
    pub fn job_slot(&self, n: u32) -> SlotId {
        SlotId(Ambient::SLOTS + self.host.len() as u32 + n)
    }

    /// The slot of the n-th parameter of a tool, or field of an event.
    #[must_use]
    pub fn param_slot(&self, n: u32) -> SlotId {
        SlotId(Ambient::SLOTS + self.host.len() as u32 + self.job.len() as u32 + n)
    }

    /// The slot of a tool's n-th view.
    #[must_use]
    pub fn view_slot(&self, tool: &Tool, n: u32) -> SlotId {
        self.param_slot(tool.params.len() as u32 + n)
    }

    /// What a slot is that every frame has.
    #[must_use]
    pub fn shared_slot_type(&self, slot: SlotId) -> Option<Ty> {
        if let Some(ambient) = Ambient::at(slot) {
            return Some(ambient.ty());
        }
        let n = slot.0.checked_sub(Ambient::SLOTS)? as usize;
        self.host.iter().chain(&self.job).nth(n).map(|param| param.form.ty())
    }
}
