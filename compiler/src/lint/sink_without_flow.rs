//! Guarded labels without a way: what is guarded moves only where a flow says so (semantics 32), so a tool that reads
//! it, or sends once the job carries it, is denied every time.

use agentpass_grammar::Span;

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Flow, Program};

/// Where everything that tools read goes.
const AGENT_CONTEXT: &str = "agent_context";

/// A guarded label that enters jobs.
struct Entry<'a> {
    source: &'a str,
    label: &'a str,
    at: Span,
    tool: &'a str,
}

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut entries = entries(cx.program);
    // What never reaches the agent is never carried further.
    entries.retain(|entry| {
        let is_let_in = cx.program.flows.iter().any(|flow| covers(flow, entry, AGENT_CONTEXT));
        if !is_let_in {
            found.push(problem::cannot_be_read(entry.at, entry.tool, entry.source, entry.label));
        }
        is_let_in
    });
    for (index, tool) in cx.program.tools.iter().enumerate() {
        for sends in &tool.facts.sends {
            if cx.is_denied(index) {
                continue;
            }
            let mut said: Vec<&str> = Vec::new();
            for entry in &entries {
                let is_covered = cx.program.flows.iter().any(|flow| covers(flow, entry, &sends.to));
                if !is_covered && !said.contains(&entry.label) {
                    said.push(entry.label);
                    found.push(problem::cannot_be_sent(
                        sends.span,
                        &sends.to,
                        entry.source,
                        entry.label,
                        entry.at,
                    ));
                }
            }
        }
    }
}

fn entries(program: &Program) -> Vec<Entry<'_>> {
    let guarded =
        |label: &String| program.labels.iter().any(|known| known.guarded && known.name.node == *label);
    let mut entries = Vec::new();
    for tool in &program.tools {
        for reads in &tool.facts.reads {
            for label in reads.labels.iter().filter(|label| guarded(label)) {
                entries.push(Entry { source: &reads.source, label, at: reads.span, tool: &tool.name });
            }
        }
    }
    entries
}

/// True where a flow is, or may be, about what enters there and goes to that destination.
fn covers(flow: &Flow, entry: &Entry<'_>, to: &str) -> bool {
    let Some((from, destination)) = &flow.ends else { return true };
    from.as_deref().is_none_or(|from| from == entry.source)
        && destination.as_deref().is_none_or(|destination| destination == to)
        && (flow.labels.is_empty() || flow.labels.iter().any(|label| label == entry.label))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::SINK_WITHOUT_FLOW;
    use crate::lint::testing::check;

    const TOOLS: &str = "guarded label pii
        tool crm.read(c: id) { action read; reads crm carrying pii }
        tool mail(to: email) { action send; sends to outside at to.domain }\n";

    #[test]
    fn no_flow_covers_the_way() {
        check(&SINK_WITHOUT_FLOW, TOOLS, &["reads crm carrying pii"]);
        let into = format!("{TOOLS}flow crm -> agent_context carrying pii {{ }}\n");
        check(&SINK_WITHOUT_FLOW, &into, &["sends to outside at to.domain"]);
    }

    #[test]
    fn a_flow_covers_the_way() {
        let into = format!("{TOOLS}flow crm -> agent_context carrying pii {{ }}\n");
        for flow in
            ["flow crm -> outside carrying pii { }", "flow any -> outside { }", "flow otherwise { deny }"]
        {
            check(&SINK_WITHOUT_FLOW, &format!("{into}{flow}\n"), &[]);
        }
        check(&SINK_WITHOUT_FLOW, &TOOLS.replace("guarded ", ""), &[]);
    }
}
