//! A contract in plain words, for the person who has to answer for it.
//!
//! 1. [`explain`] goes through the typed program and says each thing once, as data ([`Explanation`]).
//! 2. `words` turns expressions into phrases, `sentences` rules and limits into sentences that can be read aloud.
//! 3. [`state`] says what the gate has to remember for them, and how many bytes that takes at most ([`sizes`]).
//! 4. [`text`] lays the whole out for reading; `--format json` prints the data.
//!
//! Nothing is left out and nothing is judged here: what a contract does not say is not in its explanation either, except for
//! what holds for every contract ([`text`] says it at the end).

mod sentences;
pub mod sizes;
pub mod state;
pub mod text;
mod tools;
mod words;

use std::collections::BTreeSet;

use agentpass_grammar::{Sources, Span};
use serde::Serialize;

use crate::ast::Name;
use crate::typed::{Asked, Block, Challenge, Origin, Program};
use state::Memory;
use words::{Words, series};

/// The version of the JSON form; it changes when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

/// A contract, said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Explanation {
    /// [`VERSION`].
    pub version: u32,
    /// The head; a module has none.
    pub contract: Option<Head>,
    /// What is set when the contract is deployed.
    pub params: Vec<Param>,
    /// Named sets and values, as far as rules use them.
    pub terms: Vec<Term>,
    /// The tools; those that one clause declares are one entry.
    pub tools: Vec<ToolWords>,
    /// Rules that stand outside of a tool's own block.
    pub shared: Vec<Shared>,
    /// Ways that data may take.
    pub flows: Vec<FlowWords>,
    /// Labels that data carries.
    pub labels: Vec<LabelWords>,
    /// Who is asked.
    pub challenges: Vec<ChallengeWords>,
    /// Reviewed instructions.
    pub skills: Vec<SkillWords>,
    /// What the gate remembers, per key.
    pub memory: Vec<Memory>,
}

/// The head of the contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub struct Head {
    pub name: String,
    pub version: Option<String>,
    pub owner: Option<String>,
    /// Empty: all agents.
    pub agents: Vec<String>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
}

/// A deployment parameter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub struct Param {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
    pub default: Option<String>,
}

/// A named set or value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Term {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub means: String,
}

/// A tool, or several that one clause declares.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ToolWords {
    /// Exact wire names, or the pattern.
    pub names: Vec<String>,
    /// Its documentation.
    pub about: String,
    /// What it does, a sentence each.
    pub does: Vec<String>,
    /// Its rules and limits.
    pub rules: Vec<Sentence>,
    /// Rules and limits from elsewhere that hold for it: their identifiers.
    pub also: Vec<String>,
    /// Where it is declared.
    pub at: String,
}

/// Rules for several tools.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Shared {
    /// `on {Edit, Write}`, `all tools`, `the skill refund_workflow`.
    pub title: String,
    /// The tools they hold for.
    pub tools: Vec<String>,
    /// The rules and limits.
    pub rules: Vec<Sentence>,
}

/// A rule or limit as a sentence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Sentence {
    /// Its stable identifier.
    pub id: String,
    /// `require`, `deny`, `challenge`, `once`, `records` or `limit`.
    pub kind: &'static str,
    /// The sentence, without a final period.
    pub says: String,
    /// What the agent is told.
    pub because: Option<String>,
    /// What the auditor is told besides.
    pub audit: Option<String>,
    /// `file:line`.
    pub at: String,
}

/// A way that data may take, with its rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FlowWords {
    /// The sentence.
    pub says: String,
    /// Its rules.
    pub rules: Vec<Sentence>,
    /// `file:line`.
    pub at: String,
}

/// A label.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LabelWords {
    /// Its name.
    pub name: String,
    /// True where every way of it must be allowed by name.
    pub guarded: bool,
    /// Tools whose results carry it.
    pub carried_by: Vec<String>,
}

/// A challenge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChallengeWords {
    /// Its name.
    pub name: String,
    /// The sentence.
    pub says: String,
    /// `file:line`.
    pub at: String,
}

/// A skill.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub struct SkillWords {
    pub name: String,
    pub source: Option<String>,
    pub digest: Option<String>,
    pub invokes: Vec<String>,
    pub rules: Vec<Sentence>,
}

/// Says what a program says. The program should be free of errors: of a broken one, the sound parts are explained.
#[must_use]
pub fn explain(sources: &Sources, program: &Program) -> Explanation {
    let words = Words::new(sources, program);
    let tools = tools::all(&words);
    let shared = shared(&words);
    let flows = flows(&words);
    let skills = skills(&words);
    let memory = state::memory(&words);
    Explanation {
        version: VERSION,
        contract: program.contract.as_ref().map(|contract| Head {
            name: contract.name.node.clone(),
            version: contract.version.clone(),
            owner: contract.owner.clone(),
            agents: contract.agents.clone(),
            valid_from: contract.valid_from.clone(),
            valid_until: contract.valid_until.clone(),
        }),
        params: program
            .params
            .iter()
            .map(|param| Param {
                name: param.name.node.clone(),
                ty: param.ty.to_string(),
                default: param.default.as_ref().map(|value| words.of(value)),
            })
            .collect(),
        labels: labels(program),
        challenges: program.challenges.iter().map(|challenge| challenge_words(&words, challenge)).collect(),
        tools,
        shared,
        flows,
        skills,
        memory,
        // Last, because only now is it known which names the sentences use.
        terms: words.terms(),
    }
}

/// Rules and limits of a block, in source order.
fn rules(words: &Words<'_>, block: &Block) -> Vec<Sentence> {
    let said = match block.origin {
        Origin::Flow(flow) => {
            words.program.flows.get(flow).and_then(|flow| flow.when.as_ref()).map(|when| when.span)
        }
        _ => None,
    };
    let mut all: Vec<(Span, Sentence)> = Vec::new();
    all.extend(block.rules.iter().map(|rule| (rule.span, sentences::rule(words, rule, said))));
    for limit in &block.limits {
        all.extend(sentences::limit(words, limit).into_iter().map(|sentence| (limit.span, sentence)));
    }
    all.sort_by_key(|(span, _)| (span.file, span.start));
    all.into_iter().map(|(_, sentence)| sentence).collect()
}

fn shared(words: &Words<'_>) -> Vec<Shared> {
    let mut all = Vec::new();
    let mut global: Option<Shared> = None;
    for block in &words.program.blocks {
        if block.rules.is_empty() && block.limits.is_empty() {
            continue;
        }
        let tools = || block.targets.iter().map(|&tool| words.tool(tool)).collect::<Vec<_>>();
        match &block.origin {
            Origin::On(pattern) => {
                let title = match (pattern.is_any(), block.targets.len() == words.program.tools.len()) {
                    (true, true) => "all tools".to_owned(),
                    (true, false) => "all tools that provide what they read".to_owned(),
                    (false, _) => pattern.text(),
                };
                all.push(Shared { title, tools: tools(), rules: rules(words, block) });
            }
            // Each rule at the top level is a block of its own; together they are one list.
            Origin::Global => {
                let own = rules(words, block);
                let all_tools = block.targets.len() == words.program.tools.len();
                match &mut global {
                    Some(list) if all_tools => list.rules.extend(own),
                    None if all_tools => {
                        global = Some(Shared { title: "every call".to_owned(), tools: tools(), rules: own });
                    }
                    _ => all.push(Shared {
                        title: "all tools that provide what they read".to_owned(),
                        tools: tools(),
                        rules: own,
                    }),
                }
            }
            Origin::Tool | Origin::Flow(_) | Origin::Skill(_) => {}
        }
    }
    all.extend(global);
    all
}

fn flows(words: &Words<'_>) -> Vec<FlowWords> {
    let flows = words.program.flows.iter().enumerate();
    flows
        .map(|(index, flow)| {
            let blocks = words.program.blocks.iter().filter(|block| block.origin == Origin::Flow(index));
            let rules: Vec<Sentence> = blocks.flat_map(|block| rules(words, block)).collect();
            FlowWords {
                says: sentences::flow(words, flow, !rules.is_empty()),
                rules,
                at: words.place(flow.span),
            }
        })
        .collect()
}

fn skills(words: &Words<'_>) -> Vec<SkillWords> {
    let skills = words.program.skills.iter().enumerate();
    skills
        .map(|(index, skill)| {
            let blocks = words.program.blocks.iter().filter(|block| block.origin == Origin::Skill(index));
            SkillWords {
                name: skill.name.node.clone(),
                source: skill.source.clone(),
                digest: skill.digest.clone(),
                invokes: skill.invokes.iter().map(|&tool| words.tool(tool)).collect(),
                rules: blocks.flat_map(|block| rules(words, block)).collect(),
            }
        })
        .collect()
}

fn labels(program: &Program) -> Vec<LabelWords> {
    let carried_by = |name: &Name| {
        let reads = |tool: &&crate::typed::Tool| {
            tool.facts.reads.iter().any(|reads| reads.labels.contains(&name.node))
        };
        let tools: BTreeSet<String> =
            program.tools.iter().filter(reads).map(|tool| tool.name.clone()).collect();
        tools.into_iter().collect()
    };
    program
        .labels
        .iter()
        .map(|label| LabelWords {
            name: label.name.node.clone(),
            guarded: label.guarded,
            carried_by: carried_by(&label.name),
        })
        .collect()
}

fn challenge_words(words: &Words<'_>, challenge: &Challenge) -> ChallengeWords {
    let mut says = format!("{} approves", asked(challenge));
    if challenge.count > 1 {
        says = format!("{} approve", asked(challenge));
    }
    if !challenge.separate.is_empty() {
        let others: Vec<String> =
            challenge.separate.iter().map(|who| format!("the {who} who asks")).collect();
        says.push_str(&format!(", none of them {}", series(&others, "or")));
        if challenge.count == 1 {
            says = says.replace(", none of them ", ", but never ");
        }
    }
    match challenge.expires {
        Some(time) => says.push_str(&format!("; the question is open for {time}")),
        None => says.push_str("; the question stays open until the job ends"),
    }
    match challenge.reusable {
        Some(time) => says.push_str(&format!("; an approval may be used again for {time}")),
        None => says.push_str("; an approval is used once"),
    }
    let paths = |paths: &[crate::ast::Path]| {
        series(&paths.iter().map(crate::ast::Path::text).collect::<Vec<_>>(), "and")
    };
    if !challenge.shows.is_empty() {
        says.push_str(&format!("; they are shown {}", paths(&challenge.shows)));
    }
    if !challenge.binds.is_empty() {
        says.push_str(&format!("; it is bound to {} besides", paths(&challenge.binds)));
    }
    ChallengeWords { name: challenge.name.node.clone(), says, at: words.place(challenge.name.span) }
}

/// `one of the group "support-managers"`, `the user`, `two different people of …`.
fn asked(challenge: &Challenge) -> String {
    let count = challenge.count;
    match &challenge.who {
        Asked::User => "the user".to_owned(),
        Asked::Anyone if count <= 1 => "anyone".to_owned(),
        Asked::Anyone => format!("{count} different people"),
        Asked::Groups(groups) => {
            let groups: Vec<String> = groups.iter().map(|group| format!("{group:?}")).collect();
            let groups = format!("the group {}", series(&groups, "or"));
            if count <= 1 {
                format!("one of {groups}")
            } else {
                format!("{count} different people of {groups}")
            }
        }
    }
}
