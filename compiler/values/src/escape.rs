//! Text that is safe to show, and text that is safe inside a resource name.

use std::fmt::Write;

/// The longest text that [`shown`] returns, in characters.
pub const SHOWN_LIMIT: usize = 200;

/// Text for a message: control, bidirectional and zero-width characters become `\u{202e}`, and what is longer than 200
/// characters ends in `…`. A message may be read by a person in a terminal and by a model, and neither may be fooled by
/// what it cannot see.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4 * SHOWN_LIMIT));
    let mut length = 0;
    // Where to cut if the text turns out too long: the end of the last whole character that leaves room for the dots.
    let mut cut = 0;
    for c in text.chars() {
        let before = out.len();
        if c.is_control() || is_invisible(c) {
            // Writing to a string never fails.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            length += out.len() - before;
        } else {
            out.push(c);
            length += 1;
        }
        if length < SHOWN_LIMIT {
            cut = out.len();
        }
        if length > SHOWN_LIMIT {
            out.truncate(cut);
            out.push('…');
            break;
        }
    }
    out
}

/// One segment of a resource name. `/`, `*`, `?`, `%`, braces, brackets, control and invisible characters are
/// percent-escaped, and so are the dots of `.` and `..`; the result holds no separator and no wildcard, and two
/// different texts never give the same segment.
pub fn segment(text: &str) -> String {
    if text == "." || text == ".." {
        return text.replace('.', "%2E");
    }
    let mut out = String::with_capacity(text.len());
    let mut utf8 = [0; 4];
    for c in text.chars() {
        let plain = !matches!(c, '/' | '\\' | '*' | '?' | '%' | '{' | '}' | '[' | ']')
            && !c.is_control()
            && !is_invisible(c);
        if plain {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut utf8).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Characters that print nothing or change the direction of what follows: bidirectional controls, zero-width and
/// other format characters, line and paragraph separators, variation selectors, tags.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        assert_eq!(shown("plain text, Ünïcödé 日本"), "plain text, Ünïcödé 日本");
        assert_eq!(shown("a\u{202e}b\u{200b}c\n"), "a\\u{202e}b\\u{200b}c\\u{a}");
        assert_eq!(shown("\u{1b}[31m"), "\\u{1b}[31m");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(shown(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(shown(&"x".repeat(201)), format!("{}…", "x".repeat(199)));
        let escapes = shown(&"\u{1}".repeat(100));
        assert_eq!(escapes, format!("{}…", "\\u{1}".repeat(39)));
    }

    #[test]
    fn a_segment_is_one_segment() {
        assert_eq!(segment("public/../secret"), "public%2F..%2Fsecret");
        assert_eq!(segment("100%*"), "100%25%2A");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("..."), "...");
        assert_eq!(segment("{x}"), "%7Bx%7D");
        assert_eq!(segment("a\u{202e}"), "a%E2%80%AE");
        assert_eq!(segment("c1"), "c1");
    }

    fn unescape(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let pair = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    proptest! {
        #[test]
        fn shown_text_is_short_and_visible(text in "(?s).{0,300}") {
            let shown = shown(&text);
            prop_assert!(shown.chars().count() <= SHOWN_LIMIT);
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_invisible(c)));
        }

        #[test]
        fn segments_can_be_undone(text in "(?s).{0,30}|[./%]{0,6}") {
            let segment = segment(&text);
            let unsafe_for_a_segment = segment.contains(['/', '*', '{']);
            prop_assert!(!unsafe_for_a_segment);
            prop_assert_eq!(unescape(&segment), text);
        }
    }
}
