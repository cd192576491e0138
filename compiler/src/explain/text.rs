//! The explanation laid out for reading: sections, one sentence a line, the position at its end.

use std::fmt::Write;

use super::state::Memory;
use super::words::series;
use super::{Explanation, Sentence, ToolWords};
use crate::diagnostics::render::escape::visible;

/// The longest line under a heading.
const WIDTH: usize = 80;
/// Names in a heading, before "and N more".
const MANY: usize = 8;

/// The text. Everything from the contract is shown with control characters escaped.
#[must_use]
pub fn text(explanation: &Explanation) -> String {
    let mut page = Page(String::new());
    head(&mut page, explanation);
    params(&mut page, explanation);
    tools(&mut page, explanation);
    shared(&mut page, explanation);
    flows(&mut page, explanation);
    challenges(&mut page, explanation);
    skills(&mut page, explanation);
    terms(&mut page, explanation);
    memory(&mut page, &explanation.memory);
    page.heading("For every contract");
    page.line(0, "A tool that is not named above is refused. A refusal is stronger than a question, and a question is stronger than an allow.");
    page.line(0, "What cannot be determined never helps a call: what is required then counts as missing, and what leads to a refusal or a question counts as given.");
    page.line(0, "Where the past may hold only so many calls, or none since, each counts from its start, also if it failed.");
    page.0
}

struct Page(String);

impl Page {
    fn heading(&mut self, title: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{}", visible(title));
        let _ = writeln!(self.0, "{}", "─".repeat(title.chars().count().min(WIDTH)));
    }

    fn line(&mut self, depth: usize, line: &str) {
        let _ = writeln!(self.0, "{:depth$}{}", "", visible(line), depth = depth * 2);
    }

    fn sentence(&mut self, depth: usize, sentence: &Sentence) {
        self.line(depth, &format!("- {}  [{}, {}]", sentence.says, sentence.id, sentence.at));
        if let Some(because) = &sentence.because {
            self.line(depth + 1, &format!("because: {because}"));
        }
        if let Some(audit) = &sentence.audit {
            self.line(depth + 1, &format!("for the auditor: {audit}"));
        }
    }
}

fn head(page: &mut Page, explanation: &Explanation) {
    let Some(head) = &explanation.contract else {
        page.line(0, "This is a module: it decides nothing until a contract uses it.");
        return;
    };
    let version = head.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    page.heading(&format!("Contract {}{version}", head.name));
    if let Some(owner) = &head.owner {
        page.line(0, &format!("{owner} answers for it."));
    }
    match head.agents.as_slice() {
        [] => page.line(0, "It is for all agents."),
        [agent] => page.line(0, &format!("It is for the agent {agent}.")),
        agents => page.line(0, &format!("It is for the agents {}.", series(agents, "and"))),
    }
    match (&head.valid_from, &head.valid_until) {
        (Some(from), Some(until)) => {
            page.line(0, &format!("It holds from {from} until the end of {until}, in UTC; outside of that, everything is refused."));
        }
        (Some(from), None) => {
            page.line(0, &format!("It holds from {from}, in UTC; before that, everything is refused."))
        }
        (None, Some(until)) => {
            page.line(
                0,
                &format!("It holds until the end of {until}, in UTC; after that, everything is refused."),
            );
        }
        (None, None) => {}
    }
}

fn params(page: &mut Page, explanation: &Explanation) {
    if explanation.params.is_empty() {
        return;
    }
    page.heading("Set at deployment");
    for param in &explanation.params {
        let default = param.default.as_ref().map(|value| format!(", {value} unless set")).unwrap_or_default();
        page.line(0, &format!("- {}: {}{default}", param.name, param.ty));
    }
}

fn tools(page: &mut Page, explanation: &Explanation) {
    for tool in &explanation.tools {
        let word = if tool.names.len() > 1 { "Tools" } else { "Tool" };
        page.heading(&format!("{word} {}", names(tool)));
        if !tool.about.is_empty() {
            page.line(0, &tool.about);
        }
        let does: Vec<String> = tool.does.iter().map(|does| format!("{}.", capital(does))).collect();
        page.line(0, &format!("{}  [{}]", does.join(" "), tool.at));
        for sentence in &tool.rules {
            page.sentence(0, sentence);
        }
        if !tool.also.is_empty() {
            page.line(0, &format!("Also, from below: {}.", tool.also.join(", ")));
        }
        if tool.rules.is_empty() && tool.also.is_empty() {
            page.line(0, "There are no rules for it alone.");
        }
    }
}

fn names(tool: &ToolWords) -> String {
    match tool.names.get(..MANY) {
        Some(first) if tool.names.len() > MANY + 1 => {
            format!("{} and {} more", first.join(", "), tool.names.len() - MANY)
        }
        _ => series(&tool.names, "and"),
    }
}

fn shared(page: &mut Page, explanation: &Explanation) {
    for shared in &explanation.shared {
        page.heading(&format!("Rules for {}", shared.title));
        if shared.title.contains("provide") {
            page.line(0, &format!("That is: {}.", series(&shared.tools, "and")));
        }
        for sentence in &shared.rules {
            page.sentence(0, sentence);
        }
    }
}

fn flows(page: &mut Page, explanation: &Explanation) {
    if explanation.flows.is_empty() && explanation.labels.is_empty() {
        return;
    }
    page.heading("Where data may go");
    for label in &explanation.labels {
        let guarded =
            if label.guarded { "guarded: it goes nowhere unless a flow says so" } else { "not guarded" };
        let by = match label.carried_by.as_slice() {
            [] => String::new(),
            tools => format!("; a job gets it from {}", series(tools, "or")),
        };
        page.line(0, &format!("- The label {} is {guarded}{by}.", label.name));
    }
    for flow in &explanation.flows {
        page.line(
            0,
            &format!(
                "- {}{}  [{}]",
                capital(&flow.says),
                if flow.rules.is_empty() { "." } else { ":" },
                flow.at
            ),
        );
        for sentence in &flow.rules {
            page.sentence(1, sentence);
        }
    }
}

fn challenges(page: &mut Page, explanation: &Explanation) {
    if explanation.challenges.is_empty() {
        return;
    }
    page.heading("Who is asked");
    for challenge in &explanation.challenges {
        page.line(0, &format!("- {}: {}.  [{}]", challenge.name, challenge.says, challenge.at));
    }
}

fn skills(page: &mut Page, explanation: &Explanation) {
    for skill in &explanation.skills {
        page.heading(&format!("Skill {}", skill.name));
        page.line(0, &format!("A call made for it must be one of {}.", series(&skill.invokes, "or")));
        if let Some(digest) = &skill.digest {
            let source = skill.source.as_ref().map(|source| format!(" at {source}")).unwrap_or_default();
            page.line(0, &format!("Its instructions{source} must have the SHA-256 {digest}."));
        }
        for sentence in &skill.rules {
            page.sentence(0, sentence);
        }
    }
}

fn terms(page: &mut Page, explanation: &Explanation) {
    if explanation.terms.is_empty() {
        return;
    }
    page.heading("Names used above");
    for term in &explanation.terms {
        page.line(0, &format!("- {}: {}", term.name, term.means));
    }
}

fn memory(page: &mut Page, memory: &[Memory]) {
    page.heading("What the gate remembers");
    for one in memory {
        let mut bytes = format!("{} bytes", one.bytes);
        if !one.key.is_empty() {
            bytes.push_str(&format!(" per {}", series(&one.key, "and")));
        }
        if one.bytes_per_open_call > 0 {
            bytes.push_str(&format!(", and {} more per open call", one.bytes_per_open_call));
        }
        page.line(0, &format!("- {}: {}, {}; at most {bytes}", one.of, one.what, one.window));
    }
    page.line(0, "Keys begin with the tenant. Sizes are those in memory, with keys and places; names are counted with 64 bytes.");
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
