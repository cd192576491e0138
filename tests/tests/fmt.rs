//! The formatter on generated programs: nothing is lost, and formatting twice is formatting once.

use agentpass_compiler::diagnostics::codes;
use agentpass_compiler::fmt::{Formatted, format};
use agentpass_grammar::{FileId, Kind, lex};
use agentpass_tests::generate::{Program, programs};
use proptest::prelude::*;

/// The tokens that mean something, without commas (their number is checked by the formatter itself), in any order.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens: Vec<&str> = lex(text)
        .into_iter()
        .filter(|token| !token.kind.is_trivia() && !matches!(token.kind, Kind::Semicolon | Kind::Comma))
        .map(|token| token.text(text))
        .collect();
    tokens.sort_unstable();
    tokens
}

fn comments(text: &str) -> Vec<&str> {
    let comments = lex(text).into_iter().filter(|token| token.kind.is_comment());
    comments.map(|token| token.text(text).trim_end()).collect()
}

fn formatted(text: &str) -> Result<Formatted, String> {
    let formatted = format(FileId(0), text);
    match formatted.problems.iter().find(|problem| problem.code == &codes::FMT_INTERNAL) {
        Some(problem) => Err(problem.message.clone()),
        None => Ok(formatted),
    }
}

/// Says where blanks were left that should not be there.
fn check_blanks(text: &str) -> Result<(), String> {
    let once = formatted(text)?;
    let ugly = |line: &str| line.ends_with([' ', '\t']);
    // Where a slash stands, the grammar may see a pattern that the lexer does not; such an item is left alone.
    let clear = once.problems.is_empty() && lex(text).iter().all(|token| token.kind != Kind::Slash);
    if clear && (once.text.lines().any(ugly) || once.text.contains("\r\n") || once.text.contains("\n\n\n")) {
        return Err(format!("blanks:\n{}", once.text));
    }
    Ok(())
}

/// Says what the formatter did wrong.
fn check(text: &str) -> Result<(), String> {
    let once = formatted(text)?;
    if comments(text) != comments(&once.text) {
        return Err(format!("comments are lost:\n{}", once.text));
    }
    if tokens(text) != tokens(&once.text) {
        return Err(format!("tokens are lost:\n{}", once.text));
    }
    let twice = formatted(&once.text).map_err(|error| format!("second time: {error}\n{}", once.text))?;
    if twice.text != once.text {
        return Err(format!("not stable:\n{}\n---- and then\n{}", once.text, twice.text));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(500),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_lost_and_twice_is_once(program in programs()) {
        let Program { text, .. } = program;
        if let Err(what) = check(&text).and_then(|()| check_blanks(&text)) {
            return Err(TestCaseError::fail(format!("{text}\n{text:?}\n==== {what}")));
        }
    }

    /// A program from which some characters are missing is a broken one, mostly.
    #[test]
    fn broken_programs_are_left_alone_where_they_are_broken(
        program in programs(), from in any::<prop::sample::Index>(), length in 1_usize..40,
    ) {
        let chars: Vec<char> = program.text.chars().collect();
        let from = from.index(chars.len() + 1);
        let text: String =
            chars.iter().take(from).chain(chars.iter().skip(from + length)).collect();
        // What is broken may be so odd that the formatter sees, by its own check, that it cannot keep it: then it is
        // left as it is.
        let once = format(FileId(0), &text);
        if once.problems.iter().any(|problem| problem.code == &codes::FMT_INTERNAL) {
            prop_assert_eq!(once.text, text);
            return Ok(());
        }
        if let Err(what) = check(&text) {
            return Err(TestCaseError::fail(format!("{text}\n{text:?}\n==== {what}")));
        }
    }
}
