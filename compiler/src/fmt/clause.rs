//! Clauses and bounds, and the blocks they stand in.

use super::columns::{RULE_WIDTH, Row, Shape, rows};
use super::doc::{Doc, INDENT, WIDTH, concat, nil};
use super::printer::{Printer, Spaced};
use crate::ast::{Bound, Carrying, Clause, ClauseKind, DenyCondition, Let, Limit, Meter, WindowKind};

/// How wide a block of one clause may be on one line.
pub(super) const BLOCK_WIDTH: usize = 100;

/// The longest verb: room that is kept for it when a limit inside a block is measured, so that whether the limit takes
/// one line does not depend on its neighbours.
const LONGEST_VERB: usize = "challenge".len();

impl<'t> Printer<'t> {
    /// `{ … }` after a head. One fact stands on the line of the head if it fits; rules never do.
    pub(super) fn block(&mut self, head: &Doc<'t>, clauses: &[Clause]) -> Doc<'t> {
        let open = self.tok();
        self.depth += 1;
        let mut all = Vec::new();
        for clause in clauses {
            let row = self.row(clause, all.is_empty());
            all.push(row);
        }
        let depth = self.depth;
        self.depth -= 1;
        let end = self.gap_end();
        let close = Doc::Text(self.bare());
        if all.is_empty() && !end.comment {
            return concat([open, close]);
        }
        let one_line = match clauses {
            [clause] if is_fact(&clause.kind) => one_line(head, &all, end.comment),
            _ => None,
        };
        let body = rows(all, depth, RULE_WIDTH);
        match one_line {
            Some(inside) => concat([open, Doc::Space(1), inside, Doc::Space(1), close]),
            None => concat([open, concat([body, Doc::Hard, end.doc]).indent(), Doc::Hard, close]),
        }
    }

    /// A clause that stands in no block.
    pub(super) fn lone(&mut self, clause: &Clause) -> Doc<'t> {
        let row = self.row(clause, true);
        rows(vec![row], 0, RULE_WIDTH)
    }

    fn row(&mut self, clause: &Clause, first: bool) -> Row<'t> {
        let semicolon = if first { nil() } else { self.guard_line() };
        let gap = self.gap_line(first);
        let mut row = Row { gap, semicolon, shape: Shape::Divider, rest: None, tail: Vec::new() };
        match &clause.kind {
            ClauseKind::When { condition, body } => {
                // What the condition says below must not look like the first clause of the block.
                let head = concat([self.word(), self.expr(condition).indent(), Doc::Space(1)]);
                let margin = Doc::Space(self.depth * INDENT);
                let body = self.block(&concat([margin, head.clone()]), body);
                row.rest = Some(concat([head, body]));
            }
            ClauseKind::Let(item) => row.rest = Some(self.let_item(item)),
            ClauseKind::Limit(limit) => {
                let verb = self.tok();
                let (rest, one_line) = self.limit(limit);
                if one_line {
                    row.shape = Shape::Verb(verb);
                    row.rest = Some(rest);
                } else {
                    row.rest = Some(concat([verb, Doc::Space(1), rest]));
                }
            }
            ClauseKind::ErrorMeansNoEffect => {
                row.shape = Shape::Phrase;
                row.rest = Some(self.words(4));
            }
            kind => {
                row.shape = Shape::Verb(self.tok());
                row.rest = self.arguments(kind);
                row.tail = self.tail();
            }
        }
        row
    }

    /// What follows the verb.
    fn arguments(&mut self, kind: &ClauseKind) -> Option<Doc<'t>> {
        Some(match kind {
            ClauseKind::Action(_)
            | ClauseKind::Resource(_)
            | ClauseKind::Source(_)
            | ClauseKind::KeepsInside => self.tok(),
            ClauseKind::Amount(expr)
            | ClauseKind::Fields(expr)
            | ClauseKind::Records(expr)
            | ClauseKind::Require { condition: expr, .. }
            | ClauseKind::Deny { condition: Some(DenyCondition::Each(expr)), .. } => self.expr(expr),
            ClauseKind::UsesTokens(expr)
            | ClauseKind::UsesCost(expr)
            | ClauseKind::Deny { condition: Some(DenyCondition::When(expr)), .. } => {
                concat([self.word(), self.expr(expr)])
            }
            ClauseKind::Deny { condition: None, .. } => return None,
            ClauseKind::Reads { carrying, .. } => concat([self.dotted(), self.carrying(carrying.as_ref())]),
            ClauseKind::Sends { at, .. } => {
                let mut docs = vec![self.word(), self.dotted()];
                if let Some(at) = at {
                    docs.extend([Doc::Space(1), self.word(), self.expr(at)]);
                }
                Doc::Concat(docs)
            }
            ClauseKind::FromTo { carrying, .. } => {
                let ends = [self.dotted(), Doc::Space(1), self.word(), self.dotted()];
                concat([concat(ends), self.carrying(carrying.as_ref())])
            }
            ClauseKind::Releases(_) => self.joined(Self::dotted),
            ClauseKind::Tags(_) => self.joined(Self::tok),
            ClauseKind::TrustedResult(fields) => concat([self.word(), self.fields(fields)]),
            ClauseKind::RunsAtMost(_) => self.words(3),
            ClauseKind::RecordsAtMost { most, .. } => concat([self.words(2), Doc::Space(1), self.expr(most)]),
            ClauseKind::Challenge { each, when, .. } => {
                let mut docs = vec![self.dotted()];
                docs.extend(each.iter().flat_map(|each| [Doc::Space(1), self.expr(each)]));
                docs.push(self.guard(when.as_ref()));
                Doc::Concat(docs)
            }
            ClauseKind::Once { ledger, replay, .. } => {
                let mut docs = vec![self.word(), self.joined(Self::dotted)];
                if ledger.is_some() {
                    docs.extend([Doc::Space(1), self.word(), self.dotted()]);
                }
                if replay.is_some() {
                    docs.extend([Doc::Space(1), self.words(3)]);
                }
                Doc::Concat(docs)
            }
            ClauseKind::Digest { .. } => self.words(2),
            ClauseKind::Invokes(patterns) => {
                let mut ends = patterns.iter().map(|pattern| pattern.span.end);
                self.joined(|p| p.pattern(ends.next().unwrap_or(0)))
            }
            ClauseKind::When { .. }
            | ClauseKind::Limit(_)
            | ClauseKind::Let(_)
            | ClauseKind::ErrorMeansNoEffect => return None,
        })
    }

    /// ` when C`
    pub(super) fn guard(&mut self, when: Option<&crate::ast::Expr>) -> Doc<'t> {
        match when {
            Some(when) => concat([Doc::Space(1), self.word(), self.expr(when)]),
            None => nil(),
        }
    }

    /// ` carrying [any | all] a, b`
    pub(super) fn carrying(&mut self, carrying: Option<&Carrying>) -> Doc<'t> {
        let Some(carrying) = carrying else { return nil() };
        let mut docs = vec![Doc::Space(1), self.word()];
        if carrying.mode.is_some() {
            docs.push(self.word());
        }
        docs.push(self.joined(Self::dotted));
        Doc::Concat(docs)
    }

    /// The parts of a tail in their order: because, audit, as.
    fn tail(&mut self) -> Vec<Doc<'t>> {
        let rank = |word: &str| match word {
            "because" => Some(0),
            "audit" => Some(1),
            "as" => Some(2),
            _ => None,
        };
        let mut parts: Vec<(u8, Doc<'t>)> = Vec::new();
        while let Some(rank) = rank(self.peek_text()).filter(|_| !self.separated()) {
            parts.push((rank, self.words(2)));
        }
        let ordered = parts.windows(2).all(|pair| matches!(pair, [a, b] if a.0 <= b.0));
        let mut ranks: Vec<u8> = parts.iter().map(|part| part.0).collect();
        ranks.sort_unstable();
        ranks.dedup();
        // Comments would change places, and of a part that stands there twice nobody knows which one is meant.
        let movable = ranks.len() == parts.len() && parts.iter().all(|(_, doc)| doc.flat_width().is_some());
        if !ordered && movable {
            self.reordered = true;
            parts.sort_by_key(|part| part.0);
        }
        parts.into_iter().map(|part| part.1).collect()
    }

    pub(super) fn let_item(&mut self, item: &Let) -> Doc<'t> {
        let mut docs = vec![self.words(2)];
        if let Some(params) = &item.params {
            let mut params = params.iter();
            docs.push(self.list(Spaced::No, |p| {
                let mut docs = vec![p.tok()];
                if let Some(ty) = params.next().and_then(|param| param.ty.as_ref()) {
                    docs.extend([p.word(), p.ty(ty)]);
                }
                Doc::Concat(docs)
            }));
        }
        if let Some(ty) = &item.ty {
            docs.extend([self.word(), self.ty(ty)]);
        }
        docs.extend([Doc::Space(1), self.word(), self.expr(&item.value)]);
        Doc::Concat(docs)
    }

    /// What follows `limit`, and whether it takes one line.
    fn limit(&mut self, limit: &Limit) -> (Doc<'t>, bool) {
        let mut head = Vec::new();
        if limit.name.is_some() {
            head.push(self.word());
        }
        if !limit.keys.is_empty() {
            head.extend([self.word(), self.joined(Self::dotted), Doc::Space(1)]);
        }
        match limit.window.as_ref().map(|window| &window.kind) {
            Some(WindowKind::Rolling(_)) => head.extend([self.words(3), Doc::Space(1)]),
            Some(WindowKind::Calendar(_, zone)) => {
                head.extend([self.words(if zone.is_some() { 4 } else { 2 }), Doc::Space(1)]);
            }
            None => {}
        }
        if let Some(when) = &limit.when {
            head.extend([self.word(), self.expr(when).indent(), Doc::Space(1)]);
        }
        let head = Doc::Concat(head);
        let open = self.tok();
        self.depth += 1;
        let mut all = Vec::new();
        for bound in &limit.bounds {
            let row = self.bound(bound, all.is_empty());
            all.push(row);
        }
        let depth = self.depth;
        self.depth -= 1;
        let end = self.gap_end();
        let close = Doc::Text(self.bare());
        if all.is_empty() && !end.comment {
            return (concat([head, open, close]), true);
        }
        let margin = Doc::Space(self.depth * INDENT + LONGEST_VERB + 1);
        let inside = match limit.bounds.as_slice() {
            [_] => one_line(&concat([margin, head.clone()]), &all, end.comment),
            _ => None,
        };
        let body = rows(all, depth, WIDTH);
        match inside {
            Some(inside) => (concat([head, open, Doc::Space(1), inside, Doc::Space(1), close]), true),
            None => {
                (concat([head, open, concat([body, Doc::Hard, end.doc]).indent(), Doc::Hard, close]), false)
            }
        }
    }

    fn bound(&mut self, bound: &Bound, first: bool) -> Row<'t> {
        let semicolon = if first { nil() } else { self.guard_line() };
        let gap = self.gap_line(first);
        let meter = match &bound.meter {
            Meter::Named(_) => self.tok(),
            Meter::CallsPer(..) => concat([self.words(2), Doc::Space(1), self.joined(Self::dotted)]),
            Meter::Sum(_, past, _) => {
                let mut docs = vec![self.word(), self.dotted()];
                if let Some(past) = past {
                    docs.extend([Doc::Space(1), self.word(), self.past(past)]);
                }
                Doc::Concat(docs)
            }
        };
        let words = match bound.threshold {
            crate::ast::Threshold::AtMost => 2,
            crate::ast::Threshold::Above => 1,
        };
        let mut rest = vec![self.words(words), Doc::Space(1), self.expr(&bound.value)];
        match &bound.then {
            Some(crate::ast::Then::Warn(_)) => rest.extend([Doc::Space(1), self.words(2)]),
            Some(crate::ast::Then::Challenge(_)) => {
                rest.extend([Doc::Space(1), self.words(2), Doc::Space(1), self.dotted()]);
            }
            Some(crate::ast::Then::Suspend(_)) => rest.extend([Doc::Space(1), self.words(3)]),
            None => {}
        }
        rest.push(self.guard(bound.when.as_ref()));
        let tail = self.tail();
        Row { gap, semicolon, shape: Shape::Verb(meter), rest: Some(Doc::Concat(rest)), tail }
    }
}

/// The inside of a block of one row on the line of its head, if it fits there.
fn one_line<'t>(head: &Doc<'t>, all: &[Row<'t>], comment_at_end: bool) -> Option<Doc<'t>> {
    let [row] = all else { return None };
    if row.gap.comment || comment_at_end {
        return None;
    }
    let mut docs = Vec::new();
    if let Shape::Verb(verb) = &row.shape {
        docs.push(verb.clone());
        if row.rest.is_some() {
            docs.push(Doc::Space(1));
        }
    }
    docs.extend(row.rest.clone());
    for part in &row.tail {
        docs.extend([Doc::Space(1), part.clone()]);
    }
    let inside = Doc::Concat(docs);
    let width = head.flat_width()? + inside.flat_width()? + "{  }".len();
    (width <= BLOCK_WIDTH).then_some(inside)
}

fn is_fact(kind: &ClauseKind) -> bool {
    !matches!(
        kind,
        ClauseKind::Require { .. }
            | ClauseKind::Deny { .. }
            | ClauseKind::Challenge { .. }
            | ClauseKind::Once { .. }
            | ClauseKind::When { .. }
            | ClauseKind::Limit(_)
            | ClauseKind::RecordsAtMost { .. }
            | ClauseKind::Let(_)
    )
}
