//! Patterns of tool names.

use agentpass_grammar::Span;
use agentpass_ir as ir;

use super::{Construct, Lowered, Lowering};
use crate::ast::{self, PatternPart};
use crate::typed::{Block, Origin, Tool, ToolKind};

impl Lowering<'_> {
    /// A pattern as the IR has it. `any` has none.
    pub(super) fn pattern(&mut self, pattern: &ast::Pattern, span: Span) -> Lowered<ir::ToolPattern> {
        match alternatives(pattern) {
            Some(alternatives) if size(&alternatives) <= ir::verify::MAX_PIECES => {
                Ok(ir::ToolPattern { alternatives })
            }
            Some(_) => self.refuse(Construct::TooLarge, span),
            None => self.refuse(Construct::TooLarge, span),
        }
    }

    /// The names of a tool for which a block holds, where those are not all of its names: a shared block may hold for some
    /// names of a family.
    pub(super) fn names_in_block(&mut self, block: &Block, tool: &Tool) -> Lowered<Option<ir::ToolPattern>> {
        match &block.origin {
            Origin::On(pattern) => self.names_of(pattern, tool, block.span),
            _ => Ok(None),
        }
    }

    /// The names of a tool for which a pattern stands, where those are not all of them.
    pub(super) fn names_of(
        &mut self,
        pattern: &ast::Pattern,
        tool: &Tool,
        span: Span,
    ) -> Lowered<Option<ir::ToolPattern>> {
        let family = match &tool.kind {
            ToolKind::Family(family) => Some(self.pattern(family, tool.span)?),
            ToolKind::Otherwise => None,
            ToolKind::Declared | ToolKind::Pinned { .. } => return Ok(None),
        };
        if pattern.is_any() {
            return Ok(None);
        }
        let pattern = self.pattern(pattern, span)?;
        Ok(if family.is_some_and(|family| covers(&pattern, &family)) { None } else { Some(pattern) })
    }
}

/// True where the pattern surely stands for all names for which the other one does: each of those alternatives is one of
/// its own, or is a single name.
fn covers(pattern: &ir::ToolPattern, family: &ir::ToolPattern) -> bool {
    family.alternatives.iter().all(|pieces| {
        pattern.alternatives.contains(pieces)
            || match pieces.as_slice() {
                [ir::Piece::Text(name)] => pattern.stands_for(name),
                _ => false,
            }
    })
}

fn size(alternatives: &[Vec<ir::Piece>]) -> usize {
    alternatives.iter().map(|pieces| pieces.len() + 1).sum()
}

/// How many alternatives a pattern may have when its choices are written out.
const MOST_ALTERNATIVES: usize = 4096;

/// The pattern with its choices written out; nothing where there are too many of them, and for `any`.
fn alternatives(pattern: &ast::Pattern) -> Option<Vec<Vec<ir::Piece>>> {
    if pattern.is_any() { None } else { expand(&pattern.parts, vec![Vec::new()]) }
}

fn expand(parts: &[PatternPart], mut all: Vec<Vec<ir::Piece>>) -> Option<Vec<Vec<ir::Piece>>> {
    for part in parts {
        match part {
            PatternPart::Text(text) | PatternPart::Quoted(text) => append(&mut all, text),
            PatternPart::Dot => append(&mut all, "."),
            // Two stars in a row stand for what one stands for.
            PatternPart::Star => all.iter_mut().for_each(|pieces| {
                if pieces.last() != Some(&ir::Piece::Star) {
                    pieces.push(ir::Piece::Star);
                }
            }),
            PatternPart::Choice(choices) => {
                let mut more = Vec::new();
                for choice in choices {
                    more.extend(expand(&choice.parts, all.clone())?);
                    if more.len() > MOST_ALTERNATIVES {
                        return None;
                    }
                }
                all = more;
            }
        }
    }
    Some(all)
}

fn append(all: &mut [Vec<ir::Piece>], text: &str) {
    for pieces in all {
        match pieces.last_mut() {
            Some(ir::Piece::Text(before)) => before.push_str(text),
            _ => pieces.push(ir::Piece::Text(text.to_owned())),
        }
    }
}
