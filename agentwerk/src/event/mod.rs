//! Events: facts about a run, told in the order in which they happened.
//!
//! An [`Event`] says that something has happened; nobody can change it and nobody has to listen.
//! Whatever must not be lost is a [record](crate::store) instead, and is written before the event
//! that announces it.

mod approval;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod event;
mod failure;
mod handlers;
mod kind;
mod outcome;
mod sink;

pub use approval::{ApprovalDecision, ApprovalRequest};
pub use event::Event;
pub use failure::{FailureReason, TicketFailure};
pub(crate) use handlers::{Handler, Handlers};
pub use kind::{CompactionTrigger, EventKind};
pub use outcome::{PolicyKind, RunError, RunOutcome};
pub use sink::EventSink;
pub(crate) use sink::NoSink;
