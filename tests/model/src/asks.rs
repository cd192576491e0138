//! Challenges: who is asked, and whose answer is there (semantics 28 to 30).

use std::collections::BTreeSet;

use crate::calendar::unit;
use crate::contract::{Challenge, Who as Asks, Window};
use crate::judge::Found;
use crate::log::{About, Asked, Judged, Mark, Stamp, Voted, digest};
use crate::model::Model;
use crate::step::Vote;

/// Something that people are asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The number of the challenge.
    pub challenge: usize,
    /// About what.
    pub about: About,
}

impl Question {
    /// About a call: bound to the tool, every argument, the principals, the job, and what that carries.
    #[must_use]
    pub fn call(challenge: usize, judged: &Judged, labels: BTreeSet<(String, String)>) -> Question {
        let about = About::Call { digest: digest(&judged.call), who: judged.call.who.clone(), labels };
        Question { challenge, about }
    }

    /// The same call, or the same step, whatever has changed around it: only one question about it is open.
    fn is_beside(&self, asked: &Asked) -> bool {
        self.challenge == asked.challenge
            && match (&self.about, &asked.about) {
                (About::Call { digest, who, .. }, About::Call { digest: other, who: others, .. }) => {
                    digest == other && who == others
                }
                (
                    About::Step { limit, bound, key, .. },
                    About::Step { limit: other_limit, bound: other_bound, key: other_key, .. },
                ) => limit == other_limit && bound == other_bound && key == other_key,
                _ => false,
            }
    }
}

impl Model {
    /// Looks for the answers to what is asked: an approval lifts the question, a refusal denies.
    pub(crate) fn answers(&self, _judged: &Judged, found: &mut Found, lifted: &mut Vec<usize>) {
        let mut open = Vec::new();
        for (question, rule) in std::mem::take(&mut found.asks) {
            match self.current(&question) {
                Some(number) if self.is_refused(number) => found.deny("challenge.refused", None),
                Some(number) if self.is_approved(number) => lifted.push(number),
                _ => open.push((question, rule)),
            }
        }
        found.asks = open;
    }

    /// Asks what is open, each question once.
    pub(crate) fn ask(&mut self, judged: &mut Judged, found: &Found) {
        for (question, _) in &found.asks {
            let number = self.current(question).unwrap_or_else(|| {
                self.log.asked.push(Asked {
                    at: self.now,
                    challenge: question.challenge,
                    about: question.about.clone(),
                    requester: judged.call.who.clone(),
                    votes: Vec::new(),
                    used: None,
                });
                self.log.asked.len() - 1
            });
            if !judged.met.contains(&number) {
                judged.met.push(number);
                let name = self.contract.challenges.get(question.challenge).map(|it| it.name.clone());
                judged.decided.asks.push((name.unwrap_or_default(), number));
            }
        }
    }

    /// An approval is used up where the call is allowed, unless it may be used again; that of a step lifts the step.
    pub(crate) fn use_up(&mut self, lifted: &[usize]) {
        let now = self.now;
        for number in lifted {
            let Some(asked) = self.log.asked.get_mut(*number) else { continue };
            let reusable =
                self.contract.challenges.get(asked.challenge).is_some_and(|it| it.reusable.is_some());
            if let About::Step { limit, bound, key, .. } = &asked.about {
                self.log.marks.push(Mark { at: now, limit: *limit, bound: *bound, key: key.clone() });
                asked.used = Some(now);
            } else if !reusable {
                asked.used = Some(now);
            }
        }
    }

    /// The question that is open, or answered, about that.
    fn current(&self, question: &Question) -> Option<usize> {
        let number = self.log.asked.iter().rposition(|asked| question.is_beside(asked))?;
        let asked = self.log.asked.get(number)?;
        let same = asked.used.is_none() && asked.about == question.about && !self.is_over(asked);
        same.then_some(number)
    }

    /// True where it was neither used up nor asked anew.
    pub(crate) fn is_current(&self, number: usize) -> bool {
        let Some(asked) = self.log.asked.get(number) else { return false };
        let question = Question { challenge: asked.challenge, about: asked.about.clone() };
        asked.used.is_none() && self.log.asked.iter().rposition(|it| question.is_beside(it)) == Some(number)
    }

    fn declared(&self, asked: &Asked) -> Option<&Challenge> {
        self.contract.challenges.get(asked.challenge)
    }

    /// Questions expire by the later reading of the clock (semantics 25).
    fn is_over(&self, asked: &Asked) -> bool {
        let Some(challenge) = self.declared(asked) else { return true };
        let refused = asked.votes.iter().any(|vote| !vote.approve);
        match (enough(challenge, asked), challenge.reusable) {
            (Some(at), Some(length)) if !refused => self.now.late > at.late + length,
            _ => challenge.expires.is_some_and(|length| self.now.late > asked.at.late + length),
        }
    }

    fn is_refused(&self, number: usize) -> bool {
        self.log.asked.get(number).is_some_and(|asked| asked.votes.iter().any(|vote| !vote.approve))
    }

    /// Enough people said yes, and still belong to those who are asked.
    fn is_approved(&self, number: usize) -> bool {
        let Some(asked) = self.log.asked.get(number) else { return false };
        let Some(challenge) = self.declared(asked) else { return false };
        let still = |who: &&String| match &challenge.who {
            Asks::Group(group) => self.members.contains(&((*who).clone(), group.clone())),
            Asks::User | Asks::Anyone => true,
        };
        people(&asked.votes).iter().filter(still).count() >= challenge.count
    }

    /// Why a vote does not count.
    pub(crate) fn objection(&self, number: usize, vote: &Vote) -> Option<&'static str> {
        let asked = self.log.asked.get(number)?;
        let challenge = self.declared(asked)?;
        if self.is_refused(number) || self.is_over(asked) {
            return Some("vote.closed");
        }
        let requester = &asked.requester;
        let is_user = requester.user.as_ref() == Some(&vote.by);
        // Where nobody knows who asks, nobody can be told apart from them.
        if challenge.not_user && (is_user || requester.user.is_none()) {
            return Some("vote.requester");
        }
        if challenge.not_agent && requester.agent.as_ref().is_none_or(|agent| *agent == vote.by) {
            return Some("vote.requester");
        }
        let is_asked = match &challenge.who {
            Asks::Group(group) => vote.groups.contains(group),
            Asks::User => is_user,
            Asks::Anyone => true,
        };
        (!is_asked).then_some("vote.not_asked")
    }

    /// True where a step was lifted, or has spoken, and that still holds.
    pub(crate) fn is_marked(&self, limit: usize, bound: usize, key: &[String]) -> bool {
        let Some(window) = self.contract.limits.get(limit).map(|limit| limit.window) else { return false };
        let now = self.now.late;
        let holds = |mark: &Mark| match window {
            Window::Lifetime => true,
            Window::Rolling(length) => now <= mark.at.late + length,
            Window::Calendar(of, zone) => unit(now, of, zone) == unit(mark.at.late, of, zone),
        };
        let own = |mark: &&Mark| mark.limit == limit && mark.bound == bound && mark.key == key;
        self.log.marks.iter().filter(own).any(holds)
    }
}

/// The distinct people who said yes.
fn people(votes: &[Voted]) -> BTreeSet<String> {
    votes.iter().filter(|vote| vote.approve).map(|vote| vote.by.clone()).collect()
}

/// When so many people had said yes as are needed.
fn enough(challenge: &Challenge, asked: &Asked) -> Option<Stamp> {
    (1..=asked.votes.len()).find_map(|so_far| {
        let votes = asked.votes.get(..so_far)?;
        (people(votes).len() >= challenge.count).then(|| votes.last().map(|vote| vote.at))?
    })
}
