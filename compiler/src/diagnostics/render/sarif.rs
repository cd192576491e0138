//! SARIF 2.1.0, which code scanning services read: the registry as rules, every finding as a result.
//!
//! The document is built as plain JSON: the subset of SARIF that is used here is small, and a test holds it against the schema of
//! the standard.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use agentpass_grammar::{Sources, Span};
use serde_json::{Map, Value, json};

use super::json;
use super::place::{Place, Places, UNKNOWN_FILE};
use crate::diagnostics::codes::{self, Code};
use crate::diagnostics::pages::{self, Page};
use crate::diagnostics::{Diagnostic, Fix, Safety, Severity};

/// The name of our fingerprint; its number changes when the way it is made does.
const FINGERPRINT: &str = "agentpass/v1";

/// One run of the compiler as a SARIF log, with a line end after it.
#[must_use]
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut places = Places::new(sources);
    let mut seen = HashMap::new();
    let results: Vec<_> =
        diagnostics.iter().map(|found| result(sources, &mut places, &mut seen, found)).collect();
    let artifacts: Vec<_> = diagnostics
        .iter()
        .flat_map(|found| std::iter::once(found.span).chain(found.secondary.iter().map(|label| label.span)))
        .filter_map(|span| sources.get(span.file))
        .map(|file| uri(&file.name))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|uri| json!({"location": {"uri": uri}}))
        .collect();
    let mut log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "agentpassc",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes::ALL.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "artifacts": artifacts,
            "results": results,
        }],
    });
    // Sorted, whatever another crate makes of maps in the same build.
    log.sort_all_objects();
    json::print(&log)
}

/// The registry's row and page as a rule.
fn rule(code: &Code) -> Value {
    let markdown = pages::page(code.id);
    let about = markdown.and_then(|text| Page::parse(text).ok()).map(|page| page.about);
    let about = about.unwrap_or_else(|| code.summary.to_owned());
    let mut help = json!({ "text": markdown.unwrap_or(code.summary) });
    if let (Some(markdown), Some(help)) = (markdown, help.as_object_mut()) {
        help.insert("markdown".to_owned(), markdown.into());
    }
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": about},
        "defaultConfiguration": {"level": level(code.severity)},
        "help": help,
    })
}

fn result(
    sources: &Sources,
    places: &mut Places<'_>,
    seen: &mut HashMap<u64, usize>,
    found: &Diagnostic,
) -> Value {
    let place = places.of(found.span);
    let text = match &found.help {
        Some(help) => format!("{}\n\nhelp: {help}", found.message),
        None => found.message.clone(),
    };
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), found.code.id.into());
    if let Some(at) = codes::ALL.iter().position(|code| code.id == found.code.id) {
        result.insert("ruleIndex".to_owned(), at.into());
    }
    result.insert("level".to_owned(), level(found.severity).into());
    result.insert("message".to_owned(), message(&text));
    result.insert("locations".to_owned(), locations(&place, found.label.as_deref(), None));
    if !found.secondary.is_empty() {
        let related: Vec<_> = (1..)
            .zip(&found.secondary)
            .flat_map(|(id, label)| match locations(&places.of(label.span), Some(&label.text), Some(id)) {
                Value::Array(locations) => locations,
                _ => Vec::new(),
            })
            .collect();
        result.insert("relatedLocations".to_owned(), related.into());
    }
    // A viewer offers every fix for applying; one that may only be shown is told in words.
    match &found.fix {
        Some(fix) if fix.safety == Safety::DisplayOnly => {
            result.insert("properties".to_owned(), json!({"fix": fix.title, "safety": fix.safety.word()}));
        }
        Some(fix) => {
            result.insert("fixes".to_owned(), json!([changes(places, fix)]));
        }
        None => {}
    }
    let print = fingerprint(sources, &place, found);
    let count = seen.entry(print).or_insert(0);
    *count += 1;
    result.insert("partialFingerprints".to_owned(), json!({ FINGERPRINT: format!("{print:016x}:{count}") }));
    Value::Object(result)
}

/// A plain-text message. SARIF reads `[text](target)` as a link even there, and a contract must not put links into a
/// reviewer's findings, so the two brackets are kept apart.
fn message(text: &str) -> Value {
    json!({ "text": text.replace("](", "] (") })
}

fn level(severity: Severity) -> &'static str {
    severity.word()
}

/// A list of one location, or of none where the file is unknown.
fn locations(place: &Place, words: Option<&str>, id: Option<usize>) -> Value {
    if &*place.file == UNKNOWN_FILE {
        return json!([]);
    }
    let mut location = json!({
        "physicalLocation": {"artifactLocation": {"uri": uri(&place.file)}, "region": region(place)},
    });
    if let Some(location) = location.as_object_mut() {
        if let Some(words) = words {
            location.insert("message".to_owned(), message(words));
        }
        if let Some(id) = id {
            location.insert("id".to_owned(), id.into());
        }
    }
    json!([location])
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start_position.line,
        "startColumn": place.start_position.column,
        "endLine": place.end_position.line,
        "endColumn": place.end_position.column,
        "byteOffset": place.start,
        "byteLength": place.end - place.start,
    })
}

/// A fix, its replacements collected by file.
fn changes(places: &mut Places<'_>, fix: &Fix) -> Value {
    let mut files: Vec<(Span, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let replacement = json!({
            "deletedRegion": region(&places.of(edit.span)),
            "insertedContent": {"text": edit.text},
        });
        match files.iter_mut().find(|(span, _)| span.file == edit.span.file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => files.push((edit.span, vec![replacement])),
        }
    }
    let changes: Vec<_> = files
        .into_iter()
        .map(|(span, replacements)| {
            json!({"artifactLocation": {"uri": uri(&places.of(span).file)}, "replacements": replacements})
        })
        .collect();
    json!({
        "description": {"text": format!("{} ({})", fix.title, fix.safety.word())},
        "artifactChanges": changes,
    })
}

/// What stays the same while other lines come and go: code, file, headline, and the text of the line without its
/// indentation (of a very long line only what is near). Findings that agree in all of them are counted by the caller.
fn fingerprint(sources: &Sources, place: &Place, found: &Diagnostic) -> u64 {
    const NEAR: usize = 200;
    let text = sources.get(found.span.file).map_or("", |file| {
        let at = place.start as usize;
        let from = file.text.floor_char_boundary(at.saturating_sub(NEAR));
        let to = file.text.ceil_char_boundary((at + NEAR).min(file.text.len()));
        let before = file.text.get(from..at).unwrap_or("");
        let after = file.text.get(at..to).unwrap_or("");
        let start = before.rfind('\n').map_or(from, |end| from + end + 1);
        let end = after.find('\n').map_or(to, |end| at + end);
        file.text.get(start..end).unwrap_or("").trim()
    });
    // FNV-1a: nothing here has to resist an attacker, and the number must not change with a library.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in [found.code.id, &place.file, &found.message, text] {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// A path as a URI reference: relative paths stay relative, an absolute one becomes a `file:` URI, and whatever has no place in a
/// URI is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let drive = path.get(1..3) == Some(":/") && path.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut out = match (path.starts_with('/'), drive) {
        (true, _) => "file://".to_owned(),
        (_, true) => "file:///".to_owned(),
        _ => String::new(),
    };
    for byte in path.strip_prefix("./").unwrap_or(&path).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_cannot_make_a_link() {
        assert_eq!(message("`[x](https://a.example)`"), json!({"text": "`[x] (https://a.example)`"}));
    }

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("./a/é b.agentpass"), "a/%C3%A9%20b.agentpass");
        assert_eq!(uri("/a/b"), "file:///a/b");
        assert_eq!(uri("C:\\a\\b"), "file:///C%3A/a/b");
        assert_eq!(uri("<std>/pii.agentpass"), "%3Cstd%3E/pii.agentpass");
        assert_eq!(uri("a:b"), "a%3Ab");
    }
}
