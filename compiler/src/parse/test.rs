//! `test` blocks.

use agentpass_grammar::Rule;
use pest::iterators::Pair;

use super::build::{Builder, Cursor, children};
use crate::ast::{self, ItemKind, StepKind};

impl Builder<'_> {
    pub(super) fn test(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Test> {
        let mut cursor = children(pair);
        let ItemKind::Test(mut test) = self.head(cursor.take(Rule::test_head)?)? else { return None };
        while let Some(pair) = cursor.take(Rule::step) {
            test.steps.push(self.step(pair)?);
        }
        Some(test)
    }

    pub(super) fn step(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Step> {
        let (span, verb) = (self.span(&pair), self.verb(&pair));
        let inner = children(pair).next()?;
        let rule = inner.as_rule();
        let word = inner.as_str().split([' ', '\t', '"']).next().unwrap_or("").to_owned();
        let mut cursor = children(inner);
        let cursor = &mut cursor;
        let kind = match rule {
            Rule::step_param => {
                let name = self.take_referred(cursor)?;
                StepKind::Param(name, self.value(cursor.take(Rule::value)?)?)
            }
            Rule::step_host => StepKind::Host(self.record_value(cursor.take(Rule::record_value)?)?),
            Rule::step_auth => StepKind::Auth(self.record_value(cursor.take(Rule::record_value)?)?),
            Rule::step_job => {
                let id = self.take_text(cursor)?;
                let bound = match self.take_referred(cursor) {
                    Some(name) => Some((name, self.optional_record(cursor)?)),
                    None => None,
                };
                StepKind::Job(id, bound)
            }
            Rule::step_who => StepKind::Who(ast::Spanned::new(word, verb), self.take_text(cursor)?),
            Rule::step_after => StepKind::After(self.take_raw(cursor, Rule::duration)?),
            Rule::step_at => StepKind::At(self.take_raw(cursor, Rule::timestamp)?),
            Rule::step_event => {
                let name = self.take_path(cursor)?;
                StepKind::Event(name, self.optional_record(cursor)?)
            }
            Rule::step_lift => {
                let what = self.take_name(cursor)?;
                StepKind::Lift(what, self.take_text(cursor))
            }
            Rule::step_call => StepKind::Call(self.call_step(cursor)?),
            _ => {
                let name = self.take_name(cursor)?;
                StepKind::Settle(name, self.outcome(cursor.take(Rule::outcome)?)?)
            }
        };
        Some(ast::Step { span, kind })
    }

    fn call_step(&mut self, cursor: &mut Cursor<'_>) -> Option<ast::CallStep> {
        let mut call = ast::CallStep {
            tool: self.tool_ref(cursor.take(Rule::tool_ref)?)?,
            args: self.optional_record(cursor)?,
            name: None,
            approved: Vec::new(),
            refused: Vec::new(),
            host: None,
            outcome: None,
            open: None,
            expect: Vec::new(),
        };
        while let Some(part) = cursor.next() {
            let (rule, span) = (part.as_rule(), self.span(&part));
            let mut inner = children(part.clone());
            match rule {
                Rule::call_as => call.name = self.take_name(&mut inner),
                Rule::approved => call.approved.extend(self.take_referred(&mut inner)),
                Rule::refused => call.refused.extend(self.take_referred(&mut inner)),
                Rule::call_host => call.host = Some(self.record_value(inner.take(Rule::record_value)?)?),
                Rule::outcome => call.outcome = Some(self.outcome(part)?),
                Rule::stays_open => call.open = Some(span),
                _ => call.expect.push(self.expectation(part)?),
            }
        }
        Some(call)
    }

    fn outcome(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Outcome> {
        let inner = children(pair).next()?;
        let span = self.span(&inner);
        Some(match inner.as_rule() {
            Rule::returns => ast::Outcome::Returns(self.value(children(inner).take(Rule::value)?)?),
            Rule::fails => ast::Outcome::Fails(span),
            Rule::unknown => ast::Outcome::Unknown(span),
            _ => ast::Outcome::NotSent(span),
        })
    }

    fn expectation(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Expect> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        if let Some(remaining) = cursor.take(Rule::expect_remaining) {
            let mut inner = children(remaining);
            let path = self.take_path(&mut inner)?;
            let value = self.primary(inner.take(Rule::remaining_value)?.into_inner().next()?)?;
            return Some(ast::Expect {
                span,
                kind: ast::ExpectKind::Remaining(path, ast::Value::Expr(value)),
            });
        }
        let verdict = cursor.take(Rule::verdict)?;
        let kind = match verdict.as_str().split_whitespace().next() {
            Some("allow") => ast::ExpectKind::Allow,
            Some("deny") => ast::ExpectKind::Deny,
            Some("replay") => ast::ExpectKind::Replay,
            _ => ast::ExpectKind::Challenge(self.all_referred(children(children(verdict).next()?))),
        };
        let because = cursor.take(Rule::because).and_then(|pair| self.take_text(&mut children(pair)));
        let kind = match because {
            Some(text) => ast::ExpectKind::Because(Box::new(kind), text),
            None => kind,
        };
        Some(ast::Expect { span, kind })
    }

    #[allow(clippy::option_option, reason = "absent and unbuildable are different things")]
    fn optional_record(&mut self, cursor: &mut Cursor<'_>) -> Option<Option<ast::Value>> {
        match cursor.take(Rule::record_value) {
            Some(pair) => Some(Some(self.record_value(pair)?)),
            None => Some(None),
        }
    }

    fn value(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Value> {
        let inner = children(pair).next()?;
        match inner.as_rule() {
            Rule::record_value => self.record_value(inner),
            Rule::value_list => {
                let span = self.span(&inner);
                let all = children(inner).rest().map(|value| self.value(value)).collect::<Option<_>>()?;
                Some(ast::Value::List(all, span))
            }
            _ => Some(ast::Value::Expr(self.expr(inner)?)),
        }
    }

    fn record_value(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Value> {
        let span = self.span(&pair);
        let mut entries = Vec::new();
        for entry in children(pair).rest() {
            let mut inner = children(entry);
            let (key, quoted) = match self.take_text(&mut inner) {
                Some(text) => (text, true),
                None => (self.name(&inner.take(Rule::word)?), false),
            };
            entries.push(ast::Entry { key, quoted, value: self.value(inner.take(Rule::value)?)? });
        }
        Some(ast::Value::Record(entries, span))
    }
}
