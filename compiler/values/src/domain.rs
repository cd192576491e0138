//! Internet domain names, compared label by label.
//!
//! `evil-example.com` is not within `example.com`, `EXAMPLE.com.` is `example.com`, and `bücher.example` is
//! `xn--bcher-kva.example`: text is mapped once, by UTS 46, and only the ASCII form is kept.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use psl::{Psl, Type};
use smol_str::SmolStr;

/// A domain name in its ASCII form: lower case, no trailing dot, never an IP address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Domain {
    ascii: SmolStr,
}

/// Why text is not a domain name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DomainError {
    /// Empty, or only white space.
    Blank,
    /// Something with `@`: an address or user-info.
    UserInfo,
    /// Something with `:`: a port, a scheme or an IPv6 address.
    Port,
    /// An IP address, in any of its spellings.
    IpLiteral,
    /// Two dots in a row, or one at the start.
    EmptyLabel,
    /// A character that names cannot hold, a label that starts or ends with `-`, or invalid punycode.
    Invalid,
    /// A label beyond 63 or a name beyond 253 characters.
    TooLong,
}

impl Domain {
    /// Reads a name in any spelling that UTS 46 maps to a valid one.
    pub fn parse(text: &str) -> Result<Domain, DomainError> {
        // What is written as names are kept needs no mapping: the standard leaves it as it is.
        if is_plain(text) && !ends_in_a_number(text) {
            return Ok(Domain { ascii: text.into() });
        }
        Domain::parse_any(text)
    }

    fn parse_any(text: &str) -> Result<Domain, DomainError> {
        if text.trim().is_empty() {
            return Err(DomainError::Blank);
        }
        if text.contains('@') {
            return Err(DomainError::UserInfo);
        }
        if text.starts_with('[') {
            return Err(DomainError::IpLiteral);
        }
        if text.contains(':') {
            return Err(DomainError::Port);
        }
        // The standard drops most of what cannot be seen. A gate that did so would let a text pass that others read differently;
        // the two joiners have a meaning in some scripts, and the standard looks where they stand.
        if text.chars().any(|c| crate::escape::is_invisible(c) && !matches!(c, '\u{200c}' | '\u{200d}')) {
            return Err(DomainError::Invalid);
        }
        let mapped = Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Ignore)
            .map_err(|_| DomainError::Invalid)?;
        // The root's dot is dropped only now: ideographic full stops are mapped to dots as well.
        let ascii = mapped.strip_suffix('.').unwrap_or(&mapped);
        if ascii.split('.').any(str::is_empty) {
            return Err(DomainError::EmptyLabel);
        }
        if ascii.len() > 253 || ascii.split('.').any(|label| label.len() > 63) {
            return Err(DomainError::TooLong);
        }
        if ends_in_a_number(ascii) {
            return Err(DomainError::IpLiteral);
        }
        Ok(Domain { ascii: ascii.into() })
    }

    /// The ASCII form.
    pub fn as_str(&self) -> &str {
        &self.ascii
    }

    /// The labels, from left to right.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.ascii.split('.')
    }

    /// Whether this name is the other one or lies below it.
    pub fn is_within(&self, parent: &Domain) -> bool {
        self.ascii.strip_suffix(&*parent.ascii).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }

    /// The public suffix under which people register names: `co.uk` for `www.example.co.uk`. An unknown top level counts
    /// as a suffix.
    pub fn public_suffix(&self) -> &str {
        let (count, _) = self.suffix_labels();
        self.last_labels(count)
    }

    /// The name that was registered: `example.co.uk` for `www.example.co.uk`; nothing for a public suffix itself.
    pub fn registrable(&self) -> Option<&str> {
        let (count, _) = self.suffix_labels();
        (self.labels().count() > count).then(|| self.last_labels(count + 1))
    }

    /// Whether the name is itself on the public suffix list, as `com` and `github.io` are: below it are strangers.
    pub fn is_public_suffix(&self) -> bool {
        let (count, known) = self.suffix_labels();
        known && self.labels().count() == count
    }

    /// How many labels the public suffix has, and whether the list knows it.
    fn suffix_labels(&self) -> (usize, bool) {
        // The list is kept in Unicode, the name in ASCII: labels are converted for the look-up.
        let (unicode, _) =
            Uts46::new().to_unicode(self.ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
        let info = psl::List.find(unicode.rsplit('.').map(str::as_bytes));
        let count = unicode.rsplit('.').scan(0_usize, |length, label| {
            *length += label.len();
            let full = *length;
            *length += 1;
            Some(full)
        });
        let labels = count.take_while(|length| *length <= info.len).count();
        (labels.max(1), matches!(info.typ, Some(Type::Icann | Type::Private)))
    }

    fn last_labels(&self, count: usize) -> &str {
        let from = self.ascii.rmatch_indices('.').nth(count.saturating_sub(1)).map_or(0, |(at, _)| at + 1);
        self.ascii.get(from..).unwrap_or(&self.ascii)
    }
}

/// Letters in lower case, digits and hyphens inside of labels, none of which is in Punycode: that has to be checked.
fn is_plain(text: &str) -> bool {
    let is_label = |label: &[u8]| {
        let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        let ends = label.first() != Some(&b'-') && label.last() != Some(&b'-');
        (1..=63).contains(&label.len()) && ends && !label.starts_with(b"xn--") && label.iter().all(plain)
    };
    text.len() <= 253 && text.as_bytes().split(|b| *b == b'.').all(is_label)
}

/// The WHATWG test for an IPv4 address: the last label is a number, decimal or hexadecimal.
fn ends_in_a_number(ascii: &str) -> bool {
    let last = ascii.rsplit('.').next().unwrap_or(ascii);
    let hexadecimal = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
    hexadecimal || last.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ascii)
    }
}

impl fmt::Display for DomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DomainError::Blank => "blank",
            DomainError::UserInfo => "a domain has no `@`",
            DomainError::Port => "a domain has no `:`",
            DomainError::IpLiteral => "an IP address, not a domain",
            DomainError::EmptyLabel => "an empty part between dots",
            DomainError::Invalid => "not a valid domain name",
            DomainError::TooLong => "too long for a domain name",
        })
    }
}

impl std::error::Error for DomainError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse(text).unwrap()
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        for (text, ascii) in [
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
            ("ｅｘａｍｐｌｅ。com", "example.com"),
            ("localhost", "localhost"),
            ("نامه\u{200c}ای.com", "xn--mgba3gch31f060k.com"),
            ("r3---sn-abc.example", "r3---sn-abc.example"),
            ("123.example", "123.example"),
        ] {
            assert_eq!(domain(text).as_str(), ascii, "{text}");
        }
    }

    #[test]
    fn each_failure_has_its_name() {
        for (text, error) in [
            ("", DomainError::Blank),
            (" \t", DomainError::Blank),
            ("user@example.com", DomainError::UserInfo),
            ("example.com:443", DomainError::Port),
            ("https://example.com", DomainError::Port),
            ("::1", DomainError::Port),
            ("[::1]", DomainError::IpLiteral),
            ("127.0.0.1", DomainError::IpLiteral),
            ("127.1", DomainError::IpLiteral),
            ("2130706433", DomainError::IpLiteral),
            ("0x7f.0.0.0x1", DomainError::IpLiteral),
            ("１２７.0.0.1", DomainError::IpLiteral),
            ("a..b", DomainError::EmptyLabel),
            (".example.com", DomainError::EmptyLabel),
            ("example.com..", DomainError::EmptyLabel),
            ("*.example.com", DomainError::Invalid),
            ("exa mple.com", DomainError::Invalid),
            (" example.com", DomainError::Invalid),
            ("example.com/path", DomainError::Invalid),
            ("under_score.example", DomainError::Invalid),
            ("-a.example", DomainError::Invalid),
            ("a-.example", DomainError::Invalid),
            ("xn--a.example", DomainError::Invalid),
            ("exam\u{202e}ple.com", DomainError::Invalid),
            ("exam\0ple.com", DomainError::Invalid),
            ("exam\u{200b}ple.com", DomainError::Invalid),
            ("exam\u{ad}ple.com", DomainError::Invalid),
            ("\u{feff}example.com", DomainError::Invalid),
            ("exam\u{200d}ple.com", DomainError::Invalid),
            ("%65xample.com", DomainError::Invalid),
        ] {
            assert_eq!(Domain::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(Domain::parse(&format!("{}.com", "a".repeat(64))), Err(DomainError::TooLong));
        assert_eq!(Domain::parse(&"a.".repeat(200)), Err(DomainError::TooLong));
    }

    #[test]
    fn containment_goes_by_labels() {
        let parent = domain("example.com");
        assert!(domain("example.com").is_within(&parent));
        assert!(domain("a.b.example.com").is_within(&parent));
        assert!(!domain("evil-example.com").is_within(&parent));
        assert!(!domain("example.com.evil.org").is_within(&parent));
        assert!(!domain("com").is_within(&parent));
    }

    #[test]
    fn public_suffixes_are_known() {
        assert_eq!(domain("www.example.co.uk").public_suffix(), "co.uk");
        assert_eq!(domain("www.example.co.uk").registrable(), Some("example.co.uk"));
        assert_eq!(domain("co.uk").registrable(), None);
        assert_eq!(domain("me.github.io").registrable(), Some("me.github.io"));
        assert_eq!(domain("a.b.москва").registrable(), Some("b.xn--80adxhks"));
        for text in ["com", "co.uk", "github.io", "xn--80adxhks"] {
            assert!(domain(text).is_public_suffix(), "{text}");
        }
        for text in ["example.com", "localhost", "internal", "www.ck"] {
            assert!(!domain(text).is_public_suffix(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_leads_where_the_long_one_does(
            text in "([a-zA-Z0-9-]{0,5}|xn--[a-z0-9-]{0,4}|[0-9]{1,3}|0x[0-9a-f]{1,2}|[a-z]{60,65})(\\.([a-z0-9-]{0,4}|[0-9]{1,3})){0,4}"
        ) {
            prop_assert_eq!(Domain::parse(&text), Domain::parse_any(&text));
        }

        #[test]
        fn parsing_is_idempotent(text in "[a-zA-Z0-9.üß日-]{1,30}") {
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain.clone()));
                prop_assert!(domain.is_within(&domain));
                prop_assert!(domain.as_str().ends_with(domain.public_suffix()));
                if let Some(registrable) = domain.registrable() {
                    prop_assert!(domain.is_within(&Domain::parse(registrable).unwrap()));
                }
            }
        }

        #[test]
        fn containment_is_transitive(a in "[a-c]{1,2}", b in "[a-c]{1,2}", c in "[a-c]{1,2}") {
            let (short, middle, long) =
                (domain(&c), domain(&format!("{b}.{c}")), domain(&format!("{a}.{b}.{c}")));
            prop_assert!(long.is_within(&middle) && middle.is_within(&short) && long.is_within(&short));
            prop_assert!(!middle.is_within(&long));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in ".{0,40}") {
            if let Ok(domain) = Domain::parse(&text) {
                let _ = (domain.public_suffix(), domain.registrable(), domain.is_public_suffix());
            }
        }
    }
}
