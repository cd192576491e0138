//! Objects of declared fields: arguments, facts of the host and the job, events, results.

use agentpass_ir::{Event, Param, Presence, Program, SlotId, Tool, Value, Verified};

use agentpass_values::escape;

use super::fault::{ArgFault, Step};
use super::forms::{Fields, Forms, Root};
use super::{Frame, write};
use crate::wire::reader::Reader;
use crate::wire::{Limits, Refusal};
use crate::{json, schema};

/// Reads the arguments of a call to a tool into its frame. All that do not fit are reported.
pub(crate) fn read_arguments(
    contract: &Verified,
    tool: &Tool,
    limits: &Limits,
    reader: &mut Reader<'_>,
    frame: &mut Frame,
) -> Result<Vec<ArgFault>, Refusal> {
    frame.extend(tool.params.len(), tool.views.len());
    let name = match &tool.name {
        agentpass_ir::ToolName::Exact(name) | agentpass_ir::ToolName::Family(name, _) => name,
        agentpass_ir::ToolName::Otherwise => "this tool",
    };
    let of = Fields { name, params: &tool.params, open: tool.open, missing_is_fine: false };
    let mut forms = Forms::new(contract, Root::Arguments, limits);
    let slots = frame.slots.get_mut(frame.params.start..).unwrap_or_default();
    let (params, views) = slots.split_at_mut_checked(tool.params.len()).unwrap_or_default();
    let mut seen = vec![false; views.len()];
    let from = reader.position();
    forms.fields(of, reader, params, |forms, place, before| {
        let of_this = tool.views.iter().zip(views.iter_mut()).zip(&mut seen);
        for ((view, slot), seen) in of_this.filter(|((view, _), _)| view.param as usize == place) {
            *seen = true;
            *slot = forms.again(|forms| forms.read(&view.form, &mut before.clone()))?;
        }
        Ok(())
    })?;
    // A default is written into the call: what reads the parameter a second time reads it as well.
    for ((view, slot), _) in tool.views.iter().zip(views).zip(seen).filter(|(_, seen)| !seen) {
        let param = params.get(view.param as usize);
        if let (Some(param), Some(Some(default))) = (tool.params.get(view.param as usize), param) {
            let written = write::value(contract.program(), &param.form, default);
            let mut again = Forms::new(contract, Root::Arguments, limits);
            let mut reader = Reader::new(&written, limits);
            *slot = again.below(Step::Field(&param.wire), |again| again.read(&view.form, &mut reader))?;
            forms.faults.append(&mut again.faults);
        }
    }
    frame.extra = extra(&mut forms.extra);
    let mut faults = told(forms.faults);
    if let Some(schema) = tool.schema
        && faults.is_empty()
        && let Err(fault) = schema::check(&contract.program().schemas, schema, reader.since(from))
    {
        faults.push(of_schema(fault));
    }
    Ok(faults)
}

/// What is wrong by the schema of a manifest, as it is said of any other argument.
fn of_schema(fault: schema::Fault) -> ArgFault {
    let schema::Fault { code, path, message } = fault;
    let what = match code {
        "signature.missing" => "missing".to_owned(),
        "signature.unknown" => "not declared".to_owned(),
        _ => format!("not {message}"),
    };
    let message = match path.as_str() {
        "" => format!("the arguments are {what}"),
        path => format!("the argument `{}` is {what}", escape::shown(path)),
    };
    ArgFault { code, path, message }
}

/// A call without a fault that is told twice: a view and its parameter may find the same one.
fn told(mut faults: Vec<ArgFault>) -> Vec<ArgFault> {
    let mut at = 0;
    while at < faults.len() {
        let (before, rest) = faults.split_at(at);
        match rest.first() {
            Some(fault) if before.contains(fault) => {
                faults.remove(at);
            }
            _ => at += 1,
        }
    }
    faults
}

fn extra(all: &mut [(String, String)]) -> Box<str> {
    if all.is_empty() {
        return Box::default();
    }
    all.sort_unstable();
    let mut out = String::from("{");
    for (at, (pointer, value)) in all.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        json::text(&mut out, pointer);
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    out.into()
}

/// Reads facts of the host into a frame: those of a call, or those that are reported when it is settled, which replace them.
/// Facts that the contract does not declare are passed over. What does not fit is reported, and leaves its slot empty.
///
/// # Errors
/// It is no JSON object.
pub fn read_host(
    contract: &Verified,
    limits: &Limits,
    reader: &mut Reader<'_>,
    frame: &mut Frame,
) -> Result<Vec<ArgFault>, Refusal> {
    let program = contract.program();
    facts(contract, Root::Host, &program.host, program.host_slot(0), limits, reader, frame)
}

/// Reads what the host has bound to the job into a frame.
pub(crate) fn read_job(
    contract: &Verified,
    limits: &Limits,
    reader: &mut Reader<'_>,
    frame: &mut Frame,
) -> Result<Vec<ArgFault>, Refusal> {
    let program = contract.program();
    facts(contract, Root::Job, &program.job, program.job_slot(0), limits, reader, frame)
}

fn facts(
    contract: &Verified,
    root: Root,
    params: &[Param],
    first: SlotId,
    limits: &Limits,
    reader: &mut Reader<'_>,
    frame: &mut Frame,
) -> Result<Vec<ArgFault>, Refusal> {
    let of = Fields { name: "", params, open: true, missing_is_fine: true };
    let mut forms = Forms::new(contract, root, limits);
    let from = first.index();
    let slots = frame.slots.get_mut(from..from + params.len()).unwrap_or_default();
    forms.fields(of, reader, slots, |_, _, _| Ok(()))?;
    Ok(forms.faults)
}

/// Puts in what stands where host and job said nothing.
pub(crate) fn defaults(program: &Program, frame: &mut Frame) {
    let first = program.host_slot(0).index();
    let facts = program.host.iter().chain(&program.job);
    for (param, slot) in facts.zip(frame.slots.iter_mut().skip(first)) {
        if let (Presence::Default(id), None) = (&param.presence, &slot) {
            *slot = program.consts.get(id.index()).cloned();
        }
    }
}

/// Reads what is reported of an event. All fields that do not fit are reported.
///
/// # Errors
/// It is no JSON object.
pub fn read_event(
    contract: &Verified,
    event: &Event,
    limits: &Limits,
    reader: &mut Reader<'_>,
) -> Result<(Frame, Vec<ArgFault>), Refusal> {
    let mut frame = Frame::shared(contract.program());
    frame.extend(event.fields.len(), 0);
    let of = Fields { name: &event.name, params: &event.fields, open: false, missing_is_fine: false };
    let mut forms = Forms::new(contract, Root::Fields, limits);
    let slots = frame.slots.get_mut(frame.params.start..).unwrap_or_default();
    forms.fields(of, reader, slots, |_, _, _| Ok(()))?;
    Ok((frame, forms.faults))
}

/// Reads the trusted part of a result. It comes from whoever ran the tool, so nothing in it can go wrong: a field that is
/// missing or does not fit is [`Value::Unknown`], and what nobody declared is passed over (semantics 20).
#[must_use]
pub fn read_result(contract: &Verified, tool: &Tool, limits: &Limits, text: &str) -> Vec<Value> {
    let mut fields = vec![None; tool.results.len()];
    if text.len() <= limits.bytes {
        let of = Fields { name: "", params: &tool.results, open: true, missing_is_fine: true };
        let mut forms = Forms::new(contract, Root::Result, limits);
        let mut reader = Reader::new(text, limits);
        let read = forms.fields(of, &mut reader, &mut fields, |_, _, _| Ok(()));
        if read.and_then(|_| reader.end()).is_err() {
            fields.fill(None);
        }
    }
    fields.into_iter().map(|field| field.unwrap_or(Value::Unknown)).collect()
}
