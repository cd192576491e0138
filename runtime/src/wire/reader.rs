//! JSON, one value at a time, strictly as RFC 8259 has it, without duplicate keys and without lone surrogates.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{MAX_DEPTH, Refusal};

/// A place in a text, from which the next value is read.
#[derive(Clone, Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
}

/// What kind of value comes next, by its first byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of JSON")]
pub enum Kind {
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
}

impl<'t> Reader<'t> {
    /// At the start of a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// At a value of the outermost object, seen before.
    #[must_use]
    pub fn resume(text: &'t str, at: usize) -> Self {
        Self { text, at, depth: 1 }
    }

    /// Where the next value begins.
    pub fn position(&mut self) -> usize {
        self.blank();
        self.at
    }

    /// A refusal at this place.
    #[must_use]
    pub fn refuse(&self, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), at: self.at }
    }

    fn syntax(&self, expected: &str) -> Refusal {
        self.refuse("wire.syntax", format!("expected {expected}"))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.blank();
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Nothing but blanks is left.
    ///
    /// # Errors
    /// Something is.
    pub fn end(&mut self) -> Result<(), Refusal> {
        self.blank();
        if self.byte().is_none() {
            Ok(())
        } else {
            Err(self.refuse("wire.trailing", "something follows the call"))
        }
    }

    /// What comes next.
    ///
    /// # Errors
    /// No value does.
    pub fn kind(&mut self) -> Result<Kind, Refusal> {
        self.blank();
        match self.byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(self.syntax("a value")),
        }
    }

    fn enter(&mut self) -> Result<(), Refusal> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse("wire.too_deep", format!("the call is deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        Ok(())
    }

    /// Reads an object; the function reads the value of each key.
    ///
    /// # Errors
    /// It is none, or a key stands in it twice.
    pub fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if self.kind()? != Kind::Object {
            return Err(self.refuse("wire.type", "expected an object"));
        }
        self.enter()?;
        self.at += 1;
        let mut seen: HashSet<Cow<'t, str>> = HashSet::new();
        if !self.eat(b'}') {
            loop {
                self.blank();
                let key = self.string()?;
                if seen.contains(&key) {
                    let shown = agentpass_values::escape::shown(&key);
                    return Err(
                        self.refuse("wire.duplicate_key", format!("the key `{shown}` stands here twice"))
                    );
                }
                if !self.eat(b':') {
                    return Err(self.syntax("`:`"));
                }
                field(self, &key)?;
                seen.insert(key);
                if self.eat(b'}') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.syntax("`,` or `}`"));
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads an array; the function reads each element.
    ///
    /// # Errors
    /// It is none.
    pub fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if self.kind()? != Kind::Array {
            return Err(self.refuse("wire.type", "expected an array"));
        }
        self.enter()?;
        self.at += 1;
        if !self.eat(b']') {
            loop {
                element(self)?;
                if self.eat(b']') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.syntax("`,` or `]`"));
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads the text of a field that every call has in one form.
    ///
    /// # Errors
    /// It is no string.
    pub fn field_text(&mut self, name: &str) -> Result<String, Refusal> {
        if self.kind()? != Kind::String {
            return Err(self.refuse("wire.type", format!("`{name}` is not a string")));
        }
        self.string().map(Cow::into_owned)
    }

    /// Reads a string; borrowed where it has no escapes.
    ///
    /// # Errors
    /// It is none, or not closed, or has an escape that JSON does not know.
    pub fn string(&mut self) -> Result<Cow<'t, str>, Refusal> {
        if !self.eat(b'"') {
            return Err(self.syntax("a string"));
        }
        let mut decoded = String::new();
        let mut from = self.at;
        loop {
            match self.byte() {
                Some(b'"') => {
                    let rest = self.text.get(from..self.at).unwrap_or("");
                    self.at += 1;
                    return Ok(if decoded.is_empty() {
                        Cow::Borrowed(rest)
                    } else {
                        Cow::Owned(decoded + rest)
                    });
                }
                Some(b'\\') => {
                    decoded.push_str(self.text.get(from..self.at).unwrap_or(""));
                    self.at += 1;
                    decoded.push(self.escape()?);
                    from = self.at;
                }
                Some(0..=0x1f) | None => return Err(self.refuse("wire.string", "a string is not closed")),
                Some(_) => self.at += 1,
            }
        }
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
                let high = self.hex()?;
                if !(0xd800..0xdc00).contains(&high) {
                    return char::from_u32(high).ok_or_else(|| self.surrogate());
                }
                if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
                    return Err(self.surrogate());
                }
                self.at += 2;
                let low = self.hex()?;
                if !(0xdc00..0xe000).contains(&low) {
                    return Err(self.surrogate());
                }
                let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(code).ok_or_else(|| self.surrogate());
            }
            _ => return Err(self.refuse("wire.string", "an escape that JSON does not know")),
        };
        self.at += 1;
        Ok(plain)
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

    /// Reads a number as it is written.
    ///
    /// # Errors
    /// It is none in JSON: `01`, `+1`, `.5`, `1.`, `NaN`.
    pub fn number(&mut self) -> Result<&'t str, Refusal> {
        self.blank();
        let from = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        let whole = self.digits();
        let zeros = self.text.as_bytes().get(self.at - whole) == Some(&b'0') && whole > 1;
        let mut sound = whole > 0 && !zeros;
        if self.byte() == Some(b'.') {
            self.at += 1;
            sound &= self.digits() > 0;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            sound &= self.digits() > 0;
        }
        if sound {
            Ok(self.text.get(from..self.at).unwrap_or(""))
        } else {
            Err(self.refuse("wire.number", "not a number"))
        }
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - from
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// It is neither.
    pub fn boolean(&mut self) -> Result<bool, Refusal> {
        if self.byte() == Some(b't') {
            self.word("true").map(|()| true)
        } else {
            self.word("false").map(|()| false)
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Refusal> {
        self.blank();
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.syntax("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// Reads a value that nobody wants, as strictly as any other.
    ///
    /// # Errors
    /// It is none.
    pub fn skip(&mut self) -> Result<(), Refusal> {
        match self.kind()? {
            Kind::Object => self.object(|reader, _| reader.skip()),
            Kind::Array => self.array(Reader::skip),
            Kind::String => self.string().map(|_| ()),
            Kind::Number => self.number().map(|_| ()),
            Kind::Bool => self.boolean().map(|_| ()),
            Kind::Null => self.word("null"),
        }
    }
}
