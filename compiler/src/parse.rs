//! Text to syntax tree. Reads everything it can: a broken item costs its broken clauses, never its neighbours.
//!
//! 1. The grammar crate cuts the text into items.
//! 2. pest reads each item; the builders in this folder make the tree.
//! 3. Of an item that pest refuses, the head and every clause are read by themselves, and what is good is kept
//!    ([`recover`]).
//!
//! [`Cache`] keeps what was made of each item by its text, so that an edit costs one item.

mod build;
pub mod cache;
mod clause;
mod expected;
mod expr;
mod hints;
mod item;
mod lexical;
mod recover;
mod strange;
mod test;
mod types;

use std::ops::Range;

use agentpass_grammar::{
    AgentPassParser, Chunk, Chunks, FileId, Kind, Layout, Rule, Span, Token, chunk, layout, lex,
};
use pest::Parser;
use pest::iterators::Pair;

use crate::ast;
use crate::diagnostics::{Diagnostic, codes, problems::syntax as problem};
use build::Builder;
pub use cache::{Cache, parse_cached};

/// A file that has been read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree of what could be read.
    pub file: ast::File,
    /// What could not, and why.
    pub problems: Vec<Diagnostic>,
    /// Names that items may have declared which could not be read at all: nobody should miss them.
    pub lost: Vec<String>,
    /// The tokens, for whoever needs comments and layout.
    pub layout: Layout,
    /// How the tokens were cut into items.
    pub chunks: Chunks,
}

/// Reads one file.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed {
    parse_with(file, text, |reader, chunk| reader.item(chunk))
}

/// Reads one file; `read` makes the tree of an item.
fn parse_with(
    file: FileId,
    text: &str,
    mut read: impl FnMut(&mut Reader<'_>, &Chunk) -> Option<ast::Item>,
) -> Parsed {
    let layout = layout(text, lex(text));
    let chunks = chunk(text, &layout);
    let mut problems = lexical::problems(file, text, &layout, &chunks);
    let astray = astray(text, &layout, &chunks, &problems);
    let mut items: Vec<ast::Item> = Vec::with_capacity(chunks.items.len());
    let mut good: Vec<Span> = Vec::new();
    let mut lost: Vec<String> = Vec::new();
    let mut is_json = false;
    for item in &chunks.items {
        let (layout, chunks) = (&layout, &chunks);
        let mut reader =
            Reader { file, text, layout, chunks, item: item.tokens.clone(), problems: Vec::new() };
        let whole = reader.span(&item.tokens);
        if layout.tokens.get(item.tokens.start).is_some_and(|token| token.kind == Kind::OpenBrace)
            && let Some(head) = items.last_mut().filter(|item| !item.broken)
        {
            // The block of the item before, on a line of its own: it is read no further.
            head.broken = true;
            let brace = Span::new(file, whole.start, whole.start + 1);
            problems.push(problem::brace_on_next_line(brace, head.span.at_end()));
            continue;
        }
        if items.is_empty()
            && good.is_empty()
            && let Some(first) = layout.tokens.get(item.tokens.start)
            && matches!(first.kind, Kind::OpenBrace | Kind::OpenBracket)
        {
            // One such line or many: it is one mistake.
            if !std::mem::replace(&mut is_json, true) {
                problems.push(problem::looks_like_json(Span::new(file, first.start, first.end)));
            }
            continue;
        }
        if lexical::is_unindented(layout, chunks, whole.start) {
            // A clause of a block that is no item: nobody reads it until it is indented.
            lost.extend(head_names(text, layout.tokens.get(item.tokens.clone()).unwrap_or_default()));
            continue;
        }
        let parsed = read(&mut reader, item);
        match &parsed {
            Some(item) if !item.broken => good.push(whole),
            Some(_) => {}
            None => lost.extend(head_names(text, layout.tokens.get(item.tokens.clone()).unwrap_or_default())),
        }
        // What is wrong with characters or brackets is the cause; what the grammar then says of the same clause is its
        // consequence.
        let block = chunks.unindented.partition_point(|block| block.open < item.tokens.start);
        let lost_its_block = chunks.unindented.get(block).is_some_and(|block| block.open < item.tokens.end);
        let is_known =
            |p: &Diagnostic| p.code == &codes::SYNTAX && (lost_its_block || covers(&astray, p.span.start));
        if problems.len() < 3 * lexical::MOST_PROBLEMS {
            problems.extend(reader.problems.into_iter().filter(|p| !is_known(p)));
        }
        items.extend(parsed);
    }
    // The grammar knows better: in a tool pattern (`2x_*`) a name may begin with a digit.
    problems.retain(|p| {
        let in_good = good.get(good.partition_point(|item| item.end <= p.span.start));
        p.code != &codes::BAD_NUMBER || in_good.is_none_or(|item| item.start > p.span.start)
    });
    let docs = file_docs(file, text, &layout);
    Parsed { file: ast::File { id: file, docs, items }, problems, lost, layout, chunks }
}

/// Where mistakes in characters or brackets can lead the grammar astray: to the end of their clause, and for a brace to
/// the end of its item, since nobody knows where its block ends. Sorted and disjoint.
fn astray(text: &str, layout: &Layout, chunks: &Chunks, problems: &[Diagnostic]) -> Vec<Range<u32>> {
    let separators: Vec<u32> = layout
        .tokens
        .iter()
        .zip(&layout.separates)
        .filter(|(_, separates)| **separates)
        .map(|(token, _)| token.end)
        .collect();
    let end_of = |item: &Chunk| {
        let last = item.tokens.end.checked_sub(1).and_then(|last| layout.tokens.get(last));
        last.map_or(u32::MAX, |token| token.end.saturating_add(1))
    };
    let mut merged: Vec<Range<u32>> = Vec::new();
    for problem in problems {
        let start = problem.span.start;
        let is_brace =
            problem.code == &codes::UNBALANCED_BRACKET && problem.span.text(text).contains(['{', '}']);
        let end = if is_brace {
            chunks
                .items
                .get(chunks.items.partition_point(|item| end_of(item) <= start))
                .map_or(u32::MAX, end_of)
        } else {
            separators
                .get(separators.partition_point(|&end| end <= problem.span.end))
                .copied()
                .unwrap_or(u32::MAX)
        };
        match merged.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => merged.push(start..end),
        }
    }
    merged
}

fn covers(ranges: &[Range<u32>], at: u32) -> bool {
    ranges.get(ranges.partition_point(|range| range.end <= at)).is_some_and(|range| range.start <= at)
}

/// The names in the head of an item, dotted ones as a whole.
fn head_names(text: &str, tokens: &[Token]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut joined = false;
    for token in tokens.iter().take(32) {
        match token.kind {
            Kind::Word if joined => {
                if let Some(name) = names.last_mut() {
                    name.push('.');
                    name.push_str(token.text(text));
                }
                joined = false;
            }
            Kind::Word => names.push(token.text(text).to_owned()),
            Kind::String => names.push(token.text(text).trim_matches('"').to_owned()),
            Kind::Dot => joined = true,
            Kind::OpenParen | Kind::OpenBrace | Kind::Newline => break,
            _ => joined = false,
        }
    }
    names
}

/// Decodes the escapes of a text; those that do not exist are left out (the parser reports them).
#[must_use]
pub(crate) fn unescape(raw: &str) -> String {
    build::unescape(raw).0
}

/// Reads items of one file.
struct Reader<'t> {
    file: FileId,
    text: &'t str,
    layout: &'t Layout,
    chunks: &'t Chunks,
    /// The tokens of the item that is read: what is said about it depends on nothing else.
    item: Range<usize>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn item(&mut self, chunk: &Chunk) -> Option<ast::Item> {
        let span = self.span(&chunk.tokens);
        let docs = self.docs(&chunk.docs);
        let read = self.read(Rule::one_item, &chunk.tokens, |builder, pair| builder.item(pair));
        let (kind, broken) = match read {
            Ok(Some(kind)) => (kind, false),
            Ok(None) => {
                // A builder refused a part: read the parts one by one, so that it costs no more than its clause.
                let found = std::mem::take(&mut self.problems);
                let kind = recover::item(self, &chunk.tokens, None);
                if self.problems.is_empty() {
                    self.problems = found;
                }
                (kind?, true)
            }
            Err(problem) => (recover::item(self, &chunk.tokens, Some(problem))?, true),
        };
        Some(ast::Item { span, docs, broken, kind })
    }

    /// Lets the grammar read a run of tokens by one of its entry rules.
    ///
    /// `Err` where the grammar refuses the text, `Ok(None)` where a builder reported something by itself.
    #[allow(clippy::result_large_err, reason = "made once per mistake, and kept as it is")]
    fn read<T>(
        &mut self,
        start: Rule,
        tokens: &Range<usize>,
        build: impl FnOnce(&mut Builder<'_>, Pair<'_, Rule>) -> Option<T>,
    ) -> Result<Option<T>, Diagnostic> {
        let span = self.span(tokens);
        let view = span.text(&self.layout.view);
        match AgentPassParser::parse(start, view) {
            Ok(mut pairs) => {
                let mut builder = Builder {
                    file: self.file,
                    base: span.start,
                    operators: 0,
                    nesting: 0,
                    problems: &mut self.problems,
                };
                let inner = pairs.next().and_then(|pair| pair.into_inner().next());
                Ok(inner.and_then(|pair| build(&mut builder, pair)))
            }
            Err(error) => {
                let (offset, expected) = expected::describe(&error);
                Err(self.unexpected(
                    start,
                    tokens,
                    span.start + u32::try_from(offset).unwrap_or(0),
                    &expected,
                ))
            }
        }
    }

    /// «expected …, found …» at an offset of the file.
    fn unexpected(&self, start: Rule, tokens: &Range<usize>, offset: u32, expected: &str) -> Diagnostic {
        let range = self.layout.tokens.get(tokens.clone()).unwrap_or_default();
        let found = range.iter().find(|token| token.end > offset && !token.kind.is_trivia());
        let separator = range
            .iter()
            .zip(tokens.clone())
            .find(|(token, at)| token.end > offset && self.layout.separates.get(*at) == Some(&true));
        let line_end = separator.is_some_and(|(sep, _)| found.is_none_or(|token| sep.start < token.start));
        let end_of_item = self.span(tokens).at_end();
        let told: Vec<Token> = range.iter().filter(|token| !token.kind.is_trivia()).copied().collect();
        let place = hints::Place {
            file: self.file,
            text: self.text,
            start,
            at: told.partition_point(|token| token.end <= offset),
            tokens: told,
            before: self.layout.tokens.get(self.item.start..tokens.start).unwrap_or_default(),
            behind: self.layout.tokens.get(tokens.end..self.item.end).unwrap_or_default(),
            line_ends: line_end,
            expected,
        };
        if let Some(known) = hints::find(&place) {
            return known;
        }
        match found {
            Some(_) if line_end => {
                let before =
                    range.iter().rev().find(|token| token.end <= offset.max(1) && !token.kind.is_trivia());
                let at = before.map_or(offset, |token| token.end);
                let at = Span::new(self.file, at, at);
                match self.between_fields(tokens, at.start) {
                    Some(names_a_field) => problem::missing_comma(at, names_a_field),
                    None => problem::unexpected(at, expected, "the end of the line"),
                }
            }
            Some(token) => {
                let text = token.text(self.text);
                let shown: String = text.chars().take(40).collect();
                let shown = if shown.len() < text.len() { format!("{shown}…") } else { shown };
                // pest may stop inside a token (`12abc`): point at the whole of it.
                problem::unexpected_token(Span::new(self.file, token.start, token.end), expected, &shown)
            }
            None => problem::unexpected(end_of_item, expected, "the end of the item"),
        }
    }

    /// Where a line ends between two fields, parameters or elements, that is in round or square brackets or before `name:`:
    /// whether the latter is so.
    fn between_fields(&self, tokens: &Range<usize>, at: u32) -> Option<bool> {
        let all = self.layout.tokens.get(tokens.clone()).unwrap_or_default();
        let told = |token: &&Token| !token.kind.is_trivia();
        let mut after = all.iter().filter(told).skip_while(|token| token.start < at);
        let names_a_field = after.next().is_some_and(|token| token.kind == Kind::Word)
            && after.next().is_some_and(|token| matches!(token.kind, Kind::Colon | Kind::Question));
        let mut open = Vec::new();
        for token in all.iter().take_while(|token| token.start < at) {
            if token.kind.opens() {
                open.push(token.kind);
            } else if token.kind.closes() {
                open.pop();
            }
        }
        let in_brackets = matches!(open.last(), Some(Kind::OpenParen | Kind::OpenBracket));
        (names_a_field || in_brackets).then_some(names_a_field)
    }

    fn span(&self, tokens: &Range<usize>) -> Span {
        let all = &self.layout.tokens;
        let start = all.get(tokens.start).map_or(0, |token| token.start);
        let end = tokens.end.checked_sub(1).and_then(|last| all.get(last)).map_or(start, |token| token.end);
        Span::new(self.file, start, end)
    }

    fn docs(&self, tokens: &Range<usize>) -> Vec<ast::Text> {
        let all = self.layout.tokens.get(tokens.clone()).unwrap_or_default();
        all.iter()
            .filter(|token| token.kind == Kind::Doc)
            .map(|token| doc_text(self.file, self.text, *token))
            .collect()
    }
}

fn doc_text(file: FileId, text: &str, token: agentpass_grammar::Token) -> ast::Text {
    let line = token.text(text);
    let line = line.get(3..).unwrap_or("");
    let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
    ast::Spanned::new(line.to_owned(), Span::new(file, token.start, token.end))
}

fn file_docs(file: FileId, text: &str, layout: &Layout) -> Vec<ast::Text> {
    let docs = layout.tokens.iter().filter(|token| token.kind == Kind::InnerDoc);
    docs.map(|token| doc_text(file, text, *token)).collect()
}
