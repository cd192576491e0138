//! How long questions stay open and answers hold.

use agentpass_values::Duration;

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Ok(day) = Duration::parse("24h") else { return };
    for challenge in &cx.program.challenges {
        let (span, name) = (challenge.name.span, &challenge.name.node);
        if challenge.expires.is_none() {
            found.push(problem::no_expiry(span, name));
        }
        if let Some(reusable) = challenge.reusable.filter(|reusable| *reusable > day) {
            found.push(problem::long_approval(span, name, &reusable.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::{LONG_APPROVAL, NO_EXPIRY};
    use crate::lint::testing::check;

    #[test]
    fn a_question_that_never_closes() {
        check(&NO_EXPIRY, "challenge boss { ask user }\n", &["boss"]);
        check(&NO_EXPIRY, "challenge boss { ask user; expires 1h }\n", &[]);
    }

    #[test]
    fn an_answer_that_holds_for_days() {
        check(&LONG_APPROVAL, "challenge boss { ask user; expires 1h; reusable for 48h }\n", &["boss"]);
        check(&LONG_APPROVAL, "challenge boss { ask user; expires 1h; reusable for 24h }\n", &[]);
    }
}
