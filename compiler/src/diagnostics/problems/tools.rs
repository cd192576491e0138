//! What is wrong with tools and the blocks that constrain them.

use agentpass_grammar::Span;

use super::names::suggest;
use super::rules::list;
use crate::diagnostics::{Diagnostic, codes};
use crate::types::Ty;

/// A tool that does not exist.
#[must_use]
pub fn unknown_tool(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(Diagnostic::new(&codes::UNKNOWN_TOOL, span, format!("there is no tool `{name}`")), span, close)
}

/// An `on` block for no tool at all.
#[must_use]
pub fn on_nothing(span: Span, pattern: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::ON_NOTHING,
        span,
        format!("no tool matches `{pattern}`, so this block never applies"),
    )
    .help("declare the tools before constraining them; `*` never crosses a dot")
}

/// A tool that a family of tools stands for as well, or two families that share a name.
#[must_use]
pub fn overlapping_family(span: Span, name: &str, family: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DECLARED_TWICE, span, format!("`{family}` stands for `{name}` as well"))
        .label("declared again here")
        .also(first, "first declared here")
        .help("write the pattern so that it leaves the other out, and add common rules with `on`")
}

/// A tool without a block.
#[must_use]
pub fn no_block(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NO_ACTION, span, "a tool needs a block that says at least its `action`")
        .help("add `{ action read }`, with the action that it takes")
}

/// A tool without an action.
#[must_use]
pub fn no_action(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::NO_ACTION, span, format!("`{name}` does not say what it does"))
        .help("add `action read`, `write`, `delete`, `send`, `export`, `pay`, `deploy` or `admin`")
}

/// An action that does not exist.
#[must_use]
pub fn unknown_action(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    let alias = match name {
        "execute" | "exec" | "run" | "manage" => Some("admin"),
        "create" | "update" | "edit" | "modify" | "insert" => Some("write"),
        "remove" | "destroy" | "drop" => Some("delete"),
        "get" | "list" | "search" | "query" | "fetch" | "view" => Some("read"),
        "refund" | "transfer" | "charge" | "buy" => Some("pay"),
        "post" | "mail" | "email" | "publish" | "notify" => Some("send"),
        "release" => Some("deploy"),
        _ => None,
    };
    suggest(
        Diagnostic::new(&codes::UNKNOWN_ACTION, span, format!("there is no action `{name}`"))
            .help("the actions are read, write, delete, send, export, pay, deploy and admin"),
        span,
        alias.or(close),
    )
}

/// One fact given by two clauses.
#[must_use]
pub fn fact_twice(span: Span, word: &str, tool: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::FACT_TWICE, span, format!("`{tool}` gets `{word}` from two clauses"))
        .label("one of them")
        .also(first, "the other one")
        .help("one clause gives a fact: remove one of the two")
}

/// `runs at most` with two durations.
#[must_use]
pub fn runs_twice(span: Span, tool: &str) -> Diagnostic {
    Diagnostic::new(&codes::FACT_TWICE, span, format!("`{tool}` gets `runs at most` from two clauses"))
        .label("one of them")
        .help("one clause gives a fact: remove one of the two")
}

/// A tool that sends, and says that it does not.
#[must_use]
pub fn inside_and_out(span: Span, tool: &str, to: &str, sends: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::CLAUSE_NOT_HERE,
        span,
        format!("`{tool}` sends to `{to}`, so it keeps nothing inside"),
    )
    .also(sends, "this leaves")
    .help("remove one of the two clauses")
}

/// A fact inside a condition.
#[must_use]
pub fn conditional_fact(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::CONDITIONAL_FACT, span, "facts hold always: they cannot stand under a condition")
        .help("move the clause out of `when`")
}

/// A fact outside of tools.
#[must_use]
pub fn fact_not_here(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::CLAUSE_NOT_HERE,
        span,
        format!("`{word}` describes a tool, and no tool is in sight here"),
    )
    .help(format!("write it in a tool, or for several tools: `on any {{ {word} … }}`"))
}

/// `with` something that is no fact.
#[must_use]
pub fn unknown_fact(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_FACT, span, format!("there is no fact `{name}`"))
            .help("the facts are action, resource, amount, fields, records, tokens, cost and domains"),
        span,
        close,
    )
}

/// Undeclared arguments in an `on` block.
#[must_use]
pub fn open_on(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::CLAUSE_NOT_HERE, span, "`...` belongs to the tool that takes the arguments")
        .help("an `on` block lists the parameters that it reads; others do not disturb it")
}

/// Something that only the tool itself can say of its parameter.
#[must_use]
pub fn not_in_on(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::CLAUSE_NOT_HERE,
        span,
        format!("{what} belongs to the tool that takes the parameter"),
    )
    .label("an `on` block only reads it")
    .help("write it into the signature of the tool")
}

/// A shared parameter that a tool lacks.
#[must_use]
pub fn missing_parameter(span: Span, name: &str, tools: &[String]) -> Diagnostic {
    let have = if tools.len() == 1 { "has" } else { "have" };
    Diagnostic::new(&codes::MISSING_PARAMETER, span, format!("{} {have} no parameter `{name}`", list(tools)))
        .help("narrow the pattern to the tools that have it")
}

/// A shared parameter of another type.
#[must_use]
pub fn other_parameter_type(span: Span, name: &str, ty: &Ty, tool: &str, other: &Ty, at: Span) -> Diagnostic {
    Diagnostic::new(&codes::OTHER_PARAMETER_TYPE, span, format!("`{name}` is {other} in `{tool}`, not {ty}"))
        .also(at, "declared here")
        .help("write the tool's own type, or a narrower one such as `path` for `string`")
}

/// A shared parameter that a tool declares as optional.
#[must_use]
pub fn optional_in_tool(span: Span, name: &str, tool: &str, at: Span) -> Diagnostic {
    Diagnostic::new(&codes::OTHER_PARAMETER_TYPE, span, format!("`{name}` is optional in `{tool}`"))
        .also(at, "declared here")
        .help(format!("write `{name}?: …`, and say in the rules what its absence means"))
}

/// A manifest that cannot be used.
#[must_use]
pub fn bad_manifest(span: Span, path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_MANIFEST, span, format!("`{path}` is not a manifest of tools: {why}"))
        .help("a manifest is what an MCP server answers to `tools/list`, as JSON")
}

/// A listed name that the manifest does not have.
#[must_use]
pub fn not_in_manifest(span: Span, name: &str, manifest: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::NOT_IN_MANIFEST, span, format!("`{manifest}` lists no tool `{name}`")),
        span,
        close,
    )
}

/// A pattern that finds nothing in its manifest.
#[must_use]
pub fn pattern_finds_nothing(span: Span, manifest: &str) -> Diagnostic {
    Diagnostic::new(&codes::NOT_IN_MANIFEST, span, format!("no tool of `{manifest}` matches this pattern"))
}

/// A pattern without a manifest and without `...`.
#[must_use]
pub fn family_needs_open(span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::FAMILY_NEEDS_OPEN,
        span,
        "nobody has seen these tools, so their arguments cannot be declared",
    )
    .help("name a manifest, `from \"tools.json\"`, or take any arguments: `(...)`")
}

/// A trusted result beside an untrusted one.
#[must_use]
pub fn trusted_and_untrusted(span: Span, at: Span) -> Diagnostic {
    Diagnostic::new(&codes::TRUSTED_AND_UNTRUSTED, span, "a result cannot be trusted and carry `untrusted`")
        .also(at, "what it reads is untrusted")
        .help("remove one of the two: who vouches for the result?")
}
