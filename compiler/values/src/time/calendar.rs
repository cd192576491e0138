//! What a calendar and a wall clock show: dates and times of the day, without a zone.

use std::fmt;

use super::set::Weekday;

/// A day of the Gregorian calendar, years 0001 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(jiff::civil::Date);

/// Why text is not a date.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DateError {
    /// Not of the form `2026-12-18`.
    Malformed,
    /// Well formed, but the calendar has no such day.
    NoSuchDay,
}

impl Date {
    /// Reads `2026-12-18`.
    pub fn parse(text: &str) -> Result<Date, DateError> {
        match text.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                let year = digits(&[*y1, *y2, *y3, *y4]).ok_or(DateError::Malformed)?;
                let month = digits(&[*m1, *m2]).ok_or(DateError::Malformed)?;
                let day = digits(&[*d1, *d2]).ok_or(DateError::Malformed)?;
                Date::new(year, month, day).ok_or(DateError::NoSuchDay)
            }
            _ => Err(DateError::Malformed),
        }
    }

    /// The date with these numbers, if there is one.
    pub fn new(year: u16, month: u16, day: u16) -> Option<Date> {
        if year == 0 {
            return None;
        }
        let (year, month, day) =
            (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        jiff::civil::Date::new(year, month, day).ok().map(Date)
    }

    /// Year, month and day.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        Weekday::from_jiff(self.0.weekday())
    }

    /// The day before, unless the calendar ends.
    pub fn yesterday(self) -> Option<Date> {
        self.0.yesterday().ok().map(Date)
    }

    /// The day after, unless the calendar ends.
    pub fn tomorrow(self) -> Option<Date> {
        self.0.tomorrow().ok().map(Date)
    }

    pub(crate) fn from_jiff(date: jiff::civil::Date) -> Date {
        Date(date)
    }

    pub(crate) fn jiff(self) -> jiff::civil::Date {
        self.0
    }
}

/// A time on the wall clock with second precision. `24:00` is the end of a day and only ends ranges.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimeOfDay {
    seconds: u32,
}

/// Why text is not a time of the day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimeOfDayError {
    /// Not of the form `09:00` or `09:00:30`.
    Malformed,
    /// Well formed, but the clock never shows it.
    NoSuchTime,
}

impl TimeOfDay {
    /// The start of the day.
    pub const MIDNIGHT: TimeOfDay = TimeOfDay { seconds: 0 };
    /// The end of the day, `24:00`.
    pub const END: TimeOfDay = TimeOfDay { seconds: 86_400 };

    /// Reads `09:00`, `09:00:30` or `24:00`.
    pub fn parse(text: &str) -> Result<TimeOfDay, TimeOfDayError> {
        let (hour, minute, second) = match text.as_bytes() {
            [h1, h2, b':', m1, m2] => ([*h1, *h2], [*m1, *m2], [b'0', b'0']),
            [h1, h2, b':', m1, m2, b':', s1, s2] => ([*h1, *h2], [*m1, *m2], [*s1, *s2]),
            _ => return Err(TimeOfDayError::Malformed),
        };
        let part = |bytes: &[u8]| digits(bytes).map(u32::from).ok_or(TimeOfDayError::Malformed);
        let (hour, minute, second) = (part(&hour)?, part(&minute)?, part(&second)?);
        let seconds = hour * 3600 + minute * 60 + second;
        if hour > 24 || minute > 59 || second > 59 || seconds > 86_400 {
            return Err(TimeOfDayError::NoSuchTime);
        }
        Ok(TimeOfDay { seconds })
    }

    /// Seconds since midnight by the wall clock.
    pub const fn seconds(self) -> u32 {
        self.seconds
    }
}

/// Reads a few ASCII digits.
pub(super) fn digits(bytes: &[u8]) -> Option<u16> {
    bytes.iter().try_fold(0_u16, |value, byte| {
        byte.is_ascii_digit().then(|| value.saturating_mul(10).saturating_add(u16::from(*byte - b'0')))
    })
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        write!(f, "{hour:02}:{minute:02}")?;
        if second == 0 { Ok(()) } else { write!(f, ":{second:02}") }
    }
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateError::Malformed => "not a date like `2026-12-18`",
            DateError::NoSuchDay => "the calendar has no such day",
        })
    }
}

impl fmt::Display for TimeOfDayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimeOfDayError::Malformed => "not a time of the day like `09:00`",
            TimeOfDayError::NoSuchTime => "the clock has no such time",
        })
    }
}

impl std::error::Error for DateError {}
impl std::error::Error for TimeOfDayError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_days_that_exist() {
        assert_eq!(Date::parse("2026-12-18").unwrap().to_string(), "2026-12-18");
        assert_eq!(Date::parse("2028-02-29").unwrap().weekday(), Weekday::Tue);
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-01-32", "0000-01-01"] {
            assert_eq!(Date::parse(text), Err(DateError::NoSuchDay), "{text}");
        }
        for text in ["", "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01T", "+026-01-01", "２026-01-01"] {
            assert_eq!(Date::parse(text), Err(DateError::Malformed), "{text}");
        }
    }

    #[test]
    fn times_are_what_a_clock_shows() {
        assert_eq!(TimeOfDay::parse("09:00").unwrap().seconds(), 32_400);
        assert_eq!(TimeOfDay::parse("23:59:59").unwrap().to_string(), "23:59:59");
        assert_eq!(TimeOfDay::parse("24:00"), Ok(TimeOfDay::END));
        for text in ["24:01", "25:00", "09:60", "09:00:60"] {
            assert_eq!(TimeOfDay::parse(text), Err(TimeOfDayError::NoSuchTime), "{text}");
        }
        for text in ["", "9:00", "09.00", "0900", "09:0", "-1:00"] {
            assert_eq!(TimeOfDay::parse(text), Err(TimeOfDayError::Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn dates_round_trip(year in 1_u16..=9999, month in 1_u16..=12, day in 1_u16..=28) {
            let date = Date::new(year, month, day).unwrap();
            prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
            if let Some(next) = date.tomorrow() {
                prop_assert_eq!(next.yesterday(), Some(date));
            }
        }

        #[test]
        fn times_round_trip(seconds in 0_u32..=86_400) {
            let time = TimeOfDay { seconds };
            prop_assert_eq!(TimeOfDay::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in "[0-9:-]{0,12}|.{0,12}") {
            let _ = Date::parse(&text);
            let _ = TimeOfDay::parse(&text);
        }
    }
}
