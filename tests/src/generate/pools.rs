//! The names and literals of generated programs.

use super::Writer;

/// Names that mean nothing to the language.
const PLAIN: &[&str] =
    &["alpha", "b", "customer_id", "Read", "x1", "_y", "größe", "sha256", "external_email"];

/// Words of the language that are names wherever a name must stand.
const SOFT: &[&str] = &[
    "in", "or", "and", "is", "as", "to", "at", "by", "of", "from", "per", "for", "all", "any", "with",
    "within", "when", "because", "expect", "limit", "tool", "on", "job", "host", "test", "after", "calls",
    "sum", "owner", "path", "fields", "records", "tokens", "cost", "action", "no", "list", "money", "then",
    "carrying", "once", "until", "module", "label",
];

/// Words that are read as something else where an expression begins or a history follows, and so are written in full
/// (`args.latest`) by people who call a parameter like that.
const RESERVED: &[&str] = &["not", "has", "some", "each", "true", "false", "null"];

const STRINGS: &[&str] = &[
    "\"\"",
    "\"text\"",
    "\"a \\\"b\\\" \\\\\"",
    "\"{amount} of {x.y}\"",
    "\"// no comment { ( [\"",
    "\"grüße 😀\"",
    "\"Europe/Berlin\"",
    "\"`;\"",
    "\"\\n\"",
];
const COMMANDS: &[&str] = &["`ls`", "`git status`", "`a \"b\" ; {`", "``"];
const REGEXES: &[&str] = &["/[0-9]+/", "/a\\/b/", "/cus_[0-9a-z]{3}/", "/\"/"];
const INTEGERS: &[&str] = &["0", "5", "80_000", "2026"];
const DURATIONS: &[&str] = &["5m", "24h", "1h30m", "250ms", "7d", "2w"];
const DATES: &[&str] = &["2026-12-18", "2027-01-06"];
const TIMESTAMPS: &[&str] = &["2026-12-18T10:00:00Z", "2026-12-18T10:00:00.5+01:00"];
const TIMES: &[&str] = &["09:00", "17:30"];
const MONEY: &[&str] = &["$5", "$0.75", "$1_000", "5 USD", "12.50 EUR"];
const DECIMALS: &[&str] = &["0.5", "1_000.25"];
const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Writer {
    /// A name that is no word of the language.
    pub(super) fn plain(&mut self) {
        self.put_one_of(PLAIN);
    }

    /// Any name, as in a declaration.
    pub(super) fn name(&mut self) {
        if self.tape.once_in(4) { self.put_one_of(SOFT) } else { self.plain() }
    }

    /// Any word, as in a signature or behind a dot.
    pub(super) fn any_word(&mut self) {
        if self.tape.once_in(8) { self.put_one_of(RESERVED) } else { self.name() }
    }

    /// A name, perhaps behind the prefix of its module.
    pub(super) fn referred(&mut self) {
        self.name();
        if self.tape.once_in(4) {
            self.glued(".");
            self.glued_word();
        }
    }

    /// A name with members: `a.b.c`.
    pub(super) fn dotted(&mut self) {
        self.name();
        self.members();
    }

    /// The same, beginning with a name that is no word of the language.
    pub(super) fn plain_dotted(&mut self) {
        self.plain();
        self.members();
    }

    fn members(&mut self) {
        for _ in 0..self.pick(3) {
            self.glued(".");
            self.glued_word();
        }
    }

    /// Any word, directly behind the text before.
    pub(super) fn glued_word(&mut self) {
        let pool = if self.tape.once_in(8) {
            RESERVED
        } else if self.tape.once_in(4) {
            SOFT
        } else {
            PLAIN
        };
        let word = self.tape.one_of(pool);
        self.glued(word);
    }

    pub(super) fn string(&mut self) {
        self.put_one_of(STRINGS);
    }

    pub(super) fn command(&mut self) {
        self.put_one_of(COMMANDS);
    }

    pub(super) fn regex(&mut self) {
        self.put_one_of(REGEXES);
    }

    pub(super) fn integer(&mut self) {
        self.put_one_of(INTEGERS);
    }

    pub(super) fn duration(&mut self) {
        self.put_one_of(DURATIONS);
    }

    pub(super) fn date(&mut self) {
        self.put_one_of(DATES);
    }

    pub(super) fn timestamp(&mut self) {
        self.put_one_of(TIMESTAMPS);
    }

    pub(super) fn time_of_day(&mut self) {
        self.put_one_of(TIMES);
    }

    pub(super) fn money(&mut self) {
        self.put_one_of(MONEY);
    }

    pub(super) fn decimal(&mut self) {
        self.put_one_of(DECIMALS);
    }

    pub(super) fn weekday(&mut self) {
        self.put_one_of(WEEKDAYS);
    }

    /// `string | dotted`
    pub(super) fn string_or_dotted(&mut self) {
        if self.maybe() { self.string() } else { self.dotted() }
    }
}
