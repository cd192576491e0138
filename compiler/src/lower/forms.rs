//! Types: how values are written on the wire, and what they are in the IR.

use agentpass_ir as ir;

use super::{Construct, Lowered, Lowering, number};
use crate::typed::{Field, SchemaBounds, WireForm};
use crate::types::Ty;

/// Who writes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// The agent, in a call.
    Agent,
    /// The host, beside a call or in a report.
    Host,
}

impl<'p> Lowering<'p> {
    pub(super) fn fields(&mut self, fields: &'p [Field], writer: Writer) -> Vec<ir::Param> {
        // What cannot be lowered is reported; what follows from it does not matter any more.
        fields.iter().filter_map(|field| self.field(field, writer).ok()).collect()
    }

    fn field(&mut self, field: &'p Field, writer: Writer) -> Lowered<ir::Param> {
        let form = self.form(field, writer)?;
        let presence = match &field.default {
            Some(default) => {
                let value = self.constant_of(default)?;
                let value = self.converted(value, &form.ty(), default.span)?;
                ir::Presence::Default(self.keep(value, default.span)?)
            }
            None if field.optional => ir::Presence::Optional,
            None => ir::Presence::Required,
        };
        Ok(ir::Param { wire: field.wire.clone(), form, presence })
    }

    pub(super) fn form(&mut self, field: &Field, writer: Writer) -> Lowered<ir::Form> {
        match form(&field.ty, field.form, &field.bounds, writer) {
            Some(form) => Ok(form),
            None => self.refuse(Construct::Broken, field.span),
        }
    }
}

fn form(ty: &Ty, wire: WireForm, bounds: &SchemaBounds, writer: Writer) -> Option<ir::Form> {
    let range = || ir::Range {
        minimum: bounds.minimum,
        maximum: bounds.maximum,
        above: bounds.above,
        below: bounds.below,
    };
    let time = || match wire {
        WireForm::Seconds => ir::TimeForm::Seconds,
        WireForm::Millis => ir::TimeForm::Millis,
        _ => ir::TimeForm::Text,
    };
    Some(match ty {
        Ty::Bool => ir::Form::Bool,
        Ty::Int if wire == WireForm::Text => ir::Form::IntText,
        Ty::Int => ir::Form::Int(range()),
        Ty::IntEnum(cases) => ir::Form::IntEnum(cases.to_vec()),
        Ty::Decimal if wire == WireForm::Text => ir::Form::DecimalText,
        Ty::Decimal => ir::Form::Decimal(range()),
        Ty::Money(currency) => {
            let form = match (wire, writer) {
                (WireForm::Cents, _) => ir::MoneyForm::Cents,
                (WireForm::Number, Writer::Agent) => ir::MoneyForm::Number,
                (WireForm::Number, Writer::Host) => ir::MoneyForm::Host,
                (WireForm::Text, _) => ir::MoneyForm::Text,
                _ => return None,
            };
            ir::Form::Money(*currency, form)
        }
        Ty::Duration => ir::Form::Duration(time()),
        Ty::Timestamp => ir::Form::Timestamp(time()),
        Ty::String | Ty::Text => ir::Form::Text(ir::TextBounds {
            min_length: bounds.min_length,
            max_length: bounds.max_length,
            pattern: bounds.pattern.clone(),
        }),
        Ty::Id(pattern) => ir::Form::Id(pattern.as_ref().map(|pattern| pattern.to_string())),
        Ty::Enum(cases) => ir::Form::Enum(cases.to_vec()),
        Ty::Folded => ir::Form::Folded,
        Ty::Email => ir::Form::Email,
        Ty::Domain => ir::Form::Domain,
        Ty::Url => ir::Form::Url,
        Ty::Path => ir::Form::Path,
        Ty::Shell => ir::Form::Shell,
        Ty::Json => ir::Form::Json,
        Ty::Null => ir::Form::Null,
        Ty::Nullable(inner) => ir::Form::OrNull(Box::new(form(inner, wire, bounds, writer)?)),
        Ty::List(of, size) => ir::Form::List {
            of: Box::new(form(of, wire, bounds, writer)?),
            least: size.least,
            most: size.most,
        },
        Ty::Record(id) => ir::Form::Record(ir::RecordId(number(id.0))),
        Ty::Error
        | Ty::Times
        | Ty::Glob
        | Ty::ShellCommand
        | Ty::Command
        | Ty::Set(_)
        | Ty::PastCall(_)
        | Ty::PastPart(..) => return None,
    })
}

/// What a value of the type is in the IR; nothing for what is no value.
pub(super) fn ty(ty: &Ty) -> Option<ir::Ty> {
    Some(match ty {
        Ty::Null | Ty::Json => ir::Ty::Json,
        Ty::Bool => ir::Ty::Bool,
        Ty::Int | Ty::IntEnum(_) => ir::Ty::Int,
        Ty::Decimal => ir::Ty::Decimal,
        Ty::Money(currency) => ir::Ty::Money(*currency),
        Ty::Duration => ir::Ty::Duration,
        Ty::Timestamp => ir::Ty::Timestamp,
        Ty::Times => ir::Ty::Times,
        Ty::Id(_) | Ty::String | Ty::Text | Ty::Enum(_) => ir::Ty::Text,
        Ty::Folded => ir::Ty::Folded,
        Ty::Email => ir::Ty::Email,
        Ty::Domain => ir::Ty::Domain,
        Ty::Url => ir::Ty::Url,
        Ty::Path => ir::Ty::Path,
        Ty::Glob => ir::Ty::Glob,
        Ty::Shell => ir::Ty::Shell,
        Ty::ShellCommand => ir::Ty::Command,
        Ty::Command => ir::Ty::CommandPattern,
        // An empty list has elements of any type; it takes that of what it meets.
        Ty::List(of, _) | Ty::Set(of) if of.is_error() => ir::Ty::list(ir::Ty::Text),
        Ty::List(of, _) | Ty::Set(of) => ir::Ty::list(self::ty(of)?),
        Ty::Record(id) => ir::Ty::Record(ir::RecordId(number(id.0))),
        Ty::Nullable(inner) => self::ty(inner)?,
        Ty::Error | Ty::PastCall(_) | Ty::PastPart(..) => return None,
    })
}
