//! Questions to the past that another contract asks (semantics 26, decision 0313): which of them begin blank, and that somebody has to say
//! so before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::sync::Arc;

use agentpass_runtime::{Contract, Gate, Reload, ReloadError, Source, Store};
use agentpass_values::Timestamp;

fn contract(body: &str) -> Arc<Contract> {
    let text = format!("edition 2026\ncontract c {{ version \"1\"; agents \"a\" }}\n{body}\n");
    Arc::new(
        support::contract(&[("c.agentpass", &text)], &[]).unwrap_or_else(|error| panic!("{error}\n{body}")),
    )
}

fn gate(body: &str) -> Gate {
    Gate::builder(contract(body)).store(Store::manual(Timestamp::EPOCH)).offline().build().unwrap()
}

/// A tool that looks, one that pays by that rule, and more.
fn desk(rule: &str, more: &str) -> String {
    format!("tool look(k: id) {{ action read }}\ntool pay(to: id) {{ action pay; {rule} }}\n{more}")
}

/// What begins blank: by what it is asked, and what about.
fn blank(old: &str, new: &str) -> Vec<String> {
    match gate(old).reload(contract(new), &Reload::new()) {
        Ok(_) => Vec::new(),
        Err(ReloadError::Questions(all)) => {
            all.iter().map(|one| format!("{}: {}", one.asks, one.about)).collect()
        }
        Err(error) => panic!("{error}"),
    }
}

fn call(gate: &Gate, tool: &str, args: &str) -> &'static str {
    let text = format!(r#"{{"agent": "a", "user": "u", "job": "j", "tool": "{tool}", "args": {args}}}"#);
    let decision = gate.decide(Source::Offline, text.as_bytes());
    let _ = gate.line(format!(r#"{{"settle": "{}", "outcome": "ok"}}"#, decision.id).as_bytes());
    decision.reasons.first().map_or("allow", |reason| reason.code)
}

#[test]
fn a_new_question_is_named_until_it_may_begin_blank() {
    let old = gate(&desk("", ""));
    assert_eq!(call(&old, "look", r#"{"k": "x"}"#), "allow");
    let new = desk("deny when after look(k: to) within 1h as seen", "");
    let error = old.reload(contract(&new), &Reload::new()).expect_err("it was taken");
    assert_eq!(
        error.to_string(),
        "what happened before would be forgotten: `pay/seen` asks about completed calls of `look` \
         (say for each that it begins blank, or reload when nothing depends on it)"
    );
    let other = Reload::new().begins_blank("pay/scene");
    assert!(matches!(old.reload(contract(&new), &other), Err(ReloadError::Questions(all)) if all.len() == 1));
    let next = old.reload(contract(&new), &Reload::new().begins_blank("pay/seen")).unwrap();
    // What was before is forgotten, as was said; what is now is not.
    assert_eq!(call(&next, "pay", r#"{"to": "x"}"#), "allow");
    assert_eq!(call(&next, "look", r#"{"k": "x"}"#), "allow");
    assert_eq!(call(&next, "pay", r#"{"to": "x"}"#), "deny");
    // Nothing is blank any more, and nobody needs to say it of what is not.
    let same = next.reload(contract(&new), &Reload::new()).unwrap();
    assert_eq!(call(&same, "pay", r#"{"to": "x"}"#), "deny");
    let too_much = next.reload(contract(&new), &Reload::new().begins_blank("pay/seen"));
    assert_eq!(too_much.expect_err("it was taken"), ReloadError::NotBlank("pay/seen".to_owned()));
}

#[test]
fn wherever_a_question_is_asked() {
    let old = desk("", "event Left(user: id)");
    for (rule, expected) in [
        ("require after look(k: to) within 1h as r", "pay/r: completed calls of `look`"),
        ("deny when calls of failed look within 1h >= 3 as r", "pay/r: failed calls of `look`"),
        (
            "let last = (latest look within 1h)\n require has last and last.args.k == to as r",
            "pay/r: completed calls of `look`",
        ),
        ("require in_flight of pay < 2 as r", "pay/r: started calls of `pay`"),
        (
            "require count(distinct k of attempted look within 1h) < 3 as r",
            "pay/r: attempted calls of `look`",
        ),
        ("when after Left(user: to) within 1h { deny as r }", "pay/r: events `Left`"),
        (
            "limit l per user in any 1h { calls at most 1 when after look within 1h }",
            "pay/l: completed calls of `look`",
        ),
        (
            "limit l per user in any 1h when after look within 1h { calls at most 1 }",
            "pay/l: completed calls of `look`",
        ),
    ] {
        assert_eq!(blank(&old, &desk(rule, "event Left(user: id)")), [expected], "{rule}");
    }
    let both = desk("deny when after look within 1h with no started pay since as r", "");
    assert_eq!(blank(&old, &both), ["pay/r: completed calls of `look`", "pay/r: started calls of `pay`"]);
}

#[test]
fn what_is_the_same_or_could_not_have_been_is_not_blank() {
    let old = desk("require after look(k: to) within 1h as r", "");
    // Elsewhere, under another name, for less time, with another message; a tool or event that is new.
    for new in [
        desk("require after look(k: to) within 30m because \"look first\" as s", ""),
        "tool pay(to: id) { action pay; deny when not (after look(k: to) within 1h) }\ntool look(k: id) { action read }".to_owned(),
        desk(
            "require after look(k: to) within 1h as r; deny when after more within 1h; deny when after Left within 1h",
            "tool more(k: id) { action read }\nevent Left(user: id)",
        ),
        desk("", ""),
    ] {
        assert_eq!(blank(&old, &new), Vec::<String>::new(), "{new}");
    }
}

#[test]
fn what_is_asked_otherwise_or_further_back_is_blank() {
    let old = desk("require after look(k: to) within 1h as r", "");
    for (rule, expected) in [
        (
            "require after look(k: to) within 2h as r",
            "pay/r: completed calls of `look` further back than they were kept",
        ),
        (
            "require after look(k: to) within job as r",
            "pay/r: completed calls of `look` further back than they were kept",
        ),
        (
            "require each seen in distinct k of look within 1h: seen == to as r",
            "pay/r: completed calls of `look`",
        ),
        ("require after look(k: to) by user within 1h as r", "pay/r: completed calls of `look`"),
        ("require after look within 1h as r", "pay/r: completed calls of `look`"),
        ("require after started look(k: to) within 1h as r", "pay/r: started calls of `look`"),
    ] {
        assert_eq!(blank(&old, &desk(rule, "")), [expected], "{rule}");
    }
    // What was kept for longer is there.
    let longer = desk("require after look(k: to) within job as r", "");
    for within in ["job", "2h"] {
        let rule = format!("require after look(k: to) within {within} as r");
        assert_eq!(blank(&longer, &desk(&rule, "")), Vec::<String>::new(), "{rule}");
    }
    // A name that a family took before may have been called before.
    let family = "tools crm.*(...) { action read }\ntool pay(to: id) { action pay }";
    let exact = "tool crm.look(k: id) { action read }\ntool pay(to: id) { action pay; deny when after crm.look within 1h as r }";
    assert_eq!(blank(family, exact), ["pay/r: completed calls of `crm.look`"]);
}

#[test]
fn limits_are_asked_about_first() {
    let old = desk("limit l per user in any 1h { calls at most 3 }", "");
    let new = desk("limit l per user in any 2h { calls at most 3 }; deny when after look within 1h as r", "");
    let reload = |how: Reload| gate(&old).reload(contract(&new), &how).err();
    assert!(matches!(reload(Reload::new().begins_blank("pay/r")), Some(ReloadError::Limits(_))));
    assert!(matches!(reload(Reload::new().starts_full("pay/l")), Some(ReloadError::Questions(_))));
    assert_eq!(reload(Reload::new().starts_full("pay/l").begins_blank("pay/r")), None);
}
