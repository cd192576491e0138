//! The stage of identity: for whom and when the contract holds, and what is suspended.

use agentpass_ir::{Ambient, Contract, ToolId};
use agentpass_values::escape;

use super::Prepared;
use super::findings::Findings;
use crate::digest::{self, Digest};
use crate::planted::planted;
use crate::state::Row;
use crate::state::job::Job;
use crate::store::Snapshot;

pub(super) fn judge(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, findings: &mut Findings<'_>) {
    let contract = &prepared.contract().program().contract;
    let agent = prepared.ambient(Ambient::Agent);
    if !contract.agents.is_empty() && !agent.is_some_and(|agent| is_named(contract, agent)) {
        let who = agent.map_or("an agent without a name".to_owned(), |it| format!("`{}`", escape::shown(it)));
        findings.deny("identity.agent", format!("this contract is not for {who}"));
    }
    let now = snapshot.reading;
    // Both readings have to lie inside: a clock that ran backwards opens nothing again.
    let early = contract.valid_from.is_some_and(|from| now.early < from);
    if early || contract.valid_before.is_some_and(|before| now.late >= before) {
        findings.deny("identity.validity", "this contract does not hold now".to_owned());
    }
    skill(prepared, findings);
    suspended(prepared, snapshot, findings);
    closed(prepared, snapshot, findings);
    bound(prepared, snapshot, findings);
    owner(prepared, snapshot, findings);
}

/// True where the contract judges calls of that agent.
pub(crate) fn is_named(contract: &Contract, agent: &str) -> bool {
    contract.agents.is_empty() || contract.agents.iter().any(|of| is_for(of, agent))
}

/// `a/*` stands for everything below `a`.
fn is_for(pattern: &str, agent: &str) -> bool {
    match pattern.strip_suffix("/*") {
        Some(above) => agent
            .strip_prefix(above)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| !rest.is_empty()),
        None => agent == pattern,
    }
}

/// A call made for a skill has to be one that it invokes, and the bundle the one that was reviewed.
fn skill(prepared: &Prepared<'_>, findings: &mut Findings<'_>) {
    let Some(name) = prepared.ambient(Ambient::Skill) else { return };
    let program = prepared.contract().program();
    let shown = escape::shown(name);
    let Some(skill) = prepared.contract().skill(name).and_then(|id| program.skills.get(id.index())) else {
        findings.deny("identity.skill", format!("this contract has no skill `{shown}`"));
        return;
    };
    if let (Some(expected), Some(given)) = (skill.digest, prepared.call.skill_digest)
        && expected != given
    {
        findings.deny("identity.skill_digest", format!("`{shown}` is not the bundle that was reviewed"));
    }
    let invokes = |tool: ToolId| {
        let name = &prepared.call.name;
        skill
            .invokes
            .iter()
            .any(|(of, names)| *of == tool && names.as_ref().is_none_or(|names| names.stands_for(name)))
    };
    if prepared.tool.is_some_and(|tool| !invokes(tool)) {
        let tool = escape::shown(&prepared.call.name);
        findings.deny("identity.skill_tool", format!("the skill `{shown}` does not invoke `{tool}`"));
    }
}

fn suspended(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, findings: &mut Findings<'_>) {
    if crate::planted::planted(127) {
        return;
    }
    let row = |place: usize| snapshot.rows.get(place).copied().flatten();
    let mut deny = |what: &str| findings.deny("suspended", format!("{what} is suspended"));
    if let Some(Row::Switches(switches)) = row(prepared.switches) {
        if switches.gate {
            deny("the gate");
        }
        let tenant = prepared.ambient(Ambient::Tenant).map(str::to_owned);
        if let Some(agent) = prepared.ambient(Ambient::Agent)
            && switches.agents.contains(&(tenant, agent.to_owned()))
        {
            deny("the agent");
        }
        if switches.tools.contains(&prepared.call.name) {
            deny("the tool");
        }
    }
    if jobs(prepared, snapshot).any(|job| job.suspended) {
        deny("the job");
    }
}

/// The job, and those above it.
fn jobs<'s>(prepared: &Prepared<'_>, snapshot: &Snapshot<'s>) -> impl Iterator<Item = &'s Job> {
    let row = |place: usize| match snapshot.rows.get(place).copied().flatten() {
        Some(Row::Job(job)) => Some(&**job),
        _ => None,
    };
    prepared.jobs.iter().filter_map(move |&place| row(place))
}

/// What the host has closed is over, and so is what is below it.
fn closed(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, findings: &mut Findings<'_>) {
    if jobs(prepared, snapshot).any(|job| job.closed) && !planted(235) {
        findings.deny("job.closed", "the job is closed".to_owned());
    }
}

/// What is bound to a job stays bound: under its name there is no other one.
fn bound(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, findings: &mut Findings<'_>) {
    let row = prepared.job.and_then(|place| snapshot.rows.get(place).copied().flatten());
    let Some(Row::Job(job)) = row else { return };
    for (name, value) in facts(prepared) {
        if job.facts.iter().any(|(known, bound)| *known == name && *bound != value) {
            let shown = escape::shown(&name);
            findings.deny("identity.job", format!("the job is bound to another `{shown}`"));
        }
    }
}

/// What the call says is bound to its job: names, and digests of values.
pub(super) fn facts(prepared: &Prepared<'_>) -> Vec<(String, Digest)> {
    let program = prepared.contract().program();
    let facts = (0..).zip(&program.job).filter_map(|(number, param)| {
        let value = prepared.call.frame.get(program.job_slot(number))?;
        Some((param.wire.clone(), digest::of_value(value)))
    });
    facts.collect()
}

/// A job that the host opened belongs to those for whom it did.
fn owner(prepared: &Prepared<'_>, snapshot: &Snapshot<'_>, findings: &mut Findings<'_>) {
    let row = prepared.job.and_then(|place| snapshot.rows.get(place).copied().flatten());
    let Some(Row::Job(job)) = row else { return };
    let Some(bound) = &job.bound else { return };
    let same = bound.agent.as_deref() == prepared.ambient(Ambient::Agent)
        && bound.user.as_deref() == prepared.ambient(Ambient::User);
    if !same {
        findings.deny("identity.job", "the job belongs to somebody else".to_owned());
    }
}
