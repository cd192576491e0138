//! The promise, checked against the real thing: of a line that is understood, bash runs nothing that is not listed.
//!
//! The lines are made of quotes, operators and the words `aa`, `bb`, `cc`, which are functions that print their own
//! arguments. Nothing else can run: there is no other program in the search path, no line holds a slash or a
//! redirection to a file, and the working folder is a temporary one. What `sh -c` promises is checked with dash, the
//! smallest shell of that name. Without these shells the tests pass with nothing to say.

use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::token::Dialect;
use super::*;

/// Runs a script in a shell that finds no programs, and returns what it prints.
fn run(shells: &[&str], script: &str) -> Option<Vec<u8>> {
    let shell = shells.iter().find(|path| std::path::Path::new(path).exists())?;
    let output = Command::new(shell)
        .args(["-c", script])
        .env_clear()
        .env("PATH", "/nonexistent")
        .env("LC_ALL", "C.UTF-8")
        // So that a home folder is shown as it is written.
        .env("HOME", "~")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(output.stdout)
}

/// The characters that mark what a shell ran; a line that spells one of them is of no use here.
const MARKS: [char; 3] = ['\u{1}', '\u{2}', '\u{3}'];

/// The commands that a shell ran: each stands between two control characters, and each of its words ends in a third.
fn ran(dialect: Dialect, line: &str) -> Option<Vec<Vec<String>>> {
    // One write for each command, past whatever the line does with its output.
    let function = |name| {
        format!(
            "{name}() {{ s='\u{3}{name}\u{2}'; for w; do s=\"$s$w\u{2}\"; done; printf '%s\\1' \"$s\" >&9; }}\n"
        )
    };
    let functions: String = ["aa", "bb", "cc"].map(function).concat();
    let script = format!("ulimit -t 2\nexec 9>&1\n{functions}{line}");
    let output = match dialect {
        Dialect::Bash => run(&["/bin/bash", "/usr/bin/bash"], &script)?,
        Dialect::Posix => run(&["/bin/dash", "/usr/bin/dash"], &script)?,
    };
    let output = String::from_utf8(output).ok()?;
    // What is not between the marks is the shell complaining.
    let marked = output.split('\u{3}').skip(1).filter_map(|rest| rest.split_once('\u{1}'));
    Some(marked.map(|(command, _)| command.split_terminator('\u{2}').map(str::to_owned).collect()).collect())
}

fn listed(shell: &Shell) -> Vec<Vec<String>> {
    let text = |word: &Word| word.text().unwrap_or("?").to_owned();
    shell.commands.iter().map(|c| std::iter::once(&c.program).chain(&c.args).map(text).collect()).collect()
}

/// Pieces of lines. No piece redirects to a file or names one.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "aa",
        "bb",
        "cc",
        "aa",
        "bb ",
        "cc x",
        " ",
        " ",
        " ",
        "'",
        "\"",
        "\\",
        "$'",
        "$\"",
        "\\\n",
        "\n",
        ";",
        "&&",
        "||",
        "|",
        "&",
        "(",
        ")",
        "{ ",
        "; }",
        "! ",
        "if ",
        "; then ",
        "; else ",
        "; fi",
        "case x in ",
        "y) ",
        ";; esac",
        "for i in x; do ",
        "; done",
        "#",
        "!",
        "x",
        "-",
        "=",
        "a=",
        "{",
        "}",
        ",",
        "..",
        "[",
        "]",
        "~",
        "é",
        "$",
        "2>&1",
        "<<<x ",
        "\\x41",
        "\\'",
        "\\\"",
        "\\n",
        "`",
        "$(",
        "eval ",
        "command ",
        "builtin ",
        "time ",
        "<<E\n",
        "\nE\n",
        "|&",
        "\t",
        "''",
        "\"\"",
        "then",
        "function ",
        "()",
        "[[ ",
        " ]]",
        "%",
        "^",
        ":",
        "+",
        "exec ",
    ])
}

/// Lines that mostly run: built by the grammar.
fn script() -> impl Strategy<Value = String> {
    let word = prop::collection::vec(
        prop::sample::select(vec![
            "x", "y", "'a b'", "\"c d\"", "\\ ", "$'\\x41'", "\\\n", "''", "#", "=", "{", "}", "a,b", "é",
            "\"\\\\\"", "if", "--",
        ]),
        1..4,
    )
    .prop_map(|parts| parts.concat());
    let simple =
        (prop::sample::select(vec!["aa", "bb", "cc", "a\\a", "'b'b"]), prop::collection::vec(word, 0..3))
            .prop_map(|(name, words)| {
                std::iter::once(name.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
            });
    simple.prop_recursive(4, 24, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            (
                pair.clone(),
                prop::sample::select(vec![
                    ";", " && ", "||", "|", "\n", "&", " |& ", " # c\n", ";\n\n", " \\\n&& "
                ])
            )
                .prop_map(|((a, b), op)| format!("{a}{op}{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("{{ {a}; }}")),
            inner.clone().prop_map(|a| format!("{{ {a}\n}} 2>&1")),
            inner.clone().prop_map(|a| format!("! {a}")),
            inner.clone().prop_map(|a| format!("time {a}")),
            inner.clone().prop_map(|a| format!("{a} 2>&1 <<E\nbody 'x\nE\n")),
            inner.clone().prop_map(|a| format!("{a} <<'E' x\n$body\nE\n")),
            inner.clone().prop_map(|a| format!("eval '{}'", a.replace('\'', "'\\''"))),
            inner.clone().prop_map(|a| format!("eval \"{}\"", a.replace(['\\', '"', '$', '`'], "\\$0"))),
            pair.clone().prop_map(|(a, b)| format!("if {a}; then {b}; fi")),
            pair.clone().prop_map(|(a, b)| format!("if {a}\nthen {b}\nelse {a}; fi")),
            pair.clone().prop_map(|(a, b)| format!("case x in (y) {a};; x|z) {b}; esac")),
            pair.clone().prop_map(|(a, b)| format!("for i in 1 2; do {a}; done; {b}")),
            pair.prop_map(|(a, b)| format!("for i in x; do {a}; {b}\ndone")),
        ]
    })
}

/// A line of the grammar, sometimes with something else in it somewhere.
fn line() -> impl Strategy<Value = String> {
    (script(), prop::option::of((piece(), any::<prop::sample::Index>()))).prop_map(|(mut line, noise)| {
        if let Some((piece, at)) = noise {
            let places: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
            line.insert_str(*at.get(&places), piece);
        }
        line
    })
}

fn check(line: &str) -> Result<(), TestCaseError> {
    for dialect in [Dialect::Bash, Dialect::Posix] {
        let shell = walk::shell(line, dialect);
        if shell.understood {
            let listed = listed(&shell);
            if listed.iter().flatten().any(|word| word.contains(MARKS)) {
                continue;
            }
            for command in ran(dialect, line).unwrap_or_default() {
                prop_assert!(
                    listed.contains(&command),
                    "{dialect:?}: {command:?} in {line:?}, listed {listed:?}"
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shells_run_only_what_is_listed(line in line()) {
        check(&line)?;
    }

    #[test]
    fn noise_runs_only_what_is_listed(pieces in prop::collection::vec(piece(), 1..14)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn quoting_is_undone_as_in_bash(words in prop::collection::vec(
        prop::sample::select(vec![
            "a", "b c", "'", "\"", "\\", "$'", " ", "\\n", "\\x41", "\\u00e9", "\\101", "é", "\\\n", "#", "=", "~", "{", "}", ",", "$",
            "\\e", "\\", "''", "[", "]", "%", "^", "!", "-", "\t", "\\0",
        ]), 0..10,
    )) {
        let line = format!("aa {}", words.concat());
        let shell = Shell::parse(&line);
        if shell.understood && shell.commands.len() == 1 && let Some(ran) = ran(Dialect::Bash, &line) {
            let listed = listed(&shell);
            prop_assume!(!listed.iter().flatten().any(|word| word.contains(MARKS)));
            prop_assert_eq!(listed, ran, "{:?}", line);
        }
    }
}

/// Lines that move about; `aa` names a file in the folder that it runs in.
fn moves() -> impl Strategy<Value = String> {
    let simple = prop::sample::select(vec![
        "cd a",
        "cd b",
        "cd ..",
        "cd a/b",
        "cd ./a/../b",
        "cd nowhere",
        "cd .",
        "aa x1",
        "aa x2",
        "aa x3",
        "aa x4",
        "true",
        "false",
        "exit",
        "cd a b",
        "pushd a",
        "command cd a",
        "eval 'cd b'",
        "cd -- b",
        "exit 1",
        "test",
        "cd b 2>&1",
        "builtin cd ..",
    ]);
    let part = (simple, 1..5).prop_map(|(move_, n)| format!("{move_}; aa x{n}"));
    part.prop_recursive(4, 24, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            (pair.clone(), prop::sample::select(vec![";", " && ", "||", "|", "\n", "&"]))
                .prop_map(|((a, b), op)| format!("{a}{op}{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("{{ {a}; }}")),
            inner.clone().prop_map(|a| format!("! {a}")),
            inner.clone().prop_map(|a| format!("eval '{}'", a.replace('\'', "'\\''"))),
            inner.clone().prop_map(|a| format!("{{ {a}; }} 2>&1")),
            pair.clone().prop_map(|(a, b)| format!("if {a}; then {b}; else {a}; fi")),
            pair.clone().prop_map(|(a, b)| format!("case x in y) {a};; x) {b};; esac")),
            pair.prop_map(|(a, b)| format!("for i in 1 2; do {a}; done; {b}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folders_are_followed_as_bash_follows_them(line in moves()) {
        let base = std::env::temp_dir().join("agentpass-values-folders");
        std::fs::create_dir_all(base.join("a/b")).unwrap();
        std::fs::create_dir_all(base.join("b/a")).unwrap();
        let base = PathValue::parse(&base.to_string_lossy()).unwrap();
        let shell = Shell::parse(&line);
        let listed: Vec<_> = shell.commands.iter().filter(|c| c.program.text() == Some("aa")).collect();
        let script = format!("ulimit -t 2\nexec 9>&1\naa() {{ printf '=%s\\n' \"$PWD/$1\" >&9; }}\ncd '{base}'\n{line}");
        let output = run(&["/bin/bash", "/usr/bin/bash"], &script).unwrap_or_default();
        for file in String::from_utf8(output).unwrap().lines().filter_map(|line| line.strip_prefix('=')) {
            let file = PathValue::parse(file).unwrap();
            let may_be = |path: &PathWord| match path {
                PathWord::Resolved(path) => path.resolve(&base) == file,
                PathWord::Unknown => true,
            };
            let named = listed.iter().filter(|c| c.args.first().and_then(Word::text) == file.name());
            let seen = named.flat_map(|c| &c.paths).any(may_be);
            prop_assert!(seen, "{file} in {line:?}: {listed:?}");
        }
    }
}

/// Lines of which something is known beyond the law: bash runs exactly what is listed.
#[test]
fn known_lines_agree() {
    for line in [
        "aa; bb && cc",
        "aa 'b c' \"d e\" f\\ g $'h\\ti' ''",
        "aa | bb x | cc",
        "(aa; bb) && { cc; }",
        "if aa; then bb; fi",
        "case x in x) aa;; esac",
        "for i in 1; do aa; done",
        "aa <<E\nbody\nE\nbb",
        "aa <<'E'\n$body\nE\nbb",
        "aa <<-E\n\tbody\n\tE\nbb",
        "eval 'aa \"b c\"'; eval aa '\\$x'",
        "builtin eval bb",
        "aa \\\n  bb # cc\ncc",
        "a\\a 'b'b \"c\"c",
        "! aa && bb || cc",
        "aa 2>&1 | bb",
        "time aa b",
        "aa a=b {x} [ ] % ^ !",
        "aa {a {a} a,b {a..b x} }",
        "aa \"\\a\\\\\\\"\"",
        "aa é \"ü\" 'ß'",
    ] {
        let shell = Shell::parse(line);
        assert!(shell.understood, "{line}: {shell:?}");
        let Some(ran) = ran(Dialect::Bash, line) else { return };
        let mut listed: Vec<_> = listed(&shell)
            .into_iter()
            .filter(|command| ["aa", "bb", "cc"].contains(&command.first().map_or("", String::as_str)))
            .collect();
        let mut ran = ran;
        listed.sort();
        ran.sort();
        if line.contains("||") {
            assert!(ran.iter().all(|command| listed.contains(command)), "{line}");
        } else {
            assert_eq!(listed, ran, "{line}");
        }
    }
}
