//! Whole numbers: `int` is a 64-bit signed integer, read from text without a detour through floating point.

use std::fmt;

use crate::number::{ScaleError, Spelling, scaled};

/// The value of type `int`. Arithmetic on it is checked by whoever computes.
pub type Int = i64;

/// Why text is not an `int`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IntError {
    /// The text is not a number at all.
    NotANumber,
    /// A number with a fraction.
    NotAnInteger,
    /// A whole number that 64 bits cannot hold.
    OutOfRange,
}

/// Reads JSON number text. `1.0` and `1e2` are whole numbers, `1.5` is not, and 2^63 does not fit.
pub fn parse_int(text: &str) -> Result<Int, IntError> {
    convert(scaled(text, 0, Spelling::Json))
}

/// Reads a literal of a contract: as JSON, with `_` allowed between digits (`80_000`).
pub fn parse_int_literal(text: &str) -> Result<Int, IntError> {
    convert(scaled(text, 0, Spelling::Literal))
}

fn convert(scaled: Result<i128, ScaleError>) -> Result<Int, IntError> {
    match scaled {
        Ok(value) => Int::try_from(value).map_err(|_| IntError::OutOfRange),
        Err(ScaleError::Malformed) => Err(IntError::NotANumber),
        Err(ScaleError::OutOfRange) => Err(IntError::OutOfRange),
        Err(ScaleError::TooPrecise) => Err(IntError::NotAnInteger),
    }
}

impl fmt::Display for IntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IntError::NotANumber => "not a number",
            IntError::NotAnInteger => "not an integer",
            IntError::OutOfRange => "out of range",
        })
    }
}

impl std::error::Error for IntError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_numbers_have_many_spellings() {
        for (text, value) in
            [("0", 0), ("-0", 0), ("1.0", 1), ("1e2", 100), ("12.50e1", 125), ("-7", -7), ("100e-2", 1)]
        {
            assert_eq!(parse_int(text), Ok(value), "{text}");
        }
        assert_eq!(parse_int("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(parse_int_literal("80_000"), Ok(80_000));
    }

    #[test]
    fn each_failure_has_its_name() {
        assert_eq!(parse_int("9223372036854775808"), Err(IntError::OutOfRange));
        assert_eq!(parse_int("1e400"), Err(IntError::OutOfRange));
        assert_eq!(parse_int("1.5"), Err(IntError::NotAnInteger));
        assert_eq!(parse_int("1e-1"), Err(IntError::NotAnInteger));
        assert_eq!(parse_int("one"), Err(IntError::NotANumber));
        assert_eq!(parse_int("1_000"), Err(IntError::NotANumber));
        assert_eq!(IntError::NotAnInteger.to_string(), "not an integer");
        assert_eq!(IntError::OutOfRange.to_string(), "out of range");
    }

    proptest! {
        #[test]
        fn every_int_comes_back(value: i64, zeros in 0_usize..4) {
            prop_assert_eq!(parse_int(&value.to_string()), Ok(value));
            if zeros > 0 {
                prop_assert_eq!(parse_int(&format!("{value}.{}", "0".repeat(zeros))), Ok(value));
            }
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in ".{0,40}") {
            let _ = parse_int(&text);
            let _ = parse_int_literal(&text);
        }
    }
}
