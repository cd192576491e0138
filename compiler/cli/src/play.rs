//! Plays one test: every step becomes a line as `replay` reads it, so that a test shows what a gate does and nothing else.

pub(crate) mod coverage;
mod expect;
mod values;

use std::collections::HashMap;
use std::sync::Arc;

use agentpass_compiler::ast::{self, CallStep, Outcome, Step, StepKind};
use agentpass_compiler::diagnostics::Diagnostic;
use agentpass_compiler::diagnostics::problems::tests as problem;
use agentpass_compiler::typed::{self, Field, Test};
use agentpass_grammar::{Sources, Span};
use agentpass_ir::{Asked, Form, Lookup, Origin};
use agentpass_runtime::{Ask, Contract, Decision, Gate, Line, Store, Word};
use agentpass_values::{Duration, Timestamp};

use coverage::Coverage;
use values::{Unwritable, Writer, find, object, quoted};

/// When a test begins that does not say so: a Monday morning, or the nearest moment at which the contract holds.
const START: &str = "2026-11-23T10:00:00Z";
/// Who and what calls where a test does not say so.
const ANYBODY: &str = "test";

/// What a test is played on.
#[derive(Clone, Copy)]
pub(crate) struct Stage<'p> {
    /// The typed program.
    pub(crate) program: &'p typed::Program,
    /// Its texts.
    pub(crate) sources: &'p Sources,
    /// The contract, with the parameters that this test gives it.
    pub(crate) contract: &'p Arc<Contract>,
}

/// Plays a test; gives what went wrong at the first step at which something did.
pub(crate) fn play(test: &Test, stage: Stage<'_>, seen: &mut Coverage) -> Vec<Diagnostic> {
    let mut player = match Player::new(test, stage) {
        Ok(player) => player,
        Err(problem) => return vec![*problem],
    };
    for step in &test.steps {
        let wrong = player.step(step, seen).unwrap_or_else(|problem| vec![*problem]);
        // What follows a step that went wrong would go wrong because of it.
        if !wrong.is_empty() {
            return wrong;
        }
    }
    Vec::new()
}

type Wrong = Box<Diagnostic>;

struct Player<'p> {
    stage: Stage<'p>,
    writer: Writer<'p>,
    gate: Gate,
    now: Timestamp,
    agent: String,
    tenant: String,
    user: String,
    skill: Option<String>,
    job: String,
    job_id: String,
    host: Vec<(String, String)>,
    auth: Vec<(String, String)>,
    named: HashMap<&'p str, Named<'p>>,
}

/// A call that has a name, so that it can end later.
struct Named<'p> {
    /// The id of its decision.
    id: String,
    allowed: bool,
    tool: Option<&'p typed::Tool>,
}

impl<'p> Player<'p> {
    fn new(test: &'p Test, stage: Stage<'p>) -> Result<Self, Wrong> {
        let contract = &stage.contract.program().contract;
        let mut now = Timestamp::parse(START).unwrap_or(Timestamp::EPOCH);
        if let Some(end) = contract.valid_before
            && let Some(last) = Duration::from_secs(1).and_then(|second| end.checked_sub(second))
        {
            now = now.min(last);
        }
        if let Some(begin) = contract.valid_from {
            now = now.max(begin);
        }
        let gate = Gate::builder(Arc::clone(stage.contract))
            .store(Store::manual(now))
            .seed(0)
            .offline()
            // Every outcome is said: a call without one is open.
            .open(true)
            .explain(true)
            .build()
            .map_err(|error| Box::new(problem::unplayable(test.span, &error.to_string())))?;
        let agent = contract.agents.first().map_or(ANYBODY.to_owned(), |agent| agent.replace('*', ANYBODY));
        let params = test.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Param(name, value) => Some((name.node.as_str(), value)),
            _ => None,
        });
        Ok(Self {
            stage,
            writer: Writer { program: stage.program, params: params.collect() },
            gate,
            now,
            agent,
            tenant: ANYBODY.to_owned(),
            user: ANYBODY.to_owned(),
            skill: None,
            job: quoted(ANYBODY),
            job_id: ANYBODY.to_owned(),
            host: Vec::new(),
            auth: Vec::new(),
            named: HashMap::new(),
        })
    }

    /// Plays a step. What a gate cannot be asked is an error; what it answers and nobody expected is in the list.
    fn step(&mut self, step: &'p Step, seen: &mut Coverage) -> Result<Vec<Diagnostic>, Wrong> {
        match &step.kind {
            // The contract was built with it.
            StepKind::Param(..) => {}
            StepKind::Host(value) => {
                let facts = self.facts(Some(value), &self.stage.program.host)?;
                set(&mut self.host, facts);
            }
            StepKind::Auth(value) => {
                let facts = self.facts(Some(value), &[])?;
                set(&mut self.auth, facts);
            }
            StepKind::Job(id, bound) => {
                self.job = self.opened(&id.node, bound.as_ref())?;
                self.job_id.clone_from(&id.node);
            }
            StepKind::Who(who, name) => match who.node.as_str() {
                "agent" => self.agent.clone_from(&name.node),
                "tenant" => self.tenant.clone_from(&name.node),
                "user" => self.user.clone_from(&name.node),
                _ => self.skill = Some(name.node.clone()),
            },
            StepKind::After(text) => {
                let later = Duration::parse(&text.node).ok().and_then(|after| self.now.checked_add(after));
                self.now = later.ok_or_else(|| unplayable(step.span, "so much time does not pass"))?;
            }
            StepKind::At(text) => {
                let at = Timestamp::parse(&text.node).ok();
                self.now = at.filter(|at| *at >= self.now).ok_or_else(|| {
                    unplayable(step.span, &format!("time does not go back from {}", self.now))
                })?;
            }
            StepKind::Event(name, values) => {
                // An event of a module is known to the host by its own name.
                let name = name.words.last().map_or("", |word| word.node.as_str());
                let event = self.stage.program.events.iter().find(|event| event.name.node == name);
                let fields = event.map(|event| event.fields.as_slice()).unwrap_or_default();
                let args = object(self.facts(values.as_ref(), fields)?);
                let rest = [("event", quoted(name)), ("args", args), ("tenant", quoted(&self.tenant))];
                self.tell(step.span, &rest)?;
            }
            StepKind::Lift(what, id) => {
                let id = id.as_ref().map(|id| quoted(&id.node));
                self.tell(step.span, &self.lifted(&what.node, id))?;
            }
            StepKind::Call(call) => return self.call(step.span, call, seen),
            StepKind::Settle(name, outcome) => self.settle_named(step.span, name, outcome)?,
        }
        Ok(Vec::new())
    }

    fn call(
        &mut self,
        span: Span,
        call: &'p CallStep,
        seen: &mut Coverage,
    ) -> Result<Vec<Diagnostic>, Wrong> {
        let line = self.call_line(call)?;
        let mut decision = self.decide(span, &line)?;
        seen.saw(&decision);
        let mut answers = answers(call);
        loop {
            let is_asked = |name: &str| decision.challenges.iter().any(|ask| ask.name == name);
            let (given, later) = answers.into_iter().partition::<Vec<_>, _>(|(name, _)| is_asked(name));
            answers = later;
            if decision.verdict != Word::Challenge || given.is_empty() {
                break;
            }
            for (name, approves) in given {
                for ask in decision.challenges.iter().filter(|ask| ask.name == name) {
                    self.answer(span, ask, approves)?;
                }
            }
            decision = self.decide(span, &line)?;
            seen.saw(&decision);
        }
        let allowed = decision.verdict == Word::Allow;
        if allowed && call.open.is_none() {
            self.settle(span, &decision.id, self.tool(call), call.outcome.as_ref())?;
        }
        if let Some(name) = &call.name {
            let named = Named { id: decision.id.clone(), allowed, tool: self.tool(call) };
            self.named.insert(&name.node, named);
        }
        Ok(call.expect.iter().filter_map(|wanted| expect::judge(wanted, &decision, self.stage)).collect())
    }

    /// A call as `eval` and `replay` read it.
    fn call_line(&self, call: &'p CallStep) -> Result<String, Wrong> {
        let tool = self.tool(call);
        let finer =
            |field: &Field| tool.map_or_else(Vec::new, |tool| self.finer(&wire(call, Some(tool)), field));
        let args = match &call.args {
            Some(ast::Value::Record(entries, _)) => {
                let fields = tool.map(|tool| tool.params.as_slice()).unwrap_or_default();
                let args = self
                    .writer
                    .entries(entries, |entry| find(fields, entry).map(|field| (field, finer(field))));
                object(args.map_err(|wrong| self.cannot_write(wrong))?)
            }
            _ => "{}".to_owned(),
        };
        let mut host = self.host.clone();
        set(&mut host, self.facts(call.host.as_ref(), &self.stage.program.host)?);
        let mut line = vec![
            ("agent", quoted(&self.agent)),
            ("tenant", quoted(&self.tenant)),
            ("user", quoted(&self.user)),
            ("job", self.job.clone()),
        ];
        line.extend(self.skill.as_ref().map(|skill| ("skill", self.skill(skill))));
        line.extend([("tool", quoted(&wire(call, tool))), ("args", args)]);
        for (name, facts) in [("auth", &self.auth), ("host", &host)] {
            if !facts.is_empty() {
                line.push((name, object(facts.clone())));
            }
        }
        Ok(self.line(&line))
    }

    /// The tool that a call means: one that is declared, else what stands for its name.
    fn tool(&self, call: &CallStep) -> Option<&'p typed::Tool> {
        let (tools, name) = (&self.stage.program.tools, call.tool.text());
        let quoted = matches!(call.tool, ast::ToolRef::Wire(_));
        let named = tools.iter().find(|tool| !quoted && tool.name == name);
        let declared = named.or_else(|| tools.iter().find(|tool| tool.wire == name));
        declared.or_else(|| {
            let Lookup::Known(id) = self.stage.contract.tool(&name) else { return None };
            let program = self.stage.contract.program();
            let origin = program.tools.get(id.index())?.origin;
            tools.iter().find(|tool| self.is_at(tool.span, origin))
        })
    }

    fn is_at(&self, span: Span, origin: Origin) -> bool {
        let file = self.stage.contract.program().files.get(origin.file.index());
        let here = self.stage.sources.get(span.file);
        (span.start, span.end) == (origin.start, origin.end)
            && file.zip(here).is_some_and(|(file, here)| **file == *here.name)
    }

    /// How `on` blocks read a parameter more finely.
    fn finer(&self, wire: &str, field: &Field) -> Vec<&'p Form> {
        let Lookup::Known(id) = self.stage.contract.tool(wire) else { return Vec::new() };
        let Some(tool) = self.stage.contract.program().tools.get(id.index()) else { return Vec::new() };
        let reads =
            |param: u32| tool.params.get(param as usize).is_some_and(|param| param.wire == field.wire);
        tool.views.iter().filter(|view| reads(view.param)).map(|view| &view.form).collect()
    }

    /// A job, with what the host binds to it.
    fn opened(&self, id: &str, bound: Option<&(ast::Name, Option<ast::Value>)>) -> Result<String, Wrong> {
        let Some((kind, values)) = bound else { return Ok(quoted(id)) };
        let declared = self.stage.program.jobs.iter().find(|job| job.name.node == kind.node);
        let fields = declared.map(|job| job.fields.as_slice()).unwrap_or_default();
        let with = object(self.facts(values.as_ref(), fields)?);
        let parts = [("id", quoted(id)), ("as", quoted(&kind.node)), ("with", with)];
        Ok(object(parts.map(|(name, value)| (name.to_owned(), value)).into()))
    }

    /// A skill, with the digest of the bundle that the contract pins: the one that its calls come with.
    fn skill(&self, name: &str) -> String {
        let declared = self.stage.program.skills.iter().find(|skill| skill.name.node == name);
        match declared.and_then(|skill| skill.digest.as_ref()) {
            Some(digest) => {
                let parts = [("name", quoted(name)), ("digest", quoted(&format!("sha256:{digest}")))];
                object(parts.map(|(name, value)| (name.to_owned(), value)).into())
            }
            None => quoted(name),
        }
    }

    fn lifted(&self, what: &str, id: Option<String>) -> Vec<(&'static str, String)> {
        let own = match what {
            "job" => quoted(&self.job_id),
            "agent" => quoted(&self.agent),
            _ => "true".to_owned(),
        };
        let mut of = vec![(what.to_owned(), id.unwrap_or(own))];
        if matches!(what, "job" | "agent") {
            of.push(("tenant".to_owned(), quoted(&self.tenant)));
        }
        vec![("lift", object(of))]
    }

    /// Entries with what is declared of them, as JSON.
    fn facts(&self, value: Option<&ast::Value>, fields: &'p [Field]) -> Result<Vec<(String, String)>, Wrong> {
        let Some(ast::Value::Record(entries, _)) = value else { return Ok(Vec::new()) };
        let written =
            self.writer.entries(entries, |entry| find(fields, entry).map(|field| (field, Vec::new())));
        written.map_err(|wrong| self.cannot_write(wrong))
    }

    fn cannot_write(&self, wrong: Unwritable) -> Wrong {
        let text = self.stage.sources.text(wrong.span);
        unplayable(wrong.span, &format!("`{text}` cannot stand here: {}", wrong.why))
    }

    /// Lets people vote on a challenge: as many as it takes to approve it, or one who refuses.
    fn answer(&self, span: Span, ask: &Ask, approves: bool) -> Result<(), Wrong> {
        let people = if approves { ask.count } else { 1 };
        for number in 1..=people {
            let (user, groups) = match &ask.who {
                Asked::User => (self.user.clone(), Vec::new()),
                Asked::Anyone => (self.stranger(number), Vec::new()),
                Asked::Groups(groups) => (self.stranger(number), groups.iter().take(1).collect()),
            };
            let groups = groups.into_iter().map(|group: &String| quoted(group)).collect::<Vec<_>>().join(",");
            let by = format!("{{\"user\":{},\"groups\":[{groups}]}}", quoted(&user));
            let verb = if approves { "approve" } else { "refuse" };
            let parts = [(verb, quoted(&ask.id)), ("challenge", quoted(&ask.name)), ("by", by)];
            self.tell(span, &parts)?;
        }
        Ok(())
    }

    /// Somebody else than those on whose behalf the call is made.
    fn stranger(&self, number: u32) -> String {
        let mut name = format!("approver-{number}");
        while name == self.user || name == self.agent {
            name.push('x');
        }
        name
    }

    fn settle_named(&self, span: Span, name: &ast::Name, outcome: &'p Outcome) -> Result<(), Wrong> {
        match self.named.get(name.node.as_str()) {
            Some(call) if call.allowed => self.settle(span, &call.id, call.tool, Some(outcome)),
            _ => {
                Err(unplayable(span, &format!("the call `{}` was not allowed, so it cannot end", name.node)))
            }
        }
    }

    fn settle(
        &self,
        span: Span,
        id: &str,
        tool: Option<&'p typed::Tool>,
        outcome: Option<&'p Outcome>,
    ) -> Result<(), Wrong> {
        let word = match outcome {
            None | Some(Outcome::Returns(_)) => "ok",
            Some(Outcome::Fails(_)) => "error",
            Some(Outcome::Unknown(_)) => "unknown",
            Some(Outcome::NotSent(_)) => "not_sent",
        };
        let mut parts = vec![("settle", quoted(id)), ("outcome", quoted(word))];
        if let Some(Outcome::Returns(value)) = outcome {
            let fields = tool.map(|tool| tool.results.as_slice()).unwrap_or_default();
            let result = match value {
                ast::Value::Record(..) => Ok(object(self.facts(Some(value), fields)?)),
                value => self.writer.value(value, &Default::default()),
            };
            parts.push(("result", result.map_err(|wrong| self.cannot_write(wrong))?));
        }
        self.tell(span, &parts)
    }

    /// A line, at the time of the test.
    fn line(&self, parts: &[(&str, String)]) -> String {
        let mut all = vec![("at".to_owned(), quoted(&self.now.to_string()))];
        all.extend(parts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        object(all)
    }

    fn decide(&self, span: Span, line: &str) -> Result<Decision, Wrong> {
        match self.gate.line(line.as_bytes()) {
            Line::Decision(decision) => Ok(*decision),
            Line::Refused(error) => {
                Err(unplayable(span, &format!("the gate refuses the call: {}", error.message)))
            }
            Line::Done => Err(unplayable(span, "the gate does not take this for a call")),
        }
    }

    /// Tells the gate of something that is no call.
    fn tell(&self, span: Span, parts: &[(&str, String)]) -> Result<(), Wrong> {
        match self.gate.line(self.line(parts).as_bytes()) {
            Line::Done => Ok(()),
            Line::Refused(error) => Err(unplayable(span, &error.message)),
            Line::Decision(_) => Err(unplayable(span, "the gate takes this for a call")),
        }
    }
}

fn unplayable(span: Span, why: &str) -> Wrong {
    Box::new(problem::unplayable(span, why))
}

/// The name of a call's tool on the wire.
fn wire(call: &CallStep, tool: Option<&typed::Tool>) -> String {
    let exact =
        tool.filter(|tool| matches!(tool.kind, typed::ToolKind::Declared | typed::ToolKind::Pinned { .. }));
    exact.map_or_else(|| call.tool.text(), |tool| tool.wire.clone())
}

/// Replaces the facts of these names, and adds the others.
fn set(facts: &mut Vec<(String, String)>, new: Vec<(String, String)>) {
    facts.retain(|(name, _)| new.iter().all(|(other, _)| other != name));
    facts.extend(new);
}

/// The answers that a step gives, by challenge: true for an approval.
fn answers(call: &CallStep) -> Vec<(&str, bool)> {
    let approved = call.approved.iter().map(|name| (name.node.as_str(), true));
    approved.chain(call.refused.iter().map(|name| (name.node.as_str(), false))).collect()
}
