//! Globs over paths, judged segment by segment.
//!
//! - `*` stands for any characters of one segment, `?` for one character, `[a-z]` and `[!a-z]` for one of a class;
//!   none of them crosses a `/`, and a leading dot is a character like any other.
//! - `**` stands for any number of whole segments, none included: `~/.ssh/**` matches the folder itself as well.
//! - `{a,b}` stands for either; `\*` for a literal star.
//! - A glob starts where its text says: `/etc/**` is absolute, `~/.ssh/**` lies in the home folder, `src/*.rs` is relative,
//!   and `**/.env` matches wherever a path starts.
//!
//! Matching takes time in proportion to the glob's length times the path's, whatever they hold. The road not taken is a
//! translation to regular expressions: segments, roots and the undetermined cases would be lost in it.

mod overlap;
mod parse;

use std::fmt;

use crate::path::{PathRoot, PathValue};

/// A compiled glob.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glob {
    source: Box<str>,
    /// One for each choice that the braces allow.
    alternatives: Vec<Alternative>,
}

/// Why a glob does not compile.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GlobError {
    /// Nothing there.
    Empty,
    /// `**` beside other characters of a segment.
    DoubleStar,
    /// `[` without its `]`, an empty class, or a range that runs backwards.
    Class,
    /// `{` without its `}`, or the other way round.
    Brace,
    /// A backslash at the end.
    Escape,
    /// `..` or a NUL, which no normalised path holds.
    Segment,
    /// Braces that stand for more than 256 globs, or a glob longer than 1,024 bytes.
    TooLarge,
}

impl Glob {
    /// Compiles a glob.
    pub fn parse(text: &str) -> Result<Glob, GlobError> {
        let alternatives = parse::alternatives(text)?;
        Ok(Glob { source: text.into(), alternatives })
    }

    /// Whether a path matches, for certain.
    pub fn matches(&self, path: &PathValue) -> bool {
        self.decide(path) == Some(true)
    }

    /// Whether a path matches; nothing where the text cannot tell. That is so for paths that climb out of their root,
    /// `../x`, and for absolute paths that would match a `~/` glob if the folder they lie in was the home folder:
    /// `/home/anna/.ssh/id` for `~/.ssh/**`.
    /// Nor can it where others would read the path in another way, and get another answer, or where the path holds wildcards that
    /// a program may match with: `*.p?m` may be a `.pem`.
    pub fn decide(&self, path: &PathValue) -> Option<bool> {
        path.agreed(|path| self.plainly(path))
    }

    fn plainly(&self, path: &PathValue) -> Option<bool> {
        let mut unknown = false;
        for alternative in &self.alternatives {
            match alternative.decide(path) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => unknown = true,
            }
        }
        if unknown { None } else { Some(false) }
    }
}

/// A glob without braces.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Alternative {
    root: GlobRoot,
    segments: Vec<Segment>,
}

/// Where a glob starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum GlobRoot {
    /// At `/`, in the home folder, or in the folder of relative paths.
    At(PathRoot),
    /// Anywhere: the glob begins with `**`.
    Anywhere,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Segment {
    /// `**`
    Any,
    /// One segment of this form.
    One(Vec<Token>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Char(char),
    /// `?`
    Single,
    /// `*`
    Star,
    /// `[a-z]`, or everything else.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Alternative {
    fn decide(&self, path: &PathValue) -> Option<bool> {
        let names: Vec<&str> = path.segments().collect();
        match self.root {
            // The `..` in front are whole segments that only `**` can stand for.
            GlobRoot::Anywhere => self.decide_names(&names),
            GlobRoot::At(root) if root == path.root() && path.climbs() == 0 => self.decide_names(&names),
            GlobRoot::At(_) if path.climbs() > 0 => None,
            GlobRoot::At(PathRoot::Home) if path.is_absolute() => {
                let inside_a_home = likely_homes(&names).any(|inner| self.matches_names(inner));
                if inside_a_home { None } else { Some(false) }
            }
            GlobRoot::At(_) => Some(false),
        }
    }

    fn decide_names(&self, names: &[&str]) -> Option<bool> {
        if self.matches_names(names) {
            return Some(true);
        }
        let may =
            names.iter().any(|name| overlap::is_pattern(name)) && overlap::may_match(&self.segments, names);
        if may { None } else { Some(false) }
    }

    fn matches_names(&self, names: &[&str]) -> bool {
        wildcard(
            &self.segments,
            names,
            |segment| matches!(segment, Segment::Any),
            |segment, name| match segment {
                Segment::Any => true,
                Segment::One(tokens) => matches_name(tokens, name),
            },
        )
    }
}

fn matches_name(tokens: &[Token], name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    wildcard(
        tokens,
        &chars,
        |token| matches!(token, Token::Star),
        |token, c| match token {
            Token::Char(expected) => expected == c,
            Token::Single | Token::Star => true,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(first, last)| first <= c && c <= last) != *negated
            }
        },
    )
}

/// What an absolute path says below each folder that is commonly somebody's home.
fn likely_homes<'a>(names: &'a [&'a str]) -> impl Iterator<Item = &'a [&'a str]> {
    let below = |depth: usize| names.get(depth..);
    let home = match names {
        ["home" | "Users", _, ..] => below(2),
        ["root", ..] => below(1),
        ["var", "root", ..] => below(2),
        ["export" | "usr", "home", _, ..] => below(3),
        ["mnt", _, "Users", _, ..] => below(4),
        ["private", "var", "root", ..] => below(3),
        _ => None,
    };
    home.into_iter()
}

/// Matches a pattern with wildcards against a list. A wildcard that has let go once never needs to be tried again once a
/// later one is reached, so one point of return is enough and the time is the product of the lengths.
fn wildcard<P, T>(
    pattern: &[P],
    items: &[T],
    is_any: impl Fn(&P) -> bool,
    fits: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(current) = items.get(item) {
        match pattern.get(at) {
            Some(wild) if is_any(wild) => {
                back = Some((at + 1, item));
                at += 1;
            }
            Some(one) if fits(one, current) => {
                at += 1;
                item += 1;
            }
            _ => match back {
                // The last wildcard takes one more.
                Some((after, taken)) => {
                    at = after;
                    item = taken + 1;
                    back = Some((after, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(is_any)
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GlobError::Empty => "empty",
            GlobError::DoubleStar => "`**` stands alone between slashes",
            GlobError::Class => "a class `[…]` that is not closed, empty or backwards",
            GlobError::Brace => "a brace without its partner",
            GlobError::Escape => "a backslash with nothing after it",
            GlobError::Segment => "`..` and nul characters match nothing",
            GlobError::TooLarge => "the glob is too large",
        })
    }
}

impl std::error::Error for GlobError {}

#[cfg(test)]
mod tests;
