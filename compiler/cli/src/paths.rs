//! From the PATHs of a command to the files that are meant.
//!
//! A PATH is a file, a folder (all contracts in it), a glob, or `-`. What is named must exist: a misspelt path in a build that
//! then checks nothing would look like success.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use agentpass_compiler::diagnostics::config;
use agentpass_compiler::load::{Files, normal};
use agentpass_values::{Glob, PathValue};

use crate::disk::{Disk, STDIN, words};
use crate::output::Failure;

/// The ending of contract files.
pub(crate) const ENDING: &str = ".agentpass";
/// Folders that hold copies of other people's files, or products.
const SKIPPED: [&str; 2] = ["target", "node_modules"];
/// Folders within folders beyond which nobody keeps contracts; also an end for mounts that contain themselves.
const DEEPEST: usize = 64;

/// The files that a command is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Named {
    /// Their paths, with `/`, each once, in the order of the PATHs and sorted within each.
    pub(crate) files: Vec<String>,
    /// True where every one was named by itself, rather than found in a folder or by a glob.
    pub(crate) one_by_one: bool,
}

/// Finds the files and reads them all once, so that one that cannot be read stops the command before it does anything.
pub(crate) fn find(paths: &[String], disk: &Disk) -> Result<Named, Failure> {
    let here = [".".to_owned()];
    let mut named = Named { files: Vec::new(), one_by_one: true };
    let mut wrong = Vec::new();
    for path in if paths.is_empty() { &here } else { paths } {
        match expand(path) {
            Ok((files, one_by_one)) => {
                named.files.extend(files);
                named.one_by_one &= one_by_one;
            }
            Err(reason) => wrong.push(reason),
        }
    }
    let mut seen = HashSet::new();
    named.files.retain(|file| seen.insert(file.clone()));
    for file in &named.files {
        if let Err(why) = disk.read(file) {
            wrong.push(format!("`{file}` cannot be read: {why}"));
        }
    }
    Failure::all(wrong).map_or(Ok(named), Err)
}

/// The files that one PATH means, and whether it names one file.
fn expand(path: &str) -> Result<(Vec<String>, bool), String> {
    if path == "-" {
        return Ok((vec![STDIN.to_owned()], true));
    }
    let path = &slashes(path);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            let mut files = Vec::new();
            walk(path, DEEPEST, &mut files)?;
            if files.is_empty() {
                return Err(format!("no `{ENDING}` file in the folder `{path}`"));
            }
            Ok((files, false))
        }
        Ok(_) => Ok((vec![normal(path)], true)),
        Err(_) if path.contains(['*', '?', '[', '{']) => Ok((globbed(path)?, false)),
        Err(error) => Err(format!("`{path}` cannot be read: {}", words(&error))),
    }
}

/// Paths are written with `/` everywhere; contracts are read on all systems.
fn slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// All contracts under a folder, sorted. Links to folders are not followed: they may lead back.
fn walk(folder: &str, depth: usize, files: &mut Vec<String>) -> Result<(), String> {
    let wrong = |error: &std::io::Error| format!("the folder `{folder}` cannot be read: {}", words(error));
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| wrong(&error))? {
        let entry = entry.map_err(|error| wrong(&error))?;
        let kind = entry.file_type().map_err(|error| wrong(&error))?;
        // A name that is not Unicode cannot be written down in a finding, and no import can lead to it.
        if let Ok(name) = entry.file_name().into_string() {
            entries.push((name, kind));
        }
    }
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (name, kind) in entries {
        let path = normal(&format!("{folder}/{name}"));
        if kind.is_dir() {
            if depth > 0 && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                walk(&path, depth - 1, files)?;
            }
        } else if name.ends_with(ENDING) && !(kind.is_symlink() && Path::new(&path).is_dir()) {
            files.push(path);
        }
    }
    Ok(())
}

/// The contracts that a glob matches, in the language's own globs: `**` crosses folders, `*` does not.
fn globbed(pattern: &str) -> Result<Vec<String>, String> {
    let glob = Glob::parse(&normal(pattern)).map_err(|error| format!("`{pattern}` is no glob: {error}"))?;
    let literal = pattern.split('/').take_while(|part| !part.contains(['*', '?', '[', '{', '\\']));
    let start = literal.collect::<Vec<_>>().join("/");
    let start = match (start.as_str(), pattern.starts_with('/')) {
        ("", true) => "/",
        ("", false) => ".",
        (start, _) => start,
    };
    let mut files = Vec::new();
    if Path::new(start).is_dir() {
        walk(start, DEEPEST, &mut files)?;
    }
    files.retain(|file| PathValue::parse(file).is_ok_and(|path| glob.matches(&path)));
    if files.is_empty() {
        return Err(format!("no `{ENDING}` file matches `{pattern}`"));
    }
    Ok(files)
}

/// The configuration of the project: the nearest one, in this folder or above it.
pub(crate) fn configuration() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let mut up = String::new();
    for folder in here.ancestors() {
        if folder.join(config::FILE_NAME).is_file() {
            return Some(format!("{up}{}", config::FILE_NAME));
        }
        up.push_str("../");
    }
    None
}
