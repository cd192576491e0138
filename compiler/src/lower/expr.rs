//! Expressions: conditions become truths, everything else becomes values.

use std::collections::HashMap;

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, NodeId, Op};

use super::counts::{Counted, Polarity};
use super::{Construct, Lowered, Lowering, forms, members, number};
use crate::ast::{BinaryOp, Quantifier};
use crate::typed::{Expr, ExprKind, Value, VarId};
use crate::types::Ty;

/// Whose frame is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// What every frame has.
    Shared,
    /// That of a tool, by its index in the program.
    Tool(usize),
    /// That of an event, by its index in the program.
    Event(usize),
}

/// Where an expression is lowered.
pub(super) struct Cx<'p> {
    /// Whose frame is read.
    pub(super) frame: Frame,
    /// What a condition does where it is true.
    pub(super) polarity: Polarity,
    /// What counts of past calls are compared with here.
    pub(super) counted: Counted,
    /// What follows is counted, and nothing else asked of it.
    pub(super) counting: bool,
    /// How counts were asked for, by their places: what a message shows is what the condition has seen.
    pub(super) asked: HashMap<Span, Counted>,
    /// The variables that stand for something that only the past says.
    pub(super) of_past: HashMap<VarId, OfPast>,
    /// What variables stand for.
    vars: HashMap<VarId, Bound<'p>>,
    /// How many elements are bound around here.
    depth: usize,
    /// How many expressions stand around here.
    nesting: u32,
    /// Nodes that this root may still make. A `let` is written out wherever it is read; without a bound a few lines of
    /// `let a = b + b` would fill the memory.
    left: u32,
}

/// What only the past says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OfPast {
    /// An element of `distinct …`: by these the past is asked in turn.
    Value,
    /// Anything else.
    Part,
}

/// What a variable stands for.
pub(super) enum Bound<'p> {
    /// An element of a list.
    Element(ir::VarId, ir::Ty),
    /// What a function was given; written out wherever it is read, like a `let`.
    Value(&'p Expr),
}

impl<'p> Cx<'p> {
    pub(super) fn new(frame: Frame) -> Self {
        Self {
            frame,
            polarity: Polarity::Either,
            counted: Counted::default(),
            counting: false,
            asked: HashMap::new(),
            of_past: HashMap::new(),
            vars: HashMap::new(),
            depth: 0,
            nesting: 0,
            left: ir::verify::MAX_COST,
        }
    }

    pub(super) fn shared() -> Self {
        Self::new(Frame::Shared)
    }

    pub(super) fn of_tool(index: usize) -> Self {
        Self::new(Frame::Tool(index))
    }

    pub(super) fn bound(&self, var: VarId) -> Option<&Bound<'p>> {
        self.vars.get(&var)
    }

    /// True where an element of `distinct …` stands in the expression.
    pub(super) fn mentions_value_of_past(&self, expr: &Expr) -> bool {
        let mut found = false;
        expr.walk(&mut |expr| {
            found |= matches!(&expr.kind, ExprKind::Var(var) if self.of_past.contains_key(var));
        });
        found
    }

    /// What a function is given. Variables are unique in a program, so that nothing has to be taken back.
    pub(super) fn bind_values(&mut self, values: &'p [(VarId, Expr)]) {
        self.vars.extend(values.iter().map(|(var, value)| (*var, Bound::Value(value))));
    }
}

impl<'p> Lowering<'p> {
    /// Adds a node.
    pub(super) fn node(&mut self, op: Op, ty: ir::Ty, span: Span) -> Lowered<NodeId> {
        if self.out.nodes.len() >= ir::verify::MAX_NODES {
            return self.refuse(Construct::TooLarge, span);
        }
        let id = NodeId(number(self.out.nodes.len()));
        let origin = self.origin(span);
        self.out.nodes.push(ir::Node { op, ty, origin });
        Ok(id)
    }

    pub(super) fn truth_node(&mut self, op: Op, span: Span) -> Lowered<NodeId> {
        self.node(op, ir::Ty::Truth, span)
    }

    /// A node for a constant.
    pub(super) fn const_node(&mut self, value: ir::Value, ty: ir::Ty, span: Span) -> Lowered<NodeId> {
        let id = self.keep(value, span)?;
        self.node(Op::Const(id), ty, span)
    }

    pub(super) fn ty_of(&self, node: NodeId) -> Option<&ir::Ty> {
        self.out.nodes.get(node.index()).map(|node| &node.ty)
    }

    /// All of the conditions; nothing where there is none.
    pub(super) fn all(&mut self, parts: Vec<NodeId>, span: Span) -> Lowered<Option<NodeId>> {
        match parts.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => self.truth_node(Op::All(parts), span).map(Some),
        }
    }

    pub(super) fn step(&mut self, cx: &mut Cx<'p>, span: Span) -> Lowered<()> {
        match cx.left.checked_sub(1) {
            Some(left) if cx.nesting < ir::verify::MAX_DEPTH => {
                cx.left = left;
                Ok(())
            }
            _ => self.refuse(Construct::TooLarge, span),
        }
    }

    /// A condition.
    pub(super) fn truth(&mut self, cx: &mut Cx<'p>, expr: &'p Expr) -> Lowered<NodeId> {
        self.step(cx, expr.span)?;
        cx.nesting += 1;
        let found = self.truth_inside(cx, expr);
        cx.nesting = cx.nesting.saturating_sub(1);
        found
    }

    fn truth_inside(&mut self, cx: &mut Cx<'p>, expr: &'p Expr) -> Lowered<NodeId> {
        let span = expr.span;
        let op = match &expr.kind {
            ExprKind::Const(Value::Bool(truth)) => Op::Known(*truth),
            ExprKind::Not(inner) => {
                let around = cx.polarity;
                cx.polarity = around.flipped();
                let inner = self.truth(cx, inner);
                cx.polarity = around;
                Op::Not(inner?)
            }
            ExprKind::And(parts) => Op::All(self.truths(cx, parts)?),
            ExprKind::Or(parts) => Op::Any(self.truths(cx, parts)?),
            ExprKind::Compare(op, left, right) => return self.comparison(cx, *op, left, right, span),
            ExprKind::In(left, right) => return self.lies_in(cx, left, right, span),
            ExprKind::Matches(of, pattern) => {
                let of = self.value(cx, of)?;
                let Some(pattern) = crate::typed::compiled(pattern) else {
                    return self.refuse(Construct::Broken, span);
                };
                let pattern = self.const_node(ir::Value::Pattern(pattern), ir::Ty::Pattern, span)?;
                Op::Matches(of, pattern)
            }
            ExprKind::Understood(of) => Op::Understood(self.value(cx, of)?),
            ExprKind::Has(inner) => return self.has(cx, inner, span),
            ExprKind::Quantified(quantifier, var, list, body) => {
                let list_node = self.value(cx, list)?;
                let id = self.bind_element(cx, *var, list, list_node)?;
                let body = self.truth(cx, body);
                self.unbind_element(cx, *var);
                let quantifier = match quantifier {
                    Quantifier::Each => ir::Quantifier::Each,
                    Quantifier::Some => ir::Quantifier::Some,
                };
                Op::Over { quantifier, var: id, list: list_node, body: body? }
            }
            ExprKind::After(past, within, without) => {
                return self.after(cx, past, *within, without, span);
            }
            ExprKind::Carries(label, source) => Op::Carries { label: label.clone(), source: source.clone() },
            ExprKind::Let(_, inner) => return self.truth(cx, inner),
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                return self.truth(cx, body);
            }
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => return self.truth(cx, value),
                _ => Op::Holds(self.value(cx, expr)?),
            },
            ExprKind::Error => return self.refuse(Construct::Broken, span),
            _ => Op::Holds(self.value(cx, expr)?),
        };
        self.truth_node(op, span)
    }

    fn truths(&mut self, cx: &mut Cx<'p>, parts: &'p [Expr]) -> Lowered<Vec<NodeId>> {
        parts.iter().map(|part| self.truth(cx, part)).collect()
    }

    /// `has x`: of what this tool does not have at all, the answer is known.
    fn has(&mut self, cx: &mut Cx<'p>, of: &'p Expr, span: Span) -> Lowered<NodeId> {
        if self.is_missing(cx, of) {
            return self.truth_node(Op::Known(false), span);
        }
        // `has last.args` asks for the call.
        let of = members::past_part(cx, of);
        let of = match &of.kind {
            ExprKind::Member(call, _) if matches!(of.ty, Ty::PastPart(..)) => call,
            _ => of,
        };
        let of = self.value(cx, of)?;
        self.truth_node(Op::Has(of), span)
    }

    /// A value.
    pub(super) fn value(&mut self, cx: &mut Cx<'p>, expr: &'p Expr) -> Lowered<NodeId> {
        self.step(cx, expr.span)?;
        cx.nesting += 1;
        let found = self.value_inside(cx, expr);
        cx.nesting = cx.nesting.saturating_sub(1);
        found
    }

    fn value_inside(&mut self, cx: &mut Cx<'p>, expr: &'p Expr) -> Lowered<NodeId> {
        let span = expr.span;
        if self.is_known(cx, expr) {
            let value = self.known(cx, expr)?;
            let Some(ty) = forms::ty(&expr.ty) else { return self.refuse(Construct::Broken, span) };
            // A function's parameter, or a `let`, may be declared as something wider than what it stands for.
            let value = self.converted(value, &ty, span)?;
            return self.const_node(value, ty, span);
        }
        match &expr.kind {
            ExprKind::Read(read) => self.read(cx, read, expr),
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(Bound::Element(id, ty)) => {
                    let (op, ty) = (Op::Var(*id), ty.clone());
                    self.node(op, ty, span)
                }
                Some(&Bound::Value(value)) => {
                    let node = self.value(cx, value)?;
                    self.declared(node, &expr.ty, span)
                }
                None => self.refuse(Construct::Broken, span),
            },
            ExprKind::Let(_, inner) => {
                let node = self.value(cx, inner)?;
                self.declared(node, &expr.ty, span)
            }
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.value(cx, body)
            }
            ExprKind::Member(of, name) => self.member(cx, expr, of, name),
            ExprKind::List(items) => self.list(cx, items, &expr.ty, span),
            ExprKind::Arith(op, left, right) => self.arithmetic(cx, *op, left, right, span),
            ExprKind::JoinPath(folder, name) => {
                let op = Op::JoinPath(self.value(cx, folder)?, self.value(cx, name)?);
                self.node(op, ir::Ty::Path, span)
            }
            ExprKind::Negate(inner) => {
                cx.counted.flip();
                let inner = self.value(cx, inner);
                cx.counted.flip();
                let inner = inner?;
                let ty = self.ty_of(inner).cloned().unwrap_or(ir::Ty::Int);
                self.node(Op::Negate(inner), ty, span)
            }
            ExprKind::Coalesce(first, other) => {
                if self.is_missing(cx, first) {
                    return self.value(cx, other);
                }
                let (first, other) = (self.value(cx, first)?, self.value(cx, other)?);
                let (first, other, ty) = self.alike(first, other, span)?;
                if let ir::Ty::Past(_) = ty {
                    return self.refuse(Construct::PastChoice, span);
                }
                self.node(Op::OrElse(first, other), ty, span)
            }
            ExprKind::Count(list) => {
                let around = cx.counting;
                cx.counting = self.is_of_past(cx, list);
                let list = self.value(cx, list);
                cx.counting = around;
                let op = Op::Count(list?);
                self.node(op, ir::Ty::Int, span)
            }
            ExprKind::Length(text) => {
                let op = Op::Length(self.value(cx, text)?);
                self.node(op, ir::Ty::Int, span)
            }
            ExprKind::Latest(which, past, within) => self.past_call(cx, *which, past, *within, span),
            ExprKind::CallsOf(past, within, no) => self.calls_of(cx, past, *within, no, span),
            ExprKind::SumOf(value, past, within, no) => {
                self.sum_of(cx, value.as_deref(), past, (*within, no), span)
            }
            ExprKind::Distinct(value, past, within) => self.distinct_of(cx, value, past, *within, span),
            ExprKind::InFlightOf(past) => self.in_flight_of(cx, past, span),
            ExprKind::Error => self.refuse(Construct::Broken, span),
            _ if expr.ty == Ty::Bool => {
                // Nobody knows here which answer lets a call pass.
                let around = cx.polarity;
                cx.polarity = Polarity::Either;
                let truth = self.truth(cx, expr);
                cx.polarity = around;
                let op = Op::AsBool(truth?);
                self.node(op, ir::Ty::Bool, span)
            }
            _ => self.refuse(Construct::Broken, span),
        }
    }

    /// A value as one of the type that it was declared to have, which may be a wider one.
    fn declared(&mut self, node: NodeId, ty: &Ty, span: Span) -> Lowered<NodeId> {
        match forms::ty(ty) {
            Some(ty) => self.convert(node, &ty, span),
            None => Ok(node),
        }
    }

    fn list(&mut self, cx: &mut Cx<'p>, items: &'p [Expr], ty: &Ty, span: Span) -> Lowered<NodeId> {
        let Some(ty) = forms::ty(ty) else { return self.refuse(Construct::Broken, span) };
        let of = ty.element().cloned().unwrap_or(ir::Ty::Text);
        let mut nodes = Vec::with_capacity(items.len());
        for item in items {
            let node = self.value(cx, item)?;
            nodes.push(self.convert(node, &of, item.span)?);
        }
        self.node(Op::Items(nodes), ty, span)
    }

    fn arithmetic(
        &mut self,
        cx: &mut Cx<'p>,
        op: BinaryOp,
        left: &'p Expr,
        right: &'p Expr,
        span: Span,
    ) -> Lowered<NodeId> {
        use ir::Ty;
        let around = cx.counted;
        if op == BinaryOp::Multiply {
            cx.counted.lose_direction();
        }
        let a = self.value(cx, left);
        if op == BinaryOp::Subtract {
            cx.counted.flip();
        }
        let b = self.value(cx, right);
        cx.counted = around;
        let (a, b) = (a?, b?);
        let (Some(a_ty), Some(b_ty)) = (self.ty_of(a).cloned(), self.ty_of(b).cloned()) else {
            return self.refuse(Construct::Broken, span);
        };
        let op = match op {
            BinaryOp::Add => ir::Arith::Add,
            BinaryOp::Subtract => ir::Arith::Subtract,
            BinaryOp::Multiply => ir::Arith::Multiply,
            _ => return self.refuse(Construct::Broken, span),
        };
        let ty = match (op, &a_ty, &b_ty) {
            (ir::Arith::Multiply, Ty::Money(_) | Ty::Duration, Ty::Int | Ty::Decimal) => a_ty,
            (ir::Arith::Multiply, Ty::Int | Ty::Decimal, Ty::Money(_) | Ty::Duration) => b_ty,
            (ir::Arith::Subtract, Ty::Timestamp, Ty::Timestamp) => Ty::Duration,
            (_, Ty::Timestamp, Ty::Duration) => Ty::Timestamp,
            // What is open or failed is known to the list itself alone, and a value in both would count twice.
            _ if self.is_distinct(a) || self.is_distinct(b) => {
                return self.refuse(Construct::DistinctElsewhere, span);
            }
            _ => {
                let (a, b, ty) = self.alike(a, b, span)?;
                let op = if let Ty::List(_) = ty { Op::Join(a, b) } else { Op::Arith(op, a, b) };
                return self.node(op, ty, span);
            }
        };
        self.node(Op::Arith(op, a, b), ty, span)
    }

    /// True of the different values that past calls had.
    pub(super) fn is_distinct(&self, node: NodeId) -> bool {
        self.out.nodes.get(node.index()).is_some_and(|node| matches!(node.op, Op::Distinct(_)))
    }

    /// From here on the variable stands for the elements of a list.
    pub(super) fn bind_element(
        &mut self,
        cx: &mut Cx<'p>,
        var: VarId,
        list: &'p Expr,
        node: NodeId,
    ) -> Lowered<ir::VarId> {
        let Some(of) = self.ty_of(node).and_then(ir::Ty::element).cloned() else {
            return self.refuse(Construct::Broken, list.span);
        };
        if cx.depth >= ir::verify::MAX_VARS {
            return self.refuse(Construct::TooLarge, list.span);
        }
        if self.is_distinct(node) {
            cx.of_past.insert(var, OfPast::Value);
        } else if self.asks_past(cx, list) || cx.mentions_value_of_past(list) {
            cx.of_past.insert(var, OfPast::Part);
        }
        let id = ir::VarId(number(cx.depth));
        cx.depth += 1;
        cx.vars.insert(var, Bound::Element(id, of));
        Ok(id)
    }

    fn unbind_element(&mut self, cx: &mut Cx<'p>, var: VarId) {
        cx.depth = cx.depth.saturating_sub(1);
        cx.vars.remove(&var);
    }
}
