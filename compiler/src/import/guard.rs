//! From the JSON policy of the guard to a contract that decides as the guard does.
//!
//! 1. The policy is read ([`policy`]): all of its keys are known, or it is refused.
//! 2. Each of its rows becomes a clause over the facts of `std.guard` ([`tools`], [`auth`], [`flows`], [`budgets`]), with the
//!    guard's own words as its message. The guard's order is the order of the text.
//! 3. Numbers stay what they were to the guard ([`number`]).
//!
//! The contract says all of it: nothing that decides knows the guard, and who edits the text changes the decisions.

mod auth;
mod budgets;
mod flows;
pub mod number;
mod page;
mod policy;
mod tools;

use std::fmt;

use serde_json::Value as Json;

use policy::Policy;

/// A policy to import.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Its text.
    pub text: &'s str,
    /// Its path, as people know it.
    pub path: &'s str,
}

/// What an import made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// The contract, formatted.
    pub contract: String,
    /// How many tools there are.
    pub tools: usize,
    /// How many flows there are.
    pub flows: usize,
}

/// Why something is no policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportError {
    /// The document's path.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no policy of the guard: {}", self.path, self.why)
    }
}

impl std::error::Error for ImportError {}

/// Makes a contract of a policy; `by` is who imports, a program and its version.
///
/// # Errors
/// Where the document is no policy, or says something that the guard does not know.
pub fn import(source: Source<'_>, by: &str) -> Result<Imported, ImportError> {
    let policy = read(source.text).map_err(|why| ImportError { path: source.path.to_owned(), why })?;
    Ok(Imported {
        contract: page::print(&policy, source.path, by),
        tools: policy.tools.len(),
        flows: policy.flows.len(),
    })
}

fn read(text: &str) -> Result<Policy, String> {
    let policy: Policy = serde_json::from_str(text).map_err(|error| error.to_string())?;
    // A list would be read as the fields of an object, in the order in which they are declared.
    let document: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match list_for_object(&document) {
        Some(place) => Err(format!("{place} is a list, not an object")),
        None => Ok(policy),
    }
}

/// The first place where a list stands for an object.
fn list_for_object(document: &Json) -> Option<String> {
    let found = |value: Option<&Json>, place: String| value.is_some_and(Json::is_array).then_some(place);
    let tools = document.get("tools").and_then(Json::as_object).into_iter().flatten();
    let tools = tools.flat_map(|(name, tool)| {
        let place = format!("the tool `{name}`");
        let auth = tool.get("enterpriseAuth");
        [found(Some(tool), place.clone()), found(auth, format!("`enterpriseAuth` of {place}"))]
    });
    let flows = document.get("flows").and_then(Json::as_array).into_iter().flatten();
    let flows = flows.enumerate().map(|(at, flow)| found(Some(flow), format!("flow {}", at + 1)));
    let whole = ["budgets", "enterpriseAuth"].map(|key| found(document.get(key), format!("`{key}`")));
    std::iter::once(found(Some(document), "the document".to_owned()))
        .chain(whole)
        .chain(tools)
        .chain(flows)
        .flatten()
        .next()
}

#[cfg(test)]
mod tests;
