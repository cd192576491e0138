//! `test` blocks.

use agentpass_grammar::Span;

use super::{Expr, Name, Path, Spanned, Text, ToolRef};

/// `test "…" { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// What it shows.
    pub name: Text,
    /// What is played, in order.
    pub steps: Vec<Step>,
}

/// One step of a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The whole step.
    pub span: Span,
    /// What it does.
    pub kind: StepKind,
}

/// The kinds of steps.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
#[allow(clippy::large_enum_variant, reason = "most steps are calls")]
pub enum StepKind {
    Param(Name, Value),
    Host(Value),
    Auth(Value),
    /// `job "case-1" [as refund_triage { … }]`
    Job(Text, Option<(Name, Option<Value>)>),
    /// `agent "x"`, `tenant "x"`, `user "x"`, `skill "x"`
    Who(Name, Text),
    After(Text),
    /// `at 2026-11-23T10:00:00Z`: moves the clock.
    At(Text),
    Event(Path, Option<Value>),
    /// `lift job ["case-1"]`
    Lift(Name, Option<Text>),
    Call(CallStep),
    /// `first returns { … }`: a call that was left open ends.
    Settle(Name, Outcome),
}

/// `call TOOL { … } …`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallStep {
    /// The tool.
    pub tool: ToolRef,
    /// Its arguments.
    pub args: Option<Value>,
    /// A name under which it can end later.
    pub name: Option<Name>,
    /// Challenges that are approved before the call comes back.
    pub approved: Vec<Name>,
    /// Challenges that are refused.
    pub refused: Vec<Name>,
    /// Host facts of this call alone.
    pub host: Option<Value>,
    /// How it ends; completed where nothing is written.
    pub outcome: Option<Outcome>,
    /// `open`: it has not ended yet.
    pub open: Option<Span>,
    /// What is expected.
    pub expect: Vec<Expect>,
}

/// How a call ends.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Outcome {
    Returns(Value),
    Fails(Span),
    Unknown(Span),
    NotSent(Span),
}

/// One expectation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expect {
    /// The whole phrase.
    pub span: Span,
    /// What is expected.
    pub kind: ExpectKind,
}

/// The kinds of expectations.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum ExpectKind {
    Allow,
    Deny,
    Replay,
    Challenge(Vec<Name>),
    /// `expect deny because "…"`
    Because(Box<ExpectKind>, Text),
    /// `expect remaining job.calls 12`
    Remaining(Path, Value),
}

/// A value in a test: JSON, with the literals of the language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// `{ a: 1 }`
    Record(Vec<Entry>, Span),
    /// `[1, { a: 2 }]`
    List(Vec<Value>, Span),
    /// Anything else.
    Expr(Expr),
}

impl Value {
    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Record(_, span) | Self::List(_, span) => *span,
            Self::Expr(expr) => expr.span,
        }
    }
}

/// `key: value`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The key, as a word or between quotes.
    pub key: Name,
    /// True where it was quoted.
    pub quoted: bool,
    /// The value.
    pub value: Value,
}

/// An integer literal with its place.
pub type Int = Spanned<i64>;
