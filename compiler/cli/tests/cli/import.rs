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
