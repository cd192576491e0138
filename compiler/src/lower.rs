//! From the checked program to the decision IR.
//!
//! | step | module |
//! | --- | --- |
//! | values of the deployment's parameters | [`params`] |
//! | what comes over the wire: facts of the host, records, tools, events | [`tools`], [`forms`] |
//! | values that are known before any call | [`constants`] |
//! | conditions and values | [`expr`], [`relations`], [`reads`], [`members`] |
//! | questions about the past, and what is remembered for them | [`history`], [`counts`] |
//! | rules, what runs once | [`rules`] |
//! | limits | [`limits`] |
//! | flows, skills, challenges | [`flows`], [`challenges`] |
//!
//! A rule that reads arguments or facts is lowered once per tool, because a fact is another expression in every tool
//! (semantics 8); any other rule is lowered once for all of its tools. Blocks are lowered in source order, so that the
//! tables of the IR are in source order without being sorted.
//!
//! What cannot be lowered is refused by name and place ([`LowerError`]): a contract that loads means all that it says.

mod challenges;
mod constants;
mod counts;
mod data;
mod expr;
mod flows;
mod forms;
mod history;
mod limits;
mod members;
mod names;
mod params;
mod reads;
mod refused;
mod relations;
mod rules;
mod tools;

use std::collections::{BTreeMap, HashMap};

use agentpass_grammar::{FileId, Sources, Span};
use agentpass_ir as ir;
use agentpass_values::{Date, Timestamp, Zone};

pub use refused::{Construct, LowerError};

use crate::typed;

/// Values of deployment parameters, by name, as text.
pub type Params = BTreeMap<String, String>;

/// Lowers a program that was checked without errors.
///
/// # Errors
/// Everything in it that cannot be lowered, in source order; and what is wrong with the parameters.
pub fn lower(
    program: &typed::Program,
    sources: &Sources,
    params: &Params,
) -> Result<ir::Program, Vec<LowerError>> {
    let mut lowering = Lowering::new(program, sources);
    lowering.contract();
    lowering.params(params);
    lowering.wire();
    lowering.declared_challenges();
    lowering.declared_flows();
    for block in lowering.blocks_in_order() {
        for rule in &block.rules {
            lowering.rule(block, rule);
        }
        for limit in &block.limits {
            lowering.limit(block, limit);
        }
    }
    lowering.flows_of_tools();
    lowering.shown_and_bound();
    lowering.skills();
    lowering.finish()
}

/// Whoever lowers a part and cannot has reported why.
type Lowered<T> = Result<T, Refused>;

/// The reason stands among the errors.
#[derive(Debug)]
struct Refused;

struct Lowering<'p> {
    program: &'p typed::Program,
    sources: &'p Sources,
    out: ir::Program,
    errors: Vec<LowerError>,
    /// Files by their number in the sources; in the IR they are sorted by name, so that source order is their order.
    files: HashMap<FileId, ir::FileId>,
    /// Tools by their index in the program.
    tools: HashMap<usize, ir::ToolId>,
    /// Flows by their index in the program.
    flows: HashMap<usize, ir::FlowId>,
    /// Places of the blocks, to find the one in which something stands.
    places: Vec<(Span, &'p typed::Block)>,
    /// Values of the deployment's parameters; nothing for one that was refused.
    params: Vec<Option<ir::Value>>,
    /// Named sets that have been read.
    sets: HashMap<usize, ir::Value>,
    /// Constants that are there already.
    consts: HashMap<String, ir::ConstId>,
    /// Facts of jobs by their names in the language.
    job_facts: HashMap<String, u32>,
    /// Monitors by what they watch.
    monitors: HashMap<String, ir::MonitorId>,
}

impl<'p> Lowering<'p> {
    fn new(program: &'p typed::Program, sources: &'p Sources) -> Self {
        let mut named: Vec<(&str, FileId)> = sources.iter().map(|(id, file)| (&*file.name, id)).collect();
        named.sort_unstable();
        let files = (0..).map(ir::FileId).zip(&named).map(|(to, (_, from))| (*from, to)).collect();
        let mut places: Vec<_> = program.blocks.iter().map(|block| (block.span, block)).collect();
        places.sort_by_key(|(span, _)| (span.file.0, span.start));
        let out = ir::Program {
            files: named.iter().map(|(name, _)| (*name).to_owned()).collect(),
            ..ir::Program::default()
        };
        Self {
            program,
            sources,
            out,
            errors: Vec::new(),
            files,
            tools: HashMap::new(),
            flows: HashMap::new(),
            places,
            params: Vec::new(),
            sets: HashMap::new(),
            consts: HashMap::new(),
            job_facts: HashMap::new(),
            monitors: HashMap::new(),
        }
    }

    fn refuse<T>(&mut self, construct: Construct, span: Span) -> Lowered<T> {
        self.refuse_because(construct, span, String::new())
    }

    fn refuse_because<T>(&mut self, construct: Construct, span: Span, detail: String) -> Lowered<T> {
        let error = LowerError { construct, span, detail };
        // A rule for twenty tools is refused once.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
        Err(Refused)
    }

    fn origin(&self, span: Span) -> ir::Origin {
        let file = self.files.get(&span.file).copied().unwrap_or(ir::FileId(0));
        let position = self.sources.get(span.file).map(|file| file.position(span.start));
        ir::Origin {
            file,
            start: span.start,
            end: span.end,
            line: position.map_or(0, |at| at.line),
            column: position.map_or(0, |at| at.column),
        }
    }

    fn blocks_in_order(&self) -> Vec<&'p typed::Block> {
        let mut blocks: Vec<&typed::Block> = self.program.blocks.iter().collect();
        blocks.sort_by_key(|block| (self.origin(block.span).file, block.span.start));
        blocks
    }

    /// The block in which something stands.
    fn block_at(&self, span: Span) -> Option<&'p typed::Block> {
        let key = (span.file.0, span.start);
        let after = self.places.partition_point(|(place, _)| (place.file.0, place.start) <= key);
        let (place, block) = self.places.get(after.checked_sub(1)?)?;
        (place.file == span.file && span.end <= place.end).then_some(*block)
    }

    fn contract(&mut self) {
        let Some(contract) = &self.program.contract else {
            let _ = self.refuse::<()>(Construct::NoContract, Span::default());
            return;
        };
        let midnight = |day: &String, next: bool| -> Option<Timestamp> {
            let date = Date::parse(day).ok()?;
            Zone::utc().start_of_date(if next { date.tomorrow()? } else { date })
        };
        let from = contract.valid_from.as_ref().map(|day| midnight(day, false));
        let until = contract.valid_until.as_ref().map(|day| midnight(day, true));
        if from == Some(None) || until == Some(None) {
            let _ = self.refuse::<()>(Construct::Validity, contract.name.span);
        }
        self.out.contract = ir::Contract {
            name: contract.name.node.clone(),
            version: contract.version.clone(),
            agents: contract.agents.clone(),
            valid_from: from.flatten(),
            valid_before: until.flatten(),
            params: Vec::new(),
            data: data::versions(),
        };
    }

    fn finish(mut self) -> Result<ir::Program, Vec<LowerError>> {
        if self.errors.is_empty() {
            return Ok(self.out);
        }
        self.errors.sort_by_key(|error| (self.files.get(&error.span.file).copied(), error.span.start));
        Err(self.errors)
    }
}

/// A number of a table of the IR. Tables that grow past it are refused by `verify`.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
