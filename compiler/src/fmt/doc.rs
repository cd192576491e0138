//! A document builder in the manner of Wadler's pretty printer: what may break is a group, and a group breaks all of
//! its lines or none.
//!
//! Two things are different from the textbook, both because a `//` comment takes the rest of its line:
//!
//! - Blanks and line ends are *pending* until text follows. Several requests in a row become one, nothing is ever left
//!   at the end of a line, and a comment that comes late can still be put on the line of what it is about.
//! - Comments at the ends of neighbouring lines are moved into one column when everything is printed.

/// No line is longer, unless a single token is.
pub(super) const WIDTH: usize = 110;

/// How far a block or a continued line is moved to the right.
pub(super) const INDENT: usize = 4;

/// A text that may be laid out in more than one way.
#[derive(Clone, Debug)]
pub(super) enum Doc<'t> {
    /// Text without a line end.
    Text(&'t str),
    /// Text that may hold line ends, copied as it is.
    Verbatim(&'t str),
    /// So many blanks, unless a line ends here.
    Space(usize),
    /// A blank, or a line end where the group is broken.
    Line,
    /// Nothing, or a line end where the group is broken.
    Soft,
    /// A line end.
    Hard,
    /// A line end with a blank line after it.
    Blank,
    /// Text only where the group is broken.
    IfBroken(&'t str),
    /// A comment on the line of what was printed last.
    Trailing(&'t str),
    /// A comment on a line of its own.
    Own(&'t str),
    /// Further to the right, where it begins a line.
    Indent(Box<Doc<'t>>),
    /// All on one line if that fits.
    Group(Box<Doc<'t>>),
    /// As many on a line as fit.
    Fill(Vec<Part<'t>>),
    /// One after the other.
    Concat(Vec<Doc<'t>>),
}

/// A part of a [`Doc::Fill`].
#[derive(Clone, Debug)]
pub(super) struct Part<'t> {
    /// A blank line stands before it; kept where the fill is broken anyway.
    pub(super) blank: bool,
    /// What it is.
    pub(super) doc: Doc<'t>,
}

/// Puts documents one after the other.
pub(super) fn concat<'t>(docs: impl IntoIterator<Item = Doc<'t>>) -> Doc<'t> {
    Doc::Concat(docs.into_iter().collect())
}

/// Nothing.
pub(super) fn nil<'t>() -> Doc<'t> {
    Doc::Concat(Vec::new())
}

impl<'t> Doc<'t> {
    /// The document, further to the right.
    pub(super) fn indent(self) -> Self {
        Self::Indent(Box::new(self))
    }

    /// The document as one group.
    pub(super) fn group(self) -> Self {
        Self::Group(Box::new(self))
    }

    /// How wide it is on one line; `None` where it cannot be on one line.
    pub(super) fn flat_width(&self) -> Option<usize> {
        Some(match self {
            Self::Text(text) => text.chars().count(),
            Self::Space(count) => *count,
            Self::Line => 1,
            Self::Soft | Self::IfBroken(_) => 0,
            Self::Verbatim(_) | Self::Hard | Self::Blank | Self::Trailing(_) | Self::Own(_) => return None,
            Self::Indent(inner) | Self::Group(inner) => inner.flat_width()?,
            Self::Fill(parts) => {
                let mut width = parts.len().saturating_sub(1);
                for part in parts {
                    width += part.doc.flat_width()?;
                }
                width
            }
            Self::Concat(all) => {
                let mut width = 0;
                for doc in all {
                    width += doc.flat_width()?;
                }
                width
            }
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

/// What is still to be printed.
#[derive(Clone, Copy)]
enum Work<'d, 't> {
    Doc(usize, Mode, &'d Doc<'t>),
    /// The rest of a fill, and whether the part before it took several lines.
    Fill(usize, &'d [Part<'t>], bool),
}

/// Lays the document out.
pub(super) fn render(doc: &Doc<'_>) -> String {
    let mut page = super::page::Page::default();
    let mut work = vec![Work::Doc(0, Mode::Broken, doc)];
    while let Some(next) = work.pop() {
        match next {
            Work::Fill(indent, parts, tall) => fill(&mut page, &mut work, indent, parts, tall),
            Work::Doc(indent, mode, doc) => match doc {
                Doc::Text(text) => page.text(text),
                Doc::Verbatim(text) => page.verbatim(text),
                Doc::Space(count) => page.space(*count),
                Doc::Line if mode == Mode::Flat => page.space(1),
                Doc::Soft | Doc::IfBroken(_) if mode == Mode::Flat => {}
                Doc::Line | Doc::Soft | Doc::Hard => page.newline(indent),
                Doc::Blank => page.blank_line(indent),
                Doc::IfBroken(text) => page.text(text),
                Doc::Trailing(text) => page.trailing(text, indent),
                Doc::Own(text) => page.own(text, indent),
                Doc::Indent(inner) => work.push(Work::Doc(indent + INDENT, mode, inner)),
                Doc::Group(inner) => {
                    let flat = mode == Mode::Flat || fits(page.column(), inner, &work);
                    work.push(Work::Doc(indent, if flat { Mode::Flat } else { Mode::Broken }, inner));
                }
                Doc::Fill(parts) if mode == Mode::Flat => {
                    for (at, part) in parts.iter().enumerate().rev() {
                        work.push(Work::Doc(indent, mode, &part.doc));
                        if at > 0 {
                            work.push(Work::Doc(indent, mode, &Doc::Line));
                        }
                    }
                }
                Doc::Fill(parts) => {
                    if let Some((first, rest)) = parts.split_first() {
                        work.push(Work::Fill(indent, rest, first.doc.flat_width().is_none()));
                        work.push(Work::Doc(indent, Mode::Broken, &first.doc));
                    }
                }
                Doc::Concat(all) => work.extend(all.iter().rev().map(|doc| Work::Doc(indent, mode, doc))),
            },
        }
    }
    page.finish()
}

fn fill<'d, 't>(
    page: &mut super::page::Page,
    work: &mut Vec<Work<'d, 't>>,
    indent: usize,
    parts: &'d [Part<'t>],
    tall: bool,
) {
    let Some((part, rest)) = parts.split_first() else { return };
    let width = part.doc.flat_width();
    // One column is kept for the comma after the last part.
    let fits = width.is_some_and(|width| page.column() + 1 + width < WIDTH) && !tall;
    let mut tall = width.is_none();
    if part.blank {
        page.blank_line(indent);
    } else if fits {
        page.space(1);
    } else {
        page.newline(indent);
        tall |= width.is_some_and(|width| indent + width >= WIDTH);
    }
    work.push(Work::Fill(indent, rest, tall));
    work.push(Work::Doc(indent, Mode::Broken, &part.doc));
}

/// Whether a group, and what follows it up to the next possible line end, fits on the line.
fn fits(column: usize, group: &Doc<'_>, rest: &[Work<'_, '_>]) -> bool {
    let mut left = WIDTH.saturating_sub(column);
    let mut inner = vec![(Mode::Flat, group)];
    let mut outer = rest.iter().rev();
    loop {
        let (mode, doc) = match inner.pop() {
            Some(next) => next,
            None => match outer.next() {
                Some(Work::Doc(_, mode, doc)) => (*mode, *doc),
                Some(Work::Fill(_, [], _)) => continue,
                // Between the parts of a fill a line may end.
                Some(Work::Fill(..)) | None => return true,
            },
        };
        let width = match doc {
            Doc::Text(text) => text.chars().count(),
            Doc::Space(count) => *count,
            Doc::IfBroken(text) if mode == Mode::Broken => text.chars().count(),
            Doc::Line if mode == Mode::Flat => 1,
            Doc::Soft | Doc::IfBroken(_) if mode == Mode::Flat => 0,
            Doc::Line | Doc::Soft | Doc::Hard | Doc::Blank | Doc::Trailing(_) | Doc::Own(_) => {
                return mode == Mode::Broken;
            }
            Doc::Verbatim(_) => return false,
            Doc::IfBroken(_) => 0,
            Doc::Indent(doc) | Doc::Group(doc) => {
                inner.push((mode, doc));
                0
            }
            Doc::Fill(parts) => {
                for (at, part) in parts.iter().enumerate().rev() {
                    inner.push((mode, &part.doc));
                    if at > 0 {
                        inner.push((mode, &Doc::Line));
                    }
                }
                0
            }
            Doc::Concat(all) => {
                inner.extend(all.iter().rev().map(|doc| (mode, doc)));
                0
            }
        };
        match left.checked_sub(width) {
            Some(less) => left = less,
            None => return false,
        }
    }
}
