//! The README does what it says, and so does the guide for whoever is on call: contracts are checked, commands are run, their
//! output is what is shown.
//!
//! Blocks are taken in order, in one temporary folder in which `examples` and `stdlib` are those of the repository:
//!
//! - `agentpass` blocks with a first line `// file: NAME` are written to that file and must have no errors; those marked
//!   `agentpass fails` must have some;
//! - `toml` blocks must be configurations without mistakes;
//! - lines of `sh` blocks are run by a shell; blocks of `cargo` are left to `.ci/run`;
//! - a `text` block after a `sh` block is part of what it printed; `…` at the end of a line stands for the rest of it, and on a
//!   line of its own for any lines.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::load::MemoryFiles;

struct Block {
    language: String,
    line: usize,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(markdown.lines()) {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open =
                    Some(Block { language: language.trim().to_owned(), line: number, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is never closed");
    blocks
}

/// The file and text of an `agentpass` block.
fn contract(block: &Block) -> (&str, &str) {
    let (first, rest) = block.text.split_once('\n').unwrap_or_default();
    match first.strip_prefix("// file: ") {
        Some(name) => (name, rest),
        None => ("example.agentpass", &block.text),
    }
}

#[test]
fn contracts_and_configurations_of_the_readme_are_sound() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for block in blocks(&readme) {
        if let Some(mark) = block.language.strip_prefix("agentpass") {
            let (name, text) = contract(&block);
            let found = analyse(&[name.to_owned()], &MemoryFiles::new([(name, text)]), &Config::default());
            let shown = render(Format::Human, &found.loaded.sources, &found.diagnostics, false);
            assert_eq!(found.is_clean(), mark.trim() != "fails", "README.md:{}: {shown}", block.line);
        } else if block.language == "toml" {
            let mut sources = agentpass_grammar::Sources::default();
            let file = agentpass_grammar::SourceFile::new("agentpass.toml", block.text.as_str());
            let id = sources.add(file.clone());
            let (_, problems) = Config::parse(id, &file);
            assert!(problems.is_empty(), "README.md:{}: {problems:?}", block.line);
        }
    }
}

#[cfg(unix)]
#[test]
fn commands_of_the_readme_do_what_it_shows() {
    commands_do_what_is_shown("README.md", "readme");
}

#[cfg(unix)]
#[test]
fn commands_of_the_night_do_what_the_guide_shows() {
    commands_do_what_is_shown("docs/book/src/guides/on-call.md", "on-call");
}

#[cfg(unix)]
fn commands_do_what_is_shown(page: &str, folder: &str) {
    let bin = built();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for shared in ["examples", "stdlib"] {
        copy(&root().join(shared), &folder.join(shared));
    }
    let path = std::env::join_paths(
        [bin].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .unwrap();
    let text = fs::read_to_string(root().join(page)).unwrap();
    let mut printed: Option<String> = None;
    for block in blocks(&text) {
        match block.language.as_str() {
            "sh" if block.text.starts_with("cargo ") => {
                assert!(block.text.lines().all(|line| line.starts_with("cargo ")), "{page}:{}", block.line);
            }
            "sh" => {
                let script = format!("set -eu\n{}", block.text);
                let output = Command::new("sh")
                    .args(["-c", &script])
                    .current_dir(&folder)
                    .env("PATH", &path)
                    .output()
                    .unwrap();
                let shown = String::from_utf8_lossy(&output.stdout).into_owned();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{page}:{}:\n{shown}{said}", block.line);
                printed = Some(shown);
            }
            "text" => {
                if let Some(printed) = &printed {
                    contains(printed, &block);
                }
            }
            language if language.starts_with("agentpass") => {
                let (name, text) = contract(&block);
                fs::write(folder.join(name), text).unwrap();
            }
            _ => {}
        }
    }
    assert!(printed.is_some(), "{page} shows no command");
}

/// The folder of the command, built as these tests are.
fn built() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "agentpassc", "--bin", "agentpassc"])
        .args(if cfg!(debug_assertions) { &[][..] } else { &["--release"][..] })
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // …/target/debug/deps/docs-0123
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Panics unless the lines of the block stand in what was printed, in this order.
fn contains(printed: &str, block: &Block) {
    let lines: Vec<&str> = printed.lines().collect();
    let mut at = 0;
    let mut adjacent = false;
    for wanted in block.text.lines() {
        if wanted == "…" {
            adjacent = false;
            continue;
        }
        let matches = |line: &&str| match wanted.strip_suffix('…') {
            Some(start) => line.starts_with(start),
            None => *line == wanted,
        };
        let found = lines.iter().skip(at).position(matches);
        let found = found.filter(|&skipped| skipped == 0 || !adjacent);
        let Some(skipped) = found else {
            panic!("line {} of the page: `{wanted}` is not in\n{printed}", block.line);
        };
        at += skipped + 1;
        adjacent = true;
    }
}
