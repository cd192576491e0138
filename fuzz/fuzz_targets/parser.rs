//! The parser on any text: it ends, its spans lie in the text, and reading again from the cache changes nothing.

#![no_main]

use agentpass_compiler::parse::cache::{Cache, parse_cached};
use agentpass_compiler::parse::parse;
use agentpass_grammar::FileId;
use agentpass_tests::generate::program;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
    let generated = program(data).text;
    // Its comments may hold lone carriage returns, which the grammar does not mind and the compiler reports.
    let mut problems = parse(FileId(0), &generated).problems;
    problems.retain(|problem| problem.code.name != "line-end");
    assert_eq!(problems, [], "a generated program parses");
    check(&generated);
});

fn check(text: &str) {
    let parsed = parse(FileId(0), text);
    for problem in &parsed.problems {
        assert!(problem.span.start <= problem.span.end && problem.span.end as usize <= text.len());
        assert!(text.is_char_boundary(problem.span.start as usize) && text.is_char_boundary(problem.span.end as usize));
    }
    let mut end = 0;
    for item in &parsed.file.items {
        assert!(end <= item.span.start && item.span.end as usize <= text.len());
        end = item.span.end;
    }
    let mut cache = Cache::new();
    for _ in 0..2 {
        let again = parse_cached(&mut cache, FileId(0), text);
        assert_eq!(again.file, parsed.file);
        assert_eq!(again.problems, parsed.problems);
    }
}
