//! Lint levels: what a project and its comments say about how much a finding weighs.
//!
//! 1. `agentpass.toml`, at the root of a project, sets the level of a lint for all of it ([`Config::parse`]).
//! 2. A comment in a contract silences a lint at one line or in one file, with a reason ([`allow`]).
//! 3. [`apply`] puts both to work on the findings of a whole program.
//!
//! Only lints (`W` and `N` codes) have a level. An error says that the contract cannot be used, and no configuration makes it
//! usable: to try is an error of its own.

pub mod allow;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use agentpass_grammar::{FileId, SourceFile, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::allow::Allow;
use super::codes::{self, Code};
use super::suggest::closest;
use super::{Diagnostic, Safety, Severity, pages};

/// The name of the file that holds the configuration of a project.
pub const FILE_NAME: &str = "agentpass.toml";

/// The tables that the file may hold.
const TABLES: [&str; 1] = ["lints"];

/// What is done with the findings of a lint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// They are not shown.
    Allow,
    /// They are shown and never count.
    Note,
    /// They count with `--deny-warnings`.
    Warn,
    /// They make the program unusable.
    Deny,
}

impl Level {
    /// Every level, from the mildest.
    pub const ALL: [Self; 4] = [Self::Allow, Self::Note, Self::Warn, Self::Deny];

    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The severity that findings get, if they are shown.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Note => Some(Severity::Note),
            Self::Warn => Some(Severity::Warning),
            Self::Deny => Some(Severity::Error),
        }
    }
}

/// The levels that a project sets; a lint without one keeps the severity of its code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Config {
    levels: BTreeMap<&'static str, Level>,
}

impl Config {
    /// Reads the text of [`FILE_NAME`]. An entry that cannot be followed is reported and left out; the rest counts. Of a text
    /// that is not TOML nothing counts, and only that is reported.
    #[must_use]
    pub fn parse(id: FileId, file: &SourceFile) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader { id, config: Self::default(), set: BTreeMap::new(), problems: Vec::new() };
        let (document, errors) = DeTable::parse_recoverable(&file.text);
        if errors.is_empty() {
            reader.document(document.get_ref());
        }
        // The parser goes on in the middle of a line that it could not read, so a line's first error is the true one.
        let mut lines = BTreeSet::new();
        for error in errors {
            let span = reader.span(error.span().unwrap_or(0..0));
            if lines.insert(file.lines().line_of(span.start)) {
                let message = format!("the configuration is not valid TOML: {}", error.message());
                reader.problems.push(Diagnostic::new(&codes::BAD_CONFIG, span, message));
            }
        }
        (reader.config, reader.problems)
    }

    /// The level of a code, where the project sets one.
    #[must_use]
    pub fn level(&self, code: &Code) -> Option<Level> {
        self.levels.get(code.id).copied()
    }
}

/// The findings of a program after configuration: silenced ones are gone, the others have the severity that the project gives
/// them, and an allow comment that silenced nothing is a finding.
///
/// A comment wins over the project's `deny`: it stands beside what it allows and carries a reason, where the level is general.
/// While the program has errors, checks may not have run, so unused allows are not reported then.
#[must_use]
pub fn apply(config: &Config, mut allows: Vec<Allow>, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let broken = found.iter().any(|found| found.code.severity == Severity::Error);
    // A line's own allow is used before the file's, so that the file's shows as unused once every line has one.
    allows.sort_by_key(Allow::is_for_file);
    let mut left: Vec<_> = found.into_iter().filter(|found| !allow::silence(&mut allows, found)).collect();
    if !broken {
        // An allow may be there for other allows that are not needed, so those are looked at last.
        let (mut last, others): (Vec<_>, Vec<_>) =
            allows.into_iter().partition(|allow| allow.code.id == codes::UNUSED_ALLOW.id);
        left.extend(allow::unused(&others).filter(|found| !allow::silence(&mut last, found)));
        left.extend(allow::unused(&last));
    }
    left.retain_mut(|found| match config.level(found.code).filter(|_| is_lint(found.code)) {
        None => true,
        Some(level) => match level.severity() {
            Some(severity) => {
                found.severity = severity;
                true
            }
            None => false,
        },
    });
    left
}

/// True for codes whose weight is a matter of taste.
pub(super) fn is_lint(code: &Code) -> bool {
    code.severity != Severity::Error
}

/// Why a name cannot be given a level or be allowed, with the help that goes with it.
pub(super) fn lint(name: &str) -> Result<&'static Code, (String, String, Option<&'static str>)> {
    match pages::find(name) {
        Some(code) if is_lint(code) => Ok(code),
        Some(code) => Err((
            format!("`{name}` is an error and cannot be lowered"),
            format!("mend what `agentpassc explain {}` describes", code.id),
            None,
        )),
        None => {
            let lints = codes::ALL.iter().filter(|code| is_lint(code)).flat_map(|code| [code.name, code.id]);
            let meant = closest(name, lints);
            let help = meant.map_or_else(
                || "write the name or the code that the finding shows".to_owned(),
                |meant| format!("write `{meant}`"),
            );
            Err((format!("there is no lint called `{name}`"), help, meant))
        }
    }
}

/// Walks the document and collects levels and problems.
struct Reader {
    id: FileId,
    config: Config,
    /// Where each code was set, to show both places when it is set twice.
    set: BTreeMap<&'static str, Range<usize>>,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn document(&mut self, document: &DeTable<'_>) {
        for (key, value) in in_file_order(document) {
            if key.get_ref() == "lints" {
                match value.get_ref() {
                    DeValue::Table(lints) => self.lints(lints),
                    _ => {
                        self.report(value.span(), "`lints` is a table of lint names and levels").help =
                            Some("write `[lints]` and below it, say, `unused-allow = \"deny\"`".to_owned());
                    }
                }
            } else {
                let meant = closest(key.get_ref(), TABLES);
                let help = format!("this file holds `[{}]` and nothing else", TABLES.join("]`, `["));
                let problem = self.report(key.span(), format!("unknown entry `{}`", key.get_ref()));
                problem.help = Some(meant.map_or(help, |meant| format!("write `[{meant}]`")));
            }
        }
    }

    fn lints(&mut self, lints: &DeTable<'_>) {
        for (key, value) in in_file_order(lints) {
            let level = self.level(value);
            let name = key.get_ref();
            match pages::find(name) {
                Some(code) if is_lint(code) => {
                    if let Some(first) = self.set.insert(code.id, key.span()) {
                        let first = self.span(first);
                        let problem =
                            self.report(key.span(), format!("`{}` is given a level twice", code.name));
                        problem.secondary.push(super::Label { span: first, text: "also here".to_owned() });
                        problem.help =
                            Some("a lint's name and its code are the same lint: keep one".to_owned());
                    } else if let Some(level) = level {
                        self.config.levels.insert(code.id, level);
                    }
                }
                // To deny an error is what happens anyway.
                Some(_) if level == Some(Level::Deny) => {}
                _ => {
                    if let Err((message, help, meant)) = lint(name) {
                        let bare = key.get_ref().len() == key.span().len();
                        let span = self.span(key.span());
                        let problem = self.report(key.span(), message);
                        problem.help = Some(help);
                        if let Some(meant) = meant.filter(|_| bare) {
                            *problem = problem.clone().replace(Safety::Unsafe, span, meant);
                        }
                    }
                }
            }
        }
    }

    fn level(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Level> {
        let word = value.get_ref().as_str();
        if let Some(level) = word.and_then(|word| Level::ALL.into_iter().find(|level| level.word() == word)) {
            return Some(level);
        }
        let message = match word {
            Some(word) => format!("there is no level called `{word}`"),
            None => "a level is a word in quotes".to_owned(),
        };
        let meant = word.and_then(|word| closest(word, Level::ALL.map(Level::word)));
        let help = meant.map_or_else(
            || "write \"allow\", \"note\", \"warn\" or \"deny\"".to_owned(),
            |meant| format!("write \"{meant}\""),
        );
        self.report(value.span(), message).help = Some(help);
        None
    }

    fn report(&mut self, at: Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        let span = self.span(at);
        self.problems.push(Diagnostic::new(&codes::BAD_CONFIG, span, message));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn span(&self, at: Range<usize>) -> Span {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Span::new(self.id, narrow(at.start), narrow(at.end))
    }
}

/// The entries of a table as they are written; the library sorts them by key.
fn in_file_order<'a, 'i>(
    table: &'a DeTable<'i>,
) -> Vec<(&'a Spanned<toml::de::DeString<'i>>, &'a Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
