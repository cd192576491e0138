//! Cutting a file into items, and a broken item into clauses, before the grammar reads them one by one.
//!
//! A mistake in one item never reaches another: an item ends at a separator at depth 0, or where an item word stands in
//! column 0, whatever came before (semantics 36). `}` never cuts by itself, because `{get_*}` is a pattern.

use std::ops::Range;

use crate::layout::Layout;
use crate::token::{Kind, Token};
use crate::words::{ITEM_WORDS, UNINDENTED_CLAUSES, UNINDENTED_STEPS};

/// How deep an item may nest (semantics 36). Everything counts that goes one level down in the grammar or in the tree:
/// brackets, `each` and `some`, `list<`, and runs of `not` and `-`.
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
    /// Nested deeper than [`MAX_DEPTH`]; the token is the first that is, and may be a prefix operator or a word. Its
    /// item is not among the chunks.
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
    /// Blocks whose clauses stand in column 0, and so were cut off as items.
    pub unindented: Vec<Unindented>,
}

/// A block that would be in order if all of its clauses were indented.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unindented {
    /// The index of the `{` that opens the block.
    pub open: usize,
    /// The index of the `}` that would close it.
    pub close: usize,
    /// The indices of the tokens in column 0 inside of it, from the first that begins an item.
    pub column_0: Vec<usize>,
}

/// Cuts the file.
#[must_use]
pub fn chunk(text: &str, layout: &Layout) -> Chunks {
    let Brackets { partner, problems, unindented } = match_brackets(text, layout);
    let mut chunks = Chunks { items: Vec::new(), problems, partner, unindented };
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
    drop_too_deep(&mut chunks, &layout.tokens);
    chunks
}

/// Nobody reads an item that nests too deeply: neither the grammar nor a walk over a tree of it would need to end
/// well. Its problem says why it is missing.
fn drop_too_deep(chunks: &mut Chunks, tokens: &[Token]) {
    let deep = |problem: &BracketProblem| matches!(problem, BracketProblem::TooDeep(_));
    let mut places = chunks
        .problems
        .iter()
        .filter(|problem| deep(problem))
        .map(|problem| problem.token().start)
        .peekable();
    // Both run through the file from its start, so one walk is enough.
    chunks.items.retain(|item| {
        let end = item.tokens.end.checked_sub(1).and_then(|last| tokens.get(last)).map_or(0, |last| last.end);
        let mut is_deep = false;
        while places.next_if(|&place| place < end).is_some() {
            is_deep = true;
        }
        !is_deep
    });
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
    unindented: Vec<Unindented>,
}

/// The braces as they match if clauses in column 0 begin no items: for each opening one, the one that closes it.
///
/// Words that begin no clause are where an item begins all the same, and no brace before one matches one behind it.
fn loose_partners(text: &str, tokens: &[Token]) -> Vec<Option<usize>> {
    let mut partners = vec![None; tokens.len()];
    // With each brace, whether it is a test's: there other words begin a line.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut in_test = false;
    for (at, token) in tokens.iter().enumerate() {
        if begins_item(text, tokens, at) {
            let word = token.text(text);
            let is_step = open.first().is_some_and(|(_, is_test)| *is_test);
            let words = if is_step { UNINDENTED_STEPS } else { UNINDENTED_CLAUSES };
            if !words.contains(&word) || word == "challenge" && declares(tokens, at) {
                open.clear();
            }
            if open.is_empty() {
                in_test = word == "test";
            }
        }
        match token.kind {
            Kind::OpenBrace => open.push((at, in_test)),
            Kind::CloseBrace => {
                if let Some((opener, _)) = open.pop() {
                    set(&mut partners, opener, at);
                }
            }
            _ => {}
        }
    }
    partners
}

/// `challenge NAME {` declares one, it is no clause.
fn declares(tokens: &[Token], at: usize) -> bool {
    let mut next = tokens.get(at + 1..).unwrap_or_default().iter().filter(|token| token.kind != Kind::Blank);
    next.next().is_some_and(|token| token.kind == Kind::Word)
        && next.next().is_some_and(|token| token.kind == Kind::OpenBrace)
}

/// The block that was open when an item began in column 0, if clauses that are not indented explain it.
fn unindented(tokens: &[Token], loose: &[Option<usize>], open: usize, at: usize) -> Option<Unindented> {
    let close = loose.get(open).copied().flatten().filter(|&close| close > at)?;
    let begins_line = |&here: &usize| {
        let is_told = tokens.get(here).is_some_and(|token| !token.kind.is_trivia());
        is_told
            && here
                .checked_sub(1)
                .and_then(|before| tokens.get(before))
                .is_some_and(|t| t.kind == Kind::Newline)
    };
    Some(Unindented { open, close, column_0: (at..close).filter(begins_line).collect() })
}

fn match_brackets(text: &str, layout: &Layout) -> Brackets {
    let tokens = &layout.tokens;
    let mut brackets =
        Brackets { partner: vec![None; tokens.len()], problems: Vec::new(), unindented: Vec::new() };
    let mut loose: Option<Vec<Option<usize>>> = None;
    let mut open: Vec<Open> = Vec::new();
    // How many of each kind are open: so that a stray bracket is known without a search.
    let mut counts = [0_usize; 3];
    let mut nesting = Nesting::default();
    let mut too_deep = false;
    for (at, &token) in tokens.iter().enumerate() {
        let separates = layout.separates.get(at) == Some(&true);
        if begins_item(text, tokens, at) {
            let is_explained = brackets.unindented.last().is_some_and(|block| at < block.close);
            if let Some(outermost) = open.first()
                && !is_explained
                && open.iter().all(|open| open.token.kind == Kind::OpenBrace)
            {
                let loose = loose.get_or_insert_with(|| loose_partners(text, tokens));
                brackets.unindented.extend(unindented(tokens, loose, outermost.at, at));
            }
            brackets.problems.extend(open.drain(..).map(|open| BracketProblem::Unclosed(open.token)));
            counts = [0; 3];
            nesting = Nesting::default();
            too_deep = false;
        } else if separates && open.is_empty() {
            too_deep = false;
        }
        if token.kind.is_trivia() && !separates {
            continue;
        }
        if token.kind.opens() {
            open.push(Open { at, token, outside: nesting });
            counts[shape(token.kind)] += 1;
            nesting = nesting.inside_bracket();
        } else if token.kind.closes() {
            if counts[shape(token.kind)] == 0 {
                brackets.problems.push(BracketProblem::Stray(token));
                continue;
            }
            // Whatever was opened since, and of another shape, was never closed.
            while let Some(opener) = open.pop() {
                counts[shape(opener.token.kind)] -= 1;
                nesting = opener.outside.after_operand();
                if shape(opener.token.kind) == shape(token.kind) {
                    set(&mut brackets.partner, opener.at, at);
                    set(&mut brackets.partner, at, opener.at);
                    break;
                }
                brackets.problems.push(BracketProblem::Unclosed(opener.token));
            }
        } else {
            nesting = if separates { nesting.after_comma() } else { nesting.after(token, text, tokens, at) };
        }
        if nesting.depth() > MAX_DEPTH && !too_deep {
            too_deep = true;
            brackets.problems.push(BracketProblem::TooDeep(token));
        }
    }
    brackets.problems.extend(open.drain(..).map(|open| BracketProblem::Unclosed(open.token)));
    brackets.problems.sort_by_key(|problem| problem.token().start);
    brackets
}

/// A bracket that has been opened, and how deep it stands.
struct Open {
    at: usize,
    token: Token,
    outside: Nesting,
}

/// How deep a token stands, counting everything for which the grammar or the tree goes one level down: brackets,
/// but also `each` and `some`, `list<`, and prefix operators, which nest without any bracket being open.
#[derive(Clone, Copy, Default)]
struct Nesting {
    /// The enclosing brackets, with all that nests around them.
    brackets: usize,
    /// `each`, `some` and `list<` since the last comma or separator: each encloses all that follows.
    open_ended: usize,
    /// `not` and `-` directly before this place.
    prefixes: usize,
}

impl Nesting {
    fn depth(self) -> usize {
        self.brackets + self.open_ended + self.prefixes
    }

    fn inside_bracket(self) -> Self {
        Self { brackets: self.depth() + 1, ..Self::default() }
    }

    fn after_comma(self) -> Self {
        Self { brackets: self.brackets, ..Self::default() }
    }

    fn after_operand(self) -> Self {
        Self { prefixes: 0, ..self }
    }

    /// What encloses all that follows swallows the prefixes before it.
    fn after_open_ended(self) -> Self {
        Self { brackets: self.brackets, open_ended: self.open_ended + self.prefixes + 1, prefixes: 0 }
    }

    fn after(self, token: Token, text: &str, tokens: &[Token], at: usize) -> Self {
        let before =
            tokens.get(..at).unwrap_or_default().iter().rev().find(|token| token.kind != Kind::Blank);
        let is_member = before.is_some_and(|before| before.kind == Kind::Dot);
        let word = if token.kind == Kind::Word && !is_member { token.text(text) } else { "" };
        match token.kind {
            Kind::Comma => self.after_comma(),
            Kind::Minus => Self { prefixes: self.prefixes + 1, ..self },
            Kind::Word if word == "not" => Self { prefixes: self.prefixes + 1, ..self },
            Kind::Word if matches!(word, "each" | "some") => self.after_open_ended(),
            Kind::Less if before.is_some_and(|before| before.text(text) == "list") => self.after_open_ended(),
            _ => self.after_operand(),
        }
    }
}

/// Round, square or curly.
fn shape(kind: Kind) -> usize {
    match kind {
        Kind::OpenParen | Kind::CloseParen => 0,
        Kind::OpenBracket | Kind::CloseBracket => 1,
        _ => 2,
    }
}

fn set(partner: &mut [Option<usize>], at: usize, value: usize) {
    if let Some(slot) = partner.get_mut(at) {
        *slot = Some(value);
    }
}

impl BracketProblem {
    /// The bracket (or other token) that is meant.
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

    /// Each block with what stands in column 0 inside.
    fn unindented_in(text: &str) -> Vec<String> {
        let layout = layout(text, lex(text));
        let blocks = chunk(text, &layout).unindented;
        let words = |block: &Unindented| -> Vec<&str> {
            block.column_0.iter().map(|&at| layout.tokens[at].text(text)).collect()
        };
        blocks.iter().map(|block| words(block).join(" ")).collect()
    }

    #[test]
    fn clauses_in_column_0_are_told_from_a_missing_brace() {
        assert_eq!(unindented_in("tool a() {\naction read\nrequire x\nuses tokens 5\n}\n"), ["require uses"]);
        assert_eq!(unindented_in("tool a() {\n when x {\ndeny\n }\nlimit l {\n}\n}\ndeny"), ["deny limit }"]);
        assert_eq!(unindented_in("test \"x\" {\njob \"a\"\n}\nflow a -> b {\ndeny\n}"), ["job", "deny"]);
        // The brace is missing: nothing closes it.
        for text in [
            "tool a() {\n action read\n\ndeny when x\n",
            "tool a() {\n action read\n\nlimit l {\n}\n",
            "tool a() {\n action read\n\ntool b() {}\n}",
            "tool a() {\n action read\n\nchallenge m {\n ask user\n}\n}",
            "tool a() {\n require (\ndeny\n}",
        ] {
            assert!(unindented_in(text).is_empty(), "{text}");
        }
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
