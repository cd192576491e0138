//! What a call really came to: the host's figures, beside what was held for them (semantics 16).
//!
//! A summand is computed again where it reads nothing but facts of the host, and the host says some of them. What it does not
//! repeat stays what it was. An amount that is negative, missing or out of range would deny a call; of one that has been made all
//! that can be refused is its outcome. What is held stays held until the host says something else.

use agentpass_ir::{Meter, NodeId, Op, Program, Value};

use super::Outcome;
use crate::eval::{Datum, Eval, Nowhere};
use crate::frame::Frame;
use crate::line::LineError;
use crate::plan::MeterPlan;
use crate::planted::planted;
use crate::state::permit::Held;

/// It is negative, missing or out of range.
pub(crate) struct Unfit;

impl Outcome<'_> {
    /// What the call came to.
    pub(super) fn came_to(&self, meter: &MeterPlan, held: &Held) -> i128 {
        let actual = || self.actual(meter).ok().flatten().filter(|_| !planted(219));
        if self.releases() { 0 } else { actual().unwrap_or(held.amount) }
    }

    /// An error where what the host says gives some limit no amount. What is given back needs none.
    pub(super) fn figures_fit(&self) -> Result<(), LineError> {
        if self.releases() || planted(237) {
            return Ok(());
        }
        let plan = self.gate.plan();
        for held in &self.permit.held {
            let meter = plan.meter_named(&held.meter).and_then(|number| plan.meters.get(number as usize));
            if let Some(meter) = meter
                && self.actual(meter).is_err()
            {
                let limits = &self.gate.contract().program().limits;
                let limit = limits.get(meter.limit.index()).map_or("", |limit| limit.id.as_str());
                return Err(unfit(limit));
            }
        }
        Ok(())
    }

    /// What the host says was really used: the summand again, where nothing but facts of the host is read in it.
    fn actual(&self, meter: &MeterPlan) -> Result<Option<i128>, Unfit> {
        let Some(frame) = self.host else { return Ok(None) };
        let contract = self.gate.contract();
        let program = contract.program();
        let Some(tool) = contract.tool(&self.permit.tool).known() else { return Ok(None) };
        let charges = contract.charges(tool).iter().filter_map(|id| program.charges.get(id.index()));
        for charge in charges.filter(|charge| charge.limit == meter.limit) {
            for line in meter.bounds.iter().filter_map(|&at| charge.lines.get(at)?.as_ref()) {
                // A figure that the host does not repeat stays what it was.
                if let Some(node) = line.amount.filter(|&node| is_told(program, node, frame)) {
                    let eval = Eval::new(contract, frame, &Nowhere);
                    return amount(meter.meter, eval.value(node, None)).map(Some);
                }
            }
        }
        Ok(None)
    }
}

/// A summand as what a meter counts.
pub(crate) fn amount(meter: Meter, value: Datum<'_>) -> Result<i128, Unfit> {
    let Datum::Is(value) = value else { return Err(Unfit) };
    match (&*value, meter) {
        (Value::Int(tokens), Meter::Tokens) if *tokens >= 0 => Ok(i128::from(*tokens)),
        (Value::Money(money), Meter::Sum(currency) | Meter::Cost(currency))
            if money.currency == currency && !money.is_negative() =>
        {
            Ok(money.nano)
        }
        _ => Err(Unfit),
    }
}

/// Why figures are not taken.
pub(crate) fn unfit(limit: &str) -> LineError {
    let message =
        format!("what the host says gives `{limit}` an amount that is negative, missing or out of range");
    LineError::new("limit.summand", message)
}

/// True where a node reads facts of the host, and nothing else of the call.
fn is_of_host(program: &Program, node: NodeId) -> bool {
    let Some(of) = program.nodes.get(node.index()) else { return false };
    if let Op::Slot(slot) = of.op {
        let first = program.host_slot(0);
        return slot >= first && slot < program.job_slot(0);
    }
    let of_call = matches!(of.op, Op::Digest | Op::Labels | Op::Now | Op::Named(_) | Op::Carries { .. });
    let mut all = !of_call && of.op.recalls().next().is_none();
    of.op.children(&mut |child| all &= is_of_host(program, child));
    all
}

/// True where the host says something of what the node reads, and the node reads nothing else of a call.
pub(crate) fn is_told(program: &Program, node: NodeId, frame: &Frame) -> bool {
    is_of_host(program, node) && mentions(program, node, frame)
}

/// True where a frame holds something that the node reads.
fn mentions(program: &Program, node: NodeId, frame: &Frame) -> bool {
    let Some(of) = program.nodes.get(node.index()) else { return false };
    if let Op::Slot(slot) = of.op {
        return frame.get(slot).is_some();
    }
    let mut any = false;
    of.op.children(&mut |child| any |= mentions(program, child, frame));
    any
}
