//! Messages and resources: text with holes. A hole is a path; anything else is computed with `let` first.

use agentpass_grammar::Span;

use super::Checker;
use super::context::Cx;
use crate::ast::{self, ExprKind as Ast};
use crate::diagnostics::problems::{absent, rules as problem};
use crate::typed::{Template, TemplatePart};
use crate::types::Ty;

/// Where a template stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Message,
    Resource,
}

impl Checker<'_> {
    /// Reads the holes of a text. `{{` and `}}` stand for the braces themselves.
    pub(super) fn template(&mut self, cx: &mut Cx, text: &ast::Text, place: Place) -> Template {
        let raw = self.loaded.sources.text(text.span).to_owned();
        let mut template = Template::default();
        let mut literal = String::new();
        // The raw text has the same braces as the decoded one, at offsets that can be pointed at.
        let body_start = text.span.start + 1;
        let body = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
        let mut rest = body;
        while let Some(c) = rest.chars().next() {
            let at = body_start + u32::try_from(body.len() - rest.len()).unwrap_or(0);
            let span = |length: usize| Span::new(text.span.file, at, at + u32::try_from(length).unwrap_or(0));
            if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
                literal.push(c);
                rest = after;
            } else if c == '{' {
                let Some(end) = rest.find('}') else {
                    self.report(problem::open_hole(span(1)));
                    break;
                };
                let inside = rest.get(1..end).unwrap_or("");
                if let Some(hole) = self.hole(cx, inside, span(end + 1), place) {
                    template.parts.push(TemplatePart::Text(decoded(&std::mem::take(&mut literal))));
                    template.parts.push(TemplatePart::Hole(hole));
                }
                rest = rest.get(end + 1..).unwrap_or("");
            } else if c == '}' {
                self.report(problem::stray_brace(span(1)));
                rest = rest.get(1..).unwrap_or("");
            } else if c == '\\' {
                // An escape: keep it whole, so that `\u{…}` is no hole.
                let length = escape_length(rest);
                literal.push_str(rest.get(..length).unwrap_or(""));
                rest = rest.get(length..).unwrap_or("");
            } else {
                literal.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or("");
            }
        }
        if !literal.is_empty() {
            template.parts.push(TemplatePart::Text(decoded(&literal)));
        }
        template.parts.retain(|part| !matches!(part, TemplatePart::Text(text) if text.is_empty()));
        template
    }

    fn hole(&mut self, cx: &mut Cx, inside: &str, span: Span, place: Place) -> Option<crate::typed::Expr> {
        let words: Vec<&str> = inside.split('.').collect();
        let is_word = |word: &&str| {
            let mut chars = word.chars();
            chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
                && chars.all(|c| c.is_alphanumeric() || c == '_')
        };
        if !words.iter().all(is_word) {
            self.report(problem::hole_is_no_path(span, inside));
            return None;
        }
        let mut start = span.start + 1;
        let mut names = words.iter().map(|word| {
            let at = Span::new(span.file, start, start + u32::try_from(word.len()).unwrap_or(0));
            start = at.end + 1;
            ast::Spanned::new((*word).to_owned(), at)
        });
        let first = names.next()?;
        let mut written = ast::Expr { span: first.span, kind: Ast::Name(first.node) };
        for name in names {
            let span = written.span.to(name.span);
            written = ast::Expr { span, kind: Ast::Member(Box::new(written), name) };
        }
        let expr = self.value(cx, &written, None);
        if let Ty::Nullable(inner) = &expr.ty {
            self.report(absent::may_be_null(expr.span, inner));
        }
        let shown = expr.ty.not_null();
        let fits = match place {
            Place::Message => !matches!(
                shown,
                Ty::Json
                    | Ty::Record(_)
                    | Ty::PastCall(_)
                    | Ty::PastPart(..)
                    | Ty::Set(_)
                    | Ty::Times
                    | Ty::Glob
            ),
            Place::Resource => {
                shown.is_error()
                    || matches!(
                        shown,
                        Ty::Id(_)
                            | Ty::String
                            | Ty::Enum(_)
                            | Ty::IntEnum(_)
                            | Ty::Int
                            | Ty::Domain
                            | Ty::Email
                            | Ty::Path
                            | Ty::Folded
                    )
            }
        };
        if !fits {
            self.report(problem::cannot_show(expr.span, shown, place == Place::Resource));
        }
        Some(expr)
    }
}

fn escape_length(rest: &str) -> usize {
    if rest.starts_with("\\u{") {
        return rest.find('}').map_or(rest.len(), |end| end + 1);
    }
    1 + rest.chars().nth(1).map_or(0, char::len_utf8)
}

/// The text of a literal part, escapes decoded; bad escapes have been reported by the parser.
fn decoded(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    crate::parse::unescape(raw)
}
