//! Jobs, as hosts open and close them.

use agentpass_values::Timestamp;

use crate::decide::{job_key, job_tenants_key, switches_key};
use crate::gate::Gate;
use crate::line::LineError;
use crate::planted::planted;
use crate::state::job::Bound;
use crate::state::key::OfJob;
use crate::state::row::Opening;
use crate::state::switches::Switch;
use crate::state::{Delta, Key, Row};
use crate::store::{Account, Change, Touches};

/// A job that the host opens. Calls of others in it are denied; it inherits what its parent carries, and charges it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenJob {
    /// Its id.
    pub id: String,
    /// Its tenant.
    pub tenant: Option<String>,
    /// The agent it belongs to.
    pub agent: Option<String>,
    /// The user it belongs to.
    pub user: Option<String>,
    /// The job above it.
    pub parent: Option<String>,
    /// When, offline.
    pub at: Option<Timestamp>,
}

/// A job that the host closes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CloseJob {
    /// Its id.
    pub id: String,
    /// Its tenant; where only one tenant has a job of that name, it need not be said.
    pub tenant: Option<String>,
    /// When, offline.
    pub at: Option<Timestamp>,
}

impl Gate {
    /// Opens a job for an agent and a user.
    ///
    /// # Errors
    /// It is open already, or was; its parent is not, or one of those above it was closed; or the store failed.
    pub fn open_job(&self, job: &OpenJob) -> Result<(), LineError> {
        let tenant = job.tenant.as_deref();
        let own = job_key(tenant, &job.id);
        // Which jobs are above one never changes once it is open.
        let above = self.jobs_above(tenant, &job.id)?;
        let new_above = match &job.parent {
            Some(parent) => std::iter::once(parent.clone()).chain(self.jobs_above(tenant, parent)?).collect(),
            None => Vec::new(),
        };
        let mut keys = vec![own.clone(), job_tenants_key(&job.id), switches_key()];
        keys.extend(new_above.iter().chain(&above).map(|job| job_key(tenant, job)));
        let mut refused = None;
        self.transact(&Touches { at: job.at, account: Account::Host, keys: keys.into() }, &mut |snapshot| {
            let row = |place: usize| snapshot.rows.get(place).copied().flatten();
            refused = None;
            let is_closed = |row: &Option<&Row>| matches!(row, Some(Row::Job(job)) if job.closed);
            let (_, rows_above) = snapshot.rows.split_at_checked(3).unwrap_or_default();
            let (new_rows, rows) = rows_above.split_at_checked(new_above.len()).unwrap_or_default();
            let is_open = matches!(row(0), Some(Row::Job(job)) if job.opened.is_some());
            let refusal = if is_closed(&row(0)) {
                Some(("job.closed", "a job of this name was closed"))
            } else if is_open && rows.iter().any(is_closed) {
                Some(("job.closed", "a job above it was closed, and this one with it"))
            } else if is_open {
                Some(("job.open", "a job of this name is open"))
            } else if new_rows.iter().any(is_closed) {
                Some(("job.closed", "a job above it was closed"))
            } else {
                None
            };
            if let Some((code, message)) = refusal {
                refused = Some(LineError::new(code, message));
                return Vec::new();
            }
            let inherited = match (&job.parent, row(3)) {
                (None, _) => Vec::new(),
                (Some(_), Some(Row::Job(parent)))
                    if parent.opened.is_some() && new_above.get(1..) == Some(&parent.parents) =>
                {
                    parent.labels.keys().filter(|_| !planted(221)).cloned().collect()
                }
                (Some(_), _) => {
                    refused = Some(LineError::new("job.parent", "there is no job above it of this name"));
                    return Vec::new();
                }
            };
            let bound = Bound { agent: job.agent.clone(), user: job.user.clone() };
            let opening = Opening { bound, labels: inherited, parents: new_above.clone() };
            let mut all = vec![
                Change::plain(own.clone(), Delta::OpenJob(snapshot.reading, Box::new(opening))),
                Change::plain(job_tenants_key(&job.id), Delta::AddName(job.tenant.clone())),
            ];
            let knows_tenants = matches!(row(2), Some(Row::Switches(switches)) if switches.tenants);
            if job.tenant.is_some() && !knows_tenants {
                all.push(Change::plain(switches_key(), Delta::Switch(Switch::Tenants, true)));
            }
            all
        })
        .map_err(|error| LineError::of_store(&error))?;
        refused.map_or(Ok(()), Err)
    }

    /// Closes a job: no more calls are made in it, or below it. Calls that are in flight are settled. What is kept for it alone goes; what
    /// is kept for its user, its agent or its tenant stays, and so do keys that run once. It may be closed again. One that has not begun
    /// can be closed as soon as the gate knows it: where a call of it was held up, nobody's approval lets it begin any more.
    ///
    /// # Errors
    /// The gate knows no job of that name, or the store failed.
    pub fn close_job(&self, job: &CloseJob) -> Result<(), LineError> {
        let unknown = || {
            let message = "the gate knows no job of this name: it has not begun, and no call of it was held up; \
                           one that is never to begin is opened first, and then closed";
            LineError::new("job.unknown", message)
        };
        let tenant = match &job.tenant {
            Some(tenant) => Some(tenant.clone()),
            None => self.tenant_of(Some(&job.id)).map_err(|error| match error.code {
                "tenant.missing" => unknown(),
                _ => error,
            })?,
        };
        let key = job_key(tenant.as_deref(), &job.id);
        let mut is_known = false;
        self.transact(
            &Touches { at: job.at, account: Account::Host, keys: vec![key.clone()].into() },
            &mut |snapshot| {
                let row = snapshot.rows.first().copied().flatten();
                is_known = matches!(row, Some(Row::Job(_)));
                let close = || Change::plain(0, Delta::CloseJob);
                is_known.then(close).into_iter().collect()
            },
        )
        .map_err(|error| LineError::of_store(&error))?;
        if !is_known {
            return Err(unknown());
        }
        // Nothing decides by it any more, so nobody sees whether it is still there.
        self.drop_rows(&OfJob::new(tenant.as_deref(), &job.id));
        Ok(())
    }

    /// The jobs above one, nearest first.
    pub(crate) fn jobs_above(&self, tenant: Option<&str>, job: &str) -> Result<Vec<String>, LineError> {
        let mut above = Vec::new();
        let touches = Touches { keys: vec![job_key(tenant, job)].into(), ..Touches::default() };
        self.transact(&touches, &mut |snapshot| {
            if let Some(Row::Job(job)) = snapshot.rows.first().copied().flatten() {
                above.clone_from(&job.parents);
            }
            Vec::new()
        })
        .map_err(|error| LineError::of_store(&error))?;
        Ok(above)
    }

    /// Which rows were those of jobs that are closed.
    pub(crate) fn of_closed<'j>(
        &self,
        tenant: Option<&str>,
        jobs: impl Iterator<Item = &'j str>,
    ) -> Result<Vec<OfJob>, LineError> {
        let keys: Vec<Key> = jobs.map(|job| job_key(tenant, job)).collect();
        let mut closed = Vec::new();
        let touches = Touches { keys: keys.as_slice().into(), ..Touches::default() };
        self.transact(&touches, &mut |snapshot| {
            let is_closed = |row: &Option<&Row>| matches!(row, Some(Row::Job(job)) if job.closed);
            let all = keys.iter().zip(snapshot.rows);
            closed =
                all.filter(|(_, row)| is_closed(row)).filter_map(|(key, _)| OfJob::named_by(key)).collect();
            Vec::new()
        })
        .map_err(|error| LineError::of_store(&error))?;
        Ok(closed)
    }

    /// The only tenant that has a job of that name. Of one that has not begun nobody knows: where there are tenants at all, that
    /// is refused.
    pub(crate) fn tenant_of(&self, job: Option<&str>) -> Result<Option<String>, LineError> {
        let mut tenants: Vec<Option<String>> = Vec::new();
        let mut exist = false;
        let named = job.map(job_tenants_key);
        let keys: Vec<Key> = std::iter::once(switches_key()).chain(named).collect();
        let touches = Touches { keys: keys.into(), ..Touches::default() };
        self.transact(&touches, &mut |snapshot| {
            let row = |place: usize| snapshot.rows.get(place).copied().flatten();
            exist = matches!(row(0), Some(Row::Switches(switches)) if switches.tenants);
            if let Some(Row::Names(names)) = row(1) {
                tenants.clone_from(names);
            }
            Vec::new()
        })
        .map_err(|error| LineError::of_store(&error))?;
        match tenants.as_slice() {
            [] if exist && !planted(232) => {
                let message = match job {
                    Some(_) => "no job of this name has begun, so nobody knows whose it is: name its tenant",
                    None => "there are tenants: name the one that is meant",
                };
                Err(LineError::new("tenant.missing", message))
            }
            [] => Ok(None),
            [only] => Ok(only.clone()),
            _ => Err(LineError::new(
                "job.ambiguous",
                "several tenants have a job of this name: name the tenant",
            )),
        }
    }
}
