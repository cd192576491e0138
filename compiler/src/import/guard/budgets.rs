//! What one job may use up.

use super::number;
use super::page::{Own, Page};
use super::policy::{Budgets, Cap, Policy};

pub(super) fn write(page: &mut Page, policy: &Policy) {
    let budgets = &policy.budgets;
    if *budgets == Budgets::default() || policy.tools.is_empty() {
        return;
    }
    let known = page.own(Own::Known);
    page.line(format!("limit per job when {known} and has job {{"));
    let whole = |cap: Cap| number::grouped(&number::cap(cap.0).to_string());
    let money = |cap: Cap| format!("${}", number::cap_of_money(cap.0));
    let time = |cap: Cap| number::cap_of_time(cap.0).to_string();

    let most = |page: &mut Page, meter: &str, cap: String, exceeded: &str, number: Cap| {
        let shown = number::text(number.0);
        page.line(format!("{meter} at most {cap} because \"{exceeded} {shown}\""));
    };
    if let Some(cap) = budgets.max_tool_calls_per_job {
        most(page, "calls", whole(cap), "job exceeds maxToolCallsPerJob", cap);
    }
    if let Some(cap) = budgets.max_same_tool_calls_per_job {
        most(page, "calls per call.tool", whole(cap), "job exceeds maxSameToolCallsPerJob", cap);
    }
    if let Some(cap) = budgets.max_identical_tool_calls_per_job {
        let meter = format!("calls per {}", page.uses("attempt"));
        most(page, &meter, whole(cap), "job exceeds maxIdenticalToolCallsPerJob", cap);
    }
    if let Some(cap) = budgets.max_tokens_per_job {
        most(page, "tokens", whole(cap), "job exceeds maxTokensPerJob", cap);
    }
    if let Some(cap) = budgets.max_estimated_cost_usd_per_job {
        most(page, "cost", money(cap), "job exceeds maxEstimatedCostUsdPerJob", cap);
    }
    if let Some(cap) = budgets.max_runtime_ms_per_job {
        most(page, "runtime", time(cap), "job exceeds maxRuntimeMsPerJob", cap);
    }
    if let Some(cap) = budgets.max_retries_per_tool {
        // N retries are N + 1 calls.
        let calls = number::grouped(&number::cap(cap.0).saturating_add(1).to_string());
        let meter = format!("calls per {}", page.uses("attempt"));
        most(page, &meter, calls, "tool exceeds maxRetriesPerTool", cap);
    }

    if let Some(cap) = budgets.challenge_after_tool_calls_per_job {
        page.ask_above("calls", &whole(cap));
    }
    if let Some(cap) = budgets.challenge_after_tokens_per_job {
        page.ask_above("tokens", &whole(cap));
    }
    if let Some(cap) = budgets.challenge_after_estimated_cost_usd_per_job {
        page.ask_above("cost", &money(cap));
    }
    if let Some(cap) = budgets.challenge_after_runtime_ms_per_job {
        page.ask_above("runtime", &time(cap));
    }
    page.line("}");
}
