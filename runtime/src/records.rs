//! How many records a result holds (semantics 33).
//!
//! Results come from outside, in whatever shape; this looks for lists where servers put them. It counts rather too many than too
//! few: what counts as more than a contract lets pass is withheld.

use crate::wire::reader::{Kind, Reader};
use crate::wire::{Limits, Refusal};

/// The number of records. Nothing where it is no JSON that can be read.
///
/// | result | records |
/// | --- | --- |
/// | a list | its elements; those of lists that stand in it directly |
/// | a list of one | what is in that one, if there are lists in it |
/// | an object | the elements of all lists in it, at any depth; the fields, where all of several are objects (or those of the only one); otherwise one |
/// | text that is a JSON list or object, also inside of the others (MCP's `content`) | as that |
/// | `null` | none |
/// | anything else | one |
#[must_use]
pub fn records(text: &str, limits: &Limits) -> Option<i64> {
    let mut reader = Reader::new(text, limits);
    let found = read(&mut reader, limits).ok()?;
    reader.end().ok()?;
    Some(found.records())
}

/// What stands somewhere.
struct Found {
    kind: Kind,
    /// The elements of lists in it; nothing where there are none.
    listed: Option<i64>,
    /// Of an object, the number of fields, where all are objects.
    objects: i64,
}

impl Found {
    fn plain(kind: Kind) -> Found {
        Found { kind, listed: None, objects: 0 }
    }

    fn records(&self) -> i64 {
        match (self.kind, self.listed) {
            (Kind::Null, _) => 0,
            (_, Some(listed)) => listed,
            (Kind::Object, None) if self.objects > 1 => self.objects,
            _ => 1,
        }
    }
}

fn read(reader: &mut Reader<'_>, limits: &Limits) -> Result<Found, Refusal> {
    let kind = reader.kind()?;
    match kind {
        Kind::Array => list(reader, limits),
        Kind::Object => {
            let (mut listed, mut fields, mut objects, mut inner) = (None, 0_i64, 0_i64, 0);
            reader.object(|reader, _| {
                let found = read(reader, limits)?;
                fields += 1;
                objects += i64::from(found.kind == Kind::Object);
                inner = found.objects;
                listed = sum(listed, found.listed);
                Ok(())
            })?;
            let objects = match (fields, objects) {
                (1, 1) => inner,
                (fields, objects) if fields == objects => objects,
                _ => 0,
            };
            Ok(Found { kind, listed, objects })
        }
        Kind::String => {
            let text = reader.string()?;
            let begins = text.trim_start().starts_with(['[', '{']);
            let inner = || {
                let mut inner = Reader::new(&text, limits);
                let found = read(&mut inner, limits).ok()?;
                inner.end().ok().map(|()| found)
            };
            Ok(Some(()).filter(|()| begins).and_then(|()| inner()).unwrap_or(Found::plain(kind)))
        }
        Kind::Null | Kind::Number | Kind::Bool => reader.skip().map(|()| Found::plain(kind)),
    }
}

fn list(reader: &mut Reader<'_>, limits: &Limits) -> Result<Found, Refusal> {
    let (mut elements, mut nested, mut only) = (0_i64, 0_i64, None);
    reader.array(|reader| {
        // A text with JSON in it is that JSON.
        let is_object = reader.kind()? == Kind::Object;
        let found = read(reader, limits)?;
        elements = elements.saturating_add(1);
        // Fields of a record may be lists: what is in them are not records, unless all is in one.
        nested = nested.saturating_add(if is_object { 1 } else { found.listed.unwrap_or(1) });
        only = found.listed;
        Ok(())
    })?;
    let inside = only.filter(|_| elements == 1).unwrap_or(0);
    Ok(Found { kind: Kind::Array, listed: Some(elements.max(nested).max(inside)), objects: 0 })
}

fn sum(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_counted_wherever_servers_put_them() {
        for (text, expected) in [
            ("[]", Some(0)),
            ("[1, [2, 3], {}]", Some(4)),
            (r#"{"items": [1, 2], "next": "x"}"#, Some(2)),
            (r#"{"items": []}"#, Some(0)),
            (r#"{"a": [1, 2], "b": [3]}"#, Some(3)),
            (r#"{"rows": [1, 2, 3], "warnings": []}"#, Some(3)),
            (r#"{"data": {"rows": [1, 2, 3]}}"#, Some(3)),
            (r#"{"rows": {"0": {}, "1": {}, "2": {}}}"#, Some(3)),
            (r#"{"0": {}, "1": {}, "2": {}}"#, Some(3)),
            (r#"{"content": [{"type": "text", "text": "[1, 2, 3, 4]"}]}"#, Some(4)),
            (r#"{"content": [{"type": "text", "text": "all is well"}]}"#, Some(1)),
            (r#"[{"id": 1, "tags": ["a", "b", "c"]}, {"id": 2, "tags": []}]"#, Some(2)),
            ("[[1, 2, 3]]", Some(3)),
            (r#"[{"rows": [1, 2, 3]}]"#, Some(3)),
            (r#""[1, 2, 3]""#, Some(3)),
            (r#"{"id": 1, "address": {"city": "x"}}"#, Some(1)),
            (r#"{"id": 1}"#, Some(1)),
            ("null", Some(0)),
            ("\"text\"", Some(1)),
            ("\"[text\"", Some(1)),
            ("[1", None),
        ] {
            assert_eq!(records(text, &Limits::default()), expected, "{text}");
        }
    }
}
