//! Expressions: conditions become truths, everything else becomes values.

use std::collections::HashMap;

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, Ambient, NodeId, Op, Scalar};

use super::{Construct, Lowered, Lowering};
use crate::ast::{BinaryOp, Quantifier};
use crate::typed::{Action, CallerPart, Expr, ExprKind, Fact, Read, Value, VarId};
use crate::types::Ty;

/// Where an expression is lowered.
pub(super) struct Cx {
    /// The tool whose frame is read; none where the rule reads only what every frame has.
    tool: Option<usize>,
    /// What variables stand for: an element, or the value that a function was given.
    vars: HashMap<VarId, Bound>,
    /// How many elements are bound around here.
    depth: u32,
    /// Nodes that this root may still make. A `let` is written out wherever it is read; without a bound a few lines of
    /// `let a = b + b` would fill the memory.
    left: u32,
}

#[derive(Clone, Copy)]
enum Bound {
    Element(ir::VarId, Scalar),
    Node(NodeId),
}

impl Cx {
    pub(super) fn new(tool: Option<usize>) -> Self {
        Self { tool, vars: HashMap::new(), depth: 0, left: ir::verify::MAX_COST }
    }
}

impl Lowering<'_> {
    /// Adds a node.
    pub(super) fn node(&mut self, op: Op, ty: ir::Ty, span: Span) -> Lowered<NodeId> {
        let Ok(id) = u32::try_from(self.out.nodes.len()) else {
            return self.refuse(Construct::TooLarge, span);
        };
        if self.out.nodes.len() >= ir::verify::MAX_NODES {
            return self.refuse(Construct::TooLarge, span);
        }
        let origin = self.origin(span);
        self.out.nodes.push(ir::Node { op, ty, origin });
        Ok(NodeId(id))
    }

    fn step(&mut self, cx: &mut Cx, span: Span) -> Lowered<()> {
        match cx.left.checked_sub(1) {
            Some(left) => {
                cx.left = left;
                Ok(())
            }
            None => self.refuse(Construct::TooLarge, span),
        }
    }

    /// A condition.
    pub(super) fn truth(&mut self, cx: &mut Cx, expr: &Expr) -> Lowered<NodeId> {
        self.step(cx, expr.span)?;
        let op = match &expr.kind {
            ExprKind::Const(Value::Bool(truth)) => Op::Known(*truth),
            ExprKind::Not(inner) => Op::Not(self.truth(cx, inner)?),
            ExprKind::And(parts) => Op::All(self.truths(cx, parts)?),
            ExprKind::Or(parts) => Op::Any(self.truths(cx, parts)?),
            ExprKind::Compare(op, left, right) => {
                let Some(op) = compare(*op) else { return self.refuse(Construct::Operator, expr.span) };
                Op::Compare(op, self.value(cx, left)?, self.value(cx, right)?)
            }
            ExprKind::In(left, right) => {
                // Only membership: sub-domains, folders and times come with their types.
                if !matches!(right.ty.not_null(), Ty::List(..) | Ty::Set(_)) {
                    return self.refuse(Construct::Operator, expr.span);
                }
                Op::Among(self.value(cx, left)?, self.value(cx, right)?)
            }
            ExprKind::Has(inner) => Op::Has(self.value(cx, inner)?),
            ExprKind::Quantified(quantifier, var, list, body) => {
                let list_node = self.value(cx, list)?;
                let var_id = self.bind_element(cx, *var, list_node, list.span)?;
                let body = self.truth(cx, body);
                cx.depth = cx.depth.saturating_sub(1);
                cx.vars.remove(var);
                let quantifier = match quantifier {
                    Quantifier::Each => ir::Quantifier::Each,
                    Quantifier::Some => ir::Quantifier::Some,
                };
                Op::Over { quantifier, var: var_id, list: list_node, body: body? }
            }
            ExprKind::Let(_, inner) => return self.truth(cx, inner),
            ExprKind::Bind(values, body) => {
                self.bind_values(cx, values)?;
                return self.truth(cx, body);
            }
            ExprKind::Read(_) | ExprKind::Var(_) | ExprKind::Coalesce(..) => Op::Holds(self.value(cx, expr)?),
            ExprKind::After(..) => return self.refuse(Construct::History, expr.span),
            ExprKind::Carries(..) => return self.refuse(Construct::Labels, expr.span),
            ExprKind::Matches(..) | ExprKind::Understood(_) => {
                return self.refuse(Construct::Operator, expr.span);
            }
            ExprKind::Member(..) => return self.refuse(Construct::Member, expr.span),
            ExprKind::Error => return self.refuse(Construct::Broken, expr.span),
            _ => return self.refuse(Construct::Operator, expr.span),
        };
        self.node(op, ir::Ty::Truth, expr.span)
    }

    fn truths(&mut self, cx: &mut Cx, parts: &[Expr]) -> Lowered<Vec<NodeId>> {
        parts.iter().map(|part| self.truth(cx, part)).collect()
    }

    /// A value.
    pub(super) fn value(&mut self, cx: &mut Cx, expr: &Expr) -> Lowered<NodeId> {
        self.step(cx, expr.span)?;
        let op = match &expr.kind {
            ExprKind::Const(_) | ExprKind::Set(_) => Op::Const(self.constant(expr)?),
            ExprKind::Read(read) => return self.read(cx, read, expr),
            ExprKind::Var(var) => match cx.vars.get(var).copied() {
                Some(Bound::Node(node)) => return Ok(node),
                Some(Bound::Element(var, of)) => return self.node(Op::Var(var), ir::Ty::One(of), expr.span),
                None => return self.refuse(Construct::Broken, expr.span),
            },
            ExprKind::Let(_, inner) => return self.value(cx, inner),
            ExprKind::Bind(values, body) => {
                self.bind_values(cx, values)?;
                return self.value(cx, body);
            }
            ExprKind::List(items) => {
                let items: Vec<NodeId> =
                    items.iter().map(|item| self.value(cx, item)).collect::<Lowered<_>>()?;
                if let Some(constant) = self.all_constant(&items) {
                    Op::Const(self.keep(constant, expr.span)?)
                } else {
                    Op::Items(items)
                }
            }
            ExprKind::Arith(op, left, right) => {
                let (a, b) = (self.value(cx, left)?, self.value(cx, right)?);
                match (op, &expr.ty) {
                    (BinaryOp::Add, Ty::List(..)) => Op::Join(a, b),
                    (BinaryOp::Add, _) => Op::Arith(ir::Arith::Add, a, b),
                    (BinaryOp::Subtract, _) => Op::Arith(ir::Arith::Subtract, a, b),
                    (BinaryOp::Multiply, _) => Op::Arith(ir::Arith::Multiply, a, b),
                    _ => return self.refuse(Construct::Operator, expr.span),
                }
            }
            ExprKind::Negate(inner) => Op::Negate(self.value(cx, inner)?),
            ExprKind::Coalesce(first, other) => Op::OrElse(self.value(cx, first)?, self.value(cx, other)?),
            ExprKind::Count(list) => Op::Count(self.value(cx, list)?),
            ExprKind::Member(..) => return self.refuse(Construct::Member, expr.span),
            ExprKind::Param(_) => return self.refuse(Construct::Param, expr.span),
            ExprKind::Latest(..) | ExprKind::CallsOf(..) | ExprKind::SumOf(..) | ExprKind::InFlightOf(_) => {
                return self.refuse(Construct::History, expr.span);
            }
            ExprKind::Error => return self.refuse(Construct::Broken, expr.span),
            _ if expr.ty == Ty::Bool => return self.refuse(Construct::Truth, expr.span),
            _ => return self.refuse(Construct::Operator, expr.span),
        };
        let ty = self.ty(&expr.ty, expr.span)?;
        self.node(op, ty, expr.span)
    }

    fn read(&mut self, cx: &mut Cx, read: &Read, expr: &Expr) -> Lowered<NodeId> {
        let program = self.program;
        let tool = cx.tool.and_then(|tool| program.tools.get(tool));
        let ambient = match read {
            Read::Arg(name) => {
                let place = tool.and_then(|tool| tool.params.iter().position(|param| param.name == *name));
                let slot = place.and_then(|place| u32::try_from(place).ok()?.checked_add(Ambient::SLOTS));
                let Some(slot) = slot else { return self.refuse(Construct::Broken, expr.span) };
                let ty = self.ty(&expr.ty, expr.span)?;
                return self.node(Op::Slot(ir::SlotId(slot)), ty, expr.span);
            }
            Read::Fact(Fact::Amount) => return self.amount(cx, expr.span),
            Read::Fact(Fact::Action) => {
                let Some((action, _)) = tool.and_then(|tool| tool.facts.action) else {
                    return self.refuse(Construct::Broken, expr.span);
                };
                return self.text(Action::word(action), expr.span);
            }
            Read::Fact(_) | Read::Digest => return self.refuse(Construct::Fact, expr.span),
            Read::Tool => {
                let Some(tool) = tool else { return self.refuse(Construct::Broken, expr.span) };
                return self.text(&tool.wire, expr.span);
            }
            Read::Caller(CallerPart::Agent) => Ambient::Agent,
            Read::Caller(CallerPart::User) => Ambient::User,
            Read::Caller(CallerPart::Tenant) => Ambient::Tenant,
            Read::JobId => Ambient::Job,
            Read::Skill => Ambient::Skill,
            Read::Host(_) => return self.refuse(Construct::Host, expr.span),
            Read::JobLabels => return self.refuse(Construct::Labels, expr.span),
            Read::Caller(CallerPart::Via) | Read::Auth(_) | Read::Job(_) | Read::Now => {
                return self.refuse(Construct::Surroundings, expr.span);
            }
        };
        self.node(Op::Slot(ambient.slot()), ir::Ty::One(Scalar::Text), expr.span)
    }

    /// The amount of the tool at hand, as its clause computes it.
    pub(super) fn amount(&mut self, cx: &mut Cx, span: Span) -> Lowered<NodeId> {
        let program = self.program;
        let amount = cx.tool.and_then(|tool| program.tools.get(tool)?.facts.amount.as_ref());
        match amount {
            Some((amount, _)) => self.value(cx, amount),
            None => self.refuse(Construct::Fact, span),
        }
    }

    fn text(&mut self, text: &str, span: Span) -> Lowered<NodeId> {
        let id = self.keep(ir::Value::Text(text.into()), span)?;
        self.node(Op::Const(id), ir::Ty::One(Scalar::Text), span)
    }

    /// From here on the variable stands for the elements of a list.
    pub(super) fn bind_element(
        &mut self,
        cx: &mut Cx,
        var: VarId,
        list: NodeId,
        span: Span,
    ) -> Lowered<ir::VarId> {
        let Some(ir::Ty::List(of)) = self.out.nodes.get(list.index()).map(|node| node.ty) else {
            return self.refuse(Construct::ValueType, span);
        };
        let id = ir::VarId(cx.depth);
        cx.depth += 1;
        cx.vars.insert(var, Bound::Element(id, of));
        Ok(id)
    }

    fn bind_values(&mut self, cx: &mut Cx, values: &[(VarId, Expr)]) -> Lowered<()> {
        for (var, value) in values {
            let node = self.value(cx, value)?;
            cx.vars.insert(*var, Bound::Node(node));
        }
        Ok(())
    }

    /// An expression that is known beforehand.
    pub(super) fn constant(&mut self, expr: &Expr) -> Lowered<ir::ConstId> {
        let value = self.static_value(expr)?;
        self.keep(value, expr.span)
    }

    fn static_value(&mut self, expr: &Expr) -> Lowered<ir::Value> {
        let program = self.program;
        let elements = match &expr.kind {
            ExprKind::Const(value) => {
                return match scalar_value(value) {
                    Some(value) => Ok(value),
                    None => self.refuse(Construct::ValueType, expr.span),
                };
            }
            ExprKind::List(items) => items,
            ExprKind::Set(index) => match program.sets.get(*index) {
                Some(set) if set.times.is_none() => &set.elements,
                _ => return self.refuse(Construct::SetElements, expr.span),
            },
            ExprKind::Let(_, inner) => return self.static_value(inner),
            _ => return self.refuse(Construct::SetElements, expr.span),
        };
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            match self.static_value(element)? {
                // A set within a set: its elements.
                ir::Value::List(more) => values.extend(more),
                value => values.push(value),
            }
        }
        Ok(ir::Value::List(values))
    }

    fn keep(&mut self, value: ir::Value, span: Span) -> Lowered<ir::ConstId> {
        let Ok(id) = u32::try_from(self.out.consts.len()) else {
            return self.refuse(Construct::TooLarge, span);
        };
        self.out.consts.push(value);
        Ok(ir::ConstId(id))
    }

    fn all_constant(&self, items: &[NodeId]) -> Option<ir::Value> {
        let of = |id: &NodeId| match self.out.nodes.get(id.index())?.op {
            Op::Const(id) => self.out.consts.get(id.index()).cloned(),
            _ => None,
        };
        items.iter().map(of).collect::<Option<Vec<_>>>().map(ir::Value::List)
    }

    fn ty(&mut self, ty: &Ty, span: Span) -> Lowered<ir::Ty> {
        let found = match ty {
            Ty::List(of, _) | Ty::Set(of) => scalar(of).map(ir::Ty::List),
            of => scalar(of).map(ir::Ty::One),
        };
        match found {
            Some(ty) => Ok(ty),
            None => self.refuse(Construct::ValueType, span),
        }
    }
}

fn scalar(ty: &Ty) -> Option<Scalar> {
    Some(match ty {
        Ty::Bool => Scalar::Bool,
        Ty::Int => Scalar::Int,
        Ty::Money(currency) => Scalar::Money(*currency),
        Ty::String | Ty::Text | Ty::Id(_) | Ty::Enum(_) => Scalar::Text,
        _ => return None,
    })
}

fn scalar_value(value: &Value) -> Option<ir::Value> {
    Some(match value {
        Value::Bool(value) => ir::Value::Bool(*value),
        Value::Int(value) => ir::Value::Int(*value),
        Value::Money(value) => ir::Value::Money(*value),
        Value::Text(value) => ir::Value::Text(value.as_str().into()),
        Value::List(all) => ir::Value::List(all.iter().map(scalar_value).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn compare(op: BinaryOp) -> Option<ir::Compare> {
    Some(match op {
        BinaryOp::Equal => ir::Compare::Equal,
        BinaryOp::NotEqual => ir::Compare::NotEqual,
        BinaryOp::Less => ir::Compare::Less,
        BinaryOp::LessEqual => ir::Compare::LessOrEqual,
        BinaryOp::Greater => ir::Compare::Greater,
        BinaryOp::GreaterEqual => ir::Compare::GreaterOrEqual,
        _ => return None,
    })
}
