//! The tickets of an earlier process, from the records that it left.

use std::sync::Arc;

use super::error::StoreError;
use super::tickets::Tickets;
use crate::clock::Timestamp;
use crate::id::TicketKey;
use crate::ticket::{Archived, Change, Record, Status, Tally, TicketBody, TicketState};

impl Tickets {
    /// Takes a record that was stored before. Nothing can be claimed before
    /// [`reopen`](Self::reopen).
    pub(super) fn replay(&mut self, record: &Record) -> Result<(), StoreError> {
        let (key, at) = (record.key, record.at);
        if let Change::Submitted(body) = &record.change {
            return self.bring_back(key, at, body);
        }
        let ticket = self.tickets.get_mut(&key);
        let ticket = ticket.ok_or(StoreError::UnknownTicket { key })?;
        Arc::make_mut(ticket).apply(record)?;
        // Comments may follow the end.
        if record.change.is_terminal() && ticket.status == Status::Done {
            self.done.push(key);
        }
        match record.change.child() {
            Some((child, body)) => self.bring_back(child, at, body),
            None => Ok(()),
        }
    }

    fn bring_back(
        &mut self,
        key: TicketKey,
        at: Timestamp,
        body: &TicketBody,
    ) -> Result<(), StoreError> {
        let state = TicketState::submitted(key, at, body.clone());
        match self.tickets.insert(key, Arc::new(state)) {
            None => Ok(()),
            Some(_) => Err(StoreError::DuplicateTicket { key }),
        }
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

    /// Opens the tickets that are to be worked on, also those that were claimed by a process which
    /// has ended. Gives the records that say so.
    pub(super) fn reopen(&mut self, at: Timestamp) -> Vec<Record> {
        let mut released = Vec::new();
        for (key, ticket) in &mut self.tickets {
            if ticket.status == Status::InProgress {
                let record = Record {
                    key: *key,
                    at,
                    change: Change::Released,
                };
                // A claimed ticket can be given back, so this is not refused.
                let _refused = Arc::make_mut(ticket).apply(&record);
                released.push(record);
            }
            match ticket.status {
                Status::Todo => drop(self.ready.insert(ticket)),
                Status::Waiting => self.waiting += 1,
                _ => {}
            }
            if !ticket.status.is_terminal() {
                self.due.extend(ticket.due_at.map(|due_at| (due_at, *key)));
            }
        }
        released
    }
}
