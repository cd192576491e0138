//! A whole schema as the runtime checks it: every keyword that demands something, and nothing else.

use std::collections::HashMap;

use agentpass_ir::{Demand, Kind, Schema, SchemaId};
use serde_json::Value as Json;

use super::ecma;
use super::schemas::{Keywords, demands, target};
use crate::manifest::canonical;

/// The most schemas that one tool may consist of.
const MOST: usize = 10_000;
/// How deep schemas may nest without references. JSON itself is read to 128.
const MAX_DEPTH: usize = 200;

/// Adds the schema to the others, and gives its number. The parameters in `exact` are left out: their types say all there is.
/// What cannot be checked is added to `unchecked`.
pub(super) fn read(
    schemas: &mut Vec<Schema>,
    root: &Json,
    exact: &[String],
    unchecked: &mut Vec<String>,
) -> Option<SchemaId> {
    let start = schemas.len();
    let mut reader = Reader { root, start, schemas, known: HashMap::new(), unchecked, exact };
    reader.schema(root, 0, true)
}

struct Reader<'r> {
    root: &'r Json,
    start: usize,
    schemas: &'r mut Vec<Schema>,
    /// Schemas that references lead to.
    known: HashMap<String, SchemaId>,
    unchecked: &'r mut Vec<String>,
    exact: &'r [String],
}

impl<'r> Reader<'r> {
    fn schema(&mut self, schema: &'r Json, depth: usize, is_root: bool) -> Option<SchemaId> {
        if self.schemas.len() - self.start >= MOST || depth > MAX_DEPTH {
            self.cannot("a schema of this size");
            return None;
        }
        let id = SchemaId(u32::try_from(self.schemas.len()).ok()?);
        self.schemas.push(Schema::default());
        let demands = match schema {
            Json::Object(keywords) => self.keywords(keywords, depth, is_root),
            Json::Bool(false) => vec![Demand::Never],
            _ => Vec::new(),
        };
        if let Some(place) = self.schemas.get_mut(id.index()) {
            place.demands = demands;
        }
        Some(id)
    }

    fn cannot(&mut self, what: &str) {
        if !self.unchecked.iter().any(|known| known == what) {
            self.unchecked.push(what.to_owned());
        }
    }

    fn inner(&mut self, schema: &'r Json, depth: usize) -> Option<SchemaId> {
        self.schema(schema, depth + 1, false)
    }

    fn all(&mut self, schemas: &'r Json, depth: usize) -> Vec<SchemaId> {
        schemas.as_array().into_iter().flatten().filter_map(|schema| self.inner(schema, depth)).collect()
    }

    fn keywords(&mut self, words: &'r Keywords, depth: usize, is_root: bool) -> Vec<Demand> {
        let mut out = Vec::new();
        let number = |word: &str| {
            words.get(word).filter(|value| value.is_number()).map(|value| value.to_string().into())
        };
        let count = |word: &str| words.get(word).and_then(whole);
        let is_nullable = words.get("nullable") == Some(&Json::Bool(true));
        for word in demands(words) {
            let Some(value) = words.get(word) else { continue };
            match word {
                "$ref" | "$dynamicRef" | "$recursiveRef" => out.extend(self.reference(value, depth)),
                "type" => {
                    let mut kinds = Vec::new();
                    for name in value.as_array().into_iter().flatten().chain([value]).filter_map(Json::as_str)
                    {
                        match kind(name) {
                            Some(kind) => kinds.push(kind),
                            None => self.cannot(&format!("the type `{name}`")),
                        }
                    }
                    if is_nullable {
                        kinds.push(Kind::Null);
                    }
                    if !kinds.is_empty() {
                        out.push(Demand::Kinds(kinds));
                    }
                }
                "enum" | "const" => {
                    let one = std::slice::from_ref(value);
                    let cases =
                        if word == "enum" { value.as_array().map_or(one, Vec::as_slice) } else { one };
                    let mut cases: Vec<Box<str>> = cases.iter().map(|case| canonical(case).into()).collect();
                    if is_nullable && word == "enum" {
                        cases.push("null".into());
                    }
                    out.push(Demand::Cases(cases));
                }
                "allOf" => out.push(Demand::All(self.all(value, depth))),
                "anyOf" => out.push(Demand::Any(self.all(value, depth))),
                "oneOf" => out.push(Demand::One(self.all(value, depth))),
                "not" => out.extend(self.inner(value, depth).map(Demand::Not)),
                "if" => {
                    if let Some(condition) = self.inner(value, depth) {
                        let then = words.get("then").and_then(|then| self.inner(then, depth));
                        let otherwise = words.get("else").and_then(|other| self.inner(other, depth));
                        out.push(Demand::If { condition, then, otherwise });
                    }
                }
                // In draft 4 a boolean makes the bound beside it exclusive.
                "minimum" if words.get("exclusiveMinimum") == Some(&Json::Bool(true)) => {
                    out.extend(number(word).map(Demand::Above));
                }
                "maximum" if words.get("exclusiveMaximum") == Some(&Json::Bool(true)) => {
                    out.extend(number(word).map(Demand::Below));
                }
                "minimum" => out.extend(number(word).map(Demand::Minimum)),
                "maximum" => out.extend(number(word).map(Demand::Maximum)),
                "exclusiveMinimum" => out.extend(number(word).map(Demand::Above)),
                "exclusiveMaximum" => out.extend(number(word).map(Demand::Below)),
                "multipleOf" => out.extend(number(word).map(Demand::MultipleOf)),
                "minLength" | "minItems" | "minProperties" => {
                    let least = count(word).unwrap_or(0);
                    out.push(match word {
                        "minLength" => Demand::Length(least, None),
                        "minItems" => Demand::Items(least, None),
                        _ => Demand::Size(least, None),
                    });
                }
                "maxLength" => out.extend(count(word).map(|most| Demand::Length(0, Some(most)))),
                "maxItems" => out.extend(count(word).map(|most| Demand::Items(0, Some(most)))),
                "maxProperties" => out.extend(count(word).map(|most| Demand::Size(0, Some(most)))),
                "pattern" => {
                    let pattern = value.as_str().unwrap_or_default();
                    match ecma::searches(pattern) {
                        Some(searches) => self.searches(searches, &mut out),
                        None => self.cannot(&format!("the pattern `{pattern}`")),
                    }
                }
                "uniqueItems" if value == &Json::Bool(true) => out.push(Demand::Unique),
                "contains" => {
                    let least = count("minContains").unwrap_or(1);
                    let most = count("maxContains");
                    out.extend(self.inner(value, depth).map(|id| Demand::Contains(id, least, most)));
                }
                "propertyNames" => out.extend(self.inner(value, depth).map(Demand::Names)),
                "required" => out.push(Demand::Required(texts(value))),
                "dependentRequired" | "dependentSchemas" | "dependencies" => {
                    for (key, value) in value.as_object().into_iter().flatten() {
                        let key: Box<str> = key.as_str().into();
                        match value {
                            Json::Array(_) => out.push(Demand::Needs(key, texts(value))),
                            _ => out.extend(self.inner(value, depth).map(|id| Demand::Implies(key, id))),
                        }
                    }
                }
                "unevaluatedItems" => out.extend(self.inner(value, depth).map(Demand::OtherElements)),
                "unevaluatedProperties" => out.extend(self.inner(value, depth).map(Demand::OtherFields)),
                _ => {}
            }
        }
        out.extend(self.elements(words, depth));
        out.extend(self.properties(words, depth, is_root));
        out
    }

    /// A text in which all of some patterns are found, and none of some others.
    fn searches(&mut self, searches: Vec<ecma::Search>, out: &mut Vec<Demand>) {
        for search in searches {
            if search.is_found {
                out.push(Demand::Matches(search.pattern));
                continue;
            }
            let Ok(id) = u32::try_from(self.schemas.len()) else { return };
            // What is no text has no pattern to avoid.
            let refused = vec![Demand::Kinds(vec![Kind::String]), Demand::Matches(search.pattern)];
            self.schemas.push(Schema { demands: refused });
            out.push(Demand::Not(SchemaId(id)));
        }
    }

    fn reference(&mut self, value: &'r Json, depth: usize) -> Option<Demand> {
        let reference = value.as_str()?;
        if let Some(known) = self.known.get(reference) {
            return Some(Demand::Same(*known));
        }
        let Some(target) = target(self.root, reference) else {
            self.cannot(&format!("the reference `{reference}`"));
            return None;
        };
        // Known before it is read, because it may lead back to itself.
        let next = SchemaId(u32::try_from(self.schemas.len()).ok()?);
        self.known.insert(reference.to_owned(), next);
        let id = self.inner(target, depth);
        if id.is_none() {
            self.known.remove(reference);
        }
        id.map(Demand::Same)
    }

    /// `prefixItems` and `items`, or in older drafts `items` and `additionalItems`.
    fn elements(&mut self, words: &'r Keywords, depth: usize) -> Option<Demand> {
        let (first, rest) = match words.get("items") {
            Some(tuple @ Json::Array(_)) => (Some(tuple), words.get("additionalItems")),
            items => (words.get("prefixItems"), items),
        };
        if first.is_none() && rest.is_none() {
            return None;
        }
        // Each position keeps its place, also where its schema could not be taken.
        let mut ids = Vec::new();
        for schema in first.and_then(Json::as_array).into_iter().flatten() {
            ids.push(self.inner(schema, depth)?);
        }
        let rest = match rest {
            Some(rest) => Some(self.inner(rest, depth)?),
            None => None,
        };
        Some(Demand::Elements { first: ids, rest })
    }

    fn properties(&mut self, words: &'r Keywords, depth: usize, is_root: bool) -> Option<Demand> {
        let named = words.get("properties").and_then(Json::as_object);
        let matching = words.get("patternProperties").and_then(Json::as_object);
        let rest = words.get("additionalProperties");
        if named.is_none() && matching.is_none() && rest.is_none() {
            return None;
        }
        let mut names = Vec::new();
        for (name, schema) in named.into_iter().flatten() {
            let anything: &'static Json = &Json::Bool(true);
            let is_exact = is_root && self.exact.contains(name);
            names.push((name.as_str().into(), self.inner(if is_exact { anything } else { schema }, depth)?));
        }
        let mut patterns = Vec::new();
        for (pattern, schema) in matching.into_iter().flatten() {
            match ecma::translated(pattern).as_deref().and_then(ecma::matching) {
                Some(known) => patterns.push((known, self.inner(schema, depth)?)),
                // Names that it would let in are refused: closed is the safe way round.
                None => self.cannot(&format!("the pattern `{pattern}`")),
            }
        }
        let rest = match rest {
            Some(rest) => Some(self.inner(rest, depth)?),
            None => None,
        };
        Some(Demand::Properties { named: names, matching: patterns, rest })
    }
}

/// A whole number, also where it is written `5.0`.
fn whole(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| value.to_string().strip_suffix(".0")?.parse().ok())
}

fn texts(value: &Json) -> Vec<Box<str>> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str).map(Into::into).collect()
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "string" => Kind::String,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}
