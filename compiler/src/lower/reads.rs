//! What comes with a call: parameters, facts, who calls, and what the host says.

use agentpass_grammar::Span;
use agentpass_ir::{self as ir, Ambient, NodeId, Op};

use super::expr::{Bound, Cx, Frame};
use super::forms::Writer;
use super::{Construct, Lowered, Lowering, forms, number};
use crate::typed::{AuthPart, CallerPart, Expr, ExprKind, Fact, Facts, Field, Read, Template, TemplatePart};
use crate::types::Ty;

impl<'p> Lowering<'p> {
    pub(super) fn read(&mut self, cx: &mut Cx<'p>, read: &'p Read, expr: &'p Expr) -> Lowered<NodeId> {
        let span = expr.span;
        let ambient = match read {
            Read::Arg(name) => return self.argument(cx, name, span),
            Read::Fact(fact) => {
                return match self.fact(cx, *fact, span)? {
                    Some(node) => Ok(node),
                    None => self.missing(&expr.ty, span),
                };
            }
            Read::Host(name) => {
                let place = self.program.host.iter().position(|field| field.name == *name);
                let Some(place) = place else { return self.refuse(Construct::Broken, span) };
                let slot = self.out.host_slot(number(place));
                return self.shared_slot(slot, span);
            }
            Read::Job(name) => {
                let Some(place) = self.job_facts.get(name) else {
                    return self.refuse(Construct::Broken, span);
                };
                let slot = self.out.job_slot(*place);
                return self.shared_slot(slot, span);
            }
            Read::Now => return self.node(Op::Now, ir::Ty::Timestamp, span),
            Read::Digest => return self.node(Op::Digest, ir::Ty::Text, span),
            Read::JobLabels => return self.node(Op::Labels, ir::Ty::list(ir::Ty::Text), span),
            Read::Caller(CallerPart::Agent) => Ambient::Agent,
            Read::Caller(CallerPart::User) => Ambient::User,
            Read::Caller(CallerPart::Tenant) => Ambient::Tenant,
            Read::Caller(CallerPart::Via) => Ambient::Via,
            Read::Auth(AuthPart::Issuer) => Ambient::Issuer,
            Read::Auth(AuthPart::Client) => Ambient::Client,
            Read::Auth(AuthPart::Scopes) => Ambient::Scopes,
            Read::Auth(AuthPart::Groups) => Ambient::Groups,
            Read::JobId => Ambient::Job,
            Read::Skill => Ambient::Skill,
            Read::Tool => Ambient::Tool,
        };
        self.ambient(ambient, span)
    }

    pub(super) fn ambient(&mut self, ambient: Ambient, span: Span) -> Lowered<NodeId> {
        self.node(Op::Slot(ambient.slot()), ambient.ty(), span)
    }

    pub(super) fn shared_slot(&mut self, slot: ir::SlotId, span: Span) -> Lowered<NodeId> {
        match self.out.shared_slot_type(slot) {
            Some(ty) => self.node(Op::Slot(slot), ty, span),
            None => self.refuse(Construct::Broken, span),
        }
    }

    /// A parameter: as the tool declares it, or more finely, where the block that reads it says so.
    pub(super) fn argument(&mut self, cx: &Cx<'p>, name: &str, span: Span) -> Lowered<NodeId> {
        let program = self.program;
        let (fields, tool) = match cx.frame {
            Frame::Tool(index) => (program.tools.get(index).map(|tool| &tool.params), Some(index)),
            Frame::Event(index) => (program.events.get(index).map(|event| &event.fields), None),
            Frame::Shared => (None, None),
        };
        let place = fields.and_then(|fields| fields.iter().position(|field| field.name == name));
        let (Some(fields), Some(place)) = (fields, place) else {
            return self.refuse(Construct::Broken, span);
        };
        let Some(declared) = fields.get(place) else { return self.refuse(Construct::Broken, span) };
        let here = self.block_at(span).and_then(|block| block.params.iter().find(|field| field.name == name));
        match (tool, here) {
            (Some(tool), Some(finer)) if finer.ty != declared.ty || finer.form != declared.form => {
                self.view(tool, place, finer, span)
            }
            _ => self.declared_argument(place, declared, span),
        }
    }

    /// A parameter as it is declared.
    pub(super) fn declared_argument(&mut self, place: usize, field: &Field, span: Span) -> Lowered<NodeId> {
        let Some(ty) = forms::ty(&field.ty) else { return self.refuse(Construct::Broken, span) };
        let slot = self.out.param_slot(number(place));
        self.node(Op::Slot(slot), ty, span)
    }

    fn view(&mut self, tool: usize, place: usize, finer: &Field, span: Span) -> Lowered<NodeId> {
        let view = ir::View { param: number(place), form: self.form(finer, Writer::Agent)? };
        let ty = view.form.ty();
        let Some(id) = self.tools.get(&tool).copied() else { return self.refuse(Construct::Broken, span) };
        let Some(of) = self.out.tools.get_mut(id.index()) else {
            return self.refuse(Construct::Broken, span);
        };
        let known = of.views.iter().position(|known| *known == view);
        let known = known.unwrap_or_else(|| {
            of.views.push(view);
            of.views.len() - 1
        });
        let slot = match self.out.tools.get(id.index()) {
            Some(tool) => self.out.view_slot(tool, number(known)),
            None => return self.refuse(Construct::Broken, span),
        };
        self.node(Op::Slot(slot), ty, span)
    }

    /// A fact as the tool's clauses give it; nothing where they do not.
    pub(super) fn fact(&mut self, cx: &mut Cx<'p>, fact: Fact, span: Span) -> Lowered<Option<NodeId>> {
        let Some(facts) = self.facts(cx) else { return self.refuse(Construct::Broken, span) };
        if crate::planted::planted(107)
            && let (Fact::Amount, Frame::Tool(index)) = (fact, cx.frame)
            && self
                .program
                .tools
                .get(index)
                .is_some_and(|tool| tool.params.iter().any(|it| it.name == "amount"))
        {
            return self.argument(cx, "amount", span).map(Some);
        }
        let single = |fact: &'p Option<(Expr, Span)>| fact.as_ref().map(|(expr, _)| expr);
        let expr = match fact {
            Fact::Action => {
                let Some((action, _)) = facts.action else { return self.refuse(Construct::Broken, span) };
                let word = ir::Value::Text(action.word().into());
                return self.const_node(word, ir::Ty::Text, span).map(Some);
            }
            Fact::Resource => {
                let Some((template, _)) = &facts.resource else { return Ok(None) };
                let parts = self.parts(cx, template)?;
                return self.node(Op::Segments(parts), ir::Ty::Text, span).map(Some);
            }
            Fact::Domains => return self.domains(cx, facts, span),
            Fact::Amount => single(&facts.amount),
            Fact::Fields => single(&facts.fields),
            Fact::Records => single(&facts.records),
            Fact::Tokens => single(&facts.tokens),
            Fact::Cost => single(&facts.cost),
        };
        expr.map(|expr| self.value(cx, expr)).transpose()
    }

    /// Wherever the call sends to, as one list.
    fn domains(&mut self, cx: &mut Cx<'p>, facts: &'p Facts, span: Span) -> Lowered<Option<NodeId>> {
        let list = ir::Ty::list(ir::Ty::Domain);
        let mut all: Option<NodeId> = None;
        for at in facts.sends.iter().filter_map(|sends| sends.at.as_ref()) {
            let mut node = self.value(cx, at)?;
            if self.ty_of(node) == Some(&ir::Ty::Domain) {
                node = self.node(Op::Items(vec![node]), list.clone(), span)?;
            }
            all = Some(match all {
                Some(before) => self.node(Op::Join(before, node), list.clone(), span)?,
                None => node,
            });
        }
        Ok(all)
    }

    /// A value that this tool never has. Conditions over it are neither true nor false, as over anything that is absent.
    fn missing(&mut self, ty: &Ty, span: Span) -> Lowered<NodeId> {
        match forms::ty(ty) {
            Some(ty) => self.const_node(ir::Value::Unknown, ty, span),
            None => self.refuse(Construct::Broken, span),
        }
    }

    /// True where the tool at hand has no such fact.
    pub(super) fn is_missing(&self, cx: &Cx<'p>, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Read(Read::Fact(fact)) => self.facts(cx).is_some_and(|facts| !provides(facts, *fact)),
            ExprKind::Member(inner, _) => self.is_missing(cx, inner),
            ExprKind::Let(_, inner) => self.is_missing(cx, inner),
            ExprKind::Coalesce(first, other) => self.is_missing(cx, first) && self.is_missing(cx, other),
            ExprKind::Var(var) => match cx.bound(*var) {
                Some(Bound::Value(value)) => self.is_missing(cx, value),
                _ => false,
            },
            _ => false,
        }
    }

    fn facts(&self, cx: &Cx<'p>) -> Option<&'p Facts> {
        match cx.frame {
            Frame::Tool(index) => self.program.tools.get(index).map(|tool| &tool.facts),
            _ => None,
        }
    }

    /// Text with values.
    pub(super) fn parts(&mut self, cx: &mut Cx<'p>, template: &'p Template) -> Lowered<Vec<ir::Part>> {
        let mut parts = Vec::with_capacity(template.parts.len());
        for part in &template.parts {
            parts.push(match part {
                TemplatePart::Text(text) => ir::Part::Text(text.clone()),
                TemplatePart::Hole(hole) => ir::Part::Value(self.value(cx, hole)?),
            });
        }
        Ok(parts)
    }

    pub(super) fn template(
        &mut self,
        cx: &mut Cx<'p>,
        template: Option<&'p Template>,
    ) -> Lowered<Option<ir::Template>> {
        let Some(template) = template else { return Ok(None) };
        Ok(Some(ir::Template { parts: self.parts(cx, template)? }))
    }
}

fn provides(facts: &Facts, fact: Fact) -> bool {
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
