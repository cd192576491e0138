//! Regular expressions that read an address, a domain or a path out of plain text. A semantic type does it once, and
//! knows the tricks: user information in addresses, trailing dots, `..` in paths.

use super::context::Context;
use crate::diagnostics::{Diagnostic, problems::lints as problem};
use crate::typed::{ExprKind, Read};
use crate::types::Ty;

pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (condition, _) in cx.conditions() {
        condition.walk(&mut |expr| {
            let ExprKind::Matches(of, pattern) = &expr.kind else { return };
            if of.ty != Ty::String {
                return;
            }
            let name = match &of.kind {
                ExprKind::Read(Read::Arg(name) | Read::Host(name) | Read::Job(name)) => name,
                _ => return,
            };
            if let Some((ty, instead)) = meant(pattern) {
                found.push(problem::regex_instead_of_type(expr.span, name, ty, &instead.replace("{}", name)));
            }
        });
    }
}

/// The type that a pattern tries to read, where it is plain, with what to write instead.
fn meant(pattern: &str) -> Option<(&'static str, &'static str)> {
    let pattern = pattern.trim_start_matches('^').trim_start_matches("(?i)").trim_end_matches('$');
    // Slashes are escaped in most dialects.
    let text = pattern.replace("\\/", "/");
    let first_scheme = ["https?://", "http://", "https://", "(http|https)://", "(https|http)://"];
    if first_scheme.iter().any(|scheme| text.starts_with(scheme)) {
        return Some(("url", "{}.scheme == \"https\" and {}.host in [\"example.com\"]"));
    }
    // «Anything but an at sign» is how the parts of an address are written most often.
    let address =
        ["[^@]", "[^@\\s]", "[^\\s@]"].iter().fold(text.clone(), |text, any| text.replace(any, "."));
    if let Some((local, domain)) = address.split_once('@') {
        let is_local = local.ends_with(['+', '*']);
        return (is_local && domain.contains("\\.")).then_some(("email", "{}.domain in [\"example.com\"]"));
    }
    if let Some(domain) = text.rsplit_once("\\.") {
        let (below, top) = domain;
        let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_lowercase()) && is_known_top(top);
        let is_below = [".*", ".+", "(.*\\.)?", "(.+\\.)?", "([a-z0-9-]+\\.)*", "(?:.*\\.)?"]
            .iter()
            .any(|prefix| below.starts_with(prefix));
        if is_top && is_below && !text.contains('/') {
            return Some(("domain", "{} in [\"example.com\"]"));
        }
    }
    let folder = text.strip_suffix(".*").or_else(|| text.strip_suffix(".+"));
    if let Some(folder) = folder
        && folder.starts_with('/')
        && folder.len() > 2
        && folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte))
    {
        return Some(("path", "{} in \"/the/folder\""));
    }
    None
}

/// Endings of domains that are not endings of files.
fn is_known_top(top: &str) -> bool {
    [
        "com", "org", "net", "edu", "gov", "io", "dev", "app", "ai", "co", "de", "eu", "fr", "uk", "us",
        "internal", "example",
    ]
    .contains(&top)
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::codes::REGEX_INSTEAD_OF_TYPE;
    use crate::lint::testing::check;

    #[track_caller]
    fn one(pattern: &str, fires: bool) {
        let rule = format!("s matches /{pattern}/");
        let expected: &[&str] = if fires { &[&rule] } else { &[] };
        check(
            &REGEX_INSTEAD_OF_TYPE,
            &format!("tool t(s: string) {{ action read; require {rule} }}\n"),
            expected,
        );
    }

    #[test]
    fn what_a_type_reads_better() {
        one(r"[^@]+@example\.com", true);
        one(r"https?:\/\/.*", true);
        one(r".*\.example\.com", true);
        one(r"\/srv\/data\/.*", true);
    }

    #[test]
    fn what_only_a_pattern_says() {
        one(r"\d{4}-\d{2}-\d{2}", false);
        one(r"[A-Za-z0-9_-]+\.(txt|md)", false);
        one(r".*\.md", false);
        one(r"hello @ann", false);
        one(r"v1\.2\.dev", false);
    }
}
