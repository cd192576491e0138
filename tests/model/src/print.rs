//! A contract as people would write it, so that the compiler and the gate can have it too.

use std::fmt::Write;

use crate::contract::{
    About, Action, Arg, Bound, By, Challenge, Cond, Contract, Flow, Last, Limit, Meter, Millis, Of, Once, Op,
    Part, Past, Phase, Rule, RuleKind, Same, Stop, Then, Tool, Unit, Who, Window, Within, Zone,
};

/// The parameters of every tool.
const SIGNATURE: &str = "(a: id, l: list<id, 0..>, k: \"p\" | \"q\", n: int, m: money<USD> as cents)";

/// The text of a contract.
#[must_use]
pub fn print(contract: &Contract) -> String {
    let mut out = String::from("edition 2026\ncontract model { version \"1\" }\n");
    for label in &contract.labels {
        line(&mut out, 0, &format!("{}label {}", if label.guarded { "guarded " } else { "" }, label.name));
    }
    line(&mut out, 0, "event E0(a: id)\nevent E1(a: id)");
    if contract.spends {
        line(&mut out, 0, "host { tokens: int, cost: money<USD> as cents }");
        line(&mut out, 0, "on any { uses tokens host.tokens; uses cost host.cost }");
    }
    contract.challenges.iter().for_each(|of| challenge(&mut out, of));
    for (at, tool) in contract.tools.iter().enumerate() {
        line(&mut out, 0, &format!("tool {}{SIGNATURE} {{", tool.name));
        facts(&mut out, tool);
        clauses(&mut out, contract, Some(at));
        line(&mut out, 0, "}");
    }
    clauses(&mut out, contract, None);
    contract.flows.iter().for_each(|of| flow(&mut out, contract, of));
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    // Writing to a string never fails.
    let _ = writeln!(out, "{}{text}", "    ".repeat(depth));
}

fn challenge(out: &mut String, of: &Challenge) {
    let count = if of.count == 1 { String::new() } else { format!("{} of ", of.count) };
    let who = match &of.who {
        Who::Group(name) => format!("group \"{name}\""),
        Who::User => "user".to_owned(),
        Who::Anyone => "anyone".to_owned(),
    };
    let separate = match (of.not_user, of.not_agent) {
        (true, true) => "; separate from user, agent",
        (true, false) => "; separate from user",
        (false, true) => "; separate from agent",
        (false, false) => "",
    };
    let expires = of.expires.map(|length| format!("; expires {}", duration(length))).unwrap_or_default();
    let used =
        of.reusable.map_or("single use".to_owned(), |length| format!("reusable for {}", duration(length)));
    line(out, 0, &format!("challenge {} {{ ask {count}{who}{separate}{expires}; {used} }}", of.name));
}

fn facts(out: &mut String, tool: &Tool) {
    let action = match tool.action {
        Action::Read => "read",
        Action::Write => "write",
        Action::Send => "send",
        Action::Pay => "pay",
    };
    line(out, 1, &format!("action {action}; amount m"));
    if let Some(reads) = &tool.reads {
        let labels = reads.labels.join(", ");
        let carrying = if labels.is_empty() { String::new() } else { format!(" carrying {labels}") };
        line(out, 1, &format!("reads {}{carrying}", reads.source));
        if let Some(releases) = &reads.releases {
            line(out, 1, &format!("releases {}", releases.join(", ")));
        }
    }
    if let Some(to) = &tool.sends {
        line(out, 1, &format!("sends to {to}"));
    }
    if tool.trusted {
        line(out, 1, "trusted result { s: \"x\" | \"y\" }");
    }
    if tool.harmless_errors {
        line(out, 1, "error means no effect");
    }
    if let Some(runs) = tool.runs {
        line(out, 1, &format!("runs at most {}", duration(runs)));
    }
}

fn clauses(out: &mut String, contract: &Contract, place: Option<usize>) {
    let depth = usize::from(place.is_some());
    for rule in contract.rules.iter().filter(|rule| rule.tool == place) {
        lets(out, depth, contract, &rule.cond);
        line(out, depth, &self::rule(contract, rule));
    }
    for once in contract.onces.iter().filter(|once| Some(once.tool) == place) {
        line(out, depth, &self::once(once));
    }
    for limit in contract.limits.iter().filter(|limit| limit.tool == place) {
        self::limit(out, depth, contract, limit);
    }
}

fn lets(out: &mut String, depth: usize, contract: &Contract, of: &Cond) {
    match of {
        Cond::Last(Last { name, first, past: of, within: time, .. }) => {
            let word = if *first { "first" } else { "latest" };
            // `first` looks at the whole job.
            let time = if *first { String::new() } else { format!(" {}", within(*time)) };
            line(out, depth, &format!("let {name} = ({word} {}{time})", past(contract, of)));
        }
        Cond::Not(of) => lets(out, depth, contract, of),
        Cond::And(left, right) | Cond::Or(left, right) => {
            lets(out, depth, contract, left);
            lets(out, depth, contract, right);
        }
        _ => {}
    }
}

fn distinct(contract: &Contract, arg: Arg, of: &Past, time: Within) -> String {
    let arg = match arg {
        Arg::A => "a",
        Arg::L => "l",
    };
    format!("distinct {arg} of {} {}", past(contract, of), within(time))
}

fn rule(contract: &Contract, of: &Rule) -> String {
    format!("{} as {}", verb(contract, of.kind, &of.cond), of.name)
}

fn verb(contract: &Contract, kind: RuleKind, of: &Cond) -> String {
    let of = cond(contract, of);
    match kind {
        RuleKind::Require => format!("require {of}"),
        RuleKind::Deny => format!("deny when {of}"),
        RuleKind::Challenge(on) => format!("challenge {} when {of}", asked(contract, on)),
    }
}

fn asked(contract: &Contract, on: usize) -> &str {
    contract.challenges.get(on).map_or("nobody", |challenge| &challenge.name)
}

fn once(of: &Once) -> String {
    let ledger = of.ledger.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    let replay = of.replay.map(|length| format!(" replay for {}", duration(length))).unwrap_or_default();
    format!("once per {}{ledger}{replay} as {}", parts(&of.keys), of.name)
}

fn parts(of: &[Part]) -> String {
    of.iter().map(|part| self::part(*part)).collect::<Vec<_>>().join(", ")
}

fn part(of: Part) -> &'static str {
    match of {
        Part::Job => "job",
        Part::User => "user",
        Part::Agent => "agent",
        Part::Tenant => "tenant",
        Part::ArgA => "a",
        Part::ArgK => "k",
        Part::Tool => "call.tool",
        Part::Digest => "call.digest",
    }
}

fn limit(out: &mut String, depth: usize, contract: &Contract, of: &Limit) {
    let window = match of.window {
        Window::Lifetime => String::new(),
        Window::Rolling(length) => format!(" in any {}", duration(length)),
        Window::Calendar(unit, zone) => {
            let unit = match unit {
                Unit::Hour => "hour",
                Unit::Day => "day",
                Unit::Week => "week",
                Unit::Month => "month",
            };
            let zone = match zone {
                Zone::Utc => "UTC",
                Zone::Berlin => "Europe/Berlin",
            };
            format!(" each {unit} in \"{zone}\"")
        }
    };
    let when = of.when.as_ref().map(|of| format!(" when {}", cond(contract, of))).unwrap_or_default();
    line(out, depth, &format!("limit {} per {}{window}{when} {{", of.name, parts(&of.keys)));
    of.bounds.iter().for_each(|of| bound(out, depth + 1, contract, of));
    line(out, depth, "}");
}

fn bound(out: &mut String, depth: usize, contract: &Contract, of: &Bound) {
    let (meter, most) = match &of.meter {
        Meter::Calls => ("calls".to_owned(), of.most.to_string()),
        Meter::CallsPer(key) => (format!("calls per {}", part(*key)), of.most.to_string()),
        Meter::Retries => ("retries".to_owned(), of.most.to_string()),
        Meter::Tokens => ("tokens".to_owned(), of.most.to_string()),
        Meter::Cost => ("cost".to_owned(), money(of.most)),
        Meter::Sum => ("sum amount".to_owned(), money(of.most)),
        Meter::SumOf(tool) => {
            let tool = contract.tools.get(*tool).map_or("nothing", |tool| &tool.name);
            (format!("sum amount of {tool}"), money(of.most))
        }
        Meter::InFlight => ("in_flight".to_owned(), of.most.to_string()),
        Meter::Runtime => ("runtime".to_owned(), duration(of.most)),
        Meter::Denials => ("denials".to_owned(), of.most.to_string()),
    };
    let then = match of.then {
        Then::Deny => format!("at most {most}"),
        Then::Warn => format!("above {most} then warn"),
        Then::Challenge(on) => format!("above {most} then challenge {}", asked(contract, on)),
        Then::Suspend(stop) => {
            let stop = match stop {
                Stop::Job => "job",
                Stop::Agent => "agent",
                Stop::Tool => "tool",
                Stop::Gate => "gate",
            };
            format!("at most {most} then suspend {stop}")
        }
    };
    line(out, depth, &format!("{meter} {then} as {}", of.name));
}

fn flow(out: &mut String, contract: &Contract, of: &Flow) {
    let carrying = of.carrying.as_ref().map(|carrying| {
        let mode = if carrying.all { "all " } else { "any " };
        format!(" carrying {mode}{}", carrying.labels.join(", "))
    });
    let carrying = carrying.unwrap_or_default();
    let head = format!("flow {}{carrying}", of.ends());
    let rule =
        of.rule.as_ref().map(|(kind, of_rule)| format!("{} as {}", verb(contract, *kind, of_rule), of.name));
    line(out, 0, &format!("{head} {{ {} }}", rule.unwrap_or_default()));
}

fn cond(contract: &Contract, of: &Cond) -> String {
    match of {
        Cond::Number(op, value) => format!("n {} {value}", op.sign()),
        Cond::Kind(kind) => format!("k == \"{}\"", kind.word()),
        Cond::Is(value) => format!("a == \"{value}\""),
        Cond::Amount(op, value) => format!("call.amount {} {}", op.sign(), money(*value)),
        Cond::Carries(label, None) => format!("job carries {label}"),
        Cond::Carries(label, Some(from)) => format!("job carries {label} from {from}"),
        Cond::After(of, time, no) => {
            format!("(after {} {}{})", past(contract, of), within(*time), no_since(contract, no))
        }
        Cond::Count(of, time, op, value, no) => {
            let no = no_since(contract, no);
            format!("(calls of {} {}{no}) {} {value}", past(contract, of), within(*time), op.sign())
        }
        Cond::Sum(of, time, op, value, no) => {
            let no = no_since(contract, no);
            format!(
                "(sum amount of {} {}{no}) {} {}",
                past(contract, of),
                within(*time),
                op.sign(),
                money(*value)
            )
        }
        Cond::InFlight(of, op, value) => {
            format!("(in_flight of {}) {} {value}", past(contract, of), op.sign())
        }
        Cond::Distinct(arg, of, time, op, value) => {
            format!("count({}) {} {value}", distinct(contract, *arg, of, *time), op.sign())
        }
        Cond::Seen(arg, of, time) => format!("(a in {})", distinct(contract, *arg, of, *time)),
        Cond::Over { name, each, arg, of, within: time, body } => {
            let word = if *each { "each" } else { "some" };
            let values = distinct(contract, *arg, of, *time);
            format!("({word} {name} in {values}: {})", cond(contract, body))
        }
        Cond::Last(of) => {
            let name = &of.name;
            let about = match of.about {
                About::Number(op, value) => format!("{name}.args.n {} {value}", op.sign()),
                About::SameA => format!("{name}.args.a == a"),
                About::Result(answer) => format!("{name}.result.s == \"{}\"", answer.word()),
                About::Since(length) => format!("{name}.at >= now - {}", duration(length)),
            };
            if of.or_none {
                format!("(not has {name} or {about})")
            } else {
                format!("(has {name} and {about})")
            }
        }
        Cond::Not(of) => format!("not ({})", cond(contract, of)),
        Cond::And(left, right) => format!("({} and {})", cond(contract, left), cond(contract, right)),
        Cond::Or(left, right) => format!("({} or {})", cond(contract, left), cond(contract, right)),
    }
}

fn no_since(contract: &Contract, no: &[Past]) -> String {
    no.iter().map(|no| format!(" with no {} since", past(contract, no))).collect()
}

fn past(contract: &Contract, of: &Past) -> String {
    let phase = match of.phase {
        None => "",
        Some(Phase::Completed) => "completed ",
        Some(Phase::Started) => "started ",
        Some(Phase::Failed) => "failed ",
        Some(Phase::Attempted) => "attempted ",
    };
    let name = match of.of {
        Of::Tool(tool) => contract.tools.get(tool).map_or("nothing".to_owned(), |tool| tool.name.clone()),
        Of::Event(kind) => format!("E{kind}"),
    };
    let mut filters = Vec::new();
    match &of.a {
        Some(Same::Here) => filters.push("a: a".to_owned()),
        Some(Same::Each(name)) => filters.push(format!("a: {name}")),
        Some(Same::Is(value)) => filters.push(format!("a: \"{value}\"")),
        None => {}
    }
    if let Some((op, value)) = of.n {
        filters.push(format!("n: {} {value}", op.sign()));
    }
    if let Some(kind) = of.k {
        filters.push(format!("k: \"{}\"", kind.word()));
    }
    if let Some(answer) = of.result {
        filters.push(format!("result.s: \"{}\"", answer.word()));
    }
    let filters = if filters.is_empty() { String::new() } else { format!("({})", filters.join(", ")) };
    let by = match of.by {
        By::Job => "",
        By::User => " by user",
        By::Agent => " by agent",
        By::Tenant => " by tenant",
    };
    format!("{phase}{name}{filters}{by}")
}

fn within(of: Within) -> String {
    match of {
        Within::Time(length) => format!("within {}", duration(length)),
        Within::Job => "within job".to_owned(),
    }
}

fn duration(of: Millis) -> String {
    match of {
        of if of % 3_600_000 == 0 => format!("{}h", of / 3_600_000),
        of if of % 60_000 == 0 => format!("{}m", of / 60_000),
        of if of % 1000 == 0 => format!("{}s", of / 1000),
        of => format!("{of}ms"),
    }
}

fn money(cents: i64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

impl Op {
    fn sign(self) -> &'static str {
        match self {
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::More => ">",
            Op::AtLeast => ">=",
            Op::Equal => "==",
        }
    }
}
