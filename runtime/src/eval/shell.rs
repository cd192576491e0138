//! The parts of command lines, as lists in which an unknown element stands for whatever the shell would decide.

use agentpass_ir::Value;
use agentpass_values::{PathValue, PathWord, Redirect, RedirectKind, Shell, ShellCommand, Word};

/// Its commands.
pub(super) fn commands(line: &Shell) -> Value {
    Value::List(line.commands.iter().map(|command| Value::Command(Box::new(command.clone()))).collect())
}

/// A word as text.
pub(super) fn word(word: &Word) -> Value {
    word.text().map_or(Value::Unknown, |text| Value::Text(text.into()))
}

/// The arguments.
pub(super) fn args(command: &ShellCommand) -> Value {
    Value::List(command.args.iter().map(word).collect())
}

/// The names of the flags, and one that nobody knows where there may be more.
pub(super) fn flags(command: &ShellCommand) -> Value {
    let names = command.flags.names().iter().map(|name| Value::Text(name.as_str().into()));
    let more = (!command.flags.is_complete()).then_some(Value::Unknown);
    Value::List(names.chain(more).collect())
}

/// The files that it may name.
pub(super) fn paths(command: &ShellCommand) -> Value {
    let paths = command.paths.iter().map(|path| match path {
        PathWord::Resolved(path) => Value::Path(path.clone()),
        PathWord::Unknown => Value::Unknown,
    });
    Value::List(paths.collect())
}

/// The files that its redirections open.
pub(super) fn redirects(command: &ShellCommand) -> Value {
    let files = command.redirects.iter().filter(|redirect| opens_file(redirect));
    let targets =
        files.map(|redirect| target(redirect, command.cwd.as_ref()).map_or(Value::Unknown, Value::Path));
    Value::List(targets.collect())
}

/// The other kinds name a descriptor, or are the text themselves.
fn opens_file(redirect: &Redirect) -> bool {
    match redirect.kind {
        RedirectKind::Read | RedirectKind::Write | RedirectKind::Append | RedirectKind::ReadWrite => true,
        RedirectKind::Duplicate | RedirectKind::Text => false,
    }
}

fn target(redirect: &Redirect, cwd: Option<&PathValue>) -> Option<PathValue> {
    // Whether a tilde was quoted has been forgotten: `~/x` is a file of the home folder, `'~/x'` one of this folder.
    let text = redirect.target.text().filter(|text| !text.starts_with('~'))?;
    let path = PathValue::parse(text).ok()?;
    if path.root() == agentpass_values::PathRoot::Relative {
        cwd.map(|cwd| path.resolve(cwd))
    } else {
        Some(path)
    }
}

/// Every part of it is known.
pub(super) fn is_understood(command: &ShellCommand) -> bool {
    let known = |word: &Word| word.text().is_some();
    known(&command.program)
        && command.args.iter().all(known)
        && command.flags.is_complete()
        && !command.paths.contains(&PathWord::Unknown)
        && command.redirects.iter().all(|redirect| known(&redirect.target))
        && command.assignments.iter().all(|assignment| known(&assignment.value))
}
