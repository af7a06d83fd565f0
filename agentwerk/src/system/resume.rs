use super::core::Core;
use crate::stats::Past;
use crate::ticket::{Status, TicketSnapshot};

impl Core {
    /// Counts the tickets of an earlier process.
    pub(super) fn recall(&self) {
        let past = self.store().tickets();
        self.ledger.bus.recall(past.iter().map(past_of));
    }
}

/// What the records of a ticket say that is counted.
fn past_of(ticket: &TicketSnapshot) -> Past {
    let tally = ticket.tally();
    Past {
        key: ticket.key(),
        labels: ticket.shared_labels(),
        submitted_at: ticket.created_at(),
        started_at: ticket.started_at(),
        ended_at: ticket.finished_at(),
        is_done: ticket.status() == Status::Done,
        is_cancelled: ticket.status() == Status::Cancelled,
        failure: ticket.failure().map(|failure| failure.reason),
        claims: tally.claims,
        replies: tally.replies,
        tool_calls: tally.tool_calls,
        compactions: tally.compactions,
        usage: tally.usage,
    }
}
