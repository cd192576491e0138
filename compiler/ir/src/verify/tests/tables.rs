//! Tools, forms, names, and how much there may be of everything.

use super::{fault, passes};
use crate::sample::{bound, challenge, list_of, minutes, monitor, names, optional, param, tool};
use crate::verify::{
    MAX_FAMILIES, MAX_KEYS, MAX_NEST, MAX_PARAMS, MAX_PATTERNS, MAX_PIECES, MAX_TABLE, MAX_WAYS, verify,
};
use crate::*;

#[test]
fn tools_stand_in_order() {
    let family = |written: &str| Tool {
        name: ToolName::Family(written.to_owned(), names(&[written])),
        ..tool("", vec![])
    };
    let otherwise = || Tool { name: ToolName::Otherwise, ..tool("", vec![]) };
    let unsorted = "tools are not sorted by name (entry 1)";
    assert_eq!(fault(|make| make.program.tools.push(tool("aa", vec![]))), unsorted);
    assert_eq!(fault(|make| make.program.tools.push(tool("b", vec![]))), unsorted);
    assert_eq!(
        fault(|make| make.program.tools.extend([family("z.*"), tool("z", vec![])])),
        "tools are not sorted by name (entry 2)"
    );
    assert_eq!(
        fault(|make| make.program.tools.extend([otherwise(), family("z.*")])),
        "tools are not sorted by name (entry 2)"
    );
    assert_eq!(
        fault(|make| make.program.tools.extend([otherwise(), otherwise()])),
        "tools are not sorted by name (entry 2)"
    );
    passes(|make| make.program.tools.extend([family("z.*"), family("a.*"), otherwise()]));
}

#[test]
fn names_are_single() {
    let twice = || vec![param("a", Form::Bool), param("a", Form::Json)];
    assert_eq!(
        fault(|make| make.program.tools[1].params = twice()),
        "a tool has two parameters of one name (entry 1)"
    );
    assert_eq!(
        fault(|make| make.program.tools[1].results = twice()),
        "a tool has two results of one name (entry 1)"
    );
    assert_eq!(fault(|make| make.program.host = twice()), "the host has two facts of one name (entry 0)");
    assert_eq!(fault(|make| make.program.job = twice()), "jobs have two facts of one name (entry 0)");
    assert_eq!(
        fault(|make| make.program.events[0].fields = twice()),
        "an event has two fields of one name (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.records.push(Record {
            name: "r".to_owned(),
            fields: twice(),
            open: false
        })),
        "a record has two fields of one name (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.events.push(make.program.events[0].clone())),
        "two events of one name (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.challenges.extend([challenge("c"), challenge("c")])),
        "two challenges of one name (entry 0)"
    );
    assert_eq!(
        fault(|make| {
            let skill =
                Skill { name: "s".to_owned(), digest: None, invokes: vec![], origin: Origin::NOWHERE };
            make.program.skills.extend([skill.clone(), skill]);
        }),
        "two skills of one name (entry 0)"
    );
    assert_eq!(fault(|make| make.program.files.swap(0, 1)), "files are not sorted (entry 0)");
    assert_eq!(
        fault(|make| make.program.guarded = vec!["a".to_owned(), "a".to_owned()]),
        "guarded labels are not sorted (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.rules[0].tools.push(ToolId(0))),
        "a rule names a tool twice (entry 0)"
    );
}

#[test]
fn tables_point_into_tables() {
    assert_eq!(fault(|make| make.program.rules[0].tools.push(ToolId(9))), "there is no tool 9");
    assert_eq!(
        fault(|make| make.program.rules[0].effect = Effect::Challenge(ChallengeId(0))),
        "there is no challenge 0"
    );
    assert_eq!(fault(|make| make.program.tools[0].schema = Some(SchemaId(0))), "there is no schema 0");
    assert_eq!(
        fault(|make| make.program.schemas.push(Schema { demands: vec![Demand::Any(vec![SchemaId(1)])] })),
        "there is no schema 1"
    );
    assert_eq!(fault(|make| make.program.tools[0].flows.push((FlowId(0), None))), "there is no flow 0");
    assert_eq!(
        fault(|make| make.program.tools[0].views.push(View { param: 2, form: Form::Path })),
        "there is no parameter 2"
    );
    assert_eq!(
        fault(|make| {
            let invokes = vec![(ToolId(2), None)];
            make.program.skills.push(Skill {
                name: "s".to_owned(),
                digest: None,
                invokes,
                origin: Origin::NOWHERE,
            });
        }),
        "there is no tool 2"
    );
    let bound = |make: &mut crate::sample::Make| {
        make.program.challenges.push(Challenge { binds: vec![(ToolId(3), vec![])], ..challenge("c") });
    };
    assert_eq!(fault(bound), "there is no tool 3");
    assert_eq!(
        fault(|make| {
            let binds = vec![(ToolId(0), vec![]), (ToolId(0), vec![])];
            make.program.challenges.push(Challenge { binds, ..challenge("c") });
        }),
        "a challenge names a tool twice (entry 0)"
    );
}

#[test]
fn rules_stand_in_flows_of_their_tools() {
    let flow =
        || Flow { id: "f".to_owned(), ends: None, labels: vec![], all: false, origin: Origin::NOWHERE };
    assert_eq!(
        fault(|make| {
            make.program.flows.push(flow());
            make.program.rules[0].flow = Some(FlowId(0));
        }),
        "a rule stands in a flow that its tool takes no part in (entry 0)"
    );
    passes(|make| {
        make.program.flows.push(flow());
        make.program.tools[0].flows.push((FlowId(0), None));
        make.program.rules[0].flow = Some(FlowId(0));
    });
    assert_eq!(
        fault(|make| {
            make.program.flows.push(flow());
            make.program.tools[0].flows.extend([(FlowId(0), None), (FlowId(0), None)]);
        }),
        "a tool names a flow twice (entry 0)"
    );
    assert_eq!(
        fault(|make| make.program.rules[0].effect = Effect::Deliver { most: -1 }),
        "a rule delivers fewer records than none (entry 0)"
    );
}

fn with_form(form: Form) -> String {
    fault(|make| make.program.tools[1].params.push(param("more", form)))
}

#[test]
fn forms_are_sound() {
    assert_eq!(with_form(Form::Id(Some("(".to_owned()))), "a pattern of a form does not compile (entry 1)");
    for pattern in ["a)(b", "(?=a)", "(?x) a # ", "[a"] {
        let bounds = TextBounds { pattern: Some(pattern.to_owned()), ..TextBounds::default() };
        assert_eq!(
            with_form(Form::OrNull(Box::new(Form::Text(bounds)))),
            "a pattern of a form does not compile (entry 1)"
        );
    }
    let bounds = TextBounds { min_length: Some(3), max_length: Some(2), pattern: None };
    assert_eq!(with_form(Form::Text(bounds)), "a text has a least length above its greatest (entry 1)");
    assert_eq!(
        with_form(list_of(Form::Bool, 2, Some(1))),
        "a list has a least length above its greatest (entry 1)"
    );
    assert_eq!(with_form(Form::Record(RecordId(0))), "there is no record 0");
    let deep = (0..MAX_NEST).fold(Form::Bool, |form, _| list_of(form, 0, None));
    assert_eq!(with_form(deep), "more levels of a form than 32");
    passes(|make| {
        let form = (1..MAX_NEST).fold(Form::Bool, |form, _| list_of(form, 0, None));
        make.program.tools[1].params.push(param("more", form));
    });
    assert_eq!(
        fault(|make| make.program.host.push(param("h", Form::Record(RecordId(4))))),
        "there is no record 4"
    );
    assert_eq!(
        fault(|make| make.program.tools[0]
            .views
            .push(View { param: 0, form: Form::Id(Some("[".to_owned())) })),
        "a pattern of a form does not compile (entry 0)"
    );
}

#[test]
fn records_form_no_circle() {
    let record = |forms: &[Form]| Record {
        name: "r".to_owned(),
        fields: forms.iter().enumerate().map(|(n, form)| param(&n.to_string(), form.clone())).collect(),
        open: false,
    };
    let itself = record(&[list_of(Form::Record(RecordId(0)), 0, None)]);
    assert_eq!(fault(|make| make.program.records.push(itself)), "more levels of a form than 32");
    let (a, b) = (record(&[Form::Record(RecordId(1))]), record(&[Form::Bool, Form::Record(RecordId(0))]));
    assert_eq!(fault(|make| make.program.records.extend([a, b])), "more levels of a form than 32");
    // A chain, in either order, and one in which everything is reached in very many ways.
    for forwards in [true, false] {
        let chain = |length: u32| {
            (0..length).map(move |n| {
                let next = if forwards { n + 1 } else { n.wrapping_sub(1) };
                record(&if next < length { vec![Form::Record(RecordId(next)); 2] } else { vec![] })
            })
        };
        assert_eq!(fault(|make| make.program.records.extend(chain(40))), "more levels of a form than 32");
        assert_eq!(fault(|make| make.program.records.extend(chain(60_000))), "more levels of a form than 32");
        passes(|make| make.program.records.extend(chain(30)));
    }
    let ways = |make: &mut crate::sample::Make| {
        make.program.records.push(record(&[Form::Bool]));
        for n in 0..11 {
            let form = Form::Record(RecordId(n));
            make.program.records.push(record(&[Form::AnyOf(vec![form.clone(), form])]));
        }
    };
    assert_eq!(MAX_WAYS, 1 << 10);
    assert_eq!(fault(ways), "more ways to read a value than 1024");
}

#[test]
fn defaults_have_their_types() {
    let wrong = "a default does not have its parameter's type (entry 1)";
    let default = |value: Value, form: Form| {
        move |make: &mut crate::sample::Make| {
            let id = make.constant(value);
            make.program.tools[1].params.push(Param { presence: Presence::Default(id), ..param("d", form) });
        }
    };
    assert_eq!(fault(default(Value::Text("a".into()), Form::Bool)), wrong);
    assert_eq!(fault(default(Value::Unknown, Form::Bool)), wrong);
    passes(default(Value::List(vec![]), list_of(Form::Bool, 0, None)));
    assert_eq!(
        fault(|make| make.program.tools[1]
            .params
            .push(Param { presence: Presence::Default(ConstId(5)), ..param("d", Form::Bool) })),
        "there is no constant 5"
    );
    let shell = agentpass_values::Shell::parse("ls");
    assert_eq!(
        fault(default(Value::Shell(Box::new(shell), "ls".into()), Form::Shell)),
        "a command line is no constant (entry 0)"
    );
}

#[test]
fn times_are_times_and_somebody_is_asked() {
    assert_eq!(
        fault(|make| make.program.tools[1].runs_at_most = Some(minutes(0))),
        "a tool runs for no time at all (entry 1)"
    );
    assert_eq!(
        fault(|make| make.program.challenges.push(Challenge { count: 0, ..challenge("c") })),
        "a challenge asks nobody (entry 0)"
    );
    let nobody = Challenge { who: Asked::Groups(vec![]), ..challenge("c") };
    assert_eq!(fault(|make| make.program.challenges.push(nobody)), "a challenge asks nobody (entry 0)");
    for (expires, reusable) in [(Some(minutes(-1)), None), (None, Some(minutes(0)))] {
        let never = Challenge { expires, reusable, ..challenge("c") };
        assert_eq!(
            fault(|make| make.program.challenges.push(never)),
            "a challenge is open, or its approval good, for no time at all (entry 0)"
        );
    }
}

#[test]
fn there_are_bounds_to_everything() {
    type Grow = fn(&mut crate::sample::Make);
    let too_many: &[(&str, Grow)] = &[
        ("files than 65536", |make| make.program.files = vec!["a".to_owned(); MAX_TABLE + 1]),
        ("rules than 65536", |make| {
            make.program.rules = vec![make.program.rules[0].clone(); MAX_TABLE + 1];
        }),
        ("tools than 65536", |make| {
            make.program.tools = vec![make.program.tools[0].clone(); MAX_TABLE + 1];
        }),
        ("facts of the host than 1024", |make| {
            make.program.host = vec![optional("a", Form::Bool); MAX_PARAMS + 1];
        }),
        ("facts of jobs than 1024", |make| {
            make.program.job = vec![optional("a", Form::Bool); MAX_PARAMS + 1];
        }),
        ("parameters than 1024", |make| {
            make.program.tools[1].params = vec![param("a", Form::Bool); MAX_PARAMS + 1];
        }),
        ("views than 1024", |make| {
            make.program.tools[1].views = vec![View { param: 0, form: Form::Bool }; MAX_PARAMS + 1];
        }),
        ("labels of a source than 1024", |make| {
            let labels = vec!["a".to_owned(); MAX_PARAMS + 1];
            make.program.tools[1].reads =
                vec![Reading { source: "a".to_owned(), labels, origin: Origin::NOWHERE }];
        }),
        ("fields of an event than 1024", |make| {
            make.program.events[0].fields = vec![param("a", Form::Bool); MAX_PARAMS + 1];
        }),
        ("families of tools than 1024", |make| {
            let family =
                Tool { name: ToolName::Family("a.*".to_owned(), names(&["a.*"])), ..tool("", vec![]) };
            make.program.tools = vec![family; MAX_FAMILIES + 1];
        }),
        ("tools of rules than 4194304", |make| {
            make.program.rules[0].tools = vec![ToolId(0); 1 << 12];
            make.program.rules = vec![make.program.rules[0].clone(); (1 << 10) + 1];
        }),
        ("keys of a limit than 64", |make| {
            make.program.limits.push(crate::sample::limit("l", vec![Ty::Text; MAX_KEYS + 1], vec![]));
        }),
        ("groups of a challenge than 1024", |make| {
            let who = Asked::Groups(vec!["a".to_owned(); MAX_PARAMS + 1]);
            make.program.challenges.push(Challenge { who, ..challenge("c") });
        }),
        ("pieces of a pattern of names than 1024", |make| {
            let star = ToolPattern { alternatives: vec![vec![Piece::Star]; MAX_PIECES] };
            let name = ToolName::Family("*".to_owned(), star);
            make.program.tools.push(Tool { name, ..tool("", vec![]) });
        }),
        ("pieces of a pattern of names than 1024", |make| {
            let star = ToolPattern { alternatives: vec![vec![Piece::Star; MAX_PIECES]] };
            let invokes = vec![(ToolId(0), Some(star))];
            let skill = Skill { name: "s".to_owned(), digest: None, invokes, origin: Origin::NOWHERE };
            make.program.skills.push(skill);
        }),
        ("keys of a bound than 64", |make| {
            let keyed = Bound { keys: vec![Ty::Text; MAX_KEYS + 1], ..bound(Meter::Calls, 1) };
            make.program.limits.push(crate::sample::limit("l", vec![], vec![keyed]));
        }),
        ("bounds of a limit than 1024", |make| {
            let bounds = vec![bound(Meter::Calls, 1); MAX_PARAMS + 1];
            make.program.limits.push(crate::sample::limit("l", vec![], bounds));
        }),
        ("keys of a monitor than 64", |make| {
            let join = vec![Join::Arg(NodeId(0)); MAX_KEYS + 1];
            let open = monitor(Subject::Tool(ToolId(0)), Phase::Started, Keep::Open);
            make.program.monitors.push(Monitor { join, ..open });
        }),
        ("keys of a question to the past than 64", |make| {
            let recall = make.recall(0, vec![NodeId(0); MAX_KEYS + 1], None);
            make.node(Op::Calls(recall), Ty::Int);
        }),
        ("patterns than 1024", |make| {
            let pattern = agentpass_values::Pattern::new("a").unwrap();
            make.program.consts = vec![Value::List(vec![Value::Pattern(pattern)]); MAX_PATTERNS + 1];
        }),
        ("patterns than 1024", |make| {
            let params = (0..=MAX_PATTERNS).map(|n| Form::Id(Some(format!("{n}"))));
            let halves = [0, 1].map(|half| params.clone().skip(half).step_by(2));
            for (tool, half) in make.program.tools.iter_mut().zip(halves) {
                tool.params = half.enumerate().map(|(n, form)| param(&n.to_string(), form)).collect();
            }
        }),
    ];
    for (expected, grow) in too_many {
        assert_eq!(fault(grow), format!("more {expected}"));
    }
}

#[test]
fn bundles_hold_what_passes() {
    let mut make = crate::sample::small();
    let text = "a".repeat(1 << 20);
    make.program.contract.data = vec![text; 64];
    assert_eq!(verify(make.program).unwrap_err().to_string(), "more bytes of a program than 67108864");
}
