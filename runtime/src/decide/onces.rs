//! Keys that run once, and replays (semantics 24).

use std::borrow::Cow;

use agentpass_ir::{Ambient, Once, ToolId, Value};
use smallvec::SmallVec;

use super::Prepared;
use super::findings::{Findings, Weight};
use super::past::Present;
use super::rules::{render, saw};
use super::touched::Places;
use crate::decision::{Met, Reason};
use crate::digest::{self, Digest, Sha256};
use crate::eval::{Datum, Eval, Nowhere};
use crate::planted::planted;
use crate::state::key::{Builder, Kind};
use crate::state::once::{Entry, State};
use crate::state::permit::PermitId;
use crate::state::{Delta, Key, Row};
use crate::store::Change;
use crate::truth::Truth;

/// A key that the call would spend.
pub(crate) struct Claim<'c> {
    once: &'c Once,
    /// Where the key is among what is touched. Nothing where a part of it is not there.
    place: Option<usize>,
}

/// What the keys say.
#[derive(Default)]
pub(crate) struct Found {
    /// The places of keys that are free, and spent if the call is allowed.
    pub free: Places,
    /// What tells the call from others under its keys.
    pub own: Digest,
    /// The call has run before, and its result is given again.
    pub replay: Option<Replay>,
}

/// A result that is given again.
pub(crate) struct Replay {
    pub result: Option<Box<str>>,
    labels: Vec<(String, String)>,
}

/// The keys that a call would spend.
pub(super) fn claims<'c>(prepared: &mut Prepared<'c>, tool: ToolId) -> Vec<Claim<'c>> {
    let contract = prepared.contract();
    let call = prepared.call;
    let mut all = Vec::with_capacity(contract.onces(tool).len());
    for id in contract.onces(tool) {
        let Some(once) = contract.program().onces.get(id.index()) else { continue };
        let eval = Eval::new(contract, &call.frame, &Nowhere);
        let values: Option<SmallVec<[Cow<'_, Value>; 2]>> = once
            .keys
            .iter()
            .map(|&node| match eval.value(node, None) {
                Datum::Is(value) => Some(value),
                _ => None,
            })
            .collect();
        let parts = |key: &mut Builder<'_>| {
            key.text(call.frame.ambient(Ambient::Tenant));
            match &once.ledger {
                Some(ledger) => key.text(Some(ledger)),
                None => {
                    let principals = [Ambient::Agent, Ambient::User, Ambient::Tool];
                    let own = key.text(None);
                    principals
                        .iter()
                        .fold(own, |key, &of| key.text(call.frame.ambient(of)))
                        .text(Some(&once.id))
                }
            };
        };
        let place = values.map(|values| {
            prepared.touched.build(Kind::Once, |key| {
                parts(key);
                key.values(&values);
            })
        });
        all.push(Claim { once, place });
    }
    all
}

/// Judges the keys.
pub(super) fn judge(
    prepared: &Prepared<'_>,
    present: &Present<'_, '_>,
    findings: &mut Findings<'_>,
) -> Found {
    let mut found = Found::default();
    if prepared.claims.is_empty() {
        return found;
    }
    let eval = present.eval();
    found.own = digest_of(prepared);
    let own = found.own;
    for claim in &prepared.claims {
        let once = claim.once;
        let guard = once.guard.map_or(Truth::True, |guard| present.truth(&eval, guard, None));
        if guard == Truth::False {
            continue;
        }
        let Some(place) = claim.place else {
            let message = format!("a part of the key of `{}` is not there", once.id);
            deny(once, present, &eval, "once.key", message, findings);
            continue;
        };
        let entry = match present.at(place) {
            Some(Row::Once(entry)) => Some(entry),
            _ => None,
        };
        let outcome = match entry {
            None => {
                if !found.free.contains(&place) {
                    found.free.push(place);
                }
                "passes"
            }
            Some(entry) => {
                let done = spent(once, entry, &own, present, &eval, findings);
                let outcome = if done.is_some() { "replays" } else { "denies" };
                if found.replay.is_none() {
                    found.replay = done;
                }
                outcome
            }
        };
        if findings.explains() {
            let place = Some(findings.place(once.origin));
            let saw = saw(prepared, &eval, once.keys.iter().copied());
            let (id, kind, applies) = (once.id.clone(), "once", guard.word());
            findings.met(Met { id, kind, place, applies, holds: "", saw, outcome });
        }
    }
    found
}

/// A key that was claimed before: the result again, or a denial.
fn spent(
    once: &Once,
    entry: &Entry,
    own: &Digest,
    present: &Present<'_, '_>,
    eval: &Eval<'_>,
    findings: &mut Findings<'_>,
) -> Option<Replay> {
    let same = entry.digest == *own;
    if planted(124) && !matches!(entry.state, State::Done { .. }) {
        return None;
    }
    let (code, message) = match &entry.state {
        State::Running(_) if same => ("once.running", "the same call is still running"),
        State::Unknown if same => ("once.unknown", "nobody knows how the same call ended"),
        // The key may come free again; this call is not the one that runs under it, so neither of the codes above is true of it.
        State::Running(_) => (
            "once.done",
            "its key is held by another call that is still running: wait until that one has ended",
        ),
        State::Unknown => (
            "once.done",
            "its key is held by another call, and nobody knows how that one ended: it has to be found out",
        ),
        State::Done { at, failed, result, labels } => {
            let late = present.reading().late;
            let open = once
                .replay
                .and_then(|length| at.checked_add(length))
                .is_some_and(|end| late <= end || planted(216));
            match (same, open, result) {
                (true, true, Some(result)) => {
                    return Some(Replay { result: Some(result.clone()), labels: labels.clone() });
                }
                (false, ..) => ("once.conflict", "its key was used by another call"),
                _ if *failed => ("once.done", "it was already tried, and ended with an error"),
                _ => ("once.done", "it was already done"),
            }
        }
    };
    deny(once, present, eval, code, message.to_owned(), findings);
    None
}

fn deny(
    once: &Once,
    present: &Present<'_, '_>,
    eval: &Eval<'_>,
    code: &'static str,
    message: String,
    findings: &mut Findings<'_>,
) {
    let house = present.house();
    let message = once.because.as_ref().map_or(message, |text| render(house, eval, text, None));
    let audit = once.audit.as_ref().map(|text| render(house, eval, text, None));
    let place = Some(findings.place(once.origin));
    findings.add(Weight::Denies, Reason { code, rule: Some(once.id.clone()), message, audit, place });
}

/// Tool, all arguments with defaults, principals.
fn digest_of(prepared: &Prepared<'_>) -> Digest {
    let mut hash = Sha256::new();
    digest::call(&mut hash, &prepared.call.name, &prepared.call.frame);
    for ambient in [Ambient::Tenant, Ambient::Agent, Ambient::User] {
        match prepared.ambient(ambient) {
            None => hash.update(&[0]),
            Some(text) => {
                hash.update(&[1]);
                hash.text(text);
            }
        }
    }
    hash.finish()
}

/// Claims the keys for an allowed call.
pub(super) fn claim(
    prepared: &Prepared<'_>,
    found: &Found,
    permit: PermitId,
    changes: &mut Vec<Change>,
) -> Vec<Key> {
    for &place in &found.free {
        let entry = Entry { digest: found.own, state: State::Running(permit) };
        changes.push(Change::plain(place, Delta::Put(Row::Once(Box::new(entry)))));
    }
    let mut keys = Vec::with_capacity(found.free.len());
    keys.extend(found.free.iter().filter_map(|&place| prepared.touched.key(place)).cloned());
    keys
}

/// A replay joins the labels of the recorded result.
pub(super) fn carry_over(prepared: &Prepared<'_>, replay: &Replay) -> Option<Change> {
    let job = prepared.job.filter(|_| !replay.labels.is_empty())?;
    // A replay opens no job.
    let delta = Delta::Join(None, replay.labels.clone());
    Some(Change::plain(job, delta))
}
