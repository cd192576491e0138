//! Typed expressions, and what they read.

use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_values::{
    CommandPattern, Decimal, Domain, Duration, Email, Glob, Money, PathValue, Timestamp, WebUrl,
};

use super::VarId;
use crate::ast;
use crate::types::{PastOf, Ty};

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
    /// `calls of PAST within D with no PAST since`
    CallsOf(Past, Span2, Vec<Past>),
    /// `sum amount of PAST within D with no PAST since`; of the amount, where no other number is named.
    SumOf(Option<Box<PastValue>>, Past, Span2, Vec<Past>),
    /// `distinct PATH of PAST within D`: a list of values.
    Distinct(Box<PastValue>, Past, Span2),
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

/// An argument or result of a past call.
#[derive(Clone, Debug)]
pub struct PastValue {
    /// Argument or result.
    pub part: crate::types::Part,
    /// The name in the language, and members of it.
    pub path: Vec<String>,
    /// Its type.
    pub ty: Ty,
    /// Where it is written.
    pub span: Span,
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

impl Expr {
    /// Calls a function for each expression directly inside this one; a `let`'s value counts.
    pub fn children<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
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
            ExprKind::After(past, _, no)
            | ExprKind::CallsOf(past, _, no)
            | ExprKind::SumOf(_, past, _, no) => {
                past.filters.iter().for_each(|filter| visit(&filter.value));
                no.iter().flat_map(|past| &past.filters).for_each(|filter| visit(&filter.value));
            }
            ExprKind::Latest(_, past, _) | ExprKind::Distinct(_, past, _) | ExprKind::InFlightOf(past) => {
                past.filters.iter().for_each(|filter| visit(&filter.value))
            }
        }
    }

    /// Calls a function for this expression and everything inside it.
    pub fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        self.children(&mut |child| child.walk(visit));
    }
}
