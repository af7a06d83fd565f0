//! Tickets: units of work, what can happen to them, and who may work on them.
//!
//! A [`Ticket`] is what a caller submits. From then on everything that happens to it is a
//! [`Record`], and what a ticket *is* at a moment is the fold of its records: a
//! [`TicketSnapshot`]. A ticket ends once: a record that would end it again is refused.

mod approval;
mod archive;
mod comment;
mod compaction;
mod desk;
mod filter;
mod nesting;
mod open_calls;
mod record;
mod routing;
mod snapshot;
mod state;
mod status;
mod tally;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod ticket;
mod transcript;

pub use crate::event::{ApprovalDecision, ApprovalRequest};
pub use approval::TicketApproval;
pub use archive::{Archive, Archived, Place, TranscriptError};
pub use comment::Comment;
pub use compaction::Compaction;
pub use desk::{Desk, DeskError, DeskFuture};
pub use filter::TicketFilter;
pub use record::{Change, Record, TicketBody, TicketEdit};
pub use routing::Routing;
pub use snapshot::TicketSnapshot;
pub use state::{Standing, TicketState, TransitionError};
pub use status::Status;
pub use tally::Tally;
pub use ticket::Ticket;
pub use transcript::{Transcript, TranscriptCall};

pub(crate) use nesting::check_nesting;
pub(crate) use open_calls::answer_open_calls;
pub(crate) use ticket::Draft;
