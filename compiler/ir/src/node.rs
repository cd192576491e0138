//! Expressions: one flat arena of nodes, children before parents.
//!
//! An engine can walk the arena upwards in a loop, and no cycle can be written down. What a node yields is one of
//!
//! - a **truth**: true, false, *undetermined*, or *failed* (a computation left its range, which denies whatever else holds);
//! - a **value**, or *absent* (the call left it out), *undetermined* (nobody can tell which value), or *failed*.
//!
//! [`Op::Has`] and [`Op::OrElse`] see absence and nothing else (semantics 4). Every other operation makes an undetermined
//! truth of an absent or undetermined operand, and a failed one of a failed operand. Connectives and quantifiers are
//! Kleene's, and look at all their parts: nothing is skipped because something else decides.

use agentpass_values::Duration;
use serde::{Deserialize, Serialize};

use crate::program::{ConstId, MonitorId, NodeId, Origin, SlotId, VarId};
use crate::rule::Part;
use crate::value::Ty;

/// An operation with its type and its place in the source.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Node {
    /// What is done.
    pub op: Op,
    /// What comes out.
    pub ty: Ty,
    /// Where it is written.
    pub origin: Origin,
}

/// What a node does.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Op {
    // Values.
    /// A constant.
    Const(ConstId),
    /// What stands in a slot of the frame; absent where the call left it out.
    Slot(SlotId),
    /// A field of the trusted result of a past call: only in the roots of monitors. What does not fit is undetermined.
    Result(u32),
    /// The element that an enclosing quantifier, or a rule's `each`, looks at.
    Var(VarId),
    /// The store's clock.
    Now,
    /// The digest of tool and arguments, as text.
    Digest,
    /// The labels that the job carries, as a list of text.
    Labels,
    /// A part of a value; of a list, that part of each element, lists among them joined.
    Member(Member, NodeId),
    /// Checked arithmetic on two numbers: the result, or failed.
    Arith(Arith, NodeId, NodeId),
    /// The other sign, checked.
    Negate(NodeId),
    /// `a ?? b`: the second where the first is absent.
    OrElse(NodeId, NodeId),
    /// A list of these.
    Items(Vec<NodeId>),
    /// One list after the other.
    Join(NodeId, NodeId),
    /// `folder / name`; failed where the name climbs out.
    JoinPath(NodeId, NodeId),
    /// The number of elements; undetermined where one of them is.
    Count(NodeId),
    /// The number of characters of a text.
    Length(NodeId),
    /// Text put together; each value is one escaped segment (semantics 13).
    Segments(Vec<Part>),
    /// A truth as a value.
    AsBool(NodeId),
    /// The same value as another type, so that it can be compared with one of that type; of a list, each element.
    Convert(Convert, NodeId),

    // The past. Keys are what the monitor joins by, in its order.
    /// The call that a monitor keeps, if there is one: its value is of type [`Ty::Past`].
    Past(Recall),
    /// How many there were.
    Calls(Recall),
    /// The sum of their amounts: never less than there was.
    Sum(Recall),
    /// How many are open.
    InFlight(Recall),

    // Truths.
    /// A truth that is known beforehand.
    Known(bool),
    /// A boolean value as a truth.
    Holds(NodeId),
    /// Compares two values of one type: equality for all of them, order for numbers and times.
    Compare(Compare, NodeId, NodeId),
    /// The value equals one of the list's.
    Among(NodeId, NodeId),
    /// The value lies in the other one: a domain in a domain, a path in a folder or a glob, a moment in a set of times, a
    /// command in a command pattern.
    Within(NodeId, NodeId),
    /// The value lies in one of the list's.
    WithinAny(NodeId, NodeId),
    /// The text matches the pattern, a constant of type [`Ty::Pattern`], as a whole.
    Matches(NodeId, NodeId),
    /// Every part of a command line is known.
    Understood(NodeId),
    /// The value is there.
    Has(NodeId),
    /// The value is null.
    IsNull(NodeId),
    /// The called tool's name is one for which the pattern stands: for rules of families and of `otherwise`.
    Named(ToolPattern),
    /// The job carries the label, from that source or from any.
    Carries {
        /// The label.
        label: String,
        /// The source.
        source: Option<String>,
    },
    /// `after … with no … since`
    After(Box<After>),
    /// Kleene's negation.
    Not(NodeId),
    /// Kleene's conjunction; of nothing, true.
    All(Vec<NodeId>),
    /// Kleene's disjunction; of nothing, false.
    Any(Vec<NodeId>),
    /// The body for every element, or for at least one: conjunction or disjunction over the list.
    Over {
        /// Which of the two.
        quantifier: Quantifier,
        /// What the body calls the element.
        var: VarId,
        /// The list.
        list: NodeId,
        /// A truth per element.
        body: NodeId,
    },

    /// The different values that a part of past calls had: a list. Which values there are depends on how open calls end, so
    /// [`Op::Over`], [`Op::Among`] and [`Op::Count`] look at those that are sure and those that are possible.
    Distinct(Recall),
    /// How many there were since the last that spoils: each as [`Op::After`] looks at evidence.
    CallsSince(Box<After>),
    /// The sum of their amounts: never less than there was.
    SumSince(Box<After>),
}

/// A question to a monitor.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Recall {
    /// The monitor.
    pub monitor: MonitorId,
    /// What it joins by, from the call that is judged. Nothing here reads the past, but for elements of [`Op::Distinct`].
    pub keys: Vec<NodeId>,
    /// How far back; the whole life of the scope where nothing stands. Closed: an event exactly so long ago is inside.
    pub within: Option<Duration>,
}

/// Evidence: something ended well, lately, and nothing spoilt it since (semantics 19).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct After {
    /// What is looked for: a monitor that keeps [`crate::Keep::Spans`]; what is counted, [`crate::Keep::Runs`]; what is added up,
    /// [`crate::Keep::Spent`].
    pub of: Recall,
    /// What must not have ended after that began, nor be open: monitors that keep [`crate::Keep::Spans`]. Their `within` is
    /// not looked at.
    pub without: Vec<Recall>,
}

/// What a value is read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Convert {
    /// A whole number as a fraction.
    Decimal,
    /// Text as text that is compared after trimming and case folding.
    Folded,
    /// Text as a name on the internet; undetermined where it is none.
    Domain,
    /// The name of a resource as a path of segments; undetermined where it is none.
    Path,
    /// An amount as a number of units, whatever the currency.
    Number,
}

/// `+ - *`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the operators")]
pub enum Arith {
    Add,
    Subtract,
    /// Two numbers, or an amount or duration and a number.
    Multiply,
}

/// `== != < <= > >=`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the operators")]
pub enum Compare {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// `each` and `some`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Quantifier {
    Each,
    Some,
}

/// A part of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Member {
    /// Of an email: the text before the `@`.
    Local,
    /// Of an email: the domain.
    Domain,
    /// Of a url: the scheme, as text.
    Scheme,
    /// Of a url: the host as a domain; undetermined for an IP address.
    Host,
    /// Of a url: the port, a whole number; the scheme's own where none is written.
    Port,
    /// Of a url: the path.
    UrlPath,
    /// Of a command line: its commands.
    Commands,
    /// Of a command: the program, as text.
    Program,
    /// Of a command: the arguments, as text.
    Args,
    /// Of a command: the names of its flags, as text.
    Flags,
    /// Of a command: the files it may name, as paths.
    Paths,
    /// Of a command: the targets of its redirections, as paths.
    Redirects,
    /// Of a record: the field with that number.
    Field(u32),
    /// Of a past call: when it was (a timestamp).
    At,
    /// Of a past call: the part with that number among those its monitor keeps.
    Kept(u32),
}

/// A pattern of tool names. `*` stands for any characters but a dot (semantics 12).
#[derive(Clone, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub struct ToolPattern {
    /// The alternatives; each is a sequence of pieces.
    pub alternatives: Vec<Vec<Piece>>,
}

/// A piece of a pattern of tool names.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Piece {
    /// This text.
    Text(String),
    /// Any characters but a dot, also none.
    Star,
}

impl ToolPattern {
    /// True where the pattern stands for the name.
    #[must_use]
    pub fn stands_for(&self, name: &str) -> bool {
        self.alternatives.iter().any(|pieces| stands_for(pieces, name))
    }
}

/// Sets of places instead of backtracking: the work is bounded by the product of the lengths.
fn stands_for(pieces: &[Piece], name: &str) -> bool {
    let mut places = vec![0_usize];
    for piece in pieces {
        let mut next = Vec::new();
        for at in places {
            let rest = name.get(at..).unwrap_or("");
            match piece {
                Piece::Text(text) if rest.starts_with(text.as_str()) => next.push(at + text.len()),
                Piece::Text(_) => {}
                Piece::Star => {
                    let segment = rest.find('.').unwrap_or(rest.len());
                    next.extend((0..=segment).filter(|&end| rest.is_char_boundary(end)).map(|end| at + end));
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    places.contains(&name.len())
}

impl Op {
    /// The nodes directly below, in order.
    pub fn children(&self, visit: &mut impl FnMut(NodeId)) {
        match self {
            Op::Const(_)
            | Op::Slot(_)
            | Op::Result(_)
            | Op::Var(_)
            | Op::Now
            | Op::Digest
            | Op::Labels
            | Op::Known(_)
            | Op::Named(_)
            | Op::Carries { .. } => {}
            Op::Member(_, a)
            | Op::Negate(a)
            | Op::Count(a)
            | Op::Length(a)
            | Op::AsBool(a)
            | Op::Convert(_, a)
            | Op::Holds(a)
            | Op::Understood(a)
            | Op::Has(a)
            | Op::IsNull(a)
            | Op::Not(a) => visit(*a),
            Op::Arith(_, a, b)
            | Op::OrElse(a, b)
            | Op::Join(a, b)
            | Op::JoinPath(a, b)
            | Op::Compare(_, a, b)
            | Op::Among(a, b)
            | Op::Within(a, b)
            | Op::WithinAny(a, b)
            | Op::Matches(a, b)
            | Op::Over { list: a, body: b, .. } => {
                visit(*a);
                visit(*b);
            }
            Op::Items(all) | Op::All(all) | Op::Any(all) => all.iter().copied().for_each(visit),
            Op::Segments(parts) => parts.iter().for_each(|part| {
                if let Part::Value(node) = part {
                    visit(*node);
                }
            }),
            Op::Past(recall)
            | Op::Calls(recall)
            | Op::Sum(recall)
            | Op::InFlight(recall)
            | Op::Distinct(recall) => {
                recall.keys.iter().copied().for_each(visit);
            }
            Op::After(after) | Op::CallsSince(after) | Op::SumSince(after) => {
                after.of.keys.iter().copied().for_each(&mut *visit);
                after.without.iter().flat_map(|recall| &recall.keys).copied().for_each(visit);
            }
        }
    }

    /// The questions to monitors that this node asks itself.
    pub fn recalls(&self) -> impl Iterator<Item = &Recall> {
        let (one, after) = match self {
            Op::Past(recall)
            | Op::Calls(recall)
            | Op::Sum(recall)
            | Op::InFlight(recall)
            | Op::Distinct(recall) => (Some(recall), None),
            Op::After(after) | Op::CallsSince(after) | Op::SumSince(after) => (Some(&after.of), Some(after)),
            _ => (None, None),
        };
        one.into_iter().chain(after.into_iter().flat_map(|after| &after.without))
    }
}
