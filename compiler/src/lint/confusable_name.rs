//! Names that a reader cannot tell apart, and names that are not what they look like.
//!
//! Wire names compare by code points (semantics 10), so `раypal` in Cyrillic letters is another tool than `paypal`. Names
//! are compared within their kind: nobody takes a label for a tool.

use std::collections::HashMap;

use agentpass_grammar::Span;
use unicode_normalization::UnicodeNormalization;
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

use super::context::Context;
use crate::ast::ItemKind;
use crate::diagnostics::{Diagnostic, problems::lints as problem};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(String, String), (String, Span)> = HashMap::new();
    for (kind, name, span) in names(cx) {
        if cx.is_std(span.file) {
            continue;
        }
        if !name.is_ascii() {
            let composed: String = name.nfc().collect();
            if composed != name {
                found.push(problem::not_composed(span, &name, &composed));
                continue;
            }
        }
        match seen.get(&(kind.clone(), look(&name))) {
            Some((other, at)) if *other != name => {
                found.push(problem::looks_like(span, &name, other, *at));
                continue;
            }
            Some(_) => {}
            None => {
                seen.insert((kind, look(&name)), (name.clone(), span));
            }
        }
        if is_mixed(&name) {
            found.push(problem::mixed_scripts(span, &name));
        }
    }
}

/// Each word for itself: `größe.получить` is readable, `раy` in two alphabets is not.
pub(super) fn is_mixed(text: &str) -> bool {
    let is_mixed = |word: &str| !word.is_ascii() && !word.is_single_script();
    text.split(|c: char| !c.is_alphanumeric()).any(is_mixed)
}

/// How a name looks. In plain ASCII only letters and digits that are one stroke or one circle are alike: `modern` and
/// `modem` have one skeleton, and nobody should be told to rename either.
pub(super) fn look(name: &str) -> String {
    if name.is_ascii() {
        let alike = |c: char| match c {
            'I' | '1' => 'l',
            '0' => 'O',
            other => other,
        };
        return name.chars().map(alike).collect();
    }
    skeleton(name).collect()
}

/// Every declared name, with its kind.
fn names(cx: &Context<'_>) -> Vec<(String, String, Span)> {
    let mut names: Vec<(String, String, Span)> = Vec::new();
    let mut add = |kind: &str, name: &str, span: Span| names.push((kind.to_owned(), name.to_owned(), span));
    for tool in &cx.program.tools {
        // A tool's name is the same tool on the wire, where it may be spelt in another way.
        add("tool", &tool.wire, tool.span);
        if tool.name != tool.wire && !tool.name.ends_with(&tool.wire) {
            add("tool", &tool.name, tool.span);
        }
        for field in &tool.params {
            add(&format!("parameter of {}", tool.wire), &field.name, field.span);
        }
    }
    for field in &cx.program.host {
        add("fact", &field.name, field.span);
    }
    for (_, item) in cx.items() {
        match &item.kind {
            ItemKind::Contract(contract) => add("contract", &contract.name.node, contract.name.span),
            ItemKind::Param(param) => add("constant", &param.name.node, param.name.span),
            ItemKind::Set(set) => add("constant", &set.name.node, set.name.span),
            ItemKind::Let(item) => add("constant", &item.name.node, item.name.span),
            ItemKind::Record(record) => add("record", &record.name.node, record.name.span),
            ItemKind::Challenge(challenge) => add("challenge", &challenge.name.node, challenge.name.span),
            ItemKind::Event(event) => add("event", &event.name.node, event.name.span),
            ItemKind::Skill(skill) => add("skill", &skill.name.node, skill.name.span),
            ItemKind::Label(label) => label.names.iter().for_each(|name| add("label", &name.node, name.span)),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::CONFUSABLE_NAME;
    use crate::lint::testing::check;

    #[test]
    fn names_that_look_alike() {
        // The second `a` is Cyrillic.
        check(
            &CONFUSABLE_NAME,
            "tool pay(x: id) { action read }\ntool p\u{430}y(x: id) { action read }\n",
            &["p\u{430}y"],
        );
        check(&CONFUSABLE_NAME, "label paypal\nlabel paypaI\n", &["paypaI"]);
        check(&CONFUSABLE_NAME, "tool t(user: id, us\u{435}r: id) { action read }\n", &["us\u{435}r"]);
    }

    #[test]
    fn names_in_two_alphabets_and_names_not_composed() {
        check(&CONFUSABLE_NAME, "label s\u{435}cret\n", &["s\u{435}cret"]);
        check(&CONFUSABLE_NAME, "tool \"cafe\\u{301}\" as cafe(x: id) { action read }\n", &["cafe"]);
    }

    #[test]
    fn ordinary_names() {
        check(
            &CONFUSABLE_NAME,
            "label modern\nlabel modem\nlabel größe\nlabel получить\nset modern: int = [1]\n",
            &[],
        );
        check(&CONFUSABLE_NAME, "tool \"list-items\" as items.list(x1: id, x2: id) { action read }\n", &[]);
    }
}
