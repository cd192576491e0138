//! File paths, by their text alone.
//!
//! A path is normalised lexically, once: `.` and double slashes go, `..` takes the segment before it along. The file
//! system is never asked, so a symbolic link inside a folder may still lead out of it; that is for the sandbox, not the
//! contract. What a path is relative to matters, so each path keeps its root:
//!
//! - `/etc/passwd` is absolute; `..` at the root stays there, as in POSIX.
//! - `~/x` lies in the home folder of whoever runs the tool, which nobody here knows.
//! - `src/x` is relative to a folder that is not known either. `..` that climbs out of it stays visible, `../x`.
//!
//! Whether a path lies in a folder can therefore be unknown: `src/x` and `/src/app` need [`PathValue::resolve`] first.
//!
//! Only `/` separates. A backslash, `%2F` or a colon is a character of an odd name: `a\..\b` has one segment. A tool that
//! decodes such names may see another path, so questions about them have an answer only where it is the same either way
//! (`reading.rs`).

pub(crate) mod reading;

use std::fmt;

use reading::Reading;

/// A normalised path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PathValue {
    root: PathRoot,
    /// How many `..` lead out of the root before the segments begin; never for absolute paths.
    climbs: usize,
    segments: Vec<Box<str>>,
}

/// Where a path starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PathRoot {
    /// At `/`.
    Absolute,
    /// In the home folder, `~/`.
    Home,
    /// In a folder that the text does not name.
    Relative,
}

/// Why text is not a path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PathError {
    /// Nothing there.
    Empty,
    /// A NUL character, at which operating systems stop reading.
    Nul,
    /// A path to be joined to a folder that would not stay in it.
    Leaves,
    /// `..` behind a name that may be read as several, or as none: `%2e%2e/..`.
    Hidden,
}

impl PathValue {
    /// Reads and normalises a path.
    pub fn parse(text: &str) -> Result<PathValue, PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.contains('\0') {
            return Err(PathError::Nul);
        }
        let (root, rest) = if let Some(rest) = text.strip_prefix('/') {
            (PathRoot::Absolute, rest)
        } else if text == "~" {
            (PathRoot::Home, "")
        } else if let Some(rest) = text.strip_prefix("~/") {
            (PathRoot::Home, rest)
        } else {
            (PathRoot::Relative, text)
        };
        let mut path = PathValue { root, climbs: 0, segments: Vec::new() };
        for segment in rest.split('/') {
            // Once it is gone, nobody could tell any more that it was odd.
            if segment == ".." && reading::hides(&path) {
                return Err(PathError::Hidden);
            }
            path.walk(std::iter::once(segment));
        }
        Ok(path)
    }

    /// The same for text in which nothing is odd, or whose oddities are known: absolute behind a `/`, relative otherwise,
    /// but for the `~/` of a path that was in a home folder.
    fn read(text: &str) -> PathValue {
        let (root, rest) = match (text.strip_prefix('/'), text.strip_prefix("~/")) {
            (Some(rest), _) => (PathRoot::Absolute, rest),
            (None, Some(rest)) => (PathRoot::Home, rest),
            (None, None) => (PathRoot::Relative, text),
        };
        let mut path = PathValue { root, climbs: 0, segments: Vec::new() };
        path.walk(rest.split('/'));
        path
    }

    /// Climbs out of the root once more for each.
    fn climb(&mut self, times: usize) {
        self.climbs += times;
    }

    /// The folder of a relative path itself, `.`.
    pub fn here() -> PathValue {
        PathValue { root: PathRoot::Relative, climbs: 0, segments: Vec::new() }
    }

    /// Where the path starts.
    pub fn root(&self) -> PathRoot {
        self.root
    }

    /// Whether it starts at `/`.
    pub fn is_absolute(&self) -> bool {
        self.root == PathRoot::Absolute
    }

    /// How many folders it climbs out of its root: one for `../x`.
    pub fn climbs(&self) -> usize {
        self.climbs
    }

    /// The names from the root on, without the leading `..`.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.segments.iter().map(|segment| &**segment)
    }

    /// The last name, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.segments.last().map(|segment| &**segment)
    }

    /// Whether the path is the folder or lies in it, for certain.
    pub fn is_within(&self, folder: &PathValue) -> bool {
        self.lies_in(folder) == Some(true)
    }

    /// Whether the path is the folder or lies in it; nothing where the text cannot tell, because the two start at
    /// different places or climb out of them, or because others would read one of them in another way.
    pub fn lies_in(&self, folder: &PathValue) -> Option<bool> {
        self.agreed_with(folder, PathValue::plainly_lies_in)
    }

    /// Whether both are one file; nothing where the text cannot tell.
    pub fn same(&self, other: &PathValue) -> Option<bool> {
        // However one text is read, it is read in one way.
        if self == other { Some(true) } else { self.agreed_with(other, PathValue::plainly_same) }
    }

    /// An answer about two paths that holds as they are written, and for those who decode both first.
    fn agreed_with(
        &self,
        other: &PathValue,
        judge: impl Fn(&PathValue, &PathValue) -> Option<bool>,
    ) -> Option<bool> {
        match reading::other(other) {
            None => self.agreed(|path| judge(path, other)),
            Some(Reading::Anywhere) => None,
            Some(Reading::Path(decoded)) => {
                let plain = judge(self, other)?;
                let read = match reading::other(self) {
                    None => judge(self, &decoded),
                    Some(Reading::Path(path)) => judge(&path, &decoded),
                    Some(Reading::Anywhere) => None,
                };
                (read == Some(plain)).then_some(plain)
            }
        }
    }

    /// An answer that holds for the path as it is written, and as those read it who decode it first.
    pub(crate) fn agreed(&self, judge: impl Fn(&PathValue) -> Option<bool>) -> Option<bool> {
        let plain = judge(self)?;
        match reading::other(self) {
            None => Some(plain),
            Some(Reading::Path(other)) => (judge(&other) == Some(plain)).then_some(plain),
            Some(Reading::Anywhere) => None,
        }
    }

    /// Two paths that start at different places may be one file all the same; nobody knows the folders.
    fn plainly_same(&self, other: &PathValue) -> Option<bool> {
        if self == other {
            Some(true)
        } else if self.root == other.root && self.climbs == other.climbs {
            Some(false)
        } else {
            None
        }
    }

    fn plainly_lies_in(&self, folder: &PathValue) -> Option<bool> {
        if self.root != folder.root || self.climbs > 0 || folder.climbs > 0 {
            return None;
        }
        Some(self.segments.starts_with(&folder.segments))
    }

    /// A place inside this folder: `project / ".git"`. What starts elsewhere or climbs out is refused.
    pub fn join(&self, inner: &PathValue) -> Result<PathValue, PathError> {
        if inner.root != PathRoot::Relative || inner.climbs > 0 {
            return Err(PathError::Leaves);
        }
        Ok(inner.resolve(self))
    }

    /// The path as seen from a working folder, as an operating system resolves it: a relative path starts there, any
    /// other stays as it is.
    #[must_use]
    pub fn resolve(&self, cwd: &PathValue) -> PathValue {
        if self.root != PathRoot::Relative {
            return self.clone();
        }
        let mut path = cwd.clone();
        path.walk(std::iter::repeat_n("..", self.climbs));
        path.walk(self.segments());
        path
    }

    /// Goes on from here, segment by segment.
    fn walk<'a>(&mut self, segments: impl Iterator<Item = &'a str>) {
        for segment in segments {
            match segment {
                "" | "." => {}
                ".." => {
                    if self.segments.pop().is_none() && self.root != PathRoot::Absolute {
                        self.climbs += 1;
                    }
                }
                name => self.segments.push(name.into()),
            }
        }
    }
}

/// The normalised text: `/a/b`, `~/.ssh`, `src/x`, `../x`, `.`.
impl fmt::Display for PathValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = std::iter::repeat_n("..", self.climbs).chain(self.segments());
        let (start, mut gap) = match self.root {
            PathRoot::Absolute => ("/", ""),
            PathRoot::Home => ("~", "/"),
            PathRoot::Relative if self.climbs == 0 && self.segments.is_empty() => (".", ""),
            // A name that looks like a home folder, as in `x/../~`, is told apart from one.
            PathRoot::Relative
                if self.climbs == 0 && self.segments.first().is_some_and(|first| &**first == "~") =>
            {
                ("./", "")
            }
            PathRoot::Relative => ("", ""),
        };
        f.write_str(start)?;
        for part in parts {
            write!(f, "{gap}{part}")?;
            gap = "/";
        }
        Ok(())
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PathError::Empty => "empty",
            PathError::Nul => "a nul character in a path",
            PathError::Leaves => "the path does not stay in the folder that it is joined to",
            PathError::Hidden => "`..` behind a name that may be read as several",
        })
    }
}

impl std::error::Error for PathError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> PathValue {
        PathValue::parse(text).unwrap()
    }

    #[test]
    fn paths_have_one_spelling() {
        for (text, shown) in [
            ("/etc//passwd/", "/etc/passwd"),
            ("/a/./b/../c", "/a/c"),
            ("/../../etc", "/etc"),
            ("//server/share", "/server/share"),
            ("/", "/"),
            ("src/../..", ".."),
            ("../../x", "../../x"),
            ("./x", "x"),
            (".", "."),
            ("a/..", "."),
            ("~", "~"),
            ("~/.ssh/../.aws", "~/.aws"),
            ("~/../x", "~/../x"),
            ("~bob/x", "~bob/x"),
            ("./~/x", "./~/x"),
            ("a\\..\\b", "a\\..\\b"),
            ("a%2F..%2Fb", "a%2F..%2Fb"),
            ("...", "..."),
        ] {
            assert_eq!(path(text).to_string(), shown, "{text}");
        }
        assert_eq!(PathValue::parse(""), Err(PathError::Empty));
        assert_eq!(PathValue::parse("/a\0b"), Err(PathError::Nul));
    }

    #[test]
    fn containment_is_by_whole_names() {
        let project = path("/src/app");
        for (text, inside) in [
            ("/src/app", Some(true)),
            ("/src/app/main.rs", Some(true)),
            ("/src/app/../app/x", Some(true)),
            ("/src/application", Some(false)),
            ("/src/app/../other", Some(false)),
            ("/src", Some(false)),
            ("main.rs", None),
            ("../app/x", None),
            ("~/x", None),
        ] {
            assert_eq!(path(text).lies_in(&project), inside, "{text}");
            assert_eq!(path(text).is_within(&project), inside == Some(true), "{text}");
        }
        assert!(path("src/x").is_within(&path("src")));
        assert!(path("~/.ssh/id").is_within(&path("~/.ssh")));
        assert!(!path("../x").is_within(&path(".")));
        assert!(!path("~/../bob").is_within(&path("~")));
    }

    #[test]
    fn relative_paths_resolve_against_a_folder() {
        for (text, cwd, resolved) in [
            ("../x", "/etc", "/x"),
            ("../../../x", "/etc", "/x"),
            ("x", "/src/app", "/src/app/x"),
            ("/x", "/src", "/x"),
            ("~/x", "/src", "~/x"),
            ("../x", "a/b", "a/x"),
            ("../../x", "a", "../x"),
            ("../x", "~", "~/../x"),
            (".", "/etc", "/etc"),
        ] {
            assert_eq!(path(text).resolve(&path(cwd)).to_string(), resolved, "{text} from {cwd}");
        }
    }

    #[test]
    fn joined_paths_stay_inside() {
        let project = path("/src/app");
        assert_eq!(project.join(&path(".git")), Ok(path("/src/app/.git")));
        for text in ["/etc", "~/x", "../x", "a/../../x"] {
            assert_eq!(project.join(&path(text)), Err(PathError::Leaves), "{text}");
        }
    }

    proptest! {
        #[test]
        fn display_round_trips(text in "[~./a-c]{1,16}|(?s)[^\0]{1,16}") {
            let Ok(value) = PathValue::parse(&text) else { return Ok(()) };
            prop_assert_eq!(path(&value.to_string()), value);
        }

        #[test]
        fn joins_lie_within(folder in "[~./a-c]{1,12}", inner in "[./a-c]{1,12}") {
            let Ok(folder) = PathValue::parse(&folder) else { return Ok(()) };
            if let Ok(joined) = folder.join(&path(&inner)) && folder.climbs() == 0
                && reading::other(&joined).is_none()
            {
                prop_assert!(joined.is_within(&folder));
            }
        }

        #[test]
        fn resolving_follows_a_walk(cwd in "/[a-c/]{0,8}", text in "[./a-c]{1,12}") {
            let resolved = path(&text).resolve(&path(&cwd));
            if !text.starts_with('/') {
                prop_assert_eq!(&resolved, &path(&format!("{cwd}/{text}")));
            }
            prop_assert!(resolved.is_absolute());
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in "(?s).{0,40}") {
            let _ = PathValue::parse(&text);
        }
    }
}
