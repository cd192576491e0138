//! Keys of limits, `once` and ledgers: what may tell budgets apart (semantics 22).

use super::Checker;
use super::context::Cx;
use crate::ast::{self, ExprKind as Ast};
use crate::diagnostics::problems::{memory as problem, types};
use crate::typed::{AuthPart, CallerPart, Expr, ExprKind, Fact, Read, TemplatePart};
use crate::types::Ty;

impl Checker<'_> {
    /// The keys of a limit or of `once`.
    pub(super) fn keys(&mut self, cx: &mut Cx, keys: &[ast::Path]) -> Vec<Expr> {
        for (index, key) in keys.iter().enumerate() {
            if let Some(first) = keys.iter().take(index).find(|first| first.text() == key.text()) {
                self.report(types::duplicate(key.span, "key", &key.text(), first.span));
            }
        }
        keys.iter().filter_map(|key| self.key(cx, key)).collect()
    }

    fn key(&mut self, cx: &mut Cx, path: &ast::Path) -> Option<Expr> {
        if let Some(expr) = scope_key(cx, path) {
            return Some(expr);
        }
        let mut words = path.words.iter();
        let first = words.next()?;
        let mut written = ast::Expr { span: first.span, kind: Ast::Name(first.node.clone()) };
        for word in words {
            let span = written.span.to(word.span);
            written = ast::Expr { span, kind: Ast::Member(Box::new(written), word.clone()) };
        }
        let expr = self.known(cx, &written);
        if expr.ty.is_error() {
            return None;
        }
        if !is_key(&expr) && !crate::planted::planted(5) {
            self.report(problem::bad_key(path.span, &path.text(), &expr.ty));
            return None;
        }
        Some(expr)
    }
}

impl Checker<'_> {
    /// A resource is as canonical as what its template holds.
    pub(super) fn canonical_resource(&mut self, keys: &[Expr], targets: &[usize]) {
        for key in keys.iter().filter(|key| reads_resource(key)) {
            let tools = targets.iter().filter_map(|&tool| self.program.tools.get(tool));
            let templates = tools.filter_map(|tool| tool.facts.resource.as_ref());
            let free = templates.flat_map(|(template, _)| &template.parts).find_map(|part| match part {
                TemplatePart::Hole(hole) if !is_key(hole) => Some(hole),
                _ => None,
            });
            if let Some(hole) = free {
                let finding = problem::free_resource(key.span, &hole.ty, hole.span);
                self.report(finding);
            }
        }
    }
}

fn reads_resource(key: &Expr) -> bool {
    let mut found = false;
    key.walk(&mut |expr| found |= matches!(&expr.kind, ExprKind::Read(Read::Fact(Fact::Resource))));
    found
}

/// `job`, `user`, `agent`, `tenant` and `skill` stand for the scopes, where no parameter has that name.
fn scope_key(cx: &Cx, path: &ast::Path) -> Option<Expr> {
    let name = path.single()?;
    if cx.param(&name.node).is_some() || cx.locals.iter().any(|(known, _)| *known == name.node) {
        return None;
    }
    let read = match name.node.as_str() {
        "job" => Read::JobId,
        "user" => Read::Caller(CallerPart::User),
        "agent" => Read::Caller(CallerPart::Agent),
        "tenant" => Read::Caller(CallerPart::Tenant),
        "skill" => Read::Skill,
        _ => return None,
    };
    Some(Expr { span: path.span, ty: Ty::Id(None), optional: false, kind: ExprKind::Read(read) })
}

/// Canonical values, and texts whose spelling the agent does not choose. A list has as many spellings as orders, and a
/// moment is never the same twice.
fn is_key(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Error => true,
        ExprKind::Let(_, value) => is_key(value),
        ExprKind::List(all) => all.iter().all(is_key),
        ExprKind::Coalesce(left, right) => is_key(left) && is_key(right),
        ExprKind::Read(Read::Now) => false,
        _ if expr.ty.not_null().is_key() => true,
        ExprKind::Read(read) => matches!(
            read,
            Read::Tool
                | Read::Digest
                | Read::Skill
                | Read::JobId
                | Read::Job(_)
                | Read::Host(_)
                | Read::Fact(Fact::Resource | Fact::Action)
                | Read::Caller(CallerPart::Agent | CallerPart::User | CallerPart::Tenant)
                | Read::Auth(AuthPart::Issuer | AuthPart::Client)
        ),
        ExprKind::Param(_) => true,
        _ => false,
    }
}
