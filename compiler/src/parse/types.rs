//! Signatures, fields and types.

use agentpass_grammar::Rule;
use pest::iterators::Pair;

use super::build::{Builder, children};
use crate::ast;

impl Builder<'_> {
    pub(super) fn signature(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Signature> {
        let mut signature = ast::Signature { span: self.span(&pair), fields: Vec::new(), open: None };
        for element in children(pair).rest() {
            let inner = element.into_inner().next()?;
            match inner.as_rule() {
                Rule::open => signature.open = Some(self.span(&inner)),
                _ => signature.fields.push(self.field(inner)?),
            }
        }
        Some(signature)
    }

    pub(super) fn fields(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<ast::Field>> {
        children(pair).rest().map(|field| self.field(field)).collect()
    }

    fn field(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Field> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        let wire = self.take_text(&mut cursor);
        let name = self.name(&cursor.take(Rule::word)?);
        let optional = cursor.take(Rule::optional).map(|pair| self.span(&pair));
        let ty = self.ty(cursor.take(Rule::type_expr)?)?;
        let default = match cursor.take(Rule::expr) {
            Some(pair) => Some(self.expr(pair)?),
            None => None,
        };
        Some(ast::Field { span, wire, name, optional, ty, default })
    }

    pub(super) fn ty(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Type> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        let kind = self.type_kind(cursor.next()?)?;
        let nullable = cursor.take(Rule::or_null).is_some();
        let wire = cursor.take(Rule::wire_form).and_then(|pair| self.take_name(&mut children(pair)));
        Some(ast::Type { span, kind, nullable, wire })
    }

    fn type_kind(&mut self, pair: Pair<'_, Rule>) -> Option<ast::TypeKind> {
        let rule = pair.as_rule();
        let mut cursor = children(pair);
        Some(match rule {
            Rule::union => {
                let literal = |pair: Pair<'_, Rule>| match pair.as_rule() {
                    Rule::integer => ast::UnionLiteral::Int(self.int(&pair)),
                    _ => ast::UnionLiteral::Text(self.text(&pair)),
                };
                ast::TypeKind::Union(cursor.rest().map(literal).collect())
            }
            Rule::list_type => {
                let element = self.ty(cursor.take(Rule::type_expr)?)?;
                let size = match cursor.take(Rule::size) {
                    Some(pair) => Some(self.size(pair)?),
                    None => None,
                };
                ast::TypeKind::List(Box::new(element), size)
            }
            Rule::money_type => ast::TypeKind::Money(self.take_name(&mut cursor)?),
            Rule::id_type => ast::TypeKind::Id(cursor.take(Rule::regex).map(|pair| self.between(&pair))),
            _ => ast::TypeKind::Named(self.take_path(&mut cursor)?),
        })
    }

    fn size(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Size> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        let least = self.take_int(&mut cursor)?;
        let most = self.take_int(&mut cursor);
        Some(ast::Size { span, least, most })
    }
}
