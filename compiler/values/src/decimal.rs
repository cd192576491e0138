//! Exact decimal numbers with eighteen fractional digits.
//!
//! `0.1 + 0.2 == 0.3` here. A result that does not fit or would need a nineteenth digit is an error of its own, never
//! a rounded value: rules compare amounts, and a rounded amount may fall on the other side.

use std::fmt;

use crate::number::{ProductError, ScaleError, Spelling, product, scaled, write_scaled};

/// A fixed-point number: a whole number of units of 10^-18. Its range is about ±1.7 × 10^20.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Decimal(i128);

/// Why text or a computation yields no decimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DecimalError {
    /// The text is not a number.
    NotANumber,
    /// The number is too large.
    OutOfRange,
    /// The number has more than eighteen fractional digits.
    TooPrecise,
}

/// The number of fractional digits.
const DIGITS: u8 = 18;
/// The units of one.
const ONE: i128 = 1_000_000_000_000_000_000;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(0);
    /// One.
    pub const ONE: Decimal = Decimal(ONE);

    /// Reads JSON number text: `1`, `-0.5`, `1e3`.
    pub fn parse(text: &str) -> Result<Decimal, DecimalError> {
        convert(scaled(text, DIGITS, Spelling::Json))
    }

    /// Reads a literal of a contract: as JSON, with `_` allowed between digits.
    pub fn parse_literal(text: &str) -> Result<Decimal, DecimalError> {
        convert(scaled(text, DIGITS, Spelling::Literal))
    }

    /// The decimal with this many units of 10^-18.
    pub const fn from_units(units: i128) -> Decimal {
        Decimal(units)
    }

    /// Its number of units of 10^-18.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// A whole number; every `int` fits, and so does the product with the unit.
    pub fn from_int(value: i64) -> Decimal {
        Decimal(i128::from(value) * ONE)
    }

    /// The value as a whole number, if it is one that fits.
    pub fn to_int(self) -> Option<i64> {
        if self.0 % ONE == 0 { i64::try_from(self.0 / ONE).ok() } else { None }
    }

    /// Below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or an error if it does not fit.
    pub fn checked_add(self, other: Decimal) -> Result<Decimal, DecimalError> {
        self.0.checked_add(other.0).map(Decimal).ok_or(DecimalError::OutOfRange)
    }

    /// The difference, or an error if it does not fit.
    pub fn checked_sub(self, other: Decimal) -> Result<Decimal, DecimalError> {
        self.0.checked_sub(other.0).map(Decimal).ok_or(DecimalError::OutOfRange)
    }

    /// The exact product, or an error if it does not fit or needs more digits.
    pub fn checked_mul(self, other: Decimal) -> Result<Decimal, DecimalError> {
        product(self.0, other.0, ONE).map(Decimal).map_err(|error| match error {
            ProductError::OutOfRange => DecimalError::OutOfRange,
            ProductError::TooPrecise => DecimalError::TooPrecise,
        })
    }

    /// The same number with the other sign.
    pub fn checked_neg(self) -> Result<Decimal, DecimalError> {
        self.0.checked_neg().map(Decimal).ok_or(DecimalError::OutOfRange)
    }
}

fn convert(scaled: Result<i128, ScaleError>) -> Result<Decimal, DecimalError> {
    scaled.map(Decimal).map_err(|error| match error {
        ScaleError::Malformed => DecimalError::NotANumber,
        ScaleError::OutOfRange => DecimalError::OutOfRange,
        ScaleError::TooPrecise => DecimalError::TooPrecise,
    })
}

/// The shortest exact text: `0.5`, `100`, `-3.25`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write_scaled(f, self.0.unsigned_abs(), DIGITS, 0)
    }
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecimalError::NotANumber => "not a number",
            DecimalError::OutOfRange => "out of range",
            DecimalError::TooPrecise => "more than eighteen fractional digits",
        })
    }
}

impl std::error::Error for DecimalError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn text_is_read_and_written_exactly() {
        for (text, shown) in [
            ("1e3", "1000"),
            ("-0.5", "-0.5"),
            ("1.0", "1"),
            ("0", "0"),
            ("-0", "0"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("12.3400", "12.34"),
            ("170141183460469231731.687303715884105727", "170141183460469231731.687303715884105727"),
            ("-170141183460469231731.687303715884105728", "-170141183460469231731.687303715884105728"),
        ] {
            assert_eq!(decimal(text).to_string(), shown);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert_eq!(Decimal::parse("1e21"), Err(DecimalError::OutOfRange));
        assert_eq!(Decimal::parse("1e-19"), Err(DecimalError::TooPrecise));
        assert_eq!(Decimal::parse("Infinity"), Err(DecimalError::NotANumber));
        assert_eq!(Decimal(i128::MAX).checked_add(Decimal(1)), Err(DecimalError::OutOfRange));
        assert_eq!(Decimal(i128::MIN).checked_sub(Decimal(1)), Err(DecimalError::OutOfRange));
        assert_eq!(Decimal(i128::MIN).checked_neg(), Err(DecimalError::OutOfRange));
        assert_eq!(Decimal(1).checked_mul(Decimal(1)), Err(DecimalError::TooPrecise));
        assert_eq!(decimal("1e12").checked_mul(decimal("1e12")), Err(DecimalError::OutOfRange));
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(decimal("0.1").checked_add(decimal("0.2")), Ok(decimal("0.3")));
        assert_eq!(decimal("1.5").checked_mul(decimal("-0.5")), Ok(decimal("-0.75")));
        assert_eq!(decimal("1").checked_sub(decimal("0.9")), Ok(decimal("0.1")));
        assert_eq!(decimal("3").to_int(), Some(3));
        assert_eq!(decimal("3.5").to_int(), None);
        assert!(decimal("-1") < decimal("0.5"));
    }

    proptest! {
        #[test]
        fn display_round_trips(units: i128) {
            let value = Decimal(units);
            prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value));
        }

        #[test]
        fn products_agree_with_integers(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
            let expected = Decimal::from_int(a * b);
            prop_assert_eq!(Decimal::from_int(a).checked_mul(Decimal::from_int(b)), Ok(expected));
        }

        #[test]
        fn sums_undo(a: i128, b: i128) {
            if let Ok(sum) = Decimal(a).checked_add(Decimal(b)) {
                prop_assert_eq!(sum.checked_sub(Decimal(b)), Ok(Decimal(a)));
            }
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in "[-+0-9.eE_ ]{0,30}|.{0,20}") {
            let _ = Decimal::parse(&text);
            let _ = Decimal::parse_literal(&text);
        }
    }
}
