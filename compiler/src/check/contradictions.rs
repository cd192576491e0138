//! What the clauses of one tool, or of two that share a name, cannot say together.

use std::collections::BTreeMap;

use agentpass_grammar::{Span, words::ROOTS};

use super::scope::Space;
use super::{Checker, patterns};
use crate::diagnostics::problems::{names, rules, tools as problem};
use crate::typed::{ExprKind, ToolKind, Value};

impl Checker<'_> {
    /// Neither an exact name nor a pattern overrides the other, and both would say what the tool does: a tool that a family
    /// stands for as well is declared twice (semantics 12).
    pub(super) fn overlapping_families(&mut self) {
        let mut found = Vec::new();
        for (index, family) in self.program.tools.iter().enumerate() {
            let ToolKind::Family(pattern) = &family.kind else { continue };
            for (other, tool) in self.program.tools.iter().enumerate() {
                let is_both = match &tool.kind {
                    ToolKind::Otherwise => false,
                    // Each pair once.
                    ToolKind::Family(second) => other > index && patterns::can_meet(pattern, second),
                    _ => patterns::matches(pattern, &tool.wire),
                };
                if is_both {
                    let (second, first) =
                        if other > index { (tool.span, family.span) } else { (family.span, tool.span) };
                    found.push(problem::overlapping_family(second, &tool.name, &family.name, first));
                }
            }
        }
        self.problems.extend(found);
    }

    /// A server chooses the names of its parameters. None of them may change what a name of the contract means.
    pub(super) fn shadowing_manifest(&mut self, file: usize, at: Span, manifest: &str, tools: &[usize]) {
        let tools = tools.iter().filter_map(|&tool| self.program.tools.get(tool));
        let names: BTreeMap<String, String> = tools
            .flat_map(|tool| tool.params.iter().map(|param| (param.name.clone(), tool.name.clone())))
            .collect();
        for (name, tool) in names.iter().filter(|(name, _)| !ROOTS.contains(&name.as_str())) {
            if let Some(declared) = self.find(file, Space::Value, &[name]) {
                self.report(names::manifest_shadows(at, name, tool, manifest, declared.span));
            }
        }
    }

    /// What was said of a tool, one clause against the other.
    pub(super) fn contradictions(&mut self) {
        self.trusted_and_untrusted();
        self.inside_and_out();
        self.outgoing_open_tools();
    }

    /// A result that others may have written is trusted by nobody (semantics 20).
    fn trusted_and_untrusted(&mut self) {
        let mut found = Vec::new();
        for tool in &self.program.tools {
            let is_untrusted = |label: &str| label == "untrusted" && !crate::planted::planted(23);
            let reads = tool.facts.reads.iter().find(|reads| reads.labels.iter().any(|l| is_untrusted(l)));
            let way = tool.facts.from_to.iter().find(|way| {
                way.labels.iter().any(
                    |label| matches!(&label.kind, ExprKind::Const(Value::Text(text)) if is_untrusted(text)),
                )
            });
            let at = reads.map(|reads| reads.span).or(way.map(|way| way.span));
            if let (Some(at), Some(result)) = (at, tool.results.first()) {
                found.push(problem::trusted_and_untrusted(result.span, at));
            }
        }
        self.problems.extend(found);
    }

    fn inside_and_out(&mut self) {
        let mut found = Vec::new();
        for tool in &self.program.tools {
            if let (Some(inside), Some(sends)) = (tool.facts.keeps_inside, tool.facts.sends.first()) {
                found.push(problem::inside_and_out(inside, &tool.name, &sends.to, sends.span));
            }
        }
        self.problems.extend(found);
    }

    /// What nobody declared must not leave: an open signature on a tool that sends or pays (semantics 12).
    fn outgoing_open_tools(&mut self) {
        for index in 0..self.program.tools.len() {
            let Some(tool) = self.program.tools.get(index) else { continue };
            let goes_out = tool.facts.action.as_ref().is_some_and(|(action, _)| action.goes_out());
            if !tool.open || !(goes_out || !tool.facts.sends.is_empty() || tool.facts.amount.is_some()) {
                continue;
            }
            // Facts that come from the host do not depend on what the agent wrote.
            let reads_arguments = !tool.params.is_empty();
            if reads_arguments && !crate::planted::planted(19) {
                let (span, name) = (tool.span, tool.name.clone());
                self.report(rules::open_and_outgoing(span, &name));
            }
        }
    }
}
