//! From a call and a snapshot of the past to a decision and what it changes.
//!
//! [`prepare`] does what needs no state, and says what the transaction will touch. [`judge`] is the transaction's
//! function: it has no effect of its own and may run again. The stages are those of semantics 1: the first one that
//! denies ends the evaluation, with all its reasons. Inside the last one everything is evaluated:
//!
//! | file | judges |
//! | --- | --- |
//! | `rules.rs` | rules, each with every element of its `each` |
//! | `flows.rs` | movements of data, and the flows that stand for them |
//! | `charged.rs` | what the call counts, under which keys |
//! | `budgets.rs` | limits: whether there is room for it |
//! | `steps.rs` | steps on the way to a limit: who is asked, and until when that holds |
//! | `denials.rs` | denials as something that limits count, and what they suspend |
//! | `onces.rs` | keys that run once, and replays |
//! | `asks.rs` | challenges: who is asked, and whose answer is there |
//! | `past.rs` | what rules ask of the past: first which rows, then what they say |
//! | `feeds.rs` | what monitors will remember of this call |
//! | `findings.rs` | reasons as they are found, and the verdict that follows |

pub(crate) mod asks;
pub(crate) mod budgets;
pub(crate) mod charged;
pub(crate) mod denials;
pub(crate) mod feeds;
pub(crate) mod findings;
pub(crate) mod flows;
pub(crate) mod identity;
pub(crate) mod onces;
pub(crate) mod past;
pub(crate) mod rules;
pub(crate) mod steps;
pub(crate) mod touched;

use std::cell::OnceCell;
use std::sync::OnceLock;

use agentpass_ir::{Ambient, Lookup, ToolId, Verified};

use crate::clock::{Entropy, name};
use crate::decision::{Decision, Word};
use crate::digest::{self, Digest};
use crate::plan::Plan;
use crate::planted::planted;
use crate::spare;
use crate::state::asking::Directory;
use crate::state::key::Kind;
use crate::state::permit::{Held, Permit, PermitId};
use crate::state::seen::Seen;
use crate::state::switches::Switch;
use crate::state::{Delta, Key, Row};
use crate::store::{Change, Snapshot};
use crate::wire::Call;
use asks::Askable;
use charged::{Charged, OneLine};
use feeds::Feed;
use findings::Findings;
use onces::Claim;
use past::Present;
use touched::{Places, Touched};

/// What deciding leans on, the same for every call.
#[derive(Clone, Copy)]
pub(crate) struct House<'c> {
    pub contract: &'c Verified,
    pub plan: &'c Plan,
    pub entropy: &'c dyn Entropy,
    pub directory: Option<&'c dyn Directory>,
    /// Note every clause that the call met.
    pub explain: bool,
    /// Messages hold values as they came.
    pub verbatim: bool,
}

/// What a decision needs beyond the contract and the state.
pub(crate) struct Prepared<'c> {
    pub house: House<'c>,
    pub call: &'c Call,
    pub tool: Option<ToolId>,
    digest: OnceCell<Digest>,
    digest_text: OnceCell<String>,
    pub touched: Touched,
    switches: usize,
    job: Option<usize>,
    seen: Option<usize>,
    charged: Vec<Charged<'c>>,
    /// What all of those count, one after the other.
    lines: Vec<OneLine<'c>>,
    claims: Vec<Claim<'c>>,
    feeds: Vec<Feed>,
    askables: Vec<Askable>,
    /// Where the job's row is among what is touched, and those of the jobs above it.
    pub jobs: Places,
    pub known: &'c Known,
}

/// What a call touches, as far as the state has to say it. Most calls need none of it; the others are prepared again.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Known {
    /// The jobs above the call's own, nearest first. They never change once a job is open.
    pub parents: Vec<String>,
    /// Somebody has to be asked about the call.
    pub asks: bool,
    /// Rows that the past itself names: of each value that earlier calls had.
    pub past: Vec<Key>,
}

/// Reads off a call what its decision will touch.
pub(crate) fn prepare<'c>(house: House<'c>, call: &'c Call, known: &'c Known) -> Prepared<'c> {
    let frame = &call.frame;
    let tool = match call.tool {
        Lookup::Known(tool) => Some(tool),
        Lookup::Ambiguous | Lookup::Unknown => None,
    };
    let mut touched = Touched::new();
    let switches = touched.add(switches_key());
    let tenant = frame.ambient(Ambient::Tenant);
    let own = frame.ambient(Ambient::Job);
    // Those above it too: what is suspended there is suspended here.
    let above = if planted(224) { 0 } else { usize::MAX };
    let parents = known.parents.iter().map(String::as_str).take(above);
    let jobs: Places = own
        .into_iter()
        .chain(parents)
        .map(|job| touched.build(Kind::Job, |key| _ = key.own_of_job(tenant, job)))
        .collect();
    let seen = call.id.as_deref().map(|id| touched.add(seen_key(call, id)));
    let mut prepared = Prepared {
        house,
        call,
        tool,
        digest: OnceCell::new(),
        digest_text: OnceCell::new(),
        touched,
        switches,
        job: jobs.first().copied(),
        seen,
        charged: Vec::new(),
        lines: Vec::new(),
        claims: Vec::new(),
        feeds: Vec::new(),
        askables: Vec::new(),
        jobs,
        known,
    };
    // A call that does not fit the signature reaches no rule; all it can do is be counted as refused.
    if let Some(tool) = tool.filter(|_| call.faults.is_empty()) {
        prepared.charged = charged::charged(&mut prepared, tool);
        prepared.claims = onces::claims(&mut prepared, tool);
        prepared.feeds = feeds::feeds(&mut prepared, tool);
        if known.asks {
            prepared.askables = asks::askables(&mut prepared, tool);
        }
        past::gather(&mut prepared, tool);
    }
    denials::touch_denials(&mut prepared);
    for key in &known.past {
        prepared.touched.add(key.clone());
    }
    prepared
}

impl<'c> Prepared<'c> {
    /// The digest of tool and arguments.
    pub(crate) fn digest(&self) -> &Digest {
        self.digest.get_or_init(|| digest::of_call(&self.call.name, &self.call.frame))
    }

    pub(crate) fn digest_text(&self) -> &str {
        self.digest_text.get_or_init(|| format!("sha256:{}", digest::hex(self.digest())))
    }

    pub(crate) fn contract(&self) -> &'c Verified {
        self.house.contract
    }

    pub(crate) fn ambient(&self, ambient: Ambient) -> Option<&'c str> {
        self.call.frame.ambient(ambient)
    }
}

/// The jobs above the call's own, where they are others than it was prepared with: its calls charge them too.
fn unknown_parents(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>) -> Option<Known> {
    match prepared.job.and_then(|place| snapshot.rows.get(place).copied().flatten()) {
        Some(Row::Job(job)) if job.parents != prepared.known.parents => {
            Some(Known { parents: job.parents.clone(), ..prepared.known.clone() })
        }
        _ => None,
    }
}

/// Decides.
///
/// # Errors
/// More has to be touched: the call has to be prepared again, with this.
pub(crate) fn judge(
    prepared: &Prepared<'_>,
    snapshot: &Snapshot<'_>,
) -> Result<(Decision, Vec<Change>), Known> {
    if let Some(known) = unknown_parents(prepared, snapshot) {
        return Err(known);
    }
    let House { entropy, .. } = prepared.house;
    let call = prepared.call;
    let late = snapshot.reading.late;
    let mut findings = Findings::new(prepared.house, prepared.house.explain);
    if again(prepared, snapshot, &mut findings) {
        let decision = findings.decision(Some(call), late, entropy);
        return Ok((decision, Vec::new()));
    }
    identity::judge(prepared, snapshot, &mut findings);
    // Whoever is suspended since is not told what was decided before.
    if !findings.is_denied()
        && let Some(decision) = recorded(prepared, snapshot)
    {
        return Ok((decision, Vec::new()));
    }
    if !findings.is_denied() && prepared.tool.is_none() {
        let (code, message) = if call.tool == Lookup::Ambiguous {
            ("tool.ambiguous", "several families of this contract have a tool")
        } else {
            ("tool.unknown", "this contract has no tool")
        };
        let shown = agentpass_values::escape::shown(&call.name);
        findings.deny(code, format!("{message} `{shown}`"));
    }
    if !findings.is_denied() || planted(101) {
        for fault in &call.faults {
            findings.deny(fault.code, fault.message.clone());
        }
    }
    let mut changes = spare::changes();
    let mut granted = None;
    match prepared.tool {
        Some(tool) if !findings.is_denied() || planted(101) => {
            granted = last_stage(prepared, tool, snapshot, &mut findings, &mut changes)?;
        }
        _ => {}
    }
    if findings.is_denied() {
        denials::count_denial(prepared, snapshot, &mut findings, &mut changes);
    }
    let mut decision = findings.decision(Some(call), late, entropy);
    let permit = granted.as_ref().map(|granted| granted.id);
    decision.permit = permit.map(|id| id.0);
    remember(prepared, snapshot, &decision, granted, &mut changes);
    Ok((decision, changes))
}

fn seen<'s>(prepared: &Prepared<'_>, snapshot: &Snapshot<'s>) -> Option<&'s Seen> {
    match prepared.seen.and_then(|place| snapshot.rows.get(place).copied().flatten()) {
        Some(Row::Seen(seen)) => Some(seen),
        _ => None,
    }
}

/// Another call under an id that was used (semantics 18).
fn again(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, findings: &mut Findings<'_>) -> bool {
    let other = seen(prepared, snapshot).is_some_and(|seen| seen.digest != *prepared.digest());
    if other {
        findings.deny("call.conflict", "another call came under this id".to_owned());
    }
    other
}

/// The same call again under its id: what was decided, without a second permit. One that was challenged is decided again, and so
/// is one that was allowed and never sent.
fn recorded(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>) -> Option<Decision> {
    let mut decision = seen(prepared, snapshot)?.decision.clone().filter(|_| !planted(118))?;
    decision.permit = None;
    decision.repeated = true;
    Some(*decision)
}

/// Rules, flows, limits, keys that run once and challenges, all together.
fn last_stage(
    prepared: &Prepared<'_>,
    tool: ToolId,
    snapshot: &Snapshot<'_>,
    findings: &mut Findings<'_>,
    changes: &mut Vec<Change>,
) -> Result<Option<Granted>, Known> {
    let present = Present::new(prepared, snapshot);
    let movements = flows::judge(prepared, tool, &present, findings);
    rules::judge(prepared, tool, &present, &movements, findings);
    let once = onces::judge(prepared, &present, findings);
    let budgets = budgets::judge(prepared, &present, snapshot, once.replay.is_some(), findings);
    // Where an answer would be is worked out for the calls alone about which somebody is asked.
    if findings.asks() && !prepared.known.asks {
        return Err(Known { asks: true, ..prepared.known.clone() });
    }
    let asked = asks::judge(prepared, snapshot, &present, findings);
    let missing = present.take_missing();
    if !missing.is_empty() {
        let past = prepared.known.past.iter().cloned().chain(missing).collect();
        return Err(Known { past, ..prepared.known.clone() });
    }
    // What is held, asked and used up follows from the verdict, and from nothing else.
    let verdict = match findings.verdict() {
        Word::Allow if once.replay.is_some() => Word::Replay,
        verdict => verdict,
    };
    let mut granted = None;
    match verdict {
        Word::Deny => {
            changes.extend(budgets.suspensions(prepared));
        }
        Word::Challenge => changes.extend(asked.opened),
        Word::Replay => {
            if let Some(replay) = once.replay {
                changes.extend(onces::carry_over(prepared, &replay));
                findings.replay(replay.result);
            }
        }
        Word::Allow => {
            let id = PermitId(snapshot.sequence);
            changes.extend(asked.used);
            budgets.charges(id, changes);
            let claimed = onces::claim(prepared, &once, id, changes);
            granted = Some(Granted { id, held: budgets.held(prepared), claimed });
        }
    }
    feeds::feed(prepared, snapshot, granted.as_ref().map(|granted| granted.id), changes);
    findings.budgets(verdict == Word::Allow, &budgets);
    Ok(granted)
}

/// What an allowed call holds.
pub(crate) struct Granted {
    pub id: PermitId,
    pub held: Vec<Held>,
    pub claimed: Vec<Key>,
}

/// Notes what was allowed and what was decided.
fn remember(
    prepared: &Prepared<'_>,
    snapshot: &Snapshot<'_>,
    decision: &Decision,
    granted: Option<Granted>,
    changes: &mut Vec<Change>,
) {
    let call = prepared.call;
    if matches!(decision.verdict, Word::Challenge | Word::Replay) {
        changes.extend(known_from_now_on(prepared, snapshot));
    }
    if let (Some(granted), Some(tool)) = (granted, prepared.tool) {
        let permit = allowed(prepared, tool, snapshot, decision, granted);
        if let (Some(job), Some(place)) = (prepared.ambient(Ambient::Job), prepared.job) {
            let row = snapshot.rows.get(place).copied().flatten();
            let is_open = matches!(row, Some(Row::Job(job)) if job.opened.is_some());
            if !is_open {
                let tenant = prepared.ambient(Ambient::Tenant).map(str::to_owned);
                changes.push(Change::plain(job_tenants_key(job), Delta::AddName(tenant)));
            }
            let known = |name: &str| matches!(row, Some(Row::Job(job)) if job.facts.iter().any(|(known, _)| known == name));
            let mut facts = identity::facts(prepared);
            facts.retain(|(name, _)| !known(name));
            if !facts.is_empty() {
                changes.push(Change::plain(place, Delta::Bind(facts)));
            }
            let labels = if planted(115) || planted(223) { Vec::new() } else { permit.labels.clone() };
            if !is_open || !labels.is_empty() {
                let delta = Delta::Join(Some(snapshot.reading), labels);
                changes.push(Change::plain(place, delta));
            }
        }
        let switches = snapshot.rows.get(prepared.switches).copied().flatten();
        let knows_tenants = matches!(switches, Some(Row::Switches(switches)) if switches.tenants);
        if prepared.ambient(Ambient::Tenant).is_some() && !knows_tenants {
            changes.push(Change::plain(switches_key(), Delta::Switch(Switch::Tenants, true)));
        }
        if prepared.house.plan.counts_retries
            && let Some(key) = charged::made_key(prepared)
        {
            changes.push(Change::plain(key, Delta::Put(Row::Made)));
        }
        let key = permit_key(&permit.decision);
        if let Some(id) = &permit.call {
            changes.push(Change::plain(permits_of_call_key(id), Delta::AddKey(Box::new(key.clone()))));
        }
        changes.push(Change::plain(key, Delta::Put(Row::Permit(Box::new(permit)))));
    }
    if let Some(id) = call.id.as_deref()
        && prepared.tool.is_some()
        && !matches!(decision.verdict, Word::Replay)
        && call.faults.is_empty()
        // What is kept for a job that is closed is gone, and stays so.
        && !decision.reasons.iter().any(|reason| reason.code == "job.closed")
        // What was decided stays decided, also where the call came again while somebody was suspended.
        && seen(prepared, snapshot).is_none_or(|seen| seen.decision.is_none())
    {
        let seen = Box::new(Seen::of(*prepared.digest(), decision));
        changes.push(Change::plain(seen_key(call, id), Delta::Put(Row::Seen(seen))));
    }
}

/// A job in which a call is held up, or replayed, has not begun, and the host can close it all the same.
fn known_from_now_on(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>) -> Vec<Change> {
    let row = prepared.job.and_then(|place| snapshot.rows.get(place).copied().flatten());
    let (Some(job), Some(place), None) = (prepared.ambient(Ambient::Job), prepared.job, row) else {
        return Vec::new();
    };
    let tenant = prepared.ambient(Ambient::Tenant).map(str::to_owned);
    vec![
        Change::plain(place, Delta::Join(None, Vec::new())),
        Change::plain(job_tenants_key(job), Delta::AddName(tenant)),
    ]
}

fn allowed(
    prepared: &Prepared<'_>,
    tool: ToolId,
    snapshot: &Snapshot<'_>,
    decision: &Decision,
    granted: Granted,
) -> Permit {
    let program = prepared.contract().program();
    let of = program.tools.get(tool.index());
    let labels = of.map(|of| flows::labels_of_result(prepared, of)).unwrap_or_default();
    // It matters for what is held alone, and is kept beside nothing else.
    let above = prepared.jobs.iter().skip(1).filter(|_| !granted.held.is_empty());
    let above = above.filter_map(|&job| prepared.touched.key(job)).cloned().collect();
    Permit {
        id: granted.id,
        decision: decision.id.clone(),
        call: prepared.call.id.clone(),
        seen: prepared.call.id.as_deref().map(|id| Box::new(seen_key(prepared.call, id))),
        at: snapshot.reading.late,
        tool: prepared.call.name.clone(),
        contract: *prepared.contract().digest(),
        error_releases: of
            .is_some_and(|of| of.error_means_no_effect || of.action == agentpass_ir::Action::Read),
        held: granted.held,
        watched: feeds::watched(prepared, snapshot),
        claimed: granted.claimed,
        job: prepared.job.and_then(|job| prepared.touched.key(job)).cloned(),
        above,
        labels,
        unknown: None,
        deliver: rules::deliveries(prepared, tool),
    }
}

/// The decision about bytes that are no call.
pub(crate) fn refuse(
    house: House<'_>,
    refusal: &crate::wire::Refusal,
    now: agentpass_values::Timestamp,
) -> Decision {
    let mut findings = Findings::new(house, false);
    findings.deny(refusal.code, format!("{} (at byte {})", refusal.message, refusal.at));
    findings.decision(None, now, house.entropy)
}

/// The decision where the store cannot answer.
pub(crate) fn without_store(
    house: House<'_>,
    call: Option<&Call>,
    error: &crate::StoreError,
    now: agentpass_values::Timestamp,
) -> Decision {
    use crate::StoreError as Error;
    let mut findings = Findings::new(house, false);
    let (code, message) = match error {
        Error::Unavailable(_) => ("store.unavailable", "the gate cannot read its state"),
        Error::Full => ("store.full", "the gate keeps as much as it may for this caller"),
        Error::Clock => ("clock.step", "the clock stepped; an operator has to confirm it"),
    };
    findings.deny(code, message.to_owned());
    findings.decision(call, now, house.entropy)
}

/// The name of a new challenge.
pub(crate) fn challenge_id(house: House<'_>, now: agentpass_values::Timestamp) -> String {
    name("chl", now, house.entropy)
}

pub(crate) fn switches_key() -> Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::build(Kind::Switches, |_| {})).clone()
}

pub(crate) fn job_key(tenant: Option<&str>, job: &str) -> Key {
    Key::build(Kind::Job, |key| _ = key.own_of_job(tenant, job))
}

pub(crate) fn job_tenants_key(job: &str) -> Key {
    Key::build(Kind::JobTenants, |key| _ = key.text(Some(job)))
}

pub(crate) fn permit_key(decision: &str) -> Key {
    Key::build(Kind::Permit, |key| _ = key.text(Some(decision)))
}

pub(crate) fn permits_of_call_key(call: &str) -> Key {
    Key::build(Kind::PermitsOfCall, |key| _ = key.text(Some(call)))
}

/// Same caller, same job, same id.
fn seen_key(call: &Call, id: &str) -> Key {
    Key::build(Kind::Seen, |key| {
        let tenant = call.frame.ambient(Ambient::Tenant);
        match call.frame.ambient(Ambient::Job) {
            Some(job) => key.of_job(tenant, job),
            None => key.of_all(tenant),
        };
        let principals = [Ambient::Agent, Ambient::User];
        principals.iter().fold(key, |key, &of| key.text(call.frame.ambient(of))).text(Some(id));
    })
}

/// On whose account a call's rows are kept.
pub(crate) fn owner_key(call: &Call) -> Key {
    Key::build(Kind::Switches, |key| {
        let principals = [Ambient::Tenant, Ambient::Agent, Ambient::User];
        principals.iter().fold(key, |key, &of| key.text(call.frame.ambient(of))).fixed(b"owner");
    })
}
