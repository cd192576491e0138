//! The guard's own shape of checks and decisions, for users who come from it.
//!
//! A check becomes a call without arguments, whose facts the host says (`stdlib/guard.agentpass`); a decision becomes the
//! guard's three words with the messages of its reasons. Nothing is judged here: what the contract does not say is not said.
//!
//! - Keys that the guard does not look at are not looked at. `null` is the same as nothing.
//! - An empty job, fingerprint, approval, key, domain, issuer, client or end of a flow counts as absent.
//! - The guard has no tenants, so all lines are one tenant's.
//! - Its numbers are binary. An amount with more digits than a contract keeps counts as the next larger one.

use std::fmt::Write;

use agentpass_compiler::import::guard::number;
use agentpass_runtime::{Decision, Line, Word};
use agentpass_values::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A line of the input.
#[derive(Deserialize)]
struct Input {
    at_ms: Option<f64>,
    check: Option<Check>,
    reset: Option<bool>,
}

/// What the guard is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    agent_id: Option<String>,
    user_id: Option<String>,
    job_id: Option<String>,
    tool: String,
    action: Option<String>,
    resource: Option<String>,
    call_fingerprint: Option<String>,
    idempotency_key: Option<String>,
    approval_id: Option<String>,
    amount_usd: Option<f64>,
    external_domain: Option<String>,
    data_from: Option<String>,
    data_to: Option<String>,
    destination_type: Option<String>,
    data_classification: Option<Vec<String>>,
    field_set: Option<Vec<String>>,
    record_count: Option<f64>,
    estimated_tokens: Option<f64>,
    estimated_cost_usd: Option<f64>,
    enterprise_auth: Option<Auth>,
}

/// Who asks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Auth {
    issuer: Option<String>,
    client_id: Option<String>,
    scopes: Option<Vec<String>>,
    groups: Option<Vec<String>>,
}

/// The line that asks a gate the same.
///
/// # Errors
/// The line is no check and no reset; the text says why.
pub fn line(bytes: &[u8]) -> Result<String, String> {
    let input: Input = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match (input.check, input.reset) {
        (Some(check), None) => call(check, input.at_ms),
        (None, Some(true)) => Ok(r#"{"reset": true}"#.to_owned()),
        _ => Err("expected one of `check` and `\"reset\": true`".to_owned()),
    }
}

fn call(check: Check, at_ms: Option<f64>) -> Result<String, String> {
    let mut call = Map::new();
    if let Some(at) = at_ms {
        call.insert("at".to_owned(), Value::String(time(at)?));
    }
    for (name, value) in [("agent", check.agent_id), ("user", check.user_id), ("job", check.job_id)] {
        put(&mut call, name, filled(value));
    }
    let mut host = Map::new();
    for (name, value) in [
        ("action", check.action),
        ("resource", check.resource),
        ("fingerprint", filled(check.call_fingerprint)),
        ("idempotency_key", filled(check.idempotency_key)),
        ("approval_id", filled(check.approval_id)),
        ("domain", filled(check.external_domain)),
        ("data_from", filled(check.data_from)),
        ("data_to", filled(check.data_to)),
        ("destination_type", check.destination_type),
    ] {
        put(&mut host, name, value);
    }
    put(&mut host, "classes", check.data_classification);
    put(&mut host, "fields", check.field_set);
    put(&mut host, "records", check.record_count.map(number::count));
    put(&mut host, "tokens", check.estimated_tokens.map(number::count));
    if let Some(auth) = check.enterprise_auth {
        let mut who = Map::new();
        put(&mut who, "issuer", filled(auth.issuer));
        put(&mut who, "client", filled(auth.client_id));
        put(&mut who, "scopes", auth.scopes);
        put(&mut who, "groups", auth.groups);
        host.insert("auth".to_owned(), Value::Object(who));
    }
    call.insert("tool".to_owned(), Value::String(check.tool));
    call.insert("args".to_owned(), json!({}));

    // Amounts are written digit by digit: a JSON value would keep them as binary numbers.
    let mut facts = Value::Object(host).to_string();
    let amounts = [("amount", check.amount_usd), ("cost", check.estimated_cost_usd)];
    for (name, value) in amounts {
        let Some(value) = value else { continue };
        facts.pop();
        let comma = if facts.len() > 1 { "," } else { "" };
        // Writing to a string never fails.
        let _ = write!(facts, "{comma}\"{name}\":{}}}", number::amount(value));
    }
    let mut text = Value::Object(call).to_string();
    text.pop();
    let _ = write!(text, ",\"host\":{facts}}}");
    Ok(text)
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn put(to: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        to.insert(name.to_owned(), value.into());
    }
}

/// Milliseconds since 1970, exactly where they are whole.
fn time(at_ms: f64) -> Result<String, String> {
    // Some 285 years in both directions.
    const FARTHEST: f64 = 9e12;
    if at_ms.abs() > FARTHEST {
        return Err(format!("`at_ms` is out of range: {}", number::text(at_ms)));
    }
    Ok(Timestamp::from_nanos((at_ms.round() as i64) * 1_000_000).to_string())
}

/// What the guard would have printed.
#[must_use]
pub fn answer(line: &Line) -> String {
    match line {
        Line::Decision(decision) => decided(decision),
        Line::Done | Line::Refused(_) => line.to_json(),
    }
}

/// What is printed of a line that says nothing that can be judged.
#[must_use]
pub fn refused(why: &str) -> String {
    written("deny", &[&format!("the line cannot be read: {why}")], &[])
}

fn decided(decision: &Decision) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for reason in &decision.reasons {
        if !reasons.contains(&reason.message.as_str()) {
            reasons.push(&reason.message);
        }
    }
    let mut asked: Vec<&str> = Vec::new();
    for ask in &decision.challenges {
        if !asked.contains(&ask.name.as_str()) {
            asked.push(&ask.name);
        }
    }
    match decision.verdict {
        Word::Allow => written("allow", &[], &[]),
        Word::Challenge => written("challenge_required", &reasons, &asked),
        Word::Deny => written("deny", &reasons, &[]),
        // The guard has no word for «not again», and who reads `allow` would do it again.
        Word::Replay => written("deny", &["the same call ran already"], &[]),
    }
}

fn written(word: &str, reasons: &[&str], asked: &[&str]) -> String {
    format!(
        "{{\"type\":\"{word}\",\"reasons\":{},\"required_approval_for\":{}}}",
        json!(reasons),
        json!(asked)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_becomes_a_call() {
        let check = r#"{"at_ms": 1767225600123, "expect": {}, "check": {"agentId": "a", "tool": "t", "action": "pay",
            "jobId": "", "amountUsd": 0.30000000000000004, "estimatedTokens": 2.5, "fieldSet": [], "caseId": "c",
            "dataFrom": "", "dataTo": " ", "externalDomain": null, "enterpriseAuth": {"issuer": "", "scopes": ["s"]}}}"#;
        let expected = json!({
            "at": "2026-01-01T00:00:00.123Z", "agent": "a", "tool": "t", "args": {},
            "host": {"action": "pay", "tokens": 3, "fields": [], "data_to": " ", "auth": {"scopes": ["s"]}},
        });
        let text = line(check.as_bytes()).unwrap();
        let without_amount = text.replace(",\"amount\":0.300000001", "");
        assert_ne!(text, without_amount, "{text}");
        assert_eq!(serde_json::from_str::<Value>(&without_amount).unwrap(), expected);
    }

    #[test]
    fn a_line_does_one_thing() {
        assert_eq!(line(br#"{"reset": true}"#).unwrap(), r#"{"reset": true}"#);
        for (text, why) in [
            ("", "EOF"),
            ("{}", "expected one of"),
            (r#"{"reset": false}"#, "expected one of"),
            (r#"{"reset": true, "check": {"tool": "t"}}"#, "expected one of"),
            (r#"{"check": {}}"#, "missing field `tool`"),
            (r#"{"check": {"tool": "t", "tool": "u"}}"#, "duplicate field `tool`"),
            (r#"{"check": {"tool": "t", "amountUsd": "5"}}"#, "invalid type: string"),
            (r#"{"check": {"tool": "t", "amountUsd": 1e999}}"#, "number out of range"),
            (r#"{"at_ms": 1e13, "check": {"tool": "t"}}"#, "`at_ms` is out of range: 10000000000000"),
        ] {
            let error = line(text.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert_eq!(
            refused("why"),
            r#"{"type":"deny","reasons":["the line cannot be read: why"],"required_approval_for":[]}"#
        );
    }
}
