//! What lints say: nothing here is forbidden, so each message says why it is worth a look.

use agentpass_grammar::Span;

use super::rules::list;
use crate::diagnostics::{Diagnostic, Safety, codes, suggest};
use crate::lint::Role;
use crate::typed::Action;
use crate::types::Ty;

/// A declaration that nothing refers to; `remove` is the whole item, where nothing else stands in it.
#[must_use]
pub fn unused(span: Span, kind: &str, name: &str, remove: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNUSED_DECLARATION, span, format!("{kind} `{name}` is never used"))
        .help("remove it, or write the rule that was meant to read it");
    match remove {
        Some(item) => finding.replace(Safety::DisplayOnly, item, ""),
        None => finding,
    }
}

/// A name that is not in its composed form.
#[must_use]
pub fn not_composed(span: Span, name: &str, composed: &str) -> Diagnostic {
    let message =
        format!("`{name}` is written with combining characters, and is another name than `{composed}`");
    Diagnostic::new(&codes::CONFUSABLE_NAME, span, message)
        .help("names compare character by character: write it in its composed form (NFC)")
}

/// Two names that look alike.
#[must_use]
pub fn looks_like(span: Span, name: &str, other: &str, at: Span) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::CONFUSABLE_NAME,
        span,
        format!("`{name}` looks like `{other}`, and is another name"),
    )
    .also(at, "the other one")
    .help("give one of them a name that a reader can tell apart");
    match name.chars().find(|c| !c.is_ascii()) {
        Some(c) => finding.label(format!("`{c}` is U+{:04X}", u32::from(c))),
        None => finding,
    }
}

/// A name in two alphabets.
#[must_use]
pub fn mixed_scripts(span: Span, name: &str) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::CONFUSABLE_NAME,
        span,
        format!("`{name}` mixes letters of several alphabets"),
    )
    .help("write it with the letters of one alphabet");
    match name.chars().find(|c| !c.is_ascii()) {
        Some(c) => finding.label(format!("`{c}` is U+{:04X}", u32::from(c))),
        None => finding,
    }
}

/// An action that nobody can take back, with nothing that holds it up.
#[must_use]
pub fn irreversible(span: Span, action: Action, at: Span, tools: &[String]) -> Diagnostic {
    let (can, that) = if tools.len() == 1 { ("can", "its call") } else { ("can each", "their calls") };
    let message = format!("{} {can} `{}` again and again, and nobody is asked", list(tools), action.word());
    Diagnostic::new(&codes::IRREVERSIBLE_ACTION, span, message)
        .also(at, "nobody can take this back")
        .help(format!("let {that} run once, `once per KEY`, or ask somebody: `challenge NAME`"))
}

/// A guarded label that no flow lets into the agent's context.
#[must_use]
pub fn cannot_be_read(span: Span, tool: &str, source: &str, label: &str) -> Diagnostic {
    let message =
        format!("every call of `{tool}` is denied: no flow lets `{label}` from `{source}` reach the agent");
    Diagnostic::new(&codes::SINK_WITHOUT_FLOW, span, message)
        .label(format!("`{label}` is guarded"))
        .help(format!("say under which rules the agent may read it: `flow {source} -> agent_context carrying {label} {{ }}`"))
}

/// A guarded label that no flow lets out.
#[must_use]
pub fn cannot_be_sent(span: Span, to: &str, source: &str, label: &str, at: Span) -> Diagnostic {
    let message =
        format!("no flow lets `{label}` go to `{to}`: this is denied once the job has read from `{source}`");
    Diagnostic::new(&codes::SINK_WITHOUT_FLOW, span, message)
        .also(at, format!("`{label}` enters the job here"))
        .help(format!(
            "if that is meant, say it with a reason: `flow {source} -> {to} carrying {label} {{ deny because \"…\" }}`"
        ))
}

/// A pattern without a manifest, or `otherwise`.
#[must_use]
pub fn open_pattern(span: Span, pattern: &str, is_otherwise: bool) -> Diagnostic {
    Diagnostic::new(&codes::OPEN_PATTERN, span, format!("nobody has seen {}", unseen(pattern, is_otherwise)))
        .help("pin them where you can: `tools PATTERN from \"tools.json\"`")
}

/// Unseen tools whose calls are allowed.
#[must_use]
pub fn open_and_allowed(span: Span, pattern: &str, is_otherwise: bool) -> Diagnostic {
    let message =
        format!("nobody has seen {}, and nothing refuses their calls", unseen(pattern, is_otherwise));
    Diagnostic::new(&codes::OPEN_AND_ALLOWED, span, message)
        .help("pin them, `tools PATTERN from \"tools.json\"`, or add a rule: `challenge NAME`, or `deny because \"…\"`")
}

fn unseen(pattern: &str, is_otherwise: bool) -> String {
    if is_otherwise { "the other tools".to_owned() } else { format!("the tools that `{pattern}` stands for") }
}

/// A regular expression that a type makes needless.
#[must_use]
pub fn regex_instead_of_type(span: Span, name: &str, ty: &str, instead: &str) -> Diagnostic {
    let message = format!("this pattern reads `{name}` as text, and it looks like {}", article(ty));
    Diagnostic::new(&codes::REGEX_INSTEAD_OF_TYPE, span, message)
        .help(format!("declare `{name}: {ty}` and compare by meaning: `{instead}`"))
}

fn article(ty: &str) -> String {
    match ty {
        "email" => "an e-mail address".to_owned(),
        "url" => "a web address".to_owned(),
        "path" => "a path in a folder".to_owned(),
        other => format!("a {other}"),
    }
}

/// Evidence that a rule of the other tool makes impossible.
#[must_use]
pub fn impossible_prerequisite(span: Span, tool: &str, rule: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::IMPOSSIBLE_PREREQUISITE,
        span,
        format!("no such call of `{tool}` is ever allowed"),
    )
    .also(rule, "this rule denies all of them")
    .help("ask for a call that can happen, or for the attempt: `after attempted …`")
}

/// `after A with no A since`.
#[must_use]
pub fn self_cancelling(span: Span, past: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::SELF_CANCELLING,
        span,
        "the call that is asked for is also the one that must not be there",
    )
    .also(past, "this call cancels itself")
    .help("name what undoes the evidence: another tool or event, other arguments, or `failed …`")
}

/// An equality that nobody can decide where a value is null, in a place where that refuses.
#[must_use]
pub fn null_undecided(span: Span, ty: &Ty) -> Diagnostic {
    let message = format!("where this {ty} is null, the comparison is undetermined, and that refuses");
    Diagnostic::new(&codes::NULL_UNDECIDED, span, message)
        .help("say what null means: `x != null and …` or `x == null or …`")
}

/// `deny when after A with no B since`.
#[must_use]
pub fn lifted_by_attempt(span: Span, name: &str) -> Diagnostic {
    let message = format!("a call of `{name}` that has only started, or failed, ends this refusal");
    Diagnostic::new(&codes::LIFTED_BY_ATTEMPT, span, message)
        .help(format!("write `no completed {name}`; or `no started {name}`, where starting it is enough"))
        .replace(Safety::Unsafe, Span { end: span.start, ..span }, "completed ")
}

/// A domain under which anybody can register names.
#[must_use]
pub fn public_suffix(span: Span, domain: &str) -> Diagnostic {
    let message = format!("anybody can register a name under `{domain}`, and all of them are let pass");
    Diagnostic::new(&codes::PUBLIC_SUFFIX, span, message)
        .help(format!("write the names that you know: `\"example.{domain}\"`"))
}

/// Two rules of one structure.
#[must_use]
pub fn duplicate_rule(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE_RULE, span, "this rule stands here twice")
        .also(first, "the same rule")
        .help("remove one of them, or say what the second was meant to say")
}

/// A condition that is the same for every call.
#[must_use]
pub fn constant_condition(span: Span, truth: bool, role: Role, alone: bool) -> Diagnostic {
    let whole = if alone { "" } else { " here" };
    let message = match (role, truth) {
        (Role::Demand, true) => format!("this always holds{whole}: the rule demands nothing"),
        (Role::Demand, false) => format!("this can never hold{whole}: the rule denies every call"),
        (Role::Refusal, true) => format!("this always holds{whole}: the rule fires for every call"),
        (Role::Refusal, false) => format!("this can never hold{whole}: the rule never fires"),
        (Role::Scope, true) => format!("this always holds{whole}: it narrows nothing"),
        (Role::Scope, false) => format!("this can never hold{whole}: what stands under it has no effect"),
    };
    Diagnostic::new(&codes::CONSTANT_CONDITION, span, message).help(match truth {
        true => "remove the condition, or compare with what was meant",
        false => "remove what depends on it, or compare with what was meant",
    })
}

/// A part of a condition that is the same for every call.
#[must_use]
pub fn constant_part(span: Span, truth: bool) -> Diagnostic {
    let message = if truth { "this part always holds" } else { "this part can never hold" };
    Diagnostic::new(&codes::CONSTANT_CONDITION, span, message)
        .help("remove it, or compare with what was meant")
}

/// An element that stands twice.
#[must_use]
pub fn element_twice(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::REDUNDANT_ELEMENT, span, "this element stands here twice")
        .also(first, "the same element")
        .help("remove one of them")
}

/// An element that lies in another one.
#[must_use]
pub fn element_within(span: Span, wider: Span) -> Diagnostic {
    Diagnostic::new(&codes::REDUNDANT_ELEMENT, span, "this element adds nothing")
        .also(wider, "it lies in this one")
        .help("remove it, or the wider one if that lets too much in")
}

/// An approval that lives longer than a day.
#[must_use]
pub fn long_approval(span: Span, name: &str, lasts: &str) -> Diagnostic {
    Diagnostic::new(&codes::LONG_APPROVAL, span, format!("one approval of `{name}` can be used for {lasts}"))
        .help("write `single use`, or at most `reusable for 24h`")
}

/// A label that nothing brings into a job.
#[must_use]
pub fn never_carried(span: Span, label: &str, source: Option<&str>, close: Option<&str>) -> Diagnostic {
    let from = source.map(|source| format!(" from `{source}`")).unwrap_or_default();
    let finding = Diagnostic::new(
        &codes::NEVER_CARRIED,
        span,
        format!("no tool brings `{label}`{from} into a job, so this never holds"),
    );
    match close {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None => finding.help(format!(
            "say which tool reads it: `reads {} carrying {label}`",
            source.unwrap_or("SOURCE")
        )),
    }
}

/// A flow of a label that its source never carries.
#[must_use]
pub fn unreachable_flow(span: Span, source: Option<&str>, label: &str, others: &[&str]) -> Diagnostic {
    let what = match source {
        Some(source) => {
            format!("what is read from `{source}` never carries `{label}`, so this flow never happens")
        }
        None => format!("nothing that is read carries `{label}`, so this flow never happens"),
    };
    let finding = Diagnostic::new(&codes::UNREACHABLE_FLOW, span, what).help(format!(
        "add the label where it is read: `reads {} carrying {label}`",
        source.unwrap_or("SOURCE")
    ));
    // Only said, not offered as an edit: a flow of another label may allow more.
    match suggest::closest(label, others.iter().copied()) {
        Some(close) => finding.help(format!("did you mean `carrying {close}`?")),
        None => finding,
    }
}

/// Tools that take free text and do not say where it goes: their names, each with its parameters.
#[must_use]
pub fn way_out(span: Span, tools: &[(String, Vec<String>)]) -> Diagnostic {
    let names: Vec<String> = tools.iter().map(|(name, _)| name.clone()).collect();
    let (message, parameters) = match tools {
        [(name, parameters)] => {
            (format!("`{name}` takes free text, and nobody says where it goes"), Some(parameters))
        }
        _ => (
            format!("{} tools take free text, and nobody says where it goes: {}", tools.len(), list(&names)),
            None,
        ),
    };
    let finding = Diagnostic::new(&codes::WAY_OUT, span, message)
        .help("if it leaves, write `sends to NAME`; if it does not, write `keeps inside`");
    match parameters {
        Some(parameters) => finding.label(format!("in {}", list(parameters))),
        None => finding,
    }
}

/// Parameters that say where something goes, and that nothing reads; tools with their parameters.
#[must_use]
pub fn unread_destination(span: Span, tools: &[(String, Vec<String>)]) -> Diagnostic {
    let message = match tools {
        [(tool, names)] => {
            let verb = if names.len() == 1 { "says" } else { "say" };
            format!("{} of `{tool}` {verb} where something goes, and nothing reads it", list(names))
        }
        _ => {
            let shown: Vec<String> = tools.iter().map(|(tool, _)| tool.clone()).collect();
            format!("{} have parameters that say where something goes, and nothing reads them", list(&shown))
        }
    };
    Diagnostic::new(&codes::UNREAD_DESTINATION, span, message).help(
        "look at it in a rule, `require each d in cc.domain: d in company`, let it be part of `sends to … at`, or refuse it, \
         `deny when has cc`",
    )
}

/// A refusal that does not say why.
#[must_use]
pub fn no_message(span: Span, verb: &str) -> Diagnostic {
    Diagnostic::new(&codes::NO_MESSAGE, span, format!("this `{verb}` does not say why"))
        .help("add a message that tells the model what to do instead: `because \"…\"`")
}

/// A challenge without `expires`.
#[must_use]
pub fn no_expiry(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::NO_EXPIRY, span, format!("challenge `{name}` stays open for ever"))
        .help("say how long a question waits for its answer: `expires 15m`")
}

/// A contract without tests.
#[must_use]
pub fn no_tests(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&codes::NO_TESTS, span, format!("contract `{name}` has no tests")).help(
        "show one call that is allowed and one that is not: `test \"…\" { call TOOL { … } expect deny }`",
    )
}

/// A contract whose head lacks something.
#[must_use]
pub fn incomplete_contract(span: Span, name: &str, missing: &[&str]) -> Diagnostic {
    let clauses: Vec<String> = missing.iter().map(|word| (*word).to_owned()).collect();
    let example = match missing.first() {
        Some(&"version") => "version \"1.0.0\"",
        Some(&"owner") => "owner \"team@example.com\"",
        _ => "agents \"support-agent\"",
    };
    Diagnostic::new(
        &codes::INCOMPLETE_CONTRACT,
        span,
        format!("contract `{name}` does not say its {}", list(&clauses)),
    )
    .help(format!("add `{example}`"))
}

/// A payment of any amount.
#[must_use]
pub fn amount_without_cap(span: Span, tool: &str) -> Diagnostic {
    Diagnostic::new(&codes::AMOUNT_WITHOUT_CAP, span, format!("no rule bounds the amount that `{tool}` pays"))
        .help("add `require amount <= $100`, or `limit per KEY in any 24h { sum amount at most $500 }`")
}
