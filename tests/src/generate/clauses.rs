//! Clauses: what stands in the blocks of tools, `on`, flows and skills, and rules at the top of a file.

use super::Writer;

/// How deep the expressions of clauses go.
pub(super) const DEPTH: usize = 3;

impl Writer {
    /// Any clause; groups nest `depth` more levels.
    pub(super) fn clause(&mut self, depth: usize) {
        match self.pick(if depth > 0 { 26 } else { 24 }) {
            0 => {
                self.put("require");
                self.whole_expr(DEPTH);
                self.tail();
            }
            1 => self.deny(),
            2 => self.challenge(),
            3 => self.once(),
            4 => {
                self.put("action");
                self.name();
            }
            5 => {
                self.put("resource");
                self.string();
            }
            6 => {
                self.put_one_of(&["amount", "fields"]);
                self.whole_expr(DEPTH);
            }
            7 => {
                self.put("reads");
                self.dotted();
                self.carrying();
            }
            8 => {
                self.puts(&["sends", "to"]);
                self.dotted();
                if self.maybe() {
                    self.put("at");
                    self.expr(DEPTH);
                }
            }
            9 => {
                self.put("from");
                self.string_or_dotted();
                self.put("to");
                self.string_or_dotted();
                self.carrying();
            }
            10 => {
                self.puts(&["records", "at", "most"]);
                self.expr(DEPTH);
                self.tail();
            }
            11 => {
                self.put("records");
                self.plain_dotted();
            }
            12 => {
                self.put("uses");
                self.put_one_of(&["tokens", "cost"]);
                self.expr(DEPTH);
            }
            13 => {
                self.put("releases");
                self.labels();
            }
            14 => self.puts(&["keeps", "inside"]),
            15 => {
                self.put("tags");
                self.commas(3, Self::name);
            }
            16 => {
                self.puts(&["trusted", "result"]);
                self.fields_block();
            }
            17 => self.puts(&["error", "means", "no", "effect"]),
            18 => {
                self.puts(&["runs", "at", "most"]);
                self.duration();
            }
            19 => {
                self.put("source");
                self.string();
            }
            20 => {
                self.put("digest");
                self.name();
                self.string();
            }
            21 => {
                self.put("invokes");
                self.commas(3, Self::pattern);
            }
            22 => self.let_item(),
            23 => self.limit(),
            _ => {
                self.put("when");
                self.expr(DEPTH);
                self.block(3, |writer| writer.clause(depth - 1));
            }
        }
    }

    /// A clause that may be an item by itself.
    pub(super) fn item_clause(&mut self) {
        match self.pick(6) {
            0 => {
                self.put("require");
                self.whole_expr(DEPTH);
                self.tail();
            }
            1 => self.deny(),
            2 => self.challenge(),
            3 => self.once(),
            4 => self.limit(),
            _ => {
                self.put("when");
                self.expr(DEPTH);
                self.block(3, |writer| writer.clause(1));
            }
        }
    }

    fn deny(&mut self) {
        self.put("deny");
        match self.pick(3) {
            0 => {
                self.put("when");
                self.expr(DEPTH);
            }
            1 => {
                self.put("each");
                self.quantifier_rest(DEPTH);
            }
            _ => {}
        }
        self.tail();
    }

    fn challenge(&mut self) {
        self.put("challenge");
        self.referred();
        if self.tape.once_in(4) {
            self.put("each");
            self.quantifier_rest(DEPTH);
        }
        self.guard();
        self.tail();
    }

    fn once(&mut self) {
        self.puts(&["once", "per"]);
        self.keys();
        if self.tape.once_in(3) {
            self.continuing("in");
            self.dotted();
        }
        if self.tape.once_in(3) {
            self.puts(&["replay", "for"]);
            self.duration();
        }
        self.tail();
    }

    /// `when E`, perhaps.
    pub(super) fn guard(&mut self) {
        if self.tape.once_in(3) {
            self.put("when");
            self.expr(DEPTH);
        }
    }

    fn tail(&mut self) {
        for _ in 0..self.pick(3) {
            match self.pick(3) {
                0 => {
                    self.continuing("because");
                    self.string();
                }
                1 => {
                    self.continuing("audit");
                    self.string();
                }
                _ => {
                    self.continuing("as");
                    self.name();
                }
            }
        }
    }

    pub(super) fn carrying(&mut self) {
        if self.maybe() {
            self.put("carrying");
            if self.tape.once_in(3) {
                self.put_one_of(&["any", "all"]);
            }
            self.labels();
        }
    }

    fn labels(&mut self) {
        self.commas(3, Self::tool_ref);
    }

    pub(super) fn keys(&mut self) {
        self.commas(3, Self::dotted);
    }

    pub(super) fn limit(&mut self) {
        self.put("limit");
        if self.tape.once_in(3) {
            self.plain();
        }
        if self.maybe() {
            self.put("per");
            self.keys();
        }
        match self.pick(3) {
            0 => {}
            1 => {
                self.continuing("in");
                self.put("any");
                self.duration();
            }
            _ => {
                self.puts(&["each", "day"]);
                if self.maybe() {
                    self.continuing("in");
                    self.string();
                }
            }
        }
        self.guard();
        self.block(3, Self::bound);
    }

    fn bound(&mut self) {
        match self.pick(4) {
            0 => self.put_one_of(&["calls", "tokens", "cost", "retries", "runtime", "denials", "in_flight"]),
            1 => {
                self.puts(&["calls", "per"]);
                self.keys();
            }
            2 => {
                self.put("sum");
                self.plain_dotted();
            }
            _ => {
                self.put("sum");
                self.plain_dotted();
                self.put("of");
                self.past(DEPTH);
            }
        }
        if self.maybe() {
            self.put("above")
        } else {
            self.puts(&["at", "most"])
        }
        self.expr(1);
        match self.pick(6) {
            0..3 => {}
            3 => self.puts(&["then", "warn"]),
            4 => {
                self.puts(&["then", "challenge"]);
                self.referred();
            }
            _ => {
                self.puts(&["then", "suspend"]);
                self.name();
            }
        }
        self.guard();
        self.tail();
    }

    /// A tool pattern. Its parts are glued to each other.
    pub(super) fn pattern(&mut self) {
        let text = self.pattern_text(2);
        self.put(&text);
    }

    fn pattern_text(&mut self, depth: usize) -> String {
        let mut text = String::new();
        for at in 0..=self.pick(3) {
            if at > 0 && self.maybe() {
                text.push('.');
            }
            match self.pick(if depth > 0 { 6 } else { 5 }) {
                0 | 1 => text.push_str(self.tape.one_of(&[
                    "crm",
                    "get_",
                    "Read",
                    "mcp__github__",
                    "any",
                    "in",
                    "limit",
                ])),
                2 => text.push('*'),
                3 => text.push_str(self.tape.one_of(&["2x", "v1"])),
                4 => text.push_str("\"create-issue\""),
                _ => {
                    text.push('{');
                    for at in 0..=self.pick(3) {
                        if at > 0 {
                            text.push_str(self.tape.one_of(&[", ", ",", " ,\t", ",\n  "]));
                        } else {
                            text.push_str(self.tape.one_of(&["", " ", "\n  "]));
                        }
                        text.push_str(&self.pattern_text(depth - 1));
                    }
                    text.push_str(self.tape.one_of(&["", " ", ",", " , ", "\n"]));
                    text.push('}');
                }
            }
        }
        text
    }
}
