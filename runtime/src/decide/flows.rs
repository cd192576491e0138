//! Movements of data, and the flows that stand for them (semantics 31 and 32).

use std::borrow::Cow;

use agentpass_ir::{AGENT_CONTEXT, Ambient, Ends, Flow, FlowId, NodeId, Tool, ToolId, Value};
use agentpass_values::{escape, folded};

use super::Prepared;
use super::findings::{Findings, Weight};
use super::past::Present;
use super::rules::scope_code;
use crate::decision::{Met, Reason};
use crate::eval::{Datum, Eval};
use crate::planted::planted;
use crate::state::job::Labels;
use crate::truth::Truth;

/// Data that a call moves.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Movement<'m> {
    from: Cow<'m, str>,
    to: Cow<'m, str>,
    /// Folded.
    labels: Folded<'m>,
}

/// Labels by what they are compared by.
type Folded<'m> = Vec<Cow<'m, str>>;

/// The flows that a call takes part in.
#[derive(Debug, Default)]
pub(super) struct Movements {
    taken: Vec<FlowId>,
}

impl Movements {
    /// True where the call has a movement for which the flow stands, or may.
    pub(super) fn take(&self, flow: FlowId) -> bool {
        self.taken.contains(&flow)
    }
}

/// Judges the movements of a call by themselves; the rules of their flows are judged with the others.
pub(super) fn judge(
    prepared: &Prepared<'_>,
    tool: ToolId,
    present: &Present<'_, '_>,
    findings: &mut Findings<'_>,
) -> Movements {
    let program = prepared.contract().program();
    let Some(of) = program.tools.get(tool.index()) else { return Movements::default() };
    let eval = present.eval();
    nowhere(of, &eval, findings);
    if of.reads.is_empty() && of.sends.is_empty() && of.crossings.is_empty() {
        return Movements::default();
    }
    homeless(prepared, of, findings);
    let Some(movements) = movements(prepared, tool, of, present, &eval, findings) else {
        return Movements::default();
    };
    let conditions: Vec<(FlowId, Truth)> = of
        .flows
        .iter()
        .map(|(id, when)| (*id, when.map_or(Truth::True, |when| present.truth(&eval, when, None))))
        .collect();
    let mut taken = Vec::new();
    for movement in &movements {
        let mut allowing: Vec<&Flow> = Vec::new();
        let mut stands = false;
        for (id, when) in &conditions {
            let Some(flow) = program.flows.get(id.index()) else { continue };
            if *when == Truth::False || !covers(flow, movement) {
                continue;
            }
            stands = true;
            taken.push(*id);
            if *when == Truth::True {
                allowing.push(flow);
            }
        }
        // What carries nothing goes where it wants, unless a flow names its way.
        let carries_nothing = movement.from == AGENT_CONTEXT && movement.labels.is_empty();
        if !stands && !carries_nothing {
            // The rules of `otherwise` speak for what no other flow stands for, as far as it is about that.
            for (id, when) in &conditions {
                let Some(flow) = program.flows.get(id.index()).filter(|flow| flow.ends.is_none()) else {
                    continue;
                };
                if *when == Truth::False || !about(flow, movement) {
                    continue;
                }
                taken.push(*id);
                if *when == Truth::True {
                    allowing.push(flow);
                }
            }
        }
        guarded(prepared, of, movement, &allowing, findings);
    }
    taken.sort_unstable();
    taken.dedup();
    if findings.explains() {
        for id in &taken {
            let Some(flow) = program.flows.get(id.index()) else { continue };
            let when = conditions.iter().find(|(of, _)| of == id).map_or(Truth::True, |(_, when)| *when);
            let place = Some(findings.place(flow.origin));
            let (id, kind, applies) = (flow.id.clone(), "flow", when.word());
            findings.met(Met { id, kind, place, applies, holds: "", saw: Vec::new(), outcome: "stands" });
        }
    }
    Movements { taken }
}

/// A guarded label leaves only by a flow that names the way.
fn guarded(
    prepared: &Prepared<'_>,
    of: &Tool,
    movement: &Movement<'_>,
    allowing: &[&Flow],
    findings: &mut Findings<'_>,
) {
    if crate::planted::planted(132) {
        return;
    }
    if movement.labels.is_empty() {
        return;
    }
    for label in &prepared.contract().program().guarded {
        let is_carried = movement.labels.iter().any(|carried| folded::same(carried, label));
        if is_carried && !allowing.iter().any(|flow| names(flow, label)) {
            let (from, to) = (escape::shown(&movement.from), escape::shown(&movement.to));
            let message = format!("no flow allows `{label}` from `{from}` to `{to}`");
            let origin = of
                .sends
                .iter()
                .find(|sending| *sending.to == *movement.to)
                .map(|sending| sending.origin)
                .or_else(|| of.reads.iter().find(|it| *it.source == *movement.from).map(|it| it.origin))
                .or_else(|| of.crossings.first().map(|it| it.origin));
            let place = origin.map(|origin| findings.place(origin));
            findings.add(Weight::Denies, Reason { code: "flow", rule: None, message, audit: None, place });
        }
    }
}

/// `sends … at` nothing denies (semantics 6).
fn nowhere(of: &Tool, eval: &Eval<'_>, findings: &mut Findings<'_>) {
    for sending in &of.sends {
        let Some(at) = sending.at else { continue };
        let known = match eval.value(at, None) {
            Datum::Is(value) => !matches!(&*value, Value::List(all) if all.is_empty()),
            _ => false,
        };
        if !known && !crate::planted::planted(106) {
            let message = format!("it is not known where in `{}` this arrives", escape::shown(&sending.to));
            let place = Some(findings.place(sending.origin));
            let reason = Reason { code: "sends.nowhere", rule: None, message, audit: None, place };
            findings.add(Weight::Denies, reason);
        }
    }
}

/// What a call without a job reads is carried nowhere, so that no rule would ever hear of it: that denies where one could
/// depend on it (semantics 17).
fn homeless(prepared: &Prepared<'_>, of: &Tool, findings: &mut Findings<'_>) {
    if !prepared.jobs.is_empty() || planted(231) {
        return;
    }
    let brings = labels_of_result(prepared, of);
    if brings.iter().any(|(source, label)| prepared.house.plan.carried.matters(source, label)) {
        lacks_job(of, findings);
    }
}

fn lacks_job(of: &Tool, findings: &mut Findings<'_>) {
    let message = format!("the call does not say its {}", Ambient::Job.word());
    let origin = of.reads.iter().map(|it| it.origin).chain(of.sends.iter().map(|it| it.origin)).next();
    let origin = origin.or_else(|| of.crossings.first().map(|it| it.origin));
    let place = origin.map(|origin| findings.place(origin));
    let code = scope_code(Ambient::Job);
    findings.add(Weight::Denies, Reason { code, rule: None, message, audit: None, place });
}

/// What the call moves. Nothing, with a reason, where that cannot be known.
fn movements<'m>(
    prepared: &Prepared<'_>,
    tool: ToolId,
    of: &'m Tool,
    present: &Present<'m, '_>,
    eval: &Eval<'_>,
    findings: &mut Findings<'_>,
) -> Option<Vec<Movement<'m>>> {
    let mut all = Vec::new();
    for reading in &of.reads {
        let labels = reading.labels.iter().map(|label| folded::key(label)).collect();
        all.push(Movement { from: (&reading.source).into(), to: AGENT_CONTEXT.into(), labels });
    }
    if !of.sends.is_empty() {
        let carried = present.job_labels();
        if carried.is_none()
            && prepared.house.plan.sends_for_jobs.get(tool.index()).is_none_or(|needs| *needs)
        {
            lacks_job(of, findings);
            return None;
        }
        // They are in the order of their sources.
        let mut by_source: Vec<(&str, Folded<'m>)> = Vec::new();
        for (source, label) in carried.into_iter().flat_map(Labels::keys) {
            match by_source.last_mut() {
                Some((last, labels)) if last == source => labels.push(folded::key(label)),
                _ => by_source.push((source, vec![folded::key(label)])),
            }
        }
        for sending in &of.sends {
            let to = || Cow::from(&sending.to);
            // What the agent says by itself carries nothing.
            all.push(Movement { from: AGENT_CONTEXT.into(), to: to(), labels: Vec::new() });
            for (source, labels) in &by_source {
                all.push(Movement { from: Cow::Borrowed(source), to: to(), labels: labels.clone() });
            }
        }
    }
    for crossing in &of.crossings {
        let (Some(from), Some(to)) = (text(eval, crossing.from), text(eval, crossing.to)) else { continue };
        let labels = crossing.labels.iter().flat_map(|&node| texts(eval, node)).map(Cow::Owned).collect();
        all.push(Movement { from: from.into(), to: to.into(), labels });
    }
    Some(all)
}

fn text(eval: &Eval<'_>, node: NodeId) -> Option<String> {
    texts_given(eval, node).into_iter().next()
}

fn texts(eval: &Eval<'_>, node: NodeId) -> Vec<String> {
    texts_given(eval, node).iter().map(|text| folded::key(text).into_owned()).collect()
}

fn texts_given(eval: &Eval<'_>, node: NodeId) -> Vec<String> {
    fn of(value: &Value) -> Vec<String> {
        match value {
            Value::Text(text) => vec![text.to_string()],
            Value::Folded(text) => vec![text.given().to_owned()],
            Value::List(all) => all.iter().flat_map(of).collect(),
            _ => Vec::new(),
        }
    }
    match eval.value(node, None) {
        Datum::Is(value) => of(&value),
        _ => Vec::new(),
    }
}

/// True where a flow stands for a movement.
fn covers(flow: &Flow, movement: &Movement<'_>) -> bool {
    let same = |end: &Option<String>, place: &str| end.as_ref().is_none_or(|end| folded::same(end, place));
    let between = |ends: &Ends| same(&ends.from, &movement.from) && same(&ends.to, &movement.to);
    flow.ends.as_ref().is_some_and(between) && about(flow, movement)
}

/// True where a movement carries what a flow is about, whatever its ends are.
fn about(flow: &Flow, movement: &Movement<'_>) -> bool {
    let is_carried = |label: &String| movement.labels.iter().any(|carried| folded::same(carried, label));
    match flow.all {
        _ if flow.labels.is_empty() => true,
        true => flow.labels.iter().all(is_carried),
        false => flow.labels.iter().any(is_carried),
    }
}

/// True where a flow lets a label pass that the movement carries.
fn names(flow: &Flow, label: &str) -> bool {
    flow.labels.is_empty() || flow.labels.iter().any(|named| folded::same(named, label))
}

/// What the result of an allowed call carries into its job: what the tool reads, as far as it releases it, and what the host
/// says flows into the agent's context.
pub(super) fn labels_of_result(prepared: &Prepared<'_>, of: &Tool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for reading in &of.reads {
        for label in &reading.labels {
            let is_released = |released: &Vec<_>| released.contains(label) || planted(215);
            if of.releases.as_ref().is_none_or(is_released) {
                all.push((reading.source.clone(), label.clone()));
            }
        }
    }
    if !of.crossings.is_empty() {
        let eval = Eval::new(prepared.contract(), &prepared.call.frame, &crate::eval::Nowhere);
        for crossing in &of.crossings {
            let (Some(from), Some(to)) = (text(&eval, crossing.from), text(&eval, crossing.to)) else {
                continue;
            };
            if folded::key(&to) == AGENT_CONTEXT {
                let labels = crossing.labels.iter().flat_map(|&node| texts(&eval, node));
                all.extend(labels.map(|label| (from.clone(), label)));
            }
        }
    }
    all.sort();
    all.dedup();
    all
}
