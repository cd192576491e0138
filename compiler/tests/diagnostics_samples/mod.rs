//! Programs with findings, as the tests of the formats show them. They are made by hand: no phase of the compiler is needed.

#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only tests use it")]

use agentpass_compiler::diagnostics::codes::{
    BAD_CONFIG, SYNTAX, UNKNOWN_NAME, UNREADABLE_FILE, UNUSED_ALLOW,
};
use agentpass_compiler::diagnostics::{Diagnostic, Edit, Fix, Safety, Severity};
use agentpass_grammar::{FileId, SourceFile, Sources, Span};

/// The span of the `nth` (from 0) occurrence of `what`.
pub(crate) fn find(sources: &Sources, file: FileId, what: &str, nth: usize) -> Span {
    let text = &sources.get(file).expect("a file").text;
    let (start, _) = text.match_indices(what).nth(nth).unwrap_or_else(|| panic!("no `{what}` in {file:?}"));
    Span::new(file, u32::try_from(start).unwrap(), u32::try_from(start + what.len()).unwrap())
}

/// A desk of two files with one finding of each kind.
pub(crate) fn every_kind() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let desk = sources.add(SourceFile::new(
        "refund_desk.agentpass",
        "edition 2026\n\nuse \"./crm.agentpass\" as crm\n\ntool stripe.refund(amount: money<USD>) {\n    require amont <= $100 \
         because \"at most $100\"\n    // agentpass: allow(bad-allow) because \"x\"\n    challenge manager\n}\n",
    ));
    let crm = sources
        .add(SourceFile::new("crm.agentpass", "edition 2026\n\nmodule crm\n\nset names = [\"å\", \"b\"]\n"));
    let amont = find(&sources, desk, "amont", 0);
    let diagnostics = vec![
        Diagnostic::new(&UNREADABLE_FILE, Span::new(crm, 0, 0), "`./gone.agentpass` cannot be read")
            .also(find(&sources, desk, "use \"./crm.agentpass\"", 0), "imported here"),
        Diagnostic::new(&UNKNOWN_NAME, amont, "nothing here is called `amont`")
            .label("not declared")
            .also(find(&sources, desk, "amount", 0), "this parameter is close")
            .also(find(&sources, crm, "\"b\"", 0), "and so is this")
            .help("write `amount`")
            .replace(Safety::Unsafe, amont, "amount"),
        Diagnostic::new(
            &SYNTAX,
            find(&sources, desk, "{\n    require amont <= $100", 0),
            "this block is odd",
        )
        .label("all of this"),
        Diagnostic::new(&UNUSED_ALLOW, find(&sources, desk, "bad-allow", 0), "this allow is not needed").fix(
            Fix {
                title: "remove the comment".to_owned(),
                safety: Safety::Safe,
                edits: vec![Edit {
                    span: find(&sources, desk, "// agentpass: allow(bad-allow) because \"x\"", 0),
                    text: String::new(),
                }],
            },
        ),
        Diagnostic {
            severity: Severity::Note,
            ..Diagnostic::new(&UNUSED_ALLOW, find(&sources, crm, "names", 0), "a note, 50% of them: a, b")
                .help("two\nlines")
                .replace(Safety::DisplayOnly, find(&sources, crm, "\"å\"", 0), "\"*\"")
        },
    ];
    (sources, diagnostics)
}

/// Everything that has ever upset a renderer.
pub(crate) fn nasty() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut add = |name: &str, text: &str| sources.add(SourceFile::new(name, text));
    let mixed = add(
        "naïve 😀.agentpass",
        "set a = \"é\" + x\r\nset b = \"😀👨\u{200d}👩\" + x\r\n\tset c =\t\"日本\"\t+ x\r\nset d = \"\u{1b}[2Jq\u{202e}\u{7f}\" + x\r\n",
    );
    let empty = add("empty.agentpass", "");
    let attack = add("\u{1b}]0;x\u{7}\u{202e}.agentpass", "a\rb\u{b}c\u{2028}d\u{85}e\n::error::x\nlast");
    let long = add(
        "long.agentpass",
        &format!("let x = \"{}\" + y + \"{}\"", "é".repeat(200_000), "z".repeat(200_000)),
    );
    let at = |span, message: &str| Diagnostic::new(&UNKNOWN_NAME, span, message).label("here it is");
    let mut all: Vec<_> = (0..4).map(|nth| at(find(&sources, mixed, "x", nth), "no `x`")).collect();
    let whole = |file: FileId| {
        Span::new(file, 0, u32::try_from(sources.get(file).map_or(0, |file| file.text.len())).unwrap())
    };
    all.extend([
        at(whole(mixed), "all of it").also(find(&sources, mixed, "日本", 0), "wide"),
        at(whole(mixed).at_end(), "the end"),
        at(whole(empty), "nothing here"),
        at(Span::new(empty, 7, 9), "outside"),
        at(find(&sources, attack, "e", 0), "a `\u{1b}[31m\u{202e}`\n::error::spoofed").help("a\u{9b}b\nc\rd"),
        at(find(&sources, attack, "last", 0).at_end(), "at the end of the file")
            .also(find(&sources, attack, "b", 0), "\u{7}"),
        at(find(&sources, long, "y", 0), "in the middle").also(find(&sources, long, "x", 0), "far left"),
        at(whole(long), "all of a long line"),
        at(Span::new(FileId(99), 5, 6), "a file that is missing").also(whole(empty), "and one that is not"),
        at(whole(empty), "a missing second file").also(Span::new(FileId(99), 5, 6), "somewhere"),
        Diagnostic::new(&BAD_CONFIG, Span::new(mixed, 10, 11), "cuts a character"),
    ]);
    (sources, all)
}
