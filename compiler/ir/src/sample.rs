//! Programs for tests: a builder, and one program in which everything occurs.

pub(crate) mod random;
mod rich;

use agentpass_values::{Currency, Duration, Money};

pub(crate) use rich::rich;

use crate::*;

/// A program in the making.
#[derive(Default)]
pub(crate) struct Make {
    pub program: Program,
}

pub(crate) fn minutes(n: i64) -> Duration {
    Duration::from_nanos(n * 60_000_000_000)
}

pub(crate) fn dollars(n: i64) -> Value {
    Value::Money(Money::from_minor(n * 100, Currency::USD))
}

pub(crate) fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

pub(crate) const USD: Ty = Ty::Money(Currency::USD);

/// A place that differs from all others.
pub(crate) fn at(start: u32) -> Origin {
    Origin { file: FileId(1), start, end: start + 7, line: 70_007, column: 3 }
}

pub(crate) fn param(wire: &str, form: Form) -> Param {
    Param { wire: wire.to_owned(), form, presence: Presence::Required }
}

pub(crate) fn optional(wire: &str, form: Form) -> Param {
    Param { presence: Presence::Optional, ..param(wire, form) }
}

pub(crate) fn list_of(of: Form, least: u32, most: Option<u32>) -> Form {
    Form::List { of: Box::new(of), least, most }
}

pub(crate) fn tool(name: &str, params: Vec<Param>) -> Tool {
    Tool {
        name: ToolName::Exact(name.to_owned()),
        params,
        views: Vec::new(),
        open: false,
        schema: None,
        action: Action::Read,
        results: Vec::new(),
        error_means_no_effect: false,
        runs_at_most: None,
        reads: Vec::new(),
        releases: None,
        sends: Vec::new(),
        crossings: Vec::new(),
        flows: Vec::new(),
        origin: at(1),
    }
}

pub(crate) fn rule(id: &str, tools: &[u32], effect: Effect, condition: NodeId) -> Rule {
    Rule {
        id: id.to_owned(),
        tools: tools.iter().copied().map(ToolId).collect(),
        flow: None,
        guard: None,
        each: None,
        condition,
        effect,
        because: None,
        audit: None,
        origin: at(2),
    }
}

pub(crate) fn monitor(of: Subject, phase: Phase, keep: Keep) -> Monitor {
    Monitor { of, phase, scope: Scope::Job, args: None, result: None, join: Vec::new(), keep, origin: at(3) }
}

pub(crate) fn bound(meter: Meter, most: i128) -> Bound {
    Bound {
        meter,
        counts: format!("{meter:?}"),
        label: format!("{meter:?}"),
        keys: Vec::new(),
        most,
        step: Step::Deny,
        name: None,
        origin: at(4),
    }
}

pub(crate) fn limit(id: &str, keys: Vec<Ty>, bounds: Vec<Bound>) -> Limit {
    Limit { id: id.to_owned(), keys, per_job: false, window: Window::Lifetime, bounds, origin: at(5) }
}

pub(crate) fn line(amount: Option<NodeId>) -> Line {
    Line { when: None, keys: Vec::new(), amount, because: None, audit: None }
}

pub(crate) fn challenge(name: &str) -> Challenge {
    Challenge {
        name: name.to_owned(),
        count: 1,
        who: Asked::Groups(vec!["staff".to_owned()]),
        separate: Vec::new(),
        binds: Vec::new(),
        shows: Vec::new(),
        expires: None,
        reusable: None,
        origin: at(6),
    }
}

pub(crate) fn names(written: &[&str]) -> ToolPattern {
    let pieces = |written: &&str| {
        let mut pieces = Vec::new();
        for (n, text) in written.split('*').enumerate() {
            if n > 0 {
                pieces.push(Piece::Star);
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
        }
        pieces
    };
    ToolPattern { alternatives: written.iter().map(pieces).collect() }
}

impl Make {
    pub(crate) fn node(&mut self, op: Op, ty: Ty) -> NodeId {
        let id = NodeId(self.program.nodes.len() as u32);
        self.program.nodes.push(Node { op, ty, origin: at(100 + id.0) });
        id
    }

    pub(crate) fn truth(&mut self, op: Op) -> NodeId {
        self.node(op, Ty::Truth)
    }

    pub(crate) fn constant(&mut self, value: Value) -> ConstId {
        self.program.consts.push(value);
        ConstId(self.program.consts.len() as u32 - 1)
    }

    pub(crate) fn of(&mut self, value: Value, ty: Ty) -> NodeId {
        let id = self.constant(value);
        self.node(Op::Const(id), ty)
    }

    pub(crate) fn text(&mut self, text: &str) -> NodeId {
        self.of(Value::Text(text.into()), Ty::Text)
    }

    pub(crate) fn int(&mut self, n: i64) -> NodeId {
        self.of(Value::Int(n), Ty::Int)
    }

    pub(crate) fn ambient(&mut self, which: Ambient) -> NodeId {
        self.node(Op::Slot(which.slot()), which.ty())
    }

    pub(crate) fn host(&mut self, n: u32) -> NodeId {
        let slot = self.program.host_slot(n);
        let ty = self.program.shared_slot_type(slot).unwrap();
        self.node(Op::Slot(slot), ty)
    }

    pub(crate) fn arg(&mut self, n: u32, ty: Ty) -> NodeId {
        let slot = self.program.param_slot(n);
        self.node(Op::Slot(slot), ty)
    }

    pub(crate) fn compare(&mut self, op: Compare, a: NodeId, b: NodeId) -> NodeId {
        self.truth(Op::Compare(op, a, b))
    }

    pub(crate) fn recall(&mut self, monitor: u32, keys: Vec<NodeId>, within: Option<Duration>) -> Recall {
        Recall { monitor: MonitorId(monitor), keys, within }
    }
}

/// One tool `a(x: int, y: text)`, one event, a file, and a rule that says nothing.
pub(crate) fn small() -> Make {
    let mut make = Make::default();
    make.program.contract.name = "small".to_owned();
    make.program.files = vec!["a".to_owned(), "b".to_owned()];
    let params = vec![param("x", Form::Int(Range::default())), param("y", Form::Text(TextBounds::default()))];
    make.program.tools.push(Tool { results: vec![param("ok", Form::Bool)], ..tool("a", params) });
    make.program.tools.push(tool("b", vec![param("x", Form::Bool)]));
    let fields = vec![param("who", Form::Id(None))];
    make.program.events.push(Event { name: "gone".to_owned(), fields, origin: at(7) });
    let known = make.truth(Op::Known(true));
    make.program.rules.push(rule("r", &[0], Effect::Require, known));
    make
}
