//! JSON, one value at a time, strictly as RFC 8259 has it, without duplicate keys and without lone surrogates.
//!
//! The reader is a place in a text: it can be cloned, and what was read once can be read again in another way. Nothing is
//! decoded that nobody asked for, and a string without escapes is borrowed from the text.
//!
//! Stricter than RFC 8259, on purpose: a key stands once in its object; an escape that is half of a surrogate pair is
//! refused; an exponent has at most fifteen digits; and what the [`Limits`] say.

mod keys;
mod string;

use std::borrow::Cow;

use super::{Limits, Refusal};
pub(crate) use keys::Numbers;

use keys::Keys;

/// How many values one reader visits, read again or not.
const MAX_VISITS: u32 = 1 << 22;

/// A place in a text, from which the next value is read.
#[derive(Clone, Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    deepest: u32,
    visits: u32,
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

/// How far an object or array has been read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Inside {
    begun: bool,
}

impl<'t> Reader<'t> {
    /// At the start of a text.
    #[must_use]
    pub fn new(text: &'t str, limits: &Limits) -> Self {
        Self { text, at: 0, depth: 0, deepest: limits.depth, visits: 0 }
    }

    /// At a value of the outermost object, seen before.
    #[must_use]
    pub fn resume(text: &'t str, at: usize, limits: &Limits) -> Self {
        Self { text, at, depth: 1, deepest: limits.depth, visits: 0 }
    }

    /// Where the next value begins.
    pub fn position(&mut self) -> usize {
        self.blank();
        self.at
    }

    /// The text from a place to this one.
    pub(crate) fn since(&self, from: usize) -> &'t str {
        self.text.get(from..self.at).unwrap_or("")
    }

    /// The work that another reader of the same text has done counts as done by this one.
    pub(crate) fn charge(&mut self, other: &Reader<'_>) {
        self.visits = self.visits.max(other.visits);
    }

    /// A refusal at this place.
    #[must_use]
    pub fn refuse(&self, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), at: self.at }
    }

    #[cold]
    fn syntax(&self, expected: &str) -> Refusal {
        self.refuse("wire.syntax", format!("expected {expected}"))
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    #[inline]
    fn blank(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline]
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
            Err(self.refuse("wire.trailing", "something follows the JSON value"))
        }
    }

    /// What comes next.
    ///
    /// # Errors
    /// No value does.
    #[inline(always)]
    pub fn kind(&mut self) -> Result<Kind, Refusal> {
        self.blank();
        match self.byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(b'N' | b'I') => Err(self.refuse("wire.number", "JSON has no `NaN` and no infinity")),
            Some(0xef) if self.at == 0 && self.text.starts_with('\u{feff}') => {
                Err(self.refuse("wire.syntax", "a byte order mark before the JSON value"))
            }
            _ => Err(self.syntax("a value")),
        }
    }

    #[inline]
    fn visit(&mut self) -> Result<(), Refusal> {
        self.visits += 1;
        if self.visits > MAX_VISITS {
            return Err(self.refuse("wire.too_large", "too many values to be read one by one"));
        }
        Ok(())
    }

    /// Enters the object or array that comes next.
    pub(crate) fn enter(&mut self, kind: Kind) -> Result<Inside, Refusal> {
        if self.kind()? != kind {
            let wanted = if kind == Kind::Object { "expected an object" } else { "expected an array" };
            return Err(self.refuse("wire.type", wanted));
        }
        if self.depth >= self.deepest {
            return Err(self.refuse("wire.too_deep", format!("deeper than {} levels", self.deepest)));
        }
        self.depth += 1;
        self.at += 1;
        Ok(Inside::default())
    }

    /// The next key of the object; nothing at its end, which is left.
    pub(crate) fn key(&mut self, inside: &mut Inside) -> Result<Option<Cow<'t, str>>, Refusal> {
        if !self.more(inside, b'}')? {
            return Ok(None);
        }
        self.blank();
        if self.byte() != Some(b'"') {
            return Err(self.syntax("a key"));
        }
        let key = self.string()?;
        if !self.eat(b':') {
            return Err(self.syntax("`:`"));
        }
        Ok(Some(key))
    }

    /// Whether an element of the array comes next; at its end it is left.
    #[inline]
    pub(crate) fn element(&mut self, inside: &mut Inside) -> Result<bool, Refusal> {
        self.more(inside, b']')
    }

    #[inline(always)]
    fn more(&mut self, inside: &mut Inside, end: u8) -> Result<bool, Refusal> {
        self.visit()?;
        if self.eat(end) {
            self.depth -= 1;
            return Ok(false);
        }
        if inside.begun && !self.eat(b',') {
            return Err(self.syntax(if end == b'}' { "`,` or `}`" } else { "`,` or `]`" }));
        }
        inside.begun = true;
        Ok(true)
    }

    /// Reads an object; the function reads the value of each key.
    ///
    /// # Errors
    /// It is none, or a key stands in it twice.
    pub fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &Cow<'t, str>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut inside = self.enter(Kind::Object)?;
        let mut keys = Keys::default();
        while let Some(key) = self.key(&mut inside)? {
            field(self, &key)?;
            keys.add(key);
        }
        match keys.repeated() {
            None => Ok(()),
            Some(key) => Err(self.twice(&key)),
        }
    }

    /// Reads an object whose fields are known, most of them; the function reads the value of each key, and says the number by which
    /// it knows it. Numbers are compared, and not keys.
    ///
    /// # Errors
    /// It is none, or a key stands in it twice.
    pub(crate) fn fields(
        &mut self,
        mut field: impl FnMut(&mut Self, &Cow<'t, str>) -> Result<Option<u8>, Refusal>,
    ) -> Result<(), Refusal> {
        let mut inside = self.enter(Kind::Object)?;
        let mut others = Keys::default();
        let mut seen = Numbers::default();
        let mut twice = None;
        while let Some(key) = self.key(&mut inside)? {
            match field(self, &key)? {
                Some(number) if seen.add(number) => {}
                Some(_) => twice = Some(key),
                None => others.add(key),
            }
        }
        match twice.or_else(|| others.repeated()) {
            None => Ok(()),
            Some(key) => Err(self.twice(&key)),
        }
    }

    #[cold]
    pub(crate) fn twice(&self, key: &str) -> Refusal {
        let shown = agentpass_values::escape::shown(key);
        self.refuse("wire.duplicate_key", format!("the key `{shown}` stands twice in one object"))
    }

    /// Reads an array; the function reads each element.
    ///
    /// # Errors
    /// It is none.
    pub fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut inside = self.enter(Kind::Array)?;
        while self.element(&mut inside)? {
            element(self)?;
        }
        Ok(())
    }

    /// Reads the text of a field that every call has in one form.
    ///
    /// # Errors
    /// It is no string.
    #[inline]
    pub fn field_text(&mut self, name: &str) -> Result<Cow<'t, str>, Refusal> {
        if self.kind()? != Kind::String {
            return Err(self.refuse("wire.type", format!("`{name}` is not a string")));
        }
        self.string()
    }

    /// Reads a number as it is written.
    ///
    /// # Errors
    /// It is none in JSON: `01`, `+1`, `.5`, `1.`, `-Infinity`.
    pub fn number(&mut self) -> Result<&'t str, Refusal> {
        self.blank();
        let from = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        let zero = self.byte() == Some(b'0');
        let whole = self.digits();
        let mut sound = whole == 1 || whole > 1 && !zero;
        if self.byte() == Some(b'.') {
            self.at += 1;
            sound &= self.digits() > 0;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            let exponent = self.at;
            sound &= self.digits() > 0;
            let digits = self.text.get(exponent..self.at).unwrap_or("").trim_start_matches('0');
            if digits.len() > 15 {
                return Err(self.refuse("wire.number", "an exponent of more than fifteen digits"));
            }
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
        self.blank();
        if self.byte() == Some(b't') {
            self.word("true").map(|()| true)
        } else {
            self.word("false").map(|()| false)
        }
    }

    /// Reads `null`.
    ///
    /// # Errors
    /// It is something else.
    pub fn null(&mut self) -> Result<(), Refusal> {
        self.blank();
        self.word("null")
    }

    fn word(&mut self, word: &str) -> Result<(), Refusal> {
        if !self.rest().starts_with(word) {
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
            Kind::Null => self.null(),
        }
    }
}
