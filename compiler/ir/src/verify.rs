//! The only door to execution.
//!
//! [`verify()`] goes through a program once and writes down, as checks, everything that an engine relies on: indices are
//! in range, children stand before their parents, each node has the type that its operation gives, variables are
//! bound where they are used, slots hold what a rule reads from them in every tool of the rule, and nothing is larger,
//! deeper or dearer than its bound. What has passed needs no check while it runs, and no engine has to be asked twice.

mod nodes;
mod roots;

use std::fmt;

use agentpass_values::{Duration, Pattern};

use crate::program::{
    Ambient, ChargeId, Meter, Param, Presence, Program, Rule, RuleId, Scalar, ScalarForm, SlotId, Ty, Value,
    Window,
};

/// The greatest number of nodes of a program.
pub const MAX_NODES: usize = 1 << 20;
/// The greatest number of rules, limits, charges, challenges or tools, of each.
pub const MAX_TABLE: usize = 1 << 16;
/// The greatest number of parameters of a tool.
pub const MAX_PARAMS: usize = 256;
/// The greatest depth of an expression.
pub const MAX_DEPTH: u32 = 192;
/// The greatest number of nodes that one root reaches, shared nodes counted as often as they are reached.
pub const MAX_COST: u32 = 1 << 16;
/// How many quantifiers may stand in one another, a rule's own `each` included.
pub const MAX_VARS: usize = 4;

/// A program that may be executed. It cannot be made in any other way, and not changed any more.
#[derive(Clone, Debug)]
pub struct Verified {
    program: Program,
    /// Per tool, its rules in source order.
    rules: Vec<Vec<RuleId>>,
    /// Per tool, its charges in source order of their limits.
    charges: Vec<Vec<ChargeId>>,
    /// Per rule, what has to surround the call for the rule to be judged at all.
    scopes: Vec<Vec<Ambient>>,
}

/// Why a program may not be executed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A number that points nowhere.
    Index {
        /// What it should point to.
        table: &'static str,
        /// The number.
        index: u32,
    },
    /// A node that refers to itself or to one that follows it.
    Order {
        /// The node.
        node: u32,
    },
    /// A node or root whose type is not the one that is needed there.
    Type {
        /// The node.
        node: u32,
        /// What it should be.
        expected: String,
    },
    /// A variable that nothing binds, or that binds out of order.
    Unbound {
        /// The node.
        node: u32,
    },
    /// Something larger than its bound.
    Bound {
        /// What is too large.
        what: &'static str,
        /// How large it may be.
        most: usize,
    },
    /// A table that is not what it has to be: unsorted, doubled, of the wrong length.
    Shape {
        /// What is wrong with which table.
        what: &'static str,
        /// The entry.
        index: usize,
    },
}

/// Checks a program.
///
/// # Errors
/// The first thing that is wrong. A compiler's output never is; a bundle from elsewhere may be.
pub fn verify(program: Program) -> Result<Verified, Fault> {
    sizes(&program)?;
    tools(&program)?;
    let weights = nodes::check(&program)?;
    let mut rules = vec![Vec::new(); program.tools.len()];
    let mut scopes = Vec::with_capacity(program.rules.len());
    for (id, rule) in (0..).map(RuleId).zip(&program.rules) {
        scopes.push(roots::rule(&program, &weights, rule)?);
        for tool in &rule.tools {
            let of: &mut Vec<RuleId> =
                rules.get_mut(tool.index()).ok_or(Fault::Index { table: "tool", index: tool.0 })?;
            if of.last() == Some(&id) {
                return Err(Fault::Shape { what: "a rule names a tool twice", index: id.index() });
            }
            of.push(id);
        }
    }
    limits(&program)?;
    let mut charges = vec![Vec::new(); program.tools.len()];
    for (id, charge) in (0..).map(ChargeId).zip(&program.charges) {
        roots::charge(&program, &weights, id, charge)?;
        let of: &mut Vec<ChargeId> = charges
            .get_mut(charge.tool.index())
            .ok_or(Fault::Index { table: "tool", index: charge.tool.0 })?;
        of.push(id);
    }
    for of in &mut charges {
        // Two charges of one call on one limit would be counted twice and checked once.
        let limit = |id: &ChargeId| program.charges.get(id.index()).map(|charge| charge.limit);
        of.sort_by_key(limit);
        if let Some(twice) = of.windows(2).find(|pair| pair.first().map(limit) == pair.last().map(limit)) {
            let index = twice.first().map_or(0, |id| id.index());
            return Err(Fault::Shape { what: "a tool is charged twice on one limit", index });
        }
    }
    Ok(Verified { program, rules, charges, scopes })
}

impl Verified {
    /// The program, to read.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The rules of a tool, in source order.
    pub fn rules(&self, tool: crate::ToolId) -> impl Iterator<Item = (RuleId, &Rule)> {
        let ids = self.rules.get(tool.index()).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|&id| Some((id, self.program.rules.get(id.index())?)))
    }

    /// The charges of a tool, in source order of their limits.
    pub fn charges(&self, tool: crate::ToolId) -> impl Iterator<Item = (ChargeId, &crate::Charge)> {
        let ids = self.charges.get(tool.index()).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|&id| Some((id, self.program.charges.get(id.index())?)))
    }

    /// What has to surround a call for a rule to be judged: what it reads without asking whether it is there.
    #[must_use]
    pub fn scopes(&self, rule: RuleId) -> &[Ambient] {
        self.scopes.get(rule.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The tool with that wire name.
    #[must_use]
    pub fn tool(&self, wire: &str) -> Option<crate::ToolId> {
        let found = self.program.tools.binary_search_by(|tool| tool.wire.as_str().cmp(wire)).ok()?;
        u32::try_from(found).ok().map(crate::ToolId)
    }
}

fn at_most(what: &'static str, size: usize, most: usize) -> Result<(), Fault> {
    if size <= most { Ok(()) } else { Err(Fault::Bound { what, most }) }
}

fn sizes(program: &Program) -> Result<(), Fault> {
    at_most("nodes", program.nodes.len(), MAX_NODES)?;
    at_most("constants", program.consts.len(), MAX_NODES)?;
    at_most("rules", program.rules.len(), MAX_TABLE)?;
    at_most("limits", program.limits.len(), MAX_TABLE)?;
    at_most("charges", program.charges.len(), MAX_NODES)?;
    at_most("challenges", program.challenges.len(), MAX_TABLE)?;
    at_most("tools", program.tools.len(), MAX_TABLE)?;
    at_most("files", program.files.len(), MAX_TABLE)
}

fn tools(program: &Program) -> Result<(), Fault> {
    for (index, pair) in program.tools.windows(2).enumerate() {
        if let [a, b] = pair
            && a.wire >= b.wire
        {
            return Err(Fault::Shape { what: "tools are not sorted by name", index });
        }
    }
    for (index, tool) in program.tools.iter().enumerate() {
        at_most("parameters", tool.params.len(), MAX_PARAMS)?;
        let mut names: Vec<&str> = tool.params.iter().map(|param| param.wire.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(Fault::Shape { what: "a tool has two parameters of one name", index });
        }
        for param in &tool.params {
            self::param(program, index, param)?;
        }
    }
    Ok(())
}

fn param(program: &Program, index: usize, param: &Param) -> Result<(), Fault> {
    let of = match &param.form {
        crate::Form::One(of) | crate::Form::List { of, .. } => of,
    };
    if let ScalarForm::Id(Some(pattern)) = of
        && Pattern::new(pattern).is_err()
    {
        return Err(Fault::Shape { what: "a pattern of an id does not compile", index });
    }
    if let Presence::Default(id) = param.presence {
        let value = program.consts.get(id.index()).ok_or(Fault::Index { table: "constant", index: id.0 })?;
        if !has_type(value, param.form.ty()) {
            return Err(Fault::Shape { what: "a default does not have its parameter's type", index });
        }
    }
    Ok(())
}

fn limits(program: &Program) -> Result<(), Fault> {
    let mut ids: Vec<&str> = program.limits.iter().map(|limit| limit.id.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(Fault::Shape { what: "two limits share one name, and so their state", index: 0 });
    }
    for (index, limit) in program.limits.iter().enumerate() {
        let empty = matches!(limit.window, Window::Rolling(length) if length <= Duration::ZERO);
        if empty || limit.bounds.iter().any(|bound| bound.most < 0) {
            return Err(Fault::Shape { what: "a limit has an empty window or a negative bound", index });
        }
        // An exact count keeps its events: that has to stay affordable per key.
        let huge = |bound: &crate::Bound| bound.meter == Meter::Calls && bound.most > 1_000_000;
        if limit.window != Window::Lifetime && limit.bounds.iter().any(huge) {
            return Err(Fault::Bound { what: "calls in a window", most: 1_000_000 });
        }
    }
    for (index, challenge) in program.challenges.iter().enumerate() {
        if challenge.count == 0 {
            return Err(Fault::Shape { what: "a challenge asks nobody", index });
        }
    }
    Ok(())
}

/// True where a value is of a type.
pub(crate) fn has_type(value: &Value, ty: Ty) -> bool {
    let one = |value: &Value, of: Scalar| match (value, of) {
        (Value::Bool(_), Scalar::Bool) | (Value::Int(_), Scalar::Int) | (Value::Text(_), Scalar::Text) => {
            true
        }
        (Value::Money(money), Scalar::Money(currency)) => money.currency == currency,
        _ => false,
    };
    match (value, ty) {
        (Value::List(all), Ty::List(of)) => all.iter().all(|value| one(value, of)),
        (value, Ty::One(of)) => one(value, of),
        _ => false,
    }
}

/// The slot's type in every one of the tools, if they agree.
pub(crate) fn slot_type(program: &Program, tools: &[crate::ToolId], slot: SlotId) -> Option<Ty> {
    let mut types = tools.iter().map(|tool| program.tools.get(tool.index())?.slot_type(slot));
    let first = types.next()??;
    types.all(|ty| ty == Some(first)).then_some(first)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Index { table, index } => write!(f, "there is no {table} {index}"),
            Fault::Order { node } => write!(f, "node {node} does not stand after its children"),
            Fault::Type { node, expected } => write!(f, "node {node} is not {expected}"),
            Fault::Unbound { node } => write!(f, "node {node} reads a variable that is not bound there"),
            Fault::Bound { what, most } => write!(f, "more {what} than {most}"),
            Fault::Shape { what, index } => write!(f, "{what} (entry {index})"),
        }
    }
}

impl std::error::Error for Fault {}
