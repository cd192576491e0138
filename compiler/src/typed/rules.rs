//! Typed rules and limits.

use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_values::Duration;

use super::{Expr, Past};
use crate::ast;

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
