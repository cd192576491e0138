//! Challenges: a question that is open, the votes on it, and what they are good for.

use agentpass_ir::{Asked, Challenge};
use agentpass_values::Timestamp;

use crate::digest::Digest;

/// A question that was put to people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asking {
    /// Its id: `chl_…`
    pub id: String,
    /// The challenge's name.
    pub name: String,
    /// What an approval is bound to.
    pub binding: Digest,
    /// Digest of the call, for those who are asked.
    pub digest: Digest,
    /// The id of the call, if it had one.
    pub call: Option<String>,
    /// On whose behalf it is asked.
    pub requester: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// Until when it is open, and an approval of it good.
    pub expires: Option<Timestamp>,
    /// The distinct people who said yes.
    pub approved_by: Vec<String>,
    /// True once somebody said no.
    pub refused: bool,
}

impl Asking {
    /// True where it no longer counts.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| now > expires)
    }

    /// True where enough people said yes and nobody said no.
    #[must_use]
    pub fn is_approved(&self, challenge: &Challenge) -> bool {
        !self.refused && self.approved_by.len() >= challenge.count as usize
    }
}

/// Somebody whom the host has authenticated on the channel that approves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Who.
    pub user: String,
    /// The groups they are in.
    pub groups: Vec<String>,
}

/// An answer to a challenge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vote {
    /// The id of the challenge, or of the call that met it.
    pub on: String,
    /// The challenge's name; needed where a call met several.
    pub challenge: Option<String>,
    /// Who answers.
    pub by: Person,
    /// Yes or no.
    pub approve: bool,
}

/// Why an answer does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoteError {
    /// Nobody asked.
    Unknown,
    /// It is over, or somebody has refused.
    Closed,
    /// They are not among those who are asked.
    NotAsked,
    /// They may not answer their own question.
    Requester,
    /// The store failed.
    Store,
}

/// Counts an answer.
///
/// # Errors
/// Why it does not count.
pub fn vote(
    challenge: &Challenge,
    asking: &Asking,
    vote: &Vote,
    now: Timestamp,
) -> Result<Asking, VoteError> {
    if asking.refused || asking.is_over(now) {
        return Err(VoteError::Closed);
    }
    let is_requester = asking.requester.as_deref() == Some(vote.by.user.as_str());
    if challenge.separate_from_user && (is_requester || asking.requester.is_none()) {
        // Where nobody knows who asks, nobody can be told apart from them.
        return Err(VoteError::Requester);
    }
    let asked = match &challenge.who {
        Asked::Groups(groups) => vote.by.groups.iter().any(|group| groups.contains(group)),
        Asked::User => is_requester,
        Asked::Anyone => true,
    };
    if !asked {
        return Err(VoteError::NotAsked);
    }
    let mut asking = asking.clone();
    if !vote.approve {
        asking.refused = true;
    } else if !asking.approved_by.contains(&vote.by.user) {
        asking.approved_by.push(vote.by.user.clone());
    }
    Ok(asking)
}

impl std::fmt::Display for VoteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            VoteError::Unknown => "no such challenge is open",
            VoteError::Closed => "the challenge is closed",
            VoteError::NotAsked => "they are not asked",
            VoteError::Requester => "nobody answers for themselves",
            VoteError::Store => "the store failed",
        })
    }
}

impl std::error::Error for VoteError {}
