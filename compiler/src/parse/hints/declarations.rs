//! Heads of items: `edition`, `flow`, `set`, `param`, `event`, `tool`, …

use agentpass_grammar::{Kind, Rule, Span};

use super::{Place, plain_word};
use crate::diagnostics::problems::habits as problem;
use crate::diagnostics::{Diagnostic, Edit};

pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    if place.start == Rule::one_contract_clause {
        return contract(place);
    }
    if !matches!(place.start, Rule::one_item | Rule::one_head) {
        return None;
    }
    if place.is_first() && place.is_word(0) {
        return problem::item_word(place.span(0), place.word(0), place.word(1));
    }
    match place.verb() {
        "edition" => edition(place),
        "flow" => flow(place),
        "set" | "param" | "let" if place.opening().is_none() => constant(place),
        "event" if place.expects("`( )`") => event(place),
        "tool" | "tools"
            if place.expects("`( )`") && (place.is_end(0) || place.kind(0) == Some(Kind::OpenBrace)) =>
        {
            let at = place.after(-1);
            Some(problem::no_parameters(place.join(1 - isize_of(place.at), -1), at, place.verb()))
        }
        "contract" | "challenge" | "skill" | "test" | "limit" if place.expects("`{`") && place.is_end(0) => {
            Some(problem::no_block(place.after(-1), place.verb()))
        }
        "use" => import(place),
        "tool" if place.kind(0) == Some(Kind::Star) => Some(problem::tool_pattern(place.span(0))),
        _ => None,
    }
}

fn isize_of(at: usize) -> isize {
    isize::try_from(at).unwrap_or(isize::MAX)
}

/// `edition "2026"`, `edition = 2026`, `edition v2026`.
fn edition(place: &Place<'_>) -> Option<Diagnostic> {
    let start = 1 - isize_of(place.at);
    let last = isize_of(place.tokens.len()) - isize_of(place.at) - 1;
    let said = if last >= start { place.slice(place.join(start, last)) } else { "" };
    let whole = if last >= start { place.join(start, last) } else { place.after(-1) };
    let blank = if place.glued(start) { " " } else { "" };
    let number: String = said.chars().filter(char::is_ascii_digit).take(4).collect();
    let only =
        said.chars().all(|c| c.is_ascii_digit() || matches!(c, '"' | '=' | ':' | ' ' | 'v' | 'V' | '\''));
    Some(problem::edition(whole, (only && number.len() == 4).then(|| format!("{blank}{number}"))))
}

/// `flow a to b`, `flow from a to b`, `flow a => b`.
fn flow(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.expects("`->`") {
        return match place.kind(0) {
            Some(Kind::Comma) if place.expects("`carrying`") && place.kind(-2) == Some(Kind::Arrow) => {
                Some(problem::one_end_per_flow(place.span(0)))
            }
            None if place.expects("a block") => Some(problem::no_block(place.after(-1), "flow")),
            _ => None,
        };
    }
    if place.is_word(-1) && place.word(-1) == "from" && place.is_word(0) {
        // `flow from a to b`: `from` was read as the source.
        let mut end = 0;
        while place.kind(end + 1) == Some(Kind::Dot) {
            end += 2;
        }
        if place.word(end + 1) != "to" && place.kind(end + 1) != Some(Kind::Arrow) {
            return None;
        }
        let from = Span { end: place.span(0).start, ..place.span(-1) };
        let edits = vec![
            Edit { span: from, text: String::new() },
            Edit { span: place.span(end + 1), text: "->".to_owned() },
        ];
        return Some(problem::flow_arrow(place.join(-1, end + 1), edits));
    }
    let end = match (place.kind(0)?, place.kind(1)) {
        (Kind::Word, _) if matches!(place.word(0), "to" | "into") => 0,
        (Kind::Assign, Some(Kind::Greater)) if place.glued(1) => 1,
        (Kind::Minus, Some(Kind::Arrow)) if place.glued(1) => 1,
        (Kind::Minus, Some(Kind::Greater)) => 1,
        (Kind::Greater | Kind::GreaterEqual | Kind::Slash | Kind::Colon | Kind::Minus, _) => 0,
        (Kind::Comma, _) => return Some(problem::one_end_per_flow(place.span(0))),
        _ => return None,
    };
    let span = place.join(0, end);
    Some(problem::flow_arrow(span, vec![Edit { span, text: "->".to_owned() }]))
}

/// `set x = […]`, `param x`, `let x`.
fn constant(place: &Place<'_>) -> Option<Diagnostic> {
    let declares = place.verb();
    if place.expected == "`:`" && place.is_word(-1) {
        let name = place.word(-1);
        if place.is_word(0) && declares != "let" {
            return Some(problem::missing_colon(
                place.join(-1, 0),
                place.after(-1),
                name,
                place.word(0),
                true,
            ));
        }
        let value = match (place.kind(0), place.kind(1)) {
            (Some(Kind::Assign), Some(Kind::OpenBracket | Kind::OpenBrace)) => place.word(2),
            (Some(Kind::Assign), _) => place.word(1),
            (None, _) => "",
            _ => return None,
        };
        return Some(problem::constant_without_type(place.span(-1), place.after(-1), declares, name, value));
    }
    if declares == "let" && place.expects("`=`") {
        return match place.kind(0) {
            Some(Kind::Assign) if place.kind(1) == Some(Kind::Greater) && place.glued(1) => {
                Some(problem::thick_arrow(place.join(0, 1)))
            }
            None => Some(problem::let_without_value(place.join(-1, -1))),
            Some(Kind::OpenBrace) => Some(problem::let_in_braces(place.span(0))),
            _ => None,
        };
    }
    // `set x: string = "a", "b"`
    if declares == "set" && place.kind(0) == Some(Kind::Comma) {
        let first = (1..).find(|&step| place.kind(-step).is_none_or(|kind| kind == Kind::Assign))? - 1;
        let end = place.tokens.last().map(|last| Span::new(place.file, last.end, last.end))?;
        let at = place.span(-first);
        let edits = (first > 0).then(|| {
            vec![
                Edit { span: Span { end: at.start, ..at }, text: "[".to_owned() },
                Edit { span: end, text: "]".to_owned() },
            ]
        });
        return Some(problem::list_in_parentheses(place.span(0), edits));
    }
    // `set x: string = { "a" }` and `set x: string { "a" }`.
    if declares == "set" && place.kind(0) == Some(Kind::OpenBrace) {
        let fix = place.closing(0).map(|close| {
            vec![
                Edit {
                    span: place.span(0),
                    text: if place.kind(-1) == Some(Kind::Assign) { "[" } else { "= [" }.to_owned(),
                },
                Edit { span: place.span(close), text: "]".to_owned() },
            ]
        });
        return Some(problem::set_in_braces(place.span(0), fix));
    }
    None
}

/// `event a.b(…)`, `event A`.
fn event(place: &Place<'_>) -> Option<Diagnostic> {
    if place.kind(0) == Some(Kind::Dot) {
        let mut end = 0;
        while place.glued(end + 1) && matches!(place.kind(end + 1), Some(Kind::Word | Kind::Dot)) {
            end += 1;
        }
        let whole = place.join(-1, end);
        let one: String = place
            .slice(whole)
            .split(['.', '_'])
            .map(|word| {
                let mut letters = word.chars();
                letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
            })
            .collect();
        return Some(problem::event_with_dots(whole, &one));
    }
    if place.is_end(0) {
        return Some(problem::no_parameters(place.span(-1), place.after(-1), "event"));
    }
    None
}

/// Inside of `contract NAME { … }`.
fn contract(place: &Place<'_>) -> Option<Diagnostic> {
    match (place.verb(), place.kind(0)?) {
        ("agent", Kind::Word) if place.is_first() => Some(problem::clause_word(place.span(0), "agents")),
        ("agents", Kind::OpenBracket) => {
            let close = place.closing(0);
            let plain = |close: &isize| {
                (1..*close).all(|step| matches!(place.kind(step), Some(Kind::String | Kind::Comma)))
            };
            let edits = close.filter(plain).map(|close| {
                let edit = |offset| Edit { span: place.span(offset), text: String::new() };
                vec![edit(0), edit(close)]
            });
            Some(problem::agents_in_brackets(place.span(0), edits))
        }
        ("valid", Kind::String) => {
            let date = place.word(0).trim_matches('"');
            let is_date = agentpass_values::time::Date::parse(date).is_ok();
            is_date.then(|| problem::quoted_date(place.span(0), date))
        }
        ("valid", Kind::Word) if place.word(0) == "to" => Some(problem::clause_word(place.span(0), "until")),
        _ => None,
    }
}

/// `use std/pii`, `use std::pii`, `use crm.agentpass`.
fn import(place: &Place<'_>) -> Option<Diagnostic> {
    let separator = match (place.kind(0)?, place.kind(1)) {
        (Kind::Colon, Some(Kind::Colon)) if place.glued(1) && place.is_word(2) => place.join(0, 1),
        (Kind::Slash, Some(Kind::Word)) => place.span(0),
        _ => return None,
    };
    let is_std = place.word(-1) == "std";
    Some(problem::module_path(separator, is_std))
}

/// `contract "desk" {`: the name as a text.
pub(super) fn quoted_name(place: &Place<'_>) -> Option<Diagnostic> {
    let word = place.word(0);
    let names_something = place.expects("a name") && place.kind(0) == Some(Kind::String);
    (names_something && !place.expects("text in quotes"))
        .then(|| problem::quoted_name(place.span(0), word, plain_word(word)))
}
