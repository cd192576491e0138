//! What people write first when they ask about the past, and what they are told.

#![allow(clippy::unwrap_used, reason = "tests")]

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::load::MemoryFiles;

#[track_caller]
fn told(rule: &str, help: &str) {
    let text = format!(
        "edition 2026\ntool a(user: id) {{ action read }}\ntool b(user: id) {{ action read }}\n\
         tool t(user: id) {{\n    action write\n    require {rule}\n}}\n"
    );
    let memory = MemoryFiles::new([("a.agentpass", text.as_str())]);
    let analysis = analyse(&["a.agentpass".to_owned()], &memory, &Default::default());
    let first = analysis.diagnostics.first().unwrap();
    assert!(first.help.iter().any(|line| line.contains(help)), "{rule}: {first:?}");
}

#[test]
fn what_comes_in_which_order() {
    for rule in [
        "after refused a within 1h",
        "after a since 1h",
        "after a in any 1h",
        "after a(user: user) and not after b within 1h",
        "calls of a per user within 1h < 5",
        "calls of a in 1h < 5",
    ] {
        told(rule, "first `attempted`, `started`, `completed` or `failed`, then the tool");
    }
}

#[test]
fn one_tool_at_a_time() {
    told("after {a, b} within 1h", "one tool or event at a time");
    told("after any within 1h", "a `limit` counts calls of all tools");
}

#[test]
fn nothing_since_belongs_to_some_questions() {
    let help = "belongs to `after`, `calls of` and `sum … of`";
    told("count(distinct user of a within 1h with no b since) < 3", help);
}

#[test]
fn a_duration_is_one_word() {
    told("after a within 1m 30s", "`1m30s`");
}
