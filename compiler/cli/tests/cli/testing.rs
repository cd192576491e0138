//! `agentpassc test`: steps, expectations, coverage, reports.

use insta::assert_snapshot;

use crate::{DESK, Folder, GUARDED, MODULE, TYPO, json};

/// [`GUARDED`] without its own tests, with these steps as the only test.
fn with(steps: &str) -> String {
    let contract = GUARDED.split("\ntest ").next().unwrap();
    // What stands in the first column begins an item.
    let steps: String = steps.lines().map(|step| format!("    {}\n", step.trim_start())).collect();
    format!("{contract}\ntest \"t\" {{\n{steps}}}\n")
}

/// Runs one test; gives the messages of its failure.
fn play(test: &str, steps: &str) -> Vec<String> {
    let folder = Folder::new(&format!("test-{test}"), &[("desk.agentpass", &with(steps))]);
    let ran = folder.run(&["test", "--format", "json"]);
    let report = json(&ran.out);
    assert_eq!(report["errors"], json("[]"), "{}", ran.all());
    let failures = report["tests"][0]["failures"].as_array().unwrap().clone();
    assert_eq!(ran.code, i32::from(!failures.is_empty()));
    failures.iter().map(|failure| failure["message"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn passes(test: &str, steps: &str) {
    assert_eq!(play(test, steps), Vec::<String>::new());
}

#[track_caller]
fn fails(test: &str, steps: &str, message: &str) {
    let failed = play(test, steps);
    assert!(failed.len() == 1 && failed[0].contains(message), "{message:?} in {failed:#?}");
}

#[test]
fn tests_that_pass() {
    let folder = Folder::new("test-pass", &[("desk.agentpass", GUARDED)]);
    assert_snapshot!(folder.run(&["test"]).all());
}

#[test]
fn a_test_that_fails_shows_what_came_instead() {
    let text = GUARDED.replace("expect challenge manager", "expect allow");
    let folder = Folder::new("test-fail", &[("desk.agentpass", &text)]);
    assert_snapshot!(folder.run(&["test", "desk.agentpass"]).all());
}

#[test]
fn verdicts_and_messages() {
    let refund = |amount: &str, expect: &str| {
        format!(r#"call pay {{ to: "c1", amount: {amount}, key: "k1" }} {expect}"#)
    };
    passes("allow", &refund("$5", "expect allow"));
    passes("challenge", &refund("$50", "expect challenge manager"));
    passes("because", &refund("$500", "expect deny because \"at most $100, not $500\""));
    fails("other-verdict", &refund("$500", "expect allow"), "expected `allow`, got `deny`");
    fails(
        "other-message",
        &refund("$500", "expect deny because \"too much\""),
        "but not because \"too much\"",
    );
    fails("other-challenge", &refund("$50", "expect challenge operator"), "got `challenge manager`");
    fails("no-replay", &refund("$5", "expect replay"), "expected `replay`, got `allow`");
    passes("negative", &refund("-$5", "expect deny"));
    passes("json-amounts", &refund("500", "expect allow expect remaining job.calls 9"));
    fails("sub-cent", &refund("$0.001", "expect deny"), "no whole number of cents");
}

#[test]
fn approvals() {
    let pay = |tail: &str| format!(r#"call pay {{ to: "c1", amount: $50, key: "k1" }} {tail}"#);
    passes("approved", &pay("approved by manager expect allow"));
    passes("refused", &pay("refused by manager expect deny"));
    passes(
        "approved-in-vain",
        r#"call pay { to: "c1", amount: $500, key: "k1" } approved by manager expect deny"#,
    );
    passes("approved-by-others", &pay("approved by operator expect challenge manager"));
    // Two people, neither of whom is the user.
    passes(
        "quorum",
        r#"user "approver-1"
        call wire { to: "c1" } approved by board expect allow"#,
    );
}

#[test]
fn outcomes_and_time() {
    let pay = |tail: &str| format!("call pay {{ to: \"c1\", amount: $5, key: \"k1\" }} {tail}\n");
    passes("twice", &format!("{}{}", pay("expect allow"), pay("expect replay")));
    passes("not-sent", &format!("{}{}", pay("not sent"), pay("expect allow")));
    passes("unknown", &format!("{}{}", pay("unknown"), pay("expect deny")));
    passes(
        "open",
        &format!(
            "{}{}first returns {{ id: 1 }}\n{}",
            pay("as first open"),
            pay("expect deny"),
            pay("expect replay")
        ),
    );
    passes("later", &format!("{}after 25h\n{}", pay("expect allow"), pay("expect deny")));
    passes("at", "at 2027-01-01T00:00:00Z\ncall crm.read { customer: \"c1\" } expect allow");
    fails("back", "at 2020-01-01T00:00:00Z", "time does not go back");
    fails(
        "never-allowed",
        "call pay { to: \"c1\", amount: $500, key: \"k1\" } as first open\nfirst fails",
        "was not allowed",
    );
}

#[test]
fn who_calls() {
    passes("agent", "agent \"somebody\"\ncall crm.read { customer: \"c1\" } expect deny");
    let many = "call crm.read { customer: \"c1\" }\n".repeat(10);
    passes(
        "job",
        &format!(
            "{many}call crm.read {{ customer: \"c1\" }} expect deny\njob \"j2\"\ncall crm.read {{ customer: \"c1\" }} expect allow"
        ),
    );
    passes("tenant", &format!("{many}tenant \"t2\"\ncall crm.read {{ customer: \"c1\" }} expect allow"));
}

#[test]
fn host_facts_stand_until_they_change_and_with_host_is_for_one_call() {
    passes(
        "host",
        r#"call send { to: "c1" } expect deny
        host { trusted: true }
        call send { to: "c1" } expect allow
        call send { to: "c2" } with host { trusted: false } expect deny
        call send { to: "c3" } expect allow"#,
    );
}

#[test]
fn events() {
    passes(
        "events",
        r#"call crm.read { customer: "c1" } expect allow
        event Closed { customer: "c1" }
        call crm.read { customer: "c1" } expect deny because "c1 is closed"
        call crm.read { customer: "c2" } expect allow"#,
    );
}

#[test]
fn an_operator_lifts_what_is_suspended() {
    const CONTRACT: &str = r#"edition 2026
contract c { version "1"; owner "o"; agents "x" }
job errand(item: id)
tool look(item: id) {
    action  read
    require item == "a" because "only a"
}
limit per job in any 10m { denials at most 1 then suspend job }
test "t" {
    job "j" as errand { item: "a" }
    call look { item: "b" } expect deny because "only a"
    call look { item: "b" } expect deny
    after 11m
    call look { item: "a" } expect deny
    lift job
    call look { item: "a" } expect allow
    call look { item: "b" } expect deny
    call look { item: "b" } expect deny
    job "k"
    call look { item: "a" } expect allow
    after 11m
    lift job "j"
    job "j" as errand { item: "a" }
    call look { item: "a" } expect allow
}
"#;
    let folder = Folder::new("test-lift", &[("c.agentpass", CONTRACT)]);
    let ran = folder.run(&["test"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}

#[test]
fn filters() {
    let folder = Folder::new("test-filter", &[("desk.agentpass", GUARDED)]);
    let ran = folder.run(&["test", "--filter", "manager"]);
    assert!(ran.code == 0 && ran.out.ends_with("1 test passed in 1 file\n"), "{}", ran.all());
    let ran = folder.run(&["test", "--filter", "nothing like it"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, "error: no test has `nothing like it` in its name\n");
}

#[test]
fn every_program_of_a_folder() {
    let files = [("a/desk.agentpass", DESK), ("b/desk.agentpass", GUARDED), ("b/crm.agentpass", MODULE)];
    let folder = Folder::new("test-folder", &files);
    let ran = folder.run(&["test"]);
    assert!(ran.code == 0 && ran.out.contains("in 2 files"), "{}", ran.all());
    assert_eq!(folder.run(&["test", "b/*.agentpass"]).code, 0);
    // One contract at fault does not keep the others from being tested.
    folder.write("c/typo.agentpass", TYPO);
    let ran = folder.run(&["test"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("E0301") && ran.out.contains("ok      a/desk.agentpass"), "{}", ran.all());
}

#[test]
fn nothing_to_test() {
    let folder = Folder::new("test-none", &[("crm.agentpass", MODULE)]);
    let ran = folder.run(&["test"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "no tests\n"));
    assert_eq!(folder.run(&["test", "nope.agentpass"]).code, 2);
}

#[test]
fn coverage_lists_what_no_test_shows() {
    let folder = Folder::new("test-coverage", &[("desk.agentpass", GUARDED)]);
    assert_snapshot!(folder.run(&["test", "--coverage"]).all());
    assert_eq!(folder.run(&["test", "--threshold", "10"]).code, 0);
    let ran = folder.run(&["test", "--threshold", "100"]);
    assert!(ran.code == 1 && ran.out.contains("that is less than 100 %"), "{}", ran.all());
    assert_eq!(folder.run(&["test", "--threshold", "101"]).code, 2);
    let report = json(&folder.run(&["test", "--coverage", "--format", "json"]).out);
    assert!(report["coverage"]["uncovered"][0]["source"]["line"].is_u64(), "{report:#}");
}

#[test]
fn junit_is_xml_whatever_tests_are_called() {
    let name = r#"<&\"']]> \u{1b}[31m \u{202e} é😀"#;
    let text = format!(
        "{}\ntest \"{name}\" {{ call pay {{ to: \"c1\", amount: $500, key: \"k\" }} expect allow because \"{name}\" }}\n",
        GUARDED
    );
    let folder = Folder::new("test-junit", &[("desk.agentpass", &text), ("typo.agentpass", TYPO)]);
    let ran = folder.run(&["test", "--format", "junit", "--coverage"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let document = roxmltree::Document::parse(&ran.out).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!((count("failure"), count("error")), (1, 1), "{}", ran.out);
    let root = document.root_element();
    assert_eq!(root.attribute("tests").unwrap(), count("testcase").to_string());
    assert_eq!((root.attribute("failures"), root.attribute("errors")), (Some("1"), Some("1")));
}

#[test]
fn a_parameter_without_a_value_is_a_failure_of_the_test() {
    let text = format!("param cap: money<USD>\n{}", "deny when call.tool == \"pay\" and cap < $1\n");
    let contract = with("call crm.read { customer: \"c1\" } expect allow")
        .replace("\ntool crm", &format!("\n{text}\ntool crm"));
    let folder = Folder::new("test-param", &[("desk.agentpass", &contract)]);
    let ran = folder.run(&["test"]);
    assert!(ran.code == 1 && ran.out.contains("E0905") && ran.out.contains("cap"), "{}", ran.all());
    let given = contract.replace("test \"t\" {", "test \"t\" {\n    param cap = $5\n");
    folder.write("desk.agentpass", given);
    assert_eq!(folder.run(&["test"]).code, 0);
}

#[test]
fn init_begins_with_tests_that_pass() {
    let folder = Folder::new("test-init", &[]);
    assert_eq!(folder.run(&["init"]).code, 0);
    let ran = folder.run(&["test", "--coverage"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}
