//! From the text of a glob to its alternatives.

use super::{Alternative, GlobError, GlobRoot, Segment, Token};
use crate::path::PathRoot;

/// The longest glob, in bytes.
const TEXT_LIMIT: usize = 1024;
/// The most globs that braces may stand for.
const ALTERNATIVES_LIMIT: usize = 256;

/// Reads a glob: braces are multiplied out first, then each alternative is cut at its slashes.
pub(super) fn alternatives(text: &str) -> Result<Vec<Alternative>, GlobError> {
    if text.is_empty() {
        return Err(GlobError::Empty);
    }
    if text.len() > TEXT_LIMIT {
        return Err(GlobError::TooLarge);
    }
    let mut marks = Marks { marks: marks(text)?, at: 0 };
    let expanded = expand(&mut marks, 0)?;
    expanded.iter().map(|mark| alternative(mark)).collect()
}

/// A character of a glob, with its meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Mark {
    /// One character or wildcard.
    Token(Token),
    Slash,
    Open,
    Comma,
    Close,
}

fn marks(text: &str) -> Result<Vec<Mark>, GlobError> {
    let mut marks = Vec::new();
    let mut depth = 0_usize;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        marks.push(match c {
            '\\' => Mark::Token(Token::Char(chars.next().filter(|c| *c != '/').ok_or(GlobError::Escape)?)),
            '*' => Mark::Token(Token::Star),
            '?' => Mark::Token(Token::Single),
            '[' => Mark::Token(class(&mut chars)?),
            '/' => Mark::Slash,
            '\0' => return Err(GlobError::Segment),
            '{' => {
                depth += 1;
                Mark::Open
            }
            '}' => {
                depth = depth.checked_sub(1).ok_or(GlobError::Brace)?;
                Mark::Close
            }
            ',' if depth > 0 => Mark::Comma,
            c => Mark::Token(Token::Char(c)),
        });
    }
    if depth == 0 { Ok(marks) } else { Err(GlobError::Brace) }
}

/// What follows a `[`: `abc]`, `a-z]`, `!a-z]`, `^a-z]`; a `]` in first place is a member.
fn class(chars: &mut std::str::Chars<'_>) -> Result<Token, GlobError> {
    let mut members = Vec::new();
    let negated = chars.as_str().starts_with(['!', '^']);
    if negated {
        chars.next();
    }
    loop {
        match chars.next().ok_or(GlobError::Class)? {
            ']' if !members.is_empty() => break,
            '/' => return Err(GlobError::Class),
            '\\' => members.push(chars.next().filter(|c| *c != '/').ok_or(GlobError::Escape)?),
            c => members.push(c),
        }
        if chars.as_str().starts_with('-') && !chars.as_str().starts_with("-]") {
            chars.next();
            let first = members.last().copied().ok_or(GlobError::Class)?;
            let last = match chars.next().ok_or(GlobError::Class)? {
                '/' => return Err(GlobError::Class),
                '\\' => chars.next().filter(|c| *c != '/').ok_or(GlobError::Escape)?,
                last => last,
            };
            if last < first {
                return Err(GlobError::Class);
            }
            // Kept as a pair of ends; single members are pairs of themselves.
            members.push(last);
            members.push(RANGE);
        }
    }
    Ok(Token::Class { negated, ranges: ranges(&members) })
}

/// Stands behind the two ends of a range; as a NUL it is no member of any name.
const RANGE: char = '\0';

fn ranges(members: &[char]) -> Vec<(char, char)> {
    let mut ranges = Vec::new();
    let mut rest = members;
    loop {
        rest = match rest {
            [first, last, RANGE, rest @ ..] => {
                ranges.push((*first, *last));
                rest
            }
            [one, rest @ ..] => {
                ranges.push((*one, *one));
                rest
            }
            [] => return ranges,
        };
    }
}

struct Marks {
    marks: Vec<Mark>,
    at: usize,
}

/// How deep braces may nest; each level costs a level of the stack.
const DEPTH_LIMIT: usize = 16;

/// Multiplies braces out up to the end, or up to the comma or brace that ends the current choice.
fn expand(marks: &mut Marks, depth: usize) -> Result<Vec<Vec<Mark>>, GlobError> {
    if depth > DEPTH_LIMIT {
        return Err(GlobError::TooLarge);
    }
    let mut prefixes: Vec<Vec<Mark>> = vec![Vec::new()];
    while let Some(mark) = marks.marks.get(marks.at) {
        match mark {
            Mark::Comma | Mark::Close => break,
            Mark::Token(_) | Mark::Slash => {
                let mark = mark.clone();
                prefixes.iter_mut().for_each(|prefix| prefix.push(mark.clone()));
                marks.at += 1;
            }
            Mark::Open => {
                let mut choices = Vec::new();
                loop {
                    // Over the opening brace or the comma.
                    marks.at += 1;
                    choices.extend(expand(marks, depth + 1)?);
                    if choices.len() > ALTERNATIVES_LIMIT {
                        return Err(GlobError::TooLarge);
                    }
                    match marks.marks.get(marks.at) {
                        Some(Mark::Comma) => {}
                        Some(Mark::Close) => break,
                        _ => return Err(GlobError::Brace),
                    }
                }
                marks.at += 1;
                if prefixes.len() * choices.len() > ALTERNATIVES_LIMIT {
                    return Err(GlobError::TooLarge);
                }
                let product = |prefix: &Vec<Mark>| {
                    let prefix = prefix.clone();
                    choices.iter().map(move |choice| [prefix.as_slice(), choice].concat()).collect::<Vec<_>>()
                };
                prefixes = prefixes.iter().flat_map(product).collect();
            }
        }
    }
    Ok(prefixes)
}

fn alternative(marks: &[Mark]) -> Result<Alternative, GlobError> {
    let tilde = Mark::Token(Token::Char('~'));
    let (root, rest) = match marks {
        [Mark::Slash, rest @ ..] => (PathRoot::Absolute, rest),
        [first, Mark::Slash, rest @ ..] if *first == tilde => (PathRoot::Home, rest),
        [first] if *first == tilde => (PathRoot::Home, [].as_slice()),
        [] => return Err(GlobError::Empty),
        marks => (PathRoot::Relative, marks),
    };
    let mut segments = Vec::new();
    for part in rest.split(|mark| *mark == Mark::Slash) {
        let tokens: Vec<Token> = part
            .iter()
            .filter_map(|mark| match mark {
                Mark::Token(token) => Some(token.clone()),
                _ => None,
            })
            .collect();
        if let Some(segment) = segment(tokens)? {
            segments.push(segment);
        }
    }
    let anywhere = root == PathRoot::Relative && segments.first() == Some(&Segment::Any);
    Ok(Alternative { root: if anywhere { GlobRoot::Anywhere } else { GlobRoot::At(root) }, segments })
}

/// One segment; nothing for the empty ones of `a//b` and for `.`, as in paths.
fn segment(tokens: Vec<Token>) -> Result<Option<Segment>, GlobError> {
    let dot = Token::Char('.');
    match tokens.as_slice() {
        [] => return Ok(None),
        [one] if *one == dot => return Ok(None),
        [one, two] if *one == dot && *two == dot => return Err(GlobError::Segment),
        [Token::Star, Token::Star] => return Ok(Some(Segment::Any)),
        tokens if tokens.windows(2).any(|pair| pair == [Token::Star, Token::Star]) => {
            return Err(GlobError::DoubleStar);
        }
        _ => {}
    }
    Ok(Some(Segment::One(tokens)))
}
