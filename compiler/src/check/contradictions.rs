//! What the clauses of one tool, or of two that share a name, cannot say together.

use super::{Checker, patterns};
use crate::diagnostics::problems::{rules, tools as problem};
use crate::typed::ToolKind;

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
            let reads =
                tool.facts.reads.iter().find(|reads| {
                    reads.labels.iter().any(|l| l == "untrusted" && !crate::planted::planted(23))
                });
            if let (Some(reads), Some(result)) = (reads, tool.results.first()) {
                found.push(problem::trusted_and_untrusted(result.span, reads.span));
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
