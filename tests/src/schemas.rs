//! JSON Schemas as strangers write them, made from a tape of bytes (as [`crate::generate`] makes programs).
//!
//! Every keyword of draft 2020-12 that a signature can follow is here, in combinations that nobody would write: bounds beside
//! alternatives, references into themselves, objects that are listed in three places at once. Values come from small pools, so
//! that what one keyword asks for another one often gives.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::tape::Tape;

/// How deep schemas nest.
const MAX_DEPTH: usize = 4;
const NAMES: &[&str] = &["a", "b", "c", "kind", "id"];
const TEXTS: &[&str] = &["", "a", "b", "ab", "x-1", "ä", "1", "null"];
const PATTERNS: &[&str] = &["^a", "b$", "^x-[0-9]+$", "^(?!b)", "^(?=a).*b$", "^.$", "[^a]", "^\\p{L}*$"];

/// Schemas of arguments.
pub fn schemas() -> impl Strategy<Value = Value> {
    proptest::collection::vec(any::<u8>(), 0..160).prop_map(|bytes| schema(&bytes))
}

/// The schema that a tape stands for.
#[must_use]
pub fn schema(tape: &[u8]) -> Value {
    let mut writer = Writer { tape: Tape::new(tape.to_vec()) };
    let mut root = Map::new();
    root.insert("type".to_owned(), json!("object"));
    writer.object(&mut root, 0);
    if writer.once_in(4) {
        writer.combined(&mut root, 0);
    }
    let mut definitions = Map::new();
    for name in ["p", "q"] {
        definitions.insert(name.to_owned(), writer.place(1));
    }
    root.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(root)
}

/// True where a schema leads back to itself without a step into its value. No validator comes to an end there.
#[must_use]
pub fn is_circular(schema: &Value) -> bool {
    let definitions = schema.get("$defs").and_then(Value::as_object);
    let starts = definitions.into_iter().flatten().map(|(_, inner)| inner).chain([schema]);
    starts.into_iter().any(|start| circles(start, schema, &mut Vec::new()))
}

fn circles(schema: &Value, root: &Value, passed: &mut Vec<String>) -> bool {
    let Some(words) = schema.as_object() else { return false };
    words.iter().any(|(word, value)| match (word.as_str(), value) {
        ("$ref", Value::String(reference)) => {
            if passed.contains(reference) {
                return true;
            }
            passed.push(reference.clone());
            let target = reference.strip_prefix('#').and_then(|path| root.pointer(path));
            let found = target.is_some_and(|target| circles(target, root, passed));
            passed.pop();
            found
        }
        ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => all.iter().any(|one| circles(one, root, passed)),
        ("not" | "if" | "then" | "else", one) => circles(one, root, passed),
        ("dependentSchemas", Value::Object(all)) => all.values().any(|one| circles(one, root, passed)),
        _ => false,
    })
}

struct Writer {
    tape: Tape,
}

impl Writer {
    fn pick(&mut self, count: usize) -> usize {
        self.tape.pick(count)
    }

    fn once_in(&mut self, count: usize) -> bool {
        self.tape.once_in(count)
    }

    fn name(&mut self) -> String {
        self.tape.one_of(NAMES).to_owned()
    }

    /// A schema for a value of its own.
    fn place(&mut self, depth: usize) -> Value {
        let mut words = Map::new();
        if depth >= MAX_DEPTH {
            return json!({"type": self.tape.one_of(&["string", "integer", "boolean", "null"])});
        }
        match self.pick(16) {
            0 | 1 => self.text(&mut words),
            2 | 3 => self.number(&mut words),
            4 => {
                words.insert("type".to_owned(), json!("boolean"));
            }
            5 | 6 => {
                words.insert("type".to_owned(), json!("object"));
                self.object(&mut words, depth);
            }
            7 | 8 => self.array(&mut words, depth),
            9 => {
                words.insert(
                    "enum".to_owned(),
                    Value::Array((0..1 + self.pick(3)).map(|_| self.value(0)).collect()),
                );
            }
            10 => {
                words.insert("const".to_owned(), self.value(0));
            }
            11 => return self.reference(),
            12 => self.several(&mut words),
            13 => {
                return [json!({}), json!(true), json!({"description": "x"}), json!(false)][self.pick(4)]
                    .clone();
            }
            _ => self.combined(&mut words, depth),
        }
        if self.once_in(6) {
            self.combined(&mut words, depth);
        }
        if self.once_in(8) {
            words.insert("description".to_owned(), json!("\"'\\ \u{202e}"));
            words.insert("default".to_owned(), self.value(0));
            words.insert("format".to_owned(), json!("email"));
        }
        Value::Object(words)
    }

    fn reference(&mut self) -> Value {
        json!({"$ref": self.tape.one_of(&["#/$defs/p", "#/$defs/q", "#"])})
    }

    fn text(&mut self, words: &mut Map<String, Value>) {
        words.insert("type".to_owned(), json!("string"));
        self.lengths(words);
    }

    fn lengths(&mut self, words: &mut Map<String, Value>) {
        if self.once_in(3) {
            words.insert("minLength".to_owned(), json!(self.pick(3)));
        }
        if self.once_in(3) {
            words.insert("maxLength".to_owned(), json!(self.pick(4)));
        }
        if self.once_in(3) {
            words.insert("pattern".to_owned(), json!(self.tape.one_of(PATTERNS)));
        }
    }

    fn number(&mut self, words: &mut Map<String, Value>) {
        words.insert("type".to_owned(), json!(self.tape.one_of(&["integer", "number"])));
        self.bounds(words);
    }

    fn bounds(&mut self, words: &mut Map<String, Value>) {
        for word in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
            if self.once_in(4) {
                let bound = match (word, self.pick(4)) {
                    ("multipleOf", 0) => json!(0.5),
                    ("multipleOf", at) => json!(at),
                    (_, 0) => json!(1.5),
                    (_, at) => json!(at as i64 * 3 - 5),
                };
                words.insert(word.to_owned(), bound);
            }
        }
    }

    /// Several types at once, with the words of all of them.
    fn several(&mut self, words: &mut Map<String, Value>) {
        let all = ["string", "null", "integer", "boolean", "number"];
        let first = self.pick(all.len());
        let second = (first + 1 + self.pick(all.len() - 1)) % all.len();
        words.insert("type".to_owned(), json!([all[first], all[second]]));
        self.lengths(words);
        self.bounds(words);
    }

    fn array(&mut self, words: &mut Map<String, Value>, depth: usize) {
        words.insert("type".to_owned(), json!("array"));
        if !self.once_in(4) {
            words.insert("items".to_owned(), self.place(depth + 1));
        }
        if self.once_in(4) {
            words.insert(
                "prefixItems".to_owned(),
                Value::Array((0..1 + self.pick(2)).map(|_| self.place(depth + 1)).collect()),
            );
        }
        if self.once_in(4) {
            words.insert("minItems".to_owned(), json!(self.pick(3)));
        }
        if self.once_in(4) {
            words.insert("maxItems".to_owned(), json!(1 + self.pick(3)));
        }
        if self.once_in(6) {
            words.insert("uniqueItems".to_owned(), json!(true));
        }
        if self.once_in(8) {
            words.insert("contains".to_owned(), self.place(depth + 2));
            if self.once_in(2) {
                words.insert("minContains".to_owned(), json!(self.pick(2)));
            }
            if self.once_in(2) {
                words.insert("maxContains".to_owned(), json!(1 + self.pick(2)));
            }
        }
        if self.once_in(10) {
            words.insert("unevaluatedItems".to_owned(), self.place(depth + 2));
        }
    }

    /// What is said about the fields of an object.
    fn object(&mut self, words: &mut Map<String, Value>, depth: usize) {
        if !self.once_in(8) {
            let mut properties = Map::new();
            for _ in 0..1 + self.pick(3) {
                let name = self.name();
                let schema = self.place(depth + 1);
                properties.insert(name, schema);
            }
            words.insert("properties".to_owned(), Value::Object(properties));
        }
        if self.once_in(2) {
            let mut names: Vec<String> = (0..1 + self.pick(2)).map(|_| self.name()).collect();
            names.sort();
            names.dedup();
            words.insert("required".to_owned(), json!(names));
        }
        match self.pick(8) {
            1 | 2 => {
                words.insert("additionalProperties".to_owned(), json!(false));
            }
            3 => {
                words.insert("additionalProperties".to_owned(), json!(true));
            }
            4 => {
                words.insert("additionalProperties".to_owned(), self.place(depth + 2));
            }
            _ => {}
        }
        if self.once_in(8) {
            let pattern = self.tape.one_of(&["^a", "b$", "[^a]", "^k"]);
            words.insert("patternProperties".to_owned(), json!({ pattern: self.place(depth + 2) }));
        }
        if self.once_in(10) {
            words.insert("propertyNames".to_owned(), json!({"maxLength": 1 + self.pick(4)}));
        }
        if self.once_in(10) {
            words.insert("minProperties".to_owned(), json!(self.pick(3)));
        }
        if self.once_in(10) {
            words.insert("maxProperties".to_owned(), json!(1 + self.pick(3)));
        }
        if self.once_in(10) {
            words.insert("dependentRequired".to_owned(), json!({ self.name(): [self.name()] }));
        }
        if self.once_in(10) {
            words.insert("dependentSchemas".to_owned(), json!({ self.name(): self.part(depth + 1) }));
        }
        if self.once_in(10) {
            words.insert("unevaluatedProperties".to_owned(), self.place(depth + 2));
        }
    }

    /// A schema for a value that others describe as well.
    fn part(&mut self, depth: usize) -> Value {
        let mut words = Map::new();
        match self.pick(4) {
            0 => return self.place(depth),
            1 => self.bounds(&mut words),
            2 => {
                words.insert("required".to_owned(), json!([self.name()]));
            }
            _ => {
                words.insert("type".to_owned(), json!("object"));
                self.object(&mut words, depth);
            }
        }
        Value::Object(words)
    }

    /// Other schemas for the same value.
    fn combined(&mut self, words: &mut Map<String, Value>, depth: usize) {
        let parts = |writer: &mut Self| {
            let count = 1 + writer.pick(3);
            Value::Array((0..count).map(|_| writer.part(depth + 1)).collect())
        };
        match self.pick(7) {
            0 | 1 => {
                let parts = parts(self);
                words.insert("anyOf".to_owned(), parts);
            }
            2 => {
                let parts = parts(self);
                words.insert("oneOf".to_owned(), parts);
            }
            3 => {
                let parts = parts(self);
                words.insert("allOf".to_owned(), parts);
            }
            4 => {
                let refused = self.part(depth + 1);
                words.insert("not".to_owned(), refused);
            }
            5 => {
                for word in ["if", "then", "else"] {
                    let part = self.part(depth + 1);
                    words.insert(word.to_owned(), part);
                }
            }
            _ => {
                if let Value::Object(reference) = self.reference() {
                    words.extend(reference);
                }
            }
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.pick(if depth > 1 { 6 } else { 8 }) {
            0..=2 => json!(self.tape.one_of(TEXTS)),
            3 => json!(self.pick(5) as i64 - 1),
            4 => json!(1.5),
            5 => [Value::Null, json!(true), json!(false)][self.pick(3)].clone(),
            6 => Value::Array((0..self.pick(3)).map(|_| self.value(depth + 1)).collect()),
            _ => {
                let mut object = Map::new();
                for _ in 0..self.pick(3) {
                    let name = self.name();
                    let value = self.value(depth + 1);
                    object.insert(name, value);
                }
                Value::Object(object)
            }
        }
    }
}
