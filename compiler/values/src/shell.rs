//! Command lines, read as bash reads them.
//!
//! A rule about commands needs to know which programs a line runs, with which arguments, in which folder. This module
//! answers in four steps, one file each:
//!
//! 1. `token.rs` and `word.rs` cut the text into operators and words and undo the quoting.
//! 2. `grammar.rs` builds the tree: lists, pipes, groups, loops, conditionals.
//! 3. `walk.rs` goes through the tree in the order of execution, follows `cd` (`folders.rs`, `builtins.rs`), and lists
//!    every command, those inside of substitutions too.
//! 4. `wrappers.rs` looks through programs that run other programs (`env`, `timeout`, `sh -c`, `find -exec`, `npx`, `docker
//!    exec`; `git.rs` and `settings.rs` have what hides in settings): wrapper and wrapped are both listed. Where code for
//!    another language stands in the line (`code.rs`, `scripts.rs`), something unknown runs.
//!
//! What bash would decide only at run time (`$x`, `*`, `$(…)`, `{a,b}`) makes that word [`Word::Unknown`] and the whole
//! line not [`Shell::understood`]. The promise is one-sided: of a line that is understood, every command that bash runs
//! is listed with exactly its words. Of any other line the list is a help, and it holds a command whose every part is
//! unknown where something could not be read, so that a rule over all commands meets an undetermined one.
//!
//! Three things stay outside of the promise, because no reader of text can know them: what an alias or a start-up file
//! changed before, what a program does with its arguments, and where a symbolic link leads.

mod builtins;
mod code;
mod cursor;
mod features;
mod folders;
mod git;
mod grammar;
mod grammar_simple;
mod places;
mod programs;
mod scripts;
mod settings;
mod syntax;
mod token;
mod walk;
mod word;
mod wrapper_table;
mod wrappers;

#[cfg(test)]
mod against_bash;
#[cfg(test)]
mod tests;

use crate::path::PathValue;

/// A command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shell {
    /// Whether every part of every command is known.
    pub understood: bool,
    /// The commands in the order in which the text runs them, wrapped ones after their wrappers.
    pub commands: Vec<ShellCommand>,
}

/// One program with what it is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShellCommand {
    /// The program. A folder in which systems keep their programs is dropped: `/bin/rm` is `rm`, `./rm` stays.
    pub program: Word,
    /// All its arguments, flags included. An unknown one may stand for any number of words.
    pub args: Vec<Word>,
    /// The names of its flags.
    pub flags: Flags,
    /// Each argument or redirection that may name a file, as seen from the folders in which the command may run.
    pub paths: Vec<PathWord>,
    /// Its redirections, and those of the groups around it.
    pub redirects: Vec<Redirect>,
    /// The variables set for it, and those that earlier parts of the line set for everything after them.
    pub assignments: Vec<Assignment>,
    /// The folder it runs in, relative to where the line starts, if there is only one it can be.
    pub cwd: Option<PathValue>,
    /// The command that runs this one, where its last words are this one.
    pub within: Option<Box<Within>>,
}

/// A command whose last words are another one: `uv run pytest` around `pytest`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Within {
    /// The program.
    pub program: Word,
    /// All its arguments.
    pub args: Vec<Word>,
    /// The names of its flags.
    pub flags: Flags,
    /// Where among its arguments the other command begins.
    pub at: usize,
}

/// A word after quote removal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Word {
    /// Exactly this text.
    Resolved(String),
    /// Decided at run time.
    Unknown,
}

/// A file that a command names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PathWord {
    /// This one.
    Resolved(PathValue),
    /// Decided at run time.
    Unknown,
}

/// The flags of a command: `-rf` gives `r` and `f`, `--force` and `--force=yes` give `force`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    names: Vec<String>,
    /// No argument is unknown, so there are no other flags.
    complete: bool,
}

impl Flags {
    /// Whether a flag is given; nothing if it is not seen but an unknown argument may be it.
    pub fn contains(&self, name: &str) -> Option<bool> {
        if self.names.iter().any(|flag| flag == name) {
            Some(true)
        } else if self.complete {
            Some(false)
        } else {
            None
        }
    }

    /// The names that are seen, each once, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether these are all.
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

/// A redirection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Redirect {
    /// The descriptor that is written before the operator.
    pub descriptor: Option<u32>,
    /// What kind it is.
    pub kind: RedirectKind,
    /// The file, the other descriptor, or the text.
    pub target: Word,
}

/// The kinds of redirections.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RedirectKind {
    /// `<`
    Read,
    /// `>`, `>|`, `&>`
    Write,
    /// `>>`, `&>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&` and `>&` with another descriptor.
    Duplicate,
    /// `<<` and `<<<`
    Text,
}

/// A variable that is set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its value.
    pub value: Word,
}

/// The longest line that is read, in bytes.
const TEXT_LIMIT: usize = 64 * 1024;

impl Shell {
    /// Reads a command line. Every text has an answer; what is too long or holds a NUL is not understood.
    pub fn parse(text: &str) -> Shell {
        if text.len() > TEXT_LIMIT || text.contains('\0') {
            return Shell { understood: false, commands: vec![ShellCommand::unknown()] };
        }
        walk::shell(text, token::Dialect::Bash)
    }
}

impl Word {
    /// The text, if it is known.
    pub fn text(&self) -> Option<&str> {
        match self {
            Word::Resolved(text) => Some(text),
            Word::Unknown => None,
        }
    }

    fn from_option(text: Option<String>) -> Word {
        text.map_or(Word::Unknown, Word::Resolved)
    }
}

impl ShellCommand {
    /// A command of which nothing is known.
    fn unknown() -> ShellCommand {
        ShellCommand {
            program: Word::Unknown,
            args: vec![Word::Unknown],
            flags: Flags::default(),
            paths: vec![PathWord::Unknown],
            redirects: Vec::new(),
            assignments: Vec::new(),
            cwd: None,
            within: None,
        }
    }
}

/// The words of a command pattern: one simple command of static words, without redirections and assignments.
pub(crate) fn pattern_words(text: &str) -> Result<Vec<String>, crate::command::CommandPatternError> {
    use crate::command::CommandPatternError as Error;
    if text.contains(['\0', '\n']) {
        return Err(Error::NotOneCommand);
    }
    let mut lexer = token::Lexer::new(text, token::Dialect::Bash, 0);
    let mut words = Vec::new();
    loop {
        match lexer.take().map_err(|syntax::Broken| Error::Syntax)? {
            token::Token::End if words.is_empty() => return Err(Error::Empty),
            token::Token::End => return Ok(words),
            token::Token::Word(word) if words.is_empty() && word.assignment.is_some() => {
                return Err(Error::Assignment);
            }
            token::Token::Word(word) => words.push(word.text.filter(|_| !word.tilde).ok_or(Error::Expanded)?),
            token::Token::Op(token::Op::Redirect(_)) | token::Token::Descriptor(_) => {
                return Err(Error::Redirection);
            }
            token::Token::Op(_) | token::Token::Newline => return Err(Error::NotOneCommand),
        }
    }
}
