//! From the checked program to the decision IR.
//!
//! Tools become frames ([`tools`]), conditions become nodes ([`expr`]), limits become what is kept and how calls count
//! against it ([`limits`]). A rule that reads arguments or facts is lowered once per tool, because a fact is another
//! expression in every tool (semantics 8); any other rule is lowered once.
//!
//! What the IR cannot say yet is refused by name and place ([`LowerError`]): a contract that loads means all that it says.

mod expr;
mod limits;
mod refused;
mod tools;

use std::collections::HashMap;
use std::sync::Arc;

use agentpass_grammar::{FileId, Sources, Span};
use agentpass_ir as ir;
use agentpass_values::{Date, Timestamp, Zone};
use sha2::{Digest, Sha256};

pub use refused::{Construct, LowerError};

use crate::typed::{self, Expr, ExprKind, Read, RuleKind};

/// Lowers a program that was checked without errors.
///
/// # Errors
/// Everything in it that cannot be lowered, in source order.
pub fn lower(program: &typed::Program, sources: &Sources) -> Result<ir::Program, Vec<LowerError>> {
    let mut lowering = Lowering::new(program, sources);
    lowering.whole_program();
    lowering.tools();
    lowering.contract();
    lowering.challenges();
    let blocks: &[typed::Block] = &program.blocks;
    for block in blocks {
        for rule in &block.rules {
            lowering.rule(block, rule);
        }
        for limit in &block.limits {
            lowering.limit(block, limit);
        }
    }
    lowering.finish()
}

/// Whoever lowers a part and cannot has reported why.
type Lowered<T> = Result<T, Refused>;

/// The reason stands among the errors.
struct Refused;

struct Lowering<'p> {
    program: &'p typed::Program,
    sources: &'p Sources,
    out: ir::Program,
    errors: Vec<LowerError>,
    /// Files by their number in the sources; in the IR they are sorted by name, so that source order is their order.
    files: HashMap<FileId, ir::FileId>,
    /// Tools by their index in the program; in the IR they are sorted by wire name.
    tools: HashMap<usize, ir::ToolId>,
}

impl<'p> Lowering<'p> {
    fn new(program: &'p typed::Program, sources: &'p Sources) -> Self {
        let mut named: Vec<(&str, FileId)> = sources.iter().map(|(id, file)| (&*file.name, id)).collect();
        named.sort_unstable();
        let files = (0..).map(ir::FileId).zip(&named).map(|(to, (_, from))| (*from, to)).collect();
        let out = ir::Program {
            files: named.iter().map(|(name, _)| (*name).to_owned()).collect(),
            ..ir::Program::default()
        };
        Self { program, sources, out, errors: Vec::new(), files, tools: HashMap::new() }
    }

    fn refuse<T>(&mut self, construct: Construct, span: Span) -> Lowered<T> {
        let error = LowerError { construct, span };
        // A rule for twenty tools is refused once.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
        Err(Refused)
    }

    fn origin(&self, span: Span) -> ir::Origin {
        let file = self.files.get(&span.file).copied().unwrap_or(ir::FileId(u32::MAX));
        let position = self.sources.get(span.file).map(|file| file.position(span.start));
        ir::Origin {
            file,
            start: span.start,
            end: span.end,
            line: position.map_or(0, |at| at.line),
            column: position.map_or(0, |at| at.column),
        }
    }

    /// Whatever changes decisions and has no room in the IR yet.
    fn whole_program(&mut self) {
        let program = self.program;
        let params = program.params.iter().map(|param| (Construct::Param, param.name.span));
        let host = program.host.iter().map(|field| (Construct::Host, field.span));
        let jobs = program.jobs.iter().map(|job| (Construct::Job, job.name.span));
        let events = program.events.iter().map(|event| (Construct::Event, event.name.span));
        let flows = program.flows.iter().map(|flow| (Construct::Flow, flow.span));
        let skills = program.skills.iter().map(|skill| (Construct::Skill, skill.name.span));
        for (construct, span) in params.chain(host).chain(jobs).chain(events).chain(flows).chain(skills) {
            let _ = self.refuse::<()>(construct, span);
        }
    }

    fn contract(&mut self) {
        let Some(contract) = &self.program.contract else {
            let _ = self.refuse::<()>(Construct::NoContract, Span::default());
            return;
        };
        let midnight = |day: &String, next: bool| -> Option<Timestamp> {
            let date = Date::parse(day).ok()?;
            Zone::utc().start_of_date(if next { date.tomorrow()? } else { date })
        };
        let from = contract.valid_from.as_ref().map(|day| midnight(day, false));
        let until = contract.valid_until.as_ref().map(|day| midnight(day, true));
        if from == Some(None) || until == Some(None) {
            let _ = self.refuse::<()>(Construct::Validity, contract.name.span);
        }
        self.out.contract = ir::Contract {
            name: contract.name.node.clone(),
            version: contract.version.clone(),
            digest: [0; 32],
            agents: contract.agents.clone(),
            valid_from: from.flatten(),
            valid_before: until.flatten(),
        };
    }

    fn challenges(&mut self) {
        let program = self.program;
        for challenge in &program.challenges {
            let span = challenge.name.span;
            if !challenge.binds.is_empty() {
                let _ = self.refuse::<()>(Construct::Binds, span);
            }
            if !challenge.shows.is_empty() {
                let _ = self.refuse::<()>(Construct::Shows, span);
            }
            if challenge.reusable.is_some() {
                let _ = self.refuse::<()>(Construct::Reusable, span);
            }
            if challenge.separate.iter().any(|from| from != "user") {
                let _ = self.refuse::<()>(Construct::Separate, span);
            }
            self.out.challenges.push(ir::Challenge {
                name: challenge.name.node.clone(),
                count: challenge.count,
                who: match &challenge.who {
                    typed::Asked::Groups(groups) => ir::Asked::Groups(groups.clone()),
                    typed::Asked::User => ir::Asked::User,
                    typed::Asked::Anyone => ir::Asked::Anyone,
                },
                separate_from_user: challenge.separate.iter().any(|from| from == "user"),
                expires: challenge.expires,
                origin: self.origin(span),
            });
        }
    }

    fn rule(&mut self, block: &typed::Block, rule: &typed::Rule) {
        let per_tool = rule_parts(rule).iter().any(|expr| depends_on_tool(expr));
        let tools: Vec<(usize, ir::ToolId)> =
            block.targets.iter().filter_map(|tool| Some((*tool, *self.tools.get(tool)?))).collect();
        let instances: Vec<(Option<usize>, Vec<ir::ToolId>)> = if per_tool {
            tools.iter().map(|(tool, id)| (Some(*tool), vec![*id])).collect()
        } else if tools.is_empty() {
            Vec::new()
        } else {
            vec![(None, tools.iter().map(|(_, id)| *id).collect())]
        };
        for (tool, ids) in instances {
            if let Ok(rule) = self.instance(tool, ids, rule) {
                self.out.rules.push(rule);
            }
        }
    }

    /// One rule for the frames of these tools.
    fn instance(
        &mut self,
        tool: Option<usize>,
        tools: Vec<ir::ToolId>,
        rule: &typed::Rule,
    ) -> Lowered<ir::Rule> {
        let mut cx = expr::Cx::new(tool);
        let guard = self.guards(&mut cx, &rule.guards, rule.span)?;
        let always =
            |lowering: &mut Self, truth| lowering.node(ir::Op::Known(truth), ir::Ty::Truth, rule.span);
        let (effect, each, condition) = match &rule.kind {
            RuleKind::Require(condition) => (ir::Effect::Require, None, self.truth(&mut cx, condition)?),
            RuleKind::RequireEach(each) => {
                let (each, body) = self.each(&mut cx, each)?;
                (ir::Effect::Require, Some(each), body)
            }
            RuleKind::Deny(None) => (ir::Effect::Deny, None, always(self, true)?),
            RuleKind::Deny(Some(condition)) => (ir::Effect::Deny, None, self.truth(&mut cx, condition)?),
            RuleKind::DenyEach(each) => {
                let (each, body) = self.each(&mut cx, each)?;
                (ir::Effect::Deny, Some(each), body)
            }
            RuleKind::Challenge { challenge, each, when } => {
                let id = u32::try_from(*challenge).unwrap_or(u32::MAX);
                let effect = ir::Effect::Challenge(ir::ChallengeId(id));
                match (each, when) {
                    (None, None) => (effect, None, always(self, true)?),
                    (None, Some(when)) => (effect, None, self.truth(&mut cx, when)?),
                    (Some(each), None) => {
                        let (each, body) = self.each(&mut cx, each)?;
                        (effect, Some(each), body)
                    }
                    (Some(_), Some(when)) => return self.refuse(Construct::EachAndWhen, when.span),
                }
            }
            RuleKind::Once { .. } => return self.refuse(Construct::Once, rule.span),
            RuleKind::RecordsAtMost(_) => return self.refuse(Construct::Records, rule.span),
        };
        Ok(ir::Rule {
            id: rule.id.clone(),
            tools,
            guard,
            each,
            condition,
            effect,
            because: self.template(&mut cx, rule.because.as_ref())?,
            audit: self.template(&mut cx, rule.audit.as_ref())?,
            origin: self.origin(rule.span),
        })
    }

    fn each(&mut self, cx: &mut expr::Cx, each: &typed::Each) -> Lowered<(ir::Each, ir::NodeId)> {
        let list = self.value(cx, &each.list)?;
        let var = self.bind_element(cx, each.var, list, each.list.span)?;
        let body = self.truth(cx, &each.body)?;
        // The variable stays bound: the message may show it.
        Ok((ir::Each { var, list }, body))
    }

    fn guards(&mut self, cx: &mut expr::Cx, guards: &[Arc<Expr>], span: Span) -> Lowered<Option<ir::NodeId>> {
        let mut all = Vec::with_capacity(guards.len());
        for guard in guards {
            all.push(self.truth(cx, guard)?);
        }
        match all.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => self.node(ir::Op::All(all), ir::Ty::Truth, span).map(Some),
        }
    }

    fn template(
        &mut self,
        cx: &mut expr::Cx,
        template: Option<&typed::Template>,
    ) -> Lowered<Option<ir::Template>> {
        let Some(template) = template else { return Ok(None) };
        let mut parts = Vec::with_capacity(template.parts.len());
        for part in &template.parts {
            parts.push(match part {
                typed::TemplatePart::Text(text) => ir::Part::Text(text.clone()),
                typed::TemplatePart::Hole(hole) => ir::Part::Value(self.value(cx, hole)?),
            });
        }
        Ok(Some(ir::Template { parts }))
    }

    fn finish(mut self) -> Result<ir::Program, Vec<LowerError>> {
        if !self.errors.is_empty() {
            self.errors.sort_by_key(|error| (error.span.file.0, error.span.start));
            return Err(self.errors);
        }
        self.out.rules.sort_by_key(|rule| (rule.origin.file, rule.origin.start));
        self.out.contract.digest = Sha256::digest(ir::listing(&self.out)).into();
        Ok(self.out)
    }
}

/// Every expression of a rule.
fn rule_parts(rule: &typed::Rule) -> Vec<&Expr> {
    let mut parts: Vec<&Expr> = rule.guards.iter().map(|guard| &**guard).collect();
    match &rule.kind {
        RuleKind::Require(condition) | RuleKind::RecordsAtMost(condition) => parts.push(condition),
        RuleKind::RequireEach(each) | RuleKind::DenyEach(each) => parts.extend([&each.list, &each.body]),
        RuleKind::Deny(condition) => parts.extend(condition),
        RuleKind::Challenge { each, when, .. } => {
            parts.extend(each.iter().flat_map(|each| [&each.list, &each.body]));
            parts.extend(when);
        }
        RuleKind::Once { keys, .. } => parts.extend(keys),
    }
    for template in rule.because.iter().chain(&rule.audit) {
        parts.extend(template.parts.iter().filter_map(|part| match part {
            typed::TemplatePart::Hole(hole) => Some(hole),
            typed::TemplatePart::Text(_) => None,
        }));
    }
    parts
}

/// True where the expression is another one in another tool.
fn depends_on_tool(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |expr| {
        found |=
            matches!(&expr.kind, ExprKind::Read(Read::Arg(_) | Read::Fact(_) | Read::Tool | Read::Digest));
    });
    found
}
