use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::TicketKey;
use crate::store::Store;
use crate::ticket::{DeskError, TicketSnapshot};

/// How many tickets the work on one ticket has opened, and may open.
#[derive(Debug)]
pub(super) struct Openings {
    max_children: u32,
    max_hops: u32,
    /// Counted when it is first asked for: few tickets open others.
    children: Mutex<Option<u32>>,
}

impl Openings {
    pub(super) fn new(max_children: u32, max_hops: u32) -> Self {
        Self {
            max_children,
            max_hops,
            children: Mutex::new(None),
        }
    }

    /// Takes the right to open one more.
    pub(super) fn take(&self, store: &dyn Store, key: TicketKey) -> Result<(), DeskError> {
        let mut children = self.lock();
        let opened = self.count(&mut children, store, key)?;
        *children = Some(opened + 1);
        Ok(())
    }

    /// Whether one more may be opened.
    pub(super) fn check(&self, store: &dyn Store, key: TicketKey) -> Result<(), DeskError> {
        self.count(&mut self.lock(), store, key).map(drop)
    }

    /// Whether the work may be handed over once more.
    pub(super) fn check_hop(
        &self,
        store: &dyn Store,
        ticket: &TicketSnapshot,
    ) -> Result<(), DeskError> {
        let max = self.max_hops;
        if hops(store, ticket, max) < max {
            return Ok(());
        }
        Err(DeskError::Limit {
            what: format!("this work was handed over {max} times in a row, and may not be again"),
        })
    }

    /// The tickets that were opened, if there may be one more.
    fn count(
        &self,
        children: &mut Option<u32>,
        store: &dyn Store,
        key: TicketKey,
    ) -> Result<u32, DeskError> {
        let opened = *children.get_or_insert_with(|| {
            let tickets = store.tickets();
            let own = tickets.iter().filter(|t| t.parent_key() == Some(key));
            u32::try_from(own.count()).unwrap_or(u32::MAX)
        });
        if opened < self.max_children {
            return Ok(opened);
        }
        let max = self.max_children;
        Err(DeskError::Limit {
            what: format!("the work on {key} has opened {opened} tickets, and may open {max}"),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<u32>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often in a row work came to this ticket by a hand-over; not counted beyond `max`.
fn hops(store: &dyn Store, ticket: &TicketSnapshot, max: u32) -> u32 {
    let mut ticket = ticket.clone();
    let mut hops = 0;
    while hops < max {
        let parent = ticket.parent_key().and_then(|key| store.get(key));
        match parent.filter(|parent| parent.successor_key() == Some(ticket.key())) {
            Some(parent) => ticket = parent,
            None => break,
        }
        hops += 1;
    }
    hops
}
