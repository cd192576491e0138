//! What a call says, beyond its arguments one by one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use agentpass_ir::{Ambient, Value, Verified};

use super::reader::Reader;
use super::{CODES, Call, Caller, Job, Limits, Refusal, Skill, Source, read};
use crate::frame::testing;
use crate::frame::{self, Frame};
use crate::{digest, eval};

fn offline(contract: &Verified, text: &str) -> Result<Call, Refusal> {
    read(contract, Source::Offline, &Limits::default(), text.as_bytes())
}

fn shown(value: Option<&Value>) -> String {
    value.map_or("absent".to_owned(), eval::text)
}

/// All slots of a frame, as text.
fn slots(contract: &Verified, call: &Call) -> Vec<String> {
    let program = contract.program();
    let count = program.param_slot(0).0 + 4;
    (0..count).map(|slot| shown(call.frame.get(agentpass_ir::SlotId(slot)))).collect()
}

#[test]
fn every_part_of_a_call_has_its_slot() {
    let contract = testing::contract();
    let text = r#"{"at": "2026-11-23T10:00:00Z", "id": "call-1",
        "agent": "desk", "tenant": "acme", "user": "u-17", "job": {"id": "case-1", "as": "triage", "with": {"customer_id": "c1"}},
        "skill": {"name": "refunds", "digest": "sha256:0100000000000000000000000000000000000000000000000000000000000002"},
        "tool": "two", "args": {"b": "x", "a": 1},
        "auth": {"issuer": "https://idp.example.com", "client": "desk", "scopes": ["crm.write", "x"], "groups": []},
        "host": {"tokens": 1200, "cost": {"amount": "0.02", "currency": "USD"}, "other": 1}, "approvals": ["apr_01"]}"#;
    let call = offline(&contract, text).unwrap();
    assert_eq!(call.faults, []);
    assert_eq!(
        slots(&contract, &call),
        [
            "desk",
            "u-17",
            "acme",
            "case-1",
            "refunds",
            "",
            "https://idp.example.com",
            "desk",
            "crm.write, x",
            "",
            "two",
            "1200",
            "$0.02",
            "7",
            "absent",
            "c1",
            "1",
            "x",
            "absent",
            "absent"
        ]
    );
    assert_eq!(call.id.as_deref(), Some("call-1"));
    assert_eq!(call.at.unwrap().to_string(), "2026-11-23T10:00:00Z");
    assert_eq!(call.job_kind.as_deref(), Some("triage"));
    assert_eq!(call.approvals, ["apr_01"]);
    let digest = call.skill_digest.unwrap();
    assert_eq!((digest[0], digest[31]), (1, 2));
    assert_eq!(call.frame.ambient(Ambient::Scopes), None);
    assert_eq!(call.frame.ambient_list(Ambient::Scopes).collect::<Vec<_>>(), ["crm.write", "x"]);
    assert_eq!(call.frame.ambient_list(Ambient::Agent).count(), 0);
}

#[test]
fn credentials_that_no_rule_reads_are_checked_and_not_kept() {
    let mut program = agentpass_ir::Program::default();
    program.tools.push(testing::tool("none", Vec::new()));
    let contract = testing::verified(program);
    let auth =
        r#"{"tool": "none", "auth": {"issuer": "i", "client": "c", "scopes": ["s"], "groups": ["g"]}}"#;
    let call = offline(&contract, auth).unwrap();
    for part in [Ambient::Issuer, Ambient::Client, Ambient::Scopes, Ambient::Groups] {
        assert_eq!(call.frame.get(part.slot()), None);
    }
    let wrong = r#"{"tool": "none", "auth": {"scopes": ["s", 1]}}"#;
    assert_eq!(offline(&contract, wrong).unwrap_err().code, "wire.type");
}

#[test]
fn what_is_not_said_is_absent() {
    let contract = testing::contract();
    let call = offline(&contract, r#"{"tool": "nowhere"}"#).unwrap();
    let absent = slots(&contract, &call).iter().filter(|slot| *slot == "absent").count();
    // Everything but `via` (nobody is in between), the tool, and the host's fact that has a default.
    assert_eq!(absent, 20 - 3);
    assert_eq!(call.frame.params().count(), 0);
}

#[test]
fn a_live_gate_takes_identity_from_its_caller() {
    let contract = testing::contract();
    let caller = Caller {
        agent: Some("desk".to_owned()),
        tenant: Some("acme".to_owned()),
        via: vec!["planner".to_owned()],
        job: Some(Job {
            id: "j".to_owned(),
            kind: Some("triage".to_owned()),
            with: Some(r#"{"customer_id":"c1"}"#.to_owned()),
        }),
        skill: Some(Skill { name: "s".to_owned(), digest: Some([3; 32]) }),
        host: Some(r#"{"tokens": 5, "domain": "Web "}"#.to_owned()),
        ..Caller::default()
    };
    let live = |text: &str| read(&contract, Source::Live(&caller), &Limits::default(), text.as_bytes());
    let call = live(r#"{"id": "x", "tool": "none", "approvals": ["apr_1"]}"#).unwrap();
    assert_eq!(
        slots(&contract, &call).get(..16).unwrap(),
        [
            "desk", "absent", "acme", "j", "s", "planner", "absent", "absent", "", "", "none", "5", "absent",
            "7", "Web ", "c1"
        ]
    );
    assert_eq!((call.job_kind.as_deref(), call.skill_digest), (Some("triage"), Some([3; 32])));
    for key in ["at", "agent", "tenant", "user", "job", "skill", "host", "auth"] {
        let refused = live(&format!("{{\"tool\": \"none\", \"{key}\": \"x\"}}")).unwrap_err();
        assert_eq!(refused.code, "wire.not_yours", "{key}");
    }
    let broken = Caller { host: Some("{\"tokens\": 1".to_owned()), ..Caller::default() };
    let refused =
        read(&contract, Source::Live(&broken), &Limits::default(), b"{\"tool\":\"none\"}").unwrap_err();
    assert_eq!(refused.code, "wire.syntax");
}

#[test]
fn bounds_hold_and_can_be_set() {
    let contract = testing::contract();
    let deep = |levels: usize| {
        format!("{{\"tool\":\"json\",\"args\":{{\"x\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels))
    };
    assert!(offline(&contract, &deep(62)).is_ok());
    assert_eq!(offline(&contract, &deep(63)).unwrap_err().code, "wire.too_deep");
    assert_eq!(offline(&contract, &deep(100_000)).unwrap_err().code, "wire.too_deep");
    let blank = |bytes: usize| format!("{}{{\"tool\":\"none\"}}", " ".repeat(bytes - 15));
    assert!(offline(&contract, &blank(1 << 20)).is_ok());
    assert_eq!(offline(&contract, &blank((1 << 20) + 1)).unwrap_err().code, "wire.too_large");

    let small = Limits { bytes: 100, depth: 4, values: 3 };
    let code = |text: &str| {
        read(&contract, Source::Offline, &small, text.as_bytes()).map_err(|refusal| refusal.code)
    };
    assert!(code(r#"{"tool":"numbers","args":{"x":[1,2]}}"#).is_ok());
    assert_eq!(code(r#"{"tool":"numbers","args":{"x":[1,2,3]}}"#).unwrap_err(), "wire.too_large");
    assert_eq!(code(r#"{"tool":"json","args":{"x":[[[]]]}}"#).unwrap_err(), "wire.too_deep");
    assert_eq!(code(&blank(101)).unwrap_err(), "wire.too_large");
}

#[test]
fn long_lists_are_capped() {
    let contract = testing::contract();
    let call = |count: usize| {
        let all = vec!["\"a\""; count].join(",");
        offline(&contract, &format!("{{\"tool\":\"texts\",\"args\":{{\"x\":[{all}]}}}}")).unwrap()
    };
    assert_eq!(call(4096).faults, []);
    assert_eq!(call(4097).faults[0].message, "the argument `x` is longer than 4096");
    // One reason too many helps nobody.
    let all = vec!["1"; 4000].join(",");
    let call = offline(&contract, &format!("{{\"tool\":\"texts\",\"args\":{{\"x\":[{all}]}}}}")).unwrap();
    assert_eq!(call.faults.len(), 50);
}

#[test]
fn messages_show_nothing_that_cannot_be_seen() {
    let contract = testing::contract();
    let call = offline(&contract, "{\"tool\":\"none\",\"args\":{\"a\u{202e}\":1}}").unwrap();
    assert_eq!(call.faults[0].message, "`none` has no parameter `a\\u{202e}`");
    let refused = offline(&contract, "{\"tool\":\"none\",\"a\u{202e}\":1}").unwrap_err();
    assert_eq!(refused.message, "a call has no field `a\\u{202e}`");
    assert!(CODES.contains(&refused.code) && CODES.is_sorted());
}

fn digest_of(contract: &Verified, tool: &str, args: &str) -> String {
    let call = offline(contract, &format!("{{\"tool\":\"{tool}\",\"args\":{args}}}")).unwrap();
    assert_eq!(call.faults, []);
    digest::hex(&digest::of_call(&call.name, &call.frame))
}

#[test]
fn a_call_digest_is_by_value_and_holds_everything() {
    let contract = testing::contract();
    let same = |tool: &str, a: &str, b: &str| digest_of(&contract, tool, a) == digest_of(&contract, tool, b);
    assert!(same("two", r#"{"a":1,"b":"x"}"#, r#"{ "b" : "\u0078", "a":1.0 }"#));
    assert!(!same("two", r#"{"a":1}"#, r#"{"a":1,"b":""}"#));
    assert!(
        same("edit", r#"{"text":"ls"}"#, r#"{"text":"ls","file":"src/main.rs"}"#),
        "defaults are written in"
    );
    assert!(
        !same("edit", r#"{"text":"ls"}"#, r#"{"text":"ls","file":"src/./main.rs"}"#),
        "the text counts, not the view"
    );
    assert!(same("json", r#"{"x":{"a":1e2,"b":-0}}"#, r#"{"x":{"b":0,"a":100}}"#));
    assert!(!same("json", r#"{"x":9007199254740993}"#, r#"{"x":9007199254740992}"#));
    assert!(!same("json", r#"{"x":"1"}"#, r#"{"x":1}"#));
    // What nobody declared is part of it, however deep it stands.
    assert!(same("open", r#"{"z":{"b":1,"a":2},"y":1}"#, r#"{"y":1.0,"z":{"a":2,"b":1}}"#));
    assert!(!same("open", r#"{"y":1}"#, r#"{"y":2}"#));
    assert!(!same("open", r#"{"y":1}"#, r#"{"y":1,"z":null}"#));
    let boxed = |more: &str| format!(r#"{{"box":{{"items":[{{"sku":"a","price":1}}]{more}}}}}"#);
    assert!(!same("open", &boxed(""), &boxed(r#","more":1"#)));
    assert!(!same("open", &boxed(r#","more":2"#), &boxed(r#","more":1"#)));
    assert_ne!(digest_of(&contract, "text", r#"{"x":"a"}"#), digest_of(&contract, "folded", r#"{"x":"a"}"#));
    assert_ne!(digest_of(&contract, "int", r#"{"x":1}"#), digest_of(&contract, "nullable", r#"{"x":1}"#));
}

#[test]
fn undeclared_arguments_are_kept_under_pointers() {
    let contract = testing::contract();
    let args = r#"{"a/b~":[1.0],"box":{"items":[{"sku":"a","price":1}],"x":{"d":1,"c":2}}}"#;
    let call = offline(&contract, &format!("{{\"tool\":\"open\",\"args\":{args}}}")).unwrap();
    assert_eq!(call.frame.extra(), r#"{"/a~1b~0":[1],"/box/x":{"c":2,"d":1}}"#);
    let call = offline(&contract, r#"{"tool":"open","args":{"a":1}}"#).unwrap();
    assert_eq!(call.frame.extra(), "");
}

#[test]
fn a_schema_says_what_forms_cannot() {
    let contract = testing::contract();
    let faults = |text: &str| {
        let call = offline(&contract, text).unwrap();
        call.faults.iter().map(|fault| format!("{} {}", fault.code, fault.message)).collect::<Vec<_>>()
    };
    assert!(faults(r#"{"tool": "pinned", "args": {"x": [1, 2]}}"#).is_empty());
    let twice = ["signature.type the argument `x` is not a list without repetitions"];
    assert_eq!(faults(r#"{"tool": "pinned", "args": {"x": [1, 1.0]}}"#), twice);
    assert_eq!(faults(r#"{"args": {"x": [1, 1.0]}, "tool": "pinned"}"#), twice);
    assert_eq!(faults(r#"{"tool": "pinned", "args": {"x": ["1", "1"]}}"#).len(), 2, "forms come first");
}

#[test]
fn views_read_a_parameter_a_second_time() {
    let contract = testing::contract();
    let views = |args: &str| {
        let call = offline(&contract, &format!("{{\"tool\":\"edit\",\"args\":{args}}}")).unwrap();
        let first = contract.program().param_slot(0).0;
        let slots: Vec<String> =
            (first..first + 4).map(|n| shown(call.frame.get(agentpass_ir::SlotId(n)))).collect();
        (slots, call.faults.len())
    };
    let (slots, faults) = views(r#"{"text":"ls","file":"a/../b"}"#);
    assert_eq!((slots, faults), (["ls", "a/../b", "b", "ls"].map(str::to_owned).to_vec(), 0));
    let (slots, _) = views(r#"{"text":"ls"}"#);
    assert_eq!(slots[1..3], ["src/main.rs", "src/main.rs"], "a default is read a second time too");
    let (_, faults) = views(r#"{"text":"ls","file":3}"#);
    assert_eq!(faults, 1, "the parameter and its view find the same fault");
}

#[test]
fn settled_facts_replace_those_of_the_call() {
    let contract = testing::contract();
    let mut call = offline(&contract, r#"{"tool":"none","host":{"tokens":5,"retries":1}}"#).unwrap();
    let program = contract.program();
    let settle = |text: &str, frame: &mut Frame| {
        frame::read_host(&contract, &Limits::default(), &mut Reader::new(text, &Limits::default()), frame)
    };
    assert_eq!(settle(r#"{"tokens":9,"nobody":[1]}"#, &mut call.frame).unwrap(), []);
    let host = |frame: &Frame, n| shown(frame.get(program.host_slot(n)));
    assert_eq!((host(&call.frame, 0), host(&call.frame, 2)), ("9".to_owned(), "1".to_owned()));
    assert_eq!(settle(r#"{"tokens":"9"}"#, &mut call.frame).unwrap()[0].code, "host.type");
    assert_eq!(settle("[]", &mut call.frame).unwrap_err().code, "wire.type");
}

#[test]
fn events_have_frames() {
    let contract = testing::contract();
    let event = &contract.program().events[0];
    let read = |text: &str| {
        frame::read_event(&contract, event, &Limits::default(), &mut Reader::new(text, &Limits::default()))
    };
    let (frame, faults) = read(r#"{"user":"u1"}"#).unwrap();
    assert_eq!(
        (frame.params().map(shown).collect::<Vec<_>>(), faults.len()),
        (vec!["u1".to_owned(), "absent".to_owned()], 0)
    );
    let (_, faults) = read(r#"{"until":1,"more":2}"#).unwrap();
    let told: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "the field `until` is not a string",
            "`Suspended` has no field `more`",
            "the field `user` is missing"
        ]
    );
}

#[test]
fn what_of_a_result_does_not_fit_is_unknown() {
    let contract = testing::contract();
    let tools = &contract.program().tools;
    let tool = tools.iter().find(|tool| !tool.results.is_empty()).unwrap();
    let read = |text: &str| {
        frame::read_result(&contract, tool, &Limits::default(), text)
            .iter()
            .map(eval::text)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(read(r#"{"id":"r1","amount":100,"items":[1,2],"more":{"x":1}}"#), "r1 $1 1, 2");
    assert_eq!(read(r#"{"id":" r1","items":[1,"2"]}"#), "? ? ?");
    assert_eq!(read(r#"{"id":"r1","id":"r2"}"#), "? ? ?");
    for text in ["", "null", "[]", "{", "{} x", "\u{feff}{}"] {
        assert_eq!(read(text), "? ? ?", "{text}");
    }
}
