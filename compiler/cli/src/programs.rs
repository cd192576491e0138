//! Which files form a program, and the findings of several programs as one list.
//!
//! 1. Files that are named one by one and hold exactly one contract are one program.
//! 2. Otherwise each file with a contract is a program, together with what it imports.
//! 3. Modules that no such program contains are checked by themselves, those first that none of the others imports.

use std::collections::{HashMap, HashSet};

use agentpass_compiler::analysis::{Analysis, analyse, analyse_loaded};
use agentpass_compiler::ast::ItemKind;
use agentpass_compiler::diagnostics::{Diagnostic, sort};
use agentpass_compiler::load::{Loaded, load, normal};
use agentpass_grammar::{FileId, Sources, Span};

use crate::disk::Disk;
use crate::output::Failure;
use crate::paths::Named;
use crate::project::Project;

/// What was found in all programs of a command.
#[derive(Default)]
pub(crate) struct Found {
    /// All files, each once.
    pub(crate) sources: Sources,
    /// All findings, sorted, each once.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads and checks the one program that the files form.
pub(crate) fn only(named: &Named, disk: &Disk, project: &Project) -> Result<Analysis, Failure> {
    let loaded = load(&named.files, disk);
    match split(named, &loaded).as_slice() {
        [one] if one.len() == named.files.len() => Ok(analyse_loaded(loaded, &project.config)),
        [one] => Ok(analyse(one, disk, &project.config)),
        several => Err(Failure::new(format!(
            "one contract at a time: these files are {} programs ({})",
            several.len(),
            several.iter().flat_map(|roots| roots.first()).cloned().collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// Checks every program that the files form.
pub(crate) fn check(named: &Named, disk: &Disk, project: &Project) -> Found {
    let mut merge = Merge::default();
    merge.add(&project.sources, &project.problems);
    analyses(named, disk, project).for_each(|analysis| merge.program(&analysis));
    merge.finish()
}

/// Reads and checks every program that the files form, one after the other.
pub(crate) fn analyses(named: &Named, disk: &Disk, project: &Project) -> impl Iterator<Item = Analysis> {
    let loaded = load(&named.files, disk);
    let programs = split(named, &loaded);
    // One program of all files is read already.
    let mut loaded = Some(loaded)
        .filter(|_| programs.len() == 1 && programs.iter().all(|one| one.len() == named.files.len()));
    programs.into_iter().map(move |roots| match loaded.take() {
        Some(loaded) => analyse_loaded(loaded, &project.config),
        None => analyse(&roots, disk, &project.config),
    })
}

/// The files to begin each program with.
fn split(named: &Named, loaded: &Loaded) -> Vec<Vec<String>> {
    let index: HashMap<&str, usize> =
        loaded.files.iter().enumerate().map(|(at, file)| (file.path.as_str(), at)).collect();
    let roots: Vec<Option<usize>> =
        named.files.iter().map(|file| index.get(normal(file).as_str()).copied()).collect();
    let has_contract = |at: usize| {
        let items = loaded.files.get(at).map(|file| file.parsed.file.items.as_slice()).unwrap_or_default();
        items.iter().any(|item| matches!(item.kind, ItemKind::Contract(_)))
    };
    let contracts = roots.iter().flatten().filter(|&&at| has_contract(at)).count();
    if named.one_by_one && contracts == 1 {
        return vec![named.files.clone()];
    }
    let mut covered = HashSet::new();
    let mut programs = Vec::new();
    let mut begin = |file: &String, at: usize| {
        if !covered.contains(&at) {
            reach(loaded, at, &mut covered);
            programs.push(vec![file.clone()]);
        }
    };
    let files = || named.files.iter().zip(&roots).filter_map(|(file, at)| at.map(|at| (file, at)));
    files().filter(|&(_, at)| has_contract(at)).for_each(|(file, at)| begin(file, at));
    let imported: HashSet<usize> =
        loaded.files.iter().flat_map(|file| file.imports.values().copied()).collect();
    files().filter(|(_, at)| !imported.contains(at)).for_each(|(file, at)| begin(file, at));
    // What is left imports itself in a circle.
    files().for_each(|(file, at)| begin(file, at));
    // A file that could not be read says so by itself.
    let unread = named.files.iter().zip(&roots).filter(|(_, at)| at.is_none());
    programs.extend(unread.map(|(file, _)| vec![file.clone()]));
    programs
}

/// Adds a file and all that it imports.
fn reach(loaded: &Loaded, from: usize, covered: &mut HashSet<usize>) {
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if covered.insert(at) {
            open.extend(loaded.files.get(at).into_iter().flat_map(|file| file.imports.values().copied()));
        }
    }
}

/// Findings of several programs on their way into one list.
#[derive(Default)]
pub(crate) struct Merge {
    sources: Sources,
    by_name: HashMap<String, FileId>,
    diagnostics: Vec<Diagnostic>,
    /// How many programs contain a file.
    programs: HashMap<FileId, usize>,
    /// How many programs made a finding that something is unused.
    unused: HashMap<(&'static str, Span, String), usize>,
}

impl Merge {
    fn program(&mut self, analysis: &Analysis) {
        for id in self.add(&analysis.loaded.sources, &analysis.diagnostics) {
            *self.programs.entry(id).or_default() += 1;
        }
    }

    /// Adds findings, with their places in the common list of files; gives the numbers of the files there.
    pub(crate) fn add(&mut self, sources: &Sources, diagnostics: &[Diagnostic]) -> HashSet<FileId> {
        let mut numbers = HashMap::new();
        for (id, file) in sources.iter() {
            let number = match self.by_name.get(&*file.name) {
                Some(&known) => known,
                None => {
                    let number = self.sources.add(file.clone());
                    self.by_name.insert(file.name.to_string(), number);
                    number
                }
            };
            numbers.insert(id, number);
        }
        for found in diagnostics {
            let found = renumbered(found, &numbers);
            if is_about_use(&found) {
                *self.unused.entry(key(&found)).or_default() += 1;
            }
            self.diagnostics.push(found);
        }
        numbers.into_values().collect()
    }

    pub(crate) fn finish(self) -> Found {
        let Self { sources, diagnostics, programs, unused, .. } = self;
        // What one program does not use another may: unused is what none of them uses.
        let kept = |found: &Diagnostic| {
            let all = programs.get(&found.span.file).copied().unwrap_or_default();
            !is_about_use(found) || unused.get(&key(found)).is_none_or(|&times| times >= all)
        };
        let diagnostics = diagnostics.into_iter().filter(kept).collect();
        Found { diagnostics: sort::sorted(&sources, diagnostics), sources }
    }
}

fn is_about_use(found: &Diagnostic) -> bool {
    found.code.name.starts_with("unused")
}

fn key(found: &Diagnostic) -> (&'static str, Span, String) {
    (found.code.id, found.span, found.message.clone())
}

/// The same finding with other file numbers.
fn renumbered(found: &Diagnostic, numbers: &HashMap<FileId, FileId>) -> Diagnostic {
    let moved = |span: Span| Span { file: numbers.get(&span.file).copied().unwrap_or(span.file), ..span };
    let mut found = found.clone();
    found.span = moved(found.span);
    found.secondary.iter_mut().for_each(|label| label.span = moved(label.span));
    found.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.span = moved(edit.span));
    found
}
