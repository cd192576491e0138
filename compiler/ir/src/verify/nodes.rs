//! Nodes, each by itself: order, the types of its children, depth and cost.

use super::{Fault, MAX_DEPTH, has_type};
use crate::program::{Arith, Compare, NodeId, Op, Program, Scalar, Ty};

/// What a node weighs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    /// The longest way down.
    pub depth: u32,
    /// The number of nodes below, shared ones counted as often as they are reached.
    pub cost: u32,
}

pub(super) fn check(program: &Program) -> Result<Vec<Weight>, Fault> {
    let mut weights: Vec<Weight> = Vec::with_capacity(program.nodes.len());
    for (id, node) in (0..).zip(&program.nodes) {
        if program.files.get(node.origin.file.index()).is_none() {
            return Err(Fault::Index { table: "file", index: node.origin.file.0 });
        }
        let mut own = Weight { depth: 1, cost: 1 };
        let mut ordered = true;
        node.op.children(&mut |child| match weights.get(child.index()) {
            Some(weight) => {
                own.depth = own.depth.max(weight.depth.saturating_add(1));
                own.cost = own.cost.saturating_add(weight.cost);
            }
            None => ordered = false,
        });
        if !ordered {
            return Err(Fault::Order { node: id });
        }
        if own.depth > MAX_DEPTH {
            return Err(Fault::Bound { what: "levels of an expression", most: MAX_DEPTH as usize });
        }
        weights.push(own);
        if let Err(expected) = node_type(program, &node.op, node.ty)? {
            return Err(Fault::Type { node: id, expected: expected.to_owned() });
        }
    }
    Ok(weights)
}

/// Whether the operation takes its children and gives that type; otherwise, what it should have been.
fn node_type(program: &Program, op: &Op, ty: Ty) -> Result<Result<(), &'static str>, Fault> {
    // Children stand before their parents, so each of them exists.
    let of = |id: &NodeId| program.nodes.get(id.index()).map_or(Ty::Truth, |node| node.ty);
    let truth = |id: &NodeId| of(id) == Ty::Truth;
    let check = |fits: bool, expected| if fits { Ok(()) } else { Err(expected) };
    Ok(match op {
        Op::Const(id) => {
            let value =
                program.consts.get(id.index()).ok_or(Fault::Index { table: "constant", index: id.0 })?;
            check(has_type(value, ty), "the type of its constant")
        }
        // What a slot or a variable holds depends on the root: see `roots`.
        Op::Slot(_) => check(ty != Ty::Truth, "a value"),
        Op::Var(_) => check(matches!(ty, Ty::One(_)), "one value"),
        Op::Arith(op, a, b) => {
            check(arith(*op, of(a), of(b)) == Some(ty), "arithmetic on numbers of one kind")
        }
        Op::Negate(a) => check(of(a) == ty && is_number(ty), "the negative of a number"),
        Op::OrElse(a, b) => check(of(a) == ty && of(b) == ty && ty != Ty::Truth, "two values of one type"),
        Op::Items(all) => match ty {
            Ty::List(item) => check(all.iter().all(|id| of(id) == Ty::One(item)), "a list of one type"),
            _ => Err("a list"),
        },
        Op::Join(a, b) => {
            check(matches!(ty, Ty::List(_)) && of(a) == ty && of(b) == ty, "two lists of one type")
        }
        Op::Count(a) => {
            check(matches!(of(a), Ty::List(_)) && ty == Ty::One(Scalar::Int), "the count of a list")
        }
        Op::Known(_) => check(ty == Ty::Truth, "a truth"),
        Op::Holds(a) => check(ty == Ty::Truth && of(a) == Ty::One(Scalar::Bool), "a truth from a boolean"),
        Op::Compare(op, a, b) => {
            let equality = matches!(op, Compare::Equal | Compare::NotEqual);
            let comparable = of(a) == of(b) && of(a) != Ty::Truth && (equality || is_number(of(a)));
            check(ty == Ty::Truth && comparable, "a comparison of two values of one type")
        }
        Op::Among(a, list) => {
            let fits = matches!((of(a), of(list)), (Ty::One(a), Ty::List(item)) if a == item);
            check(ty == Ty::Truth && fits, "a value and a list of its type")
        }
        Op::Has(a) => check(ty == Ty::Truth && of(a) != Ty::Truth, "a truth about a value"),
        Op::Not(a) => check(ty == Ty::Truth && truth(a), "a truth from a truth"),
        Op::All(all) | Op::Any(all) => check(ty == Ty::Truth && all.iter().all(truth), "a truth from truths"),
        Op::Over { list, body, .. } => {
            let fits = matches!(of(list), Ty::List(_)) && truth(body) && ty == Ty::Truth;
            check(fits, "a truth about each element of a list")
        }
    })
}

fn is_number(ty: Ty) -> bool {
    matches!(ty, Ty::One(Scalar::Int | Scalar::Money(_)))
}

fn arith(op: Arith, a: Ty, b: Ty) -> Option<Ty> {
    let int = Ty::One(Scalar::Int);
    match (op, a, b) {
        (Arith::Add | Arith::Subtract, a, b) if a == b && is_number(a) => Some(a),
        (Arith::Multiply, a, b) if is_number(a) && b == int => Some(a),
        (Arith::Multiply, a, b) if a == int && is_number(b) => Some(b),
        _ => None,
    }
}
