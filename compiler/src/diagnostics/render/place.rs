//! Spans as places: a file name, clamped byte offsets, and positions as editors count them.

use std::collections::HashMap;
use std::sync::Arc;

use agentpass_grammar::{FileId, Position, SourceFile, Sources, Span};

/// The name shown for a file that the sources do not hold.
pub(super) const UNKNOWN_FILE: &str = "<unknown>";

/// Where something is. A span of a missing file is the first position of [`UNKNOWN_FILE`], a span that leaves its file
/// or cuts a character is moved to what exists: showing a finding badly is better than not showing it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The file's name as it is, not yet [`super::escape::visible`].
    pub(super) file: Arc<str>,
    /// Offset of the first byte.
    pub(super) start: u32,
    /// Offset just past the last byte.
    pub(super) end: u32,
    /// Position of `start`.
    pub(super) start_position: Position,
    /// Position of `end`.
    pub(super) end_position: Position,
}

/// Looks places up. It remembers the columns of long lines, so that a thousand findings on one line of megabytes do not read
/// that line a thousand times.
pub(super) struct Places<'a> {
    sources: &'a Sources,
    unknown: Arc<str>,
    /// For a line longer than [`STRIDE`]: UTF-16 columns (from 0) at offsets about a stride apart.
    long_lines: HashMap<(FileId, usize), Vec<Mark>>,
}

#[derive(Clone, Copy)]
struct Mark {
    offset: usize,
    column: usize,
}

const STRIDE: usize = 4_096;

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, unknown: UNKNOWN_FILE.into(), long_lines: HashMap::new() }
    }

    pub(super) fn of(&mut self, span: Span) -> Place {
        let Some(file) = self.sources.get(span.file) else {
            let first = Position { line: 1, column: 1 };
            return Place {
                file: self.unknown.clone(),
                start: 0,
                end: 0,
                start_position: first,
                end_position: first,
            };
        };
        let (start, end) = clamped(file, span);
        Place {
            file: file.name.clone(),
            start: narrow(start),
            end: narrow(end),
            start_position: self.position(span.file, file, start),
            end_position: self.position(span.file, file, end),
        }
    }

    /// [`SourceFile::position`] for an offset on a character boundary, without reading long lines again and again.
    fn position(&mut self, id: FileId, file: &SourceFile, offset: usize) -> Position {
        let line = file.lines().line_of(narrow(offset));
        let start = file.lines().start_of(line).unwrap_or(0) as usize;
        if offset - start <= STRIDE {
            return file.position(narrow(offset));
        }
        let marks = self.long_lines.entry((id, line)).or_insert_with(|| marks(file, line, start));
        let after = marks.partition_point(|mark| mark.offset <= offset);
        let mark = marks.get(after.saturating_sub(1)).copied().unwrap_or(Mark { offset: start, column: 0 });
        let column = mark.column + utf16_len(file.text.get(mark.offset..offset).unwrap_or(""));
        Position { line: narrow(line + 1), column: narrow(column + 1) }
    }
}

/// The span's offsets within the text and on character boundaries.
pub(super) fn clamped(file: &SourceFile, span: Span) -> (usize, usize) {
    let start = file.text.floor_char_boundary(span.start as usize);
    let end = file.text.ceil_char_boundary((span.end as usize).min(file.text.len()));
    (start, end.max(start))
}

fn marks(file: &SourceFile, line: usize, start: usize) -> Vec<Mark> {
    let end = file.lines().start_of(line + 1).map_or(file.text.len(), |next| next as usize);
    let mut marks = vec![Mark { offset: start, column: 0 }];
    let mut here = Mark { offset: start, column: 0 };
    while here.offset < end {
        let next = file.text.ceil_char_boundary((here.offset + STRIDE).min(end));
        let column = here.column + utf16_len(file.text.get(here.offset..next).unwrap_or(""));
        here = Mark { offset: next, column };
        marks.push(here);
    }
    marks
}

fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Files end at 16 MiB, so offsets, lines and columns fit.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_counted_as_short_ones_are() {
        let text = format!("x\n{}\nlast", "é😀a".repeat(5_000));
        let mut sources = Sources::default();
        let id = sources.add(SourceFile::new("long", text.as_str()));
        let file = sources.get(id).unwrap();
        let mut places = Places::new(&sources);
        for (offset, _) in text.char_indices() {
            let offset = u32::try_from(offset).unwrap();
            if offset % 5 == 0 {
                let place = places.of(Span::new(id, offset, offset));
                assert_eq!(place.start_position, file.position(place.start), "{offset}");
            }
        }
    }

    #[test]
    fn spans_that_point_nowhere_are_moved_to_what_exists() {
        let mut sources = Sources::default();
        let id = sources.add(SourceFile::new("a", "é\nb"));
        let mut places = Places::new(&sources);
        let cut = places.of(Span::new(id, 1, 1));
        assert_eq!((cut.start, cut.end), (0, 2));
        let past = places.of(Span::new(id, 90, 99));
        assert_eq!((past.start, past.end, past.start_position), (4, 4, Position { line: 2, column: 2 }));
        assert_eq!(&*places.of(Span::new(FileId(7), 3, 9)).file, UNKNOWN_FILE);
    }
}
