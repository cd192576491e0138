//! Limits and charges.

use agentpass_values::{CalendarUnit, Currency, Zone};

use super::{fault, passes};
use crate::sample::{Make, USD, bound, dollars, limit, line, minutes};
use crate::verify::MAX_CALLS;
use crate::*;

/// The fault of a limit.
fn of(limit: Limit) -> String {
    fault(|make| make.program.limits.push(limit))
}

/// A limit of calls and a sum per text, charged by the first tool.
fn charged(make: &mut Make) {
    let bounds = vec![bound(Meter::Calls, 5), bound(Meter::Sum(Currency::USD), 9)];
    make.program.limits.push(limit("l", vec![Ty::Text], bounds));
    let key = make.arg(1, Ty::Text);
    let amount = make.of(dollars(1), USD);
    make.program.charges.push(Charge {
        limit: LimitId(0),
        tool: ToolId(0),
        guard: None,
        keys: vec![key],
        lines: vec![Some(line(None)), Some(line(Some(amount)))],
    });
}

#[test]
fn limits_are_sound() {
    let window = |window: Window, bound: Bound| of(Limit { window, ..limit("l", vec![], vec![bound]) });
    assert_eq!(
        window(Window::Rolling(minutes(0)), bound(Meter::Calls, 1)),
        "a limit has an empty window (entry 0)"
    );
    assert_eq!(window(Window::Lifetime, bound(Meter::Calls, -1)), "a bound is negative (entry 0)");
    let day = Window::Calendar(CalendarUnit::Day, Zone::utc());
    assert_eq!(
        window(day.clone(), bound(Meter::InFlight, 1)),
        "what is open or running has no window (entry 0)"
    );
    assert_eq!(
        window(Window::Rolling(minutes(1)), bound(Meter::Runtime, 1)),
        "what is open or running has no window (entry 0)"
    );
    assert_eq!(
        window(Window::Rolling(minutes(1)), bound(Meter::Calls, MAX_CALLS + 1)),
        "more calls in a window than 1000000"
    );
    let step = Bound { step: Step::Challenge(ChallengeId(1)), ..bound(Meter::Calls, 1) };
    assert_eq!(window(day, step), "there is no challenge 1");
    assert_eq!(
        of(limit("l", vec![Ty::Text, Ty::Shell], vec![])),
        "a limit is kept per something that is no key (entry 0)"
    );
    let keyed = Bound { keys: vec![Ty::list(Ty::Glob)], ..bound(Meter::Calls, 1) };
    assert_eq!(of(limit("l", vec![], vec![keyed])), "a limit is kept per something that is no key (entry 0)");
    let one = Bound { counts: "x".to_owned(), ..bound(Meter::Calls, 1) };
    let other = Bound { counts: "x".to_owned(), ..bound(Meter::Retries, 1) };
    assert_eq!(
        of(limit("l", vec![], vec![one, bound(Meter::Calls, 7), other])),
        "bounds that share a total count different things (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.limits.extend([limit("l", vec![], vec![]), limit("l", vec![], vec![])])),
        "two limits share one name, and so what is kept (entry 0)"
    );
    passes(|make| {
        let bounds = vec![bound(Meter::Calls, MAX_CALLS), bound(Meter::Tokens, i128::MAX)];
        make.program.limits.push(Limit { window: Window::Rolling(minutes(1)), ..limit("l", vec![], bounds) });
    });
}

#[test]
fn charges_have_the_shape_of_their_limit() {
    let changed = |change: fn(&mut Charge)| {
        fault(|make| {
            charged(make);
            change(&mut make.program.charges[0]);
        })
    };
    let shape = "a charge does not have its limit's shape (entry 0)";
    assert_eq!(changed(|charge| charge.keys.clear()), shape);
    assert_eq!(changed(|charge| charge.lines.truncate(1)), shape);
    assert_eq!(changed(|charge| charge.lines.push(None)), shape);
    assert_eq!(changed(|charge| charge.lines[1] = Some(line(None))), shape);
    assert_eq!(changed(|charge| charge.lines[0] = Some(line(Some(NodeId(2))))), shape);
    let keyed = |charge: &mut Charge| charge.lines[0] = Some(Line { keys: vec![NodeId(1)], ..line(None) });
    assert_eq!(changed(keyed), shape);
    assert_eq!(changed(|charge| charge.limit = LimitId(1)), "there is no limit 1");
    assert_eq!(changed(|charge| charge.tool = ToolId(7)), "there is no tool 7");
    assert_eq!(changed(|charge| charge.keys[0] = NodeId(2)), "node 2 is not a key of its limit's type");
    assert_eq!(
        changed(|charge| charge.lines[1] = Some(line(Some(NodeId(1))))),
        "node 1 is not an amount of its bound's currency"
    );
    let when = |charge: &mut Charge| charge.lines[0] = Some(Line { when: Some(NodeId(1)), ..line(None) });
    assert_eq!(changed(when), "node 1 is not a truth");
    assert_eq!(changed(|charge| charge.guard = Some(NodeId(2))), "node 2 is not a truth");
    assert_eq!(
        changed(|charge| charge.tool = ToolId(1)),
        "node 1 is not of the type of its slot in every frame"
    );
    let tokens = fault(|make| {
        charged(make);
        make.program.limits[0].bounds[1] = bound(Meter::Tokens, 9);
    });
    assert_eq!(tokens, "node 2 is not a number of tokens");
    passes(charged);
}

#[test]
fn a_call_counts_once_per_bound() {
    let twice = "a tool is charged twice on one bound (entry 1)";
    let again = |lines: fn(&mut Charge)| {
        move |make: &mut Make| {
            charged(make);
            let mut charge = make.program.charges[0].clone();
            lines(&mut charge);
            make.program.charges.push(charge);
        }
    };
    assert_eq!(fault(again(|_| {})), twice);
    assert_eq!(fault(again(|charge| charge.lines[0] = None)), twice);
    passes(again(|charge| charge.lines.fill(None)));
    passes(|make| {
        again(|charge| charge.lines[0] = None)(make);
        make.program.charges[0].lines[1] = None;
    });
    let shared = fault(|make| {
        charged(make);
        let soft = Bound { step: Step::Warn, ..bound(Meter::Calls, 3) };
        make.program.limits[0].bounds.push(soft);
        make.program.charges[0].lines.push(None);
    });
    assert_eq!(
        shared,
        "a charge counts against one of the bounds that share a total, but not the other (entry 0)"
    );
}
