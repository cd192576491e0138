//! Command lines with what they are known to run; the list is in `cases.txt`.

use proptest::prelude::*;

use super::*;

fn names(shell: &Shell) -> String {
    let name = |command: &ShellCommand| match &command.program {
        Word::Resolved(name) if name.is_empty() => "empty".to_owned(),
        Word::Resolved(name) => name.clone(),
        Word::Unknown => "unknown".to_owned(),
    };
    shell.commands.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_corpus_holds() {
    let mut wrong = Vec::new();
    for case in include_str!("cases.txt").lines().filter(|line| line.starts_with(['+', '?'])) {
        let (line, expected) = case.split_once(" ==>").expect(case);
        let shell = Shell::parse(&line[2..].replace('⏎', "\n"));
        if shell.understood != line.starts_with('+') || names(&shell) != expected.trim() {
            wrong.push(format!(
                "{case}\n    is {} {}",
                if shell.understood { '+' } else { '?' },
                names(&shell)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The last command of a line.
fn last(line: &str) -> ShellCommand {
    Shell::parse(line).commands.pop().unwrap()
}

fn paths(line: &str) -> Vec<String> {
    let text = |path: PathWord| match path {
        PathWord::Resolved(path) => path.to_string(),
        PathWord::Unknown => "unknown".to_owned(),
    };
    last(line).paths.into_iter().map(text).collect()
}

#[test]
fn paths_follow_cd() {
    for (line, expected) in [
        ("rm x /y ~/z", vec!["x", "/y", "~/z"]),
        ("cd /etc && rm -fr ../x", vec!["/x"]),
        ("cd /etc; rm -fr ../x", vec!["/x", "../x"]),
        ("cd src && cd .. && rm ../x", vec!["../x"]),
        ("cd a || cd b; rm x", vec!["a/x", "b/x", "x"]),
        ("cd /etc || exit 1; rm x", vec!["/etc/x"]),
        ("(cd /etc); rm x", vec!["x"]),
        ("cd /etc | rm x", vec!["x"]),
        ("cd /etc & rm x", vec!["x"]),
        ("{ cd /etc && true; } && rm x", vec!["/etc/x"]),
        ("if cd /etc; then rm x; fi", vec!["/etc/x"]),
        ("cd $d && rm x /y", vec!["unknown", "/y"]),
        ("cd && rm x", vec!["~/x"]),
        ("cd - && rm x", vec!["unknown"]),
        ("CDPATH=/etc; cd y && rm x", vec!["unknown"]),
        ("while true; do cd ..; rm x; done", vec!["unknown"]),
        ("command cd /etc && rm x", vec!["/etc/x"]),
        ("eval 'cd /etc' && rm x", vec!["/etc/x"]),
        ("sh -c 'cd /etc' && rm x", vec!["x"]),
        ("cd /etc && sh -c 'rm x'", vec!["/etc/x"]),
        ("env -C /etc rm x", vec!["/etc/x"]),
        ("exit; rm x", vec!["unknown"]),
        ("git -C /etc add x", vec!["/etc", "/etc/add", "/etc/x"]),
        ("git -C /src -C .. add x", vec!["/src", "..", "/add", "/x"]),
        ("git commit -C x y", vec!["commit", "x", "y"]),
        ("git --work-tree=/etc add x", vec!["/etc", "add", "/etc/add", "x", "/etc/x"]),
        ("git -C $x add y", vec!["unknown"]),
        ("make -C /etc x", vec!["/etc", "/etc/x"]),
        ("make -kC /etc x", vec!["/etc", "/etc/x"]),
        ("tar -xfC y z", vec!["unknown"]),
        ("cd /a && make -C .. x", vec!["/", "/x"]),
        ("tar -C /etc -cf x.tar y", vec!["/etc", "x.tar", "/etc/x.tar", "y", "/etc/y"]),
        ("tar --directory=/etc y", vec!["/etc", "y", "/etc/y"]),
        ("tar --dir /etc y", vec!["/etc", "y", "/etc/y"]),
        ("tar -C/etc y", vec!["/etc", "y", "/etc/y"]),
        ("tar xCf /etc y", vec!["unknown", "/etc"]),
        ("tar -C -- y", vec!["unknown"]),
        ("npm --prefix /etc run y", vec!["/etc", "run", "/etc/run", "y", "/etc/y"]),
        ("cp a/x /etc", vec!["a/x", "/etc", "/etc/x"]),
        ("cp -t /etc a/x y", vec!["/etc", "a/x", "y", "/etc/x", "/etc/y"]),
        ("! cd /etc || rm x", vec!["/etc/x"]),
        ("cd '~' && rm x", vec!["./~/x"]),
        ("/usr/bin/cd /etc && rm x", vec!["x"]),
        ("/usr/bin/command cd /etc && rm x", vec!["x"]),
        ("{ exit; } > f; rm x", vec!["x"]),
        ("eval exit > f; rm x", vec!["x"]),
        ("{ cd /etc; } > f; rm x", vec!["/etc/x", "x"]),
        ("timeout 5 sh -c 'rm ~/x'", vec!["~/x"]),
        ("sudo sh -c 'rm ~/x'", vec!["unknown"]),
        ("env HOME=/etc sh -c 'rm ~/x'", vec!["unknown"]),
        ("HOME=/etc; rm ~/x", vec!["unknown"]),
    ] {
        assert_eq!(paths(line), expected, "{line}");
    }
    assert_eq!(last("cd /etc && ls").cwd, PathValue::parse("/etc").ok());
    assert_eq!(last("cd /etc; ls").cwd, None);
}

#[test]
fn paths_hide_in_arguments() {
    for (line, expected) in [
        ("x --output=/etc/a", vec!["/etc/a"]),
        ("x -o/etc/a", vec!["/etc/a"]),
        ("x -o../a", vec!["../a"]),
        ("dd of=/dev/sda", vec!["of=/dev/sda", "/dev/sda"]),
        ("curl -d @/etc/a", vec!["@/etc/a", "/etc/a"]),
        ("docker -v /etc:/mnt", vec!["/etc:/mnt", "/etc", "/mnt"]),
        ("x -- -y", vec!["-y"]),
        ("x > /etc/a 2>&1 < b", vec!["/etc/a", "b"]),
        ("x > /dev/null", vec![]),
        ("{ x y; } > /etc/a", vec!["y", "/etc/a"]),
        ("x '~/y'", vec!["./~/y"]),
        ("x $y", vec!["unknown"]),
        ("x > $y", vec!["unknown"]),
        ("x ''", vec![]),
    ] {
        assert_eq!(paths(line), expected, "{line}");
    }
}

#[test]
fn flags_have_names() {
    for (line, names) in [
        ("x -rf y --force --mode=z", vec!["r", "f", "force", "mode"]),
        ("x -r -- -f", vec!["r"]),
        ("rm -", vec![]),
        ("x --recursive", vec!["recursive"]),
    ] {
        assert_eq!(last(line).flags.names(), names, "{line}");
    }
    for line in ["rm -r x", "rm -R x", "rm --recursive x", "rm --rec x"] {
        let flags = last(line).flags;
        assert_eq!(
            [flags.contains("r"), flags.contains("recursive"), flags.contains("f")],
            [Some(true), Some(true), Some(false)],
            "{line}"
        );
    }
    assert_eq!(last("git push -f").flags.names(), ["f", "force"]);
    assert_eq!(last("git push x +main").flags.names(), ["force", "f"]);
    assert_eq!(last("git push x :main").flags.names(), ["delete", "d"]);
    assert_eq!(last("git push --mirror x").flags.names(), ["mirror", "force", "f"]);
    assert_eq!(last("git push x main:main").flags.names(), Vec::<String>::new());
    assert_eq!(last("git clean -f").flags.names(), ["f"]);
    assert_eq!(last("chmod -r x").flags.names(), ["r"]);
    let unknown = last("rm -r $x").flags;
    assert_eq!((unknown.contains("r"), unknown.contains("f")), (Some(true), None));
    assert_eq!(last("rm -r x").flags.contains("f"), Some(false));
}

#[test]
fn what_is_around_a_command_counts() {
    let names = |line: &str| last(line).assignments.into_iter().map(|a| a.name).collect::<Vec<_>>();
    for (line, expected) in [
        ("A=b ls", vec!["A"]),
        ("A=b; ls", vec!["A"]),
        ("export A=b && ls", vec!["A"]),
        ("(A=b); ls", vec![]),
        ("A=b true; ls", vec![]),
        ("env A=b ls", vec!["A"]),
        ("A=b sh -c ls", vec!["A"]),
        ("for A in b; do ls; done", vec!["A"]),
        ("eval A=b; ls", vec!["A"]),
        ("A+=b ls", vec!["A"]),
        ("sh -c 'A=b :; ls'", vec!["A"]),
    ] {
        assert_eq!(names(line), expected, "{line}");
    }
    let kinds = |line: &str| last(line).redirects.into_iter().map(|r| r.kind).collect::<Vec<_>>();
    for (line, expected) in [
        ("ls > a", vec![RedirectKind::Write]),
        ("ls >& a", vec![RedirectKind::Write]),
        ("ls 2>&1", vec![RedirectKind::Duplicate]),
        ("ls &>> a", vec![RedirectKind::Append]),
        ("ls <> a", vec![RedirectKind::ReadWrite]),
        ("ls <<< a", vec![RedirectKind::Text]),
        ("{ ls; } >> a", vec![RedirectKind::Append]),
        ("env ls > a", vec![RedirectKind::Write]),
        ("sh -c ls < a", vec![RedirectKind::Read]),
        ("ls 3>&-", vec![RedirectKind::Duplicate]),
    ] {
        assert_eq!(kinds(line), expected, "{line}");
    }
}

#[test]
fn programs_of_the_system_have_short_names() {
    for (line, name) in [
        ("/bin/rm x", "rm"),
        ("/usr/local/bin/rm x", "rm"),
        ("/usr/../bin//rm x", "rm"),
        ("./rm x", "./rm"),
        ("/tmp/rm x", "/tmp/rm"),
        ("bin/rm x", "bin/rm"),
    ] {
        assert_eq!(last(line).program, Word::Resolved(name.to_owned()), "{line}");
    }
}

#[test]
fn large_and_deep_lines_have_an_answer() {
    for line in [
        "x".repeat(70_000),
        "(".repeat(30_000),
        "$(".repeat(30_000),
        "`".repeat(30_001),
        "${".repeat(30_000),
        "$((".repeat(20_000),
        "! ".repeat(30_000),
        "if ".repeat(20_000),
        "{ ".repeat(30_000),
        "\"$(".repeat(20_000),
        "env ".repeat(16_000),
        "a\0b".to_owned(),
    ] {
        assert!(!Shell::parse(&line).understood);
    }
    assert!(!Shell::parse(&"ls;".repeat(5_000)).understood, "more commands than are listed");
    let quoted =
        (0..8).fold("rm x".to_owned(), |line, _| format!("bash -c '{}'", line.replace('\'', "'\\''")));
    assert!(Shell::parse(&quoted).understood);
}

proptest! {
    #[test]
    fn arbitrary_text_is_an_answer(text in "(?s).{0,60}|[a-z $'\"`(){}|&;<>\\\\\n#=!*~\\[\\]-]{0,60}") {
        let shell = Shell::parse(&text);
        let unknown = shell.commands.iter().any(|command| {
            command.program == Word::Unknown || command.args.contains(&Word::Unknown)
        });
        prop_assert!(!(shell.understood && unknown), "{shell:?}");
    }

    #[test]
    fn plain_words_are_kept(words in prop::collection::vec("[a-z0-9/._-]{1,8}", 1..6)) {
        let shell = Shell::parse(&format!("echo {}", words.join(" ")));
        let args: Vec<_> = shell.commands[0].args.iter().filter_map(Word::text).collect();
        prop_assert!(shell.understood);
        prop_assert_eq!(args, words);
    }
}
