//! What is asked of the past: `after`, `latest`, `first`, `calls of`, `sum … of`, `distinct … of`, `in_flight of`, `job carries`.

use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_values::Duration;

use super::Checker;
use super::context::{Cx, error};
use super::declare::is_static;
use super::scope::{Declared, Space, Symbol};
use crate::ast::{self, BinaryOp};
use crate::diagnostics::problems::{memory as problem, types};
use crate::diagnostics::suggest;
use crate::typed::{Expr, ExprKind, Field, Filter, Past, PastScope, PastValue, Read};
use crate::types::{ListSize, Part, PastCall, PastOf, Ty};

impl Checker<'_> {
    pub(super) fn after(
        &mut self,
        cx: &mut Cx,
        span: Span,
        past: &ast::Past,
        within: Option<&ast::Within>,
        no: &[ast::Past],
    ) -> Expr {
        let past = self.past(cx, past);
        self.bounded(past.as_ref(), within);
        let within = within.and_then(|within| self.within(within));
        let (Some(past), Some(no)) = (past, self.no_since(cx, no)) else { return poison(span) };
        Expr { span, ty: Ty::Bool, optional: false, kind: ExprKind::After(past, within, no) }
    }

    /// What must not have been since: all of it is looked at, also where some of it is wrong.
    fn no_since(&mut self, cx: &mut Cx, no: &[ast::Past]) -> Option<Vec<Past>> {
        let no: Vec<Option<Past>> = no.iter().map(|past| self.past(cx, past)).collect();
        no.into_iter().collect()
    }

    pub(super) fn past_call(
        &mut self,
        cx: &mut Cx,
        span: Span,
        which: ast::Which,
        past: &ast::Past,
        within: Option<&ast::Within>,
    ) -> Expr {
        let bound = within.and_then(|within| self.within(within));
        if within.is_none() && which == ast::Which::Latest {
            self.report(problem::unbounded(span));
        }
        let Some(past) = self.past(cx, past) else { return error(span) };
        if within.is_some() || which == ast::Which::First {
            self.bounded(Some(&past), within);
        }
        let ty = Ty::PastCall(Arc::new(PastCall { of: past.of }));
        let within = within.map(|_| bound);
        Expr { span, ty, optional: true, kind: ExprKind::Latest(which, past, within) }
    }

    pub(super) fn calls_of(
        &mut self,
        cx: &mut Cx,
        span: Span,
        past: &ast::Past,
        within: &ast::Within,
        no: &[ast::Past],
    ) -> Expr {
        let bound = self.within(within);
        let past = self.past(cx, past);
        let (Some(past), Some(no)) = (past, self.no_since(cx, no)) else { return error(span) };
        self.bounded(Some(&past), Some(within));
        Expr { span, ty: Ty::Int, optional: false, kind: ExprKind::CallsOf(past, bound, no) }
    }

    pub(super) fn sum_of(
        &mut self,
        cx: &mut Cx,
        span: Span,
        path: &ast::Path,
        past: &ast::Past,
        within: &ast::Within,
        no: &[ast::Past],
    ) -> Expr {
        let bound = self.within(within);
        let past = self.past(cx, past);
        let (Some(past), Some(no)) = (past, self.no_since(cx, no)) else { return error(span) };
        self.bounded(Some(&past), Some(within));
        if path.text() != "amount" {
            let Some(value) = self.past_value(past.of, past.phase, path) else { return error(span) };
            if value.part != Part::Args || !matches!(value.ty, Ty::Int | Ty::IntEnum(_) | Ty::Decimal) {
                self.report(problem::only_amounts(path.span, &path.text()));
                return error(span);
            }
            let kind = ExprKind::SumOf(Some(Box::new(value)), past, bound, no);
            return Expr { span, ty: Ty::Decimal, optional: false, kind };
        }
        let ty = match past.of {
            PastOf::Tool(tool) => {
                let amount = self.program.tools.get(tool).and_then(|tool| tool.facts.amount.as_ref());
                amount.map(|(amount, _)| amount.ty.not_null().clone())
            }
            PastOf::Event(event) => {
                let event = self.program.events.get(event);
                let field = event.and_then(|event| event.fields.iter().find(|field| field.name == "amount"));
                field.map(|field| field.ty.clone())
            }
        };
        match ty {
            Some(ty) => Expr { span, ty, optional: false, kind: ExprKind::SumOf(None, past, bound, no) },
            None => {
                let name = self.past_name(past.of);
                self.report(problem::no_amount(path.span, &name));
                error(span)
            }
        }
    }

    pub(super) fn distinct_of(
        &mut self,
        cx: &mut Cx,
        span: Span,
        path: &ast::Path,
        past: &ast::Past,
        within: &ast::Within,
    ) -> Expr {
        let bound = self.within(within);
        let Some(past) = self.past(cx, past) else { return error(span) };
        self.bounded(Some(&past), Some(within));
        let Some(value) = self.past_value(past.of, past.phase, path) else { return error(span) };
        // Of lists it is the elements that are different, not the lists.
        let single = match &value.ty {
            Ty::List(element, _) => element.not_null(),
            ty => ty,
        };
        if matches!(single, Ty::Text | Ty::Json | Ty::Shell) {
            self.report(problem::cannot_remember(path.span, single));
        }
        let ty = Ty::List(Box::new(single.clone()), ListSize { least: 0, most: None });
        let kind = ExprKind::Distinct(Box::new(value), past, bound);
        Expr { span, ty, optional: false, kind }
    }

    pub(super) fn in_flight_of(&mut self, cx: &mut Cx, span: Span, past: &ast::Past) -> Expr {
        if let Some((_, at)) = past.phase {
            self.report(problem::phase_not_here(at));
        }
        let Some(past) = self.past(cx, past) else { return error(span) };
        Expr { span, ty: Ty::Int, optional: false, kind: ExprKind::InFlightOf(past) }
    }

    pub(super) fn carries(
        &mut self,
        cx: &mut Cx,
        span: Span,
        label: &ast::LabelRef,
        source: Option<&ast::Path>,
    ) -> Expr {
        let label = match label {
            ast::LabelRef::Path(path) => match self.lookup(cx.file, Space::Label, path) {
                Some(Declared { symbol: Symbol::Label(index), .. }) => {
                    self.program.labels.get(index).map(|label| label.name.node.clone()).unwrap_or_default()
                }
                _ => return poison(span),
            },
            ast::LabelRef::Text(text) => text.node.clone(),
        };
        let source = source.map(ast::Path::text);
        Expr { span, ty: Ty::Bool, optional: false, kind: ExprKind::Carries(label, source) }
    }

    /// A bounded time; nothing for `job`, or where it was reported.
    fn within(&mut self, within: &ast::Within) -> Option<Duration> {
        let text = within.duration.as_ref()?;
        self.positive(text)
    }

    /// A job ends, and with it what has to be remembered of it. A user, an agent or a tenant goes on for ever.
    fn bounded(&mut self, past: Option<&Past>, within: Option<&ast::Within>) {
        let is_timed = within.is_some_and(|within| within.duration.is_some());
        if let Some(past) = past.filter(|past| past.scope != PastScope::Job && !is_timed) {
            self.report(problem::unbounded_scope(past.span));
        }
    }

    /// Calls or events in the past.
    pub(super) fn past(&mut self, cx: &mut Cx, written: &ast::Past) -> Option<Past> {
        if !cx.history {
            self.report(problem::history_not_here(written.span));
            return None;
        }
        let of = self.past_of(cx, &written.of)?;
        if let (PastOf::Event(_), Some((_, at))) = (of, &written.phase) {
            self.report(problem::event_has_no_phase(*at));
        }
        let phase = written.phase.map(|(phase, _)| phase);
        for (index, filter) in written.filters.iter().enumerate() {
            let same = |other: &&ast::PastFilter| {
                other.path.text() == filter.path.text() && other.op.is_none() && filter.op.is_none()
            };
            if let Some(first) = written.filters.iter().take(index).find(same) {
                self.report(types::duplicate(
                    filter.path.span,
                    "argument",
                    &filter.path.text(),
                    first.path.span,
                ));
            }
        }
        let filters =
            written.filters.iter().filter_map(|filter| self.filter(cx, of, phase, filter)).collect();
        let scope = match &written.scope {
            None => PastScope::Job,
            Some(word) => match word.node.as_str() {
                "user" => PastScope::User,
                "agent" => PastScope::Agent,
                "tenant" => PastScope::Tenant,
                "job" => PastScope::Job,
                other => {
                    let close = suggest::closest(other, ["user", "agent", "tenant"]);
                    self.report(problem::unknown_scope(word.span, other, close));
                    PastScope::Job
                }
            },
        };
        Some(Past { span: written.span, of, phase, filters, scope })
    }

    fn past_of(&mut self, cx: &Cx, of: &ast::ToolRef) -> Option<PastOf> {
        let name = of.text();
        if let Some(tool) = self.tool_named(&name) {
            return Some(PastOf::Tool(tool));
        }
        if let ast::ToolRef::Path(path) = of {
            let words: Vec<&str> = path.words.iter().map(|word| word.node.as_str()).collect();
            if let Some(Declared { symbol: Symbol::Event(index), .. }) =
                self.find(cx.file, Space::Event, &words)
            {
                return Some(PastOf::Event(index));
            }
        }
        let events = self.program.events.iter().map(|event| event.name.node.as_str());
        let tools = self.program.tools.iter().map(|tool| tool.name.as_str());
        let close = suggest::closest(&name, tools.chain(events)).map(str::to_owned);
        let covered = self.program.tools.iter().any(|tool| super::tools::may_be(tool, &name));
        self.report_unknown(&name, problem::unknown_past(of.span(), &name, close.as_deref(), covered));
        None
    }

    fn filter(
        &mut self,
        cx: &mut Cx,
        of: PastOf,
        phase: Option<ast::Phase>,
        written: &ast::PastFilter,
    ) -> Option<Filter> {
        let PastValue { part, path, ty, .. } = self.past_value(of, phase, &written.path)?;
        let op = written.op.map_or(BinaryOp::Equal, |(op, _)| op);
        let hint = if op == BinaryOp::In { Ty::list(ty.clone()) } else { ty.clone() };
        let value = self.value(cx, &written.value, Some(&hint));
        let fits = match (&value.ty, op) {
            (Ty::Error, _) => true,
            (Ty::List(element, _) | Ty::Set(element), BinaryOp::In) => {
                self.agrees(&ty, element) || self.agrees(element, &ty)
            }
            (_, BinaryOp::In) => {
                matches!((&ty, &value.ty), (Ty::Domain, Ty::Domain) | (Ty::Path, Ty::Path | Ty::Glob))
            }
            (found, BinaryOp::Equal | BinaryOp::NotEqual) => {
                self.agrees(found, &ty) || self.agrees(&ty, found) || (ty.is_textual() && found.is_textual())
            }
            (found, _) => ty.is_ordered() && (self.agrees(found, &ty) || self.agrees(&ty, found)),
        };
        if !fits && !ty.is_error() {
            self.report(types::mismatch(
                value.span,
                &format!("{ty}, like `{}`", written.path.text()),
                &value.ty,
            ));
        }
        if matches!(ty, Ty::Text | Ty::Json | Ty::Shell) {
            self.report(problem::cannot_remember(written.path.span, &ty));
        }
        if op != BinaryOp::Equal && self.moves(&value) && !crate::planted::planted(18) {
            self.report(problem::only_equality(written.span));
        }
        Some(Filter { part, path, ty, op, value, span: written.span })
    }

    /// An argument or a trusted result of a past call.
    fn past_value(
        &mut self,
        of: PastOf,
        phase: Option<ast::Phase>,
        written: &ast::Path,
    ) -> Option<PastValue> {
        let mut words = written.words.iter();
        let mut first = words.next()?;
        let own = self.past_fields(of, Part::Args);
        // A parameter called `result` is read as `args.result`.
        let mut part = Part::Args;
        if first.node == "result" && written.words.len() > 1 {
            part = Part::Result;
            first = words.next()?;
        } else if first.node == "args" && written.words.len() > 1 && !own.iter().any(|f| f.name == "args") {
            first = words.next()?;
        }
        if part == Part::Result {
            if let (PastOf::Event(_), _) | (_, Some(ast::Phase::Attempted | ast::Phase::Started)) =
                (of, phase)
            {
                self.report(problem::no_result_yet(written.span));
                return None;
            }
            if self.past_fields(of, Part::Result).is_empty() && !crate::planted::planted(17) {
                let name = self.past_name(of);
                self.report(problem::untrusted_result(written.span, &name, &first.node));
                return None;
            }
        }
        let fields = self.past_fields(of, part);
        let Some(field) = fields.iter().find(|field| field.name == first.node) else {
            let name = self.past_name(of);
            let close = suggest::closest(&first.node, fields.iter().map(|field| field.name.as_str()));
            self.report(problem::unknown_filter(first.span, &name, &first.node, part, close));
            return None;
        };
        let mut path = vec![first.node.clone()];
        let base = Expr {
            span: first.span,
            ty: field.ty.not_null().clone(),
            optional: false,
            kind: ExprKind::Read(Read::Now),
        };
        let mut of_member = base;
        for word in words {
            path.push(word.node.clone());
            of_member = self.member_of(word.span, of_member, word);
        }
        Some(PastValue { part, path, ty: of_member.ty, span: written.span })
    }

    /// True where a value is not the same for every call: no bounded memory answers a comparison with it.
    fn moves(&self, value: &Expr) -> bool {
        let mut moves = !is_static(value);
        value.walk(&mut |expr| {
            moves |= matches!(&expr.kind, ExprKind::Var(var) if !self.constant_vars.contains(var));
        });
        moves
    }

    /// The arguments or trusted results of a tool or event.
    pub(super) fn past_fields(&self, of: PastOf, part: Part) -> Vec<Field> {
        match (of, part) {
            (PastOf::Tool(tool), Part::Args) => self.program.tools.get(tool).map(|tool| tool.params.clone()),
            (PastOf::Tool(tool), Part::Result) => {
                self.program.tools.get(tool).map(|tool| tool.results.clone())
            }
            (PastOf::Event(event), Part::Args) => {
                self.program.events.get(event).map(|event| event.fields.clone())
            }
            (PastOf::Event(_), Part::Result) => None,
        }
        .unwrap_or_default()
    }

    pub(super) fn past_name(&self, of: PastOf) -> String {
        match of {
            PastOf::Tool(tool) => self.program.tools.get(tool).map(|tool| tool.name.clone()),
            PastOf::Event(event) => self.program.events.get(event).map(|event| event.name.node.clone()),
        }
        .unwrap_or_default()
    }
}

fn poison(span: Span) -> Expr {
    Expr { span, ty: Ty::Bool, optional: false, kind: ExprKind::Error }
}
