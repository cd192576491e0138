//! How a command ends and what it prints on the way.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use agentpass_compiler::diagnostics::render::escape::visible;

use crate::args::Color;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// 0
    Fine,
    /// 1: the contracts are at fault.
    Fault,
    /// 2: usage, or a file that cannot be read or written.
    CannotRun,
    /// 3: the call has to be approved first.
    Challenge,
    /// 4: the call is denied.
    Deny,
    /// 5: the call ran already, and its result is given again.
    Replay,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Fault => 1,
            Exit::CannotRun => 2,
            Exit::Challenge => 3,
            Exit::Deny => 4,
            Exit::Replay => 5,
        })
    }
}

/// Why a command could not run: one or more lines, without control characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Failure(Vec<String>);

impl Failure {
    /// One reason.
    pub(crate) fn new(reason: impl Display) -> Self {
        Self(vec![reason.to_string()])
    }

    /// Several reasons; `None` where there are none.
    pub(crate) fn all(reasons: Vec<String>) -> Option<Self> {
        (!reasons.is_empty()).then_some(Self(reasons))
    }

    /// Says so on standard error.
    pub(crate) fn report(&self) -> Exit {
        let lines: String = self.0.iter().map(|reason| format!("error: {}\n", visible(reason))).collect();
        print_aside(&lines);
        Exit::CannotRun
    }
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error, where nobody is told if that fails.
pub(crate) fn print_aside(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Whether to colour what goes to standard output.
pub(crate) fn is_coloured(color: Color) -> bool {
    colours(color, io::stdout().is_terminal())
}

/// Whether to colour what goes to standard error.
pub(crate) fn is_coloured_aside(color: Color) -> bool {
    colours(color, io::stderr().is_terminal())
}

fn colours(color: Color, is_terminal: bool) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
