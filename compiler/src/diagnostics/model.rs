//! A diagnostic as data. The terminal, JSON, SARIF, GitHub and the language server all show the same objects.

use agentpass_grammar::Span;

use super::codes::Code;

/// How much a diagnostic weighs. Only errors make a contract unusable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The contract cannot be used.
    Error,
    /// Very likely a mistake; `--deny-warnings` makes it count.
    Warning,
    /// Asks for a human review; never counts against "clean".
    Note,
}

/// One finding about a program, complete: whoever shows it needs only the sources besides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The entry of the registry: identifier, name, page.
    pub code: &'static Code,
    /// The severity after configuration; starts as the code's own.
    pub severity: Severity,
    /// The headline: lower case, no final period, user's text in backticks.
    pub message: String,
    /// Where it is.
    pub span: Span,
    /// What to write beside the primary span, where the headline does not say it already.
    pub label: Option<String>,
    /// Other places that explain it, each with its own words.
    pub secondary: Vec<Label>,
    /// One sentence that says what to do, where possible something that can be typed.
    pub help: Option<String>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
}

/// Words beside a span.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What there is to say about it.
    pub text: String,
}

/// A machine-applicable change of the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the change does, as an editor's menu shows it: `replace with `amount``.
    pub title: String,
    /// Who may apply it.
    pub safety: Safety,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Who may apply a fix. A fix that could make a contract allow more is never more than [`Safety::DisplayOnly`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Safety {
    /// Keeps the meaning; may be applied without looking.
    Safe,
    /// Very likely what was meant; apply and read it.
    Unsafe,
    /// Shown only: applying it is the author's decision.
    DisplayOnly,
}

/// One replacement of bytes by text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What to put there.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic with the code's own severity and nothing but its headline.
    #[must_use]
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            message: message.into(),
            span,
            label: None,
            secondary: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Sets the words beside the primary span.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Adds another place that explains the finding.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help line.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Attaches a fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Attaches a fix of one replacement.
    #[must_use]
    pub fn replace(self, safety: Safety, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        let title = match (span.is_empty(), text.is_empty()) {
            (true, _) => format!("insert `{}`", text.trim()),
            (false, true) => "remove it".to_owned(),
            _ if text.trim().is_empty() => "replace it by a blank or a line end".to_owned(),
            (false, false) => format!("replace with `{}`", text.trim()),
        };
        self.fix(Fix { title, safety, edits: vec![Edit { span, text }] })
    }
}

impl Severity {
    /// The word that all formats use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Safety {
    /// The word that all formats use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::DisplayOnly => "display-only",
        }
    }
}
