//! What is wrong with the characters and brackets of a file, before the grammar looks at it.

use agentpass_grammar::{BracketProblem, Chunks, FileId, Kind, Layout, Span};

use super::strange;
use crate::diagnostics::{Diagnostic, problems::syntax as problem};

/// How many findings of one kind are worth having: a file with more is not a contract.
pub(super) const MOST_PROBLEMS: usize = 1000;

/// All findings about characters and brackets, in source order.
pub(super) fn problems(file: FileId, text: &str, layout: &Layout, chunks: &Chunks) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (at, token) in layout.tokens.iter().enumerate() {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let span = Span::new(file, token.start, token.end);
        match token.kind {
            Kind::Error => strange::token(file, text, &layout.tokens, at, &mut problems),
            Kind::Number if !is_number(token.text(text)) => {
                problems.push(problem::bad_number(span, token.text(text)));
            }
            _ => {}
        }
    }
    hidden_characters(file, text, &mut problems);
    line_ends(file, text, layout, &mut problems);
    let open_texts = problems.iter().filter(|p| p.code == &crate::diagnostics::codes::UNCLOSED_TEXT);
    let last_open_text = open_texts.map(|p| p.span.start).max();
    // Whoever nests without end has not forgotten each bracket by itself.
    let too_deep = chunks.problems.iter().any(|problem| matches!(problem, BracketProblem::TooDeep(_)));
    for &bracket in &chunks.problems {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let token = bracket.token();
        let (span, shown) = (Span::new(file, token.start, token.end), token.text(text));
        let is_brace = matches!(token.kind, Kind::OpenBrace | Kind::CloseBrace);
        if is_brace && is_unindented(layout, chunks, token.start) {
            continue;
        }
        match bracket {
            // An open string swallows the bracket that would have closed: one mistake, one finding.
            BracketProblem::Unclosed(_) if last_open_text.is_some_and(|text| text > span.start) => {}
            BracketProblem::Unclosed(_) if too_deep => {}
            BracketProblem::Unclosed(_) => problems.push(problem::unclosed_bracket(span, shown)),
            BracketProblem::Stray(_) => problems.push(problem::stray_bracket(span, shown)),
            BracketProblem::TooDeep(_) => problems.push(problem::too_deep(span)),
        }
    }
    for block in chunks.unindented.iter().take(MOST_PROBLEMS) {
        let place = |at: usize| layout.tokens.get(at).map(|token| Span::new(file, token.start, token.end));
        let words: Vec<Span> = block.column_0.iter().filter_map(|&at| place(at)).collect();
        if let (Some(open), Some(close)) = (place(block.open), place(block.close)) {
            problems.extend(problem::unindented(text, open, close, &words));
        }
    }
    problems.sort_by_key(|problem| problem.span);
    problems
}

/// Whether a place is in a block whose clauses are not indented, its braces included.
pub(super) fn is_unindented(layout: &Layout, chunks: &Chunks, at: u32) -> bool {
    let start = |index: usize| layout.tokens.get(index).map_or(u32::MAX, |token| token.start);
    let block = chunks.unindented.partition_point(|block| start(block.close) < at);
    chunks.unindented.get(block).is_some_and(|block| start(block.open) <= at)
}

/// Bidirectional controls and other characters without width, wherever they stand: in names, text or comments.
fn hidden_characters(file: FileId, text: &str, problems: &mut Vec<Diagnostic>) {
    if text.is_ascii() {
        return;
    }
    let mut before = None;
    for (at, c) in text.char_indices() {
        if problems.len() >= 2 * MOST_PROBLEMS {
            break;
        }
        let is_stray = is_stray_joiner(before, c);
        before = Some(c);
        if (is_hidden(c) || is_stray) && at > 0 {
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            let end = start + u32::try_from(c.len_utf8()).unwrap_or(1);
            problems.push(problem::hidden_character(Span::new(file, start, end), c));
        }
    }
}

/// Characters that some programs show as line ends, inside comments and text: what follows them would look like code.
/// And controls, which a terminal obeys.
fn line_ends(file: FileId, text: &str, layout: &Layout, problems: &mut Vec<Diagnostic>) {
    for token in layout.tokens.iter().filter(|token| !matches!(token.kind, Kind::Error | Kind::Newline)) {
        if problems.len() >= 3 * MOST_PROBLEMS {
            break;
        }
        let odd = token.text(text).char_indices().filter(|(_, c)| is_line_end(*c) || is_control(*c));
        for (at, c) in odd.take(MOST_PROBLEMS) {
            let start = token.start + u32::try_from(at).unwrap_or(0);
            let end = start + u32::try_from(c.len_utf8()).unwrap_or(1);
            let span = Span::new(file, start, end);
            problems.push(if is_line_end(c) {
                problem::line_end(span, c)
            } else {
                problem::hidden_character(span, c)
            });
        }
    }
}

/// What a terminal obeys instead of showing it: it can hide the rule on the next line.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() && c != '\t'
}

pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Bidirectional controls (UAX 9), what Unicode calls default-ignorable (zero-width characters, joiners, fillers, tags),
/// and a blank that is none: nobody can see them.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A joiner or variation selector without an emoji before it.
fn is_stray_joiner(before: Option<char>, c: char) -> bool {
    let joins = |c| matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    let no_emoji = |c: char| c.is_ascii() || c.is_alphanumeric() || c == '\u{200d}';
    joins(c) && before.is_none_or(no_emoji)
}

/// Whether a number token is one of the forms that the grammar knows.
fn is_number(text: &str) -> bool {
    let all_digits = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
            && !text.ends_with('_')
            && !text.contains("__")
    };
    if text.contains('-') || text.contains(':') {
        return true;
    }
    let amount = text.strip_prefix('$').unwrap_or(text);
    if let Some((whole, fraction)) = amount.split_once('.') {
        return all_digits(whole) && all_digits(fraction);
    }
    all_digits(amount) || (!text.starts_with('$') && is_duration(text))
}

fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = rest.get(digits..).unwrap_or("");
        let unit = ["ms", "s", "m", "h", "d", "w"].into_iter().find(|unit| after.starts_with(unit));
        match unit {
            Some(unit) if digits > 0 => rest = after.get(unit.len()..).unwrap_or(""),
            _ => return false,
        }
    }
    true
}
