//! Numbers as the guard knows them: binary, and printed as JavaScript prints them.
//!
//! A contract counts exactly. A cap becomes the largest exact number that is no larger, and an amount of a call the smallest one
//! that is no smaller, so that what was above the cap still is.
#![allow(clippy::float_arithmetic, reason = "the numbers of the guard are binary")]

use agentpass_values::Duration;

/// How many digits an amount of money has behind its point.
const MONEY_DIGITS: usize = 9;
/// Amounts beyond this one are this one; a cap is kept below it.
const LARGEST_AMOUNT: &str = "100000000000000000000000000000";
const LARGEST_CAP: &str = "90000000000000000000000000000";
/// The digits of the whole part from which on an amount is too large to be kept as it is.
const TOO_LONG: usize = 29;

/// `String(number)`.
#[must_use]
pub fn text(number: f64) -> String {
    let (sign, digits, point) = parts(number);
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let text = if !(-5..=21).contains(&point) {
        let (first, rest) = digits.split_at(1);
        let fraction = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        format!("{first}{fraction}e{:+}", point - 1)
    } else if point >= count {
        digits + &zeros(point - count)
    } else if point > 0 {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else {
        format!("0.{}{digits}", zeros(-point))
    };
    format!("{sign}{text}")
}

/// An amount of money, or of anything that has at most nine digits behind its point: not smaller than the number.
#[must_use]
pub fn amount(number: f64) -> String {
    let (sign, whole, fraction) = plain(number);
    if whole.len() > TOO_LONG {
        return format!("{sign}{LARGEST_AMOUNT}");
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(MONEY_DIGITS));
    let mut digits = format!("{whole}{kept}");
    if !rest.is_empty() && sign.is_empty() {
        digits = next(&digits);
    }
    joined(sign, &digits, kept.len())
}

/// A whole number that is not smaller.
#[must_use]
pub fn count(number: f64) -> i64 {
    // Beyond the range, a conversion gives its end.
    number.ceil() as i64
}

/// The amount of a cap, not larger than the number, with `_` between thousands.
pub(super) fn cap_of_money(number: f64) -> String {
    let (sign, whole, fraction) = plain(number);
    let is_larger = whole.len() == TOO_LONG && whole.as_str() > LARGEST_CAP;
    if whole.len() > TOO_LONG || is_larger {
        return grouped(LARGEST_CAP);
    }
    let kept = fraction.get(..MONEY_DIGITS).unwrap_or(&fraction);
    let text = joined(sign, &format!("{whole}{kept}"), kept.len());
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(&text),
    }
}

/// The whole number of a cap, not larger than the number. Counts of calls stop below the largest one, so it is kept below it.
pub(super) fn cap(number: f64) -> i64 {
    (number.floor() as i64).min(i64::MAX - 1)
}

/// A cap of milliseconds. Clocks count whole ones, and so does the language.
pub(super) fn cap_of_time(milliseconds: f64) -> Duration {
    // Some 285 years: no job runs as long.
    const LONGEST: f64 = 9e12;
    Duration::from_nanos((milliseconds.min(LONGEST).floor() as i64) * 1_000_000)
}

/// A whole number with `_` between thousands, where it is long.
pub(super) fn grouped(digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Sign, significant digits, and how many of them stand before the point.
fn parts(number: f64) -> (&'static str, String, i32) {
    if number == 0.0 {
        return ("", "0".to_owned(), 1);
    }
    // The shortest digits that give the number back, which are JavaScript's.
    let text = format!("{:e}", number.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    (if number < 0.0 { "-" } else { "" }, digits.replace('.', ""), exponent + 1)
}

/// Sign, whole part and fraction.
fn plain(number: f64) -> (&'static str, String, String) {
    let (sign, digits, point) = parts(number);
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if point <= 0 {
        return (sign, "0".to_owned(), zeros(-point) + &digits);
    }
    if point >= count {
        return (sign, digits + &zeros(point - count), String::new());
    }
    let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
    (sign, whole.to_owned(), fraction.to_owned())
}

fn zeros(count: i32) -> String {
    "0".repeat(usize::try_from(count).unwrap_or(0))
}

/// The next number after these digits.
fn next(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let zeros = "0".repeat(digits.len() - kept.len());
    match kept.char_indices().next_back() {
        Some((at, last)) => {
            let last = char::from_digit(last.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('9');
            format!("{}{last}{zeros}", kept.get(..at).unwrap_or_default())
        }
        None => format!("1{zeros}"),
    }
}

/// Digits with a point before the last ones.
fn joined(sign: &str, digits: &str, fraction: usize) -> String {
    let (whole, fraction) = digits.split_at(digits.len() - fraction);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_javascript() {
        for (number, printed) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.5, "0.5"),
            (100.0, "100"),
            (25.75, "25.75"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5e21, "1.5e+21"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (1.25e-7, "1.25e-7"),
            (5e-324, "5e-324"),
            (-1.5, "-1.5"),
        ] {
            assert_eq!(text(number), printed);
        }
    }

    #[test]
    fn amounts_grow_and_caps_shrink_to_what_can_be_kept() {
        for (number, above, below) in [
            (0.0, "0", "0"),
            (100.0, "100", "100"),
            (12_345.5, "12345.5", "12_345.5"),
            (0.1 + 0.2, "0.300000001", "0.3"),
            (1e-10, "0.000000001", "0"),
            (0.999_999_999_9, "1", "0.999999999"),
            (1e21, "1000000000000000000000", "1_000_000_000_000_000_000_000"),
            (1.5e28, "15000000000000000000000000000", "15_000_000_000_000_000_000_000_000_000"),
            (9.5e28, "95000000000000000000000000000", "90_000_000_000_000_000_000_000_000_000"),
            (1e300, LARGEST_AMOUNT, "90_000_000_000_000_000_000_000_000_000"),
        ] {
            assert_eq!(amount(number), above);
            assert_eq!(cap_of_money(number), below);
        }
        assert_eq!(amount(-0.1 - 0.2), "-0.3");
        assert_eq!((count(2.5), count(-2.5), count(1e300)), (3, -2, i64::MAX));
        assert_eq!((cap(2.5), cap(0.0), cap(1e300)), (2, 0, i64::MAX - 1));
    }

    #[test]
    fn times_are_kept_to_the_millisecond() {
        for (number, written) in
            [(0.0, "0s"), (1.5, "1ms"), (300_000.0, "5m"), (90_500.0, "1m30s500ms"), (1e300, "104166d16h")]
        {
            assert_eq!(cap_of_time(number).to_string(), written);
        }
    }
}
