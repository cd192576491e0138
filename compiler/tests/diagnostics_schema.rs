//! The documents for programs, held against their schemas.

use std::path::Path;
use std::{env, fs};

use agentpass_compiler::diagnostics::render::{Format, json, render};
use serde_json::Value;

#[path = "diagnostics_samples/mod.rs"]
mod diagnostics_samples;
use diagnostics_samples::{every_kind, nasty};

/// The schema in the documentation is the one that the registry gives. `AGENTPASS_BLESS=1 cargo test` writes it anew.
#[test]
fn the_committed_schema_is_that_of_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas/diagnostics.schema.json");
    if env::var_os("AGENTPASS_BLESS").is_some() {
        fs::write(&path, json::schema()).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(committed == json::schema(), "the codes have changed: run the tests once with AGENTPASS_BLESS=1");
}

#[test]
fn json_follows_its_schema() {
    let schema: Value = serde_json::from_str(&json::schema()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (sources, diagnostics) in [every_kind(), nasty()] {
        let text = render(Format::Json, &sources, &diagnostics, false);
        let document: Value = serde_json::from_str(&text).unwrap();
        valid(&validator, &document);
        assert_eq!(document["diagnostics"].as_array().map(Vec::len), Some(diagnostics.len()));
    }
    let mut wrong: Value =
        serde_json::from_str(&render(Format::Json, &every_kind().0, &every_kind().1, false)).unwrap();
    wrong["diagnostics"][0]["code"] = "E9999".into();
    assert!(!validator.is_valid(&wrong), "the list of codes is closed");
}

#[test]
fn sarif_follows_the_schema_of_the_standard() {
    let mut schema: Value = serde_json::from_str(include_str!("data/sarif-2.1.0.schema.json")).unwrap();
    // The pattern of `language` has a bracket too many, which a strict reader of regular expressions refuses.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").expect("the defect is still there");
    }
    let validator = jsonschema::draft4::options().should_validate_formats(true).build(&schema).unwrap();
    for (sources, diagnostics) in [every_kind(), nasty(), Default::default()] {
        let text = render(Format::Sarif, &sources, &diagnostics, false);
        valid(&validator, &serde_json::from_str(&text).unwrap());
    }
    let mut wrong: Value =
        serde_json::from_str(&render(Format::Sarif, &every_kind().0, &every_kind().1, false)).unwrap();
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong), "the schema is in force");
}

#[test]
fn documents_can_be_printed() {
    let (sources, diagnostics) = nasty();
    for format in [Format::Json, Format::Sarif] {
        let text = render(format, &sources, &diagnostics, false);
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{format}");
    }
}

fn valid(validator: &jsonschema::Validator, document: &Value) {
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
