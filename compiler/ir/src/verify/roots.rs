//! Roots: what rules, charges, onces, tools and challenges read, in the frames of their tools.

use super::frames::{Frame, Frames};
use super::nodes::Below;
use super::verified::Reads;
use super::walk::{Ground, Walk};
use super::{Fault, entry, is_doubled};
use crate::challenge::Challenge;
use crate::frame::Tool;
use crate::limit::{Charge, Meter};
use crate::program::{NodeId, Program, ToolId};
use crate::rule::{Effect, Once, Rule};
use crate::value::Ty;

/// What rules, charges and onces read, each in the order of its table.
#[derive(Clone, Debug)]
pub(super) struct Roots {
    pub rules: Vec<Reads>,
    pub charges: Vec<Reads>,
    pub onces: Vec<Reads>,
}

pub(super) fn check(program: &Program, frames: &Frames, nodes: &[Below]) -> Result<Roots, Fault> {
    let ground = Ground::new(program, frames, nodes);
    for (id, tool) in (0..).map(ToolId).zip(&program.tools) {
        self::tool(&ground, id, tool)?;
    }
    for (index, challenge) in program.challenges.iter().enumerate() {
        self::challenge(&ground, index, challenge)?;
    }
    let rules = program.rules.iter().enumerate().map(|(index, rule)| self::rule(&ground, index, rule));
    let charges = program.charges.iter().map(|charge| self::charge(&ground, charge));
    let onces = program.onces.iter().enumerate().map(|(index, once)| self::once(&ground, index, once));
    Ok(Roots {
        rules: rules.collect::<Result<_, _>>()?,
        charges: charges.collect::<Result<_, _>>()?,
        onces: onces.collect::<Result<_, _>>()?,
    })
}

fn rule(ground: &Ground<'_>, index: usize, rule: &Rule) -> Result<Reads, Fault> {
    let program = ground.program;
    if is_doubled(&rule.tools) {
        return Err(Fault::Shape { what: "a rule names a tool twice", index });
    }
    for id in &rule.tools {
        let tool = entry("tool", &program.tools, id.0)?;
        // A flow that the tool takes no part in has no movements, and the rule would never be asked.
        if rule.flow.is_some_and(|flow| tool.flows.iter().all(|(part, _)| *part != flow)) {
            return Err(Fault::Shape {
                what: "a rule stands in a flow that its tool takes no part in",
                index,
            });
        }
    }
    match rule.effect {
        Effect::Challenge(id) => {
            entry("challenge", &program.challenges, id.0)?;
        }
        Effect::Deliver { most } if most < 0 => {
            return Err(Fault::Shape { what: "a rule delivers fewer records than none", index });
        }
        _ => {}
    }
    let mut walk = Walk::new(ground, Frame::Tools(&rule.tools));
    walk.guard(rule.guard)?;
    if let Some(each) = rule.each {
        walk.each(each.var, each.list)?;
    }
    walk.truth(rule.condition)?;
    walk.templates(rule.because.iter().chain(&rule.audit))?;
    Ok(walk.finish())
}

fn charge(ground: &Ground<'_>, charge: &Charge) -> Result<Reads, Fault> {
    let program = ground.program;
    let limit = entry("limit", &program.limits, charge.limit.0)?;
    entry("tool", &program.tools, charge.tool.0)?;
    let tools = [charge.tool];
    let mut walk = Walk::new(ground, Frame::Tools(&tools));
    walk.guard(charge.guard)?;
    keys(&mut walk, &charge.keys, &limit.keys)?;
    for (line, bound) in charge.lines.iter().zip(&limit.bounds) {
        let Some(line) = line else { continue };
        if let Some(when) = line.when {
            walk.truth(when)?;
        }
        keys(&mut walk, &line.keys, &bound.keys)?;
        match (line.amount, bound.meter) {
            (Some(amount), Meter::Tokens) => walk.is(amount, &Ty::Int, "a number of tokens")?,
            (Some(amount), Meter::Cost(currency) | Meter::Sum(currency)) => {
                walk.is(amount, &Ty::Money(currency), "an amount of its bound's currency")?;
            }
            // What counts calls adds nothing up: see `limits`.
            _ => {}
        }
        walk.templates(line.because.iter().chain(&line.audit))?;
    }
    Ok(walk.finish())
}

fn keys(walk: &mut Walk<'_>, keys: &[NodeId], types: &[Ty]) -> Result<(), Fault> {
    keys.iter().zip(types).try_for_each(|(&key, ty)| walk.is(key, ty, "a key of its limit's type"))
}

fn once(ground: &Ground<'_>, index: usize, once: &Once) -> Result<Reads, Fault> {
    entry("tool", &ground.program.tools, once.tool.0)?;
    if once.replay.is_some_and(|replay| replay <= agentpass_values::Duration::ZERO) {
        return Err(Fault::Shape { what: "a once is replayed for no time at all", index });
    }
    let tools = [once.tool];
    let mut walk = Walk::new(ground, Frame::Tools(&tools));
    walk.guard(once.guard)?;
    for &key in &once.keys {
        if !walk.value(key)?.is_data() {
            return Err(Fault::Type { node: key.0, expected: "a key" });
        }
    }
    walk.templates(once.because.iter().chain(&once.audit))?;
    Ok(walk.finish())
}

fn tool(ground: &Ground<'_>, id: ToolId, tool: &Tool) -> Result<(), Fault> {
    let index = id.index();
    if is_doubled(tool.flows.iter().map(|(flow, _)| flow)) {
        return Err(Fault::Shape { what: "a tool names a flow twice", index });
    }
    let tools = [id];
    let mut walk = Walk::new(ground, Frame::Tools(&tools));
    for (flow, condition) in &tool.flows {
        entry("flow", &ground.program.flows, flow.0)?;
        if let Some(condition) = condition {
            walk.truth(*condition)?;
        }
    }
    for at in tool.sends.iter().filter_map(|sending| sending.at) {
        if !matches!(one_or_more(walk.value(at)?), Ty::Domain) {
            return Err(Fault::Type { node: at.0, expected: "a domain or a list of domains" });
        }
    }
    for crossing in &tool.crossings {
        for end in [crossing.from, crossing.to] {
            if !matches!(walk.value(end)?, Ty::Text | Ty::Folded) {
                return Err(Fault::Type { node: end.0, expected: "a text" });
            }
        }
        for &label in &crossing.labels {
            if !matches!(one_or_more(walk.value(label)?), Ty::Text | Ty::Folded) {
                return Err(Fault::Type { node: label.0, expected: "a text or a list of texts" });
            }
        }
    }
    Ok(())
}

fn one_or_more(ty: &Ty) -> &Ty {
    ty.element().unwrap_or(ty)
}

fn challenge(ground: &Ground<'_>, index: usize, challenge: &Challenge) -> Result<(), Fault> {
    let twice = is_doubled(challenge.binds.iter().map(|(tool, _)| tool))
        || is_doubled(challenge.shows.iter().map(|(tool, _)| tool));
    if twice {
        return Err(Fault::Shape { what: "a challenge names a tool twice", index });
    }
    for (tool, values) in &challenge.binds {
        entry("tool", &ground.program.tools, tool.0)?;
        let tools = [*tool];
        let mut walk = Walk::new(ground, Frame::Tools(&tools));
        for &value in values {
            if !walk.value(value)?.is_data() {
                return Err(Fault::Type { node: value.0, expected: "a value that can be written down" });
            }
        }
    }
    for (tool, shown) in &challenge.shows {
        entry("tool", &ground.program.tools, tool.0)?;
        let tools = [*tool];
        let mut walk = Walk::new(ground, Frame::Tools(&tools));
        shown.iter().try_for_each(|(_, value)| walk.value(*value).map(|_| ()))?;
    }
    Ok(())
}
