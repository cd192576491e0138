//! What can be kept of a broken item: its head and every clause that can be read by itself.

use std::ops::Range;

use agentpass_grammar::{Rule, block_of};

use super::Reader;
use crate::ast::{self, ClauseKind, ItemKind};
use crate::diagnostics::Diagnostic;

/// Reads the parts of an item that the grammar refused as a whole. `problem` is what it said of the
/// whole; nothing where a builder refused a part that it has reported.
pub(super) fn item(
    reader: &mut Reader<'_>,
    tokens: &Range<usize>,
    problem: Option<Diagnostic>,
) -> Option<ItemKind> {
    let Some(block) = block_of(reader.text, reader.layout, reader.chunks, tokens) else {
        reader.problems.extend(problem);
        return None;
    };
    let before = reader.problems.len();
    let mut kind = match reader.read(Rule::one_head, &block.head, |builder, pair| {
        let inner = pair.into_inner().next()?;
        match inner.as_rule() {
            Rule::when_head | Rule::limit_head => None,
            _ => builder.head(inner),
        }
    }) {
        Ok(Some(kind)) => kind,
        Ok(None) if is_clause(reader, &block.head) => {
            let clause = clause_in_parts(reader, tokens, problem)?;
            return Some(ItemKind::Rule(clause));
        }
        Ok(None) => {
            if reader.problems.len() == before {
                reader.problems.extend(problem);
            }
            return None;
        }
        // Records, `host` and the like have no head of their own: what was said of the whole is about their inside.
        Err(in_head) => {
            let inside = problem.filter(|problem| problem.span.start > in_head.span.start);
            reader.problems.push(inside.unwrap_or(in_head));
            return None;
        }
    };
    match &mut kind {
        ItemKind::Tool(tool) => tool.body = Some(clauses(reader, &block.clauses)),
        ItemKind::Tools(tools) => tools.body = Some(clauses(reader, &block.clauses)),
        ItemKind::On(on) => on.body = clauses(reader, &block.clauses),
        ItemKind::Flow(flow) => flow.body = clauses(reader, &block.clauses),
        ItemKind::Skill(skill) => skill.body = clauses(reader, &block.clauses),
        ItemKind::Contract(contract) => {
            contract.clauses = each(reader, Rule::one_contract_clause, &block.clauses, |builder, pair| {
                builder.contract_clause(pair)
            });
        }
        ItemKind::Challenge(challenge) => {
            challenge.clauses = each(reader, Rule::one_challenge_clause, &block.clauses, |builder, pair| {
                builder.challenge_clause(pair)
            });
        }
        ItemKind::Test(test) => {
            test.steps = each(reader, Rule::one_step, &block.clauses, |builder, pair| builder.step(pair));
        }
        _ => {}
    }
    if reader.problems.len() == before {
        reader.problems.extend(problem);
    }
    Some(kind)
}

fn is_clause(reader: &Reader<'_>, head: &Range<usize>) -> bool {
    let first = reader.layout.tokens.get(head.start).map_or("", |token| token.text(reader.text));
    matches!(first, "when" | "limit")
}

fn clauses(reader: &mut Reader<'_>, ranges: &[Range<usize>]) -> Vec<ast::Clause> {
    ranges.iter().filter_map(|range| clause(reader, range)).collect()
}

fn clause(reader: &mut Reader<'_>, tokens: &Range<usize>) -> Option<ast::Clause> {
    let before = reader.problems.len();
    let problem = match reader.read(Rule::one_clause, tokens, |builder, pair| builder.clause(pair)) {
        Ok(Some(clause)) => return Some(clause),
        Ok(None) if !is_clause(reader, tokens) => return None,
        // What the builder said of a part is said again when the part is read by itself.
        Ok(None) => {
            let found = reader.problems.split_off(before);
            let clause = clause_in_parts(reader, tokens, None);
            if reader.problems.len() == before {
                reader.problems.extend(found);
            }
            return clause;
        }
        Err(problem) => problem,
    };
    if is_clause(reader, tokens) {
        return clause_in_parts(reader, tokens, Some(problem));
    }
    reader.problems.push(problem);
    None
}

/// A `when` group or a `limit` whose inside is broken.
fn clause_in_parts(
    reader: &mut Reader<'_>,
    tokens: &Range<usize>,
    problem: Option<Diagnostic>,
) -> Option<ast::Clause> {
    let Some(block) = block_of(reader.text, reader.layout, reader.chunks, tokens) else {
        reader.problems.extend(problem);
        return None;
    };
    let before = reader.problems.len();
    let span = reader.span(tokens);
    let head = reader.read(Rule::one_head, &block.head, |builder, pair| {
        let inner = pair.into_inner().next()?;
        let verb = builder.verb(&inner);
        let kind = match inner.as_rule() {
            Rule::when_head => {
                let condition = builder.expr(super::build::children(inner).next()?)?;
                ClauseKind::When { condition, body: Vec::new() }
            }
            Rule::limit_head => ClauseKind::Limit(builder.limit_head(inner)?),
            _ => return None,
        };
        Some(ast::Clause { span, verb, kind })
    });
    let mut clause = match head {
        Ok(clause) => clause?,
        Err(in_head) => {
            reader.problems.push(in_head);
            return None;
        }
    };
    match &mut clause.kind {
        ClauseKind::When { body, .. } => *body = clauses(reader, &block.clauses),
        ClauseKind::Limit(limit) => {
            limit.bounds = each(reader, Rule::one_bound, &block.clauses, |builder, pair| builder.bound(pair));
            if limit.bounds.is_empty() && limit.window.is_none() && reader.problems.len() > before {
                // What its window should be depends on the bounds that could not be read.
                return None;
            }
        }
        _ => {}
    }
    if reader.problems.len() == before {
        reader.problems.extend(problem);
    }
    Some(clause)
}

fn each<T>(
    reader: &mut Reader<'_>,
    start: Rule,
    ranges: &[Range<usize>],
    build: impl Fn(&mut super::Builder<'_>, pest::iterators::Pair<'_, Rule>) -> Option<T>,
) -> Vec<T> {
    let mut good = Vec::new();
    for range in ranges {
        match reader.read(start, range, &build) {
            Ok(part) => good.extend(part),
            Err(problem) => reader.problems.push(problem),
        }
    }
    good
}
