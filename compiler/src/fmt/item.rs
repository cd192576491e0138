//! Items.

use super::clause::BLOCK_WIDTH;
use super::columns::{Row, Shape, rows};
use super::doc::{Doc, WIDTH, concat, nil};
use super::printer::{Printer, Spaced};
use crate::ast::{
    ChallengeClause, ChallengeClauseKind, ContractClause, ContractClauseKind, Flow, Item, ItemKind, On,
    SetElement, SetValue, TimeRange, Tool, Tools, Use,
};

/// The settings that a contract's head may have on one line.
const MOST_CONTRACT_SETTINGS: usize = 3;
/// The settings that a challenge may have on one line.
const MOST_CHALLENGE_SETTINGS: usize = 4;

/// An item, as far as it is laid out together with its neighbours.
pub(super) enum Printed<'t> {
    /// It stands for itself.
    Alone(Doc<'t>),
    /// A challenge on one line: head and block, to be aligned with others.
    Challenge(Doc<'t>, Doc<'t>),
}

impl<'t> Printer<'t> {
    pub(super) fn item(&mut self, item: &Item) -> Printed<'t> {
        Printed::Alone(match &item.kind {
            ItemKind::Edition(_) => self.words(2),
            ItemKind::Use(item) => self.use_item(item),
            ItemKind::Contract(item) => {
                let head = self.words(2);
                let (block, _) =
                    self.settings(&head, &item.clauses, MOST_CONTRACT_SETTINGS, Self::contract_clause);
                concat([head, Doc::Space(1), block])
            }
            ItemKind::Module(_) => concat([self.word(), self.dotted()]),
            ItemKind::Param(item) => {
                let mut docs = vec![self.word(), self.tok(), self.word(), self.ty(&item.ty)];
                if let Some(default) = &item.default {
                    docs.extend([Doc::Space(1), self.word(), self.expr(default)]);
                }
                Doc::Concat(docs)
            }
            ItemKind::Set(item) => {
                let mut docs = vec![self.word(), self.tok(), self.word(), self.ty(&item.ty)];
                if item.zone.is_some() {
                    docs.extend([Doc::Space(1), self.words(2)]);
                }
                docs.extend([Doc::Space(1), self.word()]);
                docs.push(match &item.value {
                    SetValue::List(elements, _) => {
                        let mut elements = elements.iter();
                        self.list(Spaced::No, |p| {
                            elements.next().map_or_else(nil, |element| p.element(element))
                        })
                    }
                    SetValue::Expr(expr) => self.expr(expr),
                });
                Doc::Concat(docs)
            }
            ItemKind::Let(item) => self.let_item(item),
            ItemKind::Record(item) => concat([self.words(2), Doc::Space(1), self.fields(&item.fields)]),
            ItemKind::Label(item) => {
                let words = self.words(if item.guarded { 2 } else { 1 });
                concat([words, Doc::Space(1), self.joined(Self::tok)])
            }
            ItemKind::Tool(item) => self.tool(item),
            ItemKind::Tools(item) => self.tools(item),
            ItemKind::On(item) => self.on(item),
            ItemKind::Host(item) => concat([self.word(), self.fields(&item.fields)]),
            ItemKind::Job(item) => concat([self.words(2), self.signature(&item.signature)]),
            ItemKind::Event(item) => concat([self.words(2), self.signature(&item.signature)]),
            ItemKind::Flow(item) => self.flow(item),
            ItemKind::Challenge(item) => {
                let head = self.words(2);
                let (block, one_line) =
                    self.settings(&head, &item.clauses, MOST_CHALLENGE_SETTINGS, Self::challenge_clause);
                if one_line {
                    return Printed::Challenge(head, block);
                }
                concat([head, Doc::Space(1), block])
            }
            ItemKind::Skill(item) => {
                let head = concat([self.words(2), Doc::Space(1)]);
                let block = self.block(&head, &item.body);
                concat([head, block])
            }
            ItemKind::Test(item) => {
                let head = concat([self.words(2), Doc::Space(1)]);
                concat([head, self.steps(&item.steps)])
            }
            ItemKind::Rule(clause) => self.lone(clause),
        })
    }

    fn use_item(&mut self, item: &Use) -> Doc<'t> {
        let mut docs = vec![self.word(), self.dotted()];
        if item.names.is_some() {
            docs.push(Doc::Space(1));
            docs.push(self.list(Spaced::Yes, |p| {
                let name = p.tok();
                if p.sees("as") { concat([name, Doc::Space(1), p.words(2)]) } else { name }
            }));
        }
        if item.alias.is_some() {
            docs.extend([Doc::Space(1), self.words(2)]);
        }
        Doc::Concat(docs)
    }

    fn element(&mut self, element: &SetElement) -> Doc<'t> {
        match element {
            SetElement::Expr(expr) => self.expr(expr),
            SetElement::Time(range) => self.time_range(range),
        }
    }

    /// `mon..fri 09:00..17:00`, but `2026-12-18 .. 2027-01-06`: dates have hyphens, and dots beside them are not seen.
    fn time_range(&mut self, range: &TimeRange) -> Doc<'t> {
        let mut docs = Vec::new();
        if let Some((_, last)) = &range.dates {
            docs.push(self.words(if last.is_some() { 3 } else { 1 }));
        }
        if let Some((_, last)) = &range.days {
            docs.push(self.tok());
            if last.is_some() {
                docs.extend([self.tok(), self.tok()]);
            }
        }
        if range.hours.is_some() {
            if range.days.is_some() {
                docs.push(Doc::Space(1));
            }
            docs.extend([self.tok(), self.tok(), self.tok()]);
        }
        Doc::Concat(docs)
    }

    fn tool(&mut self, item: &Tool) -> Doc<'t> {
        let mut head = vec![self.word()];
        if item.wire.is_some() && item.name.is_some() {
            head.extend([self.word(), self.word()]);
        }
        head.extend([self.dotted(), self.signature(&item.signature)]);
        self.with_body(head, item.body.as_deref())
    }

    fn tools(&mut self, item: &Tools) -> Doc<'t> {
        let mut head = vec![self.word()];
        head.push(match &item.pattern {
            Some(pattern) => self.pattern(pattern.span.end),
            None => self.tok(),
        });
        head.extend(item.signature.as_ref().map(|signature| self.signature(signature)));
        if item.manifest.is_some() {
            head.extend([Doc::Space(1), self.words(2)]);
        }
        if item.alias.is_some() {
            head.extend([Doc::Space(1), self.word(), self.dotted()]);
        }
        self.with_body(head, item.body.as_deref())
    }

    fn on(&mut self, item: &On) -> Doc<'t> {
        let mut head = vec![self.word(), self.pattern(item.pattern.span.end)];
        head.extend(item.signature.as_ref().map(|signature| self.signature(signature)));
        if !item.with.is_empty() {
            head.extend([Doc::Space(1), self.word(), self.joined(Self::dotted)]);
        }
        // What the condition says below must not look like the first clause of the block.
        head.push(self.guard(item.when.as_ref()).indent());
        self.with_body(head, Some(&item.body))
    }

    fn flow(&mut self, item: &Flow) -> Doc<'t> {
        let mut head = vec![self.word()];
        if item.ends.is_some() {
            head.extend([self.dotted(), Doc::Space(1), self.word(), self.dotted()]);
        } else {
            head.push(self.tok());
        }
        head.push(self.carrying(item.carrying.as_ref()));
        head.push(self.guard(item.when.as_ref()).indent());
        self.with_body(head, Some(&item.body))
    }

    fn with_body(&mut self, mut head: Vec<Doc<'t>>, body: Option<&[crate::ast::Clause]>) -> Doc<'t> {
        let Some(body) = body else { return Doc::Concat(head) };
        head.push(Doc::Space(1));
        let head = Doc::Concat(head);
        let block = self.block(&head, body);
        concat([head, block])
    }

    /// The block of a contract or challenge, and whether it stands on one line.
    fn settings<T>(
        &mut self,
        head: &Doc<'t>,
        all: &[T],
        most: usize,
        print: impl Fn(&mut Self, &T) -> (Shape<'t>, Option<Doc<'t>>),
    ) -> (Doc<'t>, bool) {
        let open = self.tok();
        let mut settings = Vec::new();
        for setting in all {
            let gap = self.gap_line(settings.is_empty());
            let (shape, rest) = print(self, setting);
            settings.push(Row { gap, semicolon: nil(), shape, rest, tail: Vec::new() });
        }
        let end = self.gap_end();
        let close = Doc::Text(self.bare());
        if settings.is_empty() && !end.comment {
            return (concat([open, close]), true);
        }
        let comments = end.comment || settings.iter().any(|row| row.gap.comment);
        let line = (!comments && settings.len() <= most).then(|| {
            let mut line = vec![open.clone()];
            for (at, row) in settings.iter().enumerate() {
                line.extend([Doc::Text(if at == 0 { "" } else { ";" }), Doc::Space(1)]);
                if let Shape::Verb(verb) = &row.shape {
                    line.extend([verb.clone(), Doc::Space(1)]);
                }
                line.extend(row.rest.clone());
            }
            line.extend([Doc::Space(1), close.clone()]);
            Doc::Concat(line)
        });
        let width = |line: &Doc<'t>| Some(head.flat_width()? + 1 + line.flat_width()?);
        if let Some(line) = line.filter(|line| width(line).is_some_and(|width| width <= BLOCK_WIDTH)) {
            return (line, true);
        }
        let body = concat([rows(settings, 1, WIDTH), Doc::Hard, end.doc]).indent();
        (concat([open, body, Doc::Hard, close]), false)
    }

    fn contract_clause(&mut self, clause: &ContractClause) -> (Shape<'t>, Option<Doc<'t>>) {
        let verb = Shape::Verb(self.tok());
        let rest = match &clause.kind {
            ContractClauseKind::Version(_) | ContractClauseKind::Owner(_) => self.tok(),
            ContractClauseKind::Agents(_) => self.joined(Self::tok),
            ContractClauseKind::Valid { from: Some(_), until: Some(_) } => self.words(4),
            ContractClauseKind::Valid { .. } => self.words(2),
        };
        (verb, Some(rest))
    }

    fn challenge_clause(&mut self, clause: &ChallengeClause) -> (Shape<'t>, Option<Doc<'t>>) {
        if matches!(clause.kind, ChallengeClauseKind::SingleUse) {
            return (Shape::Phrase, Some(self.words(2)));
        }
        let verb = Shape::Verb(self.tok());
        let rest = match &clause.kind {
            ChallengeClauseKind::Ask { count, who } => {
                let mut docs = Vec::new();
                if count.is_some() {
                    docs.extend([self.word(), self.word()]);
                }
                docs.push(match who {
                    crate::ast::Asked::Groups(_) => concat([self.word(), self.joined(Self::tok)]),
                    _ => self.tok(),
                });
                Doc::Concat(docs)
            }
            ChallengeClauseKind::Separate(_) => concat([self.word(), self.joined(Self::tok)]),
            ChallengeClauseKind::Binds(_) | ChallengeClauseKind::Shows(_) => self.joined(Self::dotted),
            ChallengeClauseKind::Expires(_) => self.tok(),
            ChallengeClauseKind::Reusable(_) => self.words(2),
            ChallengeClauseKind::SingleUse => nil(),
        };
        (verb, Some(rest))
    }
}
