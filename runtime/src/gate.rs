//! A contract at work: bytes in, decisions out, state kept in between.

use agentpass_ir::Verified;
use agentpass_values::Timestamp;

use crate::challenges::{self, Vote, VoteError};
use crate::clock::Entropy;
use crate::decide::{self, judge, prepare};
use crate::decision::Decision;
use crate::store::{Changes, Lookup, Store, Touches};
use crate::wire::{self, Source};

/// A gate. It decides by one contract, and keeps nothing itself: two gates on one store are one gate.
pub struct Gate {
    contract: Verified,
    store: Box<dyn Store>,
    entropy: Box<dyn Entropy>,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate")
            .field("contract", &self.contract.program().contract.name)
            .finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate by that contract.
    #[must_use]
    pub fn new(contract: Verified, store: impl Store + 'static, entropy: impl Entropy + 'static) -> Self {
        Self { contract, store: Box::new(store), entropy: Box::new(entropy) }
    }

    /// The contract.
    #[must_use]
    pub fn contract(&self) -> &Verified {
        &self.contract
    }

    /// Decides a call. There is always a decision: bytes that are no call are denied, and so is everything while the
    /// store cannot answer.
    #[must_use]
    pub fn decide(&self, source: Source<'_>, bytes: &[u8]) -> Decision {
        let entropy = &*self.entropy;
        let call = match wire::read(&self.contract, source, bytes) {
            Ok(call) => call,
            Err(refusal) => {
                return match self.now() {
                    Ok(now) => decide::refuse(&self.contract, &refusal, now, entropy),
                    Err(_) => decide::without_store(&self.contract, None, entropy),
                };
            }
        };
        let prepared = prepare(&self.contract, &call);
        let mut decision = None;
        let done = self.store.transact(&prepared.touches, &mut |snapshot| {
            let (decided, changes) = judge(&prepared, snapshot, entropy);
            decision = Some(decided);
            changes
        });
        match (done, decision) {
            (Ok(()), Some(decision)) => decision,
            // What was decided has not been committed, so it was not decided.
            _ => decide::without_store(&self.contract, Some(&call), entropy),
        }
    }

    /// Counts an answer to a challenge.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn vote(&self, vote: &Vote) -> Result<(), VoteError> {
        let touches = Touches {
            askings: vec![Lookup::Named(vote.on.clone(), vote.challenge.clone())],
            ..Touches::default()
        };
        let mut outcome = Err(VoteError::Store);
        let done = self.store.transact(&touches, &mut |snapshot| {
            let asking = snapshot.askings.first().and_then(Option::as_ref).ok_or(VoteError::Unknown);
            let counted = asking.and_then(|asking| {
                let challenges = &self.contract.program().challenges;
                let challenge = challenges.iter().find(|challenge| challenge.name == asking.name);
                challenges::vote(challenge.ok_or(VoteError::Unknown)?, asking, vote, snapshot.now)
            });
            outcome = counted.as_ref().map(|_| ()).map_err(|error| *error);
            Changes { askings: counted.into_iter().collect(), ..Changes::default() }
        });
        if done.is_err() { Err(VoteError::Store) } else { outcome }
    }

    fn now(&self) -> Result<Timestamp, crate::StoreError> {
        let mut now = Timestamp::EPOCH;
        self.store.transact(&Touches::default(), &mut |snapshot| {
            now = snapshot.now;
            Changes::default()
        })?;
        Ok(now)
    }
}
