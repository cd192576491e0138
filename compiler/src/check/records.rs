//! Records that would hold themselves.

use std::collections::BTreeSet;

use super::Checker;
use crate::diagnostics::problems::names;
use crate::typed::Record;
use crate::types::Ty;

impl Checker<'_> {
    /// A record that holds itself would be endless. Each record is entered once, however many others hold it.
    pub(super) fn recursive_records(&mut self) {
        let holds: Vec<Vec<usize>> = self.program.records.iter().map(held_records).collect();
        let (mut entered, mut left) = (vec![false; holds.len()], vec![false; holds.len()]);
        let mut endless = BTreeSet::new();
        for start in 0..holds.len() {
            // Records on the way from `start`, each with those that it holds and that were not looked at.
            let mut way: Vec<(usize, &[usize])> = Vec::new();
            let mut next = Some(start).filter(|&start| !entered[start]);
            while let Some(record) = next.take() {
                entered[record] = true;
                way.push((record, &holds[record]));
                while let Some((record, rest)) = way.last_mut() {
                    match rest.split_first() {
                        Some((&held, more)) => {
                            *rest = more;
                            if !entered[held] {
                                next = Some(held);
                                break;
                            }
                            if !left[held] {
                                endless.insert(held);
                            }
                        }
                        None => {
                            left[*record] = true;
                            way.pop();
                        }
                    }
                }
            }
        }
        for index in endless {
            if let Some(record) = self.program.records.get_mut(index) {
                record.fields.clear();
                let (span, name) = (record.name.span, record.name.node.clone());
                self.problems.push(names::recursive(span, &name));
            }
        }
    }
}

/// The records that the fields of a record hold, be it in lists.
fn held_records(record: &Record) -> Vec<usize> {
    let held = record.fields.iter().filter_map(|field| {
        let mut ty = &field.ty;
        while let Ty::List(inner, _) | Ty::Nullable(inner) = ty {
            ty = inner;
        }
        match ty {
            Ty::Record(id) => Some(id.0),
            _ => None,
        }
    });
    held.collect()
}
