//! Declarations that nothing refers to. A set that no rule reads is usually a rule that somebody forgot.

use agentpass_grammar::Span;

use super::context::Context;
use crate::ast::{ItemKind, Name};
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Read, Value};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let named = labels_named(cx);
    for (file, item) in cx.items() {
        if !cx.is_own(file) || item.broken {
            continue;
        }
        let mut unused = |kind: &str, name: &Name, remove: Option<Span>| {
            if !cx.used.contains(name.span) {
                found.push(problem::unused(name.span, kind, &name.node, remove));
            }
        };
        let whole = Some(item.span);
        match &item.kind {
            ItemKind::Set(set) => unused("set", &set.name, whole),
            ItemKind::Let(item) => unused("constant", &item.name, whole),
            ItemKind::Param(param) => unused("parameter", &param.name, whole),
            ItemKind::Challenge(challenge) => unused("challenge", &challenge.name, whole),
            ItemKind::Record(record) => unused("record", &record.name, whole),
            ItemKind::Event(event) => unused("event", &event.name, whole),
            ItemKind::Host(host) => {
                let remove = whole.filter(|_| host.fields.len() == 1);
                host.fields.iter().for_each(|field| unused("fact of the host", &field.name, remove));
            }
            ItemKind::Label(label) => {
                let remove = whole.filter(|_| label.names.len() == 1);
                for name in &label.names {
                    if named.as_ref().is_some_and(|named| !named.contains(&name.node)) {
                        unused("label", name, remove);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The labels that are named as text; nothing where they may come from the host, or are read as a list.
fn labels_named(cx: &Context<'_>) -> Option<Vec<String>> {
    let mut named: Vec<String> = Vec::new();
    for tool in &cx.program.tools {
        named.extend(tool.facts.reads.iter().flat_map(|reads| reads.labels.iter().cloned()));
        named.extend(tool.facts.releases.iter().cloned());
        for label in tool.facts.from_to.iter().flat_map(|from_to| &from_to.labels) {
            match &label.kind {
                ExprKind::Const(Value::Text(name)) => named.push(name.clone()),
                _ => return None,
            }
        }
    }
    named.extend(cx.program.flows.iter().flat_map(|flow| flow.labels.iter().cloned()));
    let mut as_list = false;
    for (condition, _) in cx.conditions() {
        condition.walk(&mut |expr: &Expr| match &expr.kind {
            ExprKind::Carries(label, _) => named.push(label.clone()),
            ExprKind::Read(Read::JobLabels) => as_list = true,
            _ => {}
        });
    }
    (!as_list).then_some(named)
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::UNUSED_DECLARATION;
    use crate::lint::testing::check;

    #[test]
    fn what_nothing_refers_to_is_unused() {
        check(&UNUSED_DECLARATION, "set hosts: domain = [\"a.example\"]\nlet cap = $5\n", &["hosts", "cap"]);
        check(&UNUSED_DECLARATION, "label seen\nparam p: path\nrecord r { a: int }\n", &["seen", "p", "r"]);
        check(
            &UNUSED_DECLARATION,
            "event Suspended(user: id)\nchallenge boss { ask user; expires 5m }\nhost { a: int, b: int }\n",
            &["Suspended", "boss", "a", "b"],
        );
    }

    #[test]
    fn what_something_refers_to_is_used() {
        check(
            &UNUSED_DECLARATION,
            "label seen\nlet cap = 5\nhost { a: int }\nrecord r { a: int }\nchallenge boss { ask user; expires 5m }
            tool t(n: int, r: r) { action read; reads web carrying \"seen\"; require n < cap; require host.a == 1 }
            challenge boss when job carries seen\n",
            &[],
        );
    }

    #[test]
    fn modules_and_fragments_declare_for_others() {
        check(&UNUSED_DECLARATION, "edition 2026\nmodule m\nlet cap = 5\n", &[]);
        check(&UNUSED_DECLARATION, "edition 2026\nlet cap = 5\n", &[]);
    }
}
