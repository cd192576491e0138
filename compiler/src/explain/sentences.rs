//! Rules, limits and flows as sentences.

use std::sync::Arc;

use agentpass_grammar::Span;

use super::words::{Words, series};
use super::{Sentence, asked};
use crate::ast::Threshold;
use crate::typed::{
    Bound, CalendarUnit, Each, Expr, Flow, Limit, Meter, Rule, RuleKind, Suspended, Then, Window,
};
use crate::types::PastOf;

/// One rule.
pub(super) fn rule(words: &Words<'_>, rule: &Rule, said: Option<Span>) -> Sentence {
    // The condition of a flow is said at its head.
    let guards: Vec<Arc<Expr>> =
        rule.guards.iter().filter(|guard| Some(guard.span) != said).cloned().collect();
    let (kind, says) = match &rule.kind {
        RuleKind::Require(condition) => ("require", format!("requires that {}", words.of(condition))),
        RuleKind::RequireEach(each) => ("require", format!("requires that {}", every(words, each, "every"))),
        RuleKind::Deny(None) => ("deny", "refuses".to_owned()),
        RuleKind::Deny(Some(condition)) => ("deny", format!("refuses when {}", words.of(condition))),
        RuleKind::DenyEach(each) => ("deny", format!("refuses when {}", every(words, each, "any"))),
        RuleKind::Challenge { challenge, each, when } => {
            ("challenge", asks(words, *challenge, each.as_ref(), when.as_ref()))
        }
        RuleKind::Once { keys, ledger, replay } => {
            let mut says = format!("runs once per {}", series(&words.keys(keys), "and"));
            // Whose the key is, nobody should have to guess.
            match ledger {
                Some(ledger) => {
                    says.push_str(&format!(
                        ", together with all tools of the ledger {ledger}, whoever calls"
                    ));
                }
                None => says.push_str(" for each agent and user"),
            }
            match replay {
                Some(time) => {
                    says.push_str(&format!("; for {time} the same call again gets the recorded result"))
                }
                None => says.push_str("; the same call again is refused"),
            }
            ("once", says)
        }
        RuleKind::RecordsAtMost(count) => {
            ("records", format!("lets at most {} records through", words.of(count)))
        }
    };
    Sentence {
        id: rule.id.clone(),
        kind,
        says: guarded(words, &guards, says),
        because: rule.because.as_ref().map(|because| words.template(because)),
        audit: rule.audit.as_ref().map(|audit| words.template(audit)),
        at: words.place(rule.span),
    }
}

fn asks(words: &Words<'_>, challenge: usize, each: Option<&Each>, when: Option<&Expr>) -> String {
    let mut says = match words.program.challenges.get(challenge) {
        Some(challenge) => format!("asks {} ({})", asked(challenge), challenge.name.node),
        None => "asks".to_owned(),
    };
    if let Some(each) = each {
        says.push_str(&format!(" when {}", every(words, each, "any")));
    }
    if let Some(when) = when {
        says.push_str(&format!(" when {}", words.of(when)));
    }
    if each.is_none() && when.is_none() {
        says.push_str(", always");
    }
    says
}

/// `for every f in fields, …`
fn every(words: &Words<'_>, each: &Each, word: &str) -> String {
    let list = words.part(&each.list);
    let name = words.variable(each.var, &each.list);
    format!("for {word} {name} in {list}, {}", words.of(&each.body))
}

/// The sentence behind the conditions of the groups that it stands in.
fn guarded(words: &Words<'_>, guards: &[Arc<Expr>], says: String) -> String {
    if guards.is_empty() {
        return says;
    }
    let guards = match guards {
        [one] => words.of(one),
        several => several.iter().map(|guard| words.part(guard)).collect::<Vec<_>>().join(" and "),
    };
    format!("if {guards}: {says}")
}

/// A limit: a sentence for each bound.
pub(super) fn limit(words: &Words<'_>, limit: &Limit) -> Vec<Sentence> {
    let keys = words.keys(&limit.keys);
    let per = if keys.is_empty() { String::new() } else { format!(" per {}", series(&keys, "and")) };
    let over = window(&limit.window);
    limit
        .bounds
        .iter()
        .map(|bound| {
            let mut guards = limit.guards.clone();
            guards.extend(bound.when.iter().cloned().map(Arc::new));
            Sentence {
                id: bound
                    .name
                    .as_ref()
                    .map_or_else(|| limit.id.clone(), |name| format!("{}/{name}", limit.id)),
                kind: "limit",
                says: guarded(words, &guards, amount(words, bound, &format!("{per}{over}"), &limit.window)),
                because: bound.because.as_ref().map(|because| words.template(because)),
                audit: bound.audit.as_ref().map(|audit| words.template(audit)),
                at: words.place(bound.span),
            }
        })
        .collect()
}

/// `allows at most 50 calls`, `above 80000 tokens asks the user (operator)`.
fn amount(words: &Words<'_>, bound: &Bound, per: &str, over: &Window) -> String {
    let value = words.of(&bound.value);
    let one = value == "1";
    let calls = if one { "call" } else { "calls" };
    let counted = match &bound.meter {
        Meter::Calls => format!("{value} {calls}"),
        Meter::CallsPer(keys) => {
            format!("{value} {calls} with the same {}", series(&words.keys(keys), "and"))
        }
        Meter::Retries => format!("{value} {} of a call", if one { "repetition" } else { "repetitions" }),
        Meter::Tokens => format!("{value} {}", if one { "token" } else { "tokens" }),
        Meter::Cost => format!("a cost of {value}"),
        Meter::Runtime => format!("a runtime of {value}"),
        Meter::InFlight => format!("{value} {calls} under way at a time"),
        Meter::Denials => format!("{value} {}", if one { "refusal" } else { "refusals" }),
        Meter::Sum { of: None } => format!("a sum of {value}"),
        Meter::Sum { of: Some(past) } => {
            let name = match past.of {
                PastOf::Tool(index) => words.tool(index),
                PastOf::Event(_) => "events".to_owned(),
            };
            format!("a sum of {value} over the calls of {name}")
        }
    };
    let start = match bound.threshold {
        Threshold::AtMost => format!("allows at most {counted}{per}"),
        Threshold::Above => format!("above {counted}{per}"),
    };
    match (&bound.then, bound.threshold) {
        (Then::Deny, Threshold::AtMost) => start,
        (Then::Deny, Threshold::Above) => format!("refuses {start}"),
        (Then::Warn, _) => format!("warns {start}"),
        (Then::Challenge(challenge), _) => {
            let who = words.program.challenges.get(*challenge);
            let who = who.map(|challenge| format!("{} ({})", asked(challenge), challenge.name.node));
            format!("asks {} {start}; one approval is enough {}", who.unwrap_or_default(), lifted(over))
        }
        (Then::DenyAndSuspend(whom), _) => format!("{start}, and then suspends the {}", suspended(*whom)),
    }
}

/// How long a step stays lifted.
fn lifted(window: &Window) -> String {
    match window {
        Window::Lifetime => "from then on".to_owned(),
        Window::Rolling(time) => format!("for the next {time}"),
        Window::Calendar(unit, _) => format!("for that {}", self::unit(*unit)),
    }
}

fn unit(unit: CalendarUnit) -> &'static str {
    match unit {
        CalendarUnit::Hour => "hour",
        CalendarUnit::Day => "day",
        CalendarUnit::Week => "week",
        CalendarUnit::Month => "month",
    }
}

fn suspended(whom: Suspended) -> &'static str {
    match whom {
        Suspended::Job => "job",
        Suspended::Agent => "agent",
        Suspended::Tool => "tool",
        Suspended::Gate => "gate",
    }
}

/// ` in any 24h`, ` each day in Europe/Berlin`.
pub(super) fn window(window: &Window) -> String {
    match window {
        Window::Lifetime => String::new(),
        Window::Rolling(time) => format!(" in any {time}"),
        Window::Calendar(unit, zone) => format!(" each {} in {zone}", self::unit(*unit)),
    }
}

/// A flow: which data goes from where to where, before its rules.
pub(super) fn flow(words: &Words<'_>, flow: &Flow, has_rules: bool) -> String {
    let data = match flow.labels.as_slice() {
        [] => "data".to_owned(),
        labels => {
            let word = if flow.all_labels { "and" } else { "or" };
            format!("data labelled {}", series(labels, word))
        }
    };
    let mut says = match &flow.ends {
        Some((from, to)) => {
            let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "anywhere".to_owned());
            let may = if has_rules { "to" } else { "may go to" };
            format!("{data} from {} {may} {}", end(from), end(to))
        }
        None => format!("{data} on any way that no other flow is about"),
    };
    if let Some(when) = &flow.when {
        says.push_str(&format!(", when {}", words.of(when)));
    }
    if has_rules {
        says.push_str(", under these rules");
    }
    says
}
