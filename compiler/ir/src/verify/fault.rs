//! Why a program is refused.

use std::fmt;

/// Why a program may not be executed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A number that points nowhere.
    Index {
        /// What it should point to.
        table: &'static str,
        /// The number.
        index: u32,
    },
    /// A node that refers to itself or to one that follows it.
    Order {
        /// The node.
        node: u32,
    },
    /// A node or root whose type is not the one that is needed there.
    Type {
        /// The node.
        node: u32,
        /// What it should be.
        expected: &'static str,
    },
    /// A variable that nothing binds, or that binds out of order.
    Unbound {
        /// The node.
        node: u32,
    },
    /// A question about the past that depends on the past itself, or a monitor that looks beyond the call it watches.
    Past {
        /// The node.
        node: u32,
        /// What is wrong.
        what: &'static str,
    },
    /// Something larger than its bound.
    Bound {
        /// What is too large.
        what: &'static str,
        /// How large it may be.
        most: usize,
    },
    /// An entry of a table that is not what it has to be: unsorted, doubled, of the wrong length.
    Shape {
        /// What is wrong with which table.
        what: &'static str,
        /// The entry.
        index: usize,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Index { table, index } => write!(f, "there is no {table} {index}"),
            Fault::Order { node } => write!(f, "node {node} does not stand after its children"),
            Fault::Type { node, expected } => write!(f, "node {node} is not {expected}"),
            Fault::Unbound { node } => write!(f, "node {node} reads a variable that is not bound there"),
            Fault::Past { node, what } => write!(f, "node {node}: {what}"),
            Fault::Bound { what, most } => write!(f, "more {what} than {most}"),
            Fault::Shape { what, index } => write!(f, "{what} (entry {index})"),
        }
    }
}

impl std::error::Error for Fault {}
