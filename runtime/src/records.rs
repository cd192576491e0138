//! How many records a result holds (semantics 33).

use crate::wire::reader::{Kind, Reader};
use crate::wire::{Limits, Refusal};

/// The number of records: the elements of a list, or of the only list among an object's fields; one for anything else that
/// is there, none for null. Nothing where it is no JSON that can be read.
#[must_use]
pub fn records(text: &str, limits: &Limits) -> Option<i64> {
    let mut reader = Reader::new(text, limits);
    let count = count(&mut reader).ok()?;
    reader.end().ok()?;
    Some(count)
}

fn count(reader: &mut Reader<'_>) -> Result<i64, Refusal> {
    match reader.kind()? {
        Kind::Array => elements(reader),
        Kind::Object => {
            let (mut lists, mut inside) = (0, 0);
            reader.object(|reader, _| {
                if reader.kind()? == Kind::Array {
                    lists += 1;
                    inside = elements(reader)?;
                    return Ok(());
                }
                reader.skip()
            })?;
            Ok(if lists == 1 { inside } else { 1 })
        }
        Kind::Null => reader.skip().map(|()| 0),
        Kind::String | Kind::Number | Kind::Bool => reader.skip().map(|()| 1),
    }
}

fn elements(reader: &mut Reader<'_>) -> Result<i64, Refusal> {
    let mut count = 0_i64;
    reader.array(|reader| {
        count = count.saturating_add(1);
        reader.skip()
    })?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_lists_in_objects_are_counted() {
        for (text, expected) in [
            ("[]", Some(0)),
            ("[1, [2, 3], {}]", Some(3)),
            (r#"{"items": [1, 2], "next": "x"}"#, Some(2)),
            (r#"{"a": [1, 2], "b": [3]}"#, Some(1)),
            (r#"{"id": 1}"#, Some(1)),
            ("null", Some(0)),
            ("\"text\"", Some(1)),
            ("[1", None),
        ] {
            assert_eq!(records(text, &Limits::default()), expected, "{text}");
        }
    }
}
