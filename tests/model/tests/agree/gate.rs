//! The runtime, behind the abstract steps.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use agentpass_compiler::build::build;
use agentpass_compiler::load::MemoryFiles;
use agentpass_model::contract::Contract;
use agentpass_model::print::print;
use agentpass_model::step::{START, Step, Timed};
use agentpass_runtime::{Directory, Gate, Line, Store};
use agentpass_values::Timestamp;

/// Who is in which group.
#[derive(Clone, Default)]
pub(crate) struct Members(Arc<Mutex<BTreeSet<(String, String)>>>);

impl Directory for Members {
    fn is_member(&self, user: &str, group: &str) -> Option<bool> {
        Some(self.0.lock().unwrap().contains(&(user.to_owned(), group.to_owned())))
    }
}

/// A gate with the directory that it asks.
pub(crate) struct Runtime {
    gate: Gate,
    members: Members,
    contract: Contract,
}

impl Runtime {
    pub(crate) fn new(contract: &Contract) -> Result<Runtime, String> {
        let text = print(contract);
        let files = MemoryFiles::new([("model.agentpass", text.as_str())]);
        let roots = ["model.agentpass".to_owned()];
        let built = build(&roots, &files, &Default::default(), &Default::default());
        let (verified, _) = built.map_err(|error| error.to_string())?;
        let members = Members::default();
        let gate = Gate::builder(verified)
            .store(Store::manual(moment(0)))
            .seed(1)
            .directory(members.clone())
            .offline()
            .open(true)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Runtime { gate, members, contract: contract.clone() })
    }

    /// What it answers.
    pub(crate) fn step(&self, timed: &Timed) -> Line {
        self.gate.at(moment(timed.at));
        // It sees every moment, also where the line is refused before it looks at the clock.
        self.gate.now().unwrap();
        if let Step::Member(user, group, is_member) = &timed.step {
            let mut members = self.members.0.lock().unwrap();
            let pair = (user.clone(), group.clone());
            if *is_member {
                members.insert(pair);
            } else {
                members.remove(&pair);
            }
            return Line::Done;
        }
        self.gate.line(timed.line(&self.contract).unwrap().as_bytes())
    }
}

fn moment(at: i64) -> Timestamp {
    Timestamp::from_nanos((START + at) * 1_000_000)
}
