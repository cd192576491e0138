//! What cannot be lowered, by name.

use std::fmt;

use agentpass_grammar::Span;

/// Something that keeps a contract from being executed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LowerError {
    /// What it is.
    pub construct: Construct,
    /// Where it stands; of a parameter that the contract does not have, the beginning of the first file.
    pub span: Span,
    /// What exactly is wrong, where there is more to say.
    pub detail: String,
}

macro_rules! constructs {
    ($($name:ident => $words:literal,)*) => {
        /// What keeps contracts from being executed.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[allow(missing_docs, reason = "the words beside them say what they are")]
        pub enum Construct { $($name,)* }

        impl Construct {
            /// What is wrong, in words.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

constructs! {
    // The program as a whole.
    NoContract => "a program without a `contract` cannot be executed",
    Validity => "this validity lies outside the calendar",
    // Parameters of the deployment.
    ParamNotSet => "this parameter is not set, and has no default",
    ParamDoesNotFit => "the value of this parameter does not fit its type",
    NoSuchParam => "the contract has no such parameter",
    // Values.
    OutOfRange => "this constant cannot be computed",
    NotADomain => "this text is compared with domains, and is none",
    NegativeBound => "this bound is negative",
    TooManyCalls => "each call in a window is remembered, up to 1,000,000 of them; a unit of the calendar (`each day in ZONE`) counts further",
    KeyType => "this key has another type in another tool",
    // The past.
    JoinReadsPast => "a value that past calls are joined by cannot itself be asked of the past; go through the values that there were, once: `some x in distinct ARG of … within …: …`",
    DistinctElsewhere => "the different values of the past are counted, looked into and gone through, and neither joined nor compared: ask about one by itself, `x in distinct ARG of T within 1h or count(distinct ARG of T within 1h) < 5`",
    JoinComparison => "past calls are joined with this call by equality only",
    FirstOfWindow => "the first call of a window is not remembered: ask for the latest one, or for the first of the job",
    PastChoice => "one past call or another one: name the part that is meant on each side of `??`",
    NotKept => "a command line of a past call is not kept; keep a part of it, such as its programs",
    NoResultInFlight => "a call in flight has no result yet",
    SumOfOther => "this limit does not hold for the tool whose amounts it adds up",
    SumFilter => "what a limit adds up is told apart by arguments only: it counts calls when they begin",
    // Challenges.
    NothingShown => "no tool that meets this challenge has this",
    // Anything.
    TooLarge => "this is too large to be executed",
    Broken => "the checker has reported something here",
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.construct.words())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

impl std::error::Error for LowerError {}
