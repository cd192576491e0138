//! Writing JSON. What is written is ours, so there are few forms: the reader is where the care is.

use std::fmt::Write;

/// A text, quoted.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                // Writing to a string never fails. Control characters lie in the basic plane.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A text, or null.
pub(crate) fn optional(out: &mut String, value: Option<&str>) {
    match value {
        Some(value) => text(out, value),
        None => out.push_str("null"),
    }
}

/// Parts with commas between them.
pub(crate) fn list<T>(out: &mut String, items: &[T], mut item: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (at, of) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        item(out, of);
    }
    out.push(']');
}
