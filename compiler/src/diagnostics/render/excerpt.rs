//! What is shown of a file: a text of its own, made for one report, with the file's line numbers.
//!
//! ariadne draws a whole source as it is. A source may hold escape sequences, other line ends than ours, tabs whose width ariadne
//! counts by characters, and lines of megabytes. So it never sees the source: it sees an excerpt in which
//!
//! 1. every line that no span touches is empty (the line numbers stay right, and cost a byte each);
//! 2. the other lines are spelled out as [`escape`] does, with tabs as spaces;
//! 3. a long line keeps what is around its spans, and `…` stands for the rest;
//! 4. every line that is shown ends with one more space, so that a span at a line's or the file's end has something to be
//!    under;
//!
//! and each offset of the source has its place in it.

use std::collections::BTreeMap;
use std::ops::Range;

use agentpass_grammar::{LineIndex, SourceFile};

use super::escape;

/// Lines of more bytes than this are cut.
const LONG_LINE: usize = 200;
/// How many characters are kept before and after an end of a span on a long line.
const BEFORE: usize = 40;
const AFTER: usize = 60;
/// Tab stops, in characters.
const TAB: usize = 4;
/// Beyond this line (from 0) no excerpt is made: its blank lines alone would take longer than the report is worth.
const LAST_LINE: usize = 100_000;

/// A text for ariadne and the way from the source's bytes to its characters.
pub(super) struct Excerpt<'a> {
    /// The text to draw.
    pub(super) text: String,
    lines: BTreeMap<usize, Shown>,
    index: &'a LineIndex,
}

/// One line of the excerpt: for ascending source offsets, the character of the text at which they are shown. The last entry
/// is the line's end and stands for the space added there.
struct Shown(Vec<(usize, usize)>);

impl<'a> Excerpt<'a> {
    /// The excerpt that shows all of `spans`, which must be ranges of `file` on character boundaries. `None` where a span lies
    /// too far down.
    pub(super) fn new(file: &'a SourceFile, spans: &[Range<usize>]) -> Option<Self> {
        let index = file.lines();
        let mut points: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for span in spans {
            points.entry(line_of(index, span.start)).or_default().push(span.start);
            points.entry(line_of(index, last_of(span))).or_default().push(span.end);
        }
        let last = *points.keys().next_back()?;
        if last > LAST_LINE {
            return None;
        }
        let mut text = String::new();
        let mut length = 0;
        let mut lines = BTreeMap::new();
        for line in 0..=last {
            if let Some(points) = points.get(&line) {
                lines.insert(line, show(file, line, points, &mut text, &mut length));
            }
            text.push('\n');
            length += 1;
        }
        Some(Self { text, lines, index })
    }

    /// The characters under which a span is drawn: at least one, also for an empty span.
    pub(super) fn shown(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let start = self.character(span.start)?;
        let end = self.character(last_of(span))?;
        Some(start.start..end.end.max(start.end))
    }

    /// What is drawn for the character of the source that holds the byte at `offset`.
    fn character(&self, offset: usize) -> Option<Range<usize>> {
        let Shown(entries) = self.lines.get(&line_of(self.index, offset))?;
        let at = entries.partition_point(|&(source, _)| source <= offset).checked_sub(1)?;
        let (_, start) = *entries.get(at)?;
        // The last entry is the added space, one character wide.
        let end = entries.get(at + 1).map_or(start + 1, |&(_, next)| next);
        Some(start..end)
    }
}

fn show(file: &SourceFile, line: usize, points: &[usize], text: &mut String, length: &mut usize) -> Shown {
    let (start, source) = line_text(file, line);
    let mut entries = Vec::new();
    let mut column = 0;
    let mut shown_to = 0;
    for keep in kept(source, points.iter().map(|point| point.saturating_sub(start))) {
        if keep.start > shown_to {
            entries.push((start + shown_to, *length + column));
            text.push('…');
            column += 1;
        }
        for (at, c) in source[keep.clone()].char_indices() {
            entries.push((start + keep.start + at, *length + column));
            let before = text.len();
            match c {
                '\t' => (0..TAB - column % TAB).for_each(|_| text.push(' ')),
                c => escape::push_visible(text, c),
            }
            column += text[before..].chars().count();
        }
        shown_to = keep.end;
    }
    if shown_to < source.len() {
        entries.push((start + shown_to, *length + column));
        text.push('…');
        column += 1;
    }
    entries.push((start + source.len(), *length + column));
    text.push(' ');
    *length += column + 1;
    Shown(entries)
}

/// The parts of a line that are shown, in order and apart: all of it, or what is around the points.
fn kept(line: &str, points: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    if line.len() <= LONG_LINE {
        return std::iter::once(0..line.len()).collect();
    }
    let mut parts: Vec<_> = points
        .map(|point| {
            let point = line.floor_char_boundary(point);
            let start = line[..point].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
            let end = line[point..].char_indices().nth(AFTER).map_or(line.len(), |(at, _)| point + at);
            start..end
        })
        .collect();
    parts.sort_by_key(|part| part.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match apart.last_mut() {
            // Parts that touch, or between which less than an ellipsis would be saved, become one.
            Some(last) if part.start <= last.end + '…'.len_utf8() => last.end = last.end.max(part.end),
            _ => apart.push(part),
        }
    }
    apart
}

/// Start of a line and its text without the line end.
fn line_text(file: &SourceFile, line: usize) -> (usize, &str) {
    let start = file.lines().start_of(line).map_or(file.text.len(), |start| start as usize);
    let end = file.lines().start_of(line + 1).map_or(file.text.len(), |next| next as usize);
    let text = file.text.get(start..end).unwrap_or("");
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    (start, text)
}

/// A byte that belongs to the last character of the span: the one before its end, or its start where it is empty.
fn last_of(span: &Range<usize>) -> usize {
    span.end.saturating_sub(1).max(span.start)
}

fn line_of(index: &LineIndex, offset: usize) -> usize {
    index.line_of(u32::try_from(offset).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, span: Range<usize>, text: &str, drawn: &str) {
        let file = SourceFile::new("x", source);
        let excerpt = Excerpt::new(&file, std::slice::from_ref(&span)).unwrap();
        assert_eq!(excerpt.text, text);
        let shown = excerpt.shown(&span).unwrap();
        let found: String = excerpt.text.chars().skip(shown.start).take(shown.len()).collect();
        assert_eq!(found, drawn);
    }

    #[test]
    fn offsets_keep_pointing_at_their_characters() {
        check("a\né😀 x\nb", 9..10, "\né😀 x \n", "x");
        check("\tx\ty", 1..4, "    x   y \n", "x   y");
        check("a\u{1b}b", 1..2, "a\\u{1b}b \n", "\\u{1b}");
    }

    #[test]
    fn empty_spans_and_ends_have_something_to_be_under() {
        check("", 0..0, " \n", " ");
        check("ab", 2..2, "ab \n", " ");
        check("ab\r\n", 2..4, "ab \n", " ");
        check("ab\n", 3..3, "\n \n", " ");
        check("ab", 1..1, "ab \n", "b");
    }

    #[test]
    fn a_long_line_keeps_what_is_around_its_points() {
        let source = format!("{}X{}", "a".repeat(300), "b".repeat(300));
        let text = format!("…{}X{}… \n", "a".repeat(40), "b".repeat(60));
        check(&source, 300..301, &text, "X");
        let file = SourceFile::new("x", source.as_str());
        let all = Excerpt::new(&file, std::slice::from_ref(&(0..601))).unwrap();
        assert!(all.text.chars().count() < 2 * (BEFORE + AFTER));
        assert_eq!(all.shown(&(0..601)).unwrap(), 0..60 + 1 + 40);
    }
}
