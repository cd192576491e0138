//! Patterns of tool names. `*` stands for any characters but a dot (semantics 12).

use crate::ast::{Pattern, PatternPart};

/// True where the pattern stands for exactly this name.
#[must_use]
pub(super) fn matches(pattern: &Pattern, name: &str) -> bool {
    if pattern.is_any() {
        return true;
    }
    let mut ends = step(&pattern.parts, vec![0], name);
    ends.retain(|&end| end == name.len());
    !ends.is_empty()
}

/// Where in `name` the parts can end, from each place where they can begin. Sets of places instead of backtracking:
/// linear in the name for each part.
fn step(parts: &[PatternPart], mut places: Vec<usize>, name: &str) -> Vec<usize> {
    for part in parts {
        let mut next: Vec<usize> = Vec::new();
        for &at in &places {
            let rest = name.get(at..).unwrap_or("");
            match part {
                PatternPart::Text(text) | PatternPart::Quoted(text) => {
                    if rest.starts_with(text.as_str()) {
                        next.push(at + text.len());
                    }
                }
                PatternPart::Dot => {
                    if rest.starts_with('.') {
                        next.push(at + 1);
                    }
                }
                PatternPart::Star => {
                    let segment =
                        rest.find('.').filter(|_| !crate::planted::planted(8)).unwrap_or(rest.len());
                    next.extend((0..=segment).filter(|&end| rest.is_char_boundary(end)).map(|end| at + end));
                }
                PatternPart::Choice(choices) => {
                    for choice in choices {
                        next.extend(step(&choice.parts, vec![at], name));
                    }
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
        if places.is_empty() {
            break;
        }
    }
    places
}

/// True where the pattern has no star and no choice: it stands for one name.
#[must_use]
pub(super) fn is_exact(pattern: &Pattern) -> bool {
    !pattern.is_any()
        && pattern.parts.iter().all(|part| !matches!(part, PatternPart::Star | PatternPart::Choice(_)))
}

/// True where the pattern stands for names that nobody listed.
#[must_use]
pub(super) fn has_star(pattern: &Pattern) -> bool {
    pattern.is_any()
        || pattern.parts.iter().any(|part| match part {
            PatternPart::Star => true,
            PatternPart::Choice(choices) => choices.iter().any(has_star),
            _ => false,
        })
}

/// The names that the pattern lists, where it has no star: each one must exist.
#[must_use]
pub(super) fn exact_names(pattern: &Pattern) -> Vec<String> {
    fn expand(parts: &[PatternPart], prefix: &str, names: &mut Vec<String>) {
        let Some((first, rest)) = parts.split_first() else {
            names.push(prefix.to_owned());
            return;
        };
        match first {
            PatternPart::Text(text) | PatternPart::Quoted(text) => {
                expand(rest, &format!("{prefix}{text}"), names)
            }
            PatternPart::Dot => expand(rest, &format!("{prefix}."), names),
            PatternPart::Star => {}
            PatternPart::Choice(choices) => {
                for choice in choices {
                    let mut heads = Vec::new();
                    expand(&choice.parts, prefix, &mut heads);
                    for head in heads {
                        if names.len() < 1000 {
                            expand(rest, &head, names);
                        }
                    }
                }
            }
        }
    }
    let mut names = Vec::new();
    if !pattern.is_any() {
        expand(&pattern.parts, "", &mut names);
    }
    names
}

/// A few names for which the pattern stands, to see whether two patterns can meet.
#[must_use]
pub(super) fn samples(pattern: &Pattern) -> Vec<String> {
    fn expand(parts: &[PatternPart], prefixes: Vec<String>) -> Vec<String> {
        let mut all = prefixes;
        for part in parts {
            all = match part {
                PatternPart::Text(text) | PatternPart::Quoted(text) => {
                    all.iter().map(|p| format!("{p}{text}")).collect()
                }
                PatternPart::Dot => all.iter().map(|p| format!("{p}.")).collect(),
                PatternPart::Star => all.iter().flat_map(|p| [p.clone(), format!("{p}x")]).collect(),
                PatternPart::Choice(choices) => {
                    choices.iter().flat_map(|choice| expand(&choice.parts, all.clone())).collect()
                }
            };
            all.truncate(256);
        }
        all
    }
    expand(&pattern.parts, vec![String::new()])
}

#[cfg(test)]
mod tests {
    use agentpass_grammar::FileId;

    use super::*;
    use crate::ast::ItemKind;

    fn pattern(text: &str) -> Pattern {
        let parsed = crate::parse::parse(FileId(0), &format!("on {text} {{ action read }}"));
        match &parsed.file.items[0].kind {
            ItemKind::On(on) => on.pattern.clone(),
            _ => unreachable!(),
        }
    }

    #[track_caller]
    fn check(text: &str, yes: &[&str], no: &[&str]) {
        let pattern = pattern(text);
        for name in yes {
            assert!(matches(&pattern, name), "{text} {name}");
        }
        for name in no {
            assert!(!matches(&pattern, name), "{text} {name}");
        }
    }

    #[test]
    fn a_star_never_crosses_a_dot() {
        check("get_*", &["get_", "get_x"], &["get", "get_x.y", "aget_x"]);
        check("crm.*", &["crm.read"], &["crm", "crm.a.b"]);
        check("a*b*c", &["abc", "axbxbc"], &["ab", "abcd"]);
    }

    #[test]
    fn choices_and_quotes() {
        check("mcp__{get_*, list}_x", &["mcp__get_a_x", "mcp__list_x"], &["mcp__list_y"]);
        check("{Read, \"create-issue\"}", &["Read", "create-issue"], &["read"]);
        check("any", &["x", "a.b.c"], &[]);
        assert_eq!(exact_names(&pattern("github.{a, b, c*}")), ["github.a", "github.b"]);
    }
}
