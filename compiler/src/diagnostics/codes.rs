//! The registry of diagnostic codes: one row each. `explain`, SARIF, the language server and the book read this table.
//!
//! Identifiers are stable for ever: a code that is no longer reported keeps its row and is marked retired.
//! `E00xx` reading files, `E01xx` syntax, `E02xx` declarations and imports, `E03xx` names, `E04xx` types,
//! `E05xx` absence, `E06xx` rules and tools, `E07xx` memory, `E08xx` challenges, flows and skills, `E09xx` tests;
//! `W` is a lint that warns, `N` a note that asks for a human review.

use std::fmt;

use super::model::Severity;

/// One row of the registry.
#[derive(PartialEq, Eq)]
pub struct Code {
    /// `E0301`.
    pub id: &'static str,
    /// `unknown-name`.
    pub name: &'static str,
    /// What it weighs unless it is configured otherwise.
    pub severity: Severity,
    /// One line: what the code is about, for tables and SARIF.
    pub summary: &'static str,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}

macro_rules! codes {
    ($($constant:ident = $severity:ident $id:literal $name:literal $summary:literal;)*) => {
        $(
            #[doc = concat!("`", $id, " ", $name, "`: ", $summary, ".")]
            pub static $constant: Code =
                Code { id: $id, name: $name, severity: Severity::$severity, summary: $summary };
        )*
        /// Every code, in the order of the table.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    UNREADABLE_FILE = Error "E0001" "unreadable-file" "a file could not be read";
    BAD_CONFIG = Error "E0003" "bad-config" "the configuration of the project cannot be followed";
    SYNTAX = Error "E0101" "syntax" "the text does not have the form of the language";
    UNKNOWN_CHARACTER = Error "E0102" "unknown-character" "a character that has no meaning in the language";
    UNCLOSED_TEXT = Error "E0103" "unclosed-text" "a string or command that does not end on its line";
    UNBALANCED_BRACKET = Error "E0104" "unbalanced-bracket" "a bracket without its partner";
    BAD_ESCAPE = Error "E0105" "bad-escape" "an escape that does not exist";
    HIDDEN_CHARACTER = Error "E0106" "hidden-character" "a character that makes text look like something else";
    TOO_DEEP = Error "E0107" "too-deep" "nesting or an expression beyond what can be read";
    CHAINED_COMPARISON = Error "E0108" "chained-comparison" "comparisons in a row";
    BAD_NUMBER = Error "E0109" "bad-number" "a number, amount, duration or date that cannot be read";
    LINE_END = Error "E0110" "line-end" "a lone carriage return or a vertical tab";
    BYTE_ORDER_MARK = Error "E0111" "byte-order-mark" "a byte-order mark at the start of a file";
    TAIL_ORDER = Error "E0112" "tail-order" "because, audit and as in another order, or twice";
    FMT_INTERNAL = Error "E0190" "fmt-internal" "the formatter found its own result to be wrong";
    UNKNOWN_NAME = Error "E0301" "unknown-name" "a name that nothing declares";

    UNUSED_ALLOW = Warning "W0001" "unused-allow" "an allow comment that silences nothing";
    BAD_ALLOW = Warning "W0002" "bad-allow" "an allow comment that cannot be followed";
}
