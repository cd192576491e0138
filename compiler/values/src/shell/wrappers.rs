//! Programs that run other programs: what they run is listed as well.
//!
//! For each known wrapper, a row of the table says which of its flags take a value and how many words stand before the
//! command. A flag that the row does not have, or an unknown word before the command, makes the whole line not
//! understood. So does a wrapper that we know of but do not read.

use super::code::{is_device, runs_code};
use super::git::git;
use super::token::Dialect;
use super::walk::Arg;
use super::word::is_name;
use super::wrapper_table::{RUNNERS, SSH, UNREAD, WRAPPERS, Wrapper};

/// What a wrapper runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wrapped {
    /// A command: its program and arguments, what the wrapper sets for it, and the folder it moves to.
    Command {
        args: Vec<Arg>,
        assignments: Vec<(String, Option<String>)>,
        folder: Option<Arg>,
        /// It runs in the shell that runs the wrapper.
        in_shell: bool,
        /// It runs in a box or on another machine: nobody knows its folder.
        elsewhere: bool,
    },
    /// A script in a string, for another shell or the one that runs this.
    Script { text: String, dialect: Option<Dialect>, in_shell: bool, elsewhere: bool },
    /// Something, but we cannot tell what.
    Unclear,
}

/// What a program runs, given its arguments.
pub(super) fn unwrap(program: &str, args: &[Arg]) -> Vec<Wrapped> {
    let program = usual_name(program);
    match program {
        "eval" => vec![joined(args)],
        "sh" | "dash" | "ash" => shell(args, Dialect::Posix),
        "bash" | "rbash" => shell(args, Dialect::Bash),
        "zsh" | "ksh" | "mksh" => other_shell(args),
        "find" => found(args),
        "fd" | "fdfind" => {
            let runs = |arg: &Arg| {
                arg.text
                    .as_deref()
                    .is_none_or(|text| ["-x", "-X", "--exec"].iter().any(|flag| text.starts_with(flag)))
            };
            if args.iter().any(runs) { vec![Wrapped::Unclear] } else { Vec::new() }
        }
        "git" => git(args),
        "ssh" => remote(args),
        "kubectl" | "oc" | "k" if !runs_code(program, args) => {
            behind_dashes(args, &["exec", "run", "debug"], true)
        }
        "mise" | "asdf" | "op" | "chamber" | "doppler" if args.iter().any(is_dashes) => {
            behind_dashes(args, &["exec", "x", "run"], false)
        }
        _ if UNREAD.contains(&program) || program.contains("ld-linux") || program.contains("ld-musl") => {
            vec![Wrapped::Unclear]
        }
        _ if runs_code(program, args) => vec![Wrapped::Unclear],
        _ => match WRAPPERS.iter().find(|wrapper| wrapper.name == program) {
            Some(wrapper) => wrapped(wrapper, args),
            None => match program.strip_prefix("git-") {
                // `/usr/lib/git-core/git-push` is what `git push` runs.
                Some(command) => {
                    let words = ["git", command].map(Arg::known).into_iter().chain(args.iter().cloned());
                    vec![Wrapped::command(words.collect())]
                }
                None => behind_verbs(program, args),
            },
        },
    }
}

fn is_dashes(arg: &Arg) -> bool {
    arg.text.as_deref() == Some("--")
}

/// `kubectl exec pod -- x`: the command stands behind two dashes.
fn behind_dashes(args: &[Arg], verbs: &[&str], elsewhere: bool) -> Vec<Wrapped> {
    let is_verb = |arg: &Arg| arg.text.as_deref().is_none_or(|text| verbs.contains(&text));
    let at = args.iter().position(is_dashes);
    let (before, rest) = args.split_at_checked(at.unwrap_or(args.len())).unwrap_or_default();
    match rest.get(1..) {
        _ if !before.iter().any(is_verb) => Vec::new(),
        Some(rest) if !rest.is_empty() && before.iter().all(|arg| arg.text.is_some()) => {
            vec![Wrapped::command(rest.to_vec()).elsewhere(elsewhere)]
        }
        _ => vec![Wrapped::Unclear],
    }
}

/// Whether the words of a program are those of another one.
pub(super) fn is_runner(program: &str) -> bool {
    WRAPPERS.iter().chain(RUNNERS).any(|row| row.name.split(' ').next() == Some(program))
        || matches!(program, "kubectl" | "podman" | "ssh")
}

/// The name under which the tables know a program: GNU's are called `gtimeout` where others have that name, and shells carry versions.
fn usual_name(program: &str) -> &str {
    let gnu = program.strip_prefix('g').filter(|name| {
        matches!(*name, "find" | "xargs" | "time") || WRAPPERS.iter().any(|wrapper| wrapper.name == *name)
    });
    let unversioned = program.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    match unversioned {
        "bash" | "zsh" | "ksh" | "dash" => unversioned,
        _ => gnu.unwrap_or(program),
    }
}

/// `uv run x`, `docker exec box x`: a wrapper after one or two words.
fn behind_verbs(program: &str, args: &[Arg]) -> Vec<Wrapped> {
    let program = match program {
        "podman" | "nerdctl" => "docker",
        "docker-compose" | "podman-compose" => "compose",
        "mamba" | "micromamba" => "conda",
        other => other,
    };
    for row in RUNNERS {
        let mut verbs = row.name.split(' ');
        if verbs.next() != Some(program) {
            continue;
        }
        let verbs: Vec<&str> = verbs.collect();
        let same =
            verbs.iter().zip(args).take_while(|(verb, arg)| arg.text.as_deref() == Some(**verb)).count();
        let (_, rest) = args.split_at_checked(same).unwrap_or_default();
        if same == verbs.len() {
            let elsewhere = matches!(program, "docker" | "compose");
            return wrapped(row, rest).into_iter().map(|inner| inner.renamed(elsewhere)).collect();
        }
        // A flag before the word may have a value, and an unknown word may be it.
        let hides = |arg: &Arg| arg.text.as_deref().is_none_or(|text| text.starts_with('-'));
        let verb = verbs.last().copied();
        if rest.first().is_some_and(hides) && rest.iter().any(|arg| arg.many || arg.text.as_deref() == verb) {
            return vec![Wrapped::Unclear];
        }
    }
    Vec::new()
}

impl Wrapped {
    /// A command where the wrapper runs.
    pub(super) fn command(args: Vec<Arg>) -> Wrapped {
        Wrapped::Command { args, assignments: Vec::new(), folder: None, in_shell: false, elsewhere: false }
    }

    /// The same in a box.
    pub(super) fn elsewhere(mut self, is_so: bool) -> Wrapped {
        if let Wrapped::Command { elsewhere, .. } | Wrapped::Script { elsewhere, .. } = &mut self {
            *elsewhere = is_so;
        }
        self
    }

    /// Package runners take `tool@1.2` and `@scope/tool`; what runs is `tool`. In a box, nobody knows the folder.
    fn renamed(self, elsewhere: bool) -> Wrapped {
        let Wrapped::Command { mut args, assignments, in_shell, .. } = self else { return self };
        let Some(name) = args.first().and_then(|arg| arg.text.clone()) else { return Wrapped::Unclear };
        if name.contains(':') || name == "-" {
            return Wrapped::Unclear;
        }
        if !elsewhere && !name.starts_with(['.', '/']) {
            let name = if name.starts_with('@') { name.rsplit('/').next().unwrap_or(&name) } else { &name };
            let name = name.split('@').next().unwrap_or(name);
            if let Some(first) = args.first_mut() {
                *first = Arg::known(name);
            }
        }
        Wrapped::Command { args, assignments, folder: None, in_shell, elsewhere }
    }
}

fn script(text: &str, dialect: Dialect) -> Wrapped {
    Wrapped::Script { text: text.to_owned(), dialect: Some(dialect), in_shell: false, elsewhere: false }
}

/// `ssh host command`: the words are joined and read by a shell over there.
fn remote(args: &[Arg]) -> Vec<Wrapped> {
    let Some(options) = read_options(&SSH, args) else { return vec![Wrapped::Unclear] };
    let Some((_host, rest)) = args.get(options.end..).and_then(<[Arg]>::split_first) else {
        return vec![Wrapped::Unclear];
    };
    let Some(more) = read_options(&SSH, rest) else { return vec![Wrapped::Unclear] };
    let leads = |(flag, value): &(String, Arg)| {
        let value = value.text.as_deref().unwrap_or("command").to_ascii_lowercase();
        matches!(flag.as_str(), "F" | "I" | "S")
            || flag == "o" && (value.contains("command") || value.contains("include"))
    };
    if options.values.iter().chain(&more.values).any(leads) {
        return vec![Wrapped::Unclear];
    }
    match joined(rest.get(more.end..).unwrap_or_default()) {
        // A shell over there, and whatever comes through its input.
        Wrapped::Script { text, .. } if text.is_empty() => vec![Wrapped::Unclear],
        Wrapped::Script { text, .. } => {
            let special = text.contains(is_special);
            let script =
                Wrapped::Script { text, dialect: Some(Dialect::Posix), in_shell: false, elsewhere: true };
            std::iter::once(script).chain(special.then_some(Wrapped::Unclear)).collect()
        }
        _ => vec![Wrapped::Unclear],
    }
}

fn wrapped(wrapper: &Wrapper, args: &[Arg]) -> Vec<Wrapped> {
    let Some(options) = read_options(wrapper, args) else {
        // `command -v x` only says where a program is.
        let asks = wrapper.name == "command"
            && args.first().is_some_and(|arg| matches!(arg.text.as_deref(), Some("-v" | "-V")));
        return if asks { Vec::new() } else { vec![Wrapped::Unclear] };
    };
    let mut rest = args.get(options.end..).unwrap_or_default();
    let mut assignments = Vec::new();
    while wrapper.assigns
        && let Some((first, others)) = rest.split_first()
    {
        let Some(text) = first.text.as_deref() else { return vec![Wrapped::Unclear] };
        // `env -` is `env -i`.
        let lone_dash = wrapper.name == "env" && text == "-" && assignments.is_empty();
        match text.split_once('=') {
            Some((name, value)) if is_name(name) => {
                assignments.push((name.to_owned(), Some(value.to_owned())))
            }
            // `env a.b=c` sets a variable as well, one that no shell can name.
            Some(_) => return vec![Wrapped::Unclear],
            None if lone_dash => {}
            None => break,
        }
        rest = others;
    }
    let (operands, rest) = rest.split_at_checked(wrapper.operands).unwrap_or((rest, &[]));
    if operands.iter().any(|arg| arg.text.is_none()) {
        return vec![Wrapped::Unclear];
    }
    let mut args = rest.to_vec();
    if wrapper.name == "xargs" {
        from_input(&mut args, options.value(&['I']));
    }
    if args.is_empty() {
        // `exec > file` redirects the shell itself.
        return if wrapper.name == "exec" { vec![Wrapped::Unclear] } else { Vec::new() };
    }
    let folder = match wrapper.name {
        "env" => options.value(&['C']).or_else(|| options.long_value("chdir")),
        "sudo" => options.value(&['D']).or_else(|| options.long_value("chdir")),
        _ => None,
    };
    let in_shell = matches!(wrapper.name, "command" | "builtin");
    vec![Wrapped::Command { args, assignments, folder, in_shell, elsewhere: false }]
}

/// The options that were read, and where they end.
struct Options {
    values: Vec<(String, Arg)>,
    end: usize,
}

impl Options {
    fn value(&self, letters: &[char]) -> Option<Arg> {
        letters.iter().find_map(|letter| self.long_value(&letter.to_string()))
    }

    fn long_value(&self, name: &str) -> Option<Arg> {
        self.values.iter().rev().find(|(flag, _)| flag == name).map(|(_, value)| value.clone())
    }
}

/// Reads flags by the wrapper's row; nothing for a flag that it does not have.
fn read_options(wrapper: &Wrapper, args: &[Arg]) -> Option<Options> {
    let mut values = Vec::new();
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        let text = arg.text.as_deref()?;
        if text == "--" {
            at += 1;
            break;
        }
        if let Some(long) = text.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, value)) if wrapper.valued_long.contains(&name) => {
                    values.push((name.to_owned(), Arg::known(value)));
                }
                Some(_) => return None,
                None if wrapper.long.contains(&long) => {}
                None if wrapper.valued_long.contains(&long) => {
                    at += 1;
                    values.push((long.to_owned(), args.get(at).filter(|value| !value.many)?.clone()));
                }
                None => return None,
            }
        } else if let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            let mut rest = letters.chars();
            while let Some(letter) = rest.next() {
                if wrapper.letters.contains(letter) {
                    continue;
                }
                if !wrapper.valued_letters.contains(letter) {
                    return None;
                }
                let glued = rest.as_str();
                let value = if glued.is_empty() {
                    at += 1;
                    args.get(at).filter(|value| !value.many)?.clone()
                } else {
                    Arg::known(glued)
                };
                values.push((letter.to_string(), value));
                break;
            }
        } else {
            break;
        }
        at += 1;
    }
    Some(Options { values, end: at })
}

/// `xargs` puts what it reads behind the command, or where the mark of `-I` stands.
fn from_input(args: &mut Vec<Arg>, mark: Option<Arg>) {
    if args.is_empty() {
        args.push(Arg::known("echo"));
    }
    match mark.and_then(|mark| mark.text).filter(|mark| !mark.is_empty()) {
        Some(mark) => {
            args.iter_mut().for_each(|arg| arg.text = arg.text.take().filter(|text| !text.contains(&mark)))
        }
        None => args.push(Arg { many: true, ..Arg::default() }),
    }
}

/// `eval` joins its words and reads them once more.
fn joined(args: &[Arg]) -> Wrapped {
    let args = if args.first().is_some_and(|arg| arg.text.as_deref() == Some("--")) {
        args.get(1..).unwrap_or_default()
    } else {
        args
    };
    // A home folder may hold anything once it is read again.
    let texts: Option<Vec<&str>> =
        args.iter().map(|arg| arg.text.as_deref().filter(|_| !arg.tilde)).collect();
    match texts {
        Some(texts) => {
            Wrapped::Script { text: texts.join(" "), dialect: None, in_shell: true, elsewhere: false }
        }
        None => Wrapped::Unclear,
    }
}

/// `sh -c 'script'`. A script in a file is run like any other program; one from standard input is not known.
fn shell(args: &[Arg], dialect: Dialect) -> Vec<Wrapped> {
    let mut command = false;
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        match arg.text.as_deref() {
            None => return vec![Wrapped::Unclear],
            Some("--" | "-") => {
                at += 1;
                break;
            }
            Some("--norc" | "--noprofile" | "--login" | "--posix") => {}
            Some("-o" | "+o") => {
                at += 1;
                let option = args.get(at).and_then(|arg| arg.text.as_deref());
                if !option.is_some_and(is_strict) {
                    return vec![Wrapped::Unclear];
                }
            }
            Some(text) => match text.strip_prefix(['-', '+']) {
                Some(letters) if text.starts_with('-') && is_plain_flags(letters) => {
                    command |= letters.contains('c');
                    // `-euo pipefail`
                    if letters.ends_with('o') {
                        at += 1;
                        let option = args.get(at).and_then(|arg| arg.text.as_deref());
                        if !option.is_some_and(is_strict) {
                            return vec![Wrapped::Unclear];
                        }
                    }
                }
                Some(_) => return vec![Wrapped::Unclear],
                None => break,
            },
        }
        at += 1;
    }
    match args.get(at) {
        Some(Arg { text: Some(text), tilde: false, .. }) if command => {
            vec![script(text, dialect)]
        }
        Some(Arg { text: Some(file), .. }) if !command && !is_device(file) => Vec::new(),
        _ => vec![Wrapped::Unclear],
    }
}

/// Flags that change neither what is read nor how, and perhaps an `o` at the end.
fn is_plain_flags(letters: &str) -> bool {
    letters.strip_suffix('o').unwrap_or(letters).chars().all(|c| "celuxv".contains(c))
}

fn is_strict(option: &str) -> bool {
    matches!(option, "pipefail" | "errexit" | "nounset" | "xtrace" | "verbose")
}

/// Shells that read some characters in their own way: only text without any of them is understood.
fn other_shell(args: &[Arg]) -> Vec<Wrapped> {
    let mut all = shell(args, Dialect::Posix);
    let special =
        |wrapped: &Wrapped| matches!(wrapped, Wrapped::Script { text, .. } if text.contains(is_special));
    if all.iter().any(special) {
        all.push(Wrapped::Unclear);
    }
    all
}

fn is_special(c: char) -> bool {
    "=~^#*?[](){}<>$!`%\\".contains(c)
}

/// Whether an unknown word may be `-exec`, or bring it along.
fn hides_action(args: &[Arg]) -> bool {
    let text = |arg: &Arg| arg.text.as_deref().map(str::to_owned);
    let ends = args.iter().any(|arg| matches!(text(arg).as_deref(), Some(";" | "+")));
    let mut before = String::new();
    for arg in args {
        let is_value = [
            "name", "path", "type", "regex", "newer", "size", "time", "min", "depth", "user", "group", "perm",
        ]
        .iter()
        .any(|test| before.starts_with('-') && before.ends_with(test));
        if arg.text.is_none() && (arg.many || ends && !is_value) {
            return true;
        }
        before = text(arg).unwrap_or_default();
    }
    false
}

/// The commands behind `-exec` and its kin. `{}` stands for a file that is found.
fn found(args: &[Arg]) -> Vec<Wrapped> {
    let mut commands = Vec::new();
    let mut rest = args.iter();
    if hides_action(args) {
        commands.push(Wrapped::Unclear);
    }
    while let Some(arg) = rest.next() {
        let inside = match arg.text.as_deref() {
            Some("-exec" | "-ok") => false,
            Some("-execdir" | "-okdir") => true,
            _ => continue,
        };
        let mut command = Vec::new();
        let mut ended = false;
        for arg in rest.by_ref() {
            let text = arg.text.as_deref();
            let after_braces = command.last().is_some_and(|last: &Arg| last.text.is_none());
            if text == Some(";") || (text == Some("+") && after_braces) {
                ended = true;
                break;
            }
            let text = arg.text.clone().filter(|text| !text.contains("{}"));
            command.push(Arg { text, ..arg.clone() });
        }
        if !ended || command.is_empty() {
            commands.push(Wrapped::Unclear);
            continue;
        }
        // Each file's own folder: anywhere below.
        let folder = inside.then(Arg::default);
        commands.push(Wrapped::Command {
            args: command,
            assignments: Vec::new(),
            folder,
            in_shell: false,
            elsewhere: false,
        });
    }
    commands
}
