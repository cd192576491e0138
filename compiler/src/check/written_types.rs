//! Written types: fields, wire forms, sizes and unions.

use std::collections::HashMap;

use agentpass_grammar::Span;
use agentpass_grammar::words::TYPE_WORDS;

use super::Checker;
use super::context::Cx;
use super::literals;
use super::scope::{Declared, Space, Symbol};
use crate::ast::{self, TypeKind};
use crate::diagnostics::problems::{rules, types as problem};
use crate::diagnostics::suggest;
use crate::typed::{self, Field, WireForm};
use crate::types::{ListSize, RecordId, Ty};

impl Checker<'_> {
    /// Parameters or fields, with their types.
    pub(super) fn fields(&mut self, file: usize, fields: &[ast::Field], what: &str) -> Vec<Field> {
        let mut known: HashMap<&str, Span> = HashMap::new();
        let mut wires: HashMap<&str, Span> = HashMap::new();
        let mut result = Vec::new();
        for field in fields {
            if let Some(first) = known.insert(&field.name.node, field.name.span) {
                self.report(problem::duplicate(field.name.span, what, &field.name.node, first));
                continue;
            }
            // Two names for one value on the wire: a rule on one of them would not hold for the other.
            let on_wire = field.wire.as_ref().unwrap_or(&field.name);
            if let Some(first) = wires.insert(&on_wire.node, on_wire.span) {
                self.report(problem::duplicate(on_wire.span, "wire name", &on_wire.node, first));
                continue;
            }
            let ty = self.ty(file, &field.ty);
            let form = self.wire_form(&field.ty, &ty);
            if matches!(ty.not_null(), Ty::Times | Ty::Glob | Ty::Command | Ty::Set(_)) {
                self.report(problem::type_not_here(
                    field.ty.span,
                    &ty,
                    &format!("a {what}"),
                    "this type is for sets; a call carries `path`, `timestamp` or `shell`",
                ));
            }
            let default = field.default.as_ref().map(|value| {
                let mut cx = Cx::constant(file);
                self.constant(&mut cx, value, &ty, "a default")
            });
            if let (Some(mark), Some(_), false) = (field.optional, &default, crate::planted::planted(11)) {
                self.report(rules::optional_with_default(mark, &field.name.node));
            }
            let wire = field.wire.as_ref().map_or_else(|| field.name.node.clone(), |wire| wire.node.clone());
            result.push(Field {
                name: field.name.node.clone(),
                wire,
                span: field.name.span,
                ty,
                form,
                optional: field.optional.is_some() && default.is_none(),
                default,
                bounds: typed::SchemaBounds::default(),
            });
        }
        result
    }

    fn wire_form(&mut self, written: &ast::Type, ty: &Ty) -> WireForm {
        let inner = match ty.not_null() {
            Ty::List(element, _) => element.not_null(),
            other => other,
        };
        // The form of a list is written with its elements.
        let written = match &written.kind {
            TypeKind::List(element, _) if written.wire.is_none() => element.as_ref(),
            _ => written,
        };
        let Some(form) = &written.wire else {
            if let Ty::Money(_) = inner {
                self.report(problem::needs_wire_form(written.span));
            }
            return WireForm::Plain;
        };
        match (inner, form.node.as_str()) {
            (Ty::Error, _) => WireForm::Plain,
            (Ty::Money(_), "cents") => WireForm::Cents,
            (Ty::Money(_) | Ty::Decimal | Ty::Int, "number") => WireForm::Number,
            (Ty::Money(_) | Ty::Decimal | Ty::Int | Ty::Duration | Ty::Timestamp, "string") => WireForm::Text,
            (Ty::Duration | Ty::Timestamp, "seconds") => WireForm::Seconds,
            (Ty::Duration | Ty::Timestamp, "millis") => WireForm::Millis,
            (ty, word) => {
                let problem = problem::bad_wire_form(form.span, word, ty);
                self.report(problem);
                WireForm::Plain
            }
        }
    }

    /// The type of a value: as a value, `command` is one command of a shell text; as a constant, its pattern.
    pub(super) fn value_type(&mut self, file: usize, ty: &ast::Type) -> Ty {
        match self.ty(file, ty) {
            Ty::Command => Ty::ShellCommand,
            Ty::List(element, size) if *element == Ty::Command => Ty::List(Box::new(Ty::ShellCommand), size),
            ty => ty,
        }
    }

    /// A written type.
    pub(super) fn ty(&mut self, file: usize, ty: &ast::Type) -> Ty {
        let inner = match &ty.kind {
            TypeKind::Named(path) => self.named_type(file, path),
            TypeKind::Id(None) => Ty::Id(None),
            TypeKind::Id(Some(pattern)) => match agentpass_values::Pattern::new(&pattern.node) {
                Ok(_) => Ty::Id(Some(pattern.node.as_str().into())),
                Err(error) => {
                    self.report(problem::bad_pattern(pattern.span, &error.to_string()));
                    Ty::Id(None)
                }
            },
            TypeKind::Money(name) => match literals::currency(&name.node) {
                Ok(currency) => Ty::Money(currency),
                Err(why) => {
                    self.report(problem::bad_currency(name.span, &name.node, &why));
                    Ty::Error
                }
            },
            TypeKind::List(element, size) => {
                let element = self.ty(file, element);
                let size = self.size(size.as_ref());
                if element.is_error() { Ty::Error } else { Ty::List(Box::new(element), size) }
            }
            TypeKind::Union(literals) => self.union(literals),
        };
        if ty.nullable && !inner.is_error() { Ty::Nullable(Box::new(inner)) } else { inner }
    }

    fn named_type(&mut self, file: usize, path: &ast::Path) -> Ty {
        let name = path.text();
        match name.as_str() {
            "bool" => Ty::Bool,
            "int" => Ty::Int,
            "decimal" => Ty::Decimal,
            "duration" => Ty::Duration,
            "timestamp" => Ty::Timestamp,
            "times" => Ty::Times,
            "id" => Ty::Id(None),
            "string" => Ty::String,
            "text" => Ty::Text,
            "folded" => Ty::Folded,
            "email" => Ty::Email,
            "domain" => Ty::Domain,
            "url" => Ty::Url,
            "path" => Ty::Path,
            "glob" => Ty::Glob,
            "shell" => Ty::Shell,
            "command" => Ty::Command,
            "json" => Ty::Json,
            _ => {
                let words: Vec<&str> = path.words.iter().map(|word| word.node.as_str()).collect();
                if let Some(Declared { symbol: Symbol::Record(index), .. }) =
                    self.find(file, Space::Type, &words)
                {
                    return Ty::Record(RecordId(index));
                }
                if self.is_poisoned(file, words.first().copied().unwrap_or("")) {
                    return Ty::Error;
                }
                let own = self.closest(file, Space::Type, &name);
                let close = suggest::closest(&name, TYPE_WORDS.iter().copied().chain(own.as_deref()));
                let alias = match name.as_str() {
                    "str" | "String" | "varchar" => Some("string"),
                    "integer" | "i64" | "Int" | "long" | "number" => Some("int"),
                    "boolean" => Some("bool"),
                    "float" | "double" => Some("decimal"),
                    "date" | "datetime" | "time" => Some("timestamp"),
                    "uuid" | "key" | "identifier" => Some("id"),
                    "uri" | "URL" => Some("url"),
                    "money" => Some("money<USD>"),
                    "list" | "array" => Some("list<string>"),
                    "object" | "any" => Some("json"),
                    _ => None,
                };
                self.report(problem::unknown_type(path.span, &name, alias.or(close)));
                Ty::Error
            }
        }
    }

    fn size(&mut self, size: Option<&ast::Size>) -> ListSize {
        let Some(size) = size else { return ListSize { least: 1, most: None } };
        let least = u32::try_from(size.least.node);
        let most = size.most.as_ref().map(|most| u32::try_from(most.node)).transpose();
        match (least, most) {
            (Ok(least), Ok(most)) if most.is_none_or(|most| most >= least && most > 0) => {
                ListSize { least, most }
            }
            _ => {
                self.report(problem::bad_size(size.span));
                ListSize { least: 0, most: None }
            }
        }
    }

    fn union(&mut self, literals: &[ast::UnionLiteral]) -> Ty {
        let mut texts: Vec<String> = Vec::new();
        let mut ints: Vec<i64> = Vec::new();
        let mut known: HashMap<String, Span> = HashMap::new();
        for literal in literals {
            let (shown, span) = match literal {
                ast::UnionLiteral::Text(text) => {
                    texts.push(text.node.clone());
                    (format!("{:?}", text.node), text.span)
                }
                ast::UnionLiteral::Int(int) => {
                    ints.push(int.node);
                    (int.node.to_string(), int.span)
                }
            };
            if let Some(first) = known.insert(shown.clone(), span) {
                self.report(problem::duplicate(span, "case", &shown, first));
            }
            if !texts.is_empty() && !ints.is_empty() {
                self.report(problem::mixed_list(span, &Ty::String, &Ty::Int));
                return Ty::Error;
            }
        }
        if ints.is_empty() { Ty::Enum(texts.into()) } else { Ty::IntEnum(ints.into()) }
    }
}
