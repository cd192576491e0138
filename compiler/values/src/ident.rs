//! Canonical identifiers: the only free text that may be a key.

use std::fmt;

use smol_str::SmolStr;

use crate::path::reading::moves;
use crate::pattern::Pattern;

/// An identifier of 1 to 256 visible ASCII characters without spaces and quotes.
///
/// What cannot be written in two ways cannot be two keys: `"c1"` is an identifier, `" C1"` is not one at all. Nor is `x/../c1`, which
/// servers that make a path of it take for `c1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Id {
    text: SmolStr,
}

/// Why text is not an identifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IdError {
    /// Nothing there.
    Empty,
    /// More than 256 characters.
    TooLong,
    /// A space, quote, control character, or anything beyond ASCII.
    Character,
    /// `.` or `..` between slashes, also where those are escaped.
    Path,
    /// A sound identifier that does not have the declared form.
    Pattern,
}

/// The longest identifier.
const LIMIT: usize = 256;

impl Id {
    /// Reads an identifier.
    pub fn parse(text: &str) -> Result<Id, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        if !text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`')) {
            return Err(IdError::Character);
        }
        if text.len() > LIMIT {
            return Err(IdError::TooLong);
        }
        if moves(text) {
            return Err(IdError::Path);
        }
        Ok(Id { text: text.into() })
    }

    /// Reads an identifier that matches a pattern as a whole: `id /cus_[0-9a-z]+/`.
    pub fn parse_matching(text: &str, pattern: &Pattern) -> Result<Id, IdError> {
        let id = Id::parse(text)?;
        if pattern.is_match(text) { Ok(id) } else { Err(IdError::Pattern) }
    }

    /// The text, exactly as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IdError::Empty => "empty",
            IdError::TooLong => "longer than 256 characters",
            IdError::Character => "a space, quote, control or non-ascii character in an id",
            IdError::Path => "`.` or `..` as a step of a path in an id",
            IdError::Pattern => "does not have the declared form",
        })
    }
}

impl std::error::Error for IdError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn identifiers_are_plain() {
        for text in ["c1", "pi_123", "a/b:c@d", "{x}", "550e8400-e29b-41d4-a716-446655440000"] {
            assert_eq!(Id::parse(text).unwrap().as_str(), text);
        }
        for text in ["v1..v2", "...", ".env", "a/.b/c", "x.", "100%", "a%2Fb", "a\\b"] {
            assert_eq!(Id::parse(text).unwrap().as_str(), text);
        }
        for text in [
            ".",
            "..",
            "../c2",
            "c1/../c2",
            "./c1",
            "c1/.",
            "c1%2f..%2fc2",
            "%2e%2e/c2",
            "x\\..\\c1",
            "..;/c2",
        ] {
            assert_eq!(Id::parse(text), Err(IdError::Path), "{text:?}");
        }
        assert_eq!(Id::parse(""), Err(IdError::Empty));
        assert_eq!(Id::parse(&"x".repeat(256)).map(|id| id.as_str().len()), Ok(256));
        assert_eq!(Id::parse(&"x".repeat(257)), Err(IdError::TooLong));
        for text in [" c1", "c1 ", "c 1", "c\n1", "c\"1", "c'1", "c`1", "ć1", "с1", "c\u{200b}1", "c\0"] {
            assert_eq!(Id::parse(text), Err(IdError::Character), "{text:?}");
        }
    }

    #[test]
    fn patterns_hold_for_the_whole() {
        let pattern = Pattern::new("cus_[0-9a-z]+").unwrap();
        assert!(Id::parse_matching("cus_1a", &pattern).is_ok());
        for text in ["cus_", "xcus_1", "cus_1!"] {
            assert_eq!(Id::parse_matching(text, &pattern), Err(IdError::Pattern), "{text}");
        }
        assert_eq!(Id::parse_matching("cus_1\n", &pattern), Err(IdError::Character));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_kept(text in ".{0,20}|[!-~]{1,20}") {
            if let Ok(id) = Id::parse(&text) {
                prop_assert_eq!(id.as_str(), &text);
                prop_assert!(text.bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
