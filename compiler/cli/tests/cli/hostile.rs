//! Files that nobody writes by hand: each gives a clear error, in bounded time and memory.

use std::fs;
use std::time::{Duration, Instant};

use crate::{DESK, Folder, Ran};

/// Much more than any of these takes, also in debug builds on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Checks one file, and formats it besides: neither may crash or take long.
fn check(test: &str, text: impl AsRef<[u8]>) -> Ran {
    let folder = Folder::new(&format!("hostile-{test}"), &[]);
    folder.write("a.agentpass", text.as_ref());
    let begun = Instant::now();
    let formatted = folder.run(&["fmt", "--check", "--format", "short", "a.agentpass"]);
    assert!(matches!(formatted.code, 0 | 1), "{test}: {}", formatted.all());
    let human = folder.run(&["check", "a.agentpass"]);
    assert!(human.out.len() < 4 << 20, "{test}: {} bytes are for nobody", human.out.len());
    let ran = folder.run(&["check", "--format", "short", "a.agentpass"]);
    assert_eq!(human.code, ran.code);
    assert!(begun.elapsed() < PATIENCE, "{test} took {:?}", begun.elapsed());
    ran
}

fn has(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}", ran.all());
    assert!(ran.out.contains(words), "{words:?} in {}", ran.all());
}

#[test]
fn encodings() {
    has(&check("utf8", b"edition 2026\nlet x = \"\xff\"\n"), 1, "it is not valid UTF-8 (byte 22)");
    has(&check("utf16", b"\xff\xfee\0d\0i\0"), 1, "it is not valid UTF-8 (byte 0)");
    has(&check("bom", format!("\u{feff}{DESK}")), 1, "E0111");
    has(&check("nul", [0; 1000]), 1, "E0102");
}

#[test]
fn an_empty_file_is_an_empty_module() {
    has(&check("empty", ""), 0, "");
}

#[test]
fn characters_that_deceive() {
    let ran = check("bidi", "edition 2026\nlet x = \"a\u{202e}b\"\n// \u{2066} c\n");
    has(&ran, 1, "E0106");
    assert!(!ran.out.contains(['\u{202e}', '\u{2066}']), "they are shown as what they are");
}

#[test]
fn nesting() {
    let parens = format!("edition 2026\nlet x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000));
    has(&check("parens", parens), 1, "E0107");
    has(&check("nots", format!("edition 2026\nlet x = {}true\n", "not ".repeat(100_000))), 1, "E0107");
    has(&check("braces", "{".repeat(1 << 20)), 1, "E0107");
}

#[test]
fn size() {
    let long = "a".repeat(5 << 20);
    has(&check("string", format!("edition 2026\nlet x = \"{long}\"\n")), 0, "");
    has(&check("open-string", format!("edition 2026\nlet x = \"{long}\n")), 1, "E0103");
    let name = "a".repeat(1 << 20);
    has(&check("name", format!("edition 2026\nlet {name} = 1\nlet b = {name}x\n")), 1, "E0301");
    has(&check("large", vec![b' '; (16 << 20) + 1]), 1, "it is larger than 16 MiB");
}

#[test]
fn many_findings() {
    let many: String = (0..1000).map(|number| format!("let a{number} = b{number}\n")).collect();
    has(&check("many", format!("edition 2026\n{many}")), 1, "E0301");
}

#[test]
fn what_is_no_file() {
    let folder = Folder::new("hostile-no-file", &[("a.agentpass/b.agentpass", DESK)]);
    has(&folder.run(&["check", "a.agentpass"]), 0, "in 1 file");
    let import = format!("{DESK}\nuse \"./a.agentpass\" as a\n");
    folder.write("c.agentpass", import);
    has(&folder.run(&["check", "--format", "short", "c.agentpass"]), 1, "it is a folder");
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_not_read() {
    let folder = Folder::new("hostile-endless", &[]);
    let ran = folder.run(&["check", "/dev/zero"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("it is not a regular file"), "{}", ran.err);
    let fifo = folder.0.join("pipe.agentpass");
    if std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
        let ran = folder.run(&["check"]);
        assert_eq!(ran.code, 2, "{}", ran.all());
    }
    // More than a file may have on standard input.
    let ran = folder.run_with(&["check", "-"], vec![b' '; 20 << 20], |_| ());
    has(&ran, 1, "it is larger than 16 MiB");
}

#[cfg(unix)]
#[test]
fn links_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("hostile-links", &[("a.agentpass", DESK)]);
    symlink(&folder.0, folder.0.join("again")).unwrap();
    symlink("self.agentpass", folder.0.join("self.agentpass")).unwrap();
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("error: `self.agentpass` cannot be read"), "{}", ran.err);
    fs::remove_file(folder.0.join("self.agentpass")).unwrap();
    has(&folder.run(&["check"]), 0, "no problems in 1 file");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("hostile-unreadable", &[("a.agentpass", DESK)]);
    let path = folder.0.join("a.agentpass");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        // The superuser reads everything.
        return;
    }
    let ran = folder.run(&["check"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: `a.agentpass` cannot be read: permission denied\n"));
}
