//! Clauses: facts and rules.

use agentpass_grammar::Rule;
use pest::iterators::Pair;

use super::build::{Builder, Cursor, children};
use crate::ast::{self, ClauseKind};

impl Builder<'_> {
    pub(super) fn block(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<ast::Clause>> {
        children(pair).rest().map(|clause| self.clause(clause)).collect()
    }

    /// A `clause` pair.
    pub(super) fn clause(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Clause> {
        let (span, verb) = (self.span(&pair), self.verb(&pair));
        let inner = pair.into_inner().next()?;
        let rule = inner.as_rule();
        let kind = match rule {
            Rule::let_item => ClauseKind::Let(self.let_item(inner)?),
            Rule::limit => ClauseKind::Limit(self.limit(inner)?),
            Rule::keeps => ClauseKind::KeepsInside,
            Rule::error_means => ClauseKind::ErrorMeansNoEffect,
            _ => {
                let mut cursor = children(inner);
                match self.rule_clause(rule, &mut cursor) {
                    Some(kind) => kind,
                    None => self.fact_clause(rule, cursor)?,
                }
            }
        };
        Some(ast::Clause { span, verb, kind })
    }

    fn rule_clause(&mut self, rule: Rule, cursor: &mut Cursor<'_>) -> Option<ClauseKind> {
        Some(match rule {
            Rule::require => {
                let condition = self.expr(cursor.next()?)?;
                ClauseKind::Require { condition, tail: self.tail(cursor) }
            }
            Rule::deny => {
                let condition = match (self.guard(cursor)?, self.each(cursor)?) {
                    (Some(when), _) => Some(ast::DenyCondition::When(when)),
                    (None, Some(each)) => Some(ast::DenyCondition::Each(each)),
                    (None, None) => None,
                };
                ClauseKind::Deny { condition, tail: self.tail(cursor) }
            }
            Rule::challenge => {
                let name = self.take_referred(cursor)?;
                let each = self.each(cursor)?;
                let when = self.guard(cursor)?;
                ClauseKind::Challenge { name, each, when, tail: self.tail(cursor) }
            }
            Rule::once => {
                let keys = self.keys(cursor.take(Rule::keys)?);
                let ledger = cursor.take(Rule::ledger).and_then(|pair| self.take_path(&mut children(pair)));
                let replay = cursor
                    .take(Rule::replay_for)
                    .and_then(|pair| self.take_raw(&mut children(pair), Rule::duration));
                ClauseKind::Once { keys, ledger, replay, tail: self.tail(cursor) }
            }
            Rule::when => {
                let condition = self.expr(children(cursor.take(Rule::when_head)?).next()?)?;
                ClauseKind::When { condition, body: self.block(cursor.take(Rule::block)?)? }
            }
            Rule::records_at_most => {
                let most = self.expr(cursor.next()?)?;
                ClauseKind::RecordsAtMost { most, tail: self.tail(cursor) }
            }
            _ => return None,
        })
    }

    fn fact_clause(&mut self, rule: Rule, mut cursor: Cursor<'_>) -> Option<ClauseKind> {
        let cursor = &mut cursor;
        Some(match rule {
            Rule::action => ClauseKind::Action(self.take_name(cursor)?),
            Rule::resource => ClauseKind::Resource(self.take_text(cursor)?),
            Rule::amount => ClauseKind::Amount(self.expr(cursor.next()?)?),
            Rule::reads => {
                let source = self.take_path(cursor)?;
                ClauseKind::Reads { source, carrying: self.carrying(cursor)? }
            }
            Rule::sends => {
                let to = self.take_path(cursor)?;
                let at = match cursor.take(Rule::expr) {
                    Some(pair) => Some(self.expr(pair)?),
                    None => None,
                };
                ClauseKind::Sends { to, at }
            }
            Rule::from_to => {
                let from = self.flow_point(cursor.take(Rule::flow_point)?)?;
                let to = self.flow_point(cursor.take(Rule::flow_point)?)?;
                ClauseKind::FromTo { from, to, carrying: self.carrying(cursor)? }
            }
            Rule::fields => ClauseKind::Fields(self.expr(cursor.next()?)?),
            Rule::records => ClauseKind::Records(self.expr(cursor.next()?)?),
            Rule::uses => {
                let tokens = cursor.word(Rule::kw_uses) && cursor.word(Rule::kw_tokens);
                let value = self.expr(cursor.next()?)?;
                if tokens { ClauseKind::UsesTokens(value) } else { ClauseKind::UsesCost(value) }
            }
            Rule::releases => ClauseKind::Releases(self.labels(cursor.take(Rule::labels)?)?),
            Rule::tags => {
                let mut names = Vec::new();
                while let Some(name) = self.take_name(cursor) {
                    names.push(name);
                }
                ClauseKind::Tags(names)
            }
            Rule::trusted => ClauseKind::TrustedResult(self.fields(cursor.take(Rule::fields_block)?)?),
            Rule::runs => ClauseKind::RunsAtMost(self.take_raw(cursor, Rule::duration)?),
            Rule::source => ClauseKind::Source(self.take_text(cursor)?),
            Rule::digest => {
                let algorithm = self.take_name(cursor)?;
                ClauseKind::Digest { algorithm, value: self.take_text(cursor)? }
            }
            Rule::invokes => {
                let mut patterns = Vec::new();
                while let Some(pair) = cursor.take(Rule::pattern) {
                    patterns.push(self.pattern(pair)?);
                }
                ClauseKind::Invokes(patterns)
            }
            _ => return None,
        })
    }

    /// `when C`, if it comes next. The outer option is none where the tree could not be built.
    #[allow(clippy::option_option, reason = "absent and unbuildable are different things")]
    pub(super) fn guard(&mut self, cursor: &mut Cursor<'_>) -> Option<Option<ast::Expr>> {
        match cursor.take(Rule::guard) {
            Some(pair) => Some(Some(self.expr(children(pair).next()?)?)),
            None => Some(None),
        }
    }

    /// `each x in xs: C` as a whole expression, if it comes next.
    #[allow(clippy::option_option, reason = "absent and unbuildable are different things")]
    fn each(&mut self, cursor: &mut Cursor<'_>) -> Option<Option<ast::Expr>> {
        let Some(pair) = cursor.take(Rule::each) else { return Some(None) };
        let span = self.span(&pair);
        let mut inner = children(pair);
        let variable = self.take_name(&mut inner)?;
        let list = self.expr(inner.next()?)?;
        let body = self.expr(inner.next()?)?;
        let kind = ast::ExprKind::Quantified(ast::Quantifier::Each, variable, Box::new(list), Box::new(body));
        Some(Some(ast::Expr { span, kind }))
    }

    pub(super) fn tail(&mut self, cursor: &mut Cursor<'_>) -> ast::Tail {
        let mut tail = ast::Tail::default();
        let Some(pair) = cursor.take(Rule::tail) else { return tail };
        let mut highest = 0;
        for part in children(pair).rest() {
            let (rule, span) = (part.as_rule(), self.span(&part));
            let mut inner = children(part);
            let (rank, first) = match rule {
                Rule::because => {
                    let text = self.take_text(&mut inner);
                    (1, tail.because.replace(text.unwrap_or_else(|| empty(span))).is_none())
                }
                Rule::audit => {
                    let text = self.take_text(&mut inner);
                    (2, tail.audit.replace(text.unwrap_or_else(|| empty(span))).is_none())
                }
                _ => {
                    let name = self.take_name(&mut inner);
                    (3, tail.name.replace(name.unwrap_or_else(|| empty(span))).is_none())
                }
            };
            if !first {
                tail.repeated.get_or_insert(span);
            } else if rank < highest {
                tail.out_of_order.get_or_insert(span);
            }
            highest = highest.max(rank);
        }
        tail
    }

    #[allow(clippy::option_option, reason = "absent and unbuildable are different things")]
    pub(super) fn carrying(&mut self, cursor: &mut Cursor<'_>) -> Option<Option<ast::Carrying>> {
        let Some(pair) = cursor.take(Rule::carrying) else { return Some(None) };
        let span = self.span(&pair);
        let mut inner = children(pair);
        let mode = inner.take(Rule::carrying_mode).map(|pair| match pair.as_str().trim_end() {
            "all" => ast::CarryingMode::All,
            _ => ast::CarryingMode::Any,
        });
        let labels = self.labels(inner.take(Rule::labels)?)?;
        Some(Some(ast::Carrying { span, mode, labels }))
    }

    fn labels(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<ast::LabelRef>> {
        children(pair).rest().map(|label| self.label_ref(label)).collect()
    }

    fn flow_point(&mut self, pair: Pair<'_, Rule>) -> Option<ast::FlowPoint> {
        let mut cursor = children(pair);
        match self.take_text(&mut cursor) {
            Some(text) => Some(ast::FlowPoint::Text(text)),
            None => self.take_path(&mut cursor).map(ast::FlowPoint::Path),
        }
    }

    pub(super) fn limit(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Limit> {
        let mut cursor = children(pair);
        let mut limit = self.limit_head(cursor.take(Rule::limit_head)?)?;
        limit.bounds = cursor.rest().map(|bound| self.bound(bound)).collect::<Option<_>>()?;
        Some(limit)
    }

    pub(super) fn limit_head(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Limit> {
        let mut head = children(pair);
        let name = head.take(Rule::limit_name).and_then(|pair| self.take_name(&mut children(pair)));
        let keys = head.take(Rule::keys).map(|pair| self.keys(pair)).unwrap_or_default();
        let window = match head.take(Rule::window) {
            Some(pair) => Some(self.window(pair)?),
            None => None,
        };
        let when = self.guard(&mut head)?;
        Some(ast::Limit { name, keys, window, when, bounds: Vec::new() })
    }

    fn window(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Window> {
        let span = self.span(&pair);
        let inner = children(pair).next()?;
        let rule = inner.as_rule();
        let mut cursor = children(inner);
        let kind = match rule {
            Rule::rolling => ast::WindowKind::Rolling(self.take_raw(&mut cursor, Rule::duration)?),
            _ => {
                let unit = self.take_name(&mut cursor)?;
                ast::WindowKind::Calendar(unit, self.take_text(&mut cursor))
            }
        };
        Some(ast::Window { span, kind })
    }

    pub(super) fn bound(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Bound> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        let meter = self.meter(cursor.take(Rule::meter)?)?;
        let mut inner = children(cursor.take(Rule::threshold)?);
        let threshold = match inner.next()?.as_rule() {
            Rule::at_most => ast::Threshold::AtMost,
            _ => ast::Threshold::Above,
        };
        let value = self.expr(inner.next()?)?;
        let then = match cursor.take(Rule::then) {
            Some(pair) => Some(self.then(pair)?),
            None => None,
        };
        let when = self.guard(&mut cursor)?;
        Some(ast::Bound { span, meter, threshold, value, then, when, tail: self.tail(&mut cursor) })
    }

    fn meter(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Meter> {
        let inner = children(pair).next()?;
        let (rule, span) = (inner.as_rule(), self.span(&inner));
        Some(match rule {
            Rule::meter_calls => ast::Meter::CallsPer(self.keys(children(inner).next()?), span),
            Rule::meter_sum => {
                let mut cursor = children(inner);
                let path = self.take_path(&mut cursor)?;
                let past = match cursor.take(Rule::past) {
                    Some(pair) => Some(self.past(pair)?),
                    None => None,
                };
                ast::Meter::Sum(path, past, span)
            }
            _ => ast::Meter::Named(self.name(&inner)),
        })
    }

    fn then(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Then> {
        let inner = children(pair).next()?;
        let (rule, span) = (inner.as_rule(), self.span(&inner));
        Some(match rule {
            Rule::warn => ast::Then::Warn(span),
            Rule::then_challenge => ast::Then::Challenge(self.take_referred(&mut children(inner))?),
            _ => ast::Then::Suspend(self.take_name(&mut children(inner))?),
        })
    }
}

fn empty(span: agentpass_grammar::Span) -> ast::Spanned<String> {
    ast::Spanned::new(String::new(), span)
}
