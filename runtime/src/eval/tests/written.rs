//! Expressions as tests write them: `(< (+ n 1) 3)`. Names are parameters of the one tool, or variables; what a literal is, its
//! first characters say.

use agentpass_ir::{
    After, Arith, Compare, ConstId, Convert, Effect, Form, Join, Keep, Kept, Member, MoneyForm, Monitor,
    MonitorId, Node, NodeId, Op, Origin, Part, Phase, Piece, Program, Quantifier, Recall, RecordId, Rule,
    Scope, Subject, TimeForm, Tool, ToolId, ToolPattern, Ty, Value, VarId, Verified,
};
use agentpass_values::{
    CommandPattern, Currency, Decimal, Domain, Duration, Folded, Glob, Money, PathValue, Pattern, TimeRange,
    TimeSet, Timestamp, Zone,
};

use crate::frame::testing::{self, list, optional, param, text, usd};

/// An expression, and the contract in which it stands.
pub(super) struct Written {
    pub(super) contract: Verified,
    pub(super) root: NodeId,
}

/// Parameters of every type.
fn tool() -> Tool {
    let many = |of| Form::List { of: Box::new(of), least: 0, most: None };
    let maybe = |name: &str, form| optional(name, form);
    testing::tool(
        "t.call",
        vec![
            maybe("b", Form::Bool),
            maybe("n", testing::int()),
            maybe("m", testing::int()),
            maybe("d", Form::Decimal(Default::default())),
            maybe("pay", usd(MoneyForm::Number)),
            maybe("span", Form::Duration(TimeForm::Text)),
            maybe("at", Form::Timestamp(TimeForm::Text)),
            maybe("s", text()),
            maybe("id", Form::Id(None)),
            maybe("f", Form::Folded),
            maybe("mail", Form::Email),
            maybe("dom", Form::Domain),
            maybe("url", Form::Url),
            maybe("path", Form::Path),
            maybe("sh", Form::Shell),
            maybe("ns", many(testing::int())),
            maybe("ss", many(text())),
            maybe("mails", many(Form::Email)),
            maybe("doms", many(Form::Domain)),
            maybe("paths", many(Form::Path)),
            maybe("items", many(Form::Record(RecordId(0)))),
            maybe("nul", Form::OrNull(Box::new(testing::int()))),
            maybe("nuls", many(Form::OrNull(Box::new(testing::int())))),
            maybe("js", Form::Json),
        ],
    )
}

pub(super) fn write(source: &str) -> Written {
    let mut program = Program { tools: vec![tool()], ..Program::default() };
    program.records.push(agentpass_ir::Record {
        name: "Item".to_owned(),
        fields: vec![param("sku", text()), optional("price", testing::int()), param("tags", list(text()))],
        open: false,
    });
    let mut writer = Writer { program, vars: Vec::new() };
    writer.monitors();
    let spaced = source.replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    let root = writer.expression(&mut rest);
    assert!(rest.is_empty(), "{source}");
    let is_truth = *writer.ty(root) == Ty::Truth;
    let condition = if is_truth { root } else { writer.node(Op::Has(root), Ty::Truth) };
    writer.program.rules.push(Rule {
        id: "r".to_owned(),
        tools: vec![ToolId(0)],
        flow: None,
        guard: None,
        each: None,
        condition,
        effect: Effect::Deny,
        because: None,
        audit: None,
        origin: Origin::NOWHERE,
    });
    Written { contract: testing::verified(writer.program), root }
}

struct Writer {
    program: Program,
    vars: Vec<(String, Ty)>,
}

impl Writer {
    fn node(&mut self, op: Op, ty: Ty) -> NodeId {
        self.program.nodes.push(Node { op, ty, origin: Origin::NOWHERE });
        NodeId(self.program.nodes.len() as u32 - 1)
    }

    fn ty(&self, id: NodeId) -> &Ty {
        &self.program.nodes[id.index()].ty
    }

    fn constant(&mut self, value: Value, ty: Ty) -> NodeId {
        self.program.consts.push(value);
        let id = ConstId(self.program.consts.len() as u32 - 1);
        self.node(Op::Const(id), ty)
    }

    fn slot(&mut self, name: &str) -> NodeId {
        let params = &self.program.tools[0].params;
        let at = params
            .iter()
            .position(|param| param.wire == name)
            .unwrap_or_else(|| panic!("no parameter {name}"));
        let ty = params[at].form.ty();
        self.node(Op::Slot(self.program.param_slot(at as u32)), ty)
    }

    /// One per kind of question, joined by `id`.
    fn monitors(&mut self) {
        let id = self.slot("id");
        let pay = self.slot("pay");
        let parts = ["s", "n"].map(|name| {
            let node = self.slot(name);
            Kept { name: name.to_owned(), value: Join::Arg(node), ty: self.ty(node).clone() }
        });
        let keeps = [
            Keep::Spans { within: None },
            Keep::Latest(parts.to_vec()),
            Keep::Count { most: 10, within: None },
            Keep::Sum { amount: pay, currency: Currency::USD, within: None },
            Keep::Open,
        ];
        for keep in keeps {
            self.program.monitors.push(Monitor {
                of: Subject::Tool(ToolId(0)),
                phase: Phase::Completed,
                scope: Scope::Job,
                args: None,
                result: None,
                join: vec![Join::Arg(id)],
                keep,
                origin: Origin::NOWHERE,
            });
        }
    }

    fn expression(&mut self, rest: &mut &[&str]) -> NodeId {
        let (first, after) = rest.split_first().expect("an expression");
        *rest = after;
        if *first != "(" {
            return self.atom(first);
        }
        let (head, after) = rest.split_first().expect("an operation");
        *rest = after;
        let node = self.operation(head, rest);
        let (close, after) = rest.split_first().expect("a parenthesis");
        assert_eq!(*close, ")", "after {head}");
        *rest = after;
        node
    }

    fn all(&mut self, rest: &mut &[&str]) -> Vec<NodeId> {
        let mut all = Vec::new();
        while rest.first() != Some(&")") {
            all.push(self.expression(rest));
        }
        all
    }

    fn operation(&mut self, head: &str, rest: &mut &[&str]) -> NodeId {
        let mut word = || {
            let (first, after) = rest.split_first().expect("a word");
            *rest = after;
            *first
        };
        match head {
            "carries" => {
                let label = word().to_owned();
                let source = (rest.first() != Some(&")")).then(|| {
                    let (first, after) = rest.split_first().expect("a word");
                    *rest = after;
                    (*first).to_owned()
                });
                return self.node(Op::Carries { label, source }, Truth);
            }
            "named" => {
                let pieces = word().split_inclusive('*').flat_map(|piece| match piece.strip_suffix('*') {
                    Some(text) => vec![Piece::Text(text.to_owned()), Piece::Star],
                    None => vec![Piece::Text(piece.to_owned())],
                });
                let pattern = ToolPattern { alternatives: vec![pieces.collect()] };
                return self.node(Op::Named(pattern), Truth);
            }
            "each" | "some" => {
                let name = word().to_owned();
                let list = self.expression(rest);
                let element = self.ty(list).element().expect("a list").clone();
                let var = VarId(self.vars.len() as u32);
                self.vars.push((name, element));
                let body = self.expression(rest);
                self.vars.pop();
                let quantifier = if head == "each" { Quantifier::Each } else { Quantifier::Some };
                return self.node(Op::Over { quantifier, var, list, body }, Truth);
            }
            "segments" => {
                let mut parts = Vec::new();
                for id in self.all(rest) {
                    parts.push(Part::Text("/".to_owned()));
                    parts.push(Part::Value(id));
                }
                return self.node(Op::Segments(parts), Ty::Text);
            }
            _ => {}
        }
        let all = self.all(rest);
        self.plain(head, all)
    }

    /// An operation on expressions alone.
    fn plain(&mut self, head: &str, all: Vec<NodeId>) -> NodeId {
        use Ty::Truth as T;
        let recall = |monitor, keys: Vec<NodeId>| Recall { monitor: MonitorId(monitor), keys, within: None };
        let (op, ty) = match (head, all.as_slice()) {
            ("not", [a]) => (Op::Not(*a), T),
            ("and", _) => (Op::All(all), T),
            ("or", _) => (Op::Any(all), T),
            ("holds", [a]) => (Op::Holds(*a), T),
            ("has", [a]) => (Op::Has(*a), T),
            ("null?", [a]) => (Op::IsNull(*a), T),
            ("understood", [a]) => (Op::Understood(*a), T),
            ("among", [a, b]) => (Op::Among(*a, *b), T),
            ("in", [a, b]) => (Op::Within(*a, *b), T),
            ("in-any", [a, b]) => (Op::WithinAny(*a, *b), T),
            ("matches", [a, b]) => (Op::Matches(*a, *b), T),
            ("after", [a]) => (Op::After(Box::new(After { of: recall(0, vec![*a]), without: vec![] })), T),
            ("after", [a, b]) => {
                let without = vec![recall(0, vec![*b])];
                (Op::After(Box::new(After { of: recall(0, vec![*a]), without })), T)
            }
            ("past", [_]) => (Op::Past(recall(1, all)), Ty::Past(MonitorId(1))),
            ("calls", [_]) => (Op::Calls(recall(2, all)), Ty::Int),
            ("sum", [_]) => (Op::Sum(recall(3, all)), Ty::Money(Currency::USD)),
            ("open", [_]) => (Op::InFlight(recall(4, all)), Ty::Int),
            ("neg", [a]) => (Op::Negate(*a), self.ty(*a).clone()),
            ("??", [a, b]) => (Op::OrElse(*a, *b), self.ty(*a).clone()),
            ("list", [a, ..]) => {
                let ty = Ty::list(self.ty(*a).clone());
                (Op::Items(all), ty)
            }
            ("join", [a, b]) => (Op::Join(*a, *b), self.ty(*a).clone()),
            ("/", [a, b]) => (Op::JoinPath(*a, *b), Ty::Path),
            ("count", [a]) => (Op::Count(*a), Ty::Int),
            ("length", [a]) => (Op::Length(*a), Ty::Int),
            ("bool", [a]) => (Op::AsBool(*a), Ty::Bool),
            ("decimal", [a]) => (Op::Convert(Convert::Decimal, *a), self.converted(*a, Ty::Decimal)),
            ("folded", [a]) => (Op::Convert(Convert::Folded, *a), self.converted(*a, Ty::Folded)),
            ("domain", [a]) => (Op::Convert(Convert::Domain, *a), self.converted(*a, Ty::Domain)),
            ("+" | "-" | "*", [a, b]) => {
                let op = match head {
                    "+" => Arith::Add,
                    "-" => Arith::Subtract,
                    _ => Arith::Multiply,
                };
                let ty = match (head, self.ty(*a), self.ty(*b)) {
                    ("-", Ty::Timestamp, Ty::Timestamp) => Ty::Duration,
                    ("*", Ty::Int | Ty::Decimal, other) => other.clone(),
                    (_, other, _) => other.clone(),
                };
                (Op::Arith(op, *a, *b), ty)
            }
            (compare, [a, b]) => {
                let op = match compare {
                    "==" => Compare::Equal,
                    "!=" => Compare::NotEqual,
                    "<" => Compare::Less,
                    "<=" => Compare::LessOrEqual,
                    ">" => Compare::Greater,
                    ">=" => Compare::GreaterOrEqual,
                    other => panic!("no operation {other}"),
                };
                (Op::Compare(op, *a, *b), T)
            }
            (member, [a]) => {
                let (member, ty) = self.member(member, *a);
                (Op::Member(member, *a), ty)
            }
            _ => panic!("no operation {head}"),
        };
        self.node(op, ty)
    }

    fn converted(&self, of: NodeId, to: Ty) -> Ty {
        if self.ty(of).element().is_some() { Ty::list(to) } else { to }
    }

    fn member(&self, name: &str, of: NodeId) -> (Member, Ty) {
        let (member, ty) = match name {
            ".local" => (Member::Local, Ty::Text),
            ".domain" => (Member::Domain, Ty::Domain),
            ".scheme" => (Member::Scheme, Ty::Text),
            ".host" => (Member::Host, Ty::Domain),
            ".port" => (Member::Port, Ty::Int),
            ".path" => (Member::UrlPath, Ty::Path),
            ".commands" => (Member::Commands, Ty::list(Ty::Command)),
            ".program" => (Member::Program, Ty::Text),
            ".args" => (Member::Args, Ty::list(Ty::Text)),
            ".flags" => (Member::Flags, Ty::list(Ty::Text)),
            ".paths" => (Member::Paths, Ty::list(Ty::Path)),
            ".redirects" => (Member::Redirects, Ty::list(Ty::Path)),
            ".sku" => (Member::Field(0), Ty::Text),
            ".price" => (Member::Field(1), Ty::Int),
            ".tags" => (Member::Field(2), Ty::list(Ty::Text)),
            ".at" => (Member::At, Ty::Timestamp),
            ".s" => (Member::Kept(0), Ty::Text),
            ".n" => (Member::Kept(1), Ty::Int),
            other => panic!("no member {other}"),
        };
        match (self.ty(of), ty) {
            (Ty::List(_), ty @ Ty::List(_)) => (member, ty),
            (Ty::List(_), ty) => (member, Ty::list(ty)),
            (_, ty) => (member, ty),
        }
    }

    fn atom(&mut self, word: &str) -> NodeId {
        if let Some(at) = self.vars.iter().rposition(|(name, _)| name == word) {
            let ty = self.vars[at].1.clone();
            return self.node(Op::Var(VarId(at as u32)), ty);
        }
        let (value, ty) = match word.split_once(':') {
            Some(("dom", text)) => (Value::Domain(Domain::parse(text).unwrap()), Ty::Domain),
            Some(("path", text)) => (Value::Path(PathValue::parse(text).unwrap()), Ty::Path),
            Some(("glob", text)) => (Value::Glob(Glob::parse(text).unwrap()), Ty::Glob),
            Some(("cmd", text)) => {
                let pattern = CommandPattern::parse(&text.replace('_', " ")).unwrap();
                (Value::CommandPattern(pattern), Ty::CommandPattern)
            }
            Some(("re", text)) => (Value::Pattern(Pattern::new(text).unwrap()), Ty::Pattern),
            Some(("fold", text)) => (Value::Folded(Folded::new(text)), Ty::Folded),
            Some(("span", text)) => (Value::Duration(Duration::parse(text).unwrap()), Ty::Duration),
            Some(("at", text)) => (Value::Timestamp(Timestamp::parse(text).unwrap()), Ty::Timestamp),
            Some(("times", text)) => {
                let ranges = vec![TimeRange::parse(&text.replace('_', " ")).unwrap()];
                (Value::Times(Box::new(TimeSet { zone: Zone::utc(), ranges })), Ty::Times)
            }
            Some(("eur", text)) => {
                let euro = Currency::parse("EUR").unwrap();
                (Value::Money(Money::parse_literal(text, euro).unwrap()), Ty::Money(euro))
            }
            _ => match word {
                "true" | "false" => return self.node(Op::Known(word == "true"), Truth),
                "now" => return self.node(Op::Now, Ty::Timestamp),
                "digest" => return self.node(Op::Digest, Ty::Text),
                "labels" => return self.node(Op::Labels, Ty::list(Ty::Text)),
                "?int" => (Value::Unknown, Ty::Int),
                "?ints" => {
                    let all = vec![self.atom("1"), self.atom("?int")];
                    return self.node(Op::Items(all), Ty::list(Ty::Int));
                }
                "null" => (Value::Null, Ty::Int),
                "[]" => (Value::List(Vec::new()), Ty::list(Ty::Int)),
                word if word.starts_with('\'') => (Value::Text(word.trim_matches('\'').into()), Ty::Text),
                word if word.starts_with('$') => {
                    let money = Money::parse_literal(&word[1..], Currency::USD).unwrap();
                    (Value::Money(money), Ty::Money(Currency::USD))
                }
                word if word.contains('.') => (Value::Decimal(Decimal::parse(word).unwrap()), Ty::Decimal),
                word => match word.parse() {
                    Ok(number) => (Value::Int(number), Ty::Int),
                    Err(_) => return self.slot(word),
                },
            },
        };
        self.constant(value, ty)
    }
}

use Ty::Truth;
