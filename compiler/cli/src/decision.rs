//! `agentpassc explain --decision`: how a decision came about, clause by clause.
//!
//! Given a call, the contract decides it and says what every clause saw. Given a decision that was printed, there is only what
//! is in it: the grounds, but not the values of the clauses that were content.

use agentpass_compiler::diagnostics::render::Format;
use agentpass_compiler::diagnostics::render::escape::visible;
use agentpass_runtime::{Decision, Met, Place};
use serde_json::{Value, json};

use crate::args::{self, Color};
use crate::output::{Exit, Failure, counted, print};
use crate::{contract, disk, eval, reasons};

/// The longest document that is read: a decision may hold a recorded result.
const MOST: usize = 16 << 20;

/// Runs the verb.
pub(crate) fn run(args: &args::Explain, file: &str, color: Color) -> Result<Exit, Failure> {
    let program = args::Program { contracts: args.subjects.clone(), params: args.params.clone() };
    eval::one_reader_of_stdin(&program, file)?;
    let bytes = disk::document(file, MOST)?;
    let mut printed =
        serde_json::from_slice::<Value>(&bytes).ok().filter(|value| value.get("decision").is_some());
    printed.iter_mut().for_each(Value::sort_all_objects);
    if program.contracts.is_empty() && printed.is_none() {
        return Err(Failure::new(format!(
            "`{file}` is no decision; a call is explained by its contract: agentpassc explain CONTRACT --decision {file}"
        )));
    }
    let contract = match program.contracts.as_slice() {
        [] => None,
        _ => match contract::load(&program, color)? {
            Some(contract) => Some(contract),
            None => return Ok(Exit::Fault),
        },
    };
    let explained = match (printed, contract) {
        (Some(decision), contract) => {
            let other = contract.is_some_and(|contract| {
                decision["contract"]["digest"] != json!(format!("sha256:{}", hex(contract.digest())))
            });
            Explained { decision, met: None, other }
        }
        (None, Some(contract)) => {
            let decision = eval::decide(contract, &bytes, None, true)?;
            Explained { decision: as_json(&decision)?, met: Some(decision.met), other: false }
        }
        (None, None) => return Err(Failure::new("there is nothing to explain")),
    };
    print(&match args.format {
        Format::Json => format!("{:#}\n", explained.document()),
        _ => explained.text(),
    })?;
    Ok(Exit::Fine)
}

/// How a decision came about, in words.
pub(crate) fn text(decision: &Decision) -> Result<String, Failure> {
    let met = Some(decision.met.clone());
    Ok(Explained { decision: as_json(decision)?, met, other: false }.text())
}

/// The decision as it is printed: what is explained is what users see.
fn as_json(decision: &Decision) -> Result<Value, Failure> {
    // Sorted, as everywhere.
    let mut read: Value = serde_json::from_str(&decision.to_json()).map_err(Failure::new)?;
    read.sort_all_objects();
    Ok(read)
}

struct Explained {
    decision: Value,
    /// The clauses that the call met, where the call was decided here.
    met: Option<Vec<Met>>,
    /// Another contract decided than the one that is named.
    other: bool,
}

impl Explained {
    fn document(&self) -> Value {
        let clauses = self.met.as_ref().map(|met| met.iter().map(clause).collect::<Vec<_>>());
        json!({ "version": 1, "decision": self.decision, "clauses": clauses })
    }

    fn text(&self) -> String {
        let decision = &self.decision;
        let mut text = headline(decision);
        if self.other {
            text.push_str(
                "another contract, or another version of it, decided this than the one that is named here\n",
            );
        }
        if let Some(met) = &self.met {
            text.push_str(match met.len() {
                0 => "\nNo clause was asked.\n",
                _ => "\nThe clauses that were asked:\n",
            });
            met.iter().for_each(|met| text.push_str(&line(met)));
        }
        let reasons = list(decision, "reasons");
        if !reasons.is_empty() {
            text.push_str("\nWhat stood in the way:\n");
            reasons.iter().for_each(|reason| text.push_str(&told(reason)));
        }
        for warning in list(decision, "warnings") {
            text.push_str("\nA warning:\n");
            text.push_str(&told(warning));
        }
        let asks = list(decision, "challenges");
        if !asks.is_empty() {
            text.push_str("\nWho is asked:\n");
            asks.iter().for_each(|ask| text.push_str(&asked(ask)));
        }
        let lefts = list(decision, "remaining");
        if !lefts.is_empty() {
            text.push_str("\nWhat remains:\n");
            for left in lefts {
                text.push_str(&format!("  {}: {}\n", word(left, "limit"), plain(&left["left"])));
            }
        }
        if let Some(at) = decision["retry_after"].as_str() {
            text.push_str(&format!("\nThere is room again at {}.\n", visible(at)));
        }
        text
    }
}

/// The verdict with its call and contract.
fn headline(decision: &Value) -> String {
    let verdict = match decision["decision"].as_str() {
        Some("allow") => "allowed",
        Some("deny") => "denied",
        Some("challenge") => "held up until somebody approves",
        Some("replay") => "not made again: the recorded result is given",
        _ => "decided in a way that this version does not know",
    };
    let call = decision["call"].as_str().map(|call| format!(" `{}`", visible(call))).unwrap_or_default();
    let contract = &decision["contract"];
    let version = contract["version"].as_str().map(|version| format!(" {}", visible(version)));
    format!(
        "The call{call} is {verdict}.\n{} at {}, by {}{} ({})\n",
        word(decision, "id"),
        word(decision, "at"),
        word(contract, "name"),
        version.unwrap_or_default(),
        word(contract, "digest"),
    )
}

/// A clause with what it saw.
fn line(met: &Met) -> String {
    let place = met.place.as_ref().map(|place| format!("{}: ", at(place))).unwrap_or_default();
    let mut text = format!("  {place}{} {}: {}\n", met.kind, visible(&met.id), met.outcome);
    if met.applies != "true" {
        text.push_str(&format!("      whether it applies: {}\n", met.applies));
    }
    if !met.holds.is_empty() {
        text.push_str(&format!("      condition: {}\n", met.holds));
    }
    for (name, value) in &met.saw {
        text.push_str(&format!("      {} = {}\n", visible(name), visible(value)));
    }
    text
}

fn clause(met: &Met) -> Value {
    let saw: Vec<Value> =
        met.saw.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let source = met
        .place
        .as_ref()
        .map(|place| json!({ "file": &*place.file, "line": place.line, "column": place.column }));
    json!({
        "id": met.id, "kind": met.kind, "source": source,
        "applies": met.applies, "holds": met.holds, "outcome": met.outcome, "saw": saw,
    })
}

/// A reason or a warning.
fn told(reason: &Value) -> String {
    let source = &reason["source"];
    let place = match source["file"].as_str() {
        Some(file) => format!("{}:{}:{}: ", visible(file), plain(&source["line"]), plain(&source["column"])),
        None => String::new(),
    };
    let rule = reason["rule"].as_str().map(|rule| format!(" {}", visible(rule))).unwrap_or_default();
    let code = word(reason, "code");
    // The message of a rule says it already.
    let helps = reasons::find(&code).filter(|_| !matches!(code.as_str(), "require" | "deny" | "challenge"));
    let helps = helps.map(|(_, helps)| format!("      what helps: {helps}\n")).unwrap_or_default();
    format!("  {place}[{code}]{rule} {}\n{helps}", word(reason, "message"))
}

/// A challenge: who, until when, and what they are shown.
fn asked(ask: &Value) -> String {
    let who = &ask["ask"];
    let count = who["count"].as_u64().unwrap_or(1);
    let people = counted(usize::try_from(count).unwrap_or(usize::MAX), "member");
    let who = match (who["group"].as_str(), who["groups"].as_array()) {
        (Some(group), _) => format!("{people} of {}", visible(group)),
        (_, Some(groups)) => {
            let groups: Vec<String> = groups.iter().map(plain).collect();
            format!("{people} of {}", groups.join(" or "))
        }
        _ if who["user"] == json!(true) => "the user".to_owned(),
        _ => "anyone".to_owned(),
    };
    let until = ask["expires_at"].as_str().map(|at| format!(", until {}", visible(at))).unwrap_or_default();
    let mut text = format!("  {}: {who}{until}\n", word(ask, "name"));
    for (name, value) in ask["shows"].as_object().into_iter().flatten() {
        text.push_str(&format!("      {}: {}\n", visible(name), plain(value)));
    }
    text
}

fn list<'d>(decision: &'d Value, name: &str) -> &'d [Value] {
    decision[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word(of: &Value, name: &str) -> String {
    plain(&of[name])
}

/// A value on one line: text without its quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => visible(text).into_owned(),
        value => visible(&value.to_string()).into_owned(),
    }
}

fn at(place: &Place) -> String {
    format!("{}:{}:{}", visible(&place.file), place.line, place.column)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
