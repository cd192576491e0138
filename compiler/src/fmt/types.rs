//! Signatures and types.

use agentpass_grammar::Kind;

use super::doc::{Doc, concat, nil};
use super::printer::{Printer, Spaced};
use crate::ast::{Field, Signature, Type, TypeKind};

impl<'t> Printer<'t> {
    /// `(a: id, ...)`
    pub(super) fn signature(&mut self, signature: &Signature) -> Doc<'t> {
        let mut fields = signature.fields.iter();
        self.list(Spaced::No, |p| match p.peek().map(|token| token.kind) {
            Some(Kind::Ellipsis) | None => p.tok(),
            Some(_) => fields.next().map_or_else(nil, |field| p.field(field)),
        })
    }

    /// `{ a: id, b?: string }`
    pub(super) fn fields(&mut self, fields: &[Field]) -> Doc<'t> {
        let mut fields = fields.iter();
        self.list(Spaced::Yes, |p| fields.next().map_or_else(nil, |field| p.field(field)))
    }

    fn field(&mut self, field: &Field) -> Doc<'t> {
        let mut docs = Vec::new();
        if field.wire.is_some() {
            docs.extend([self.word(), self.word()]);
        }
        docs.push(self.tok());
        if field.optional.is_some() {
            docs.push(self.tok());
        }
        docs.extend([self.word(), self.ty(&field.ty)]);
        if let Some(default) = &field.default {
            docs.extend([Doc::Space(1), self.word(), self.expr(default)]);
        }
        Doc::Concat(docs)
    }

    pub(super) fn ty(&mut self, ty: &Type) -> Doc<'t> {
        let mut docs = vec![self.type_kind(&ty.kind)];
        if ty.nullable {
            docs.extend([Doc::Space(1), self.words(2)]);
        }
        if ty.wire.is_some() {
            docs.extend([Doc::Space(1), self.words(2)]);
        }
        Doc::Concat(docs)
    }

    fn type_kind(&mut self, kind: &TypeKind) -> Doc<'t> {
        match kind {
            TypeKind::Named(_) => self.dotted(),
            TypeKind::Id(None) => self.tok(),
            TypeKind::Id(Some(_)) => self.words(2),
            TypeKind::Money(_) => concat([self.tok(), self.tok(), self.tok(), self.close_angle()]),
            TypeKind::List(element, size) => {
                let mut docs = vec![self.tok(), self.tok(), self.ty(element)];
                if let Some(size) = size {
                    docs.extend([self.word(), self.tok(), self.tok()]);
                    if size.most.is_some() {
                        docs.push(self.tok());
                    }
                }
                docs.push(self.close_angle());
                Doc::Concat(docs)
            }
            TypeKind::Union(literals) => {
                let mut rest = Vec::new();
                let first = self.tok();
                for _ in literals.iter().skip(1) {
                    rest.extend([Doc::Line, self.word(), self.tok()]);
                }
                concat([first, Doc::Concat(rest).indent()]).group()
            }
        }
    }
}
