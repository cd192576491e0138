//! What cannot be lowered, by name.

use std::fmt;

use agentpass_grammar::Span;

/// A part of a contract that the IR cannot say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LowerError {
    /// What it is.
    pub construct: Construct,
    /// Where it stands.
    pub span: Span,
}

macro_rules! constructs {
    ($($name:ident => $words:literal,)*) => {
        /// The parts of the language that are not lowered.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[allow(missing_docs, reason = "the words beside them say what they are")]
        pub enum Construct { $($name,)* }

        impl Construct {
            /// What it is called in the language.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

constructs! {
    // The program as a whole.
    NoContract => "a program without a `contract`",
    Validity => "a validity outside the calendar",
    Param => "a deployment parameter",
    Host => "facts of the host",
    Job => "what a host binds to jobs",
    Event => "events",
    Flow => "flows",
    Skill => "skills",
    // Tools.
    Pinned => "a tool of a manifest",
    Family => "a family of tools",
    Otherwise => "`tools otherwise`",
    OpenSignature => "an open signature",
    Reads => "`reads`",
    Sends => "`sends`",
    FromTo => "`from … to`",
    Releases => "`releases`",
    Results => "trusted results",
    ErrorMeansNoEffect => "`error means no effect`",
    RunsAtMost => "`runs at most`",
    ParamType => "a parameter of this type",
    SchemaBounds => "a bound of a manifest's schema",
    // Rules and challenges.
    Once => "`once`",
    Records => "`records at most`",
    EachAndWhen => "a challenge with both `each` and `when`",
    Binds => "`binds`",
    Shows => "`shows`",
    Reusable => "a reusable approval",
    Separate => "`separate from` anybody but the user",
    // Limits.
    CalendarWindow => "a calendar window",
    Meter => "what this bound counts",
    SoftBound => "a step other than denial",
    BoundCondition => "a condition on one bound",
    BoundName => "a name of one bound",
    BoundAudit => "`audit` on a bound",
    BoundValue => "the value of this bound",
    KeyType => "a key of this type",
    // Expressions.
    ValueType => "a value of this type",
    Truth => "a condition used as a value",
    Fact => "this fact",
    Surroundings => "this part of a call's surroundings",
    Member => "a part of a value",
    Operator => "this operation",
    History => "past calls",
    Labels => "labels of the job",
    SetElements => "the elements of this set",
    TooLarge => "an expression of this size",
    Broken => "something that the checker has reported",
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be executed yet", self.construct.words())
    }
}

impl std::error::Error for LowerError {}
