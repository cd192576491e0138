//! What globs match, by example and against a slow matcher that is plainly right.

use proptest::prelude::*;

use super::*;

fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

fn path(text: &str) -> PathValue {
    PathValue::parse(text).unwrap()
}

fn check(text: &str, matching: &[&str], others: &[&str]) {
    for inside in matching {
        assert_eq!(glob(text).decide(&path(inside)), Some(true), "`{text}` should match `{inside}`");
    }
    for outside in others {
        assert_eq!(glob(text).decide(&path(outside)), Some(false), "`{text}` should not match `{outside}`");
    }
}

#[test]
fn stars_stay_in_their_segment() {
    check(
        "src/*.rs",
        &["src/a.rs", "src/.rs", "src/x/../a.rs"],
        &["src/a/b.rs", "a.rs", "/src/a.rs", "src/a.rsx"],
    );
    check("a*b?c", &["abxc", "axxbxc"], &["abc", "abxxc", "ab/c"]);
    check("*", &["x", ".hidden"], &["x/y", "."]);
    check("/etc/*", &["/etc/passwd"], &["/etc", "/etc/a/b", "etc/passwd"]);
}

#[test]
fn double_stars_take_whole_segments() {
    check(
        "**/.env",
        &[".env", "/.env", "a/b/.env", "/a/.env", "~/.env", "../.env"],
        &["a.env", ".env/x", "x.env"],
    );
    check("**/*.pem", &["k.pem", "/etc/ssl/k.pem"], &["k.pem.txt"]);
    check(
        "~/.ssh/**",
        &["~/.ssh", "~/.ssh/id", "~/.ssh/a/b"],
        &["~/.sshx", "~/x/.ssh", ".ssh/id", "/etc/.ssh/id"],
    );
    check("src/**/x", &["src/x", "src/a/x", "src/a/b/x"], &["x", "src", "src/x/y"]);
    check("**", &["x", "/", ".", "../..", "~/x"], &[]);
    check("a/**/b/**/c", &["a/b/c", "a/x/b/y/z/c", "a/b/b/c/c"], &["a/c/b", "a/b"]);
}

#[test]
fn classes_braces_and_escapes() {
    check("[a-c]x", &["ax", "cx"], &["dx", "x", "aax"]);
    check("[!a-c]x", &["dx", "!x"], &["ax", "x"]);
    check("[]a-]", &["]", "a", "-"], &["b"]);
    check("{src,test}/*.{rs,toml}", &["src/a.rs", "test/a.toml"], &["lib/a.rs", "src/a.md"]);
    check("{a/b,c}/d", &["a/b/d", "c/d"], &["a/d", "b/d"]);
    check("{a,b{c,d}}", &["a", "bc", "bd"], &["b", "ac"]);
    check("{/etc,~}/x", &["/etc/x", "~/x"], &["etc/x", "/x"]);
    check("x{,.bak}", &["x", "x.bak"], &["x.b", ".bak"]);
    check("\\*", &["*"], &["x"]);
    check("a,b", &["a,b"], &["a", "b"]);
    check("[\\]]", &["]"], &["\\"]);
}

#[test]
fn what_the_text_cannot_tell_stays_open() {
    let private = glob("~/.ssh/**");
    for home in ["/home/anna/.ssh/id", "/root/.ssh", "/Users/anna/.ssh/id", "../.ssh/id", "~/../anna/.ssh"] {
        assert_eq!(private.decide(&path(home)), None, "{home}");
        assert!(!private.matches(&path(home)), "{home}");
    }
    assert_eq!(private.decide(&path("/home/anna/project/x")), Some(false));
    assert_eq!(glob("/etc/**").decide(&path("../../etc/x")), None);
    assert_eq!(glob("/etc/**").decide(&path("~/etc/x")), Some(false));
    // Windows drops the dot; whoever decodes `%2f` sees two names.
    assert_eq!(glob("x{,.bak}").decide(&path("x.")), None);
    assert_eq!(glob("*.rs").decide(&path("src%2fa.rs")), None);
    assert_eq!(glob("**/*.rs").decide(&path("src%2fa.rs")), Some(true));
}

#[test]
fn each_failure_has_its_name() {
    for (text, error) in [
        ("", GlobError::Empty),
        ("a**", GlobError::DoubleStar),
        ("**.rs", GlobError::DoubleStar),
        ("***", GlobError::DoubleStar),
        ("[a", GlobError::Class),
        ("[]", GlobError::Class),
        ("[z-a]", GlobError::Class),
        ("[a/b]", GlobError::Class),
        ("{a", GlobError::Brace),
        ("a}", GlobError::Brace),
        ("a\\", GlobError::Escape),
        ("a\\/b", GlobError::Escape),
        ("../x", GlobError::Segment),
        ("a\0", GlobError::Segment),
        ("{a,}", GlobError::Empty),
    ] {
        assert_eq!(Glob::parse(text), Err(error), "{text}");
    }
    assert_eq!(Glob::parse(&"{a,b}".repeat(9)), Err(GlobError::TooLarge));
    assert_eq!(Glob::parse(&"{".repeat(500)), Err(GlobError::Brace));
    assert_eq!(Glob::parse(&format!("{}{}", "{".repeat(400), "}".repeat(400))), Err(GlobError::TooLarge));
    assert_eq!(Glob::parse(&"a".repeat(2000)), Err(GlobError::TooLarge));
}

#[test]
fn hard_globs_stay_fast() {
    let stars = glob(&format!("{}b", "*a".repeat(200)));
    assert!(!stars.matches(&path(&"a".repeat(20_000))));
    let folders = glob(&format!("{}b", "**/a/".repeat(100)));
    assert!(!folders.matches(&path(&"a/".repeat(5_000))));
}

/// Tries everything; only for short inputs.
fn slow(tokens: &[Token], name: &[char]) -> bool {
    match (tokens.split_first(), name.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((Token::Star, rest)), _) => (0..=name.len()).any(|taken| slow(rest, &name[taken..])),
        (Some((Token::Single, rest)), Some((_, name))) => slow(rest, name),
        (Some((Token::Char(c), rest)), Some((first, name))) => c == first && slow(rest, name),
        _ => false,
    }
}

proptest! {
    #[test]
    fn the_matcher_agrees_with_the_slow_one(tokens in "[ab*?]{1,8}", name in "[ab]{0,8}") {
        let tokens: Vec<Token> = tokens
            .chars()
            .map(|c| match c { '*' => Token::Star, '?' => Token::Single, c => Token::Char(c) })
            .collect();
        let chars: Vec<char> = name.chars().collect();
        prop_assert_eq!(matches_name(&tokens, &name), slow(&tokens, &chars));
    }

    #[test]
    fn plain_text_matches_itself(text in "(/|~/)?[a-c]{1,3}(/[a-c]{1,3}){0,3}") {
        prop_assert!(glob(&text).matches(&path(&text)));
    }

    #[test]
    fn arbitrary_text_is_an_answer(text in r"[a-c*?/{},\[\]!~.\\-]{0,20}|.{0,20}", name in "[a-c/.~]{1,12}") {
        if let (Ok(glob), Ok(path)) = (Glob::parse(&text), PathValue::parse(&name)) {
            let _ = glob.decide(&path);
        }
    }
}

#[test]
fn wildcards_of_a_name_may_meet_those_of_a_glob() {
    for (glob, path, expected) in [
        ("**/.env", ".e*", None),
        ("**/.env", "a/.en?", None),
        ("**/.env", ".[ef]nv", None),
        ("**/.env", "*", None),
        ("**/.env", "src/**", None),
        ("**/.env", "**/x", Some(false)),
        ("**/.env", "*.pyc", Some(false)),
        ("**/.env", "a*b", Some(false)),
        ("**/.env", "app/[slug]/page.tsx", Some(false)),
        ("**/.env.*", "*.rs", Some(false)),
        ("**/.env.*", "src/**/*.rs", Some(false)),
        ("**/.env.*", "*", None),
        ("**/.env.*", "*env*", None),
        ("**/.env.*", ".e*", None),
        ("**/.env.*", ".en?.local", None),
        ("**/*secret*", "*.rs", Some(false)),
        ("**/*secret*", "*sec*", None),
        ("**/*.pem", "test_*", Some(false)),
        ("**/*.pem", "*.pem", Some(true)),
        ("**/*.pem", "*.p?m", None),
        ("**/*.pem", "*.rs", Some(false)),
        ("/etc/shadow", "/etc/*", None),
        ("/etc/shadow", "/e*/s*w", None),
        ("/etc/shadow", "/etc/*.conf", Some(false)),
        ("/etc/shadow", "*", Some(false)),
        ("~/.ssh/**", "~/.s*", None),
        ("/a/[0-9]", "/a/?", None),
        ("/a/[0-9]", "/a/x?", Some(false)),
    ] {
        let path = PathValue::parse(path).unwrap();
        assert_eq!(Glob::parse(glob).unwrap().decide(&path), expected, "{path} in {glob}");
    }
}
