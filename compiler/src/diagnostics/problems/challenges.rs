//! What is wrong with challenges.

use agentpass_grammar::Span;

use super::names::suggest;
use crate::diagnostics::{Diagnostic, codes};

/// A challenge that asks nobody.
#[must_use]
pub fn nobody_asked(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::NOBODY_ASKED, span, format!("challenge `{name}` does not say who is asked"))
        .help("add `ask user`, `ask 2 of group \"managers\"` or `ask anyone`")
}

/// Zero people, or a crowd.
#[must_use]
pub fn bad_count(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_COUNT, span, "between 1 and 100 people can be asked")
        .help("write `ask 1 of group \"managers\"`")
}

/// A challenge that nobody can answer.
#[must_use]
pub fn unanswerable(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNANSWERABLE, span, format!("nobody can answer this challenge: {why}"))
        .help("ask a group, or change the number")
}

/// Nobody by that name can be excluded.
#[must_use]
pub fn unknown_separate(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_SCOPE, span, format!("nobody can be separate from `{name}`"))
            .help("approvers can be separate from `user` and from `agent`"),
        span,
        close,
    )
}

/// A shown value that no tool has.
#[must_use]
pub fn shows_unknown(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(
            &codes::SHOWS_UNKNOWN,
            span,
            format!("no tool that meets this challenge has a parameter `{name}`"),
        )
        .help("show parameters of the tools, or facts such as `call.amount`"),
        span,
        close,
    )
}
