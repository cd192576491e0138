//! Expressions: on one line where they fit, otherwise broken at the operators that bind least.

use super::doc::{Doc, concat, nil};
use super::printer::{Printer, Spaced};
use crate::ast::{BinaryOp, Expr, ExprKind, Literal, Past, PastFilter};

/// Whether the operators of a broken chain stand to the right of its first operand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hang {
    Indented,
    /// In brackets of their own, operands and operators are all in one column.
    Flush,
}

impl<'t> Printer<'t> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Doc<'t> {
        self.hanging(expr, Hang::Indented)
    }

    fn hanging(&mut self, expr: &Expr, hang: Hang) -> Doc<'t> {
        match &expr.kind {
            ExprKind::Literal(Literal::Money(text)) if text.contains(' ') => self.words(2),
            ExprKind::Literal(_) => self.literal(expr.span),
            ExprKind::Name(_) => self.tok(),
            ExprKind::Member(object, _) => concat([self.expr(object), self.tok(), self.tok()]),
            ExprKind::Paren(inner) => {
                let open = self.tok();
                let inner = self.hanging(inner, Hang::Flush);
                let comments = self.gap_end();
                let close = Doc::Text(self.bare());
                concat([open, concat([Doc::Soft, inner, comments.doc]).indent(), Doc::Soft, close]).group()
            }
            ExprKind::List(elements) => self.exprs(elements),
            ExprKind::Call(_, arguments) => concat([self.dotted(), self.exprs(arguments)]),
            ExprKind::Not(inner) => concat([self.word(), self.expr(inner)]),
            ExprKind::Negate(inner) => concat([self.tok(), self.expr(inner)]),
            ExprKind::And(all) | ExprKind::Or(all) => {
                let all: Vec<&Expr> = all.iter().collect();
                self.chain(&all, hang)
            }
            ExprKind::Binary(left, op, _, right) if op.is_relation() => self.relation(left, right),
            ExprKind::Binary(..) => {
                let mut operands = Vec::new();
                operands_of(expr, &mut operands);
                self.chain(&operands, hang)
            }
            ExprKind::Matches(left, _) | ExprKind::Is(left, _) => {
                concat([self.expr(left), Doc::Space(1), self.words(2)])
            }
            ExprKind::Has(_) => concat([self.word(), self.dotted()]),
            ExprKind::Quantified(_, _, list, body) => self.quantified(list, body),
            ExprKind::After(past, within, no) => {
                let docs = vec![self.word(), self.past(past), self.within(within.is_some())];
                self.no_since(docs, no)
            }
            ExprKind::Record(_, past, within) => {
                concat([self.word(), self.past(past), self.within(within.is_some())])
            }
            ExprKind::CallsOf(past, _, no) => {
                let docs = vec![self.word(), self.word(), self.past(past), self.within(true)];
                self.no_since(docs, no)
            }
            ExprKind::SumOf(_, past, _, no) => {
                let sum = [self.word(), self.dotted(), Doc::Space(1)];
                let docs = vec![concat(sum), self.word(), self.past(past), self.within(true)];
                self.no_since(docs, no)
            }
            ExprKind::Distinct(_, past, _) => {
                let values = [self.word(), self.dotted(), Doc::Space(1)];
                concat([concat(values), self.word(), self.past(past), self.within(true)])
            }
            ExprKind::InFlightOf(past) => concat([self.word(), self.word(), self.past(past)]),
            ExprKind::Carries(_, from) => {
                let mut docs = vec![self.word(), self.word(), self.dotted()];
                if from.is_some() {
                    docs.extend([Doc::Space(1), self.word(), self.dotted()]);
                }
                Doc::Concat(docs)
            }
        }
    }

    fn exprs(&mut self, all: &[Expr]) -> Doc<'t> {
        let mut all = all.iter();
        self.list(Spaced::No, |p| all.next().map_or_else(nil, |expr| p.expr(expr)))
    }

    /// `a and b and c`: all on one line, or each operator at the beginning of a line.
    fn chain(&mut self, operands: &[&Expr], hang: Hang) -> Doc<'t> {
        let mut operands = operands.iter();
        let first = operands.next().map_or_else(nil, |expr| self.expr(expr));
        let mut rest = Vec::new();
        for operand in operands {
            rest.extend([Doc::Line, self.word(), self.expr(operand)]);
        }
        let rest = Doc::Concat(rest);
        concat([first, if hang == Hang::Indented { rest.indent() } else { rest }]).group()
    }

    /// `a in b`: broken before the operator, unless the right side has brackets that can be broken instead.
    fn relation(&mut self, left: &Expr, right: &Expr) -> Doc<'t> {
        let left = self.expr(left);
        let op = self.word();
        let bracketed = matches!(right.kind, ExprKind::List(_) | ExprKind::Call(..) | ExprKind::Paren(_));
        let right = self.expr(right);
        if bracketed {
            concat([left, Doc::Space(1), op, right])
        } else {
            concat([left, concat([Doc::Line, op, right]).indent()]).group()
        }
    }

    /// `each x in xs: C`, where C goes onto the next line if it does not fit.
    fn quantified(&mut self, list: &Expr, body: &Expr) -> Doc<'t> {
        let head = [self.word(), self.word(), self.word(), self.expr(list), self.tok()];
        let body = self.hanging(body, Hang::Flush);
        concat([concat(head), concat([Doc::Line, body]).indent()]).group()
    }

    /// ` within 30m`: it stays beside what it is about, which has brackets to break if the line is too long.
    fn within(&mut self, is_there: bool) -> Doc<'t> {
        if is_there { concat([Doc::Space(1), self.words(2)]) } else { nil() }
    }

    /// `with no B since` after a question to the past: each on a line of its own where it does not fit.
    fn no_since(&mut self, mut docs: Vec<Doc<'t>>, no: &[Past]) -> Doc<'t> {
        for past in no {
            let no = [self.word(), self.word(), self.past(past), Doc::Space(1), self.tok()];
            docs.push(concat([Doc::Line, concat(no)]).indent());
        }
        Doc::Concat(docs).group()
    }

    /// `attempted T(arg: value) by user`
    pub(super) fn past(&mut self, past: &Past) -> Doc<'t> {
        let mut docs = Vec::new();
        if past.phase.is_some() {
            docs.push(self.word());
        }
        docs.push(self.dotted());
        if self.sees("(") {
            let mut filters = past.filters.iter();
            docs.push(
                self.list(Spaced::No, |p| filters.next().map_or_else(nil, |filter| p.past_filter(filter))),
            );
        }
        if past.scope.is_some() {
            docs.extend([Doc::Space(1), self.words(2)]);
        }
        Doc::Concat(docs)
    }

    fn past_filter(&mut self, filter: &PastFilter) -> Doc<'t> {
        let mut docs = vec![self.dotted(), self.word()];
        if filter.op.is_some() {
            docs.push(self.word());
        }
        docs.push(self.expr(&filter.value));
        Doc::Concat(docs)
    }
}

/// The operands of operators that bind alike: `a + b - c`, `a ?? b ?? c`, `folder / "a" / "b"`.
fn operands_of<'e>(expr: &'e Expr, operands: &mut Vec<&'e Expr>) {
    if let ExprKind::Binary(left, op, _, right) = &expr.kind {
        match &left.kind {
            ExprKind::Binary(_, inner, ..) if strength(*inner) == strength(*op) => {
                operands_of(left, operands)
            }
            _ => operands.push(left),
        }
        operands.push(right);
    }
}

fn strength(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Coalesce => 1,
        BinaryOp::Add | BinaryOp::Subtract => 2,
        BinaryOp::Multiply | BinaryOp::Join => 3,
        _ => 0,
    }
}
