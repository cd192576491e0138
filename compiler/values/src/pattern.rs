//! Regular expressions that always match as a whole and always in linear time.
//!
//! `\d`, `\w`, `\s` and `\b` mean ASCII, as in JSON Schema: a rule that asks for four digits means `1234`, and whoever reads the
//! value behind the gate may not understand `١٢٣٤`, or understand something else. `\p{…}` names wider classes.

use std::convert::Infallible;
use std::fmt;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::{self, AssertionKind, Ast, ClassPerlKind, ClassSetItem};

/// A compiled pattern. It matches the whole text or nothing: `/[0-9]+/` does not match `x1`.
#[derive(Clone)]
pub struct Pattern(Box<Parts>);

#[derive(Clone)]
struct Parts {
    source: Box<str>,
    regex: Regex,
}

/// Why a pattern does not compile.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PatternError {
    /// It cannot be read.
    Syntax {
        /// What is wrong, in plain words.
        message: Box<str>,
        /// The byte of the pattern at which it goes wrong.
        offset: usize,
    },
    /// Look-around or a back-reference: neither has a linear-time match.
    NotLinear {
        /// The byte at which it starts.
        offset: usize,
    },
    /// Longer than 4,096 bytes, or larger than a megabyte when compiled.
    TooLarge,
}

/// The longest pattern, in bytes.
const TEXT_LIMIT: usize = 4096;
/// The largest compiled pattern, and the largest cache of a match, in bytes.
const COMPILED_LIMIT: usize = 1 << 20;
/// How deep groups may nest.
const NEST_LIMIT: u32 = 64;

impl Pattern {
    /// Compiles the text between the slashes.
    pub fn new(source: &str) -> Result<Pattern, PatternError> {
        if source.len() > TEXT_LIMIT {
            return Err(PatternError::TooLarge);
        }
        // Read on its own first: then no unbalanced bracket in it can break out of the anchors around it.
        let read = ast::parse::ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(source);
        let ascii = ascii(source, &read.map_err(syntax)?);
        let regex = RegexBuilder::new(&format!(r"\A(?:{ascii})\z"))
            .size_limit(COMPILED_LIMIT)
            .dfa_size_limit(COMPILED_LIMIT)
            .nest_limit(NEST_LIMIT + 4)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
                error => PatternError::Syntax { message: last_line(&error.to_string()), offset: 0 },
            })?;
        Ok(Pattern(Box::new(Parts { source: source.into(), regex })))
    }

    /// Whether the whole text has this form.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.regex.is_match(text)
    }

    /// The text between the slashes.
    pub fn source(&self) -> &str {
        &self.0.source
    }
}

/// The pattern with its classes of characters spelled out in ASCII.
fn ascii(source: &str, read: &Ast) -> String {
    struct Classes(Vec<(ast::Span, &'static str)>);
    impl Classes {
        fn add(&mut self, class: &ast::ClassPerl) {
            let letters = match (&class.kind, class.negated) {
                (ClassPerlKind::Digit, false) => "[0-9]",
                (ClassPerlKind::Digit, true) => "[^0-9]",
                (ClassPerlKind::Space, false) => r"[\t-\r\x20]",
                (ClassPerlKind::Space, true) => r"[^\t-\r\x20]",
                (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
                (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
            };
            self.0.push((class.span, letters));
        }
    }
    impl ast::Visitor for Classes {
        type Output = Vec<(ast::Span, &'static str)>;
        type Err = Infallible;
        fn finish(self) -> Result<Self::Output, Infallible> {
            Ok(self.0)
        }
        fn visit_pre(&mut self, part: &Ast) -> Result<(), Infallible> {
            match part {
                Ast::ClassPerl(class) => self.add(class),
                Ast::Assertion(at) if at.kind == AssertionKind::WordBoundary => {
                    self.0.push((at.span, r"(?-u:\b)"));
                }
                _ => {}
            }
            Ok(())
        }
        fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Infallible> {
            if let ClassSetItem::Perl(class) = item {
                self.add(class);
            }
            Ok(())
        }
    }
    let Ok(mut classes) = ast::visit(read, Classes(Vec::new()));
    classes.sort_by_key(|(span, _)| span.start.offset);
    let (mut out, mut from) = (String::with_capacity(source.len()), 0);
    for (span, class) in classes {
        out.push_str(source.get(from..span.start.offset).unwrap_or_default());
        out.push_str(class);
        from = span.end.offset;
    }
    out.push_str(source.get(from..).unwrap_or_default());
    out
}

fn syntax(error: ast::Error) -> PatternError {
    let offset = error.span().start.offset;
    match error.kind() {
        ast::ErrorKind::UnsupportedLookAround | ast::ErrorKind::UnsupportedBackreference => {
            PatternError::NotLinear { offset }
        }
        kind => PatternError::Syntax { message: kind.to_string().into(), offset },
    }
}

/// The engine reports a picture of the pattern; its last line says what is wrong.
fn last_line(report: &str) -> Box<str> {
    let line = report.lines().next_back().unwrap_or(report);
    line.strip_prefix("error: ").unwrap_or(line).into()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.0.source)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.source)
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternError::Syntax { message, offset } => write!(f, "{message} (at byte {offset})"),
            PatternError::NotLinear { offset } => {
                write!(f, "look-around and back-references are not linear-time (at byte {offset})")
            }
            PatternError::TooLarge => f.write_str("the pattern is too large"),
        }
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().is_match(text)
    }

    #[test]
    fn the_whole_text_counts() {
        assert!(matches("[0-9a-f]{4}", "00ff"));
        assert!(!matches("[0-9a-f]{4}", "00ff0"));
        assert!(!matches("a|b", "ab"));
        assert!(!matches("a|b", "xb"));
        assert!(!matches("a", "a\n"));
        assert!(!matches("(?m)^a$", "x\na\ny"));
        assert!(matches("", ""));
        assert!(!matches("", "x"));
    }

    #[test]
    fn classes_mean_ascii() {
        for (pattern, text) in [
            (r"\d{4}", "1234"),
            (r"[\d.]+", "1.2"),
            (r"[^\D5]", "4"),
            (r"\w+", "aZ_9"),
            (r"a\sb", "a\tb"),
            (r"\S+\b", "é!x"),
            (r"\D\W", "١é"),
            (r"[[\w]&&[^x]]", "y"),
            ("(?x) \\d # \\d\n", "1"),
            (r"\\d", r"\d"),
            (r"\p{Nd}", "١"),
            (r"x\b", "x"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            (r"\d{4}", "١٢٣٤"),
            (r"\d{4}", "１２３４"),
            (r"[\d.]", "𝟒"),
            (r"\w", "é"),
            (r"a\sb", "a\u{a0}b"),
            (r"[^\D5]", "5"),
            ("(?x) \\d # \\d\n", "11"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn nothing_breaks_out_of_the_anchors() {
        for source in ["a)|(?:b", "(?x) a # comment", "a\\", "(?:a", "a)"] {
            assert!(Pattern::new(source).is_err(), "{source}");
        }
        assert!(!matches("(?x) a # comment\n", "xay"));
    }

    #[test]
    fn errors_say_where() {
        let offset = |source| match Pattern::new(source) {
            Err(PatternError::Syntax { offset, .. }) => Some(offset),
            _ => None,
        };
        assert_eq!(offset("ab[c"), Some(2));
        assert_eq!(offset("a{3,1}"), Some(1));
        assert_eq!(Pattern::new("a(?=b)"), Err(PatternError::NotLinear { offset: 1 }));
        assert_eq!(Pattern::new("(a)\\1"), Err(PatternError::NotLinear { offset: 3 }));
        assert_eq!(Pattern::new("(a{100}){100}{100}"), Err(PatternError::TooLarge));
        assert_eq!(Pattern::new(&"a".repeat(5000)), Err(PatternError::TooLarge));
        assert!(Pattern::new(&"(".repeat(200)).is_err());
        assert!(matches!(Pattern::new("\\p{Nope}"), Err(PatternError::Syntax { .. })));
    }

    #[test]
    fn hard_patterns_stay_fast() {
        let text = "a".repeat(20_000);
        assert!(!matches("(a*)*b", &text));
        assert!(!matches("(a|aa)+b", &text));
    }

    proptest! {
        #[test]
        fn literals_match_themselves_alone(text in "[a-z0-9 .]{0,20}", extra in "[a-z]") {
            let pattern = Pattern::new(&regex::escape(&text)).unwrap();
            prop_assert!(pattern.is_match(&text));
            let (after, before) = (format!("{text}{extra}"), format!("{extra}{text}"));
            prop_assert!(!pattern.is_match(&after) && !pattern.is_match(&before));
        }

        #[test]
        fn arbitrary_text_is_an_answer(source in r"[a-z(){}\[\]|*+?\\.^$,0-9#-]{0,20}|.{0,20}") {
            let _ = Pattern::new(&source);
        }
    }
}
