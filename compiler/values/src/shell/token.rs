//! Tokens: words, operators, line ends; here-documents are fetched at the line end that follows them.

use super::cursor::Cursor;
use super::syntax::{Broken, HereDocument, RawWord};

/// Which shell will read the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// bash.
    Bash,
    /// `sh`, which may be bash or a smaller shell: only what all of them read alike is understood.
    Posix,
}

/// An operator of the grammar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    And,
    Or,
    Pipe,
    PipeBoth,
    Semicolon,
    Ampersand,
    /// `;;`, `;&`, `;;&`
    CaseEnd,
    Open,
    Close,
    Redirect(RedirectOp),
}

/// The operators that redirect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RedirectOp {
    Read,
    Write,
    Append,
    Clobber,
    ReadWrite,
    DuplicateIn,
    DuplicateOut,
    Both,
    BothAppend,
    HereDocument { strip_tabs: bool },
    HereString,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    Word(RawWord),
    /// Digits glued to a redirection.
    Descriptor(u32),
    Op(Op),
    Newline,
    End,
}

/// How deep substitutions, groups and scripts in scripts may nest.
pub(super) const DEPTH_LIMIT: usize = 24;

/// Reads tokens; the grammar in `grammar.rs` is written as methods of the same type, because a word may hold a script.
pub(super) struct Lexer {
    pub(super) cursor: Cursor,
    pub(super) dialect: Dialect,
    pub(super) depth: usize,
    pub(super) ahead: Option<Token>,
    /// Here-documents whose bodies begin at the next line end.
    pub(super) pending: Vec<Pending>,
    pub(super) documents: Vec<HereDocument>,
}

pub(super) struct Pending {
    /// Its place in `documents`.
    pub(super) place: usize,
    pub(super) delimiter: String,
    pub(super) literal: bool,
    pub(super) strip_tabs: bool,
}

impl Lexer {
    pub(super) fn new(text: &str, dialect: Dialect, depth: usize) -> Lexer {
        let cursor = Cursor::new(text);
        Lexer { cursor, dialect, depth, ahead: None, pending: Vec::new(), documents: Vec::new() }
    }

    /// A reader for text inside this text.
    pub(super) fn nested(&self, text: &str) -> Result<Lexer, Broken> {
        if self.depth >= DEPTH_LIMIT {
            return Err(Broken);
        }
        Ok(Lexer::new(text, self.dialect, self.depth + 1))
    }

    /// Runs one level deeper, unless that is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        run: impl FnOnce(&mut Lexer) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        if self.depth >= DEPTH_LIMIT {
            return Err(Broken);
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    /// The next token, left in place.
    pub(super) fn look(&mut self) -> Result<&Token, Broken> {
        let token = match self.ahead.take() {
            Some(token) => token,
            None => self.read()?,
        };
        Ok(self.ahead.insert(token))
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Result<Token, Broken> {
        match self.ahead.take() {
            Some(token) => Ok(token),
            None => self.read(),
        }
    }

    /// Takes the next token if it is this operator.
    pub(super) fn take_op(&mut self, op: Op) -> Result<bool, Broken> {
        let found = *self.look()? == Token::Op(op);
        if found {
            self.ahead = None;
        }
        Ok(found)
    }

    fn read(&mut self) -> Result<Token, Broken> {
        while matches!(self.cursor.peek(), Some(' ' | '\t')) {
            self.cursor.bump();
        }
        let Some(c) = self.cursor.peek() else {
            return if self.pending.is_empty() { Ok(Token::End) } else { Err(Broken) };
        };
        match c {
            '#' => {
                self.cursor.line();
                self.read_line_end()
            }
            '\n' => self.read_line_end(),
            '<' | '>' if self.cursor.second() == Some('(') => self.read_word(),
            '&' | '|' | ';' | '(' | ')' | '<' | '>' => {
                self.cursor.bump();
                self.read_operator(c).map(Token::Op)
            }
            _ => self.read_word(),
        }
    }

    fn read_line_end(&mut self) -> Result<Token, Broken> {
        if self.cursor.bump().is_none() {
            return if self.pending.is_empty() { Ok(Token::End) } else { Err(Broken) };
        }
        for pending in std::mem::take(&mut self.pending) {
            let document = self.here_document(&pending)?;
            if let Some(place) = self.documents.get_mut(pending.place) {
                *place = document;
            }
        }
        Ok(Token::Newline)
    }

    fn read_word(&mut self) -> Result<Token, Broken> {
        let word = self.word()?;
        let redirects = matches!(self.cursor.peek(), Some('<' | '>'));
        if redirects && let Some(text) = word.text.as_deref().filter(|_| !word.quoted) {
            if text.bytes().all(|b| b.is_ascii_digit()) {
                return text.parse().map(Token::Descriptor).map_err(|_| Broken);
            }
            // `{fd}>file` picks a descriptor and assigns it.
            if text.starts_with('{') && text.ends_with('}') {
                return Err(Broken);
            }
        }
        Ok(Token::Word(word))
    }

    fn read_operator(&mut self, first: char) -> Result<Op, Broken> {
        let bash_only = |op| if self.dialect == Dialect::Posix { Err(Broken) } else { Ok(op) };
        match first {
            '&' if self.cursor.eat('&') => Ok(Op::And),
            '&' if self.cursor.eat('>') => {
                let op = if self.cursor.eat('>') { RedirectOp::BothAppend } else { RedirectOp::Both };
                bash_only(Op::Redirect(op))
            }
            '&' => Ok(Op::Ampersand),
            '|' if self.cursor.eat('|') => Ok(Op::Or),
            '|' if self.cursor.eat('&') => bash_only(Op::PipeBoth),
            '|' => Ok(Op::Pipe),
            ';' if self.cursor.eat(';') => {
                self.cursor.eat('&');
                Ok(Op::CaseEnd)
            }
            ';' if self.cursor.eat('&') => Ok(Op::CaseEnd),
            ';' => Ok(Op::Semicolon),
            '(' => Ok(Op::Open),
            ')' => Ok(Op::Close),
            '<' if self.cursor.eat('<') => {
                if self.cursor.eat('<') {
                    return bash_only(Op::Redirect(RedirectOp::HereString));
                }
                let strip_tabs = self.cursor.eat('-');
                Ok(Op::Redirect(RedirectOp::HereDocument { strip_tabs }))
            }
            '<' if self.cursor.eat('&') => Ok(Op::Redirect(RedirectOp::DuplicateIn)),
            '<' if self.cursor.eat('>') => Ok(Op::Redirect(RedirectOp::ReadWrite)),
            '<' => Ok(Op::Redirect(RedirectOp::Read)),
            '>' if self.cursor.eat('>') => Ok(Op::Redirect(RedirectOp::Append)),
            '>' if self.cursor.eat('&') => Ok(Op::Redirect(RedirectOp::DuplicateOut)),
            '>' if self.cursor.eat('|') => Ok(Op::Redirect(RedirectOp::Clobber)),
            '>' => Ok(Op::Redirect(RedirectOp::Write)),
            _ => Err(Broken),
        }
    }

    /// Reads lines up to the delimiter. A missing delimiter or a joined line is more than we promise to read alike.
    fn here_document(&mut self, pending: &Pending) -> Result<HereDocument, Broken> {
        let mut body = String::new();
        loop {
            let line = self.cursor.line();
            let ended = self.cursor.bump().is_none();
            let line = if pending.strip_tabs { line.trim_start_matches('\t') } else { &line };
            if line == pending.delimiter {
                break;
            }
            if ended || (!pending.literal && line.ends_with('\\')) {
                return Err(Broken);
            }
            body.push_str(line);
            body.push('\n');
        }
        if pending.literal {
            return Ok(HereDocument { text: Some(body), inner: Vec::new() });
        }
        self.nested(&body)?.here_text()
    }
}
