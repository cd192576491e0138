//! What people and programs see: snapshots of every format, and promises that hold for any input.

use std::time::{Duration, Instant};

use agentpass_compiler::diagnostics::codes::{SYNTAX, UNKNOWN_NAME};
use agentpass_compiler::diagnostics::render::escape::is_hidden;
use agentpass_compiler::diagnostics::render::{Format, Summary, render};
use agentpass_compiler::diagnostics::{Diagnostic, Safety};
use agentpass_grammar::{FileId, SourceFile, Sources, Span};

#[path = "diagnostics_samples/mod.rs"]
mod diagnostics_samples;
use diagnostics_samples::{every_kind, nasty};

#[test]
fn every_format_shows_every_kind() {
    let (sources, diagnostics) = every_kind();
    for format in [Format::Human, Format::Short, Format::Json, Format::Github] {
        insta::assert_snapshot!(
            format!("every_kind_{format}"),
            render(format, &sources, &diagnostics, false)
        );
    }
    let mut sarif: serde_json::Value =
        serde_json::from_str(&render(Format::Sarif, &sources, &diagnostics, false)).unwrap();
    // The rules are the registry's and its pages', which grow; so do their numbers, which only have to agree.
    let run = &mut sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].clone();
    for result in run["results"].as_array_mut().unwrap() {
        let index = result.as_object_mut().unwrap().remove("ruleIndex").unwrap();
        let rule = &rules[usize::try_from(index.as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    insta::assert_snapshot!(
        "every_kind_sarif_results",
        serde_json::to_string_pretty(&run["results"]).unwrap()
    );
}

#[test]
fn nasty_sources_are_shown() {
    let (sources, diagnostics) = nasty();
    for format in [Format::Human, Format::Short, Format::Github] {
        insta::assert_snapshot!(format!("nasty_{format}"), render(format, &sources, &diagnostics, false));
    }
}

#[test]
fn colours_are_the_only_escape_sequences() {
    let (sources, diagnostics) = nasty();
    for format in [Format::Human, Format::Short] {
        let plain = render(format, &sources, &diagnostics, false);
        assert!(!plain.chars().any(|c| c != '\n' && is_hidden(c)));
        let coloured = render(format, &sources, &diagnostics, true);
        assert!(coloured.contains("\u{1b}[31m"));
        let trimmed: String =
            uncoloured(&coloured).lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
        assert_eq!(trimmed, plain);
    }
}

/// The text without sequences of the form `ESC [ … m`; any other one stays and fails the comparison.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_digit() || c == ';'));
        match end.filter(|&end| part[end..].starts_with('m')) {
            Some(end) => out.push_str(&part[end + 1..]),
            None => out.push_str(&format!("\u{1b}[{part}")),
        }
    }
    out
}

#[test]
fn megabytes_on_one_line_are_clipped_and_quick() {
    let mut sources = Sources::default();
    let text = "😀 x \u{1b} é ".repeat(400_000);
    let file = sources.add(SourceFile::new("big", text.as_str()));
    let end = u32::try_from(text.len()).unwrap();
    let mut diagnostics: Vec<_> = (0..300)
        .map(|n| {
            Diagnostic::new(&UNKNOWN_NAME, Span::new(file, n * 9_001, n * 9_001 + 40), "`".repeat(100_000))
                .label("here".repeat(50_000))
                .help("h".repeat(100_000))
                .also(Span::new(file, end - 5, end), "there")
        })
        .collect();
    diagnostics.push(Diagnostic::new(&SYNTAX, Span::new(file, 0, end), "all of it"));
    let started = Instant::now();
    for format in [Format::Human, Format::Short, Format::Github] {
        let shown = render(format, &sources, &diagnostics, false);
        let widest = shown.lines().map(|line| line.chars().count()).max();
        assert!(widest < Some(4_000), "{format}: {widest:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn far_down_a_long_file_is_shown_in_short_and_quickly() {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("tall", "é\n".repeat(300_000)));
    let at =
        |line: u32| Diagnostic::new(&UNKNOWN_NAME, Span::new(file, 3 * line, 3 * line + 2), "m").help("h");
    assert_eq!(
        render(Format::Human, &sources, &[at(250_000)], false),
        "tall:250001:1: error[E0301]: m\n  help: h\n"
    );
    let started = Instant::now();
    let shown = render(Format::Human, &sources, &[99_000; 100].map(at), false);
    assert!(shown.contains("\n 99001 │ é\n"), "{}", &shown[..300]);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// Any spans over any text: nothing panics, and nothing falls back to the short form that need not.
#[test]
fn any_span_over_any_text_is_drawn() {
    let pieces = [
        "a", "é", "😀", "\t", "\n", "\r\n", "\r", "\u{b}", "\u{2028}", "\u{301}", "\u{200d}", "日", " ",
        "\u{1b}[",
    ];
    // A small generator of our own, so that a failure is the same everywhere.
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below as u64)).unwrap()
    };
    for round in 0..3_000 {
        let mut sources = Sources::default();
        let mut lengths = Vec::new();
        for file in 0..2 {
            let count = if round % 50 == 0 { 400 } else { 12 };
            let text: String = (0..next(count)).map(|_| pieces[next(pieces.len())]).collect();
            lengths.push(text.len());
            sources.add(SourceFile::new(format!("f{file}"), text));
        }
        let mut span = || {
            let file = next(2);
            let [a, b] = [0, 0].map(|_| u32::try_from(next(lengths[file] + 2)).unwrap());
            Span::new(FileId(u32::try_from(file).unwrap()), a.min(b), a.max(b))
        };
        let mut found = Diagnostic::new(&UNKNOWN_NAME, span(), "m").label("first");
        for _ in 0..round % 4 {
            found = found.also(span(), "second");
        }
        let found = [found.replace(Safety::Safe, span(), "x")];
        let shown = render(Format::Human, &sources, &found, false);
        assert!(shown.starts_with("error[E0301 unknown-name]: m\n"), "round {round} fell back:\n{shown}");
        assert!(shown.contains("first"), "round {round} lost its label:\n{shown}");
        assert_eq!(shown.matches("second").count(), round % 4, "round {round} lost a place:\n{shown}");
        for format in Format::ALL {
            assert!(render(format, &sources, &found, true).ends_with('\n'));
        }
    }
}

#[test]
fn nothing_found_is_nothing_written() {
    for format in [Format::Human, Format::Short, Format::Github] {
        assert_eq!(render(format, &Sources::default(), &[], true), "");
    }
}

#[test]
fn formats_have_words() {
    for format in Format::ALL {
        assert_eq!(format.word().parse(), Ok(format));
    }
    let error = "xml\u{1b}".parse::<Format>().unwrap_err().to_string();
    assert_eq!(error, "`xml\\u{1b}` is no format: write human, short, json, sarif or github");
}

#[test]
fn the_summary_counts() {
    let (sources, diagnostics) = every_kind();
    assert_eq!(Summary::of(&sources, &diagnostics).to_string(), "3 errors, 1 warning, 1 note in 2 files");
    assert_eq!(Summary::of(&sources, &[]).to_string(), "no problems in 2 files");
}
