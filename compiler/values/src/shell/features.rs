//! What can be told from the arguments of any command: its flags, and the files that it may touch.

use std::collections::HashSet;
use std::hash::Hash;

use super::folders::Cwd;
use super::walk::Arg;
use super::{Flags, PathWord};
use crate::path::{PathError, PathValue};

/// Programs with the flags that have several names there: letters, and a long name that may be cut short. All names of such a flag
/// are listed, whichever of them is given, so that a rule about `rm -r` sees `rm --recursive` and `rm --rec` as well.
const NAMES: &[(&str, &str, &str)] = &[
    ("rm", "rR", "recursive"),
    ("rm", "f", "force"),
    ("cp", "rR", "recursive"),
    ("chmod", "R", "recursive"),
    ("chown", "R", "recursive"),
    ("chgrp", "R", "recursive"),
    ("push", "f", "force"),
    ("push", "d", "delete"),
];

/// The flags among the arguments of a program, up to `--`.
pub(super) fn flags(program: Option<&str>, args: &[Arg]) -> Flags {
    let mut flags = Flags { names: Vec::new(), complete: true };
    for arg in args {
        match arg.text.as_deref() {
            None => flags.complete = false,
            Some("--") => break,
            Some(text) => {
                if let Some(long) = text.strip_prefix("--") {
                    flags.names.push(long.split('=').next().unwrap_or(long).to_owned());
                } else if let Some(letters) = text.strip_prefix('-') {
                    for letter in letters.chars().take_while(char::is_ascii_alphanumeric) {
                        flags.names.push(letter.to_string());
                    }
                }
            }
        }
    }
    let pushes = program == Some("git") && args.iter().any(|arg| arg.text.as_deref() == Some("push"));
    let program = if pushes { Some("push") } else { program };
    if pushes {
        // What a refspec says, no flag needs to say: `+main` forces, `:main` deletes.
        let words = args.iter().filter_map(|arg| arg.text.as_deref());
        let said = words.filter_map(|word| match word.as_bytes() {
            [b'+', _, ..] => Some("force"),
            [b':', _, ..] => Some("delete"),
            _ => None,
        });
        flags.names.extend(said.map(str::to_owned));
        if flags.names.iter().any(|name| name.len() > 2 && "mirror".starts_with(name.as_str())) {
            flags.names.push("force".to_owned());
        }
    }
    for (_, letters, long) in NAMES.iter().filter(|(name, ..)| program == Some(name)) {
        let is_it = |name: &String| match name.len() {
            1 => letters.contains(name.as_str()),
            _ => long.starts_with(name.as_str()),
        };
        if flags.names.iter().any(is_it) {
            flags.names.extend(letters.chars().map(String::from).chain([(*long).to_owned()]));
        }
    }
    flags.names = unique(flags.names);
    flags
}

/// The files that arguments may name. Any argument may; so may the value that is glued to a flag (`-o/etc/x`,
/// `--output=/etc/x`), and each part of `type=bind,source=/etc` or `/etc:/mnt`.
pub(super) fn paths(args: &[Arg], cwd: &Cwd) -> Vec<PathWord> {
    let mut paths = Vec::new();
    let mut only_words = false;
    for arg in args {
        let Some(text) = arg.text.as_deref() else {
            paths.push(PathWord::Unknown);
            continue;
        };
        if arg.tilde {
            add(&mut paths, PathValue::parse(text), cwd);
            // The shell has expanded no other part than the first of `~/a:~/b`.
            let first = text.split(SEPARATORS).next().unwrap_or(text);
            if first.len() < text.len() {
                add(&mut paths, PathValue::parse(first), cwd);
                add_parts(&mut paths, text.get(first.len()..).unwrap_or_default(), cwd);
            }
        } else if only_words || !text.starts_with('-') || text == "-" {
            add(&mut paths, literal(text), cwd);
            add_parts(&mut paths, text, cwd);
        } else if text == "--" {
            only_words = true;
        } else {
            let glued = text.trim_start_matches('-');
            let value = glued.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            if value.starts_with(['/', '.', '~']) {
                add(&mut paths, literal(value), cwd);
            }
            if !text.starts_with("--") && glued.contains('/') {
                let behind_letter = glued.get(1..).unwrap_or_default();
                add(&mut paths, literal(behind_letter), cwd);
            }
            if let Some((_, value)) = glued.split_once('=') {
                add(&mut paths, literal(value), cwd);
            }
            add_parts(&mut paths, glued, cwd);
        }
    }
    unique(paths)
}

/// The file of a redirection. The null device is nobody's file.
pub(super) fn redirect_paths(target: &Arg, cwd: &Cwd) -> Vec<PathWord> {
    let mut paths = Vec::new();
    match target.text.as_deref() {
        None => paths.push(PathWord::Unknown),
        Some("/dev/null") => {}
        Some(text) if target.tilde => add(&mut paths, PathValue::parse(text), cwd),
        Some(text) => add(&mut paths, literal(text), cwd),
    }
    paths
}

/// A path as the operating system reads it: a `~` that the shell did not expand is a name.
pub(super) fn literal(text: &str) -> Result<PathValue, PathError> {
    if text.starts_with('~') { PathValue::parse(&format!("./{text}")) } else { PathValue::parse(text) }
}

/// What may stand between several names in one argument.
const SEPARATORS: [char; 14] = [':', ',', '=', '@', '<', '>', ';', '|', '&', ' ', '"', '\'', '(', ')'];

/// The parts of an argument that look like paths of their own.
fn add_parts(paths: &mut Vec<PathWord>, text: &str, cwd: &Cwd) {
    if let Some((_, local)) = text.split_once("file:") {
        // The name may be escaped in it.
        if local.contains('%') {
            paths.push(PathWord::Unknown);
        }
    } else if text.contains("://") {
        return;
    }
    for part in text.split(SEPARATORS) {
        if part.len() < text.len() && (part.contains('/') || part.starts_with(['.', '~'])) {
            add(paths, literal(part), cwd);
        }
    }
}

/// Adds a path as seen from each folder in which the command may run.
fn add(paths: &mut Vec<PathWord>, path: Result<PathValue, PathError>, cwd: &Cwd) {
    let path = match path {
        Ok(path) => path,
        // An empty argument names no file.
        Err(PathError::Empty) => return,
        Err(_) => return paths.push(PathWord::Unknown),
    };
    match cwd.resolve(&path) {
        Some(resolved) => resolved.into_iter().for_each(|path| paths.push(PathWord::Resolved(path))),
        None => paths.push(PathWord::Unknown),
    }
}

/// Each item once, in order.
pub(super) fn unique<T: Clone + Eq + Hash>(items: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.into_iter().filter(|item| seen.insert(item.clone())).collect()
}

/// Adds an item to a short list, unless it is there.
pub(super) fn push_new<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if !items.contains(&item) {
        items.push(item);
    }
}
