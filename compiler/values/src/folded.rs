//! Text that is compared after trimming and case folding, and printed as given.
//!
//! The key is made in two steps: white space is trimmed from both ends, then the rest is mapped to lower case by the full
//! Unicode mapping (`ẞ` to `ß`, `İ` to `i̇`, a final `Σ` to `ς`). That is what `text.trim().toLowerCase()` does in
//! JavaScript, so policies of guards written there keep their meaning. White space is what Unicode says it is, and the
//! byte order mark, which JavaScript trims as well. (Unicode counts U+0085 as white space and JavaScript does not; here
//! it is trimmed.) Nothing is normalised and nothing inside is touched: `strasse` and `straße` differ.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Text with the key that it is compared by.
#[derive(Clone, Debug)]
pub struct Folded {
    given: Box<str>,
    key: Box<str>,
}

impl Folded {
    /// Every text can be folded.
    pub fn new(text: &str) -> Folded {
        Folded { given: text.into(), key: key(text).into() }
    }

    /// The text as it came.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// What comparisons look at.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether nothing but white space was given.
    pub fn is_blank(&self) -> bool {
        self.key.is_empty()
    }
}

/// The comparison key alone, for look-ups that keep no text. Most texts are their own.
pub fn key(text: &str) -> Cow<'_, str> {
    let text = trimmed(text);
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// Whether two texts have the same key. Of most pairs it is seen without folding either.
pub fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if a.is_ascii() && b.is_ascii() {
        return trimmed(a).eq_ignore_ascii_case(trimmed(b));
    }
    key(a) == key(b)
}

/// The text without the white space at its ends.
pub fn trimmed(text: &str) -> &str {
    // Most texts have nothing to trim, which their outermost bytes say.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

impl PartialEq for Folded {
    fn eq(&self, other: &Folded) -> bool {
        self.key == other.key
    }
}

impl Eq for Folded {}

impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for Folded {
    fn partial_cmp(&self, other: &Folded) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Folded {
    fn cmp(&self, other: &Folded) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comparison_ignores_case_and_ends() {
        for (text, expected) in [
            (" PII\n", "pii"),
            ("Customer_Data", "customer_data"),
            ("\u{feff}webhook\u{a0}", "webhook"),
            ("\u{3000}ÄÖ", "äö"),
            ("ΟΔΟΣ", "οδος"),
            ("İ", "i\u{307}"),
            ("a b", "a b"),
            ("straße", "straße"),
            ("  ", ""),
        ] {
            assert_eq!(key(text), expected);
        }
        assert_eq!(Folded::new("PII "), Folded::new("pii"));
        assert_eq!(Folded::new("PII ").to_string(), "PII ");
        assert!(Folded::new(" \t").is_blank());
        assert_ne!(Folded::new("p\u{200b}ii"), Folded::new("pii"), "nothing inside is touched");
    }

    proptest! {
        #[test]
        fn the_same_is_the_same_key(a in "[aAbB \t\u{0b}\u{a0}ÄäßİΣςK\u{212a}]{0,4}", b in "[aAbB \t\u{0b}\u{a0}ÄäßİΣςk]{0,4}") {
            prop_assert_eq!(same(&a, &b), key(&a) == key(&b));
            prop_assert!(same(&a, &key(&a)));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "(?s)[^Σ]{0,30}") {
            let once = key(&text);
            prop_assert_eq!(&key(&once), &once);
        }

        #[test]
        fn ends_and_ascii_case_do_not_count(text in "[a-z]{0,12}", before in "[ \t\n\r\u{a0}]{0,3}") {
            let loud = format!("{before}{}{before}", text.to_uppercase());
            prop_assert_eq!(Folded::new(&loud), Folded::new(&text));
        }
    }
}
