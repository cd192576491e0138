//! What nodes read where they are used: in which frames, under which variables, and what of it is asked for before.

use std::cell::Cell;
use std::collections::HashMap;

use super::frames::{Frame, Frames};
use super::nodes::Below;
use super::types::is_value;
use super::verified::Reads;
use super::{Fault, MAX_COST, MAX_VARS, MAX_WORK, at_most, entry};
use crate::node::Op;
use crate::program::{NodeId, Program, SlotId, VarId};
use crate::rule::{Part, Template};
use crate::value::Ty;

/// What all walks share.
pub(super) struct Ground<'p> {
    pub program: &'p Program,
    pub frames: &'p Frames,
    pub nodes: &'p [Below],
    /// How many nodes may still be visited.
    left: Cell<usize>,
}

/// One rule, charge, monitor, …: its roots share a frame.
pub(super) struct Walk<'p> {
    ground: &'p Ground<'p>,
    frame: Frame<'p>,
    vars: Vec<Var>,
    /// What the slots hold that have been met. A rule may hold for very many tools.
    slots: HashMap<SlotId, Option<&'p Ty>>,
    /// Slots that are there wherever what is being visited decides something.
    present: Vec<SlotId>,
    /// What a call has to fill.
    needs: Vec<SlotId>,
    /// Something asks monitors.
    asks: bool,
}

/// A variable.
struct Var {
    ty: Ty,
    /// Its list depends on what happened before the call.
    past: bool,
    /// It is an element of [`Op::Distinct`], by which the past can be asked in turn.
    recent: bool,
}

/// How a value is looked at.
#[derive(Clone, Copy)]
struct Way {
    /// An operation above asks whether it is there.
    asked: bool,
    /// It is part of a key by which the past is asked.
    key: bool,
    /// And that by which values of the past are found: one step, and no further.
    of_values: bool,
}

impl<'p> Ground<'p> {
    pub(super) fn new(program: &'p Program, frames: &'p Frames, nodes: &'p [Below]) -> Ground<'p> {
        Ground { program, frames, nodes, left: Cell::new(MAX_WORK) }
    }

    fn spend(&self, cost: usize) -> Result<(), Fault> {
        let left = self.left.get().checked_sub(cost);
        self.left.set(left.ok_or(Fault::Bound { what: "nodes of all roots together", most: MAX_WORK })?);
        Ok(())
    }
}

impl<'p> Walk<'p> {
    pub(super) fn new(ground: &'p Ground<'p>, frame: Frame<'p>) -> Walk<'p> {
        Walk {
            ground,
            frame,
            vars: Vec::new(),
            slots: HashMap::new(),
            present: Vec::new(),
            needs: Vec::new(),
            asks: false,
        }
    }

    /// What has been read.
    pub(super) fn finish(mut self) -> Reads {
        self.needs.sort_unstable();
        self.needs.dedup();
        Reads { needs: self.needs, asks: self.asks }
    }

    /// A root that is a truth.
    pub(super) fn truth(&mut self, node: NodeId) -> Result<(), Fault> {
        self.is(node, &Ty::Truth, "a truth")
    }

    /// A condition under which everything that follows stands: what it asks for is there then.
    pub(super) fn guard(&mut self, node: Option<NodeId>) -> Result<(), Fault> {
        let Some(node) = node else { return Ok(()) };
        self.truth(node)?;
        self.collect(node, true)
    }

    /// A root of a type.
    pub(super) fn is(&mut self, node: NodeId, ty: &Ty, expected: &'static str) -> Result<(), Fault> {
        if self.any(node)? == ty { Ok(()) } else { Err(Fault::Type { node: node.0, expected }) }
    }

    /// A root that is some value.
    pub(super) fn value(&mut self, node: NodeId) -> Result<&'p Ty, Fault> {
        let ty = self.any(node)?;
        if is_value(ty) { Ok(ty) } else { Err(Fault::Type { node: node.0, expected: "a value" }) }
    }

    /// The values of messages.
    pub(super) fn templates<'t>(
        &mut self,
        templates: impl IntoIterator<Item = &'t Template>,
    ) -> Result<(), Fault> {
        for part in templates.into_iter().flat_map(|template| &template.parts) {
            if let Part::Value(node) = part {
                self.value(*node)?;
            }
        }
        Ok(())
    }

    /// Binds the variable of a rule's own `each`.
    pub(super) fn each(&mut self, var: VarId, list: NodeId) -> Result<(), Fault> {
        let ty = self.any(list)?;
        let past = entry("node", self.ground.nodes, list.0)?.past;
        self.bind(list.0, var, list.0, ty, past)
    }

    fn any(&mut self, node: NodeId) -> Result<&'p Ty, Fault> {
        let below = entry("node", self.ground.nodes, node.0)?;
        // The walk below is as long as the cost says, however much is shared: this keeps it short.
        at_most("nodes of one root", below.cost as usize, MAX_COST as usize)?;
        self.ground.spend(below.cost as usize)?;
        self.asks |= below.asks;
        self.walk(node, Way { asked: false, key: false, of_values: false })
    }

    fn walk(&mut self, id: NodeId, way: Way) -> Result<&'p Ty, Fault> {
        let plain = Way { asked: false, ..way };
        let node = entry("node", &self.ground.program.nodes, id.0)?;
        match &node.op {
            Op::Slot(slot) => self.slot(id, *slot, &node.ty, way)?,
            Op::Var(var) => {
                let bound = self.vars.get(var.index()).filter(|bound| bound.ty == node.ty);
                let bound = bound.ok_or(Fault::Unbound { node: id.0 })?;
                if way.key && bound.past && (!bound.recent || way.of_values) {
                    return Err(Fault::Past {
                        node: id.0,
                        what: "a question to the past depends on the past",
                    });
                }
            }
            Op::Result(field) => {
                let of = match self.frame {
                    Frame::Result(fields) => fields.get(*field as usize),
                    _ => None,
                };
                if of.is_none_or(|of| of.form.ty() != node.ty) {
                    return Err(Fault::Type {
                        node: id.0,
                        expected: "a field of the result that is at hand",
                    });
                }
            }
            Op::Has(inner) => {
                self.walk(*inner, Way { asked: true, ..way })?;
            }
            Op::Member(_, inner) | Op::Convert(_, inner) => {
                self.walk(*inner, way)?;
            }
            Op::OrElse(first, other) => {
                self.walk(*first, Way { asked: true, ..way })?;
                self.walk(*other, way)?;
            }
            Op::All(parts) | Op::Any(parts) => {
                let mark = self.present.len();
                for part in parts {
                    self.collect(*part, matches!(node.op, Op::All(_)))?;
                }
                for part in parts {
                    self.walk(*part, plain)?;
                }
                self.present.truncate(mark);
            }
            Op::Over { var, list, body, .. } => {
                let ty = self.walk(*list, plain)?;
                let past = entry("node", self.ground.nodes, list.0)?.past || self.is_tainted(*list)?;
                self.bind(id.0, *var, list.0, ty, past)?;
                let body = self.walk(*body, plain);
                self.vars.pop();
                body?;
            }
            op => {
                self.at_hand(id, op)?;
                let key = plain.key || op.recalls().next().is_some();
                let of_values = plain.of_values || matches!(op, Op::Distinct(_));
                let mut result = Ok(());
                op.children(&mut |child| {
                    if result.is_ok() {
                        result = self.child(id, child, Way { key, of_values, ..plain });
                    }
                });
                result?;
            }
        }
        Ok(&node.ty)
    }

    /// A child, which must not depend on the past where it is a key to it.
    fn child(&mut self, parent: NodeId, child: NodeId, way: Way) -> Result<(), Fault> {
        if way.key && entry("node", self.ground.nodes, child.0)?.past {
            return Err(Fault::Past { node: parent.0, what: "a question to the past depends on the past" });
        }
        self.walk(child, way).map(|_| ())
    }

    fn slot(&mut self, id: NodeId, slot: SlotId, ty: &Ty, way: Way) -> Result<(), Fault> {
        let (frames, frame) = (self.ground.frames, self.frame);
        let held = match self.slots.get(&slot) {
            Some(held) => *held,
            None => {
                self.ground.spend(frame.width())?;
                let held = frames.slot(frame, slot);
                self.slots.insert(slot, held);
                held
            }
        };
        if held != Some(ty) {
            return Err(Fault::Type { node: id.0, expected: "of the type of its slot in every frame" });
        }
        if !way.asked && frames.is_needed(slot) && !self.present.contains(&slot) {
            self.needs.push(slot);
        }
        Ok(())
    }

    /// Of a result nothing is known but its fields.
    fn at_hand(&self, id: NodeId, op: &Op) -> Result<(), Fault> {
        let elsewhere = matches!(op, Op::Now | Op::Digest | Op::Labels | Op::Carries { .. } | Op::Named(_))
            || op.recalls().next().is_some();
        if elsewhere && matches!(self.frame, Frame::Result(_)) {
            return Err(Fault::Type { node: id.0, expected: "made of results and constants" });
        }
        Ok(())
    }

    fn bind(&mut self, node: u32, var: VarId, list: u32, ty: &Ty, past: bool) -> Result<(), Fault> {
        let element = ty.element().ok_or(Fault::Type { node: list, expected: "a list" })?;
        if var.index() != self.vars.len() {
            return Err(Fault::Unbound { node });
        }
        at_most("quantifiers in one another", self.vars.len() + 1, MAX_VARS)?;
        let recent = matches!(entry("node", &self.ground.program.nodes, list)?.op, Op::Distinct(_));
        self.vars.push(Var { ty: element.clone(), past, recent });
        Ok(())
    }

    /// Whether a list is made of variables that depend on the past.
    fn is_tainted(&self, id: NodeId) -> Result<bool, Fault> {
        if self.vars.iter().all(|var| !var.past) {
            return Ok(false);
        }
        self.ground.spend(1)?;
        let node = entry("node", &self.ground.program.nodes, id.0)?;
        if let Op::Var(var) = &node.op {
            return Ok(self.vars.get(var.index()).is_some_and(|var| var.past));
        }
        let mut found = Ok(false);
        node.op.children(&mut |child| {
            if matches!(found, Ok(false)) {
                found = self.is_tainted(child);
            }
        });
        found
    }

    /// Adds the slots that are there where a truth is so. A call that lacks one makes it otherwise for certain, so that
    /// nothing beside it, in a conjunction (or disjunction, for what is false), can be what decides.
    fn collect(&mut self, id: NodeId, truth: bool) -> Result<(), Fault> {
        self.ground.spend(1)?;
        let nodes = &self.ground.program.nodes;
        match (&entry("node", nodes, id.0)?.op, truth) {
            (Op::Has(of), true) => {
                let mut of = *of;
                while let Op::Member(_, inner) | Op::Convert(_, inner) = &entry("node", nodes, of.0)?.op {
                    of = *inner;
                }
                if let Op::Slot(slot) = &entry("node", nodes, of.0)?.op {
                    self.present.push(*slot);
                }
                Ok(())
            }
            (Op::Not(inner), _) => self.collect(*inner, !truth),
            (Op::All(parts), true) | (Op::Any(parts), false) => {
                parts.iter().try_for_each(|part| self.collect(*part, truth))
            }
            (Op::Holds(value), _) => match &entry("node", nodes, value.0)?.op {
                Op::AsBool(inner) => self.collect(*inner, truth),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}
