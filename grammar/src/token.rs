//! Text to tokens: lossless, so that the token texts in a row are the text again.
//!
//! Whatever has no form of its own becomes an [`Kind::Error`] token; the lexer never fails and never loses a byte.
//!
//! Which characters make a word is decided by pest's Unicode tables, here as in the grammar. The tables that come with
//! logos are of another Unicode version and differ in some 17,000 characters, so its patterns below are ASCII, and
//! callbacks read on from there.

use logos::{Lexer, Logos};
use pest::unicode::{XID_CONTINUE, XID_START};

/// What a token is. Words are not told apart here: they are soft, and only the grammar knows where one means something.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[logos(error = ())]
pub enum Kind {
    /// Spaces and tabs.
    #[regex(r"[ \t]+")]
    Blank,
    /// A line end, LF or CRLF.
    #[regex(r"\r?\n")]
    Newline,
    /// `//` to the end of the line.
    #[token("//", to_line_end)]
    Comment,
    /// `///` to the end of the line: belongs to what follows.
    Doc,
    /// `//!` to the end of the line: belongs to the file.
    InnerDoc,
    /// A name or a word of the language.
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*", rest_of_word)]
    #[regex(r"[^\x00-\x7F]", word_beyond_ascii)]
    Word,
    /// Anything that begins with a digit or `$`: integers, decimals, money, durations, dates, times of day.
    #[regex(r"\$?[0-9][A-Za-z0-9_]*(\.[0-9][A-Za-z0-9_]*)?", rest_of_number)]
    #[regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", priority = 20)]
    #[regex(r"[0-9]{2}:[0-9]{2}", priority = 20)]
    #[regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+\-][0-9]{2}:[0-9]{2})",
        priority = 20
    )]
    Number,
    /// Text in double quotes, on one line.
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*""#)]
    String,
    /// A command pattern in backticks, on one line.
    #[regex(r"`[^`\r\n]*`")]
    Command,
    /// A regular expression between slashes; only after `matches`, or after `id` where a type stands.
    Regex,
    #[allow(missing_docs)]
    #[token("(")]
    OpenParen,
    #[allow(missing_docs)]
    #[token(")")]
    CloseParen,
    #[allow(missing_docs)]
    #[token("[")]
    OpenBracket,
    #[allow(missing_docs)]
    #[token("]")]
    CloseBracket,
    #[allow(missing_docs)]
    #[token("{")]
    OpenBrace,
    #[allow(missing_docs)]
    #[token("}")]
    CloseBrace,
    #[allow(missing_docs)]
    #[token(",")]
    Comma,
    #[allow(missing_docs)]
    #[token(";")]
    Semicolon,
    #[allow(missing_docs)]
    #[token(":")]
    Colon,
    #[allow(missing_docs)]
    #[token(".")]
    Dot,
    /// `..`
    #[token("..")]
    DotDot,
    /// `...`
    #[token("...")]
    Ellipsis,
    /// `?`
    #[token("?")]
    Question,
    /// `|`
    #[token("|")]
    Bar,
    /// `->`
    #[token("->")]
    Arrow,
    /// `=`
    #[token("=")]
    Assign,
    /// `==`
    #[token("==")]
    Equal,
    /// `!=`
    #[token("!=")]
    NotEqual,
    /// `<`
    #[token("<")]
    Less,
    /// `<=`
    #[token("<=")]
    LessEqual,
    /// `>`
    #[token(">")]
    Greater,
    /// `>=`
    #[token(">=")]
    GreaterEqual,
    /// `??`
    #[token("??")]
    Coalesce,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `*`
    #[token("*")]
    Star,
    /// `/`
    #[token("/")]
    Slash,
    /// A character that begins nothing, a string or command without its end, or what other languages write for comments and
    /// text: `# …`, `/* … */` and `'…'`.
    Error,
}

impl Kind {
    /// Blanks, line ends and comments: what the grammar does not see.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Blank | Self::Newline | Self::Comment | Self::Doc | Self::InnerDoc)
    }

    /// Comments of all three kinds.
    #[must_use]
    pub fn is_comment(self) -> bool {
        matches!(self, Self::Comment | Self::Doc | Self::InnerDoc)
    }

    /// `(`, `[` or `{`.
    #[must_use]
    pub fn opens(self) -> bool {
        matches!(self, Self::OpenParen | Self::OpenBracket | Self::OpenBrace)
    }

    /// `)`, `]` or `}`.
    #[must_use]
    pub fn closes(self) -> bool {
        matches!(self, Self::CloseParen | Self::CloseBracket | Self::CloseBrace)
    }
}

/// A piece of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset just past its last byte.
    pub end: u32,
}

impl Token {
    /// Its characters.
    #[must_use]
    pub fn text(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Cuts a text into tokens that cover it without gaps.
///
/// The text must be shorter than [`MAX_FILE_BYTES`](crate::MAX_FILE_BYTES); what lies beyond 4 GiB is not seen.
#[must_use]
pub fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Kind::lexer(text);
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 4);
    let mut before = Before::default();
    let mut strange = Strange::default();
    while let Some(result) = lexer.next() {
        let mut kind = result.unwrap_or(Kind::Error);
        if kind == Kind::Comment {
            kind = comment_kind(lexer.slice());
        }
        let begins_comment = kind == Kind::Slash && lexer.remainder().starts_with('*');
        if begins_comment {
            kind = Kind::Error;
        }
        // The characters of a run that begins nothing come one by one; together they are one mistake.
        let joins = kind == Kind::Error && !strange.takes_more(&mut lexer);
        if kind == Kind::Slash
            && before.allows_regex()
            && let Some(length) = regex_rest(lexer.remainder())
        {
            lexer.bump(length);
            kind = Kind::Regex;
        }
        let span = lexer.span();
        let (start, end) =
            (u32::try_from(span.start).unwrap_or(u32::MAX), u32::try_from(span.end).unwrap_or(u32::MAX));
        before.see(kind, lexer.slice());
        match tokens.last_mut() {
            Some(last) if joins && strange.in_run => last.end = end,
            _ => tokens.push(Token { kind, start, end }),
        }
        strange.in_run = joins;
    }
    tokens
}

/// What stands in a text without being part of the language.
#[derive(Default)]
struct Strange {
    /// The last token is a run of characters that begin nothing.
    in_run: bool,
    /// No `*/` follows.
    no_more_ends: bool,
}

impl Strange {
    /// Reads on where a character is the first of a longer mistake, and says whether it is one.
    fn takes_more(&mut self, lexer: &mut Lexer<'_, Kind>) -> bool {
        let rest = lexer.remainder();
        match lexer.slice() {
            "/" => {
                // A comment without its end is not the rest of the file.
                let end =
                    if self.no_more_ends { None } else { rest.get(1..).and_then(|rest| rest.find("*/")) };
                self.no_more_ends = end.is_none();
                match end {
                    Some(end) => lexer.bump(end + 3),
                    None => to_line_end(lexer),
                }
            }
            "'" => {
                let end = rest.find(['\'', '\n', '\r']);
                match end.filter(|&end| rest.as_bytes().get(end) == Some(&b'\'')) {
                    Some(end) => lexer.bump(end + 1),
                    None => return false,
                }
            }
            // A string or command without its end, and a comment: the rest of the line is part of the mistake.
            slice if slice.starts_with(['"', '`', '#']) => to_line_end(lexer),
            _ => return false,
        }
        true
    }
}

fn comment_kind(text: &str) -> Kind {
    match text.as_bytes().get(2..4) {
        Some(b"//") => Kind::Comment,
        _ if text.starts_with("///") => Kind::Doc,
        _ if text.starts_with("//!") => Kind::InnerDoc,
        _ => Kind::Comment,
    }
}

/// What stood before, as far as it decides whether `/` begins a regular expression.
#[derive(Default)]
enum Before {
    #[default]
    Other,
    /// `:` or `<`: a type may follow.
    TypeMark,
    /// `id` after a type mark, or `matches`.
    RegexWord,
}

impl Before {
    fn allows_regex(&self) -> bool {
        matches!(self, Self::RegexWord)
    }

    fn see(&mut self, kind: Kind, text: &str) {
        *self = match kind {
            // The line may be broken there, and commented.
            kind if kind.is_trivia() => return,
            Kind::Colon | Kind::Less => Self::TypeMark,
            Kind::Word if text == "matches" => Self::RegexWord,
            Kind::Word if text == "id" && matches!(self, Self::TypeMark) => Self::RegexWord,
            _ => Self::Other,
        };
    }
}

/// Length of the rest of a regular expression whose first slash has been read, if it ends on this line.
fn regex_rest(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'\n' | b'\r' => return None,
            b'/' if !escaped => return (at > 0).then_some(at + 1),
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    None
}

/// Reads on while characters continue a word.
fn rest_of_word(lexer: &mut Lexer<'_, Kind>) {
    let rest = lexer.remainder();
    // Nearly every word ends before the next character, which is ASCII; the table need not be asked.
    let continues =
        |c: char| if c.is_ascii() { c == '_' || c.is_ascii_alphanumeric() } else { XID_CONTINUE(c) };
    lexer.bump(rest.find(|c: char| !continues(c)).unwrap_or(rest.len()));
}

/// A word whose first character is not ASCII; false, which makes an error token, if that character begins none.
fn word_beyond_ascii(lexer: &mut Lexer<'_, Kind>) -> bool {
    let begins = lexer.slice().starts_with(XID_START);
    if begins {
        rest_of_word(lexer);
    }
    begins
}

/// A number is followed by word characters (a unit, or a mistake that is reported as a whole) and may go on in a
/// fraction after them.
fn rest_of_number(lexer: &mut Lexer<'_, Kind>) {
    rest_of_word(lexer);
    let fraction = !lexer.slice().contains('.') && {
        let mut rest = lexer.remainder().bytes();
        rest.next() == Some(b'.') && rest.next().is_some_and(|byte| byte.is_ascii_digit())
    };
    if fraction {
        lexer.bump(2);
        rest_of_word(lexer);
    }
}

fn to_line_end(lexer: &mut Lexer<'_, Kind>) {
    let rest = lexer.remainder();
    let end = rest.find('\n').unwrap_or(rest.len());
    let end = if end > 0 && rest.len() > end && rest.as_bytes().get(end - 1) == Some(&b'\r') {
        end - 1
    } else {
        end
    };
    lexer.bump(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        lex(text).into_iter().filter(|t| t.kind != Kind::Blank).map(|t| (t.kind, t.text(text))).collect()
    }

    #[test]
    fn numbers_of_every_form_are_one_token() {
        for text in [
            "5",
            "80_000",
            "$0.75",
            "24h",
            "1h30m",
            "2026-12-18",
            "09:00",
            "2026-12-18T10:00:00.5+01:00",
            "12abc",
        ] {
            assert_eq!(kinds(text), [(Kind::Number, text)]);
        }
        assert_eq!(kinds("0..").len(), 2);
    }

    #[test]
    fn a_slash_is_a_regex_only_where_one_may_stand() {
        assert_eq!(kinds("x matches /a\\/b/")[2], (Kind::Regex, "/a\\/b/"));
        assert_eq!(kinds("x: id /[0-9]+/,")[3], (Kind::Regex, "/[0-9]+/"));
        assert_eq!(kinds("project / id / x")[3], (Kind::Slash, "/"));
        assert_eq!(kinds("matches / x")[1], (Kind::Slash, "/"));
        assert_eq!(kinds("x matches // note\n  /\"/")[4], (Kind::Regex, "/\"/"));
    }

    #[test]
    fn comments_end_before_the_line_end() {
        assert_eq!(
            kinds("// é\r\n/// d\n//! i\n////x"),
            [
                (Kind::Comment, "// é"),
                (Kind::Newline, "\r\n"),
                (Kind::Doc, "/// d"),
                (Kind::Newline, "\n"),
                (Kind::InnerDoc, "//! i"),
                (Kind::Newline, "\n"),
                (Kind::Comment, "////x"),
            ]
        );
    }

    #[test]
    fn an_open_string_is_an_error_and_the_rest_lives() {
        let all = kinds("a \"open\nb");
        assert_eq!(all[0], (Kind::Word, "a"));
        assert!(all.iter().any(|(kind, _)| *kind == Kind::Error));
        assert_eq!(all.last(), Some(&(Kind::Word, "b")));
    }
}
