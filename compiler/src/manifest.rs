//! Manifests: the tools that an MCP server listed, pinned in a file.
//!
//! A manifest is read in every form in which it is likely to be kept: the result of `tools/list`, the JSON-RPC response around
//! it, several responses (pages of a list, or one a line, as a transcript has them), an object with `tools` and `initialize`, and
//! what `agentpassc import mcp -o` writes. A key that stands twice in an object is refused: which of the two a server reads,
//! nobody knows.
//!
//! A tool's digest is the SHA-256 of its whole entry, description and annotations included: a description is read by the model, and
//! changing it is a way to attack. Two things hold digests: the manifest that `import` writes (`pinned`, by name, so that the tool that
//! changed can be named), and a `digest` clause in a contract (over all tools that the block declares, so that a manifest
//! that was replaced altogether is noticed as well).

mod strict;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

/// What a manifest says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// The tools, in listed order.
    pub(crate) tools: Vec<Listed>,
    /// The server, as it introduced itself: name and version.
    pub(crate) server: Option<(String, Option<String>)>,
    /// Digests of the tools that were imported, by name.
    pub(crate) pinned: Option<BTreeMap<String, String>>,
}

/// A tool as it is listed.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Its name on the server.
    pub(crate) name: String,
    /// The whole entry.
    pub(crate) entry: Json,
    /// SHA-256 of the entry, in hexadecimal digits.
    pub(crate) digest: String,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Says in a few words why it is none.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut manifest = Self::default();
        let mut is_listed = false;
        for document in strict::documents(text)? {
            is_listed |= manifest.document(document)?;
        }
        if is_listed { Ok(manifest) } else { Err("it has no list `tools`".to_owned()) }
    }

    /// Takes what a document has; true where it lists tools.
    fn document(&mut self, document: Json) -> Result<bool, String> {
        let mut object = match document {
            Json::Array(all) if all.iter().any(|one| one.get("name").is_some()) => {
                self.tools(all)?;
                return Ok(true);
            }
            Json::Array(all) => {
                let mut is_listed = false;
                for one in all {
                    is_listed |= self.document(one)?;
                }
                return Ok(is_listed);
            }
            Json::Object(object) => object,
            _ => return Ok(false),
        };
        if let Some(result) = object.remove("result") {
            return self.document(result);
        }
        let introduced =
            object.get("initialize").map_or(object.get("serverInfo"), |said| said.get("serverInfo"));
        let word = |info: &Json, key: &str| info.get(key).and_then(Json::as_str).map(str::to_owned);
        if let Some(info) = introduced
            && let Some(name) = word(info, "name")
        {
            self.server = Some((name, word(info, "version")));
        }
        if let Some(Json::Object(pinned)) = object.get("pinned") {
            let digest = |value: &Json| Some(value.as_str()?.strip_prefix("sha256:")?.to_ascii_lowercase());
            let pinned: Option<BTreeMap<String, String>> =
                pinned.iter().map(|(name, value)| Some((name.clone(), digest(value)?))).collect();
            self.pinned = Some(pinned.ok_or("a digest in `pinned` is not written `sha256:…`")?);
        }
        match object.remove("tools") {
            Some(Json::Array(tools)) => self.tools(tools).map(|()| true),
            _ => Ok(false),
        }
    }

    fn tools(&mut self, tools: Vec<Json>) -> Result<(), String> {
        for entry in tools {
            let name = entry.get("name").and_then(Json::as_str).map(str::to_owned);
            let name = name.filter(|name| !name.is_empty()).ok_or("one of its tools has no name")?;
            let digest = sha256(&canonical(&entry));
            // Pages of a list may overlap: the same entry once more says nothing new.
            if self.tools.iter().any(|tool| tool.name == name && tool.digest == digest) {
                continue;
            }
            self.tools.push(Listed { name, entry, digest });
        }
        Ok(())
    }
}

impl Listed {
    /// The schema of the arguments; `parameters` is what other lists of functions call it.
    pub(crate) fn schema(&self) -> &Json {
        self.entry.get("inputSchema").or_else(|| self.entry.get("parameters")).unwrap_or(&Json::Null)
    }

    /// What the server says about the tool.
    pub(crate) fn description(&self) -> Option<&str> {
        self.entry.get("description").and_then(Json::as_str)
    }

    /// One of the hints, where it is given.
    pub(crate) fn hint(&self, name: &str) -> Option<bool> {
        self.entry.get("annotations")?.get(name)?.as_bool()
    }
}

/// The digest of several tools, whatever their order.
pub(crate) fn digest_of<'t>(tools: impl Iterator<Item = (&'t str, &'t str)>) -> String {
    let tools: Map<String, Json> =
        tools.map(|(name, digest)| (name.to_owned(), Json::String(digest.to_owned()))).collect();
    sha256(&canonical(&Json::Object(tools)))
}

/// JSON with sorted keys and no white space: the same text for the same document.
pub(crate) fn canonical(json: &Json) -> String {
    match json {
        Json::Object(map) => {
            let mut fields: Vec<(&String, &Json)> = map.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            let parts: Vec<String> = fields
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Json::String(key.clone()), canonical(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Json::Array(all) => format!("[{}]", all.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// In hexadecimal digits.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Manifest::read(text).unwrap().tools.into_iter().map(|tool| tool.name).collect()
    }

    #[test]
    fn a_manifest_is_read_in_every_form_in_which_it_is_kept() {
        assert_eq!(names(r#"{"tools": [{"name": "a"}, {"name": "b"}]}"#), ["a", "b"]);
        assert_eq!(names(r#"{"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "a"}]}}"#), ["a"]);
        assert_eq!(names(r#"[{"name": "a"}]"#), ["a"]);
        assert_eq!(
            names(r#"[{"result": {"tools": [{"name": "a"}]}}, {"result": {"tools": [{"name": "b"}]}}]"#),
            ["a", "b"]
        );
        let transcript = "{\"result\": {\"serverInfo\": {\"name\": \"s\", \"version\": \"1\"}}}\n{\"result\": {\"tools\": []}}\n";
        let manifest = Manifest::read(transcript).unwrap();
        assert_eq!(manifest.server, Some(("s".to_owned(), Some("1".to_owned()))));
    }

    #[test]
    fn what_pages_repeat_is_listed_once() {
        let names = |text: &str| -> Vec<String> {
            Manifest::read(text).unwrap().tools.into_iter().map(|tool| tool.name).collect()
        };
        let pages = r#"{"tools": [{"name": "a", "x": 1}]} {"tools": [{"x": 1, "name": "a"}, {"name": "b"}]}"#;
        assert_eq!(names(pages), ["a", "b"]);
        // Whether two different tools of one name are a mistake is for those who read the list to say.
        assert_eq!(names(r#"{"tools": [{"name": "a", "x": 1}, {"name": "a", "x": 2}]}"#), ["a", "a"]);
    }

    #[test]
    fn what_is_no_manifest_says_why() {
        let why = |text: &str| Manifest::read(text).unwrap_err();
        assert_eq!(why("{}"), "it has no list `tools`");
        assert_eq!(why("3"), "it has no list `tools`");
        assert_eq!(why(r#"{"tools": [{}]}"#), "one of its tools has no name");
        assert_eq!(
            why(r#"{"tools": [], "pinned": {"a": "x"}}"#),
            "a digest in `pinned` is not written `sha256:…`"
        );
        assert!(why(r#"{"tools": [{"name": "a", "name": "b"}]}"#).contains("`name` stands twice"));
        assert!(why("{").contains("EOF"));
    }

    #[test]
    fn digests_do_not_depend_on_order_and_white_space() {
        let one = Manifest::read(r#"{"tools": [{"name": "a", "x": {"p": 1, "q": [1, 2]}}]}"#).unwrap();
        let two = Manifest::read(r#"{"tools":[{"x":{"q":[1,2],"p":1},"name":"a"}]}"#).unwrap();
        assert_eq!(one.tools[0].digest, two.tools[0].digest);
        assert_eq!(
            digest_of([("a", "1"), ("b", "2")].into_iter()),
            digest_of([("b", "2"), ("a", "1")].into_iter())
        );
        assert_ne!(digest_of([("a", "1")].into_iter()), digest_of([("a", "2")].into_iter()));
    }
}
