//! The law of signatures, on schemas that nobody wrote.
//!
//! `AGENTPASS_CASES=5000` tries as many lists of tools.

use std::cell::RefCell;
use std::collections::BTreeMap;

use agentpass_tests::arguments::{changed_with, examples, spoken_of};
use agentpass_tests::schemas::{is_circular, schemas};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{Judge, gate, passes};

/// Arguments for a schema: made from it, then broken, then broken once more.
fn arguments(schema: &Value) -> Vec<Value> {
    let values = spoken_of(schema);
    let mut all = examples(schema);
    all.push(json!({}));
    let once: Vec<Value> = all.iter().flat_map(|args| changed_with(args, &values)).collect();
    let twice = once.iter().step_by(1 + once.len() / 12).flat_map(|args| changed_with(args, &values));
    let twice: Vec<Value> = twice.collect();
    all.extend(once.iter().step_by(1 + once.len() / 300).cloned());
    all.extend(twice.iter().step_by(1 + twice.len() / 200).cloned());
    all.retain(Value::is_object);
    all
}

#[test]
fn signatures_agree_with_a_validator_on_any_schema() {
    let counts = RefCell::new(BTreeMap::new());
    let cases = std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let done = TestRunner::new(config).run(&proptest::collection::vec(schemas(), 1..12), |schemas| {
        let tool = |(at, schema): (usize, &Value)| json!({"name": format!("t{at}"), "inputSchema": schema});
        let tools: Vec<Value> = schemas.iter().enumerate().map(tool).collect();
        let gate = gate("random", &json!({"tools": tools}).to_string());
        for (at, schema) in schemas.iter().enumerate() {
            if is_circular(schema) {
                *counts.borrow_mut().entry("circular").or_insert(0) += 1;
                continue;
            }
            let Some(judge) = Judge::of(schema) else {
                *counts.borrow_mut().entry("unreadable").or_insert(0) += 1;
                continue;
            };
            let text = schema.to_string();
            let has_choices = ["anyOf", "oneOf", "then", "else", "dependentSchemas"]
                .iter()
                .any(|word| text.contains(&format!("{word:?}:")));
            for args in arguments(schema) {
                let found = passes(&gate, &format!("t{at}"), &args);
                // Where nobody listed anything, anything goes; which alternatives stand for a value, its own fields decide.
                let closed = judge.is_closed_valid(&args).unwrap_or(true) || (has_choices && found.is_ok());
                let expected = closed && judge.is_standard_valid(&args);
                prop_assert_eq!(found.is_ok(), expected, "{} {} {:?}", schema, args, found);
                let kind = match found {
                    Ok(()) => "valid",
                    Err(why) if why.starts_with("signature.missing") => "missing",
                    Err(why) if why.starts_with("signature.unknown") => "undeclared",
                    Err(_) => "mistyped",
                };
                *counts.borrow_mut().entry(kind).or_insert(0) += 1;
            }
            gate.reset();
        }
        Ok(())
    });
    println!("{:?}", counts.borrow());
    done.unwrap();
    for (kind, least) in [("valid", 2_000), ("missing", 100), ("undeclared", 1_000), ("mistyped", 2_000)] {
        let count = counts.borrow().get(kind).copied().unwrap_or(0);
        assert!(count >= least, "only {count} {kind}");
    }
}
