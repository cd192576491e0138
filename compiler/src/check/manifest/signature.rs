//! The parameters that a schema describes, with the types that rules read them by.
//!
//! A type never refuses what the schema accepts, with two exceptions that are meant: numbers must fit into the language's own, and
//! where `properties` or `items` stand without a `type`, an object or an array is meant. Where a type accepts more than the schema,
//! the reading is not *exact*, and the arguments are checked for the schema itself as well.
//!
//! `allOf`, `anyOf` and the like may list further properties of the same object. They all become fields: a rule must be able
//! to see whatever may come.

use std::collections::{HashMap, HashSet};

use agentpass_grammar::Span;
use agentpass_values::Decimal;
use serde_json::Value as Json;

use super::ecma;
use super::schemas::{Keywords, REFERENCES, is_empty, only, target};
use crate::ast;
use crate::typed::{Field, Record, SchemaBounds, WireForm};
use crate::types::{ListSize, RecordId, Ty};

/// How deep types may nest; below that they are `json`. Each level is a form or two, and a form has 32 levels at most.
const MAX_DEPTH: usize = 12;
/// The most record types of one tool.
const MOST_RECORDS: usize = 500;

/// A signature.
pub(super) struct Read {
    pub(super) params: Vec<Field>,
    pub(super) open: bool,
    /// Whether the types of the parameters say all that the schema says.
    pub(super) exact: bool,
    /// The parameters whose types do, by their names on the wire.
    pub(super) exact_params: Vec<String>,
}

/// Reads the schema of a tool's arguments.
pub(super) fn read(records: &mut Vec<Record>, root: &Json, owner: &str, at: Span) -> Read {
    let most = records.len() + MOST_RECORDS;
    let mut reader =
        Reader { records, most, root, at, owner, exact: true, open_refs: Vec::new(), known: HashMap::new() };
    let Some(object) = root.as_object() else {
        // No schema, no arguments; the schema `false` refuses every call.
        let exact = *root != Json::Bool(false);
        return Read { params: Vec::new(), open: false, exact, exact_params: Vec::new() };
    };
    let mut gathered = Gathered::default();
    reader.gather(object, true, 0, &mut gathered);
    let is_plain = only(object, &["type", "properties", "required", "additionalProperties"])
        && object.get("type").is_none_or(|word| word == "object")
        && object.get("additionalProperties").is_none_or(Json::is_boolean);
    let mut exact_params = Vec::new();
    let mut params = Vec::new();
    for (wire, name, listings) in gathered.named() {
        reader.exact = true;
        params.push(reader.field(&wire, name, &listings, &gathered, 1));
        if reader.exact && is_plain {
            exact_params.push(wire);
        }
    }
    let exact = is_plain && exact_params.len() == params.len();
    Read { params, open: gathered.open, exact, exact_params }
}

/// What is said of one field.
#[derive(Clone, Default)]
struct Listings<'r> {
    /// By schemas that apply in any case.
    certain: Vec<&'r Json>,
    /// By alternatives and conditions.
    possible: Vec<&'r Json>,
    /// Whether it is asked for where nothing is said of it.
    is_asked: bool,
}

/// All that the schemas which apply to one object say of its fields.
#[derive(Default)]
struct Gathered<'r> {
    fields: Vec<(&'r str, Listings<'r>)>,
    /// The place of each field by its name.
    places: HashMap<&'r str, usize>,
    required: HashSet<&'r str>,
    open: bool,
    /// References that were followed: once is enough.
    followed: Vec<&'r str>,
}

impl<'r> Gathered<'r> {
    fn is_required(&self, wire: &str) -> bool {
        self.required.contains(wire)
    }

    fn listings(&mut self, wire: &'r str) -> Option<&mut Listings<'r>> {
        let at = *self.places.entry(wire).or_insert(self.fields.len());
        if at == self.fields.len() {
            self.fields.push((wire, Listings::default()));
        }
        self.fields.get_mut(at).map(|(_, listings)| listings)
    }

    /// The fields with their names in the language. One that can keep its name keeps it, whatever the others are called:
    /// `a-b` must not become the `a_b` that rules speak of.
    fn named(&self) -> Vec<(String, String, Listings<'r>)> {
        let as_is = self.fields.iter().map(|(wire, _)| *wire).filter(|wire| readable(wire) == **wire);
        let mut taken: HashSet<String> = as_is.map(str::to_owned).collect();
        let fields = self.fields.iter().map(|(wire, listings)| {
            let name = readable(wire);
            let name = if name == *wire { name } else { unique(name, &mut taken) };
            ((*wire).to_owned(), name, listings.clone())
        });
        fields.collect()
    }
}

/// A type, with how it is written.
type Typed = (Ty, WireForm, SchemaBounds);

struct Reader<'r> {
    records: &'r mut Vec<Record>,
    most: usize,
    root: &'r Json,
    at: Span,
    owner: &'r str,
    /// False once a type accepts more than its schema.
    exact: bool,
    /// References that are being followed.
    open_refs: Vec<&'r str>,
    /// What references led to, and whether that was exact.
    known: HashMap<&'r str, (Typed, bool)>,
}

impl<'r> Reader<'r> {
    /// Collects what a schema and those that apply to the same object list.
    fn gather(&self, object: &'r Keywords, is_certain: bool, depth: usize, into: &mut Gathered<'r>) {
        if depth > MAX_DEPTH {
            // Whatever may still come is let in here: the check of the schema is the one that refuses it.
            into.open = true;
            return;
        }
        let properties = object.get("properties").and_then(Json::as_object);
        for (wire, schema) in properties.into_iter().flatten() {
            if let Some(listings) = into.listings(wire) {
                if is_certain { &mut listings.certain } else { &mut listings.possible }.push(schema);
            }
        }
        for wire in
            object.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
        {
            if let Some(listings) = into.listings(wire) {
                listings.is_asked |= properties.is_none_or(|properties| !properties.contains_key(wire));
            }
            if is_certain {
                into.required.insert(wire);
            }
        }
        let opens = |word| matches!(object.get(word), Some(Json::Bool(true) | Json::Object(_)));
        into.open |= opens("additionalProperties")
            || opens("unevaluatedProperties")
            || object.get("patternProperties").and_then(Json::as_object).is_some_and(|all| !all.is_empty());
        for word in REFERENCES {
            let Some(reference) = object.get(*word).and_then(Json::as_str) else { continue };
            let is_new = !into.followed.contains(&reference);
            into.followed.push(reference);
            if let Some(inner) = target(self.root, reference).filter(|_| is_new).and_then(Json::as_object) {
                self.gather(inner, is_certain, depth + 1, into);
            }
        }
        for (schema, is_certain) in in_place(object, is_certain) {
            if let Some(inner) = schema.as_object() {
                self.gather(inner, is_certain, depth + 1, into);
            }
        }
    }

    fn field(
        &mut self,
        wire: &str,
        name: String,
        listings: &Listings<'r>,
        of: &Gathered<'r>,
        depth: usize,
    ) -> Field {
        let Listings { certain, possible, is_asked } = listings;
        let (ty, form, bounds) = match (certain.as_slice(), possible.as_slice()) {
            ([only], []) => self.ty(only, &name, depth),
            // What applies in any case is what it is, whatever else has to hold.
            ([first, ..], _) => {
                let most = certain.iter().find(|schema| !is_empty(schema)).unwrap_or(first);
                let read = self.ty(most, &name, depth);
                self.exact = false;
                read
            }
            // An alternative may not apply, and where the field may be there all the same, it may be anything.
            ([], [first, rest @ ..]) if !of.open && !is_asked && rest.iter().all(|other| other == first) => {
                self.ty(first, &name, depth)
            }
            // Several ways to see it, or none: whatever it is, the object says whether it may be there.
            _ => self.inexact(),
        };
        let (wire, span, optional) = (wire.to_owned(), self.at, !of.is_required(wire));
        Field { name, wire, span, ty, form, optional, default: None, bounds }
    }

    /// Any JSON, of which only some is valid.
    fn inexact(&mut self) -> Typed {
        self.exact = false;
        opaque()
    }

    fn ty(&mut self, schema: &'r Json, name: &str, depth: usize) -> Typed {
        if is_empty(schema) {
            return opaque();
        }
        let Some(object) = schema.as_object().filter(|_| depth <= MAX_DEPTH) else { return self.inexact() };
        if only(object, &["$ref"]) {
            return self.reference(
                object.get("$ref").and_then(Json::as_str).unwrap_or_default(),
                name,
                depth,
            );
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(choices) = object.get(word).and_then(Json::as_array)
                && only(object, &[word])
            {
                return self.choice(choices, word == "oneOf", name, depth);
            }
        }
        if let Some([single]) = object.get("allOf").and_then(Json::as_array).map(Vec::as_slice)
            && only(object, &["allOf"])
        {
            return self.ty(single, name, depth + 1);
        }
        if let Some(cases) = cases_of(object) {
            return self.cases(&cases, object);
        }
        let mut words: Vec<&str> = match object.get("type") {
            Some(Json::String(word)) => vec![word],
            Some(Json::Array(words)) => words.iter().filter_map(Json::as_str).collect(),
            _ if ["properties", "patternProperties"].iter().any(|word| object.contains_key(*word)) => {
                vec!["object"]
            }
            _ if ["items", "prefixItems"].iter().any(|word| object.contains_key(*word)) => vec!["array"],
            _ => Vec::new(),
        };
        let count = words.len();
        words.retain(|word| *word != "null");
        let is_nullable = words.len() < count || object.get("nullable") == Some(&Json::Bool(true));
        if words.contains(&"number") {
            words.retain(|word| *word != "integer");
        }
        match words.as_slice() {
            [only] if is_nullable => nullable(self.plain(only, object, name, depth)),
            [only] => self.plain(only, object, name, depth),
            _ => self.inexact(),
        }
    }

    fn reference(&mut self, reference: &'r str, name: &str, depth: usize) -> Typed {
        if let Some((read, exact)) = self.known.get(reference) {
            self.exact &= exact;
            return read.clone();
        }
        let Some(target) = target(self.root, reference).filter(|_| !self.open_refs.contains(&reference))
        else {
            return self.inexact();
        };
        let before = std::mem::replace(&mut self.exact, true);
        self.open_refs.push(reference);
        let read = self.ty(target, name, depth + 1);
        self.open_refs.pop();
        self.known.insert(reference, (read.clone(), self.exact));
        self.exact &= before;
        read
    }

    fn choice(&mut self, choices: &'r [Json], only_one: bool, name: &str, depth: usize) -> Typed {
        let is_null = |choice: &&Json| {
            choice.as_object().is_some_and(|it| only(it, &["type"]) && it.get("type") == Some(&"null".into()))
        };
        let (nulls, rest): (Vec<&Json>, Vec<&'r Json>) = choices.iter().partition(is_null);
        // `oneOf` refuses what two of them accept.
        self.exact &= !(only_one && choices.len() > 1 && (nulls.len() > 1 || rest.len() > 1));
        if let [single] = rest.as_slice() {
            let read = self.ty(single, name, depth + 1);
            if nulls.is_empty() {
                return read;
            }
            self.exact &= !(only_one && matches!(read.0, Ty::Json | Ty::Nullable(_)));
            return nullable(read);
        }
        // Cases that are written one by one, each with a title of its own.
        let mut cases: Vec<&Json> = Vec::new();
        for choice in &rest {
            match choice
                .as_object()
                .filter(|choice| only(choice, &["const", "enum", "type"]))
                .and_then(cases_of)
            {
                Some(more) => cases.extend(more),
                None => return self.inexact(),
            }
        }
        let texts: Vec<String> = cases.iter().filter_map(|case| case.as_str()).map(str::to_owned).collect();
        if texts.is_empty() || texts.len() != cases.len() {
            return self.inexact();
        }
        // A type beside a case could exclude it.
        self.exact &= rest.iter().all(|choice| choice.get("type").is_none_or(|word| word == "string"));
        let read = (Ty::Enum(texts.into()), WireForm::Plain, SchemaBounds::default());
        if nulls.is_empty() { read } else { nullable(read) }
    }

    fn cases(&mut self, values: &[&Json], object: &Keywords) -> Typed {
        let texts: Vec<String> =
            values.iter().filter_map(|value| value.as_str()).map(str::to_owned).collect();
        let ints: Vec<i64> = values.iter().filter_map(|value| value.as_i64()).collect();
        let nulls = values.iter().filter(|value| value.is_null()).count();
        let (ty, word) = match (texts.len(), ints.len()) {
            (1.., 0) if texts.len() + nulls == values.len() => (Ty::Enum(texts.into()), ["string", "string"]),
            (0, 1..) if ints.len() + nulls == values.len() => {
                (Ty::IntEnum(ints.into()), ["integer", "number"])
            }
            _ => return self.inexact(),
        };
        let is_type = |name: &Json| word.iter().any(|word| name == word) || (nulls > 0 && name == "null");
        self.exact &= only(object, &["type", "enum", "const", "nullable"])
            && !(object.contains_key("enum") && object.contains_key("const"))
            && match object.get("type") {
                None => true,
                Some(Json::Array(names)) => {
                    names.iter().any(|name| word.iter().any(|word| name == word))
                        && (nulls == 0 || names.iter().any(|name| name == "null"))
                }
                Some(name) => nulls == 0 && is_type(name),
            };
        let read = (ty, WireForm::Plain, SchemaBounds::default());
        if nulls > 0 || object.get("nullable") == Some(&Json::Bool(true)) { nullable(read) } else { read }
    }

    fn plain(&mut self, word: &str, object: &'r Keywords, name: &str, depth: usize) -> Typed {
        match word {
            "string" => self.text(object),
            "integer" | "number" => self.number(word, object),
            "boolean" => {
                self.exact &= only(object, &["type", "nullable"]);
                (Ty::Bool, WireForm::Plain, SchemaBounds::default())
            }
            "array" => self.array(object, name, depth),
            "object" => self.object(object, name, depth),
            _ => self.inexact(),
        }
    }

    fn text(&mut self, object: &Keywords) -> Typed {
        self.exact &= only(object, &["type", "nullable", "minLength", "maxLength", "pattern"]);
        let mut bounds =
            SchemaBounds { min_length: self.size(object, "minLength"), ..SchemaBounds::default() };
        bounds.max_length = self.size(object, "maxLength");
        if crossed(bounds.min_length, bounds.max_length) {
            // Nothing is valid. No type says that, so it is left to the schema.
            (bounds.min_length, bounds.max_length, self.exact) = (None, None, false);
        }
        if let Some(pattern) = object.get("pattern").and_then(Json::as_str) {
            bounds.pattern = ecma::translated(pattern);
            // The other reading reports it.
            self.exact &= bounds.pattern.is_some();
        }
        (Ty::String, WireForm::Plain, bounds)
    }

    fn number(&mut self, word: &str, object: &Keywords) -> Typed {
        let words = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
        self.exact &= only(object, &[&["type", "nullable"], words.as_slice()].concat());
        let [minimum, maximum, above, below] = words.map(|word| {
            let value = object.get(word)?;
            let read = Decimal::parse(&value.to_string()).ok();
            // Beyond our numbers, or a boolean of draft 4.
            self.exact &= read.is_some();
            read
        });
        let bounds = SchemaBounds { minimum, maximum, above, below, ..SchemaBounds::default() };
        (if word == "integer" { Ty::Int } else { Ty::Decimal }, WireForm::Plain, bounds)
    }

    fn array(&mut self, object: &'r Keywords, name: &str, depth: usize) -> Typed {
        self.exact &= only(object, &["type", "nullable", "items", "minItems", "maxItems", "uniqueItems"])
            && object.get("uniqueItems").is_none_or(|unique| *unique == Json::Bool(false));
        let (element, form, bounds) = match object.get("items") {
            Some(items) if !items.is_array() && !object.contains_key("prefixItems") => {
                self.ty(items, name, depth + 1)
            }
            None if !object.contains_key("prefixItems") => opaque(),
            _ => self.inexact(),
        };
        let least = self.size(object, "minItems").unwrap_or(0);
        let mut size = ListSize { least, most: self.size(object, "maxItems") };
        if crossed(Some(size.least), size.most) {
            (size, self.exact) = (ListSize { least: 0, most: None }, false);
        }
        (Ty::List(Box::new(element), size), form, bounds)
    }

    fn object(&mut self, object: &'r Keywords, name: &str, depth: usize) -> Typed {
        let mut gathered = Gathered::default();
        self.gather(object, true, 0, &mut gathered);
        // Who only asks for fields lists none.
        let is_listed =
            |(_, field): &(&str, Listings<'_>)| !field.certain.is_empty() || !field.possible.is_empty();
        if !gathered.fields.iter().any(is_listed) || self.records.len() >= self.most {
            return self.inexact();
        }
        self.exact &= only(object, &["type", "nullable", "properties", "required", "additionalProperties"])
            && object.contains_key("properties")
            && object.get("additionalProperties").is_none_or(Json::is_boolean);
        let mut fields = Vec::new();
        for (wire, name, listings) in gathered.named() {
            fields.push(self.field(&wire, name, &listings, &gathered, depth + 1));
        }
        let id = RecordId(self.records.len());
        let name = ast::Spanned::new(format!("{}.{name}", self.owner), self.at);
        self.records.push(Record { name, fields, open: gathered.open });
        (Ty::Record(id), WireForm::Plain, SchemaBounds::default())
    }

    /// A length; one that is too large to count bounds nothing.
    fn size(&mut self, object: &Keywords, word: &str) -> Option<u32> {
        let value = object.get(word)?;
        let size = value.as_u64().and_then(|size| u32::try_from(size).ok());
        self.exact &= size.is_some();
        size
    }
}

/// True where the greatest is below the least.
fn crossed(least: Option<u32>, most: Option<u32>) -> bool {
    matches!((least, most), (Some(least), Some(most)) if least > most)
}

/// The schemas written inside that apply to the same value, and whether each does in any case.
fn in_place(object: &Keywords, is_certain: bool) -> Vec<(&Json, bool)> {
    let mut found = Vec::new();
    for (word, value) in object {
        match word.as_str() {
            "allOf" => found.extend(value.as_array().into_iter().flatten().map(|one| (one, is_certain))),
            "anyOf" | "oneOf" => found.extend(value.as_array().into_iter().flatten().map(|one| (one, false))),
            "if" | "then" | "else" => found.push((value, false)),
            "dependentSchemas" | "dependencies" => {
                found.extend(value.as_object().into_iter().flatten().map(|(_, one)| (one, false)));
            }
            _ => {}
        }
    }
    found
}

fn opaque() -> Typed {
    (Ty::Json, WireForm::Plain, SchemaBounds::default())
}

fn nullable((ty, form, bounds): Typed) -> Typed {
    let ty = match ty {
        Ty::Json | Ty::Nullable(_) => ty,
        other => Ty::Nullable(Box::new(other)),
    };
    (ty, form, bounds)
}

/// The values that `enum` or `const` list.
fn cases_of(object: &Keywords) -> Option<Vec<&Json>> {
    match object.get("const") {
        Some(value) => Some(vec![value]),
        None => object.get("enum").and_then(Json::as_array).map(|all| all.iter().collect()),
    }
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

fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}
