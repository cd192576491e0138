//! From paths to a program: the files that were named, and all that they import.
//!
//! Where text comes from is the caller's business ([`Files`]); the compiler itself opens nothing. The standard library
//! is part of the compiler.

use std::collections::HashMap;

use agentpass_grammar::{FileId, MAX_FILE_BYTES, SourceFile, Sources, Span};

use crate::ast;
use crate::diagnostics::{Diagnostic, problems::files as problem, suggest};
use crate::parse::cache::{Cache, parse_cached};
use crate::parse::{Parsed, parse};
use crate::stdlib;

/// Where the compiler gets files from. Paths use `/`.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Says in a few words why it cannot be read: `no such file`, `is a directory`.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// Files in memory, for tests, editors and the playground.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(pub HashMap<String, Vec<u8>>);

impl MemoryFiles {
    /// Holds the given texts.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(files.into_iter().map(|(path, text)| (normal(path), text.as_bytes().to_vec())).collect())
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}

/// A program as it was read: every file with its tree and the files that its imports lead to.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// All texts.
    pub sources: Sources,
    /// All files that could be read, in the order of their numbers.
    pub files: Vec<LoadedFile>,
    /// Manifests by the path under which they were found.
    pub manifests: HashMap<String, Manifest>,
    /// What could not be read.
    pub problems: Vec<Diagnostic>,
}

/// One contract file.
#[derive(Clone, Debug)]
pub struct LoadedFile {
    /// Its number.
    pub id: FileId,
    /// Its normalised path; `<std>/pii.agentpass` for the standard library.
    pub path: String,
    /// True for the files that were named, false for those that were imported.
    pub root: bool,
    /// What was read.
    pub parsed: Parsed,
    /// For each `use`, by its place: the index of the file it leads to.
    pub imports: HashMap<Span, usize>,
}

/// A manifest of tools.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its number among the sources.
    pub id: FileId,
    /// Its text.
    pub text: String,
}

/// Reads the named files and all that they import.
#[must_use]
pub fn load(roots: &[String], files: &dyn Files) -> Loaded {
    load_files(None, roots, files)
}

/// Like [`load`], reading only the items that changed since the cache saw them: for editors, on every keystroke.
#[must_use]
pub fn load_cached(cache: &mut Cache, roots: &[String], files: &dyn Files) -> Loaded {
    load_files(Some(cache), roots, files)
}

fn load_files(cache: Option<&mut Cache>, roots: &[String], files: &dyn Files) -> Loaded {
    let mut loader = Loader { files, cache, loaded: Loaded::default(), by_path: HashMap::new() };
    for root in roots {
        loader.file(&normal(root), root, true, None);
    }
    loader.report_cycles();
    loader.loaded
}

struct Loader<'f> {
    files: &'f dyn Files,
    cache: Option<&'f mut Cache>,
    loaded: Loaded,
    by_path: HashMap<String, Option<usize>>,
}

impl Loader<'_> {
    /// Loads a file and what it imports; gives its index, or nothing where it cannot be read.
    fn file(&mut self, path: &str, shown: &str, root: bool, from: Option<Span>) -> Option<usize> {
        if let Some(&known) = self.by_path.get(path) {
            if let Some(file) = known.and_then(|index| self.loaded.files.get_mut(index)) {
                file.root |= root;
            }
            return known;
        }
        self.by_path.insert(path.to_owned(), None);
        let text = match self.text(path) {
            Ok(text) => text,
            Err(Unreadable { why, offset }) => {
                // The file may be unreadable from its first byte: show the path, and the import where there is one.
                let id = self.loaded.sources.add(SourceFile::new(shown, ""));
                let at = from.unwrap_or_else(|| Span::new(id, 0, 0));
                self.loaded.problems.push(problem::unreadable(at, shown, &why, offset));
                return None;
            }
        };
        let id = self.loaded.sources.add(SourceFile::new(shown, text.as_str()));
        let parsed = match &mut self.cache {
            Some(cache) => parse_cached(cache, id, &text),
            None => parse(id, &text),
        };
        let uses: Vec<ast::Use> = parsed
            .file
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ast::ItemKind::Use(import) => Some(import.clone()),
                _ => None,
            })
            .collect();
        let manifests: Vec<ast::Text> = parsed
            .file
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ast::ItemKind::Tools(tools) => tools.manifest.clone(),
                _ => None,
            })
            .collect();
        let index = self.loaded.files.len();
        let imports = HashMap::new();
        self.loaded.files.push(LoadedFile { id, path: path.to_owned(), root, parsed, imports });
        self.by_path.insert(path.to_owned(), Some(index));
        for import in &uses {
            let (span, target) = self.import(path, import);
            if let (Some(target), Some(file)) = (target, self.loaded.files.get_mut(index)) {
                file.imports.insert(span, target);
            }
        }
        for manifest in &manifests {
            self.manifest(path, manifest);
        }
        Some(index)
    }

    fn import(&mut self, from: &str, import: &ast::Use) -> (Span, Option<usize>) {
        match &import.source {
            ast::UseSource::Module(module) => {
                let name = module.text();
                let path = stdlib::path(&name);
                if stdlib::text(&path).is_none() {
                    let close = suggest::closest(&name, stdlib::modules());
                    self.loaded.problems.push(problem::unknown_module(module.span, &name, close));
                    return (module.span, None);
                }
                (module.span, self.file(&path, &path, false, Some(module.span)))
            }
            ast::UseSource::File(text) => {
                let path = relative(from, &text.node);
                if path == from {
                    self.loaded.problems.push(problem::imports_itself(text.span));
                    return (text.span, None);
                }
                (text.span, self.file(&path, &path, false, Some(text.span)))
            }
        }
    }

    fn manifest(&mut self, from: &str, manifest: &ast::Text) {
        let path = relative(from, &manifest.node);
        if self.loaded.manifests.contains_key(&path) {
            return;
        }
        match self.text(&path) {
            Ok(text) => {
                let id = self.loaded.sources.add(SourceFile::new(path.as_str(), text.as_str()));
                self.loaded.manifests.insert(path, Manifest { id, text });
            }
            Err(Unreadable { why, offset }) => {
                self.loaded.problems.push(problem::unreadable(manifest.span, &path, &why, offset));
            }
        }
    }

    fn text(&self, path: &str) -> Result<String, Unreadable> {
        if let Some(text) = stdlib::text(path) {
            return Ok(text.to_owned());
        }
        let bytes = self.files.read(path).map_err(|why| Unreadable { why, offset: None })?;
        if agentpass_ir::bundle::is_bundle(&bytes) {
            let why =
                "it is a bundle, which `build` made of a contract; contracts are read as text".to_owned();
            return Err(Unreadable { why, offset: None });
        }
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Unreadable {
                why: format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20),
                offset: None,
            });
        }
        String::from_utf8(bytes).map_err(|error| Unreadable {
            why: "it is not valid UTF-8".to_owned(),
            offset: Some(error.utf8_error().valid_up_to()),
        })
    }

    /// Imports that lead back to where they began: one finding per cycle, at the import that closes it.
    fn report_cycles(&mut self) {
        let mut state = vec![0_u8; self.loaded.files.len()];
        let mut found = Vec::new();
        for start in 0..self.loaded.files.len() {
            let mut trail = Vec::new();
            visit(&self.loaded.files, start, &mut state, &mut trail, &mut found);
        }
        for (span, names) in found {
            self.loaded.problems.push(problem::import_cycle(span, &names));
        }
    }
}

fn visit(
    files: &[LoadedFile],
    at: usize,
    state: &mut [u8],
    trail: &mut Vec<usize>,
    found: &mut Vec<(Span, Vec<String>)>,
) {
    if state.get(at) != Some(&0) {
        return;
    }
    if let Some(state) = state.get_mut(at) {
        *state = 1;
    }
    trail.push(at);
    let mut imports: Vec<(Span, usize)> = files
        .get(at)
        .map(|file| file.imports.iter().map(|(span, to)| (*span, *to)).collect())
        .unwrap_or_default();
    imports.sort_unstable();
    for (span, to) in imports {
        if state.get(to) == Some(&1) {
            let from = trail.iter().position(|&file| file == to).unwrap_or(0);
            let names = trail.get(from..).unwrap_or_default().iter().chain([&to]);
            let names = names.filter_map(|&file| files.get(file)).map(|file| file.path.clone()).collect();
            found.push((span, names));
        } else {
            visit(files, to, state, trail, found);
        }
    }
    trail.pop();
    if let Some(state) = state.get_mut(at) {
        *state = 2;
    }
}

struct Unreadable {
    why: String,
    offset: Option<usize>,
}

/// A path relative to the folder of another file, without `.` and `..` where they can be resolved.
#[must_use]
pub fn relative(from: &str, path: &str) -> String {
    if path.starts_with('/') {
        return normal(path);
    }
    match from.rsplit_once('/') {
        Some((folder, _)) => normal(&format!("{folder}/{path}")),
        None => normal(path),
    }
}

/// A path without `.`, empty segments, and `..` after a named folder.
#[must_use]
pub fn normal(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            ".." if absolute => {}
            segment => segments.push(segment),
        }
    }
    let joined = segments.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_importing_file() {
        assert_eq!(relative("a/b.agentpass", "./c.agentpass"), "a/c.agentpass");
        assert_eq!(relative("a/b.agentpass", "../../c.json"), "../c.json");
        assert_eq!(relative("b.agentpass", "c.json"), "c.json");
        assert_eq!(normal("/a/../../b//c/."), "/b/c");
    }

    #[test]
    fn a_cycle_is_reported_once() {
        let files = MemoryFiles::new([
            ("a.agentpass", "edition 2026\nmodule a\nuse \"./b.agentpass\"\n"),
            ("b.agentpass", "edition 2026\nmodule b\nuse \"./a.agentpass\"\n"),
        ]);
        let loaded = load(&["a.agentpass".to_owned()], &files);
        assert_eq!(loaded.files.len(), 2);
        assert_eq!(loaded.problems.len(), 1);
    }

    #[test]
    fn bad_utf8_is_reported_with_its_offset() {
        let files = MemoryFiles([("a".to_owned(), b"ab\xff".to_vec())].into_iter().collect());
        let loaded = load(&["a".to_owned()], &files);
        assert!(loaded.problems[0].message.contains("byte 2"));
    }
}
