//! Expressions: what type each one has, and whether its value may be absent.

use agentpass_grammar::Span;
use agentpass_values::Pattern;

use super::context::{Cx, error};
use super::scope::Space;
use super::{Checker, absence, literals};
use crate::ast::{self, BinaryOp, ExprKind as Ast, Quantifier};
use crate::diagnostics::problems::{absent, names, rules, types as problem};
use crate::typed::{Expr, ExprKind, Read, Value};
use crate::types::{ListSize, Ty};

/// How many nodes one expression may grow to when its functions are written out.
const MAX_SIZE: usize = 20_000;

impl Checker<'_> {
    /// An expression that must be there and of a type that agrees with `ty`.
    pub(super) fn expect(&mut self, cx: &mut Cx, written: &ast::Expr, ty: &Ty) -> Expr {
        let expr = self.value(cx, written, Some(ty));
        if self.agrees(&expr.ty, ty) {
            return expr;
        }
        let expected = format!("{ty}");
        let finding = match (&expr.ty, ty) {
            (Ty::Null, _) => problem::null_not_allowed(expr.span, ty),
            (found, _) => problem::mismatch(expr.span, &expected, found),
        };
        self.report(finding);
        error(expr.span)
    }

    /// A condition.
    pub(super) fn condition(&mut self, cx: &mut Cx, written: &ast::Expr) -> Expr {
        self.expect(cx, written, &Ty::Bool)
    }

    /// An expression whose value is needed: its absence must have been handled.
    pub(super) fn value(&mut self, cx: &mut Cx, written: &ast::Expr, expected: Option<&Ty>) -> Expr {
        let expr = self.expr(cx, written, expected);
        let mut expr = self.demand(cx, expr);
        if let Ty::Nullable(inner) = &expr.ty
            && absence::path(&expr).is_some_and(|path| cx.is_present(&absence::not_null(&path)))
        {
            expr.ty = inner.as_ref().clone();
        }
        expr
    }

    /// A value of which more is needed than to compare it for equality: it must not be null either.
    pub(super) fn known(&mut self, cx: &mut Cx, written: &ast::Expr) -> Expr {
        let mut expr = self.value(cx, written, None);
        if let Ty::Nullable(inner) = expr.ty {
            self.report(absent::may_be_null(expr.span, &inner));
            expr.ty = *inner;
        }
        expr
    }

    /// Reports an optional value that is used as if it were always there.
    pub(super) fn demand(&mut self, cx: &mut Cx, mut expr: Expr) -> Expr {
        if expr.optional {
            let path = absence::path(&expr).filter(|path| !path.starts_with("var "));
            // Reported once, it counts as there for the rest of the clause.
            cx.present.extend(path.clone());
            let shown =
                path.map(|path| path.trim_start_matches("let ").trim_start_matches("args.").to_owned());
            self.report(absent::unhandled(expr.span, shown.as_deref(), cx.in_require));
            expr.optional = false;
        }
        expr
    }

    /// True where a value of type `found` may stand for one of type `expected`.
    pub(super) fn agrees(&self, found: &Ty, expected: &Ty) -> bool {
        match (found, expected) {
            (Ty::Error, _) | (_, Ty::Error) => true,
            (Ty::Null, Ty::Nullable(_)) => true,
            (found, Ty::Nullable(inner)) => self.agrees(found.not_null(), inner),
            (Ty::Id(_) | Ty::Enum(_), Ty::String) => true,
            (Ty::String, Ty::Id(_)) if crate::planted::planted(3) => true,
            (Ty::Id(_), Ty::Id(None)) => true,
            (Ty::String | Ty::Id(_) | Ty::Enum(_), Ty::Folded) => true,
            (Ty::IntEnum(_), Ty::Int) => true,
            (Ty::Int, Ty::Decimal) => true,
            (Ty::Enum(few), Ty::Enum(many)) => few.iter().all(|case| many.contains(case)),
            (Ty::List(found, size), Ty::List(expected, wanted)) => {
                let not_too_many = wanted.most.is_none_or(|most| size.most.is_some_and(|size| size <= most));
                size.least >= wanted.least && not_too_many && self.agrees(found, expected)
            }
            (Ty::Set(found), Ty::Set(expected)) => self.agrees(found, expected),
            (found, expected) => found == expected,
        }
    }

    /// An expression. `expected` helps to read literals; whether the type agrees is the caller's question.
    pub(super) fn expr(&mut self, cx: &mut Cx, written: &ast::Expr, expected: Option<&Ty>) -> Expr {
        let span = written.span;
        cx.size += 1;
        if cx.size > MAX_SIZE {
            if cx.size == MAX_SIZE + 1 {
                self.report(problem::too_large(span));
            }
            return error(span);
        }
        let (kind, ty) = match &written.kind {
            Ast::Literal(literal) => return literals::literal(span, literal, expected, &mut self.problems),
            Ast::Name(name) => {
                return self
                    .action_word(cx, span, name, expected)
                    .unwrap_or_else(|| self.name(cx, span, name));
            }
            Ast::Member(of, member) => return self.member(cx, span, of, member),
            Ast::Paren(inner) => {
                let mut inner = self.expr(cx, inner, expected);
                inner.span = span;
                return inner;
            }
            Ast::List(items) => return self.list(cx, span, items, expected),
            Ast::Call(function, arguments) => return self.call(cx, span, function, arguments, expected),
            Ast::Not(inner) => (ExprKind::Not(Box::new(self.condition(cx, inner))), Ty::Bool),
            Ast::Negate(inner) => return self.negate(cx, span, inner, expected),
            Ast::And(parts) => (ExprKind::And(self.chain(cx, parts, absence::when_true)), Ty::Bool),
            Ast::Or(parts) => (ExprKind::Or(self.chain(cx, parts, absence::when_false)), Ty::Bool),
            Ast::Binary(left, BinaryOp::Coalesce, _, right) => {
                return self.coalesce(cx, span, left, right, expected);
            }
            Ast::Binary(left, op, at, right) => {
                return self.binary(cx, span, (left, *op, *at, right), expected);
            }
            Ast::Matches(of, pattern) => {
                let of = self.known(cx, of);
                if !of.ty.is_error()
                    && !matches!(of.ty.not_null(), Ty::String | Ty::Id(_) | Ty::Folded | Ty::Enum(_))
                {
                    self.report(rules::matches_needs_text(of.span, &of.ty));
                }
                if let Err(error) = Pattern::new(&pattern.node) {
                    self.report(problem::bad_pattern(pattern.span, &error.to_string()));
                }
                (ExprKind::Matches(Box::new(of), pattern.node.as_str().into()), Ty::Bool)
            }
            Ast::Is(of, word) => {
                let of = self.known(cx, of);
                let can = matches!(of.ty, Ty::Shell | Ty::ShellCommand | Ty::Error);
                if word.node != "understood" || !can {
                    self.report(problem::unknown_quality(word.span, &word.node, &of.ty));
                }
                (ExprKind::Understood(Box::new(of)), Ty::Bool)
            }
            Ast::Has(path) => return self.has(cx, span, path),
            Ast::Quantified(quantifier, name, list, body) => {
                return self.quantified(cx, span, (*quantifier, name, list, body));
            }
            Ast::After(past, within, no) => return self.after(cx, span, past, within.as_ref(), no),
            Ast::Record(which, past, within) => {
                return self.past_call(cx, span, *which, past, within.as_ref());
            }
            Ast::CallsOf(past, within, no) => return self.calls_of(cx, span, past, within, no),
            Ast::SumOf(path, past, within, no) => return self.sum_of(cx, span, path, past, within, no),
            Ast::Distinct(path, past, within) => return self.distinct_of(cx, span, path, past, within),
            Ast::InFlightOf(past) => return self.in_flight_of(cx, span, past),
            Ast::Carries(label, source) => return self.carries(cx, span, label, source.as_ref()),
        };
        Expr { span, ty, optional: false, kind }
    }

    /// Conditions in a row, each one knowing what those before it say about absence.
    fn chain(&mut self, cx: &mut Cx, parts: &[ast::Expr], learn: fn(&Expr) -> Vec<String>) -> Vec<Expr> {
        let before = cx.present.len();
        let mut typed = Vec::with_capacity(parts.len());
        for part in parts {
            let part = self.condition(cx, part);
            cx.present.extend(learn(&part));
            typed.push(part);
        }
        cx.present.truncate(before);
        typed
    }

    fn list(&mut self, cx: &mut Cx, span: Span, items: &[ast::Expr], expected: Option<&Ty>) -> Expr {
        let element = match expected.map(Ty::not_null) {
            Some(Ty::List(element, _) | Ty::Set(element)) => Some(element.as_ref().clone()),
            _ => None,
        };
        let mut ty: Option<Ty> = element.clone();
        let mut typed = Vec::with_capacity(items.len());
        for item in items {
            let item = self.value(cx, item, ty.as_ref());
            match &ty {
                None => ty = Some(item.ty.clone()),
                Some(first) if !self.agrees(&item.ty, first) => {
                    // Texts of several kinds are all texts; a list of them is a list of strings.
                    if element.is_none() && first.is_textual() && item.ty.is_textual() {
                        ty = Some(Ty::String);
                    } else {
                        self.report(problem::mixed_list(item.span, first, &item.ty));
                        ty = Some(Ty::Error);
                    }
                }
                Some(_) => {}
            }
            typed.push(item);
        }
        let size = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let size = ListSize { least: size, most: Some(size) };
        let ty = match ty {
            Some(Ty::Error) => Ty::Error,
            Some(element) => Ty::List(Box::new(element), size),
            None => Ty::List(Box::new(Ty::Error), size),
        };
        Expr { span, ty, optional: false, kind: ExprKind::List(typed) }
    }

    fn negate(&mut self, cx: &mut Cx, span: Span, inner: &ast::Expr, expected: Option<&Ty>) -> Expr {
        let inner = self.value(cx, inner, expected);
        let ty = match &inner.ty {
            ty @ (Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration | Ty::Error) => ty.clone(),
            other => {
                self.report(problem::mismatch(inner.span, "a number", other));
                Ty::Error
            }
        };
        Expr { span, ty, optional: false, kind: ExprKind::Negate(Box::new(inner)) }
    }

    fn coalesce(
        &mut self,
        cx: &mut Cx,
        span: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Ty>,
    ) -> Expr {
        let left = self.expr(cx, left, expected);
        let right = self.expr(cx, right, Some(&left.ty));
        if !left.optional && !left.ty.is_error() {
            self.report(absent::never_absent(left.span));
        }
        self.made_up(cx, span, &left, &right);
        let ty = if self.agrees(&right.ty, &left.ty) {
            left.ty.clone()
        } else if self.agrees(&left.ty, &right.ty) {
            right.ty.clone()
        } else {
            self.report(problem::bad_operands(span, "??", &left.ty, &right.ty));
            Ty::Error
        };
        let optional = right.optional;
        Expr { span, ty, optional, kind: ExprKind::Coalesce(Box::new(left), Box::new(right)) }
    }

    fn has(&mut self, cx: &mut Cx, span: Span, path: &ast::Path) -> Expr {
        let mut words = path.words.iter();
        let Some(first) = words.next() else { return error(span) };
        let mut written = ast::Expr { span: first.span, kind: Ast::Name(first.node.clone()) };
        for word in words {
            let span = written.span.to(word.span);
            written = ast::Expr { span, kind: Ast::Member(Box::new(written), word.clone()) };
        }
        // What is asked for needs no handling of its own.
        let facts = cx.read_facts.len();
        let inner =
            if matches!((first.node.as_str(), path.words.len()), ("job", 1)) && cx.param("job").is_none() {
                Expr { span: path.span, ty: Ty::Id(None), optional: true, kind: ExprKind::Read(Read::JobId) }
            } else {
                self.expr(cx, &written, None)
            };
        for (fact, _) in cx.read_facts.drain(facts..) {
            cx.with_facts.push(fact);
        }
        let always =
            !crate::planted::planted(15) && !inner.optional && !inner.ty.is_error() && !may_lack(&inner);
        if always && !absence::path(&inner).is_some_and(|path| cx.is_present(&path)) {
            self.report(absent::always_there(span, &path.text()));
        }
        Expr { span, ty: Ty::Bool, optional: false, kind: ExprKind::Has(Box::new(inner)) }
    }

    fn quantified(
        &mut self,
        cx: &mut Cx,
        span: Span,
        (quantifier, name, list, body): (Quantifier, &ast::Name, &ast::Expr, &ast::Expr),
    ) -> Expr {
        self.misread_conjunct(name, body, rules::Quantifies::Condition);
        let (var, list, variable) = self.each_of(cx, name, list);
        let body = self.with_local(cx, &name.node, variable, |checker, cx| checker.condition(cx, body));
        let kind = ExprKind::Quantified(quantifier, var, Box::new(list), Box::new(body));
        Expr { span, ty: Ty::Bool, optional: false, kind }
    }

    /// The list of a quantifier and the variable that stands for its elements.
    pub(super) fn each_of(
        &mut self,
        cx: &mut Cx,
        name: &ast::Name,
        list: &ast::Expr,
    ) -> (crate::typed::VarId, Expr, Expr) {
        let list = self.known(cx, list);
        let element = match &list.ty {
            Ty::List(element, _) | Ty::Set(element) => element.as_ref().clone(),
            Ty::Error => Ty::Error,
            other => {
                self.report(rules::not_a_list(list.span, other));
                Ty::Error
            }
        };
        self.no_root(name);
        let is_taken =
            cx.param(&name.node).is_some() || cx.locals.iter().any(|(known, _)| *known == name.node);
        if is_taken || self.find(cx.file, super::scope::Space::Value, &[&name.node]).is_some() {
            self.report(names::variable_shadows(name.span, &name.node));
        }
        let var = self.fresh_var();
        self.note_parameter(var, &list);
        let variable = Expr { span: name.span, ty: element, optional: false, kind: ExprKind::Var(var) };
        (var, list, variable)
    }

    /// A body without brackets reaches to the end; a conjunct that never mentions the variable was probably meant to
    /// stand outside (semantics 37).
    pub(super) fn misread_conjunct(&mut self, name: &ast::Name, body: &ast::Expr, of: rules::Quantifies) {
        let parts = match &body.kind {
            Ast::And(parts) | Ast::Or(parts) => parts.as_slice(),
            Ast::Paren(_) => &[],
            _ => std::slice::from_ref(body),
        };
        let outside = parts.iter().find(|part| !mentions(part, &name.node));
        if let Some(part) = outside.filter(|_| !crate::planted::planted(22)) {
            self.report(rules::misread_body(part.span, &name.node, of));
        }
    }

    fn call(
        &mut self,
        cx: &mut Cx,
        span: Span,
        function: &ast::Path,
        arguments: &[ast::Expr],
        expected: Option<&Ty>,
    ) -> Expr {
        let _ = expected;
        let name = function.text();
        match name.as_str() {
            "count" | "length" => {
                let [argument] = arguments else {
                    self.report(names::wrong_argument_count(span, &name, 1, arguments.len()));
                    return error(span);
                };
                let argument = self.known(cx, argument);
                let (fits, wanted) = match name.as_str() {
                    "count" => (matches!(argument.ty.not_null(), Ty::List(..) | Ty::Error), "a list"),
                    _ => (
                        matches!(argument.ty.not_null(), Ty::String | Ty::Text | Ty::Id(_) | Ty::Error),
                        "text",
                    ),
                };
                if !fits {
                    self.report(problem::mismatch(argument.span, wanted, &argument.ty));
                }
                let inner = Box::new(argument);
                let kind = if name == "count" { ExprKind::Count(inner) } else { ExprKind::Length(inner) };
                Expr { span, ty: Ty::Int, optional: false, kind }
            }
            _ => self.user_function(cx, span, function, arguments),
        }
    }

    fn user_function(
        &mut self,
        cx: &mut Cx,
        span: Span,
        function: &ast::Path,
        arguments: &[ast::Expr],
    ) -> Expr {
        let name = function.text();
        let words: Vec<&str> = function.words.iter().map(|word| word.node.as_str()).collect();
        let is_own = self.find(cx.file, Space::Value, &words).is_some();
        if !is_own && self.foreign_function(cx, span, function, arguments) {
            return error(span);
        }
        let Some(index) = self.function(cx, function) else { return error(span) };
        let Some(decl) = self.lets.get(index) else { return error(span) };
        let (file, item) = (decl.file, decl.item);
        let Some(params) = &item.params else {
            self.report(names::not_a_value(function.span, &name, false));
            return error(span);
        };
        if params.len() != arguments.len() {
            self.report(names::wrong_argument_count(span, &name, params.len(), arguments.len()));
            return error(span);
        }
        if cx.open_lets.contains(&index) {
            self.report(names::recursive(function.span, &name));
            return error(span);
        }
        let mut bound = Vec::new();
        let mut locals = Vec::new();
        for (param, argument) in params.iter().zip(arguments) {
            let ty = param.ty.as_ref().map(|ty| self.value_type(file, ty));
            let argument = match &ty {
                Some(ty) => self.expect(cx, argument, ty),
                None => self.value(cx, argument, None),
            };
            let var = self.fresh_var();
            self.note_parameter(var, &argument);
            if super::declare::is_static(&argument) {
                self.constant_vars.insert(var);
            }
            let ty = ty.unwrap_or_else(|| argument.ty.clone());
            let variable = Expr { span: param.name.span, ty, optional: false, kind: ExprKind::Var(var) };
            locals.push((param.name.node.clone(), variable));
            bound.push((var, argument));
        }
        // The body sees its own file, its parameters and what is global; not what its caller sees.
        let mut inner = Cx { file, params: None, locals, present: Vec::new(), ..cx.clone() };
        inner.open_lets.push(index);
        inner.read_facts.clear();
        let body = match &item.ty {
            Some(ty) => {
                let ty = self.ty(file, ty);
                self.expect(&mut inner, &item.value, &ty)
            }
            None => self.value(&mut inner, &item.value, None),
        };
        cx.size = inner.size;
        cx.read_facts.append(&mut inner.read_facts);
        let (ty, optional) = (body.ty.clone(), body.optional);
        Expr { span, ty, optional, kind: ExprKind::Bind(bound, Box::new(body)) }
    }
}

/// Scopes are not optional in conditions (a call that lacks one denies, semantics 17), but one can ask for them.
fn may_lack(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Read(read) => matches!(
            read,
            Read::Caller(_)
                | Read::Auth(_)
                | Read::JobId
                | Read::Job(_)
                | Read::Skill
                | Read::Fact(_)
                | Read::JobLabels
        ),
        ExprKind::Member(inner, _) => may_lack(inner),
        ExprKind::Let(_, value) => may_lack(value),
        ExprKind::Var(_) => true,
        _ => false,
    }
}

/// True where a name stands anywhere in an expression.
fn mentions(expr: &ast::Expr, name: &str) -> bool {
    match &expr.kind {
        Ast::Name(known) => known == name,
        Ast::Literal(_) | Ast::InFlightOf(_) | Ast::Carries(..) => false,
        Ast::Member(of, _)
        | Ast::Paren(of)
        | Ast::Not(of)
        | Ast::Negate(of)
        | Ast::Matches(of, _)
        | Ast::Is(of, _) => mentions(of, name),
        Ast::List(all) | Ast::Call(_, all) | Ast::And(all) | Ast::Or(all) => {
            all.iter().any(|part| mentions(part, name))
        }
        Ast::Binary(left, _, _, right) => mentions(left, name) || mentions(right, name),
        Ast::Has(path) => path.words.first().is_some_and(|word| word.node == name),
        Ast::Quantified(_, _, list, body) => mentions(list, name) || mentions(body, name),
        Ast::After(past, _, no) | Ast::CallsOf(past, _, no) | Ast::SumOf(_, past, _, no) => {
            std::iter::once(past.as_ref())
                .chain(no)
                .any(|past| past.filters.iter().any(|f| mentions(&f.value, name)))
        }
        Ast::Record(_, past, _) | Ast::Distinct(_, past, _) => {
            past.filters.iter().any(|filter| mentions(&filter.value, name))
        }
    }
}

/// The constant that an expression is, where it is one by itself.
pub(super) fn constant(expr: &Expr) -> Option<&Value> {
    match &expr.kind {
        ExprKind::Const(value) => Some(value),
        ExprKind::Let(_, value) => constant(value),
        _ => None,
    }
}
