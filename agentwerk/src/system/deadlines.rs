use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::Instant;

use super::core::Core;
use crate::event::{FailureReason, TicketFailure};
use crate::id::TicketKey;
use crate::ticket::Status;

/// The deadlines of tickets, as a run keeps them.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// The tickets that were failed. A store may take a moment to end them.
    failed: HashSet<TicketKey>,
}

impl Deadlines {
    /// Fails the tickets whose deadlines are over, whoever works on them.
    pub(super) fn fail_overdue(&mut self, core: &Arc<Core>) {
        let now = core.ledger.clock.now();
        while let Some((due_at, key)) = core.store().next_due() {
            if due_at > now || !self.failed.insert(key) {
                return;
            }
            // An agent that holds the ticket was too slow, and hears of it.
            let ticket = core.store().get(key);
            let ticket = ticket.filter(|ticket| ticket.status() == Status::InProgress);
            let held_by = ticket.and_then(|ticket| ticket.assignee().cloned());
            let message = "it was not done by its deadline";
            let failure = TicketFailure::new(FailureReason::DeadlineExceeded, message);
            drop(core.fail_ticket(key, held_by.unwrap_or_default(), failure));
        }
    }

    /// When the next deadline is over. One that was failed is over, and the run is told when the
    /// store has ended its ticket.
    pub(super) fn next(&self, core: &Core) -> Option<Instant> {
        let (due_at, key) = core.store().next_due()?;
        if self.failed.contains(&key) {
            return None;
        }
        Instant::now().checked_add(due_at.since(core.ledger.clock.now()))
    }
}
