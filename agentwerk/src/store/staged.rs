use std::collections::HashMap;

use crate::id::TicketKey;
use crate::ticket::Status;

/// What tickets will be when the batches that change them are stored.
#[derive(Debug, Default)]
pub(super) struct Staged(HashMap<TicketKey, StagedTicket>);

#[derive(Debug)]
struct StagedTicket {
    status: Status,
    /// The batches that are still to be stored.
    #[cfg_attr(
        not(feature = "files"),
        expect(dead_code, reason = "in memory every batch is stored at once")
    )]
    batches: usize,
}

impl Staged {
    pub(super) fn status(&self, key: TicketKey) -> Option<Status> {
        self.0.get(&key).map(|ticket| ticket.status)
    }

    pub(super) fn holds(&self, key: TicketKey) -> bool {
        self.0.contains_key(&key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &TicketKey> {
        self.0.keys()
    }
}

/// Holds back what a batch changes, until the batch is stored.
#[cfg(feature = "files")]
mod hold {
    use std::collections::{BTreeSet, HashMap};

    use super::{Staged, StagedTicket};
    use crate::id::TicketKey;
    use crate::store::append::Batch;
    use crate::store::tickets::{Opened, Tickets};
    use crate::ticket::{Record, Status};

    impl Staged {
        fn add(&mut self, key: TicketKey, status: Status) {
            let ticket = self
                .0
                .entry(key)
                .or_insert(StagedTicket { status, batches: 0 });
            ticket.status = status;
            ticket.batches += 1;
        }

        /// Counts a batch as stored; tells whether the ticket waits for others.
        fn release(&mut self, key: TicketKey) -> bool {
            let Some(ticket) = self.0.get_mut(&key) else {
                return false;
            };
            ticket.batches -= 1;
            if ticket.batches == 0 {
                self.0.remove(&key);
            }
            self.holds(key)
        }
    }

    impl Tickets {
        /// Holds what a checked batch changes, until the batch is stored: nobody claims or changes
        /// these tickets, and everybody sees them as they are.
        pub(in crate::store) fn stage(&mut self, batch: &Batch) {
            let mut statuses = HashMap::new();
            for record in &batch.records {
                // The batch was checked, so this cannot be refused.
                let _refused = self.lead_on(record, &mut statuses);
            }
            for (key, status) in statuses {
                self.staged.add(key, status);
                self.withhold(key);
            }
        }

        /// Takes a batch that was staged and is stored now. Tells which tickets became open.
        pub(in crate::store) fn settle(&mut self, batch: &Batch) -> Vec<Opened> {
            let mut opened = self.take(batch);
            let keys: BTreeSet<_> = batch.records.iter().flat_map(keys_of).collect();
            for key in keys {
                if self.staged.release(key) {
                    self.withhold(key);
                }
            }
            opened.retain(|(key, _)| !self.staged.holds(*key));
            opened
        }

        /// Forgets what was staged, when nothing will be stored any more.
        pub(in crate::store) fn forget_staged(&mut self) {
            self.staged = Staged::default();
        }

        /// Keeps a ticket from being claimed, and its lease from ending.
        fn withhold(&mut self, key: TicketKey) {
            if let Some(ticket) = self.tickets.get(&key) {
                self.ready.remove(key, &ticket.labels);
            }
            if let Some(lease) = self.leases.get(&key) {
                self.expiries.remove(&(lease.expires_at, key));
            }
        }
    }

    /// The tickets that a record changes or makes.
    fn keys_of(record: &Record) -> impl Iterator<Item = TicketKey> + use<> {
        let child = record.change.child().map(|(child, _)| child);
        std::iter::once(record.key).chain(child)
    }
}
