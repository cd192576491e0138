//! Rows of clauses, bounds and settings: their verbs stand in a column, and so do their messages.
//!
//! A *run* is what stands together: no blank line, no comment on a line of its own and no block of several lines
//! divides it. Within a run
//!
//! - what follows the verb begins in one column, one blank after the longest verb;
//! - the tails (`because …`) stand beside their rules, in one column, if every rule of the run fits on a line with its
//!   tail, and otherwise every tail stands below its rule.
//!
//! All of this depends on the clauses only, never on how they were laid out.

use super::doc::{Doc, INDENT, concat};
use super::printer::Gap;

/// How wide a rule with its message may be on one line. Rules are sentences and read badly when they are long; bounds
/// are rows of a table and may take the whole [`WIDTH`](super::doc::WIDTH).
pub(super) const RULE_WIDTH: usize = 90;

/// One clause, bound or setting, as far as it is laid out together with its neighbours.
pub(super) struct Row<'t> {
    /// What stands before it.
    pub(super) gap: Gap<'t>,
    /// `;` where its line would otherwise continue the line before.
    pub(super) semicolon: Doc<'t>,
    /// How it takes part in columns.
    pub(super) shape: Shape<'t>,
    /// What follows the verb, or all of it.
    pub(super) rest: Option<Doc<'t>>,
    /// The parts of the tail.
    pub(super) tail: Vec<Doc<'t>>,
}

/// How a row takes part in columns.
pub(super) enum Shape<'t> {
    /// Its first part is padded.
    Verb(Doc<'t>),
    /// It is a phrase of its own, such as `single use`.
    Phrase,
    /// It divides the rows before it from those after it.
    Divider,
}

/// The rows, one below the other. `depth` is the number of blocks that they stand in, `width` how far tails may reach
/// beside them.
pub(super) fn rows(rows: Vec<Row<'_>>, depth: usize, width: usize) -> Doc<'_> {
    let mut docs = Vec::new();
    let mut run: Vec<Row<'_>> = Vec::new();
    for row in rows {
        if row.gap.divides || matches!(row.shape, Shape::Divider) {
            docs.push(print(std::mem::take(&mut run), depth, width));
        }
        let divider = matches!(row.shape, Shape::Divider);
        run.push(row);
        if divider {
            docs.push(print(std::mem::take(&mut run), depth, width));
        }
    }
    docs.push(print(run, depth, width));
    Doc::Concat(docs)
}

fn print(run: Vec<Row<'_>>, depth: usize, width: usize) -> Doc<'_> {
    let verbs = run.iter().filter_map(Row::verb_width).max().unwrap_or(0);
    let beside = tail_column(&run, verbs, depth * INDENT, width);
    let mut docs = Vec::new();
    for row in run {
        docs.extend([row.semicolon.clone(), Doc::Hard, row.gap.doc.clone()]);
        docs.push(row.print(verbs, beside));
    }
    Doc::Concat(docs)
}

/// The column of the tails, from the column of the verbs, if they can stand beside their rules.
fn tail_column(run: &[Row<'_>], verbs: usize, indent: usize, width: usize) -> Option<usize> {
    let tailed: Vec<&Row<'_>> = run.iter().filter(|row| row.rest.is_some() && !row.tail.is_empty()).collect();
    let mut heads = 0;
    let mut tails = 0;
    for row in &tailed {
        heads = heads.max(row.head_width(verbs)?);
        tails = tails.max(row.tail_width()?);
    }
    // One message alone makes no column, so it needs no gap that would show one.
    let gap = if tailed.len() > 1 { 2 } else { 1 };
    let column = heads + gap;
    (indent + column + tails <= width).then_some(column)
}

impl<'t> Row<'t> {
    fn verb_width(&self) -> Option<usize> {
        match &self.shape {
            Shape::Verb(verb) if self.rest.is_some() => verb.flat_width(),
            _ => None,
        }
    }

    /// The width without the tail.
    fn head_width(&self, verbs: usize) -> Option<usize> {
        let rest = self.rest.as_ref().map_or(Some(0), Doc::flat_width)?;
        match &self.shape {
            Shape::Verb(_) => Some(verbs + 1 + rest),
            _ => Some(rest),
        }
    }

    fn tail_width(&self) -> Option<usize> {
        let mut width = self.tail.len().saturating_sub(1);
        for part in &self.tail {
            width += part.flat_width()?;
        }
        Some(width)
    }

    fn print(self, verbs: usize, beside: Option<usize>) -> Doc<'t> {
        let head_width = self.head_width(verbs);
        let has_rest = self.rest.is_some();
        let mut docs = Vec::new();
        if let Shape::Verb(verb) = self.shape {
            let padding = verbs.saturating_sub(verb.flat_width().unwrap_or(verbs)) + 1;
            docs.push(verb);
            if has_rest {
                docs.push(Doc::Space(padding));
            }
        }
        let below = has_rest && !self.tail.is_empty() && beside.is_none();
        // A condition that goes on below its rule is set apart from the message, which stands there too.
        docs.extend(self.rest.map(|rest| if below { rest.indent() } else { rest }));
        if self.tail.is_empty() {
            return Doc::Concat(docs);
        }
        let tail = tail(self.tail);
        docs.push(match (beside, head_width) {
            (Some(column), Some(width)) if has_rest => {
                concat([Doc::Space(column.saturating_sub(width).max(1)), tail])
            }
            _ if has_rest => concat([Doc::Hard, tail]).indent(),
            _ => concat([Doc::Space(1), tail.indent()]),
        });
        Doc::Concat(docs)
    }
}

/// `because "…" audit "…" as name`, each on its own line where they do not fit on one.
fn tail(parts: Vec<Doc<'_>>) -> Doc<'_> {
    let mut docs = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            docs.push(Doc::Line);
        }
        docs.push(part);
    }
    Doc::Concat(docs).group()
}
