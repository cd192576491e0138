//! Flows: where data may go.

use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_values::Folded;

use super::Checker;
use super::context::Cx;
use super::tools::Source;
use crate::ast;
use crate::diagnostics::problems::flows as problem;
use crate::diagnostics::problems::rules::missing_fact;
use crate::diagnostics::suggest;
use crate::typed::{ExprKind, Flow, Origin, Read};

/// Where everything that tools read goes.
pub(super) const AGENT_CONTEXT: &str = "agent_context";

impl<'l> Checker<'l> {
    /// A flow and its rules.
    pub(super) fn flow(&mut self, file: usize, item: &'l ast::Item, flow: &'l ast::Flow, tools: &[usize]) {
        let labels = self.labels(file, flow.carrying.as_ref());
        let all_labels =
            flow.carrying.as_ref().and_then(|carrying| carrying.mode) == Some(ast::CarryingMode::All);
        let id = self.loaded.files.get(file).map(|file| file.id).unwrap_or_default();
        let index = self.program.flows.len();
        let ends = flow.ends.as_ref().map(|(from, to)| (from.name.clone(), to.name.clone()));
        self.flow_ends(flow);
        let targets = self.tools_of_flow(&ends, tools);
        let owner = match &ends {
            Some((from, to)) => {
                let shown = |end: &Option<String>| end.clone().unwrap_or_else(|| "any".to_owned());
                format!("{} -> {}", shown(from), shown(to))
            }
            None => "flow otherwise".to_owned(),
        };
        self.program.flows.push(Flow { ends, labels, all_labels, when: None, span: item.span, file: id });
        self.block(&Source {
            file,
            span: item.span,
            origin: Origin::Flow(index),
            owner,
            targets,
            params: None,
            with: Vec::new(),
            guard: flow.when.as_ref(),
            shared: &[],
            body: &flow.body,
        });
        // The condition was checked with the block; the flow itself needs it to know whether it is met.
        if let Some(when) = &flow.when {
            let mut cx = Cx::rules(file, None, Arc::new(Vec::new()));
            cx.present = self.flow_paths();
            let before = self.problems.len();
            let condition = self.condition(&mut cx, when);
            self.problems.truncate(before);
            if let Some(flow) = self.program.flows.get_mut(index) {
                flow.when = Some(Arc::new(condition));
            }
        }
    }

    /// A name that no tool reads from or sends to is a flow that nothing ever takes.
    fn flow_ends(&mut self, flow: &ast::Flow) {
        let Some((from, to)) = &flow.ends else { return };
        // Where the host declares flows, their ends are only known with the call.
        if self.program.tools.iter().any(|tool| !tool.facts.from_to.is_empty()) {
            return;
        }
        let sources: Vec<String> = self
            .program
            .tools
            .iter()
            .flat_map(|tool| tool.facts.reads.iter().map(|r| r.source.clone()))
            .collect();
        let mut destinations: Vec<String> = self
            .program
            .tools
            .iter()
            .flat_map(|tool| tool.facts.sends.iter().map(|s| s.to.clone()))
            .collect();
        destinations.push(AGENT_CONTEXT.to_owned());
        for (end, known, is_source) in [(from, &sources, true), (to, &destinations, false)] {
            if let Some(name) = &end.name
                && !known.contains(name)
            {
                let close = suggest::closest(name, known.iter().map(String::as_str));
                self.report(problem::unknown_end(end.span, name, is_source, close));
            }
        }
    }

    /// The tools that can take part in a flow: who sends to its destination, or reads from its source into the
    /// agent's context.
    fn tools_of_flow(&self, ends: &Option<(Option<String>, Option<String>)>, tools: &[usize]) -> Vec<usize> {
        let takes_part = |index: &usize| {
            let Some(tool) = self.program.tools.get(*index) else { return false };
            let facts = &tool.facts;
            if !facts.from_to.is_empty() {
                return true;
            }
            let goes_anywhere = !facts.reads.is_empty() || !facts.sends.is_empty();
            let Some((from, to)) = ends else { return goes_anywhere };
            // As the gate compares them: after trimming and case folding.
            let is = |end: &Option<String>, name: &str| {
                end.as_ref().is_none_or(|end| Folded::new(end) == Folded::new(name))
            };
            let sends = facts.sends.iter().any(|sends| is(to, &sends.to));
            let into_context =
                is(to, AGENT_CONTEXT) && facts.reads.iter().any(|reads| is(from, &reads.source));
            sends || into_context
        };
        tools.iter().copied().filter(takes_part).collect()
    }

    /// How many records a call brings in is seen in its result; how many it takes out only the call itself can say
    /// (semantics 33), so whoever sends says it.
    pub(super) fn counted_on_the_way_out(&mut self, source: &Source<'l>, at: Span, targets: &[usize]) {
        let Origin::Flow(flow) = source.origin else { return };
        let ends = self.program.flows.get(flow).and_then(|flow| flow.ends.as_ref());
        if ends.is_some_and(|(_, to)| to.as_deref() == Some(AGENT_CONTEXT)) {
            return;
        }
        let missing: Vec<String> = targets
            .iter()
            .filter_map(|&tool| self.program.tools.get(tool))
            .filter(|tool| !tool.facts.sends.is_empty() && tool.facts.records.is_none())
            .map(|tool| tool.name.clone())
            .collect();
        if !missing.is_empty() {
            self.report(missing_fact(at, "records", &missing, true));
        }
    }

    /// Facts of the host by which it declares flows: inside a flow block they are there, or there is no flow.
    pub(super) fn flow_paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for from_to in self.program.tools.iter().flat_map(|tool| &tool.facts.from_to) {
            for end in [&from_to.from, &from_to.to].into_iter().chain(&from_to.labels) {
                if let ExprKind::Read(Read::Host(name)) = &end.kind {
                    paths.push(format!("host.{name}"));
                }
            }
        }
        paths.sort();
        paths.dedup();
        paths
    }
}
