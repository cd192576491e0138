//! Steps of tests.

use agentpass_grammar::{Kind, Rule};

use super::Place;
use crate::diagnostics::problems::{habits as problem, names};
use crate::diagnostics::{Diagnostic, Edit, suggest};

const VERDICTS: &[&str] = &["allow", "deny", "challenge", "replay", "remaining"];

pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    if place.start != Rule::one_step {
        return None;
    }
    if place.word(-1) == "expect" && place.at > 1 {
        return verdict(place);
    }
    if place.verb() == "call" && place.at > 1 && place.expects("`expect`") {
        return call_part(place);
    }
    if place.is_first() || place.at == 1 {
        let here = match place.verb() {
            "wait" | "sleep" | "advance" | "later"
                if place.kind(1 - isize::try_from(place.at).unwrap_or(0)) == Some(Kind::Number) =>
            {
                Some("after")
            }
            "set" => Some("param"),
            _ => None,
        };
        let first = -isize::try_from(place.at).unwrap_or(0);
        if let Some(here) = here {
            return Some(problem::clause_word(place.span(first), here));
        }
    }
    let is_call = place.is_first() || place.expects("`returns`");
    if is_call && place.verb() != "call" {
        return no_call(place);
    }
    None
}

/// `expect alow`.
fn verdict(place: &Place<'_>) -> Option<Diagnostic> {
    if matches!(place.kind(0)?, Kind::Equal | Kind::Assign | Kind::Colon) && VERDICTS.contains(&place.word(1))
    {
        return Some(problem::no_mark(place.join(-1, 0), "expect"));
    }
    if !place.is_word(0) {
        return None;
    }
    let span = place.span(0);
    let word = place.word(0);
    let close = match word {
        "allowed" | "allows" | "pass" | "passes" | "ok" | "permit" | "permitted" | "success" => Some("allow"),
        "denied" | "denies" | "fail" | "fails" | "reject" | "rejected" | "refused" | "forbid" | "blocked"
        | "error" => Some("deny"),
        "challenged" | "challenges" => Some("challenge"),
        "replayed" | "replays" => Some("replay"),
        "left" | "remains" => Some("remaining"),
        _ => suggest::closest(word, VERDICTS.iter().copied()),
    };
    Some(names::suggest(problem::no_verdict(span, word), span, close))
}

/// `call t(x: 1)`, `call t allow`, `call t expects allow`, `call t -> allow`.
fn call_part(place: &Place<'_>) -> Option<Diagnostic> {
    match place.kind(0)? {
        Kind::Comma if matches!(place.word(1), "expect" | "as" | "with" | "approved") => {
            Some(problem::comma_before_part(place.span(0), place.word(1)))
        }
        Kind::OpenParen => {
            let close = place.closing(0);
            let is_empty = close == Some(1);
            let edits = close.map(|close| {
                vec![
                    Edit { span: place.span(0), text: if place.glued(0) { " { " } else { "{ " }.to_owned() },
                    Edit { span: place.span(close), text: if is_empty { "}" } else { " }" }.to_owned() },
                ]
            });
            Some(problem::arguments_in_braces(place.span(0), edits))
        }
        Kind::Arrow | Kind::Colon | Kind::Assign | Kind::Equal => {
            let last = if place.kind(1) == Some(Kind::Greater) && place.glued(1) { 1 } else { 0 };
            let is_verdict = VERDICTS.contains(&place.word(last + 1));
            is_verdict.then(|| problem::expectation(place.join(0, last), place.word(last + 1)))
        }
        Kind::Word if place.kind(1) == Some(Kind::Colon) => {
            Some(problem::arguments_in_braces(place.span(0), None))
        }
        Kind::Word if matches!(place.word(0), "allow" | "deny" | "challenge" | "replay") => {
            let at = agentpass_grammar::Span { end: place.span(0).start, ..place.span(0) };
            Some(problem::verdict_alone(place.span(0), at, place.word(0)))
        }
        Kind::Word
            if matches!(
                place.word(0),
                "expects" | "expected" | "should" | "is" | "gives" | "then" | "must"
            ) =>
        {
            Some(problem::expectation(place.span(0), place.word(1)))
        }
        _ => None,
    }
}

/// `t { x: 1 } expect allow` without `call`.
fn no_call(place: &Place<'_>) -> Option<Diagnostic> {
    let first = -isize::try_from(place.at).ok()?;
    let expects = (0..64).map_while(|step| place.token(step)).any(|token| token.text(place.text) == "expect");
    let is_name = matches!(place.kind(first)?, Kind::Word | Kind::String);
    let at = place.span(first);
    let at = agentpass_grammar::Span { end: at.start, ..at };
    (is_name && expects).then(|| problem::missing_call(place.span(first), at, place.word(first)))
}
