//! Denials as something that limits count, and what they suspend.

use agentpass_ir::{Ambient, Charge, LimitId, Meter, NodeId, Step, Suspended};
use smallvec::SmallVec;

use super::charged::{keys, meter_of, shape, tally_keys};
use super::findings::Findings;
use super::past::reads_only_shared;
use super::{Prepared, job_key, job_tenants_key, switches_key};
use crate::decision::Met;
use crate::eval::{Eval, Nowhere};
use crate::plan::FormRef;
use crate::planted::planted;
use crate::state::switches::Switch;
use crate::state::{Delta, Key, Row};
use crate::store::{Change, Snapshot};
use crate::truth::Truth;

/// Suspends something that the call is about. Of the jobs it is the one whose budget is spent: the call's own, or one above it
/// by that number.
pub(super) fn suspend(prepared: &Prepared<'_>, what: Suspended, job: usize) -> Vec<Change> {
    let tenant = prepared.ambient(Ambient::Tenant);
    let job = match job.checked_sub(1) {
        None => prepared.ambient(Ambient::Job),
        Some(above) => prepared.known.parents.get(above).map(String::as_str),
    };
    let switch = match (what, job, prepared.ambient(Ambient::Agent)) {
        (Suspended::Job, Some(job), _) => {
            return vec![
                Change::plain(job_key(tenant, job), Delta::Suspend(true)),
                Change::plain(job_tenants_key(job), Delta::AddName(tenant.map(str::to_owned))),
            ];
        }
        (Suspended::Gate, ..) => Switch::Gate,
        (Suspended::Tool, ..) => Switch::Tool(prepared.call.name.clone()),
        (Suspended::Agent, _, Some(agent)) => Switch::Agent(tenant.map(str::to_owned), agent.to_owned()),
        (Suspended::Job | Suspended::Agent, ..) => return Vec::new(),
    };
    vec![Change::plain(switches_key(), Delta::Switch(switch, true))]
}

/// The totals in which a denial of this call would be counted.
fn denial_lines(prepared: &Prepared<'_>) -> Vec<(LimitId, usize, u32, SmallVec<[Key; 1]>)> {
    let contract = prepared.contract();
    let program = contract.program();
    let eval = Eval::new(contract, &prepared.call.frame, &Nowhere);
    let mut all = Vec::new();
    for &id in &prepared.house.plan.denials {
        let Some(limit) = program.limits.get(id.index()) else { continue };
        let counts = |charge: &Charge| {
            let lines = charge.lines.iter().zip(&limit.bounds);
            lines.into_iter().any(|(line, bound)| line.is_some() && bound.meter == Meter::Denials)
        };
        let own = |charge: &&Charge| {
            charge.limit == id && prepared.tool.is_none_or(|tool| charge.tool == tool) && counts(charge)
        };
        let Some(charge) = program.charges.iter().find(own) else { continue };
        // Of a call that does not fit a signature, only its surroundings are known.
        let readable = |node: &NodeId| {
            (prepared.tool.is_some() && prepared.call.faults.is_empty()) || reads_only_shared(program, *node)
        };
        if let Some(guard) = charge.guard
            && readable(&guard)
            && eval.truth(guard, None) == Truth::False
        {
            continue;
        }
        if !charge.keys.iter().all(readable) {
            continue;
        }
        let Ok(of_limit) = keys(prepared, &eval, &charge.keys) else { continue };
        for (number, (bound, line)) in limit.bounds.iter().zip(&charge.lines).enumerate() {
            let Some(line) = line.as_ref().filter(|_| bound.meter == Meter::Denials) else { continue };
            let Ok(more) = keys(prepared, &eval, &line.keys) else { continue };
            let meter = meter_of(prepared, id, number);
            all.push((id, number, meter, tally_keys(prepared, charge, meter, &of_limit, &more)));
        }
    }
    all
}

/// Notes the totals of denials among what is touched.
pub(super) fn touch_denials(prepared: &mut Prepared<'_>) {
    if prepared.house.plan.denials.is_empty() {
        return;
    }
    for (_, _, _, keys) in denial_lines(prepared) {
        for key in keys {
            prepared.touched.add(key);
        }
    }
}

/// Counts a denial. Those that the infrastructure causes never come here: nothing is committed for them.
pub(super) fn count_denial(
    prepared: &Prepared<'_>,
    snapshot: &Snapshot<'_>,
    findings: &mut Findings<'_>,
    changes: &mut Vec<Change>,
) {
    if prepared.house.plan.denials.is_empty() {
        return;
    }
    let program = prepared.contract().program();
    let late = snapshot.reading.late;
    let mut counted: Vec<usize> = Vec::new();
    for (id, number, meter, keys) in denial_lines(prepared) {
        let Some(bound) = program.limits.get(id.index()).and_then(|limit| limit.bounds.get(number)) else {
            continue;
        };
        for (number, key) in keys.into_iter().enumerate() {
            let Some(place) = prepared.touched.place(&key) else { continue };
            let row = snapshot.rows.get(place).copied().flatten();
            let total = match (row, shape(prepared, meter)) {
                (Some(Row::Tally(tally)), Some(shape)) => {
                    tally.total(Meter::Denials, shape, snapshot.reading.early)
                }
                _ => 0,
            };
            let is_full = super::budgets::is_full(prepared, snapshot, meter, number);
            let total = if is_full { total.max(bound.most) } else { total };
            if let Step::Suspend(what) = bound.step
                && total.saturating_add(i128::from(!planted(214))) > bound.most
            {
                changes.extend(suspend(prepared, what, number));
                if findings.explains() {
                    let limit = program.limits.get(id.index()).map_or("", |limit| limit.id.as_str());
                    findings.met(Met {
                        id: format!("{limit}.{}", bound.label),
                        kind: "limit",
                        place: Some(findings.place(bound.origin)),
                        applies: Truth::True.word(),
                        holds: "",
                        saw: vec![("denials before this one".to_owned(), total.to_string())],
                        outcome: "suspends",
                    });
                }
            }
            if !counted.contains(&place) {
                counted.push(place);
                let early = snapshot.reading.early;
                let delta = Delta::Charge { at: late, early, amount: 1, open: None };
                changes.push(Change { row: place.into(), form: FormRef::Meter(meter), delta });
            }
        }
    }
}
