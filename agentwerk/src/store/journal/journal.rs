use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use super::archive::JournalArchive;
use super::disk::Disk;
use super::durability::Durability;
use super::error::JournalError;
use super::layout::Layout;
use super::lock::SessionLock;
use super::log::{Group, Log};
use super::writer::Writer;
use crate::clock::Clock;
use crate::id::{AgentName, TicketKey};
use crate::store::tickets::{Opened, Tickets};
use crate::store::{
    Append, Backlog, Batch, Claim, Claimed, Commit, Lease, Notify, Query, StoreError, StoreFuture,
    Waiters, Watch,
};
use crate::ticket::{Archive, Archived, Record, Routing, TicketSnapshot};

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

/// What the store and its writer share.
struct Shared {
    state: Mutex<State>,
    /// There is something to write.
    wake: Condvar,
    waiters: Waiters,
    archive: Arc<dyn Archive>,
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
}

struct State {
    tickets: Tickets,
    log: Log,
    failed: Option<StoreError>,
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
        } = start;
        let state = State {
            tickets,
            log,
            failed: None,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            wake: Condvar::new(),
            waiters,
            archive: Arc::new(JournalArchive {
                disk: Arc::clone(&disk),
                layout: layout.clone(),
            }),
        });
        let writer = Writer::new(disk, layout.clone());
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

    /// Sets what records survive that are acknowledged from now on.
    pub fn set_durability(&self, durability: Durability) {
        self.shared.lock().log.set_durability(durability);
    }

    /// Writes what is left, and lets go of the directory. Later calls give an error.
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

    fn offer(&self, opened: Vec<Opened>) {
        self.shared.offer(opened);
    }
}

impl Drop for JournalStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of a user runs under the lock, so the state is whole even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn offer(&self, opened: Vec<Opened>) {
        for (key, labels) in opened {
            self.waiters.offer(key, &labels);
        }
    }

    /// Wakes the writer, if it waits.
    fn wake(&self, state: MutexGuard<'_, State>) {
        let is_waiting = state.log.is_writer_waiting;
        drop(state);
        if is_waiting {
            self.wake.notify_one();
        }
    }

    /// Has a line be durable soon.
    fn want(&self, seq: u64) {
        let mut state = self.lock();
        state.log.want(seq);
        self.wake(state);
    }

    /// Writes group after group, until the session is closed.
    fn write_all(&self, mut writer: Writer) {
        let _closing = CloseOnDrop(self);
        while let Some(group) = self.next_group() {
            match writer.write(&group) {
                Ok(()) => self.written(group),
                Err(error) => self.fail(&error.into()),
            }
        }
        writer.join_indexing();
    }

    /// Waits for something to write; `None` when nothing will come any more.
    fn next_group(&self) -> Option<Group> {
        let mut state = self.lock();
        loop {
            if let Some(group) = state.log.take_group() {
                return Some(group);
            }
            if state.log.is_closing {
                return None;
            }
            state.log.is_writer_waiting = true;
            let woken = self.wake.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.log.is_writer_waiting = false;
        }
    }

    /// Takes the batches that are stored now, and tells everybody.
    fn written(&self, group: Group) {
        let (opened, told) = {
            let mut state = self.lock();
            let told = state.log.written(&group);
            let opened: Vec<_> = group
                .staged
                .iter()
                .flat_map(|batch| state.settle(batch, &self.archive))
                .collect();
            (opened, told)
        };
        self.offer(opened);
        for (sender, outcome) in told {
            let _let_go = sender.send(outcome);
        }
    }

    /// Takes nothing more.
    fn fail(&self, error: &StoreError) {
        let told = {
            let mut state = self.lock();
            state.failed.get_or_insert_with(|| error.clone());
            state.tickets.forget_staged();
            state.log.fail(error)
        };
        for (sender, outcome) in told {
            let _let_go = sender.send(outcome);
        }
    }
}

/// Answers whoever still waits when the writer goes, also when it panics.
struct CloseOnDrop<'a>(&'a Shared);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.fail(&JournalError::Closed.into());
    }
}

impl State {
    /// Takes a batch that is stored. The conversations of tickets that ended leave the memory.
    fn settle(&mut self, batch: &Batch, archive: &Arc<dyn Archive>) -> Vec<Opened> {
        let opened = self.tickets.settle(batch);
        for record in &batch.records {
            if record.change.is_terminal()
                && let Some(place) = self.log.end_trail(record.key)
            {
                let archive = Arc::clone(archive);
                self.tickets
                    .archive(record.key, Archived { archive, place });
            }
        }
        opened
    }

    /// Checks a batch and has it written.
    fn append(&mut self, batch: Batch) -> Result<(u64, Vec<Opened>), StoreError> {
        self.check_open()?;
        self.tickets.check(&batch)?;
        let seq = self.push(&batch.records)?;
        // A batch that follows on one which is not stored yet must not overtake it.
        if !self.tickets.follows_staged(&batch)
            && !batch
                .records
                .iter()
                .any(|record| record.change.is_terminal())
        {
            return Ok((seq, self.tickets.take(&batch)));
        }
        for record in &batch.records {
            let ticket = self.tickets.get(record.key);
            let agent = ticket.as_ref().and_then(TicketSnapshot::assignee);
            self.log.push_result(record, agent).map_err(encode_error)?;
        }
        self.tickets.stage(&batch);
        self.log.stage(batch);
        Ok((seq, Vec::new()))
    }

    fn push(&mut self, records: &[Record]) -> Result<u64, StoreError> {
        self.log.push(records).map_err(encode_error)
    }

    fn check_open(&self) -> Result<(), StoreError> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None if self.log.is_closing => Err(JournalError::Closed.into()),
            None => Ok(()),
        }
    }
}

fn encode_error(source: serde_json::Error) -> StoreError {
    let source = Arc::new(source);
    JournalError::Encode { source }.into()
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
        self.offer(opened);
        let shared = Arc::clone(&self.shared);
        Commit::pending(async move {
            shared.want(seq);
            // The writer answers before it goes.
            outcome
                .await
                .unwrap_or_else(|_gone| Err(JournalError::Closed.into()))
        })
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
        self.offer(opened);
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

    fn backlog(&self, routing: &Routing) -> Backlog {
        self.shared.lock().tickets.backlog(routing)
    }
}

impl Notify for JournalStore {
    fn watch(&self, routing: &Routing) -> Watch {
        self.shared.waiters.watch(routing)
    }
}

impl fmt::Debug for JournalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalStore")
            .field("dir", &self.layout.dir())
            .finish_non_exhaustive()
    }
}
