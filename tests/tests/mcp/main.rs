//! `agentpassc import mcp` and the signatures that manifests give, held against an independent judge.
//!
//! The law: a call is denied at the signature exactly where a JSON Schema validator says that its arguments are invalid, under the
//! schema with its silence made explicit (`agentpass_tests::arguments`). It is tried on every catalogue of `tests/data/mcp`
//! with arguments made from the schemas and then broken in every place, and on schemas written by hand for what
//! catalogues seldom have ([`cases`]).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

mod cases;
mod random;

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
use agentpass_tests::arguments::{changed, changed_with, closed, examples, spoken_of};
use agentpass_values::Timestamp;
use serde_json::{Value, json};

/// Every catalogue of a real server, with its name.
fn catalogues() -> Vec<(String, String)> {
    let all = lists("data/mcp");
    assert_eq!(all.len(), 18);
    all
}

/// Catalogues with all that is odd in names and schemas, in the styles of those who write them.
fn odd_catalogues() -> Vec<(String, String)> {
    let all = lists("data/mcp-odd");
    assert_eq!(all.len(), 7);
    all
}

fn lists(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut all: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
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
    for (name, text) in catalogues().into_iter().chain(odd_catalogues()) {
        for server in [None, Some("srv")] {
            let imported = imported(&name, &text, server);
            for manifest in [&imported.manifests[0], &text] {
                let analysis = checked(&imported.contract, manifest);
                // Names that only look different are worth a warning, whoever gave them.
                let worse = analysis.diagnostics.iter().filter(|found| found.severity != Severity::Note);
                let worse: Vec<_> = worse.filter(|found| found.code.name != "confusable-name").collect();
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

/// The independent judge of one schema: valid is what is valid as it stands, and with its silence made explicit.
struct Judge {
    standard: jsonschema::Validator,
    /// Nothing where draft 2020-12 cannot say it.
    closed: Option<jsonschema::Validator>,
}

impl Judge {
    /// Nothing for schemas that no validator can read.
    fn of(schema: &Value) -> Option<Judge> {
        let standard =
            if schema.is_object() || schema.is_boolean() { schema } else { &json!({"type": "object"}) };
        Some(Judge {
            standard: jsonschema::options().should_validate_formats(false).build(standard).ok()?,
            closed: jsonschema::draft202012::new(&closed(schema)).ok(),
        })
    }

    /// Whether arguments are valid; nothing where that cannot be said.
    fn says(&self, args: &Value) -> Option<bool> {
        if self.is_standard_valid(args) { self.is_closed_valid(args) } else { Some(false) }
    }

    fn is_standard_valid(&self, args: &Value) -> bool {
        self.standard.is_valid(args)
    }

    fn is_closed_valid(&self, args: &Value) -> Option<bool> {
        self.closed.as_ref().map(|judge| judge.is_valid(args))
    }
}

fn valid_examples(schema: &Value) -> Vec<Value> {
    let judge = Judge::of(schema).unwrap();
    examples(schema).into_iter().filter(|example| judge.says(example) == Some(true)).collect()
}

/// Holds a list of tools against the judge; how many arguments were valid, and how many were not.
fn agree(name: &str, text: &str) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    let gate = gate(name, text);
    let list: Value = serde_json::from_str(text).unwrap();
    for tool in list["tools"].as_array().unwrap() {
        let wire = tool["name"].as_str().unwrap();
        let schema = &tool["inputSchema"];
        let Some(judge) = Judge::of(schema) else {
            // Nobody can say what is valid there; what is said plainly holds all the same.
            assert!(passes(&gate, wire, &json!({"undeclared": 1})).is_err(), "{name} {wire}");
            continue;
        };
        let mut examples = examples(schema);
        examples.push(json!({}));
        let broken = examples.iter().flat_map(|args| changed_with(args, &spoken_of(schema))).enumerate();
        // All of the small ones, and of the others enough to meet every place.
        let broken = broken.filter(|(at, _)| *at < 1500 || at % 17 == 0).map(|(_, args)| args).take(4000);
        let mut has_valid = false;
        for args in examples.iter().cloned().chain(broken) {
            let found = passes(&gate, wire, &args);
            let Some(expected) = judge.says(&args) else {
                has_valid |= found.is_ok();
                continue;
            };
            assert_eq!(found.is_ok(), expected, "{name} {wire} {args} {found:?}");
            has_valid |= expected;
            if expected { valid += 1 } else { invalid += 1 }
        }
        assert!(has_valid, "no valid arguments for {name} {wire}");
        gate.reset();
    }
    (valid, invalid)
}

#[test]
fn signatures_agree_with_a_validator_on_every_catalogue() {
    let (mut valid, mut invalid) = (0, 0);
    for (name, text) in catalogues() {
        let counts = agree(&name, &text);
        (valid, invalid) = (valid + counts.0, invalid + counts.1);
    }
    println!("{valid} valid, {invalid} invalid");
    assert!(valid > 4_000 && invalid > 15_000, "{valid} {invalid}");
}

#[test]
fn signatures_agree_with_a_validator_on_odd_catalogues() {
    for (name, text) in odd_catalogues() {
        let (valid, invalid) = agree(&name, &text);
        println!("{name}: {valid} valid, {invalid} invalid");
        assert!(valid > 10 && invalid > 100, "{name} {valid} {invalid}");
    }
}

/// What is wrong with a call says its code: something missing, of another type, or that nobody declared.
#[test]
fn what_is_wrong_is_called_by_its_code() {
    let mut counts = [0; 3];
    for (name, text) in catalogues().into_iter().chain(odd_catalogues()) {
        let gate = gate(&name, &text);
        let list: Value = serde_json::from_str(&text).unwrap();
        for tool in list["tools"].as_array().unwrap() {
            let (wire, schema) = (tool["name"].as_str().unwrap(), &tool["inputSchema"]);
            let Some(judge) = Judge::of(schema) else { continue };
            for valid in examples(schema).into_iter().filter(|args| judge.says(args) == Some(true)) {
                let keys: Vec<String> = valid.as_object().unwrap().keys().cloned().collect();
                let without = |key: &String| {
                    let mut args = valid.clone();
                    args.as_object_mut().unwrap().remove(key);
                    args
                };
                let with = |key: &str, value: Value| {
                    let mut args = valid.clone();
                    args.as_object_mut().unwrap().insert(key.to_owned(), value);
                    args
                };
                let missing = keys.iter().map(without).map(|args| (0, "signature.missing", args));
                // Of no type that these schemas have at this place.
                let mistyped = keys.iter().map(|key| with(key, json!([[[null]]])));
                let mistyped = mistyped.map(|args| (1, "signature.type", args));
                let undeclared = [(2, "signature.unknown", with("undeclared", json!("x")))];
                for (kind, code, args) in missing.chain(mistyped).chain(undeclared) {
                    if judge.says(&args) == Some(false) {
                        counts[kind] += 1;
                        let decision = decide(&gate, wire, &args);
                        let codes: Vec<&str> = decision.reasons.iter().map(|reason| reason.code).collect();
                        assert!(codes.contains(&code), "{name} {wire} {args} {codes:?}");
                    }
                }
            }
            gate.reset();
        }
    }
    println!("missing, mistyped, undeclared: {counts:?}");
    assert!(counts.iter().all(|count| *count > 200), "{counts:?}");
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
        let Some(judge) = Judge::of(&case.schema) else { continue };
        if !case.valid.iter().all(|args| judge.says(args) == Some(true))
            || case.invalid.iter().any(|args| judge.says(args) != Some(false))
        {
            continue;
        }
        agreed += 1;
        for args in case.valid.iter().chain(&case.invalid).flat_map(changed) {
            let found = passes(&gate, case.name, &args);
            assert_eq!(Some(found.is_ok()), judge.says(&args), "{} {args} {found:?}", case.name);
        }
    }
    assert!(agreed >= 60, "{agreed}");
}
