//! `test` blocks: the names that they use must exist; what they expect is judged when they run.

use super::context::Cx;
use super::scope::{Declared, Space, Symbol, referred};
use super::{Checker, literals};
use crate::ast::{self, ItemKind, StepKind};
use crate::diagnostics::problems::{memory, names, tests as problem, tools, types};
use crate::diagnostics::suggest;
use crate::typed::{Field, Test, WireForm};
use crate::types::Ty;

impl Checker<'_> {
    /// Checks every test.
    pub(super) fn tests(&mut self) {
        let mut known: Vec<(String, agentpass_grammar::Span)> = Vec::new();
        for (file, item) in self.items() {
            let ItemKind::Test(test) = &item.kind else { continue };
            if let Some((_, first)) = known.iter().find(|(name, _)| *name == test.name.node) {
                let first = *first;
                self.report(names::declared_twice(test.name.span, "test", &test.name.node, first));
            }
            known.push((test.name.node.clone(), test.name.span));
            self.steps(file, &test.steps);
            let id = self.loaded.files.get(file).map(|file| file.id).unwrap_or_default();
            let (name, steps) = (test.name.node.clone(), test.steps.clone());
            self.program.tests.push(Test { name, file: id, steps, span: item.span });
        }
    }

    fn steps(&mut self, file: usize, steps: &[ast::Step]) {
        let mut open: Vec<String> = Vec::new();
        for step in steps {
            match &step.kind {
                StepKind::Param(name, value) => self.test_param(file, name, value),
                StepKind::Host(value) => self.host_values(file, value),
                StepKind::Auth(value) => self.auth_values(value),
                StepKind::Job(_, bound) => {
                    if let Some((name, values)) = bound
                        && let Some(Declared { symbol: Symbol::Job(index), .. }) =
                            self.lookup(file, Space::Job, &referred(name))
                    {
                        let fields =
                            self.program.jobs.get(index).map(|job| job.fields.clone()).unwrap_or_default();
                        self.entries(file, values.as_ref(), &fields, &format!("job `{}`", name.node));
                    }
                }
                StepKind::Who(..) => {}
                StepKind::After(text) => {
                    if let Err(finding) = literals::duration(text.span, &text.node) {
                        self.report(*finding);
                    }
                }
                StepKind::At(text) => {
                    if let Err(error) = agentpass_values::Timestamp::parse(&text.node) {
                        self.report(types::bad_literal(
                            text.span,
                            "timestamp",
                            &text.node,
                            &error.to_string(),
                        ));
                    }
                }
                StepKind::Event(name, values) => {
                    if let Some(Declared { symbol: Symbol::Event(index), .. }) =
                        self.lookup(file, Space::Event, name)
                    {
                        let fields = self
                            .program
                            .events
                            .get(index)
                            .map(|event| event.fields.clone())
                            .unwrap_or_default();
                        self.entries(file, values.as_ref(), &fields, &format!("event `{}`", name.text()));
                    }
                }
                StepKind::Lift(what, _) => {
                    if !["job", "agent", "tool", "gate"].contains(&what.node.as_str()) {
                        let close = suggest::closest(&what.node, ["job", "agent", "tool", "gate"]);
                        self.report(memory::unknown_suspended(what.span, &what.node, close));
                    }
                }
                StepKind::Call(call) => {
                    self.test_call(file, call);
                    open.extend(call.name.as_ref().map(|name| name.node.clone()));
                }
                StepKind::Settle(name, _) => {
                    if !open.contains(&name.node) {
                        let close = suggest::closest(&name.node, open.iter().map(String::as_str));
                        self.report(problem::unknown_call(name.span, &name.node, close));
                    }
                }
            }
        }
    }

    fn test_param(&mut self, file: usize, name: &ast::Name, value: &ast::Value) {
        match self.lookup(file, Space::Value, &referred(name)) {
            Some(Declared { symbol: Symbol::Param(index), .. }) => {
                let ty = self.program.params.get(index).map(|param| param.ty.clone()).unwrap_or(Ty::Error);
                if let ast::Value::Expr(value) = value {
                    self.constant(&mut Cx::constant(file), value, &ty, "a parameter");
                }
            }
            Some(_) => self.report(problem::not_a_param(name.span, &name.node)),
            None => {}
        }
    }

    /// Facts of the host: each one declared, each value of its type.
    fn host_values(&mut self, file: usize, value: &ast::Value) {
        let fields = self.program.host.clone();
        if let ast::Value::Record(entries, _) = value {
            for field in
                fields.iter().filter(|field| entries.iter().any(|entry| entry.key.node == field.name))
            {
                self.mark_used(field.span);
            }
        }
        self.entries(file, Some(value), &fields, "`host`");
    }

    fn auth_values(&mut self, value: &ast::Value) {
        let ast::Value::Record(entries, _) = value else { return };
        for entry in entries {
            if !["issuer", "client", "scopes", "groups"].contains(&entry.key.node.as_str()) {
                let close = suggest::closest(&entry.key.node, ["issuer", "client", "scopes", "groups"]);
                self.report(names::unknown_member(entry.key.span, "`auth`", &entry.key.node, close, ""));
            }
        }
    }

    fn entries(&mut self, file: usize, value: Option<&ast::Value>, fields: &[Field], of: &str) {
        let Some(ast::Value::Record(entries, _)) = value else { return };
        for entry in entries {
            let field =
                fields.iter().find(|field| field.name == entry.key.node || field.wire == entry.key.node);
            match field {
                None => {
                    let close =
                        suggest::closest(&entry.key.node, fields.iter().map(|field| field.name.as_str()));
                    self.report(names::unknown_member(entry.key.span, of, &entry.key.node, close, ""));
                }
                Some(field) => {
                    if let ast::Value::Expr(value) = &entry.value {
                        self.test_value(file, value, field);
                    }
                }
            }
        }
    }

    /// A literal in the language's own words is read as the type that is expected; anything else stands as JSON.
    fn test_value(&mut self, file: usize, value: &ast::Expr, field: &Field) {
        let ty = &field.ty;
        let found = match &value.kind {
            ast::ExprKind::Literal(ast::Literal::Text(_)) if is_text_on_the_wire(field) => return,
            ast::ExprKind::Literal(ast::Literal::Text(_)) => Ty::String,
            ast::ExprKind::Literal(ast::Literal::Int(_)) if is_number_on_the_wire(field) => return,
            ast::ExprKind::Literal(ast::Literal::Null) => return,
            _ => {
                self.constant(&mut Cx::constant(file), value, ty, "a value in a test");
                return;
            }
        };
        if found == Ty::String {
            self.report(types::mismatch(value.span, &ty.to_string(), &found));
        } else {
            self.constant(&mut Cx::constant(file), value, ty, "a value in a test");
        }
    }

    /// What a test expects to pass must have the form of the tool; what it expects to be denied may be anything.
    fn test_arguments(&mut self, file: usize, call: &ast::CallStep) {
        let tool = self.tool_named(&call.tool.text()).and_then(|index| self.program.tools.get(index));
        let Some(tool) = tool.filter(|tool| !tool.open) else { return };
        let (params, of) = (tool.params.clone(), format!("`{}`", tool.name));
        self.entries(file, call.args.as_ref(), &params, &of);
    }

    fn test_call(&mut self, file: usize, call: &ast::CallStep) {
        let name = call.tool.text();
        let covered = self.program.tools.iter().any(|tool| super::tools::may_be(tool, &name));
        let expects_denial = call.expect.iter().any(|expect| {
            let kind = match &expect.kind {
                ast::ExpectKind::Because(kind, _) => kind,
                kind => kind,
            };
            matches!(kind, ast::ExpectKind::Deny)
        });
        // A call of an unknown tool is denied, which a test may well want to show.
        if !covered && !expects_denial {
            let known: Vec<String> = self.program.tools.iter().map(|tool| tool.name.clone()).collect();
            let close = suggest::closest(&name, known.iter().map(String::as_str));
            self.report_unknown(&name, tools::unknown_tool(call.tool.span(), &name, close));
        }
        if !expects_denial && (!call.expect.is_empty() || call.outcome.is_some()) {
            self.test_arguments(file, call);
        }
        for challenge in call.approved.iter().chain(&call.refused) {
            self.challenge_named(file, challenge);
        }
        for expect in &call.expect {
            let kind = match &expect.kind {
                ast::ExpectKind::Because(kind, _) => kind,
                kind => kind,
            };
            if let ast::ExpectKind::Challenge(challenges) = kind {
                for challenge in challenges {
                    self.challenge_named(file, challenge);
                }
            }
        }
        if let Some(host) = &call.host {
            self.host_values(file, host);
        }
        if let Some(span) = call.open
            && let Some(_outcome) = &call.outcome
        {
            self.report(problem::open_with_outcome(span));
        }
    }
}

/// True where JSON text can stand for a value of the field.
fn is_text_on_the_wire(field: &Field) -> bool {
    match field.ty.not_null() {
        Ty::Int | Ty::IntEnum(_) | Ty::Bool | Ty::List(..) | Ty::Record(_) => false,
        Ty::Money(_) | Ty::Decimal | Ty::Duration => field.form == WireForm::Text,
        _ => true,
    }
}

/// True where a JSON number can.
fn is_number_on_the_wire(field: &Field) -> bool {
    match field.ty.not_null() {
        Ty::Int | Ty::IntEnum(_) | Ty::Json | Ty::Error => true,
        Ty::Money(_) | Ty::Decimal | Ty::Duration | Ty::Timestamp => field.form != WireForm::Text,
        _ => false,
    }
}
