//! What both readings of a schema share: which keywords say something, and where references lead.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

/// A schema that is an object of keywords.
pub(super) type Keywords = Map<String, Json>;

/// Keywords that demand something. All others describe, or hold definitions.
const DEMANDS: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// Keywords that lead to another schema.
pub(super) const REFERENCES: &[&str] = &["$ref", "$dynamicRef", "$recursiveRef"];

/// The keywords of a schema that demand something.
pub(super) fn demands(schema: &Keywords) -> impl Iterator<Item = &str> {
    schema.keys().map(String::as_str).filter(|word| DEMANDS.binary_search(word).is_ok())
}

/// True where a schema demands nothing but these.
pub(super) fn only(schema: &Keywords, words: &[&str]) -> bool {
    demands(schema).all(|word| words.contains(&word))
}

/// True for schemas under which everything is valid.
pub(super) fn is_empty(schema: &Json) -> bool {
    match schema {
        Json::Bool(anything) => *anything,
        Json::Object(keywords) => demands(keywords).next().is_none(),
        _ => false,
    }
}

/// The schema as its draft reads it: up to draft 7, nothing that stands beside `$ref` counts.
pub(super) fn as_drafted(schema: &Json) -> Cow<'_, Json> {
    let draft = schema.get("$schema").and_then(Json::as_str).unwrap_or_default();
    if !["draft-03/", "draft-04/", "draft-05/", "draft-06/", "draft-07/"]
        .iter()
        .any(|old| draft.contains(old))
    {
        return Cow::Borrowed(schema);
    }
    let mut copy = schema.clone();
    without_siblings(&mut copy);
    Cow::Owned(copy)
}

fn without_siblings(schema: &mut Json) {
    match schema {
        Json::Object(words) => {
            if words.get("$ref").is_some_and(Json::is_string) {
                words.retain(|word, _| word == "$ref" || DEMANDS.binary_search(&word.as_str()).is_err());
            }
            for (word, inner) in words {
                if !matches!(word.as_str(), "enum" | "const" | "default" | "examples") {
                    without_siblings(inner);
                }
            }
        }
        Json::Array(all) => all.iter_mut().for_each(without_siblings),
        _ => {}
    }
}

/// The schema that a reference leads to, where it lies in the same document.
pub(super) fn target<'r>(root: &'r Json, reference: &str) -> Option<&'r Json> {
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let own = id_of(root).unwrap_or_default();
    let document = if address.is_empty() || address == own {
        root
    } else {
        let address = resolved(own, address);
        identified(root, own, &address, 0)?
    };
    let fragment = decoded(fragment)?;
    if fragment.is_empty() || fragment.starts_with('/') {
        return document.pointer(&fragment).filter(|target| is_schema(target));
    }
    anchored(document, &fragment, 0)
}

fn id_of(schema: &Json) -> Option<&str> {
    Some(schema.get("$id").or_else(|| schema.get("id"))?.as_str()?.trim_end_matches('#'))
}

/// An address as it is meant beside another one, in the ways in which schemas are named: whole, or as the last part.
fn resolved(base: &str, address: &str) -> String {
    match base.rfind('/') {
        Some(end) if !address.contains(':') && !address.starts_with('/') => {
            format!("{}{address}", base.get(..=end).unwrap_or_default())
        }
        _ => address.to_owned(),
    }
}

/// The schema that says of itself that this is its address.
fn identified<'r>(json: &'r Json, own: &str, address: &str, depth: usize) -> Option<&'r Json> {
    if depth > 64 {
        return None;
    }
    match json {
        Json::Object(object) => {
            if id_of(json).is_some_and(|id| resolved(own, id) == address) {
                return Some(json);
            }
            object.values().find_map(|inner| identified(inner, own, address, depth + 1))
        }
        Json::Array(all) => all.iter().find_map(|inner| identified(inner, own, address, depth + 1)),
        _ => None,
    }
}

fn is_schema(json: &Json) -> bool {
    matches!(json, Json::Bool(_) | Json::Object(_))
}

fn anchored<'r>(json: &'r Json, anchor: &str, depth: usize) -> Option<&'r Json> {
    if depth > 64 {
        return None;
    }
    match json {
        Json::Object(object) => {
            let names = ["$anchor", "$dynamicAnchor"];
            if names.iter().any(|word| object.get(*word).and_then(Json::as_str) == Some(anchor)) {
                return Some(json);
            }
            object.values().find_map(|inner| anchored(inner, anchor, depth + 1))
        }
        Json::Array(all) => all.iter().find_map(|inner| anchored(inner, anchor, depth + 1)),
        _ => None,
    }
}

/// A fragment of an address without its `%20`s.
fn decoded(fragment: &str) -> Option<String> {
    if !fragment.contains('%') {
        return Some(fragment.to_owned());
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some(at) = rest.find('%') {
        let (plain, coded) = rest.split_at(at);
        bytes.extend_from_slice(plain.as_bytes());
        bytes.push(u8::from_str_radix(coded.get(1..3)?, 16).ok()?);
        rest = coded.get(3..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(DEMANDS.is_sorted());
    }

    #[test]
    fn references_lead_to_schemas_of_the_document() {
        let root: Json = serde_json::from_str(
            r##"{"$id": "https://x/y", "$defs": {"a b": {"type": "null"}, "p/q": {"$anchor": "here"},
                "r": {"$id": "node", "$defs": {"s": {}}}, "t": {"$id": "urn:t"}}, "title": "t"}"##,
        )
        .unwrap();
        let found = |reference| target(&root, reference).is_some();
        for known in [
            "#",
            "#/$defs/a%20b",
            "#/$defs/p~1q",
            "#here",
            "https://x/y#/$defs/a b",
            "https://x/y",
            "node",
            "https://x/node#/$defs/s",
            "urn:t",
        ] {
            assert!(found(known), "{known}");
        }
        for unknown in
            ["#/$defs/c", "#there", "https://x/z", "#/title", "other.json#/a", "#/%", "nod", "urn:u"]
        {
            assert!(!found(unknown), "{unknown}");
        }
    }
}
