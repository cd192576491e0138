//! What becomes of an allowed call: its outcome settles what it holds (semantics 16).
//!
//! | outcome | what was counted | monitors | `once` keys | labels |
//! | --- | --- | --- | --- | --- |
//! | `ok` | stays, at the host's actual figures | completed | done, with the result | stay |
//! | `error` | stays, or is released where an error has no effect | failed | done, or free again | stay |
//! | `not_sent` | released | never begun | free again | leave |
//! | `unknown` | stays | begun; nobody knows whether completed or failed | nobody knows | stay |
//!
//! What was `unknown` may be set right once, when the host has found out: `corrected.rs`.

mod corrected;
pub(crate) mod figures;

use agentpass_ir::{Join, Keep, Meter, Monitor, Phase, Value};
use agentpass_values::Timestamp;

use crate::decide::feeds::{kept, value};
use crate::decide::past::watch_key_of;
use crate::decide::{permit_key, permits_of_call_key};
use crate::eval::{Datum, Eval, World};
use crate::frame::{self, Frame};
use crate::gate::Gate;
use crate::line::LineError;
use crate::plan::FormRef;
use crate::planted::planted;
use crate::spare;
use crate::state::index::Index;
use crate::state::key::OfJob;
use crate::state::once::{Entry, MAX_RESULT, State};
use crate::state::permit::{Held, Permit, Watched};
use crate::state::seen::Seen;
use crate::state::watch::Ended;
use crate::state::{Delta, Key, Row};
use crate::store::{Account, Change, Snapshot, Target, Touches};
use crate::truth::Truth;
use crate::wire::reader::Reader;

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// Well.
    Ok,
    /// With an error.
    Error,
    /// It was never sent: the gate itself knows that.
    NotSent,
    /// Nobody knows.
    Unknown,
}

/// The outcome of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement<'a> {
    /// The id of the decision that allowed it, or of the call.
    pub of: &'a str,
    /// How it ended.
    pub how: How,
    /// What it returned: JSON.
    pub result: Option<&'a str>,
    /// What the host knows now, such as the tokens that were really used: a JSON object.
    pub host: Option<&'a str>,
    /// When, offline.
    pub at: Option<Timestamp>,
}

impl How {
    /// The outcome of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<How> {
        Some(match word {
            "ok" => How::Ok,
            "error" => How::Error,
            "not_sent" => How::NotSent,
            "unknown" => How::Unknown,
            _ => return None,
        })
    }
}

/// The trusted result of a call, for monitors.
struct Results<'r>(&'r [Value]);

impl World for Results<'_> {
    fn result(&self, field: u32) -> Option<&Value> {
        self.0.get(field as usize)
    }
}

impl Gate {
    /// Settles a call; or sets right, once, what was said to be unknown.
    ///
    /// # Errors
    /// No such call is open; what the host says of it does not fit, or gives a limit an amount that is negative, missing or out of
    /// range (nothing is settled then); its result is not to be delivered (everything else is settled all the same); or the
    /// store failed.
    pub fn settle(&self, settlement: &Settlement<'_>) -> Result<(), LineError> {
        let permit = self.permit_of(settlement.of)?;
        let Some(permit) = permit else {
            return Err(LineError::new(
                "settle.unknown",
                "no such call is open: it has ended, was never allowed, or is not known by that name",
            ));
        };
        if permit.unknown.is_some() && settlement.how == How::Unknown {
            return Err(LineError::new("settle.unknown", "nobody knew before, and nothing else is said now"));
        }
        let program = self.contract().program();
        let contract = self.contract();
        let tool = contract.tool(&permit.tool).known().and_then(|id| program.tools.get(id.index()));
        let results = match (tool, settlement.result) {
            (Some(tool), Some(text)) => frame::read_result(contract, tool, self.limits(), text),
            (Some(tool), None) => vec![Value::Unknown; tool.results.len()],
            (None, _) => Vec::new(),
        };
        let host = self.told(settlement.host)?;
        let mut touched = spare::keys();
        touched.push(permit_key(&permit.decision));
        add_keys(&permit, &mut touched);
        let watched: Vec<(Watched, Option<Key>)> = permit
            .watched
            .iter()
            .map(|watched| (watched.clone(), self.ended_key(watched, &results)))
            .collect();
        touched.extend(watched.iter().filter_map(|(_, key)| key.clone()));
        let touches =
            Touches { at: settlement.at, account: Account::OwnerOf(0), keys: touched.as_slice().into() };
        let withheld = self.withheld(&permit, settlement);
        let mut found = true;
        let outcome = Outcome {
            gate: self,
            permit: &permit,
            settlement,
            results: &results,
            host: host.as_ref(),
            touched: &touched,
        };
        outcome.figures_fit()?;
        let done = self.transact(&touches, &mut |snapshot| {
            let row = snapshot.rows.first().copied().flatten();
            // Somebody else may have settled it since.
            found = matches!(row, Some(Row::Permit(known)) if known.unknown == permit.unknown);
            if found { outcome.changes(snapshot, &watched) } else { Vec::new() }
        });
        spare::give_keys(touched);
        done.map_err(|error| LineError::of_store(&error))?;
        if !found {
            return Err(LineError::new(
                "settle.unknown",
                "no such call is open: it has ended, was never allowed, or is not known by that name",
            ));
        }
        self.lines().settled(&permit.decision);
        withheld.map_or(Ok(()), Err)
    }

    /// The permit under a decision's id, or the only open one under a call's; where none is open, the only one of which nobody
    /// knows how it ended.
    fn permit_of(&self, of: &str) -> Result<Option<Permit>, LineError> {
        let keys = vec![permit_key(of), permits_of_call_key(of)];
        let several =
            || LineError::new("settle.ambiguous", "several calls of this id are open: name the decision");
        let mut more = Box::<Index>::default();
        let mut found = self.permits(keys, |rows| {
            if let Some(Row::Keys(index)) = rows.get(1).copied().flatten() {
                more.clone_from(index);
            }
        })?;
        if found.is_empty() && !more.is_empty() {
            if !more.is_whole() {
                return Err(several());
            }
            found = self.permits(more.keys().to_vec(), |_| {})?;
            if found.iter().any(|permit| permit.unknown.is_none()) {
                found.retain(|permit| permit.unknown.is_none());
            }
        }
        if found.len() > 1 {
            return Err(several());
        }
        Ok(found.pop())
    }

    /// The permits under some keys.
    fn permits(
        &self,
        keys: Vec<Key>,
        mut look: impl FnMut(&[Option<&Row>]),
    ) -> Result<Vec<Permit>, LineError> {
        let touches = Touches { keys: keys.into(), ..Touches::default() };
        let mut found = Vec::new();
        self.transact(&touches, &mut |snapshot| {
            look(snapshot.rows);
            let permit = |row: &Option<&Row>| match row {
                Some(Row::Permit(permit)) => Some((**permit).clone()),
                _ => None,
            };
            found = snapshot.rows.iter().filter_map(permit).collect();
            Vec::new()
        })
        .map_err(|error| LineError::of_store(&error))?;
        Ok(found)
    }

    /// The host's actual figures, as a frame that holds nothing else.
    fn told(&self, host: Option<&str>) -> Result<Option<Frame>, LineError> {
        let Some(text) = host else { return Ok(None) };
        let program = self.contract().program();
        let mut frame = Frame::shared(program);
        let mut reader = Reader::new(text, self.limits());
        let faults = frame::read_host(self.contract(), self.limits(), &mut reader, &mut frame)?;
        reader.end()?;
        match faults.into_iter().next() {
            Some(fault) => Err(LineError::new(fault.code, fault.message)),
            None => Ok(Some(frame)),
        }
    }

    /// Where a monitor keeps what ended with that result; nothing where the result does not say with what it is joined.
    fn ended_key(&self, watched: &Watched, results: &[Value]) -> Option<Key> {
        let program = self.contract().program();
        let id = self.plan().monitor_named(&watched.monitor)?;
        let monitor = program.monitors.get(id.index())?;
        if watched.join.iter().all(Option::is_some) {
            return Some(watched.open.clone());
        }
        let frame = Frame::shared(program);
        let world = Results(results);
        let eval = Eval::new(self.contract(), &frame, &world);
        let mut join: Vec<Value> = Vec::with_capacity(watched.join.len());
        for (known, of) in watched.join.iter().zip(&monitor.join) {
            join.push(match (known, of) {
                (Some(value), _) => value.clone(),
                (None, Join::Result(node)) => match eval.value(*node, None) {
                    Datum::Is(value) => value.into_owned(),
                    _ => return None,
                },
                (None, Join::Arg(_)) => return None,
            });
        }
        let (tenant, scope) = (watched.tenant.as_deref(), watched.scope.as_deref());
        Some(watch_key_of(self.plan(), id, tenant, scope, join.iter().map(Some)))
    }

    /// A result with more records than a flow lets pass is withheld (semantics 33).
    fn withheld(&self, permit: &Permit, settlement: &Settlement<'_>) -> Option<LineError> {
        // What an error brings reaches the agent as well.
        if !matches!(settlement.how, How::Ok | How::Error) || planted(133) {
            return None;
        }
        let records = settlement.result.map(|text| crate::records::records(text, self.limits()))?;
        let (rule, most) = permit.deliver.iter().find(|(_, most)| records.is_none_or(|n| n > *most))?;
        let message = format!("withheld: `{rule}` lets at most {most} records pass");
        Some(LineError::new("flow.records", message))
    }
}

/// Every row that the outcome of a call may change, but for those that its result names.
fn add_keys(permit: &Permit, all: &mut Vec<Key>) {
    all.extend(permit.held.iter().map(|held| held.key.clone()));
    all.extend(permit.watched.iter().map(|watched| watched.open.clone()));
    all.extend(permit.claimed.iter().cloned());
    all.extend(permit.job.iter().chain(&permit.above).cloned());
    all.extend(permit.call.iter().map(|call| permits_of_call_key(call)));
    all.extend(permit.seen.iter().map(|seen| (**seen).clone()));
}

struct Outcome<'o> {
    gate: &'o Gate,
    permit: &'o Permit,
    settlement: &'o Settlement<'o>,
    results: &'o [Value],
    host: Option<&'o Frame>,
    /// The rows that the outcome may change; the first is the permit's own.
    touched: &'o [Key],
}

impl Outcome<'_> {
    fn changes(&self, snapshot: &Snapshot<'_>, watched: &[(Watched, Option<Key>)]) -> Vec<Change> {
        let mut all = spare::changes();
        for held in &self.permit.held {
            self.held(held, &mut all);
        }
        for (watched, ended) in watched {
            match self.permit.unknown {
                None => self.watched(watched, ended.as_ref(), snapshot, &mut all),
                Some(since) => self.corrected(watched, ended.as_ref(), since, snapshot, &mut all),
            }
        }
        for key in &self.permit.claimed {
            all.extend(self.claimed(key, snapshot).map(|delta| Change::plain(self.target(key), delta)));
        }
        if let (true, Some(job)) = (self.settlement.how == How::NotSent || planted(131), &self.permit.job)
            && !self.permit.labels.is_empty()
        {
            all.push(Change::plain(self.target(job), Delta::Leave(self.permit.labels.clone())));
        }
        // Labels join when the call is allowed, before anybody knows what it returned.
        if let (true, Some(job)) = (planted(223) && self.settlement.how == How::Ok, &self.permit.job) {
            all.push(Change::plain(self.target(job), Delta::Join(None, self.permit.labels.clone())));
        }
        all.extend(self.undecided(snapshot));
        self.without_closed(snapshot, &mut all);
        let own = permit_key(&self.permit.decision);
        if self.settlement.how == How::Unknown {
            let permit = Box::new(self.unknown(watched, snapshot));
            all.push(Change::plain(0, Delta::Put(Row::Permit(permit))));
            return all;
        }
        if let Some(call) = &self.permit.call {
            all.push(Change::plain(self.target(&permits_of_call_key(call)), Delta::DropKey(Box::new(own))));
        }
        all.push(Change::plain(0, Delta::Remove));
        all
    }

    /// What is kept for a job that is closed is gone, and stays so.
    fn without_closed(&self, snapshot: &Snapshot<'_>, all: &mut Vec<Change>) {
        let jobs = self.permit.job.iter().chain(&self.permit.above);
        let closed = jobs.filter(|key| matches!(self.row(key, snapshot), Some(Row::Job(job)) if job.closed));
        for of in closed.filter_map(OfJob::named_by) {
            all.retain(|change| !change.key(self.touched).is_some_and(|key| of.has(key.as_bytes())));
        }
    }

    /// What was never sent did not happen, and nothing holds room for it any more: under its id the call is decided anew.
    fn undecided(&self, snapshot: &Snapshot<'_>) -> Option<Change> {
        let key = self.permit.seen.as_deref()?;
        if self.settlement.how != How::NotSent || planted(230) {
            return None;
        }
        match self.row(key, snapshot) {
            Some(Row::Seen(seen))
                if seen.decision.as_ref().is_some_and(|known| known.id == self.permit.decision) =>
            {
                let seen = Box::new(Seen { digest: seen.digest, decision: None });
                let delta = Delta::Put(Row::Seen(seen));
                Some(Change::plain(self.target(key), delta))
            }
            _ => None,
        }
    }

    /// True where what was counted is given back.
    fn releases(&self) -> bool {
        match self.settlement.how {
            How::NotSent => true,
            How::Error => self.permit.error_releases || planted(116),
            How::Unknown => planted(218),
            How::Ok => false,
        }
    }

    fn held(&self, held: &Held, all: &mut Vec<Change>) {
        let (permit, at) = (self.permit.id, self.permit.at);
        let plan = self.gate.plan();
        let number = plan.meter_named(&held.meter);
        let form = number.map_or(FormRef::Plain, FormRef::Meter);
        let mut push = |delta| all.push(Change { row: self.target(&held.key), form, delta });
        let Some(meter) = number.and_then(|number| plan.meters.get(number as usize)) else {
            // The contract has no such limit any more: what was counted stays counted, should it come back.
            if self.settlement.how != How::Unknown {
                push(Delta::Landed(permit));
            }
            return;
        };
        if meter.meter == Meter::InFlight {
            // Nobody knows whether it still runs: its lease ends by itself.
            if self.settlement.how != How::Unknown {
                push(Delta::Landed(permit));
            }
            return;
        }
        let is = self.came_to(meter, held);
        if is == held.amount {
            push(Delta::Settle(permit));
        } else {
            push(Delta::Recharge { at, was: held.amount, is, permit });
        }
    }

    fn watched(
        &self,
        watched: &Watched,
        ended: Option<&Key>,
        snapshot: &Snapshot<'_>,
        all: &mut Vec<Change>,
    ) {
        let program = self.gate.contract().program();
        let id = self.gate.plan().monitor_named(&watched.monitor);
        let form = id.map_or(FormRef::Plain, FormRef::Monitor);
        let mut push = |key: &Key, delta| all.push(Change { row: self.target(key), form, delta });
        let Some(monitor) = id.and_then(|id| program.monitors.get(id.index())) else {
            // The contract does not ask this any more.
            push(&watched.open, Delta::Close(self.permit.id));
            return;
        };
        push(&watched.open, Delta::Close(self.permit.id));
        let Some(counts) = self.counts(monitor) else { return };
        // Without a known join it may be joined with anything: it is kept where open calls are, as a possibility.
        let (key, sure) = match ended {
            Some(key) => (key, counts == Truth::True && watched.sure),
            None => (&watched.open, false),
        };
        let at = match monitor.phase {
            Phase::Started => watched.at,
            // A call is evidence from its end, not from its beginning.
            _ if planted(220) => watched.at,
            _ => snapshot.reading,
        };
        // The latest one that has begun is the one that began last, whichever ends last.
        let by_begin =
            monitor.phase == Phase::Started && matches!(monitor.keep, Keep::Latest(_) | Keep::First(_));
        let end = Ended {
            begin: self.permit.id.0,
            end: if by_begin { self.permit.id.0 } else { snapshot.sequence },
            at,
            early: snapshot.reading.early,
            sure,
            amount: watched.amount,
            parts: self.parts(monitor, watched),
        };
        push(key, Delta::Count(Box::new(end)));
    }

    /// Whether the call counts for a monitor, now that it has ended; nothing where it does not.
    fn counts(&self, monitor: &Monitor) -> Option<Truth> {
        let how = self.settlement.how;
        let by_phase = match (monitor.phase, how) {
            (_, How::NotSent) | (Phase::Attempted, _) => return None,
            (Phase::Started, _) | (Phase::Completed, How::Ok) | (Phase::Failed, How::Error) => Truth::True,
            (Phase::Completed | Phase::Failed, How::Unknown) => Truth::Undetermined,
            (Phase::Completed, How::Error) | (Phase::Failed, How::Ok) => return None,
        };
        let contract = self.gate.contract();
        let frame = Frame::shared(contract.program());
        let world = Results(self.results);
        let eval = Eval::new(contract, &frame, &world);
        let by_result = monitor.result.map_or(Truth::True, |result| eval.truth(result, None));
        let both = match by_phase.and(by_result) {
            // A result that cannot be computed proves nothing, and disproves nothing.
            Truth::Failed => Truth::Undetermined,
            Truth::Undetermined if planted(120) => Truth::True,
            both => both,
        };
        (both != Truth::False).then_some(both)
    }

    fn parts(&self, monitor: &Monitor, watched: &Watched) -> Vec<Value> {
        let contract = self.gate.contract();
        let frame = Frame::shared(contract.program());
        let world = Results(self.results);
        let eval = Eval::new(contract, &frame, &world);
        let own = kept(&monitor.keep).iter().zip(&watched.parts);
        own.map(|(kept, known)| match &kept.value {
            Join::Arg(_) => known.clone(),
            Join::Result(node) => value(&eval, *node),
        })
        .collect()
    }

    fn claimed(&self, key: &Key, snapshot: &Snapshot<'_>) -> Option<Delta> {
        let row = self.row(key, snapshot);
        let Some(Row::Once(entry)) = row else { return Some(Delta::Remove) };
        // What is set right is what nobody knew.
        if self.permit.unknown.is_some() && entry.state != State::Unknown {
            return None;
        }
        if self.releases() {
            return Some(Delta::Remove);
        }
        let state = match self.settlement.how {
            How::Unknown => State::Unknown,
            _ => {
                // What was too large, or is an error, is not given again.
                let result = self
                    .settlement
                    .result
                    .filter(|result| self.settlement.how == How::Ok && result.len() <= MAX_RESULT)
                    .filter(|_| self.may_replay());
                let result = match (self.settlement.how, result, self.settlement.result) {
                    (How::Ok, None, None) => Some("null".into()),
                    (_, result, _) => result.map(Into::into),
                };
                State::Done {
                    at: snapshot.reading.late,
                    failed: self.settlement.how == How::Error,
                    result,
                    labels: self.permit.labels.clone(),
                }
            }
        };
        Some(Delta::Put(Row::Once(Box::new(Entry { digest: entry.digest, state }))))
    }

    /// Some key of the tool gives the result again; without one, nobody will ever ask for it.
    fn may_replay(&self) -> bool {
        let contract = self.gate.contract();
        let Some(tool) = contract.tool(&self.permit.tool).known() else { return false };
        let onces = &contract.program().onces;
        contract.onces(tool).iter().filter_map(|id| onces.get(id.index())).any(|once| once.replay.is_some())
    }

    fn row<'s>(&self, key: &Key, snapshot: &Snapshot<'s>) -> Option<&'s Row> {
        let place = self.touched.iter().position(|known| known == key)?;
        snapshot.rows.get(place).copied().flatten()
    }

    /// A row of the call, as changes name it.
    fn target(&self, key: &Key) -> Target {
        self.touched.iter().position(|known| known == key).map_or_else(|| key.clone().into(), Into::into)
    }
}
