//! The checker, the lints and every renderer on any text, on generated programs, and on a real contract with a piece of
//! the input in its middle: they end, and what they report lies in the sources.

#![no_main]

use agentpass_compiler::analysis::analyse;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::load::MemoryFiles;
use agentpass_tests::generate::program;
use libfuzzer_sys::fuzz_target;

const DESK: &str = include_str!("../../tests/samples/refund_desk.agentpass");

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
        let at = usize::from(data.first().copied().unwrap_or(0)) * 14 % DESK.len();
        let at = (at..DESK.len()).find(|&at| DESK.is_char_boundary(at)).unwrap_or(0);
        let (before, after) = DESK.split_at(at);
        check(&format!("{before}{text}{after}"));
    }
    check(&program(data).text);
});

fn check(text: &str) {
    let files = MemoryFiles::new([("main.agentpass", text)]);
    let analysis = analyse(&["main.agentpass".to_owned()], &files, &Config::default());
    for finding in &analysis.diagnostics {
        let file = analysis.loaded.sources.get(finding.span.file).expect("a finding is in a file");
        assert!(finding.span.end as usize <= file.text.len());
        assert!(!finding.message.is_empty());
    }
    for format in [Format::Human, Format::Short, Format::Json, Format::Sarif, Format::Github] {
        let _ = render(format, &analysis.loaded.sources, &analysis.diagnostics, false);
    }
}
