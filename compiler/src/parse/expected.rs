//! pest's «expected rules» in the language's words.

use agentpass_grammar::Rule;
use pest::error::{Error, ErrorVariant, InputLocation};

/// What pest expected, as a list in words, and the offset where it did.
pub(super) fn describe(error: &Error<Rule>) -> (usize, String) {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return (at, "something else".to_owned());
    };
    (at, list(words_of(positives)))
}

fn words_of(rules: &[Rule]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut keywords = 0;
    for &rule in rules {
        let word = name(rule);
        if word.starts_with('`') && word.len() > 3 {
            keywords += 1;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    // A long list of single words helps nobody: where an operand or a clause is due, say so.
    if words.iter().any(|word| word == "a value") {
        words.retain(|word| !word.starts_with('`') && !LITERALS.contains(&word.as_str()));
        keywords = 0;
    }
    if keywords > 8 {
        words.retain(|word| !word.starts_with('`'));
        words.push(
            if keywords > 40 { "the beginning of an item" } else { "the beginning of a clause" }.to_owned(),
        );
    }
    words
}

/// Kinds of values.
const LITERALS: &[&str] = &[
    "a name",
    "a number",
    "text in quotes",
    "a duration such as `30m`",
    "a date such as `2026-12-18`",
    "a moment such as `2026-12-18T10:00:00Z`",
    "a pattern between slashes",
];

fn list(mut words: Vec<String>) -> String {
    words.sort();
    match words.as_slice() {
        [] => "the end".to_owned(),
        [only] => only.clone(),
        [rest @ .., last] if words.len() <= 6 => format!("{} or {last}", rest.join(", ")),
        [first @ .., _] => format!("{}, …", first.get(..5).unwrap_or(first).join(", ")),
    }
}

/// What a person calls a rule of the grammar.
fn name(rule: Rule) -> String {
    let text = match rule {
        Rule::name | Rule::word => "a name",
        Rule::dotted
        | Rule::path
        | Rule::referred
        | Rule::tool_ref
        | Rule::tool_name
        | Rule::label_ref
        | Rule::flow_point => "a name",
        Rule::pattern
        | Rule::pattern_text
        | Rule::pattern_star
        | Rule::pattern_dot
        | Rule::pattern_choice => "a tool pattern",
        Rule::integer | Rule::decimal => "a number",
        Rule::string => "text in quotes",
        Rule::duration => "a duration such as `30m`",
        Rule::date | Rule::dates => "a date such as `2026-12-18`",
        Rule::time_of_day | Rule::hours => "a time of day such as `09:00`",
        Rule::weekday | Rule::days | Rule::time_range => "a range of times",
        Rule::regex => "a pattern between slashes",
        Rule::expr
        | Rule::prefix
        | Rule::paren
        | Rule::list
        | Rule::call
        | Rule::boolean
        | Rule::null
        | Rule::money
        | Rule::command
        | Rule::each
        | Rule::some
        | Rule::has
        | Rule::after
        | Rule::latest
        | Rule::calls_of
        | Rule::sum_of
        | Rule::distinct_of
        | Rule::in_flight_of
        | Rule::carries
        | Rule::value
        | Rule::value_list
        | Rule::set_elem => "a value",
        Rule::infix => "an operator",
        Rule::member => "`.`",
        Rule::type_expr
        | Rule::union
        | Rule::list_type
        | Rule::money_type
        | Rule::id_type
        | Rule::named_type => "a type",
        Rule::signature => "the parameters in `( )`",
        Rule::sig_elem | Rule::field => "a parameter",
        Rule::block | Rule::fields_block | Rule::record_value => "a block in `{ }`",
        Rule::use_list => "names in `{ }`",
        Rule::set_list => "a list in `[ ]`",
        Rule::clause => "a clause",
        Rule::item | Rule::head => "an item",
        Rule::step => "a step of a test",
        Rule::bound | Rule::meter => "a bound such as `calls at most 5`",
        Rule::contract_clause => "`version`, `owner`, `agents` or `valid`",
        Rule::challenge_clause => {
            "`ask`, `separate`, `binds`, `shows`, `expires`, `single use` or `reusable`"
        }
        Rule::tail | Rule::because => "`because`",
        Rule::audit => "`audit`",
        Rule::alias | Rule::wire_form | Rule::call_as => "`as`",
        Rule::guard | Rule::when | Rule::when_head => "`when`",
        Rule::within => "`within`",
        Rule::past => "a tool or an event",
        Rule::past_args => "arguments in `( )`",
        Rule::no_since => "`with no … since`",
        Rule::carrying => "`carrying`",
        Rule::optional | Rule::colon => "`:`",
        Rule::assign => "`=`",
        Rule::arrow => "`->`",
        Rule::angle_open => "`<`",
        Rule::angle_close => "`>`",
        Rule::brace_open => "`{`",
        Rule::verdict => "`allow`, `deny`, `challenge` or `replay`",
        Rule::expect_remaining => "`remaining`",
        Rule::open => "`...`",
        Rule::or_null => "`or null`",
        Rule::threshold | Rule::at_most | Rule::above => "`at most` or `above`",
        Rule::then => "`then`",
        Rule::window | Rule::rolling | Rule::calendar => "`in any …`",
        Rule::flow_end => "the name of a source or a destination",
        Rule::keys => "a key",
        Rule::remaining_value => "a number, an amount or a duration",
        Rule::outcome => "`returns`, `fails`, `unknown` or `not sent`",
        Rule::timestamp => "a moment such as `2026-12-18T10:00:00Z`",
        Rule::EOI => "the end of the line",
        _ => {
            let debug = format!("{rule:?}");
            return match debug.strip_prefix("kw_") {
                Some(word) => format!("`{word}`"),
                None => format!("`{}`", debug.trim_end_matches("_head").replace('_', " ")),
            };
        }
    };
    text.to_owned()
}
