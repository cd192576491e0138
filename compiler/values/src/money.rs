//! Amounts of money: checked whole numbers of nano-units of one currency.
//!
//! A token costs `$0.00000015`, so the unit is a billionth of the currency's main unit. Amounts of two currencies can
//! be neither added nor compared: both give [`MoneyError::DifferentCurrencies`], which rules treat as undetermined.

mod currency;

use std::cmp::Ordering;
use std::fmt;

pub use currency::{Currency, CurrencyError};

use crate::decimal::Decimal;
use crate::number::{ProductError, ScaleError, Spelling, product, scaled, write_scaled};

/// An amount in one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// The amount in billionths of the main unit.
    pub nano: i128,
    /// The currency.
    pub currency: Currency,
}

/// Why text or a computation yields no amount.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MoneyError {
    /// The text is not a number.
    NotANumber,
    /// The amount is too large.
    OutOfRange,
    /// The amount has digits beyond a billionth, or minor units with a fraction.
    TooPrecise,
    /// Two currencies met in one sum or comparison.
    DifferentCurrencies,
}

/// The fractional digits of an amount.
const DIGITS: u8 = 9;
/// The nano-units of one main unit.
const ONE: i128 = 1_000_000_000;
/// The units of one in [`Decimal`].
const DECIMAL_ONE: i128 = 1_000_000_000_000_000_000;

impl Money {
    /// No money.
    pub const fn zero(currency: Currency) -> Money {
        Money { nano: 0, currency }
    }

    /// Reads the digits of a literal, without its sign or code: the `0.75` of `$0.75`, with `_` allowed.
    pub fn parse_literal(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        convert(scaled(text, DIGITS, Spelling::Literal), currency)
    }

    /// Reads JSON number text in main units (the wire form `as number`): exact, never through a float.
    pub fn parse_number(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        convert(scaled(text, DIGITS, Spelling::Json), currency)
    }

    /// Reads the content of a string in main units (the wire form `as string`): `49.00`, with no sign of a currency.
    pub fn parse_string(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        convert(scaled(text, DIGITS, Spelling::Json), currency)
    }

    /// Reads JSON number text in minor units (the wire form `as cents`): `4900` is `$49`, `1.5` is refused.
    pub fn parse_minor(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        // Read in whole minor units first: what has a fraction of a cent is refused rather than kept.
        let minor = scaled(text, 0, Spelling::Json);
        let money = convert(minor, currency)?;
        let nano = money.nano.checked_mul(nano_per_minor(currency)).ok_or(MoneyError::OutOfRange)?;
        Ok(Money { nano, currency })
    }

    /// The amount of this many minor units, `4900` cents. Every count fits.
    pub fn from_minor(minor: i64, currency: Currency) -> Money {
        Money { nano: i128::from(minor) * nano_per_minor(currency), currency }
    }

    /// The amount in minor units, if it is a whole number of them that fits.
    pub fn to_minor(self) -> Option<i64> {
        let unit = nano_per_minor(self.currency);
        if self.nano % unit == 0 { i64::try_from(self.nano / unit).ok() } else { None }
    }

    /// Below zero.
    pub const fn is_negative(self) -> bool {
        self.nano < 0
    }

    /// The order of two amounts of one currency.
    pub fn compare(self, other: Money) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.nano.cmp(&other.nano))
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.with(self.nano.checked_add(other.nano))
    }

    /// The difference of two amounts of one currency.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.with(self.nano.checked_sub(other.nano))
    }

    /// The amount, `count` times.
    pub fn checked_mul_int(self, count: i64) -> Result<Money, MoneyError> {
        self.with(self.nano.checked_mul(i128::from(count)))
    }

    /// The exact product with a decimal; a product with a fraction of a nano-unit is too precise.
    pub fn checked_mul(self, factor: Decimal) -> Result<Money, MoneyError> {
        match product(self.nano, factor.units(), DECIMAL_ONE) {
            Ok(nano) => Ok(Money { nano, currency: self.currency }),
            Err(ProductError::OutOfRange) => Err(MoneyError::OutOfRange),
            Err(ProductError::TooPrecise) => Err(MoneyError::TooPrecise),
        }
    }

    /// The amount with the other sign.
    pub fn checked_neg(self) -> Result<Money, MoneyError> {
        self.with(self.nano.checked_neg())
    }

    fn with(self, nano: Option<i128>) -> Result<Money, MoneyError> {
        nano.map(|nano| Money { nano, currency: self.currency }).ok_or(MoneyError::OutOfRange)
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::DifferentCurrencies) }
    }
}

fn nano_per_minor(currency: Currency) -> i128 {
    10_i128.pow(u32::from(DIGITS.saturating_sub(currency.minor_digits())))
}

fn convert(scaled: Result<i128, ScaleError>, currency: Currency) -> Result<Money, MoneyError> {
    match scaled {
        Ok(nano) => Ok(Money { nano, currency }),
        Err(ScaleError::Malformed) => Err(MoneyError::NotANumber),
        Err(ScaleError::OutOfRange) => Err(MoneyError::OutOfRange),
        Err(ScaleError::TooPrecise) => Err(MoneyError::TooPrecise),
    }
}

/// As people write it. Dollars: `$250` when whole, otherwise at least the cents, `$0.75`, `$0.00000015`, `-$5`. Other
/// currencies always show their minor digits and then the code: `5.00 EUR`, `500 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano < 0 {
            f.write_str("-")?;
        }
        let magnitude = self.nano.unsigned_abs();
        let minor = self.currency.minor_digits();
        if self.currency == Currency::USD {
            let least = if self.nano % ONE == 0 { 0 } else { minor };
            f.write_str("$")?;
            write_scaled(f, magnitude, DIGITS, least)
        } else {
            write_scaled(f, magnitude, DIGITS, minor)?;
            write!(f, " {}", self.currency)
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MoneyError::NotANumber => "not an amount",
            MoneyError::OutOfRange => "out of range",
            MoneyError::TooPrecise => "more digits than the unit has",
            MoneyError::DifferentCurrencies => "different currencies",
        })
    }
}

impl std::error::Error for MoneyError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse_literal(text, Currency::USD).unwrap()
    }

    fn euro(text: &str) -> Money {
        Money::parse_literal(text, Currency::parse("EUR").unwrap()).unwrap()
    }

    #[test]
    fn amounts_are_shown_as_people_write_them() {
        for (text, shown) in [
            ("250", "$250"),
            ("0.75", "$0.75"),
            ("49.00", "$49"),
            ("49.5", "$49.50"),
            ("0.0000001500", "$0.00000015"),
            ("-5", "-$5"),
            ("0", "$0"),
            ("-0.001", "-$0.001"),
            ("1_000_000", "$1000000"),
        ] {
            assert_eq!(usd(text).to_string(), shown);
        }
        assert_eq!(euro("5").to_string(), "5.00 EUR");
        assert_eq!(euro("-5.125").to_string(), "-5.125 EUR");
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(Money::from_minor(500, yen).to_string(), "500 JPY");
        let dinar = Currency::parse("KWD").unwrap();
        assert_eq!(Money::from_minor(1500, dinar).to_string(), "1.500 KWD");
    }

    #[test]
    fn wire_forms_agree() {
        assert_eq!(Money::parse_minor("4900", Currency::USD), Ok(usd("49")));
        assert_eq!(Money::parse_minor("4.9e3", Currency::USD), Ok(usd("49")));
        assert_eq!(Money::parse_minor("1.5", Currency::USD), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse_number("0.02", Currency::USD), Ok(usd("0.02")));
        assert_eq!(Money::parse_string("49.00", Currency::USD), Ok(usd("49")));
        assert_eq!(Money::parse_string("$49", Currency::USD), Err(MoneyError::NotANumber));
        assert_eq!(Money::parse_number("1e-10", Currency::USD), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse_number("1e400", Currency::USD), Err(MoneyError::OutOfRange));
        assert_eq!(usd("0.105").to_minor(), None);
        assert_eq!(usd("0.10").to_minor(), Some(10));
    }

    #[test]
    fn currencies_do_not_mix() {
        assert_eq!(usd("1").checked_add(euro("1")), Err(MoneyError::DifferentCurrencies));
        assert_eq!(usd("1").compare(euro("1")), Err(MoneyError::DifferentCurrencies));
        assert_eq!(usd("1").compare(usd("2")), Ok(Ordering::Less));
        assert_ne!(usd("1"), euro("1"));
    }

    #[test]
    fn arithmetic_is_checked() {
        let largest = Money { nano: i128::MAX, currency: Currency::USD };
        assert_eq!(largest.checked_add(usd("1")), Err(MoneyError::OutOfRange));
        assert_eq!(largest.checked_mul_int(2), Err(MoneyError::OutOfRange));
        assert_eq!(usd("0.00000015").checked_mul_int(1200), Ok(usd("0.00018")));
        assert_eq!(usd("10").checked_mul(Decimal::parse("0.15").unwrap()), Ok(usd("1.5")));
        let nano = Money { nano: 1, currency: Currency::USD };
        assert_eq!(nano.checked_mul(Decimal::parse("0.5").unwrap()), Err(MoneyError::TooPrecise));
    }

    proptest! {
        #[test]
        fn dollars_round_trip(nano: i128) {
            let money = Money { nano, currency: Currency::USD };
            let shown = money.to_string().replace('$', "");
            prop_assert_eq!(Money::parse_number(&shown, Currency::USD), Ok(money));
        }

        #[test]
        fn minor_units_round_trip(minor: i64) {
            let money = Money::from_minor(minor, Currency::USD);
            prop_assert_eq!(money.to_minor(), Some(minor));
            prop_assert_eq!(Money::parse_minor(&minor.to_string(), Currency::USD), Ok(money));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in ".{0,30}") {
            let _ = Money::parse_literal(&text, Currency::USD);
            let _ = Money::parse_minor(&text, Currency::USD);
            let _ = Money::parse_string(&text, Currency::USD);
        }
    }
}
