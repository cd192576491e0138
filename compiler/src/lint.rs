//! Lints: what is allowed by the language and still very likely a mistake, or worth a human's look.

use crate::check::Checked;
use crate::diagnostics::Diagnostic;
use crate::load::Loaded;

/// Runs every lint over a checked program.
#[must_use]
pub fn lint(loaded: &Loaded, checked: &Checked) -> Vec<Diagnostic> {
    let _ = (loaded, checked);
    Vec::new()
}
