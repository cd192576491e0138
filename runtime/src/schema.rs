//! Whether arguments are valid under a JSON Schema.
//!
//! Most signatures say all that their schema says. Where one cannot ([`agentpass_ir::schema`]), the raw arguments are read
//! into a small tree ([`value`]) and every demand is checked, with numbers compared exactly ([`number`]).
//!
//! Validity has two parts. The first is JSON Schema's own. The second is ours: **silence is closed**. At every object, the keys
//! that some applied schema declared are counted, and where there are any, a key that nobody declared is a fault.
//!
//! Work is bounded: schemas may lead back to themselves and `anyOf` may try a value many times, so each step is counted, and
//! what takes too many is refused.

mod number;
mod value;

use std::collections::HashSet;

use agentpass_ir::{Demand, Kind, Schema, SchemaId};

use number::Number;
use value::Json;

/// How many schemas are applied to one call's arguments before they are refused.
const MOST_STEPS: u32 = 200_000;
/// How deep schemas may lead to each other; the depth of the arguments is bounded by the reader.
const MOST_DEPTH: u32 = 256;

/// What is wrong with the arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    /// `signature.missing`, `signature.type` or `signature.unknown`.
    pub(crate) code: &'static str,
    /// The place inside the arguments: `items[2].price`; empty for all of them.
    pub(crate) path: String,
    /// What was expected there, in a few words.
    pub(crate) message: &'static str,
}

/// Checks an object of arguments, given as JSON that was read strictly before.
pub(crate) fn check(schemas: &[Schema], root: SchemaId, json: &str) -> Result<(), Fault> {
    let Some(value) = value::parse(json) else {
        return Err(Fault { code: "signature.type", path: String::new(), message: "JSON that can be read" });
    };
    let mut checker = Checker { schemas, steps: 0, depth: 0, closed: true };
    let mut path = Vec::new();
    checker.place(root, &value, &mut path, true)
}

/// What applying a schema says about the keys of an object, or the elements of a list.
#[derive(Default)]
struct Keys<'v> {
    /// Those that were declared.
    seen: HashSet<&'v str>,
    /// Those that were asked for, which declares them as well.
    asked: HashSet<&'v str>,
    /// Whether any schema listed properties.
    listed: bool,
    /// How many elements were looked at from the first one on.
    first: usize,
    /// Elements after those that were looked at.
    others: HashSet<usize>,
}

impl<'v> Keys<'v> {
    fn join(&mut self, other: Keys<'v>) {
        self.seen.extend(other.seen);
        self.asked.extend(other.asked);
        self.listed |= other.listed;
        self.first = self.first.max(other.first);
        self.others.extend(other.others);
    }
}

/// A step into a value.
#[derive(Clone, Copy)]
enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

struct Checker<'s> {
    schemas: &'s [Schema],
    steps: u32,
    depth: u32,
    /// False within conditions, which are read the standard's way.
    closed: bool,
}

type Path<'v> = Vec<Step<'v>>;

impl<'s> Checker<'s> {
    /// Checks the value at a place of its own: all schemas that apply to it, then its undeclared keys.
    fn place<'v>(
        &mut self,
        id: SchemaId,
        value: &'v Json,
        path: &mut Path<'v>,
        is_root: bool,
    ) -> Result<(), Fault> {
        let keys = self.apply(id, value, path)?;
        let Json::Object(fields) = value else { return Ok(()) };
        if !self.closed || !(keys.listed || is_root) {
            return Ok(());
        }
        match fields.iter().find(|(key, _)| {
            let key = key.as_str();
            !keys.seen.contains(key) && !keys.asked.contains(key)
        }) {
            None => Ok(()),
            Some((key, _)) => {
                path.push(Step::Key(key));
                Err(fault("signature.unknown", path, "a declared argument"))
            }
        }
    }

    fn apply<'v>(&mut self, id: SchemaId, value: &'v Json, path: &mut Path<'v>) -> Result<Keys<'v>, Fault> {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.depth >= MOST_DEPTH {
            return Err(fault("signature.type", path, "something simpler: its check takes too long"));
        }
        let schemas: &'s [Schema] = self.schemas;
        let Some(schema) = schemas.get(id.index()) else {
            return Err(fault("signature.type", path, "a schema that exists"));
        };
        self.depth += 1;
        let mut keys = Keys::default();
        let mut result = Ok(());
        for demand in &schema.demands {
            // An error shortens the path no more: it is the path of the fault.
            match self.demand(demand, value, path) {
                Ok(more) => keys.join(more),
                Err(found) => {
                    result = Err(found);
                    break;
                }
            }
        }
        if result.is_ok() {
            result = self.others(&schema.demands, value, &mut keys, path);
        }
        self.depth -= 1;
        result.map(|()| keys)
    }

    /// Checks what is left of a value once all other demands have looked at it.
    fn others<'v>(
        &mut self,
        demands: &[Demand],
        value: &'v Json,
        keys: &mut Keys<'v>,
        path: &mut Path<'v>,
    ) -> Result<(), Fault> {
        for demand in demands {
            match (demand, value) {
                (Demand::OtherFields(id), Json::Object(fields)) => {
                    keys.listed = true;
                    for (key, inner) in fields {
                        if keys.seen.insert(key) {
                            path.push(Step::Key(key));
                            self.field(*id, inner, path)?;
                            path.pop();
                        }
                    }
                }
                (Demand::OtherElements(id), Json::Array(elements)) => {
                    for (at, element) in elements.iter().enumerate().skip(keys.first) {
                        if !keys.others.contains(&at) {
                            path.push(Step::Index(at));
                            self.place(*id, element, path, false)?;
                            path.pop();
                        }
                    }
                    keys.first = elements.len();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks a field that a schema stands for; where nothing is valid there, the field is one that nobody declared.
    fn field<'v>(&mut self, id: SchemaId, value: &'v Json, path: &mut Path<'v>) -> Result<(), Fault> {
        if self.schemas.get(id.index()).is_some_and(is_never) {
            return Err(fault("signature.unknown", path, "a declared argument"));
        }
        self.place(id, value, path, false)
    }

    fn demand<'v>(
        &mut self,
        demand: &'s Demand,
        value: &'v Json,
        path: &mut Path<'v>,
    ) -> Result<Keys<'v>, Fault> {
        let mistyped = |path: &Path<'_>, message| Err(fault("signature.type", path, message));
        let mut keys = Keys::default();
        match demand {
            Demand::Never => return mistyped(path, "a value that may stand here"),
            Demand::Kinds(kinds) => {
                if !kinds.iter().any(|kind| is_kind(value, *kind)) {
                    return mistyped(path, expected(kinds));
                }
            }
            Demand::Cases(cases) => {
                if !cases.iter().filter_map(|case| value::parse(case)).any(|case| case == *value) {
                    return mistyped(path, "one of the listed values");
                }
            }
            Demand::Same(id) => return self.apply(*id, value, path),
            Demand::All(ids) => {
                for id in ids {
                    keys.join(self.apply(*id, value, path)?);
                }
            }
            Demand::Any(ids) => return self.any(ids, value, path),
            Demand::One(ids) => {
                let valid: Vec<SchemaId> =
                    ids.iter().copied().filter(|id| self.holds(*id, value, path)).collect();
                return match valid.as_slice() {
                    [only] => self.apply(*only, value, path),
                    [] => self.any(ids, value, path),
                    _ => mistyped(path, "exactly one of the alternatives"),
                };
            }
            Demand::Not(id) => {
                if self.holds(*id, value, path) {
                    return mistyped(path, "a value that may stand here");
                }
            }
            Demand::If { condition, then, otherwise } => {
                let next = match self.condition(*condition, value, path) {
                    Some(seen) => {
                        keys.join(seen);
                        then
                    }
                    None => otherwise,
                };
                if let Some(id) = next {
                    keys.join(self.apply(*id, value, path)?);
                }
            }
            Demand::Minimum(_)
            | Demand::Maximum(_)
            | Demand::Above(_)
            | Demand::Below(_)
            | Demand::MultipleOf(_) => {
                if let Json::Number(number) = value
                    && !within(number, demand)
                {
                    return mistyped(path, "a number within its bounds");
                }
            }
            Demand::Length(least, most) => {
                if let Json::Text(text) = value
                    && !between(text.chars().count(), *least, *most)
                {
                    return mistyped(path, "a text of another length");
                }
            }
            Demand::Matches(pattern) => {
                if let Json::Text(text) = value
                    && !pattern.is_match(text)
                {
                    return mistyped(path, "a text that matches its pattern");
                }
            }
            Demand::Items(..) | Demand::Elements { .. } | Demand::Contains(..) | Demand::Unique => {
                if let Json::Array(elements) = value {
                    return self.array(demand, elements, path);
                }
            }
            _ => {
                if let Json::Object(fields) = value {
                    return self.object(demand, fields, value, path);
                }
            }
        }
        Ok(keys)
    }

    fn any<'v>(&mut self, ids: &[SchemaId], value: &'v Json, path: &mut Path<'v>) -> Result<Keys<'v>, Fault> {
        let mut keys = Keys::default();
        let mut is_valid = false;
        let mut deepest: Option<Fault> = None;
        for id in ids {
            let length = path.len();
            match self.apply(*id, value, path) {
                Ok(more) => {
                    is_valid = true;
                    keys.join(more);
                }
                // Of the alternatives, the one that went deepest into the value is the one that was meant.
                Err(found) => {
                    if deepest.as_ref().is_none_or(|deepest| found.path.len() > deepest.path.len()) {
                        deepest = Some(found);
                    }
                }
            }
            path.truncate(length);
        }
        match (is_valid, deepest) {
            (true, _) => Ok(keys),
            (false, Some(found)) => Err(found),
            (false, None) => Err(fault("signature.type", path, "one of the alternatives")),
        }
    }

    /// Whether the value is valid as JSON Schema has it.
    fn holds<'v>(&mut self, id: SchemaId, value: &'v Json, path: &Path<'v>) -> bool {
        self.condition(id, value, path).is_some()
    }

    /// What a schema says where it holds as JSON Schema has it.
    fn condition<'v>(&mut self, id: SchemaId, value: &'v Json, path: &Path<'v>) -> Option<Keys<'v>> {
        let closed = std::mem::replace(&mut self.closed, false);
        let keys = self.apply(id, value, &mut path.clone());
        self.closed = closed;
        keys.ok()
    }

    fn array<'v>(
        &mut self,
        demand: &'s Demand,
        elements: &'v [Json],
        path: &mut Path<'v>,
    ) -> Result<Keys<'v>, Fault> {
        let mut keys = Keys::default();
        match demand {
            Demand::Items(least, most) if !between(elements.len(), *least, *most) => {
                return Err(fault("signature.type", path, "a list of another length"));
            }
            Demand::Elements { first, rest } => {
                for (at, element) in elements.iter().enumerate() {
                    if let Some(id) = first.get(at).or(rest.as_ref()) {
                        path.push(Step::Index(at));
                        self.place(*id, element, path, false)?;
                        path.pop();
                    }
                }
                keys.first = if rest.is_some() { elements.len() } else { first.len() };
            }
            Demand::Contains(id, least, most) => {
                for (at, element) in elements.iter().enumerate() {
                    if self.holds(*id, element, path) {
                        keys.others.insert(at);
                    }
                }
                if !between(keys.others.len(), *least, *most) {
                    return Err(fault(
                        "signature.type",
                        path,
                        "a list with as many such elements as it needs",
                    ));
                }
            }
            Demand::Unique if !all_differ(elements) => {
                return Err(fault("signature.type", path, "a list without repetitions"));
            }
            _ => {}
        }
        Ok(keys)
    }

    fn object<'v>(
        &mut self,
        demand: &'s Demand,
        fields: &'v [(String, Json)],
        value: &'v Json,
        path: &mut Path<'v>,
    ) -> Result<Keys<'v>, Fault> {
        let mut keys = Keys::default();
        let has = |key: &str| fields.iter().any(|(known, _)| known == key);
        let missing = |path: &mut Path<'v>, key: &str| {
            let mut found = fault("signature.missing", path, "a required argument");
            found.path = if found.path.is_empty() { key.to_owned() } else { format!("{}.{key}", found.path) };
            Err(found)
        };
        match demand {
            Demand::Properties { named, matching, rest } => {
                keys.listed = !named.is_empty() || !matching.is_empty() || rest.is_some();
                for (key, inner) in fields {
                    let mut ids: Vec<SchemaId> =
                        named.iter().filter(|(name, _)| **name == **key).map(|(_, id)| *id).collect();
                    ids.extend(
                        matching.iter().filter(|(pattern, _)| pattern.is_match(key)).map(|(_, id)| *id),
                    );
                    if ids.is_empty() {
                        ids.extend(*rest);
                    }
                    if !ids.is_empty() {
                        keys.seen.insert(key);
                    }
                    path.push(Step::Key(key));
                    for id in ids {
                        self.field(id, inner, path)?;
                    }
                    path.pop();
                }
            }
            Demand::Required(names) => {
                if let Some(key) = names.iter().find(|key| !has(key)) {
                    return missing(path, key);
                }
                // Who asks for a key has declared it.
                keys.asked.extend(
                    fields
                        .iter()
                        .map(|(key, _)| key.as_str())
                        .filter(|key| names.iter().any(|name| **name == **key)),
                );
            }
            Demand::Size(least, most) if !between(fields.len(), *least, *most) => {
                return Err(fault("signature.type", path, "an object with as many fields as it needs"));
            }
            Demand::Names(id) => {
                for (key, _) in fields {
                    let name = Json::Text(key.clone());
                    if !self.holds(*id, &name, &Vec::new()) {
                        path.push(Step::Key(key));
                        return Err(fault("signature.unknown", path, "a field with such a name"));
                    }
                }
            }
            Demand::Needs(key, others) if has(key) => {
                if let Some(other) = others.iter().find(|other| !has(other)) {
                    return missing(path, other);
                }
            }
            Demand::Implies(key, id) if has(key) => keys.join(self.apply(*id, value, path)?),
            _ => {}
        }
        Ok(keys)
    }
}

fn is_never(schema: &Schema) -> bool {
    schema.demands.iter().any(|demand| matches!(demand, Demand::Never))
}

fn is_kind(value: &Json, kind: Kind) -> bool {
    match (value, kind) {
        (Json::Null, Kind::Null)
        | (Json::Bool(_), Kind::Boolean)
        | (Json::Number(_), Kind::Number)
        | (Json::Text(_), Kind::String)
        | (Json::Array(_), Kind::Array)
        | (Json::Object(_), Kind::Object) => true,
        (Json::Number(number), Kind::Integer) => number.is_whole(),
        _ => false,
    }
}

fn expected(kinds: &[Kind]) -> &'static str {
    match kinds {
        [Kind::Null] => "null",
        [Kind::Boolean] => "true or false",
        [Kind::Integer] => "a whole number",
        [Kind::Number] => "a number",
        [Kind::String] => "a text",
        [Kind::Array] => "a list",
        [Kind::Object] => "an object",
        _ => "a value of another type",
    }
}

fn within(number: &Number, demand: &Demand) -> bool {
    use std::cmp::Ordering::{Greater, Less};
    let compared = |bound: &str| Number::parse(bound).map(|bound| number.compare(&bound));
    // A bound that is no number cannot be met.
    match demand {
        Demand::Minimum(bound) => compared(bound).is_some_and(|order| order != Less),
        Demand::Maximum(bound) => compared(bound).is_some_and(|order| order != Greater),
        Demand::Above(bound) => compared(bound) == Some(Greater),
        Demand::Below(bound) => compared(bound) == Some(Less),
        Demand::MultipleOf(step) => Number::parse(step).is_some_and(|step| number.is_multiple_of(&step)),
        _ => true,
    }
}

fn between(count: usize, least: u64, most: Option<u64>) -> bool {
    let count = count as u64;
    least <= count && most.is_none_or(|most| count <= most)
}

fn all_differ(elements: &[Json]) -> bool {
    let mut written: Vec<String> = elements.iter().map(Json::canonical).collect();
    written.sort_unstable();
    written.windows(2).all(|pair| pair.first() != pair.last())
}

fn fault(code: &'static str, path: &[Step<'_>], message: &'static str) -> Fault {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Index(at) => text.push_str(&format!("[{at}]")),
        }
    }
    Fault { code, path: text, message }
}

#[cfg(test)]
mod tests;
