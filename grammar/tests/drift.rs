//! Would the comparison in `lexers.rs` notice if the lexer and the grammar drifted apart? Here the grammar's text is
//! changed on purpose, a machine runs the changed grammar, and the comparison has to fail.

#![allow(clippy::unwrap_used)]

mod support;

use pest_vm::Vm;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::{GRAMMAR, collect_pieces, difference, logos_pieces, token_soup};

/// How many texts a drift may take to be noticed. `lexers.rs` tries more.
const CASES: u32 = 3_000;

/// Compares the lexer with the grammar that `change` makes of ours; the first difference.
fn first_difference(change: impl Fn(&str) -> String) -> Option<String> {
    let (_, rules) = pest_meta::parse_and_optimize(&change(GRAMMAR)).unwrap();
    let machine = Vm::new(rules);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    // The same texts every time: a drift is caught always or never.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let compared = runner.run(&token_soup(), |text| {
        let fail = proptest::test_runner::TestCaseError::fail;
        let pairs = machine.parse("token_view", &text).map_err(|error| fail(error.to_string()))?;
        let grammar = collect_pieces(pairs, &text).map_err(fail)?;
        difference(&text, &logos_pieces(&text), &grammar).map_or(Ok(()), |difference| Err(fail(difference)))
    });
    compared.err().map(|error| error.to_string())
}

/// Replaces `from`, which must occur exactly once, by `to`, and wants the drift to be noticed.
#[track_caller]
fn caught(from: &str, to: &str) {
    assert_eq!(GRAMMAR.matches(from).count(), 1, "the grammar has changed: {from:?}");
    assert!(first_difference(|grammar| grammar.replace(from, to)).is_some(), "nobody noticed {to:?}");
}

#[test]
fn the_machine_agrees_with_the_lexer_on_the_unchanged_grammar() {
    assert_eq!(first_difference(str::to_owned), None);
}

#[test]
fn a_string_that_takes_a_line_end() {
    caught(r#"!("\"" | "\\" | line_end) ~ ANY)*"#, r#"!("\"" | "\\") ~ ANY)*"#);
}

#[test]
fn a_string_with_an_escaped_line_end() {
    caught(r#"string   = @{ "\"" ~ ("\\" ~ !line_end ~ ANY"#, r#"string   = @{ "\"" ~ ("\\" ~ ANY"#);
}

#[test]
fn a_string_without_escapes() {
    caught(
        r#"string   = @{ "\"" ~ ("\\" ~ !line_end ~ ANY | !("\"" | "\\" "#,
        r#"string   = @{ "\"" ~ (!("\"" "#,
    );
}

#[test]
fn a_command_that_takes_a_line_end() {
    caught(r#"(!("`" | line_end) ~ ANY)*"#, r#"(!"`" ~ ANY)*"#);
}

#[test]
fn a_lone_carriage_return_that_ends_a_line() {
    caught(r#"tv_newline   = @{ "\r\n" | "\n" }"#, r#"tv_newline   = @{ "\r\n" | "\n" | "\r" }"#);
}

#[test]
fn a_comment_that_takes_its_line_end() {
    caught(
        r#"tv_rest      = _{ (!("\n" | "\r\n") ~ ANY)* }"#,
        r#"tv_rest      = _{ (!("\n" | "\r\n") ~ ANY)* ~ "\n"? }"#,
    );
}

#[test]
fn a_comment_that_takes_the_carriage_return() {
    caught(r#"tv_rest      = _{ (!("\n" | "\r\n") ~ ANY)* }"#, r#"tv_rest      = _{ (!"\n" ~ ANY)* }"#);
}

#[test]
fn four_slashes_as_documentation() {
    caught(r#""///" ~ !"/" ~ tv_rest"#, r#""///" ~ tv_rest"#);
}

#[test]
fn words_of_ascii_only() {
    caught(r#" | "_" | XID_START }"#, r#" | "_" }"#);
}

#[test]
fn words_that_end_before_a_combining_mark() {
    caught(r#" | "_" | XID_CONTINUE }"#, r#" | "_" | XID_START }"#);
}

#[test]
fn a_date_of_loose_digits() {
    caught(
        r#"date_text = _{ ASCII_DIGIT{4} ~ "-" ~ two_digits ~ "-" ~ two_digits }"#,
        r#"date_text = _{ ASCII_DIGIT{4} ~ "-" ~ ASCII_DIGIT+ ~ "-" ~ ASCII_DIGIT+ }"#,
    );
}

#[test]
fn a_date_that_ends_only_before_other_characters() {
    caught("| tv_timestamp | date_text |", "| tv_timestamp | date_text ~ !word_char |");
}

#[test]
fn a_timestamp_without_its_zone() {
    caught(
        r#"ASCII_DIGIT+)? ~ ("Z" | ("+" | "-") ~ time_text) }"#,
        r#"ASCII_DIGIT+)? ~ ("Z" | ("+" | "-") ~ time_text)? }"#,
    );
}

#[test]
fn a_number_that_ends_in_a_dot() {
    caught(r#"word_char* ~ ("." ~ ASCII_DIGIT ~ word_char*)? }"#, r#"word_char* ~ ("." ~ word_char*)? }"#);
}

#[test]
fn no_default_operator() {
    caught(r#" | "??" | "?" | "=="#, r#" | "?" | "=="#);
}

#[test]
fn short_punctuation_before_long() {
    caught(r#""<=" | "<" | ">=""#, r#""<" | "<=" | ">=""#);
}

#[test]
fn a_regex_after_any_id() {
    caught("tv_type_mark ~ tv_trivia* ~ tv_id", "tv_type_mark? ~ tv_trivia* ~ tv_id");
}

#[test]
fn a_comment_after_matches_as_a_regex() {
    caught(r#"@{ !("//" | "/*") ~ regex }"#, r#"@{ "/" ~ (!("/" | line_end) ~ ANY)* ~ "/" }"#);
}

#[test]
fn an_open_string_as_a_single_error() {
    caught(r##"("\"" | "`" | "#") ~ tv_rest"##, r##""#" ~ tv_rest"##);
}

#[test]
fn a_foreign_comment_as_a_single_error() {
    caught(r##"("\"" | "`" | "#") ~ tv_rest"##, r#"("\"" | "`") ~ tv_rest"#);
}

#[test]
fn a_foreign_comment_that_ends_with_its_line() {
    caught(r#" | "/*" ~ (!"*/" ~ ANY)* ~ "*/""#, "");
}

#[test]
fn text_in_single_quotes_that_takes_a_line_end() {
    caught(r#""'" ~ (!("'" | line_end) ~ ANY)* ~ "'""#, r#""'" ~ (!"'" ~ ANY)* ~ "'""#);
}
