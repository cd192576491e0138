//! `agentpassc explain`: contracts and codes.

use agentpass_compiler::explain::sizes;
use insta::assert_snapshot;

use crate::{DESK, Folder, TYPO};

/// A contract with something of everything that is explained.
const SHOP: &str = include_str!("shop.agentpass");

#[test]
fn a_contract_in_plain_words() {
    let folder = Folder::new("explain-shop", &[("shop.agentpass", SHOP)]);
    let ran = folder.run(&["explain", "shop.agentpass"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_snapshot!(ran.out);
}

#[test]
fn a_contract_as_json() {
    let folder = Folder::new("explain-json", &[("shop.agentpass", SHOP)]);
    let ran = folder.run(&["explain", "shop.agentpass", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["contract"]["name"], "shop");
    let memory = json["memory"].as_array().unwrap();
    let bytes = |what: &str| {
        let found = memory.iter().find(|one| one["what"].as_str().unwrap().starts_with(what));
        found.unwrap_or_else(|| panic!("{what} in {memory:#?}"))["bytes"].as_u64().unwrap()
    };
    let asked = sizes::ROW + sizes::FEW_WATCHED;
    assert_eq!(bytes("sum of amounts"), sizes::ROW + sizes::BUCKETS);
    assert_eq!(bytes("the last crm.read"), asked + sizes::SPANS);
    assert_eq!(bytes("calls"), sizes::ROW + sizes::times(20) + sizes::FEW_OPEN, "the last 20 times");
    assert!(bytes("that it ran") > sizes::ROW + sizes::ONCE);
    assert_eq!(bytes("the number of"), asked + 3 * sizes::times(3), "three times decide `< 3`");
}

#[test]
fn several_contracts_are_explained_one_at_a_time() {
    let folder = Folder::new("explain-two", &[("a.agentpass", DESK), ("b.agentpass", DESK)]);
    assert_snapshot!(folder.run(&["explain", "a.agentpass", "b.agentpass"]).all());
}

#[test]
fn a_broken_contract_is_not_explained() {
    let folder = Folder::new("explain-broken", &[("typo.agentpass", TYPO)]);
    let ran = folder.run(&["explain", "typo.agentpass"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("E0301"), "{}", ran.err);
}

#[test]
fn codes_of_decisions() {
    let folder = Folder::new("explain-reasons", &[("suspended", "")]);
    let said = |subject: &str| folder.run(&["explain", subject]).all();
    assert_eq!(
        folder.run(&["explain", "once.unknown"]).out,
        "once.unknown: nobody knows how the call of that key ended\nwhat helps: finding out, and settling it: `ok`, `error` or \
         `not_sent`. A new key may do it twice\n"
    );
    assert!(said("scope.tenant").contains("scope.tenant: a rule asks for it"), "one of many in a row");
    assert!(said("settle.unknown").contains("it has ended already"), "of a line that is no call");
    assert!(said("once.unknwn").contains("no such file"), "nothing is guessed");
    assert!(!said("suspended").contains("what helps"), "what there is on the disk is a path");
    let json = folder.run(&["explain", "job.closed", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["happened"], "the job is over");
}

#[test]
fn codes_and_names_of_codes() {
    let folder = Folder::new("explain-codes", &[]);
    let by_code = folder.run(&["explain", "E0301"]);
    assert!(by_code.out.starts_with("# E0301 unknown-name\n"), "{}", by_code.all());
    assert_eq!(folder.run(&["explain", "unknown-name"]).out, by_code.out);
    assert_eq!(folder.run(&["explain", "e0301"]).out, by_code.out);
    let json = folder.run(&["explain", "E0301", "--format", "json"]).out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["name"], "unknown-name");
}

#[test]
fn an_unknown_code_suggests_one() {
    let folder = Folder::new("explain-unknown", &[]);
    let said = |subject: &str| folder.run(&["explain", subject]).all();
    assert_snapshot!(said("unknwon-name"));
    assert_snapshot!(said("E9999"));
    assert_snapshot!(said("nope.agentpass"));
}
