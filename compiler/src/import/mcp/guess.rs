//! What a tool does, as far as its name and its server's hints tell.
//!
//! Both come from a stranger. So they are used in one direction only: a hint that a tool reads is believed as far as text from
//! outside is let in, which every rule about `untrusted` data sees; anything else makes the contract stricter.

use crate::manifest::Listed;
use crate::typed::Action;

/// What was guessed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Guess {
    /// What it does.
    pub(super) action: Action,
    /// Why that was guessed.
    pub(super) why: Why,
}

/// The reason of a guess.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Why {
    /// The server says that it reads and stays with its own data.
    ReadsInside,
    /// The server says that it reads, and not that it stays with its own data.
    Reads,
    /// Only its name says that it reads.
    NamedLikeReading,
    /// Its name.
    Name,
    /// Its name says that it writes, and the server that it may destroy.
    Overwrites,
    /// The server says that it may destroy.
    Destructive,
    /// The server says that it reaches the world outside.
    OpenWorld,
    /// The server says that it destroys nothing.
    Additive,
    /// Nobody says anything.
    Unknown,
    /// It takes arguments that nobody declared, and a way out may not.
    Open,
}

const VERBS: &[(Action, &[&str])] = &[
    (
        Action::Pay,
        &[
            "pay", "refund", "charge", "transfer", "payout", "purchase", "buy", "checkout", "withdraw",
            "order",
        ],
    ),
    (
        Action::Deploy,
        &["deploy", "release", "rollout", "rollback", "promote", "merge", "publish", "scale", "restart"],
    ),
    (
        Action::Delete,
        &[
            "delete",
            "remove",
            "drop",
            "purge",
            "destroy",
            "clear",
            "reset",
            "revoke",
            "cancel",
            "uninstall",
            "truncate",
            "archive",
            "trash",
            "erase",
            "prune",
            "kill",
            "terminate",
            "wipe",
        ],
    ),
    (
        Action::Admin,
        &[
            "exec",
            "execute",
            "run",
            "eval",
            "evaluate",
            "shell",
            "install",
            "grant",
            "configure",
            "invite",
            "script",
            "admin",
            "sudo",
        ],
    ),
    (
        Action::Send,
        &[
            "send", "post", "reply", "email", "mail", "message", "comment", "notify", "tweet", "share",
            "forward", "navigate", "submit", "call",
        ],
    ),
    (Action::Export, &["export", "upload", "push", "download", "backup", "dump", "sync"]),
    (
        Action::Write,
        &[
            "write", "create", "update", "edit", "add", "set", "put", "patch", "insert", "append", "move",
            "rename", "copy", "replace", "save", "store", "upsert", "modify", "change", "assign", "label",
            "tag", "close", "open", "fork", "commit", "checkout", "fill", "toggle", "enable", "disable",
            "start", "stop", "finalize", "apply", "make",
        ],
    ),
];

const READING: &[&str] = &[
    "get", "list", "read", "search", "find", "fetch", "show", "describe", "view", "lookup", "count", "query",
    "retrieve", "check", "status", "diff", "log", "browse", "inspect", "stat", "head",
];

/// Guesses what a tool does. `open` says that it takes arguments that nobody declared, beside some that are.
pub(super) fn guess(tool: &Listed, open: bool) -> Guess {
    let hint = |name| tool.hint(name);
    if hint("readOnlyHint") == Some(true) {
        // Missing, a server is taken to reach the world outside: the protocol says so.
        let inside = hint("openWorldHint") == Some(false);
        return Guess { action: Action::Read, why: if inside { Why::ReadsInside } else { Why::Reads } };
    }
    let found = by_name(tool, hint("destructiveHint") == Some(true), hint("openWorldHint") == Some(true));
    if open && found.action.goes_out() {
        return Guess { action: Action::Admin, why: Why::Open };
    }
    found
}

fn by_name(tool: &Listed, destructive: bool, open_world: bool) -> Guess {
    let words = words(&tool.name);
    let has = |verbs: &[&str]| words.iter().any(|word| verbs.contains(&word.as_str()));
    let named = VERBS.iter().find(|(_, verbs)| has(verbs)).map(|(action, _)| *action);
    let (action, why) = match named {
        Some(Action::Write) if destructive => (Action::Delete, Why::Overwrites),
        Some(Action::Write) if open_world => (Action::Send, Why::OpenWorld),
        Some(action) => (action, Why::Name),
        None if destructive => (Action::Admin, Why::Destructive),
        None if open_world => (Action::Send, Why::OpenWorld),
        None if has(READING) => (Action::Write, Why::NamedLikeReading),
        None if tool.hint("destructiveHint") == Some(false) => (Action::Write, Why::Additive),
        None => (Action::Admin, Why::Unknown),
    };
    Guess { action, why }
}

/// The words of a name: `createIssue`, `create_issue` and `create-issue` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let begins = c.is_uppercase() && was_lower;
        was_lower = c.is_lowercase() || c.is_numeric();
        if (!c.is_alphanumeric() || begins) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words
}

impl Why {
    /// What a reviewer is asked to look at.
    pub(super) fn review(self) -> &'static str {
        match self {
            Self::ReadsInside => {
                "the server says that these only read its own data (`readOnlyHint`); what they return is text that anybody may have written"
            }
            Self::Reads => {
                "the server says that these only read (`readOnlyHint`), from the world outside: what is asked for leaves with the call; if that matters, add `sends to …`"
            }
            Self::NamedLikeReading => {
                "only their names say that these read; if they do, write `action read` and take the challenge away"
            }
            Self::Name => "guessed from their names alone",
            Self::Overwrites => {
                "they write by their names, and the server says that they may destroy (`destructiveHint`)"
            }
            Self::Destructive => {
                "the server says that these may destroy (`destructiveHint`), and their names do not say what"
            }
            Self::OpenWorld => "the server says that these reach the world outside (`openWorldHint`)",
            Self::Additive => {
                "the server says that these destroy nothing (`destructiveHint: false`), and no more"
            }
            Self::Unknown => "neither the server nor their names say what these do",
            Self::Open => {
                "their names say that something leaves, and they take arguments that nobody declared, which no rule can see"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(name: &str, annotations: serde_json::Value, action: Action, why: Why) {
        let entry = json!({"name": name, "annotations": annotations});
        let tool = Listed { name: name.to_owned(), entry, digest: String::new() };
        assert_eq!(guess(&tool, false), Guess { action, why }, "{name}");
    }

    #[test]
    fn only_the_servers_word_makes_a_read() {
        check("get_issue", json!({"readOnlyHint": true}), Action::Read, Why::Reads);
        let inside = json!({"readOnlyHint": true, "openWorldHint": false});
        check("delete_everything", inside, Action::Read, Why::ReadsInside);
        check("get_issue", json!({}), Action::Write, Why::NamedLikeReading);
        check("get_issue", json!({"readOnlyHint": "true"}), Action::Write, Why::NamedLikeReading);
        check("get_issue", json!({"readOnlyHint": false}), Action::Write, Why::NamedLikeReading);
        check("search_code", json!({}), Action::Write, Why::NamedLikeReading);
    }

    #[test]
    fn names_and_hints_make_it_stricter() {
        check("createRefund", json!({}), Action::Pay, Why::Name);
        check("slack_post_message", json!({}), Action::Send, Why::Name);
        check("pods_delete", json!({"openWorldHint": true}), Action::Delete, Why::Name);
        check("write_file", json!({"destructiveHint": true}), Action::Delete, Why::Overwrites);
        check(
            "browser_click",
            json!({"destructiveHint": true, "openWorldHint": true}),
            Action::Admin,
            Why::Destructive,
        );
        check("create_customer", json!({"openWorldHint": true}), Action::Send, Why::OpenWorld);
        check("create_issue", json!({}), Action::Write, Why::Name);
        check("frobnicate", json!({}), Action::Admin, Why::Unknown);
        check("frobnicate", json!({"destructiveHint": false}), Action::Write, Why::Additive);
    }

    #[test]
    fn what_takes_anything_is_no_way_out() {
        let tool = Listed { name: "send".to_owned(), entry: json!({}), digest: String::new() };
        assert_eq!(guess(&tool, true), Guess { action: Action::Admin, why: Why::Open });
    }
}
