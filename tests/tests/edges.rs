//! Who may call whom: the table of ARCHITECTURE.md, held against what cargo sees.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each of our crates with those of ours that it may depend on; what is not here may depend on nothing of ours.
const ALLOWED: &[(&str, &[&str])] = &[
    ("agentpass-values", &[]),
    ("agentpass-grammar", &[]),
    ("agentpass-ir", &["agentpass-values"]),
    ("agentpass-compiler", &["agentpass-grammar", "agentpass-values", "agentpass-ir"]),
    ("agentpass-runtime", &["agentpass-ir", "agentpass-values"]),
    ("agentpass-jit", &["agentpass-runtime", "agentpass-ir"]),
    ("agentpass-ide", &["agentpass-grammar", "agentpass-compiler"]),
    ("agentpass-lsp", &["agentpass-ide"]),
    (
        "agentpassc",
        &[
            "agentpass-compiler",
            "agentpass-ir",
            "agentpass-runtime",
            "agentpass-jit",
            "agentpass-lsp",
            "agentpass-grammar",
            "agentpass-values",
        ],
    ),
];

/// Crates that look at everything, and that nothing else may look at.
const OBSERVERS: &[&str] = &["agentpass-tests", "agentpass-model", "agentpass-benches"];

#[test]
fn no_other_edge_exists() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let edges = edges(&metadata);
    assert!(edges.contains_key("agentpassc"), "this is not our workspace: {edges:?}");
    let wrong = wrong(&edges);
    assert!(wrong.is_empty(), "edges that ARCHITECTURE.md does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn a_planted_edge_is_found() {
    let edge = |from: &str, to: &str| BTreeMap::from([(from.to_owned(), BTreeSet::from([to.to_owned()]))]);
    assert_eq!(wrong(&edge("agentpass-runtime", "agentpass-compiler")).len(), 1);
    assert_eq!(wrong(&edge("agentpass-compiler", "agentpass-tests")).len(), 1);
    assert_eq!(wrong(&edge("agentpass-new", "agentpass-grammar")).len(), 1);
    assert_eq!(wrong(&edge("agentpass-tests", "agentpass-compiler")).len(), 0);
}

/// Our crates with those of ours that they depend on, for building, running or testing.
fn edges(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let packages = metadata["packages"].as_array().unwrap();
    let name = |package: &Value| package["name"].as_str().unwrap().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let dependencies = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter().map(name);
        all.filter(|name| ours.contains(name)).collect()
    };
    packages.iter().map(|package| (name(package), dependencies(package))).collect()
}

/// The edges that the table does not have.
fn wrong(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let allowed = |from: &str| ALLOWED.iter().find(|(name, _)| *name == from).map_or(&[][..], |(_, to)| to);
    edges
        .iter()
        .filter(|(from, _)| !OBSERVERS.contains(&from.as_str()))
        .flat_map(|(from, all)| all.iter().map(move |to| (from, to)))
        .filter(|(from, to)| !allowed(from).contains(&to.as_str()))
        .map(|(from, to)| format!("{from} -> {to}"))
        .collect()
}
