//! What monitors will remember of a call: fed by its arguments now, and by its outcome later.

use agentpass_ir::{Ambient, Join, Keep, Kept, Monitor, MonitorId, NodeId, Phase, ToolId, Value, Verified};
use agentpass_values::Timestamp;

use super::Prepared;
use super::past::{scope, watch_key};
use crate::eval::{Datum, Eval, Nowhere};
use crate::frame::Frame;
use crate::plan::FormRef;
use crate::planted::planted;
use crate::state::Delta;
use crate::state::permit::{PermitId, Watched};
use crate::state::size::keepable;
use crate::state::watch::{Ended, Open};
use crate::store::{Change, Snapshot};
use crate::truth::Truth;

/// A monitor that a call feeds.
pub(crate) struct Feed {
    monitor: MonitorId,
    phase: Phase,
    /// The place of the row where it is open.
    open: usize,
    /// False where nobody knows whether its arguments are those that are looked for.
    sure: bool,
    amount: i128,
    /// Its parts that rules read; those of the result are not there yet.
    parts: Vec<Value>,
    join: Vec<Option<Value>>,
    /// The scope's value; nothing for the whole tenant.
    scope: Option<String>,
}

/// The monitors that a call feeds.
pub(super) fn feeds(prepared: &mut Prepared<'_>, tool: ToolId) -> Vec<Feed> {
    let contract = prepared.contract();
    let frame = &prepared.call.frame;
    let mut all = Vec::new();
    for &id in contract.fed_by(tool) {
        let Some(monitor) = contract.program().monitors.get(id.index()) else { continue };
        // Where the call does not say its scope, questions within that scope are undetermined anyway.
        let Ok(scope) = scope(monitor, frame) else { continue };
        let Some(of_args) = OfArgs::read(contract, frame, monitor) else { continue };
        let join = of_args.join.iter().map(Option::as_ref);
        let open = watch_key(prepared, id, frame.ambient(Ambient::Tenant), scope, join);
        let OfArgs { sure, amount, parts, join } = of_args;
        let scope = scope.map(str::to_owned);
        let open = prepared.touched.add(open);
        all.push(Feed { monitor: id, phase: monitor.phase, open, sure, amount, parts, join, scope });
    }
    all
}

/// What a monitor takes from the arguments of a call, or from an event.
pub(crate) struct OfArgs {
    pub sure: bool,
    pub amount: i128,
    pub parts: Vec<Value>,
    pub join: Vec<Option<Value>>,
}

impl OfArgs {
    /// Nothing where the call does not count.
    pub(crate) fn read(contract: &Verified, frame: &Frame, monitor: &Monitor) -> Option<OfArgs> {
        let eval = Eval::new(contract, frame, &Nowhere);
        let matches = monitor.args.map_or(Truth::True, |args| eval.truth(args, None));
        if matches == Truth::False {
            return None;
        }
        let mut join = Vec::with_capacity(monitor.join.len());
        for part in &monitor.join {
            match part {
                Join::Result(_) => join.push(None),
                Join::Arg(node) => match eval.value(*node, None) {
                    Datum::Is(value) => join.push(Some(value.into_owned())),
                    // What is not there is equal to nothing.
                    _ => return None,
                },
            }
        }
        let amount = match monitor.keep {
            Keep::Sum { amount, .. } | Keep::Spent { amount, .. } => summand(&eval, amount),
            _ => 0,
        };
        let parts = kept(&monitor.keep).iter().map(|kept| part(&eval, &kept.value)).collect();
        Some(OfArgs { sure: matches == Truth::True, amount, parts, join })
    }
}

/// The parts of a call that a monitor keeps.
pub(crate) fn kept(keep: &Keep) -> &[Kept] {
    match keep {
        Keep::Latest(kept) | Keep::First(kept) => kept,
        Keep::Distinct { value, .. } => std::slice::from_ref(value),
        _ => &[],
    }
}

fn part(eval: &Eval<'_>, join: &Join) -> Value {
    match join {
        Join::Arg(node) => value(eval, *node),
        Join::Result(_) => Value::Unknown,
    }
}

/// A value that is not there is one that nobody knows: a past call is never more than it was.
pub(crate) fn value(eval: &Eval<'_>, node: NodeId) -> Value {
    match eval.value(node, None) {
        Datum::Is(value) => keepable(value.into_owned()),
        _ => Value::Unknown,
    }
}

/// A summand; where it is not known the sum has no room left.
fn summand(eval: &Eval<'_>, node: NodeId) -> i128 {
    match eval.value(node, None) {
        Datum::Is(value) => match *value {
            Value::Money(money) if !money.is_negative() => money.nano,
            _ => i128::MAX,
        },
        _ => i128::MAX,
    }
}

/// Feeds the monitors with what happens now: the call was attempted, and begins if it was allowed.
pub(super) fn feed(
    prepared: &Prepared<'_>,
    snapshot: &Snapshot<'_>,
    permit: Option<PermitId>,
    changes: &mut Vec<Change>,
) {
    for feed in &prepared.feeds {
        let now = snapshot.reading;
        let delta = match (feed.phase, permit) {
            (Phase::Attempted, None) if planted(217) => continue,
            (Phase::Attempted, _) => Delta::Count(Box::new(Ended {
                begin: snapshot.sequence,
                end: snapshot.sequence,
                at: now,
                early: now.early,
                sure: feed.sure,
                amount: feed.amount,
                parts: feed.parts.clone(),
            })),
            (_, None) => continue,
            (_, Some(permit)) => Delta::Begin(Box::new(Open {
                permit,
                at: now,
                sure: feed.sure,
                lease: lease(prepared, now.late),
                amount: feed.amount,
                parts: feed.parts.clone(),
            })),
        };
        changes.push(Change { row: feed.open.into(), form: FormRef::Monitor(feed.monitor), delta });
    }
}

fn lease(prepared: &Prepared<'_>, late: Timestamp) -> Option<Timestamp> {
    let tool = prepared.tool.and_then(|id| prepared.contract().program().tools.get(id.index()))?;
    late.checked_add(tool.runs_at_most?)
}

/// What an outcome will tell the monitors.
pub(super) fn watched(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>) -> Vec<Watched> {
    let live = prepared.feeds.iter().filter(|feed| feed.phase != Phase::Attempted);
    let names = &prepared.house.plan.monitors;
    live.filter_map(|feed| {
        Some(Watched {
            monitor: names.get(feed.monitor.index()).copied().unwrap_or_default(),
            open: prepared.touched.key(feed.open)?.clone(),
            tenant: prepared.ambient(Ambient::Tenant).map(str::to_owned),
            scope: feed.scope.clone(),
            // Where the arguments say all of it, the row is known already.
            join: if feed.join.iter().all(Option::is_some) { Vec::new() } else { feed.join.clone() },
            at: snapshot.reading,
            sure: feed.sure,
            amount: feed.amount,
            parts: feed.parts.clone(),
            counted: None,
        })
    })
    .collect()
}
