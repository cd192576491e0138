//! Programs that the grammar accepts, in any layout.
//!
//! A program is written from a *tape*: a row of bytes from which every decision is taken in turn. Where the tape has
//! ended, the first and simplest choice is taken, so a shorter tape means a smaller program. That is how proptest
//! shrinks a program (it shrinks the tape), and how a fuzzer makes programs (its input is a tape).
//!
//! The programs are syntax only: names are not declared and types do not fit.
//!
//! 1. [`items`], [`clauses`], [`steps`] and [`exprs`] follow the rules of `grammar/agentpass.pest` by name and say which texts
//!    follow each other, and where a separator must or may stand.
//! 2. [`render`] puts blanks, line ends and comments between them, by the rules of the language's layout.

mod clauses;
mod exprs;
mod items;
mod pools;
mod render;
mod steps;

use proptest::prelude::*;

use crate::tape::Tape;

/// A valid program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// Its text.
    pub text: String,
    /// How many items it has.
    pub items: usize,
}

/// Writes the program that a tape stands for.
#[must_use]
pub fn program(tape: &[u8]) -> Program {
    // Two tapes in one, so that the layout has choices left when the structure has used up its own.
    let mut writer = Writer::new(tape.iter().copied().step_by(2).collect());
    let count = items::file(&mut writer);
    let layout = Tape::new(tape.iter().copied().skip(1).step_by(2).collect());
    Program { text: render::render(&writer.pieces, layout), items: count }
}

/// Programs for proptest, up to some hundred lines long.
pub fn programs() -> impl Strategy<Value = Program> {
    proptest::collection::vec(any::<u8>(), 0..1500).prop_map(|tape| program(&tape))
}

/// What follows what in a program, before its layout.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    /// A text that is never broken.
    Text(String),
    /// Nothing may stand between the texts around it.
    Glue,
    /// The line may be broken here; the next or the last text sees to it that it continues.
    Break,
    /// A separator stands here.
    Separator,
    /// A separator may stand here.
    MaybeSeparator,
    /// An item begins here.
    Item,
}

/// Collects the pieces of a program.
struct Writer {
    tape: Tape,
    pieces: Vec<Piece>,
}

impl Writer {
    fn new(bytes: Vec<u8>) -> Self {
        Self { tape: Tape::new(bytes), pieces: Vec::new() }
    }

    fn pick(&mut self, count: usize) -> usize {
        self.tape.pick(count)
    }

    /// An even choice.
    fn maybe(&mut self) -> bool {
        self.tape.once_in(2)
    }

    /// A text. Around those that ask for more, the line may be broken.
    fn put(&mut self, text: &str) {
        if matches!(text, ")" | "]" | "->" | "|") {
            self.pieces.push(Piece::Break);
        }
        self.pieces.push(Piece::Text(text.to_owned()));
        if matches!(text, "(" | "[" | "," | "=" | ":") {
            self.pieces.push(Piece::Break);
        }
    }

    /// Several texts in a row.
    fn puts(&mut self, texts: &[&str]) {
        for text in texts {
            self.put(text);
        }
    }

    /// One of the texts.
    fn put_one_of(&mut self, texts: &[&'static str]) {
        let text = self.tape.one_of(texts);
        self.put(text);
    }

    /// An infix operator: the line may be broken before and after it.
    fn operator(&mut self, text: &str) {
        self.pieces.push(Piece::Break);
        self.put(text);
        self.pieces.push(Piece::Break);
    }

    /// A word with which a line may begin that continues the one before.
    fn continuing(&mut self, word: &str) {
        self.pieces.push(Piece::Break);
        self.put(word);
    }

    /// A text that stands directly behind the one before.
    fn glued(&mut self, text: &str) {
        self.pieces.push(Piece::Glue);
        self.pieces.push(Piece::Text(text.to_owned()));
    }

    /// One or more, with commas between.
    fn commas(&mut self, most: usize, mut element: impl FnMut(&mut Self)) {
        let count = 1 + self.pick(most);
        for at in 0..count {
            if at > 0 {
                self.put(",");
            }
            element(self);
        }
    }

    /// None or more, with commas between and perhaps one at the end.
    fn commas_or_none(&mut self, most: usize, element: impl FnMut(&mut Self)) {
        if self.maybe() {
            self.commas(most, element);
            if self.tape.once_in(4) {
                self.put(",");
            }
        }
    }

    /// A block of clauses, steps or bounds.
    fn block(&mut self, most: usize, mut clause: impl FnMut(&mut Self)) {
        self.put("{");
        self.pieces.push(Piece::MaybeSeparator);
        let count = self.pick(most + 1);
        for at in 0..count {
            if at > 0 {
                self.pieces.push(Piece::Separator);
            }
            clause(self);
        }
        self.pieces.push(Piece::MaybeSeparator);
        self.put("}");
    }

    /// Braces around a list with commas.
    fn braces(&mut self, content: impl FnOnce(&mut Self)) {
        self.put("{");
        self.pieces.push(Piece::MaybeSeparator);
        content(self);
        self.pieces.push(Piece::MaybeSeparator);
        self.put("}");
    }
}
