//! Challenges: who is asked, what they see, and what their answer is bound to.

use std::collections::{BTreeSet, HashMap};

use agentpass_ir::{self as ir, Ambient, NodeId, ToolId};

use super::expr::{Cx, Frame};
use super::{Construct, Lowered, Lowering, number};
use crate::ast;
use crate::typed::{Asked, Fact};

impl<'p> Lowering<'p> {
    pub(super) fn declared_challenges(&mut self) {
        let program = self.program;
        for challenge in &program.challenges {
            let mut separate: Vec<ir::Separate> = Vec::new();
            for whom in &challenge.separate {
                let whom = match whom.as_str() {
                    "user" => ir::Separate::User,
                    "agent" => ir::Separate::Agent,
                    _ => continue,
                };
                if !separate.contains(&whom) {
                    separate.push(whom);
                }
            }
            self.out.challenges.push(ir::Challenge {
                name: challenge.name.node.clone(),
                count: challenge.count,
                who: match &challenge.who {
                    Asked::Groups(groups) => ir::Asked::Groups(groups.clone()),
                    Asked::User => ir::Asked::User,
                    Asked::Anyone => ir::Asked::Anyone,
                },
                separate,
                binds: Vec::new(),
                shows: Vec::new(),
                expires: challenge.expires,
                reusable: challenge.reusable,
                origin: self.origin(challenge.name.span),
            });
        }
    }

    /// What challenges show and bind, in the frame of each tool whose calls can meet them.
    pub(super) fn shown_and_bound(&mut self) {
        let program = self.program;
        let frames: HashMap<ToolId, usize> = self.tools.iter().map(|(index, id)| (*id, *index)).collect();
        for (index, challenge) in program.challenges.iter().enumerate() {
            let tools = self.meeting(ir::ChallengeId(number(index)));
            let mut found = vec![false; challenge.binds.len() + challenge.shows.len()];
            let (mut binds, mut shows) = (Vec::new(), Vec::new());
            for tool in &tools {
                let Some(&frame) = frames.get(tool) else { continue };
                let mut nodes: Vec<Option<NodeId>> = Vec::with_capacity(found.len());
                for path in challenge.binds.iter().chain(&challenge.shows) {
                    nodes.push(self.path(frame, path).ok().flatten());
                }
                found.iter_mut().zip(&nodes).for_each(|(found, node)| *found |= node.is_some());
                let shown = nodes.split_off(challenge.binds.len().min(nodes.len()));
                // Command lines cannot be written down; they are arguments, and bound as such.
                let is_data = |node: &NodeId| self.ty_of(*node).is_some_and(ir::Ty::is_data);
                let bound: Vec<NodeId> = nodes.into_iter().flatten().filter(is_data).collect();
                let named = challenge.shows.iter().zip(shown);
                let shown: Vec<_> = named.filter_map(|(path, node)| Some((path.text(), node?))).collect();
                if !bound.is_empty() {
                    binds.push((*tool, bound));
                }
                if !shown.is_empty() {
                    shows.push((*tool, shown));
                }
            }
            for (path, found) in challenge.binds.iter().chain(&challenge.shows).zip(found) {
                if !found && !tools.is_empty() {
                    let _ = self.refuse::<()>(Construct::NothingShown, path.span);
                }
            }
            if let Some(challenge) = self.out.challenges.get_mut(index) {
                challenge.binds = binds;
                challenge.shows = shows;
            }
        }
    }

    /// The tools whose calls can meet a challenge.
    fn meeting(&self, challenge: ir::ChallengeId) -> BTreeSet<ToolId> {
        let rules = self.out.rules.iter().filter(|rule| rule.effect == ir::Effect::Challenge(challenge));
        let mut tools: BTreeSet<ToolId> = rules.flat_map(|rule| rule.tools.iter().copied()).collect();
        for charge in &self.out.charges {
            let bounds = self.out.limits.get(charge.limit.index()).map(|limit| limit.bounds.as_slice());
            let mut steps = bounds.unwrap_or_default().iter().zip(&charge.lines);
            if steps.any(|(bound, line)| bound.step == ir::Step::Challenge(challenge) && line.is_some()) {
                tools.insert(charge.tool);
            }
        }
        tools
    }

    /// A path in the frame of a tool; nothing where the tool does not have it.
    fn path(&mut self, tool: usize, path: &ast::Path) -> Lowered<Option<NodeId>> {
        let words: Vec<&str> = path.words.iter().map(|word| word.node.as_str()).collect();
        let cx = &mut Cx::new(Frame::Tool(tool));
        let has = |name: &str| {
            let tool = self.program.tools.get(tool);
            tool.is_some_and(|tool| tool.params.iter().any(|field| field.name == name))
        };
        let span = path.span;
        let (base, rest) = match words.as_slice() {
            ["args", name, rest @ ..] if has(name) => (Some(self.bound_argument(tool, name, path)?), rest),
            ["call", "tool", rest @ ..] => (Some(self.ambient(Ambient::Tool, span)?), rest),
            ["call", "skill", rest @ ..] => (Some(self.ambient(Ambient::Skill, span)?), rest),
            ["call", "digest", rest @ ..] => (Some(self.node(ir::Op::Digest, ir::Ty::Text, span)?), rest),
            ["call", name, rest @ ..] => match Fact::named(name) {
                Some(fact) => (self.fact(cx, fact, span)?, rest),
                None => (None, rest),
            },
            ["job", "id", rest @ ..] => (Some(self.ambient(Ambient::Job, span)?), rest),
            ["job", "labels", rest @ ..] => {
                (Some(self.node(ir::Op::Labels, ir::Ty::list(ir::Ty::Text), span)?), rest)
            }
            ["job", name, rest @ ..] => match self.job_facts.get(*name).copied() {
                Some(place) => (Some(self.shared_slot(self.out.job_slot(place), span)?), rest),
                None => (None, rest),
            },
            ["host", name, rest @ ..] => {
                match self.program.host.iter().position(|field| field.name == *name) {
                    Some(place) => (Some(self.shared_slot(self.out.host_slot(number(place)), span)?), rest),
                    None => (None, rest),
                }
            }
            ["caller" | "auth", word, rest @ ..] => {
                let of_auth = words.first() == Some(&"auth");
                let ambient = Ambient::ALL.into_iter().find(|ambient| {
                    let auth = [Ambient::Issuer, Ambient::Client, Ambient::Scopes, Ambient::Groups];
                    let caller = [Ambient::Agent, Ambient::User, Ambient::Tenant, Ambient::Via];
                    ambient.word() == *word && if of_auth { &auth } else { &caller }.contains(ambient)
                });
                (ambient.map(|ambient| self.ambient(ambient, span)).transpose()?, rest)
            }
            [name, rest @ ..] if has(name) => (Some(self.bound_argument(tool, name, path)?), rest),
            _ => (None, [].as_slice()),
        };
        let Some(mut node) = base else { return Ok(None) };
        for name in rest {
            let part = self.ty_of(node).cloned().and_then(|ty| self.part_of(&ty, name));
            let Some((member, ty)) = part else { return Ok(None) };
            node = self.node(ir::Op::Member(member, node), ty, span)?;
        }
        Ok(Some(node))
    }

    fn bound_argument(&mut self, tool: usize, name: &str, path: &ast::Path) -> Lowered<NodeId> {
        let program = self.program;
        let params = program.tools.get(tool).map(|tool| tool.params.as_slice()).unwrap_or_default();
        match params.iter().enumerate().find(|(_, field)| field.name == name) {
            Some((place, field)) => self.declared_argument(place, field, path.span),
            None => self.refuse(Construct::Broken, path.span),
        }
    }
}
