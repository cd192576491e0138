//! Records, schemas, events, flows, skills, challenges and monitors as text.

use std::fmt::Write;

use agentpass_values::Duration;

use super::exprs::{expr, pattern};
use super::{between, forms, list, with};
use crate::challenge::{Asked, Challenge, Separate};
use crate::frame::Param;
use crate::past::{Join, Keep, Monitor, Phase, Scope, Subject};
use crate::program::Program;

pub(super) fn records(out: &mut String, program: &Program) {
    for (id, record) in program.records.iter().enumerate() {
        let open = if record.open { " open" } else { "" };
        let _ = writeln!(out, "\nrecord r{id} {:?}{open}", record.name);
        fields(out, program, &record.fields);
    }
}

pub(super) fn schemas(out: &mut String, program: &Program) {
    for (id, schema) in program.schemas.iter().enumerate() {
        let _ = writeln!(out, "\nschema j{id}");
        for demand in &schema.demands {
            let _ = writeln!(out, "    {demand:?}");
        }
    }
}

pub(super) fn events(out: &mut String, program: &Program) {
    for (id, event) in program.events.iter().enumerate() {
        let _ = writeln!(out, "\nevent e{id} {:?}", event.name);
        fields(out, program, &event.fields);
    }
}

fn fields(out: &mut String, program: &Program, fields: &[Param]) {
    for field in fields {
        let _ = writeln!(out, "    {}", forms::param(program, field));
    }
}

pub(super) fn flows(out: &mut String, program: &Program) {
    if !program.guarded.is_empty() {
        let _ = writeln!(out, "\nguarded {:?}", program.guarded);
    }
    for (id, flow) in program.flows.iter().enumerate() {
        let end = |end: &Option<String>| end.as_ref().map_or("any".to_owned(), |end| format!("{end:?}"));
        let ends = flow.ends.as_ref();
        let ends =
            ends.map_or("otherwise".to_owned(), |ends| format!("{} -> {}", end(&ends.from), end(&ends.to)));
        let all = if flow.all { "all of " } else { "" };
        let _ = writeln!(out, "\nflow f{id} {ends} carrying {all}{:?} as {:?}", flow.labels, flow.id);
    }
}

pub(super) fn skills(out: &mut String, program: &Program) {
    for (id, skill) in program.skills.iter().enumerate() {
        let digest = with("digest", skill.digest, |digest| {
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        });
        let invokes = between(&skill.invokes, ", ", |(tool, names)| {
            format!("t{}{}", tool.0, with("where", names.as_ref(), pattern))
        });
        let _ = writeln!(out, "\nskill k{id} {:?}{digest} invokes {invokes}", skill.name);
    }
}

pub(super) fn challenge(out: &mut String, program: &Program, id: usize, challenge: &Challenge) {
    let who = match &challenge.who {
        Asked::Groups(groups) => format!("of {groups:?}"),
        Asked::User => "user".to_owned(),
        Asked::Anyone => "anyone".to_owned(),
    };
    let _ = write!(out, "\nchallenge c{id} {:?} asks {} {who}", challenge.name, challenge.count);
    for separate in &challenge.separate {
        let _ = write!(
            out,
            " separate from {}",
            match separate {
                Separate::User => "user",
                Separate::Agent => "agent",
            }
        );
    }
    let expires = with("expires", challenge.expires, |time| time.to_string());
    let reusable = with("reusable for", challenge.reusable, |time| time.to_string());
    let _ = writeln!(out, "{expires}{reusable}");
    for (tool, values) in &challenge.binds {
        let _ = writeln!(out, "    t{} binds {}", tool.0, list(values, |&value| expr(program, value)));
    }
    for (tool, values) in &challenge.shows {
        let shows = list(values, |(name, value)| format!("{name:?} = {}", expr(program, *value)));
        let _ = writeln!(out, "    t{} shows {shows}", tool.0);
    }
}

pub(super) fn monitor(out: &mut String, program: &Program, id: usize, monitor: &Monitor) {
    let of = match monitor.of {
        Subject::Tool(tool) => format!("t{}", tool.0),
        Subject::Event(event) => format!("e{}", event.0),
    };
    let phase = match monitor.phase {
        Phase::Attempted => "attempted",
        Phase::Started => "started",
        Phase::Completed => "completed",
        Phase::Failed => "failed",
    };
    let scope = match monitor.scope {
        Scope::Job => "job",
        Scope::User => "user",
        Scope::Agent => "agent",
        Scope::Tenant => "tenant",
    };
    let join = |join: &Join| self::join(program, join);
    let _ = writeln!(out, "\nmonitor m{id} {phase} {of} in {scope} by {}", list(&monitor.join, join));
    for (word, node) in [("where", monitor.args), ("where result", monitor.result)] {
        if let Some(node) = node {
            let _ = writeln!(out, "    {word} {}", expr(program, node));
        }
    }
    let keeps = match &monitor.keep {
        Keep::Spans { within } => format!("spans {}", window(*within)),
        Keep::Latest(kept) | Keep::First(kept) => {
            let which = if matches!(monitor.keep, Keep::Latest(_)) { "latest" } else { "first" };
            let kept = list(kept, |kept| format!("{:?}: {} = {}", kept.name, kept.ty, join(&kept.value)));
            format!("the {which} with {kept}")
        }
        Keep::Count { most, within } => format!("the last {most} {}", window(*within)),
        Keep::Sum { amount, currency, within } => {
            format!("the sum of {} in {currency} {}", expr(program, *amount), window(*within))
        }
        Keep::Open => "what is open".to_owned(),
        Keep::Runs { most, within } => format!("the last {most} runs {}", window(*within)),
        Keep::Spent { amount, currency, within } => {
            format!("what was spent: {} in {currency} {}", expr(program, *amount), window(*within))
        }
        Keep::Distinct { value, most, within } => {
            let shown = format!("{:?}: {} = {}", value.name, value.ty, join(&value.value));
            format!("{most} values of {shown} {}", window(*within))
        }
    };
    let _ = writeln!(out, "    keeps {keeps}");
}

fn window(within: Option<Duration>) -> String {
    within.map_or("ever".to_owned(), |within| format!("within {within}"))
}

fn join(program: &Program, join: &Join) -> String {
    match join {
        Join::Arg(node) => expr(program, *node),
        Join::Result(node) => format!("result {}", expr(program, *node)),
    }
}
