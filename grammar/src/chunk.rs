//! Cutting a file into items, and a broken item into clauses, before the grammar reads them one by one.
//!
//! A mistake in one item never reaches another: an item ends at a separator at depth 0, or where an item word stands in
//! column 0, whatever came before (semantics 36). `}` never cuts by itself, because `{get_*}` is a pattern.

use std::ops::Range;

use crate::layout::Layout;
use crate::token::{Kind, Token};
use crate::words::ITEM_WORDS;

/// How deep brackets may nest (semantics 36).
pub const MAX_DEPTH: usize = 64;

/// A run of tokens that the grammar reads as one item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    /// Indices of its tokens, from the first to just past the last significant one.
    pub tokens: Range<usize>,
    /// Indices of the `///` comments right before it.
    pub docs: Range<usize>,
}

/// What is wrong with the brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BracketProblem {
    /// Never closed.
    Unclosed(Token),
    /// Closes nothing.
    Stray(Token),
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep(Token),
}

/// A file cut into items.
#[derive(Clone, Debug, Default)]
pub struct Chunks {
    /// The items in order.
    pub items: Vec<Chunk>,
    /// What is wrong with the brackets, in order.
    pub problems: Vec<BracketProblem>,
    /// For each token: the index of the bracket that closes it, where it opens and is closed.
    pub partner: Vec<Option<usize>>,
}

/// Cuts the file.
#[must_use]
pub fn chunk(text: &str, layout: &Layout) -> Chunks {
    let Brackets { partner, problems } = match_brackets(text, &layout.tokens);
    let mut chunks = Chunks { items: Vec::new(), problems, partner };
    let mut first: Option<usize> = None;
    let mut last = 0;
    let mut depth = 0_usize;
    let mut close = |first: &mut Option<usize>, last: usize| {
        if let Some(start) = first.take() {
            chunks.items.push(Chunk { tokens: start..last + 1, docs: docs_before(&layout.tokens, start) });
        }
    };
    for (at, token) in layout.tokens.iter().enumerate() {
        if begins_item(text, &layout.tokens, at) {
            close(&mut first, last);
            depth = 0;
        }
        if layout.separates.get(at) == Some(&true) {
            if depth == 0 {
                close(&mut first, last);
            }
            continue;
        }
        if token.kind.is_trivia() {
            continue;
        }
        first.get_or_insert(at);
        last = at;
        let closed = chunks.partner.get(at).copied().flatten().is_some();
        // An unclosed `(` or `[` does not hide the line ends after it; an unclosed `{` does, until column 0.
        if token.kind.opens() && (closed || token.kind == Kind::OpenBrace) {
            depth += 1;
        } else if token.kind.closes() && closed {
            depth = depth.saturating_sub(1);
        }
    }
    close(&mut first, last);
    chunks
}

/// A block `{ … }` found in a run of tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The tokens before the brace.
    pub head: Range<usize>,
    /// The clauses inside, without their separators; none of them is empty.
    pub clauses: Vec<Range<usize>>,
    /// The opening brace.
    pub open: usize,
    /// The closing brace, where there is one.
    pub close: Option<usize>,
}

/// Finds the block of a broken item or clause and cuts it into clauses, so that the good ones can be kept.
#[must_use]
pub fn block_of(text: &str, layout: &Layout, chunks: &Chunks, tokens: &Range<usize>) -> Option<Block> {
    let open = block_brace(text, &layout.tokens, chunks, tokens)?;
    let partner = chunks.partner.get(open).copied().flatten().filter(|at| tokens.contains(at));
    let end = partner.unwrap_or(tokens.end);
    let mut block = Block { head: tokens.start..open, clauses: Vec::new(), open, close: partner };
    let mut first = None;
    let mut last = open;
    let mut at = open + 1;
    while at < end {
        let Some(token) = layout.tokens.get(at) else { break };
        if layout.separates.get(at) == Some(&true) {
            if let Some(start) = first.take() {
                block.clauses.push(start..last + 1);
            }
        } else if !token.kind.is_trivia() {
            first.get_or_insert(at);
            // Skip over what is closed inside this clause; separators in there are not ours.
            let partner =
                chunks.partner.get(at).copied().flatten().filter(|&to| token.kind.opens() && to < end);
            at = partner.unwrap_or(at);
            last = at;
        }
        at += 1;
    }
    if let Some(start) = first {
        block.clauses.push(start..last + 1);
    }
    Some(block)
}

/// The brace that opens the block: the first at depth 0 that is not part of a tool pattern.
fn block_brace(text: &str, tokens: &[Token], chunks: &Chunks, range: &Range<usize>) -> Option<usize> {
    let has_pattern = matches!(tokens.get(range.start)?.text(text), "on" | "tools");
    let mut at = range.start;
    let mut first_after_word = has_pattern;
    while at < range.end {
        let token = tokens.get(at)?;
        let partner = chunks.partner.get(at).copied().flatten().filter(|&to| to > at && to < range.end);
        if token.kind == Kind::OpenBrace {
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            let glued = before.is_some_and(|before| {
                matches!(before.kind, Kind::Word | Kind::Star | Kind::Dot | Kind::CloseBrace)
            });
            let in_pattern = has_pattern && (first_after_word || glued) && at > range.start;
            if !in_pattern {
                return Some(at);
            }
        }
        if !token.kind.is_trivia() && at > range.start {
            first_after_word = false;
        }
        at = partner.map_or(at + 1, |to| to + 1);
    }
    None
}

struct Brackets {
    partner: Vec<Option<usize>>,
    problems: Vec<BracketProblem>,
}

fn match_brackets(text: &str, tokens: &[Token]) -> Brackets {
    let mut brackets = Brackets { partner: vec![None; tokens.len()], problems: Vec::new() };
    let mut open: Vec<(usize, Token)> = Vec::new();
    let mut too_deep = false;
    for (at, &token) in tokens.iter().enumerate() {
        if begins_item(text, tokens, at) {
            brackets.problems.extend(open.drain(..).map(|(_, token)| BracketProblem::Unclosed(token)));
            too_deep = false;
        }
        if token.kind.opens() {
            open.push((at, token));
            if open.len() > MAX_DEPTH && !too_deep {
                too_deep = true;
                brackets.problems.push(BracketProblem::TooDeep(token));
            }
        } else if token.kind.closes() {
            match open.iter().rposition(|(_, opener)| closes(opener.kind, token.kind)) {
                Some(position) => {
                    let unclosed =
                        open.drain(position + 1..).map(|(_, token)| BracketProblem::Unclosed(token));
                    brackets.problems.extend(unclosed);
                    if let Some((from, _)) = open.pop() {
                        set(&mut brackets.partner, from, at);
                        set(&mut brackets.partner, at, from);
                    }
                }
                None => brackets.problems.push(BracketProblem::Stray(token)),
            }
        }
    }
    brackets.problems.extend(open.drain(..).map(|(_, token)| BracketProblem::Unclosed(token)));
    brackets.problems.sort_by_key(|problem| problem.token().start);
    brackets
}

fn set(partner: &mut [Option<usize>], at: usize, value: usize) {
    if let Some(slot) = partner.get_mut(at) {
        *slot = Some(value);
    }
}

fn closes(open: Kind, close: Kind) -> bool {
    matches!(
        (open, close),
        (Kind::OpenParen, Kind::CloseParen)
            | (Kind::OpenBracket, Kind::CloseBracket)
            | (Kind::OpenBrace, Kind::CloseBrace)
    )
}

impl BracketProblem {
    /// The bracket that is meant.
    #[must_use]
    pub fn token(self) -> Token {
        match self {
            Self::Unclosed(token) | Self::Stray(token) | Self::TooDeep(token) => token,
        }
    }
}

/// An item word in column 0. A field or entry of that name (`limit: int`) does not count.
fn begins_item(text: &str, tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let column_0 =
        at.checked_sub(1).and_then(|before| tokens.get(before)).is_none_or(|t| t.kind == Kind::Newline);
    if token.kind != Kind::Word || !column_0 || !ITEM_WORDS.contains(&token.text(text)) {
        return false;
    }
    let next = tokens.get(at + 1..).unwrap_or_default().iter().find(|token| token.kind != Kind::Blank);
    !next.is_some_and(|next| {
        matches!(
            next.kind,
            Kind::Colon | Kind::Question | Kind::Comma | Kind::CloseParen | Kind::Dot | Kind::Assign
        )
    })
}

/// The run of `///` comments directly before a token, with nothing but blanks and line ends between.
fn docs_before(tokens: &[Token], at: usize) -> Range<usize> {
    let mut start = at;
    let mut first_doc = None;
    while let Some(token) = start.checked_sub(1).and_then(|before| tokens.get(before)) {
        match token.kind {
            Kind::Doc => first_doc = Some(start - 1),
            Kind::Blank | Kind::Newline | Kind::Comment => {}
            _ => break,
        }
        start -= 1;
    }
    first_doc.unwrap_or(at)..at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::layout;
    use crate::token::lex;

    fn items(text: &str) -> Vec<String> {
        let layout = layout(text, lex(text));
        let chunks = chunk(text, &layout);
        let range = |tokens: &Range<usize>| {
            let (first, last) = (layout.tokens[tokens.start], layout.tokens[tokens.end - 1]);
            text[first.start as usize..last.end as usize].split_whitespace().collect::<Vec<_>>().join(" ")
        };
        chunks.items.iter().map(|chunk| range(&chunk.tokens)).collect()
    }

    #[test]
    fn items_end_at_separators() {
        assert_eq!(
            items("edition 2026\nlabel x; label y\ntool a() {\n action read\n}\n"),
            ["edition 2026", "label x", "label y", "tool a() { action read }"]
        );
    }

    #[test]
    fn column_0_begins_an_item_whatever_came_before() {
        assert_eq!(items("tool a( {\n action read\n\ntool b() {}"), ["tool a( { action read", "tool b() {}"]);
        assert_eq!(items("tool a(\nlimit: int,\n) {}"), ["tool a( limit: int, ) {}"]);
    }

    #[test]
    fn a_pattern_brace_cuts_nothing() {
        assert_eq!(
            items("tools {a, b} from \"x\" {\n action read\n}"),
            ["tools {a, b} from \"x\" { action read }"]
        );
    }

    #[test]
    fn brackets_are_matched_across_mistakes() {
        let text = "tool a(x: id {\n require (x\n}\n}\nlabel y";
        let layout = layout(text, lex(text));
        let found: Vec<_> = chunk(text, &layout).problems.iter().map(|p| (p.token().start, *p)).collect();
        assert!(matches!(found[0], (6, BracketProblem::Unclosed(_))));
        assert!(matches!(found[1], (24, BracketProblem::Unclosed(_))));
        assert!(matches!(found[2], (29, BracketProblem::Stray(_))));
    }

    #[test]
    fn a_broken_block_is_cut_into_clauses() {
        let text = "on {a, b} when x {\n deny (\n require y; when z {\n  once\n }\n}";
        let layout = layout(text, lex(text));
        let chunks = chunk(text, &layout);
        let block = block_of(text, &layout, &chunks, &chunks.items[0].tokens).unwrap();
        let clauses: Vec<_> = block.clauses.iter().map(|c| layout.tokens[c.start].text(text)).collect();
        assert_eq!(clauses, ["deny", "when"]);
    }
}
