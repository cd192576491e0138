//! Tokens that the lexer could not read: characters that begin nothing, text without its end, and what other languages
//! write for comments, text and operators.

use agentpass_grammar::{FileId, Kind, Span, Token, is_quoted};

use super::lexical::{is_control, is_hidden, is_line_end};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problems::{habits, syntax as problem};

/// Reports the token at `at`.
pub(super) fn token(file: FileId, text: &str, tokens: &[Token], at: usize, problems: &mut Vec<Diagnostic>) {
    let Some(&token) = tokens.get(at) else { return };
    let slice = token.text(text);
    let whole = Span::new(file, token.start, token.end);
    match slice.chars().next() {
        Some(quote @ ('"' | '`')) => {
            let length = slice.trim_end().len();
            let shown = Span { end: token.start + u32::try_from(length).unwrap_or(0), ..whole };
            problems.push(problem::unclosed_text(shown, quote));
        }
        Some('#') => {
            problems.push(habits::comment(whole, slice, line_comment(slice)));
            odd_characters(whole, slice, problems);
        }
        Some('/') => {
            problems.push(habits::comment(whole, slice, block_comment(slice, rest_of_line(text, token))));
            odd_characters(whole, slice, problems);
        }
        Some('\'') if slice.len() > 1 => {
            let double = (is_quoted(slice) && !slice.chars().any(|c| is_control(c) || is_line_end(c)))
                .then(|| format!("\"{}\"", slice.get(1..slice.len() - 1).unwrap_or("")));
            problems.push(habits::single_quotes(whole, double));
            odd_characters(whole, slice, problems);
        }
        _ => run(file, text, tokens, at, problems),
    }
}

/// The same comment in our language.
fn line_comment(slice: &str) -> Option<String> {
    let said = slice.trim_start_matches('#').trim();
    (!slice.chars().any(|c| is_line_end(c) || is_control(c)))
        .then(|| format!("// {said}").trim_end().to_owned())
}

/// The lines of a block comment, each as a comment. Nothing where something else follows on its last line, or where it
/// does not end.
fn block_comment(slice: &str, rest: &str) -> Option<String> {
    let inner = slice.strip_prefix("/*")?.strip_suffix("*/").filter(|_| rest.trim().is_empty())?;
    if inner.replace("\r\n", "\n").chars().any(|c| c != '\n' && (is_line_end(c) || is_control(c))) {
        return None;
    }
    let lines: Vec<&str> = inner.lines().collect();
    let mut comment = String::new();
    for (at, line) in lines.iter().enumerate() {
        let said = line.trim().trim_start_matches('*').trim();
        let is_edge = at == 0 || at + 1 == lines.len();
        if said.is_empty() && is_edge && lines.len() > 1 {
            continue;
        }
        if !comment.is_empty() {
            let indent = line.len() - line.trim_start().len();
            comment.push('\n');
            comment.push_str(line.get(..indent).unwrap_or(""));
        }
        comment.push_str(format!("// {said}").trim_end());
    }
    Some(comment)
}

fn rest_of_line(text: &str, token: Token) -> &str {
    text.get(token.end as usize..).and_then(|rest| rest.split('\n').next()).unwrap_or("")
}

/// What shows lines that are none, inside of something that is a mistake as a whole. Characters that nobody sees are looked
/// for in the whole file.
fn odd_characters(whole: Span, slice: &str, problems: &mut Vec<Diagnostic>) {
    let bytes = slice.as_bytes();
    for (at, c) in slice.char_indices() {
        let ends_line = c == '\r' && bytes.get(at + 1) == Some(&b'\n');
        if is_line_end(c) && !ends_line {
            problems.push(problem::line_end(part(whole, at, c.len_utf8()), c));
        }
    }
}

fn part(whole: Span, at: usize, length: usize) -> Span {
    let start = whole.start.saturating_add(u32::try_from(at).unwrap_or(0));
    Span { start, end: start.saturating_add(u32::try_from(length).unwrap_or(0)), ..whole }
}

/// A run of characters that begin nothing.
fn run(file: FileId, text: &str, tokens: &[Token], at: usize, problems: &mut Vec<Diagnostic>) {
    let Some(&token) = tokens.get(at) else { return };
    let slice = token.text(text);
    let whole = Span::new(file, token.start, token.end);
    let mut unknown: Option<usize> = None;
    let mut from = 0;
    while let Some(c) = slice.get(from..).and_then(|rest| rest.chars().next()) {
        let rest = slice.get(from..).unwrap_or("");
        let mut length = c.len_utf8();
        let found = if c == '\u{feff}' && whole.start == 0 && from == 0 {
            Some(Some(problem::byte_order_mark(part(whole, 0, length))))
        } else if is_line_end(c) {
            Some(Some(problem::line_end(part(whole, from, length), c)))
        } else if is_hidden(c) {
            // Reported with those that stand inside of names and text.
            Some(None)
        } else if c == '!' {
            let is_last = from + length == slice.len();
            Some(Some(habits::exclamation_mark(
                part(whole, from, length),
                is_last && negates_all(text, tokens, at),
            )))
        } else if let Some(known) = habits::OPERATORS.iter().find(|known| rest.starts_with(known.0)) {
            length = known.0.len();
            Some(Some(habits::operator(part(whole, from, length), known)))
        } else {
            None
        };
        match found {
            None => {
                unknown.get_or_insert(from);
            }
            Some(found) => {
                flush(whole, slice, unknown.take(), from, problems);
                problems.extend(found);
            }
        }
        from += length;
    }
    flush(whole, slice, unknown, from, problems);
}

/// Reports the characters from `unknown` to `end`.
fn flush(whole: Span, slice: &str, unknown: Option<usize>, end: usize, problems: &mut Vec<Diagnostic>) {
    if let Some(start) = unknown {
        let text = slice.get(start..end).unwrap_or("");
        problems.push(problem::unknown_character(part(whole, start, end - start), text));
    }
}

/// Whether `!` and `not` mean the same before what follows: `!` binds tighter than comparisons, `not` does not.
fn negates_all(text: &str, tokens: &[Token], at: usize) -> bool {
    let mut depth = 0_usize;
    let mut member = true;
    for token in tokens.get(at + 1..).unwrap_or_default() {
        match token.kind {
            Kind::Blank => {}
            kind if kind.opens() => depth += 1,
            kind if kind.closes() && depth > 0 => {
                depth -= 1;
                member = false;
            }
            _ if depth > 0 => {}
            Kind::Dot => member = true,
            Kind::Word if member => member = false,
            Kind::Word => return !matches!(token.text(text), "in" | "is" | "matches"),
            Kind::Newline | Kind::Comment | Kind::Semicolon | Kind::Comma | Kind::Error => return !member,
            kind => return kind.closes() && !member,
        }
    }
    depth == 0 && !member
}

#[cfg(test)]
mod tests {
    use super::{block_comment, negates_all};
    use agentpass_grammar::{Kind, lex};

    #[test]
    fn a_negation_of_a_part_is_told_from_one_of_the_whole() {
        let whole = |text: &str| {
            let tokens = lex(text);
            negates_all(text, &tokens, tokens.iter().position(|token| token.kind == Kind::Error).unwrap_or(0))
        };
        assert!(whole("!a") && whole("!a.b and c == d") && whole("!(a == b) because") && whole("f(!a)"));
        assert!(whole("! count(a)\n== b"), "the line ends there");
        assert!(
            !whole("!a == b") && !whole("!(a) == b") && !whole("!a in b") && !whole("!") && !whole("!(a")
        );
    }

    #[test]
    fn a_block_comment_becomes_lines() {
        assert_eq!(block_comment("/* a */", " ").as_deref(), Some("// a"));
        assert_eq!(block_comment("/*\n * a\n *\n * b\n */", "").as_deref(), Some("// a\n //\n // b"));
        assert_eq!(block_comment("/* a */", " x"), None);
        assert_eq!(block_comment("/* a", ""), None);
        assert_eq!(block_comment("/* a\rb */", ""), None);
    }
}
