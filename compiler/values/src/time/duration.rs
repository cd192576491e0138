//! Lengths of time.

use std::fmt;

/// A length of time in nanoseconds; about 292 years at most.
///
/// Literals are never negative, but the difference of two instants may be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Duration(i64);

/// Why text is not a duration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DurationError {
    /// Not digits with a unit, like `30m`.
    Malformed,
    /// The unit is none of `w d h m s ms us ns`.
    UnknownUnit,
    /// Units of a compound do not go from large to small, like `30m1h`.
    OutOfOrder,
    /// Longer than about 292 years.
    OutOfRange,
}

/// The units from large to small, with their lengths.
const UNITS: &[(&str, i64)] = &[
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// Reads `500ms`, `90s`, `30m`, `24h`, `7d`, `2w` or a compound from large to small, `1h30m`.
    pub fn parse(text: &str) -> Result<Duration, DurationError> {
        if text.is_empty() {
            return Err(DurationError::Malformed);
        }
        let mut total: i64 = 0;
        let mut smallest = i64::MAX;
        let mut rest = text;
        while !rest.is_empty() {
            let (digits, after) = split_where(rest, |c| !c.is_ascii_digit());
            let (unit, after) = split_where(after, |c| c.is_ascii_digit());
            if digits.is_empty() || unit.is_empty() || !unit.bytes().all(|b| b.is_ascii_alphabetic()) {
                return Err(DurationError::Malformed);
            }
            let (_, length) =
                UNITS.iter().find(|(name, _)| *name == unit).ok_or(DurationError::UnknownUnit)?;
            if *length >= smallest {
                return Err(DurationError::OutOfOrder);
            }
            smallest = *length;
            // Only digits are left in the text, so a failure means that it is too long.
            let count: i64 = digits.parse().map_err(|_| DurationError::OutOfRange)?;
            total = count
                .checked_mul(*length)
                .and_then(|part| total.checked_add(part))
                .ok_or(DurationError::OutOfRange)?;
            rest = after;
        }
        Ok(Duration(total))
    }

    /// The duration of this many nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Duration {
        Duration(nanos)
    }

    /// The duration of this many seconds, or nothing if it does not fit.
    pub const fn from_secs(seconds: i64) -> Option<Duration> {
        match seconds.checked_mul(1_000_000_000) {
            Some(nanos) => Some(Duration(nanos)),
            None => None,
        }
    }

    /// Its nanoseconds.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The sum, if it fits.
    pub fn checked_add(self, other: Duration) -> Option<Duration> {
        self.0.checked_add(other.0).map(Duration)
    }

    /// The difference, if it fits.
    pub fn checked_sub(self, other: Duration) -> Option<Duration> {
        self.0.checked_sub(other.0).map(Duration)
    }

    /// The duration, `count` times, if it fits.
    pub fn checked_mul(self, count: i64) -> Option<Duration> {
        self.0.checked_mul(count).map(Duration)
    }
}

fn split_where(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    let at = text.find(stop).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Canonical: weeks alone where they fit exactly, otherwise days and smaller, from large to small: `2w`, `1d12h`,
/// `1m30s`, `0s`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.unsigned_abs();
        if rest == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        for (name, length) in UNITS {
            let length = length.unsigned_abs();
            let count = rest / length;
            if count == 0 || (*name == "w" && !rest.is_multiple_of(length)) {
                continue;
            }
            rest %= length;
            write!(f, "{count}{name}")?;
        }
        Ok(())
    }
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DurationError::Malformed => "not a duration like `30m` or `1h30m`",
            DurationError::UnknownUnit => "the unit is none of `w`, `d`, `h`, `m`, `s`, `ms`, `us`, `ns`",
            DurationError::OutOfOrder => "units go from large to small, each once",
            DurationError::OutOfRange => "out of range",
        })
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_have_one_canonical_text() {
        for (text, shown) in [
            ("500ms", "500ms"),
            ("90s", "1m30s"),
            ("30m", "30m"),
            ("24h", "1d"),
            ("7d", "1w"),
            ("8d", "8d"),
            ("2w", "2w"),
            ("1h30m", "1h30m"),
            ("36h", "1d12h"),
            ("0m", "0s"),
            ("1w1d", "8d"),
        ] {
            assert_eq!(Duration::parse(text).unwrap().to_string(), shown, "{text}");
        }
        assert_eq!(Duration::from_nanos(-1).to_string(), "-1ns");
    }

    #[test]
    fn each_failure_has_its_name() {
        for text in ["", "m", "30", "1h30", "-5m", "1.5h", "1 h", "h1"] {
            assert_eq!(Duration::parse(text), Err(DurationError::Malformed), "{text}");
        }
        assert_eq!(Duration::parse("5y"), Err(DurationError::UnknownUnit));
        assert_eq!(Duration::parse("5M"), Err(DurationError::UnknownUnit));
        assert_eq!(Duration::parse("30m1h"), Err(DurationError::OutOfOrder));
        assert_eq!(Duration::parse("1h1h"), Err(DurationError::OutOfOrder));
        assert_eq!(Duration::parse("99999999w"), Err(DurationError::OutOfRange));
        assert_eq!(Duration::parse("99999999999999999999s"), Err(DurationError::OutOfRange));
    }

    proptest! {
        #[test]
        fn display_round_trips(nanos in 0_i64..) {
            let duration = Duration(nanos);
            prop_assert_eq!(Duration::parse(&duration.to_string()), Ok(duration));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in "[0-9a-z]{0,12}|.{0,20}") {
            let _ = Duration::parse(&text);
        }
    }
}
