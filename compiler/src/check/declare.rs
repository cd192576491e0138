//! Declarations: parameters of the deployment, sets, lets, records, labels, facts of the host, jobs and events.

use std::collections::HashMap;
use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_values::{Date, Days, TimeOfDay, TimeRange, TimeSet, Weekday, Zone};

use super::context::Cx;
use super::scope::{Declared, Space, Symbol};
use super::{Checker, context};
use crate::ast::{self, ItemKind};
use crate::diagnostics::problems::{habits, names, rules, types as problem};
use crate::typed::{self, Expr, ExprKind, Field};
use crate::types::Ty;

/// A `let` at the top level.
#[derive(Clone, Debug)]
pub(super) struct LetDecl<'l> {
    pub(super) file: usize,
    pub(super) item: &'l ast::Let,
    /// The value, once it has been read; functions are read where they are called.
    pub(super) value: Option<Arc<Expr>>,
    /// How many nodes the value has when everything in it is written out.
    pub(super) size: usize,
}

impl<'l> Checker<'l> {
    /// Collects all names, then gives each declaration its type and value.
    pub(super) fn declare(&mut self) {
        let mut declared = Vec::new();
        let mut contract: Option<Span> = None;
        let mut declare = |file, space, name: &ast::Name, symbol| {
            declared.push((file, space, name.node.clone(), Declared { symbol, span: name.span }));
        };
        for (file, item) in self.items() {
            match &item.kind {
                ItemKind::Edition(edition) if edition.year.node != 2026 => {
                    self.problems.push(rules::unknown_edition(edition.year.span));
                }
                ItemKind::Contract(head) => {
                    if let Some(first) = contract {
                        self.problems.push(rules::second_contract(head.name.span, first));
                    } else {
                        contract = Some(head.name.span);
                        self.contract(file, head);
                    }
                }
                ItemKind::Param(param) => {
                    declare(file, Space::Value, &param.name, Symbol::Param(self.program.params.len()));
                    let (name, ty) = (param.name.clone(), Ty::Error);
                    self.program.params.push(typed::Param { name, ty, default: None });
                }
                ItemKind::Set(set) => {
                    declare(file, Space::Value, &set.name, Symbol::Set(self.program.sets.len()));
                    let name = set.name.clone();
                    self.program.sets.push(typed::Set {
                        name,
                        ty: Ty::Error,
                        elements: Vec::new(),
                        times: None,
                    });
                }
                ItemKind::Let(item) => {
                    declare(file, Space::Value, &item.name, Symbol::Let(self.lets.len()));
                    self.lets.push(LetDecl { file, item, value: None, size: 0 });
                }
                ItemKind::Record(record) => {
                    declare(file, Space::Type, &record.name, Symbol::Record(self.program.records.len()));
                    let name = record.name.clone();
                    self.program.records.push(typed::Record { name, fields: Vec::new(), open: false });
                }
                ItemKind::Label(label) => {
                    for name in &label.names {
                        declare(file, Space::Label, name, Symbol::Label(self.program.labels.len()));
                        self.program.labels.push(typed::Label { name: name.clone(), guarded: label.guarded });
                    }
                }
                ItemKind::Challenge(challenge) => {
                    let index = self.program.challenges.len();
                    declare(file, Space::Challenge, &challenge.name, Symbol::Challenge(index));
                    self.program.challenges.push(typed::Challenge {
                        name: challenge.name.clone(),
                        count: 1,
                        who: typed::Asked::Anyone,
                        separate: Vec::new(),
                        binds: Vec::new(),
                        shows: Vec::new(),
                        expires: None,
                        reusable: None,
                    });
                }
                ItemKind::Event(event) => {
                    declare(file, Space::Event, &event.name, Symbol::Event(self.program.events.len()));
                    self.program.events.push(typed::Event { name: event.name.clone(), fields: Vec::new() });
                }
                ItemKind::Job(job) => {
                    declare(file, Space::Job, &job.name, Symbol::Job(self.program.jobs.len()));
                    self.program.jobs.push(typed::JobKind { name: job.name.clone(), fields: Vec::new() });
                }
                ItemKind::Skill(skill) => {
                    declare(file, Space::Skill, &skill.name, Symbol::Skill(self.program.skills.len()));
                    let name = skill.name.clone();
                    let (source, digest, invokes, names) = (None, None, Vec::new(), Vec::new());
                    self.program.skills.push(typed::Skill { name, source, digest, invokes, names });
                }
                _ => {}
            }
        }
        self.editions();
        self.declare_names(declared);
        self.types_of_declarations();
        self.values_of_declarations();
    }

    /// `edition 2026` is the first item of every file, once.
    fn editions(&mut self) {
        for file in &self.loaded.files {
            let items = &file.parsed.file.items;
            let is_edition = |item: &&ast::Item| matches!(item.kind, ItemKind::Edition(_));
            match items.iter().find(is_edition) {
                None if !items.is_empty() => {
                    let at = items.first().map_or(Span::new(file.id, 0, 0), |item| item.span.at_start());
                    // A broken first item may well have been the edition.
                    if file.parsed.problems.is_empty() {
                        self.problems.push(rules::missing_edition(at));
                    }
                }
                _ => {}
            }
            for (index, item) in items.iter().enumerate() {
                if index > 0 && matches!(item.kind, ItemKind::Edition(_)) {
                    self.problems.push(rules::late_edition(item.span));
                }
            }
        }
    }

    fn contract(&mut self, file: usize, head: &ast::Contract) {
        use ast::ContractClauseKind as Kind;
        let id = self.loaded.files.get(file).map(|file| file.id).unwrap_or_default();
        let mut contract = typed::Contract {
            name: head.name.clone(),
            file: id,
            version: None,
            owner: None,
            agents: Vec::new(),
            valid_from: None,
            valid_until: None,
        };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for clause in &head.clauses {
            let word = match &clause.kind {
                Kind::Version(text) => {
                    contract.version = Some(text.node.clone());
                    "version"
                }
                Kind::Owner(text) => {
                    contract.owner = Some(text.node.clone());
                    "owner"
                }
                Kind::Agents(texts) => {
                    contract.agents.extend(texts.iter().map(|text| text.node.clone()));
                    "agents"
                }
                Kind::Valid { from, until } => {
                    let mut dates = Vec::new();
                    for date in [from, until].into_iter().flatten() {
                        match Date::parse(&date.node) {
                            Ok(value) => dates.push(value),
                            Err(e) => {
                                let why = e.to_string();
                                self.problems.push(problem::bad_literal(date.span, "date", &date.node, &why));
                            }
                        }
                    }
                    if let [first, last] = dates.as_slice()
                        && first.parts() > last.parts()
                    {
                        self.problems.push(problem::bad_time_range(clause.span, "it ends before it begins"));
                    }
                    contract.valid_from = from.as_ref().map(|date| date.node.clone());
                    contract.valid_until = until.as_ref().map(|date| date.node.clone());
                    "valid"
                }
            };
            if let Some(first) = seen.insert(word, clause.span) {
                self.problems.push(problem::duplicate(clause.span, "clause", word, first));
            }
        }
        self.program.contract = Some(contract);
    }

    fn types_of_declarations(&mut self) {
        let (mut params, mut sets, mut records, mut events, mut jobs) = (0, 0, 0, 0, 0);
        for (file, item) in self.items() {
            match &item.kind {
                ItemKind::Param(param) => {
                    let ty = self.ty(file, &param.ty);
                    if let Some(slot) = self.program.params.get_mut(params) {
                        slot.ty = ty;
                    }
                    params += 1;
                }
                ItemKind::Set(set) => {
                    let ty = self.ty(file, &set.ty);
                    if let Some(slot) = self.program.sets.get_mut(sets) {
                        slot.ty = ty;
                    }
                    sets += 1;
                }
                ItemKind::Record(record) => {
                    let fields = self.fields(file, &record.fields, "field");
                    if let Some(slot) = self.program.records.get_mut(records) {
                        slot.fields = fields;
                    }
                    records += 1;
                }
                ItemKind::Event(event) => {
                    let fields = self.fields(file, &event.signature.fields, "parameter");
                    if let Some(slot) = self.program.events.get_mut(events) {
                        slot.fields = fields;
                    }
                    events += 1;
                }
                ItemKind::Job(job) => {
                    let fields = self.fields(file, &job.signature.fields, "parameter");
                    for field in &fields {
                        // `job.x` is read without saying of which kind the job is.
                        let mut known = self.program.jobs.iter().flat_map(|job| &job.fields);
                        if let Some(other) =
                            known.find(|other| other.name == field.name && other.ty != field.ty)
                        {
                            let (ty, at) = (other.ty.clone(), other.span);
                            self.report(names::mixed_job_parameter(
                                field.span,
                                &field.name,
                                &field.ty,
                                &ty,
                                at,
                            ));
                        }
                    }
                    if let Some(slot) = self.program.jobs.get_mut(jobs) {
                        slot.fields = fields;
                    }
                    jobs += 1;
                }
                ItemKind::Host(host) => {
                    for field in self.fields(file, &host.fields, "fact") {
                        self.host_fact(field);
                    }
                }
                _ => {}
            }
        }
        self.recursive_records();
    }

    /// Two files may declare the same fact of the host, if they agree.
    fn host_fact(&mut self, field: Field) {
        let known = self.program.host.iter_mut().find(|known| known.name == field.name);
        match known {
            Some(known) if known.ty == field.ty && known.form == field.form => {
                // Whoever needs it more is heard: it is optional only if all say so.
                known.optional &= field.optional;
            }
            Some(known) => {
                let first = known.span;
                self.problems.push(names::declared_twice(field.span, "fact of the host", &field.name, first));
            }
            None => self.program.host.push(field),
        }
    }

    fn values_of_declarations(&mut self) {
        let mut params = 0;
        for (file, item) in self.items() {
            if let ItemKind::Param(param) = &item.kind {
                let ty = self.program.params.get(params).map(|param| param.ty.clone()).unwrap_or(Ty::Error);
                let mut cx = Cx::constant(file);
                let default =
                    param.default.as_ref().map(|value| self.constant(&mut cx, value, &ty, "a default"));
                if let Some(slot) = self.program.params.get_mut(params) {
                    slot.default = default;
                }
                params += 1;
            }
        }
        let mut sets = 0;
        for (file, item) in self.items() {
            if let ItemKind::Set(set) = &item.kind {
                self.set(file, sets, set);
                sets += 1;
            }
        }
    }

    /// Reads every global `let`, used or not. Tools are known by now, so that they can ask the past.
    pub(super) fn global_lets(&mut self) {
        for index in 0..self.lets.len() {
            self.global_let(index, &[]);
            let Some((file, item)) = self.lets.get(index).map(|decl| (decl.file, decl.item)) else {
                continue;
            };
            self.builtin_function(item);
            for (index, param) in item.params.iter().flatten().enumerate() {
                self.no_root(&param.name);
                let mut before = item.params.iter().flatten().take(index);
                if let Some(first) = before.find(|first| first.name.node == param.name.node) {
                    let (span, first) = (param.name.span, first.name.span);
                    self.report(problem::duplicate(span, "parameter", &param.name.node, first));
                }
                if let Some(declared) = self.find(file, Space::Value, &[&param.name.node]) {
                    self.report(names::shadows(param.name.span, &param.name.node, declared.span));
                }
            }
        }
    }

    /// A value that is known before any call, of the given type.
    pub(super) fn constant(&mut self, cx: &mut Cx, value: &ast::Expr, ty: &Ty, place: &str) -> Expr {
        let expr = self.expect(cx, value, ty);
        if !expr.ty.is_error() && !is_static(&expr) {
            self.report(problem::not_constant(expr.span, place));
            return context::error(expr.span);
        }
        expr
    }

    fn set(&mut self, file: usize, index: usize, set: &'l ast::Set) {
        let ty = self.program.sets.get(index).map(|set| set.ty.clone()).unwrap_or(Ty::Error);
        if ty == Ty::Times {
            let times = self.times(set);
            if let Some(slot) = self.program.sets.get_mut(index) {
                slot.times = times;
            }
            return;
        }
        if let Some(zone) = &set.zone {
            self.report(problem::zone_mismatch(zone.span, true));
        }
        if matches!(ty, Ty::Text | Ty::Json | Ty::Shell | Ty::Bool | Ty::Set(_)) {
            self.report(problem::type_not_here(
                set.ty.span,
                &ty,
                "the elements of a set",
                "sets hold values that can be compared: string, id, domain, email, path, glob, command, int, money, …",
            ));
        }
        if let (ast::TypeKind::List(element, _), ast::SetValue::List(list, _)) = (&set.ty.kind, &set.value) {
            let is_list = |element: &ast::SetElement| {
                matches!(element, ast::SetElement::Expr(ast::Expr { kind: ast::ExprKind::List(_), .. }))
            };
            if !list.is_empty() && !list.iter().any(is_list) {
                self.report(habits::set_of_lists(set.ty.span, element.span));
                return;
            }
        }
        let mut cx = Cx::constant(file);
        let mut elements = Vec::new();
        self.sets_open.insert(index);
        match &set.value {
            ast::SetValue::List(list, _) => {
                for element in list {
                    // A set may be as long as its file.
                    cx.size = 0;
                    match element {
                        ast::SetElement::Expr(expr) => {
                            let whole_set = Ty::Set(Box::new(ty.clone()));
                            // The name of another set adds all of its elements.
                            let value = match &expr.kind {
                                ast::ExprKind::Name(_) => self.expr(&mut cx, expr, Some(&ty)),
                                _ => self.constant(&mut cx, expr, &ty, "an element of a set"),
                            };
                            if !value.ty.is_error() && !is_static(&value) {
                                self.report(problem::not_constant(value.span, "an element of a set"));
                            } else if value.ty != whole_set && !self.agrees(&value.ty, &ty) {
                                self.report(problem::mismatch(
                                    value.span,
                                    &format!("an element of type {ty}"),
                                    &value.ty,
                                ));
                            }
                            elements.push(value);
                        }
                        ast::SetElement::Time(ast::TimeRange {
                            span,
                            days: None,
                            hours: None,
                            dates: Some((day, None)),
                        }) if ty == Ty::Timestamp => {
                            let kind = ast::ExprKind::Literal(ast::Literal::Date(day.node.clone()));
                            let day = ast::Expr { span: *span, kind };
                            elements.push(self.constant(&mut cx, &day, &ty, "an element of a set"));
                        }
                        ast::SetElement::Time(range) => {
                            self.report(problem::bad_time_range(
                                range.span,
                                "only sets of `times` hold ranges",
                            ));
                        }
                    }
                }
            }
            ast::SetValue::Expr(expr) => {
                elements.push(self.constant(&mut cx, expr, &Ty::Set(Box::new(ty.clone())), "a set"));
            }
        }
        self.sets_open.remove(&index);
        if let Some(slot) = self.program.sets.get_mut(index) {
            slot.elements = elements;
        }
    }

    fn times(&mut self, set: &ast::Set) -> Option<TimeSet> {
        let Some(zone_name) = &set.zone else {
            self.report(problem::zone_mismatch(set.name.span, false));
            return None;
        };
        let zone = match Zone::parse(&zone_name.node) {
            Ok(zone) => zone,
            Err(error) => {
                self.report(problem::time_zone(zone_name.span, &zone_name.node, &error.to_string()));
                return None;
            }
        };
        let ast::SetValue::List(list, _) = &set.value else {
            self.report(problem::bad_time_range(set.name.span, "a set of times is a list"));
            return None;
        };
        let mut ranges = Vec::new();
        for element in list {
            match element {
                ast::SetElement::Time(range) => match time_range(range) {
                    Ok(range) => ranges.push(range),
                    Err((span, why)) => self.report(problem::bad_time_range(span, &why)),
                },
                ast::SetElement::Expr(expr) => {
                    self.report(problem::bad_time_range(expr.span, "it is a value"));
                }
            }
        }
        Some(TimeSet { zone, ranges })
    }

    /// The value of a global `let`; read once, however often it is used.
    pub(super) fn global_let(&mut self, index: usize, open: &[usize]) -> Option<Arc<Expr>> {
        let decl = self.lets.get(index)?;
        if decl.item.params.is_some() {
            self.check_function(index);
            return None;
        }
        if let Some(value) = &decl.value {
            return Some(Arc::clone(value));
        }
        let (file, item) = (decl.file, decl.item);
        if open.contains(&index) {
            self.report(names::recursive(item.name.span, &item.name.node));
            let poison = Arc::new(context::error(item.value.span));
            if let Some(decl) = self.lets.get_mut(index) {
                decl.value = Some(Arc::clone(&poison));
            }
            return Some(poison);
        }
        let mut cx = Cx::rules(file, None, Arc::new(Vec::new()));
        cx.open_lets = open.to_vec();
        cx.open_lets.push(index);
        let value = match &item.ty {
            Some(ty) => {
                let ty = self.ty(file, ty);
                self.expect(&mut cx, &item.value, &ty)
            }
            None => self.expr(&mut cx, &item.value, None),
        };
        let value = Arc::new(value);
        if let Some(decl) = self.lets.get_mut(index)
            && decl.value.is_none()
        {
            decl.value = Some(Arc::clone(&value));
            decl.size = cx.size;
        }
        Some(value)
    }

    /// A function whose parameters all have types is read once by itself, so that mistakes show even unused.
    fn check_function(&mut self, index: usize) {
        let Some(decl) = self.lets.get(index) else { return };
        let (file, item) = (decl.file, decl.item);
        let Some(params) = &item.params else { return };
        if params.iter().any(|param| param.ty.is_none()) {
            return;
        }
        let mut cx = Cx::rules(file, None, Arc::new(Vec::new()));
        cx.open_lets.push(index);
        for param in params {
            let ty = param.ty.as_ref().map_or(Ty::Error, |ty| self.value_type(file, ty));
            let var = self.fresh_var();
            // Whether what it stands for is known before any call is seen where the function is called.
            self.constant_vars.insert(var);
            let kind = ExprKind::Var(var);
            cx.locals
                .push((param.name.node.clone(), Expr { span: param.name.span, ty, optional: false, kind }));
        }
        match &item.ty {
            Some(ty) => {
                let ty = self.ty(file, ty);
                self.expect(&mut cx, &item.value, &ty);
            }
            None => {
                self.expr(&mut cx, &item.value, None);
            }
        }
    }
}

/// True where the value is the same for every call.
pub(super) fn is_static(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Param(_) | ExprKind::Set(_) | ExprKind::Error | ExprKind::Var(_) => {
            true
        }
        ExprKind::Let(_, value) => is_static(value),
        ExprKind::Bind(values, body) => values.iter().all(|(_, value)| is_static(value)) && is_static(body),
        ExprKind::List(all) => all.iter().all(is_static),
        ExprKind::Member(inner, _) | ExprKind::Negate(inner) => is_static(inner),
        ExprKind::Arith(_, left, right) | ExprKind::JoinPath(left, right) => {
            is_static(left) && is_static(right)
        }
        _ => false,
    }
}

fn time_range(range: &ast::TimeRange) -> Result<TimeRange, (Span, String)> {
    let at = |text: &ast::Text, why: String| (text.span, format!("`{}`: {why}", text.node));
    let weekday =
        |text: &ast::Text| Weekday::parse(&text.node).ok_or_else(|| at(text, "no such day".to_owned()));
    let days = match &range.days {
        Some((first, last)) => {
            let first = weekday(first)?;
            let last = last.as_ref().map(weekday).transpose()?;
            Some(last.map_or_else(|| Days::only(first), |last| Days::span(first, last)))
        }
        None => None,
    };
    let hour = |text: &ast::Text| TimeOfDay::parse(&text.node).map_err(|e| at(text, e.to_string()));
    let hours = match &range.hours {
        Some((from, to)) => Some((hour(from)?, hour(to)?)),
        None => None,
    };
    let date = |text: &ast::Text| Date::parse(&text.node).map_err(|e| at(text, e.to_string()));
    let dates = match &range.dates {
        Some((first, last)) => {
            let first = date(first)?;
            Some((first, last.as_ref().map(date).transpose()?.unwrap_or(first)))
        }
        None => None,
    };
    TimeRange::new(days, hours, dates).map_err(|error| (range.span, error.to_string()))
}
