//! `agentpassc check --fix`: fixes applied, checked, and only then written.
//!
//! Nothing is written that a check finds worse than before. All fixes that do not touch one another are tried together; where
//! something new turns up, they are tried one by one. A mistake in the form of a text may have hidden others behind it: then
//! those are mended too, and what is left may be as many errors as before, and never more.

use std::collections::BTreeMap;
use std::path::Path;

use agentpass_compiler::diagnostics::render::escape::visible;
use agentpass_compiler::diagnostics::{Diagnostic, Safety, Severity, fixes};
use agentpass_compiler::load::Files;
use agentpass_grammar::{FileId, Sources};

use crate::disk::{Disk, words};
use crate::output::{Failure, counted, print_aside};
use crate::paths::{ENDING, Named};
use crate::programs::{self, Found};
use crate::project::Project;
use crate::replace;

/// How often all programs are checked for the sake of fixes. Nobody has that many; it is an end for whatever goes in circles.
const MOST_CHECKS: usize = 400;
/// How far mistakes that are hidden by others are followed.
const DEEPEST: usize = 4;

/// Applies the fixes that whoever allows `most` may have, and gives what is found afterwards.
pub(crate) fn mend(named: &Named, disk: &Disk, project: &Project, most: Safety) -> Result<Found, Failure> {
    let (before, texts) = (BTreeMap::new(), BTreeMap::new());
    let mut mending = Mending { named, disk, project, most, checks: 0, before, texts, done: Vec::new() };
    let found = mending.check();
    let (found, refused) = mending.settle(found, 0);
    mending.write(&refused)?;
    Ok(found)
}

struct Mending<'c> {
    named: &'c Named,
    disk: &'c Disk,
    project: &'c Project,
    most: Safety,
    checks: usize,
    /// The files that have changed, by their names: how they were read, and how they are.
    before: BTreeMap<String, Vec<u8>>,
    texts: BTreeMap<String, String>,
    /// A line for each fix that was applied.
    done: Vec<String>,
}

impl Mending<'_> {
    /// Applies what can be applied to what is found now; gives what is found then, and the fixes that were left out.
    fn settle(&mut self, mut found: Found, depth: usize) -> (Found, Vec<String>) {
        loop {
            let chosen =
                fixes::together(&found.diagnostics, self.most, |file| self.may_change(&found.sources, file));
            if chosen.is_empty() || self.checks >= MOST_CHECKS {
                return (found, Vec::new());
            }
            let mut better = self.attempt(&found, &chosen, None);
            // What hides others is followed only once nothing else is left, so that it is not weighed against strangers.
            for follow in [None, Some(depth)] {
                better =
                    better.or_else(|| chosen.iter().find_map(|one| self.attempt(&found, &[one], follow)));
            }
            match better {
                Some(better) => found = better,
                None => {
                    let refused = chosen.iter().map(|one| line(&found.sources, one, "not fixed")).collect();
                    return (found, refused);
                }
            }
        }
    }

    /// What is found with these fixes, if that is no worse. Only a mistake in form that is mended by itself may show others that
    /// it hid, as long as they can be mended, too, or are no more than it was. `follow` says whether they are, and how deep
    /// that is.
    fn attempt(&mut self, found: &Found, chosen: &[&Diagnostic], follow: Option<usize>) -> Option<Found> {
        if self.checks >= MOST_CHECKS {
            return None;
        }
        let (texts, done) = (self.texts.clone(), self.done.len());
        self.apply(found, chosen);
        let mut after = self.check();
        let may_hide = matches!(chosen, [one] if one.code.id.starts_with("E01"));
        let mended = chosen.iter().filter(|one| one.severity == Severity::Error).count();
        let is_fine = if may_hide {
            if let Some(depth) = follow.filter(|&depth| depth < DEEPEST)
                && errors(&after).len() > errors(found).len()
            {
                after = self.settle(after, depth + 1).0;
            }
            errors(&after).len() <= errors(found).len()
        } else {
            errors(&after).len() + mended <= errors(found).len() && is_part(errors(&after), errors(found))
        };
        if is_fine {
            return Some(after);
        }
        self.done.truncate(done);
        for (name, bytes) in &self.before {
            self.disk.put(name, texts.get(name).map_or(bytes, |text| text.as_bytes()));
        }
        self.texts = texts;
        None
    }

    fn apply(&mut self, found: &Found, chosen: &[&Diagnostic]) {
        for (id, text) in fixes::applied(&found.sources, chosen.iter().filter_map(|one| one.fix.as_ref())) {
            let Some(source) = found.sources.get(id) else { continue };
            let name = source.name.to_string();
            self.before.entry(name.clone()).or_insert_with(|| source.text.as_bytes().to_vec());
            self.disk.put(&name, text.as_bytes());
            self.texts.insert(name, text);
        }
        self.done.extend(chosen.iter().map(|one| line(&found.sources, one, "fixed")));
    }

    fn check(&mut self) -> Found {
        self.checks += 1;
        programs::check(self.named, self.disk, self.project)
    }

    /// Contracts that were read from the disk as they are. The standard library is none, and neither is whatever else was named
    /// by mistake.
    fn may_change(&self, sources: &Sources, file: FileId) -> bool {
        let Some(source) = sources.get(file).filter(|source| source.name.ends_with(ENDING)) else {
            return false;
        };
        self.disk.read(&source.name).is_ok_and(|bytes| bytes == source.text.as_bytes())
    }

    /// Writes what has changed, each file in one step, and says what was done.
    fn write(&self, refused: &[String]) -> Result<(), Failure> {
        let mut failed = Vec::new();
        for (name, text) in &self.texts {
            if let Err(error) = replace::existing(Path::new(name), text.as_bytes()) {
                failed.push(format!("`{name}` cannot be written: {}", words(&error)));
            }
        }
        if let Some(failure) = Failure::all(failed) {
            return Err(failure);
        }
        let mut said: String = self.done.iter().map(|line| format!("{line}\n")).collect();
        let worse = |line: &String| format!("{line}: it would leave more errors than before\n");
        said.extend(refused.iter().map(worse));
        said.push_str(&match self.texts.len() {
            0 => "nothing was fixed\n".to_owned(),
            files => format!("{} applied in {}\n", counted_fixes(self.done.len()), counted(files, "file")),
        });
        print_aside(&said);
        Ok(())
    }
}

fn counted_fixes(count: usize) -> String {
    if count == 1 { "1 fix".to_owned() } else { format!("{count} fixes") }
}

/// The errors, without their places, which fixes move.
fn errors(found: &Found) -> Vec<(&'static str, &str)> {
    let all = found.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    all.map(|one| (one.code.id, one.message.as_str())).collect()
}

/// Whether each of `some` is among `all`, and as often.
fn is_part(some: Vec<(&str, &str)>, mut all: Vec<(&str, &str)>) -> bool {
    some.iter().all(|one| all.iter().position(|other| other == one).map(|at| all.swap_remove(at)).is_some())
}

/// Where something was done, and what.
fn line(sources: &Sources, found: &Diagnostic, verb: &str) -> String {
    let place = sources.get(found.span.file).map_or_else(String::new, |file| {
        let at = file.position(found.span.start);
        format!("{}:{}:{}", file.name, at.line, at.column)
    });
    let title = found.fix.as_ref().map_or("", |fix| &fix.title);
    visible(&format!("{place}: {verb} {} {}: {title}", found.code.id, found.code.name)).to_string()
}
