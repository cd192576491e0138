//! Strings, many bytes at a time until something is special.

use std::borrow::Cow;

use super::Reader;
use crate::wire::Refusal;

impl<'t> Reader<'t> {
    /// Reads a string; borrowed where it has no escapes.
    ///
    /// # Errors
    /// It is none, or not closed, or has an escape that JSON does not know.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'t, str>, Refusal> {
        if !self.eat(b'"') {
            return Err(self.syntax("a string"));
        }
        let plain = self.plain();
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped(plain).map(Cow::Owned)
    }

    /// Goes on after the first part, at whatever ended it.
    #[cold]
    fn escaped(&mut self, first: &str) -> Result<String, Refusal> {
        let mut decoded = first.to_owned();
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(decoded);
                }
                Some(b'\\') => {
                    self.at += 1;
                    decoded.push(self.escape()?);
                }
                None => return Err(self.refuse("wire.string", "a string is not closed")),
                Some(_) => {
                    return Err(self.refuse("wire.string", "a control character in a string"));
                }
            }
            decoded.push_str(self.plain());
        }
    }

    /// The text up to the next quote, backslash or control character.
    #[inline(always)]
    fn plain(&mut self) -> &'t str {
        let rest = self.rest();
        // What ends it is ASCII: the text is cut between characters.
        let plain = rest.get(..plain_length(rest.as_bytes())).unwrap_or("");
        self.at += plain.len();
        plain
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        let plain = match self.byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.refuse("wire.string", "an escape that JSON does not know")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// What stands behind `\u`; characters beyond the basic plane are two escapes.
    fn unicode(&mut self) -> Result<char, Refusal> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or_else(|| self.surrogate());
        }
        if !self.rest().starts_with("\\u") {
            return Err(self.surrogate());
        }
        self.at += 2;
        let low = self.hex()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(self.surrogate());
        }
        let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        char::from_u32(code).ok_or_else(|| self.surrogate())
    }

    fn surrogate(&self) -> Refusal {
        self.refuse("wire.string", "half a surrogate pair")
    }

    fn hex(&mut self) -> Result<u32, Refusal> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.refuse("wire.string", "an escape that JSON does not know"))?;
        self.at += 4;
        Ok(code)
    }
}

/// How many bytes come before the first that is special.
fn plain_length(bytes: &[u8]) -> usize {
    // A compiler makes one comparison of sixteen.
    let is_plain = |block: &&[u8; 16]| {
        let special = |&byte: &u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
        block.iter().map(special).fold(0, |all, one| all | one) == 0
    };
    // Most strings are short: their end is in the first words.
    let mut length = 0;
    for word in bytes.as_chunks::<8>().0.iter().take(2) {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return length + special.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let bytes_after = bytes.get(length..).unwrap_or_default();
    length += 16 * bytes_after.as_chunks::<16>().0.iter().take_while(is_plain).count();
    let (words, rest) = bytes.get(length..).unwrap_or_default().as_chunks::<8>();
    for word in words {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return length + special.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let more = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    length + more.unwrap_or(rest.len())
}

/// The highest bit of each of eight bytes that is a quote, a backslash or a control character. The usual trick: subtracting
/// one from a byte borrows into its highest bit if it was zero (or already had that bit, which the mask of the complement takes
/// out). A borrow may reach bytes above; the lowest that is marked is always one.
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let below = |bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word;
    let equal = |byte: u8| {
        let zeros = word ^ (ONES * u64::from(byte));
        zeros.wrapping_sub(ONES) & !zeros
    };
    (below(0x20) | equal(b'"') | equal(b'\\')) & HIGHS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_special_byte_is_seen_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..40 {
                let mut bytes = [b'x'; 40];
                bytes[place] = byte;
                let special = matches!(byte, b'"' | b'\\' | 0..=0x1f);
                assert_eq!(plain_length(&bytes), if special { place } else { 40 }, "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn many_at_a_time_are_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let slow = bytes.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            prop_assert_eq!(plain_length(&bytes), slow.unwrap_or(bytes.len()));
        }
    }
}
