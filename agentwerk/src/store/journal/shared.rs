use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::error::JournalError;
use super::log::{Group, Log};
use super::results;
use super::writer::Writer;
use crate::store::tickets::{Opened, Tickets};
use crate::store::{Batch, Ends, StoreError, Waiters, Watch};
use crate::ticket::{Archive, Archived, Change, Record, Routing, TicketSnapshot};

/// What the store and its writer share.
pub(super) struct Shared {
    state: Mutex<State>,
    /// There is something to write.
    wake: Condvar,
    waiters: Waiters,
    archive: Arc<dyn Archive>,
}

/// What changes.
pub(super) struct State {
    pub(super) tickets: Tickets,
    pub(super) log: Log,
    failed: Option<StoreError>,
}

impl Shared {
    pub(super) fn new(
        tickets: Tickets,
        log: Log,
        waiters: Waiters,
        archive: Arc<dyn Archive>,
    ) -> Self {
        let state = State {
            tickets,
            log,
            failed: None,
        };
        Self {
            state: Mutex::new(state),
            wake: Condvar::new(),
            waiters,
            archive,
        }
    }

    pub(super) fn watch(&self, routing: &Routing) -> Watch {
        self.waiters.watch(routing)
    }

    pub(super) fn ends(&self) -> Ends {
        self.waiters.ends()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No code of a user runs under the lock, so the state is whole even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn offer(&self, opened: Vec<Opened>) {
        for (key, labels) in opened {
            self.waiters.offer(key, &labels);
        }
    }

    /// Wakes the writer, if it waits.
    pub(super) fn wake(&self, state: MutexGuard<'_, State>) {
        let is_waiting = state.log.is_writer_waiting;
        drop(state);
        if is_waiting {
            self.wake.notify_one();
        }
    }

    /// Has a line be durable soon.
    pub(super) fn want(&self, seq: u64) {
        let mut state = self.lock();
        state.log.want(seq);
        self.wake(state);
    }

    /// Writes group after group, until the session is closed.
    pub(super) fn write_all(&self, mut writer: Writer) {
        let _closing = CloseOnDrop(self);
        while let Some(group) = self.next_group() {
            match writer.write(&group) {
                Ok(()) => self.written(&group),
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
    fn written(&self, group: &Group) {
        let (opened, told) = {
            let mut state = self.lock();
            let told = state.log.written(group);
            let opened: Vec<_> = group
                .staged
                .iter()
                .flat_map(|batch| state.settle(batch, &self.archive))
                .collect();
            (opened, told)
        };
        self.offer(opened);
        // Before the commits, so that whoever waited for one finds everything told.
        if !group.staged.is_empty() {
            self.waiters.tell_end();
        }
        for (sender, outcome) in told {
            let _let_go = sender.send(outcome);
        }
    }

    /// Takes nothing more.
    pub(super) fn fail(&self, error: &StoreError) {
        let told = {
            let mut state = self.lock();
            state.failed.get_or_insert_with(|| error.clone());
            state.tickets.forget_staged();
            state.log.fail(error)
        };
        for (sender, outcome) in told {
            let _let_go = sender.send(outcome);
        }
        // Nothing will end any more; whoever waits for that looks again, and finds out why.
        self.waiters.tell_end();
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
    pub(super) fn append(&mut self, batch: Batch) -> Result<(u64, Vec<Opened>), StoreError> {
        self.check_open()?;
        self.tickets.check(&batch)?;
        // All that can be refused, before anything is taken.
        let results = self.results(&batch).map_err(encode_error)?;
        let seq = self.push(&batch.records)?;
        // A batch that follows on one which is not stored yet must not overtake it.
        if !self.tickets.follows_staged(&batch) && !batch.ends_a_ticket() {
            return Ok((seq, self.tickets.take(&batch)));
        }
        self.tickets.stage(&batch);
        self.log.stage(batch, &results);
        Ok((seq, Vec::new()))
    }

    /// The lines of `results.jsonl` for the tickets that are done with a batch.
    fn results(&self, batch: &Batch) -> Result<Vec<u8>, serde_json::Error> {
        let mut lines = Vec::new();
        for record in &batch.records {
            if let Change::Done { result } | Change::HandedOver { result, .. } = &record.change {
                let ticket = self.tickets.get(record.key);
                let agent = ticket.as_ref().and_then(TicketSnapshot::assignee);
                results::write(record.key, agent, result, &mut lines)?;
            }
        }
        Ok(lines)
    }

    pub(super) fn push(&mut self, records: &[Record]) -> Result<u64, StoreError> {
        self.log.push(records).map_err(encode_error)
    }

    /// Whether records are taken, as far as the disk is concerned.
    pub(super) fn health(&self) -> Result<(), StoreError> {
        match &self.failed {
            Some(error) if !self.log.is_closing => Err(error.clone()),
            _ => Ok(()),
        }
    }

    pub(super) fn check_open(&self) -> Result<(), StoreError> {
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
