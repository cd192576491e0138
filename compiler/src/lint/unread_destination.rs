//! Parameters of tools that send or pay which say where something goes, and which nothing reads: `cc` beside a `to` that is
//! checked. Each is a way out that nobody looks at.

use std::collections::{BTreeMap, HashSet};

use agentpass_grammar::Span;

use super::context::{Context, condition};
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{
    Action, Bound, Expr, ExprKind, Facts, Field, Meter, Program, Read, RuleKind, Template, TemplatePart,
    Tool, ToolKind,
};
use crate::types::Ty;

/// How deep records are looked into.
const MAX_DEPTH: usize = 16;

/// What a text is called that says where something goes: the last word of its name.
const DESTINATIONS: &[&str] = &[
    "to",
    "cc",
    "bcc",
    "recipient",
    "recipients",
    "addressee",
    "addressees",
    "email",
    "emails",
    "address",
    "addresses",
    "domain",
    "domains",
    "host",
    "hostname",
    "url",
    "urls",
    "uri",
    "link",
    "endpoint",
    "webhook",
    "callback",
    "destination",
    "destinations",
    "forward",
    "payee",
    "payees",
    "beneficiary",
    "iban",
];

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // One finding for all tools of one declaration: an import may bring hundreds.
    let mut out: BTreeMap<Span, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for (index, tool) in cx.program.tools.iter().enumerate() {
        if !goes_out(tool) || cx.is_denied(index) {
            continue;
        }
        let read = reads(cx, index, tool);
        let unread = |field: &&Field| is_destination(cx.program, field) && !read.contains(&field.name);
        for field in tool.params.iter().filter(unread) {
            if tool.kind == ToolKind::Declared {
                found.push(problem::unread_destination(
                    field.span,
                    &[(tool.name.clone(), vec![field.name.clone()])],
                ));
            } else {
                let tools = out.entry(tool.span).or_default();
                match tools.last_mut().filter(|(name, _)| *name == tool.name) {
                    Some((_, names)) => names.push(field.name.clone()),
                    None => tools.push((tool.name.clone(), vec![field.name.clone()])),
                }
            }
        }
    }
    found.extend(out.into_iter().map(|(span, tools)| problem::unread_destination(span, &tools)));
}

/// Tools that send or pay, by their action or by what they declare.
fn goes_out(tool: &Tool) -> bool {
    let acts = |action| matches!(action, Action::Send | Action::Export | Action::Pay);
    let facts = &tool.facts;
    facts.action.is_some_and(|(action, _)| acts(action))
        || !facts.sends.is_empty()
        || !facts.from_to.is_empty()
}

/// By its type, or a text by its name.
fn is_destination(program: &Program, field: &Field) -> bool {
    is_place(program, &field.ty, 0)
        || is_text(&field.ty) && DESTINATIONS.contains(&last_word(&field.name).as_str())
}

fn is_place(program: &Program, ty: &Ty, depth: usize) -> bool {
    match ty {
        Ty::Email | Ty::Domain | Ty::Url => true,
        Ty::List(inner, _) | Ty::Nullable(inner) => is_place(program, inner, depth),
        Ty::Record(id) if depth < MAX_DEPTH => program
            .record(*id)
            .is_some_and(|record| record.fields.iter().any(|field| is_place(program, &field.ty, depth + 1))),
        _ => false,
    }
}

fn is_text(ty: &Ty) -> bool {
    match ty {
        Ty::String | Ty::Text | Ty::Folded | Ty::Id(_) => true,
        Ty::List(inner, _) | Ty::Nullable(inner) => is_text(inner),
        _ => false,
    }
}

/// `webhook_url` and `webhookUrl` end in `url`.
fn last_word(name: &str) -> String {
    let start = name.char_indices().rev().find(|&(at, c)| {
        c == '_'
            || c.is_uppercase() && name.get(..at).is_some_and(|before| before.ends_with(char::is_lowercase))
    });
    let word = start.map_or(name, |(at, _)| name.get(at..).unwrap_or(name));
    word.trim_start_matches('_').to_lowercase()
}

/// The parameters that a clause, a rule or a limit reads, or that whoever is asked is shown.
fn reads(cx: &Context<'_>, index: usize, tool: &Tool) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut see = |expr: &Expr| {
        expr.walk(&mut |expr| {
            if let ExprKind::Read(Read::Arg(name)) = &expr.kind {
                names.insert(name.clone());
            }
        });
    };
    facts(&tool.facts, &mut see);
    for rule in cx.rules_for(index) {
        rule.guards.iter().for_each(|guard| see(guard));
        if let Some((condition, _)) = condition(&rule.kind) {
            see(condition);
        }
        match &rule.kind {
            RuleKind::RequireEach(each)
            | RuleKind::DenyEach(each)
            | RuleKind::Challenge { each: Some(each), .. } => {
                see(&each.list);
            }
            RuleKind::Once { keys, .. } => keys.iter().for_each(&mut see),
            _ => {}
        }
    }
    for limit in cx.limits_for(index) {
        limit.guards.iter().for_each(|guard| see(guard));
        limit.keys.iter().for_each(&mut see);
        limit.bounds.iter().for_each(|bound| of_bound(bound, &mut see));
    }
    for rule in cx.rules_for(index) {
        if let RuleKind::Challenge { challenge, .. } = &rule.kind
            && let Some(challenge) = cx.program.challenges.get(*challenge)
        {
            names.extend(challenge.shows.iter().flat_map(|path| &path.words).map(|word| word.node.clone()));
        }
    }
    names
}

fn facts(facts: &Facts, see: &mut dyn FnMut(&Expr)) {
    let values = [&facts.amount, &facts.fields, &facts.records, &facts.tokens, &facts.cost];
    values.into_iter().flatten().for_each(|(value, _)| see(value));
    facts.sends.iter().filter_map(|sends| sends.at.as_ref()).for_each(&mut *see);
    for from_to in &facts.from_to {
        see(&from_to.from);
        see(&from_to.to);
    }
    if let Some((resource, _)) = &facts.resource {
        holes(resource, see);
    }
}

fn holes(template: &Template, see: &mut dyn FnMut(&Expr)) {
    for part in &template.parts {
        if let TemplatePart::Hole(value) = part {
            see(value);
        }
    }
}

fn of_bound(bound: &Bound, see: &mut dyn FnMut(&Expr)) {
    bound.when.iter().for_each(&mut *see);
    if let Meter::CallsPer(keys) = &bound.meter {
        keys.iter().for_each(see);
    }
}

#[cfg(test)]
mod tests {
    use super::last_word;
    use crate::diagnostics::codes::UNREAD_DESTINATION;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(parameters: &str, clauses: &str, expected: &[&str]) {
        let text = format!(
            "tool mail(to: email, {parameters}) {{ action send; sends to mail at to.domain; {clauses} }}\n"
        );
        check(&UNREAD_DESTINATION, &text, expected);
    }

    #[test]
    fn ways_out_that_nobody_looks_at() {
        one("cc?: list<email>", "", &["cc"]);
        one(
            "cc?: list<email>, reply_to: string",
            "deny when to.domain == \"x.example\"",
            &["cc", "reply_to"],
        );
        one("logo: url, site: list<domain, 0..>", "", &["logo", "site"]);
        check(&UNREAD_DESTINATION, "tool pay(payee: string, n: int) { action pay }\n", &["payee"]);
        check(
            &UNREAD_DESTINATION,
            "tool hook(webhookUrl: text) { action write; sends to web }\n",
            &["webhookUrl"],
        );
        check(
            &UNREAD_DESTINATION,
            "record person { name: string, at: email }\ntool mail(people: list<person>) { action send; sends to mail }\n",
            &["people"],
        );
        // A message is no check.
        one("cc: email", "deny when to.domain == \"x.example\" because \"not to {to} or {cc}\"", &["cc"]);
    }

    #[test]
    fn ways_out_that_somebody_looks_at() {
        one("cc?: list<email>", "deny when has cc", &[]);
        one("cc: email", "require cc.domain in \"example.com\"", &[]);
        one("cc: list<email>", "deny each c in cc: c.domain == \"x.example\"", &[]);
        one("cc: email", "once per cc", &[]);
        one("cc: email", "resource \"mail/{cc}\"", &[]);
        one("cc: email", "limit per to in any 1h when cc == to { calls at most 5 }", &[]);
        one("cc: email", "challenge m }\nchallenge m { ask user; expires 5m; shows args.cc", &[]);
        one("cc: email", "}\non mail(cc: email) { require cc.domain in \"example.com\"", &[]);
        one("cc: email", "deny", &[]);
        one("kind: \"a\" | \"b\", subject: string, customer: id, up: int", "", &[]);
        check(&UNREAD_DESTINATION, "tool get(url: url) { action read }\n", &[]);
    }

    #[test]
    fn the_last_word_of_a_name() {
        for (name, word) in
            [("to", "to"), ("reply_to", "to"), ("webhookURL", "url"), ("Cc", "cc"), ("photo", "photo")]
        {
            assert_eq!(last_word(name), word);
        }
    }
}
