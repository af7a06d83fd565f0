//! The ticket system: submission, runs, workers, and how they end.
//!
//! Data flows one way. A submission is a record; a claim hands a ticket to a worker; the worker's
//! agent works on a snapshot and gives back an end, which is a record again; and events tell of
//! each record after it is stored.
//!
//! # Invariants
//! - Waiting is by notification. No part of a run polls.
//! - Every ticket has at most one terminal event, published after its record is stored and before
//!   `finish` returns.
//! - One tree of cancellation: run, worker, turn, tool call. A worker that is cancelled gives its
//!   ticket back.

mod approvals;
mod bus;
mod completions;
mod core;
mod deadlines;
mod desk;
mod interventions;
mod leases;
mod ledger;
mod openings;
mod paused;
mod pending;
mod policies;
mod questions;
#[cfg(feature = "files")]
mod resume;
mod run;
#[cfg(feature = "files")]
mod session;
#[cfg(feature = "files")]
mod sessions;
mod standalone;
mod stored;
mod stream;
mod supervisor;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod system;
mod ticket_host;
mod worker;

pub use approvals::ResolveApprovalError;
pub use interventions::{CommentError, EndTicketError, EndingTicket};
pub use pending::{Pending, TicketError};
pub use stream::Events;
pub use system::TicketSystem;
