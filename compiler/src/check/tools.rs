//! Tools: who declares them, what they take, and the facts that their clauses give.

use std::sync::Arc;

use agentpass_grammar::{Span, words::ROOTS};

use super::context::Cx;
use super::scope::Space;
use super::{Checker, patterns};
use crate::ast::{self, ItemKind};
use crate::diagnostics::problems::{names, rules, tools as problem};
use crate::diagnostics::suggest;
use crate::load::relative;
use crate::manifest::Listed;
use crate::typed::{Action, Expr, ExprKind, Fact, Facts, Field, Tool, ToolKind};
use crate::types::Ty;

/// A block of clauses with the tools it holds for, before its rules are read.
#[derive(Clone, Debug)]
pub(super) struct Source<'l> {
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) origin: crate::typed::Origin,
    /// The name before the rules' names.
    pub(super) owner: String,
    pub(super) targets: Vec<usize>,
    pub(super) params: Option<Arc<Vec<Field>>>,
    pub(super) with: Vec<Fact>,
    pub(super) guard: Option<&'l ast::Expr>,
    /// The parameters that an `on` block lists, as written.
    pub(super) shared: &'l [ast::Field],
    pub(super) body: &'l [ast::Clause],
}

impl<'l> Checker<'l> {
    /// Declares all tools, then gives them their facts.
    pub(super) fn tools(&mut self) {
        let mut sources: Vec<Source<'l>> = Vec::new();
        for (file, item) in self.items() {
            match &item.kind {
                ItemKind::Tool(tool) => sources.extend(self.tool(file, item, tool)),
                ItemKind::Tools(tools) => sources.extend(self.tool_family(file, item, tools)),
                _ => {}
            }
        }
        self.overlapping_families();
        for (file, item) in self.items() {
            if let ItemKind::On(on) = &item.kind {
                sources.extend(self.on(file, item, on));
            }
        }
        for source in &sources {
            self.facts(source);
        }
        // Which tools provide the facts after `with` is known only now.
        for source in &sources {
            if let (crate::typed::Origin::On(_), Some(params)) = (&source.origin, &source.params) {
                let targets = self.providing(&source.targets, &source.with);
                self.shared_parameters(params, source.shared, &targets);
            }
        }
        self.undeclared();
        self.actions();
        self.contradictions();
        self.sources = sources;
    }

    fn tool(&mut self, file: usize, item: &'l ast::Item, tool: &'l ast::Tool) -> Option<Source<'l>> {
        let params = self.signature(file, &tool.signature);
        let name = tool.name.as_ref().map(ast::Path::text);
        let wire = tool.wire.as_ref().map(|wire| wire.node.clone()).or_else(|| name.clone())?;
        let name = name.unwrap_or_else(|| wire.clone());
        let span = tool.name.as_ref().map(|name| name.span).or(tool.wire.as_ref().map(|wire| wire.span))?;
        let open = tool.signature.open.is_some();
        let index = self.add_tool(file, item, span, wire, name, ToolKind::Declared, params, open)?;
        let Some(body) = &tool.body else {
            if !item.broken {
                self.report(problem::no_block(item.span));
            }
            // Reported with the block: nobody should hear of the missing action as well.
            if let Some(tool) = self.program.tools.get_mut(index) {
                tool.facts.action = Some((Action::Admin, span));
            }
            return None;
        };
        self.block_of(file, item, vec![index], body)
    }

    fn tool_family(&mut self, file: usize, item: &'l ast::Item, tools: &'l ast::Tools) -> Option<Source<'l>> {
        let params = tools.signature.as_ref().map(|signature| self.signature(file, signature));
        let open = tools.signature.as_ref().and_then(|signature| signature.open);
        let mut targets = Vec::new();
        match (&tools.pattern, &tools.manifest) {
            (Some(pattern), Some(manifest)) => {
                let from = self.loaded.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
                let path = relative(&from, &manifest.node);
                let read = self.manifest(&path, manifest.span);
                let known = read.is_some();
                let read = read.unwrap_or_default();
                let mut wanted = patterns::exact_names(pattern);
                let names: Vec<String> = read.tools.iter().map(|tool| tool.name.clone()).collect();
                let taken: Vec<&Listed> =
                    read.tools.iter().filter(|tool| patterns::matches(pattern, &tool.name)).collect();
                wanted.retain(|name| !taken.iter().any(|tool| tool.name == *name));
                let prefix =
                    tools.alias.as_ref().map(|alias| format!("{}.", alias.text())).unwrap_or_default();
                for tool in &taken {
                    let pinned = self.pinned(tool, manifest.span);
                    let kind = ToolKind::Pinned { manifest: manifest.node.clone(), digest: pinned.digest };
                    // The gate sees the tools of several servers: the prefix says whose a call is.
                    let name = format!("{prefix}{}", pinned.name);
                    let added = self.add_tool(
                        file,
                        item,
                        pattern.span,
                        name.clone(),
                        name,
                        kind,
                        pinned.params,
                        pinned.open,
                    );
                    if let Some(tool) = added.and_then(|index| self.program.tools.get_mut(index)) {
                        tool.docs = pinned.docs;
                        tool.schema = pinned.schema;
                    }
                    targets.extend(added);
                }
                self.shadowing_manifest(file, pattern.span, &manifest.node, &targets);
                if known {
                    let names_all = !patterns::has_star(pattern);
                    let wanted = self.drift(&read, manifest, tools.body.as_deref(), &taken, wanted);
                    for name in &wanted {
                        let close = suggest::closest(name, names.iter().map(String::as_str));
                        self.report(problem::not_in_manifest(pattern.span, name, &manifest.node, close));
                    }
                    if taken.is_empty() && wanted.is_empty() && !names_all {
                        self.report(problem::pattern_finds_nothing(pattern.span, &manifest.node));
                    }
                }
            }
            (Some(pattern), None) => {
                if open.is_none() {
                    self.report(problem::family_needs_open(pattern.span));
                }
                let (text, kind) = (pattern.text(), ToolKind::Family(pattern.clone()));
                let params = params.clone().unwrap_or_default();
                targets.extend(self.add_tool(
                    file,
                    item,
                    pattern.span,
                    text.clone(),
                    text,
                    kind,
                    params,
                    true,
                ));
            }
            (None, _) => {
                if open.is_none() {
                    self.report(problem::family_needs_open(item.span.at_start()));
                }
                if let Some(first) = self.program.tools.iter().find(|tool| tool.kind == ToolKind::Otherwise) {
                    let first = first.span;
                    self.report(names::declared_twice(item.span, "block", "tools otherwise", first));
                    return None;
                }
                let name = "otherwise".to_owned();
                let (params, kind) = (params.clone().unwrap_or_default(), ToolKind::Otherwise);
                targets.extend(self.add_tool(file, item, item.span, name.clone(), name, kind, params, true));
            }
        }
        let Some(body) = &tools.body else {
            self.without_block(item, &targets);
            return None;
        };
        let mut source = self.block_of(file, item, targets, body)?;
        if let Some(params) = params
            && tools.manifest.is_some()
            && let Some(signature) = &tools.signature
        {
            // A signature beside a manifest refines the types that the schemas give.
            self.shared_parameters(&params, &signature.fields, &source.targets);
            source.params = Some(Arc::new(params));
        }
        Some(source)
    }

    /// A tool without a block says nothing of its action either, and is reported once.
    fn without_block(&mut self, item: &ast::Item, targets: &[usize]) {
        if !item.broken {
            self.report(problem::no_block(item.span));
        }
        self.add(targets, |facts| {
            facts.action.get_or_insert((Action::Admin, item.span));
        });
    }

    fn block_of(
        &mut self,
        file: usize,
        item: &ast::Item,
        targets: Vec<usize>,
        body: &'l [ast::Clause],
    ) -> Option<Source<'l>> {
        let owner = match targets.as_slice() {
            [only] => self.program.tools.get(*only).map(|tool| tool.name.clone()).unwrap_or_default(),
            _ => "tools".to_owned(),
        };
        let params = Some(Arc::new(self.common_parameters(&targets)));
        let origin = crate::typed::Origin::Tool;
        let (with, guard, shared) = (Vec::new(), None, [].as_slice());
        Some(Source { file, span: item.span, origin, owner, targets, params, with, guard, shared, body })
    }

    /// The parameters that all of the tools have, with the same type.
    fn common_parameters(&self, targets: &[usize]) -> Vec<Field> {
        let mut tools = targets.iter().filter_map(|&index| self.program.tools.get(index));
        let Some(first) = tools.next() else { return Vec::new() };
        let mut common = first.params.clone();
        for tool in tools {
            common.retain_mut(|field| {
                let other = tool.params.iter().find(|other| other.name == field.name && other.ty == field.ty);
                field.optional |= other.is_some_and(|other| other.optional);
                other.is_some()
            });
        }
        common
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one declaration")]
    fn add_tool(
        &mut self,
        file: usize,
        item: &ast::Item,
        span: Span,
        wire: String,
        name: String,
        kind: ToolKind,
        params: Vec<Field>,
        open: bool,
    ) -> Option<usize> {
        let known = self.tool_names.get(&wire).or_else(|| self.tool_names.get(&name));
        let known = known.filter(|_| !crate::planted::planted(9));
        // The rest of the tools has no name, and a tool may well be called `otherwise`.
        let is_rest = |kind: &ToolKind| *kind == ToolKind::Otherwise;
        let known = known.and_then(|&index| self.program.tools.get(index));
        let known = known.filter(|tool| !is_rest(&kind) && !is_rest(&tool.kind));
        if let Some(first) = known {
            let first = first.span;
            self.report(names::declared_twice(span, "tool", &wire, first));
            return None;
        }
        let index = self.program.tools.len();
        if is_rest(&kind) {
            self.tool_names.entry(name.clone()).or_insert(index);
        } else {
            self.tool_names.insert(wire.clone(), index);
            self.tool_names.insert(name.clone(), index);
        }
        let id = self.loaded.files.get(file).map(|file| file.id).unwrap_or_default();
        self.program.tools.push(Tool {
            wire,
            name,
            kind,
            span,
            file: id,
            docs: item.docs.iter().map(|line| line.node.clone()).collect(),
            params,
            open,
            schema: None,
            facts: Facts::default(),
            results: Vec::new(),
            error_means_no_effect: false,
            runs_at_most: None,
        });
        Some(index)
    }

    fn signature(&mut self, file: usize, signature: &ast::Signature) -> Vec<Field> {
        let fields = self.fields(file, &signature.fields, "parameter");
        // A declaration called like a root has been reported, and hides nothing.
        for field in fields.iter().filter(|field| !ROOTS.contains(&field.name.as_str())) {
            if let Some(declared) =
                self.find(file, Space::Value, &[&field.name]).filter(|_| !crate::planted::planted(21))
            {
                self.report(names::shadows(field.span, &field.name, declared.span));
            }
        }
        fields
    }

    /// The index of a tool by its name or wire name.
    pub(super) fn tool_named(&self, name: &str) -> Option<usize> {
        self.tool_names.get(name).copied()
    }

    fn on(&mut self, file: usize, item: &'l ast::Item, on: &'l ast::On) -> Option<Source<'l>> {
        let mut targets = self.tools_matching(&on.pattern);
        if targets.is_empty() {
            let names = patterns::exact_names(&on.pattern);
            let known: Vec<String> = self.program.tools.iter().map(|tool| tool.name.clone()).collect();
            match names.as_slice() {
                [name] => {
                    let close = suggest::closest(name, known.iter().map(String::as_str));
                    self.report_unknown(name, problem::unknown_tool(on.pattern.span, name, close));
                }
                _ if on.pattern.is_any() => {}
                _ => self.report(problem::on_nothing(on.pattern.span, &on.pattern.text())),
            }
        } else {
            for name in patterns::exact_names(&on.pattern) {
                if !targets
                    .iter()
                    .any(|&index| self.program.tools.get(index).is_some_and(|tool| may_be(tool, &name)))
                {
                    let known: Vec<String> =
                        self.program.tools.iter().map(|tool| tool.name.clone()).collect();
                    let close = suggest::closest(&name, known.iter().map(String::as_str));
                    self.report_unknown(&name, problem::unknown_tool(on.pattern.span, &name, close));
                }
            }
        }
        let (mut with, mut is_known) = (Vec::new(), true);
        for path in &on.with {
            match Fact::named(&path.text()) {
                Some(fact) => with.push(fact),
                None => {
                    let close = suggest::closest(&path.text(), Fact::ALL.iter().map(|fact| fact.word()));
                    self.report(problem::unknown_fact(path.span, &path.text(), close));
                    is_known = false;
                }
            }
        }
        if !is_known {
            return None;
        }
        let params = match &on.signature {
            Some(signature) => {
                let params = self.signature(file, signature);
                if let Some(open) = signature.open {
                    self.report(problem::open_on(open));
                }
                for field in &signature.fields {
                    if let Some(wire) = &field.wire {
                        self.report(problem::not_in_on(wire.span, "another name on the wire"));
                    }
                    if let Some(default) = &field.default {
                        self.report(problem::not_in_on(default.span, "a default"));
                    }
                }
                Arc::new(params)
            }
            None => Arc::new(Vec::new()),
        };
        let owner = if on.pattern.is_any() { String::new() } else { on.pattern.text() };
        // Where the pattern names one tool, its own parameters can be read without listing them.
        let params = match targets.as_slice() {
            [only] if on.signature.is_none() && patterns::is_exact(&on.pattern) => {
                Arc::new(self.program.tools.get(*only).map(|tool| tool.params.clone()).unwrap_or_default())
            }
            _ => params,
        };
        targets.sort_unstable();
        Some(Source {
            file,
            span: item.span,
            origin: crate::typed::Origin::On(on.pattern.clone()),
            owner,
            targets,
            params: Some(params),
            with,
            guard: on.when.as_ref(),
            shared: on.signature.as_ref().map(|signature| signature.fields.as_slice()).unwrap_or_default(),
            body: &on.body,
        })
    }

    /// Those of the tools that provide all of the facts.
    pub(super) fn providing(&self, targets: &[usize], facts: &[Fact]) -> Vec<usize> {
        targets.iter().copied().filter(|&tool| facts.iter().all(|&fact| self.provides(tool, fact))).collect()
    }

    /// The tools for which a pattern stands, unseen ones included.
    pub(super) fn tools_matching(&self, pattern: &ast::Pattern) -> Vec<usize> {
        // A list of names that are all declared leaves nothing to `otherwise`.
        let names = patterns::exact_names(pattern);
        let all_declared =
            !patterns::has_star(pattern) && names.iter().all(|name| self.tool_names.contains_key(name));
        let tools = self.program.tools.iter().enumerate();
        tools
            .filter(|(_, tool)| meets(pattern, tool) && !(all_declared && tool.kind == ToolKind::Otherwise))
            .map(|(index, _)| index)
            .collect()
    }

    /// Each tool that a shared block holds for must have the parameters that the block lists.
    fn shared_parameters(&mut self, params: &[Field], written: &[ast::Field], targets: &[usize]) {
        for field in params {
            let mut missing = Vec::new();
            let mut other_type = None;
            let mut optional = None;
            for &index in targets {
                let Some(tool) = self.program.tools.get(index) else { continue };
                match tool.params.iter().find(|param| param.name == field.name) {
                    None => missing.push(tool.name.clone()),
                    Some(param)
                        if !refines(&field.ty, &param.ty) && !crate::planted::planted(24)
                            || (field.ty == param.ty && field.form != param.form) =>
                    {
                        other_type.get_or_insert((tool.name.clone(), param.ty.clone(), param.span));
                    }
                    Some(param) if param.optional && !field.optional => {
                        optional.get_or_insert((tool.name.clone(), param.span));
                    }
                    // An amount that one block reads in cents and another one in whole units is two amounts.
                    Some(param)
                        if matches!(field.ty.not_null(), Ty::Money(_) | Ty::Duration | Ty::Timestamp) =>
                    {
                        let read = (field.ty.clone(), field.form);
                        let first =
                            self.refined.entry((index, field.name.clone())).or_insert_with(|| read.clone());
                        if *first != read {
                            other_type.get_or_insert((tool.name.clone(), first.0.clone(), param.span));
                        }
                    }
                    Some(_) => {}
                }
            }
            let span = written.iter().find(|w| w.name.node == field.name).map_or(field.span, |w| w.span);
            if !missing.is_empty() {
                self.report(problem::missing_parameter(span, &field.name, &missing));
            }
            if let Some((tool, ty, at)) = other_type {
                self.report(problem::other_parameter_type(span, &field.name, &field.ty, &tool, &ty, at));
            }
            if let Some((tool, at)) = optional {
                self.report(problem::optional_in_tool(span, &field.name, &tool, at));
            }
        }
    }

    /// `action` is mandatory (semantics 8).
    fn actions(&mut self) {
        let broken: Vec<(agentpass_grammar::FileId, Span)> = self
            .items()
            .filter(|(_, item)| item.broken)
            .filter_map(|(file, item)| Some((self.loaded.files.get(file)?.id, item.span)))
            .collect();
        for index in 0..self.program.tools.len() {
            let Some(tool) = self.program.tools.get(index) else { continue };
            let is_broken = broken.iter().any(|(file, span)| {
                *file == tool.file && span.start <= tool.span.start && tool.span.end <= span.end
            });
            let (span, name) = (tool.span, tool.name.clone());
            if tool.facts.action.is_none() && !is_broken && !crate::planted::planted(12) {
                self.report(problem::no_action(span, &name));
            }
        }
    }

    /// A `let` inside a block: known to what follows it.
    pub(super) fn local_let(&mut self, cx: &mut Cx, item: &ast::Let) {
        if let Some(params) = &item.params {
            let at = params.first().map_or(item.name.span, |param| param.name.span);
            self.report(rules::local_function(at));
            return;
        }
        self.no_root(&item.name);
        if cx.param(&item.name.node).is_some() {
            let other = cx.param(&item.name.node).map_or(item.name.span, |field| field.span);
            self.report(names::shadows(item.name.span, &item.name.node, other));
        } else if let Some(first) =
            cx.locals.iter().find(|(known, _)| *known == item.name.node).map(|(_, e)| e.span)
        {
            self.report(names::declared_twice(item.name.span, "name", &item.name.node, first));
        } else if let Some(declared) = self.find(cx.file, Space::Value, &[&item.name.node]) {
            self.report(names::shadows(item.name.span, &item.name.node, declared.span));
        }
        let value = match &item.ty {
            Some(ty) => {
                let ty = self.ty(cx.file, ty);
                self.expect(cx, &item.value, &ty)
            }
            None => self.expr(cx, &item.value, None),
        };
        let (ty, optional) = (value.ty.clone(), value.optional);
        let kind = ExprKind::Let(item.name.node.clone(), Arc::new(value));
        cx.locals.push((item.name.node.clone(), Expr { span: item.name.span, ty, optional, kind }));
    }
}

/// True where a tool can have this exact name.
pub(super) fn may_be(tool: &Tool, name: &str) -> bool {
    match &tool.kind {
        ToolKind::Family(pattern) => patterns::matches(pattern, name),
        ToolKind::Otherwise => true,
        _ => tool.wire == name || tool.name == name,
    }
}

/// True where a pattern can stand for a tool. Of families and `otherwise` nobody knows the names: they may.
fn meets(pattern: &ast::Pattern, tool: &Tool) -> bool {
    match &tool.kind {
        ToolKind::Otherwise => true,
        ToolKind::Family(family) => patterns::can_meet(pattern, family),
        _ => patterns::matches(pattern, &tool.wire) || patterns::matches(pattern, &tool.name),
    }
}

/// True where a block may read a parameter as `finer` that the tool declares as `declared`: every value of the one is
/// a value of the other, and text that does not parse is denied with the signature.
fn refines(finer: &Ty, declared: &Ty) -> bool {
    match (finer, declared) {
        (Ty::Error, _) | (_, Ty::Error) => true,
        (a, b) if a == b => true,
        (Ty::Nullable(a), Ty::Nullable(b)) => refines(a, b),
        (Ty::List(a, _), Ty::List(b, _)) => refines(a, b),
        (
            Ty::Id(_)
            | Ty::Text
            | Ty::Folded
            | Ty::Email
            | Ty::Domain
            | Ty::Url
            | Ty::Path
            | Ty::Shell
            | Ty::Enum(_)
            | Ty::Timestamp
            | Ty::Duration
            | Ty::String,
            Ty::String | Ty::Text,
        ) => true,
        (
            Ty::Int | Ty::Money(_) | Ty::Duration | Ty::Timestamp | Ty::IntEnum(_) | Ty::Decimal,
            Ty::Int | Ty::Decimal,
        ) => true,
        (_, Ty::Json) => true,
        _ => false,
    }
}
