//! What is wrong with history, limits and `once`.

use agentpass_grammar::Span;

use super::names::suggest;
use crate::diagnostics::{Diagnostic, codes};
use crate::types::{Part, Ty};

/// History where there is none.
#[must_use]
pub fn history_not_here(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::HISTORY_NOT_HERE, span, "the past cannot be asked here")
        .help("history stands in `require`, `deny when`, `challenge … when` and `when`")
}

/// `latest` without a bound.
#[must_use]
pub fn unbounded(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::UNBOUNDED_HISTORY, span, "how far back may the latest call lie?")
        .help("add `within 30m`, or `within job`")
}

/// A look into the past of somebody who has more than one job, without a time.
#[must_use]
pub fn unbounded_scope(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::UNBOUNDED_HISTORY, span, "how far back may this lie? `by` looks beyond the job")
        .help("write a time, such as `within 24h`; `job` bounds only what one job did")
}

/// A window of no length.
#[must_use]
pub fn empty_window(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::EMPTY_WINDOW, span, "this window has no length")
        .help("write a duration above zero: `30m`")
}

/// A tool or event that does not exist.
#[must_use]
pub fn unknown_past(span: Span, name: &str, close: Option<&str>, covered: bool) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_TOOL, span, format!("there is no tool or event `{name}`"));
    if covered {
        return finding.help(format!(
            "a pattern covers it, but history needs its signature: declare `tool {name}(…) {{ … }}` by name"
        ));
    }
    if matches!(name, "any" | "anything") {
        return finding.help(format!("{}; a `limit` counts calls of all tools", super::syntax::ONE_TOOL));
    }
    suggest(finding, span, close)
}

/// A scope of history that does not exist.
#[must_use]
pub fn unknown_scope(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_SCOPE, span, format!("history cannot be asked `by {name}`"))
            .help("it is kept per job, `by user`, `by agent` or `by tenant`"),
        span,
        close,
    )
}

/// An event has no phases.
#[must_use]
pub fn event_has_no_phase(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::PHASE_NOT_HERE, span, "an event happens at once: it has no phases")
        .help("remove the word")
}

/// A phase in `in_flight of`.
#[must_use]
pub fn phase_not_here(span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::PHASE_NOT_HERE,
        span,
        "calls in flight have started and not ended: no phase can be chosen",
    )
    .help("remove the word")
}

/// A filter that the tool does not have.
#[must_use]
pub fn unknown_filter(span: Span, tool: &str, name: &str, part: Part, close: Option<&str>) -> Diagnostic {
    let what = if part == Part::Args { "parameter" } else { "trusted result" };
    suggest(
        Diagnostic::new(&codes::UNKNOWN_MEMBER, span, format!("`{tool}` has no {what} `{name}`")),
        span,
        close,
    )
}

/// A result that nobody vouches for.
#[must_use]
pub fn untrusted_result(span: Span, tool: &str, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNTRUSTED_RESULT, span, format!("the result of `{tool}` is not trusted")).help(
        format!("where the server vouches for it, declare it in the tool: `trusted result {{ {name}: … }}`"),
    )
}

/// A result of a call that has none yet.
#[must_use]
pub fn no_result_yet(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::PHASE_NOT_HERE, span, "only completed and failed calls have a result")
        .help("remove `attempted` or `started`, or the filter")
}

/// A value that is not kept.
#[must_use]
pub fn cannot_remember(span: Span, ty: &Ty) -> Diagnostic {
    Diagnostic::new(&codes::CANNOT_REMEMBER, span, format!("{ty} is not kept in history"))
        .help("filter by ids, enums, numbers, domains or paths")
}

/// A filter that compares with the current call otherwise than by equality.
#[must_use]
pub fn only_equality(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::ONLY_EQUALITY, span, "the past can be joined with this call by equality only")
        .help("compare with a constant, or look at each value that there was: `some x in distinct ARG of … within …: x != …`")
}

/// Sums exist of amounts only.
#[must_use]
pub fn only_amounts(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::ONLY_AMOUNTS, span, format!("`{name}` cannot be summed up"))
        .help("what is summed up is `amount`, which the tool declares, or an argument that is a number")
}

/// A limit of something else than an amount.
#[must_use]
pub fn limit_of_amounts(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::ONLY_AMOUNTS, span, format!("a limit cannot sum up `{name}`"))
        .help(format!("limits sum up `amount`; of another number, ask the past: `require sum {name} of T within 24h + {name} <= 1_000`"))
}

/// The tool provides no amount.
#[must_use]
pub fn no_amount(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::ONLY_AMOUNTS, span, format!("`{name}` has no amount"))
        .help("declare which parameter is the amount: `amount amount`")
}

/// A sum that is bounded from below, or compared with another sum.
#[must_use]
pub fn sum_from_below(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::SUM_FROM_BELOW, span, "a sum can bound from above only")
        .help("sums are kept in buckets and may count a little more than there is: write `sum … < N`, or `deny when sum … > N`")
}

/// A count that is compared with something that is not constant.
#[must_use]
pub fn count_not_constant(span: Span, most: i64) -> Diagnostic {
    Diagnostic::new(&codes::COUNT_NOT_CONSTANT, span, "a count can only be compared with a constant").help(
        format!("the gate keeps the last N times, so N is a literal or a constant between 0 and {most}"),
    )
}

/// A count against a number that it never comes to.
#[must_use]
pub fn count_below_zero(span: Span, most: i64) -> Diagnostic {
    Diagnostic::new(&codes::COUNT_NOT_CONSTANT, span, "a count is never below zero")
        .help(format!("compare it with a literal or a constant between 0 and {most}"))
}

/// A count against a larger number than anybody counts to.
#[must_use]
pub fn count_too_large(span: Span, most: i64) -> Diagnostic {
    let title = format!("a question to the past counts up to {most}");
    Diagnostic::new(&codes::COUNT_NOT_CONSTANT, span, title)
        .help("a limit counts further: `limit per KEYS in any 24h { calls at most N }`")
}

/// A key that is not canonical.
#[must_use]
pub fn bad_key(span: Span, shown: &str, ty: &Ty) -> Diagnostic {
    let finding = Diagnostic::new(&codes::BAD_KEY, span, format!("`{shown}` cannot be a key: it is {ty}"));
    match ty {
        Ty::String | Ty::Text => finding
            .help("free text has many spellings of one thing: declare the parameter as `id`, or key by a fact of the host"),
        _ => finding.help("keys are ids, enums, numbers, facts of the host, and canonical types such as email and domain"),
    }
}

/// A resource that has many spellings, as a key.
#[must_use]
pub fn free_resource(span: Span, ty: &Ty, hole: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_KEY, span, format!("`call.resource` cannot be a key: part of it is {ty}"))
        .also(hole, "this has many spellings")
        .help("declare that parameter as `id`, or key by something else")
}

/// A limit per something that lives for ever, without a window.
#[must_use]
pub fn needs_window(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NEEDS_WINDOW, span, "over which time does this limit count?")
        .help("add `in any 24h` or `each day in \"UTC\"`, or count `per job`")
}

/// A window on something that has none.
#[must_use]
pub fn window_not_here(span: Span, meter: &str) -> Diagnostic {
    Diagnostic::new(&codes::WINDOW_NOT_HERE, span, format!("`{meter}` has no window"))
        .help("put it into a limit of its own, without `in any …`")
}

/// A calendar unit that does not exist.
#[must_use]
pub fn unknown_unit(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_UNIT, span, format!("there is no calendar unit `{name}`"))
            .help("the units are `hour`, `day`, `week` and `month`"),
        span,
        close,
    )
}

/// A calendar window without its zone.
#[must_use]
pub fn needs_zone(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::ZONE, span, "a calendar window needs its time zone")
        .help("add `in \"Europe/Berlin\"`")
}

/// Something that cannot be counted.
#[must_use]
pub fn unknown_meter(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_METER, span, format!("`{name}` cannot be limited"))
        .help("limits count calls, retries, tokens, cost, runtime, in_flight, denials, and `sum amount`");
    suggest(finding, span, close)
}

/// `above` says nothing about what happens, `at most` asks for a challenge.
#[must_use]
pub fn step_mismatch(span: Span, above: bool) -> Diagnostic {
    if above {
        Diagnostic::new(&codes::STEP_MISMATCH, span, "what happens above this?")
            .help("add `then challenge NAME` or `then warn`; to refuse, write `at most`")
    } else {
        Diagnostic::new(&codes::STEP_MISMATCH, span, "`at most` refuses; it cannot ask or warn")
            .help("write `above N then challenge NAME`; after `at most` only `then suspend job` or `agent` may stand")
    }
}

/// Nothing by that name can be suspended.
#[must_use]
pub fn unknown_suspended(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(&codes::UNKNOWN_SCOPE, span, format!("`{name}` cannot be suspended"))
            .help("what can be suspended is `job`, `agent`, `tool` and `gate`"),
        span,
        close,
    )
}

/// A runtime that does not belong to a job.
#[must_use]
pub fn runtime_per_job(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::RUNTIME_PER_JOB, span, "runtime is counted per job")
        .help("move it into `limit per job { … }`")
}

/// A limit below zero.
#[must_use]
pub fn negative_bound(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NEGATIVE_BOUND, span, "a bound below zero allows nothing")
        .help("write `at most 0` to refuse everything")
}

/// Two limits of one name.
#[must_use]
pub fn limit_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DECLARED_TWICE, span, format!("limit `{name}` is declared twice"))
        .also(first, "declared here first")
        .help("budgets belong to the limit's name: give one of them another name")
}

/// A limit without a key.
#[must_use]
pub fn needs_key(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NEEDS_KEY, span, "what is counted separately?")
        .help("write `limit per job { … }`, or per another key; only the limit of a skill needs none")
}

/// The bound of one limit makes another one pointless.
#[must_use]
pub fn never_reached(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::NEVER_REACHED, span, "this bound is never reached")
        .also(first, "this one refuses first")
        .help("raise the refusing bound, or lower this one")
}

/// A limit that bounds nothing.
#[must_use]
pub fn empty_limit(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::EMPTY_LIMIT, span, "this limit bounds nothing")
        .label("no bound stands in its block")
        .help("add a bound, such as `calls at most 50`, or remove the limit")
}

/// What reads well, and cannot be executed.
#[must_use]
pub fn not_executable(span: Span, why: &str) -> Diagnostic {
    let finding = Diagnostic::new(&codes::NOT_EXECUTABLE, span, "no gate can keep this");
    match why.split_once([':', ';']) {
        Some((why, help)) => finding.label(why).help(help.trim()),
        None => finding.label(why),
    }
}
