//! What lies in a set of times, by example and by law.

use proptest::prelude::*;

use super::*;
use crate::time::Duration;

fn berlin(ranges: &[&str]) -> TimeSet {
    TimeSet {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        ranges: ranges.iter().map(|range| TimeRange::parse(range).unwrap()).collect(),
    }
}

fn holds(set: &TimeSet, at: &str) -> bool {
    set.contains(Timestamp::parse(at).unwrap())
}

#[test]
fn working_hours_end_before_their_end() {
    let set = berlin(&["mon..fri 09:00..17:00"]);
    assert!(holds(&set, "2026-11-23T09:00:00+01:00"));
    assert!(holds(&set, "2026-11-23T16:59:59.999+01:00"));
    assert!(!holds(&set, "2026-11-23T17:00:00+01:00"));
    assert!(!holds(&set, "2026-11-23T08:59:59+01:00"));
    assert!(!holds(&set, "2026-11-22T12:00:00+01:00"), "a Sunday");
    assert!(holds(&set, "2026-07-01T07:00:00Z"), "09:00 in summer");
    assert!(!holds(&set, "2026-07-01T15:00:00Z"), "17:00 in summer");
}

#[test]
fn nights_belong_to_the_day_they_begin_on() {
    let set = berlin(&["fri 22:00..06:00"]);
    assert!(holds(&set, "2026-11-27T22:00:00+01:00"));
    assert!(holds(&set, "2026-11-28T05:59:59+01:00"), "Saturday morning");
    assert!(!holds(&set, "2026-11-28T06:00:00+01:00"));
    assert!(!holds(&set, "2026-11-27T05:00:00+01:00"), "Friday morning belongs to Thursday");
    let until_midnight = berlin(&["fri 22:00..24:00", "fri 22:00..00:00"]);
    assert!(holds(&until_midnight, "2026-11-27T23:59:59+01:00"));
    assert!(!holds(&until_midnight, "2026-11-28T00:00:00+01:00"));
}

#[test]
fn dates_include_both_ends() {
    let set = berlin(&["2026-12-18 .. 2027-01-06", "2026-05-01"]);
    assert!(holds(&set, "2026-12-18T00:00:00+01:00"));
    assert!(holds(&set, "2027-01-06T23:59:59+01:00"));
    assert!(!holds(&set, "2027-01-07T00:00:00+01:00"));
    assert!(!holds(&set, "2026-12-17T23:59:59+01:00"));
    assert!(holds(&set, "2026-05-01T12:00:00+02:00"));
    let nights = berlin(&["2026-12-31 22:00..06:00"]);
    assert!(holds(&nights, "2027-01-01T05:00:00+01:00"));
    assert!(!holds(&nights, "2026-12-31T05:00:00+01:00"));
}

#[test]
fn clock_changes_follow_the_wall_clock() {
    let set = berlin(&["02:00..03:00"]);
    assert!(holds(&set, "2026-10-25T00:30:00Z"), "02:30 in summer time");
    assert!(holds(&set, "2026-10-25T01:30:00Z"), "02:30 again, in winter time");
    assert!(!holds(&set, "2026-10-25T02:00:00Z"));
    assert!(!holds(&set, "2026-03-29T01:00:00Z"), "03:00: two o'clock was skipped");
    assert!(!holds(&set, "2026-03-29T00:59:59Z"));
}

#[test]
fn ranges_are_read_strictly() {
    for text in [
        "mon..fri 09:00..17:00",
        "22:00..06:00",
        "2026-12-18 .. 2027-01-06",
        "sat",
        "2026-05-01",
        "fri..mon",
        "mon..sun 2026-05-01 00:00..24:00",
    ] {
        assert_eq!(TimeRange::parse(text).unwrap().to_string(), text);
    }
    for (text, error) in [
        ("", TimeRangeError::NotOneOfEach),
        ("mon tue", TimeRangeError::NotOneOfEach),
        ("09:00", TimeRangeError::Malformed),
        ("mon..", TimeRangeError::Malformed),
        ("monday", TimeRangeError::Malformed),
        ("09:00..09:00", TimeRangeError::NoHours),
        ("24:00..06:00", TimeRangeError::NoHours),
        ("09:00..25:00", TimeRangeError::NoSuchTime),
        ("2026-02-30", TimeRangeError::NoSuchDay),
        ("2027-01-06 .. 2026-12-18", TimeRangeError::DatesReversed),
    ] {
        assert_eq!(TimeRange::parse(text), Err(error), "{text}");
    }
}

fn weekday() -> impl Strategy<Value = Weekday> {
    prop::sample::select(Weekday::ALL.to_vec())
}

proptest! {
    #[test]
    fn spans_of_days_round_trip(first in weekday(), last in weekday()) {
        let days = Days::span(first, last);
        prop_assert!(days.contains(first) && days.contains(last));
        let range = TimeRange::new(Some(days), None, None).unwrap();
        prop_assert_eq!(TimeRange::parse(&range.to_string()), Ok(range));
    }

    #[test]
    fn a_range_and_its_rest_cover_every_instant(
        seconds in 1_577_836_800_i64..2_500_000_000,
        start in 0_u32..24, length in 1_u32..24,
    ) {
        let hour = |h: u32| format!("{:02}:00", h % 24);
        let (from, to) = (hour(start), hour(start + length));
        let (inside, outside) = (berlin(&[&format!("{from}..{to}")]), berlin(&[&format!("{to}..{from}")]));
        let at = Timestamp::from_nanos(seconds * 1_000_000_000);
        prop_assert!(inside.contains(at) != outside.contains(at));
    }

    #[test]
    fn a_weeks_days_repeat(seconds in 1_577_836_800_i64..2_500_000_000, first in weekday(), last in weekday()) {
        let range = TimeRange::new(Some(Days::span(first, last)), None, None).unwrap();
        let set = TimeSet { zone: Zone::utc(), ranges: vec![range] };
        let at = Timestamp::from_nanos(seconds * 1_000_000_000);
        let later = at.checked_add(Duration::parse("1w").unwrap()).unwrap();
        prop_assert_eq!(set.contains(at), set.contains(later));
    }

    #[test]
    fn arbitrary_text_is_an_answer(text in "[a-z0-9:. -]{0,40}|.{0,30}") {
        let _ = TimeRange::parse(&text);
    }
}
