//! What a call counts against its limits, and whether there is room.

use agentpass_ir::{Ambient, Bound, Charge, Limit, Line, Meter, NodeId, Op, ToolId, Value, Verified};
use agentpass_values::{Money, Timestamp};

use super::rules::{render, scope_code};
use super::{Findings, Weight, place};
use crate::decision::{Left, Reason, Remaining};
use crate::eval::{Datum, Eval};
use crate::limits::{MeterKey, Tally, width};
use crate::store::{Snapshot, Touches};
use crate::truth::Truth;
use crate::wire::Call;

/// One limit that the call counts against.
#[derive(Debug)]
pub(super) struct Charged<'c> {
    limit: &'c Limit,
    /// Per bound, its running total and the summand; or why there is none.
    lines: Result<Vec<OneLine<'c>>, (&'static str, String)>,
}

#[derive(Debug)]
struct OneLine<'c> {
    bound: &'c Bound,
    line: &'c Line,
    key: MeterKey,
    /// The place of the key among what is touched.
    touched: usize,
    /// None where it is negative, missing or out of range.
    amount: Option<i128>,
}

/// What the limits say.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    /// The totals with this call in them.
    pub charged: Vec<(MeterKey, Tally)>,
    /// What is left without it.
    pub before: Vec<Remaining>,
    /// What is left with it.
    pub after: Vec<Remaining>,
    /// When all that is exhausted has room again, if time is enough.
    pub room_at: Option<Timestamp>,
}

/// The limits that a call counts against. None of this needs state: keys and summands follow from the call.
pub(super) fn charged<'c>(
    contract: &'c Verified,
    call: &Call,
    tool: ToolId,
    touches: &mut Touches,
) -> Vec<Charged<'c>> {
    let eval = Eval::new(contract.program(), &call.frame);
    let mut all = Vec::new();
    for (_, charge) in contract.charges(tool) {
        let Some(limit) = contract.program().limits.get(charge.limit.index()) else { continue };
        // An undetermined filter counts the call.
        if charge.guard.is_some_and(|guard| eval.truth(guard, None) == Truth::False) {
            continue;
        }
        let lines = keys(contract, &eval, charge).map(|keys| {
            let tenant = call.frame.ambient(Ambient::Tenant);
            let bounds = limit.bounds.iter().zip(&charge.lines);
            bounds
                .map(|(bound, line)| {
                    let key = MeterKey::of(limit, bound, tenant, &keys);
                    // Two bounds on one meter share its total, and count once.
                    let touched =
                        touches.meters.iter().position(|known| *known == key).unwrap_or_else(|| {
                            touches.meters.push(key);
                            touches.meters.len() - 1
                        });
                    OneLine { bound, line, key, touched, amount: amount(&eval, bound, line) }
                })
                .collect()
        });
        all.push(Charged { limit, lines });
    }
    all
}

fn keys(contract: &Verified, eval: &Eval<'_>, charge: &Charge) -> Result<Vec<Value>, (&'static str, String)> {
    let missing = |node: &NodeId| match contract.program().nodes.get(node.index()).map(|node| &node.op) {
        Some(Op::Slot(slot)) => Ambient::at(*slot),
        _ => None,
    };
    let of = |node: &NodeId| match eval.value(*node, None) {
        Datum::Is(value) => Ok(value.into_owned()),
        Datum::Absent | Datum::Failed => Err(match missing(node) {
            Some(ambient) => (scope_code(ambient), format!("the call does not say its {}", ambient.word())),
            None => ("limit.key", "what this limit is kept per is not there".to_owned()),
        }),
    };
    charge.keys.iter().map(of).collect()
}

fn amount(eval: &Eval<'_>, bound: &Bound, line: &Line) -> Option<i128> {
    match (bound.meter, line.amount) {
        (Meter::Calls, _) => Some(1),
        (Meter::Sum(currency), Some(node)) => match eval.value(node, None) {
            Datum::Is(value) => match *value {
                Value::Money(money) if money.currency == currency && !money.is_negative() => Some(money.nano),
                _ => None,
            },
            Datum::Absent | Datum::Failed => None,
        },
        (Meter::Sum(_), None) => None,
    }
}

/// Judges every bound against the totals that were read.
pub(super) fn judge(
    contract: &Verified,
    call: &Call,
    charged: &[Charged<'_>],
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Budgets {
    let eval = Eval::new(contract.program(), &call.frame);
    let mut budgets = Budgets::default();
    let mut never = false;
    for Charged { limit, lines } in charged {
        let lines = match lines {
            Ok(lines) => lines,
            Err((code, message)) => {
                findings.add(Weight::Denies, reason(contract, limit, limit.origin, code, message.clone()));
                continue;
            }
        };
        for one in lines {
            let Some(amount) = one.amount else {
                let message = "the amount is negative, missing or out of range".to_owned();
                let found = reason(contract, limit, one.bound.origin, "limit.summand", message);
                findings.add(Weight::Denies, found);
                continue;
            };
            let mut tally = snapshot.tallies.get(one.touched).cloned().unwrap_or_default();
            tally.expire(limit.window, snapshot.now);
            let total = tally.total();
            let with = total.and_then(|total| total.checked_add(amount));
            let left = |total: Option<i128>| {
                total.and_then(|total| one.bound.most.checked_sub(total)).map(|left| left.max(0)).unwrap_or(0)
            };
            budgets.before.push(remaining(limit, one.bound, left(total)));
            budgets.after.push(remaining(limit, one.bound, left(with)));
            if with.is_none_or(|with| with > one.bound.most) {
                let message = match &one.line.because {
                    Some(template) => render(&eval, template, None),
                    None => exhausted(limit, one.bound),
                };
                findings.add(Weight::Denies, reason(contract, limit, one.bound.origin, "limit", message));
                match tally.room_at(limit.window, one.bound.most, amount) {
                    Some(at) => budgets.room_at = budgets.room_at.max(Some(at)),
                    None => never = true,
                }
            }
            tally.add(width(limit.window, one.bound.meter), snapshot.now, amount);
            budgets.charged.push((one.key, tally));
        }
    }
    if never {
        budgets.room_at = None;
    }
    budgets
}

fn reason(
    contract: &Verified,
    limit: &Limit,
    origin: agentpass_ir::Origin,
    code: &'static str,
    message: String,
) -> Reason {
    Reason { code, rule: Some(limit.id.clone()), message, audit: None, place: Some(place(contract, origin)) }
}

fn exhausted(limit: &Limit, bound: &Bound) -> String {
    let most = match bound.meter {
        Meter::Calls => format!("{} calls", bound.most),
        Meter::Sum(currency) => Money { nano: bound.most, currency }.to_string(),
    };
    format!("the limit `{}` is at most {most}", limit.id)
}

fn remaining(limit: &Limit, bound: &Bound, left: i128) -> Remaining {
    let (meter, left) = match bound.meter {
        Meter::Calls => ("calls", Left::Count(left)),
        Meter::Sum(currency) => ("amount", Left::Money(Money { nano: left, currency })),
    };
    Remaining { limit: format!("{}.{meter}", limit.id), left }
}
