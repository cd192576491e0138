//! Command patterns: what a contract writes between backticks.
//!
//! `` `git status` `` matches `git status`, `git status -s src` and `git --no-pager status`: its words are a prefix of the
//! command's words, and flags may stand anywhere. It never matches a command with a redirection or an assignment: `git
//! status > /etc/passwd` and `PAGER=evil git status` do more than the pattern says.
//!
//! A flag in a pattern must be there, wherever it stands: `` `rm -r` `` matches `rm -fr x` and `rm x -r`. The value of a
//! flag that is written as a word of its own may be a word like any other, so nobody can tell whether `git -C /etc status` matches
//! `` `git status` ``: a list of what may run does not let it pass, and a list of what may not stops it.

use std::fmt;

use crate::shell::{Flags, ShellCommand, Within, Word, pattern_words};

/// A pattern over commands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CommandPattern(Box<Parts>);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Parts {
    source: Box<str>,
    program: String,
    /// The words behind the program that are no flags, in order.
    words: Vec<String>,
    /// The flags, as written.
    flags: Vec<String>,
}

/// Why text is not a command pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CommandPatternError {
    /// Nothing there.
    Empty,
    /// A quote or bracket that is not closed.
    Syntax,
    /// Several commands, a pipe or a group.
    NotOneCommand,
    /// A redirection, which no match has.
    Redirection,
    /// An assignment, which no match has.
    Assignment,
    /// A variable, wildcard, brace or tilde that the shell would expand.
    Expanded,
}

impl CommandPattern {
    /// Reads the text between the backticks; quotes work as in a shell.
    pub fn parse(text: &str) -> Result<CommandPattern, CommandPatternError> {
        let mut all = pattern_words(text)?.into_iter();
        let program = all.next().filter(|program| !program.is_empty()).ok_or(CommandPatternError::Empty)?;
        let (mut words, mut flags) = (Vec::new(), Vec::new());
        let mut only_words = false;
        for word in all {
            if !only_words && word == "--" {
                only_words = true;
            } else if !only_words && is_flag(&word) {
                flags.push(word);
            } else {
                words.push(word);
            }
        }
        Ok(CommandPattern(Box::new(Parts { source: text.into(), program, words, flags })))
    }

    /// The text between the backticks.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The program that a match runs.
    pub fn program(&self) -> &str {
        &self.0.program
    }

    /// Whether a command has this form; nothing where an unknown word decides. A pattern that names what a wrapper runs speaks for
    /// both: `` `uv run pytest` `` matches the `uv` and the `pytest` of that line, `` `uv run` `` the `uv` alone.
    pub fn matches(&self, command: &ShellCommand) -> Option<bool> {
        let plain = command.redirects.is_empty() && command.assignments.is_empty();
        match &command.within {
            Some(outer) if plain && self.speaks_for(outer) => Some(true),
            _ => self.matches_itself(command),
        }
    }

    /// Whether the words of this pattern reach into the command at the end of another one.
    fn speaks_for(&self, outer: &Within) -> bool {
        let before = outer.args.get(..outer.at).unwrap_or_default();
        outer.program.text() == Some(self.program())
            && self.words_match(&outer.args) == Some(true)
            && self.words_match(before) != Some(true)
            && self.flags_match(&outer.args, &outer.flags) == Some(true)
    }

    fn matches_itself(&self, command: &ShellCommand) -> Option<bool> {
        if !command.redirects.is_empty() || !command.assignments.is_empty() {
            return Some(false);
        }
        match command.program.text() {
            Some(program) if program == self.0.program => {}
            // One of that name that lies elsewhere: it may be that program, or anything.
            Some(program) if program.rsplit('/').next() == Some(&*self.0.program) => {
                return self.words_match(&command.args).filter(|matches| !matches);
            }
            Some(_) => return Some(false),
            None => {}
        }
        let words = self.words_match(&command.args);
        let flags = self.flags_match(&command.args, &command.flags);
        match (command.program.text().map(|_| true), words, flags) {
            (_, Some(false), _) | (_, _, Some(false)) => Some(false),
            (Some(true), Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// A word behind a flag may be a word of its own or the flag's value, and only the program knows. Where it is the word that is
    /// looked for, it is taken for that word, unless the flag is known to have a value; where it is not, nobody can tell.
    fn words_match(&self, args: &[Word]) -> Option<bool> {
        let words = &self.0.words;
        // How many words were found: as the words stand, and in every other reading.
        let (mut plainly, mut found) = (Some(0), vec![0]);
        let (mut only_words, mut may_be_value) = (false, false);
        for argument in args {
            if plainly == Some(words.len()) {
                return Some(true);
            }
            let text = match argument {
                // It may stand for any words, or none.
                Word::Unknown => return if found.is_empty() { Some(false) } else { None },
                Word::Resolved(text) => text.as_str(),
            };
            if !only_words && text == "--" {
                (only_words, may_be_value) = (true, false);
                continue;
            }
            if !only_words && is_flag(text) {
                if takes_value(&self.0.program, text) {
                    plainly = None;
                }
                may_be_value = !text.contains('=');
                continue;
            }
            let step = |at: usize| match words.get(at) {
                None => Some(at),
                Some(word) => (word == text).then_some(at + 1),
            };
            plainly = plainly.and_then(step);
            let mut next: Vec<usize> = found.iter().copied().filter_map(step).collect();
            if may_be_value {
                next.append(&mut found);
            }
            next.sort_unstable();
            next.dedup();
            (found, may_be_value) = (next, false);
            if found.is_empty() {
                return Some(false);
            }
        }
        if plainly == Some(words.len()) {
            Some(true)
        } else if found.contains(&words.len()) {
            None
        } else {
            Some(false)
        }
    }

    fn flags_match(&self, args: &[Word], flags: &Flags) -> Option<bool> {
        let mut result = Some(true);
        for flag in &self.0.flags {
            let given = match flag.strip_prefix("--") {
                Some(long) if !long.contains('=') => flags.contains(long),
                Some(_) => exactly(flag, args, flags),
                None => flag
                    .chars()
                    .skip(1)
                    .map(|letter| flags.contains(letter.encode_utf8(&mut [0; 4])))
                    .fold(Some(true), and),
            };
            result = and(result, given);
        }
        result
    }
}

/// Whether one of the arguments is this text.
fn exactly(text: &str, args: &[Word], flags: &Flags) -> Option<bool> {
    if args.iter().any(|argument| argument.text() == Some(text)) {
        Some(true)
    } else if flags.is_complete() {
        Some(false)
    } else {
        None
    }
}

/// Kleene's conjunction.
fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether a flag in front of the words has a value, and with it changes what all of the command is about: another repository,
/// another machine, other settings.
fn takes_value(program: &str, flag: &str) -> bool {
    let name = flag.split('=').next().unwrap_or(flag);
    let flags: &[&str] = match program {
        "git" => &[
            "-C",
            "-c",
            "--git-dir",
            "--work-tree",
            "--namespace",
            "--config-env",
            "--exec-path",
            "--attr-source",
        ],
        "docker" => &["-H", "--host", "-c", "--context", "--config"],
        "kubectl" => &[
            "-n",
            "--namespace",
            "--context",
            "--kubeconfig",
            "-s",
            "--server",
            "--cluster",
            "--user",
            "--as",
        ],
        "cargo" => &["-C", "-Z", "--config", "--manifest-path"],
        "npm" => &["--prefix", "-w", "--workspace"],
        "gh" => &["-R", "--repo"],
        "aws" => &["--profile", "--region", "--endpoint-url"],
        _ => &[],
    };
    flags.contains(&name)
}

/// A lone `-` is a word: it names standard input.
fn is_flag(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-')
}

impl fmt::Display for CommandPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0.source)
    }
}

impl fmt::Display for CommandPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CommandPatternError::Empty => "empty",
            CommandPatternError::Syntax => "a quote or bracket that is not closed",
            CommandPatternError::NotOneCommand => "more than one command",
            CommandPatternError::Redirection => "a redirection, which a match never has",
            CommandPatternError::Assignment => "an assignment, which a match never has",
            CommandPatternError::Expanded => "a word that the shell would expand",
        })
    }
}

impl std::error::Error for CommandPatternError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shell::Shell;

    fn matches(pattern: &str, line: &str) -> Option<bool> {
        let shell = Shell::parse(line);
        // What it may run in turn comes behind it.
        let command = shell.commands.first().unwrap();
        CommandPattern::parse(pattern).unwrap().matches(command)
    }

    #[test]
    fn words_are_a_prefix_and_flags_are_free() {
        for (pattern, line, expected) in [
            ("git status", "git status", Some(true)),
            ("git status", "git status -s src", Some(true)),
            ("git status", "git --no-pager status", Some(true)),
            ("git status", "'git' st\"at\"us", Some(true)),
            ("git status", "/usr/bin/git status", Some(true)),
            ("git status", "./git status", None),
            ("git status", "/opt/x/git push", Some(false)),
            ("./x status", "./x status", Some(true)),
            ("./x status", "x status", Some(false)),
            ("git status", "git", Some(false)),
            ("git status", "git push", Some(false)),
            ("git status", "git push status", Some(false)),
            ("git status", "git -C /etc status", None),
            ("git status", "git -C status push", None),
            ("git status", "git --git-dir=/x status", None),
            ("git status", "git -c a.b=c status", None),
            ("git status", "git -C /etc push", Some(false)),
            ("git status", "git push -C status", Some(false)),
            ("git status", "git status -C push", Some(true)),
            ("git remote add", "git -x remote remote add", None),
            ("git remote add", "git remote -v add", Some(true)),
            ("git remote add", "git remote -t x add", None),
            ("git remote add", "git remote x add", Some(false)),
            ("git status", "git -- -C status", Some(false)),
            ("git status", "git statuses", Some(false)),
            ("git status", "git status > x", Some(false)),
            ("git status", "PAGER=x git status", Some(false)),
            ("git status", "git status $x", Some(true)),
            ("git status", "git $x status", None),
            ("git status", "$x status", None),
            ("git status", "$x push", Some(false)),
            ("git status", "git push $x", Some(false)),
            ("rm -r", "rm -fr x", Some(true)),
            ("rm -rf", "rm -f x -r", Some(true)),
            ("rm -r", "rm x", Some(false)),
            ("rm -r", "rm $x", None),
            ("rm -r", "rm -- -r", Some(false)),
            ("cargo test --lib", "cargo test --lib=x", Some(true)),
            ("cargo test --lib", "cargo test", Some(false)),
            ("make --jobs=2", "make --jobs=2", Some(true)),
            ("make --jobs=2", "make --jobs=3", Some(false)),
            ("echo 'a b'", "echo a\\ b c", Some(true)),
            ("cat -", "cat -", Some(true)),
        ] {
            assert_eq!(matches(pattern, line), expected, "`{pattern}` on `{line}`");
        }
    }

    #[test]
    fn a_pattern_speaks_for_what_it_names() {
        for (pattern, line, expected) in [
            ("uv run pytest", "uv run pytest -x", [Some(true), Some(true)]),
            ("uv run", "uv run pytest", [Some(true), Some(false)]),
            ("pytest", "uv run pytest", [Some(false), Some(true)]),
            ("uv run pytest", "uv run --with pytest rm x", [Some(true), Some(false)]),
            ("uv run pytest", "A=b uv run pytest", [Some(false), Some(false)]),
            ("uv run pytest", "uv run pytest > x", [Some(false), Some(false)]),
            ("uv run pytest", "pipenv run pytest", [Some(false), Some(false)]),
            ("timeout 5 ls", "timeout -s 5 ls rm x", [Some(true), Some(false)]),
            ("docker exec web ls -l", "docker exec web ls -l x", [Some(true), Some(true)]),
            ("docker exec web ls -l", "docker exec web ls", [Some(false), Some(false)]),
            ("xargs rm", "xargs rm", [Some(true), Some(false)]),
            ("npx eslint", "npx eslint@8 .", [Some(false), Some(false)]),
        ] {
            let shell = Shell::parse(line);
            let pattern = CommandPattern::parse(pattern).unwrap();
            let found: Vec<_> = shell.commands.iter().map(|command| pattern.matches(command)).collect();
            assert_eq!(found, expected, "`{pattern}` on `{line}`");
        }
    }

    #[test]
    fn patterns_are_one_static_command() {
        for (text, error) in [
            ("", CommandPatternError::Empty),
            ("  ", CommandPatternError::Empty),
            ("''", CommandPatternError::Empty),
            ("git 'status", CommandPatternError::Syntax),
            ("git status; ls", CommandPatternError::NotOneCommand),
            ("git status | cat", CommandPatternError::NotOneCommand),
            ("(git)", CommandPatternError::NotOneCommand),
            ("git status &", CommandPatternError::NotOneCommand),
            ("git\nstatus", CommandPatternError::NotOneCommand),
            ("git > x", CommandPatternError::Redirection),
            ("git 2>&1", CommandPatternError::Redirection),
            ("A=b git", CommandPatternError::Assignment),
            ("git $x", CommandPatternError::Expanded),
            ("git *.rs", CommandPatternError::Expanded),
            ("git {a,b}", CommandPatternError::Expanded),
            ("cat ~/x", CommandPatternError::Expanded),
        ] {
            assert_eq!(CommandPattern::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(CommandPattern::parse("git status").unwrap().to_string(), "`git status`");
    }

    proptest! {
        #[test]
        fn a_pattern_matches_its_own_text(text in "[a-z]{1,5}( -{0,2}[a-z]{1,4}){0,4}") {
            let pattern = CommandPattern::parse(&text).unwrap();
            let shell = Shell::parse(&format!("command {text}"));
            prop_assume!(shell.understood && shell.commands.len() == 2);
            prop_assert_eq!(pattern.matches(&shell.commands[1]), Some(true));
        }

        #[test]
        fn arbitrary_text_is_an_answer(text in ".{0,40}") {
            let _ = CommandPattern::parse(&text);
        }
    }
}
