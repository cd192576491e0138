//! Expressions.

use agentpass_grammar::Span;

use super::{LabelRef, Name, Path, Text};

/// An expression with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// The whole expression; of one in brackets, without the brackets.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expressions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExprKind {
    /// A literal value.
    Literal(Literal),
    /// A bare name: a parameter, a constant, a root.
    Name(String),
    /// `a.b`
    Member(Box<Expr>, Name),
    /// `(a)`: kept, because some forms must stand in brackets (semantics 37) and `fmt` keeps them.
    Paren(Box<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `f(x)`
    Call(Path, Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `a and b and c`; two or more.
    And(Vec<Expr>),
    /// `a or b or c`; two or more.
    Or(Vec<Expr>),
    /// `a == b`, `a + b`, `a ?? b`, …
    Binary(Box<Expr>, BinaryOp, Span, Box<Expr>),
    /// `a matches /…/`; the pattern without its slashes.
    Matches(Box<Expr>, Text),
    /// `a is understood`
    Is(Box<Expr>, Name),
    /// `has a.b`
    Has(Path),
    /// `each x in xs: C`, `some x in xs: C`
    Quantified(Quantifier, Name, Box<Expr>, Box<Expr>),
    /// `after PAST within D [with no PAST since]…`
    After(Box<Past>, Option<Within>, Vec<Past>),
    /// `latest PAST [within D]`, `first PAST [within D]`
    Record(Which, Box<Past>, Option<Within>),
    /// `calls of PAST within D [with no PAST since]…`
    CallsOf(Box<Past>, Within, Vec<Past>),
    /// `sum amount of PAST within D [with no PAST since]…`
    SumOf(Path, Box<Past>, Within, Vec<Past>),
    /// `distinct PATH of PAST within D`
    Distinct(Path, Box<Past>, Within),
    /// `in_flight of PAST`
    InFlightOf(Box<Past>),
    /// `job carries LABEL [from SOURCE]`
    Carries(LabelRef, Option<Path>),
}

/// Operators of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the operators of the language")]
pub enum BinaryOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    Coalesce,
    Add,
    Subtract,
    Multiply,
    /// `project / ".git"`
    Join,
}

impl BinaryOp {
    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::Coalesce => "??",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Join => "/",
        }
    }

    /// True for the operators that compare and do not chain.
    #[must_use]
    pub fn is_relation(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessEqual
                | Self::Greater
                | Self::GreaterEqual
                | Self::In
        )
    }
}

/// `each` or `some`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Quantifier {
    /// For all elements.
    Each,
    /// For at least one element.
    Some,
}

/// `latest` or `first`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Which {
    /// The last one.
    Latest,
    /// The first one.
    First,
}

/// A literal; numbers and times are kept as written and read by the checker, which knows the type that is expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// `80_000`
    Int(String),
    /// `0.75`
    Decimal(String),
    /// `$0.75`, `5 EUR`
    Money(String),
    /// `1h30m`
    Duration(String),
    /// `2026-12-18`
    Date(String),
    /// `2026-12-18T10:00:00Z`
    Timestamp(String),
    /// `"text"`, decoded
    Text(String),
    /// `` `git status` ``, without the backticks
    Command(String),
    /// `/…/` where no pattern can stand; reported by the checker.
    Regex(String),
}

/// Calls or events in the past.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// The whole phrase.
    pub span: Span,
    /// Which phase of a call; `None` where it was not written.
    pub phase: Option<(Phase, Span)>,
    /// The tool or event.
    pub of: ToolRef,
    /// What its arguments and results must be.
    pub filters: Vec<PastFilter>,
    /// `by user`: how far to look beyond the job.
    pub scope: Option<Name>,
}

/// How far a call had come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Phase {
    /// It was asked for, whatever was decided.
    Attempted,
    /// It was allowed.
    Started,
    /// It ended well.
    Completed,
    /// It ended badly.
    Failed,
}

impl Phase {
    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Attempted => "attempted",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// `customer_id: customer_id`, `result.state: "approved"`, `amount: > $5`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastFilter {
    /// The whole filter.
    pub span: Span,
    /// The argument or the part of the result.
    pub path: Path,
    /// The comparison; equality where nothing is written.
    pub op: Option<(BinaryOp, Span)>,
    /// What to compare with.
    pub value: Expr,
}

/// How far back: `within 30m`, `within job`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Within {
    /// The whole phrase.
    pub span: Span,
    /// The duration as written; `None` for `job`.
    pub duration: Option<Text>,
}

/// A tool by its name or its wire name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ToolRef {
    /// `crm.read_customer`
    Path(Path),
    /// `"create-issue"`
    Wire(Text),
}

impl ToolRef {
    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Path(path) => path.span,
            Self::Wire(text) => text.span,
        }
    }

    /// The name as written, without quotes.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Path(path) => path.text(),
            Self::Wire(text) => text.node.clone(),
        }
    }
}
