//! Digests: what approvals and budgets are bound to.
//!
//! What is digested is typed and lossless: every value is written with its kind and its length, so that no two calls
//! share a text (semantics: RFC 8785 would make one of `1e400` and `null`). SHA-256 is FIPS 180-4; it is written out
//! here because the runtime leans on nothing but values and IR.

use agentpass_ir::{Ambient, Value};

use crate::facts::Frame;

/// A SHA-256.
pub type Digest = [u8; 32];

/// A digest while it is fed.
#[derive(Clone, Debug)]
pub struct Sha256 {
    state: [u32; 8],
    block: Vec<u8>,
    length: u64,
}

const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

#[rustfmt::skip]
const ROUNDS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha256 {
    /// Of nothing, so far.
    #[must_use]
    pub fn new() -> Self {
        Self { state: START, block: Vec::with_capacity(64), length: 0 }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        for &byte in bytes {
            self.block.push(byte);
            if self.block.len() == 64 {
                self.compress();
            }
        }
    }

    /// Adds a text with its length, so that two texts are not another two.
    pub fn text(&mut self, text: &str) {
        self.update(&(text.len() as u64).to_le_bytes());
        self.update(text.as_bytes());
    }

    /// The digest.
    #[must_use]
    pub fn finish(mut self) -> Digest {
        let bits = self.length.wrapping_mul(8);
        self.update(&[0x80]);
        while self.block.len() != 56 {
            self.update(&[0]);
        }
        self.update(&bits.to_be_bytes());
        let mut out = [0; 32];
        for (to, word) in out.chunks_exact_mut(4).zip(self.state) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        out
    }

    fn compress(&mut self) {
        let mut words: Vec<u32> = Vec::with_capacity(64);
        for chunk in self.block.chunks_exact(4) {
            words.push(chunk.iter().fold(0, |word, &byte| (word << 8) | u32::from(byte)));
        }
        self.block.clear();
        for at in 16..64 {
            let word = |back: usize| words.get(at - back).copied().unwrap_or(0);
            let small = |x: u32, a, b, c| x.rotate_right(a) ^ x.rotate_right(b) ^ (x >> c);
            let (s0, s1) = (small(word(15), 7, 18, 3), small(word(2), 17, 19, 10));
            words.push(word(16).wrapping_add(s0).wrapping_add(word(7)).wrapping_add(s1));
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
        for (&round, &word) in ROUNDS.iter().zip(&words) {
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            let one = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(round).wrapping_add(word);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let two = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
        }
        for (state, more) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *state = state.wrapping_add(more);
        }
    }
}

/// Digest of a call: the tool and all its arguments, defaults included.
#[must_use]
pub fn of_call(tool: &str, frame: &Frame) -> Digest {
    let mut hash = Sha256::new();
    hash.text(tool);
    for value in frame.params() {
        hash.update(&[u8::from(value.is_some())]);
        if let Some(value) = value {
            self::value(&mut hash, value);
        }
    }
    hash.finish()
}

/// What an approval is bound to: the call, whoever makes it, the job, the challenge and the contract (semantics 28).
#[must_use]
pub fn binding(call: &Digest, frame: &Frame, challenge: &str, contract: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update(call);
    for ambient in Ambient::ALL {
        let part = frame.ambient(ambient);
        hash.update(&[u8::from(part.is_some())]);
        hash.text(part.unwrap_or(""));
    }
    hash.text(challenge);
    hash.update(contract);
    hash.finish()
}

/// Adds a value with its kind.
pub fn value(hash: &mut Sha256, of: &Value) {
    match of {
        Value::Bool(value) => hash.update(&[1, u8::from(*value)]),
        Value::Int(value) => {
            hash.update(&[2]);
            hash.update(&value.to_le_bytes());
        }
        Value::Money(value) => {
            hash.update(&[3]);
            hash.text(value.currency.code());
            hash.update(&value.nano.to_le_bytes());
        }
        Value::Text(value) => {
            hash.update(&[4]);
            hash.text(value);
        }
        Value::List(all) => {
            hash.update(&[5]);
            hash.update(&(all.len() as u64).to_le_bytes());
            all.iter().for_each(|value| self::value(hash, value));
        }
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha(text: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(text.as_bytes());
        hex(&hash.finish())
    }

    #[test]
    fn the_published_examples_hold() {
        assert_eq!(sha(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            sha("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
        assert_eq!(
            sha(&"a".repeat(1_000_000)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }
}
