//! Values as data, for bundles and stores.
//!
//! What has a parser is written as its canonical text and read by that parser: bytes from outside cannot hold a domain that
//! [`crate::Domain::parse`] would refuse, nor one in another spelling, so that one value is one sequence of bytes. Numbers
//! and times are written as the integers they are.
//!
//! Some values take far more memory than their text: a pattern of eight bytes may compile to a megabyte, and braces in a
//! glob stand for hundreds of others. Whoever reads bytes from outside says how many such values it wants at most:
//! [`compiled_at_most`].

use std::cell::Cell;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    CommandPattern, Currency, Decimal, Domain, Duration, Email, Folded, Glob, PathValue, Pattern, TimeRange,
    Timestamp, WebUrl, Zone,
};

thread_local! {
    /// How much may still be compiled. It hangs on the thread because serde has no other place for what is known about a
    /// whole document while a part of it is read.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// How many globs are as dear as one pattern.
const GLOBS: usize = 16;

/// Reads something with no more than so many patterns, or sixteen times as many globs, in it. Beyond that reading fails.
pub fn compiled_at_most<T>(patterns: usize, read: impl FnOnce() -> T) -> T {
    struct Before(usize);
    impl Drop for Before {
        fn drop(&mut self) {
            LEFT.set(self.0);
        }
    }
    let _before = Before(LEFT.replace(patterns.saturating_mul(GLOBS)));
    read()
}

/// Pays for a value before it is compiled.
fn spend<E: Error>(cost: usize) -> Result<(), E> {
    let left = LEFT.get().checked_sub(cost).ok_or_else(|| E::custom("more patterns than are wanted"))?;
    LEFT.set(left);
    Ok(())
}

macro_rules! as_text {
    ($($ty:ident: $write:expr, $read:expr, $cost:expr;)*) => {$(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$ty) -> String = $write;
                to.serialize_str(&write(self))
            }
        }

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let write: fn(&$ty) -> String = $write;
                let text = String::deserialize(from)?;
                spend($cost)?;
                let value = $read(&text).map_err(D::Error::custom)?;
                if write(&value) == text {
                    Ok(value)
                } else {
                    Err(D::Error::custom(concat!("no canonical ", stringify!($ty))))
                }
            }
        }
    )*};
}

as_text! {
    CommandPattern: |it| it.source().to_owned(), CommandPattern::parse, 1;
    Currency: |it| it.code().to_owned(), Currency::parse, 0;
    Domain: |it| it.as_str().to_owned(), Domain::parse, 0;
    Email: ToString::to_string, Email::parse, 0;
    Folded: |it| it.given().to_owned(), |text: &str| Ok::<_, std::convert::Infallible>(Folded::new(text)), 0;
    Glob: ToString::to_string, Glob::parse, 1;
    PathValue: ToString::to_string, PathValue::parse, 0;
    Pattern: |it| it.source().to_owned(), Pattern::new, GLOBS;
    TimeRange: ToString::to_string, TimeRange::parse, 0;
    WebUrl: |it| it.as_str().to_owned(), WebUrl::parse, 0;
    Zone: |it| it.name().to_owned(), Zone::parse, 0;
}

macro_rules! as_integer {
    ($($ty:ident: $int:ty, $write:expr, $read:expr;)*) => {$(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let write: fn($ty) -> $int = $write;
                write(*self).serialize(to)
            }
        }

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <$int>::deserialize(from).map($read)
            }
        }
    )*};
}

as_integer! {
    Decimal: i128, Decimal::units, Decimal::from_units;
    Duration: i64, Duration::nanos, Duration::from_nanos;
    Timestamp: i64, Timestamp::nanos, Timestamp::from_nanos;
}

#[cfg(test)]
mod tests;
