//! Steps: what could happen next, given what has happened.

use super::Dice;
use super::contracts::Made;
use crate::contract::{Answer, Kind, Millis, Stop, Unit, Window};
use crate::log::{Judged, Verdict};
use crate::model::Model;
use crate::step::{Args, Call, Event, Figures, How, Settle, Step, Target, Timed, Vote, Who};

/// So many calls are open at most: the runtime keeps a bounded number of overlapping ones as evidence.
const OPEN: usize = 8;

/// Plays the part of everybody.
#[derive(Debug)]
pub struct Player {
    dice: Dice,
    made: Made,
    at: Millis,
    calls: usize,
    jobs: usize,
    /// What the names of all jobs end with: keys that name them are kept as they are, or as digests.
    wide: String,
    /// How far the clock may still go back from the latest that it said.
    back: Millis,
    /// The lengths of time of which the contract speaks.
    lengths: Vec<Millis>,
}

impl Player {
    /// Somebody who plays against that contract.
    #[must_use]
    pub fn new(dice: Dice, made: Made) -> Player {
        let calendar = made.contract.limits.iter().any(|limit| {
            matches!(limit.window, Window::Calendar(Unit::Hour | Unit::Day | Unit::Week | Unit::Month, _))
        });
        // Of calendars two units are kept, and a clock that goes back by more meets what is forgotten.
        let back = if calendar { (3_600_000).max(made.grain) } else { made.grain * 40 };
        let lengths = made.contract.lengths();
        let mut player = Player { dice, made, at: 0, calls: 0, jobs: 0, wide: String::new(), back, lengths };
        if player.dice.percent(25) {
            // From where a few rows name their job in full to where none does.
            player.wide = "-".repeat(
                player.dice.one(&[40, 60, 80, 90, 97, 98, 99, 100, 101, 102, 103, 120, 251, 252, 253, 254]),
            );
        }
        player
    }

    /// What happens next.
    pub fn next(&mut self, model: &Model) -> Timed {
        self.advance(model);
        let step = self.step(model);
        Timed { at: self.at, step }
    }

    fn advance(&mut self, model: &Model) {
        let grain = self.made.grain;
        let latest = model.now.late.max(self.at);
        let far = *self.dice.pick(&[1, 2, 3, 5, 10, 30, 60]).unwrap_or(&1);
        self.at += match self.dice.below(20) {
            0..9 => 0,
            9..14 => grain,
            14..18 => grain * far,
            18 => grain * 200,
            _ => -(grain * far.min(40)),
        };
        self.at += self.dice.one(&[0, 0, 0, 0, 0, 1, -1]);
        self.at = self.at.max(latest - self.back).max(-self.back);
        // From time to time to where something leaves its window, expires or ends.
        if self.dice.percent(20)
            && let Some(length) = self.dice.pick(&self.lengths).copied()
            && let Some(moment) = self.moment(model)
        {
            let edge = moment + length + self.dice.one(&[-1, 0, 0, 1]);
            if edge >= latest - self.back && edge <= latest + grain * 200 {
                self.at = edge;
            }
        }
    }

    /// When something happened, mostly lately.
    fn moment(&mut self, model: &Model) -> Option<Millis> {
        match self.dice.below(4) {
            0 => self.lately(&model.log.asked).map(|asked| asked.at.late),
            1 => self.lately(&model.log.calls)?.end.map(|end| end.at.late),
            _ => {
                let started: Vec<&Judged> =
                    model.log.calls.iter().filter(|judged| judged.is_started()).collect();
                self.lately(&started).map(|judged| judged.at.late)
            }
        }
    }

    /// One of them, mostly of the last.
    fn lately<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let back = if self.dice.percent(60) { self.dice.below(4) } else { self.dice.below(of.len()) };
        of.get(of.len().checked_sub(1 + back)?)
    }

    fn step(&mut self, model: &Model) -> Step {
        let open: Vec<&Judged> = model.log.calls.iter().filter(|judged| judged.is_open()).collect();
        let asks = model.log.asked.iter().any(|asked| asked.used.is_none());
        if open.len() >= OPEN {
            return self.settle(model, &open);
        }
        // Where nothing passes, nothing happens.
        let last = model.log.calls.last();
        let stopped =
            last.is_some_and(|judged| judged.decided.reasons.iter().any(|(code, _)| code == "suspended"));
        if stopped && self.dice.percent(35) {
            return self.lift(model);
        }
        match self.dice.below(100) {
            0..55 => Step::Call(self.call(model)),
            55..78 if !open.is_empty() => self.settle(model, &open),
            55..84 if asks => self.vote(model),
            84..88 => Step::Event(self.event()),
            88 if self.dice.percent(12) => self.close(),
            88..90 => self.open(model),
            90..93 if self.made.contract.spends => {
                let who = self.who(false);
                Step::Usage(who, self.told())
            }
            93 => Step::Suspend(self.target()),
            94..96 => self.lift(model),
            96 => {
                let (user, group) = (self.user(), self.group());
                Step::Member(user, group, self.dice.percent(60))
            }
            97 if self.dice.percent(8) => Step::Reset,
            98 => Step::Settle(Settle { call: "nobody".to_owned(), how: How::Ok, result: None, host: None }),
            _ => Step::Call(self.call(model)),
        }
    }

    fn call(&mut self, model: &Model) -> Call {
        if !self.made.contract.onces.is_empty()
            && self.dice.percent(20)
            && let Some(done) = self.done(model)
        {
            // What was done, once more.
            return Call { id: self.id(), ..done };
        }
        if self.dice.percent(30)
            && let Some(before) = self.dice.pick(&model.log.calls)
        {
            // Once more, under the same id or another one; those that were held up sooner.
            let held = model.log.calls.iter().rfind(|judged| judged.decided.verdict == Verdict::Challenge);
            let before = held.filter(|_| self.dice.percent(60)).unwrap_or(before);
            let mut call = before.call.clone();
            if self.dice.percent(60) {
                call.id = self.id();
            }
            if self.dice.percent(10) {
                call.args = self.args();
            }
            if self.dice.percent(10) {
                call.who.job = self.who(false).job;
            }
            return call;
        }
        let host = (self.made.contract.spends && self.dice.percent(95)).then(|| self.figures());
        Call {
            id: self.id(),
            tool: self.dice.below(self.made.contract.tools.len()),
            who: self.who(true),
            args: self.args(),
            host,
        }
    }

    /// A call that ended well, mostly the last one.
    fn done(&mut self, model: &Model) -> Option<Call> {
        let all: Vec<&Judged> =
            model.log.calls.iter().filter(|judged| judged.how() == Some(How::Ok)).collect();
        let one = if self.dice.percent(60) { all.last() } else { self.dice.pick(&all) };
        one.map(|judged| judged.call.clone())
    }

    fn id(&mut self) -> String {
        self.calls += 1;
        format!("c{}", self.calls)
    }

    fn args(&mut self) -> Args {
        Args {
            a: self.dice.one(&["a1", "a1", "a2", "a2", "j1"]).to_owned(),
            l: self
                .dice
                .one(&[&[][..], &["a1"], &["a2", "a1"], &["a2", "a3"]])
                .iter()
                .map(|&it| it.to_owned())
                .collect(),
            k: if self.dice.percent(50) { Kind::P } else { Kind::Q },
            n: self.dice.one(&[0, 1, 2]),
            m: self.dice.one(&[0, 100, 200, 300, 500]),
        }
    }

    fn figures(&mut self) -> Figures {
        Figures { tokens: self.dice.one(&[0, 5, 10, 20]), cost: self.dice.one(&[0, 100, 300]) }
    }

    /// What the host says afterwards, which may be nonsense.
    fn told(&mut self) -> Figures {
        let figures = self.figures();
        match self.dice.below(12) {
            0 => Figures { tokens: -5, ..figures },
            1 => Figures { cost: -100, ..figures },
            _ => figures,
        }
    }

    fn user(&mut self) -> String {
        self.dice.one(&["u1", "u1", "u2", "u3"]).to_owned()
    }

    fn group(&mut self) -> String {
        self.dice.one(&["bosses", "owners"]).to_owned()
    }

    fn job(&mut self) -> String {
        if self.dice.percent(3) {
            self.jobs += 1;
        }
        if self.jobs > 0 && self.dice.percent(25) {
            return self.named(3 + self.jobs);
        }
        match self.dice.below(6) {
            0..3 => self.named(1),
            3 | 4 => self.named(2),
            _ => self.named(3 + self.jobs),
        }
    }

    /// The name of a job of that number.
    fn named(&self, number: usize) -> String {
        format!("j{number}{}", self.wide)
    }

    fn who(&mut self, is_call: bool) -> Who {
        let mut some = |value: String, percent: usize| self.dice.percent(percent).then_some(value);
        let tenant = some("acme".to_owned(), 97);
        let other = some("beta".to_owned(), 10);
        let sure = if is_call { 97 } else { 70 };
        let agent = some("g1".to_owned(), sure);
        let second = some("g2".to_owned(), 20);
        let has_user = self.dice.percent(sure);
        let has_job = self.dice.percent(sure);
        Who {
            tenant: tenant.and_then(|tenant| other.or(Some(tenant))),
            agent: agent.and_then(|agent| second.or(Some(agent))),
            user: has_user.then(|| self.user()),
            job: has_job.then(|| self.job()),
        }
    }

    fn settle(&mut self, model: &Model, open: &[&Judged]) -> Step {
        let unknown: Vec<&Judged> = model.log.calls.iter().filter(|judged| judged.is_unknown()).collect();
        let finds_out = !unknown.is_empty() && (open.is_empty() || self.dice.percent(20));
        let open = if finds_out { &unknown } else { open };
        let Some(judged) = self.dice.pick(open) else { return Step::Reset };
        let how = match self.dice.below(10) {
            0..5 => How::Ok,
            5 | 6 => How::Error,
            7 => How::NotSent,
            8 if finds_out => How::NotSent,
            _ => How::Unknown,
        };
        let returns = self.dice.percent(if how == How::Ok { 85 } else { 20 });
        let result = returns.then(|| match self.dice.below(7) {
            0..3 => Answer::X,
            3..6 => Answer::Y,
            _ => Answer::Misfit,
        });
        let host = (self.made.contract.spends && self.dice.percent(40)).then(|| self.told());
        Step::Settle(Settle { call: judged.call.id.clone(), how, result, host })
    }

    fn vote(&mut self, model: &Model) -> Step {
        let met: Vec<&Judged> = model.log.calls.iter().filter(|judged| !judged.met.is_empty()).collect();
        let Some(judged) = self.dice.pick(&met) else { return Step::Event(self.event()) };
        let judged = if self.dice.percent(70) { met.last().unwrap_or(judged) } else { judged };
        let numbers = judged.met.clone();
        let challenge = self.dice.pick(&numbers).and_then(|number| model.log.asked.get(*number));
        let challenge = challenge.and_then(|asked| self.made.contract.challenges.get(asked.challenge));
        let challenge = challenge.map(|challenge| challenge.name.clone());
        let named = self.dice.percent(if numbers.len() > 1 { 85 } else { 30 });
        let by = if self.dice.percent(10) { "g1".to_owned() } else { self.user() };
        let mut groups: Vec<String> =
            model.members.iter().filter(|(user, _)| *user == by).map(|(_, group)| group.clone()).collect();
        if self.dice.percent(60) {
            groups = vec!["bosses".to_owned(), "owners".to_owned()];
        }
        let challenge = challenge.filter(|_| named);
        Step::Vote(Vote {
            call: judged.call.id.clone(),
            challenge,
            by,
            groups,
            approve: self.dice.percent(85),
        })
    }

    fn event(&mut self) -> Event {
        let mut who = self.who(false);
        if self.dice.percent(20) {
            who = Who::default();
        }
        Event { kind: self.dice.below(2), a: self.dice.one(&["a1", "a2"]).to_owned(), who }
    }

    fn open(&mut self, model: &Model) -> Step {
        let mut who = self.who(true);
        let parent = self.dice.percent(60).then(|| self.job());
        if self.dice.percent(80) {
            self.jobs += 1;
            who.job = Some(self.named(3 + self.jobs));
        }
        let _ = model;
        if who.job.is_none() {
            who.job = Some(self.named(2));
        }
        let parent = parent.filter(|parent| Some(parent) != who.job.as_ref());
        Step::Open(who, parent)
    }

    fn close(&mut self) -> Step {
        let tenant = self.who(true).tenant;
        let named = self.dice.percent(70);
        Step::Close(tenant.filter(|_| named), self.job())
    }

    fn target(&mut self) -> Target {
        let tenant = self.who(true).tenant;
        match self.dice.below(8) {
            0 => Target { stop: Stop::Gate, tenant: None, name: String::new() },
            1 | 2 => Target { stop: Stop::Tool, tenant: None, name: "t0".to_owned() },
            3..5 => Target { stop: Stop::Agent, tenant, name: "g1".to_owned() },
            _ => Target { stop: Stop::Job, tenant, name: self.job() },
        }
    }

    /// Mostly what is stopped.
    fn lift(&mut self, model: &Model) -> Step {
        let stopped: Vec<Target> = model
            .log
            .switched
            .iter()
            .filter(|it| model.is_stopped(it.stop, it.tenant.as_deref(), &it.name))
            .map(|it| Target { stop: it.stop, tenant: it.tenant.clone(), name: it.name.clone() })
            .collect();
        match self.dice.pick(&stopped) {
            Some(target) if self.dice.percent(90) => Step::Lift(target.clone()),
            None if self.dice.percent(90) => Step::Call(self.call(model)),
            _ => Step::Lift(self.target()),
        }
    }
}
