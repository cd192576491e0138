//! Contracts that check, and calls that meet their rules, made from tapes of bytes.
//!
//! The tools are always the same three, with every kind of parameter that rules treat differently: required, optional, with a
//! default, lists, records of addresses. What is generated is what decides: conditions over those parameters, and where they
//! stand. Values come from small pools, so that a call meets a rule on either side.

use serde_json::{Map, Value, json};

use crate::tape::Tape;

/// A contract in parts that can stand in any order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// The rules of each tool, in the order of [`TOOLS`].
    pub tools: Vec<Vec<String>>,
    /// Blocks, rules for all tools, and limits.
    pub items: Vec<String>,
}

/// What a tool is called, how it begins, and its facts.
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its parameters that may be absent.
    pub optional: &'static [&'static str],
    /// Its signature.
    signature: &'static str,
    /// Its facts.
    facts: &'static str,
    /// Conditions over its parameters.
    atoms: &'static [&'static str],
    /// Rules of other forms.
    rules: &'static [&'static str],
}

/// The tools.
pub const TOOLS: &[Tool] = &[
    Tool {
        name: "pay",
        optional: &["memo", "urgent", "due"],
        signature: "payee: id, amount: money<USD> as cents, memo?: string, urgent?: bool, due?: int, tags: list<string, 0..> = []",
        facts: "action pay\nresource \"payee/{payee}\"\namount amount",
        atoms: &[
            "amount > $10",
            "amount <= $50",
            "amount + $5 <= $100",
            "payee == \"p1\"",
            "payee in payees",
            "count(tags) <= 1",
            "(each t in tags: t in [\"a\", \"b\"])",
            "(some t in tags: t == \"z\")",
            "(has memo and memo == \"x\")",
            "(has urgent and urgent)",
        ],
        rules: &[
            "deny each t in tags: t == \"z\"",
            "require each t in tags: t != \"b\" because \"not {t}\"",
            "when has memo { deny when memo == \"y\" }",
            "require after read within 30m",
            "require calls of pay within 1h < 2",
        ],
    },
    Tool {
        name: "mail",
        optional: &["cc", "kind"],
        signature: "to: list<email>, subject: string, cc?: list<email>, kind?: \"news\" | \"case\"",
        facts: "action send\nsends to mailbox at to.domain",
        atoms: &[
            "(each d in to.domain: d in partners)",
            "(some d in to.domain: d == \"evil.example\")",
            "subject == \"hi\"",
            "count(to) <= 1",
            "(has cc and (each c in cc: c.domain in partners))",
            "(has kind and kind == \"news\")",
        ],
        rules: &[
            "deny each d in to.domain: d == \"evil.example\" because \"{d}\"",
            "require each d in to.domain: d in partners",
            "when has cc { require each c in cc: c.domain in partners }",
        ],
    },
    Tool {
        name: "read",
        optional: &["limit", "mode"],
        signature: "path: path, limit?: int, mode?: \"fast\" | \"deep\"",
        facts: "action read",
        atoms: &[
            "path in open",
            "path in secret",
            "(has limit and limit <= 10)",
            "(has mode and mode == \"deep\")",
        ],
        rules: &["when has limit { deny when limit > 100 }"],
    },
];

const ITEMS: &[&str] = &[
    "deny when call.action == send because \"nothing leaves\"",
    "challenge asked when call.action in [pay, send]",
    "on any with amount { deny when call.amount > $20 }",
    "on any with amount { challenge asked when call.amount > $5 }",
    "on {pay, mail} { challenge asked because \"both ask\" }",
    "on pay(amount: money<USD> as cents) { require amount > $0 }",
    "on pay(payee: id) { deny when payee == \"p9\" }",
    "on mail(subject: string) { require subject != \"bye\" }",
    "on read(path: path) { deny when path in secret because \"secret\" }",
    "on {mail, read} { require call.tool != \"mail\" }",
    "limit few per job { calls at most 2 }",
    "limit sums per job { sum amount of pay at most $30 }",
    "limit each_one per job { calls per call.tool at most 1 }",
    "limit asks per job { calls above 1 then challenge asked }",
];

/// What every arrangement needs: the words that rules use.
pub const BASE: &str = "set partners: domain = [\"partner.example\", \"customer.example\"]
set payees: id = [\"p1\", \"p2\"]
set open: glob = [\"/srv/**\"]
set secret: glob = [\"/srv/keys/**\", \"**/.env\"]
challenge asked { ask user; expires 10m; single use }
";

/// The policy that a tape stands for.
#[must_use]
pub fn policy(tape: &[u8]) -> Policy {
    let mut tape = Tape::new(tape.to_vec());
    let tools = TOOLS
        .iter()
        .map(|tool| {
            let count = tape.pick(4);
            distinct((0..count).map(|_| rule(&mut tape, tool)).collect())
        })
        .collect();
    let count = tape.pick(4);
    let items = distinct((0..count).map(|_| tape.one_of(ITEMS).to_owned()).collect());
    Policy { tools, items }
}

fn distinct(mut all: Vec<String>) -> Vec<String> {
    let mut seen = Vec::new();
    all.retain(|one| {
        let is_new = !seen.contains(one);
        seen.push(one.clone());
        is_new
    });
    all
}

/// A rule for a tool.
fn rule(tape: &mut Tape, tool: &Tool) -> String {
    match tape.pick(5) {
        0 => format!("require {}", condition(tape, tool)),
        1 | 2 => format!("deny when {}", condition(tape, tool)),
        3 => format!("challenge asked when {}", condition(tape, tool)),
        _ => tape.one_of(tool.rules).to_owned(),
    }
}

fn condition(tape: &mut Tape, tool: &Tool) -> String {
    let atom = |tape: &mut Tape| tape.one_of(tool.atoms).to_owned();
    match tape.pick(5) {
        0 | 1 => atom(tape),
        2 => format!("not ({})", atom(tape)),
        3 => format!("({} and {})", atom(tape), atom(tape)),
        _ => format!("({} or not ({}))", atom(tape), atom(tape)),
    }
}

impl Policy {
    /// The declarations of the tools, each with its rules.
    #[must_use]
    pub fn declarations(&self) -> Vec<String> {
        let all = TOOLS.iter().zip(&self.tools);
        all.map(|(tool, rules)| {
            let Tool { name, signature, facts, .. } = tool;
            let lines: Vec<&str> = facts.lines().chain(rules.iter().map(String::as_str)).collect();
            // In the first column a rule would begin an item.
            format!("tool {name}({signature}) {{\n    {}\n}}\n", lines.join("\n    "))
        })
        .collect()
    }

    /// The whole contract in one file.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{HEAD}{BASE}{}{}\n", self.declarations().concat(), self.items.join("\n"))
    }

    /// The same with one more rule: a `require`, a `deny` or a `challenge`, in a tool, in a block, or for all tools.
    #[must_use]
    pub fn with_one_more(&self, tape: &[u8]) -> (Policy, String) {
        let mut tape = Tape::new(tape.to_vec());
        let mut more = self.clone();
        let at = tape.pick(TOOLS.len() + 1);
        let added = match TOOLS.get(at) {
            Some(tool) => rule(&mut tape, tool),
            None => item_rule(&mut tape),
        };
        let list = more.tools.get_mut(at).unwrap_or(&mut more.items);
        let place = tape.pick(list.len() + 1);
        list.insert(place, added.clone());
        *list = distinct(std::mem::take(list));
        (more, added)
    }

    /// Whether anything handles the absence of a tool's parameter by name.
    #[must_use]
    pub fn handles_absence(&self, name: &str) -> bool {
        let has = format!("has {name}");
        self.tools.iter().flatten().chain(&self.items).any(|text| text.contains(&has))
    }
}

/// A rule for several tools: any item that is no limit.
fn item_rule(tape: &mut Tape) -> String {
    let rules: Vec<&'static str> = ITEMS.iter().copied().filter(|item| !item.starts_with("limit")).collect();
    tape.one_of(&rules).to_owned()
}

/// How a file begins that leads a program.
pub const HEAD: &str = "edition 2026\ncontract laws { version \"1\"; agents \"desk\" }\n";

/// A call of one of the tools; most are valid.
#[must_use]
pub fn call(tape: &[u8]) -> Value {
    let mut tape = Tape::new(tape.to_vec());
    let tape = &mut tape;
    let mut args = Map::new();
    let at = tape.pick(TOOLS.len());
    let mut put = |tape: &mut Tape, name: &str, values: &[Value], always: bool| {
        if always || tape.once_in(2) {
            let at = tape.pick(values.len());
            if let Some(value) = values.get(at) {
                args.insert(name.to_owned(), value.clone());
            }
        }
    };
    match at {
        0 => {
            put(tape, "payee", &[json!("p1"), json!("p2"), json!("p9")], true);
            put(
                tape,
                "amount",
                &[json!(400), json!(1000), json!(2500), json!(6000), json!(0), json!(-100)],
                true,
            );
            put(tape, "memo", &[json!("x"), json!("y"), json!("")], false);
            put(tape, "urgent", &[json!(true), json!(false)], false);
            put(tape, "due", &[json!(1), json!(30)], false);
            put(tape, "tags", &[json!(["a"]), json!([]), json!(["a", "z"]), json!(["b", "b"])], false);
        }
        1 => {
            let good = json!(["ann@partner.example"]);
            let bad = json!(["eve@evil.example", "ann@partner.example"]);
            put(tape, "to", &[good.clone(), bad.clone(), json!(["bob@customer.example"])], true);
            put(tape, "subject", &[json!("hi"), json!("bye"), json!("")], true);
            put(tape, "cc", &[good, bad], false);
            put(tape, "kind", &[json!("news"), json!("case")], false);
        }
        _ => {
            put(
                tape,
                "path",
                &[json!("/srv/a"), json!("/srv/keys/k"), json!("/etc/x"), json!("/srv/../x")],
                true,
            );
            put(tape, "limit", &[json!(5), json!(50), json!(500)], false);
            put(tape, "mode", &[json!("fast"), json!("deep")], false);
        }
    }
    if tape.once_in(12) {
        args.insert("undeclared".to_owned(), json!(1));
    }
    let name = TOOLS.get(at).map_or("", |tool| tool.name);
    json!({"agent": "desk", "user": "u", "job": "j", "tool": name, "args": args})
}

/// JSON for the same value, with its keys in another order and white space where it may stand.
#[must_use]
pub fn rewritten(value: &Value, tape: &[u8]) -> String {
    let mut out = String::new();
    write(value, &mut Tape::new(tape.to_vec()), &mut out);
    out
}

fn blank(tape: &mut Tape, out: &mut String) {
    for _ in 0..tape.pick(3) {
        out.push_str(tape.one_of(&[" ", "\n", "\t", "\r\n", "  "]));
    }
}

fn write(value: &Value, tape: &mut Tape, out: &mut String) {
    blank(tape, out);
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            shuffle(&mut fields, tape);
            out.push('{');
            for (at, (key, value)) in fields.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                blank(tape, out);
                out.push_str(&Value::String(key.clone()).to_string());
                blank(tape, out);
                out.push(':');
                write(value, tape, out);
            }
            blank(tape, out);
            out.push('}');
        }
        Value::Array(all) => {
            out.push('[');
            for (at, value) in all.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, tape, out);
            }
            blank(tape, out);
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
    blank(tape, out);
}

/// Puts a list into an order that a tape says.
pub fn shuffled<T>(mut all: Vec<T>, tape: &[u8]) -> Vec<T> {
    shuffle(&mut all, &mut Tape::new(tape.to_vec()));
    all
}

fn shuffle<T>(all: &mut [T], tape: &mut Tape) {
    for at in (1..all.len()).rev() {
        all.swap(at, tape.pick(at + 1));
    }
}
