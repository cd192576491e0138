//! What the documentation says compiles: every contract in it is checked, and every link in it leads somewhere.
//!
//! A block marked `agentpass` is a program without errors and warnings; one marked `agentpass,fails=E0501` is a program whose
//! errors have exactly that code, or which has that warning or note. A first line `// file: NAME` names the file; blocks marked
//! `json,file=NAME` are manifests. The named files of a page can be imported by all of its blocks. A contract is known by
//! how it begins; other text in contract syntax is marked `text`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::diagnostics::{Severity, codes};
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::stdlib;

/// A block of code on a page.
struct Block {
    /// Where it begins, from 1.
    line: usize,
    /// What stands behind the back-ticks.
    info: String,
    text: String,
}

impl Block {
    /// `file` of `json,file=x.json`.
    fn attribute(&self, name: &str) -> Option<&str> {
        self.info.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    }

    fn language(&self) -> &str {
        self.info.split([',', ' ']).next().unwrap_or_default()
    }
}

/// The name that a block gives to its file.
fn file_name(block: &Block) -> Option<&str> {
    match block.language() {
        "agentpass" => block.text.lines().next()?.strip_prefix("// file: ").map(str::trim),
        _ => block.attribute("file"),
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The pages that people write, by their path below `docs`. The pages of codes have tests of their own.
fn pages() -> Vec<(String, String)> {
    let skipped = ["errors", "book/book", "book/src/errors", "book/src/std", "book/src/SUMMARY.md"];
    let mut pages = Vec::new();
    let mut open = vec![String::new()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(docs().join(&path)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            if skipped.contains(&path.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else if path.ends_with(".md") {
                pages.push((path, fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    pages.sort();
    pages
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(page.lines());
    while let Some((line, text)) = lines.next() {
        let Some(info) = text.strip_prefix("```") else { continue };
        let text = lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```");
        let text = text.map(|line| format!("{line}\n")).collect();
        blocks.push(Block { line, info: info.to_owned(), text });
    }
    blocks
}

/// Fails with all that is wrong, not with the first.
#[track_caller]
fn report(wrong: &str) {
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_contract_compiles_or_fails_as_it_says() {
    let mut wrong = String::new();
    let mut checked = 0;
    for (path, page) in pages() {
        let blocks = blocks(&page);
        let named = blocks.iter().filter_map(|block| Some((file_name(block)?, block.text.as_str())));
        let named: Vec<(&str, &str)> = named.collect();
        for block in blocks.iter().filter(|block| block.language() == "agentpass") {
            checked += 1;
            let name = file_name(block).unwrap_or("example.agentpass");
            let memory = MemoryFiles::new(named.iter().copied().chain([(name, block.text.as_str())]));
            let analysis = analyse(&[name.to_owned()], &memory, &Config::default());
            let found = &analysis.diagnostics;
            let announced = block.attribute("fails");
            let is_counted = |code: &str, severity| match severity {
                Severity::Error => true,
                Severity::Warning => announced.is_none() || Some(code) == announced,
                Severity::Note => Some(code) == announced,
            };
            let counted = found.iter().filter(|finding| is_counted(finding.code.id, finding.severity));
            let counted: BTreeSet<&str> = counted.map(|finding| finding.code.id).collect();
            if counted != announced.into_iter().collect() {
                let shown = render(Format::Short, &analysis.loaded.sources, found, false);
                writeln!(wrong, "docs/{path}, line {}: {counted:?}\n{shown}", block.line).unwrap();
            }
        }
    }
    report(&wrong);
    assert!(checked > 30, "only {checked} contracts were found: is the book where it was?");
}

#[test]
fn what_looks_like_a_contract_is_marked_as_one() {
    let mut wrong = String::new();
    for (path, page) in pages() {
        for block in blocks(&page) {
            let is_contract = block.text.lines().any(|line| line == "edition 2026");
            if is_contract && block.language() != "agentpass" {
                writeln!(wrong, "docs/{path}, line {}: this block is not marked as `agentpass`", block.line)
                    .unwrap();
            }
        }
    }
    report(&wrong);
}

#[test]
fn the_table_of_contents_names_every_chapter() {
    let template = fs::read_to_string(docs().join("book/SUMMARY.template.md")).unwrap();
    let listed: BTreeSet<String> = links(&template).into_iter().map(|(_, target)| target).collect();
    let mut written: BTreeSet<String> = pages()
        .into_iter()
        .filter_map(|(path, _)| path.strip_prefix("book/src/").map(str::to_owned))
        .collect();
    written.extend(["errors/index.md".to_owned(), "std/index.md".to_owned()]);
    assert_eq!(listed, written);
    assert!(template.contains("<!-- errors -->\n") && template.contains("<!-- std -->\n"));
}

#[test]
fn every_link_between_chapters_leads_somewhere() {
    let mut wrong = String::new();
    let pages = pages();
    let mut targets: BTreeSet<String> = pages.iter().map(|(path, _)| path.clone()).collect();
    targets.extend(["errors", "std"].map(|folder| format!("book/src/{folder}/index.md")));
    targets.extend(codes::ALL.iter().map(|code| format!("book/src/errors/{}.md", code.id)));
    targets
        .extend(stdlib::modules().map(|name| format!("book/src/std/{}.md", name.trim_start_matches("std."))));
    for (path, page) in pages.iter().filter(|(path, _)| path.starts_with("book/src/")) {
        for (line, link) in links(page) {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target =
                if file.is_empty() { path.clone() } else { agentpass_compiler::load::relative(path, file) };
            let headings = pages.iter().find(|(known, _)| *known == target).map(|(_, text)| anchors(text));
            if !targets.contains(&target) {
                writeln!(wrong, "docs/{path}, line {line}: there is no `{file}`").unwrap();
            } else if !anchor.is_empty() && headings.is_some_and(|headings| !headings.contains(anchor)) {
                writeln!(wrong, "docs/{path}, line {line}: `{target}` has no heading `#{anchor}`").unwrap();
            }
        }
    }
    report(&wrong);
}

/// The targets of links, with their lines; not those in blocks of code.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut is_code = false;
    for (number, line) in (1..).zip(page.lines()) {
        is_code ^= line.starts_with("```");
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("](").filter(|_| !is_code) {
            let (target, after) = after.split_once(')').unwrap_or((after, ""));
            links.push((number, target.to_owned()));
            rest = after;
        }
    }
    links
}

/// The anchors of a page's headings, as mdBook makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings =
        page.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || matches!(c, '_' | '-') => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(kept).collect()).collect()
}
