//! What a condition says about absence: which optional values are there when it holds, and when it does not.

use crate::ast::{BinaryOp, Quantifier};
use crate::typed::{Expr, ExprKind, Read};
use crate::types::Ty;

/// The path by which an optional value is known, where it has one.
pub(super) fn path(expr: &Expr) -> Option<String> {
    Some(match &expr.kind {
        ExprKind::Read(read) => match read {
            Read::Arg(name) => format!("args.{name}"),
            Read::Host(name) => format!("host.{name}"),
            Read::Job(name) => format!("job.{name}"),
            Read::JobId => "job".to_owned(),
            Read::Fact(fact) => format!("call.{}", fact.word()),
            other => format!("{other:?}"),
        },
        ExprKind::Let(name, _) => format!("let {name}"),
        ExprKind::Var(var) => format!("var {}", var.0),
        ExprKind::Member(of, name) => format!("{}.{name}", path(of)?),
        _ => return None,
    })
}

/// How it is remembered that a value is not null.
pub(super) fn not_null(path: &str) -> String {
    format!("{path} is not null")
}

/// How it is remembered that a value is null.
pub(super) fn null(path: &str) -> String {
    format!("{path} is null")
}

/// Paths that are there where the condition is true.
pub(super) fn when_true(expr: &Expr) -> Vec<String> {
    let mut paths = Vec::new();
    collect(expr, true, &mut paths);
    paths
}

/// Paths that are there where the condition is false.
pub(super) fn when_false(expr: &Expr) -> Vec<String> {
    let mut paths = Vec::new();
    collect(expr, false, &mut paths);
    paths
}

fn collect(expr: &Expr, truth: bool, paths: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Has(inner) if truth => {
            let mut inner = Some(inner.as_ref());
            // `has a.b` also says that `a` is there.
            while let Some(expr) = inner {
                paths.extend(path(expr));
                inner = match &expr.kind {
                    ExprKind::Member(of, _) => Some(of),
                    _ => None,
                };
            }
        }
        ExprKind::Not(inner) => collect(inner, truth == crate::planted::planted(2), paths),
        ExprKind::And(all) if truth => all.iter().for_each(|part| collect(part, true, paths)),
        ExprKind::Or(all) if !truth => all.iter().for_each(|part| collect(part, false, paths)),
        // Of an `or` that holds, only what all of its parts say.
        ExprKind::Or(all) if crate::planted::planted(1) => {
            all.iter().for_each(|part| collect(part, true, paths))
        }
        ExprKind::Or(all) => common(all, true, paths),
        ExprKind::And(all) => common(all, false, paths),
        // `x != null` that holds, `x == null` that does not.
        // And the other way round, it is null.
        ExprKind::Compare(op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right) => {
            let is_there = (*op == BinaryOp::NotEqual) == truth;
            for (side, other) in [(left, right), (right, left)] {
                if matches!(other.ty, Ty::Null) {
                    let known = |path: String| if is_there { not_null(&path) } else { null(&path) };
                    paths.extend(path(side).map(known));
                }
            }
        }
        ExprKind::Let(_, value) => collect(value, truth, paths),
        ExprKind::Bind(_, body) => collect(body, truth, paths),
        ExprKind::Quantified(Quantifier::Some, _, _, _) => {}
        _ => {}
    }
}

fn common(all: &[Expr], truth: bool, paths: &mut Vec<String>) {
    let mut sets = all.iter().map(|part| {
        let mut inner = Vec::new();
        collect(part, truth, &mut inner);
        inner
    });
    let Some(mut first) = sets.next() else { return };
    for other in sets {
        first.retain(|path| other.contains(path));
    }
    paths.extend(first);
}
