//! Rules, what runs once, limits and charges as text.

use std::fmt::Write;

use agentpass_values::CalendarUnit;

use super::exprs::{expr, parts};
use super::{between, list, with};
use crate::limit::{Charge, Limit, Meter, Step, Suspended, Window};
use crate::program::{NodeId, Program};
use crate::rule::{Effect, Once, Rule, Template};

pub(super) fn rule(out: &mut String, program: &Program, id: usize, rule: &Rule) {
    let tools = between(&rule.tools, " ", |tool| format!("t{}", tool.0));
    let flow = with("in", rule.flow, |flow| format!("f{}", flow.0));
    let _ = writeln!(out, "\nrule {id} {:?} for {tools}{flow}", rule.id);
    guard(out, program, rule.guard);
    if let Some(each) = rule.each {
        let _ = writeln!(out, "    each v{} in {}", each.var.0, expr(program, each.list));
    }
    let verb = match rule.effect {
        Effect::Require => "require".to_owned(),
        Effect::Deny => "deny when".to_owned(),
        Effect::Challenge(id) => format!("challenge c{} when", id.0),
        Effect::Deliver { most } => format!("deliver at most {most} when"),
    };
    let _ = writeln!(out, "    {verb} {}", expr(program, rule.condition));
    messages(out, "    ", program, rule.because.as_ref(), rule.audit.as_ref());
}

pub(super) fn once(out: &mut String, program: &Program, id: usize, once: &Once) {
    let keys = list(&once.keys, |&key| expr(program, key));
    let ledger = with("in", once.ledger.as_ref(), |ledger| format!("{ledger:?}"));
    let replay = with("replay for", once.replay, |replay| replay.to_string());
    let _ = writeln!(out, "\nonce {id} {:?} for t{} per {keys}{ledger}{replay}", once.id, once.tool.0);
    guard(out, program, once.guard);
    messages(out, "    ", program, once.because.as_ref(), once.audit.as_ref());
}

pub(super) fn limit(out: &mut String, id: usize, limit: &Limit) {
    let window = match &limit.window {
        Window::Lifetime => "ever".to_owned(),
        Window::Rolling(length) => format!("in any {length}"),
        Window::Calendar(unit, zone) => format!("each {} in {:?}", self::unit(*unit), zone.name()),
    };
    let keys = list(&limit.keys, ToString::to_string);
    let job = if limit.per_job { ", a job" } else { "" };
    let _ = writeln!(out, "\nlimit l{id} {:?} per {keys}{job} {window}", limit.id);
    for (n, bound) in limit.bounds.iter().enumerate() {
        let step = match bound.step {
            Step::Deny => "deny".to_owned(),
            Step::Warn => "warn".to_owned(),
            Step::Challenge(id) => format!("challenge c{}", id.0),
            Step::Suspend(Suspended::Job) => "suspend job".to_owned(),
            Step::Suspend(Suspended::Agent) => "suspend agent".to_owned(),
            Step::Suspend(Suspended::Tool) => "suspend tool".to_owned(),
            Step::Suspend(Suspended::Gate) => "suspend gate".to_owned(),
        };
        let keys = if bound.keys.is_empty() {
            String::new()
        } else {
            format!(" per {}", list(&bound.keys, ToString::to_string))
        };
        let name = with("as", bound.name.as_ref(), |name| format!("{name:?}"));
        let _ = writeln!(
            out,
            "    b{n} {:?} {}{keys} <= {} else {step} label {:?}{name}",
            bound.counts,
            meter(bound.meter),
            bound.most,
            bound.label
        );
    }
}

pub(super) fn charge(out: &mut String, program: &Program, limit: &Limit, charge: &Charge) {
    let keys = list(&charge.keys, |&key| expr(program, key));
    let when = with("when", charge.guard, |guard| expr(program, guard));
    let _ = writeln!(out, "    t{} per {keys}{when}", charge.tool.0);
    for (n, line) in charge.lines.iter().enumerate() {
        let Some(line) = line else { continue };
        let amount = line.amount.map_or("1".to_owned(), |amount| expr(program, amount));
        let keys = if line.keys.is_empty() {
            String::new()
        } else {
            format!(" per {}", list(&line.keys, |&key| expr(program, key)))
        };
        let when = with("when", line.when, |when| expr(program, when));
        let label = limit.bounds.get(n).map_or("?", |bound| bound.label.as_str());
        let _ = writeln!(out, "        b{n} {label} + {amount}{keys}{when}");
        messages(out, "            ", program, line.because.as_ref(), line.audit.as_ref());
    }
}

fn unit(unit: CalendarUnit) -> &'static str {
    match unit {
        CalendarUnit::Hour => "hour",
        CalendarUnit::Day => "day",
        CalendarUnit::Week => "week",
        CalendarUnit::Month => "month",
    }
}

fn meter(meter: Meter) -> String {
    match meter {
        Meter::Calls => "calls".to_owned(),
        Meter::Retries => "retries".to_owned(),
        Meter::Tokens => "tokens".to_owned(),
        Meter::Cost(currency) => format!("cost in nano {currency}"),
        Meter::Sum(currency) => format!("sum in nano {currency}"),
        Meter::Runtime => "runtime in ns".to_owned(),
        Meter::InFlight => "in_flight".to_owned(),
        Meter::Denials => "denials".to_owned(),
    }
}

fn guard(out: &mut String, program: &Program, guard: Option<NodeId>) {
    if let Some(guard) = guard {
        let _ = writeln!(out, "    when {}", expr(program, guard));
    }
}

fn messages(
    out: &mut String,
    indent: &str,
    program: &Program,
    because: Option<&Template>,
    audit: Option<&Template>,
) {
    for (word, text) in [("because", because), ("audit", audit)] {
        if let Some(text) = text {
            let _ = writeln!(out, "{indent}{word} {}", parts(program, &text.parts));
        }
    }
}
