//! `test` blocks.

use super::doc::{Doc, INDENT, concat, nil};
use super::printer::{Gap, Printer, Spaced};
use crate::ast::{CallStep, Outcome, Step, StepKind, Value};

/// How wide a call with its expectation may be on one line.
const CALL_WIDTH: usize = 90;

/// One step, as far as it is laid out together with the others.
struct Row<'t> {
    gap: Gap<'t>,
    semicolon: Doc<'t>,
    step: Doc<'t>,
    /// The expectations of a call.
    expect: Vec<Doc<'t>>,
}

impl<'t> Printer<'t> {
    /// The block of a test. Either every expectation stands beside its call, or every one below it.
    pub(super) fn steps(&mut self, steps: &[Step]) -> Doc<'t> {
        let open = self.tok();
        self.depth += 1;
        let mut rows = Vec::new();
        for step in steps {
            let semicolon = if rows.is_empty() { nil() } else { self.guard_line() };
            let gap = self.gap_line(rows.is_empty());
            let mut expect = Vec::new();
            let step = self.step(step, &mut expect);
            rows.push(Row { gap, semicolon, step, expect });
        }
        self.depth -= 1;
        let end = self.gap_end();
        let close = Doc::Text(self.bare());
        if rows.is_empty() && !end.comment {
            return concat([open, close]);
        }
        let beside = rows.iter().all(Row::fits_on_a_line);
        let mut lines = Vec::new();
        for row in rows {
            lines.extend([row.semicolon, Doc::Hard, row.gap.doc, row.step]);
            for expect in row.expect {
                lines.push(if beside {
                    concat([Doc::Space(1), expect])
                } else {
                    concat([Doc::Hard, expect]).indent()
                });
            }
        }
        lines.extend([Doc::Hard, end.doc]);
        concat([open, Doc::Concat(lines).indent(), Doc::Hard, close])
    }

    fn step(&mut self, step: &Step, expect: &mut Vec<Doc<'t>>) -> Doc<'t> {
        match &step.kind {
            StepKind::Param(_, value) => {
                concat([self.word(), self.dotted(), Doc::Space(1), self.word(), self.value(value)])
            }
            StepKind::Host(value) | StepKind::Auth(value) => concat([self.word(), self.value(value)]),
            StepKind::Job(_, bound) => {
                let mut docs = vec![self.words(2)];
                if let Some((_, value)) = bound {
                    docs.extend([Doc::Space(1), self.word(), self.dotted()]);
                    docs.extend(value.iter().flat_map(|value| [Doc::Space(1), self.value(value)]));
                }
                Doc::Concat(docs)
            }
            StepKind::Who(..) | StepKind::After(_) | StepKind::At(_) => self.words(2),
            StepKind::Event(_, value) => {
                let mut docs = vec![self.word(), self.dotted()];
                docs.extend(value.iter().flat_map(|value| [Doc::Space(1), self.value(value)]));
                Doc::Concat(docs)
            }
            StepKind::Lift(_, job) => self.words(if job.is_some() { 3 } else { 2 }),
            StepKind::Call(call) => self.call(call, expect),
            StepKind::Settle(_, outcome) => concat([self.word(), self.outcome(Some(outcome))]),
        }
    }

    fn call(&mut self, call: &CallStep, expect: &mut Vec<Doc<'t>>) -> Doc<'t> {
        let mut docs = vec![self.word(), self.dotted()];
        if let Some(args) = &call.args {
            docs.extend([Doc::Space(1), self.value(args)]);
        }
        while !self.separated() && self.peek().is_some_and(|token| !token.kind.closes()) {
            let part = match self.peek_text() {
                "as" => self.words(2),
                "approved" | "refused" => concat([self.words(2), Doc::Space(1), self.dotted()]),
                "with" => concat([self.word(), self.word(), self.value_or_raw(call.host.as_ref())]),
                "expect" => {
                    expect.push(self.expectation(call));
                    continue;
                }
                _ => self.outcome(call.outcome.as_ref()),
            };
            match expect.last_mut() {
                // What stands after an expectation stays there.
                Some(last) => *last = concat([std::mem::replace(last, nil()), Doc::Space(1), part]),
                None => docs.extend([Doc::Space(1), part]),
            }
        }
        Doc::Concat(docs)
    }

    fn outcome(&mut self, outcome: Option<&Outcome>) -> Doc<'t> {
        match self.peek_text() {
            "returns" => {
                let value = match outcome {
                    Some(Outcome::Returns(value)) => Some(value),
                    _ => None,
                };
                concat([self.word(), self.value_or_raw(value)])
            }
            "not" => self.words(2),
            _ => self.tok(),
        }
    }

    fn expectation(&mut self, call: &CallStep) -> Doc<'t> {
        let at = self.peek().map_or(0, |token| token.start);
        let expect = self.word();
        let mut docs = vec![expect];
        match self.peek_text() {
            "remaining" => {
                docs.extend([self.word(), self.dotted(), Doc::Space(1)]);
                let value = call.expect.iter().find_map(|expect| match &expect.kind {
                    crate::ast::ExpectKind::Remaining(_, value) if expect.span.start == at => Some(value),
                    _ => None,
                });
                docs.push(self.value_or_raw(value));
            }
            "challenge" => docs.extend([self.word(), self.joined(Self::dotted)]),
            _ => docs.push(self.tok()),
        }
        if self.sees("because") {
            docs.push(concat([Doc::Line, self.words(2)]).indent());
        }
        Doc::Concat(docs).group()
    }

    /// A value of which the tree keeps only the last, where it was written several times.
    fn value_or_raw(&mut self, value: Option<&Value>) -> Doc<'t> {
        let here = self.peek().map(|token| token.start);
        match value {
            Some(value) if Some(value.span().start) == here => self.value(value),
            _ => self.raw(|word| {
                matches!(word, "as" | "approved" | "refused" | "with" | "returns" | "open" | "expect")
                    || matches!(word, "fails" | "unknown" | "not")
            }),
        }
    }

    pub(super) fn value(&mut self, value: &Value) -> Doc<'t> {
        match value {
            Value::Record(entries, _) => {
                let mut entries = entries.iter();
                self.list(Spaced::Yes, |p| {
                    let Some(entry) = entries.next() else { return nil() };
                    concat([p.tok(), p.word(), p.value(&entry.value)])
                })
            }
            Value::List(values, _) => {
                let mut values = values.iter();
                self.list(Spaced::No, |p| values.next().map_or_else(nil, |value| p.value(value)))
            }
            Value::Expr(expr) => self.expr(expr),
        }
    }
}

impl Row<'_> {
    fn fits_on_a_line(&self) -> bool {
        match self.expect.as_slice() {
            [] => true,
            [expect] => match (self.step.flat_width(), expect.flat_width()) {
                (Some(step), Some(expect)) => INDENT + step + 1 + expect <= CALL_WIDTH,
                _ => false,
            },
            _ => false,
        }
    }
}
