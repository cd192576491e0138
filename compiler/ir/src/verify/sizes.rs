//! How much there may be of everything. What a program costs to check and to run follows from these bounds.

use super::{
    Fault, MAX_FAMILIES, MAX_KEYS, MAX_LINKS, MAX_NEST, MAX_NODES, MAX_PARAMS, MAX_PATTERNS, MAX_PIECES,
    MAX_TABLE, at_most,
};
use crate::challenge::Asked;
use crate::flow::Flow;
use crate::frame::{Tool, ToolName};
use crate::node::{Op, ToolPattern};
use crate::past::{Keep, Monitor};
use crate::program::Program;
use crate::schema::Demand;
use crate::value::Value;

pub(super) fn check(program: &Program) -> Result<(), Fault> {
    tables(program)?;
    links(program)?;
    program.tools.iter().try_for_each(tool)?;
    program.nodes.iter().try_for_each(|node| op(&node.op))?;
    program.monitors.iter().try_for_each(monitor)?;
    program
        .flows
        .iter()
        .try_for_each(|flow: &Flow| at_most("labels of a flow", flow.labels.len(), MAX_PARAMS))?;
    for record in &program.records {
        at_most("fields of a record", record.fields.len(), MAX_PARAMS)?;
    }
    for event in &program.events {
        at_most("fields of an event", event.fields.len(), MAX_PARAMS)?;
    }
    for limit in &program.limits {
        at_most("keys of a limit", limit.keys.len(), MAX_KEYS)?;
        at_most("bounds of a limit", limit.bounds.len(), MAX_PARAMS)?;
        for bound in &limit.bounds {
            at_most("keys of a bound", bound.keys.len(), MAX_KEYS)?;
        }
    }
    for once in &program.onces {
        at_most("keys of a once", once.keys.len(), MAX_KEYS)?;
    }
    for challenge in &program.challenges {
        if let Asked::Groups(groups) = &challenge.who {
            at_most("groups of a challenge", groups.len(), MAX_PARAMS)?;
        }
        for (_, binds) in &challenge.binds {
            at_most("values that a challenge binds", binds.len(), MAX_PARAMS)?;
        }
        for (_, shows) in &challenge.shows {
            at_most("values that a challenge shows", shows.len(), MAX_PARAMS)?;
        }
    }
    for (_, pattern) in program.skills.iter().flat_map(|skill| &skill.invokes) {
        pattern.iter().try_for_each(self::pattern)?;
    }
    constants(program)
}

fn tables(program: &Program) -> Result<(), Fault> {
    let large = [
        ("nodes", program.nodes.len()),
        ("constants", program.consts.len()),
        ("charges", program.charges.len()),
    ];
    large.into_iter().try_for_each(|(what, size)| at_most(what, size, MAX_NODES))?;
    let tables = [
        ("files", program.files.len()),
        ("records", program.records.len()),
        ("schemas", program.schemas.len()),
        ("tools", program.tools.len()),
        ("events", program.events.len()),
        ("rules", program.rules.len()),
        ("onces", program.onces.len()),
        ("limits", program.limits.len()),
        ("monitors", program.monitors.len()),
        ("guarded labels", program.guarded.len()),
        ("flows", program.flows.len()),
        ("skills", program.skills.len()),
        ("challenges", program.challenges.len()),
    ];
    tables.into_iter().try_for_each(|(what, size)| at_most(what, size, MAX_TABLE))?;
    at_most("facts of the host", program.host.len(), MAX_PARAMS)?;
    at_most("facts of jobs", program.job.len(), MAX_PARAMS)?;
    let families = program.tools.iter().filter(|tool| matches!(tool.name, ToolName::Family(..))).count();
    at_most("families of tools", families, MAX_FAMILIES)
}

/// What many entries list together.
fn links(program: &Program) -> Result<(), Fault> {
    let links = [
        ("tools of rules", program.rules.iter().map(|rule| rule.tools.len()).sum()),
        ("flows of tools", program.tools.iter().map(|tool| tool.flows.len()).sum()),
        ("tools of skills", program.skills.iter().map(|skill| skill.invokes.len()).sum()),
        (
            "tools of challenges",
            program.challenges.iter().map(|challenge| challenge.binds.len() + challenge.shows.len()).sum(),
        ),
    ];
    links.into_iter().try_for_each(|(what, size): (_, usize)| at_most(what, size, MAX_LINKS))
}

fn tool(tool: &Tool) -> Result<(), Fault> {
    let lists = [
        ("parameters", tool.params.len()),
        ("views", tool.views.len()),
        ("results", tool.results.len()),
        ("sources that a tool reads", tool.reads.len()),
        ("labels that a tool releases", tool.releases.as_ref().map_or(0, Vec::len)),
        ("ways out of a tool", tool.sends.len()),
        ("crossings", tool.crossings.len()),
        ("labels of a source", tool.reads.iter().map(|read| read.labels.len()).max().unwrap_or_default()),
        ("labels of a crossing", tool.crossings.iter().map(|it| it.labels.len()).max().unwrap_or_default()),
    ];
    lists.into_iter().try_for_each(|(what, size)| at_most(what, size, MAX_PARAMS))?;
    match &tool.name {
        ToolName::Family(_, pattern) => self::pattern(pattern),
        _ => Ok(()),
    }
}

fn op(op: &Op) -> Result<(), Fault> {
    if let Op::Named(pattern) = op {
        self::pattern(pattern)?;
    }
    if let Op::After(after) | Op::CallsSince(after) | Op::SumSince(after) = op {
        at_most("questions in one `after`", after.without.len(), MAX_KEYS)?;
    }
    op.recalls().try_for_each(|recall| at_most("keys of a question to the past", recall.keys.len(), MAX_KEYS))
}

fn monitor(monitor: &Monitor) -> Result<(), Fault> {
    at_most("keys of a monitor", monitor.join.len(), MAX_KEYS)?;
    match &monitor.keep {
        Keep::Latest(kept) | Keep::First(kept) => at_most("parts of a past call", kept.len(), MAX_PARAMS),
        _ => Ok(()),
    }
}

/// The work of holding a name against a pattern is the product of their lengths.
fn pattern(pattern: &ToolPattern) -> Result<(), Fault> {
    let pieces: usize = pattern.alternatives.iter().map(|pieces| pieces.len().saturating_add(1)).sum();
    at_most("pieces of a pattern of names", pieces, MAX_PIECES)
}

fn constants(program: &Program) -> Result<(), Fault> {
    let mut patterns = 0;
    for (index, value) in program.consts.iter().enumerate() {
        constant(value, index, MAX_NEST, &mut patterns)?;
    }
    for demand in program.schemas.iter().flat_map(|schema| &schema.demands) {
        patterns += match demand {
            Demand::Matches(_) => 1,
            Demand::Properties { matching, .. } => matching.len(),
            _ => 0,
        };
    }
    at_most("patterns", patterns, MAX_PATTERNS)
}

fn constant(value: &Value, index: usize, nest: usize, patterns: &mut usize) -> Result<(), Fault> {
    let deeper = || nest.checked_sub(1).ok_or(Fault::Bound { what: "levels of a value", most: MAX_NEST });
    match value {
        Value::Shell(..) | Value::Command(_) => {
            Err(Fault::Shape { what: "a command line is no constant", index })
        }
        Value::Pattern(_) => {
            *patterns += 1;
            Ok(())
        }
        Value::List(all) => {
            let nest = deeper()?;
            all.iter().try_for_each(|value| constant(value, index, nest, patterns))
        }
        Value::Record(fields) => {
            let nest = deeper()?;
            fields.iter().flatten().try_for_each(|value| constant(value, index, nest, patterns))
        }
        _ => Ok(()),
    }
}
