//! Text from outside, made harmless: what a terminal would obey, and what a reader could not see, is spelled out.
//!
//! A contract is untrusted input, and a diagnostic quotes it. An escape sequence in a string literal must not recolour the
//! reviewer's terminal, and a right-to-left override must not make `deny` read like `allow` in an error message either.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The longest message that the line formats print, in characters; JSON and SARIF carry the whole text.
pub(super) const LONGEST_MESSAGE: usize = 1_000;

/// The text on one line with nothing hidden in it: line ends as `\n`, other control, format and bidirectional
/// characters as `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_visible(&mut out, c));
    Cow::Owned(out)
}

/// [`visible`], with the middle left out where the text is too long to be read anyway.
pub(super) fn brief(text: &str) -> Cow<'_, str> {
    // Bytes first: the common case is answered without counting characters.
    if text.len() <= LONGEST_MESSAGE {
        return visible(text);
    }
    let third = LONGEST_MESSAGE / 3;
    let head = text.char_indices().nth(2 * third).map_or(text.len(), |(at, _)| at);
    let tail = text.char_indices().rev().nth(third - 1).map_or(0, |(at, _)| at);
    if tail <= head {
        return visible(text);
    }
    Cow::Owned(format!("{} … {}", visible(&text[..head]), visible(&text[tail..])))
}

/// Appends one character, spelled out where it is hidden.
pub(super) fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_hidden(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// True for characters that a terminal obeys or that leave no mark: controls, line and paragraph separators, and what Unicode
/// calls default-ignorable (bidirectional controls, joiners, fillers, tags).
///
/// The two variation selectors that emoji use stay. The zero-width joiner does not: a family of emoji is shown in its
/// parts, which is also what its width in most terminals agrees with.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// JSON text in which hidden characters are `\u` escapes: the same document, safe to print.
///
/// Outside of strings JSON is ASCII, so whatever is hidden and not a line end stands in a string.
pub(super) fn json(text: String) -> String {
    let escaped = |c: char| c != '\n' && is_hidden(c);
    if !text.chars().any(escaped) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\n\u{9b}d"), "a\\u{1b}[31mb\\u{202e}c\\n\\u{9b}d");
        assert!(matches!(visible("é 😀 日本 ❤\u{fe0f}"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_text_loses_its_middle() {
        let long = brief(&"é".repeat(5_000_000)).into_owned();
        assert!(long.chars().count() <= LONGEST_MESSAGE + 3, "{}", long.chars().count());
        assert_eq!(brief(&"é".repeat(600)), "é".repeat(600));
    }

    #[test]
    fn escaped_json_is_the_same_document() {
        let value = serde_json::json!({"\u{e0041}": "\u{7f}\u{1b}\u{202e}\n é😀"});
        let text = json(serde_json::to_string_pretty(&value).unwrap());
        assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
