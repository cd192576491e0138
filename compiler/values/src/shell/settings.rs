//! Variables that decide what runs: some are read as code by the shell itself, some say which program a name means, and some
//! name a program that another one will start.

use super::Word;

/// Variables whose values a shell reads as code, at once or later.
pub(super) fn is_evaluated(name: &str) -> bool {
    matches!(
        name,
        "BASH_ENV"
            | "ENV"
            | "PS0"
            | "PS1"
            | "PS2"
            | "PS4"
            | "PROMPT_COMMAND"
            | "SHELLOPTS"
            | "BASHOPTS"
            | "POSIXLY_CORRECT"
            | "RANDOM"
            | "SRANDOM"
            | "SECONDS"
            | "LINENO"
            | "HISTCMD"
            | "OPTIND"
            | "BASHPID"
            | "EPOCHSECONDS"
            | "EPOCHREALTIME"
            | "BASH_SUBSHELL"
            | "PPID"
            | "UID"
            | "EUID"
            | "BASH_COMPAT"
            | "EXECIGNORE"
    )
}

/// Variables that decide what runs under the name of a program.
pub(super) fn is_leading(name: &str, program: Option<&str>) -> bool {
    match name {
        // A path is looked up nowhere, and no program runs where only variables are set.
        "PATH" => program.is_some_and(|program| !program.is_empty() && !program.contains('/')),
        "LD_PRELOAD" | "LD_AUDIT" | "LD_LIBRARY_PATH" | "DYLD_INSERT_LIBRARIES" | "DYLD_LIBRARY_PATH" => {
            program.is_some_and(|program| !program.is_empty())
        }
        _ => false,
    }
}

/// What a variable makes other programs run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Setting {
    /// Nothing of its own.
    Nothing,
    /// Its value, which they hand to a shell.
    Script(String),
    /// Something, but we cannot tell what.
    Unclear,
}

/// What a value makes other programs run, by the name of its variable.
pub(super) fn setting(name: &str, value: &Word) -> Setting {
    let started = STARTED.contains(&name) || name.ends_with("_PAGER") || name.ends_with("_EDITOR");
    let hidden = HIDDEN.contains(&name) || is_hidden(name);
    let options = OPTIONS.iter().find(|(variable, _)| *variable == name);
    match value.text() {
        _ if !started && !hidden && options.is_none() => Setting::Nothing,
        None => Setting::Unclear,
        Some("" | "/dev/null" | "/bin/sh" | "/bin/bash" | "/bin/zsh") => Setting::Nothing,
        Some(text) if started => match is_usual(text) {
            true => Setting::Nothing,
            false if name.ends_with("PAGER") => Setting::Script(text.to_owned()),
            // It gets arguments of its own.
            false => Setting::Script(format!("{text} \"$@\"")),
        },
        Some(text) => match options {
            Some((_, words)) if !words.iter().any(|word| text.contains(word)) => Setting::Nothing,
            _ => Setting::Unclear,
        },
    }
}

/// Whether a value names a pager that only prints, a program that does nothing, or a compiler.
pub(super) fn is_usual(text: &str) -> bool {
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'));
    matches!(text, "cat" | "true" | ":" | "less" | "more" | "less -R" | "less -FRX")
        || matches!(name, "cc" | "gcc" | "clang" | "c++" | "g++" | "clang++")
}

/// Variables that hold a command which a program starts sooner or later.
const STARTED: &[&str] = &[
    "AR",
    "AS",
    "BROWSER",
    "CC",
    "CPP",
    "CVS_RSH",
    "CXX",
    "EDITOR",
    "FCEDIT",
    "GIT_EXTERNAL_DIFF",
    "GIT_SSH_COMMAND",
    "HGEDITOR",
    "LD",
    "LESSCLOSE",
    "LESSOPEN",
    "MAKE",
    "MANPAGER",
    "PAGER",
    "RSYNC_RSH",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "VISUAL",
];

/// Variables that lead programs to code elsewhere.
const HIDDEN: &[&str] = &[
    "DOTNET_STARTUP_HOOKS",
    "EXINIT",
    "GIT_ASKPASS",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_EXEC_PATH",
    "GIT_PROXY_COMMAND",
    "GIT_SSH",
    "GIT_TEMPLATE_DIR",
    "LESSKEY",
    "LUA_INIT",
    "MAKEFILES",
    "PERL5DB",
    "PERL5LIB",
    "PERL5OPT",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONSTARTUP",
    "RIPGREP_CONFIG_PATH",
    "RUBYLIB",
    "RUBYOPT",
    "SHELL",
    "SSH_ASKPASS",
    "SUDO_ASKPASS",
    "TAR_OPTIONS",
    "VIMINIT",
    "ZDOTDIR",
];

/// The same for families of variables.
fn is_hidden(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.ends_with(word));
    if upper.starts_with("NPM_CONFIG_") {
        return has(&["SHELL", "CONFIG", "OPTIONS", "GYP", "GIT", "PREFIX", "REQUIRE"]);
    }
    if name.starts_with("CARGO_") {
        return has(&["_RUNNER", "_LINKER", "_RUSTFLAGS", "_RUSTC", "_WRAPPER"]);
    }
    name.starts_with("BASH_FUNC_")
        || name.starts_with("LUA_INIT_")
        || name.starts_with("GIT_CONFIG") && name != "GIT_CONFIG_NOSYSTEM"
}

/// Variables that hold options for a program, and the words in them with which it runs something else.
const OPTIONS: &[(&str, &[&str])] = &[
    ("GNUMAKEFLAGS", &["=", "-f", "-e", "-C", "-I", "eval", "file"]),
    ("GOFLAGS", &["exec", "tool", "C"]),
    ("JAVA_TOOL_OPTIONS", &["agent", "@", "cp", "class"]),
    ("JDK_JAVA_OPTIONS", &["agent", "@", "cp", "class"]),
    ("MAKEFLAGS", &["=", "-f", "-e", "-C", "-I", "eval", "file"]),
    ("NODE_OPTIONS", &["-r", "require", "import", "loader"]),
    ("RUSTFLAGS", &["linker", "link-arg", "plugin", "codegen-backend", "@"]),
    ("_JAVA_OPTIONS", &["agent", "@", "cp", "class"]),
];
