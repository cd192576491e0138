//! Parsing again after an edit: an item whose text did not change is not read again, only moved.
//!
//! What the grammar and the builders make of an item depends on the item alone: on its text, and on which of its line
//! ends separate (which the line before an item may change, where that line is a broken one). So both are the key.
//! Comments before an item, characters and brackets are looked at every time; that is cheap, and they may concern more
//! than one item.

use std::collections::HashMap;

use agentpass_grammar::{Chunk, FileId, Span};

use super::{Parsed, Reader, parse_with};
use crate::ast::{self, Spans};
use crate::diagnostics::Diagnostic;

/// How many parses an item survives without being seen: enough for an edit and its undoing.
const MOST_AGE: u64 = 16;

/// Items by their text. One cache may serve many files.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    entries: HashMap<Box<str>, Vec<Entry>>,
    /// How many times this cache was used.
    now: u64,
    /// When old entries were last thrown away.
    swept: u64,
}

/// What was made of an item, as if it stood at the beginning of the first file.
#[derive(Clone, Debug)]
struct Entry {
    view: Box<str>,
    item: Option<ast::Item>,
    problems: Vec<Diagnostic>,
    last_used: u64,
}

impl Cache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().map(Vec::len).sum()
    }

    /// True where nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets what was not seen for a while. Not at every parse: that would be a walk over all items.
    fn sweep(&mut self) {
        if self.now < self.swept + MOST_AGE {
            return;
        }
        self.swept = self.now;
        let oldest = self.now.saturating_sub(MOST_AGE);
        self.entries.retain(|_, entries| {
            entries.retain(|entry| entry.last_used >= oldest);
            !entries.is_empty()
        });
    }
}

/// Reads one file; gives exactly what [`parse`](super::parse) gives.
#[must_use]
pub fn parse_cached(cache: &mut Cache, file: FileId, text: &str) -> Parsed {
    cache.now += 1;
    let parsed = parse_with(file, text, |reader, chunk| item(cache, reader, chunk));
    cache.sweep();
    parsed
}

fn item(cache: &mut Cache, reader: &mut Reader<'_>, chunk: &Chunk) -> Option<ast::Item> {
    let span = reader.span(&chunk.tokens);
    let (text, view) = (span.text(reader.text), span.text(&reader.layout.view));
    let known = cache.entries.get_mut(text).and_then(|all| all.iter_mut().find(|entry| *entry.view == *view));
    if let Some(entry) = known {
        entry.last_used = cache.now;
        let by = i64::from(span.start);
        let problems = entry.problems.iter().map(|problem| moved(problem, span.file, by));
        reader.problems.extend(problems);
        let mut item = entry.item.clone()?;
        item.shift(span.file, by);
        item.docs = reader.docs(&chunk.docs);
        return Some(item);
    }
    let before = reader.problems.len();
    let item = reader.item(chunk);
    let back = -i64::from(span.start);
    let new = reader.problems.get(before..).unwrap_or_default();
    let problems = new.iter().map(|problem| moved(problem, FileId::default(), back)).collect();
    let kept = item.clone().map(|mut item| {
        // Comments have places of their own.
        item.docs.clear();
        item.shift(FileId::default(), back);
        item
    });
    let entry = Entry { view: view.into(), item: kept, problems, last_used: cache.now };
    cache.entries.entry(text.into()).or_default().push(entry);
    item
}

fn moved(problem: &Diagnostic, file: FileId, by: i64) -> Diagnostic {
    let place = |span: Span| Span { file, ..span.shifted(by) };
    let mut problem = problem.clone();
    problem.span = place(problem.span);
    for label in &mut problem.secondary {
        label.span = place(label.span);
    }
    for edit in problem.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        edit.span = place(edit.span);
    }
    problem
}
