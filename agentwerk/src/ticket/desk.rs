use std::pin::Pin;

use super::snapshot::TicketSnapshot;
use super::ticket::Ticket;
use crate::id::TicketKey;

/// What a [`Desk`] answers with, later.
pub type DeskFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, DeskError>> + Send + 'a>>;

/// The part of a ticket system that a tool may use: it reads and submits tickets, in the name of
/// the agent that called the tool.
pub trait Desk: Send + Sync {
    /// What is known of a ticket.
    fn read(&self, key: &TicketKey) -> Option<TicketSnapshot>;

    /// Submits a ticket; resolves when its record is stored.
    ///
    /// # Errors
    /// The record could not be stored. The run fails of it as well.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket submitted.
    fn submit(&self, ticket: Ticket) -> DeskFuture<'_, TicketKey>;
}

/// What a [`Desk`] could not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// A record could not be stored.
    #[error("store a record")]
    Store {
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
