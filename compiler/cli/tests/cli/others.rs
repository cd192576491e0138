//! `init`, `completions`, help and version.

use insta::assert_snapshot;

use crate::{DESK, Folder};

#[test]
fn init_writes_a_contract_that_is_clean_and_tidy() {
    let folder = Folder::new("init", &[]);
    assert_snapshot!(folder.run(&["init"]).all());
    let checked = folder.run(&["check", "--deny-warnings"]);
    assert_eq!(checked.code, 0, "{}", checked.all());
    let formatted = folder.run(&["fmt", "--check"]);
    assert_eq!(formatted.code, 0, "{}", formatted.all());
    assert!(folder.text("contract.agentpass").contains("\ntest \""));
}

#[test]
fn init_overwrites_nothing() {
    let folder = Folder::new("init-again", &[("contract.agentpass", DESK)]);
    let ran = folder.run(&["init"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.err, "error: `contract.agentpass` is there already, and is left as it is\n");
    assert_eq!(folder.text("contract.agentpass"), DESK);
    assert!(!folder.0.join("agentpass.toml").exists());
    let folder = Folder::new("init-config", &[("agentpass.toml", "[lints]\n")]);
    assert_eq!(folder.run(&["init"]).code, 0);
    assert_eq!(folder.text("agentpass.toml"), "[lints]\n");
}

#[test]
fn completions_for_every_shell() {
    let folder = Folder::new("completions", &[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = folder.run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(
            ["deny-warnings", "sarif", "junit", "threshold", "replay"]
                .iter()
                .all(|word| ran.out.contains(word)),
            "{shell}: {}",
            ran.out
        );
    }
    assert_eq!(folder.run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn help_and_version() {
    let folder = Folder::new("help", &[]);
    let help = folder.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert_snapshot!(help.out);
    for verb in ["check", "test", "eval", "replay", "explain", "build", "fmt", "init", "completions"] {
        let ran = folder.run(&[verb, "--help"]);
        assert_eq!(ran.code, 0);
        assert_snapshot!(format!("help_{verb}"), ran.out);
    }
    assert_eq!(folder.run(&["--version"]).out, concat!("agentpassc ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new("pipe", &[("desk.agentpass", DESK)]);
    let script = format!("{} explain desk.agentpass | true", env!("CARGO_BIN_EXE_agentpassc"));
    let output =
        std::process::Command::new("sh").args(["-c", &script]).current_dir(&folder.0).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
