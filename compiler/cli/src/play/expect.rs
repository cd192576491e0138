//! Whether a decision is what a test expects, and if not, what came instead.

use agentpass_compiler::ast::{self, Expect, ExpectKind, ExprKind, Literal, Name, Path};
use agentpass_compiler::diagnostics::Diagnostic;
use agentpass_compiler::diagnostics::problems::tests as problem;
use agentpass_grammar::{FileId, Sources, Span};
use agentpass_runtime::{Decision, Left, Place, Reason, Word};
use agentpass_values::Duration;

use super::Stage;
use super::values::money;

/// Nothing, where the expectation holds; else a finding that shows what came instead.
pub(super) fn judge(wanted: &Expect, decision: &Decision, stage: Stage<'_>) -> Option<Diagnostic> {
    let why = match &wanted.kind {
        ExpectKind::Because(verdict, message) => {
            unlike(verdict, decision).or_else(|| not_because(&message.node, decision))
        }
        ExpectKind::Remaining(limit, left) => not_left(limit, left, decision),
        verdict => unlike(verdict, decision),
    }?;
    let mut found = problem::failed(wanted.span, &why);
    if let Some(label) = grounds(decision) {
        found = found.label(label);
    }
    for reason in decision.reasons.iter().chain(&decision.warnings) {
        if let Some(span) = reason.place.as_ref().and_then(|place| span(stage.sources, place)) {
            found = found.also(span, reason.message.clone());
        }
    }
    Some(found)
}

/// What is wrong with the verdict.
fn unlike(wanted: &ExpectKind, decision: &Decision) -> Option<String> {
    let matches = match wanted {
        ExpectKind::Allow => decision.verdict == Word::Allow,
        ExpectKind::Deny => decision.verdict == Word::Deny,
        ExpectKind::Replay => decision.verdict == Word::Replay,
        ExpectKind::Challenge(names) => {
            decision.verdict == Word::Challenge && wanted_names(names) == asked_names(decision)
        }
        // They hold no verdict.
        ExpectKind::Because(..) | ExpectKind::Remaining(..) => true,
    };
    let wanted = match wanted {
        ExpectKind::Allow => "allow".to_owned(),
        ExpectKind::Deny => "deny".to_owned(),
        ExpectKind::Replay => "replay".to_owned(),
        ExpectKind::Challenge(names) => format!("challenge {}", wanted_names(names).join(", ")),
        _ => String::new(),
    };
    (!matches).then(|| format!("expected `{wanted}`, got `{}`", told(decision)))
}

/// The verdict, as a test would expect it.
pub(super) fn told(decision: &Decision) -> String {
    match decision.verdict {
        Word::Challenge => format!("challenge {}", asked_names(decision).join(", ")),
        verdict => verdict.word().to_owned(),
    }
}

fn wanted_names(names: &[Name]) -> Vec<&str> {
    sorted(names.iter().map(|name| name.node.as_str()))
}

fn asked_names(decision: &Decision) -> Vec<&str> {
    sorted(decision.challenges.iter().map(|ask| ask.name.as_str()))
}

/// Names in one order, each once: one challenge may be asked by several clauses.
fn sorted<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn not_because(message: &str, decision: &Decision) -> Option<String> {
    let mut reasons = decision.reasons.iter().chain(&decision.warnings);
    if reasons.any(|reason| reason.message == message) {
        return None;
    }
    Some(format!("got `{}` as expected, but not because \"{message}\"", told(decision)))
}

fn not_left(limit: &Path, wanted: &ast::Value, decision: &Decision) -> Option<String> {
    let name = limit.text();
    let lefts: Vec<_> = decision.remaining.iter().filter(|rest| is_called(&rest.limit, &name)).collect();
    let all = || {
        let all = decision.remaining.iter().map(|rest| format!("{} {}", rest.limit, shown(&rest.left)));
        let all = all.collect::<Vec<_>>().join(", ");
        if all.is_empty() { "nothing, as the call counts against no limit".to_owned() } else { all }
    };
    match lefts.as_slice() {
        [] => Some(format!("no limit `{name}` counts this call; what remains is {}", all())),
        // Several bounds of one limit: one of them has to be meant.
        lefts if lefts.iter().any(|rest| is_left(wanted, &rest.left)) => None,
        lefts => {
            let left: Vec<String> = lefts.iter().map(|rest| shown(&rest.left)).collect();
            Some(format!("expected {name} to have {} left, got {}", written(wanted), left.join(" or ")))
        }
    }
}

/// `refunds` and `stripe.refund/refunds` are the limit `stripe.refund/refunds.sum`; so is what names it in full.
fn is_called(limit: &str, name: &str) -> bool {
    let within = |whole: &str| {
        whole == name || whole.strip_suffix(name).is_some_and(|before| before.ends_with(['/', '.']))
    };
    within(limit) || limit.rsplit_once('.').is_some_and(|(limit, _)| within(limit))
}

fn is_left(wanted: &ast::Value, left: &Left) -> bool {
    let Some(literal) = literal(wanted) else { return false };
    match (literal, left) {
        (Literal::Int(text), Left::Count(count)) => {
            text.replace('_', "").parse::<i128>().is_ok_and(|wanted| wanted == *count)
        }
        (Literal::Money(text), Left::Money(left)) => money(text).is_ok_and(|wanted| wanted == *left),
        (Literal::Duration(text), Left::Time(left)) => {
            Duration::parse(text).is_ok_and(|wanted| wanted == *left)
        }
        _ => false,
    }
}

fn shown(left: &Left) -> String {
    match left {
        Left::Count(count) => count.to_string(),
        Left::Money(money) => money.to_string(),
        Left::Time(time) => time.to_string(),
    }
}

fn literal(value: &ast::Value) -> Option<&Literal> {
    match value {
        ast::Value::Expr(ast::Expr { kind: ExprKind::Literal(literal), .. }) => Some(literal),
        _ => None,
    }
}

fn written(value: &ast::Value) -> &str {
    match literal(value) {
        Some(
            Literal::Int(text) | Literal::Money(text) | Literal::Duration(text) | Literal::Decimal(text),
        ) => text,
        _ => "something else",
    }
}

/// Why it was decided so, on one line; nothing where nothing stood in the way.
fn grounds(decision: &Decision) -> Option<String> {
    let words = |reason: &Reason| match reason.message.as_str() {
        "" => reason.code.to_owned(),
        message => message.to_owned(),
    };
    let all: Vec<String> = decision.reasons.iter().chain(&decision.warnings).map(words).collect();
    (!all.is_empty()).then(|| format!("{}: {}", decision.verdict.word(), all.join("; ")))
}

/// The line on which a clause begins, as far as the clause can be on it.
fn span(sources: &Sources, place: &Place) -> Option<Span> {
    let (id, file): (FileId, _) = sources.iter().find(|(_, file)| *file.name == *place.file)?;
    let rest = file.text.get(place.start as usize..)?;
    let line = rest.split(['\r', '\n']).next().unwrap_or_default().trim_end();
    Some(Span::new(id, place.start, place.start + u32::try_from(line.len()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_named_in_short_or_in_full() {
        for (limit, name) in [
            ("job.calls", "job.calls"),
            ("stripe.refund/refunds", "refunds"),
            ("stripe.refund/refunds.sum", "refunds"),
            ("stripe.refund/refunds.sum", "refunds.sum"),
            ("hourly.calls", "hourly"),
        ] {
            assert!(is_called(limit, name), "{limit} {name}");
        }
        for (limit, name) in [("job.calls", "calls_per_day"), ("myrefunds", "refunds"), ("a.b", "c")] {
            assert!(!is_called(limit, name), "{limit} {name}");
        }
    }
}
