//! Patterns of tool names. `*` stands for any characters but a dot (semantics 12).

use std::collections::HashSet;

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

/// True where some name matches both patterns.
#[must_use]
pub(super) fn can_meet(a: &Pattern, b: &Pattern) -> bool {
    if a.is_any() || b.is_any() {
        return true;
    }
    let (a, b) = (Automaton::of(a), Automaton::of(b));
    let mut seen = HashSet::from([(0, 0)]);
    let mut open = vec![(0, 0)];
    while let Some((left, right)) = open.pop() {
        // Patterns that nobody writes: a block that may apply is one that applies.
        if (left, right) == (a.end, b.end) || seen.len() > 100_000 {
            return true;
        }
        let mut reach = |pair| {
            if seen.insert(pair) {
                open.push(pair);
            }
        };
        for step in a.steps(left) {
            match step {
                Step::Skip(to) => reach((*to, right)),
                step => b
                    .steps(right)
                    .iter()
                    .filter(|other| step.meets(other))
                    .for_each(|other| reach((step.to(), other.to()))),
            }
        }
        for step in b.steps(right) {
            if let Step::Skip(to) = step {
                reach((left, *to));
            }
        }
    }
    false
}

/// A pattern as states and the steps between them, from state 0 to `end`.
struct Automaton {
    steps: Vec<Vec<Step>>,
    end: usize,
}

/// One step to another state.
enum Step {
    /// Over nothing.
    Skip(usize),
    /// Over this character.
    Over(char, usize),
    /// Over any character but a dot.
    OverAny(usize),
}

impl Step {
    fn to(&self) -> usize {
        match self {
            Self::Skip(to) | Self::Over(_, to) | Self::OverAny(to) => *to,
        }
    }

    /// True where one character makes both steps.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Over(a, _), Self::Over(b, _)) => a == b,
            (Self::Over(c, _), Self::OverAny(_)) | (Self::OverAny(_), Self::Over(c, _)) => *c != '.',
            (Self::OverAny(_), Self::OverAny(_)) => true,
            (Self::Skip(_), _) | (_, Self::Skip(_)) => false,
        }
    }
}

impl Automaton {
    fn of(pattern: &Pattern) -> Self {
        let mut automaton = Self { steps: vec![Vec::new()], end: 0 };
        automaton.end = automaton.parts(&pattern.parts, 0);
        automaton
    }

    fn steps(&self, state: usize) -> &[Step] {
        self.steps.get(state).map(Vec::as_slice).unwrap_or_default()
    }

    /// A new state, behind a step from another one.
    fn state(&mut self, from: usize, step: impl FnOnce(usize) -> Step) -> usize {
        let to = self.steps.len();
        self.steps.push(Vec::new());
        self.step(from, step(to));
        to
    }

    fn step(&mut self, from: usize, step: Step) {
        if let Some(steps) = self.steps.get_mut(from) {
            steps.push(step);
        }
    }

    /// Adds the parts behind a state, and gives the state in which they end.
    fn parts(&mut self, parts: &[PatternPart], from: usize) -> usize {
        parts.iter().fold(from, |at, part| match part {
            PatternPart::Text(text) | PatternPart::Quoted(text) => {
                text.chars().fold(at, |at, c| self.state(at, |to| Step::Over(c, to)))
            }
            PatternPart::Dot => self.state(at, |to| Step::Over('.', to)),
            PatternPart::Star => {
                let star = self.state(at, Step::Skip);
                self.step(star, Step::OverAny(star));
                star
            }
            PatternPart::Choice(choices) => {
                let ends: Vec<usize> = choices.iter().map(|choice| self.parts(&choice.parts, at)).collect();
                let end = self.steps.len();
                self.steps.push(Vec::new());
                ends.into_iter().for_each(|last| self.step(last, Step::Skip(end)));
                end
            }
        })
    }
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

    #[test]
    fn two_patterns_meet_where_a_name_matches_both() {
        for (a, b, meets) in [
            ("get_*", "*_by_id", true),
            ("get_*", "list_*", false),
            ("a.*", "a.b*", true),
            ("a.*", "a*", false),
            ("{get_*, list_*}_x", "*_y", false),
            ("{get_*, list_*}_x", "list_*_{x, y}", true),
            ("*", "*.*", false),
            ("*a*b*", "*b*a*", true),
            ("any", "x", true),
        ] {
            assert_eq!(can_meet(&pattern(a), &pattern(b)), meets, "{a} {b}");
            assert_eq!(can_meet(&pattern(b), &pattern(a)), meets, "{b} {a}");
        }
    }
}
