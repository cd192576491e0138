//! The frame of a call: what its rules can read, in numbered slots.

use std::collections::HashMap;

use agentpass_ir::{Ambient, Form, MoneyForm, Param, Presence, Program, ScalarForm, SlotId, Tool, Value};
use agentpass_values::{Id, Money, Pattern, escape, parse_int};

use crate::wire::Refusal;
use crate::wire::reader::{Kind, Reader};

/// The greatest number of elements of a list: quantifiers may stand in one another.
pub const MAX_ELEMENTS: usize = 4096;

/// The values of a call.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    slots: Vec<Option<Value>>,
}

impl Frame {
    fn of(tool: &Tool) -> Self {
        Self { slots: vec![None; Ambient::SLOTS as usize + tool.params.len()] }
    }

    /// What stands in a slot; nothing where the call left it out.
    #[must_use]
    pub fn get(&self, slot: SlotId) -> Option<&Value> {
        self.slots.get(slot.index())?.as_ref()
    }

    /// A part of the surroundings.
    #[must_use]
    pub fn ambient(&self, ambient: Ambient) -> Option<&str> {
        match self.get(ambient.slot())? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn surround(&mut self, ambient: Ambient, value: Option<String>) {
        let least = Ambient::SLOTS as usize;
        if self.slots.len() < least {
            self.slots.resize(least, None);
        }
        if let Some(slot) = self.slots.get_mut(ambient.slot().index()) {
            *slot = value.map(|text| Value::Text(text.into()));
        }
    }

    /// The parameters, in declared order.
    pub fn params(&self) -> impl Iterator<Item = Option<&Value>> {
        self.slots.iter().skip(Ambient::SLOTS as usize).map(Option::as_ref)
    }
}

/// An argument that does not fit the signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArgFault {
    /// `signature.…`
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Reads the arguments of a call to a tool. All that do not fit are reported.
///
/// # Errors
/// The bytes are no JSON object.
pub fn read(
    program: &Program,
    tool: &Tool,
    reader: &mut Reader<'_>,
) -> Result<(Frame, Vec<ArgFault>), Refusal> {
    let mut frame = Frame::of(tool);
    let mut faults = Vec::new();
    let mut given = vec![false; tool.params.len()];
    let places: HashMap<&str, usize> =
        tool.params.iter().enumerate().map(|(place, param)| (param.wire.as_str(), place)).collect();
    reader.object(|reader, key| {
        let Some((place, param)) = places.get(key).and_then(|&place| Some((place, tool.params.get(place)?)))
        else {
            let message =
                format!("`{}` has no parameter `{}`", escape::shown(&tool.wire), escape::shown(key));
            faults.push(ArgFault { code: "signature.unknown", message });
            return reader.skip();
        };
        if let Some(given) = given.get_mut(place) {
            *given = true;
        }
        match argument(param, reader)? {
            Ok(value) => {
                if let Some(slot) = frame.slots.get_mut(Ambient::SLOTS as usize + place) {
                    *slot = Some(value);
                }
            }
            Err(why) => {
                let message = format!("the argument `{}` is {why}", escape::shown(&param.wire));
                faults.push(ArgFault { code: "signature.type", message });
            }
        }
        Ok(())
    })?;
    let slots = frame.slots.iter_mut().skip(Ambient::SLOTS as usize);
    for ((param, slot), given) in tool.params.iter().zip(slots).zip(given) {
        match &param.presence {
            // One that was there and did not fit has been reported, and no default takes its place.
            _ if given => {}
            Presence::Optional => {}
            Presence::Default(id) => *slot = program.consts.get(id.index()).cloned(),
            Presence::Required => {
                let message = format!("the argument `{}` is missing", escape::shown(&param.wire));
                faults.push(ArgFault { code: "signature.missing", message });
            }
        }
    }
    Ok((frame, faults))
}

/// What an argument is, or why it is not what the signature says.
type Read = Result<Value, String>;

fn argument(param: &Param, reader: &mut Reader<'_>) -> Result<Read, Refusal> {
    let (of, least, most) = match &param.form {
        Form::One(of) => return scalar(of, reader),
        Form::List { of, least, most } => (of, *least as usize, most.map(|most| most as usize)),
    };
    if reader.kind()? != Kind::Array {
        reader.skip()?;
        return Ok(Err("not a list".to_owned()));
    }
    let mut values = Vec::new();
    let mut fault = None;
    reader.array(|reader| {
        let value = scalar(of, reader)?;
        match value {
            Ok(_) if values.len() >= MAX_ELEMENTS => {
                fault = Some(format!("longer than {MAX_ELEMENTS} elements"))
            }
            Ok(value) => values.push(value),
            Err(why) if fault.is_none() => fault = Some(format!("a list with an element that is {why}")),
            Err(_) => {}
        }
        Ok(())
    })?;
    Ok(match fault {
        Some(why) => Err(why),
        None if values.len() < least => Err(format!("shorter than {least}")),
        None if most.is_some_and(|most| values.len() > most) => Err("longer than it may be".to_owned()),
        None => Ok(Value::List(values)),
    })
}

fn scalar(of: &ScalarForm, reader: &mut Reader<'_>) -> Result<Read, Refusal> {
    let (wanted, kind) = match of {
        ScalarForm::Bool => (Kind::Bool, "not true or false"),
        ScalarForm::Int | ScalarForm::Money(_, MoneyForm::Cents | MoneyForm::Number) => {
            (Kind::Number, "not a number")
        }
        ScalarForm::Money(_, MoneyForm::Text)
        | ScalarForm::Text
        | ScalarForm::Id(_)
        | ScalarForm::Enum(_) => (Kind::String, "not a string"),
    };
    let found = reader.kind()?;
    if found != wanted {
        reader.skip()?;
        return Ok(Err(if found == Kind::Null { "null".to_owned() } else { kind.to_owned() }));
    }
    Ok(match of {
        ScalarForm::Bool => Ok(Value::Bool(reader.boolean()?)),
        ScalarForm::Int => parse_int(reader.number()?).map(Value::Int).map_err(|error| error.to_string()),
        ScalarForm::Money(currency, form) => {
            let money = match form {
                MoneyForm::Cents => Money::parse_minor(reader.number()?, *currency),
                MoneyForm::Number => Money::parse_number(reader.number()?, *currency),
                MoneyForm::Text => Money::parse_string(&reader.string()?, *currency),
            };
            money.map(Value::Money).map_err(|error| error.to_string())
        }
        ScalarForm::Text => Ok(Value::Text(reader.string()?.into())),
        ScalarForm::Id(pattern) => {
            let text = reader.string()?;
            let id = match pattern.as_deref().map(Pattern::new) {
                None => Id::parse(&text).map_err(|error| error.to_string()),
                Some(Ok(pattern)) => Id::parse_matching(&text, &pattern).map_err(|error| error.to_string()),
                // The verifier has compiled it; should that ever change, nothing passes.
                Some(Err(_)) => Err("of a form that cannot be checked".to_owned()),
            };
            id.map(|id| Value::Text(id.as_str().into()))
        }
        ScalarForm::Enum(cases) => {
            let text = reader.string()?;
            if cases.iter().any(|case| *case == text) {
                Ok(Value::Text(text.into()))
            } else {
                Err(format!("none of {cases:?}"))
            }
        }
    })
}
