//! The contract as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use agentpass_grammar::FileId;

use super::guess::{Guess, guess};
use super::{Options, Source};
use crate::check::manifest::takes_anything;
use crate::fmt::format;
use crate::import::words::{identifier, pattern, quoted, shown};
use crate::manifest::{Listed, Manifest, digest_of};
use crate::typed::Action;

/// Writes the contract of these manifests, in the one layout.
pub(super) fn print(read: &[(&Source<'_>, Manifest)], options: &Options<'_>) -> String {
    let mut blocks = String::new();
    let mut is_asked = false;
    for (source, manifest) in read {
        let reads = server_name(source, manifest, options);
        for (guess, tools) in groups(manifest) {
            is_asked |= guess.action != Action::Read;
            block(&mut blocks, guess, &tools, &reads, source, options);
        }
    }
    let mut text = String::new();
    header(&mut text, read, options);
    text.push_str("edition 2026\n\n");
    if !blocks.is_empty() {
        text.push_str("use std.web { untrusted }\n\n");
    }
    let name = read
        .first()
        .map_or_else(|| "server".to_owned(), |(source, manifest)| server_name(source, manifest, options));
    text.push_str("// review: who answers for this contract, and which agents it is for (`agents \"…\"`)\n");
    // Writing to a string never fails.
    let _ = writeln!(text, "contract {name} {{ version \"0.1.0\"; owner \"unknown\" }}");
    text.push_str(&blocks);
    if is_asked {
        text.push_str("\n// review: who is asked, and for how long a question stays open\n");
        text.push_str("challenge operator { ask user; expires 15m; single use }\n");
    }
    format(FileId(0), &text).text
}

fn header(text: &mut String, read: &[(&Source<'_>, Manifest)], options: &Options<'_>) {
    for (source, manifest) in read {
        let server = match &manifest.server {
            Some((name, Some(version))) => format!("{} {}: ", shown(name), shown(version)),
            Some((name, None)) => format!("{}: ", shown(name)),
            None => String::new(),
        };
        let count = manifest.tools.len();
        let tools = if count == 1 { "tool" } else { "tools" };
        let _ = writeln!(
            text,
            "//! Imported from {} ({server}{count} {tools}) by {}.",
            shown(file_name(source.path)),
            options.by
        );
    }
    text.push_str("//!\n//! The tools and their schemas are pinned: one that changes is reported by `agentpassc check`, and a call that does\n");
    text.push_str("//! not fit its schema is denied. What the tools do is guessed. Each guess is marked `review`: look at it, and take the\n");
    text.push_str("//! mark away.\n");
}

/// What a server is called in a contract: where data is read from, and what the contract is called.
fn server_name(source: &Source<'_>, manifest: &Manifest, options: &Options<'_>) -> String {
    if let Some(prefix) = options.server {
        return identifier(prefix, "server");
    }
    if let Some((name, _)) = &manifest.server {
        // `example-servers/brave-search`
        let own = name.rsplit('/').find(|part| part.chars().any(|c| c.is_ascii_alphanumeric()));
        if let Some(own) = own {
            return identifier(own, "server");
        }
    }
    let file = file_name(source.path);
    let stem = file.strip_suffix(".json").unwrap_or(file);
    identifier(stem.strip_suffix(".tools").unwrap_or(stem), "server")
}

/// Where the file lies says nothing about the server, and differs from one machine to the next.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The tools by what was guessed, in listed order.
fn groups(manifest: &Manifest) -> BTreeMap<Guess, Vec<&Listed>> {
    let mut groups: BTreeMap<Guess, Vec<&Listed>> = BTreeMap::new();
    for tool in &manifest.tools {
        groups.entry(guess(tool, takes_anything(tool))).or_default().push(tool);
    }
    groups
}

fn block(
    text: &mut String,
    guess: Guess,
    tools: &[&Listed],
    reads: &str,
    source: &Source<'_>,
    options: &Options<'_>,
) {
    let names: Vec<String> = tools.iter().map(|tool| pattern(&tool.name)).collect();
    let names = match names.as_slice() {
        [only] => only.clone(),
        _ => format!("{{{}}}", names.join(", ")),
    };
    let prefix = options.server.map(|prefix| format!(" as {prefix}")).unwrap_or_default();
    let digest = digest_of(tools.iter().map(|tool| (tool.name.as_str(), tool.digest.as_str())));
    text.push('\n');
    comment(text, &format!("review: {}", guess.why.review()));
    let _ = writeln!(text, "tools {names} from {}{prefix} {{", quoted(source.manifest));
    let _ = writeln!(
        text,
        "    digest sha256 \"{digest}\"\n    action {}\n    reads {reads} carrying untrusted",
        guess.action.word()
    );
    if guess.action != Action::Read {
        // Without a hole: a tool may have a parameter that is called `call`.
        text.push_str("    challenge operator because \"nobody has reviewed this tool yet\"\n");
    }
    text.push_str("}\n");
}

/// A comment in lines of a readable length.
fn comment(text: &mut String, words: &str) {
    let mut line = String::from("//");
    for word in words.split_whitespace() {
        if line.len() + word.len() > 108 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("//");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}
