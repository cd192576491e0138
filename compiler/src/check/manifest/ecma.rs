//! Patterns of JSON Schema, which are ECMAScript's, in the syntax of this language's expressions.
//!
//! They differ in small things that matter: `\d` is ten digits there and hundreds of characters here, `.` and `\s` stand for other
//! characters, and a needless backslash is no error. Look-around and back-references have no linear-time match: such a
//! pattern cannot be followed.

use agentpass_values::Pattern;

/// The pattern in our syntax, still to be found anywhere in a text; nothing where it cannot be followed.
pub(super) fn translated(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(chars.next()?, in_class, &mut out)?,
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
            '.' if !in_class => out.push_str("[^\\n\\r\\u{2028}\\u{2029}]"),
            c => out.push(c),
        }
    }
    (!in_class && matching(&out).is_some()).then_some(out)
}

/// A pattern that matches a text as a whole where `pattern` is found in it.
pub(super) fn matching(pattern: &str) -> Option<Pattern> {
    // Read on its own first: brackets that do not match must not close the ones around it.
    Pattern::new(pattern).ok()?;
    Pattern::new(&format!("(?s:.*)(?:{pattern})(?s:.*)")).ok()
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
    fn what_is_not_linear_cannot_be_followed() {
        for pattern in ["(?=a)", "(?!a)b", "(a)\\1", "\\k<n>", "[a", "(", "a)(b", "(a{1000}){1000}"] {
            assert_eq!(translated(pattern), None, "{pattern}");
        }
    }
}
