//! What both readings of a schema share: which keywords say something, and where references lead.

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

/// The schema that a reference leads to, where it lies in the same document.
pub(super) fn target<'r>(root: &'r Json, reference: &str) -> Option<&'r Json> {
    let own = root.get("$id").and_then(Json::as_str).unwrap_or("\u{0}");
    let fragment = match reference.strip_prefix('#') {
        Some(fragment) => fragment,
        None => match reference.strip_prefix(own.trim_end_matches('#'))? {
            "" => "",
            rest => rest.strip_prefix('#')?,
        },
    };
    let fragment = decoded(fragment)?;
    if fragment.is_empty() || fragment.starts_with('/') {
        return root.pointer(&fragment).filter(|target| is_schema(target));
    }
    anchored(root, &fragment, 0)
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
            if object.get("$anchor").and_then(Json::as_str) == Some(anchor) {
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
            r##"{"$id": "https://x/y", "$defs": {"a b": {"type": "null"}, "p/q": {"$anchor": "here"}}, "title": "t"}"##,
        )
        .unwrap();
        let found = |reference| target(&root, reference).is_some();
        for known in ["#", "#/$defs/a%20b", "#/$defs/p~1q", "#here", "https://x/y#/$defs/a b", "https://x/y"]
        {
            assert!(found(known), "{known}");
        }
        for unknown in ["#/$defs/c", "#there", "https://x/z", "#/title", "other.json#/a", "#/%"] {
            assert!(!found(unknown), "{unknown}");
        }
    }
}
