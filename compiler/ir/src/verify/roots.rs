//! Roots: what a rule or a charge reads, in the frames of its tools and under the variables it binds.

use super::nodes::Weight;
use super::{Fault, MAX_COST, MAX_VARS, at_most, slot_type};
use crate::program::{
    Ambient, Charge, ChargeId, Effect, Meter, NodeId, Op, Part, Program, Rule, Scalar, Template, ToolId, Ty,
};

/// Checks a rule, and says what has to surround a call for it.
pub(super) fn rule(program: &Program, weights: &[Weight], rule: &Rule) -> Result<Vec<Ambient>, Fault> {
    let mut root = Root { program, weights, tools: &rule.tools, vars: Vec::new(), scopes: Vec::new() };
    if program.files.get(rule.origin.file.index()).is_none() {
        return Err(Fault::Index { table: "file", index: rule.origin.file.0 });
    }
    if let Effect::Challenge(id) = rule.effect {
        program.challenges.get(id.index()).ok_or(Fault::Index { table: "challenge", index: id.0 })?;
    }
    if let Some(guard) = rule.guard {
        root.is(guard, Ty::Truth, "a truth")?;
    }
    if let Some(each) = rule.each {
        let Ty::List(item) = root.value(each.list)? else {
            return Err(Fault::Type { node: each.list.0, expected: "a list".to_owned() });
        };
        if each.var.index() != 0 {
            return Err(Fault::Unbound { node: each.list.0 });
        }
        root.vars.push(item);
    }
    root.is(rule.condition, Ty::Truth, "a truth")?;
    for template in rule.because.iter().chain(&rule.audit) {
        root.template(template)?;
    }
    Ok(root.scopes)
}

/// Checks a charge.
pub(super) fn charge(
    program: &Program,
    weights: &[Weight],
    id: ChargeId,
    charge: &Charge,
) -> Result<(), Fault> {
    let tools = [charge.tool];
    let mut root = Root { program, weights, tools: &tools, vars: Vec::new(), scopes: Vec::new() };
    let limit = program
        .limits
        .get(charge.limit.index())
        .ok_or(Fault::Index { table: "limit", index: charge.limit.0 })?;
    if charge.keys.len() != limit.keys.len() || charge.lines.len() != limit.bounds.len() {
        return Err(Fault::Shape { what: "a charge does not have its limit's shape", index: id.index() });
    }
    if let Some(guard) = charge.guard {
        root.is(guard, Ty::Truth, "a truth")?;
    }
    for (&key, &of) in charge.keys.iter().zip(&limit.keys) {
        root.is(key, Ty::One(of), "a key of its limit's type")?;
    }
    for (line, bound) in charge.lines.iter().zip(&limit.bounds) {
        match (line.amount, bound.meter) {
            (None, Meter::Calls) => {}
            (Some(amount), Meter::Sum(currency)) => {
                root.is(amount, Ty::One(Scalar::Money(currency)), "an amount of its limit's currency")?;
            }
            _ => {
                return Err(Fault::Shape {
                    what: "a charge does not have its limit's shape",
                    index: id.index(),
                });
            }
        }
        if let Some(because) = &line.because {
            root.template(because)?;
        }
    }
    Ok(())
}

struct Root<'p> {
    program: &'p Program,
    weights: &'p [Weight],
    tools: &'p [ToolId],
    /// Element types of the variables that are bound here.
    vars: Vec<Scalar>,
    scopes: Vec<Ambient>,
}

impl Root<'_> {
    fn template(&mut self, template: &Template) -> Result<(), Fault> {
        for part in &template.parts {
            if let Part::Value(node) = part
                && self.value(*node)? == Ty::Truth
            {
                return Err(Fault::Type { node: node.0, expected: "a value".to_owned() });
            }
        }
        Ok(())
    }

    fn is(&mut self, node: NodeId, ty: Ty, expected: &str) -> Result<(), Fault> {
        if self.value(node)? == ty {
            Ok(())
        } else {
            Err(Fault::Type { node: node.0, expected: expected.to_owned() })
        }
    }

    fn value(&mut self, node: NodeId) -> Result<Ty, Fault> {
        let weight = self.weights.get(node.index()).ok_or(Fault::Index { table: "node", index: node.0 })?;
        // The walk below is as long as the cost says, however much is shared: this keeps it short.
        at_most("nodes of one rule", weight.cost as usize, MAX_COST as usize)?;
        self.walk(node, false)
    }

    /// `asked`: an operation above asks whether this is there.
    fn walk(&mut self, id: NodeId, asked: bool) -> Result<Ty, Fault> {
        let program = self.program;
        let node = program.nodes.get(id.index()).ok_or(Fault::Index { table: "node", index: id.0 })?;
        match &node.op {
            Op::Slot(slot) => {
                if slot_type(program, self.tools, *slot) != Some(node.ty) {
                    return Err(Fault::Type {
                        node: id.0,
                        expected: "the type of its slot in every tool".to_owned(),
                    });
                }
                if let Some(ambient) = Ambient::at(*slot)
                    && !asked
                    && !self.scopes.contains(&ambient)
                {
                    self.scopes.push(ambient);
                }
            }
            Op::Var(var) => {
                if self.vars.get(var.index()).map(|&of| Ty::One(of)) != Some(node.ty) {
                    return Err(Fault::Unbound { node: id.0 });
                }
            }
            Op::Has(inner) => {
                self.walk(*inner, true)?;
            }
            Op::OrElse(first, other) => {
                self.walk(*first, true)?;
                self.walk(*other, asked)?;
            }
            Op::Over { var, list, body, .. } => {
                let Ty::List(item) = self.walk(*list, false)? else {
                    return Err(Fault::Type { node: list.0, expected: "a list".to_owned() });
                };
                if var.index() != self.vars.len() {
                    return Err(Fault::Unbound { node: id.0 });
                }
                at_most("quantifiers in one another", self.vars.len() + 1, MAX_VARS)?;
                self.vars.push(item);
                let body = self.walk(*body, false);
                self.vars.pop();
                body?;
            }
            op => {
                let mut first = Ok(());
                op.children(&mut |child| {
                    if first.is_ok() {
                        first = self.walk(child, false).map(|_| ());
                    }
                });
                first?;
            }
        }
        Ok(node.ty)
    }
}
