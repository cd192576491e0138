//! Expressions, with no more brackets than they need.

use super::Writer;

impl Writer {
    /// An expression that may stand before anything.
    pub(super) fn expr(&mut self, depth: usize) {
        self.disjunction(depth);
    }

    /// An expression at the end of a clause or in brackets, where `each` and `some` may go on to the end.
    pub(super) fn whole_expr(&mut self, depth: usize) {
        if depth > 0 && self.tape.once_in(6) { self.quantified(depth - 1) } else { self.expr(depth) }
    }

    fn quantified(&mut self, depth: usize) {
        self.put_one_of(&["each", "some"]);
        self.quantifier_rest(depth);
    }

    /// `each x in E: E`, from the name on.
    pub(super) fn quantifier_rest(&mut self, depth: usize) {
        self.name();
        self.operator("in");
        self.sum(depth);
        self.put(":");
        self.whole_expr(depth);
    }

    fn disjunction(&mut self, depth: usize) {
        self.chain(depth, &["or"], Self::conjunction);
    }

    fn conjunction(&mut self, depth: usize) {
        self.chain(depth, &["and"], Self::negation);
    }

    fn negation(&mut self, depth: usize) {
        if self.tape.once_in(6) {
            self.put("not");
        }
        self.relation(depth);
    }

    fn relation(&mut self, depth: usize) {
        self.sum(depth);
        match self.pick(6) {
            0..3 => {}
            3 => {
                self.operator("matches");
                self.regex();
            }
            4 => {
                self.operator("is");
                self.name();
            }
            _ => {
                let operator = self.tape.one_of(&["==", "!=", "<", "<=", ">", ">=", "in"]);
                self.operator(operator);
                self.sum(depth);
            }
        }
    }

    fn sum(&mut self, depth: usize) {
        self.chain(depth, &["??", "+", "-", "*", "/"], Self::unary);
    }

    fn chain(&mut self, depth: usize, operators: &[&'static str], operand: fn(&mut Self, usize)) {
        operand(self, depth);
        let more = if depth > 0 && self.tape.once_in(4) { 1 + self.pick(2) } else { 0 };
        for _ in 0..more {
            let operator = self.tape.one_of(operators);
            self.operator(operator);
            operand(self, depth - 1);
        }
    }

    fn unary(&mut self, depth: usize) {
        if self.tape.once_in(8) {
            self.put("-");
        }
        self.primary(depth);
    }

    fn primary(&mut self, depth: usize) {
        let choices = if depth > 0 { 19 } else { 11 };
        match self.pick(choices) {
            0 => self.path_in_expr(),
            1 => self.integer(),
            2 => self.string(),
            3 => self.money(),
            4 => self.duration(),
            5 => self.decimal(),
            6 => self.date(),
            7 => self.timestamp(),
            8 => self.put_one_of(&["true", "false", "null"]),
            9 => self.command(),
            10 => {
                self.put("has");
                self.dotted();
            }
            11 => {
                self.put("(");
                self.whole_expr(depth - 1);
                self.put(")");
                if self.tape.once_in(3) {
                    self.glued(".");
                    self.glued_word();
                }
            }
            12 => {
                self.put("[");
                self.commas_or_none(3, |writer| writer.whole_expr(depth - 1));
                self.put("]");
            }
            13 => {
                self.plain_dotted();
                self.put("(");
                self.commas_or_none(3, |writer| writer.whole_expr(depth - 1));
                self.put(")");
            }
            14 => {
                self.put("after");
                self.past(depth - 1);
                self.within();
                for _ in 0..self.pick(3) {
                    self.continuing("with");
                    self.put("no");
                    self.past(depth - 1);
                    self.put("since");
                }
            }
            15 => {
                self.put_one_of(&["latest", "first"]);
                self.past(depth - 1);
                if self.maybe() {
                    self.within();
                }
            }
            16 => {
                self.puts(&["calls", "of"]);
                self.past(depth - 1);
                self.within();
            }
            17 => {
                self.put("sum");
                self.plain_dotted();
                self.put("of");
                self.past(depth - 1);
                self.within();
            }
            _ => self.short_history(depth),
        }
    }

    fn short_history(&mut self, depth: usize) {
        if self.maybe() {
            self.puts(&["in_flight", "of"]);
            self.past(depth - 1);
        } else {
            self.puts(&["job", "carries"]);
            self.string_or_dotted();
            if self.maybe() {
                self.put("from");
                self.dotted();
            }
        }
    }

    /// A name as an operand. Only `args.x` reads every parameter; a bare one is not called like a word that begins
    /// something else; `in` would be the operator of `(result.x: in …)`.
    fn path_in_expr(&mut self) {
        match self.pick(4) {
            0 | 1 => self.plain_dotted(),
            2 => self.put_one_of(&[
                "to", "from", "at", "by", "of", "cost", "tokens", "all", "any", "or", "when", "job",
            ]),
            _ => {
                self.put("args");
                self.glued(".");
                self.glued_word();
            }
        }
    }

    fn within(&mut self) {
        self.continuing("within");
        if self.maybe() { self.duration() } else { self.put("job") }
    }

    pub(super) fn past(&mut self, depth: usize) {
        if self.tape.once_in(3) {
            self.put_one_of(&["attempted", "started", "failed", "completed"]);
        }
        self.tool_ref();
        if depth > 0 && self.maybe() {
            self.put("(");
            self.commas_or_none(2, |writer| writer.past_arg(depth - 1));
            self.put(")");
        }
        if self.tape.once_in(3) {
            self.put("by");
            self.plain();
        }
    }

    fn past_arg(&mut self, depth: usize) {
        self.any_word();
        if self.tape.once_in(3) {
            self.glued(".");
            self.glued_word();
        }
        self.put(":");
        match self.pick(4) {
            0 | 1 => {}
            2 => self.put_one_of(&["==", "!=", "<", "<=", ">", ">="]),
            _ => {
                self.put("in");
                self.plain();
                return;
            }
        }
        self.expr(depth);
    }

    /// `string | dotted`, not called like a word that may follow the word before.
    pub(super) fn tool_ref(&mut self) {
        if self.tape.once_in(4) { self.string() } else { self.plain_dotted() }
    }
}
