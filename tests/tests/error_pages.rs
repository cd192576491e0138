//! The index of errors: every code has a page, the first example of a page fails with exactly that code, and the second one
//! does not. `agentpassc explain`, the book and editors show these pages, so a wrong one misleads everybody at once.
//!
//! What a terminal shows for each failing example is a snapshot: reading them is how wording is reviewed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fmt::Write as _;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::{Config, FILE_NAME};
use agentpass_compiler::diagnostics::pages::{Example, Page, page};
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::diagnostics::{Diagnostic, Severity, codes};
use agentpass_compiler::load::MemoryFiles;
use agentpass_grammar::{FileId, SourceFile, Sources};

/// The first file of an example is the program; the others are there to be imported.
fn run(files: &[Example]) -> (Sources, Vec<Diagnostic>) {
    let mut config = Config::default();
    let mut contracts = Vec::new();
    for file in files {
        if file.file == FILE_NAME {
            let source = SourceFile::new(file.file.as_str(), file.text.as_str());
            let (parsed, problems) = Config::parse(FileId(0), &source);
            config = parsed;
            if files.len() == 1 {
                let mut sources = Sources::default();
                sources.add(source);
                return (sources, problems);
            }
        } else {
            contracts.push(file);
        }
    }
    let roots: Vec<String> = contracts.first().map(|file| file.file.clone()).into_iter().collect();
    let memory = MemoryFiles::new(contracts.iter().map(|file| (file.file.as_str(), file.text.as_str())));
    let analysis = analyse(&roots, &memory, &config);
    (analysis.loaded.sources, analysis.diagnostics)
}

fn pages() -> impl Iterator<Item = (&'static codes::Code, Page)> {
    codes::ALL.iter().filter_map(|code| Some((*code, Page::parse(page(code.id)?).ok()?)))
}

/// Fails with all pages that are wrong, not with the first one.
#[track_caller]
fn report(wrong: &str) {
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_code_has_a_page_of_the_right_form() {
    let mut wrong = String::new();
    for code in codes::ALL {
        match page(code.id).map(Page::parse) {
            None => writeln!(wrong, "{} {}: there is no page docs/errors/{}.md", code.id, code.name, code.id)
                .unwrap(),
            Some(Err(error)) => writeln!(wrong, "docs/errors/{}.md, {error}", code.id).unwrap(),
            Some(Ok(page)) if page.title != format!("{} {}", code.id, code.name) => {
                writeln!(wrong, "docs/errors/{}.md is called `{}`", code.id, page.title).unwrap();
            }
            Some(Ok(_)) => {}
        }
    }
    report(&wrong);
}

#[test]
fn each_example_fails_with_exactly_its_code() {
    let mut wrong = String::new();
    for (code, page) in pages().filter(|(_, page)| !page.fails.is_empty()) {
        let (sources, found) = run(&page.fails);
        let is_counted = |finding: &&Diagnostic| finding.severity == Severity::Error || finding.code == code;
        let counted: Vec<&str> = found.iter().filter(is_counted).map(|finding| finding.code.id).collect();
        if counted.is_empty() || counted.iter().any(|id| *id != code.id) || counted.len() > 2 {
            writeln!(
                wrong,
                "{} gives {counted:?}\n{}",
                code.id,
                render(Format::Short, &sources, &found, false)
            )
            .unwrap();
        }
    }
    report(&wrong);
}

#[test]
fn each_mended_example_is_clean() {
    let mut wrong = String::new();
    for (code, page) in pages() {
        let (sources, found) = run(&page.fixed);
        if found.iter().any(|finding| finding.severity == Severity::Error || finding.code == code) {
            writeln!(wrong, "{}\n{}", code.id, render(Format::Short, &sources, &found, false)).unwrap();
        }
    }
    report(&wrong);
}

#[test]
fn what_a_terminal_shows() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (code, page) in pages().filter(|(_, page)| !page.fails.is_empty()) {
            let (sources, mut found) = run(&page.fails);
            // What lints say about the example beside its own code is their business.
            found.retain(|finding| finding.severity == Severity::Error || finding.code == code);
            insta::assert_snapshot!(code.id, render(Format::Human, &sources, &found, false));
        }
    });
}
