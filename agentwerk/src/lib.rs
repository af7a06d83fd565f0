//! Ticket-driven agent workflows.

pub mod chat;
pub mod providers;
pub mod schemas;

mod clock;
mod id;

pub use clock::{Clock, Timestamp};
pub use id::{AgentName, CallId, ParseTicketKeyError, TicketKey};
pub use schemas::TicketResult;
