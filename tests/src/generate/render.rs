//! The layout of a program: blanks, line ends and comments.

use agentpass_grammar::words::ITEM_WORDS;

use super::{Piece, Tape};

const COMMENTS: &[&str] = &[
    "// note",
    "//",
    "/// docs",
    "//! file",
    "//// { ( [ \" `",
    "// tool x() {",
    "/// größe 😀 \t",
    "// a; b // c",
];

/// Writes the pieces with a layout from the tape.
pub(super) fn render(pieces: &[Piece], tape: Tape) -> String {
    // One file in three has CRLF line ends.
    let mut page = Page { text: String::new(), tape, newline: "\n", gap: Gap::default() };
    if page.tape.once_in(3) {
        page.newline = "\r\n";
    }
    for piece in pieces {
        match piece {
            Piece::Text(text) => page.text(text),
            Piece::Glue => page.gap.glued = true,
            Piece::Break => page.gap.may_break = true,
            Piece::Separator => page.gap.must_separate = true,
            Piece::MaybeSeparator => page.gap.may_separate = true,
            Piece::Item => page.gap.item = true,
        }
    }
    page.end();
    page.text
}

/// What may stand before the next text.
#[derive(Default)]
struct Gap {
    glued: bool,
    may_break: bool,
    may_separate: bool,
    must_separate: bool,
    item: bool,
}

struct Page {
    text: String,
    tape: Tape,
    newline: &'static str,
    gap: Gap,
}

impl Page {
    fn text(&mut self, text: &str) {
        let gap = std::mem::take(&mut self.gap);
        if gap.must_separate || gap.may_separate && self.tape.once_in(2) {
            self.separator();
        } else if gap.may_break && self.tape.once_in(4) {
            self.line_ends();
        } else if !gap.glued {
            self.blank(text);
        }
        // An item word in column 0 begins an item, so inside one it is written further right.
        let word = text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        let is_item_word = ITEM_WORDS.contains(&word);
        if self.text.ends_with('\n') && (is_item_word && !gap.item || self.tape.once_in(2)) {
            self.blanks();
        }
        // Patterns bring line ends of their own.
        self.text.push_str(&text.replace('\n', self.newline));
    }

    fn end(&mut self) {
        if self.tape.once_in(2) {
            self.separator();
        }
        if self.tape.once_in(4) {
            self.text.push_str(self.tape.one_of(COMMENTS));
        }
    }

    /// Blanks between two texts on one line; none only where the texts stay two tokens.
    fn blank(&mut self, next: &str) {
        let bracket = |c: Option<char>| matches!(c, Some('(' | ')' | '[' | ']' | ','));
        let may_touch = bracket(self.text.chars().last()) || bracket(next.chars().next());
        if self.text.is_empty() || self.text.ends_with('\n') || may_touch && !self.tape.once_in(3) {
            return;
        }
        self.blanks();
    }

    fn blanks(&mut self) {
        self.text.push_str(self.tape.one_of(&[" ", "    ", "\t", " \t "]));
    }

    /// Line ends or semicolons, with comments between.
    fn separator(&mut self) {
        if self.tape.once_in(4) {
            self.text.push_str(self.tape.one_of(&[";", " ; ", ";;", "; ;"]));
            if self.tape.once_in(2) {
                self.line_ends();
            }
        } else {
            self.line_ends();
        }
    }

    /// Line ends with comments between.
    fn line_ends(&mut self) {
        for _ in 0..=self.tape.pick(3) {
            if self.tape.once_in(3) {
                // Directly behind `/`, a comment would be another one.
                if !self.text.is_empty() && !self.text.ends_with('\n') || self.tape.once_in(2) {
                    self.blanks();
                }
                self.text.push_str(self.tape.one_of(COMMENTS));
            } else if self.tape.once_in(6) {
                self.blanks();
            }
            self.text.push_str(self.newline);
        }
    }
}
