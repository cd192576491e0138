//! Writes the pages of the book that are made from other files, and its table of contents:
//!
//! 1. `docs/book/src/errors/`: an index of all codes, and the page of each, from the registry;
//! 2. `docs/book/src/std/`: an index of the standard library, and a page for each module, from its comments;
//! 3. `docs/book/src/SUMMARY.md`: `docs/book/SUMMARY.template.md` with these pages in their places.
//!
//! Run it before `mdbook build docs/book`. Running it again changes nothing; pages that are no longer made are removed.

#![allow(clippy::disallowed_methods, reason = "a program that writes files")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use agentpass_compiler::diagnostics::codes::{self, Code};
use agentpass_compiler::diagnostics::{Severity, pages};
use agentpass_compiler::stdlib;

/// The groups of the index: how a code begins, and what its group is called.
const GROUPS: &[(&str, &str)] = &[
    ("E00", "Reading files"),
    ("E01", "Syntax"),
    ("E02", "Declarations and imports"),
    ("E03", "Names"),
    ("E04", "Types"),
    ("E05", "Absence"),
    ("E06", "Rules and tools"),
    ("E07", "Memory"),
    ("E08", "Challenges, flows and skills"),
    ("E09", "Tests"),
    ("W", "Warnings"),
    ("N", "Notes"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/book");
    let src = book.join("src");
    let template = fs::read_to_string(book.join("SUMMARY.template.md"))?;
    let mut made = BTreeMap::new();
    let errors = errors(&mut made);
    let std = library(&mut made);
    let summary = template.replace("<!-- errors -->\n", &errors).replace("<!-- std -->\n", &std);
    made.insert(PathBuf::from("SUMMARY.md"), summary);
    for folder in ["errors", "std"] {
        fs::create_dir_all(src.join(folder))?;
        for entry in fs::read_dir(src.join(folder))? {
            let entry = entry?;
            if !made.contains_key(&Path::new(folder).join(entry.file_name())) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    for (path, text) in &made {
        let path = src.join(path);
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            fs::write(path, text)?;
        }
    }
    println!("{} pages", made.len());
    Ok(())
}

/// Pages by their path below `src`.
type Pages = BTreeMap<PathBuf, String>;

/// Makes the index of codes and the page of each; gives the lines for the table of contents.
fn errors(made: &mut Pages) -> String {
    let mut contents = String::new();
    let mut index = "# Errors, warnings and notes\n\n\
        Everything that the compiler finds has a code that never changes. `agentpassc explain CODE` prints the same page.\n\n\
        *Errors* (`E`) make a contract unusable. *Warnings* (`W`) are very likely mistakes. *Notes* (`N`) ask for a \
        human's look. The level of warnings and notes can be set; see [the command line](../reference/commands.md).\n"
        .to_owned();
    for (prefix, group) in GROUPS {
        let codes: Vec<&Code> =
            codes::ALL.iter().copied().filter(|code| code.id.starts_with(prefix)).collect();
        if codes.is_empty() {
            continue;
        }
        let _ = write!(index, "\n## {group}\n\n| code | name | about |\n| --- | --- | --- |\n");
        for code in codes {
            let (id, name) = (code.id, code.name);
            let _ = writeln!(index, "| [{id}]({id}.md) | {name} | {} |", code.summary.replace('|', "\\|"));
            let _ = writeln!(contents, "  - [{id} {name}](errors/{id}.md)");
            made.insert(Path::new("errors").join(format!("{id}.md")), error_page(code));
        }
    }
    made.insert(Path::new("errors").join("index.md"), index);
    contents
}

/// The page of a code, with a line that says what it weighs.
fn error_page(code: &Code) -> String {
    let page = pages::explain(code.id).unwrap_or_default();
    let weight = match code.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    };
    match page.split_once('\n') {
        Some((title, rest)) => format!("{title}\n\n*{weight}: {}.*\n{rest}", code.summary),
        None => page,
    }
}

/// Makes the index of the standard library and the page of each module; gives the lines for the table of contents.
fn library(made: &mut Pages) -> String {
    let mut contents = String::new();
    let mut index = "# The standard library\n\n\
        The modules are part of the compiler. `use std.pii` brings all that a module declares, `use std.web { untrusted }` \
        the names in braces; see [Imports](../tour/imports.md).\n\n| module | about |\n| --- | --- |\n"
        .to_owned();
    for name in stdlib::modules() {
        let module = Module::read(stdlib::text(&stdlib::path(name)).unwrap_or_default());
        let short = name.rsplit('.').next().unwrap_or(name);
        let about = module.about.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let _ = writeln!(index, "| [{name}]({short}.md) | {} |", about.replace('|', "\\|"));
        let _ = writeln!(contents, "  - [{name}](std/{short}.md)");
        made.insert(Path::new("std").join(format!("{short}.md")), module.page(name));
    }
    made.insert(Path::new("std").join("index.md"), index);
    contents
}

/// A module, as its comments tell it.
#[derive(Default)]
struct Module {
    /// The comment of the file.
    about: String,
    /// Its declarations, in order.
    items: Vec<Item>,
}

/// A declaration.
#[derive(Default)]
struct Item {
    /// Its comment.
    about: String,
    /// Its lines.
    text: String,
}

impl Module {
    /// Reads the comments and declarations of a formatted module: a declaration begins in the first column and goes on to a
    /// blank line or to the next one.
    fn read(text: &str) -> Self {
        let mut module = Self::default();
        let mut about = String::new();
        let mut is_open = false;
        for line in text.lines() {
            let goes_on = is_open && line.starts_with([' ', '}', ')', ']']);
            if let Some(comment) = line.strip_prefix("//!") {
                push(&mut module.about, comment);
            } else if let Some(comment) = line.strip_prefix("///") {
                is_open = false;
                push(&mut about, comment);
            } else if let (true, Some(item)) = (goes_on, module.items.last_mut()) {
                item.text.push_str(line);
                item.text.push('\n');
            } else if line.is_empty()
                || ["edition ", "module ", "use "].iter().any(|word| line.starts_with(word))
            {
                is_open = false;
            } else {
                is_open = true;
                module.items.push(Item { about: std::mem::take(&mut about), text: format!("{line}\n") });
            }
        }
        module
    }

    fn page(&self, name: &str) -> String {
        let mut page = format!("# {name}\n\n{}", self.about);
        page.push_str("\n## What it declares\n");
        for item in &self.items {
            let _ = write!(page, "\n### {}\n\n{}", item.name(), item.about);
            if !item.about.is_empty() {
                page.push('\n');
            }
            let _ = write!(page, "```agentpass\n{}```\n", item.text);
        }
        page
    }
}

impl Item {
    /// What stands in its heading: `risky_fields`, `is_within`, `host`.
    fn name(&self) -> &str {
        let line = self.text.lines().next().unwrap_or_default();
        let mut rest = line.trim_start_matches("guarded ");
        for word in ["label ", "set ", "let "] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        rest.split(['(', ':', '=', '{']).next().unwrap_or(rest).trim()
    }
}

/// Adds a line of a comment, without the blank after its mark.
fn push(text: &mut String, comment: &str) {
    text.push_str(comment.strip_prefix(' ').unwrap_or(comment));
    text.push('\n');
}
