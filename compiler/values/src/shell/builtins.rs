//! The commands that change the shell itself, and with it the meaning of what follows.

use super::folders::{After, Cwd, moved};
use super::settings::is_evaluated;
use super::token::Dialect;
use super::walk::{Arg, Around, Run, Walk};
use super::word::is_name;
use super::{Assignment, Word};
use crate::path::PathValue;

impl Walk {
    /// The commands that change the shell itself.
    pub(super) fn builtin(
        &mut self,
        name: &str,
        args: &[Arg],
        run: &Run,
        around: &mut Around,
    ) -> Option<After> {
        let cwd = run.cwd.clone();
        if self.dialect == Dialect::Posix && OUTLASTED.contains(&name) {
            run.assignments.iter().for_each(|assignment| around.assign(assignment.clone()));
        }
        match name {
            "cd" | "pushd" => {
                let target = self.target(args, run, around);
                if target == Cwd::Unknown {
                    self.understood = false;
                }
                Some(After { success: target, failure: cwd })
            }
            "popd" => {
                self.understood = false;
                Some(After::same(Cwd::Unknown))
            }
            "exit" if run.redirects.is_empty() && args.len() <= 1 && args.iter().all(is_descriptor) => {
                Some(After::same(Cwd::never()))
            }
            "true" | ":" if run.redirects.is_empty() => Some(After { success: cwd, failure: Cwd::never() }),
            "false" if run.redirects.is_empty() => Some(After { success: Cwd::never(), failure: cwd }),
            "set" => {
                if !args.iter().all(is_strict_option) {
                    self.give_up();
                }
                Some(After::same(cwd))
            }
            "export" | "readonly" | "declare" | "typeset" | "local" => {
                self.declare(args, around);
                Some(After::same(cwd))
            }
            "read" | "mapfile" | "readarray" | "getopts" | "unset" | "let" | "printf" => {
                let assigns = name != "printf" || args.first().is_some_and(|arg| !is_plain_word(arg));
                if assigns {
                    self.give_up();
                    for name in args.iter().filter_map(|arg| arg.text.clone()) {
                        around.assign(Assignment { name, value: Word::Unknown });
                    }
                }
                Some(After::same(cwd))
            }
            "test" | "[" | "jobs" | "wait" => {
                // `test -v 'a[$(x)]'` runs x, and so do a few others of that kind.
                let runs = |arg: &Arg| matches!(arg.text.as_deref(), Some("-v" | "-R" | "-x" | "-p"));
                let subscript = |arg: &Arg| arg.text.as_deref().is_none_or(|text| text.contains('['));
                let (_, operands) = args.split_at_checked(1).unwrap_or_default();
                if args.iter().any(runs) && (name == "jobs" || operands.iter().any(subscript)) {
                    self.give_up();
                }
                None
            }
            "compgen" | "alias" | "unalias" | "hash" | "enable" | "shopt" | "trap" | "source" | "."
            | "bind" | "complete" | "compopt" | "fc" | "history" | "coproc" | "function" | "select"
            | "[[" | "logout" | "suspend" => {
                self.give_up();
                Some(After::same(Cwd::Unknown))
            }
            _ => None,
        }
    }

    /// Where `cd` leads.
    fn target(&self, args: &[Arg], run: &Run, around: &Around) -> Cwd {
        let sets =
            |name| around.sets(name) || run.assignments.iter().any(|assignment| assignment.name == name);
        if sets("CDPATH") {
            return Cwd::Unknown;
        }
        let mut operands = args.iter().skip_while(|arg| arg.text.as_deref() == Some("-L")).peekable();
        operands.next_if(|arg| arg.text.as_deref() == Some("--"));
        match (operands.next(), operands.next()) {
            (None, _) if !sets("HOME") && !around.home_moved => {
                PathValue::parse("~").map_or(Cwd::Unknown, |home| Cwd::Among(vec![home]))
            }
            (Some(folder), None) => moved(folder, &run.cwd),
            _ => Cwd::Unknown,
        }
    }

    /// `export A=b`: the variables hold from here on.
    fn declare(&mut self, args: &[Arg], around: &mut Around) {
        for arg in args {
            match arg.text.as_deref() {
                Some("-x" | "-r" | "-gx" | "--") => {}
                Some(text) => match text.split_once('=') {
                    Some((name, value)) if is_name(name) && !is_evaluated(name) => {
                        let value = Word::Resolved(value.to_owned());
                        let assignment = Assignment { name: name.to_owned(), value };
                        self.settings(&assignment, around);
                        around.assign(assignment);
                    }
                    None if is_name(text) && !is_evaluated(text) => {
                        around.assign(Assignment { name: text.to_owned(), value: Word::Unknown });
                    }
                    _ => self.give_up(),
                },
                None => self.give_up(),
            }
        }
    }
}

/// Digits, or a `-` behind them, as `2>&1` and `3>&-` have it.
pub(super) fn is_descriptor(arg: &Arg) -> bool {
    arg.text.as_deref().is_some_and(|text| {
        let digits = text.strip_suffix('-').unwrap_or(text);
        !text.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Options of `set` that only make a script stop earlier or print more.
fn is_strict_option(arg: &Arg) -> bool {
    let Some(text) = arg.text.as_deref() else { return false };
    match text.strip_prefix(['-', '+']) {
        Some(letters) => !letters.is_empty() && letters.chars().all(|c| "euxvo".contains(c)),
        None => ["pipefail", "errexit", "nounset", "xtrace", "verbose"].contains(&text),
    }
}

fn is_plain_word(arg: &Arg) -> bool {
    arg.text.as_deref().is_some_and(|text| !text.starts_with('-'))
}

/// Builtins after which the assignments in front of them last, in a plain `sh`.
const OUTLASTED: &[&str] = &[
    ":", ".", "eval", "exec", "export", "readonly", "set", "shift", "times", "trap", "unset", "break",
    "continue", "return", "exit",
];
