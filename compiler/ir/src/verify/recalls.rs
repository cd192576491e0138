//! Questions to monitors: the monitor keeps what is asked of it, for as long as is asked, by the keys that are given.

use agentpass_values::Duration;

use super::types::type_of;
use super::{Fault, entry};
use crate::node::{After, Op, Recall};
use crate::past::{Join, Keep, Monitor};
use crate::program::Program;
use crate::value::Ty;

/// Checks a node that asks.
pub(super) fn check(program: &Program, node: u32, op: &Op, ty: &Ty) -> Result<(), Fault> {
    let is = |fits: bool, expected| if fits { Ok(()) } else { Err(Fault::Type { node, expected }) };
    let keeps = |fits: bool, what| if fits { Ok(()) } else { Err(Fault::Past { node, what }) };
    match op {
        Op::Past(recall) => {
            let monitor = asked(program, node, recall)?;
            is(*ty == Ty::Past(recall.monitor), "a past call of its monitor")?;
            match monitor.keep {
                Keep::Latest(_) => Ok(()),
                // The one that ended first of all may lie before the window while a later one lies inside.
                Keep::First(_) => {
                    keeps(recall.within.is_none(), "the first call of a window is not what its monitor keeps")
                }
                _ => Err(Fault::Past { node, what: "its monitor keeps no call" }),
            }
        }
        Op::Calls(recall) => {
            let monitor = asked(program, node, recall)?;
            is(*ty == Ty::Int, "a number of calls")?;
            let Keep::Count { within, .. } = monitor.keep else {
                return Err(Fault::Past { node, what: "its monitor does not count" });
            };
            let fits = match (recall.within, within) {
                (asked, Some(kept)) => asked.is_some_and(|asked| asked <= kept),
                (asked, None) => asked.is_none(),
            };
            keeps(fits, "its monitor counts over another time")
        }
        Op::Sum(recall) => {
            let monitor = asked(program, node, recall)?;
            let Keep::Sum { currency, within, .. } = monitor.keep else {
                return Err(Fault::Past { node, what: "its monitor does not add up" });
            };
            is(*ty == Ty::Money(currency), "an amount of its monitor's currency")?;
            keeps(recall.within == within, "its monitor adds up over another time")
        }
        Op::InFlight(recall) => {
            let monitor = asked(program, node, recall)?;
            is(*ty == Ty::Int, "a number of calls")?;
            keeps(monitor.keep == Keep::Open, "its monitor does not keep what is open")?;
            keeps(recall.within.is_none(), "what is open has no window")
        }
        Op::Distinct(recall) => {
            let monitor = asked(program, node, recall)?;
            let Keep::Distinct { value, within, .. } = &monitor.keep else {
                return Err(Fault::Past { node, what: "its monitor keeps no values" });
            };
            is(*ty == Ty::list(value.single().clone()), "a list of what its monitor keeps")?;
            keeps(covers(*within, recall.within), "its monitor does not look so far back")
        }
        Op::After(after) => {
            is(*ty == Ty::Truth, "a truth")?;
            let kept = spans(program, node, &after.of)?;
            keeps(covers(kept, after.of.within), "its monitor does not look so far back")?;
            without(program, node, after)
        }
        Op::CallsSince(after) => {
            is(*ty == Ty::Int, "a number of calls")?;
            let Keep::Runs { within, .. } = asked(program, node, &after.of)?.keep else {
                return Err(Fault::Past { node, what: "its monitor does not keep each call" });
            };
            keeps(covers(within, after.of.within), "its monitor does not look so far back")?;
            without(program, node, after)
        }
        Op::SumSince(after) => {
            let Keep::Spent { currency, within, .. } = asked(program, node, &after.of)?.keep else {
                return Err(Fault::Past { node, what: "its monitor does not keep each amount" });
            };
            is(*ty == Ty::Money(currency), "an amount of its monitor's currency")?;
            keeps(covers(within, after.of.within), "its monitor does not look so far back")?;
            without(program, node, after)
        }
        _ => Ok(()),
    }
}

/// What spoils: it may have happened long ago, if the evidence took long to come.
fn without(program: &Program, node: u32, after: &After) -> Result<(), Fault> {
    for recall in &after.without {
        if spans(program, node, recall)?.is_some() {
            return Err(Fault::Past { node, what: "what spoils evidence is not kept for ever" });
        }
    }
    Ok(())
}

/// The monitor that is asked, once its keys are known to fit.
fn asked<'p>(program: &'p Program, node: u32, recall: &Recall) -> Result<&'p Monitor, Fault> {
    let monitor = entry("monitor", &program.monitors, recall.monitor.0)?;
    if recall.within.is_some_and(|within| within <= Duration::ZERO) {
        return Err(Fault::Past { node, what: "it asks about no time at all" });
    }
    let joined = monitor.join.iter().map(|join| match join {
        Join::Arg(id) | Join::Result(id) => type_of(program, *id),
    });
    let given = recall.keys.iter().map(|&id| type_of(program, id));
    if joined.eq(given) {
        Ok(monitor)
    } else {
        Err(Fault::Past { node, what: "its keys are not those of its monitor" })
    }
}

/// How long a monitor keeps when calls began and ended.
fn spans(program: &Program, node: u32, recall: &Recall) -> Result<Option<Duration>, Fault> {
    match asked(program, node, recall)?.keep {
        Keep::Spans { within } => Ok(within),
        _ => Err(Fault::Past { node, what: "its monitor does not keep when calls began and ended" }),
    }
}

fn covers(kept: Option<Duration>, asked: Option<Duration>) -> bool {
    kept.is_none_or(|kept| asked.is_some_and(|asked| asked <= kept))
}
