//! What is wrong with rules, and with the shape of a program.

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, Safety, codes};
use crate::types::Ty;

/// `a`, `b` and 3 more
#[must_use]
pub(super) fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => String::new(),
        1 => shown.join(""),
        n if n <= 5 => {
            let (last, rest) =
                shown.split_last().map_or((String::new(), Vec::new()), |(l, r)| (l.clone(), r.to_vec()));
            format!("{} and {last}", rest.join(", "))
        }
        n => format!("{} and {} more", shown.join(", "), n - 5),
    }
}

/// No `edition` at the top of a file.
#[must_use]
pub fn missing_edition(span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::MISSING_EDITION,
        span,
        "the file does not say which edition of the language it is written in",
    )
    .help("begin it with `edition 2026`")
    .replace(Safety::Safe, span, "edition 2026\n\n")
}

/// `edition` is not the first item.
#[must_use]
pub fn late_edition(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::LATE_EDITION, span, "`edition` is the first item of a file")
        .help("move it to the top")
}

/// An edition that does not exist.
#[must_use]
pub fn unknown_edition(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::UNKNOWN_EDITION, span, "this compiler does not know that edition")
        .help("the editions are: 2026")
        .replace(Safety::Unsafe, span, "2026")
}

/// Two contracts in one program.
#[must_use]
pub fn second_contract(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::SECOND_CONTRACT, span, "a program has one contract")
        .label("the second one")
        .also(first, "the first one")
        .help("check contracts one by one, or turn one of them into a `module`")
}

/// An optional parameter with a default.
#[must_use]
pub fn optional_with_default(mark: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::OPTIONAL_WITH_DEFAULT,
        mark,
        format!("`{name}` has a default, so it is never absent"),
    )
    .help("remove the `?`, or the default")
    .replace(Safety::Safe, mark, "")
}

/// `matches` on something that is not text.
#[must_use]
pub fn matches_needs_text(span: Span, ty: &Ty) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::TYPE_MISMATCH,
        span,
        format!("`matches` reads string, id or folded, and this is {ty}"),
    );
    match ty {
        Ty::Domain | Ty::Email | Ty::Url | Ty::Path => {
            finding.help("compare it by its meaning: `in`, `==`, `.domain`, `.host`")
        }
        Ty::Text => finding.help("`text` is opaque; declare the parameter as `string` to read it"),
        _ => finding,
    }
}

/// A quantifier over something that is not a list.
#[must_use]
pub fn not_a_list(span: Span, ty: &Ty) -> Diagnostic {
    let finding = Diagnostic::new(&codes::NOT_A_LIST, span, format!("expected a list, found {ty}"));
    match ty {
        Ty::Shell => finding.help("write `.commands` after it"),
        _ => finding,
    }
}

/// Where a quantifier stands, which says what else could be meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantifies {
    /// In a condition.
    Condition,
    /// At the head of a `require`.
    Require,
    /// At the head of a `deny` or a `challenge`.
    Refusal,
}

/// A conjunct that never mentions the variable of the quantifier it belongs to.
#[must_use]
pub fn misread_body(span: Span, name: &str, of: Quantifies) -> Diagnostic {
    Diagnostic::new(
        &codes::MISREAD_BODY,
        span,
        format!("this belongs to the body over `{name}`, and never mentions it"),
    )
    .help(match of {
        Quantifies::Condition => {
            "put the body into brackets, `some x in xs: (…)`, or the whole quantifier, `(some x in xs: …) and …`"
        }
        Quantifies::Require => {
            "put the body into brackets, `each x in xs: (…)`, or the whole quantifier, `require (each x in xs: …) and …`"
        }
        Quantifies::Refusal => {
            "put the body into brackets, `each x in xs: (…)`; what is asked of the call as well stands in `when … { … }` around it, or in `when (some x in xs: …) and …`"
        }
    })
}

/// `each` after `deny when`.
#[must_use]
pub fn misread_each(span: Span, verb: &str) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::MISREAD_EACH,
        span,
        match verb {
            "group" => "`when each` holds only if all elements are so".to_owned(),
            verb => format!("`{verb} when each` fires only if all elements are bad"),
        },
    );
    if verb == "deny" {
        finding.help("to refuse for any bad element write `deny each x in xs: …`; if all is meant, put it into brackets")
    } else if verb == "group" {
        finding
            .help("if any such element is meant, write `when some x in xs: …`; if all, put it into brackets")
    } else {
        finding.help(
            "to ask for any such element write `when some x in xs: …`; if all is meant, put it into brackets",
        )
    }
}

/// A member of `latest` without brackets.
#[must_use]
pub fn misread_member(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::MISREAD_MEMBER, span, "this reads as a member of what stands right before it")
        .help("put the past call into brackets: `(latest … within …).args.x`")
}

/// Something that only a skill has.
#[must_use]
pub fn only_in_skill(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(&codes::CLAUSE_NOT_HERE, span, format!("`{word}` belongs to a `skill`"))
        .help("skills say where their bundle lies, which digest it has and which tools it invokes")
}

/// `records at most` outside of a flow.
#[must_use]
pub fn records_not_here(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::CLAUSE_NOT_HERE, span, "`records at most` belongs to a `flow`")
        .help("in a tool write `require call.records <= N`")
}

/// `once` where no tool is in sight.
#[must_use]
pub fn once_not_here(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::CLAUSE_NOT_HERE, span, "`once` belongs to a tool, an `on` block or the top level")
}

/// A function inside a block.
#[must_use]
pub fn local_function(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::CLAUSE_NOT_HERE, span, "functions are declared at the top level")
        .help("move the `let` out of the block; inside a block a `let` is a value")
}

/// A global rule reads a fact that some tool does not provide.
#[must_use]
pub fn missing_fact(span: Span, fact: &str, tools: &[String], global: bool) -> Diagnostic {
    let clause = match fact {
        "tokens" | "cost" => format!("uses {fact} …"),
        "domains" => "sends to … at …".to_owned(),
        fact => format!("{fact} …"),
    };
    let verb = if tools.len() == 1 { "does" } else { "do" };
    let finding = Diagnostic::new(
        &codes::MISSING_FACT,
        span,
        format!("{} {verb} not provide `{fact}`, which this reads", list(tools)),
    );
    if global {
        finding.help(format!("give the tools `{clause}`, or scope the rule: `on any with {fact} {{ … }}`"))
    } else {
        finding.help(format!("give the tool the clause `{clause}`, or ask first: `has call.{fact} and …`"))
    }
}

/// A fact of different types.
#[must_use]
pub fn mixed_fact(span: Span, fact: &str, one: &Ty, other: &Ty) -> Diagnostic {
    Diagnostic::new(
        &codes::MIXED_FACT,
        span,
        format!("`{fact}` is {one} for some of these tools and {other} for others"),
    )
    .help("write the rule once per kind of tool, in `on` blocks")
}

/// What nobody declared could leave with the call.
#[must_use]
pub fn open_and_outgoing(span: Span, tool: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::OPEN_AND_OUTGOING,
        span,
        format!("`{tool}` sends or pays, and takes undeclared arguments"),
    )
    .help("declare every parameter and remove `...`: what no rule can see must not leave")
}

/// A hole that never ends.
#[must_use]
pub fn open_hole(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_HOLE, span, "this hole is never closed")
        .help("close it with `}`; a brace itself is written `{{`")
}

/// A closing brace without a hole.
#[must_use]
pub fn stray_brace(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_HOLE, span, "this brace closes no hole")
        .help("a brace itself is written `}}`")
        .replace(Safety::Safe, span, "}}")
}

/// A hole that is more than a path.
#[must_use]
pub fn hole_is_no_path(span: Span, inside: &str) -> Diagnostic {
    let shown: String = inside.chars().take(40).collect();
    Diagnostic::new(&codes::BAD_HOLE, span, format!("`{shown}` is not a path"))
        .help("a hole is a name such as `{amount}` or `{c.program}`; compute other values with `let` first")
}

/// A value that cannot be shown.
#[must_use]
pub fn cannot_show(span: Span, ty: &Ty, in_resource: bool) -> Diagnostic {
    let place = if in_resource { "a resource" } else { "a message" };
    Diagnostic::new(&codes::TYPE_NOT_HERE, span, format!("{ty} cannot stand in {place}"))
        .help("name a part of it")
}
