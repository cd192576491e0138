//! Tests and what they play.

use super::Writer;

impl Writer {
    pub(super) fn test(&mut self) {
        self.put("test");
        self.string();
        self.block(5, Self::step);
    }

    fn step(&mut self) {
        match self.pick(12) {
            0..3 => self.call(),
            3 => {
                self.put("param");
                self.referred();
                self.put("=");
                self.value(2);
            }
            4 => {
                self.put_one_of(&["host", "auth"]);
                self.record_value(2);
            }
            5 => {
                self.put("job");
                self.string();
                if self.maybe() {
                    self.continuing("as");
                    self.referred();
                    if self.maybe() {
                        self.record_value(1);
                    }
                }
            }
            6 => {
                self.put_one_of(&["agent", "tenant", "user", "skill"]);
                self.string();
            }
            7 => {
                self.put("after");
                self.duration();
            }
            8 => {
                self.put("event");
                self.dotted();
                if self.maybe() {
                    self.record_value(1);
                }
            }
            9 => {
                self.put("lift");
                self.name();
                if self.maybe() {
                    self.string();
                }
            }
            _ => {
                self.plain();
                self.outcome();
            }
        }
    }

    fn call(&mut self) {
        self.put("call");
        self.tool_ref();
        if self.maybe() {
            self.record_value(2);
        }
        for _ in 0..self.pick(4) {
            match self.pick(7) {
                0 => self.expectation(),
                1 => {
                    self.continuing("as");
                    self.name();
                }
                2 => {
                    self.put_one_of(&["approved", "refused"]);
                    self.put("by");
                    self.referred();
                }
                3 => {
                    self.continuing("with");
                    self.put("host");
                    self.record_value(1);
                }
                4 => self.outcome(),
                5 => self.put("open"),
                _ => {
                    self.expectation();
                    break;
                }
            }
        }
    }

    fn outcome(&mut self) {
        match self.pick(4) {
            0 => {
                self.put("returns");
                self.value(2);
            }
            1 => self.put("fails"),
            2 => self.put("unknown"),
            _ => self.puts(&["not", "sent"]),
        }
    }

    fn expectation(&mut self) {
        self.continuing("expect");
        match self.pick(4) {
            0 | 1 => self.put_one_of(&["allow", "deny", "replay"]),
            2 => {
                self.put("challenge");
                self.commas(2, Self::referred);
            }
            _ => {
                self.put("remaining");
                self.plain_dotted();
                match self.pick(3) {
                    0 => self.integer(),
                    1 => self.money(),
                    _ => self.duration(),
                }
                return;
            }
        }
        if self.tape.once_in(3) {
            self.continuing("because");
            self.string();
        }
    }

    fn value(&mut self, depth: usize) {
        match self.pick(if depth > 0 { 3 } else { 1 }) {
            0 => self.expr(depth),
            1 => self.record_value(depth - 1),
            _ => {
                self.put("[");
                self.commas_or_none(3, |writer| writer.value(depth - 1));
                self.put("]");
            }
        }
    }

    fn record_value(&mut self, depth: usize) {
        self.braces(|writer| {
            writer.commas_or_none(3, |writer| {
                if writer.maybe() {
                    writer.any_word()
                } else {
                    writer.string()
                }
                writer.put(":");
                writer.value(depth);
            });
        });
    }
}
