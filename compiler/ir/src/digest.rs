//! The digest of a program: what was decided on, without the places it was written at.

use sha2::{Digest, Sha256};

use crate::program::{Origin, Program};
use crate::verify::Fault;

/// SHA-256 of the program without origins and files.
pub(crate) fn of(program: &Program) -> Result<[u8; 32], Fault> {
    let program = without_places(program)?;
    // Only a value that cannot be written makes this fail, and constants are none.
    let bytes = postcard::to_stdvec(&program)
        .map_err(|_| Fault::Shape { what: "the program cannot be written", index: 0 })?;
    Ok(Sha256::digest(&bytes).into())
}

/// The program as if it had been written nowhere.
///
/// # Errors
/// A place in a file that is not listed.
pub(crate) fn without_places(program: &Program) -> Result<Program, Fault> {
    let mut program = program.clone();
    let files = std::mem::take(&mut program.files);
    let mut lost = None;
    places(&mut program, &mut |origin| {
        if *origin != Origin::NOWHERE && origin.file.index() >= files.len() {
            lost = Some(origin.file.0);
        }
        *origin = Origin::NOWHERE;
    });
    match lost {
        Some(index) => Err(Fault::Index { table: "file", index }),
        None => Ok(program),
    }
}

/// Every origin of a program.
fn places(program: &mut Program, visit: &mut impl FnMut(&mut Origin)) {
    program.nodes.iter_mut().for_each(|node| visit(&mut node.origin));
    for tool in &mut program.tools {
        visit(&mut tool.origin);
        tool.reads.iter_mut().for_each(|it| visit(&mut it.origin));
        tool.sends.iter_mut().for_each(|it| visit(&mut it.origin));
        tool.crossings.iter_mut().for_each(|it| visit(&mut it.origin));
    }
    program.events.iter_mut().for_each(|it| visit(&mut it.origin));
    program.rules.iter_mut().for_each(|it| visit(&mut it.origin));
    program.onces.iter_mut().for_each(|it| visit(&mut it.origin));
    for limit in &mut program.limits {
        visit(&mut limit.origin);
        limit.bounds.iter_mut().for_each(|it| visit(&mut it.origin));
    }
    program.monitors.iter_mut().for_each(|it| visit(&mut it.origin));
    program.flows.iter_mut().for_each(|it| visit(&mut it.origin));
    program.skills.iter_mut().for_each(|it| visit(&mut it.origin));
    program.challenges.iter_mut().for_each(|it| visit(&mut it.origin));
}
