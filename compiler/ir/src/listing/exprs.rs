//! Expressions as text.

use super::values;
use crate::frame::Ambient;
use crate::node::{Arith, Compare, Convert, Member, Op, Piece, Quantifier, Recall, ToolPattern};
use crate::program::{NodeId, Program, SlotId};
use crate::rule::Part;
use crate::value::Ty;
use crate::verify::{MAX_COST, MAX_DEPTH};

/// A node with everything below it. What cannot be shown, because it stands in a circle or is larger than the largest
/// expression of a verified program, is a `?`.
#[must_use]
pub fn expr(program: &Program, id: NodeId) -> String {
    Shown { program, left: MAX_COST, depth: MAX_DEPTH }.node(id)
}

/// Text and values put together.
pub(super) fn parts(program: &Program, parts: &[Part]) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => format!("{text:?}"),
        Part::Value(node) => expr(program, *node),
    };
    super::between(parts, " ", part)
}

/// A pattern of tool names. A star of the text itself has a backslash before it.
pub(super) fn pattern(pattern: &ToolPattern) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.replace('\\', r"\\").replace('*', r"\*").replace('|', r"\|"),
        Piece::Star => "*".to_owned(),
    };
    super::between(&pattern.alternatives, "|", |pieces| super::between(pieces, "", piece))
}

struct Shown<'p> {
    program: &'p Program,
    /// How many nodes may still be shown, and how deep.
    left: u32,
    depth: u32,
}

impl Shown<'_> {
    fn node(&mut self, id: NodeId) -> String {
        let node = self.program.nodes.get(id.index());
        let (Some(node), Some(left), Some(depth)) =
            (node, self.left.checked_sub(1), self.depth.checked_sub(1))
        else {
            return "?".to_owned();
        };
        (self.left, self.depth) = (left, depth);
        let shown = self.op(&node.op);
        self.depth += 1;
        shown
    }

    fn op(&mut self, op: &Op) -> String {
        match op {
            Op::Const(id) => values::constant(self.program, *id),
            Op::Slot(slot) => self.slot(*slot),
            Op::Result(n) => format!("result{n}"),
            Op::Var(var) => format!("v{}", var.0),
            Op::Now => "now".to_owned(),
            Op::Digest => "digest".to_owned(),
            Op::Labels => "labels".to_owned(),
            Op::Member(member, a) => {
                let name = self.member(*member, *a);
                format!("{}.{name}", self.node(*a))
            }
            Op::Arith(op, a, b) => self.infix(*a, arith(*op), *b),
            Op::Negate(a) => format!("(- {})", self.node(*a)),
            Op::OrElse(a, b) => self.infix(*a, "??", *b),
            Op::Items(all) => format!("[{}]", self.all(all)),
            Op::Join(a, b) => self.infix(*a, "++", *b),
            Op::JoinPath(a, b) => self.infix(*a, "/", *b),
            Op::Count(a) => self.call("count", *a),
            Op::Length(a) => self.call("length", *a),
            Op::Segments(all) => {
                let part = |part: &Part| match part {
                    Part::Text(text) => format!("{text:?}"),
                    Part::Value(node) => self.node(*node),
                };
                format!("segments({})", all.iter().map(part).collect::<Vec<_>>().join(" "))
            }
            Op::AsBool(a) => self.call("bool", *a),
            Op::Convert(Convert::Decimal, a) => self.call("decimal", *a),
            Op::Convert(Convert::Folded, a) => self.call("folded", *a),
            Op::Convert(Convert::Domain, a) => self.call("domain", *a),
            Op::Convert(Convert::Path, a) => self.call("path", *a),
            Op::Convert(Convert::Number, a) => self.call("number", *a),
            Op::Past(recall) => self.recall("call", recall),
            Op::Calls(recall) => self.recall("calls", recall),
            Op::Sum(recall) => self.recall("sum", recall),
            Op::InFlight(recall) => self.recall("in_flight", recall),
            Op::Distinct(recall) => self.recall("distinct", recall),
            Op::Known(truth) => truth.to_string(),
            Op::Holds(a) => self.call("holds", *a),
            Op::Compare(op, a, b) => self.infix(*a, compare(*op), *b),
            Op::Among(a, list) => self.infix(*a, "among", *list),
            Op::Within(a, b) => self.infix(*a, "within", *b),
            Op::WithinAny(a, list) => self.infix(*a, "within any", *list),
            Op::Matches(a, b) => self.infix(*a, "matches", *b),
            Op::Understood(a) => self.call("understood", *a),
            Op::Has(a) => self.call("has", *a),
            Op::IsNull(a) => self.call("null", *a),
            Op::Named(names) => format!("named({})", pattern(names)),
            Op::Carries { label, source } => {
                format!("carries({label:?}{})", super::with("from", source.as_ref(), |it| format!("{it:?}")))
            }
            Op::After(after) | Op::CallsSince(after) | Op::SumSince(after) => {
                let without: Vec<String> =
                    after.without.iter().map(|recall| self.recall(" without", recall)).collect();
                let word = match op {
                    Op::CallsSince(_) => "calls",
                    Op::SumSince(_) => "sum",
                    _ => "after",
                };
                format!("{}{}", self.recall(word, &after.of), without.concat())
            }
            Op::Not(a) => self.call("not", *a),
            Op::All(all) => format!("all({})", self.all(all)),
            Op::Any(all) => format!("any({})", self.all(all)),
            Op::Over { quantifier, var, list, body } => {
                let word = match quantifier {
                    Quantifier::Each => "each",
                    Quantifier::Some => "some",
                };
                format!("({word} v{} in {}: {})", var.0, self.node(*list), self.node(*body))
            }
        }
    }

    fn all(&mut self, all: &[NodeId]) -> String {
        all.iter().map(|&node| self.node(node)).collect::<Vec<_>>().join(", ")
    }

    fn call(&mut self, word: &str, a: NodeId) -> String {
        format!("{word}({})", self.node(a))
    }

    fn infix(&mut self, a: NodeId, sign: &str, b: NodeId) -> String {
        format!("({} {sign} {})", self.node(a), self.node(b))
    }

    fn recall(&mut self, what: &str, recall: &Recall) -> String {
        let keys = self.all(&recall.keys);
        let within = super::with("within", recall.within, |within| within.to_string());
        format!("{what}(m{} [{keys}]{within})", recall.monitor.0)
    }

    fn slot(&self, slot: SlotId) -> String {
        if let Some(ambient) = Ambient::at(slot) {
            return ambient.word().to_owned();
        }
        let (host, job) = (&self.program.host, &self.program.job);
        let mut place = slot.index().saturating_sub(Ambient::ALL.len());
        for (root, params) in [("host", host), ("job", job)] {
            if let Some(param) = params.get(place) {
                return format!("{root}.{}", name(&param.wire));
            }
            place = place.saturating_sub(params.len());
        }
        format!("s{place}")
    }

    fn member(&self, member: Member, of: NodeId) -> String {
        match member {
            Member::Local => "local".to_owned(),
            Member::Domain => "domain".to_owned(),
            Member::Scheme => "scheme".to_owned(),
            Member::Host => "host".to_owned(),
            Member::Port => "port".to_owned(),
            Member::UrlPath => "path".to_owned(),
            Member::Commands => "commands".to_owned(),
            Member::Program => "program".to_owned(),
            Member::Args => "args".to_owned(),
            Member::Flags => "flags".to_owned(),
            Member::Paths => "paths".to_owned(),
            Member::Redirects => "redirects".to_owned(),
            Member::Field(n) => self.field(of, n).map_or(format!("field{n}"), name),
            Member::At => "at".to_owned(),
            Member::Kept(n) => format!("kept{n}"),
        }
    }

    fn field(&self, of: NodeId, n: u32) -> Option<&str> {
        let mut ty = &self.program.nodes.get(of.index())?.ty;
        while let Ty::List(element) = ty {
            ty = element;
        }
        let Ty::Record(id) = ty else { return None };
        Some(&self.program.records.get(id.index())?.fields.get(n as usize)?.wire)
    }
}

/// A name as it stands, or quoted where it could be read as something else.
fn name(name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { format!("{name:?}") }
}

fn arith(op: Arith) -> &'static str {
    match op {
        Arith::Add => "+",
        Arith::Subtract => "-",
        Arith::Multiply => "*",
    }
}

fn compare(op: Compare) -> &'static str {
    match op {
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::LessOrEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterOrEqual => ">=",
    }
}
