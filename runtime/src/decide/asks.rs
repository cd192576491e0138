//! Challenges: who is asked, and whose answer is there (semantics 28 to 30).

use agentpass_ir::{Ambient, Challenge, ChallengeId, Effect, NodeId, ToolId, Value};
use agentpass_values::{Timestamp, folded};

use super::findings::{Findings, Question};
use super::past::Present;
use super::steps::{StepAsking, step_asking};
use super::{Prepared, challenge_id};
use crate::decision::Ask;
use crate::digest::{self, Digest, Sha256};
use crate::eval::{Datum, Eval, Nowhere};
use crate::plan::FormRef;
use crate::planted::planted;
use crate::state::asking::Asking;
use crate::state::job::Labels;
use crate::state::key::Kind;
use crate::state::{Delta, Key, Row};
use crate::store::{Change, Snapshot};

/// A challenge that a rule of the tool can ask for, with where its asking is kept: by what an approval is bound to.
pub(crate) struct Askable {
    challenge: ChallengeId,
    key: Key,
}

/// What changes because of challenges.
#[derive(Default)]
pub(super) struct Asked {
    /// Where the call is held up: questions that are open from now on.
    pub opened: Vec<Change>,
    /// Where it is allowed: approvals that are used up, and steps that are lifted.
    pub used: Vec<Change>,
}

/// The challenges that rules of the tool can ask for.
pub(super) fn askables(prepared: &mut Prepared<'_>, tool: ToolId) -> Vec<Askable> {
    let contract = prepared.contract();
    let program = contract.program();
    let mut ids: Vec<ChallengeId> = contract
        .rules(tool)
        .iter()
        .filter_map(|id| match program.rules.get(id.index())?.effect {
            Effect::Challenge(id) => Some(id),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut all = Vec::new();
    for id in ids {
        let Some(challenge) = program.challenges.get(id.index()) else { continue };
        let key = Key::build(Kind::Asking, |key| _ = key.fixed(&binding(prepared, challenge, tool)));
        prepared.touched.add(key.clone());
        all.push(Askable { challenge: id, key });
    }
    all
}

/// Tool, every argument, principals, job, the challenge, the contract; and what `binds` adds. What the job carries is kept
/// beside it, since it is known only with the state.
fn binding(prepared: &Prepared<'_>, challenge: &Challenge, tool: ToolId) -> Digest {
    let mut hash = Sha256::new();
    if !planted(128) {
        hash.update(prepared.digest());
    }
    for ambient in [Ambient::Tenant, Ambient::Agent, Ambient::User, Ambient::Job, Ambient::Skill] {
        let text = prepared.ambient(ambient);
        hash.update(&[u8::from(text.is_some())]);
        hash.text(text.unwrap_or(""));
    }
    hash.text(&challenge.name);
    hash.update(prepared.contract().digest());
    let eval = Eval::new(prepared.contract(), &prepared.call.frame, &Nowhere);
    for node in challenge.binds.iter().filter(|(of, _)| *of == tool).flat_map(|(_, nodes)| nodes) {
        let value = bound(&eval, *node);
        hash.update(&digest::of_value(&value));
    }
    hash.finish()
}

fn bound(eval: &Eval<'_>, node: NodeId) -> Value {
    match eval.value(node, None) {
        Datum::Is(value) => value.into_owned(),
        Datum::Absent => Value::Null,
        _ => Value::Unknown,
    }
}

/// What the job carries, as one digest.
fn carried(present: &Present<'_, '_>) -> Digest {
    let mut hash = Sha256::new();
    for (source, label) in present.job_labels().into_iter().flat_map(Labels::keys) {
        hash.text(&folded::key(source));
        hash.text(&folded::key(label));
    }
    hash.finish()
}

/// The unit of the calendar in which a step is asked about, beside the question as what the job carries otherwise is.
fn of_unit(start: Option<Timestamp>) -> Digest {
    let mut unit = Digest::default();
    let bytes = start.map_or(0, Timestamp::nanos).to_le_bytes();
    unit.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    unit
}

/// Looks for the answers to what is asked: an approval lifts the question, a refusal denies, and what nobody has answered is
/// asked.
pub(super) fn judge(
    prepared: &Prepared<'_>,
    snapshot: &Snapshot<'_>,
    present: &Present<'_, '_>,
    findings: &mut Findings<'_>,
) -> Asked {
    let mut asked = Asked::default();
    let late = snapshot.reading.late;
    for question in findings.questions() {
        one(prepared, present, question, late, &mut asked, findings);
    }
    asked
}

fn one(
    prepared: &Prepared<'_>,
    present: &Present<'_, '_>,
    question: Question,
    late: Timestamp,
    asked: &mut Asked,
    findings: &mut Findings<'_>,
) {
    let (id, step) = match question {
        Question::Rule(id) => (id, None),
        Question::Step(id, place) => (id, step_asking(prepared, place, late)),
    };
    let key = match (&step, question) {
        (Some(step), _) => Some(step.asking.clone()),
        (None, Question::Rule(_)) => {
            let own = prepared.askables.iter().find(|askable| askable.challenge == id);
            own.map(|askable| askable.key.clone())
        }
        (None, Question::Step(..)) => None,
    };
    let challenge = prepared.contract().program().challenges.get(id.index());
    let (Some(key), Some(challenge)) = (key, challenge) else {
        findings.deny("challenge.lost", "a challenge cannot be asked".to_owned());
        return;
    };
    // A step belongs to many calls, whatever their jobs carry; and to its unit of the calendar.
    let labels = step.as_ref().map_or_else(|| carried(present), |step| of_unit(step.unit));
    let before = match present.row(&key) {
        Some(Row::Asking(asking)) => Some(asking),
        _ => None,
    };
    let known = before
        .filter(|asking| !asking.is_over(challenge, late))
        .filter(|asking| asking.labels == labels || planted(211));
    // Whoever is asked may name the question by any call that it holds up.
    let named = |id: &str| {
        let delta = Delta::AddKey(Box::new(asking_id_key(id)));
        prepared.call.id.as_ref().map(|call| Change::plain(askings_of_call_key(call), delta))
    };
    match known {
        Some(asking) if asking.refused => {
            findings.lift(question);
            findings.deny("challenge.refused", format!("`{}` was asked, and refused", challenge.name));
        }
        Some(asking) if asking.is_approved(challenge, prepared.house.directory.filter(|_| !planted(212))) => {
            findings.lift(question);
            use_up(prepared, challenge, asking, &key, step, asked);
        }
        Some(asking) => {
            findings.ask(ask(prepared, challenge, asking));
            if asking.call != prepared.call.id {
                asked.opened.extend(named(&asking.id));
            }
        }
        None => {
            let asking = Asking {
                id: challenge_id(prepared.house, late),
                name: challenge.name.clone(),
                digest: *prepared.digest(),
                labels,
                call: prepared.call.id.clone(),
                requester: prepared.ambient(Ambient::User).map(str::to_owned),
                agent: prepared.ambient(Ambient::Agent).map(str::to_owned),
                via: prepared.call.frame.ambient_list(Ambient::Via).map(str::to_owned).collect(),
                opened: late,
                expires: challenge.expires.and_then(|length| late.checked_add(length)),
                approved_by: Vec::new(),
                approved_at: None,
                refused: false,
            };
            findings.ask(ask(prepared, challenge, &asking));
            // The question that was there before is not this one, and nobody answers it any more.
            asked.opened.extend(before.into_iter().flat_map(|before| unnamed(before, prepared)));
            asked.opened.push(Change::plain(asking_id_key(&asking.id), Delta::AddKey(Box::new(key.clone()))));
            asked.opened.extend(named(&asking.id));
            asked.opened.push(Change::plain(key, Delta::Put(Row::Asking(Box::new(asking)))));
        }
    }
}

/// An approval is consumed in the transaction that allows, unless it may be used again; that of a step lifts the step.
fn use_up(
    prepared: &Prepared<'_>,
    challenge: &Challenge,
    asking: &Asking,
    key: &Key,
    step: Option<StepAsking>,
    asked: &mut Asked,
) {
    if let Some(step) = &step {
        asked.used.push(Change {
            row: step.total.clone().into(),
            form: FormRef::Meter(step.meter),
            delta: Delta::Mark(step.bound, step.until),
        });
    }
    if (challenge.reusable.is_none() || step.is_some()) && !planted(129) {
        asked.used.push(Change::plain(key.clone(), Delta::Remove));
        asked.used.extend(unnamed(asking, prepared));
    }
}

/// Nobody names a question any more that is no longer there: neither by its id, nor by the call that it was first asked about, nor
/// by this one.
fn unnamed(asking: &Asking, prepared: &Prepared<'_>) -> Vec<Change> {
    let id = asking_id_key(&asking.id);
    let own = prepared.call.id.iter().filter(|own| asking.call.as_ref() != Some(*own));
    let drop = |call: &String| Change::plain(askings_of_call_key(call), Delta::DropKey(Box::new(id.clone())));
    let mut all: Vec<Change> = asking.call.iter().chain(own).map(drop).collect();
    all.push(Change::plain(id, Delta::Remove));
    all
}

fn ask(prepared: &Prepared<'_>, challenge: &Challenge, asking: &Asking) -> Ask {
    let eval = Eval::new(prepared.contract(), &prepared.call.frame, &Nowhere);
    let own = challenge.shows.iter().filter(|(tool, _)| Some(*tool) == prepared.tool);
    let shows = own
        .flat_map(|(_, shown)| shown)
        .map(|(name, node)| {
            let value = match eval.value(*node, None) {
                Datum::Absent => String::new(),
                _ => eval.shown(*node, None),
            };
            (name.clone(), value)
        })
        .collect();
    Ask {
        id: asking.id.clone(),
        name: asking.name.clone(),
        count: challenge.count,
        who: challenge.who.clone(),
        digest: asking.digest,
        expires_at: asking.expires,
        shows,
    }
}

pub(crate) fn asking_id_key(id: &str) -> Key {
    Key::build(Kind::AskingId, |key| _ = key.text(Some(id)))
}

pub(crate) fn askings_of_call_key(call: &str) -> Key {
    Key::build(Kind::AskingsOfCall, |key| _ = key.text(Some(call)))
}
