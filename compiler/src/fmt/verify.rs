//! Whether a formatted text still says what it said: the same tokens, the same comments, the same tree.

use agentpass_grammar::{Kind, Layout, Span};

use crate::ast::{self, Clause, ClauseKind, ItemKind, Spans};
use crate::diagnostics::codes;
use crate::parse::Parsed;

/// What a text says, apart from how it is laid out.
struct Essence<'t> {
    tokens: Vec<&'t str>,
    comments: Vec<&'t str>,
}

/// What was changed that must not be, in a word; `None` where all is well. `reordered` tells that parts of tails were
/// put in order, so that the tokens may stand in another one.
pub(super) fn difference(
    before: (&str, &Parsed),
    after: (&str, &Parsed),
    reordered: bool,
) -> Option<&'static str> {
    let (mut old, mut new) = (essence(before.0, &before.1.layout), essence(after.0, &after.1.layout));
    if old.comments != new.comments {
        return Some("comments");
    }
    if reordered {
        old.tokens.sort_unstable();
        new.tokens.sort_unstable();
    }
    if old.tokens != new.tokens {
        return Some("tokens");
    }
    // A finding may go, none may come. Whether digits in a tool pattern look like a bad number depends on blanks.
    let count =
        |parsed: &Parsed| parsed.problems.iter().filter(|problem| problem.code != &codes::BAD_NUMBER).count();
    if count(after.1) > count(before.1) {
        return Some("problems");
    }
    (placeless(&before.1.file) != placeless(&after.1.file)).then_some("meaning")
}

fn essence<'t>(text: &'t str, layout: &Layout) -> Essence<'t> {
    let mut essence = Essence { tokens: Vec::with_capacity(layout.tokens.len() / 2), comments: Vec::new() };
    let mut comma = false;
    for token in &layout.tokens {
        let slice = token.text(text);
        match token.kind {
            kind if kind.is_comment() => essence.comments.push(slice.trim_end_matches([' ', '\t', '\r'])),
            Kind::Blank | Kind::Newline => {}
            // A comma before a separator or a closing bracket says nothing.
            Kind::Semicolon => comma = false,
            Kind::Comma => comma = true,
            kind => {
                // `money<USD>=$5` and `money<USD> = $5` are the same.
                let slice = if kind == Kind::GreaterEqual {
                    essence.tokens.push(">");
                    "="
                } else {
                    slice
                };
                if std::mem::take(&mut comma) && !kind.closes() {
                    essence.tokens.push(",");
                }
                essence.tokens.push(slice);
            }
        }
    }
    essence
}

/// The tree with every place forgotten, and with it the order of the parts of a tail.
fn placeless(file: &ast::File) -> ast::File {
    let mut file = file.clone();
    let mut forget = |span: &mut Span| *span = Span::default();
    file.docs.spans(&mut forget);
    file.items.spans(&mut forget);
    for item in &mut file.items {
        match &mut item.kind {
            ItemKind::Tool(tool) => forget_order(tool.body.as_deref_mut().unwrap_or_default()),
            ItemKind::Tools(tools) => forget_order(tools.body.as_deref_mut().unwrap_or_default()),
            ItemKind::On(on) => forget_order(&mut on.body),
            ItemKind::Flow(flow) => forget_order(&mut flow.body),
            ItemKind::Skill(skill) => forget_order(&mut skill.body),
            ItemKind::Rule(clause) => forget_order(std::slice::from_mut(clause)),
            _ => {}
        }
    }
    file
}

fn forget_order(clauses: &mut [Clause]) {
    for clause in clauses {
        match &mut clause.kind {
            ClauseKind::Require { tail, .. }
            | ClauseKind::Deny { tail, .. }
            | ClauseKind::Challenge { tail, .. }
            | ClauseKind::Once { tail, .. }
            | ClauseKind::RecordsAtMost { tail, .. } => tail.out_of_order = None,
            ClauseKind::When { body, .. } => forget_order(body),
            ClauseKind::Limit(limit) => {
                limit.bounds.iter_mut().for_each(|bound| bound.tail.out_of_order = None);
            }
            _ => {}
        }
    }
}
