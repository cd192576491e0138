//! What a stranger sees whose contract is wrong: people write what they know from other languages. The cases are in
//! `strangers/`, one file for each subject, and what is said about them in the snapshots beside this file: each finding with
//! the text it points at, its help, and the lines that its fix would leave.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::fmt::Write as _;

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::{Diagnostic, Fix, Safety, Severity};
use agentpass_compiler::load::MemoryFiles;

/// The errors of a contract.
fn errors(text: &str) -> Vec<Diagnostic> {
    let files = MemoryFiles::new([("contract.agentpass", text)]);
    let analysis = analyse(&["contract.agentpass".to_owned()], &files, &Config::default());
    analysis.diagnostics.into_iter().filter(|found| found.severity == Severity::Error).collect()
}

fn mended(text: &str, fix: &Fix) -> String {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.span.start, edit.span.end)));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    text
}

/// The lines of `new` from the first that is not in `old` to the last.
fn changed<'t>(old: &str, new: &'t str) -> Vec<&'t str> {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let rest: Vec<&str> = new.lines().skip(same).collect();
    let behind = old.lines().skip(same).collect::<Vec<_>>();
    let same_end = behind.iter().rev().zip(rest.iter().rev()).take_while(|(old, new)| old == new).count();
    rest[..rest.len() - same_end].to_vec()
}

/// The cases of a file: their names and texts.
fn cases(file: &str) -> Vec<(String, String)> {
    let path = format!("{}/tests/strangers/{file}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let cases = text.strip_prefix("= ").unwrap().split("\n= ");
    cases
        .map(|case| case.split_once('\n').unwrap())
        .map(|(name, text)| (name.to_owned(), format!("{text}\n")))
        .collect()
}

const SUBJECTS: &[&str] =
    &["signatures", "declarations", "rules", "limits_and_tests", "comments", "blocks", "policies", "models"];

#[test]
fn what_is_said() {
    for subject in SUBJECTS {
        let mut said = String::new();
        for (name, text) in cases(subject) {
            writeln!(said, "= {name}").unwrap();
            for found in errors(&text) {
                let place = found.span.text(&text);
                writeln!(said, "{} {place:?}: {}", found.code.id, found.message).unwrap();
                if let Some(help) = &found.help {
                    writeln!(said, "    help: {help}").unwrap();
                }
                if let Some(fix) = &found.fix {
                    writeln!(said, "    fix ({}):", fix.safety.word()).unwrap();
                    for line in changed(&text, &mended(&text, fix)) {
                        writeln!(said, "      | {line}").unwrap();
                    }
                }
            }
        }
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(*subject, said) });
    }
}

/// Whoever applies a safe fix is never worse off: the finding is gone, and no other has come that was not hidden by it.
#[test]
fn safe_fixes_mend() {
    let mut wrong = String::new();
    let mut count = 0;
    for (name, text) in SUBJECTS.iter().flat_map(|subject| cases(subject)) {
        let before = errors(&text);
        for found in &before {
            let Some(fix) = found.fix.as_ref().filter(|fix| fix.safety == Safety::Safe) else { continue };
            count += 1;
            let after = errors(&mended(&text, fix));
            if after.len() > before.len() {
                let codes: Vec<_> = after.iter().map(|found| (found.code.id, &found.message)).collect();
                writeln!(wrong, "{name}: {}\n  leaves {codes:?}", found.message).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count > 120, "{count}");
}
