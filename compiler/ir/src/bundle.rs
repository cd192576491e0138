//! A verified program as bytes, and back.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `AGNTPASS` |
//! | 4 | the format's version, lowest byte first |
//! | 4 | the length of the payload, lowest byte first |
//! | 32 | SHA-256 of the payload |
//! | … | the payload: the program, in the encoding of postcard |
//!
//! The checksum finds accidents, not forgers: whoever can write bundles writes contracts. A reader is therefore safe without
//! it. No length in the payload is believed before the bytes are there, nothing nests deeper than a stack bears, no more
//! patterns are compiled than a program may have, and whatever was read goes through [`verify()`] like any other program.

#[cfg(test)]
mod tests;

use std::fmt;

use agentpass_values::compiled_at_most;
use sha2::{Digest, Sha256};

use crate::program::Program;
use crate::verify::{Fault, MAX_PATTERNS, Verified, verify};

/// What bundles begin with.
const MAGIC: [u8; 8] = *b"AGNTPASS";
/// The format that is written, and the only one that is read.
pub const VERSION: u32 = 1;
/// The bytes before the payload.
const HEAD: usize = 48;
/// The greatest payload, in bytes: more than the largest program with the longest numbers takes.
pub const MAX_BYTES: usize = 1 << 26;

/// Why bytes are no bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BundleError {
    /// They do not begin as bundles do.
    Foreign,
    /// They are of a format that this version does not know.
    Version {
        /// The format.
        found: u32,
    },
    /// They end too early.
    Truncated,
    /// More bytes follow.
    Trailing,
    /// They say that they are larger than a bundle may be.
    TooLarge,
    /// They are not what was written.
    Corrupt,
    /// They were written so, but are no program.
    Malformed,
    /// They are a program that may not be executed.
    Refused(Fault),
}

/// The bundle of a program.
#[must_use]
pub fn write(verified: &Verified) -> Vec<u8> {
    // What is verified can be written, and is small enough: `fits` has tried. Nobody reads an empty payload as a program.
    let payload = postcard::to_stdvec(verified.program()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEAD + payload.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(&Sha256::digest(&payload));
    bytes.extend_from_slice(&payload);
    bytes
}

/// Whether bytes begin as bundles do, for whoever can say more than that they are no text.
#[must_use]
pub fn is_bundle(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Reads a bundle.
///
/// # Errors
/// The first thing that is wrong with the bytes.
pub fn read(bytes: &[u8]) -> Result<Verified, BundleError> {
    let (magic, rest) = head::<8>(bytes)?;
    if magic != MAGIC {
        return Err(BundleError::Foreign);
    }
    let (version, rest) = head(rest)?;
    match u32::from_le_bytes(version) {
        VERSION => {}
        found => return Err(BundleError::Version { found }),
    }
    let (length, rest) = head(rest)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_BYTES {
        return Err(BundleError::TooLarge);
    }
    let (checksum, payload) = head::<32>(rest)?;
    match payload.len() {
        found if found < length => return Err(BundleError::Truncated),
        found if found > length => return Err(BundleError::Trailing),
        _ => {}
    }
    if Sha256::digest(payload)[..] != checksum {
        return Err(BundleError::Corrupt);
    }
    let program = payload_of(payload).ok_or(BundleError::Malformed)?;
    verify(program).map_err(BundleError::Refused)
}

impl Verified {
    /// The contract of a bundle, as `agentpassc build` has written it: [`read`] by another name.
    ///
    /// # Errors
    /// The bytes are no bundle, were changed, are of another version, or hold a program that does not verify.
    pub fn from_bundle(bytes: &[u8]) -> Result<Verified, BundleError> {
        read(bytes)
    }
}

fn payload_of(bytes: &[u8]) -> Option<Program> {
    let read = || postcard::take_from_bytes::<Program>(bytes).ok();
    let (program, rest) = compiled_at_most(MAX_PATTERNS, read)?;
    rest.is_empty().then_some(program)
}

/// The first bytes. What begins like a bundle but is shorter has been cut off.
fn head<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), BundleError> {
    match bytes.split_first_chunk::<N>() {
        Some((first, rest)) => Ok((*first, rest)),
        None if MAGIC.starts_with(bytes) || N != MAGIC.len() => Err(BundleError::Truncated),
        None => Err(BundleError::Foreign),
    }
}

/// Whether a program can be written so that it is read again.
pub(crate) fn fits(program: &Program) -> Result<(), Fault> {
    let size = postcard::ser_flavors::Size::default();
    match postcard::serialize_with_flavor(program, size) {
        Ok(size) if size <= MAX_BYTES => Ok(()),
        _ => Err(Fault::Bound { what: "bytes of a program", most: MAX_BYTES }),
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BundleError::Foreign => f.write_str("this is no bundle"),
            BundleError::Version { found } => {
                write!(
                    f,
                    "the bundle has format {found}, and only format {VERSION} can be read: build it again"
                )
            }
            BundleError::Truncated => f.write_str("the bundle ends too early"),
            BundleError::Trailing => f.write_str("bytes follow after the bundle"),
            BundleError::TooLarge => write!(f, "the bundle is larger than {MAX_BYTES} bytes"),
            BundleError::Corrupt => f.write_str("the bundle is damaged: it does not have its checksum"),
            BundleError::Malformed => f.write_str("the bundle holds no program"),
            BundleError::Refused(fault) => write!(f, "the bundle holds no sound program: {fault}"),
        }
    }
}

impl std::error::Error for BundleError {}
