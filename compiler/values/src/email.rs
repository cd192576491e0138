//! Email addresses: one recipient, one domain, no tricks.
//!
//! What mail programs accept is far wider: display names, comments, quoted local parts, routes. Each of them has been
//! used to show one recipient and reach another, so an `email` is a bare ASCII address and nothing else.

use std::fmt;

use smol_str::SmolStr;

use crate::domain::{Domain, DomainError};

/// A bare address. The local part is kept in lower case: mail systems ignore its case, and `Bob@…` and `bob@…` must not
/// be two budgets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Email {
    local: SmolStr,
    domain: Domain,
}

/// Why text is not an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EmailError {
    /// No `@`, or more than one.
    NotOneAt,
    /// The local part is empty, longer than 64 characters, or holds a character that needs quoting.
    LocalPart,
    /// The domain is not valid.
    Domain(DomainError),
    /// Longer than 254 characters.
    TooLong,
}

impl Email {
    /// Reads a bare address, `anna@example.com`.
    pub fn parse(text: &str) -> Result<Email, EmailError> {
        let (local, domain) = text.split_once('@').ok_or(EmailError::NotOneAt)?;
        if domain.contains('@') {
            return Err(EmailError::NotOneAt);
        }
        // A program that takes recipients as arguments reads a dash in front as an option.
        if local.len() > 64 || local.starts_with('-') || !local.split('.').all(is_atom) {
            return Err(EmailError::LocalPart);
        }
        let domain = Domain::parse(domain).map_err(EmailError::Domain)?;
        if local.len() + 1 + domain.as_str().len() > 254 {
            return Err(EmailError::TooLong);
        }
        let lower = !local.bytes().any(|b| b.is_ascii_uppercase());
        let local = if lower { local.into() } else { local.to_ascii_lowercase().into() };
        Ok(Email { local, domain })
    }

    /// What stands before the `@`, in lower case.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }
}

/// A run of the characters that RFC 5322 allows without quotes, but for those by which mail goes elsewhere: `a%evil.org@…` and
/// `evil.org!a@…` are routes, `|sh@…` and `/etc/x@…` a program and a file, `a?cc=b@…` a second recipient, and `*@…` many.
fn is_atom(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"#$&'+-=^_{}~".contains(&b))
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmailError::NotOneAt => f.write_str("an address has exactly one `@`"),
            EmailError::LocalPart => f.write_str("not a plain name before the `@`"),
            EmailError::Domain(error) => write!(f, "after the `@`: {error}"),
            EmailError::TooLong => f.write_str("too long for an address"),
        }
    }
}

impl std::error::Error for EmailError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bare_addresses_are_read() {
        for (text, shown) in [
            ("anna@example.com", "anna@example.com"),
            ("Anna.B+tag@Example.COM.", "anna.b+tag@example.com"),
            ("a-b=c#d&e@example.com", "a-b=c#d&e@example.com"),
            ("o'brien@bücher.example", "o'brien@xn--bcher-kva.example"),
        ] {
            assert_eq!(Email::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for (text, error) in [
            ("", EmailError::NotOneAt),
            ("anna", EmailError::NotOneAt),
            ("a@b@example.com", EmailError::NotOneAt),
            ("a@example.com@evil.org", EmailError::NotOneAt),
            ("@example.com", EmailError::LocalPart),
            ("Anna <anna@example.com>", EmailError::LocalPart),
            ("\"a b\"@example.com", EmailError::LocalPart),
            ("a(comment)@example.com", EmailError::LocalPart),
            ("a..b@example.com", EmailError::LocalPart),
            (".a@example.com", EmailError::LocalPart),
            ("a,b@example.com", EmailError::LocalPart),
            ("a\r\nBcc: x@example.com", EmailError::LocalPart),
            ("a\u{202e}b@example.com", EmailError::LocalPart),
            (" a@example.com", EmailError::LocalPart),
            ("a%evil.org@example.com", EmailError::LocalPart),
            ("evil.org!a@example.com", EmailError::LocalPart),
            ("|sh@example.com", EmailError::LocalPart),
            ("/etc/passwd@example.com", EmailError::LocalPart),
            ("a?cc=b@example.com", EmailError::LocalPart),
            ("*@example.com", EmailError::LocalPart),
            ("a`id`@example.com", EmailError::LocalPart),
            ("-a@example.com", EmailError::LocalPart),
            ("a@", EmailError::Domain(DomainError::Blank)),
            ("a@[127.0.0.1]", EmailError::Domain(DomainError::IpLiteral)),
            ("a@127.0.0.1", EmailError::Domain(DomainError::IpLiteral)),
            ("a@example.com ", EmailError::Domain(DomainError::Invalid)),
            ("a@example.com,b", EmailError::Domain(DomainError::Invalid)),
            ("a@example.com\n", EmailError::Domain(DomainError::Invalid)),
        ] {
            assert_eq!(Email::parse(text), Err(error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "[a-zA-Z0-9.+_-]{1,12}@[a-z0-9.-]{1,12}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(&email.to_string()), Ok(email));
            }
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in ".{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.to_string().is_ascii());
            }
        }
    }
}
