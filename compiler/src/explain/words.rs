//! Expressions as phrases: `amount > $0 and amount <= $100` is read as "amount is more than $0 and amount is at most $100".
//!
//! Names stay as they are written, since the reader has the contract beside them. Values of named sets and `let`s are not
//! repeated at every use: they are collected as terms and said once.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use agentpass_grammar::{Sources, Span};

use super::Term;
use crate::ast::{BinaryOp, Phase, Quantifier, Which};
use crate::typed::{
    AuthPart, CallerPart, Expr, ExprKind, Fact, Filter, Past, PastScope, Program, Read, Span2, Template,
    TemplatePart, Value, VarId,
};
use crate::types::{Part, PastOf, Ty};

/// Elements of a list or set that are said; a reader who needs more has the contract.
const LONGEST_LIST: usize = 12;

/// Turns expressions of one program into phrases.
pub(super) struct Words<'p> {
    pub(super) sources: &'p Sources,
    pub(super) program: &'p Program,
    /// What variables are called: quantified ones as in the source, those of functions by what is given for them.
    names: RefCell<HashMap<VarId, String>>,
    /// Named values that were used.
    used: RefCell<BTreeSet<Term>>,
}

/// Binds how tightly: what needs brackets inside what.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tight {
    Or,
    And,
    One,
}

impl<'p> Words<'p> {
    pub(super) fn new(sources: &'p Sources, program: &'p Program) -> Self {
        Self { sources, program, names: RefCell::default(), used: RefCell::default() }
    }

    /// The named sets and values that phrases have used, by name.
    pub(super) fn terms(&self) -> Vec<Term> {
        self.used.borrow().iter().cloned().collect()
    }

    /// `file:line`
    pub(super) fn place(&self, span: Span) -> String {
        match self.sources.get(span.file) {
            Some(file) => format!("{}:{}", file.name, file.position(span.start).line),
            None => String::new(),
        }
    }

    /// The name of a tool.
    pub(super) fn tool(&self, index: usize) -> String {
        self.program.tools.get(index).map(|tool| tool.name.clone()).unwrap_or_default()
    }

    /// The phrase for an expression.
    pub(super) fn of(&self, expr: &Expr) -> String {
        self.at(expr, Tight::Or)
    }

    /// The phrase for an expression that stands beside others.
    pub(super) fn part(&self, expr: &Expr) -> String {
        self.at(expr, Tight::One)
    }

    fn at(&self, expr: &Expr, around: Tight) -> String {
        let (phrase, tight) = self.phrase(expr);
        if tight < around { format!("({phrase})") } else { phrase }
    }

    fn phrase(&self, expr: &Expr) -> (String, Tight) {
        let one = |phrase: String| (phrase, Tight::One);
        match &expr.kind {
            ExprKind::Error => one("something that is wrong".to_owned()),
            ExprKind::Const(value) => one(literal(value)),
            ExprKind::Read(read) => one(self.read(read)),
            ExprKind::Param(index) => {
                one(self.program.params.get(*index).map(|param| param.name.node.clone()).unwrap_or_default())
            }
            ExprKind::Set(index) => one(self.set(*index)),
            ExprKind::Var(var) => {
                one(self.names.borrow().get(var).cloned().unwrap_or_else(|| "it".to_owned()))
            }
            ExprKind::Let(name, value) => {
                let means = self.of(value);
                self.used.borrow_mut().insert(Term { name: name.clone(), means });
                one(name.clone())
            }
            ExprKind::Bind(values, body) => {
                for (var, value) in values {
                    let phrase = self.part(value);
                    self.names.borrow_mut().insert(*var, phrase);
                }
                self.phrase(body)
            }
            ExprKind::Member(inner, name) => one(match &inner.kind {
                ExprKind::Latest(..) => format!("{name} of {}", self.of(inner)),
                _ => format!("{}.{name}", self.part(inner)),
            }),
            ExprKind::List(all) => one(format!("[{}]", self.list(all, ", "))),
            ExprKind::Not(inner) => one(self.not(inner)),
            ExprKind::And(all) => (self.joined(all, " and ", Tight::And), Tight::And),
            ExprKind::Or(all) => (self.joined(all, " or ", Tight::And), Tight::Or),
            ExprKind::Compare(op, left, right) => {
                one(format!("{} {} {}", self.part(left), relation(*op), self.part(right)))
            }
            ExprKind::In(left, right) => one(self.contained(left, right, "is")),
            ExprKind::Arith(op, left, right) => {
                one(format!("{} {} {}", self.part(left), op.text(), self.part(right)))
            }
            ExprKind::JoinPath(left, right) => one(format!("{} / {}", self.part(left), self.part(right))),
            ExprKind::Negate(inner) => one(format!("-{}", self.part(inner))),
            ExprKind::Coalesce(left, right) => {
                (format!("{}, or {} where there is none", self.part(left), self.part(right)), Tight::Or)
            }
            ExprKind::Matches(inner, pattern) => one(format!("{} matches /{pattern}/", self.part(inner))),
            ExprKind::Understood(inner) => one(format!("{} can be understood completely", self.part(inner))),
            ExprKind::Has(inner) => one(self.given(inner, "")),
            ExprKind::Quantified(quantifier, var, list, body) => {
                let list_words = self.part(list);
                let name = self.variable(*var, list);
                let word = match quantifier {
                    Quantifier::Each => "every",
                    Quantifier::Some => "some",
                };
                // Ends with whatever the body ends with, so it needs brackets wherever more follows.
                (format!("for {word} {name} in {list_words}, {}", self.at(body, Tight::And)), Tight::And)
            }
            ExprKind::Count(inner) => one(format!("the number of {}", self.part(inner))),
            ExprKind::Length(inner) => one(format!("the length of {}", self.part(inner))),
            ExprKind::After(past, span, no) => {
                let phrase = format!("{} {}", self.past(past, true), self.ago(past, *span));
                (phrase + &self.no_since(no), if no.is_empty() { Tight::One } else { Tight::And })
            }
            ExprKind::Latest(which, past, span) => {
                let which = match which {
                    Which::Latest => "latest",
                    Which::First => "first",
                };
                one(format!("the {which} {} {}", self.past(past, false), self.ago(past, span.flatten())))
            }
            ExprKind::CallsOf(past, span, no) => {
                // Which phase counts where none is written depends on the way the count is bounded.
                let calls = match (past.of, past.phase) {
                    (PastOf::Tool(_), None) => format!("of calls of {}", self.past(past, false)),
                    _ => format!("of times {}", self.past(past, true)),
                };
                let times = format!("the number {calls} {}", self.ago(past, *span));
                one(times + &self.no_since(no))
            }
            ExprKind::SumOf(value, past, span, no) => {
                let what = value.as_ref().map_or("amounts".to_owned(), |value| value.path.join("."));
                let sum =
                    format!("the sum of {what} of {} {}", self.past(past, false), self.ago(past, *span));
                one(sum + &self.no_since(no))
            }
            ExprKind::Distinct(value, past, span) => one(format!(
                "the different {} of {} that {} had {}",
                if matches!(value.ty, Ty::List(..)) { "elements" } else { "values" },
                value.path.join("."),
                self.past(past, false),
                self.ago(past, *span)
            )),
            ExprKind::InFlightOf(past) => {
                one(format!("the number of calls of {} that are under way", self.past(past, false)))
            }
            ExprKind::Carries(label, source) => one(match source {
                Some(source) => format!("the job carries {label} from {source}"),
                None => format!("the job carries {label}"),
            }),
        }
    }

    /// What must not have been since.
    fn no_since(&self, no: &[Past]) -> String {
        let mut phrase = String::new();
        for (index, past) in no.iter().enumerate() {
            let word = if index == 0 { ", with no" } else { " and no" };
            phrase.push_str(&format!("{word} {}", self.past(past, false)));
        }
        if !no.is_empty() {
            phrase.push_str(" since");
        }
        phrase
    }

    /// Several conditions; each bracketed where it is looser than the word between them.
    fn joined(&self, all: &[Expr], word: &str, around: Tight) -> String {
        let around = if word == " and " { Tight::One.min(around).max(Tight::And) } else { around };
        let last = all.len().saturating_sub(1);
        let parts = all.iter().enumerate().map(|(index, expr)| {
            // A quantifier reaches to the end of the phrase: only the last may go without brackets.
            let open = matches!(expr.kind, ExprKind::Quantified(..) | ExprKind::After(..)) && index < last;
            self.at(expr, if open { Tight::One } else { around })
        });
        parts.collect::<Vec<_>>().join(word)
    }

    fn not(&self, inner: &Expr) -> String {
        match &inner.kind {
            ExprKind::Has(value) => self.given(value, "not "),
            ExprKind::In(left, right) => self.contained(left, right, "is not"),
            ExprKind::Understood(value) => format!("{} cannot be understood completely", self.part(value)),
            ExprKind::Matches(value, pattern) => format!("{} does not match /{pattern}/", self.part(value)),
            ExprKind::Carries(label, None) => format!("the job does not carry {label}"),
            ExprKind::After(..) => format!("it is not so that {}", self.of(inner)),
            _ => format!("not ({})", self.of(inner)),
        }
    }

    fn given(&self, value: &Expr, not: &str) -> String {
        match &value.kind {
            ExprKind::Read(Read::JobId) if not.is_empty() => "the call belongs to a job".to_owned(),
            ExprKind::Read(Read::JobId) => "the call belongs to no job".to_owned(),
            ExprKind::Read(Read::Skill) if not.is_empty() => "the call is made for a skill".to_owned(),
            ExprKind::Read(Read::Skill) => "the call is made for no skill".to_owned(),
            _ => format!("{} is {not}given", self.part(value)),
        }
    }

    /// What a limit, a claim or a memory is kept per: "job and customer_id".
    pub(super) fn keys(&self, keys: &[Expr]) -> Vec<String> {
        keys.iter().map(|key| self.key(key)).collect()
    }

    /// A key without its article.
    pub(super) fn key(&self, key: &Expr) -> String {
        let phrase = self.part(key);
        phrase.strip_prefix("the ").map(str::to_owned).unwrap_or(phrase)
    }

    fn contained(&self, left: &Expr, right: &Expr, is: &str) -> String {
        let left = self.part(left);
        match &right.kind {
            ExprKind::List(all) => format!("{left} {is} {}", self.one_of(all)),
            ExprKind::Const(Value::List(all)) => {
                let all: Vec<String> = all.iter().map(literal).collect();
                format!("{left} {is} {}", one_of(all))
            }
            _ if matches!(right.ty, Ty::Path) => format!("{left} {is} inside {}", self.part(right)),
            _ if matches!(right.ty, Ty::Domain) => format!("{left} {is} {} or below it", self.part(right)),
            _ => format!("{left} {is} in {}", self.part(right)),
        }
    }

    fn one_of(&self, all: &[Expr]) -> String {
        one_of(all.iter().map(|expr| self.part(expr)).collect())
    }

    fn list(&self, all: &[Expr], between: &str) -> String {
        all.iter().map(|expr| self.part(expr)).collect::<Vec<_>>().join(between)
    }

    fn set(&self, index: usize) -> String {
        let Some(set) = self.program.sets.get(index) else { return String::new() };
        let mut elements: Vec<String> = set.elements.iter().map(|element| self.part(element)).collect();
        if let Some(times) = &set.times {
            elements = times.ranges.iter().map(ToString::to_string).collect();
            elements.push(format!("by the clock of {}", times.zone));
        }
        let term = Term { name: set.name.node.clone(), means: shortened(elements).join(", ") };
        self.used.borrow_mut().insert(term);
        set.name.node.clone()
    }

    fn read(&self, read: &Read) -> String {
        match read {
            Read::Arg(name) => name.clone(),
            Read::Fact(Fact::Domains) => "where the call sends to".to_owned(),
            Read::Fact(fact) => format!("the call's {}", fact.word()),
            Read::Caller(part) => match part {
                CallerPart::Agent => "the agent".to_owned(),
                CallerPart::User => "the user".to_owned(),
                CallerPart::Tenant => "the tenant".to_owned(),
                CallerPart::Via => "the chain of agents".to_owned(),
            },
            Read::Auth(part) => match part {
                AuthPart::Issuer => "the issuer of the credentials".to_owned(),
                AuthPart::Client => "the client of the credentials".to_owned(),
                AuthPart::Scopes => "the scopes of the credentials".to_owned(),
                AuthPart::Groups => "the groups of the credentials".to_owned(),
            },
            Read::JobId => "the job".to_owned(),
            Read::JobLabels => "the labels that the job carries".to_owned(),
            Read::Job(name) => format!("the job's {name}"),
            Read::Skill => "the skill".to_owned(),
            Read::Host(name) => format!("host.{name}"),
            Read::Now => "now".to_owned(),
            Read::Tool => "the tool".to_owned(),
            Read::Digest => "the exact call".to_owned(),
        }
    }

    /// The name of a quantified variable, as it is written before the list that it runs through.
    pub(super) fn variable(&self, var: VarId, list: &Expr) -> String {
        let name = self.written(list).unwrap_or_else(|| "it".to_owned());
        self.names.borrow_mut().insert(var, name.clone());
        name
    }

    fn written(&self, list: &Expr) -> Option<String> {
        let text = &self.sources.get(list.span.file)?.text;
        let before = text.get(..list.span.start as usize)?.trim_end_matches(['(', ' ', '\n', '\t', '\r']);
        let before = before.strip_suffix("in")?.trim_end();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let name = before.rsplit(|c| !is_part(c)).next()?;
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// "crm.read_customer completed (customer_id the same)", "an attempted crm.read_customer".
    fn past(&self, past: &Past, clause: bool) -> String {
        let name = match past.of {
            PastOf::Tool(index) => self.tool(index),
            PastOf::Event(index) => {
                self.program.events.get(index).map(|event| event.name.node.clone()).unwrap_or_default()
            }
        };
        let is_event = matches!(past.of, PastOf::Event(_));
        let filters: Vec<String> = past.filters.iter().map(|filter| self.filter(filter)).collect();
        let filters =
            if filters.is_empty() { String::new() } else { format!(" (where {})", series(&filters, "and")) };
        match (is_event, past.phase.unwrap_or(Phase::Completed), clause) {
            (true, _, true) => format!("{name}{filters} was reported"),
            (false, Phase::Completed, false) | (true, _, false) => format!("{name}{filters}"),
            (false, phase, true) => {
                let verb = match phase {
                    Phase::Attempted => "was attempted",
                    Phase::Started => "was started",
                    Phase::Completed => "completed",
                    Phase::Failed => "failed",
                };
                format!("{name}{filters} {verb}")
            }
            (false, phase, false) => format!("{} {name}{filters}", phase.text()),
        }
    }

    fn filter(&self, filter: &Filter) -> String {
        let part = if filter.part == Part::Result { "its result's " } else { "its " };
        format!("{part}{} {} {}", filter.path.join("."), relation(filter.op), self.part(&filter.value))
    }

    fn ago(&self, past: &Past, span: Span2) -> String {
        let whose = match past.scope {
            PastScope::Job => " of this job",
            PastScope::User => " for this user",
            PastScope::Agent => " for this agent",
            PastScope::Tenant => " for this tenant",
        };
        match span {
            Some(time) if past.scope == PastScope::Job => format!("within the last {time}"),
            Some(time) => format!("within the last {time}{whose}"),
            None if past.scope == PastScope::Job => "in this job".to_owned(),
            None => format!("in the past{whose}"),
        }
    }

    /// A message: holes are shown as they are written, in braces.
    pub(super) fn template(&self, template: &Template) -> String {
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Hole(expr) => {
                let written = self.sources.text(expr.span);
                format!("{{{}}}", if written.is_empty() { self.of(expr) } else { written.to_owned() })
            }
        };
        template.parts.iter().map(part).collect()
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn series(all: &[String], word: &str) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} {word} {last}", start.join(", ")),
    }
}

fn one_of(all: Vec<String>) -> String {
    match all.as_slice() {
        [one] => one.clone(),
        _ => format!("one of {}", series(&shortened(all), "or")),
    }
}

/// The first elements, and how many more there are.
fn shortened(mut all: Vec<String>) -> Vec<String> {
    if all.len() > LONGEST_LIST + 1 {
        let more = all.len() - LONGEST_LIST;
        all.truncate(LONGEST_LIST);
        all.push(format!("{more} others"));
    }
    all
}

/// How a comparison is said.
pub(super) fn relation(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Equal => "is",
        BinaryOp::NotEqual => "is not",
        BinaryOp::Less => "is less than",
        BinaryOp::LessEqual => "is at most",
        BinaryOp::Greater => "is more than",
        BinaryOp::GreaterEqual => "is at least",
        other => other.text(),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => grouped(*value),
        Value::Decimal(value) => value.to_string(),
        Value::Money(value) => value.to_string(),
        Value::Duration(value) => value.to_string(),
        Value::Timestamp(value) => value.to_string(),
        Value::Text(value) => format!("{value:?}"),
        Value::Email(value) => value.to_string(),
        Value::Domain(value) => value.to_string(),
        Value::Url(value) => value.to_string(),
        Value::Path(value) => value.to_string(),
        Value::Glob(value) => value.to_string(),
        Value::Command(value) => value.to_string(),
        Value::List(all) => format!("[{}]", all.iter().map(literal).collect::<Vec<_>>().join(", ")),
    }
}

/// `80,000`; four digits are read without help.
fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    if digits.len() < 5 {
        return value.to_string();
    }
    let mut grouped = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
