//! Rules and conditions.

use agentpass_grammar::Span;

use super::super::syntax::PAST;
use super::syntax;
use crate::diagnostics::{Diagnostic, Edit, Fix, Safety, codes};

/// `action: read`, `version = "1"`.
#[must_use]
pub fn colon_after_verb(span: Span, verb: &str, mark: &str) -> Diagnostic {
    syntax(span, format!("nothing stands between `{verb}` and what it says"), format!("remove the `{mark}`"))
        .replace(Safety::Safe, span, "")
}

/// `allow when C`.
#[must_use]
pub fn no_allow(span: Span, word: &str) -> Diagnostic {
    syntax(
        span,
        format!("there is no `{word}`: a call that no rule refuses is allowed"),
        "write what must hold, `require C`, or what must not, `deny when C`; a tool that is not declared is denied anyway",
    )
}

/// `forbid when C`.
#[must_use]
pub fn called_deny(span: Span, word: &str, here: Option<&str>) -> Diagnostic {
    let finding =
        syntax(span, format!("`{word}` is called `deny` here"), "write `deny when C because \"…\"`");
    match here {
        Some(here) => finding.replace(Safety::Safe, span, here),
        None => finding,
    }
}

/// `assert C`.
#[must_use]
pub fn called_require(span: Span, word: &str) -> Diagnostic {
    syntax(span, format!("`{word}` is called `require` here"), "write `require C because \"…\"`").replace(
        Safety::Safe,
        span,
        "require",
    )
}

/// `deny x > 5`.
#[must_use]
pub fn deny_without_when(span: Span) -> Diagnostic {
    let at = Span { end: span.start, ..span };
    syntax(span, "`when` stands between `deny` and its condition", "write `deny when C`").replace(
        Safety::Safe,
        at,
        "when ",
    )
}

/// `deny[msg] { … }`, `deny { … }`.
#[must_use]
pub fn rego_rule(span: Span) -> Diagnostic {
    syntax(
        span,
        "a `deny` has no block: its condition stands behind `when`",
        "write `deny when C because \"…\"`, and several rules for several reasons",
    )
}

/// `when { C }`.
#[must_use]
pub fn when_in_braces(span: Span) -> Diagnostic {
    syntax(
        span,
        "the condition of `when` stands before the braces, and the rules between them",
        "write `when C { deny because \"…\" }`, or the condition behind its rule: `deny when C`",
    )
}

/// `if C { … }`.
#[must_use]
pub fn if_group(span: Span, has_block: bool) -> Diagnostic {
    let finding = syntax(span, "conditions are written `when`", "write `when C { … }`, or `deny when C`");
    if has_block { finding.replace(Safety::Safe, span, "when") } else { finding }
}

/// `unless C { … }`.
#[must_use]
pub fn unless_group(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding = syntax(span, "there is no `unless`: it is `when not`", "write `when not (C) { … }`");
    match edits {
        Some(edits) => {
            finding.fix(Fix { title: "write `when not (…)`".to_owned(), safety: Safety::Safe, edits })
        }
        None => finding,
    }
}

/// `deny if C`.
#[must_use]
pub fn if_is_when(span: Span) -> Diagnostic {
    syntax(span, "conditions are written `when`", "write `when`").replace(Safety::Safe, span, "when")
}

/// `challenge m unless C`.
#[must_use]
pub fn unless_is_not(span: Span) -> Diagnostic {
    syntax(span, "there is no `unless`: it is `when not`", "write `when not (C)`")
}

/// `deny unless C`.
#[must_use]
pub fn deny_unless(span: Span) -> Diagnostic {
    syntax(span, "`deny unless C` is written `require C`", "write `require`").replace(
        Safety::Safe,
        span,
        "require",
    )
}

/// `require C if D`.
#[must_use]
pub fn require_under_condition(span: Span, word: &str) -> Diagnostic {
    let group = if word == "if" { "when D { require C }" } else { "when not (D) { require C }" };
    syntax(
        span,
        format!("a `require` has one condition, and no `{word}`"),
        format!("put it into a group: `{group}`"),
    )
}

/// `require when C`.
#[must_use]
pub fn require_when(span: Span) -> Diagnostic {
    syntax(span, "the condition of a `require` follows it directly", "write `require C`, without `when`")
        .replace(Safety::Unsafe, span, "")
}

/// `when C: deny`.
#[must_use]
pub fn group_without_braces(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding =
        syntax(span, "what stands under a `when` stands in braces", "write `when C { deny because \"…\" }`");
    match edits {
        Some(edits) => finding.fix(Fix { title: "put it in braces".to_owned(), safety: Safety::Safe, edits }),
        None => finding,
    }
}

/// `description "…"` as a clause.
#[must_use]
pub fn described_by_comments(span: Span, word: &str) -> Diagnostic {
    syntax(
        span,
        format!("there is no clause `{word}`"),
        "describe a tool in a comment above it: `/// Pays money back.`",
    )
}

/// `message "…"` as a clause.
#[must_use]
pub fn message_alone(span: Span, word: &str) -> Diagnostic {
    syntax(
        span,
        format!("there is no clause `{word}`"),
        "a message stands at the end of its rule: `deny when C because \"…\"`",
    )
}

/// `all x in xs: C`.
#[must_use]
pub fn quantifier(span: Span, here: &str, certain: bool) -> Diagnostic {
    let what = if here == "each" {
        "for every element is said with `each`"
    } else {
        "for at least one is said with `some`"
    };
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    syntax(span, what, format!("write `{here} x in xs: C`")).replace(safety, span, here)
}

/// An operator of several signs.
#[must_use]
pub fn operator_token(span: Span, here: &str, certain: bool) -> Diagnostic {
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    syntax(span, format!("this operator is written `{here}`"), format!("write `{here}`"))
        .replace(safety, span, here)
}

/// `x = 5` as a condition.
#[must_use]
pub fn equality(span: Span) -> Diagnostic {
    syntax(span, "`=` declares; equality is written `==`", "write `==`").replace(Safety::Safe, span, "==")
}

/// `||` and `|`.
#[must_use]
pub fn or_operator(span: Span, certain: bool) -> Diagnostic {
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    syntax(span, "conditions are joined with `or`", "write `or`").replace(safety, span, "or")
}

/// `require approval from manager`.
#[must_use]
pub fn require_approval(span: Span) -> Diagnostic {
    syntax(
        span,
        "a person is asked with `challenge`, not with `require`",
        "declare who: `challenge manager { ask group \"managers\"; expires 15m }`, and write `challenge manager when C`",
    )
}

/// `c ? a : b`.
#[must_use]
pub fn no_ternary(span: Span) -> Diagnostic {
    syntax(
        span,
        "there is no `? :`",
        "write two rules in two groups: `when C { … }` and `when not (C) { … }`",
    )
}

/// `x not in xs`.
#[must_use]
pub fn not_before(span: Span, operand: &str, relation: &str, edits: Vec<Edit>) -> Diagnostic {
    syntax(span, "`not` stands before the whole condition", format!("write `not {operand} {relation} …`"))
        .fix(Fix { title: format!("write `not {operand} {relation}`"), safety: Safety::Safe, edits })
}

/// `x contains y`.
#[must_use]
pub fn operator_word(span: Span, word: &str) -> Option<Diagnostic> {
    let (help, here) = match word {
        "contains" | "includes" | "contain" | "include" => ("write it the other way round: `y in xs`", ""),
        "starts_with" | "startswith" | "ends_with" | "endswith" | "starts" | "ends" | "like" => (
            "write `x matches /inv_.*/`, or compare parts: `url.host in \"example.com\"`, `file in project / \"src\"`",
            "",
        ),
        "between" => ("write two comparisons: `x >= 1 and x <= 5`", ""),
        "equals" | "eq" => ("write `==`", "=="),
        "ne" | "neq" => ("write `!=`", "!="),
        "gt" | "exceeds" => ("write `>`", ">"),
        "lt" => ("write `<`", "<"),
        "ge" | "gte" => ("write `>=`", ">="),
        "le" | "lte" => ("write `<=`", "<="),
        "xor" => ("write `a and not b or b and not a`", ""),
        "mod" => ("there is no remainder", ""),
        "instanceof" => ("types are said where parameters are declared", ""),
        _ => return None,
    };
    let finding = syntax(span, format!("there is no operator `{word}`"), help);
    Some(if here.is_empty() { finding } else { finding.replace(Safety::Safe, span, here) })
}

/// `$1,000`.
#[must_use]
pub fn thousands(span: Span, here: &str) -> Diagnostic {
    syntax(span, "digits are grouped with `_`, not with commas", format!("write `{here}`")).replace(
        Safety::Safe,
        span,
        here,
    )
}

/// A message without `because`; `here` is to replace `at`.
#[must_use]
pub fn message(span: Span, at: Span, here: &str) -> Diagnostic {
    syntax(span, "`because` stands between a rule and its message", "write `because \"…\"`").replace(
        Safety::Safe,
        at,
        here,
    )
}

/// `len(x)`, `xs.length`.
#[must_use]
pub fn size(span: Span, name: &str, here: &str, edits: Option<Vec<Edit>>) -> Diagnostic {
    let code = if edits.as_ref().is_some_and(|edits| edits.len() > 1) {
        &codes::UNKNOWN_MEMBER
    } else {
        &codes::UNKNOWN_NAME
    };
    let message = if name == here {
        format!("`{here}` is a function and stands before what it measures")
    } else {
        format!("`{name}` is called `{here}` here")
    };
    let finding = Diagnostic::new(code, span, message)
        .help("write `count(xs)` for the elements of a list, `length(text)` for the characters of a text");
    match edits {
        Some(edits) => {
            finding.fix(Fix { title: format!("write `{here}(…)`"), safety: Safety::Safe, edits })
        }
        None => finding,
    }
}

/// A function of another language.
#[must_use]
pub fn function(span: Span, name: &str) -> Option<Diagnostic> {
    let folded: String = name.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let help = match folded.as_str() {
        "contains" | "includes" | "has" | "haskey" | "in" | "containsany" | "containsall" | "indexof"
        | "member" => "membership is written `x in xs`; whether an optional value is there, `has x`",
        "startswith" | "endswith" | "beginswith" | "like" | "match" | "matches" | "regex" | "test"
        | "search" | "glob" => {
            "patterns are matched with `x matches /inv_.*/`; domains, paths and globs lie in others: `host in \"example.com\"`"
        }
        "lower" | "upper" | "tolower" | "toupper" | "tolowercase" | "touppercase" | "lowercase"
        | "casefold" | "trim" | "strip" => {
            "declare the parameter as `folded`: it is compared after trimming and case folding"
        }
        "any" | "exists" | "some" => "write `some x in xs: C`",
        "all" | "every" | "forall" | "each" => "write `each x in xs: C`",
        "filter" | "map" | "reduce" | "flatmap" => {
            "a member of a list is taken of every element: `xs.field`; conditions on elements are `each` and `some`"
        }
        "sum" => "sums are taken over time: `sum amount of T within 24h`",
        "now" | "today" | "time" | "date" => "the time of the call is `now`, without brackets",
        "isnull" | "isnone" | "isset" | "defined" | "isdefined" | "isempty" | "present" | "notnull" => {
            "whether an optional value is there is written `has x`; a list is never empty unless it is `list<T, 0..>`"
        }
        "min" | "max" => "write two conditions: `a <= 5 and b <= 5`",
        "concat" | "join" | "append" => "lists are joined with `+`: `xs + ys`",
        _ => return None,
    };
    Some(Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("there is no function `{name}`")).help(help))
}

/// `x is null`, `x is not null`.
#[must_use]
pub fn is_null(span: Span, is_not: bool) -> Diagnostic {
    let help = if is_not { "write `has x`" } else { "write `not has x`" };
    syntax(
        span,
        "whether an optional value is there is asked with `has`",
        format!("{help}; what may be null is compared: `x == null`"),
    )
}

/// `x in 1..5`.
#[must_use]
pub fn no_range(span: Span) -> Diagnostic {
    syntax(
        span,
        "`..` stands between times and days, not between numbers",
        "write two comparisons: `x >= 1 and x <= 5`",
    )
}

/// `x in (1, 2)`.
#[must_use]
pub fn list_in_parentheses(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding = syntax(span, "a list of values stands in square brackets", "write `[1, 2]`");
    match edits {
        Some(edits) => finding.fix(Fix { title: "write `[ ]`".to_owned(), safety: Safety::Safe, edits }),
        None => finding,
    }
}

/// `let x = if c then a else b`.
#[must_use]
pub fn no_conditional_value(span: Span) -> Diagnostic {
    syntax(
        span,
        "no value depends on a condition",
        "write two rules in two groups: `when C { … }` and `when not (C) { … }`",
    )
}

/// `sends mail`, `reads from crm`, `reads crm with pii`; `here` is to stand in place of `span`.
#[must_use]
pub fn fact_word(span: Span, help: &str, at: Span, here: &str) -> Diagnostic {
    syntax(
        span,
        help,
        format!(
            "write `{help_form}`",
            help_form = FACT_FORMS.iter().find(|form| help.contains(form.0)).map_or("", |form| form.1)
        ),
    )
    .replace(Safety::Safe, at, here)
}

/// How facts about data are written.
const FACT_FORMS: &[(&str, &str)] = &[
    ("`sends`", "sends to mail at recipients"),
    ("`reads`", "reads crm carrying pii"),
    ("labels", "reads crm carrying pii"),
];

/// `require C, because "…"`.
#[must_use]
pub fn comma_before_because(span: Span) -> Diagnostic {
    syntax(span, "no comma stands before `because`", "remove the `,`").replace(Safety::Safe, span, "")
}

/// `require x <= because "…"`, `require because "…"`.
#[must_use]
pub fn missing_value(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(&codes::SYNTAX, span, format!("a value is missing before `{word}`"))
        .help("write what is compared or required: `require amount <= $100 because \"…\"`")
}

/// A comma at the end of a clause.
#[must_use]
pub fn comma_between_clauses(span: Span) -> Diagnostic {
    syntax(span, "no comma stands between clauses: the end of the line separates them", "remove the `,`")
        .replace(Safety::Safe, span, "")
}

/// Two clauses, or two items, with nothing between them; `here` is to stand `at` the end of the first.
#[must_use]
pub fn missing_separator(span: Span, at: Span, here: &str) -> Diagnostic {
    let (what, help) = if here == ";" {
        ("clauses are separated by line ends or `;`", "write `;` before it, or begin a line")
    } else {
        ("an item begins a line of its own", "begin a line")
    };
    syntax(span, what, help).replace(Safety::Safe, at, here)
}

/// `max 5 calls`, `rate limit …` as a clause.
#[must_use]
pub fn limit_in_words(span: Span, word: &str) -> Diagnostic {
    syntax(
        span,
        format!("no clause begins with `{word}`"),
        "write `limit NAME per caller.user in any 24h { calls at most 5 }`",
    )
}

/// `after a in 30m`.
#[must_use]
pub fn within(span: Span) -> Diagnostic {
    syntax(span, "the time of a question to the past is said with `within`", PAST).replace(
        Safety::Safe,
        span,
        "within",
    )
}

/// `after a { x: x } within 30m`.
#[must_use]
pub fn past_arguments(span: Span, edits: Option<Vec<Edit>>) -> Diagnostic {
    let finding =
        syntax(span, "the arguments of a past call stand in `( )`", "write `after T(user: user) within 30m`");
    match edits {
        Some(edits) => finding.fix(Fix { title: "write `( )`".to_owned(), safety: Safety::Safe, edits }),
        None => finding,
    }
}

/// `after a`.
#[must_use]
pub fn past_without_time(at: Span) -> Diagnostic {
    syntax(
        at,
        "how far back does this question reach?",
        "add a time: `after T within 30m`, or `within job` for all of the job",
    )
}

/// `count of a within 1h`.
#[must_use]
pub fn count_of(span: Span) -> Diagnostic {
    syntax(
        span,
        "past calls are counted with `calls of`, different values with `distinct`",
        "write `calls of T within 1h < 5`, or `count(distinct user of T within 1h) < 5`",
    )
}

/// `sum of n of a`.
#[must_use]
pub fn sum_of_past(span: Span, what: &str) -> Diagnostic {
    syntax(span, "what is added up stands right behind `sum`", format!("write `sum {what} of T within 24h`"))
}

/// `a(x: x) within 1h`.
#[must_use]
pub fn past_without_after(span: Span) -> Diagnostic {
    syntax(
        span,
        "the past is asked about with `after`",
        "write `after T within 1h`, or `(latest T within 1h)` for that call itself",
    )
}

/// `after a within 1h with no b after`.
#[must_use]
pub fn no_after(span: Span) -> Diagnostic {
    syntax(span, "what must not have been is written `with no T since`", "write `since`").replace(
        Safety::Safe,
        span,
        "since",
    )
}

/// `challenge when x > 5`.
#[must_use]
pub fn challenge_nobody(span: Span) -> Diagnostic {
    syntax(
        span,
        "who is asked?",
        "name a challenge: `challenge manager when …`, with `challenge manager { ask … }` in the file",
    )
}

/// `within last 30m`.
#[must_use]
pub fn last_duration(span: Span) -> Diagnostic {
    syntax(span, "the time follows `within` directly", "write `within 30m`").replace(Safety::Safe, span, "")
}

/// `after a(x = y)`, `after a(x)`.
#[must_use]
pub fn past_colon(span: Span, at: Span, here: &str) -> Diagnostic {
    syntax(
        span,
        "an argument of a past call is named, and a colon stands before what it must be",
        "write `after T(user: user) within 30m`: the past call's `user` is this call's `user`",
    )
    .replace(Safety::Safe, at, here)
}

/// `USD 100`.
#[must_use]
pub fn currency_behind(span: Span, here: &str) -> Diagnostic {
    syntax(span, "the currency stands behind the number", format!("write `{here}`")).replace(
        Safety::Safe,
        span,
        here,
    )
}

/// `.5`.
#[must_use]
pub fn leading_zero(span: Span, here: &str) -> Diagnostic {
    syntax(span, "a number begins with a digit", format!("write `{here}`")).replace(Safety::Safe, span, here)
}

/// `call t, expect allow`.
#[must_use]
pub fn comma_before_part(span: Span, word: &str) -> Diagnostic {
    syntax(span, format!("no comma stands before `{word}`"), "remove the `,`").replace(Safety::Safe, span, "")
}
