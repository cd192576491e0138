//! Items: what stands at the top of a file.

use agentpass_grammar::Span;

use super::{Clause, Expr, Field, Limit, Name, Path, Signature, Test, Text, Type};

/// One item with its documentation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// From the first to the last token, documentation excluded.
    pub span: Span,
    /// The `///` lines before it, without their marks.
    pub docs: Vec<Text>,
    /// True where part of the item could not be read and was left out; whoever checks it must not conclude anything
    /// from what is missing.
    pub broken: bool,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of items.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each variant's type says it")]
pub enum ItemKind {
    Edition(Edition),
    Use(Use),
    Contract(Contract),
    Module(Module),
    Param(Param),
    Set(Set),
    Let(Let),
    Record(Record),
    Label(Label),
    Tool(Tool),
    Tools(Tools),
    On(On),
    Host(Host),
    Job(Job),
    Event(Event),
    Flow(Flow),
    Challenge(Challenge),
    Skill(Skill),
    Test(Test),
    /// A rule, group or limit at the top level: it holds for all tools that provide what it reads.
    Rule(Clause),
}

/// `edition 2026`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edition {
    /// The year.
    pub year: super::Spanned<i64>,
}

/// `use std.web { untrusted }`, `use "./crm.agentpass" as crm`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// What is imported.
    pub source: UseSource,
    /// The names taken out of it; `None` takes all of them.
    pub names: Option<Vec<UseName>>,
    /// The name under which the module is known.
    pub alias: Option<Name>,
}

/// Where an import comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UseSource {
    /// A module of the standard library: `std.pii`.
    Module(Path),
    /// A file, relative to the importing one.
    File(Text),
}

/// One name of a selection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UseName {
    /// The name in the module.
    pub name: Name,
    /// Its name here, where it is another one.
    pub alias: Option<Name>,
}

/// `contract NAME { version …; owner …; agents …; valid … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// The contract's name.
    pub name: Name,
    /// What it says about itself, in source order.
    pub clauses: Vec<ContractClause>,
}

/// One line of a contract's head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContractClause {
    /// The whole line.
    pub span: Span,
    /// What it sets.
    pub kind: ContractClauseKind,
}

/// What a contract says about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum ContractClauseKind {
    Version(Text),
    Owner(Text),
    Agents(Vec<Text>),
    /// `valid from D until D`; dates as written.
    Valid {
        from: Option<Text>,
        until: Option<Text>,
    },
}

/// `module NAME`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Module {
    /// The module's name.
    pub name: Path,
}

/// `param NAME: type [= default]`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// The parameter's name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// The value it has where the deployment sets none.
    pub default: Option<Expr>,
}

/// `set NAME: type [in "TZ"] = […]`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    /// The set's name.
    pub name: Name,
    /// The type of its elements.
    pub ty: Type,
    /// The time zone of a set of times.
    pub zone: Option<Text>,
    /// The elements, or an expression that joins sets.
    pub value: SetValue,
}

/// The right side of a set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetValue {
    /// `[a, b]`
    List(Vec<SetElement>, Span),
    /// `a + b`
    Expr(Expr),
}

/// One element of a set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetElement {
    /// A value or the name of another set.
    Expr(Expr),
    /// A range of times.
    Time(TimeRange),
}

/// `mon..fri 09:00..17:00`, `22:00..06:00`, `2026-12-18 .. 2027-01-06`; the parts as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimeRange {
    /// The whole range.
    pub span: Span,
    /// First and last day of the week.
    pub days: Option<(Text, Option<Text>)>,
    /// Begin and end of the hours.
    pub hours: Option<(Text, Text)>,
    /// First and last date.
    pub dates: Option<(Text, Option<Text>)>,
}

/// `let NAME = expr`, `let f(x) = expr`; also inside blocks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Let {
    /// The name that is bound.
    pub name: Name,
    /// The parameters of a function; `None` for a plain value.
    pub params: Option<Vec<LetParam>>,
    /// The declared type.
    pub ty: Option<Type>,
    /// What it stands for.
    pub value: Expr,
}

/// A parameter of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetParam {
    /// Its name.
    pub name: Name,
    /// Its type; where there is none, it has the type of what it is given.
    pub ty: Option<Type>,
}

/// `record NAME { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The record's name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// `[guarded] label NAME, …`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// True where every flow of it must be allowed by name.
    pub guarded: bool,
    /// The names declared.
    pub names: Vec<Name>,
}

/// `tool NAME(signature) { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tool {
    /// The wire name, where it is written between quotes.
    pub wire: Option<Text>,
    /// The name in the language; for a quoted tool without `as` it is absent.
    pub name: Option<Path>,
    /// What it takes.
    pub signature: Signature,
    /// Facts and rules; `None` where there is no block at all.
    pub body: Option<Vec<Clause>>,
}

/// `tools PATTERN[(…)] [from "manifest"] [as prefix] { … }`, `tools otherwise(...) { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tools {
    /// The names; `None` for `otherwise`.
    pub pattern: Option<Pattern>,
    /// What they take, where no manifest says it.
    pub signature: Option<Signature>,
    /// The pinned manifest.
    pub manifest: Option<Text>,
    /// A prefix for the names in the language.
    pub alias: Option<Path>,
    /// Facts and rules.
    pub body: Option<Vec<Clause>>,
}

/// `on PATTERN[(shared)] [with FACT, …] [when C] { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct On {
    /// The tools it constrains.
    pub pattern: Pattern,
    /// The parameters that the tools share and the rules read.
    pub signature: Option<Signature>,
    /// Facts that a tool must provide for the block to apply.
    pub with: Vec<Path>,
    /// The condition for the whole block.
    pub when: Option<Expr>,
    /// Facts and rules.
    pub body: Vec<Clause>,
}

/// A pattern of tool names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// From the first to the last part.
    pub span: Span,
    /// The parts in a row.
    pub parts: Vec<PatternPart>,
}

/// A part of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PatternPart {
    /// Characters of a name.
    Text(String),
    /// A wire name between quotes.
    Quoted(String),
    /// `*`: any characters but a dot.
    Star,
    /// `.`
    Dot,
    /// `{a, b}`
    Choice(Vec<Pattern>),
}

impl Pattern {
    /// True for `any`: all tools.
    #[must_use]
    pub fn is_any(&self) -> bool {
        matches!(self.parts.as_slice(), [PatternPart::Text(text)] if text == "any")
    }

    /// The pattern as it is written, in the formatter's way.
    #[must_use]
    pub fn text(&self) -> String {
        let part = |part: &PatternPart| match part {
            PatternPart::Text(text) => text.clone(),
            PatternPart::Quoted(text) => format!("{text:?}"),
            PatternPart::Star => "*".to_owned(),
            PatternPart::Dot => ".".to_owned(),
            PatternPart::Choice(all) => {
                let all: Vec<String> = all.iter().map(Self::text).collect();
                format!("{{{}}}", all.join(", "))
            }
        };
        self.parts.iter().map(part).collect()
    }
}

/// `host { … }`: facts that only the host knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    /// The facts.
    pub fields: Vec<Field>,
}

/// `job NAME(…)`: what the host binds to a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Job {
    /// The kind of job.
    pub name: Name,
    /// What is bound.
    pub signature: Signature,
}

/// `event NAME(…)`: what the host reports and no agent calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// The event's name.
    pub name: Name,
    /// What is reported.
    pub signature: Signature,
}

/// `flow SOURCE -> DESTINATION [carrying …] [when C] { … }`, `flow otherwise … { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    /// Source and destination; `None` for `otherwise`.
    pub ends: Option<(FlowEnd, FlowEnd)>,
    /// The labels it is about.
    pub carrying: Option<Carrying>,
    /// The condition for the block.
    pub when: Option<Expr>,
    /// Rules and bounds.
    pub body: Vec<Clause>,
}

/// One end of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowEnd {
    /// Where it is written.
    pub span: Span,
    /// The name; `None` for `any`.
    pub name: Option<String>,
    /// True where it was written between quotes.
    pub quoted: bool,
}

/// `carrying [any | all] LABELS`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carrying {
    /// The whole phrase.
    pub span: Span,
    /// Whether all of the labels must be there; otherwise one is enough.
    pub mode: Option<CarryingMode>,
    /// The labels.
    pub labels: Vec<LabelRef>,
}

/// How many of several labels must be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CarryingMode {
    /// One is enough.
    Any,
    /// All of them.
    All,
}

/// A label by its name, as text, or as a fact of the host that lists labels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LabelRef {
    /// `pii`, `host.classes`
    Path(Path),
    /// `"customer_data"`
    Text(Text),
}

/// `challenge NAME { ask …; … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// The challenge's name.
    pub name: Name,
    /// Its settings in source order.
    pub clauses: Vec<ChallengeClause>,
}

/// One setting of a challenge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChallengeClause {
    /// The whole line.
    pub span: Span,
    /// What it sets.
    pub kind: ChallengeClauseKind,
}

/// The settings of a challenge.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum ChallengeClauseKind {
    Ask { count: Option<super::Spanned<i64>>, who: Asked },
    Separate(Vec<Name>),
    Binds(Vec<Path>),
    Shows(Vec<Path>),
    Expires(Text),
    SingleUse,
    Reusable(Text),
}

/// Who is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Members of one of these groups.
    Groups(Vec<Text>),
    /// The user for whom the agent acts.
    User,
    /// Anybody who can approve at all.
    Anyone,
}

/// `skill NAME { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skill {
    /// The skill's name.
    pub name: Name,
    /// Source, digest, tools, rules.
    pub body: Vec<Clause>,
}

/// A limit at the top level or in a block; defined beside the clauses.
pub type LimitItem = Limit;
