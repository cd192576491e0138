//! Values as their declarations say they are written.
//!
//! One pass, in the order of the text. What does not fit is reported with the way to it and skipped, so that everything
//! that is wrong with a call is said at once.

mod scalars;

use std::borrow::Cow;
use std::fmt::Display;

use agentpass_ir::{Form, MoneyForm, Param, Presence, Program, Record, TimeForm, Value, Verified};
use agentpass_values::escape;
use smallvec::SmallVec;

use super::canonical::canonical;
use super::fault::{self, ArgFault, MAX_FAULTS, Step};
use crate::planted::planted;
use crate::wire::reader::{Kind, Numbers, Reader};
use crate::wire::{Limits, Refusal};

/// The greatest number of elements of a list: quantifiers may stand in one another.
pub const MAX_ELEMENTS: usize = 4096;

/// What is being read, for messages and codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Root {
    /// Arguments of a call.
    Arguments,
    /// Fields of an event.
    Fields,
    /// Facts of the host.
    Host,
    /// What the host has bound to a job.
    Job,
    /// A result, in which undeclared fields are nobody's business.
    Result,
}

/// How much of what is read is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Mode {
    /// What does not fit is reported.
    faults: bool,
    /// JSON that nobody looks into is written canonically.
    json: bool,
    /// Undeclared fields are kept for the digest.
    extra: bool,
}

/// All of it.
const KEPT: Mode = Mode { faults: true, json: true, extra: true };
/// It is read a second time: undeclared fields have been kept.
const AGAIN: Mode = Mode { extra: false, ..KEPT };
/// It will be kept as JSON, if it fits.
const CHECKED: Mode = Mode { json: false, ..AGAIN };
/// Whether it fits is all that matters.
const TRIED: Mode = Mode { faults: false, ..CHECKED };

/// What is read of one object, and what was wrong with it.
pub(super) struct Forms<'c, 't> {
    contract: &'c Verified,
    root: Root,
    mode: Mode,
    path: SmallVec<[Step<'c, 't>; 8]>,
    /// How many values may still come.
    left: u32,
    /// What does not fit.
    pub(super) faults: Vec<ArgFault>,
    /// Undeclared arguments and fields: the way to each, and its canonical JSON.
    pub(super) extra: Vec<(String, String)>,
}

/// Read, or reported and skipped.
type Read = Result<Option<Value>, Refusal>;

impl<'c, 't> Forms<'c, 't> {
    pub(super) fn new(contract: &'c Verified, root: Root, limits: &Limits) -> Self {
        Self {
            contract,
            root,
            mode: KEPT,
            path: SmallVec::new(),
            left: limits.values,
            faults: Vec::new(),
            extra: Vec::new(),
        }
    }

    pub(super) fn program(&self) -> &'c Program {
        self.contract.program()
    }

    /// Does something one step further.
    pub(super) fn below<T>(&mut self, step: Step<'c, 't>, act: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let done = act(self);
        self.path.pop();
        done
    }

    /// Does something whose undeclared fields are not kept: they were, when it was read first.
    pub(super) fn again<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        self.in_mode(AGAIN, act)
    }

    fn in_mode<T>(&mut self, mode: Mode, act: impl FnOnce(&mut Self) -> T) -> T {
        // What is not kept of the whole is not kept of its parts.
        let before = self.mode;
        self.mode = Mode {
            faults: before.faults && mode.faults,
            json: before.json && mode.json,
            extra: before.extra && mode.extra,
        };
        let done = act(self);
        self.mode = before;
        done
    }

    // What is wrong.

    /// The value is something that it may not be.
    fn is(&mut self, what: impl Display) -> Option<Value> {
        self.report("signature.type", |of| format!("{of} is {what}"))
    }

    /// The parser of the value's type says why it is none.
    fn unfit(&mut self, why: impl Display) -> Option<Value> {
        self.report("signature.type", |of| format!("{of} does not fit: {why}"))
    }

    #[cold]
    fn report(&mut self, code: &'static str, message: impl FnOnce(&str) -> String) -> Option<Value> {
        if self.mode.faults && self.faults.len() < MAX_FAULTS {
            let path = fault::shown(&self.path);
            let (code, word) = match self.root {
                Root::Arguments => (code, "the argument"),
                Root::Fields => (code, "the field"),
                Root::Host => ("host.type", "the host's fact"),
                Root::Job => ("job.type", "the job's fact"),
                Root::Result => (code, "the result"),
            };
            let message = message(&format!("{word} `{path}`"));
            self.faults.push(ArgFault { code, path, message });
        }
        None
    }

    // Objects.

    /// Reads an object of declared fields into their places. True where all of them fit.
    ///
    /// What `twice` gives is read a second time from the same place; see [`super::read`].
    pub(super) fn fields(
        &mut self,
        of: Fields<'c>,
        reader: &mut Reader<'t>,
        into: &mut [Option<Value>],
        mut twice: impl FnMut(&mut Self, usize, &Reader<'t>) -> Result<(), Refusal>,
    ) -> Result<bool, Refusal> {
        let mut given = Numbers::default();
        let mut fits = true;
        let mut next = 0;
        reader.fields(|reader, key| {
            let Some((place, param)) = of.find(key, next) else {
                fits &= self.undeclared(&of, key, reader)?;
                return Ok(None);
            };
            next = place + 1;
            // The verifier lets no more than 256 pass.
            let number = u8::try_from(place).ok();
            number.map(|number| given.add(number));
            let before = reader.clone();
            let value = self.below(Step::Field(&param.wire), |forms| {
                let value = forms.read(&param.form, reader)?;
                twice(forms, place, &before)?;
                Ok(value)
            })?;
            fits &= value.is_some();
            if let Some(slot) = into.get_mut(place) {
                *slot = value;
            }
            Ok(number)
        })?;
        for ((place, param), slot) in of.params.iter().enumerate().zip(into) {
            match &param.presence {
                // One that was there and did not fit has been reported, and no default takes its place.
                _ if u8::try_from(place).is_ok_and(|place| given.has(place)) || of.missing_is_fine => {}
                Presence::Optional => {}
                Presence::Default(_) if planted(105) => {}
                Presence::Default(id) => *slot = self.program().consts.get(id.index()).cloned(),
                Presence::Required => {
                    fits = false;
                    self.below(Step::Field(&param.wire), |forms| {
                        forms.report("signature.missing", |of| format!("{of} is missing"))
                    });
                }
            }
        }
        Ok(fits)
    }

    /// A key that nothing declares. True where that is allowed.
    fn undeclared(&mut self, of: &Fields<'_>, key: &str, reader: &mut Reader<'t>) -> Result<bool, Refusal> {
        if of.open && self.mode.extra && self.root == Root::Arguments {
            let mut json = String::new();
            canonical(reader, &mut json)?;
            self.extra.push((fault::pointer(&self.path, key), json));
            return Ok(true);
        }
        reader.skip()?;
        if of.open || self.root == Root::Result || (planted(110) && !self.path.is_empty()) {
            return Ok(true);
        }
        let (name, word) = (of.name, if self.root == Root::Arguments { "parameter" } else { "field" });
        let whole = self.path.is_empty();
        self.below(Step::Key(Cow::Owned(key.to_owned())), |forms| {
            forms.report("signature.unknown", |of| match whole {
                true => format!("`{}` has no {word} `{}`", escape::shown(name), escape::shown(key)),
                false => format!("{of} is not declared"),
            })
        });
        Ok(false)
    }

    fn record(&mut self, record: &'c Record, reader: &mut Reader<'t>) -> Read {
        let of =
            Fields { name: &record.name, params: &record.fields, open: record.open, missing_is_fine: false };
        let mut fields = vec![None; record.fields.len()];
        let fits = self.fields(of, reader, &mut fields, |_, _, _| Ok(()))?;
        Ok(fits.then_some(Value::Record(fields)))
    }

    // Values.

    /// Reads the next value.
    pub(super) fn read(&mut self, form: &'c Form, reader: &mut Reader<'t>) -> Read {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(reader.refuse("wire.too_large", "the arguments hold too many values"));
        };
        self.left = left;
        let found = reader.kind()?;
        match form {
            Form::OrNull(inner) if found != Kind::Null => return self.read(inner, reader),
            Form::OrNull(_) | Form::Null if found == Kind::Null => {
                reader.null()?;
                return Ok(Some(Value::Null));
            }
            Form::Json => return self.json(reader),
            Form::AnyOf(forms) => return self.any_of(forms, reader),
            _ => {}
        }
        let (wanted, otherwise) = kind(form);
        let host_money = matches!(form, Form::Money(_, MoneyForm::Host));
        if found != wanted && !(host_money && found == Kind::Object) {
            reader.skip()?;
            return Ok(self.is(if found == Kind::Null { "null" } else { otherwise }));
        }
        match form {
            Form::List { of, least, most } => self.list(of, *least, *most, reader),
            Form::Record(id) => match self.program().records.get(id.index()) {
                Some(record) => self.record(record, reader),
                // The verifier has looked; should that ever change, nothing passes.
                None => {
                    reader.skip()?;
                    Ok(self.unfit("of a type that nothing declares"))
                }
            },
            Form::Map(of) => self.map(of, reader),
            Form::Money(currency, MoneyForm::Host) if found == Kind::Object => {
                let amount = self.priced(*currency, reader)?;
                Ok(amount.map(Value::Money))
            }
            Form::Bool => Ok(Some(Value::Bool(reader.boolean()?))),
            _ if found == Kind::Number => {
                let text = reader.number()?;
                Ok(self.number(form, text))
            }
            _ => {
                let text = reader.string()?;
                Ok(self.text(form, text))
            }
        }
    }

    fn list(&mut self, of: &'c Form, least: u32, most: Option<u32>, reader: &mut Reader<'t>) -> Read {
        let mut values = Vec::new();
        let mut count = 0;
        reader.array(|reader| {
            count += 1;
            if count > MAX_ELEMENTS {
                return reader.skip();
            }
            values.extend(self.below(Step::Element(count - 1), |forms| forms.read(of, reader))?);
            Ok(())
        })?;
        let enough = u32::try_from(count).is_ok_and(|count| count >= least);
        let most = most.map_or(MAX_ELEMENTS, |most| MAX_ELEMENTS.min(most as usize));
        if !enough && !planted(106) {
            return Ok(self.is(if count == 0 {
                "empty".to_owned()
            } else {
                format!("shorter than {least}")
            }));
        }
        if count > most {
            return Ok(self.is(format!("longer than {most}")));
        }
        Ok((values.len() == count).then_some(Value::List(values)))
    }

    /// Values that fit, under keys that nobody knows. No rule looks into them.
    fn map(&mut self, of: &'c Form, reader: &mut Reader<'t>) -> Read {
        let before = reader.clone();
        let mut fits = true;
        self.in_mode(CHECKED, |forms| {
            reader.object(|reader, key| {
                fits &= forms.below(Step::Key(key.clone()), |forms| forms.read(of, reader))?.is_some();
                Ok(())
            })
        })?;
        if fits { self.json_from(before, reader) } else { Ok(None) }
    }

    /// JSON that fits at least one of the forms.
    fn any_of(&mut self, forms: &'c [Form], reader: &mut Reader<'t>) -> Read {
        let before = reader.clone();
        for form in forms {
            let mut attempt = before.clone();
            attempt.charge(reader);
            let fits = self.in_mode(TRIED, |this| this.read(form, &mut attempt))?.is_some();
            reader.charge(&attempt);
            if fits {
                attempt.charge(reader);
                *reader = attempt;
                return self.json_from(before, reader);
            }
        }
        reader.skip()?;
        Ok(self.unfit(format!("none of its {} forms", forms.len())))
    }

    fn json(&mut self, reader: &mut Reader<'t>) -> Read {
        if !self.mode.json {
            reader.skip()?;
            return Ok(Some(Value::Null));
        }
        let mut out = String::new();
        canonical(reader, &mut out)?;
        Ok(Some(Value::Json(out.into())))
    }

    /// The JSON at a place that has been passed; the reader stays where it is.
    fn json_from(&mut self, mut before: Reader<'t>, reader: &mut Reader<'t>) -> Read {
        if !self.mode.json {
            return Ok(Some(Value::Null));
        }
        before.charge(reader);
        let value = self.json(&mut before)?;
        reader.charge(&before);
        Ok(value)
    }
}

/// Declared fields of one object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'p> {
    /// What they belong to, for messages.
    pub(super) name: &'p str,
    /// They.
    pub(super) params: &'p [Param],
    /// Others may come.
    pub(super) open: bool,
    /// Whether somebody needs one that is missing, or what stands in for it, is found out later.
    pub(super) missing_is_fine: bool,
}

impl<'p> Fields<'p> {
    /// The field of that name. Clients write fields in declared order: the search begins where the last one ended.
    fn find(&self, name: &str, next: usize) -> Option<(usize, &'p Param)> {
        if let Some(param) = self.params.get(next).filter(|param| param.wire == name) {
            return Some((next, param));
        }
        let after = if planted(304) { next } else { 0 };
        self.params.iter().enumerate().skip(after).find(|(_, param)| param.wire == name)
    }
}

/// As what a form is written, and what is said of something else.
fn kind(form: &Form) -> (Kind, &'static str) {
    match form {
        Form::Bool => (Kind::Bool, "not true or false"),
        Form::Int(_)
        | Form::IntEnum(_)
        | Form::Decimal(_)
        | Form::Money(_, MoneyForm::Cents | MoneyForm::Number)
        | Form::Duration(TimeForm::Seconds | TimeForm::Millis)
        | Form::Timestamp(TimeForm::Seconds | TimeForm::Millis) => (Kind::Number, "not a number"),
        Form::Money(_, MoneyForm::Host) => (Kind::Number, "neither a number nor an amount with its currency"),
        Form::List { .. } => (Kind::Array, "not a list"),
        Form::Record(_) | Form::Map(_) => (Kind::Object, "not an object"),
        Form::Null => (Kind::Null, "not null"),
        _ => (Kind::String, "not a string"),
    }
}
