//! Functions and members that other languages have: `len(x)`, `xs.size()`, `x.contains(y)`.

use agentpass_grammar::Span;

use super::Checker;
use super::context::Cx;
use crate::ast;
use crate::diagnostics::Edit;
use crate::diagnostics::problems::habits;
use crate::types::Ty;

/// What counts elements or characters elsewhere.
const SIZES: &[&str] = &["len", "length", "size", "count", "cardinality", "strlen"];

/// Which of our functions says how much there is of a type.
fn size_of(ty: &Ty) -> Option<&'static str> {
    match ty.not_null() {
        Ty::List(..) => Some("count"),
        Ty::String | Ty::Text | Ty::Id(_) => Some("length"),
        _ => None,
    }
}

impl Checker<'_> {
    /// Reports a call of a function that is known from elsewhere. False where it is not known.
    pub(super) fn foreign_function(
        &mut self,
        cx: &mut Cx,
        span: Span,
        function: &ast::Path,
        arguments: &[ast::Expr],
    ) -> bool {
        let Some(last) = function.words.last() else { return false };
        let is_method = function.words.len() > 1;
        let finding = match arguments {
            [argument] if !is_method && SIZES.contains(&last.node.as_str()) => {
                let ty = self.value(cx, argument, None).ty;
                if ty.is_error() {
                    return true;
                }
                let here = size_of(&ty).unwrap_or("count");
                let edits = vec![Edit { span: function.span, text: here.to_owned() }];
                Some(habits::size(function.span, &function.text(), here, size_of(&ty).map(|_| edits)))
            }
            [] if is_method && SIZES.contains(&last.node.as_str()) => {
                let of = function.words.split_last().map(|(_, of)| of).unwrap_or_default();
                let ty = match of {
                    [one] => cx.param(&one.node).map(|field| field.ty.clone()),
                    _ => None,
                };
                let here = ty.as_ref().and_then(size_of);
                let (start, end) = (function.span, of.last().map_or(function.span, |word| word.span));
                let edits = here.map(|here| {
                    wrapped(Span { end: start.start, ..start }, Span { start: end.end, ..span }, here)
                });
                Some(habits::size(last.span, &last.node, here.unwrap_or("count"), edits))
            }
            _ => habits::function(function.span, &last.node),
        };
        finding.map(|finding| self.report(finding)).is_some()
    }

    /// Reports `xs.length`. False where it is something else.
    pub(super) fn foreign_member(&mut self, of: Span, ty: &Ty, member: &ast::Name) -> bool {
        let Some(here) = size_of(ty).filter(|_| SIZES.contains(&member.node.as_str())) else { return false };
        let edits = wrapped(Span { end: of.start, ..of }, Span { start: of.end, ..member.span }, here);
        self.report(habits::size(member.span, &member.node, here, Some(edits)));
        true
    }
}

/// `count(` at one place and `)` at another.
fn wrapped(start: Span, end: Span, here: &str) -> Vec<Edit> {
    vec![Edit { span: start, text: format!("{here}(") }, Edit { span: end, text: ")".to_owned() }]
}
