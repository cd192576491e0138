//! What is wrong with skills.

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, codes};

/// An unknown digest algorithm.
#[must_use]
pub fn unknown_digest(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_DIGEST, span, format!("`{name}` is not a digest that can be checked"))
        .help("write `digest sha256 \"…\"`")
}

/// A digest of the wrong form.
#[must_use]
pub fn bad_digest(span: Span, length: usize) -> Diagnostic {
    Diagnostic::new(
        &codes::BAD_DIGEST,
        span,
        format!("a SHA-256 digest has 64 hexadecimal digits, not {length} characters"),
    )
}

/// A skill without one of its parts.
#[must_use]
pub fn skill_needs(span: Span, name: &str, word: &str) -> Diagnostic {
    let (why, example) = match word {
        "digest" => ("which bundle it is", "digest sha256 \"…\""),
        _ => ("which tools it may call", "invokes tool.name"),
    };
    Diagnostic::new(&codes::SKILL_INCOMPLETE, span, format!("skill `{name}` does not say {why}"))
        .help(format!("add `{example}`"))
}
