//! What is wrong with flows.

use agentpass_grammar::Span;

use super::names::suggest;
use crate::diagnostics::{Diagnostic, codes};

/// An end of a flow that no tool has.
#[must_use]
pub fn unknown_end(span: Span, name: &str, is_source: bool, close: Option<&str>) -> Diagnostic {
    let (what, clause) = if is_source {
        (format!("no tool reads `{name}`"), format!("reads {name}"))
    } else {
        (format!("no tool sends to `{name}`"), format!("sends to {name}"))
    };
    suggest(
        Diagnostic::new(&codes::UNKNOWN_FLOW_END, span, format!("{what}, so this flow never happens"))
            .help(format!("give a tool the clause `{clause}`")),
        span,
        close,
    )
}
