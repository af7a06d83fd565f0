use std::time::Duration;

use tokio::time::Instant;

use super::StoreFuture;
use crate::id::{AgentName, TicketKey};
use crate::ticket::{Routing, TicketSnapshot};

/// The right to work on one ticket, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The ticket.
    pub key: TicketKey,
    /// The fencing token: a later claim of the ticket has a larger one.
    pub token: u64,
}

/// A ticket that was claimed.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The right to work on it.
    pub lease: Lease,
    /// The ticket, as it was when it was claimed.
    pub ticket: TicketSnapshot,
}

/// Gives tickets to agents, one agent at a time.
pub trait Claim: Send + Sync + 'static {
    /// Claims the oldest open ticket that the routing serves; `None` when there is none now.
    ///
    /// The claim is a record. It lasts for `length`, unless it is extended; one that ran out counts
    /// until [`expire`](Self::expire) gives the ticket back. A length that no clock can show is a
    /// long one, and no mistake.
    ///
    /// # Errors
    /// The record could not be stored.
    ///
    /// # Cancel safety
    /// Dropping the future before it resolves may leave the ticket claimed until the lease ends.
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>>;

    /// Makes a lease last for `length` from now.
    ///
    /// # Errors
    /// The lease is no longer valid.
    ///
    /// # Cancel safety
    /// Dropping the future before it resolves may or may not extend the lease.
    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()>;

    /// Gives back the tickets whose leases have ended, and tells which.
    ///
    /// # Errors
    /// The records could not be stored.
    ///
    /// # Cancel safety
    /// Dropping the future before it resolves may leave some of the tickets claimed.
    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>>;

    /// When the next lease ends, if it is not extended.
    fn next_expiry(&self) -> Option<Instant>;
}
