//! Time zones by their IANA names, and the calendar units that begin in them.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::{DateTime, time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::calendar::Date;
use super::timestamp::Timestamp;

/// A time zone of the data that is compiled in. The machine's own zone files are never read: two gates with one
/// contract agree about every instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone {
    name: Box<str>,
    zone: TimeZone,
}

/// Why text is not a zone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ZoneError {
    /// The data has no such zone.
    Unknown,
    /// The zone exists under this spelling; names are matched exactly.
    Spelled(Box<str>),
}

/// A unit of the calendar that budgets are counted by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum CalendarUnit {
    /// From one full hour to the next; a change of the clock inside it begins a new one.
    Hour,
    /// From midnight to midnight, 23 to 25 hours.
    Day,
    /// From Monday's midnight.
    Week,
    /// From the first of the month.
    Month,
}

static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl Zone {
    /// Finds a zone by its exact IANA name: `Europe/Berlin`, `UTC`.
    pub fn parse(text: &str) -> Result<Zone, ZoneError> {
        let zone = BUNDLED.get(text).map_err(|_| ZoneError::Unknown)?;
        match zone.iana_name() {
            Some(name) if name == text && !zone.is_unknown() => Ok(Zone { name: name.into(), zone }),
            Some(name) if !zone.is_unknown() => Err(ZoneError::Spelled(name.into())),
            _ => Err(ZoneError::Unknown),
        }
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".into(), zone: TimeZone::UTC }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All names of the data; completions and did-you-mean read this.
    pub fn names() -> Vec<String> {
        BUNDLED.available().map(|name| name.as_str().to_owned()).collect()
    }

    /// The calendar date there at an instant.
    pub fn date(&self, at: Timestamp) -> Option<Date> {
        self.civil(at).map(|civil| Date::from_jiff(civil.date()))
    }

    /// The first instant of a date there.
    pub fn start_of_date(&self, date: Date) -> Option<Timestamp> {
        let midnight = date.jiff().to_zoned_datetime(self.zone.clone()).ok()?;
        Timestamp::from_jiff(midnight.start_of_day().ok()?.timestamp())
    }

    /// The first instant of the calendar unit that holds an instant. Nothing only at the ends of representable time.
    pub fn start_of(&self, unit: CalendarUnit, at: Timestamp) -> Option<Timestamp> {
        match unit {
            CalendarUnit::Hour => self.start_of_hour(at),
            _ => self.start_of_date(first_day(unit, self.date(at)?)?),
        }
    }

    /// The first instant of the calendar unit after the one that holds an instant.
    pub fn next_start(&self, unit: CalendarUnit, at: Timestamp) -> Option<Timestamp> {
        match unit {
            CalendarUnit::Hour => self.end_of_hour(at),
            _ => self.start_of_date(day_after(unit, first_day(unit, self.date(at)?)?)?),
        }
    }

    /// Until when nothing but that unit is shown there, from its start. Most often it is where the next one starts; but a clock that
    /// is set back over midnight shows the day before once more.
    pub fn shown_until(&self, unit: CalendarUnit, start: Timestamp) -> Option<Timestamp> {
        let next = self.next_start(unit, start)?;
        let changes = self.zone.following(start.jiff()?);
        let moments = changes.map_while(|change| Timestamp::from_jiff(change.timestamp()));
        let mut inside = moments.take_while(|at| *at < next);
        Some(inside.find(|at| self.start_of(unit, *at) != Some(start)).unwrap_or(next))
    }

    /// What calendar and clock show there at an instant.
    pub(super) fn civil(&self, at: Timestamp) -> Option<DateTime> {
        at.jiff().map(|at| self.zone.to_datetime(at))
    }

    fn start_of_hour(&self, at: Timestamp) -> Option<Timestamp> {
        let start = at.nanos().checked_sub(self.nanos_into_hour(at)?)?;
        let before =
            self.zone.preceding(jiff::Timestamp::from_nanosecond(i128::from(at.nanos()) + 1).ok()?).next();
        let change = before.and_then(|change| Timestamp::from_jiff(change.timestamp()));
        Some(change.map_or(Timestamp::from_nanos(start), |change| change.max(Timestamp::from_nanos(start))))
    }

    fn end_of_hour(&self, at: Timestamp) -> Option<Timestamp> {
        let end = Timestamp::from_nanos(at.nanos().checked_add(HOUR - self.nanos_into_hour(at)?)?);
        let after = self.zone.following(at.jiff()?).next();
        let change = after.and_then(|change| Timestamp::from_jiff(change.timestamp()));
        Some(change.map_or(end, |change| change.min(end)))
    }

    fn nanos_into_hour(&self, at: Timestamp) -> Option<i64> {
        let civil = self.civil(at)?;
        let seconds = i64::from(civil.minute()) * 60 + i64::from(civil.second());
        Some(seconds * 1_000_000_000 + i64::from(civil.subsec_nanosecond()))
    }
}

/// The nanoseconds of an hour.
const HOUR: i64 = 3_600_000_000_000;

fn first_day(unit: CalendarUnit, date: Date) -> Option<Date> {
    let date = date.jiff();
    let first = match unit {
        CalendarUnit::Hour | CalendarUnit::Day => date,
        CalendarUnit::Month => date.first_of_month(),
        CalendarUnit::Week => {
            let back = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(jiff::Span::new().try_days(back).ok()?).ok()?
        }
    };
    Some(Date::from_jiff(first))
}

fn day_after(unit: CalendarUnit, first: Date) -> Option<Date> {
    match unit {
        CalendarUnit::Hour | CalendarUnit::Day => first.tomorrow(),
        CalendarUnit::Month => Date::from_jiff(first.jiff().last_of_month()).tomorrow(),
        CalendarUnit::Week => {
            let week = jiff::Span::new().try_days(7).ok()?;
            first.jiff().checked_add(week).ok().map(Date::from_jiff)
        }
    }
}

/// The wall clock's seconds since midnight.
pub(super) fn clock_seconds(civil: DateTime) -> u32 {
    let seconds = civil.time().duration_since(time(0, 0, 0, 0)).as_secs();
    u32::try_from(seconds).unwrap_or(0)
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ZoneError::Unknown => f.write_str("not a time zone like `Europe/Berlin`"),
            ZoneError::Spelled(name) => write!(f, "time zone names are exact: `{name}`"),
        }
    }
}

impl std::error::Error for ZoneError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn names_are_exact() {
        assert_eq!(berlin().to_string(), "Europe/Berlin");
        assert!(Zone::parse("UTC").is_ok());
        assert_eq!(Zone::parse("europe/berlin"), Err(ZoneError::Spelled("Europe/Berlin".into())));
        for text in
            ["", "Berlin", "Europe/Berlim", "+01:00", "CET-1CEST", "Etc/Unknown", "../etc/passwd", ":UTC"]
        {
            assert_eq!(Zone::parse(text), Err(ZoneError::Unknown), "{text}");
        }
        assert!(Zone::names().len() > 400);
    }

    #[test]
    fn units_begin_on_the_local_calendar() {
        let zone = berlin();
        let noon = at("2026-11-25T12:34:56Z");
        for (unit, start, next) in [
            (CalendarUnit::Hour, "2026-11-25T12:00:00Z", "2026-11-25T13:00:00Z"),
            (CalendarUnit::Day, "2026-11-24T23:00:00Z", "2026-11-25T23:00:00Z"),
            (CalendarUnit::Week, "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"),
            (CalendarUnit::Month, "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"),
        ] {
            assert_eq!(zone.start_of(unit, noon), Some(at(start)));
            assert_eq!(zone.next_start(unit, noon), Some(at(next)));
        }
    }

    #[test]
    fn days_with_a_clock_change_are_shorter_or_longer() {
        let zone = berlin();
        let spring = at("2026-03-29T10:00:00Z");
        assert_eq!(zone.start_of(CalendarUnit::Day, spring), Some(at("2026-03-28T23:00:00Z")));
        assert_eq!(zone.next_start(CalendarUnit::Day, spring), Some(at("2026-03-29T22:00:00Z")));
        let autumn = at("2026-10-25T10:00:00Z");
        assert_eq!(zone.start_of(CalendarUnit::Day, autumn), Some(at("2026-10-24T22:00:00Z")));
        assert_eq!(zone.next_start(CalendarUnit::Day, autumn), Some(at("2026-10-25T23:00:00Z")));
        // Where midnight does not exist, the day begins at one o'clock.
        let beirut = Zone::parse("Asia/Beirut").unwrap();
        assert_eq!(
            beirut.start_of(CalendarUnit::Day, at("2026-03-29T10:00:00Z")),
            Some(at("2026-03-28T22:00:00Z"))
        );
    }

    #[test]
    fn a_half_hour_change_begins_an_hour() {
        let zone = Zone::parse("Australia/Lord_Howe").unwrap();
        // 02:00 (UTC+11) becomes 01:30 (UTC+10:30) at 15:00Z on 2026-04-04.
        let inside = at("2026-04-04T15:10:00Z");
        assert_eq!(zone.start_of(CalendarUnit::Hour, inside), Some(at("2026-04-04T15:00:00Z")));
        assert_eq!(zone.next_start(CalendarUnit::Hour, inside), Some(at("2026-04-04T15:30:00Z")));
    }

    proptest! {
        #[test]
        fn units_hold_their_instants(
            seconds in 1_577_836_800_i64..2_500_000_000,
            zone in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe",
                "Asia/Beirut", "America/Havana", "Pacific/Apia", "Africa/Casablanca",
            ]),
            unit in prop::sample::select(vec![
                CalendarUnit::Hour, CalendarUnit::Day, CalendarUnit::Week, CalendarUnit::Month,
            ]),
        ) {
            let zone = Zone::parse(zone).unwrap();
            let now = Timestamp::from_nanos(seconds * 1_000_000_000);
            let start = zone.start_of(unit, now).unwrap();
            let next = zone.next_start(unit, now).unwrap();
            prop_assert!(start <= now && now < next);
            prop_assert_eq!(zone.start_of(unit, start), Some(start));
            prop_assert_eq!(zone.start_of(unit, next), Some(next));
            prop_assert_eq!(zone.start_of(unit, Timestamp::from_nanos(next.nanos() - 1)), Some(start));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in ".{0,30}") {
            let _ = Zone::parse(&text);
        }

        #[test]
        fn arbitrary_instants_are_an_answer(nanos: i64) {
            for unit in [CalendarUnit::Hour, CalendarUnit::Day, CalendarUnit::Week, CalendarUnit::Month] {
                let _ = berlin().start_of(unit, Timestamp::from_nanos(nanos));
                let _ = berlin().next_start(unit, Timestamp::from_nanos(nanos));
            }
        }
    }
}
