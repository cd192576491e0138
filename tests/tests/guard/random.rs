//! Generated policies and checks. Names come from small pools, so that they meet; caps are small, so that they are passed.

use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::{cases, decide, gate, imported};
use crate::reference::Guard;

/// Names of tools; some are words of the language, some are no names at all.
const TOOLS: &[&str] = &[
    "stripe.refund",
    "gmail.send",
    "web.search",
    "not",
    "any",
    "otherwise",
    "tool",
    "limit",
    "a-b",
    "a b",
    "x.some",
    "größe",
    "{brace}",
    "\"q\"\\",
    "",
    "2fa",
    "tool_2",
    "tab\t",
    "\u{202e}rtl",
    "*",
    "get_*",
    "a..b",
    "host",
    "known",
];
const ACTIONS: &[&str] =
    &["read", "write", "delete", "send", "export", "pay", "deploy", "admin", "custom {x}", "READ", " read"];
const TEXTS: &[&str] =
    &["pii", " PII\t", "secret", "customer_data", "größe", "GRÖSSE", "ẞ", "x\"y", "{f}", "a/b", "", " "];
const ENDS: &[&str] =
    &["*", " * ", "crm", " CRM ", "any", "otherwise", "agent_context", "ext mail", "", " ", "not"];
const TYPES: &[&str] = &["external_email", "webhook", " Webhook", "*", "internal_db", "", "model_provider"];
const DOMAINS: &[&str] =
    &["customer.example", " Docs.Example ", "github.com", "com", "a+b.example", "größe.example", " "];
const ASKED: &[&str] = &[
    "customer.example",
    "CUSTOMER.EXAMPLE\t",
    "a.customer.example",
    "xcustomer.example",
    "customer.example.",
    "docs.example",
    "customer.example.evil.example",
    "com",
    "a+b.example",
    "aab.example",
    "x.Größe.example",
    "",
    "   ",
    ".com",
    "a b.github.com",
];
const GROUPS: &[&str] = &["support", " Support", "ops", "finance", ""];
const AMOUNTS: &[f64] = &[0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 25.75, 99.99, 100.0, 100.01, 1e9, 1e20, 1e21, 2.5e21];

fn texts(pool: &'static [&'static str], most: usize) -> BoxedStrategy<Value> {
    prop::collection::vec(select(pool), 0..=most).prop_map(|all| json!(all)).boxed()
}

/// An object of which every entry may be there or not.
fn object(entries: Vec<(&'static str, f64, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let mut whole = Just(Map::new()).boxed();
    for (key, often, value) in entries {
        let value = if often < 1.0 { weighted(often, value).boxed() } else { value.prop_map(Some).boxed() };
        whole = (whole, value)
            .prop_map(move |(mut map, value)| {
                if let Some(value) = value {
                    map.insert(key.to_owned(), value);
                }
                map
            })
            .boxed();
    }
    whole.prop_map(Value::Object).boxed()
}

fn yes() -> BoxedStrategy<Value> {
    any::<bool>().prop_map(Value::Bool).boxed()
}

fn one(pool: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(pool).prop_map(|text| json!(text)).boxed()
}

fn amount() -> BoxedStrategy<Value> {
    select(AMOUNTS).prop_map(|number| json!(number)).boxed()
}

fn count(most: u32) -> BoxedStrategy<Value> {
    prop_oneof![9 => (0..=most).prop_map(|number| json!(number)), 1 => Just(json!(1.5))].boxed()
}

fn auth() -> BoxedStrategy<Value> {
    let some = |pool: &'static [&'static str]| {
        prop::collection::vec(select(pool), 1..3).prop_map(|all: Vec<&str>| json!(all)).boxed()
    };
    object(vec![
        ("requiredScopes", 0.3, texts(GROUPS, 2)),
        ("requiredGroups", 0.3, texts(GROUPS, 2)),
        ("allowedGroups", 0.3, texts(GROUPS, 2)),
        ("allowedClients", 0.3, some(&["desk", " Desk", "console"])),
        ("allowedIssuers", 0.3, some(&["https://idp.example", "HTTPS://IDP.EXAMPLE "])),
    ])
}

fn lists() -> Vec<(&'static str, f64, BoxedStrategy<Value>)> {
    vec![
        ("allowedDomains", 0.25, texts(DOMAINS, 3)),
        ("allowedFields", 0.2, texts(TEXTS, 4)),
        ("blockedFields", 0.25, texts(TEXTS, 3)),
    ]
}

fn tool() -> BoxedStrategy<Value> {
    let mut entries = vec![
        ("action", 0.6, one(ACTIONS)),
        ("requiresApproval", 0.3, yes()),
        ("requiresApprovalIfPii", 0.3, yes()),
        ("maxAmountUsd", 0.4, amount()),
        ("requireIdempotencyKey", 0.3, yes()),
        ("singleUse", 0.5, yes()),
        ("enterpriseAuth", 0.2, auth()),
    ];
    entries.extend(lists());
    object(entries)
}

fn flow() -> BoxedStrategy<Value> {
    let mut entries = vec![
        ("from", 1.0, one(ENDS)),
        ("to", 1.0, one(ENDS)),
        ("destinationType", 0.3, one(TYPES)),
        ("dataClassification", 0.4, texts(TEXTS, 3)),
        ("decision", 0.4, one(&["allow", "deny"])),
        ("requiresApproval", 0.3, yes()),
        ("maxRecords", 0.3, count(3)),
    ];
    entries.extend(lists());
    object(entries)
}

fn budgets() -> BoxedStrategy<Value> {
    object(vec![
        ("maxToolCallsPerJob", 0.3, count(8)),
        ("maxSameToolCallsPerJob", 0.3, count(5)),
        ("maxIdenticalToolCallsPerJob", 0.3, count(3)),
        ("maxRetriesPerTool", 0.3, count(3)),
        ("maxTokensPerJob", 0.3, count(50)),
        ("maxEstimatedCostUsdPerJob", 0.3, amount()),
        ("maxRuntimeMsPerJob", 0.3, count(3_000)),
        ("challengeAfterToolCallsPerJob", 0.3, count(8)),
        ("challengeAfterTokensPerJob", 0.3, count(50)),
        ("challengeAfterEstimatedCostUsdPerJob", 0.3, amount()),
        ("challengeAfterRuntimeMsPerJob", 0.3, count(3_000)),
    ])
}

fn policy() -> BoxedStrategy<Value> {
    let tools = (subsequence(TOOLS, 0..6), prop::collection::vec(tool(), 6))
        .prop_map(|(names, tools)| Value::Object(names.into_iter().map(str::to_owned).zip(tools).collect()));
    let flows = prop::collection::vec(flow(), 0..6).prop_map(Value::Array);
    object(vec![
        ("tools", 0.97, tools.boxed()),
        ("flows", 0.8, flows.boxed()),
        ("budgets", 0.8, budgets()),
        ("enterpriseAuth", 0.15, auth()),
        ("defaultSensitiveDestinationDecision", 0.6, one(&["allow", "deny", "challenge_required"])),
        ("sensitiveClassifications", 0.3, texts(TEXTS, 3)),
        ("sensitiveDestinationTypes", 0.3, texts(TYPES, 3)),
    ])
}

fn check() -> BoxedStrategy<Value> {
    let who = object(vec![
        ("issuer", 0.8, one(&["https://idp.example", " https://IDP.example", "evil", ""])),
        ("clientId", 0.8, one(&["desk", "CONSOLE", "rogue\t", ""])),
        ("scopes", 0.8, texts(GROUPS, 3)),
        ("groups", 0.8, texts(GROUPS, 3)),
        ("subject", 0.3, one(&["u"])),
    ]);
    object(vec![
        ("agentId", 1.0, one(&["a", "b"])),
        ("userId", 0.5, one(&["u", "v", ""])),
        ("jobId", 0.9, one(&["j", "j", "k", " j", ""])),
        ("resource", 0.6, one(&["r", "s", ""])),
        ("callFingerprint", 0.3, one(&["r", "f", ""])),
        ("idempotencyKey", 0.5, one(&["k1", "k2", "k3", "k4", " ", ""])),
        ("approvalId", 0.5, one(&["p", " ", ""])),
        ("amountUsd", 0.5, amount()),
        ("externalDomain", 0.5, one(ASKED)),
        ("dataFrom", 0.7, one(ENDS)),
        ("dataTo", 0.7, one(ENDS)),
        ("destinationType", 0.6, one(TYPES)),
        ("dataClassification", 0.7, texts(TEXTS, 3)),
        ("fieldSet", 0.5, texts(TEXTS, 4)),
        ("recordCount", 0.4, (0..5_u32).prop_map(|number| json!(number)).boxed()),
        ("estimatedTokens", 0.5, (0..30_u32).prop_map(|number| json!(number)).boxed()),
        ("estimatedCostUsd", 0.5, select(&[0.0, 0.1, 0.2, 0.251118, 1.0]).prop_map(|it| json!(it)).boxed()),
        ("enterpriseAuth", 0.6, who),
        ("currency", 0.2, one(&["EUR"])),
        ("retryCount", 0.2, count(5)),
    ])
}

/// Checks with the place of their tool among those of the policy, the action that it expects or another one, and the time that
/// has passed.
fn steps() -> impl Strategy<Value = Vec<(Value, prop::sample::Index, Option<&'static str>, u32)>> {
    let pause = prop_oneof![Just(0_u32), 0..500_u32, Just(1_000), 0..3_000_u32];
    let step = (check(), any::<prop::sample::Index>(), of(select(ACTIONS)), pause);
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases().unwrap_or(32),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn imported_contracts_decide_as_the_reference(policy in policy(), steps in steps()) {
        let text = policy.to_string();
        let contract = imported(&text);
        let gate = gate(&contract);
        let names: Vec<String> =
            policy["tools"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let mut guard = Guard::new(policy.clone());
        let mut now = 1_767_225_600_000.0_f64;
        for (mut check, place, other, pause) in steps {
            now += f64::from(pause);
            // One tool in so many is none of the policy's.
            let at = place.index(names.len() + 1);
            let name = names.get(at).map_or("undeclared", String::as_str);
            let expected = policy["tools"][name]["action"].as_str();
            let action = other.filter(|_| place.index(5) == 0).or(expected).unwrap_or("read");
            check["tool"] = json!(name);
            check["action"] = json!(action);
            let got = decide(&gate, &json!(now), &check);
            prop_assert_eq!(&got, &guard.check(&check, now), "{}\n{}\n{}", policy, check, contract);
        }
    }
}
