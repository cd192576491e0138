//! What is wrong with manifests that were pinned.

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, Safety, Severity, codes};

const AGAIN: &str = "read what the tool does now, then import the manifest again: `agentpassc import mcp`";

/// A tool that is not what it was.
#[must_use]
pub fn changed(span: Span, path: &str, tool: &str) -> Diagnostic {
    drift(span, format!("`{tool}` is not what it was when `{path}` was pinned")).help(AGAIN)
}

/// A tool that was not there.
#[must_use]
pub fn added(span: Span, path: &str, tool: &str) -> Diagnostic {
    drift(span, format!("`{tool}` was not in `{path}` when it was pinned")).help(AGAIN)
}

/// A tool that is no longer there.
#[must_use]
pub fn removed(span: Span, path: &str, tool: &str) -> Diagnostic {
    drift(span, format!("`{tool}` was in `{path}` when it was pinned, and is gone"))
        .help("rules for it now hold for nobody: remove its name, or import the manifest again")
}

/// A tool that no block declares, in a manifest whose other tools are pinned.
#[must_use]
pub fn undeclared(span: Span, path: &str, tool: &str) -> Diagnostic {
    let mut finding = drift(span, format!("`{path}` lists `{tool}`, and nothing declares it"))
        .help("its calls are denied; add its name to a block once somebody has read what it does");
    // Nothing is allowed by it, and perhaps it was left out on purpose.
    finding.severity = Severity::Warning;
    finding
}

/// A digest that is another one.
#[must_use]
pub fn other_digest(span: Span, path: &str, found: &str) -> Diagnostic {
    drift(span, format!("the tools that this block takes from `{path}` are not those that it pins"))
        .help("compare the manifest with the one that was reviewed; if the change is meant, pin it")
        .replace(Safety::DisplayOnly, span, format!("\"{found}\""))
}

/// A schema that the runtime cannot check in full.
#[must_use]
pub fn unchecked_schema(span: Span, tool: &str, what: &[String]) -> Diagnostic {
    let shown: Vec<&str> = what.iter().take(3).map(String::as_str).collect();
    let more = if what.len() > shown.len() { ", …" } else { "" };
    Diagnostic::new(
        &codes::UNCHECKED_SCHEMA,
        span,
        format!("the schema of `{tool}` is checked except for {}{more}", shown.join(", ")),
    )
    .help("say what matters of it in a rule: `require …`")
}

fn drift(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(&codes::MANIFEST_DRIFT, span, message)
}
