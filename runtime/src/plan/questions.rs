//! What the rules, flows, limits and keys of a tool ask the past.

use agentpass_ir::{Each, NodeId, Part, Template, ToolId, Verified};

/// The nodes of a tool that ask the past, or have one below them that does. Most tools have none.
#[derive(Debug, Default)]
pub struct Questions {
    /// Those that are asked once.
    pub once: Vec<NodeId>,
    /// Those that are asked for each element of a list.
    pub each: Vec<(Each, Vec<NodeId>)>,
}

impl Questions {
    /// Everything that the last stage evaluates for a tool, as far as it asks.
    #[must_use]
    pub fn of(contract: &Verified, tool: ToolId, asks: impl Fn(NodeId) -> bool) -> Questions {
        let program = contract.program();
        let mut once = Vec::new();
        let mut each = Vec::new();
        for rule in contract.rules(tool).iter().filter_map(|id| program.rules.get(id.index())) {
            once.extend(rule.guard);
            let own: Vec<NodeId> = std::iter::once(rule.condition)
                .chain(shown(&rule.because))
                .chain(shown(&rule.audit))
                .filter(|&node| asks(node))
                .collect();
            match rule.each {
                None => once.extend(own),
                Some(of) => {
                    once.push(of.list);
                    if !own.is_empty() {
                        each.push((of, own));
                    }
                }
            }
        }
        if let Some(of) = program.tools.get(tool.index()) {
            once.extend(of.flows.iter().filter_map(|(_, when)| *when));
        }
        for charge in contract.charges(tool).iter().filter_map(|id| program.charges.get(id.index())) {
            once.extend(charge.guard);
            for line in charge.lines.iter().flatten() {
                once.extend(line.when.into_iter().chain(shown(&line.because)).chain(shown(&line.audit)));
            }
        }
        for key in contract.onces(tool).iter().filter_map(|id| program.onces.get(id.index())) {
            once.extend(key.guard.into_iter().chain(shown(&key.because)).chain(shown(&key.audit)));
        }
        once.retain(|&node| asks(node));
        Questions { once, each }
    }
}

/// The values that a message shows.
fn shown(text: &Option<Template>) -> impl Iterator<Item = NodeId> {
    text.iter().flat_map(|text| &text.parts).filter_map(|part| match part {
        Part::Value(node) => Some(*node),
        Part::Text(_) => None,
    })
}
