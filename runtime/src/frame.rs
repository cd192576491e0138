//! The frame of a call: what its rules can read, in numbered slots.
//!
//! [`agentpass_ir::frame`] says which slot holds what. Frames are filled by [`crate::wire::read`], once, and are not changed
//! afterwards; the exception is what the host reports when a call is settled ([`read_host`]).

mod canonical;
mod fault;
mod forms;
mod forward;
mod numbers;
mod read;
#[cfg(test)]
pub(crate) mod testing;
mod write;

use agentpass_ir::{Ambient, Program, SlotId, Value};

use crate::spare::Slots;

pub use canonical::canonical;
pub use fault::ArgFault;
pub use forms::MAX_ELEMENTS;
pub(crate) use forward::arguments as forwarded;
pub(crate) use read::{defaults, read_arguments, read_job};
pub use read::{read_event, read_host, read_result};

/// The values of a call, or of an event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Frame {
    slots: Slots,
    /// Where the parameters stand; views stand behind them.
    params: std::ops::Range<usize>,
    extra: Box<str>,
}

impl Frame {
    /// A frame in which nothing stands, with the slots that every frame of the contract has.
    #[must_use]
    pub fn shared(program: &Program) -> Frame {
        let shared = program.param_slot(0).index();
        Frame { slots: Slots::new(shared), params: shared..shared, extra: Box::default() }
    }

    /// Makes room for parameters and views.
    fn extend(&mut self, params: usize, views: usize) {
        let from = self.params.start;
        self.params.end = from + params;
        self.slots.resize(from + params + views, None);
    }

    /// What stands in a slot; nothing where the call left it out.
    #[must_use]
    pub fn get(&self, slot: SlotId) -> Option<&Value> {
        self.slots.get(slot.index())?.as_ref()
    }

    /// Puts something into a slot that the frame has.
    pub(crate) fn set(&mut self, slot: SlotId, value: Option<Value>) {
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = value;
        }
    }

    /// A part of the surroundings that is a text.
    #[must_use]
    pub fn ambient(&self, ambient: Ambient) -> Option<&str> {
        match self.get(ambient.slot())? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A part of the surroundings that is a list of texts: `via`, `scopes`, `groups`.
    pub fn ambient_list(&self, ambient: Ambient) -> impl Iterator<Item = &str> {
        let all = match self.get(ambient.slot()) {
            Some(Value::List(all)) => all.as_slice(),
            _ => &[],
        };
        all.iter().filter_map(|value| match value {
            Value::Text(text) => Some(&**text),
            _ => None,
        })
    }

    /// The parameters, in declared order; defaults stand where the call left one out.
    pub fn params(&self) -> impl Iterator<Item = Option<&Value>> {
        self.slots.get(self.params.clone()).unwrap_or_default().iter().map(Option::as_ref)
    }

    /// The undeclared arguments of an open signature, and undeclared fields of open records: an object of canonical JSON whose
    /// keys are JSON pointers (RFC 6901) into the arguments; empty where there are none. No rule reads them, and every
    /// digest holds them.
    #[must_use]
    pub fn extra(&self) -> &str {
        &self.extra
    }
}
