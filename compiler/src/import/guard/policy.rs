//! A policy of the guard, as its JSON says it. What is unknown, doubled or of another type is an error with its place: a rule
//! that is misspelt would be a rule that is missing.

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A whole policy.
#[derive(Deserialize, Clone, PartialEq, Debug, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Policy {
    #[serde(deserialize_with = "in_order")]
    pub tools: Vec<(String, Tool)>,
    pub flows: Vec<Flow>,
    pub budgets: Budgets,
    #[serde(deserialize_with = "given")]
    pub enterprise_auth: Option<Auth>,
    pub default_sensitive_destination_decision: Otherwise,
    #[serde(deserialize_with = "given")]
    pub sensitive_classifications: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    pub sensitive_destination_types: Option<Vec<String>>,
}

/// What the policy says about one tool.
#[derive(Deserialize, Clone, PartialEq, Debug, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Tool {
    #[serde(deserialize_with = "given")]
    pub action: Option<String>,
    pub requires_approval: bool,
    pub requires_approval_if_pii: bool,
    #[serde(deserialize_with = "given")]
    pub max_amount_usd: Option<Cap>,
    pub require_idempotency_key: bool,
    pub single_use: bool,
    #[serde(deserialize_with = "given")]
    pub allowed_domains: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    pub allowed_fields: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    pub blocked_fields: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    pub enterprise_auth: Option<Auth>,
}

/// A way that data may or may not go.
#[derive(Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Flow {
    pub from: String,
    pub to: String,
    #[serde(default, deserialize_with = "given")]
    pub destination_type: Option<String>,
    #[serde(default)]
    pub data_classification: Vec<String>,
    #[serde(default)]
    pub decision: Decision,
    #[serde(default)]
    pub requires_approval: bool,
    #[serde(default, deserialize_with = "given")]
    pub max_records: Option<Cap>,
    #[serde(default, deserialize_with = "given")]
    pub allowed_domains: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    pub allowed_fields: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    pub blocked_fields: Option<Vec<String>>,
}

/// What a flow says by itself.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decision {
    #[default]
    Allow,
    Deny,
}

/// What becomes of watched data that no flow speaks of.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum Otherwise {
    Allow,
    #[default]
    Deny,
    ChallengeRequired,
}

/// What one job may use up.
#[derive(Deserialize, Clone, Copy, PartialEq, Debug, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Budgets {
    #[serde(deserialize_with = "given")]
    pub max_tool_calls_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub max_same_tool_calls_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub max_identical_tool_calls_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub max_tokens_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub max_estimated_cost_usd_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub max_runtime_ms_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub max_retries_per_tool: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub challenge_after_tool_calls_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub challenge_after_tokens_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub challenge_after_estimated_cost_usd_per_job: Option<Cap>,
    #[serde(deserialize_with = "given")]
    pub challenge_after_runtime_ms_per_job: Option<Cap>,
}

/// Who may call.
#[derive(Deserialize, Clone, PartialEq, Debug, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Auth {
    pub required_scopes: Vec<String>,
    pub required_groups: Vec<String>,
    pub allowed_groups: Vec<String>,
    #[serde(deserialize_with = "given")]
    pub allowed_clients: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    pub allowed_issuers: Option<Vec<String>>,
}

/// A number that is 0 or more.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Cap(pub f64);

impl<'de> Deserialize<'de> for Cap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if number < 0.0 {
            return Err(D::Error::custom(format!(
                "{} is below 0: a cap that no call can keep",
                super::number::text(number)
            )));
        }
        Ok(Cap(number))
    }
}

/// A value that is there. `null` is not what it stands for, and to the guard not the same as nothing.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The tools in the order in which they are written, each of them once.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Tool)>, D::Error> {
    struct InOrder;

    impl<'de> Visitor<'de> for InOrder {
        type Value = Vec<(String, Tool)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object with an entry for each tool")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all: Vec<(String, Tool)> = Vec::new();
            while let Some((name, tool)) = map.next_entry::<String, Tool>()? {
                if all.iter().any(|(known, _)| *known == name) {
                    return Err(A::Error::custom(format!("the tool `{name}` is there twice")));
                }
                if tool.action.as_deref() == Some("") {
                    return Err(A::Error::custom(format!("the tool `{name}` has an empty action")));
                }
                all.push((name, tool));
            }
            Ok(all)
        }
    }

    deserializer.deserialize_map(InOrder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Policy, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_said_is_nothing_given() {
        assert_eq!(read("{}"), Ok(Policy::default()));
        assert_eq!(read(r#"{"tools": {}, "flows": [], "budgets": {}}"#), Ok(Policy::default()));
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_place() {
        for (text, why) in [
            (r#"{"tols": {}}"#, "unknown field `tols`, expected one of `tools`, `flows`"),
            (r#"{"tools": {"a": {"maxAmount": 5}}}"#, "unknown field `maxAmount`"),
            (r#"{"flows": [{"from": "a"}]}"#, "missing field `to`"),
            (r#"{"flows": [{"from": "a", "to": "b", "decision": "maybe"}]}"#, "unknown variant `maybe`"),
            (r#"{"budgets": {"maxTokensPerJob": "5"}}"#, "invalid type: string \"5\", expected f64"),
            (r#"{"budgets": {"maxTokensPerJob": null}}"#, "invalid type: null"),
            (r#"{"budgets": {"maxTokensPerJob": -1}}"#, "-1 is below 0"),
            (r#"{"budgets": {"maxTokensPerJob": 1e400}}"#, "number out of range"),
            (r#"{"tools": {"a": {}, "a": {}}}"#, "the tool `a` is there twice"),
            (r#"{"tools": {}, "tools": {}}"#, "duplicate field `tools`"),
            (r#"{"tools": {"a": {"action": ""}}}"#, "the tool `a` has an empty action"),
            (r#"{"tools": {"a": {"requiresApproval": "yes"}}}"#, "expected a boolean"),
            (r#"{"tools": []}"#, "expected an object with an entry for each tool"),
            ("5", "invalid type: integer `5`, expected struct Policy"),
            ("{} {}", "trailing characters"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
            assert!(error.contains(" at line 1 column "), "{text}: {error}");
        }
    }
}
