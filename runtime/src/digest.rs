//! Digests: what approvals, keys and repeated calls are told apart by.
//!
//! What is digested is typed and lossless: every value is written with its kind, and whatever has no fixed length with its
//! length, so that two values share bytes only if they are equal. (RFC 8785 would make one of `1e400` and `null`, and one
//! of 2^53 and 2^53 + 1.) A value that has a canonical text is written as that text, and one that compares folded as
//! what it is compared by.

use agentpass_ir::Value;
use agentpass_values::{PathWord, ShellCommand, Word};
use sha2::Digest as _;

use crate::frame::Frame;

/// A SHA-256.
pub type Digest = [u8; 32];

/// A digest while it is fed.
#[derive(Clone, Debug)]
pub struct Sha256 {
    fed: sha2::Sha256,
    /// What has been added since: most of it comes in pieces of a few bytes, and most calls are no longer than this.
    held: [u8; HELD],
    length: usize,
}

/// Two blocks, without what ends the last one.
const HELD: usize = 119;

impl Default for Sha256 {
    fn default() -> Self {
        Self { fed: sha2::Sha256::new(), held: [0; HELD], length: 0 }
    }
}

impl Sha256 {
    /// Of nothing, so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes. Their number has to follow from what was added before.
    #[inline]
    pub fn update(&mut self, bytes: &[u8]) {
        match self.held.get_mut(self.length..self.length + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            None => self.feed(bytes),
        }
    }

    #[cold]
    fn feed(&mut self, more: &[u8]) {
        self.fed.update(self.held.get(..self.length).unwrap_or_default());
        self.fed.update(more);
        self.length = 0;
    }

    /// Adds a text with its length, so that two texts are not another two.
    pub fn text(&mut self, text: &str) {
        self.size(text.len());
        self.update(text.as_bytes());
    }

    /// Adds a value with its kind.
    pub fn value(&mut self, of: &Value) {
        value(self, of);
    }

    /// The digest.
    #[must_use]
    pub fn finish(mut self) -> Digest {
        self.fed.update(self.held.get(..self.length).unwrap_or_default());
        self.fed.finalize().into()
    }

    /// A small size takes one byte; a larger one says with 255 that eight follow.
    fn size(&mut self, size: usize) {
        match u8::try_from(size) {
            Ok(size) if size < u8::MAX => self.update(&[size]),
            _ => {
                self.update(&[u8::MAX]);
                self.update(&(size as u64).to_le_bytes());
            }
        }
    }
}

/// Digest of a call: the tool's name on the wire and all arguments, with defaults, and those that are not declared.
#[must_use]
pub fn of_call(tool: &str, frame: &Frame) -> Digest {
    let mut hash = Sha256::new();
    call(&mut hash, tool, frame);
    hash.finish()
}

/// Adds a call: how many values it has follows from its tool.
pub(crate) fn call(hash: &mut Sha256, tool: &str, frame: &Frame) {
    hash.update(b"c");
    hash.text(tool);
    for param in frame.params() {
        optional(hash, param);
    }
    hash.text(frame.extra());
}

/// Digest of a value.
#[must_use]
pub fn of_value(of: &Value) -> Digest {
    let mut hash = Sha256::new();
    value(&mut hash, of);
    hash.finish()
}

/// Adds a value with its kind.
pub fn value(hash: &mut Sha256, of: &Value) {
    match of {
        Value::Null => hash.update(&[0]),
        Value::Unknown => hash.update(&[1]),
        Value::Bool(value) => hash.update(&[2, u8::from(*value)]),
        Value::Int(value) => tagged(hash, 3, &value.to_le_bytes()),
        Value::Decimal(value) => tagged(hash, 4, &value.units().to_le_bytes()),
        Value::Money(value) => {
            tagged(hash, 5, &value.nano.to_le_bytes());
            hash.text(value.currency.code());
        }
        Value::Duration(value) => tagged(hash, 6, &value.nanos().to_le_bytes()),
        Value::Timestamp(value) => tagged(hash, 7, &value.nanos().to_le_bytes()),
        Value::Text(value) => text(hash, 8, value),
        Value::Folded(value) => text(hash, 9, value.key()),
        Value::Email(value) => text(hash, 10, &value.to_string()),
        Value::Domain(value) => text(hash, 11, value.as_str()),
        Value::Url(value) => text(hash, 12, value.as_str()),
        Value::Path(value) => text(hash, 13, &value.to_string()),
        Value::Glob(value) => text(hash, 14, &value.to_string()),
        // What the line means follows from how it is written.
        Value::Shell(_, source) => text(hash, 15, source),
        Value::Command(command) => self::command(hash, command),
        Value::CommandPattern(value) => text(hash, 17, value.source()),
        Value::Pattern(value) => text(hash, 18, value.source()),
        Value::Times(times) => {
            text(hash, 19, times.zone.name());
            hash.size(times.ranges.len());
            times.ranges.iter().for_each(|range| hash.text(&range.to_string()));
        }
        Value::Json(value) => text(hash, 20, value),
        Value::List(all) => {
            hash.update(&[21]);
            hash.size(all.len());
            all.iter().for_each(|value| self::value(hash, value));
        }
        Value::Record(fields) => {
            hash.update(&[22]);
            hash.size(fields.len());
            fields.iter().for_each(|field| optional(hash, field.as_ref()));
        }
    }
}

fn optional(hash: &mut Sha256, of: Option<&Value>) {
    hash.update(&[u8::from(of.is_some())]);
    if let Some(of) = of {
        value(hash, of);
    }
}

fn tagged(hash: &mut Sha256, tag: u8, bytes: &[u8]) {
    hash.update(&[tag]);
    hash.update(bytes);
}

fn text(hash: &mut Sha256, tag: u8, text: &str) {
    hash.update(&[tag]);
    hash.text(text);
}

fn command(hash: &mut Sha256, of: &ShellCommand) {
    hash.update(&[16]);
    word(hash, &of.program);
    hash.size(of.args.len());
    of.args.iter().for_each(|arg| word(hash, arg));
    hash.update(&[u8::from(of.flags.is_complete())]);
    hash.size(of.flags.names().len());
    of.flags.names().iter().for_each(|flag| hash.text(flag));
    hash.size(of.paths.len());
    for path in &of.paths {
        match path {
            PathWord::Unknown => hash.update(&[0]),
            PathWord::Resolved(path) => text(hash, 1, &path.to_string()),
        }
    }
    hash.size(of.redirects.len());
    for redirect in &of.redirects {
        hash.update(&[redirect.kind as u8, u8::from(redirect.descriptor.is_some())]);
        hash.update(&redirect.descriptor.unwrap_or_default().to_le_bytes());
        word(hash, &redirect.target);
    }
    hash.size(of.assignments.len());
    for assignment in &of.assignments {
        hash.text(&assignment.name);
        word(hash, &assignment.value);
    }
    match &of.cwd {
        None => hash.update(&[0]),
        Some(cwd) => text(hash, 1, &cwd.to_string()),
    }
}

fn word(hash: &mut Sha256, of: &Word) {
    match of.text() {
        None => hash.update(&[0]),
        Some(resolved) => text(hash, 1, resolved),
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    push_hex(&mut out, bytes);
    out
}

/// The two digits of each byte.
const DIGITS: [[u8; 2]; 256] = {
    let digit = *b"0123456789abcdef";
    let mut all = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        all[byte] = [digit[byte >> 4], digit[byte & 15]];
        byte += 1;
    }
    all
};

/// Adds bytes as hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, bytes: &[u8]) {
    for part in bytes.chunks(32) {
        let mut digits = [b'0'; 64];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(part) {
            *pair = DIGITS.get(usize::from(*byte)).copied().unwrap_or_default();
        }
        // Digits are text.
        out.push_str(
            std::str::from_utf8(digits.get(..2 * part.len()).unwrap_or_default()).unwrap_or_default(),
        );
    }
}

#[cfg(test)]
mod tests;
