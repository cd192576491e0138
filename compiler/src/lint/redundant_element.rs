//! Elements of a list or set that add nothing: written twice, or lying within another element.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use agentpass_grammar::Span;

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Value};
use crate::types::Ty;

/// The largest list whose elements are compared with each other.
const MAX_PAIRED: usize = 1_000;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for set in &cx.program.sets {
        elements(&set.elements, &set.ty, found);
    }
    for (condition, _) in cx.conditions() {
        condition.walk(&mut |expr| {
            if let ExprKind::In(_, container) = &expr.kind
                && let (ExprKind::List(all), Ty::List(ty, _)) = (&container.kind, &container.ty)
            {
                elements(all, ty, found);
            }
        });
    }
}

fn elements(all: &[Expr], ty: &Ty, found: &mut Vec<Diagnostic>) {
    let constants: Vec<(&Value, Span)> = all
        .iter()
        .filter_map(|element| match &element.kind {
            ExprKind::Const(value) => Some((value, element.span)),
            _ => None,
        })
        .collect();
    let mut first: HashMap<String, Span> = HashMap::new();
    let mut different = Vec::new();
    for (value, span) in constants {
        match first.entry(key(value, ty)) {
            Entry::Occupied(known) => found.push(problem::element_twice(span, *known.get())),
            Entry::Vacant(free) => {
                free.insert(span);
                different.push((value, span));
            }
        }
    }
    if different.len() > MAX_PAIRED {
        return;
    }
    for (value, span) in &different {
        let wider = different.iter().find(|(wider, at)| at != span && lies_in(value, wider));
        found.extend(wider.map(|(_, at)| problem::element_within(*span, *at)));
    }
}

/// By what two elements are the same.
fn key(value: &Value, ty: &Ty) -> String {
    match value {
        Value::Text(text) if *ty == Ty::Folded => agentpass_values::folded::key(text).into_owned(),
        value => format!("{value:?}"),
    }
}

/// True where every call that the one element stands for is also one that the wider element stands for.
fn lies_in(value: &Value, wider: &Value) -> bool {
    match (value, wider) {
        (Value::Domain(value), Value::Domain(wider)) => value.is_within(wider),
        (Value::Path(value), Value::Path(wider)) => value.is_within(wider),
        (Value::Command(value), Value::Command(wider)) => {
            value.source().strip_prefix(wider.source()).is_some_and(|rest| rest.starts_with(' '))
        }
        (Value::Glob(value), Value::Glob(wider)) => {
            let (value, wider) = (value.to_string(), wider.to_string());
            let plain = |text: &str| !text.contains(['*', '?', '[', '{', '\\']);
            wider.strip_suffix("/**").is_some_and(|folder| {
                let inside = value.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
                plain(folder) && inside.is_some_and(|inside| !inside.is_empty())
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::REDUNDANT_ELEMENT;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(ty: &str, elements: &str, expected: &[&str]) {
        check(&REDUNDANT_ELEMENT, &format!("edition 2026\nmodule m\nset s: {ty} = [{elements}]\n"), expected);
    }

    #[test]
    fn elements_that_add_nothing() {
        one("string", "\"a\", \"b\", \"a\"", &["\"a\""]);
        one("folded", "\"Pii\", \"pii \"", &["\"pii \""]);
        one("domain", "\"docs.example.com\", \"example.com\"", &["\"docs.example.com\""]);
        one("glob", "\"~/.aws/**\", \"~/.aws/credentials\"", &["\"~/.aws/credentials\""]);
        one("command", "`git`, `git status`", &["`git status`"]);
        let rule = "tool t(n: int) { action read; require n in [1, 2, 1] }\n";
        check(&REDUNDANT_ELEMENT, rule, &["1"]);
    }

    #[test]
    fn elements_that_count() {
        one("string", "\"a\", \"A\"", &[]);
        one("domain", "\"a.example.com\", \"b.example.com\", \"myexample.com\"", &[]);
        one("glob", "\"**/.env\", \"**/.env.*\", \"~/.ssh/**\", \"~/.sshx/a\"", &[]);
        one("command", "`git status`, `git stash`, `gitk`", &[]);
    }
}
