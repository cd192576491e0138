//! Challenges: a question that is open, the votes on it, and what they are good for (semantics 28 to 30).

use agentpass_ir::{Asked, Challenge, Separate};
use agentpass_values::{Timestamp, plain};

use crate::digest::Digest;
use crate::planted::planted;

/// A question that was put to people.
#[derive(Clone, PartialEq, Debug)]
pub struct Asking {
    /// Its id: `chl_…`
    pub id: String,
    /// The challenge's name.
    pub name: String,
    /// Digest of the call, for those who are asked.
    pub digest: Digest,
    /// Digest of what the job carried: an approval is good for nothing else.
    pub labels: Digest,
    /// The id of the call, if it had one.
    pub call: Option<String>,
    /// On whose behalf it is asked, and the agent that asks.
    pub requester: Option<String>,
    /// The agent that asks.
    pub agent: Option<String>,
    /// Those through whom the requester acts.
    pub via: Vec<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// Until when it is open, and an approval of it good.
    pub expires: Option<Timestamp>,
    /// The distinct people who said yes, with the groups that they were in.
    pub approved_by: Vec<Person>,
    /// When there were enough of them.
    pub approved_at: Option<Timestamp>,
    /// True once somebody said no.
    pub refused: bool,
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
    /// The call met several challenges, and the answer names none of them.
    Ambiguous,
    /// It is over, or somebody has refused.
    Closed,
    /// They are not among those who are asked.
    NotAsked,
    /// They may not answer their own question.
    Requester,
    /// Who answers is not named plainly, and might be counted twice.
    Identity,
    /// The store failed.
    Store,
}

/// Who is in which group: asked again when an approval is used (semantics 30).
pub trait Directory: Send + Sync {
    /// Whether somebody is in a group now; nothing where nobody can tell.
    fn is_member(&self, user: &str, group: &str) -> Option<bool>;
}

impl Asking {
    /// True where it no longer counts.
    #[must_use]
    pub fn is_over(&self, challenge: &Challenge, late: Timestamp) -> bool {
        match (self.approved_at, challenge.reusable) {
            (Some(at), Some(length)) if !self.refused => at.checked_add(length).is_none_or(|end| late > end),
            _ => self.expires.is_some_and(|expires| late > expires && !planted(210)),
        }
    }

    /// True where enough people said yes, nobody said no, and those people still belong to those who are asked.
    #[must_use]
    pub fn is_approved(&self, challenge: &Challenge, directory: Option<&dyn Directory>) -> bool {
        let still = |person: &&Person| match (&challenge.who, directory) {
            // A directory that cannot tell says no.
            (Asked::Groups(groups), Some(directory)) => {
                groups.iter().any(|group| directory.is_member(&person.user, group) == Some(true))
            }
            _ => true,
        };
        !self.refused && self.approved_by.iter().filter(still).count() >= challenge.count as usize
    }

    /// Counts an answer.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn vote(&self, challenge: &Challenge, vote: &Vote, late: Timestamp) -> Result<Asking, VoteError> {
        if self.refused || self.is_over(challenge, late) {
            return Err(VoteError::Closed);
        }
        let user = vote.by.user.as_str();
        if !plain::is_plain(user) && !planted(130) {
            return Err(VoteError::Identity);
        }
        // Whoever might be the one who asks is not apart from them, however that one is written.
        let is_one = |name: &str| name == user || plain::seen(name) == user;
        let is_requester = self.requester.as_deref() == Some(user);
        if challenge.separate.contains(&Separate::User)
            && (self.requester.as_deref().is_none_or(is_one) || self.via.iter().any(|via| is_one(via)))
        {
            // Where nobody knows who asks, nobody can be told apart from them.
            return Err(VoteError::Requester);
        }
        if challenge.separate.contains(&Separate::Agent) && self.agent.as_deref().is_none_or(is_one) {
            return Err(VoteError::Requester);
        }
        let is_asked = match &challenge.who {
            Asked::Groups(groups) => vote.by.groups.iter().any(|group| groups.contains(group)),
            Asked::User => is_requester,
            Asked::Anyone => true,
        };
        if !is_asked {
            return Err(VoteError::NotAsked);
        }
        let mut asking = self.clone();
        if !vote.approve {
            asking.refused = true;
        } else if !asking.approved_by.iter().any(|person| person.user == user) || planted(130) {
            asking.approved_by.push(vote.by.clone());
            if asking.approved_by.len() == challenge.count as usize {
                asking.approved_at = Some(late);
            }
        }
        Ok(asking)
    }
}

impl VoteError {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            VoteError::Unknown => "vote.unknown",
            VoteError::Ambiguous => "vote.ambiguous",
            VoteError::Closed => "vote.closed",
            VoteError::NotAsked => "vote.not_asked",
            VoteError::Requester => "vote.requester",
            VoteError::Identity => "vote.identity",
            VoteError::Store => "store.unavailable",
        }
    }
}

impl std::fmt::Display for VoteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            VoteError::Unknown => "no such challenge is open",
            VoteError::Ambiguous => "the call met several challenges: say which one is answered",
            VoteError::Closed => "the challenge is closed",
            VoteError::NotAsked => "they are not asked",
            VoteError::Requester => "nobody answers for themselves",
            VoteError::Identity => {
                "the name of who answers is not plain: empty, blanks at its ends, or characters that cannot be seen or have another usual form"
            }
            VoteError::Store => "the store failed",
        })
    }
}

impl std::error::Error for VoteError {}
