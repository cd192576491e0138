//! Who may call: what the policy asks of everybody, then what single tools ask.

use super::page::{Own, Page, folded_set, texts};
use super::policy::{Auth, Policy};
use super::tools::is_bare;
use crate::import::words::{in_message, quoted};

pub(super) fn write(page: &mut Page, policy: &Policy) {
    if let Some(auth) = policy.enterprise_auth.as_ref().filter(|_| !policy.tools.is_empty()) {
        page.line("// Who may call at all.");
        let known = page.own(Own::Known);
        page.line(format!("when {known} {{"));
        rules(page, auth, "");
        page.line("}\n");
    }
    for (name, tool) in &policy.tools {
        let Some(auth) = &tool.enterprise_auth else { continue };
        let pattern = if is_bare(name) { name.clone() } else { quoted(name) };
        page.line(format!("// Who may call this tool.\non {pattern} {{"));
        rules(page, auth, &format!("{} ", in_message(name)));
        page.line("}\n");
    }
}

fn rules(page: &mut Page, auth: &Auth, who: &str) {
    page.line(format!("require has host.auth because \"{who}enterprise auth context is required\""));
    let asks_nothing = auth.required_scopes.is_empty()
        && auth.required_groups.is_empty()
        && auth.allowed_groups.is_empty()
        && auth.allowed_clients.is_none()
        && auth.allowed_issuers.is_none();
    if asks_nothing {
        return;
    }
    page.line("when has host.auth {");
    for (part, word, all) in
        [("scopes", "scope", &auth.required_scopes), ("groups", "group", &auth.required_groups)]
    {
        for (at, one) in all.iter().enumerate() {
            // The same words again are the same reason.
            if all.iter().take(at).any(|before| before == one) {
                continue;
            }
            page.line(format!("require has host.auth.{part} and {} in host.auth.{part}", quoted(one)));
            let shown = in_message(one);
            page.line(format!("because \"{who}enterprise auth missing required {word}: {shown}\""));
        }
    }
    if !auth.allowed_groups.is_empty() {
        let groups = texts(&folded_set(&auth.allowed_groups));
        page.line(format!("require has host.auth.groups and (some g in host.auth.groups: g in {groups})"));
        page.line(format!("because \"{who}enterprise auth group is not allowed\""));
    }
    for (part, allowed) in [("client", &auth.allowed_clients), ("issuer", &auth.allowed_issuers)] {
        let Some(allowed) = allowed else { continue };
        let message = format!("{who}enterprise auth {part} is not allowed");
        page.line(format!("require has host.auth.{part} because \"{message}: unknown\""));
        page.line(format!("when has host.auth.{part} {{"));
        page.line(format!("require host.auth.{part} in {}", texts(&folded_set(allowed))));
        page.line(format!("because \"{message}: {{host.auth.{part}}}\""));
        page.line("}");
    }
    page.line("}");
}
