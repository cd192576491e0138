//! What was probably meant where the grammar refuses a text.
//!
//! The grammar says at which token it gave up, and what it expected there. The files in this folder look at the tokens
//! around that place for what people write who know other languages; whoever recognises something makes the whole finding.
//! Nothing is recognised by a guess at what an author wants, only by what stands there.

mod declarations;
mod limits;
mod names;
mod rules;
mod signature;
mod tests;

use agentpass_grammar::{FileId, Kind, Rule, Span, Token};

use crate::diagnostics::{Diagnostic, problems};

/// A place where the grammar gave up, and the tokens around it.
pub(super) struct Place<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    /// What was read: an item, a clause, …
    pub(super) start: Rule,
    /// The tokens of what was read, without blanks and comments.
    pub(super) tokens: Vec<Token>,
    /// The tokens of the item before them, and behind them.
    pub(super) before: &'t [Token],
    pub(super) behind: &'t [Token],
    /// The token that was not expected; one past the end at the end.
    pub(super) at: usize,
    /// The line ends before that token.
    pub(super) line_ends: bool,
    /// What was expected, in words.
    pub(super) expected: &'t str,
}

/// The finding, where what stands there is known.
pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    dashed_comment(place)
        .or_else(|| rules::comma_before_line(place))
        .or_else(|| signature::find(place))
        .or_else(|| declarations::find(place))
        .or_else(|| tests::find(place))
        .or_else(|| limits::find(place))
        .or_else(|| rules::find(place))
        .or_else(|| names::find(place))
}

/// `-- note` at the beginning of a line.
fn dashed_comment(place: &Place<'_>) -> Option<Diagnostic> {
    let is_dash = |offset| place.kind(offset) == Some(Kind::Minus);
    let at = if is_dash(0) && is_dash(-1) && place.glued(0) { -1 } else { 0 };
    if !(is_dash(at) && is_dash(at + 1) && place.glued(at + 1)) {
        return None;
    }
    let span = place.join(at, at + 1);
    let begins_line = place.index_of(at) == Some(0)
        || place.slice(Span { start: place.after(at - 1).start, ..span }).contains('\n');
    begins_line.then(|| problems::habits::dashed_comment(span))
}

impl<'t> Place<'t> {
    fn index_of(&self, offset: isize) -> Option<usize> {
        if offset >= 0 && self.line_ends {
            return None;
        }
        self.at.checked_add_signed(offset)
    }

    /// The token that stands `offset` after the unexpected one.
    fn token(&self, offset: isize) -> Option<Token> {
        self.index_of(offset).and_then(|at| self.tokens.get(at)).copied()
    }

    fn kind(&self, offset: isize) -> Option<Kind> {
        self.token(offset).map(|token| token.kind)
    }

    /// Its text; empty where there is none.
    fn word(&self, offset: isize) -> &'t str {
        self.token(offset).map_or("", |token| token.text(self.text))
    }

    fn is_word(&self, offset: isize) -> bool {
        self.kind(offset) == Some(Kind::Word)
    }

    fn span(&self, offset: isize) -> Span {
        self.join(offset, offset)
    }

    /// From one token to another. Where one is missing: the end of what was read.
    fn join(&self, from: isize, to: isize) -> Span {
        let end = self.tokens.last().map_or(0, |token| token.end);
        let start = self.token(from).map_or(end, |token| token.start);
        Span::new(self.file, start, self.token(to).map_or(end, |token| token.end))
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Directly before a token, where the one before it ends.
    fn after(&self, offset: isize) -> Span {
        self.span(offset).at_end()
    }

    /// Whether a token follows the one before it without a blank.
    fn glued(&self, offset: isize) -> bool {
        match (self.token(offset - 1), self.token(offset)) {
            (Some(before), Some(token)) => before.end == token.start,
            _ => false,
        }
    }

    /// The first word of what was read.
    fn verb(&self) -> &'t str {
        self.tokens.first().map_or("", |token| token.text(self.text))
    }

    fn is_first(&self) -> bool {
        self.at == 0
    }

    /// Nothing more stands in this clause.
    fn is_end(&self, offset: isize) -> bool {
        self.kind(offset).is_none_or(|kind| kind == Kind::Semicolon)
    }

    fn expects(&self, what: &str) -> bool {
        self.expected.contains(what)
    }

    /// How far from here the bracket stands that closes the one at `offset`.
    fn closing(&self, offset: isize) -> Option<isize> {
        let mut depth = 0_usize;
        for step in offset.. {
            let kind = self.kind(step)?;
            if kind.opens() {
                depth += 1;
            } else if kind.closes() {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(step);
                }
            }
        }
        None
    }

    /// How far back the bracket is that encloses the place.
    fn opening(&self) -> Option<isize> {
        let mut depth = 0_usize;
        for step in 1.. {
            let kind = self.kind(-step)?;
            if kind.closes() {
                depth += 1;
            } else if kind.opens() {
                if depth == 0 {
                    return Some(-step);
                }
                depth -= 1;
            }
        }
        None
    }
}

/// Text that could stand without its quotes.
fn plain_word(quoted: &str) -> Option<&str> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut characters = inner.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    (begins && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(inner)
}
