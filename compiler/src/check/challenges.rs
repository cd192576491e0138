//! Declared challenges: who is asked, what they are shown, how long it holds.

use std::collections::HashMap;

use agentpass_grammar::Span;

use super::{Checker, literals};
use crate::ast::{self, ChallengeClauseKind as Kind, ItemKind};
use crate::diagnostics::problems::{challenges as problem, memory, types};
use crate::diagnostics::suggest;
use crate::typed::Asked;

const SEPARATE: &[&str] = &["user", "agent"];

impl Checker<'_> {
    /// Gives every declared challenge its settings.
    pub(super) fn challenges(&mut self) {
        let mut index = 0;
        for (_, item) in self.items() {
            if let ItemKind::Challenge(challenge) = &item.kind {
                self.settings(index, challenge, item.broken);
                index += 1;
            }
        }
    }

    fn settings(&mut self, index: usize, written: &ast::Challenge, broken: bool) {
        let Some(mut challenge) = self.program.challenges.get(index).cloned() else { return };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let mut asked = None;
        for clause in &written.clauses {
            let word = match &clause.kind {
                Kind::Ask { count, who } => {
                    asked = Some(clause.span);
                    if let Some(count) = count {
                        match u32::try_from(count.node) {
                            Ok(number @ 1..=100) => challenge.count = number,
                            _ => self.report(problem::bad_count(count.span)),
                        }
                    }
                    challenge.who = match who {
                        ast::Asked::Groups(groups) => {
                            Asked::Groups(groups.iter().map(|g| g.node.clone()).collect())
                        }
                        ast::Asked::User => Asked::User,
                        ast::Asked::Anyone => Asked::Anyone,
                    };
                    "ask"
                }
                Kind::Separate(names) => {
                    for name in names {
                        if !SEPARATE.contains(&name.node.as_str()) {
                            let close = suggest::closest(&name.node, SEPARATE.iter().copied());
                            self.report(problem::unknown_separate(name.span, &name.node, close));
                        }
                        challenge.separate.push(name.node.clone());
                    }
                    "separate"
                }
                Kind::Binds(paths) => {
                    challenge.binds.clone_from(paths);
                    "binds"
                }
                Kind::Shows(paths) => {
                    challenge.shows.clone_from(paths);
                    "shows"
                }
                Kind::Expires(text) => {
                    challenge.expires = self.positive(text);
                    "expires"
                }
                Kind::SingleUse => "use",
                Kind::Reusable(text) => {
                    challenge.reusable = self.positive(text);
                    "use"
                }
            };
            if let Some(first) = seen.insert(word, clause.span) {
                let shown = if word == "use" { "single use / reusable" } else { word };
                self.report(types::duplicate(clause.span, "setting", shown, first));
            }
        }
        match asked {
            None if !broken => self.report(problem::nobody_asked(written.name.span, &written.name.node)),
            Some(at) if challenge.who == Asked::User => {
                if challenge.count > 1 {
                    self.report(problem::unanswerable(at, "there is only one user to ask"));
                } else if challenge.separate.iter().any(|name| name == "user") {
                    self.report(problem::unanswerable(
                        at,
                        "the user is asked, and excluded by `separate from user`",
                    ));
                }
            }
            _ => {}
        }
        if let Some(slot) = self.program.challenges.get_mut(index) {
            *slot = challenge;
        }
    }

    /// A duration above zero.
    pub(super) fn positive(&mut self, text: &ast::Text) -> Option<agentpass_values::Duration> {
        match literals::duration(text.span, &text.node) {
            Ok(duration) if duration > agentpass_values::Duration::ZERO => Some(duration),
            Ok(_) => {
                self.report(memory::empty_window(text.span));
                None
            }
            Err(finding) => {
                self.report(*finding);
                None
            }
        }
    }

    /// What a challenge shows must be there in at least one tool that meets it.
    pub(super) fn shown_values(&mut self) {
        let met = std::mem::take(&mut self.met);
        for index in 0..self.program.challenges.len() {
            let tools: Vec<usize> = met
                .iter()
                .filter(|(challenge, _, _)| *challenge == index)
                .flat_map(|(_, tools, _)| tools.clone())
                .collect();
            let Some(challenge) = self.program.challenges.get(index) else { continue };
            if tools.is_empty() {
                continue;
            }
            let mut unknown = Vec::new();
            for path in challenge.shows.iter().chain(&challenge.binds) {
                let first = path.words.first().map_or("", |word| word.node.as_str());
                let name = if first == "args" { path.words.get(1) } else { path.words.first() };
                let Some(name) = name else { continue };
                if matches!(first, "call" | "caller" | "auth" | "job" | "host") {
                    continue;
                }
                let known = tools
                    .iter()
                    .filter_map(|&tool| self.program.tools.get(tool))
                    .any(|tool| tool.params.iter().any(|field| field.name == name.node));
                if !known {
                    let names: Vec<String> = tools
                        .iter()
                        .filter_map(|&tool| self.program.tools.get(tool))
                        .flat_map(|tool| tool.params.iter().map(|field| field.name.clone()))
                        .collect();
                    let close =
                        suggest::closest(&name.node, names.iter().map(String::as_str)).map(str::to_owned);
                    unknown.push((name.span, name.node.clone(), close));
                }
            }
            for (span, name, close) in unknown {
                self.report(problem::shows_unknown(span, &name, close.as_deref()));
            }
        }
        self.met = met;
    }
}
