//! What all builders share: a cursor over pest's pairs, spans, names and text.

use agentpass_grammar::{FileId, Rule, Span};
use pest::iterators::{Pair, Pairs};

use crate::ast;
use crate::diagnostics::{Diagnostic, problems::syntax as problem};

/// Builds the tree of one item.
pub(super) struct Builder<'t> {
    /// The file the item is in.
    pub(super) file: FileId,
    /// Offset of the item's view in the file.
    pub(super) base: u32,
    /// How many operators the outermost expression has so far, and how deep the one at hand stands in it.
    pub(super) operators: usize,
    pub(super) nesting: usize,
    /// What was found on the way.
    pub(super) problems: &'t mut Vec<Diagnostic>,
}

/// A cursor over the children of a pair. Words and marks of the language are skipped unless they are asked for.
pub(super) struct Cursor<'i> {
    pairs: Pairs<'i, Rule>,
}

pub(super) fn children(pair: Pair<'_, Rule>) -> Cursor<'_> {
    Cursor { pairs: pair.into_inner() }
}

fn is_word_of_the_language(rule: Rule) -> bool {
    (Rule::kw_above..=Rule::brace_open).contains(&rule)
}

impl<'i> Cursor<'i> {
    /// The next child that is not a word of the language.
    pub(super) fn next(&mut self) -> Option<Pair<'i, Rule>> {
        self.pairs.by_ref().find(|pair| !is_word_of_the_language(pair.as_rule()))
    }

    /// The next child if it is of this rule.
    pub(super) fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        while let Some(pair) = self.pairs.peek() {
            if pair.as_rule() == rule {
                return self.pairs.next();
            }
            if !is_word_of_the_language(pair.as_rule()) {
                return None;
            }
            self.pairs.next();
        }
        None
    }

    /// True if the next child is this word of the language, which is then passed over.
    pub(super) fn word(&mut self, rule: Rule) -> bool {
        let found = self.pairs.peek().is_some_and(|pair| pair.as_rule() == rule);
        if found {
            self.pairs.next();
        }
        found
    }

    /// All that is left, without words of the language.
    pub(super) fn rest(mut self) -> impl Iterator<Item = Pair<'i, Rule>> {
        std::iter::from_fn(move || self.next())
    }
}

impl Builder<'_> {
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        // pest counts the blanks before a following optional part into a pair; they say nothing.
        let length = span.as_str().trim_end_matches([' ', '\t', '\n', ';']).len();
        let start = u32::try_from(span.start()).unwrap_or(u32::MAX).saturating_add(self.base);
        Span::new(self.file, start, start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)))
    }

    /// The first word of a clause.
    pub(super) fn verb(&self, pair: &Pair<'_, Rule>) -> Span {
        let whole = self.span(pair);
        let word = pair.as_str().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        Span::new(whole.file, whole.start, whole.start + u32::try_from(word.len()).unwrap_or(0))
    }

    pub(super) fn name(&self, pair: &Pair<'_, Rule>) -> ast::Name {
        ast::Spanned::new(pair.as_str().to_owned(), self.span(pair))
    }

    pub(super) fn take_name(&self, cursor: &mut Cursor<'_>) -> Option<ast::Name> {
        cursor.take(Rule::name).map(|pair| self.name(&pair))
    }

    /// A name that may stand behind the prefix of its module: `crm.privacy`.
    pub(super) fn take_referred(&self, cursor: &mut Cursor<'_>) -> Option<ast::Name> {
        cursor.take(Rule::referred).map(|pair| self.referred(pair))
    }

    /// Every child that is one.
    pub(super) fn all_referred(&self, cursor: Cursor<'_>) -> Vec<ast::Name> {
        cursor
            .rest()
            .filter(|pair| pair.as_rule() == Rule::referred)
            .map(|pair| self.referred(pair))
            .collect()
    }

    fn referred(&self, pair: Pair<'_, Rule>) -> ast::Name {
        let span = self.span(&pair);
        let words: Vec<&str> = pair.into_inner().map(|word| word.as_str()).collect();
        ast::Spanned::new(words.join("."), span)
    }

    /// Every child that is a name.
    pub(super) fn names(&self, cursor: Cursor<'_>) -> Vec<ast::Name> {
        cursor.rest().filter(|pair| pair.as_rule() == Rule::name).map(|pair| self.name(&pair)).collect()
    }

    /// A `dotted` or `path` pair.
    pub(super) fn path(&self, pair: Pair<'_, Rule>) -> ast::Path {
        let span = self.span(&pair);
        ast::Path { words: pair.into_inner().map(|word| self.name(&word)).collect(), span }
    }

    pub(super) fn take_path(&self, cursor: &mut Cursor<'_>) -> Option<ast::Path> {
        let pair = cursor.take(Rule::dotted).or_else(|| cursor.take(Rule::path))?;
        Some(self.path(pair))
    }

    pub(super) fn paths(&self, cursor: Cursor<'_>) -> Vec<ast::Path> {
        cursor.rest().map(|pair| self.path(pair)).collect()
    }

    /// A `keys` pair.
    pub(super) fn keys(&self, pair: Pair<'_, Rule>) -> Vec<ast::Path> {
        self.paths(children(pair))
    }

    /// Any literal, as it is written.
    pub(super) fn raw(&self, pair: &Pair<'_, Rule>) -> ast::Text {
        ast::Spanned::new(pair.as_str().to_owned(), self.span(pair))
    }

    pub(super) fn take_raw(&self, cursor: &mut Cursor<'_>, rule: Rule) -> Option<ast::Text> {
        cursor.take(rule).map(|pair| self.raw(&pair))
    }

    /// A string without its quotes, decoded.
    pub(super) fn text(&mut self, pair: &Pair<'_, Rule>) -> ast::Text {
        let span = self.span(pair);
        let inner = pair.as_str().get(1..pair.as_str().len().saturating_sub(1)).unwrap_or("");
        let (text, bad) = unescape(inner);
        for range in bad {
            let at = |offset: usize| span.start + 1 + u32::try_from(offset).unwrap_or(0);
            self.problems.push(problem::bad_escape(Span::new(span.file, at(range.start), at(range.end))));
        }
        ast::Spanned::new(text, span)
    }

    pub(super) fn take_text(&mut self, cursor: &mut Cursor<'_>) -> Option<ast::Text> {
        let pair = cursor.take(Rule::string)?;
        Some(self.text(&pair))
    }

    pub(super) fn texts(&mut self, cursor: Cursor<'_>) -> Vec<ast::Text> {
        let mut texts = Vec::new();
        for pair in cursor.rest() {
            if pair.as_rule() == Rule::string {
                texts.push(self.text(&pair));
            }
        }
        texts
    }

    /// A command or regular expression without its delimiters.
    pub(super) fn between(&self, pair: &Pair<'_, Rule>) -> ast::Text {
        let inner = pair.as_str().get(1..pair.as_str().len().saturating_sub(1)).unwrap_or("");
        ast::Spanned::new(inner.to_owned(), self.span(pair))
    }

    pub(super) fn int(&mut self, pair: &Pair<'_, Rule>) -> ast::Spanned<i64> {
        let span = self.span(pair);
        let digits: String = pair.as_str().chars().filter(|&c| c != '_').collect();
        let value = digits.parse().unwrap_or_else(|_| {
            self.problems.push(problem::number_too_large(span));
            i64::MAX
        });
        ast::Spanned::new(value, span)
    }

    pub(super) fn take_int(&mut self, cursor: &mut Cursor<'_>) -> Option<ast::Spanned<i64>> {
        let pair = cursor.take(Rule::integer)?;
        Some(self.int(&pair))
    }
}

/// Decodes the inside of a string; also says where escapes are that do not exist.
pub(super) fn unescape(inner: &str) -> (String, Vec<std::ops::Range<usize>>) {
    let mut text = String::with_capacity(inner.len());
    let mut bad = Vec::new();
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(rest.get(..at).unwrap_or(""));
        let offset = inner.len() - rest.len() + at;
        let after = rest.get(at + 1..).unwrap_or("");
        let (decoded, length) = match after.chars().next() {
            Some('n') => (Some('\n'), 1),
            Some('t') => (Some('\t'), 1),
            Some(c @ ('"' | '\\')) => (Some(c), 1),
            Some('u') => {
                let digits =
                    after.strip_prefix("u{").and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
                let decoded = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).and_then(char::from_u32);
                (decoded, digits.map_or(1, |digits| digits.len() + 3))
            }
            Some(c) => (None, c.len_utf8()),
            None => (None, 0),
        };
        match decoded {
            Some(c) => text.push(c),
            None => bad.push(offset..offset + 1 + length),
        }
        rest = after.get(length..).unwrap_or("");
    }
    text.push_str(rest);
    (text, bad)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes() {
        assert_eq!(unescape(r#"a\n\"\\\u{1F600}"#), ("a\n\"\\😀".to_owned(), vec![]));
        assert_eq!(unescape(r"a\q\u{110000}é\é"), ("aé".to_owned(), vec![1..3, 3..13, 15..18]));
    }
}
