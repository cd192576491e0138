//! What a contract is made of.
//!
//! Expressions are nodes of one flat arena, in which children stand before their parents: an engine can walk it
//! upwards in a loop, and no cycle can be written down. Rules and charges hold the numbers of their roots. Each tool has
//! a frame of numbered slots; the first ones are the same for every tool ([`Ambient`]), the others are its parameters.

use agentpass_values::{Currency, Duration, Money, Timestamp};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl $name {
            /// The number as an index.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// A node of the arena.
    NodeId,
    /// A slot of a tool's frame.
    SlotId,
    /// A variable of a quantifier: its place among those that are bound around it, outermost 0.
    VarId,
    /// A constant.
    ConstId,
    /// A tool.
    ToolId,
    /// A rule; the order of numbers is source order, in which reasons are given.
    RuleId,
    /// A limit.
    LimitId,
    /// A charge: how one tool's calls count against one limit.
    ChargeId,
    /// A challenge.
    ChallengeId,
    /// A source file.
    FileId,
}

/// A contract, ready to be verified.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Program {
    /// What it is called, and for whom and when it holds.
    pub contract: Contract,
    /// The files that origins point into.
    pub files: Vec<String>,
    /// Constants.
    pub consts: Vec<Value>,
    /// All nodes; a node's children stand before it.
    pub nodes: Vec<Node>,
    /// Tools, sorted by wire name, each name once.
    pub tools: Vec<Tool>,
    /// Rules in source order.
    pub rules: Vec<Rule>,
    /// Limits in source order: what is kept.
    pub limits: Vec<Limit>,
    /// How calls count against the limits.
    pub charges: Vec<Charge>,
    /// Challenges.
    pub challenges: Vec<Challenge>,
}

/// The head of a contract.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// SHA-256 of everything that decides: approvals are bound to it.
    pub digest: [u8; 32],
    /// The agents that it is for; `a/*` stands for everything below `a`. Empty: all.
    pub agents: Vec<String>,
    /// The first moment at which it holds.
    pub valid_from: Option<Timestamp>,
    /// The first moment at which it no longer holds.
    pub valid_before: Option<Timestamp>,
}

/// Where something is written, for people: lines and columns count from 1, columns in UTF-16 units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// Byte offset of its start.
    pub start: u32,
    /// Byte offset after its end.
    pub end: u32,
    /// Line of its start.
    pub line: u32,
    /// Column of its start.
    pub column: u32,
}

/// A value: a constant of the contract, or an argument of a call.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum Value {
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An amount; the currency is that of the type.
    Money(Money),
    /// Text of a `string`, an `id`, an enum: compared by code points.
    Text(Box<str>),
    /// Elements of one type, none of them a list.
    List(Vec<Value>),
}

/// What a node yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Ty {
    /// True, false, undetermined, or overflow.
    Truth,
    /// One value.
    One(Scalar),
    /// A list of values.
    List(Scalar),
}

/// The type of a single value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Scalar {
    /// A value that is true or false; [`Op::Holds`] makes a truth of it.
    Bool,
    /// 64 bits, signed, checked.
    Int,
    /// Checked nano-units of one currency.
    Money(Currency),
    /// Text.
    Text,
}

/// An operation with its type and its place in the source.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// What is done.
    pub op: Op,
    /// What comes out.
    pub ty: Ty,
    /// Where it is written.
    pub origin: Origin,
}

/// What a node does. Values may be absent, undetermined or out of range; [`Op::Has`] and [`Op::OrElse`] see absence and
/// nothing else, every other operation passes it on as undetermined.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// A constant.
    Const(ConstId),
    /// What stands in a slot; absent where the call left it out.
    Slot(SlotId),
    /// The element that an enclosing quantifier, or a rule's `each`, looks at.
    Var(VarId),
    /// Checked arithmetic on two numbers: the result, or overflow.
    Arith(Arith, NodeId, NodeId),
    /// The other sign, checked.
    Negate(NodeId),
    /// `a ?? b`
    OrElse(NodeId, NodeId),
    /// A list of these.
    Items(Vec<NodeId>),
    /// One list after the other.
    Join(NodeId, NodeId),
    /// The number of elements.
    Count(NodeId),

    /// A truth that is known beforehand.
    Known(bool),
    /// A boolean value as a truth.
    Holds(NodeId),
    /// Compares two values of one type.
    Compare(Compare, NodeId, NodeId),
    /// The value is one of the list's.
    Among(NodeId, NodeId),
    /// The value is there.
    Has(NodeId),

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
}

impl Op {
    /// The nodes directly below, in order.
    pub fn children(&self, visit: &mut impl FnMut(NodeId)) {
        match self {
            Op::Const(_) | Op::Slot(_) | Op::Var(_) | Op::Known(_) => {}
            Op::Negate(a) | Op::Count(a) | Op::Holds(a) | Op::Has(a) | Op::Not(a) => visit(*a),
            Op::Arith(_, a, b)
            | Op::OrElse(a, b)
            | Op::Join(a, b)
            | Op::Compare(_, a, b)
            | Op::Among(a, b)
            | Op::Over { list: a, body: b, .. } => {
                visit(*a);
                visit(*b);
            }
            Op::Items(all) | Op::All(all) | Op::Any(all) => all.iter().copied().for_each(visit),
        }
    }
}

/// `+ - *`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the operators")]
pub enum Arith {
    Add,
    Subtract,
    /// Two whole numbers, or an amount and a whole number.
    Multiply,
}

/// `== != < <= > >=`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Quantifier {
    Each,
    Some,
}

/// What surrounds every call. Its slots have the same number in every frame, so that a rule that reads nothing else is
/// one rule for all its tools.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the names of the call's fields")]
pub enum Ambient {
    Agent,
    User,
    Tenant,
    Job,
    Skill,
}

impl Ambient {
    /// All of them, by the number of their slot.
    pub const ALL: [Ambient; 5] = [Self::Agent, Self::User, Self::Tenant, Self::Job, Self::Skill];
    /// How many slots come before the parameters.
    pub const SLOTS: u32 = 5;

    /// Its slot, in every frame.
    #[must_use]
    pub fn slot(self) -> SlotId {
        SlotId(self as u32)
    }

    /// What stands in a slot, if it is not a parameter.
    #[must_use]
    pub fn at(slot: SlotId) -> Option<Ambient> {
        Self::ALL.get(slot.index()).copied()
    }

    /// Its name as a field of a call.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::User => "user",
            Self::Tenant => "tenant",
            Self::Job => "job",
            Self::Skill => "skill",
        }
    }
}

/// A tool: its wire name and its closed signature.
#[derive(Clone, PartialEq, Debug)]
pub struct Tool {
    /// The exact wire name.
    pub wire: String,
    /// Parameters in declared order. The slot of the n-th is `Ambient::SLOTS + n`.
    pub params: Vec<Param>,
    /// Where it is declared.
    pub origin: Origin,
}

impl Tool {
    /// What a slot of this tool's frame holds.
    #[must_use]
    pub fn slot_type(&self, slot: SlotId) -> Option<Ty> {
        if Ambient::at(slot).is_some() {
            return Some(Ty::One(Scalar::Text));
        }
        let param = self.params.get(slot.0.checked_sub(Ambient::SLOTS)? as usize)?;
        Some(param.form.ty())
    }
}

/// A parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Its name on the wire.
    pub wire: String,
    /// How it is read.
    pub form: Form,
    /// Whether it may be left out, and what stands in then.
    pub presence: Presence,
}

/// Whether a parameter has to be there.
#[derive(Clone, PartialEq, Debug)]
pub enum Presence {
    /// A call without it is denied.
    Required,
    /// Absent where it is left out.
    Optional,
    /// The gate writes this into the call where it is left out.
    Default(ConstId),
}

/// How a value is written on the wire, which is also what it is checked for before any rule sees it.
#[derive(Clone, PartialEq, Debug)]
pub enum Form {
    /// One value.
    One(ScalarForm),
    /// An array.
    List {
        /// Of these.
        of: ScalarForm,
        /// At least so many.
        least: u32,
        /// At most so many.
        most: Option<u32>,
    },
}

/// How a single value is written on the wire.
#[derive(Clone, PartialEq, Debug)]
pub enum ScalarForm {
    /// `true` or `false`
    Bool,
    /// A JSON number without a fraction.
    Int,
    /// An amount, as an integer of minor units, a number or a string.
    Money(Currency, MoneyForm),
    /// Any text.
    Text,
    /// A canonical identifier, with the pattern that it matches as a whole.
    Id(Option<String>),
    /// One of these texts.
    Enum(Vec<String>),
}

/// How an amount is written on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum MoneyForm {
    Cents,
    Number,
    Text,
}

impl Form {
    /// What a slot holds that was filled so.
    #[must_use]
    pub fn ty(&self) -> Ty {
        match self {
            Form::One(of) => Ty::One(of.scalar()),
            Form::List { of, .. } => Ty::List(of.scalar()),
        }
    }
}

impl ScalarForm {
    /// The type of what is read.
    #[must_use]
    pub fn scalar(&self) -> Scalar {
        match self {
            ScalarForm::Bool => Scalar::Bool,
            ScalarForm::Int => Scalar::Int,
            ScalarForm::Money(currency, _) => Scalar::Money(*currency),
            ScalarForm::Text | ScalarForm::Id(_) | ScalarForm::Enum(_) => Scalar::Text,
        }
    }
}

/// A rule, for the tools whose frames it can read.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// Its stable name.
    pub id: String,
    /// The tools it holds for. A rule over facts that differ from tool to tool is one rule per tool, all with one name.
    pub tools: Vec<ToolId>,
    /// Where this is false the rule does not apply; where it is undetermined it does.
    pub guard: Option<NodeId>,
    /// One instance per element.
    pub each: Option<Each>,
    /// A truth; what follows from it, the effect says.
    pub condition: NodeId,
    /// What the rule demands.
    pub effect: Effect,
    /// The message for the model.
    pub because: Option<Template>,
    /// The message for the auditor alone.
    pub audit: Option<Template>,
    /// The clause.
    pub origin: Origin,
}

/// `each x in xs` of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Each {
    /// What condition and message call the element; always the outermost variable.
    pub var: VarId,
    /// The list.
    pub list: NodeId,
}

/// What a rule demands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Effect {
    /// Denies unless the condition is true.
    Require,
    /// Denies unless the condition is false.
    Deny,
    /// Asks unless the condition is false.
    Challenge(ChallengeId),
}

/// A message: text and values.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Template {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// A part of a message.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// Text as it stands.
    Text(String),
    /// A value, escaped when it is shown.
    Value(NodeId),
}

/// A limit: what is kept per key. How calls count against it, its charges say.
#[derive(Clone, PartialEq, Debug)]
pub struct Limit {
    /// Its stable name. With the shape of the key, the window and the meters it identifies the state (semantics 26).
    pub id: String,
    /// What it is kept per, after the tenant.
    pub keys: Vec<Scalar>,
    /// Over which time.
    pub window: Window,
    /// Its bounds.
    pub bounds: Vec<Bound>,
    /// The clause.
    pub origin: Origin,
}

/// Over which time a limit counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Window {
    /// As long as the key lives.
    Lifetime,
    /// The last D; what happened exactly D ago is inside.
    Rolling(Duration),
}

/// A bound of a limit.
#[derive(Clone, PartialEq, Debug)]
pub struct Bound {
    /// What is counted.
    pub meter: Meter,
    /// The greatest total that passes, in units of the meter: calls, or nano-units. Never negative.
    pub most: i128,
    /// What happens above.
    pub step: Step,
    /// Its place.
    pub origin: Origin,
}

/// What a bound counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Meter {
    /// Calls, one by one.
    Calls,
    /// Amounts of one currency.
    Sum(Currency),
}

/// What happens above a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum Step {
    /// The call is denied.
    Deny,
}

/// How the calls of one tool count against one limit.
#[derive(Clone, PartialEq, Debug)]
pub struct Charge {
    /// The limit.
    pub limit: LimitId,
    /// The tool.
    pub tool: ToolId,
    /// Where this is false the call does not count; where it is undetermined it does.
    pub guard: Option<NodeId>,
    /// The key, value by value.
    pub keys: Vec<NodeId>,
    /// One line per bound of the limit.
    pub lines: Vec<Line>,
}

/// What one call counts against one bound, and what is said if that is too much.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// The summand; for calls, nothing: a call is one.
    pub amount: Option<NodeId>,
    /// The message.
    pub because: Option<Template>,
}

/// A challenge: who is asked, and what their answer is good for.
#[derive(Clone, PartialEq, Debug)]
pub struct Challenge {
    /// Its name.
    pub name: String,
    /// How many distinct people.
    pub count: u32,
    /// Who.
    pub who: Asked,
    /// The requester is not among them.
    pub separate_from_user: bool,
    /// How long it is open, and an approval of it good.
    pub expires: Option<Duration>,
    /// Where it is declared.
    pub origin: Origin,
}

/// Who is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Members of one of these groups.
    Groups(Vec<String>),
    /// The user on whose behalf the agent acts.
    User,
    /// Anybody.
    Anyone,
}
