//! What is wrong with how absence is handled (semantics 4 and 5).

use agentpass_grammar::Span;

use crate::diagnostics::{Diagnostic, codes};
use crate::types::Ty;

/// An optional value is used as if it were always there.
#[must_use]
pub fn unhandled(span: Span, name: Option<&str>, in_require: bool) -> Diagnostic {
    let what = name.map_or_else(|| "this value".to_owned(), |name| format!("`{name}`"));
    let finding = Diagnostic::new(&codes::UNHANDLED_ABSENCE, span, format!("{what} may be absent"))
        .label("not every call has this");
    let name = name.unwrap_or("x");
    if in_require && !name.contains('.') {
        finding.help(format!(
            "say what absence means: `require has {name} and …`, or declare a default: `{name}: … = …`"
        ))
    } else {
        finding.help(format!(
            "say what absence means: `has {name} and …`, `when has {name} {{ … }}` or `{name} ?? …`"
        ))
    }
}

/// `??` on something that is always there.
#[must_use]
pub fn never_absent(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NEVER_ABSENT, span, "this value is never absent, so `??` has nothing to do")
        .help("remove `??` and what follows it")
}

/// `?? literal` on a parameter inside `require`.
#[must_use]
pub fn coalesced_parameter(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::COALESCED_PARAMETER,
        span,
        format!("`{name} ?? …` judges a value that the server never sees"),
    )
    .help(if name.contains('.') {
        format!("what is absent means the server's default: write `has {name} and …`")
    } else {
        format!(
            "an absent parameter means the server's default: write `has {name} and …`, or declare a default in the \
             signature, `{name}: … = …`, which the gate writes into the call"
        )
    })
}

/// A fact in `require` that a made-up value gives.
#[must_use]
pub fn made_up_fact(span: Span, fact: &str, name: &str, at: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::COALESCED_PARAMETER,
        span,
        format!("`call.{fact}` may be made up: `{name} ?? …` is a value that the server never sees"),
    )
    .also(at, "what is absent here means the server's default")
    .help(format!("give the fact as it is, `{fact} {name}`, and write `has call.{fact} and …`, or declare a default in the signature"))
}

/// `has` on something that is always there.
#[must_use]
pub fn always_there(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::ALWAYS_THERE, span, format!("`{name}` is always there"))
        .help(format!("remove the question, or make it optional where it is declared: `{name}?: …`"))
}

/// A value that may be null is used as if it were not.
#[must_use]
pub fn may_be_null(span: Span, ty: &Ty) -> Diagnostic {
    Diagnostic::new(&codes::MAY_BE_NULL, span, format!("this {ty} may be null"))
        .help("say what null means: `x != null and …`")
}

/// A figure that a limit adds up may be absent.
#[must_use]
pub fn optional_summand(span: Span, fact: &str) -> Diagnostic {
    let clause = match fact {
        "tokens" | "cost" => format!("uses {fact} … ?? …"),
        fact => format!("{fact} … ?? …"),
    };
    Diagnostic::new(
        &codes::UNHANDLED_ABSENCE,
        span,
        format!("`{fact}` may be absent for some of these calls"),
    )
    .help(format!(
        "say where the fact is given what counts then: `{clause}`; or scope the limit: `when has call.{fact}`"
    ))
}
