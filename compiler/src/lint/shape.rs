//! What an expression says, without where it says it: two expressions of one shape mean the same.

use std::fmt::Write as _;

use crate::typed::{Expr, ExprKind, Filter, Past, Rule, RuleKind, VarId};

/// The shape of an expression.
pub(super) fn of(expr: &Expr) -> String {
    let mut shape = Shape::default();
    shape.expr(expr);
    shape.text
}

/// The shape of a filter on a past call.
pub(super) fn of_filter(filter: &Filter) -> String {
    let mut shape = Shape::default();
    shape.filter(filter);
    shape.text
}

/// The shape of a rule: its conditions and what it demands, not its words.
pub(super) fn of_rule(rule: &Rule) -> String {
    let mut shape = Shape::default();
    for guard in &rule.guards {
        shape.expr(guard);
    }
    match &rule.kind {
        RuleKind::Require(condition) => shape.node("require", [condition]),
        RuleKind::RequireEach(each) => {
            shape.var(each.var);
            shape.node("require each", [&each.list, &each.body]);
        }
        RuleKind::Deny(condition) => shape.node("deny", condition),
        RuleKind::DenyEach(each) => {
            shape.var(each.var);
            shape.node("deny each", [&each.list, &each.body]);
        }
        RuleKind::Challenge { challenge, each, when } => {
            if let Some(each) = each {
                shape.var(each.var);
                shape.node("each", [&each.list, &each.body]);
            }
            shape.node(&format!("challenge {challenge}"), when);
        }
        RuleKind::Once { keys, ledger, replay } => shape.node(&format!("once {ledger:?} {replay:?}"), keys),
        RuleKind::RecordsAtMost(most) => shape.node("records", [most]),
    }
    shape.text
}

#[derive(Default)]
struct Shape {
    text: String,
    /// Variables are numbered in the order in which they appear: their own numbers are different in every rule.
    vars: Vec<VarId>,
}

impl Shape {
    fn node<'a>(&mut self, word: &str, parts: impl IntoIterator<Item = &'a Expr>) {
        self.text.push('(');
        self.text.push_str(word);
        for part in parts {
            self.text.push(' ');
            self.expr(part);
        }
        self.text.push(')');
    }

    fn var(&mut self, var: VarId) {
        let number = self.vars.iter().position(|known| *known == var).unwrap_or_else(|| {
            self.vars.push(var);
            self.vars.len() - 1
        });
        let _ = write!(self.text, "${number}");
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Error => self.node("error", []),
            ExprKind::Const(value) => self.node(&format!("{value:?}"), []),
            ExprKind::Read(read) => self.node(&format!("{read:?}"), []),
            ExprKind::Param(index) => self.node(&format!("param {index}"), []),
            ExprKind::Set(index) => self.node(&format!("set {index}"), []),
            ExprKind::Var(var) => self.var(*var),
            // A name for a value says the same as the value.
            ExprKind::Let(_, value) => self.expr(value),
            ExprKind::Bind(values, body) => {
                for (var, value) in values {
                    self.var(*var);
                    self.expr(value);
                }
                self.node("bind", [body.as_ref()]);
            }
            ExprKind::Member(of, name) => self.node(&format!(".{name}"), [of.as_ref()]),
            ExprKind::List(all) => self.node("list", all),
            ExprKind::Not(inner) => self.node("not", [inner.as_ref()]),
            ExprKind::And(all) => self.node("and", all),
            ExprKind::Or(all) => self.node("or", all),
            ExprKind::Compare(op, left, right) | ExprKind::Arith(op, left, right) => {
                self.node(op.text(), [left.as_ref(), right.as_ref()]);
            }
            ExprKind::In(left, right) => self.node("in", [left.as_ref(), right.as_ref()]),
            ExprKind::JoinPath(left, right) => self.node("/", [left.as_ref(), right.as_ref()]),
            ExprKind::Negate(inner) => self.node("-", [inner.as_ref()]),
            ExprKind::Coalesce(left, right) => self.node("??", [left.as_ref(), right.as_ref()]),
            ExprKind::Matches(of, pattern) => self.node(&format!("matches {pattern:?}"), [of.as_ref()]),
            ExprKind::Understood(of) => self.node("understood", [of.as_ref()]),
            ExprKind::Has(of) => self.node("has", [of.as_ref()]),
            ExprKind::Quantified(quantifier, var, list, body) => {
                self.var(*var);
                self.node(&format!("{quantifier:?}"), [list.as_ref(), body.as_ref()]);
            }
            ExprKind::Count(of) => self.node("count", [of.as_ref()]),
            ExprKind::Length(of) => self.node("length", [of.as_ref()]),
            ExprKind::After(past, within, no) => {
                self.past(&format!("after {within:?}"), past);
                no.iter().for_each(|past| self.past("no", past));
            }
            ExprKind::Latest(which, past, within) => self.past(&format!("{which:?} {within:?}"), past),
            ExprKind::CallsOf(past, within, no) => {
                self.past(&format!("calls {within:?}"), past);
                no.iter().for_each(|past| self.past("no", past));
            }
            ExprKind::SumOf(value, past, within, no) => {
                let of = value.as_ref().map(|value| &value.path);
                self.past(&format!("sum {of:?} {within:?}"), past);
                no.iter().for_each(|past| self.past("no", past));
            }
            ExprKind::Distinct(value, past, within) => {
                self.past(&format!("distinct {:?} {:?} {within:?}", value.part, value.path), past);
            }
            ExprKind::InFlightOf(past) => self.past("in_flight", past),
            ExprKind::Carries(label, source) => self.node(&format!("carries {label:?} {source:?}"), []),
        }
    }

    fn past(&mut self, word: &str, past: &Past) {
        let _ = write!(self.text, "[{word} {:?} {:?} {:?}", past.of, past.phase, past.scope);
        past.filters.iter().for_each(|filter| self.filter(filter));
        self.text.push(']');
    }

    fn filter(&mut self, filter: &Filter) {
        let _ = write!(self.text, "{:?} {:?} {}", filter.part, filter.path, filter.op.text());
        self.expr(&filter.value);
    }
}
