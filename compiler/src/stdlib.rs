//! The standard library, as part of the compiler.

const MODULES: &[(&str, &str, &str)] = &[
    ("std.guard", "<std>/guard.agentpass", include_str!("../../stdlib/guard.agentpass")),
    ("std.limits", "<std>/limits.agentpass", include_str!("../../stdlib/limits.agentpass")),
    ("std.mcp", "<std>/mcp.agentpass", include_str!("../../stdlib/mcp.agentpass")),
    ("std.payments", "<std>/payments.agentpass", include_str!("../../stdlib/payments.agentpass")),
    ("std.pii", "<std>/pii.agentpass", include_str!("../../stdlib/pii.agentpass")),
    ("std.secrets", "<std>/secrets.agentpass", include_str!("../../stdlib/secrets.agentpass")),
    ("std.shell", "<std>/shell.agentpass", include_str!("../../stdlib/shell.agentpass")),
    ("std.web", "<std>/web.agentpass", include_str!("../../stdlib/web.agentpass")),
];

/// The names of all modules.
pub fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, _, _)| *name)
}

/// The path under which a module is known: `std.pii` is `<std>/pii.agentpass`.
#[must_use]
pub fn path(module: &str) -> String {
    format!("<std>/{}.agentpass", module.strip_prefix("std.").unwrap_or(module))
}

/// The text of a module by its path.
#[must_use]
pub fn text(path: &str) -> Option<&'static str> {
    MODULES.iter().find(|(_, known, _)| *known == path).map(|(_, _, text)| *text)
}
