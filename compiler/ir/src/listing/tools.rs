//! Tools as text.

use std::fmt::Write;

use super::exprs::{expr, pattern};
use super::{forms, list, with};
use crate::frame::{Action, Tool, ToolName};
use crate::program::Program;

pub(super) fn tool(out: &mut String, program: &Program, id: usize, tool: &Tool) {
    let name = match &tool.name {
        ToolName::Exact(name) => format!("{name:?}"),
        ToolName::Family(written, names) => {
            format!("all {}{}", pattern(names), written_as(written, &pattern(names)))
        }
        ToolName::Otherwise => "otherwise".to_owned(),
    };
    let open = if tool.open { " open" } else { "" };
    let _ = writeln!(out, "\ntool t{id} {name} {}{open}", action(tool.action));
    for (n, param) in tool.params.iter().enumerate() {
        let _ = writeln!(out, "    s{n} {}", forms::param(program, param));
    }
    for (n, view) in (tool.params.len()..).zip(&tool.views) {
        let _ = writeln!(out, "    s{n} s{} as {}", view.param, forms::form(&view.form));
    }
    if let Some(schema) = tool.schema {
        let _ = writeln!(out, "    valid under j{}", schema.0);
    }
    for (n, result) in tool.results.iter().enumerate() {
        let _ = writeln!(out, "    result{n} {}", forms::param(program, result));
    }
    if tool.error_means_no_effect {
        out.push_str("    error means no effect\n");
    }
    if let Some(most) = tool.runs_at_most {
        let _ = writeln!(out, "    runs at most {most}");
    }
    for reading in &tool.reads {
        let _ = writeln!(out, "    reads {:?} carrying {:?}", reading.source, reading.labels);
    }
    if let Some(releases) = &tool.releases {
        let _ = writeln!(out, "    releases {releases:?}");
    }
    for sending in &tool.sends {
        let at = with("at", sending.at, |at| expr(program, at));
        let _ = writeln!(out, "    sends to {:?}{at}", sending.to);
    }
    for crossing in &tool.crossings {
        let (from, to) = (expr(program, crossing.from), expr(program, crossing.to));
        let labels = list(&crossing.labels, |&label| expr(program, label));
        let _ = writeln!(out, "    from {from} to {to} carrying {labels}");
    }
    for (flow, when) in &tool.flows {
        let _ = writeln!(out, "    flow f{}{}", flow.0, with("when", *when, |when| expr(program, when)));
    }
}

/// How a pattern is written, where that is not how it is shown.
fn written_as(written: &str, shown: &str) -> String {
    if written == shown { String::new() } else { format!(" ({written:?})") }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Read => "read",
        Action::Write => "write",
        Action::Delete => "delete",
        Action::Send => "send",
        Action::Export => "export",
        Action::Pay => "pay",
        Action::Deploy => "deploy",
        Action::Admin => "admin",
    }
}
