//! `agentpassc check --fix`.

use insta::assert_snapshot;

use crate::{DESK, Folder, MODULE, TYPO, json};

/// A contract of somebody who knows other languages. Its mistakes hide that the label is not declared.
const HABITS: &str = "edition 2026

# who may be refunded
contract habits { version: '1'; owner \"x\"; agents \"clerk\" }

tool pay(amount money<USD> as cents, order: id?) {
    action \"pay\"
    amount amount
    deny if amount > $1,000 && amount != $5_000 because 'too much'
}

test \"little is paid\" {
    call pay(amount: $1) expects allow
    call pay { amount: $2_000 } expect deny
}
";

#[test]
fn safe_fixes_are_applied_and_the_rest_is_shown() {
    let folder = Folder::new("mend-habits", &[("habits.agentpass", HABITS)]);
    let ran = folder.run(&["check", "--fix"]);
    assert_snapshot!(ran.all());
    assert_snapshot!("mended_habits", folder.text("habits.agentpass"));
    assert_eq!(folder.run(&["test"]).code, 0);
    let mended = folder.text("habits.agentpass");
    let again = folder.run(&["check", "--fix"]);
    assert_eq!((again.code, again.err.as_str()), (0, "nothing was fixed\n"));
    assert_eq!(folder.text("habits.agentpass"), mended);
}

#[test]
fn what_would_leave_more_errors_is_left_out() {
    // Neither end of the flow is known, and as long as nobody can read the flow, nobody says so.
    let text = format!("{DESK}\nflow a to b {{ deny }}\nlet big = 1,000\n");
    let folder = Folder::new("mend-worse", &[("desk.agentpass", &text)]);
    let ran = folder.run(&["check", "--fix", "--format", "short"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.all());
    assert_eq!(folder.text("desk.agentpass"), text.replace("1,000", "1_000"));
}

#[test]
fn one_mistake_may_hide_another() {
    let text = DESK.replace("{ action read }", "{ action read; deny if custmer == 'x' because \"no\" }");
    let folder = Folder::new("mend-hidden", &[("desk.agentpass", &text)]);
    let ran = folder.run(&["check", "--fix", "--format", "short"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("E0301"), "{}", ran.all());
    assert!(folder.text("desk.agentpass").contains("deny when custmer == \"x\" because"), "{}", ran.all());
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let folder = Folder::new("mend-unsafe", &[("typo.agentpass", TYPO)]);
    let ran = folder.run(&["check", "--fix"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "nothing was fixed\n"));
    assert_eq!(folder.text("typo.agentpass"), TYPO);
    let ran = folder.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(folder.text("typo.agentpass"), TYPO.replace("amont", "amount"));
}

#[test]
fn formats_for_programs_stay_whole() {
    let folder = Folder::new("mend-json", &[("habits.agentpass", HABITS)]);
    let ran = folder.run(&["check", "--fix", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(json(&ran.out)["summary"]["errors"], 0);
    assert!(ran.err.contains("applied in 1 file"), "{}", ran.err);
}

#[test]
fn all_files_that_are_checked_are_mended() {
    let desk = DESK.replace(
        "edition 2026\n",
        "edition 2026\nuse \"./lib/crm.agentpass\" as crm\nuse std.pii\nlet n = 1,000\n",
    );
    let module = MODULE.replace("[\"free\"", "['free'");
    let folder = Folder::new("mend-imports", &[("desk.agentpass", &desk), ("lib/crm.agentpass", &module)]);
    let ran = folder.run(&["check", "--fix", "desk.agentpass"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.err.ends_with("2 fixes applied in 2 files\n"), "{}", ran.err);
    assert_eq!(folder.text("lib/crm.agentpass"), MODULE);
}

#[test]
fn what_cannot_be_written_stays() {
    let folder = Folder::new("mend-fixed", &[("habits.agentpass", HABITS)]);
    let path = folder.0.join("habits.agentpass");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let ran = folder.run(&["check", "--fix"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.all());
    assert!(ran.err.contains("`habits.agentpass` cannot be written: permission denied"), "{}", ran.err);
    assert_eq!(folder.text("habits.agentpass"), HABITS);
    folder.write("agentpass.toml", "# levels\n[lints]\n");
    assert_eq!(folder.run(&["check", "--fix", "agentpass.toml"]).code, 1);
    assert_eq!(folder.text("agentpass.toml"), "# levels\n[lints]\n", "it is no contract, whoever says so");
    for args in [&["check", "--fix", "-"][..], &["check", "--unsafe-fixes"]] {
        let ran = folder.run_with(args, HABITS, |_| ());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.all());
    }
}
