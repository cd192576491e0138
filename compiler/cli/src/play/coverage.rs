//! Which clauses the tests show at work, over all programs of a run.
//!
//! A clause is *reached* when a call met it and it applied. It is *covered* when the tests saw it decide each way that
//! matters: a rule that passed a call and one that stopped one, a bound that held and one that was exceeded, a key that was
//! new and one that was spent. Some clauses have one way only: `challenge m` without a condition always asks, a flow is
//! used, a declared challenge is asked.
//!
//! A rule that is written once is one clause, for however many tools it holds. What the standard library declares is tested
//! where it is made, and is not counted.

use std::collections::HashMap;

use agentpass_ir::{Effect, Op, Origin, Program};
use agentpass_runtime::{Decision, Met};

/// The clauses of all programs, each once.
#[derive(Default)]
pub struct Coverage {
    clauses: Vec<Clause>,
    by_place: HashMap<(String, u32), usize>,
    /// The challenges of the program that is being tested.
    challenges: HashMap<String, usize>,
}

/// A clause with what the tests saw of it.
#[derive(Clone, Debug)]
pub struct Clause {
    /// `require`, `deny`, `challenge`, `limit`, `once`, `flow`, `ask`.
    pub kind: &'static str,
    /// Its stable name.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in UTF-16 units.
    pub column: u32,
    ways: &'static [Way],
    seen: Vec<Way>,
    reached: bool,
}

/// A way in which a clause decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// It lets a call pass.
    Pass,
    /// It stands in a call's way, or says something about it.
    Stop,
}

const BOTH: &[Way] = &[Way::Pass, Way::Stop];

impl Clause {
    /// A call met it and it applied.
    pub fn is_reached(&self) -> bool {
        self.reached
    }

    /// It decided each way that matters.
    pub fn is_covered(&self) -> bool {
        self.missing().next().is_none()
    }

    /// The ways that no test showed.
    pub fn missing(&self) -> impl Iterator<Item = Way> {
        self.ways.iter().copied().filter(|way| !self.seen.contains(way))
    }

    /// What the tests did not show, in words.
    pub fn gap(&self) -> &'static str {
        let missing: Vec<Way> = self.missing().collect();
        match (self.kind, missing.as_slice()) {
            (_, []) => "covered",
            ("flow", _) => "no call takes it",
            ("ask", _) => "nobody is asked",
            _ if !self.reached => "no call meets it",
            ("limit", [Way::Stop]) => "no call exceeds it",
            ("limit", [Way::Pass]) => "no call stays within it",
            ("once", [Way::Stop]) => "no call uses a key again",
            ("once", [Way::Pass]) => "no call uses a key for the first time",
            (_, [Way::Stop]) => "no call is stopped by it",
            (_, [Way::Pass]) => "no call passes it",
            // It applied, and came to no decision.
            _ => "no call passes it, and none is stopped by it",
        }
    }
}

impl Coverage {
    /// Adds the clauses of a program, whose tests come next.
    pub fn program(&mut self, program: &Program) {
        for rule in &program.rules {
            let is_constant =
                program.nodes.get(rule.condition.index()).is_some_and(|node| matches!(node.op, Op::Known(_)));
            let ways = if is_constant { &[Way::Stop] } else { BOTH };
            let kind = match rule.effect {
                Effect::Require => "require",
                Effect::Deny => "deny",
                Effect::Challenge(_) => "challenge",
                // Judged when a result arrives, where the gate mediates results.
                Effect::Deliver { .. } => continue,
            };
            self.clause(program, kind, &rule.id, rule.origin, ways);
        }
        for once in &program.onces {
            self.clause(program, "once", &once.id, once.origin, BOTH);
        }
        for limit in &program.limits {
            for bound in &limit.bounds {
                self.clause(program, "limit", bound.name.as_ref().unwrap_or(&limit.id), bound.origin, BOTH);
            }
        }
        for flow in &program.flows {
            self.clause(program, "flow", &flow.id, flow.origin, &[Way::Pass]);
        }
        self.challenges.clear();
        for challenge in &program.challenges {
            if let Some(at) = self.clause(program, "ask", &challenge.name, challenge.origin, &[Way::Stop]) {
                self.challenges.insert(challenge.name.clone(), at);
            }
        }
    }

    fn clause(
        &mut self,
        program: &Program,
        kind: &'static str,
        name: &str,
        origin: Origin,
        ways: &'static [Way],
    ) -> Option<usize> {
        let file = program.files.get(origin.file.index()).filter(|file| !file.starts_with("<std>"))?;
        let (clauses, by_place) = (&mut self.clauses, &mut self.by_place);
        Some(*by_place.entry((file.clone(), origin.start)).or_insert_with(|| {
            clauses.push(Clause {
                kind,
                name: name.to_owned(),
                file: file.clone(),
                line: origin.line,
                column: origin.column,
                ways,
                seen: Vec::new(),
                reached: false,
            });
            clauses.len() - 1
        }))
    }

    /// Takes note of the clauses that a decision met.
    pub fn saw(&mut self, decision: &Decision) {
        for met in &decision.met {
            let place = met.place.as_ref().map(|place| (place.file.to_string(), place.start));
            if let Some(&at) = place.and_then(|place| self.by_place.get(&place)) {
                self.mark(at, way(met));
            }
        }
        for ask in &decision.challenges {
            if let Some(&at) = self.challenges.get(&ask.name) {
                self.mark(at, Some(Way::Stop));
            }
        }
    }

    fn mark(&mut self, at: usize, way: Option<Way>) {
        let (Some(clause), Some(way)) = (self.clauses.get_mut(at), way) else { return };
        clause.reached = true;
        if !clause.seen.contains(&way) {
            clause.seen.push(way);
        }
    }

    /// The clauses, sorted by their places.
    pub fn finish(mut self) -> Vec<Clause> {
        self.clauses.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        self.clauses
    }
}

/// How a clause decided; nothing where it did not apply.
fn way(met: &Met) -> Option<Way> {
    match met.outcome {
        "does not apply" | "nothing to look at" => None,
        "passes" | "has room" | "stands" => Some(Way::Pass),
        _ => Some(Way::Stop),
    }
}

/// How many of the clauses are reached and covered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// All clauses.
    pub clauses: usize,
    /// Those that applied to some call.
    pub reached: usize,
    /// Those that decided each way that matters.
    pub covered: usize,
}

impl Share {
    /// Counts.
    pub fn of(clauses: &[Clause]) -> Self {
        Self {
            clauses: clauses.len(),
            reached: clauses.iter().filter(|clause| clause.is_reached()).count(),
            covered: clauses.iter().filter(|clause| clause.is_covered()).count(),
        }
    }

    /// The covered ones in a hundred, rounded down: 100 means all. Of nothing all is covered.
    pub fn percent(self) -> usize {
        (self.covered * 100).checked_div(self.clauses).unwrap_or(100)
    }
}
