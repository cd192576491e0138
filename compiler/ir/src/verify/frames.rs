//! Frames: which slot holds what, in the calls of each tool and in the reports of each event.

use super::forms::{Forms, Patterns};
use super::{Fault, entry};
use crate::frame::{Ambient, Param, Presence, Tool, ToolName};
use crate::program::{EventId, Program, SlotId, ToolId};
use crate::value::Ty;

/// What the slots of all frames hold.
pub(super) struct Frames {
    /// Of those that every frame has.
    shared: Vec<Shared>,
    /// Of those behind them, per tool.
    tools: Vec<Vec<Ty>>,
    /// Of those behind them, per event.
    events: Vec<Vec<Ty>>,
    /// The patterns of all forms.
    pub patterns: Patterns,
}

/// A slot of every frame.
struct Shared {
    ty: Ty,
    /// A call that leaves it out says less than a rule that reads it may demand.
    needed: bool,
}

/// In whose frame something is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Frame<'p> {
    /// The calls of these tools, alike.
    Tools(&'p [ToolId]),
    /// The reports of an event.
    Event(EventId),
    /// The trusted result of a call, and nothing else.
    Result(&'p [Param]),
}

pub(super) fn check(program: &Program) -> Result<Frames, Fault> {
    let mut forms = Forms::new(program)?;
    forms.params("the host has two facts of one name", 0, &program.host)?;
    forms.params("jobs have two facts of one name", 0, &program.job)?;
    names(program)?;
    for (index, tool) in program.tools.iter().enumerate() {
        forms.params("a tool has two parameters of one name", index, &tool.params)?;
        forms.params("a tool has two results of one name", index, &tool.results)?;
        for view in &tool.views {
            entry("parameter", &tool.params, view.param)?;
            forms.form(index, &view.form)?;
        }
        if let Some(schema) = tool.schema {
            entry("schema", &program.schemas, schema.0)?;
        }
    }
    for (index, event) in program.events.iter().enumerate() {
        forms.params("an event has two fields of one name", index, &event.fields)?;
    }
    for id in program.schemas.iter().flat_map(|schema| &schema.demands).flat_map(crate::Demand::schemas) {
        entry("schema", &program.schemas, id.0)?;
    }
    // Types are as deep as forms: from here on every form is known to be shallow.
    let own = |tool: &Tool| -> Vec<Ty> {
        let params = tool.params.iter().map(|param| param.form.ty());
        params.chain(tool.views.iter().map(|view| view.form.ty())).collect()
    };
    let ambient = Ambient::ALL.iter().map(|it| Shared { ty: it.ty(), needed: *it != Ambient::Tool });
    let facts = program
        .host
        .iter()
        .chain(&program.job)
        .map(|param| Shared { ty: param.form.ty(), needed: param.presence == Presence::Required });
    Ok(Frames {
        shared: ambient.chain(facts).collect(),
        tools: program.tools.iter().map(own).collect(),
        events: program
            .events
            .iter()
            .map(|event| event.fields.iter().map(|field| field.form.ty()).collect())
            .collect(),
        patterns: forms.patterns,
    })
}

/// Exact names come first and sorted, which is how they are found; then families; then, once, what is left.
fn names(program: &Program) -> Result<(), Fault> {
    for (index, pair) in program.tools.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        let in_order = match (&first.name, &second.name) {
            (ToolName::Exact(a), ToolName::Exact(b)) => a < b,
            (ToolName::Exact(_), _) | (ToolName::Family(..), ToolName::Family(..) | ToolName::Otherwise) => {
                true
            }
            _ => false,
        };
        if !in_order {
            return Err(Fault::Shape { what: "tools are not sorted by name", index });
        }
    }
    Ok(())
}

impl Frame<'_> {
    /// How many frames it is.
    pub(super) fn width(self) -> usize {
        match self {
            Frame::Tools(tools) => tools.len(),
            Frame::Event(_) | Frame::Result(_) => 1,
        }
    }
}

impl Frames {
    /// What a slot holds, if it is there and the same in all tools.
    pub(super) fn slot(&self, frame: Frame<'_>, slot: SlotId) -> Option<&Ty> {
        if matches!(frame, Frame::Result(_)) {
            return None;
        }
        if let Some(shared) = self.shared.get(slot.index()) {
            return Some(&shared.ty);
        }
        let own = slot.index().checked_sub(self.shared.len())?;
        match frame {
            Frame::Tools(tools) => {
                let mut types = tools.iter().map(|tool| self.tools.get(tool.index())?.get(own));
                let first = types.next()??;
                types.all(|ty| ty == Some(first)).then_some(first)
            }
            Frame::Event(event) => self.events.get(event.index())?.get(own),
            Frame::Result(_) => None,
        }
    }

    /// Whether a call has to fill the slot where something reads it without asking.
    pub(super) fn is_needed(&self, slot: SlotId) -> bool {
        self.shared.get(slot.index()).is_some_and(|shared| shared.needed)
    }
}
