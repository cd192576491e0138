//! How values are written: forms, the records they are made of, and the patterns they match.

use std::collections::HashMap;

use agentpass_values::Pattern;

use super::types::has_type;
use super::{Fault, MAX_NEST, MAX_PATTERNS, MAX_TABLE, MAX_WAYS, at_most, entry, is_doubled};
use crate::frame::{Form, Param, Presence};
use crate::program::{Program, RecordId};

/// Compiled patterns, by their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    /// Those that match as a whole.
    pub whole: HashMap<String, Pattern>,
    /// Those that are found somewhere.
    pub somewhere: HashMap<String, Pattern>,
}

/// Checks forms one after the other.
pub(super) struct Forms<'p> {
    program: &'p Program,
    records: Vec<Option<Size>>,
    pub patterns: Patterns,
}

/// What it takes to read a form.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// How deep it nests.
    nest: usize,
    /// How often a part of it may be read.
    ways: usize,
}

impl Size {
    const ONE: Size = Size { nest: 1, ways: 1 };

    fn with(self, other: Size) -> Size {
        Size { nest: self.nest.max(other.nest), ways: self.ways.max(other.ways) }
    }
}

impl<'p> Forms<'p> {
    /// Begins with the records.
    pub(super) fn new(program: &'p Program) -> Result<Forms<'p>, Fault> {
        let records = vec![None; program.records.len()];
        let mut forms = Forms { program, records, patterns: Patterns::default() };
        for (index, record) in program.records.iter().enumerate() {
            forms.record(RecordId(index as u32), 0)?;
            forms.names("a record has two fields of one name", index, &record.fields)?;
        }
        // Defaults are held against types only when all types are known to be sound.
        for (index, record) in program.records.iter().enumerate() {
            record.fields.iter().try_for_each(|field| forms.presence(index, field))?;
        }
        Ok(forms)
    }

    /// Checks parameters, fields, results or facts: `index` is the entry that they belong to.
    pub(super) fn params(
        &mut self,
        twice: &'static str,
        index: usize,
        params: &[Param],
    ) -> Result<(), Fault> {
        self.names(twice, index, params)?;
        for param in params {
            self.form(index, &param.form)?;
            self.presence(index, param)?;
        }
        Ok(())
    }

    /// Checks one form.
    pub(super) fn form(&mut self, index: usize, form: &Form) -> Result<(), Fault> {
        self.size(index, form, 0).map(|_| ())
    }

    fn names(&self, twice: &'static str, index: usize, params: &[Param]) -> Result<(), Fault> {
        if is_doubled(params.iter().map(|param| param.wire.as_str())) {
            return Err(Fault::Shape { what: twice, index });
        }
        Ok(())
    }

    fn presence(&self, index: usize, param: &Param) -> Result<(), Fault> {
        if let Presence::Default(id) = param.presence {
            let value = entry("constant", &self.program.consts, id.0)?;
            if !has_type(self.program, value, &param.form.ty()) {
                return Err(Fault::Shape { what: "a default does not have its parameter's type", index });
            }
        }
        Ok(())
    }

    /// `level` counts the forms and records around this one, so that a circle ends at the bound.
    fn size(&mut self, index: usize, form: &Form, level: usize) -> Result<Size, Fault> {
        at_most("levels of a form", level, MAX_NEST)?;
        let inner = match form {
            Form::Record(id) => return self.record(*id, level),
            Form::OrNull(of) | Form::Map(of) => self.size(index, of, level + 1)?,
            Form::List { of, least, most } => {
                if most.is_some_and(|most| most < *least) {
                    return Err(Fault::Shape { what: "a list has a least length above its greatest", index });
                }
                self.size(index, of, level + 1)?
            }
            Form::AnyOf(all) => {
                let mut size = Size { nest: 1, ways: 0 };
                for form in all {
                    let one = self.size(index, form, level + 1)?;
                    size = Size { nest: size.nest.max(one.nest), ways: size.ways.saturating_add(one.ways) };
                    at_most("ways to read a value", size.ways, MAX_WAYS)?;
                }
                size
            }
            leaf => {
                self.leaf(index, leaf)?;
                return Ok(Size::ONE);
            }
        };
        let size = Size { nest: inner.nest + 1, ways: inner.ways };
        at_most("levels of a form", size.nest, MAX_NEST)?;
        Ok(size)
    }

    fn record(&mut self, id: RecordId, level: usize) -> Result<Size, Fault> {
        at_most("levels of a form", level, MAX_NEST)?;
        if let Some(size) = entry("record", &self.records, id.0)? {
            return Ok(*size);
        }
        let program = self.program;
        let mut size = Size::ONE;
        for field in &entry("record", &program.records, id.0)?.fields {
            size = size.with(self.size(id.index(), &field.form, level + 1)?);
        }
        size.nest += 1;
        at_most("levels of a form", size.nest, MAX_NEST)?;
        if let Some(known) = self.records.get_mut(id.index()) {
            *known = Some(size);
        }
        Ok(size)
    }

    fn leaf(&mut self, index: usize, form: &Form) -> Result<(), Fault> {
        match form {
            Form::Id(Some(pattern)) => self.whole(index, pattern),
            Form::Text(bounds) => {
                if matches!((bounds.min_length, bounds.max_length), (Some(min), Some(max)) if max < min) {
                    return Err(Fault::Shape { what: "a text has a least length above its greatest", index });
                }
                bounds.pattern.iter().try_for_each(|pattern| self.somewhere(index, pattern))
            }
            Form::Enum(cases) => at_most("cases of an enum", cases.len(), MAX_TABLE),
            Form::IntEnum(cases) => at_most("cases of an enum", cases.len(), MAX_TABLE),
            _ => Ok(()),
        }
    }

    fn whole(&mut self, index: usize, source: &str) -> Result<(), Fault> {
        if !self.patterns.whole.contains_key(source) {
            let pattern = compiled(index, source)?;
            self.patterns.whole.insert(source.to_owned(), pattern);
        }
        self.count()
    }

    /// Text around a sound pattern makes it one that matches as a whole wherever it is found.
    fn somewhere(&mut self, index: usize, source: &str) -> Result<(), Fault> {
        if !self.patterns.somewhere.contains_key(source) {
            compiled(index, source)?;
            let pattern = compiled(index, &format!("(?s:.*?)(?:{source})(?s:.*)"))?;
            self.patterns.somewhere.insert(source.to_owned(), pattern);
        }
        self.count()
    }

    fn count(&self) -> Result<(), Fault> {
        at_most("patterns", self.patterns.whole.len() + self.patterns.somewhere.len(), MAX_PATTERNS)
    }
}

fn compiled(index: usize, source: &str) -> Result<Pattern, Fault> {
    Pattern::new(source).map_err(|_| Fault::Shape { what: "a pattern of a form does not compile", index })
}
