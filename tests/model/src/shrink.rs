//! The smallest case that still fails: without steps, and without parts of the contract.

use crate::contract::Contract;
use crate::step::Timed;

/// Leaves out whatever the failure does not need.
pub fn shrink(
    contract: Contract,
    steps: Vec<Timed>,
    fails: &mut dyn FnMut(&Contract, &[Timed]) -> bool,
) -> (Contract, Vec<Timed>) {
    let (mut contract, mut steps) = (contract, steps);
    loop {
        let before = (size(&contract), steps.len());
        steps = fewer(&contract, steps, fails);
        contract = smaller(contract, &steps, fails);
        if (size(&contract), steps.len()) == before {
            return (contract, steps);
        }
    }
}

/// Leaves out steps: long stretches first, then one by one.
fn fewer(
    contract: &Contract,
    mut steps: Vec<Timed>,
    fails: &mut dyn FnMut(&Contract, &[Timed]) -> bool,
) -> Vec<Timed> {
    let mut stretch = steps.len().div_ceil(2);
    while stretch > 0 {
        let mut from = 0;
        while from < steps.len() {
            let mut less = steps.clone();
            less.drain(from..(from + stretch).min(less.len()));
            if fails(contract, &less) {
                steps = less;
            } else {
                from += stretch;
            }
        }
        stretch /= 2;
    }
    steps
}

fn smaller(
    mut contract: Contract,
    steps: &[Timed],
    fails: &mut dyn FnMut(&Contract, &[Timed]) -> bool,
) -> Contract {
    let mut at = 0;
    while let Some(less) = without(&contract, at) {
        if fails(&less, steps) {
            contract = less;
        } else {
            at += 1;
        }
    }
    contract
}

/// The contract without its part of that number; tools and challenges stay, because others name them by number.
fn without(contract: &Contract, at: usize) -> Option<Contract> {
    let mut less = contract.clone();
    let mut at = at;
    if at < less.limits.len() {
        less.limits.remove(at);
        return Some(less);
    }
    at -= less.limits.len();
    if at < less.rules.len() {
        less.rules.remove(at);
        return Some(less);
    }
    at -= less.rules.len();
    if at < less.onces.len() {
        less.onces.remove(at);
        return Some(less);
    }
    at -= less.onces.len();
    if at < less.flows.len() {
        less.flows.remove(at);
        return Some(less);
    }
    at -= less.flows.len();
    // A limit without bounds is none.
    for limit in less.limits.iter_mut().filter(|limit| limit.bounds.len() > 1) {
        if at < limit.bounds.len() {
            limit.bounds.remove(at);
            return Some(less);
        }
        at -= limit.bounds.len();
    }
    None
}

fn size(contract: &Contract) -> usize {
    let bounds: usize = contract.limits.iter().map(|limit| limit.bounds.len()).sum();
    contract.limits.len() + contract.rules.len() + contract.onces.len() + contract.flows.len() + bounds
}
