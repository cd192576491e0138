//! Numbers of any size, compared exactly.

use std::cmp::Ordering;

/// A JSON number by its value: `1.0`, `1` and `10e-1` are one. Zero has no digits and no sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Number {
    negative: bool,
    /// Without zeros at either end.
    digits: String,
    /// How many powers of ten the last digit is worth.
    exponent: i64,
}

/// Exponents beyond this are cut: no text is long enough to tell such numbers from each other by their digits.
const MOST_EXPONENT: i64 = 1 << 40;

impl Number {
    /// Reads a number as JSON writes it.
    pub(super) fn parse(text: &str) -> Option<Number> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let joined = format!("{whole}{fraction}");
        let trimmed = joined.trim_end_matches('0');
        let zeros = i64::try_from(joined.len() - trimmed.len()).ok()?;
        let exponent = exponent - i64::try_from(fraction.len()).ok()? + zeros;
        let digits = trimmed.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Number { negative: false, digits, exponent: 0 });
        }
        Some(Number { negative, digits, exponent })
    }

    /// True without a fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// The order of two numbers.
    pub(super) fn compare(&self, other: &Number) -> Ordering {
        match (self.sign(), other.sign()) {
            (a, b) if a != b => a.cmp(&b),
            (1, _) => self.magnitude(other),
            (-1, _) => other.magnitude(self),
            _ => Ordering::Equal,
        }
    }

    /// Whether dividing leaves nothing. Where the numbers are too far apart to tell, no.
    pub(super) fn is_multiple_of(&self, step: &Number) -> bool {
        if self.digits.is_empty() {
            return true;
        }
        let lowest = self.exponent.min(step.exponent);
        match (self.scaled(lowest), step.scaled(lowest)) {
            (Some(value), Some(step)) if step > 0 => value % step == 0,
            _ => false,
        }
    }

    /// The value as text that is the same for equal numbers.
    pub(super) fn canonical(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        format!("{}{}e{}", if self.negative { "-" } else { "" }, self.digits, self.exponent)
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn magnitude(&self, other: &Number) -> Ordering {
        let height = |number: &Number| number.exponent + number.digits.len() as i64;
        // Digits have no zeros at their ends, so at one height the longer one is the greater where one continues the other.
        height(self).cmp(&height(other)).then_with(|| self.digits.cmp(&other.digits))
    }

    fn scaled(&self, exponent: i64) -> Option<u128> {
        let zeros = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        self.digits.parse::<u128>().ok()?.checked_mul(10_u128.checked_pow(zeros)?)
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Only digits: what cannot be read is too long.
    let value = digits.parse::<i64>().unwrap_or(MOST_EXPONENT).min(MOST_EXPONENT);
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn order(a: &str, b: &str, expected: Ordering) {
        let (a, b) = (Number::parse(a).unwrap(), Number::parse(b).unwrap());
        assert_eq!(a.compare(&b), expected, "{a:?} {b:?}");
        assert_eq!(b.compare(&a), expected.reverse());
        assert_eq!(a == b, expected == Ordering::Equal);
    }

    #[test]
    fn numbers_compare_by_value() {
        order("1", "1.0", Ordering::Equal);
        order("10e-1", "1", Ordering::Equal);
        order("-0", "0", Ordering::Equal);
        order("9", "10", Ordering::Less);
        order("0.1", "0.09", Ordering::Greater);
        order("-5", "-4", Ordering::Less);
        order("-1", "1", Ordering::Less);
        order("1e400", "9999999999999999999999", Ordering::Greater);
        order("12", "123e-1", Ordering::Less);
        order("9007199254740993", "9007199254740992", Ordering::Greater);
        order("1e99999999999999999999", "1", Ordering::Greater);
    }

    #[test]
    fn whole_numbers_and_multiples() {
        let number = |text| Number::parse(text).unwrap();
        assert!(number("1.0").is_whole() && number("1e2").is_whole() && !number("1.5").is_whole());
        assert!(number("0.3").is_multiple_of(&number("0.1")));
        assert!(!number("0.35").is_multiple_of(&number("0.1")));
        assert!(number("0").is_multiple_of(&number("7")));
        assert!(!number("1e300").is_multiple_of(&number("7")));
        for bad in ["", "-", "x", "1e", "1.x", "+1"] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }
}
