//! One program in which everything occurs.

use agentpass_values::{
    CalendarUnit, CommandPattern, Currency, Decimal, Domain, Email, Folded, Glob, PathValue, Pattern,
    TimeRange, TimeSet, Timestamp, WebUrl, Zone,
};

use super::{
    Make, USD, at, bound, challenge, dollars, limit, line, list_of, minutes, monitor, names, optional, param,
    rule, tool,
};
use crate::*;

/// Everything at least once.
pub(crate) fn rich() -> Program {
    let mut make = Make::default();
    head(&mut make.program);
    tables(&mut make);
    tools(&mut make);
    monitors(&mut make);
    rules(&mut make);
    memory(&mut make);
    limits(&mut make);
    challenges(&mut make);
    make.program
}

fn head(program: &mut Program) {
    program.contract = Contract {
        name: "rich".to_owned(),
        version: Some("1.2".to_owned()),
        agents: vec!["desk/*".to_owned()],
        valid_from: Some(Timestamp::from_nanos(1_000_000_000)),
        valid_before: Some(Timestamp::from_nanos(2_000_000_000_000_000_000)),
        params: vec![("project".to_owned(), "/srv".to_owned())],
        data: vec!["unicode 17.0".to_owned()],
    };
    program.files = vec!["a.agentpass".to_owned(), "b.agentpass".to_owned()];
    program.host = vec![
        param("ok", Form::Bool),
        optional("from", Form::Folded),
        optional("classes", list_of(Form::Folded, 0, None)),
        param("cost", Form::Money(Currency::USD, MoneyForm::Host)),
        param("tokens", Form::Int(Range::default())),
    ];
    program.job = vec![param("customer id", Form::Id(None))];
}

fn tables(make: &mut Make) {
    let default = make.constant(Value::List(vec![Value::Text("none".into())]));
    let whole = Range {
        minimum: Some(Decimal::from_int(0)),
        above: None,
        maximum: None,
        below: Some(Decimal::from_int(9)),
    };
    let real = Range {
        minimum: None,
        above: Some(Decimal::from_int(1)),
        maximum: Some(Decimal::from_int(2)),
        below: None,
    };
    make.program.records = vec![
        Record {
            name: "item".to_owned(),
            fields: vec![
                param("sku", Form::Text(TextBounds::default())),
                param("price", Form::Money(Currency::USD, MoneyForm::Number)),
                Param {
                    presence: Presence::Default(default),
                    ..param("tags", list_of(Form::Enum(vec!["none".to_owned()]), 1, None))
                },
                optional("odd name", Form::OrNull(Box::new(Form::Text(TextBounds::default())))),
            ],
            open: false,
        },
        Record {
            name: "odd".to_owned(),
            fields: vec![
                param("a", Form::Int(whole)),
                param("b", Form::IntText),
                param("c", Form::IntEnum(vec![1, -2])),
                param("d", Form::Decimal(real)),
                param("e", Form::DecimalText),
                param("f", Form::Duration(TimeForm::Text)),
                param("g", Form::Timestamp(TimeForm::Seconds)),
                param("h", Form::Timestamp(TimeForm::Millis)),
                param("i", Form::Null),
                param("j", Form::AnyOf(vec![Form::Bool, Form::Record(RecordId(0))])),
                param("k", Form::Map(Box::new(Form::Json))),
                param("l", Form::Money(Currency::USD, MoneyForm::Text)),
                param("m", list_of(Form::Record(RecordId(0)), 0, Some(3))),
            ],
            open: true,
        },
    ];
    let word = Pattern::new("[a-z]+").unwrap();
    make.program.schemas = vec![
        Schema { demands: vec![Demand::Kinds(vec![Kind::Object]), Demand::Same(SchemaId(1))] },
        Schema {
            demands: vec![
                Demand::Properties {
                    named: vec![("x".into(), SchemaId(0))],
                    matching: vec![(word.clone(), SchemaId(1))],
                    rest: None,
                },
                Demand::Matches(word),
                Demand::Minimum("1e3".into()),
                Demand::If { condition: SchemaId(0), then: Some(SchemaId(1)), otherwise: None },
            ],
        },
    ];
    make.program.events = vec![Event {
        name: "Suspended".to_owned(),
        fields: vec![
            param("user", Form::Id(None)),
            param("amount", Form::Money(Currency::USD, MoneyForm::Host)),
        ],
        origin: at(8),
    }];
    make.program.guarded = vec!["pii".to_owned(), "secret".to_owned()];
    make.program.flows = vec![
        Flow {
            id: "crm -> agent_context".to_owned(),
            ends: Some(Ends { from: Some("crm".to_owned()), to: Some(AGENT_CONTEXT.to_owned()) }),
            labels: vec!["pii".to_owned()],
            all: false,
            origin: at(9),
        },
        Flow {
            id: "any -> mail".to_owned(),
            ends: Some(Ends { from: None, to: Some("mail".to_owned()) }),
            labels: vec!["pii".to_owned(), "secret".to_owned()],
            all: true,
            origin: at(10),
        },
        Flow { id: "otherwise".to_owned(), ends: None, labels: Vec::new(), all: false, origin: at(11) },
    ];
    make.program.skills = vec![
        Skill {
            name: "refund".to_owned(),
            digest: Some([7; 32]),
            invokes: vec![(ToolId(1), None), (ToolId(3), Some(names(&["github.get_*"])))],
            origin: at(12),
        },
        Skill { name: "none".to_owned(), digest: None, invokes: Vec::new(), origin: at(13) },
    ];
}

fn tools(make: &mut Make) {
    let kind = make.constant(Value::Text("refund".into()));
    let holds = make.host(0);
    let holds = make.truth(Op::Holds(holds));
    let to = make.arg(0, Ty::list(Ty::Email));
    let domains = make.node(Op::Member(Member::Domain, to), Ty::list(Ty::Domain));
    let from = make.host(1);
    let crm = make.text("crm");
    let classes = make.host(2);
    let carries = make.truth(Op::Carries { label: "pii".to_owned(), source: Some("crm".to_owned()) });
    let mail = Tool {
        action: Action::Send,
        sends: vec![
            Sending { to: "mail".to_owned(), at: Some(domains), origin: at(14) },
            Sending { to: "log".to_owned(), at: None, origin: at(15) },
        ],
        flows: vec![(FlowId(1), Some(carries)), (FlowId(2), None)],
        ..tool("mail", vec![param("to", list_of(Form::Email, 1, None)), optional("at", Form::Url)])
    };
    let text = TextBounds { min_length: Some(1), max_length: Some(9), pattern: Some("^/|x".to_owned()) };
    let pay = Tool {
        params: vec![
            param("customer", Form::Id(Some("cus_[0-9a-z]+".to_owned()))),
            param("amount", Form::Money(Currency::USD, MoneyForm::Cents)),
            param("items", list_of(Form::Record(RecordId(0)), 1, Some(5))),
            optional("command", Form::Shell),
            Param {
                presence: Presence::Default(kind),
                ..param("kind", Form::Enum(vec!["refund".to_owned()]))
            },
            param("file", Form::Text(text)),
            param("odd", Form::Record(RecordId(1))),
            param("host", Form::Domain),
        ],
        views: vec![View { param: 5, form: Form::Path }],
        schema: Some(SchemaId(0)),
        action: Action::Pay,
        results: vec![param("paid", Form::Bool), param("reference", Form::Id(None))],
        error_means_no_effect: true,
        runs_at_most: Some(minutes(5)),
        crossings: vec![Crossing { from: crm, to: from, labels: vec![classes, crm], origin: at(16) }],
        ..tool("pay", Vec::new())
    };
    let read = Tool {
        reads: vec![Reading { source: "crm".to_owned(), labels: vec!["pii".to_owned()], origin: at(17) }],
        releases: Some(vec!["pii".to_owned()]),
        flows: vec![(FlowId(0), Some(holds))],
        ..tool("read", vec![param("id", Form::Id(None))])
    };
    let family = Tool {
        name: ToolName::Family("github.*".to_owned(), names(&["github.*"])),
        open: true,
        ..tool("", Vec::new())
    };
    let otherwise =
        Tool { name: ToolName::Otherwise, open: true, action: Action::Admin, ..tool("", Vec::new()) };
    make.program.tools = vec![mail, pay, read, family, otherwise];
}

/// The monitors that `memory` asks.
fn monitors(make: &mut Make) {
    let (pay, read) = (Subject::Tool(ToolId(1)), Subject::Tool(ToolId(2)));
    let customer = make.arg(0, Ty::Text);
    let amount = make.arg(1, USD);
    let five = make.of(dollars(5), USD);
    let large = make.compare(Compare::Greater, amount, five);
    let paid = make.node(Op::Result(0), Ty::Bool);
    let paid = make.truth(Op::Holds(paid));
    let reference = make.node(Op::Result(1), Ty::Text);
    let id = make.arg(0, Ty::Text);
    let lost = make.arg(1, USD);
    let who = make.arg(0, Ty::Text);
    let latest = vec![
        Kept { name: "args.amount".to_owned(), value: Join::Arg(amount), ty: USD },
        Kept { name: "result.reference".to_owned(), value: Join::Result(reference), ty: Ty::Text },
    ];
    let by = |join: Vec<Join>, monitor: Monitor| Monitor { join, ..monitor };
    make.program.monitors = vec![
        Monitor {
            args: Some(large),
            result: Some(paid),
            scope: Scope::User,
            ..by(
                vec![Join::Arg(customer), Join::Result(reference)],
                monitor(pay, Phase::Completed, Keep::Latest(latest)),
            )
        },
        monitor(read, Phase::Failed, Keep::First(Vec::new())),
        by(vec![Join::Arg(id)], monitor(read, Phase::Completed, Keep::Spans { within: Some(minutes(30)) })),
        monitor(pay, Phase::Started, Keep::Spans { within: None }),
        Monitor {
            scope: Scope::Agent,
            ..monitor(pay, Phase::Started, Keep::Count { most: 4, within: Some(minutes(60)) })
        },
        monitor(read, Phase::Attempted, Keep::Count { most: 9, within: None }),
        Monitor {
            scope: Scope::Tenant,
            ..monitor(
                pay,
                Phase::Started,
                Keep::Sum { amount, currency: Currency::USD, within: Some(minutes(60)) },
            )
        },
        by(
            vec![Join::Arg(who)],
            monitor(
                Subject::Event(EventId(0)),
                Phase::Completed,
                Keep::Sum { amount: lost, currency: Currency::USD, within: None },
            ),
        ),
        monitor(pay, Phase::Started, Keep::Open),
        Monitor {
            scope: Scope::Tenant,
            ..monitor(
                pay,
                Phase::Completed,
                Keep::Distinct {
                    value: Kept {
                        name: "result.reference".to_owned(),
                        value: Join::Result(reference),
                        ty: Ty::Text,
                    },
                    most: 5,
                    within: Some(minutes(60)),
                },
            )
        },
        monitor(pay, Phase::Failed, Keep::Runs { most: 3, within: Some(minutes(60)) }),
        monitor(pay, Phase::Started, Keep::Spent { amount, currency: Currency::USD, within: None }),
    ];
}

/// Rules over one call.
fn rules(make: &mut Make) {
    // A skill's guard, and one instance per element.
    let skill = make.ambient(Ambient::Skill);
    let asked = make.truth(Op::Has(skill));
    let refund = make.text("refund");
    let same = make.compare(Compare::Equal, skill, refund);
    let guard = make.truth(Op::All(vec![asked, same]));
    let items = make.arg(2, Ty::list(Ty::Record(RecordId(0))));
    let item = make.node(Op::Var(VarId(0)), Ty::Record(RecordId(0)));
    let price = make.node(Op::Member(Member::Field(1), item), USD);
    let sku = make.node(Op::Member(Member::Field(0), item), Ty::Text);
    let word = make.of(Value::Pattern(Pattern::new("[a-z]+").unwrap()), Ty::Pattern);
    let matches = make.truth(Op::Matches(sku, word));
    let two = make.int(2);
    let twice = make.node(Op::Arith(Arith::Multiply, price, two), USD);
    let negative = make.node(Op::Negate(twice), USD);
    let less = make.compare(Compare::Less, negative, price);
    let tags = make.node(Op::Member(Member::Field(2), item), Ty::list(Ty::Text));
    let tag = make.node(Op::Var(VarId(1)), Ty::Text);
    let long = make.node(Op::Length(tag), Ty::Int);
    let short = make.compare(Compare::LessOrEqual, long, two);
    let each = make.truth(Op::Over { quantifier: Quantifier::Each, var: VarId(1), list: tags, body: short });
    let odd = make.node(Op::Member(Member::Field(3), item), Ty::Text);
    let null = make.truth(Op::IsNull(odd));
    let condition = make.truth(Op::All(vec![matches, less, each, null]));
    let because = Template { parts: vec![Part::Value(sku), Part::Text(" is odd".to_owned())] };
    let mut first = rule("pay/items", &[1], Effect::Require, condition);
    first.guard = Some(guard);
    first.each = Some(Each { var: VarId(0), list: items });
    first.because = Some(because);
    first.audit = Some(Template { parts: vec![Part::Text("see the order".to_owned())] });

    // Command lines, paths, times, addresses.
    let shell = make.arg(3, Ty::Shell);
    let understood = make.truth(Op::Understood(shell));
    let commands = make.node(Op::Member(Member::Commands, shell), Ty::list(Ty::Command));
    let command = make.node(Op::Var(VarId(0)), Ty::Command);
    let patterns = make.of(
        Value::List(vec![Value::CommandPattern(CommandPattern::parse("git status").unwrap())]),
        Ty::list(Ty::CommandPattern),
    );
    let within_any = make.truth(Op::WithinAny(command, patterns));
    let some = make.truth(Op::Over {
        quantifier: Quantifier::Some,
        var: VarId(0),
        list: commands,
        body: within_any,
    });
    let paths = make.node(Op::Member(Member::Paths, commands), Ty::list(Ty::Path));
    let file = make.arg(8, Ty::Path);
    let all_paths = make.node(Op::Items(vec![file]), Ty::list(Ty::Path));
    let all_paths = make.node(Op::Join(paths, all_paths), Ty::list(Ty::Path));
    let count = make.node(Op::Count(all_paths), Ty::Int);
    let count = make.node(Op::Convert(Convert::Decimal, count), Ty::Decimal);
    let half = make.of(Value::Decimal(Decimal::parse("2.5").unwrap()), Ty::Decimal);
    let few = make.compare(Compare::Less, count, half);
    let folder = make.of(Value::Path(PathValue::parse("/srv").unwrap()), Ty::Path);
    let name = make.text("data");
    let joined = make.node(Op::JoinPath(folder, name), Ty::Path);
    let inside = make.truth(Op::Within(file, joined));
    let glob = make.of(Value::Glob(Glob::parse("**/*.{md,txt}").unwrap()), Ty::Glob);
    let globbed = make.truth(Op::Within(file, glob));
    let now = make.node(Op::Now, Ty::Timestamp);
    let times = TimeSet {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        ranges: vec![TimeRange::parse("mon..fri 09:00..17:00").unwrap()],
    };
    let times = make.of(Value::Times(Box::new(times)), Ty::Times);
    let open = make.truth(Op::Within(now, times));
    let day = make.of(Value::Duration(minutes(1440)), Ty::Duration);
    let tomorrow = make.node(Op::Arith(Arith::Add, now, day), Ty::Timestamp);
    let later = make.of(Value::Timestamp(Timestamp::from_nanos(77)), Ty::Timestamp);
    let soon = make.compare(Compare::GreaterOrEqual, tomorrow, later);
    let not_open = make.truth(Op::Not(open));
    let condition = make.truth(Op::Any(vec![understood, some, few, inside, globbed, not_open, soon]));
    let mut second = rule("pay/commands", &[1], Effect::Deny, condition);
    second.guard = Some(understood);

    // What every tool has.
    let via = make.ambient(Ambient::Via);
    let root = make.text("root");
    let among = make.truth(Op::Among(root, via));
    let none = make.of(Value::Folded(Folded::new(" None ")), Ty::Folded);
    let from = make.host(1);
    let from = make.node(Op::OrElse(from, none), Ty::Folded);
    let user = make.ambient(Ambient::User);
    let user = make.node(Op::Convert(Convert::Folded, user), Ty::Folded);
    let same = make.compare(Compare::NotEqual, from, user);
    let path = Op::Segments(vec![Part::Text("customer/".to_owned()), Part::Value(root)]);
    let path = make.node(path, Ty::Text);
    let digest = make.node(Op::Digest, Ty::Text);
    let odd = make.compare(Compare::Equal, path, digest);
    let boolean = make.node(Op::AsBool(odd), Ty::Bool);
    let boolean = make.truth(Op::Holds(boolean));
    let named = make.truth(Op::Named(names(&["github.get_*", "gitlab.*"])));
    let unknown = make.of(Value::Unknown, USD);
    let known = make.truth(Op::Known(false));
    let cost = make.host(3);
    let dear = make.compare(Compare::Greater, cost, unknown);
    let condition = make.truth(Op::Any(vec![among, same, boolean, named, known, dear]));
    let third = rule("any", &[0, 1, 3, 4], Effect::Challenge(ChallengeId(0)), condition);

    let urls = make.arg(1, Ty::Url);
    let scheme = make.node(Op::Member(Member::Scheme, urls), Ty::Text);
    let https = make.text("https");
    let secure = make.compare(Compare::Equal, scheme, https);
    let host = make.node(Op::Member(Member::Host, urls), Ty::Domain);
    let ours = make.of(Value::Domain(Domain::parse("example.com").unwrap()), Ty::Domain);
    let ours = make.truth(Op::Within(host, ours));
    let exact = make.of(Value::Url(WebUrl::parse("https://example.com/x").unwrap()), Ty::Url);
    let exact = make.compare(Compare::Equal, urls, exact);
    let owner =
        make.of(Value::List(vec![Value::Email(Email::parse("a@example.com").unwrap())]), Ty::list(Ty::Email));
    let to = make.arg(0, Ty::list(Ty::Email));
    let owners = make.compare(Compare::Equal, to, owner);
    let condition = make.truth(Op::All(vec![secure, ours, exact, owners]));
    let mut fourth = rule("mail/to", &[0], Effect::Require, condition);
    fourth.flow = Some(FlowId(1));
    let mut fifth = rule("mail/records", &[0], Effect::Deliver { most: 10 }, known);
    fifth.flow = Some(FlowId(2));
    make.program.rules = vec![first, second, third, fourth, fifth];
}

/// Rules over what has happened, and what runs once.
fn memory(make: &mut Make) {
    let customer = make.arg(0, Ty::Text);
    let reference = make.text("r");
    let asked = make.recall(0, vec![customer, reference], Some(minutes(30)));
    let latest = make.node(Op::Past(asked), Ty::Past(MonitorId(0)));
    let there = make.truth(Op::Has(latest));
    let when = make.node(Op::Member(Member::At, latest), Ty::Timestamp);
    let now = make.node(Op::Now, Ty::Timestamp);
    let since = make.node(Op::Arith(Arith::Subtract, now, when), Ty::Duration);
    let hour = make.of(Value::Duration(minutes(60)), Ty::Duration);
    let lately = make.compare(Compare::Less, since, hour);
    let paid = make.node(Op::Member(Member::Kept(0), latest), USD);
    let amount = make.arg(1, USD);
    let more = make.compare(Compare::Less, paid, amount);
    let asked = make.recall(1, Vec::new(), None);
    let first = make.node(Op::Past(asked), Ty::Past(MonitorId(1)));
    let ever = make.truth(Op::Has(first));
    let of = make.recall(2, vec![customer], Some(minutes(30)));
    let without = make.recall(3, Vec::new(), None);
    let after = make.truth(Op::After(Box::new(After { of, without: vec![without] })));
    let asked = make.recall(4, Vec::new(), Some(minutes(30)));
    let calls = make.node(Op::Calls(asked), Ty::Int);
    let asked = make.recall(5, Vec::new(), None);
    let others = make.node(Op::Calls(asked), Ty::Int);
    let few = make.compare(Compare::Less, calls, others);
    let asked = make.recall(6, Vec::new(), Some(minutes(60)));
    let sum = make.node(Op::Sum(asked), USD);
    let asked = make.recall(7, vec![reference], None);
    let lost = make.node(Op::Sum(asked), USD);
    let total = make.node(Op::Arith(Arith::Add, sum, lost), USD);
    let most = make.of(dollars(500), USD);
    let cheap = make.compare(Compare::LessOrEqual, total, most);
    let asked = make.recall(8, Vec::new(), None);
    let open = make.node(Op::InFlight(asked), Ty::Int);
    let none = make.int(0);
    let alone = make.compare(Compare::Equal, open, none);
    let asked = make.recall(9, Vec::new(), Some(minutes(30)));
    let values = make.node(Op::Distinct(asked), Ty::list(Ty::Text));
    let different = make.node(Op::Count(values), Ty::Int);
    let three = make.int(3);
    let few_values = make.compare(Compare::Less, different, three);
    let value = make.node(Op::Var(VarId(0)), Ty::Text);
    let of = make.recall(2, vec![value], Some(minutes(30)));
    let then = make.truth(Op::After(Box::new(After { of, without: Vec::new() })));
    let over = Op::Over { quantifier: Quantifier::Some, var: VarId(0), list: values, body: then };
    let linked = make.truth(over);
    let labels = make.node(Op::Labels, Ty::list(Ty::Text));
    let label = make.text("secret");
    let labelled = make.truth(Op::Among(label, labels));
    let carries = make.truth(Op::Carries { label: "pii".to_owned(), source: None });
    let clean = make.truth(Op::Any(vec![labelled, carries]));
    let clean = make.truth(Op::Not(clean));
    let of = make.recall(10, Vec::new(), Some(minutes(30)));
    let without = make.recall(3, Vec::new(), None);
    let tries = make.node(Op::CallsSince(Box::new(After { of, without: vec![without] })), Ty::Int);
    let tired = make.compare(Compare::Less, tries, three);
    let of = make.recall(11, Vec::new(), None);
    let without = make.recall(3, Vec::new(), None);
    let spent = make.node(Op::SumSince(Box::new(After { of, without: vec![without] })), USD);
    let modest = make.compare(Compare::Less, spent, most);
    let condition = make.truth(Op::All(vec![
        there, lately, more, ever, after, few, cheap, alone, few_values, linked, tired, modest, clean,
    ]));
    make.program.rules.push(rule("pay/history", &[1], Effect::Require, condition));
    let digest = make.node(Op::Digest, Ty::Text);
    let because = Template { parts: vec![Part::Text("already paid".to_owned())] };
    make.program.onces = vec![Once {
        id: "pay/once".to_owned(),
        tool: ToolId(1),
        guard: Some(there),
        keys: vec![customer, digest],
        ledger: Some("refunds".to_owned()),
        replay: Some(minutes(10)),
        because: Some(because.clone()),
        audit: Some(because),
        origin: at(18),
    }];
}

fn limits(make: &mut Make) {
    let customer = make.arg(0, Ty::Text);
    let amount = make.arg(1, USD);
    let cost = make.host(3);
    let tokens = make.host(4);
    let called = make.ambient(Ambient::Tool);
    let job = make.ambient(Ambient::Job);
    let user = make.ambient(Ambient::User);
    let root = make.text("root");
    let other = make.compare(Compare::NotEqual, user, root);
    let because = Some(Template { parts: vec![Part::Value(amount), Part::Text(" is too much".to_owned())] });
    let soft = Bound {
        step: Step::Challenge(ChallengeId(0)),
        name: Some("soft".to_owned()),
        ..bound(Meter::Sum(Currency::USD), 5)
    };
    let daily = Limit {
        window: Window::Calendar(CalendarUnit::Day, Zone::parse("Europe/Berlin").unwrap()),
        ..limit("daily", vec![Ty::Text], vec![soft, bound(Meter::Sum(Currency::USD), 10)])
    };
    let per_tool = Bound {
        counts: "calls per call.tool".to_owned(),
        label: "calls_per_call.tool".to_owned(),
        keys: vec![Ty::Text],
        step: Step::Suspend(Suspended::Job),
        ..bound(Meter::Calls, 3)
    };
    let per_job = Limit {
        per_job: true,
        ..limit(
            "job",
            vec![Ty::Text],
            vec![
                bound(Meter::Calls, 50),
                per_tool,
                bound(Meter::Retries, 1),
                Bound { step: Step::Warn, ..bound(Meter::Tokens, 80_000) },
                bound(Meter::Cost(Currency::USD), 5_000_000_000),
                bound(Meter::Runtime, 600_000_000_000),
                Bound { step: Step::Suspend(Suspended::Agent), ..bound(Meter::InFlight, 3) },
                Bound { step: Step::Suspend(Suspended::Gate), ..bound(Meter::Denials, 5) },
            ],
        )
    };
    let rolling = Limit {
        window: Window::Rolling(minutes(1440)),
        ..limit(
            "rolling",
            Vec::new(),
            vec![Bound { step: Step::Suspend(Suspended::Tool), ..bound(Meter::Calls, 9) }],
        )
    };
    make.program.limits = vec![daily, per_job, rolling];
    let charge = |limit: u32, keys: Vec<NodeId>, lines: Vec<Option<Line>>| Charge {
        limit: LimitId(limit),
        tool: ToolId(1),
        guard: None,
        keys,
        lines,
    };
    let money = Line { because: because.clone(), audit: because, ..line(Some(amount)) };
    let counted = vec![
        Some(line(None)),
        Some(Line { keys: vec![called], ..line(None) }),
        Some(line(None)),
        Some(Line { when: Some(other), ..line(Some(tokens)) }),
        Some(line(Some(cost))),
        Some(line(None)),
        Some(line(None)),
        None,
    ];
    make.program.charges = vec![
        charge(2, Vec::new(), vec![Some(line(None))]),
        Charge {
            guard: Some(other),
            ..charge(0, vec![customer], vec![Some(money), Some(line(Some(amount)))])
        },
        charge(1, vec![job], counted),
    ];
}

fn challenges(make: &mut Make) {
    let amount = make.arg(1, USD);
    let customer = make.arg(0, Ty::Text);
    make.program.challenges = vec![
        Challenge {
            count: 2,
            separate: vec![Separate::User, Separate::Agent],
            binds: vec![(ToolId(1), vec![amount])],
            shows: vec![(ToolId(1), vec![("customer".to_owned(), customer)])],
            expires: Some(minutes(60)),
            reusable: Some(minutes(5)),
            ..challenge("manager")
        },
        Challenge { who: Asked::User, ..challenge("user") },
        Challenge { who: Asked::Anyone, ..challenge("anyone") },
    ];
}
