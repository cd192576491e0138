//! Walking over every span of an item, so that an item can be moved to where its text stands now.
//!
//! Each type names all of its fields (the macros below take them apart without `..`), so that a field that is added to
//! the tree and forgotten here does not compile.

use agentpass_grammar::{FileId, Span};

use super::*;

/// A part of the tree that holds spans.
pub trait Spans {
    /// Calls `f` with every span in it.
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span));

    /// Moves it by so many bytes, and to this file.
    fn shift(&mut self, file: FileId, by: i64) {
        self.spans(&mut |span| *span = Span { file, ..span.shifted(by) });
    }
}

impl Spans for Span {
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
        f(self);
    }
}

impl<T: Spans> Spans for Option<T> {
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
        if let Some(inner) = self {
            inner.spans(f);
        }
    }
}

impl<T: Spans> Spans for Vec<T> {
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
        for inner in self {
            inner.spans(f);
        }
    }
}

impl<T: Spans> Spans for Box<T> {
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
        self.as_mut().spans(f);
    }
}

impl<A: Spans, B: Spans> Spans for (A, B) {
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
        self.0.spans(f);
        self.1.spans(f);
    }
}

impl<T: Spans> Spans for Spanned<T> {
    fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
        let Self { node, span } = self;
        node.spans(f);
        span.spans(f);
    }
}

/// Types without spans.
macro_rules! none {
    ($($name:ty),* $(,)?) => {$(
        impl Spans for $name {
            fn spans(&mut self, _: &mut dyn FnMut(&mut Span)) {}
        }
    )*};
}

/// Structures: all fields, by name.
macro_rules! fields {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl Spans for $name {
            fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
                let Self { $($field),* } = self;
                $($field.spans(f);)*
            }
        }
    )*};
}

/// Enumerations: all variants, with a name for each of their parts.
macro_rules! variants {
    ($($name:ident { $($variant:ident $(($($part:ident),*))? $({$($field:ident),*})?),* $(,)? })*) => {$(
        impl Spans for $name {
            fn spans(&mut self, f: &mut dyn FnMut(&mut Span)) {
                match self {
                    $(Self::$variant $(($($part),*))? $({$($field),*})? => {
                        $($($part.spans(f);)*)?
                        $($($field.spans(f);)*)?
                    })*
                }
                let _ = f;
            }
        }
    )*};
}

none! { String, bool, i64, BinaryOp, Quantifier, Which, Phase, Threshold, CarryingMode, Literal }

// path and item
fields! {
    Path { words, span }
    Item { span, docs, broken, kind }
    Edition { year }
    Use { source, names, alias }
    UseName { name, alias }
    Contract { name, clauses }
    ContractClause { span, kind }
    Module { name }
    Param { name, ty, default }
    Set { name, ty, zone, value }
    TimeRange { span, days, hours, dates }
    Let { name, params, ty, value }
    LetParam { name, ty }
    Record { name, fields }
    Label { guarded, names }
    Tool { wire, name, signature, body }
    Tools { pattern, signature, manifest, alias, body }
    On { pattern, signature, with, when, body }
    Pattern { span, parts }
    Host { fields }
    Job { name, signature }
    Event { name, signature }
    Flow { ends, carrying, when, body }
    FlowEnd { span, name, quoted }
    Carrying { span, mode, labels }
    Challenge { name, clauses }
    ChallengeClause { span, kind }
    Skill { name, body }
}

variants! {
    ItemKind {
        Edition(a), Use(a), Contract(a), Module(a), Param(a), Set(a), Let(a), Record(a), Label(a), Tool(a),
        Tools(a), On(a), Host(a), Job(a), Event(a), Flow(a), Challenge(a), Skill(a), Test(a), Rule(a),
    }
    UseSource { Module(a), File(a) }
    ContractClauseKind { Version(a), Owner(a), Agents(a), Valid { from, until } }
    SetValue { List(a, b), Expr(a) }
    SetElement { Expr(a), Time(a) }
    PatternPart { Text(a), Quoted(a), Star, Dot, Choice(a) }
    LabelRef { Path(a), Text(a) }
    ChallengeClauseKind {
        Ask { count, who }, Separate(a), Binds(a), Shows(a), Expires(a), SingleUse, Reusable(a),
    }
    Asked { Groups(a), User, Anyone }
}

// clause
fields! {
    Clause { span, verb, kind }
    Tail { because, audit, name, out_of_order, repeated }
    Limit { name, keys, window, when, bounds }
    Window { span, kind }
    Bound { span, meter, threshold, value, then, when, tail }
}

variants! {
    ClauseKind {
        Action(a), Resource(a), Amount(a), Reads { source, carrying }, Sends { to, at },
        FromTo { from, to, carrying }, Fields(a), Records(a), UsesTokens(a), UsesCost(a), Releases(a),
        KeepsInside, Tags(a), TrustedResult(a), ErrorMeansNoEffect, RunsAtMost(a),
        Require { condition, tail }, Deny { condition, tail }, Challenge { name, each, when, tail },
        Once { keys, ledger, replay, tail }, When { condition, body }, Limit(a), RecordsAtMost { most, tail },
        Let(a), Source(a), Digest { algorithm, value }, Invokes(a),
    }
    FlowPoint { Path(a), Text(a) }
    DenyCondition { When(a), Each(a) }
    WindowKind { Rolling(a), Calendar(a, b) }
    Meter { Named(a), CallsPer(a, b), Sum(a, b, c) }
    Then { Warn(a), Challenge(a), Suspend(a) }
}

// expr
fields! {
    Expr { span, kind }
    Past { span, phase, of, filters, scope }
    PastFilter { span, path, op, value }
    Within { span, duration }
}

variants! {
    ExprKind {
        Literal(a), Name(a), Member(a, b), Paren(a), List(a), Call(a, b), Not(a), Negate(a), And(a), Or(a),
        Binary(a, b, c, d), Matches(a, b), Is(a, b), Has(a), Quantified(a, b, c, d), After(a, b, c),
        Record(a, b, c), CallsOf(a, b, c), SumOf(a, b, c, d), Distinct(a, b, c), InFlightOf(a), Carries(a, b),
    }
    ToolRef { Path(a), Wire(a) }
}

// types
fields! {
    Signature { span, fields, open }
    Field { span, wire, name, optional, ty, default }
    Type { span, kind, nullable, wire }
    Size { span, least, most }
}

variants! {
    TypeKind { Named(a), Id(a), Money(a), List(a, b), Union(a) }
    UnionLiteral { Text(a), Int(a) }
}

// test
fields! {
    Test { name, steps }
    Step { span, kind }
    CallStep { tool, args, name, approved, refused, host, outcome, open, expect }
    Expect { span, kind }
    Entry { key, quoted, value }
}

variants! {
    StepKind {
        Param(a, b), Host(a), Auth(a), Job(a, b), Who(a, b), After(a), At(a), Event(a, b), Lift(a, b), Call(a),
        Settle(a, b),
    }
    Outcome { Returns(a), Fails(a), Unknown(a), NotSent(a) }
    ExpectKind { Allow, Deny, Replay, Challenge(a), Because(a, b), Remaining(a, b) }
    Value { Record(a, b), List(a, b), Expr(a) }
}
