//! Skills: bundles of instructions, the tools that they may call, and the rules for calls made for them.

use std::collections::HashMap;

use agentpass_grammar::Span;

use super::Checker;
use super::tools::Source;
use crate::ast::{self, ClauseKind};
use crate::diagnostics::problems::{skills as problem, tools as tool_problem, types};
use crate::diagnostics::suggest;
use crate::typed::Origin;

impl<'l> Checker<'l> {
    /// A skill and its rules.
    pub(super) fn skill_rules(&mut self, file: usize, item: &'l ast::Item, skill: &'l ast::Skill) {
        let index = self.program.skills.iter().position(|known| known.name.span == skill.name.span);
        let Some(index) = index else { return };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let (mut source, mut digest, mut invokes, mut patterns) = (None, None, Vec::new(), Vec::new());
        for clause in &skill.body {
            let word = match &clause.kind {
                ClauseKind::Source(text) => {
                    source = Some(text.node.clone());
                    "source"
                }
                ClauseKind::Digest { algorithm, value } => {
                    if algorithm.node != "sha256" {
                        self.report(problem::unknown_digest(algorithm.span, &algorithm.node));
                    } else if value.node.len() != 64 || !value.node.bytes().all(|b| b.is_ascii_hexdigit()) {
                        self.report(problem::bad_digest(value.span, value.node.len()));
                    }
                    digest = Some(value.node.to_ascii_lowercase());
                    "digest"
                }
                ClauseKind::Invokes(all) => {
                    for pattern in all {
                        patterns.push(pattern.clone());
                        let found = self.tools_matching(pattern);
                        let named: Vec<usize> = found
                            .iter()
                            .copied()
                            .filter(|&tool| {
                                self.program
                                    .tools
                                    .get(tool)
                                    .is_some_and(|t| t.kind != crate::typed::ToolKind::Otherwise)
                            })
                            .collect();
                        if named.is_empty() {
                            let names: Vec<String> =
                                self.program.tools.iter().map(|tool| tool.name.clone()).collect();
                            let close = suggest::closest(&pattern.text(), names.iter().map(String::as_str));
                            self.report_unknown(
                                &pattern.text(),
                                tool_problem::unknown_tool(pattern.span, &pattern.text(), close),
                            );
                        }
                        for name in super::patterns::exact_names(pattern) {
                            let is_known = named.iter().any(|&tool| {
                                self.program
                                    .tools
                                    .get(tool)
                                    .is_some_and(|tool| super::tools::may_be(tool, &name))
                            });
                            if !is_known && !named.is_empty() {
                                let names: Vec<String> =
                                    self.program.tools.iter().map(|tool| tool.name.clone()).collect();
                                let close = suggest::closest(&name, names.iter().map(String::as_str));
                                self.report_unknown(
                                    &name,
                                    tool_problem::unknown_tool(pattern.span, &name, close),
                                );
                            }
                        }
                        invokes.extend(named);
                    }
                    "invokes"
                }
                _ => continue,
            };
            if let Some(first) = seen.insert(word, clause.span) {
                self.report(types::duplicate(clause.span, "clause", word, first));
            }
        }
        if !item.broken {
            for (word, missing) in [("invokes", !seen.contains_key("invokes")), ("digest", digest.is_none())]
            {
                if missing {
                    self.report(problem::skill_needs(skill.name.span, &skill.name.node, word));
                }
            }
        }
        invokes.sort_unstable();
        invokes.dedup();
        let owner = skill.name.node.clone();
        let targets = invokes.clone();
        if let Some(slot) = self.program.skills.get_mut(index) {
            slot.source = source;
            slot.digest = digest;
            slot.invokes = invokes;
            slot.names = patterns;
        }
        self.block(&Source {
            file,
            span: item.span,
            origin: Origin::Skill(index),
            owner,
            targets,
            params: None,
            with: Vec::new(),
            guard: None,
            shared: &[],
            body: &skill.body,
        });
    }
}
