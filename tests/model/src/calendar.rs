//! The calendar, counted on one's fingers.

use crate::contract::{Millis, Unit, Zone};
use crate::step::START;

/// Year, month and day of a day that is counted from 1970-01-01.
#[must_use]
pub fn date(day: i64) -> (i64, i64, i64) {
    let mut left = day;
    let mut year = 1970;
    while left >= days_of_year(year) {
        left -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while left >= days_of_month(year, month) {
        left -= days_of_month(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// The number of the unit in which a moment lies: later units have greater numbers.
#[must_use]
pub fn unit(at: Millis, unit: Unit, zone: Zone) -> i64 {
    let local = START + at + if zone == Zone::Berlin { 3_600_000 } else { 0 };
    let day = local.div_euclid(86_400_000);
    match unit {
        Unit::Hour => local.div_euclid(3_600_000),
        Unit::Day => day,
        // 1970-01-01 was a Thursday; weeks begin on Mondays.
        Unit::Week => (day + 3).div_euclid(7),
        Unit::Month => {
            let (year, month, _) = date(day);
            year * 12 + month
        }
    }
}

/// The first moment of the unit after the one in which a moment lies.
#[must_use]
pub fn next(at: Millis, of: Unit, zone: Zone) -> Millis {
    const HOUR: Millis = 3_600_000;
    // All units begin at full hours, and so does `START`.
    let mut next = at.div_euclid(HOUR) * HOUR + HOUR;
    while unit(next, of, zone) == unit(at, of, zone) {
        next += HOUR;
    }
    next
}

fn days_of_year(year: i64) -> i64 {
    (1..=12).map(|month| days_of_month(year, month)).sum()
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::moment;

    #[test]
    fn days_are_where_they_are() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(59), (1970, 3, 1));
        assert_eq!(moment(0), "2026-11-23T10:00:00.000Z");
        assert_eq!(moment(86_400_000 * 8 + 1), "2026-12-01T10:00:00.001Z");
    }

    #[test]
    fn units_begin_where_they_begin() {
        // 2026-11-23 is a Monday; ten hours before START it began, in Berlin an hour earlier.
        let midnight = -36_000_000;
        assert_eq!(unit(midnight, Unit::Week, Zone::Utc), unit(0, Unit::Week, Zone::Utc));
        assert_eq!(unit(midnight - 1, Unit::Week, Zone::Utc), unit(0, Unit::Week, Zone::Utc) - 1);
        assert_eq!(unit(midnight - 1, Unit::Day, Zone::Berlin), unit(0, Unit::Day, Zone::Utc));
        assert_eq!(unit(86_400_000 * 8, Unit::Month, Zone::Utc), unit(0, Unit::Month, Zone::Utc) + 1);
    }
}
