//! Contracts for the tests of this crate: a tool per form, and everything that a call can say.

use agentpass_ir::{
    Action, Ambient, ConstId, Demand, Event, Form, MoneyForm, Node, Op, Origin, Param, Presence, Program,
    Range, Record, RecordId, Schema, SchemaId, TextBounds, TimeForm, Tool, ToolName, Value, Verified, View,
    verify,
};
use agentpass_values::{Currency, Decimal};

pub(crate) fn param(wire: &str, form: Form) -> Param {
    Param { wire: wire.to_owned(), form, presence: Presence::Required }
}

pub(crate) fn optional(wire: &str, form: Form) -> Param {
    Param { presence: Presence::Optional, ..param(wire, form) }
}

pub(crate) fn with_default(wire: &str, form: Form, default: u32) -> Param {
    Param { presence: Presence::Default(ConstId(default)), ..param(wire, form) }
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
        origin: Origin::NOWHERE,
    }
}

pub(crate) fn text() -> Form {
    Form::Text(TextBounds::default())
}

pub(crate) fn int() -> Form {
    Form::Int(Range::default())
}

pub(crate) fn list(of: Form) -> Form {
    Form::List { of: Box::new(of), least: 1, most: None }
}

pub(crate) fn usd(form: MoneyForm) -> Form {
    Form::Money(Currency::USD, form)
}

pub(crate) fn verified(mut program: Program) -> Verified {
    program.contract.name = "test".to_owned();
    if program.files.is_empty() {
        program.files.push("test.agentpass".to_owned());
    }
    program.tools.sort_by(|a, b| match (&a.name, &b.name) {
        (ToolName::Exact(a), ToolName::Exact(b)) => a.cmp(b),
        (ToolName::Exact(_), _) => std::cmp::Ordering::Less,
        (_, ToolName::Exact(_)) => std::cmp::Ordering::Greater,
        _ => std::cmp::Ordering::Equal,
    });
    verify(program).unwrap_or_else(|fault| panic!("{fault:?}"))
}

fn one() -> Decimal {
    Decimal::from_int(1)
}

/// Every form under a name, read as the argument `x` of a tool of that name.
fn forms() -> Vec<(&'static str, Form)> {
    let bounds = |min_length, max_length, pattern: Option<&str>| {
        Form::Text(TextBounds { min_length, max_length, pattern: pattern.map(str::to_owned) })
    };
    let euro = Currency::parse("EUR").unwrap();
    let yen = Currency::parse("JPY").unwrap();
    vec![
        ("any_of", Form::AnyOf(vec![int(), text(), list(Form::Record(RecordId(0)))])),
        ("bool", Form::Bool),
        ("cents", usd(MoneyForm::Cents)),
        ("choice", Form::Enum(vec!["dev".to_owned(), "production".to_owned()])),
        ("decimal", Form::Decimal(Range::default())),
        (
            "decimal_bounded",
            Form::Decimal(Range { above: Some(Decimal::ZERO), below: Some(one()), ..Range::default() }),
        ),
        ("decimal_text", Form::DecimalText),
        ("domain", Form::Domain),
        ("duration", Form::Duration(TimeForm::Text)),
        ("email", Form::Email),
        ("euro", Form::Money(euro, MoneyForm::Number)),
        ("folded", Form::Folded),
        ("id", Form::Id(None)),
        ("id_of_form", Form::Id(Some("cus_[0-9a-z]+".to_owned()))),
        ("int", int()),
        (
            "int_bounded",
            Form::Int(Range {
                minimum: Some(one()),
                maximum: Some(Decimal::from_int(9)),
                ..Range::default()
            }),
        ),
        ("int_text", Form::IntText),
        ("int_choice", Form::IntEnum(vec![1, 2, 4])),
        ("items", list(Form::Record(RecordId(0)))),
        ("json", Form::Json),
        ("map", Form::Map(Box::new(list(int())))),
        ("millis", Form::Timestamp(TimeForm::Millis)),
        ("money", usd(MoneyForm::Number)),
        ("money_text", usd(MoneyForm::Text)),
        ("null", Form::Null),
        ("nullable", Form::OrNull(Box::new(int()))),
        ("numbers", Form::List { of: Box::new(int()), least: 0, most: Some(3) }),
        ("open_record", Form::Record(RecordId(1))),
        ("path", Form::Path),
        ("priced", usd(MoneyForm::Host)),
        ("seconds", Form::Duration(TimeForm::Seconds)),
        ("shell", Form::Shell),
        ("text", text()),
        ("text_bounded", bounds(Some(2), Some(4), None)),
        ("text_searched", bounds(None, None, Some("[0-9]{2}"))),
        ("texts", list(text())),
        ("timestamp", Form::Timestamp(TimeForm::Text)),
        ("url", Form::Url),
        ("yen", Form::Money(yen, MoneyForm::Cents)),
    ]
}

/// The contract that the tests of this crate read calls for.
pub(crate) fn contract() -> Verified {
    let mut program = Program::default();
    program.consts.push(Value::Text("src/main.rs".into()));
    program.consts.push(Value::Int(7));
    let item = vec![
        param("sku", Form::Id(None)),
        param("price", usd(MoneyForm::Cents)),
        optional("note", Form::OrNull(Box::new(text()))),
        with_default("count", int(), 1),
    ];
    program.records.push(Record { name: "Item".to_owned(), fields: item, open: false });
    let box_of = vec![param("items", list(Form::Record(RecordId(0)))), optional("n", int())];
    program.records.push(Record { name: "Box".to_owned(), fields: box_of, open: true });
    program.host = vec![
        param("tokens", int()),
        optional("cost", usd(MoneyForm::Host)),
        with_default("retries", int(), 1),
        optional("domain", Form::Folded),
    ];
    program.job = vec![param("customer_id", Form::Id(None))];
    program.tools = forms().into_iter().map(|(name, form)| tool(name, vec![param("x", form)])).collect();
    program.tools.push(tool("none", Vec::new()));
    program.tools.push(tool("two", vec![param("a", int()), optional("b", text())]));
    let mut open = tool("open", vec![optional("a", int()), optional("box", Form::Record(RecordId(1)))]);
    open.open = true;
    program.tools.push(open);
    let mut edit = tool("edit", vec![param("text", text()), with_default("file", text(), 0)]);
    edit.views = vec![View { param: 1, form: Form::Path }, View { param: 0, form: Form::Shell }];
    program.tools.push(edit);
    let mut refund = tool(
        "stripe.refund",
        vec![
            param("payment", Form::Id(None)),
            param("customer_id", Form::Id(None)),
            param("amount", usd(MoneyForm::Cents)),
            param("to", list(Form::Email)),
            param("hosts", list(Form::Domain)),
            optional("reason", text()),
        ],
    );
    refund.results = vec![
        param("id", Form::Id(None)),
        optional("amount", usd(MoneyForm::Cents)),
        param("items", list(int())),
    ];
    program.tools.push(refund);
    // A schema that says more than the form: no element twice.
    let unique = Schema { demands: vec![Demand::Unique] };
    let named =
        Demand::Properties { named: vec![("x".into(), SchemaId(0))], matching: Vec::new(), rest: None };
    program.schemas = vec![unique, Schema { demands: vec![named] }];
    let mut pinned = tool("pinned", vec![param("x", list(int()))]);
    pinned.schema = Some(SchemaId(1));
    program.tools.push(pinned);
    let fields = vec![param("user", Form::Id(None)), optional("until", Form::Timestamp(TimeForm::Text))];
    // Credentials are kept where something reads them.
    for part in [Ambient::Issuer, Ambient::Client, Ambient::Scopes, Ambient::Groups] {
        program.nodes.push(Node { op: Op::Slot(part.slot()), ty: part.ty(), origin: Origin::NOWHERE });
    }
    program.events.push(Event { name: "Suspended".to_owned(), fields, origin: Origin::NOWHERE });
    verified(program)
}
