//! The rules of a tool, each one evaluated, whatever the others say.

use agentpass_ir::{Ambient, Effect, NodeId, Part, Rule, RuleId, SlotId, Template, ToolId, Value, VarId};

use super::findings::{Findings, Question, Weight};
use super::flows::Movements;
use super::past::Present;
use super::{House, Prepared};
use crate::decision::{Met, Reason, Word};
use crate::eval::{Datum, Env, Eval};
use crate::planted::planted;
use crate::truth::Truth;

/// Judges every rule.
pub(super) fn judge(
    prepared: &Prepared<'_>,
    tool: ToolId,
    present: &Present<'_, '_>,
    movements: &Movements,
    findings: &mut Findings<'_>,
) {
    let eval = present.eval();
    let program = prepared.contract().program();
    let rules = prepared.contract().rules(tool);
    let rules =
        if planted(302) { rules.get(rules.len().saturating_sub(2)..).unwrap_or(rules) } else { rules };
    for &id in rules {
        let is_over = planted(301) && findings.verdict() != Word::Allow;
        if is_over || (planted(303) && prepared.call.frame.params().any(|value| value.is_none())) {
            break;
        }
        let Some(rule) = program.rules.get(id.index()) else { continue };
        if matches!(rule.effect, Effect::Deliver { .. }) {
            continue;
        }
        // A rule of a flow is about the movements for which the flow stands.
        if rule.flow.is_some_and(|flow| !movements.take(flow)) {
            continue;
        }
        OneRule { prepared, present, eval: &eval, id, rule, findings }.judge();
    }
}

struct OneRule<'a, 'p, 'c, 'f> {
    prepared: &'a Prepared<'c>,
    present: &'a Present<'p, 'c>,
    eval: &'a Eval<'a>,
    id: RuleId,
    rule: &'c Rule,
    findings: &'a mut Findings<'f>,
}

impl OneRule<'_, '_, '_, '_> {
    fn judge(&mut self) {
        let _ = self.present.take_lacking();
        let guard = self.rule.guard.map_or(Truth::True, |guard| self.present.truth(self.eval, guard, None));
        if guard == Truth::False {
            self.met(guard, None, "does not apply");
            return;
        }
        let Some(each) = self.rule.each else {
            let truth = self.present.truth(self.eval, self.rule.condition, None);
            return self.conclude(guard, truth, None);
        };
        let eval = self.eval;
        match eval.value(each.list, None) {
            Datum::Is(list) => {
                if let Value::List(all) = &*list {
                    for value in all.iter().take(if planted(114) { 1 } else { all.len() }) {
                        self.instance(guard, each.var, value);
                    }
                    if all.is_empty() {
                        self.met(guard, None, "nothing to look at");
                    }
                }
            }
            // Nobody knows which elements there are: the one instance that stands for them all is unknown.
            Datum::Failed => self.conclude(guard, Truth::Failed, None),
            Datum::Absent | Datum::Unknown | Datum::MaybeAbsent => {
                self.conclude(guard, Truth::Undetermined, None);
            }
        }
    }

    fn instance(&mut self, guard: Truth, var: VarId, value: &Value) {
        let env = Env { var, value, outer: None };
        let truth = self.present.truth(self.eval, self.rule.condition, Some(&env));
        self.conclude(guard, truth, Some(&env));
    }

    /// What follows from the truth of the condition. `require` passes on true alone; the others on false alone. A guard
    /// that is undetermined does not hold a rule back: it is part of what has to be known.
    fn conclude(&mut self, guard: Truth, condition: Truth, env: Option<&Env<'_>>) {
        let violated = match self.rule.effect {
            Effect::Require => guard.and(!condition),
            Effect::Deny | Effect::Challenge(_) | Effect::Deliver { .. } => guard.and(condition),
        };
        let violated = match (violated, self.rule.effect) {
            (Truth::Undetermined, Effect::Deny | Effect::Challenge(_)) if planted(103) => Truth::False,
            (violated, _) => violated,
        };
        if violated == Truth::Undetermined && self.lacks() {
            self.met(guard, Some(condition), "denies: the call does not say enough");
            return;
        }
        match (violated, self.rule.effect) {
            (Truth::False, _) => self.met(guard, Some(condition), "passes"),
            (Truth::Failed, _) => {
                let message = format!("`{}` cannot be computed for this call", self.rule.id);
                self.find(Weight::Denies, "arithmetic", message, env);
                self.met(guard, Some(condition), "denies: it cannot be computed");
            }
            (_, Effect::Require | Effect::Deliver { .. }) => {
                let message = self.message(env, || format!("`{}` does not hold", self.rule.id));
                self.find(Weight::Denies, "require", message, env);
                self.met(guard, Some(condition), "denies");
            }
            (_, Effect::Deny) => {
                let message = self.message(env, || format!("`{}` denies this", self.rule.id));
                self.find(Weight::Denies, "deny", message, env);
                self.met(guard, Some(condition), "denies");
            }
            (_, Effect::Challenge(id)) => {
                let challenge = self.prepared.contract().program().challenges.get(id.index());
                let name = challenge.map_or("?", |challenge| challenge.name.as_str());
                let message = self.message(env, || format!("`{name}` has to approve this"));
                self.find(Weight::Asks(Question::Rule(id)), "challenge", message, env);
                self.met(guard, Some(condition), "asks");
            }
        }
    }

    /// Where a rule cannot be judged because the call does not say who or what surrounds it, that denies, also where the
    /// rule would only ask (semantics 17). Where the rest of the condition decides, nothing was needed.
    fn lacks(&mut self) -> bool {
        let mut found = false;
        let mut missing: Vec<Ambient> = self.present.take_lacking().into_iter().collect();
        for &slot in self.prepared.contract().needs(self.id) {
            match lack(self.prepared, slot) {
                Some(Lack::Scope(ambient)) if !missing.contains(&ambient) => missing.push(ambient),
                Some(Lack::Host(name)) => {
                    let message = format!("the host does not say `{name}`");
                    self.find(Weight::Denies, "host.missing", message, None);
                    found = true;
                }
                _ => {}
            }
        }
        for &ambient in &missing {
            let message = format!("the call does not say its {}", ambient.word());
            self.find(Weight::Denies, scope_code(ambient), message, None);
        }
        found || !missing.is_empty()
    }

    fn message(&self, env: Option<&Env<'_>>, otherwise: impl FnOnce() -> String) -> String {
        self.rule
            .because
            .as_ref()
            .map_or_else(otherwise, |template| render(self.prepared.house, self.eval, template, env))
    }

    fn find(&mut self, weight: Weight, code: &'static str, message: String, env: Option<&Env<'_>>) {
        let audit =
            self.rule.audit.as_ref().map(|template| render(self.prepared.house, self.eval, template, env));
        let place = Some(self.findings.place(self.rule.origin));
        self.findings.add(weight, Reason { code, rule: Some(self.rule.id.clone()), message, audit, place });
    }

    fn met(&mut self, guard: Truth, condition: Option<Truth>, outcome: &'static str) {
        if !self.findings.explains() {
            return;
        }
        let roots = [self.rule.guard, Some(self.rule.condition)].into_iter().flatten();
        let met = Met {
            id: self.rule.id.clone(),
            kind: match self.rule.effect {
                Effect::Require => "require",
                Effect::Deny => "deny",
                Effect::Challenge(_) => "challenge",
                Effect::Deliver { .. } => "records",
            },
            place: Some(self.findings.place(self.rule.origin)),
            applies: guard.word(),
            holds: condition.map_or("", Truth::word),
            saw: saw(self.prepared, self.eval, roots),
            outcome,
        };
        self.findings.met(met);
    }
}

/// The values that the nodes below these roots read from the call, with their names.
pub(super) fn saw(
    prepared: &Prepared<'_>,
    eval: &Eval<'_>,
    roots: impl IntoIterator<Item = NodeId>,
) -> Vec<(String, String)> {
    let program = prepared.contract().program();
    let mut left: Vec<NodeId> = roots.into_iter().collect();
    let mut seen = Vec::new();
    let mut all: Vec<(String, String)> = Vec::new();
    while let Some(id) = left.pop() {
        if seen.contains(&id) || seen.len() > 200 {
            continue;
        }
        seen.push(id);
        let Some(node) = program.nodes.get(id.index()) else { continue };
        if let agentpass_ir::Op::Slot(slot) = node.op {
            let name = slot_name(prepared, slot);
            let value = match eval.value(id, None) {
                Datum::Absent => "not there".to_owned(),
                _ => eval.shown(id, None),
            };
            if !all.iter().any(|(known, _)| *known == name) {
                all.push((name, value));
            }
        }
        node.op.children(&mut |child| left.push(child));
    }
    all.sort();
    all
}

fn slot_name(prepared: &Prepared<'_>, slot: SlotId) -> String {
    let program = prepared.contract().program();
    if let Some(ambient) = Ambient::at(slot) {
        return ambient.word().to_owned();
    }
    let shared = program.param_slot(0).0;
    let host = program.host_slot(0).0;
    if slot.0 < shared {
        let place = (slot.0 - host) as usize;
        let param =
            program.host.iter().map(|it| ("host", it)).chain(program.job.iter().map(|it| ("job", it)));
        return param
            .into_iter()
            .nth(place)
            .map_or_else(String::new, |(root, it)| format!("{root}.{}", it.wire));
    }
    let tool = prepared.tool.and_then(|id| program.tools.get(id.index()));
    let place = (slot.0 - shared) as usize;
    let name = tool.and_then(|tool| {
        let viewed = || {
            let view = tool.views.get(place - tool.params.len())?;
            tool.params.get(view.param as usize)
        };
        if place < tool.params.len() { tool.params.get(place) } else { viewed() }
    });
    name.map_or_else(String::new, |param| param.wire.clone())
}

/// What is lacking where a slot is empty that every frame has.
pub(super) enum Lack {
    Scope(Ambient),
    Host(String),
}

pub(super) fn lack(prepared: &Prepared<'_>, slot: SlotId) -> Option<Lack> {
    let program = prepared.contract().program();
    if prepared.call.frame.get(slot).is_some() {
        return None;
    }
    if let Some(ambient) = Ambient::at(slot) {
        return Some(Lack::Scope(ambient));
    }
    let place = slot.0.checked_sub(program.host_slot(0).0)? as usize;
    let param = program.host.iter().chain(&program.job).nth(place)?;
    Some(Lack::Host(param.wire.clone()))
}

/// The rules of the tool that are judged when its result arrives.
pub(super) fn deliveries(prepared: &Prepared<'_>, tool: ToolId) -> Vec<(String, i64)> {
    let program = prepared.contract().program();
    let rules = prepared.contract().rules(tool).iter();
    rules
        .filter_map(|id| {
            let rule = program.rules.get(id.index())?;
            match rule.effect {
                Effect::Deliver { most } => Some((rule.id.clone(), most)),
                _ => None,
            }
        })
        .collect()
}

/// A message with its holes filled.
pub(super) fn render(
    house: House<'_>,
    eval: &Eval<'_>,
    template: &Template,
    env: Option<&Env<'_>>,
) -> String {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Value(node) if house.verbatim || planted(109) => text.push_str(&eval.text(*node, env)),
            Part::Value(node) => text.push_str(&eval.shown(*node, env)),
        }
    }
    text
}

/// The code of a denial for what a call does not say.
pub(crate) fn scope_code(ambient: Ambient) -> &'static str {
    match ambient {
        Ambient::Agent => "scope.agent",
        Ambient::User => "scope.user",
        Ambient::Tenant => "scope.tenant",
        Ambient::Job => "scope.job",
        Ambient::Skill => "scope.skill",
        Ambient::Via => "scope.via",
        Ambient::Issuer => "scope.issuer",
        Ambient::Client => "scope.client",
        Ambient::Scopes => "scope.scopes",
        Ambient::Groups => "scope.groups",
        Ambient::Tool => "scope.tool",
    }
}
