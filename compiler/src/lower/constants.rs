//! Values that are known before any call: literals, sets, parameters of the deployment, and what is computed from them.

use agentpass_grammar::Span;
use agentpass_ir as ir;
use agentpass_values::{Decimal, Domain, Folded, PathValue};

use super::expr::{Bound, Cx};
use super::{Construct, Lowered, Lowering, forms, members, number};
use crate::ast::BinaryOp;
use crate::typed::{Expr, ExprKind, Value};
use crate::types::Ty;

impl<'p> Lowering<'p> {
    /// True where the value is the same for every call.
    pub(super) fn is_known(&self, cx: &mut Cx<'p>, expr: &'p Expr) -> bool {
        match &expr.kind {
            ExprKind::Const(_) | ExprKind::Param(_) | ExprKind::Set(_) => true,
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => self.is_known(cx, value),
                Some(Bound::Element(..)) | None => false,
            },
            ExprKind::Let(_, value) => self.is_known(cx, value),
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.is_known(cx, body)
            }
            ExprKind::List(all) => all.iter().all(|part| self.is_known(cx, part)),
            ExprKind::Member(inner, _) | ExprKind::Negate(inner) => self.is_known(cx, inner),
            ExprKind::Arith(_, left, right) | ExprKind::JoinPath(left, right) => {
                self.is_known(cx, left) && self.is_known(cx, right)
            }
            _ => false,
        }
    }

    /// The value of an expression that stands outside of any rule.
    pub(super) fn constant_of(&mut self, expr: &'p Expr) -> Lowered<ir::Value> {
        self.known(&mut Cx::shared(), expr)
    }

    /// The value of an expression that is known.
    pub(super) fn known(&mut self, cx: &mut Cx<'p>, expr: &'p Expr) -> Lowered<ir::Value> {
        self.step(cx, expr.span)?;
        match &expr.kind {
            ExprKind::Const(value) => Ok(constant(value, &expr.ty)),
            ExprKind::Param(index) => self.params.get(*index).cloned().flatten().ok_or(super::Refused),
            ExprKind::Set(index) => self.set(*index, expr.span),
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(value)) => self.known(cx, value),
                _ => self.refuse(Construct::Broken, expr.span),
            },
            ExprKind::Let(_, value) => self.known(cx, value),
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                self.known(cx, body)
            }
            ExprKind::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.known(cx, item)?);
                }
                match forms::ty(&expr.ty) {
                    Some(ty) => self.converted(ir::Value::List(values), &ty, expr.span),
                    None => self.refuse(Construct::Broken, expr.span),
                }
            }
            ExprKind::Negate(inner) => {
                let inner = self.known(cx, inner)?;
                self.computed(negated(&inner), expr.span)
            }
            ExprKind::Arith(op, left, right) => {
                let (left, right) = (self.known(cx, left)?, self.known(cx, right)?);
                self.computed(arithmetic(*op, left, right), expr.span)
            }
            ExprKind::JoinPath(left, right) => {
                let (left, right) = (self.known(cx, left)?, self.known(cx, right)?);
                self.computed(joined(&left, &right), expr.span)
            }
            ExprKind::Member(inner, name) => {
                let inner = self.known(cx, inner)?;
                self.computed(members::of_constant(&inner, name), expr.span)
            }
            _ => self.refuse(Construct::Broken, expr.span),
        }
    }

    fn computed(&mut self, value: Option<ir::Value>, span: Span) -> Lowered<ir::Value> {
        match value {
            Some(value) => Ok(value),
            None => self.refuse(Construct::OutOfRange, span),
        }
    }

    /// The elements of a named set, or its moments.
    fn set(&mut self, index: usize, span: Span) -> Lowered<ir::Value> {
        if let Some(value) = self.sets.get(&index) {
            return Ok(value.clone());
        }
        let program = self.program;
        let Some(set) = program.sets.get(index) else { return self.refuse(Construct::Broken, span) };
        let value = match (&set.times, forms::ty(&set.ty)) {
            (Some(times), _) => ir::Value::Times(Box::new(times.clone())),
            (None, Some(of)) => {
                let mut values = Vec::with_capacity(set.elements.len());
                for element in &set.elements {
                    match (self.constant_of(element)?, &element.ty) {
                        // A set within a set adds its elements.
                        (ir::Value::List(more), Ty::Set(_) | Ty::List(..)) => values.extend(more),
                        (value, _) => values.push(value),
                    }
                }
                self.converted(ir::Value::List(values), &ir::Ty::list(of), set.name.span)?
            }
            (None, None) => return self.refuse(Construct::Broken, set.name.span),
        };
        self.sets.insert(index, value.clone());
        Ok(value)
    }

    /// The same value as one of another type.
    pub(super) fn converted(&mut self, value: ir::Value, to: &ir::Ty, span: Span) -> Lowered<ir::Value> {
        Ok(match (value, to) {
            (ir::Value::List(all), ir::Ty::List(of)) => {
                // An IP address is no domain, and no host that a domain is read from equals it.
                let is_address = |value: &ir::Value| match value {
                    ir::Value::Text(text) => {
                        **of == ir::Ty::Domain
                            && text.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
                    }
                    _ => false,
                };
                let all = all.into_iter().filter(|value| !is_address(value));
                let all = all.map(|value| self.converted(value, of, span));
                ir::Value::List(all.collect::<Lowered<_>>()?)
            }
            (ir::Value::Int(value), ir::Ty::Decimal) => ir::Value::Decimal(Decimal::from_int(value)),
            (ir::Value::Text(text), ir::Ty::Folded) => ir::Value::Folded(Folded::new(&text)),
            (ir::Value::Text(text), ir::Ty::Path) => {
                PathValue::parse(&text).map_or(ir::Value::Unknown, ir::Value::Path)
            }
            (ir::Value::Text(text), ir::Ty::Domain) => match Domain::parse(&text) {
                Ok(domain) => ir::Value::Domain(domain),
                Err(error) => {
                    return self.refuse_because(Construct::NotADomain, span, format!("{text:?} is {error}"));
                }
            },
            (value, _) => value,
        })
    }

    /// A constant among those of the program, which has each of them once.
    pub(super) fn keep(&mut self, value: ir::Value, span: Span) -> Lowered<ir::ConstId> {
        let written = serde_json::to_string(&value).ok();
        if let Some(id) = written.as_ref().and_then(|written| self.consts.get(written)) {
            return Ok(*id);
        }
        if self.out.consts.len() >= ir::verify::MAX_NODES {
            return self.refuse(Construct::TooLarge, span);
        }
        let id = ir::ConstId(number(self.out.consts.len()));
        self.out.consts.push(value);
        self.consts.extend(written.map(|written| (written, id)));
        Ok(id)
    }
}

/// A literal as a value of its type.
pub(super) fn constant(value: &Value, ty: &Ty) -> ir::Value {
    match value {
        Value::Null => ir::Value::Null,
        Value::Bool(value) => ir::Value::Bool(*value),
        Value::Int(value) => ir::Value::Int(*value),
        Value::Decimal(value) => ir::Value::Decimal(*value),
        Value::Money(value) => ir::Value::Money(*value),
        Value::Duration(value) => ir::Value::Duration(*value),
        Value::Timestamp(value) => ir::Value::Timestamp(*value),
        Value::Text(text) if *ty.not_null() == Ty::Folded => ir::Value::Folded(Folded::new(text)),
        Value::Text(text) => ir::Value::Text(text.as_str().into()),
        Value::Email(value) => ir::Value::Email(value.clone()),
        Value::Domain(value) => ir::Value::Domain(value.clone()),
        Value::Url(value) => ir::Value::Url(value.clone()),
        Value::Path(value) => ir::Value::Path(value.clone()),
        Value::Glob(value) => ir::Value::Glob(value.clone()),
        Value::Command(value) => ir::Value::CommandPattern(value.clone()),
        Value::List(all) => {
            let of = match ty.not_null() {
                Ty::List(of, _) | Ty::Set(of) => of,
                other => other,
            };
            ir::Value::List(all.iter().map(|value| constant(value, of)).collect())
        }
    }
}

fn negated(value: &ir::Value) -> Option<ir::Value> {
    Some(match value {
        ir::Value::Int(value) => ir::Value::Int(value.checked_neg()?),
        ir::Value::Decimal(value) => ir::Value::Decimal(value.checked_neg().ok()?),
        ir::Value::Money(value) => ir::Value::Money(value.checked_neg().ok()?),
        ir::Value::Duration(value) => ir::Value::Duration(value.checked_mul(-1)?),
        _ => return None,
    })
}

fn arithmetic(op: BinaryOp, left: ir::Value, right: ir::Value) -> Option<ir::Value> {
    use BinaryOp::{Add, Multiply, Subtract};
    use ir::Value as V;
    Some(match (op, left, right) {
        (Add, V::List(mut a), V::List(b)) => {
            a.extend(b);
            V::List(a)
        }
        (Add, V::Int(a), V::Int(b)) => V::Int(a.checked_add(b)?),
        (Subtract, V::Int(a), V::Int(b)) => V::Int(a.checked_sub(b)?),
        (Multiply, V::Int(a), V::Int(b)) => V::Int(a.checked_mul(b)?),
        (op, V::Int(a), V::Decimal(b)) => V::Decimal(decimal(op, Decimal::from_int(a), b)?),
        (op, V::Decimal(a), V::Int(b)) => V::Decimal(decimal(op, a, Decimal::from_int(b))?),
        (op, V::Decimal(a), V::Decimal(b)) => V::Decimal(decimal(op, a, b)?),
        (Add, V::Money(a), V::Money(b)) => V::Money(a.checked_add(b).ok()?),
        (Subtract, V::Money(a), V::Money(b)) => V::Money(a.checked_sub(b).ok()?),
        (Multiply, V::Money(a), V::Int(n)) | (Multiply, V::Int(n), V::Money(a)) => {
            V::Money(a.checked_mul_int(n).ok()?)
        }
        (Multiply, V::Money(a), V::Decimal(n)) | (Multiply, V::Decimal(n), V::Money(a)) => {
            V::Money(a.checked_mul(n).ok()?)
        }
        (Add, V::Duration(a), V::Duration(b)) => V::Duration(a.checked_add(b)?),
        (Subtract, V::Duration(a), V::Duration(b)) => V::Duration(a.checked_sub(b)?),
        (Multiply, V::Duration(a), V::Int(n)) | (Multiply, V::Int(n), V::Duration(a)) => {
            V::Duration(a.checked_mul(n)?)
        }
        (Add, V::Timestamp(a), V::Duration(b)) => V::Timestamp(a.checked_add(b)?),
        (Subtract, V::Timestamp(a), V::Duration(b)) => V::Timestamp(a.checked_sub(b)?),
        (Subtract, V::Timestamp(a), V::Timestamp(b)) => V::Duration(a.since(b)?),
        _ => return None,
    })
}

fn decimal(op: BinaryOp, a: Decimal, b: Decimal) -> Option<Decimal> {
    match op {
        BinaryOp::Add => a.checked_add(b).ok(),
        BinaryOp::Subtract => a.checked_sub(b).ok(),
        BinaryOp::Multiply => a.checked_mul(b).ok(),
        _ => None,
    }
}

fn joined(folder: &ir::Value, name: &ir::Value) -> Option<ir::Value> {
    let ir::Value::Path(folder) = folder else { return None };
    let inner = match name {
        ir::Value::Path(inner) => inner.clone(),
        ir::Value::Text(text) => agentpass_values::PathValue::parse(text).ok()?,
        _ => return None,
    };
    Some(ir::Value::Path(folder.join(&inner).ok()?))
}
