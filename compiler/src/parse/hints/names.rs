//! Names and texts that were written as the other.

use agentpass_grammar::{Kind, Rule};

use super::{Place, declarations};
use crate::diagnostics::problems::habits as problem;
use crate::diagnostics::{Diagnostic, Edit};

pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    odd_tool_name(place)
        .or_else(|| duration(place))
        .or_else(|| mark_before_text(place))
        .or_else(|| declarations::quoted_name(place))
        .or_else(|| bare_text(place))
}

/// `tool a-b(…)`, `on a-b`, `call a-b`: names that hold other characters stand between quotes.
fn odd_tool_name(place: &Place<'_>) -> Option<Diagnostic> {
    let follows_name =
        matches!(place.kind(-1), Some(Kind::Word | Kind::Number | Kind::Star | Kind::CloseBrace));
    let is_odd = matches!(place.kind(0), Some(Kind::Minus | Kind::Slash | Kind::Colon));
    if !follows_name || !is_odd || !place.glued(0) || !place.glued(1) {
        return None;
    }
    let is_pattern = match place.verb() {
        "on" | "tools" | "invokes" => true,
        "tool" | "call" => false,
        _ => return None,
    };
    let is_here = match place.verb() {
        "on" | "tools" => {
            matches!(place.start, Rule::one_item | Rule::one_head) && place.expects("a tool pattern")
        }
        "invokes" => place.expects("a tool pattern"),
        "tool" => place.expects("the parameters in `( )`"),
        _ => place.start == Rule::one_step,
    };
    if !is_here {
        return None;
    }
    let is_part = |kind| {
        matches!(
            kind,
            Kind::Word | Kind::Number | Kind::Minus | Kind::Slash | Kind::Colon | Kind::Dot | Kind::Star
        )
    };
    let (mut first, mut last) = (-1, 1);
    while place.glued(first) && place.kind(first - 1).is_some_and(is_part) {
        first -= 1;
    }
    while place.glued(last + 1) && place.kind(last + 1).is_some_and(is_part) {
        last += 1;
    }
    let whole = place.join(first, last);
    let name = place.slice(whole);
    let quoted = if is_pattern { quoted_parts(name) } else { format!("\"{name}\"") };
    let edits = vec![Edit { span: whole, text: quoted.clone() }];
    Some(problem::odd_tool_name(whole, name, &quoted, place.verb() == "tool", edits))
}

/// A pattern whose dots and stars stay, with quotes around the parts between that need them.
fn quoted_parts(pattern: &str) -> String {
    let mut parts = String::new();
    for part in pattern.split_inclusive(['.', '*']) {
        let text = part.trim_end_matches(['.', '*']);
        let mark = part.get(text.len()..).unwrap_or("");
        if text.contains(['-', '/', ':']) {
            parts.push_str(&format!("\"{text}\"{mark}"));
        } else {
            parts.push_str(part);
        }
    }
    parts
}

/// `because no`, `version 1.0`: text stands between quotes.
fn bare_text(place: &Place<'_>) -> Option<Diagnostic> {
    // A step may also begin with the name of a call.
    let is_who = place.start == Rule::one_step
        && place.at == 1
        && matches!(place.verb(), "user" | "tenant" | "agent" | "skill" | "job");
    let is_text = place.expected == "text in quotes" || is_who && place.expects("text in quotes");
    if !is_text || !matches!(place.kind(0), Some(Kind::Word | Kind::Number)) {
        return None;
    }
    let is_whole =
        place.is_end(1) || matches!(place.kind(1), Some(Kind::Comma | Kind::OpenBrace | Kind::CloseBrace));
    // `because it is late`: all of it is the text.
    let mut last = 0;
    while matches!(place.kind(last + 1), Some(Kind::Word | Kind::Number | Kind::Minus | Kind::Dot)) {
        last += 1;
    }
    let whole = if is_whole { place.span(0) } else { place.join(0, last) };
    let is_sentence = place.is_end(last + 1) && matches!(place.word(-1), "because" | "audit");
    Some(problem::bare_text(whole, place.word(-1), place.slice(whole), is_whole || is_sentence))
}

/// `because: "…"`.
fn mark_before_text(place: &Place<'_>) -> Option<Diagnostic> {
    let is_mark = matches!(place.kind(0), Some(Kind::Colon | Kind::Assign));
    let is_text = place.expects("text in quotes") && place.kind(1) == Some(Kind::String) && place.is_word(-1);
    (is_mark && is_text).then(|| problem::mark_before_text(place.span(0), place.word(-1), place.word(0)))
}

/// `15 minutes`, `"15m"` and `15` where a duration is due.
fn duration(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.expects("a duration") {
        return None;
    }
    let written = place.word(0);
    match place.kind(0)? {
        Kind::Number if written.bytes().all(|byte| byte.is_ascii_digit()) => {
            let Some(unit) = unit(place.word(1)) else { return Some(problem::duration(place.span(0), None)) };
            Some(problem::duration(place.join(0, 1), Some(format!("{written}{unit}"))))
        }
        Kind::String => {
            let inner = written.trim_matches('"');
            let is_duration = agentpass_values::Duration::parse(inner).is_ok();
            is_duration.then(|| problem::duration(place.span(0), Some(inner.to_owned())))
        }
        _ => None,
    }
}

/// How a unit of time is written.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        _ => return None,
    })
}
