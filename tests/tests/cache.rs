//! Parsing with a cache is parsing, after whatever edits.

use agentpass_compiler::parse::{Cache, Parsed, parse, parse_cached};
use agentpass_grammar::FileId;
use agentpass_tests::generate::{program, programs};
use proptest::prelude::*;
use proptest::sample::Index;

/// One edit: some characters go, others come.
#[derive(Clone, Debug)]
struct Edit {
    at: Index,
    length: usize,
    text: String,
}

/// What is typed into programs: whatever changes where items begin and end, and pieces of programs.
fn typed() -> impl Strategy<Value = String> {
    let pieces = [
        "",
        "\n",
        ";",
        " ",
        "{",
        "}",
        "(",
        ")",
        "[",
        ",",
        "\"",
        "`",
        "// c\n",
        "/// docs\n",
        "\ntool t(x: id) {\n",
        "\nlabel l\n",
        " and ",
        "\nbecause \"\"",
        "\n-",
        "é",
        "\u{200b}",
        "\r",
        "§",
        "\\q",
        "5x",
        "\"\\q\"",
        "'",
        "/*",
        "#",
        "\n-- c\n",
        " if ",
        "\ndeny\n",
        " in any 1h",
        "\nlimit l per a { calls at most 5 in any 1h }\n",
        "\ntool a-b(x id) { deny if len(x) = 1,000 }\n",
        "\ncontract c {\n owner 5\n version \"1\"\n}\n",
        "\nlimit per a { calls at most 99999999999999999999 }\n",
    ];
    prop_oneof![
        4 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => proptest::collection::vec(any::<u8>(), 0..80).prop_map(|tape| program(&tape).text),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (any::<Index>(), prop_oneof![Just(0_usize), 0..30_usize], typed());
    proptest::collection::vec(edit.prop_map(|(at, length, text)| Edit { at, length, text }), 1..8)
}

fn apply(text: &str, edit: &Edit) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = edit.at.index(chars.len() + 1);
    let before = chars.iter().take(at);
    let after = chars.iter().skip(at + edit.length);
    before.copied().chain(edit.text.chars()).chain(after.copied()).collect()
}

fn same(cached: &Parsed, fresh: &Parsed) -> Result<(), TestCaseError> {
    prop_assert_eq!(&cached.file, &fresh.file);
    prop_assert_eq!(&cached.problems, &fresh.problems);
    prop_assert_eq!(&cached.layout.view, &fresh.layout.view);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("AGENTPASS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(300),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn cached_is_parsed(program in programs(), edits in edits(), other in programs()) {
        let mut cache = Cache::new();
        let mut text = program.text;
        same(&parse_cached(&mut cache, FileId(3), &text), &parse(FileId(3), &text))?;
        for (at, edit) in edits.iter().enumerate() {
            text = apply(&text, edit);
            // The same cache serves two files.
            let file = FileId(if at % 2 == 0 { 3 } else { 7 });
            same(&parse_cached(&mut cache, file, &text), &parse(file, &text))?;
            same(&parse_cached(&mut cache, FileId(1), &other.text), &parse(FileId(1), &other.text))?;
        }
    }
}

#[test]
fn what_is_not_seen_is_forgotten() {
    let mut cache = Cache::new();
    for at in 0..200 {
        let _ = parse_cached(&mut cache, FileId(0), &format!("edition 2026\nlabel l{at}\n"));
    }
    assert!(cache.len() < 50, "{}", cache.len());
}
