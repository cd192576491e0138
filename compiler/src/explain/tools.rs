//! What each tool does, with the rules of its own block.

use std::collections::HashMap;

use super::words::{Words, series};
use super::{ToolWords, rules};
use crate::typed::{Field, Origin, Tool, ToolKind};

/// All tools, in the order of their declarations; those that one clause declares are one entry.
pub(super) fn all(words: &Words<'_>) -> Vec<ToolWords> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known = HashMap::new();
    for (index, tool) in words.program.tools.iter().enumerate() {
        let group = *known.entry((tool.span, does(words, tool))).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.iter().filter_map(|group| one(words, group)).collect()
}

fn one(words: &Words<'_>, group: &[usize]) -> Option<ToolWords> {
    let first = *group.first()?;
    let tool = words.program.tools.get(first)?;
    let mut own = Vec::new();
    let mut also = Vec::new();
    for block in words.program.blocks.iter().filter(|block| block.targets.contains(&first)) {
        match block.origin {
            Origin::Tool => own.extend(rules(words, block)),
            // A rule for every tool is no news at each of them.
            _ if block.targets.len() == words.program.tools.len() => {}
            Origin::On(_) | Origin::Global => {
                also.extend(block.rules.iter().map(|rule| rule.id.clone()));
                also.extend(block.limits.iter().map(|limit| limit.id.clone()));
            }
            Origin::Flow(_) | Origin::Skill(_) => {}
        }
    }
    // What a manifest says of one of its tools is not said of the others.
    let is_one = group.len() == 1 || !matches!(tool.kind, ToolKind::Pinned { .. });
    let docs = tool.docs.iter().filter(|_| is_one).map(|line| line.trim());
    let about = docs.collect::<Vec<_>>().join(" ");
    Some(ToolWords {
        names: group.iter().map(|&index| words.tool(index)).collect(),
        about,
        does: does(words, tool),
        rules: own,
        also,
        at: words.place(tool.span),
    })
}

/// What a tool does, from its clauses.
fn does(words: &Words<'_>, tool: &Tool) -> Vec<String> {
    let facts = &tool.facts;
    let mut all = Vec::new();
    match &tool.kind {
        ToolKind::Declared => {}
        ToolKind::Pinned { manifest, .. } => all.push(format!("has the signature that {manifest} pins")),
        ToolKind::Family(_) => all.push("stands for every tool whose name matches, seen or not".to_owned()),
        ToolKind::Otherwise => all.push("stands for every tool that nothing else declares".to_owned()),
    }
    let resource = facts.resource.as_ref().map(|(resource, _)| words.template(resource));
    match (&facts.action, resource) {
        (Some((action, _)), Some(resource)) => {
            all.push(format!("counts as {}, on {resource}", action.word()))
        }
        (Some((action, _)), None) => all.push(format!("counts as {}", action.word())),
        (None, _) => {}
    }
    if let Some((amount, _)) = &facts.amount {
        all.push(format!("its amount is {}", words.of(amount)));
    }
    if let Some((fields, _)) = &facts.fields {
        all.push(format!("its fields are {}", words.of(fields)));
    }
    if let Some((records, _)) = &facts.records {
        all.push(format!("its number of records is {}", words.of(records)));
    }
    for reads in &facts.reads {
        let labels = match reads.labels.as_slice() {
            [] => String::new(),
            labels => format!(", and the job then carries {}", series(labels, "and")),
        };
        all.push(format!("reads {}{labels}", reads.source));
    }
    for sends in &facts.sends {
        let at = sends.at.as_ref().map(|at| format!(" at {}", words.of(at))).unwrap_or_default();
        all.push(format!("sends to {}{at}", sends.to));
    }
    for way in &facts.from_to {
        let labels: Vec<String> = way.labels.iter().map(|label| words.of(label)).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!(" labelled {}", series(&labels, "and")) };
        all.push(format!("moves data{labels} from {} to {}", words.of(&way.from), words.of(&way.to)));
    }
    if !facts.releases.is_empty() {
        all.push(format!("adds to the job, of what it reads, only {}", series(&facts.releases, "and")));
    }
    if facts.keeps_inside.is_some() {
        all.push("keeps what it is given inside".to_owned());
    }
    let used = [("tokens", &facts.tokens), ("cost", &facts.cost)];
    for (what, used) in used {
        if let Some((used, _)) = used {
            all.push(format!("uses {what}: {}", words.of(used)));
        }
    }
    // What a manifest pins is long, and differs between tools that are otherwise alike.
    if !matches!(tool.kind, ToolKind::Pinned { .. }) {
        all.push(takes(words, tool));
    }
    if !tool.results.is_empty() {
        let results: Vec<String> = tool.results.iter().map(|result| result.name.clone()).collect();
        all.push(format!("gives results that rules may trust: {}", series(&results, "and")));
    }
    if tool.error_means_no_effect {
        all.push("did nothing where it ends with an error".to_owned());
    }
    if let Some(time) = tool.runs_at_most {
        all.push(format!("runs at most {time}"));
    }
    if !facts.tags.is_empty() {
        all.push(format!("is tagged {}", series(&facts.tags, "and")));
    }
    all
}

fn takes(words: &Words<'_>, tool: &Tool) -> String {
    let params: Vec<String> = tool.params.iter().map(|param| parameter(words, param)).collect();
    match (params.is_empty(), tool.open) {
        (true, true) => "takes any arguments, and rules see none of them".to_owned(),
        (true, false) => "takes no arguments".to_owned(),
        (false, true) => format!("takes {}, and others that rules do not see", params.join(", ")),
        (false, false) => format!("takes {}, and nothing else", params.join(", ")),
    }
}

fn parameter(words: &Words<'_>, param: &Field) -> String {
    match &param.default {
        Some(default) => format!("{} ({} unless given)", param.name, words.of(default)),
        None if param.optional => format!("{} (optional)", param.name),
        None => param.name.clone(),
    }
}
