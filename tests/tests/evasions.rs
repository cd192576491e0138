//! Calls that try to get past a rule, and honest ones that look like them: `tests/evasions/`, whose README says how to add
//! one. Each is decided as `agentpassc eval` decides it, and has to end as its line says, for the reason that its line gives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use agentpass_runtime::{Contract, Word};
use support::lines::{Wanted, bytes};

/// The table shrinks only on purpose.
const EVASIONS: usize = 1320;
/// Nor may everything be denied.
const HONEST: usize = 280;

/// One line of a table.
struct Case {
    /// Its file and line.
    place: String,
    contract: String,
    body: Vec<u8>,
    wanted: Wanted,
}

#[test]
fn every_evasion_ends_as_its_line_says() {
    let mut contracts = BTreeMap::new();
    let mut wrong = String::new();
    let mut counts = BTreeMap::<bool, usize>::new();
    for path in support::files_in(&folder(), "txt") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for case in cases(&name, &fs::read_to_string(&path).unwrap()) {
            *counts.entry(case.wanted.answer == "allow").or_default() += 1;
            let contract = contracts.entry(case.contract.clone()).or_insert_with(|| load(&case.contract));
            let decision = support::decide(contract, &case.body);
            if let Some(why) = case.wanted.differs_from(&decision) {
                let body = String::from_utf8_lossy(&case.body);
                let body: String = body.chars().take(200).collect();
                writeln!(wrong, "{}: {why}\n    {}", case.place, body.escape_debug()).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    let (evasions, honest) = (counts.get(&false).copied(), counts.get(&true).copied());
    assert!(evasions.is_some_and(|count| count >= EVASIONS), "{evasions:?} evasions");
    assert!(honest.is_some_and(|count| count >= HONEST), "{honest:?} honest calls");
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("evasions")
}

/// `path name=value …`, from the root of the repository.
fn load(line: &str) -> Contract {
    let mut words = line.split_whitespace();
    let path = support::root().join(words.next().unwrap_or_default());
    let params: Vec<(&str, &str)> = words.map(|word| word.split_once('=').expect(word)).collect();
    support::contract_at(&path, &params).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn cases(name: &str, table: &str) -> Vec<Case> {
    let (mut contract, mut template) = (None, None);
    let mut cases = Vec::new();
    for (number, line) in (1..).zip(table.lines()) {
        let place = format!("{name}:{number}");
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(' ').map(|(word, rest)| (word, rest.trim())) {
            Some(("contract", rest)) => contract = Some(rest.to_owned()),
            Some(("call", rest)) => template = Some(rest.to_owned()),
            _ => {
                let (wanted, text) =
                    Wanted::parse(line).unwrap_or_else(|why| panic!("{place}: {why}: {line}"));
                let template = template.as_deref().unwrap_or_else(|| panic!("{place}: no call before"));
                let body = filled(template, &bytes(text));
                let contract = contract.clone().unwrap_or_else(|| panic!("{place}: no contract before"));
                cases.push(Case { place, contract, body, wanted });
            }
        }
    }
    cases
}

/// A template with its hole filled: `TEXT` as a string of JSON, `JSON` as it is; `BYTES` is all of it.
fn filled(template: &str, text: &[u8]) -> Vec<u8> {
    if template == "BYTES" {
        return text.to_vec();
    }
    let (hole, inside) = match template.contains("TEXT") {
        true => ("TEXT", serde_json::to_string(std::str::from_utf8(text).unwrap()).unwrap().into_bytes()),
        false => ("JSON", text.to_vec()),
    };
    let (before, after) = template.split_once(hole).unwrap_or_else(|| panic!("no hole in {template}"));
    [before.as_bytes(), &inside, after.as_bytes()].concat()
}

/// The runner itself: what differs is said, and what is written oddly is read as meant.
#[test]
fn lines_are_compared_with_decisions() {
    let table = "contract tests/evasions/desk.agentpass\ncall {\"tool\": TEXT}\n# no case\ndeny tool.unknown | x{U+200B}y\n";
    let all = cases("x.txt", table);
    let [case] = all.as_slice() else { panic!("{}", all.len()) };
    assert_eq!(case.body, "{\"tool\": \"x\u{200b}y\"}".as_bytes());
    let decision = support::decide(&load(&case.contract), &case.body);
    assert_eq!(decision.verdict, Word::Deny);
    assert_eq!(case.wanted.differs_from(&decision), None);
    for other in
        ["allow |", "challenge tool.unknown |", "deny signature.type |", "deny tool.unknown,tool.unknown |"]
    {
        let (other, _) = Wanted::parse(other).unwrap();
        assert!(other.differs_from(&decision).is_some(), "{other:?}");
    }
    assert_eq!(bytes("a{0xFF}{3 x [}{b}{"), b"a\xff[[[{b}{");
    assert_eq!(filled("{\"a\": JSON}", b"1e2"), b"{\"a\": 1e2}");
}
