//! Lint levels, from the configuration file and from comments, as people meet them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use agentpass_compiler::diagnostics::codes::{BAD_ALLOW, UNKNOWN_NAME, UNUSED_ALLOW};
use agentpass_compiler::diagnostics::config::{Config, FILE_NAME, Level, allow, apply};
use agentpass_compiler::diagnostics::render::{Format, render};
use agentpass_compiler::diagnostics::{Code, Diagnostic, Severity, pages};
use agentpass_grammar::{FileId, SourceFile, Sources, Span};

fn parse(text: &str) -> (Config, String) {
    let mut sources = Sources::default();
    let file = SourceFile::new(FILE_NAME, text);
    let id = sources.add(file.clone());
    let (config, problems) = Config::parse(id, &file);
    (config, render(Format::Short, &sources, &problems, false))
}

#[test]
fn levels_are_read_by_name_and_by_code() {
    let (config, problems) = parse("[lints]\nunused-allow = \"deny\"\nW0002 = \"allow\"\nE0301 = \"deny\"\n");
    assert_eq!(problems, "");
    assert_eq!(config.level(&UNUSED_ALLOW), Some(Level::Deny));
    assert_eq!(config.level(&BAD_ALLOW), Some(Level::Allow));
    assert_eq!(config.level(&UNKNOWN_NAME), None);
    assert_eq!(parse(""), Default::default());
}

#[test]
fn what_is_wrong_points_into_the_file() {
    let mut sources = Sources::default();
    let file = SourceFile::new(
        FILE_NAME,
        "[lint]\na = 1\n\n[lints]\nunused-alow = \"warn\"\nunused-allow = \"wran\"\nW0001 = \"warn\"\nunknown-name = \"warn\"\n\
         E0101 = \"allow\"\nzebra = \"note\"\nbad-allow = 3\n",
    );
    let id = sources.add(file.clone());
    let (config, problems) = Config::parse(id, &file);
    assert_eq!(config.level(&UNUSED_ALLOW), None);
    let problems = agentpass_compiler::diagnostics::sort::sorted(&sources, problems);
    insta::assert_snapshot!("bad_config", render(Format::Human, &sources, &problems, false));
    assert_eq!(parse("lints = 3").1.lines().count(), 1);
}

#[test]
fn of_a_text_that_is_not_toml_only_that_is_said() {
    let (config, problems) = parse("[lints]\nbad-allow = \"note\"\nx = = 1\ny = \"é\n");
    assert_eq!(config, Config::default());
    insta::assert_snapshot!(problems, @"
    agentpass.toml:3:5: error[E0003]: the configuration is not valid TOML: extra `=`, expected nothing
    agentpass.toml:4:7: error[E0003]: the configuration is not valid TOML: invalid basic string, expected `\"`
    ");
}

#[test]
fn any_text_can_be_a_configuration() {
    for text in [
        "\u{0}",
        "[",
        "[[lints]]\nx = 1",
        "lints.a.b = 1",
        "a = [[[[[[[[",
        "\"é\" = \"",
        &"[".repeat(100_000),
    ] {
        let _ = parse(text);
    }
    for end in 0..30 {
        let _ = parse(&"[lints]\r\n\"bad-allow\" = \"é\"".chars().take(end).collect::<String>());
    }
}

/// Scans a contract whose comments are found by a lexer of the poor: nothing in these texts has `//` in a string.
fn scan(text: &str, found: &[(&'static Code, &str)]) -> (Vec<Diagnostic>, String) {
    let mut sources = Sources::default();
    let file = SourceFile::new("x.agentpass", text);
    let id = sources.add(file.clone());
    let offset = |at: usize| u32::try_from(at).unwrap();
    let mut comments = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(at) = line.find("//") {
            comments.push(Span::new(id, offset(start + at), offset(start + line.trim_end().len())));
        }
        start += line.len();
    }
    let (allows, mut all) = allow::scan(&file, comments);
    all.extend(found.iter().map(|(code, what)| {
        let at = offset(text.find(what).expect("the text holds it"));
        Diagnostic::new(code, Span::new(id, at, at + 1), format!("at {what}"))
    }));
    let left = apply(&Config::default(), allows, all);
    let shown = render(Format::Short, &sources, &left, false);
    (left, shown)
}

const A: &Code = &BAD_ALLOW;
const B: &Code = &UNUSED_ALLOW;

#[test]
fn an_allow_speaks_for_one_line() {
    let above = "// agentpass: allow(bad-allow) because \"x\"\none\ntwo";
    assert_eq!(scan(above, &[(A, "one")]).1, "");
    assert_eq!(scan(above, &[(A, "one"), (A, "two")]).1, "x.agentpass:3:1: warning[W0002]: at two\n");
    let behind = "one // agentpass: allow(W0002) because \"x\"\r\ntwo";
    assert_eq!(scan(behind, &[(A, "one")]).1, "");
    let run = "  // agentpass: allow(bad-allow) because \"x\"\r\n  /// what it is\r\n\t// agentpass: allow(W0001) because \"y\"\r\none";
    assert_eq!(scan(run, &[(A, "one"), (B, "one")]).1, "");
    let blank = "// agentpass: allow(bad-allow) because \"x\"\n\none";
    assert_eq!(
        scan(blank, &[(A, "one")]).0.len(),
        2,
        "a blank line is the next line, and nothing is found on it"
    );
}

#[test]
fn an_allow_speaks_for_a_file() {
    let text = "one\ntwo\n// agentpass: allow-file(bad-allow, unused-allow) because \"a \\\"draft\\\"\"\n";
    assert_eq!(scan(text, &[(A, "one"), (A, "two"), (B, "two")]).1, "");
    let (left, _) = scan(text, &[(A, "one")]);
    assert_eq!(left[0].message, "this allow is not needed: `unused-allow` finds nothing in this file");
}

#[test]
fn an_allow_that_silences_nothing_is_reported_unless_there_are_errors() {
    let text = "// agentpass: allow(bad-allow) because \"x\"\none";
    let (_, shown) = scan(text, &[]);
    assert_eq!(
        shown,
        "x.agentpass:1:21: warning[W0001]: this allow is not needed: `bad-allow` finds nothing on its line\n"
    );
    let mended = |text: &str| {
        let edit = scan(text, &[]).0[0].fix.as_ref().expect("a fix").edits[0].clone();
        format!("{}{}", &text[..edit.span.start as usize], &text[edit.span.end as usize..])
    };
    assert_eq!(mended(text), "one");
    assert_eq!(mended("a\r\n  // agentpass: allow(bad-allow) because \"x\"\r\none"), "a\r\none");
    assert_eq!(mended("a\t // agentpass: allow(bad-allow) because \"x\"\r\none"), "a\r\none");
    assert_eq!(mended("a\n// agentpass: allow(bad-allow) because \"x\""), "a\n");
    assert_eq!(scan(text, &[(&UNKNOWN_NAME, "one")]).1, "x.agentpass:2:1: error[E0301]: at one\n");
}

#[test]
fn an_allow_can_be_for_unused_allows() {
    let text = "one // agentpass: allow(bad-allow) because \"x\"\n// agentpass: allow-file(unused-allow) because \"y\"\n";
    assert_eq!(scan(text, &[]).1, "");
    let (left, _) = scan(text, &[(A, "one")]);
    assert_eq!(left[0].message, "this allow is not needed: `unused-allow` finds nothing in this file");
}

#[test]
fn a_comment_that_cannot_be_read_silences_nothing_and_is_reported() {
    let mut shown = String::new();
    for comment in [
        "// agentpass: allow(bad-alow) because \"x\"",
        "// agentpass: allow(unknown-name) because \"x\"",
        "// agentpass: allow(bad-allow)",
        "// agentpass: allow(bad-allow) because",
        "// agentpass: allow(bad-allow) because \"\"",
        "// agentpass: allow(bad-allow) because \"x",
        "// agentpass: allow(bad-allow) because \"x\" y",
        "// agentpass: allow() because \"x\"",
        "// agentpass: allow(a b) because \"x\"",
        "// agentpass: allow because \"x\"",
        "// agentpass: alow(bad-allow) because \"x\"",
        "// agentpass:",
        "//agentpass:allow(é",
        "//! agentpass: allow(bad-allow) because \"x\"",
        "/// agentpass: allow(bad-allow) because \"x\"",
    ] {
        let text = format!("{comment}\none");
        let (left, lines) = scan(&text, &[(A, "one")]);
        assert!(left.iter().any(|found| found.message == "at one"), "{comment} silenced something");
        let first = lines.lines().next().unwrap_or("");
        let help = left[0].help.clone().unwrap_or_default();
        shown.push_str(&format!("{comment}\n  {first}\n  {help}\n"));
    }
    insta::assert_snapshot!("bad_allow", shown);
    assert_eq!(scan("// agentpass is a gate\n// see agentpass: allow(x)\none", &[]).1, "");
}

#[test]
fn levels_weigh_findings() {
    let (config, _) = parse("[lints]\nunused-allow = \"deny\"\nbad-allow = \"note\"\n");
    let at = Span::new(FileId(0), 0, 0);
    let found = [A, B, &UNKNOWN_NAME].map(|code| Diagnostic::new(code, at, "m"));
    let left = apply(&config, Vec::new(), found.to_vec());
    let weights: Vec<_> = left.iter().map(|found| found.severity).collect();
    assert_eq!(weights, [Severity::Note, Severity::Error, Severity::Error]);
    let (config, _) = parse("[lints]\nunused-allow = \"allow\"\n");
    assert_eq!(apply(&config, Vec::new(), found.to_vec()).len(), 2);
}

#[test]
fn the_pages_of_these_codes_have_the_form() {
    for id in ["E0003", "W0001", "W0002"] {
        let page = pages::Page::parse(pages::page(id).expect("a page")).expect("the form");
        let code = pages::find(id).expect("a code");
        assert_eq!(page.title, format!("{} {}", code.id, code.name));
        assert!(!page.fails.is_empty() && !page.fixed.is_empty());
    }
    let page = pages::Page::parse(pages::page("E0003").unwrap()).unwrap();
    assert!(parse(&page.fails[0].text).1.contains("error[E0003]"));
    assert_eq!(parse(&page.fixed[0].text).1, "");
}
