//! The registry of diagnostic codes: one row each. `explain`, SARIF, the language server and the book read this table.
//!
//! Identifiers are stable for ever: a code that is no longer reported keeps its row and is marked retired.
//! `E00xx` reading files, `E01xx` syntax, `E02xx` declarations and imports, `E03xx` names, `E04xx` types,
//! `E05xx` absence, `E06xx` rules and tools, `E07xx` memory, `E08xx` challenges, flows and skills, `E09xx` tests;
//! `W` is a lint that warns, `N` a note that asks for a human review.

use std::fmt;

use super::model::Severity;

/// One row of the registry.
#[derive(PartialEq, Eq)]
pub struct Code {
    /// `E0301`.
    pub id: &'static str,
    /// `unknown-name`.
    pub name: &'static str,
    /// What it weighs unless it is configured otherwise.
    pub severity: Severity,
    /// One line: what the code is about, for tables and SARIF.
    pub summary: &'static str,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}

macro_rules! codes {
    ($($constant:ident = $severity:ident $id:literal $name:literal $summary:literal;)*) => {
        $(
            #[doc = concat!("`", $id, " ", $name, "`: ", $summary, ".")]
            pub static $constant: Code =
                Code { id: $id, name: $name, severity: Severity::$severity, summary: $summary };
        )*
        /// Every code, in the order of the table.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    UNREADABLE_FILE = Error "E0001" "unreadable-file" "a file could not be read";
    UNKNOWN_MODULE = Error "E0002" "unknown-module" "a module that does not exist";
    BAD_CONFIG = Error "E0003" "bad-config" "the configuration of the project cannot be followed";
    TOO_MANY = Error "E0004" "too-many-findings" "a file with more findings than anybody reads";
    SYNTAX = Error "E0101" "syntax" "the text does not have the form of the language";
    UNKNOWN_CHARACTER = Error "E0102" "unknown-character" "a character that has no meaning in the language";
    UNCLOSED_TEXT = Error "E0103" "unclosed-text" "a string or command that does not end on its line";
    UNBALANCED_BRACKET = Error "E0104" "unbalanced-bracket" "a bracket without its partner";
    BAD_ESCAPE = Error "E0105" "bad-escape" "an escape that does not exist";
    HIDDEN_CHARACTER = Error "E0106" "hidden-character" "a character that makes text look like something else";
    TOO_DEEP = Error "E0107" "too-deep" "nesting or an expression beyond what can be read";
    CHAINED_COMPARISON = Error "E0108" "chained-comparison" "comparisons in a row";
    BAD_NUMBER = Error "E0109" "bad-number" "a number, amount, duration or date that cannot be read";
    LINE_END = Error "E0110" "line-end" "a lone carriage return or a vertical tab";
    BYTE_ORDER_MARK = Error "E0111" "byte-order-mark" "a byte-order mark at the start of a file";
    TAIL_ORDER = Error "E0112" "tail-order" "because, audit and as in another order, or twice";
    FMT_INTERNAL = Error "E0190" "fmt-internal" "the formatter found its own result to be wrong";
    MISSING_EDITION = Error "E0201" "missing-edition" "a file that does not say its edition";
    UNKNOWN_EDITION = Error "E0202" "unknown-edition" "an edition that this compiler does not know";
    LATE_EDITION = Error "E0203" "late-edition" "an edition that is not the first item";
    SECOND_CONTRACT = Error "E0204" "second-contract" "two contracts in one program";
    DECLARED_TWICE = Error "E0205" "declared-twice" "something declared twice";
    CLASHES_WITH_ROOT = Error "E0206" "clashes-with-root" "a declared name that is a root of the language";
    SHADOWS = Error "E0207" "shadows" "a parameter or variable that hides another name";
    IMPORT_CLASH = Error "E0208" "import-clash" "an import that brings a name that is taken";
    NOT_IN_MODULE = Error "E0209" "not-in-module" "a selected name that the module does not declare";
    IMPORT_CYCLE = Error "E0210" "import-cycle" "imports in a circle";
    RECURSIVE = Error "E0211" "recursive" "a definition that leads back to itself";
    DUPLICATE = Error "E0212" "duplicate" "a field, case or setting that stands twice";
    BAD_MANIFEST = Error "E0213" "bad-manifest" "a manifest that cannot be used";
    NOT_IN_MANIFEST = Error "E0214" "not-in-manifest" "a tool that the manifest does not list";
    MANIFEST_DRIFT = Error "E0215" "manifest-drift" "a manifest that is not what it was when it was pinned";
    UNKNOWN_NAME = Error "E0301" "unknown-name" "a name that nothing declares";
    PARAMETER_OUTSIDE = Error "E0302" "parameter-outside" "a parameter read where no tool is in sight";
    AMBIGUOUS_ROOT = Error "E0303" "ambiguous-root" "a parameter called like a root, read bare";
    UNKNOWN_MEMBER = Error "E0304" "unknown-member" "a member that a value does not have";
    UNKNOWN_TOOL = Error "E0305" "unknown-tool" "a tool or event that nothing declares";
    ARGUMENT_COUNT = Error "E0306" "argument-count" "a function with another number of arguments than it takes";
    UNKNOWN_TYPE = Error "E0401" "unknown-type" "a type that does not exist";
    TYPE_MISMATCH = Error "E0402" "type-mismatch" "a value of another type than is expected";
    CANNOT_COMPARE = Error "E0403" "cannot-compare" "a comparison of things that are not alike";
    CANNOT_CONTAIN = Error "E0404" "cannot-contain" "`in` with nothing that something can lie in";
    BAD_OPERANDS = Error "E0405" "bad-operands" "an operator on types that it does not take";
    BAD_LITERAL = Error "E0406" "bad-literal" "a literal that is not what it should be";
    NEEDS_UNIT = Error "E0407" "needs-unit" "a bare number where a unit is needed";
    NOT_A_CASE = Error "E0408" "not-a-case" "a text that is none of a union's cases";
    STRAY_PATTERN = Error "E0409" "stray-pattern" "a pattern between slashes where none can stand";
    BAD_PATTERN = Error "E0410" "bad-pattern" "a regular expression that cannot be used";
    BAD_WIRE_FORM = Error "E0411" "bad-wire-form" "a wire form that the type does not have";
    NEEDS_WIRE_FORM = Error "E0412" "needs-wire-form" "an amount that does not say how it is written on the wire";
    BAD_SIZE = Error "E0413" "bad-size" "a size that no list can have";
    TYPE_NOT_HERE = Error "E0414" "type-not-here" "a type that cannot be used in this place";
    NULL_NOT_ALLOWED = Error "E0415" "null-not-allowed" "null where the type does not have it";
    MAY_BE_NULL = Error "E0416" "may-be-null" "a value that may be null, used as if it were not";
    NOT_CONSTANT = Error "E0417" "not-constant" "something that must be known before any call";
    MIXED_LIST = Error "E0418" "mixed-list" "a list of several types";
    UNKNOWN_QUALITY = Error "E0419" "unknown-quality" "`is` with a word that does not fit";
    ZONE = Error "E0420" "zone" "a time zone that is missing or does not belong here";
    NOT_A_LIST = Error "E0421" "not-a-list" "a quantifier over something that is not a list";
    UNHANDLED_ABSENCE = Error "E0501" "unhandled-absence" "an optional value used as if it were always there";
    COALESCED_PARAMETER = Error "E0502" "coalesced-parameter" "a made-up value for an absent parameter in `require`";
    NEVER_ABSENT = Error "E0503" "never-absent" "`??` on a value that is never absent";
    ALWAYS_THERE = Error "E0504" "always-there" "`has` on a value that is always there";
    OPTIONAL_WITH_DEFAULT = Error "E0505" "optional-with-default" "an optional parameter that has a default";
    NO_ACTION = Error "E0601" "no-action" "a tool that does not say what it does";
    UNKNOWN_ACTION = Error "E0602" "unknown-action" "an action that does not exist";
    FACT_TWICE = Error "E0603" "fact-twice" "a fact given by two clauses";
    CONDITIONAL_FACT = Error "E0604" "conditional-fact" "a fact under a condition";
    CLAUSE_NOT_HERE = Error "E0605" "clause-not-here" "a clause where it cannot stand";
    UNKNOWN_FACT = Error "E0606" "unknown-fact" "`with` something that is no fact";
    MISSING_FACT = Error "E0607" "missing-fact" "a rule that reads a fact which some tool does not provide";
    MIXED_FACT = Error "E0608" "mixed-fact" "a fact that has several types";
    MISSING_PARAMETER = Error "E0610" "missing-parameter" "a shared parameter that some tool does not have";
    OTHER_PARAMETER_TYPE = Error "E0611" "other-parameter-type" "a shared parameter that is another type in some tool";
    FAMILY_NEEDS_OPEN = Error "E0612" "family-needs-open" "unseen tools with a closed signature";
    OPEN_AND_OUTGOING = Error "E0613" "open-and-outgoing" "undeclared arguments on a tool that sends or pays";
    TRUSTED_AND_UNTRUSTED = Error "E0614" "trusted-and-untrusted" "a trusted result that carries `untrusted`";
    MISREAD_EACH = Error "E0615" "misread-each" "`each` after `deny when`, which reads like something else";
    MISREAD_BODY = Error "E0616" "misread-body" "a quantifier's body that reaches further than it seems";
    MISREAD_MEMBER = Error "E0617" "misread-member" "a member of a past call without brackets";
    BAD_HOLE = Error "E0618" "bad-hole" "a hole in a message that cannot be read";
    HISTORY_NOT_HERE = Error "E0701" "history-not-here" "history where it cannot be asked";
    UNBOUNDED_HISTORY = Error "E0702" "unbounded-history" "history without a bound in time";
    UNTRUSTED_RESULT = Error "E0703" "untrusted-result" "a result that nobody vouches for";
    PHASE_NOT_HERE = Error "E0704" "phase-not-here" "a phase where none can be chosen";
    ONLY_EQUALITY = Error "E0705" "only-equality" "the past joined with this call otherwise than by equality";
    CANNOT_REMEMBER = Error "E0706" "cannot-remember" "a filter on a value that is not kept";
    ONLY_AMOUNTS = Error "E0707" "only-amounts" "a sum of something that is no amount";
    SUM_FROM_BELOW = Error "E0708" "sum-from-below" "a sum that bounds from below";
    COUNT_NOT_CONSTANT = Error "E0709" "count-not-constant" "a count compared with something that is not constant";
    BAD_KEY = Error "E0710" "bad-key" "a key that has many spellings";
    NEEDS_KEY = Error "E0711" "needs-key" "a limit without a key";
    NEEDS_WINDOW = Error "E0712" "needs-window" "a limit without a window";
    WINDOW_NOT_HERE = Error "E0713" "window-not-here" "a window on something that has none";
    EMPTY_WINDOW = Error "E0714" "empty-window" "a window of no length";
    UNKNOWN_UNIT = Error "E0715" "unknown-unit" "a calendar unit that does not exist";
    UNKNOWN_METER = Error "E0716" "unknown-meter" "something that cannot be limited";
    STEP_MISMATCH = Error "E0717" "step-mismatch" "`above` without a step, or `at most` with a soft one";
    UNKNOWN_SCOPE = Error "E0718" "unknown-scope" "a scope that does not exist";
    RUNTIME_PER_JOB = Error "E0719" "runtime-per-job" "a runtime that does not belong to a job";
    NEGATIVE_BOUND = Error "E0720" "negative-bound" "a bound below zero";
    EMPTY_LIMIT = Error "E0721" "empty-limit" "a limit without a bound";
    NOT_EXECUTABLE = Error "E0722" "not-executable" "something that no gate can keep";
    NOBODY_ASKED = Error "E0801" "nobody-asked" "a challenge that asks nobody";
    BAD_COUNT = Error "E0802" "bad-count" "a number of people that cannot be asked";
    SHOWS_UNKNOWN = Error "E0803" "shows-unknown" "a challenge that shows what no tool has";
    UNKNOWN_FLOW_END = Error "E0804" "unknown-flow-end" "a flow that never happens";
    BAD_DIGEST = Error "E0805" "bad-digest" "a digest that cannot be checked";
    SKILL_INCOMPLETE = Error "E0806" "skill-incomplete" "a skill without its digest or its tools";
    UNKNOWN_CALL = Error "E0901" "unknown-call" "a call in a test that was not named";
    NOT_A_PARAM = Error "E0902" "not-a-param" "a test that sets what is no parameter";
    OPEN_WITH_OUTCOME = Error "E0903" "open-with-outcome" "a call that is open and has ended";
    TEST_FAILED = Error "E0904" "test-failed" "a test that does not go as it says";
    UNPLAYABLE = Error "E0905" "unplayable" "a step of a test that cannot be taken";
    UNUSED_ALLOW = Warning "W0001" "unused-allow" "an allow comment that silences nothing";
    BAD_ALLOW = Warning "W0002" "bad-allow" "an allow comment that cannot be followed";
    UNANSWERABLE = Warning "W0101" "unanswerable" "a challenge that nobody can answer";
    NEVER_REACHED = Warning "W0102" "never-reached" "a bound that is never reached";
    ON_NOTHING = Warning "W0103" "on-nothing" "an `on` block that matches no tool";
    UNUSED_DECLARATION = Warning "W0104" "unused-declaration" "a declaration that nothing refers to";
    CONFUSABLE_NAME = Warning "W0105" "confusable-name" "a name that looks like another one";
    IRREVERSIBLE_ACTION = Warning "W0106" "irreversible-action" "an action that nobody can take back and nothing holds up";
    SINK_WITHOUT_FLOW = Warning "W0107" "sink-without-flow" "guarded data on a way that no flow allows";
    OPEN_AND_ALLOWED = Warning "W0108" "open-and-allowed" "unseen tools that nothing refuses";
    REGEX_INSTEAD_OF_TYPE = Warning "W0109" "regex-instead-of-type" "a pattern for what a type reads safely";
    IMPOSSIBLE_PREREQUISITE = Warning "W0110" "impossible-prerequisite" "evidence that can never be there";
    SELF_CANCELLING = Warning "W0111" "self-cancelling" "evidence that cancels itself";
    PUBLIC_SUFFIX = Warning "W0112" "public-suffix" "a domain under which anybody can register names";
    DUPLICATE_RULE = Warning "W0113" "duplicate-rule" "a rule that stands twice";
    CONSTANT_CONDITION = Warning "W0114" "constant-condition" "a condition that is the same for every call";
    REDUNDANT_ELEMENT = Warning "W0115" "redundant-element" "an element that adds nothing";
    LONG_APPROVAL = Warning "W0116" "long-approval" "an approval that can be used for days";
    NEVER_CARRIED = Warning "W0117" "never-carried" "a label that no job ever carries";
    UNREACHABLE_FLOW = Warning "W0118" "unreachable-flow" "a flow of what its source never carries";
    LIFTED_BY_ATTEMPT = Warning "W0119" "lifted-by-attempt" "a refusal that ends when something is only tried";
    NULL_UNDECIDED = Warning "W0120" "null-undecided" "a comparison that refuses where a value is null";
    WAY_OUT = Note "N0101" "way-out" "free text that goes nobody knows where";
    OPEN_PATTERN = Note "N0102" "open-pattern" "tools that nobody has seen";
    NO_MESSAGE = Note "N0103" "no-message" "a refusal that does not say why";
    NO_EXPIRY = Note "N0104" "no-expiry" "a challenge that stays open for ever";
    NO_TESTS = Note "N0105" "no-tests" "a contract without tests";
    INCOMPLETE_CONTRACT = Note "N0106" "incomplete-contract" "a contract that does not say what it is";
    AMOUNT_WITHOUT_CAP = Note "N0107" "amount-without-cap" "a payment of any amount";
    UNCHECKED_SCHEMA = Note "N0108" "unchecked-schema" "a schema that cannot be followed in full";
    UNREAD_DESTINATION = Note "N0109" "unread-destination" "a parameter that says where something goes, and that nothing reads";
}
