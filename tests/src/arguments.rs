//! Arguments for tools, made from their JSON Schemas: some that are meant to be valid, and some that were broken on purpose.
//!
//! Nothing here judges. What is valid, a JSON Schema validator says, of the schema with its silence made explicit
//! ([`closed`]): an object whose schema lists properties has no others.

use serde_json::{Map, Value, json};

/// How deep generated arguments nest.
const MAX_DEPTH: usize = 6;

/// Arguments that are meant to be valid: the fewest that the schema lets pass, and several with everything in them.
#[must_use]
pub fn examples(schema: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for variant in 0..=SHAPED.len() {
        let example = Maker { root: schema, full: variant > 0, variant }.value(schema, 0);
        if example.is_object() && !all.contains(&example) {
            all.push(example);
        }
    }
    all
}

struct Maker<'s> {
    root: &'s Value,
    /// Optional properties too.
    full: bool,
    /// Which alternative is taken.
    variant: usize,
}

impl Maker<'_> {
    fn value(&self, schema: &Value, depth: usize) -> Value {
        let Some(words) = schema.as_object().filter(|_| depth < 8 * MAX_DEPTH) else {
            return json!("anything");
        };
        if let Some(value) = words.get("const") {
            return value.clone();
        }
        if let Some(values) = words.get("enum").and_then(Value::as_array).filter(|values| !values.is_empty())
        {
            return values[self.variant % values.len()].clone();
        }
        let mut object = Map::new();
        self.object(schema, &mut object, depth);
        if !object.is_empty() {
            return Value::Object(object);
        }
        if let Some(target) = words.get("$ref").and_then(Value::as_str) {
            return self.target(target).map_or(Value::Null, |target| self.value(target, depth + 1));
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            if let Some(choices) = words.get(word).and_then(Value::as_array).filter(|all| !all.is_empty()) {
                let at = if word == "allOf" { 0 } else { (self.variant + depth) % choices.len() };
                return self.value(&choices[at], depth + 1);
            }
        }
        let kind = match words.get("type") {
            Some(Value::Array(kinds)) => kinds.get(self.variant % kinds.len()).and_then(Value::as_str),
            kind => kind.and_then(Value::as_str),
        };
        match kind {
            Some("object") => Value::Object(object),
            Some("array") => self.array(words, depth),
            Some("integer" | "number") => number(words),
            Some("boolean") => json!(self.variant.is_multiple_of(2)),
            Some("null") => Value::Null,
            Some("string") => text(words, self.variant),
            _ if words.contains_key("items") => self.array(words, depth),
            _ if words.contains_key("properties") => Value::Object(object),
            _ => json!("anything"),
        }
    }

    /// Adds the properties that a schema lists, and those that apply to the same object.
    fn object(&self, schema: &Value, into: &mut Map<String, Value>, depth: usize) {
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if required.contains(&name.as_str()) || (self.full && depth < MAX_DEPTH) {
                let value = if depth > 4 * MAX_DEPTH { Value::Null } else { self.value(property, depth + 1) };
                into.insert(name.clone(), value);
            }
        }
        for name in required {
            into.entry(name).or_insert(json!("anything"));
        }
        for all in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            if depth < MAX_DEPTH {
                self.object(all, into, depth + 1);
            }
        }
        if (into.is_empty() || schema.get("properties").is_some())
            && let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|it| self.target(it))
            && depth < 4 * MAX_DEPTH
        {
            self.object(target, into, depth + 1);
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(choices) =
                schema.get(word).and_then(Value::as_array).filter(|_| schema.get("properties").is_some())
                && !choices.is_empty()
            {
                self.object(&choices[self.variant % choices.len()], into, depth + 1);
            }
        }
    }

    fn array(&self, words: &Map<String, Value>, depth: usize) -> Value {
        let least = words.get("minItems").and_then(Value::as_u64).unwrap_or(0) as usize;
        let count = if depth < MAX_DEPTH { least.max(1) } else { least };
        let items = words.get("items").filter(|items| !items.is_array());
        let first = words.get("prefixItems").or(words.get("items")).and_then(Value::as_array);
        let element = |at: usize| match first.and_then(|first| first.get(at)).or(items) {
            Some(schema) => self.value(schema, depth + 1),
            None => json!(at),
        };
        let count = count.max(first.map_or(0, Vec::len));
        Value::Array((0..count).map(element).collect())
    }

    fn target(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }
}

fn number(words: &Map<String, Value>) -> Value {
    let bound = |word: &str| words.get(word).and_then(Value::as_i64);
    let least = bound("minimum").or(bound("exclusiveMinimum").map(|bound| bound + 1));
    let most = bound("maximum").or(bound("exclusiveMaximum").map(|bound| bound - 1));
    json!(least.or(most).unwrap_or(3))
}

/// Texts for patterns: one that fits is among them for most.
const SHAPED: &[&str] = &["a=b", "ABC-1", "a@b.co", "x-1", "12-AB", "name"];

fn text(words: &Map<String, Value>, variant: usize) -> Value {
    let least = words.get("minLength").and_then(Value::as_u64).unwrap_or(0) as usize;
    let most = words.get("maxLength").and_then(Value::as_u64).map_or(usize::MAX, |most| most as usize);
    let text = if words.contains_key("pattern") { SHAPED[variant % SHAPED.len()] } else { "text" };
    let text: String = text.chars().cycle().take(least.max(text.len()).min(most)).collect();
    json!(text)
}

/// Values of every kind, to be put where they probably do not belong.
fn probes() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(7),
        json!(-1),
        json!(2.5),
        json!(1_000_000),
        json!(""),
        json!("7"),
        json!("no such word, and a long one"),
        json!([]),
        json!(["x", 1]),
        json!({}),
        json!({"undeclared": 1}),
    ]
}

/// Values that a schema speaks of: its cases, and its bounds with what is just beyond them.
#[must_use]
pub fn spoken_of(schema: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    speak(schema, &mut all);
    all
}

fn speak(schema: &Value, all: &mut Vec<Value>) {
    let mut add = |value: Value| {
        if !all.contains(&value) {
            all.push(value);
        }
    };
    match schema {
        Value::Object(words) => {
            for (word, value) in words {
                match (word.as_str(), value) {
                    ("const", value) => add(value.clone()),
                    ("enum", Value::Array(cases)) => cases.iter().cloned().for_each(&mut add),
                    (
                        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf",
                        value,
                    ) => {
                        add(value.clone());
                        if let Some(bound) = value.as_i64() {
                            [bound - 1, bound + 1].into_iter().for_each(|near| add(json!(near)));
                        }
                    }
                    ("minLength" | "maxLength", Value::Number(length)) => {
                        let length = length.as_u64().unwrap_or(0).min(100) as usize;
                        add(json!("x".repeat(length)));
                        add(json!("é".repeat(length + 1)));
                    }
                    _ => {}
                }
            }
            for value in words.values() {
                speak(value, all);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| speak(value, all)),
        _ => {}
    }
}

/// Arguments with one thing changed in them, at every depth: another value, a key less, a key more, an element twice.
#[must_use]
pub fn changed(arguments: &Value) -> Vec<Value> {
    changed_with(arguments, &[])
}

/// As [`changed`], with more values to put in.
#[must_use]
pub fn changed_with(arguments: &Value, more: &[Value]) -> Vec<Value> {
    let probes: Vec<Value> = probes().into_iter().chain(more.iter().cloned()).collect();
    let mut places = Vec::new();
    collect(arguments, &mut String::new(), &mut places);
    let mut all = Vec::new();
    for place in &places {
        let mut with = |change: &dyn Fn(&mut Value)| {
            let mut copy = arguments.clone();
            if let Some(value) = copy.pointer_mut(place) {
                change(value);
                all.push(copy);
            }
        };
        if !place.is_empty() {
            for probe in &probes {
                with(&|value| *value = probe.clone());
            }
        }
        match arguments.pointer(place) {
            Some(Value::Object(object)) => {
                for key in object.keys() {
                    with(&|value| {
                        value.as_object_mut().map(|object| object.remove(key));
                    });
                }
                with(&|value| {
                    value.as_object_mut().map(|object| object.insert("undeclared".to_owned(), json!("x")));
                });
            }
            Some(Value::Array(array)) if !array.is_empty() => {
                with(&|value| {
                    if let Some(array) = value.as_array_mut() {
                        array.extend(array.first().cloned());
                    }
                });
                with(&|value| {
                    if let Some(array) = value.as_array_mut() {
                        array.pop();
                    }
                });
            }
            _ => {}
        }
    }
    all
}

fn collect(value: &Value, at: &mut String, places: &mut Vec<String>) {
    places.push(at.clone());
    let length = at.len();
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                at.push('/');
                at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect(inner, at, places);
                at.truncate(length);
            }
        }
        Value::Array(array) => {
            for (index, inner) in array.iter().enumerate() {
                at.push_str(&format!("/{index}"));
                collect(inner, at, places);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// The schema with its silence made explicit, as draft 2020-12 can say it: wherever a value of its own stands and properties
/// are listed for it, `unevaluatedProperties` is false. The arguments themselves are closed in any case.
#[must_use]
pub fn closed(schema: &Value) -> Value {
    let mut copy = if schema.is_null() { json!({"type": "object"}) } else { schema.clone() };
    let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    if ["draft-04", "draft-06", "draft-07"].iter().any(|old| draft.contains(old)) {
        alone(&mut copy);
    }
    let root = copy.clone();
    close_inside(&mut copy, &root);
    if let Some(words) = copy.as_object_mut() {
        words.remove("$schema");
        words.remove("$id");
    }
    redirect(&mut copy);
    // The schema itself may be referred to from within, and is as open there as its surroundings are.
    let silence = schema.get("unevaluatedProperties").cloned().unwrap_or(json!(false));
    json!({"$defs": {ROOT: copy}, "$ref": format!("#/$defs/{}", ROOT.replace(' ', "%20")), "unevaluatedProperties": silence})
}

/// Where the schema itself lies in the one that [`closed`] makes.
const ROOT: &str = "the arguments";

/// In older drafts a reference stands for itself, whatever stands beside it.
fn alone(schema: &mut Value) {
    match schema {
        Value::Object(words) => {
            if words.get("$ref").is_some_and(Value::is_string) {
                words.retain(|word, _| matches!(word.as_str(), "$ref" | "definitions"));
            }
            words.values_mut().for_each(alone);
        }
        Value::Array(all) => all.iter_mut().for_each(alone),
        _ => {}
    }
}

/// Lets references lead to where the schema now lies.
fn redirect(schema: &mut Value) {
    match schema {
        Value::Object(words) => {
            if let Some(Value::String(reference)) = words.get_mut("$ref")
                && let Some(path) = reference.strip_prefix('#')
                && (path.is_empty() || path.starts_with('/'))
            {
                *reference = format!("#/$defs/{}{path}", ROOT.replace(' ', "%20"));
            }
            words.values_mut().for_each(redirect);
        }
        Value::Array(all) => all.iter_mut().for_each(redirect),
        _ => {}
    }
}

fn close_inside(schema: &mut Value, root: &Value) {
    let Some(words) = schema.as_object_mut() else { return };
    // Who asks for a key has declared it.
    let asked: Vec<String> = words
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let says_more = |word: &str| words.contains_key(word);
    if !asked.is_empty() && !says_more("additionalProperties") && !says_more("unevaluatedProperties") {
        let properties = words.entry("properties").or_insert_with(|| json!({}));
        for name in asked {
            if let Some(properties) = properties.as_object_mut() {
                properties.entry(name).or_insert(json!(true));
            }
        }
    }
    for word in ["properties", "patternProperties", "$defs", "definitions"] {
        for (_, inner) in words.get_mut(word).and_then(Value::as_object_mut).into_iter().flatten() {
            // What a reference leads to is closed where the reference stands.
            if word.contains("def") { close_inside(inner, root) } else { close_place(inner, root) }
        }
    }
    // Where documents of OpenAPI keep their definitions.
    let shared = words.get_mut("components").and_then(|components| components.get_mut("schemas"));
    for (_, inner) in shared.and_then(Value::as_object_mut).into_iter().flatten() {
        close_inside(inner, root);
    }
    for word in
        ["additionalProperties", "unevaluatedProperties", "items", "additionalItems", "unevaluatedItems"]
    {
        if let Some(inner) = words.get_mut(word) {
            close_place(inner, root);
        }
    }
    for inner in words.get_mut("prefixItems").and_then(Value::as_array_mut).into_iter().flatten() {
        close_place(inner, root);
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        for inner in words.get_mut(word).and_then(Value::as_array_mut).into_iter().flatten() {
            close_inside(inner, root);
        }
    }
    for (_, inner) in words.get_mut("dependentSchemas").and_then(Value::as_object_mut).into_iter().flatten() {
        close_inside(inner, root);
    }
    for word in ["then", "else"] {
        if let Some(inner) = words.get_mut(word) {
            close_inside(inner, root);
        }
    }
}

fn close_place(schema: &mut Value, root: &Value) {
    // Before it is changed: who asks for a key lists nothing.
    let is_listed = lists(schema, root, &mut Vec::new());
    close_inside(schema, root);
    if is_listed && let Some(words) = schema.as_object_mut() {
        words.entry("unevaluatedProperties").or_insert(json!(false));
    }
}

/// Whether properties are listed for the value that the schema applies to.
fn lists(schema: &Value, root: &Value, followed: &mut Vec<String>) -> bool {
    let Some(words) = schema.as_object() else { return false };
    let has = |word: &str| {
        words.get(word).and_then(Value::as_object).is_some_and(|properties| !properties.is_empty())
    };
    if has("properties") || has("patternProperties") || words.contains_key("additionalProperties") {
        return true;
    }
    if let Some(reference) = words.get("$ref").and_then(Value::as_str)
        && !followed.iter().any(|known| known == reference)
    {
        followed.push(reference.to_owned());
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        if target.is_some_and(|target| lists(target, root, followed)) {
            return true;
        }
    }
    let choices =
        ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| words.get(word)?.as_array()).flatten();
    let branches = ["if", "then", "else"].into_iter().filter_map(|word| words.get(word));
    let dependent = words.get("dependentSchemas").and_then(Value::as_object);
    let dependent = dependent.into_iter().flatten().map(|(_, inner)| inner);
    choices.chain(branches).chain(dependent).any(|inner| lists(inner, root, followed))
}
