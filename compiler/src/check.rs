//! From trees to a typed program: every name found, every type known, every rule that can be decided before a call is
//! seen (semantics.md) decided.
//!
//! The order of the work is the order of the files here: names ([`scope`]), types and constants ([`declare`]), tools and
//! their facts ([`tools`]), then rules, limits, flows and challenges over those tools ([`rules`], [`limits`], [`flows`],
//! [`challenges`]), and at last skills and tests. Expressions are in [`expr`] and its neighbours. Everything is reported;
//! what was reported once is [`Ty::Error`](crate::types::Ty::Error) and stays silent.

mod absence;
mod challenges;
mod context;
mod contradictions;
mod declare;
mod expr;
mod facts;
mod flows;
mod foreign;
mod history;
mod keys;
mod limits;
pub(crate) mod literals;
mod made_up;
pub(crate) mod manifest;
mod members;
mod names;
mod patterns;
pub(crate) mod polarity;
mod records;
mod relations;
mod rule_ids;
mod rules;
mod scope;
mod skills;
mod templates;
mod tests;
mod tools;
mod written_types;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use agentpass_grammar::Span;

use crate::ast;
use crate::diagnostics::Diagnostic;
use crate::load::Loaded;
use crate::manifest::Manifest;
use crate::typed;

/// A program that has been checked, and what was found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What is sound of the program.
    pub program: typed::Program,
    /// Everything found, in no particular order.
    pub problems: Vec<Diagnostic>,
    /// Which declarations something refers to; the lints read it.
    pub used: Used,
}

/// Declarations that something refers to, by the span of their names.
#[derive(Clone, Debug, Default)]
pub struct Used(HashSet<Span>);

impl Used {
    /// True where something refers to the declaration whose name stands there.
    #[must_use]
    pub fn contains(&self, name: Span) -> bool {
        self.0.contains(&name)
    }
}

/// Checks a loaded program.
#[must_use]
pub fn check(loaded: &Loaded) -> Checked {
    let mut checker = Checker::new(loaded);
    checker.declare();
    checker.tools();
    checker.global_lets();
    checker.challenges();
    checker.blocks();
    checker.shown_values();
    checker.tests();
    checker.finish()
}

/// The state of checking one program.
struct Checker<'l> {
    loaded: &'l Loaded,
    program: typed::Program,
    problems: Vec<Diagnostic>,
    /// Names that can be seen from each file, by the file's index.
    scopes: Vec<scope::FileScope>,
    /// Global `let`s, by their number.
    lets: Vec<declare::LetDecl<'l>>,
    /// Sets while their elements are read: to find circles.
    sets_open: HashSet<usize>,
    /// Index of a tool by its wire name, and by its name in the language.
    tool_names: HashMap<String, usize>,
    used: Used,
    /// The number of the last variable.
    next_var: u32,
    /// Variables that stand for parameters of a tool, or for elements of them.
    parameter_vars: HashSet<typed::VarId>,
    /// Parameters of functions that stand for something that is known before any call.
    constant_vars: HashSet<typed::VarId>,
    /// Names that items may declare which could not be read.
    lost: HashSet<&'l str>,
    /// How many more unknown names are compared with all known ones: nobody reads more suggestions than that.
    suggestions: u32,
    /// Limits by their names, with their places.
    limit_ids: HashMap<String, Span>,
    /// Blocks of clauses with their tools, in the order in which they were found.
    sources: Vec<tools::Source<'l>>,
    /// Manifests that were read, by their paths; nothing for what is none.
    manifests: HashMap<String, Option<Arc<Manifest>>>,
    /// Names of rules, with their owners: each one stands for one rule.
    rule_names: HashMap<String, Span>,
    /// What the parameters of functions stand for where sums and counts are looked for.
    bound: Vec<(typed::VarId, typed::Expr)>,
    /// How shared blocks read a parameter of a tool where they read it more strictly than it is declared.
    refined: HashMap<(usize, String), (crate::types::Ty, typed::WireForm)>,
    /// Challenges that rules meet: challenge, tools, place.
    met: Vec<(usize, Vec<usize>, Span)>,
}

impl<'l> Checker<'l> {
    fn new(loaded: &'l Loaded) -> Self {
        Self {
            loaded,
            program: typed::Program::default(),
            problems: Vec::new(),
            scopes: Vec::new(),
            lets: Vec::new(),
            sets_open: HashSet::new(),
            tool_names: HashMap::new(),
            used: Used::default(),
            next_var: 0,
            parameter_vars: HashSet::new(),
            constant_vars: HashSet::new(),
            lost: loaded.files.iter().flat_map(|file| &file.parsed.lost).map(String::as_str).collect(),
            suggestions: 500,
            limit_ids: HashMap::new(),
            sources: Vec::new(),
            manifests: HashMap::new(),
            rule_names: HashMap::new(),
            bound: Vec::new(),
            refined: HashMap::new(),
            met: Vec::new(),
        }
    }

    fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Reports something that nothing declares, unless an item that could not be read may have declared it.
    fn report_unknown(&mut self, name: &str, problem: Diagnostic) {
        if !self.lost.contains(name) {
            self.problems.push(problem);
        }
    }

    fn mark_used(&mut self, name: Span) {
        self.used.0.insert(name);
    }

    fn fresh_var(&mut self) -> typed::VarId {
        self.next_var += 1;
        typed::VarId(self.next_var)
    }

    /// Every item with the index of its file, in source order.
    fn items(&self) -> impl Iterator<Item = (usize, &'l ast::Item)> + use<'l> {
        let loaded: &'l Loaded = self.loaded;
        loaded
            .files
            .iter()
            .enumerate()
            .flat_map(|(index, file)| file.parsed.file.items.iter().map(move |item| (index, item)))
    }

    fn finish(mut self) -> Checked {
        // Bodies that are checked in several places (functions, shared blocks) may find the same thing twice.
        let mut seen = HashSet::new();
        self.problems.retain(|problem| seen.insert((problem.code.id, problem.span, problem.message.clone())));
        Checked { program: self.program, problems: self.problems, used: self.used }
    }
}
