//! What holds for every text, however broken: no byte is lost, the view is as long as the text, items do not overlap,
//! and the work is linear.

mod support;

use std::time::{Duration, Instant};

use agentpass_grammar::{BracketProblem, Chunks, Kind, Layout, block_of, chunk, is_quoted, layout, lex};
use proptest::prelude::*;
use support::{cases, token_soup};

fn check_laws(text: &str) {
    let tokens = lex(text);
    let mut end = 0;
    for token in &tokens {
        assert_eq!(token.start, end, "tokens leave no gap");
        assert!(token.end > token.start, "no token is empty");
        assert!(text.is_char_boundary(token.end as usize));
        end = token.end;
    }
    assert_eq!(end as usize, text.len(), "tokens reach the end");

    let layout = layout(text, tokens);
    assert_eq!(layout.view.len(), text.len(), "the view is as long as the text");
    assert_eq!(layout.separates.len(), layout.tokens.len());
    for (token, separates) in layout.tokens.iter().zip(&layout.separates) {
        let view = token.text(&layout.view);
        match token.kind {
            Kind::Newline if *separates => assert_eq!(view.trim_start_matches(' '), "\n"),
            Kind::Newline | Kind::Comment | Kind::Doc | Kind::InnerDoc => {
                assert!(view.bytes().all(|byte| byte == b' '))
            }
            Kind::Error if is_quoted(token.text(text)) => {
                assert_eq!(view.replace('"', "'"), token.text(text));
            }
            Kind::Error if !token.text(text).starts_with(['"', '`']) => {
                assert!(view.bytes().all(|byte| byte == b' '))
            }
            _ => assert_eq!(view, token.text(text), "what has a meaning is in the view as it is"),
        }
        assert!(*separates == (token.kind == Kind::Semicolon) || token.kind == Kind::Newline);
    }
    check_chunks(text, &layout, &chunk(text, &layout));
}

fn check_chunks(text: &str, layout: &Layout, chunks: &Chunks) {
    let mut end = 0;
    for item in &chunks.items {
        assert!(item.docs.start <= item.docs.end && item.docs.end <= item.tokens.start);
        assert!(
            end <= item.tokens.start && item.tokens.start < item.tokens.end,
            "items are in order and not empty"
        );
        end = item.tokens.end;
        for at in [item.tokens.start, item.tokens.end - 1] {
            assert!(
                !layout.tokens[at].kind.is_trivia() && !layout.separates[at],
                "items begin and end with a token"
            );
        }
        if let Some(block) = block_of(text, layout, chunks, &item.tokens) {
            assert_eq!(block.head.start, item.tokens.start);
            assert_eq!(block.head.end, block.open);
            let mut end = block.open + 1;
            for clause in block.clauses {
                assert!(end <= clause.start && clause.start < clause.end && clause.end <= item.tokens.end);
                end = clause.end;
            }
        }
    }
    for (at, partner) in chunks.partner.iter().enumerate() {
        if let Some(partner) = *partner {
            assert_eq!(chunks.partner[partner], Some(at), "brackets are partners of each other");
        }
    }
    assert!(chunks.problems.is_sorted_by_key(|problem| problem.token().start));
    // Every significant token is in an item, unless its item nests too deeply.
    if !chunks.problems.iter().any(|problem| matches!(problem, BracketProblem::TooDeep(_))) {
        let inside: usize = chunks
            .items
            .iter()
            .flat_map(|item| &layout.tokens[item.tokens.clone()])
            .filter(|token| !token.kind.is_trivia() && token.kind != Kind::Semicolon)
            .count();
        let all = layout
            .tokens
            .iter()
            .filter(|token| !token.kind.is_trivia() && token.kind != Kind::Semicolon)
            .count();
        assert_eq!(inside, all, "no token is lost");
    }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn the_laws_hold_for_any_text(text in token_soup()) {
        check_laws(&text);
    }

    #[test]
    fn the_laws_hold_for_broken_programs(
        lines in proptest::collection::vec(proptest::sample::select(LINES), 0..20),
        line_end in proptest::sample::select(vec!["\n", "\r\n", "\n  ", ";", ""]),
    ) {
        check_laws(&lines.join(line_end));
    }
}

const LINES: &[&str] = &[
    "tool a(x: id) {",
    "on {a, b}(",
    "}",
    ")",
    "]",
    "require x and",
    "and y",
    "limit: int,",
    "limit per job {",
    "/// docs",
    "// note",
    "# note {",
    "/* note {",
    "*/ deny",
    "'text' in 'b\"'",
    "deny when (",
    "because \"x\"",
    "because \"x",
    "label a, b",
    "when x {",
    "{ a: [",
    "invokes a.*",
    "#",
    "\r",
    ";",
];

/// Lexes, lays out and cuts a text of a megabyte, and all that it needs is far less than a second.
///
/// Anything quadratic would take hours here, so the limit leaves room for debug builds on busy machines.
#[track_caller]
fn linear(unit: &str) {
    const SIZE: usize = 1 << 20;
    let text = unit.repeat(SIZE / unit.len());
    let start = Instant::now();
    let layout = layout(&text, lex(&text));
    let chunks = chunk(&text, &layout);
    let blocks =
        chunks.items.iter().filter(|item| block_of(&text, &layout, &chunks, &item.tokens).is_some()).count();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(10), "{unit:?}: {took:?}");
    println!(
        "{took:?} for {unit:?}: {} items, {blocks} blocks, {} problems",
        chunks.items.len(),
        chunks.problems.len()
    );
    check_laws(&text);
}

#[test]
fn work_is_linear_in_brackets() {
    for unit in ["{", "}", "(", ")", "[", "(]", "{(", "{}", "()", "{\n", "}\n", "{a\n}", "(;", ";"] {
        linear(unit);
    }
}

#[test]
fn work_is_linear_in_lines() {
    for unit in [
        "\n", "\r\n", "\r", "and\n", "\nand", "a\n", "// x\n", "/// x\n", "//", "a // x\n", "\n ", "limit\n",
        "limit ", " ", "\t\n",
    ] {
        linear(unit);
    }
}

#[test]
fn work_is_linear_in_text_without_end() {
    for unit in [
        "\"",
        "`",
        "\"\\",
        "\"\n",
        "`\n",
        "/",
        "\\",
        "matches /",
        "matches /\n",
        "matches \\/",
        ": id /",
        "\0",
        "é",
        "\u{fffd}",
    ] {
        linear(unit);
    }
}

#[test]
fn work_is_linear_in_words_and_numbers() {
    for unit in [
        "a",
        "a ",
        "1",
        "1_",
        "1.",
        "$",
        "2026-",
        "09:",
        "2026-12-18T10:00:00",
        "a.",
        "*",
        "a*",
        "-",
        "not ",
        "each ",
        "list<",
        "x<",
    ] {
        linear(unit);
    }
}

/// A long run of one kind, followed by a long run of another: what would make a search start again and again.
#[test]
fn work_is_linear_where_one_half_meets_another() {
    for (first, second) in [
        ("(", "]"),
        ("{", ")"),
        ("({", "]"),
        ("a\n", ")"),
        ("\"\n", "\""),
        ("// x\n", "a"),
        ("label a\n", "}"),
    ] {
        let half = (1 << 20) / 2;
        let text = first.repeat(half / first.len()) + &second.repeat(half / second.len());
        let start = Instant::now();
        let layout = layout(&text, lex(&text));
        let _chunks = chunk(&text, &layout);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(10), "{first:?} {second:?}: {took:?}");
        println!("{took:?} for {first:?} {second:?}");
        check_laws(&(first.repeat(100) + &second.repeat(100)));
    }
}
