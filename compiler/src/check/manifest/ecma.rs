//! Patterns of JSON Schema, which are ECMAScript's, in the syntax of this language's expressions.
//!
//! They differ in small things that matter: `\d` is ten digits there and hundreds of characters here, `.` and `\s` stand for other
//! characters, and a needless backslash is no error. Look-around and back-references have no linear-time match: such a
//! pattern cannot be followed, but for the looks ahead with which many patterns begin. `^(?!x)y` is two searches: `^y` is found,
//! and `^x` is not.

use agentpass_values::Pattern;

/// The pattern in our syntax, still to be found anywhere in a text; nothing where it cannot be followed.
pub(super) fn translated(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next()?;
                escape(escaped, in_class, &mut out)?;
                // `\p{L}`, `\u{1F600}`
                if matches!(escaped, 'p' | 'P' | 'u' | 'x') && chars.peek() == Some(&'{') {
                    let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    out.push_str(&name);
                    out.push('}');
                }
            }
            '[' if in_class => out.push_str("\\["),
            '[' => {
                let negated = chars.next_if_eq(&'^').is_some();
                if chars.next_if_eq(&']').is_some() {
                    // Anything at all, or nothing at all.
                    out.push_str(if negated { "(?s:.)" } else { "[^\\s\\S]" });
                    continue;
                }
                in_class = true;
                out.push_str(if negated { "[^" } else { "[" });
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '-' if in_class && chars.peek() == Some(&'-') => out.push_str("\\-"),
            // A brace that counts nothing is a brace.
            '{' if !in_class && !counts(chars.clone()) => out.push_str("\\{"),
            '.' if !in_class => out.push_str("[^\\n\\r\\u{2028}\\u{2029}]"),
            c => out.push(c),
        }
    }
    (!in_class && matching(&out).is_some()).then_some(out)
}

/// Whether `2}`, `2,}` or `2,3}` stands next.
fn counts(mut rest: impl Iterator<Item = char>) -> bool {
    let mut commas = 0;
    let mut last = '{';
    for c in &mut rest {
        match c {
            '0'..='9' => {}
            ',' if last.is_ascii_digit() && commas == 0 => commas += 1,
            '}' => return last != '{',
            _ => return false,
        }
        last = c;
    }
    false
}

/// A pattern that matches a text as a whole where `pattern` is found in it.
pub(super) fn matching(pattern: &str) -> Option<Pattern> {
    // Read on its own first: brackets that do not match must not close the ones around it.
    Pattern::new(pattern).ok()?;
    Pattern::new(&format!("(?s:.*)(?:{pattern})(?s:.*)")).ok()
}

/// Something to look for in a text, and whether it has to be found.
pub(super) struct Search {
    pub(super) pattern: Pattern,
    pub(super) is_found: bool,
}

/// What has to be looked for where a pattern is to be found; nothing where it cannot be followed.
pub(super) fn searches(pattern: &str) -> Option<Vec<Search>> {
    let search =
        |pattern: &str, is_found| Some(Search { pattern: matching(&translated(pattern)?)?, is_found });
    if let Some(whole) = search(pattern, true) {
        return Some(vec![whole]);
    }
    let mut rest = pattern.strip_prefix('^')?;
    let mut all = Vec::new();
    while let Some(look) = rest.strip_prefix("(?=").or_else(|| rest.strip_prefix("(?!")) {
        let is_found = rest.starts_with("(?=");
        let end = closing(look)?;
        all.push(search(&format!("^(?:{})", look.get(..end)?), is_found)?);
        rest = look.get(end + 1..)?;
        if rest.starts_with(['*', '+', '?', '{']) {
            return None;
        }
    }
    // Beside a bar at the top, the looks ahead belong to one side only.
    let is_one = closing(&format!("{rest})|")) == Some(rest.len()) && !has_bar(rest);
    all.push(search(&format!("^{rest}"), true).filter(|_| is_one)?);
    Some(all)
}

/// Where the bracket closes in which a pattern begins.
fn closing(pattern: &str) -> Option<usize> {
    walk(pattern).find_map(|(at, c, depth)| (c == ')' && depth == 0).then_some(at))
}

/// Whether a bar stands outside of all brackets.
fn has_bar(pattern: &str) -> bool {
    walk(pattern).any(|(_, c, depth)| c == '|' && depth == 0)
}

/// The characters of a pattern that are not escaped and in no class, each with the brackets that are open there.
fn walk(pattern: &str) -> impl Iterator<Item = (usize, char, i32)> {
    let (mut depth, mut in_class, mut escaped) = (0, false, false);
    pattern.char_indices().filter_map(move |(at, c)| {
        if std::mem::take(&mut escaped) {
            return None;
        }
        match c {
            '\\' => escaped = true,
            '[' if !in_class => in_class = true,
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                return Some((at, c, depth + 1));
            }
            _ => return Some((at, c, depth)),
        }
        None
    })
}

fn escape(c: char, in_class: bool, out: &mut String) -> Option<()> {
    let class = match c {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => "\\s\\u{FEFF}",
        'D' => "^0-9",
        'W' => "^0-9A-Za-z_",
        'S' => "^\\s\\u{FEFF}",
        _ => "",
    };
    match c {
        'd' | 'w' | 's' if in_class => out.push_str(class),
        'd' | 'w' | 's' | 'D' | 'W' | 'S' => {
            out.push('[');
            out.push_str(class);
            out.push(']');
        }
        'b' if in_class => out.push_str("\\x08"),
        'b' => out.push_str("(?-u:\\b)"),
        // No letters to those who write them: where other languages' expressions begin and end.
        'A' if !in_class => out.push('^'),
        'Z' | 'z' if !in_class => out.push('$'),
        '0' => out.push_str("\\x00"),
        'n' | 'r' | 't' | 'v' | 'f' | 'x' | 'u' | 'p' | 'P' => {
            out.push('\\');
            out.push(c);
        }
        // Back-references, and letters that mean nothing or something rare.
        c if c.is_ascii_alphanumeric() => return None,
        // In our syntax these two are the edges of words.
        '<' | '>' => out.push(c),
        c if c.is_ascii_punctuation() => {
            out.push('\\');
            out.push(c);
        }
        c => out.push(c),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let pattern = matching(&translated(pattern).unwrap()).unwrap();
        for text in yes {
            assert!(pattern.is_match(text), "{pattern} {text:?}");
        }
        for text in no {
            assert!(!pattern.is_match(text), "{pattern} {text:?}");
        }
    }

    #[test]
    fn a_pattern_is_found_anywhere_unless_it_is_anchored() {
        check("b", &["abc", "b", "a\nb\nc"], &["ac"]);
        check("^b$", &["b"], &["abc", "b\n", "a\nb"]);
        check("^a|c$", &["ab", "bc"], &["bb"]);
    }

    #[test]
    fn classes_mean_what_they_mean_in_ecmascript() {
        check("^\\d+$", &["42"], &["٤٢", "4x"]);
        check("^[\\d\\w-]+$", &["a_4-"], &["é"]);
        check("^\\W$", &["é", "-"], &["a"]);
        check("^[^\\D]$", &["4"], &["x"]);
        check("^[[&]+$", &["[&"], &["x"]);
        check("^a.b$", &["axb"], &["a\rb", "a\nb"]);
        check("^[^]$", &["\n", "x"], &[]);
        check("^\\/\\<\\-\\u0041\\x42$", &["/<-AB"], &[]);
        check("\\bcat\\b", &["a cat."], &["cats"]);
    }

    #[test]
    fn a_brace_that_counts_nothing_is_a_brace() {
        check("^{{.*}}$", &["{{x}}"], &["{x}"]);
        check("^\\p{L}\\u{41}[\\p{N}]$", &["äA1"], &["p{L}A1", "1A1"]);
        check("^a{,2}$", &["a{,2}"], &["aa", ""]);
        check("^a{2,3}b{1}c{0,}$", &["aab", "aaabcc"], &["ab"]);
        check("\\Aab\\Z", &["ab"], &["Aab", "abc"]);
    }

    #[test]
    fn looks_ahead_at_the_beginning_are_searches_of_their_own() {
        let holds = |pattern: &str, text: &str| {
            let all = searches(pattern).unwrap();
            all.iter().all(|search| search.pattern.is_match(text) == search.is_found)
        };
        // As a common library writes addresses.
        let email = r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$";
        for good in ["a@b.co", "a.b+c@x-y.example"] {
            assert!(holds(email, good), "{good}");
        }
        for bad in [".a@b.co", "a..b@c.de", "a@b", "a@b..co", ""] {
            assert!(!holds(email, bad), "{bad}");
        }
        let password = r"^(?=.*[A-Z])(?=.*\d)(?![)]|x)[^)(]{4,}$";
        assert!(
            holds(password, "aB3d")
                && !holds(password, "ab3d")
                && !holds(password, "xB3d")
                && !holds(password, "B3")
        );
        for other in ["^(?!a)b|c", "^(?!a)*b", "(?!a)b", "^(?!(?!a))b", "^a(?=b)", "^(?!a", "^(?!a))b"] {
            assert!(searches(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_is_not_linear_cannot_be_followed() {
        for pattern in ["(?=a)", "(?!a)b", "(a)\\1", "\\k<n>", "[a", "(", "a)(b", "(a{1000}){1000}"] {
            assert_eq!(translated(pattern), None, "{pattern}");
        }
    }
}
