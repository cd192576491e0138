//! The same through the command line: `import guard`, `check`, `fmt --check` and `replay --input guard --output guard`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::cases;
use crate::recorded::{Sequence, recorded, sequences};

/// The command, built as these tests are.
fn built() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "agentpassc", "--bin", "agentpassc"])
        .args(if cfg!(debug_assertions) { &[][..] } else { &["--release"][..] })
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // …/target/debug/deps/guard-0123
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("agentpassc")
}

#[track_caller]
fn run(command: &Path, folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(command)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()).unwrap());
        child.wait_with_output().unwrap()
    })
}

#[track_caller]
fn fine(command: &Path, folder: &Path, args: &[&str], input: &str) -> String {
    let output = run(command, folder, args, input);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_command_decides_as_the_guard_did() {
    let command = built();
    let folder = tempfile();
    let mut policies: Vec<(String, Vec<Sequence>)> = Vec::new();
    for sequence in sequences() {
        match policies.iter_mut().find(|(policy, _)| *policy == sequence.policy) {
            Some((_, all)) => all.push(sequence),
            None => policies.push((sequence.policy.clone(), vec![sequence])),
        }
    }
    let every = if cases().is_some() { 1 } else { 5 };
    let mut played = 0;
    for (policy, all) in policies.iter().step_by(every) {
        fs::write(folder.join("policy.json"), policy).unwrap();
        fine(&command, &folder, &["import", "guard", "policy.json", "-o", "policy.agentpass"], "");
        fine(&command, &folder, &["check", "policy.agentpass"], "");
        fine(&command, &folder, &["fmt", "--check", "policy.agentpass"], "");
        let mut lines = String::new();
        let mut wanted = Vec::new();
        for sequence in all {
            lines.push_str("{\"reset\": true}\n");
            wanted.push((&sequence.name, json!({"ok": true})));
            for (step, expected) in sequence.steps.iter().zip(recorded(sequence)) {
                let line = json!({"at_ms": step["at_ms"], "check": step["check"]});
                lines.push_str(&format!("{line}\n"));
                wanted.push((&sequence.name, expected));
            }
        }
        let args = ["replay", "policy.agentpass", "--input", "guard", "--output", "guard", "--calls", "-"];
        let answers = fine(&command, &folder, &args, &lines);
        assert_eq!(answers.lines().count(), wanted.len());
        for ((answer, (name, wanted)), line) in answers.lines().zip(&wanted).zip(lines.lines()) {
            assert_eq!(&serde_json::from_str::<Value>(answer).unwrap(), wanted, "{name}: {line}");
        }
        played += wanted.len() - all.len();
    }
    fs::remove_dir_all(folder).unwrap();
    println!("{played} checks through the command line");
    assert!(played > 100, "{played}");
}

/// A folder of this run.
fn tempfile() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("agentpass-guard-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}
