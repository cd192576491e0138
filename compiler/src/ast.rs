//! The syntax tree: what was written, with a span for every part, and nothing that had to be looked up.
//!
//! Spans are absolute, in bytes of the file.

mod clause;
mod expr;
mod item;
pub mod shift;
mod test;
mod types;

pub use clause::*;
pub use expr::*;
pub use item::*;
pub use shift::Spans;
pub use test::*;
pub use types::*;

use agentpass_grammar::{FileId, Span};

/// Something with the place it was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spanned<T> {
    /// What was read.
    pub node: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Pairs a node with its place.
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }
}

/// A single word in a role that was already decided: a declared name, a member, an action.
pub type Name = Spanned<String>;

/// Text between quotes, decoded (`\n`, `\"`, `\u{…}`); holes are still in it.
pub type Text = Spanned<String>;

/// Words joined by dots; never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// The words in order.
    pub words: Vec<Name>,
    /// From the first to the last word.
    pub span: Span,
}

impl Path {
    /// The words joined by dots again.
    #[must_use]
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.node.as_str()).collect();
        words.join(".")
    }

    /// The only word, if there is just one.
    #[must_use]
    pub fn single(&self) -> Option<&Name> {
        match self.words.as_slice() {
            [word] => Some(word),
            _ => None,
        }
    }
}

/// One parsed file: its good items in source order. What could not be read is not in it, only in the problems.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Which file.
    pub id: FileId,
    /// The `//!` comments at the top, without their marks.
    pub docs: Vec<Text>,
    /// The items.
    pub items: Vec<Item>,
}
