//! The only door to execution.
//!
//! [`verify()`] goes through a program once and writes down, as checks, everything that an engine relies on: indices are
//! in range, children stand before their parents, each node has the type that its operation gives, variables are
//! bound where they are used, slots hold what is read from them in every frame in which it is read, monitors keep what is
//! asked of them, and nothing is larger, deeper or dearer than its bound. What has passed needs no check while it runs,
//! and no engine has to be asked twice.
//!
//! | what | where |
//! | --- | --- |
//! | how much there may be of everything | `sizes` |
//! | tools, events, records, the host's facts, and how their values are written | `frames`, `forms` |
//! | nodes, each by itself | `nodes`, `types` |
//! | what nodes read where they are used, and for which rules, charges, … that is | `walk`, `roots` |
//! | limits and how calls are charged | `limits` |
//! | monitors and what is asked of them | `monitors`, `recalls` |
//! | names, flows, skills, challenges | `tables` |

mod fault;
mod forms;
mod frames;
mod limits;
mod monitors;
mod nodes;
mod recalls;
mod roots;
mod sizes;
mod tables;
#[cfg(test)]
mod tests;
mod types;
mod verified;
mod walk;

pub use fault::Fault;
pub use verified::{Lookup, Verified};

use crate::program::Program;
use crate::{bundle, digest};
use verified::Parts;

/// The greatest number of nodes, of constants, and of charges of a program.
pub const MAX_NODES: usize = 1 << 20;
/// The greatest number of entries of any other table: tools, rules, limits, monitors, flows, …
pub const MAX_TABLE: usize = 1 << 16;
/// The greatest number of families of tools: a name that no tool has exactly is held against each of them.
pub const MAX_FAMILIES: usize = 1 << 10;
/// The greatest number of parameters of a tool, and of other things that one entry of a table lists: views, results, fields,
/// facts of the host and of jobs, bounds, labels, groups, …
pub const MAX_PARAMS: usize = 1 << 10;
/// The greatest number of entries that all lists of one kind hold together: the tools of rules, the flows of tools, …
pub const MAX_LINKS: usize = 1 << 22;
/// The greatest number of values that a key is made of, and of questions in one `after`.
pub const MAX_KEYS: usize = 64;
/// The greatest depth of an expression.
pub const MAX_DEPTH: u32 = 192;
/// The greatest number of nodes that one root reaches, shared nodes counted as often as they are reached.
pub const MAX_COST: u32 = 1 << 16;
/// The greatest number of nodes that all roots reach together.
pub const MAX_WORK: usize = 1 << 26;
/// How many quantifiers may stand in one another, a rule's own `each` included.
pub const MAX_VARS: usize = 4;
/// The greatest number of patterns, each of which may take a megabyte when it is compiled.
pub const MAX_PATTERNS: usize = 1 << 10;
/// The greatest number of pieces of one pattern of tool names.
pub const MAX_PIECES: usize = 1 << 10;
/// How deep values, types and forms may nest, and records in one another.
pub const MAX_NEST: usize = crate::nested::MAX_NEST;
/// How many ways there may be to read one value, with `AnyOf` in `AnyOf`.
pub const MAX_WAYS: usize = 1 << 10;
/// The greatest count of past calls that keeps their times.
pub const MAX_COUNT: u32 = 1 << 14;
/// The greatest bound of calls in a rolling window: each call in it is kept.
pub const MAX_CALLS: i128 = 1_000_000;

/// Checks a program.
///
/// # Errors
/// The first thing that is wrong. A compiler's output never is; a bundle from elsewhere may be.
pub fn verify(program: Program) -> Result<Verified, Fault> {
    sizes::check(&program)?;
    let frames = frames::check(&program)?;
    let nodes = nodes::check(&program)?;
    tables::check(&program)?;
    limits::check(&program)?;
    let roots = roots::check(&program, &frames, &nodes)?;
    monitors::check(&program, &frames, &nodes)?;
    let digest = digest::of(&program)?;
    bundle::fits(&program)?;
    let asks = nodes.iter().map(|node| node.asks).collect();
    Ok(Verified::new(program, Parts { digest, roots, asks, patterns: frames.patterns }))
}

/// Holds a size against its bound.
fn at_most(what: &'static str, size: usize, most: usize) -> Result<(), Fault> {
    if size <= most { Ok(()) } else { Err(Fault::Bound { what, most }) }
}

/// The entry of a table, or the fault that there is none.
fn entry<'t, T>(name: &'static str, table: &'t [T], index: u32) -> Result<&'t T, Fault> {
    table.get(index as usize).ok_or(Fault::Index { table: name, index })
}

/// Whether a text, or another key, stands in a list twice.
fn is_doubled<T: Ord>(all: impl IntoIterator<Item = T>) -> bool {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort_unstable();
    all.windows(2).any(|pair| pair.first() == pair.last())
}
