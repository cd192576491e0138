//! Names in expressions: parameters, constants, and the roots that come with every call.

use std::sync::Arc;

use agentpass_grammar::{Span, words::ROOTS};

use super::Checker;
use super::context::{Cx, error};
use super::scope::{Declared, Space, Symbol};
use crate::ast::{self, ExprKind as Ast};
use crate::diagnostics::problems::{names as problem, rules};
use crate::diagnostics::suggest;
use crate::typed::{Action, AuthPart, CallerPart, Expr, ExprKind, Fact, Read};
use crate::types::Ty;

/// Functions of the language.
pub(super) const BUILT_IN: &[&str] = &["count", "length"];

impl Checker<'_> {
    /// Roots mean the same thing everywhere: no variable, local `let` or parameter of a function is called so.
    pub(super) fn no_root(&mut self, name: &ast::Name) {
        if ROOTS.contains(&name.node.as_str()) {
            self.report(problem::clashes_with_root(name.span, &name.node));
        }
    }

    /// A function that is called like one of the language would never be called.
    pub(super) fn builtin_function(&mut self, item: &ast::Let) {
        if item.params.is_some() && BUILT_IN.contains(&item.name.node.as_str()) {
            self.report(problem::clashes_with_function(item.name.span, &item.name.node));
        }
    }

    /// A bare name.
    pub(super) fn name(&mut self, cx: &mut Cx, span: Span, name: &str) -> Expr {
        if let Some((_, local)) = cx.locals.iter().rev().find(|(known, _)| known == name) {
            let mut local = local.clone();
            local.span = span;
            self.no_history(cx, &local);
            if cx.in_require
                && let ExprKind::Let(_, value) = &local.kind
            {
                self.made_up_before(span, value);
            }
            if local.optional && super::absence::path(&local).is_some_and(|path| cx.is_present(&path)) {
                local.optional = false;
            }
            return local;
        }
        let is_root = ROOTS.contains(&name);
        if let Some(field) = cx.param(name) {
            if is_root {
                let ty = field.ty.clone();
                self.report(problem::ambiguous_root(span, name));
                return Expr { span, ty, optional: false, kind: ExprKind::Read(Read::Arg(name.to_owned())) };
            }
            return param(cx, span, name).unwrap_or_else(|| error(span));
        }
        if let Some(declared) = self.find(cx.file, Space::Value, &[name]) {
            return self.constant_named(cx, span, name, declared);
        }
        match name {
            "now" => {
                return Expr { span, ty: Ty::Timestamp, optional: false, kind: ExprKind::Read(Read::Now) };
            }
            _ if is_root => {
                self.report(problem::root_alone(span, name, &roots_of(name)));
                return error(span);
            }
            _ => {}
        }
        if self.is_poisoned(cx.file, name) {
            return error(span);
        }
        let is_parameter = cx.params.is_none()
            && self.program.tools.iter().any(|tool| tool.params.iter().any(|field| field.name == name));
        if is_parameter {
            self.report(problem::parameter_outside(span, name));
            return error(span);
        }
        let params: Vec<String> =
            cx.params.iter().flat_map(|params| params.iter().map(|field| field.name.clone())).collect();
        let locals = cx.locals.iter().map(|(known, _)| known.as_str());
        let candidates = params.iter().map(String::as_str).chain(locals);
        let close = if self.may_suggest() {
            suggest::closest(name, candidates.chain(self.value_names(cx.file))).map(str::to_owned)
        } else {
            None
        };
        self.report_unknown(name, problem::unknown(span, "name", name, close.as_deref()));
        error(span)
    }

    /// Actions are words of the language: where one is expected it stands without quotes.
    pub(super) fn action_word(
        &mut self,
        cx: &Cx,
        span: Span,
        name: &str,
        expected: Option<&Ty>,
    ) -> Option<Expr> {
        let ty = usual_type(Fact::Action);
        let is_action = expected == Some(&ty) && Action::ALL.iter().any(|(_, word)| *word == name);
        let is_taken = cx.param(name).is_some() || cx.locals.iter().any(|(known, _)| known == name);
        (is_action && !is_taken).then(|| Expr {
            span,
            ty,
            optional: false,
            kind: ExprKind::Const(crate::typed::Value::Text(name.to_owned())),
        })
    }

    fn constant_named(&mut self, cx: &mut Cx, span: Span, name: &str, declared: Declared) -> Expr {
        match declared.symbol {
            Symbol::Param(index) => {
                let ty = self.program.params.get(index).map(|param| param.ty.clone()).unwrap_or(Ty::Error);
                Expr { span, ty, optional: false, kind: ExprKind::Param(index) }
            }
            Symbol::Set(index) => {
                if self.sets_open.contains(&index) {
                    self.report(problem::recursive(span, name));
                    return error(span);
                }
                let ty = match self.program.sets.get(index).map(|set| set.ty.clone()) {
                    Some(Ty::Times) => Ty::Times,
                    Some(Ty::Error) | None => Ty::Error,
                    Some(element) => Ty::Set(Box::new(element)),
                };
                Expr { span, ty, optional: false, kind: ExprKind::Set(index) }
            }
            Symbol::Let(index) => {
                if self.lets.get(index).is_some_and(|decl| decl.item.params.is_some()) {
                    self.report(problem::not_a_value(span, name, true));
                    return error(span);
                }
                let Some(value) = self.global_let(index, &cx.open_lets) else {
                    return error(span);
                };
                self.facts_of_let(cx, span, &value);
                let asked = Expr {
                    span,
                    ty: Ty::Bool,
                    optional: false,
                    kind: ExprKind::Let(name.to_owned(), Arc::clone(&value)),
                };
                self.no_history(cx, &asked);
                cx.size += self.lets.get(index).map_or(0, |decl| decl.size);
                let path = format!("let {name}");
                let optional = value.optional && !cx.is_present(&path);
                Expr { span, ty: value.ty.clone(), optional, kind: ExprKind::Let(name.to_owned(), value) }
            }
            _ => error(span),
        }
    }

    /// Where the past cannot be asked it cannot be asked through a `let` either.
    fn no_history(&mut self, cx: &Cx, of: &Expr) {
        if cx.history || !matches!(of.kind, ExprKind::Let(..)) {
            return;
        }
        let mut found = false;
        of.walk(&mut |expr| {
            found |= matches!(
                expr.kind,
                ExprKind::After(..)
                    | ExprKind::Latest(..)
                    | ExprKind::CallsOf(..)
                    | ExprKind::SumOf(..)
                    | ExprKind::Distinct(..)
                    | ExprKind::InFlightOf(_)
            );
        });
        if found {
            self.report(crate::diagnostics::problems::memory::history_not_here(of.span));
        }
    }

    /// A `let` that reads a fact makes whoever uses it read that fact.
    fn facts_of_let(&mut self, cx: &mut Cx, span: Span, value: &Arc<Expr>) {
        let mut guarded = Vec::new();
        let present = cx.present.clone();
        unguarded_facts(value, &mut guarded, &mut |fact| {
            if !present.contains(&format!("call.{}", fact.word())) {
                cx.read_facts.push((fact, span));
            }
        });
    }

    /// The index of a function that can be called.
    pub(super) fn function(&mut self, cx: &Cx, path: &ast::Path) -> Option<usize> {
        let words: Vec<&str> = path.words.iter().map(|word| word.node.as_str()).collect();
        match self.find(cx.file, Space::Value, &words) {
            Some(Declared { symbol: Symbol::Let(index), .. }) => Some(index),
            Some(_) => {
                self.report(problem::not_a_value(path.span, &path.text(), false));
                None
            }
            None if self.is_poisoned(cx.file, words.first().copied().unwrap_or("")) => None,
            None => {
                let close = self.closest(cx.file, Space::Value, &path.text());
                let close = close.as_deref().or_else(|| suggest::closest(&path.text(), ["count", "length"]));
                self.report(problem::unknown_function(path.span, &path.text(), close));
                None
            }
        }
    }

    /// `of.member`: of a root, of a module, or of a value.
    pub(super) fn member(&mut self, cx: &mut Cx, span: Span, of: &ast::Expr, member: &ast::Name) -> Expr {
        if matches!(of.kind, Ast::Record(..)) {
            self.report(rules::misread_member(member.span));
            return error(span);
        }
        if let Ast::Name(root) = &of.kind
            && !cx.locals.iter().any(|(known, _)| known == root)
        {
            if cx.param(root).is_some() && ROOTS.contains(&root.as_str()) && root != "args" {
                self.report(problem::ambiguous_root(of.span, root));
                return error(span);
            }
            if cx.param(root).is_none() || root == "args" {
                if let Some(expr) = self.root(cx, span, root, member) {
                    return expr;
                }
                if self.is_poisoned(cx.file, root) {
                    return error(span);
                }
                if self.module(cx.file, root).is_some() {
                    return match self.module_member(cx, root, member) {
                        Some(declared) => self.constant_named(cx, span, &member.node, declared),
                        None => error(span),
                    };
                }
            }
        }
        let of = self.expr(cx, of, None);
        let mut expr = self.member_of(span, of, member);
        if expr.optional && super::absence::path(&expr).is_some_and(|path| cx.is_present(&path)) {
            expr.optional = false;
        }
        expr
    }

    fn module_member(&mut self, cx: &Cx, module: &str, member: &ast::Name) -> Option<Declared> {
        self.module(cx.file, module)?;
        let found = self.find(cx.file, Space::Value, &[module, &member.node]);
        if found.is_none() {
            let name = format!("{module}.{}", member.node);
            self.report(problem::unknown(member.span, "name", &name, None));
        }
        found
    }

    /// A member of a root; nothing where the name is no root.
    fn root(&mut self, cx: &mut Cx, span: Span, root: &str, member: &ast::Name) -> Option<Expr> {
        let read = |ty, read| Expr { span, ty, optional: false, kind: ExprKind::Read(read) };
        let strings = || Ty::list(Ty::String);
        let found = match (root, member.node.as_str()) {
            ("args", name) => match param(cx, span, name) {
                Some(expr) => Some(expr),
                None if cx.params.is_none() => {
                    self.report(problem::parameter_outside(member.span, name));
                    return Some(error(span));
                }
                None => None,
            },
            ("call", "tool") => Some(read(Ty::String, Read::Tool)),
            ("call", "digest") => Some(read(Ty::String, Read::Digest)),
            ("call", "skill") => Some(read(Ty::String, Read::Skill)),
            ("call", name) => Fact::named(name).map(|fact| self.fact(cx, span, fact)),
            ("caller", "agent") => Some(read(Ty::String, Read::Caller(CallerPart::Agent))),
            ("caller", "user") => Some(read(Ty::String, Read::Caller(CallerPart::User))),
            ("caller", "tenant") => Some(read(Ty::String, Read::Caller(CallerPart::Tenant))),
            ("caller", "via") => Some(read(strings(), Read::Caller(CallerPart::Via))),
            ("auth", "issuer") => Some(read(Ty::String, Read::Auth(AuthPart::Issuer))),
            ("auth", "client") => Some(read(Ty::String, Read::Auth(AuthPart::Client))),
            ("auth", "scopes") => Some(read(strings(), Read::Auth(AuthPart::Scopes))),
            ("auth", "groups") => Some(read(strings(), Read::Auth(AuthPart::Groups))),
            ("job", "id") => Some(read(Ty::Id(None), Read::JobId)),
            ("job", "labels") => Some(read(strings(), Read::JobLabels)),
            ("job", name) => {
                let mut fields =
                    self.program.jobs.iter().flat_map(|job| &job.fields).filter(|field| field.name == name);
                fields.next().map(|first| {
                    let optional = first.optional || fields.any(|field| field.optional);
                    let optional = optional && !cx.is_present(&format!("job.{name}"));
                    Expr { optional, ..read(first.ty.clone(), Read::Job(name.to_owned())) }
                })
            }
            ("host", name) => {
                let field = self.program.host.iter().find(|field| field.name == name);
                field.map(|field| {
                    let path = format!("host.{name}");
                    let (ty, span_of) = (field.ty.clone(), field.span);
                    let optional = field.optional && !cx.is_present(&path);
                    self.used.0.insert(span_of);
                    Expr { span, ty, optional, kind: ExprKind::Read(Read::Host(name.to_owned())) }
                })
            }
            _ => return None,
        };
        Some(found.unwrap_or_else(|| {
            let names = self.root_members(cx, root);
            let close = suggest::closest(&member.node, names.iter().map(String::as_str));
            let all: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
            let finding = problem::unknown_member(
                member.span,
                &format!("`{root}`"),
                &member.node,
                close,
                &all.join(", "),
            );
            let finding = match (root, close) {
                ("host", None) => finding.help(format!("declare it: `host {{ {}: string }}`", member.node)),
                _ => finding,
            };
            self.report(finding);
            error(span)
        }))
    }

    fn root_members(&self, cx: &Cx, root: &str) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        match root {
            "args" => {
                cx.params.iter().flat_map(|params| params.iter().map(|field| field.name.clone())).collect()
            }
            "call" => words(&[
                "tool", "action", "resource", "amount", "fields", "records", "tokens", "cost", "domains",
                "digest", "skill",
            ]),
            "caller" => words(&["agent", "user", "tenant", "via"]),
            "auth" => words(&["issuer", "client", "scopes", "groups"]),
            "job" => {
                let bound = self
                    .program
                    .jobs
                    .iter()
                    .flat_map(|job| job.fields.iter().map(|field| field.name.clone()));
                ["id", "labels"].into_iter().map(str::to_owned).chain(bound).collect()
            }
            _ => self.program.host.iter().map(|field| field.name.clone()).collect(),
        }
    }

    /// `call.amount` and the like: what the tool's clauses give.
    fn fact(&mut self, cx: &mut Cx, span: Span, fact: Fact) -> Expr {
        let path = format!("call.{}", fact.word());
        let known = cx.facts.iter().find(|(known, _, _)| *known == fact).cloned();
        let (ty, optional) = match known {
            Some((_, ty, optional)) => (ty, optional),
            None => (usual_type(fact), false),
        };
        let present = cx.is_present(&path);
        if !present {
            cx.read_facts.push((fact, span));
        }
        Expr { span, ty, optional: optional && !present, kind: ExprKind::Read(Read::Fact(fact)) }
    }
}

fn param(cx: &Cx, span: Span, name: &str) -> Option<Expr> {
    let field = cx.param(name)?;
    let path = format!("args.{name}");
    let optional = field.optional && !cx.is_present(&path);
    Some(Expr { span, ty: field.ty.clone(), optional, kind: ExprKind::Read(Read::Arg(name.to_owned())) })
}

/// The type that a fact has where no tool is in sight.
pub(super) fn usual_type(fact: Fact) -> Ty {
    match fact {
        Fact::Action => Ty::Enum(Action::ALL.iter().map(|(_, word)| (*word).to_owned()).collect()),
        Fact::Resource => Ty::String,
        Fact::Amount | Fact::Cost => Ty::Money(crate::typed::default_currency()),
        Fact::Fields => Ty::list(Ty::String),
        Fact::Records | Fact::Tokens => Ty::Int,
        Fact::Domains => Ty::list(Ty::Domain),
    }
}

fn roots_of(root: &str) -> String {
    match root {
        "job" => {
            "`job.id`, `job.labels` and what `job` declarations bind; `has job` asks whether there is one"
                .to_owned()
        }
        "args" => "the tool's parameters".to_owned(),
        "host" => "the facts that `host { … }` declares".to_owned(),
        "call" => "`call.tool`, `call.action`, `call.resource`, `call.amount`, `call.fields`, `call.digest`"
            .to_owned(),
        "caller" => "`caller.agent`, `caller.user`, `caller.tenant`, `caller.via`".to_owned(),
        _ => "`auth.issuer`, `auth.client`, `auth.scopes`, `auth.groups`".to_owned(),
    }
}

/// Facts that an expression reads without having asked for them.
fn unguarded_facts(expr: &Expr, guarded: &mut Vec<Fact>, found: &mut impl FnMut(Fact)) {
    match &expr.kind {
        ExprKind::Read(Read::Fact(fact)) if !guarded.contains(fact) => found(*fact),
        ExprKind::Has(inner) => {
            if let ExprKind::Read(Read::Fact(fact)) = &inner.kind {
                guarded.push(*fact);
            }
        }
        _ => expr.children(&mut |child| unguarded_facts(child, guarded, found)),
    }
}
