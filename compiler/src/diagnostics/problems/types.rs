//! What is wrong with types and values.

use agentpass_grammar::Span;

use super::names::suggest;
use crate::diagnostics::{Diagnostic, Safety, codes};
use crate::types::Ty;

/// A literal that is not what it should be.
#[must_use]
pub fn bad_literal(span: Span, what: &str, text: &str, why: &str) -> Diagnostic {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{text}` is not {article} {what}: {why}"))
}

/// A bare number where a unit is needed.
#[must_use]
pub fn needs_unit(span: Span, what: &str, shown: &str) -> Diagnostic {
    Diagnostic::new(&codes::NEEDS_UNIT, span, format!("expected {what}, found a bare number"))
        .help(format!("did you mean `{shown}`?"))
        .replace(Safety::Unsafe, span, shown)
}

/// A value that a union does not have.
#[must_use]
pub fn not_a_case(span: Span, text: &str, ty: &Ty, close: Option<&str>) -> Diagnostic {
    let finding = Diagnostic::new(&codes::NOT_A_CASE, span, format!("`{text}` is none of {ty}"));
    let quoted = close.map(|close| format!("{close:?}"));
    suggest(finding, span, quoted.as_deref())
}

/// A command pattern between double quotes.
#[must_use]
pub fn command_needs_backticks(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(&codes::TYPE_MISMATCH, span, "a command pattern stands between backticks")
        .help(format!("write `` `{text}` ``"))
        .replace(Safety::Safe, span, format!("`{text}`"))
}

/// A regular expression without `matches`.
#[must_use]
pub fn stray_pattern(span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::STRAY_PATTERN,
        span,
        "a pattern between slashes stands only after `matches` and `id`",
    )
    .help("write `x matches /…/`")
}

/// Another type was expected.
#[must_use]
pub fn mismatch(span: Span, expected: &str, found: &Ty) -> Diagnostic {
    Diagnostic::new(&codes::TYPE_MISMATCH, span, format!("expected {expected}, found {found}"))
        .label(format!("this is {found}"))
}

/// Two values that cannot be compared.
#[must_use]
pub fn cannot_compare(
    span: Span,
    op: &str,
    left: &Ty,
    left_span: Span,
    right: &Ty,
    right_span: Span,
) -> Diagnostic {
    let finding =
        Diagnostic::new(&codes::CANNOT_COMPARE, span, format!("`{op}` cannot compare {left} with {right}"))
            .label("these are not alike")
            .also(left_span, format!("this is {left}"))
            .also(right_span, format!("this is {right}"));
    match (left, right) {
        (Ty::Email, Ty::Set(inner)) if **inner == Ty::Domain => {
            finding.help("compare the domain of the address: write `.domain` after it")
        }
        (Ty::Url, Ty::Set(inner)) if **inner == Ty::Domain => {
            finding.help("compare the host of the address: write `.host` after it")
        }
        (Ty::Text, _) | (_, Ty::Text) => {
            finding.help("`text` is opaque: only its presence and length can be used; declare it as `string` to compare it")
        }
        (Ty::Money(a), Ty::Money(b)) if a != b => {
            finding.help("amounts of different currencies have no order")
        }
        (Ty::List(..), _) if op == "in" => finding.help("ask for each element: `each x in xs: x in …`"),
        _ => finding,
    }
}

/// `in` without anything that something can lie in.
#[must_use]
pub fn cannot_contain(span: Span, ty: &Ty) -> Diagnostic {
    Diagnostic::new(&codes::CANNOT_CONTAIN, span, format!("nothing can lie in {ty}"))
        .help("`in` takes a set, a list, a domain, a folder, a glob or a set of times on its right")
}

/// An operator on types that it does not know.
#[must_use]
pub fn bad_operands(span: Span, op: &str, left: &Ty, right: &Ty) -> Diagnostic {
    Diagnostic::new(&codes::BAD_OPERANDS, span, format!("`{op}` does not take {left} and {right}"))
}

/// A type that does not exist.
#[must_use]
pub fn unknown_type(span: Span, name: &str, close: Option<&str>) -> Diagnostic {
    suggest(Diagnostic::new(&codes::UNKNOWN_TYPE, span, format!("there is no type `{name}`")), span, close)
}

/// A type that cannot be used in this place.
#[must_use]
pub fn type_not_here(span: Span, ty: &Ty, place: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&codes::TYPE_NOT_HERE, span, format!("{place} cannot be of type {ty}")).help(help)
}

/// A wire form that the type does not have.
#[must_use]
pub fn bad_wire_form(span: Span, form: &str, ty: &Ty) -> Diagnostic {
    let forms = match ty {
        Ty::Money(_) => "`as cents`, `as number` or `as string`",
        Ty::Decimal | Ty::Int => "`as number` or `as string`",
        Ty::Duration | Ty::Timestamp => "`as seconds`, `as millis` or `as string`",
        _ => "none",
    };
    Diagnostic::new(&codes::BAD_WIRE_FORM, span, format!("{ty} has no wire form `{form}`"))
        .help(format!("its forms are {forms}"))
}

/// Money without its wire form.
#[must_use]
pub fn needs_wire_form(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NEEDS_WIRE_FORM, span, "how is this amount written on the wire?")
        .help("add `as cents` (an integer of minor units), `as number` or `as string`")
}

/// A currency that does not exist.
#[must_use]
pub fn bad_currency(span: Span, name: &str, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{name}` is not a currency: {why}"))
        .help("currencies are written with their ISO 4217 code: `money<USD>`")
}

/// A size that no list can have.
#[must_use]
pub fn bad_size(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_SIZE, span, "no list has this size")
        .help("the first number is the smaller one: `0..5`")
}

/// A regular expression that does not compile.
#[must_use]
pub fn bad_pattern(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_PATTERN, span, format!("this pattern cannot be used: {why}"))
        .help("patterns match the whole text and run in linear time: no look-around, no back references")
}

/// The same case, field or parameter twice.
#[must_use]
pub fn duplicate(span: Span, what: &str, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE, span, format!("{what} `{name}` stands here twice"))
        .label("the second one")
        .also(first, "the first one")
        .help("remove one of the two, or give it another name")
}

/// Null where the type does not have it.
#[must_use]
pub fn null_not_allowed(span: Span, ty: &Ty) -> Diagnostic {
    Diagnostic::new(&codes::NULL_NOT_ALLOWED, span, format!("{ty} is never null"))
        .help("null is not absence: ask for absence with `has`, or declare the type with `or null`")
}

/// A value that is null wherever this is read is compared with something else.
#[must_use]
pub fn is_null_here(span: Span, ty: &Ty) -> Diagnostic {
    Diagnostic::new(
        &codes::NULL_NOT_ALLOWED,
        span,
        "this is null here, and nothing but null is equal to it".to_owned(),
    )
    .help(format!("compare it where it is {ty}: `x != null and …` or `x == null or …`"))
}

/// A constant was expected.
#[must_use]
pub fn not_constant(span: Span, place: &str) -> Diagnostic {
    Diagnostic::new(&codes::NOT_CONSTANT, span, format!("{place} must be known before any call"))
        .help("use literals, `let`s and `set`s of literals, and `param`s")
}

/// A comparison that no value can make true.
#[must_use]
pub fn time_zone(span: Span, name: &str, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{name}` is not a time zone: {why}"))
        .help("time zones have names such as \"Europe/Berlin\" or \"UTC\"")
}

/// A range of times that is none, or in a set that holds no times.
#[must_use]
pub fn bad_time_range(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_LITERAL, span, format!("this is not a range of times: {why}"))
        .help("write `mon..fri 09:00..17:00`, `22:00..06:00` or `2026-12-18 .. 2027-01-06`")
}

/// Elements of a list that do not agree.
#[must_use]
pub fn mixed_list(span: Span, first: &Ty, other: &Ty) -> Diagnostic {
    Diagnostic::new(
        &codes::MIXED_LIST,
        span,
        format!("the elements of a list have one type: {first}, then {other}"),
    )
}

/// `is` with a word that does not exist, or of a value that has no such quality.
#[must_use]
pub fn unknown_quality(span: Span, word: &str, ty: &Ty) -> Diagnostic {
    let finding =
        Diagnostic::new(&codes::UNKNOWN_QUALITY, span, format!("nothing of type {ty} can be `{word}`"));
    if word == "understood" {
        finding.help("`is understood` is asked of a `shell` value")
    } else {
        finding.help("the only question is `is understood`; equality is written `==`")
    }
}

/// A function body, set or expression that grows beyond all measure.
#[must_use]
pub fn too_large(span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::TOO_DEEP,
        span,
        "this expression grows too large when its functions are written out",
    )
    .help("let functions call each other less often, or use values instead of functions")
}

/// A zone on a set that holds no times, or times without a zone.
#[must_use]
pub fn zone_mismatch(span: Span, has_zone: bool) -> Diagnostic {
    if has_zone {
        Diagnostic::new(&codes::ZONE, span, "only sets of `times` have a time zone").help("remove `in \"…\"`")
    } else {
        Diagnostic::new(&codes::ZONE, span, "a set of times needs its time zone")
            .help("write `set name: times in \"Europe/Berlin\" = […]`")
    }
}
