//! The grammar of record reads every sample, item by item and as a whole, and finds the same items.

#![allow(clippy::panic)]

use agentpass_grammar::{AgentPassParser, Rule, chunk, layout, lex};
use pest::Parser;

fn check(name: &str, text: &str) {
    let layout = layout(text, lex(text));
    let chunks = chunk(text, &layout);
    assert_eq!(chunks.problems, [], "{name}");
    let whole = AgentPassParser::parse(Rule::file, &layout.view).unwrap_or_else(|e| panic!("{name}: {e}"));
    let from_whole: Vec<_> = whole
        .flat_map(|pair| pair.into_inner())
        .filter(|pair| pair.as_rule() == Rule::item)
        .map(|pair| pair.as_str().trim_end().to_owned())
        .collect();
    let from_chunks: Vec<_> = chunks
        .items
        .iter()
        .map(|item| {
            let (first, last) = (layout.tokens[item.tokens.start], layout.tokens[item.tokens.end - 1]);
            let view = &layout.view[first.start as usize..last.end as usize];
            AgentPassParser::parse(Rule::one_item, view).unwrap_or_else(|e| panic!("{name}: {e}"));
            view.to_owned()
        })
        .collect();
    assert_eq!(from_whole, from_chunks, "{name}");
    assert!(!from_chunks.is_empty());
}

#[test]
fn samples_parse() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "agentpass") {
            check(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
        }
    }
}
