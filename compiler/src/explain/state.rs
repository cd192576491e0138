//! What the gate remembers, and how many bytes that takes at most for each key.
//!
//! | what | is kept as |
//! | --- | --- |
//! | a count against N in a sliding window | the last N times: exact |
//! | a count over a lifetime or a calendar unit | one counter, and the unit's beginning |
//! | a sum in a sliding window | 64 buckets: may refuse slightly longer, never allows more |
//! | a sum over a lifetime or a calendar unit | one checked amount |
//! | `after`, `no … since` | when calls began and ended, as far as it can matter |
//! | `latest`, `first` | that time, and each part that is read |
//! | `distinct` values | the last so many of them, each with its time |
//! | calls in flight | a lease per open call |
//! | `once` | the digest, the state and the time; a result that may be replayed |
//!
//! And for every contract: what open calls will settle, what was decided about calls that have an id, jobs, open questions. The sizes
//! are in [`sizes`].

use agentpass_grammar::Span;
use serde::Serialize;

use super::sentences;
use super::sizes::{self, FEW_WATCHED, KEPT_VALUE, NAME, OPEN, ROW, WATCHED};
use super::words::{Words, series};
use crate::ast::BinaryOp;
use crate::typed::{
    Bound, Expr, ExprKind, Filter, Limit, Meter, Origin, Past, PastScope, PastValue, Read, RuleKind,
    Template, TemplatePart, Then, Value, Window,
};

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
            if let RuleKind::Once { keys, ledger, replay } = &rule.kind {
                all.push(once(words, &rule.id, keys, ledger.as_deref(), replay.is_some(), &at));
            }
            let mut counted = Vec::new();
            let mut visit = |expr: &Expr| history(words, expr, &rule.id, &at, &mut counted, &mut all);
            rule.guards.iter().for_each(|guard| guard.walk(&mut visit));
            conditions(&rule.kind).into_iter().for_each(|expr| expr.walk(&mut visit));
        }
        for limit in &block.limits {
            let at = words.place(limit.span);
            let mut counted = Vec::new();
            let mut visit = |expr: &Expr| history(words, expr, &limit.id, &at, &mut counted, &mut all);
            limit.guards.iter().for_each(|guard| guard.walk(&mut visit));
            limit
                .bounds
                .iter()
                .filter_map(|bound| bound.when.as_ref())
                .for_each(|expr| expr.walk(&mut visit));
        }
    }
    all.extend(rest(words, &all));
    merged(all)
}

/// Bounds that count the same share one row: it has to hold what the largest of them needs.
fn merged(all: Vec<Memory>) -> Vec<Memory> {
    let mut merged: Vec<Memory> = Vec::with_capacity(all.len());
    let mut places: std::collections::HashMap<_, usize> = std::collections::HashMap::new();
    for one in all {
        let row = (one.of.clone(), one.what.clone(), one.key.clone(), one.window.clone());
        match places.get(&row).and_then(|place| merged.get_mut(*place)) {
            Some(known) => {
                known.bytes = known.bytes.max(one.bytes);
                known.bytes_per_open_call = known.bytes_per_open_call.max(one.bytes_per_open_call);
            }
            None => {
                places.insert(row, merged.len());
                merged.push(one);
            }
        }
    }
    merged
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
    let rolls = matches!(limit.window, Window::Rolling(_));
    let most = constant(&bound.value);
    let count = ROW + sizes::count(&limit.window, most.unwrap_or(1));
    let of_open = if rolls { OPEN } else { 0 };
    let (what, mut bytes, open) = match &bound.meter {
        Meter::Calls => ("calls", count, of_open),
        Meter::Denials => ("refusals", count, 0),
        Meter::CallsPer(keys) => {
            key.extend(words.keys(keys));
            ("calls", count, of_open)
        }
        Meter::Retries => {
            key.push("exact call".to_owned());
            // That the call was made, and the total.
            ("repetitions", ROW + count, of_open)
        }
        Meter::Tokens => ("tokens", ROW + sizes::sum(&limit.window), 0),
        Meter::Cost => ("cost", ROW + sizes::sum(&limit.window), 0),
        Meter::Sum { .. } => ("sum of amounts", ROW + sizes::sum(&limit.window), 0),
        Meter::Runtime => ("when it began", ROW, 0),
        Meter::InFlight => ("calls under way", ROW + sizes::FEW_OPEN, OPEN),
    };
    match bound.then {
        Then::Deny | Then::DenyAndSuspend(_) => {}
        Then::Warn => bytes += sizes::STEPS,
        Then::Challenge(challenge) => bytes += sizes::STEPS + question(words, challenge),
    }
    let mut what = what.to_owned();
    if most.is_none()
        && rolls
        && matches!(bound.meter, Meter::Calls | Meter::CallsPer(_) | Meter::Retries | Meter::Denials)
    {
        // What a parameter is set to is known only where the contract is deployed.
        what.push_str(", with 16 bytes more for each that its parameter allows");
    }
    let window = match &limit.window {
        // Refusals are counted when a job is closed as well.
        Window::Lifetime if !matches!(bound.meter, Meter::Denials) => lifetime(&key).to_owned(),
        Window::Lifetime => "for the key's lifetime".to_owned(),
        other => sentences::window(other).trim().to_owned(),
    };
    Memory {
        of: limit.id.clone(),
        what,
        key,
        window,
        bytes,
        bytes_per_open_call: open,
        at: words.place(bound.span),
    }
}

fn once(words: &Words<'_>, id: &str, keys: &[Expr], ledger: Option<&str>, replays: bool, at: &str) -> Memory {
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
        // The labels of a result come back with it.
        bytes: ROW + sizes::ONCE + if replays { sizes::RESULT } else { 0 } + sizes::labels(pairs(words)),
        bytes_per_open_call: 0,
        at: at.to_owned(),
    }
}

/// How long something is kept that no window ends.
fn lifetime(key: &[String]) -> &'static str {
    if key.iter().any(|part| part == "job") { UNTIL_CLOSED } else { "for the key's lifetime" }
}

/// What belongs to a job goes with it.
const UNTIL_CLOSED: &str = "until the job is closed";

/// What one history predicate needs; nothing for other expressions. `counted` are the places of values of which only the
/// number matters: they have been seen with what it is compared with.
fn history(
    words: &Words<'_>,
    expr: &Expr,
    of: &str,
    at: &str,
    counted: &mut Vec<Span>,
    all: &mut Vec<Memory>,
) {
    let mut push = |past: &Past, what: &str, span: Option<String>, bytes: u64, open: u64| {
        all.push(Memory {
            of: of.to_owned(),
            what: format!("{what} {}", name(words, past)),
            key: join_key(words, past),
            window: span.unwrap_or_else(|| lifetime(&join_key(words, past)).to_owned()),
            bytes,
            bytes_per_open_call: open,
            at: at.to_owned(),
        });
    };
    let within =
        |span: &Option<_>| span.as_ref().map(|time: &agentpass_values::Duration| format!("in any {time}"));
    // What every question keeps: which calls are open.
    let row = ROW + FEW_WATCHED;
    match &expr.kind {
        ExprKind::After(past, span, no) => {
            push(past, "the last", within(span), row + sizes::SPANS, WATCHED);
            no.iter().for_each(|past| push(past, "the last", within(span), row + sizes::SPANS, WATCHED));
        }
        ExprKind::Latest(which, past, span) => {
            let which = match which {
                crate::ast::Which::Latest => "the latest",
                crate::ast::Which::First => "the first",
            };
            push(past, which, within(&span.flatten()), row, WATCHED);
        }
        ExprKind::Member(..) => {
            // `(latest T).args.x`: the value is kept beside the time, also of those that are open.
            if let Some((past, span, path)) = kept(expr) {
                push(past, &format!("{path} of the last"), within(&span), KEPT_VALUE, KEPT_VALUE);
            }
        }
        ExprKind::Compare(op, left, right) => {
            for (call, other, op) in [(left, right, *op), (right, left, flipped(*op))] {
                if let ExprKind::CallsOf(past, span, no) = &call.kind {
                    let most = needed(op, constant(other).unwrap_or(1));
                    // Those that count, by both readings of the clock, and those of which nobody knows.
                    let times = match span {
                        _ if !no.is_empty() => sizes::runs(most),
                        Some(_) => 3 * sizes::times(most),
                        None => 0,
                    };
                    no.iter()
                        .for_each(|past| push(past, "the last", within(span), row + sizes::SPANS, WATCHED));
                    push(past, "the number of", within(span), row + times, WATCHED);
                }
                if let ExprKind::Count(list) = &call.kind
                    && let Some((value, past, span)) = values(list)
                {
                    counted.push(value.span);
                    let most = needed(op, constant(other).unwrap_or(1)) + 1;
                    let of = value.path.join(".");
                    push(
                        past,
                        &format!("the different {of} of"),
                        within(span),
                        row + sizes::values(most),
                        WATCHED,
                    );
                    push(past, &format!("{of} of each open"), within(span), KEPT_VALUE, KEPT_VALUE);
                }
            }
        }
        ExprKind::Distinct(value, past, span) if !counted.contains(&value.span) => {
            let of = value.path.join(".");
            let bytes = row + sizes::values(sizes::MOST_VALUES);
            push(past, &format!("the different {of} of"), within(span), bytes, WATCHED);
            push(past, &format!("{of} of each open"), within(span), KEPT_VALUE, KEPT_VALUE);
        }
        ExprKind::SumOf(_, past, span, no) => {
            let buckets = match span {
                _ if !no.is_empty() => sizes::runs(sizes::MOST_EXACT),
                Some(_) => 2 * sizes::BUCKETS,
                None => 0,
            };
            no.iter().for_each(|past| push(past, "the last", within(span), row + sizes::SPANS, WATCHED));
            push(past, "the sum of amounts of", within(span), row + buckets, WATCHED);
        }
        ExprKind::InFlightOf(past) => push(past, "the open calls of", None, row, WATCHED),
        _ => {}
    }
}

/// `distinct … of …`, itself or by the name of a `let`.
fn values(list: &Expr) -> Option<(&PastValue, &Past, &Option<agentpass_values::Duration>)> {
    match &list.kind {
        ExprKind::Distinct(value, past, span) => Some((value, past, span)),
        ExprKind::Let(_, inner) => values(inner),
        _ => None,
    }
}

/// A member that ends in `.args.x` or `.result.x` of a past call.
fn kept(expr: &Expr) -> Option<(&Past, Option<agentpass_values::Duration>, String)> {
    let ExprKind::Member(part, field) = &expr.kind else { return None };
    let ExprKind::Member(call, part) = &part.kind else { return None };
    let mut call: &Expr = call;
    loop {
        match &call.kind {
            ExprKind::Latest(_, past, span) => {
                return Some((past, span.flatten(), format!("{part}.{field}")));
            }
            ExprKind::Coalesce(inner, _) => call = inner,
            ExprKind::Let(_, inner) => call = inner,
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
        filter.value.walk(&mut |expr| match &expr.kind {
            ExprKind::Read(read) => reads |= *read != Read::Now,
            ExprKind::Var(_) => reads = true,
            _ => {}
        });
        reads
    };
    let mut key = vec![scope.to_owned()];
    key.extend(past.filters.iter().filter(joins).map(|filter| words.key(&filter.value)));
    key
}

/// The pairs of source and label that some tool can bring.
fn pairs<'w>(words: &'w Words<'_>) -> impl Iterator<Item = (&'w str, &'w str)> {
    let reads = words.program.tools.iter().flat_map(|tool| &tool.facts.reads);
    let pairs: std::collections::BTreeSet<(&str, &str)> = reads
        .flat_map(|reads| reads.labels.iter().map(|label| (reads.source.as_str(), label.as_str())))
        .collect();
    pairs.into_iter()
}

/// A question that is open, with those who have answered.
fn question(words: &Words<'_>, challenge: usize) -> u64 {
    let count = words.program.challenges.get(challenge).map_or(1, |challenge| u64::from(challenge.count));
    let name =
        words.program.challenges.get(challenge).map_or(0, |challenge| challenge.name.node.len() as u64);
    // Who asks, and for whom; everybody who answers, with some groups.
    let names = (3 + sizes::PARENTS) * NAME + 8 * 24;
    let answers = 2 * count.max(4) * 48 + count * (NAME + 8 * (24 + NAME));
    ROW + sizes::QUESTION + sizes::CALL_ID + name + names + answers + sizes::FINDERS
}

/// What is kept whatever the contract says.
fn rest(words: &Words<'_>, all: &[Memory]) -> Vec<Memory> {
    let shown: Vec<String> = pairs(words).map(|(source, label)| format!("{label} from {source}")).collect();
    let labels = sizes::labels(pairs(words));
    let (mut messages, mut bounds) = (sizes::MESSAGE, 0);
    for block in &words.program.blocks {
        for rule in &block.rules {
            messages = messages
                .max(texts(rule.because.as_ref()) + texts(rule.audit.as_ref()) + rule.id.len() as u64);
        }
        for limit in &block.limits {
            for bound in &limit.bounds {
                bounds += 1;
                let own = texts(bound.because.as_ref()) + texts(bound.audit.as_ref());
                messages = messages.max(own + limit.id.len() as u64);
            }
        }
    }
    let questions = all.iter().filter(|one| one.bytes_per_open_call >= WATCHED).count() as u64;
    let values = all.iter().filter(|one| one.bytes_per_open_call == KEPT_VALUE).count() as u64;
    let onces = all.iter().filter(|one| one.what == "that it ran").count() as u64;
    let tools = words.program.tools.iter();
    let tool = tools.map(|tool| tool.name.len() as u64).max().unwrap_or(0);
    let one = |of: &str, what: String, key: &str, window: &str, bytes: u64| Memory {
        of: of.to_owned(),
        what,
        key: vec![key.to_owned()],
        window: window.to_owned(),
        bytes,
        bytes_per_open_call: 0,
        at: String::new(),
    };
    let permit = sizes::PERMIT
        + sizes::CALL_ID
        + 2 * NAME
        + tool.max(256)
        + bounds * sizes::HELD
        + questions * (sizes::WATCHES + 2 * NAME + 4 * KEPT_VALUE)
        + 2 * values * KEPT_VALUE
        + 2 * onces * 112
        + labels;
    // Besides, where it is found by its call's id.
    let finder = ROW + 8 * 112 + sizes::ALLOCATION;
    let decision = sizes::DECISION
        + sizes::CALL_ID
        + NAME
        + 2 * sizes::REASONS * (sizes::REASON + messages)
        + 2 * bounds * 64;
    // Itself, and the tenants that have one of its name.
    let job = 2 * ROW + 8 * 24 + 4 * NAME + sizes::PARENTS * (2 * 24 + NAME) + labels;
    // What hosts bind to it, over all kinds of jobs.
    let facts = words.program.jobs.iter().flat_map(|kind| &kind.fields).map(|field| field.name.len() as u64);
    let job = job + facts.map(|name| 2 * 56 + name + sizes::ALLOCATION).sum::<u64>();
    let mut rest = Vec::new();
    for (number, challenge) in words.program.challenges.iter().enumerate() {
        let what = "who was asked, and who answered".to_owned();
        let until = "until it is answered or over";
        rest.push(one(&challenge.name.node, what, "call that is held up", until, question(words, number)));
    }
    let carried = match shown.as_slice() {
        [] => "that it is there".to_owned(),
        shown => format!("whether it carries {}", series(shown, "or")),
    };
    rest.push(one("jobs", carried, "job", "for the key's lifetime", job));
    let settles = "what its outcome will settle".to_owned();
    rest.push(one("open calls", settles, "open call", "until its outcome is known", ROW + permit + finder));
    let decided = "what was decided".to_owned();
    rest.push(one("calls with an id", decided, "call id", UNTIL_CLOSED, ROW + decision));
    rest
}

fn texts(template: Option<&Template>) -> u64 {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Text(text) => text.len() as u64,
        TemplatePart::Hole(_) => sizes::HOLE,
    };
    template.map_or(0, |template| template.parts.iter().map(part).sum())
}
