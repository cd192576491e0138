//! Which items and clauses survive mistakes: the cases are in `recovery.txt`.
//!
//! With `AGENTPASS_BLESS=1` the expectations are written anew.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::ops::Range;

use agentpass_grammar::{
    AgentPassParser, BracketProblem, Chunks, Layout, Rule, block_of, chunk, layout, lex,
};
use pest::Parser;

const CASES: &str = include_str!("recovery.txt");

#[test]
fn broken_programs_keep_what_is_good() {
    let mut parts = CASES.split("\n= ");
    let mut blessed = parts.next().unwrap_or("").to_owned();
    let mut failures = String::new();
    let mut count = 0;
    for case in parts {
        let (name, rest) = case.split_once("\n---\n").unwrap();
        let (text, expected) = rest.split_once("---\n").unwrap();
        let found = describe(text);
        if found.trim() != expected.trim() {
            writeln!(failures, "= {name}\nexpected:\n{}\nfound:\n{}", expected.trim_end(), found.trim_end())
                .unwrap();
        }
        write!(blessed, "\n= {name}\n---\n{text}---\n{found}").unwrap();
        count += 1;
    }
    if std::env::var_os("AGENTPASS_BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recovery.txt"), blessed).unwrap();
    } else {
        assert!(failures.is_empty(), "{failures}");
        assert!(count >= 15, "{count} cases were found");
    }
}

fn describe(text: &str) -> String {
    let layout = layout(text, lex(text));
    let chunks = chunk(text, &layout);
    let mut lines = String::new();
    for problem in &chunks.problems {
        let what = match problem {
            BracketProblem::Unclosed(_) => "unclosed",
            BracketProblem::Stray(_) => "stray",
            BracketProblem::TooDeep(_) => "too deep",
        };
        writeln!(lines, "brackets: {what} {}", problem.token().text(text)).unwrap();
    }
    for item in &chunks.items {
        let is_good = show(&mut lines, "", text, &layout, &item.tokens, Rule::one_item);
        if !is_good && let Some(block) = block_of(text, &layout, &chunks, &item.tokens) {
            for clause in &block.clauses {
                show(&mut lines, "  ", text, &layout, clause, Rule::one_clause);
            }
        }
        check_docs(text, &layout, &chunks);
    }
    lines
}

/// One line for a run of tokens; true if the grammar reads it.
fn show(
    lines: &mut String,
    indent: &str,
    text: &str,
    layout: &Layout,
    tokens: &Range<usize>,
    rule: Rule,
) -> bool {
    let bytes = layout.tokens[tokens.start].start as usize..layout.tokens[tokens.end - 1].end as usize;
    let is_good = AgentPassParser::parse(rule, &layout.view[bytes.clone()]).is_ok();
    let words: Vec<&str> = text[bytes].split_whitespace().take(4).collect();
    writeln!(lines, "{indent}{} {}", if is_good { "good  " } else { "broken" }, words.join(" ")).unwrap();
    is_good
}

/// Documentation belongs to the item right after it.
fn check_docs(text: &str, layout: &Layout, chunks: &Chunks) {
    for item in &chunks.items {
        let docs = &layout.tokens[item.docs.clone()];
        assert!(docs.is_empty() || docs[0].text(text).starts_with("///"));
        assert!(docs.iter().all(|token| token.kind.is_trivia()));
    }
}
