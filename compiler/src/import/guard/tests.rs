use super::*;
use crate::analysis::analyse;
use crate::diagnostics::Severity;
use crate::diagnostics::config::Config;
use crate::load::MemoryFiles;

const POLICY: &str = r#"{
    "tools": {
        "stripe.refund": {
            "action": "pay", "requiresApproval": true, "maxAmountUsd": 25.75, "requireIdempotencyKey": true, "singleUse": true,
            "allowedDomains": ["Customer.example", "docs.example"], "blockedFields": ["SSN", "ssn "],
            "enterpriseAuth": {"requiredScopes": ["pay"], "allowedGroups": ["support"], "allowedIssuers": ["https://idp.example"]}
        },
        "create-issue": {"requiresApprovalIfPii": true, "allowedDomains": []}
    },
    "flows": [
        {"from": "crm", "to": "*", "dataClassification": ["pii"], "decision": "deny"},
        {"from": "*", "to": "ext mail", "destinationType": "webhook", "maxRecords": 10, "allowedFields": ["plan"]},
        {"from": "CRM", "to": "ext mail", "dataClassification": ["PII"]}
    ],
    "budgets": {"maxToolCallsPerJob": 10000, "maxRetriesPerTool": 1, "challengeAfterRuntimeMsPerJob": 90500},
    "sensitiveClassifications": ["pii"]
}"#;

fn imported(policy: &str) -> String {
    import(Source { text: policy, path: "some/My Policy.json" }, "agentpassc").unwrap().contract
}

#[test]
fn each_row_is_a_clause() {
    insta::assert_snapshot!(imported(POLICY));
}

#[test]
fn a_policy_that_says_nothing_declares_nothing() {
    insta::assert_snapshot!(imported("{}"));
}

#[test]
fn imports_are_clean_and_in_the_one_layout() {
    for policy in ["{}", POLICY] {
        let contract = imported(policy);
        let files = MemoryFiles::new([("policy.agentpass", contract.as_str())]);
        let found = analyse(&["policy.agentpass".to_owned()], &files, &Config::default()).diagnostics;
        let loud: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Note).collect();
        assert!(loud.is_empty(), "{loud:?}\n{contract}");
        assert!(!crate::fmt::format(agentpass_grammar::FileId(0), &contract).changed);
    }
}
