//! Values that are not what they look like: calls are compared with them by code points (semantics 10), so `exаmple.com` with
//! a Cyrillic letter is a domain of somebody else.

use std::collections::HashMap;

use super::confusable_name::{is_mixed, look};
use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Expr, ExprKind, Field, Value};
use crate::types::Ty;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (condition, _) in cx.conditions() {
        constants(cx, condition, found);
    }
    for element in cx.program.sets.iter().flat_map(|set| &set.elements) {
        constants(cx, element, found);
    }
    for field in cx.program.tools.iter().flat_map(|tool| &tool.params) {
        cases(field, found);
    }
}

/// The texts of an expression, as they are written.
fn constants(cx: &Context<'_>, expr: &Expr, found: &mut Vec<Diagnostic>) {
    expr.walk(&mut |expr| {
        let is_text = matches!(
            &expr.kind,
            ExprKind::Const(
                Value::Text(_) | Value::Domain(_) | Value::Email(_) | Value::Url(_) | Value::Path(_)
            )
        );
        let written = if is_text { cx.loaded.sources.text(expr.span) } else { "" };
        if is_mixed(written) {
            found.push(problem::mixed_scripts(expr.span, written.trim_matches('"')));
        }
    });
}

/// The cases of a union of texts.
fn cases(field: &Field, found: &mut Vec<Diagnostic>) {
    let Ty::Enum(cases) = field.ty.not_null() else { return };
    let mut seen: HashMap<String, &str> = HashMap::new();
    for case in cases.iter() {
        match seen.insert(look(case), case) {
            Some(other) => found.push(problem::looks_like(field.span, case, other, field.span)),
            None if is_mixed(case) => found.push(problem::mixed_scripts(field.span, case)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::CONFUSABLE_NAME;
    use crate::lint::testing::check;

    #[test]
    fn values_in_two_alphabets() {
        check(&CONFUSABLE_NAME, "set d: domain = [\"ex\u{430}mple.com\"]\n", &["\"ex\u{430}mple.com\""]);
        check(
            &CONFUSABLE_NAME,
            "tool t(x: string) { action read; deny when x in [\"\u{430}dmin\", \"root\"] }\n",
            &["\"\u{430}dmin\""],
        );
    }

    #[test]
    fn cases_that_look_alike() {
        check(&CONFUSABLE_NAME, "tool t(e: \"prod\" | \"pr\u{43e}d\") { action read }\n", &["e"]);
    }

    #[test]
    fn ordinary_values() {
        check(&CONFUSABLE_NAME, "set d: string = [\"größe\", \"получить\", \"modern\", \"modem\"]\n", &[]);
    }
}
