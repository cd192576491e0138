//! Numbers of JSON as what they stand for.

use agentpass_ir::{Range, TimeForm};
use agentpass_values::{Decimal, DecimalError, Duration, Timestamp};

/// Why a number is outside of what JSON Schema says, if it is.
pub(super) fn outside(range: &Range, value: Decimal) -> Option<String> {
    let Range { minimum, maximum, above, below } = range;
    if let Some(least) = minimum.filter(|least| value < *least) {
        return Some(format!("less than {least}"));
    }
    if let Some(most) = maximum.filter(|most| value > *most) {
        return Some(format!("more than {most}"));
    }
    if let Some(bound) = above.filter(|bound| value <= *bound) {
        return Some(format!("not more than {bound}"));
    }
    let bound = below.filter(|bound| value >= *bound)?;
    Some(format!("not less than {bound}"))
}

/// A length of time: text, or a number of units.
pub(super) fn duration(form: TimeForm, text: &str) -> Result<Duration, String> {
    match form {
        TimeForm::Text => Duration::parse(text).map_err(|error| error.to_string()),
        // To most tools a negative time means none at all, or for ever.
        TimeForm::Seconds | TimeForm::Millis => match nanos(form, text)? {
            nanos if nanos < 0 => Err("negative".to_owned()),
            nanos => Ok(Duration::from_nanos(nanos)),
        },
    }
}

/// A moment: text, or a number of units since 1970.
pub(super) fn timestamp(form: TimeForm, text: &str) -> Result<Timestamp, String> {
    match form {
        TimeForm::Text => Timestamp::parse(text).map_err(|error| error.to_string()),
        TimeForm::Seconds | TimeForm::Millis => nanos(form, text).map(Timestamp::from_nanos),
    }
}

fn nanos(form: TimeForm, text: &str) -> Result<i64, String> {
    let unit = if form == TimeForm::Millis { 1_000_000 } else { 1_000_000_000 };
    let product = Decimal::parse(text).and_then(|count| count.checked_mul(Decimal::from_int(unit)));
    let nanos = product.map_err(|error| match error {
        DecimalError::TooPrecise => "more precise than a nanosecond".to_owned(),
        error => error.to_string(),
    })?;
    let whole = Decimal::from_int(i64::MAX);
    match nanos.to_int() {
        Some(nanos) => Ok(nanos),
        None if nanos > whole
            || nanos.is_negative() && nanos.checked_add(whole).is_ok_and(|it| it.is_negative()) =>
        {
            Err("out of range".to_owned())
        }
        None => Err("more precise than a nanosecond".to_owned()),
    }
}
