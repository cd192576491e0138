//! What rules ask of the past (semantics 19 to 21).
//!
//! A question is answered for every way in which calls could end whose end is not known: [`Event::sure`] says what happened for
//! certain, and what is not sure may have happened or may yet happen.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::{About, Answer, Arg, By, Cond, Last, Of, Op, Past, Phase, Same, Within};
use crate::limits::holds;
use crate::log::{End, Judged, Stamp};
use crate::model::Model;
use crate::step::{Args, How, Who};
use crate::truth::Truth;

/// The codes of what a call does not say of itself, and a rule has to know.
pub type Lacking = BTreeSet<&'static str>;

/// How long ago things are taken to be, where the clock ran backwards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Age {
    /// As long as can be: from the earlier reading then to the later one now.
    Old,
    /// As short as can be.
    Young,
}

/// Something of the past that counts for a question, or may.
#[derive(Clone, Debug)]
struct Event {
    /// The step in which it began.
    begin: u64,
    /// The step in which it ended; what is open ends later than everything.
    end: u64,
    /// When it counts.
    at: Stamp,
    /// False where nobody knows whether it counts.
    sure: bool,
    /// Its arguments; an event has only `a`.
    args: Args,
    /// Its result.
    result: Option<Answer>,
    /// It may have counted, and now it counts: once.
    is_resolved: bool,
}

impl Model {
    /// The truth of a condition for a call. `refuses`: it stands where its truth refuses or asks.
    ///
    /// Where the clock ran backwards nobody knows how long ago something was: what a condition comes to if everything is as old as
    /// it can be, and if everything is as young, is the truth where both agree (semantics 25).
    pub(crate) fn truth(&self, judged: &Judged, cond: &Cond, refuses: bool, lacking: &mut Lacking) -> Truth {
        let old = self.truth_at(judged, cond, refuses, Age::Old, lacking);
        let young = self.truth_at(judged, cond, refuses, Age::Young, lacking);
        if old == young { old } else { Truth::Undetermined }
    }

    fn truth_at(
        &self,
        judged: &Judged,
        cond: &Cond,
        refuses: bool,
        age: Age,
        lacking: &mut Lacking,
    ) -> Truth {
        let args = &judged.call.args;
        let now = self.now;
        match cond {
            Cond::Number(..) | Cond::Kind(_) | Cond::Is(_) | Cond::Amount(..) => Truth::of(holds(cond, args)),
            Cond::Carries(label, from) => {
                if judged.call.who.job.is_none() {
                    lacking.insert("scope.job");
                    return Truth::Undetermined;
                }
                let carried = self.carried(judged);
                let is_it = |(source, of): &(String, String)| {
                    of == label && from.as_ref().is_none_or(|from| from == source)
                };
                Truth::of(carried.iter().any(is_it))
            }
            Cond::After(of, within, without) => {
                let Some(all) = self.events(judged, of, Phase::Completed, lacking) else {
                    return Truth::Undetermined;
                };
                let Some(against) = self.against(judged, without, lacking) else {
                    return Truth::Undetermined;
                };
                let evidence = all.into_iter().filter(|event| is_recent(event.at, *within, now, age));
                let mut truth = Truth::False;
                for event in evidence {
                    let spoilt = spoilt(&event, &against);
                    let one = match (event.sure, spoilt.0, spoilt.1) {
                        (_, true, _) => Truth::False,
                        (true, false, false) => Truth::True,
                        _ => Truth::Undetermined,
                    };
                    truth = truth.or(one);
                }
                truth
            }
            Cond::Count(of, within, op, value, without) => {
                let usual = usual(*op, refuses, of);
                let Some(all) = self.events(judged, of, usual, lacking) else { return Truth::Undetermined };
                // Somewhere between those that are sure, if all are old, and all that may be, if they are young.
                let Some(against) = self.against(judged, without, lacking) else {
                    return Truth::Undetermined;
                };
                let sure = all.iter().filter(|event| {
                    event.sure && is_recent(event.at, *within, now, Age::Old) && !spoilt(event, &against).1
                });
                let most = all.iter().filter(|event| {
                    let inside = is_recent(event.at, *within, now, Age::Young);
                    !event.is_resolved && inside && !spoilt(event, &against).0
                });
                let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
                Truth::of_all(
                    (number(sure.count())..=number(most.count())).map(|count| op.holds(count, *value)),
                )
            }
            Cond::Sum(of, within, op, value, without) => {
                let usual = if of.result.is_some() { Phase::Completed } else { Phase::Started };
                let Some(all) = self.events(judged, of, usual, lacking) else { return Truth::Undetermined };
                // A sum bounds from above: what may count does.
                let Some(against) = self.against(judged, without, lacking) else {
                    return Truth::Undetermined;
                };
                let inside = all.iter().filter(|event| {
                    let inside = is_recent(event.at, *within, now, Age::Young);
                    !event.is_resolved && inside && !spoilt(event, &against).0
                });
                Truth::of(op.holds(inside.map(|event| event.args.m).sum(), *value))
            }
            Cond::InFlight(of, op, value) => {
                let Some(all) = self.events(judged, of, Phase::Started, lacking) else {
                    return Truth::Undetermined;
                };
                let runs = match of.of {
                    Of::Tool(tool) => self.contract.tools.get(tool).and_then(|tool| tool.runs),
                    Of::Event(_) => None,
                };
                let open = all.iter().filter(|event| event.end == u64::MAX);
                let flies = open.filter(|event| runs.is_none_or(|runs| now.early <= event.at.late + runs));
                Truth::of(op.holds(i64::try_from(flies.count()).unwrap_or(i64::MAX), *value))
            }
            Cond::Distinct(arg, of, within, op, value) => {
                let usual = usual(*op, refuses, of);
                let Some(values) = self.values(judged, *arg, of, *within, usual, lacking) else {
                    return Truth::Undetermined;
                };
                let sure = values.values().filter(|sure| **sure).count();
                let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
                Truth::of_all((number(sure)..=number(values.len())).map(|count| op.holds(count, *value)))
            }
            Cond::Seen(arg, of, within) => {
                match self.values(judged, *arg, of, *within, Phase::Completed, lacking) {
                    Some(values) => match values.get(&args.a) {
                        Some(true) => Truth::True,
                        Some(false) => Truth::Undetermined,
                        None => Truth::False,
                    },
                    None => Truth::Undetermined,
                }
            }
            Cond::Over { each, arg, of, within, body, .. } => {
                let Some(values) = self.values(judged, *arg, of, *within, Phase::Completed, lacking) else {
                    return Truth::Undetermined;
                };
                let mut all = if *each { Truth::True } else { Truth::False };
                for (value, sure) in values {
                    let mut inner = judged.clone();
                    inner.call.args.a = value;
                    let one = self.truth_at(&inner, body, refuses, age, lacking);
                    // What may not be there at all decides nothing by itself.
                    all = match (each, sure) {
                        (true, true) => all.and(one),
                        (true, false) => all.and(one.or(Truth::Undetermined)),
                        (false, true) => all.or(one),
                        (false, false) => all.or(one.and(Truth::Undetermined)),
                    };
                }
                all
            }
            Cond::Last(last) => self.last(judged, last, age, lacking),
            Cond::Not(of) => !self.truth_at(judged, of, !refuses, age, lacking),
            Cond::And(left, right) => {
                let left = self.truth_at(judged, left, refuses, age, lacking);
                left.and(self.truth_at(judged, right, refuses, age, lacking))
            }
            Cond::Or(left, right) => {
                let left = self.truth_at(judged, left, refuses, age, lacking);
                left.or(self.truth_at(judged, right, refuses, age, lacking))
            }
        }
    }

    fn last(&self, judged: &Judged, last: &Last, age: Age, lacking: &mut Lacking) -> Truth {
        let Some(mut all) = self.events(judged, &last.past, Phase::Completed, lacking) else {
            return Truth::Undetermined;
        };
        let started = last.past.phase == Some(Phase::Started);
        let order = |event: &Event| if started { event.begin } else { event.end };
        all.sort_by_key(|event| if last.first { order(event) } else { u64::MAX - order(event) });
        // Every one that may be it: those before the first that is sure, and that.
        let sure = all.iter().position(|event| event.sure);
        all.truncate(sure.map_or(all.len(), |at| at + 1));
        let mut ways: Vec<Option<&Event>> = all
            .iter()
            .map(|event| is_recent(event.at, last.within, self.now, age).then_some(event))
            .collect();
        if sure.is_none() {
            ways.push(None);
        }
        let has = Truth::of_all(ways.iter().map(Option::is_some));
        let about = match ways.as_slice() {
            [Some(only)] => self.about(judged, &last.about, only, age),
            _ => Truth::Undetermined,
        };
        if last.or_none { (!has).or(about) } else { has.and(about) }
    }

    fn about(&self, judged: &Judged, about: &About, event: &Event, age: Age) -> Truth {
        match about {
            About::Number(op, value) => Truth::of(op.holds(event.args.n, *value)),
            About::SameA => Truth::of(event.args.a == judged.call.args.a),
            About::Result(wanted) => fits(event.result, *wanted),
            About::Since(length) => Truth::of(is_recent(event.at, Within::Time(*length), self.now, age)),
        }
    }

    /// All that spoils, or may.
    fn against(&self, judged: &Judged, without: &[Past], lacking: &mut Lacking) -> Option<Vec<Event>> {
        let mut against = Vec::new();
        for past in without {
            let usual = if past.result.is_some() { Phase::Completed } else { Phase::Started };
            against.extend(self.events(judged, past, usual, lacking)?);
        }
        Some(against)
    }

    /// The different values of `a`, each with whether it was there for certain.
    fn values(
        &self,
        judged: &Judged,
        arg: Arg,
        of: &Past,
        within: Within,
        usual: Phase,
        lacking: &mut Lacking,
    ) -> Option<BTreeMap<String, bool>> {
        let mut values = BTreeMap::new();
        for event in self.events(judged, of, usual, lacking)? {
            let sure = event.sure && is_recent(event.at, within, self.now, Age::Old);
            if sure || is_recent(event.at, within, self.now, Age::Young) {
                let had = match arg {
                    Arg::A => vec![event.args.a.clone()],
                    Arg::L => event.args.l.clone(),
                };
                for value in had {
                    *values.entry(value).or_default() |= sure;
                }
            }
        }
        Some(values)
    }

    /// All that counts for a question, or may; nothing where the call does not say whose past is meant.
    fn events(
        &self,
        judged: &Judged,
        past: &Past,
        usual: Phase,
        lacking: &mut Lacking,
    ) -> Option<Vec<Event>> {
        let who = &judged.call.who;
        let of = |who: &Who| match past.by {
            By::Job => who.job.clone(),
            By::User => who.user.clone(),
            By::Agent => who.agent.clone(),
            By::Tenant => Some(String::new()),
        };
        let Some(scope) = of(who) else {
            lacking.insert(match past.by {
                By::Job => "scope.job",
                By::User => "scope.user",
                _ => "scope.agent",
            });
            return None;
        };
        let here = &judged.call.args;
        let mut all = Vec::new();
        match past.of {
            Of::Tool(tool) => {
                let phase = past.phase.unwrap_or(usual);
                for other in self.log.calls.iter().filter(|other| other.call.tool == tool) {
                    let same =
                        other.call.who.tenant == who.tenant && of(&other.call.who).as_ref() == Some(&scope);
                    if same && meets(past, here, &other.call.args) {
                        all.extend(known(other, past, phase));
                    }
                }
            }
            Of::Event(kind) => {
                for report in self.log.events.iter().filter(|report| report.kind == kind) {
                    // What an event does not name, it is about in general.
                    let tenant = report.who.tenant.is_none() || report.who.tenant == who.tenant;
                    let own = of(&report.who).is_none_or(|it| it == scope);
                    let args = Args { a: report.a.clone(), ..here.clone() };
                    if tenant && own && meets(past, here, &args) {
                        let (begin, end) = (report.at.step, report.at.step);
                        all.push(Event {
                            begin,
                            end,
                            at: report.at,
                            sure: true,
                            args,
                            result: None,
                            is_resolved: false,
                        });
                    }
                }
            }
        }
        Some(all)
    }
}

/// Whether something spoils it, for certain and possibly.
fn spoilt(event: &Event, against: &[Event]) -> (bool, bool) {
    let by = |sure: bool| against.iter().any(|other| other.end > event.begin && (other.sure || !sure));
    (by(true), by(false))
}

/// How a call counts in a phase, if it does or may. History only learns: where nobody knew how a call ended, what was said then stays
/// as possible as it was, also when it is set right, and what is certain now happened some time in between.
fn known(judged: &Judged, past: &Past, phase: Phase) -> Vec<Event> {
    let first = event(judged, judged.end, past, phase);
    let Some((end, corrected)) = judged.end.zip(judged.corrected) else { return first.into_iter().collect() };
    let between = Stamp { early: end.at.early, ..corrected.at };
    let last = event(judged, Some(End { at: between, ..corrected }), past, phase);
    match (first, last) {
        (Some(mut first), Some(last)) if !first.sure && last.sure => {
            first.is_resolved = true;
            vec![first, last]
        }
        (Some(first), _) => vec![first],
        (None, last) => last.into_iter().collect(),
    }
}

/// The same, where it ended so.
fn event(judged: &Judged, end: Option<End>, past: &Past, phase: Phase) -> Option<Event> {
    let args = judged.call.args.clone();
    let begin = judged.at.step;
    if phase == Phase::Attempted {
        return judged.attempted.then_some(Event {
            begin,
            end: begin,
            at: judged.at,
            sure: true,
            args,
            result: None,
            is_resolved: false,
        });
    }
    if !judged.is_started() {
        return None;
    }
    let Some(end) = end else {
        let sure = phase == Phase::Started;
        // It may end this very moment.
        let at = if sure { judged.at } else { Stamp { step: u64::MAX, early: i64::MAX, late: i64::MAX } };
        return Some(Event { begin, end: u64::MAX, at, sure, args, result: None, is_resolved: false });
    };
    let counts = match (phase, end.how) {
        (_, How::NotSent) | (Phase::Completed, How::Error) | (Phase::Failed, How::Ok) => Truth::False,
        (Phase::Completed | Phase::Failed, How::Unknown) => Truth::Undetermined,
        _ => Truth::True,
    };
    let counts = match past.result {
        Some(wanted) => counts.and(fits(end.result, wanted)),
        None => counts,
    };
    if counts == Truth::False {
        return None;
    }
    let at = if phase == Phase::Started { judged.at } else { end.at };
    Some(Event {
        begin,
        end: end.at.step,
        at,
        sure: counts == Truth::True,
        args,
        result: end.result,
        is_resolved: false,
    })
}

/// Whether a result is what is looked for. What is missing or does not fit its type is undetermined (semantics 20).
fn fits(result: Option<Answer>, wanted: Answer) -> Truth {
    match result {
        None | Some(Answer::Misfit) => Truth::Undetermined,
        Some(answer) => Truth::of(answer == wanted),
    }
}

fn meets(past: &Past, here: &Args, args: &Args) -> bool {
    let a = match &past.a {
        // Whoever looks at one value after the other puts it there.
        Some(Same::Here | Same::Each(_)) => args.a == here.a,
        Some(Same::Is(value)) => args.a == *value,
        None => true,
    };
    a && past.n.is_none_or(|(op, value)| op.holds(args.n, value)) && past.k.is_none_or(|kind| args.k == kind)
}

/// Windows are closed: what happened exactly so long ago is inside.
fn is_recent(at: Stamp, within: Within, now: Stamp, age: Age) -> bool {
    match (within, age) {
        (Within::Time(length), Age::Old) => at.early >= now.late - length,
        (Within::Time(length), Age::Young) => at.late >= now.early - length,
        (Within::Job, _) => true,
    }
}

/// In counts that are bounded from above calls count from the moment they begin.
fn usual(op: Op, refuses: bool, of: &Past) -> Phase {
    let upper = match op {
        Op::Less | Op::AtMost => !refuses,
        Op::More | Op::AtLeast => refuses,
        Op::Equal => false,
    };
    if upper && of.result.is_none() { Phase::Started } else { Phase::Completed }
}
