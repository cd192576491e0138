//! Paths that somebody reads in another way.
//!
//! A gate judges the text of a path; a tool may decode it before it opens anything. `..%2f..%2fetc`, `..\..\etc`, `．．／etc` and
//! `.env::$DATA` are each one odd name to a POSIX system, and something else to a web server, to Windows, or to whoever
//! normalises Unicode first. So such a path has a second reading, with everything decoded that anybody decodes. Where both
//! readings give one answer, that is the answer; where they differ, nobody can tell.

use super::{PathRoot, PathValue};
use crate::escape::is_invisible;

/// The second reading of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Reading {
    /// It leads here.
    Path(PathValue),
    /// It may lead anywhere: into somebody's home folder, through a link that the kernel keeps, or behind more escapes within
    /// escapes than anybody means.
    Anywhere,
}

/// Escapes within escapes are undone so often.
const ROUNDS: usize = 4;

/// How a path is read by those who decode it first; nothing where that is the same path.
pub(crate) fn other(path: &PathValue) -> Option<Reading> {
    if leads_anywhere(path) {
        return Some(Reading::Anywhere);
    }
    if !path.segments().any(is_odd) {
        return None;
    }
    let Some(names) = path.segments().map(decoded).collect::<Option<Vec<String>>>() else {
        return Some(Reading::Anywhere);
    };
    // An escaped slash in front makes a path absolute; the reading of one that has a root keeps it.
    let start = match path.root() {
        PathRoot::Absolute => "/".to_owned(),
        PathRoot::Home => "~/".to_owned(),
        PathRoot::Relative => "../".repeat(path.climbs()),
    };
    let mut reading = PathValue::read(&format!("{start}{}", names.join("/")));
    if path.root() == PathRoot::Home {
        reading.climb(path.climbs());
    }
    (reading != *path).then_some(Reading::Path(reading))
}

/// Whether leaving the last name of a path would hide where it leads: where some reading of that name holds several names, or
/// none, or starts elsewhere.
pub(super) fn hides(path: &PathValue) -> bool {
    let Some(last) = path.segments().last() else { return false };
    if leads_anywhere(path) {
        return true;
    }
    is_odd(last) && decoded(last).is_none_or(|it| it.contains('/') || matches!(&*it, "" | "." | ".."))
}

/// `~anna/x`, which some tools expand, and `/proc/self/root/x`.
fn leads_anywhere(path: &PathValue) -> bool {
    let mut names = path.segments();
    let first = names.next().unwrap_or_default();
    match path.root() {
        PathRoot::Relative => path.climbs() == 0 && first.len() > 1 && first.starts_with('~'),
        PathRoot::Absolute => first == "proc" && names.any(|name| matches!(name, "root" | "cwd" | "fd")),
        PathRoot::Home => false,
    }
}

/// Whether anybody might read a name in another way.
fn is_odd(segment: &str) -> bool {
    let odd_byte = |byte: u8| !byte.is_ascii() || matches!(byte, b'%' | b'\\' | b';');
    segment.bytes().any(odd_byte)
        || segment.starts_with(' ')
        || segment.ends_with(['.', ' '])
        || segment.contains("::")
}

/// Whether a text moves among folders where somebody takes it for a path: `c1/../c2`, `./c1`, `c1%2f..%2fc2`.
pub(crate) fn moves(text: &str) -> bool {
    let is_step = |name: &str| matches!(name, "." | "..");
    text.contains('.') && text.split('/').any(is_step)
        || is_odd(text) && decoded(text).is_none_or(|it| it.split('/').any(is_step))
}

/// A name with everything undone that anybody undoes; nothing where escapes are left after all rounds.
fn decoded(segment: &str) -> Option<String> {
    let mut text = segment.to_owned();
    let mut rounds = 0;
    loop {
        let next = unescaped(&text);
        if next == text {
            break;
        }
        if rounds == ROUNDS {
            return None;
        }
        text = next;
        rounds += 1;
    }
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(plain).collect();
    let plain = plain.replace(TWO_DOTS, "..");
    // C stops at a nul.
    let plain = plain.split('\0').next().unwrap_or_default();
    Some(plain.split('/').map(trimmed).collect::<Vec<_>>().join("/"))
}

/// Percent-escapes, in UTF-8 and in its overlong form of two bytes.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| hexadecimal(after)).flatten();
        let (byte, after) = escaped.unwrap_or((first, after));
        match bytes.last() {
            Some(&lead @ (0xc0 | 0xc1)) if byte & 0xc0 == 0x80 => {
                bytes.pop();
                bytes.push((lead & 1) << 6 | byte & 0x3f);
            }
            _ => bytes.push(byte),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Two hexadecimal digits, and what follows them.
fn hexadecimal(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, after) = text.split_at_checked(2)?;
    let digits = std::str::from_utf8(digits).ok().filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((u8::from_str_radix(digits, 16).ok()?, after))
}

const TWO_DOTS: char = '\u{2025}';

/// The character that this one turns into where text is normalised, as far as it matters to paths.
fn plain(c: char) -> char {
    match c {
        '\\' | '\u{2044}' | '\u{2215}' | '\u{2216}' | '\u{29f5}' | '\u{29f8}' | '\u{ff0f}' | '\u{ff3c}' => {
            '/'
        }
        '\u{2024}' | '\u{ff0e}' | '\u{fe52}' | '\u{3002}' | '\u{ff61}' => '.',
        '\u{fe30}' => TWO_DOTS,
        // Wide forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// NTFS keeps other streams behind colons, some web servers read parameters behind a semicolon, and Windows drops blanks and
/// dots behind a name.
fn trimmed(name: &str) -> &str {
    let name = name.split("::").next().unwrap_or(name);
    let name = name.split(';').next().unwrap_or(name);
    match name.trim() {
        dots @ ("." | "..") => dots,
        _ => match name.trim_end_matches(['.', ' ']) {
            "" => name,
            name => name,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PathValue {
        PathValue::parse(text).unwrap()
    }

    fn reading(text: &str) -> Option<String> {
        other(&path(text)).map(|reading| match reading {
            Reading::Path(path) => path.to_string(),
            Reading::Anywhere => "anywhere".to_owned(),
        })
    }

    #[test]
    fn odd_names_have_a_second_reading() {
        for (text, second) in [
            ("/a/..%2f..%2fetc", "/etc"),
            ("/a/%2e%2e/b", "/b"),
            ("/a/%252e%252e%252fb", "/b"),
            ("/a/%c0%ae%c0%ae/b", "/b"),
            ("/a/..\\b", "/b"),
            ("/a/\u{ff0e}\u{ff0e}/b", "/b"),
            ("/a/\u{2025}\u{2215}b", "/b"),
            ("/a/.\u{200b}./b", "/b"),
            ("/a/.. /b", "/b"),
            ("/a/.env.", "/a/.env"),
            ("/a/.env ", "/a/.env"),
            ("/a/.env::$DATA", "/a/.env"),
            ("/a/.env%00.png", "/a/.env"),
            ("/a/.en%76", "/a/.env"),
            ("/a/..;x=1/b", "/b"),
            ("/a/\u{ff45}nv", "/a/env"),
            ("%2fetc/x", "/etc/x"),
            ("..\\x", "../x"),
            ("../..%2fx", "../../x"),
            ("~/..%2fx", "~/../x"),
            ("~anna/x", "anywhere"),
            ("/proc/self/root/x", "anywhere"),
            ("/proc/1/cwd", "anywhere"),
            ("/a/%25252525252e%25252525252e/b", "anywhere"),
        ] {
            assert_eq!(reading(text).as_deref(), Some(second), "{text:?}");
        }
        for text in
            ["/a/b", "/a/100%", "/a/é", "/a/...", "/a/..x", "./~/x", "~/x", "/proc/cpuinfo", "a b", "/a/%zz"]
        {
            assert_eq!(reading(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_that_hide_a_way_are_not_left_again() {
        for text in [
            "/a/%252525252541/../b",
            "/a/%2e%2e/../b",
            "/a/x%2fy/../b",
            "~anna/../b",
            "/proc/self/root/../b",
            "a/..;/../b",
        ] {
            assert_eq!(PathValue::parse(text), Err(crate::path::PathError::Hidden), "{text}");
        }
        for text in ["/a/%41/../b", "/a/é/../b", "/a/x. /../b", "~/x/../b", "a/~b/../c"] {
            assert!(PathValue::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn where_readings_differ_nobody_can_tell() {
        let folder = path("/srv/data");
        for (text, inside) in [
            ("/srv/data/a%20b", Some(true)),
            ("/srv/data/a%2Fb", Some(true)),
            ("/srv/data/..%2fx", None),
            ("/srv/data/..\\..\\etc", None),
            ("/srv%2fdata/x", None),
            ("/etc/..%2fx", Some(false)),
        ] {
            assert_eq!(path(text).lies_in(&folder), inside, "{text}");
        }
        let odd = path("/srv/a%20b");
        assert_eq!(path("/srv/a%20b/x").lies_in(&odd), Some(true));
        assert_eq!(path("/srv/a b/x").lies_in(&odd), None);
        assert_eq!(path("/x/.en%76").same(&path("/x/.env")), None);
        assert_eq!(path("/x/.env").same(&path("/x/.env")), Some(true));
        assert_eq!(path("/x/%41").same(&path("/x/%41")), Some(true));
        assert_eq!(path("/x/%41").same(&path("/x/B")), Some(false));
    }
}
