//! Programs made of any bytes: each byte is a choice, and every choice is a sound one.

use agentpass_values::{
    CommandPattern, Currency, Decimal, Domain, Email, Folded, Glob, Money, PathValue, Pattern, Timestamp,
    WebUrl,
};

use super::{
    Make, USD, bound, challenge, limit, line, list_of, minutes, monitor, names, optional, param, rule, tool,
};
use crate::*;

/// A verified program in the making.
struct Random<'c> {
    make: Make,
    choices: std::slice::Iter<'c, u8>,
    /// What the slots of the frame hold that is being read from; nothing where a result is.
    frame: Option<Vec<Ty>>,
    /// What the fields of the result hold that is being read from.
    results: Vec<Ty>,
    vars: Vec<Ty>,
    /// Whether the past may be asked.
    past: bool,
}

pub(crate) fn program(choices: &[u8]) -> Program {
    let mut random = Random {
        make: Make::default(),
        choices: choices.iter(),
        frame: None,
        results: Vec::new(),
        vars: Vec::new(),
        past: false,
    };
    random.tables();
    random.monitors();
    random.rules();
    random.limits();
    random.make.program
}

/// The forms of parameters, with types among which there is something to compare.
fn forms() -> Vec<Form> {
    vec![
        Form::Bool,
        Form::Int(Range::default()),
        Form::Decimal(Range::default()),
        Form::Money(Currency::USD, MoneyForm::Cents),
        Form::Timestamp(TimeForm::Text),
        Form::Text(TextBounds { pattern: Some("a|b".to_owned()), ..TextBounds::default() }),
        Form::Id(Some("[a-z]+".to_owned())),
        Form::Folded,
        Form::Email,
        Form::Domain,
        Form::Url,
        Form::Path,
        Form::Shell,
        Form::Json,
        Form::Record(RecordId(0)),
        list_of(Form::Text(TextBounds::default()), 0, None),
        list_of(Form::Record(RecordId(0)), 1, Some(3)),
        Form::OrNull(Box::new(Form::Duration(TimeForm::Seconds))),
    ]
}

impl Random<'_> {
    /// One of so many; the first, once the bytes have run out.
    fn choose(&mut self, of: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or_default()) % of.max(1)
    }

    fn one<T: Clone>(&mut self, all: &[T]) -> T {
        let at = self.choose(all.len());
        all[at].clone()
    }

    fn params(&mut self) -> Vec<Param> {
        let forms = forms();
        (0..self.choose(6))
            .map(|n| {
                let form = self.one(&forms);
                let wire = format!("p{n}");
                if self.choose(2) == 0 { param(&wire, form) } else { optional(&wire, form) }
            })
            .collect()
    }

    fn tables(&mut self) {
        self.make.program.files = vec!["a".to_owned(), "b".to_owned()];
        let fields = vec![param("a", Form::Int(Range::default())), optional("b", Form::Email)];
        self.make.program.records = vec![Record { name: "r".to_owned(), fields, open: self.choose(2) == 0 }];
        self.make.program.host = self.params();
        self.make.program.job = self.params();
        for name in ["a", "b", "c"].iter().take(1 + self.choose(3)) {
            let params = self.params();
            let results = self.params();
            self.make.program.tools.push(Tool { results, ..tool(name, params) });
        }
        if self.choose(2) == 0 {
            let name = ToolName::Family("x.*".to_owned(), names(&["x.*"]));
            self.make.program.tools.push(Tool { name, open: true, ..tool("", vec![]) });
        }
        let fields = self.params();
        self.make.program.events = vec![Event { name: "e".to_owned(), fields, origin: Origin::NOWHERE }];
        self.make.program.challenges = vec![challenge("c")];
    }

    fn any_tool(&mut self) -> ToolId {
        ToolId(self.choose(self.make.program.tools.len()) as u32)
    }

    /// Reads in the frame of a tool, or of an event, from now on.
    fn read_in(&mut self, of: Subject) {
        let program = &self.make.program;
        let own = match of {
            Subject::Tool(id) => &program.tools[id.index()].params,
            Subject::Event(id) => &program.events[id.index()].fields,
        };
        let ambient = Ambient::ALL.iter().map(|it| it.ty());
        let facts = program.host.iter().chain(&program.job).chain(own).map(|param| param.form.ty());
        self.frame = Some(ambient.chain(facts).collect());
        self.results.clear();
    }

    fn monitors(&mut self) {
        for _ in 0..self.choose(5) {
            let of =
                if self.choose(4) == 0 { Subject::Event(EventId(0)) } else { Subject::Tool(self.any_tool()) };
            let phase = match of {
                Subject::Event(_) => Phase::Completed,
                Subject::Tool(_) => {
                    self.one(&[Phase::Attempted, Phase::Started, Phase::Completed, Phase::Failed])
                }
            };
            self.read_in(of);
            let ty = self.data();
            let own = self.value(&ty, 2);
            let args = (self.choose(2) == 0).then(|| self.truth(2));
            let within = (self.choose(2) == 0).then(|| minutes(5));
            let keep = match self.choose(9) {
                0 => Keep::Spans { within },
                1 => Keep::Latest(vec![Kept { name: "k".to_owned(), value: Join::Arg(own), ty }]),
                2 => Keep::First(Vec::new()),
                3 => Keep::Count { most: 1 + self.choose(9) as u32, within },
                4 => Keep::Sum { amount: self.value(&USD, 2), currency: Currency::USD, within },
                6 => Keep::Runs { most: 1 + self.choose(9) as u32, within },
                7 => Keep::Spent { amount: self.value(&USD, 2), currency: Currency::USD, within },
                5 => Keep::Distinct {
                    value: Kept { name: "k".to_owned(), value: Join::Arg(own), ty },
                    most: 1 + self.choose(9) as u32,
                    within,
                },
                _ => Keep::Open,
            };
            let mut result = None;
            if let (Subject::Tool(id), Phase::Completed | Phase::Failed) = (of, phase) {
                self.results =
                    self.make.program.tools[id.index()].results.iter().map(|it| it.form.ty()).collect();
                self.frame = None;
                result = Some(self.truth(2));
            }
            let scope = self.one(&[Scope::Job, Scope::User, Scope::Agent, Scope::Tenant]);
            let join = vec![Join::Arg(own)];
            self.make.program.monitors.push(Monitor {
                scope,
                args,
                result,
                join,
                ..monitor(of, phase, keep)
            });
        }
    }

    fn rules(&mut self) {
        for n in 0..self.choose(5) {
            let tool = self.any_tool();
            self.read_in(Subject::Tool(tool));
            self.past = true;
            let guard = (self.choose(2) == 0).then(|| self.truth(2));
            let each = (self.choose(3) == 0).then(|| {
                let element = self.data();
                let list = self.without_past(|random| random.value(&Ty::list(element.clone()), 2));
                self.vars.push(element);
                Each { var: VarId(0), list }
            });
            let condition = self.truth(4);
            let ty = self.data();
            let shown = self.value(&ty, 2);
            self.vars.clear();
            let effect = self.one(&[
                Effect::Require,
                Effect::Deny,
                Effect::Challenge(ChallengeId(0)),
                Effect::Deliver { most: 3 },
            ]);
            let because = Some(Template { parts: vec![Part::Text("is ".to_owned()), Part::Value(shown)] });
            self.make.program.rules.push(Rule {
                guard,
                each,
                because,
                ..rule(&format!("r{n}"), &[tool.0], effect, condition)
            });
        }
    }

    fn limits(&mut self) {
        for n in 0..self.choose(3) {
            let key = self.data();
            let bounds = vec![bound(Meter::Calls, 5), bound(Meter::Sum(Currency::USD), 9)];
            self.make.program.limits.push(limit(&format!("l{n}"), vec![key.clone()], bounds));
            let tool = self.any_tool();
            self.read_in(Subject::Tool(tool));
            let charge = Charge {
                limit: LimitId(n as u32),
                tool,
                guard: (self.choose(2) == 0).then(|| self.truth(2)),
                keys: vec![self.value(&key, 2)],
                lines: vec![Some(line(None)), Some(line(Some(self.value(&USD, 2))))],
            };
            self.make.program.charges.push(charge);
        }
    }

    fn without_past<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.past, false);
        let made = make(self);
        self.past = before;
        made
    }

    /// A type of data.
    fn data(&mut self) -> Ty {
        let types = [
            Ty::Text,
            Ty::Int,
            USD,
            Ty::Folded,
            Ty::Email,
            Ty::Domain,
            Ty::Path,
            Ty::Bool,
            Ty::list(Ty::Text),
        ];
        self.one(&types)
    }

    fn truth(&mut self, depth: u32) -> NodeId {
        if depth == 0 {
            let known = self.choose(2) == 0;
            return self.make.truth(Op::Known(known));
        }
        let op = match self.choose(15) {
            0 => Op::Known(true),
            1 => Op::Not(self.truth(depth - 1)),
            2 => Op::All(vec![self.truth(depth - 1), self.truth(depth - 1)]),
            3 => Op::Any(vec![self.truth(depth - 1), self.truth(depth - 1)]),
            4 => {
                let ty = self.data();
                Op::Compare(Compare::Equal, self.value(&ty, depth - 1), self.value(&ty, depth - 1))
            }
            5 => {
                let ty = self.one(&[Ty::Int, Ty::Decimal, USD, Ty::Duration, Ty::Timestamp]);
                Op::Compare(Compare::Less, self.value(&ty, depth - 1), self.value(&ty, depth - 1))
            }
            6 => {
                let ty = self.data();
                Op::Among(self.value(&ty, depth - 1), self.value(&Ty::list(ty.clone()), depth - 1))
            }
            7 => Op::Within(self.value(&Ty::Path, depth - 1), self.value(&Ty::Glob, depth - 1)),
            8 => {
                let list = self.value(&Ty::list(Ty::Domain), depth - 1);
                Op::WithinAny(self.value(&Ty::Domain, depth - 1), list)
            }
            9 => Op::Matches(self.value(&Ty::Text, depth - 1), self.value(&Ty::Pattern, 0)),
            10 => {
                let ty = self.data();
                Op::Has(self.value(&ty, depth - 1))
            }
            11 => Op::Holds(self.value(&Ty::Bool, depth - 1)),
            12 if self.vars.len() < 4 => {
                let element = self.data();
                let list = self.without_past(|random| random.value(&Ty::list(element.clone()), depth - 1));
                let var = VarId(self.vars.len() as u32);
                self.vars.push(element);
                let body = self.truth(depth - 1);
                self.vars.pop();
                Op::Over { quantifier: self.one(&[Quantifier::Each, Quantifier::Some]), var, list, body }
            }
            13 if self.past => Op::Carries { label: "pii".to_owned(), source: None },
            14 if self.past => return self.asked(depth - 1),
            _ if self.frame.is_some() => Op::Named(names(&["x.get_*"])),
            _ => Op::Known(false),
        };
        self.make.truth(op)
    }

    /// A question to a monitor.
    fn asked(&mut self, depth: u32) -> NodeId {
        if self.make.program.monitors.is_empty() {
            return self.make.truth(Op::Known(true));
        }
        let monitor = MonitorId(self.choose(self.make.program.monitors.len()) as u32);
        let Monitor { join, keep, .. } = self.make.program.monitors[monitor.index()].clone();
        let Some(Join::Arg(own)) = join.first() else { unreachable!("every monitor is joined by one") };
        let ty = self.make.program.nodes[own.index()].ty.clone();
        let key = self.without_past(|random| random.value(&ty, depth));
        let recall = |within| Recall { monitor, keys: vec![key], within };
        let (op, ty) = match keep {
            Keep::Spans { within } => {
                let without = if within.is_none() { vec![recall(None)] } else { Vec::new() };
                return self.make.truth(Op::After(Box::new(After { of: recall(within), without })));
            }
            Keep::Runs { within, .. } => {
                (Op::CallsSince(Box::new(After { of: recall(within), without: Vec::new() })), Ty::Int)
            }
            Keep::Spent { within, .. } => {
                (Op::SumSince(Box::new(After { of: recall(within), without: Vec::new() })), USD)
            }
            Keep::Latest(_) => (Op::Past(recall(Some(minutes(7)))), Ty::Past(monitor)),
            Keep::First(_) => (Op::Past(recall(None)), Ty::Past(monitor)),
            Keep::Count { within, .. } => (Op::Calls(recall(within)), Ty::Int),
            Keep::Sum { within, .. } => (Op::Sum(recall(within)), USD),
            Keep::Open => (Op::InFlight(recall(None)), Ty::Int),
            Keep::Distinct { value, within, .. } => {
                (Op::Distinct(recall(within)), Ty::list(value.single().clone()))
            }
        };
        let asked = self.make.node(op, ty);
        self.make.truth(Op::Has(asked))
    }

    fn value(&mut self, ty: &Ty, depth: u32) -> NodeId {
        if let Some(node) = self.held(ty) {
            return node;
        }
        if depth > 0 {
            match self.choose(8) {
                0 => {
                    let (a, b) = (self.value(ty, depth - 1), self.value(ty, depth - 1));
                    return self.make.node(Op::OrElse(a, b), ty.clone());
                }
                1 => {
                    if let Some(op) = self.computed(ty, depth - 1) {
                        return self.make.node(op, ty.clone());
                    }
                }
                _ => {}
            }
        }
        let value = self.constant(ty);
        self.make.of(value, ty.clone())
    }

    /// What a slot, a field or a variable holds of that type.
    fn held(&mut self, ty: &Ty) -> Option<NodeId> {
        if *ty == Ty::Pattern || self.choose(2) == 0 {
            return None;
        }
        let at = |types: &[Ty]| types.iter().position(|of| of == ty).map(|at| at as u32);
        let op = at(&self.vars).map(|n| Op::Var(VarId(n)));
        let op = op.or_else(|| at(self.frame.as_ref()?).map(|n| Op::Slot(SlotId(n))));
        let op = op.or_else(|| at(&self.results).map(Op::Result));
        op.map(|op| self.make.node(op, ty.clone()))
    }

    fn computed(&mut self, ty: &Ty, depth: u32) -> Option<Op> {
        Some(match ty {
            Ty::Int if self.choose(2) == 0 => Op::Count(self.value(&Ty::list(Ty::Text), depth)),
            Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration => {
                Op::Arith(Arith::Subtract, self.value(ty, depth), self.value(ty, depth))
            }
            Ty::Timestamp if self.frame.is_some() => Op::Now,
            Ty::Text => {
                Op::Segments(vec![Part::Text("a/".to_owned()), Part::Value(self.value(&Ty::Int, depth))])
            }
            Ty::Folded => Op::Convert(Convert::Folded, self.value(&Ty::Text, depth)),
            Ty::Domain => Op::Member(Member::Domain, self.value(&Ty::Email, depth)),
            Ty::Path => Op::JoinPath(self.value(&Ty::Path, depth), self.value(&Ty::Text, depth)),
            Ty::Bool => Op::AsBool(self.truth(depth)),
            Ty::List(of) if self.choose(2) == 0 => {
                Op::Items(vec![self.value(of, depth), self.value(of, depth)])
            }
            Ty::List(_) => Op::Join(self.value(ty, depth), self.value(ty, depth)),
            _ => return None,
        })
    }

    fn constant(&mut self, ty: &Ty) -> Value {
        let n = self.choose(3) as i64;
        let word = ["a", "b.example", "é\"\n"][n as usize];
        match ty {
            Ty::Bool => Value::Bool(n == 0),
            Ty::Int => Value::Int(n - 1),
            Ty::Decimal => Value::Decimal(Decimal::from_int(n)),
            Ty::Money(currency) => Value::Money(Money::from_minor(n, *currency)),
            Ty::Duration => Value::Duration(minutes(n)),
            Ty::Timestamp => Value::Timestamp(Timestamp::from_nanos(n)),
            Ty::Text => Value::Text(word.into()),
            Ty::Folded => Value::Folded(Folded::new(word)),
            Ty::Email => Value::Email(Email::parse("a@b.example").unwrap()),
            Ty::Domain => Value::Domain(Domain::parse("b.example").unwrap()),
            Ty::Url => Value::Url(WebUrl::parse("https://b.example/").unwrap()),
            Ty::Path => Value::Path(PathValue::parse(["/a", "~/b", "../c"][n as usize]).unwrap()),
            Ty::Glob => Value::Glob(Glob::parse("**/*.rs").unwrap()),
            Ty::CommandPattern => Value::CommandPattern(CommandPattern::parse("ls").unwrap()),
            Ty::Pattern => Value::Pattern(Pattern::new("a+").unwrap()),
            Ty::Json => Value::Json("{}".into()),
            Ty::List(of) => Value::List((0..n).map(|_| self.constant(of)).collect()),
            _ => Value::Unknown,
        }
    }
}
