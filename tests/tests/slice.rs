//! One contract through the whole house: from its text to decisions about a sequence of calls.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use agentpass_compiler::analysis::{Analysis, analyse};
use agentpass_compiler::load::MemoryFiles;
use agentpass_compiler::lower::{Construct, lower};
use agentpass_ir::{self as ir, Fault, NodeId, Op, SlotId, Verified, verify};
use agentpass_runtime::clock::{ManualClock, Seeded};
use agentpass_runtime::{Decision, Gate, MemoryStore, Person, Source, Vote, VoteError};
use agentpass_values::Timestamp;

const DESK: &str = r#"edition 2026

contract refund_desk {
    version "2.1.0"
    owner   "support-platform@example.com"
    agents  "support-agent", "support-agent/*"
    valid   until 2027-06-30
}

set open_fields: string = ["customer_id", "case_id", "plan"]

tool crm.read_customer(customer_id: id, fields: list<string> = ["customer_id"]) {
    action  read
    require each f in fields: f in open_fields
        because "agents see no customer field {f}"
}

tool stripe.refund(payment: id, customer_id: id, amount: money<USD> as cents, reason: "duplicate" | "fraud", note?: string, copies?: int) {
    action    pay
    amount    amount
    require   amount > $0 and amount <= $100
        because "agents refund at most $100, not {amount}" as cap
    deny when (copies ?? 1) * 1000 > 5000 because "too many copies" as copies
    deny when has note and note == "secret" because "no secrets: {payment}" as secret
    when reason == "fraud" {
        deny when amount > $50 because "fraud is refunded by people" as fraud
    }
    challenge manager when amount > $20 because "a person looks at {amount}" as above_20
    limit     refunds per customer_id in any 24h { sum amount at most $120 }
}

challenge operator when call.action == "pay" and caller.user == "intern"

limit per job { calls at most 6 }

challenge manager  { ask 1 of group "support-managers"; separate from user; expires 15m; single use }
challenge operator { ask user; expires 10m; single use }
"#;

fn analysed(text: &str) -> Analysis {
    let files = MemoryFiles::new([("refund_desk.agentpass", text)]);
    let analysis = analyse(&["refund_desk.agentpass".to_owned()], &files, &Default::default());
    let errors: Vec<&String> = analysis
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == agentpass_compiler::diagnostics::Severity::Error)
        .map(|finding| &finding.message)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    analysis
}

fn lowered(text: &str) -> ir::Program {
    let analysis = analysed(text);
    lower(&analysis.checked.program, &analysis.loaded.sources).unwrap()
}

fn verified(text: &str) -> Verified {
    verify(lowered(text)).unwrap()
}

fn gate(text: &str) -> Gate {
    let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-11-23T10:00:00Z").unwrap()));
    Gate::new(verified(text), MemoryStore::new(clock), Seeded::new(7))
}

/// Decides one call of the usual caller.
fn call(gate: &Gate, at: &str, tool: &str, args: &str) -> Decision {
    let text = format!(
        r#"{{"at": "2026-11-{at}Z", "id": "call", "agent": "support-agent", "tenant": "acme", "user": "u-17", "job": "j1", "tool": "{tool}", "args": {args}}}"#
    );
    gate.decide(Source::Offline, text.as_bytes())
}

fn refund(gate: &Gate, at: &str, customer: &str, cents: i64) -> Decision {
    let args = format!(
        r#"{{"payment": "pi_1", "customer_id": "{customer}", "amount": {cents}, "reason": "duplicate"}}"#
    );
    call(gate, at, "stripe.refund", &args)
}

/// The verdict with its reasons, as a line.
fn told(decision: &Decision) -> String {
    let reasons = decision.reasons.iter().map(|reason| format!(" [{}] {}", reason.code, reason.message));
    let asks = decision.challenges.iter().map(|ask| format!(" ask {}", ask.name));
    format!("{}{}{}", decision.verdict.word(), reasons.collect::<String>(), asks.collect::<String>())
}

fn vote(gate: &Gate, on: &str, user: &str, approve: bool) -> Result<(), VoteError> {
    let by = Person { user: user.to_owned(), groups: vec!["support-managers".to_owned()] };
    gate.vote(&Vote { on: on.to_owned(), challenge: None, by, approve })
}

#[test]
fn a_day_at_the_refund_desk() {
    let gate = gate(DESK);
    let read = call(&gate, "23T10:00:00", "crm.read_customer", r#"{"customer_id": "c1"}"#);
    assert_eq!(told(&read), "allow");

    // Above $20 somebody is asked; asking twice is one question.
    let first = refund(&gate, "23T10:01:00", "c1", 9000);
    assert_eq!(told(&first), "challenge [challenge] a person looks at $90 ask manager");
    let again = refund(&gate, "23T10:02:00", "c1", 9000);
    assert_eq!(first.challenges, again.challenges);
    let id = &first.challenges[0].id;

    // Neither the requester nor somebody outside the group answers.
    assert_eq!(vote(&gate, id, "u-17", true), Err(VoteError::Requester));
    let stranger = Person { user: "x".to_owned(), groups: vec![] };
    let outside = Vote { on: id.clone(), challenge: None, by: stranger, approve: true };
    assert_eq!(gate.vote(&outside), Err(VoteError::NotAsked));
    assert_eq!(vote(&gate, id, "m-1", true), Ok(()));

    // The approval is for this call, and for one use.
    assert_eq!(told(&refund(&gate, "23T10:03:00", "c1", 9001)).split(' ').next(), Some("challenge"));
    let approved = refund(&gate, "23T10:03:00", "c1", 9000);
    assert_eq!(told(&approved), "allow");
    assert_eq!(told(&refund(&gate, "23T10:04:00", "c2", 9000)).split(' ').next(), Some("challenge"));

    // Over the cap nobody is asked at all.
    let over = refund(&gate, "23T10:05:00", "c2", 25_000);
    assert_eq!(over.verdict.word(), "deny");
    assert!(
        told(&over).starts_with("deny [require] agents refund at most $100, not $250"),
        "{}",
        told(&over)
    );

    // The customer's budget: $90 are spent, $31 more are too many even if somebody approves.
    assert_eq!(told(&refund(&gate, "23T10:06:00", "c1", 2000)), "allow");
    let exhausted = refund(&gate, "23T10:07:00", "c1", 1100);
    assert_eq!(told(&exhausted), "deny [limit] the limit `stripe.refund/refunds` is at most $120");
    assert_eq!(told(&refund(&gate, "23T10:07:00", "c3", 1100)), "allow");
    // A time to come back, and it holds: one nanosecond before, the window is closed.
    let retry = exhausted.retry_after.unwrap();
    assert!(retry > Timestamp::parse("2026-11-24T10:03:00Z").unwrap());
    assert_eq!(refund(&gate, "24T10:03:00", "c1", 1100).verdict.word(), "deny");
    assert_eq!(told(&refund(&gate, "24T10:30:00", "c1", 1100)), "allow");

    // Four refunds and a look at a customer: the job has one call left, and then none, for ever.
    assert_eq!(told(&call(&gate, "25T10:00:00", "crm.read_customer", r#"{"customer_id": "c1"}"#)), "allow");
    let last = call(&gate, "29T10:00:00", "crm.read_customer", r#"{"customer_id": "c1"}"#);
    assert_eq!(last.verdict.word(), "deny");
    assert_eq!(last.retry_after, None);
}

#[test]
fn a_refusal_stands_until_the_question_expires() {
    let gate = gate(DESK);
    let asked = refund(&gate, "23T10:00:00", "c1", 9000);
    assert_eq!(vote(&gate, &asked.challenges[0].id, "m-1", false), Ok(()));
    assert_eq!(vote(&gate, &asked.challenges[0].id, "m-2", true), Err(VoteError::Closed));
    let refused = refund(&gate, "23T10:15:00", "c1", 9000);
    assert!(told(&refused).contains("[challenge.refused]"), "{}", told(&refused));
    assert_eq!(refund(&gate, "23T10:15:01", "c1", 9000).verdict.word(), "challenge");
}

#[test]
fn every_rule_speaks_and_in_source_order() {
    let gate = gate(DESK);
    let args = r#"{"payment": "pi_1", "customer_id": "c1", "amount": 20000, "reason": "fraud", "note": "secret", "copies": 6}"#;
    insta::assert_snapshot!(told(&call(&gate, "23T10:00:00", "stripe.refund", args)).replace(" [", "\n["), @r"
    deny
    [require] agents refund at most $100, not $200
    [deny] too many copies
    [deny] no secrets: pi_1
    [deny] fraud is refunded by people
    [challenge] a person looks at $200
    [limit] the limit `stripe.refund/refunds` is at most $120
    ");
    let huge = r#"{"payment": "pi_1", "customer_id": "c1", "amount": 100, "reason": "duplicate", "copies": 9223372036854775807}"#;
    let huge = call(&gate, "23T10:00:00", "stripe.refund", huge);
    assert_eq!(told(&huge), "deny [arithmetic] `stripe.refund/copies` cannot be computed for this call");
    let fields = r#"{"customer_id": "c1", "fields": ["plan", "ssn", "card\u202e", "ssn"]}"#;
    insta::assert_snapshot!(told(&call(&gate, "23T10:00:00", "crm.read_customer", fields)).replace(" [", "\n["), @r"
    deny
    [require] agents see no customer field ssn
    [require] agents see no customer field card\u{202e}
    ");
}

#[test]
fn a_decision_has_one_form() {
    let gate = gate(DESK);
    insta::assert_snapshot!("slice_decision", refund(&gate, "23T10:00:00", "c1", 4900).to_json());
}

#[test]
fn the_listing_shows_all_that_decides() {
    let program = lowered(DESK);
    insta::assert_snapshot!("slice_listing", ir::listing(&program));
    // Moving a rule is no change, changing it is one.
    let moved = lowered(&DESK.replace("\nchallenge operator when", "\n\n\nchallenge operator when"));
    assert_eq!(moved.contract.digest, program.contract.digest);
    let changed = lowered(&DESK.replace("<= $100", "<= $101"));
    assert_ne!(changed.contract.digest, program.contract.digest);
}

#[test]
fn what_is_no_call_is_refused_by_name() {
    let gate = gate(DESK);
    let deep = format!(r#"{{"tool": "x", "args": {{"a": {}1{}}}}}"#, "[".repeat(63), "]".repeat(63));
    let large = format!(r#"{{"tool": "{}"}}"#, "x".repeat(1 << 20));
    let table: &[(&str, &[u8])] = &[
        ("wire.too_deep", deep.as_bytes()),
        ("wire.too_large", large.as_bytes()),
        ("wire.utf8", b"{\"tool\": \"\xff\"}"),
        ("wire.syntax", b""),
        ("wire.syntax", br#"{"tool": NaN}"#),
        ("wire.syntax", br#"{"tool": "x",}"#),
        ("wire.type", b"[]"),
        ("wire.type", br#"{"tool": 1}"#),
        ("wire.type", br#"{"tool": "x", "args": []}"#),
        ("wire.type", br#"{"tool": "x", "at": "noon"}"#),
        ("wire.missing_tool", br#"{"agent": "support-agent"}"#),
        ("wire.trailing", br#"{"tool": "x"} {}"#),
        ("wire.unknown_field", br#"{"tool": "x", "policy": "off"}"#),
        ("wire.duplicate_key", br#"{"tool": "x", "tool": "y"}"#),
        ("wire.duplicate_key", br#"{"tool": "x", "args": {"a": [{"b": 1, "\u0062": 2}]}}"#),
        ("wire.duplicate_key", br#"{"tool": "stripe.refund", "args": {"amount": 1, "amount": 2}}"#),
        ("wire.number", br#"{"tool": "x", "args": {"a": 01}}"#),
        ("wire.number", br#"{"tool": "x", "args": {"a": 1.}}"#),
        ("wire.number", br#"{"tool": "x", "args": {"a": -}}"#),
        ("wire.number", br#"{"tool": "x", "args": {"a": 1e}}"#),
        ("wire.string", br#"{"tool": "x"#),
        ("wire.string", br#"{"tool": "\ud800"}"#),
        ("wire.string", br#"{"tool": "\x"}"#),
        ("wire.string", b"{\"tool\": \"a\nb\"}"),
        // Well-formed, and denied by what they say.
        ("identity.agent", br#"{"tool": "crm.read_customer", "args": {"customer_id": "c1"}}"#),
        ("identity.agent", br#"{"tool": "x", "agent": "support-agent/"}"#),
        ("tool.unknown", br#"{"tool": "x", "agent": "support-agent/a", "args": {"a": [1e5, -0.5, "\ud83d\ude00"]}}"#),
        ("signature.missing", br#"{"tool": "crm.read_customer", "agent": "support-agent"}"#),
        ("signature.unknown", br#"{"agent": "support-agent", "args": {"customer_id": "c1", "x": 1}, "tool": "crm.read_customer"}"#),
        ("signature.type", br#"{"agent": "support-agent", "tool": "crm.read_customer", "args": {"customer_id": null}}"#),
        ("signature.type", br#"{"agent": "support-agent", "tool": "crm.read_customer", "args": {"customer_id": " c1"}}"#),
        ("signature.type", br#"{"agent": "support-agent", "tool": "crm.read_customer", "args": {"customer_id": "c", "fields": []}}"#),
        ("scope.job", br#"{"agent": "support-agent", "tool": "crm.read_customer", "args": {"customer_id": "c1"}}"#),
        ("scope.user", br#"{"agent": "support-agent", "job": "j", "tool": "stripe.refund", "args": {"payment": "p", "customer_id": "c", "amount": 1, "reason": "fraud"}}"#),
        ("identity.validity", br#"{"at": "2027-07-01T00:00:00Z", "agent": "support-agent", "tool": "x"}"#),
    ];
    for (code, bytes) in table {
        let decision = gate.decide(Source::Offline, bytes);
        let codes: Vec<&str> = decision.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!(codes, [*code], "{}", String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)));
        assert_eq!(decision.verdict.word(), "deny");
    }
    let caller = agentpass_runtime::Caller { agent: Some("support-agent".to_owned()), ..Default::default() };
    let spoofed = gate.decide(Source::Live(&caller), br#"{"tool": "x", "user": "root"}"#);
    assert_eq!(spoofed.reasons[0].code, "wire.not_yours");
}

#[test]
fn what_is_not_lowered_is_refused_by_name_and_place() {
    let refused = |from: &str, to: &str| {
        let text = DESK.replace(from, to);
        assert_ne!(text, DESK, "{from}");
        let analysis = analysed(&text);
        let errors = lower(&analysis.checked.program, &analysis.loaded.sources).unwrap_err();
        let shown = |error: &agentpass_compiler::lower::LowerError| {
            (
                error.construct,
                analysis.loaded.sources.text(error.span).lines().next().unwrap_or("").to_owned(),
            )
        };
        errors.iter().map(shown).collect::<Vec<_>>()
    };
    let history =
        "require after crm.read_customer(customer_id: customer_id) within 30m because \"look first\"";
    let found = refused("action    pay", &format!("action pay\n    {history}"));
    assert_eq!(found[0].0, Construct::History);
    assert!(found[0].1.starts_with("after crm.read_customer"), "{found:?}");
    let found = refused("action    pay", "action pay\n    once per payment replay for 24h");
    assert_eq!(found[0].0, Construct::Once);
    let found = refused("in any 24h", "each day in \"UTC\"");
    assert_eq!(found[0].0, Construct::CalendarWindow);
    let found = refused("calls at most 6", "calls at most 6\n    retries at most 1");
    assert_eq!(found, [(Construct::Meter, "retries at most 1".to_owned())]);
    let found = refused("copies?: int)", "copies?: int, rate?: decimal as number)");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Construct::ParamType);
    // One and the same construct in a rule for two tools is told once.
    let found = refused("caller.user == \"intern\"", "now > 2027-01-01");
    assert_eq!(found, [(Construct::Surroundings, "now".to_owned())]);
}

#[test]
fn broken_programs_do_not_execute() {
    let sound = lowered(DESK);
    assert!(verify(sound.clone()).is_ok());
    let broken = |breaks: &dyn Fn(&mut ir::Program)| {
        let mut program = sound.clone();
        breaks(&mut program);
        verify(program).unwrap_err()
    };
    let last = NodeId(u32::try_from(sound.nodes.len()).unwrap());
    let find = |wanted: &dyn Fn(&Op) -> bool| sound.nodes.iter().position(|node| wanted(&node.op)).unwrap();
    let negation = find(&|op| matches!(op, Op::All(_)));
    let slot = find(&|op| matches!(op, Op::Slot(slot) if slot.0 >= 5));
    let over = sound.rules.iter().position(|rule| rule.each.is_some()).unwrap();
    assert!(matches!(broken(&|p| p.nodes[negation].op = Op::Not(last)), Fault::Order { .. }));
    assert!(matches!(
        broken(&|p| p.nodes[negation].op = Op::Not(NodeId(negation as u32))),
        Fault::Order { .. }
    ));
    assert!(matches!(broken(&|p| p.nodes[slot].op = Op::Slot(SlotId(99))), Fault::Type { .. }));
    assert!(matches!(broken(&|p| p.nodes[slot].op = Op::Const(ir::ConstId(9999))), Fault::Index { .. }));
    assert!(matches!(broken(&|p| p.nodes[negation].ty = ir::Ty::One(ir::Scalar::Int)), Fault::Type { .. }));
    assert!(matches!(broken(&|p| p.rules[over].each = None), Fault::Unbound { .. }));
    assert!(matches!(broken(&|p| p.rules[0].condition = last), Fault::Index { table: "node", .. }));
    assert!(matches!(
        broken(&|p| p.rules[0].tools = vec![ir::ToolId(7)]),
        Fault::Type { .. } | Fault::Index { .. }
    ));
    assert!(matches!(broken(&|p| p.tools.reverse()), Fault::Shape { .. }));
    assert!(matches!(broken(&|p| p.limits[0].bounds[0].most = -1), Fault::Shape { .. }));
    assert!(matches!(broken(&|p| p.charges[0].lines.clear()), Fault::Shape { .. }));
    assert!(matches!(broken(&|p| p.charges.push(p.charges[0].clone())), Fault::Shape { .. }));
    assert!(matches!(broken(&|p| p.challenges.clear()), Fault::Index { table: "challenge", .. }));
    assert!(matches!(broken(&|p| p.files.clear()), Fault::Index { table: "file", .. }));
    // Shared nodes cost as often as they are reached.
    let doubled = broken(&|p| {
        let node = p.nodes[negation].clone();
        let mut top = NodeId(negation as u32);
        for _ in 0..40 {
            p.nodes.push(ir::Node { op: Op::All(vec![top, top]), ..node.clone() });
            top = NodeId(u32::try_from(p.nodes.len() - 1).unwrap());
        }
        p.rules[0].condition = top;
    });
    assert!(matches!(doubled, Fault::Bound { .. }), "{doubled}");
}
