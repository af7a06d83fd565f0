//! Ticket-driven agent workflows.

pub mod chat;
pub mod event;
pub mod providers;
pub mod schemas;
pub mod store;
pub mod ticket;
pub mod tools;

mod clock;
mod id;
mod policy;
mod prompt;
mod stats;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "macros")]
pub use agentwerk_macros::{TicketResult, tool};
pub use clock::{Clock, Timestamp};
pub use id::{AgentName, CallId, ParseTicketKeyError, TicketKey};
pub use schemas::TicketResult;
pub use stats::Stats;
pub use ticket::{Status, Ticket, TicketSnapshot};
