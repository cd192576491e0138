//! Instants on the UTC line.

use std::fmt;

use jiff::tz::Offset;

use super::calendar::{Date, digits};
use super::duration::Duration;

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, from the year 1677 to 2262.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

/// Why text is not an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimestampError {
    /// Not of the form `2026-11-23T10:00:00Z`.
    Malformed,
    /// Well formed, but the calendar or the clock has no such moment; leap seconds are refused too.
    NoSuchTime,
    /// Digits beyond the nanosecond.
    TooPrecise,
    /// Outside of the years 1677 to 2262.
    OutOfRange,
}

impl Timestamp {
    /// The start of 1970 in UTC.
    pub const EPOCH: Timestamp = Timestamp(0);

    /// Reads RFC 3339: date, `T`, time, optional fraction, and `Z` or an offset. Nothing may be left out.
    pub fn parse(text: &str) -> Result<Timestamp, TimestampError> {
        let (date, rest) = text.split_at_checked(10).ok_or(TimestampError::Malformed)?;
        let date = Date::parse(date).map_err(|error| match error {
            super::DateError::Malformed => TimestampError::Malformed,
            super::DateError::NoSuchDay => TimestampError::NoSuchTime,
        })?;
        let (clock, rest) = rest.split_at_checked(9).ok_or(TimestampError::Malformed)?;
        let seconds = clock_seconds(clock.as_bytes())?;
        let (nanos, zone) = match rest.strip_prefix('.') {
            None => (0, rest),
            Some(rest) => fraction(rest)?,
        };
        let offset = offset_seconds(zone.as_bytes())?;
        let day_start =
            Offset::UTC.to_timestamp(date.jiff().at(0, 0, 0, 0)).map_err(|_| TimestampError::OutOfRange)?;
        let seconds = i128::from(day_start.as_second()) + i128::from(seconds) - i128::from(offset);
        i64::try_from(seconds * 1_000_000_000 + i128::from(nanos))
            .map(Timestamp)
            .map_err(|_| TimestampError::OutOfRange)
    }

    /// The instant this many nanoseconds after the epoch.
    pub const fn from_nanos(nanos: i64) -> Timestamp {
        Timestamp(nanos)
    }

    /// Nanoseconds since the epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The instant later by a duration, if it fits.
    pub fn checked_add(self, duration: Duration) -> Option<Timestamp> {
        self.0.checked_add(duration.nanos()).map(Timestamp)
    }

    /// The instant earlier by a duration, if it fits.
    pub fn checked_sub(self, duration: Duration) -> Option<Timestamp> {
        self.0.checked_sub(duration.nanos()).map(Timestamp)
    }

    /// The time that passed since an earlier instant; negative if it is later, nothing if it does not fit.
    pub fn since(self, earlier: Timestamp) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(Duration::from_nanos)
    }

    pub(crate) fn from_jiff(timestamp: jiff::Timestamp) -> Option<Timestamp> {
        i64::try_from(timestamp.as_nanosecond()).ok().map(Timestamp)
    }

    pub(crate) fn jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_nanosecond(i128::from(self.0)).ok()
    }
}

/// `T10:00:00` as seconds of the day.
fn clock_seconds(bytes: &[u8]) -> Result<u32, TimestampError> {
    match bytes {
        [b'T' | b't', h1, h2, b':', m1, m2, b':', s1, s2] => {
            let part = |pair: [u8; 2]| digits(&pair).map(u32::from).ok_or(TimestampError::Malformed);
            let (hour, minute, second) = (part([*h1, *h2])?, part([*m1, *m2])?, part([*s1, *s2])?);
            if hour > 23 || minute > 59 || second > 59 {
                return Err(TimestampError::NoSuchTime);
            }
            Ok(hour * 3600 + minute * 60 + second)
        }
        _ => Err(TimestampError::Malformed),
    }
}

/// The nanoseconds of a fraction, and what follows its digits.
fn fraction(text: &str) -> Result<(u32, &str), TimestampError> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end).ok_or(TimestampError::Malformed)?;
    if digits.is_empty() {
        return Err(TimestampError::Malformed);
    }
    if digits.bytes().skip(9).any(|b| b != b'0') {
        return Err(TimestampError::TooPrecise);
    }
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Ok((padded.fold(0, |value, byte| value * 10 + u32::from(byte - b'0')), rest))
}

/// `Z` or `+01:00` as seconds east of Greenwich.
fn offset_seconds(bytes: &[u8]) -> Result<i32, TimestampError> {
    match bytes {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let hour = digits(&[*h1, *h2]).ok_or(TimestampError::Malformed)?;
            let minute = digits(&[*m1, *m2]).ok_or(TimestampError::Malformed)?;
            if hour > 23 || minute > 59 {
                return Err(TimestampError::NoSuchTime);
            }
            let seconds = i32::from(hour) * 3600 + i32::from(minute) * 60;
            Ok(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => Err(TimestampError::Malformed),
    }
}

/// RFC 3339 in UTC with as many fractional digits as needed: `2026-11-23T10:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(timestamp) = self.jiff() else { return write!(f, "{}ns", self.0) };
        let civil = Offset::UTC.to_datetime(timestamp);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second()
        )?;
        let nanos = self.0.rem_euclid(1_000_000_000);
        if nanos != 0 {
            let digits = format!("{nanos:09}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimestampError::Malformed => "not a timestamp like `2026-11-23T10:00:00Z`",
            TimestampError::NoSuchTime => "no such date or time",
            TimestampError::TooPrecise => "more precise than a nanosecond",
            TimestampError::OutOfRange => "out of range",
        })
    }
}

impl std::error::Error for TimestampError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn instants_are_shown_in_utc() {
        for (text, shown) in [
            ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
            ("2026-11-23t10:00:00.500z", "2026-11-23T10:00:00.5Z"),
            ("2026-01-01T00:00:00+05:30", "2025-12-31T18:30:00Z"),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
            ("2026-11-23T10:00:00.0000000000000Z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00-00:00", "2026-11-23T10:00:00Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn each_failure_has_its_name() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T10:00Z",
            "2026-11-23 10:00:00Z",
            "2026-11-23T10:00:00",
            "2026-11-23T10:00:00.Z",
            "2026-11-23T10:00:00+0100",
            "2026-11-23T10:00:00Z ",
            "2026-11-2éT10:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::Malformed), "{text}");
        }
        for text in ["2026-02-30T10:00:00Z", "2026-11-23T24:00:00Z", "2016-12-31T23:59:60Z"] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::NoSuchTime), "{text}");
        }
        assert_eq!(Timestamp::parse("3000-01-01T00:00:00Z"), Err(TimestampError::OutOfRange));
        assert_eq!(Timestamp::parse("2026-11-23T10:00:00.0000000001Z"), Err(TimestampError::TooPrecise));
    }

    proptest! {
        #[test]
        fn display_round_trips(nanos: i64) {
            let timestamp = Timestamp(nanos);
            prop_assert_eq!(Timestamp::parse(&timestamp.to_string()), Ok(timestamp));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in "[0-9TZ:.+-]{0,32}|.{0,32}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
