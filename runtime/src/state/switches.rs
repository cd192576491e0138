//! The kill switch: what is suspended until an operator lifts it (semantics 27).

use std::collections::BTreeSet;

/// What is suspended beyond single jobs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Switches {
    /// Everything.
    pub gate: bool,
    /// Agents, each of a tenant.
    pub agents: BTreeSet<(Option<String>, String)>,
    /// Tools, by wire name.
    pub tools: BTreeSet<String>,
    /// There are tenants: what names none may be about any of them.
    pub tenants: bool,
}

/// One switch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Switch {
    /// Everything.
    Gate,
    /// An agent of a tenant.
    Agent(Option<String>, String),
    /// A tool, by wire name.
    Tool(String),
    /// There are tenants, which suspends nobody.
    Tenants,
}

impl Switches {
    /// True where that is suspended.
    #[must_use]
    pub fn is_on(&self, switch: &Switch) -> bool {
        match switch {
            Switch::Gate => self.gate,
            Switch::Agent(tenant, agent) => self.agents.contains(&(tenant.clone(), agent.clone())),
            Switch::Tool(tool) => self.tools.contains(tool),
            Switch::Tenants => self.tenants,
        }
    }

    /// For which tenants an agent of that name is suspended.
    #[must_use]
    pub fn tenants_of(&self, agent: &str) -> Vec<Option<String>> {
        let own = self.agents.iter().filter(|(_, name)| name == agent);
        own.map(|(tenant, _)| tenant.clone()).collect()
    }

    /// Turns a switch.
    pub fn turn(&mut self, switch: Switch, suspended: bool) {
        match switch {
            Switch::Gate => self.gate = suspended,
            Switch::Tenants => self.tenants = suspended,
            Switch::Agent(tenant, agent) if suspended => {
                self.agents.insert((tenant, agent));
            }
            Switch::Agent(tenant, agent) => {
                self.agents.remove(&(tenant, agent));
            }
            Switch::Tool(tool) if suspended => {
                self.tools.insert(tool);
            }
            Switch::Tool(tool) => {
                self.tools.remove(&tool);
            }
        }
    }
}
