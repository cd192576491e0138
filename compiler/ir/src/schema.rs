//! JSON Schemas, for what the forms of a signature cannot say.
//!
//! Most parameters of a pinned manifest have a form that means exactly what their schema says. Where one does not
//! (`anyOf`, a recursive `$ref`, `uniqueItems`, …), the tool carries the schema itself, and the arguments must be valid
//! under it as well. Rules never look into it: it only ever refuses.
//!
//! A schema is a conjunction of [`Demand`]s; what is not a demand about its kind of value holds by itself, as JSON Schema
//! has it. Schemas point at each other by number, also in circles.
//!
//! One thing is stricter than JSON Schema: **silence is closed** (semantics 10). Where a schema lists properties and says
//! nothing of others, an object with another key is refused, at every depth. `if` and `not` are read the standard's way,
//! because a stricter condition would refuse less.

use agentpass_values::Pattern;
use serde::{Deserialize, Serialize};

use crate::program::SchemaId;

/// What a value has to be: all of these. Without any, everything is valid.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Schema {
    /// The demands, in no order that matters.
    pub demands: Vec<Demand>,
}

/// The kinds of JSON values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of JSON Schema")]
pub enum Kind {
    Null,
    Boolean,
    /// A number without a fraction, however it is written: `1.0` and `1e2` are.
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// One keyword. Numbers are JSON texts, because they have no bounds in JSON Schema.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Demand {
    /// Nothing is valid: the schema `false`.
    Never,
    /// `type`: one of these.
    Kinds(Vec<Kind>),
    /// `enum` and `const`: one of these JSON texts, compared by value.
    Cases(Vec<Box<str>>),
    /// `$ref`
    Same(SchemaId),
    /// `allOf`
    All(Vec<SchemaId>),
    /// `anyOf`
    Any(Vec<SchemaId>),
    /// `oneOf`
    One(Vec<SchemaId>),
    /// `not`
    Not(SchemaId),
    /// `if`, `then`, `else`
    If {
        /// The condition.
        condition: SchemaId,
        /// Where it holds.
        then: Option<SchemaId>,
        /// Where it does not.
        otherwise: Option<SchemaId>,
    },
    /// `minimum`
    Minimum(Box<str>),
    /// `maximum`
    Maximum(Box<str>),
    /// `exclusiveMinimum`
    Above(Box<str>),
    /// `exclusiveMaximum`
    Below(Box<str>),
    /// `multipleOf`
    MultipleOf(Box<str>),
    /// `minLength` and `maxLength`, in characters.
    Length(u64, Option<u64>),
    /// `pattern`, written so that it matches a text as a whole.
    Matches(Pattern),
    /// `minItems` and `maxItems`
    Items(u64, Option<u64>),
    /// `prefixItems` and `items`
    Elements {
        /// Of the first elements, one each.
        first: Vec<SchemaId>,
        /// Of all others; nothing where it is not said.
        rest: Option<SchemaId>,
    },
    /// `contains` with `minContains` and `maxContains`
    Contains(SchemaId, u64, Option<u64>),
    /// `uniqueItems`
    Unique,
    /// `properties`, `patternProperties` and `additionalProperties`
    Properties {
        /// By name.
        named: Vec<(Box<str>, SchemaId)>,
        /// By pattern.
        matching: Vec<(Pattern, SchemaId)>,
        /// All others; nothing where it is not said.
        rest: Option<SchemaId>,
    },
    /// `required`
    Required(Vec<Box<str>>),
    /// `minProperties` and `maxProperties`
    Size(u64, Option<u64>),
    /// `propertyNames`
    Names(SchemaId),
    /// `dependentRequired`, and lists in `dependencies`: where the first is there, the others are too.
    Needs(Box<str>, Vec<Box<str>>),
    /// `dependentSchemas`, and schemas in `dependencies`: where the name is there, the object is valid under the schema.
    Implies(Box<str>, SchemaId),
    /// `unevaluatedProperties`: of the fields that no other demand of this schema has looked at.
    OtherFields(SchemaId),
    /// `unevaluatedItems`: of the elements that no other demand of this schema has looked at.
    OtherElements(SchemaId),
}

impl Demand {
    /// The schemas that the demand leads to.
    #[must_use]
    pub fn schemas(&self) -> Vec<SchemaId> {
        match self {
            Demand::Same(id)
            | Demand::Not(id)
            | Demand::Contains(id, ..)
            | Demand::Names(id)
            | Demand::Implies(_, id)
            | Demand::OtherFields(id)
            | Demand::OtherElements(id) => vec![*id],
            Demand::All(ids) | Demand::Any(ids) | Demand::One(ids) => ids.clone(),
            Demand::If { condition, then, otherwise } => {
                [Some(*condition), *then, *otherwise].into_iter().flatten().collect()
            }
            Demand::Elements { first, rest } => first.iter().chain(rest).copied().collect(),
            Demand::Properties { named, matching, rest } => {
                let named = named.iter().map(|(_, id)| *id);
                named.chain(matching.iter().map(|(_, id)| *id)).chain(*rest).collect()
            }
            _ => Vec::new(),
        }
    }
}
