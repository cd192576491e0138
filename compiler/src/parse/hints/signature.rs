//! Parameters and fields: `name: type`, and what types look like elsewhere.

use agentpass_grammar::words::TYPE_WORDS;
use agentpass_grammar::{Kind, Rule};

use super::Place;
use crate::diagnostics::problems::habits as problem;
use crate::diagnostics::{Diagnostic, Edit};

pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    if place.expected == "`:`" {
        return no_colon(place);
    }
    question_first(place)
        .or_else(|| between_fields(place))
        .or_else(|| after_type(place))
        .or_else(|| no_type_begins(place))
        .or_else(|| assigned(place))
}

/// `x: int y: int`, `x: int; y: int`.
fn between_fields(place: &Place<'_>) -> Option<Diagnostic> {
    let follows_type = place.expects("`or`") && place.expects("`as`") || place.expects("`=`");
    let field = |offset: isize| {
        place.is_word(offset) && matches!(place.kind(offset + 1), Some(Kind::Colon | Kind::Question))
    };
    if !follows_type || place.opening().is_none() || open_angle(place).is_some() {
        return None;
    }
    match place.kind(0)? {
        Kind::Word if field(0) => Some(problem::comma_between_fields(place.span(0), place.after(-1))),
        Kind::Semicolon if field(1) => Some(problem::comma_between_fields(place.span(0), place.span(0))),
        _ => None,
    }
}

/// `[string]`, `["a", "b"]`, `{a: int}` where a type is due.
fn no_type_begins(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.expects("a type") {
        return None;
    }
    match place.kind(0)? {
        Kind::OpenBracket if place.closing(0) == Some(2) && place.is_word(1) => {
            let element = place.word(1);
            let here = if place.verb() == "set" { element.to_owned() } else { format!("list<{element}>") };
            Some(problem::type_in_brackets(place.join(0, 2), &here))
        }
        Kind::OpenBracket | Kind::OpenBrace => {
            Some(problem::no_type_of_this_form(place.span(0), place.word(0)))
        }
        _ => None,
    }
}

fn is_type(word: &str) -> bool {
    TYPE_WORDS.contains(&word)
}

/// A name without the colon and the type that should follow.
fn no_colon(place: &Place<'_>) -> Option<Diagnostic> {
    if matches!(place.verb(), "set" | "param" | "let") && place.opening().is_none() || !place.is_word(-1) {
        return None;
    }
    let name = place.word(-1);
    let both = place.join(-1, 0);
    match place.kind(0) {
        Some(Kind::Word) if is_type(name) && !is_type(place.word(0)) && ends_field(place, 1) => {
            Some(problem::type_before_name(both, place.word(0), name))
        }
        Some(Kind::Word) => {
            let is_certain = is_type(place.word(0)) && !is_type(name);
            Some(problem::missing_colon(both, place.after(-1), name, place.word(0), is_certain))
        }
        Some(Kind::String) => Some(problem::missing_colon(both, place.after(-1), name, place.word(0), true)),
        Some(Kind::Assign) if place.start == Rule::one_step => {
            Some(problem::entry_with_equals(place.span(0), place.after(-1), name, place.word(1)))
        }
        Some(Kind::Assign) if place.is_word(1) && is_type(place.word(1)) && ends_field(place, 2) => {
            Some(problem::equals_for_colon(place.span(0), place.after(-1), name, place.word(1)))
        }
        Some(Kind::Assign) => Some(problem::default_without_type(place.span(-1), name, place.word(1))),
        Some(Kind::CloseParen | Kind::CloseBrace | Kind::Comma) => {
            Some(problem::no_type(place.span(-1), name))
        }
        None if place.opening().is_some() => Some(problem::no_type(place.span(-1), name)),
        _ => None,
    }
}

/// What may stand behind a whole field.
fn ends_field(place: &Place<'_>, offset: isize) -> bool {
    matches!(
        place.kind(offset),
        None | Some(Kind::Comma | Kind::CloseParen | Kind::CloseBrace | Kind::Assign | Kind::Semicolon)
    )
}

/// `?x: id` and `x:? id`.
fn question_first(place: &Place<'_>) -> Option<Diagnostic> {
    if place.kind(0) != Some(Kind::Question) {
        return None;
    }
    if place.kind(-1) == Some(Kind::Colon) && place.is_word(-2) {
        let text = if place.glued(1) { "?: " } else { "?:" };
        let edits = vec![Edit { span: place.join(-1, 0), text: text.to_owned() }];
        return Some(problem::optional_mark(place.span(0), place.word(-2), edits));
    }
    let begins_field = matches!(place.kind(-1), Some(Kind::OpenParen | Kind::OpenBrace | Kind::Comma));
    if begins_field && place.is_word(1) && place.kind(2) == Some(Kind::Colon) {
        let edits = vec![
            Edit { span: place.span(0), text: String::new() },
            Edit { span: place.after(1), text: "?".to_owned() },
        ];
        return Some(problem::optional_mark(place.span(0), place.word(1), edits));
    }
    None
}

/// Behind a type that is complete so far.
fn after_type(place: &Place<'_>) -> Option<Diagnostic> {
    let angle = open_angle(place);
    let after_or = place.expected == "`null`";
    let in_type = place.expects("`or`") && (place.expects("`as`") || angle.is_some())
        || place.expects("`>`")
        || after_or;
    if place.kind(0) == Some(Kind::Comma) && angle.is_none() {
        return None;
    }
    // `list<id, y: int`: the comma was taken for one before a size.
    if place.kind(-1) == Some(Kind::Comma)
        && place.is_word(0)
        && matches!(place.kind(1), Some(Kind::Colon | Kind::Question))
        && let Some(angle) = angle
    {
        return Some(problem::unclosed_angle(place.join(angle - 1, -2), place.after(-2)));
    }
    if !in_type {
        return None;
    }
    match place.kind(0) {
        Some(Kind::OpenBracket) => brackets(place),
        Some(Kind::Question) => {
            let colon = field_colon(place)?;
            let edits = vec![
                Edit { span: place.span(0), text: String::new() },
                Edit { span: place.after(colon - 1), text: "?".to_owned() },
            ];
            Some(problem::optional_mark(place.span(0), place.word(colon - 1), edits))
        }
        Some(Kind::Word) if place.word(-1) == "list" && place.word(0) == "of" => {
            let element = place.is_word(1) && ends_field(place, 2);
            let fix = element.then(|| (place.join(-1, 1), format!("list<{}>", place.word(1))));
            Some(problem::list_type(place.join(-1, 0), fix))
        }
        Some(Kind::Less) => generic(place),
        Some(Kind::Bar) => {
            let is_null = matches!(place.word(1), "null" | "None" | "none" | "nil" | "undefined");
            Some(problem::bar_in_type(place.join(0, isize::from(is_null)), is_null))
        }
        Some(Kind::String) if place.word(-1) == "or" && place.kind(-2) == Some(Kind::String) => {
            Some(problem::or_in_union(place.span(-1)))
        }
        Some(Kind::OpenParen) if place.is_word(-1) => {
            Some(problem::no_type_of_this_form(place.span(0), place.word(0)))
        }
        Some(Kind::Word) if matches!(place.word(0), "optional" | "nullable") => {
            let colon = field_colon(place)?;
            let gap = agentpass_grammar::Span { start: place.after(-1).start, ..place.span(0) };
            let edits = vec![
                Edit { span: place.after(colon - 1), text: "?".to_owned() },
                Edit { span: gap, text: String::new() },
            ];
            Some(problem::optional_word(place.span(0), place.word(colon - 1), edits))
        }
        Some(Kind::CloseParen | Kind::CloseBrace | Kind::Assign) | None if angle.is_some() => {
            let angle = angle.unwrap_or(0);
            Some(problem::unclosed_angle(place.join(angle - 1, -1), place.after(-1)))
        }
        // `money<USD as cents`
        Some(Kind::Word) if place.word(0) == "as" && place.expected == "`>`" => {
            let angle = angle.unwrap_or(0);
            Some(problem::unclosed_angle(place.join(angle - 1, -1), place.after(-1)))
        }
        _ => None,
    }
}

/// The `<` that is still open, where a type stands.
fn open_angle(place: &Place<'_>) -> Option<isize> {
    let mut closed = 0;
    for step in 1..64 {
        match place.kind(-step)? {
            Kind::Greater => closed += 1,
            Kind::Less if closed > 0 => closed -= 1,
            Kind::Less => return matches!(place.word(-step - 1), "list" | "money").then_some(-step),
            Kind::Word
            | Kind::Comma
            | Kind::Regex
            | Kind::Number
            | Kind::DotDot
            | Kind::String
            | Kind::Bar
            | Kind::Dot => {}
            _ => return None,
        }
    }
    None
}

/// The colon between the name of a field and the type that ends here.
fn field_colon(place: &Place<'_>) -> Option<isize> {
    for step in 1..64 {
        match place.kind(-step)? {
            Kind::Colon => return place.is_word(-step - 1).then_some(-step),
            // An element is never absent by itself, and only a whole type stands behind a colon.
            Kind::Less if open_angle(place).is_some() => return None,
            Kind::OpenParen | Kind::OpenBrace | Kind::OpenBracket => return None,
            _ => {}
        }
    }
    None
}

/// `id[]` and `list[id]`.
fn brackets(place: &Place<'_>) -> Option<Diagnostic> {
    let ty = place.word(-1);
    let close = place.closing(0)?;
    if matches!(ty, "list" | "array" | "List" | "Array") && close == 2 {
        let fix = (place.join(-1, close), format!("list<{}>", place.word(1)));
        return Some(problem::list_type(place.join(-1, close), Some(fix)));
    }
    if close != 1 {
        return None;
    }
    let is_whole = place.is_word(-1) && matches!(place.kind(-2), Some(Kind::Colon | Kind::Less));
    let fix = is_whole.then(|| (place.join(-1, close), format!("list<{ty}>")));
    Some(problem::list_type(place.join(0, close), fix))
}

/// `optional<id>`, `array<id>`, `map<…>`.
fn generic(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.is_word(-1) {
        return None;
    }
    let span = place.span(-1);
    let name = place.word(-1);
    match name.to_ascii_lowercase().as_str() {
        "optional" | "option" | "maybe" | "nullable" => Some(problem::optional_type(span, name)),
        "list" | "array" | "vec" | "seq" | "sequence" => {
            Some(problem::list_type(span, Some((span, "list".to_owned()))))
        }
        "set" | "map" | "dict" | "record" | "object" => Some(problem::no_such_generic(span, name)),
        _ => None,
    }
}

/// `let x := 5` and `let x: int := 5`.
fn assigned(place: &Place<'_>) -> Option<Diagnostic> {
    let colon = match (place.kind(-1), place.kind(0), place.kind(1)) {
        (Some(Kind::Colon), Some(Kind::Assign), _) if place.glued(0) => -1,
        (_, Some(Kind::Colon), Some(Kind::Assign)) if place.glued(1) => 0,
        _ => return None,
    };
    if place.start == Rule::one_bound {
        return None;
    }
    let needs_type = colon == -1 && matches!(place.verb(), "set" | "param") && place.opening().is_none();
    Some(problem::colon_equals(place.join(colon, colon + 1), needs_type.then(|| place.verb())))
}
