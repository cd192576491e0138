//! Tools: their wire names, and the frame that their parameters fill.

use agentpass_ir as ir;

use super::{Construct, Lowered, Lowering};
use crate::typed::{Field, SchemaBounds, Tool, ToolKind, WireForm};
use crate::types::Ty;

impl Lowering<'_> {
    pub(super) fn tools(&mut self) {
        let program = self.program;
        let mut lowered: Vec<(usize, ir::Tool)> = Vec::new();
        for (index, tool) in program.tools.iter().enumerate() {
            if let Ok(tool) = self.tool(tool) {
                lowered.push((index, tool));
            }
        }
        lowered.sort_by(|(_, a), (_, b)| a.wire.cmp(&b.wire));
        for (id, (index, tool)) in (0..).map(ir::ToolId).zip(lowered) {
            self.tools.insert(index, id);
            self.out.tools.push(tool);
        }
    }

    fn tool(&mut self, tool: &Tool) -> Lowered<ir::Tool> {
        let kind = match tool.kind {
            ToolKind::Declared => None,
            ToolKind::Pinned { .. } => Some(Construct::Pinned),
            ToolKind::Family(_) => Some(Construct::Family),
            ToolKind::Otherwise => Some(Construct::Otherwise),
        };
        let facts = &tool.facts;
        let refused = [
            (kind, tool.span),
            (tool.open.then_some(Construct::OpenSignature), tool.span),
            (
                facts.reads.first().map(|_| Construct::Reads),
                facts.reads.first().map_or(tool.span, |it| it.span),
            ),
            (
                facts.sends.first().map(|_| Construct::Sends),
                facts.sends.first().map_or(tool.span, |it| it.span),
            ),
            (
                facts.from_to.first().map(|_| Construct::FromTo),
                facts.from_to.first().map_or(tool.span, |it| it.span),
            ),
            (facts.releases.first().map(|_| Construct::Releases), tool.span),
            (
                tool.results.first().map(|_| Construct::Results),
                tool.results.first().map_or(tool.span, |it| it.span),
            ),
            (tool.error_means_no_effect.then_some(Construct::ErrorMeansNoEffect), tool.span),
            (tool.runs_at_most.map(|_| Construct::RunsAtMost), tool.span),
        ];
        let mut sound = Ok(());
        for (construct, span) in refused {
            if let Some(construct) = construct {
                sound = self.refuse(construct, span);
            }
        }
        let mut params = Vec::with_capacity(tool.params.len());
        for field in &tool.params {
            match self.param(field) {
                Ok(param) => params.push(param),
                Err(refused) => sound = Err(refused),
            }
        }
        sound?;
        Ok(ir::Tool { wire: tool.wire.clone(), params, origin: self.origin(tool.span) })
    }

    fn param(&mut self, field: &Field) -> Lowered<ir::Param> {
        if field.bounds != SchemaBounds::default() {
            return self.refuse(Construct::SchemaBounds, field.span);
        }
        let form = match &field.ty {
            Ty::List(of, size) => {
                ir::Form::List { of: self.scalar_form(of, field)?, least: size.least, most: size.most }
            }
            of => ir::Form::One(self.scalar_form(of, field)?),
        };
        let presence = match &field.default {
            Some(default) => ir::Presence::Default(self.constant(default)?),
            None if field.optional => ir::Presence::Optional,
            None => ir::Presence::Required,
        };
        Ok(ir::Param { wire: field.wire.clone(), form, presence })
    }

    fn scalar_form(&mut self, ty: &Ty, field: &Field) -> Lowered<ir::ScalarForm> {
        Ok(match (ty, field.form) {
            (Ty::Bool, WireForm::Plain) => ir::ScalarForm::Bool,
            (Ty::Int, WireForm::Plain | WireForm::Number) => ir::ScalarForm::Int,
            (Ty::Money(currency), WireForm::Cents) => ir::ScalarForm::Money(*currency, ir::MoneyForm::Cents),
            (Ty::Money(currency), WireForm::Number) => {
                ir::ScalarForm::Money(*currency, ir::MoneyForm::Number)
            }
            (Ty::Money(currency), WireForm::Text) => ir::ScalarForm::Money(*currency, ir::MoneyForm::Text),
            (Ty::String | Ty::Text, WireForm::Plain | WireForm::Text) => ir::ScalarForm::Text,
            (Ty::Id(pattern), WireForm::Plain) => {
                ir::ScalarForm::Id(pattern.as_ref().map(|it| it.to_string()))
            }
            (Ty::Enum(cases), WireForm::Plain) => ir::ScalarForm::Enum(cases.to_vec()),
            _ => return self.refuse(Construct::ParamType, field.span),
        })
    }
}
