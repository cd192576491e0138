//! `agentpassc check`: which files form programs, formats, exit codes.

use insta::assert_snapshot;

use crate::{DESK, Folder, MODULE, TYPO};

#[test]
fn a_clean_contract() {
    let folder = Folder::new("check-clean", &[("desk.agentpass", DESK)]);
    assert_snapshot!(folder.run(&["check", "desk.agentpass"]).all());
}

#[test]
fn a_mistake_in_every_format() {
    let folder = Folder::new("check-formats", &[("typo.agentpass", TYPO)]);
    for format in ["human", "short", "github"] {
        let ran = folder.run(&["check", "--format", format]);
        assert_snapshot!(format!("typo_{format}"), ran.all());
    }
    for format in ["json", "sarif"] {
        let ran = folder.run(&["check", "--format", format]);
        assert_eq!((ran.code, ran.err.as_str()), (1, ""));
        let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert!(document.to_string().contains("E0301"), "{document}");
    }
}

#[test]
fn machine_formats_of_nothing_are_documents() {
    let folder = Folder::new("check-machine-clean", &[("desk.agentpass", DESK)]);
    for format in ["json", "sarif"] {
        let ran = folder.run(&["check", "--format", format]);
        assert_eq!(ran.code, 0);
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap();
    }
    for format in ["short", "github"] {
        assert_eq!(folder.run(&["check", "--format", format]).out, "");
    }
}

#[test]
fn everything_under_the_folder_but_hidden_and_built_folders() {
    let files = [
        ("a.agentpass", DESK),
        ("deep/er/b.agentpass", DESK),
        ("notes.txt", "not a contract"),
        (".git/c.agentpass", TYPO),
        ("target/d.agentpass", TYPO),
        ("deep/node_modules/e.agentpass", TYPO),
    ];
    let folder = Folder::new("check-walk", &files);
    assert_snapshot!(folder.run(&["check"]).out, @"no problems in 2 files");
    // A folder that is named is looked at, whatever it is called.
    assert_eq!(folder.run(&["check", "target"]).code, 1);
}

#[test]
fn each_contract_of_a_folder_is_a_program() {
    let crm = MODULE.replace("module crm", "module crm\n\nlet wrong = nothing");
    let uses = |name: &str| format!("{}\nuse \"./crm.agentpass\" as crm\n", DESK.replace("desk", name));
    let files = [
        ("one.agentpass", uses("one")),
        ("two.agentpass", uses("two")),
        ("crm.agentpass", crm),
        ("alone.agentpass", MODULE.replace("crm", "alone")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = Folder::new("check-programs", &files);
    let ran = folder.run(&["check", "--format", "short"]);
    let about_crm: Vec<&str> = ran.out.lines().filter(|line| line.contains("nothing")).collect();
    assert_eq!(about_crm.len(), 1, "what two programs find in a shared module is said once: {}", ran.out);
    assert!(!ran.out.contains("E0204"), "{}", ran.out);
}

#[test]
fn files_named_one_by_one_with_one_contract_are_one_program() {
    let second = "edition 2026\n\ntool crm.read(customer: id) { action read }\n";
    let folder = Folder::new("check-together", &[("desk.agentpass", DESK), ("more.agentpass", second)]);
    let together = folder.run(&["check", "--format", "short", "desk.agentpass", "more.agentpass"]);
    assert!(together.out.contains("E0205"), "the tool is declared twice in one program: {}", together.out);
    assert_eq!(folder.run(&["check", "."]).code, 0, "in a folder they are two programs");
}

#[test]
fn two_contracts_are_two_programs() {
    let folder = Folder::new("check-two", &[("a.agentpass", DESK), ("b.agentpass", TYPO)]);
    let ran = folder.run(&["check", "--format", "short", "a.agentpass", "b.agentpass"]);
    assert_eq!((ran.code, ran.out.lines().count()), (1, 1), "{}", ran.out);
}

#[test]
fn globs() {
    let files = [
        ("a.agentpass", DESK),
        ("x/b.agentpass", DESK),
        ("x/y/c.agentpass", DESK),
        ("x/typo.agentpass", TYPO),
    ];
    let folder = Folder::new("check-globs", &files);
    let counted = |glob: &str| folder.run(&["check", glob]).out.lines().last().map(str::to_owned).unwrap();
    assert_eq!(counted("*.agentpass"), "no problems in 1 file");
    assert_eq!(counted("x/*.agentpass"), "1 error in 2 files");
    assert_eq!(counted("**/{a,b,c}.agentpass"), "no problems in 3 files");
    assert_eq!(counted("./x/?.agentpass"), "no problems in 1 file");
    let none = folder.run(&["check", "z*.agentpass"]);
    assert_snapshot!(none.all());
}

#[test]
fn standard_input() {
    let folder = Folder::new("check-stdin", &[("crm.agentpass", MODULE)]);
    let text = format!("{DESK}\nuse \"./crm.agentpass\" as crm\nlet x = crm.plan\n");
    let ran = folder.run_with(&["check", "-", "--format", "short"], text, |_| ());
    assert!(ran.out.starts_with("<stdin>:13:"), "{}", ran.all());
    assert!(!ran.out.contains("E0001"), "imports are relative to the folder: {}", ran.all());
}

#[test]
fn what_is_not_there_stops_the_command() {
    let folder = Folder::new("check-missing", &[("desk.agentpass", DESK), ("empty/readme.txt", "")]);
    let ran = folder.run(&["check", "desk.agentpass", "nope.agentpass", "empty"]);
    assert_snapshot!(ran.all());
    let ran = folder.run(&["check", "--format", "json", "nope.agentpass"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[test]
fn warnings_count_where_they_are_denied() {
    let text = format!("// agentpass: allow(unused-allow) \"nothing here\"\n{DESK}");
    let folder = Folder::new("check-warnings", &[("desk.agentpass", &text)]);
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.out.contains("warning["), "{}", ran.all());
    assert_eq!(folder.run(&["check", "--deny-warnings"]).code, 1);
}

#[test]
fn the_project_sets_levels_from_above() {
    let text = format!("// agentpass: allow(unused-allow) \"nothing here\"\n{DESK}");
    let folder = Folder::new("check-config", &[("sub/desk.agentpass", &text)]);
    folder.write("agentpass.toml", "[lints]\nunused-allow = \"allow\"\nbad-allow = \"allow\"\n");
    let in_sub = |command: &mut std::process::Command| {
        command.current_dir(folder.0.join("sub"));
    };
    let ran = folder.run_with(&["check"], "", in_sub);
    assert_eq!(ran.out, "no problems in 1 file\n");
    folder.write("agentpass.toml", "[lints]\nunknown-name = \"allow\"\n");
    let ran = folder.run_with(&["check", "--format", "short"], "", in_sub);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("../agentpass.toml:2:1"), "{}", ran.out);
}

#[test]
fn colours() {
    let folder = Folder::new("check-colours", &[("typo.agentpass", TYPO)]);
    let is_coloured = |args: &[&str]| folder.run(args).out.contains('\u{1b}');
    assert!(!is_coloured(&["check"]), "not into a pipe");
    assert!(is_coloured(&["check", "--color", "always"]));
    assert!(!is_coloured(&["check", "--color", "never"]));
}

#[test]
fn wrong_usage() {
    let folder = Folder::new("check-usage", &[]);
    assert_eq!(folder.run(&["check", "--format", "xml"]).code, 2);
    assert_eq!(folder.run(&["check", "--nope"]).code, 2);
    assert_eq!(folder.run(&[]).code, 2);
    assert_eq!(folder.run(&["prove"]).code, 2, "verbs that are not there are not there");
    assert_eq!(folder.run(&["check"]).err, "error: no `.agentpass` file in the folder `.`\n");
}
