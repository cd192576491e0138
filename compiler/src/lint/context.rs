//! What lints look at, and the questions that several of them ask.

use std::collections::HashSet;

use agentpass_grammar::{FileId, Span};

use crate::ast::{self, ItemKind};
use crate::check::{Checked, Used};
use crate::load::Loaded;
use crate::typed::{
    Block, Each, Expr, ExprKind, Limit, Origin, Program, Rule, RuleKind, Tool, ToolKind, Value,
};

/// A checked program without errors.
pub(super) struct Context<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) program: &'a Program,
    pub(super) used: &'a Used,
    own: HashSet<FileId>,
    /// The blocks that hold for each tool; those of skills are only for calls made for the skill. Imports bring thousands
    /// of tools, and every lint asks this of every one of them.
    blocks: Vec<Vec<&'a Block>>,
}

/// What a condition is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Calls pass where it holds: `require`.
    Demand,
    /// Calls are refused or held up where it holds: `deny`, `challenge`.
    Refusal,
    /// It says which calls something is about: `when`, `on … when`, limits.
    Scope,
}

impl<'a> Context<'a> {
    pub(super) fn new(loaded: &'a Loaded, checked: &'a Checked) -> Self {
        let is_module = |item: &ast::Item| matches!(item.kind, ItemKind::Module(_));
        let own =
            loaded.files.iter().filter(|file| file.root && !file.parsed.file.items.iter().any(is_module));
        let own = own.map(|file| file.id).collect();
        let program = &checked.program;
        let mut blocks: Vec<Vec<&Block>> = vec![Vec::new(); program.tools.len()];
        for block in program.blocks.iter().filter(|block| !matches!(block.origin, Origin::Skill(_))) {
            for &tool in &block.targets {
                if let Some(blocks) = blocks.get_mut(tool) {
                    blocks.push(block);
                }
            }
        }
        Self { loaded, program, used: &checked.used, own, blocks }
    }

    /// True for the files of the contract itself: what others declare is there for whoever needs it.
    pub(super) fn is_own(&self, file: FileId) -> bool {
        self.own.contains(&file)
    }

    /// True for files of the standard library.
    pub(super) fn is_std(&self, file: FileId) -> bool {
        self.loaded.sources.get(file).is_some_and(|file| file.name.starts_with("<std>"))
    }

    /// Every item, with its file.
    pub(super) fn items(&self) -> impl Iterator<Item = (FileId, &'a ast::Item)> + use<'a> {
        let loaded = self.loaded;
        loaded.files.iter().flat_map(|file| file.parsed.file.items.iter().map(|item| (file.id, item)))
    }

    /// The rules that calls of a tool can meet, those of flows included.
    pub(super) fn rules_for(&self, tool: usize) -> impl Iterator<Item = &'a Rule> {
        self.blocks_for(tool).flat_map(|block| &block.rules)
    }

    /// The rules that every call of a tool meets.
    pub(super) fn own_rules_for(&self, tool: usize) -> impl Iterator<Item = &'a Rule> {
        self.blocks_for(tool)
            .filter(|block| !matches!(block.origin, Origin::Flow(_)))
            .flat_map(|block| &block.rules)
    }

    /// The limits that calls of a tool count towards.
    pub(super) fn limits_for(&self, tool: usize) -> impl Iterator<Item = &'a Limit> {
        self.blocks_for(tool).flat_map(|block| &block.limits)
    }

    fn blocks_for(&self, tool: usize) -> impl Iterator<Item = &'a Block> {
        self.blocks.get(tool).into_iter().flatten().copied()
    }

    /// True where every call of the tool is denied.
    pub(super) fn is_denied(&self, tool: usize) -> bool {
        let always = |rule: &Rule| rule.guards.is_empty() && matches!(rule.kind, RuleKind::Deny(None));
        self.own_rules_for(tool).any(always)
    }

    /// The head of a tool's declaration: its name or pattern.
    pub(super) fn head(&self, tool: &Tool) -> Span {
        if tool.kind != ToolKind::Otherwise {
            return tool.span;
        }
        let item = self.items().find(|(_, item)| item.span == tool.span);
        match item.map(|(_, item)| &item.kind) {
            Some(ItemKind::Tools(ast::Tools { signature: Some(signature), .. })) => {
                Span { end: signature.span.end, ..tool.span }
            }
            _ => tool.span,
        }
    }

    /// Every condition of the program, with what it is for.
    pub(super) fn conditions(&self) -> Vec<(&'a Expr, Role)> {
        let mut all = Vec::new();
        for block in &self.program.blocks {
            for rule in &block.rules {
                all.extend(rule.guards.iter().map(|guard| (guard.as_ref(), Role::Scope)));
                all.extend(condition(&rule.kind));
            }
            for limit in &block.limits {
                all.extend(limit.guards.iter().map(|guard| (guard.as_ref(), Role::Scope)));
                all.extend(
                    limit
                        .bounds
                        .iter()
                        .filter_map(|bound| bound.when.as_ref())
                        .map(|when| (when, Role::Scope)),
                );
            }
        }
        all
    }

    /// The constants that a list or set holds, each where it is written; nothing where one of them is no constant.
    pub(super) fn elements(&self, container: &'a Expr) -> Option<Vec<(&'a Value, Span)>> {
        let mut found = Vec::new();
        self.collect(container, &mut found, 0).then_some(found)
    }

    fn collect(&self, expr: &'a Expr, found: &mut Vec<(&'a Value, Span)>, depth: usize) -> bool {
        match &expr.kind {
            _ if depth > 16 => false,
            ExprKind::Const(value) => {
                found.push((value, expr.span));
                true
            }
            ExprKind::Let(_, value) => self.collect(value, found, depth + 1),
            ExprKind::List(all) => all.iter().all(|part| self.collect(part, found, depth + 1)),
            ExprKind::Arith(ast::BinaryOp::Add, left, right) => {
                self.collect(left, found, depth + 1) && self.collect(right, found, depth + 1)
            }
            ExprKind::Set(index) => self.program.sets.get(*index).is_some_and(|set| {
                set.times.is_none() && set.elements.iter().all(|part| self.collect(part, found, depth + 1))
            }),
            _ => false,
        }
    }
}

/// The condition of a rule, with what it is for.
pub(super) fn condition(kind: &RuleKind) -> Option<(&Expr, Role)> {
    match kind {
        RuleKind::Require(condition) | RuleKind::RequireEach(Each { body: condition, .. }) => {
            Some((condition, Role::Demand))
        }
        RuleKind::Deny(Some(condition))
        | RuleKind::DenyEach(Each { body: condition, .. })
        | RuleKind::Challenge { each: Some(Each { body: condition, .. }), .. }
        | RuleKind::Challenge { when: Some(condition), .. } => Some((condition, Role::Refusal)),
        _ => None,
    }
}
