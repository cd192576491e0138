//! Parts of values: `.domain` of an address, a field of a record; of a list, that part of each element.

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, NodeId, Op};

use super::expr::{Bound, Cx};
use super::{Construct, Lowered, Lowering, number};
use crate::typed::{Expr, ExprKind};
use crate::types::{Part, Ty};

impl<'p> Lowering<'p> {
    /// `of.name`
    pub(super) fn member(
        &mut self,
        cx: &mut Cx<'p>,
        expr: &'p Expr,
        of: &'p Expr,
        name: &str,
    ) -> Lowered<NodeId> {
        if of.ty == Ty::Error {
            return self.refuse(Construct::Broken, of.span);
        }
        let mut path = vec![name];
        let mut base = of;
        // From the end of the path to the past call that it begins with, if it does.
        loop {
            if let Ty::PastCall(_) = base.ty {
                path.reverse();
                return self.member_of_past(cx, base, &path, expr.span);
            }
            base = past_part(cx, base);
            let ExprKind::Member(inner, name) = &base.kind else { break };
            path.push(name);
            base = inner;
        }
        let node = self.value(cx, of)?;
        self.part(node, name, expr.span)
    }

    fn member_of_past(
        &mut self,
        cx: &mut Cx<'p>,
        call: &'p Expr,
        path: &[&str],
        span: Span,
    ) -> Lowered<NodeId> {
        let call = self.value(cx, call)?;
        let Some(ir::Ty::Past(monitor)) = self.ty_of(call) else {
            return self.refuse(Construct::Broken, span);
        };
        let monitor = *monitor;
        let (member, ty) = match path {
            ["at"] => (ir::Member::At, ir::Ty::Timestamp),
            ["args", rest @ ..] if !rest.is_empty() => self.kept(monitor, Part::Args, rest, span)?,
            ["result", rest @ ..] if !rest.is_empty() => self.kept(monitor, Part::Result, rest, span)?,
            _ => return self.refuse(Construct::Broken, span),
        };
        self.node(Op::Member(member, call), ty, span)
    }

    /// That part of a value.
    pub(super) fn part(&mut self, node: NodeId, name: &str, span: Span) -> Lowered<NodeId> {
        let found = self.ty_of(node).cloned().and_then(|ty| self.part_of(&ty, name));
        match found {
            Some((member, ty)) => self.node(Op::Member(member, node), ty, span),
            None => self.refuse(Construct::Broken, span),
        }
    }

    /// Which part that is, and of which type.
    pub(super) fn part_of(&self, ty: &ir::Ty, name: &str) -> Option<(ir::Member, ir::Ty)> {
        use ir::{Member, Ty};
        Some(match (ty, name) {
            (Ty::Email, "local") => (Member::Local, Ty::Text),
            (Ty::Email, "domain") => (Member::Domain, Ty::Domain),
            (Ty::Url, "scheme") => (Member::Scheme, Ty::Text),
            (Ty::Url, "host") => (Member::Host, Ty::Domain),
            (Ty::Url, "port") => (Member::Port, Ty::Int),
            (Ty::Url, "path") => (Member::UrlPath, Ty::Path),
            (Ty::Shell, "commands") => (Member::Commands, Ty::list(Ty::Command)),
            (Ty::Command, "program") => (Member::Program, Ty::Text),
            (Ty::Command, "args") => (Member::Args, Ty::list(Ty::Text)),
            (Ty::Command, "flags") => (Member::Flags, Ty::list(Ty::Text)),
            (Ty::Command, "paths") => (Member::Paths, Ty::list(Ty::Path)),
            (Ty::Command, "redirects") => (Member::Redirects, Ty::list(Ty::Path)),
            (Ty::Record(id), name) => {
                let fields = &self.program.records.get(id.index())?.fields;
                let at = fields.iter().position(|field| field.name == name)?;
                let form = &self.out.records.get(id.index())?.fields.get(at)?.form;
                (Member::Field(number(at)), form.ty())
            }
            (Ty::List(of), name) => {
                let (member, part) = self.part_of(of, name)?;
                // Lists among the parts are joined.
                (member, if let Ty::List(_) = part { part } else { Ty::list(part) })
            }
            _ => return None,
        })
    }
}

/// Arguments or results of a past call as they are written where a `let`, or a function's parameter, stands for them.
pub(super) fn past_part<'p>(cx: &mut Cx<'p>, mut expr: &'p Expr) -> &'p Expr {
    while let Ty::PastPart(..) = expr.ty {
        expr = match &expr.kind {
            ExprKind::Let(_, inner) => inner,
            ExprKind::Bind(values, body) => {
                cx.bind_values(values);
                body
            }
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(&Bound::Value(inner)) => inner,
                _ => break,
            },
            _ => break,
        };
    }
    expr
}

/// A part of a value that is known before any call.
pub(super) fn of_constant(value: &ir::Value, name: &str) -> Option<ir::Value> {
    use ir::Value;
    Some(match (value, name) {
        (Value::Email(email), "local") => Value::Text(email.local().into()),
        (Value::Email(email), "domain") => Value::Domain(email.domain().clone()),
        (Value::Url(url), "scheme") => Value::Text(url.scheme().into()),
        (Value::Url(url), "host") => Value::Domain(url.host_domain()?.clone()),
        (Value::Url(url), "port") => Value::Int(i64::from(url.port()?)),
        (Value::Url(url), "path") => Value::Path(url.path_value()?),
        (Value::List(all), name) => {
            Value::List(all.iter().map(|value| of_constant(value, name)).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
