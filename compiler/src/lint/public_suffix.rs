//! Domains under which anybody can register a name: to let calls pass to `com` or `github.io` is to let them pass to
//! strangers. To refuse such a domain is fine.

use super::context::{Context, Role};
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Value};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (condition, role) in cx.conditions() {
        match role {
            Role::Demand => allowed(cx, condition, true, found),
            Role::Refusal => allowed(cx, condition, false, found),
            Role::Scope => {}
        }
    }
}

/// Looks at the memberships that let a call pass: positive ones in a demand, negated ones in a refusal.
fn allowed<'a>(cx: &Context<'a>, expr: &'a Expr, passes: bool, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::Not(inner) => allowed(cx, inner, !passes, found),
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| allowed(cx, part, passes, found));
        }
        ExprKind::Let(_, value) => allowed(cx, value, passes, found),
        ExprKind::Bind(_, body) | ExprKind::Quantified(_, _, _, body) => allowed(cx, body, passes, found),
        ExprKind::In(_, container) if passes => {
            for (value, span) in cx.elements(container).unwrap_or_default() {
                if let Value::Domain(domain) = value
                    && domain.is_public_suffix()
                {
                    found.push(problem::public_suffix(span, domain.as_str()));
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::PUBLIC_SUFFIX;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(rule: &str, expected: &[&str]) {
        let set = "set hosts: domain = [\"example.com\", \"co.uk\", \"github.io\"]\n";
        check(&PUBLIC_SUFFIX, &format!("{set}tool t(d: domain) {{ action read; {rule} }}\n"), expected);
    }

    #[test]
    fn strangers_are_let_in() {
        one("require d in hosts", &["\"co.uk\"", "\"github.io\""]);
        one("deny when not (d in [\"com\"])", &["\"com\""]);
        one("deny when d == \"x.example\"; require d in \"de\"", &["\"de\""]);
    }

    #[test]
    fn strangers_are_kept_out() {
        one("deny when d in hosts", &[]);
        one("require d in [\"example.com\", \"acme.github.io\", \"localhost\", \"corp.internal\"]", &[]);
    }
}
