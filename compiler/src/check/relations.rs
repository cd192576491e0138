//! Operators of two operands: which types they take, and what comes out.

use agentpass_grammar::Span;

use super::context::Cx;
use super::{Checker, absence};
use crate::ast::{self, BinaryOp, ExprKind as Ast};
use crate::diagnostics::problems::{absent, types as problem};
use crate::typed::{Expr, ExprKind, Fact, Read};
use crate::types::{ListSize, Ty};

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        cx: &mut Cx,
        span: Span,
        (left, op, at, right): (&ast::Expr, BinaryOp, Span, &ast::Expr),
        expected: Option<&Ty>,
    ) -> Expr {
        match op {
            BinaryOp::In => self.lies_in(cx, span, at, left, right),
            op if op.is_relation() => self.compare(cx, span, op, at, left, right),
            BinaryOp::Join => self.join_path(cx, span, at, left, right),
            _ => self.arithmetic(cx, span, op, at, left, right, expected),
        }
    }

    /// Both sides, each one read with the type of the other where it is a literal.
    fn sides(&mut self, cx: &mut Cx, left: &ast::Expr, right: &ast::Expr) -> (Expr, Expr) {
        if is_literal(left) && !is_literal(right) {
            let right = self.value(cx, right, None);
            let left = self.value(cx, left, Some(&right.ty));
            (left, right)
        } else {
            let left = self.value(cx, left, None);
            let right = self.value(cx, right, Some(&left.ty));
            (left, right)
        }
    }

    fn compare(
        &mut self,
        cx: &mut Cx,
        span: Span,
        op: BinaryOp,
        at: Span,
        left: &ast::Expr,
        right: &ast::Expr,
    ) -> Expr {
        let (left, right) = self.sides(cx, left, right);
        let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        let null = matches!(left.ty, Ty::Null) || matches!(right.ty, Ty::Null);
        let error = left.ty.is_error() || right.ty.is_error();
        if null && !error {
            let other = if left.ty == Ty::Null { &right } else { &left };
            if !matches!(other.ty, Ty::Nullable(_)) {
                self.report(problem::null_not_allowed(span, &other.ty));
            } else if !equality {
                self.report(problem::cannot_compare(
                    at,
                    op.text(),
                    &left.ty,
                    left.span,
                    &right.ty,
                    right.span,
                ));
            }
        } else if !error {
            for side in [&left, &right] {
                if let Ty::Nullable(inner) = &side.ty
                    && equality
                    && absence::path(side).is_some_and(|path| cx.is_present(&absence::null(&path)))
                {
                    self.report(problem::is_null_here(side.span, inner));
                }
            }
            let fits = if equality {
                can_equal(left.ty.not_null(), right.ty.not_null())
            } else {
                for side in [&left, &right] {
                    if let Ty::Nullable(inner) = &side.ty {
                        self.report(absent::may_be_null(side.span, inner));
                    }
                }
                can_order(left.ty.not_null(), right.ty.not_null())
            };
            if !fits {
                self.report(problem::cannot_compare(
                    at,
                    op.text(),
                    &left.ty,
                    left.span,
                    &right.ty,
                    right.span,
                ));
            }
        }
        let kind = ExprKind::Compare(op, Box::new(left), Box::new(right));
        Expr { span, ty: Ty::Bool, optional: false, kind }
    }

    fn lies_in(&mut self, cx: &mut Cx, span: Span, at: Span, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let typed = if is_literal(left) { None } else { Some(self.value(cx, left, None)) };
        let hint = typed.as_ref().map(|left| match left.ty.not_null() {
            Ty::ShellCommand => Ty::list(Ty::Command),
            // A path lies in a folder or in a glob: text between quotes is a folder unless it has a star.
            ty => Ty::list(ty.clone()),
        });
        // The name of a resource is a path of escaped segments (semantics 13): it lies in folders and globs as paths do.
        let is_resource = typed.as_ref().is_some_and(names_resource);
        let single = typed.as_ref().map(|left| match left.ty.not_null() {
            Ty::String if is_resource => Ty::Path,
            other => other.clone(),
        });
        let right_expr = match (&right.kind, &single) {
            (Ast::Literal(ast::Literal::Text(text)), Some(Ty::Path)) if text.contains('*') => {
                self.value(cx, right, Some(&Ty::Glob))
            }
            (Ast::Literal(_), Some(ty)) => self.value(cx, right, Some(ty)),
            (Ast::List(items), Some(Ty::Path)) if items.iter().any(has_star) => {
                self.value(cx, right, Some(&Ty::list(Ty::Glob)))
            }
            (Ast::List(_), Some(Ty::Path)) => self.value(cx, right, Some(&Ty::list(Ty::Path))),
            _ => self.value(cx, right, hint.as_ref()),
        };
        let left = match typed {
            Some(left) => left,
            None => {
                let element = match &right_expr.ty {
                    Ty::List(element, _) | Ty::Set(element) => Some(element.as_ref().clone()),
                    other => Some(other.clone()),
                };
                self.value(cx, left, element.as_ref())
            }
        };
        let (of, container) = (left.ty.not_null(), right_expr.ty.not_null());
        if let Ty::Nullable(inner) = &left.ty {
            self.report(absent::may_be_null(left.span, inner));
        }
        if !of.is_error() && !container.is_error() {
            let element = match container {
                Ty::List(element, _) | Ty::Set(element) => Some(element.as_ref()),
                _ => None,
            };
            let as_path = is_resource && matches!(element.unwrap_or(container), Ty::Path | Ty::Glob);
            let of = if as_path { &Ty::Path } else { of };
            let fits = match element {
                Some(element) => can_lie_among(of, element),
                None => can_lie_in(of, container),
            };
            if !fits {
                let is_container = element.is_some()
                    || matches!(container, Ty::Domain | Ty::Path | Ty::Glob | Ty::Times | Ty::Command);
                self.report(if is_container {
                    problem::cannot_compare(at, "in", of, left.span, container, right_expr.span)
                } else {
                    problem::cannot_contain(right_expr.span, container)
                });
            }
        }
        let kind = ExprKind::In(Box::new(left), Box::new(right_expr));
        Expr { span, ty: Ty::Bool, optional: false, kind }
    }

    fn join_path(&mut self, cx: &mut Cx, span: Span, at: Span, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let left = self.value(cx, left, Some(&Ty::Path));
        let right = self.value(cx, right, Some(&Ty::Path));
        let fits = |ty: &Ty| matches!(ty, Ty::Path | Ty::String | Ty::Id(_) | Ty::Enum(_) | Ty::Error);
        if left.ty != Ty::Path && !left.ty.is_error() || !fits(&right.ty) {
            let finding = problem::bad_operands(at, "/", &left.ty, &right.ty)
                .help("`/` joins a path and a name; numbers are not divided in contracts");
            self.report(finding);
            return super::context::error(span);
        }
        let kind = ExprKind::JoinPath(Box::new(left), Box::new(right));
        Expr { span, ty: Ty::Path, optional: false, kind }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one expression")]
    fn arithmetic(
        &mut self,
        cx: &mut Cx,
        span: Span,
        op: BinaryOp,
        at: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Ty>,
    ) -> Expr {
        let (left, right) = match expected {
            // A product has another type than its factors.
            Some(ty) if op != BinaryOp::Multiply => {
                let left = self.value(cx, left, Some(ty));
                let right = self.value(cx, right, Some(ty));
                (left, right)
            }
            _ => self.sides_of_product(cx, op, left, right),
        };
        let ty = match result(op, &left.ty, &right.ty) {
            Some(ty) => ty,
            None => {
                let finding = problem::bad_operands(at, op.text(), &left.ty, &right.ty);
                let finding = match (&left.ty, &right.ty) {
                    (Ty::Nullable(_), _) | (_, Ty::Nullable(_)) => finding.help("one of them may be null"),
                    (Ty::Money(a), Ty::Money(b)) if a != b => finding.help("these are different currencies"),
                    _ => finding,
                };
                self.report(finding);
                Ty::Error
            }
        };
        Expr { span, ty, optional: false, kind: ExprKind::Arith(op, Box::new(left), Box::new(right)) }
    }

    fn sides_of_product(
        &mut self,
        cx: &mut Cx,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
    ) -> (Expr, Expr) {
        if op == BinaryOp::Multiply {
            (self.value(cx, left, None), self.value(cx, right, None))
        } else {
            self.sides(cx, left, right)
        }
    }
}

/// True where the value is the name of the call's resource.
fn names_resource(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Read(Read::Fact(Fact::Resource)) => true,
        ExprKind::Let(_, value) => names_resource(value),
        _ => false,
    }
}

fn is_literal(expr: &ast::Expr) -> bool {
    match &expr.kind {
        Ast::Literal(_) => true,
        Ast::Paren(inner) | Ast::Negate(inner) => is_literal(inner),
        Ast::List(items) => items.iter().all(is_literal),
        _ => false,
    }
}

fn has_star(expr: &ast::Expr) -> bool {
    matches!(&expr.kind, Ast::Literal(ast::Literal::Text(text)) if text.contains('*'))
}

fn can_equal(left: &Ty, right: &Ty) -> bool {
    match (left, right) {
        (Ty::Error, _) | (_, Ty::Error) => true,
        (Ty::Text | Ty::Json | Ty::Shell | Ty::ShellCommand | Ty::Times | Ty::Glob | Ty::Command, _) => false,
        (Ty::Enum(a), Ty::Enum(b)) => a.iter().any(|case| b.contains(case)),
        (Ty::Folded, other) | (other, Ty::Folded) => *other == Ty::Folded || other.is_textual(),
        (a, b) if a.is_textual() && b.is_textual() => true,
        (Ty::Domain, Ty::String) | (Ty::String, Ty::Domain) => true,
        (Ty::List(a, _), Ty::List(b, _)) => can_equal(a, b),
        (Ty::Record(_) | Ty::PastCall(_) | Ty::PastPart(..) | Ty::Set(_), _) => false,
        (a, b) => a == b || can_order(a, b),
    }
}

fn can_order(left: &Ty, right: &Ty) -> bool {
    match (left, right) {
        (Ty::Error, _) | (_, Ty::Error) => true,
        (Ty::Int | Ty::IntEnum(_) | Ty::Decimal, Ty::Int | Ty::IntEnum(_) | Ty::Decimal) => true,
        (a, b) => a.is_ordered() && a == b,
    }
}

/// Whether a value can lie among elements of a set or list.
fn can_lie_among(of: &Ty, element: &Ty) -> bool {
    match (of, element) {
        (_, Ty::Error) => true,
        (Ty::ShellCommand, Ty::Command) | (Ty::Path, Ty::Glob | Ty::Path) => true,
        (Ty::Domain, Ty::String) => true,
        // Free text is no domain until something has parsed it.
        (Ty::String, Ty::Domain) => false,
        (of, element) => can_equal(of, element),
    }
}

/// Whether a value can lie in another one.
fn can_lie_in(of: &Ty, container: &Ty) -> bool {
    matches!(
        (of, container),
        (Ty::Domain, Ty::Domain)
            | (Ty::Path, Ty::Path | Ty::Glob)
            | (Ty::Timestamp, Ty::Times)
            | (Ty::ShellCommand, Ty::Command)
    )
}

/// The type of an arithmetic result; nothing where the operator does not take these types.
fn result(op: BinaryOp, left: &Ty, right: &Ty) -> Option<Ty> {
    use BinaryOp::{Add, Multiply, Subtract};
    Some(match (op, left, right) {
        (_, Ty::Error, _) | (_, _, Ty::Error) => Ty::Error,
        (Add | Subtract | Multiply, Ty::Int | Ty::IntEnum(_), Ty::Int | Ty::IntEnum(_)) => Ty::Int,
        (
            Add | Subtract | Multiply,
            Ty::Int | Ty::IntEnum(_) | Ty::Decimal,
            Ty::Int | Ty::IntEnum(_) | Ty::Decimal,
        ) => Ty::Decimal,
        (Add | Subtract, Ty::Money(a), Ty::Money(b)) if a == b => Ty::Money(*a),
        (Multiply, Ty::Money(currency), Ty::Int | Ty::Decimal)
        | (Multiply, Ty::Int | Ty::Decimal, Ty::Money(currency)) => Ty::Money(*currency),
        (Add | Subtract, Ty::Duration, Ty::Duration) => Ty::Duration,
        (Multiply, Ty::Duration, Ty::Int) | (Multiply, Ty::Int, Ty::Duration) => Ty::Duration,
        (Subtract, Ty::Timestamp, Ty::Timestamp) => Ty::Duration,
        (Add | Subtract, Ty::Timestamp, Ty::Duration) => Ty::Timestamp,
        (Add, Ty::List(a, left), Ty::List(b, right)) => {
            let element = join(a, b)?;
            let least = left.least.saturating_add(right.least);
            Ty::List(Box::new(element), ListSize { least, most: None })
        }
        (Add, Ty::Set(a), Ty::Set(b)) => Ty::Set(Box::new(join(a, b)?)),
        (Add, Ty::Set(a), Ty::List(b, _)) | (Add, Ty::List(b, _), Ty::Set(a)) => {
            Ty::Set(Box::new(join(a, b)?))
        }
        _ => return None,
    })
}

fn join(a: &Ty, b: &Ty) -> Option<Ty> {
    match (a, b) {
        (Ty::Error, other) | (other, Ty::Error) => Some(other.clone()),
        (a, b) if a == b => Some(a.clone()),
        (a, b) if a.is_textual() && b.is_textual() => Some(Ty::String),
        _ => None,
    }
}
