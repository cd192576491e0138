//! The types of the language, as the checker knows them.

use std::fmt;
use std::sync::Arc;

use agentpass_values::Currency;

/// A type. Absence is not part of it: see `optional` on typed expressions.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Ty {
    /// Already reported; agrees with everything and stays silent.
    Error,
    Null,
    Bool,
    Int,
    Decimal,
    /// An amount of one currency; `None` for a literal whose currency is taken from what it meets.
    Money(Currency),
    Duration,
    Timestamp,
    /// A set of times.
    Times,
    /// A canonical identifier, with the pattern it has to match.
    Id(Option<Arc<str>>),
    String,
    /// Opaque: presence and length only.
    Text,
    /// Compared after trimming and case folding.
    Folded,
    Email,
    Domain,
    Url,
    Path,
    Glob,
    Shell,
    /// One simple command of a shell text.
    ShellCommand,
    /// A command pattern between backticks.
    Command,
    Json,
    /// One of these texts.
    Enum(Arc<[String]>),
    /// One of these numbers.
    IntEnum(Arc<[i64]>),
    List(Box<Ty>, ListSize),
    Record(RecordId),
    /// A named set of values.
    Set(Box<Ty>),
    /// A call in the past: `.args`, `.result`, `.at`.
    PastCall(Arc<PastCall>),
    /// The arguments or results of a past call.
    PastPart(Arc<PastCall>, Part),
    /// May be null.
    Nullable(Box<Ty>),
}

/// A record type: an index into the program's records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct RecordId(pub usize);

/// How many elements a list has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListSize {
    /// The least number; 1 unless it says otherwise.
    pub least: u32,
    /// The greatest number.
    pub most: Option<u32>,
}

/// What is known of a call in the past.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastCall {
    /// Index of the tool, or of the event, in the program.
    pub of: PastOf,
}

/// A tool or an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum PastOf {
    /// Index into the program's tools.
    Tool(usize),
    /// Index into the program's events.
    Event(usize),
}

/// Which part of a past call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Part {
    /// `.args`
    Args,
    /// `.result`
    Result,
}

impl Ty {
    /// A list of any length, also empty.
    #[must_use]
    pub fn list(element: Ty) -> Ty {
        Ty::List(Box::new(element), ListSize { least: 0, most: None })
    }

    /// True where the type was already reported.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self, Ty::Error)
    }

    /// The type without its null.
    #[must_use]
    pub fn not_null(&self) -> &Ty {
        match self {
            Ty::Nullable(inner) => inner,
            other => other,
        }
    }

    /// Values of the type are texts that compare by code points.
    #[must_use]
    pub fn is_textual(&self) -> bool {
        matches!(self, Ty::String | Ty::Id(_) | Ty::Enum(_))
    }

    /// Values of the type have an order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        matches!(self, Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration | Ty::Timestamp | Ty::IntEnum(_))
    }

    /// Values of the type may be keys of limits, once and flows (semantics 22).
    #[must_use]
    pub fn is_key(&self) -> bool {
        matches!(
            self,
            Ty::Error
                | Ty::Id(_)
                | Ty::Enum(_)
                | Ty::IntEnum(_)
                | Ty::Bool
                | Ty::Int
                | Ty::Email
                | Ty::Domain
                | Ty::Url
                | Ty::Path
                | Ty::Folded
                | Ty::Timestamp
        )
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Ty::Error => "something unknown",
            Ty::Null => "null",
            Ty::Bool => "bool",
            Ty::Int => "int",
            Ty::Decimal => "decimal",
            Ty::Money(currency) => return write!(f, "money<{currency}>"),
            Ty::Duration => "duration",
            Ty::Timestamp => "timestamp",
            Ty::Times => "times",
            Ty::Id(_) => "id",
            Ty::String => "string",
            Ty::Text => "text",
            Ty::Folded => "folded",
            Ty::Email => "email",
            Ty::Domain => "domain",
            Ty::Url => "url",
            Ty::Path => "path",
            Ty::Glob => "glob",
            Ty::Shell => "shell",
            Ty::ShellCommand => "command",
            Ty::Command => "a command pattern",
            Ty::Json => "json",
            Ty::Enum(values) => {
                let shown: Vec<String> = values.iter().take(6).map(|value| format!("{value:?}")).collect();
                let more = if values.len() > 6 { " | …" } else { "" };
                return write!(f, "{}{more}", shown.join(" | "));
            }
            Ty::IntEnum(values) => {
                let shown: Vec<String> = values.iter().take(6).map(i64::to_string).collect();
                return f.write_str(&shown.join(" | "));
            }
            Ty::List(element, _) => return write!(f, "list<{element}>"),
            Ty::Record(_) => "record",
            Ty::Set(element) => return write!(f, "a set of {element}"),
            Ty::PastCall(_) => "a past call",
            Ty::PastPart(_, Part::Args) => "the arguments of a past call",
            Ty::PastPart(_, Part::Result) => "the result of a past call",
            Ty::Nullable(inner) => return write!(f, "{inner} or null"),
        };
        f.write_str(word)
    }
}
