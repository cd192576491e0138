//! Questions to the past that a new contract asks and the old one did not: they begin blank.
//!
//! A monitor knows what it has seen. One that watches something else than before, or looks further back, has not seen what was there
//! before the reload. A rule that asks it takes that for nothing having happened, and `deny when after A` passes then. What could not
//! have happened under the old contract, because it has no such tool or event, nobody forgets.

use agentpass_ir::{
    Keep, Lookup, Monitor, NodeId, Part, Phase, Program, Subject, Template, ToolName, Verified,
};
use agentpass_values::{Duration, escape};

use crate::plan::Plan;

/// A question to the past that begins blank.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Blank {
    /// The rule, limit, key or flow that asks it, by its stable name.
    pub asks: String,
    /// What it asks about, for people: `completed calls of look`.
    pub about: String,
}

/// The questions of a new contract that begin blank, in the order of their names.
pub(super) fn blank(contract: &Verified, plan: &Plan, old_contract: &Verified, old: &Plan) -> Vec<Blank> {
    let program = contract.program();
    let begins: Vec<Option<String>> = program
        .monitors
        .iter()
        .zip(&plan.monitors)
        .map(|(monitor, name)| {
            let known = old.monitor_named(name);
            match known.and_then(|id| old_contract.program().monitors.get(id.index())) {
                Some(known) => looks_further(monitor, known)
                    .then(|| format!("{} further back than they were kept", about(program, monitor))),
                None => could_have_been(program, monitor, old_contract).then(|| about(program, monitor)),
            }
        })
        .collect();
    let mut found: Vec<Blank> = Vec::new();
    if begins.iter().all(Option::is_none) {
        return found;
    }
    for (asks, roots) in clauses(program) {
        let mut seen = vec![false; program.nodes.len()];
        let mut open: Vec<NodeId> = roots;
        while let Some(id) = open.pop() {
            let Some(first) = seen.get_mut(id.index()).filter(|seen| !**seen) else { continue };
            *first = true;
            let Some(node) = program.nodes.get(id.index()) else { continue };
            node.op.children(&mut |child| open.push(child));
            for recall in node.op.recalls() {
                if let Some(Some(about)) = begins.get(recall.monitor.index()) {
                    found.push(Blank { asks: asks.clone(), about: about.clone() });
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Every clause that may ask, with what it evaluates.
fn clauses(program: &Program) -> Vec<(String, Vec<NodeId>)> {
    let mut all = Vec::new();
    for rule in &program.rules {
        let mut roots: Vec<NodeId> = rule.guard.into_iter().chain([rule.condition]).collect();
        roots.extend(rule.each.map(|each| each.list));
        roots.extend(shown(&rule.because).chain(shown(&rule.audit)));
        all.push((rule.id.clone(), roots));
    }
    for once in &program.onces {
        let mut roots: Vec<NodeId> = once.guard.into_iter().chain(once.keys.iter().copied()).collect();
        roots.extend(shown(&once.because).chain(shown(&once.audit)));
        all.push((once.id.clone(), roots));
    }
    for charge in &program.charges {
        let id = program.limits.get(charge.limit.index()).map_or("", |limit| limit.id.as_str());
        let mut roots: Vec<NodeId> = charge.guard.into_iter().chain(charge.keys.iter().copied()).collect();
        for line in charge.lines.iter().flatten() {
            roots.extend(line.when.into_iter().chain(line.amount).chain(line.keys.iter().copied()));
            roots.extend(shown(&line.because).chain(shown(&line.audit)));
        }
        all.push((id.to_owned(), roots));
    }
    for (flow, when) in program.tools.iter().flat_map(|tool| &tool.flows) {
        let id = program.flows.get(flow.index()).map_or("", |flow| flow.id.as_str());
        all.push((id.to_owned(), when.iter().copied().collect()));
    }
    for challenge in &program.challenges {
        let mut roots: Vec<NodeId> =
            challenge.binds.iter().flat_map(|(_, nodes)| nodes.iter().copied()).collect();
        roots.extend(challenge.shows.iter().flat_map(|(_, shown)| shown.iter().map(|(_, node)| *node)));
        all.push((challenge.name.clone(), roots));
    }
    all
}

/// The values that a message shows.
fn shown(text: &Option<Template>) -> impl Iterator<Item = NodeId> {
    text.iter().flat_map(|text| &text.parts).filter_map(|part| match part {
        Part::Value(node) => Some(*node),
        Part::Text(_) => None,
    })
}

/// True where something may have happened, under the old contract, that the monitor would have seen.
fn could_have_been(program: &Program, monitor: &Monitor, old: &Verified) -> bool {
    match monitor.of {
        Subject::Tool(id) => match program.tools.get(id.index()).map(|tool| &tool.name) {
            // One of a family that the old contract had may have been called as well.
            Some(ToolName::Exact(name)) => !matches!(old.tool(name), Lookup::Unknown),
            _ => true,
        },
        Subject::Event(id) => {
            let event = program.events.get(id.index());
            event.is_none_or(|event| old.event(&event.name).is_some())
        }
    }
}

/// True where somebody asks about a time that nobody had to keep.
fn looks_further(monitor: &Monitor, known: &Monitor) -> bool {
    match (reach(&monitor.keep), reach(&known.keep)) {
        (Some(now), Some(before)) => match (now, before) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(now), Some(before)) => now > before,
        },
        _ => false,
    }
}

/// How far back a monitor keeps what it saw: for ever where nothing stands. The name of the others says it.
fn reach(keep: &Keep) -> Option<Option<Duration>> {
    match keep {
        Keep::Spans { within }
        | Keep::Distinct { within, .. }
        | Keep::Runs { within, .. }
        | Keep::Spent { within, .. } => Some(*within),
        Keep::Latest(_) | Keep::First(_) | Keep::Count { .. } | Keep::Sum { .. } | Keep::Open => None,
    }
}

/// What a monitor watches, in words.
fn about(program: &Program, monitor: &Monitor) -> String {
    let phase = match monitor.phase {
        Phase::Attempted => "attempted",
        Phase::Started => "started",
        Phase::Completed => "completed",
        Phase::Failed => "failed",
    };
    match monitor.of {
        Subject::Event(id) => {
            let name = program.events.get(id.index()).map_or("", |event| event.name.as_str());
            format!("events `{}`", escape::shown(name))
        }
        Subject::Tool(id) => match program.tools.get(id.index()).map(|tool| &tool.name) {
            Some(ToolName::Exact(name)) => format!("{phase} calls of `{}`", escape::shown(name)),
            Some(ToolName::Family(pattern, _)) => format!("{phase} calls of `{}`", escape::shown(pattern)),
            Some(ToolName::Otherwise) | None => format!("{phase} calls of other tools"),
        },
    }
}
