//! What follows from a contract once, before any call: how state is named, and what has to be looked up.
//!
//! State belongs to what it is about, never to a place in the source (semantics 26): a limit by its name, keys, meter and
//! window, a monitor by what it watches. An edit elsewhere renames nothing, and a changed cap keeps what was spent.

mod carried;
mod questions;

use std::sync::Arc;

use agentpass_ir::{
    Bound, Join, Keep, Limit, LimitId, Meter, MonitorId, NodeId, Op, Program, Scope, Step, Subject, ToolId,
    ToolName, Verified, Window,
};
use agentpass_values::Timestamp;
use sha2::{Digest as _, Sha256};

pub use carried::Carried;
pub use questions::Questions;

use crate::decision::ContractRef;
use crate::state::row::Form;
use crate::state::tally;

/// The name of something in the state: half a SHA-256.
pub type Name = [u8; 16];

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// What decisions say of the contract.
    pub named: Arc<ContractRef>,
    /// The files that the contract was made from.
    pub files: Vec<Arc<str>>,
    /// What is kept for limits: each meter with the bounds that share it.
    pub meters: Vec<MeterPlan>,
    /// For each limit, for each of its bounds, its meter's number.
    pub meter_of: Vec<Vec<u32>>,
    /// For each limit, for each of its bounds, what it is called in decisions: `job.calls`.
    pub labels: Vec<Vec<Arc<str>>>,
    /// For each limit, for each of its bounds, what the step is known by.
    steps: Vec<Vec<u32>>,
    /// The names of monitors.
    pub monitors: Vec<Name>,
    /// Which of them ask within jobs.
    of_jobs: Vec<bool>,
    /// For each node, whether it or one below asks the past.
    asks: Vec<bool>,
    /// For each tool, what it asks.
    questions: Vec<Questions>,
    /// Some limit counts retries.
    pub counts_retries: bool,
    /// The limits that count refusals.
    pub denials: Vec<LimitId>,
    /// What decisions depend on of what jobs carry.
    pub carried: Carried,
    /// For each tool, whether its calls need a job because of what a job may carry out with them.
    pub sends_for_jobs: Vec<bool>,
}

/// What is kept for a limit: one total that all bounds of a meter share.
#[derive(Debug)]
pub struct MeterPlan {
    /// Its name in the state: its own, or that of the limit that it was under another contract.
    pub name: Name,
    /// Its own name, which says what it is about.
    pub natural: Name,
    /// The same, whatever the limit is called.
    pub shape: Name,
    /// Where it started full, until when it is.
    pub full: Option<Full>,
    /// The limit.
    pub limit: LimitId,
    /// What is counted.
    pub meter: Meter,
    /// Over which time.
    pub window: Window,
    /// For counts: the greatest number that matters.
    pub most: Option<u32>,
    /// The numbers of its bounds.
    pub bounds: Vec<usize>,
}

/// A total that started full has no room: nobody knows what was spent before it was kept as it is now (semantics 26).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// Up to that moment, and in it.
    Until(Timestamp),
    /// Before that moment.
    Before(Timestamp),
    /// For jobs that were open then.
    JobsUntil(Timestamp),
}

impl Full {
    /// True where there is no room yet. `opened` is when the job was; nothing for one that begins now.
    #[must_use]
    pub fn holds(self, early: Timestamp, opened: Option<Timestamp>) -> bool {
        match self {
            Full::Until(until) => early <= until,
            Full::Before(end) => early < end,
            Full::JobsUntil(since) => opened.is_some_and(|opened| opened <= since),
        }
    }
}

/// How the rows of a key are kept, by number: what a store gets along with a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormRef {
    /// Nothing needs to be said.
    Plain,
    /// As that meter says.
    Meter(u32),
    /// As that monitor says.
    Monitor(MonitorId),
}

impl Plan {
    /// The plan of a contract.
    #[must_use]
    pub fn of(contract: &Verified) -> Plan {
        let program = contract.program();
        let mut plan = Plan {
            named: Arc::new(ContractRef {
                name: program.contract.name.clone(),
                version: program.contract.version.clone(),
                digest: *contract.digest(),
            }),
            files: program.files.iter().map(|file| Arc::from(&**file)).collect(),
            meters: Vec::new(),
            meter_of: Vec::new(),
            labels: Vec::new(),
            steps: program.limits.iter().map(|limit| steps(program, limit)).collect(),
            monitors: program.monitors.iter().map(|monitor| monitor_name(program, monitor)).collect(),
            of_jobs: program.monitors.iter().map(|monitor| monitor.scope == Scope::Job).collect(),
            asks: asks(program),
            questions: Vec::new(),
            counts_retries: false,
            denials: Vec::new(),
            carried: Carried::of(program),
            sends_for_jobs: Vec::new(),
        };
        plan.sends_for_jobs = program.tools.iter().map(|tool| plan.carried.decides(program, tool)).collect();
        for (id, limit) in (0..).map(LimitId).zip(&program.limits) {
            plan.limit(id, limit);
        }
        for (tool, _) in (0..).map(ToolId).zip(&program.tools) {
            plan.questions.push(Questions::of(contract, tool, |node| plan.asks(node)));
        }
        plan
    }

    fn limit(&mut self, id: LimitId, limit: &Limit) {
        let mut places = Vec::with_capacity(limit.bounds.len());
        for (number, bound) in limit.bounds.iter().enumerate() {
            let name = meter_name(&limit.id, limit, bound);
            let known = self.meters.iter().position(|meter| meter.limit == id && meter.name == name);
            let place = known.unwrap_or_else(|| {
                self.meters.push(MeterPlan {
                    name,
                    natural: name,
                    shape: meter_name("", limit, bound),
                    full: None,
                    limit: id,
                    meter: bound.meter,
                    window: limit.window.clone(),
                    most: None,
                    bounds: Vec::new(),
                });
                self.meters.len() - 1
            });
            if let Some(meter) = self.meters.get_mut(place) {
                meter.bounds.push(number);
            }
            places.push(u32::try_from(place).unwrap_or(u32::MAX));
            self.counts_retries |= bound.meter == Meter::Retries;
            if bound.meter == Meter::Denials && !self.denials.contains(&id) {
                self.denials.push(id);
            }
        }
        self.meter_of.push(places);
        let label = |bound: &Bound| Arc::from(format!("{}.{}", limit.id, bound.label));
        self.labels.push(limit.bounds.iter().map(label).collect());
        for meter in self.meters.iter_mut().filter(|meter| meter.limit == id) {
            let bounds: Vec<&Bound> = meter.bounds.iter().filter_map(|&at| limit.bounds.get(at)).collect();
            meter.most = tally::shape(limit, &bounds).most;
        }
    }

    /// The number of the total of that name in the state.
    #[must_use]
    pub fn meter_named(&self, name: &Name) -> Option<u32> {
        let place = self.meters.iter().position(|meter| meter.name == *name)?;
        u32::try_from(place).ok()
    }

    /// The monitor of that name in the state.
    #[must_use]
    pub fn monitor_named(&self, name: &Name) -> Option<MonitorId> {
        let place = self.monitors.iter().position(|known| known == name)?;
        u32::try_from(place).ok().map(MonitorId)
    }

    /// Whether what a monitor keeps belongs to a job.
    #[must_use]
    pub fn is_of_jobs(&self, monitor: MonitorId) -> bool {
        self.of_jobs.get(monitor.index()).copied().unwrap_or(false)
    }

    /// What a step of a limit is known by: what it counts, where it is and what happens there, never its place in the source.
    #[must_use]
    pub fn step(&self, limit: LimitId, bound: usize) -> u32 {
        self.steps.get(limit.index()).and_then(|steps| steps.get(bound)).copied().unwrap_or(u32::MAX)
    }

    /// What a tool asks the past.
    #[must_use]
    pub fn questions(&self, tool: ToolId) -> Option<&Questions> {
        self.questions.get(tool.index())
    }

    /// Whether a node asks the past.
    #[must_use]
    pub fn asks(&self, node: NodeId) -> bool {
        self.asks.get(node.index()).copied().unwrap_or(false)
    }

    /// How rows of that form are kept.
    #[must_use]
    pub fn form<'p>(&'p self, program: &'p Program, form: FormRef) -> Form<'p> {
        match form {
            FormRef::Plain => Form::Plain,
            FormRef::Meter(meter) => self.meters.get(meter as usize).map_or(Form::Plain, |meter| {
                Form::Tally(crate::state::sums::Shape { window: &meter.window, most: meter.most })
            }),
            FormRef::Monitor(monitor) => program
                .monitors
                .get(monitor.index())
                .map_or(Form::Plain, |monitor| Form::Watch(&monitor.keep)),
        }
    }
}

/// A text that is digested part by part, each with its length.
struct Parts(Sha256);

impl Parts {
    fn of(kind: &str) -> Self {
        let mut parts = Parts(Sha256::new());
        parts.add(kind);
        parts
    }

    fn add(&mut self, part: &str) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part.as_bytes());
    }

    fn finish(self) -> Name {
        let digest: [u8; 32] = self.0.finalize().into();
        let mut name = [0; 16];
        name.iter_mut().zip(digest).for_each(|(to, byte)| *to = byte);
        name
    }
}

/// Another name, for a total whose own one is taken.
pub(crate) fn renamed(name: &Name) -> Name {
    let mut parts = Parts::of("renamed");
    name.iter().for_each(|byte| parts.add(&byte.to_string()));
    parts.finish()
}

/// Name, shape of the key, unit and window. The cap is not part of it.
fn meter_name(id: &str, limit: &Limit, bound: &Bound) -> Name {
    let mut parts = Parts::of("limit");
    parts.add(id);
    parts.add(&format!("{:?}", limit.keys));
    parts.add(&format!("{:?}", limit.window));
    parts.add(&format!("{:?}", bound.keys));
    parts.add(&bound.counts);
    if crate::planted::planted(126) {
        parts.add(&bound.most.to_string());
    }
    parts.finish()
}

fn steps(program: &Program, limit: &Limit) -> Vec<u32> {
    let step = |bound: &Bound| {
        let mut parts = Parts::of("step");
        parts.add(&format!("{:?}", bound.keys));
        parts.add(&bound.counts);
        parts.add(&bound.most.to_string());
        match bound.step {
            Step::Challenge(id) => {
                let challenge = program.challenges.get(id.index());
                parts.add(challenge.map_or("", |challenge| challenge.name.as_str()));
            }
            other => parts.add(&format!("{other:?}")),
        }
        let [a, b, c, d, ..] = parts.finish();
        u32::from_le_bytes([a, b, c, d])
    };
    limit.bounds.iter().map(step).collect()
}

/// What it watches, and how it is asked, written out.
fn monitor_name(program: &Program, monitor: &agentpass_ir::Monitor) -> Name {
    let mut parts = Parts::of("monitor");
    let subject = match monitor.of {
        Subject::Tool(id) => program.tools.get(id.index()).map(|tool| match &tool.name {
            ToolName::Exact(name) => format!("tool {name}"),
            ToolName::Family(pattern, _) => format!("tools {pattern}"),
            ToolName::Otherwise => "otherwise".to_owned(),
        }),
        Subject::Event(id) => program.events.get(id.index()).map(|event| format!("event {}", event.name)),
    };
    parts.add(&subject.unwrap_or_default());
    parts.add(&format!("{:?} {:?}", monitor.phase, monitor.scope));
    let written = |node: NodeId| agentpass_ir::listing::expr(program, node);
    parts.add(&monitor.args.map(written).unwrap_or_default());
    parts.add(&monitor.result.map(written).unwrap_or_default());
    for join in &monitor.join {
        match join {
            Join::Arg(node) => parts.add(&format!("arg {}", written(*node))),
            Join::Result(node) => parts.add(&format!("result {}", written(*node))),
        }
    }
    match &monitor.keep {
        Keep::Spans { .. } => parts.add("spans"),
        Keep::Latest(kept) => {
            parts.add("latest");
            kept.iter().for_each(|kept| parts.add(&kept.name));
        }
        Keep::First(kept) => {
            parts.add("first");
            kept.iter().for_each(|kept| parts.add(&kept.name));
        }
        Keep::Count { within, .. } => parts.add(&format!("count {within:?}")),
        Keep::Sum { amount, within, .. } => parts.add(&format!("sum {} {within:?}", written(*amount))),
        Keep::Distinct { value, .. } => parts.add(&format!("distinct {}", value.name)),
        Keep::Runs { .. } => parts.add("runs"),
        Keep::Spent { amount, .. } => parts.add(&format!("spent {}", written(*amount))),
        Keep::Open => parts.add("open"),
    }
    parts.finish()
}

fn asks(program: &Program) -> Vec<bool> {
    let mut all: Vec<bool> = Vec::with_capacity(program.nodes.len());
    for node in &program.nodes {
        let mut asks =
            node.op.recalls().next().is_some() || matches!(node.op, Op::Labels | Op::Carries { .. });
        node.op.children(&mut |child| asks |= all.get(child.index()).copied().unwrap_or(false));
        all.push(asks);
    }
    all
}
