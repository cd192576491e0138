//! Laws of the whole front on generated programs: it ends, what it reports lies in the sources, the same text gives the
//! same findings, and a blank line more or less gives the same program.
//!
//! `AGENTPASS_CASES=100000` runs as many cases with new seeds.

use agentpass_compiler::analysis::{Analysis, analyse};
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::load::MemoryFiles;
use agentpass_tests::generate::{Program, programs};
use proptest::prelude::*;

fn front(text: &str) -> Analysis {
    let files = MemoryFiles::new([("main.agentpass", text)]);
    analyse(&["main.agentpass".to_owned()], &files, &Config::default())
}

/// Codes and words of the findings, without their places, in a fixed order.
fn findings(analysis: &Analysis) -> Vec<String> {
    let mut all: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|finding| format!("{} {}", finding.code.id, finding.message))
        .collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(300),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_front_ends_and_speaks_of_its_sources(program in programs()) {
        let Program { text, .. } = program;
        let analysis = front(&text);
        for finding in &analysis.diagnostics {
            let file = analysis.loaded.sources.get(finding.span.file);
            prop_assert!(file.is_some_and(|file| finding.span.end as usize <= file.text.len()), "{finding:?}");
            prop_assert!(!finding.message.is_empty() && !finding.message.ends_with('.'), "{}", finding.message);
        }
        prop_assert_eq!(&front(&text).diagnostics, &analysis.diagnostics);
        let moved = format!("\n\n{text}\n");
        prop_assert_eq!(findings(&front(&moved)), findings(&analysis));
    }

    /// What is left of a program from which some characters are missing.
    #[test]
    fn broken_programs_end_as_well(
        program in programs(), from in any::<prop::sample::Index>(), length in 1_usize..40,
    ) {
        let chars: Vec<char> = program.text.chars().collect();
        let from = from.index(chars.len() + 1);
        let text: String = chars.iter().take(from).chain(chars.iter().skip(from + length)).collect();
        let analysis = front(&text);
        for finding in &analysis.diagnostics {
            let file = analysis.loaded.sources.get(finding.span.file);
            prop_assert!(file.is_some_and(|file| finding.span.end as usize <= file.text.len()), "{finding:?}");
        }
    }
}
