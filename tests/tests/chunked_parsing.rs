//! Reading a file item by item is the same as reading it as a whole, on programs that a generator writes.

use agentpass_grammar::{AgentPassParser, Kind, Rule, chunk, layout, lex};
use agentpass_tests::generate::{Program, program, programs};
use pest::Parser;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Reads a valid program both ways; says how they differ.
fn compare(program: &Program) -> Result<(), String> {
    let text = &program.text;
    let layout = layout(text, lex(text));
    let chunks = chunk(text, &layout);
    if let Some(token) = layout.tokens.iter().find(|token| token.kind == Kind::Error) {
        return Err(format!("no token: {:?}", token.text(text)));
    }
    if !chunks.problems.is_empty() {
        return Err(format!("brackets: {:?}", chunks.problems));
    }
    let whole =
        AgentPassParser::parse(Rule::file, &layout.view).map_err(|error| format!("whole: {error}"))?;
    let whole: Vec<(usize, &str)> = whole
        .flat_map(pest::iterators::Pair::into_inner)
        .filter(|pair| pair.as_rule() == Rule::item)
        .map(|pair| (pair.as_span().start(), pair.as_str().trim_end()))
        .collect();
    let mut items = Vec::new();
    for item in &chunks.items {
        let (first, last) = (layout.tokens[item.tokens.start], layout.tokens[item.tokens.end - 1]);
        let view = &layout.view[first.start as usize..last.end as usize];
        AgentPassParser::parse(Rule::one_item, view).map_err(|error| format!("item {view:?}: {error}"))?;
        items.push((first.start as usize, view));
    }
    if whole != items {
        return Err(format!("whole: {whole:#?}\nitems: {items:#?}"));
    }
    if items.len() != program.items {
        return Err(format!("{} items were written, {} were read", program.items, items.len()));
    }
    Ok(())
}

#[test]
fn an_empty_tape_is_a_program() {
    let simplest = program(&[]);
    assert_eq!(simplest, Program { text: "edition 2026".to_owned(), items: 1 });
    assert_eq!(compare(&simplest), Ok(()));
}

/// Always the same programs, so that nobody is stopped by a failure that is not theirs; or as many new ones as
/// `AGENTPASS_CASES` says.
fn cases(default: u32) -> ProptestConfig {
    let wanted = std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok());
    let rng_seed = if wanted.is_some() { RngSeed::Random } else { RngSeed::Fixed(1) };
    ProptestConfig {
        cases: wanted.unwrap_or(default),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn item_by_item_is_like_the_whole_file(program in programs()) {
        if let Err(difference) = compare(&program) {
            return Err(TestCaseError::fail(format!("{}\n{difference}", program.text)));
        }
    }
}
