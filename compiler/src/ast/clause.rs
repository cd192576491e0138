//! Clauses: facts and rules, in whatever block they stand. The checker says which clause may stand where.

use agentpass_grammar::Span;

use super::{Carrying, Expr, Field, Let, Name, Path, Pattern, Text};

/// One clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clause {
    /// The whole clause.
    pub span: Span,
    /// Its first word.
    pub verb: Span,
    /// What it is.
    pub kind: ClauseKind,
}

/// The kinds of clauses.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum ClauseKind {
    // Facts of a tool.
    Action(Name),
    Resource(Text),
    Amount(Expr),
    Reads { source: Path, carrying: Option<Carrying> },
    Sends { to: Path, at: Option<Expr> },
    FromTo { from: FlowPoint, to: FlowPoint, carrying: Option<Carrying> },
    Fields(Expr),
    Records(Expr),
    UsesTokens(Expr),
    UsesCost(Expr),
    Releases(Vec<super::LabelRef>),
    KeepsInside,
    Tags(Vec<Name>),
    TrustedResult(Vec<Field>),
    ErrorMeansNoEffect,
    RunsAtMost(Text),
    // Rules.
    Require { condition: Expr, tail: Tail },
    Deny { condition: Option<DenyCondition>, tail: Tail },
    Challenge { name: Name, each: Option<Expr>, when: Option<Expr>, tail: Tail },
    Once { keys: Vec<Path>, ledger: Option<Path>, replay: Option<Text>, tail: Tail },
    When { condition: Expr, body: Vec<Clause> },
    Limit(Limit),
    RecordsAtMost { most: Expr, tail: Tail },
    Let(Let),
    // Of a skill.
    Source(Text),
    Digest { algorithm: Name, value: Text },
    Invokes(Vec<Pattern>),
}

/// An end of a flow that the host declares: a name, a text, or a fact of the host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FlowPoint {
    /// `host.data_from`, `provider_crm`
    Path(Path),
    /// `"provider_crm"`
    Text(Text),
}

/// What follows `deny`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DenyCondition {
    /// `when C`
    When(Expr),
    /// `each x in xs: C`, as one expression
    Each(Expr),
}

/// `because "…" audit "…" as name`
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tail {
    /// The message for the model.
    pub because: Option<Text>,
    /// The message for the auditor.
    pub audit: Option<Text>,
    /// The rule's name.
    pub name: Option<Name>,
    /// Where the parts stand in another order than because, audit, as.
    pub out_of_order: Option<Span>,
    /// Where a part stands a second time.
    pub repeated: Option<Span>,
}

/// `limit [NAME] per KEYS [window] [when C] { bounds }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// The limit's name.
    pub name: Option<Name>,
    /// What it is counted per; empty where nothing is written (in a skill).
    pub keys: Vec<Path>,
    /// Over which time.
    pub window: Option<Window>,
    /// Which calls count.
    pub when: Option<Expr>,
    /// The bounds.
    pub bounds: Vec<Bound>,
}

/// Over which time a limit counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    /// The whole phrase.
    pub span: Span,
    /// Which kind.
    pub kind: WindowKind,
}

/// The kinds of windows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WindowKind {
    /// `in any 24h`
    Rolling(Text),
    /// `each day in "Europe/Berlin"`
    Calendar(Name, Option<Text>),
}

/// One bound of a limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    /// The whole bound.
    pub span: Span,
    /// What is counted.
    pub meter: Meter,
    /// `at most` (reaching more is the violation) or `above`.
    pub threshold: Threshold,
    /// The value.
    pub value: Expr,
    /// What happens there; a denial where nothing is written.
    pub then: Option<Then>,
    /// A condition for this bound alone.
    pub when: Option<Expr>,
    /// Message and name.
    pub tail: Tail,
}

/// What a bound counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meter {
    /// `calls`, `tokens`, `cost`, `runtime`, `retries`, `in_flight`, `denials`; anything else is an error.
    Named(Name),
    /// `calls per call.tool`
    CallsPer(Vec<Path>, Span),
    /// `sum amount [of T]`
    Sum(Path, Option<super::Past>, Span),
}

/// The two forms of a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Threshold {
    /// `at most N`
    AtMost,
    /// `above N`
    Above,
}

/// What happens at a bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Then {
    /// `then warn`
    Warn(Span),
    /// `then challenge NAME`
    Challenge(Name),
    /// `then suspend job`
    Suspend(Name),
}
