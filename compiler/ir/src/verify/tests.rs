//! Programs that pass, with what is found out about them, and programs that are refused, each for its own fault.

mod limits;
mod lookup;
mod nodes;
mod past;
mod reads;
mod tables;

use super::{Fault, Verified, verify};
use crate::program::NodeId;
use crate::rule::Effect;
use crate::sample::{Make, rich, rule, small};

/// The fault of a small program, once it has been changed.
fn fault(change: impl FnOnce(&mut Make)) -> String {
    let mut make = small();
    change(&mut make);
    verify(make.program).unwrap_err().to_string()
}

/// A small program, changed, that passes.
fn passes(change: impl FnOnce(&mut Make)) -> Verified {
    let mut make = small();
    change(&mut make);
    verify(make.program).unwrap()
}

/// Adds a rule for the first tool.
fn require(make: &mut Make, condition: NodeId) {
    make.program.rules.push(rule("more", &[0], Effect::Require, condition));
}

#[test]
fn all_of_it_passes() {
    verify(rich()).unwrap();
    passes(|_| {});
    verify(crate::Program::default()).unwrap();
}

#[test]
fn faults_can_be_read() {
    assert_eq!(Fault::Order { node: 3 }.to_string(), "node 3 does not stand after its children");
    assert_eq!(Fault::Bound { what: "nodes", most: 9 }.to_string(), "more nodes than 9");
}
