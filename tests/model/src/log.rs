//! What has happened: everything, for ever, in a row. Nothing here is ever summed up.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::{Answer, Millis, Stop};
use crate::step::{Call, Figures, How, Who};

/// When something happened. The order is that of the steps; both readings of the clock are kept (semantics 25).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stamp {
    /// The number of the step.
    pub step: u64,
    /// What the clock said.
    pub early: Millis,
    /// The latest that it ever said.
    pub late: Millis,
}

/// The outcome.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Verdict {
    #[default]
    Allow,
    Replay,
    Challenge,
    Deny,
}

/// The decision of a call.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decided {
    /// The outcome.
    pub verdict: Verdict,
    /// Codes with rules.
    pub reasons: BTreeSet<(String, Option<String>)>,
    /// Bounds that warn.
    pub warnings: BTreeSet<String>,
    /// Names of what has to be approved, with the number of the question.
    pub asks: Vec<(String, usize)>,
    /// What is left, by limit: calls, tokens, cents, milliseconds.
    pub left: BTreeMap<String, i64>,
    /// When there is room again, in nanoseconds since 1970.
    pub room_at: Option<i64>,
    /// Of a replay: what the first call returned.
    pub result: Option<Answer>,
    /// Whether it was decided before, under the same id.
    pub again: bool,
}

/// A call that was judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// When.
    pub at: Stamp,
    /// The call.
    pub call: Call,
    /// How it was decided.
    pub decided: Decided,
    /// Whether it came as far as the rules: no suspension, and no other's job, stood in its way.
    pub attempted: bool,
    /// Its job and those above it.
    pub jobs: Vec<String>,
    /// Whether its job had made the same call before.
    pub is_retry: bool,
    /// Sources and labels that it adds to its job.
    pub labels: Vec<(String, String)>,
    /// The questions that held it up.
    pub met: Vec<usize>,
    /// How it ended.
    pub end: Option<End>,
    /// How it ended after all, where nobody knew that at first.
    pub corrected: Option<End>,
    /// Whether its decision is that of its id; one that came where another stood already is not.
    pub stands: bool,
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// When it was said.
    pub at: Stamp,
    /// How.
    pub how: How,
    /// What it returned.
    pub result: Option<Answer>,
    /// What it came to.
    pub host: Option<Figures>,
}

/// What the host has reported.
#[derive(Clone, Debug)]
pub struct Reported {
    /// When.
    pub at: Stamp,
    /// `E0` or `E1`.
    pub kind: usize,
    /// Its argument.
    pub a: String,
    /// Whom it concerns.
    pub who: Who,
}

/// What was spent between calls.
#[derive(Clone, Debug)]
pub struct Spent {
    /// When.
    pub at: Stamp,
    /// By whom.
    pub who: Who,
    /// The job and those above it.
    pub jobs: Vec<String>,
    /// How much.
    pub figures: Figures,
}

/// A step of a limit that was lifted, or has spoken.
#[derive(Clone, Debug)]
pub struct Mark {
    /// When.
    pub at: Stamp,
    /// Of which limit.
    pub limit: usize,
    /// Of which bound.
    pub bound: usize,
    /// Of which budget.
    pub key: Vec<String>,
}

/// A question to people.
#[derive(Clone, Debug)]
pub struct Asked {
    /// When it was asked first.
    pub at: Stamp,
    /// The number of the challenge.
    pub challenge: usize,
    /// About what.
    pub about: About,
    /// For whom it was asked first.
    pub requester: Who,
    /// What was answered.
    pub votes: Vec<Voted>,
    /// When an approval was used.
    pub used: Option<Stamp>,
}

/// What a question is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// A call: its digest, principals, job and the job's labels.
    Call {
        /// The tool and its arguments.
        digest: String,
        /// The principals and the job.
        who: Who,
        /// What the job carries.
        labels: BTreeSet<(String, String)>,
    },
    /// A step of a limit.
    Step {
        /// The limit.
        limit: usize,
        /// The bound.
        bound: usize,
        /// The budget.
        key: Vec<String>,
        /// The unit of the calendar, where the window is one.
        unit: Option<i64>,
    },
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Voted {
    /// When.
    pub at: Stamp,
    /// By whom.
    pub by: String,
    /// Yes.
    pub approve: bool,
}

/// A job that a host has opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// When.
    pub at: Stamp,
    /// Whose, and its name.
    pub who: Who,
    /// The job above it.
    pub parent: Option<String>,
}

/// Somebody or something was stopped, or may go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switched {
    /// What kind of thing.
    pub stop: Stop,
    /// The tenant of a job or an agent.
    pub tenant: Option<String>,
    /// Its name.
    pub name: String,
    /// Stopped.
    pub on: bool,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Calls, in the order in which they came.
    pub calls: Vec<Judged>,
    /// Events.
    pub events: Vec<Reported>,
    /// Usage between calls.
    pub spent: Vec<Spent>,
    /// Steps of limits that were lifted or have spoken.
    pub marks: Vec<Mark>,
    /// Questions.
    pub asked: Vec<Asked>,
    /// Jobs that hosts opened.
    pub opened: Vec<Opened>,
    /// Jobs that hosts closed: of which tenant, and their names.
    pub closed: Vec<(Option<String>, String)>,
    /// Switches.
    pub switched: Vec<Switched>,
}

impl Judged {
    /// True where it was allowed, and so has started.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.decided.verdict == Verdict::Allow
    }

    /// True where it started and nobody has said how it ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_started() && self.end.is_none()
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn how(&self) -> Option<How> {
        self.known_end().map(|end| end.how)
    }

    /// The last that is known of its end.
    #[must_use]
    pub fn known_end(&self) -> Option<End> {
        self.corrected.or(self.end)
    }

    /// True where nobody knows how it ended, and it can still be said.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.corrected.is_none() && self.how() == Some(How::Unknown)
    }
}

/// What stands for the tool and all arguments.
#[must_use]
pub fn digest(call: &Call) -> String {
    format!("{} {:?}", call.tool, call.args)
}
