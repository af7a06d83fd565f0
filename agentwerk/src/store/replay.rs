//! The tickets of an earlier process, from the records that it left.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::StoreError;
use super::tickets::Tickets;
use crate::clock::Timestamp;
use crate::id::TicketKey;
use crate::ticket::{Archived, Change, Record, Status, Tally, TicketState};

impl Tickets {
    /// Takes a record that was stored before. What was claimed then is claimed by nobody now, until
    /// [`release_all`](Self::release_all) opens it.
    pub(super) fn replay(&mut self, record: &Record) -> Result<(), StoreError> {
        self.lead_on(record, &mut HashMap::new())?;
        drop(self.apply(record));
        Ok(())
    }

    /// Counts messages that are not in memory.
    pub(super) fn count(&mut self, key: TicketKey, tally: Tally) {
        if let Some(ticket) = self.tickets.get_mut(&key) {
            Arc::make_mut(ticket).count(tally);
        }
    }

    /// Has the conversation about a ticket be read from where the store keeps it.
    pub(super) fn archive(&mut self, key: TicketKey, archived: Archived) {
        if let Some(ticket) = self.tickets.get_mut(&key) {
            Arc::make_mut(ticket).archive(archived);
        }
    }

    /// Opens all tickets that were claimed by a process that has ended.
    pub(super) fn release_all(&mut self, at: Timestamp) -> Vec<Record> {
        let claimed = |ticket: &&Arc<TicketState>| ticket.status == Status::InProgress;
        let records: Vec<_> = self
            .tickets
            .values()
            .filter(claimed)
            .map(|ticket| Record {
                key: ticket.key,
                at,
                change: Change::Released,
            })
            .collect();
        for record in &records {
            let _nobody_waits_yet = self.change(record);
        }
        records
    }
}
