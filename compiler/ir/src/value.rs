//! Values and their types.

use agentpass_values::{
    CommandPattern, Currency, Decimal, Domain, Duration, Email, Folded, Glob, Money, PathValue, Pattern,
    Shell, ShellCommand, TimeSet, Timestamp, WebUrl,
};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::nested;
use crate::program::{MonitorId, RecordId};

/// A value: a constant of the contract, an argument of a call, or what is computed from them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Value {
    /// JSON's null, where a type allows it. It is a value, not an absence, and no operation but [`crate::Op::IsNull`] sees it.
    Null,
    /// A value that its parser could not resolve (`$x` in a command line). As an element of a list it may stand for any
    /// number of elements. Every atom over it is undetermined.
    Unknown,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact fraction.
    Decimal(Decimal),
    /// An amount.
    Money(Money),
    /// A length of time.
    Duration(Duration),
    /// A moment.
    Timestamp(Timestamp),
    /// Text of a `string`, a `text`, an `id`, an enum: compared by code points.
    Text(SmolStr),
    /// Text that is compared after trimming and case folding.
    Folded(Folded),
    /// An address.
    Email(Email),
    /// A name on the internet.
    Domain(Domain),
    /// An absolute address of the web.
    Url(WebUrl),
    /// A file or folder.
    Path(PathValue),
    /// A pattern of paths.
    Glob(Glob),
    /// A pattern of commands.
    CommandPattern(CommandPattern),
    /// A regular expression, anchored, of linear time.
    Pattern(Pattern),
    /// A set of moments.
    Times(Box<TimeSet>),
    /// JSON that no rule looks into, written canonically: sorted keys, no blanks.
    Json(Box<str>),
    /// Elements of one type.
    List(#[serde(deserialize_with = "nested::deserialize")] Vec<Value>),
    /// Fields in the order of the record type; one that is not there is absent.
    Record(#[serde(deserialize_with = "nested::deserialize")] Vec<Option<Value>>),
    // What is not written stands last: the number of a variant is what bytes know it by.
    /// A command line. It comes with calls alone: no constant is one, and nothing keeps it.
    #[serde(skip)]
    Shell(Box<Shell>, Box<str>),
    /// One command of a command line. Likewise.
    #[serde(skip)]
    Command(Box<ShellCommand>),
}

/// What a node yields.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "as the values are called")]
pub enum Ty {
    /// True, false, undetermined, or failed. Truths are no values: they have nodes of their own.
    Truth,
    Bool,
    Int,
    Decimal,
    Money(Currency),
    Duration,
    Timestamp,
    Text,
    Folded,
    Email,
    Domain,
    Url,
    Path,
    Glob,
    Shell,
    Command,
    CommandPattern,
    Pattern,
    Times,
    Json,
    List(#[serde(deserialize_with = "nested::deserialize")] Box<Ty>),
    Record(RecordId),
    /// A call or event in the past, as that monitor keeps it: when it was, and the parts that rules read.
    Past(MonitorId),
}

impl Ty {
    /// A list of these.
    #[must_use]
    pub fn list(of: Ty) -> Ty {
        Ty::List(Box::new(of))
    }

    /// The type of the elements.
    #[must_use]
    pub fn element(&self) -> Option<&Ty> {
        match self {
            Ty::List(of) => Some(of),
            _ => None,
        }
    }

    /// Values of the type are data: they can be compared, written down, and kept as keys and parts of past calls.
    #[must_use]
    pub fn is_data(&self) -> bool {
        match self {
            Ty::Truth
            | Ty::Glob
            | Ty::Shell
            | Ty::Command
            | Ty::CommandPattern
            | Ty::Pattern
            | Ty::Times
            | Ty::Past(_) => false,
            Ty::List(of) => of.is_data(),
            _ => true,
        }
    }

    /// Values of the type have an order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        matches!(self, Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration | Ty::Timestamp)
    }
}
