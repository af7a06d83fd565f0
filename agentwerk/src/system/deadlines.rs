use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::Instant;

use super::core::Core;
use crate::clock::Timestamp;
use crate::event::{FailureReason, TicketFailure};
use crate::id::TicketKey;
use crate::ticket::Status;

/// The deadlines of tickets, as a run keeps them.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// The tickets that were failed. A store may take a moment to end them.
    failed: HashSet<TicketKey>,
    next: Option<Next>,
}

/// The deadline that is waited for.
#[derive(Clone, Copy, Debug)]
struct Next {
    key: TicketKey,
    due_at: Timestamp,
    /// The same moment on the clock that is waited by: the time of day need not go on with it, as under
    /// a test that has paused that clock alone.
    moment: Instant,
}

impl Deadlines {
    /// Fails the tickets whose deadlines are over, whoever works on them.
    pub(super) fn fail_overdue(&mut self, core: &Arc<Core>) {
        let mut overdue = core.store().due_by(core.ledger.clock.now());
        let waited_for = self.next.filter(|next| next.moment <= Instant::now());
        overdue.extend(waited_for.map(|next| next.key));
        for key in overdue {
            if self.failed.insert(key) {
                fail(core, key);
            }
        }
    }

    /// When the next deadline is over.
    pub(super) fn next(&mut self, core: &Core) -> Option<Instant> {
        let now = core.ledger.clock.now();
        let (due_at, key) = core.store().next_due(now)?;
        // The run is told when the store has ended a ticket that was failed.
        if self.failed.contains(&key) {
            return None;
        }
        let known = self
            .next
            .filter(|next| next.key == key && next.due_at == due_at);
        if known.is_none() {
            let moment = Instant::now().checked_add(due_at.since(now));
            self.next = moment.map(|moment| Next {
                key,
                due_at,
                moment,
            });
        }
        self.next.map(|next| next.moment)
    }
}

fn fail(core: &Arc<Core>, key: TicketKey) {
    // An agent that holds the ticket was too slow, and hears of it.
    let Some(ticket) = core.store().get(key) else {
        return;
    };
    let held_by = ticket
        .assignee()
        .filter(|_| ticket.status() == Status::InProgress)
        .cloned();
    let allowed = ticket
        .due_at()
        .map(|due_at| due_at.since(ticket.created_at()));
    let message = format!(
        "it was not done by its deadline, {} s after its submission",
        allowed.unwrap_or_default().as_secs_f64()
    );
    let failure = TicketFailure::new(FailureReason::DeadlineExceeded, message);
    drop(core.fail_ticket(key, held_by.unwrap_or_default(), failure));
}
