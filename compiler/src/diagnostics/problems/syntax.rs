//! What is wrong with the form of a text.

use agentpass_grammar::words::{CLAUSE_WORDS, ITEM_WORDS};
use agentpass_grammar::{MAX_DEPTH, Span};

use crate::diagnostics::{Diagnostic, Edit, Fix, Safety, codes, suggest};

/// Something else was expected. `expected` is a list of alternatives in words, `found` what stands there.
#[must_use]
pub fn unexpected(span: Span, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::new(&codes::SYNTAX, span, format!("expected {expected}, found {found}"))
}

/// A line that ends where the next field, parameter or element should begin.
#[must_use]
pub fn missing_comma(at: Span, names_a_field: bool) -> Diagnostic {
    let safety = if names_a_field { Safety::Safe } else { Safety::Unsafe };
    Diagnostic::new(&codes::SYNTAX, at, "a comma is missing at the end of this line")
        .help("fields, parameters and elements are separated by commas")
        .replace(safety, at, ",")
}

/// Like [`unexpected`], for a token; knows what people write who come from other languages.
#[must_use]
pub fn unexpected_token(span: Span, expected: &str, found: &str) -> Diagnostic {
    let finding = unexpected(span, expected, &format!("`{found}`"));
    let (help, fix) = match found {
        "=" if expected.contains("operator") => ("`=` declares; equality is written `==`", Some("==")),
        "|" => ("conditions are joined with `or`", None),
        "{" if expected.contains("a tool or an event") => (ONE_TOOL, None),
        "{" if expected.contains("end of the line") => {
            ("a block stands after `tool`, `on`, `when`, `flow`, `limit`, …", None)
        }
        "," if expected.contains("end of the line") => {
            ("clauses are separated by line ends or `;`", Some(";"))
        }
        "when" if expected.contains("operator") => {
            ("a rule has one condition: put it into a group, `when … { require … }`", None)
        }
        "else" => ("there is no `else`: write a second `when` with the opposite condition", None),
        "if" | "unless" => ("conditions are written `when`", Some("when")),
        "allow" | "permit" | "forbid" => {
            ("there is no `allow`: what no rule refuses passes; write `require`, `deny` or `challenge`", None)
        }
        "prove" | "layer" | "ensure" | "redact"
            if expected.contains("an item") || expected.contains("a clause") =>
        {
            ("this word is kept for a later edition of the language; nothing reads it yet", None)
        }
        "with" if expected.contains("operator") => {
            ("`with no … since` belongs to `after`, `calls of` and `sum … of`", None)
        }
        // Behind the name of a tool whose past is asked for.
        _ if expected.contains("`within`") && expected.contains("`by`") => (PAST, None),
        _ if is_duration(found) && expected.contains("end of the line") => {
            ("a duration is one word: `1m30s`", None)
        }
        _ => return super::names::suggest(finding, span, close_word(expected, found)),
    };
    let finding = finding.help(help);
    match fix {
        Some(fix) => finding.replace(Safety::DisplayOnly, span, fix),
        None => finding,
    }
}

/// Questions are about one tool.
pub(super) const ONE_TOOL: &str =
    "the past is asked about one tool or event at a time: `after a within 1h or after b within 1h`";

/// How the past is asked about.
pub(super) const PAST: &str = "the past is asked about as `after attempted T(user: user) by tenant within 1h`: first `attempted`, `started`, \
     `completed` or `failed`, then the tool, arguments that tell its calls apart, whose calls, and the time";

/// True for `30s`.
fn is_duration(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && agentpass_values::Duration::parse(text).is_ok()
}

/// The word that was probably meant where a clause or an item begins.
fn close_word(expected: &str, found: &str) -> Option<&'static str> {
    let words = if expected.contains("a clause") {
        CLAUSE_WORDS
    } else if expected.contains("an item") {
        ITEM_WORDS
    } else {
        return None;
    };
    suggest::closest(found, words.iter().copied())
}

/// A file that begins as JSON does.
#[must_use]
pub fn looks_like_json(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::SYNTAX, span, "this looks like JSON; a contract begins with `edition 2026`").help(
        "calls are given with `--call` and `--calls`; `agentpassc import` makes contracts of what others keep as JSON",
    )
}

/// A block's brace stands on a line of its own.
#[must_use]
pub fn brace_on_next_line(span: Span, head: Span) -> Diagnostic {
    Diagnostic::new(&codes::SYNTAX, span, "a block opens on the line of its head")
        .label("this `{` begins a new line")
        .also(head, "the head ends here")
        .help("put the `{` at the end of the line above")
}

/// A characters that begins nothing.
#[must_use]
pub fn unknown_character(span: Span, text: &str) -> Diagnostic {
    let shown: String = text.chars().take(8).map(|c| c.escape_default().to_string()).collect();
    let shown = if text.chars().all(|c| !c.is_control() && !c.is_whitespace()) && text.chars().count() <= 8 {
        text.to_owned()
    } else {
        shown
    };
    let finding = Diagnostic::new(&codes::UNKNOWN_CHARACTER, span, format!("`{shown}` has no meaning here"));
    match text {
        "“" | "”" | "„" => {
            finding.help("write text between straight quotes: `\"`").replace(Safety::Safe, span, "\"")
        }
        "‘" | "’" | "'" => finding.help("write text between double quotes: `\"`"),
        _ if text.chars().all(char::is_whitespace) => {
            finding.help("use an ordinary space").replace(Safety::Safe, span, " ")
        }
        _ => finding.help("remove it, or write it between quotes"),
    }
}

/// A string or command that is still open at the end of its line.
#[must_use]
pub fn unclosed_text(span: Span, quote: char) -> Diagnostic {
    let what = if quote == '"' { "text" } else { "command" };
    Diagnostic::new(&codes::UNCLOSED_TEXT, span, format!("this {what} does not end on its line"))
        .help(format!("close it with `{quote}`; a line end inside text is written `\\n`"))
}

/// A bracket that is never closed.
#[must_use]
pub fn unclosed_bracket(span: Span, bracket: &str) -> Diagnostic {
    let close = match bracket {
        "(" => ")",
        "[" => "]",
        _ => "}",
    };
    Diagnostic::new(&codes::UNBALANCED_BRACKET, span, format!("`{bracket}` is never closed"))
        .label(format!("no `{close}` belongs to this"))
        .help(format!("add the missing `{close}`"))
}

/// Clauses of a block in column 0, where a word of an item begins one. `words` are all that stand in column 0, the first of
/// them begins an item.
#[must_use]
pub fn unindented(text: &str, open: Span, close: Span, words: &[Span]) -> Option<Diagnostic> {
    let (first, word) = words.first().map(|span| (*span, span.text(text)))?;
    let edits =
        words.iter().map(|span| Edit { span: Span { end: span.start, ..*span }, text: "    ".to_owned() });
    let finding = Diagnostic::new(
        &codes::SYNTAX,
        first,
        format!("`{word}` in column 0 begins a new item, inside of a block"),
    )
    .label("this clause is not indented")
    .also(open, "the block opens here")
    .also(close, "and closes here")
    .help("indent the clauses of a block; if the block should end before this line, close it with `}`")
    .fix(Fix { title: "indent the block".to_owned(), safety: Safety::Safe, edits: edits.collect() });
    Some(finding)
}

/// A bracket that closes nothing.
#[must_use]
pub fn stray_bracket(span: Span, bracket: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNBALANCED_BRACKET, span, format!("`{bracket}` closes nothing"))
        .help("remove it, or add the bracket that it should close")
}

/// Brackets, quantifiers or negations nested deeper than can be read.
#[must_use]
pub fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::TOO_DEEP, span, format!("nested more than {MAX_DEPTH} deep"))
        .help("give the inner part a name with `let`")
}

/// An expression with too many operators.
#[must_use]
pub fn too_long_expression(span: Span, most: usize) -> Diagnostic {
    Diagnostic::new(&codes::TOO_DEEP, span, format!("more than {most} operators in one expression"))
        .help("give parts of it names with `let`, or put the values into a `set`")
}

/// An escape that does not exist.
#[must_use]
pub fn bad_escape(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_ESCAPE, span, "this escape does not exist")
        .help("the escapes are `\\n`, `\\t`, `\\\"`, `\\\\` and `\\u{1F600}`; a backslash itself is `\\\\`")
}

/// A bidirectional control or another invisible character.
#[must_use]
pub fn hidden_character(span: Span, c: char) -> Diagnostic {
    Diagnostic::new(
        &codes::HIDDEN_CHARACTER,
        span,
        format!("invisible character U+{:04X} can make text look like something else", u32::from(c)),
    )
    .help(format!("remove it; inside text it is written `\\u{{{:x}}}`", u32::from(c)))
    .replace(Safety::Unsafe, span, "")
}

/// Comparisons in a row.
#[must_use]
pub fn chained_comparison(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::CHAINED_COMPARISON, span, "comparisons do not chain")
        .label("the second comparison")
        .help("join two comparisons with `and`: `a < b and b < c`")
}

/// A number with letters that mean nothing.
#[must_use]
pub fn bad_number(span: Span, text: &str) -> Diagnostic {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let help = match unit {
        "sec" | "secs" | "seconds" | "second" => format!("seconds are written `{digits}s`"),
        "min" | "mins" | "minutes" | "minute" => format!("minutes are written `{digits}m`"),
        "hr" | "hrs" | "hours" | "hour" => format!("hours are written `{digits}h`"),
        "day" | "days" => format!("days are written `{digits}d`"),
        _ => "numbers are written `80_000` and `0.75`, durations `90s`, `30m`, `24h`, `7d`, amounts `$5` and `5 EUR`, \
              dates `2026-12-18`"
            .to_owned(),
    };
    Diagnostic::new(
        &codes::BAD_NUMBER,
        span,
        format!("`{text}` is not a number, an amount, a duration or a date"),
    )
    .help(help)
}

/// A whole number beyond 64 bits.
#[must_use]
pub fn number_too_large(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BAD_NUMBER, span, "this number is too large")
        .help(format!("the largest whole number is {}", i64::MAX))
}

/// A lone carriage return, a vertical tab, …
#[must_use]
pub fn line_end(span: Span, c: char) -> Diagnostic {
    let what = if c == '\r' { "a lone carriage return" } else { "this control character" };
    Diagnostic::new(&codes::LINE_END, span, format!("{what} would show lines that are none"))
        .help("end lines with a line feed (LF), or with CR LF")
        // What follows may have been part of a comment: only its author knows whether it is meant as code.
        .label("what follows looks like a line of its own")
}

/// A byte-order mark.
#[must_use]
pub fn byte_order_mark(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::BYTE_ORDER_MARK, span, "the file begins with a byte-order mark")
        .help("save it as UTF-8 without a byte-order mark")
        .replace(Safety::Safe, span, "")
}

/// `matches` without a pattern.
#[must_use]
pub fn expected_pattern(span: Span) -> Diagnostic {
    unexpected(span, "a pattern between slashes after `matches`", "something else")
        .help("write `matches /[a-z]+/`")
}

/// `is` without a word.
#[must_use]
pub fn expected_quality(span: Span) -> Diagnostic {
    unexpected(span, "`understood` after `is`", "something else")
}

/// `because`, `audit`, `as` in another order.
#[must_use]
pub fn tail_out_of_order(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::TAIL_ORDER, span, "the parts at the end of a rule have one order")
        .label("this part stands too late")
        .help(
            "write `because \"…\"`, then `audit \"…\"`, then `as name`; `agentpassc fmt` puts them in order",
        )
}

/// One of them twice.
#[must_use]
pub fn tail_repeated(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::TAIL_ORDER, span, "this part stands here a second time")
        .help("remove one of the two")
}
