//! Contracts in the abstract: what the memory of a gate is about, and nothing else.
//!
//! All tools have one signature, `(a: id, l: list<id, 0..>, k: "p" | "q", n: int, m: money<USD> as cents)`, so that any clause can stand at any
//! tool. Time is in milliseconds, money in cents.

/// A point or a length in time, in milliseconds.
pub type Millis = i64;

/// A contract.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contract {
    /// Labels of data.
    pub labels: Vec<Label>,
    /// Tools.
    pub tools: Vec<Tool>,
    /// Who can be asked.
    pub challenges: Vec<Challenge>,
    /// Limits.
    pub limits: Vec<Limit>,
    /// Keys that are used once.
    pub onces: Vec<Once>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Flows.
    pub flows: Vec<Flow>,
    /// Whether calls use tokens and money that the host tells.
    pub spends: bool,
}

/// A label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Whether it moves only where a flow says so.
    pub guarded: bool,
}

/// A tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub action: Action,
    /// Where it reads.
    pub reads: Option<Reads>,
    /// Where it sends to.
    pub sends: Option<String>,
    /// Whether rules may read its result, `{ s: "x" | "y" }`.
    pub trusted: bool,
    /// `error means no effect`.
    pub harmless_errors: bool,
    /// `runs at most`.
    pub runs: Option<Millis>,
}

/// What a tool reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reads {
    /// Where from.
    pub source: String,
    /// What that carries.
    pub labels: Vec<String>,
    /// What the result adds at most, where it says so.
    pub releases: Option<Vec<String>>,
}

/// What a tool does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Action {
    Read,
    Write,
    Send,
    Pay,
}

/// A declared challenge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// Its name.
    pub name: String,
    /// How many people.
    pub count: usize,
    /// Who.
    pub who: Who,
    /// `separate from user`.
    pub not_user: bool,
    /// `separate from agent`.
    pub not_agent: bool,
    /// How long it is open.
    pub expires: Option<Millis>,
    /// `reusable for`; otherwise an approval is used once.
    pub reusable: Option<Millis>,
}

/// Who is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// Members of a group.
    Group(String),
    /// The user for whom the agent works.
    User,
    /// Anybody.
    Anyone,
}

/// A limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// Its name.
    pub name: String,
    /// The tool in whose block it stands, or all.
    pub tool: Option<usize>,
    /// What tells its budgets apart.
    pub keys: Vec<Part>,
    /// Over which time.
    pub window: Window,
    /// Which calls it counts.
    pub when: Option<Cond>,
    /// Its bounds.
    pub bounds: Vec<Bound>,
}

/// A part of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Part {
    Job,
    User,
    Agent,
    Tenant,
    ArgA,
    ArgK,
    Tool,
    Digest,
}

/// Over which time something is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Window {
    /// As long as the job.
    Lifetime,
    /// Every span of that length.
    Rolling(Millis),
    /// A unit of the calendar.
    Calendar(Unit, Zone),
}

/// A unit of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
}

/// A time zone; the steps play in a winter, when Berlin is an hour ahead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "names of zones")]
pub enum Zone {
    Utc,
    Berlin,
}

/// A bound of a limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    /// Its name.
    pub name: String,
    /// What is counted.
    pub meter: Meter,
    /// `at most` that much; otherwise `above` it something happens.
    pub most: i64,
    /// What happens beyond.
    pub then: Then,
}

/// What is counted.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Meter {
    Calls,
    CallsPer(Part),
    Retries,
    Tokens,
    Cost,
    Sum,
    SumOf(usize),
    InFlight,
    Runtime,
    Denials,
}

/// What happens beyond a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// The call is denied.
    Deny,
    /// A note.
    Warn,
    /// Somebody is asked: the number of a challenge.
    Challenge(usize),
    /// The call is denied, and somebody is stopped.
    Suspend(Stop),
}

/// Who or what can be stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Stop {
    Job,
    Agent,
    Tool,
    Gate,
}

/// `once per … in … replay for …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Once {
    /// Its name.
    pub name: String,
    /// The tool in whose block it stands.
    pub tool: usize,
    /// Arguments.
    pub keys: Vec<Part>,
    /// Shared with other tools.
    pub ledger: Option<String>,
    /// How long the result is given again.
    pub replay: Option<Millis>,
}

/// A rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The tool in whose block it stands, or all.
    pub tool: Option<usize>,
    /// What it does.
    pub kind: RuleKind,
    /// Its condition.
    pub cond: Cond,
}

/// What a rule does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleKind {
    /// Denies unless it is true.
    Require,
    /// Denies unless it is false.
    Deny,
    /// Asks unless it is false: the number of a challenge.
    Challenge(usize),
}

/// A flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    /// Its name, which its rule bears.
    pub name: String,
    /// Whether it is `flow otherwise`.
    pub otherwise: bool,
    /// Its source, or any.
    pub from: Option<String>,
    /// Its destination, or any.
    pub to: Option<String>,
    /// Which labels, or whatever moves.
    pub carrying: Option<Carrying>,
    /// What is asked of it; nothing leaves it open.
    pub rule: Option<(RuleKind, Cond)>,
}

/// The labels of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carrying {
    /// All of them together; otherwise any of them.
    pub all: bool,
    /// The labels.
    pub labels: Vec<String>,
}

/// A condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cond {
    /// `n < 3`.
    Number(Op, i64),
    /// `k == "p"`.
    Kind(Kind),
    /// `a == "a1"`.
    Is(String),
    /// `call.amount < $3`.
    Amount(Op, i64),
    /// `job carries L from S`.
    Carries(String, Option<String>),
    /// `after P within D with no U since`.
    After(Past, Within, Vec<Past>),
    /// `calls of P within D with no U since < 3`.
    Count(Past, Within, Op, i64, Vec<Past>),
    /// `sum amount of P within D with no U since < $3`.
    Sum(Past, Within, Op, i64, Vec<Past>),
    /// `in_flight of T < 3`.
    InFlight(Past, Op, i64),
    /// `count(distinct a of P within D) < 3`.
    Distinct(Arg, Past, Within, Op, i64),
    /// `a in distinct a of P within D`.
    Seen(Arg, Past, Within),
    /// `some v in distinct a of P within D: C`, or `each`.
    Over {
        /// The name of the variable.
        name: String,
        /// `each` instead of `some`.
        each: bool,
        /// Which values.
        arg: Arg,
        /// Whose values.
        of: Past,
        /// How long ago.
        within: Within,
        /// What is asked of each.
        body: Box<Cond>,
    },
    /// `has x and x.args.n < 3`, of `let x = (latest P within D)`.
    Last(Last),
    /// `not C`.
    Not(Box<Cond>),
    /// `C and C`.
    And(Box<Cond>, Box<Cond>),
    /// `C or C`.
    Or(Box<Cond>, Box<Cond>),
}

/// A question about one past call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Last {
    /// The name of the `let`.
    pub name: String,
    /// `first` instead of `latest`.
    pub first: bool,
    /// Which calls.
    pub past: Past,
    /// How long ago.
    pub within: Within,
    /// What about it.
    pub about: About,
    /// `not has x or …` instead of `has x and …`.
    pub or_none: bool,
}

/// What is asked about a past call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// `x.args.n < 3`.
    Number(Op, i64),
    /// `x.args.a == a`.
    SameA,
    /// `x.result.s == "x"`.
    Result(Answer),
    /// `x.at >= now - D`.
    Since(Millis),
}

/// How long ago.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Within {
    /// At most that long.
    Time(Millis),
    /// In the job.
    Job,
}

/// Past calls or events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// Their phase, where it is written.
    pub phase: Option<Phase>,
    /// Of what.
    pub of: Of,
    /// `a: a` or `a: "a1"`.
    pub a: Option<Same>,
    /// `n: < 3`.
    pub n: Option<(Op, i64)>,
    /// `k: "p"`.
    pub k: Option<Kind>,
    /// `result.s: "x"`.
    pub result: Option<Answer>,
    /// Whose.
    pub by: By,
}

/// Which argument's different values are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// `a`.
    A,
    /// The elements of `l`.
    L,
}

/// Which phase of a call counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Phase {
    Completed,
    Started,
    Failed,
    Attempted,
}

/// Of what a past is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// Calls of a tool.
    Tool(usize),
    /// Events that the host reports: `E0` or `E1`.
    Event(usize),
}

/// What `a` is compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Same {
    /// The argument of the call that is judged.
    Here,
    /// A constant.
    Is(String),
    /// The value that is looked at: the name of its variable.
    Each(String),
}

/// Whose past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum By {
    Job,
    User,
    Agent,
    Tenant,
}

/// The values of `k`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "values")]
pub enum Kind {
    P,
    Q,
}

/// The values of `result.s`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// `"x"`.
    X,
    /// `"y"`.
    Y,
    /// What does not fit the type.
    Misfit,
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the words of the language")]
pub enum Op {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

impl Op {
    /// Whether it holds.
    #[must_use]
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Op::Less => left < right,
            Op::AtMost => left <= right,
            Op::More => left > right,
            Op::AtLeast => left >= right,
            Op::Equal => left == right,
        }
    }

    /// True of `<` and `<=`.
    #[must_use]
    pub fn is_upper(self) -> bool {
        matches!(self, Op::Less | Op::AtMost)
    }
}

impl Cond {
    fn lengths(&self, all: &mut Vec<Millis>) {
        match self {
            Cond::After(_, Within::Time(length), _)
            | Cond::Count(_, Within::Time(length), ..)
            | Cond::Sum(_, Within::Time(length), ..)
            | Cond::Distinct(_, _, Within::Time(length), ..)
            | Cond::Seen(_, _, Within::Time(length)) => all.push(*length),
            Cond::Over { within, body, .. } => {
                if let Within::Time(length) = within {
                    all.push(*length);
                }
                body.lengths(all);
            }
            Cond::Last(last) => {
                if let Within::Time(length) = last.within {
                    all.push(length);
                }
                if let About::Since(length) = last.about {
                    all.push(length);
                }
            }
            Cond::Not(of) => of.lengths(all),
            Cond::And(left, right) | Cond::Or(left, right) => {
                left.lengths(all);
                right.lengths(all);
            }
            _ => {}
        }
    }
}

impl Flow {
    /// From where to where.
    #[must_use]
    pub fn ends(&self) -> String {
        let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "any".to_owned());
        if self.otherwise {
            "otherwise".to_owned()
        } else {
            format!("{} -> {}", end(&self.from), end(&self.to))
        }
    }

    /// The id under which decisions speak of its rule.
    #[must_use]
    pub fn id(&self) -> String {
        let flow = if self.otherwise { "flow " } else { "" };
        format!("{flow}{}/{}", self.ends(), self.name)
    }
}

impl Contract {
    /// The lengths of time of which it speaks.
    #[must_use]
    pub fn lengths(&self) -> Vec<Millis> {
        let mut all: Vec<Millis> = self.tools.iter().filter_map(|tool| tool.runs).collect();
        all.extend(
            self.challenges.iter().flat_map(|challenge| [challenge.expires, challenge.reusable]).flatten(),
        );
        all.extend(self.onces.iter().filter_map(|once| once.replay));
        for limit in &self.limits {
            if let Window::Rolling(length) = limit.window {
                all.push(length);
            }
            let runtimes = limit.bounds.iter().filter(|bound| bound.meter == Meter::Runtime);
            all.extend(runtimes.map(|bound| bound.most));
        }
        let rules = self.rules.iter().map(|rule| &rule.cond);
        for cond in rules.chain(self.flows.iter().filter_map(|flow| flow.rule.as_ref()).map(|(_, cond)| cond))
        {
            cond.lengths(&mut all);
        }
        all
    }

    /// The id under which decisions speak of a rule.
    #[must_use]
    pub fn id(&self, tool: Option<usize>, name: &str) -> String {
        match tool.and_then(|tool| self.tools.get(tool)) {
            Some(tool) => format!("{}/{name}", tool.name),
            None => name.to_owned(),
        }
    }
}
