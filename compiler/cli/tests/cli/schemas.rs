//! The documents that programs read and write, held against their schemas; and the schemas against the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::{Folder, GUARDED, json as read};

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn schema(name: &str) -> Value {
    read(&fs::read_to_string(repository(&format!("docs/schemas/{name}.schema.json"))).unwrap())
}

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::new(&schema(name)).unwrap()
}

#[track_caller]
fn valid(validator: &Validator, document: &Value) {
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?} in {document:#}");
}

/// The lists of codes in the schema are closed, and hold exactly the codes that the runtime gives.
#[test]
fn the_codes_of_the_schema_are_those_of_the_runtime() {
    let schema = schema("decision");
    for (place, codes) in [
        ("/$defs/code/enum", agentpass_runtime::codes::ALL),
        ("/$defs/error/properties/error/properties/code/enum", agentpass_runtime::codes::LINES),
    ] {
        let listed: BTreeSet<&str> = schema
            .pointer(place)
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap())
            .collect();
        let known: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!(listed, known, "{place}");
    }
}

/// Every example of the repository: its calls, and what the gate says to them.
#[test]
fn examples_follow_the_schemas() {
    let (calls, decisions) = (validator("call"), validator("decision"));
    for (example, contract, params) in [
        ("01-refund-desk", "refund_desk", &[][..]),
        ("02-deploy-gate", "deploy_gate", &[]),
        ("03-coding-agent", "coding_agent", &["--param", "project=/src/app"]),
        ("04-spend-cap", "tool_spend_cap", &[]),
        ("05-pii-egress", "pii_egress", &[]),
        ("06-mcp-gateway", "mcp_gateway", &["--param", "root=/srv/workspace"]),
        ("07-banking-agent", "banking_agent", &[]),
    ] {
        let folder = Folder(repository(&format!("examples/{example}")));
        let contract = format!("{contract}.agentpass");
        let mut args = vec!["replay", &contract, "--calls", "calls.jsonl"];
        args.extend(params);
        let ran = folder.run(&args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{example}");
        let lines = folder.text("calls.jsonl");
        assert_eq!(ran.out.lines().count(), lines.lines().count(), "{example}");
        for (line, answer) in lines.lines().map(read).zip(ran.out.lines().map(read)) {
            if line.get("tool").is_some() {
                valid(&calls, &line);
                valid(&decisions, &answer);
            } else {
                assert_eq!(answer, json!({"ok": true}), "{example}: {line}");
            }
        }
    }
}

#[test]
fn decisions_about_what_is_no_call_follow_the_schema() {
    let folder = Folder::new("schemas", &[("desk.agentpass", GUARDED)]);
    let decisions = validator("decision");
    for call in [
        "",
        "{}",
        "[1",
        "{\"tool\": 5}",
        "{\"tool\": \"nothing\"}",
        "{\"tool\": \"pay\", \"args\": {\"to\": 5}}",
    ] {
        let ran = folder.run_with(&["eval", "desk.agentpass", "--call", "-"], call, |_| ());
        valid(&decisions, &read(&ran.out));
    }
    assert!(!decisions.is_valid(&json!({"decision": "allow"})), "the schema is in force");
    let calls = validator("call");
    for wrong in [json!({}), json!({"tool": "a", "tol": 1}), json!({"tool": "a", "at": "now"}), json!([])] {
        assert!(!calls.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn reports_follow_their_schema() {
    let reports = validator("test-report");
    let wrong = GUARDED.replace("expect replay", "expect allow");
    for (contract, args) in [
        (GUARDED, &["test", "--format", "json"][..]),
        (GUARDED, &["test", "--format", "json", "--coverage"]),
        (&wrong, &["test", "--format", "json", "--threshold", "100"]),
        (crate::TYPO, &["test", "--format", "json"]),
        (crate::MODULE, &["test", "--format", "json"]),
    ] {
        let folder = Folder::new("schemas-report", &[("desk.agentpass", contract)]);
        let ran = folder.run(args);
        assert_eq!(ran.err, "");
        valid(&reports, &read(&ran.out));
    }
}
