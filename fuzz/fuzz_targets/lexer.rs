//! The laws of the front that never fails, on any text and on generated programs.

#![no_main]

use agentpass_grammar::{AgentPassParser, Chunks, Kind, Layout, Rule, block_of, chunk, layout, lex};
use agentpass_tests::generate::program;
use libfuzzer_sys::fuzz_target;
use pest::Parser;
use pest::iterators::Pair;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        any_text(text);
    }
    valid_program(data);
});

/// What holds for every text.
fn any_text(text: &str) {
    let tokens = lex(text);
    let mut end = 0;
    for token in &tokens {
        assert!(token.start == end && token.end > end, "tokens cover the text without gaps");
        end = token.end;
    }
    assert_eq!(end as usize, text.len());
    two_lexers_agree(text);

    let layout = layout(text, tokens);
    assert_eq!(layout.view.len(), text.len());
    for (token, separates) in layout.tokens.iter().zip(&layout.separates) {
        let is_line_end = token.text(&layout.view).contains('\n');
        assert_eq!(
            is_line_end,
            token.kind == Kind::Newline && *separates,
            "only separators are line ends in the view"
        );
    }
    let chunks = chunk(text, &layout);
    let mut end = 0;
    for item in &chunks.items {
        assert!(end <= item.tokens.start && item.tokens.start < item.tokens.end);
        end = item.tokens.end;
        // Whether the grammar accepts it does not matter here, only that it comes to an end.
        let _ = AgentPassParser::parse(Rule::one_item, view_of(&layout, item.tokens.clone()));
        if let Some(block) = block_of(text, &layout, &chunks, &item.tokens) {
            for clause in block.clauses {
                let _ = AgentPassParser::parse(Rule::one_clause, view_of(&layout, clause));
            }
        }
    }
}

/// What holds for valid programs.
fn valid_program(tape: &[u8]) {
    let program = program(tape);
    let layout = layout(&program.text, lex(&program.text));
    let chunks = chunk(&program.text, &layout);
    assert_eq!(chunks.problems, [], "{}", program.text);
    let whole = AgentPassParser::parse(Rule::file, &layout.view)
        .unwrap_or_else(|error| panic!("{error}\n{}", program.text));
    let whole: Vec<&str> = whole
        .flat_map(Pair::into_inner)
        .filter(|pair| pair.as_rule() == Rule::item)
        .map(|pair| pair.as_str().trim_end())
        .collect();
    assert_eq!(whole, items(&layout, &chunks), "{}", program.text);
    assert_eq!(whole.len(), program.items, "{}", program.text);
}

fn items<'l>(layout: &'l Layout, chunks: &Chunks) -> Vec<&'l str> {
    let views: Vec<_> = chunks.items.iter().map(|item| view_of(layout, item.tokens.clone())).collect();
    for view in &views {
        AgentPassParser::parse(Rule::one_item, view).unwrap_or_else(|error| panic!("{error}"));
    }
    views
}

fn view_of(layout: &Layout, tokens: std::ops::Range<usize>) -> &str {
    let (first, last) = (layout.tokens[tokens.start], layout.tokens[tokens.end - 1]);
    &layout.view[first.start as usize..last.end as usize]
}

/// The grammar's second reading of the tokens ends each of them where the lexer does. Kinds are compared by the tests
/// of the grammar crate; here it is enough that a boundary that moves is noticed.
fn two_lexers_agree(text: &str) {
    let pairs = AgentPassParser::parse(Rule::token_view, text).unwrap_or_else(|error| panic!("{error}"));
    let mut from_grammar: Vec<(usize, bool)> = Vec::new();
    let mut in_run = false;
    for leaf in pairs.flat_map(Pair::into_inner).flat_map(leaves).filter(|pair| pair.as_rule() != Rule::EOI) {
        let is_error = leaf.as_rule() == Rule::tv_error;
        let mut characters = leaf.as_str().chars();
        let first = characters.next();
        // What is one character and no open text or comment joins the run before it.
        let joins = is_error && characters.next().is_none() && !matches!(first, Some('"' | '`' | '#'));
        match from_grammar.last_mut() {
            Some((end, _)) if joins && in_run => *end = leaf.as_span().end(),
            _ => from_grammar.push((leaf.as_span().end(), is_error)),
        }
        in_run = joins;
    }
    let from_lexer: Vec<_> = lex(text).into_iter().map(|t| (t.end as usize, t.kind == Kind::Error)).collect();
    assert_eq!(from_lexer, from_grammar);
}

fn leaves(pair: Pair<'_, Rule>) -> Vec<Pair<'_, Rule>> {
    let inner: Vec<_> = pair.clone().into_inner().collect();
    if inner.is_empty() { vec![pair] } else { inner.into_iter().flat_map(leaves).collect() }
}
