//! Order, types, depth, cost, variables.

use super::{fault, passes, require};
use crate::sample::{dollars, minutes, names};
use crate::verify::{MAX_COST, MAX_DEPTH, MAX_NEST, MAX_PIECES, MAX_VARS};
use crate::*;

fn over(var: u32, list: NodeId, body: NodeId) -> Op {
    Op::Over { quantifier: Quantifier::Each, var: VarId(var), list, body }
}

#[test]
fn children_stand_before_their_parents() {
    let circle = fault(|make| {
        let own = NodeId(1);
        let node = make.truth(Op::Not(own));
        require(make, node);
    });
    assert_eq!(circle, "node 1 does not stand after its children");
    let forward = fault(|make| {
        make.truth(Op::All(vec![NodeId(0), NodeId(2)]));
        make.truth(Op::Known(true));
    });
    assert_eq!(forward, "node 1 does not stand after its children");
    let two = fault(|make| {
        make.truth(Op::Not(NodeId(2)));
        make.truth(Op::Not(NodeId(1)));
    });
    assert_eq!(two, "node 1 does not stand after its children");
    let nowhere = fault(|make| require(make, NodeId(99)));
    assert_eq!(nowhere, "there is no node 99");
    let key = fault(|make| {
        let recall = make.recall(0, vec![NodeId(7)], None);
        make.node(Op::Calls(recall), Ty::Int);
    });
    assert_eq!(key, "node 1 does not stand after its children");
}

#[test]
fn operations_take_and_give_their_types() {
    type Wrong = fn(&mut crate::sample::Make) -> (Op, Ty);
    let wrong: &[(&str, Wrong)] = &[
        ("of the type of its constant", |make| (Op::Const(make.constant(Value::Int(1))), Ty::Text)),
        ("of the type of its constant", |make| (Op::Const(make.constant(Value::Bool(true))), Ty::Truth)),
        ("of the type of its constant", |make| (Op::Const(make.constant(Value::Unknown)), Ty::Truth)),
        ("of the type of its constant", |make| {
            let mixed = Value::List(vec![Value::Int(1), Value::Text("a".into())]);
            (Op::Const(make.constant(mixed)), Ty::list(Ty::Int))
        }),
        ("of the type of its constant", |make| {
            (Op::Const(make.constant(dollars(1))), Ty::Money(crate::sample::euro()))
        }),
        ("a value", |_| (Op::Var(VarId(0)), Ty::Truth)),
        ("a value", |make| (Op::Slot(make.program.param_slot(0)), Ty::Past(MonitorId(0)))),
        ("a moment", |_| (Op::Now, Ty::Duration)),
        ("a text", |_| (Op::Digest, Ty::Folded)),
        ("a list of texts", |_| (Op::Labels, Ty::Text)),
        ("the member of a value that has it", |make| (Op::Member(Member::Host, make.text("a")), Ty::Domain)),
        ("the member of a value that has it", |make| {
            let emails = make.arg(0, Ty::list(Ty::Email));
            (Op::Member(Member::Domain, emails), Ty::Domain)
        }),
        ("the member of a value that has it", |make| {
            let record = make.arg(0, Ty::Record(RecordId(0)));
            (Op::Member(Member::Field(0), record), Ty::Int)
        }),
        ("arithmetic on numbers of one kind", |make| {
            let (a, b) = (make.int(1), make.text("a"));
            (Op::Arith(Arith::Add, a, b), Ty::Int)
        }),
        ("arithmetic on numbers of one kind", |make| {
            let now = make.node(Op::Now, Ty::Timestamp);
            (Op::Arith(Arith::Add, now, now), Ty::Timestamp)
        }),
        ("arithmetic on numbers of one kind", |make| {
            let money = make.of(dollars(1), crate::sample::USD);
            (Op::Arith(Arith::Multiply, money, money), crate::sample::USD)
        }),
        ("the negative of a number", |make| (Op::Negate(make.text("a")), Ty::Text)),
        ("two values of one type", |make| (Op::OrElse(make.int(1), make.text("a")), Ty::Int)),
        ("two values of one type", |_| (Op::OrElse(NodeId(0), NodeId(0)), Ty::Truth)),
        ("a list of one type", |make| (Op::Items(vec![make.int(1), make.text("a")]), Ty::list(Ty::Int))),
        ("a list of one type", |_| (Op::Items(vec![NodeId(0)]), Ty::list(Ty::Truth))),
        ("two lists of one type", |make| (Op::Join(make.int(1), make.int(2)), Ty::Int)),
        ("a folder and a name", |make| (Op::JoinPath(make.text("a"), make.text("b")), Ty::Path)),
        ("the count of a list", |make| (Op::Count(make.text("a")), Ty::Int)),
        ("the length of a text", |make| (Op::Length(make.int(1)), Ty::Int)),
        ("a text of values", |_| (Op::Segments(vec![Part::Value(NodeId(0))]), Ty::Text)),
        ("a boolean from a truth", |make| (Op::AsBool(make.int(1)), Ty::Bool)),
        ("a value that can be read so", |make| (Op::Convert(Convert::Decimal, make.text("1")), Ty::Decimal)),
        ("a truth", |_| (Op::Known(true), Ty::Bool)),
        ("a truth", |_| (Op::Named(names(&["a.*"])), Ty::Bool)),
        ("a truth from a boolean", |make| (Op::Holds(make.int(1)), Ty::Truth)),
        ("a comparison of two values of one type", |make| {
            (Op::Compare(Compare::Equal, make.int(1), make.text("a")), Ty::Truth)
        }),
        ("a comparison of two values of one type", |make| {
            (Op::Compare(Compare::Less, make.text("a"), make.text("b")), Ty::Truth)
        }),
        ("a comparison of two values of one type", |make| {
            let shell = make.arg(0, Ty::Shell);
            (Op::Compare(Compare::Equal, shell, shell), Ty::Truth)
        }),
        ("a comparison of two values of one type", |_| {
            (Op::Compare(Compare::Equal, NodeId(0), NodeId(0)), Ty::Truth)
        }),
        ("a value and a list of its type", |make| (Op::Among(make.int(1), make.int(2)), Ty::Truth)),
        ("a value and what it can lie in", |make| (Op::Within(make.text("a"), make.text("b")), Ty::Truth)),
        ("a value and a list of what it can lie in", |make| {
            (Op::WithinAny(make.text("a"), make.text("b")), Ty::Truth)
        }),
        ("a text and a pattern", |make| (Op::Matches(make.text("a"), make.text("b")), Ty::Truth)),
        ("a text and a pattern", |make| {
            let pattern = make.arg(0, Ty::Pattern);
            (Op::Matches(make.text("a"), pattern), Ty::Truth)
        }),
        ("a truth about a command line", |make| (Op::Understood(make.text("a")), Ty::Truth)),
        ("a truth about a value", |_| (Op::Has(NodeId(0)), Ty::Truth)),
        ("a truth about a value", |_| (Op::IsNull(NodeId(0)), Ty::Truth)),
        ("a truth from a truth", |make| (Op::Not(make.int(1)), Ty::Truth)),
        ("a truth from truths", |make| (Op::All(vec![NodeId(0), make.int(1)]), Ty::Truth)),
        ("a truth from truths", |_| (Op::Any(vec![]), Ty::Bool)),
        ("a truth about each element of a list", |make| (over(0, make.int(1), NodeId(0)), Ty::Truth)),
    ];
    for (expected, wrong) in wrong {
        let found = fault(|make| {
            let fields = vec![crate::sample::param("a", Form::Bool)];
            make.program.records.push(Record { name: "r".to_owned(), fields, open: false });
            let (op, ty) = wrong(make);
            make.node(op, ty);
        });
        assert!(found.ends_with(&format!("is not {expected}")), "{found}, not: {expected}");
    }
}

#[test]
fn nothing_points_nowhere() {
    let constant = fault(|make| {
        make.node(Op::Const(ConstId(0)), Ty::Int);
    });
    assert_eq!(constant, "there is no constant 0");
    let file = fault(|make| {
        let node = make.truth(Op::Known(true));
        make.program.nodes[node.index()].origin.file = FileId(2);
    });
    assert_eq!(file, "there is no file 2");
    let place = fault(|make| {
        make.program.limits.push(Limit {
            origin: Origin { file: FileId(9), ..Origin::NOWHERE },
            ..crate::sample::limit("l", vec![], vec![])
        })
    });
    assert_eq!(place, "there is no file 9");
}

#[test]
fn variables_are_bound_where_they_are_used() {
    let body = |make: &mut crate::sample::Make, var: u32, ty: Ty| {
        let var = make.node(Op::Var(VarId(var)), ty.clone());
        let same = make.of(if ty == Ty::Int { Value::Int(1) } else { Value::Text("a".into()) }, ty);
        make.compare(Compare::Equal, var, same)
    };
    let free = fault(|make| {
        let body = body(make, 0, Ty::Int);
        require(make, body);
    });
    assert_eq!(free, "node 1 reads a variable that is not bound there");
    let other_type = fault(|make| {
        let list = make.of(Value::List(vec![]), Ty::list(Ty::Text));
        let body = body(make, 0, Ty::Int);
        let over = make.truth(over(0, list, body));
        require(make, over);
    });
    assert_eq!(other_type, "node 2 reads a variable that is not bound there");
    let skipped = fault(|make| {
        let list = make.of(Value::List(vec![]), Ty::list(Ty::Int));
        let body = body(make, 1, Ty::Int);
        let over = make.truth(over(1, list, body));
        require(make, over);
    });
    assert_eq!(skipped, "node 5 reads a variable that is not bound there");
    let afterwards = fault(|make| {
        let list = make.of(Value::List(vec![]), Ty::list(Ty::Int));
        let body = body(make, 0, Ty::Int);
        let over = make.truth(over(0, list, body));
        let both = make.truth(Op::All(vec![over, body]));
        require(make, both);
    });
    assert_eq!(afterwards, "node 2 reads a variable that is not bound there");
    let each = fault(|make| {
        let list = make.of(Value::List(vec![]), Ty::list(Ty::Int));
        make.program.rules[0].each = Some(Each { var: VarId(1), list });
    });
    assert_eq!(each, "node 1 reads a variable that is not bound there");
    let no_list = fault(|make| {
        let list = make.int(1);
        make.program.rules[0].each = Some(Each { var: VarId(0), list });
    });
    assert_eq!(no_list, "node 1 is not a list");
    let deep = fault(|make| {
        let list = make.of(Value::List(vec![]), Ty::list(Ty::Int));
        let mut body = NodeId(0);
        for var in (0..=MAX_VARS as u32).rev() {
            body = make.truth(over(var, list, body));
        }
        require(make, body);
    });
    assert_eq!(deep, "more quantifiers in one another than 4");
    passes(|make| {
        let list = make.of(Value::List(vec![]), Ty::list(Ty::Int));
        let body = body(make, 0, Ty::Int);
        make.program.rules[0].each = Some(Each { var: VarId(0), list });
        make.program.rules[0].condition = body;
    });
}

#[test]
fn slots_hold_what_is_read_in_every_tool() {
    let other = fault(|make| {
        let x = make.arg(0, Ty::Int);
        let one = make.int(1);
        let same = make.compare(Compare::Equal, x, one);
        require(make, same);
        make.program.rules[1].tools.push(ToolId(1));
    });
    assert_eq!(other, "node 1 is not of the type of its slot in every frame");
    let beyond = fault(|make| {
        let x = make.arg(2, Ty::Int);
        let has = make.truth(Op::Has(x));
        require(make, has);
    });
    assert_eq!(beyond, "node 1 is not of the type of its slot in every frame");
    let ambient = fault(|make| {
        let agent = make.node(Op::Slot(Ambient::Agent.slot()), Ty::Int);
        let has = make.truth(Op::Has(agent));
        require(make, has);
    });
    assert_eq!(ambient, "node 1 is not of the type of its slot in every frame");
    let result = fault(|make| {
        let ok = make.node(Op::Result(0), Ty::Bool);
        let ok = make.truth(Op::Holds(ok));
        require(make, ok);
    });
    assert_eq!(result, "node 1 is not a field of the result that is at hand");
    passes(|make| {
        let agent = make.ambient(Ambient::Agent);
        let has = make.truth(Op::Has(agent));
        require(make, has);
        make.program.rules[1].tools.push(ToolId(1));
    });
}

#[test]
fn nothing_is_too_deep_or_too_dear() {
    let deep = fault(|make| {
        let mut node = NodeId(0);
        for _ in 0..MAX_DEPTH {
            node = make.truth(Op::Not(node));
        }
    });
    assert_eq!(deep, "more levels of an expression than 192");
    // Each level doubles what is reached.
    let doubled = |make: &mut crate::sample::Make, levels: u32| {
        let mut node = NodeId(0);
        for _ in 0..levels {
            node = make.truth(Op::All(vec![node, node]));
        }
        require(make, node);
    };
    assert_eq!(MAX_COST, 1 << 16);
    assert_eq!(fault(|make| doubled(make, 16)), "more nodes of one root than 65536");
    assert_eq!(fault(|make| doubled(make, 100)), "more nodes of one root than 65536");
    passes(|make| doubled(make, 15));
    let together = fault(|make| {
        doubled(make, 15);
        let rule = make.program.rules[1].clone();
        make.program.rules.extend(std::iter::repeat_n(rule, 1 << 11));
    });
    assert_eq!(together, "more nodes of all roots together than 67108864");
    let ty = fault(|make| {
        let ty = (0..=MAX_NEST).fold(Ty::Int, |ty, _| Ty::list(ty));
        make.node(Op::Var(VarId(0)), ty);
    });
    assert_eq!(ty, "more levels of a type than 32");
    let value = fault(|make| {
        let value = (0..=MAX_NEST).fold(Value::Int(1), |value, _| Value::List(vec![value]));
        make.constant(value);
    });
    assert_eq!(value, "more levels of a value than 32");
    let pieces = fault(|make| {
        let star = ToolPattern { alternatives: vec![vec![Piece::Star; MAX_PIECES]] };
        make.truth(Op::Named(star));
    });
    assert_eq!(pieces, "more pieces of a pattern of names than 1024");
}

#[test]
fn roots_have_their_types() {
    let condition = fault(|make| {
        let one = make.int(1);
        require(make, one);
    });
    assert_eq!(condition, "node 1 is not a truth");
    let guard = fault(|make| {
        let one = make.int(1);
        make.program.rules[0].guard = Some(one);
    });
    assert_eq!(guard, "node 1 is not a truth");
    let message = fault(|make| {
        make.program.rules[0].audit = Some(Template { parts: vec![Part::Value(NodeId(0))] });
    });
    assert_eq!(message, "node 0 is not a value");
    let slot = fault(|make| {
        let x = make.arg(0, Ty::Text);
        make.program.rules[0].because = Some(Template { parts: vec![Part::Value(x)] });
    });
    assert_eq!(slot, "node 1 is not of the type of its slot in every frame");
    let at = fault(|make| {
        let one = make.int(1);
        make.program.tools[0].sends =
            vec![Sending { to: "x".to_owned(), at: Some(one), origin: Origin::NOWHERE }];
    });
    assert_eq!(at, "node 1 is not a domain or a list of domains");
    let ends = fault(|make| {
        let (one, text) = (make.int(1), make.text("a"));
        make.program.tools[0].crossings =
            vec![Crossing { from: text, to: one, labels: vec![], origin: Origin::NOWHERE }];
    });
    assert_eq!(ends, "node 1 is not a text");
    let labels = fault(|make| {
        let (one, text) = (make.int(1), make.text("a"));
        make.program.tools[0].crossings =
            vec![Crossing { from: text, to: text, labels: vec![text, one], origin: Origin::NOWHERE }];
    });
    assert_eq!(labels, "node 1 is not a text or a list of texts");
    let once = fault(|make| {
        let shell = make.arg(0, Ty::Shell);
        make.program.tools[0].params[0].form = Form::Shell;
        let once = Once {
            id: "o".to_owned(),
            tool: ToolId(0),
            guard: None,
            keys: vec![shell],
            ledger: None,
            replay: Some(minutes(1)),
            because: None,
            audit: None,
            origin: Origin::NOWHERE,
        };
        make.program.onces.push(once);
    });
    assert_eq!(once, "node 1 is not a key");
    let bound = fault(|make| {
        let shell = make.arg(0, Ty::Shell);
        make.program.tools[0].params[0].form = Form::Shell;
        make.program.challenges =
            vec![Challenge { binds: vec![(ToolId(0), vec![shell])], ..crate::sample::challenge("c") }];
    });
    assert_eq!(bound, "node 1 is not a value that can be written down");
    let shown = fault(|make| {
        make.program.challenges = vec![Challenge {
            shows: vec![(ToolId(1), vec![("a".to_owned(), NodeId(0))])],
            ..crate::sample::challenge("c")
        }];
    });
    assert_eq!(shown, "node 0 is not a value");
}
