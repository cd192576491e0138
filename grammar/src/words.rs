//! The words of the language, by the role they play outside the grammar proper.

/// Words with which an item begins. In column 0 they begin one whatever came before (semantics 36).
pub const ITEM_WORDS: &[&str] = &[
    "edition",
    "use",
    "contract",
    "module",
    "param",
    "set",
    "let",
    "record",
    "label",
    "guarded",
    "tool",
    "tools",
    "on",
    "host",
    "job",
    "event",
    "flow",
    "challenge",
    "skill",
    "test",
    "limit",
    "require",
    "deny",
    "once",
    "when",
];

/// Words with which a clause of a block begins.
pub const CLAUSE_WORDS: &[&str] = &[
    "require",
    "deny",
    "challenge",
    "once",
    "when",
    "limit",
    "action",
    "resource",
    "amount",
    "reads",
    "sends",
    "from",
    "fields",
    "records",
    "uses",
    "releases",
    "keeps",
    "tags",
    "trusted",
    "error",
    "runs",
    "source",
    "digest",
    "invokes",
    "let",
];

/// Words with which both an item and a clause begin: in column 0 of a block they may be clauses that are not indented.
pub const UNINDENTED_CLAUSES: &[&str] = &["let", "challenge", "limit", "require", "deny", "once", "when"];

/// The same for the steps of a test.
pub const UNINDENTED_STEPS: &[&str] = &["param", "host", "job", "event", "skill"];

/// A line that begins with one of these continues the line before it.
pub const CONTINUING_WORDS: &[&str] =
    &["because", "audit", "as", "and", "or", "in", "is", "matches", "within", "with", "expect"];

/// Operators that are words.
pub const INFIX_WORDS: &[&str] = &["and", "or", "in", "is", "matches"];

/// The seven words that can never be read as a bare name.
pub const RESERVED_WORDS: &[&str] = &["not", "has", "some", "each", "true", "false", "null"];

/// Roots of names that come with every call; a parameter of the same name is read through `args`.
pub const ROOTS: &[&str] = &["args", "call", "caller", "auth", "job", "host", "now"];

/// Types of the language.
pub const TYPE_WORDS: &[&str] = &[
    "bool",
    "int",
    "decimal",
    "money",
    "duration",
    "timestamp",
    "times",
    "id",
    "string",
    "text",
    "folded",
    "list",
    "email",
    "domain",
    "url",
    "path",
    "glob",
    "shell",
    "command",
    "json",
];
