//! What all printing files share: a cursor over the tokens of the file.
//!
//! The tree says how things belong together; every character that is printed comes from a token, in the order of the
//! tokens. So nothing can be lost or spelled anew, and a comment is met exactly where it stands.

use agentpass_grammar::words::CONTINUING_WORDS;
use agentpass_grammar::{Kind, Layout, Span, Token};

use super::doc::{Doc, Part, concat, nil};

/// Prints the tokens of one file.
pub(super) struct Printer<'t> {
    text: &'t str,
    layout: &'t Layout,
    /// The next token.
    at: usize,
    /// How many blocks are open.
    pub(super) depth: usize,
    /// True once the parts of a rule's tail were put in order.
    pub(super) reordered: bool,
    /// True once the grammar read several tokens as one.
    pub(super) confused: bool,
    /// True between the halves of a `>=` that closes a type and begins its default: `money<USD>=$5`.
    half: bool,
}

/// What stands between two tokens.
pub(super) struct Gap<'t> {
    /// Comments, and a blank line where one was.
    pub(super) doc: Doc<'t>,
    /// There is a comment.
    pub(super) comment: bool,
    /// There is a comment on a line of its own, or a blank line.
    pub(super) divides: bool,
    /// There is a blank line right before the token.
    pub(super) blank: bool,
}

/// Where a gap is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Inside something that is read as one line.
    Inside,
    /// Before the first of several lines.
    First,
    /// Before another of them.
    Next,
    /// After the last of them.
    End,
}

/// Whether the inside of brackets is set apart from them: `{ a: 1 }`, but `[1]` and `{get_*}`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spaced {
    Yes,
    No,
}

impl<'t> Printer<'t> {
    pub(super) fn new(text: &'t str, layout: &'t Layout) -> Self {
        Self { text, layout, at: 0, depth: 0, reordered: false, confused: false, half: false }
    }

    /// The next token that is neither trivia nor `;`.
    fn peek_from(&self, from: usize) -> Option<(usize, Token)> {
        let rest = self.layout.tokens.get(from..).unwrap_or_default();
        let skipped = rest.iter().take_while(|t| t.kind.is_trivia() || t.kind == Kind::Semicolon).count();
        rest.get(skipped).map(|token| (from + skipped, *token))
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.peek_from(self.at).map(|(_, token)| token)
    }

    pub(super) fn peek_text(&self) -> &'t str {
        self.peek().map_or("", |token| token.text(self.text))
    }

    /// True if the next token is this.
    pub(super) fn sees(&self, text: &str) -> bool {
        self.peek_text() == text
    }

    /// True if this is the next token and a line or clause ends before it.
    pub(super) fn separated(&self) -> bool {
        let Some((next, _)) = self.peek_from(self.at) else { return true };
        self.layout.separates.get(self.at..next).unwrap_or_default().contains(&true)
    }

    /// Goes to the token with this index, without printing what is passed over.
    pub(super) fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The next token, with the comments before it.
    pub(super) fn tok(&mut self) -> Doc<'t> {
        let gap = self.gap(Place::Inside);
        let text = self.bare();
        if gap.comment { concat([gap.doc.indent(), Doc::Text(text)]) } else { Doc::Text(text) }
    }

    /// The next token's text; comments before it must have been printed.
    pub(super) fn bare(&mut self) -> &'t str {
        if std::mem::take(&mut self.half) {
            return "=";
        }
        match self.peek_from(self.at) {
            Some((at, token)) => {
                self.at = at + 1;
                token.text(self.text)
            }
            None => "",
        }
    }

    /// The literal at this place. In text that is nearly broken the grammar may see one where the lexer sees several
    /// tokens (`[/` and, on the next line, `x/]`); the item is then better left alone.
    pub(super) fn literal(&mut self, span: Span) -> Doc<'t> {
        self.confused |= self.peek().is_some_and(|token| token.end != span.end);
        self.tok()
    }

    /// The `>` of a type.
    pub(super) fn close_angle(&mut self) -> Doc<'t> {
        if self.sees(">=") {
            self.bare();
            self.half = true;
            return Doc::Text(">");
        }
        self.confused |= !self.sees(">");
        self.tok()
    }

    /// True where the cursor stands at this token, give or take what is not printed.
    pub(super) fn is_at(&self, at: usize) -> bool {
        let significant = |from: usize| self.peek_from(from).map(|(at, _)| at);
        !self.half && significant(self.at) == significant(at)
    }

    /// The next token and a blank.
    pub(super) fn word(&mut self) -> Doc<'t> {
        concat([self.tok(), Doc::Space(1)])
    }

    /// So many tokens, with a blank between them.
    pub(super) fn words(&mut self, count: usize) -> Doc<'t> {
        let mut docs = Vec::new();
        for at in 0..count {
            if at > 0 {
                docs.push(Doc::Space(1));
            }
            docs.push(self.tok());
        }
        Doc::Concat(docs)
    }

    /// Words joined by dots.
    pub(super) fn dotted(&mut self) -> Doc<'t> {
        let mut docs = vec![self.tok()];
        while self.sees(".") {
            docs.push(self.tok());
            docs.push(self.tok());
        }
        Doc::Concat(docs)
    }

    /// Before one of several lines: the caller has ended the line before.
    pub(super) fn gap_line(&mut self, first: bool) -> Gap<'t> {
        self.gap(if first { Place::First } else { Place::Next })
    }

    /// After the last of several lines.
    pub(super) fn gap_end(&mut self) -> Gap<'t> {
        self.gap(Place::End)
    }

    fn gap(&mut self, place: Place) -> Gap<'t> {
        let mut docs = Vec::new();
        let (mut comment, mut divides, mut documents) = (false, false, false);
        let mut newlines = usize::from(self.at == 0);
        let mut may_blank = place == Place::Next || place == Place::End;
        while let Some(token) = self.layout.tokens.get(self.at) {
            match token.kind {
                Kind::Newline => newlines += 1,
                // Between items, a `;` parts documentation from what follows: it belongs to nothing then.
                Kind::Semicolon if documents && self.depth == 0 => {
                    docs.push(Doc::Own(";"));
                    (documents, divides, newlines) = (false, true, 0);
                }
                Kind::Blank | Kind::Semicolon => {}
                kind if kind.is_comment() => {
                    documents |= kind == Kind::Doc;
                    let text = token.text(self.text).trim_end_matches([' ', '\t', '\r']);
                    comment = true;
                    if newlines == 0 {
                        docs.push(Doc::Trailing(text));
                    } else {
                        if newlines > 1 && may_blank {
                            docs.push(Doc::Blank);
                        }
                        docs.push(Doc::Own(text));
                        divides = true;
                        may_blank = place != Place::Inside;
                    }
                    newlines = 0;
                }
                _ => break,
            }
            self.at += 1;
        }
        let blank = newlines > 1 && may_blank && place != Place::End;
        if blank {
            docs.push(Doc::Blank);
        }
        Gap { doc: Doc::Concat(docs), comment, divides: divides || blank, blank }
    }

    /// `[ … ]`, `( … )` or `{ … }` with commas between the elements. `each` prints the next element; it is called until
    /// the closing bracket is reached.
    pub(super) fn list(&mut self, spaced: Spaced, mut each: impl FnMut(&mut Self) -> Doc<'t>) -> Doc<'t> {
        let open = self.tok();
        let mut parts = Vec::new();
        let mut gaps = Vec::new();
        let mut comments = false;
        while let Some(token) = self.peek().filter(|token| !token.kind.closes()) {
            let start = token.start;
            let gap = self.gap_line(parts.is_empty());
            let doc = each(self);
            let comma = if self.sees(",") { self.comma() } else { nil() };
            comments |= gap.comment || doc.flat_width().is_none() || comma.flat_width().is_none();
            parts.push(Part { blank: gap.blank, doc });
            gaps.push((gap, comma));
            if self.peek().is_some_and(|token| token.start == start) {
                break;
            }
        }
        let end = self.gap_end();
        let close = Doc::Text(self.bare());
        if parts.is_empty() && !end.comment {
            return concat([open, close]);
        }
        if comments || end.comment {
            let mut lines = Vec::new();
            for (part, (gap, comma)) in parts.into_iter().zip(gaps) {
                lines.extend([Doc::Hard, gap.doc, part.doc, Doc::Text(","), comma]);
            }
            lines.extend([Doc::Hard, end.doc]);
            return concat([open, Doc::Concat(lines).indent(), Doc::Hard, close]);
        }
        let line = || if spaced == Spaced::Yes { Doc::Line } else { Doc::Soft };
        let last = parts.len().saturating_sub(1);
        for (at, part) in parts.iter_mut().enumerate() {
            if at < last {
                let doc = std::mem::replace(&mut part.doc, nil());
                part.doc = concat([doc, Doc::Text(",")]);
            }
        }
        concat([open, concat([line(), Doc::Fill(parts)]).indent(), Doc::IfBroken(","), line(), close]).group()
    }

    /// Passes over a comma; what is left of it are the comments before it, which stand after it then.
    fn comma(&mut self) -> Doc<'t> {
        let gap = self.gap(Place::Inside);
        self.bare();
        gap.doc
    }

    /// Elements with commas between them and no brackets around them. A comma too many at the end is dropped.
    pub(super) fn joined(&mut self, mut each: impl FnMut(&mut Self) -> Doc<'t>) -> Doc<'t> {
        let mut parts = vec![Part { blank: false, doc: each(self) }];
        while self.sees(",") {
            let comments = self.comma();
            if self.separated() || self.peek().is_none_or(|token| token.kind.closes()) {
                if let Some(last) = parts.last_mut() {
                    let doc = std::mem::replace(&mut last.doc, nil());
                    last.doc = concat([doc, comments]);
                }
                break;
            }
            if let Some(last) = parts.last_mut() {
                let doc = std::mem::replace(&mut last.doc, nil());
                last.doc = concat([doc, Doc::Text(","), comments]);
            }
            let doc = each(self);
            parts.push(Part { blank: false, doc });
        }
        Doc::Fill(parts).indent()
    }

    /// A tool pattern: its parts are glued, and so are the braces of its choices. `end` is where it ends, because the
    /// brace of a block may be glued to it.
    pub(super) fn pattern(&mut self, end: u32) -> Doc<'t> {
        let mut docs = Vec::new();
        loop {
            docs.push(if self.sees("{") { self.list(Spaced::No, |p| p.pattern(end)) } else { self.tok() });
            let next = self.layout.tokens.get(self.at).filter(|token| token.start < end);
            let glued = next.is_some_and(|token| {
                matches!(
                    token.kind,
                    Kind::Word | Kind::Number | Kind::Star | Kind::Dot | Kind::String | Kind::OpenBrace
                )
            });
            if !glued {
                return Doc::Concat(docs);
            }
        }
    }

    /// `;` where the line that follows would otherwise continue this one.
    pub(super) fn guard_line(&self) -> Doc<'t> {
        let Some(token) = self.peek() else { return nil() };
        let text = token.text(self.text);
        if token.kind == Kind::Word && CONTINUING_WORDS.contains(&text) { Doc::Text(";") } else { nil() }
    }

    /// `;` where there is one before the next token. What cannot be read may end or begin with anything, so that a line
    /// end alone would not keep it from its neighbours.
    pub(super) fn kept_semicolon(&self) -> Doc<'t> {
        let next = self.peek_from(self.at).map_or(self.layout.tokens.len(), |(next, _)| next);
        let between = self.layout.tokens.get(self.at..next).unwrap_or_default();
        if between.iter().any(|token| token.kind == Kind::Semicolon) { Doc::Text(";") } else { nil() }
    }

    /// Tokens as they are, one blank where there were some, until `stop` or the end of the clause.
    pub(super) fn raw(&mut self, stop: impl Fn(&str) -> bool) -> Doc<'t> {
        let mut docs: Vec<Doc<'t>> = Vec::new();
        let mut open = 0_usize;
        while let Some((at, token)) = self.peek_from(self.at) {
            let ends = open == 0 && (self.separated() || token.kind.closes() || stop(token.text(self.text)));
            if ends && !docs.is_empty() {
                break;
            }
            if token.kind.opens() {
                open += 1;
            } else if token.kind.closes() {
                open = open.saturating_sub(1);
            }
            if at > self.at && !docs.is_empty() {
                docs.push(Doc::Space(1));
            }
            docs.push(self.tok());
        }
        Doc::Concat(docs)
    }
}
