//! Whether anybody has edited what an import wrote: nobody's work is lost to another import.
//!
//! A contract says the digest of its own text in its last line, a manifest the digest of each of its tools. This is no protection
//! against anybody, only a way to tell whether people have put work into a file.

use crate::manifest::{Manifest, sha256};

/// What the last line begins with.
const MARK: &str = "// as imported: sha256 ";

/// The contract with the digest of its text.
#[must_use]
pub fn seal(contract: &str) -> String {
    format!("{contract}\n{MARK}{}\n", digest(contract))
}

/// Whether a contract is one that [`seal`] has sealed, and not a letter is another one. Line ends may be those of another system.
#[must_use]
pub fn is_untouched(contract: &str) -> bool {
    let contract = contract.replace("\r\n", "\n");
    let parts = contract.strip_suffix('\n').and_then(|all| all.rsplit_once('\n'));
    let Some((above, last)) = parts else { return false };
    last.strip_prefix(MARK).is_some_and(|said| said == digest(above))
}

/// Whether a manifest is one that an import wrote, and every tool in it is as it was.
#[must_use]
pub fn is_untouched_manifest(text: &str) -> bool {
    let Ok(manifest) = Manifest::read(text) else { return false };
    manifest.pinned.is_some_and(|pinned| {
        let is_same = |tool: &crate::manifest::Listed| pinned.get(&tool.name) == Some(&tool.digest);
        pinned.len() == manifest.tools.len() && manifest.tools.iter().all(is_same)
    })
}

fn digest(text: &str) -> String {
    sha256(text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{is_untouched, seal};

    #[test]
    fn every_edit_is_seen() {
        let sealed = seal("edition 2026\ncontract a {}\n");
        assert!(is_untouched(&sealed) && is_untouched(&sealed.replace('\n', "\r\n")));
        for edited in [
            sealed.replace("contract a", "contract b"),
            sealed.replace("edition", "// note\nedition"),
            format!("{sealed}tool t() {{ action read }}\n"),
            format!("{sealed}\n"),
            sealed.replace("sha256 ", "sha256 0"),
            sealed.trim_end().to_owned(),
            "edition 2026\n".to_owned(),
            String::new(),
        ] {
            assert!(!is_untouched(&edited), "{edited}");
        }
    }
}
