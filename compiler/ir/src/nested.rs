//! Types that hold themselves, read from bytes.
//!
//! A reader of such a type calls itself for every level, so a few bytes per level are enough to use up a stack, which no
//! program survives. Values, types and forms are therefore read through this door, which closes at a depth that no contract
//! needs. The count hangs on the thread because serde has no other place for what is known about the way down.

use std::cell::Cell;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// How deep values, types and forms may nest.
pub(crate) const MAX_NEST: usize = 32;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Reads what lies one level further down.
pub(crate) fn deserialize<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let level = Level::enter();
    if level.depth > MAX_NEST {
        return Err(D::Error::custom("nested too deeply"));
    }
    T::deserialize(from)
}

/// One level; leaving it, also by an error, gives it back.
struct Level {
    depth: usize,
}

impl Level {
    fn enter() -> Level {
        let depth = DEPTH.get() + 1;
        DEPTH.set(depth);
        Level { depth }
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(self.depth - 1);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Form, Ty, Value};

    /// `[[[…]]]` in the encoding of bundles: one variant number and one length per level.
    fn nested(variant: &[u8], levels: usize, inner: &[u8]) -> Vec<u8> {
        let mut bytes = variant.repeat(levels);
        bytes.extend_from_slice(inner);
        bytes
    }

    #[test]
    fn reads_what_contracts_need() {
        let mut value = Value::Bool(true);
        let mut ty = Ty::Bool;
        let mut form = Form::Bool;
        for _ in 0..super::MAX_NEST {
            value = Value::List(vec![value]);
            ty = Ty::list(ty);
            form = Form::OrNull(Box::new(form));
        }
        let bytes = postcard::to_stdvec(&(&value, &ty, &form)).unwrap();
        assert_eq!(postcard::from_bytes::<(Value, Ty, Form)>(&bytes).unwrap(), (value.clone(), ty, form));
        let bytes = postcard::to_stdvec(&Value::Record(vec![Some(value)])).unwrap();
        assert!(postcard::from_bytes::<Value>(&bytes).is_err());
    }

    #[test]
    fn survives_any_depth() {
        let list = postcard::to_stdvec(&Value::List(vec![Value::Null])).unwrap();
        let (list, null) = list.split_at(list.len() - 1);
        assert!(postcard::from_bytes::<Value>(&nested(list, 1_000_000, null)).is_err());
        let list = postcard::to_stdvec(&Ty::list(Ty::Bool)).unwrap();
        assert!(postcard::from_bytes::<Ty>(&nested(&list[..1], 1_000_000, &list[1..])).is_err());
        for form in [Form::OrNull(Box::new(Form::Bool)), Form::Map(Box::new(Form::Bool))] {
            let form = postcard::to_stdvec(&form).unwrap();
            assert!(postcard::from_bytes::<Form>(&nested(&form[..1], 1_000_000, &form[1..])).is_err());
        }
    }

    #[test]
    fn counts_levels_and_not_values() {
        let flat = Value::List(vec![Value::List(vec![Value::Int(1)]); 1000]);
        let bytes = postcard::to_stdvec(&flat).unwrap();
        for _ in 0..100 {
            assert_eq!(postcard::from_bytes::<Value>(&bytes).unwrap(), flat);
        }
    }
}
