//! What contracts become: every construct with the listing of its IR, and every contract of the repository lowered and
//! verified.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use agentpass_compiler::build::{BuildError, Disk, build};
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::lower::Params;
use agentpass_ir::{Verified, listing};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn lowered(path: &Path, params: &Params) -> Result<Verified, BuildError> {
    let path = path.to_str().unwrap().to_owned();
    build(&[path], &Disk, &Config::default(), params).map(|(contract, _)| contract)
}

/// `//@ param name = value` at the top of a file.
fn params(text: &str) -> Params {
    let given = text.lines().filter_map(|line| line.strip_prefix("//@ param ")?.split_once(" = "));
    given.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The listing of a contract, without what every contract has.
fn shown(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let listed = match lowered(path, &params(&text)) {
        Ok(contract) => listing(contract.program()),
        Err(error) => {
            let here = format!("{}/", path.parent().unwrap().display());
            format!("{error}").replace(&here, "")
        }
    };
    let mut shown = String::new();
    for line in text.lines().chain([""]) {
        writeln!(shown, "{}", format!("| {line}").trim_end()).unwrap();
    }
    let listed = listed.lines().filter(|line| !line.trim_start().starts_with("data "));
    shown + &listed.collect::<Vec<_>>().join("\n")
}

#[test]
fn constructs() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("lowering/*.agentpass", |path| insta::assert_snapshot!(shown(path)));
    });
}

fn contracts(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "agentpass") {
            found.push(path);
        }
    }
}

#[test]
fn every_contract_of_the_repository_can_be_executed() {
    let mut found = Vec::new();
    for folder in ["tests/samples", "examples", "stdlib/tests"] {
        contracts(&root().join(folder), &mut found);
    }
    assert!(found.len() > 15, "{found:?}");
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        if !text.lines().any(|line| line.starts_with("contract ")) {
            continue;
        }
        // Whatever a contract asks to be told is a folder.
        let asked =
            text.lines().filter(|line| !line.contains('=')).filter_map(|line| line.strip_prefix("param "));
        let names = asked.filter_map(|line| line.split_once(':'));
        let params = names.map(|(name, _)| (name.to_owned(), "/src/app".to_owned())).collect();
        if let Err(error) = lowered(&path, &params) {
            panic!("{}: {error}", path.display());
        }
    }
}
