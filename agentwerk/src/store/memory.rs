use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::StoreFuture;
use super::append::{Append, Batch, Commit};
use super::claim::{Claim, Claimed, Lease};
use super::notify::{Ends, Notify, Waiters, Watch};
use super::query::{Backlog, Query};
use super::tickets::{Opened, Tickets};
use crate::clock::{Clock, Timestamp};
use crate::id::{AgentName, TicketKey};
use crate::ticket::{Routing, TicketSnapshot};

/// A store that forgets everything when the process ends.
#[derive(Default)]
pub struct MemoryStore {
    tickets: Mutex<Tickets>,
    waiters: Waiters,
    last_number: AtomicU64,
    clock: Clock,
}

impl MemoryStore {
    /// An empty store whose claims are dated by `clock`.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            ..Self::default()
        }
    }

    /// An empty store for which others wait already.
    #[cfg(feature = "files")]
    pub(crate) fn shared(clock: Clock, waiters: Waiters) -> Self {
        Self {
            waiters,
            ..Self::new(clock)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tickets> {
        // No code of a user runs under the lock, so the tickets are whole even after a panic.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn offer(&self, opened: Vec<Opened>) {
        for (key, labels) in opened {
            self.waiters.offer(key, &labels);
        }
    }
}

impl Append for MemoryStore {
    fn reserve_key(&self) -> TicketKey {
        TicketKey::from_number(self.last_number.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn append(&self, batch: Batch) -> Commit {
        let taken = self.lock().append(&batch);
        Commit::ready(taken.map(|opened| {
            self.offer(opened);
            if batch.ends_a_ticket() {
                self.waiters.tell_end();
            }
        }))
    }
}

impl Claim for MemoryStore {
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>> {
        let claimed = self.lock().claim(routing, agent, self.clock.now(), length);
        Box::pin(std::future::ready(Ok(claimed.map(|(_, claimed)| claimed))))
    }

    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()> {
        let extended = self.lock().extend(lease, length);
        Box::pin(std::future::ready(extended))
    }

    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>> {
        let (records, opened) = self.lock().expire(self.clock.now());
        self.offer(opened);
        let keys = records.iter().map(|record| record.key).collect();
        Box::pin(std::future::ready(Ok(keys)))
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.lock().next_expiry()
    }
}

impl Query for MemoryStore {
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.lock().get(key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        self.lock().all()
    }

    fn done(&self) -> Vec<TicketSnapshot> {
        self.lock().done()
    }

    fn last_done(&self) -> Option<TicketSnapshot> {
        self.lock().last_done()
    }

    fn due_by(&self, moment: Timestamp) -> Vec<TicketKey> {
        self.lock().due_by(moment)
    }

    fn next_due(&self, after: Timestamp) -> Option<(Timestamp, TicketKey)> {
        self.lock().next_due(after)
    }

    fn backlog(&self, routing: &Routing) -> Backlog {
        self.lock().backlog(routing)
    }
}

impl Notify for MemoryStore {
    fn watch(&self, routing: &Routing) -> Watch {
        self.waiters.watch(routing)
    }

    fn ends(&self) -> Ends {
        self.waiters.ends()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
