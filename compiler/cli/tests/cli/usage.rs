//! What the command says to whoever holds it wrongly.

use insta::assert_snapshot;

use crate::{DESK, Folder, Ran};

const CAPPED: &str = "edition 2026

contract capped { version \"1\"; owner \"x\"; agents \"clerk\" }

param cap: money<USD>
param hosts: list<domain>

tool crm.read(customer: id) { action read }
tool crm.write(customer: id, amount: money<USD> as cents, to: domain) {
    action write
    amount amount
    require amount <= cap because \"too much\"
    require to in hosts because \"not there\"
}
";
const CALL: &str = r#"{"tool": "crm.read", "args": {"customer": "c1"}, "agent": "clerk", "tenant": "t", "user": "u", "job": "j"}"#;
const HOSTS: &str = "--param=hosts=example.com";

fn refused(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.all());
    &ran.err
}

#[test]
fn values_of_parameters() {
    let folder = Folder::new("usage-params", &[("capped.agentpass", CAPPED), ("call.json", CALL)]);
    let eval = |params: &[&str]| {
        let args = [&["eval", "capped.agentpass", "--call", "call.json"], params].concat();
        folder.run(&args)
    };
    assert_eq!(eval(&[HOSTS, "--param=cap=$5"]).code, 0);
    let money = |value: &str| {
        let ran = eval(&[HOSTS, &format!("--param=cap={value}")]);
        refused(&ran).split_once("`cap`: ").unwrap().1.to_owned()
    };
    assert_eq!(money("5"), "\"5\" is no amount; one is written like `$5`\n");
    assert_eq!(money("1_000 usd"), "\"1_000 usd\" is no amount; one is written like `$1_000`\n");
    assert_eq!(money(""), "\"\" is no amount; one is written like `$5`\n");
    assert!(money("5 EUR").contains("not of type"));
    for twice in [[HOSTS, HOSTS, "--param=cap=$5"], [HOSTS, "--param=cap=$5", "--param=cap=$6"]] {
        assert!(refused(&eval(&twice)).contains("is given twice"), "{twice:?}");
    }
    assert_snapshot!("params_missing", eval(&["--param=cop=$5"]).all());
    // The same wherever parameters are given.
    for args in [
        &["build", "capped.agentpass", "-o", "x.bundle"][..],
        &["replay", "capped.agentpass", "--calls", "call.json"],
        &["explain", "capped.agentpass", "--decision", "call.json"],
    ] {
        let args = [args, &[HOSTS, "--param=cap=$5", "--param=cap=$5"]].concat();
        assert!(refused(&folder.run(&args)).contains("`--param cap` is given twice"), "{args:?}");
    }
}

#[test]
fn bundles_where_contracts_are_read() {
    let importing = "edition 2026\nuse \"./desk.bundle\" as desk\n";
    let folder = Folder::new(
        "usage-bundle",
        &[("desk.agentpass", DESK), ("imports.agentpass", importing), ("call.json", CALL)],
    );
    assert_eq!(folder.run(&["build", "desk.agentpass", "-o", "desk.bundle"]).code, 0);
    for verb in ["check", "test", "fmt", "explain"] {
        let ran = folder.run(&[verb, "desk.bundle"]);
        let said = refused(&ran);
        assert!(
            said.contains("`desk.bundle` is a bundle")
                && said.contains(&format!("`{verb}` takes the contract itself")),
            "{said}"
        );
    }
    let ran = folder.run(&["eval", "desk.bundle", "imports.agentpass", "--call", "call.json"]);
    assert!(refused(&ran).contains("name it alone"));
    let ran = folder.run(&["check", "--format", "short", "imports.agentpass"]);
    assert!(ran.out.contains("it is a bundle"), "{}", ran.all());
}

#[test]
fn json_where_a_contract_should_be() {
    let lines = format!("{CALL}\n{CALL}\n[]\n");
    let folder =
        Folder::new("usage-json", &[("calls.jsonl", &lines), ("pretty.json", "{\n  \"tools\": [\n  ]\n}\n")]);
    for file in ["calls.jsonl", "pretty.json"] {
        let ran = folder.run(&["check", "--format", "short", file]);
        assert_eq!(
            ran.out,
            format!(
                "{file}:1:1: error[E0101]: this looks like JSON; a contract begins with `edition 2026`\n"
            )
        );
    }
}

#[test]
fn a_tool_with_nearly_that_name() {
    let folder = Folder::new("usage-near", &[("desk.agentpass", DESK)]);
    let eval = |tool: &str| {
        let call = CALL.replace("crm.read", tool);
        folder.run_with(&["eval", "desk.agentpass", "--call", "-"], call, |_| ())
    };
    assert_eq!(eval("crm.raed").err, "note: the contract has no tool `crm.raed`; did you mean `crm.read`?\n");
    assert_eq!(eval("crm.raed").code, 4);
    assert_eq!(eval("mail.send").err, "");
    assert_eq!(eval("crm.read").err, "");
}

#[test]
fn help_has_no_escapes() {
    let folder = Folder::new("usage-help", &[]);
    for verb in
        ["check", "test", "eval", "replay", "explain", "build", "import", "fmt", "init", "completions"]
    {
        for help in ["--help", "-h"] {
            let ran = folder.run(&[verb, help]);
            assert!(!ran.out.contains('\\'), "{}", ran.out);
        }
    }
}

#[test]
fn every_kind_of_line_is_told() {
    let help = Folder::new("usage-lines", &[]).run(&["replay", "--help"]).out;
    let book = include_str!("../../../../docs/book/src/reference/commands.md");
    for kind in agentpass_runtime::line::KINDS {
        let quoted = format!("\"{kind}\"");
        assert!(help.contains(&quoted), "{kind} is not in\n{help}");
        let told = book.contains(&format!("{{{quoted}")) || book.contains(&format!("; `{kind}` likewise"));
        assert!(told, "{kind} is not in commands.md");
    }
}

#[test]
fn every_verb_tells_its_exit_codes() {
    let folder = Folder::new("usage-exits", &[]);
    for verb in ["check", "test", "eval", "replay", "explain", "build", "import", "fmt", "init"] {
        let help = folder.run(&[verb, "--help"]).out;
        assert!(help.contains("Exit codes: 0 "), "{verb}: {help}");
    }
}

#[test]
fn a_code_and_something_else() {
    let folder = Folder::new("usage-explain", &[("desk.agentpass", DESK)]);
    assert!(
        refused(&folder.run(&["explain", "W0106", "desk.agentpass"]))
            .contains("a code is explained by itself")
    );
}
