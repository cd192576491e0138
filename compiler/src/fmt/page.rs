//! The lines that are being printed.

use super::doc::{INDENT, WIDTH};

/// What stands between the last text and the next one.
#[derive(Clone, Copy, Default)]
enum Pending {
    #[default]
    Nothing,
    Spaces(usize),
    Newline {
        indent: usize,
        blank: bool,
    },
}

/// A finished line, or the one that is being written.
#[derive(Default)]
struct Line {
    text: String,
    width: usize,
    comment: Option<String>,
}

/// Lines of text, with the comments at their ends apart.
#[derive(Default)]
pub(super) struct Page {
    lines: Vec<Line>,
    line: Line,
    pending: Pending,
}

impl Page {
    /// The column where text would be written now.
    pub(super) fn column(&self) -> usize {
        match self.pending {
            Pending::Nothing => self.line.width,
            Pending::Spaces(count) => self.line.width + count,
            Pending::Newline { indent, .. } => indent,
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.flush();
        self.line.text.push_str(text);
        self.line.width += text.chars().count();
    }

    /// Text that may hold line ends; it begins in column 0.
    pub(super) fn verbatim(&mut self, text: &str) {
        if let Pending::Newline { indent, .. } = &mut self.pending {
            *indent = 0;
        }
        self.flush();
        self.line.text.push_str(text);
        // A lone carriage return is a mistake that must not be hidden in the line end that follows.
        if text.ends_with('\r') {
            self.line.text.push(' ');
        }
        self.line.width = text.rsplit('\n').next().unwrap_or(text).chars().count();
    }

    pub(super) fn space(&mut self, count: usize) {
        match &mut self.pending {
            Pending::Nothing => self.pending = Pending::Spaces(count),
            Pending::Spaces(already) => *already += count,
            Pending::Newline { .. } => {}
        }
    }

    pub(super) fn newline(&mut self, indent: usize) {
        let blank = matches!(self.pending, Pending::Newline { blank: true, .. });
        self.pending = Pending::Newline { indent, blank };
    }

    pub(super) fn blank_line(&mut self, indent: usize) {
        self.pending = Pending::Newline { indent, blank: true };
    }

    /// A comment at the end of the line that was written last.
    pub(super) fn trailing(&mut self, text: &str, indent: usize) {
        if self.line.comment.is_some() || self.line.text.is_empty() {
            return self.own(text, indent);
        }
        self.line.comment = Some(text.to_owned());
        if !matches!(self.pending, Pending::Newline { .. }) {
            self.newline(indent);
        }
    }

    /// A comment on a line of its own.
    pub(super) fn own(&mut self, text: &str, indent: usize) {
        if !matches!(self.pending, Pending::Newline { .. }) && !self.is_empty() {
            self.newline(indent);
        }
        let indent = match self.pending {
            Pending::Newline { indent, .. } => indent,
            _ => indent,
        };
        self.text(text);
        self.newline(indent);
    }

    /// The whole text, with one line end at its end.
    pub(super) fn finish(mut self) -> String {
        if !self.line.text.is_empty() {
            self.lines.push(self.line);
        }
        let mut text = String::new();
        let mut rest = self.lines.as_slice();
        while let Some((line, after)) = rest.split_first() {
            let together = |next: &&Line| next.comment.is_some() && next.indent() == line.indent();
            let run = rest.iter().take_while(together).count();
            let (lines, after) =
                if run == 0 { (std::slice::from_ref(line), after) } else { rest.split_at(run) };
            write(&mut text, lines);
            rest = after;
        }
        text
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.line.text.is_empty()
    }

    fn flush(&mut self) {
        match std::mem::take(&mut self.pending) {
            Pending::Nothing => {}
            Pending::Spaces(count) => self.blanks(count),
            Pending::Newline { .. } if self.is_empty() => {}
            Pending::Newline { indent, blank } => {
                self.lines.push(std::mem::take(&mut self.line));
                if blank {
                    self.lines.push(Line::default());
                }
                self.blanks(indent);
            }
        }
    }

    fn blanks(&mut self, count: usize) {
        self.line.text.extend(std::iter::repeat_n(' ', count));
        self.line.width += count;
    }
}

impl Line {
    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }
}

/// Writes lines that all have a comment, or one that has none. The comments of neighbours stand in one column, unless
/// that makes a line too long.
fn write(text: &mut String, lines: &[Line]) {
    let column = lines.iter().map(|line| line.width).max().unwrap_or(0) + 2;
    let widest = lines.iter().filter_map(|line| line.comment.as_ref()).map(|c| c.chars().count()).max();
    // A lone long line does not push its neighbours' comments out of sight.
    let narrowest = lines.iter().map(|line| line.width).min().unwrap_or(0);
    let aligned = column + widest.unwrap_or(0) <= WIDTH && column <= narrowest + 10 * INDENT;
    for line in lines {
        text.push_str(&line.text);
        if let Some(comment) = &line.comment {
            let count = if aligned { column - line.width } else { 2 };
            text.extend(std::iter::repeat_n(' ', count));
            text.push_str(comment);
        }
        text.push('\n');
    }
}
