//! The semantic types of contracts: what is read once, safely, and compared by meaning afterwards.
//!
//! A contract compares amounts, domains, paths and commands, not text. Each type here has one parser that accepts the
//! canonical spellings and refuses the tricks (`https://good.example@evil.example`, `a/../../etc`, `1e400`), and a value
//! that upholds an invariant from then on. The compiler reads the literals of a contract with them, and the runtime reads
//! the arguments of every call: both see the same value in the same text, because there is one parser.
//!
//! Where to start:
//!
//! | you have | read |
//! | --- | --- |
//! | a number | [`int`], [`decimal`], [`money`]: exact, checked, never floating point |
//! | a time | [`time`]: durations, instants, and sets like `mon..fri 09:00..17:00` in a zone |
//! | a name on the internet | [`domain`], [`email`], [`web`] |
//! | a file | [`path`], [`glob`] |
//! | a command line | [`command`] for the patterns of a contract, [`shell`] for what an agent wants to run |
//! | plain text | [`ident`] for keys, [`plain`] for names of people and tools, [`folded`] for words, [`pattern`] for regular expressions |
//! | something to show | [`escape`] |
//!
//! Three habits hold everywhere:
//!
//! 1. **A parser returns a value or a typed error**, and never panics, whatever the bytes. Its error prints as a few
//!    plain lower-case words that fit after "the argument is".
//! 2. **Undetermined is an answer.** What a value cannot tell (whether `../x` lies in a folder, how two currencies
//!    compare, what `$x` expands to) is `None` or an error of its own, and a rule treats it as neither true nor false.
//! 3. **Nothing outside is consulted**: no file system, no clock, no environment, no system time zones.

pub mod command;
pub mod decimal;
pub mod domain;
pub mod email;
pub mod escape;
pub mod folded;
pub mod glob;
pub mod ident;
pub mod int;
pub mod money;
mod number;
pub mod path;
pub mod pattern;
pub mod plain;
mod serial;
pub mod shell;
pub mod time;
pub mod web;

pub use command::{CommandPattern, CommandPatternError};
pub use decimal::{Decimal, DecimalError};
pub use domain::{Domain, DomainError};
pub use email::{Email, EmailError};
pub use folded::Folded;
pub use glob::{Glob, GlobError};
pub use ident::{Id, IdError};
pub use int::{Int, IntError, parse_int};
pub use money::{Currency, CurrencyError, Money, MoneyError};
pub use path::{PathError, PathRoot, PathValue};
pub use pattern::{Pattern, PatternError};
pub use serial::compiled_at_most;
pub use shell::{Assignment, Flags, PathWord, Redirect, RedirectKind, Shell, ShellCommand, Within, Word};
pub use time::{
    CalendarUnit, Date, DateError, Days, Duration, DurationError, TimeOfDay, TimeOfDayError, TimeRange,
    TimeRangeError, TimeSet, Timestamp, TimestampError, Weekday, Zone, ZoneError,
};
pub use web::{WebUrl, WebUrlError};
