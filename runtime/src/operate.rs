//! What hosts and operators tell a gate: votes, events, usage, jobs, suspensions.

use agentpass_ir::{Ambient, Lookup, Meter, MonitorId, Scope, Value};
use agentpass_values::Timestamp;
use agentpass_values::escape::shown;

use crate::decide::charged::{Total, in_job};
use crate::decide::feeds::OfArgs;
use crate::decide::past::{reads_only_shared, watch_key_of};
use crate::decide::{asks, identity, job_key, job_tenants_key, switches_key};
use crate::eval::{Datum, Eval, Nowhere};
use crate::frame::{self, Frame};
use crate::gate::Gate;
use crate::line::LineError;
use crate::plan::FormRef;
use crate::planted::planted;
use crate::settle::figures::{Unfit, amount, is_told, unfit};
use crate::state::asking::{Vote, VoteError};
use crate::state::index::Index;
use crate::state::key::OfJob;
use crate::state::switches::Switch;
use crate::state::watch::Ended;
use crate::state::{Delta, Key, Row};
use crate::store::{Account, Change, Reading, Touches};
use crate::truth::Truth;
use crate::wire::reader::Reader;

/// Something that the host reports and no agent calls. What it leaves out it is about in general: an event without a tenant
/// is seen by all tenants, one without a job by all jobs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The event's name.
    pub event: String,
    /// Its fields: a JSON object.
    pub args: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The agent.
    pub agent: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The job.
    pub job: Option<String>,
    /// When, offline.
    pub at: Option<Timestamp>,
}

/// Tokens and cost that were spent between calls. They may overdraw.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// The job.
    pub job: Option<String>,
    /// Its tenant; where only one tenant has a job of that name, it need not be said.
    pub tenant: Option<String>,
    /// The agent.
    pub agent: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The figures, as facts of the host: a JSON object such as `{"tokens": 1200}`.
    pub host: String,
    /// When, offline.
    pub at: Option<Timestamp>,
}

/// What is suspended, or no longer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lift {
    /// A job of a tenant.
    Job(Option<String>, String),
    /// An agent of a tenant.
    Agent(Option<String>, String),
    /// A tool, by wire name.
    Tool(String),
    /// Everything.
    Gate,
    /// The clock stepped, and is right.
    Clock,
}

impl Gate {
    /// Counts an answer to a challenge. The host has authenticated who answers, on a channel that is not the agent's.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn vote(&self, vote: &Vote) -> Result<(), VoteError> {
        self.vote_at(vote, None)
    }

    pub(crate) fn vote_at(&self, vote: &Vote, at: Option<Timestamp>) -> Result<(), VoteError> {
        let by_call = self.index(asks::askings_of_call_key(&vote.on), at)?;
        // The id of a question, or of a call that met some.
        let mut asked: Vec<(Key, Key)> = Vec::new();
        for id in std::iter::once(&asks::asking_id_key(&vote.on)).chain(by_call.keys()) {
            let index = self.index(id.clone(), at)?;
            asked.extend(index.keys().iter().map(|key| (id.clone(), key.clone())));
        }
        if !by_call.is_whole() {
            return Err(VoteError::Ambiguous);
        }
        let keys: Vec<Key> = asked.iter().map(|(_, key)| key.clone()).collect();
        let mut outcome = Err(VoteError::Store);
        self.transact(&Touches { at, account: Account::Host, keys: keys.clone().into() }, &mut |snapshot| {
            let open = asked.iter().zip(snapshot.rows).filter_map(|((id, key), row)| match row {
                // The same call may be asked about anew: that is another question.
                Some(Row::Asking(asking)) if asks::asking_id_key(&asking.id) == *id => Some((key, asking)),
                _ => None,
            });
            let named: Vec<_> = open
                .filter(|(_, asking)| vote.challenge.as_ref().is_none_or(|name| *name == asking.name))
                .collect();
            let (key, asking) = match named.as_slice() {
                [] => {
                    outcome = Err(VoteError::Unknown);
                    return Vec::new();
                }
                [one] => *one,
                _ => {
                    outcome = Err(VoteError::Ambiguous);
                    return Vec::new();
                }
            };
            let challenge = self.contract().challenge(&asking.name);
            let challenge = challenge.and_then(|id| self.contract().program().challenges.get(id.index()));
            let counted = challenge
                .ok_or(VoteError::Unknown)
                .and_then(|challenge| asking.vote(challenge, vote, snapshot.reading.late));
            match counted {
                Ok(asking) => {
                    outcome = Ok(());
                    let delta = Delta::Put(Row::Asking(Box::new(asking)));
                    vec![Change::plain(key.clone(), delta)]
                }
                Err(error) => {
                    outcome = Err(error);
                    Vec::new()
                }
            }
        })
        .map_err(|_| VoteError::Store)?;
        outcome
    }

    /// Where a row says to look further.
    fn index(&self, key: Key, at: Option<Timestamp>) -> Result<Index, VoteError> {
        let mut index = Index::default();
        self.transact(&Touches { at, account: Account::Host, keys: vec![key].into() }, &mut |snapshot| {
            if let Some(Row::Keys(found)) = snapshot.rows.first().copied().flatten() {
                index.clone_from(found);
            }
            Vec::new()
        })
        .map_err(|_| VoteError::Store)?;
        Ok(index)
    }

    /// Takes note of an event.
    ///
    /// # Errors
    /// The contract has no such event, its fields do not fit, or the store failed.
    pub fn report(&self, report: &Report) -> Result<(), LineError> {
        let contract = self.contract();
        let program = contract.program();
        let Some(id) = contract.event(&report.event) else {
            let event = shown(&report.event);
            return Err(LineError::new("event.unknown", format!("this contract has no event `{event}`")));
        };
        let args = report.args.as_deref().unwrap_or("{}");
        let Some(event) = program.events.get(id.index()) else {
            return Err(LineError::new("event.unknown", "this contract has no such event"));
        };
        let mut reader = Reader::new(args, self.limits());
        let (mut frame, faults) = frame::read_event(contract, event, self.limits(), &mut reader)?;
        reader.end()?;
        if let Some(fault) = faults.into_iter().next() {
            return Err(LineError::new(fault.code, fault.message));
        }
        let named = [
            (Ambient::Tenant, &report.tenant),
            (Ambient::Agent, &report.agent),
            (Ambient::User, &report.user),
            (Ambient::Job, &report.job),
        ];
        for (ambient, value) in named {
            frame.set(ambient.slot(), value.as_deref().map(|text| Value::Text(text.into())));
        }
        let mut fed: Vec<(MonitorId, Key, OfArgs)> = Vec::new();
        for &monitor in contract.fed_by_event(id) {
            let Some(of) = program.monitors.get(monitor.index()) else { continue };
            let Some(of_args) = OfArgs::read(contract, &frame, of) else { continue };
            let scope = match of.scope {
                Scope::Tenant => None,
                Scope::Job => report.job.as_deref(),
                Scope::User => report.user.as_deref(),
                Scope::Agent => report.agent.as_deref(),
            };
            let join = of_args.join.iter().map(Option::as_ref);
            let key = watch_key_of(self.house().plan, monitor, report.tenant.as_deref(), scope, join);
            fed.push((monitor, key, of_args));
        }
        if let Some(job) = &report.job {
            let closed = self.of_closed(report.tenant.as_deref(), std::iter::once(job.as_str()))?;
            fed.retain(|(_, key, _)| !is_in(&closed, key));
        }
        let keys: Vec<Key> = fed.iter().map(|(_, key, _)| key.clone()).collect();
        self.transact(
            &Touches { at: report.at, account: Account::Host, keys: keys.into() },
            &mut |snapshot| {
                let count = |(place, (monitor, _, of_args)): (usize, &(MonitorId, Key, OfArgs))| {
                    let reading = snapshot.reading;
                    let ended = Ended {
                        begin: snapshot.sequence,
                        end: snapshot.sequence,
                        at: reading,
                        early: reading.early,
                        sure: of_args.sure,
                        amount: of_args.amount,
                        parts: of_args.parts.clone(),
                    };
                    let delta = Delta::Count(Box::new(ended));
                    Change { row: place.into(), form: FormRef::Monitor(*monitor), delta }
                };
                fed.iter().enumerate().map(count).collect()
            },
        )
        .map_err(|error| LineError::of_store(&error))
    }

    /// Takes note of tokens and cost that were spent between calls.
    ///
    /// # Errors
    /// The figures do not fit, or give a limit an amount that is negative, missing or out of range; no limit counts them; nobody knows whose they are, or the store failed.
    pub fn usage(&self, usage: &Usage) -> Result<(), LineError> {
        let contract = self.contract();
        let program = contract.program();
        let tenant = match &usage.tenant {
            Some(tenant) => Some(tenant.clone()),
            None => self.tenant_of(usage.job.as_deref())?,
        };
        let mut frame = Frame::shared(program);
        let mut reader = Reader::new(&usage.host, self.limits());
        let faults = frame::read_host(contract, self.limits(), &mut reader, &mut frame)?;
        reader.end()?;
        if let Some(fault) = faults.into_iter().next() {
            return Err(LineError::new(fault.code, fault.message));
        }
        let named = [
            (Ambient::Tenant, &tenant),
            (Ambient::Agent, &usage.agent),
            (Ambient::User, &usage.user),
            (Ambient::Job, &usage.job),
        ];
        for (ambient, value) in named {
            frame.set(ambient.slot(), value.as_deref().map(|text| Value::Text(text.into())));
        }
        let parents = match &usage.job {
            Some(job) => self.jobs_above(tenant.as_deref(), job)?,
            None => Vec::new(),
        };
        let parents = if planted(222) { Vec::new() } else { parents };
        let spent = self.spent(&frame, tenant.as_deref(), &parents)?;
        if spent.is_empty() {
            return Err(LineError::new("usage.uncounted", "no limit counts this, or nothing was spent"));
        }
        // What is kept for a job that is closed is gone; what is spent for others counts.
        let jobs = usage.job.iter().chain(&parents).map(String::as_str);
        let closed = self.of_closed(tenant.as_deref(), jobs)?;
        let spent: Vec<_> = spent.into_iter().filter(|(key, _, _)| !is_in(&closed, key)).collect();
        let keys: Vec<Key> = spent.iter().map(|(key, _, _)| key.clone()).collect();
        self.transact(&Touches { at: usage.at, account: Account::Host, keys: keys.into() }, &mut |snapshot| {
            let charge = |(place, (_, meter, amount)): (usize, &(Key, u32, i128))| {
                let Reading { early, late } = snapshot.reading;
                let delta = Delta::Charge { at: late, early, amount: *amount, open: None };
                Change { row: place.into(), form: FormRef::Meter(*meter), delta }
            };
            spent.iter().enumerate().map(charge).collect()
        })
        .map_err(|error| LineError::of_store(&error))
    }

    /// The totals that spent tokens and cost count in: those whose keys are known without a call, and for limits per job those
    /// of the jobs above it.
    fn spent(
        &self,
        frame: &Frame,
        tenant: Option<&str>,
        parents: &[String],
    ) -> Result<Vec<(Key, u32, i128)>, LineError> {
        let contract = self.contract();
        let program = contract.program();
        let plan = self.house().plan;
        let eval = Eval::new(contract, frame, &Nowhere);
        let mut spent: Vec<(Key, u32, i128)> = Vec::new();
        for charge in &program.charges {
            let known = |node| reads_only_shared(program, node);
            if !charge.keys.iter().all(|node| known(*node)) {
                continue;
            }
            if charge.guard.is_some_and(|guard| known(guard) && eval.truth(guard, None) == Truth::False) {
                continue;
            }
            let keys: Option<Vec<Value>> =
                charge.keys.iter().map(|&node| is(eval.value(node, None))).collect();
            let (Some(keys), Some(limit)) = (keys, program.limits.get(charge.limit.index())) else {
                continue;
            };
            let above = parents.iter().map(|parent| in_job(program, charge, &keys, parent));
            let all_keys: Vec<Vec<Value>> = std::iter::once(keys.clone()).chain(above).collect();
            for (number, (bound, line)) in limit.bounds.iter().zip(&charge.lines).enumerate() {
                let Some(line) = line else { continue };
                if !matches!(bound.meter, Meter::Tokens | Meter::Cost(_)) || !line.keys.is_empty() {
                    continue;
                }
                let meter = plan.meter_of.get(charge.limit.index()).and_then(|all| all.get(number)).copied();
                let (Some(meter), Some(node)) = (meter, line.amount) else { continue };
                let Some(of) = plan.meters.get(meter as usize) else { continue };
                // What is not said was not spent.
                if !is_told(program, node, frame) {
                    continue;
                }
                let amount = match amount(bound.meter, eval.value(node, None)) {
                    Ok(0) => continue,
                    Ok(amount) => amount,
                    Err(Unfit) => return Err(unfit(&limit.id)),
                };
                for keys in &all_keys {
                    let key = Total { program, charge, meter: of, tenant }.key::<_, Value>(keys, &[]);
                    if !spent.iter().any(|(known, _, _)| *known == key) {
                        spent.push((key, meter, amount));
                    }
                }
            }
        }
        Ok(spent)
    }

    /// Suspends something: the kill switch.
    ///
    /// # Errors
    /// The contract has no such tool, or is not for such an agent: the name was mistyped, and nobody would be stopped. Nobody
    /// knows which job or agent is meant, or the store failed.
    pub fn suspend(&self, what: &Lift) -> Result<(), LineError> {
        self.suspend_at(what, None)
    }

    /// Lifts a suspension. Only operators may.
    ///
    /// # Errors
    /// Nothing of that name is suspended, an agent of that name is suspended under a tenant that is not named, or the store failed.
    pub fn lift(&self, what: &Lift) -> Result<(), LineError> {
        self.lift_at(what, None)
    }

    pub(crate) fn suspend_at(&self, what: &Lift, at: Option<Timestamp>) -> Result<(), LineError> {
        self.switch(what, at, true)
    }

    pub(crate) fn lift_at(&self, what: &Lift, at: Option<Timestamp>) -> Result<(), LineError> {
        self.switch(what, at, false)
    }

    fn switch(&self, what: &Lift, at: Option<Timestamp>, suspended: bool) -> Result<(), LineError> {
        let mut name = None;
        let (key, switch) = match what {
            Lift::Clock => {
                self.confirm_clock();
                return Ok(());
            }
            Lift::Job(tenant, job) => {
                let tenant = match tenant {
                    Some(tenant) => Some(tenant.clone()),
                    None => match self.tenant_of(Some(job)) {
                        Err(error) if error.code == "tenant.missing" && !suspended => None,
                        found => found?,
                    },
                };
                let key = job_key(tenant.as_deref(), job);
                name = suspended.then(|| (job_tenants_key(job), tenant));
                (key, None)
            }
            Lift::Agent(tenant, agent) => {
                if suspended && !identity::is_named(&self.contract().program().contract, agent) {
                    return Err(nobody("this contract is for no agent", agent));
                }
                // What names no tenant would stop nobody who has one.
                if tenant.is_none() && suspended && !planted(236) {
                    self.tenant_of(None)?;
                }
                (switches_key(), Some(Switch::Agent(tenant.clone(), agent.clone())))
            }
            Lift::Tool(tool) => {
                if suspended && self.contract().tool(tool) == Lookup::Unknown {
                    return Err(nobody("this contract has no tool", tool));
                }
                (switches_key(), Some(Switch::Tool(tool.clone())))
            }
            Lift::Gate => (switches_key(), Some(Switch::Gate)),
        };
        let (mut was, mut elsewhere) = (false, Vec::new());
        self.transact(
            &Touches { at, account: Account::Host, keys: vec![key.clone()].into() },
            &mut |snapshot| {
                let row = snapshot.rows.first().copied().flatten();
                let (delta, known) = match &switch {
                    None => {
                        let known = matches!(row, Some(Row::Job(job)) if job.suspended);
                        (Delta::Suspend(suspended), known)
                    }
                    Some(switch) => {
                        let known = matches!(row, Some(Row::Switches(switches)) if switches.is_on(switch));
                        if let (Some(Row::Switches(switches)), Switch::Agent(_, agent)) = (row, switch) {
                            elsewhere = switches.tenants_of(agent);
                        }
                        (Delta::Switch(switch.clone(), suspended), known)
                    }
                };
                was = known;
                if known == suspended {
                    return Vec::new();
                }
                // Whoever lifts it need not say whose it is.
                let named = name
                    .iter()
                    .map(|(key, tenant)| Change::plain(key.clone(), Delta::AddName(tenant.clone())));
                std::iter::once(Change::plain(0, delta)).chain(named).collect()
            },
        )
        .map_err(|error| LineError::of_store(&error))?;
        if suspended || was { Ok(()) } else { Err(not_suspended(what, &elsewhere)) }
    }
}

/// Who mistypes a name must not believe that something has been stopped. What a contract does not know is denied anyway.
fn nobody(why: &str, name: &str) -> LineError {
    LineError::new("suspend.unknown", format!("{why} `{}`: nothing is suspended", shown(name)))
}

/// So many tenants are named to an operator.
const TENANTS: usize = 8;

/// Why nothing is lifted. An agent of that name may be suspended under other tenants: nobody guesses which one is meant.
fn not_suspended(what: &Lift, elsewhere: &[Option<String>]) -> LineError {
    let unknown = || LineError::new("lift.unknown", "that is not suspended");
    let Lift::Agent(tenant, _) = what else { return unknown() };
    let named: Vec<String> =
        elsewhere.iter().flatten().take(TENANTS).map(|it| format!("`{}`", shown(it))).collect();
    let more = elsewhere.iter().flatten().count().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = named.join(", ");
    match (tenant, named.is_empty()) {
        (None, false) => {
            let message =
                format!("the agent is suspended for a tenant: name the one that is meant ({named}{more})");
            LineError::new("tenant.missing", message)
        }
        (Some(_), false) => LineError::new(
            "lift.unknown",
            format!("that is not suspended for this tenant, but for {named}{more}"),
        ),
        (Some(_), true) if !elsewhere.is_empty() => {
            LineError::new("lift.unknown", "that is not suspended for this tenant, but without one")
        }
        _ => unknown(),
    }
}

/// True where a row belongs to one of those jobs.
fn is_in(jobs: &[OfJob], key: &Key) -> bool {
    jobs.iter().any(|job| job.has(key.as_bytes()))
}

fn is(datum: Datum<'_>) -> Option<Value> {
    match datum {
        Datum::Is(value) => Some(value.into_owned()),
        _ => None,
    }
}
