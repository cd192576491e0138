//! Tools that take free text and do not say where it goes (semantics 32): each may be a way out that nobody wrote down.
//! A search counts as well: what is searched for arrives somewhere.

use std::collections::BTreeMap;

use agentpass_grammar::Span;

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Program, Read, Rule, RuleKind, Tool, ToolKind};
use crate::types::Ty;

/// How deep records are looked into.
const MAX_DEPTH: usize = 16;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // One finding for all tools of one declaration: an import may bring hundreds.
    let mut out: BTreeMap<Span, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for (index, tool) in cx.program.tools.iter().enumerate() {
        // Patterns and `otherwise` are reported as such.
        let is_unseen = matches!(tool.kind, ToolKind::Family(_) | ToolKind::Otherwise);
        let facts = &tool.facts;
        let is_said = !facts.sends.is_empty() || !facts.from_to.is_empty() || facts.keeps_inside.is_some();
        if is_unseen || is_said || cx.is_denied(index) {
            continue;
        }
        let mut parameters = free_text(cx.program, tool);
        parameters.retain(|name| !cx.own_rules_for(index).any(|rule| names_values(cx, rule, name)));
        if !parameters.is_empty() {
            out.entry(tool.span).or_default().push((tool.name.clone(), parameters));
        }
    }
    for (span, tools) in out {
        found.push(problem::way_out(span, &tools));
    }
}

/// The parameters that take free text.
fn free_text(program: &Program, tool: &Tool) -> Vec<String> {
    let mut names: Vec<String> = tool
        .params
        .iter()
        .filter(|field| is_free(program, &field.ty, 0))
        .map(|field| field.name.clone())
        .collect();
    if tool.open {
        names.push("...".to_owned());
    }
    names
}

/// True for a rule that lets a parameter, or its elements, have listed values only.
fn names_values(cx: &Context<'_>, rule: &Rule, parameter: &str) -> bool {
    let is_parameter =
        |expr: &Expr| matches!(&expr.kind, ExprKind::Read(Read::Arg(name)) if name == parameter);
    let (list, body) = match &rule.kind {
        RuleKind::Require(body) => (None, body),
        RuleKind::RequireEach(each) => (Some(&each.list), &each.body),
        _ => return false,
    };
    let ExprKind::In(element, container) = &body.kind else { return false };
    let is_meant = match list {
        Some(list) => is_parameter(list) && matches!(element.kind, ExprKind::Var(_)),
        None => is_parameter(element),
    };
    rule.guards.is_empty() && is_meant && cx.elements(container).is_some()
}

fn is_free(program: &Program, ty: &Ty, depth: usize) -> bool {
    match ty {
        Ty::String | Ty::Text | Ty::Json | Ty::Shell | Ty::Url => true,
        Ty::List(inner, _) | Ty::Nullable(inner) => is_free(program, inner, depth),
        Ty::Record(id) if depth < MAX_DEPTH => program.record(*id).is_some_and(|record| {
            record.open || record.fields.iter().any(|field| is_free(program, &field.ty, depth + 1))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::WAY_OUT;
    use crate::lint::testing::check;

    #[test]
    fn free_text_without_a_destination() {
        check(&WAY_OUT, "tool note(body: text) { action write }\n", &["note"]);
        check(&WAY_OUT, "record r { body: text }\ntool note(all: list<r>) { action write }\n", &["note"]);
        check(&WAY_OUT, "tool search(query: string) { action read }\n", &["search"]);
        check(&WAY_OUT, "tool any_of(...) { action read }\n", &["any_of"]);
    }

    #[test]
    fn free_text_that_is_accounted_for() {
        check(&WAY_OUT, "tool note(body: text) { action write; keeps inside }\n", &[]);
        check(&WAY_OUT, "tool note(body: text) { action send; sends to wiki }\n", &[]);
        check(&WAY_OUT, "tool note(body: text) { action write }\non any { keeps inside }\n", &[]);
        let listed =
            "tool get(fields: list<string>) { action read; require each f in fields: f in [\"a\"] }\n";
        check(&WAY_OUT, listed, &[]);
        check(&WAY_OUT, "tool get(x: id, n: int, kind: \"a\" | \"b\", d: domain) { action read }\n", &[]);
    }
}
