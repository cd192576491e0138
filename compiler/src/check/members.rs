//! Members of values: `.domain` of an e-mail, a field of a record, `.args` of a past call.

use std::sync::Arc;

use agentpass_grammar::Span;

use super::Checker;
use crate::ast;
use crate::diagnostics::problems::{absent, names};
use crate::typed::{Expr, ExprKind};
use crate::types::{ListSize, Part, Ty};

impl Checker<'_> {
    /// The value of a member that a type has; absent where it has none.
    pub(super) fn member_of(&mut self, span: Span, mut of: Expr, member: &ast::Name) -> Expr {
        if let Ty::Nullable(inner) = of.ty {
            self.report(absent::may_be_null(of.span, &inner));
            of.ty = *inner;
        }
        let optional = of.optional;
        let found = self.member_type(&of.ty, &member.node);
        let (ty, more_optional) = match found {
            Some(found) => found,
            None => {
                if !of.ty.is_error() && !self.foreign_member(of.span, &of.ty, member) {
                    let (shown, names) = self.member_names(&of.ty);
                    let close =
                        crate::diagnostics::suggest::closest(&member.node, names.iter().map(String::as_str));
                    let all: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
                    self.report(names::unknown_member(
                        member.span,
                        &shown,
                        &member.node,
                        close,
                        &all.join(", "),
                    ));
                }
                (Ty::Error, false)
            }
        };
        let kind = ExprKind::Member(Box::new(of), member.node.clone());
        Expr { span, ty, optional: optional || more_optional && !crate::planted::planted(4), kind }
    }

    fn member_type(&self, of: &Ty, member: &str) -> Option<(Ty, bool)> {
        let plain = |ty| Some((ty, false));
        match (of, member) {
            (Ty::Error, _) => plain(Ty::Error),
            (Ty::Email, "local") => plain(Ty::String),
            (Ty::Email, "domain") => plain(Ty::Domain),
            (Ty::Url, "scheme") => plain(Ty::String),
            (Ty::Url, "host") => plain(Ty::Domain),
            (Ty::Url, "port") => plain(Ty::Int),
            (Ty::Url | Ty::ShellCommand, "path") if *of == Ty::Url => plain(Ty::Path),
            (Ty::Shell, "commands") => plain(Ty::list(Ty::ShellCommand)),
            (Ty::ShellCommand, "program") => plain(Ty::String),
            (Ty::ShellCommand, "args" | "flags") => plain(Ty::list(Ty::String)),
            (Ty::ShellCommand, "paths" | "redirects") => plain(Ty::list(Ty::Path)),
            (Ty::Record(id), name) => {
                let field = self.program.record(*id)?.fields.iter().find(|field| field.name == name)?;
                Some((field.ty.clone(), field.optional))
            }
            (Ty::PastCall(call), "args") => plain(Ty::PastPart(Arc::clone(call), Part::Args)),
            (Ty::PastCall(call), "result") => plain(Ty::PastPart(Arc::clone(call), Part::Result)),
            (Ty::PastCall(_), "at") => plain(Ty::Timestamp),
            (Ty::PastPart(call, part), name) => {
                let field = self.past_fields(call.of, *part).into_iter().find(|field| field.name == name)?;
                Some((field.ty, field.optional))
            }
            // Of a list, the member of each element; of something nullable, nobody knows.
            (Ty::List(element, size), name) => {
                let (inner, optional) = self.member_type(element, name)?;
                match inner {
                    Ty::List(inner, _) => {
                        Some((Ty::List(inner, ListSize { least: 0, most: None }), optional))
                    }
                    inner => Some((Ty::List(Box::new(inner), *size), optional)),
                }
            }
            _ => None,
        }
    }

    fn member_names(&self, of: &Ty) -> (String, Vec<String>) {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        match of {
            Ty::Email => ("an email".to_owned(), words(&["local", "domain"])),
            Ty::Url => ("a url".to_owned(), words(&["scheme", "host", "port", "path"])),
            Ty::Shell => ("a shell value".to_owned(), words(&["commands"])),
            Ty::ShellCommand => (of.to_string(), words(&["program", "args", "flags", "paths", "redirects"])),
            Ty::PastCall(_) => (of.to_string(), words(&["args", "result", "at"])),
            Ty::PastPart(call, part) => (
                of.to_string(),
                self.past_fields(call.of, *part).into_iter().map(|field| field.name).collect(),
            ),
            Ty::Record(id) => {
                let record = self.program.record(*id);
                let name =
                    record.map_or_else(|| "a record".to_owned(), |r| format!("record `{}`", r.name.node));
                let fields =
                    record.map(|record| record.fields.iter().map(|field| field.name.clone()).collect());
                (name, fields.unwrap_or_default())
            }
            Ty::List(element, _) => self.member_names(element),
            other => (other.to_string(), Vec::new()),
        }
    }
}
