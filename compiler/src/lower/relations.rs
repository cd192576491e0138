//! Relations: which operation a comparison or an `in` is, by the types of its sides.

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, Convert, NodeId, Op, Ty};

use super::expr::Cx;
use super::{Construct, Lowered, Lowering};
use crate::ast::BinaryOp;
use crate::typed::Expr;

impl<'p> Lowering<'p> {
    pub(super) fn comparison(
        &mut self,
        cx: &mut Cx<'p>,
        op: BinaryOp,
        left: &'p Expr,
        right: &'p Expr,
        span: Span,
    ) -> Lowered<NodeId> {
        let null = |expr: &Expr| expr.ty == crate::types::Ty::Null;
        if null(left) || null(right) {
            let of = self.value(cx, if null(left) { right } else { left })?;
            let is_null = self.truth_node(Op::IsNull(of), span)?;
            return match op {
                BinaryOp::Equal => Ok(is_null),
                BinaryOp::NotEqual => self.truth_node(Op::Not(is_null), span),
                _ => self.refuse(Construct::Broken, span),
            };
        }
        let around = cx.counted;
        let (of_left, of_right) = self.counted(cx, op, left, right);
        cx.counted = of_left;
        let left = self.value(cx, left);
        cx.counted = of_right;
        let right = self.value(cx, right);
        cx.counted = around;
        self.compared(op, left?, right?, span)
    }

    /// Two values that are compared.
    pub(super) fn compared(
        &mut self,
        op: BinaryOp,
        left: NodeId,
        right: NodeId,
        span: Span,
    ) -> Lowered<NodeId> {
        let op = match op {
            BinaryOp::Equal => ir::Compare::Equal,
            BinaryOp::NotEqual => ir::Compare::NotEqual,
            BinaryOp::Less => ir::Compare::Less,
            BinaryOp::LessEqual => ir::Compare::LessOrEqual,
            BinaryOp::Greater => ir::Compare::Greater,
            BinaryOp::GreaterEqual => ir::Compare::GreaterOrEqual,
            BinaryOp::In => return self.contained(left, right, span),
            _ => return self.refuse(Construct::Broken, span),
        };
        // They have no order, and some of them may be there or not.
        if self.is_distinct(left) || self.is_distinct(right) {
            return self.refuse(Construct::DistinctElsewhere, span);
        }
        let (left, right, _) = self.alike(left, right, span)?;
        self.truth_node(Op::Compare(op, left, right), span)
    }

    pub(super) fn lies_in(
        &mut self,
        cx: &mut Cx<'p>,
        left: &'p Expr,
        right: &'p Expr,
        span: Span,
    ) -> Lowered<NodeId> {
        let around = cx.counted;
        let (of_left, _) = self.counted(cx, BinaryOp::In, left, right);
        cx.counted = of_left;
        let left = self.value(cx, left);
        let right = self.value(cx, right);
        cx.counted = around;
        self.contained(left?, right?, span)
    }

    /// One value in another one: among the elements of a list, or within it as a domain, folder, glob, set of times or
    /// command pattern contains values.
    fn contained(&mut self, of: NodeId, container: NodeId, span: Span) -> Lowered<NodeId> {
        let (Some(of_ty), Some(ty)) = (self.ty_of(of).cloned(), self.ty_of(container).cloned()) else {
            return self.refuse(Construct::Broken, span);
        };
        let Ty::List(element) = ty else {
            // The name of a resource lies in a folder or glob by its segments.
            let of = match (&of_ty, &ty) {
                (Ty::Text, Ty::Path | Ty::Glob) => self.convert(of, &Ty::Path, span)?,
                _ => of,
            };
            return self.truth_node(Op::Within(of, container), span);
        };
        match (&of_ty, element.as_ref()) {
            (Ty::Command, Ty::CommandPattern)
            | (Ty::Path, Ty::Glob | Ty::Path)
            | (Ty::Domain, Ty::Domain) => self.truth_node(Op::WithinAny(of, container), span),
            (Ty::Text, Ty::Path | Ty::Glob) => {
                let of = self.convert(of, &Ty::Path, span)?;
                self.truth_node(Op::WithinAny(of, container), span)
            }
            (Ty::Domain, Ty::Text) => {
                let container = self.convert(container, &Ty::list(Ty::Domain), span)?;
                self.truth_node(Op::WithinAny(of, container), span)
            }
            (of_ty, element) => {
                // An empty list is one of anything.
                let Some(common) =
                    common(of_ty, element).or_else(|| self.is_empty(container).then(|| of_ty.clone()))
                else {
                    return self.refuse(Construct::Broken, span);
                };
                let of = self.convert(of, &common, span)?;
                let container = self.convert(container, &Ty::list(common), span)?;
                self.truth_node(Op::Among(of, container), span)
            }
        }
    }

    /// Both values as values of one type.
    pub(super) fn alike(&mut self, a: NodeId, b: NodeId, span: Span) -> Lowered<(NodeId, NodeId, Ty)> {
        let (Some(a_ty), Some(b_ty)) = (self.ty_of(a).cloned(), self.ty_of(b).cloned()) else {
            return self.refuse(Construct::Broken, span);
        };
        let ty = match common(&a_ty, &b_ty) {
            Some(ty) => ty,
            None if self.is_empty(a) => b_ty,
            None if self.is_empty(b) => a_ty,
            None => {
                let both_past = matches!((a_ty, b_ty), (Ty::Past(_), Ty::Past(_)));
                let why = if both_past { Construct::PastChoice } else { Construct::Broken };
                return self.refuse(why, span);
            }
        };
        Ok((self.convert(a, &ty, span)?, self.convert(b, &ty, span)?, ty))
    }

    /// The same value as one of another type: a constant at once, anything else when it is there.
    pub(super) fn convert(&mut self, node: NodeId, to: &Ty, span: Span) -> Lowered<NodeId> {
        let Some(found) = self.out.nodes.get(node.index()) else {
            return self.refuse(Construct::Broken, span);
        };
        if found.ty == *to {
            return Ok(node);
        }
        if let Op::Const(id) = found.op {
            let value = self.out.consts.get(id.index()).cloned().unwrap_or(ir::Value::Unknown);
            let value = self.converted(value, to, span)?;
            return self.const_node(value, to.clone(), span);
        }
        match conversion(&found.ty, to) {
            Some(convert) => self.node(Op::Convert(convert, node), to.clone(), span),
            None => self.refuse(Construct::Broken, span),
        }
    }

    fn is_empty(&self, node: NodeId) -> bool {
        let Some(Op::Const(id)) = self.out.nodes.get(node.index()).map(|node| &node.op) else { return false };
        matches!(self.out.consts.get(id.index()), Some(ir::Value::List(all)) if all.is_empty())
    }
}

/// The type in which values of both can be compared.
fn common(a: &Ty, b: &Ty) -> Option<Ty> {
    if a == b || conversion(b, a).is_some() {
        return Some(a.clone());
    }
    conversion(a, b).map(|_| b.clone())
}

fn conversion(from: &Ty, to: &Ty) -> Option<Convert> {
    Some(match (from, to) {
        (Ty::Int, Ty::Decimal) => Convert::Decimal,
        (Ty::Text, Ty::Folded) => Convert::Folded,
        (Ty::Text, Ty::Domain) => Convert::Domain,
        (Ty::Text, Ty::Path) => Convert::Path,
        (Ty::List(from), Ty::List(to)) => conversion(from, to)?,
        _ => return None,
    })
}
