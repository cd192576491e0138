//! The lexer (logos) and the lexical part of the grammar (pest) are two readings of one language. These tests keep them in step.

mod support;

use std::collections::BTreeSet;

use agentpass_grammar::{Kind, lex, words};
use pest::unicode::{XID_CONTINUE, XID_START};
use pest_meta::ast::RuleType;
use proptest::prelude::*;
use support::{
    FIXED, cases, difference, fixed_text, grammar_pieces, grammar_rules, is_token_view, literals,
    logos_pieces, token_soup,
};

/// Rules whose literals are pieces of a token rather than tokens: strings, numbers, dates.
const INSIDE_TOKENS: &[&str] = &[
    "word_start",
    "word_char",
    "integer",
    "decimal",
    "money",
    "currency",
    "duration",
    "date",
    "timestamp",
    "time_of_day",
    "date_text",
    "time_text",
    "two_digits",
    "digits",
    "string",
    "command",
    "regex",
    "line_end",
];

#[test]
fn every_literal_of_the_grammar_is_one_token() {
    for rule in
        grammar_rules().iter().filter(|rule| !is_token_view(rule) && !INSIDE_TOKENS.contains(&&*rule.name))
    {
        for literal in literals(rule) {
            let kinds: Vec<Kind> = lex(&literal).into_iter().map(|token| token.kind).collect();
            let expected =
                if rule.name.starts_with("kw_") { kinds == [Kind::Word] } else { kinds.len() == 1 };
            assert!(expected && kinds != [Kind::Error], "{}: {literal:?} lexes as {kinds:?}", rule.name);
        }
    }
}

#[test]
fn every_fixed_token_is_a_literal_of_the_grammar() {
    let rules = grammar_rules();
    let known: BTreeSet<String> = rules
        .iter()
        .filter(|rule| !is_token_view(rule) && !INSIDE_TOKENS.contains(&&*rule.name))
        .flat_map(literals)
        .collect();
    let viewed: BTreeSet<String> =
        rules.iter().filter(|rule| is_token_view(rule)).flat_map(literals).collect();
    for kind in FIXED {
        let text = fixed_text(*kind).unwrap();
        assert!(known.contains(text), "{text} is a token, but no rule reads it");
        assert!(viewed.contains(text), "{text} is missing in tv_punct");
    }
}

#[test]
fn the_lexer_gives_each_fixed_text_its_kind() {
    for kind in FIXED {
        let text = fixed_text(*kind).unwrap();
        assert_eq!(logos_pieces(text), [(*kind, 0..text.len())]);
    }
}

#[test]
fn every_word_of_the_word_lists_is_a_word_of_the_grammar() {
    let rules = grammar_rules();
    let names: BTreeSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    // ROOTS are names that come with every call, so the grammar does not know them.
    let lists = [words::ITEM_WORDS, words::CONTINUING_WORDS, words::INFIX_WORDS, words::RESERVED_WORDS];
    for word in lists.concat() {
        assert!(names.contains(format!("kw_{word}").as_str()), "{word}");
    }
    let reserved: BTreeSet<String> =
        rules.iter().filter(|rule| rule.name == "reserved").flat_map(literals).collect();
    assert_eq!(reserved, words::RESERVED_WORDS.iter().map(|word| (*word).to_owned()).collect());
}

#[test]
fn every_word_rule_is_called_like_its_word() {
    for rule in grammar_rules().iter().filter(|rule| rule.name.starts_with("kw_")) {
        assert_eq!(rule.ty, RuleType::Atomic, "{}", rule.name);
        assert_eq!(literals(rule), [rule.name.trim_start_matches("kw_")]);
    }
}

/// The Unicode tables of pest are the one source of what a letter is; the lexer asks them.
#[test]
fn words_are_made_of_the_same_characters_everywhere() {
    let mut counts = (0, 0);
    for c in (0..=0x0010_ffff).filter_map(char::from_u32).filter(|c| !c.is_ascii()) {
        let begins = lex(c.encode_utf8(&mut [0; 4])).first().map(|token| token.kind) == Some(Kind::Word);
        let continues = lex(&format!("a{c}")).len() == 1;
        assert_eq!((begins, continues), (XID_START(c), XID_CONTINUE(c)), "{c:?}");
        counts.0 += u32::from(begins);
        counts.1 += u32::from(continues);
    }
    // The tables of Unicode 18. If a new version of pest brings other tables, it changes the language: which names
    // are valid, and so what a contract's digest may stand for. Then say so in the release notes and change this line.
    assert_eq!(counts, (158_664, 162_018));
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn the_lexer_and_the_grammar_see_the_same_tokens(text in token_soup()) {
        let grammar = grammar_pieces(&text).map_err(TestCaseError::fail)?;
        prop_assert_eq!(difference(&text, &logos_pieces(&text), &grammar), None);
    }
}
