//! The scripts of `awk` and `sed`, and what is given to `make`: harmless where they hold none of the few things that start a
//! program or open a file.

use super::code::is_device;
use super::settings::is_usual;
use super::walk::Arg;

/// Whether a program in awk starts another one, or opens a file that is not among its arguments.
pub(super) fn awk(args: &[Arg]) -> bool {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let Some(text) = arg.text.as_deref() else { return true };
        match text {
            "-F" | "-v" => {
                if args.next().is_none_or(|value| value.text.is_none()) {
                    return true;
                }
            }
            "--" => continue,
            _ if text.starts_with("-F") || text.starts_with("-v") && !text.starts_with("-vf") => {}
            // A program in a file is like any other.
            "-f" => return false,
            "--version" | "-V" | "--csv" | "--posix" | "--re-interval" => {}
            _ if text.starts_with('-') => return true,
            program => {
                let plain = program.replace("||", "");
                let prints = program.find("print").and_then(|at| program.get(at..));
                return ["system", "getline", "|", "@", "ARGV", "close"]
                    .iter()
                    .any(|word| plain.contains(word))
                    || prints.is_some_and(|rest| rest.contains('>'));
            }
        }
    }
    false
}

/// Whether a script for sed holds more than lines to print, to delete and to change.
pub(super) fn sed(args: &[Arg]) -> bool {
    let mut args = args.iter();
    let mut scripted = false;
    while let Some(arg) = args.next() {
        let Some(text) = arg.text.as_deref() else {
            // Behind the script, only files follow; and a flag, if it is one, comes before it.
            if scripted && !arg.many {
                continue;
            }
            return true;
        };
        let script = match text {
            "-e" | "--expression" => args.next().and_then(|arg| arg.text.as_deref()),
            "-n" | "-E" | "-r" | "-i" | "-s" | "-z" | "-u" | "-ni" | "-nE" | "-nr" | "-En" | "-Ei"
            | "-ri" | "--quiet" | "--silent" | "--in-place" | "--regexp-extended" | "--posix"
            | "--sandbox" | "--version" | "--help" | "--debug" | "--null-data" | "--separate" => continue,
            _ if text.starts_with("-i") && !text.contains('e') => continue,
            _ if text.starts_with("--in-place=") => continue,
            _ if text.starts_with("--expression=") => text.split_once('=').map(|(_, script)| script),
            // A script in a file is like any other.
            "-f" | "--file" => {
                scripted = true;
                args.next();
                continue;
            }
            _ if text.starts_with('-') && text.len() > 1 => {
                match text.strip_prefix("-ne").or(text.strip_prefix("-Ee")) {
                    Some("") => args.next().and_then(|arg| arg.text.as_deref()),
                    _ => return true,
                }
            }
            _ if scripted => continue,
            script => Some(script),
        };
        scripted = true;
        if script.is_none_or(|script| !is_plain_sed(script)) {
            return true;
        }
    }
    false
}

/// A script of the commands that neither run a program nor open a file, each on its own: `1,5p`, `/x/d`, `$!N`, `s/a/b/g`.
fn is_plain_sed(script: &str) -> bool {
    let mut rest = script.trim_start_matches([' ', '\t', '\n', ';', '{', '}']);
    while !rest.is_empty() {
        let Some(after) = behind_address(rest) else { return false };
        let after = after.trim_start_matches([' ', '!']);
        let Some(command) = after.chars().next() else { return false };
        let behind = after.get(command.len_utf8()..).unwrap_or_default();
        rest = match command {
            '{' | '}' => {
                rest = behind.trim_start_matches([' ', '\t', '\n', ';', '{', '}']);
                continue;
            }
            'p' | 'P' | 'd' | 'D' | 'n' | 'N' | 'g' | 'G' | 'h' | 'H' | 'x' | '=' => behind,
            'q' | 'Q' | 'l' | 'b' | 't' | 'T' => {
                behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '_')
            }
            // Text up to the end of the line.
            'a' | 'i' | 'c' | ':' => return !behind.contains('\n') && !behind.contains("\\n"),
            's' | 'y' => {
                let Some(flags) = behind_parts(behind) else { return false };
                flags.trim_start_matches(|c: char| c.is_ascii_digit() || "gpiIM".contains(c))
            }
            _ => return false,
        };
        let next = rest.trim_start_matches([' ', '\t', '\n', ';', '{', '}']);
        if next.len() == rest.len() && !next.is_empty() {
            return false;
        }
        rest = next;
    }
    true
}

/// What follows an address or two.
fn behind_address(script: &str) -> Option<&str> {
    let mut rest = script;
    loop {
        rest = match rest.chars().next()? {
            '/' => behind_delimited(rest.get(1..)?, '/')?.trim_start_matches(['I', 'M']),
            '\\' => return None,
            c if c.is_ascii_digit() || "$+~".contains(c) => {
                rest.trim_start_matches(|c: char| c.is_ascii_digit() || "$+~".contains(c))
            }
            _ => return Some(rest),
        };
        rest = rest.trim_start_matches(' ');
        match rest.strip_prefix(',') {
            Some(second) => rest = second.trim_start_matches(' '),
            None => return Some(rest),
        }
    }
}

/// What follows both parts of `s/a/b/`; the delimiter may be any character.
fn behind_parts(text: &str) -> Option<&str> {
    let delimiter = text.chars().next().filter(|c| !matches!(c, '\\' | '\n'))?;
    let rest = behind_delimited(text.get(delimiter.len_utf8()..)?, delimiter)?;
    behind_delimited(rest, delimiter)
}

/// What follows the next delimiter that is neither escaped nor in brackets; nothing where brackets make it unsure.
fn behind_delimited(text: &str, delimiter: char) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == delimiter => {
                // `s/[/]x/…`: some read the slash in brackets as a character, and some do not.
                let before = text.get(..at)?;
                let open = before
                    .rfind('[')
                    .is_some_and(|open| !before.get(open + 2..).is_some_and(|in_| in_.contains(']')));
                return if open { None } else { text.get(at + c.len_utf8()..) };
            }
            _ => {}
        }
    }
    None
}

/// Whether make is given another shell, rules in an argument, or a program under the name of one that it runs.
pub(super) fn make(args: &[Arg]) -> bool {
    args.iter().enumerate().any(|(at, arg)| {
        let Some(text) = arg.text.as_deref() else { return true };
        let value = || args.get(at + 1).and_then(|arg| arg.text.as_deref());
        let file = match text {
            "-f" | "--file" | "--makefile" => value(),
            _ => text
                .strip_prefix("-f")
                .or(text.split_once('=').filter(|(n, _)| n.starts_with("--")).map(|(_, v)| v)),
        };
        if file.is_some_and(|file| file == "-" || is_device(file))
            || text.starts_with("--ev")
            || text.starts_with("-E")
        {
            return true;
        }
        match text.split_once('=') {
            Some((name, value)) if !name.starts_with('-') => {
                // `X!=command` runs it.
                if name.ends_with('!') {
                    return true;
                }
                let name = name.trim_end_matches([':', '+', '?']);
                let shell =
                    name.contains("SHELL") || name.starts_with("MAKE") || name.contains(['$', '.', '(']);
                let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || " _-./,:+@%~".contains(c));
                shell || !plain || PROGRAMS_OF_MAKE.contains(&name) && !is_usual(value)
            }
            _ => false,
        }
    })
}

/// Variables by which recipes name their programs.
const PROGRAMS_OF_MAKE: &[&str] = &[
    "AR",
    "AS",
    "AWK",
    "BASH",
    "CC",
    "CD",
    "CHMOD",
    "CO",
    "CP",
    "CPP",
    "CTANGLE",
    "CURL",
    "CWEAVE",
    "CXX",
    "DOCKER",
    "ECHO",
    "FC",
    "FIND",
    "GET",
    "GIT",
    "GO",
    "GREP",
    "INSTALL",
    "LD",
    "LEX",
    "LINT",
    "LN",
    "M2C",
    "MAKEINFO",
    "MKDIR",
    "MV",
    "NODE",
    "NPM",
    "OBJC",
    "PC",
    "PERL",
    "PIP",
    "PKG_CONFIG",
    "PYTHON",
    "RANLIB",
    "RM",
    "RUBY",
    "SED",
    "SH",
    "STRIP",
    "SUDO",
    "TAR",
    "TEX",
    "TOUCH",
    "YACC",
];
