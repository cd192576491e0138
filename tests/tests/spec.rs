//! The specification as a book: prose, and contracts that say beside each line what the compiler must find there.
//!
//! A block marked `agentpass` is a program. A line that ends with `//~ E0301` begins a finding with that code; several codes
//! may follow each other, and a code stands there as often as the line has such findings. Every error must be marked and every
//! mark must be met, so a block without marks is a program without errors. `//~ ok` says so aloud. Warnings and notes are looked
//! at only where they are marked. How programs are written is said in [`support::chapter`]; what they decide is shown by
//! `decisions.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::{Severity, codes};
use agentpass_compiler::load::MemoryFiles;
use agentpass_grammar::words::{RESERVED_WORDS, ROOTS};
use support::chapter::{File, Mark, UNNAMED, marks, programs};

fn found(files: &[File], marked: &[Mark]) -> Vec<Mark> {
    let roots: Vec<String> = files.first().map(|file| file.name.clone()).into_iter().collect();
    let memory = MemoryFiles::new(files.iter().map(|file| (file.name.as_str(), file.text.as_str())));
    let analysis = analyse(&roots, &memory, &Config::default());
    let mut found = Vec::new();
    for finding in &analysis.diagnostics {
        let Some(source) = analysis.loaded.sources.get(finding.span.file) else { continue };
        let line = source.lines().line_of(finding.span.start) + 1;
        let mark = (source.name.to_string(), line, finding.code.id.to_owned());
        if finding.severity == Severity::Error || marked.contains(&mark) {
            found.push(mark);
        }
    }
    found.sort();
    found
}

/// What is on the left and not on the right, as often as it is missing.
fn missing(left: &[Mark], right: &[Mark]) -> Vec<Mark> {
    let mut right = right.to_vec();
    left.iter()
        .filter(|mark| match right.iter().position(|other| other == *mark) {
            Some(at) => {
                right.remove(at);
                false
            }
            None => true,
        })
        .cloned()
        .collect()
}

fn run(name: &str, markdown: &str, wrong: &mut String) -> usize {
    let mut count = 0;
    for program in programs(name, markdown) {
        let files = program.files;
        let marked = marks(&files);
        let found = found(&files, &marked);
        count += marked.len().max(1);
        for (what, all) in
            [("is not found", missing(&marked, &found)), ("is not marked", missing(&found, &marked))]
        {
            for (file, line, code) in all {
                let of = files.iter().find(|known| known.name == file);
                let text = of.and_then(|file| file.text.lines().nth(line - 1)).unwrap_or("");
                let at = of.map_or(0, |file| file.at) + line;
                writeln!(wrong, "{name}:{at}: {code} {what}: {}", text.trim()).unwrap();
            }
        }
    }
    count
}

#[test]
fn the_book() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let mut chapters: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    chapters.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    chapters.sort();
    let (mut wrong, mut count) = (String::new(), 0);
    for path in &chapters {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        count += run(&name, &fs::read_to_string(path).unwrap(), &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count >= 250, "the book has {count} cases; chapters do not disappear by accident");
}

/// The runner itself: a mark that is not met and a finding that is not marked both fail.
#[test]
fn marks_and_findings_meet() {
    let mut wrong = String::new();
    run("x.md", "```agentpass\nedition 2026\nlet a = b\nlet c = 1 //~ E0301\n```\n", &mut wrong);
    assert_eq!(
        wrong,
        "x.md:4: E0301 is not found: let c = 1 //~ E0301\nx.md:3: E0301 is not marked: let a = b\n"
    );
    wrong.clear();
    let files = "```agentpass\n// file: main.agentpass\nedition 2026\nuse \"./b.agentpass\"\nlet x = y\n```\nand\n\
        ```agentpass\n// file: b.agentpass\nedition 2026\nlet y = z //~ E0301\n```\n";
    assert_eq!(run("x.md", files, &mut wrong), 1);
    assert_eq!(wrong, "");
}

/// Every mark of the book is a code of the registry.
#[test]
fn marks_are_codes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for (_, _, code) in marks(&[File { name: String::new(), text, at: 0 }]) {
            assert!(codes::ALL.iter().any(|known| known.id == code), "{code}");
        }
    }
}

/// Every word for which the grammar has a rule.
fn words() -> Vec<String> {
    let grammar = include_str!("../../grammar/agentpass.pest");
    let words = grammar
        .lines()
        .filter_map(|line| line.strip_prefix("kw_")?.split_once(" =").map(|(word, _)| word.to_owned()));
    // Words that only some clause knows are words as well.
    words.chain(["sum", "count", "length", "now", "job", "args", "mon", "cents"].map(str::to_owned)).collect()
}

/// Real tools have parameters called `owner`, `path`, `limit`, `after`, `all` and `action`; all of them work (semantics 7).
#[test]
fn every_word_of_the_language_can_be_a_parameter() {
    let mut wrong = String::new();
    for word in words() {
        let mut uses = vec![
            ("args", format!("tool t({word}: int) {{ action read; require args.{word} > 5 }}")),
            (
                "optional",
                format!(
                    "tool t({word}?: int) {{ action read; deny when has args.{word} and args.{word} > 5 }}"
                ),
            ),
            (
                "shared",
                format!(
                    "tool t({word}: int) {{ action read }}\non t({word}: int) {{ deny when args.{word} > 5 }}"
                ),
            ),
            ("hole", format!("tool t({word}: int) {{ action read; deny because \"{{args.{word}}}\" }}")),
            (
                "filter",
                format!("tool t({word}: int) {{ action read; deny when after t({word}: 1) within 1h }}"),
            ),
            (
                "test",
                format!(
                    "tool t({word}: int) {{ action read }}\ntest \"t\" {{ call t {{ {word}: 1 }} expect allow }}"
                ),
            ),
        ];
        if !RESERVED_WORDS.contains(&word.as_str()) && !ROOTS.contains(&word.as_str()) {
            uses.extend([
                ("require", format!("tool t({word}: int) {{ action read; require {word} > 5 }}")),
                ("deny", format!("tool t({word}: int) {{ action read; deny when {word} == 1 and {word} != 2 }}")),
                ("right", format!("tool t({word}: int) {{ action read; deny when 1 == {word} or not (2 <= {word}) }}")),
                ("amount", format!("tool t({word}: money<USD> as cents) {{ action pay; amount {word} }}")),
                ("fields", format!("tool t({word}: list<string>) {{ action read; fields {word} }}")),
                ("records", format!("tool t({word}: int) {{ action read; records {word} }}")),
                ("tokens", format!("tool t({word}: int) {{ action read; uses tokens {word} }}")),
                ("each", format!("tool t({word}: list<int>) {{ action read; require each x in {word}: x > 0 }}")),
                ("variable", format!("tool t(xs: list<int>) {{ action read; require each {word} in xs: {word} > 0 }}")),
                ("has", format!("tool t({word}?: int) {{ action read; deny when has {word} and {word} > 5 }}")),
                ("coalesce", format!("tool t({word}?: int) {{ action read; deny when ({word} ?? 0) > 5 }}")),
                ("member", format!("tool t({word}: email) {{ action send; sends to mail at {word}.domain }}")),
                ("list", format!("tool t({word}: int) {{ action read; require {word} in [1, 2] }}")),
                ("sum", format!("tool t({word}: int) {{ action read; require {word} + {word} < 10 }}")),
                ("key", format!("tool t({word}: id) {{ action read; limit per {word} in any 1h {{ calls at most 5 }} }}")),
                ("once", format!("tool t({word}: id) {{ action read; once per {word} }}")),
                ("resource", format!("tool t({word}: id) {{ action read; resource \"x/{{{word}}}\" }}")),
                ("join", format!("tool t({word}: id) {{ action read; deny when after t({word}: {word}) within 1h }}")),
                ("group", format!("tool t({word}: bool) {{ action read; when {word} {{ deny }} }}")),
                ("bare", format!("tool t({word}: bool) {{ action read; require {word} }}")),
                ("negated", format!("tool t({word}: bool) {{ action read; deny when not {word} }}")),
                ("let", format!("let {word} = 5\ntool t(x: int) {{ action read; require x < {word} }}")),
                ("function", format!("let f({word}: int) = {word} > 5\ntool t(x: int) {{ action read; require f(x) }}")),
            ]);
        }
        for (what, text) in uses {
            let files = [File { name: UNNAMED.to_owned(), text: format!("edition 2026\n{text}\n"), at: 0 }];
            for (_, _, code) in found(&files, &[]) {
                writeln!(wrong, "{word} ({what}): {code}: {text}").unwrap();
            }
        }
    }
    let wrong: Vec<&str> =
        wrong.lines().filter(|line| !KNOWN.iter().any(|known| line.starts_with(known))).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What does not work, and is an error rather than another meaning.
const KNOWN: &[&str] = &[];
