//! `agentpassc import`.

use crate::Folder;

const LIST: &str = r#"{"result": {"tools": [
    {"name": "get_issue", "annotations": {"readOnlyHint": true},
     "inputSchema": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}},
    {"name": "close-issue", "inputSchema": {"type": "object", "properties": {"number": {"type": "integer"}}}}
]}}"#;

fn call(tool: &str, args: &str) -> String {
    format!(
        "{{\"at\": \"2026-11-23T10:00:00Z\", \"agent\": \"a\", \"tenant\": \"t\", \"user\": \"u\", \"job\": \"j\", \"tool\": \"{tool}\", \"args\": {args}}}"
    )
}

#[test]
fn a_printed_contract_refers_to_the_document() {
    let folder = Folder::new("import-print", &[("tracker.tools.json", LIST)]);
    let ran = folder.run(&["import", "mcp", "tracker.tools.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
    folder.write("tracker.agentpass", &ran.out);
    assert_eq!(folder.run(&["check", "tracker.agentpass", "--deny-warnings"]).code, 0);
    assert_eq!(folder.run(&["fmt", "--check", "tracker.agentpass"]).code, 0);
    for (tool, args, code) in [
        ("get_issue", "{\"number\": 1.0}", 0),
        ("get_issue", "{}", 4),
        ("get_issue", "{\"number\": \"1\"}", 4),
        ("get_issue", "{\"number\": 1, \"more\": 1}", 4),
        ("close-issue", "{}", 3),
        ("close-issue", "{\"more\": 1}", 4),
        ("open-issue", "{}", 4),
    ] {
        let ran = folder.run_with(&["eval", "tracker.agentpass", "--call", "-"], call(tool, args), |_| ());
        assert_eq!(ran.code, code, "{tool} {args} {}", ran.all());
    }
}

#[test]
fn a_written_contract_has_its_manifest_beside_it() {
    let folder = Folder::new("import-write", &[("list.json", LIST), ("policies/keep", "")]);
    let ran =
        folder.run(&["import", "mcp", "list.json", "--server", "tracker", "-o", "policies/gate.agentpass"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(
        ran.err,
        "wrote policies/gate.tools.json\nwrote policies/gate.agentpass: 2 tools, 4 places to review\n"
    );
    assert_eq!(folder.run(&["check", "policies", "--deny-warnings"]).code, 0);
    for (tool, code) in [("tracker.get_issue", 0), ("get_issue", 4), ("tracker.close-issue", 3)] {
        let call = call(tool, "{\"number\": 1}");
        let ran = folder.run_with(&["eval", "policies/gate.agentpass", "--call", "-"], call, |_| ());
        assert_eq!(ran.code, code, "{tool} {}", ran.all());
    }
    let changed = folder.text("policies/gate.tools.json").replacen("\"integer\"", "\"string\"", 1);
    folder.write("policies/gate.tools.json", changed);
    let ran = folder.run(&["check", "policies", "--format", "short"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("E0215"), "{}", ran.out);
}

#[test]
fn a_document_that_is_the_manifest_stays_what_it_is() {
    let folder = Folder::new("import-same", &[("gate.tools.json", LIST)]);
    assert_eq!(folder.run(&["import", "mcp", "gate.tools.json", "-o", "gate.agentpass"]).code, 0);
    assert_eq!(folder.text("gate.tools.json"), LIST);
    assert_eq!(folder.run(&["check", "--deny-warnings"]).code, 0);
}

#[test]
fn several_documents_are_one_contract() {
    let other = LIST.replace("issue", "page");
    let folder = Folder::new("import-several", &[("a.json", LIST), ("b.tools.json", &other)]);
    assert_eq!(
        folder.run(&["import", "mcp", "a.json", "b.tools.json", "-o", "out/../gate.agentpass"]).code,
        2
    );
    assert_eq!(folder.run(&["import", "mcp", "a.json", "b.tools.json", "-o", "gate.agentpass"]).code, 0);
    assert_eq!(folder.run(&["check", "--deny-warnings"]).code, 0);
    let ran = folder.run(&["import", "mcp", "a.json", "a.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(
        ran.err,
        "error: `a.json` lists `get_issue` again: nobody could say which of the two a call means\n"
    );
}

#[test]
fn what_cannot_be_imported_stops_the_command() {
    let folder = Folder::new("import-bad", &[("bad.json", "{}"), ("kept.agentpass", "kept")]);
    let ran = folder.run(&["import", "mcp", "bad.json", "-o", "kept.agentpass"]);
    assert_eq!(ran.code, 1);
    assert_eq!(folder.text("kept.agentpass"), "kept");
    for args in [
        vec!["import", "mcp", "none.json"],
        vec!["import", "mcp", "-"],
        vec!["import", "mcp"],
        vec!["import", "tarot", "bad.json"],
        vec!["import", "mcp", "bad.json", "--server", "a-b"],
    ] {
        let ran = folder.run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
    }
    let ran = folder.run_with(&["import", "mcp", "-", "-o", "new.agentpass"], LIST, |_| ());
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(folder.run(&["check", "new.agentpass", "--deny-warnings"]).code, 0);
}

const POLICY: &str = r#"{"tools": {"stripe.refund": {"action": "pay", "maxAmountUsd": 100, "requiresApproval": true}}, "flows": []}"#;

#[test]
fn a_policy_of_the_guard_becomes_a_contract_that_plays_its_checks() {
    let folder = Folder::new("import-guard", &[("policy.json", POLICY)]);
    let ran = folder.run(&["import", "guard", "policy.json", "-o", "policy.agentpass"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "wrote policy.agentpass: 1 tool, 0 flows\n");
    assert_eq!(folder.run(&["import", "guard", "policy.json"]).out, folder.text("policy.agentpass"));
    assert_eq!(folder.run(&["check", "policy.agentpass", "--deny-warnings"]).code, 0);
    assert_eq!(folder.run(&["fmt", "--check", "policy.agentpass"]).code, 0);
    let checks = concat!(
        r#"{"at_ms": 1, "check": {"agentId": "a", "tool": "stripe.refund", "action": "pay", "amountUsd": 100.5}}"#,
        "\n",
        r#"{"at_ms": 1, "check": {"agentId": "a", "tool": "stripe.refund", "action": "pay", "amountUsd": 100}}"#,
        "\n",
        r#"{"at_ms": 2, "check": {"agentId": "a", "tool": "stripe.refund", "action": "pay", "approvalId": "x"}}"#,
        "\n{\"reset\": true}\n",
        r#"{"at_ms": 1, "check": {"agentId": "a", "tool": "\u001b", "action": "pay"}}"#,
        "\n",
    );
    let guard = ["replay", "policy.agentpass", "--input", "guard", "--output", "guard", "--calls", "-"];
    let ran = folder.run_with(&guard, checks, |_| ());
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(
        ran.out,
        concat!(
            r#"{"type":"deny","reasons":["amount exceeds maxAmountUsd 100"],"required_approval_for":[]}"#,
            "\n",
            r#"{"type":"challenge_required","reasons":["approval is required"],"required_approval_for":["tool"]}"#,
            "\n",
            r#"{"type":"allow","reasons":[],"required_approval_for":[]}"#,
            "\n{\"ok\":true}\n",
            r#"{"type":"deny","reasons":["tool is not declared: \u001b"],"required_approval_for":[]}"#,
            "\n",
        )
    );
    // The two shapes do not depend on each other, and only the guard's shows values as they came.
    let ran =
        folder.run_with(&["replay", "policy.agentpass", "--input", "guard", "--calls", "-"], checks, |_| ());
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.out.contains(r#""message":"tool is not declared: \\u{1b}""#), "{}", ran.out);
    let unreadable = "{\"check\": {\"tool\": 5}}\n[]\n";
    for shape in ["guard", "agentpass"] {
        let args = ["replay", "policy.agentpass", "--input", "guard", "--output", shape, "--calls", "-"];
        let ran = folder.run_with(&args, unreadable, |_| ());
        assert_eq!((ran.code, ran.out.lines().count()), (1, 2), "{}", ran.all());
        assert!(ran.out.contains("expected a string") && !ran.out.contains("allow"), "{}", ran.out);
    }
}

#[test]
fn what_is_no_policy_is_not_imported() {
    let folder = Folder::new("import-no-policy", &[("policy.json", POLICY), ("odd.json", "{\"tols\": {}}")]);
    let ran = folder.run(&["import", "guard", "odd.json", "-o", "odd.agentpass"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("`odd.json` is no policy of the guard: unknown field `tols`"), "{}", ran.err);
    assert_eq!(folder.run(&["check", "odd.agentpass"]).code, 2, "nothing was written");
    for args in [
        &["import", "guard", "policy.json", "odd.json"][..],
        &["import", "guard", "policy.json", "--server", "x"],
        &["import", "guard", "absent.json"],
    ] {
        let ran = folder.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.all());
    }
}

#[test]
fn what_is_read_is_never_written_over() {
    let folder = Folder::new(
        "import-over",
        &[("tools.json", LIST), ("desk.agentpass", "edition 2026\ncontract c {}\n")],
    );
    for command in [
        ["import", "mcp", "tools.json", "-o", "tools.json"],
        ["import", "mcp", "tools.json", "-o", "./tools.json"],
        ["import", "guard", "tools.json", "-o", "tools.json"],
        ["build", "desk.agentpass", "-o", "desk.agentpass", "--color=never"],
    ] {
        let ran = folder.run(&command);
        assert_eq!(ran.code, 2, "{command:?} {}", ran.all());
        assert!(ran.err.contains("would be overwritten"), "{}", ran.err);
    }
    assert_eq!(folder.text("tools.json"), LIST);
}

#[test]
fn what_a_person_has_edited_is_not_overwritten() {
    let folder = Folder::new("import-edited", &[("list.json", LIST), ("policy.json", POLICY)]);
    for (kind, source, output) in
        [("mcp", "list.json", "gate.agentpass"), ("guard", "policy.json", "policy.agentpass")]
    {
        let import = ["import", kind, source, "-o", output];
        let forced = ["import", kind, source, "-o", output, "--force"];
        assert_eq!(folder.run(&import).code, 0);
        let imported = folder.text(output);
        assert_eq!(folder.run(&["fmt", "--check", output]).code, 0);
        assert_eq!(folder.run(&["check", output, "--deny-warnings"]).code, 0);

        // What nobody touched is replaced by what is imported now.
        let (name, other) =
            if kind == "mcp" { ("get_issue", "get_page") } else { ("stripe.refund", "stripe.pay") };
        folder.write(source, folder.text(source).replace(name, other));
        assert_eq!(folder.run(&import).code, 0);
        assert!(folder.text(output).contains(other) && !folder.text(output).contains(name));

        let edited =
            folder.text(output).replacen("edition 2026", "edition 2026\n// somebody reviewed this", 1);
        folder.write(output, &edited);
        folder.write(source, folder.text(source).replace(other, name));
        let ran = folder.run(&import);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.all());
        assert!(ran.err.starts_with(&format!("error: `{output}` has been edited since")), "{}", ran.err);
        assert_eq!(folder.text(output), edited);
        assert_eq!(folder.run(&forced).code, 0);
        assert_eq!(folder.text(output), imported);
    }
}

#[test]
fn nothing_is_written_where_one_file_was_edited() {
    let folder = Folder::new("import-edited-manifest", &[("list.json", LIST)]);
    let import = ["import", "mcp", "list.json", "-o", "gate.agentpass"];
    assert_eq!(folder.run(&import).code, 0);
    let contract = folder.text("gate.agentpass");
    let manifest = folder.text("gate.tools.json").replace("\"number\"", "\"id\"");
    folder.write("gate.tools.json", &manifest);
    folder.write("list.json", LIST.replace("get_issue", "get_page"));
    let ran = folder.run(&import);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`gate.tools.json`") && !ran.err.contains("`gate.agentpass`"), "{}", ran.err);
    assert_eq!((folder.text("gate.agentpass"), folder.text("gate.tools.json")), (contract, manifest));
    // What is empty holds nobody's work, and what somebody else wrote does.
    folder.write("empty.agentpass", "");
    folder.write("own.agentpass", "edition 2026\n");
    assert_eq!(folder.run(&["import", "mcp", "list.json", "-o", "empty.agentpass"]).code, 0);
    assert_eq!(folder.run(&["import", "mcp", "list.json", "-o", "own.agentpass"]).code, 2);
    assert_eq!(folder.text("own.agentpass"), "edition 2026\n");
    assert_eq!(
        folder.run(&["import", "mcp", "list.json", "--force"]).code,
        2,
        "nothing is written without -o"
    );
}
