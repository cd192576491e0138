//! Limits and challenges.

use agentpass_grammar::{Kind, Rule, Span, Token};

use super::Place;
use crate::diagnostics::problems::habits as problem;
use crate::diagnostics::{Diagnostic, Edit};

pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    match place.start {
        Rule::one_bound => window(place).or_else(|| bound(place)),
        Rule::one_challenge_clause => challenge(place),
        _ if place.verb() == "limit" => head(place),
        _ => None,
    }
}

/// The head of a limit: `in 1h`, `per 1h`, `every day`, and no block.
fn head(place: &Place<'_>) -> Option<Diagnostic> {
    let is_duration = |offset: isize| {
        place.kind(offset) == Some(Kind::Number)
            && place.word(offset).ends_with(|c: char| c.is_ascii_alphabetic())
    };
    if place.word(-1) == "in" && place.word(0) == "last" && is_duration(1) {
        return Some(problem::window_word(place.join(-1, 1), &format!("in any {}", place.word(1))));
    }
    if place.word(-1) == "in" && is_duration(0) {
        let here = format!("in any {}", place.word(0));
        return Some(problem::window_word(place.join(-1, 0), &here));
    }
    if !place.expects("`in any …`") && !place.expects("`{`") {
        return None;
    }
    match place.word(0) {
        "in" | "over" | "during" if matches!(place.word(1), "last" | "the" | "past") && is_duration(2) => {
            Some(problem::window_word(place.join(0, 2), &format!("in any {}", place.word(2))))
        }
        "per" | "every" | "within" | "each" | "over" | "during" if is_duration(1) => {
            Some(problem::window_word(place.join(0, 1), &format!("in any {}", place.word(1))))
        }
        "per" | "a" | "an" if is_unit(place.word(1)) => {
            Some(problem::window_unit(place.join(0, 1), rolling(place.word(1))))
        }
        // `at` was read as the limit's name.
        "most" if place.word(-1) == "at" => Some(problem::bounds_in_braces(place.join(-1, 0))),
        "every" if place.is_word(1) => Some(problem::window_word(place.span(0), "each")),
        _ if place.at == 1 && place.kind(0) == Some(Kind::Number) => {
            Some(problem::bounds_in_braces(place.span(0)))
        }
        "calls" | "tokens" | "cost" | "sum" | "retries" | "denials" | "runtime" | "at" | "max" | ":"
        | "=" => Some(problem::bounds_in_braces(place.span(0))),
        _ => None,
    }
}

/// A window behind a bound: `calls at most 5 in any 1h`, `… per 1h`, `… each day`.
fn window(place: &Place<'_>) -> Option<Diagnostic> {
    let is_duration = |offset: isize| {
        place.kind(offset) == Some(Kind::Number)
            && place.word(offset).ends_with(|c: char| c.is_ascii_alphabetic())
    };
    let is_unit = |offset: isize| is_unit(place.word(offset));
    // `in any` was read as a comparison with something called `any`.
    if place.word(-1) == "any" && place.word(-2) == "in" && is_duration(0) {
        return Some(moved(place, -2, 0, place.slice(place.join(-2, 0)), true));
    }
    let word = place.word(0);
    if matches!(word, "per" | "every" | "within" | "each" | "a" | "in") && is_duration(1) {
        return Some(moved(place, 0, 1, &format!("in any {}", place.word(1)), word != "each"));
    }
    if place.kind(0) == Some(Kind::Slash) && (is_duration(1) || is_unit(1))
        || word == "per" && is_unit(1)
        || matches!(word, "a" | "an") && is_unit(1)
    {
        return Some(moved(place, 0, 1, rolling(place.word(1)), false));
    }
    if matches!(word, "each" | "every") && is_unit(1) {
        let zone = place.word(2) == "in" && place.kind(3) == Some(Kind::String);
        let last = if zone { 3 } else { 1 };
        let rest = place.slice(place.join(1, last));
        return Some(moved(place, 0, last, &format!("each {rest}"), word == "each" && zone));
    }
    if matches!(word, "daily" | "hourly" | "weekly" | "monthly") {
        let unit = match word {
            "daily" => "each day",
            "hourly" => "in any 1h",
            "weekly" => "each week",
            _ => "each month",
        };
        return Some(moved(place, 0, 0, unit, false));
    }
    None
}

fn is_unit(word: &str) -> bool {
    matches!(word, "second" | "minute" | "hour" | "day" | "week" | "month" | "year")
}

/// `per hour` is a window that moves with the clock.
fn rolling(unit: &str) -> &str {
    match unit {
        "second" => "in any 1s",
        "minute" => "in any 1m",
        "hour" => "in any 1h",
        "day" => "in any 24h",
        "week" => "in any 7d",
        "month" => "each month",
        "year" => "in any 365d",
        duration => duration,
    }
}

/// The window from one token to another belongs to the head of the limit.
fn moved(place: &Place<'_>, from: isize, to: isize, window: &str, certain: bool) -> Diagnostic {
    let span = place.join(from, to);
    let Some(head) = head_of(place.before, place.text) else {
        return problem::window_after_bound(span, window, None, false);
    };
    let gap = Span { start: place.after(from - 1).start, ..span };
    let edits = (!head.has_window).then(|| {
        let at = Span::new(place.file, head.end, head.end);
        vec![Edit { span: at, text: format!(" {window}") }, Edit { span: gap, text: String::new() }]
    });
    problem::window_after_bound(span, window, edits, certain && head.is_alone && is_last(place.behind))
}

/// How many tokens before a bound its head is looked for: a limit with thousands of bounds is not worth more.
const FARTHEST: usize = 512;

/// Nothing but the end of the block follows.
fn is_last(behind: &[Token]) -> bool {
    let mut told = behind.iter().filter(|token| !token.kind.is_trivia() && token.kind != Kind::Semicolon);
    told.next().is_none_or(|token| token.kind.closes())
}

struct Head {
    /// Where a window would stand.
    end: u32,
    has_window: bool,
    /// The bound is the first of its limit.
    is_alone: bool,
}

/// The head of the limit whose block was opened last.
fn head_of(before: &[Token], text: &str) -> Option<Head> {
    let mut told = before.iter().rev().take(FARTHEST).filter(|token| !token.kind.is_trivia());
    let mut depth = 0_usize;
    let mut is_alone = true;
    for token in told.by_ref() {
        if token.kind.closes() {
            depth += 1;
        } else if token.kind.opens() {
            if depth == 0 {
                break;
            }
            depth -= 1;
        }
        is_alone = false;
    }
    let mut end = None;
    let mut has_window = false;
    let mut after = "";
    for token in told.take(64) {
        let word = token.text(text);
        match word {
            // The condition of a limit stands behind its window.
            "when" => end = None,
            "limit" => return Some(Head { end: end?, has_window, is_alone }),
            "in" if after == "any" => has_window = true,
            "each" => has_window = true,
            "{" | "}" => return None,
            _ => {}
        }
        if word != "when" {
            end.get_or_insert(token.end);
        }
        after = word;
    }
    None
}

/// `calls <= 5`, `max 5 calls`, `at most 5 calls`.
fn bound(place: &Place<'_>) -> Option<Diagnostic> {
    if place.expects("`at most`") && !place.is_first() {
        if place.verb() == "sum" && place.word(-1) == "of" && place.is_word(0) {
            return Some(problem::sum_of(
                place.span(-1),
                Span { end: place.span(0).start, ..place.span(-1) },
            ));
        }
        return match place.kind(0)? {
            Kind::LessEqual => Some(problem::bound_operator(place.span(0), "at most", true)),
            Kind::Colon if place.kind(1) == Some(Kind::Number) => {
                Some(problem::bound_operator(place.span(0), " at most", true))
            }
            Kind::Assign | Kind::Equal | Kind::Less => {
                Some(problem::bound_operator(place.span(0), "at most", false))
            }
            Kind::Greater => Some(problem::bound_operator(place.span(0), "above", false)),
            Kind::Word if matches!(place.word(0), "max" | "maximum" | "under" | "below" | "upto") => {
                Some(problem::bound_operator(place.span(0), "at most", place.word(0) == "max"))
            }
            // `at most 5 calls`: `at` was read as what is counted.
            Kind::Word if place.word(-1) == "at" && place.word(0) == "most" => number_first(place, 1),
            Kind::Number if place.word(-1) == "most" => None,
            Kind::Number if matches!(place.word(-1), "max" | "maximum" | "limit") => number_first(place, 0),
            Kind::Number => Some(problem::bound_operator(
                Span { end: place.span(0).start, ..place.span(0) },
                "at most ",
                false,
            )),
            _ => None,
        };
    }
    if place.expects("`then`") && !place.is_first() {
        let steps = matches!(place.word(0), "challenge" | "warn" | "suspend");
        let at = Span { end: place.span(0).start, ..place.span(0) };
        return match place.word(0) {
            _ if steps => Some(problem::step_without_then(place.span(0), at)),
            "deny" | "block" | "reject" => Some(problem::denying_step(place.span(0))),
            _ => None,
        };
    }
    if place.is_first() && place.kind(0) == Some(Kind::Number) {
        return number_first(place, 0);
    }
    None
}

/// `at most 5 calls` in our order. `number` is where the number stands.
fn number_first(place: &Place<'_>, number: isize) -> Option<Diagnostic> {
    let first = -isize::try_from(place.at).ok()?;
    if place.kind(number) != Some(Kind::Number) || !place.is_word(number + 1) {
        return None;
    }
    let meter = match place.word(number + 1) {
        "call" | "calls" | "requests" | "invocations" => "calls",
        other => other,
    };
    let here = format!("{meter} at most {}", place.word(number));
    Some(problem::number_first(place.join(first, number + 1), &here, place.is_end(number + 2)))
}

/// `ask managers`, `ask 2 managers`, `expires in 15m`.
fn challenge(place: &Place<'_>) -> Option<Diagnostic> {
    let whole = place.span(0);
    if place.is_first() {
        return match place.slice(whole) {
            "timeout" | "expire" | "valid" | "ttl" => Some(problem::challenge_word(whole, "expires")),
            "approvers" | "approver" | "group" if place.kind(1) == Some(Kind::String) => {
                Some(problem::challenge_word(whole, "ask group"))
            }
            _ => None,
        };
    }
    match place.verb() {
        "single" if place.kind(0) == Some(Kind::Minus) && place.word(1) == "use" => {
            Some(problem::challenge_word(place.join(-1, 1), "single use"))
        }
        "expires"
            if matches!(place.word(0), "in" | "after" | "within") && place.kind(1) == Some(Kind::Number) =>
        {
            let span = Span { end: place.span(1).start, ..place.span(0) };
            Some(problem::expires_plainly(span, place.word(1)))
        }
        "ask" if place.expects("`group`") || place.expects("`of`") => {
            let names_group = matches!(place.kind(0), Some(Kind::Word | Kind::String)) && place.is_end(1);
            if !names_group || place.word(-1) == "group" {
                return None;
            }
            let name = place.word(0).trim_matches('"');
            let of = if place.kind(-1) == Some(Kind::Number) { "of " } else { "" };
            Some(problem::ask_group(place.span(0), &format!("{of}group \"{name}\"")))
        }
        _ => None,
    }
}
