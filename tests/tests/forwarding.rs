//! What a tool is given: the arguments as they came, and the defaults that rules took for granted (semantics 5).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use agentpass_runtime::{Call, Caller, Gate, Outcome, Store, Verdict};

const DESK: &str = "edition 2026
contract desk { version \"1\" }
record line { sku: string, gift: bool = false, note?: string }
tool find(name: string, fields: list<string> = [\"id\"], cap: money<USD> as cents = $5, wait: duration as seconds = 30s) {
    action read
    require each f in fields: f in [\"id\", \"plan\"]
}
tool order(lines: list<line>, first?: line) { action write }
tool open(n: int = 1, ...) { action read }
";

fn given(tool: &str, args: &str) -> String {
    let contract = support::contract(&[("desk.agentpass", DESK)], &[]).unwrap();
    let gate = Gate::builder(contract).store(Store::memory()).build().unwrap();
    match gate.check(&Caller::default(), &Call::new(tool, args).with_id("c")).unwrap() {
        Verdict::Allow(permit) => {
            let arguments = permit.arguments();
            permit.commit(Outcome::ok("null")).unwrap();
            arguments
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults_are_written_into_what_is_sent() {
    for (tool, args, sent) in [
        ("find", r#"{"name": "Ann"}"#, r#"{"name":"Ann","fields":["id"],"cap":500,"wait":30}"#),
        (
            "find",
            r#"{ "wait" : 1.50, "name": "\u0041nn", "cap": 2e2, "fields": [ "plan" ] }"#,
            r#"{"wait":1.50,"name":"\u0041nn","cap":2e2,"fields":["plan"]}"#,
        ),
        (
            "order",
            r#"{"lines": [{"sku": "a"}, {"gift": true, "sku": "b"}], "first": {"sku": "c", "note": "x"}}"#,
            r#"{"lines":[{"sku":"a","gift":false},{"gift":true,"sku":"b"}],"first":{"sku":"c","note":"x","gift":false}}"#,
        ),
        ("open", r#"{}"#, r#"{"n":1}"#),
        ("open", r#"{"x": {"a": [1, 2]}}"#, r#"{"x":{"a": [1, 2]},"n":1}"#),
    ] {
        assert_eq!(given(tool, args), sent, "{tool} {args}");
    }
}

/// What is sent is the same call: another gate decides it like the first, and finds nothing to add.
#[test]
fn what_is_sent_is_the_call_that_was_judged() {
    for (tool, args) in
        [("find", r#"{"name": "Ann"}"#), ("order", r#"{"lines": [{"sku": "a"}]}"#), ("open", r#"{"y": 7}"#)]
    {
        let sent = given(tool, args);
        assert_eq!(given(tool, &sent), sent, "{tool} {args}");
    }
}
