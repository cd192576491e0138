//! The folders in which commands may run, and where `cd` leads from them.

use super::features::{literal, push_new};
use super::syntax::Node;
use super::walk::Arg;
use crate::path::{PathRoot, PathValue};

/// The most folders that are told apart.
const FOLDERS_LIMIT: usize = 8;

/// The folders in which something may run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Cwd {
    /// One of these; none if it never runs.
    Among(Vec<PathValue>),
    /// Any.
    Unknown,
}

impl Cwd {
    pub(super) fn start() -> Cwd {
        Cwd::Among(vec![PathValue::here()])
    }

    pub(super) fn never() -> Cwd {
        Cwd::Among(Vec::new())
    }

    pub(super) fn either(self, other: Cwd) -> Cwd {
        let (Cwd::Among(mut folders), Cwd::Among(others)) = (self, other) else { return Cwd::Unknown };
        others.into_iter().for_each(|folder| push_new(&mut folders, folder));
        if folders.len() > FOLDERS_LIMIT { Cwd::Unknown } else { Cwd::Among(folders) }
    }

    /// A path as seen from each folder; nothing if that is unknown.
    pub(super) fn resolve(&self, path: &PathValue) -> Option<Vec<PathValue>> {
        if path.root() != PathRoot::Relative {
            return Some(vec![path.clone()]);
        }
        match self {
            Cwd::Among(folders) if !folders.is_empty() => {
                Some(folders.iter().map(|folder| path.resolve(folder)).collect())
            }
            // What seems never to run may be our mistake.
            _ => None,
        }
    }

    pub(super) fn only(&self) -> Option<PathValue> {
        match self {
            Cwd::Among(folders) if folders.len() == 1 => folders.first().cloned(),
            _ => None,
        }
    }
}

/// Where things go on after a command, by its exit status.
pub(super) struct After {
    pub(super) success: Cwd,
    pub(super) failure: Cwd,
}

impl After {
    pub(super) fn same(cwd: Cwd) -> After {
        After { success: cwd.clone(), failure: cwd }
    }

    pub(super) fn any(self) -> Cwd {
        self.success.either(self.failure)
    }

    pub(super) fn either(self, other: After) -> After {
        After { success: self.success.either(other.success), failure: self.failure.either(other.failure) }
    }
}

/// The folder after a move from one of the folders.
pub(super) fn moved(folder: &Arg, from: &Cwd) -> Cwd {
    let path = match folder.text.as_deref() {
        Some(text) if folder.tilde => PathValue::parse(text),
        // `cd -` goes back, and other dashes are options.
        Some(text) if !text.starts_with(['-', '+']) => literal(text),
        _ => return Cwd::Unknown,
    };
    let Ok(path) = path else { return Cwd::Unknown };
    if *from == Cwd::never() {
        return Cwd::never();
    }
    from.resolve(&path).map_or(Cwd::Unknown, Cwd::Among)
}

/// Whether a node may change the folder for what follows it.
pub(super) fn may_move(node: &Node) -> bool {
    let any = |nodes: &[Node]| nodes.iter().any(may_move);
    match node {
        Node::Simple(simple) => simple.words.first().is_some_and(|word| {
            !matches!(word.text.as_deref(), Some(text)
                if !["cd", "pushd", "popd", "eval", "command", "builtin", "exec", "source", "."].contains(&text))
        }),
        Node::And(first, second) | Node::Or(first, second) => may_move(first) || may_move(second),
        Node::Not(node) | Node::Timed(node) | Node::Redirected(node, _) => may_move(node),
        Node::Pipe(_) | Node::Background(_) | Node::Subshell(_) | Node::Inner(_) => false,
        Node::Group(nodes) => any(nodes),
        Node::If { branches, otherwise } => {
            branches.iter().any(|(condition, body)| any(condition) || any(body)) || any(otherwise)
        }
        Node::Loop { condition, body, .. } => any(condition) || any(body),
        Node::Case { arms, .. } => arms.iter().any(|arm| any(arm)),
        Node::Opaque(_) => true,
    }
}
