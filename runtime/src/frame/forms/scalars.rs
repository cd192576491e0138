//! Values of one word: numbers, and texts with their parsers.

use std::borrow::Cow;

use agentpass_ir::{Form, MoneyForm, TextBounds, Value};
use agentpass_values::{
    Currency, Decimal, Domain, Email, Folded, Id, Money, PathValue, Shell, WebUrl, parse_int,
};

use super::Forms;
use crate::frame::fault::Step;
use crate::frame::numbers;
use crate::wire::Refusal;
use crate::wire::reader::{Kind, Reader};

/// So much of a list of choices is said.
const CHOICES: usize = 8;

impl<'c, 't> Forms<'c, 't> {
    pub(super) fn number(&mut self, form: &Form, text: &str) -> Option<Value> {
        match form {
            Form::Int(range) => {
                let value = self.parsed(parse_int(text))?;
                match numbers::outside(range, Decimal::from_int(value)) {
                    None => Some(Value::Int(value)),
                    Some(why) => self.is(why),
                }
            }
            Form::IntEnum(cases) => {
                let value = self.parsed(parse_int(text))?;
                if cases.contains(&value) {
                    return Some(Value::Int(value));
                }
                self.is(format!("none of {}", choices(cases)))
            }
            Form::Decimal(range) => {
                let value = self.parsed(Decimal::parse(text))?;
                match numbers::outside(range, value) {
                    None => Some(Value::Decimal(value)),
                    Some(why) => self.is(why),
                }
            }
            Form::Money(currency, MoneyForm::Cents) => {
                self.parsed(Money::parse_minor(text, *currency)).map(Value::Money)
            }
            Form::Money(currency, _) => self.parsed(Money::parse_number(text, *currency)).map(Value::Money),
            Form::Duration(form) => self.parsed(numbers::duration(*form, text)).map(Value::Duration),
            Form::Timestamp(form) => self.parsed(numbers::timestamp(*form, text)).map(Value::Timestamp),
            _ => self.is("a number"),
        }
    }

    pub(super) fn text(&mut self, form: &'c Form, text: Cow<'_, str>) -> Option<Value> {
        match form {
            Form::Text(bounds) => self.bounded(bounds, text),
            Form::Id(pattern) => self.id(pattern.as_deref(), &text),
            Form::Enum(cases) => {
                if cases.iter().any(|case| *case == text) {
                    return Some(Value::Text(text.into()));
                }
                let cases: Vec<String> =
                    cases.iter().take(CHOICES + 1).map(|case| format!("{case:?}")).collect();
                self.is(format!("none of {}", choices(&cases)))
            }
            Form::Folded => Some(Value::Folded(Folded::new(&text))),
            Form::Email => self.parsed(Email::parse(&text)).map(Value::Email),
            Form::Domain => self.parsed(Domain::parse(&text)).map(Value::Domain),
            Form::Url => self.parsed(WebUrl::parse(&text)).map(Value::Url),
            Form::Path => self.parsed(PathValue::parse(&text)).map(Value::Path),
            Form::Shell => Some(Value::Shell(Box::new(Shell::parse(&text)), text.into())),
            Form::IntText => self.parsed(parse_int(&text)).map(Value::Int),
            Form::DecimalText => self.parsed(Decimal::parse(&text)).map(Value::Decimal),
            Form::Money(currency, _) => self.parsed(Money::parse_string(&text, *currency)).map(Value::Money),
            Form::Duration(form) => self.parsed(numbers::duration(*form, &text)).map(Value::Duration),
            Form::Timestamp(form) => self.parsed(numbers::timestamp(*form, &text)).map(Value::Timestamp),
            _ => self.is("a string"),
        }
    }

    fn parsed<T, E: std::fmt::Display>(&mut self, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.unfit(error);
                None
            }
        }
    }

    fn bounded(&mut self, bounds: &TextBounds, text: Cow<'_, str>) -> Option<Value> {
        let TextBounds { min_length, max_length, pattern } = bounds;
        if min_length.is_some() || max_length.is_some() {
            let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            if let Some(least) = min_length.filter(|least| length < *least) {
                return self.is(format!("shorter than {least} characters"));
            }
            if let Some(most) = max_length.filter(|most| length > *most) {
                return self.is(format!("longer than {most} characters"));
            }
        }
        if let Some(source) = pattern {
            // The verifier has compiled it; should that ever change, nothing passes.
            if !self.contract.search(source).is_some_and(|pattern| pattern.is_match(&text)) {
                return self.unfit(format!("nothing in it matches /{source}/"));
            }
        }
        Some(Value::Text(text.into()))
    }

    fn id(&mut self, pattern: Option<&str>, text: &str) -> Option<Value> {
        let id = match pattern {
            None => Id::parse(text),
            Some(source) => match self.contract.pattern(source) {
                Some(pattern) => Id::parse_matching(text, pattern),
                None => return self.unfit("its pattern cannot be checked"),
            },
        };
        self.parsed(id).map(|id| Value::Text(id.as_str().into()))
    }

    /// `{"amount": "0.02", "currency": "USD"}`
    pub(super) fn priced(
        &mut self,
        currency: Currency,
        reader: &mut Reader<'t>,
    ) -> Result<Option<Money>, Refusal> {
        let (mut amount, mut said, mut fits) = (None, false, true);
        reader.object(|reader, key| {
            self.path.push(Step::Key(key.clone()));
            match (&**key, reader.kind()?) {
                ("amount", Kind::Number) => {
                    let text = reader.number()?;
                    amount = self.parsed(Money::parse_number(text, currency));
                    fits &= amount.is_some();
                }
                ("amount", Kind::String) => {
                    let text = reader.string()?;
                    amount = self.parsed(Money::parse_string(&text, currency));
                    fits &= amount.is_some();
                }
                ("currency", Kind::String) => {
                    let text = reader.string()?;
                    said = text == currency.code();
                    if !said {
                        fits = false;
                        self.is(format!("not `{currency}`"));
                    }
                }
                ("amount" | "currency", _) => {
                    reader.skip()?;
                    fits = false;
                    self.is("not a string");
                }
                _ => {
                    reader.skip()?;
                    fits = false;
                    self.report("signature.unknown", |of| format!("{of} is not declared"));
                }
            }
            self.path.pop();
            Ok(())
        })?;
        if fits && !(said && amount.is_some()) {
            self.is("without its amount or its currency");
            return Ok(None);
        }
        Ok(amount.filter(|_| fits))
    }
}

fn choices<T: ToString>(cases: &[T]) -> String {
    let mut shown: Vec<String> = cases.iter().take(CHOICES).map(ToString::to_string).collect();
    if cases.len() > CHOICES {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
