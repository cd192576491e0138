//! Declarations, parameters and types, and names that were written as texts or the other way round.

use agentpass_grammar::Span;

use super::syntax;
use crate::diagnostics::{Diagnostic, Edit, Fix, Safety, codes};

/// `x id`.
#[must_use]
pub fn missing_colon(span: Span, at: Span, name: &str, ty: &str, certain: bool) -> Diagnostic {
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    syntax(span, format!("a colon stands between `{name}` and its type"), format!("write `{name}: {ty}`"))
        .replace(safety, at, ":")
}

/// `id x`.
#[must_use]
pub fn type_before_name(span: Span, name: &str, ty: &str) -> Diagnostic {
    let here = format!("{name}: {ty}");
    syntax(span, "the name stands before its type", format!("write `{here}`")).replace(
        Safety::Safe,
        span,
        here,
    )
}

/// `x = id`.
#[must_use]
pub fn equals_for_colon(equals: Span, name: Span, word: &str, ty: &str) -> Diagnostic {
    syntax(equals, format!("a colon stands between `{word}` and its type"), format!("write `{word}: {ty}`"))
        .replace(Safety::Safe, Span { start: name.end, ..equals }, ":")
}

/// `x = 5`.
#[must_use]
pub fn default_without_type(span: Span, name: &str, value: &str) -> Diagnostic {
    let ty = type_of(value).unwrap_or("string");
    let value = if value.is_empty() { "…" } else { value };
    syntax(
        span,
        format!("`{name}` has a default and no type"),
        format!("say what it is: `{name}: {ty} = {value}`"),
    )
}

/// `x`.
#[must_use]
pub fn no_type(span: Span, name: &str) -> Diagnostic {
    syntax(
        span,
        format!("`{name}` has no type"),
        format!("say what it is, such as `{name}: string` or `{name}: id`"),
    )
}

/// A mark of an optional parameter in the wrong place.
#[must_use]
pub fn optional_mark(span: Span, name: &str, edits: Vec<Edit>) -> Diagnostic {
    syntax(span, "the `?` of what is optional stands right after its name", format!("write `{name}?: …`"))
        .fix(Fix { title: format!("write `{name}?:`"), safety: Safety::Safe, edits })
}

/// `optional<id>`.
#[must_use]
pub fn optional_type(span: Span, name: &str) -> Diagnostic {
    syntax(
        span,
        format!("there is no type `{name}`: what is optional is marked at its name"),
        "write `x?: id` where it may be absent, and `x: id or null` where it may be null",
    )
}

/// `list<id`.
#[must_use]
pub fn unclosed_angle(span: Span, at: Span) -> Diagnostic {
    syntax(span, "the `<` of this type is not closed", "close it with `>`: `list<id>`").replace(
        Safety::Safe,
        at,
        ">",
    )
}

/// `id[]`, `list[id]`, `array<id>`.
#[must_use]
pub fn list_type(span: Span, fix: Option<(Span, String)>) -> Diagnostic {
    let finding =
        syntax(span, "a list of values is written `list<…>`", "write `list<id>` for a list of `id`");
    match fix {
        Some((span, here)) => finding.replace(Safety::Safe, span, here),
        None => finding,
    }
}

/// `map<…>`.
#[must_use]
pub fn no_such_generic(span: Span, name: &str) -> Diagnostic {
    syntax(
        span,
        format!("there is no type `{name}<…>`"),
        "declare a `record` for values with known fields, `list<…>` for many of one kind, and take `json` for the rest",
    )
}

/// `id | null`.
#[must_use]
pub fn bar_in_type(span: Span, is_null: bool) -> Diagnostic {
    if is_null {
        return syntax(span, "what may be null is marked with `or null`", "write `id or null`").replace(
            Safety::Safe,
            span,
            "or null",
        );
    }
    syntax(
        span,
        "`|` stands between texts or numbers, not between types",
        "write `\"dev\" | \"prod\"`, or choose one type",
    )
}

/// `:=`; `declares` is the word of what needs a type besides.
#[must_use]
pub fn colon_equals(span: Span, declares: Option<&str>) -> Diagnostic {
    match declares {
        Some(word) => syntax(
            span,
            format!("a type stands between `:` and `=` of a `{word}`"),
            format!("say what it is: `{word} x: int = …`"),
        ),
        None => syntax(span, "`:=` is written `=`", "write `=`").replace(Safety::Safe, span, "="),
    }
}

/// The type that a literal probably has.
fn type_of(literal: &str) -> Option<&'static str> {
    let first = literal.chars().next()?;
    Some(match first {
        '"' => "string",
        '$' => "money<USD>",
        _ if matches!(literal, "true" | "false") => "bool",
        _ if !first.is_ascii_digit() => return None,
        _ if literal.contains('-') => "timestamp",
        _ if literal.contains('.') => "decimal",
        _ if literal.ends_with(|c: char| c.is_ascii_alphabetic()) => "duration",
        _ => "int",
    })
}

/// Words with which items begin elsewhere, what to say about them, and what they are called here.
const ITEMS: &[(&str, &str, &str)] = &[
    ("import", "other files are brought in with `use \"./crm.agentpass\" as crm` or `use std.pii`", "use"),
    ("include", "other files are brought in with `use \"./crm.agentpass\" as crm` or `use std.pii`", "use"),
    ("require_once", "other files are brought in with `use \"./crm.agentpass\" as crm`", ""),
    ("package", "a library begins with `module NAME`, what is deployed with `contract NAME { … }`", "module"),
    (
        "namespace",
        "a library begins with `module NAME`, what is deployed with `contract NAME { … }`",
        "module",
    ),
    ("policy", "what is deployed is called a contract: `contract NAME { … }`", "contract"),
    ("const", "a value with a name is written `let x = 5`", "let"),
    ("var", "a value with a name is written `let x = 5`", "let"),
    ("def", "a function is written `let f(x) = x * 2`", "let"),
    ("fn", "a function is written `let f(x) = x * 2`", "let"),
    ("func", "a function is written `let f(x) = x * 2`", "let"),
    ("function", "a function is written `let f(x) = x * 2`", "let"),
    ("struct", "values with fields are declared with `record NAME { … }`", "record"),
    (
        "type",
        "values with fields are declared with `record NAME { … }`, and a choice is a type: `\"dev\" | \"prod\"`",
        "",
    ),
    ("enum", "a choice is a type where it is used: `env: \"dev\" | \"prod\"`", ""),
    (
        "default",
        "what no rule refuses passes, and a tool that is not declared is denied: there is no default to set",
        "",
    ),
    (
        "entity",
        "who calls and what is called comes with each call: read `caller.…`, `call.…` and the tool's parameters",
        "",
    ),
    ("role", "roles come from the host: read `auth.groups` or `auth.scopes`", ""),
    (
        "agent",
        "the agents of a contract stand in its block: `contract NAME { agents \"support-agent\" }`",
        "",
    ),
    (
        "agents",
        "the agents of a contract stand in its block: `contract NAME { agents \"support-agent\" }`",
        "",
    ),
    ("version", "the version stands in the contract's block: `contract NAME { version \"1.0\" }`", ""),
    ("owner", "the owner stands in the contract's block: `contract NAME { owner \"team\" }`", ""),
    ("otherwise", "what is not declared is denied; to say more, write `tools otherwise(...) { … }`", ""),
    ("budget", "budgets are limits: `limit NAME per job.id { calls at most 5 }`", ""),
    ("rate_limit", "it is called `limit`: `limit NAME per caller.user in any 1h { calls at most 5 }`", ""),
    ("approval", "who is asked is declared with `challenge NAME { ask group \"managers\" }`", ""),
];

/// A word of another language where an item begins.
#[must_use]
pub fn item_word(span: Span, word: &str, next: &str) -> Option<Diagnostic> {
    let &(_, help, here) = ITEMS.iter().find(|known| known.0 == word)?;
    let finding = syntax(span, format!("no item begins with `{word}`"), help);
    let names_something = next.starts_with(|c: char| c.is_alphabetic() || c == '"');
    Some(if here.is_empty() || !names_something {
        finding
    } else {
        finding.replace(Safety::Unsafe, span, here)
    })
}

/// `edition "2026"`, `edition = 2026`; `number` where a year is all that stands there.
#[must_use]
pub fn edition(span: Span, number: Option<String>) -> Diagnostic {
    let finding = syntax(span, "an edition is a number", "write `edition 2026`");
    match number {
        Some(number) => finding.replace(Safety::Safe, span, number),
        None => finding,
    }
}

/// `flow a to b`.
#[must_use]
pub fn flow_arrow(span: Span, edits: Vec<Edit>) -> Diagnostic {
    syntax(
        span,
        "an arrow stands between the source and the destination of a flow",
        "write `flow crm -> mail`",
    )
    .fix(Fix { title: "write `->`".to_owned(), safety: Safety::Safe, edits })
}

/// `flow a, b -> c`.
#[must_use]
pub fn one_end_per_flow(span: Span) -> Diagnostic {
    syntax(
        span,
        "a flow has one source and one destination",
        "write one `flow` for each pair, or `any` for every end",
    )
}

/// `set x = […]`, `param x = 5`.
#[must_use]
pub fn constant_without_type(span: Span, at: Span, declares: &str, name: &str, value: &str) -> Diagnostic {
    let (known, rest) = (type_of(value), if declares == "set" { " = […]" } else { "" });
    let holds = if declares == "set" { "holds" } else { "is" };
    let finding = syntax(
        span,
        format!("`{declares} {name}` does not say what it {holds}"),
        format!("write its type: `{declares} {name}: {}{rest}`", known.unwrap_or("string")),
    );
    match known {
        Some(ty) => finding.replace(Safety::Unsafe, at, format!(": {ty}")),
        None => finding,
    }
}

/// `set x: string = { "a" }`.
#[must_use]
pub fn set_in_braces(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding = syntax(
        span,
        "the elements of a set stand in square brackets",
        "write `set x: string = [\"a\", \"b\"]`",
    );
    match edits {
        Some(edits) => finding.fix(Fix { title: "write `[ ]`".to_owned(), safety: Safety::Safe, edits }),
        None => finding,
    }
}

/// A `tool` or `event` without its list of parameters.
#[must_use]
pub fn no_parameters(span: Span, at: Span, declares: &str) -> Diagnostic {
    let help = if declares == "event" {
        "an event without any is written `event Suspended()`"
    } else {
        "a tool without any is written `tool t()`; a call with others is denied, unless the list ends with `...`"
    };
    syntax(span, format!("the parameters of this {declares} are missing"), help).replace(
        Safety::Unsafe,
        at,
        "()",
    )
}

/// `contract desk` without `{ … }`.
#[must_use]
pub fn no_block(at: Span, declares: &str) -> Diagnostic {
    syntax(at, format!("the block of this `{declares}` is missing"), "open it on this line: `{ … }`")
}

/// `event a.b(…)`.
#[must_use]
pub fn event_with_dots(span: Span, one: &str) -> Diagnostic {
    syntax(
        span,
        "the name of an event is one word",
        format!("write `event {one}(…)`, and have the host report it under that name"),
    )
    .replace(Safety::Unsafe, span, one)
}

/// `use std/pii`.
#[must_use]
pub fn module_path(span: Span, is_std: bool) -> Diagnostic {
    let finding = syntax(
        span,
        "a module is named with dots, a file between quotes",
        "write `use std.pii`, or `use \"./crm.agentpass\" as crm`",
    );
    if is_std { finding.replace(Safety::Safe, span, ".") } else { finding }
}

/// A name between quotes.
#[must_use]
pub fn quoted_name(span: Span, quoted: &str, plain: Option<&str>) -> Diagnostic {
    match plain {
        Some(plain) => syntax(span, "a name stands here without quotes", format!("write `{plain}`")).replace(
            Safety::Safe,
            span,
            plain,
        ),
        None => syntax(
            span,
            format!("a name stands here, and {quoted} cannot be one"),
            "names begin with a letter or `_`, and letters, digits and `_` follow",
        ),
    }
}

/// `tool a-b(…)`.
#[must_use]
pub fn odd_tool_name(span: Span, name: &str, quoted: &str, declares: bool, edits: Vec<Edit>) -> Diagnostic {
    let help = if declares {
        let own: String =
            name.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect();
        format!("write `tool {quoted}(…)`, or `tool {quoted} as {own}(…)` to call it so in this contract")
    } else {
        format!("write `{quoted}`, or the name that its `tool … as` gives it")
    };
    syntax(span, format!("`{name}` stands between quotes, since it is more than letters and dots"), help)
        .fix(Fix { title: format!("write `{quoted}`"), safety: Safety::Safe, edits })
}

/// `because no`.
#[must_use]
pub fn bare_text(span: Span, after: &str, text: &str, whole: bool) -> Diagnostic {
    let here = format!("\"{text}\"");
    let what = if after.chars().all(char::is_alphabetic) && !after.is_empty() {
        format!("after `{after}` stands a text between quotes")
    } else {
        "a text stands between quotes".to_owned()
    };
    let finding = syntax(span, what, format!("write `{here}`"));
    if whole { finding.replace(Safety::Safe, span, here) } else { finding }
}

/// `x: "a" or "b"`.
#[must_use]
pub fn or_in_union(span: Span) -> Diagnostic {
    syntax(span, "the texts of a choice are separated by `|`", "write `\"dev\" | \"prod\"`").replace(
        Safety::Safe,
        span,
        "|",
    )
}

/// `["a", "b"]` or `{a: int}` or `string(10)` as a type.
#[must_use]
pub fn no_type_of_this_form(span: Span, mark: &str) -> Diagnostic {
    match mark {
        "[" => syntax(
            span,
            "a type does not begin with `[`",
            "write `list<string>` for many, `\"a\" | \"b\"` for one of several texts",
        ),
        "{" => syntax(
            span,
            "fields are declared by themselves",
            "declare `record NAME { x: int }`, and write `NAME` here",
        ),
        _ => syntax(
            span,
            "a type has no arguments in `( )`",
            "write the bare type, and what else must hold as a rule: `require length(x) <= 10`",
        ),
    }
}

/// `id optional`.
#[must_use]
pub fn optional_word(span: Span, name: &str, edits: Vec<Edit>) -> Diagnostic {
    syntax(span, "what is optional is marked at its name", format!("write `{name}?: …`")).fix(Fix {
        title: format!("write `{name}?:`"),
        safety: Safety::Safe,
        edits,
    })
}

/// Fields without a comma between them, or with something else.
#[must_use]
pub fn comma_between_fields(span: Span, at: Span) -> Diagnostic {
    syntax(span, "a comma stands between two parameters or fields", "write `x: int, y: int`").replace(
        Safety::Safe,
        at,
        ",",
    )
}

/// `[string]` as a type.
#[must_use]
pub fn type_in_brackets(span: Span, here: &str) -> Diagnostic {
    syntax(span, "a type does not stand in square brackets", format!("write `{here}`")).replace(
        Safety::Safe,
        span,
        here,
    )
}

/// `let x` without a value.
#[must_use]
pub fn let_without_value(span: Span) -> Diagnostic {
    syntax(span, "a `let` gives a value a name, and the value is missing", "write `let x = 5`")
}

/// `let f(x) { … }`.
#[must_use]
pub fn let_in_braces(span: Span) -> Diagnostic {
    syntax(span, "the value of a `let` stands behind `=`, without braces", "write `let f(x) = x + 1`")
}

/// `because: "…"`.
#[must_use]
pub fn mark_before_text(span: Span, word: &str, mark: &str) -> Diagnostic {
    syntax(span, format!("nothing stands between `{word}` and its text"), format!("remove the `{mark}`"))
        .replace(Safety::Safe, span, "")
}

/// `15 minutes`, `"15m"`, `15`.
#[must_use]
pub fn duration(span: Span, here: Option<String>) -> Diagnostic {
    let help = "write `90s`, `30m`, `24h` or `7d`";
    match here {
        Some(here) => syntax(span, "a duration is one word, without quotes", format!("write `{here}`"))
            .replace(Safety::Safe, span, here),
        None => syntax(span, "a duration says its unit", help),
    }
}

/// `-- note`.
#[must_use]
pub fn dashed_comment(span: Span) -> Diagnostic {
    syntax(span, "`--` begins no comment here", "a comment begins with `//` and ends with its line").replace(
        Safety::Safe,
        span,
        "//",
    )
}

/// `{ x = 1 }`.
#[must_use]
pub fn entry_with_equals(equals: Span, name: Span, word: &str, value: &str) -> Diagnostic {
    syntax(equals, "a colon stands between a name and its value", format!("write `{word}: {value}`")).replace(
        Safety::Safe,
        Span { start: name.end, ..equals },
        ":",
    )
}

/// A word of a block that has another name here.
#[must_use]
pub fn clause_word(span: Span, here: &str) -> Diagnostic {
    syntax(span, format!("this is written `{here}` here"), format!("write `{here}`")).replace(
        Safety::Safe,
        span,
        here,
    )
}

/// `agents ["a", "b"]`.
#[must_use]
pub fn agents_in_brackets(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding = syntax(
        span,
        "the agents stand there without brackets",
        "write `agents \"support-agent\", \"billing-agent\"`",
    );
    match edits {
        Some(edits) => {
            finding.fix(Fix { title: "remove the brackets".to_owned(), safety: Safety::Safe, edits })
        }
        None => finding,
    }
}

/// `let f(x) => x`.
#[must_use]
pub fn thick_arrow(span: Span) -> Diagnostic {
    syntax(span, "the value of a `let` stands behind `=`", "write `let f(x) = x + 1`").replace(
        Safety::Safe,
        span,
        "=",
    )
}

/// `tool crm.*(…)`.
#[must_use]
pub fn tool_pattern(span: Span) -> Diagnostic {
    syntax(
        span,
        "`tool` declares one tool by its exact name",
        "declare many with `tools crm.* from \"crm.tools.json\" { … }`, or say what holds for declared ones with `on crm.* { … }`",
    )
}

/// `valid until "2026-12-31"`.
#[must_use]
pub fn quoted_date(span: Span, date: &str) -> Diagnostic {
    syntax(span, "a date stands there without quotes", format!("write `{date}`")).replace(
        Safety::Safe,
        span,
        date,
    )
}

/// `set x: list<string> = ["a"]`; `element` is where the type of the elements stands.
#[must_use]
pub fn set_of_lists(span: Span, element: Span) -> Diagnostic {
    let edits = vec![
        Edit { span: Span { end: element.start, ..span }, text: String::new() },
        Edit { span: Span { start: element.end, ..span }, text: String::new() },
    ];
    Diagnostic::new(
        &codes::TYPE_MISMATCH,
        span,
        "this would be a set of lists: a set says the type of its elements",
    )
    .help("write `set x: string = [\"a\", \"b\"]`")
    .fix(Fix { title: "write the type of the elements".to_owned(), safety: Safety::Safe, edits })
}
