//! Calls that came under an id (semantics 18).

use crate::decision::Decision;
use crate::digest::Digest;

/// What was decided about a call.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// The call's digest.
    pub digest: Digest,
    /// The decision, where it was to allow or to deny. One that was challenged is decided again.
    pub decision: Option<Box<Decision>>,
}
