//! `agentpassc import mcp` and the signatures that manifests give, held against an independent judge.
//!
//! The law: a call is denied at the signature exactly where a JSON Schema validator says that its arguments are invalid, under the
//! schema with its silence made explicit (`agentpass_tests::arguments`). It is tried on every catalogue of `tests/data/mcp`
//! with arguments made from the schemas and then broken in every place, and on schemas written by hand for what
//! catalogues seldom have ([`cases`]).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

mod cases;

use std::fs;
use std::path::Path;

use agentpass_compiler::analysis::{Analysis, analyse};
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::fmt::format;
use agentpass_compiler::import::mcp::{Imported, Options, Source, import};
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::lower::{Params, lower};
use agentpass_grammar::FileId;
use agentpass_runtime::{Decision, Gate, Store, Word};
use agentpass_tests::arguments::{changed, closed, examples};
use agentpass_values::Timestamp;
use serde_json::{Value, json};

/// Every catalogue, with its name.
fn catalogues() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mcp");
    let mut all: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    assert_eq!(all.len(), 18);
    all
}

fn imported(name: &str, text: &str, server: Option<&str>) -> Imported {
    let source = Source { text, path: name, manifest: "m.tools.json" };
    import(&[source], &Options { server, by: "agentpassc" }).unwrap()
}

fn checked(contract: &str, manifest: &str) -> Analysis {
    let files = MemoryFiles::new([("c.agentpass", contract), ("m.tools.json", manifest)]);
    analyse(&["c.agentpass".to_owned()], &files, &Config::default())
}

/// A gate for the tools of a list, as they are imported.
fn gate(name: &str, list: &str) -> Gate {
    let contract = imported(name, list, None).contract;
    let analysis = checked(&contract, list);
    assert!(analysis.is_clean(), "{name} {:#?}", analysis.diagnostics);
    let program = lower(&analysis.checked.program, &analysis.loaded.sources, &Params::new());
    let verified =
        agentpass_ir::verify(program.unwrap_or_else(|errors| panic!("{name} {errors:?}"))).unwrap();
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    Gate::builder(verified).store(Store::manual(now)).offline().build().unwrap()
}

fn decide(gate: &Gate, tool: &str, args: &Value) -> Decision {
    let call = json!({
        "at": "2026-11-23T10:00:00Z", "agent": "a", "tenant": "t", "user": "u", "job": "j", "tool": tool, "args": args,
    });
    gate.decide(agentpass_runtime::Source::Offline, call.to_string().as_bytes())
}

/// Whether the signature lets the arguments pass; a denial for any other reason is a mistake of the import.
#[track_caller]
fn passes(gate: &Gate, tool: &str, args: &Value) -> Result<(), String> {
    let decision = decide(gate, tool, args);
    let reasons: Vec<String> =
        decision.reasons.iter().map(|it| format!("{} {}", it.code, it.message)).collect();
    match decision.verdict {
        Word::Deny => {
            let at_signature = decision.reasons.iter().all(|reason| reason.code.starts_with("signature."));
            assert!(at_signature, "{tool} {args} {reasons:?}");
            Err(reasons.join("; "))
        }
        _ => Ok(()),
    }
}

#[test]
fn every_catalogue_imports_to_a_contract_that_is_clean_and_formatted() {
    for (name, text) in catalogues() {
        for server in [None, Some("srv")] {
            let imported = imported(&name, &text, server);
            for manifest in [&imported.manifests[0], &text] {
                let analysis = checked(&imported.contract, manifest);
                let worse: Vec<_> =
                    analysis.diagnostics.iter().filter(|found| found.severity != Severity::Note).collect();
                assert!(worse.is_empty(), "{name} {worse:#?}");
                assert!(
                    !analysis.diagnostics.iter().any(|found| found.code.name == "unchecked-schema"),
                    "{name}"
                );
            }
            let formatted = format(FileId(0), &imported.contract);
            assert!(!formatted.changed && formatted.problems.is_empty(), "{name}");
        }
    }
}

#[test]
fn what_is_not_said_to_read_is_held_up() {
    for (name, text) in catalogues() {
        let gate = gate(&name, &text);
        let list: Value = serde_json::from_str(&text).unwrap();
        for tool in list["tools"].as_array().unwrap() {
            let wire = tool["name"].as_str().unwrap();
            let reads = tool["annotations"]["readOnlyHint"] == json!(true);
            let example = valid_examples(&tool["inputSchema"]).into_iter().next().unwrap();
            let expected = if reads { Word::Allow } else { Word::Challenge };
            assert_eq!(decide(&gate, wire, &example).verdict, expected, "{name} {wire}");
        }
    }
}

#[test]
fn three_catalogues_as_contracts() {
    for name in ["filesystem", "stripe", "slack"] {
        let file = format!("{name}.tools.json");
        let (_, text) = catalogues().into_iter().find(|(known, _)| *known == file).unwrap();
        insta::assert_snapshot!(format!("import_{name}"), imported(&file, &text, None).contract);
    }
}

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::new(&closed(schema)).unwrap()
}

fn valid_examples(schema: &Value) -> Vec<Value> {
    let judge = validator(schema);
    examples(schema).into_iter().filter(|example| judge.is_valid(example)).collect()
}

#[test]
fn signatures_agree_with_a_validator_on_every_catalogue() {
    let (mut valid, mut invalid) = (0, 0);
    for (name, text) in catalogues() {
        let gate = gate(&name, &text);
        let list: Value = serde_json::from_str(&text).unwrap();
        for tool in list["tools"].as_array().unwrap() {
            let wire = tool["name"].as_str().unwrap();
            let schema = &tool["inputSchema"];
            let judge = validator(schema);
            let examples = valid_examples(schema);
            assert!(!examples.is_empty(), "no valid arguments for {name} {wire}");
            let broken = examples.iter().flat_map(changed).enumerate();
            // All of the small ones, and of the others enough to meet every place.
            let broken = broken.filter(|(at, _)| *at < 1500 || at % 17 == 0).map(|(_, args)| args).take(4000);
            for args in examples.iter().cloned().chain(broken) {
                let expected = judge.is_valid(&args);
                let found = passes(&gate, wire, &args);
                assert_eq!(found.is_ok(), expected, "{name} {wire} {args} {found:?}");
                if expected { valid += 1 } else { invalid += 1 }
            }
            gate.reset();
        }
    }
    assert!(valid > 4_000 && invalid > 15_000, "{valid} {invalid}");
}

#[test]
fn signatures_of_schemas_written_by_hand() {
    let cases = cases::all();
    let mut agreed = 0;
    let tools: Vec<Value> =
        cases.iter().map(|case| json!({"name": case.name, "inputSchema": case.schema})).collect();
    let gate = gate("cases", &json!({"tools": tools}).to_string());
    for case in cases {
        for args in &case.valid {
            assert_eq!(passes(&gate, case.name, args), Ok(()), "{} {args}", case.name);
        }
        for args in &case.invalid {
            assert!(passes(&gate, case.name, args).is_err(), "{} {args}", case.name);
        }
        // An object or an array is meant where fields or elements are described, whatever the standard lets pass beside it.
        if case.name.starts_with("untyped ") {
            continue;
        }
        // What the judge reads as we do (it knows one draft only), it also judges with changes.
        let Ok(judge) = jsonschema::draft202012::new(&closed(&case.schema)) else { continue };
        if !case.valid.iter().all(|args| judge.is_valid(args))
            || case.invalid.iter().any(|args| judge.is_valid(args))
        {
            continue;
        }
        agreed += 1;
        for args in case.valid.iter().chain(&case.invalid).flat_map(changed) {
            let found = passes(&gate, case.name, &args);
            assert_eq!(found.is_ok(), judge.is_valid(&args), "{} {args} {found:?}", case.name);
        }
    }
    assert!(agreed >= 60, "{agreed}");
}
