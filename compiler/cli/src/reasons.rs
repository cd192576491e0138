//! What the codes of decisions mean: the rows of the book's page about them.

const PAGE: &str = include_str!("../../../docs/book/src/reference/reasons.md");

/// What happened where a decision has that code, and what helps; nothing for what is no such code.
pub(crate) fn find(code: &str) -> Option<(&'static str, &'static str)> {
    let quoted = format!("`{code}`");
    let row =
        rows().find(|row| row.first().is_some_and(|codes| codes.split(", ").any(|one| one == quoted)))?;
    let [_, what, helps] = row.as_slice() else { return None };
    Some((what, helps))
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = PAGE.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    lines.map(|line| line.split(" | ").collect())
}

#[cfg(test)]
#[allow(clippy::panic, reason = "a test says what went wrong by panicking")]
mod tests {
    use agentpass_runtime::codes;

    #[test]
    fn every_code_has_a_row() {
        for code in codes::ALL.iter().chain(codes::LINES) {
            let (what, helps) = super::find(code).unwrap_or_else(|| panic!("{code}"));
            assert!(!what.contains("](") && !helps.contains("]("), "{code}: a link in a terminal");
        }
    }

    #[test]
    fn every_row_is_about_codes() {
        for row in super::rows() {
            let all = row.first().copied().unwrap_or_default();
            for code in all.split(", ").filter(|code| !matches!(*code, "code" | "---")) {
                let code = code.trim_matches('`');
                assert!(codes::ALL.contains(&code) || codes::LINES.contains(&code), "{code}");
            }
        }
    }
}
