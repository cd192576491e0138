//! What rules need, what asks the past, and what is indexed.

use super::{passes, require};
use crate::sample::{Make, monitor, optional, param, rich};
use crate::verify::verify;
use crate::*;

/// What the rule needs whose condition (and guard) is made so.
fn needs(make: impl FnOnce(&mut Make) -> (Option<NodeId>, NodeId)) -> Vec<SlotId> {
    let verified = passes(|small| {
        small.program.host = vec![
            param("ok", Form::Bool),
            optional("from", Form::Folded),
            param("cost", Form::Int(Range::default())),
        ];
        let (guard, condition) = make(small);
        require(small, condition);
        small.program.rules[1].guard = guard;
    });
    verified.needs(RuleId(1)).to_vec()
}

fn is(make: &mut Make, which: Ambient) -> NodeId {
    let (slot, text) = (make.ambient(which), make.text("x"));
    make.compare(Compare::Equal, slot, text)
}

fn has(make: &mut Make, which: Ambient) -> NodeId {
    let slot = make.ambient(which);
    make.truth(Op::Has(slot))
}

#[test]
fn what_is_read_is_needed() {
    let user = Ambient::User.slot();
    assert_eq!(needs(|make| (None, is(make, Ambient::User))), [user]);
    let both = needs(|make| {
        let (user, agent) = (is(make, Ambient::User), is(make, Ambient::Agent));
        (None, make.truth(Op::Any(vec![user, agent, user])))
    });
    assert_eq!(both, [Ambient::Agent.slot(), user]);
    assert_eq!(needs(|make| (Some(is(make, Ambient::User)), NodeId(0))), [user]);
    // Every call names its tool, and an optional fact is the author's to handle.
    assert_eq!(needs(|make| (None, is(make, Ambient::Tool))), []);
    let optional = needs(|make| {
        let (from, text) =
            (make.host(1), make.of(Value::Folded(agentpass_values::Folded::new("x")), Ty::Folded));
        (None, make.compare(Compare::Equal, from, text))
    });
    assert_eq!(optional, []);
    let required = needs(|make| {
        let ok = make.host(0);
        (None, make.truth(Op::Holds(ok)))
    });
    assert_eq!(required, [SlotId(Ambient::SLOTS)]);
    let own = needs(|make| {
        let (x, one) = (make.arg(0, Ty::Int), make.int(1));
        (None, make.compare(Compare::Equal, x, one))
    });
    assert_eq!(own, []);
}

#[test]
fn what_is_asked_for_is_not_needed() {
    assert_eq!(needs(|make| (None, has(make, Ambient::User))), []);
    let beside = needs(|make| {
        let (has, is) = (has(make, Ambient::User), is(make, Ambient::User));
        (None, make.truth(Op::All(vec![is, has])))
    });
    assert_eq!(beside, []);
    let guarded = needs(|make| (Some(has(make, Ambient::User)), is(make, Ambient::User)));
    assert_eq!(guarded, []);
    let skill = needs(|make| {
        let (has, is) = (has(make, Ambient::Skill), is(make, Ambient::Skill));
        (Some(make.truth(Op::All(vec![has, is]))), NodeId(0))
    });
    assert_eq!(skill, []);
    let unless = needs(|make| {
        let (has, is) = (has(make, Ambient::User), is(make, Ambient::User));
        let lacks = make.truth(Op::Not(has));
        (None, make.truth(Op::Any(vec![lacks, is])))
    });
    assert_eq!(unless, []);
    let otherwise = needs(|make| {
        let (user, none) = (make.ambient(Ambient::User), make.text("none"));
        let user = make.node(Op::OrElse(user, none), Ty::Text);
        (None, make.compare(Compare::Equal, user, none))
    });
    assert_eq!(otherwise, []);
    let as_value = needs(|make| {
        let has = has(make, Ambient::User);
        let value = make.node(Op::AsBool(has), Ty::Bool);
        let again = make.truth(Op::Holds(value));
        (Some(again), is(make, Ambient::User))
    });
    assert_eq!(as_value, []);
}

#[test]
fn a_question_elsewhere_helps_nothing() {
    let user = [Ambient::User.slot()];
    let either = needs(|make| {
        let (has, is) = (has(make, Ambient::User), is(make, Ambient::User));
        (None, make.truth(Op::Any(vec![has, is])))
    });
    assert_eq!(either, user);
    let outside = needs(|make| {
        let (has, is) = (has(make, Ambient::User), is(make, Ambient::User));
        let inside = make.truth(Op::All(vec![has, is]));
        (None, make.truth(Op::Any(vec![inside, is])))
    });
    assert_eq!(outside, user);
    let negated = needs(|make| {
        let has = has(make, Ambient::User);
        (Some(make.truth(Op::Not(has))), is(make, Ambient::User))
    });
    assert_eq!(negated, user);
    let second = needs(|make| {
        let (agent, user, none) = (make.ambient(Ambient::Agent), make.ambient(Ambient::User), make.text("x"));
        let either = make.node(Op::OrElse(agent, user), Ty::Text);
        (None, make.compare(Compare::Equal, either, none))
    });
    assert_eq!(second, user);
}

#[test]
fn what_asks_the_past_is_known() {
    let verified = passes(|make| {
        make.program.monitors = vec![monitor(Subject::Tool(ToolId(1)), Phase::Started, Keep::Open)];
        let recall = make.recall(0, vec![], None);
        let open = make.node(Op::InFlight(recall), Ty::Int);
        let has = make.truth(Op::Has(open));
        require(make, has);
        let labels = make.node(Op::Labels, Ty::list(Ty::Text));
        let has = make.truth(Op::Has(labels));
        require(make, has);
        require(make, NodeId(0));
        make.program.rules[3].audit = Some(Template { parts: vec![Part::Value(open)] });
    });
    let asks: Vec<bool> = (0..4).map(|rule| verified.asks_past(RuleId(rule))).collect();
    assert_eq!(asks, [false, true, false, true]);
    let asks: Vec<bool> = (0..6).map(|node| verified.node_asks_past(NodeId(node))).collect();
    assert_eq!(asks, [false, true, true, false, false, false]);
}

#[test]
fn everything_is_found_by_its_tool() {
    let verified = verify(rich()).unwrap();
    let rules = |tool| verified.rules(ToolId(tool)).iter().map(|rule| rule.0).collect::<Vec<_>>();
    assert_eq!(
        [rules(0), rules(1), rules(2), rules(3), rules(9)],
        [vec![2, 3, 4], vec![0, 1, 2, 5], vec![], vec![2], vec![]]
    );
    // By limit, however the charges stand.
    assert_eq!(verified.charges(ToolId(1)), [ChargeId(1), ChargeId(2), ChargeId(0)]);
    assert_eq!(verified.charges(ToolId(0)), []);
    assert_eq!(verified.onces(ToolId(1)), [OnceId(0)]);
    let fed = |tool| verified.fed_by(ToolId(tool)).iter().map(|monitor| monitor.0).collect::<Vec<_>>();
    assert_eq!([fed(0), fed(1), fed(2)], [vec![], vec![0, 3, 4, 6, 8, 9, 10, 11], vec![1, 2, 5]]);
    assert_eq!(verified.fed_by_event(EventId(0)), [MonitorId(7)]);
    assert_eq!(verified.fed_by_event(EventId(1)), []);
    assert!(verified.asks_past(RuleId(5)) && !verified.asks_past(RuleId(0)));
    assert!(verified.once_asks_past(OnceId(0)) && !verified.charge_asks_past(ChargeId(1)));
    assert_eq!(verified.charge_needs(ChargeId(1)), [Ambient::User.slot()]);
    assert_eq!(verified.once_needs(OnceId(0)), []);
    let host = |n| verified.program().host_slot(n);
    assert_eq!(
        verified.charge_needs(ChargeId(2)),
        [Ambient::User.slot(), Ambient::Job.slot(), host(3), host(4)]
    );
}
