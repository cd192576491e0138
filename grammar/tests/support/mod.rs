//! Shared by the tests of this crate: the grammar file as data, the two lexers side by side, and text to feed them.

// Every test binary uses its own part of this module.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::fmt::Debug;
use std::ops::Range;

use agentpass_grammar::{AgentPassParser, Kind, Rule, lex};
use pest::iterators::Pair;
use pest::{Parser, RuleType};
use pest_meta::ast::{Expr, Rule as GrammarRule};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The grammar file itself.
pub const GRAMMAR: &str = include_str!("../../agentpass.pest");

/// How many generated texts a property is tried on: `default`, and always the same ones, so that nobody is stopped by a
/// failure that is not theirs; or as many new ones as `AGENTPASS_CASES` says.
pub fn cases(default: u32) -> ProptestConfig {
    let wanted = std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok());
    let rng_seed = if wanted.is_some() { RngSeed::Random } else { RngSeed::Fixed(1) };
    ProptestConfig {
        cases: wanted.unwrap_or(default),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

// ---- The grammar file as data -------------------------------------------------------------------------------------

/// The rules of the grammar file.
pub fn grammar_rules() -> Vec<GrammarRule> {
    let pairs = pest_meta::parser::parse(pest_meta::parser::Rule::grammar_rules, GRAMMAR).unwrap();
    pest_meta::parser::consume_rules(pairs).unwrap()
}

/// True for the rules at the end of the grammar file that read the tokens a second time.
pub fn is_token_view(rule: &GrammarRule) -> bool {
    rule.name == "token_view" || rule.name == "token" || rule.name.starts_with("tv_")
}

/// The texts in quotes in a rule.
pub fn literals(rule: &GrammarRule) -> Vec<String> {
    let mut found = Vec::new();
    for part in rule.expr.clone().iter_top_down() {
        if let Expr::Str(text) | Expr::Insens(text) = part {
            found.push(unescaped(&text));
        }
    }
    found
}

/// pest_meta hands out literals as they are written, except for the quotes.
fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\r", "\r")
        .replace("\\\"", "\"")
        .replace("\\\\", "\\")
}

/// The token that is always written the same way, by its text.
pub fn fixed_text(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::OpenParen => "(",
        Kind::CloseParen => ")",
        Kind::OpenBracket => "[",
        Kind::CloseBracket => "]",
        Kind::OpenBrace => "{",
        Kind::CloseBrace => "}",
        Kind::Comma => ",",
        Kind::Semicolon => ";",
        Kind::Colon => ":",
        Kind::Dot => ".",
        Kind::DotDot => "..",
        Kind::Ellipsis => "...",
        Kind::Question => "?",
        Kind::Bar => "|",
        Kind::Arrow => "->",
        Kind::Assign => "=",
        Kind::Equal => "==",
        Kind::NotEqual => "!=",
        Kind::Less => "<",
        Kind::LessEqual => "<=",
        Kind::Greater => ">",
        Kind::GreaterEqual => ">=",
        Kind::Coalesce => "??",
        Kind::Plus => "+",
        Kind::Minus => "-",
        Kind::Star => "*",
        Kind::Slash => "/",
        Kind::Blank
        | Kind::Newline
        | Kind::Comment
        | Kind::Doc
        | Kind::InnerDoc
        | Kind::Word
        | Kind::Number
        | Kind::String
        | Kind::Command
        | Kind::Regex
        | Kind::Error => return None,
    })
}

/// Every kind with a fixed text. A new kind that is missing here makes `fixed_text` fail to compile, one line up.
pub const FIXED: &[Kind] = &[
    Kind::OpenParen,
    Kind::CloseParen,
    Kind::OpenBracket,
    Kind::CloseBracket,
    Kind::OpenBrace,
    Kind::CloseBrace,
    Kind::Comma,
    Kind::Semicolon,
    Kind::Colon,
    Kind::Dot,
    Kind::DotDot,
    Kind::Ellipsis,
    Kind::Question,
    Kind::Bar,
    Kind::Arrow,
    Kind::Assign,
    Kind::Equal,
    Kind::NotEqual,
    Kind::Less,
    Kind::LessEqual,
    Kind::Greater,
    Kind::GreaterEqual,
    Kind::Coalesce,
    Kind::Plus,
    Kind::Minus,
    Kind::Star,
    Kind::Slash,
];

// ---- Two lexers side by side ----------------------------------------------------------------------------------------

/// A token of either lexer.
pub type Piece = (Kind, Range<usize>);

/// The tokens that logos finds.
pub fn logos_pieces(text: &str) -> Vec<Piece> {
    lex(text).into_iter().map(|token| (token.kind, token.start as usize..token.end as usize)).collect()
}

/// The tokens that `token_view` of the grammar finds.
pub fn grammar_pieces(text: &str) -> Result<Vec<Piece>, String> {
    let pairs = AgentPassParser::parse(Rule::token_view, text).map_err(|error| error.to_string())?;
    collect_pieces(pairs, text)
}

/// Turns the pairs of `token_view`, from the compiled grammar or from a machine, into tokens.
pub fn collect_pieces<'i, R: RuleType + Debug>(
    pairs: impl Iterator<Item = Pair<'i, R>>,
    text: &str,
) -> Result<Vec<Piece>, String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut in_run = false;
    for pair in pairs.flat_map(Pair::into_inner).flat_map(leaves) {
        let range = pair.as_span().start()..pair.as_span().end();
        let slice = &text[range.clone()];
        // Both the compiled rules and the machine's rules print as the name of the rule.
        let name = format!("{:?}", pair.as_rule()).trim_matches('"').to_owned();
        let kind = match name.as_str() {
            "EOI" => continue,
            "tv_blank" => Kind::Blank,
            "tv_newline" => Kind::Newline,
            "tv_inner_doc" => Kind::InnerDoc,
            "tv_doc" => Kind::Doc,
            "tv_comment" => Kind::Comment,
            "tv_matches" | "tv_id" | "tv_word" => Kind::Word,
            "tv_regex_body" => Kind::Regex,
            "tv_number" => Kind::Number,
            "tv_string" => Kind::String,
            "tv_command" => Kind::Command,
            "tv_type_mark" | "tv_punct" => FIXED
                .iter()
                .copied()
                .find(|kind| fixed_text(*kind) == Some(slice))
                .ok_or_else(|| format!("{slice:?} is punctuation only in the grammar"))?,
            "tv_error" => Kind::Error,
            other => return Err(format!("unknown rule {other}")),
        };
        let joins = kind == Kind::Error && slice.chars().count() == 1 && !slice.starts_with(['"', '`', '#']);
        match pieces.last_mut() {
            // Most of the grammar's errors are single characters; the lexer joins a run of them.
            Some((_, last)) if joins && in_run => last.end = range.end,
            _ => pieces.push((kind, range)),
        }
        in_run = joins;
    }
    Ok(pieces)
}

fn leaves<R: RuleType>(pair: Pair<'_, R>) -> Vec<Pair<'_, R>> {
    let inner: Vec<_> = pair.clone().into_inner().collect();
    if inner.is_empty() { vec![pair] } else { inner.into_iter().flat_map(leaves).collect() }
}

/// Says where the two lists of tokens part, if they do.
pub fn difference(text: &str, logos: &[Piece], grammar: &[Piece]) -> Option<String> {
    let at = (0..logos.len().max(grammar.len())).find(|&at| logos.get(at) != grammar.get(at))?;
    let show =
        |piece: Option<&Piece>| piece.map(|(kind, range)| format!("{kind:?} {:?}", &text[range.clone()]));
    Some(format!(
        "{text:?}: logos has {:?}, the grammar has {:?}",
        show(logos.get(at)),
        show(grammar.get(at))
    ))
}

// ---- Text to feed them ----------------------------------------------------------------------------------------------

/// Text made of the pieces that lexers stumble over: the grammar's own literals, tokens whole and broken, lone
/// delimiters, random ASCII and any Unicode.
pub fn token_soup() -> impl Strategy<Value = String> {
    let mut literals: Vec<String> = grammar_rules().iter().flat_map(literals).collect();
    literals.sort();
    literals.dedup();
    let whole: Vec<&'static str> = vec![
        "a",
        "_x1",
        "été",
        "x\u{b7}y",
        "in_flight",
        "5",
        "80_000",
        "$0.75",
        "1.5x",
        "24h",
        "1h30m",
        "2026-12-18",
        "09:00",
        "2026-12-18T10:00:00Z",
        "2026-12-18T10:00:00.5+01:00",
        "\"text\"",
        "\"a \\\" b\"",
        "`git status`",
        "// note",
        "/// doc",
        "//! file",
        "//// line",
        "matches /a\\/b/",
        ": id /[0-9]+/",
        "list<id/x/>",
        "<id",
        "matches",
        "id",
        " id ",
        "/",
    ];
    let broken: Vec<&'static str> = vec![
        "\"",
        "`",
        "\\",
        "/",
        "//",
        "\r",
        "\r\n",
        "\n",
        "$",
        "!",
        "'",
        "#",
        "\0",
        "2026-1",
        "2026-12-18T10:0",
        "1.",
        ".5",
        "12:3",
        "\\\"",
        "\\\n",
        "\"open",
        "`open",
        "/open\\",
        "/*",
        "*/",
        "/* a */",
        "'text'",
        "# note",
        "\u{b}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "\u{200d}",
        "é",
        "٣",
        "\u{301}",
        "😀",
        "@",
        "~",
        "%",
        "^",
        "&",
    ];
    let piece = prop_oneof![
        6 => proptest::sample::select(literals),
        6 => proptest::sample::select(whole.clone()).prop_map(str::to_owned),
        2 => (proptest::sample::select(whole), any::<proptest::sample::Index>()).prop_map(cut_short),
        6 => proptest::sample::select(broken).prop_map(str::to_owned),
        2 => Just(" ".to_owned()),
        3 => (0_u8..128).prop_map(|byte| char::from(byte).to_string()),
        2 => any::<char>().prop_map(|c| c.to_string()),
        // The planes where the letters are; `any` finds them too rarely.
        2 => (0x80_u32..0x3000).prop_map(|c| char::from_u32(c).map_or_else(String::new, |c| c.to_string())),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The beginning of a token, as while somebody is typing.
fn cut_short((token, keep): (&'static str, proptest::sample::Index)) -> String {
    token.chars().take(keep.index(token.chars().count())).collect()
}
