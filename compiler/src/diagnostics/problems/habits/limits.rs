//! Limits, challenges and the steps of tests.

use agentpass_grammar::Span;

use super::syntax;
use crate::diagnostics::{Diagnostic, Edit, Fix, Safety};

/// `calls at most 5 in any 1h`.
#[must_use]
pub fn window_after_bound(span: Span, window: &str, edits: Option<Vec<Edit>>, certain: bool) -> Diagnostic {
    let finding = syntax(
        span,
        "the window of a limit stands in its head, and holds for all its bounds",
        format!("write `limit NAME per KEYS {window} {{ calls at most 5 }}`"),
    );
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    match edits {
        Some(edits) => finding.fix(Fix { title: format!("move `{window}` to the head"), safety, edits }),
        None => finding,
    }
}

/// `calls <= 5`.
#[must_use]
pub fn bound_operator(span: Span, here: &str, certain: bool) -> Diagnostic {
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    syntax(
        span,
        "a bound is said with `at most`, a step with `above`",
        "write `calls at most 5`, or `calls above 5 then challenge manager`",
    )
    .replace(safety, span, here)
}

/// `at most 5 calls`.
#[must_use]
pub fn number_first(span: Span, here: &str, certain: bool) -> Diagnostic {
    let finding = syntax(span, "what is counted stands before its bound", format!("write `{here}`"));
    if certain { finding.replace(Safety::Safe, span, here) } else { finding }
}

/// `expires in 15m`.
#[must_use]
pub fn expires_plainly(span: Span, duration: &str) -> Diagnostic {
    syntax(span, "the time follows `expires` directly", format!("write `expires {duration}`")).replace(
        Safety::Safe,
        span,
        "",
    )
}

/// `ask managers`.
#[must_use]
pub fn ask_group(span: Span, here: &str) -> Diagnostic {
    syntax(
        span,
        "a challenge asks a group, the user, or anyone",
        format!("write `ask {}`, `ask user` or `ask anyone`", here.trim_start_matches("of ")),
    )
    .replace(Safety::Safe, span, here)
}

/// `expect alow`.
#[must_use]
pub fn no_verdict(span: Span, word: &str) -> Diagnostic {
    syntax(
        span,
        format!("`{word}` is no verdict"),
        "a call is expected to `allow`, `deny`, `challenge NAME` or `replay`, or to leave `remaining LIMIT NUMBER`",
    )
}

/// `expect: allow`.
#[must_use]
pub fn no_mark(span: Span, word: &str) -> Diagnostic {
    syntax(span, format!("nothing stands between `{word}` and what it says"), format!("write `{word}` alone"))
        .replace(Safety::Safe, span, word)
}

/// `call t(x: 1)`.
#[must_use]
pub fn arguments_in_braces(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding =
        syntax(span, "the arguments of a call stand in braces", "write `call t { x: 1 } expect allow`");
    match edits {
        Some(edits) => finding.fix(Fix { title: "write `{ }`".to_owned(), safety: Safety::Safe, edits }),
        None => finding,
    }
}

/// `call t expects allow`, `call t -> allow`.
#[must_use]
pub fn expectation(span: Span, verdict: &str) -> Diagnostic {
    let verdict = if verdict.is_empty() { "allow" } else { verdict };
    syntax(span, "what a call should come to is said with `expect`", format!("write `expect {verdict}`"))
        .replace(Safety::Safe, span, "expect")
}

/// `call t allow`.
#[must_use]
pub fn verdict_alone(span: Span, at: Span, verdict: &str) -> Diagnostic {
    syntax(span, "what a call should come to is said with `expect`", format!("write `expect {verdict}`"))
        .replace(Safety::Safe, at, "expect ")
}

/// `t { x: 1 } expect allow`.
#[must_use]
pub fn missing_call(span: Span, at: Span, name: &str) -> Diagnostic {
    syntax(span, "a call of a test begins with `call`", format!("write `call {name} … expect …`")).replace(
        Safety::Safe,
        at,
        "call ",
    )
}

/// `timeout 15m`, `single-use`, `approvers "x"`.
#[must_use]
pub fn challenge_word(span: Span, here: &str) -> Diagnostic {
    syntax(
        span,
        format!("this is written `{here}` here"),
        "write `ask 2 of group \"managers\"`, `expires 15m`, `single use`",
    )
    .replace(Safety::Safe, span, here)
}

/// `limit l per job in 1h`.
#[must_use]
pub fn window_word(span: Span, here: &str) -> Diagnostic {
    syntax(span, "a window is written `in any 24h`, or `each day in \"UTC\"`", format!("write `{here}`"))
        .replace(Safety::Safe, span, here)
}

/// `limit per customer per day`: the calendar's day, or any 24 hours?
#[must_use]
pub fn window_unit(span: Span, here: &str) -> Diagnostic {
    syntax(span, "a window is written `in any 24h`, or `each day in \"UTC\"`", format!("write `{here}`"))
        .replace(Safety::Unsafe, span, here)
}

/// `limit l per job calls at most 5`.
#[must_use]
pub fn bounds_in_braces(span: Span) -> Diagnostic {
    syntax(
        span,
        "the bounds of a limit stand in braces",
        "write `limit NAME per KEYS in any 24h { calls at most 5 }`",
    )
}

/// `calls above 5 challenge manager`.
#[must_use]
pub fn step_without_then(span: Span, at: Span) -> Diagnostic {
    syntax(span, "`then` stands between a bound and its step", "write `calls above 5 then challenge manager`")
        .replace(Safety::Safe, at, "then ")
}

/// `calls above 5 deny`.
#[must_use]
pub fn denying_step(span: Span) -> Diagnostic {
    syntax(
        span,
        "what denies is a bound by itself",
        "write `calls at most 5`; `above 5 then …` is for what happens before that",
    )
}

/// `sum of amount at most $5`.
#[must_use]
pub fn sum_of(span: Span, at: Span) -> Diagnostic {
    syntax(
        span,
        "what is added up follows `sum` directly",
        "write `sum amount at most $500`, or `sum amount of T at most $500`",
    )
    .replace(Safety::Safe, at, "")
}
