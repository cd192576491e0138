//! A row of bytes from which every decision of a generator is taken in turn.

/// The row of bytes that decides everything.
pub(crate) struct Tape {
    bytes: Vec<u8>,
    at: usize,
}

impl Tape {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }

    /// One of `count` choices; the first one when the tape has ended.
    pub(crate) fn pick(&mut self, count: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % count.max(1)
    }

    /// True once in `count` times, and never when the tape has ended.
    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.pick(count) + 1 == count
    }

    /// One of the texts; the first when the tape has ended.
    pub(crate) fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        let at = self.pick(texts.len());
        texts.get(at).copied().unwrap_or("x")
    }
}
