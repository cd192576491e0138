//! A line of `replay`: a call, an outcome, a vote, an event, usage, or what an operator does. One line in, one answer out.
//!
//! Which kind of line it is, its keys say: one that has `tool` is a call. Everything is read as strictly as calls are.

use std::collections::{BTreeMap, HashMap};

use agentpass_values::Timestamp;

use crate::decision::{Decision, Word};
use crate::gate::Gate;
use crate::jobs::{CloseJob, OpenJob};
use crate::json;
use crate::operate::{Lift, Report, Usage};
use crate::settle::{How, Settlement};
use crate::state::asking::{Person, Vote, VoteError};
use crate::store::StoreError;
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::wire::reader::{Kind, Reader};
use crate::wire::{self, Refusal, Source};

/// The answer to a line.
#[derive(Clone, PartialEq, Debug)]
pub enum Line {
    /// To a call.
    Decision(Box<Decision>),
    /// To anything else that was done.
    Done,
    /// To what could not be read or done.
    Refused(LineError),
}

/// Why a line was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError {
    /// What kind of reason it is.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl LineError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn of_store(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Self::new("store.unavailable", why.clone()),
            StoreError::Full => Self::new("store.full", "the gate keeps as much as it may for this caller"),
            StoreError::Clock => Self::new("clock.step", "the clock stepped; an operator has to confirm it"),
        }
    }
}

impl From<Refusal> for LineError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code, format!("{} (at byte {})", refusal.message, refusal.at))
    }
}

impl From<VoteError> for LineError {
    fn from(error: VoteError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl std::fmt::Display for LineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for LineError {}

impl Line {
    /// The answer as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Line::Decision(decision) => decision.to_json(),
            Line::Done => "{\"ok\":true}".to_owned(),
            Line::Refused(error) => {
                let mut out = String::from("{\"error\":{\"code\":");
                json::text(&mut out, error.code);
                out.push_str(",\"message\":");
                json::text(&mut out, &error.message);
                out.push_str("}}");
                out
            }
        }
    }
}

/// Calls that were allowed by lines and have no outcome yet.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<AllOpen>);

#[derive(Debug, Default)]
struct AllOpen {
    /// In the order in which they were allowed.
    calls: BTreeMap<u64, Open>,
    /// By their decisions.
    numbers: HashMap<String, u64>,
    last: u64,
}

#[derive(Clone, Debug)]
struct Open {
    decision: String,
    call: Option<String>,
}

impl Lines {
    fn opened(&self, decision: &Decision) {
        let open = Open { decision: decision.id.clone(), call: decision.call.clone() };
        let mut all = self.all();
        all.last += 1;
        let number = all.last;
        all.numbers.insert(open.decision.clone(), number);
        all.calls.insert(number, open);
    }

    pub(crate) fn settled(&self, decision: &str) {
        let mut all = self.all();
        if let Some(number) = all.numbers.remove(decision) {
            all.calls.remove(&number);
        }
    }

    pub(crate) fn forget(&self) {
        *self.all() = AllOpen::default();
    }

    /// Those that are open, but for the one that this line settles.
    fn others(&self, of: Option<&str>) -> Vec<String> {
        let other =
            |open: &&Open| of != Some(open.decision.as_str()) && (of.is_none() || of != open.call.as_deref());
        self.all().calls.values().filter(other).map(|open| open.decision.clone()).collect()
    }

    fn all(&self) -> MutexGuard<'_, AllOpen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate {
    /// Answers one line of `replay`.
    #[must_use]
    pub fn line(&self, bytes: &[u8]) -> Line {
        let read = read(self, bytes);
        let settles = match &read {
            Ok(Read::Settle { of, .. }) => Some(of.as_str()),
            _ => None,
        };
        if !self.leaves_open() {
            self.settle_all(settles);
        }
        match read {
            Ok(Read::Call) => {
                let decision = self.decide(Source::Offline, bytes);
                if decision.verdict == Word::Allow && decision.permit.is_some() {
                    self.lines().opened(&decision);
                }
                Line::Decision(Box::new(decision))
            }
            Ok(other) => match self.follow(other) {
                Ok(()) => Line::Done,
                Err(error) => Line::Refused(error),
            },
            // What cannot be read is no line of another kind: it is refused as a call is.
            Err(ReadError::Call) => Line::Decision(Box::new(self.decide(Source::Offline, bytes))),
            Err(ReadError::Line(error)) => Line::Refused(error),
        }
    }

    /// Calls without an outcome count as done.
    pub fn settle_open(&self) {
        self.settle_all(None);
    }

    fn settle_all(&self, but: Option<&str>) {
        for decision in self.lines().others(but) {
            let settlement = Settlement { of: &decision, how: How::Ok, result: None, host: None, at: None };
            // Whatever may fail here, the call is not asked for again.
            let _ = self.settle(&settlement);
            self.lines().settled(&decision);
        }
    }

    fn follow(&self, read: Read) -> Result<(), LineError> {
        match read {
            Read::Call => Ok(()),
            Read::Settle { of, how, result, host, at } => {
                let (result, host) = (result.as_deref(), host.as_deref());
                self.settle(&Settlement { of: &of, how, result, host, at })
            }
            Read::Vote(vote, at) => self.vote_at(&vote, at).map_err(LineError::from),
            Read::Report(report) => self.report(&report),
            Read::Usage(usage) => self.usage(&usage),
            Read::Lift(lift, at) => self.lift_at(&lift, at),
            Read::Suspend(lift, at) => self.suspend_at(&lift, at),
            Read::Open(job) => self.open_job(&job),
            Read::Close(job) => self.close_job(&job),
            Read::Reset => {
                self.reset();
                Ok(())
            }
        }
    }
}

enum Read {
    Call,
    Settle { of: String, how: How, result: Option<String>, host: Option<String>, at: Option<Timestamp> },
    Vote(Vote, Option<Timestamp>),
    Report(Report),
    Usage(Usage),
    Lift(Lift, Option<Timestamp>),
    Suspend(Lift, Option<Timestamp>),
    Open(OpenJob),
    Close(CloseJob),
    Reset,
}

enum ReadError {
    /// It is, or may be meant as, a call: reading it as one says what is wrong.
    Call,
    Line(LineError),
}

/// The keys of a line that is no call.
#[derive(Default)]
struct Fields {
    at: Option<Timestamp>,
    is_call: bool,
    settle: Option<String>,
    outcome: Option<String>,
    result: Option<String>,
    host: Option<String>,
    approve: Option<String>,
    refuse: Option<String>,
    challenge: Option<String>,
    by: Option<Person>,
    event: Option<String>,
    args: Option<String>,
    tenant: Option<String>,
    agent: Option<String>,
    user: Option<String>,
    job: Option<String>,
    usage: Option<Usage>,
    lift: Option<Lift>,
    suspend: Option<Lift>,
    open: Option<OpenJob>,
    close: Option<CloseJob>,
    reset: bool,
    keys: Vec<String>,
}

fn read(gate: &Gate, bytes: &[u8]) -> Result<Read, ReadError> {
    let text = wire::text(bytes, gate.limits()).map_err(|_| ReadError::Call)?;
    let mut fields = Fields::default();
    let mut reader = Reader::new(text, gate.limits());
    let done = reader.object(|reader, key| fields.read(text, reader, key)).and_then(|()| reader.end());
    if let Err(refusal) = done {
        return Err(if fields.is_other() { ReadError::Line(refusal.into()) } else { ReadError::Call });
    }
    if fields.is_call {
        return if fields.is_other() { Err(ReadError::Line(several())) } else { Ok(Read::Call) };
    }
    fields.line()
}

/// The kinds of lines besides calls, by the fields that tell them.
pub const KINDS: [&str; 10] =
    ["settle", "approve", "refuse", "event", "usage", "lift", "suspend", "open", "close", "reset"];

fn several() -> LineError {
    LineError::new("line.ambiguous", "a line does one thing")
}

impl Fields {
    /// What no call has says that none was meant, also where it could not be read.
    fn is_other(&self) -> bool {
        self.keys.iter().any(|key| KINDS.contains(&key.as_str()))
    }

    fn read<'t>(&mut self, text: &'t str, reader: &mut Reader<'t>, key: &str) -> Result<(), Refusal> {
        self.keys.push(key.to_owned());
        match key {
            "at" => {
                let at = text_of(reader, key)?;
                let at = Timestamp::parse(&at);
                self.at = Some(at.map_err(|error| reader.refuse("wire.type", format!("`at` is {error}")))?);
            }
            "tool" => {
                self.is_call = true;
                reader.skip()?;
            }
            "settle" => self.settle = Some(text_of(reader, key)?),
            "outcome" => self.outcome = Some(text_of(reader, key)?),
            "result" => self.result = Some(raw(text, reader)?),
            "host" => self.host = Some(raw(text, reader)?),
            "approve" => self.approve = Some(text_of(reader, key)?),
            "refuse" => self.refuse = Some(text_of(reader, key)?),
            "challenge" => self.challenge = Some(text_of(reader, key)?),
            "by" => self.by = Some(person(reader)?),
            "event" => self.event = Some(text_of(reader, key)?),
            "args" => self.args = Some(raw(text, reader)?),
            "tenant" => self.tenant = Some(text_of(reader, key)?),
            "agent" => self.agent = Some(text_of(reader, key)?),
            "user" => self.user = Some(text_of(reader, key)?),
            // Of a call it may be an object; calls read it themselves.
            "job" if reader.kind()? == Kind::String => self.job = Some(text_of(reader, key)?),
            "usage" => self.usage = Some(usage(text, reader)?),
            "lift" => self.lift = Some(lift(reader)?),
            "suspend" => self.suspend = Some(lift(reader)?),
            "open" => self.open = Some(open(reader)?),
            "close" => self.close = Some(close(reader)?),
            "reset" => {
                self.reset = reader.kind()? == Kind::Bool && reader.boolean()?;
                if !self.reset {
                    return Err(reader.refuse("wire.type", "`reset` is not true"));
                }
            }
            // Fields of calls, and those that nobody knows: what a line may have is looked at when its kind is known.
            _ => reader.skip()?,
        }
        Ok(())
    }

    fn line(self) -> Result<Read, ReadError> {
        let own: &[&str] = if self.settle.is_some() {
            &["at", "settle", "outcome", "result", "host"]
        } else if self.approve.is_some() {
            &["at", "approve", "challenge", "by"]
        } else if self.refuse.is_some() {
            &["at", "refuse", "challenge", "by"]
        } else if self.event.is_some() {
            &["at", "event", "args", "tenant", "agent", "user", "job"]
        } else if self.usage.is_some() {
            &["at", "usage"]
        } else if self.lift.is_some() {
            &["at", "lift"]
        } else if self.suspend.is_some() {
            &["at", "suspend"]
        } else if self.open.is_some() {
            &["at", "open"]
        } else if self.close.is_some() {
            &["at", "close"]
        } else if self.reset {
            &["at", "reset"]
        } else {
            return Err(ReadError::Call);
        };
        if let Some(other) = self.keys.iter().find(|key| !own.contains(&key.as_str())) {
            let shown = agentpass_values::escape::shown(other);
            let message = format!("this line has no field `{shown}`");
            return Err(ReadError::Line(LineError::new("wire.unknown_field", message)));
        }
        self.one().map_err(ReadError::Line)
    }

    fn one(self) -> Result<Read, LineError> {
        let at = self.at;
        let missing = |name: &str| LineError::new("line.missing", format!("`{name}` is missing"));
        if let Some(of) = self.settle {
            let word = self.outcome.ok_or_else(|| missing("outcome"))?;
            let how = How::named(&word).ok_or_else(|| {
                LineError::new("line.outcome", "`outcome` is one of `ok`, `error`, `not_sent`, `unknown`")
            })?;
            return Ok(Read::Settle { of, how, result: self.result, host: self.host, at });
        }
        let approve = self.approve.is_some();
        if let Some(on) = self.approve.or(self.refuse) {
            let by = self.by.ok_or_else(|| missing("by"))?;
            return Ok(Read::Vote(Vote { on, challenge: self.challenge, by, approve }, at));
        }
        if let Some(name) = self.event {
            return Ok(Read::Report(Report {
                event: name,
                args: self.args,
                tenant: self.tenant,
                agent: self.agent,
                user: self.user,
                job: self.job,
                at,
            }));
        }
        if let Some(mut usage) = self.usage {
            usage.at = at;
            return Ok(Read::Usage(usage));
        }
        if let Some(lift) = self.lift {
            return Ok(Read::Lift(lift, at));
        }
        if let Some(suspend) = self.suspend {
            return Ok(Read::Suspend(suspend, at));
        }
        if let Some(mut open) = self.open {
            open.at = at;
            return Ok(Read::Open(open));
        }
        if let Some(mut close) = self.close {
            close.at = at;
            return Ok(Read::Close(close));
        }
        Ok(Read::Reset)
    }
}

fn text_of(reader: &mut Reader<'_>, name: &str) -> Result<String, Refusal> {
    reader.field_text(name).map(std::borrow::Cow::into_owned)
}

/// The text of a value, read in passing.
fn raw<'t>(text: &'t str, reader: &mut Reader<'t>) -> Result<String, Refusal> {
    let from = reader.position();
    reader.skip()?;
    Ok(text.get(from..reader.position()).unwrap_or("").trim_end().to_owned())
}

fn person(reader: &mut Reader<'_>) -> Result<Person, Refusal> {
    let (mut user, mut groups) = (None, Vec::new());
    reader.object(|reader, key| {
        match &**key {
            "user" => user = Some(text_of(reader, key)?),
            "groups" => reader.array(|reader| {
                groups.push(text_of(reader, "groups")?);
                Ok(())
            })?,
            other => return Err(unknown(reader, other)),
        }
        Ok(())
    })?;
    let user = user
        .filter(|user| !user.is_empty())
        .ok_or_else(|| reader.refuse("wire.type", "`by` names no user"))?;
    Ok(Person { user, groups })
}

fn unknown(reader: &Reader<'_>, key: &str) -> Refusal {
    let shown = agentpass_values::escape::shown(key);
    reader.refuse("wire.unknown_field", format!("there is no field `{shown}` here"))
}

fn usage<'t>(text: &'t str, reader: &mut Reader<'t>) -> Result<Usage, Refusal> {
    let mut usage = Usage::default();
    let mut host = String::from("{");
    reader.object(|reader, key| {
        match &**key {
            "job" => usage.job = Some(text_of(reader, key)?),
            "tenant" => usage.tenant = Some(text_of(reader, key)?),
            "agent" => usage.agent = Some(text_of(reader, key)?),
            "user" => usage.user = Some(text_of(reader, key)?),
            other => {
                if host.len() > 1 {
                    host.push(',');
                }
                json::text(&mut host, other);
                host.push(':');
                host.push_str(&raw(text, reader)?);
            }
        }
        Ok(())
    })?;
    host.push('}');
    usage.host = host;
    Ok(usage)
}

fn lift(reader: &mut Reader<'_>) -> Result<Lift, Refusal> {
    if reader.kind()? == Kind::String {
        return match text_of(reader, "lift")?.as_str() {
            "gate" => Ok(Lift::Gate),
            "clock" => Ok(Lift::Clock),
            _ => Err(reader.refuse(
                "wire.type",
                "expected `gate`, `clock`, or an object that names a job, agent or tool",
            )),
        };
    }
    let (mut tenant, mut what) = (None, None);
    reader.object(|reader, key| {
        match &**key {
            "tenant" => tenant = Some(text_of(reader, key)?),
            "job" => what = Some(Lift::Job(None, text_of(reader, key)?)),
            "agent" => what = Some(Lift::Agent(None, text_of(reader, key)?)),
            "tool" => what = Some(Lift::Tool(text_of(reader, key)?)),
            "gate" | "clock" => {
                if reader.kind()? != Kind::Bool || !reader.boolean()? {
                    return Err(reader.refuse("wire.type", "expected `true`"));
                }
                what = Some(if key == "gate" { Lift::Gate } else { Lift::Clock });
            }
            other => return Err(unknown(reader, other)),
        }
        Ok(())
    })?;
    match what {
        Some(Lift::Job(_, job)) => Ok(Lift::Job(tenant, job)),
        Some(Lift::Agent(_, agent)) => Ok(Lift::Agent(tenant, agent)),
        Some(other) => Ok(other),
        None => Err(reader.refuse("wire.type", "it names no job, agent, tool or gate")),
    }
}

fn open(reader: &mut Reader<'_>) -> Result<OpenJob, Refusal> {
    let mut job = OpenJob::default();
    reader.object(|reader, key| {
        match &**key {
            "job" => job.id = text_of(reader, key)?,
            "tenant" => job.tenant = Some(text_of(reader, key)?),
            "agent" => job.agent = Some(text_of(reader, key)?),
            "user" => job.user = Some(text_of(reader, key)?),
            "parent" => job.parent = Some(text_of(reader, key)?),
            other => return Err(unknown(reader, other)),
        }
        Ok(())
    })?;
    if job.id.is_empty() {
        return Err(reader.refuse("wire.type", "`open` names no job"));
    }
    Ok(job)
}

fn close(reader: &mut Reader<'_>) -> Result<CloseJob, Refusal> {
    let mut job = CloseJob::default();
    reader.object(|reader, key| {
        match &**key {
            "job" => job.id = text_of(reader, key)?,
            "tenant" => job.tenant = Some(text_of(reader, key)?),
            other => return Err(unknown(reader, other)),
        }
        Ok(())
    })?;
    if job.id.is_empty() {
        return Err(reader.refuse("wire.type", "`close` names no job"));
    }
    Ok(job)
}
