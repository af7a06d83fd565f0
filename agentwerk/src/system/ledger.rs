use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;

use super::bus::{Bus, Subject};
use crate::agent::ReadyAgent;
use crate::clock::Clock;
use crate::event::{EventKind, FailureReason, TicketFailure};
use crate::id::TicketKey;
use crate::store::{Batch, Claimed, Commit, Lease, Store, StoreError};
use crate::ticket::{Change, Draft, Record};

/// How long a claim lasts without a sign of life.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// Writes records and tells of them, so that the order of events is the order of what happened.
pub(super) struct Ledger {
    pub(super) store: Arc<dyn Store>,
    pub(super) bus: Arc<Bus>,
    pub(super) clock: Clock,
    /// Held while a ticket becomes open and that is told. Whoever claims it passes through here
    /// before it tells of the claim, so that nobody hears of a claim before the submission.
    opening: Mutex<()>,
}

impl Ledger {
    pub(super) fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        let bus = Arc::new(Bus::new(clock.clone()));
        Self {
            store,
            bus,
            clock,
            opening: Mutex::new(()),
        }
    }

    pub(super) fn record(&self, key: TicketKey, change: Change) -> Record {
        Record {
            key,
            at: self.clock.now(),
            change,
        }
    }

    /// Submits a ticket. A ticket that nobody can work on fails at once.
    pub(super) fn submit(&self, draft: Draft) -> (TicketKey, Commit) {
        let key = self.store.reserve_key();
        let mut records = vec![self.record(key, Change::Submitted(Box::new(draft.body)))];
        let failure = draft
            .invalid
            .map(|message| TicketFailure::new(FailureReason::InvalidTask, message));
        if let Some(failure) = failure.clone() {
            records.push(self.record(key, Change::Failed { failure }));
        }
        let failed = failure.map(|failure| EventKind::TicketFailed { key, failure });
        let told = std::iter::once(EventKind::TicketSubmitted { key }).chain(failed);
        (key, self.open(key, Batch::new(records), told))
    }

    /// Gives a ticket back.
    pub(super) fn release(&self, lease: &Lease) -> Commit {
        let record = self.record(lease.key, Change::Released);
        let told = EventKind::TicketReleased { key: lease.key };
        self.open(lease.key, Batch::leased(lease, vec![record]), [told])
    }

    /// Stores a batch that makes a ticket open, and tells of it in the same step.
    fn open(
        &self,
        key: TicketKey,
        batch: Batch,
        told: impl IntoIterator<Item = EventKind>,
    ) -> Commit {
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let mut commit = self.store.append(batch);
        match (&mut commit).now_or_never() {
            // What was refused has not happened.
            Some(Err(error)) => return Commit::ready(Err(error)),
            // A commit that has resolved must not be polled again.
            Some(Ok(())) => commit = Commit::ready(Ok(())),
            // These events promise nothing, so they need not wait for a disk.
            None => {}
        }
        if let Some(ticket) = self.store.get(key) {
            let subject = Subject::ticket(&ticket);
            for kind in told {
                self.bus.publish(&subject, kind);
            }
        }
        commit
    }

    /// Claims a ticket for an agent and tells of it.
    pub(super) async fn claim(&self, agent: &ReadyAgent) -> Result<Option<Claimed>, StoreError> {
        let claimed = self.store.claim(&agent.routing, &agent.name, LEASE).await?;
        if let Some(claimed) = &claimed {
            drop(self.opening.lock().unwrap_or_else(PoisonError::into_inner));
            let subject = Subject::work(
                &claimed.ticket,
                agent.name.clone(),
                Arc::clone(&agent.model),
            );
            self.bus.publish(
                &subject,
                EventKind::TicketStarted {
                    key: claimed.lease.key,
                },
            );
        }
        Ok(claimed)
    }

    /// Stores a batch, waits until it is stored, and tells of it then.
    pub(super) async fn close(
        &self,
        batch: Batch,
        subject: &Subject,
        kind: EventKind,
    ) -> Result<(), StoreError> {
        self.store.append(batch).await?;
        self.bus.publish(subject, kind);
        Ok(())
    }

    /// Gives back the tickets whose leases have ended.
    pub(super) async fn expire(&self) -> Result<(), StoreError> {
        let expiring = {
            let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
            let mut expiring = self.store.expire();
            // A store that answers at once is told of in the same step, as in `open`.
            if let Some(expired) = (&mut expiring).now_or_never() {
                self.tell_expired(expired?);
                return Ok(());
            }
            expiring
        };
        self.tell_expired(expiring.await?);
        Ok(())
    }

    fn tell_expired(&self, keys: Vec<TicketKey>) {
        for key in keys {
            if let Some(ticket) = self.store.get(key) {
                let subject = Subject::ticket(&ticket);
                self.bus
                    .publish(&subject, EventKind::TicketReleased { key });
            }
        }
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
