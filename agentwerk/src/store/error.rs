use std::sync::Arc;

use crate::event::RunError;
use crate::id::{CallId, TicketKey};
use crate::ticket::{TranscriptError, TransitionError};

/// Why a store did not take a record.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The claim is over: it ran out or was taken away, and somebody else may hold the ticket. Drop
    /// the work.
    #[error("the lease on {key} is no longer valid")]
    StaleLease {
        /// The ticket.
        key: TicketKey,
    },
    /// The ticket's status rules the change out. Read the ticket again.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// There is no such ticket.
    #[error("there is no ticket {key}")]
    UnknownTicket {
        /// The key that was given.
        key: TicketKey,
    },
    /// A claim came as a record. Claim the ticket instead, so that there is a lease.
    #[error("{key} cannot be claimed by a record")]
    ClaimAsRecord {
        /// The ticket.
        key: TicketKey,
    },
    /// The answer to a request for leave that the ticket has not made, or that has its answer.
    #[error("{key} has no open request for leave for the call `{call_id}`")]
    UnknownApproval {
        /// The ticket.
        key: TicketKey,
        /// The call.
        call_id: CallId,
    },
    /// Nobody knows whether the record is stored: the runtime that waited for that was shut down.
    #[error("the runtime was shut down that waited for a record to be stored")]
    Unknown,
    /// The conversation about a ticket is in a file that cannot be read.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The journal cannot be opened, written or read. Nothing more is stored until the session is
    /// opened again.
    #[cfg(feature = "files")]
    #[error(transparent)]
    Journal(#[from] super::journal::JournalError),
    /// There is such a ticket already. Reserve a key for each submission.
    #[error("there is a ticket {key} already")]
    DuplicateTicket {
        /// The key that was given.
        key: TicketKey,
    },
}

impl StoreError {
    /// Whether the store refused the record, and is well: whoever made it was late or wrong.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::StaleLease { .. }
                | Self::Transition(_)
                | Self::UnknownTicket { .. }
                | Self::UnknownApproval { .. }
        )
    }
}

impl From<StoreError> for RunError {
    /// A run cannot go on without its store.
    fn from(error: StoreError) -> Self {
        Self::Store {
            source: Arc::new(error),
        }
    }
}
