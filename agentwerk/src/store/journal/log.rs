//! The end of the journal that is still in memory: lines that wait to be written, and commits that
//! wait for them.

use std::collections::{HashMap, VecDeque};
use std::mem;

use tokio::sync::oneshot;

use super::durability::Durability;
use super::entry::EntryToWrite;
use super::line::{self, Line};
use super::reader::End;
use crate::id::TicketKey;
use crate::store::StoreError;
use crate::store::append::Batch;
use crate::ticket::{Change, Place, Record};

/// What a commit came to.
pub(super) type Outcome = Result<(), StoreError>;

/// The end of the journal.
pub(super) struct Log {
    durability: Durability,
    segment_bytes: u64,
    /// Where the next line goes.
    next: Place,
    last_seq: u64,
    /// The last line that is as durable as was asked for.
    durable_seq: u64,
    /// The last line that is known to be on the disk.
    synced_seq: u64,
    /// The last line that somebody waits for.
    wanted_seq: u64,
    /// The last message of each open ticket.
    trails: HashMap<TicketKey, Place>,
    pending: Group,
    waiting: VecDeque<(u64, oneshot::Sender<Outcome>)>,
    pub(super) is_closing: bool,
    /// Whether the writer waits to be woken.
    pub(super) is_writer_waiting: bool,
    has_failed: bool,
}

/// Lines that are written together.
#[derive(Default)]
pub(super) struct Group {
    pub(super) chunks: Vec<Chunk>,
    /// Lines of `results.jsonl`, which are written behind the others.
    pub(super) results: Vec<u8>,
    /// Batches that are taken when they are stored.
    pub(super) staged: Vec<Batch>,
    /// Whether the lines are to be synced.
    pub(super) sync: bool,
    /// Whether that makes them as durable as was asked for when they were taken.
    is_durable: bool,
    last_seq: u64,
}

/// Lines of one file.
pub(super) struct Chunk {
    pub(super) file: u32,
    pub(super) bytes: Vec<u8>,
}

impl Log {
    pub(super) fn new(
        end: &End,
        durability: Durability,
        segment_bytes: u64,
        trails: HashMap<TicketKey, Place>,
    ) -> Self {
        Self {
            durability,
            segment_bytes,
            next: end.next,
            last_seq: end.last_seq,
            durable_seq: end.last_seq,
            synced_seq: end.last_seq,
            wanted_seq: 0,
            trails,
            pending: Group::default(),
            waiting: VecDeque::new(),
            is_closing: false,
            is_writer_waiting: false,
            has_failed: false,
        }
    }

    /// Counts for what is written from now on.
    pub(super) fn set_durability(&mut self, durability: Durability) {
        self.durability = durability;
    }

    /// Adds a line with these records, and gives its number.
    pub(super) fn push(&mut self, records: &[Record]) -> Result<u64, serde_json::Error> {
        let seq = self.last_seq + 1;
        let place = self.place();
        let mut bytes = Vec::new();
        let mut trails = HashMap::new();
        let entries: Vec<_> = records
            .iter()
            .map(|record| {
                let is_message = matches!(record.change, Change::Message { .. });
                // The later messages of a ticket on one line are found with the first.
                let is_first = is_message && trails.insert(record.key, place).is_none();
                let previous = self.trails.get(&record.key).filter(|_| is_first).copied();
                EntryToWrite { record, previous }
            })
            .collect();
        let line = Line {
            v: line::VERSION,
            seq,
            synced: self.synced_seq,
            records: entries,
        };
        line::write(&line, &mut bytes)?;
        self.trails.extend(trails);
        self.last_seq = seq;
        self.next = Place {
            file: place.file,
            offset: place.offset + bytes.len() as u64,
        };
        self.pending.push(place.file, bytes);
        self.pending.last_seq = seq;
        Ok(seq)
    }

    /// Where the next line goes: a new file, when the one before is full.
    fn place(&self) -> Place {
        if self.next.offset < self.segment_bytes {
            self.next
        } else {
            Place {
                file: self.next.file + 1,
                offset: 0,
            }
        }
    }

    /// Has a batch that was pushed be taken when it is stored, which it shall be soon; `results` are
    /// its lines of `results.jsonl`.
    pub(super) fn stage(&mut self, batch: Batch, results: &[u8]) {
        self.pending.results.extend_from_slice(results);
        self.pending.staged.push(batch);
        self.wanted_seq = self.last_seq;
    }

    /// What tells of the line with this number.
    pub(super) fn wait_for(&mut self, seq: u64) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        // Whoever let go of a commit does not wait for it.
        while self
            .waiting
            .front()
            .is_some_and(|(_, sender)| sender.is_closed())
        {
            self.waiting.pop_front();
        }
        self.waiting.push_back((seq, sender));
        receiver
    }

    /// Has a line be durable soon.
    pub(super) fn want(&mut self, seq: u64) {
        self.wanted_seq = self.wanted_seq.max(seq);
    }

    /// What is to be written now; `None` when there is nothing to do.
    pub(super) fn take_group(&mut self) -> Option<Group> {
        if self.has_failed {
            return None;
        }
        let is_wanted = self.wanted_seq > self.durable_seq;
        let is_last = self.is_closing && self.last_seq > self.durable_seq;
        if self.pending.chunks.is_empty() && !is_wanted && !is_last {
            return None;
        }
        let mut group = mem::take(&mut self.pending);
        group.last_seq = self.last_seq;
        group.sync = self.durability.is_synced() && (is_wanted || is_last);
        group.is_durable = group.sync || !self.durability.is_synced();
        Some(group)
    }

    /// Takes note that a group was written. Tells the commits that waited for it, with what they
    /// came to.
    pub(super) fn written(&mut self, group: &Group) -> Vec<(oneshot::Sender<Outcome>, Outcome)> {
        if group.sync {
            self.synced_seq = group.last_seq;
        }
        if group.is_durable {
            self.durable_seq = group.last_seq;
        }
        let mut told = Vec::new();
        while self
            .waiting
            .front()
            .is_some_and(|(seq, _)| *seq <= self.durable_seq)
        {
            told.extend(self.waiting.pop_front().map(|(_, sender)| (sender, Ok(()))));
        }
        told
    }

    /// Gives up everything that was not written, for good.
    pub(super) fn fail(&mut self, error: &StoreError) -> Vec<(oneshot::Sender<Outcome>, Outcome)> {
        self.pending = Group::default();
        self.has_failed = true;
        let waiting = mem::take(&mut self.waiting);
        waiting
            .into_iter()
            .map(|(_, sender)| (sender, Err(error.clone())))
            .collect()
    }

    /// Where the last message of a ticket is that has ended.
    pub(super) fn end_trail(&mut self, key: TicketKey) -> Option<Place> {
        self.trails.remove(&key)
    }
}

impl Group {
    fn push(&mut self, file: u32, bytes: Vec<u8>) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.file == file => chunk.bytes.extend_from_slice(&bytes),
            _ => self.chunks.push(Chunk { file, bytes }),
        }
    }
}
