//! `agentpassc fmt`: in place, `--check`, standard input, broken files.

use std::fs;

use insta::assert_snapshot;

use crate::{DESK, Folder};

/// [`DESK`] with other blanks.
fn untidy() -> String {
    DESK.replace("(customer: id)", "( customer:id )").replace("desk {", "desk   {")
}

#[test]
fn in_place_and_then_nothing_to_do() {
    let folder = Folder::new("fmt-place", &[("a.agentpass", &untidy()), ("b.agentpass", DESK)]);
    let ran = folder.run(&["fmt"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "1 file changed, 2 files looked at\n");
    assert_eq!(folder.text("a.agentpass"), DESK);
    assert_eq!(folder.run(&["fmt", "--check"]).code, 0);
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "no temporary file is left: {names:?}");
}

#[test]
fn check_shows_the_difference_and_writes_nothing() {
    let folder = Folder::new("fmt-check", &[("a.agentpass", &untidy())]);
    assert_snapshot!(folder.run(&["fmt", "--check"]).all());
    assert_eq!(folder.run(&["fmt", "--check", "--format", "short"]).out, "a.agentpass\n");
    assert_eq!(folder.text("a.agentpass"), untidy());
}

#[test]
fn standard_input_to_standard_output() {
    let folder = Folder::new("fmt-stdin", &[]);
    let ran = folder.run_with(&["fmt", "-"], untidy(), |_| ());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, DESK, ""));
    assert_eq!(folder.run_with(&["fmt", "--check", "-"], untidy(), |_| ()).code, 1);
}

#[test]
fn the_sound_items_of_a_broken_file() {
    let broken = format!("{}\ntool  broken( {{ action }}\n", untidy());
    let folder = Folder::new("fmt-broken", &[("a.agentpass", &broken)]);
    let ran = folder.run(&["fmt"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    let text = folder.text("a.agentpass");
    assert!(text.starts_with(DESK), "{text}");
    assert!(text.contains("tool  broken( { action }"), "{text}");
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("fmt-permissions", &[("real/a.agentpass", &untidy())]);
    let real = folder.0.join("real/a.agentpass");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, folder.0.join("link.agentpass")).unwrap();
    assert_eq!(folder.run(&["fmt", "link.agentpass"]).code, 0);
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(folder.0.join("link.agentpass")).unwrap().is_symlink());
    assert_eq!(folder.text("real/a.agentpass"), DESK);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("fmt-readonly", &[("a.agentpass", &untidy())]);
    fs::set_permissions(folder.0.join("a.agentpass"), fs::Permissions::from_mode(0o444)).unwrap();
    let ran = folder.run(&["fmt"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "error: `a.agentpass` cannot be written: permission denied\n")
    );
    assert_eq!(folder.text("a.agentpass"), untidy());
}
