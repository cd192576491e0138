//! Tools that nobody has seen: a pattern without a manifest, and `otherwise` (semantics 12).

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{Action, RuleKind, ToolKind};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (index, tool) in cx.program.tools.iter().enumerate() {
        let is_otherwise = match &tool.kind {
            ToolKind::Otherwise => true,
            ToolKind::Family(_) => false,
            _ => continue,
        };
        if cx.is_denied(index) {
            continue;
        }
        let stands_in_the_way =
            |kind: &RuleKind| !matches!(kind, RuleKind::Once { .. } | RuleKind::RecordsAtMost(_));
        let is_judged = cx.rules_for(index).any(|rule| stands_in_the_way(&rule.kind));
        // Who writes `get_*` and `read` has thought of these tools; nobody knows what all the others do.
        let only_reads = tool.facts.action.is_some_and(|(action, _)| action == Action::Read) && !is_otherwise;
        let span = cx.head(tool);
        found.push(if is_judged || only_reads {
            problem::open_pattern(span, &tool.name, is_otherwise)
        } else {
            problem::open_and_allowed(span, &tool.name, is_otherwise)
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::{OPEN_AND_ALLOWED, OPEN_PATTERN};
    use crate::lint::testing::check;

    #[test]
    fn unseen_tools_are_noted() {
        let boss = "challenge boss { ask user; expires 5m }\ntools otherwise(...) { action admin; challenge boss }\n";
        check(&OPEN_PATTERN, boss, &["tools otherwise(...)"]);
        check(&OPEN_AND_ALLOWED, boss, &[]);
        check(&OPEN_PATTERN, "tools get_*(...) { action read }\n", &["get_*"]);
    }

    #[test]
    fn unseen_tools_that_nothing_stops_are_a_warning() {
        check(&OPEN_AND_ALLOWED, "tools set_*(...) { action write }\n", &["set_*"]);
        check(&OPEN_AND_ALLOWED, "tools otherwise(...) { action read }\n", &["tools otherwise(...)"]);
        check(&OPEN_PATTERN, "tools set_*(...) { action write }\n", &[]);
    }

    #[test]
    fn tools_that_are_known_or_denied() {
        check(
            &OPEN_PATTERN,
            "tools otherwise(...) { action admin; deny }\ntool t(...) { action read }\n",
            &[],
        );
    }
}
