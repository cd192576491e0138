//! `agentpassc test`: plays every test of every program, and says which went as they say.
//!
//! Each is played on a gate of its own ([`Stages`]). All tests of a run share one account of the clauses that they met
//! ([`Coverage`]).

mod human;
mod json;
mod junit;

use std::sync::Arc;

use agentpass_compiler::analysis::Analysis;
use agentpass_compiler::diagnostics::problems::tests as problem;
use agentpass_compiler::diagnostics::{Diagnostic, Severity};
use agentpass_grammar::{Position, Sources};
use agentpassc::{Clause, Coverage, Refused, Share, Stages};

use crate::args::{self, Color, TestFormat};
use crate::disk::Disk;
use crate::output::{Exit, Failure, is_coloured, print};
use crate::programs::{Found, Merge};
use crate::{contract, paths, programs, project};

/// Runs the verb.
pub(crate) fn run(args: &args::Test, color: Color) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let named = paths::find(&args.paths, &disk)?;
    contract::no_bundles(&named, &disk, "test")?;
    let project = project::read(&disk)?;
    let mut run = Run { filter: args.filter.as_deref().unwrap_or_default(), ..Run::default() };
    run.merge.add(&project.sources, &project.problems);
    for analysis in programs::analyses(&named, &disk, &project) {
        run.program(&analysis);
    }
    let has_coverage = args.coverage || args.threshold.is_some();
    let report = run.finish(has_coverage);
    if report.results.is_empty() && !report.is_broken() && args.filter.is_some() {
        return Err(Failure::new(format!(
            "no test has `{}` in its name",
            args.filter.as_deref().unwrap_or_default()
        )));
    }
    print(&match args.format {
        TestFormat::Human => human::text(&report, args.threshold, is_coloured(color)),
        TestFormat::Json => json::text(&report),
        TestFormat::Junit => junit::text(&report),
    })?;
    Ok(if report.is_fine(args.threshold) { Exit::Fine } else { Exit::Fault })
}

/// What came of all tests.
struct Report {
    /// Every test that was played, program by program, in the order in which they are written.
    results: Vec<Played>,
    /// Why some programs could not be tested: errors only.
    broken: Found,
    /// Every clause, where coverage is asked for.
    coverage: Option<Vec<Clause>>,
}

/// A test that was played.
struct Played {
    name: String,
    /// The contract of the program that it was played in.
    contract: String,
    file: String,
    position: Position,
    /// What went wrong; nothing where it passed.
    wrong: Vec<Diagnostic>,
    /// The texts that the findings point into.
    sources: Arc<Sources>,
}

impl Report {
    fn is_broken(&self) -> bool {
        !self.broken.diagnostics.is_empty()
    }

    fn failed(&self) -> usize {
        self.results.iter().filter(|played| !played.wrong.is_empty()).count()
    }

    fn share(&self) -> Option<Share> {
        self.coverage.as_deref().map(Share::of)
    }

    fn is_fine(&self, threshold: Option<u8>) -> bool {
        let is_enough = |share: Share| threshold.is_none_or(|least| share.percent() >= usize::from(least));
        !self.is_broken() && self.failed() == 0 && self.share().is_none_or(is_enough)
    }

    /// How many files have tests that were played.
    fn files(&self) -> usize {
        let mut files: Vec<&str> = self.results.iter().map(|played| played.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        files.len()
    }
}

/// A run on its way to a report.
#[derive(Default)]
struct Run<'a> {
    filter: &'a str,
    results: Vec<Played>,
    merge: Merge,
    coverage: Coverage,
}

impl Run<'_> {
    fn program(&mut self, analysis: &Analysis) {
        if !analysis.is_clean() {
            self.merge.add(&analysis.loaded.sources, &analysis.diagnostics);
            return;
        }
        let program = &analysis.checked.program;
        let mut tests = program.tests.iter().filter(|test| test.name.contains(self.filter)).peekable();
        if tests.peek().is_none() {
            return;
        }
        let sources = Arc::new(analysis.loaded.sources.clone());
        let mut stages = Stages::new(analysis);
        for test in tests {
            let wrong = match stages.play(test, &mut self.coverage) {
                Ok(wrong) => wrong,
                Err(refused) => match refused {
                    Refused::Contract(found) => {
                        // It is the same for every test of the program.
                        self.merge.add(&sources, found);
                        return;
                    }
                    Refused::Params(why) | Refused::Lowering(why) => {
                        vec![problem::unplayable(test.span.at_start(), why)]
                    }
                },
            };
            let file = sources.get(test.file);
            self.results.push(Played {
                name: test.name.clone(),
                contract: program
                    .contract
                    .as_ref()
                    .map_or(String::new(), |contract| contract.name.node.clone()),
                file: file.map_or(String::new(), |file| file.name.to_string()),
                position: file.map_or(Position { line: 1, column: 1 }, |file| file.position(test.span.start)),
                wrong,
                sources: Arc::clone(&sources),
            });
        }
    }

    fn finish(self, has_coverage: bool) -> Report {
        let mut broken = self.merge.finish();
        broken.diagnostics.retain(|found| found.severity == Severity::Error);
        let coverage = has_coverage.then(|| self.coverage.finish());
        Report { results: self.results, broken, coverage }
    }
}
