//! From the `tools/list` of MCP servers to a contract.
//!
//! 1. The document is read as a manifest (`crate::manifest`): every tool with its digest.
//! 2. What a tool does is guessed ([`guess`]) from its name and from what the server says about it. A server that says nothing, or
//!    lies, gains nothing: only a tool that is said to read only is let through, and what it returns is untrusted; every
//!    other one is held up by a challenge.
//! 3. Tools about which the same was guessed stand in one block ([`page`]), with the digest of what was read.
//!
//! Names stay what they are on the wire. Where a gate sees several servers, a prefix says whose tool a call is.

mod guess;
mod page;

use std::fmt;

use serde_json::{Map, Value as Json, json};

use crate::import::words;
use crate::manifest::{Listed, Manifest};

/// A document to import.
#[derive(Clone, Debug)]
pub struct Source<'s> {
    /// Its text.
    pub text: &'s str,
    /// Its path, as people know it.
    pub path: &'s str,
    /// The path that the contract refers to: relative to the contract.
    pub manifest: &'s str,
}

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options<'o> {
    /// The prefix under which the gate sees the tools.
    pub server: Option<&'o str>,
    /// Who imports: a program and its version.
    pub by: &'o str,
}

/// What an import made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// The contract, formatted.
    pub contract: String,
    /// For each source a manifest that holds its tools and their digests, to be kept where the contract refers to it.
    pub manifests: Vec<String>,
    /// How many tools there are.
    pub tools: usize,
}

/// Why something cannot be imported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImportError {
    /// A document that lists no tools.
    NoManifest {
        /// The document's path.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A name that stands for two tools.
    Twice {
        /// The document in which it stands again.
        path: String,
        /// The name.
        tool: String,
    },
    /// A prefix that cannot be written in a contract.
    Prefix(String),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoManifest { path, why } => {
                write!(f, "`{path}` is not what a server answers to `tools/list`: {why}")
            }
            Self::Twice { path, tool } => {
                write!(f, "`{path}` lists `{tool}` again: nobody could say which of the two a call means")
            }
            Self::Prefix(prefix) => {
                write!(
                    f,
                    "`{prefix}` is no prefix of names: write letters, digits and `_`, in parts with dots between them"
                )
            }
        }
    }
}

impl std::error::Error for ImportError {}

/// Makes a contract of one or several documents.
///
/// # Errors
/// Where a document lists no tools, or two tools have one name.
pub fn import(sources: &[Source<'_>], options: &Options<'_>) -> Result<Imported, ImportError> {
    if let Some(prefix) = options.server.filter(|prefix| !words::is_dotted(prefix)) {
        return Err(ImportError::Prefix(prefix.to_owned()));
    }
    let mut read: Vec<(&Source<'_>, Manifest)> = Vec::new();
    for source in sources {
        let path = source.path.to_owned();
        let manifest =
            Manifest::read(source.text).map_err(|why| ImportError::NoManifest { path: path.clone(), why })?;
        for (at, tool) in manifest.tools.iter().enumerate() {
            let before =
                read.iter().flat_map(|(_, manifest)| &manifest.tools).chain(manifest.tools.iter().take(at));
            if before.into_iter().any(|other| other.name == tool.name) {
                return Err(ImportError::Twice { path, tool: tool.name.clone() });
            }
        }
        read.push((source, manifest));
    }
    Ok(Imported {
        contract: page::print(&read, options),
        manifests: read.iter().map(|(_, manifest)| pinned(manifest)).collect(),
        tools: read.iter().map(|(_, manifest)| manifest.tools.len()).sum(),
    })
}

/// The manifest to keep: the tools as they were listed, and the digest of each.
fn pinned(manifest: &Manifest) -> String {
    let digest = |tool: &Listed| (tool.name.clone(), Json::String(format!("sha256:{}", tool.digest)));
    let mut document = Map::new();
    if let Some((name, version)) = &manifest.server {
        document.insert("serverInfo".to_owned(), json!({"name": name, "version": version}));
    }
    let tools = manifest.tools.iter().map(|tool| tool.entry.clone()).collect();
    document.insert("tools".to_owned(), Json::Array(tools));
    document.insert("pinned".to_owned(), Json::Object(manifest.tools.iter().map(digest).collect()));
    // Indented: a change of one tool is then a change of a few lines.
    let mut document = Json::Object(document);
    document.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
