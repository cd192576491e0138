//! The walk through a script in the order of execution: which commands run, where, and with what around them.
//!
//! The folder is followed as a set of possibilities, apart for success and failure. After `cd x && …` the folder is `x`
//! alone; after `cd x; …` it may be the old one too, because `cd` may have failed. Paths are listed from every folder of
//! the set, so a rule over paths sees the worst of them.

use std::collections::HashSet;

use super::builtins::is_descriptor;
use super::code::runs_files;
use super::features::{flags, paths, push_new, redirect_paths, unique};
use super::folders::{After, Cwd, may_move, moved};
use super::places::{puts, seen};
use super::programs::{only_reads, program_name};
use super::settings::{Setting, is_evaluated, is_leading, setting};
use super::syntax::{HereDocument, Node, RawRedirect, RawWord, Simple};
use super::token::{DEPTH_LIMIT, Dialect, Lexer, RedirectOp};
use super::wrappers::{Wrapped, is_runner, unwrap};
use super::{Assignment, PathWord, Redirect, RedirectKind, Shell, ShellCommand, Within, Word};

/// The most commands that are listed.
const COMMANDS_LIMIT: usize = 1000;
/// Reads a line of one shell or the other.
pub(super) fn shell(text: &str, dialect: Dialect) -> Shell {
    let mut walk = Walk {
        commands: Vec::new(),
        understood: true,
        depth: 0,
        dialect,
        written: HashSet::new(),
        elsewhere: 0,
    };
    // At the start of a line, a terminal reads `^a^b` as an edit of the line before.
    if text.trim_start().starts_with('^') {
        walk.give_up();
    }
    walk.script(text, dialect, &mut Around::default(), Cwd::start());
    Shell { understood: walk.understood, commands: walk.commands }
}

/// An argument: its text if it is known, and whether it begins with a `~` that the shell expands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Arg {
    pub(super) text: Option<String>,
    pub(super) tilde: bool,
    /// It is unknown and may be several words.
    pub(super) many: bool,
    /// It is unknown and may be a flag that has the name of a file.
    pub(super) flag: bool,
}

impl Arg {
    /// A word that is known.
    pub(super) fn known(text: &str) -> Arg {
        Arg { text: Some(text.to_owned()), ..Arg::default() }
    }

    fn word(&self) -> Word {
        Word::from_option(self.text.clone())
    }
}

/// What holds for every command at some place of the script.
#[derive(Clone, Default)]
pub(super) struct Around {
    /// Variables that earlier commands set.
    assignments: Vec<Assignment>,
    /// Redirections of the groups around.
    redirects: Vec<Redirect>,
    redirect_paths: Vec<PathWord>,
    /// `~` is not the home folder of whoever runs this any more.
    pub(super) home_moved: bool,
}

impl Around {
    pub(super) fn assign(&mut self, assignment: Assignment) {
        self.home_moved |= assignment.name == "HOME";
        push_new(&mut self.assignments, assignment);
    }

    pub(super) fn sets(&self, name: &str) -> bool {
        self.assignments.iter().any(|assignment| assignment.name == name)
    }
}

/// One command about to run.
#[derive(Clone)]
pub(super) struct Run {
    args: Vec<Arg>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) redirects: Vec<Redirect>,
    redirect_paths: Vec<PathWord>,
    pub(super) cwd: Cwd,
    /// It runs in the shell itself, so that `cd` and `exit` count.
    in_shell: bool,
    /// The words of the command that runs it, if they end in its own.
    within: Vec<Arg>,
}

/// The list so far, and whether everything was understood.
pub(super) struct Walk {
    commands: Vec<ShellCommand>,
    pub(super) understood: bool,
    depth: usize,
    /// How many boxes and machines are around what is being walked. Which files are meant there is unknown, and no riddle.
    elsewhere: usize,
    /// Files that earlier commands may have written.
    written: HashSet<PathWord>,
    /// The shell that reads what is being walked.
    pub(super) dialect: Dialect,
}

impl Walk {
    /// Something is there that is not understood.
    pub(super) fn give_up(&mut self) {
        self.understood = false;
        self.push(ShellCommand::unknown());
    }

    fn push(&mut self, command: ShellCommand) {
        if self.commands.len() < COMMANDS_LIMIT {
            self.commands.push(command);
        } else {
            self.understood = false;
            // The last place is kept for what is not listed.
            if let Some(last) = self.commands.last_mut() {
                *last = ShellCommand::unknown();
            }
        }
    }

    fn script(&mut self, text: &str, dialect: Dialect, around: &mut Around, cwd: Cwd) -> After {
        if self.depth >= DEPTH_LIMIT {
            self.give_up();
            return After::same(Cwd::Unknown);
        }
        self.depth += 1;
        let outer = std::mem::replace(&mut self.dialect, dialect);
        let (script, whole) = Lexer::new(text, dialect, self.depth).script();
        let after = self.list(&script.nodes, around, cwd, &script.documents);
        if !whole {
            self.give_up();
        }
        self.dialect = outer;
        self.depth -= 1;
        after
    }

    fn list(&mut self, nodes: &[Node], around: &mut Around, cwd: Cwd, documents: &[HereDocument]) -> After {
        let mut after = After::same(cwd);
        for node in nodes {
            after = self.node(node, around, after.any(), documents);
        }
        after
    }

    fn node(&mut self, node: &Node, around: &mut Around, cwd: Cwd, documents: &[HereDocument]) -> After {
        match node {
            Node::Simple(simple) => self.simple(simple, around, cwd, documents),
            Node::And(first, second) => {
                let first = self.node(first, around, cwd, documents);
                let second = self.node(second, around, first.success, documents);
                After { success: second.success, failure: first.failure.either(second.failure) }
            }
            Node::Or(first, second) => {
                let first = self.node(first, around, cwd, documents);
                let second = self.node(second, around, first.failure, documents);
                After { success: first.success.either(second.success), failure: second.failure }
            }
            Node::Not(node) => {
                let after = self.node(node, around, cwd, documents);
                After { success: after.failure, failure: after.success }
            }
            Node::Timed(node) => {
                let time = Run { args: vec![Arg::known("time")], ..Run::bare(cwd.clone()) };
                self.emit(&time, around);
                self.node(node, around, cwd, documents)
            }
            Node::Pipe(members) => {
                for member in members {
                    self.node(member, &mut around.clone(), cwd.clone(), documents);
                }
                After::same(cwd)
            }
            Node::Background(node) => {
                self.node(node, &mut around.clone(), cwd.clone(), documents);
                After::same(cwd)
            }
            Node::Subshell(nodes) => {
                self.list(nodes, &mut around.clone(), cwd.clone(), documents);
                After::same(cwd)
            }
            Node::Inner(script) => {
                self.list(&script.nodes, &mut around.clone(), cwd.clone(), &script.documents);
                After::same(cwd)
            }
            Node::Group(nodes) => self.list(nodes, around, cwd, documents),
            Node::If { branches, otherwise } => {
                let mut result = After::same(Cwd::never());
                let mut cwd = cwd;
                for (condition, body) in branches {
                    let condition = self.list(condition, around, cwd, documents);
                    result = result.either(self.list(body, around, condition.success, documents));
                    cwd = condition.failure;
                }
                result.either(self.list(otherwise, around, cwd, documents))
            }
            Node::Loop { variable, words, condition, body } => {
                words.iter().for_each(|word| self.word(word, around, &cwd, documents));
                if let Some(name) = variable {
                    if is_evaluated(name) || setting(name, &Word::Unknown) != Setting::Nothing {
                        self.give_up();
                    }
                    around.assign(Assignment { name: name.clone(), value: Word::Unknown });
                }
                // A loop that moves may be anywhere in its second round.
                let moves = condition.iter().chain(body).any(may_move);
                let cwd = if moves { Cwd::Unknown } else { cwd };
                self.list(condition, around, cwd.clone(), documents);
                self.list(body, around, cwd.clone(), documents);
                After::same(cwd)
            }
            Node::Case { words, arms } => {
                words.iter().for_each(|word| self.word(word, around, &cwd, documents));
                let mut result = After::same(cwd.clone());
                for arm in arms {
                    result = result.either(self.list(arm, around, cwd.clone(), documents));
                }
                result
            }
            Node::Redirected(node, redirects) => {
                let outer = (around.redirects.clone(), around.redirect_paths.clone());
                let (mut inner, mut paths) = self.redirects(redirects, around, &cwd, documents);
                around.redirects.append(&mut inner);
                around.redirect_paths.append(&mut paths);
                let after = self.node(node, around, cwd.clone(), documents);
                (around.redirects, around.redirect_paths) = outer;
                // Nothing runs if a file cannot be opened.
                After { success: after.success, failure: after.failure.either(cwd) }
            }
            Node::Opaque(nodes) => {
                self.give_up();
                self.list(nodes, &mut around.clone(), Cwd::Unknown, documents);
                After::same(Cwd::Unknown)
            }
        }
    }

    /// A word that is not an argument: what it holds runs, and if it is unknown so is what happens.
    fn word(&mut self, word: &RawWord, around: &Around, cwd: &Cwd, documents: &[HereDocument]) {
        self.understood &= word.text.is_some();
        self.list(&word.inner, &mut around.clone(), cwd.clone(), documents);
    }

    fn simple(
        &mut self,
        simple: &Simple,
        around: &mut Around,
        cwd: Cwd,
        documents: &[HereDocument],
    ) -> After {
        self.list(&simple.inner, &mut around.clone(), cwd.clone(), documents);
        for word in &simple.words {
            self.list(&word.inner, &mut around.clone(), cwd.clone(), documents);
        }
        let assignments: Vec<Assignment> = simple
            .assignments
            .iter()
            .map(|(name, value)| Assignment { name: name.clone(), value: Word::from_option(value.clone()) })
            .collect();
        let (redirects, redirect_paths) = self.redirects(&simple.redirects, around, &cwd, documents);
        let args = simple.words.iter().map(|word| expanded(word, around)).collect();
        let run =
            Run { args, assignments, redirects, redirect_paths, cwd, in_shell: true, within: Vec::new() };
        run.assignments.iter().for_each(|assignment| self.settings(assignment, around));
        if run.args.is_empty() {
            // A redirection alone still opens its file, and an assignment alone lasts.
            self.emit(&run, around);
            run.assignments.into_iter().for_each(|assignment| around.assign(assignment));
            return After::same(run.cwd);
        }
        self.run(run, around)
    }

    fn redirects(
        &mut self,
        redirects: &[RawRedirect],
        around: &Around,
        cwd: &Cwd,
        documents: &[HereDocument],
    ) -> (Vec<Redirect>, Vec<PathWord>) {
        let (mut all, mut files) = (Vec::new(), Vec::new());
        for redirect in redirects {
            self.list(&redirect.target.inner, &mut around.clone(), cwd.clone(), documents);
            let mut target = expanded(&redirect.target, around);
            let kind = match redirect.op {
                RedirectOp::HereDocument { .. } => {
                    let document = redirect.document.and_then(|place| documents.get(place));
                    target =
                        Arg { text: document.and_then(|document| document.text.clone()), ..Arg::default() };
                    for node in document.map(|document| document.inner.as_slice()).unwrap_or_default() {
                        self.node(node, &mut around.clone(), cwd.clone(), documents);
                    }
                    RedirectKind::Text
                }
                RedirectOp::HereString => RedirectKind::Text,
                RedirectOp::DuplicateIn | RedirectOp::DuplicateOut if is_descriptor(&target) => {
                    RedirectKind::Duplicate
                }
                RedirectOp::DuplicateIn => {
                    self.understood = false;
                    RedirectKind::Read
                }
                RedirectOp::Read => RedirectKind::Read,
                RedirectOp::Append | RedirectOp::BothAppend => RedirectKind::Append,
                RedirectOp::ReadWrite => RedirectKind::ReadWrite,
                RedirectOp::Write | RedirectOp::Clobber | RedirectOp::DuplicateOut | RedirectOp::Both => {
                    RedirectKind::Write
                }
            };
            if !matches!(kind, RedirectKind::Text | RedirectKind::Duplicate) {
                files.extend(redirect_paths(&target, cwd));
                // These are no files: bash opens a connection.
                let text = target.text.as_deref().unwrap_or_default();
                self.understood &= !text.starts_with("/dev/tcp") && !text.starts_with("/dev/udp");
            }
            self.understood &= target.text.is_some();
            all.push(Redirect { descriptor: redirect.descriptor, kind, target: target.word() });
        }
        (all, files)
    }

    /// What a variable makes other programs run.
    pub(super) fn settings(&mut self, assignment: &Assignment, around: &Around) {
        match setting(&assignment.name, &assignment.value) {
            Setting::Nothing => {}
            Setting::Unclear => self.give_up(),
            Setting::Script(text) => {
                self.elsewhere += 1;
                self.script(&text, Dialect::Posix, &mut around.clone(), Cwd::Unknown);
                self.elsewhere -= 1;
            }
        }
    }

    /// Lists a command.
    fn emit(&mut self, run: &Run, around: &Around) {
        if self.commands.len() >= COMMANDS_LIMIT {
            return self.push(ShellCommand::unknown());
        }
        let (program, args) = match run.args.split_first() {
            Some((program, args)) => (program.clone(), args),
            None => (Arg::known(""), [].as_slice()),
        };
        let assignments = || around.assignments.iter().chain(&run.assignments);
        let known = run.args.iter().all(|arg| arg.text.is_some());
        self.understood &=
            known && run.assignments.iter().all(|assignment| assignment.value != Word::Unknown);
        let known_as = program.text.as_deref().and_then(|text| program_name(text, &run.cwd));
        let mut files = named_files(known_as.as_deref(), args, &run.cwd);
        files.extend(around.redirect_paths.iter().chain(&run.redirect_paths).cloned());
        let files = unique(files);
        self.understood &= self.elsewhere > 0 || !files.contains(&PathWord::Unknown);
        if run.assignments.iter().any(|assignment| is_evaluated(&assignment.name)) {
            self.give_up();
        }
        // Which program a bare name means, and what is loaded into it, is for the environment to say.
        let led = |assignment: &Assignment| is_leading(&assignment.name, program.text.as_deref());
        let program = known_as.as_deref().filter(|_| !assignments().any(led));
        self.understood &= run.args.is_empty() || program.is_some();
        let runs_written = self.runs_written(program.unwrap_or_default(), args, run);
        let command = ShellCommand {
            program: Word::from_option(program.map(str::to_owned)),
            args: args.iter().map(Arg::word).collect(),
            flags: flags(program, args),
            paths: files,
            redirects: around.redirects.iter().chain(&run.redirects).cloned().collect(),
            assignments: assignments().cloned().collect(),
            cwd: run.cwd.only(),
            within: run.within.split_first().map(|(outer, words)| {
                let outer = outer.text.as_deref().and_then(|text| program_name(text, &run.cwd));
                Box::new(Within {
                    flags: flags(outer.as_deref(), words),
                    program: Word::from_option(outer),
                    args: words.iter().map(Arg::word).collect(),
                    at: words.len().saturating_sub(run.args.len()),
                })
            }),
        };
        self.push(command);
        if runs_written {
            self.give_up();
        }
    }

    /// Whether a program is a file, or runs one, that an earlier command of the line may have written: what it does is not in
    /// the line, or in a part of it that is no command. Remembers what this one may write.
    fn runs_written(&mut self, program: &str, args: &[Arg], run: &Run) -> bool {
        let base = program.rsplit('/').next().unwrap_or(program);
        let mut own = Vec::new();
        if program.contains('/') {
            own = paths(&[Arg::known(program)], &run.cwd);
        }
        if runs_files(base) {
            own.extend(named_files(Some(program), args, &run.cwd));
        }
        let runs = own.iter().any(|path| self.written.contains(path));
        if !only_reads(base) && !is_runner(base) {
            let script = usize::from(runs_files(base));
            self.written.extend(named_files(Some(program), args.get(script..).unwrap_or_default(), &run.cwd));
        }
        self.written.extend(run.redirect_paths.iter().cloned());
        self.written.remove(&PathWord::Unknown);
        runs
    }

    /// Lists a command and what it runs in turn.
    fn run(&mut self, mut run: Run, around: &mut Around) -> After {
        if self.depth >= DEPTH_LIMIT {
            self.give_up();
            return After::same(Cwd::Unknown);
        }
        self.emit(&run, around);
        let Some((Some(program), args)) = run.args.split_first().map(|(program, args)| (&program.text, args))
        else {
            // Whatever it is, it may be a builtin that moves.
            return After::same(Cwd::Unknown);
        };
        let Some(name) = program_name(program, &run.cwd) else { return After::same(run.cwd) };
        // `/usr/bin/cd` is a program, and moves nobody but itself.
        run.in_shell &= *program == name;
        let args = args.to_vec();
        if run.in_shell
            && let Some(after) = self.builtin(&name, &args, &run, around)
        {
            return after;
        }
        let mut after = After::same(run.cwd.clone());
        // Wherever it lies, `bash -c` is what its name says, or worse.
        let base = name.rsplit('/').next().unwrap_or(&name);
        for wrapped in unwrap(base, &args) {
            self.depth += 1;
            after = self.wrapped(wrapped, &run, around);
            self.depth -= 1;
        }
        after
    }

    fn wrapped(&mut self, wrapped: Wrapped, run: &Run, around: &mut Around) -> After {
        match wrapped {
            Wrapped::Unclear => {
                self.give_up();
                After::same(if run.in_shell { Cwd::Unknown } else { run.cwd.clone() })
            }
            Wrapped::Command { args, assignments, folder, in_shell, elsewhere } => {
                let mut inner = run.clone();
                inner.within = if run.args.ends_with(&args) { run.args.clone() } else { Vec::new() };
                inner.args = args;
                inner.in_shell = run.in_shell && in_shell;
                for (name, value) in assignments {
                    let assignment = Assignment { name, value: Word::from_option(value) };
                    self.settings(&assignment, around);
                    inner.assignments.push(assignment);
                }
                if let Some(folder) = folder {
                    inner.cwd = moved(&folder, &run.cwd);
                }
                if inner.in_shell {
                    return self.run(inner, around);
                }
                let mut around = around.clone();
                // Another user's home, for all we know.
                let program =
                    run.args.first().and_then(|program| program_name(program.text.as_deref()?, &run.cwd));
                around.home_moved |= matches!(program.as_deref(), Some("sudo" | "doas"));
                if elsewhere {
                    inner.cwd = Cwd::Unknown;
                    around.home_moved = true;
                }
                self.elsewhere += usize::from(elsewhere);
                self.run(inner, &mut around);
                self.elsewhere -= usize::from(elsewhere);
                After::same(run.cwd.clone())
            }
            Wrapped::Script { text, dialect, in_shell, elsewhere } => {
                let mut inner = around.clone();
                inner.home_moved |= elsewhere;
                run.assignments.iter().for_each(|assignment| inner.assign(assignment.clone()));
                inner.redirects.extend(run.redirects.iter().cloned());
                inner.redirect_paths.extend(run.redirect_paths.iter().cloned());
                let cwd = if elsewhere { Cwd::Unknown } else { run.cwd.clone() };
                self.elsewhere += usize::from(elsewhere);
                let after = self.script(&text, dialect.unwrap_or(self.dialect), &mut inner, cwd);
                self.elsewhere -= usize::from(elsewhere);
                if in_shell && run.in_shell {
                    around.assignments = inner.assignments;
                    around.home_moved = inner.home_moved;
                    let unopened = if run.redirects.is_empty() { Cwd::never() } else { run.cwd.clone() };
                    return After { success: after.success, failure: after.failure.either(unopened) };
                }
                After::same(run.cwd.clone())
            }
        }
    }
}

impl Run {
    fn bare(cwd: Cwd) -> Run {
        Run {
            args: Vec::new(),
            assignments: Vec::new(),
            redirects: Vec::new(),
            redirect_paths: Vec::new(),
            cwd,
            in_shell: true,
            within: Vec::new(),
        }
    }
}

fn expanded(word: &RawWord, around: &Around) -> Arg {
    let text = word.text.clone().filter(|_| !(word.tilde && around.home_moved));
    Arg { text, tilde: word.tilde, many: word.many, flag: word.flag }
}

/// The files that a program is given, seen from where it sees them.
fn named_files(program: Option<&str>, args: &[Arg], cwd: &Cwd) -> Vec<PathWord> {
    let (rest, seen_from, folders) = seen(program, args, cwd);
    let mut files = paths(&folders, cwd);
    files.extend(paths(&rest, &seen_from));
    files.extend(paths(&puts(program, args), cwd));
    // To git, `:/x` and `:(top)x` lie below the top of its tree, wherever that is.
    let is_magic =
        |arg: &Arg| arg.text.as_deref().is_some_and(|text| text.starts_with(":/") || text.starts_with(":("));
    if program == Some("git") && args.iter().any(is_magic) {
        files.push(PathWord::Unknown);
    }
    files
}
