//! What the formatter reports by itself.

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, codes};

/// The formatter checked its own work and found it wrong; nothing was changed. `what` is what it would have changed.
#[must_use]
pub fn internal(file: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&codes::FMT_INTERNAL, file, format!("formatting this file would have changed its {what}"))
        .help("this is a mistake in agentpassc, not in the file, which was left as it is: please report it")
}
