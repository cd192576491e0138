use proptest::prelude::*;
use serde::de::DeserializeOwned;

use super::*;
use crate::{CalendarUnit, Money, TimeSet};

fn written<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// The value comes back, and from no other bytes: it is written the same way again.
#[track_caller]
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let bytes = written(value);
    let again: T = read(&bytes).unwrap_or_else(|| panic!("{value:?} is not read again"));
    assert_eq!(&again, value);
    assert_eq!(written(&again), bytes);
}

/// A text of the type, in its canonical spelling and in others.
#[track_caller]
fn only<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(canonical: &str, others: &[&str]) {
    let value: T = read(&written(&canonical)).unwrap_or_else(|| panic!("{canonical} is refused"));
    comes_back(&value);
    for other in others {
        assert_eq!(read::<T>(&written(other)), None, "{other}");
    }
}

#[test]
fn texts_have_one_spelling() {
    only::<Domain>(
        "xn--bcher-kva.example",
        &["bücher.example", "B.example", "b.example.", "", "1.2.3.4", "a..b"],
    );
    only::<Email>(
        "anna@example.com",
        &["Anna@example.com", "anna@EXAMPLE.com", "anna", "a@b@example.com", ""],
    );
    only::<WebUrl>("https://example.com/a", &["HTTPS://example.com/a", "https://example.com", "/a", ""]);
    only::<PathValue>("/a/b", &["/a//b", "/a/./b", "/a/c/../b", "", "a\0b"]);
    only::<PathValue>("../a", &["x/../../a"]);
    only::<PathValue>("~/a", &["~//a"]);
    only::<Currency>("USD", &["usd", "US", "DOLLARS", ""]);
    only::<TimeRange>(
        "mon..fri 09:00..17:00",
        &["09:00..17:00 mon..fri", "mon..fri  09:00..17:00", "", "noon"],
    );
    only::<TimeRange>("2026-12-18 .. 2027-01-06", &["2026-12-18..2027-01-06", "2027-01-06 .. 2026-12-18"]);
    only::<Zone>("Europe/Berlin", &["europe/berlin", "Berlin", ""]);
    only::<Glob>("/a/**/*.{md,txt}", &["", "a[", "../a"]);
    only::<CommandPattern>("git status", &["", "a | b", "a > b"]);
    only::<Pattern>("[a-z]+", &["(", "(?=a)"]);
    only::<Folded>(" Größe ", &[]);
}

#[test]
fn numbers_and_times_are_integers() {
    for n in [0, 1, -1, i64::MIN, i64::MAX] {
        comes_back(&Duration::from_nanos(n));
        comes_back(&Timestamp::from_nanos(n));
        comes_back(&Decimal::from_units(i128::from(n)));
        comes_back(&Money { nano: i128::from(n), currency: Currency::USD });
    }
    comes_back(&Decimal::from_units(i128::MIN));
    comes_back(&Decimal::from_units(i128::MAX));
    assert_eq!(read::<Money>(&written(&(5_i128, "usd"))), None);
    for unit in [CalendarUnit::Hour, CalendarUnit::Day, CalendarUnit::Week, CalendarUnit::Month] {
        comes_back(&unit);
    }
    let ranges = ["sat..sun", "22:00..06:00", "2026-05-01"].map(|text| TimeRange::parse(text).unwrap());
    comes_back(&TimeSet { zone: Zone::parse("Europe/Berlin").unwrap(), ranges: ranges.to_vec() });
}

#[test]
fn only_so_much_is_compiled() {
    let patterns = written(&vec![Pattern::new("a").unwrap(); 3]);
    let globs = written(&vec![Glob::parse("a").unwrap(); 48]);
    assert!(read::<Vec<Pattern>>(&patterns).is_some());
    compiled_at_most(3, || {
        assert!(read::<Vec<Pattern>>(&patterns).is_some());
        assert!(read::<Pattern>(&written(&"a")).is_none());
        assert!(read::<Domain>(&written(&"a.example")).is_some());
    });
    compiled_at_most(2, || assert!(read::<Vec<Pattern>>(&patterns).is_none()));
    compiled_at_most(3, || assert!(read::<Vec<Glob>>(&globs).is_some()));
    compiled_at_most(2, || assert!(read::<Vec<Glob>>(&globs).is_none()));
    // What is left inside is not what is left outside, also where the inside panics.
    compiled_at_most(1, || {
        let _ = std::panic::catch_unwind(|| compiled_at_most(0, || panic!("on purpose")));
        assert!(read::<Pattern>(&written(&"a")).is_some());
    });
    assert!(read::<Vec<Pattern>>(&patterns).is_some());
}

proptest! {
    /// Whatever a parser accepts is written in a spelling that it accepts again, as the same value.
    #[test]
    fn what_is_parsed_comes_back(text in "[ -~éß中./~*?{}\\[\\],:@-]{0,24}") {
        if let Ok(it) = CommandPattern::parse(&text) { comes_back(&it); }
        if let Ok(it) = Domain::parse(&text) { comes_back(&it); }
        if let Ok(it) = Email::parse(&text) { comes_back(&it); }
        if let Ok(it) = Glob::parse(&text) { comes_back(&it); }
        if let Ok(it) = PathValue::parse(&text) { comes_back(&it); }
        if let Ok(it) = Pattern::new(&text) { comes_back(&it); }
        comes_back(&Folded::new(&text));
    }

    #[test]
    fn addresses_come_back(local in "[A-Za-z0-9.+_-]{1,8}", labels in "[a-zA-Z0-9é-]{1,6}(\\.[a-z]{2,5}){1,2}\\.?", rest in "[ -~é]{0,12}") {
        if let Ok(it) = Domain::parse(&labels) { comes_back(&it); }
        if let Ok(it) = Email::parse(&format!("{local}@{labels}")) { comes_back(&it); }
        for scheme in ["https", "HTTP", "ftp", "ws"] {
            if let Ok(it) = WebUrl::parse(&format!("{scheme}://{labels}/{rest}")) { comes_back(&it); }
            if let Ok(it) = WebUrl::parse(&format!("{scheme}://{labels}:8080?{rest}")) { comes_back(&it); }
        }
    }

    #[test]
    fn paths_come_back(parts in proptest::collection::vec("(\\.|\\.\\.|~|[a-z ]{1,3}|)", 0..6)) {
        for root in ["", "/", "~/", "./", "../"] {
            if let Ok(it) = PathValue::parse(&format!("{root}{}", parts.join("/"))) { comes_back(&it); }
        }
    }

    #[test]
    fn ranges_come_back(
        days in "((mon|tue|sun)(\\.\\.(mon|fri|sun))?)?",
        hours in "((0[0-9]|2[0-4]):[0-5]0\\.\\.(0[0-9]|2[0-4]):00)?",
        dates in "(2026-0[1-9]-[12][0-9](\\.\\.2027-01-0[1-9])?)?",
    ) {
        if let Ok(it) = TimeRange::parse(&format!("{dates} {days} {hours}")) { comes_back(&it); }
    }
}
