//! Monitors, and what is asked of them.

use agentpass_values::{Currency, Duration};

use super::{fault, passes, require};
use crate::sample::{Make, USD, dollars, minutes, monitor, param};
use crate::*;

const TOOL: Subject = Subject::Tool(ToolId(0));
const EVENT: Subject = Subject::Event(EventId(0));

fn spans(within: Option<Duration>) -> Monitor {
    monitor(TOOL, Phase::Completed, Keep::Spans { within })
}

fn open() -> Monitor {
    monitor(TOOL, Phase::Started, Keep::Open)
}

/// A rule that asks the monitors so.
fn asking(monitors: Vec<Monitor>, ask: impl FnOnce(&mut Make) -> NodeId) -> impl FnOnce(&mut Make) {
    move |make| {
        make.program.monitors = monitors;
        let asked = ask(make);
        require(make, asked);
    }
}

fn positive(make: &mut Make, op: Op) -> NodeId {
    let number = make.node(op, Ty::Int);
    let none = make.int(0);
    make.compare(Compare::Greater, number, none)
}

fn calls(within: Option<Duration>) -> impl FnOnce(&mut Make) -> NodeId {
    move |make| positive(make, Op::Calls(Recall { monitor: MonitorId(0), keys: vec![], within }))
}

fn after(of: Option<Duration>, without: usize) -> impl FnOnce(&mut Make) -> NodeId {
    move |make| {
        let of = make.recall(0, vec![], of);
        let without = (0..without).map(|_| make.recall(1, vec![], None)).collect();
        make.truth(Op::After(Box::new(After { of, without })))
    }
}

#[test]
fn monitors_keep_what_is_asked() {
    let count = |within| vec![monitor(TOOL, Phase::Started, Keep::Count { most: 3, within })];
    let asked = |monitors, ask: &mut dyn FnMut(&mut Make) -> NodeId| fault(asking(monitors, ask));
    assert_eq!(fault(asking(vec![open()], calls(None))), "node 1: its monitor does not count");
    assert_eq!(
        fault(asking(count(None), calls(Some(minutes(1))))),
        "node 1: its monitor counts over another time"
    );
    assert_eq!(
        fault(asking(count(Some(minutes(1))), calls(None))),
        "node 1: its monitor counts over another time"
    );
    assert_eq!(
        fault(asking(count(Some(minutes(1))), calls(Some(minutes(2))))),
        "node 1: its monitor counts over another time"
    );
    assert_eq!(
        fault(asking(count(Some(minutes(1))), calls(Some(minutes(0))))),
        "node 1: it asks about no time at all"
    );
    passes(asking(count(Some(minutes(2))), calls(Some(minutes(1)))));
    passes(asking(count(None), calls(None)));
    assert_eq!(fault(asking(vec![], calls(None))), "there is no monitor 0");

    let mut in_flight = |make: &mut Make| {
        let recall = make.recall(0, vec![], None);
        positive(make, Op::InFlight(recall))
    };
    assert_eq!(asked(count(None), &mut in_flight), "node 1: its monitor does not keep what is open");
    let mut lately = |make: &mut Make| {
        let recall = make.recall(0, vec![], Some(minutes(1)));
        positive(make, Op::InFlight(recall))
    };
    assert_eq!(asked(vec![open()], &mut lately), "node 1: what is open has no window");

    let mut latest = |make: &mut Make| {
        let recall = make.recall(0, vec![], Some(minutes(1)));
        let past = make.node(Op::Past(recall), Ty::Past(MonitorId(0)));
        make.truth(Op::Has(past))
    };
    assert_eq!(asked(vec![open()], &mut latest), "node 1: its monitor keeps no call");
    assert_eq!(
        asked(vec![monitor(TOOL, Phase::Completed, Keep::First(vec![]))], &mut latest),
        "node 1: the first call of a window is not what its monitor keeps"
    );
    passes(asking(vec![monitor(TOOL, Phase::Completed, Keep::Latest(vec![]))], latest));
    let mut other = |make: &mut Make| {
        let recall = make.recall(0, vec![], None);
        let past = make.node(Op::Past(recall), Ty::Past(MonitorId(1)));
        make.truth(Op::Has(past))
    };
    assert_eq!(
        asked(vec![monitor(TOOL, Phase::Completed, Keep::Latest(vec![])), open()], &mut other),
        "node 1 is not a past call of its monitor"
    );
    let mut part = |make: &mut Make| {
        let recall = make.recall(0, vec![], None);
        let past = make.node(Op::Past(recall), Ty::Past(MonitorId(0)));
        let part = make.node(Op::Member(Member::Kept(0), past), Ty::Int);
        make.truth(Op::Has(part))
    };
    assert_eq!(
        asked(vec![monitor(TOOL, Phase::Completed, Keep::Latest(vec![]))], &mut part),
        "node 2 is not the member of a value that has it"
    );
}

#[test]
fn sums_are_over_one_time_and_currency() {
    let sum = |make: &mut Make, within, ty: Ty| {
        let amount = make.of(dollars(1), USD);
        let keep = Keep::Sum { amount, currency: Currency::USD, within: Some(minutes(5)) };
        make.program.monitors = vec![monitor(TOOL, Phase::Started, keep)];
        let recall = make.recall(0, vec![], within);
        let sum = make.node(Op::Sum(recall), ty);
        let has = make.truth(Op::Has(sum));
        require(make, has);
    };
    passes(|make| sum(make, Some(minutes(5)), USD));
    let other = "node 2: its monitor adds up over another time";
    assert_eq!(fault(|make| sum(make, Some(minutes(4)), USD)), other);
    assert_eq!(fault(|make| sum(make, None, USD)), other);
    assert_eq!(
        fault(|make| sum(make, Some(minutes(5)), Ty::Money(crate::sample::euro()))),
        "node 2 is not an amount of its monitor's currency"
    );
    let wrong = fault(|make| {
        let amount = make.int(1);
        let keep = Keep::Sum { amount, currency: Currency::USD, within: None };
        make.program.monitors = vec![monitor(TOOL, Phase::Started, keep)];
    });
    assert_eq!(wrong, "node 1 is not what its monitor looks for");
}

#[test]
fn evidence_is_kept_long_enough() {
    let both = |of, without| vec![spans(of), spans(without)];
    passes(asking(both(Some(minutes(9)), None), after(Some(minutes(9)), 1)));
    passes(asking(both(None, None), after(None, 1)));
    let back = "node 1: its monitor does not look so far back";
    assert_eq!(fault(asking(both(Some(minutes(9)), None), after(Some(minutes(10)), 0))), back);
    assert_eq!(fault(asking(both(Some(minutes(9)), None), after(None, 0))), back);
    assert_eq!(
        fault(asking(both(None, Some(minutes(99))), after(Some(minutes(1)), 1))),
        "node 1: what spoils evidence is not kept for ever"
    );
    let spans_only = "node 1: its monitor does not keep when calls began and ended";
    assert_eq!(fault(asking(vec![open()], after(None, 0))), spans_only);
    assert_eq!(fault(asking(vec![spans(None), open()], after(None, 1))), spans_only);
    assert_eq!(fault(asking(both(None, None), after(None, 65))), "more questions in one `after` than 64");
}

#[test]
fn what_is_counted_anew_is_kept_call_by_call() {
    let since = |of: Option<Duration>| {
        move |make: &mut Make| {
            let of = make.recall(0, vec![], of);
            let without = vec![make.recall(1, vec![], None)];
            positive(make, Op::CallsSince(Box::new(After { of, without })))
        }
    };
    let runs = |within| monitor(TOOL, Phase::Completed, Keep::Runs { most: 3, within });
    passes(asking(vec![runs(None), spans(None)], since(Some(minutes(1)))));
    passes(asking(vec![runs(Some(minutes(2))), spans(None)], since(Some(minutes(1)))));
    let fault = |monitors, of| fault(asking(monitors, since(of)));
    let far = "node 1: its monitor does not look so far back";
    assert!(fault(vec![runs(Some(minutes(2))), spans(None)], None).ends_with(&far[8..]));
    let each = fault(vec![spans(None), spans(None)], None);
    assert!(each.ends_with("its monitor does not keep each call"), "{each}");
    let spoils = fault(vec![runs(None), spans(Some(minutes(1)))], None);
    assert!(spoils.ends_with("what spoils evidence is not kept for ever"), "{spoils}");
    let amounts = super::fault(asking(vec![runs(None)], |make| {
        let of = make.recall(0, vec![], None);
        let sum = make.node(Op::SumSince(Box::new(After { of, without: vec![] })), USD);
        let none = make.of(dollars(0), USD);
        make.compare(Compare::Greater, sum, none)
    }));
    assert!(amounts.ends_with("its monitor does not keep each amount"), "{amounts}");
}

/// The first tool's calls, joined by their text.
fn joined(make: &mut Make) -> MonitorId {
    let own = make.arg(1, Ty::Text);
    let monitors = &mut make.program.monitors;
    monitors.push(Monitor {
        join: vec![Join::Arg(own)],
        ..monitor(TOOL, Phase::Started, Keep::Count { most: 2, within: None })
    });
    MonitorId(monitors.len() as u32 - 1)
}

fn asked_by(make: &mut Make, keys: Vec<NodeId>) -> NodeId {
    let monitor = joined(make);
    positive(make, Op::Calls(Recall { monitor, keys, within: None }))
}

#[test]
fn keys_fit() {
    let wrong = "its keys are not those of its monitor";
    for keys in [0, 2] {
        let found = fault(|make| {
            let text = make.text("a");
            let asked = asked_by(make, vec![text; keys]);
            require(make, asked);
        });
        assert!(found.ends_with(wrong), "{found}");
    }
    let found = fault(|make| {
        let number = make.int(1);
        let asked = asked_by(make, vec![number]);
        require(make, asked);
    });
    assert!(found.ends_with(wrong), "{found}");
    passes(|make| {
        let text = make.text("a");
        let asked = asked_by(make, vec![text]);
        require(make, asked);
    });
}

#[test]
fn keys_do_not_read_the_past() {
    let past = "a question to the past depends on the past";
    // Directly, by a member, by a condition.
    let directly: [fn(&mut Make) -> NodeId; 3] = [
        |make| {
            let labels = make.node(Op::Labels, Ty::list(Ty::Text));
            let texts = make.of(Value::List(vec![]), Ty::list(Ty::Text));
            let same = make.compare(Compare::Equal, labels, texts);
            let same = make.node(Op::AsBool(same), Ty::Bool);
            make.node(Op::Segments(vec![Part::Value(same)]), Ty::Text)
        },
        |make| {
            let carries = make.truth(Op::Carries { label: "pii".to_owned(), source: None });
            let carries = make.node(Op::AsBool(carries), Ty::Bool);
            make.node(Op::Segments(vec![Part::Value(carries)]), Ty::Text)
        },
        |make| {
            let text = make.text("a");
            let monitor = joined(make);
            let number = make.node(Op::Calls(Recall { monitor, keys: vec![text], within: None }), Ty::Int);
            make.node(Op::Segments(vec![Part::Value(number)]), Ty::Text)
        },
    ];
    for key in directly {
        let found = fault(|make| {
            let key = key(make);
            let asked = asked_by(make, vec![key]);
            require(make, asked);
        });
        assert!(found.ends_with(past), "{found}");
    }
}

/// The different texts that the first tool's calls had.
fn values(make: &mut Make) -> NodeId {
    let own = make.arg(1, Ty::Text);
    let value = Kept { name: "args.text".to_owned(), value: Join::Arg(own), ty: Ty::Text };
    let keep = Keep::Distinct { value, most: 3, within: Some(minutes(2)) };
    let monitors = &mut make.program.monitors;
    monitors.push(monitor(TOOL, Phase::Completed, keep));
    let monitor = MonitorId(monitors.len() as u32 - 1);
    make.node(
        Op::Distinct(Recall { monitor, keys: Vec::new(), within: Some(minutes(1)) }),
        Ty::list(Ty::Text),
    )
}

fn some(var: u32, list: NodeId, body: NodeId) -> Op {
    Op::Over { quantifier: Quantifier::Some, var: VarId(var), list, body }
}

#[test]
fn keys_may_be_values_that_past_calls_had() {
    passes(|make| {
        let list = values(make);
        let value = make.node(Op::Var(VarId(0)), Ty::Text);
        let asked = asked_by(make, vec![value]);
        let found = make.truth(some(0, list, asked));
        require(make, found);
    });
    passes(|make| {
        let list = values(make);
        let value = make.node(Op::Var(VarId(0)), Ty::Text);
        let asked = asked_by(make, vec![value]);
        require(make, asked);
        make.program.rules[1].each = Some(Each { var: VarId(0), list });
    });
    // But they lead no further.
    let found = fault(|make| {
        let list = values(make);
        let value = make.node(Op::Var(VarId(0)), Ty::Text);
        let own = make.arg(1, Ty::Text);
        let more = values(make);
        make.program.monitors[1].join = vec![Join::Arg(own)];
        if let Op::Distinct(recall) = &mut make.program.nodes[more.index()].op {
            recall.keys = vec![value];
        }
        let number = positive(make, Op::Count(more));
        let found = make.truth(some(0, list, number));
        require(make, found);
    });
    assert!(found.ends_with("a question to the past depends on the past"), "{found}");
}

#[test]
fn values_are_kept_as_they_are_asked_for() {
    let wrong = |change: &dyn Fn(&mut Make, NodeId)| {
        fault(|make| {
            let list = values(make);
            change(make, list);
            let number = positive(make, Op::Count(list));
            require(make, number);
        })
    };
    let longer = wrong(&|make, list| {
        if let Op::Distinct(recall) = &mut make.program.nodes[list.index()].op {
            recall.within = Some(minutes(3));
        }
    });
    assert!(longer.ends_with("its monitor does not look so far back"), "{longer}");
    let other = wrong(&|make, list| make.program.nodes[list.index()].ty = Ty::list(Ty::Int));
    assert!(other.ends_with("is not a list of what its monitor keeps"), "{other}");
    let none = wrong(&|make, _| make.program.monitors[0].keep = Keep::Open);
    assert!(none.ends_with("its monitor keeps no values"), "{none}");
}

#[test]
fn keys_do_not_read_variables_of_the_past() {
    let past = "a question to the past depends on the past";
    let over = |var, list, body| Op::Over { quantifier: Quantifier::Some, var: VarId(var), list, body };
    let label = |make: &mut Make, var| make.node(Op::Var(VarId(var)), Ty::Text);
    let direct = fault(|make| {
        let labels = make.node(Op::Labels, Ty::list(Ty::Text));
        let label = label(make, 0);
        let asked = asked_by(make, vec![label]);
        let some = make.truth(over(0, labels, asked));
        require(make, some);
    });
    assert!(direct.ends_with(past), "{direct}");
    let each = fault(|make| {
        let labels = make.node(Op::Labels, Ty::list(Ty::Text));
        let label = label(make, 0);
        let asked = asked_by(make, vec![label]);
        require(make, asked);
        make.program.rules[1].each = Some(Each { var: VarId(0), list: labels });
    });
    assert!(each.ends_with(past), "{each}");
    let wrapped = fault(|make| {
        let labels = make.node(Op::Labels, Ty::list(Ty::Text));
        let outer = label(make, 0);
        let list = make.node(Op::Items(vec![outer]), Ty::list(Ty::Text));
        let inner = label(make, 1);
        let asked = asked_by(make, vec![inner]);
        let some = make.truth(over(1, list, asked));
        let some = make.truth(over(0, labels, some));
        require(make, some);
    });
    assert!(wrapped.ends_with(past), "{wrapped}");
    passes(|make| {
        let text = make.text("a");
        let list = make.node(Op::Items(vec![text]), Ty::list(Ty::Text));
        let element = label(make, 0);
        let asked = asked_by(make, vec![element]);
        let some = make.truth(over(0, list, asked));
        require(make, some);
    });
}

#[test]
fn monitors_see_their_call_alone() {
    let with = |change: &dyn Fn(&mut Make) -> Monitor| {
        fault(|make| {
            let monitor = change(make);
            make.program.monitors.push(monitor);
        })
    };
    assert_eq!(
        with(&|make| {
            let carries = make.truth(Op::Carries { label: "pii".to_owned(), source: None });
            Monitor { args: Some(carries), ..open() }
        }),
        "node 1: a monitor depends on the past itself"
    );
    assert_eq!(
        with(&|make| {
            let labels = make.node(Op::Labels, Ty::list(Ty::Text));
            Monitor { join: vec![Join::Arg(labels)], ..open() }
        }),
        "node 1: a monitor depends on the past itself"
    );
    assert_eq!(
        with(&|make| Monitor { args: Some(make.int(1)), ..open() }),
        "node 1 is not what its monitor looks for"
    );
    // The frame is that of the past call: the second tool has no text, and the event one text of its own.
    let frame = "node 1 is not of the type of its slot in every frame";
    let text = |make: &mut Make| vec![Join::Arg(make.arg(1, Ty::Text))];
    assert_eq!(
        with(&|make| Monitor {
            join: text(make),
            ..monitor(Subject::Tool(ToolId(1)), Phase::Started, Keep::Open)
        }),
        frame
    );
    assert_eq!(
        with(&|make| Monitor { join: text(make), ..monitor(EVENT, Phase::Completed, Keep::Open) }),
        frame
    );
    assert_eq!(
        with(&|make| Monitor { join: vec![Join::Result(make.arg(1, Ty::Text))], ..spans(None) }),
        frame
    );
    assert_eq!(
        with(&|make| Monitor { join: vec![Join::Result(make.node(Op::Digest, Ty::Text))], ..spans(None) }),
        "node 1 is not made of results and constants"
    );
    assert_eq!(
        with(&|make| Monitor { join: vec![Join::Arg(make.node(Op::Result(0), Ty::Bool))], ..spans(None) }),
        "node 1 is not a field of the result that is at hand"
    );
    assert_eq!(
        with(&|make| Monitor { join: vec![Join::Result(make.node(Op::Result(1), Ty::Bool))], ..spans(None) }),
        "node 1 is not a field of the result that is at hand"
    );
    assert_eq!(
        with(&|make| {
            make.program.tools[0].params.push(param("z", Form::Shell));
            Monitor { join: vec![Join::Arg(make.arg(2, Ty::Shell))], ..open() }
        }),
        "node 1 is not a value that can be kept"
    );
    assert_eq!(
        with(&|make| {
            let kept =
                Kept { name: "args.y".to_owned(), value: Join::Arg(make.arg(1, Ty::Text)), ty: Ty::Int };
            monitor(TOOL, Phase::Completed, Keep::Latest(vec![kept]))
        }),
        "a monitor keeps a part of another type (entry 0)"
    );
}

#[test]
fn monitors_see_a_result_when_there_is_one() {
    let none = "a monitor reads a result that is not there when it looks (entry 0)";
    let with_result = |of: Subject, phase: Phase| {
        move |make: &mut Make| {
            let ok = make.node(Op::Result(0), Ty::Bool);
            let ok = make.truth(Op::Holds(ok));
            make.program.monitors.push(Monitor { result: Some(ok), ..monitor(of, phase, Keep::Open) });
        }
    };
    assert_eq!(fault(with_result(TOOL, Phase::Attempted)), none);
    assert_eq!(fault(with_result(TOOL, Phase::Started)), none);
    assert_eq!(fault(with_result(EVENT, Phase::Completed)), none);
    passes(with_result(TOOL, Phase::Completed));
    passes(with_result(TOOL, Phase::Failed));
    assert_eq!(
        fault(|make| make.program.monitors.push(monitor(EVENT, Phase::Started, Keep::Open))),
        "an event has no phase but its report (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.monitors.push(monitor(
            Subject::Tool(ToolId(5)),
            Phase::Started,
            Keep::Open
        ))),
        "there is no tool 5"
    );
    assert_eq!(
        fault(|make| make.program.monitors.push(monitor(
            Subject::Event(EventId(5)),
            Phase::Completed,
            Keep::Open
        ))),
        "there is no event 5"
    );
}

#[test]
fn monitors_are_bounded() {
    let keeps = |keep| fault(|make| make.program.monitors.push(monitor(TOOL, Phase::Started, keep)));
    let counts = "a monitor counts no calls, or too many (entry 0)";
    assert_eq!(keeps(Keep::Count { most: 0, within: None }), counts);
    assert_eq!(keeps(Keep::Count { most: (1 << 14) + 1, within: Some(minutes(1)) }), counts);
    let values = |most| {
        fault(|make| {
            let own = make.arg(1, Ty::Text);
            let value = Kept { name: "args.text".to_owned(), value: Join::Arg(own), ty: Ty::Text };
            let keep = Keep::Distinct { value, most, within: None };
            make.program.monitors.push(monitor(TOOL, Phase::Started, keep));
        })
    };
    assert_eq!(values(0), counts);
    assert_eq!(values((1 << 14) + 1), counts);
    let window = "a monitor looks back for no time at all (entry 0)";
    assert_eq!(keeps(Keep::Count { most: 1, within: Some(minutes(0)) }), window);
    assert_eq!(keeps(Keep::Spans { within: Some(minutes(-1)) }), window);
    passes(|make| {
        let keep = Keep::Count { most: u32::MAX, within: None };
        make.program.monitors.push(monitor(TOOL, Phase::Started, keep));
    });
}
