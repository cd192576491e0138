//! Signatures and types as written.

use agentpass_grammar::Span;

use super::{Expr, Name, Path, Spanned, Text};

/// `(a: id, b?: string, ...)`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// With its brackets.
    pub span: Span,
    /// The parameters.
    pub fields: Vec<Field>,
    /// Where `...` stands: undeclared arguments pass, and reach no rule.
    pub open: Option<Span>,
}

/// A parameter of a tool, a field of a record, a fact of the host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// The whole declaration.
    pub span: Span,
    /// The name on the wire, where it is another one.
    pub wire: Option<Text>,
    /// The name in rules.
    pub name: Name,
    /// Whether it may be absent.
    pub optional: Option<Span>,
    /// Its type.
    pub ty: Type,
    /// What the gate writes into the call where it is absent.
    pub default: Option<Expr>,
}

/// A type with its null and its wire form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Type {
    /// The whole type.
    pub span: Span,
    /// The type proper.
    pub kind: TypeKind,
    /// `or null`
    pub nullable: bool,
    /// `as cents`
    pub wire: Option<Name>,
}

/// The forms of types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeKind {
    /// `bool`, `email`, the name of a record.
    Named(Path),
    /// `id /cus_[0-9]+/`; the pattern without its slashes.
    Id(Option<Text>),
    /// `money<USD>`
    Money(Name),
    /// `list<T, 0..5>`
    List(Box<Type>, Option<Size>),
    /// `"dev" | "production"`
    Union(Vec<UnionLiteral>),
}

/// The size of a list: `0..`, `1..5`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Size {
    /// The whole range.
    pub span: Span,
    /// The least number of elements.
    pub least: Spanned<i64>,
    /// The greatest number of elements.
    pub most: Option<Spanned<i64>>,
}

/// A literal of a union.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnionLiteral {
    /// Text.
    Text(Text),
    /// A whole number.
    Int(Spanned<i64>),
}
