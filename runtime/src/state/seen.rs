//! Calls that came under an id (semantics 18).

use crate::decision::{Decision, Word};
use crate::digest::Digest;

/// What was decided about a call.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// The call's digest.
    pub digest: Digest,
    /// The decision, where it was to allow or to deny. One that was challenged is decided again, and so is one that was allowed
    /// and never sent.
    pub decision: Option<Box<Decision>>,
}

/// How many reasons are kept for those who come again; the first ones say enough.
pub const MAX_REASONS: usize = 16;

impl Seen {
    /// What is kept of a decision.
    #[must_use]
    pub fn of(digest: Digest, decision: &Decision) -> Seen {
        if !matches!(decision.verdict, Word::Allow | Word::Deny) {
            return Seen { digest, decision: None };
        }
        let first = |all: &[_]| all.iter().take(MAX_REASONS).cloned().collect();
        let kept = Decision {
            verdict: decision.verdict,
            id: decision.id.clone(),
            call: decision.call.clone(),
            at: decision.at,
            reasons: first(&decision.reasons),
            warnings: first(&decision.warnings),
            challenges: Vec::new(),
            remaining: decision.remaining.clone(),
            retry_after: decision.retry_after,
            result: None,
            contract: decision.contract.clone(),
            permit: None,
            repeated: false,
            met: Vec::new(),
        };
        Seen { digest, decision: Some(Box::new(kept)) }
    }
}
