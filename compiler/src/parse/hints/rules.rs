//! Rules and conditions.

use agentpass_grammar::words::{CLAUSE_WORDS, ITEM_WORDS};
use agentpass_grammar::{Kind, Rule, Span};

use super::Place;
use crate::diagnostics::problems::habits as problem;
use crate::diagnostics::{Diagnostic, Edit};

pub(super) fn find(place: &Place<'_>) -> Option<Diagnostic> {
    separator(place)
        .or_else(|| verb(place))
        .or_else(|| if_and_unless(place))
        .or_else(|| when(place))
        .or_else(|| quantifier(place))
        .or_else(|| facts(place))
        .or_else(|| list(place))
        .or_else(|| operator(place))
        .or_else(|| infix_word(place))
        .or_else(|| past(place))
        .or_else(|| number(place))
        .or_else(|| thousands(place))
        .or_else(|| message(place))
}

/// Words with which clauses of other blocks begin.
const OTHER_CLAUSES: &[&str] = &[
    "version", "owner", "agents", "valid", "ask", "separate", "binds", "shows", "expires", "single",
    "reusable",
];

/// A comma at the end of a clause that could go on in a list: the next clause was taken for its next element.
pub(super) fn comma_before_line(place: &Place<'_>) -> Option<Diagnostic> {
    let begins = |offset: isize| {
        let word = place.word(offset);
        let in_block = matches!(place.start, Rule::one_contract_clause | Rule::one_challenge_clause);
        place.is_word(offset)
            && if in_block { OTHER_CLAUSES.contains(&word) } else { CLAUSE_WORDS.contains(&word) }
    };
    let ends_line = |offset: isize| {
        place.kind(offset) == Some(Kind::Comma)
            && place
                .slice(Span {
                    start: place.after(offset).start,
                    end: place.span(offset + 1).start,
                    ..place.span(offset)
                })
                .contains('\n')
    };
    let comma = [-1, -2].into_iter().find(|&comma| begins(comma + 1) && ends_line(comma))?;
    // A parameter may be called like a clause.
    let is_one =
        comma == -1 || place.is_word(0) || matches!(place.kind(0), Some(Kind::Number | Kind::String));
    is_one.then(|| problem::comma_between_clauses(place.span(comma)))
}

/// A comma at the end of a clause, and clauses or items with nothing between them.
fn separator(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.expects("the end of the line") && !place.expects("`expect`") && place.expected != "`}`" {
        return None;
    }
    let after = place.after(-1);
    match place.kind(0)? {
        Kind::Comma => {
            let gap = place.slice(Span { start: place.span(0).end, ..place.join(0, 1) });
            let next = gap.get(..gap.len() - place.word(1).len()).unwrap_or("");
            let ends = place.kind(1).is_none_or(|kind| kind == Kind::CloseBrace) || next.contains('\n');
            ends.then(|| problem::comma_between_clauses(place.span(0)))
        }
        Kind::Word if place.start != Rule::one_step && !place.is_first() => {
            let word = place.word(0);
            let begins = place.is_word(1)
                || matches!(place.kind(1), Some(Kind::String | Kind::Number | Kind::OpenParen));
            let is_clause = CLAUSE_WORDS.contains(&word)
                && !matches!(word, "from" | "let" | "digest" | "fields" | "records");
            let is_item = place.kind(-1) == Some(Kind::CloseBrace) && ITEM_WORDS.contains(&word);
            match (is_item && place.opening().is_none(), is_clause && begins) {
                (true, _) => Some(problem::missing_separator(place.span(0), after, "\n")),
                (_, true) => Some(problem::missing_separator(place.span(0), after, ";")),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The first word of a clause, and what stands right behind it.
fn verb(place: &Place<'_>) -> Option<Diagnostic> {
    let is_clause = place.start == Rule::one_clause || matches!(place.start, Rule::one_item | Rule::one_head);
    if place.is_first() && place.is_word(0) && is_clause {
        return foreign_verb(place);
    }
    if place.at != 1 {
        return None;
    }
    let verb = place.verb();
    if verb == "when" && place.is_end(0) {
        return Some(problem::when_in_braces(place.span(-1)));
    }
    match place.kind(0)? {
        // `action: read`, `version = "1"`.
        Kind::Colon | Kind::Assign if has_no_colon(place, verb) => {
            Some(problem::colon_after_verb(place.span(0), verb, place.word(0)))
        }
        Kind::OpenParen if verb == "deny" => Some(problem::deny_without_when(place.span(0))),
        Kind::Word | Kind::Number
            if verb == "deny" && !matches!(place.word(0), "if" | "unless" | "all" | "any") =>
        {
            Some(problem::deny_without_when(place.span(0)))
        }
        Kind::OpenBracket | Kind::OpenBrace if verb == "deny" => Some(problem::rego_rule(place.span(0))),
        Kind::OpenBrace if verb == "when" => Some(problem::when_in_braces(place.span(0))),
        _ => None,
    }
}

fn has_no_colon(place: &Place<'_>, verb: &str) -> bool {
    let of_blocks = ["version", "owner", "agents", "valid", "ask", "binds", "shows", "expires", "separate"];
    let of_tests =
        ["call", "agent", "tenant", "user", "job", "skill", "after", "at", "event", "host", "auth"];
    match place.start {
        Rule::one_clause => CLAUSE_WORDS.contains(&verb),
        Rule::one_contract_clause | Rule::one_challenge_clause => of_blocks.contains(&verb),
        Rule::one_step => of_tests.contains(&verb),
        _ => false,
    }
}

fn foreign_verb(place: &Place<'_>) -> Option<Diagnostic> {
    let (span, word) = (place.span(0), place.word(0));
    match word {
        "allow" | "permit" | "grant" | "approve" => Some(problem::no_allow(span, word)),
        "forbid" | "reject" | "block" | "refuse" | "disallow" | "prohibit" | "denies" | "never" => {
            let is_rule =
                matches!(place.word(1), "when" | "if" | "unless" | "each" | "because") || place.is_end(1);
            let here = match place.kind(1) {
                _ if is_rule => Some("deny"),
                Some(Kind::Word) => Some("deny when"),
                _ => None,
            };
            Some(problem::called_deny(span, word, here))
        }
        "assert" | "must" | "ensures" | "requires" | "check" | "verify" | "validate"
            if place.word(1) != "(" =>
        {
            Some(problem::called_require(span, word))
        }
        "unless" => {
            let edits = group_condition(place, 0).map(|(start, end)| {
                vec![
                    Edit { span, text: "when".to_owned() },
                    Edit { span: start, text: "not (".to_owned() },
                    Edit { span: end, text: ")".to_owned() },
                ]
            });
            Some(problem::unless_group(span, edits))
        }
        "if" => Some(problem::if_group(span, group_condition(place, 0).is_some())),
        "max" | "rate" | "at" if place.verb() != "limit" && !place.is_end(1) && !place.expects("an item") => {
            Some(problem::limit_in_words(span, word))
        }
        "description" | "desc" | "name" | "title" => Some(problem::described_by_comments(span, word)),
        "message" | "reason" => Some(problem::message_alone(span, word)),
        _ => None,
    }
}

/// Before and behind the condition of a group.
fn group_condition(place: &Place<'_>, word: isize) -> Option<(Span, Span)> {
    for step in word + 1.. {
        match place.kind(step)? {
            Kind::OpenBrace if step > word + 1 => {
                let start = place.span(word + 1);
                return Some((Span { end: start.start, ..start }, place.after(step - 1)));
            }
            Kind::Semicolon | Kind::CloseBrace | Kind::OpenBrace => return None,
            _ => {}
        }
    }
    None
}

/// `deny if C`, `require C if D`, `deny unless C`.
fn if_and_unless(place: &Place<'_>) -> Option<Diagnostic> {
    if !matches!(place.word(0), "if" | "unless") || !place.is_word(0) {
        return None;
    }
    let (span, word) = (place.span(0), place.word(0));
    let follows_verb = place.expects("`when`");
    match (place.verb(), word) {
        ("require", _) => Some(problem::require_under_condition(span, word)),
        ("deny", "unless") if place.at == 1 => Some(problem::deny_unless(place.join(-1, 0))),
        (_, "if") if follows_verb => Some(problem::if_is_when(span)),
        (_, "unless") if follows_verb => Some(problem::unless_is_not(span)),
        _ => None,
    }
}

/// `require when C`, `when C: deny`, `when C then deny`.
fn when(place: &Place<'_>) -> Option<Diagnostic> {
    if place.verb() == "require"
        && place.at == 2
        && matches!(place.word(-1), "approval" | "approvals" | "confirmation" | "consent" | "review")
    {
        return Some(problem::require_approval(place.span(-1)));
    }
    if place.verb() == "require" && place.at == 2 && place.word(-1) == "when" && !place.is_end(0) {
        return Some(problem::require_when(place.span(-1)));
    }
    if place.verb() == "challenge" && place.at == 2 && place.word(-1) == "when" {
        return Some(problem::challenge_nobody(place.span(-1)));
    }
    let begins_rule = |word: &str| matches!(word, "require" | "deny" | "challenge" | "once" | "limit");
    let heads = place.verb() == "when" && place.at > 1 && !place.expects("a clause");
    if !heads {
        return None;
    }
    let is_thick = place.kind(0) == Some(Kind::Assign) && place.word(1) == ">" && begins_rule(place.word(2));
    let mark =
        matches!(place.kind(0), Some(Kind::Colon | Kind::Arrow)) || place.word(0) == "then" || is_thick;
    if mark || begins_rule(place.word(0)) {
        let last = isize::from(is_thick);
        let rule = if mark { last + 1 } else { 0 };
        let end =
            place.tokens.last().map_or(place.after(-1), |last| Span::new(place.file, last.end, last.end));
        let at = if mark { place.join(0, last) } else { Span { end: place.span(0).start, ..place.span(0) } };
        let edits = begins_rule(place.word(rule)).then(|| {
            let open = match (mark, place.glued(0)) {
                (true, true) => " {",
                (true, false) => "{",
                (false, _) => "{ ",
            };
            vec![Edit { span: at, text: open.to_owned() }, Edit { span: end, text: " }".to_owned() }]
        });
        return Some(problem::group_without_braces(place.span(0), edits));
    }
    None
}

/// `all d in xs: …`, `any`, `forall`, `exists`, `for each`.
fn quantifier(place: &Place<'_>) -> Option<Diagnostic> {
    let is_each = |word: &str| matches!(word, "all" | "every" | "forall" | "for" | "foreach");
    let is_some = |word: &str| matches!(word, "any" | "exists" | "exist" | "one" | "there");
    if !place.is_word(0) || !place.is_word(-1) {
        return None;
    }
    let word = place.word(-1);
    if word == "for" && matches!(place.word(0), "each" | "all" | "every") && place.word(2) == "in" {
        return Some(problem::quantifier(place.join(-1, 0), "each", true));
    }
    if place.word(1) != "in" || !(is_each(word) || is_some(word)) {
        return None;
    }
    let has_colon = (2..64).map_while(|step| place.kind(step)).any(|kind| kind == Kind::Colon);
    let here = if is_each(word) { "each" } else { "some" };
    Some(problem::quantifier(place.span(-1), here, has_colon))
}

/// Operators that are written otherwise.
fn operator(place: &Place<'_>) -> Option<Diagnostic> {
    let kind = place.kind(0)?;
    // `===`, `!==`: the grammar stops behind the first two signs.
    if kind == Kind::Assign && place.glued(0) {
        match place.kind(-1) {
            Some(Kind::Equal) => return Some(problem::operator_token(place.join(-1, 0), "==", true)),
            Some(Kind::NotEqual) => return Some(problem::operator_token(place.join(-1, 0), "!=", true)),
            Some(Kind::Less | Kind::Greater) => return None,
            _ => {}
        }
    }
    if kind == Kind::Greater && place.kind(-1) == Some(Kind::Less) && place.glued(0) {
        return Some(problem::operator_token(place.join(-1, 0), "!=", true));
    }
    if kind == Kind::Equal && place.kind(-1) == Some(Kind::Equal) {
        return Some(problem::operator_token(place.join(-1, 0), "==", true));
    }
    if !place.expects("an operator") {
        return None;
    }
    let next = place.kind(1);
    match kind {
        Kind::Assign if next == Some(Kind::Greater) && place.glued(1) => {
            Some(problem::operator_token(place.join(0, 1), ">=", false))
        }
        Kind::Assign if next == Some(Kind::Less) && place.glued(1) => {
            Some(problem::operator_token(place.join(0, 1), "<=", false))
        }
        // `=~`: the strange character is reported, and this is a consequence of it.
        Kind::Assign if next == Some(Kind::Error) => {
            Some(problem::operator_token(place.span(1), "matches", false))
        }
        Kind::Assign => Some(problem::equality(place.span(0))),
        Kind::Bar if next == Some(Kind::Bar) && place.glued(1) => {
            Some(problem::or_operator(place.join(0, 1), true))
        }
        Kind::Bar => Some(problem::or_operator(place.span(0), false)),
        Kind::Question => Some(problem::no_ternary(place.span(0))),
        _ => None,
    }
}

/// `x not in xs`, `x contains y`, `x between a and b`, …
fn infix_word(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.is_word(0) || !place.expects("an operator") {
        return None;
    }
    let (span, word) = (place.span(0), place.word(0));
    match word {
        "not" if place.word(1) == "in" || place.word(1) == "matches" => {
            let start = path_start(place)?;
            let at = place.span(start);
            let gap = Span { start: place.span(0).start, end: place.span(1).start, ..span };
            let edits = vec![
                Edit { span: Span { end: at.start, ..at }, text: "not ".to_owned() },
                Edit { span: gap, text: String::new() },
            ];
            Some(problem::not_before(
                place.join(0, 1),
                place.slice(place.join(start, -1)),
                place.word(1),
                edits,
            ))
        }
        "contains" | "includes" | "contain" | "include" | "starts_with" | "startswith" | "ends_with"
        | "endswith" | "starts" | "ends" | "like" | "between" | "equals" | "eq" | "ne" | "neq" | "gt"
        | "lt" | "gte" | "lte" | "ge" | "le" | "xor" | "mod" | "instanceof" | "exceeds" => {
            problem::operator_word(span, word)
        }
        _ => None,
    }
}

/// Where the path begins that ends directly before the place; nothing if an operand is more than a path.
fn path_start(place: &Place<'_>) -> Option<isize> {
    if !place.is_word(-1) {
        return None;
    }
    let mut start = -1;
    while place.kind(start - 1) == Some(Kind::Dot) && place.is_word(start - 2) {
        start -= 2;
    }
    // Operators that bind tighter than `in` would be torn apart.
    let before = place.kind(start - 1)?;
    let is_open = matches!(before, Kind::Word | Kind::OpenParen | Kind::Comma | Kind::Colon);
    (is_open && place.word(start - 1) != "in").then_some(start)
}

/// `$1,000`: a comma between digits.
fn thousands(place: &Place<'_>) -> Option<Diagnostic> {
    if place.kind(0) != Some(Kind::Comma) || place.kind(-1) != Some(Kind::Number) || !place.glued(0) {
        return None;
    }
    let is_group = |offset: isize| {
        let digits = place.word(offset).split('.').next().unwrap_or("");
        place.glued(offset) && digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut last = 1;
    if !is_group(last) {
        return None;
    }
    while place.kind(last + 1) == Some(Kind::Comma) && place.glued(last + 1) && is_group(last + 2) {
        last += 2;
    }
    let whole = place.join(-1, last);
    Some(problem::thousands(whole, &place.slice(whole).replace(',', "_")))
}

/// A text behind a rule, without `because`.
fn message(place: &Place<'_>) -> Option<Diagnostic> {
    let is_rule = matches!(
        place.verb(),
        "require" | "deny" | "challenge" | "once" | "calls" | "sum" | "records" | "call"
    );
    let is_rule = is_rule
        && matches!(place.start, Rule::one_clause | Rule::one_item | Rule::one_bound | Rule::one_step);
    if !is_rule || !place.expects("`because`") {
        return None;
    }
    // Where a value is due, `because` was read as one.
    if place.kind(0) == Some(Kind::String) && matches!(place.word(-1), "because" | "audit" | "as") {
        return Some(problem::missing_value(place.span(-1), place.word(-1)));
    }
    if place.kind(0) == Some(Kind::String) {
        let before = place.span(0);
        return Some(problem::message(before, Span { end: before.start, ..before }, "because "));
    }
    let is_joint = matches!(place.kind(0), Some(Kind::Comma | Kind::Colon | Kind::Minus | Kind::Arrow))
        || matches!(
            place.word(0),
            "message" | "reason" | "msg" | "else" | "otherwise" | "with" | "error" | "say"
        );
    let mut text = 1;
    if place.kind(0) == Some(Kind::Comma) && place.word(1) == "because" {
        return Some(problem::comma_before_because(place.span(0)));
    }
    if place.is_word(0)
        && (place.kind(1) == Some(Kind::Colon) || matches!(place.word(1), "message" | "reason"))
    {
        text = 2;
    }
    if !is_joint || place.kind(text) != Some(Kind::String) {
        return None;
    }
    let span = place.join(0, text - 1);
    let here = if place.glued(0) { " because" } else { "because" };
    Some(problem::message(span, span, here))
}

/// `sends mail`, `sends to mail to x`, `reads from crm`, `reads crm with pii`.
fn facts(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.is_word(0) {
        return None;
    }
    let span = place.span(0);
    let before = Span { end: span.start, ..span };
    match (place.verb(), place.word(0)) {
        ("sends", _) if place.at == 1 && place.is_end(1) => {
            Some(problem::fact_word(span, "`to` stands between `sends` and the destination", before, "to "))
        }
        ("sends", "to") if place.at > 1 => {
            Some(problem::fact_word(span, "where `sends` goes exactly is said with `at`", span, "at"))
        }
        ("reads", _) if place.at == 2 && place.word(-1) == "from" => {
            let from = Span { end: span.start, ..place.span(-1) };
            Some(problem::fact_word(place.span(-1), "the source stands right behind `reads`", from, ""))
        }
        (
            "reads" | "from" | "flow",
            "carries" | "carry" | "with" | "labels" | "label" | "containing" | "contains",
        ) if place.expects("`carrying`") => {
            Some(problem::fact_word(span, "the labels of data are said with `carrying`", span, "carrying"))
        }
        _ => None,
    }
}

/// `x in (1, 2)`, `x in 1..5`.
fn list(place: &Place<'_>) -> Option<Diagnostic> {
    if place.kind(0) == Some(Kind::DotDot)
        && place.kind(-1) == Some(Kind::Number)
        && !place.expects("a time of day")
    {
        return Some(problem::no_range(place.span(0)));
    }
    if place.kind(0) != Some(Kind::Comma) {
        return None;
    }
    let open = place.opening().filter(|&open| place.kind(open) == Some(Kind::OpenParen))?;
    if place.word(open - 1) != "in" && place.kind(open - 1) != Some(Kind::Assign) {
        return None;
    }
    let edits = place.closing(open).map(|close| {
        vec![
            Edit { span: place.span(open), text: "[".to_owned() },
            Edit { span: place.span(close), text: "]".to_owned() },
        ]
    });
    Some(problem::list_in_parentheses(place.span(open), edits))
}

/// `after a in 30m`, `after a(x)`, `after a(x = y)`, `after a` without a time.
fn past(place: &Place<'_>) -> Option<Diagnostic> {
    match place.word(0) {
        "of" if matches!(place.word(-1), "count" | "number") => {
            return Some(problem::count_of(place.join(-1, 0)));
        }
        what if place.is_word(0) && place.word(-1) == "of" && place.word(-2) == "sum" => {
            return Some(problem::sum_of_past(place.join(-2, 0), what));
        }
        "within"
            if place.expects("an operator")
                && (place.is_word(-1) || place.kind(-1) == Some(Kind::CloseParen)) =>
        {
            return Some(problem::past_without_after(place.span(0)));
        }
        "after" | "afterwards" | "later" if place.expects("`since`") => {
            return Some(problem::no_after(place.span(0)));
        }
        _ => {}
    }
    // Only past calls have arguments with names.
    if place.kind(0) == Some(Kind::Colon)
        && place.is_word(-1)
        && place.kind(-2) == Some(Kind::OpenParen)
        && place.is_word(-3)
        && place.expects("an operator")
    {
        return Some(problem::past_without_after(place.join(-3, 0)));
    }
    if place.expected == "`within`" {
        return Some(problem::past_without_time(place.after(-1)));
    }
    if place.expects("`within`") && place.expects("`by`") {
        let is_time = |offset| place.kind(offset) == Some(Kind::Number);
        return match place.kind(0) {
            Some(Kind::Word) if matches!(place.word(0), "in" | "during" | "last" | "for") && is_time(1) => {
                Some(problem::within(place.span(0)))
            }
            Some(Kind::OpenBrace) if place.kind(2) == Some(Kind::Colon) => {
                let edits = place.closing(0).map(|close| {
                    vec![
                        Edit {
                            span: Span { start: place.after(-1).start, ..place.span(0) },
                            text: "(".to_owned(),
                        },
                        Edit { span: place.span(close), text: ")".to_owned() },
                    ]
                });
                Some(problem::past_arguments(place.span(0), edits))
            }
            None => Some(problem::past_without_time(place.after(-1))),
            Some(Kind::Word) if matches!(place.word(0), "because" | "with") => {
                Some(problem::past_without_time(place.after(-1)))
            }
            _ => None,
        };
    }
    if place.expects("a duration") && place.expects("`job`") && place.word(0) == "last" {
        return Some(problem::last_duration(Span { end: place.span(1).start, ..place.span(0) }));
    }
    // The arguments of a past call: a name, a colon, and what it must be.
    let in_past =
        place.expects("`:`") && place.expects("`.`") && place.opening().is_some() && place.is_word(-1);
    match place.kind(0)? {
        Kind::Assign | Kind::Equal if in_past => {
            let span = Span { start: place.after(-1).start, ..place.span(0) };
            Some(problem::past_colon(place.span(0), span, ":"))
        }
        Kind::CloseParen | Kind::Comma if in_past => {
            let name = place.word(-1);
            Some(problem::past_colon(place.span(-1), place.after(-1), &format!(": {name}")))
        }
        _ => None,
    }
}

/// `90 seconds`, `USD 100`, `.5`.
fn number(place: &Place<'_>) -> Option<Diagnostic> {
    let is_whole = |offset: isize| place.word(offset).bytes().all(|byte| byte.is_ascii_digit());
    match place.kind(0)? {
        Kind::Word
            if place.kind(-1) == Some(Kind::Number) && is_whole(-1) && place.expects("an operator") =>
        {
            let unit = super::names::unit(place.word(0))?;
            Some(problem::duration(place.join(-1, 0), Some(format!("{}{unit}", place.word(-1)))))
        }
        Kind::Number if place.is_word(-1) => {
            let code = place.word(-1);
            let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            is_code.then(|| problem::currency_behind(place.join(-1, 0), &format!("{} {code}", place.word(0))))
        }
        Kind::Dot if place.kind(1) == Some(Kind::Number) && place.glued(1) && place.expects("a value") => {
            Some(problem::leading_zero(place.join(0, 1), &format!("0.{}", place.word(1))))
        }
        _ => None,
    }
}
