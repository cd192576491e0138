//! The separator pass: which line ends separate, and the view of the text that the grammar reads.
//!
//! One pass over the tokens, no brackets counted. A line end continues its line when the next line begins with one of
//! [`CONTINUING_WORDS`], an infix operator, `->`, `|`, `)` or `]`, or when the line ends in `(`, `[`, `,`, `=`, `:`
//! or an infix operator; comments and blank lines between do not matter. Every other line end separates, like `;`.
//!
//! Symbols tell at once whether they are operators. Words do not, because they are soft: `amount in` ends with a
//! parameter called `in`. So the pass keeps track of whether an operand or an operator is due; a word at the end of a
//! line is an operator only where an operator is due.

use crate::token::{Kind, Token};
use crate::words::{CONTINUING_WORDS, INFIX_WORDS};

/// The tokens of a text and what the line ends between them mean.
#[derive(Clone, Debug)]
pub struct Layout {
    /// All tokens, trivia included.
    pub tokens: Vec<Token>,
    /// The text with comments, unknown characters and continuing line ends blanked, byte for byte as long. What stands
    /// between single quotes stands between double quotes.
    pub view: String,
    /// For each token: true where it separates (a line end that was kept, or `;`).
    pub separates: Vec<bool>,
}

/// Runs the pass over the tokens of `text`.
#[must_use]
pub fn layout(text: &str, tokens: Vec<Token>) -> Layout {
    let separates = separators(text, &tokens);
    let mut view = String::with_capacity(text.len());
    for (token, &kept) in tokens.iter().zip(&separates) {
        let slice = token.text(text);
        match token.kind {
            Kind::Newline if kept => {
                blanks(&mut view, slice.len() - 1);
                view.push('\n');
            }
            Kind::Newline | Kind::Comment | Kind::Doc | Kind::InnerDoc => blanks(&mut view, slice.len()),
            // Text between single quotes is reported by itself, and what was meant can still be read.
            Kind::Error if is_quoted(slice) => {
                view.push('"');
                view.push_str(slice.get(1..slice.len() - 1).unwrap_or(""));
                view.push('"');
            }
            // So is a character of no meaning, and what stands around it.
            Kind::Error if !slice.starts_with(['"', '`']) => blanks(&mut view, slice.len()),
            _ => view.push_str(slice),
        }
    }
    Layout { tokens, view, separates }
}

/// `'…'`, with nothing inside that means something else between double quotes.
#[must_use]
pub fn is_quoted(text: &str) -> bool {
    text.len() > 1 && text.starts_with('\'') && text.ends_with('\'') && !text.contains(['"', '\\'])
}

fn blanks(view: &mut String, count: usize) {
    view.extend(std::iter::repeat_n(' ', count));
}

fn separators(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut separates = vec![false; tokens.len()];
    let mut line = Line::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Newline => {
                // A run of line ends, blanks and comments is one gap: it separates once, at its first line end.
                let next = skip_trivia(tokens, at);
                let continues = line.is_open()
                    || tokens.get(next).is_some_and(|token| begins_continuation(*token, token.text(text)));
                if !continues {
                    if let Some(flag) = separates.get_mut(at) {
                        *flag = true;
                    }
                    line = Line::default();
                }
                at = next;
                continue;
            }
            Kind::Semicolon => {
                if let Some(flag) = separates.get_mut(at) {
                    *flag = true;
                }
                line = Line::default();
            }
            kind if kind.is_trivia() => {}
            _ => line.see(text, tokens, at),
        }
        at += 1;
    }
    separates
}

/// The index of the first token at or after `at` that is not trivia.
fn skip_trivia(tokens: &[Token], at: usize) -> usize {
    let rest = tokens.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|token| token.kind.is_trivia()).count()
}

fn begins_continuation(token: Token, text: &str) -> bool {
    match token.kind {
        Kind::Word => CONTINUING_WORDS.contains(&text),
        Kind::CloseParen | Kind::CloseBracket | Kind::Arrow | Kind::Bar => true,
        kind => is_infix_symbol(kind),
    }
}

fn is_infix_symbol(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Equal
            | Kind::NotEqual
            | Kind::Less
            | Kind::LessEqual
            | Kind::Greater
            | Kind::GreaterEqual
            | Kind::Coalesce
            | Kind::Plus
            | Kind::Minus
            | Kind::Star
            | Kind::Slash
    )
}

/// What is due next on a line.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Due {
    /// The word that says which clause this is.
    #[default]
    Verb,
    Operand,
    Operator,
    /// A name after a dot.
    Member,
}

/// A line (with all that continues it) as far as it has been read.
#[derive(Default)]
struct Line<'t> {
    due: Due,
    before: Before<'t>,
    /// The last token asks for more: an opening bracket, a comma, an operator.
    open: bool,
    /// After the path that is read now comes a value, with nothing between: `expect remaining LIMIT 5`.
    value_follows: bool,
    /// Its first word is followed by tool patterns.
    patterns: bool,
    /// How many `<` of types are open: `list<`, `money<`.
    angles: u32,
    /// The last token was `:` or the `<` of a type.
    after_type_mark: bool,
    /// The last token was `list` or `money` where a type stands.
    generic: bool,
}

/// Whether a word that stands where an operand is due only leads to the operand: `to` in `sends to mail`. The same word
/// can be a parameter (`require to in customers`), so what stands before it and after it decides.
fn leads_to_operand(before: Before<'_>, word: &str, next: Option<(Kind, &str)>) -> bool {
    let Some((next_kind, next_word)) = next else { return false };
    match word {
        // Never a name.
        "not" | "has" | "each" | "some" => true,
        // `latest pay`, `after started pay within 30m`; `latest and` is a parameter and an operator.
        "sum" | "after" | "latest" | "first" | "attempted" | "started" | "failed" | "completed" => {
            let begins_expression = before.word.is_empty() || EXPRESSION_LEADERS.contains(&before.word);
            let is_name_next = next_kind == Kind::Word && !INFIX_WORDS.contains(&next_word);
            begins_expression && (next_kind == Kind::String || is_name_next)
        }
        "at" => before.is_verb && next_word == "most",
        "above" | "returns" if !WHOLE_WORDS.contains(&before.word) => {
            before.is_verb && !EXPRESSION_VERBS.contains(&before.word)
        }
        _ if WHOLE_WORDS.contains(&before.word) => true,
        _ => LEADING_WORDS.contains(&(before.word, word)),
    }
}

/// Words that lead to an operand after certain other words.
const LEADING_WORDS: &[(&str, &str)] = &[
    ("sends", "to"),
    ("once", "per"),
    ("limit", "per"),
    ("limit", "when"),
    ("calls", "per"),
    ("separate", "from"),
    ("uses", "tokens"),
    ("uses", "cost"),
    ("at", "most"),
    ("carrying", "any"),
    ("carrying", "all"),
    ("with", "no"),
    ("approved", "by"),
    ("refused", "by"),
    ("guarded", "label"),
    ("then", "suspend"),
    ("then", "challenge"),
    ("expect", "challenge"),
    ("expect", "remaining"),
];

/// Words that need no operand: what follows one leads to an operand, as in `deny as rule` and `call t fails as c`.
const WHOLE_WORDS: &[&str] = &["deny", "warn", "fails", "unknown", "open", "allow", "replay"];

/// Words that an expression follows at once, so that any word after them may be a name.
const EXPRESSION_VERBS: &[&str] = &["require", "amount", "fields", "records", "when"];

/// Words after which an expression or a history begins.
const EXPRESSION_LEADERS: &[&str] = &[
    "require", "amount", "fields", "records", "when", "not", "and", "or", "in", "at", "most", "above",
    "tokens", "cost", "returns", "of", "no", "after", "latest", "first",
];

/// The word directly before a token; empty where something else stands there.
#[derive(Clone, Copy, Default)]
struct Before<'t> {
    word: &'t str,
    /// It is the first of its clause.
    is_verb: bool,
}

impl<'t> Line<'t> {
    fn is_open(&self) -> bool {
        self.open
    }

    fn see(&mut self, text: &'t str, tokens: &[Token], at: usize) {
        let Some(&token) = tokens.get(at) else { return };
        let was_type_mark = std::mem::take(&mut self.after_type_mark);
        let was_generic = std::mem::take(&mut self.generic);
        let before = std::mem::take(&mut self.before);
        self.value_follows &= matches!(token.kind, Kind::Word | Kind::Dot);
        self.open = false;
        match token.kind {
            Kind::Word => {
                let word = token.text(text);
                self.generic = was_type_mark && matches!(word, "list" | "money");
                if self.due == Due::Operator && (glued_to_name(tokens, at) || is_currency(text, tokens, at)) {
                    return;
                }
                self.patterns |= self.due == Due::Verb && matches!(word, "invokes" | "on" | "tools");
                self.before = Before { word, is_verb: self.due == Due::Verb };
                self.see_word(before, word, next_on_line(text, tokens, at + 1));
            }
            Kind::Dot => self.due = Due::Member,
            Kind::OpenParen | Kind::OpenBracket | Kind::Comma | Kind::Assign | Kind::Colon => {
                self.after_type_mark = token.kind == Kind::Colon;
                self.expect_more();
            }
            Kind::OpenBrace => self.due = Due::Verb,
            Kind::Arrow | Kind::Bar => self.expect_more(),
            Kind::Less if was_generic => {
                self.angles += 1;
                self.after_type_mark = true;
                self.expect_more();
            }
            Kind::Greater if self.angles > 0 => {
                self.angles -= 1;
                self.due = Due::Operator;
            }
            // Where an operand is due, a star is a pattern: `invokes *`.
            Kind::Star if self.due != Due::Operator || glued_to_name(tokens, at) => self.due = Due::Operator,
            Kind::Star
                if follows(tokens, at, |kind| kind == Kind::Number)
                    && self.in_pattern(text, tokens, at - 1) =>
            {
                self.due = Due::Operator;
            }
            kind if is_infix_symbol(kind) => self.expect_more(),
            _ => self.due = Due::Operator,
        }
    }

    fn see_word(&mut self, before: Before<'_>, word: &str, next: Option<(Kind, &str)>) {
        if before.word == "expect" && word == "remaining" {
            self.value_follows = true;
        } else if self.due == Due::Operator && std::mem::take(&mut self.value_follows) {
            self.due = Due::Operand;
        }
        self.due = match self.due {
            Due::Verb => Due::Operand,
            Due::Member => Due::Operator,
            Due::Operand if leads_to_operand(before, word, next) => Due::Operand,
            Due::Operand => Due::Operator,
            // `with no PAST since` ends with a word of its own.
            Due::Operator if word == "since" => Due::Operator,
            Due::Operator => {
                self.open = INFIX_WORDS.contains(&word);
                Due::Operand
            }
        };
    }

    /// Whether the number at `at`, directly before a star, is part of a tool pattern: `invokes 2*`, `{a, b}2*`, `2x*`.
    fn in_pattern(&self, text: &str, tokens: &[Token], at: usize) -> bool {
        let has_letters =
            tokens.get(at).is_some_and(|number| number.text(text).contains(char::is_alphabetic));
        self.patterns
            || has_letters
            || glued_to_name(tokens, at)
            || follows(tokens, at, |kind| kind == Kind::Dot)
    }

    fn expect_more(&mut self) {
        self.due = Due::Operand;
        self.open = true;
    }
}

/// `get_*`, `{a, b}in`: a star or a word that is part of a tool pattern, not an operator.
fn glued_to_name(tokens: &[Token], at: usize) -> bool {
    follows(tokens, at, |kind| matches!(kind, Kind::Word | Kind::CloseBrace | Kind::Star | Kind::String))
}

/// Whether the token stands directly behind one of a certain kind.
fn follows(tokens: &[Token], at: usize, is_wanted: impl Fn(Kind) -> bool) -> bool {
    at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| is_wanted(before.kind))
}

/// `USD` in `5 USD`: part of the operand before it.
fn is_currency(text: &str, tokens: &[Token], at: usize) -> bool {
    let [.., number, blank, word] = tokens.get(..=at).unwrap_or_default() else { return false };
    let letters = word.text(text);
    number.kind == Kind::Number
        && blank.text(text) == " "
        && letters.len() == 3
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The next token on the line, if an operand can begin with it.
fn next_on_line<'t>(text: &'t str, tokens: &[Token], from: usize) -> Option<(Kind, &'t str)> {
    let next = tokens.get(from..).unwrap_or_default().iter().find(|token| token.kind != Kind::Blank)?;
    let begins = matches!(
        next.kind,
        Kind::Word
            | Kind::Number
            | Kind::String
            | Kind::Command
            | Kind::OpenParen
            | Kind::OpenBracket
            | Kind::OpenBrace
    );
    begins.then(|| (next.kind, next.text(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::lex;

    /// The view with separators shown as `;` and runs of blanks as one.
    fn view(text: &str) -> String {
        let layout = layout(text, lex(text));
        assert_eq!(layout.view.len(), text.len());
        layout.view.replace('\n', ";").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn continuing_words_join_lines() {
        assert_eq!(view("require a\n  because \"x\"\ndeny"), "require a because \"x\";deny");
        assert_eq!(view("a\n// note\n\n and b\nc"), "a and b;c");
    }

    #[test]
    fn open_ends_join_lines() {
        assert_eq!(view("f(\n a,\n b\n)\nc =\n d"), "f( a, b );c = d");
        assert_eq!(view("require x and\n y\nrequire y"), "require x and y;require y");
    }

    #[test]
    fn when_never_continues() {
        assert_eq!(view("challenge m\nwhen x {"), "challenge m;when x {");
    }

    #[test]
    fn a_word_at_the_end_is_an_operator_only_where_one_is_due() {
        assert_eq!(view("amount in\nrequire in in in\nrequire x"), "amount in;require in in in;require x");
        assert_eq!(view("require args.and\nx"), "require args.and;x");
        assert_eq!(view("sends to mail at in\nx"), "sends to mail at in;x");
    }

    #[test]
    fn parameters_may_be_called_like_words_that_lead_to_operands() {
        assert_eq!(view("require x in to and\n y\nz"), "require x in to and y;z");
        assert_eq!(view("require to in xs and\n y\nz"), "require to in xs and y;z");
        assert_eq!(view("require cost > all or\n y\nz"), "require cost > all or y;z");
        assert_eq!(view("require x == first and\n y\nz"), "require x == first and y;z");
        assert_eq!(view("require latest pay and\n y\nz"), "require latest pay and y;z");
        assert_eq!(view("require x > 5 USD and\n y\nz"), "require x > 5 USD and y;z");
        assert_eq!(
            view("require after p within 5m with no q since and\n y\nz"),
            "require after p within 5m with no q since and y;z"
        );
    }

    #[test]
    fn names_may_be_called_like_operators() {
        assert_eq!(view("guarded label or\nx"), "guarded label or;x");
        assert_eq!(view("calls above 5 then suspend in\nx"), "calls above 5 then suspend in;x");
        assert_eq!(view("call t expect challenge or\nx"), "call t expect challenge or;x");
        assert_eq!(
            view("call t expect remaining a.b true or\n x\ny"),
            "call t expect remaining a.b true or x;y"
        );
        assert_eq!(view("denials at most in\nx"), "denials at most in;x");
        assert_eq!(view("call t fails returns to\n and\n y\nz"), "call t fails returns to and y;z");
        assert_eq!(view("binds is\nshows a, or\nsends to and\nx"), "binds is;shows a, or;sends to and;x");
    }

    #[test]
    fn a_pattern_may_be_a_star() {
        assert_eq!(view("invokes *\ninvokes a, *\nx"), "invokes *;invokes a, *;x");
        assert_eq!(view("invokes {a, b}in\ninvokes 2x*\nx"), "invokes {a, b}in;invokes 2x*;x");
        assert_eq!(view("require a *\n b\nx"), "require a * b;x");
    }

    #[test]
    fn type_brackets_and_patterns_are_no_operators() {
        assert_eq!(
            view("param p: money<USD>\nparam q: list<list<id>>\nx"),
            "param p: money<USD>;param q: list<list<id>>;x"
        );
        assert_eq!(view("invokes crm.*\ninvokes get_*\nx"), "invokes crm.*;invokes get_*;x");
        assert_eq!(view("require a >\n b"), "require a > b");
    }

    #[test]
    fn strange_characters_become_blanks() {
        assert_eq!(view("a # b \"\nc /* d\ne */ f"), "a ;c f");
        assert_eq!(view("x in 'é' or 'a\"b'"), "x in \"é\" or");
        assert_eq!(view("require\u{a0}x § y"), "require x y");
    }
}
