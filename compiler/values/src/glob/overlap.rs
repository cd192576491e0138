//! Names with wildcards of their own: `git add '*.pem'` hands the star to git, which matches files with it. Whether such a name
//! meets a glob is undetermined where both may stand for one file.

use super::{Segment, Token, matches_name};

/// The longest name that is looked at; a longer one may meet anything.
const NAME_LIMIT: usize = 1024;

/// Whether a name may be a pattern to whoever is given it.
pub(super) fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Whether some names that these may stand for match the segments.
pub(super) fn may_match(segments: &[Segment], names: &[&str]) -> bool {
    meet(
        segments,
        names,
        |segment| matches!(segment, Segment::Any),
        |name| name.contains("**"),
        |segment, name| match segment {
            Segment::Any => true,
            Segment::One(tokens) if is_pattern(name) => may_be(tokens, name),
            Segment::One(tokens) => matches_name(tokens, name),
        },
    )
}

fn may_be(tokens: &[Token], name: &str) -> bool {
    if name.len() > NAME_LIMIT {
        return true;
    }
    let units: Vec<Token> = units(name);
    // `*.rs` and `.env.*` have `.env.rs` in common, and nobody means that: stars at opposite ends do not add up.
    let is_star = |token: Option<&Token>| matches!(token, Some(Token::Star));
    let tokens = match tokens.split_last() {
        Some((last, rest)) if is_star(Some(last)) && is_star(units.first()) && !rest.is_empty() => rest,
        _ => tokens,
    };
    let tokens = match tokens.split_first() {
        Some((first, rest)) if is_star(Some(first)) && is_star(units.last()) && !rest.is_empty() => rest,
        _ => tokens,
    };
    meet(
        tokens,
        &units,
        |token| matches!(token, Token::Star),
        |unit| matches!(unit, Token::Star),
        |token, unit| match unit {
            Token::Char(c) => matches_name(std::slice::from_ref(token), c.encode_utf8(&mut [0; 4])),
            _ => true,
        },
    )
}

/// A name as a pattern; a class is any one character.
fn units(name: &str) -> Vec<Token> {
    let mut units = Vec::new();
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        units.push(match c {
            '*' => Token::Star,
            '?' => Token::Single,
            '[' if rest.as_str().contains(']') => {
                rest.by_ref().take_while(|c| *c != ']').for_each(drop);
                Token::Single
            }
            c => Token::Char(c),
        });
    }
    units
}

/// Whether two patterns have something in common. Some units of either may stand for any number of the other's.
fn meet<A, B>(
    left: &[A],
    right: &[B],
    left_any: impl Fn(&A) -> bool,
    right_any: impl Fn(&B) -> bool,
    same: impl Fn(&A, &B) -> bool,
) -> bool {
    // Whether what is left of `left` meets what is left of `right`, for each place of `right`, from the end on.
    let mut below: Vec<bool> = vec![false; right.len() + 1];
    if let Some(end) = below.last_mut() {
        *end = true;
    }
    for (at, unit) in right.iter().enumerate().rev() {
        let next = below.get(at + 1).copied().unwrap_or_default();
        if let Some(here) = below.get_mut(at) {
            *here = next && right_any(unit);
        }
    }
    for unit in left.iter().rev() {
        let any = left_any(unit);
        let mut row = vec![any && below.last().copied().unwrap_or_default(); right.len() + 1];
        for (at, other) in right.iter().enumerate().rev() {
            let next = row.get(at + 1).copied().unwrap_or_default();
            let under = below.get(at).copied().unwrap_or_default();
            let diagonal = below.get(at + 1).copied().unwrap_or_default();
            let meets = (any || right_any(other)) && (under || next) || same(unit, other) && diagonal;
            if let Some(here) = row.get_mut(at) {
                *here = meets;
            }
        }
        below = row;
    }
    below.first().copied().unwrap_or_default()
}
