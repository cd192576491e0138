//! The checked program: every name found, every type known, every rule in a block with the tools it holds for.
//!
//! Lowering (to the decision IR), the lints, `explain` and the language server read this and nothing before it.

mod expr;
mod rules;

use std::sync::Arc;

use agentpass_grammar::{FileId, Span};
use agentpass_values::{Currency, Decimal, Duration, Pattern, TimeSet};

use crate::ast;
use crate::types::{RecordId, Ty};

pub use expr::*;
pub use rules::*;

/// A whole program that has been checked. With errors among the findings it is incomplete, but every part of it is
/// sound by itself.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The deployable contract, where there is one.
    pub contract: Option<Contract>,
    /// Deployment parameters.
    pub params: Vec<Param>,
    /// Named sets.
    pub sets: Vec<Set>,
    /// Record types.
    pub records: Vec<Record>,
    /// JSON Schemas that say more than types can; pinned tools point into them.
    pub schemas: Vec<agentpass_ir::Schema>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Facts that only the host knows, merged over all files.
    pub host: Vec<Field>,
    /// What hosts bind to jobs.
    pub jobs: Vec<JobKind>,
    /// Events that hosts report.
    pub events: Vec<Event>,
    /// Tools: declared, pinned by a manifest, families with a pattern, and `otherwise`.
    pub tools: Vec<Tool>,
    /// Blocks of rules.
    pub blocks: Vec<Block>,
    /// Flows.
    pub flows: Vec<Flow>,
    /// Declared challenges.
    pub challenges: Vec<Challenge>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Tests; what they expect is judged when they run.
    pub tests: Vec<Test>,
}

/// The head of a contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name.
    pub name: ast::Name,
    /// The file it stands in.
    pub file: FileId,
    /// Its version.
    pub version: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Which agents it is for; `a/*` stands for all sub-agents. Empty: all agents.
    pub agents: Vec<String>,
    /// The first day on which it holds, as written.
    pub valid_from: Option<String>,
    /// The last day on which it holds (all of it, in UTC), as written.
    pub valid_until: Option<String>,
}

/// A deployment parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: ast::Name,
    /// Its type.
    pub ty: Ty,
    /// Its default.
    pub default: Option<Expr>,
}

/// A named set.
#[derive(Clone, Debug)]
pub struct Set {
    /// Its name.
    pub name: ast::Name,
    /// Type of its elements.
    pub ty: Ty,
    /// Its elements; each one is static (literals, parameters of the deployment, elements of other sets).
    pub elements: Vec<Expr>,
    /// For `times`: the moments.
    pub times: Option<TimeSet>,
}

/// A record type.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name; manifests make records of their own, named by their path.
    pub name: ast::Name,
    /// Its fields.
    pub fields: Vec<Field>,
    /// True where undeclared fields are accepted (and reach no rule).
    pub open: bool,
}

/// A field of a record, a parameter of a tool, a fact of the host.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name in the language.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where it is declared.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// How it is written on the wire where the type leaves a choice.
    pub form: WireForm,
    /// True where it may be absent.
    pub optional: bool,
    /// What the gate writes into the call where it is absent.
    pub default: Option<Expr>,
    /// Bounds that a manifest's schema adds.
    pub bounds: SchemaBounds,
}

/// How a value is written on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum WireForm {
    /// The only form there is.
    #[default]
    Plain,
    /// An integer of minor units.
    Cents,
    /// A JSON number.
    Number,
    /// A JSON string.
    Text,
    /// A JSON number of seconds.
    Seconds,
    /// A JSON number of milliseconds.
    Millis,
}

/// What JSON Schema can say of a value beyond its type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaBounds {
    /// `minimum`
    pub minimum: Option<Decimal>,
    /// `maximum`
    pub maximum: Option<Decimal>,
    /// `exclusiveMinimum`
    pub above: Option<Decimal>,
    /// `exclusiveMaximum`
    pub below: Option<Decimal>,
    /// `minLength`
    pub min_length: Option<u32>,
    /// `maxLength`
    pub max_length: Option<u32>,
    /// `pattern`, in the syntax of the language, found anywhere in the text.
    pub pattern: Option<String>,
}

/// A label that data carries.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its name.
    pub name: ast::Name,
    /// True where every flow of it must be allowed by name.
    pub guarded: bool,
}

/// A kind of job.
#[derive(Clone, Debug)]
pub struct JobKind {
    /// Its name.
    pub name: ast::Name,
    /// What the host binds.
    pub fields: Vec<Field>,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: ast::Name,
    /// What is reported.
    pub fields: Vec<Field>,
}

/// How a tool came to be known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ToolKind {
    /// `tool NAME`
    Declared,
    /// One name of a pinned manifest, with the SHA-256 of its schema.
    Pinned {
        /// The manifest's path as written.
        manifest: String,
        /// Digest of the tool's entry.
        digest: String,
    },
    /// All names that match a pattern, unseen.
    Family(ast::Pattern),
    /// Every name that nothing else declares.
    Otherwise,
}

/// A tool with its facts.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The exact wire name; of a family, its pattern.
    pub wire: String,
    /// The name in the language.
    pub name: String,
    /// How it came to be known.
    pub kind: ToolKind,
    /// Where it is declared.
    pub span: Span,
    /// The file it is declared in.
    pub file: FileId,
    /// Its documentation.
    pub docs: Vec<String>,
    /// What it takes.
    pub params: Vec<Field>,
    /// Undeclared arguments pass, and reach no rule.
    pub open: bool,
    /// The schema that its arguments have to satisfy besides their types: an index into the program's schemas.
    pub schema: Option<agentpass_ir::SchemaId>,
    /// The facts that clauses give, its own and those of `on` blocks that always apply.
    pub facts: Facts,
    /// Its trusted results.
    pub results: Vec<Field>,
    /// `error means no effect`
    pub error_means_no_effect: bool,
    /// `runs at most D`
    pub runs_at_most: Option<Duration>,
}

/// The facts of a tool. Each clause remembers its place.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the words of the language")]
pub struct Facts {
    pub action: Option<(Action, Span)>,
    pub resource: Option<(Template, Span)>,
    pub amount: Option<(Expr, Span)>,
    pub fields: Option<(Expr, Span)>,
    pub records: Option<(Expr, Span)>,
    pub tokens: Option<(Expr, Span)>,
    pub cost: Option<(Expr, Span)>,
    pub reads: Vec<Reads>,
    pub sends: Vec<Sends>,
    pub from_to: Vec<FromTo>,
    pub releases: Vec<String>,
    pub keeps_inside: Option<Span>,
    pub tags: Vec<String>,
}

/// `reads SOURCE carrying LABELS`
#[derive(Clone, Debug)]
pub struct Reads {
    /// The source.
    pub source: String,
    /// The labels of what is read.
    pub labels: Vec<String>,
    /// The clause.
    pub span: Span,
}

/// `sends to DESTINATION at DOMAINS`
#[derive(Clone, Debug)]
pub struct Sends {
    /// The destination.
    pub to: String,
    /// Where it arrives.
    pub at: Option<Expr>,
    /// The clause.
    pub span: Span,
}

/// `from A to B carrying LABELS`
#[derive(Clone, Debug)]
pub struct FromTo {
    /// The source.
    pub from: Expr,
    /// The destination.
    pub to: Expr,
    /// Labels: constants, or a list that the host gives.
    pub labels: Vec<Expr>,
    /// The clause.
    pub span: Span,
}

/// What a tool does, for rules that hold for many tools.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
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

impl Action {
    /// Every action, with its word.
    pub const ALL: &'static [(Action, &'static str)] = &[
        (Action::Read, "read"),
        (Action::Write, "write"),
        (Action::Delete, "delete"),
        (Action::Send, "send"),
        (Action::Export, "export"),
        (Action::Pay, "pay"),
        (Action::Deploy, "deploy"),
        (Action::Admin, "admin"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(action, _)| *action == self).map_or("admin", |(_, word)| word)
    }

    /// Something leaves, or money moves.
    #[must_use]
    pub fn goes_out(self) -> bool {
        matches!(self, Self::Send | Self::Export | Self::Pay)
    }

    /// Nobody can take it back.
    #[must_use]
    pub fn is_irreversible(self) -> bool {
        matches!(self, Self::Pay | Self::Delete | Self::Deploy)
    }
}

/// Where a block of rules stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// In a tool's own block (or that of `tools`): index of the tools are the targets.
    Tool,
    /// In an `on` block.
    On(ast::Pattern),
    /// At the top level.
    Global,
    /// In a flow.
    Flow(usize),
    /// In a skill.
    Skill(usize),
}

/// Rules that stand together, with the tools they hold for.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where they stand.
    pub origin: Origin,
    /// The whole block.
    pub span: Span,
    /// The file.
    pub file: FileId,
    /// Indices of the tools (families and `otherwise` included).
    pub targets: Vec<usize>,
    /// The parameters that can be read here, as they are read here: a shared block may read one more finely than the tool
    /// declares it.
    pub params: Arc<Vec<Field>>,
    /// The rules, in source order.
    pub rules: Vec<Rule>,
    /// The limits, in source order.
    pub limits: Vec<Limit>,
}

/// A declared challenge.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Its name.
    pub name: ast::Name,
    /// How many people.
    pub count: u32,
    /// Who.
    pub who: Asked,
    /// Who may not be among them.
    pub separate: Vec<String>,
    /// What it binds beyond what is always bound.
    pub binds: Vec<ast::Path>,
    /// What is shown to them.
    pub shows: Vec<ast::Path>,
    /// How long it is open.
    pub expires: Option<Duration>,
    /// How long an approval may be used again; single use where absent.
    pub reusable: Option<Duration>,
}

/// Who is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Asked {
    Groups(Vec<String>),
    User,
    Anyone,
}

/// A flow.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Source and destination, `None` inside for `any`; `None` for `otherwise`.
    pub ends: Option<(Option<String>, Option<String>)>,
    /// The labels it is about; empty: all.
    pub labels: Vec<String>,
    /// Whether all of them must be there.
    pub all_labels: bool,
    /// The condition of the block.
    pub when: Option<Arc<Expr>>,
    /// The whole flow.
    pub span: Span,
    /// The file.
    pub file: FileId,
}

/// A skill.
#[derive(Clone, Debug)]
pub struct Skill {
    /// Its name.
    pub name: ast::Name,
    /// Where its bundle lies.
    pub source: Option<String>,
    /// SHA-256 of the bundle, in hexadecimal digits.
    pub digest: Option<String>,
    /// Indices of the tools that it may call.
    pub invokes: Vec<usize>,
    /// The names that it may call, as written: of a family only those.
    pub names: Vec<ast::Pattern>,
}

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// Its steps, as written.
    pub steps: Vec<ast::Step>,
    /// Where it stands.
    pub span: Span,
}

/// Records may be read by id.
impl Program {
    /// The record type with that number.
    #[must_use]
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(id.0)
    }
}

/// The currency that amounts have where nothing else is said.
#[must_use]
pub fn default_currency() -> Currency {
    Currency::USD
}

/// A pattern that is known to compile.
#[must_use]
pub fn compiled(source: &str) -> Option<Pattern> {
    Pattern::new(source).ok()
}
