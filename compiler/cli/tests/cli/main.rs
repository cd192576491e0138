//! The command as its users meet it: arguments in; output, exit code and files out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by panicking")]

mod building;
mod check;
mod eval;
mod explain;
mod fmt;
mod hostile;
mod import;
mod mend;
mod others;
mod replay;
mod schemas;
mod testing;
mod usage;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own for one test, with files in it.
struct Folder(PathBuf);

impl Folder {
    /// Makes a folder that holds the files.
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        files.iter().for_each(|(name, text)| folder.write(name, text));
        folder
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Runs the command in the folder.
    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "", |_| ())
    }

    /// Runs the command with text on standard input.
    fn run_with(&self, args: &[&str], input: impl AsRef<[u8]>, change: impl FnOnce(&mut Command)) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agentpassc"));
        command.args(args).current_dir(&self.0).env_remove("NO_COLOR");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.as_ref().to_vec();
        // A command that reads nothing closes its end, which is no failure of the test.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join().unwrap();
        Ran::new(output)
    }
}

/// What a command did.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Code, standard output and standard error as one text, for snapshots.
    fn all(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }
}

/// A document that has to be one.
#[track_caller]
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// A contract with something of everything that decides.
const GUARDED: &str = include_str!("guarded.agentpass");
/// A contract without findings.
const DESK: &str = r#"edition 2026

contract desk { version "1"; owner "desk@example.com"; agents "clerk" }

tool crm.read(customer: id) { action read }

test "customers are read" {
    call crm.read { customer: "c1" } expect allow
    call crm.write { customer: "c1" } expect deny
}
"#;
/// A contract with a misspelt name, and no other finding.
const TYPO: &str = r#"edition 2026

contract typo { version "1"; owner "desk@example.com"; agents "clerk" }

tool pay(amount: money<USD> as cents) {
    action pay
    amount amont
    require amount < $5
}

test "little is paid" {
    call pay { amount: $1 } expect allow
    call pay { amount: $6 } expect deny
}
"#;
/// A module without mistakes.
const MODULE: &str = "edition 2026\n\nmodule crm\n\nset plans: string = [\"free\", \"pro\"]\n";
