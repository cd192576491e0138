//! What the gate remembers, and how many bytes that takes at most for each key.
//!
//! The constants are the layout of the state as the runtime keeps it. Each is the payload alone: the key itself (at most
//! [`KEY`] bytes, canonical) and the store's own overhead come on top, once per entry.
//!
//! | what | is kept as |
//! | --- | --- |
//! | a count against N in a sliding window | the last N times ([`TIME`] each): exact |
//! | a count over a lifetime or a calendar unit | one counter, and the unit's beginning |
//! | a sum in a sliding window | [`SUM_BUCKETS`] buckets ([`BUCKET`] each): may refuse slightly longer, never allows more |
//! | a sum over a lifetime or a calendar unit | one checked amount |
//! | `after`, `no … since` | the last time that it began and ended ([`LAST_SEEN`]) |
//! | `latest`, `first` | that time, and a digest or value ([`KEPT_VALUE`]) for each part that is read |
//! | calls in flight | a lease ([`LEASE`]) per open call |
//! | `once` | the digest, the state and the time ([`ONCE`]); a recorded result is kept besides |

use serde::Serialize;

use super::sentences;
use super::words::{Words, series};
use crate::ast::BinaryOp;
use crate::typed::{
    Bound, Expr, ExprKind, Filter, Limit, Meter, Origin, Past, PastScope, Read, RuleKind, Value, Window,
};

/// A time, in nanoseconds since 1970.
pub const TIME: u64 = 8;
/// A counter.
pub const COUNTER: u64 = 8;
/// A checked amount, in nano-units.
pub const AMOUNT: u64 = 16;
/// The buckets of a sum in a sliding window.
pub const SUM_BUCKETS: u64 = 64;
/// A bucket: when it began, and its sum.
pub const BUCKET: u64 = TIME + AMOUNT;
/// The last time that something began, and the last time that it ended.
pub const LAST_SEEN: u64 = 2 * TIME;
/// A value of a past call that rules read: itself where it is short, else its digest.
pub const KEPT_VALUE: u64 = 32;
/// An open call: its number, and when its lease ends.
pub const LEASE: u64 = 16 + TIME;
/// A key that ran once: SHA-256 of the call, when it is forgotten, and how far it came.
pub const ONCE: u64 = 32 + TIME + 8;
/// The longest key; a longer one is kept as its digest.
pub const KEY: u64 = 32;

/// Something that the gate remembers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Memory {
    /// What for: a rule's or limit's identifier.
    pub of: String,
    /// What is remembered.
    pub what: String,
    /// What it is remembered for, each; the tenant comes before all of them.
    pub key: Vec<String>,
    /// How long.
    pub window: String,
    /// The bytes per key, at most.
    pub bytes: u64,
    /// More bytes for each open call, where that is what is counted.
    pub bytes_per_open_call: u64,
    /// `file:line`
    pub at: String,
}

/// Everything that the gate remembers, in source order of the blocks.
pub(super) fn memory(words: &Words<'_>) -> Vec<Memory> {
    let mut all = Vec::new();
    for block in &words.program.blocks {
        for limit in &block.limits {
            for bound in &limit.bounds {
                all.push(of_bound(words, limit, bound, matches!(block.origin, Origin::Skill(_))));
            }
        }
        for rule in &block.rules {
            let at = words.place(rule.span);
            if let RuleKind::Once { keys, ledger, .. } = &rule.kind {
                all.push(once(words, &rule.id, keys, ledger.as_deref(), &at));
            }
            let mut visit = |expr: &Expr| history(words, expr, &rule.id, &at, &mut all);
            rule.guards.iter().for_each(|guard| guard.walk(&mut visit));
            conditions(&rule.kind).into_iter().for_each(|expr| expr.walk(&mut visit));
        }
        for limit in &block.limits {
            let at = words.place(limit.span);
            let mut visit = |expr: &Expr| history(words, expr, &limit.id, &at, &mut all);
            limit.guards.iter().for_each(|guard| guard.walk(&mut visit));
            limit
                .bounds
                .iter()
                .filter_map(|bound| bound.when.as_ref())
                .for_each(|expr| expr.walk(&mut visit));
        }
    }
    all.extend(labels(words));
    let mut seen = std::collections::HashSet::new();
    all.retain(|one| seen.insert((one.of.clone(), one.what.clone(), one.key.clone(), one.window.clone())));
    all
}

fn conditions(kind: &RuleKind) -> Vec<&Expr> {
    match kind {
        RuleKind::Require(expr) | RuleKind::RecordsAtMost(expr) | RuleKind::Deny(Some(expr)) => vec![expr],
        RuleKind::RequireEach(each) | RuleKind::DenyEach(each) => vec![&each.list, &each.body],
        RuleKind::Challenge { each, when, .. } => {
            let each = each.iter().flat_map(|each| [&each.list, &each.body]);
            each.chain(when.as_ref()).collect()
        }
        RuleKind::Deny(None) | RuleKind::Once { .. } => Vec::new(),
    }
}

fn of_bound(words: &Words<'_>, limit: &Limit, bound: &Bound, of_skill: bool) -> Memory {
    let mut key = words.keys(&limit.keys);
    if of_skill && key.is_empty() {
        key.push("job".to_owned());
    }
    let mut open = 0;
    let (what, bytes) = match &bound.meter {
        Meter::Calls | Meter::Denials => {
            let what = if matches!(bound.meter, Meter::Calls) { "calls" } else { "refusals" };
            (what, count(&limit.window, constant(&bound.value)))
        }
        Meter::CallsPer(keys) => {
            key.extend(words.keys(keys));
            ("calls", count(&limit.window, constant(&bound.value)))
        }
        Meter::Retries => {
            key.push("exact call".to_owned());
            ("repetitions", count(&limit.window, constant(&bound.value)))
        }
        Meter::Tokens => ("tokens", sum(&limit.window)),
        Meter::Cost => ("cost", sum(&limit.window)),
        Meter::Sum { .. } => ("sum of amounts", sum(&limit.window)),
        Meter::Runtime => ("when it began", TIME),
        Meter::InFlight => {
            open = LEASE;
            ("calls under way", 0)
        }
    };
    let window = match &limit.window {
        Window::Lifetime => "for the key's lifetime".to_owned(),
        other => sentences::window(other).trim().to_owned(),
    };
    Memory {
        of: limit.id.clone(),
        what: what.to_owned(),
        key,
        window,
        bytes,
        bytes_per_open_call: open,
        at: words.place(bound.span),
    }
}

/// A count against N.
fn count(window: &Window, most: Option<u64>) -> u64 {
    match window {
        Window::Lifetime => COUNTER,
        Window::Calendar(..) => COUNTER + TIME,
        // Without a constant there is a deployment parameter; what it is set to is not known here.
        Window::Rolling(_) => TIME.saturating_mul(most.unwrap_or(1)),
    }
}

fn sum(window: &Window) -> u64 {
    match window {
        Window::Lifetime => AMOUNT,
        Window::Calendar(..) => AMOUNT + TIME,
        Window::Rolling(_) => SUM_BUCKETS * BUCKET,
    }
}

fn once(words: &Words<'_>, id: &str, keys: &[Expr], ledger: Option<&str>, at: &str) -> Memory {
    let mut key = match ledger {
        Some(ledger) => vec![format!("ledger {ledger}")],
        None => ["agent", "user", "tool"].map(str::to_owned).to_vec(),
    };
    key.extend(words.keys(keys));
    Memory {
        of: id.to_owned(),
        what: "that it ran".to_owned(),
        key,
        window: "for longer than any replay".to_owned(),
        bytes: ONCE,
        bytes_per_open_call: 0,
        at: at.to_owned(),
    }
}

/// What one history predicate needs; nothing for other expressions.
fn history(words: &Words<'_>, expr: &Expr, of: &str, at: &str, all: &mut Vec<Memory>) {
    let mut push = |past: &Past, what: &str, span: Option<String>, bytes: u64, open: u64| {
        all.push(Memory {
            of: of.to_owned(),
            what: format!("{what} {}", name(words, past)),
            key: join_key(words, past),
            window: span.unwrap_or_else(|| "for the key's lifetime".to_owned()),
            bytes,
            bytes_per_open_call: open,
            at: at.to_owned(),
        });
    };
    let within =
        |span: &Option<_>| span.as_ref().map(|time: &agentpass_values::Duration| format!("in any {time}"));
    match &expr.kind {
        ExprKind::After(past, span, no) => {
            push(past, "the last", within(span), LAST_SEEN, 0);
            no.iter().for_each(|past| push(past, "the last", within(span), LAST_SEEN, 0));
        }
        ExprKind::Latest(which, past, span) => {
            let which = match which {
                crate::ast::Which::Latest => "the latest",
                crate::ast::Which::First => "the first",
            };
            push(past, which, within(&span.flatten()), LAST_SEEN, 0);
        }
        ExprKind::Member(..) => {
            // `(latest T).args.x`: the value is kept beside the time.
            if let Some((past, span, path)) = kept(expr) {
                push(past, &format!("{path} of the last"), within(&span), KEPT_VALUE, 0);
            }
        }
        ExprKind::Compare(op, left, right) => {
            for (call, other, op) in [(left, right, *op), (right, left, flipped(*op))] {
                if let ExprKind::CallsOf(past, span) = &call.kind {
                    let bytes = match span {
                        Some(_) => TIME.saturating_mul(needed(op, constant(other).unwrap_or(1))),
                        None => COUNTER,
                    };
                    push(past, "the number of", within(span), bytes, 0);
                }
            }
        }
        ExprKind::SumOf(past, span) => {
            let bytes = if span.is_some() { SUM_BUCKETS * BUCKET } else { AMOUNT };
            push(past, "the sum of amounts of", within(span), bytes, 0);
        }
        ExprKind::InFlightOf(past) => push(past, "the open calls of", None, 0, LEASE),
        _ => {}
    }
}

/// A member that ends in `.args.x` or `.result.x` of a past call.
fn kept(expr: &Expr) -> Option<(&Past, Option<agentpass_values::Duration>, String)> {
    let ExprKind::Member(part, field) = &expr.kind else { return None };
    let ExprKind::Member(call, part) = &part.kind else { return None };
    let mut call = call;
    loop {
        match &call.kind {
            ExprKind::Latest(_, past, span) => {
                return Some((past, span.flatten(), format!("{part}.{field}")));
            }
            ExprKind::Coalesce(inner, _) => call = inner,
            _ => return None,
        }
    }
}

/// How many times decide a comparison with N.
fn needed(op: BinaryOp, n: u64) -> u64 {
    match op {
        BinaryOp::Less | BinaryOp::GreaterEqual => n.max(1),
        _ => n.saturating_add(1),
    }
}

fn flipped(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        other => other,
    }
}

fn constant(expr: &Expr) -> Option<u64> {
    match &expr.kind {
        ExprKind::Const(Value::Int(value)) => u64::try_from(*value).ok(),
        ExprKind::Let(_, value) => constant(value),
        _ => None,
    }
}

fn name(words: &Words<'_>, past: &Past) -> String {
    match past.of {
        crate::types::PastOf::Tool(index) => words.tool(index),
        crate::types::PastOf::Event(index) => {
            words.program.events.get(index).map(|event| event.name.node.clone()).unwrap_or_default()
        }
    }
}

/// What tells one past call from another: the scope, and the values that are compared with this call's.
fn join_key(words: &Words<'_>, past: &Past) -> Vec<String> {
    let scope = match past.scope {
        PastScope::Job => "job",
        PastScope::User => "user",
        PastScope::Agent => "agent",
        PastScope::Tenant => "tenant",
    };
    let joins = |filter: &&Filter| {
        let mut reads = false;
        filter
            .value
            .walk(&mut |expr| reads |= matches!(expr.kind, ExprKind::Read(ref read) if *read != Read::Now));
        reads
    };
    let mut key = vec![scope.to_owned()];
    key.extend(past.filters.iter().filter(joins).map(|filter| words.key(&filter.value)));
    key
}

/// The labels that a job carries: one bit for each pair of source and label that some tool can add.
fn labels(words: &Words<'_>) -> Option<Memory> {
    let tools = words.program.tools.iter();
    let pairs = tools.flat_map(|tool| &tool.facts.reads);
    let pairs: std::collections::BTreeSet<(&str, &str)> = pairs
        .flat_map(|reads| reads.labels.iter().map(|label| (reads.source.as_str(), label.as_str())))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let shown: Vec<String> = pairs.iter().map(|(source, label)| format!("{label} from {source}")).collect();
    Some(Memory {
        of: "labels".to_owned(),
        what: format!("whether it carries {}", series(&shown, "or")),
        key: vec!["job".to_owned()],
        window: "for the key's lifetime".to_owned(),
        bytes: (pairs.len() as u64).div_ceil(8),
        bytes_per_open_call: 0,
        at: String::new(),
    })
}
