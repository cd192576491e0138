//! Flows of a label that their source never carries.

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // Where the host declares flows, what they carry is only known with the call.
    if cx.program.tools.iter().any(|tool| !tool.facts.from_to.is_empty()) {
        return;
    }
    let reads: Vec<_> = cx.program.tools.iter().flat_map(|tool| &tool.facts.reads).collect();
    for flow in &cx.program.flows {
        let Some((from, _)) = &flow.ends else { continue };
        let from_there =
            || reads.iter().filter(|reads| from.as_ref().is_none_or(|from| *from == reads.source));
        let is_carried = |label: &&String| from_there().any(|reads| reads.labels.contains(label));
        let mut missing = flow.labels.iter().filter(|label| !is_carried(label));
        let is_unreachable = match flow.labels.len() {
            0 => false,
            count if flow.all_labels => missing.clone().count() > 0 && count > 0,
            count => missing.clone().count() == count,
        };
        if is_unreachable && let Some(label) = missing.next() {
            let others: Vec<&str> =
                from_there().flat_map(|reads| reads.labels.iter().map(String::as_str)).collect();
            found.push(problem::unreachable_flow(flow.span, from.as_deref(), label, &others));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::UNREACHABLE_FLOW;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(flow: &str, fires: bool) {
        let text = format!(
            "label seen, other\ntool t(x: id) {{ action read; reads web carrying seen }}
            tool u(x: id) {{ action read; reads mail }}\n{flow}\n"
        );
        let expected: &[&str] = if fires { &[flow] } else { &[] };
        check(&UNREACHABLE_FLOW, &text, expected);
    }

    #[test]
    fn the_source_never_carries_it() {
        one("flow web -> agent_context carrying other { deny }", true);
        one("flow mail -> agent_context carrying seen { deny }", true);
        one("flow any -> agent_context carrying other { deny }", true);
        one("flow web -> agent_context carrying all seen, other { deny }", true);
    }

    #[test]
    fn the_source_carries_it() {
        one("flow web -> agent_context carrying seen { deny }", false);
        one("flow web -> agent_context carrying any seen, other { deny }", false);
        one("flow mail -> agent_context { deny }", false);
        one("flow otherwise { deny }", false);
    }
}
