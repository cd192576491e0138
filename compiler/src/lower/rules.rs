//! Rules, and what runs once.

use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, Ambient, NodeId, Op};

use super::counts::Polarity;
use super::expr::{Cx, Frame};
use super::{Construct, Lowered, Lowering, number};
use crate::ast::BinaryOp;
use crate::typed::{self, Block, Expr, ExprKind, Fact, Origin, Read, Rule, RuleKind};

/// One way in which a rule is lowered.
struct Instance {
    frame: Frame,
    tools: Vec<ir::ToolId>,
    /// The names for which it holds, where those are not all of its tools' names.
    names: Option<ir::ToolPattern>,
}

impl<'p> Lowering<'p> {
    pub(super) fn rule(&mut self, block: &'p Block, rule: &'p Rule) {
        if crate::planted::planted(305) && rule.span.file.0 == 1 {
            return;
        }
        let Ok(instances) = self.instances(block, rule) else { return };
        for instance in instances {
            if let RuleKind::Once { keys, ledger, replay } = &rule.kind {
                let once = self.once(block, rule, &instance, keys);
                if let Ok(once) = once {
                    self.out.onces.push(ir::Once { ledger: ledger.clone(), replay: *replay, ..once });
                }
            } else if let Ok(rule) = self.instance(block, rule, instance) {
                self.out.rules.push(rule);
            }
        }
    }

    /// A rule that reads what differs from tool to tool is another one for each of them; any other rule is one for all
    /// tools, as far as it holds for all of their names.
    fn instances(&mut self, block: &'p Block, rule: &'p Rule) -> Lowered<Vec<Instance>> {
        let program = self.program;
        let per_tool = matches!(rule.kind, RuleKind::Once { .. } | RuleKind::RecordsAtMost(_))
            || rule_parts(rule).iter().any(|expr| depends_on_tool(expr));
        let mut instances: Vec<Instance> = Vec::new();
        let targets = if crate::planted::planted(108) { 1 } else { block.targets.len() };
        for index in block.targets.iter().take(targets) {
            let own = |other: &Block| other.targets == [*index] && !other.rules.is_empty();
            if crate::planted::planted(112) && block.targets.len() > 1 && program.blocks.iter().any(own) {
                continue;
            }
            let (Some(&id), Some(tool)) = (self.tools.get(index), program.tools.get(*index)) else {
                continue;
            };
            let names = self.names_in_block(block, tool)?;
            match instances.iter_mut().find(|known| !per_tool && known.names == names) {
                Some(known) => known.tools.push(id),
                None => {
                    let frame = if per_tool { Frame::Tool(*index) } else { Frame::Shared };
                    instances.push(Instance { frame, tools: vec![id], names });
                }
            }
        }
        for instance in &mut instances {
            instance.tools.sort_unstable();
        }
        instances.sort_by_key(|instance| instance.tools.first().copied());
        Ok(instances)
    }

    fn instance(&mut self, block: &'p Block, rule: &'p Rule, of: Instance) -> Lowered<ir::Rule> {
        let mut cx = Cx::new(of.frame);
        let flow = match block.origin {
            Origin::Flow(index) => self.flows.get(&index).copied(),
            _ => None,
        };
        let mut more = None;
        let mut because = None;
        let known = |lowering: &mut Self, truth| lowering.truth_node(Op::Known(truth), rule.span);
        let (effect, each, condition) = match &rule.kind {
            RuleKind::Require(condition) => {
                cx.polarity = Polarity::Allows;
                (ir::Effect::Require, None, self.truth(&mut cx, condition)?)
            }
            RuleKind::RequireEach(each) => {
                cx.polarity = Polarity::Allows;
                let (each, body) = self.each(&mut cx, each)?;
                (ir::Effect::Require, Some(each), body)
            }
            RuleKind::Deny(None) => (ir::Effect::Deny, None, known(self, true)?),
            RuleKind::Deny(Some(condition)) => {
                cx.polarity = Polarity::Refuses;
                (ir::Effect::Deny, None, self.truth(&mut cx, condition)?)
            }
            RuleKind::DenyEach(each) => {
                cx.polarity = Polarity::Refuses;
                let (each, body) = self.each(&mut cx, each)?;
                (ir::Effect::Deny, Some(each), body)
            }
            RuleKind::Challenge { challenge, each, when } => {
                cx.polarity = Polarity::Refuses;
                let effect = ir::Effect::Challenge(ir::ChallengeId(number(*challenge)));
                match (each, when) {
                    (None, None) => (effect, None, known(self, true)?),
                    (None, Some(when)) => (effect, None, self.truth(&mut cx, when)?),
                    (Some(each), when) => {
                        let (each, body) = self.each(&mut cx, each)?;
                        more = when.as_ref();
                        (effect, Some(each), body)
                    }
                }
            }
            RuleKind::RecordsAtMost(most) => {
                let value = self.constant_of(most)?;
                let ir::Value::Int(most) = value else { return self.refuse(Construct::Broken, most.span) };
                if most < 0 {
                    return self.refuse(Construct::NegativeBound, rule.span);
                }
                let text = format!("at most {most} records");
                because = Some(ir::Template { parts: vec![ir::Part::Text(text)] });
                match self.fact(&mut cx, Fact::Records, rule.span)? {
                    Some(records) => {
                        let most = self.const_node(ir::Value::Int(most), ir::Ty::Int, rule.span)?;
                        let few = self.compared(BinaryOp::LessEqual, records, most, rule.span)?;
                        (ir::Effect::Require, None, few)
                    }
                    None => (ir::Effect::Deliver { most }, None, known(self, true)?),
                }
            }
            RuleKind::Once { .. } => return self.refuse(Construct::Broken, rule.span),
        };
        let because = self.template(&mut cx, rule.because.as_ref())?.or(because);
        let audit = self.template(&mut cx, rule.audit.as_ref())?;
        let guards = rule.guards.iter().map(|guard| &**guard).chain(more);
        let guard = self.guard(of.frame, block, of.names, guards, rule.span)?;
        Ok(ir::Rule {
            id: rule.id.clone(),
            tools: of.tools,
            flow,
            guard,
            each,
            condition,
            effect,
            because,
            audit,
            origin: self.origin(rule.span),
        })
    }

    fn each(&mut self, cx: &mut Cx<'p>, each: &'p typed::Each) -> Lowered<(ir::Each, NodeId)> {
        let list = self.value(cx, &each.list)?;
        let var = self.bind_element(cx, each.var, &each.list, list)?;
        let body = self.truth(cx, &each.body)?;
        // The variable stays bound: the message may show it.
        Ok((ir::Each { var, list }, body))
    }

    /// Everything on which it depends whether rules of a block apply: the names and the skill that the block is about, and
    /// the conditions around them.
    pub(super) fn guard(
        &mut self,
        frame: Frame,
        block: &Block,
        names: Option<ir::ToolPattern>,
        conditions: impl IntoIterator<Item = &'p Expr>,
        span: Span,
    ) -> Lowered<Option<NodeId>> {
        let mut all = Vec::new();
        if let Some(pattern) = names {
            all.push(self.truth_node(Op::Named(pattern), span)?);
        }
        if let Origin::Skill(index) = block.origin {
            all.extend(self.made_for(index, span)?);
        }
        for condition in conditions {
            let mut cx = Cx::new(frame);
            cx.polarity = Polarity::Refuses;
            all.push(self.truth(&mut cx, condition)?);
        }
        self.all(all, span)
    }

    /// The call is made for that skill. One that is made for none is surely not.
    fn made_for(&mut self, skill: usize, span: Span) -> Lowered<[NodeId; 2]> {
        let Some(skill) = self.program.skills.get(skill) else { return self.refuse(Construct::Broken, span) };
        let slot = self.ambient(Ambient::Skill, span)?;
        let has = self.truth_node(Op::Has(slot), span)?;
        let name = ir::Value::Text(skill.name.node.as_str().into());
        let name = self.const_node(name, ir::Ty::Text, span)?;
        let is = self.truth_node(Op::Compare(ir::Compare::Equal, slot, name), span)?;
        Ok([has, is])
    }

    fn once(
        &mut self,
        block: &'p Block,
        rule: &'p Rule,
        of: &Instance,
        keys: &'p [Expr],
    ) -> Lowered<ir::Once> {
        let Some(&tool) = of.tools.first() else { return self.refuse(Construct::Broken, rule.span) };
        let mut cx = Cx::new(of.frame);
        let mut nodes = Vec::with_capacity(keys.len());
        for key in keys {
            nodes.push(self.value(&mut cx, key)?);
        }
        let because = self.template(&mut cx, rule.because.as_ref())?;
        let audit = self.template(&mut cx, rule.audit.as_ref())?;
        let guards = rule.guards.iter().map(Arc::as_ref);
        let guard = self.guard(of.frame, block, of.names.clone(), guards, rule.span)?;
        Ok(ir::Once {
            id: rule.id.clone(),
            tool,
            guard,
            keys: nodes,
            ledger: None,
            replay: None,
            because,
            audit,
            origin: self.origin(rule.span),
        })
    }
}

/// Every expression of a rule.
fn rule_parts(rule: &Rule) -> Vec<&Expr> {
    let mut parts: Vec<&Expr> = rule.guards.iter().map(|guard| &**guard).collect();
    match &rule.kind {
        RuleKind::Require(condition) | RuleKind::RecordsAtMost(condition) => parts.push(condition),
        RuleKind::RequireEach(each) | RuleKind::DenyEach(each) => parts.extend([&each.list, &each.body]),
        RuleKind::Deny(condition) => parts.extend(condition),
        RuleKind::Challenge { each, when, .. } => {
            parts.extend(each.iter().flat_map(|each| [&each.list, &each.body]));
            parts.extend(when);
        }
        RuleKind::Once { keys, .. } => parts.extend(keys),
    }
    for template in rule.because.iter().chain(&rule.audit) {
        parts.extend(template.parts.iter().filter_map(|part| match part {
            typed::TemplatePart::Hole(hole) => Some(hole),
            typed::TemplatePart::Text(_) => None,
        }));
    }
    parts
}

/// True where the expression is another one in another tool.
fn depends_on_tool(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |expr| found |= matches!(&expr.kind, ExprKind::Read(Read::Arg(_) | Read::Fact(_))));
    found
}
