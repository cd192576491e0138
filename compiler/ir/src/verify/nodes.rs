//! Nodes, each by itself: order, the types of its children, depth and cost.

use super::types::{self, is_shallow};
use super::{Fault, MAX_DEPTH, MAX_NEST};
use crate::node::Op;
use crate::program::Program;

/// What there is to know of a node, from what lies below it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Below {
    /// The longest way down.
    pub depth: u32,
    /// The number of nodes, shared ones counted as often as they are reached.
    pub cost: u32,
    /// It asks monitors.
    pub asks: bool,
    /// It depends on what happened before the call, by monitors or by the labels of the job.
    pub past: bool,
}

pub(super) fn check(program: &Program) -> Result<Vec<Below>, Fault> {
    let mut nodes: Vec<Below> = Vec::with_capacity(program.nodes.len());
    for (id, node) in (0..).zip(&program.nodes) {
        let asks = node.op.recalls().next().is_some();
        let labels = matches!(node.op, Op::Labels | Op::Carries { .. });
        let mut own = Below { depth: 1, cost: 1, asks, past: asks || labels };
        let mut ordered = true;
        node.op.children(&mut |child| match nodes.get(child.index()) {
            Some(below) => {
                own.depth = own.depth.max(below.depth.saturating_add(1));
                own.cost = own.cost.saturating_add(below.cost);
                own.asks |= below.asks;
                own.past |= below.past;
            }
            None => ordered = false,
        });
        if !ordered {
            return Err(Fault::Order { node: id });
        }
        if own.depth > MAX_DEPTH {
            return Err(Fault::Bound { what: "levels of an expression", most: MAX_DEPTH as usize });
        }
        if !is_shallow(&node.ty, MAX_NEST) {
            return Err(Fault::Bound { what: "levels of a type", most: MAX_NEST });
        }
        nodes.push(own);
        types::check(program, id, node)?;
    }
    Ok(nodes)
}
