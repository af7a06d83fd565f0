//! Ticket-driven agent workflows.

#![warn(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used
)]

pub mod agent;
pub mod chat;
pub mod event;
pub mod providers;
pub mod schemas;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod ticket;
pub mod tools;

mod clock;
mod excerpt;
mod id;
mod policy;
mod prompt;
mod stats;
mod system;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use agent::{Agent, RunAgentError};
#[cfg(feature = "macros")]
pub use agentwerk_macros::{TicketResult, tool};
pub use clock::{Clock, Timestamp};
pub use event::{RunError, RunOutcome};
pub use id::{AgentName, CallId, ParseTicketKeyError, TicketKey};
pub use schemas::TicketResult;
pub use stats::Stats;
pub use system::{Events, Pending, TicketError, TicketSystem};
pub use ticket::{Status, Ticket, TicketSnapshot};
