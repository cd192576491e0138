//! For people at a terminal: the headline, the source with what is wrong underlined, what to do.
//!
//! ```text
//! error[E0301 unknown-name]: nothing here is called `amont`
//!    ╭─[ refund_desk.agentpass:3:13 ]
//!    │
//!  3 │     require amont <= $100
//!    │             ──┬──
//!    │               ╰──── not declared
//! ───╯
//!   help: write `amount`
//!   note: there is a fix (unsafe): replace with `amount`
//! ```
//!
//! ariadne draws the box and nothing else. It is given an `Excerpt` rather than the source, and character offsets into it:
//! in byte mode ariadne 0.6 takes the first label of a second file for a byte offset although it has already turned it into
//! characters, and panics when that falls inside of one. Its idea of a position (columns of the excerpt) is replaced by
//! ours, so that `file:line:col` is the same in every format.

use std::fmt::Debug;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use agentpass_grammar::{FileId, Sources, Span};
use ariadne::{Color, Config, IndexType, Report, ReportKind};

use super::escape;
use super::excerpt::Excerpt;
use super::place::{Places, clamped};
use super::short;
use crate::diagnostics::Diagnostic;

/// More secondary places than this are counted, not drawn.
const MOST_LABELS: usize = 8;

/// Marks of our own around the file's name, so that ariadne's position after it can be taken out again. Text from outside
/// cannot hold them: they are control characters, and those are spelled out.
const NAME_START: char = '\u{1}';
const NAME_END: char = '\u{2}';

/// All findings, with an empty line between two.
#[must_use]
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], colour: bool) -> String {
    let mut places = Places::new(sources);
    let all: Vec<_> = diagnostics.iter().map(|found| one(sources, &mut places, found, colour)).collect();
    all.join("\n")
}

fn one(sources: &Sources, places: &mut Places<'_>, found: &Diagnostic, colour: bool) -> String {
    let labels = labels(sources, found);
    // A panic of the drawing library must not cost the finding: it is then shown as the short form shows it.
    let drawn =
        catch_unwind(AssertUnwindSafe(|| draw(sources, places, found, &labels, colour))).ok().flatten();
    let mut out = match drawn {
        Some(drawing) => {
            let tag = format!("{}[{} {}]", found.severity.word(), found.code.id, found.code.name);
            let tag = short::paint(tag, found.severity, colour);
            let mut text = format!("{tag}: {}\n{drawing}", escape::brief(&found.message));
            // What could not be drawn, because its file is missing, is still said.
            for label in found.secondary.iter().take(MOST_LABELS) {
                if sources.get(label.span.file).is_none() {
                    trailer(&mut text, "note", &label.text);
                }
            }
            text
        }
        None => {
            let mut text = short::line(&places.of(found.span), found, colour) + "\n";
            if let Some(label) = &found.label {
                trailer(&mut text, "note", label);
            }
            for label in found.secondary.iter().take(MOST_LABELS) {
                let at = short::position(&places.of(label.span));
                trailer(&mut text, "note", &format!("{at}: {}", label.text));
            }
            text
        }
    };
    if found.secondary.len() > MOST_LABELS {
        let more = found.secondary.len() - MOST_LABELS;
        trailer(&mut out, "note", &format!("and {more} more place{}", super::plural(more)));
    }
    if let Some(help) = &found.help {
        trailer(&mut out, "help", help);
    }
    if let Some(fix) = &found.fix {
        trailer(&mut out, "note", &format!("there is a fix ({}): {}", fix.safety.word(), fix.title));
    }
    out
}

/// A line under the drawing; further lines of the text are indented, so that no text can pass for a finding of its own.
fn trailer(out: &mut String, word: &str, text: &str) {
    for (at, line) in text.lines().enumerate() {
        let lead = if at == 0 { format!("  {word}: ") } else { " ".repeat(word.len() + 4) };
        out.push_str(&lead);
        out.push_str(&escape::brief(line));
        out.push('\n');
    }
}

/// Something to draw: a place in a file that exists, and its words.
struct Drawn<'a> {
    span: Span,
    range: Range<usize>,
    text: &'a str,
    primary: bool,
}

/// The labels in the order in which ariadne keeps one box for each file: the primary one's file first, and the lines of a
/// file in ascending order. Labels of missing files are left out.
fn labels<'a>(sources: &Sources, found: &'a Diagnostic) -> Vec<Drawn<'a>> {
    let primary = (found.span, found.label.as_deref().unwrap_or("here"), true);
    let secondary = found.secondary.iter().take(MOST_LABELS).map(|label| (label.span, &*label.text, false));
    let mut files: Vec<FileId> = Vec::new();
    let mut labels = Vec::new();
    for (span, text, primary) in std::iter::once(primary).chain(secondary) {
        if let Some(file) = sources.get(span.file) {
            let (start, end) = clamped(file, span);
            labels.push(Drawn { span, range: start..end, text, primary });
            if !files.contains(&span.file) {
                files.push(span.file);
            }
        }
    }
    let rank = |label: &Drawn<'_>| files.iter().position(|&file| file == label.span.file);
    labels.sort_by_key(|label| (rank(label), label.range.end, label.range.start));
    labels
}

fn draw(
    sources: &Sources,
    places: &mut Places<'_>,
    found: &Diagnostic,
    labels: &[Drawn<'_>],
    colour: bool,
) -> Option<String> {
    let mut boxes = Boxes(Vec::new());
    let config = Config::new().with_index_type(IndexType::Char).with_color(colour).with_cross_gap(false);
    // Without the primary label there would be a box that does not show what is wrong.
    labels.iter().find(|label| label.primary)?;
    let mut report = None;
    for of_file in labels.chunk_by(|a, b| a.span.file == b.span.file) {
        let file = sources.get(of_file.first()?.span.file)?;
        let ranges: Vec<_> = of_file.iter().map(|label| label.range.clone()).collect();
        let excerpt = Excerpt::new(file, &ranges)?;
        let first = of_file.iter().find(|label| label.primary).or(of_file.first())?;
        let name = format!("{NAME_START}{}{NAME_END}", short::position(&places.of(first.span)));
        let id = boxes.0.len();
        for label in of_file {
            let span = (id, excerpt.shown(&label.range)?);
            // The headline is our own, so the kind (which always has a word and a colour) is thrown away with ariadne's.
            let report = report
                .get_or_insert_with(|| Report::build(ReportKind::Error, span.clone()).with_config(config));
            let colour = if label.primary { short::severity_colour(found.severity) } else { Color::Blue };
            report.add_label(
                ariadne::Label::new(span).with_message(escape::brief(label.text)).with_color(colour),
            );
        }
        boxes.0.push((name, ariadne::Source::from(excerpt.text)));
    }
    let mut bytes = Vec::new();
    report?.finish().write(&mut boxes, &mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (_headline, drawing) = text.split_once('\n')?;
    Some(finished(drawing, colour))
}

/// The drawing with our positions in place of ariadne's, and without spaces at line ends.
fn finished(drawing: &str, colour: bool) -> String {
    let mut out = String::with_capacity(drawing.len());
    for line in drawing.lines() {
        let mut line = line.to_owned();
        if let (Some(start), Some(end)) = (line.find(NAME_START), line.find(NAME_END)) {
            let rest = line[end..].find(' ').map_or("", |space| &line[end + space..]);
            line = format!("{}{}{rest}", &line[..start], &line[start + 1..end]);
        }
        // With colours a space at the end may be inside of a sequence; there it is left.
        out.push_str(if colour { &line } else { line.trim_end() });
        out.push('\n');
    }
    out
}

/// The excerpts by number, with what their boxes say on top.
struct Boxes(Vec<(String, ariadne::Source<String>)>);

impl ariadne::Cache<usize> for Boxes {
    type Storage = String;

    fn fetch(&mut self, id: &usize) -> Result<&ariadne::Source<String>, impl Debug> {
        self.0.get(*id).map(|(_, source)| source).ok_or("no such box")
    }

    fn display<'a>(&self, id: &'a usize) -> Option<impl std::fmt::Display + 'a> {
        self.0.get(*id).map(|(name, _)| name.clone())
    }
}
