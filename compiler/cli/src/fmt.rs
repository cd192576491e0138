//! `agentpassc fmt`: every file in the one layout.

use std::path::Path;

use agentpass_compiler::diagnostics::problems::files::unreadable;
use agentpass_compiler::diagnostics::render::{Format, escape::visible, render};
use agentpass_compiler::diagnostics::{Diagnostic, Severity};
use agentpass_compiler::fmt::format;
use agentpass_compiler::load::Files;
use agentpass_grammar::{FileId, MAX_FILE_BYTES, SourceFile, Sources, Span};
use similar::TextDiff;

use crate::args::{self, Color};
use crate::disk::{Disk, STDIN, words};
use crate::output::{Exit, Failure, counted, is_coloured_aside, print, print_aside};
use crate::{contract, paths, replace};

/// Runs the verb.
pub(crate) fn run(args: &args::Fmt, color: Color) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let named = paths::find(&args.paths, &disk)?;
    contract::no_bundles(&named, &disk, "fmt")?;
    let mut done = Done::default();
    let mut failed = Vec::new();
    for name in &named.files {
        let Some((id, text)) = done.read(name, &disk) else { continue };
        let formatted = format(id, &text);
        done.problems.extend(formatted.problems);
        if args.check {
            if formatted.changed {
                done.changed += 1;
                print(&difference(name, &text, &formatted.text, args.format))?;
            }
        } else if name == STDIN {
            print(&formatted.text)?;
        } else if formatted.changed {
            match replace::existing(Path::new(name), formatted.text.as_bytes()) {
                Ok(()) => done.changed += 1,
                Err(error) => failed.push(format!("`{name}` cannot be written: {}", words(&error))),
            }
        }
    }
    let errors = done.problems.iter().filter(|found| found.severity == Severity::Error).count();
    print_aside(&render(Format::Human, &done.sources, &done.problems, is_coloured_aside(color)));
    if let Some(failure) = Failure::all(failed) {
        return Err(failure);
    }
    if named.files != [STDIN] {
        let verb = if args.check { "would be changed" } else { "changed" };
        let mut summary =
            format!("{} {verb}, {}", counted(done.changed, "file"), counted(named.files.len(), "file"));
        summary.push_str(" looked at");
        if errors > 0 {
            summary.push_str(&format!(", {}", counted(errors, "error")));
        }
        print_aside(&format!("{summary}\n"));
    }
    Ok(if errors > 0 || (args.check && done.changed > 0) { Exit::Fault } else { Exit::Fine })
}

/// What has been done so far.
#[derive(Default)]
struct Done {
    sources: Sources,
    problems: Vec<Diagnostic>,
    changed: usize,
}

impl Done {
    /// The text of a file; one that is not text is a finding about it.
    fn read(&mut self, name: &str, disk: &Disk) -> Option<(FileId, String)> {
        let (why, offset) = match disk.read(name) {
            Ok(bytes) if bytes.len() > MAX_FILE_BYTES => {
                (format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20), None)
            }
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return Some((self.sources.add(SourceFile::new(name, text.as_str())), text)),
                Err(error) => ("it is not valid UTF-8".to_owned(), Some(error.utf8_error().valid_up_to())),
            },
            Err(why) => (why, None),
        };
        let id = self.sources.add(SourceFile::new(name, ""));
        self.problems.push(unreadable(Span::new(id, 0, 0), name, &why, offset));
        None
    }
}

/// A unified diff, or the path alone.
fn difference(name: &str, old: &str, new: &str, format: Format) -> String {
    let name = visible(name);
    if format == Format::Short {
        return format!("{name}\n");
    }
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    let text = unified
        .context_radius(3)
        .header(&format!("{name} (as it is)"), &format!("{name} (formatted)"))
        .to_string();
    // The text is a stranger's: what could move the cursor or hide a line is shown as what it is.
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => format!("{}\n", visible(line)),
            None => visible(line).into_owned(),
        })
        .collect()
}
