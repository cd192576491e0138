//! Rules: what each block demands of the tools it holds for.

use std::sync::Arc;

use agentpass_grammar::Span;

use super::context::Cx;
use super::facts::is_fact;
use super::polarity::Polarity;
use super::scope::{Declared, Space, Symbol, referred};
use super::templates::Place;
use super::tools::Source;
use super::{Checker, absence};
use crate::ast::{self, ClauseKind, ExprKind as Ast, ItemKind, Quantifier};
use crate::diagnostics::problems::{memory, names, rules as problem, syntax, tools};
use crate::typed::{Block, Each, Expr, Fact, Origin, Rule, RuleKind, Template, ToolKind};
use crate::types::Ty;

impl<'l> Checker<'l> {
    /// Reads the rules of every block: of tools and `on`, at the top level, of flows and skills.
    pub(super) fn blocks(&mut self) {
        let sources = std::mem::take(&mut self.sources);
        for source in &sources {
            self.block(source);
        }
        let all: Vec<usize> = (0..self.program.tools.len()).collect();
        for (file, item) in self.items() {
            match &item.kind {
                ItemKind::Rule(clause) => {
                    let body = std::slice::from_ref(clause);
                    self.block(&Source {
                        file,
                        span: item.span,
                        origin: Origin::Global,
                        owner: String::new(),
                        targets: all.clone(),
                        params: None,
                        with: Vec::new(),
                        guard: None,
                        shared: &[],
                        body,
                    });
                }
                ItemKind::Flow(flow) => self.flow(file, item, flow, &all),
                ItemKind::Skill(skill) => self.skill_rules(file, item, skill),
                _ => {}
            }
        }
    }

    /// The rules of one block.
    pub(super) fn block(&mut self, source: &Source<'l>) {
        let targets = self.providing(&source.targets, &source.with);
        let file = self.loaded.files.get(source.file).map(|file| file.id).unwrap_or_default();
        let mut block = Block {
            origin: source.origin.clone(),
            span: source.span,
            file,
            targets,
            params: source.params.clone().unwrap_or_default(),
            rules: Vec::new(),
            limits: Vec::new(),
        };
        let facts = Arc::new(self.common_facts(&block.targets));
        let mut cx = Cx::rules(source.file, source.params.clone(), facts);
        if let Origin::Flow(_) = source.origin {
            cx.present = self.flow_paths();
        }
        let mut guards = Vec::new();
        if let Some(guard) = source.guard {
            let guard = self.guard(&mut cx, guard, &block.targets);
            cx.present.extend(absence::when_true(&guard));
            guards.push(Arc::new(guard));
        }
        self.clauses(&mut cx, source, source.body, &mut guards, &mut block, 0);
        self.program.blocks.push(block);
    }

    fn guard(&mut self, cx: &mut Cx, written: &ast::Expr, targets: &[usize]) -> Expr {
        self.misread_each(written, "group");
        cx.read_facts.clear();
        let guard = self.condition(cx, written);
        self.polarity(&guard, Polarity::Refuses);
        self.demand_facts(cx, targets);
        guard
    }

    fn clauses(
        &mut self,
        cx: &mut Cx,
        source: &Source<'l>,
        clauses: &'l [ast::Clause],
        guards: &mut Vec<Arc<Expr>>,
        block: &mut Block,
        depth: usize,
    ) {
        let locals = cx.locals.len();
        // Lets are known to the whole block, wherever they stand in it.
        for clause in clauses {
            if let ClauseKind::Let(item) = &clause.kind {
                if source.params.is_none() && depth == 0 && source.origin == Origin::Global {
                    continue;
                }
                self.local_let(cx, item);
            }
        }
        for clause in clauses {
            cx.read_facts.clear();
            cx.with_facts.clear();
            cx.size = 0;
            let present = cx.present.len();
            match &clause.kind {
                ClauseKind::Let(_) => {}
                kind if is_fact(kind) => match source.origin {
                    Origin::Tool | Origin::On(_) if depth == 0 => {}
                    Origin::Tool | Origin::On(_) => self.report(tools::conditional_fact(clause.verb)),
                    _ => self.report(tools::fact_not_here(clause.verb, self.word(clause.verb))),
                },
                ClauseKind::When { condition, body } => {
                    let guard = self.guard(cx, condition, &block.targets);
                    let learned = absence::when_true(&guard);
                    guards.push(Arc::new(guard));
                    self.with_present(cx, learned, |checker, cx| {
                        checker.clauses(cx, source, body, guards, block, depth + 1);
                    });
                    guards.pop();
                }
                ClauseKind::Limit(limit) => {
                    if let Some(limit) = self.limit(cx, source, clause, limit, guards, &block.targets) {
                        block.limits.push(limit);
                    }
                    self.demand_facts(cx, &block.targets);
                }
                // The digest of a manifest's tools was compared when they were declared.
                ClauseKind::Digest { .. }
                    if source.origin == Origin::Tool && depth == 0 && self.is_pinned(&block.targets) => {}
                ClauseKind::Source(_) | ClauseKind::Digest { .. } | ClauseKind::Invokes(_) => {
                    if !matches!(source.origin, Origin::Skill(_)) || depth > 0 {
                        self.report(problem::only_in_skill(clause.verb, self.word(clause.verb)));
                    }
                }
                _ => {
                    if let Some(rule) = self.rule(cx, source, clause, guards, &block.targets) {
                        block.rules.push(rule);
                    }
                    self.demand_facts(cx, &block.targets);
                }
            }
            cx.present.truncate(present);
        }
        cx.locals.truncate(locals);
    }

    /// Whether the tools come from a manifest. Of a block without tools nobody knows: why it has none is reported elsewhere.
    fn is_pinned(&self, targets: &[usize]) -> bool {
        let mut tools = targets.iter().filter_map(|&index| self.program.tools.get(index));
        tools.all(|tool| matches!(tool.kind, ToolKind::Pinned { .. }))
    }

    fn word(&self, span: Span) -> &'l str {
        self.loaded.sources.text(span)
    }

    fn rule(
        &mut self,
        cx: &mut Cx,
        source: &Source<'l>,
        clause: &'l ast::Clause,
        guards: &[Arc<Expr>],
        targets: &[usize],
    ) -> Option<Rule> {
        let (kind, tail, verb, messages) = match &clause.kind {
            ClauseKind::Require { condition, tail } => {
                cx.in_require = true;
                let (kind, messages) = self.require(cx, condition, tail);
                cx.in_require = false;
                self.made_up_facts(&cx.read_facts, targets);
                (kind, tail, "require", messages)
            }
            ClauseKind::Deny { condition, tail } => {
                let (kind, messages) = self.deny(cx, condition.as_ref(), tail);
                (kind, tail, "deny", messages)
            }
            ClauseKind::Challenge { name, each, when, tail } => {
                let (kind, messages) =
                    self.challenge(cx, name, each.as_ref(), when.as_ref(), tail, targets)?;
                (kind, tail, "challenge", messages)
            }
            ClauseKind::Once { keys, ledger, replay, tail } => {
                if source.params.is_none() && !matches!(source.origin, Origin::Global) {
                    self.report(problem::once_not_here(clause.verb));
                }
                let keys = self.keys(cx, keys);
                self.canonical_resource(&keys, targets);
                let replay = replay.as_ref().and_then(|text| self.positive(text));
                let messages = self.messages(cx, tail);
                (
                    RuleKind::Once { keys, ledger: ledger.as_ref().map(ast::Path::text), replay },
                    tail,
                    "once",
                    messages,
                )
            }
            ClauseKind::RecordsAtMost { most, tail } => {
                if !matches!(source.origin, Origin::Flow(_)) {
                    self.report(problem::records_not_here(clause.verb));
                }
                self.counted_on_the_way_out(source, clause.verb, targets);
                let most = self.constant(cx, most, &Ty::Int, "the greatest number of records");
                if super::limits::is_negative(&most) {
                    self.report(memory::negative_bound(most.span));
                }
                let messages = self.messages(cx, tail);
                (RuleKind::RecordsAtMost(most), tail, "records", messages)
            }
            _ => return None,
        };
        self.tail_order(tail);
        let id = self.rule_id(&source.owner, verb, clause.span, tail);
        if let Some(name) = &tail.name {
            // Audit records and tests know a rule by its name: two rules of one name could not be told apart.
            match self.rule_names.get(&id).copied() {
                Some(first) if first != name.span => {
                    self.report(names::declared_twice(name.span, "rule", &name.node, first));
                }
                _ => {
                    self.rule_names.insert(id.clone(), name.span);
                }
            }
        }
        Some(Rule {
            id,
            span: clause.span,
            guards: guards.to_vec(),
            kind,
            because: messages.0,
            audit: messages.1,
            name: tail.name.as_ref().map(|name| name.node.clone()),
        })
    }

    fn require(&mut self, cx: &mut Cx, condition: &ast::Expr, tail: &ast::Tail) -> (RuleKind, Messages) {
        if let Ast::Quantified(Quantifier::Each, name, list, body) = &condition.kind {
            self.misread_conjunct(name, body, problem::Quantifies::Require);
            let (var, list, variable) = self.each_of(cx, name, list);
            self.polarity(&list, Polarity::Allows);
            return self.with_local(cx, &name.node, variable, |checker, cx| {
                let body = checker.condition(cx, body);
                checker.polarity(&body, Polarity::Allows);
                let learned = absence::when_false(&body);
                let messages = checker.with_present(cx, learned, |checker, cx| checker.messages(cx, tail));
                (RuleKind::RequireEach(Each { var, list, body }), messages)
            });
        }
        let condition = self.condition(cx, condition);
        self.polarity(&condition, Polarity::Allows);
        let learned = absence::when_false(&condition);
        let messages = self.with_present(cx, learned, |checker, cx| checker.messages(cx, tail));
        (RuleKind::Require(condition), messages)
    }

    fn deny(
        &mut self,
        cx: &mut Cx,
        condition: Option<&ast::DenyCondition>,
        tail: &ast::Tail,
    ) -> (RuleKind, Messages) {
        match condition {
            None => (RuleKind::Deny(None), self.messages(cx, tail)),
            Some(ast::DenyCondition::Each(each)) => {
                let Ast::Quantified(_, name, list, body) = &each.kind else {
                    return (RuleKind::Deny(None), self.messages(cx, tail));
                };
                let (each, messages) = self.each_rule(cx, name, list, body, tail);
                (RuleKind::DenyEach(each), messages)
            }
            Some(ast::DenyCondition::When(when)) => {
                self.misread_each(when, "deny");
                let condition = self.condition(cx, when);
                self.polarity(&condition, Polarity::Refuses);
                let learned = absence::when_true(&condition);
                let messages = self.with_present(cx, learned, |checker, cx| checker.messages(cx, tail));
                (RuleKind::Deny(Some(condition)), messages)
            }
        }
    }

    fn each_rule(
        &mut self,
        cx: &mut Cx,
        name: &ast::Name,
        list: &ast::Expr,
        body: &ast::Expr,
        tail: &ast::Tail,
    ) -> (Each, Messages) {
        self.misread_conjunct(name, body, problem::Quantifies::Refusal);
        let (var, list, variable) = self.each_of(cx, name, list);
        self.with_local(cx, &name.node, variable, |checker, cx| {
            let body = checker.condition(cx, body);
            checker.polarity(&body, Polarity::Refuses);
            let learned = absence::when_true(&body);
            let messages = checker.with_present(cx, learned, |checker, cx| checker.messages(cx, tail));
            (Each { var, list, body }, messages)
        })
    }

    fn challenge(
        &mut self,
        cx: &mut Cx,
        name: &ast::Name,
        each: Option<&ast::Expr>,
        when: Option<&ast::Expr>,
        tail: &ast::Tail,
        targets: &[usize],
    ) -> Option<(RuleKind, Messages)> {
        let challenge = self.challenge_named(cx.file, name);
        if let Some(challenge) = challenge {
            self.met.push((challenge, targets.to_vec(), name.span));
        }
        let mut messages = None;
        let each = each.and_then(|each| {
            let Ast::Quantified(_, variable, list, body) = &each.kind else { return None };
            let (each, found) = self.each_rule(cx, variable, list, body, tail);
            messages = Some(found);
            Some(each)
        });
        let when = when.map(|when| {
            self.misread_each(when, "challenge");
            let condition = self.condition(cx, when);
            self.polarity(&condition, Polarity::Refuses);
            condition
        });
        let messages = match messages {
            Some(messages) => messages,
            None => {
                let learned = when.as_ref().map(absence::when_true).unwrap_or_default();
                self.with_present(cx, learned, |checker, cx| checker.messages(cx, tail))
            }
        };
        Some((RuleKind::Challenge { challenge: challenge?, each, when }, messages))
    }

    /// The index of a challenge.
    pub(super) fn challenge_named(&mut self, file: usize, name: &ast::Name) -> Option<usize> {
        match self.lookup(file, Space::Challenge, &referred(name))? {
            Declared { symbol: Symbol::Challenge(index), .. } => Some(index),
            _ => None,
        }
    }

    /// `deny when each x in xs: C` reads like one denial per element, and means that all elements are bad
    /// (semantics 37).
    fn misread_each(&mut self, condition: &ast::Expr, verb: &str) {
        let last = match &condition.kind {
            Ast::And(parts) | Ast::Or(parts) => parts.last(),
            _ => Some(condition),
        };
        if let Some(Ast::Quantified(Quantifier::Each, ..)) = last.map(|last| &last.kind) {
            let at = last.map_or(condition.span, |last| last.span);
            self.report(problem::misread_each(at, verb));
        }
    }

    /// The messages of a rule, for the model and for the auditor.
    pub(super) fn messages(&mut self, cx: &mut Cx, tail: &ast::Tail) -> Messages {
        let because = tail.because.as_ref().map(|text| self.template(cx, text, Place::Message));
        let audit = tail.audit.as_ref().map(|text| self.template(cx, text, Place::Message));
        (because, audit)
    }

    pub(super) fn tail_order(&mut self, tail: &ast::Tail) {
        if let Some(span) = tail.repeated {
            self.report(syntax::tail_repeated(span));
        }
        if let Some(span) = tail.out_of_order {
            self.report(syntax::tail_out_of_order(span));
        }
    }

    /// Reports the facts that a rule read and some tool does not provide (semantics 8).
    pub(super) fn demand_facts(&mut self, cx: &mut Cx, targets: &[usize]) {
        let mut read = std::mem::take(&mut cx.read_facts);
        read.dedup();
        for (fact, span) in read {
            if cx.with_facts.contains(&fact) && cx.is_present(&format!("call.{}", fact.word())) {
                continue;
            }
            let missing: Vec<String> = targets
                .iter()
                .filter(|&&tool| !self.provides(tool, fact))
                .filter_map(|&tool| self.program.tools.get(tool))
                .map(|tool| tool.name.clone())
                .collect();
            if !missing.is_empty() && !crate::planted::planted(16) {
                self.report(problem::missing_fact(span, fact.word(), &missing, cx.params.is_none()));
            } else if let Some((one, other)) =
                self.mixed_types(fact, targets).filter(|_| !crate::planted::planted(13))
            {
                self.report(problem::mixed_fact(span, fact.word(), &one, &other));
            }
        }
    }

    pub(super) fn provides(&self, tool: usize, fact: Fact) -> bool {
        let Some(tool) = self.program.tools.get(tool) else { return false };
        let facts = &tool.facts;
        match fact {
            Fact::Action => true,
            Fact::Resource => facts.resource.is_some(),
            Fact::Amount => facts.amount.is_some(),
            Fact::Fields => facts.fields.is_some(),
            Fact::Records => facts.records.is_some(),
            Fact::Tokens => facts.tokens.is_some(),
            Fact::Cost => facts.cost.is_some(),
            Fact::Domains => facts.sends.iter().any(|sends| sends.at.is_some()),
        }
    }

    fn fact_type(&self, tool: usize, fact: Fact) -> Option<(Ty, bool)> {
        let facts = &self.program.tools.get(tool)?.facts;
        let of =
            |fact: &Option<(Expr, Span)>| fact.as_ref().map(|(expr, _)| (expr.ty.clone(), expr.optional));
        match fact {
            Fact::Amount => of(&facts.amount),
            Fact::Fields => of(&facts.fields),
            Fact::Records => of(&facts.records),
            Fact::Tokens => of(&facts.tokens),
            Fact::Cost => of(&facts.cost),
            Fact::Action | Fact::Resource | Fact::Domains => {
                self.provides(tool, fact).then(|| (super::names::usual_type(fact), false))
            }
        }
    }

    /// What each fact is for the tools of a block: its type, and whether it may be absent.
    fn common_facts(&self, targets: &[usize]) -> Vec<(Fact, Ty, bool)> {
        let mut common = Vec::new();
        for &fact in Fact::ALL {
            let mut types = targets.iter().filter_map(|&tool| self.fact_type(tool, fact));
            let Some((ty, mut optional)) = types.next() else { continue };
            for (_, more) in types {
                optional |= more;
            }
            common.push((fact, ty, optional));
        }
        common
    }

    fn mixed_types(&self, fact: Fact, targets: &[usize]) -> Option<(Ty, Ty)> {
        let same = |a: &Ty, b: &Ty| match (a, b) {
            (Ty::List(a, _), Ty::List(b, _)) => a == b || (a.is_textual() && b.is_textual()),
            (a, b) => a == b,
        };
        let mut types = targets.iter().filter_map(|&tool| self.fact_type(tool, fact)).map(|(ty, _)| ty);
        let first = types.next()?;
        let other = types.find(|ty| !same(ty, &first) && !ty.is_error() && !first.is_error())?;
        Some((first, other))
    }
}

/// The messages for the model and for the auditor.
pub(super) type Messages = (Option<Template>, Option<Template>);
