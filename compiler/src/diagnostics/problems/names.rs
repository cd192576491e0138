//! What is wrong with names.

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, Safety, codes};
use crate::types::Ty;

/// Adds «did you mean» where something is close.
pub(crate) fn suggest(finding: Diagnostic, span: Span, close: Option<&str>) -> Diagnostic {
    match close {
        Some(close) => finding.help(format!("did you mean `{close}`?")).replace(Safety::Unsafe, span, close),
        None => finding,
    }
}

/// A name that nothing declares.
#[must_use]
pub fn unknown(span: Span, kind: &str, name: &str, close: Option<&str>) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("there is no {kind} `{name}`"));
    if kind == "name"
        && let Some((help, here)) = root_of(name)
    {
        let finding = finding.help(help);
        return if here.is_empty() { finding } else { finding.replace(Safety::Unsafe, span, here) };
    }
    let finding = match (kind, close) {
        ("label", None) => finding.help(format!("declare it: `label {name}`")),
        ("challenge", None) => {
            finding.help(format!("declare it: `challenge {name} {{ ask user; expires 15m; single use }}`"))
        }
        _ => finding,
    };
    suggest(finding, span, close)
}

/// Where what a name stands for elsewhere is found here, and how it is read.
fn root_of(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "tool" => ("the name of the tool is `call.tool`", "call.tool"),
        "action" => ("what the tool does is `call.action`", "call.action"),
        "user" => ("who asks is `caller.user`", "caller.user"),
        "agent" => ("the agent is `caller.agent`", "caller.agent"),
        "tenant" => ("the tenant is `caller.tenant`", "caller.tenant"),
        "scopes" | "scope" => ("what the credentials allow is `auth.scopes`", "auth.scopes"),
        "groups" | "roles" | "role" => ("the groups of the caller are `auth.groups`", "auth.groups"),
        "params" | "parameters" | "arguments" | "arg" | "input" | "inputs" => {
            ("a parameter is read by its name, or as `args.x`", "")
        }
        "context" | "request" | "req" | "principal" | "subject" | "event" | "data" | "env" => {
            ("what comes with a call is `args.…`, `call.…`, `caller.…`, `auth.…`, `job.…` and `host.…`", "")
        }
        _ => return None,
    })
}

/// Outside of tool blocks only facts can be named.
#[must_use]
pub fn parameter_outside(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::PARAMETER_OUTSIDE, span, format!("`{name}` cannot be read here: parameters belong to tools"))
        .help(
            "outside of tool blocks only facts can be read, such as `call.amount` or `host.domain`; or write an `on` \
             block that lists the parameters",
        )
}

/// A parameter that is called like a root, read bare.
#[must_use]
pub fn ambiguous_root(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::AMBIGUOUS_ROOT,
        span,
        format!("`{name}` is a parameter here, and also a root of the language"),
    )
    .help(format!("the parameter is read as `args.{name}`"))
    .replace(Safety::Unsafe, span, format!("args.{name}"))
}

/// A member that does not exist.
#[must_use]
pub fn unknown_member(span: Span, of: &str, name: &str, close: Option<&str>, all: &str) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_MEMBER, span, format!("{of} has no `{name}`"));
    match close {
        None if !all.is_empty() => finding.help(format!("it has {all}")),
        _ => suggest(finding, span, close),
    }
}

/// A root without a member.
#[must_use]
pub fn root_alone(span: Span, name: &str, all: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNKNOWN_MEMBER, span, format!("`{name}` alone is no value"))
        .help(format!("it has {all}"))
}

/// Something is declared twice.
#[must_use]
pub fn declared_twice(span: Span, kind: &str, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DECLARED_TWICE, span, format!("{kind} `{name}` is declared twice"))
        .label("declared again here")
        .also(first, "declared here first")
        .help("remove one of them, or give it another name")
}

/// A declared name equals a root.
#[must_use]
pub fn clashes_with_root(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::CLASHES_WITH_ROOT, span, format!("`{name}` is a root of the language"))
        .help("choose another name; args, call, caller, auth, job, host and now are taken")
}

/// Two kinds of jobs bind one name with two types.
#[must_use]
pub fn mixed_job_parameter(span: Span, name: &str, ty: &Ty, other: &Ty, at: Span) -> Diagnostic {
    Diagnostic::new(&codes::MIXED_FACT, span, format!("`job.{name}` is {ty} here and {other} for other jobs"))
        .also(at, "the other one")
        .help("give the two different names")
}

/// A declared function that the language has already.
#[must_use]
pub fn clashes_with_function(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::CLASHES_WITH_ROOT, span, format!("`{name}` is a function of the language"))
        .help("choose another name; count and length are taken")
}

/// A parameter of a manifest that would hide a constant.
#[must_use]
pub fn manifest_shadows(span: Span, name: &str, tool: &str, manifest: &str, other: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::SHADOWS,
        span,
        format!("parameter `{name}` of `{tool}` in `{manifest}` would hide a constant of the same name"),
    )
    .also(other, "the constant")
    .help("rename the constant: the server chose the parameter's name")
}

/// A parameter that hides a constant.
#[must_use]
pub fn shadows(span: Span, name: &str, other: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::SHADOWS,
        span,
        format!("parameter `{name}` would hide a constant of the same name"),
    )
    .label("the parameter")
    .also(other, "the constant")
    .help(format!(
        "rename the constant, or the parameter: `\"{name}\" as other_name: …` keeps its name on the wire"
    ))
}

/// An import brings a name that is taken.
#[must_use]
pub fn import_clash(span: Span, kind: &str, name: &str, other: Span) -> Diagnostic {
    Diagnostic::new(&codes::IMPORT_CLASH, span, format!("this import brings a second {kind} `{name}`"))
        .label(format!("brings `{name}` as well"))
        .also(other, "the other one")
        .help("select the names that you need, `use … { a, b as c }`, or import the module as a whole: `use … as m`")
}

/// A selected name is not in the module.
#[must_use]
pub fn not_in_module(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::NOT_IN_MODULE, span, format!("the module declares no `{name}`")),
        span,
        close,
    )
}

/// A `let` that leads back to itself.
#[must_use]
pub fn recursive(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::RECURSIVE, span, format!("`{name}` is defined by itself"))
        .help("a `let` or `set` may only use others that do not lead back to it")
}

/// A function that does not exist.
#[must_use]
pub fn unknown_function(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("there is no function `{name}`")),
        span,
        close,
    )
}

/// A function called with another number of arguments than it takes.
#[must_use]
pub fn wrong_argument_count(span: Span, name: &str, takes: usize, given: usize) -> Diagnostic {
    let s = if takes == 1 { "" } else { "s" };
    Diagnostic::new(
        &codes::ARGUMENT_COUNT,
        span,
        format!("`{name}` takes {takes} argument{s}, and gets {given}"),
    )
}

/// A function without its arguments, or a value with some.
#[must_use]
pub fn not_a_value(span: Span, name: &str, is_function: bool) -> Diagnostic {
    if is_function {
        Diagnostic::new(
            &codes::ARGUMENT_COUNT,
            span,
            format!("`{name}` is a function and needs its arguments"),
        )
        .help(format!("write `{name}(…)`"))
    } else {
        Diagnostic::new(&codes::ARGUMENT_COUNT, span, format!("`{name}` is a value and takes no arguments"))
            .help(format!("write `{name}`"))
    }
}

/// A variable that hides a parameter or another variable.
#[must_use]
pub fn variable_shadows(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::SHADOWS, span, format!("variable `{name}` would hide something of the same name"))
        .help("choose another name for the variable")
}
