//! Allow comments: `// agentpass: allow(unused-declaration) because "the desk of 2027 needs it"`.
//!
//! - Alone on its line it speaks for the next line that is more than a comment; behind other text, for its own line. A finding
//!   belongs to the line on which its primary span starts.
//! - `allow-file(…)` speaks for the whole file, wherever it stands.
//! - Several names are separated by commas. The reason is not optional: it is what a reviewer reads.
//! - Only plain comments count. In `///` and `//!` the words would be documentation, so they are reported.
//!
//! A comment that begins with `agentpass:` and cannot be read silences nothing and is reported. Nothing is guessed.

use agentpass_grammar::{SourceFile, Span};

use super::{codes, lint};
use crate::diagnostics::codes::Code;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Edit, Fix, Safety};

/// A lint that a comment allows somewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allow {
    /// The lint.
    pub code: &'static Code,
    /// Its name in the comment.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// What goes when the comment goes, where it names no other lint.
    alone: Option<Span>,
    scope: Scope,
    used: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scope {
    File,
    /// Findings that start in `start..end`.
    Line {
        start: u32,
        end: u32,
    },
}

impl Allow {
    /// True for `allow-file`.
    #[must_use]
    pub fn is_for_file(&self) -> bool {
        self.scope == Scope::File
    }

    fn covers(&self, found: &Diagnostic) -> bool {
        let here = match self.scope {
            Scope::File => true,
            Scope::Line { start, end } => (start..end).contains(&found.span.start),
        };
        here && found.code.id == self.code.id && found.span.file == self.span.file
    }
}

/// Reads the allow comments of a file. `comments` are the spans of all its comments, from the lexer, in order: those that say nothing
/// to us are needed to know which lines hold nothing else.
#[must_use]
pub fn scan(file: &SourceFile, comments: impl IntoIterator<Item = Span>) -> (Vec<Allow>, Vec<Diagnostic>) {
    let comments: Vec<_> = comments.into_iter().collect();
    let mut allows = Vec::new();
    let mut problems = Vec::new();
    for (at, &comment) in comments.iter().enumerate() {
        let text = comment.text(&file.text);
        let mut cursor = Cursor { text, at: 0, comment };
        match cursor.directive() {
            Ok(None) => {}
            Ok(Some(directive)) => {
                let scope = if directive.for_file { Scope::File } else { line_scope(file, &comments, at) };
                let alone = (directive.names.len() == 1).then(|| removal(file, comment));
                for (name, span) in directive.names {
                    match lint(name) {
                        Ok(code) => {
                            let reason = directive.reason.clone();
                            allows.push(Allow { code, span, reason, alone, scope, used: false });
                        }
                        Err((message, help, meant)) => {
                            let problem = Diagnostic::new(&codes::BAD_ALLOW, span, message).help(help);
                            problems.push(match meant {
                                // An allow silences: which one is meant is the author's decision.
                                Some(meant) => problem.replace(Safety::DisplayOnly, span, meant),
                                None => problem,
                            });
                        }
                    }
                }
            }
            Err(problem) => problems.push(*problem),
        }
    }
    (allows, problems)
}

/// True where one of the allows covers the finding, which marks it as used.
pub(super) fn silence(allows: &mut [Allow], found: &Diagnostic) -> bool {
    match allows.iter_mut().find(|allow| allow.covers(found)) {
        Some(allow) => {
            allow.used = true;
            true
        }
        None => false,
    }
}

/// A finding for each allow that silenced nothing.
pub(super) fn unused(allows: &[Allow]) -> impl Iterator<Item = Diagnostic> {
    allows.iter().filter(|allow| !allow.used).map(|allow| {
        let place = if allow.is_for_file() { "in this file" } else { "on its line" };
        let message = format!("this allow is not needed: `{}` finds nothing {place}", allow.code.name);
        let found = Diagnostic::new(&codes::UNUSED_ALLOW, allow.span, message);
        match allow.alone {
            Some(comment) => found.help("remove the comment").fix(Fix {
                title: "remove the comment".to_owned(),
                safety: Safety::Safe,
                edits: vec![Edit { span: comment, text: String::new() }],
            }),
            None => found.help(format!("remove `{}` from the list", allow.code.name)),
        }
    })
}

/// The line that the comment number `at` speaks for.
fn line_scope(file: &SourceFile, comments: &[Span], at: usize) -> Scope {
    let lines = file.lines();
    let only_comment = |comment: Span| {
        let start = lines.start_of(lines.line_of(comment.start)).unwrap_or(0);
        Span::new(comment.file, start, comment.start).text(&file.text).trim().is_empty()
    };
    let mut line = comments.get(at).map_or(0, |comment| lines.line_of(comment.start));
    for &comment in comments.get(at..).unwrap_or(&[]) {
        // A run of comment lines passes the allow on to the line below the run.
        if lines.line_of(comment.start) != line || !only_comment(comment) {
            break;
        }
        line += 1;
    }
    Scope::Line {
        start: lines.start_of(line).unwrap_or(u32::MAX),
        end: lines.start_of(line + 1).unwrap_or(u32::MAX),
    }
}

/// The comment with the blanks before it; the whole line where it holds nothing else.
fn removal(file: &SourceFile, comment: Span) -> Span {
    let line = file.lines().line_of(comment.start);
    let start = file.lines().start_of(line).unwrap_or(0);
    let before = Span::new(comment.file, start, comment.start);
    let kept = before.text(&file.text).trim_end().len();
    match file.lines().start_of(line + 1) {
        Some(next) if kept == 0 => Span::new(comment.file, start, next),
        _ => Span::new(comment.file, start + u32::try_from(kept).unwrap_or(0), comment.end),
    }
}

struct Directive<'a> {
    for_file: bool,
    names: Vec<(&'a str, Span)>,
    reason: String,
}

/// A place in a comment.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    comment: Span,
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

impl<'a> Cursor<'a> {
    /// The directive in the comment; `None` where the comment is none.
    fn directive(&mut self) -> Parsed<Option<Directive<'a>>> {
        let Some(body) = self.text.strip_prefix("//") else { return Ok(None) };
        let documentation = body.starts_with(['/', '!']);
        self.at = if documentation { 3 } else { 2 };
        self.blank();
        if !self.eat("agentpass:") {
            return Ok(None);
        }
        if documentation {
            let problem = self.problem(0..self.text.len(), "an allow is no documentation");
            return Err(Box::new(problem.help("write it as a plain comment that starts with `//`")));
        }
        self.blank();
        let start = self.at;
        let verb = self.word();
        let for_file = match verb {
            "allow" => false,
            "allow-file" => true,
            "" => return self.malformed("expected `allow` or `allow-file`"),
            other => {
                let message = format!("`{other}` is not something a comment can ask for");
                let meant = closest(other, ["allow", "allow-file"]).unwrap_or("allow");
                let problem = self.problem(start..self.at, message);
                return Err(Box::new(problem.help(format!("write `{meant}(…) because \"…\"`"))));
            }
        };
        self.blank();
        if !self.eat("(") {
            return self.malformed("expected the lints in parentheses");
        }
        let names = self.names()?;
        self.blank();
        if self.word() != "because" {
            return self.malformed("an allow needs its reason: `because \"…\"`");
        }
        self.blank();
        let reason = self.quoted()?;
        self.blank();
        if self.at < self.text.len() {
            return self.malformed("nothing comes after the reason");
        }
        Ok(Some(Directive { for_file, names, reason }))
    }

    /// Names and commas up to the closing parenthesis.
    fn names(&mut self) -> Parsed<Vec<(&'a str, Span)>> {
        let mut names = Vec::new();
        loop {
            self.blank();
            let start = self.at;
            let name = self.word();
            if name.is_empty() {
                return self.malformed("expected the name of a lint");
            }
            names.push((name, self.span(start..self.at)));
            self.blank();
            if self.eat(")") {
                return Ok(names);
            }
            if !self.eat(",") {
                return self.malformed("expected `,` or `)`");
            }
        }
    }

    /// A reason in double quotes, with `\"` and `\\`, and more than blanks.
    fn quoted(&mut self) -> Parsed<String> {
        if !self.eat("\"") {
            return self.malformed("the reason is text in double quotes");
        }
        let mut reason = String::new();
        let mut escaped = false;
        for (at, c) in self.rest().char_indices() {
            match c {
                '"' if !escaped => {
                    self.at += at + 1;
                    if reason.trim().is_empty() {
                        return self.malformed("an allow needs its reason");
                    }
                    return Ok(reason);
                }
                '\\' if !escaped => escaped = true,
                c => {
                    reason.push(c);
                    escaped = false;
                }
            }
        }
        self.malformed("this reason has no closing quote")
    }

    fn malformed<T>(&self, message: &str) -> Parsed<T> {
        let end = self.text.trim_end().len().max(self.at);
        let problem = self.problem(self.at..end, message);
        Err(Box::new(problem.help("an allow reads `// agentpass: allow(NAME) because \"reason\"`")))
    }

    fn problem(&self, at: std::ops::Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&codes::BAD_ALLOW, self.span(at), message)
    }

    fn span(&self, at: std::ops::Range<usize>) -> Span {
        // Within a file, so within 32 bits.
        let offset = |at| self.comment.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(self.comment.file, offset(at.start), offset(at.end))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }
}
