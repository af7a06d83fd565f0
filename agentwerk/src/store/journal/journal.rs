use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use super::archive::JournalArchive;
use super::disk::Disk;
use super::durability::Durability;
use super::error::JournalError;
use super::layout::Layout;
use super::lock::SessionLock;
use super::log::Log;
use super::shared::Shared;
use super::writer::Writer;
use crate::clock::{Clock, Timestamp};
use crate::id::{AgentName, TicketKey};
use crate::store::tickets::Tickets;
use crate::store::{
    Append, Backlog, Batch, Claim, Claimed, Commit, Ends, Lease, Notify, Query, StoreError,
    StoreFuture, Waiters, Watch,
};
use crate::ticket::{Routing, TicketSnapshot};

/// A store whose records survive the end of the process, and by default that of the machine.
///
/// One thread writes; agents that wait at the same time share one sync of the disk. After an error
/// of the disk nothing more is taken, so that what follows never stands behind a gap: every call
/// gives that error, until the session is opened again.
pub struct JournalStore {
    shared: Arc<Shared>,
    last_number: AtomicU64,
    clock: Clock,
    layout: Layout,
    open: Mutex<Option<Open>>,
}

/// What is there while the session is open.
struct Open {
    writer: JoinHandle<()>,
    _lock: Option<SessionLock>,
}

/// What a store is made of.
pub(super) struct Start {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) layout: Layout,
    pub(super) lock: Option<SessionLock>,
    pub(super) clock: Clock,
    pub(super) waiters: Waiters,
    pub(super) tickets: Tickets,
    pub(super) last_number: u64,
    pub(super) log: Log,
    /// Whether `results.jsonl` is not as it should be.
    pub(super) has_no_results: bool,
    /// Why nothing can be written.
    pub(super) failed: Option<StoreError>,
}

impl JournalStore {
    /// Begins to write.
    pub(super) fn start(start: Start) -> Result<Self, JournalError> {
        let Start {
            disk,
            layout,
            lock,
            clock,
            waiters,
            tickets,
            last_number,
            log,
            has_no_results,
            failed,
        } = start;
        let archive = JournalArchive {
            disk: Arc::clone(&disk),
            layout: layout.clone(),
        };
        let shared = Arc::new(Shared::new(tickets, log, waiters, Arc::new(archive)));
        if let Some(error) = failed {
            shared.fail(&error);
        }
        let writer = Writer::new(disk, layout.clone(), has_no_results);
        let working = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("agentwerk-journal".to_owned());
        let writer = thread
            .spawn(move || working.write_all(writer))
            .map_err(JournalError::file("start the writer of", layout.dir()))?;
        Ok(Self {
            shared,
            last_number: AtomicU64::new(last_number),
            clock,
            layout,
            open: Mutex::new(Some(Open {
                writer,
                _lock: lock,
            })),
        })
    }

    /// The directory of the session.
    pub fn dir(&self) -> &Path {
        self.layout.dir()
    }

    /// Sets what records survive that are acknowledged from now on. [`Durability::Memory`] counts as
    /// [`Durability::Buffered`].
    pub fn set_durability(&self, durability: Durability) {
        self.shared.lock().log.set_durability(durability);
    }

    /// Writes what is left, and lets go of the directory. Later calls give an error. It waits for the
    /// disk, and so does dropping the store: not for a thread that has other things to do.
    pub fn close(&self) {
        let mut state = self.shared.lock();
        state.log.is_closing = true;
        self.shared.wake(state);
        let open = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(open) = open
            && open.writer.join().is_err()
        {
            tracing::error!("the writer of the journal panicked");
        }
    }
}

impl Drop for JournalStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl Append for JournalStore {
    fn reserve_key(&self) -> TicketKey {
        TicketKey::from_number(self.last_number.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn append(&self, batch: Batch) -> Commit {
        let mut state = self.shared.lock();
        let (seq, opened) = match state.append(batch) {
            Ok(appended) => appended,
            Err(error) => return Commit::ready(Err(error)),
        };
        let outcome = state.log.wait_for(seq);
        self.shared.wake(state);
        self.shared.offer(opened);
        let shared = Arc::clone(&self.shared);
        Commit::pending(async move {
            shared.want(seq);
            // The writer answers before it goes.
            outcome
                .await
                .unwrap_or_else(|_gone| Err(JournalError::Closed.into()))
        })
    }

    fn health(&self) -> Result<(), StoreError> {
        self.shared.lock().health()
    }
}

impl Claim for JournalStore {
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>> {
        let claimed = self.claim_now(routing, agent, length);
        Box::pin(std::future::ready(claimed))
    }

    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()> {
        let mut state = self.shared.lock();
        let extended = state
            .check_open()
            .and_then(|()| state.tickets.extend(lease, length));
        drop(state);
        Box::pin(std::future::ready(extended))
    }

    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>> {
        let expired = self.expire_now();
        Box::pin(std::future::ready(expired))
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.shared.lock().tickets.next_expiry()
    }
}

impl JournalStore {
    /// A claim is written, and nobody waits for that: what a crash takes of it is claimed again.
    fn claim_now(
        &self,
        routing: &Routing,
        agent: &AgentName,
        length: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        let mut state = self.shared.lock();
        state.check_open()?;
        let claimed = state
            .tickets
            .claim(routing, agent, self.clock.now(), length);
        let Some((record, claimed)) = claimed else {
            return Ok(None);
        };
        state.push(&[record])?;
        self.shared.wake(state);
        Ok(Some(claimed))
    }

    fn expire_now(&self) -> Result<Vec<TicketKey>, StoreError> {
        let mut state = self.shared.lock();
        state.check_open()?;
        let (records, opened) = state.tickets.expire(self.clock.now());
        if !records.is_empty() {
            state.push(&records)?;
        }
        self.shared.wake(state);
        self.shared.offer(opened);
        Ok(records.iter().map(|record| record.key).collect())
    }
}

impl Query for JournalStore {
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.shared.lock().tickets.get(key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        self.shared.lock().tickets.all()
    }

    fn done(&self) -> Vec<TicketSnapshot> {
        self.shared.lock().tickets.done()
    }

    fn last_done(&self) -> Option<TicketSnapshot> {
        self.shared.lock().tickets.last_done()
    }

    fn due_by(&self, moment: Timestamp) -> Vec<TicketKey> {
        self.shared.lock().tickets.due_by(moment)
    }

    fn next_due(&self, after: Timestamp) -> Option<(Timestamp, TicketKey)> {
        self.shared.lock().tickets.next_due(after)
    }

    fn backlog(&self, routing: &Routing) -> Backlog {
        self.shared.lock().tickets.backlog(routing)
    }
}

impl Notify for JournalStore {
    fn watch(&self, routing: &Routing) -> Watch {
        self.shared.watch(routing)
    }

    fn ends(&self) -> Ends {
        self.shared.ends()
    }
}

impl fmt::Debug for JournalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalStore")
            .field("dir", &self.layout.dir())
            .finish_non_exhaustive()
    }
}
