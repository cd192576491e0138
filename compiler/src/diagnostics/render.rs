//! The ways to show diagnostics: one [`Format`] each, over the same objects.
//!
//! Every format goes the same way: `place` turns spans into positions (and survives spans that point nowhere),
//! [`escape`] makes text harmless for a terminal, and one module per format writes. Nothing here sorts or filters:
//! [`super::sort`] and [`super::config`] come before.

pub mod escape;
mod excerpt;
pub mod github;
pub mod human;
pub mod json;
mod place;
pub mod sarif;
pub mod short;

use std::fmt;
use std::str::FromStr;

use agentpass_grammar::Sources;

use super::{Diagnostic, Severity};

/// The diagnostics as text in one of the formats. `colour` matters to [`Format::Human`] and [`Format::Short`] only.
///
/// The text ends with a line end, except that no diagnostics give the empty string in the line-based formats.
#[must_use]
pub fn render(format: Format, sources: &Sources, diagnostics: &[Diagnostic], colour: bool) -> String {
    match format {
        Format::Human => human::render(sources, diagnostics, colour),
        Format::Short => short::render(sources, diagnostics, colour),
        Format::Json => json::render(sources, diagnostics),
        Format::Sarif => sarif::render(sources, diagnostics),
        Format::Github => github::render(sources, diagnostics),
    }
}

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Format {
    /// With the source, for people at a terminal.
    #[default]
    Human,
    /// One line each: `file:line:col: error[E0301]: message`.
    Short,
    /// One JSON document, described by `docs/schemas/diagnostics.schema.json`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that GitHub shows beside the changed lines.
    Github,
}

impl Format {
    /// Every format, in the order in which usage lists them.
    pub const ALL: [Self; 5] = [Self::Human, Self::Short, Self::Json, Self::Sarif, Self::Github];

    /// The word that selects the format.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Short => "short",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.word() == word)
            .ok_or_else(|| UnknownFormat(escape::visible(word).into_owned()))
    }
}

/// A word that names no [`Format`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no format: write human, short, json, sarif or github", self.0)
    }
}

impl std::error::Error for UnknownFormat {}

/// How many findings there are, and in how many files they were looked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, serde::Serialize)]
pub struct Summary {
    /// Files that were read, the embedded standard library (`<std>/…`) not counted.
    pub files: usize,
    /// Findings that make the program unusable.
    pub errors: usize,
    /// Findings that count with `--deny-warnings`.
    pub warnings: usize,
    /// Findings that never count.
    pub notes: usize,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn of(sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
        Self {
            files: sources.iter().filter(|(_, file)| !file.name.starts_with("<std>/")).count(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }
}

impl fmt::Display for Summary {
    /// `2 errors, 1 warning in 3 files`, or `no problems in 3 files`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let mut before = "";
        for (count, word) in counts.into_iter().filter(|&(count, _)| count > 0) {
            write!(f, "{before}{count} {word}{}", plural(count))?;
            before = ", ";
        }
        if before.is_empty() {
            f.write_str("no problems")?;
        }
        write!(f, " in {} file{}", self.files, plural(self.files))
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
