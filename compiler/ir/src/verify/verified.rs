//! A verified program, with what an engine looks up in it.

use std::cmp::Ordering;
use std::collections::HashMap;

use agentpass_values::Pattern;

use super::forms::Patterns;
use super::roots::Roots;
use crate::frame::{Ambient, ToolName};
use crate::node::Op;
use crate::past::Subject;
use crate::program::{
    ChallengeId, ChargeId, EventId, MonitorId, NodeId, OnceId, Program, RuleId, SkillId, SlotId, ToolId,
};

/// A program that may be executed. It cannot be made in any other way than by [`super::verify()`], and not changed any more.
#[derive(Clone, Debug)]
pub struct Verified {
    program: Program,
    parts: Parts,
    /// How many tools have one exact name.
    exact: usize,
    tools: Vec<OfTool>,
    /// Per event, the monitors that it feeds.
    events: Vec<Vec<MonitorId>>,
    names: Names,
    /// By the number of its slot, whether any node reads that part of the surroundings.
    surroundings: [bool; Ambient::ALL.len()],
}

/// What verification has found out.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub digest: [u8; 32],
    pub roots: Roots,
    /// Per node, whether it asks monitors.
    pub asks: Vec<bool>,
    pub patterns: Patterns,
}

/// What a rule, a charge or a once reads.
#[derive(Clone, Debug)]
pub(super) struct Reads {
    pub needs: Vec<SlotId>,
    pub asks: bool,
}

/// What a name on the wire means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// That tool.
    Known(ToolId),
    /// Two families stand for it, and none of them can be chosen.
    Ambiguous,
    /// Nothing stands for it.
    Unknown,
}

impl Lookup {
    /// The tool, where there is just one.
    #[must_use]
    pub fn known(self) -> Option<ToolId> {
        match self {
            Lookup::Known(tool) => Some(tool),
            Lookup::Ambiguous | Lookup::Unknown => None,
        }
    }
}

/// What concerns the calls of one tool.
#[derive(Clone, Debug, Default)]
struct OfTool {
    rules: Vec<RuleId>,
    charges: Vec<ChargeId>,
    onces: Vec<OnceId>,
    feeds: Vec<MonitorId>,
}

/// Where names stand in their tables.
#[derive(Clone, Debug)]
struct Names {
    events: HashMap<String, EventId>,
    challenges: HashMap<String, ChallengeId>,
    skills: HashMap<String, SkillId>,
}

impl Verified {
    pub(super) fn new(program: Program, parts: Parts) -> Verified {
        let mut tools = vec![OfTool::default(); program.tools.len()];
        let mut events = vec![Vec::new(); program.events.len()];
        for (id, rule) in (0..).map(RuleId).zip(&program.rules) {
            for tool in &rule.tools {
                if let Some(of) = tools.get_mut(tool.index()) {
                    of.rules.push(id);
                }
            }
        }
        for (id, charge) in (0..).map(ChargeId).zip(&program.charges) {
            if let Some(of) = tools.get_mut(charge.tool.index()) {
                of.charges.push(id);
            }
        }
        for (id, once) in (0..).map(OnceId).zip(&program.onces) {
            if let Some(of) = tools.get_mut(once.tool.index()) {
                of.onces.push(id);
            }
        }
        for (id, monitor) in (0..).map(MonitorId).zip(&program.monitors) {
            match monitor.of {
                Subject::Tool(tool) => {
                    tools.get_mut(tool.index()).into_iter().for_each(|of| of.feeds.push(id))
                }
                Subject::Event(event) => events.get_mut(event.index()).into_iter().for_each(|of| of.push(id)),
            }
        }
        for of in &mut tools {
            of.charges.sort_by_key(|id| program.charges.get(id.index()).map(|charge| charge.limit));
        }
        let exact = program.tools.partition_point(|tool| matches!(tool.name, ToolName::Exact(_)));
        let names = Names {
            events: named(program.events.iter().map(|event| &event.name), EventId),
            challenges: named(program.challenges.iter().map(|challenge| &challenge.name), ChallengeId),
            skills: named(program.skills.iter().map(|skill| &skill.name), SkillId),
        };
        let mut surroundings = [false; Ambient::ALL.len()];
        for node in &program.nodes {
            if let Op::Slot(slot) = node.op
                && let Some(read) = surroundings.get_mut(slot.index())
            {
                *read = true;
            }
        }
        Verified { program, parts, exact, tools, events, names, surroundings }
    }

    /// Whether a rule, a limit or a message reads that part of what surrounds a call.
    #[must_use]
    pub fn reads(&self, part: Ambient) -> bool {
        self.surroundings.get(part.slot().index()).copied().unwrap_or(true)
    }

    /// The program, to read.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// SHA-256 of the program without the places it comes from: moving a rule is no change, a message is one.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.parts.digest
    }

    /// The tool that stands for a name on the wire: the one of that exact name, else the one family that stands for it, else
    /// `otherwise`.
    #[must_use]
    pub fn tool(&self, wire: &str) -> Lookup {
        let (exact, others) = self.program.tools.split_at(self.exact);
        let found = exact.binary_search_by(|tool| match &tool.name {
            ToolName::Exact(name) => name.as_str().cmp(wire),
            _ => Ordering::Greater,
        });
        if let Ok(at) = found {
            return Lookup::Known(ToolId(at as u32));
        }
        // A wildcard stands for names as people write them, and not for one that only looks like a name of theirs. Whatever is left is
        // left for `otherwise`, however it is written.
        let is_plain = agentpass_values::plain::is_plain(wire);
        let mut lookup = Lookup::Unknown;
        for (id, tool) in (self.exact as u32..).map(ToolId).zip(others) {
            lookup = match (&tool.name, lookup) {
                (ToolName::Family(_, pattern), lookup) if is_plain && pattern.stands_for(wire) => {
                    match lookup {
                        Lookup::Unknown => Lookup::Known(id),
                        _ => return Lookup::Ambiguous,
                    }
                }
                // It stands behind all families.
                (ToolName::Otherwise, Lookup::Unknown) => Lookup::Known(id),
                (_, lookup) => lookup,
            };
        }
        lookup
    }

    /// The event of that name.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<EventId> {
        self.names.events.get(name).copied()
    }

    /// The challenge of that name.
    #[must_use]
    pub fn challenge(&self, name: &str) -> Option<ChallengeId> {
        self.names.challenges.get(name).copied()
    }

    /// The skill of that name.
    #[must_use]
    pub fn skill(&self, name: &str) -> Option<SkillId> {
        self.names.skills.get(name).copied()
    }

    /// The rules of a tool, in source order.
    #[must_use]
    pub fn rules(&self, tool: ToolId) -> &[RuleId] {
        self.of(tool).map_or(&[], |of| &of.rules)
    }

    /// The charges of a tool, in source order of their limits.
    #[must_use]
    pub fn charges(&self, tool: ToolId) -> &[ChargeId] {
        self.of(tool).map_or(&[], |of| &of.charges)
    }

    /// What runs once of a tool, in source order.
    #[must_use]
    pub fn onces(&self, tool: ToolId) -> &[OnceId] {
        self.of(tool).map_or(&[], |of| &of.onces)
    }

    /// The monitors that a tool's calls feed.
    #[must_use]
    pub fn fed_by(&self, tool: ToolId) -> &[MonitorId] {
        self.of(tool).map_or(&[], |of| &of.feeds)
    }

    /// The monitors that an event feeds.
    #[must_use]
    pub fn fed_by_event(&self, event: EventId) -> &[MonitorId] {
        self.events.get(event.index()).map_or(&[], Vec::as_slice)
    }

    /// Whether guard, list, condition or messages of a rule ask monitors.
    #[must_use]
    pub fn asks_past(&self, rule: RuleId) -> bool {
        self.parts.roots.rules.get(rule.index()).is_some_and(|reads| reads.asks)
    }

    /// Whether anything of a charge asks monitors.
    #[must_use]
    pub fn charge_asks_past(&self, charge: ChargeId) -> bool {
        self.parts.roots.charges.get(charge.index()).is_some_and(|reads| reads.asks)
    }

    /// Whether anything of a once asks monitors.
    #[must_use]
    pub fn once_asks_past(&self, once: OnceId) -> bool {
        self.parts.roots.onces.get(once.index()).is_some_and(|reads| reads.asks)
    }

    /// Whether a node, or one below it, asks monitors.
    #[must_use]
    pub fn node_asks_past(&self, node: NodeId) -> bool {
        self.parts.asks.get(node.index()).copied().unwrap_or_default()
    }

    /// The shared slots that a call has to fill for a rule: those that it reads without asking (`has`, `??`, a guard) whether
    /// they are there. The tool's name is none of them, as every call has one, and neither are optional facts, whose absence
    /// the compiler made the author handle.
    #[must_use]
    pub fn needs(&self, rule: RuleId) -> &[SlotId] {
        self.parts.roots.rules.get(rule.index()).map_or(&[], |reads| &reads.needs)
    }

    /// The shared slots that a call has to fill for a charge.
    #[must_use]
    pub fn charge_needs(&self, charge: ChargeId) -> &[SlotId] {
        self.parts.roots.charges.get(charge.index()).map_or(&[], |reads| &reads.needs)
    }

    /// The shared slots that a call has to fill for a once.
    #[must_use]
    pub fn once_needs(&self, once: OnceId) -> &[SlotId] {
        self.parts.roots.onces.get(once.index()).map_or(&[], |reads| &reads.needs)
    }

    /// The compiled pattern of a [`crate::Form::Id`]: it matches as a whole.
    #[must_use]
    pub fn pattern(&self, source: &str) -> Option<&Pattern> {
        self.parts.patterns.whole.get(source)
    }

    /// The compiled pattern of [`crate::TextBounds`]: its `is_match` says whether it is found *somewhere* in a text.
    #[must_use]
    pub fn search(&self, source: &str) -> Option<&Pattern> {
        self.parts.patterns.somewhere.get(source)
    }

    fn of(&self, tool: ToolId) -> Option<&OfTool> {
        self.tools.get(tool.index())
    }
}

fn named<'n, Id>(names: impl Iterator<Item = &'n String>, id: fn(u32) -> Id) -> HashMap<String, Id> {
    (0..).map(id).zip(names).map(|(id, name)| (name.clone(), id)).collect()
}
