//! A program as text, for people and for snapshots: every root with its expression written out, every table in order.
//!
//! Everything that decides stands in it, with texts quoted, so that two programs with one listing decide alike. Origins
//! do not: moving a rule is no change.

use std::fmt::Write;

use crate::program::{
    Ambient, Arith, Asked, Challenge, Charge, Compare, Effect, Form, Limit, Meter, MoneyForm, NodeId, Op,
    Param, Part, Presence, Program, Quantifier, Rule, Scalar, ScalarForm, SlotId, Step, Template, ToolId, Ty,
    Value, Window,
};

/// The listing of a program. A number that points nowhere is shown as `?`, so that a broken program can be looked at.
#[must_use]
pub fn listing(program: &Program) -> String {
    let mut out = String::new();
    let contract = &program.contract;
    // Writing to a string never fails.
    let _ = write!(out, "contract {:?}", contract.name);
    if let Some(version) = &contract.version {
        let _ = write!(out, " version {version:?}");
    }
    if !contract.agents.is_empty() {
        let _ = write!(out, " agents {:?}", contract.agents);
    }
    if let Some(from) = contract.valid_from {
        let _ = write!(out, " from {from}");
    }
    if let Some(before) = contract.valid_before {
        let _ = write!(out, " before {before}");
    }
    out.push('\n');
    for (id, tool) in program.tools.iter().enumerate() {
        let _ = writeln!(out, "\ntool t{id} {:?}", tool.wire);
        for (slot, param) in (Ambient::SLOTS..).zip(&tool.params) {
            let _ = writeln!(out, "    s{slot} {}", self::param(program, param));
        }
    }
    for (id, challenge) in program.challenges.iter().enumerate() {
        let _ = writeln!(out, "\nchallenge c{id} {}", self::challenge(challenge));
    }
    for (id, rule) in program.rules.iter().enumerate() {
        let _ = writeln!(out, "\nrule r{id} {:?} for {}", rule.id, tools(&rule.tools));
        self::rule(&mut out, program, rule);
    }
    for (id, limit) in program.limits.iter().enumerate() {
        let _ = writeln!(out, "\nlimit l{id} {}", self::limit(limit));
        for charge in program.charges.iter().filter(|charge| charge.limit.index() == id) {
            self::charge(&mut out, program, charge);
        }
    }
    out
}

fn param(program: &Program, param: &Param) -> String {
    let form = match &param.form {
        Form::One(of) => self::form(of),
        Form::List { of, least, most } => {
            let most = most.map(|most| most.to_string()).unwrap_or_default();
            format!("list<{}, {least}..{most}>", self::form(of))
        }
    };
    let presence = match param.presence {
        Presence::Required => String::new(),
        Presence::Optional => " optional".to_owned(),
        Presence::Default(id) => {
            format!(" = {}", program.consts.get(id.index()).map_or("?".to_owned(), value))
        }
    };
    format!("{:?}: {form}{presence}", param.wire)
}

fn form(form: &ScalarForm) -> String {
    match form {
        ScalarForm::Bool => "bool".to_owned(),
        ScalarForm::Int => "int".to_owned(),
        ScalarForm::Money(currency, MoneyForm::Cents) => format!("{currency} as cents"),
        ScalarForm::Money(currency, MoneyForm::Number) => format!("{currency} as number"),
        ScalarForm::Money(currency, MoneyForm::Text) => format!("{currency} as string"),
        ScalarForm::Text => "text".to_owned(),
        ScalarForm::Id(None) => "id".to_owned(),
        ScalarForm::Id(Some(pattern)) => format!("id {pattern:?}"),
        ScalarForm::Enum(cases) => format!("one of {cases:?}"),
    }
}

fn challenge(challenge: &Challenge) -> String {
    let who = match &challenge.who {
        Asked::Groups(groups) => format!("of {groups:?}"),
        Asked::User => "the user".to_owned(),
        Asked::Anyone => "anyone".to_owned(),
    };
    let separate = if challenge.separate_from_user { ", not the user" } else { "" };
    let expires = challenge.expires.map(|expires| format!(", for {expires}")).unwrap_or_default();
    format!("{:?} asks {} {who}{separate}{expires}", challenge.name, challenge.count)
}

fn tools(tools: &[ToolId]) -> String {
    tools.iter().map(|tool| format!("t{}", tool.0)).collect::<Vec<_>>().join(" ")
}

fn rule(out: &mut String, program: &Program, rule: &Rule) {
    if let Some(guard) = rule.guard {
        let _ = writeln!(out, "    when {}", expr(program, guard));
    }
    if let Some(each) = rule.each {
        let _ = writeln!(out, "    each v{} in {}", each.var.0, expr(program, each.list));
    }
    let verb = match rule.effect {
        Effect::Require => "require".to_owned(),
        Effect::Deny => "deny when".to_owned(),
        Effect::Challenge(id) => format!("challenge c{} when", id.0),
    };
    let _ = writeln!(out, "    {verb} {}", expr(program, rule.condition));
    for (word, text) in [("because", &rule.because), ("audit", &rule.audit)] {
        if let Some(text) = text {
            let _ = writeln!(out, "    {word} {}", template(program, text));
        }
    }
}

fn limit(limit: &Limit) -> String {
    let keys: Vec<String> = limit.keys.iter().map(|&key| scalar(key)).collect();
    let window = match limit.window {
        Window::Lifetime => "ever".to_owned(),
        Window::Rolling(length) => format!("in {length}"),
    };
    let bounds: Vec<String> = limit
        .bounds
        .iter()
        .map(|bound| {
            let step = match bound.step {
                Step::Deny => "deny",
            };
            match bound.meter {
                Meter::Calls => format!("calls <= {} else {step}", bound.most),
                Meter::Sum(currency) => format!("sum {currency} <= {}n else {step}", bound.most),
            }
        })
        .collect();
    format!("{:?} per [{}] {window}: {}", limit.id, keys.join(", "), bounds.join("; "))
}

fn charge(out: &mut String, program: &Program, charge: &Charge) {
    let keys: Vec<String> = charge.keys.iter().map(|&key| expr(program, key)).collect();
    let lines: Vec<String> = charge
        .lines
        .iter()
        .map(|line| {
            let amount = line.amount.map_or("1".to_owned(), |amount| expr(program, amount));
            let because = line.because.as_ref().map(|text| format!(" because {}", template(program, text)));
            amount + &because.unwrap_or_default()
        })
        .collect();
    let guard = charge.guard.map(|guard| format!(" when {}", expr(program, guard))).unwrap_or_default();
    let _ = writeln!(out, "    t{} [{}] + {}{guard}", charge.tool.0, keys.join(", "), lines.join("; "));
}

fn template(program: &Program, template: &Template) -> String {
    let parts = template.parts.iter().map(|part| match part {
        Part::Text(text) => format!("{text:?}"),
        Part::Value(node) => expr(program, *node),
    });
    parts.collect::<Vec<_>>().join(" ")
}

fn scalar(of: Scalar) -> String {
    match of {
        Scalar::Bool => "bool".to_owned(),
        Scalar::Int => "int".to_owned(),
        Scalar::Money(currency) => currency.to_string(),
        Scalar::Text => "text".to_owned(),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Money(value) => value.to_string(),
        Value::Text(value) => format!("{value:?}"),
        Value::List(all) => format!("[{}]", all.iter().map(self::value).collect::<Vec<_>>().join(", ")),
    }
}

fn slot(slot: SlotId) -> String {
    Ambient::at(slot).map_or_else(|| format!("s{}", slot.0), |ambient| ambient.word().to_owned())
}

fn expr(program: &Program, id: NodeId) -> String {
    let Some(node) = program.nodes.get(id.index()) else { return "?".to_owned() };
    // A broken program may refer forwards, and so in a circle.
    let mut ordered = true;
    node.op.children(&mut |child| ordered &= child < id);
    if !ordered {
        return "?".to_owned();
    }
    let of = |id: &NodeId| expr(program, *id);
    let all = |ids: &[NodeId], between: &str| ids.iter().map(of).collect::<Vec<_>>().join(between);
    match &node.op {
        Op::Const(id) => program.consts.get(id.index()).map_or("?".to_owned(), value),
        Op::Slot(id) => slot(*id),
        Op::Var(var) => format!("v{}", var.0),
        Op::Arith(op, a, b) => {
            let sign = match op {
                Arith::Add => "+",
                Arith::Subtract => "-",
                Arith::Multiply => "*",
            };
            format!("({} {sign} {})", of(a), of(b))
        }
        Op::Negate(a) => format!("(- {})", of(a)),
        Op::OrElse(a, b) => format!("({} ?? {})", of(a), of(b)),
        Op::Items(ids) => format!("[{}]", all(ids, ", ")),
        Op::Join(a, b) => format!("({} ++ {})", of(a), of(b)),
        Op::Count(a) => format!("count({})", of(a)),
        Op::Known(truth) => truth.to_string(),
        Op::Holds(a) => format!("holds({})", of(a)),
        Op::Compare(op, a, b) => {
            let sign = match op {
                Compare::Equal => "==",
                Compare::NotEqual => "!=",
                Compare::Less => "<",
                Compare::LessOrEqual => "<=",
                Compare::Greater => ">",
                Compare::GreaterOrEqual => ">=",
            };
            format!("({} {sign} {})", of(a), of(b))
        }
        Op::Among(a, list) => format!("({} in {})", of(a), of(list)),
        Op::Has(a) => format!("has({})", of(a)),
        Op::Not(a) => format!("not({})", of(a)),
        Op::All(ids) => format!("all({})", all(ids, ", ")),
        Op::Any(ids) => format!("any({})", all(ids, ", ")),
        Op::Over { quantifier, var, list, body } => {
            let word = match quantifier {
                Quantifier::Each => "each",
                Quantifier::Some => "some",
            };
            format!("({word} v{} in {}: {})", var.0, of(list), of(body))
        }
    }
}

/// The type as it is shown in messages of tools.
impl std::fmt::Display for Ty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ty::Truth => f.write_str("a truth"),
            Ty::One(of) => f.write_str(&scalar(*of)),
            Ty::List(of) => write!(f, "list<{}>", scalar(*of)),
        }
    }
}
