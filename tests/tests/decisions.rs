//! The decisions that the book shows: what a gate answers is part of the specification.
//!
//! `test` blocks of a program are played as `agentpassc test` plays them, and the lines of a `calls` block are decided one
//! after the other by one gate, as `agentpassc replay` decides them ([`support::lines`] says how they are written). Programs with
//! marked errors are left to `spec.rs`.
//!
//! A chapter whose name begins with a number is about that rule of the semantics. It shows calls that pass and calls that do
//! not: a rule that stops everything would show nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;
use std::fs;

use agentpass_compiler::analysis::{Analysis, analyse};
use agentpass_compiler::ast::{ExpectKind, StepKind};
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::load::MemoryFiles;
use agentpass_runtime::{Gate, Reload};
use agentpassc::{Coverage, Stages, lower};
use support::chapter::{self, Calls, Program};
use support::lines::Wanted;

#[test]
fn the_book() {
    let (mut wrong, mut count) = (String::new(), 0);
    for path in support::files_in(&support::root().join("tests/spec"), "md") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let shown = run(&name, &fs::read_to_string(&path).unwrap(), &mut wrong);
        let is_about_a_rule = name.split('-').next().is_some_and(|first| first.parse::<u32>().is_ok());
        if is_about_a_rule && (shown.passed == 0 || shown.stopped == 0) {
            let Shown { passed, stopped } = shown;
            writeln!(wrong, "{name}: shows {passed} calls that pass and {stopped} that do not").unwrap();
        }
        count += shown.passed + shown.stopped;
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count >= DECISIONS, "the book shows {count} decisions; they do not disappear by accident");
}

/// So many there are at least.
const DECISIONS: usize = 400;

/// The decisions that a chapter shows.
#[derive(Default)]
struct Shown {
    passed: usize,
    stopped: usize,
}

impl Shown {
    fn add(&mut self, passes: bool) {
        *(if passes { &mut self.passed } else { &mut self.stopped }) += 1;
    }
}

fn run(name: &str, markdown: &str, wrong: &mut String) -> Shown {
    let mut shown = Shown::default();
    let mut before = None;
    for program in chapter::programs(name, markdown) {
        let at = program.files.first().map_or(0, |file| file.at);
        if !program.marks().is_empty() {
            if let Some(calls) = program.calls.first() {
                writeln!(wrong, "{name}:{}: calls of a program with errors", calls.at).unwrap();
            }
            continue;
        }
        let analysis = analysed(&program);
        if analysis.checked.program.tests.is_empty() && program.calls.is_empty() {
            continue;
        }
        if !analysis.is_clean() {
            let errors = render(Format::Short, &analysis.loaded.sources, &analysis.diagnostics, false);
            writeln!(wrong, "{name}:{at}: no contract\n{errors}").unwrap();
            continue;
        }
        play(name, at, &analysis, &mut shown, wrong);
        for calls in &program.calls {
            before = answer(name, calls, &analysis, before, &mut shown, wrong);
        }
    }
    shown
}

fn analysed(program: &Program) -> Analysis {
    let roots: Vec<String> = program.files.first().map(|file| file.name.clone()).into_iter().collect();
    let memory = MemoryFiles::new(program.files.iter().map(|file| (file.name.as_str(), file.text.as_str())));
    analyse(&roots, &memory, &Config::default())
}

fn play(name: &str, at: usize, analysis: &Analysis, shown: &mut Shown, wrong: &mut String) {
    let mut stages = Stages::new(analysis);
    for test in &analysis.checked.program.tests {
        match stages.play(test, &mut Coverage::default()) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => {
                let found = render(Format::Human, &analysis.loaded.sources, &found, false);
                writeln!(wrong, "{name}: below line {at}:\n{found}").unwrap();
            }
            Err(refused) => writeln!(wrong, "{name}:{at}: `{}`: {refused:?}", test.name).unwrap(),
        }
        let calls = test.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Call(call) => Some(call),
            _ => None,
        });
        let before = shown.passed + shown.stopped;
        for wanted in calls.flat_map(|call| &call.expect) {
            match &wanted.kind {
                ExpectKind::Allow => shown.add(true),
                ExpectKind::Deny | ExpectKind::Replay | ExpectKind::Challenge(_) => shown.add(false),
                ExpectKind::Because(verdict, _) => shown.add(matches!(**verdict, ExpectKind::Allow)),
                ExpectKind::Remaining(..) => {}
            }
        }
        if before == shown.passed + shown.stopped {
            writeln!(wrong, "{name}: below line {at}: `{}` expects no verdict", test.name).unwrap();
        }
    }
}

/// Decides lines by one gate. Lines that go on have the gate before reloaded with their contract.
fn answer(
    name: &str,
    calls: &Calls,
    analysis: &Analysis,
    before: Option<Gate>,
    shown: &mut Shown,
    wrong: &mut String,
) -> Option<Gate> {
    let contract = match lower(analysis, &calls.params) {
        Ok(contract) => contract,
        Err(refused) => {
            writeln!(wrong, "{name}:{}: no contract: {refused:?}", calls.at).unwrap();
            return None;
        }
    };
    let gate = match before.filter(|_| calls.goes_on) {
        Some(before) => before.reload(contract, &Reload::new()).unwrap_or_else(|why| panic!("{name}: {why}")),
        None => support::builder(contract).open(calls.is_open).build().unwrap(),
    };
    let decided = shown.passed + shown.stopped;
    for (number, line) in (calls.at + 1..).zip(calls.text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match answered(&gate, line) {
            Ok(wanted) => match wanted.answer.as_str() {
                "ok" | "error" => {}
                word => shown.add(word == "allow"),
            },
            Err(why) => writeln!(wrong, "{name}:{number}: {why}\n    {line}").unwrap(),
        }
    }
    if decided == shown.passed + shown.stopped {
        writeln!(wrong, "{name}:{}: no call was decided as it should be", calls.at).unwrap();
    }
    Some(gate)
}

fn answered(gate: &Gate, line: &str) -> Result<Wanted, String> {
    let (wanted, given) = Wanted::parse(line)?;
    match wanted.differs(&gate.line(&support::lines::bytes(given))) {
        None => Ok(wanted),
        Some(why) => Err(why),
    }
}

/// The runner itself: what goes another way than the chapter says is found, and what shows nothing is as well.
#[test]
fn decisions_and_chapters_meet() {
    const HEAD: &str = "```agentpass\nedition 2026\ncontract c { version \"1\" }\n\
        tool t(n: int) { action read; require n > 5 because \"{n} is few\" as many }\n";
    let shows = |block: &str| {
        let mut wrong = String::new();
        let shown = run("x.md", &format!("{HEAD}{block}\n```\n"), &mut wrong);
        (shown.passed, shown.stopped, wrong)
    };
    let fine = "test \"t\" { call t { n: 6 } expect allow; call t { n: 5 } expect deny because \"5 is few\" }\n```\n\
        ```calls\n# a remark\nallow | {\"tool\": \"t\", \"args\": {\"n\": 7}}\n\
        deny require@many \"5 is few\" | {\"tool\": \"t\", \"args\": {\"n\": 5}}\n\
        deny wire.utf8 | {0xFF}\nok | {\"reset\": true}\nerror settle.unknown | {\"settle\": \"x\", \"outcome\": \"ok\"}";
    assert_eq!(shows(fine), (2, 3, String::new()));
    for (block, why) in [
        ("test \"t\" { call t { n: 5 } expect allow }", "expected `allow`, got `deny`"),
        ("test \"t\" { call t { n: 5 } }", "expects no verdict"),
        ("test \"t\" { call t { n: x } expect deny }", "cannot stand here"),
        ("let a = b\ntest \"t\" { call t { n: 6 } expect allow }", "there is no name `b`"),
        ("```\n```calls open of=x", "no such parameter"),
        ("```\n```calls", "no call was decided"),
        ("```\n```calls\nallow | {\"tool\": \"t\", \"args\": {\"n\": 5}}", "x.md:7: expected allow"),
        (
            "```\n```calls\ndeny require@few | {\"tool\": \"t\", \"args\": {\"n\": 5}}",
            "got deny require@t/many",
        ),
        ("```\n```calls\ndeny require \"few\" | {\"tool\": \"t\", \"args\": {\"n\": 5}}", "\"5 is few\""),
        ("```\n```calls\ndeny require,require | {\"tool\": \"t\", \"args\": {\"n\": 5}}", "expected deny"),
        ("```\n```calls\ndeny | {\"tool\": \"t\", \"args\": {\"n\": 5}}", "with 0 reasons"),
        ("```\n```calls\nmaybe | {}", "`maybe` is no answer"),
        ("let a = b //~ E0301\n```\n```calls\ndeny wire.type | []", "calls of a program with errors"),
    ] {
        let (_, _, wrong) = shows(block);
        assert!(wrong.contains(why), "{block}: {wrong}");
    }
}
