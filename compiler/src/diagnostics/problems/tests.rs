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

/// Something did not come out as the test expects: `why` says what was expected and what came.
#[must_use]
pub fn failed(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::TEST_FAILED, span, why)
}

/// A step that no gate can be asked to take.
#[must_use]
pub fn unplayable(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNPLAYABLE, span, why)
}
