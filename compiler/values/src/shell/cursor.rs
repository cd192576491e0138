//! A position in the text of a script.

/// Walks over characters. A backslash before a line end joins two lines wherever the shell looks at characters outside
/// of single quotes; [`Cursor::peek`] removes such joints, [`Cursor::raw`] does not.
pub(super) struct Cursor {
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Cursor {
        Cursor { chars: text.chars().collect(), at: 0 }
    }

    /// The next character, joints and all.
    pub(super) fn raw(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The next character after any joints, which are skipped for good.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.at = self.over_joints(self.at);
        self.raw()
    }

    /// The character after the next one.
    pub(super) fn second(&self) -> Option<char> {
        let next = self.over_joints(self.at) + 1;
        self.chars.get(self.over_joints(next)).copied()
    }

    /// Takes the next character as it is.
    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.raw()?;
        self.at += 1;
        Some(next)
    }

    /// Takes the next character if it is this one.
    pub(super) fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes the rest of the line, without its end, as it is.
    pub(super) fn line(&mut self) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let line: String = rest.iter().take_while(|c| **c != '\n').collect();
        self.at += line.chars().count();
        line
    }

    /// With the cursor behind an opening `((`, takes the text up to the `))` that closes it; nothing, and no step, if
    /// what follows is not arithmetic but a command in two pairs of parentheses.
    pub(super) fn arithmetic(&mut self) -> Option<String> {
        let mut depth = 0_usize;
        let mut end = self.at;
        loop {
            match self.chars.get(end)? {
                '\\' => end += 1,
                '(' => depth += 1,
                ')' if depth == 0 => {
                    if self.chars.get(end + 1) != Some(&')') {
                        return None;
                    }
                    let inside = self.chars.get(self.at..end)?.iter().collect();
                    self.at = end + 2;
                    return Some(inside);
                }
                ')' => depth -= 1,
                _ => {}
            }
            end += 1;
        }
    }

    fn over_joints(&self, mut at: usize) -> usize {
        while self.chars.get(at) == Some(&'\\') && self.chars.get(at + 1) == Some(&'\n') {
            at += 2;
        }
        at
    }
}
