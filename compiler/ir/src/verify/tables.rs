//! Names, and the tables that hold no expressions of their own.

use agentpass_values::Duration;

use super::{Fault, entry, is_doubled};
use crate::challenge::{Asked, Challenge};
use crate::program::Program;

pub(super) fn check(program: &Program) -> Result<(), Fault> {
    sorted("files are not sorted", &program.files)?;
    sorted("guarded labels are not sorted", &program.guarded)?;
    unique("two events of one name", program.events.iter().map(|event| event.name.as_str()))?;
    unique("two skills of one name", program.skills.iter().map(|skill| skill.name.as_str()))?;
    unique("two challenges of one name", program.challenges.iter().map(|it| it.name.as_str()))?;
    for (index, challenge) in program.challenges.iter().enumerate() {
        self::challenge(index, challenge)?;
    }
    for (tool, _) in program.skills.iter().flat_map(|skill| &skill.invokes) {
        entry("tool", &program.tools, tool.0)?;
    }
    for (index, tool) in program.tools.iter().enumerate() {
        if is_empty(tool.runs_at_most) {
            return Err(Fault::Shape { what: "a tool runs for no time at all", index });
        }
    }
    Ok(())
}

fn challenge(index: usize, challenge: &Challenge) -> Result<(), Fault> {
    let fault = |what| Err(Fault::Shape { what, index });
    if challenge.count == 0 || challenge.who == Asked::Groups(Vec::new()) {
        return fault("a challenge asks nobody");
    }
    if is_empty(challenge.expires) || is_empty(challenge.reusable) {
        return fault("a challenge is open, or its approval good, for no time at all");
    }
    Ok(())
}

fn is_empty(time: Option<Duration>) -> bool {
    time.is_some_and(|time| time <= Duration::ZERO)
}

fn sorted(what: &'static str, all: &[String]) -> Result<(), Fault> {
    let wrong = all.windows(2).position(|pair| pair.first() >= pair.last());
    wrong.map_or(Ok(()), |index| Err(Fault::Shape { what, index }))
}

fn unique<'n>(what: &'static str, names: impl Iterator<Item = &'n str>) -> Result<(), Fault> {
    if is_doubled(names) { Err(Fault::Shape { what, index: 0 }) } else { Ok(()) }
}
