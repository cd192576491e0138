//! What a call counts, as far as the call says it: which totals, under which keys, how much.

use std::borrow::{Borrow, Cow};
use std::ops::Range;

use agentpass_ir::{
    Ambient, Bound, Charge, ChargeId, Limit, LimitId, Line, Meter, NodeId, Op, Program, Step, ToolId, Value,
};
use smallvec::SmallVec;

use super::rules::{Lack, lack, scope_code};
use super::steps::step_key;
use super::touched::Places;
use super::{Known, Prepared};
use crate::eval::{Datum, Eval, Nowhere};
use crate::plan::MeterPlan;
use crate::planted::planted;
use crate::settle::figures;
use crate::state::Key;
use crate::state::key::{Builder, Kind};
use crate::state::sums::Shape;
use crate::truth::Truth;

/// One limit that the call may count against.
pub(crate) struct Charged<'c> {
    pub(super) limit: &'c Limit,
    pub(super) charge: &'c Charge,
    /// Which of all lines are its own, one per bound; or why there is no key.
    pub(super) lines: Result<Range<usize>, (&'static str, String)>,
}

impl<'c> Charged<'c> {
    /// Its lines, where there is a key.
    pub(super) fn lines<'p>(&self, prepared: &'p Prepared<'c>) -> &'p [OneLine<'c>] {
        let own = self.lines.as_ref().ok().and_then(|own| prepared.lines.get(own.clone()));
        own.unwrap_or_default()
    }
}

pub(super) struct OneLine<'c> {
    pub(super) number: usize,
    /// What the step is known by, whatever its number.
    pub(super) step: u32,
    pub(super) bound: &'c Bound,
    pub(super) line: &'c Line,
    /// Which meter of the plan.
    pub(super) meter: u32,
    /// Where the total is among what is touched; for limits per job, those of the jobs above it too.
    pub(super) places: Places,
    /// None where it is negative, missing or out of range.
    pub(super) amount: Option<i128>,
}

/// Reads off a call what it counts. None of this needs state: keys and summands follow from the call.
pub(super) fn charged<'c>(prepared: &mut Prepared<'c>, tool: ToolId) -> Vec<Charged<'c>> {
    let contract = prepared.contract();
    let mut all = Vec::with_capacity(contract.charges(tool).len());
    let charges = &contract.program().charges;
    let bounds = contract.charges(tool).iter().filter_map(|id| charges.get(id.index()));
    prepared.lines.reserve_exact(bounds.map(|charge| charge.lines.len()).sum());
    for &id in contract.charges(tool) {
        if let Some(charged) = one(prepared, id) {
            all.push(charged);
        }
    }
    if prepared.house.plan.counts_retries
        && let Some(key) = made_key(prepared)
    {
        prepared.touched.add(key);
    }
    all
}

fn one<'c>(prepared: &mut Prepared<'c>, id: ChargeId) -> Option<Charged<'c>> {
    let contract = prepared.contract();
    let program = contract.program();
    let charge = program.charges.get(id.index())?;
    let limit = program.limits.get(charge.limit.index())?;
    let eval = Eval::new(contract, &prepared.call.frame, &Nowhere);
    // An undetermined filter counts the call; one that asks the past is looked at again when it is there.
    if charge.guard.is_some_and(|guard| eval.truth(guard, None) == Truth::False) {
        return None;
    }
    let of_limit = match keys(prepared, &eval, &charge.keys) {
        Ok(of_limit) => of_limit,
        Err(lack) => return Some(Charged { limit, charge, lines: Err(lack) }),
    };
    let first = prepared.lines.len();
    for (number, (bound, line)) in limit.bounds.iter().zip(&charge.lines).enumerate() {
        let Some(line) = line else { continue };
        let more = match keys(prepared, &eval, &line.keys) {
            Ok(more) => more,
            Err(lack) => return Some(Charged { limit, charge, lines: Err(lack) }),
        };
        let meter = meter_of(prepared, charge.limit, number);
        let step = prepared.house.plan.step(charge.limit, number);
        let mut places = Places::new();
        if let Some(plan) = meter_plan(prepared, meter) {
            let total = Total { program, charge, meter: plan, tenant: tenant_of(prepared) };
            let touched = &mut prepared.touched;
            places.push(touched.build(Kind::Tally, |key| total.name(key, &of_limit, &more)));
            for parent in parents(prepared.known, program, charge) {
                let of_limit = in_job(program, charge, &of_limit, parent);
                places.push(touched.build(Kind::Tally, |key| total.name(key, &of_limit, &more)));
            }
        }
        if matches!(bound.step, Step::Challenge(_)) {
            for &place in &places {
                let asking = prepared.touched.key(place).map(|total| step_key(prepared, total, step));
                asking.map(|key| prepared.touched.add(key));
            }
        }
        let amount = amount(&eval, bound, line);
        prepared.lines.push(OneLine { number, step, bound, line, meter, places, amount });
    }
    Some(Charged { limit, charge, lines: Ok(first..prepared.lines.len()) })
}

pub(super) fn meter_of(prepared: &Prepared<'_>, limit: LimitId, bound: usize) -> u32 {
    let plan = prepared.house.plan;
    plan.meter_of.get(limit.index()).and_then(|bounds| bounds.get(bound)).copied().unwrap_or(u32::MAX)
}

pub(super) fn meter_plan<'c>(prepared: &Prepared<'c>, meter: u32) -> Option<&'c MeterPlan> {
    prepared.house.plan.meters.get(meter as usize)
}

pub(super) fn shape<'c>(prepared: &Prepared<'c>, meter: u32) -> Option<Shape<'c>> {
    meter_plan(prepared, meter).map(|meter| Shape { window: &meter.window, most: meter.most })
}

/// The totals that a call counts in: its own, and for limits per job those of the jobs above.
pub(super) fn tally_keys(
    prepared: &Prepared<'_>,
    charge: &Charge,
    meter: u32,
    of_limit: &[Cow<'_, Value>],
    more: &[Cow<'_, Value>],
) -> SmallVec<[Key; 1]> {
    let Some(plan) = meter_plan(prepared, meter) else { return SmallVec::new() };
    let program = prepared.contract().program();
    let total = Total { program, charge, meter: plan, tenant: tenant_of(prepared) };
    let mut keys = SmallVec::new();
    keys.push(total.key(of_limit, more));
    for parent in parents(prepared.known, program, charge) {
        keys.push(total.key(&in_job(program, charge, of_limit, parent), more));
    }
    keys
}

/// The tenant for which a call counts.
fn tenant_of<'c>(prepared: &Prepared<'c>) -> Option<&'c str> {
    prepared.call.frame.ambient(Ambient::Tenant).filter(|_| !planted(122))
}

/// The jobs above the call's own in whose totals it counts.
fn parents<'k>(
    known: &'k Known,
    program: &Program,
    charge: &Charge,
) -> impl Iterator<Item = &'k String> + use<'k> {
    let per_job = charge.keys.iter().any(|node| is_job(program, *node));
    known.parents.iter().filter(move |_| per_job && !planted(213))
}

/// What a call is counted in: the total of a meter of a limit, for one tenant. Which one, the values of the keys say.
#[derive(Clone, Copy)]
pub(crate) struct Total<'t> {
    pub program: &'t Program,
    pub charge: &'t Charge,
    pub meter: &'t MeterPlan,
    pub tenant: Option<&'t str>,
}

impl Total<'_> {
    /// Where it is kept, for those values of the limit's keys, and of the bound's own.
    pub(crate) fn key<V: Borrow<Value>, M: Borrow<Value>>(&self, of_limit: &[V], more: &[M]) -> Key {
        Key::build(Kind::Tally, |key| self.name(key, of_limit, more))
    }

    /// What its key is made of. One that is kept per job belongs to it; but refusals are counted after it as well.
    fn name<V: Borrow<Value>, M: Borrow<Value>>(&self, key: &mut Builder<'_>, of_limit: &[V], more: &[M]) {
        let is_its = |node: NodeId| is_job(self.program, node) && self.meter.meter != Meter::Denials;
        let keys = &self.charge.keys;
        match keys.iter().zip(of_limit).find(|(node, _)| is_its(**node)).map(|(_, value)| value.borrow()) {
            Some(Value::Text(job)) => key.of_job(self.tenant, job),
            _ => key.of_all(self.tenant),
        };
        key.fixed(&self.meter.name);
        // Its job it has named already.
        for (_, value) in keys.iter().zip(of_limit).filter(|(node, _)| !is_its(**node)) {
            key.value(value.borrow());
        }
        key.values(more);
    }
}

fn is_job(program: &Program, node: NodeId) -> bool {
    program
        .nodes
        .get(node.index())
        .is_some_and(|node| matches!(node.op, Op::Slot(slot) if slot == Ambient::Job.slot()))
}

/// The values of a limit's key, in another job. Which of them is the job, its place says: others may look the same.
pub(crate) fn in_job<V: Borrow<Value>>(
    program: &Program,
    charge: &Charge,
    keys: &[V],
    job: &str,
) -> Vec<Value> {
    let of = |(node, value): (&NodeId, &V)| {
        if is_job(program, *node) { Value::Text(job.into()) } else { value.borrow().clone() }
    };
    charge.keys.iter().zip(keys).map(of).collect()
}

/// That a job has made this very call before.
pub(super) fn made_key(prepared: &Prepared<'_>) -> Option<Key> {
    let job = prepared.ambient(Ambient::Job)?;
    let tenant = prepared.ambient(Ambient::Tenant);
    Some(Key::build(Kind::Made, |key| _ = key.of_job(tenant, job).fixed(prepared.digest())))
}

/// The values of a key, or why there is none.
pub(super) fn keys<'v>(
    prepared: &Prepared<'_>,
    eval: &'v Eval<'_>,
    nodes: &[NodeId],
) -> Result<SmallVec<[Cow<'v, Value>; 2]>, (&'static str, String)> {
    let mut keys = SmallVec::new();
    for &node in nodes {
        keys.push(match eval.value(node, None) {
            Datum::Is(value) => value,
            // The digest is known without any past.
            _ if is_digest(prepared, node) => Cow::Owned(Value::Text(prepared.digest_text().into())),
            _ => return Err(missing(prepared, node)),
        });
    }
    Ok(keys)
}

fn is_digest(prepared: &Prepared<'_>, node: NodeId) -> bool {
    let node = prepared.contract().program().nodes.get(node.index());
    node.is_some_and(|node| matches!(node.op, Op::Digest))
}

fn missing(prepared: &Prepared<'_>, node: NodeId) -> (&'static str, String) {
    let op = prepared.contract().program().nodes.get(node.index()).map(|node| &node.op);
    match op {
        Some(Op::Slot(slot)) => match lack(prepared, *slot) {
            Some(Lack::Scope(ambient)) => {
                (scope_code(ambient), format!("the call does not say its {}", ambient.word()))
            }
            Some(Lack::Host(name)) => ("host.missing", format!("the host does not say `{name}`")),
            None => ("limit.key", "what this limit is kept per is not there".to_owned()),
        },
        _ => ("limit.key", "what this limit is kept per is not there".to_owned()),
    }
}

/// What the call counts, in units of the meter.
fn amount(eval: &Eval<'_>, bound: &Bound, line: &Line) -> Option<i128> {
    match (bound.meter, line.amount) {
        (Meter::Calls | Meter::InFlight, _) => Some(1),
        (Meter::Retries | Meter::Runtime | Meter::Denials, _) => Some(0),
        (Meter::Tokens | Meter::Sum(_) | Meter::Cost(_), Some(node)) => {
            figures::amount(bound.meter, eval.value(node, None)).ok()
        }
        (Meter::Tokens | Meter::Sum(_) | Meter::Cost(_), None) => None,
    }
}
