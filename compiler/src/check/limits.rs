//! Limits: what is counted, per what, over which time, and what happens at the bound.

use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_values::Zone;

use super::Checker;
use super::context::Cx;
use super::tools::Source;
use crate::ast::{self, Threshold};
use crate::diagnostics::problems::{absent, memory as problem, types};
use crate::diagnostics::suggest;
use crate::typed::{
    Bound, CalendarUnit, Expr, ExprKind, Fact, Limit, Meter, Origin, Read, Suspended, Then, Value, Window,
};
use crate::types::{PastOf, Ty};

const METERS: &[&str] = &["calls", "retries", "tokens", "cost", "runtime", "in_flight", "denials", "sum"];

impl<'l> Checker<'l> {
    pub(super) fn limit(
        &mut self,
        cx: &mut Cx,
        source: &Source<'l>,
        clause: &'l ast::Clause,
        limit: &'l ast::Limit,
        guards: &[Arc<Expr>],
        targets: &[usize],
    ) -> Option<Limit> {
        let mut guards = guards.to_vec();
        let mut learned = Vec::new();
        if let Some(when) = &limit.when {
            let condition = self.condition(cx, when);
            self.polarity(&condition, super::polarity::Polarity::Refuses);
            learned = super::absence::when_true(&condition);
            guards.push(Arc::new(condition));
        }
        // Bounds that could not be read have been reported.
        let is_whole = self.loaded.files.get(source.file).is_none_or(|file| file.parsed.problems.is_empty());
        if limit.bounds.is_empty() && is_whole {
            self.report(problem::empty_limit(clause.verb));
        }
        self.with_present(cx, learned, |checker, cx| {
            let keys = checker.keys(cx, &limit.keys);
            if limit.keys.is_empty() && !matches!(source.origin, Origin::Skill(_)) {
                checker.report(problem::needs_key(clause.verb));
            }
            let window = limit.window.as_ref().and_then(|window| checker.window(window));
            let per_job =
                keys.iter().any(|key| reads(key, &Read::JobId)) || matches!(source.origin, Origin::Skill(_));
            let mut bounds = Vec::new();
            for bound in &limit.bounds {
                bounds.extend(checker.bound(cx, bound, targets, limit.window.as_ref(), per_job));
            }
            let windowless =
                bounds.iter().all(|bound| matches!(bound.meter, Meter::InFlight | Meter::Runtime))
                    && !limit.bounds.is_empty();
            // Keys that were refused have been reported; nothing is concluded from what is left of them.
            let whole = keys.len() == limit.keys.len();
            if !crate::planted::planted(6)
                && limit.window.is_none()
                && !per_job
                && !windowless
                && whole
                && !limit.keys.is_empty()
            {
                checker.report(problem::needs_window(clause.verb));
            }
            // Calls in flight are a matter of moments: who spells it otherwise gains one more.
            if !bounds.iter().all(|bound| matches!(bound.meter, Meter::InFlight)) {
                checker.canonical_resource(&keys, targets);
            }
            checker.order_of_bounds(&bounds);
            let id = checker.limit_id(source, limit, clause)?;
            let window = window.unwrap_or(Window::Lifetime);
            Some(Limit { id, span: clause.span, guards: guards.clone(), keys, window, bounds })
        })
    }

    /// Budgets belong to the name: two limits of one name would share them.
    fn limit_id(&mut self, source: &Source<'_>, limit: &ast::Limit, clause: &ast::Clause) -> Option<String> {
        let keys: Vec<String> = limit.keys.iter().map(ast::Path::text).collect();
        let plain = match &limit.name {
            Some(name) => name.node.clone(),
            None if keys.is_empty() => "limit".to_owned(),
            None => keys.join("+"),
        };
        let id = if source.owner.is_empty() { plain } else { format!("{}/{plain}", source.owner) };
        match (self.limit_ids.get(&id).copied(), &limit.name) {
            (Some(first), Some(name)) => {
                self.report(problem::limit_twice(name.span, &name.node, first));
                None
            }
            // Two unnamed limits over the same keys: their structure tells them apart.
            (Some(_), None) => Some(self.rule_id(&id, "limit", clause.span, &ast::Tail::default())),
            (None, _) => {
                self.limit_ids.insert(id.clone(), clause.span);
                Some(id)
            }
        }
    }

    fn window(&mut self, window: &ast::Window) -> Option<Window> {
        match &window.kind {
            ast::WindowKind::Rolling(text) => self.positive(text).map(Window::Rolling),
            ast::WindowKind::Calendar(unit, zone) => {
                let calendar = match unit.node.as_str() {
                    "hour" => Some(CalendarUnit::Hour),
                    "day" => Some(CalendarUnit::Day),
                    "week" => Some(CalendarUnit::Week),
                    "month" => Some(CalendarUnit::Month),
                    other => {
                        let close = suggest::closest(other, ["hour", "day", "week", "month"]);
                        self.report(problem::unknown_unit(unit.span, other, close));
                        None
                    }
                };
                let Some(zone) = zone else {
                    self.report(problem::needs_zone(window.span));
                    return None;
                };
                match Zone::parse(&zone.node) {
                    Ok(parsed) => Some(Window::Calendar(calendar?, parsed.name().to_owned())),
                    Err(error) => {
                        self.report(types::time_zone(zone.span, &zone.node, &error.to_string()));
                        None
                    }
                }
            }
        }
    }

    fn bound(
        &mut self,
        cx: &mut Cx,
        bound: &ast::Bound,
        targets: &[usize],
        window: Option<&ast::Window>,
        per_job: bool,
    ) -> Option<Bound> {
        let (meter, ty) = self.meter(cx, bound)?;
        if let (Meter::Runtime | Meter::InFlight, Some(window)) = (&meter, window) {
            let word = if matches!(meter, Meter::Runtime) { "runtime" } else { "in_flight" };
            self.report(problem::window_not_here(window.span, word));
        }
        if matches!(meter, Meter::Runtime) && !per_job && window.is_none() {
            self.report(problem::runtime_per_job(bound.span));
        }
        if let Meter::CallsPer(keys) = &meter {
            self.canonical_resource(keys, targets);
        }
        let value = self.constant(cx, &bound.value, &ty, "a bound");
        if is_negative(&value) {
            self.report(problem::negative_bound(value.span));
        }
        let then = match (&bound.then, bound.threshold) {
            (None, Threshold::AtMost) => Then::Deny,
            (None, Threshold::Above) => {
                self.report(problem::step_mismatch(bound.span, true));
                return None;
            }
            (Some(ast::Then::Warn(_)), Threshold::Above) => Then::Warn,
            (Some(ast::Then::Challenge(name)), Threshold::Above) => {
                let challenge = self.challenge_named(cx.file, name)?;
                self.met.push((challenge, targets.to_vec(), name.span));
                Then::Challenge(challenge)
            }
            (Some(ast::Then::Warn(span)), Threshold::AtMost) => {
                self.report(problem::step_mismatch(*span, false));
                return None;
            }
            (Some(ast::Then::Challenge(name)), Threshold::AtMost) => {
                self.report(problem::step_mismatch(name.span, false));
                return None;
            }
            (Some(ast::Then::Suspend(word)), _) => match word.node.as_str() {
                "job" => Then::DenyAndSuspend(Suspended::Job),
                "agent" => Then::DenyAndSuspend(Suspended::Agent),
                "tool" => Then::DenyAndSuspend(Suspended::Tool),
                "gate" => Then::DenyAndSuspend(Suspended::Gate),
                other => {
                    let close = suggest::closest(other, ["job", "agent", "tool", "gate"]);
                    self.report(problem::unknown_suspended(word.span, other, close));
                    return None;
                }
            },
        };
        let when = bound.when.as_ref().map(|when| {
            let condition = self.condition(cx, when);
            self.polarity(&condition, super::polarity::Polarity::Refuses);
            condition
        });
        let (because, audit) = self.messages(cx, &bound.tail);
        self.tail_order(&bound.tail);
        let name = bound.tail.name.as_ref().map(|name| name.node.clone());
        Some(Bound {
            span: bound.span,
            meter,
            threshold: bound.threshold,
            value,
            then,
            when,
            because,
            audit,
            name,
        })
    }

    fn meter(&mut self, cx: &mut Cx, bound: &ast::Bound) -> Option<(Meter, Ty)> {
        match &bound.meter {
            ast::Meter::Named(name) => Some(match name.node.as_str() {
                "calls" => (Meter::Calls, Ty::Int),
                "retries" => (Meter::Retries, Ty::Int),
                "tokens" => {
                    self.metered_fact(cx, Fact::Tokens, name.span);
                    (Meter::Tokens, Ty::Int)
                }
                "cost" => {
                    self.metered_fact(cx, Fact::Cost, name.span);
                    let known = cx.facts.iter().find(|(fact, _, _)| *fact == Fact::Cost);
                    let ty =
                        known.map_or_else(|| super::names::usual_type(Fact::Cost), |(_, ty, _)| ty.clone());
                    (Meter::Cost, ty)
                }
                "runtime" => (Meter::Runtime, Ty::Duration),
                "in_flight" => (Meter::InFlight, Ty::Int),
                "denials" => (Meter::Denials, Ty::Int),
                other => {
                    let close = suggest::closest(other, METERS.iter().copied());
                    self.report(problem::unknown_meter(name.span, other, close));
                    return None;
                }
            }),
            ast::Meter::CallsPer(keys, _) => Some((Meter::CallsPer(self.keys(cx, keys)), Ty::Int)),
            ast::Meter::Sum(path, past, span) => {
                if path.text() != "amount" {
                    self.report(problem::limit_of_amounts(path.span, &path.text()));
                    return None;
                }
                match past {
                    Some(past) => {
                        let past = self.past(cx, past)?;
                        let ty = match past.of {
                            PastOf::Tool(tool) => {
                                let tool = self.program.tools.get(tool);
                                let amount = tool
                                    .and_then(|tool| tool.facts.amount.as_ref())
                                    .map(|(amount, _)| amount);
                                let amount =
                                    amount.map(|amount| (amount.ty.not_null().clone(), amount.optional));
                                if let Some((_, true)) = amount {
                                    self.report(absent::optional_summand(*span, "amount"));
                                }
                                amount.map(|(ty, _)| ty)
                            }
                            PastOf::Event(_) => None,
                        };
                        let Some(ty) = ty else {
                            let name = self.past_name(past.of);
                            self.report(problem::no_amount(*span, &name));
                            return None;
                        };
                        Some((Meter::Sum { of: Some(past) }, ty))
                    }
                    None => {
                        self.metered_fact(cx, Fact::Amount, *span);
                        let known = cx.facts.iter().find(|(fact, _, _)| *fact == Fact::Amount);
                        let ty = known.map_or(Ty::Error, |(_, ty, _)| ty.not_null().clone());
                        Some((Meter::Sum { of: None }, ty))
                    }
                }
            }
        }
    }

    /// A fact that is added up must be there: a missing figure is never zero unless the contract says so
    /// (semantics 4 and 23).
    fn metered_fact(&mut self, cx: &mut Cx, fact: Fact, span: Span) {
        cx.read_facts.push((fact, span));
        let optional = cx.facts.iter().any(|(known, _, optional)| *known == fact && *optional);
        if optional && !cx.is_present(&format!("call.{}", fact.word())) {
            self.report(absent::optional_summand(span, fact.word()));
        }
    }

    /// A bound at or above a hard one of the same meter never speaks.
    fn order_of_bounds(&mut self, bounds: &[Bound]) {
        // What suspends may be reached beyond a refusal: denials go on, and figures arrive late.
        let says_less = |bound: &&Bound| {
            bound.when.is_none() && (bound.threshold == Threshold::Above || bound.then == Then::Deny)
        };
        for (index, bound) in bounds.iter().enumerate().filter(|(_, bound)| says_less(bound)) {
            let hard = bounds.iter().enumerate().find(|(other, hard)| {
                hard.threshold == Threshold::AtMost
                    && hard.when.is_none()
                    && same_meter(&hard.meter, &bound.meter)
                    && at_least(&bound.value, &hard.value)
                    // Of two equal ones the second says nothing new.
                    && (bound.threshold == Threshold::Above
                        || *other < index
                        || *other > index && !at_least(&hard.value, &bound.value))
            });
            if let Some((_, hard)) = hard {
                self.report(problem::never_reached(bound.span, hard.span));
            }
        }
    }
}

fn same_meter(a: &Meter, b: &Meter) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && !matches!(a, Meter::CallsPer(_) | Meter::Sum { .. })
}

fn at_least(a: &Expr, b: &Expr) -> bool {
    match (super::expr::constant(a), super::expr::constant(b)) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => a >= b,
        (Some(Value::Duration(a)), Some(Value::Duration(b))) => a >= b,
        (Some(Value::Money(a)), Some(Value::Money(b))) => a.compare(*b).is_ok_and(std::cmp::Ordering::is_ge),
        _ => false,
    }
}

/// True where the value is known to lie below zero.
pub(super) fn is_negative(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Negate(inner) => !matches!(super::expr::constant(inner), Some(Value::Int(0))),
        ExprKind::Let(_, value) => is_negative(value),
        _ => matches!(super::expr::constant(value), Some(Value::Int(n)) if *n < 0),
    }
}

/// True where the key depends on that.
fn reads(key: &Expr, wanted: &Read) -> bool {
    let mut found = false;
    key.walk(&mut |expr| found |= matches!(&expr.kind, ExprKind::Read(read) if read == wanted));
    found
}
