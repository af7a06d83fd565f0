//! Tickets hold back what a batch changes that is not stored yet.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::append::Batch;
use super::tickets::{Opened, Tickets};
use crate::id::TicketKey;
use crate::ticket::{Record, Status};

impl Tickets {
    /// Whether a batch changes a ticket that a staged one changes, too.
    pub(super) fn follows_staged(&self, batch: &Batch) -> bool {
        let mut keys = batch.records.iter().flat_map(keys_of);
        keys.any(|key| self.staged.contains(key))
    }

    /// Holds what a checked batch changes, until the batch is stored: nobody claims or changes
    /// these tickets, and everybody sees them as they are.
    pub(super) fn stage(&mut self, batch: &Batch) {
        let mut standings = HashMap::new();
        for record in &batch.records {
            // The batch was checked, so this cannot be refused.
            let _refused = self.lead_on(record, &mut standings);
        }
        for (key, standing) in standings {
            self.staged.add(key, standing);
            self.withhold(key);
        }
        for record in &batch.records {
            self.staged.note(record);
        }
    }

    /// Takes a batch that was staged and is stored now. Tells which tickets became open.
    pub(super) fn settle(&mut self, batch: &Batch) -> Vec<Opened> {
        let mut opened = self.take(batch);
        let keys: BTreeSet<_> = batch.records.iter().flat_map(keys_of).collect();
        for key in keys {
            if self.staged.remove(key) {
                opened.extend(self.hand_back(key));
            } else {
                self.withhold(key);
            }
        }
        opened.retain(|(key, _)| !self.staged.contains(*key));
        opened
    }

    /// Forgets what was staged, when nothing will be stored any more.
    pub(super) fn forget_staged(&mut self) {
        self.staged.clear();
    }

    /// Keeps a ticket from being claimed, and its lease from ending.
    fn withhold(&mut self, key: TicketKey) {
        if let Some(ticket) = self.tickets.get(&key) {
            self.ready.remove(ticket, &ticket.labels);
        }
        if let Some(lease) = self.leases.get(&key) {
            self.expiries.remove(&(lease.expires_at, key));
        }
    }

    /// Undoes [`withhold`](Self::withhold). Tells the ticket, if it is open only now.
    fn hand_back(&mut self, key: TicketKey) -> Option<Opened> {
        if let Some(lease) = self.leases.get(&key) {
            self.expiries.insert((lease.expires_at, key));
        }
        let ticket = self.tickets.get(&key)?;
        let labels = Arc::clone(&ticket.labels);
        let is_open = ticket.status == Status::Todo;
        (is_open && self.ready.insert(ticket)).then_some((key, labels))
    }
}

/// The tickets that a record changes or makes.
fn keys_of(record: &Record) -> impl Iterator<Item = TicketKey> + use<> {
    let child = record.change.child().map(|(child, _)| child);
    std::iter::once(record.key).chain(child)
}
