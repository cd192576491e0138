//! What policies may hold and seldom do, and what a contract says where it is edited.

use agentpass_compiler::import::guard::{Source, import};
use serde_json::{Value, json};

use super::{analysed, decide, gate, imported};
use crate::reference::Guard;

/// One check after the other, each decided by the import and by the reference.
#[track_caller]
fn agree(policy: Value, checks: &[Value]) -> Vec<Value> {
    let contract = imported(&policy.to_string());
    let gate = gate(&contract);
    let mut guard = Guard::new(policy);
    let mut all = Vec::new();
    for check in checks {
        let mut whole = json!({"agentId": "a", "action": "read", "tool": "t", "jobId": "j"});
        whole.as_object_mut().unwrap().extend(check.as_object().unwrap().clone());
        let got = decide(&gate, &json!(1_767_225_600_000_u64), &whole);
        assert_eq!(got, guard.check(&whole, 1_767_225_600_000.0), "{whole}\n{contract}");
        all.push(got);
    }
    all
}

#[test]
fn policies_that_say_nothing() {
    for policy in [
        json!({}),
        json!({"tools": {}}),
        json!({"tools": {}, "flows": [], "budgets": {}, "enterpriseAuth": {}}),
        json!({"flows": [{"from": "a", "to": "b"}], "budgets": {"maxToolCallsPerJob": 1}}),
    ] {
        let got = agree(policy, &[json!({}), json!({"tool": ""})]);
        assert_eq!(got[0]["reasons"], json!(["tool is not declared: t"]));
    }
    let got =
        agree(json!({"tools": {"t": {}}}), &[json!({}), json!({"action": "anything", "amountUsd": 1e300})]);
    assert_eq!(got[1]["type"], "allow");
    agree(json!({"tools": {"t": {"enterpriseAuth": {}}}}), &[json!({}), json!({"enterpriseAuth": {}})]);
}

#[test]
fn names_that_are_no_names() {
    for name in [
        "",
        " ",
        "not",
        "any",
        "otherwise",
        "each",
        "a.not.b",
        "a..b",
        ".",
        "*",
        "get_*",
        "{a}",
        "\"",
        "\\",
        "\n\t\0",
        "\u{3164}",
        "\u{202e}",
        "größe",
        "cafe\u{301}",
        "\u{212b}",
        "日本",
        "😀",
        "__proto__",
        "constructor",
        "T",
        "t ",
        "2fa",
        "$",
        "a/b",
        "//",
    ] {
        let rules = json!({
            "action": name.to_owned() + "x", "allowedDomains": [name], "blockedFields": [name],
            "enterpriseAuth": {"requiredScopes": [name]}, "singleUse": true,
        });
        let policy = json!({
            "tools": {name: rules},
            "flows": [{"from": name, "to": "*", "dataClassification": [name], "decision": "deny"}],
            "budgets": {"maxToolCallsPerJob": 1},
            "sensitiveClassifications": [name],
        });
        let checks = [
            json!({"tool": name, "fieldSet": [name], "externalDomain": name, "enterpriseAuth": {"scopes": ["x"]}}),
            json!({
                "tool": name, "action": name.to_owned() + "x", "jobId": name, "idempotencyKey": name,
                "enterpriseAuth": {"scopes": [name]}, "externalDomain": format!("sub.{name}"),
            }),
            json!({"tool": name, "dataFrom": name, "dataTo": name, "dataClassification": [name], "enterpriseAuth": {}}),
            json!({"tool": format!("{name}x")}),
            json!({"tool": name.to_uppercase()}),
        ];
        agree(policy, &checks);
    }
}

#[test]
fn caps_of_nothing_and_of_very_much() {
    for cap in [0.0, 0.5, 25.75, 0.1 + 0.2, 1e15, 1e20, 1e21, 1.5e28] {
        let policy = json!({"tools": {"t": {"maxAmountUsd": cap}}});
        let checks: Vec<Value> = [0.0, 0.5, 0.6, 25.75, 25.76, 1e15, 1e20, 1e21, 1.1e21, 1.5e28, 1e30, 1e300]
            .map(|amount| json!({"amountUsd": amount}))
            .into();
        agree(policy, &checks);
    }
    let got = agree(json!({"tools": {"t": {"maxAmountUsd": 1e21}}}), &[json!({"amountUsd": 1.5e21})]);
    assert_eq!(got[0]["reasons"], json!(["amount exceeds maxAmountUsd 1e+21"]));
    for cap in [json!(0), json!(0.5), json!(2), json!(2.5), json!(1e21), json!(1.797e308)] {
        for key in [
            "maxToolCallsPerJob",
            "maxSameToolCallsPerJob",
            "maxIdenticalToolCallsPerJob",
            "maxRetriesPerTool",
            "maxTokensPerJob",
            "maxEstimatedCostUsdPerJob",
            "maxRuntimeMsPerJob",
            "challengeAfterToolCallsPerJob",
            "challengeAfterTokensPerJob",
            "challengeAfterEstimatedCostUsdPerJob",
            "challengeAfterRuntimeMsPerJob",
        ] {
            let call = json!({"estimatedTokens": 1, "estimatedCostUsd": 0.25});
            let free = json!({"estimatedTokens": 0, "estimatedCostUsd": 0});
            agree(
                json!({"tools": {"t": {}}, "budgets": {key: cap}}),
                &[free.clone(), call.clone(), json!({}), call.clone(), json!({"jobId": ""}), free, call],
            );
        }
        agree(
            json!({"tools": {"t": {}}, "flows": [{"from": "*", "to": "*", "maxRecords": cap}]}),
            &[0, 1, 2, 3, 9].map(|records| json!({"dataFrom": "a", "dataTo": "b", "recordCount": records})),
        );
    }
}

#[test]
fn entries_that_are_there_twice() {
    let policy = json!({
        "tools": {"t": {
            "blockedFields": ["SSN", "ssn ", "ssn"], "allowedFields": ["ssn", "plan", "plan"],
            "allowedDomains": ["a.example", "A.EXAMPLE", "x.a.example"],
            "enterpriseAuth": {"requiredScopes": ["s", "s", "S"], "allowedGroups": ["g", "G"]},
        }},
        "flows": [
            {"from": "a", "to": "b", "dataClassification": ["pii", "PII"], "requiresApproval": true},
            {"from": "A", "to": "B", "dataClassification": ["pii"], "decision": "deny"},
            {"from": "*", "to": "*"},
            {"from": "c", "to": "d", "decision": "deny"},
        ],
        "sensitiveClassifications": ["pii", " pii"],
    });
    let auth = json!({"scopes": ["S"], "groups": ["g"]});
    let got = agree(
        policy.clone(),
        &[
            json!({"fieldSet": ["ssn", "ssn", "other"], "enterpriseAuth": {}}),
            json!({"externalDomain": "y.x.a.example", "enterpriseAuth": auth}),
            json!({"dataFrom": "a", "dataTo": "b", "dataClassification": ["pii"], "enterpriseAuth": auth}),
            json!({"dataFrom": "c", "dataTo": "d", "enterpriseAuth": auth}),
        ],
    );
    assert_eq!(got[2]["required_approval_for"], json!(["flow"]));
    assert_eq!(got[3]["type"], "allow");
    let contract = imported(&policy.to_string());
    assert!(contract.contains("// Flow 2 of the policy decides nothing: flow 1 comes first."), "{contract}");
    assert!(contract.contains("// Flow 4 of the policy decides nothing: flow 3 comes first."), "{contract}");
}

#[test]
fn values_print_as_they_came() {
    let long = "x".repeat(500);
    let got = agree(
        json!({"tools": {"t": {"blockedFields": [long, "a\tb", "\u{202e}"]}}}),
        &[json!({"fieldSet": [format!("{long} "), "\u{202e}", "A\tB"]})],
    );
    let expected =
        json!(
            [format!("field is blocked: {long} "), "field is blocked: \u{202e}", "field is blocked: A\tB",]
        );
    assert_eq!(got[0]["reasons"], expected);
}

/// What the README of the data calls unsafe. The import is stricter there, and says so.
#[test]
fn habits_that_are_refused() {
    let policy = json!({
        "tools": {"t": {"maxAmountUsd": 5, "allowedDomains": ["customer.example"]}},
        "budgets": {"maxTokensPerJob": 10, "maxEstimatedCostUsdPerJob": 1},
    });
    let contract = imported(&policy.to_string());
    assert_eq!(contract.matches("stricter on purpose").count(), 1);
    let gate = gate(&contract);
    for strict in [
        json!({"tool": "constructor"}),
        json!({"tool": "__proto__"}),
        json!({"amountUsd": -1}),
        json!({"estimatedTokens": -5, "jobId": "j"}),
        json!({"estimatedCostUsd": -0.5, "jobId": "j"}),
    ] {
        let mut check = json!({"agentId": "a", "action": "read", "tool": "t"});
        check.as_object_mut().unwrap().extend(strict.as_object().unwrap().clone());
        assert_eq!(decide(&gate, &json!(0), &check)["type"], "deny", "{check}");
    }
    // One is kept; the text says how to leave it, and an edit of the text does.
    let strict = self::gate(&contract.replace(r"/((?s:.)*\.)?", r"/([^@:\/?#\\]*\.)?"));
    for (domain, kept) in [
        ("ann@mail.customer.example", "allow"),
        ("https://evil.example/?.customer.example", "allow"),
        ("mail.customer.example", "allow"),
        ("ann@customer.example", "deny"),
    ] {
        let check = json!({"agentId": "a", "action": "read", "tool": "t", "externalDomain": domain});
        assert_eq!(decide(&gate, &json!(0), &check)["type"], kept, "{check}");
        let left = if domain.contains('@') || domain.contains(':') { "deny" } else { kept };
        assert_eq!(decide(&strict, &json!(0), &check)["type"], left, "{check}");
    }
    // A tenth and two tenths are three.
    let policy = json!({"tools": {"t": {}}, "budgets": {"maxEstimatedCostUsdPerJob": 0.3}});
    agree(
        policy,
        &[
            json!({"estimatedCostUsd": 0.1}),
            json!({"estimatedCostUsd": 0.2}),
            json!({"estimatedCostUsd": 0.01}),
        ],
    );
}

#[test]
fn the_text_alone_decides() {
    let policy = json!({"tools": {"t": {"maxAmountUsd": 5, "requiresApproval": true}}});
    let contract = imported(&policy.to_string());
    let edited = contract
        .replace("host.amount <= $5", "host.amount <= $7")
        .replace("amount exceeds maxAmountUsd 5", "at most seven, please")
        .replace("challenge tool", "challenge boss")
        .replace("tool is not declared", "no such tool");
    let gate = gate(&edited);
    let ask = |tool: &str, amount: f64| {
        let check = json!({"agentId": "a", "action": "read", "tool": tool, "amountUsd": amount});
        decide(&gate, &json!(0), &check)
    };
    assert_eq!(ask("t", 8.0)["reasons"], json!(["at most seven, please"]));
    assert_eq!(ask("t", 6.0)["required_approval_for"], json!(["boss"]));
    assert_eq!(ask("u", 6.0)["reasons"], json!(["no such tool: u"]));
}

#[test]
fn what_is_no_policy_is_refused() {
    for (text, why) in [
        ("", "EOF while parsing"),
        ("null", "invalid type: null"),
        ("[]", "the document is a list, not an object"),
        (r#"{"budgets": []}"#, "`budgets` is a list"),
        (r#"{"tools": {"t": []}}"#, "the tool `t` is a list"),
        (r#"{"tools": {"t": {"enterpriseAuth": []}}}"#, "`enterpriseAuth` of the tool `t` is a list"),
        (r#"{"flows": [["a", "b"]]}"#, "flow 1 is a list"),
        (r#"{"tools": {"t": {"maxAmount": 5}}}"#, "unknown field `maxAmount`"),
        (r#"{"budgets": {"maxTokensPerJob": -1}}"#, "-1 is below 0"),
    ] {
        let error = import(Source { text, path: "p.json" }, "agentpassc").unwrap_err().to_string();
        assert!(error.starts_with("`p.json` is no policy of the guard: ") && error.contains(why), "{error}");
    }
}

/// A warning about an import is a warning about its policy.
#[test]
fn warnings_are_about_the_policy() {
    let found = |policy: Value| {
        let contract = imported(&policy.to_string());
        let all = analysed(&contract).diagnostics;
        let warns = |id: &&str| !id.starts_with('N');
        all.iter().map(|finding| finding.code.id).filter(warns).collect::<Vec<_>>()
    };
    let fine = json!({
        "tools": {"pay": {"action": "pay", "singleUse": true}, "send": {"action": "send"}, "odd name": {}},
        "flows": [{"from": "a", "to": "*"}, {"from": "*", "to": "b", "requiresApproval": true}],
        "budgets": {"maxToolCallsPerJob": 5, "maxIdenticalToolCallsPerJob": 2, "maxRetriesPerTool": 1},
    });
    assert_eq!(found(fine), Vec::<&str>::new());
    let again = json!({"tools": {"t": {"action": "deploy"}}});
    assert_eq!(found(again), ["W0106"], "whoever asks deploys again and again");
}
