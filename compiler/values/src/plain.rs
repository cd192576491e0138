//! Names that are told apart by more than what people see of them: who answers, and what a tool is called.
//!
//! Names compare by their characters. So `m`, ` m` and `m` with a character of no width would be three people, though whoever
//! reads a list of them sees one. A name that stands for somebody, or that a wildcard lets in, is therefore written plainly.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizer;

use crate::escape::is_invisible;

/// Whether a name is written plainly: not empty, no blanks at its ends or several in a row, none but the usual blank, nothing
/// that cannot be seen, and each character in its one usual form (NFKC).
pub fn is_plain(text: &str) -> bool {
    let blanks = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    !text.is_empty() && !blanks && !text.chars().any(is_hidden) && is_usual(text)
}

/// What is left of a name for those who only see it: to tell whether two texts may mean one person.
pub fn seen(text: &str) -> String {
    let normal: Cow<'_, str> = ComposingNormalizer::new_nfkc().normalize(text);
    let words = normal.split(|c: char| c.is_whitespace() || c.is_control());
    let words = words.map(|word| word.chars().filter(|c| !is_invisible(*c)).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c) || c.is_whitespace() && c != ' '
}

fn is_usual(text: &str) -> bool {
    text.is_ascii() || ComposingNormalizer::new_nfkc().is_normalized(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_plain_as_people_write_them() {
        for text in [
            "m",
            "ann",
            "Ann Lee",
            "zo\u{eb}",
            "ann@example.com",
            "DOMAIN\\ann",
            "日本 太郎",
            "a/b:c",
            "О'Нил",
        ] {
            assert!(is_plain(text), "{text}");
            assert_eq!(seen(text), text);
        }
        for text in [
            "",
            " ",
            " m",
            "m ",
            "a  b",
            "m\t",
            "m\n",
            "m\0",
            "m\u{1b}",
            "m\u{a0}",
            "a\u{a0}b",
            "m\u{3000}",
            "m\u{200b}",
            "\u{feff}m",
            "m\u{ad}",
            "\u{202e}m",
            "m\u{fe0f}",
            "m\u{e0041}",
            "zoe\u{308}",
            "\u{ff4d}",
            "\u{1d426}",
            "m\u{85}",
            "m\u{2028}",
            "\u{fb01}n",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
        for text in [" m", "m ", "\tm\n", "m\u{200b}", "\u{feff}m", "m\u{a0}", "\u{ff4d}", "\u{1d426}", "m\0"]
        {
            assert_eq!(seen(text), "m", "{text:?}");
        }
        assert_eq!(seen("a \u{200b} b"), "a b");
    }

    proptest! {
        #[test]
        fn what_is_seen_is_plain_or_nothing(text in "(?s).{0,12}|[m \u{200b}\u{308}e\t\u{ff4d}]{0,8}") {
            let seen_text = seen(&text);
            prop_assert!(seen_text.is_empty() || !seen_text.chars().any(is_hidden));
            if is_plain(&text) {
                prop_assert_eq!(seen_text, text);
            }
        }
    }
}
