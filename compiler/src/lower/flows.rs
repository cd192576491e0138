//! Flows and skills.

use agentpass_ir as ir;

use super::counts::Polarity;
use super::expr::Cx;
use super::{Construct, Lowered, Lowering, number};
use crate::typed::{Flow, Origin, Skill};

impl<'p> Lowering<'p> {
    /// Flows in source order.
    pub(super) fn declared_flows(&mut self) {
        let program = self.program;
        let mut order: Vec<(usize, &Flow)> = program.flows.iter().enumerate().collect();
        order.sort_by_key(|(_, flow)| (self.origin(flow.span).file, flow.span.start));
        for (index, flow) in order {
            self.flows.insert(index, ir::FlowId(number(self.out.flows.len())));
            let shown = |end: &Option<String>| end.clone().unwrap_or_else(|| "any".to_owned());
            self.out.flows.push(ir::Flow {
                id: match &flow.ends {
                    Some((from, to)) => format!("{} -> {}", shown(from), shown(to)),
                    None => "otherwise".to_owned(),
                },
                ends: flow.ends.as_ref().map(|(from, to)| ir::Ends { from: from.clone(), to: to.clone() }),
                labels: flow.labels.clone(),
                all: flow.all_labels,
                origin: self.origin(flow.span),
            });
        }
    }

    /// The flows in which the calls of each tool can take part, with the condition of each in the tool's own frame. Such a
    /// condition lets a call pass; around the rules of the flow it stands again, as their guard.
    pub(super) fn flows_of_tools(&mut self) {
        let program = self.program;
        for block in self.blocks_in_order() {
            let Origin::Flow(index) = block.origin else { continue };
            let (Some(flow), Some(&id)) = (program.flows.get(index), self.flows.get(&index)) else {
                continue;
            };
            for &tool in &block.targets {
                let mut cx = Cx::of_tool(tool);
                cx.polarity = Polarity::Allows;
                let when = flow.when.as_ref().map(|when| self.truth(&mut cx, when)).transpose();
                let Ok(when) = when else { continue };
                if let Some(tool) = self.tool_mut(tool) {
                    tool.flows.push((id, when));
                }
            }
        }
    }

    pub(super) fn skills(&mut self) {
        let program = self.program;
        for skill in &program.skills {
            if let Ok(skill) = self.skill(skill) {
                self.out.skills.push(skill);
            }
        }
    }

    fn skill(&mut self, skill: &Skill) -> Lowered<ir::Skill> {
        let program = self.program;
        let mut invokes: Vec<(ir::ToolId, Option<ir::ToolPattern>)> = Vec::with_capacity(skill.invokes.len());
        for index in &skill.invokes {
            let (Some(&id), Some(tool)) = (self.tools.get(index), program.tools.get(*index)) else {
                continue;
            };
            // Of a family it may call what any of its patterns names; the others find no name here.
            let mut names: Option<ir::ToolPattern> = Some(ir::ToolPattern { alternatives: Vec::new() });
            for pattern in &skill.names {
                match (self.names_of(pattern, tool, skill.name.span)?, &mut names) {
                    (None, _) => names = None,
                    (Some(more), Some(all)) => all.alternatives.extend(more.alternatives),
                    (Some(_), None) => {}
                }
            }
            invokes.push((id, names));
        }
        invokes.sort_by_key(|(id, _)| *id);
        let digest = match &skill.digest {
            Some(text) => match hexadecimal(text) {
                Some(digest) => Some(digest),
                None => return self.refuse(Construct::Broken, skill.name.span),
            },
            None => None,
        };
        Ok(ir::Skill { name: skill.name.node.clone(), digest, invokes, origin: self.origin(skill.name.span) })
    }
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    if text.len() != 64 {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
