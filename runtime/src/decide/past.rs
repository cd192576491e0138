//! What rules ask of the past: first which rows, then what they say.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use agentpass_ir::{
    After, Ambient, Join, Keep, Monitor, MonitorId, NodeId, Op, Phase, Recall, Scope, Subject, Ty, Value,
};
use agentpass_values::{Duration, Money, Timestamp};
use smallvec::SmallVec;

use super::touched::Touched;
use super::{House, Prepared};
use crate::clock::Reading;
use crate::eval::{Datum, Env, Eval, Recalled, Values, World};
use crate::frame::Frame;
use crate::planted::planted;
use crate::state::job::Labels;
use crate::state::key::Kind;
use crate::state::watch::{self, Spoilt, Watch};
use crate::state::{Key, Row};
use crate::store::Snapshot;
use crate::truth::Truth;

type Keys = SmallVec<[Key; 1]>;

type Watches<'p> = SmallVec<[&'p Watch; 2]>;

/// Which rows a question may be answered from. Most often it is one.
#[derive(Default)]
pub(crate) struct Rows {
    /// Where calls are open, and where it is kept what may be joined with anything.
    pub open: Keys,
    /// Where those that ended are kept.
    pub ended: Keys,
}

/// The rows for a question. Nothing where the scope is not known: then nobody can tell.
pub(crate) fn rows(prepared: &Prepared<'_>, recall: &Recall, keys: &[Value]) -> Result<Rows, Ambient> {
    let program = prepared.contract().program();
    let Some(monitor) = program.monitors.get(recall.monitor.index()) else {
        return Ok(Rows::default());
    };
    let frame = &prepared.call.frame;
    let scope = scope(monitor, frame)?;
    let tenant = frame.ambient(Ambient::Tenant);
    // An event that names no tenant, or no job, is about all of them.
    let of_event = [(tenant, scope), (tenant, None), (None, scope), (None, None)];
    let places = match monitor.of {
        Subject::Tool(_) => &of_event[..1],
        Subject::Event(_) => &of_event[..],
    };
    let by_result = monitor.join.iter().any(|join| matches!(join, Join::Result(_)));
    let mut found = Rows::default();
    for &(tenant, scope) in places {
        let all = keys.iter().map(Some);
        push(&mut found.ended, watch_key(prepared, recall.monitor, tenant, scope, all));
        if by_result {
            let of = |(join, value)| matches!(join, &Join::Arg(_)).then_some(value);
            let known = monitor.join.iter().zip(keys).map(of);
            push(&mut found.open, watch_key(prepared, recall.monitor, tenant, scope, known));
        }
    }
    Ok(found)
}

fn push(keys: &mut Keys, key: Key) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}

/// The value of a monitor's scope for a call; nothing for the whole tenant.
pub(crate) fn scope<'f>(monitor: &Monitor, frame: &'f Frame) -> Result<Option<&'f str>, Ambient> {
    let ambient = match monitor.scope {
        Scope::Tenant => return Ok(None),
        Scope::Job => Ambient::Job,
        Scope::User => Ambient::User,
        Scope::Agent => Ambient::Agent,
    };
    frame.ambient(ambient).map(Some).ok_or(ambient)
}

/// The key of what a monitor keeps; a join value that is not known yet leaves its place open.
pub(crate) fn watch_key<'v>(
    prepared: &Prepared<'_>,
    monitor: MonitorId,
    tenant: Option<&str>,
    scope: Option<&str>,
    join: impl Iterator<Item = Option<&'v Value>>,
) -> Key {
    watch_key_of(prepared.house.plan, monitor, tenant, scope, join)
}

/// The same, where no call is judged.
pub(crate) fn watch_key_of<'v>(
    plan: &crate::plan::Plan,
    monitor: MonitorId,
    tenant: Option<&str>,
    scope: Option<&str>,
    join: impl Iterator<Item = Option<&'v Value>>,
) -> Key {
    let name = plan.monitors.get(monitor.index()).copied().unwrap_or_default();
    Key::build(Kind::Watch, |key| {
        match scope {
            Some(job) if plan.is_of_jobs(monitor) => key.of_job(tenant, job),
            _ => key.of_all(tenant).text(scope),
        };
        key.fixed(&name);
        for value in join {
            match value {
                Some(value) => key.value(value),
                None => key.fixed(&[0xfe]),
            };
        }
    })
}

/// Looks at what rules ask, and notes the rows; every answer is "nobody knows", and nothing is skipped.
pub(crate) struct Gather<'p, 'c> {
    prepared: &'p Prepared<'c>,
    touched: RefCell<Touched>,
}

impl<'p, 'c> Gather<'p, 'c> {
    /// Notes the rows that these nodes ask for.
    fn nodes(&self, nodes: &[NodeId], env: Option<&Env<'_>>) {
        let contract = self.prepared.contract();
        let eval = Eval::new(contract, &self.prepared.call.frame, self);
        for &node in nodes {
            let is_truth = |node: &agentpass_ir::Node| node.ty == Ty::Truth;
            if contract.program().nodes.get(node.index()).is_some_and(is_truth) {
                let _ = eval.truth(node, env);
            } else {
                let _ = eval.value(node, env);
            }
        }
    }

    /// The same for a condition over the elements of a list.
    fn each(&self, each: agentpass_ir::Each, nodes: &[NodeId]) {
        let eval = Eval::new(self.prepared.contract(), &self.prepared.call.frame, self);
        if let Datum::Is(list) = eval.value(each.list, None)
            && let Value::List(all) = &*list
        {
            for value in all {
                self.nodes(nodes, Some(&Env { var: each.var, value, outer: None }));
            }
        }
    }

    fn note(&self, recall: &Recall, keys: &[Value]) {
        if let Ok(rows) = rows(self.prepared, recall, keys) {
            let mut touched = self.touched.borrow_mut();
            for key in rows.open.into_iter().chain(rows.ended) {
                touched.add(key);
            }
        }
    }
}

impl World for Gather<'_, '_> {
    fn digest(&self) -> Option<&str> {
        Some(self.prepared.digest_text())
    }

    fn after(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Truth {
        self.note(&after.of, of);
        for (recall, keys) in after.without.iter().zip(without) {
            self.note(recall, keys);
        }
        Truth::Undetermined
    }

    fn past(&self, recall: &Recall, keys: &[Value]) -> Recalled {
        self.note(recall, keys);
        Recalled::MaybeAbsent
    }

    fn calls(&self, recall: &Recall, keys: &[Value]) -> Option<(i64, i64)> {
        self.note(recall, keys);
        None
    }

    fn sum(&self, recall: &Recall, keys: &[Value]) -> Option<Money> {
        self.note(recall, keys);
        None
    }

    fn distinct(&self, recall: &Recall, keys: &[Value]) -> Option<Values> {
        self.note(recall, keys);
        None
    }

    fn calls_since(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Option<(i64, i64)> {
        self.after(after, of, without);
        None
    }

    fn sum_since(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Option<Money> {
        self.after(after, of, without);
        None
    }

    fn in_flight(&self, recall: &Recall, keys: &[Value]) -> Option<i64> {
        self.note(recall, keys);
        None
    }
}

/// Notes the rows of everything that the last stage evaluates for a tool.
pub(super) fn gather(prepared: &mut Prepared<'_>, tool: agentpass_ir::ToolId) {
    let Some(questions) = prepared.house.plan.questions(tool) else { return };
    if questions.each.is_empty() && questions.once.is_empty() {
        return;
    }
    let touched = std::mem::take(&mut prepared.touched);
    let gather = Gather { prepared, touched: RefCell::new(touched) };
    for (each, nodes) in &questions.each {
        gather.each(*each, nodes);
    }
    gather.nodes(&questions.once, None);
    prepared.touched = gather.touched.into_inner();
}

/// The past as the snapshot has it.
///
/// Where the clock ran backwards nobody knows how long ago something was. So a condition is judged twice: as if everything were as
/// old as it can be, then as if it were as young. What the two do not agree about is undetermined: so evidence unlocks only if it has
/// not expired by the later reading, and locks until it has by the earlier one (semantics 25).
pub(crate) struct Present<'p, 'c> {
    prepared: &'p Prepared<'c>,
    snapshot: &'p Snapshot<'p>,
    /// What a question needed to know about the call, and the call did not say.
    lacking: RefCell<BTreeSet<Ambient>>,
    /// Rows that a question needs, and that were not known before the past itself had said them.
    missing: RefCell<Vec<Key>>,
    /// Everything is taken to be as young as it can be.
    young: Cell<bool>,
    /// Something was asked whose answer depends on that.
    differs: Cell<bool>,
}

impl<'p, 'c> Present<'p, 'c> {
    pub(crate) fn snapshot(&self) -> &'p Snapshot<'p> {
        self.snapshot
    }

    pub(crate) fn new(prepared: &'p Prepared<'c>, snapshot: &'p Snapshot<'p>) -> Self {
        Self {
            prepared,
            snapshot,
            lacking: RefCell::default(),
            missing: RefCell::default(),
            young: Cell::default(),
            differs: Cell::default(),
        }
    }

    /// What a condition comes to under both readings of the clock.
    pub(crate) fn truth(&self, eval: &Eval<'_>, node: NodeId, env: Option<&Env<'_>>) -> Truth {
        self.differs.set(false);
        let old = eval.truth(node, env);
        if !self.differs.get() || planted(229) {
            return old;
        }
        self.young.set(true);
        let young = eval.truth(node, env);
        self.young.set(false);
        match (old, young) {
            (one, other) if one == other => one,
            (Truth::Failed, _) | (_, Truth::Failed) => Truth::Failed,
            _ => Truth::Undetermined,
        }
    }

    /// When something was, as old or as young as it is taken to be.
    fn moment(&self, at: Reading) -> Timestamp {
        self.differs.set(self.differs.get() || !at.is_sure());
        if self.young.get() { at.late } else { at.early }
    }

    /// What time it is, where that makes everything as old or as young as it is taken to be.
    fn clock(&self) -> Timestamp {
        let now = self.snapshot.reading;
        self.differs.set(self.differs.get() || !now.is_sure());
        if self.young.get() { now.early } else { now.late }
    }

    /// True where something happened in the last `within`, the edge included.
    fn is_recent(&self, at: Reading, within: Option<Duration>) -> bool {
        let edge = i64::from(planted(121));
        within.is_none_or(|within| {
            self.moment(at).nanos() >= self.clock().nanos().saturating_sub(within.nanos()) + edge
        })
    }

    pub(crate) fn eval(&'p self) -> Eval<'p> {
        Eval::new(self.prepared.contract(), &self.prepared.call.frame, self)
    }

    pub(crate) fn row(&self, key: &Key) -> Option<&'p Row> {
        self.at(self.prepared.touched.place(key)?)
    }

    /// The row at a place of what is touched.
    pub(crate) fn at(&self, place: usize) -> Option<&'p Row> {
        self.snapshot.rows.get(place).copied().flatten()
    }

    pub(crate) fn house(&self) -> House<'c> {
        self.prepared.house
    }

    pub(crate) fn reading(&self) -> Reading {
        self.snapshot.reading
    }

    /// What was lacking since the last time that this was asked.
    pub(crate) fn take_lacking(&self) -> BTreeSet<Ambient> {
        self.lacking.take()
    }

    /// What has to be read as well before anything can be decided.
    pub(crate) fn take_missing(&self) -> Vec<Key> {
        self.missing.take()
    }

    /// The labels that the job carries, and those that it inherited.
    pub(crate) fn job_labels(&self) -> Option<&'p Labels> {
        static NONE: Labels = Labels::new();
        match self.at(self.prepared.job?) {
            Some(Row::Job(job)) => Some(&job.labels),
            _ => Some(&NONE),
        }
    }

    /// What is spoilt by what must not have been since. Where nobody knows what that is, everything may be.
    fn spoilt(&self, after: &After, without: &[Vec<Value>]) -> Spoilt {
        let mut spoilt = Spoilt::default();
        for (recall, keys) in after.without.iter().zip(without) {
            spoilt = match self.asked(recall, keys) {
                Some((monitor, found)) => spoilt.by(&found, monitor.phase),
                None => Spoilt { possibly: u64::MAX, ..spoilt },
            };
        }
        spoilt
    }

    /// The rows of a question, those of open calls first.
    fn asked(&self, recall: &Recall, keys: &[Value]) -> Option<(&'c Monitor, Watches<'p>)> {
        let monitor = self.prepared.contract().program().monitors.get(recall.monitor.index())?;
        match rows(self.prepared, recall, keys) {
            Ok(rows) => {
                let all = rows.open.iter().chain(&rows.ended);
                let unread = |key: &&Key| self.prepared.touched.place(key).is_none();
                self.missing.borrow_mut().extend(all.clone().filter(unread).cloned());
                let of = |key| match self.row(key) {
                    Some(Row::Watch(watch)) => Some(&**watch),
                    _ => None,
                };
                Some((monitor, all.filter_map(of).collect()))
            }
            Err(ambient) => {
                self.lacking.borrow_mut().insert(ambient);
                None
            }
        }
    }
}

impl World for Present<'_, '_> {
    fn now(&self) -> Option<Timestamp> {
        Some(self.clock())
    }

    fn digest(&self) -> Option<&str> {
        Some(self.prepared.digest_text())
    }

    fn labels(&self) -> Option<&Labels> {
        let labels = self.job_labels();
        if labels.is_none() {
            self.lacking.borrow_mut().insert(Ambient::Job);
        }
        labels
    }

    fn after(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Truth {
        let Some((monitor, found)) = self.asked(&after.of, of) else { return Truth::Undetermined };
        let evidence = watch::evidence(&found, monitor.phase, |at| self.is_recent(at, after.of.within));
        let mut against: SmallVec<[(Phase, Watches<'_>); 2]> = SmallVec::new();
        let mut known = true;
        for (recall, keys) in after.without.iter().zip(without) {
            match self.asked(recall, keys) {
                Some((monitor, found)) => against.push((monitor.phase, found)),
                None => known = false,
            }
        }
        let (mut sure, mut possible) = (false, false);
        for one in evidence {
            let spoilt = against
                .iter()
                .map(|(phase, found)| watch::spoils(found, *phase, one.begin))
                .fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1));
            possible |= !spoilt.0;
            sure |= one.sure && !spoilt.0 && !spoilt.1;
        }
        match (sure && known, possible) {
            (true, _) => Truth::True,
            (false, true) => Truth::Undetermined,
            (false, false) => Truth::False,
        }
    }

    fn past(&self, recall: &Recall, keys: &[Value]) -> Recalled {
        let Some((monitor, found)) = self.asked(recall, keys) else { return Recalled::MaybeAbsent };
        let all: SmallVec<[_; 2]> = found.iter().map(|row| row.kept(&monitor.keep, monitor.phase)).collect();
        let is_latest = matches!(monitor.keep, Keep::Latest(_));
        let is_recent = |at: Reading| self.is_recent(at, recall.within);
        let kept = watch::chosen_of(all.iter().filter_map(|one| one.kept.clone()), &monitor.keep);
        // What ends later is never the first. An open call may end this very moment, which is inside.
        let mut inside = all.iter().any(|one| one.open) && (is_latest || kept.is_none());
        let mut outside = false;
        for maybe in all.iter().filter_map(|one| one.maybe) {
            let may_be_it =
                |kept: &watch::Kept| if is_latest { maybe.end > kept.end } else { maybe.end < kept.end };
            if kept.as_ref().is_none_or(may_be_it) {
                inside |= is_recent(maybe.at.1);
                outside |= !is_recent(maybe.at.0);
            }
        }
        match (kept.filter(|kept| is_recent(kept.at)), inside, outside) {
            (Some(kept), false, false) => {
                let at = std::iter::once(Some(Value::Timestamp(self.moment(kept.at))));
                Recalled::Is(Value::Record(at.chain(kept.parts.into_iter().map(Some)).collect()))
            }
            (Some(_), true, false) => Recalled::Unknown,
            (None, false, _) => Recalled::Absent,
            (Some(_), _, true) | (None, true, _) => Recalled::MaybeAbsent,
        }
    }

    fn calls(&self, recall: &Recall, keys: &[Value]) -> Option<(i64, i64)> {
        let (monitor, found) = self.asked(recall, keys)?;
        let now = self.snapshot.reading;
        let each = found.iter().map(|row| row.calls(&monitor.keep, monitor.phase, recall.within, now));
        Some(each.fold((0, 0), |all, one| (all.0.saturating_add(one.0), all.1.saturating_add(one.1))))
    }

    fn sum(&self, recall: &Recall, keys: &[Value]) -> Option<Money> {
        let (monitor, found) = self.asked(recall, keys)?;
        let Keep::Sum { currency, .. } = monitor.keep else { return None };
        let each = found.iter().map(|row| row.sum(&monitor.keep, monitor.phase, self.snapshot.reading.early));
        Some(Money { nano: each.fold(0_i128, i128::saturating_add), currency })
    }

    fn calls_since(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Option<(i64, i64)> {
        let (monitor, found) = self.asked(&after.of, of)?;
        let (now, spoilt) = (self.snapshot.reading, self.spoilt(after, without));
        let each = found.iter().map(|row| row.calls_since(monitor.phase, after.of.within, now, spoilt));
        Some(each.fold((0, 0), |all, one| (all.0.saturating_add(one.0), all.1.saturating_add(one.1))))
    }

    fn sum_since(&self, after: &After, of: &[Value], without: &[Vec<Value>]) -> Option<Money> {
        let (monitor, found) = self.asked(&after.of, of)?;
        let Keep::Spent { currency, .. } = monitor.keep else { return None };
        let (now, spoilt) = (self.snapshot.reading, self.spoilt(after, without));
        let each = found.iter().map(|row| row.sum_since(monitor.phase, after.of.within, now, spoilt));
        Some(Money { nano: each.fold(0_i128, i128::saturating_add), currency })
    }

    fn distinct(&self, recall: &Recall, keys: &[Value]) -> Option<Values> {
        let (monitor, found) = self.asked(recall, keys)?;
        let now = self.snapshot.reading;
        let mut values = Values::default();
        found.iter().for_each(|row| row.values(monitor.phase, recall.within, now, &mut values));
        Some(values)
    }

    fn in_flight(&self, recall: &Recall, keys: &[Value]) -> Option<i64> {
        let (_, found) = self.asked(recall, keys)?;
        let each = found.iter().map(|row| row.in_flight(self.snapshot.reading.early));
        Some(each.fold(0_i64, i64::saturating_add))
    }
}

/// True where a node reads nothing but what is the same in every frame.
pub(crate) fn reads_only_shared(program: &agentpass_ir::Program, node: NodeId) -> bool {
    let Some(of) = program.nodes.get(node.index()) else { return false };
    if let Op::Slot(slot) = of.op
        && program.shared_slot_type(slot).is_none()
    {
        return false;
    }
    let mut all = true;
    of.op.children(&mut |child| all &= reads_only_shared(program, child));
    all
}
