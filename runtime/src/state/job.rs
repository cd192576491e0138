//! What the gate knows of a job.

use std::collections::BTreeMap;

use crate::clock::Reading;
use crate::digest::Digest;

/// Pairs of source and label, with how many calls brought each.
pub type Labels = BTreeMap<(String, String), u32>;

/// A job.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Job {
    /// When it was opened, or its first call allowed; nothing of one that is only suspended so far, or in
    /// which calls were only held up.
    pub opened: Option<Reading>,
    /// Whom the host bound it to, where it opened it: calls of others are denied.
    pub bound: Option<Bound>,
    /// What the host has bound to it, by name: digests of values.
    pub facts: Vec<(String, Digest)>,
    /// The jobs above it, nearest first: its calls charge them too.
    pub parents: Vec<String>,
    /// What it carries: a call that was never sent brought nothing.
    pub labels: Labels,
    /// The host has closed it: no more calls are made in it.
    pub closed: bool,
    /// An operator has to lift this.
    pub suspended: bool,
}

/// Whom a job belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bound {
    /// The agent.
    pub agent: Option<String>,
    /// The user.
    pub user: Option<String>,
}

impl Job {
    /// Labels join it.
    pub fn join(&mut self, labels: &[(String, String)]) {
        for label in labels {
            let count = self.labels.entry(label.clone()).or_insert(0);
            *count = count.saturating_add(1);
        }
    }

    /// The call that brought them was never sent.
    pub fn leave(&mut self, labels: &[(String, String)]) {
        for label in labels {
            if let Some(count) = self.labels.get_mut(label) {
                *count -= 1;
                if *count == 0 {
                    self.labels.remove(label);
                }
            }
        }
    }
}
