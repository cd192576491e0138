//! JSON that nobody looks into, written in one way only: keys sorted by code points, no blanks, numbers by value.
//!
//! Nothing is lost: `1e400` and 2^53 + 1 stay what they are, and `1.0` becomes `1`.

use std::borrow::Cow;
use std::fmt::Write;

use crate::json;
use crate::wire::Refusal;
use crate::wire::reader::{Kind, Reader};

/// Reads the next value and writes it canonically.
///
/// # Errors
/// It is no JSON value.
pub fn canonical(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Refusal> {
    match reader.kind()? {
        Kind::Object => object(reader, out)?,
        Kind::Array => {
            let mut inside = reader.enter(Kind::Array)?;
            out.push('[');
            let mut gap = "";
            while reader.element(&mut inside)? {
                out.push_str(gap);
                gap = ",";
                canonical(reader, out)?;
            }
            out.push(']');
        }
        Kind::String => json::text(out, &reader.string()?),
        Kind::Number => number(out, reader.number()?),
        Kind::Bool => out.push_str(if reader.boolean()? { "true" } else { "false" }),
        Kind::Null => {
            reader.null()?;
            out.push_str("null");
        }
    }
    Ok(())
}

fn object(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Refusal> {
    let mut inside = reader.enter(Kind::Object)?;
    // The values are written one after the other, and then picked in the order of their keys.
    let mut values = String::new();
    let mut fields: Vec<(Cow<'_, str>, std::ops::Range<usize>)> = Vec::new();
    while let Some(key) = reader.key(&mut inside)? {
        let from = values.len();
        canonical(reader, &mut values)?;
        fields.push((key, from..values.len()));
    }
    fields.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    out.push('{');
    let mut last: Option<&str> = None;
    for (key, range) in &fields {
        if last == Some(&**key) {
            return Err(reader.twice(key));
        }
        if last.is_some() {
            out.push(',');
        }
        last = Some(&**key);
        json::text(out, key);
        out.push(':');
        out.push_str(values.get(range.clone()).unwrap_or(""));
    }
    out.push('}');
    Ok(())
}

/// The greatest number of digits before the point, and of zeros behind it, that are written out.
const WRITTEN_OUT: i64 = 21;

/// A number in the one spelling of its value: `100`, `0.5`, `1e400`.
pub(super) fn number(out: &mut String, text: &str) {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let digits = all.trim_start_matches('0');
    let kept = digits.trim_end_matches('0');
    if kept.is_empty() {
        // Zero has no sign here.
        return out.push('0');
    }
    // The reader lets at most fifteen digits of an exponent pass, so that nothing below overflows.
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX >> 1);
    // The value is `0.kept` times ten to the power of `point`.
    let point = exponent - length(fraction) + length(digits);
    if negative {
        out.push('-');
    }
    let zeros = |count: i64| (0..count).map(|_| '0');
    if (1..=WRITTEN_OUT).contains(&point) {
        match kept.split_at_checked(usize::try_from(point).unwrap_or(usize::MAX)) {
            Some((kept, "")) => out.push_str(kept),
            Some((before, after)) => {
                out.push_str(before);
                out.push('.');
                out.push_str(after);
            }
            None => {
                out.push_str(kept);
                out.extend(zeros(point - length(kept)));
            }
        }
    } else if (-WRITTEN_OUT..=0).contains(&point) {
        out.push_str("0.");
        out.extend(zeros(-point));
        out.push_str(kept);
    } else {
        // Writing to a string never fails.
        let _ = write!(out, "{kept}e{}", point - length(kept));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Limits;

    fn of(text: &str) -> Result<String, &'static str> {
        let mut out = String::new();
        let mut reader = Reader::new(text, &Limits::default());
        canonical(&mut reader, &mut out).map_err(|refusal| refusal.code)?;
        reader.end().map_err(|refusal| refusal.code)?;
        Ok(out)
    }

    #[test]
    fn numbers_are_written_by_value_and_without_loss() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0e17", "0"),
            ("1.0", "1"),
            ("1e2", "100"),
            ("100", "100"),
            ("1.50", "1.5"),
            ("15e-1", "1.5"),
            ("-0.05", "-0.05"),
            ("5e-2", "0.05"),
            ("9007199254740993", "9007199254740993"),
            ("123456789012345678901", "123456789012345678901"),
            ("1234567890123456789012", "1234567890123456789012e0"),
            ("1e400", "1e400"),
            ("10e399", "1e400"),
            ("1e-400", "1e-400"),
            ("0.12e-30", "12e-32"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1e21"),
            ("1e+05", "100000"),
        ] {
            assert_eq!(of(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(of("1e9999999999999999"), Err("wire.number"));
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        assert_eq!(
            of(" { \"b\" : [ 1.0 , { \"z\":null, \"\\u0061\" : true } ] , \"a\" : \"\\u0041\\n\" } ")
                .as_deref(),
            Ok("{\"a\":\"A\\n\",\"b\":[1,{\"a\":true,\"z\":null}]}")
        );
        assert_eq!(of("{\"a\":1,\"b\":{\"c\":1,\"\\u0063\":2}}"), Err("wire.duplicate_key"));
        assert_eq!(of("{\"a\":1,\"b\":2,\"a\":3}"), Err("wire.duplicate_key"));
    }
}
