//! The rules of a tool, each one evaluated, whatever the others say.

use agentpass_ir::{
    Ambient, ChallengeId, Effect, NodeId, Part, Rule, RuleId, Template, ToolId, Value, VarId, Verified,
};

use super::{Findings, Weight, place};
use crate::decision::Reason;
use crate::digest::{self, Digest};
use crate::eval::{Datum, Env, Eval};
use crate::truth::Truth;
use crate::wire::Call;

/// The challenges that rules of the tool can ask for, each with what its approval is bound to.
pub(super) fn bindings(
    contract: &Verified,
    call: &Call,
    tool: ToolId,
    digest: &Digest,
) -> Vec<(ChallengeId, Digest)> {
    let program = contract.program();
    let mut ids: Vec<ChallengeId> = contract
        .rules(tool)
        .filter_map(|(_, rule)| match rule.effect {
            Effect::Challenge(id) => Some(id),
            Effect::Require | Effect::Deny => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .filter_map(|id| {
            let challenge = program.challenges.get(id.index())?;
            Some((id, digest::binding(digest, &call.frame, &challenge.name, &program.contract.digest)))
        })
        .collect()
}

/// Judges every rule, and says which challenges are asked for.
pub(super) fn judge(
    contract: &Verified,
    call: &Call,
    tool: ToolId,
    findings: &mut Findings,
) -> Vec<ChallengeId> {
    let eval = Eval::new(contract.program(), &call.frame);
    let mut asked = Vec::new();
    for (id, rule) in contract.rules(tool) {
        let mut one = OneRule { contract, call, eval: &eval, id, rule, findings, asked: &mut asked };
        one.judge();
    }
    asked.sort_unstable();
    asked.dedup();
    asked
}

struct OneRule<'a, 'c> {
    contract: &'c Verified,
    call: &'c Call,
    eval: &'a Eval<'c>,
    id: RuleId,
    rule: &'c Rule,
    findings: &'a mut Findings,
    asked: &'a mut Vec<ChallengeId>,
}

impl OneRule<'_, '_> {
    fn judge(&mut self) {
        let guard = self.rule.guard.map_or(Truth::True, |guard| self.eval.truth(guard, None));
        if guard == Truth::False {
            return;
        }
        let Some(each) = self.rule.each else {
            let truth = self.eval.truth(self.rule.condition, None);
            return self.conclude(guard, truth, None);
        };
        let eval = self.eval;
        match eval.value(each.list, None) {
            Datum::Is(list) => {
                if let Value::List(all) = &*list {
                    for value in all {
                        self.instance(guard, each.var, value);
                    }
                }
            }
            // Nobody knows which elements there are: the one instance that stands for them all is unknown.
            Datum::Absent => self.conclude(guard, Truth::Undetermined, None),
            Datum::Failed => self.conclude(guard, Truth::Failed, None),
        }
    }

    fn instance(&mut self, guard: Truth, var: VarId, value: &Value) {
        let env = Env { var, value, outer: None };
        let truth = self.eval.truth(self.rule.condition, Some(&env));
        self.conclude(guard, truth, Some(&env));
    }

    /// What follows from the truth of the condition. `require` passes on true alone; the others on false alone. A guard
    /// that is undetermined does not hold a rule back: it is part of what has to be known.
    fn conclude(&mut self, guard: Truth, condition: Truth, env: Option<&Env<'_>>) {
        let violated = match self.rule.effect {
            Effect::Require => guard.and(!condition),
            Effect::Deny | Effect::Challenge(_) => guard.and(condition),
        };
        if violated == Truth::Undetermined && self.lacks_scope() {
            return;
        }
        match (violated, self.rule.effect) {
            (Truth::False, _) => {}
            (Truth::Failed, _) => {
                let message = format!("`{}` cannot be computed for this call", self.rule.id);
                self.find(Weight::Denies, "arithmetic", message, env);
            }
            (_, Effect::Require) => {
                let message = self.message(env, || format!("`{}` does not hold", self.rule.id));
                self.find(Weight::Denies, "require", message, env);
            }
            (_, Effect::Deny) => {
                let message = self.message(env, || format!("`{}` denies this", self.rule.id));
                self.find(Weight::Denies, "deny", message, env);
            }
            (_, Effect::Challenge(id)) => {
                let challenge = self.contract.program().challenges.get(id.index());
                let name = challenge.map_or("?", |challenge| challenge.name.as_str());
                let message = self.message(env, || format!("`{name}` has to approve this"));
                self.asked.push(id);
                self.find(Weight::Asks(id), "challenge", message, env);
            }
        }
    }

    /// Where a rule cannot be judged because the call does not say who or what surrounds it, that denies, also where the
    /// rule would only ask (semantics 17). Where the rest of the condition decides, nothing was needed.
    fn lacks_scope(&mut self) -> bool {
        let scopes = self.contract.scopes(self.id).iter();
        let missing: Vec<Ambient> =
            scopes.copied().filter(|&it| self.call.frame.ambient(it).is_none()).collect();
        for &ambient in &missing {
            let message = format!("the call does not say its {}", ambient.word());
            self.find(Weight::Denies, scope_code(ambient), message, None);
        }
        !missing.is_empty()
    }

    fn message(&self, env: Option<&Env<'_>>, otherwise: impl FnOnce() -> String) -> String {
        self.rule.because.as_ref().map_or_else(otherwise, |template| render(self.eval, template, env))
    }

    fn find(&mut self, weight: Weight, code: &'static str, message: String, env: Option<&Env<'_>>) {
        let audit = self.rule.audit.as_ref().map(|template| render(self.eval, template, env));
        let place = Some(place(self.contract, self.rule.origin));
        self.findings.add(weight, Reason { code, rule: Some(self.rule.id.clone()), message, audit, place });
    }
}

/// A message with its holes filled.
pub(super) fn render(eval: &Eval<'_>, template: &Template, env: Option<&Env<'_>>) -> String {
    let shown = |node: NodeId| eval.shown(node, env);
    let parts = template.parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Value(node) => shown(*node),
    });
    parts.collect()
}

/// The code of a denial for what a call does not say.
pub(super) fn scope_code(ambient: Ambient) -> &'static str {
    match ambient {
        Ambient::Agent => "scope.agent",
        Ambient::User => "scope.user",
        Ambient::Tenant => "scope.tenant",
        Ambient::Job => "scope.job",
        Ambient::Skill => "scope.skill",
    }
}
