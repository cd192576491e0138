//! Laws of decisions, on generated contracts and calls:
//!
//! - the order of rules, files and imports never changes a verdict;
//! - one more `require`, `deny` or `challenge` never makes a verdict weaker;
//! - leaving out an optional argument never turns a denial into an allow, unless its absence is handled by name;
//! - white space and the order of keys in a call's JSON never matter.
//!
//! Each law counts what it met, and fails where it met too little. `AGENTPASS_CASES=20000` tries more; `tests/planted.sh 301` plants a
//! mistake against each of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;

use agentpass_compiler::build::build;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::{Contract, Decision, Source, Word};
use agentpass_tests::policies::{BASE, HEAD, Policy, TOOLS, call, policy, rewritten, shuffled};
use agentpass_values::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use serde_json::Value;

/// The files of a program, each with its name.
type Files = Vec<(String, String)>;

/// What a law has met: verdicts, and what is about the law itself.
type Histogram = RefCell<BTreeMap<String, usize>>;

fn count(histogram: &Histogram, what: impl Into<String>) {
    *histogram.borrow_mut().entry(what.into()).or_insert(0) += 1;
}

/// Tries a law, prints what it met, and wants at least so much of each.
fn law<S: Strategy>(
    strategy: S,
    least: &[(&str, usize)],
    test: impl Fn(&Histogram, S::Value) -> TestCaseResult,
) {
    let histogram = Histogram::default();
    let cases = std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let done = TestRunner::new(config).run(&strategy, |value| test(&histogram, value));
    println!("{:?}", histogram.borrow());
    done.unwrap();
    for (what, least) in least {
        let met = histogram.borrow().get(*what).copied().unwrap_or(0);
        assert!(met >= *least, "only {met} of {what}");
    }
}

fn tape(length: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..length)
}

fn compiled(roots: &[String], files: &[(String, String)]) -> Result<Contract, String> {
    let memory = MemoryFiles::new(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let built = build(roots, &memory, &Config::default(), &BTreeMap::new());
    built.map(|(contract, _)| contract).map_err(|error| error.to_string())
}

fn single(policy: &Policy) -> Contract {
    let text = policy.text();
    compiled(&["main.agentpass".to_owned()], &[("main.agentpass".to_owned(), text.clone())])
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn first(contract: &Contract, call: &str) -> Decision {
    support::decide(contract, call.as_bytes())
}

/// How much a verdict holds back.
fn weight(decision: &Decision) -> u8 {
    match decision.verdict {
        Word::Allow | Word::Replay => 0,
        Word::Challenge => 1,
        Word::Deny => 2,
    }
}

/// What a decision says, whatever the order in which the sources say it.
fn said(decision: &Decision) -> (Word, Vec<String>) {
    let reasons = decision.reasons.iter().map(|reason| format!("{} {}", reason.code, reason.message));
    let mut reasons: Vec<String> = reasons.collect();
    reasons.sort();
    (decision.verdict, reasons)
}

/// The decisions of calls that follow each other, a minute apart.
fn played(contract: Contract, calls: &[Value]) -> Vec<(Word, Vec<String>)> {
    let gate = support::gate(contract);
    let mut now = support::monday();
    let mut all = Vec::new();
    for call in calls {
        gate.at(now);
        all.push(said(&gate.decide(Source::Offline, call.to_string().as_bytes())));
        now = now.checked_add(Duration::parse("1m").unwrap()).unwrap();
    }
    all
}

/// The same program in other orders: of the rules in one file, of files that are named together, and of imports.
fn arrangements(policy: &Policy, order: &[u8]) -> Vec<(Vec<String>, Files)> {
    let tools = policy.tools.iter().map(|rules| shuffled(rules.clone(), order)).collect();
    let other = Policy { tools, items: shuffled(policy.items.clone(), order) };
    let mut parts = other.declarations();
    parts.extend(other.items.clone());
    let parts = shuffled(parts, order);
    let file = |name: &str| format!("{name}.agentpass");
    let one = format!("{HEAD}{}\n{BASE}", parts.join("\n"));
    // Every other part in a file of its own.
    let of = |rest: usize| -> String {
        let some = parts.iter().enumerate().filter(|(at, _)| at % 2 == rest).map(|(_, part)| part.clone());
        some.collect::<Vec<_>>().join("\n")
    };
    let named = vec![
        (file("main"), HEAD.to_owned()),
        (file("words"), format!("edition 2026\nmodule words\n{BASE}")),
        (file("even"), format!("edition 2026\nuse \"./words.agentpass\"\n{}\n", of(0))),
        (file("odd"), format!("edition 2026\nuse \"./words.agentpass\"\n{}\n", of(1))),
    ];
    let roots: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
    let mut imported = named.clone();
    let uses = shuffled(vec!["even", "odd", "words"], order);
    let uses: String = uses.iter().map(|name| format!("use \"./{name}.agentpass\"\n")).collect();
    imported[0].1 = HEAD.replacen('\n', &format!("\n{uses}"), 1);
    vec![
        (vec![file("main")], vec![(file("main"), one)]),
        (shuffled(roots, order), named),
        (vec![file("main")], imported),
    ]
}

#[test]
fn order_never_changes_a_verdict() {
    let strategy = (tape(60), vec(tape(12), 4), tape(40));
    law(strategy, &[("Allow", 100), ("Challenge", 30), ("Deny", 100)], |met, (rules, calls, order)| {
        let policy = policy(&rules);
        let calls: Vec<Value> = calls.iter().map(|call_tape| call(call_tape)).collect();
        let expected = played(single(&policy), &calls);
        for (verdict, _) in &expected {
            count(met, format!("{verdict:?}"));
        }
        for (roots, files) in arrangements(&policy, &order) {
            let other = compiled(&roots, &files).unwrap_or_else(|error| panic!("{error}\n{files:#?}"));
            prop_assert_eq!(&played(other, &calls), &expected, "{:?}", files);
        }
        Ok(())
    });
}

#[test]
fn one_more_rule_never_makes_a_verdict_weaker() {
    let strategy = (tape(60), tape(20), vec(tape(12), 6));
    let least = [("Allow", 100), ("Challenge", 30), ("Deny", 100), ("stronger", 30)];
    law(strategy, &least, |met, (rules, more, calls)| {
        let policy = policy(&rules);
        let (stricter, added) = policy.with_one_more(&more);
        let (before, after) = (single(&policy), single(&stricter));
        for call_tape in calls {
            let call = call(&call_tape).to_string();
            let (old, new) = (first(&before, &call), first(&after, &call));
            count(met, format!("{:?}", old.verdict));
            prop_assert!(
                weight(&new) >= weight(&old),
                "{} {:?} -> {:?} with {}\n{}",
                call,
                old.verdict,
                new.verdict,
                added,
                policy.text()
            );
            if weight(&new) > weight(&old) {
                count(met, "stronger");
            }
        }
        Ok(())
    });
}

#[test]
fn leaving_out_an_optional_argument_never_turns_a_denial_into_an_allow() {
    let strategy = (tape(60), vec(tape(12), 8));
    let least = [("Allow", 100), ("Deny", 100), ("left out", 200), ("left out of a denied call", 50)];
    law(strategy, &least, |met, (rules, calls)| {
        let policy = policy(&rules);
        let contract = single(&policy);
        for call_tape in calls {
            let whole = call(&call_tape);
            let before = first(&contract, &whole.to_string());
            count(met, format!("{:?}", before.verdict));
            let tool = TOOLS.iter().find(|tool| whole["tool"] == tool.name).unwrap();
            for name in tool.optional.iter().filter(|name| !policy.handles_absence(name)) {
                let mut less = whole.clone();
                if less["args"].as_object_mut().unwrap().remove(*name).is_none() {
                    continue;
                }
                count(met, "left out");
                if before.verdict == Word::Deny {
                    count(met, "left out of a denied call");
                    let after = first(&contract, &less.to_string());
                    prop_assert_ne!(
                        after.verdict,
                        Word::Allow,
                        "{} without {}\n{}",
                        whole,
                        name,
                        policy.text()
                    );
                }
            }
        }
        Ok(())
    });
}

#[test]
fn white_space_and_the_order_of_keys_never_matter() {
    let strategy = (tape(60), vec((tape(12), tape(80)), 6));
    law(strategy, &[("Allow", 100), ("Challenge", 30), ("Deny", 100)], |met, (rules, calls)| {
        let contract = single(&policy(&rules));
        for (call_tape, layout) in calls {
            let plain = call(&call_tape);
            let other = rewritten(&plain, &layout);
            prop_assert_eq!(&serde_json::from_str::<Value>(&other).unwrap(), &plain);
            let (before, after) = (first(&contract, &plain.to_string()), first(&contract, &other));
            count(met, format!("{:?}", before.verdict));
            // All of it: the digests of challenges too.
            prop_assert_eq!(before.to_json(), after.to_json(), "{}", other);
        }
        Ok(())
    });
}
