//! The arguments that a tool is given: as they came, with the defaults that the call left out (semantics 5).
//!
//! Rules were judged as if a default stood in the call, so it has to stand in what is sent as well: a server whose own default is
//! "all fields" would otherwise answer another call than the one that was allowed.

use agentpass_ir::{Form, Param, Presence, Program, Tool};

use super::write;
use crate::json;
use crate::wire::Refusal;
use crate::wire::reader::{Kind, Reader};

/// The arguments that come next, as the tool is to be given them.
pub(crate) fn arguments(program: &Program, tool: &Tool, reader: &mut Reader<'_>) -> Result<String, Refusal> {
    let mut out = String::new();
    object(program, &tool.params, reader, &mut out)?;
    Ok(out)
}

fn object(
    program: &Program,
    params: &[Param],
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), Refusal> {
    let mut given = vec![false; params.len()];
    let mut separator = '{';
    reader.object(|reader, key| {
        out.push(std::mem::replace(&mut separator, ','));
        json::text(out, key);
        out.push(':');
        match params.iter().position(|param| param.wire == **key) {
            Some(place) => {
                given.iter_mut().skip(place).take(1).for_each(|given| *given = true);
                match params.get(place) {
                    Some(param) => value(program, &param.form, reader, out),
                    None => raw(reader, out),
                }
            }
            None => raw(reader, out),
        }
    })?;
    for (param, _) in params.iter().zip(given).filter(|(_, given)| !given) {
        let Presence::Default(id) = &param.presence else { continue };
        let Some(default) = program.consts.get(id.index()) else { continue };
        out.push(std::mem::replace(&mut separator, ','));
        json::text(out, &param.wire);
        out.push(':');
        out.push_str(&write::value(program, &param.form, default));
    }
    out.push_str(if separator == '{' { "{}" } else { "}" });
    Ok(())
}

fn value(program: &Program, form: &Form, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Refusal> {
    match (form, reader.kind()?) {
        (Form::OrNull(inner), Kind::Object | Kind::Array) => value(program, inner, reader, out),
        (Form::Record(id), Kind::Object) => match program.records.get(id.index()) {
            Some(record) => object(program, &record.fields, reader, out),
            None => raw(reader, out),
        },
        (Form::List { of, .. }, Kind::Array) => {
            let mut separator = '[';
            reader.array(|reader| {
                out.push(std::mem::replace(&mut separator, ','));
                value(program, of, reader, out)
            })?;
            out.push_str(if separator == '[' { "[]" } else { "]" });
            Ok(())
        }
        _ => raw(reader, out),
    }
}

/// What comes next, letter by letter.
fn raw(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Refusal> {
    let from = reader.position();
    reader.skip()?;
    out.push_str(reader.since(from));
    Ok(())
}
