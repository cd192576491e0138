//! The one layout. There are no options: how a contract looks depends on what it says, never on who wrote it or how.
//!
//! 1. The file is parsed. Items that cannot be read, or only in part, are copied byte for byte.
//! 2. Every other item becomes a document ([`doc`]): the tree says where lines may end, the tokens are the text, and
//!    comments are met between them.
//! 3. The documents are laid out, within 110 columns.
//! 4. The result is parsed again and compared: tokens, comments and tree must be what they were. If they are not, the
//!    input is returned as it is, with an internal error.
//!
//! The rules of the layout are in `docs/decisions/0100-formatting.md`.

mod clause;
mod columns;
mod doc;
mod expr;
mod item;
mod page;
mod printer;
mod test;
mod types;
mod verify;

use std::collections::HashMap;

use agentpass_grammar::{Chunk, FileId, Kind, Span};

use crate::ast;
use crate::diagnostics::{Diagnostic, codes, problems::format as problem};
use crate::parse::{Parsed, parse};
use doc::{Doc, WIDTH, concat, nil, render};
use item::Printed;
use printer::Printer;

/// A text in the one layout.
#[derive(Clone, Debug)]
pub struct Formatted {
    /// The text.
    pub text: String,
    /// What is wrong with the form of the input; an internal error where the formatter failed.
    pub problems: Vec<Diagnostic>,
    /// True where the text is not what it was.
    pub changed: bool,
}

/// Formats one file.
#[must_use]
pub fn format(file: FileId, text: &str) -> Formatted {
    let parsed = parse(file, text);
    let unchanged = |problems| Formatted { text: text.to_owned(), problems, changed: false };
    if parsed.problems.iter().any(|problem| problem.code == &codes::LINE_END) {
        // Where its lines end is not sure, so nobody can lay it out.
        return unchanged(parsed.problems);
    }
    let (formatted, reordered) = print(text, &parsed);
    if formatted == text {
        return unchanged(parsed.problems);
    }
    let again = parse(file, &formatted);
    if let Some(what) = verify::difference((text, &parsed), (&formatted, &again), reordered) {
        let whole = Span::new(file, 0, u32::try_from(text.len()).unwrap_or(u32::MAX));
        let mut problems = parsed.problems;
        problems.push(problem::internal(whole, what));
        return unchanged(problems);
    }
    Formatted { text: formatted, problems: parsed.problems, changed: true }
}

/// Lays the file out, and says whether parts of tails were put in order.
fn print(text: &str, parsed: &Parsed) -> (String, bool) {
    let mut printer = Printer::new(text, &parsed.layout);
    let by_start: HashMap<u32, &ast::Item> =
        parsed.file.items.iter().map(|item| (item.span.start, item)).collect();
    let mut lines = Vec::new();
    let mut challenges = Vec::new();
    let mut broken = false;
    for (at, chunk) in parsed.chunks.items.iter().enumerate() {
        let semicolon = printer.kept_semicolon();
        let gap = printer.gap_line(at == 0);
        let start = parsed.layout.tokens.get(chunk.tokens.start).map_or(0, |token| token.start);
        let item = by_start.get(&start).filter(|item| !item.broken && is_readable(parsed, chunk));
        // Where the grammar saw other tokens than the lexer, as it may in text that is nearly broken, the item stays.
        let printed = match item {
            Some(item) => printer.item(item),
            None => Printed::Alone(verbatim(text, parsed, chunk)),
        };
        let lost = item.is_some() && !printer.is_at(chunk.tokens.end);
        let (item, printed) = if std::mem::take(&mut printer.confused) || lost {
            (None, Printed::Alone(verbatim(text, parsed, chunk)))
        } else {
            (item, printed)
        };
        printer.skip_to(chunk.tokens.end);
        let keeps = at > 0 && (broken || item.is_none());
        broken = item.is_none();
        let lead = concat([if keeps { semicolon } else { nil() }, Doc::Hard, gap.doc]);
        if gap.divides || matches!(printed, Printed::Alone(_)) {
            lines.append(&mut aligned(std::mem::take(&mut challenges)));
        }
        match printed {
            Printed::Alone(doc) => lines.push(concat([lead, doc])),
            Printed::Challenge(head, block) => challenges.push((lead, head, block)),
        }
    }
    lines.append(&mut aligned(challenges));
    lines.extend([Doc::Hard, printer.gap_end().doc]);
    let mut formatted = render(&Doc::Concat(lines));
    if !formatted.is_empty() && !formatted.ends_with('\n') {
        formatted.push('\n');
    }
    (formatted, printer.reordered)
}

/// Neighbouring challenges of one line each: their braces stand in a column.
fn aligned<'t>(run: Vec<(Doc<'t>, Doc<'t>, Doc<'t>)>) -> Vec<Doc<'t>> {
    let heads = run.iter().filter_map(|(_, head, _)| head.flat_width()).max().unwrap_or(0);
    let blocks = run.iter().filter_map(|(_, _, block)| block.flat_width()).max().unwrap_or(0);
    let align = heads + 1 + blocks <= WIDTH;
    let line = |(gap, head, block): (Doc<'t>, Doc<'t>, Doc<'t>)| {
        let width = head.flat_width().unwrap_or(heads);
        let padding = if align { heads.saturating_sub(width) + 1 } else { 1 };
        concat([gap, head, Doc::Space(padding), block])
    };
    run.into_iter().map(line).collect()
}

/// True where no character of the item is a mistake by itself, and its brackets are in order.
fn is_readable(parsed: &Parsed, chunk: &Chunk) -> bool {
    let tokens = parsed.layout.tokens.get(chunk.tokens.clone()).unwrap_or_default();
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return false };
    let inside = |at: u32| first.start <= at && at < last.end;
    tokens.iter().all(|token| token.kind != Kind::Error)
        && !parsed.chunks.problems.iter().any(|problem| inside(problem.token().start))
}

/// An item as it is, with the blanks before it on its line.
fn verbatim<'t>(text: &'t str, parsed: &Parsed, chunk: &Chunk) -> Doc<'t> {
    let tokens = &parsed.layout.tokens;
    let token = |at: usize| tokens.get(at);
    let mut first = chunk.tokens.start;
    if let Some(blank) = first.checked_sub(1).filter(|&at| token(at).is_some_and(|t| t.kind == Kind::Blank)) {
        let begins_line =
            blank.checked_sub(1).is_none_or(|at| token(at).is_some_and(|t| t.kind == Kind::Newline));
        if begins_line {
            first = blank;
        }
    }
    let start = token(first).map_or(0, |token| token.start as usize);
    let end = chunk.tokens.end.checked_sub(1).and_then(token).map_or(start, |token| token.end as usize);
    Doc::Verbatim(text.get(start..end).unwrap_or(""))
}
