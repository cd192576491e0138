//! Where data may go. Of several flows that speak of a movement, the guard takes the first; in a contract each one speaks, so a
//! flow steps back where an earlier one has spoken.

use agentpass_values::folded;

use super::number;
use super::page::{Asked, Own, Page, folded_set, texts};
use super::policy::{Decision, Flow, Otherwise, Policy};
use crate::import::words::{is_dotted, quoted};

/// The ways a movement can be a flow's.
struct Way<'p> {
    /// Its number in the policy, from 1.
    number: usize,
    flow: &'p Flow,
    /// Folded; nothing for every end.
    from: Option<String>,
    to: Option<String>,
    destination: Option<String>,
    /// Any of these; nothing for every class.
    classes: Vec<String>,
}

pub(super) fn write(page: &mut Page, policy: &Policy) {
    if policy.tools.is_empty() {
        return;
    }
    ends(page, policy);
    let ways: Vec<Way<'_>> =
        policy.flows.iter().enumerate().map(|(at, flow)| Way::new(at + 1, flow)).collect();
    // The earlier flow that speaks for all that this one could speak for.
    let first = |at: usize, way: &Way<'_>| {
        ways.get(..at).unwrap_or_default().iter().find(|first| first.covers(way)).map(|first| first.number)
    };
    for (at, way) in ways.iter().enumerate() {
        if let Some(first) = first(at, way) {
            let number = way.number;
            page.line(format!("// Flow {number} of the policy decides nothing: flow {first} comes first.\n"));
            continue;
        }
        let meets = |other: usize, with: &Way<'_>| first(other, with).is_none() && way.overlaps(with);
        let earlier = ways.iter().enumerate().take(at);
        let yields_to: Vec<&Way<'_>> =
            earlier.filter(|(at, with)| meets(*at, with)).map(|(_, with)| with).collect();
        // What a later flow steps back from has a name.
        if ways.iter().enumerate().skip(at + 1).any(|(at, with)| meets(at, with)) {
            page.line(format!("let is_flow_{} = {}", way.number, way.condition()));
        }
        way.write(page, &yields_to);
    }
    otherwise(page, policy);
}

/// Watched data leaves only where it is said from where and to where.
fn ends(page: &mut Page, policy: &Policy) {
    if let Some(leaves) = leaves(page, policy) {
        let known = page.own(Own::Known);
        page.line(format!(
            "deny when {known} and {leaves} and not (has host.data_from and has host.data_to)"
        ));
        page.line("because \"dataFrom and dataTo are required for sensitive data movement\"\n");
    }
}

/// The condition that a call carries what the policy watches, if it watches anything.
pub(super) fn watched(page: &mut Page, policy: &Policy) -> Option<&'static str> {
    match &policy.sensitive_classifications {
        None => Some(page.uses("is_sensitive")),
        Some(none) if none.is_empty() => None,
        Some(_) => Some(page.own(Own::Watched)),
    }
}

/// The condition that this goes outside.
fn leaves(page: &mut Page, policy: &Policy) -> Option<String> {
    match (&policy.sensitive_classifications, &policy.sensitive_destination_types) {
        (Some(none), _) | (_, Some(none)) if none.is_empty() => None,
        (None, None) => Some(page.uses("is_outside").to_owned()),
        (_, outside) => {
            let watched = watched(page, policy)?;
            let goes = if outside.is_some() { page.own(Own::Outside) } else { page.uses("goes_outside") };
            Some(format!("{watched} and {goes}"))
        }
    }
}

/// What becomes of watched data that goes outside and of which no flow speaks.
fn otherwise(page: &mut Page, policy: &Policy) {
    let decision = policy.default_sensitive_destination_decision;
    if decision == Otherwise::Allow {
        return;
    }
    let Some(leaves) = leaves(page, policy) else { return };
    let known = page.own(Own::Known);
    page.line(format!("flow otherwise when {known} and {leaves} {{"));
    if decision == Otherwise::Deny {
        page.line("deny because \"sensitive data movement has no allowed flow: {host.data_from} -> {host.data_to}\"");
    } else {
        page.ask(Asked::Pii, None);
    }
    page.line("}\n");
}

impl<'p> Way<'p> {
    fn new(number: usize, flow: &'p Flow) -> Self {
        let end = |end: &str| (end != "*").then(|| folded::key(end).into_owned());
        let destination = flow.destination_type.as_deref().filter(|it| !it.is_empty()).and_then(end);
        Self {
            number,
            flow,
            from: end(&flow.from),
            to: end(&flow.to),
            destination,
            classes: folded_set(&flow.data_classification),
        }
    }

    /// Every movement of the other one is this one's as well.
    fn covers(&self, other: &Self) -> bool {
        let wider = |own: &Option<String>, other: &Option<String>| own.is_none() || own == other;
        let classes = self.classes.is_empty()
            || !other.classes.is_empty() && other.classes.iter().all(|class| self.classes.contains(class));
        wider(&self.from, &other.from)
            && wider(&self.to, &other.to)
            && wider(&self.destination, &other.destination)
            && classes
    }

    /// A movement may be that of both.
    fn overlaps(&self, other: &Self) -> bool {
        let meet =
            |own: &Option<String>, other: &Option<String>| own.is_none() || other.is_none() || own == other;
        meet(&self.from, &other.from)
            && meet(&self.to, &other.to)
            && meet(&self.destination, &other.destination)
    }

    fn destination(&self) -> Option<String> {
        let to = quoted(self.destination.as_deref()?);
        Some(format!("has host.destination_type and host.destination_type == {to}"))
    }

    /// The condition that a movement is this flow's.
    fn condition(&self) -> String {
        let end = |name: &str, end: &Option<String>| {
            end.as_deref().map(|end| format!("has host.{name} and host.{name} == {}", quoted(end)))
        };
        let classes = (!self.classes.is_empty())
            .then(|| format!("has host.classes and (some c in host.classes: c in {})", texts(&self.classes)));
        let parts = [end("data_from", &self.from), end("data_to", &self.to), self.destination(), classes];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "has host.data_from".to_owned() } else { parts.join(" and ") }
    }

    fn write(&self, page: &mut Page, yields_to: &[&Way<'_>]) {
        let flow = self.flow;
        let end = |end: &Option<String>| match end.as_deref() {
            None => "any".to_owned(),
            Some(end) if is_dotted(end) && end != "any" && end != "otherwise" => end.to_owned(),
            Some(end) => quoted(end),
        };
        let carrying = if self.classes.is_empty() {
            String::new()
        } else {
            let classes: Vec<String> = self.classes.iter().map(|class| quoted(class)).collect();
            format!(" carrying any {}", classes.join(", "))
        };
        let mut when = vec![page.own(Own::Known).to_owned()];
        when.extend(self.destination());
        when.extend(yields_to.iter().map(|first| format!("not is_flow_{}", first.number)));
        page.line(format!(
            "flow {} -> {}{carrying} when {} {{",
            end(&self.from),
            end(&self.to),
            when.join(" and ")
        ));
        if flow.decision == Decision::Deny {
            page.line("deny because \"flow is denied: {host.data_from} -> {host.data_to}\"");
        }
        if let Some(cap) = flow.max_records {
            let (most, shown) = (number::grouped(&number::cap(cap.0).to_string()), number::text(cap.0));
            page.line("when has host.records {");
            page.line(format!(
                "require host.records <= {most} because \"recordCount exceeds maxRecords {shown}\""
            ));
            page.line("}");
        }
        page.domains(flow.allowed_domains.as_deref(), " for flow");
        page.fields(flow.blocked_fields.as_deref(), flow.allowed_fields.as_deref(), " by flow");
        if flow.requires_approval {
            page.ask(Asked::Flow, None);
        }
        page.line("}\n");
    }
}
