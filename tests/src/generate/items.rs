//! Items, signatures and types.

use super::clauses::DEPTH;
use super::{Piece, Writer};

/// A whole file; how many items it has.
pub(super) fn file(writer: &mut Writer) -> usize {
    writer.pieces.push(Piece::MaybeSeparator);
    let count = 1 + writer.pick(8);
    for at in 0..count {
        if at > 0 {
            writer.pieces.push(Piece::Separator);
        }
        writer.pieces.push(Piece::Item);
        writer.item();
    }
    writer.pieces.push(Piece::MaybeSeparator);
    count
}

impl Writer {
    fn item(&mut self) {
        match self.pick(24) {
            0 => self.puts(&["edition", "2026"]),
            1 => self.use_item(),
            2 => self.contract(),
            3 => {
                self.put("module");
                self.dotted();
            }
            4 => {
                self.put("param");
                self.name();
                self.put(":");
                self.type_expr(2);
                self.default_value();
            }
            5 => self.set(),
            6 => self.let_item(),
            7 => {
                self.put("record");
                self.name();
                self.fields_block();
            }
            8 => {
                if self.maybe() {
                    self.put("guarded");
                }
                self.put("label");
                self.commas(3, Self::name);
            }
            9 | 10 => {
                self.put("tool");
                self.tool_name();
                self.signature();
                self.maybe_block();
            }
            11 => {
                self.puts(&["tools", "otherwise"]);
                self.signature();
                self.maybe_block();
            }
            12 => self.tools(),
            13 | 14 => self.on(),
            15 => {
                self.put("host");
                self.fields_block();
            }
            16 => {
                self.put_one_of(&["job", "event"]);
                self.name();
                self.signature();
            }
            17 | 18 => self.flow(),
            19 => self.challenge_decl(),
            20 => {
                self.put("skill");
                self.name();
                self.clauses();
            }
            21 => self.test(),
            _ => self.item_clause(),
        }
    }

    fn use_item(&mut self) {
        self.put("use");
        self.string_or_dotted();
        if self.maybe() {
            self.braces(|writer| {
                writer.commas(3, |writer| {
                    writer.name();
                    if writer.tape.once_in(4) {
                        writer.continuing("as");
                        writer.name();
                    }
                });
                if writer.tape.once_in(4) {
                    writer.put(",");
                }
            });
        }
        if self.tape.once_in(4) {
            self.continuing("as");
            self.name();
        }
    }

    fn contract(&mut self) {
        self.put("contract");
        self.name();
        self.block(4, |writer| match writer.pick(5) {
            0 => {
                writer.put("version");
                writer.string();
            }
            1 => {
                writer.put("owner");
                writer.string();
            }
            2 => {
                writer.put("agents");
                writer.commas(3, Self::string);
            }
            3 => {
                writer.puts(&["valid", "until"]);
                writer.date();
            }
            _ => {
                writer.puts(&["valid", "from"]);
                writer.date();
                if writer.maybe() {
                    writer.put("until");
                    writer.date();
                }
            }
        });
    }

    fn set(&mut self) {
        self.put("set");
        self.name();
        self.put(":");
        self.type_expr(1);
        if self.tape.once_in(3) {
            self.continuing("in");
            self.string();
        }
        self.put("=");
        if self.tape.once_in(4) {
            self.expr(DEPTH);
            return;
        }
        self.put("[");
        self.commas_or_none(3, |writer| match writer.pick(4) {
            // A date or a weekday at its beginning would make a time range of it.
            0 => match writer.pick(4) {
                0 => writer.string(),
                1 => writer.plain_dotted(),
                2 => writer.command(),
                _ => writer.money(),
            },
            1 => {
                writer.date();
                if writer.maybe() {
                    writer.put("..");
                    writer.date();
                }
            }
            2 => {
                writer.weekday();
                if writer.maybe() {
                    writer.put("..");
                    writer.weekday();
                }
                if writer.maybe() {
                    writer.hours();
                }
            }
            _ => writer.hours(),
        });
        self.put("]");
    }

    fn hours(&mut self) {
        self.time_of_day();
        self.put("..");
        self.time_of_day();
    }

    pub(super) fn let_item(&mut self) {
        self.put("let");
        self.name();
        if self.tape.once_in(3) {
            self.put("(");
            self.commas_or_none(3, |writer| {
                writer.name();
                writer.maybe_type();
            });
            self.put(")");
        }
        self.maybe_type();
        self.put("=");
        self.whole_expr(DEPTH);
    }

    fn maybe_type(&mut self) {
        if self.tape.once_in(3) {
            self.put(":");
            self.type_expr(1);
        }
    }

    fn tool_name(&mut self) {
        match self.pick(4) {
            0 | 1 => self.dotted(),
            2 => self.string(),
            _ => {
                self.string();
                self.continuing("as");
                self.dotted();
            }
        }
    }

    fn tools(&mut self) {
        self.put("tools");
        self.pattern();
        if self.maybe() {
            self.signature();
        }
        if self.maybe() {
            self.put("from");
            self.string();
        }
        if self.tape.once_in(3) {
            self.continuing("as");
            self.dotted();
        }
        self.maybe_block();
    }

    fn on(&mut self) {
        self.put("on");
        self.pattern();
        if self.maybe() {
            self.signature();
        }
        if self.tape.once_in(3) {
            self.continuing("with");
            self.commas(2, Self::dotted);
        }
        self.guard();
        self.clauses();
    }

    fn flow(&mut self) {
        self.put("flow");
        if self.tape.once_in(3) {
            self.put("otherwise");
        } else {
            self.flow_end();
            self.put("->");
            self.flow_end();
        }
        self.carrying();
        self.guard();
        self.clauses();
    }

    fn flow_end(&mut self) {
        if self.tape.once_in(4) { self.put("any") } else { self.tool_ref() }
    }

    fn challenge_decl(&mut self) {
        self.put("challenge");
        self.name();
        self.block(4, |writer| match writer.pick(7) {
            0 => {
                writer.put("ask");
                if writer.maybe() {
                    writer.integer();
                    writer.put("of");
                }
                match writer.pick(3) {
                    0 => {
                        writer.put("group");
                        writer.commas(2, Self::string);
                    }
                    1 => writer.put("user"),
                    _ => writer.put("anyone"),
                }
            }
            1 => {
                writer.puts(&["separate", "from"]);
                writer.commas(2, Self::name);
            }
            2 => {
                writer.put("binds");
                writer.keys();
            }
            3 => {
                writer.put("shows");
                writer.keys();
            }
            4 => {
                writer.put("expires");
                writer.duration();
            }
            5 => writer.puts(&["single", "use"]),
            _ => {
                writer.puts(&["reusable", "for"]);
                writer.duration();
            }
        });
    }

    fn maybe_block(&mut self) {
        if self.maybe() {
            self.clauses();
        }
    }

    fn clauses(&mut self) {
        self.block(5, |writer| writer.clause(2));
    }

    fn signature(&mut self) {
        self.put("(");
        self.commas_or_none(
            4,
            |writer| {
                if writer.tape.once_in(6) { writer.put("...") } else { writer.field() }
            },
        );
        self.put(")");
    }

    pub(super) fn fields_block(&mut self) {
        self.braces(|writer| writer.commas_or_none(4, Self::field));
    }

    fn field(&mut self) {
        if self.tape.once_in(6) {
            self.string();
            self.continuing("as");
        }
        self.any_word();
        if self.tape.once_in(4) {
            self.put("?");
        }
        self.put(":");
        self.type_expr(2);
        self.default_value();
    }

    fn default_value(&mut self) {
        if self.tape.once_in(4) {
            self.put("=");
            self.whole_expr(1);
        }
    }

    fn type_expr(&mut self, depth: usize) {
        match self.pick(if depth > 0 { 9 } else { 7 }) {
            0 => self.put_one_of(&["int", "string", "path", "domain", "times"]),
            1 => self.dotted_type(),
            2 => self.put("id"),
            3 => {
                self.put("id");
                self.regex();
            }
            4 => {
                self.puts(&["money", "<", "USD", ">"]);
            }
            5 => {
                self.string();
                for _ in 0..self.pick(3) {
                    self.put("|");
                    self.string();
                }
            }
            6 => {
                self.integer();
                self.put("|");
                self.integer();
            }
            _ => {
                self.puts(&["list", "<"]);
                self.type_expr(depth - 1);
                if self.maybe() {
                    self.put(",");
                    self.integer();
                    self.put("..");
                    if self.maybe() {
                        self.integer();
                    }
                }
                self.put(">");
            }
        }
        if self.tape.once_in(6) {
            self.continuing("or");
            self.put("null");
        }
        if self.tape.once_in(6) {
            self.continuing("as");
            self.name();
        }
    }

    /// The name of a record, perhaps of another module.
    fn dotted_type(&mut self) {
        self.plain_dotted();
    }
}
