//! The tools of a policy: one block for each, and one for all others.

use super::number;
use super::page::{Asked, Page};
use super::policy::{Policy, Tool};
use crate::import::words::{identifier, in_message, is_dotted, quoted};
use crate::typed::Action;

pub(super) fn write(page: &mut Page, policy: &Policy) {
    let mut taken: Vec<String> =
        policy.tools.iter().map(|(name, _)| name.clone()).filter(|name| is_bare(name)).collect();
    for (name, tool) in &policy.tools {
        let head = if is_bare(name) {
            name.clone()
        } else {
            format!("{} as {}", quoted(name), alias(name, &mut taken))
        };
        block(page, &head, tool, policy);
    }
    page.line(
        "tools otherwise(...) {\naction admin\ndeny because \"tool is not declared: {call.tool}\"\n}\n",
    );
}

fn block(page: &mut Page, head: &str, tool: &Tool, policy: &Policy) {
    page.line(format!("tool {head}(...) {{"));
    // What the policy does not say could be anything.
    let action = tool.action.as_deref();
    let known = action.filter(|action| Action::ALL.iter().any(|(_, word)| word == action));
    page.line(format!("action {}", known.unwrap_or("admin")));
    if let Some(action) = action {
        page.line(format!("require host.action == {}", quoted(action)));
        let shown = in_message(action);
        page.line(format!("because \"tool action mismatch: expected {shown}, got {{host.action}}\""));
    }
    if let Some(cap) = tool.max_amount_usd {
        page.line("when has host.amount {");
        page.line("require host.amount >= $0 because \"amountUsd is negative\"");
        let (most, shown) = (number::cap_of_money(cap.0), number::text(cap.0));
        page.line(format!("require host.amount <= ${most} because \"amount exceeds maxAmountUsd {shown}\""));
        page.line("}");
    }
    if tool.require_idempotency_key {
        page.line("require has host.idempotency_key because \"idempotencyKey is required\"");
    }
    if tool.single_use {
        page.line("when has host.idempotency_key {");
        page.line("once per host.idempotency_key in single_use because \"idempotencyKey was already used\"");
        page.line("}");
    }
    page.domains(tool.allowed_domains.as_deref(), "");
    page.fields(tool.blocked_fields.as_deref(), tool.allowed_fields.as_deref(), "");
    if tool.requires_approval {
        page.ask(Asked::Tool, None);
    }
    if tool.requires_approval_if_pii
        && let Some(watched) = super::flows::watched(page, policy)
    {
        page.ask(Asked::Pii, Some(watched));
    }
    page.line("}\n");
}

/// True for names that stand in a contract as they are. `any` and `otherwise` stand for other things there.
pub(super) fn is_bare(name: &str) -> bool {
    is_dotted(name) && !matches!(name, "any" | "otherwise")
}

/// A name of the language for a tool whose own name is none.
fn alias(name: &str, taken: &mut Vec<String>) -> String {
    let base = identifier(name, "tool");
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.unwrap_or(base);
    taken.push(free.clone());
    free
}
