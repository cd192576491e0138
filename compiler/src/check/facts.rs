//! The facts of tools: what their clauses say that a call does.

use std::sync::Arc;

use agentpass_grammar::Span;

use super::Checker;
use super::context::Cx;
use super::scope::{Declared, Space, Symbol};
use super::templates::Place;
use super::tools::Source;
use crate::ast::{self, ClauseKind};
use crate::diagnostics::problems::{tools as problem, types};
use crate::diagnostics::suggest;
use crate::typed::{Action, Expr, ExprKind, Facts, FromTo, Reads, Sends, Value};
use crate::types::Ty;

impl<'l> Checker<'l> {
    /// Reads the fact clauses of a block and gives the facts to its tools.
    pub(super) fn facts(&mut self, source: &Source<'l>) {
        let mut cx = Cx::rules(source.file, source.params.clone(), Arc::new(Vec::new()));
        // What is wrong with them is reported with the rules, when all facts are known.
        let before = self.problems.len();
        for clause in source.body {
            if let ClauseKind::Let(item) = &clause.kind {
                self.local_let(&mut cx, item);
            }
        }
        self.problems.truncate(before);
        // What a tool does is known from the call alone.
        cx.history = false;
        for clause in source.body {
            if source.guard.is_some() && is_fact(&clause.kind) {
                self.report(problem::conditional_fact(clause.verb));
                continue;
            }
            self.fact_clause(&mut cx, source, clause);
        }
    }

    fn fact_clause(&mut self, cx: &mut Cx, source: &Source<'l>, clause: &'l ast::Clause) {
        let span = clause.span;
        let targets = source.targets.as_slice();
        match &clause.kind {
            ClauseKind::Action(word) => {
                let action =
                    Action::ALL.iter().find(|(_, known)| *known == word.node).map(|(action, _)| *action);
                match action {
                    Some(action) => {
                        self.give(targets, span, "action", |facts| &mut facts.action, &(action, span))
                    }
                    None => {
                        let close = suggest::closest(&word.node, Action::ALL.iter().map(|(_, word)| *word));
                        self.report(problem::unknown_action(word.span, &word.node, close));
                        // Nobody should hear of a missing action as well.
                        for &index in targets {
                            if let Some(tool) = self.program.tools.get_mut(index) {
                                tool.facts.action.get_or_insert((Action::Admin, span));
                            }
                        }
                    }
                }
            }
            ClauseKind::Resource(text) => {
                let template = self.template(cx, text, Place::Resource);
                self.give(targets, span, "resource", |facts| &mut facts.resource, &(template, span));
            }
            ClauseKind::Amount(expr) => {
                let value = self.money(cx, expr);
                self.give(targets, span, "amount", |facts| &mut facts.amount, &(value, span));
            }
            ClauseKind::Fields(expr) => {
                let mut value = self.expr(cx, expr, Some(&Ty::list(Ty::String)));
                let fits = matches!(value.ty.not_null(), Ty::List(element, _) if element.is_textual() || matches!(**element, Ty::Folded | Ty::Error));
                if !fits && !value.ty.is_error() {
                    self.report(types::mismatch(value.span, "a list of field names", &value.ty));
                    value = super::context::error(value.span);
                }
                self.give(targets, span, "fields", |facts| &mut facts.fields, &(value, span));
            }
            ClauseKind::Records(expr) => {
                let value = self.number(cx, expr);
                self.give(targets, span, "records", |facts| &mut facts.records, &(value, span));
            }
            ClauseKind::UsesTokens(expr) => {
                let value = self.number(cx, expr);
                self.give(targets, span, "uses tokens", |facts| &mut facts.tokens, &(value, span));
            }
            ClauseKind::UsesCost(expr) => {
                let value = self.money(cx, expr);
                self.give(targets, span, "uses cost", |facts| &mut facts.cost, &(value, span));
            }
            ClauseKind::Reads { source: from, carrying } => {
                let labels = self.labels(cx.file, carrying.as_ref());
                self.add(targets, |facts| {
                    facts.reads.push(Reads { source: from.text(), labels: labels.clone(), span })
                });
            }
            ClauseKind::Sends { to, at } => {
                let at = at.as_ref().map(|at| self.destination(cx, at));
                self.add(targets, |facts| facts.sends.push(Sends { to: to.text(), at: at.clone(), span }));
            }
            ClauseKind::FromTo { from, to, carrying } => {
                let (from, to) = (self.flow_point(cx, from), self.flow_point(cx, to));
                let labels = self.host_labels(cx, carrying.as_ref());
                self.add(targets, |facts| {
                    let (from, to, labels) = (from.clone(), to.clone(), labels.clone());
                    facts.from_to.push(FromTo { from, to, labels, span });
                });
            }
            ClauseKind::Releases(refs) => {
                let labels: Vec<String> =
                    refs.iter().filter_map(|label| self.label(cx.file, label)).collect();
                self.add(targets, |facts| facts.releases.extend(labels.clone()));
            }
            ClauseKind::KeepsInside => {
                self.give(targets, span, "keeps inside", |facts| &mut facts.keeps_inside, &span)
            }
            ClauseKind::Tags(tags) => {
                self.add(targets, |facts| facts.tags.extend(tags.iter().map(|tag| tag.node.clone())));
            }
            ClauseKind::TrustedResult(fields) => {
                let fields = self.fields(cx.file, fields, "result");
                for field in fields {
                    let mut twice = None;
                    for &index in targets {
                        let Some(tool) = self.program.tools.get_mut(index) else { continue };
                        match tool.results.iter().find(|known| known.name == field.name) {
                            Some(first) => twice = Some(first.span),
                            None => tool.results.push(field.clone()),
                        }
                    }
                    if let Some(first) = twice {
                        self.report(types::duplicate(field.span, "result", &field.name, first));
                    }
                }
            }
            ClauseKind::ErrorMeansNoEffect => {
                for &index in targets {
                    if let Some(tool) = self.program.tools.get_mut(index) {
                        tool.error_means_no_effect = true;
                    }
                }
            }
            ClauseKind::RunsAtMost(text) => {
                let Some(duration) = self.positive(text) else { return };
                let mut twice = None;
                for &index in targets {
                    let Some(tool) = self.program.tools.get_mut(index) else { continue };
                    match tool.runs_at_most {
                        Some(known) if known != duration => twice = Some(tool.name.clone()),
                        _ => tool.runs_at_most = Some(duration),
                    }
                }
                if let Some(tool) = twice {
                    self.report(problem::runs_twice(span, &tool));
                }
            }
            _ => {}
        }
    }

    fn number(&mut self, cx: &mut Cx, expr: &ast::Expr) -> Expr {
        let value = self.expr(cx, expr, Some(&Ty::Int));
        if !matches!(value.ty.not_null(), Ty::Int | Ty::IntEnum(_) | Ty::Error) {
            self.report(types::mismatch(value.span, "int", &value.ty));
            return super::context::error(value.span);
        }
        value
    }

    fn money(&mut self, cx: &mut Cx, expr: &ast::Expr) -> Expr {
        let value = self.expr(cx, expr, None);
        if !matches!(value.ty.not_null(), Ty::Money(_) | Ty::Error) {
            self.report(types::mismatch(value.span, "an amount of money", &value.ty));
            return super::context::error(value.span);
        }
        value
    }

    /// Where something is sent: a domain, or a list of them.
    fn destination(&mut self, cx: &mut Cx, at: &ast::Expr) -> Expr {
        let wanted = match &at.kind {
            ast::ExprKind::List(_) => Ty::list(Ty::Domain),
            _ => Ty::Domain,
        };
        let value = self.value(cx, at, Some(&wanted));
        let fits = match value.ty.not_null() {
            Ty::Domain | Ty::Error => true,
            Ty::List(element, _) => matches!(**element, Ty::Domain | Ty::Error),
            _ => false,
        };
        if !fits {
            let finding = types::mismatch(value.span, "a domain or a list of domains", &value.ty);
            let help = match value.ty.not_null() {
                Ty::Email => Some("write `.domain` after the address"),
                Ty::List(element, _) if **element == Ty::Email => Some("write `.domain` after the list"),
                Ty::Url => Some("write `.host` after the address"),
                _ => None,
            };
            self.report(match help {
                Some(help) => finding.help(help),
                None => finding,
            });
        }
        value
    }

    /// A single fact: one clause in all gives it.
    fn give<T: Clone + HasSpan>(
        &mut self,
        targets: &[usize],
        span: Span,
        word: &str,
        slot: impl Fn(&mut Facts) -> &mut Option<T>,
        value: &T,
    ) {
        let mut twice = None;
        for &index in targets {
            let Some(tool) = self.program.tools.get_mut(index) else { continue };
            let slot = slot(&mut tool.facts);
            match slot {
                Some(first) if first.place() != span => {
                    twice.get_or_insert((tool.name.clone(), first.place()));
                }
                Some(_) => {}
                None => *slot = Some(value.clone()),
            }
        }
        if let Some((tool, first)) = twice {
            self.report(problem::fact_twice(span, word, &tool, first));
        }
    }

    pub(super) fn add(&mut self, targets: &[usize], mut add: impl FnMut(&mut Facts)) {
        for &index in targets {
            if let Some(tool) = self.program.tools.get_mut(index) {
                add(&mut tool.facts);
            }
        }
    }

    /// A label by its name.
    pub(super) fn label(&mut self, file: usize, label: &ast::LabelRef) -> Option<String> {
        match label {
            ast::LabelRef::Path(path) => match self.lookup(file, Space::Label, path)? {
                Declared { symbol: Symbol::Label(index), .. } => {
                    self.program.labels.get(index).map(|label| label.name.node.clone())
                }
                _ => None,
            },
            ast::LabelRef::Text(text) => Some(text.node.clone()),
        }
    }

    /// The labels after `carrying`.
    pub(super) fn labels(&mut self, file: usize, carrying: Option<&ast::Carrying>) -> Vec<String> {
        let Some(carrying) = carrying else { return Vec::new() };
        carrying.labels.iter().filter_map(|label| self.label(file, label)).collect()
    }

    /// Labels that the host may give as a list.
    fn host_labels(&mut self, cx: &mut Cx, carrying: Option<&ast::Carrying>) -> Vec<Expr> {
        let Some(carrying) = carrying else { return Vec::new() };
        let mut labels = Vec::new();
        for label in &carrying.labels {
            match label {
                ast::LabelRef::Path(path) if path.words.len() > 1 => {
                    let value = self.path_value(cx, path);
                    let fits = matches!(value.ty.not_null(), Ty::List(element, _) if element.is_textual() || matches!(**element, Ty::Folded));
                    if !fits && !value.ty.is_error() {
                        self.report(types::mismatch(value.span, "a list of labels", &value.ty));
                    }
                    labels.push(value);
                }
                label => {
                    let span = match label {
                        ast::LabelRef::Path(path) => path.span,
                        ast::LabelRef::Text(text) => text.span,
                    };
                    labels.extend(self.label(cx.file, label).map(|name| constant_text(span, name)));
                }
            }
        }
        labels
    }

    fn flow_point(&mut self, cx: &mut Cx, point: &ast::FlowPoint) -> Expr {
        match point {
            ast::FlowPoint::Text(text) => constant_text(text.span, text.node.clone()),
            ast::FlowPoint::Path(path) => {
                let is_read =
                    path.words.len() > 1 || path.single().is_some_and(|name| cx.param(&name.node).is_some());
                if !is_read {
                    return constant_text(path.span, path.text());
                }
                let value = self.path_value(cx, path);
                if !value.ty.is_error()
                    && !value.ty.not_null().is_textual()
                    && *value.ty.not_null() != Ty::Folded
                {
                    self.report(types::mismatch(
                        value.span,
                        "the name of a source or destination",
                        &value.ty,
                    ));
                }
                value
            }
        }
    }

    fn path_value(&mut self, cx: &mut Cx, path: &ast::Path) -> Expr {
        let mut words = path.words.iter();
        let Some(first) = words.next() else { return super::context::error(path.span) };
        let mut written = ast::Expr { span: first.span, kind: ast::ExprKind::Name(first.node.clone()) };
        for word in words {
            let span = written.span.to(word.span);
            written = ast::Expr { span, kind: ast::ExprKind::Member(Box::new(written), word.clone()) };
        }
        self.expr(cx, &written, None)
    }
}

fn constant_text(span: Span, text: String) -> Expr {
    Expr { span, ty: Ty::String, optional: false, kind: ExprKind::Const(Value::Text(text)) }
}

/// True for clauses that give facts.
pub(super) fn is_fact(kind: &ClauseKind) -> bool {
    matches!(
        kind,
        ClauseKind::Action(_)
            | ClauseKind::Resource(_)
            | ClauseKind::Amount(_)
            | ClauseKind::Reads { .. }
            | ClauseKind::Sends { .. }
            | ClauseKind::FromTo { .. }
            | ClauseKind::Fields(_)
            | ClauseKind::Records(_)
            | ClauseKind::UsesTokens(_)
            | ClauseKind::UsesCost(_)
            | ClauseKind::Releases(_)
            | ClauseKind::KeepsInside
            | ClauseKind::Tags(_)
            | ClauseKind::TrustedResult(_)
            | ClauseKind::ErrorMeansNoEffect
            | ClauseKind::RunsAtMost(_)
    )
}

/// A clause with its place, to tell «given twice» from «seen twice».
trait HasSpan {
    fn place(&self) -> Span;
}

impl<T> HasSpan for (T, Span) {
    fn place(&self) -> Span {
        self.1
    }
}

impl HasSpan for Span {
    fn place(&self) -> Span {
        *self
    }
}
