//! The formatter on any text: it ends, formats what it formatted to itself, and adds no problem.

#![no_main]

use agentpass_compiler::fmt::format;
use agentpass_grammar::FileId;
use agentpass_tests::generate::program;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
    let generated = program(data).text;
    let mut formatted = check(&generated);
    // Its comments may hold lone carriage returns, which the grammar does not mind and the compiler reports.
    formatted.problems.retain(|problem| problem.code.name != "line-end");
    assert_eq!(formatted.problems, [], "a generated program is formatted without problems");
});

fn check(text: &str) -> agentpass_compiler::fmt::Formatted {
    let once = format(FileId(0), text);
    let twice = format(FileId(0), &once.text);
    assert_eq!(once.text, twice.text, "formatting twice is formatting once");
    once
}
