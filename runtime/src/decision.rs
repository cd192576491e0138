//! What a gate says about a call.

use std::fmt::Write;
use std::sync::Arc;

use agentpass_ir::Asked;
use agentpass_values::{Duration, Money, Timestamp};

use crate::digest::{Digest, hex};
use crate::json;

/// The outcome, strongest last: the strongest that anything asks for decides (semantics 2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Word {
    Allow,
    Replay,
    Challenge,
    Deny,
}

impl Word {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Word::Allow => "allow",
            Word::Replay => "replay",
            Word::Challenge => "challenge",
            Word::Deny => "deny",
        }
    }
}

/// A decision with its grounds.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The outcome.
    pub verdict: Word,
    /// Its id.
    pub id: String,
    /// The id of the call, if it had one.
    pub call: Option<String>,
    /// The store's time.
    pub at: Timestamp,
    /// Why, in source order.
    pub reasons: Vec<Reason>,
    /// What the call is told though it is allowed: soft thresholds that it has passed.
    pub warnings: Vec<Reason>,
    /// Whom to ask.
    pub challenges: Vec<Ask>,
    /// What is left of the limits that the call counts against.
    pub remaining: Vec<Remaining>,
    /// When the same call would have room again, where nothing but limits stands in its way.
    pub retry_after: Option<Timestamp>,
    /// What the same call returned when it ran, as JSON; of a replay.
    pub result: Option<Box<str>>,
    /// The contract.
    pub contract: Arc<ContractRef>,
    /// The number under which the call's outcome is settled, where it was allowed.
    pub permit: Option<u64>,
    /// It was decided before, under the id of the call: this is that decision once more, and no leave to make the call again.
    pub repeated: bool,
    /// Every clause that the call met, in source order; empty unless the gate was asked to explain itself.
    pub met: Vec<Met>,
}

/// A clause that a call met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Met {
    /// The rule, limit or key.
    pub id: String,
    /// What kind of clause it is.
    pub kind: &'static str,
    /// Where it stands.
    pub place: Option<Place>,
    /// Whether it applies: a truth in a word.
    pub applies: &'static str,
    /// What its condition came to: a truth in a word, or nothing.
    pub holds: &'static str,
    /// What it read, by name.
    pub saw: Vec<(String, String)>,
    /// What follows.
    pub outcome: &'static str,
}

/// The contract that decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContractRef {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its digest.
    pub digest: Digest,
}

/// One reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// What kind of reason it is.
    pub code: &'static str,
    /// The rule or limit.
    pub rule: Option<String>,
    /// What may be shown to a model.
    pub message: String,
    /// What is kept for the auditor alone. It is not part of the JSON that goes back to the agent.
    pub audit: Option<String>,
    /// Where the rule stands.
    pub place: Option<Place>,
}

/// A place in a contract.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<str>,
    /// Byte offset, by which reasons are sorted.
    pub start: u32,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// A challenge that stands in the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many people.
    pub count: u32,
    /// Who.
    pub who: Asked,
    /// Digest of what is approved.
    pub digest: Digest,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// What those who are asked are shown, by name.
    pub shows: Vec<(String, String)>,
}

/// What is left of one bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remaining {
    /// The limit and its meter: `job.calls`.
    pub limit: Arc<str>,
    /// How much.
    pub left: Left,
}

/// A rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// Calls.
    Count(i128),
    /// Money.
    Money(Money),
    /// Time.
    Time(Duration),
}

impl Decision {
    /// The decision as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"decision\":");
        json::text(&mut out, self.verdict.word());
        out.push_str(",\"id\":");
        json::text(&mut out, &self.id);
        out.push_str(",\"call\":");
        json::optional(&mut out, self.call.as_deref());
        // Writing to a string never fails.
        let _ = write!(out, ",\"at\":\"{}\",\"reasons\":", self.at);
        json::list(&mut out, &self.reasons, reason);
        if !self.warnings.is_empty() {
            out.push_str(",\"warnings\":");
            json::list(&mut out, &self.warnings, reason);
        }
        out.push_str(",\"challenges\":");
        json::list(&mut out, &self.challenges, ask);
        out.push_str(",\"remaining\":");
        json::list(&mut out, &self.remaining, |out, remaining| {
            out.push_str("{\"limit\":");
            json::text(out, &remaining.limit);
            out.push_str(",\"left\":");
            match remaining.left {
                Left::Count(left) => {
                    let _ = write!(out, "{left}");
                }
                Left::Money(left) => json::text(out, &left.to_string()),
                Left::Time(left) => json::text(out, &left.to_string()),
            }
            out.push('}');
        });
        let retry = self.retry_after.map(|at| at.to_string());
        out.push_str(",\"retry_after\":");
        json::optional(&mut out, retry.as_deref());
        if self.repeated {
            out.push_str(",\"repeated\":true");
        }
        if self.verdict == Word::Replay {
            // It was read as JSON when it was recorded.
            let _ = write!(out, ",\"result\":{}", self.result.as_deref().unwrap_or("null"));
        }
        out.push_str(",\"contract\":{\"name\":");
        json::text(&mut out, &self.contract.name);
        out.push_str(",\"version\":");
        json::optional(&mut out, self.contract.version.as_deref());
        let _ = write!(out, ",\"digest\":\"sha256:{}\"}}}}", hex(&self.contract.digest));
        out
    }
}

fn reason(out: &mut String, reason: &Reason) {
    out.push_str("{\"code\":");
    json::text(out, reason.code);
    out.push_str(",\"rule\":");
    json::optional(out, reason.rule.as_deref());
    out.push_str(",\"message\":");
    json::text(out, &reason.message);
    out.push_str(",\"source\":");
    match &reason.place {
        Some(place) => {
            out.push_str("{\"file\":");
            json::text(out, &place.file);
            let _ = write!(out, ",\"line\":{},\"column\":{}}}", place.line, place.column);
        }
        None => out.push_str("null"),
    }
    out.push('}');
}

fn ask(out: &mut String, ask: &Ask) {
    out.push_str("{\"id\":");
    json::text(out, &ask.id);
    out.push_str(",\"name\":");
    json::text(out, &ask.name);
    out.push_str(",\"ask\":{");
    match &ask.who {
        Asked::Groups(groups) => match groups.as_slice() {
            [group] => {
                out.push_str("\"group\":");
                json::text(out, group);
            }
            groups => {
                out.push_str("\"groups\":");
                json::list(out, groups, |out, group| json::text(out, group));
            }
        },
        Asked::User => out.push_str("\"user\":true"),
        Asked::Anyone => out.push_str("\"anyone\":true"),
    }
    if ask.count > 1 {
        let _ = write!(out, ",\"count\":{}", ask.count);
    }
    let _ = write!(out, "}},\"digest\":\"sha256:{}\",\"expires_at\":", hex(&ask.digest));
    let expires = ask.expires_at.map(|at| at.to_string());
    json::optional(out, expires.as_deref());
    out.push_str(",\"shows\":{");
    for (at, (name, value)) in ask.shows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        json::text(out, name);
        out.push(':');
        json::text(out, value);
    }
    out.push_str("}}");
}
