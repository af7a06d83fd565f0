use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;

use super::bus::{Bus, Subject};
use crate::agent::ReadyAgent;
use crate::clock::Clock;
use crate::event::{EventKind, FailureReason, TicketFailure};
use crate::id::{AgentName, TicketKey};
use crate::store::{Batch, Claimed, Commit, Lease, Store, StoreError};
use crate::ticket::{Change, Draft, Record, TicketBody, TicketEdit};

/// How long a claim lasts without a sign of life.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// Writes records and tells of them, so that the order of events is the order of what happened.
pub(super) struct Ledger {
    pub(super) store: Arc<dyn Store>,
    pub(super) bus: Arc<Bus>,
    pub(super) clock: Clock,
    /// Locked while a ticket becomes open and that is told. Whoever claims it passes through here
    /// before it tells of the claim, so that nobody hears of a claim before the submission.
    untold: Arc<Mutex<Untold>>,
}

/// The end of a ticket that another one goes on from.
pub(super) struct Step {
    /// What belongs to the ticket and is not recorded yet.
    pub(super) closing: Vec<Change>,
    pub(super) result: Value,
    pub(super) next: TicketBody,
}

/// What is told of a ticket that opens when its record is stored, by whoever sees that first: the
/// one who waits for the record, or the one who claims the ticket.
#[derive(Default)]
struct Untold {
    /// Numbers the batches, so that one that is refused takes back what is its own.
    batches: u64,
    events: HashMap<TicketKey, Vec<Told>>,
}

/// What a batch tells, with the batch's number.
type Told = (u64, Subject, EventKind);

impl Ledger {
    pub(super) fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        let bus = Arc::new(Bus::new(clock.clone()));
        Self {
            store,
            bus,
            clock,
            untold: Arc::default(),
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
        let labels = draft.body.labels.clone();
        let reporter = draft.body.reporter.clone();
        let submitted = self.record(key, Change::Submitted(Box::new(draft.body)));
        let told = EventKind::TicketSubmitted { key };
        let Some(message) = draft.invalid else {
            return (
                key,
                self.open(key, reporter, Batch::new(vec![submitted]), told),
            );
        };
        let failure = TicketFailure::new(FailureReason::InvalidTask, message);
        let failed = self.record(
            key,
            Change::Failed {
                failure: failure.clone(),
            },
        );
        let batch = Batch::new(vec![submitted, failed]);
        let subject = Subject::labelled(key, labels);
        let told = vec![
            (subject.clone().by(reporter), told),
            (subject, EventKind::TicketFailed { key, failure }),
        ];
        (key, self.append_and_tell(key, batch, told))
    }

    /// Ends a ticket with a result, and opens one that goes on from there.
    pub(super) fn hand_over(
        &self,
        lease: &Lease,
        subject: &Subject,
        step: Step,
    ) -> (TicketKey, Commit) {
        let (key, child) = (lease.key, self.store.reserve_key());
        let reporter = step.next.reporter.clone();
        let opened = Subject::labelled(child, step.next.labels.clone()).by(reporter);
        let handed_over = Change::HandedOver {
            result: step.result,
            child,
            body: Box::new(step.next),
        };
        let changes = step.closing.into_iter().chain([handed_over]);
        let records = changes.map(|change| self.record(key, change)).collect();
        let batch = Batch::leased(lease, records);
        let told = vec![
            (subject.clone(), EventKind::TicketHandedOver { key, child }),
            (subject.clone(), EventKind::TicketDone { key }),
            (opened, EventKind::TicketSubmitted { key: child }),
        ];
        (child, self.append_and_tell(child, batch, told))
    }

    /// Changes an open ticket, as its reporter.
    ///
    /// # Errors
    /// The store refused it at once, as it does when the ticket is not open any more.
    pub(super) fn edit(
        &self,
        lease: &Lease,
        by: AgentName,
        key: TicketKey,
        edit: TicketEdit,
    ) -> Result<Commit, StoreError> {
        let record = self.record(key, Change::Edited(edit));
        let told = EventKind::TicketEdited { key };
        let mut commit = self.open(key, by, Batch::leased(lease, vec![record]), told);
        match (&mut commit).now_or_never() {
            Some(stored) => stored.map(|()| Commit::ready(Ok(()))),
            None => Ok(commit),
        }
    }

    /// Stores a batch, and tells of it when it is stored: for batches of which nothing is seen
    /// before. `key` is the ticket that opens, if one does.
    pub(super) fn append_and_tell(
        &self,
        key: TicketKey,
        batch: Batch,
        told: Vec<(Subject, EventKind)>,
    ) -> Commit {
        let bus = Arc::clone(&self.bus);
        let tell = move |untold: &mut Untold, number, stored: Result<(), StoreError>| {
            if stored.is_err() {
                untold.take_back(key, number);
            } else {
                tell_untold(untold, &bus, key, number);
            }
            stored
        };
        // One step up to a refusal: nobody tells meanwhile of what is refused.
        let mut untold = lock(&self.untold);
        let number = untold.add(key, told);
        let mut commit = self.store.append(batch);
        if let Some(stored) = (&mut commit).now_or_never() {
            return Commit::ready(tell(&mut untold, number, stored));
        }
        drop(untold);
        let untold = Arc::clone(&self.untold);
        Commit::pending(async move {
            let stored = commit.await;
            tell(&mut lock(&untold), number, stored)
        })
    }

    /// Gives a ticket back.
    pub(super) fn release(&self, lease: &Lease) -> Commit {
        let record = self.record(lease.key, Change::Released);
        let told = EventKind::TicketReleased { key: lease.key };
        // Asked for before, because nobody has it afterwards.
        let ticket = self.store.get(lease.key);
        let agent = ticket.and_then(|ticket| ticket.assignee().cloned());
        let batch = Batch::leased(lease, vec![record]);
        self.open(lease.key, agent.unwrap_or_default(), batch, told)
    }

    /// Stores a batch that makes a ticket open, or may do so, and tells in the same step of what this
    /// agent did, or the program, which has no name.
    pub(super) fn open(
        &self,
        key: TicketKey,
        by: AgentName,
        batch: Batch,
        told: EventKind,
    ) -> Commit {
        let mut untold = lock(&self.untold);
        // A ticket that somebody can see is stored, also if whoever opened it has not come to tell.
        if self.store.get(key).is_some()
            && let Some(number) = untold.submission_of(key)
        {
            tell_untold(&mut untold, &self.bus, key, number);
        }
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
            self.bus.publish(&Subject::ticket(&ticket).by(by), told);
        }
        commit
    }

    /// Claims a ticket for an agent and tells of it.
    pub(super) async fn claim(&self, agent: &ReadyAgent) -> Result<Option<Claimed>, StoreError> {
        let claimed = self.store.claim(&agent.routing, &agent.name, LEASE).await?;
        if let Some(claimed) = &claimed {
            let key = claimed.lease.key;
            let mut untold = lock(&self.untold);
            tell_untold(&mut untold, &self.bus, key, u64::MAX);
            // The program may have ended it since, and nothing is told after an end.
            let ticket = self.store.get(key);
            if ticket.is_none_or(|ticket| !ticket.status().is_terminal()) {
                let (agent, model) = (agent.name.clone(), Arc::clone(&agent.model));
                let subject = Subject::work(&claimed.ticket, agent, model);
                self.bus.publish(&subject, EventKind::TicketStarted { key });
            }
            drop(untold);
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
            let _opening = lock(&self.untold);
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

fn lock(untold: &Mutex<Untold>) -> MutexGuard<'_, Untold> {
    untold.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Untold {
    /// Adds what a batch tells; gives the batch's number.
    fn add(&mut self, key: TicketKey, told: Vec<(Subject, EventKind)>) -> u64 {
        self.batches += 1;
        let number = self.batches;
        let events = told
            .into_iter()
            .map(|(subject, kind)| (number, subject, kind));
        let mut events = events.peekable();
        if events.peek().is_some() {
            self.events.entry(key).or_default().extend(events);
        }
        number
    }

    /// The batch that tells of a ticket's submission, if nobody has told it yet.
    fn submission_of(&self, key: TicketKey) -> Option<u64> {
        let mut events = self.events.get(&key)?.iter();
        let opens = |kind: &EventKind| matches!(kind, EventKind::TicketSubmitted { key: opened } if *opened == key);
        let (number, ..) = events.find(|(_, _, kind)| opens(kind))?;
        Some(*number)
    }

    /// Takes out some of what is told of a ticket.
    fn take(&mut self, key: TicketKey, is_taken: impl FnMut(&mut Told) -> bool) -> Vec<Told> {
        let Some(events) = self.events.get_mut(&key) else {
            return Vec::new();
        };
        let taken = events.extract_if(.., is_taken).collect();
        if events.is_empty() {
            self.events.remove(&key);
        }
        taken
    }

    /// Forgets what a batch tells that was refused.
    fn take_back(&mut self, key: TicketKey, number: u64) {
        drop(self.take(key, |(batch, ..)| *batch == number));
    }
}

/// Tells what nobody has told yet of a ticket up to the batch of this number: batches are stored in
/// their order, and the later ones may not be.
fn tell_untold(untold: &mut Untold, bus: &Bus, key: TicketKey, number: u64) {
    for (_, subject, kind) in untold.take(key, |(batch, ..)| *batch <= number) {
        bus.publish(&subject, kind);
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
