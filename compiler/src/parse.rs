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
mod item;
mod lexical;
mod recover;
mod test;
mod types;

use std::ops::Range;

use agentpass_grammar::{AgentPassParser, Chunk, Chunks, FileId, Layout, Rule, Span, chunk, layout, lex};
use pest::Parser;
use pest::iterators::Pair;

use crate::ast;
use crate::diagnostics::{Diagnostic, problems::syntax as problem};
use build::Builder;
pub use cache::{Cache, parse_cached};

/// A file that has been read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree of what could be read.
    pub file: ast::File,
    /// What could not, and why.
    pub problems: Vec<Diagnostic>,
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
    let lexical_spans: Vec<Span> = problems.iter().map(|problem| problem.span).collect();
    let mut items = Vec::with_capacity(chunks.items.len());
    for item in &chunks.items {
        let mut reader = Reader { file, text, layout: &layout, chunks: &chunks, problems: Vec::new() };
        let parsed = read(&mut reader, item);
        // What is wrong with the characters or brackets of an item is the cause; what the grammar then says of the
        // same item is its consequence.
        let whole = reader.span(&item.tokens);
        let is_known = lexical_spans.iter().any(|at| whole.start <= at.start && at.start < whole.end.max(whole.start + 1));
        problems.extend(reader.problems.into_iter().filter(|p| !is_known || p.code != &crate::diagnostics::codes::SYNTAX));
        items.extend(parsed);
    }
    let docs = file_docs(file, text, &layout);
    Parsed { file: ast::File { id: file, docs, items }, problems, layout, chunks }
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
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn item(&mut self, chunk: &Chunk) -> Option<ast::Item> {
        let span = self.span(&chunk.tokens);
        let docs = self.docs(&chunk.docs);
        let read = self.read(Rule::one_item, &chunk.tokens, |builder, pair| builder.item(pair));
        let (kind, broken) = match read {
            Ok(kind) => (kind?, false),
            Err(problem) => (recover::item(self, &chunk.tokens, problem)?, true),
        };
        Some(ast::Item { span, docs, broken, kind })
    }

    /// Lets the grammar read a run of tokens by one of its entry rules.
    ///
    /// `Err` where the grammar refuses the text, `Ok(None)` where a builder reported something by itself.
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
                let mut builder = Builder { file: self.file, base: span.start, problems: &mut self.problems };
                let inner = pairs.next().and_then(|pair| pair.into_inner().next());
                Ok(inner.and_then(|pair| build(&mut builder, pair)))
            }
            Err(error) => {
                let (offset, expected) = expected::describe(&error);
                Err(self.unexpected(tokens, span.start + u32::try_from(offset).unwrap_or(0), &expected))
            }
        }
    }

    /// «expected …, found …» at an offset of the file.
    fn unexpected(&self, tokens: &Range<usize>, offset: u32, expected: &str) -> Diagnostic {
        let range = self.layout.tokens.get(tokens.clone()).unwrap_or_default();
        let found = range.iter().find(|token| token.end > offset && !token.kind.is_trivia());
        let separator = range.iter().zip(tokens.clone()).find(|(token, at)| {
            token.end > offset && self.layout.separates.get(*at) == Some(&true)
        });
        let line_end = separator.is_some_and(|(sep, _)| found.is_none_or(|token| sep.start < token.start));
        let end_of_item = self.span(tokens).at_end();
        match found {
            Some(_) if line_end => {
                let before = range.iter().rev().find(|token| token.end <= offset.max(1) && !token.kind.is_trivia());
                let at = before.map_or(offset, |token| token.end);
                problem::unexpected(Span::new(self.file, at, at), expected, "the end of the line")
            }
            Some(token) => {
                let text = token.text(self.text);
                let shown: String = text.chars().take(40).collect();
                let shown = if shown.len() < text.len() { format!("{shown}…") } else { shown };
                // pest may stop inside a token (`12abc`): point at the whole of it.
                problem::unexpected(Span::new(self.file, token.start, token.end), expected, &format!("`{shown}`"))
            }
            None => problem::unexpected(end_of_item, expected, "the end of the item"),
        }
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
            .filter(|token| token.kind == agentpass_grammar::Kind::Doc)
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
    let docs = layout.tokens.iter().filter(|token| token.kind == agentpass_grammar::Kind::InnerDoc);
    docs.map(|token| doc_text(file, text, *token)).collect()
}
