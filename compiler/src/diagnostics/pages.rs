//! The page of each code: what it means, an example that fails with it, the same example mended.
//!
//! A page is Markdown, `docs/errors/E0301.md`, in a fixed form:
//!
//! ````text
//! # E0301 unknown-name
//!
//! A paragraph that says what is wrong and why it matters.
//!
//! ## Fails
//!
//! ```agentpass
//! // file: desk.agentpass
//! …
//! ```
//!
//! ## Fixed
//!
//! ```agentpass
//! …
//! ```
//!
//! ## Notes
//!
//! Optional.
//! ````
//!
//! The blocks marked `agentpass`, `toml` or `json` of one section are the files of one program; a first line
//! `// file: NAME` (in TOML `# file: NAME`) names the file and is not part of it. In a block marked `agentpass escaped`
//! the texts `\r` and `\u{…}` stand for the characters that Markdown cannot show. Blocks in other languages are
//! illustrations and are not read, for findings that no file alone can show. The tests run every example.

use std::fmt;

use super::codes::{self, Code};
use super::suggest;

/// The name of a block that does not name its file.
const UNNAMED: &str = "example.agentpass";
/// The name of a TOML block that does not name its file.
const UNNAMED_TOML: &str = "agentpass.toml";
/// The mark of a block whose escapes stand for characters.
const ESCAPED: &str = "agentpass escaped";

/// The code with that identifier (`E0301`, in any case) or name (`unknown-name`).
#[must_use]
pub fn find(code_or_name: &str) -> Option<&'static Code> {
    let wanted = code_or_name.trim();
    codes::ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(wanted) || code.name == wanted)
}

/// The name or identifier of a code that was probably meant.
#[must_use]
pub fn suggest(code_or_name: &str) -> Option<&'static str> {
    suggest::closest(code_or_name, codes::ALL.iter().flat_map(|code| [code.name, code.id]))
}

/// The page of a code as Markdown. A code whose page is not written is explained by its line in the registry.
#[must_use]
pub fn explain(code_or_name: &str) -> Option<String> {
    let code = find(code_or_name)?;
    Some(match page(code.id) {
        Some(page) => page.to_owned(),
        None => format!("# {} {}\n\nThis means: {}.\n", code.id, code.name, code.summary),
    })
}

/// The Markdown of a code's page, by its identifier as the registry writes it.
#[must_use]
pub fn page(id: &str) -> Option<&'static str> {
    include!(concat!(env!("OUT_DIR"), "/pages.rs"))
}

/// A page, read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// The heading: `E0301 unknown-name`.
    pub title: String,
    /// The text between the heading and the first section, as Markdown.
    pub about: String,
    /// The files of the example that fails.
    pub fails: Vec<Example>,
    /// The files of the example that is clean.
    pub fixed: Vec<Example>,
    /// The text of the notes, or the empty string.
    pub notes: String,
}

/// One file of an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Its name.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// Why a text is not a page: the line (from 1) and what is wrong there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageError {
    /// The line, from 1.
    pub line: usize,
    /// What was expected.
    pub message: String,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for PageError {}

#[derive(Clone, Copy, PartialEq)]
enum Section {
    About,
    Fails,
    Fixed,
    Notes,
}

impl Page {
    /// Reads a page, and refuses one that does not have the form.
    pub fn parse(markdown: &str) -> Result<Self, PageError> {
        let mut page = Self::default();
        let mut section = Section::About;
        let mut seen = Vec::new();
        let mut lines = (1..).zip(markdown.lines());
        let error = |line, message: &str| Err(PageError { line, message: message.to_owned() });

        match lines.next().and_then(|(_, line)| line.strip_prefix("# ")) {
            Some(title) => page.title = title.trim().to_owned(),
            None => return error(1, "a page starts with `# CODE name`"),
        }
        let mut last = 1;
        while let Some((number, line)) = lines.next() {
            last = number;
            if let Some(heading) = line.strip_prefix("## ") {
                section = match heading.trim() {
                    "Fails" => Section::Fails,
                    "Fixed" => Section::Fixed,
                    "Notes" => Section::Notes,
                    _ => return error(number, "a section is `## Fails`, `## Fixed` or `## Notes`"),
                };
                if seen.contains(&heading.trim()) {
                    return error(number, "this section was there already");
                }
                seen.push(heading.trim());
            } else if line.starts_with("# ") {
                return error(number, "a page has one title");
            } else if let Some(language) = fence(line) {
                let mut text = String::new();
                loop {
                    let Some((_, line)) = lines.next() else {
                        return error(number, "this block is never closed");
                    };
                    if line.trim_end() == "```" {
                        break;
                    }
                    text.push_str(line);
                    text.push('\n');
                }
                match (section, language) {
                    (Section::Fails, "agentpass" | "toml" | "json") => {
                        page.fails.push(example(language, &text))
                    }
                    (Section::Fixed, "agentpass" | "toml" | "json") => {
                        page.fixed.push(example(language, &text))
                    }
                    (Section::Fails, ESCAPED) => page.fails.push(example(language, &unescaped(&text))),
                    (Section::Fixed, ESCAPED) => page.fixed.push(example(language, &unescaped(&text))),
                    _ => {}
                }
            } else {
                let text = match section {
                    Section::About => &mut page.about,
                    Section::Notes => &mut page.notes,
                    Section::Fails | Section::Fixed => continue,
                };
                text.push_str(line);
                text.push('\n');
            }
        }
        page.about = page.about.trim().to_owned();
        page.notes = page.notes.trim().to_owned();
        if page.about.is_empty() {
            return error(2, "a paragraph that says what is wrong comes after the title");
        }
        for needed in ["Fails", "Fixed"] {
            if !seen.contains(&needed) {
                return error(last, &format!("the section `## {needed}` is missing"));
            }
        }
        Ok(page)
    }
}

/// The language of a line that opens a block.
fn fence(line: &str) -> Option<&str> {
    line.strip_prefix("```").map(str::trim)
}

fn example(language: &str, text: &str) -> Example {
    let (comment, unnamed) = if language == "toml" { ("#", UNNAMED_TOML) } else { ("//", UNNAMED) };
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let name = first.strip_prefix(comment).and_then(|first| first.trim_start().strip_prefix("file:"));
    match name {
        Some(name) => Example { file: name.trim().to_owned(), text: rest.to_owned() },
        None => Example { file: unnamed.to_owned(), text: text.to_owned() },
    }
}

/// The text with `\r` and `\u{…}` replaced by the characters that they stand for; anything else is left as it is.
#[must_use]
pub fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        result.push_str(before);
        let code = escape.strip_prefix("\\u{").and_then(|inner| inner.split_once('}'));
        let hidden = code.and_then(|(digits, _)| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
        rest = if let (Some(c), Some((_, after))) = (hidden, code) {
            result.push(c);
            after
        } else if let Some(after) = escape.strip_prefix("\\r") {
            result.push('\r');
            after
        } else {
            result.push('\\');
            escape.strip_prefix('\\').unwrap_or("")
        };
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# E0301 unknown-name\n\nA name.\nMore.\n\n## Fails\n\n```agentpass\n// file: a.agentpass\nuse b\n```\n\
        \n```agentpass\nx\n```\n```sh\nagentpassc\n```\n## Fixed\n```toml\n[lints]\n```\n\n## Notes\n\nNone.\n";

    #[test]
    fn a_page_is_read() {
        let page = Page::parse(PAGE).unwrap();
        let file = |file: &str, text: &str| Example { file: file.to_owned(), text: text.to_owned() };
        assert_eq!(page.title, "E0301 unknown-name");
        assert_eq!(page.about, "A name.\nMore.");
        assert_eq!(page.fails, [file("a.agentpass", "use b\n"), file("example.agentpass", "x\n")]);
        assert_eq!(page.fixed, [file("agentpass.toml", "[lints]\n")]);
        assert_eq!(page.notes, "None.");
    }

    #[test]
    fn a_page_without_the_form_is_refused() {
        let fails = |text: &str| Page::parse(text).unwrap_err().to_string();
        assert_eq!(fails(""), "line 1: a page starts with `# CODE name`");
        assert_eq!(fails("# E1 x\n"), "line 2: a paragraph that says what is wrong comes after the title");
        assert_eq!(
            fails(&PAGE.replace("## Fixed", "## Mended")),
            "line 19: a section is `## Fails`, `## Fixed` or `## Notes`"
        );
        assert_eq!(fails("# E1 x\nabc\n## Fails\n```\n"), "line 4: this block is never closed");
        assert_eq!(fails("# E1 x\nabc\n## Fails\n"), "line 3: the section `## Fixed` is missing");
    }

    #[test]
    fn escapes_stand_for_what_cannot_be_shown() {
        assert_eq!(unescaped("\\u{feff}a\\rb \\n \\u{x} \\"), "\u{feff}a\rb \\n \\u{x} \\");
        let page = Page::parse(&PAGE.replace("```agentpass\nx\n", "```agentpass escaped\nx\\r\n")).unwrap();
        assert_eq!(page.fails[1].text, "x\r\n");
    }

    #[test]
    fn a_code_is_found_by_identifier_and_by_name() {
        assert_eq!(find("e0301").map(|code| code.name), Some("unknown-name"));
        assert_eq!(find("unknown-name").map(|code| code.id), Some("E0301"));
        assert!(explain("E0301").unwrap().starts_with("# E0301 unknown-name\n"));
        assert_eq!(explain("E9999"), None);
        assert_eq!(suggest("unknow-name"), Some("unknown-name"));
    }
}
