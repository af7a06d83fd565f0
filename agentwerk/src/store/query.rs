use crate::clock::Timestamp;
use crate::id::TicketKey;
use crate::ticket::{Routing, TicketSnapshot};

/// Tells what is there.
pub trait Query: Send + Sync + 'static {
    /// One ticket.
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot>;

    /// Every ticket, in the order of submission.
    fn tickets(&self) -> Vec<TicketSnapshot>;

    /// Every ticket that is done, in the order in which they became so.
    fn done(&self) -> Vec<TicketSnapshot>;

    /// The ticket that became done last.
    fn last_done(&self) -> Option<TicketSnapshot>;

    /// The tickets that have not ended and were [due](crate::Ticket::deadline) by this moment. Asked
    /// often, as [`next_due`](Self::next_due) is: a store that keeps many tickets does better than to look
    /// at all of them, as these two do.
    fn due_by(&self, moment: Timestamp) -> Vec<TicketKey> {
        let due = due(self.tickets());
        due.filter(|(due_at, _)| *due_at <= moment)
            .map(|(_, key)| key)
            .collect()
    }

    /// The ticket that is due first after this moment, and when.
    fn next_due(&self, after: Timestamp) -> Option<(Timestamp, TicketKey)> {
        let due = due(self.tickets());
        due.filter(|(due_at, _)| *due_at > after).min()
    }

    /// What is left to do, for agents that together have this routing.
    fn backlog(&self, routing: &Routing) -> Backlog;
}

/// The tickets with a deadline that have not ended.
fn due(tickets: Vec<TicketSnapshot>) -> impl Iterator<Item = (Timestamp, TicketKey)> {
    let open = tickets
        .into_iter()
        .filter(|ticket| !ticket.status().is_terminal());
    open.filter_map(|ticket| Some((ticket.due_at()?, ticket.key())))
}

/// What is left to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Open tickets that nobody has claimed.
    pub todo: usize,
    /// Whether one of them is served.
    pub has_served: bool,
    /// Claimed tickets, and those whose end is being stored.
    pub in_progress: usize,
    /// Tickets that wait for a person or a comment.
    pub waiting: usize,
}
