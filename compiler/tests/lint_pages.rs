//! The pages of the lints: each example has its own finding and no other, and is clean once it is mended.

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::pages::{self, Example, Page};
use agentpass_compiler::diagnostics::{Severity, codes};
use agentpass_compiler::load::MemoryFiles;

#[test]
fn every_lint_has_a_page_that_shows_it_alone() {
    let lints =
        codes::ALL.iter().filter(|code| ("W0104".."W02").contains(&code.id) || code.id.starts_with("N01"));
    let mut wrong = Vec::new();
    for code in lints {
        let Some(text) = pages::page(code.id) else {
            wrong.push(format!("{}: no page", code.id));
            continue;
        };
        let page = Page::parse(text).unwrap();
        assert_eq!(page.title, format!("{} {}", code.id, code.name));
        let fails = found(&page.fails);
        if fails.is_empty() || fails.iter().any(|(id, _, _)| *id != code.id) {
            wrong.push(format!("{}: {fails:#?}", code.id));
        }
        let fixed = found(&page.fixed);
        if !fixed.is_empty() {
            wrong.push(format!("{} fixed: {fixed:#?}", code.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn found(examples: &[Example]) -> Vec<(&'static str, Severity, String)> {
    let files =
        MemoryFiles::new(examples.iter().map(|example| (example.file.as_str(), example.text.as_str())));
    let roots: Vec<String> = examples.iter().map(|example| example.file.clone()).take(1).collect();
    let analysis = analyse(&roots, &files, &Config::default());
    analysis
        .diagnostics
        .into_iter()
        .map(|finding| (finding.code.id, finding.severity, finding.message))
        .collect()
}
