//! Embeds the pages of the diagnostic codes: writes a table from `docs/errors/*.md` that `src/diagnostics/pages.rs` includes.
//!
//! The table is made from the files that exist rather than from the registry, so that a new code builds before its page is
//! written; that every code has a page is a matter for the tests.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../docs/errors");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut ids = Vec::new();
    // A source package without the documentation still builds; it explains codes by their summary.
    if let Ok(entries) = fs::read_dir(&folder) {
        for entry in entries {
            let name = entry?.file_name();
            if let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".md")).filter(|id| is_code(id))
            {
                ids.push(id.to_owned());
            }
        }
    }
    ids.sort();

    let mut table =
        String::from("#[allow(clippy::match_single_binding)] // while there is no page\nmatch id {\n");
    for id in ids {
        let path = folder.join(format!("{id}.md"));
        writeln!(table, "    {id:?} => Some(include_str!({path:?})),")?;
    }
    table.push_str("    _ => None,\n}\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("pages.rs"), table)?;
    Ok(())
}

/// `E0301`, `W0001`, `N0001`: other files in the folder, such as an index, are no pages.
fn is_code(id: &str) -> bool {
    id.len() == 5 && id.starts_with(['E', 'W', 'N']) && id[1..].bytes().all(|byte| byte.is_ascii_digit())
}
