//! Ticket-driven agent workflows.

pub mod chat;
pub mod event;
pub mod providers;
pub mod schemas;
pub mod ticket;
pub mod tools;

mod clock;
mod id;
mod policy;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/ticket_result.md")]
pub use agentwerk_macros::TicketResult;
#[cfg(feature = "macros")]
#[doc = include_str!("docs/tool.md")]
pub use agentwerk_macros::tool;
pub use clock::{Clock, Timestamp};
pub use id::{AgentName, CallId, ParseTicketKeyError, TicketKey};
pub use schemas::TicketResult;
pub use ticket::{Status, Ticket, TicketSnapshot};
