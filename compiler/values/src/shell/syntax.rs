//! The tree of a script, as read, before anything is known about what its commands do.

use super::token::RedirectOp;

/// The text could not be read to its end: a syntax error, or a construct that we do not promise to read as bash does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Broken;

/// A word after quote removal.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct RawWord {
    /// The text; nothing if a part of it is expanded at run time.
    pub(super) text: Option<String>,
    /// It is unknown and may become several words, which need not be names of files.
    pub(super) many: bool,
    /// It begins with a wildcard, which a file with the name of a flag may match.
    pub(super) flag: bool,
    /// Some of it was quoted, so it is no reserved word.
    pub(super) quoted: bool,
    /// It begins with a bare `~`.
    pub(super) tilde: bool,
    /// It has the form `NAME=value`: the name, and the value if it is known.
    pub(super) assignment: Option<(String, Option<String>)>,
    /// The scripts of its substitutions.
    pub(super) inner: Vec<Node>,
}

impl RawWord {
    /// The text, if it may be a reserved word.
    pub(super) fn bare(&self) -> Option<&str> {
        self.text.as_deref().filter(|_| !self.quoted)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct RawRedirect {
    pub(super) descriptor: Option<u32>,
    pub(super) op: RedirectOp,
    /// The target; for a here-document the delimiter.
    pub(super) target: RawWord,
    /// For a here-document, its place in [`Script::documents`].
    pub(super) document: Option<usize>,
}

/// Nodes with the here-documents that their redirections point to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Script {
    pub(super) nodes: Vec<Node>,
    pub(super) documents: Vec<HereDocument>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct HereDocument {
    /// The text; nothing if it is expanded at run time.
    pub(super) text: Option<String>,
    pub(super) inner: Vec<Node>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Simple {
    pub(super) assignments: Vec<(String, Option<String>)>,
    /// The words with their substitutions, assignments included; `words` starts with the program.
    pub(super) words: Vec<RawWord>,
    pub(super) inner: Vec<Node>,
    pub(super) redirects: Vec<RawRedirect>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Node {
    Simple(Simple),
    /// `first && second`
    And(Box<Node>, Box<Node>),
    /// `first || second`
    Or(Box<Node>, Box<Node>),
    /// `! node`
    Not(Box<Node>),
    /// `time node`
    Timed(Box<Node>),
    /// Members of a pipe, each in a process of its own.
    Pipe(Vec<Node>),
    /// `node &`
    Background(Box<Node>),
    /// `( … )` and most substitutions.
    Subshell(Vec<Node>),
    /// A substitution that was read from text of its own: backticks, arithmetic, a here-document.
    Inner(Script),
    /// `{ …; }`
    Group(Vec<Node>),
    If {
        /// Conditions with what they guard.
        branches: Vec<(Vec<Node>, Vec<Node>)>,
        otherwise: Vec<Node>,
    },
    /// `for`, `while`, `until`
    Loop {
        /// The variable that the loop assigns.
        variable: Option<String>,
        words: Vec<RawWord>,
        condition: Vec<Node>,
        body: Vec<Node>,
    },
    Case {
        /// The word and all patterns, for their substitutions.
        words: Vec<RawWord>,
        arms: Vec<Vec<Node>>,
    },
    /// A compound command with redirections.
    Redirected(Box<Node>, Vec<RawRedirect>),
    /// Something that is not understood, with what was seen in it.
    Opaque(Vec<Node>),
}
