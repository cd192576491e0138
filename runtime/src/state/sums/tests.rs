use proptest::prelude::*;

use agentpass_values::Duration;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

fn rolling(seconds: i64) -> Window {
    Window::Rolling(Duration::from_nanos(seconds * 1_000_000_000))
}

#[test]
fn counts_are_exact_and_windows_closed() {
    let window = rolling(10);
    let shape = Shape { window: &window, most: Some(3) };
    let mut sums = Sums::default();
    for second in [0, 3, 4] {
        sums.add(shape, at(second), at(second), 1, None);
    }
    assert_eq!(sums.total(shape, at(10)), 3);
    assert_eq!(sums.total(shape, Timestamp::from_nanos(10_000_000_001)), 2);
    assert_eq!(sums.room_at(shape, at(10), 3, 1), Some(Timestamp::from_nanos(10_000_000_001)));
    assert_eq!(sums.room_at(shape, at(10), 1, 1), Some(Timestamp::from_nanos(14_000_000_001)));
}

#[test]
fn what_is_open_can_be_taken_back_and_never_more() {
    let window = rolling(100);
    let shape = Shape { window: &window, most: Some(2) };
    let mut sums = Sums::default();
    for second in 0..5 {
        sums.add(shape, at(second), at(second), 1, (second % 2 == 0).then_some(PermitId(second as u64)));
    }
    // 1 and 3 are settled, 0, 2 and 4 are open.
    sums.take_back(shape, at(4), 1, PermitId(4));
    assert_eq!(sums.total(shape, at(5)), 4);
    sums.settle(shape, PermitId(0));
    sums.take_back(shape, at(2), 1, PermitId(2));
    assert_eq!(sums.total(shape, at(5)), 2, "the last two that are settled");
}

#[test]
fn a_clock_that_was_ahead_frees_nothing() {
    let window = rolling(10);
    for most in [Some(3), None] {
        let shape = Shape { window: &window, most };
        let mut sums = Sums::default();
        sums.add(shape, at(0), at(0), 1, None);
        // It said 50 before, and now it says 5.
        sums.add(shape, at(50), at(5), 1, None);
        assert_eq!(sums.total(shape, at(5)), 2);
    }
}

#[test]
fn what_a_call_came_to_leaves_with_the_call() {
    let window = rolling(640);
    let shape = Shape { window: &window, most: None };
    let mut sums = Sums::default();
    sums.add(shape, at(0), at(0), 5, None);
    sums.add(shape, at(600), at(600), 1, None);
    sums.replace(shape, at(0), 5, 8, PermitId(1));
    assert_eq!((sums.total(shape, at(640)), sums.total(shape, at(641))), (9, 1));
    let window = Window::Calendar(CalendarUnit::Day, Zone::utc());
    let shape = Shape { window: &window, most: None };
    let mut sums = Sums::default();
    sums.add(shape, at(100), at(100), 5, None);
    sums.add(shape, at(86_400), at(86_400), 1, None);
    sums.replace(shape, at(100), 5, 8, PermitId(1));
    assert_eq!((sums.total(shape, at(86_400)), sums.total(shape, at(86_399))), (1, 9));
    sums.add(shape, at(3 * 86_400), at(3 * 86_400), 1, None);
    sums.replace(shape, at(2 * 86_400), 0, 4, PermitId(2));
    assert_eq!((sums.total(shape, at(3 * 86_400)), sums.total(shape, at(2 * 86_400))), (1, 5));
}

#[test]
fn slices_are_bounded_whatever_the_clock_says() {
    let window = rolling(64);
    let shape = Shape { window: &window, most: None };
    let mut sums = Sums::default();
    for second in 0..1000 {
        sums.add(shape, at(second * 2), at(0), 1, None);
    }
    assert!(sums.slices.len() <= MOST_EXACT);
    assert_eq!(sums.total(shape, at(0)), 1000);
}

#[test]
fn few_amounts_leave_each_by_itself_and_many_in_slices() {
    let window = rolling(640);
    let shape = Shape { window: &window, most: None };
    let mut sums = Sums::default();
    for second in 0..MOST_EXACT as i64 {
        sums.add(shape, at(second), at(second), 1, None);
    }
    assert_eq!(sums.total(shape, at(640)), 120);
    assert_eq!(sums.total(shape, at(641)), 119);
    // One more, and they lie in slices of ten seconds: the first leaves with the last of its slice.
    sums.add(shape, at(130), at(130), 1, None);
    assert_eq!(sums.slices.len(), 13);
    assert_eq!(sums.total(shape, at(649)), 121);
    assert_eq!(sums.total(shape, at(650)), 111);
    sums.take_back(shape, at(55), 1, PermitId(1));
    assert_eq!(sums.total(shape, at(650)), 110);
}

#[test]
fn a_higher_cap_reckons_with_what_was_dropped() {
    let window = rolling(100);
    let shape = |most| Shape { window: &window, most: Some(most) };
    let mut sums = Sums::default();
    for second in 1..=9 {
        sums.add(shape(3), at(second), at(second), 1, None);
    }
    assert_eq!(sums.at_most(shape(3), at(10)), 3);
    assert_eq!(sums.at_most(shape(8), at(10)), 8, "there were nine, and three are known");
    assert_eq!(sums.at_most(shape(8), at(106)), 8, "the sixth is inside");
    assert_eq!(sums.at_most(shape(8), at(107)), 3);
    assert_eq!(sums.total(shape(8), at(10)), 3, "evidence is what is known");
}

#[test]
fn units_begin_anew() {
    let window = Window::Calendar(CalendarUnit::Day, Zone::utc());
    let shape = Shape { window: &window, most: None };
    let mut sums = Sums::default();
    sums.add(shape, at(100), at(100), 5, None);
    assert_eq!(sums.total(shape, at(86_399)), 5);
    assert_eq!(sums.total(shape, at(86_400)), 0);
    sums.add(shape, at(86_400), at(86_400), 2, None);
    assert_eq!(sums.total(shape, at(86_300)), 7, "a clock that went back gives nothing back");
    sums.take_back(shape, at(100), 5, PermitId(1));
    assert_eq!(sums.total(shape, at(86_400)), 2, "yesterday's hold is not today's");
    assert_eq!(sums.room_at(shape, at(86_400), 2, 1), Some(at(2 * 86_400)));
}

/// What was counted, amount by amount: the units are looked up anew each time.
fn in_units(counted: &[(Timestamp, i128)], unit: CalendarUnit, zone: &Zone, now: Timestamp) -> i128 {
    let start = |at| zone.start_of(unit, at).unwrap();
    counted.iter().filter(|(at, _)| start(*at) == start(now)).map(|(_, amount)| amount).sum()
}

/// Where clocks are set back over midnight, days have no midnight, or do not exist; and where all is plain.
const CHANGES: [(&str, &str); 7] = [
    ("America/St_Johns", "2006-10-29T02:31:00Z"),
    ("America/St_Johns", "2006-04-02T03:31:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("America/Santiago", "2026-09-06T04:00:00Z"),
    ("Africa/Cairo", "2026-10-29T21:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("UTC", "2026-11-01T00:00:00Z"),
];

#[test]
fn a_day_that_is_shown_again_is_still_the_one_before() {
    let zone = Zone::parse("America/St_Johns").unwrap();
    let window = Window::Calendar(CalendarUnit::Day, zone);
    let shape = Shape { window: &window, most: None };
    // At a minute past midnight it was 23:01 on Saturday again.
    let set_back = Timestamp::parse("2006-10-29T02:31:00Z").unwrap().nanos();
    let minutes = |minutes: i64| Timestamp::from_nanos(set_back + minutes * 60_000_000_000);
    let mut sums = Sums::default();
    sums.add(shape, minutes(-30), minutes(-30), 7, None);
    sums.add(shape, Timestamp::from_nanos(set_back - 1), Timestamp::from_nanos(set_back - 1), 1, None);
    assert!(sums.total(shape, minutes(5)) >= 7, "Saturday's budget is Saturday's");
    sums.add(shape, minutes(5), minutes(5), 2, None);
    assert!(sums.total(shape, minutes(6)) >= 9);
    assert_eq!(sums.total(shape, minutes(70)), 1, "Sunday had one");
}

proptest! {
    #[test]
    fn units_are_counted_in_every_zone(
        (name, around) in prop_oneof![proptest::sample::select(&CHANGES[..])],
        unit in proptest::sample::select(vec![
            CalendarUnit::Hour, CalendarUnit::Day, CalendarUnit::Week, CalendarUnit::Month,
        ]),
        begin in -180_i64..30,
        steps in proptest::collection::vec((0_i64..80, 1_i128..5, any::<bool>(), 0_i64..200), 1..40),
    ) {
        let zone = Zone::parse(name).unwrap();
        let around = Timestamp::parse(around).unwrap().nanos();
        let window = Window::Calendar(unit, zone.clone());
        let shape = Shape { window: &window, most: None };
        let mut sums = Sums::default();
        let mut counted: Vec<(Timestamp, i128)> = Vec::new();
        let mut minute = begin;
        let at = |minute: i64| Timestamp::from_nanos(around + minute * 60_000_000_000);
        for (later, amount, takes_back, back) in steps {
            minute += later;
            let now = at(minute);
            let starts = |at| zone.start_of(unit, at).unwrap();
            // Two units are kept; what was counted in the one of now is never forgotten, and never counted twice.
            let total = sums.total(shape, now);
            let own = in_units(&counted, unit, &zone, now);
            prop_assert!(total >= own, "{total} of {own} at {now}");
            let latest = counted.iter().map(|(at, _)| starts(*at).nanos()).max().unwrap_or(i64::MIN);
            if starts(now).nanos() >= latest {
                prop_assert_eq!(total, own, "at {}", now);
            }
            // A clock that is set back finds at least what was counted in that unit, as long as it is kept.
            let early = at(minute - back);
            if counted.iter().all(|(at, _)| starts(*at) >= starts(early)) && starts(early).nanos() >= sums.before.0 {
                prop_assert!(sums.total(shape, early) >= in_units(&counted, unit, &zone, early));
            }
            sums.add(shape, now, early, amount, None);
            counted.push((now, amount));
            if takes_back && let Some((then, amount)) = counted.pop() {
                sums.take_back(shape, then, amount, PermitId(1));
            }
        }
    }

    #[test]
    fn times_are_found_wherever_they_are(
        mut times in proptest::collection::vec(prop_oneof![-9_i64..9, any::<i64>(), Just(i64::MAX)], 0..60),
        moment in prop_oneof![-10_i64..10, any::<i64>(), Just(i64::MIN)],
        turned in 0_usize..60,
        near in 0_usize..70,
    ) {
        times.sort_unstable();
        let plain = times.partition_point(|at| *at < moment);
        // Its beginning may lie anywhere in its memory.
        let mut all: VecDeque<i64> = (0..turned).map(|_| 0).collect();
        all.drain(..);
        all.extend(times);
        prop_assert_eq!(before(&all, Edge(near), moment), plain);
    }
}
