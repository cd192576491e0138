//! What is wrong with files and imports.

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, Safety, codes};

/// A file that cannot be read.
#[must_use]
pub fn unreadable(span: Span, path: &str, why: &str, offset: Option<usize>) -> Diagnostic {
    let place = offset.map(|offset| format!(" (byte {offset})")).unwrap_or_default();
    let finding =
        Diagnostic::new(&codes::UNREADABLE_FILE, span, format!("`{path}` cannot be read: {why}{place}"));
    match offset {
        Some(_) => finding.help("save it as UTF-8"),
        None if why.to_ascii_lowercase().contains("no such file") => {
            finding.help("paths are relative to the file that names them")
        }
        None => finding,
    }
}

/// A module that does not exist.
#[must_use]
pub fn unknown_module(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_MODULE, span, format!("there is no module `{name}`"));
    match close {
        Some(close) => finding.help(format!("did you mean `{close}`?")).replace(Safety::Unsafe, span, close),
        None if name.starts_with("std.") => {
            finding.help("`std` has guard, limits, mcp, payments, pii, secrets, shell and web")
        }
        None => finding.help("a file is imported by its path: `use \"./crm.agentpass\" as crm`"),
    }
}

/// A file that imports itself.
#[must_use]
pub fn imports_itself(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::IMPORT_CYCLE, span, "the file imports itself").help("remove the import")
}

/// Imports in a circle.
#[must_use]
pub fn import_cycle(span: Span, names: &[String]) -> Diagnostic {
    Diagnostic::new(&codes::IMPORT_CYCLE, span, format!("imports in a circle: {}", names.join(" -> ")))
        .help("move what both need into a module of its own")
}

/// The rest of a file's findings.
#[must_use]
pub fn too_many(span: Span, severity: &str, hidden: usize) -> Diagnostic {
    Diagnostic::new(&codes::TOO_MANY, span, format!("and {hidden} more {severity}s in this file"))
        .help("mend the first ones; most of the others are likely to follow from them")
}
