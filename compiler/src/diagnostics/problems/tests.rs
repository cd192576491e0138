//! What is wrong with `test` blocks.

use agentpass_grammar::Span;

use super::names::suggest;
use crate::diagnostics::{Diagnostic, codes};

/// A call that was not left open.
#[must_use]
pub fn unknown_call(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_CALL, span, format!("no call before this is named `{name}`"))
            .help(format!("name it where it is made: `call … as {name} open`")),
        span,
        close,
    )
}

/// Something that is no deployment parameter.
#[must_use]
pub fn not_a_param(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::NOT_A_PARAM,
        span,
        format!("`{name}` is fixed in the contract; only a `param` has a value here"),
    )
}

/// A call that is open and has ended.
#[must_use]
pub fn open_with_outcome(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::OPEN_WITH_OUTCOME, span, "a call that is left open has not ended yet")
        .help("remove `open`, or the outcome")
}
