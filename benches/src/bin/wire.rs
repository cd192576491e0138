//! How long it takes to read a call: from its bytes to a frame, and to its digest.
//!
//! `cargo run --release -p agentpass-benches --bin wire`

#![allow(clippy::float_arithmetic, reason = "figures for people")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on has nothing to say")]

use std::time::Duration;

use agentpass_benches::median;
use agentpass_ir::{
    Action, Form, MoneyForm, Origin, Param, Presence, Program, Record, RecordId, TextBounds, Tool, ToolName,
    Verified, verify,
};
use agentpass_runtime::wire::{self, Limits, Source, read};
use agentpass_runtime::{digest, wire::reader::Reader};
use agentpass_values::{Currency, Domain, Email, Money, PathValue, Shell, WebUrl};

const CALL: &str = r#"{"id": "call-000184", "agent": "support-agent", "tenant": "acme", "user": "u-17", "job": "case-1042",
"tool": "stripe.refund",
"args": {"payment": "pi_3OaXyz2eZvKYlo2C1abcDEFG", "customer_id": "cus_9s6XKzkNRiz8i3", "amount": 4900, "idempotency_key": "refund-case-1042-1",
"domains": ["shop.example.com", "www.example.org"], "notify": ["anna@example.com"], "fields": ["customer_id", "case_id", "plan"],
"items": [{"sku": "A-100", "price": 2500, "count": 1}, {"sku": "B-200", "price": 2400, "count": 1}],
"reason": "duplicate", "note": "The customer was charged twice on the same day."},
"host": {"tokens": 1200, "cost": {"amount": "0.02", "currency": "USD"}}}"#;

/// As many calls as are timed at once: the clock is coarser than one of them.
const AT_ONCE: u32 = 1000;

fn main() {
    let contract = contract();
    let limits = Limits::default();
    let call = read(&contract, Source::Offline, &limits, CALL.as_bytes()).expect("a call");
    assert!(call.faults.is_empty(), "{:?}", call.faults);
    println!("a call of {} bytes", CALL.len());
    show("copy (baseline)", || CALL.as_bytes().to_vec());
    show("UTF-8 check", || wire::text(CALL.as_bytes(), &limits).is_ok());
    show("serde_json to a tree", || serde_json::from_str::<serde_json::Value>(CALL).is_ok());
    show("skip, strictly", || Reader::new(CALL, &limits).skip().is_ok());
    show("read into a frame", || read(&contract, Source::Offline, &limits, CALL.as_bytes()).is_ok());
    show("digest", || digest::of_call(&call.name, &call.frame));
    println!("of which, one each:");
    show("a domain", || Domain::parse("shop.example.com").is_ok());
    show("an address", || Email::parse("anna@example.com").is_ok());
    show("an amount", || Money::parse_minor("4900", Currency::USD).is_ok());
    show("a path", || PathValue::parse("/srv/project/src/main.rs").is_ok());
    show("a url", || WebUrl::parse("https://shop.example.com/a/b?q=1").is_ok());
    show("a command line", || Shell::parse("git status -s src && cargo test").understood);
}

fn show<T>(what: &str, mut run: impl FnMut() -> T) {
    let time: Duration = median(51, || {
        for _ in 0..AT_ONCE {
            std::hint::black_box(run());
        }
    });
    println!("{what:<24} {:>8.0} ns", time.as_secs_f64() * 1e9 / f64::from(AT_ONCE));
}

fn contract() -> Verified {
    let param = |wire: &str, form| Param { wire: wire.to_owned(), form, presence: Presence::Required };
    let list = |of| Form::List { of: Box::new(of), least: 1, most: None };
    let text = || Form::Text(TextBounds::default());
    let cents = || Form::Money(Currency::USD, MoneyForm::Cents);
    let mut program = Program::default();
    program.contract.name = "bench".to_owned();
    program.files.push("bench.agentpass".to_owned());
    let item = vec![
        param("sku", Form::Id(None)),
        param("price", cents()),
        param("count", Form::Int(Default::default())),
    ];
    program.records.push(Record { name: "Item".to_owned(), fields: item, open: false });
    program.host = vec![
        param("tokens", Form::Int(Default::default())),
        param("cost", Form::Money(Currency::USD, MoneyForm::Host)),
    ];
    let params = vec![
        param("payment", Form::Id(Some("pi_[0-9A-Za-z]+".to_owned()))),
        param("customer_id", Form::Id(None)),
        param("amount", cents()),
        param("idempotency_key", Form::Id(None)),
        param("domains", list(Form::Domain)),
        param("notify", list(Form::Email)),
        param("fields", list(text())),
        param("items", list(Form::Record(RecordId(0)))),
        param("reason", Form::Enum(vec!["duplicate".to_owned(), "fraud".to_owned()])),
        param("note", text()),
    ];
    program.tools.push(Tool {
        name: ToolName::Exact("stripe.refund".to_owned()),
        params,
        views: Vec::new(),
        open: false,
        schema: None,
        action: Action::Pay,
        results: Vec::new(),
        error_means_no_effect: false,
        runs_at_most: None,
        reads: Vec::new(),
        releases: None,
        sends: Vec::new(),
        crossings: Vec::new(),
        flows: Vec::new(),
        origin: Origin::NOWHERE,
    });
    verify(program).expect("a sound contract")
}
