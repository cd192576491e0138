//! Which names can be seen from which file.
//!
//! The files of one command share their names; an imported file has its own. Names of different kinds do not meet: a
//! challenge and a label may be called the same.

use std::collections::HashMap;

use agentpass_grammar::{Span, words::ROOTS};

use super::Checker;
use crate::ast::{self, ItemKind};
use crate::diagnostics::{problems::names as problem, suggest};

/// Kinds of names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Space {
    /// `param`, `set`, `let`
    Value,
    /// `record`
    Type,
    Label,
    Challenge,
    Event,
    Job,
    Skill,
}

impl Space {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Value => "name",
            Self::Type => "type",
            Self::Label => "label",
            Self::Challenge => "challenge",
            Self::Event => "event",
            Self::Job => "job",
            Self::Skill => "skill",
        }
    }
}

/// What a name stands for: an index into the program's table of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Symbol {
    Param(usize),
    Set(usize),
    Let(usize),
    Record(usize),
    Label(usize),
    Challenge(usize),
    Event(usize),
    Job(usize),
    Skill(usize),
}

/// A declared name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub(super) symbol: Symbol,
    pub(super) span: Span,
}

/// What can be seen from one file.
#[derive(Clone, Debug, Default)]
pub(super) struct FileScope {
    names: HashMap<(Space, String), Declared>,
    /// Modules by their alias: index of the file.
    modules: HashMap<String, usize>,
    /// An import of everything failed: an unknown name may be one of its names, and is not reported again.
    incomplete: bool,
    /// Names and aliases of imports that failed.
    poisoned: Vec<String>,
}

impl Checker<'_> {
    /// Collects what each file declares, then what its imports add.
    pub(super) fn declare_names(&mut self, declared: Vec<(usize, Space, String, Declared)>) {
        let files = self.loaded.files.len();
        let mut own: Vec<HashMap<(Space, String), Declared>> = vec![HashMap::new(); files];
        let mut shared: HashMap<(Space, String), Declared> = HashMap::new();
        for (file, space, name, symbol) in declared {
            if space == Space::Value && ROOTS.contains(&name.as_str()) {
                self.report(problem::clashes_with_root(symbol.span, &name));
            }
            let is_root = self.loaded.files.get(file).is_some_and(|file| file.root);
            let table = if is_root { Some(&mut shared) } else { own.get_mut(file) };
            let Some(table) = table else { continue };
            match table.get(&(space, name.clone())) {
                Some(first) => {
                    let first = first.span;
                    self.problems.push(problem::declared_twice(symbol.span, space.word(), &name, first));
                }
                None => {
                    table.insert((space, name), symbol);
                }
            }
        }
        let mut scopes: Vec<FileScope> = Vec::with_capacity(files);
        for (index, file) in self.loaded.files.iter().enumerate() {
            let names = if file.root { shared.clone() } else { own.get(index).cloned().unwrap_or_default() };
            scopes.push(FileScope { names, ..FileScope::default() });
        }
        for index in 0..files {
            self.imports(index, &own, &shared, &mut scopes);
        }
        self.scopes = scopes;
    }

    fn imports(
        &mut self,
        index: usize,
        own: &[HashMap<(Space, String), Declared>],
        shared: &HashMap<(Space, String), Declared>,
        scopes: &mut [FileScope],
    ) {
        let loaded = self.loaded;
        let Some(file) = loaded.files.get(index) else { return };
        let imports = file.parsed.file.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Use(import) => Some(import),
            _ => None,
        });
        for import in imports {
            let at = match &import.source {
                ast::UseSource::Module(path) => path.span,
                ast::UseSource::File(text) => text.span,
            };
            // A file that could not be read has been reported; its names are poison, which the loader's error explains.
            let Some(&target) = file.imports.get(&at) else {
                if let Some(scope) = scopes.get_mut(index) {
                    scope.incomplete |= import.names.is_none() && import.alias.is_none();
                    let names =
                        import.names.iter().flatten().map(|name| name.alias.as_ref().unwrap_or(&name.name));
                    scope.poisoned.extend(names.chain(&import.alias).map(|name| name.node.clone()));
                }
                continue;
            };
            let target_is_root = loaded.files.get(target).is_some_and(|file| file.root);
            let exported = if target_is_root { shared } else { own.get(target).unwrap_or(shared) };
            let Some(scope) = scopes.get_mut(index) else { continue };
            if let Some(alias) = &import.alias {
                if ROOTS.contains(&alias.node.as_str()) {
                    self.problems.push(problem::clashes_with_root(alias.span, &alias.node));
                }
                match scope.modules.insert(alias.node.clone(), target) {
                    Some(other) if other != target => {
                        let first =
                            loaded.files.get(other).map_or(alias.span, |file| Span::new(file.id, 0, 0));
                        self.problems.push(problem::import_clash(alias.span, "module", &alias.node, first));
                    }
                    _ => {}
                }
            }
            match &import.names {
                Some(names) => {
                    for name in names {
                        let all: Vec<(Space, Declared)> = exported
                            .iter()
                            .filter(|((_, known), _)| *known == name.name.node)
                            .map(|((space, _), declared)| (*space, *declared))
                            .collect();
                        if all.is_empty() {
                            scope.poisoned.push(name.alias.as_ref().unwrap_or(&name.name).node.clone());
                            let candidates = exported.keys().map(|(_, name)| name.as_str());
                            let close = suggest::closest(&name.name.node, candidates);
                            self.problems.push(problem::not_in_module(
                                name.name.span,
                                &name.name.node,
                                close,
                            ));
                        }
                        let here = name.alias.as_ref().unwrap_or(&name.name);
                        for (space, declared) in all {
                            let clash = add(scope, space, &here.node, declared);
                            self.problems.extend(clash.map(|other| {
                                problem::import_clash(here.span, space.word(), &here.node, other)
                            }));
                        }
                    }
                }
                None if import.alias.is_none() => {
                    let mut all: Vec<_> = exported.iter().collect();
                    all.sort_by_key(|(_, declared)| declared.span);
                    for ((space, name), declared) in all {
                        let clash = add(scope, *space, name, *declared);
                        self.problems
                            .extend(clash.map(|other| problem::import_clash(at, space.word(), name, other)));
                    }
                }
                None => {}
            }
        }
    }

    /// Finds a name of a kind: bare, or behind the alias of a module.
    pub(super) fn find(&mut self, file: usize, space: Space, words: &[&str]) -> Option<Declared> {
        let scope = self.scopes.get(file)?;
        let found = match words {
            [name] => scope.names.get(&(space, (*name).to_owned())).copied(),
            [module, name] => {
                let target = *scope.modules.get(*module)?;
                let inner = self.scopes.get(target)?;
                inner.names.get(&(space, (*name).to_owned())).copied()
            }
            _ => None,
        };
        if let Some(declared) = found {
            self.mark_used(declared.span);
        }
        found
    }

    /// Like [`Self::find`], for a path; reports what is not there.
    pub(super) fn lookup(&mut self, file: usize, space: Space, path: &ast::Path) -> Option<Declared> {
        let words: Vec<&str> = path.words.iter().map(|word| word.node.as_str()).collect();
        let found = self.find(file, space, &words);
        if found.is_none() && !self.is_poisoned(file, words.first().copied().unwrap_or("")) {
            let name = path.text();
            let close = if self.may_suggest() { self.closest(file, space, &name) } else { None };
            self.report_unknown(&name, problem::unknown(path.span, space.word(), &name, close.as_deref()));
        }
        found
    }

    /// True where a name may come from an import that failed, and was reported with it.
    pub(super) fn is_poisoned(&self, file: usize, name: &str) -> bool {
        self.scopes
            .get(file)
            .is_some_and(|scope| scope.incomplete || scope.poisoned.iter().any(|known| known == name))
    }

    /// Comparing an unknown name with all known ones takes time: only so many are compared.
    pub(super) fn may_suggest(&mut self) -> bool {
        self.suggestions = self.suggestions.saturating_sub(1);
        self.suggestions > 0
    }

    /// The name of that kind which is most like this one.
    pub(super) fn closest(&self, file: usize, space: Space, name: &str) -> Option<String> {
        let scope = self.scopes.get(file)?;
        let names = scope.names.keys().filter(|(of, _)| *of == space).map(|(_, name)| name.as_str());
        suggest::closest(name, names).map(str::to_owned)
    }

    /// Every value name that can be seen from a file.
    pub(super) fn value_names(&self, file: usize) -> impl Iterator<Item = &str> {
        let names = self.scopes.get(file).map(|scope| scope.names.keys());
        names.into_iter().flatten().filter(|(space, _)| *space == Space::Value).map(|(_, name)| name.as_str())
    }

    /// The index of a module by its alias.
    pub(super) fn module(&self, file: usize, alias: &str) -> Option<usize> {
        self.scopes.get(file)?.modules.get(alias).copied()
    }
}

/// Adds an imported name; gives the place of another declaration that already has it.
fn add(scope: &mut FileScope, space: Space, name: &str, declared: Declared) -> Option<Span> {
    let key = (space, name.to_owned());
    match scope.names.get(&key) {
        Some(other) if other.span != declared.span && !crate::planted::planted(14) => Some(other.span),
        Some(_) => None,
        None => {
            scope.names.insert(key, declared);
            None
        }
    }
}

/// The words of a name that may stand behind the prefix of its module.
pub(super) fn referred(name: &ast::Name) -> ast::Path {
    let words = name.node.split('.').map(|word| ast::Spanned::new(word.to_owned(), name.span));
    ast::Path { words: words.collect(), span: name.span }
}
