//! The gate inside of an application: a check before each call, and its outcome after it.
//!
//! ```
//! # use agentpass_runtime::{Call, Caller, Contract, Gate, Outcome, Store, Verdict};
//! # fn refund(_: &str) -> Result<String, std::io::Error> { Ok("{}".to_owned()) }
//! # fn run(bytes: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
//! let contract = Contract::from_bundle(bytes)?; // made by `agentpassc build`
//! let gate = Gate::builder(contract).store(Store::memory()).build()?;
//!
//! // Who calls is what the host has authenticated; the agent has no say in it.
//! let caller = Caller { agent: Some("support-agent".into()), user: Some("u-17".into()), ..Caller::default() };
//! let call = Call::new("stripe.refund", r#"{"payment": "pi_1", "customer_id": "c1", "amount": 1200}"#);
//!
//! match gate.check(&caller, &call)? {
//!     Verdict::Allow(permit) => {
//!         let result = refund(&permit.arguments())?;
//!         permit.commit(Outcome::ok(&result))?;
//!         Ok(result)
//!     }
//!     Verdict::Replay(result) => Ok(result),
//!     Verdict::Challenge(asks) => Err(asks.into()),
//!     Verdict::Deny(denial) => Err(denial.into()),
//! }
//! # }
//! # assert!(run(b"no bundle").is_err());
//! ```
//!
//! Three programs in `runtime/examples` are a whole application each: `tool_loop`, `async_loop` and `threads`. Run one with
//! `cargo run -p agentpass-runtime --example tool_loop`.

use std::fmt;
use std::sync::Arc;

use crate::decision::{Decision, Word};
use crate::frame;
use crate::gate::Gate;
use crate::json;
use crate::line::LineError;
use crate::settle::{How, Settlement};
use crate::wire::reader::Reader;
use crate::wire::{self, Caller, Source};

/// A proposed call: exactly what the protocol carried. Cloning one is cheap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    bytes: Arc<[u8]>,
}

/// What to do with a call.
#[derive(Debug)]
pub enum Verdict {
    /// Make it, and tell the permit how it ended.
    Allow(Permit),
    /// It was made before: this is what it returned, as JSON.
    Replay(String),
    /// Somebody has to approve it first; then it may come back.
    Challenge(Asks),
    /// Do not make it.
    Deny(Denial),
}

/// A call that is held up.
#[derive(Clone, PartialEq, Debug)]
pub struct Asks(pub Box<Decision>);

/// A call that is denied.
#[derive(Clone, PartialEq, Debug)]
pub struct Denial(pub Box<Decision>);

/// Leave to make one call. One that is dropped without an outcome is settled as `unknown`: what it holds is never silently
/// released.
#[must_use = "a permit without an outcome is settled as unknown"]
pub struct Permit {
    gate: Gate,
    call: Call,
    decision: Box<Decision>,
    settled: bool,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome<'a> {
    how: How,
    result: Option<&'a str>,
    host: Option<&'a str>,
}

/// Why there is no verdict, or why an outcome was not taken.
#[derive(Clone, PartialEq, Debug)]
pub enum GateError {
    /// The same call was allowed before under its id, by the decision inside. There is no second permit: the call is not to be
    /// made again.
    Again(Box<Decision>),
    /// Its outcome could not be settled, or its result is not to be delivered.
    Settle(LineError),
}

impl Call {
    /// A call of that tool with those arguments, a JSON object.
    #[must_use]
    pub fn new(tool: &str, args: &str) -> Call {
        let mut text = String::from("{\"tool\":");
        json::text(&mut text, tool);
        text.push_str(",\"args\":");
        text.push_str(args);
        text.push('}');
        Call { bytes: text.into_bytes().into() }
    }

    /// The same call under an id: the same call may come again under it, and is not made twice.
    #[must_use]
    pub fn with_id(self, id: &str) -> Call {
        let mut text = String::from("{\"id\":");
        json::text(&mut text, id);
        text.push(',');
        let rest = self.bytes.get(1..).unwrap_or_default();
        Call { bytes: [text.as_bytes(), rest].concat().into() }
    }

    /// A call as it came: a JSON object with `tool` and `args`, and without anything that only the host may say.
    #[must_use]
    pub fn from_json(bytes: &[u8]) -> Call {
        Call { bytes: bytes.into() }
    }
}

impl Gate {
    /// Decides a call of an authenticated caller.
    ///
    /// # Errors
    /// The same call was allowed before under its id: [`GateError::Again`]. Whatever else is wrong with a call denies it.
    pub fn check(&self, caller: &Caller, call: &Call) -> Result<Verdict, GateError> {
        let decision = Box::new(self.decide(Source::Live(caller), &call.bytes));
        Ok(match decision.verdict {
            // An allow without a permit was given before, under the call's id: whoever has that permit makes the call.
            Word::Allow if decision.permit.is_none() => return Err(GateError::Again(decision)),
            Word::Allow => {
                Verdict::Allow(Permit { gate: self.clone(), call: call.clone(), decision, settled: false })
            }
            Word::Replay => Verdict::Replay(decision.result.map_or_else(|| "null".to_owned(), String::from)),
            Word::Challenge => Verdict::Challenge(Asks(decision)),
            Word::Deny => Verdict::Deny(Denial(decision)),
        })
    }
}

impl Permit {
    /// The decision.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The arguments that the tool is to be given, a JSON object: those of the call, letter by letter, and the defaults that the
    /// contract declares for what it left out. Rules were judged as if those stood there, and a server may have others.
    #[must_use]
    pub fn arguments(&self) -> String {
        // The call has been read before, so it can be read again. Were it otherwise, no tool takes null for its arguments.
        arguments(&self.gate, &self.call).unwrap_or_else(|| "null".to_owned())
    }

    /// Settles the call. Where its outcome is not taken, such as for the host's figures, nobody knows how it ended, until
    /// [`Gate::settle`] sets that right.
    ///
    /// # Errors
    /// It is settled already, the host's figures do not fit, its result is not to be delivered (it is settled all the same),
    /// or the store failed.
    pub fn commit(mut self, outcome: Outcome<'_>) -> Result<(), GateError> {
        let Outcome { how, result, host } = outcome;
        let settlement = Settlement { of: &self.decision.id, how, result, host, at: None };
        let done = self.gate.settle(&settlement);
        self.settled = done.is_ok();
        done.map_err(GateError::Settle)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.settled {
            let settlement =
                Settlement { of: &self.decision.id, how: How::Unknown, result: None, host: None, at: None };
            // Where the store does not answer, what the call holds stays held.
            let _ = self.gate.settle(&settlement);
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("decision", &self.decision.id).finish_non_exhaustive()
    }
}

impl<'a> Outcome<'a> {
    /// It ended well, and returned that JSON.
    #[must_use]
    pub fn ok(result: &'a str) -> Self {
        Self { how: How::Ok, result: Some(result), host: None }
    }

    /// It failed.
    #[must_use]
    pub fn error() -> Self {
        Self { how: How::Error, result: None, host: None }
    }

    /// It was never sent.
    #[must_use]
    pub fn not_sent() -> Self {
        Self { how: How::NotSent, result: None, host: None }
    }

    /// Nobody knows.
    #[must_use]
    pub fn unknown() -> Self {
        Self { how: How::Unknown, result: None, host: None }
    }

    /// With the host's actual figures: a JSON object such as `{"tokens": 1200}`.
    #[must_use]
    pub fn with_host(mut self, host: &'a str) -> Self {
        self.host = Some(host);
        self
    }
}

/// What the tool of a call is to be given.
fn arguments(gate: &Gate, call: &Call) -> Option<String> {
    let (contract, limits) = (gate.contract(), gate.limits());
    let text = wire::text(&call.bytes, limits).ok()?;
    let (mut name, mut at) = (None, None);
    let read = Reader::new(text, limits).object(|reader, key| {
        match &**key {
            "tool" => name = Some(reader.field_text(key)?),
            "args" => {
                at = Some(reader.position());
                reader.skip()?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    });
    read.ok()?;
    let tool = contract.tool(&name?).known()?;
    let tool = contract.program().tools.get(tool.index())?;
    let mut reader = match at {
        Some(at) => Reader::resume(text, at, limits),
        None => Reader::new("{}", limits),
    };
    frame::forwarded(contract.program(), tool, &mut reader).ok()
}

fn reasons(f: &mut fmt::Formatter<'_>, decision: &Decision) -> fmt::Result {
    for (at, reason) in decision.reasons.iter().enumerate() {
        if at > 0 {
            f.write_str("; ")?;
        }
        f.write_str(&reason.message)?;
    }
    Ok(())
}

impl fmt::Display for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody has to approve this: ")?;
        reasons(f, &self.0)
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("denied: ")?;
        reasons(f, &self.0)
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GateError::Again(decision) => {
                write!(f, "this call was allowed before, by {}; it is not to be made again", decision.id)
            }
            GateError::Settle(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Asks {}
impl std::error::Error for Denial {}
impl std::error::Error for GateError {}
