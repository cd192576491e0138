//! Monitors: what they see of a past call, and what they keep of it.

use agentpass_values::Duration;

use super::frames::{Frame, Frames};
use super::nodes::Below;
use super::walk::{Ground, Walk};
use super::{Fault, MAX_COUNT, entry};
use crate::frame::Param;
use crate::past::{Join, Keep, Monitor, Phase, Subject};
use crate::program::{NodeId, Program};
use crate::value::Ty;

pub(super) fn check(program: &Program, frames: &Frames, nodes: &[Below]) -> Result<(), Fault> {
    let ground = Ground::new(program, frames, nodes);
    program.monitors.iter().enumerate().try_for_each(|(index, it)| monitor(&ground, index, it))
}

fn monitor(ground: &Ground<'_>, index: usize, monitor: &Monitor) -> Result<(), Fault> {
    let program = ground.program;
    let tools;
    let (frame, results): (_, Option<&[Param]>) = match monitor.of {
        Subject::Tool(id) => {
            let tool = entry("tool", &program.tools, id.0)?;
            tools = [id];
            let ended = matches!(monitor.phase, Phase::Completed | Phase::Failed);
            (Frame::Tools(&tools), ended.then_some(tool.results.as_slice()))
        }
        Subject::Event(id) => {
            entry("event", &program.events, id.0)?;
            if monitor.phase != Phase::Completed {
                return Err(Fault::Shape { what: "an event has no phase but its report", index });
            }
            (Frame::Event(id), None)
        }
    };
    let mut past = Past { ground, index, args: Walk::new(ground, frame), results };
    if let Some(args) = monitor.args {
        past.is(&Join::Arg(args), &Ty::Truth)?;
    }
    if let Some(result) = monitor.result {
        past.is(&Join::Result(result), &Ty::Truth)?;
    }
    monitor.join.iter().try_for_each(|join| past.value(join).map(|_| ()))?;
    let window = match &monitor.keep {
        Keep::Latest(kept) | Keep::First(kept) => {
            for part in kept {
                if past.value(&part.value)? != &part.ty {
                    return Err(Fault::Shape { what: "a monitor keeps a part of another type", index });
                }
            }
            None
        }
        Keep::Runs { most, within } => {
            if *most == 0 || *most > MAX_COUNT {
                return Err(Fault::Shape { what: "a monitor counts no calls, or too many", index });
            }
            *within
        }
        Keep::Count { most, within } => {
            if *most == 0 || within.is_some() && *most > MAX_COUNT {
                return Err(Fault::Shape { what: "a monitor counts no calls, or too many", index });
            }
            *within
        }
        Keep::Sum { amount, currency, within } | Keep::Spent { amount, currency, within } => {
            past.is(&Join::Arg(*amount), &Ty::Money(*currency))?;
            *within
        }
        Keep::Distinct { value, most, within } => {
            if past.value(&value.value)? != &value.ty {
                return Err(Fault::Shape { what: "a monitor keeps a part of another type", index });
            }
            if *most == 0 || *most > MAX_COUNT {
                return Err(Fault::Shape { what: "a monitor counts no calls, or too many", index });
            }
            *within
        }
        Keep::Spans { within } => *within,
        Keep::Open => None,
    };
    if window.is_some_and(|window| window <= Duration::ZERO) {
        return Err(Fault::Shape { what: "a monitor looks back for no time at all", index });
    }
    Ok(())
}

/// A past call, as a monitor sees it.
struct Past<'p> {
    ground: &'p Ground<'p>,
    index: usize,
    args: Walk<'p>,
    /// Its trusted result, if it has one when the monitor sees it.
    results: Option<&'p [Param]>,
}

impl Past<'_> {
    fn is(&mut self, root: &Join, ty: &Ty) -> Result<(), Fault> {
        match root {
            Join::Arg(node) => {
                self.own(*node)?;
                self.args.is(*node, ty, "what its monitor looks for")
            }
            Join::Result(node) => {
                Walk::new(self.ground, self.result()?).is(*node, ty, "what its monitor looks for")
            }
        }
    }

    /// A value that is kept, or joined by.
    fn value(&mut self, root: &Join) -> Result<&Ty, Fault> {
        let (node, ty) = match root {
            Join::Arg(node) => {
                self.own(*node)?;
                (node, self.args.value(*node)?)
            }
            Join::Result(node) => (node, Walk::new(self.ground, self.result()?).value(*node)?),
        };
        if ty.is_data() {
            Ok(ty)
        } else {
            Err(Fault::Type { node: node.0, expected: "a value that can be kept" })
        }
    }

    /// A monitor is fed by its call alone: were it to ask others, the order of feeding would decide.
    fn own(&self, node: NodeId) -> Result<(), Fault> {
        if entry("node", self.ground.nodes, node.0)?.past {
            return Err(Fault::Past { node: node.0, what: "a monitor depends on the past itself" });
        }
        Ok(())
    }

    fn result(&self) -> Result<Frame<'_>, Fault> {
        let none = Fault::Shape {
            what: "a monitor reads a result that is not there when it looks",
            index: self.index,
        };
        self.results.map(Frame::Result).ok_or(none)
    }
}
