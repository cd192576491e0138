//! Contracts: small ones, each about a few things.

use super::Dice;
use crate::contract::{
    About, Action, Answer, Arg, Bound, By, Carrying, Challenge, Cond, Contract, Flow, Kind, Label, Last,
    Limit, Meter, Millis, Of, Once, Op, Part, Past, Phase, Reads, Rule, RuleKind, Same, Stop, Then, Tool,
    Unit, Who, Window, Within, Zone,
};

/// A contract with the length of time in which steps move.
#[derive(Clone, Debug)]
pub struct Made {
    /// The contract.
    pub contract: Contract,
    /// How far two moments lie apart, at least.
    pub grain: Millis,
}

const SOURCES: [&str; 2] = ["crm", "web"];
const ENDS: [&str; 2] = ["mail", "wiki"];
const LABELS: [&str; 2] = ["pii", "raw"];

/// A contract out of a seed.
#[must_use]
pub fn contract(dice: &mut Dice) -> Made {
    let grain = dice.one(&[1_000, 60_000, 1_800_000]);
    let mut maker = Maker { contract: Contract::default(), grain, names: 0, counted: None, dice };
    maker.make();
    Made { contract: maker.contract, grain }
}

struct Maker<'d> {
    contract: Contract,
    grain: Millis,
    names: usize,
    /// What was counted last.
    counted: Option<Past>,
    dice: &'d mut Dice,
}

/// Where a condition stands.
#[derive(Clone, Copy)]
struct Place {
    /// In which tool's block: there parameters can be read.
    tool: Option<usize>,
    /// Its truth refuses.
    refuses: bool,
    /// How deep it may nest.
    depth: usize,
}

impl Maker<'_> {
    fn make(&mut self) {
        let wants: Vec<bool> = [60, 60, 25, 35, 35, 25].map(|percent| self.dice.percent(percent)).to_vec();
        let wants = |at: usize| wants.get(at).copied().unwrap_or(false);
        self.contract.spends = self.dice.percent(30);
        if wants(4) {
            let both = self.dice.below(3);
            let labels = LABELS.iter().enumerate().filter(|(at, _)| both == 2 || both == *at);
            let guarded = self.dice.percent(60);
            self.contract.labels = labels
                .map(|(at, name)| Label { name: (*name).to_owned(), guarded: guarded && at == 0 })
                .collect();
        }
        for at in 0..1 + self.dice.below(3) {
            let tool = self.tool(at);
            self.contract.tools.push(tool);
        }
        for at in 0..1 + self.dice.below(2) {
            let challenge = self.challenge(at);
            self.contract.challenges.push(challenge);
        }
        if wants(0) {
            for _ in 0..1 + self.dice.below(2) {
                if let Some(limit) = self.limit() {
                    self.contract.limits.push(limit);
                }
            }
        }
        if wants(1) {
            for _ in 0..if self.dice.percent(70) { 1 } else { 2 } {
                let rule = self.rule(true);
                self.contract.rules.push(rule);
            }
        }
        if wants(2) {
            for _ in 0..1 + self.dice.below(2) {
                let once = self.once();
                self.contract.onces.push(once);
            }
        }
        if wants(3) {
            let rule = self.rule(false);
            self.contract.rules.push(rule);
        }
        if wants(4) {
            for _ in 0..self.dice.below(4) {
                let flow = self.flow();
                self.contract.flows.push(flow);
            }
        }
        if wants(5) {
            let limit = self.denials();
            self.contract.limits.push(limit);
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    fn length(&mut self) -> Millis {
        self.grain * self.dice.one(&[1, 2, 3, 5, 10, 30, 60])
    }

    fn tool(&mut self, at: usize) -> Tool {
        let labels: Vec<String> = self.contract.labels.iter().map(|label| label.name.clone()).collect();
        let moves = !labels.is_empty();
        let action = match self.dice.below(6) {
            0 | 1 => Action::Read,
            2 => Action::Send,
            3 => Action::Pay,
            _ => Action::Write,
        };
        let reads = (moves && self.dice.percent(60)).then(|| Reads {
            source: self.dice.one(&SOURCES).to_owned(),
            labels: labels.iter().filter(|_| self.dice.percent(70)).cloned().collect(),
            releases: self
                .dice
                .percent(30)
                .then(|| labels.iter().filter(|_| self.dice.percent(50)).cloned().collect::<Vec<_>>())
                .filter(|released| !released.is_empty()),
        });
        let sends = (moves && (action == Action::Send || self.dice.percent(40)))
            .then(|| self.dice.one(&ENDS).to_owned());
        Tool {
            name: format!("t{at}"),
            action,
            reads,
            sends,
            trusted: self.dice.percent(60),
            harmless_errors: self.dice.percent(25),
            runs: self.dice.percent(40).then(|| self.length()),
        }
    }

    fn challenge(&mut self, at: usize) -> Challenge {
        let who = match self.dice.below(5) {
            0 => Who::User,
            1 => Who::Anyone,
            _ => Who::Group(self.dice.one(&["bosses", "owners"]).to_owned()),
        };
        let is_user = who == Who::User;
        Challenge {
            name: format!("ask{at}"),
            count: if is_user || self.dice.percent(60) { 1 } else { 2 },
            who,
            not_user: !is_user && self.dice.percent(40),
            not_agent: self.dice.percent(15),
            expires: self.dice.percent(60).then(|| self.length()),
            reusable: self.dice.percent(25).then(|| self.length()),
        }
    }

    fn place(&mut self) -> Option<usize> {
        self.dice.percent(50).then(|| self.dice.below(self.contract.tools.len()))
    }

    fn limit(&mut self) -> Option<Limit> {
        let tool = self.place();
        let mut keys = Vec::new();
        let mut parts = vec![Part::Job, Part::Job, Part::User, Part::Agent, Part::Tenant];
        if tool.is_some() {
            parts.extend([Part::ArgA, Part::ArgA, Part::ArgK]);
        }
        for _ in 0..if self.dice.percent(70) { 1 } else { 2 } {
            let part = *self.dice.pick(&parts)?;
            if !keys.contains(&part) {
                keys.push(part);
            }
        }
        let per_job = keys.contains(&Part::Job);
        let window = match self.dice.below(10) {
            0..5 if per_job => Window::Lifetime,
            0..7 => Window::Rolling(self.length()),
            _ => {
                let unit = *self.dice.pick(&[Unit::Hour, Unit::Day, Unit::Week, Unit::Month])?;
                Window::Calendar(unit, if self.dice.percent(50) { Zone::Utc } else { Zone::Berlin })
            }
        };
        let when = self.dice.percent(25).then(|| match tool {
            Some(_) => self.plain(tool),
            None => Cond::Amount(Op::AtLeast, 200),
        });
        let name = self.name("l");
        let mut limit = Limit { name, tool, keys, window, when, bounds: Vec::new() };
        for _ in 0..1 + self.dice.below(3) {
            let bound = self.bound(&limit);
            limit.bounds.push(bound);
        }
        Some(limit)
    }

    fn bound(&mut self, limit: &Limit) -> Bound {
        let flows = limit.window == Window::Lifetime;
        let per_job = limit.keys.contains(&Part::Job);
        let spends = self.contract.spends && limit.tool.is_none() && limit.when.is_none();
        let meter = match self.dice.below(12) {
            0 | 1 if flows => Meter::InFlight,
            2 if flows && per_job => Meter::Runtime,
            3..6 if spends => Meter::Tokens,
            6 | 7 if spends => Meter::Cost,
            5 => Meter::CallsPer(if self.dice.percent(50) { Part::Tool } else { Part::Digest }),
            6 => Meter::Retries,
            7 | 8 => match limit.tool {
                None if self.dice.percent(40) => Meter::SumOf(self.dice.below(self.contract.tools.len())),
                _ => Meter::Sum,
            },
            _ => Meter::Calls,
        };
        let most = match meter {
            Meter::Calls | Meter::CallsPer(_) => self.dice.one(&[0, 1, 1, 2, 2, 3, 5]),
            Meter::Retries | Meter::InFlight => self.dice.one(&[0, 1, 2]),
            Meter::Tokens => self.dice.one(&[0, 10, 15, 30, 100]),
            Meter::Cost | Meter::Sum | Meter::SumOf(_) => self.dice.one(&[0, 300, 500, 1000, 2000]),
            Meter::Runtime => self.length(),
            Meter::Denials => self.dice.one(&[0, 1, 2, 3]),
        };
        Bound { name: self.name("b"), meter, most, then: self.then() }
    }

    fn then(&mut self) -> Then {
        match self.dice.below(10) {
            0..5 => Then::Deny,
            5 => Then::Warn,
            6 | 7 => Then::Challenge(self.dice.below(self.contract.challenges.len())),
            _ => Then::Suspend(
                *self.dice.pick(&[Stop::Job, Stop::Agent, Stop::Tool, Stop::Gate]).unwrap_or(&Stop::Job),
            ),
        }
    }

    fn denials(&mut self) -> Limit {
        let name = self.name("l");
        let key = self.dice.pick(&[Part::Job, Part::Agent, Part::User]).copied().unwrap_or(Part::Job);
        let window = if key == Part::Job { Window::Lifetime } else { Window::Rolling(self.length()) };
        let tool = self.dice.percent(30).then(|| self.dice.below(self.contract.tools.len()));
        let most = self.dice.one(&[0, 1, 2, 3]);
        let then = if self.dice.percent(60) { Then::Suspend(Stop::Job) } else { self.then() };
        let bound = Bound { name: self.name("b"), meter: Meter::Denials, most, then };
        Limit { name, tool, keys: vec![key], window, when: None, bounds: vec![bound] }
    }

    fn once(&mut self) -> Once {
        let tool = self.dice.below(self.contract.tools.len());
        let keys = match self.dice.below(3) {
            0 => vec![Part::ArgA, Part::ArgK],
            1 => vec![Part::ArgK],
            _ => vec![Part::ArgA],
        };
        Once {
            name: self.name("o"),
            tool,
            keys,
            ledger: self.dice.percent(35).then(|| "book".to_owned()),
            replay: self.dice.percent(60).then(|| self.length()),
        }
    }

    fn rule(&mut self, asks_past: bool) -> Rule {
        let tool =
            if self.dice.percent(75) { Some(self.dice.below(self.contract.tools.len())) } else { None };
        let kind = match self.dice.below(10) {
            _ if !asks_past => RuleKind::Challenge(self.dice.below(self.contract.challenges.len())),
            0..4 => RuleKind::Require,
            4..8 => RuleKind::Deny,
            _ => RuleKind::Challenge(self.dice.below(self.contract.challenges.len())),
        };
        let place = Place { tool, refuses: kind != RuleKind::Require, depth: 2 };
        let cond = if asks_past || self.dice.percent(30) { self.cond(place) } else { self.plain(tool) };
        Rule { name: self.name("r"), tool, kind, cond }
    }

    fn flow(&mut self) -> Flow {
        let contract = &self.contract;
        let sources: Vec<String> = contract
            .tools
            .iter()
            .filter_map(|tool| tool.reads.as_ref())
            .map(|it| it.source.clone())
            .collect();
        let mut ends: Vec<String> = contract.tools.iter().filter_map(|tool| tool.sends.clone()).collect();
        let labels: Vec<String> = contract.labels.iter().map(|label| label.name.clone()).collect();
        if contract.tools.iter().any(|tool| tool.reads.is_some()) {
            ends.push("agent_context".to_owned());
        }
        let otherwise = self.dice.percent(20);
        let end = |maker: &mut Self, of: &[String]| {
            (maker.dice.percent(60)).then(|| maker.dice.pick(of).cloned()).flatten()
        };
        let (mut from, mut to) = (end(self, &sources), end(self, &ends));
        if otherwise {
            (from, to) = (None, None);
        }
        let carrying = (!labels.is_empty() && self.dice.percent(60)).then(|| Carrying {
            all: self.dice.percent(40),
            labels: if self.dice.percent(50) { vec![self.dice.one(&labels)] } else { labels.clone() },
        });
        let rule = self.dice.percent(60).then(|| {
            let kind = match self.dice.below(3) {
                0 => RuleKind::Require,
                1 => RuleKind::Deny,
                _ => RuleKind::Challenge(self.dice.below(self.contract.challenges.len())),
            };
            let cond = match self.dice.below(3) {
                0 => self.cond(Place { tool: None, refuses: kind != RuleKind::Require, depth: 1 }),
                _ => Cond::Amount(self.op(), 300),
            };
            (kind, cond)
        });
        Flow { name: self.name("f"), otherwise, from, to, carrying, rule }
    }

    fn op(&mut self) -> Op {
        *self.dice.pick(&[Op::Less, Op::AtMost, Op::More, Op::AtLeast, Op::Equal]).unwrap_or(&Op::Less)
    }

    /// A condition over the arguments.
    fn plain(&mut self, tool: Option<usize>) -> Cond {
        match self.dice.below(if tool.is_some() { 4 } else { 1 }) {
            0 => {
                let op = *self.dice.pick(&[Op::Less, Op::AtMost, Op::More, Op::AtLeast]).unwrap_or(&Op::Less);
                Cond::Amount(op, self.dice.one(&[100, 200, 300]))
            }
            1 => Cond::Number(self.op(), self.dice.one(&[0, 1, 2])),
            2 => Cond::Kind(if self.dice.percent(50) { Kind::P } else { Kind::Q }),
            _ => Cond::Is(self.dice.one(&["a1", "a2"]).to_owned()),
        }
    }

    fn cond(&mut self, place: Place) -> Cond {
        if place.depth > 0 && self.dice.percent(30) {
            let inner = Place { depth: place.depth - 1, ..place };
            return match self.dice.below(3) {
                0 => Cond::Not(Box::new(self.cond(Place { refuses: !place.refuses, ..inner }))),
                1 => Cond::And(Box::new(self.cond(inner)), Box::new(self.side(inner))),
                _ => Cond::Or(Box::new(self.cond(inner)), Box::new(self.side(inner))),
            };
        }
        match self.dice.below(14) {
            0..4 => self.after(place),
            4 | 5 => {
                let by = self.by();
                let mut past = self.past(place, by, true, true);
                // The same calls within another time, now and then.
                if let Some(before) = self.counted.clone()
                    && before.by == by
                    && (before.a != Some(Same::Here) || place.tool.is_some())
                    && self.dice.percent(60)
                {
                    past = before;
                }
                self.counted = Some(past.clone());
                let without =
                    if self.dice.percent(40) { self.without(place, past.by, past.of) } else { Vec::new() };
                Cond::Count(past, self.within(by), self.op(), self.dice.one(&[0, 1, 2, 3]), without)
            }
            6 => {
                let by = self.by();
                let mut past = self.past(place, by, false, true);
                if past.phase == Some(Phase::Attempted) {
                    past.phase = None;
                }
                let within = self.within(by);
                let op = match (place.refuses, self.dice.percent(50)) {
                    (false, true) => Op::Less,
                    (false, false) => Op::AtMost,
                    (true, true) => Op::More,
                    (true, false) => Op::AtLeast,
                };
                let without =
                    if self.dice.percent(40) { self.without(place, past.by, past.of) } else { Vec::new() };
                Cond::Sum(past, within, op, self.dice.one(&[0, 200, 500, 1000]), without)
            }
            7 => {
                let by = self.by();
                let mut past = self.past(place, by, false, false);
                past.phase = None;
                past.result = None;
                Cond::InFlight(past, self.op(), self.dice.one(&[0, 1, 2]))
            }
            8 | 9 if place.tool.is_some() => self.last(place),
            10 if !self.contract.labels.is_empty() => {
                let labels: Vec<String> =
                    self.contract.labels.iter().map(|label| label.name.clone()).collect();
                let sources: Vec<String> = self
                    .contract
                    .tools
                    .iter()
                    .filter_map(|tool| tool.reads.as_ref())
                    .map(|it| it.source.clone())
                    .collect();
                let from = (!sources.is_empty() && self.dice.percent(40)).then(|| self.dice.one(&sources));
                Cond::Carries(self.dice.one(&labels), from)
            }
            11..14 => match self.dice.below(3) {
                0 => {
                    let by = self.by();
                    let past = self.past(place, by, true, true);
                    Cond::Distinct(
                        self.arg(&past),
                        past,
                        self.within(by),
                        self.op(),
                        self.dice.one(&[0, 1, 2, 3]),
                    )
                }
                1 if place.tool.is_some() => {
                    let by = self.by();
                    let mut past = self.past(place, by, true, true);
                    past.a = None;
                    Cond::Seen(self.arg(&past), past, self.within(by))
                }
                _ => self.over(place),
            },
            _ => self.after(place),
        }
    }

    /// Events have one argument.
    fn arg(&mut self, past: &Past) -> Arg {
        if matches!(past.of, Of::Tool(_)) && self.dice.percent(40) { Arg::L } else { Arg::A }
    }

    /// For some value that was there, or each, something happened with that value.
    fn over(&mut self, place: Place) -> Cond {
        let by = self.by();
        let mut of = self.past(place, by, true, true);
        of.a = None;
        let within = self.within(by);
        let name = self.name("v");
        let inner = Place { tool: None, ..place };
        let mut body = if self.dice.percent(30) {
            let by = self.by();
            let past = self.past(inner, by, true, true);
            let without =
                if self.dice.percent(40) { self.without(inner, past.by, past.of) } else { Vec::new() };
            Cond::Count(past, self.within(by), self.op(), self.dice.one(&[0, 1, 2]), without)
        } else {
            self.after(inner)
        };
        let tied = Some(Same::Each(name.clone()));
        match &mut body {
            Cond::After(of, _, without) | Cond::Count(of, _, _, _, without) => {
                of.a = tied.clone();
                for past in without {
                    if past.a.is_none() && self.dice.percent(80) {
                        past.a = tied.clone();
                    }
                }
            }
            _ => {}
        }
        let each = self.dice.percent(40);
        Cond::Over { name, each, arg: self.arg(&of), of, within, body: Box::new(body) }
    }

    fn side(&mut self, place: Place) -> Cond {
        if self.dice.percent(60) { self.plain(place.tool) } else { self.cond(place) }
    }

    fn after(&mut self, place: Place) -> Cond {
        let by = self.by();
        let past = self.past(place, by, true, true);
        let within = self.within(by);
        let without = self.without(place, past.by, past.of);
        Cond::After(past, within, without)
    }

    /// What must not have been since: something else.
    fn without(&mut self, place: Place, by: By, of: Of) -> Vec<Past> {
        let mut without = Vec::new();
        for _ in 0..self.dice.below(3) {
            let mut other = self.past(place, by, true, true);
            if other.result.is_none()
                && other.phase.is_none()
                && self.is_trusted(other.of)
                && self.dice.percent(40)
            {
                other.result = Some(self.answer());
            }
            if other.of != of {
                without.push(other);
            }
        }
        without
    }

    fn last(&mut self, place: Place) -> Cond {
        let first = self.dice.percent(30);
        let by = if first { By::Job } else { self.by() };
        let mut past = self.past(place, by, false, true);
        if past.phase == Some(Phase::Attempted) {
            past.phase = None;
        }
        let trusted = self.is_trusted(past.of);
        let about = match self.dice.below(4) {
            0 => About::SameA,
            1 if trusted && matches!(past.phase, None | Some(Phase::Completed)) => {
                About::Result(self.answer())
            }
            2 => About::Since(self.length()),
            _ => About::Number(self.op(), self.dice.one(&[0, 1, 2])),
        };
        let within = if first { Within::Job } else { self.within(by) };
        Cond::Last(Last { name: self.name("x"), first, past, within, about, or_none: self.dice.percent(40) })
    }

    fn is_trusted(&self, of: Of) -> bool {
        match of {
            Of::Tool(tool) => self.contract.tools.get(tool).is_some_and(|tool| tool.trusted),
            Of::Event(_) => false,
        }
    }

    fn answer(&mut self) -> Answer {
        if self.dice.percent(50) { Answer::X } else { Answer::Y }
    }

    fn by(&mut self) -> By {
        match self.dice.below(8) {
            0 => By::User,
            1 => By::Agent,
            2 => By::Tenant,
            _ => By::Job,
        }
    }

    fn within(&mut self, by: By) -> Within {
        if by == By::Job && self.dice.percent(35) { Within::Job } else { Within::Time(self.length()) }
    }

    fn past(&mut self, place: Place, by: By, events: bool, phases: bool) -> Past {
        let of = match events && self.dice.percent(25) {
            true => Of::Event(self.dice.below(2)),
            false => Of::Tool(self.dice.below(self.contract.tools.len())),
        };
        let a = match self.dice.below(6) {
            0 | 1 if place.tool.is_some() => Some(Same::Here),
            2 => Some(Same::Is(self.dice.one(&["a1", "a2"]).to_owned())),
            _ => None,
        };
        let mut past = Past { phase: None, of, a, n: None, k: None, result: None, by };
        if let Of::Tool(tool) = of {
            if phases {
                past.phase = match self.dice.below(10) {
                    0 => Some(Phase::Completed),
                    1 => Some(Phase::Started),
                    2 => Some(Phase::Failed),
                    3 => Some(Phase::Attempted),
                    _ => None,
                };
            }
            if self.dice.percent(20) {
                past.n = Some((self.op(), self.dice.one(&[0, 1, 2])));
            }
            if self.dice.percent(15) {
                past.k = Some(if self.dice.percent(50) { Kind::P } else { Kind::Q });
            }
            let trusted = self.is_trusted(Of::Tool(tool));
            if trusted
                && phases
                && matches!(past.phase, None | Some(Phase::Completed))
                && self.dice.percent(35)
            {
                past.result = Some(self.answer());
            }
        }
        past
    }
}
