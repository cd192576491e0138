//! Manifests: the tools that a server listed, each with its JSON Schema as its signature.
//!
//! The document is what MCP's `tools/list` answers, or what `agentpassc import mcp` wrote: an object with `tools`.
//! A schema that the type system cannot follow becomes `json`: opaque, but present; nothing is guessed.

use agentpass_grammar::Span;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::Checker;
use crate::ast;
use crate::diagnostics::problems::tools as problem;
use crate::typed::{Field, Record, SchemaBounds, WireForm};
use crate::types::{ListSize, RecordId, Ty};

/// How deep schemas may nest.
const MAX_DEPTH: usize = 32;

/// One tool of a manifest.
pub(super) struct Pinned {
    pub(super) name: String,
    pub(super) docs: Vec<String>,
    pub(super) digest: String,
    pub(super) params: Vec<Field>,
    pub(super) open: bool,
}

impl Checker<'_> {
    /// The tools of a manifest; nothing, with a report, for a document that is none.
    pub(super) fn manifest(&mut self, path: &str, at: Span) -> Option<Vec<Pinned>> {
        let manifest = self.loaded.manifests.get(path)?;
        let document: Json = match serde_json::from_str(&manifest.text) {
            Ok(document) => document,
            Err(error) => {
                self.report(problem::bad_manifest(at, path, &error.to_string()));
                return None;
            }
        };
        let tools =
            document.get("tools").or_else(|| document.get("result").and_then(|result| result.get("tools")));
        let Some(Json::Array(tools)) = tools else {
            self.report(problem::bad_manifest(at, path, "it has no list `tools`"));
            return None;
        };
        Some(tools.iter().filter_map(|tool| self.pinned(tool, path, at)).collect())
    }

    fn pinned(&mut self, tool: &Json, path: &str, at: Span) -> Option<Pinned> {
        let Some(name) = tool.get("name").and_then(Json::as_str) else {
            self.report(problem::bad_manifest(at, path, "one of its tools has no name"));
            return None;
        };
        let schema =
            tool.get("inputSchema").or_else(|| tool.get("parameters")).cloned().unwrap_or(Json::Null);
        let docs = tool.get("description").and_then(Json::as_str).map(str::to_owned).into_iter().collect();
        let digest = Sha256::digest(canonical(tool).as_bytes());
        let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut reader =
            Schemas { records: &mut self.program.records, root: &schema, at, owner: name.to_owned() };
        let (params, open) = match schema.as_object() {
            Some(object) => reader.properties(object, 0),
            None => (Vec::new(), false),
        };
        Some(Pinned { name: name.to_owned(), docs, digest, params, open })
    }
}

/// JSON with sorted keys and no white space: the same text for the same document.
fn canonical(json: &Json) -> String {
    match json {
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let parts: Vec<String> = keys
                .into_iter()
                .map(|key| {
                    format!(
                        "{}:{}",
                        Json::String(key.clone()),
                        map.get(key).map(canonical).unwrap_or_default()
                    )
                })
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Json::Array(all) => format!("[{}]", all.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

struct Schemas<'s> {
    records: &'s mut Vec<Record>,
    root: &'s Json,
    at: Span,
    owner: String,
}

impl Schemas<'_> {
    /// The fields of an object schema, and whether undeclared ones are accepted. Silence means closed: what nobody
    /// wrote down reaches no server (JSON Schema's own default is the other way round).
    fn properties(&mut self, schema: &Map<String, Json>, depth: usize) -> (Vec<Field>, bool) {
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Json::as_array)
            .map(|all| all.iter().filter_map(Json::as_str).collect())
            .unwrap_or_default();
        let open = matches!(schema.get("additionalProperties"), Some(Json::Bool(true) | Json::Object(_)))
            || schema.contains_key("patternProperties");
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            return (Vec::new(), open);
        };
        let mut names: Vec<String> = Vec::new();
        let mut fields = Vec::new();
        for (wire, schema) in properties {
            let name = unique(readable(wire), &mut names);
            let (ty, form, bounds) = self.ty(schema, &name, depth + 1);
            fields.push(Field {
                name,
                wire: wire.clone(),
                span: self.at,
                ty,
                form,
                optional: !required.contains(&wire.as_str()),
                default: None,
                bounds,
            });
        }
        (fields, open)
    }

    fn ty(&mut self, schema: &Json, name: &str, depth: usize) -> (Ty, WireForm, SchemaBounds) {
        let opaque = || (Ty::Json, WireForm::Plain, SchemaBounds::default());
        if depth > MAX_DEPTH {
            return opaque();
        }
        let Some(object) = schema.as_object() else { return opaque() };
        if let Some(target) = object.get("$ref").and_then(Json::as_str) {
            let resolved = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)).cloned();
            return resolved.map_or_else(opaque, |resolved| self.ty(&resolved, name, depth + 1));
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(choices) = object.get(word).and_then(Json::as_array) {
                let (nulls, rest): (Vec<&Json>, Vec<&Json>) = choices
                    .iter()
                    .partition(|choice| choice.get("type").and_then(Json::as_str) == Some("null"));
                return match rest.as_slice() {
                    [only] if !nulls.is_empty() => nullable(self.ty(only, name, depth + 1)),
                    [only] => self.ty(only, name, depth + 1),
                    _ => opaque(),
                };
            }
        }
        if let Some(value) = object.get("const") {
            return self.cases(std::slice::from_ref(value));
        }
        if let Some(values) = object.get("enum").and_then(Json::as_array) {
            return self.cases(values);
        }
        match object.get("type") {
            Some(Json::String(word)) => self.plain(word, object, name, depth),
            Some(Json::Array(words)) => {
                let rest: Vec<&str> =
                    words.iter().filter_map(Json::as_str).filter(|word| *word != "null").collect();
                match rest.as_slice() {
                    [only] if rest.len() < words.len() => nullable(self.plain(only, object, name, depth)),
                    [only] => self.plain(only, object, name, depth),
                    _ => opaque(),
                }
            }
            None if object.contains_key("properties") => self.plain("object", object, name, depth),
            _ => opaque(),
        }
    }

    fn cases(&mut self, values: &[Json]) -> (Ty, WireForm, SchemaBounds) {
        let texts: Vec<String> = values.iter().filter_map(Json::as_str).map(str::to_owned).collect();
        let ints: Vec<i64> = values.iter().filter_map(Json::as_i64).collect();
        let has_null = values.iter().any(Json::is_null);
        let plain = |ty| (ty, WireForm::Plain, SchemaBounds::default());
        let known = texts.len().max(ints.len()) + usize::from(has_null);
        let ty = if known != values.len() {
            return plain(Ty::Json);
        } else if !texts.is_empty() {
            plain(Ty::Enum(texts.into()))
        } else {
            plain(Ty::IntEnum(ints.into()))
        };
        if has_null { nullable(ty) } else { ty }
    }

    fn plain(
        &mut self,
        word: &str,
        object: &Map<String, Json>,
        name: &str,
        depth: usize,
    ) -> (Ty, WireForm, SchemaBounds) {
        let number = |key: &str| {
            let value = object.get(key)?;
            agentpass_values::Decimal::parse(&value.to_string()).ok()
        };
        let length = |key: &str| object.get(key).and_then(Json::as_u64).and_then(|n| u32::try_from(n).ok());
        let mut bounds = SchemaBounds::default();
        let ty = match word {
            "string" => {
                bounds.min_length = length("minLength");
                bounds.max_length = length("maxLength");
                bounds.pattern = object.get("pattern").and_then(Json::as_str).map(str::to_owned);
                Ty::String
            }
            "integer" | "number" => {
                bounds.minimum = number("minimum");
                bounds.maximum = number("maximum");
                bounds.above = number("exclusiveMinimum");
                bounds.below = number("exclusiveMaximum");
                if word == "integer" { Ty::Int } else { Ty::Decimal }
            }
            "boolean" => Ty::Bool,
            "null" => Ty::Null,
            "array" => {
                let (element, form, inner) = match object.get("items") {
                    Some(items) => self.ty(items, name, depth + 1),
                    None => (Ty::Json, WireForm::Plain, SchemaBounds::default()),
                };
                let size = ListSize { least: length("minItems").unwrap_or(0), most: length("maxItems") };
                return (Ty::List(Box::new(element), size), form, inner);
            }
            "object" if object.contains_key("properties") => {
                let (fields, open) = self.properties(object, depth);
                let id = RecordId(self.records.len());
                let name = ast::Spanned::new(format!("{}.{name}", self.owner), self.at);
                self.records.push(Record { name, fields, open });
                Ty::Record(id)
            }
            _ => Ty::Json,
        };
        (ty, WireForm::Plain, bounds)
    }
}

fn nullable((ty, form, bounds): (Ty, WireForm, SchemaBounds)) -> (Ty, WireForm, SchemaBounds) {
    let ty = match ty {
        Ty::Json | Ty::Null | Ty::Nullable(_) => ty,
        other => Ty::Nullable(Box::new(other)),
    };
    (ty, form, bounds)
}

/// A wire name as a name of the language.
fn readable(wire: &str) -> String {
    let mut name: String =
        wire.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if name.chars().next().is_none_or(|c| c.is_numeric()) {
        name.insert(0, '_');
    }
    name
}

fn unique(name: String, taken: &mut Vec<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while taken.contains(&candidate) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    taken.push(candidate.clone());
    candidate
}
