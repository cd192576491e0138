//! `agentpassc build`, and bundles in the place of contracts.

use std::fs;

use crate::{DESK, Folder, GUARDED, TYPO};

const CALL: &str = r#"{"at": "2026-11-23T10:00:00Z", "agent": "clerk", "tenant": "acme", "user": "u-1", "job": "j-1", "tool": "crm.read", "args": {"customer": "c1"}}"#;

#[test]
fn a_bundle_stands_for_its_contract() {
    let folder = Folder::new("build", &[("desk.agentpass", GUARDED), ("call.json", CALL)]);
    let ran = folder.run(&["build", "desk.agentpass", "-o", "desk.bundle"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let decided = |contract| folder.run(&["eval", contract, "--call", "call.json", "--seed", "1"]).all();
    assert_eq!(decided("desk.bundle"), decided("desk.agentpass"));
    let ran = folder.run(&["replay", "desk.bundle", "--calls", "call.json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let again = fs::read(folder.0.join("desk.bundle")).unwrap();
    assert_eq!(folder.run(&["build", "desk.agentpass", "-o", "desk.bundle"]).code, 0);
    assert_eq!(fs::read(folder.0.join("desk.bundle")).unwrap(), again, "the same bytes every time");
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "no temporary file is left: {names:?}");
}

#[test]
fn a_contract_with_errors_is_not_built() {
    let folder = Folder::new("build-bad", &[("typo.agentpass", TYPO), ("out", "kept")]);
    let ran = folder.run(&["build", "typo.agentpass", "-o", "out"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("E0301"), "{}", ran.err);
    assert_eq!(folder.text("out"), "kept");
}

#[test]
fn a_bundle_that_was_changed_is_refused() {
    let folder = Folder::new("build-damaged", &[("desk.agentpass", DESK), ("call.json", CALL)]);
    assert_eq!(folder.run(&["build", "desk.agentpass", "-o", "whole"]).code, 0);
    let whole = fs::read(folder.0.join("whole")).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let longer = [whole.as_slice(), b"x"].concat();
    for (name, bytes) in [("flipped", flipped.as_slice()), ("cut", &whole[..middle]), ("longer", &longer)] {
        folder.write(name, bytes);
        let ran = folder.run(&["eval", name, "--call", "call.json"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{name}: {}", ran.err);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}

#[test]
fn where_nothing_can_be_written() {
    let folder = Folder::new("build-nowhere", &[("desk.agentpass", DESK)]);
    for output in [".", "nope/desk.bundle", "desk.agentpass/x"] {
        let ran = folder.run(&["build", "desk.agentpass", "-o", output]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{output}");
        assert!(ran.err.contains("cannot be written"), "{}", ran.err);
    }
    assert_eq!(folder.run(&["build", "desk.agentpass"]).code, 2);
}

#[test]
fn a_bundle_has_its_parameters_already() {
    let folder = Folder::new("build-params", &[("desk.agentpass", DESK), ("call.json", CALL)]);
    assert_eq!(folder.run(&["build", "desk.agentpass", "-o", "b"]).code, 0);
    let ran = folder.run(&["eval", "b", "--param", "a=b", "--call", "call.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}
