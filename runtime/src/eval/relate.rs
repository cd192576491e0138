//! When two values are equal, in order, or one in the other. `None` is "nobody can tell".

use std::cmp::Ordering;

use agentpass_ir::Value;
use agentpass_values::{Decimal, Domain};

/// Equality.
pub(super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    use Value::{
        Bool, CommandPattern, Domain, Email, Folded, Glob, Json, List, Path, Pattern, Record, Text, Times,
        Url,
    };
    match (left, right) {
        (Bool(a), Bool(b)) => Some(a == b),
        (Text(a), Text(b)) => Some(a == b),
        (Folded(a), Folded(b)) => Some(a == b),
        (Folded(a), Text(b)) | (Text(b), Folded(a)) => Some(*a.key() == *agentpass_values::folded::key(b)),
        (Email(a), Email(b)) => Some(a == b),
        (Domain(a), Domain(b)) => Some(a == b),
        (Domain(a), Text(b)) | (Text(b), Domain(a)) => Some(names(b, a)),
        (Url(a), Url(b)) => Some(a == b),
        (Path(a), Path(b)) => a.same(b),
        (Glob(a), Glob(b)) => Some(a == b),
        (CommandPattern(a), CommandPattern(b)) => Some(a == b),
        (Pattern(a), Pattern(b)) => Some(a == b),
        (Times(a), Times(b)) => Some(a == b),
        (Json(a), Json(b)) => Some(a == b),
        (List(a), List(b)) => equal_lists(a, b),
        (Record(a), Record(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).map(|pair| match pair {
                (Some(a), Some(b)) => equal(a, b),
                (a, b) => Some(a.is_none() == b.is_none()),
            });
            all(pairs)
        }
        (left, right) => order(left, right).map(Ordering::is_eq),
    }
}

/// One after the other. An element that nobody knows may stand for any number of them.
fn equal_lists(a: &[Value], b: &[Value]) -> Option<bool> {
    let unknown = |list: &[Value]| list.iter().any(|element| matches!(element, Value::Unknown));
    if unknown(a) || unknown(b) {
        return None;
    }
    if a.len() != b.len() {
        return Some(false);
    }
    all(a.iter().zip(b).map(|(a, b)| equal(a, b)))
}

/// Kleene's conjunction.
fn all(mut truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    truths
        .try_fold(Some(true), |all, truth| match truth {
            Some(false) => Err(()),
            None => Ok(None),
            Some(true) => Ok(all),
        })
        .unwrap_or(Some(false))
}

/// Text that is no domain names none.
fn names(text: &str, domain: &Domain) -> bool {
    Domain::parse(text).is_ok_and(|named| named == *domain)
}

/// The order of numbers, amounts of one currency, and times.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Decimal(b)) => Some(Decimal::from_int(*a).cmp(b)),
        (Value::Decimal(a), Value::Int(b)) => Some(a.cmp(&Decimal::from_int(*b))),
        (Value::Money(a), Value::Money(b)) => a.compare(*b).ok(),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// A domain in a domain, a path in a folder or a glob, a moment in a set of times, a command in a command pattern.
/// Everything else lies in what it equals.
pub(super) fn lies_in(value: &Value, container: &Value) -> Option<bool> {
    match (value, container) {
        (Value::Domain(value), Value::Domain(parent)) => Some(value.is_within(parent)),
        (Value::Path(value), Value::Path(folder)) => value.lies_in(folder),
        (Value::Path(value), Value::Glob(glob)) => glob.decide(value),
        (Value::Timestamp(value), Value::Times(times)) => Some(times.contains(*value)),
        (Value::Command(value), Value::CommandPattern(pattern)) => pattern.matches(value),
        (value, container) => equal(value, container),
    }
}

/// Text of the form of a pattern, as a whole.
pub(super) fn matches(value: &Value, pattern: &Value) -> Option<bool> {
    let Value::Pattern(pattern) = pattern else { return None };
    match value {
        Value::Null | Value::Unknown | Value::List(_) | Value::Record(_) => None,
        Value::Text(text) => Some(pattern.is_match(text)),
        // As in every comparison, its ends and its case do not count.
        Value::Folded(text) => Some(pattern.is_match(text.key())),
        other => Some(pattern.is_match(&super::text(other))),
    }
}
