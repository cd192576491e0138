//! The checked program: every name found, every type known, every rule in a block with the tools it holds for.
//!
//! Lowering (to the decision IR), the lints, `explain` and the language server read this and nothing before it.

use std::sync::Arc;

use agentpass_grammar::{FileId, Span};
use agentpass_values::{
    CommandPattern, Currency, Decimal, Domain, Duration, Email, Glob, Money, PathValue, Pattern, TimeSet,
    Timestamp, WebUrl,
};

use crate::ast;
use crate::types::{PastOf, RecordId, Ty};

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
    /// `pattern`
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
    /// The rules, in source order.
    pub rules: Vec<Rule>,
    /// The limits, in source order.
    pub limits: Vec<Limit>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its stable name: `stripe.refund/cap`, or a digest of its structure (semantics 9).
    pub id: String,
    /// The whole clause.
    pub span: Span,
    /// The conditions of the groups and blocks it stands in, outermost first.
    pub guards: Vec<Arc<Expr>>,
    /// What it demands.
    pub kind: RuleKind,
    /// The message for the model.
    pub because: Option<Template>,
    /// The message for the auditor.
    pub audit: Option<Template>,
    /// The name given with `as`.
    pub name: Option<String>,
}

/// The kinds of rules.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum RuleKind {
    Require(Expr),
    /// One instance per element.
    RequireEach(Each),
    Deny(Option<Expr>),
    DenyEach(Each),
    Challenge {
        challenge: usize,
        each: Option<Each>,
        when: Option<Expr>,
    },
    Once {
        keys: Vec<Expr>,
        ledger: Option<String>,
        replay: Option<Duration>,
    },
    /// In a flow: judged on what the tool declares, or when the result arrives.
    RecordsAtMost(Expr),
}

/// `each x in xs: C` as a rule.
#[derive(Clone, Debug)]
pub struct Each {
    /// The variable.
    pub var: VarId,
    /// The list.
    pub list: Expr,
    /// The condition per element.
    pub body: Expr,
}

/// A variable of a quantifier or function, unique in its rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct VarId(pub u32);

/// A message: text and values.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The parts in order.
    pub parts: Vec<TemplatePart>,
}

/// A part of a message.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Text as it stands.
    Text(String),
    /// A value.
    Hole(Expr),
}

/// A limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its stable name: declared, or derived from its keys.
    pub id: String,
    /// The whole clause.
    pub span: Span,
    /// The conditions of the groups and blocks it stands in, and its own.
    pub guards: Vec<Arc<Expr>>,
    /// What it is counted per, after the tenant.
    pub keys: Vec<Expr>,
    /// Over which time.
    pub window: Window,
    /// The bounds.
    pub bounds: Vec<Bound>,
}

/// Over which time a limit counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Window {
    /// As long as the key lives: a job, or calls in flight.
    Lifetime,
    /// The last D.
    Rolling(Duration),
    /// A calendar unit in a time zone.
    Calendar(CalendarUnit, String),
}

/// A calendar unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum CalendarUnit {
    Hour,
    Day,
    Week,
    Month,
}

/// A bound of a limit.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The whole bound.
    pub span: Span,
    /// What is counted.
    pub meter: Meter,
    /// `at most` or `above`.
    pub threshold: ast::Threshold,
    /// The value; static.
    pub value: Expr,
    /// What happens there.
    pub then: Then,
    /// A condition for this bound alone.
    pub when: Option<Expr>,
    /// The message.
    pub because: Option<Template>,
    /// The message for the auditor.
    pub audit: Option<Template>,
    /// The name given with `as`.
    pub name: Option<String>,
}

/// What a bound counts.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Meter {
    Calls,
    CallsPer(Vec<Expr>),
    Retries,
    Tokens,
    Cost,
    Runtime,
    InFlight,
    Denials,
    /// The amount of these tools' calls (the blocks' own tools where none is named).
    Sum {
        of: Option<Past>,
    },
}

/// What happens at a bound.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Then {
    Deny,
    Warn,
    Challenge(usize),
    DenyAndSuspend(Suspended),
}

/// Who is suspended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Suspended {
    Job,
    Agent,
    Tool,
    Gate,
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

/// A typed expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Where it is written.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// True where the value may be absent and that has not been handled here.
    pub optional: bool,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of typed expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// Already reported.
    Error,
    /// A constant.
    Const(Value),
    /// Something that comes with the call or its surroundings.
    Read(Read),
    /// A deployment parameter: an index into the program's parameters.
    Param(usize),
    /// A named set: an index into the program's sets.
    Set(usize),
    /// A variable of a quantifier or function.
    Var(VarId),
    /// The value of a `let`, shared by all who read it.
    Let(String, Arc<Expr>),
    /// A function's body with its parameters bound.
    Bind(Vec<(VarId, Expr)>, Box<Expr>),
    /// A part of a value: `.domain`, a field of a record; of a list, of each element.
    Member(Box<Expr>, String),
    /// A list of values.
    List(Vec<Expr>),
    /// `not`
    Not(Box<Expr>),
    /// All of them.
    And(Vec<Expr>),
    /// At least one.
    Or(Vec<Expr>),
    /// `== != < <= > >=`
    Compare(ast::BinaryOp, Box<Expr>, Box<Expr>),
    /// `in`; how is given by the types.
    In(Box<Expr>, Box<Expr>),
    /// `+ - *`, checked; on lists, joining.
    Arith(ast::BinaryOp, Box<Expr>, Box<Expr>),
    /// `folder / name`
    JoinPath(Box<Expr>, Box<Expr>),
    /// Unary minus.
    Negate(Box<Expr>),
    /// `a ?? b`
    Coalesce(Box<Expr>, Box<Expr>),
    /// `matches /…/`
    Matches(Box<Expr>, Arc<str>),
    /// `is understood`
    Understood(Box<Expr>),
    /// `has x`
    Has(Box<Expr>),
    /// `each` and `some` inside an expression.
    Quantified(ast::Quantifier, VarId, Box<Expr>, Box<Expr>),
    /// `count(xs)`
    Count(Box<Expr>),
    /// `length(text)`
    Length(Box<Expr>),
    /// `after PAST within D with no PAST since`
    After(Past, Span2, Vec<Past>),
    /// `latest`, `first`
    Latest(ast::Which, Past, Option<Span2>),
    /// `calls of PAST within D`
    CallsOf(Past, Span2),
    /// `sum amount of PAST within D`
    SumOf(Past, Span2),
    /// `in_flight of PAST`
    InFlightOf(Past),
    /// `job carries LABEL [from SOURCE]`
    Carries(String, Option<String>),
}

/// How far back: a duration, or the whole job.
pub type Span2 = Option<Duration>;

/// Something that comes with the call.
#[derive(Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Read {
    /// A parameter of the tool, by its name in the language.
    Arg(String),
    /// A fact that the tool's clauses give.
    Fact(Fact),
    /// `caller.agent`, …
    Caller(CallerPart),
    /// `auth.issuer`, …
    Auth(AuthPart),
    /// The job's identifier.
    JobId,
    /// The labels that the job carries.
    JobLabels,
    /// What the host bound to the job.
    Job(String),
    /// The skill for which the call is made.
    Skill,
    /// A fact of the host: its name.
    Host(String),
    /// The store's clock.
    Now,
    /// The tool's exact name.
    Tool,
    /// The digest of tool and arguments.
    Digest,
}

/// Facts that clauses give.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Fact {
    Action,
    Resource,
    Amount,
    Fields,
    Records,
    Tokens,
    Cost,
    Domains,
}

impl Fact {
    /// Every fact.
    pub const ALL: &'static [Fact] = &[
        Fact::Action,
        Fact::Resource,
        Fact::Amount,
        Fact::Fields,
        Fact::Records,
        Fact::Tokens,
        Fact::Cost,
        Fact::Domains,
    ];

    /// The fact of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Fact> {
        Self::ALL.iter().copied().find(|fact| fact.word() == word)
    }

    /// The word after `call.`, which is also that of the clause that gives it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Resource => "resource",
            Self::Amount => "amount",
            Self::Fields => "fields",
            Self::Records => "records",
            Self::Tokens => "tokens",
            Self::Cost => "cost",
            Self::Domains => "domains",
        }
    }
}

/// Parts of the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum CallerPart {
    Agent,
    User,
    Tenant,
    Via,
}

/// Parts of the authentication.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum AuthPart {
    Issuer,
    Client,
    Scopes,
    Groups,
}

/// A constant value.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Money(Money),
    Duration(Duration),
    Timestamp(Timestamp),
    /// Text of `string`, `id`, an enum, `text` or `folded`: the type says which.
    Text(String),
    Email(Email),
    Domain(Domain),
    Url(WebUrl),
    Path(PathValue),
    Glob(Glob),
    Command(CommandPattern),
    List(Vec<Value>),
}

/// Calls or events in the past.
#[derive(Clone, Debug)]
pub struct Past {
    /// Where it is written.
    pub span: Span,
    /// The tool or event.
    pub of: PastOf,
    /// The phase; completed where nothing is written and nothing else is the default.
    pub phase: Option<ast::Phase>,
    /// What its arguments and results must be.
    pub filters: Vec<Filter>,
    /// How far to look beyond the job.
    pub scope: PastScope,
}

/// How far history looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum PastScope {
    #[default]
    Job,
    User,
    Agent,
    Tenant,
}

/// A condition on one argument or result of a past call.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Argument or result.
    pub part: crate::types::Part,
    /// The name in the language, and members of it.
    pub path: Vec<String>,
    /// Type of the past value.
    pub ty: Ty,
    /// How to compare.
    pub op: ast::BinaryOp,
    /// What to compare with.
    pub value: Expr,
    /// Where it is written.
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

impl Expr {
    /// Calls a function for each expression directly inside this one; a `let`'s value counts.
    pub fn children(&self, visit: &mut impl FnMut(&Expr)) {
        match &self.kind {
            ExprKind::Error
            | ExprKind::Const(_)
            | ExprKind::Read(_)
            | ExprKind::Param(_)
            | ExprKind::Set(_)
            | ExprKind::Var(_)
            | ExprKind::Carries(..) => {}
            ExprKind::Let(_, value) => visit(value),
            ExprKind::Bind(values, body) => {
                values.iter().for_each(|(_, value)| visit(value));
                visit(body);
            }
            ExprKind::Member(inner, _)
            | ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Matches(inner, _)
            | ExprKind::Understood(inner)
            | ExprKind::Has(inner)
            | ExprKind::Count(inner)
            | ExprKind::Length(inner) => visit(inner),
            ExprKind::List(all) | ExprKind::And(all) | ExprKind::Or(all) => all.iter().for_each(visit),
            ExprKind::Compare(_, left, right)
            | ExprKind::In(left, right)
            | ExprKind::Arith(_, left, right)
            | ExprKind::JoinPath(left, right)
            | ExprKind::Coalesce(left, right)
            | ExprKind::Quantified(_, _, left, right) => {
                visit(left);
                visit(right);
            }
            ExprKind::After(past, _, no) => {
                past.filters.iter().for_each(|filter| visit(&filter.value));
                no.iter().flat_map(|past| &past.filters).for_each(|filter| visit(&filter.value));
            }
            ExprKind::Latest(_, past, _)
            | ExprKind::CallsOf(past, _)
            | ExprKind::SumOf(past, _)
            | ExprKind::InFlightOf(past) => past.filters.iter().for_each(|filter| visit(&filter.value)),
        }
    }

    /// Calls a function for this expression and everything inside it.
    pub fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        self.children(&mut |child| child.walk(visit));
    }
}
