//! What git runs beyond itself: by settings on its command line, by flags that name programs, and by a few of its commands.

use super::settings::is_usual;
use super::token::Dialect;
use super::walk::Arg;
use super::wrappers::Wrapped;

/// The flags before git's command that have a value of their own.
const VALUED: &[&str] = &[
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--config-env",
    "--attr-source",
    "--super-prefix",
];

/// Where git's command stands among its arguments; nothing if that cannot be told.
pub(super) fn command_at(args: &[Arg]) -> Option<usize> {
    let mut at = 0;
    loop {
        let Some(arg) = args.get(at) else { return Some(at) };
        match arg.text.as_deref()? {
            text if VALUED.contains(&text) => at += 2,
            text if text.starts_with('-') => at += 1,
            _ => return Some(at),
        }
    }
}

/// Everything that the arguments of git make it run.
pub(super) fn git(args: &[Arg]) -> Vec<Wrapped> {
    let mut all = Vec::new();
    let Some(at) = command_at(args) else { return vec![Wrapped::Unclear] };
    let (before, rest) = args.split_at_checked(at).unwrap_or((args, &[]));
    let mut flags = before.iter();
    while let Some(flag) = flags.next() {
        match flag.text.as_deref() {
            Some("-c") => all.extend(flags.next().and_then(assigned)),
            Some("--config-env") => all.extend(flags.next().and_then(from_environment)),
            Some(text) => {
                let setting = text.strip_prefix("--config-env=");
                all.extend(setting.and_then(|text| from_environment(&Arg::known(text))));
                if text.starts_with("--exec-path=") {
                    all.push(Wrapped::Unclear);
                }
            }
            None => all.push(Wrapped::Unclear),
        }
    }
    let Some((command, args)) = rest.split_first() else { return all };
    if args.iter().any(|arg| arg.text.as_deref().is_some_and(|text| text.contains("ext::"))) {
        all.push(Wrapped::Unclear);
    }
    match command.text.as_deref().unwrap_or_default() {
        "bisect" if is(args.first(), "run") => all.extend(run(args.get(1..), false)),
        "submodule" => {
            let at = args.iter().position(|arg| is(Some(arg), "foreach"));
            let is_flag = |arg: &&Arg| arg.text.as_deref().is_some_and(|text| text.starts_with('-'));
            let rest = at.and_then(|at| args.get(at + 1..));
            let skipped = rest.map_or(0, |rest| rest.iter().take_while(is_flag).count());
            all.extend(run(rest.and_then(|rest| rest.get(skipped..)), true));
        }
        "rebase" => all.extend(scripts(args, &["-x", "--exec"])),
        "difftool" => all.extend(scripts(args, &["-x", "--extcmd"])),
        "grep" => all.extend(scripts(args, &["-O", "--open-files-in-pager"])),
        "clone" => {
            all.extend(scripts(args, &["-u", "--upload-pack"]));
            all.extend(settings(args));
        }
        "config" if sets(args) => all.extend(args.iter().find_map(|arg| assigned_to(arg.text.as_deref()?))),
        "filter-branch" | "for-each-repo" | "shell" | "hook" | "daemon" | "instaweb" | "web--browse"
        | "remote-ext" | "merge-index" | "filter-repo" => {
            all.push(Wrapped::Unclear);
        }
        // They push, under another name.
        "subtree" if is(args.first(), "push") => all.push(pushed(args.get(1..))),
        "send-pack" | "http-push" => all.push(pushed(Some(args))),
        _ => {}
    }
    let templates = matches!(command.text.as_deref(), Some("clone" | "init"));
    let names_program = |arg: &Arg| {
        let text = arg.text.as_deref().unwrap_or_default();
        is_program_flag(text) || templates && text.starts_with("--te")
    };
    if args.iter().any(names_program) && all.is_empty() {
        all.push(Wrapped::Unclear);
    }
    all
}

fn is(arg: Option<&Arg>, text: &str) -> bool {
    arg.is_some_and(|arg| arg.text.as_deref() == Some(text))
}

fn pushed(args: Option<&[Arg]>) -> Wrapped {
    let words = ["git", "push"].map(Arg::known).into_iter().chain(args.unwrap_or_default().iter().cloned());
    Wrapped::command(words.collect())
}

/// A command in its words, or in one for a shell. In `submodule foreach` it runs elsewhere.
fn run(args: Option<&[Arg]>, elsewhere: bool) -> Vec<Wrapped> {
    match args {
        None | Some([]) => Vec::new(),
        Some([Arg { text: Some(text), tilde: false, .. }]) if elsewhere => vec![script(text, true)],
        Some(args) => vec![Wrapped::command(args.to_vec()).elsewhere(elsewhere)],
    }
}

fn script(text: &str, elsewhere: bool) -> Wrapped {
    Wrapped::Script { text: text.to_owned(), dialect: Some(Dialect::Posix), in_shell: false, elsewhere }
}

/// The scripts behind flags: `-x cmd`, `-xcmd`, `--exec cmd`, `--exec=cmd`, and where the long name is cut short.
fn scripts(args: &[Arg], flags: &[&str; 2]) -> Vec<Wrapped> {
    let [short, long] = flags;
    let mut all = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        let Some(text) = arg.text.as_deref() else {
            if arg.many {
                all.push(Wrapped::Unclear);
            }
            continue;
        };
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let value = if name.len() > 3 && long.starts_with(name) {
            value.map(Arg::known).or_else(|| args.get(at + 1).cloned())
        } else if let Some((_, glued)) = text
            .strip_prefix('-')
            .filter(|letters| !letters.starts_with('-'))
            .and_then(|letters| letters.split_once(short.trim_start_matches('-')))
        {
            if glued.is_empty() { args.get(at + 1).cloned() } else { Some(Arg::known(glued)) }
        } else {
            continue;
        };
        all.push(value.and_then(|value| value.text).map_or(Wrapped::Unclear, |text| script(&text, true)));
    }
    all
}

/// Flags of several commands that name a program on this side or the other.
fn is_program_flag(text: &str) -> bool {
    const FLAGS: &[&str] = &[
        "--exec",
        "--upload-pack",
        "--receive-pack",
        "--sendmail-cmd",
        "--to-cmd",
        "--cc-cmd",
        "--header-cmd",
        "--smtp-server",
    ];
    let name = text.split('=').next().unwrap_or(text);
    name.len() > 4 && FLAGS.iter().any(|flag| flag.starts_with(name))
}

/// `git clone -c core.pager=x`.
fn settings(args: &[Arg]) -> Vec<Wrapped> {
    let is_flag = |arg: &Arg| {
        arg.text.as_deref().is_some_and(|text| match text.strip_prefix("--") {
            Some(long) => long.starts_with("conf") && !long.contains('='),
            None => text.starts_with('-') && text.ends_with('c'),
        })
    };
    let behind = args.windows(2).filter_map(|pair| match pair {
        [flag, value] if is_flag(flag) => assigned(value),
        _ => None,
    });
    let glued = args.iter().filter_map(|arg| {
        let text = arg.text.as_deref()?;
        let value =
            text.strip_prefix("--config=").or_else(|| text.strip_prefix("-c").filter(|v| !v.is_empty()))?;
        assigned(&Arg::known(value))
    });
    behind.chain(glued).collect()
}

/// Whether `git config` writes: with a value, or with an editor.
fn sets(args: &[Arg]) -> bool {
    let reads =
        ["--get", "--get-all", "--get-regexp", "--list", "-l", "get", "list", "--get-urlmatch", "--unset"];
    let is_word = |arg: &&Arg| arg.text.as_deref().is_none_or(|text| !text.starts_with('-'));
    !args.iter().any(|arg| reads.iter().any(|read| is(Some(arg), read)))
        && args.iter().filter(is_word).count() > 1
}

fn assigned_to(key: &str) -> Option<Wrapped> {
    (key.contains('.') && is_program_key(key)).then_some(Wrapped::Unclear)
}

fn from_environment(arg: &Arg) -> Option<Wrapped> {
    let Some(text) = arg.text.as_deref() else { return Some(Wrapped::Unclear) };
    assigned_to(text.split('=').next().unwrap_or(text))
}

/// What a setting `key=value` runs.
fn assigned(arg: &Arg) -> Option<Wrapped> {
    let Some(text) = arg.text.as_deref() else { return Some(Wrapped::Unclear) };
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    if !is_program_key(key)
        || matches!(value, "" | "false" | "true" | "0" | "1" | "/dev/null")
        || is_usual(value)
    {
        return None;
    }
    let key = key.to_ascii_lowercase();
    let for_shell = ["core.pager", "core.editor", "sequence.editor", "core.sshcommand", "diff.external"];
    Some(match for_shell.contains(&key.as_str()) {
        true if key == "core.pager" => script(value, false),
        // It gets arguments of its own.
        true => script(&format!("{value} \"$@\""), false),
        false => Wrapped::Unclear,
    })
}

/// Whether a setting may name a program, or a file with more settings.
fn is_program_key(key: &str) -> bool {
    const SECTIONS: &[&str] = &[
        "alias",
        "browser",
        "credential",
        "filter",
        "guitool",
        "include",
        "includeif",
        "instaweb",
        "man",
        "pager",
        "protocol",
        "submodule",
        "url",
    ];
    const ENDINGS: &[&str] = &[
        "allow",
        "askpass",
        "browser",
        "clean",
        "cmd",
        "command",
        "dir",
        "driver",
        "editor",
        "exec",
        "external",
        "file",
        "filter",
        "fsmonitor",
        "helper",
        "hook",
        "hookspath",
        "pack",
        "pager",
        "path",
        "process",
        "program",
        "proxy",
        "smtpserver",
        "smudge",
        "textconv",
        "tunnel",
        "vcs",
        "worktree",
    ];
    let key = key.to_ascii_lowercase();
    let section = key.split('.').next().unwrap_or_default();
    let last = key.rsplit('.').next().unwrap_or_default();
    SECTIONS.contains(&section)
        || ENDINGS.iter().any(|ending| last.ends_with(ending))
            && !matches!(last, "quotepath" | "precomposeunicode")
}
