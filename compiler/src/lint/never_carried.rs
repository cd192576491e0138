//! `job carries L` where nothing ever brings L into a job: the condition never holds.

use agentpass_grammar::Span;

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem, suggest};
use crate::typed::{Expr, ExprKind, Value};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(carried) = carried(cx) else { return };
    for (condition, _) in cx.conditions() {
        look(cx, condition, condition.span, &carried, found);
    }
}

/// Looks at an expression; `at` is the place in the contract from which the standard library is read.
fn look(
    cx: &Context<'_>,
    expr: &Expr,
    at: Span,
    carried: &[(String, Option<String>)],
    found: &mut Vec<Diagnostic>,
) {
    let at = if cx.is_std(expr.span.file) { at } else { expr.span };
    if let ExprKind::Carries(label, source) = &expr.kind {
        let fits = |(known, from): &(String, Option<String>)| {
            known == label && (source.is_none() || from.is_none() || from == source)
        };
        if !carried.iter().any(fits) {
            let close = suggest::closest(label, carried.iter().map(|(label, _)| label.as_str()));
            found.push(problem::never_carried(at, label, source.as_deref(), close));
        }
    }
    expr.children(&mut |child| look(cx, child, at, carried, found));
}

/// The labels that tools bring into jobs, each with its source; nothing where the host decides it call by call.
fn carried(cx: &Context<'_>) -> Option<Vec<(String, Option<String>)>> {
    let mut carried = Vec::new();
    for tool in &cx.program.tools {
        for reads in &tool.facts.reads {
            carried.extend(reads.labels.iter().map(|label| (label.clone(), Some(reads.source.clone()))));
        }
        for label in tool.facts.from_to.iter().flat_map(|from_to| &from_to.labels) {
            match &label.kind {
                ExprKind::Const(Value::Text(label)) => carried.push((label.clone(), None)),
                _ => return None,
            }
        }
    }
    Some(carried)
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::NEVER_CARRIED;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(condition: &str, fires: bool) {
        let text = format!(
            "label seen, other\nchallenge boss {{ ask user; expires 5m }}
            tool t(x: id) {{ action read; reads web carrying seen }}\nchallenge boss when {condition}\n"
        );
        let expected: &[&str] = if fires { &[condition] } else { &[] };
        check(&NEVER_CARRIED, &text, expected);
    }

    #[test]
    fn nothing_brings_the_label() {
        one("job carries other", true);
        one("job carries seen from mail", true);
    }

    #[test]
    fn a_tool_or_the_host_brings_the_label() {
        one("job carries seen", false);
        one("job carries seen from web", false);
        check(
            &NEVER_CARRIED,
            "label a\nhost { from: folded, to: folded, labels: list<folded> }
            tool t(x: id) { action read; from host.from to host.to carrying host.labels; deny when job carries a }\n",
            &[],
        );
    }
}
