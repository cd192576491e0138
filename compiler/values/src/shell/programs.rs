//! The names of programs.

use super::features::literal;
use super::folders::Cwd;
use crate::path::{PathRoot, PathValue};

/// Folders in which systems keep their programs, without a leading `/usr`.
const FOLDERS: &[&str] = &[
    "/bin",
    "/sbin",
    "/local/bin",
    "/local/sbin",
    "/games",
    "/lib/git-core",
    "/libexec/git-core",
    "/opt/homebrew/bin",
    "/opt/homebrew/sbin",
    "/opt/local/bin",
    "/run/current-system/sw/bin",
    "/snap/bin",
];

/// The name by which a program is known: without the folder, where it is one in which systems keep their programs. Nothing where
/// the path may lead there and nobody can tell.
pub(super) fn program_name(text: &str, cwd: &Cwd) -> Option<String> {
    let Some((folder, name)) = text.rsplit_once('/') else { return Some(text.to_owned()) };
    if name.is_empty() || matches!(name, "." | "..") {
        return Some(text.to_owned());
    }
    let folder = if folder.is_empty() { "/" } else { folder };
    let Ok(path) = literal(folder) else { return Some(text.to_owned()) };
    let may_be = |path: &PathValue| matches!(path.name(), Some("bin" | "sbin" | "git-core" | "root" | "cwd"));
    if path.is_absolute() {
        // A link to any folder, the root among them.
        let links = path.segments().next() == Some("proc");
        return if links { None } else { Some(if is_known(&path) { name } else { text }.to_owned()) };
    }
    match cwd.resolve(&path) {
        Some(all) if !all.is_empty() && all.iter().all(is_known) => Some(name.to_owned()),
        Some(all) if !all.iter().any(|path| is_known(path) || path.climbs() > 0 && may_be(path)) => {
            Some(text.to_owned())
        }
        None if !may_be(&path) => Some(text.to_owned()),
        _ => None,
    }
}

fn is_known(folder: &PathValue) -> bool {
    let text = folder.to_string();
    let text = text.strip_prefix("/usr").unwrap_or(&text);
    folder.root() == PathRoot::Absolute && FOLDERS.contains(&text)
}

/// Programs that write none of the files that they are given, and compilers, whose work is to be run.
pub(super) fn only_reads(program: &str) -> bool {
    matches!(
        program,
        "" | "["
            | "basename"
            | "bat"
            | "cargo"
            | "cat"
            | "cc"
            | "cd"
            | "chmod"
            | "chown"
            | "clang"
            | "clang++"
            | "cmake"
            | "cut"
            | "diff"
            | "dirname"
            | "du"
            | "echo"
            | "env"
            | "export"
            | "file"
            | "find"
            | "g++"
            | "gcc"
            | "git"
            | "go"
            | "grep"
            | "head"
            | "javac"
            | "less"
            | "ls"
            | "make"
            | "md5sum"
            | "mkdir"
            | "mypy"
            | "ninja"
            | "nohup"
            | "printf"
            | "pushd"
            | "rg"
            | "rustc"
            | "set"
            | "sha256sum"
            | "shellcheck"
            | "sleep"
            | "stat"
            | "sudo"
            | "tail"
            | "test"
            | "time"
            | "timeout"
            | "tree"
            | "true"
            | "tsc"
            | "type"
            | "wc"
            | "which"
            | "xargs"
    )
}
