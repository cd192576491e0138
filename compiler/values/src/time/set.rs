//! Sets of times on the wall clock of one zone: `times in "Europe/Berlin" = [mon..fri 09:00..17:00]`.
//!
//! The rules, once:
//! - A range of hours includes its start and excludes its end: `09:00..17:00` holds 09:00:00 and not 17:00:00.
//! - A range of hours over midnight belongs to the day on which it begins: `fri 22:00..06:00` holds Saturday at 05:00 and
//!   not Friday at 05:00. The same goes for its dates.
//! - A range of dates includes both ends.
//! - The wall clock decides. When it is set back, both passes through an hour are inside; an hour that is skipped is in
//!   nobody's range.

use std::fmt;

use super::calendar::{Date, TimeOfDay};
use super::timestamp::Timestamp;
use super::zone::{Zone, clock_seconds};

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the days say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    /// The days from Monday on.
    pub const ALL: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

    /// Reads `mon` to `sun`.
    pub fn parse(text: &str) -> Option<Weekday> {
        Weekday::ALL.into_iter().find(|day| day.name() == text)
    }

    /// `mon` to `sun`.
    pub const fn name(self) -> &'static str {
        match self {
            Weekday::Mon => "mon",
            Weekday::Tue => "tue",
            Weekday::Wed => "wed",
            Weekday::Thu => "thu",
            Weekday::Fri => "fri",
            Weekday::Sat => "sat",
            Weekday::Sun => "sun",
        }
    }

    pub(super) fn from_jiff(day: jiff::civil::Weekday) -> Weekday {
        let offset = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
        Weekday::ALL.get(offset).copied().unwrap_or(Weekday::Mon)
    }
}

/// A set of days of the week, as seven bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Days(u8);

impl Days {
    /// One day.
    pub const fn only(day: Weekday) -> Days {
        Days(1 << day as u8)
    }

    /// The days from `first` to `last`, both included; `fri..mon` goes over the weekend.
    pub fn span(first: Weekday, last: Weekday) -> Days {
        let count = (last as u8 + 7 - first as u8) % 7 + 1;
        let days = (0..count).map(|step| (first as u8 + step) % 7);
        Days(days.fold(0, |mask, day| mask | 1 << day))
    }

    /// Whether a day is in the set.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// The seven bits, Monday lowest.
    pub const fn mask(self) -> u8 {
        self.0
    }
}

/// One range: what is given narrows it, what is absent does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TimeRange {
    /// The days of the week on which it begins.
    pub days: Option<Days>,
    /// Start and end on the clock; an end that is not after the start lies on the next day.
    pub hours: Option<(TimeOfDay, TimeOfDay)>,
    /// First and last date on which it begins.
    pub dates: Option<(Date, Date)>,
}

/// Why text is not a range of times.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimeRangeError {
    /// Not days, dates and hours like `mon..fri 09:00..17:00`.
    Malformed,
    /// A date that the calendar does not have.
    NoSuchDay,
    /// A time that the clock does not have.
    NoSuchTime,
    /// The last date is before the first.
    DatesReversed,
    /// Hours that start where they end, or start at `24:00`.
    NoHours,
    /// Two ranges of one kind, or nothing at all.
    NotOneOfEach,
}

impl TimeRange {
    /// A checked range: at least one part, dates in order, hours that last.
    pub fn new(
        days: Option<Days>,
        hours: Option<(TimeOfDay, TimeOfDay)>,
        dates: Option<(Date, Date)>,
    ) -> Result<TimeRange, TimeRangeError> {
        if days.is_none() && hours.is_none() && dates.is_none() {
            return Err(TimeRangeError::NotOneOfEach);
        }
        if dates.is_some_and(|(first, last)| last < first) {
            return Err(TimeRangeError::DatesReversed);
        }
        if hours.is_some_and(|(start, end)| start == end || start == TimeOfDay::END) {
            return Err(TimeRangeError::NoHours);
        }
        Ok(TimeRange { days, hours, dates })
    }

    /// Reads `mon..fri 09:00..17:00`, `22:00..06:00`, `sat`, `2026-12-18 .. 2027-01-06`, `2026-05-01`.
    pub fn parse(text: &str) -> Result<TimeRange, TimeRangeError> {
        let joined = text.split("..").map(str::trim).collect::<Vec<_>>().join("..");
        let (mut days, mut hours, mut dates) = (None, None, None);
        for part in joined.split_ascii_whitespace() {
            let (first, last) =
                part.split_once("..").map_or((part, None), |(first, last)| (first, Some(last)));
            let twice = if let Some(day) = Weekday::parse(first) {
                let last = last.map_or(Some(day), Weekday::parse).ok_or(TimeRangeError::Malformed)?;
                days.replace(Days::span(day, last)).is_some()
            } else if first.contains(':') {
                let last = last.ok_or(TimeRangeError::Malformed)?;
                hours.replace((time(first)?, time(last)?)).is_some()
            } else {
                let first = date(first)?;
                dates.replace((first, last.map_or(Ok(first), date)?)).is_some()
            };
            if twice {
                return Err(TimeRangeError::NotOneOfEach);
            }
        }
        TimeRange::new(days, hours, dates)
    }

    /// Whether a moment on the wall clock lies in the range.
    fn contains(&self, date: Date, clock: u32) -> bool {
        let Some((start, end)) = self.hours else { return self.begins_on(date) };
        let (start, end) = (start.seconds(), end.seconds());
        if start < end {
            return start <= clock && clock < end && self.begins_on(date);
        }
        let begun_today = start <= clock && self.begins_on(date);
        let begun_yesterday = clock < end && date.yesterday().is_some_and(|date| self.begins_on(date));
        begun_today || begun_yesterday
    }

    fn begins_on(&self, date: Date) -> bool {
        self.days.is_none_or(|days| days.contains(date.weekday()))
            && self.dates.is_none_or(|(first, last)| first <= date && date <= last)
    }
}

fn time(text: &str) -> Result<TimeOfDay, TimeRangeError> {
    TimeOfDay::parse(text).map_err(|error| match error {
        super::TimeOfDayError::Malformed => TimeRangeError::Malformed,
        super::TimeOfDayError::NoSuchTime => TimeRangeError::NoSuchTime,
    })
}

fn date(text: &str) -> Result<Date, TimeRangeError> {
    Date::parse(text).map_err(|error| match error {
        super::DateError::Malformed => TimeRangeError::Malformed,
        super::DateError::NoSuchDay => TimeRangeError::NoSuchDay,
    })
}

/// A set of times in one zone: the union of its ranges.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct TimeSet {
    /// Where the wall clock hangs.
    pub zone: Zone,
    /// The ranges, in the order of the contract.
    pub ranges: Vec<TimeRange>,
}

impl TimeSet {
    /// Whether an instant lies in one of the ranges.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.zone.civil(at).is_some_and(|civil| {
            let date = Date::from_jiff(civil.date());
            let clock = clock_seconds(civil);
            self.ranges.iter().any(|range| range.contains(date, clock))
        })
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A span has exactly one day whose predecessor is missing; all seven have none and begin on Monday.
        let first = Weekday::ALL
            .into_iter()
            .find(|day| self.contains(*day) && !self.contains(Weekday::ALL[(*day as usize + 6) % 7]));
        let first = first.unwrap_or(Weekday::Mon);
        let last = Weekday::ALL[(first as usize + self.0.count_ones() as usize + 6) % 7];
        if first == last { f.write_str(first.name()) } else { write!(f, "{}..{}", first.name(), last.name()) }
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        if let Some(days) = self.days {
            write!(f, "{days}")?;
            gap = " ";
        }
        if let Some((first, last)) = self.dates {
            write!(f, "{gap}{first}")?;
            if first != last {
                write!(f, " .. {last}")?;
            }
            gap = " ";
        }
        if let Some((start, end)) = self.hours {
            write!(f, "{gap}{start}..{end}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TimeRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimeRangeError::Malformed => {
                "not a time range like `mon..fri 09:00..17:00` or `2026-12-18 .. 2027-01-06`"
            }
            TimeRangeError::NoSuchDay => "the calendar has no such day",
            TimeRangeError::NoSuchTime => "the clock has no such time",
            TimeRangeError::DatesReversed => "the last date is before the first",
            TimeRangeError::NoHours => "the hours start where they end",
            TimeRangeError::NotOneOfEach => "days, dates and hours at most once each, and one of them",
        })
    }
}

impl std::error::Error for TimeRangeError {}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
