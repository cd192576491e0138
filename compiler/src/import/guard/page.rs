//! The contract as text, in the guard's order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use agentpass_grammar::FileId;
use agentpass_values::folded;

use super::policy::Policy;
use super::{auth, budgets, flows, tools};
use crate::fmt::format;
use crate::import::words::{identifier, literally, quoted, shown};

/// The strictness that the text of an import says once.
const STRICTER: &str = "\
//! Where the guard has unsafe habits, this contract is stricter on purpose, and nowhere else: names that JavaScript's objects
//! inherit (`constructor`, `toString`) are no declared tools; negative amounts, tokens and costs do not pass caps or refund
//! budgets; text is no number; money is added up exactly; and no call replays the result of another one or skips the policy by
//! it.
//!
//! One habit is kept, because what the guard allowed depends on it: domains are compared by their ends, so that an address or a
//! URL passes that ends like an allowed domain. To refuse those, write `([^@:\\/?#\\\\]*\\.)?` wherever a pattern begins with
//! `((?s:.)*\\.)?`.
";

/// What may stand before an allowed domain: nothing, or anything and a dot. The guard looks at the end alone.
const ANYTHING: &str = r"((?s:.)*\.)?";

/// A contract while it is written.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    /// How many blocks are open.
    depth: usize,
    uses: BTreeSet<&'static str>,
    own: BTreeSet<Own>,
    /// The challenges that rules ask, in the order in which the guard names them.
    asked: BTreeSet<Asked>,
    /// Lists of fields that several rules share, with their names.
    shared: BTreeMap<Vec<String>, String>,
}

/// A name that the contract declares where it is needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Own {
    /// The call's tool is one of the policy's.
    Known,
    /// The call carries what the policy itself lists as watched.
    Watched,
    /// The call goes to what the policy itself lists as outside.
    Outside,
}

impl Own {
    fn name(self) -> &'static str {
        match self {
            Own::Known => "known",
            Own::Watched => "is_watched",
            Own::Outside => "goes_outside",
        }
    }
}

/// What the guard wants an approval for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Asked {
    Tool,
    Pii,
    Flow,
    Budget,
}

impl Asked {
    fn word(self) -> &'static str {
        match self {
            Asked::Tool => "tool",
            Asked::Pii => "pii",
            Asked::Flow => "flow",
            Asked::Budget => "budget",
        }
    }
}

/// Writes the contract of a policy, in the one layout.
pub(super) fn print(policy: &Policy, path: &str, by: &str) -> String {
    let mut page = Page::default();
    page.share(policy);
    tools::write(&mut page, policy);
    let tools = std::mem::take(&mut page.text);
    auth::write(&mut page, policy);
    flows::write(&mut page, policy);
    budgets::write(&mut page, policy);
    page.challenges();
    let rest = std::mem::take(&mut page.text);
    page.declare(policy);

    let mut text = String::new();
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    // Writing to a string never fails.
    let _ = writeln!(text, "//! Imported from {} by {by}.\n//!", shown(file));
    text.push_str("//! It decides as the guard does, with its words and in its order, on what the host says of a call (`std.guard`).\n");
    text.push_str("//! The text alone decides: edit it, and the decisions change.\n//!\n");
    text.push_str(STRICTER);
    text.push_str("edition 2026\n\n");
    let uses: Vec<&str> = page.uses.iter().copied().collect();
    if uses.is_empty() {
        // Its facts alone.
        text.push_str("use std.guard as guard\n\n");
    } else {
        let _ = writeln!(text, "use std.guard {{ {} }}\n", uses.join(", "));
    }
    let stem = file.strip_suffix(".json").unwrap_or(file);
    let _ = writeln!(text, "contract {} {{ version \"1\" }}\n", identifier(stem, "policy"));
    text.push_str(&tools);
    text.push_str(&page.text);
    text.push_str(&rest);
    format(FileId(0), &text).text
}

impl Page {
    /// Lines of a block are indented: what stands in the first column begins an item.
    pub(super) fn line(&mut self, lines: impl AsRef<str>) {
        for line in lines.as_ref().split('\n') {
            if line.starts_with('}') {
                self.depth = self.depth.saturating_sub(1);
            }
            self.text.push_str(&"    ".repeat(if line.is_empty() { 0 } else { self.depth }));
            self.text.push_str(line);
            self.text.push('\n');
            if line.ends_with('{') {
                self.depth += 1;
            }
        }
    }

    /// A name of `std.guard`.
    pub(super) fn uses(&mut self, name: &'static str) -> &'static str {
        self.uses.insert(name);
        name
    }

    /// A name that the contract declares itself.
    pub(super) fn own(&mut self, name: Own) -> &'static str {
        self.own.insert(name);
        name.name()
    }

    fn declare(&mut self, policy: &Policy) {
        for own in std::mem::take(&mut self.own) {
            let name = own.name();
            match own {
                Own::Known => {
                    let names: Vec<String> = policy.tools.iter().map(|(name, _)| name.clone()).collect();
                    self.line("// Of a tool that is not declared nothing more is said.");
                    self.line(format!("let {name} = call.tool in {}\n", texts(&names)));
                }
                Own::Watched => {
                    let all = folded_set(policy.sensitive_classifications.as_deref().unwrap_or_default());
                    self.line(format!("set watched_classes: folded = {}", texts(&all)));
                    self.line(format!(
                        "let {name} = has host.classes and (some c in host.classes: c in watched_classes)\n"
                    ));
                }
                Own::Outside => {
                    let all = folded_set(policy.sensitive_destination_types.as_deref().unwrap_or_default());
                    self.line(format!("set outside_types: folded = {}", texts(&all)));
                    self.line(format!(
                        "let {name} = has host.destination_type and host.destination_type in outside_types\n"
                    ));
                }
            }
        }
    }

    /// Asks unless there is an approval. The guard has one reason for all of them.
    pub(super) fn ask(&mut self, asked: Asked, when: Option<&str>) {
        self.asked.insert(asked);
        let unapproved = self.uses("unapproved");
        let when = when.map_or_else(|| unapproved.to_owned(), |when| format!("{unapproved} and {when}"));
        self.line(format!("challenge {} when {when} because \"approval is required\"", asked.word()));
    }

    /// A bound of a limit that asks.
    pub(super) fn ask_above(&mut self, meter: &str, cap: &str) {
        self.asked.insert(Asked::Budget);
        let unapproved = self.uses("unapproved");
        self.line(format!(
            "{meter} above {cap} then challenge budget when {unapproved} because \"approval is required\""
        ));
    }

    /// Fields that may or may not be in a call; `by` is ` by flow` in a flow.
    pub(super) fn fields(&mut self, blocked: Option<&[String]>, allowed: Option<&[String]>, by: &str) {
        let blocked = blocked.filter(|all| !all.is_empty());
        if blocked.is_none() && allowed.is_none() {
            return;
        }
        self.line("when has host.fields {");
        if let Some(blocked) = blocked {
            let set = self.set(blocked);
            self.line(format!(
                "deny each f in host.fields: f in {set} because \"field is blocked{by}: {{f}}\""
            ));
        }
        if let Some(allowed) = allowed {
            let set = self.set(allowed);
            self.line(format!(
                "require each f in host.fields: f in {set} because \"field is not allowed{by}: {{f}}\""
            ));
        }
        self.line("}");
    }

    /// Domains that a call may go to; `of` is ` for flow` in a flow. The guard compares text, so the text is what is matched:
    /// the domain, or whatever ends like a sub-domain of it.
    pub(super) fn domains(&mut self, allowed: Option<&[String]>, of: &str) {
        let Some(allowed) = allowed else { return };
        let message = format!("because \"externalDomain is not allowed{of}: {{host.domain}}\"");
        self.line("when has host.domain {");
        let patterns: Vec<String> = folded_set(allowed).iter().map(|domain| literally(domain)).collect();
        match patterns.as_slice() {
            [] => self.line(format!("deny {message}")),
            [one] => self.line(format!("require host.domain matches /{ANYTHING}{one}/ {message}")),
            several => {
                let any = several.join("|");
                self.line(format!("require host.domain matches /{ANYTHING}({any})/ {message}"));
            }
        }
        self.line("}");
    }

    /// Names the lists of fields that stand in several rules.
    fn share(&mut self, policy: &Policy) {
        let of_tools = policy.tools.iter().flat_map(|(_, tool)| [&tool.blocked_fields, &tool.allowed_fields]);
        let of_flows = policy.flows.iter().flat_map(|flow| [&flow.blocked_fields, &flow.allowed_fields]);
        let lists: Vec<Vec<String>> = of_tools.chain(of_flows).flatten().map(|all| folded_set(all)).collect();
        let mut named = Vec::new();
        for list in &lists {
            let is_shared = lists.iter().filter(|other| *other == list).count() > 1;
            if is_shared && list.len() > 1 && !named.contains(&list) {
                named.push(list);
            }
        }
        for (at, list) in named.into_iter().enumerate() {
            let name = format!("fields_{}", at + 1);
            self.line(format!("set {name}: folded = {}", texts(list)));
            self.shared.insert(list.clone(), name);
        }
        if !self.shared.is_empty() {
            self.line("");
        }
    }

    fn set(&self, texts_of: &[String]) -> String {
        let all = folded_set(texts_of);
        self.shared.get(&all).cloned().unwrap_or_else(|| texts(&all))
    }

    /// Approvals are presented with the call, as a field of it: nobody is asked by the gate.
    fn challenges(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        self.line(
            "\n// The guard believes whoever presents an approval. A native contract would say who is asked.",
        );
        for asked in std::mem::take(&mut self.asked) {
            self.line(format!("challenge {} {{ ask anyone; expires 15m; single use }}", asked.word()));
        }
    }
}

/// What the texts are compared by, each once, in their order.
pub(super) fn folded_set(texts: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let key = folded::key(text).into_owned();
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

/// A list of texts.
pub(super) fn texts(all: &[String]) -> String {
    let all: Vec<String> = all.iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(", "))
}
