//! A contract at work: bytes in, decisions out, state kept in between.

use std::borrow::Cow;
use std::sync::Arc;

use agentpass_ir::{Effect, Verified};
use agentpass_values::Timestamp;

use crate::clock::{Entropy, Seeded, SystemEntropy};
use crate::decide::{self, House, Known, judge, owner_key, prepare};
use crate::decision::Decision;
use crate::plan::Plan;
use crate::state::asking::Directory;
use crate::state::key::OfJob;
use crate::store::{Account, Change, Forms, Snapshot, Store, StoreError, Touches};
use crate::sync::{AtomicI64, Ordering};
use crate::wire::{self, Limits, Source};

/// A gate. It decides by one contract, and keeps nothing itself: two gates on one store are one gate. Cloning one is cheap.
/// [`Gate::reload`] gives one that goes on by another contract.
#[derive(Clone)]
pub struct Gate {
    core: Arc<Core>,
}

struct Core {
    contract: Arc<Verified>,
    plan: Arc<Plan>,
    store: Store,
    entropy: Arc<dyn Entropy>,
    directory: Option<Arc<dyn Directory>>,
    limits: Limits,
    explain: bool,
    verbatim: bool,
    offline: bool,
    mediates: bool,
    open: bool,
    lines: Arc<crate::line::Lines>,
    /// The latest time that was seen: what a decision says whose store did not answer.
    latest: AtomicI64,
}

/// A gate while it is set up.
pub struct GateBuilder {
    contract: Arc<Verified>,
    store: Option<Store>,
    entropy: Arc<dyn Entropy>,
    directory: Option<Arc<dyn Directory>>,
    limits: Limits,
    explain: bool,
    verbatim: bool,
    offline: bool,
    mediates: bool,
    open: bool,
}

/// Why a gate cannot be set up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BuildError {
    /// No store was named. State that ends with the process is asked for with [`Store::memory`].
    NoStore,
    /// The contract has rules about results, and the host does not say that results pass through the gate (semantics 33).
    Results {
        /// One of those rules.
        rule: String,
    },
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate")
            .field("contract", &self.core.contract.program().contract.name)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GateBuilder").finish_non_exhaustive()
    }
}

impl GateBuilder {
    /// Where state lives.
    #[must_use]
    pub fn store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Reproducible names of decisions and challenges: for tests and `--seed`, never for a live gate.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.entropy = Arc::new(Seeded::new(seed));
        self
    }

    /// Who is in which group, asked again when an approval is used.
    #[must_use]
    pub fn directory(mut self, directory: impl Directory + 'static) -> Self {
        self.directory = Some(Arc::new(directory));
        self
    }

    /// How large a call may be.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Decisions note every clause that the call met: see [`Decision::met`].
    #[must_use]
    pub fn explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// Messages hold values as they came: neither escaped nor cut. For programs that look at messages, and show them to neither
    /// people nor models.
    #[must_use]
    pub fn verbatim(mut self, verbatim: bool) -> Self {
        self.verbatim = verbatim;
        self
    }

    /// For `eval`, `replay` and tests: identity comes from calls as they are written, and results pass through the gate.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.offline = true;
        self
    }

    /// Results pass through the gate: the host delivers nothing that [`Gate::settle`] withholds.
    #[must_use]
    pub fn mediates_results(mut self) -> Self {
        self.mediates = true;
        self
    }

    /// In [`Gate::line`], a call without an outcome stays open; otherwise it counts as done at the next line.
    #[must_use]
    pub fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// The gate.
    ///
    /// # Errors
    /// Something that the contract needs is not there.
    pub fn build(self) -> Result<Gate, BuildError> {
        loads(&self.contract, self.offline || self.mediates)?;
        let core = Core {
            plan: Arc::new(Plan::of(&self.contract)),
            contract: self.contract,
            store: self.store.ok_or(BuildError::NoStore)?,
            entropy: self.entropy,
            directory: self.directory,
            limits: self.limits,
            explain: self.explain,
            verbatim: self.verbatim,
            offline: self.offline,
            mediates: self.mediates,
            open: self.open,
            lines: Arc::default(),
            latest: AtomicI64::new(0),
        };
        Ok(Gate { core: Arc::new(core) })
    }
}

/// How often a call is prepared before the gate gives up: for its parents, for who is asked, for what the past names; and some
/// more, where other calls add to that in the meantime.
const MOST_ROUNDS: usize = 16;

impl Gate {
    /// Sets up a gate by that contract.
    #[must_use]
    pub fn builder(contract: impl Into<Arc<Verified>>) -> GateBuilder {
        GateBuilder {
            contract: contract.into(),
            store: None,
            entropy: Arc::new(SystemEntropy::default()),
            directory: None,
            limits: Limits::default(),
            explain: false,
            verbatim: false,
            offline: false,
            mediates: false,
            open: false,
        }
    }

    /// The gate that goes on with all of this one's but for the contract.
    pub(crate) fn successor(&self, contract: Arc<Verified>, plan: Plan) -> Result<Gate, BuildError> {
        let core = &self.core;
        loads(&contract, core.offline || core.mediates)?;
        let core = Core {
            contract,
            plan: Arc::new(plan),
            store: core.store.clone(),
            entropy: core.entropy.clone(),
            directory: core.directory.clone(),
            limits: core.limits,
            explain: core.explain,
            verbatim: core.verbatim,
            offline: core.offline,
            mediates: core.mediates,
            open: core.open,
            lines: core.lines.clone(),
            latest: AtomicI64::new(core.latest.load(Ordering::Relaxed)),
        };
        Ok(Gate { core: Arc::new(core) })
    }

    /// The contract.
    #[must_use]
    pub fn contract(&self) -> &Verified {
        &self.core.contract
    }

    /// Decides a call. There is always a decision: bytes that are no call are denied, and so is everything while the
    /// store cannot answer.
    #[must_use]
    pub fn decide(&self, source: Source<'_>, bytes: &[u8]) -> Decision {
        let house = self.house();
        let call = match wire::read(&self.core.contract, source, &self.core.limits, bytes) {
            Ok(call) => call,
            Err(refusal) => {
                return match self.now() {
                    Ok(now) => decide::refuse(house, &refusal, now),
                    Err(error) => decide::without_store(house, None, &error, self.latest()),
                };
            }
        };
        let mut known = Known::default();
        // What the state has to say about what is touched is found out at most once each, unless others change it meanwhile.
        for _ in 0..MOST_ROUNDS {
            let prepared = prepare(house, &call, &known);
            let touches = Touches {
                at: call.at,
                account: Account::Principal(owner_key(&call)),
                keys: Cow::Borrowed(prepared.touched.keys()),
            };
            let mut judged = None;
            let done = self.transact(&touches, &mut |snapshot| {
                let (result, changes) = match judge(&prepared, snapshot) {
                    Ok((decision, changes)) => (Ok(decision), changes),
                    Err(more) => (Err(more), Vec::new()),
                };
                judged = Some(result);
                changes
            });
            match (done, judged) {
                (Ok(()), Some(Ok(decision))) => return decision,
                (Ok(()), Some(Err(more))) => known = more,
                // What was decided has not been committed, so it was not decided.
                (Err(error), _) => return decide::without_store(house, Some(&call), &error, self.latest()),
                (Ok(()), None) => break,
            }
        }
        let error = StoreError::Unavailable("nothing was decided".to_owned());
        decide::without_store(house, Some(&call), &error, self.latest())
    }

    /// Forgets everything; offline only, a live gate forgets nothing.
    pub fn reset(&self) {
        if self.core.offline {
            self.core.lines.forget();
            self.core.store.0.reset();
        }
    }

    /// Moves the clock of an offline store.
    pub fn at(&self, time: Timestamp) {
        if self.core.offline {
            // What counts as done has been done before.
            if !self.core.open {
                self.settle_open();
            }
            self.core.store.0.set_clock(time);
        }
    }

    /// The store's time.
    ///
    /// # Errors
    /// The store cannot answer.
    pub fn now(&self) -> Result<Timestamp, StoreError> {
        let mut now = Timestamp::EPOCH;
        self.transact(&Touches::default(), &mut |snapshot| {
            now = snapshot.reading.late;
            Vec::new()
        })?;
        Ok(now)
    }

    pub(crate) fn house(&self) -> House<'_> {
        House {
            contract: &self.core.contract,
            plan: &self.core.plan,
            entropy: &*self.core.entropy,
            directory: self.core.directory.as_deref(),
            explain: self.core.explain,
            verbatim: self.core.verbatim,
        }
    }

    pub(crate) fn transact(
        &self,
        touches: &Touches<'_>,
        work: &mut dyn FnMut(&Snapshot<'_>) -> Vec<Change>,
    ) -> Result<(), StoreError> {
        let forms = Forms { contract: &self.core.contract, plan: &self.core.plan };
        let mut latest = None;
        let done = self.core.store.0.transact(forms, touches, &mut |snapshot| {
            latest = Some(snapshot.reading.late);
            let mut changes = work(snapshot);
            changes.iter_mut().for_each(|change| change.row.look_in(&touches.keys));
            changes
        });
        if let Some(latest) = latest {
            self.core.latest.store(latest.nanos(), Ordering::Relaxed);
        }
        done
    }

    fn latest(&self) -> Timestamp {
        Timestamp::from_nanos(self.core.latest.load(Ordering::Relaxed))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.core.limits
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.core.plan
    }

    pub(crate) fn leaves_open(&self) -> bool {
        self.core.open
    }

    pub(crate) fn lines(&self) -> &crate::line::Lines {
        &self.core.lines
    }

    pub(crate) fn drop_rows(&self, of: &OfJob) {
        self.core.store.0.drop_rows(of);
    }

    pub(crate) fn confirm_clock(&self) {
        self.core.store.0.confirm_clock();
    }
}

/// Rules about results can be kept only where results pass through the gate (semantics 33).
fn loads(contract: &Verified, mediates: bool) -> Result<(), BuildError> {
    let mut rules = contract.program().rules.iter();
    match rules.find(|rule| matches!(rule.effect, Effect::Deliver { .. })) {
        Some(rule) if !mediates => Err(BuildError::Results { rule: rule.id.clone() }),
        _ => Ok(()),
    }
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BuildError::NoStore => f.write_str("the gate has no store"),
            BuildError::Results { rule } => {
                write!(f, "`{rule}` is about results, and the host does not pass results through the gate")
            }
        }
    }
}

impl std::error::Error for BuildError {}
