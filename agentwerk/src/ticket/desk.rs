use std::pin::Pin;

use serde_json::Value;

use super::record::TicketEdit;
use super::snapshot::TicketSnapshot;
use super::ticket::Ticket;
use crate::id::TicketKey;
use crate::schemas::Violation;

/// What a [`Desk`] answers with, later.
pub type DeskFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, DeskError>> + Send + 'a>>;

/// The part of a ticket system that a tool may use: it reads and submits tickets, in the name of
/// the agent that called the tool.
pub trait Desk: Send + Sync {
    /// What is known of a ticket.
    fn read(&self, key: &TicketKey) -> Option<TicketSnapshot>;

    /// Every ticket, in the order of submission.
    fn tickets(&self) -> Vec<TicketSnapshot>;

    /// Whether the ticket that the agent works on may be handed over: as far as the limits of
    /// hand-overs and of opened tickets go.
    ///
    /// # Errors
    /// A limit is reached.
    fn check_hand_over(&self) -> Result<(), DeskError>;

    /// Submits a ticket; resolves when its record is stored. Unless it names another one, the ticket
    /// that the agent works on is its parent.
    ///
    /// # Errors
    /// The work on this ticket has opened as many as it may; nothing is submitted then. Or the record
    /// could not be stored, of which the run fails as well.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket submitted.
    ///
    /// # Durability
    /// When it resolves, the ticket is as durable as the store makes it.
    fn submit(&self, ticket: Ticket) -> DeskFuture<'_, TicketKey>;

    /// Adds a comment to a ticket, in the name of the agent that called the tool. Whoever works on the
    /// ticket reads it before its next turn; a ticket that waits for a comment goes on with it, and one
    /// that has ended keeps it. Resolves when that is stored.
    ///
    /// # Errors
    /// There is no such ticket, or the comment is blank; or the record could not be stored, of which
    /// the run fails as well.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the comment added.
    ///
    /// # Durability
    /// When it resolves, the comment is as durable as the store makes it.
    fn comment(&self, key: &TicketKey, text: String) -> DeskFuture<'_, ()>;

    /// Changes a ticket that this agent has reported and that nobody has begun; resolves when that is
    /// stored.
    ///
    /// # Errors
    /// There is no such ticket, another agent or the program reported it, or somebody has begun it;
    /// then nothing has changed. Or the record could not be stored, of which the run fails as
    /// well.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket changed.
    ///
    /// # Durability
    /// When it resolves, the change is as durable as the store makes it.
    fn edit(&self, key: &TicketKey, edit: TicketEdit) -> DeskFuture<'_, ()>;

    /// Finishes the ticket that the agent works on, and submits one that goes on from there, with
    /// the finished one as its parent: both or neither, in one record. Resolves when that is
    /// stored; the agent's work on the ticket is then over. A next ticket with a typed result is
    /// given as `Ticket::new(..).returns::<R>().untyped()`.
    ///
    /// # Errors
    /// The result does not fit the ticket's schema, the next ticket cannot be submitted, a limit is
    /// reached, or the
    /// ticket is no longer the agent's; then nothing has changed. Or the record could not be
    /// stored, of which the run fails as well.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket handed over.
    ///
    /// # Durability
    /// When it resolves, both are as durable as the store makes them.
    fn hand_over(&self, result: Value, next: Ticket) -> DeskFuture<'_, TicketKey>;
}

/// What a [`Desk`] could not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The result does not fit the ticket's schema.
    #[error("the result does not fit the schema: {}", list(violations))]
    Result {
        /// What is wrong with it.
        violations: Vec<Violation>,
    },
    /// A ticket cannot be submitted as it is.
    #[error("{what}")]
    Invalid {
        /// Why not.
        what: String,
    },
    /// A limit is reached.
    #[error("{what}")]
    Limit {
        /// Which.
        what: String,
    },
    /// A record could not be stored.
    #[error("store a record")]
    Store {
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn list(violations: &[Violation]) -> String {
    let violations: Vec<_> = violations.iter().map(ToString::to_string).collect();
    violations.join("; ")
}
