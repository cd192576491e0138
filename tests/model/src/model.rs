//! One step after the other.

use std::collections::BTreeSet;

use crate::contract::{Bound, Contract, Limit, Meter, Millis, Stop};
use crate::log::{Decided, End, Judged, Log, Opened, Reported, Spent, Stamp, Switched, Verdict, Voted};
use crate::step::{Event, Figures, How, Settle, Step, Target, Timed, Vote, Who};

/// A gate in the mind.
#[derive(Clone, Debug)]
pub struct Model {
    /// By what it decides.
    pub contract: Contract,
    /// What has happened.
    pub log: Log,
    /// What the clock says.
    pub now: Stamp,
    /// Who is in which group.
    pub members: BTreeSet<(String, String)>,
}

/// What a step is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A call.
    Decided(Box<Decided>),
    /// Anything else that was done.
    Done,
    /// What was not, with the code of why.
    Refused(&'static str),
}

impl Model {
    /// A gate to which nothing has happened.
    #[must_use]
    pub fn new(contract: &Contract) -> Model {
        Model {
            contract: contract.clone(),
            log: Log::default(),
            now: Stamp { step: 0, early: Millis::MIN, late: Millis::MIN },
            members: BTreeSet::new(),
        }
    }

    /// Something happens.
    pub fn step(&mut self, timed: &Timed) -> Answer {
        self.now.step += 1;
        self.now.early = timed.at;
        self.now.late = self.now.late.max(timed.at);
        match &timed.step {
            Step::Call(call) => Answer::Decided(Box::new(self.call(call))),
            Step::Settle(settle) => self.settle(settle),
            Step::Vote(vote) => self.vote(vote),
            Step::Event(event) => self.event(event),
            Step::Usage(who, figures) => self.usage(who, *figures),
            Step::Suspend(target) => self.switch(target, true),
            Step::Lift(target) => self.switch(target, false),
            Step::Open(who, parent) => self.open(who, parent.as_ref()),
            Step::Close(tenant, job) => self.close(tenant.as_ref(), job),
            Step::Member(user, group, is_member) => {
                let pair = (user.clone(), group.clone());
                if *is_member {
                    self.members.insert(pair);
                } else {
                    self.members.remove(&pair);
                }
                Answer::Done
            }
            Step::Reset => {
                self.log = Log::default();
                self.now.late = Millis::MIN;
                Answer::Done
            }
        }
    }

    fn settle(&mut self, settle: &Settle) -> Answer {
        let now = self.now;
        let end = End { at: now, how: settle.how, result: settle.result, host: settle.host };
        let own = |judged: &&mut Judged| judged.call.id == settle.call;
        let is_open = self.log.calls.iter().any(|judged| judged.is_open() && judged.call.id == settle.call);
        // What is open comes first; what nobody knew can be set right once.
        let waits = |judged: &&mut Judged| if is_open { judged.is_open() } else { judged.is_unknown() };
        let mut waiting: Vec<_> = self.log.calls.iter_mut().filter(own).filter(waits).collect();
        if let [only] = waiting.as_slice()
            && (is_open || settle.how != How::Unknown)
        {
            let told = Judged { end: Some(end), corrected: None, ..(**only).clone() };
            if !self.releases(&told) && self.has_unfit(&told) {
                return Answer::Refused("limit.summand");
            }
            waiting = self.log.calls.iter_mut().filter(own).filter(waits).collect();
        }
        match waiting.as_mut_slice() {
            [] => Answer::Refused("settle.unknown"),
            [only] if is_open => {
                only.end = Some(end);
                Answer::Done
            }
            [_] if settle.how == How::Unknown => Answer::Refused("settle.unknown"),
            [only] => {
                only.corrected = Some(end);
                Answer::Done
            }
            _ => Answer::Refused("settle.ambiguous"),
        }
    }

    fn vote(&mut self, vote: &Vote) -> Answer {
        // The questions that a call of this id met, as far as they have neither been used up nor asked anew.
        let met: BTreeSet<usize> = self
            .log
            .calls
            .iter()
            .filter(|judged| judged.call.id == vote.call)
            .flat_map(|judged| judged.met.iter().copied())
            .filter(|number| self.is_current(*number))
            .filter(|number| {
                let of = self
                    .log
                    .asked
                    .get(*number)
                    .and_then(|asked| self.contract.challenges.get(asked.challenge));
                vote.challenge.is_none() || of.map(|of| &of.name) == vote.challenge.as_ref()
            })
            .collect();
        let numbers: Vec<usize> = met.into_iter().collect();
        let number = match numbers.as_slice() {
            [] => return Answer::Refused("vote.unknown"),
            [only] => *only,
            _ => return Answer::Refused("vote.ambiguous"),
        };
        if let Some(code) = self.objection(number, vote) {
            return Answer::Refused(code);
        }
        let at = self.now;
        if let Some(asked) = self.log.asked.get_mut(number) {
            asked.votes.push(Voted { at, by: vote.by.clone(), approve: vote.approve });
        }
        Answer::Done
    }

    fn event(&mut self, event: &Event) -> Answer {
        let Event { kind, a, who } = event.clone();
        self.log.events.push(Reported { at: self.now, kind, a, who });
        Answer::Done
    }

    fn usage(&mut self, who: &Who, figures: Figures) -> Answer {
        let mut who = who.clone();
        if who.tenant.is_none() {
            match who.job.as_ref().map(|job| self.tenants_of(job)).unwrap_or_default().as_slice() {
                [] if self.has_tenants() => return Answer::Refused("tenant.missing"),
                [] => {}
                [only] => who.tenant.clone_from(only),
                _ => return Answer::Refused("job.ambiguous"),
            }
        }
        let jobs = self.jobs(&who);
        let spent = Spent { at: self.now, who, jobs, figures };
        let counts = self
            .contract
            .limits
            .iter()
            .flat_map(|limit| limit.bounds.iter().map(move |bound| (limit, bound)));
        let reaches = |limit: &Limit, bound: &Bound| !self.keys_of_spent(limit, bound, &spent).is_empty();
        if counts.clone().any(|(limit, bound)| figures.is_unfit(bound) && reaches(limit, bound)) {
            return Answer::Refused("limit.summand");
        }
        let counted = counts.filter(|(limit, bound)| {
            let figure = match bound.meter {
                Meter::Tokens => figures.tokens,
                Meter::Cost => figures.cost,
                _ => 0,
            };
            figure > 0 && reaches(limit, bound)
        });
        if counted.count() == 0 {
            return Answer::Refused("usage.uncounted");
        }
        self.log.spent.push(spent);
        Answer::Done
    }

    fn switch(&mut self, target: &Target, on: bool) -> Answer {
        let mut tenant = target.tenant.clone();
        if let (Stop::Job, None) = (target.stop, &tenant) {
            match self.tenants_of(&target.name).as_slice() {
                [] if self.has_tenants() && on => return Answer::Refused("tenant.missing"),
                [] => {}
                [only] => tenant.clone_from(only),
                _ => return Answer::Refused("job.ambiguous"),
            }
        }
        let was = self.is_stopped(target.stop, tenant.as_deref(), &target.name);
        if let (Stop::Agent, None) = (target.stop, &tenant) {
            // Nobody guesses for which tenant.
            let own = self.log.switched.iter().filter(|it| it.stop == Stop::Agent && it.name == target.name);
            let elsewhere = own.into_iter().any(|it| {
                it.tenant.is_some() && self.is_stopped(Stop::Agent, it.tenant.as_deref(), &it.name)
            });
            if (on && self.has_tenants()) || (!on && !was && elsewhere) {
                return Answer::Refused("tenant.missing");
            }
        }
        self.log.switched.push(Switched { stop: target.stop, tenant, name: target.name.clone(), on });
        if on || was { Answer::Done } else { Answer::Refused("lift.unknown") }
    }

    fn open(&mut self, who: &Who, parent: Option<&String>) -> Answer {
        let tenant = who.tenant.as_deref();
        let Some(job) = &who.job else { return Answer::Refused("wire.type") };
        // What is below a closed job is closed as well.
        let over = |who: &Who| self.jobs(who).iter().any(|job| self.is_closed(tenant, job));
        let begun = self.begin(tenant, job).is_some();
        if self.is_closed(tenant, job) || begun && over(who) {
            return Answer::Refused("job.closed");
        }
        if begun {
            return Answer::Refused("job.open");
        }
        if let Some(parent) = parent {
            if over(&Who { job: Some(parent.clone()), ..who.clone() }) {
                return Answer::Refused("job.closed");
            }
            if self.begin(tenant, parent).is_none() {
                return Answer::Refused("job.parent");
            }
        }
        self.log.opened.push(Opened { at: self.now, who: who.clone(), parent: parent.cloned() });
        Answer::Done
    }

    fn close(&mut self, tenant: Option<&String>, job: &str) -> Answer {
        let tenants = match tenant {
            Some(tenant) => vec![Some(tenant.clone())],
            None => self.tenants_of(job),
        };
        match tenants.as_slice() {
            [only] if self.tenants_of(job).contains(only) => {
                self.log.closed.push((only.clone(), job.to_owned()));
                Answer::Done
            }
            [] | [_] => Answer::Refused("job.unknown"),
            _ => Answer::Refused("job.ambiguous"),
        }
    }

    /// True where a host has closed a job.
    #[must_use]
    pub fn is_closed(&self, tenant: Option<&str>, job: &str) -> bool {
        self.log.closed.iter().any(|(of, name)| of.as_deref() == tenant && name == job)
    }

    /// True where somebody or something is stopped.
    #[must_use]
    pub fn is_stopped(&self, stop: Stop, tenant: Option<&str>, name: &str) -> bool {
        let about = |switched: &&Switched| {
            switched.stop == stop
                && match stop {
                    Stop::Gate => true,
                    Stop::Tool => switched.name == name,
                    Stop::Job | Stop::Agent => switched.name == name && switched.tenant.as_deref() == tenant,
                }
        };
        self.log.switched.iter().rfind(about).is_some_and(|switched| switched.on)
    }

    /// When a job began: a host opened it, or its first call was allowed.
    #[must_use]
    pub fn begin(&self, tenant: Option<&str>, job: &str) -> Option<Stamp> {
        let of = |who: &Who| who.tenant.as_deref() == tenant && who.job.as_deref() == Some(job);
        let opened = self.log.opened.iter().filter(|opened| of(&opened.who)).map(|opened| opened.at);
        let called = self.log.calls.iter().filter(|judged| judged.is_started() && of(&judged.call.who));
        opened.chain(called.map(|judged| judged.at)).min_by_key(|at| at.step)
    }

    /// Whether there are tenants: a job was opened for one, or a call of one allowed.
    fn has_tenants(&self) -> bool {
        let opened = self.log.opened.iter().map(|opened| &opened.who);
        let called =
            self.log.calls.iter().filter(|judged| judged.is_started()).map(|judged| &judged.call.who);
        opened.chain(called).any(|who| who.tenant.is_some())
    }

    /// The tenants that have a job of that name: it began there, or was stopped there, or calls were held up there.
    fn tenants_of(&self, job: &str) -> Vec<Option<String>> {
        let opened = self.log.opened.iter().map(|opened| &opened.who);
        let passed = |judged: &&Judged| judged.decided.verdict != Verdict::Deny;
        let called = self.log.calls.iter().filter(passed).map(|judged| &judged.call.who);
        let began =
            opened.chain(called).filter(|who| who.job.as_deref() == Some(job)).map(|who| who.tenant.clone());
        let stopped = self.log.switched.iter().filter(|it| it.stop == Stop::Job && it.on && it.name == job);
        let all: BTreeSet<Option<String>> = began.chain(stopped.map(|it| it.tenant.clone())).collect();
        all.into_iter().collect()
    }

    /// The job of somebody, and those above it, nearest first.
    #[must_use]
    pub fn jobs(&self, who: &Who) -> Vec<String> {
        let mut all = Vec::new();
        let mut next = who.job.clone();
        while let Some(job) = next {
            let opened = self
                .log
                .opened
                .iter()
                .find(|it| it.who.tenant == who.tenant && it.who.job.as_ref() == Some(&job));
            next = opened.and_then(|opened| opened.parent.clone());
            all.push(job);
        }
        all
    }
}
