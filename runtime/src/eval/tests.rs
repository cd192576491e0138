//! Cases, one a line: an expression over a call, and what it comes to.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod cases;
mod laws;
mod written;

use agentpass_ir::{After, Recall, Ty, Value};
use agentpass_values::{Currency, Money, Timestamp};

use super::{Datum, Eval, Recalled, World, text};
use crate::state::job::Labels;
use crate::truth::Truth;
use crate::wire::{Limits, Source, read};
use written::write;

/// A world in which something is known about `c1`, less about `c2`, and nothing about anybody else.
struct Known {
    labels: Labels,
}

impl Known {
    fn new() -> Self {
        let pair = |source: &str, label: &str| (source.to_owned(), label.to_owned());
        let pairs = [pair("crm", "PII"), pair("web", "untrusted"), pair("mail", "PII")];
        Self { labels: pairs.into_iter().map(|pair| (pair, 1)).collect() }
    }
}

fn is(keys: &[Value], id: &str) -> bool {
    matches!(keys, [Value::Text(key)] if **key == *id)
}

impl World for Known {
    fn now(&self) -> Option<Timestamp> {
        Timestamp::parse("2026-11-23T10:00:00Z").ok()
    }

    fn digest(&self) -> Option<&str> {
        Some("sha256:00")
    }

    fn labels(&self) -> Option<&Labels> {
        Some(&self.labels)
    }

    fn after(&self, _: &After, of: &[Value], without: &[Vec<Value>]) -> Truth {
        Truth::of(is(of, "c1")).and(Truth::of(!without.iter().any(|keys| is(keys, "c2"))))
    }

    fn past(&self, _: &Recall, keys: &[Value]) -> Recalled {
        if is(keys, "c1") {
            let at = Value::Timestamp(Timestamp::parse("2026-11-23T09:00:00Z").unwrap());
            Recalled::Is(Value::Record(vec![Some(at), Some(Value::Text("ok".into())), None]))
        } else if is(keys, "c2") {
            Recalled::Unknown
        } else if is(keys, "c3") {
            Recalled::Absent
        } else {
            Recalled::MaybeAbsent
        }
    }

    fn calls(&self, _: &Recall, keys: &[Value]) -> Option<(i64, i64)> {
        let known = [("c1", (2, 2)), ("c2", (2, 4)), ("c3", (0, i64::MAX))];
        known.into_iter().find(|(id, _)| is(keys, id)).map(|(_, range)| range)
    }

    fn sum(&self, _: &Recall, keys: &[Value]) -> Option<Money> {
        is(keys, "c1").then(|| Money::from_minor(5000, Currency::USD))
    }

    fn in_flight(&self, _: &Recall, keys: &[Value]) -> Option<i64> {
        is(keys, "c1").then_some(1)
    }
}

/// What an expression comes to: a truth's word, or a value's text after its kind.
fn outcome(world: &dyn World, args: &str, source: &str) -> String {
    let written = write(source);
    let call = format!("{{\"tool\":\"t.call\",\"args\":{{{args}}}}}").replace('\'', "\"");
    let call = read(&written.contract, Source::Offline, &Limits::default(), call.as_bytes()).unwrap();
    assert_eq!(call.faults, [], "{args}");
    let eval = Eval::new(&written.contract, &call.frame, world);
    let is_truth = written.contract.program().nodes[written.root.index()].ty == Ty::Truth;
    if is_truth {
        return match eval.truth(written.root, None) {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Undetermined => "undetermined",
            Truth::Failed => "failed",
        }
        .to_owned();
    }
    match eval.value(written.root, None) {
        Datum::Is(value) => text(&value),
        Datum::Absent => "absent".to_owned(),
        Datum::Unknown => "unknown".to_owned(),
        Datum::MaybeAbsent => "maybe absent".to_owned(),
        Datum::Failed => "failed".to_owned(),
    }
}

/// Arguments, an expression, what it comes to.
fn check(cases: &[(&str, &str, &str)]) {
    let world = Known::new();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(args, source, expected)| {
            let found = outcome(&world, args, source);
            (found != *expected).then(|| format!("{source} over {args}: {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
