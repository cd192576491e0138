//! The guard, as its description says it (`tests/data/guard/README.md`), and as simple as that. It reads the policy's JSON
//! itself, keeps a list of what it allowed, and counts it again for every check.

use serde_json::{Value, json};

const SENSITIVE: &[&str] = &["pii", "phi", "secret", "payment", "customer_data", "regulated"];
const OUTSIDE: &[&str] =
    &["external_email", "webhook", "model_provider", "browser_form", "file_export", "third_party_saas"];

pub(crate) struct Guard {
    policy: Value,
    /// As imported contracts are: an address or URL is no sub-domain. The guard looks at its end alone.
    /// Allowed checks, with their times.
    allowed: Vec<(Value, f64)>,
}

/// What was found about one check.
#[derive(Default)]
struct Found {
    reasons: Vec<String>,
    approvals: Vec<&'static str>,
}

impl Guard {
    pub(crate) fn new(policy: Value) -> Self {
        Self { policy, allowed: Vec::new() }
    }

    pub(crate) fn check(&mut self, check: &Value, now: f64) -> Value {
        let name = check["tool"].as_str().unwrap();
        let Some(tool) = self.policy["tools"].get(name).cloned() else {
            let reason = format!("tool is not declared: {name}");
            return json!({"type": "deny", "reasons": [reason], "required_approval_for": []});
        };
        let mut found = Found::default();
        self.tool(&tool, check, &mut found);
        if let Some(auth) = self.policy.get("enterpriseAuth") {
            found.auth(auth, check, "");
        }
        if let Some(auth) = tool.get("enterpriseAuth") {
            found.auth(auth, check, &format!("{name} "));
        }
        self.flow(check, &mut found);
        self.budget(check, now, &mut found);
        let Found { mut reasons, approvals } = found;
        let mut seen = Vec::new();
        reasons.retain(|reason| !seen.contains(reason) && (seen.push(reason.clone()), true).1);
        let asked: Vec<&str> =
            ["tool", "pii", "flow", "budget"].into_iter().filter(|it| approvals.contains(it)).collect();
        if !reasons.is_empty() {
            json!({"type": "deny", "reasons": reasons, "required_approval_for": []})
        } else if !asked.is_empty() && text(check, "approvalId").is_none() {
            json!({
                "type": "challenge_required", "reasons": ["approval is required"], "required_approval_for": asked,
            })
        } else {
            self.allowed.push((check.clone(), now));
            json!({"type": "allow", "reasons": [], "required_approval_for": []})
        }
    }

    fn tool(&self, tool: &Value, check: &Value, found: &mut Found) {
        let action = check["action"].as_str().unwrap_or("undefined");
        if let Some(expected) = tool["action"].as_str().filter(|expected| *expected != action) {
            found.reasons.push(format!("tool action mismatch: expected {expected}, got {action}"));
        }
        if let (Some(most), Some(amount)) = (tool["maxAmountUsd"].as_f64(), check["amountUsd"].as_f64())
            && amount > most
        {
            found.reasons.push(format!("amount exceeds maxAmountUsd {}", javascript(most)));
        }
        let key = text(check, "idempotencyKey");
        if is(tool, "requireIdempotencyKey") && key.is_none() {
            found.reasons.push("idempotencyKey is required".to_owned());
        }
        let spends = |allowed: &Value| {
            text(allowed, "idempotencyKey") == key
                && is(&self.policy["tools"][allowed["tool"].as_str().unwrap()], "singleUse")
        };
        if is(tool, "singleUse") && key.is_some() && self.allowed.iter().any(|(it, _)| spends(it)) {
            found.reasons.push("idempotencyKey was already used".to_owned());
        }
        found.domain(tool, check, "");
        found.fields(tool, check, "");
        if is(tool, "requiresApproval") {
            found.approvals.push("tool");
        }
        if is(tool, "requiresApprovalIfPii") && self.is_sensitive(check) {
            found.approvals.push("pii");
        }
    }

    fn is_sensitive(&self, check: &Value) -> bool {
        let watched = list(&self.policy, "sensitiveClassifications");
        let watched = watched.unwrap_or_else(|| SENSITIVE.iter().map(|it| (*it).to_owned()).collect());
        folded(&list(check, "dataClassification").unwrap_or_default())
            .iter()
            .any(|class| folded(&watched).contains(class))
    }

    fn flow(&self, check: &Value, found: &mut Found) {
        let outside = list(&self.policy, "sensitiveDestinationTypes");
        let outside = outside.unwrap_or_else(|| OUTSIDE.iter().map(|it| (*it).to_owned()).collect());
        let destination = check["destinationType"].as_str().map(fold);
        let leaves =
            self.is_sensitive(check) && destination.as_ref().is_some_and(|it| folded(&outside).contains(it));
        let (Some(from), Some(to)) = (text(check, "dataFrom"), text(check, "dataTo")) else {
            if leaves {
                let reason = "dataFrom and dataTo are required for sensitive data movement";
                found.reasons.push(reason.to_owned());
            }
            return;
        };
        let is_end = |end: &Value, value: &str| end == "*" || fold(end.as_str().unwrap()) == fold(value);
        let classes = folded(&list(check, "dataClassification").unwrap_or_default());
        let is_it = |flow: &&Value| {
            let type_of = flow["destinationType"].as_str().filter(|it| !it.is_empty() && *it != "*");
            let of = folded(&list(flow, "dataClassification").unwrap_or_default());
            is_end(&flow["from"], &from)
                && is_end(&flow["to"], &to)
                && type_of.is_none_or(|it| destination.as_ref() == Some(&fold(it)))
                && (of.is_empty() || of.iter().any(|class| classes.contains(class)))
        };
        let Some(flow) = self.policy["flows"].as_array().into_iter().flatten().find(is_it) else {
            match self.policy["defaultSensitiveDestinationDecision"].as_str() {
                _ if !leaves => {}
                Some("allow") => {}
                Some("challenge_required") => found.approvals.push("pii"),
                _ => {
                    found.reasons.push(format!("sensitive data movement has no allowed flow: {from} -> {to}"))
                }
            }
            return;
        };
        if flow["decision"] == "deny" {
            found.reasons.push(format!("flow is denied: {from} -> {to}"));
        }
        if let (Some(most), Some(records)) = (flow["maxRecords"].as_f64(), check["recordCount"].as_f64())
            && records > most
        {
            found.reasons.push(format!("recordCount exceeds maxRecords {}", javascript(most)));
        }
        found.domain(flow, check, " for flow");
        found.fields(flow, check, " by flow");
        if is(flow, "requiresApproval") {
            found.approvals.push("flow");
        }
    }

    fn budget(&self, check: &Value, now: f64, found: &mut Found) {
        let Some(job) = text(check, "jobId") else { return };
        let of_job: Vec<&(Value, f64)> =
            self.allowed.iter().filter(|(it, _)| text(it, "jobId").as_ref() == Some(&job)).collect();
        let number = |value: usize| value as f64;
        let calls = number(of_job.len() + 1);
        let same = number(of_job.iter().filter(|(it, _)| it["tool"] == check["tool"]).count() + 1);
        let equal = number(of_job.iter().filter(|(it, _)| attempt(it) == attempt(check)).count());
        let tokens: f64 =
            of_job.iter().map(|(it, _)| it).chain([check]).map(|it| whole(&it["estimatedTokens"])).sum();
        // Exactly, in billionths.
        let cost: i128 =
            of_job.iter().map(|(it, _)| it).chain([check]).map(|it| nano(&it["estimatedCostUsd"])).sum();
        let runtime = of_job.first().map_or(0.0, |(_, began)| now - began);

        let caps = &self.policy["budgets"];
        let beyond = |cap: &str, value: f64| caps[cap].as_f64().filter(|cap| value > *cap);
        let costs = |cap: &str| caps[cap].as_f64().filter(|_| cost > nano(&caps[cap]));
        for (cap, over) in [
            ("maxToolCallsPerJob", beyond("maxToolCallsPerJob", calls)),
            ("maxSameToolCallsPerJob", beyond("maxSameToolCallsPerJob", same)),
            ("maxIdenticalToolCallsPerJob", beyond("maxIdenticalToolCallsPerJob", equal + 1.0)),
            ("maxTokensPerJob", beyond("maxTokensPerJob", tokens)),
            ("maxEstimatedCostUsdPerJob", costs("maxEstimatedCostUsdPerJob")),
            ("maxRuntimeMsPerJob", beyond("maxRuntimeMsPerJob", runtime)),
        ] {
            if let Some(most) = over {
                found.reasons.push(format!("job exceeds {cap} {}", javascript(most)));
            }
        }
        if let Some(most) = beyond("maxRetriesPerTool", equal) {
            found.reasons.push(format!("tool exceeds maxRetriesPerTool {}", javascript(most)));
        }
        let asks = beyond("challengeAfterToolCallsPerJob", calls)
            .or(beyond("challengeAfterTokensPerJob", tokens))
            .or(costs("challengeAfterEstimatedCostUsdPerJob"))
            .or(beyond("challengeAfterRuntimeMsPerJob", runtime));
        if asks.is_some() {
            found.approvals.push("budget");
        }
    }
}

impl Found {
    fn domain(&mut self, rules: &Value, check: &Value, of: &str) {
        let (Some(allowed), Some(domain)) = (list(rules, "allowedDomains"), text(check, "externalDomain"))
        else {
            return;
        };
        let own = fold(&domain);
        let is_below = |it: &String| own.ends_with(&format!(".{it}"));
        if !folded(&allowed).iter().any(|it| own == *it || is_below(it)) {
            self.reasons.push(format!("externalDomain is not allowed{of}: {domain}"));
        }
    }

    fn fields(&mut self, rules: &Value, check: &Value, by: &str) {
        let fields = list(check, "fieldSet").unwrap_or_default();
        let blocked = folded(&list(rules, "blockedFields").unwrap_or_default());
        for field in fields.iter().filter(|field| blocked.contains(&fold(field))) {
            self.reasons.push(format!("field is blocked{by}: {field}"));
        }
        let Some(allowed) = list(rules, "allowedFields") else { return };
        for field in fields.iter().filter(|field| !folded(&allowed).contains(&fold(field))) {
            self.reasons.push(format!("field is not allowed{by}: {field}"));
        }
    }

    fn auth(&mut self, rules: &Value, check: &Value, who: &str) {
        let Some(auth) = check.get("enterpriseAuth") else {
            self.reasons.push(format!("{who}enterprise auth context is required"));
            return;
        };
        for (required, part, word) in
            [("requiredScopes", "scopes", "scope"), ("requiredGroups", "groups", "group")]
        {
            let has = folded(&list(auth, part).unwrap_or_default());
            for one in list(rules, required).unwrap_or_default() {
                if !has.contains(&fold(&one)) {
                    self.reasons.push(format!("{who}enterprise auth missing required {word}: {one}"));
                }
            }
        }
        let groups = folded(&list(auth, "groups").unwrap_or_default());
        let allowed = folded(&list(rules, "allowedGroups").unwrap_or_default());
        if !allowed.is_empty() && !allowed.iter().any(|group| groups.contains(group)) {
            self.reasons.push(format!("{who}enterprise auth group is not allowed"));
        }
        for (allowed, part, word) in
            [("allowedClients", "clientId", "client"), ("allowedIssuers", "issuer", "issuer")]
        {
            let Some(allowed) = list(rules, allowed) else { continue };
            let own = text(auth, part);
            if !own.as_ref().is_some_and(|own| folded(&allowed).contains(&fold(own))) {
                let shown = own.unwrap_or_else(|| "unknown".to_owned());
                self.reasons.push(format!("{who}enterprise auth {word} is not allowed: {shown}"));
            }
        }
    }
}

/// What makes two attempts equal.
fn attempt(check: &Value) -> [String; 4] {
    let part = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
    let what = text(check, "callFingerprint").unwrap_or_else(|| part("resource"));
    [part("tool"), part("action"), what, part("idempotencyKey")]
}

fn is(rules: &Value, key: &str) -> bool {
    rules[key].as_bool() == Some(true)
}

/// A text that is there and not empty.
fn text(of: &Value, key: &str) -> Option<String> {
    of[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn list(of: &Value, key: &str) -> Option<Vec<String>> {
    Some(of[key].as_array()?.iter().map(|text| text.as_str().unwrap().to_owned()).collect())
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

fn folded(all: &[String]) -> Vec<String> {
    all.iter().map(|text| fold(text)).collect()
}

fn whole(number: &Value) -> f64 {
    number.as_f64().unwrap_or(0.0)
}

fn nano(number: &Value) -> i128 {
    (whole(number) * 1e9).round() as i128
}

/// A number as JavaScript prints it.
fn javascript(number: f64) -> String {
    if number != 0.0 && !(1e-6..1e21).contains(&number) {
        let text = format!("{number:e}");
        if text.contains("e-") { text } else { text.replace('e', "e+") }
    } else {
        number.to_string()
    }
}
