//! One scanner for decimal text, shared by whole numbers, decimals and money.
//!
//! Every number that enters the gate is text: JSON number text, a literal in a contract, or a string. This scanner
//! reads the digits exactly and scales them to a whole number of small units, so that no binary floating point number
//! ever stands between the text and the value. `1e400` is a well-formed number that does not fit; `1.5` scaled to whole
//! units is a well-formed number that is too precise. The callers give these outcomes their own names.

/// Why text could not be scaled to a whole number of units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScaleError {
    /// The text is not a number of the expected form.
    Malformed,
    /// The number does not fit into 128 bits of units.
    OutOfRange,
    /// The number has digits beyond the smallest unit.
    TooPrecise,
}

/// How numbers may be spelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spelling {
    /// Exactly what RFC 8259 calls a number.
    Json,
    /// As JSON, with `_` allowed between two digits of the whole part: `80_000`.
    Literal,
}

/// Reads `text` and returns its value times ten to the power of `digits`, exactly.
pub(crate) fn scaled(text: &str, digits: u8, spelling: Spelling) -> Result<i128, ScaleError> {
    let scan = scan(text, spelling).ok_or(ScaleError::Malformed)?;
    scale(&scan, digits)
}

/// A number cut into its parts; `whole` and `fraction` hold ASCII digits (and `_` in literals).
struct Scan<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

/// Exponents beyond this bound behave alike: no text is long enough to bring such a number back into range.
const EXPONENT_BOUND: i64 = 1 << 60;

fn scan(text: &str, spelling: Spelling) -> Option<Scan<'_>> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let whole_end = rest.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
    let (whole, rest) = rest.split_at_checked(whole_end)?;
    if !is_whole_part(whole, spelling) {
        return None;
    }
    let (fraction, rest) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (fraction, rest) = rest.split_at_checked(end)?;
            if fraction.is_empty() {
                return None;
            }
            (fraction, rest)
        }
    };
    let exponent = match rest.strip_prefix(['e', 'E']) {
        None if rest.is_empty() => 0,
        None => return None,
        Some(rest) => scan_exponent(rest)?,
    };
    Some(Scan { negative, whole, fraction, exponent })
}

fn is_whole_part(whole: &str, spelling: Spelling) -> bool {
    let digits_only = whole.bytes().all(|b| b.is_ascii_digit());
    let spelled_well = match spelling {
        Spelling::Json => digits_only,
        Spelling::Literal => whole.split('_').all(|group| !group.is_empty()),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    !whole.is_empty() && spelled_well && !leading_zero
}

fn scan_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut value: i64 = 0;
    for byte in digits.bytes() {
        value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0')).min(EXPONENT_BOUND);
    }
    Some(if negative { -value } else { value })
}

fn scale(scan: &Scan<'_>, digits: u8) -> Result<i128, ScaleError> {
    let significant = || scan.whole.bytes().chain(scan.fraction.bytes()).filter(u8::is_ascii_digit);
    let trailing_zeros = significant().rev().take_while(|b| *b == b'0').count();
    let kept = significant().count() - trailing_zeros;
    if kept == 0 {
        return Ok(0);
    }
    // The value is `mantissa * 10^shift`, where the mantissa does not end in a zero.
    let shift = scan
        .exponent
        .saturating_sub(length(scan.fraction.len()))
        .saturating_add(length(trailing_zeros))
        .saturating_add(i64::from(digits));
    if shift < 0 {
        // Too precise only if the number is not out of range anyway.
        let magnitude = length(kept).saturating_add(shift);
        return Err(if magnitude > 39 { ScaleError::OutOfRange } else { ScaleError::TooPrecise });
    }
    let mut value: i128 = 0;
    for byte in significant().take(kept) {
        // Built on the negative side, which reaches one further: `i128::MIN` is a value too.
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_sub(i128::from(byte - b'0')))
            .ok_or(ScaleError::OutOfRange)?;
    }
    let factor =
        u32::try_from(shift).ok().and_then(|s| 10_i128.checked_pow(s)).ok_or(ScaleError::OutOfRange)?;
    let value = value.checked_mul(factor).ok_or(ScaleError::OutOfRange)?;
    if scan.negative { Ok(value) } else { value.checked_neg().ok_or(ScaleError::OutOfRange) }
}

fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(EXPONENT_BOUND)
}

/// Why an exact product divided by a power of ten does not exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ProductError {
    /// The result does not fit.
    OutOfRange,
    /// The division leaves a remainder.
    TooPrecise,
}

/// `a * b / divisor`, exactly, without an intermediate overflow. The divisor is positive.
pub(crate) fn product(a: i128, b: i128, divisor: i128) -> Result<i128, ProductError> {
    if a == 0 || b == 0 {
        return Ok(0);
    }
    let first = common_factor(a, divisor);
    let rest = divisor / first;
    let second = common_factor(b, rest);
    if rest / second != 1 {
        return Err(ProductError::TooPrecise);
    }
    (a / first).checked_mul(b / second).ok_or(ProductError::OutOfRange)
}

/// The greatest factor that `n` shares with the positive `divisor`; always positive.
fn common_factor(n: i128, divisor: i128) -> i128 {
    let (mut a, mut b) = (divisor, n % divisor);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs().max(1)
}

/// Writes `units / 10^digits` with no more than the needed decimals, but at least `least` of them.
pub(crate) fn write_scaled(
    out: &mut impl std::fmt::Write,
    units: u128,
    digits: u8,
    least: u8,
) -> std::fmt::Result {
    let one = 10_u128.checked_pow(u32::from(digits)).unwrap_or(1);
    let (whole, mut fraction) = (units / one, units % one);
    write!(out, "{whole}")?;
    let mut shown = digits;
    while shown > least && fraction % 10 == 0 {
        fraction /= 10;
        shown -= 1;
    }
    if shown > 0 {
        write!(out, ".{fraction:0width$}", width = usize::from(shown))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<i128, ScaleError> {
        scaled(text, 2, Spelling::Json)
    }

    #[test]
    fn numbers_are_scaled_exactly() {
        assert_eq!(json("1"), Ok(100));
        assert_eq!(json("-0.5"), Ok(-50));
        assert_eq!(json("1.10"), Ok(110));
        assert_eq!(json("1e3"), Ok(100_000));
        assert_eq!(json("1500E-3"), Ok(150));
        assert_eq!(json("-0"), Ok(0));
        assert_eq!(json("0e999999999999999999999"), Ok(0));
        assert_eq!(json("1.001"), Err(ScaleError::TooPrecise));
        assert_eq!(json("1e400"), Err(ScaleError::OutOfRange));
        assert_eq!(json("1e-400"), Err(ScaleError::TooPrecise));
        assert_eq!(json("1e99999999999999999999999"), Err(ScaleError::OutOfRange));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "", "-", "+1", "01", ".5", "1.", "1e", "1e+", "NaN", "1_000", " 1", "1 ", "0x10", "١", "--1",
            "1.2.3",
        ] {
            assert_eq!(json(text), Err(ScaleError::Malformed), "{text}");
        }
        assert_eq!(scaled("80_000", 0, Spelling::Literal), Ok(80_000));
        for text in ["_1", "1_", "1__0", "1.0_0"] {
            assert_eq!(scaled(text, 0, Spelling::Literal), Err(ScaleError::Malformed), "{text}");
        }
    }

    #[test]
    fn long_texts_cancel_out() {
        let text = format!("0.{}1e100001", "0".repeat(100_000));
        assert_eq!(json(&text), Ok(100));
        let text = format!("1{}e-100000", "0".repeat(100_000));
        assert_eq!(json(&text), Ok(100));
    }

    #[test]
    fn products_are_exact() {
        assert_eq!(product(15, 2, 10), Ok(3));
        assert_eq!(product(15, 3, 10), Err(ProductError::TooPrecise));
        assert_eq!(product(0, 3, 10), Ok(0));
        assert_eq!(product(i128::MAX, 10, 10), Ok(i128::MAX));
        assert_eq!(product(i128::MAX, 20, 10), Err(ProductError::OutOfRange));
        assert_eq!(product(i128::MIN, 1, 1), Ok(i128::MIN));
        assert_eq!(product(i128::MIN, -1, 1), Err(ProductError::OutOfRange));
    }
}
