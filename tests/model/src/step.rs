//! What happens to a gate: calls, outcomes, votes, events, and what operators do.

use std::fmt::Write;

use crate::contract::{Answer, Contract, Kind, Millis, Stop};

/// The moment from which steps count: 2026-11-23T10:00:00Z, a Monday, in milliseconds since 1970.
pub const START: Millis = 1_795_428_000_000;

/// A step and when it happens, in milliseconds since [`START`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timed {
    /// When, by the clock of the gate, which may run backwards.
    pub at: Millis,
    /// What.
    pub step: Step,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A call is proposed.
    Call(Call),
    /// A call ended.
    Settle(Settle),
    /// Somebody is for or against.
    Vote(Vote),
    /// The host reports something.
    Event(Event),
    /// Tokens and money were spent between calls.
    Usage(Who, Figures),
    /// Somebody or something is stopped.
    Suspend(Target),
    /// … and may go on.
    Lift(Target),
    /// A host opens a job, maybe below another one.
    Open(Who, Option<String>),
    /// A host closes a job of a tenant.
    Close(Option<String>, String),
    /// Somebody joins or leaves a group.
    Member(String, String, bool),
    /// Everything is forgotten.
    Reset,
}

/// For whom something happens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[allow(missing_docs, reason = "the words of the language")]
pub struct Who {
    pub tenant: Option<String>,
    pub agent: Option<String>,
    pub user: Option<String>,
    pub job: Option<String>,
}

/// A call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The number of its tool.
    pub tool: usize,
    /// By whom.
    pub who: Who,
    /// What it is called with.
    pub args: Args,
    /// What the host says of it.
    pub host: Option<Figures>,
}

/// The arguments of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "names of parameters")]
pub struct Args {
    pub a: String,
    pub l: Vec<String>,
    pub k: Kind,
    pub n: i64,
    pub m: i64,
}

/// What the host counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub struct Figures {
    pub tokens: i64,
    pub cost: i64,
}

/// How a call ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settle {
    /// The id of the call.
    pub call: String,
    /// How.
    pub how: How,
    /// What it returned as `s`.
    pub result: Option<Answer>,
    /// What it came to.
    pub host: Option<Figures>,
}

/// How a call can end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum How {
    Ok,
    Error,
    NotSent,
    Unknown,
}

/// A vote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vote {
    /// The id of the call that is held up.
    pub call: String,
    /// On which of its challenges, where that is said.
    pub challenge: Option<String>,
    /// Who votes.
    pub by: String,
    /// The groups of whoever votes.
    pub groups: Vec<String>,
    /// For it.
    pub approve: bool,
}

/// What a host reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// `E0` or `E1`.
    pub kind: usize,
    /// Its argument.
    pub a: String,
    /// Whom it concerns; whoever is not named, all.
    pub who: Who,
}

/// Whom or what an operator stops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// What kind of thing.
    pub stop: Stop,
    /// The tenant of a job or an agent.
    pub tenant: Option<String>,
    /// The name of a job or an agent.
    pub name: String,
}

impl Timed {
    /// The step as a line of `replay`. A member of a group is none: the directory of the host knows.
    #[must_use]
    pub fn line(&self, contract: &Contract) -> Option<String> {
        let mut out = format!("{{\"at\":\"{}\"", moment(self.at));
        // Writing to a string never fails.
        let _ = match &self.step {
            Step::Call(call) => write!(
                out,
                ",\"id\":\"{}\",\"tool\":\"{}\"{},\"args\":{{\"a\":\"{}\",\"l\":{:?},\"k\":\"{}\",\"n\":{},\"m\":{}}}{}",
                call.id,
                contract.tools.get(call.tool).map_or("nothing", |tool| &tool.name),
                named(&call.who),
                call.args.a,
                call.args.l,
                call.args.k.word(),
                call.args.n,
                call.args.m,
                figures(call.host),
            ),
            Step::Settle(settle) => write!(
                out,
                ",\"settle\":\"{}\",\"outcome\":\"{}\"{}{}",
                settle.call,
                settle.how.word(),
                settle.result.map(|s| format!(",\"result\":{{\"s\":\"{}\"}}", s.word())).unwrap_or_default(),
                figures(settle.host),
            ),
            Step::Vote(vote) => write!(
                out,
                ",\"{}\":\"{}\"{},\"by\":{{\"user\":\"{}\",\"groups\":{:?}}}",
                if vote.approve { "approve" } else { "refuse" },
                vote.call,
                vote.challenge.as_ref().map(|name| format!(",\"challenge\":\"{name}\"")).unwrap_or_default(),
                vote.by,
                vote.groups,
            ),
            Step::Event(event) => write!(
                out,
                ",\"event\":\"E{}\",\"args\":{{\"a\":\"{}\"}}{}",
                event.kind,
                event.a,
                named(&event.who)
            ),
            Step::Usage(who, spent) => {
                let who = named(who);
                write!(
                    out,
                    ",\"usage\":{{{}{}\"tokens\":{},\"cost\":{}}}",
                    who.trim_start_matches(','),
                    if who.is_empty() { "" } else { "," },
                    spent.tokens,
                    spent.cost
                )
            }
            Step::Suspend(target) => write!(out, ",\"suspend\":{}", target.json()),
            Step::Lift(target) => write!(out, ",\"lift\":{}", target.json()),
            Step::Open(who, parent) => write!(
                out,
                ",\"open\":{{{}{}}}",
                named(who).trim_start_matches(','),
                parent.as_ref().map(|parent| format!(",\"parent\":\"{parent}\"")).unwrap_or_default(),
            ),
            Step::Close(tenant, job) => write!(
                out,
                ",\"close\":{{\"job\":\"{job}\"{}}}",
                tenant.as_ref().map(|tenant| format!(",\"tenant\":\"{tenant}\"")).unwrap_or_default(),
            ),
            Step::Member(..) => return None,
            Step::Reset => write!(out, ",\"reset\":true"),
        };
        out.push('}');
        Some(out)
    }
}

impl Target {
    fn json(&self) -> String {
        let tenant =
            self.tenant.as_ref().map(|tenant| format!(",\"tenant\":\"{tenant}\"")).unwrap_or_default();
        match self.stop {
            Stop::Job => format!("{{\"job\":\"{}\"{tenant}}}", self.name),
            Stop::Agent => format!("{{\"agent\":\"{}\"{tenant}}}", self.name),
            Stop::Tool => format!("{{\"tool\":\"{}\"}}", self.name),
            Stop::Gate => "\"gate\"".to_owned(),
        }
    }
}

impl How {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            How::Ok => "ok",
            How::Error => "error",
            How::NotSent => "not_sent",
            How::Unknown => "unknown",
        }
    }
}

impl Kind {
    /// The value.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::P => "p",
            Kind::Q => "q",
        }
    }
}

impl Answer {
    /// The value.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Answer::X => "x",
            Answer::Y => "y",
            Answer::Misfit => "z",
        }
    }
}

fn named(who: &Who) -> String {
    let one = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!(",\"{name}\":\"{value}\"")).unwrap_or_default()
    };
    [one("tenant", &who.tenant), one("agent", &who.agent), one("user", &who.user), one("job", &who.job)]
        .concat()
}

fn figures(of: Option<Figures>) -> String {
    of.map(|of| format!(",\"host\":{{\"tokens\":{},\"cost\":{}}}", of.tokens, of.cost)).unwrap_or_default()
}

/// A moment as it is written: the steps play within some weeks after [`START`].
#[must_use]
pub fn moment(at: Millis) -> String {
    let all = START + at;
    let (year, month, day) = crate::calendar::date(all.div_euclid(86_400_000));
    let rest = all.rem_euclid(86_400_000);
    let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", rest % 1000)
}
