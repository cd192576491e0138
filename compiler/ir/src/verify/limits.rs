//! Limits, and how calls are charged.

use std::collections::HashSet;

use agentpass_values::Duration;

use super::types::is_shallow;
use super::{Fault, MAX_CALLS, MAX_NEST, entry, is_doubled};
use crate::limit::{Bound, Charge, Limit, Line, Meter, Step, Window};
use crate::program::Program;
use crate::value::Ty;

pub(super) fn check(program: &Program) -> Result<(), Fault> {
    if is_doubled(program.limits.iter().map(|limit| limit.id.as_str())) {
        return Err(Fault::Shape { what: "two limits share one name, and so what is kept", index: 0 });
    }
    program.limits.iter().enumerate().try_for_each(|(index, limit)| self::limit(program, index, limit))?;
    // A call that is charged twice on one bound counts twice, and each time is held against the total without the other.
    let mut charged = HashSet::new();
    for (index, charge) in program.charges.iter().enumerate() {
        self::charge(program, index, charge)?;
        for (line, _) in charge.lines.iter().enumerate().filter(|(_, line)| line.is_some()) {
            if !charged.insert((charge.limit, charge.tool, line)) {
                return Err(Fault::Shape { what: "a tool is charged twice on one bound", index });
            }
        }
    }
    Ok(())
}

fn limit(program: &Program, index: usize, limit: &Limit) -> Result<(), Fault> {
    let fault = |what| Err(Fault::Shape { what, index });
    if matches!(limit.window, Window::Rolling(length) if length <= Duration::ZERO) {
        return fault("a limit has an empty window");
    }
    are_keys(index, &limit.keys)?;
    for bound in &limit.bounds {
        are_keys(index, &bound.keys)?;
        if bound.most < 0 {
            return fault("a bound is negative");
        }
        if let Step::Challenge(id) = bound.step {
            entry("challenge", &program.challenges, id.0)?;
        }
        let timeless = matches!(bound.meter, Meter::InFlight | Meter::Runtime);
        if timeless && limit.window != Window::Lifetime {
            return fault("what is open or running has no window");
        }
        let kept = matches!(bound.meter, Meter::Calls | Meter::Retries | Meter::Denials);
        if kept && matches!(limit.window, Window::Rolling(_)) && bound.most > MAX_CALLS {
            return Err(Fault::Bound { what: "calls in a window", most: MAX_CALLS as usize });
        }
    }
    if !alike(&limit.bounds) {
        return fault("bounds that share a total count different things");
    }
    Ok(())
}

fn are_keys(index: usize, keys: &[Ty]) -> Result<(), Fault> {
    if keys.iter().all(|ty| is_shallow(ty, MAX_NEST) && ty.is_data()) {
        Ok(())
    } else {
        Err(Fault::Shape { what: "a limit is kept per something that is no key", index })
    }
}

/// Bounds that count the same do so with one meter and one shape of key.
fn alike(bounds: &[Bound]) -> bool {
    let mut sorted: Vec<&Bound> = bounds.iter().collect();
    sorted.sort_by_key(|bound| bound.counts.as_str());
    sorted.windows(2).all(|pair| match pair {
        [a, b] if a.counts == b.counts => a.meter == b.meter && a.keys == b.keys,
        _ => true,
    })
}

fn charge(program: &Program, index: usize, charge: &Charge) -> Result<(), Fault> {
    let fault = |what| Err(Fault::Shape { what, index });
    let limit = entry("limit", &program.limits, charge.limit.0)?;
    if charge.keys.len() != limit.keys.len() || charge.lines.len() != limit.bounds.len() {
        return fault("a charge does not have its limit's shape");
    }
    for (line, bound) in charge.lines.iter().zip(&limit.bounds) {
        let Some(line) = line else { continue };
        if line.keys.len() != bound.keys.len() || line.amount.is_some() != adds(bound.meter) {
            return fault("a charge does not have its limit's shape");
        }
    }
    if !together(&charge.lines, &limit.bounds) {
        return fault("a charge counts against one of the bounds that share a total, but not the other");
    }
    Ok(())
}

/// Whether a meter adds up what a line says; the others count, or measure time.
fn adds(meter: Meter) -> bool {
    matches!(meter, Meter::Tokens | Meter::Cost(_) | Meter::Sum(_))
}

/// One total is charged by one charge: with all of its lines, or with none.
fn together(lines: &[Option<Line>], bounds: &[Bound]) -> bool {
    let mut sorted: Vec<(&str, bool)> =
        lines.iter().zip(bounds).map(|(line, bound)| (bound.counts.as_str(), line.is_some())).collect();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| match pair {
        [a, b] => a.0 != b.0 || a.1 == b.1,
        _ => true,
    })
}
