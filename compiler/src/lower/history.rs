//! Questions about the past, and the monitors that answer them.
//!
//! A filter becomes one of two things. Where it compares with what is known before any call, it is a condition over the
//! past call's own frame: calls that do not meet it are not remembered. Where it says that an argument or result *equals*
//! something of the call that asks, it is a join: past calls are kept per value, and the call that asks names its own.
//!
//! Questions that watch the same calls in the same way share one monitor, which keeps what the most curious of them needs.

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, Keep, MonitorId, NodeId, Op, Phase};
use agentpass_values::{Currency, Duration, Money};

use super::expr::{Bound, Cx, Frame, OfPast};
use super::{Construct, Lowered, Lowering, forms, number};
use crate::ast::{self, BinaryOp};
use crate::typed::{Expr, ExprKind, Field, Filter, Past, PastScope, PastValue, Read, Span2};
use crate::types::{Part, PastOf, Ty};

/// So many different values are kept where each of them is looked at. Of more, nobody can tell.
const MOST_VALUES: u32 = 64;

/// And so many where they are counted, one more than matter.
const MOST_COUNTED_VALUES: u32 = crate::check::polarity::MOST_DISTINCT as u32 + 1;

impl<'p> Lowering<'p> {
    pub(super) fn after(
        &mut self,
        cx: &mut Cx<'p>,
        past: &'p Past,
        within: Span2,
        without: &'p [Past],
        span: Span,
    ) -> Lowered<NodeId> {
        let of = self.recall(cx, past, Phase::Completed, Keep::Spans { within }, within)?;
        let without = self.without(cx, without)?;
        self.truth_node(Op::After(Box::new(ir::After { of, without })), span)
    }

    /// What must not have been since.
    fn without(&mut self, cx: &mut Cx<'p>, without: &'p [Past]) -> Lowered<Vec<ir::Recall>> {
        let keep = || Keep::Spans { within: None };
        without.iter().map(|past| self.recall(cx, past, Phase::Started, keep(), None)).collect()
    }

    pub(super) fn past_call(
        &mut self,
        cx: &mut Cx<'p>,
        which: ast::Which,
        past: &'p Past,
        within: Option<Span2>,
        span: Span,
    ) -> Lowered<NodeId> {
        let keep = match which {
            ast::Which::Latest => Keep::Latest(Vec::new()),
            ast::Which::First if within.flatten().is_some() => {
                return self.refuse(Construct::FirstOfWindow, span);
            }
            ast::Which::First => Keep::First(Vec::new()),
        };
        let recall = self.recall(cx, past, Phase::Completed, keep, within.flatten())?;
        let ty = ir::Ty::Past(recall.monitor);
        self.node(Op::Past(recall), ty, span)
    }

    pub(super) fn calls_of(
        &mut self,
        cx: &mut Cx<'p>,
        past: &'p Past,
        within: Span2,
        without: &'p [Past],
        span: Span,
    ) -> Lowered<NodeId> {
        let counted = cx.counted_at(past.span);
        let phase = if counted.bounds_above() { Phase::Started } else { Phase::Completed };
        if !without.is_empty() {
            let of = self.recall(cx, past, phase, Keep::Runs { most: counted.kept(), within }, within)?;
            let without = self.without(cx, without)?;
            return self.node(Op::CallsSince(Box::new(ir::After { of, without })), ir::Ty::Int, span);
        }
        let keep = Keep::Count { most: counted.kept(), within };
        let recall = self.recall(cx, past, phase, keep, within)?;
        self.node(Op::Calls(recall), ir::Ty::Int, span)
    }

    pub(super) fn sum_of(
        &mut self,
        cx: &mut Cx<'p>,
        value: Option<&'p PastValue>,
        past: &'p Past,
        (within, without): (Span2, &'p [Past]),
        span: Span,
    ) -> Lowered<NodeId> {
        let amount = match value {
            Some(value) => self.number_as_amount(past.of, value)?,
            None => self.amount_of(past.of, span)?,
        };
        let Some(&ir::Ty::Money(currency)) = self.ty_of(amount) else {
            return self.refuse(Construct::Broken, span);
        };
        let op = if without.is_empty() {
            let keep = Keep::Sum { amount, currency, within };
            Op::Sum(self.recall_value(cx, past, Phase::Started, keep, within, value)?)
        } else {
            let keep = Keep::Spent { amount, currency, within };
            let of = self.recall_value(cx, past, Phase::Started, keep, within, value)?;
            let without = self.without(cx, without)?;
            Op::SumSince(Box::new(ir::After { of, without }))
        };
        let sum = self.node(op, ir::Ty::Money(currency), span)?;
        match value {
            Some(_) => self.node(Op::Convert(ir::Convert::Number, sum), ir::Ty::Decimal, span),
            None => Ok(sum),
        }
    }

    fn amount_of(&mut self, of: PastOf, span: Span) -> Lowered<NodeId> {
        let program = self.program;
        match of {
            PastOf::Tool(tool) => match program.tools.get(tool).and_then(|tool| tool.facts.amount.as_ref()) {
                Some((amount, _)) => self.value(&mut Cx::new(frame(of)), amount),
                None => self.refuse(Construct::Broken, span),
            },
            PastOf::Event(_) => self.past_field(of, Part::Args, "amount", span),
        }
    }

    /// A number of a past call as an amount: so many units, of whichever currency. Sums are kept of amounts.
    fn number_as_amount(&mut self, of: PastOf, value: &'p PastValue) -> Lowered<NodeId> {
        let span = value.span;
        let path: Vec<&str> = value.path.iter().map(String::as_str).collect();
        let number = self.past_path(of, value.part, &path, span)?;
        let unit = Money::from_minor(100, Currency::USD);
        let ty = ir::Ty::Money(unit.currency);
        let unit = self.const_node(ir::Value::Money(unit), ty.clone(), span)?;
        self.node(Op::Arith(ir::Arith::Multiply, unit, number), ty, span)
    }

    /// The different values that an argument or a result had.
    pub(super) fn distinct_of(
        &mut self,
        cx: &mut Cx<'p>,
        value: &'p PastValue,
        past: &'p Past,
        within: Span2,
        span: Span,
    ) -> Lowered<NodeId> {
        // The past is asked by what it says itself once, and no further.
        if let Some(filter) = past.filters.iter().find(|filter| cx.mentions_value_of_past(&filter.value)) {
            return self.refuse(Construct::JoinReadsPast, filter.value.span);
        }
        let (phase, most) = if cx.counting {
            let counted = cx.counted_at(past.span);
            let phase = if counted.bounds_above() { Phase::Started } else { Phase::Completed };
            (phase, counted.kept().min(MOST_COUNTED_VALUES))
        } else {
            (Phase::Completed, MOST_VALUES)
        };
        let path: Vec<&str> = value.path.iter().map(String::as_str).collect();
        let part = self.past_path(past.of, value.part, &path, value.span)?;
        let Some(ty) = self.ty_of(part).cloned() else { return self.refuse(Construct::Broken, span) };
        if self.holds_shell(&ty) {
            return self.refuse(Construct::NotKept, span);
        }
        let (word, of) = match value.part {
            Part::Args => ("args", ir::Join::Arg(part)),
            Part::Result => ("result", ir::Join::Result(part)),
        };
        let kept = ir::Kept { name: format!("{word}.{}", path.join(".")), value: of, ty };
        let ty = kept.single().clone();
        let keep = Keep::Distinct { value: kept, most, within };
        let recall = self.recall_value(cx, past, phase, keep, within, Some(value))?;
        self.node(Op::Distinct(recall), ir::Ty::list(ty), span)
    }

    pub(super) fn in_flight_of(&mut self, cx: &mut Cx<'p>, past: &'p Past, span: Span) -> Lowered<NodeId> {
        if past.filters.iter().any(|filter| filter.part == Part::Result) {
            return self.refuse(Construct::NoResultInFlight, past.span);
        }
        let recall = self.recall(cx, past, Phase::Started, Keep::Open, None)?;
        self.node(Op::InFlight(recall), ir::Ty::Int, span)
    }

    /// A question to the monitor that watches those calls.
    fn recall(
        &mut self,
        cx: &mut Cx<'p>,
        past: &'p Past,
        usual: Phase,
        keep: Keep,
        within: Span2,
    ) -> Lowered<ir::Recall> {
        self.recall_value(cx, past, usual, keep, within, None)
    }

    /// The same; calls without a value that is asked for do not count.
    fn recall_value(
        &mut self,
        cx: &mut Cx<'p>,
        past: &'p Past,
        usual: Phase,
        keep: Keep,
        within: Span2,
        asked: Option<&'p PastValue>,
    ) -> Lowered<ir::Recall> {
        let reads_result = past.filters.iter().any(|filter| filter.part == Part::Result)
            || asked.is_some_and(|asked| asked.part == Part::Result);
        let phase = match (past.of, past.phase) {
            (PastOf::Event(_), _) | (_, Some(ast::Phase::Completed)) => Phase::Completed,
            (_, Some(ast::Phase::Attempted)) => Phase::Attempted,
            (_, Some(ast::Phase::Started)) => Phase::Started,
            (_, Some(ast::Phase::Failed)) => Phase::Failed,
            // Only a call that ended well has a result; one that is open may still get it.
            (_, None) if usual == Phase::Started && reads_result => Phase::Completed,
            (_, None) => usual,
        };
        let subject = match past.of {
            PastOf::Tool(tool) => match self.tools.get(&tool) {
                Some(id) => ir::Subject::Tool(*id),
                None => return self.refuse(Construct::Broken, past.span),
            },
            PastOf::Event(event) => ir::Subject::Event(ir::EventId(number(event))),
        };
        let scope = match past.scope {
            PastScope::Job => ir::Scope::Job,
            PastScope::User => ir::Scope::User,
            PastScope::Agent => ir::Scope::Agent,
            PastScope::Tenant => ir::Scope::Tenant,
        };
        // The order in which filters are written does not matter.
        let mut filters: Vec<&'p Filter> = past.filters.iter().collect();
        filters
            .sort_by_key(|filter| (filter.part == Part::Result, &filter.path, filter.op as u8, filter.span));
        let mut watched =
            Watched { written: String::new(), args: Vec::new(), result: Vec::new(), join: Vec::new() };
        let mut keys = Vec::new();
        for filter in filters {
            keys.extend(self.filter(cx, past.of, filter, &mut watched)?);
        }
        if let Some(asked) = asked {
            self.asked(past.of, asked, &mut watched)?;
        }
        let written = format!("{subject:?} {phase:?} {scope:?} {}{}", kind(&keep), watched.written);
        let monitor = match self.monitors.get(&written).copied() {
            Some(known) => {
                if let Some(monitor) = self.out.monitors.get_mut(known.index()) {
                    merge(&mut monitor.keep, keep);
                }
                known
            }
            None => {
                let id = MonitorId(number(self.out.monitors.len()));
                let args = self.all(watched.args, past.span)?;
                let result = self.all(watched.result, past.span)?;
                let origin = self.origin(past.span);
                let join = watched.join;
                self.out.monitors.push(ir::Monitor {
                    of: subject,
                    phase,
                    scope,
                    args,
                    result,
                    join,
                    keep,
                    origin,
                });
                self.monitors.insert(written, id);
                id
            }
        };
        Ok(ir::Recall { monitor, keys, within })
    }

    /// One filter; of a join, the key by which this call asks.
    fn filter(
        &mut self,
        cx: &mut Cx<'p>,
        of: PastOf,
        filter: &'p Filter,
        watched: &mut Watched,
    ) -> Lowered<Option<NodeId>> {
        let span = filter.span;
        if self.asks_past(cx, &filter.value) {
            return self.refuse(Construct::JoinReadsPast, filter.value.span);
        }
        let path: Vec<&str> = filter.path.iter().map(String::as_str).collect();
        let part = self.past_path(of, filter.part, &path, span)?;
        let place = format!("{:?}.{}", filter.part, filter.path.join("."));
        let mut conditions = Vec::new();
        // An argument that is not there does not match.
        if self.may_lack(of, filter.part, &path) {
            conditions.push(self.truth_node(Op::Has(part), span)?);
        }
        let key = if self.is_known(cx, &filter.value) {
            let value = self.value(cx, &filter.value)?;
            watched.written.push_str(&format!("; {place} {} {}", filter.op.text(), self.written(value)));
            conditions.push(self.compared(filter.op, part, value, span)?);
            None
        } else if filter.op == BinaryOp::Equal {
            let key = self.value(cx, &filter.value)?;
            let (part, key, ty) = self.alike(part, key, span)?;
            watched.written.push_str(&format!("; {place} is {ty:?}"));
            watched.join.push(match filter.part {
                Part::Args => ir::Join::Arg(part),
                Part::Result => ir::Join::Result(part),
            });
            Some(key)
        } else {
            return self.refuse(Construct::JoinComparison, span);
        };
        match filter.part {
            Part::Args => watched.args.extend(conditions),
            Part::Result => watched.result.extend(conditions),
        }
        Ok(key)
    }

    /// What is asked for has to be there.
    fn asked(&mut self, of: PastOf, asked: &'p PastValue, watched: &mut Watched) -> Lowered<()> {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        watched.written.push_str(&format!("; of {:?}.{}", asked.part, asked.path.join(".")));
        if self.may_lack(of, asked.part, &path) {
            let part = self.past_path(of, asked.part, &path, asked.span)?;
            let there = self.truth_node(Op::Has(part), asked.span)?;
            match asked.part {
                Part::Args => watched.args.push(there),
                Part::Result => watched.result.push(there),
            }
        }
        Ok(())
    }

    /// A part of a past call, over its own frame.
    pub(super) fn past_path(&mut self, of: PastOf, part: Part, path: &[&str], span: Span) -> Lowered<NodeId> {
        let Some((first, rest)) = path.split_first() else { return self.refuse(Construct::Broken, span) };
        let mut node = self.past_field(of, part, first, span)?;
        for name in rest {
            node = self.part(node, name, span)?;
        }
        Ok(node)
    }

    fn past_field(&mut self, of: PastOf, part: Part, name: &str, span: Span) -> Lowered<NodeId> {
        let fields = self.past_fields(of, part);
        let Some(place) = fields.iter().position(|field| field.name == name) else {
            return self.refuse(Construct::Broken, span);
        };
        let Some(field) = fields.get(place) else { return self.refuse(Construct::Broken, span) };
        match part {
            Part::Args => self.declared_argument(place, field, span),
            Part::Result => {
                let Some(ty) = forms::ty(&field.ty) else { return self.refuse(Construct::Broken, span) };
                self.node(Op::Result(number(place)), ty, span)
            }
        }
    }

    fn past_fields(&self, of: PastOf, part: Part) -> &'p [Field] {
        let program = self.program;
        let fields = match (of, part) {
            (PastOf::Tool(tool), Part::Args) => program.tools.get(tool).map(|tool| &tool.params),
            (PastOf::Tool(tool), Part::Result) => program.tools.get(tool).map(|tool| &tool.results),
            (PastOf::Event(event), Part::Args) => program.events.get(event).map(|event| &event.fields),
            (PastOf::Event(_), Part::Result) => None,
        };
        fields.map_or(&[], Vec::as_slice)
    }

    /// True where a call may come without that part.
    pub(super) fn may_lack(&self, of: PastOf, part: Part, path: &[&str]) -> bool {
        let mut fields = self.past_fields(of, part);
        for name in path {
            let Some(field) = fields.iter().find(|field| field.name == *name) else { return false };
            if field.optional {
                return true;
            }
            fields = match field.ty.not_null() {
                Ty::Record(id) => self.program.record(*id).map_or(&[], |record| record.fields.as_slice()),
                _ => return false,
            };
        }
        false
    }

    /// True where the value is asked of the past, itself or through what its variables stand for; or of the labels that
    /// the job carries, which are its past as well.
    pub(super) fn asks_past(&self, cx: &mut Cx<'p>, expr: &'p Expr) -> bool {
        match &expr.kind {
            ExprKind::After(..)
            | ExprKind::Latest(..)
            | ExprKind::CallsOf(..)
            | ExprKind::SumOf(..)
            | ExprKind::Distinct(..)
            | ExprKind::InFlightOf(_)
            | ExprKind::Carries(..)
            | ExprKind::Read(Read::JobLabels) => true,
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => self.asks_past(cx, value),
                _ => cx.of_past.get(var) == Some(&OfPast::Part),
            },
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.asks_past(cx, body)
            }
            _ => {
                let mut found = false;
                expr.children(&mut |child| found |= self.asks_past(cx, child));
                found
            }
        }
    }

    /// A part that a monitor keeps of a call, from now on if not yet: which one, and of which type.
    pub(super) fn kept(
        &mut self,
        monitor: MonitorId,
        part: Part,
        path: &[&str],
        span: Span,
    ) -> Lowered<(ir::Member, ir::Ty)> {
        let word = if part == Part::Args { "args" } else { "result" };
        let name = format!("{word}.{}", path.join("."));
        let (of, all) =
            match self.out.monitors.get(monitor.index()).map(|monitor| (monitor.of, &monitor.keep)) {
                Some((of, Keep::Latest(all) | Keep::First(all))) => (of, all),
                _ => return self.refuse(Construct::Broken, span),
            };
        if let Some(known) = all.iter().position(|kept| kept.name == name) {
            let ty = all.get(known).map(|kept| kept.ty.clone());
            return Ok((ir::Member::Kept(number(known)), ty.unwrap_or(ir::Ty::Json)));
        }
        let of = match of {
            ir::Subject::Event(event) => PastOf::Event(event.index()),
            ir::Subject::Tool(id) => match self.tools.iter().find(|(_, known)| **known == id) {
                Some((tool, _)) => PastOf::Tool(*tool),
                None => return self.refuse(Construct::Broken, span),
            },
        };
        let node = self.past_path(of, part, path, span)?;
        let ty = self.ty_of(node).cloned().unwrap_or(ir::Ty::Json);
        if self.holds_shell(&ty) {
            return self.refuse(Construct::NotKept, span);
        }
        let value = if part == Part::Args { ir::Join::Arg(node) } else { ir::Join::Result(node) };
        let kept = ir::Kept { name, value, ty: ty.clone() };
        match self.out.monitors.get_mut(monitor.index()).map(|monitor| &mut monitor.keep) {
            Some(Keep::Latest(all) | Keep::First(all)) => {
                all.push(kept);
                Ok((ir::Member::Kept(number(all.len().saturating_sub(1))), ty))
            }
            _ => self.refuse(Construct::Broken, span),
        }
    }

    /// True where a value of the type cannot be stored.
    fn holds_shell(&self, ty: &ir::Ty) -> bool {
        match ty {
            ir::Ty::Shell | ir::Ty::Command => true,
            ir::Ty::List(of) => self.holds_shell(of),
            // Records do not hold themselves: the checker sees to it.
            ir::Ty::Record(id) => {
                self.out.records.get(id.index()).is_some_and(|record| {
                    record.fields.iter().any(|field| self.holds_shell(&field.form.ty()))
                })
            }
            _ => false,
        }
    }

    /// A constant, so that equal ones are written alike.
    fn written(&self, node: NodeId) -> String {
        let id = match self.out.nodes.get(node.index()).map(|node| &node.op) {
            Some(Op::Const(id)) => *id,
            _ => return String::new(),
        };
        let value = self.out.consts.get(id.index());
        value.and_then(|value| serde_json::to_string(value).ok()).unwrap_or_default()
    }
}

/// What a monitor watches, filter by filter.
struct Watched {
    /// In words, to find one that watches the same.
    written: String,
    args: Vec<NodeId>,
    result: Vec<NodeId>,
    join: Vec<ir::Join>,
}

fn frame(of: PastOf) -> Frame {
    match of {
        PastOf::Tool(tool) => Frame::Tool(tool),
        PastOf::Event(event) => Frame::Event(event),
    }
}

/// What is kept, as far as monitors can share it.
fn kind(keep: &Keep) -> String {
    match keep {
        Keep::Spans { .. } => "spans".to_owned(),
        Keep::Latest(_) => "latest".to_owned(),
        Keep::First(_) => "first".to_owned(),
        // A plain counter answers no question about a time.
        Keep::Count { within: None, .. } => "counter".to_owned(),
        Keep::Count { within: Some(_), .. } => "times".to_owned(),
        // The window is cut into slices, which are those of that window alone.
        Keep::Sum { within, .. } => format!("sum {within:?}"),
        Keep::Distinct { value, .. } => format!("distinct {}", value.name),
        Keep::Runs { .. } => "runs".to_owned(),
        // So many amounts are kept, whatever the window.
        Keep::Spent { .. } => "spent".to_owned(),
        Keep::Open => "open".to_owned(),
    }
}

/// Keeps what both need.
fn merge(keep: &mut Keep, more: Keep) {
    match (keep, more) {
        (Keep::Spans { within }, Keep::Spans { within: more }) => longer(within, more),
        (Keep::Spent { within, .. }, Keep::Spent { within: more, .. }) => longer(within, more),
        (Keep::Count { most, within }, Keep::Count { most: more, within: longest })
        | (Keep::Runs { most, within }, Keep::Runs { most: more, within: longest }) => {
            *most = (*most).max(more);
            longer(within, longest);
        }
        (Keep::Distinct { most, within, .. }, Keep::Distinct { most: more, within: longest, .. }) => {
            *most = (*most).max(more);
            longer(within, longest);
        }
        _ => {}
    }
}

fn longer(within: &mut Option<Duration>, more: Option<Duration>) {
    *within = match (*within, more) {
        (Some(a), Some(b)) => Some(a.max(b)),
        _ => None,
    };
}
