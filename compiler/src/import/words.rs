//! Names and texts of strangers, as a contract may hold them.

/// Words that are never names.
const RESERVED: &[&str] = &["not", "has", "some", "each", "true", "false", "null"];

/// A text as a name of the language: `Slack MCP Server` is `slack_mcp_server`. Where no letter is left, it is called what it is.
pub(in crate::import) fn identifier(text: &str, what: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    match name.chars().next() {
        None => what.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{what}_{name}"),
        Some(_) if RESERVED.contains(&name) || name == "any" || name == "otherwise" => {
            format!("{name}_{what}")
        }
        Some(_) => name.to_owned(),
    }
}

/// True for names with dots between them.
pub(in crate::import) fn is_dotted(text: &str) -> bool {
    text.split('.').all(|word| is_word(word) && !RESERVED.contains(&word))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A wire name as a pattern of exactly that name.
pub(in crate::import) fn pattern(name: &str) -> String {
    if is_word(name) && !matches!(name, "any" | "otherwise") { name.to_owned() } else { quoted(name) }
}

/// A text between quotes. What nobody could see is written by its number.
pub(in crate::import) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The same for a part of a message, where braces are holes.
pub(in crate::import) fn in_message(text: &str) -> String {
    escaped(&text.replace('{', "{{").replace('}', "}}"))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if is_plain(c) => out.push(c),
            c => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out
}

/// A regular expression that matches this text and no other.
pub(in crate::import) fn literally(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '.' => out.push_str("\\."),
            c if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') => out.push(c),
            c if !c.is_ascii() && is_plain(c) => out.push(c),
            c => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out
}

/// A text of one line for a comment, with nothing hidden in it, and not long.
pub(in crate::import) fn shown(text: &str) -> String {
    let plain: String = text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    let mut words = plain.split_whitespace();
    let mut out = words.next().unwrap_or_default().chars().take(80).collect::<String>();
    for word in words {
        if out.chars().count() + word.chars().count() >= 80 {
            out.push_str(" …");
            break;
        }
        out.push(' ');
        out.push_str(word);
    }
    out
}

/// Letters and digits of any script, and what ASCII prints. Some letters of Hangul print nothing.
fn is_plain(c: char) -> bool {
    let fills = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    c.is_alphanumeric() && !fills || c == ' ' || c.is_ascii_graphic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_servers_become_names_of_the_language() {
        for (text, name) in [
            ("Slack MCP Server", "slack_mcp_server"),
            ("brave-search", "brave_search"),
            ("", "server"),
            ("✨", "server"),
            ("3d-print", "server_3d_print"),
            ("any", "any_server"),
            ("null", "null_server"),
            ("--x--", "x"),
        ] {
            assert_eq!(identifier(text, "server"), name);
        }
        assert!(is_dotted("github") && is_dotted("a.b_2"));
        assert!(
            !is_dotted("")
                && !is_dotted("a-b")
                && !is_dotted("a..b")
                && !is_dotted("2a")
                && !is_dotted("not")
        );
    }

    #[test]
    fn wire_names_are_patterns_of_themselves() {
        for (name, written) in [
            ("get_issue", "get_issue"),
            ("API-get", "\"API-get\""),
            ("a.b", "\"a.b\""),
            ("get_*", "\"get_*\""),
            ("any", "\"any\""),
            ("2fa", "\"2fa\""),
            ("a\"b\\", r#""a\"b\\""#),
            ("a\u{200b}b\u{7}", "\"a\\u{200b}b\\u{7}\""),
            ("prénom", "\"prénom\""),
            ("\u{3164}", "\"\\u{3164}\""),
        ] {
            assert_eq!(pattern(name), written);
        }
    }

    #[test]
    fn braces_of_messages_are_no_holes() {
        assert_eq!(in_message("{a} \"\u{7}"), r#"{{a}} \"\u{7}"#);
    }

    #[test]
    fn patterns_take_text_as_it_is() {
        for text in ["a.b-c_d", "", "a|b", "(?i)x/", "\u{7} \\", "größe", "[^a]*"] {
            let pattern = agentpass_values::Pattern::new(&literally(text)).unwrap();
            assert!(pattern.is_match(text), "{text}");
            assert!(!pattern.is_match(&format!("{text}x")) && !pattern.is_match("b"), "{text}");
            assert!(!literally(text).contains('/'));
        }
    }

    #[test]
    fn comments_hide_nothing_and_end_where_they_seem_to() {
        assert_eq!(shown("a\nb\u{202e}c"), "a b c");
        assert!(shown(&"word ".repeat(100)).chars().count() < 90);
    }
}
